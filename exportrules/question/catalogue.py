"""The catalogue as typed rows: a chip's maker, the day on which it became public, its figures and their sources.

A figure has a unit, an origin (stated or derived), a flag for estimates, and every reading that sources give.
Numbers are `int` or `Decimal`, days are `date`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from exportrules.law.facts import Fact
from exportrules.law.model import Bounds, Exporter, FactDefinition, Family, Number, Variant
from exportrules.law.ruleset import Ruleset
from exportrules.question.figures import facts_of

#: The figures of a row, in the order in which they are computed from a data sheet.
FIGURES = (
    "tpp", "performance_density", "aggregate_io_gbytes_s", "chip_to_chip_io_gbytes_s", "dram_bandwidth_gbytes_s",
    "memory_bandwidth_density", "die_area_mm2", "designed_for_datacenter", "non_planar",
)  # fmt: skip

#: Precision of a shown figure: a density may have infinitely many digits, and bounds in the law have three decimals.
DECIMALS = Decimal("0.000001")


class Figure(NamedTuple):
    """One reading of one figure of a chip.

    `value` is None if only `bounds` are known. `origin` is `stated` or `derived`, and `derivation` the arithmetic.
    `reading` counts from 1, the reading that a listing shows; more than one means that sources differ, and `basis` is
    the source of another reading.
    """

    chip: str
    figure: str
    unit: str
    reading: int
    value: Number | bool | None
    bounds: Bounds | None
    origin: str
    derivation: str
    estimated: bool
    basis: str


class ChipRow(NamedTuple):
    """One chip of the catalogue.

    `figures` has every reading of every known figure; an unknown figure is absent. The figures of a system are those
    of each chip in it, `figures_of`. `contains` pairs the id of a chip with a count. `announced` is the day on which
    the chip was made public; if that day is unknown, `not_public_before` bounds it.
    """

    chip: str
    name: str
    family: str
    family_name: str
    vendor: str
    vendor_name: str
    vendor_country: str
    kind: str
    status: str
    announced: date | None
    announced_by: str
    announced_source: str
    not_public_before: date | None
    contains: tuple[tuple[str, int], ...]
    figures_of: str
    figures: tuple[Figure, ...]
    confidence: str
    aliases: tuple[str, ...]
    sources: tuple[str, ...]
    note: str

    def figure(self, name: str) -> Figure | None:
        """The first reading of a figure, or None if it is unknown. Raises KeyError for a name not in `FIGURES`."""
        if name not in FIGURES:
            raise KeyError(f"there is no figure {name!r}. The figures are {', '.join(FIGURES)}.")
        return next((figure for figure in self.figures if figure.figure == name), None)


def chip_rows(ruleset: Ruleset) -> tuple[ChipRow, ...]:
    """A row for each variant of a ruleset, in catalogue order. Cached with the ruleset."""
    if "catalogue" not in ruleset.indexes:
        variants, exporters, vocabulary = ruleset.variants, ruleset.exporters, ruleset.facts
        ruleset.indexes["catalogue"] = tuple(_row(v, f, variants, exporters, vocabulary) for v, f in variants.values())
    rows: tuple[ChipRow, ...] = ruleset.indexes["catalogue"]
    return rows


def _row(
    variant: Variant,
    family: Family,
    variants: Mapping[str, tuple[Variant, Family]],
    exporters: Mapping[str, Exporter],
    vocabulary: Mapping[str, FactDefinition],
) -> ChipRow:
    described = variants[variant.contains[0].chip][0] if variant.contains else variant
    maker = exporters.get(variant.vendor or family.vendor)
    return ChipRow(
        chip=variant.id,
        name=variant.name,
        family=family.id,
        family_name=family.name,
        vendor=variant.vendor or family.vendor,
        vendor_name=maker.name if maker else "",
        vendor_country=maker.country if maker else "",
        kind=variant.item_kind,
        status=variant.status,
        announced=variant.announced,
        announced_by=variant.announced_by if variant.announced else "",
        announced_source=variant.announced_source,
        not_public_before=variant.not_public_before,
        contains=tuple((part.chip, part.count) for part in variant.contains),
        figures_of=described.id,
        figures=tuple(_figures(variant.id, described, vocabulary)),
        confidence=variant.confidence,
        aliases=variant.aliases,
        sources=variant.sources,
        note=variant.note,
    )


def _figures(chip: str, described: Variant, vocabulary: Mapping[str, FactDefinition]) -> Iterable[Figure]:
    facts = facts_of(described)
    for name in FIGURES:
        fact = facts.get(name)
        if fact is None or fact.value is None:
            continue
        known = vocabulary.get(name)
        bases = {a.value: a.basis for a in described.alternative if a.fact == name}
        for count, value in enumerate(fact.candidates or (fact.value,), 1):
            bounds = value if isinstance(value, Bounds) else None
            number = value if isinstance(value, bool | int | Decimal) else None
            basis = bases.get(number, "") if number is not None else ""
            origin = "derived" if fact.source == "derived" else "stated"
            yield Figure(
                chip, name, known.unit if known else "", count, number, bounds, origin, _derivation(fact, count),
                fact.estimated, basis,
            )  # fmt: skip


def _derivation(fact: Fact, reading: int) -> str:
    """The arithmetic of a derived figure, for its first reading only."""
    return fact.detail if fact.source == "derived" and reading == 1 else ""


def figure_value(value: Any) -> Any:
    """A figure rounded half up to at most six decimals; integers, booleans and None are returned unchanged."""
    if isinstance(value, Decimal):
        rounded = value.quantize(DECIMALS, ROUND_HALF_UP).normalize()
        return int(rounded) if rounded == rounded.to_integral_value() else rounded
    return value
