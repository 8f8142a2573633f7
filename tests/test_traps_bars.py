"""Traps of License Exceptions: what closes them, and "military end use or military end user" read as both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import exportrules
from exportrules import check
from exportrules.answer.determination import Determination
from exportrules.law.model import Provision, Row, Test
from exportrules.law.paragraphs import code_url, under
from exportrules.law.ruleset import Ruleset
from exportrules.render.explanation import explanation
from exportrules.render.memo import memo
from exportrules.render.text import answer

LAW = exportrules.default_ruleset()
MEU: dict[str, Any] = {"end_user_lists": "meu_list", "eccn_declared": "3A090"}
HBM: dict[str, Any] = {"item_kind": "hbm_stack", "memory_bandwidth_density": 3, "hbm_conditions_met": True}
DENIED = ("license_required", "presumption_of_denial")


def found(chip: str | None, on: str, **terms: Any) -> Determination:
    return check(chip, on=on, **{"exporter": "other", **terms})


def asked(chip: str | None, on: str, **terms: Any) -> tuple[str, str | None]:
    answered = found(chip, on, **terms)
    return answered.outcome, answered.review_policy


def bars(answered: Determination) -> set[str]:
    return {bar for closed in answered.closed_exceptions for bar in closed["bars"]}


# --- military end users -----------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [MEU, {"military_end_user": True, "eccn_declared": "3A090"}])
def test_nac_was_closed_to_military_end_users_until_2024_04_03(facts: dict[str, Any]) -> None:
    """740.8(b)(2): "or 'military end user,' as defined in § 744.21(g)"."""
    assert asked("RTX 4090", "2023-11-17", facts=facts) == DENIED
    last = found("RTX 4090", "2024-04-03", facts=facts)
    assert (last.outcome, last.review_policy) == DENIED
    assert bars(last) == {"88fr73458#740.8(b)(2)"}
    # transfers, and places that 744.21 does not name, as well
    assert asked("RTX 4090", "2024-01-15", activity="transfer", facts=facts)[0] == "license_required"
    assert asked("RTX 4090", "2024-01-15", to="VN", facts=facts)[0] == "license_required"
    assert asked("RTX 4090", "2024-01-15", facts={"eccn_declared": "3A090"})[0] == "license_exception"


def test_from_2024_04_04_nac_is_closed_to_them_only_where_744_21_itself_requires_a_license() -> None:
    # 744.21 does not reach what is declared 3A090; that 744.17 may is a doubt of its own
    closed = found("RTX 4090", "2024-04-04", facts=MEU)
    assert (closed.outcome, closed.turns_on) == ("indeterminate", ["ear#744.17"])
    assert {case.outcome for case in closed.cases} == {"license_exception", "license_required"}
    listed = found("RTX 4090", "2024-04-04", facts={**MEU, "eccn_declared": "5A992.z"})
    assert listed.outcome == "license_required"
    assert bars(listed) == {"89fr23876#740.8(b)"}
    # which it is turns on the board's own number, and the bar is shown as one that may close
    open_ = found("RTX 4090", "2024-04-04", facts={"end_user_lists": "meu_list"})
    assert (open_.outcome, open_.turns_on) == ("indeterminate", ["eccn_declared", "ear#744.17"])
    assert ("89fr23876#740.8(b)", "may close") in {(c.provision, c.role) for c in open_.citations}
    assert open_.closed_exceptions == []


@pytest.mark.parametrize("facts", [MEU, {"military_end_user": True, "eccn_declared": "3A090"}])
def test_no_leniency_of_review_reaches_a_military_end_user_in_china(facts: dict[str, Any]) -> None:
    """744.21(e)(3), and (dd)(1)(iv) of supp. no. 2 to part 748: such a party cannot be certified."""
    refused = {**facts, "nac_confirmed": False}
    assert asked("RTX 4090", "2024-12-15", facts=refused) == DENIED
    assert asked("RTX 4090", "2024-12-15", facts={"nac_confirmed": False})[1] == "case_by_case"
    certified = {**facts, "part_748_dd_certified": True}
    assert asked("H200", "2026-03-01", facts=certified) == DENIED
    assert asked("H200", "2026-03-01", facts={"part_748_dd_certified": True})[1] == "case_by_case"


@pytest.mark.parametrize(
    "ruled_out",
    [
        {"facts": {"end_user_lists": "meu_list"}},
        {"facts": {"end_user_lists": "entity_list"}},
        {"facts": {"end_user_lists": "sdn_744_8"}},
        {"facts": {"end_user_lists": "mieu_744_22"}},
        {"facts": {"military_end_user": True}},
        {"facts": {"military_intelligence_end_user": True}},
        {"end_use": "military"},
        {"end_use": "nuclear"},
        {"end_use": "missile"},
        {"end_use": "chemical_biological"},
        {"end_use": "wmd"},
    ],
)
@pytest.mark.parametrize("certified", [True, "unknown"])
def test_the_lane_is_closed_to_all_that_the_certification_rules_out(ruled_out: dict[str, Any], certified: Any) -> None:
    """(dd)(1)(iv): end uses and users of 744.2-4, 744.21 and 744.22, and any party subject to 744.8 or 744.11."""
    terms = {**ruled_out, "facts": {**ruled_out.get("facts", {}), "part_748_dd_certified": certified}}
    policies = {p["requirement"]: p["review_policy"] for p in found("H200", "2026-03-01", **terms).policies}
    assert policies["90fr4544#742.6(a)(6)(iii)(A)-covered"] == "presumption_of_denial"
    free = {**terms, "facts": {"part_748_dd_certified": True}, "end_use": "civil"}
    assert asked("H200", "2026-03-01", **free) == ("license_required", "case_by_case")
    assert asked("H200", "2026-03-01", **{**free, "end_use": "supercomputer"})[0] == "license_required"


def test_wherever_located_is_for_the_list_alone() -> None:
    """744.21(e)(3) of 2026; until 2022-09-14 it is about what is destined to China, Russia or Venezuela."""
    elsewhere: dict[str, Any] = {"to": "SG", "headquarters": "CN"}
    refused = {"nac_confirmed": False, "eccn_declared": "3A090"}
    assert asked("RTX 4090", "2024-06-03", **elsewhere, facts={**refused, "end_user_lists": "meu_list"}) == DENIED
    stated = asked("RTX 4090", "2024-06-03", **elsewhere, facts={**refused, "military_end_user": True})
    assert stated == ("license_required", "case_by_case")
    # 744.21(a)(1): items of supp. no. 2 need a license for a listed party anywhere, for another in the countries only
    item = {"eccn_declared": "3A991"}
    assert asked("V100", "2024-06-03", **elsewhere, facts={**item, "end_user_lists": "meu_list"}) == DENIED
    assert asked("V100", "2024-06-03", **elsewhere, facts={**item, "military_end_user": True})[1] is None
    assert asked("V100", "2024-06-03", facts={**item, "military_end_user": True}) == DENIED


def test_a_military_end_user_in_russia_needs_a_license_for_everything() -> None:
    free: dict[str, Any] = {"to": "RU", "facts": {"eccn_declared": "EAR99"}}
    stated: dict[str, Any] = {"to": "RU", "facts": {"eccn_declared": "EAR99", "military_end_user": True}}
    assert "87fr12226#744.21(a)(2)" in found("V100", "2022-03-08", **stated).requirements
    assert "87fr12226#744.21(a)(2)" not in found("V100", "2022-03-08", **free).requirements
    assert asked("V100", "2022-03-08", **stated) == ("license_required", "policy_of_denial")


def test_a_military_intelligence_end_user_counts_whatever_the_end_use() -> None:
    stated = {"military_intelligence_end_user": True}
    assert asked("V100", "2021-03-16", facts=stated) == DENIED
    # the day before, 744.21 alone: a part of "the national armed services", and the card's own entry is not known
    assert asked("V100", "2021-03-15", facts=stated)[0] == "indeterminate"
    assert asked("H200", "2026-03-01", facts={**stated, "part_748_dd_certified": True}) == DENIED


def test_whether_the_end_user_is_military_may_be_unknown_and_is_then_followed() -> None:
    unknown = found("RTX 4090", "2024-01-03", to="VN", facts={"military_end_user": "unknown"})
    assert unknown.outcome == "indeterminate"
    assert unknown.turns_on[0] == "military_end_user"
    assert {case.outcome for case in unknown.cases} == {"license_required", "license_exception"}


def test_the_policy_of_744_21_is_cited_at_e_1() -> None:
    military = found("V100", "2024-06-03", end_use="military", facts={"eccn_declared": "3A991"})
    assert "85 FR 23459; 15 CFR 744.21(e)(1)" in {c.cite for c in military.citations}


def test_ask_bis_is_told_only_where_nac_could_be_used() -> None:
    def told(chip: str, **terms: Any) -> bool:
        return any("ask BIS" in notice for notice in found(chip, "2024-06-03", **terms).notices)

    assert told("RTX 4090", end_use="military")
    assert told("RTX 4090", facts={"military_end_user": True})
    assert not told("H100", end_use="military")


# --- bars on all exceptions ---------------------------------------------------------------------------


EXCEPTIONS: dict[str, tuple[str | None, str, dict[str, Any]]] = {
    "NAC": ("RTX 4090", "2024-01-15", {}),
    "NAC of 2024": ("RTX 4090", "2024-06-03", {}),
    "ACA": ("RTX 4090", "2025-06-03", {"to": "VN"}),
    "HBM": (None, "2025-02-03", {"facts": HBM}),
    "HBM elsewhere": (None, "2025-02-03", {"to": "SG", "headquarters": "CN", "facts": HBM}),
    "AIA": ("H100", "2025-06-03", {"to": "TW", "as_printed": True}),
    "LPP": ("H100", "2025-06-03", {"to": "IN", "as_printed": True, "facts": {"lpp_claimed": True}}),
}


@pytest.mark.parametrize("name", EXCEPTIONS)
@pytest.mark.parametrize(
    ("named", "bar"), [("unverified_list", "ear#740.2(a)(17)"), ("entity_list", None), ("denied_persons", None)]
)
def test_no_exception_is_open_to_a_party_on_a_list(name: str, named: str, bar: str | None) -> None:
    chip, on, terms = EXCEPTIONS[name]
    assert asked(chip, on, **terms)[0] == "license_exception"
    with_party = {**terms, "facts": {**terms.get("facts", {}), "end_user_lists": named}}
    closed = found(chip, on, **with_party)
    assert closed.outcome == "license_required"
    assert name.split()[0] in {x["name"].split()[-1] for x in closed.closed_exceptions}
    assert bar is None or bar in bars(closed)


@pytest.mark.parametrize("to", ["CU", "IR", "KP", "SY", "RU", "BY"])
def test_no_exception_is_open_to_a_sanctioned_destination(to: str) -> None:
    closed = found("RTX 4090", "2024-06-03", to=to)
    assert closed.outcome == "license_required"
    assert "ear#740.2(a)(6)" in bars(closed)


def test_iraq_has_a_closed_list_of_exceptions() -> None:
    """746.3(c); 740.8(b): no NAC or ACA where part 746 requires a license."""
    for chip, on in (("RTX 4090", "2024-06-03"), ("L40", "2023-12-01"), ("RTX 4090", "2026-03-03")):
        for activity in ("export", "transfer"):
            closed = found(chip, on, to="IQ", activity=activity)
            assert (closed.outcome, closed.review_policy) == DENIED
            assert "ear#746.3(c)" in bars(closed)
    military = found("H20", "2024-06-03", to="IQ", facts={"military_end_user": True})
    assert military.review_policy == "policy_of_denial"


def test_a_datacenter_item_is_told_why_it_has_no_nac() -> None:
    closed = found("H100", "2024-06-03")
    assert [x["name"] for x in closed.closed_exceptions] == ["License Exception NAC"]
    assert bars(closed) == {"89fr23876#740.8(a)-datacenter"}
    assert "not for datacenter items that meet 3A090.a" in answer(closed)
    assert "closed by 89fr23876#740.8(a)-datacenter" in explanation(closed)
    assert "License Exception NAC would overcome a requirement by its own terms, but is closed" in memo(closed, "md")
    # nothing is closed where nothing is needed
    assert found("H20", "2024-06-03").closed_exceptions == []


def test_hbm_elsewhere_is_reviewed_case_by_case_and_told_of_the_other_text() -> None:
    refused: dict[str, Any] = {"facts": {**HBM, "hbm_conditions_met": False}}
    answered = found(None, "2025-02-03", to="SG", headquarters="CN", **refused)
    assert (answered.outcome, answered.review_policy) == ("license_required", "case_by_case")
    assert any("742.6(b)(10)(ii) says presumption of denial" in notice for notice in answered.notices)
    assert asked(None, "2025-02-03", to="CN", **refused) == DENIED


def test_a_distributor_is_no_party_to_a_nac_notification() -> None:
    conditions = found("RTX 4090", "2024-06-03").exceptions[0]["conditions"]
    assert any("a distributor may not be a party to it" in condition for condition in conditions)


# --- the list of sections, and what an exception of tomorrow finds ---------------------------------------


def _sections(provision: str) -> set[str]:
    rows = LAW.provisions[provision][0].when
    return {s for row in rows for t in row.tests if isinstance(t.bound, tuple) for s in t.bound}


@pytest.mark.parametrize("bar", ["ear#740.2(a)(2)", "88fr73458#740.8(b)(1)", "89fr23876#740.8(b)"])
def test_the_bars_of_parts_744_and_746_forget_no_section(bar: str) -> None:
    """All but the headquarters rule, which 744.23(c) and 740.8(b) except."""
    listed = _sections(bar)
    for provision, _ in LAW.provisions.values():
        if provision.kind == "requirement" and provision.paragraph[:3] in ("744", "746"):
            reached = any(under(section, provision.paragraph) for section in listed)
            assert reached != under("744.23(a)(3)", provision.paragraph), provision.id


def with_exception(**more: Any) -> Ruleset:
    """The law with an exception for everything that 742.6 requires a license for."""
    rows = (Row(tests=(Test(fact="activity", op="is", bound="export"),)),)
    written = {"id": "tomorrow#740.30", "title": "X", "cite": "15 CFR 740.30", "paragraph": "740.30", **more}
    says: dict[str, Any] = {"name": "License Exception X", "overcomes": ("742.6",), "when": rows}
    made = Provision(kind="exception", effective=LAW.edition.covers_from, **says, **written)
    rule = replace(LAW.instruments["87fr62186"], id="tomorrow", provision=(made,))
    return replace(LAW, instruments={**LAW.instruments, "tomorrow": rule})


def test_an_exception_of_tomorrow_is_closed_by_what_closes_all() -> None:
    law = with_exception()

    def outcome(**terms: Any) -> str:
        return found("H100", "2023-06-01", ruleset=law, **terms).outcome

    assert outcome() == "license_exception"
    for named in ("unverified_list", "entity_list", "denied_persons"):
        assert outcome(facts={"end_user_lists": named}) == "license_required"
    # 740.2(a)(9)(ii): by destination from 2023-11-17, for parties headquartered in China from 2024-04-04
    assert found("H100", "2023-11-17", ruleset=law).outcome == "license_required"
    assert bars(found("H100", "2023-11-17", ruleset=law)) >= {"88fr73458#740.2(a)(9)(ii)"}
    elsewhere: dict[str, Any] = {"to": "SG", "headquarters": "CN", "ruleset": law}
    assert found("H100", "2025-02-03", **elsewhere).outcome == "license_required"
    assert "89fr96790#740.2(a)(9)(ii)" in bars(found("H100", "2025-02-03", **elsewhere))


@pytest.mark.parametrize(
    ("reference", "paragraph", "within"),
    [
        ("744", "744.11(a)", True),
        ("744.1", "744.11(a)", False),
        ("744.11", "744.11(a)", True),
        ("742.6(a)(6)", "742.6(a)(6)(iii)", True),
        ("742.6(a)(6)", "742.6(a)(6)", True),
        ("744.2", "742.6", False),
    ],
)
def test_a_paragraph_is_within_the_part_the_section_and_the_paragraph_above_it(
    reference: str, paragraph: str, within: bool
) -> None:
    assert under(reference, paragraph) == within


def test_a_section_has_the_page_of_its_day() -> None:
    day = date(2024, 6, 3)
    assert code_url("744.11(a)(1)", day) == "https://www.ecfr.gov/on/2024-06-03/title-15/section-744.11"
    assert code_url("774:3A090.a", day) == "https://www.ecfr.gov/on/2024-06-03/title-15/part-774"
    assert code_url("supp. no. 4", day) == ""
