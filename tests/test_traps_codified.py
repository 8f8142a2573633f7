"""What the codified texts of 2020 to 2023 say, where a summary of them, or a later text, says something else."""

from __future__ import annotations

from typing import Any

import pytest

from exportrules import check
from tests.readings import asked


def test_supercomputers_of_friendly_companies_are_presumed_approved_from_the_first_day() -> None:
    friendly: dict[str, Any] = {"headquarters": "US", "end_use": "supercomputer"}
    assert asked("V100", "2023-11-16", **friendly) == ("license_required", "presumption_of_denial")
    assert asked("V100", "2023-11-17", **friendly) == ("license_required", "presumption_of_approval")
    assert asked("V100", "2024-04-03", **friendly) == ("license_required", "presumption_of_approval")
    owned = {**friendly, "ultimate_parent": "CN"}
    assert asked("V100", "2023-11-17", **owned) == ("license_required", "presumption_of_denial")


@pytest.mark.parametrize(("use", "home"), [("military_intelligence", "CN"), ("military", "RU")])
def test_end_users_elsewhere_are_open_from_september_2022_until_the_text_that_limits_them_was_read(
    use: str, home: str
) -> None:
    """744.22 of 2021-12-09, and both sections of 2022-03-08, are about end users "in" the countries; those of
    2026-09-24 say "wherever located" and "are limited to entities identified". What stood between was not read."""
    elsewhere: dict[str, Any] = {"to": "SG", "headquarters": home, "end_use": use}
    assert asked("V100", "2022-09-14", **elsewhere)[0] == "no_license_requirement"
    assert asked("V100", "2022-09-15", **elsewhere)[0] == "indeterminate"
    assert asked("V100", "2026-09-23", **elsewhere)[0] == "indeterminate"
    found = check("V100", on="2026-09-24", exporter="other", **elsewhere)
    assert found.outcome == "no_license_requirement"
    assert any("only if" in notice for notice in found.notices)
    for day in ("2022-09-14", "2022-09-15", "2026-09-24"):
        assert asked("V100", day, to=home, end_use=use)[0] == "license_required"


@pytest.mark.parametrize(
    ("to", "day"), [("RU", "2022-02-24"), ("BY", "2022-03-02"), ("RU", "2022-10-20"), ("IR", "2022-10-20")]
)
def test_a_declared_ear99_item_is_outside_the_list_and_left_open(to: str, day: str) -> None:
    assert asked("V100", day, to=to)[0] == "license_required"
    assert asked("V100", day, to=to, facts={"eccn_declared": "3A991"})[0] == "license_required"
    assert asked("V100", day, to=to, facts={"eccn_declared": "EAR99"})[0] == "indeterminate"


def test_a_declared_3a090_that_the_figures_do_not_meet_is_no_yes() -> None:
    declared: dict[str, Any] = {"facts": {"eccn_declared": "3A090.b"}}
    assert asked("H20", "2022-10-20", **declared)[0] != "indeterminate"
    found = check("H20", on="2024-06-03", exporter="other", **declared)
    assert found.outcome == "indeterminate"
    assert any("One of the two is wrong" in notice for notice in found.notices)
    assert asked("H100", "2024-06-03", facts={"eccn_declared": "3A090.a"})[0] == "license_required"


def test_the_first_nac_lets_transfers_within_d1_and_d4_go_whoever_the_party() -> None:
    """740.8(a): "transfers (in-country) to or within any destination specified in Country Groups D:1 or D:4"."""
    inside: dict[str, Any] = {"to": "VN", "headquarters": "CN", "activity": "transfer"}
    assert asked("RTX 4090", "2023-11-17", **inside)[0] == "license_exception"
    assert asked("RTX 4090", "2024-04-04", **inside)[0] == "license_required"
    # the purchase order is asked "for exports or reexports"
    assert asked("RTX 4090", "2024-01-15", **inside, facts={"purchase_order": False})[0] == "license_exception"
    shipped: dict[str, Any] = {"to": "VN", "headquarters": "CN", "facts": {"nac_notified": False}}
    assert asked("RTX 4090", "2024-01-15", **shipped)[0] == "license_required"
    assert asked("H100", "2024-01-15", **inside)[0] == "license_required"
    said = check("L40", on="2023-12-01", to="SG", headquarters="CN", exporter="other").notices
    assert any("no license exception overcomes 744.23(a)" in notice for notice in said)


def test_a_letter_that_is_only_reported_leaves_amd_open_in_the_middle_east() -> None:
    maker: dict[str, Any] = {"exporter": "maker", "to": "AE"}
    # the filing names a quarter, no day: May to July 2023
    assert asked("MI250", "2023-04-30", **maker)[0] == "no_license_requirement"
    assert asked("MI250", "2023-05-01", **maker)[0] == "indeterminate"
    assert asked("MI250", "2023-11-17", **maker)[0] == "license_required"
    assert asked("MI250", "2023-08-15", to="AE")[0] == "no_license_requirement"


def test_what_is_told_beside_the_answer() -> None:
    biren = "Beijing Biren Technology Development"
    under_way = check("V100", on="2023-11-15", end_user=biren, facts={"en_route_since": "2023-10-17"})
    assert under_way.outcome == "indeterminate"
    assert any("it ended by 2023-11-15" in notice for notice in under_way.notices)
    elsewhere = check("V100", on="2024-06-03", to="SG", exporter="other", end_use="supercomputer")
    assert any("where the supercomputer is located" in notice for notice in elsewhere.notices)
    assert any("2025-07-14" in notice for notice in check("H20", on="2025-09-01").notices)
    assert not any("2025-07-14" in notice for notice in check("H20", on="2025-07-13").notices)
