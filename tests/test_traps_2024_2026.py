"""The traps of the law from 2024 to 2026, each as a test under its number in the law notes.

Out of scope: 8 (the 50 percent cap is part of the certification that the caller states), 32 and 38
(bills and bad sources: nothing of them is encoded).
"""

from __future__ import annotations

from typing import Any

import pytest

import exportrules
from exportrules import check
from exportrules.law.view import view_of

LAW = exportrules.default_ruleset()
HORIZON = str(LAW.edition.verified_through)
CERTIFIED = {"part_748_dd_certified": True}


def outcome(chip: str | None, on: str, **asked: Any) -> str:
    return check(chip, on=on, **asked).outcome


def policy(chip: str | None, on: str, **asked: Any) -> str | None:
    found = check(chip, on=on, **asked)
    assert found.outcome == "license_required"
    return found.review_policy


@pytest.mark.parametrize("day", ["2025-12-08", "2026-01-13", "2026-01-14"])
def test_trap_1_and_2_announcement_and_release_change_nothing(day: str) -> None:
    assert policy("H200", day, facts=CERTIFIED) == "presumption_of_denial"


def test_trap_1_the_lane_opens_on_2026_01_15() -> None:
    assert policy("H200", "2026-01-15", facts=CERTIFIED) == "case_by_case"


@pytest.mark.parametrize("activity", ["reexport", "transfer"])
def test_trap_3_the_lane_is_for_exports_only(activity: str) -> None:
    assert policy("H200", "2026-02-02", activity=activity, facts=CERTIFIED) == "presumption_of_denial"


def test_trap_4_the_end_user_must_be_located_in_china() -> None:
    assert policy("H200", "2026-02-02", to="SG", headquarters="CN", facts=CERTIFIED) == "presumption_of_denial"
    assert policy("H200", "2026-02-02", to="MO", facts=CERTIFIED) == "case_by_case"


def test_trap_5_other_d5_countries_get_nothing() -> None:
    assert policy("H200", "2026-02-02", to="VE", exporter="other", facts=CERTIFIED) == "presumption_of_denial"


@pytest.mark.parametrize(
    ("tpp", "dram", "expected"),
    [
        ("20999.99", "6499.99", "case_by_case"),
        ("21000", "6499.99", "presumption_of_denial"),
        ("20999.99", "6500", "presumption_of_denial"),
    ],
)
def test_trap_6_both_bounds_are_strict_and_both_are_needed(tpp: str, dram: str, expected: str) -> None:
    facts = {
        "tpp": tpp, "dram_bandwidth_gbytes_s": dram, "performance_density": 9,
        "designed_for_datacenter": True, **CERTIFIED,
    }  # fmt: skip
    assert policy(None, "2026-02-02", exporter="other", facts=facts) == expected


def test_trap_7_no_certification_no_lane() -> None:
    refused = {"part_748_dd_certified": False}
    assert policy("H200", "2026-02-02", facts=refused) == "presumption_of_denial"
    open_case = check("H200", on="2026-02-02")
    assert (open_case.outcome, open_case.turns_on) == ("license_required", ["part_748_dd_certified"])


def test_trap_9_the_preamble_condition_is_printed() -> None:
    assert any("commercially available" in n for n in check("H200", on="2026-02-02", facts=CERTIFIED).notices)


def test_trap_10_and_11_the_tariff_is_a_notice_in_narrower_bands() -> None:
    def duty(chip: str) -> bool:
        return any("section 232" in notice for notice in check(chip, on="2026-02-02", facts=CERTIFIED).notices)

    assert duty("H200 SXM")
    assert duty("MI325X")
    assert not duty("H100")
    assert not duty("MI300X")


def test_trap_12_and_14_h20_is_caught_by_the_letter_from_04_09() -> None:
    assert outcome("H20", "2025-04-08") == "no_license_requirement"
    found = check("H20", on="2025-04-09")
    assert (found.outcome, found.review_policy, found.eccn) == ("license_required", "unpublished", ["3A991.p"])


def test_trap_13_for_another_exporter_the_record_does_not_say() -> None:
    found = check("H20", on="2025-05-10", exporter="other")
    assert (found.outcome, found.turns_on) == ("indeterminate", ["privately_informed"])
    assert (
        outcome("H20", "2025-05-10", exporter="other", facts={"privately_informed": False}) == "no_license_requirement"
    )


def test_trap_15_the_reported_lines_are_uncertain_and_inclusive() -> None:
    own = {"tpp": 1000, "performance_density": 1, "designed_for_datacenter": False, "aggregate_io_gbytes_s": 64}
    for bandwidth, expected in ((1399, "no_license_requirement"), (1400, "indeterminate"), (4000, "license_required")):
        facts = {**own, "dram_bandwidth_gbytes_s": bandwidth, "chip_to_chip_io_gbytes_s": 0}
        assert outcome(None, "2025-05-10", exporter="nvidia", facts=facts) == expected
    assert outcome("RTX 5090 D v2", "2025-09-10") == "no_license_requirement"
    assert outcome("RTX 5090 D", "2025-09-10") == "indeterminate"


def test_trap_16_an_assurance_is_no_license() -> None:
    assert outcome("H20", "2025-07-15") == "license_required"


def test_trap_17_ai_diffusion_is_printed_and_not_enforced() -> None:
    for day in ("2025-01-13", "2025-05-12", "2025-05-15", "2026-02-02"):
        found = check("H100", on=day, to="SG", exporter="other")
        assert (found.outcome, found.as_printed_outcome) == ("no_license_requirement", "license_required")
    printed = check("H100", on="2025-05-15", to="SG", exporter="other", as_printed=True)
    assert printed.requirements == ["90fr4544#742.6(a)(6)(iii)(A)-worldwide"]
    assert outcome("H100", "2025-06-02", to="JP", exporter="other", as_printed=True) == "license_exception"


@pytest.mark.parametrize("day", ["2023-11-17", "2025-01-12", "2025-01-13", "2025-05-13", "2026-05-30", HORIZON])
def test_trap_18_the_headquarters_rule_never_lapsed(day: str) -> None:
    assert outcome("H100", day, to="SG", ultimate_parent="CN", exporter="other") == "license_required"


def test_trap_19_two_citations_for_one_idea_from_2025_01_13() -> None:
    def required(chip: str, day: str) -> list[str]:
        return check(chip, on=day, to="SG", headquarters="CN", exporter="other").citations[0].provision.split()

    assert required("H100", "2025-01-12") == ["88fr73458#744.23(a)(3)(i)"]
    assert required("H100", "2025-01-13") == ["90fr4544#742.6(a)(6)(iii)(A)-headquarters"]
    assert required("L40", "2025-01-13") == ["90fr4544#744.23(a)(3)(i)(A)"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-09-28", "no_license_requirement"),
        ("2025-09-29", "license_required"),
        ("2025-11-09", "license_required"),
        ("2025-11-10", "no_license_requirement"),
        (HORIZON, "no_license_requirement"),
    ],
)
def test_trap_20_and_21_the_affiliates_rule_and_its_stay(day: str, expected: str) -> None:
    owned = {"listed_ownership_percent": 50}
    for as_printed in (False, True):  # a stay made by a rule counts in both layers
        assert outcome("V100", day, facts=owned, as_printed=as_printed) == expected
    assert outcome("V100", day, facts={"listed_ownership_percent": "49.99"}) == "no_license_requirement"


def test_trap_21_the_owner_brings_its_review_policy() -> None:
    owned = {"listed_ownership_percent": 60, "listed_owner": "Inspur Group"}
    assert policy("V100", "2025-10-10", facts=owned) == "presumption_of_denial"
    back = check("V100", on="2026-11-10", facts={"listed_ownership_percent": 60})
    assert back.outcome == "indeterminate"
    assert back.projection is not None
    assert back.projection.outcome == "license_required"


def test_trap_22_to_24_hbm_stacks() -> None:
    stack = {"item_kind": "hbm_stack", "memory_bandwidth_density": "2.01"}

    def asked(day: str, **more: Any) -> tuple[str, str | None]:
        found = check(None, on=day, exporter="other", facts=stack, **more)
        return found.outcome, found.review_policy

    assert asked("2024-12-30")[0] == "no_license_requirement"
    assert asked("2024-12-31") == ("license_required", "presumption_of_denial")
    assert asked("2024-12-31", headquarters="US") == ("license_required", "presumption_of_approval")
    assert asked("2024-12-31", to="VN")[0] == "no_license_requirement"
    # 744.23(d)(1) yields to (d)(3), and (d)(3)(i) covers all of 3A090 but datacenter items meeting .a
    assert asked("2024-12-31", to="VN", headquarters="CN") == ("license_required", "case_by_case")
    exactly = {"item_kind": "hbm_stack", "memory_bandwidth_density": 2}
    assert outcome(None, "2025-02-01", exporter="other", facts=exactly) == "no_license_requirement"
    assert check("H100", on="2025-02-01").eccn == ["3A090.a"]


def test_trap_25_to_27_who_may_use_nac() -> None:
    assert outcome("L40", "2024-06-03") == "license_exception"
    assert outcome("L4", "2024-06-03") == "license_required"
    assert outcome("RTX 4090", "2024-06-03") == "license_exception"
    assert outcome("RTX 4090 D", "2024-06-03") == "no_license_requirement"
    assert any(
        "lapse of appropriations" in c for e in check("L40", on="2025-10-10").exceptions for c in e["conditions"]
    )


def test_trap_28_transfers_inside_china_go_under_aca() -> None:
    found = check("RTX 4090", on="2024-06-03", activity="transfer", exporter="other")
    assert [e["name"] for e in found.exceptions] == ["License Exception ACA"]
    before = check("RTX 4090", on="2024-04-03", activity="transfer", exporter="other")
    assert [e["name"] for e in before.exceptions] == ["License Exception NAC"]
    outside = check("RTX 4090", on="2024-06-03", to="MY", headquarters="CN", activity="transfer", exporter="other")
    assert outside.outcome == "license_required"


def test_trap_29_the_uae_is_named() -> None:
    assert policy("H100", "2026-07-10", to="AE", exporter="other") == "presumption_of_approval"
    assert outcome("L40", "2026-07-10", to="AE", exporter="other") == "license_exception"
    freed = {"uae_approved_parties": True}
    assert outcome("H100", "2026-07-10", to="AE", exporter="other", facts=freed) == "no_license_requirement"
    assert (
        outcome("H100", "2026-07-10", to="AE", exporter="other", headquarters="CN", facts=freed) == "license_required"
    )


def test_trap_30_the_foundry_presumption_is_personal() -> None:
    own = {"tpp": 100, "performance_density": 1, "designed_for_datacenter": False, "non_planar": True}
    assert outcome(None, "2025-02-10", exporter="other", facts=own) == "no_license_requirement"
    fab = {**own, "exporter_role": "front_end_fabricator"}
    assert outcome(None, "2025-01-30", exporter="other", facts=fab) == "no_license_requirement"
    assert outcome(None, "2025-01-31", exporter="other", facts=fab) == "license_required"
    assert outcome(None, "2025-01-30", exporter="other", facts=fab, as_printed=True) == "license_required"
    attested = {**fab, "foundry_attested": True}
    assert outcome(None, "2025-02-10", exporter="other", facts=attested) == "no_license_requirement"


@pytest.mark.parametrize("day", ["2023-12-01", "2024-06-03", "2025-02-01", "2026-02-02"])
def test_trap_31_macau_is_tested_by_name_and_hong_kong_as_china(day: str) -> None:
    assert not view_of(LAW).membership("D:5", "MO")
    for place in ("MO", "HK"):
        assert policy("H100", day, to=place, exporter="other", facts={"part_748_dd_certified": False}) == (
            "presumption_of_denial"
        )


def test_trap_33_chinese_measures_never_change_the_answer() -> None:
    found = check("H20", on="2025-08-10", exporter="other", facts={"privately_informed": False})
    assert found.outcome == "no_license_requirement"
    assert any(notice.startswith("Chinese law, not US") for notice in found.notices)


def test_trap_34_deemed_exports_are_declared_outside() -> None:
    assert any(gap.id == "deemed-exports" for gap in LAW.edition.not_encoded)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2023-11-17", "presumption_of_denial"),
        ("2024-04-04", "presumption_of_denial"),
        ("2024-12-01", "presumption_of_denial"),
        ("2024-12-02", "case_by_case"),
        ("2025-01-12", "case_by_case"),
        ("2025-01-13", "presumption_of_denial"),
        ("2026-01-14", "presumption_of_denial"),
    ],
)
def test_trap_35_case_by_case_for_nac_type_items_to_china_lasted_six_weeks(day: str, expected: str) -> None:
    for chip in ("RTX 4090", "L40"):
        assert policy(chip, day, exporter="other", facts={"nac_confirmed": False}) == expected


def test_trap_35_and_from_2026_01_15_inside_the_lane() -> None:
    facts = {"nac_confirmed": False, "part_748_dd_certified": True}
    assert policy("RTX 4090", "2026-01-15", exporter="other", facts=facts) == "case_by_case"


def test_trap_37_the_cap_is_said_in_the_provision() -> None:
    provision, _ = LAW.provision("90fr4544#742.6(b)(10)-approval-a")
    assert "790,000,000" in provision.quote


def test_trap_36_the_notice_content_of_2025_01_13_is_said_with_its_day() -> None:
    provision, _ = LAW.provision("89fr23876#740.8-NAC")
    assert any("from 2025-01-13" in condition for condition in provision.conditions)
