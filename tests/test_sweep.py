"""The engine against a wide table: every destination, six kinds of items, the day of every change and the day before.

`tests/oracle/sweep.py` was written from the texts by a reader who had not seen the encoded law. A sample that is always
the same runs with the other tests; the whole sweep is marked slow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

import exportrules
from tests.oracle import sweep
from tests.oracle.sweep import DAYS_OF_CHANGE, LAST_DAY, PLACES, Deal, Item, expected

ITEMS = [
    Item("datacenter 3A090.a", "ic", True, "a", True, True, False, (
        ("tpp", 15832), ("bits_x_tops_2022", 15832), ("performance_density", "19.45"), ("aggregate_io_gbytes_s", 1028),
        ("chip_to_chip_io_gbytes_s", 900), ("dram_bandwidth_gbytes_s", 3350), ("designed_for_datacenter", True))),
    Item("consumer 3A090.a", "ic", False, "a", False, True, True, (
        ("tpp", 5285), ("bits_x_tops_2022", 5285), ("performance_density", "8.68"), ("aggregate_io_gbytes_s", 64),
        ("chip_to_chip_io_gbytes_s", 0), ("dram_bandwidth_gbytes_s", 1008), ("designed_for_datacenter", False))),
    Item("datacenter 3A090.b", "ic", False, "b", True, True, True, (
        ("tpp", 2896), ("bits_x_tops_2022", 2896), ("performance_density", "4.76"), ("aggregate_io_gbytes_s", 64),
        ("chip_to_chip_io_gbytes_s", 0), ("dram_bandwidth_gbytes_s", 864), ("designed_for_datacenter", True))),
    Item("3A991.p", "ic", False, "", False, True, True, (
        ("tpp", 2272), ("bits_x_tops_2022", 2272), ("performance_density", "3.62"), ("aggregate_io_gbytes_s", 177),
        ("chip_to_chip_io_gbytes_s", 113), ("dram_bandwidth_gbytes_s", 936), ("designed_for_datacenter", False))),
    Item("system with 3A090.a", "system", True, "a", True, True, False, (
        ("item_kind", "system"), ("tpp", 15832), ("bits_x_tops_2022", 15832), ("performance_density", "19.45"),
        ("aggregate_io_gbytes_s", 1028), ("chip_to_chip_io_gbytes_s", 900), ("dram_bandwidth_gbytes_s", 3350),
        ("designed_for_datacenter", True))),
    Item("3A090.c", "hbm_stack", False, "", False, False, False, (
        ("item_kind", "hbm_stack"), ("memory_bandwidth_density", 7))),
]  # fmt: skip

DAYS = sorted({d - timedelta(days=k) for d in DAYS_OF_CHANGE for k in (0, 1)} | {date(2020, 1, 1), LAST_DAY})


def asked(item: Item, deal: Deal) -> dict[str, Any]:
    """The question to the engine."""
    facts: dict[str, object] = {**dict(item.figures), "chip_family": "none"}
    if deal.military_end_user:
        facts["military_end_user"] = True
    if deal.intelligence_end_user:
        facts["military_intelligence_end_user"] = True
    if deal.listed:
        facts["end_user_lists"] = deal.listed
    if deal.declared:
        facts["eccn_declared"] = deal.declared
    if deal.region:
        facts["ukraine_region"] = deal.region
    facts["part_748_dd_certified"] = deal.certified
    return {
        "on": deal.on, "to": deal.to, "headquarters": deal.headquarters, "ultimate_parent": deal.parent,
        "exporter": "other", "activity": deal.activity, "end_use": deal.end_use, "facts": facts,
    }  # fmt: skip


def at_home(on: date, to: str, **more: Any) -> Deal:
    """A buyer at home where the goods go."""
    return Deal(on, to, to, to, **more)


def civil() -> Iterator[tuple[Item, Deal]]:
    """Every item to every place on every day."""
    for on, item, to in product(DAYS, ITEMS, PLACES):
        yield item, at_home(on, to)


def of_another_home() -> Iterator[tuple[Item, Deal]]:
    """A parent, or a seat, in another place than the goods."""
    days = [d for d in DAYS if d >= date(2023, 11, 16)]
    homes = ["CN", "HK", "MO", "RU", "IR", "SG", "US", "KH", "CY", "NI"]
    for (n, on), item, to in product(enumerate(days), ITEMS, PLACES):
        home = homes[(n + PLACES.index(to)) % len(homes)]
        yield item, replace(at_home(on, to), parent=home)
    for on, item, to, home in product(days, ITEMS, ["SG", "CN", "MO", "VN", "AE", "IL", "IQ", "TW"], homes):
        yield item, replace(at_home(on, to), headquarters=home, parent=home)
        yield item, replace(at_home(on, to), headquarters=home)


#: Places of every kind that a text of parts 744 and 746 tells apart.
TOLD_APART = [
    "CN", "HK", "MO", "RU", "BY", "VE", "MM", "KH", "NI", "IQ", "IR", "KP",
    "SY", "CU", "SD", "UA", "VN", "AE", "LB", "SG", "DE", "VA", "CY", "IN",
]  # fmt: skip
USES = [
    "military", "military_intelligence", "supercomputer", "advanced_node_fab", "tool_making",
    "nuclear", "missile", "chemical_biological", "wmd",
]  # fmt: skip


def of_end_uses() -> Iterator[tuple[Item, Deal]]:
    days = [d for d in DAYS if d >= date(2020, 6, 29)]
    for on, item, to, use in product(days, ITEMS, TOLD_APART, USES):
        yield item, at_home(on, to, end_use=use)
    for on, item, to, use in product(days[::3], ITEMS, ["CN", "MO", "LB", "SG"], USES):
        yield item, replace(at_home(on, to, end_use=use), headquarters="US", parent="US")
        yield item, replace(at_home(on, to, end_use=use), parent="CN")
    for on, item, to in product(days, ITEMS, TOLD_APART):
        yield item, at_home(on, to, military_end_user=True)
        yield item, at_home(on, to, intelligence_end_user=True)


def of_lists() -> Iterator[tuple[Item, Deal]]:
    days = [d for d in DAYS if d >= date(2020, 12, 23)]
    for on, item, to, listed in product(days, ITEMS, TOLD_APART, ["entity_list", "meu_list", "unverified_list"]):
        yield item, at_home(on, to, listed=listed)


def of_declarations() -> Iterator[tuple[Item, Deal]]:
    for on, item, to, declared in product(DAYS, ITEMS[:4], TOLD_APART, ["EAR99", "5A992"]):
        yield item, at_home(on, to, declared=declared)
        if on >= date(2020, 6, 29):
            for use in ("military", "military_intelligence", "supercomputer", "tool_making", "chemical_biological"):
                yield item, at_home(on, to, declared=declared, end_use=use)


def of_ways() -> Iterator[tuple[Item, Deal]]:
    """Reexports and transfers, the papers of (dd), the regions of Ukraine."""
    for on, item, to, way in product(DAYS, ITEMS, TOLD_APART, ["reexport", "transfer"]):
        if way == "transfer" and to in ("CU", "IR", "KP", "SY"):
            continue
        yield item, at_home(on, to, activity=way)
        yield item, replace(at_home(on, to, activity=way), parent="CN")
    for on, item, to, way in product(
        DAYS[-8:], ITEMS, ["CN", "HK", "MO", "VE", "SG"], ["export", "reexport", "transfer"]
    ):
        yield item, at_home(on, to, activity=way, certified=True)
        yield item, replace(at_home(on, to, activity=way, certified=True), parent="CN")
        yield item, replace(at_home(on, to, activity=way, certified=True), parent="US", headquarters="US")
        yield item, at_home(on, to, activity=way, certified=True, end_use="military")
        yield item, at_home(on, to, activity=way, certified=True, listed="unverified_list")
    for on, item, region in product(DAYS, ITEMS, ["crimea", "donetsk", "luhansk"]):
        yield item, at_home(on, "UA", region=region)


PARTS = {f.__name__: f for f in (civil, of_another_home, of_end_uses, of_lists, of_declarations, of_ways)}


def differences(cells: Iterator[tuple[Item, Deal]], step: int = 1) -> tuple[int, list[str]]:
    """How many cells were asked, and those on which the engine answers what the texts do not bear."""
    count, wrong = 0, []
    for number, (item, deal) in enumerate(cells):
        if number % step:
            continue
        count += 1
        answer = expected(item, deal)
        found = exportrules.check(None, **asked(item, deal))
        if not answer.allows(found.outcome, found.review_policy):
            wrong.append(f"{item.name}, {deal}: {found.outcome}, {found.review_policy}; the texts: {answer}")
    return count, wrong


@pytest.mark.parametrize("part", PARTS)
def test_a_sample_of_the_sweep_has_no_unexplained_difference(part: str) -> None:
    count, wrong = differences(PARTS[part](), step=151)  # a prime: it falls on every item and place in turn
    assert count > 140
    assert not wrong, "\n".join(wrong[:10])


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_the_whole_sweep_has_no_unexplained_difference(part: str) -> None:
    count, wrong = differences(PARTS[part]())
    assert count > 20_000
    assert not wrong, "\n".join(wrong[:10])


def test_every_destination_of_the_tables_is_swept() -> None:
    """The 201 of supplement no. 1 to part 740 without the United States."""
    assert len(PLACES) == 200
    known = {place.code for place in exportrules.default_ruleset().places.values()}
    assert set(PLACES) <= known


def test_a_day_amiss_in_the_table_would_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cambodia leaves D:5 on 2026-02-03: with the day before in the table, the sweep finds a difference."""
    amiss = [
        (group, place, since, date(2026, 2, 2) if place == "KH" else until)
        for group, place, since, until in sweep.CHANGES
    ]
    monkeypatch.setattr(sweep, "CHANGES", amiss)
    cells = ((item, deal) for item, deal in civil() if deal.to == "KH" and deal.on == date(2026, 2, 2))
    _, wrong = differences(cells)
    assert wrong
