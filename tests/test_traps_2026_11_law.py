"""Part 746, 744.2 to 744.4, 744.8, 744.23(a)(2) and (a)(4), supplement no. 2, windows of days, what was known when.

Each trap names the words that decide it.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from exportrules import check, default_ruleset, timeline
from exportrules.law.span import earliest
from exportrules.study.calendar import events
from tests.readings import asked, cites

LAW = default_ruleset()
NONE, LICENSE, OPEN = "no_license_requirement", "license_required", "indeterminate"


def small(on: str, **terms: Any) -> tuple[str, str | None]:
    """A chip of one's own, declared EAR99, whose figures meet no entry: under 8 TOPS and 150 Gbyte/s."""
    figures = {
        "tpp": 100,
        "bits_x_tops_2022": 100,
        "performance_density": 1,
        "peak_tops": 6,
        "aggregate_io_gbytes_s": 8,
    }
    more = {"chip_to_chip_io_gbytes_s": 0, "dram_bandwidth_gbytes_s": 50, "designed_for_datacenter": False}
    found = check(None, on=on, exporter="other", facts={**figures, **more, "eccn_declared": "EAR99"}, **terms)
    return found.outcome, found.review_policy


# --- part 746 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chip", "day", "terms"),
    [
        ("RTX 4090", "2023-11-17", {}),
        ("L40", "2024-06-03", {}),
        ("RTX 4090", "2024-06-03", {"activity": "transfer"}),
        ("RTX 4090", "2026-03-03", {}),
    ],
)
def test_no_nac_and_no_aca_in_iraq(chip: str, day: str, terms: dict[str, Any]) -> None:
    """746.3(a)(1): RS-controlled items; (c): "CIV, APP, TMP, RPL, GOV, GFT, TSU, BAG, AVS, or ENC" and no other."""
    assert asked(chip, day, to="IQ", **terms) == (LICENSE, "presumption_of_denial")
    assert "746.3(a)(1)" in cites(chip, day, to="IQ", **terms)
    assert asked(chip, day, to="CN", **terms)[0] == "license_exception"


def test_iraq_asked_for_3a090_before_742_6_did() -> None:
    """746.3(a)(1): "any item controlled on the Commerce Control List for ... RS ... reasons": from the first 3A090."""
    assert asked("A100", "2022-10-20", to="IQ")[0] == NONE
    assert asked("A100", "2022-10-21", to="IQ") == (LICENSE, OPEN)
    assert asked("A100", "2022-10-21", to="SA")[0] == NONE
    assert asked("A100", "2022-10-21", to="IQ", end_use="nuclear") == (LICENSE, "policy_of_denial")


def test_iraq_and_military_end_uses_of_others_than_its_government() -> None:
    """746.3(a)(4): "any item subject to the EAR", but not "transfers to the Government of Iraq"; (b)(4): denial."""
    assert asked("H20", "2024-06-03", to="IQ", end_use="military") == (LICENSE, "policy_of_denial")
    free = {"government_of_iraq": True}
    # 746.3 frees it; Iraq is in D:1, where 744.17 may speak
    assert asked("H20", "2024-06-03", to="IQ", end_use="military", facts=free)[0] == OPEN
    declared = {**free, "eccn_declared": "3A991.p"}
    assert asked("H20", "2024-06-03", to="IQ", end_use="military", facts=declared)[0] == NONE
    ear99 = {"eccn_declared": "EAR99"}
    assert asked("T4", "2021-06-01", to="IQ", end_use="military", facts=ear99) == (LICENSE, "policy_of_denial")
    assert asked("H20", "2024-06-03", to="IQ")[0] == NONE


def test_north_korea_denies_computers_and_leaves_a_chip_open() -> None:
    """742.19(b)(1)(xviii): "Digital computers with an ... (APP) exceeding 0.0004"; (xix): "Microprocessors"; (b)(2)."""
    assert asked("DGX A100", "2021-06-01", to="KP") == (LICENSE, "policy_of_denial")
    assert asked("V100", "2021-06-01", to="KP") == (LICENSE, OPEN)
    assert asked("V100", "2021-06-01", to="KP", end_use="military") == (LICENSE, "policy_of_denial")
    # 742.6(b)(10) denies beside it what is an advanced computing item
    assert asked("H100", "2024-06-03", to="KP") == (LICENSE, "presumption_of_denial")
    assert "742.19(b)(1)(xviii)" in cites("DGX A100", "2021-06-01", to="KP")


def test_the_regions_of_ukraine() -> None:
    """746.6(a)(1), (a)(2): "any item subject to the EAR"; the two regions beside Crimea from 87 FR 12248."""
    for region, day, found in (
        ("crimea", "2020-06-01", (LICENSE, "presumption_of_denial")),
        ("crimea", "2022-02-24", (LICENSE, "policy_of_denial")),
        ("donetsk", "2022-02-23", (NONE, None)),
        ("luhansk", "2022-02-24", (LICENSE, "policy_of_denial")),
    ):
        assert asked("T4", day, to="UA", facts={"ukraine_region": region, "eccn_declared": "EAR99"}) == found
    assert asked("T4", "2024-06-03", to="UA")[0] == NONE
    assert any("746.6" in said for said in check("T4", on="2024-06-03", to="UA").notices)


@pytest.mark.parametrize("to", ["RU", "BY"])
def test_an_ear99_board_for_russia_is_reached_by_its_tariff_number(to: str) -> None:
    """Supp. no. 4 to part 746: 847330, 847150, 847180 are listed; 88 FR 33422 of 2023-05-19, moved by 89 FR 51644."""
    ear99 = {"eccn_declared": "EAR99"}
    assert small("2023-05-18", to=to)[0] == OPEN
    assert small("2023-05-19", to=to) == (LICENSE, "policy_of_denial")
    assert asked("T4", "2023-05-19", to=to, facts=ear99) == (LICENSE, "policy_of_denial")
    assert "746.5(a)(1)(ii)" in cites("T4", "2024-06-11", to=to, facts=ear99)
    assert "746.8(a)(5)" in cites("T4", "2024-06-12", to=to, facts=ear99)


def test_russia_of_2022_cites_the_policy() -> None:
    """746.8(b)."""
    assert "15 CFR 746.8(b)" in cites("V100", "2022-03-01", to="RU")
    assert "15 CFR 746.8(b)" in cites("V100", "2022-03-02", to="BY")


# --- part 744 --------------------------------------------------------------------------------------------------------


def test_a_nuclear_end_use_spares_supplement_no_3() -> None:
    """744.2(a): "other than countries in supplement no. 3": 22, Italy "includes San Marino and Holy See"."""
    for place in ("DE", "JP", "TR", "SM", "VA"):
        assert asked("T4", "2024-06-03", to=place, end_use="nuclear")[0] == NONE
    for place in ("IN", "PK", "KR", "CH", "IL"):
        assert asked("T4", "2024-06-03", to=place, end_use="nuclear") == (LICENSE, "case_by_case")


@pytest.mark.parametrize(("use", "section"), [("missile", "744.3(a)"), ("chemical_biological", "744.4(a)")])
def test_missiles_and_chemical_weapons_spare_no_place(use: str, section: str) -> None:
    """744.3(d)(1), 744.4(d)(1): "considered on a case-by-case basis"; (c): "No License Exceptions apply"."""
    for place in ("DE", "PK"):
        ear99 = {"eccn_declared": "EAR99"}
        assert asked("T4", "2020-06-01", to=place, end_use=use, facts=ear99) == (LICENSE, "case_by_case")
        assert section in cites("T4", "2020-06-01", to=place, end_use=use)
    assert asked("L40", "2024-06-03", to="VN", end_use=use)[0] == LICENSE


def test_a_weapons_end_use_of_unknown_kind_is_free_nowhere() -> None:
    """744.3 and 744.4 spare no place, so that not knowing which of the three it is never frees it."""
    for place in ("DE", "JP", "PK"):
        assert asked("T4", "2024-06-03", to=place, end_use="wmd") == (LICENSE, "case_by_case")
    assert any("say nuclear" in said for said in check("T4", on="2024-06-03", to="DE", end_use="wmd").notices)


def test_blocked_persons_are_presumed_denied_from_2024() -> None:
    """744.8(d), 89 FR 20115: "a presumption of denial license review policy"."""
    blocked = {"end_user_lists": "sdn_744_8"}
    assert asked("T4", "2024-03-20", to="AE", facts=blocked) == (LICENSE, "policy_of_denial")
    assert asked("T4", "2024-03-21", to="AE", facts=blocked) == (LICENSE, "presumption_of_denial")


@pytest.mark.parametrize("chip", ["T4", "H20", "RTX 3090", "H100"])
def test_every_chip_needs_a_license_for_an_advanced_node_fab(chip: str) -> None:
    """744.23(a)(2)(i): "Any items subject to the EAR when you know the items will be used in the ... production"."""
    assert asked(chip, "2024-12-02", end_use="advanced_node_fab")[0] == LICENSE
    assert asked(chip, "2024-12-02", to="MO", end_use="advanced_node_fab")[0] == LICENSE
    assert asked("T4", "2024-12-02", to="SG", end_use="advanced_node_fab")[0] == NONE


def test_fabs_and_tools_began_on_the_seventh_of_october() -> None:
    """87 FR 62186, DATES a.: instruction 17 (744.23) on 2022-10-07; Macau on 2023-01-17; D:5 on 2023-11-17."""
    ear99 = {"eccn_declared": "EAR99"}
    for use in ("advanced_node_fab", "tool_making"):
        assert asked("T4", "2022-10-06", end_use=use)[0] == NONE
        # in this form both reach "any item subject to the EAR"
        assert asked("T4", "2022-10-07", end_use=use, facts=ear99) == (LICENSE, "presumption_of_denial")
        assert asked("T4", "2023-01-16", to="MO", end_use=use)[0] == NONE
        assert asked("T4", "2023-01-17", to="MO", end_use=use)[0] == LICENSE
        assert asked("T4", "2023-11-16", to="KH", end_use=use)[0] == NONE
        assert asked("T4", "2023-11-17", to="KH", end_use=use)[0] == LICENSE


def test_tools_are_about_the_control_list_from_2023_on() -> None:
    """744.23(a)(4): "Any item subject to the EAR and specified on the CCL"; (a)(4)(ii) elsewhere from 2024-04-04."""
    assert small("2023-11-16", end_use="tool_making")[0] == LICENSE
    assert small("2023-11-17", end_use="tool_making")[0] == NONE
    assert small("2023-11-17", end_use="advanced_node_fab")[0] == LICENSE
    elsewhere: dict[str, Any] = {"to": "SG", "headquarters": "CN", "end_use": "tool_making"}
    assert asked("T4", "2024-04-03", **elsewhere)[0] == NONE
    assert asked("T4", "2024-04-04", **elsewhere) == (LICENSE, "presumption_of_denial")


def test_who_runs_the_fab_moves_the_policy() -> None:
    """744.23(d) of 2022: case by case for (a)(2)(iii) alone; of 2023 a presumption of approval, (d)(2)."""
    friendly: dict[str, Any] = {"headquarters": "US"}
    assert asked("T4", "2023-06-01", end_use="advanced_node_fab", **friendly) == (LICENSE, "case_by_case")
    assert asked("T4", "2023-06-01", end_use="tool_making", **friendly) == (LICENSE, "presumption_of_denial")
    for use in ("advanced_node_fab", "tool_making"):
        assert asked("T4", "2023-11-17", end_use=use, **friendly) == (LICENSE, "presumption_of_approval")
        assert asked("T4", "2024-06-03", end_use=use, **friendly) == (LICENSE, "presumption_of_approval")
        assert asked("T4", "2024-06-03", end_use=use) == (LICENSE, "presumption_of_denial")


def test_supercomputers_cite_their_policy_from_the_first_day() -> None:
    """744.23(d)."""
    for day in ("2022-10-21", "2023-11-16", "2023-11-17", "2024-04-04"):
        assert re.search(r"744\.23.*\(d\)", cites("V100", day, end_use="supercomputer"))


@pytest.mark.parametrize("chip", ["T4", "A2", "A16"])
def test_a_small_board_declared_4a994_is_not_in_supplement_no_2(chip: str) -> None:
    """Supp. no. 2 to part 744: 4A994 "Limited to computers ... with an ... APP exceeding 0.5 Weighted TeraFLOPS"."""
    board = {"eccn_declared": "4A994"}
    assert asked(chip, "2024-06-03", end_use="military", facts=board)[0] == NONE
    assert asked(chip, "2024-06-03", end_use="military", facts={"eccn_declared": "3A991"})[0] == LICENSE
    assert asked(chip, "2024-06-03", end_use="military")[0] == LICENSE


def test_adjusted_peak_performance_is_read_both_ways_and_at_the_line() -> None:
    """Technical Note on APP: W is 0.9 "For 'vector processors'", 0.3 for others; supp. no. 2: "exceeding 0.5"."""
    military: dict[str, Any] = {"end_use": "military"}
    # 7.8 teraflops: over the line on either reading; 0.58 teraflops: over it on one of the two
    assert asked("V100", "2021-06-01", **military, facts={"eccn_declared": "4A994"})[0] == LICENSE
    assert "app_wt" in check("RTX A6000", on="2021-06-01", exporter="other", **military,
                             facts={"eccn_declared": "4A994"}).turns_on  # fmt: skip
    for weight, outcome in (("0.5", NONE), ("0.501", LICENSE)):
        facts = {"eccn_declared": "4A994", "app_wt": weight}
        assert asked("RTX A6000", "2021-06-01", **military, facts=facts)[0] == outcome
    # the chips of a system count together
    assert asked("DGX A100", "2021-06-01", **military, facts={"eccn_declared": "4A994"})[0] == LICENSE


def test_a_system_is_told_that_its_own_performance_was_not_evaluated() -> None:
    """4A003.b: "Digital computers having an ... APP exceeding 70 Weighted TeraFLOPS"."""
    assert any("4A003" in said for said in check("DGX A100", on="2021-06-01", exporter="other").notices)
    assert not any("4A003" in said for said in check("A100", on="2021-06-01", exporter="other").notices)


# --- windows ---------------------------------------------------------------------------------------------------------


def test_a_letter_without_a_day_is_a_window() -> None:
    """AMD confirmed its letter on 2022-08-31; no source gives the day."""
    maker: dict[str, Any] = {"exporter": "amd"}
    assert asked("MI250", "2022-07-31", **maker)[0] == NONE
    for day in ("2022-08-01", "2022-08-30"):
        found = check("MI250", on=day, **maker)
        assert (found.outcome, list(found.turns_on)) == (OPEN, ["letter-amd-2022-08#requirement"])
    assert asked("MI250", "2022-08-31", **maker) == (LICENSE, "unpublished")
    assert asked("MI250", "2022-08-15", exporter="other")[0] == NONE


def test_a_window_is_one_in_calendars() -> None:
    found = [e for e in events(LAW, ["amd-mi250"], date(2022, 1, 1), {"exporter": "amd"}) if e.by]
    assert [(e.on, e.by) for e in found] == [(date(2022, 8, 1), date(2022, 8, 31))]


def test_a_window_gives_no_more_than_one_certain_day() -> None:
    made = timeline("MI250", exporter="amd")
    days = [(str(s.start), s.answer.outcome) for s in made.spans if s.start and s.start.year == 2022]
    assert days == [("2022-08-01", OPEN), ("2022-08-31", LICENSE), ("2022-10-21", LICENSE)]


# --- what was known when ---------------------------------------------------------------------------------------------


def test_a_contested_reading_is_told_as_contested() -> None:
    """BIS said on 2026-05-31 that the headquarters requirement never lapsed; before, both readings were held."""
    deal: dict[str, Any] = {
        "to": "SG",
        "headquarters": "CN",
        "exporter": "other",
        "facts": {"privately_informed": False},
    }
    then = check("H100", on="2025-10-01", known_on="2025-10-01", **deal)
    assert then.outcome == OPEN
    assert list(then.turns_on) == ["90fr4544#742.6(a)(6)(iii)(A)-headquarters"]
    assert any("Both readings were held" in said for said in then.notices)
    now = check("H100", on="2025-10-01", **deal)
    assert (now.outcome, now.review_policy) == (LICENSE, "presumption_of_denial")
    assert any("BIS guidance of 2026-05-31" in c.cite for c in now.citations)
    assert not any("Both readings were held" in said for said in now.notices)


def test_nothing_later_is_cited() -> None:
    """A citation names no document of a later day than that on which its provision was public."""
    written = re.compile(r"(?:guidance|FAQ|reports|announcement|press release|Form \S+) of (\d{4}-\d\d-\d\d)")
    for provision, instrument in LAW.provisions.values():
        public = provision.public_from or earliest(instrument.released, instrument.published)
        for day in written.findall(provision.cite):
            assert public is None or date.fromisoformat(day) <= public, provision.id


def test_a_savings_clause_is_told_as_one() -> None:
    """88 FR 2821 is in effect on 2023-01-20; what ends is its savings clause."""
    saved = check("A100", on="2023-01-20", to="MO", exporter="other", facts={"en_route_since": "2023-01-10"})
    assert any("savings clause of 88 FR 2821 applies through 2023-02-15" in said for said in saved.notices)
    assert not any("Public but not yet effective" in said for said in saved.notices)


def test_a_duty_that_begins_later_is_told_as_one() -> None:
    """89 FR 96790 is in effect from 2024-12-02, the duty for HBM from 2024-12-31."""
    found = check(None, on="2024-12-05", to="CN", exporter="other",
                  facts={"item_kind": "hbm_stack", "memory_bandwidth_density": 3})  # fmt: skip
    assert any("in effect since 2024-12-02; its duties begin on 2024-12-31" in said for said in found.notices)


# --- the rest --------------------------------------------------------------------------------------------------------


def test_the_mi308x_met_no_entry_before_its_letter() -> None:
    """AMD's Form 8-K of 2025-04-16 calls the requirement new."""
    assert asked("MI308X", "2024-06-03", exporter="amd")[0] == NONE
    assert asked("MI308X", "2025-04-08", exporter="amd")[0] == NONE
    assert asked("MI308X", "2025-04-09", exporter="amd")[0] == OPEN
    assert asked("MI308X", "2025-04-15", exporter="amd")[0] == LICENSE


def test_an_approval_elsewhere_is_not_that_of_supplement_5() -> None:
    """742.6(b)(10)(iii)(A)(2) is for supp. no. 5(a), (B)(1) for destinations not listed there."""
    for place in ("SA", "KH"):
        on = "2026-03-02"
        assert "(B)(1)" in cites("H100", on, to=place)
        assert "(A)(2)" not in cites("H100", on, to=place)
    assert "(A)(2)" in cites("H100", "2026-03-02", to="SA", headquarters="GB")


def test_the_firearm_rule_is_not_a_gap() -> None:
    """91 FR 46260 is a page of the firearm-suppressor rule 91 FR 46252."""
    assert not any("46260" in gap.what for gap in LAW.edition.not_encoded)


# --- what the sweep over all destinations found ----------------------------------------------------------------------


def test_ear99_cannot_be_declared_against_the_figures() -> None:
    """734.3(c): EAR99 is what no entry describes; a T4 of 1,040 TOPS x bit meets 3A991.p (8 TOPS) from 2022-10-21."""
    ear99 = {"eccn_declared": "EAR99"}
    tools: dict[str, Any] = {"end_use": "tool_making", "facts": ear99}
    assert asked("T4", "2023-11-17", **tools) == (LICENSE, "presumption_of_denial")
    assert asked("T4", "2024-04-04", to="SG", headquarters="CN", **tools) == (LICENSE, "presumption_of_denial")
    for to, section in (("RU", "746.8(a)(1)"), ("BY", "746.8(a)(1)"), ("IR", "746.7")):
        assert asked("T4", "2022-10-21", to=to, facts=ear99) == (LICENSE, "policy_of_denial")
        assert section in cites("T4", "2022-10-21", to=to, facts=ear99)
        assert small("2022-10-21", to=to)[0] == OPEN


def test_a_consumer_card_to_iran_is_never_case_by_case() -> None:
    """December 2024: 742.6(b)(10)(iii) says case by case of a NAC-type item, 746.7(b) denial, whatever was declared."""
    for facts in ({}, {"eccn_declared": "EAR99"}):
        assert asked("RTX 4090", "2024-12-16", to="IR", facts=facts) == (LICENSE, "policy_of_denial")


def test_sudan_asked_for_no_license_for_ear99() -> None:
    """742.10 was about items with an anti-terrorism mark."""
    assert small("2020-06-01", to="SD")[0] == NONE
    assert asked("T4", "2020-06-01", to="SD")[0] == LICENSE


def test_ear99_to_belarus_is_open_from_its_own_day() -> None:
    """87 FR 13048 of 2022-03-02, six days after 87 FR 12226."""
    assert [small(day, to="BY")[0] for day in ("2022-03-01", "2022-03-02")] == [NONE, OPEN]
    assert [small(day, to="RU")[0] for day in ("2022-02-23", "2022-02-24")] == [NONE, OPEN]


@pytest.mark.parametrize("facts", [{"military_intelligence_end_user": True}, {}])
def test_military_intelligence_is_military_where_744_22_does_not_reach(facts: dict[str, Any]) -> None:
    """744.22(f)(1): "items described on the U.S. Munitions List", as 744.21(f); (f)(2): "armed services", as (g)."""
    use: dict[str, Any] = {"end_use": "civil" if facts else "military_intelligence"}
    # Nicaragua stands in 744.21(a)(1) and not in 744.22(a)
    assert asked("T4", "2024-03-15", to="NI", facts=facts, **use) == (LICENSE, "presumption_of_denial")
    assert asked("T4", "2024-03-14", to="NI", facts=facts, **use)[0] == NONE
    # 86 FR 4865 came on 2021-03-16; the card's own entry of that time is not known
    assert asked("T4", "2021-03-15", facts=facts, **use)[0] == OPEN
    assert asked("T4", "2021-03-15", facts={**facts, "eccn_declared": "3A991"}, **use)[0] == LICENSE
    # 740.8(b)(2) in its first form: "military end use" or "military end user", anywhere
    assert asked("RTX 4090", "2024-04-03", to="AE", facts=facts, **use) == (LICENSE, "presumption_of_approval")
    assert asked("RTX 4090", "2024-04-04", to="AE", facts=facts, **use)[0] == "license_exception"


def test_memory_for_tools_outside_macau_and_d5_is_case_by_case() -> None:
    """744.23(d)(1) yields to (d)(3), and (d)(3)(i) is for items "specified in ECCN 3A090", 3A090.c too."""
    memory: dict[str, Any] = {"facts": {"item_kind": "hbm_stack", "memory_bandwidth_density": 7}}
    deal: dict[str, Any] = {"to": "SG", "ultimate_parent": "CN", "end_use": "tool_making", **memory}
    found = check(None, on="2025-06-02", exporter="other", **deal)
    assert (found.outcome, found.review_policy) == (LICENSE, "case_by_case")
    inside = check(None, on="2025-06-02", exporter="other", to="CN", end_use="tool_making", **memory)
    assert (inside.outcome, inside.review_policy) == (LICENSE, "presumption_of_denial")
