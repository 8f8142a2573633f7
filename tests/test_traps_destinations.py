"""The traps of destinations, parties and overlays, each as a test under its number in the law notes.

Covered elsewhere under another number: 2, 3, 6, 8, 9, 20 to 24, 26, 27. Out of scope: 13 and 19 (bad
copies of lists), 28 (ethnicity is nowhere a fact).
"""

from __future__ import annotations

from typing import Any

import pytest

import exportrules
from exportrules import check
from exportrules.law.view import view_of

LAW = exportrules.default_ruleset()


def outcome(chip: str | None, on: str, **asked: Any) -> str:
    return check(chip, on=on, **asked).outcome


def member(group: str, country: str, on: str) -> bool:
    from datetime import date

    return any(date.fromisoformat(on) in span for span in view_of(LAW).membership(group, country))


def test_trap_1_macau_is_not_in_d5() -> None:
    assert not member("D:5", "MO", "2024-01-01")
    assert member("macau-or-D:5", "MO", "2024-01-01")


def test_trap_3_the_a5_a6_exclusion_is_for_places_not_for_parents() -> None:
    parented = check("H100", on="2024-01-15", to="IL", exporter="other", ultimate_parent="CN")
    assert parented.outcome == "license_required"


def test_trap_4_israel_and_singapore_stay_free_as_enforced() -> None:
    for place in ("IL", "SG"):
        assert outcome("H100", "2025-06-02", to=place, exporter="other") == "no_license_requirement"


def test_trap_5_cyprus_was_in_d5_and_a6_at_once() -> None:
    us_buyer = {"to": "CY", "exporter": "other", "headquarters": "US"}
    assert outcome("H100", "2024-05-29", **us_buyer) == "no_license_requirement"
    cypriot = {"to": "SG", "exporter": "other", "headquarters": "CY"}
    assert outcome("H100", "2024-05-29", **cypriot) == "license_required"
    assert outcome("H100", "2024-05-30", **cypriot) == "no_license_requirement"


def test_trap_7_a5_membership_is_not_free_in_print() -> None:
    found = check("H100", on="2025-06-02", to="DE", exporter="other")
    assert found.outcome == "no_license_requirement"
    assert any("does not enforce" in notice for notice in found.notices)


def test_trap_10_disputed_memberships_are_printed() -> None:
    for place, day in (("CY", "2023-06-01"), ("ET", "2024-01-15"), ("KH", "2025-12-01")):
        assert any("disputed" in n for n in check("H100", on=day, to=place, exporter="other").notices)


def test_trap_11_cambodia_nicaragua_ukraine_move() -> None:
    assert [member("D:5", "KH", d) for d in ("2021-12-08", "2021-12-09", "2026-02-02", "2026-02-03")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [member("D:5", "NI", d) for d in ("2024-03-14", "2024-03-15")] == [False, True]
    assert [member("D:1", "UA", d) for d in ("2020-12-27", "2020-12-28")] == [True, False]
    assert outcome("H100", "2024-03-14", to="NI", exporter="other") == "no_license_requirement"


@pytest.mark.parametrize("place", ["RU", "BY", "IR", "KP", "SY", "CU"])
def test_trap_12_embargoes_decide_first(place: str) -> None:
    found = check("V100", on="2022-05-01", to=place, exporter="other")
    assert found.outcome == "license_required"
    assert any("746" in citation.cite for citation in found.citations)


def test_trap_12_nac_never_overcomes_part_746() -> None:
    assert outcome("RTX 4090", "2024-06-03", to="RU", exporter="other") == "license_required"


def test_trap_14_effective_days_not_publication() -> None:
    assert LAW.provision("91fr43034#742.6(a)(6)(iii)-UAE")[0].effective.isoformat() == "2026-07-10"
    assert LAW.provision("90fr47201#744.11(a)(1)")[0].effective.isoformat() == "2025-09-29"
    assert LAW.provision("90fr50857#stay")[0].effective.isoformat() == "2025-11-10"


def test_trap_15_the_listing_day_is_not_the_footnote_day() -> None:
    entry = next(p for p in LAW.parties.values() if p.name.startswith("National Supercomputing Center Shenzhen"))
    assert entry.listing[0].start.isoformat() == "2021-04-08"
    assert entry.listing[0].footnote_from is not None
    assert entry.listing[0].footnote_from.isoformat() == "2022-10-21"


def test_trap_16_requirement_and_policy_are_two_outputs() -> None:
    inspur = check("V100", on="2025-04-01", end_user="Inspur Electronic Information Industry")
    assert (inspur.outcome, inspur.review_policy) == ("license_required", "policy_of_denial")
    group = check("V100", on="2023-03-02", end_user="Inspur Group")
    assert (group.outcome, group.review_policy) == ("license_required", "presumption_of_denial")


def test_trap_17_inspur_electronic_information_is_not_the_group() -> None:
    assert outcome("V100", "2024-06-03", end_user="Inspur Electronic Information Industry") == "no_license_requirement"


def test_trap_18_a_listed_party_is_listed_wherever_it_acts() -> None:
    assert outcome("V100", "2021-06-01", to="SG", end_user="Huawei International Pte. Ltd.") == "license_required"


def test_trap_25_caps_and_lpp_belong_to_the_layer_that_is_not_enforced() -> None:
    enforced = check("H100", on="2025-06-02", to="SA", exporter="other", facts={"lpp_claimed": True})
    assert enforced.outcome == "license_required"
    printed = check("H100", on="2025-06-02", to="SG", exporter="other", facts={"lpp_claimed": True}, as_printed=True)
    assert [e["name"] for e in printed.exceptions] == ["License Exception LPP"]


def test_deepseek_is_on_no_list_and_the_answer_says_what_that_proves() -> None:
    found = check("H20", on="2024-06-03", end_user="DeepSeek")
    assert found.outcome == "no_license_requirement"
    assert any("not a clearance" in notice for notice in found.notices)
