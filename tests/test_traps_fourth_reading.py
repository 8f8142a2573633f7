"""What a fourth reader, who had not seen the engine, found it to permit, to forbid or to leave unsaid."""

from __future__ import annotations

from typing import Any

import pytest

from exportrules import QuestionError, check
from exportrules.render.memo import memo
from exportrules.render.text import answer
from tests.readings import asked, cites, notices

NONE, LICENSE, OPEN, EXCEPTION = "no_license_requirement", "license_required", "indeterminate", "license_exception"
DENIAL, PRESUMED, CASE = "policy_of_denial", "presumption_of_denial", "case_by_case"


# --- 744.17 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["VN", "KZ", "MO"])
@pytest.mark.parametrize("terms", [{"end_use": "military"}, {"facts": {"military_end_user": True}}])
def test_a_military_end_use_or_user_in_d1_is_open(place: str, terms: dict[str, Any]) -> None:
    """744.17(a): "microprocessors ... 5 GFLOPS or more ... in a destination listed in Country Group D:1"."""
    found = check("T4", on="2024-06-03", to=place, exporter="other", **terms)
    assert found.outcome == OPEN
    assert "ear#744.17" in found.turns_on
    assert (LICENSE, PRESUMED) in [(case.outcome, case.review_policy) for case in found.cases]
    assert "744.17(a)" in cites("T4", "2024-06-03", to=place, **terms)


def test_outside_d1_and_for_civil_ends_744_17_says_nothing() -> None:
    assert asked("T4", "2024-06-03", to="SA", end_use="military") == (NONE, None)
    assert asked("T4", "2024-06-03", to="VN") == (NONE, None)
    # Nicaragua entered D:1 on 2024-03-15
    assert asked("T4", "2024-03-14", to="NI", end_use="military") == (NONE, None)


def test_no_license_exception_overcomes_it() -> None:
    """744.17(f): "supersede any license exception"."""
    found = check("RTX 4090", on="2024-06-03", to="VN", exporter="other", end_use="military")
    assert found.outcome == OPEN
    outcomes = {case.outcome for case in found.cases}
    assert outcomes == {EXCEPTION, LICENSE}


@pytest.mark.parametrize(
    ("declared", "outcome"),
    [("EAR99", NONE), ("3A991.p", NONE), ("4A994.l", NONE), ("3A991", OPEN), ("3A991.a", OPEN), ("5A992.c", OPEN)],
)
def test_an_entry_without_microprocessors_is_outside(declared: str, outcome: str) -> None:
    """3A991.a.1 has the words of 744.17(a); 744.17 adds "including those incorporating 'information security'"."""
    facts = {"eccn_declared": declared}
    # of 2021, when no figure met an entry: EAR99 is not contradicted
    assert asked("V100", "2021-06-01", to="VN", end_use="military", facts=facts)[0] == outcome


def test_a_system_or_a_memory_is_no_microprocessor() -> None:
    facts = {"item_kind": "hbm_stack", "memory_bandwidth_density": 1}
    assert "ear#744.17" not in check(None, on="2024-06-03", to="VN", end_use="military", facts=facts).turns_on
    assert "ear#744.17" not in check("DGX A100", on="2022-06-01", to="VN", end_use="military").turns_on


def test_a_requirement_of_a_governed_policy_does_not_close_the_case() -> None:
    """744.23(d): case by case governs for a friendly fab; the denial that it displaces is no reason to stop asking."""
    figures = {"tpp": 500, "bits_x_tops_2022": 500, "performance_density": 1, "aggregate_io_gbytes_s": 100}
    terms: dict[str, Any] = {"to": "MO", "headquarters": "SG", "end_use": "advanced_node_fab"}
    facts = {**figures, "military_end_user": True, "designed_for_datacenter": False}
    found = check(None, on="2023-01-17", exporter="other", facts=facts, **terms)
    assert found.outcome == LICENSE
    assert {case.review_policy for case in found.cases} == {CASE, PRESUMED}


# --- 744.15 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("terms", [{"facts": {"end_user_lists": "unverified_list"}}, {"end_user": "Services GP Tek"}])
def test_a_party_on_the_unverified_list_has_to_sign_first(terms: dict[str, Any]) -> None:
    """744.15(b): "Before proceeding with any export ... not subject to a license requirement"."""
    found = check("T4", on="2026-06-03", to="CA", exporter="other", **terms)
    assert found.outcome == NONE
    first = found.next_steps[0]
    assert (first.kind, first.provisions) == ("certify", ("ear#744.15(b)",))
    assert "UVL statement" in first.says
    assert "744.15(b)" in "\n".join(found.notices)


# --- exceptions by name ----------------------------------------------------------------------------------------------


def test_an_answer_names_the_exception_of_its_day_and_when_the_other_began() -> None:
    """89 FR 23884, 2024-04-04: ACA; before it 740.8 was NAC alone."""
    for on, name in (("2023-12-01", "NAC"), ("2024-04-03", "NAC"), ("2024-04-04", "ACA"), ("2024-06-03", "ACA")):
        found = check("RTX 4090", on=on, to="VN", exporter="other")
        said = answer(found)
        assert said.startswith(f"ONLY IF the conditions of License Exception {name} are met.")
        named = "by License Exception NAC from 2023-11-17; by License Exception ACA from 2024-04-04"
        assert named in " ".join(said.split())
        assert "by License Exception ACA from April 4, 2024" in memo(found, "md")
    assert "by License Exception" not in answer(check("RTX 4090", on="2024-06-03", exporter="other"))


def test_the_bar_of_datacenter_items_is_cited_from_the_rule_of_its_day() -> None:
    def bars(on: str) -> list[str]:
        return [c.cite for c in check("H100", on=on, exporter="other").citations if c.role == "bar"]

    assert bars("2024-04-03") == ["88 FR 73458; 15 CFR 740.8(a)"]
    assert bars("2024-04-04") == ["89 FR 23876; 15 CFR 740.8(a)"]


def test_nobody_can_have_used_nac_in_its_first_25_days() -> None:
    """740.8(c)(2): "within twenty-five calendar days after registration, BIS will inform you"."""
    said = "740.8 began on 2023-11-17"
    assert said in notices("RTX 4090", "2023-11-17")
    assert said in notices("RTX 4090", "2023-12-11")
    assert said not in notices("RTX 4090", "2023-12-12")
    assert said not in notices("RTX 4090", "2023-11-17", to="VN")
    assert said not in notices("H100", "2023-11-17")


# --- 746.8 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "on"), [("RU", "2022-03-10"), ("BY", "2022-03-10"), ("RU", "2024-06-03"), ("BY", "2026-08-03")]
)
def test_a_mass_market_item_for_a_us_subsidiary_may_need_no_license(place: str, on: str) -> None:
    """746.8(a) of 2022-03-08, (a)(12)(ii) of 2026: "do not require a license ... wholly-owned U.S."."""
    us: dict[str, Any] = {"to": place, "headquarters": "US", "ultimate_parent": "US"}
    found = check("T4", on=on, exporter="other", facts={"eccn_declared": "5A992.c"}, **us)
    assert found.outcome == OPEN
    assert {case.outcome for case in found.cases} == {NONE, LICENSE}
    # other items, other ends and other owners need it
    assert asked("T4", on, facts={"eccn_declared": "3A991"}, **us) == (LICENSE, OPEN)
    mass = {"eccn_declared": "5A992.c"}
    assert asked("T4", on, end_use="military", facts=mass, **us)[0] == LICENSE
    assert asked("T4", on, facts={**mass, "military_end_user": True}, **us)[0] == LICENSE
    assert asked("T4", on, facts=mass, to=place) == (LICENSE, DENIAL)
    assert asked("T4", on, facts=mass, to=place, headquarters="US", ultimate_parent="CN") == (LICENSE, DENIAL)


def test_an_application_for_such_a_company_may_be_read_case_by_case() -> None:
    """746.8(b): "applications for items destined to wholly-owned U.S. subsidiaries ... on a case-by-case basis"."""
    terms: dict[str, Any] = {"to": "RU", "ultimate_parent": "DE", "facts": {"eccn_declared": "3A991"}}
    found = check("T4", on="2024-06-03", exporter="other", **terms)
    assert found.outcome == LICENSE
    assert {case.review_policy for case in found.cases} == {CASE, DENIAL}


def test_746_8_b_is_cited_as_it_was_numbered() -> None:
    """87 FR 13062: (b) was one undivided paragraph; (a)(4), of which (b)(2) speaks, came with 89 FR 51644."""
    assert "746.8(b)(3)" not in cites("T4", "2022-08-01", to="RU")
    assert "15 CFR 746.8(b)" in cites("T4", "2022-08-01", to="RU")
    assert "15 CFR 746.8(b)(3)" in cites("T4", "2024-06-12", to="RU")


# --- goods under way -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chip", "on", "cutoff", "terms"),
    [
        ("A100", "2022-10-25", "2022-10-21", {}),
        ("RTX 4090", "2023-11-20", "2023-11-17", {}),
        ("T4", "2023-11-10", "2023-10-17", {"end_user": "Shanghai Biren Intelligent Technology Co., Ltd."}),
    ],
)
def test_goods_under_way_are_answered_as_the_counterfactual_says(
    chip: str, on: str, cutoff: str, terms: dict[str, Any]
) -> None:
    found = check(chip, on=on, exporter="other", **terms)
    said = [o for a in found.assumptions if a.fact == "en_route_since" for o in a.otherwise]
    assert [(o.value, o.outcome) for o in said] == [(f"goods under way since {cutoff} or before", OPEN)]
    assert asked(chip, on, facts={"en_route_since": cutoff}, **terms)[0] == OPEN
    later = f"{cutoff[:-2]}{int(cutoff[-2:]) + 1}"
    assert asked(chip, on, facts={"en_route_since": later}, **terms)[0] == found.outcome


def test_a_savings_clause_of_unknown_reach_ends() -> None:
    facts = {"en_route_since": "2023-11-16"}
    said = memo(check("RTX 4090", on="2023-11-20", exporter="other", facts=facts), "md")
    assert "Open, since its reach is not known: Goods under way on 2023-11-17" in said
    assert "None that is encoded and in force reaches this transaction" not in said
    assert asked("RTX 4090", "2024-02-16", facts=facts)[0] == OPEN
    assert asked("RTX 4090", "2024-02-17", facts=facts)[0] == EXCEPTION
    said = "How far the savings clause of 88 FR 73458 reaches is not known; it ended by 2024-02-16"
    assert said in notices("RTX 4090", "2024-02-16", facts=facts)


# --- as printed, two policies, regions -------------------------------------------------------------------------------


def test_as_printed_says_that_days_of_compliance_are_set_aside() -> None:
    said = "nobody had to comply with this requirement before 2025-05-15"
    assert said in notices("H100", "2025-03-01", to="IN", as_printed=True)
    assert said not in notices("H100", "2025-03-01", to="IN")
    assert "before 2025-05-15" not in notices("H100", "2025-03-01", as_printed=True)


@pytest.mark.parametrize(
    ("chip", "on", "facts", "policy"),
    [
        ("RTX 4090", "2024-02-01", {"nac_notified": False}, PRESUMED),
        ("RTX 4090", "2024-06-03", {"nac_notified": False}, CASE),
        ("L40", "2025-06-03", {"nac_notified": False}, CASE),
        ("L40", "2026-03-03", {"nac_notified": False}, PRESUMED),
        ("H100", "2024-06-03", {"foreign_alternative": True}, CASE),
        (None, "2025-02-03", {"item_kind": "hbm_stack", "memory_bandwidth_density": "3.5"}, CASE),
    ],
)
def test_two_policies_for_a_chinese_parent_elsewhere_are_both_printed(
    chip: str | None, on: str, facts: dict[str, Any], policy: str
) -> None:
    """742.1(f): "only if an application can be approved under all applicable licensing policies"."""
    terms = {"to": "SG", "ultimate_parent": "CN", "facts": facts}
    assert asked(chip, on, **terms) == (LICENSE, policy)
    assert "under all applicable licensing policies" in notices(chip, on, **terms)


@pytest.mark.parametrize(("name", "fact"), [("Crimea", "crimea"), ("Donetsk", "donetsk"), ("Luhansk", "luhansk")])
def test_a_region_that_is_refused_says_how_it_is_answered(name: str, fact: str) -> None:
    with pytest.raises(QuestionError, match=f"ukraine_region={fact}"):
        check("T4", on="2024-06-03", to=name)
    assert asked("T4", "2024-06-03", to="UA", facts={"ukraine_region": fact}) == (LICENSE, DENIAL)


def test_a_no_says_that_other_exceptions_exist_where_they_can() -> None:
    """740.2(a)(9)(ii): "TMP ... RPL ... GOV ... TSU"; 740.2(a)(2) closes all of them where part 744 asks."""
    said = "License Exceptions RPL, GOV, TSU, TMP and ACM"
    assert any(said in step.says for step in check("H100", on="2024-06-03", exporter="other").next_steps)
    listed = check("H100", on="2024-06-03", exporter="other", facts={"end_user_lists": "entity_list"})
    assert not any(said in step.says for step in listed.next_steps)
    assert not any(said in step.says for step in check("T4", on="2024-06-03", to="RU", exporter="other").next_steps)


def test_what_the_press_reported_is_cited_from_the_press() -> None:
    """The lines of 1,400, 1,100 and 1,700 are Intel's message, which no filing of NVIDIA or AMD has."""
    said = "press reports of Intel's message of April 2025"
    cited = [c for c in check("A100", on="2025-06-03").citations if c.cite.endswith(said)]
    assert cited
    assert not any("sec.gov" in c.url for c in cited)
