"""The engine against a naive twin: the same law as plain ifs, written from the texts by someone who has not seen it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exportrules
from exportrules.law import Ruleset
from tests.oracle.oracle import DESTINATIONS, Deal, Item, NotCovered, read

LAW = exportrules.default_ruleset()
FIRST, LAST = LAW.edition.covers_from, LAW.edition.verified_through

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
    for item in LAW.view().provisions:
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
        end_use=draw(st.sampled_from(["civil", "civil", "civil", "military", "supercomputer"])),
        dd_certified=draw(st.sampled_from([True, False, None])),
        privately_informed=draw(st.sampled_from([None, None, True, False])),
    )


def answers(item: Item, deal: Deal, ruleset: Ruleset | None = None) -> tuple[tuple[str, str | None], ...]:
    """What the engine says and what the twin says; nothing where the twin is silent."""
    if deal.exporter == "nvidia" and not item.family:
        item = Item(**{**{f: getattr(item, f) for f in item.__dataclass_fields__}, "vendor": "nvidia"})
    if deal.exporter == "nvidia" and item.vendor == "amd":
        return ()  # the letter of 2022 speaks of NVIDIA's own circuits; nobody asks of NVIDIA selling AMD's
    try:
        expected = read(item, deal)
    except NotCovered:
        return ()
    facts: dict[str, object] = {
        "tpp": item.tpp,
        "performance_density": item.performance_density,
        "bits_x_tops_2022": item.bits_x_tops_2022,
        "aggregate_io_gbytes_s": item.aggregate_io_gbytes_s,
        "chip_to_chip_io_gbytes_s": item.chip_to_chip_io_gbytes_s,
        "dram_bandwidth_gbytes_s": item.dram_bandwidth_gbytes_s,
        "designed_for_datacenter": item.designed_for_datacenter,
        "chip_family": item.family or "none",
    }
    if deal.dd_certified is not None:
        facts["part_748_dd_certified"] = deal.dd_certified
    if deal.privately_informed is not None:
        facts["privately_informed"] = deal.privately_informed
    found = exportrules.check(
        None, on=deal.on, to=deal.to, headquarters=deal.headquarters, ultimate_parent=deal.ultimate_parent,
        exporter=deal.exporter, activity=deal.activity, end_use=deal.end_use, facts=facts,
        ruleset=ruleset,
    )  # fmt: skip
    return (found.outcome, found.review_policy), (expected.outcome, expected.review_policy)


@settings(max_examples=1200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(items, deals())
def test_engine_and_twin_agree(item: Item, deal: Deal) -> None:
    said = answers(item, deal)
    assert len(set(said)) <= 1, said
