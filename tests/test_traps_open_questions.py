"""What the first readings of November 2026 left open, settled from the text: end users elsewhere, foreign-made items,
owners on other lists, the exceptions of 744.23(c), entries with further reasons for control, the letter of July 2023.

Each trap names the words that decide it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exportrules import check, default_ruleset
from exportrules.errors import QuestionError
from exportrules.files.integrity import references
from exportrules.law.model import Conclusion
from exportrules.render.text import margin_lines
from tests.readings import asked

LAW = default_ruleset()
NONE, LICENSE, OPEN, EXCEPTION = "no_license_requirement", "license_required", "indeterminate", "license_exception"
DENIAL, CASE, APPROVAL = "presumption_of_denial", "case_by_case", "presumption_of_approval"
HBM = {"item_kind": "hbm_stack", "memory_bandwidth_density": "3"}


def required(chip: str | None, on: str, **terms: Any) -> set[str]:
    """The ids of the requirements that stand."""
    found = check(chip, on=on, **{"exporter": "other", **terms})
    return set(found.requirements)


# --- 744.22, 744.21: in the countries, and elsewhere ----------------------------------------------------------------


def test_a_body_that_744_22_names_is_reached_wherever_it_is() -> None:
    """744.22(f)(2): "For 'military-intelligence end users' located in all other countries this paragraph (f)(2) is an
    exhaustive listing." """
    named: dict[str, Any] = {"to": "SG", "end_user": "Intelligence Bureau of the Joint Staff Department"}
    for day in ("2021-03-16", "2022-09-15", "2024-06-03", "2026-09-24"):
        assert asked("V100", day, **named) == (LICENSE, DENIAL)


def test_a_parent_in_a_named_country_makes_no_end_user_of_it_where_the_text_was_read() -> None:
    """744.22(a): "or for a ... Chinese ... 'military-intelligence end user' ..., wherever located. [Those] located
    outside ... are limited to entities identified under paragraph (f)(2)"."""
    owned: dict[str, Any] = {"to": "SG", "headquarters": "SG", "ultimate_parent": "CN"}
    stated = {"military_intelligence_end_user": True}
    assert asked("V100", "2024-06-03", **owned, facts=stated)[0] == OPEN
    assert asked("V100", "2026-09-24", **owned, facts=stated)[0] == NONE
    assert asked("V100", "2026-09-24", to="CN", facts=stated) == (LICENSE, DENIAL)


def test_a_russian_end_user_in_belarus_is_in_the_countries() -> None:
    """744.21(a)(2): "located outside of Belarus or Russia"; inside them the list is not exhaustive ((b)(1))."""
    for home, place in (("RU", "BY"), ("BY", "RU")):
        stated: dict[str, Any] = {"to": place, "headquarters": home, "end_use": "military"}
        assert "87fr12226#744.21(a)(2)" in required("V100", "2026-09-24", **stated)


def test_a_party_on_the_military_end_user_list_is_reached_elsewhere_since_the_list_began() -> None:
    """744.21(b)(1)(ii) of 2020-12-23: "when an entity that is listed on the MEU List is a party to the transaction";
    (a)(1) of 2026: those elsewhere "are limited to entities identified on the 'Military End-User' (MEU) List"."""
    item = {"eccn_declared": "3A991"}
    listed = {**item, "end_user_lists": "meu_list"}
    for day in ("2021-06-01", "2024-06-03", "2026-09-24"):
        assert asked("V100", day, to="SG", headquarters="CN", facts=listed) == (LICENSE, DENIAL)
        stated = {**item, "military_end_user": True}
        assert asked("V100", day, to="SG", headquarters="CN", facts=stated)[0] == NONE


def test_744_21_e_3_has_stood_since_the_first_day_of_its_section() -> None:
    """85 FR 23463, as codified on 2020-06-29: "Applications for items requiring a license for any reason that are
    destined to China, Russia, or Venezuela for a 'military end use' or 'military end user'"."""
    policy, _ = LAW.provision("85fr23459#744.21(e)(3)")
    assert (policy.quote_on.isoformat() if policy.quote_on else "", policy.evidence) == ("2020-06-29", "published")


# --- 744.23(d): a foreign-made item that does the same ---------------------------------------------------------------


@pytest.mark.parametrize("use", ["supercomputer", "advanced_node_fab", "tool_making"])
def test_a_foreign_made_item_is_approval_in_the_first_form_and_case_by_case_in_the_second(use: str) -> None:
    """744.23(d) of 2023-11-17: "there is a presumption of approval ... when there is a foreign-made item available that
    is not subject to the EAR and performs the same function"; (d)(3)(ii) of 2024-04-04: "case-by-case"."""
    shown = {"foreign_alternative": True}
    assert asked("V100", "2023-11-16", end_use=use, facts=shown) == asked("V100", "2023-11-16", end_use=use)
    for day, policy in (("2023-11-17", APPROVAL), ("2024-04-03", APPROVAL), ("2024-04-04", CASE), ("2026-09-24", CASE)):
        assert asked("V100", day, end_use=use) == (LICENSE, DENIAL)
        assert asked("V100", day, end_use=use, facts=shown) == (LICENSE, policy)


def test_that_nobody_shows_a_foreign_made_item_is_an_assumption_that_is_told() -> None:
    found = check("V100", on="2024-06-03", exporter="other", end_use="supercomputer")
    told = next(a for a in found.assumptions if a.fact == "foreign_alternative")
    assert [(o.outcome, o.review_policy) for o in told.otherwise] == [(LICENSE, CASE)]
    plain = check("H100", on="2024-06-03", exporter="other")
    assert not any(a.fact == "foreign_alternative" for a in plain.assumptions)


def test_a_foreign_made_item_is_no_approval_where_742_6_denies() -> None:
    """742.6(b)(10)(ii): denial for entities headquartered in D:5, whatever 744.23(d) says of a foreign-made item."""
    elsewhere: dict[str, Any] = {"to": "SG", "headquarters": "CN", "facts": {"foreign_alternative": True}}
    assert asked("H100", "2023-11-17", **elsewhere) == (LICENSE, DENIAL)
    assert asked("H100", "2023-11-17", facts={"foreign_alternative": True}) == (LICENSE, DENIAL)


# --- 744.23(c): which exceptions overcome which prohibition ----------------------------------------------------------


def test_the_headquarters_rule_yields_to_nac_and_hbm_and_tool_making_to_neither() -> None:
    """744.23(c): "the prohibitions in paragraphs (a)(4) and (a)(3)(i) of this section may be overcome by license
    exceptions in § 740.2(a)(9)(i) or (ii) of the EAR, respectively"; (i) names GOV alone, (ii) NAC/ACA and HBM."""
    elsewhere: dict[str, Any] = {"to": "SG", "headquarters": "CN"}
    assert asked("RTX 4090", "2024-06-03", **elsewhere)[0] == EXCEPTION
    assert asked("RTX 4090", "2024-06-03", **elsewhere, end_use="tool_making")[0] == LICENSE
    claimed = {**HBM, "hbm_conditions_met": True}
    assert asked(None, "2025-02-03", **elsewhere, facts=claimed)[0] == EXCEPTION
    assert asked(None, "2025-02-03", **elsewhere, facts=claimed, end_use="tool_making")[0] == LICENSE


# --- 90 FR 47201: whose affiliate --------------------------------------------------------------------------------


def owned(lists: object, **more: Any) -> dict[str, Any]:
    return {"to": "SG", "headquarters": "SG", "facts": {"listed_ownership_percent": 50, "owner_lists": lists, **more}}


@pytest.mark.parametrize("day", ["2025-09-29", "2025-11-09"])
def test_an_owner_on_the_military_end_user_list_restricts_what_744_21_restricts(day: str) -> None:
    """744.21(a)(3): "The MEU List ... license requirements in paragraphs (a)(1) and (2) of this section also apply to
    any foreign entity that is owned ... 50 percent or more"; (a)(1): items of supplement no. 2 to part 744."""
    assert asked("V100", day, **owned("meu_list", eccn_declared="5A992.c")) == (LICENSE, DENIAL)
    free = {**HBM, "eccn_declared": "3A090.c"}
    assert asked(None, day, **owned("meu_list", **free))[0] == NONE
    for wider in ("entity_list", frozenset({"entity_list", "meu_list"})):
        assert asked(None, day, **owned(wider, **free))[0] == LICENSE
    below = owned("meu_list", eccn_declared="5A992.c")
    below["facts"]["listed_ownership_percent"] = "49.9"
    assert asked("V100", day, **below)[0] == NONE


def test_an_owner_blocked_under_744_8_restricts_every_item_with_its_own_policy() -> None:
    """744.8(a)(2): "These EAR controls also apply to any foreign affiliate ... owned ... 50 percent or more by one or
    more persons blocked"; (d): presumption of denial."""
    blocked = owned("sdn_744_8", eccn_declared="EAR99")
    assert asked("V100", "2025-10-15", **blocked) == (LICENSE, DENIAL)
    assert required("V100", "2025-10-15", **blocked) == {"90fr47201#744.8(a)(2)"}


def test_an_owner_that_nobody_names_may_be_on_the_entity_list() -> None:
    for owner in ({}, {"listed_owner": "Somebody Holding Ltd"}):
        facts = {**HBM, "eccn_declared": "3A090.c", "listed_ownership_percent": 50, **owner}
        assert asked(None, "2025-10-15", to="SG", headquarters="SG", facts=facts) == (LICENSE, OPEN)


def test_the_stay_holds_for_all_three_lists_and_ends_for_all_three() -> None:
    """Effective date notes of 90 FR 50857 to 744.8, 744.11 and 744.21: "stayed, effective until Nov. 9, 2026"."""
    for lists, item in (("meu_list", "5A992.c"), ("sdn_744_8", "EAR99"), ("entity_list", "EAR99")):
        terms = owned(lists, eccn_declared=item)
        assert asked("V100", "2025-11-10", **terms)[0] == NONE
        later = check("V100", on="2026-11-10", exporter="other", **terms)
        assert later.outcome == OPEN
        assert later.requirements
        assert any("2027-01-10" in n and "2026-11-09" in n for n in later.notices)


def test_an_affiliate_is_reviewed_as_the_entry_of_its_owner_says() -> None:
    """744.11(a): "Applications ... will be evaluated as stated in the relevant Entity List entry"."""
    huawei = {"listed_ownership_percent": 50, "listed_owner": "Huawei Technologies Co., Ltd."}
    assert asked("V100", "2025-10-15", to="SG", headquarters="SG", facts=huawei) == (LICENSE, DENIAL)
    assert LAW.reviewed_by_entries == {
        ("end_user_lists", "entity_list"): ("ear#744.11",),
        ("owner_lists", "entity_list"): ("90fr47201#744.11(a)(1)",),
    }


def test_entries_that_nothing_concludes_and_values_that_are_none_are_defects() -> None:
    provision, instrument = LAW.provision("ear#744.11")
    wrong = replace(provision, entries=Conclusion(fact="end_user_lists", value="no_such_list"))
    kept = tuple(wrong if p.id == wrong.id else p for p in instrument.provision)
    instruments = {**LAW.instruments, "ear": replace(instrument, provision=kept)}
    facts = {**LAW.facts, "end_use": replace(LAW.facts["end_use"], supposed=("war",))}
    told = [str(defect) for defect in references(replace(LAW, instruments=instruments, facts=facts))]
    assert any("no entry of a party list concludes that" in line for line in told)
    assert any("supposed names 'war'" in line for line in told)


def test_bounds_that_say_nothing_of_a_chip_stand_in_the_trace_and_not_in_the_answer() -> None:
    found = check("T4", on="2024-06-03", exporter="other")
    assert any("3A991" in m.provision for m in found.margin)
    assert not any("3A991" in line for line in margin_lines(found))


def test_on_which_list_an_owner_is_not_follows_from_its_lists_and_cannot_be_claimed() -> None:
    with pytest.raises(QuestionError, match="follows from other facts"):
        asked("V100", "2025-10-15", facts={"listed_ownership_percent": 50, "owner_off_entity_list": True})


# --- entries with further reasons for control, and a window -------------------------------------------------------


@pytest.mark.parametrize("entry", ["3A992", "3A999"])
def test_an_entry_with_regional_stability_controls_is_no_yes(entry: str) -> None:
    """The list of 2026-07-23: 3A992 "RS applies to entire entry" (Pakistan), 3A999 the same (Iraq, Pakistan), its AT
    for North Korea alone; 740.2(a)(25) names both."""
    for to in ("CN", "PK", "IQ"):
        assert asked("V100", "2024-06-03", to=to, facts={"eccn_declared": entry})[0] == OPEN


@pytest.mark.parametrize("entry", ["3A991", "4A994", "5A991", "5A992.c"])
def test_an_entry_controlled_for_anti_terrorism_alone_stays_free(entry: str) -> None:
    assert asked("V100", "2024-06-03", facts={"eccn_declared": entry})[0] == NONE


def test_the_letter_of_july_2023_is_a_window_inside_that_july() -> None:
    """NVIDIA's 10-Q: the quarter from 2023-05-01 to 2023-07-30; its annual report of 2024 on it: July 2023."""
    letter, _ = LAW.provision("letters-2023-07#nvidia")
    assert (str(letter.effective), str(letter.effective_by)) == ("2023-07-01", "2023-07-30")
    assert asked("A100", "2023-06-30", to="AE", exporter="nvidia")[0] == NONE
    for day in ("2023-07-01", "2023-07-31", "2023-10-22"):
        assert asked("A100", day, to="AE", exporter="nvidia")[0] == OPEN
