"""What a sixth reader, with 421 questions answered from the texts first, found wrong; and the best of the others."""

from __future__ import annotations

from typing import Any

import pytest

from exportrules import default_ruleset
from exportrules.answer.next_steps import _missing
from exportrules.answer.parties import parties
from tests.readings import asked, cites, found, notices

NONE, LICENSE, OPEN, EXCEPTION = "no_license_requirement", "license_required", "indeterminate", "license_exception"
DENIAL, PRESUMED, APPROVAL = "policy_of_denial", "presumption_of_denial", "presumption_of_approval"
CASE, UNPUBLISHED = "case_by_case", "unpublished"
CARD = "RTX 4090 D"
UNVERIFIED = {"2024-10-10": EXCEPTION, "2024-10-11": OPEN, "2024-10-15": OPEN, "2024-10-16": LICENSE}


# --- owners that pass nothing on -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "told"),
    [("Sun Yat-Sen University", "the Unverified List and denial orders"), ("Gazprom", "projects of 746.8(a)(4) alone")],
)
def test_an_owner_on_none_of_the_three_lists_passes_nothing_on(owner: str, told: str) -> None:
    """744.11(a)(1): "some combination of the Entity List, MEU List, or SDN List"; (a): "to the extent specified"."""
    for share in (60, 100, "unknown"):
        facts = {"listed_owner": owner, "listed_ownership_percent": share}
        assert asked(CARD, "2025-10-15", to="RS", facts=facts) == (NONE, None)
    facts = {"listed_owner": owner, "listed_ownership_percent": 60}
    assert told in notices(CARD, "2025-10-15", to="RS", facts=facts)
    # the exception that a license requirement of part 744 would close is open too
    assert asked("RTX 4090", "2025-10-15", facts=facts)[0] == EXCEPTION


@pytest.mark.parametrize(
    ("owner", "policy"),
    [
        ("Huawei Technologies", PRESUMED),
        ("Inspur Electronic Information Industry", DENIAL),
        ("Shenyang Aircraft Corporation", PRESUMED),
        # nobody knows on which list it stands: the widest sentence is taken
        ("Tencent", OPEN),
    ],
)
def test_an_owner_on_one_of_them_passes_its_restriction_on(owner: str, policy: str) -> None:
    facts = {"listed_owner": owner, "listed_ownership_percent": 50}
    assert asked(CARD, "2025-09-28", to="SG", facts=facts) == (NONE, None)
    for day in ("2025-09-29", "2025-11-09"):
        assert asked(CARD, day, to="SG", facts=facts) == (LICENSE, policy)
    assert asked(CARD, "2025-11-10", to="SG", facts=facts) == (NONE, None)
    assert asked(CARD, "2025-10-15", to="SG", facts={**facts, "listed_ownership_percent": "49.9"}) == (NONE, None)


# --- 744.8 beside an entry of the Entity List ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("party", "last", "first"),
    [
        ("Rosneft", "2025-10-21", "2025-10-22"),
        ("Lukoil", "2025-10-21", "2025-10-22"),
        ("Gazprom Neft", "2025-01-09", "2025-01-10"),
        ("Surgutneftegas", "2025-01-09", "2025-01-10"),
    ],
)
def test_a_blocked_person_is_not_freed_by_an_entry_for_oil_projects(party: str, last: str, first: str) -> None:
    """744.8(b): any item where a person "with any of the identifiers" of (a)(1) is a party."""
    assert asked(CARD, last, to="DE", end_user=party) == (NONE, None)
    assert asked(CARD, first, to="DE", end_user=party) == (LICENSE, PRESUMED)
    assert "[RUSSIA-EO14024]" in cites(CARD, first, to="DE", end_user=party)
    assert "projects described in 746.8(a)(4) alone" in notices(CARD, first, to="DE", end_user=party)
    # 744.8(c): no exception
    assert asked("RTX 4090", first, to="VN", end_user=party)[0] == LICENSE


def test_what_a_blocked_person_owns_is_reached_while_the_affiliates_rule_is_in_force() -> None:
    """744.8(a)(2) of 2025-09-29: "any foreign affiliate of a listed entity"."""
    facts = {"listed_owner": "Lukoil", "listed_ownership_percent": 100}
    days = {"2025-10-21": NONE, "2025-10-22": LICENSE, "2025-11-09": LICENSE, "2025-11-10": NONE}
    for day, outcome in days.items():
        assert asked(CARD, day, to="BG", facts=facts)[0] == outcome


def test_an_entry_for_oil_projects_still_frees_who_is_not_blocked() -> None:
    assert asked(CARD, "2025-11-03", to="DE", end_user="Gazprom, OAO") == (NONE, None)
    assert "SDN List" in notices(CARD, "2025-11-03", to="DE", end_user="Gazprom, OAO")
    # the few that are here for another list's sake are no SDN List: it is still said to be missing
    assert set(_missing(default_ruleset())) == {"denied_persons", "sdn_744_8"}
    steps = found(CARD, "2024-06-03", to="SG", end_user="Merlion Data Hall").next_steps
    assert any("blocked persons (744.8)" in step.says for step in steps)


# --- 740.29 in the UAE -----------------------------------------------------------------------------------------------


def test_lpp_may_reach_the_uae_once_it_is_in_a5() -> None:
    """740.2(a)(9)(ii): D:1, D:4 and D:5, "excluding any destination also specified in Country Groups A:5 or A:6". It
    does not name the UAE, as 742.6(a)(6)(iii)(B) does. 740.29(b), (c): items of .a, not to D:5 and Macau. But LPP is of
    the rule that BIS does not enforce: nothing says that it may be relied on, so a claim leaves the answer open."""
    lpp = {"lpp_claimed": True}
    for day, outcome in {"2026-07-09": LICENSE, "2026-07-10": OPEN}.items():
        assert asked("H100", day, to="AE", facts=lpp) == (outcome, APPROVAL)
    assert asked("H100", "2026-08-03", to="AE") == (LICENSE, APPROVAL)
    assert "its rescission" in notices("H100", "2026-08-03", to="AE", facts=lpp)
    for terms in ({"activity": "transfer"}, {"ultimate_parent": "CN"}, {"end_user": "Huawei Technologies"}):
        assert asked("H100", "2026-08-03", to="AE", facts=lpp, **terms)[0] == LICENSE
    assert asked("L40", "2026-08-03", to="AE", facts={**lpp, "purchase_order": False})[0] == LICENSE
    assert asked("H100", "2026-08-03", to="SA", facts=lpp) == (LICENSE, APPROVAL)


# --- the first days of entries ---------------------------------------------------------------------------------------


def test_entries_of_october_2025_began_on_the_day_of_their_announcement() -> None:
    """90 FR 48193, published on 2025-10-09: "released and effective Oct. 8", as two trade papers report."""
    buyer = {"end_user": "Beijing Kevins Technology Development Co., Ltd."}
    assert asked("V100", "2025-10-07", **buyer)[0] == NONE
    assert asked("V100", "2025-10-08", **buyer) == (LICENSE, PRESUMED)
    assert asked("V100", "2025-10-08", end_user="Arrow (China) Electronics Trading Co., Ltd.")[0] == LICENSE


def test_an_entry_whose_first_day_is_not_known_is_open_until_its_publication() -> None:
    """89 FR 84459: announced on 2024-10-21, published on 2024-10-23. A rule may take effect from its announcement."""
    buyer = {"end_user": "Beijing Moreget Creative Technology Co., Ltd."}
    days = {"2024-10-20": NONE, "2024-10-21": OPEN, "2024-10-22": OPEN, "2024-10-23": LICENSE}
    assert {day: asked("V100", day, **buyer)[0] for day in days} == days
    open_day = found("V100", "2024-10-22", **buyer)
    assert open_day.turns_on == ["entity_list#beijing-moreget-creative-technology"]
    assert "perhaps, since some day from 2024-10-21 to 2024-10-23" in next(parties(open_day)).known
    assert any("by then" in step.says for step in open_day.next_steps)
    # the Unverified List closes exceptions alone: 89 FR 83430, published on 2024-10-16
    exceptions = {day: asked("RTX 4090", day, end_user="Hengye Technology Co., Ltd.")[0] for day in UNVERIFIED}
    assert exceptions == UNVERIFIED
    # those of the rule of 2024-08-27 are certain: it "takes effect Aug. 27", and was announced on 2024-08-23
    known = {"end_user": "Shenzhen Bailiansheng Electronic Science and Technology Co., Ltd"}
    assert [asked("V100", day, **known)[0] for day in ("2024-08-26", "2024-08-27")] == [NONE, LICENSE]


# --- the best of the questions that were answered alike --------------------------------------------------------------


@pytest.mark.parametrize(
    ("chip", "day", "terms", "answer"),
    [
        # Hong Kong becomes China for 744.21 with 85 FR 83765
        (
            "V100",
            "2020-12-22",
            {"to": "HK", "end_use": "military", "facts": {"eccn_declared": "3A991.p"}},
            (NONE, None),
        ),
        (
            "V100",
            "2020-12-23",
            {"to": "HK", "end_use": "military", "facts": {"eccn_declared": "3A991.p"}},
            (LICENSE, PRESUMED),
        ),
        # 744.22 begins on 2021-03-16, with Burma on 2021-04-09
        ("V100", "2021-03-15", {"end_use": "military_intelligence", "facts": {"eccn_declared": "EAR99"}}, (NONE, None)),
        (
            "V100",
            "2021-03-16",
            {"end_use": "military_intelligence", "facts": {"eccn_declared": "EAR99"}},
            (LICENSE, PRESUMED),
        ),
        # SMIC: denial only for what 10 nm and below uniquely requires, until 2024-12-02
        ("A100", "2021-06-01", {"end_user": "SMIC"}, (LICENSE, CASE)),
        ("H20", "2024-12-01", {"end_user": "SMIC"}, (LICENSE, CASE)),
        ("H20", "2024-12-02", {"end_user": "SMIC"}, (LICENSE, PRESUMED)),
        # letters bind whom they inform, and name places or parents as they do
        ("A100", "2022-09-10", {"exporter": "maker", "to": "MO"}, (NONE, None)),
        ("MI210", "2022-09-10", {"exporter": "maker"}, (NONE, None)),
        ("A100", "2022-09-10", {"exporter": "maker", "activity": "reexport"}, (LICENSE, UNPUBLISHED)),
        ("A100", "2022-10-20", {"exporter": "Supermicro"}, (NONE, None)),
        ("H20", "2025-06-02", {"exporter": "maker", "to": "NI"}, (LICENSE, UNPUBLISHED)),
        ("H20", "2025-06-02", {"exporter": "maker", "to": "VN"}, (NONE, None)),
        ("H20", "2025-06-02", {"exporter": "maker", "to": "VN", "ultimate_parent": "CN"}, (LICENSE, UNPUBLISHED)),
        # 2022: both limbs; no leniency for an American end user, of a chip or of a supercomputer
        ("Data Center GPU Max 1100", "2023-03-01", {"exporter": "maker"}, (NONE, None)),
        ("Data Center GPU Max 1550", "2023-03-01", {"exporter": "maker"}, (LICENSE, PRESUMED)),
        ("H800", "2023-06-01", {"end_use": "supercomputer", "headquarters": "US"}, (LICENSE, PRESUMED)),
        # the savings clause of 88 FR 2821 asks for goods under way on 2023-01-17
        ("A100", "2023-02-10", {"to": "MO", "facts": {"en_route_since": "2023-01-18"}}, (LICENSE, PRESUMED)),
        # 744.23(d) of 2023-11-17 and of 2024-04-04, of a supercomputer
        ("H20", "2024-01-15", {"end_use": "supercomputer", "headquarters": "US"}, (LICENSE, APPROVAL)),
        (
            "H20",
            "2024-06-03",
            {"end_use": "supercomputer", "headquarters": "TW", "ultimate_parent": "CN"},
            (LICENSE, PRESUMED),
        ),
        (
            "H20",
            "2024-01-15",
            {"end_use": "supercomputer", "facts": {"foreign_alternative": True}},
            (LICENSE, APPROVAL),
        ),
        ("H20", "2024-06-03", {"end_use": "supercomputer", "facts": {"foreign_alternative": True}}, (LICENSE, CASE)),
        # advanced-node fabs and the making of tools
        ("T4", "2022-10-06", {"end_use": "advanced_node_fab"}, (NONE, None)),
        ("T4", "2022-10-07", {"end_use": "advanced_node_fab", "headquarters": "US"}, (LICENSE, CASE)),
        ("T4", "2024-04-03", {"end_use": "tool_making", "to": "SG", "ultimate_parent": "CN"}, (NONE, None)),
        ("T4", "2024-06-03", {"end_use": "tool_making", "to": "SG", "ultimate_parent": "CN"}, (LICENSE, PRESUMED)),
        # NAC and ACA: notice, order, kind of shipment, whose parent
        (
            "RTX 4090",
            "2024-03-03",
            {"activity": "transfer", "facts": {"purchase_order": False}},
            (EXCEPTION, PRESUMED),
        ),
        ("RTX 4090", "2024-06-03", {"activity": "transfer", "facts": {"purchase_order": False}}, (LICENSE, PRESUMED)),
        ("L40", "2024-06-03", {"to": "MY", "ultimate_parent": "CN", "activity": "transfer"}, (LICENSE, CASE)),
        ("L40", "2024-06-03", {"to": "VN", "ultimate_parent": "CN", "activity": "transfer"}, (LICENSE, PRESUMED)),
        ("RTX 4090", "2024-12-10", {"facts": {"nac_notified": False}, "known_on": "2024-12-01"}, (LICENSE, PRESUMED)),
        ("RTX 4090", "2024-06-03", {"end_user": "Sun Yat-Sen University"}, (LICENSE, PRESUMED)),
        # places that come and go
        ("V100", "2026-02-02", {"to": "KH", "end_use": "supercomputer"}, (LICENSE, PRESUMED)),
        ("V100", "2026-02-03", {"to": "KH", "end_use": "supercomputer"}, (NONE, None)),
        ("H100", "2024-05-29", {"to": "SG", "ultimate_parent": "CY"}, (LICENSE, PRESUMED)),
        ("H100", "2024-06-03", {"to": "SG", "ultimate_parent": "CY"}, (NONE, None)),
        ("H100", "2024-06-03", {"to": "SA", "end_use": "military"}, (LICENSE, APPROVAL)),
        ("A30", "2024-06-03", {"to": "IQ"}, (LICENSE, PRESUMED)),
        (CARD, "2024-06-03", {"to": "KR", "end_use": "nuclear"}, (LICENSE, CASE)),
        (CARD, "2024-06-03", {"to": "VA", "end_use": "nuclear"}, (NONE, None)),
        # the lane of 2026
        ("L40", "2026-02-02", {"facts": {"part_748_dd_certified": True, "nac_confirmed": False}}, (LICENSE, CASE)),
        ("H200", "2026-02-02", {"end_user": "Sugon", "facts": {"part_748_dd_certified": True}}, (LICENSE, PRESUMED)),
        ("H200", "2026-02-02", {"to": "LB", "facts": {"part_748_dd_certified": True}}, (LICENSE, PRESUMED)),
        (
            "H200",
            "2026-02-02",
            {"facts": {"part_748_dd_certified": True, "listed_owner": "Huawei", "listed_ownership_percent": 60}},
            (LICENSE, CASE),
        ),
        # the UAE from 2026-07-10
        (
            "H100",
            "2026-08-03",
            {"to": "AE", "facts": {"uae_approved_parties": True}, "ultimate_parent": "CN"},
            (LICENSE, PRESUMED),
        ),
        ("H100", "2026-08-03", {"to": "AE", "end_user": "Khazna"}, (LICENSE, APPROVAL)),
    ],
)
def test_what_the_text_says(chip: str, day: str, terms: dict[str, Any], answer: tuple[str, str | None]) -> None:
    assert asked(chip, day, **terms) == answer


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"tpp": "4799.99", "performance_density": "5.92"}, LICENSE),
        ({"tpp": "4799.99", "performance_density": "5.91"}, EXCEPTION),
        ({"tpp": 2400, "performance_density": "1.6"}, EXCEPTION),
        ({"tpp": 2400, "performance_density": "1.59"}, NONE),
        ({"tpp": 1600, "performance_density": "3.19"}, NONE),
        ({"tpp": "1599.99", "performance_density": 20}, NONE),
        ({"tpp": 1800, "die_area_mm2": 300}, LICENSE),
        ({"tpp": 1800, "die_area_mm2": 600}, NONE),
        ({"tpp": 2000}, OPEN),
    ],
)
def test_3a090_at_its_bounds_for_a_datacenter_chip(facts: dict[str, Any], outcome: str) -> None:
    assert asked(None, "2024-07-01", facts={"designed_for_datacenter": True, **facts})[0] == outcome


@pytest.mark.parametrize(
    ("day", "density", "terms", "answer"),
    [
        ("2024-12-30", "2.01", {}, (NONE, None)),
        ("2024-12-02", "2.01", {"as_printed": True}, (LICENSE, PRESUMED)),
        ("2024-12-31", "2.0001", {}, (LICENSE, PRESUMED)),
        ("2025-02-03", "4", {"headquarters": "US"}, (LICENSE, APPROVAL)),
        ("2025-02-03", "4", {"to": "KR", "ultimate_parent": "CN"}, (LICENSE, CASE)),
        ("2025-02-03", "4", {"to": "VN"}, (NONE, None)),
    ],
)
def test_high_bandwidth_memory(day: str, density: str, terms: dict[str, Any], answer: tuple[str, str | None]) -> None:
    facts = {"item_kind": "hbm_stack", "memory_bandwidth_density": density}
    assert asked(None, day, facts=facts, **terms) == answer
