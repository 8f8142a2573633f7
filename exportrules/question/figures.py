"""Figures derived from a chip's data sheet: TPP, performance density, aggregate I/O, adjusted peak performance.

All technical arithmetic of the project is here. It is exact (`int`, `Decimal`), since some chips are within 0.6 % of
a bound of the law.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any

from exportrules.law.bounds import hull, meet, pairwise, quotient, total
from exportrules.law.facts import Fact
from exportrules.law.model import STATED_FIGURES, Bounds, Number, Variant

if TYPE_CHECKING:
    from fractions import Fraction

#: Bits of the widest multiply input, by format of a throughput figure (3A090, technical notes).
BITS = {
    "fp64": 64,
    "fp64_tensor": 64,
    "fp32": 32,
    "tf32": 32,
    "fp16_bf16": 16,
    "fp8": 8,
    "int8": 8,
    "fp6": 6,
    "fp4": 4,
    "int4": 4,
}

#: Weighting factors of adjusted peak performance (Technical Note on APP): other processors, vector processors. BIS has
#: not said whether a GPU is a vector processor in the sense of the note, so both readings are used.
APP_WEIGHTS = (Decimal("0.3"), Decimal("0.9"))

_EXACT = Context(prec=50, rounding=ROUND_HALF_UP)


def tpp(dense_tops: Mapping[str, Number]) -> Number:
    """Total processing performance: the largest product of dense TOPS and bit length over the given formats."""
    return max(tops * BITS[name] for name, tops in dense_tops.items())


def performance_density(total: Number, die_area_mm2: Number) -> Decimal:
    """TPP divided by the area, in mm2, of the logic dies made on a non-planar process."""
    return _EXACT.divide(Decimal(total), Decimal(die_area_mm2))


def app(dense_tops: Mapping[str, Number], count: int = 1) -> list[Decimal]:
    """Readings of the adjusted peak performance of `count` chips, in weighted teraflops; none without a 64-bit rate."""
    rates = [Decimal(tops) for name, tops in dense_tops.items() if BITS[name] == 64]
    return [weight * max(rates) * count for weight in APP_WEIGHTS] if rates else []


def facts_of(chip: Variant, within: int = 0) -> dict[str, Fact]:
    """Every fact of the item that a chip file states or that can be derived from it; unknown ones are absent.

    `within` is the number of these chips inside a system, whose adjusted peak performance is at least their sum.
    """
    facts: dict[str, Fact] = {"item_kind": Fact(chip.item_kind, "chip")}

    def put(name: str, values: Iterable[Any], source: str, detail: str = "") -> None:
        readings = list(dict.fromkeys(values))
        readings += [a.value for a in chip.alternative if a.fact == name and a.value not in readings]
        if readings:
            candidates = tuple(readings) if len(readings) > 1 else ()
            facts[name] = Fact(readings[0], source, candidates, name in chip.estimated, detail)

    def readings_of(name: str) -> tuple[Any, ...]:
        fact = facts.get(name)
        return () if fact is None else fact.candidates or (fact.value,)

    if chip.designed_for_datacenter is not None:
        put("designed_for_datacenter", [chip.designed_for_datacenter], "chip")
    if chip.non_planar is not None:
        put("non_planar", [chip.non_planar], "chip")
    for name in STATED_FIGURES:
        if name != "tpp_estimate":  # it is the TPP of a chip without stated throughput
            put(name, _present(getattr(chip, name)), "chip")
    if chip.dense_tops:
        # if formats tie, show the 16-bit one, which data sheets put first
        products = {name: (tops * BITS[name], name == "fp16_bf16") for name, tops in chip.dense_tops.items()}
        fastest = max(products, key=lambda name: products[name])
        put("tpp", [tpp(chip.dense_tops)], "derived", f"{chip.dense_tops[fastest]} x {BITS[fastest]} bit ({fastest})")
        put("peak_tops", [max(chip.dense_tops.values())], "derived", "largest dense figure of any format")
        put("app_wt", app(chip.dense_tops, within or 1), "derived", "64-bit teraflops x 0.3 or 0.9")
    else:
        put("tpp", _present(chip.tpp_estimate), "chip")
    put("bits_x_tops_2022", readings_of("tpp"), "derived", "the data sheet's dense figure, as for TPP")
    put("performance_density", _densities(readings_of("tpp"), readings_of("die_area_mm2")), "derived", "TPP / die area")
    if chip.io_gbytes_s:
        links = {name: rate for name, rate in chip.io_gbytes_s.items() if not name.startswith("pcie")}
        put("aggregate_io_gbytes_s", [sum(chip.io_gbytes_s.values())], "derived", " + ".join(chip.io_gbytes_s))
        put("chip_to_chip_io_gbytes_s", [sum(links.values())], "derived", " + ".join(links) or "PCIe only")
    if chip.estimated:
        facts = {name: _estimated_through(name, fact, chip.estimated) for name, fact in facts.items()}
    return complete(facts)


def complete(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts with those that can be derived from them and are not stated."""
    completed = dict(facts)

    def derive(name: str, values: list[Any], detail: str, *parents: str) -> None:
        readings = tuple(dict.fromkeys(values))
        stated = completed.get(name)
        if stated and isinstance(stated.value, Bounds) and readings:
            # use both; if they contradict each other the stated bounds remain, as a stated number would
            within = meet(stated.value, hull(readings))
            if within not in (None, stated.value):
                completed[name] = stated._replace(value=within)
        elif name not in completed and readings:
            doubtful = any(completed[p].estimated for p in parents)
            completed[name] = Fact(readings[0], "derived", readings if len(readings) > 1 else (), doubtful, detail)

    def readings_of(name: str) -> tuple[Any, ...]:
        fact = completed.get(name)
        return () if fact is None or fact.value is None else fact.candidates or (fact.value,)

    totals, areas = readings_of("tpp"), readings_of("die_area_mm2")
    derive("bits_x_tops_2022", list(totals), "taken as the TPP", "tpp")
    derive("performance_density", _densities(totals, areas), "TPP / die area", "tpp", "die_area_mm2")
    dram, links = "dram_bandwidth_gbytes_s", "aggregate_io_gbytes_s"
    sums = pairwise(total, readings_of(dram), readings_of(links))
    derive("dram_plus_io_gbytes_s", sums, "DRAM bandwidth + aggregate I/O", dram, links)
    return completed


def _densities(totals: Sequence[Number | Bounds], areas: Sequence[Number | Bounds]) -> list[Number | Bounds]:
    return pairwise(quotient, totals, [area for area in areas if area])


#: The facts derived from a fact, which are derived again when that fact is settled.
_FOLLOWS = {
    "tpp": ("bits_x_tops_2022", "performance_density"),
    "die_area_mm2": ("performance_density",),
    "dram_bandwidth_gbytes_s": ("dram_plus_io_gbytes_s",),
    "aggregate_io_gbytes_s": ("dram_plus_io_gbytes_s",),
}


def followers(name: str) -> tuple[str, ...]:
    """The facts derived from a fact."""
    return _FOLLOWS.get(name, ())


def values_for(name: str, follower: str, bound: Number, facts: Mapping[str, Fact]) -> list[Fraction]:
    """The values of a fact at which a fact derived from it equals a bound, with all other facts unchanged.

    One value for each reading of the other fact; none if that is unknown, or no value reaches the bound.
    """
    from fractions import Fraction

    def readings(other: str) -> list[Fraction]:
        fact = facts.get(other)
        values = () if fact is None else fact.candidates or (fact.value,)
        return [Fraction(value) for value in values if isinstance(value, int | Decimal)]

    wanted = Fraction(bound)
    if follower == "bits_x_tops_2022":
        return [wanted]
    if follower == "performance_density" and name == "tpp":
        return [wanted * area for area in readings("die_area_mm2")]
    if follower == "performance_density":
        return [total / wanted for total in readings("tpp") if wanted]
    rest = "aggregate_io_gbytes_s" if name == "dram_bandwidth_gbytes_s" else "dram_bandwidth_gbytes_s"
    return [wanted - value for value in readings(rest)]


def settled(facts: Mapping[str, Fact], changed: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts with some of them changed, and those derived from them derived again."""
    merged = {**facts, **changed}
    for name in changed:
        for follower in _FOLLOWS.get(name, ()):
            # a derived value replaces an assumed one
            if follower in merged and follower not in changed and merged[follower].source in ("derived", "assumed"):
                del merged[follower]
    return complete(merged)


def _present(value: Any) -> list[Any]:
    return [] if value is None else [value]


#: The facts from which a fact is derived: it is an estimate if one of them is.
_RESTS_ON = {
    "bits_x_tops_2022": ("tpp",),
    "peak_tops": ("tpp",),
    "performance_density": ("tpp", "die_area_mm2"),
    "chip_to_chip_io_gbytes_s": ("aggregate_io_gbytes_s",),
}


def _estimated_through(name: str, fact: Fact, estimated: tuple[str, ...]) -> Fact:
    doubtful = name in estimated or any(parent in estimated for parent in _RESTS_ON.get(name, ()))
    return fact._replace(estimated=doubtful) if doubtful else fact
