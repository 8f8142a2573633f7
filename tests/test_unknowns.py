"""Unknown facts are followed to every value that they can have: none reads as "no", and none is passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exportrules
from exportrules.engine import docket, unknowns
from exportrules.engine.docket import Docket
from exportrules.engine.evaluate import Reading
from exportrules.engine.unknowns import _intervals
from exportrules.law.facts import CONCLUDED_FACTS, Fact
from exportrules.law.model import Gap, Row, Test
from exportrules.law.view import view_of
from tests.drawing import drawn

LAW = exportrules.default_ruleset()
#: What no question leaves open: what a chip is called, and where the goods go.
NAMES = {"chip", "chip_family", "contained_family", "chip_vendor_country", "declared", "destination", "presumed_3a090a"}
NUMBERS = ["0", "1", "150", "600", "1028", "1400", "1600", "2400", "4800", "21000"]
OWN = {
    "tpp": "5000", "performance_density": "7", "designed_for_datacenter": "true", "aggregate_io_gbytes_s": "900",
    "chip_to_chip_io_gbytes_s": "600", "dram_bandwidth_gbytes_s": "3000",
}  # fmt: skip
PLAIN = {**OWN, "tpp": "1000", "performance_density": "1", "aggregate_io_gbytes_s": "64"}


def values_of(name: str) -> list[Any]:
    """Some values of a fact, one at least for each way in which some rule may treat it."""
    definition = LAW.facts[name]
    if definition.values:
        return list(definition.values)
    if name in ("headquarters", "ultimate_parent"):
        return ["CN", "HK", "MO", "SG", "AE", "US", "JP", "RU", "KP", "CY"]
    if name == "exporter":
        return ["nvidia", "amd", "intel", "other"]
    if definition.type == "boolean":
        return [True, False]
    if definition.type == "number":
        return ["0", "25", "49.9", "50", "100"] if definition.unit == "percent" else NUMBERS
    if definition.type == "date":
        return ["2020-01-01", "2022-10-07", "2022-10-21", "2023-11-17", "2024-12-31", "2026-01-15"]
    if name == "eccn_declared":
        # numbers that say nothing of law that is left out: what another would leave open is known once it is declared
        return ["EAR99", "3A991", "5A992.c", "4A994.l"]
    return ["Zorglub Foods", "Huawei Technologies Co., Ltd."]


#: What a question may state: no conclusion of the law, and nothing that follows from another fact.
STATED = {name for name, fact in LAW.facts.items() if fact.about in ("item", "deal")}
ASKABLE = sorted(STATED - CONCLUDED_FACTS - NAMES)


@pytest.mark.parametrize("name", ASKABLE)
@drawn(25)
@given(
    facts=st.sampled_from([OWN, PLAIN, {**OWN, "item_kind": "system"}]),
    on=st.dates(date(2020, 1, 1), LAW.edition.verified_through),
    to=st.sampled_from(["CN", "MO", "SG", "AE", "VN", "JP", "RU"]),
    end_use=st.sampled_from(["civil", "military", "supercomputer"]),
    data=st.data(),
)
def test_what_is_said_of_an_unknown_is_said_of_each_of_its_values(
    name: str, facts: dict[str, Any], on: date, to: str, end_use: str, data: st.DataObject
) -> None:
    asked: dict[str, Any] = {"on": on, "to": to, "exporter": "other", "end_use": end_use}
    asked.pop(name, None)  # a term of the deal is given once
    # of throughput, area and density two say the third, and on a planar node there is no density
    if name in ("die_area_mm2", "non_planar"):
        facts = {n: value for n, value in facts.items() if n != "performance_density"}
    value = data.draw(st.sampled_from(values_of(name)))
    known = exportrules.check(None, **asked, facts={**facts, name: value})
    unknown = exportrules.check(None, **asked, facts={**facts, name: "unknown"})
    if not unknown.turns_on:
        assert (known.outcome, known.review_policy) == (unknown.outcome, unknown.review_policy)
        return
    said = {(case.outcome, case.review_policy) for case in unknown.cases}
    reached = {(case.outcome, case.review_policy) for case in known.cases} or {(known.outcome, known.review_policy)}
    assert reached <= said


def test_an_unknown_kind_of_item_is_every_kind() -> None:
    """A rule asks the kind in no test of its own; its entry is about one kind. So no test shows what to try."""
    found = exportrules.check(None, on=date(2024, 6, 3), exporter="other", facts={**OWN, "item_kind": "unknown"})
    assert found.outcome == "indeterminate"
    assert found.turns_on == ["item_kind"]
    assert [(case.conditions, case.outcome) for case in found.cases] == [
        ((("item_kind", "ic or system"),), "license_required"),
        ((("item_kind", "hbm_stack"),), "no_license_requirement"),
    ]


def test_an_item_that_may_not_be_subject_to_the_ear() -> None:
    found = exportrules.check(None, on=date(2024, 6, 3), exporter="other", facts={**OWN, "subject_to_ear": "unknown"})
    assert found.turns_on == ["subject_to_ear"]
    assert {case.outcome for case in found.cases} == {"no_license_requirement", "license_required"}


def test_a_headquarters_that_is_not_known_is_told_by_the_groups_that_matter() -> None:
    asked: dict[str, Any] = {"on": date(2024, 6, 3), "to": "SG", "exporter": "other"}
    found = exportrules.check(None, **asked, ultimate_parent="SG", facts={**OWN, "headquarters": "unknown"})
    assert [case.conditions for case in found.cases] == [
        (("headquarters", "elsewhere"),),
        (("headquarters", "macau-or-D:5"),),
    ]


@pytest.mark.parametrize(
    ("cuts", "days", "texts"),
    [
        ({(5, True)}, False, ["less than 5", "at least 5"]),
        ({(5, False)}, False, ["at most 5", "more than 5"]),
        ({(5, True), (5, False)}, False, ["less than 5", "exactly 5", "more than 5"]),
        ({(Decimal("3.2"), True), (9, True)}, False, ["less than 3.2", "at least 3.2 and less than 9", "at least 9"]),
        ({(date(2023, 11, 17), False)}, True, ["at most 2023-11-17", "more than 2023-11-17"]),
        ({(date(2023, 11, 17), True)}, True, ["less than 2023-11-17", "at least 2023-11-17"]),
    ],
)
def test_a_line_of_values_is_parted_at_its_bounds(cuts: Any, days: bool, texts: list[str]) -> None:
    cells = _intervals(cuts, days)
    assert [cell.text for cell in cells] == texts
    for cell in cells:
        assert cell.low is None or cell.example > cell.low or (cell.low_in and cell.example == cell.low)
        assert cell.high is None or cell.example < cell.high or (cell.high_in and cell.example == cell.high)


@pytest.mark.parametrize("blocking", [True, False])
def test_a_gap_in_the_law_that_may_touch_the_deal(blocking: bool) -> None:
    """What is left out blocks a "no requirement found" only where it says so, and is open where its rows are."""
    row = Row(tests=(Test(fact="dram_bandwidth_gbytes_s", op="ge", bound=2000),))
    gap = Gap(id="g", what="Something.", effect="It might catch this.", when=(row,), blocking=blocking)
    edition = replace(LAW.edition, not_encoded=(*LAW.edition.not_encoded, gap))
    law = replace(LAW, edition=edition)
    asked: dict[str, Any] = {"on": date(2021, 6, 1), "to": "JP", "exporter": "other", "ruleset": law}
    figures = {name: PLAIN[name] for name in ("tpp", "performance_density", "designed_for_datacenter")}
    found = exportrules.check(None, **asked, facts={**figures, "dram_bandwidth_gbytes_s": "unknown"})
    assert found.outcome == ("indeterminate" if blocking else "no_license_requirement")
    assert {case.outcome for case in found.cases} == (
        {"indeterminate", "no_license_requirement"} if blocking else set()
    )
    above = exportrules.check(None, **asked, facts={**figures, "dram_bandwidth_gbytes_s": "2000"})
    assert above.outcome == ("indeterminate" if blocking else "no_license_requirement")
    below = exportrules.check(None, **asked, facts={**figures, "dram_bandwidth_gbytes_s": "1999"})
    assert below.outcome == "no_license_requirement"


@pytest.mark.parametrize(
    ("second", "cases"),
    [
        (3000, {("less than 500",), ("at least 500", "less than 2000"), ("at least 500", "at least 2000")}),
        (1000, {("less than 500",), ("at least 500 and less than 700", "less than 2000"),
                ("at least 500 and less than 700", "at least 2000"), ("at least 700", "less than 1000"),
                ("at least 700", "at least 1000")}),
    ],
)  # fmt: skip
def test_of_two_unknowns_neighbouring_values_are_one_case_where_the_second_decides_alike(
    second: int, cases: set[tuple[str, ...]]
) -> None:
    gaps = tuple(
        Gap(id=f"g{io}", what="Something.", effect="It might catch this.", blocking=True, when=(Row(tests=(
            Test(fact="aggregate_io_gbytes_s", op="ge", bound=io),
            Test(fact="dram_bandwidth_gbytes_s", op="ge", bound=bandwidth),
        )),))
        for io, bandwidth in ((500, 2000), (700, second))
    )  # fmt: skip
    law = replace(LAW, edition=replace(LAW.edition, not_encoded=gaps))
    figures = {name: PLAIN[name] for name in ("tpp", "performance_density", "designed_for_datacenter")}
    unknown = {"dram_bandwidth_gbytes_s": "unknown", "aggregate_io_gbytes_s": "unknown"}
    found = exportrules.check(
        None, on=date(2021, 6, 1), to="JP", exporter="other", ruleset=law, facts={**figures, **unknown}
    )
    assert {tuple(text for _, text in case.conditions) for case in found.cases} == cases


def test_profiles_beyond_what_is_remembered_are_answered_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docket, "MOST_ENTRIES", 0)
    fresh = replace(LAW)
    for chip in ("A100", "H800", "DGX H100"):
        for to in ("CN", "SG"):
            mine, theirs = exportrules.timeline(chip, to=to), exportrules.timeline(chip, to=to, ruleset=fresh)
            assert [(s.start, s.answer.decision) for s in mine.spans] == [
                (s.start, s.answer.decision) for s in theirs.spans
            ]


@pytest.mark.parametrize("bound", ["3A090.a", ("3A090.a",)])
def test_a_rule_that_asks_for_an_entry_by_one_word_follows_what_may_conclude_it(bound: Any) -> None:
    gap = Gap(id="g", what="Something.", effect="It might catch this.", blocking=True, when=(
        Row(tests=(Test(fact="eccn", op="in" if isinstance(bound, tuple) else "is", bound=bound),)),
    ))  # fmt: skip
    law = replace(LAW, edition=replace(LAW.edition, not_encoded=(gap,)))
    found = exportrules.check(
        None, on=date(2024, 6, 3), to="DE", exporter="other", ruleset=law, facts={**OWN, "tpp": "unknown"}
    )
    assert "tpp" in found.turns_on
    assert {case.outcome for case in found.cases} == {"no_license_requirement", "indeterminate"}


def test_a_provision_that_is_not_there_has_near_ones() -> None:
    with pytest.raises(exportrules.UnknownNameError, match="no provision") as caught:
        LAW.provision("88fr73458#3A090.x")
    assert "88fr73458#3A090.a" in caught.value.suggestions


def test_a_chip_of_parts_that_are_all_known(tmp_path: Any) -> None:
    file = tmp_path / "box.toml"
    file.write_text(
        'id = "box"\nname = "Box"\nitem_kind = "system"\n'
        'contains = [{ chip = "nvidia-a100-sxm4-80gb", count = 4 }, { chip = "nvidia-h800-sxm5-80gb", count = 4 }]\n',
        "utf-8",
    )
    found = exportrules.check(exportrules.load_chip(file), on=date(2023, 6, 1), exporter="other")
    assert found.outcome == "license_required"
    assert found.eccn == ["4A090.a"]


def readings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The signatures of all dockets that are read from now on."""
    read: list[object] = []

    class Counted(Reading):
        def __init__(self, docket: Docket, day: date) -> None:
            super().__init__(docket, day)
            read.append(self.docket.signature())

    monkeypatch.setattr(unknowns, "Reading", Counted)
    return read


def facts_of(chip: str, to: str, *unknown: str) -> dict[str, Fact]:
    facts = dict(exportrules.timeline(chip, to=to, exporter="other").courses[0].subject.facts)
    return facts | dict.fromkeys(unknown, Fact(None, "given"))


def test_branches_that_lead_to_the_same_provisions_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = facts_of("MI308X", "CN", "aggregate_io_gbytes_s", "dram_plus_io_gbytes_s", "performance_density")
    read = readings(monkeypatch)
    unknowns.decide(Docket(view_of(LAW), facts), date(2025, 6, 1))
    assert len(read) > 10
    assert len(read) == len(set(read))


@pytest.mark.parametrize(
    ("to", "unknown", "policy"),
    [("CN", "privately_informed", "presumption_of_denial"), ("RU", "military_end_user", "policy_of_denial")],
)
def test_no_unknown_is_followed_where_none_can_change_the_decision(
    monkeypatch: pytest.MonkeyPatch, to: str, unknown: str, policy: str
) -> None:
    facts = facts_of("H100", to, unknown)
    read = readings(monkeypatch)
    verdict = unknowns.decide(Docket(view_of(LAW), facts), date(2024, 6, 3))
    assert (verdict.law.outcome, verdict.law.review_policy, verdict.turns_on) == ("license_required", policy, ())
    assert len(read) == 1
