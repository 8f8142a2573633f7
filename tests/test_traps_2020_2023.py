"""The traps of the law from 2020 to 2023, each as a test under its number in the law notes.

Out of scope: 30 and 31 are about other people's data sets and advisories, 36 about holding stock
(no export, reexport or transfer happens; the casebook says so).
"""

from __future__ import annotations

from typing import Any

import pytest

import exportrules
from exportrules import check
from exportrules.law.view import view_of
from tests.supposed import supposed

LAW = exportrules.default_ruleset()


def outcome(chip: str | None, on: str, **asked: Any) -> str:
    return check(chip, on=on, **asked).outcome


def test_trap_1_and_3_before_2022_10_21_only_the_addressees_of_letters_were_restricted() -> None:
    for day in ("2022-10-07", "2022-10-13", "2022-10-20"):
        assert outcome("A100", day, exporter="other") == "no_license_requirement"
        assert outcome("A100", day) == "license_required"
        assert outcome("MI250", day) == "license_required"


def test_trap_2_four_dates_an_instrument() -> None:
    rule = LAW.instruments["87fr62186"]
    assert rule.released is not None
    assert rule.published is not None
    assert (rule.released.isoformat(), rule.published.isoformat()) == ("2022-10-07", "2022-10-13")
    assert LAW.provision("87fr62186#3A090.a")[0].effective.isoformat() == "2022-10-21"


def test_trap_4_the_letter_is_of_2022_08_26_not_of_its_disclosure() -> None:
    assert outcome("A100", "2022-08-25") == "no_license_requirement"
    assert outcome("A100", "2022-08-26") == "license_required"
    assert outcome("A100", "2022-08-27") == "license_required"


def test_trap_5_letter_and_rule_of_2022_need_both_limbs() -> None:
    for chip, day in (("A800", "2022-11-15"), ("H800", "2023-04-03"), ("Gaudi 2 HL-225B", "2023-07-12")):
        assert outcome(chip, day) == "no_license_requirement"


def test_trap_6_all_io_but_memory_counts_together() -> None:
    margin = next(m for m in check("H800 SXM", on="2023-04-03").margin if m.fact == "aggregate_io_gbytes_s")
    assert (margin.value, margin.bound) == (528, 600)


def test_trap_7_rtx_4090_was_free_in_2022_by_its_io_alone() -> None:
    found = check("RTX 4090", on="2022-11-15", exporter="other")
    assert found.outcome == "no_license_requirement"
    linked = supposed("RTX 4090", {"aggregate_io_gbytes_s": 600}, on="2022-11-15", exporter="other")
    assert linked.outcome == "license_required"


def test_trap_8_hong_kong_is_china_from_2020_12_23() -> None:
    assert not [s for s in view_of(LAW).membership("china", "HK") if s.start.isoformat() != "2020-12-23"]
    assert outcome("A100", "2022-10-21", to="HK", exporter="other") == "license_required"
    assert outcome("A100", "2020-12-22", to="HK", exporter="other", end_use="military") == "no_license_requirement"


def test_trap_9_macau_is_outside_until_2023_01_17() -> None:
    assert outcome("A100", "2022-09-15", to="MO") == "no_license_requirement"
    assert outcome("A100", "2023-01-16", to="MO", exporter="other") == "no_license_requirement"
    assert outcome("A100", "2023-01-17", to="MO", exporter="other") == "license_required"


def test_trap_10_the_rule_of_2023_begins_on_11_17() -> None:
    assert outcome("A800", "2023-11-16", exporter="other") == "no_license_requirement"
    assert outcome("A800", "2023-11-17", exporter="other") == "license_required"


@pytest.mark.parametrize("chip", ["L40", "L4", "RTX 4090"])
def test_trap_11_the_letter_of_2023_10_23_reaches_datacenter_products_of_4800_alone(chip: str) -> None:
    assert outcome(chip, "2023-10-30") == "no_license_requirement"


def test_trap_11_the_letter_of_2023_10_23_binds_nvidia_alone() -> None:
    assert outcome("L40S", "2023-10-23") == "license_required"
    assert outcome("L40S", "2023-10-23", exporter="other") == "no_license_requirement"


def test_trap_12_no_list_of_names_is_exhaustive() -> None:
    assert outcome("H200", "2023-11-16") == "license_required"  # in none of the filings' lists


def test_trap_13_l4_is_3a090_a_by_its_density() -> None:
    found = check("L4", on="2023-12-01")
    assert (found.eccn, found.eccn_paragraphs, found.outcome) == (["3A090.a"], ["a.2"], "license_required")


def test_trap_14_l40_is_b_and_l40s_is_a() -> None:
    assert check("L40", on="2023-12-01").eccn == ["3A090.b"]
    assert check("L40S", on="2023-12-01").eccn == ["3A090.a"]


def test_trap_15_and_16_note_2_frees_only_what_is_both() -> None:
    assert check("RTX 3090", on="2023-12-01").eccn == ["3A991.p"]
    assert outcome("RTX 4090 D", "2024-02-01") == "no_license_requirement"
    assert check("RTX 4090", on="2023-12-01").eccn == ["3A090.a"]
    own = {"tpp": 1700, "performance_density": 6, "designed_for_datacenter": True}
    assert outcome(None, "2023-12-01", exporter="other", facts=own) == "license_required"


def test_trap_17_density_bounds_are_exact() -> None:
    def eccn(density: str, tpp: int = 2000) -> list[str]:
        facts = {"tpp": tpp, "performance_density": density, "designed_for_datacenter": True}
        return check(None, on="2023-12-01", exporter="other", facts=facts).eccn

    assert eccn("5.92") == ["3A090.a"]
    assert eccn("5.9199") == ["3A090.b"]
    assert eccn("3.2") == ["3A090.b"]
    assert eccn("3.1999") == ["3A991.p"]
    assert check("A30", on="2023-12-01").eccn == ["3A090.b"]
    assert outcome("A10", "2023-12-01") == "no_license_requirement"
    assert outcome("H20", "2024-01-10") == "no_license_requirement"


def test_trap_18_a_sparse_or_doubled_figure_is_noticed() -> None:
    for tpp, times in ((4736, 2), (9472, 4)):
        with pytest.raises(exportrules.QuestionError, match=f"exactly {times} times the figure of the data sheet"):
            check("H20", on="2024-06-03", facts={"tpp": tpp})
    with pytest.raises(exportrules.QuestionError) as other:
        check("H20", on="2024-06-03", facts={"tpp": 3000})
    assert "times the figure" not in str(other.value)


def test_trap_20_nac_is_not_no_license() -> None:
    found = check("RTX 4090", on="2023-11-17")
    assert found.outcome == "license_exception"
    assert any("25 calendar days" in c for e in found.exceptions for c in e["conditions"])
    refused = check("RTX 4090", on="2023-11-17", facts={"nac_confirmed": False})
    assert (refused.outcome, refused.review_policy) == ("license_required", "presumption_of_denial")
    assert outcome("RTX 4090", "2023-11-17", end_user="Huawei Technologies") == "license_required"
    assert outcome("RTX 4090", "2023-11-17", end_use="military") == "license_required"
    assert outcome("A100", "2023-11-17") == "license_required"


def test_trap_21_the_headquarters_test_is_744_23_in_2023() -> None:
    assert outcome("H100", "2023-11-16", to="SG", headquarters="CN", exporter="other") == "no_license_requirement"
    found = check("H100", on="2023-11-17", to="SG", headquarters="CN", exporter="other")
    assert found.requirements == ["88fr73458#744.23(a)(3)(i)"]


@pytest.mark.parametrize("place", ["AE", "SA", "VN"])
def test_trap_22_d1_and_d4_destinations_have_presumption_of_approval(place: str) -> None:
    found = check("H100", on="2024-01-15", to=place, exporter="other")
    assert (found.outcome, found.review_policy) == ("license_required", "presumption_of_approval")


def test_trap_23_israel_falls_out_through_a6() -> None:
    assert outcome("H100", "2024-01-15", to="IL", exporter="other") == "no_license_requirement"


def test_trap_24_the_supercomputer_end_use_reaches_chips_outside_3a090() -> None:
    assert outcome("A800", "2022-11-15", end_use="supercomputer") == "license_required"
    assert outcome("V100", "2022-10-20", end_use="supercomputer") == "no_license_requirement"


def test_trap_25_a_listing_beats_everything_and_a_subsidiary_is_not_listed() -> None:
    listed = check("2080 Ti", on="2021-04-08", end_user="National Supercomputing Center Wuxi")
    assert (listed.outcome, listed.review_policy) == ("license_required", "presumption_of_denial")
    assert outcome("2080 Ti", "2021-04-07", end_user="National Supercomputing Center Wuxi") == "no_license_requirement"
    assert outcome("V100", "2024-06-03", facts={"listed_ownership_percent": 100}) == "no_license_requirement"


def test_trap_26_the_military_rule_turns_on_the_unpublished_eccn() -> None:
    found = check("A100", on="2021-06-01", end_use="military")
    assert (found.outcome, found.turns_on) == ("indeterminate", ["eccn_declared", "ear#744.17"])
    free = check("A100", on="2021-06-01", end_use="military", facts={"eccn_declared": "EAR99"})
    assert free.outcome == "no_license_requirement"
    caught = check("A100", on="2021-06-01", end_use="military", facts={"eccn_declared": "3A991"})
    assert caught.outcome == "license_required"


def test_trap_27_the_authorizations_are_no_sales_and_end_inclusively() -> None:
    support = {"authorized_purpose": "support_us_customers"}
    assert outcome("A100", "2022-09-15", facts=support) == "license_exception"
    assert outcome("A100", "2022-09-15") == "license_required"
    found, _ = LAW.provision("authorization-nvidia-2022-09-01#a100-us-customers")
    assert found.expires is not None
    assert found.expires.isoformat() == "2023-03-01"


def test_trap_28_4a090_b_is_reserved_until_2024_04_03() -> None:
    own = {"item_kind": "system", "tpp": 2800, "performance_density": 4, "designed_for_datacenter": True}
    reserved = check(None, on="2024-04-03", exporter="other", facts=own)
    assert any("reserved" in notice for notice in reserved.notices)
    assert check(None, on="2024-04-04", exporter="other", facts=own).eccn == ["4A090.b"]


def test_trap_29_russia_needed_a_license_before_the_letter() -> None:
    assert outcome("V100", "2022-02-23", to="RU") == "no_license_requirement"
    assert outcome("V100", "2022-02-24", to="RU") == "license_required"


def test_trap_32_transistors_are_no_threshold_of_2023() -> None:
    assert not any("transistor" in name for name in LAW.facts)


def test_trap_33_and_34_no_case_by_case_and_no_leniency_for_chips() -> None:
    for day in ("2022-10-21", "2023-06-01", "2023-11-17", "2024-06-03"):
        found = check("H100", on=day, exporter="other", headquarters="US")
        assert (found.outcome, found.review_policy) == ("license_required", "presumption_of_denial")


def test_trap_35_3a090_is_not_on_the_supercomputer_list() -> None:
    found = check("H100", on="2024-06-03", exporter="other", end_use="supercomputer")
    assert found.requirements == ["88fr73458#742.6(a)(6)(iii)"]
    declared = check("L40", on="2024-06-03", exporter="other", end_use="supercomputer")
    assert declared.turns_on == ["eccn_declared"]


def test_trap_19_planar_dies_and_memory_stay_out_of_the_area() -> None:
    assert all(v.non_planar for v, _ in LAW.variants.values() if v.die_area_mm2 is not None)
