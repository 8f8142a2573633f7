"""The engine against a naive twin: the same law as plain ifs, written from the texts by someone who has not seen it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exportrules
from exportrules.law.ruleset import Ruleset
from exportrules.law.view import view_of
from tests.drawing import drawn
from tests.oracle.oracle import DESTINATIONS, LAST_DAY, Deal, Item, NotCovered, agree, read

LAW = exportrules.default_ruleset()
#: The second reading was made of the texts up to its own last day.
FIRST, LAST = LAW.edition.covers_from, min(LAW.edition.verified_through, LAST_DAY)

#: Families with the vendor that letters go with; the plain chip is the usual draw.
FAMILIES = [("", "")] * 6 + [
    ("nvidia-a100", "nvidia"),
    ("nvidia-h100", "nvidia"),
    ("nvidia-h20", "nvidia"),
    ("amd-mi250", "amd"),
    ("amd-mi250x", "amd"),
    ("amd-mi308x", "amd"),
]


def days_of_change() -> list[date]:
    """Every day on which something begins or ends, with the day before and after."""
    found: set[date] = set()
    for item in view_of(LAW).provisions:
        for span in item.spans:
            found |= {span.start} | ({span.stop} if span.stop else set())
    for group in LAW.groups.values():
        for member in group.member:
            found |= {d for d in (member.start, member.stop) if d}
    around = {d + timedelta(days=k) for d in found if FIRST < d <= LAST for k in (-1, 0, 1)}
    return sorted(d for d in around if FIRST <= d <= LAST)


def around(*bounds: str) -> list[Decimal]:
    """Each bound one step below, at and above."""
    step = Decimal("0.01")
    return sorted({Decimal(b) + k * step for b in bounds for k in (-1, 0, 1)})


items = st.builds(
    lambda tpp, density, io, links, dram, datacenter, family: Item(
        tpp, density, tpp, io, links, dram, datacenter, family[0], family[1] or "other"
    ),
    st.sampled_from(around("512", "1600", "2400", "4800", "4992", "21000")),
    st.sampled_from(around("1.6", "3.2", "5.92")),
    st.sampled_from(around("150", "600", "1028", "1100")),
    st.sampled_from(around("0.01", "600")),
    st.sampled_from([Decimal(1000), Decimal(1599), *around("1400", "4000", "6500")]),
    st.booleans(),
    st.sampled_from(FAMILIES),
)


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    to = draw(st.sampled_from(DESTINATIONS))
    seat = draw(st.sampled_from([to, to, "CN", "SG", "US"]))
    return Deal(
        on=draw(st.sampled_from(days_of_change())),
        to=to,
        headquarters=seat,
        ultimate_parent=draw(st.sampled_from([seat, seat, "CN"])),
        exporter=draw(st.sampled_from(["nvidia", "amd", "intel", "other"])),
        activity=draw(st.sampled_from(["export", "export", "reexport", "transfer"])),
        end_use=draw(
            st.sampled_from(
                ["civil"] * 5
                + ["military", "supercomputer", "advanced_node_fab", "tool_making", "nuclear", "chemical_biological"]
            )
        ),
        dd_certified=draw(st.sampled_from([True, False, None])),
        privately_informed=draw(st.sampled_from([None, None, True, False])),
        end_user=draw(st.sampled_from(["civil", "civil", "civil", "military", "meu_list"])),
    )


def at_hand(item: Item, deal: Deal) -> Item | None:
    """The item as its exporter would ship it; None for a deal that nobody asks about."""
    if deal.exporter == "nvidia" and not item.family:
        return replace(item, vendor="nvidia")
    if deal.exporter == "nvidia" and item.vendor == "amd":
        return None  # the letter of 2022 speaks of NVIDIA's own circuits; nobody asks of NVIDIA selling AMD's
    return item


def asked(item: Item, deal: Deal, unknown: Iterable[str] = ()) -> dict[str, Any]:
    """The question to the engine; what is unknown is said to be so, or left out."""
    facts: dict[str, object] = {name: getattr(item, name) for name in FIGURES}
    facts["chip_family"] = item.family or "none"
    facts |= dict.fromkeys(unknown, "unknown")
    if deal.dd_certified is not None:
        facts["part_748_dd_certified"] = deal.dd_certified
    if deal.privately_informed is not None:
        facts["privately_informed"] = deal.privately_informed
    if deal.end_user == "military":
        facts["military_end_user"] = True
    if deal.end_user == "meu_list":
        facts["end_user_lists"] = "meu_list"
    return {
        "on": deal.on, "to": deal.to, "headquarters": deal.headquarters, "ultimate_parent": deal.ultimate_parent,
        "exporter": deal.exporter, "activity": deal.activity, "end_use": deal.end_use, "facts": facts,
    }  # fmt: skip


def answers(item: Item, deal: Deal, ruleset: Ruleset | None = None) -> tuple[tuple[str, str | None], ...]:
    """What the engine says and what the twin says; nothing where the twin is silent."""
    shipped = at_hand(item, deal)
    if shipped is None:
        return ()
    try:
        expected = read(shipped, deal)
    except NotCovered:
        return ()
    found = exportrules.check(None, **asked(shipped, deal), ruleset=ruleset)
    return (found.outcome, found.review_policy), (expected.outcome, expected.review_policy)


@drawn(1200)
@given(items, deals())
def test_engine_and_twin_agree(item: Item, deal: Deal) -> None:
    said = answers(item, deal)
    assert len(set(said)) <= 1, said


#: A value in each range that some text of the law tells apart. Where one figure is not known, the twin tries them all.
FIGURES: dict[str, list[Any]] = {
    "tpp": [Decimal(v) for v in (0, 512, 1600, 2400, 4800, 4992, 21000)],
    "performance_density": [Decimal(v) for v in ("0", "1.6", "3.2", "5.92")],
    "bits_x_tops_2022": [Decimal(v) for v in (0, 4800, 4992)],
    "aggregate_io_gbytes_s": [Decimal(v) for v in (0, 150, 300, 600, 1000, 1028, 1100, 1700)],
    "chip_to_chip_io_gbytes_s": [Decimal(v) for v in (0, 600)],
    "dram_bandwidth_gbytes_s": [Decimal(v) for v in (0, 600, 700, 1100, 1300, 1400, 4000, 6500)],
    "designed_for_datacenter": [False, True],
}


@drawn(400)
@given(items, deals(), st.lists(st.sampled_from(sorted(FIGURES)), min_size=1, max_size=2, unique=True))
def test_engine_and_twin_agree_on_what_is_not_known(item: Item, deal: Deal, unknown: list[str]) -> None:
    """The engine follows an unknown to where it leads; the twin tries every value there is."""
    shipped = at_hand(item, deal)
    if shipped is None:
        return
    ways = itertools.product(*(FIGURES[name] for name in unknown))
    try:
        expected = agree({read(replace(shipped, **dict(zip(unknown, way, strict=True))), deal) for way in ways})
    except NotCovered:
        return
    found = exportrules.check(None, **asked(shipped, deal, unknown))
    assert (found.outcome, found.review_policy) == (expected.outcome, expected.review_policy)


#: What nobody can have meant, by the part of the question that it spoils. The engine must refuse, never answer.
NONSENSE: dict[str, list[Any]] = {
    "on": ["2024-02-30", "15.09.2022", "2022-9-15", 20220915, None, datetime(2022, 9, 15), ""],
    "to": ["XX", "Chinna", "", "C N 1", 86],
    "headquarters": ["ZZ", " ", "Beijingistan"],
    "ultimate_parent": ["Q0", "\0"],
    "exporter": ["", "distributor", "   "],
    "activity": ["import", "Export", ""],
    "end_use": ["civilian", "unknown", ""],
    "tpp": ["-1", -1, "NaN", "Infinity", float("inf"), "4,800", "4800 TOPS", True, "1e99", [4800]],
    "performance_density": ["5,92", "-0.01", "high", {"value": 3}],
    "dram_bandwidth_gbytes_s": ["4 TB/s", "1e-400", -4000],
    "designed_for_datacenter": ["maybe", 1, "2"],
    "part_748_dd_certified": ["soon", 0],
    "tppp": [4800],
    "bound": [1],
}


@drawn(300)
@given(items, deals(), st.sampled_from([(part, wrong) for part, all_of in NONSENSE.items() for wrong in all_of]))
def test_nonsense_is_refused_and_never_answered(item: Item, deal: Deal, spoilt: tuple[str, Any]) -> None:
    question, (part, wrong) = asked(item, deal), spoilt
    (question if part in question else question["facts"])[part] = wrong
    with pytest.raises(exportrules.QuestionError) as caught:
        exportrules.check(None, **question)
    assert "\n" not in str(caught.value)


@drawn(100)
@given(items, deals(), st.sampled_from([-4000, -1, 1, 4000]))
def test_beyond_its_days_neither_of_the_two_answers(item: Item, deal: Deal, days: int) -> None:
    outside = replace(deal, on=(FIRST if days < 0 else LAST) + timedelta(days=days))
    with pytest.raises(NotCovered):
        read(item, outside)
    found = exportrules.check(None, **asked(item, outside))
    assert found.standing != "verified"
    if found.outcome == "license_required":  # by an encoded requirement that stands already
        assert found.standing == "before_coverage"
    else:
        assert (found.outcome, found.review_policy) == ("indeterminate", "indeterminate")
