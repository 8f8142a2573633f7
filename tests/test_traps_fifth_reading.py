"""What a fifth reader, who had not seen the engine, found it to permit, to forbid or to leave unsaid."""

from __future__ import annotations

from typing import Any

import pytest

from exportrules import check
from exportrules.errors import QuestionError
from tests.readings import asked, cites

NONE, LICENSE, OPEN, EXCEPTION = "no_license_requirement", "license_required", "indeterminate", "license_exception"
DENIAL, PRESUMED, APPROVAL = "policy_of_denial", "presumption_of_denial", "presumption_of_approval"


# --- 746.6 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "policy"),
    [("2020-01-01", PRESUMED), ("2022-02-23", PRESUMED), ("2022-02-24", DENIAL), ("2024-06-03", DENIAL)],
)
def test_crimea_had_a_presumption_of_denial_before_it_had_a_policy(day: str, policy: str) -> None:
    """746.6(b) from 80 FR 4776: "reviewed with a presumption of denial"; written anew at 87 FR 12248."""
    terms: dict[str, Any] = {"to": "UA", "facts": {"ukraine_region": "crimea", "eccn_declared": "EAR99"}}
    assert asked("V100", day, **terms) == (LICENSE, policy)
    assert "15 CFR 746.6(b)" in cites("V100", day, **terms)


def test_the_two_regions_beside_crimea_never_had_a_presumption() -> None:
    """746.6(a)(2), (b), from 2022-02-24."""
    facts = {"ukraine_region": "donetsk", "eccn_declared": "3A991"}
    assert asked("V100", "2022-02-23", to="UA", facts=facts) == (NONE, None)
    assert asked("V100", "2022-02-24", to="UA", facts=facts) == (LICENSE, DENIAL)


# --- 740.27 ----------------------------------------------------------------------------------------------------------


def test_an_american_group_may_use_aia_in_a_country_of_the_supplement() -> None:
    """Supp. no. 5(a) to part 740 ends with "United Kingdom", "United States" (90 FR 4544)."""
    terms: dict[str, Any] = {"as_printed": True, "facts": {"aia_certified": True, "lpp_claimed": False}}
    for parties in ({"headquarters": "US"}, {"headquarters": "JP", "ultimate_parent": "US"}):
        assert asked("H100", "2025-06-02", to="JP", **parties, **terms)[0] == EXCEPTION
    # it has to be in such a country too, and a third country's group is not let in by it
    assert asked("H100", "2025-06-02", to="SG", headquarters="US", **terms) == (LICENSE, APPROVAL)
    assert asked("H100", "2025-06-02", to="JP", headquarters="SG", **terms) == (LICENSE, APPROVAL)
    assert asked("H100", "2025-06-02", to="JP", headquarters="US", ultimate_parent="CN", **terms) == (LICENSE, PRESUMED)


def test_being_american_gives_no_presumption_of_approval_in_d5() -> None:
    """742.6(b)(10)(iii)(A)(1): "to or within Macau or destinations specified in Country Group D:5"."""
    for day in ("2025-06-02", "2026-02-02"):
        facts = {"part_748_dd_certified": False}
        assert asked("H100", day, headquarters="US", facts=facts) == (LICENSE, PRESUMED)


# --- 744.21 before 2020-06-29 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "reached"),
    [("3A991", False), ("3A991.a", False), ("5A992.c", False), ("EAR99", False), ("4A994", True)],
)
def test_what_85_fr_23459_added_was_not_on_the_list_before(declared: str, reached: bool) -> None:
    """Supp. no. 2 to part 744: 3A991 and 5A992 are among the entries that 85 FR 23459 added, 4A994 is not."""
    facts = {"eccn_declared": declared}
    terms: dict[str, Any] = {"end_use": "military", "facts": facts}
    for to in ("CN", "RU", "VE"):
        found = check("V100", on="2020-06-28", to=to, exporter="other", **terms)
        # 744.17, microprocessors in D:1, is a doubt of its own
        assert ("ear#744.21-2019" in found.turns_on) == reached
    # the end user of Russia and Venezuela, who was in the section already
    user = {**facts, "military_end_user": True}
    found = check("V100", on="2020-06-28", to="RU", exporter="other", facts=user)
    assert ("ear#744.21-2019" in found.turns_on) == reached
    assert asked("V100", "2020-06-29", **terms)[0] == (NONE if declared == "EAR99" else LICENSE)


# --- paragraphs of an entry that a list names whole ------------------------------------------------------------------


@pytest.mark.parametrize("declared", ["3A991.a", "3A991.l", "4A994.b", "4A994.f", "5A992.b", "5A992.c.1"])
def test_supplement_2_names_entries_and_not_their_paragraphs(declared: str) -> None:
    """Supp. no. 2 to part 744: "3A991 Electronic devices", "4A994 Limited to computers", "5A992 Equipment"."""
    facts = {"eccn_declared": declared}
    terms: dict[str, Any]
    for terms in (
        {"end_use": "military"},
        {"to": "VE", "end_use": "military"},
        {"facts": {**facts, "military_end_user": True}},
        {"end_user": "AVIC Aircraft Co. Ltd."},
    ):
        assert asked("DGX A100", "2021-06-01", **{"facts": facts, **terms})[0] == LICENSE
    assert asked("DGX A100", "2021-06-01", facts=facts)[0] == NONE
    owner = {"listed_owner": "AVIC Aircraft Co. Ltd.", "listed_ownership_percent": 50, "app_wt": 1}
    assert asked("RTX 4090 D", "2025-10-15", facts={**facts, **owner})[0] == LICENSE


def test_5a991_is_on_supplement_2_for_some_telecommunications_equipment_alone() -> None:
    """Supp. no. 2: "5A991 Limited to telecommunications equipment designed to operate outside ..."."""
    for declared in ("5A991", "5A991.b"):
        facts = {"eccn_declared": declared}
        assert asked("DGX A100", "2021-06-01", end_use="military", facts=facts)[0] == NONE


@pytest.mark.parametrize("declared", ["5A992.z", "5A992.z.1", "4A003.z", "5A002.z", "3A991.p", "4A994.b"])
def test_the_items_of_a_supercomputer_are_entries_whole(declared: str) -> None:
    """744.23(a)(1)(i): "specified in ECCN 3A001, 3A991, 4A994, 5A002, 5A004, or 5A992"; 744.23(c): no exception."""
    terms: dict[str, Any] = {"end_use": "supercomputer", "facts": {"eccn_declared": declared}}
    assert asked("RTX 4090", "2024-06-03", **terms) == (LICENSE, PRESUMED)


# --- 740.5 -----------------------------------------------------------------------------------------------------------

SMALL = {
    "tpp": 80, "bits_x_tops_2022": 80, "peak_tops": 5, "aggregate_io_gbytes_s": 10, "dram_bandwidth_gbytes_s": 50,
    "designed_for_datacenter": False, "eccn_declared": "EAR99",
}  # fmt: skip


def test_what_is_ear99_goes_to_syria_under_spp() -> None:
    """740.5(a): "all items subject to the EAR designated EAR99 to Syria"; 746.9(b)(1) lists it; from 2025-09-02."""
    assert asked(None, "2025-09-01", to="SY", facts=SMALL) == (LICENSE, DENIAL)
    assert asked(None, "2025-09-02", to="SY", facts=SMALL)[0] == EXCEPTION
    assert "740.5(a)" in cites(None, "2025-09-02", to="SY", facts=SMALL)
    # "export or reexport"
    assert asked(None, "2025-09-02", to="SY", activity="reexport", facts=SMALL)[0] == EXCEPTION
    assert asked(None, "2025-09-02", to="SY", activity="transfer", facts=SMALL)[0] == LICENSE


def test_spp_is_not_for_an_item_that_an_entry_describes_whatever_it_is_called() -> None:
    """3A991.p: 8 TOPS or more."""
    for chip in ("RTX 4090 D", "H100"):
        assert asked(chip, "2025-10-15", to="SY", facts={"eccn_declared": "EAR99"})[0] == LICENSE
    assert asked(None, "2025-10-15", to="SY", facts={**SMALL, "eccn_declared": "3A991"})[0] == LICENSE
    assert asked(None, "2025-10-15", to="SY", facts={**SMALL, "peak_tops": 8})[0] == LICENSE


@pytest.mark.parametrize(
    "terms",
    [
        {"end_use": "military_intelligence"}, {"end_use": "chemical_biological"}, {"end_use": "advanced_node_fab"},
        {"end_user": "Huawei Technologies Co., Ltd."}, {"end_user": "Services GP Tek"},
    ],
)  # fmt: skip
def test_spp_yields_to_part_744_and_to_the_unverified_list(terms: dict[str, Any]) -> None:
    """740.5(b): "which otherwise require a license under any part 744 ... control"; 740.2(a)(17)."""
    assert asked(None, "2025-10-15", to="SY", facts=SMALL, **terms)[0] == LICENSE


def test_spp_is_for_syria_alone() -> None:
    """740.2(a)(6) spares what a paragraph of part 746 lists, and 746.2, 746.4 and 746.7 list no SPP."""
    for to in ("CU", "KP"):
        assert asked(None, "2025-10-15", to=to, facts=SMALL)[0] == LICENSE


# --- the Entity List -------------------------------------------------------------------------------------------------


def test_the_exception_that_an_entry_names_is_told() -> None:
    """Supp. no. 4 to part 744, Wuhan Xinxin: "See 740.26, 744.11 and 744.23(d)"."""
    buyer = "Wuhan Xinxin Semiconductor Manufacturing Company Limited"
    found = check("RTX 4090 D", on="2025-02-03", exporter="other", end_user=buyer)
    assert found.outcome == LICENSE
    assert any("740.26" in said and "45 days" in said for said in found.notices)


# --- supplement no. 8 to part 740 ------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2026-07-13", "2026-07-14"])
def test_an_approval_has_the_days_of_the_name_and_a_claim_adds_none(day: str) -> None:
    """742.6(a)(6)(iii)(B): "the ultimate consignee and all end users" are approved; Microsoft from 2026-07-14."""
    claim = {"uae_approved_parties": True}
    named = asked("H100", day, to="AE", end_user="Microsoft")
    assert named == asked("H100", day, to="AE", end_user="Microsoft", facts=claim)
    assert named[0] == (LICENSE if day == "2026-07-13" else NONE)


@pytest.mark.parametrize(
    ("claim", "parties"),
    [(False, ("G42",)), ("unknown", ("G42",)), (True, ("G42", "Al Noor Trading")), (True, ("OpenAI",))],
)
def test_a_claim_that_the_names_do_not_bear_out_is_refused(claim: Any, parties: tuple[str, ...]) -> None:
    terms: dict[str, Any] = {"to": "AE", "end_user": parties[0], "parties": parties[1:]}
    with pytest.raises(QuestionError, match="whose approval and its days are read from the name"):
        asked("H100", "2026-08-03", facts={"uae_approved_parties": claim}, **terms)


def test_an_approved_party_that_the_supplement_does_not_name_is_claimed() -> None:
    """The supplement approves government agencies and subsidiaries without naming them."""
    claim = {"uae_approved_parties": True}
    assert (
        asked("H100", "2026-08-03", to="AE", end_user="Telecommunications Regulatory Authority", facts=claim)[0] == NONE
    )
    own = {"to": "AE", "end_user": "OpenAI Gulf", "not_listed": ["OpenAI Gulf"], "facts": claim}
    assert asked("H100", "2026-08-03", **own)[0] == NONE
