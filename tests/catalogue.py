"""The catalogue of chips as a page: derived figures, classes, and a comparison with published figures.

    python -m tests.catalogue > docs/chips.md

Every figure is derived from the chip files and every class is an answer of :func:`check`; the
published values and the reasons for differences are in `docs/published-values.toml`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from exportrules.answer.determination import Determination, check, timeline
from exportrules.errors import RulesetError
from exportrules.files.load import default_ruleset
from exportrules.law.bounds import is_number, signed
from exportrules.law.facts import Fact
from exportrules.law.model import Alternative, Bounds, Family, Number, Scalar, Variant
from exportrules.law.ruleset import Ruleset
from exportrules.question.figures import BITS, facts_of

#: A day under the entry of October 2022, and a day under that of October 2023.
DAYS = (date(2022, 11, 1), date(2023, 12, 1))

#: A difference of more than so many percent needs a reason.
WANTS_REASON = 1

#: The names of formats in data sheets, if they are not the key in capitals.
FORMATS = {"fp16_bf16": "FP16", "fp64_tensor": "FP64 matrix"}

DISPUTED = ["Chip", "Figure", "Ours", "Answer", "Other reading", "Answer", "Basis of the other reading"]
COMPARED = {"tpp": "TPP", "performance_density": "density"}
WORDS = {
    "tpp": "TPP",
    "performance_density": "density",
    "aggregate_io_gbytes_s": "I/O GB/s",
    "chip_to_chip_io_gbytes_s": "chip-to-chip I/O GB/s",
    "dram_bandwidth_gbytes_s": "DRAM GB/s",
    "die_area_mm2": "die mm2",
    "designed_for_datacenter": "designed for datacenters",
    "bits_x_tops_2022": "bits x TOPS",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published figure beside ours; `ours` is None if it cannot be derived from the chip file."""

    publisher: str
    named: str
    chip: str
    fact: str
    ours: Number | None
    theirs: Number
    reason: str = ""

    @property
    def percent(self) -> Decimal | None:
        """The difference, ours less theirs, in percent of theirs."""
        return None if self.ours is None else (Decimal(self.ours) - self.theirs) / Decimal(self.theirs) * 100

    @property
    def differs(self) -> bool:
        return self.percent is not None and abs(self.percent) > WANTS_REASON


@dataclass(frozen=True, slots=True)
class Answered:
    """The law's answer on a day for a chip with one reading of a disputed figure, as if it were public."""

    eccn: tuple[str, ...]
    outcome: str
    review_policy: str | None
    turns_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispute:
    """A figure of a chip on which sources differ, with the answer of each day under each reading."""

    chip: Variant
    alternative: Alternative
    stated: Number | bool | None
    first: tuple[Answered, ...]
    other: tuple[Answered, ...]

    @property
    def flips(self) -> tuple[date, ...]:
        """The days of DAYS on which entry, outcome or review policy depend on the reading."""
        return tuple(day for day, a, b in zip(DAYS, self.first, self.other, strict=True) if a != b)


def read_published(file: Path) -> list[dict[str, Any]]:
    """The publishers with their values. Raises RulesetError for a file that cannot be read."""
    try:
        publishers = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)["publisher"]
    except (OSError, ValueError, KeyError) as error:
        raise RulesetError(str(file), f"no published values can be read: {error}.") from None
    return list(publishers)


def comparisons(ruleset: Ruleset, publishers: Iterable[dict[str, Any]]) -> list[Comparison]:
    """Every published TPP and density beside ours. A reason is attached only if the figures differ."""
    rows = []
    for publisher in publishers:
        for value in publisher["value"]:
            if value["chip"] not in ruleset.variants:
                raise RulesetError("published-values.toml", f"{value['chip']!r} is not a variant in any chip file.")
            facts = facts_of(ruleset.variants[value["chip"]][0])
            for name in COMPARED:
                if name in value:
                    ours = _number(facts.get(name))
                    row = Comparison(publisher["id"], value["named"], value["chip"], name, ours, value[name])
                    rows.append(replace(row, reason=value.get("reason", "")) if row.differs else row)
    return rows


def disputes(ruleset: Ruleset) -> list[Dispute]:
    """Every alternative figure of the chip files, with the answers under it and under the first reading."""
    rows = []
    for variant, family in _variants(ruleset):
        if variant.alternative:
            plain = replace(variant, vendor=family.vendor, alternative=())
            first = _reading(ruleset, plain)
            facts = facts_of(plain)
            for other in variant.alternative:
                fact = facts.get(other.fact)
                stated = fact.value if fact and isinstance(fact.value, bool | int | Decimal) else None
                rows.append(Dispute(variant, other, stated, first, _under(ruleset, plain, other)))
    return rows


def page(ruleset: Ruleset, publishers: list[dict[str, Any]]) -> str:
    """The whole of docs/chips.md."""
    return "\n".join([*_head(), *_chips(ruleset), *_comparison(ruleset, publishers), *_disputed(ruleset)]) + "\n"


def _under(ruleset: Ruleset, plain: Variant, other: Alternative) -> tuple[Answered, ...]:
    """The answers with the other reading of one figure, and everything derived from it derived again."""
    if other.fact == "tpp":
        formats = plain.dense_tops or {"fp16_bf16": 0}
        fastest = max(formats, key=lambda name: formats[name] * BITS[name])
        return _reading(ruleset, replace(plain, dense_tops={fastest: Decimal(other.value) / BITS[fastest]}))
    if other.fact in ("designed_for_datacenter", "die_area_mm2", "dram_bandwidth_gbytes_s"):
        changed: dict[str, Any] = {other.fact: other.value}
        return _reading(ruleset, replace(plain, **changed))
    return _reading(ruleset, plain, {other.fact: other.value})


def _reading(ruleset: Ruleset, chip: Variant, figures: dict[str, Scalar] | None = None) -> tuple[Answered, ...]:
    answers = []
    every_day = timeline(chip, to="CN", exporter="other", ruleset=ruleset)
    if figures:
        every_day = every_day.supposing({name: Fact(value, "given") for name, value in figures.items()})
    for day in DAYS:
        d = Determination(every_day, day)
        answer = d.projection or d
        answers.append(Answered(tuple(d.eccn), answer.outcome, answer.review_policy, tuple(d.turns_on)))
    return tuple(answers)


def _head() -> list[str]:
    first, second = DAYS
    return [
        "# Chips",
        "",
        "Written by `python -m tests.catalogue > docs/chips.md`; a test keeps it so. Not legal advice.",
        "",
        "- **TPP** (total processing performance): the largest of dense tera-operations a second x bit length over",
        "  the formats of the data sheet; the format that sets it is in brackets.",
        "- **Density** (performance density): TPP / mm2 of all logic dies made on a non-planar process.",
        "- **I/O**: GB/s over all links to other integrated circuits, both directions, PCIe included, memory not.",
        "  **DRAM**: GB/s of memory bandwidth. **DC**: designed or marketed for datacenters.",
        '- The classes are computed, as `check(chip, on=..., to="CN", exporter="other").eccn`: under the text in force',
        f"  on {first} (87 FR 62186) and on {second} (88 FR 73458). They say which parameters are met, also for a chip",
        "  that was not public yet; they are not a classification ruling for a board.",
        "- `~` an estimate is underneath; `!` sources differ, see the last section; `-` not known. *open* names the",
        "  facts that the answer turns on.",
    ]


def _chips(ruleset: Ruleset) -> Iterator[str]:
    head = ["Chip", "Announced", "Die mm2", "TPP", "Density", "I/O", "DRAM", "DC", *(f"On {day}" for day in DAYS)]
    by_vendor: dict[str, list[list[str]]] = {}
    systems = []
    for variant, family in _variants(ruleset):
        described = bool(variant.contains) or "tpp" in facts_of(variant)
        classes = [_class(_determination(ruleset, variant, day), described) for day in DAYS]
        if variant.contains:
            inside = ", ".join(f"{c.count} x {ruleset.variants[c.chip][0].name}" for c in variant.contains)
            systems.append([variant.name, str(variant.announced or "-"), inside, *classes])
        else:
            by_vendor.setdefault(family.vendor, []).append([*_figures(variant), *classes])
    for vendor in sorted(by_vendor, key=lambda v: (-len(by_vendor[v]), v)):
        name = ruleset.exporters[vendor].name
        yield from ["", f"## {name}", "", *_table(head, by_vendor[vendor], "llrrrrrlll")]
    yield from ["", "## Systems", "", "Classified through the chips that they contain.", ""]
    yield from _table(["System", "Announced", "Contains", *(f"On {day}" for day in DAYS)], systems, "lllll")


def _figures(variant: Variant) -> list[str]:
    facts = facts_of(variant)
    total = facts.get("tpp")
    sets = "/".join(
        FORMATS.get(name, name.upper())
        for name, rate in (variant.dense_tops or {}).items()
        if total and rate * BITS[name] == total.value
    )
    center = facts.get("designed_for_datacenter")
    return [
        variant.name,
        str(variant.announced or "-"),
        _cell(facts.get("die_area_mm2")),
        _cell(total) + (f" ({sets})" if sets else ""),
        _cell(facts.get("performance_density")),
        _cell(facts.get("aggregate_io_gbytes_s")),
        _cell(facts.get("dram_bandwidth_gbytes_s")),
        _cell(center),
    ]


def _determination(ruleset: Ruleset, variant: Variant, day: date) -> Determination:
    return check(variant.id, on=day, to="CN", exporter="other", ruleset=ruleset)


def _class(answer: Determination, described: bool) -> str:
    """The entries that are met, with the paragraphs of 3A090; or the facts that the answer turns on."""
    if answer.eccn:
        marks = [p for p in answer.eccn_paragraphs if p[0] in "ab"]
        return ", ".join(answer.eccn) + (f" ({', '.join(marks)})" if marks and "3A090" in answer.eccn[0] else "")
    if answer.turns_on:
        return f"open: {', '.join(WORDS.get(fact, fact) for fact in answer.turns_on)}"
    return "none" if described else "open: no figures"


def _comparison(ruleset: Ruleset, publishers: list[dict[str, Any]]) -> Iterator[str]:
    rows = comparisons(ruleset, publishers)
    comparable = [row for row in rows if row.percent is not None]
    differing = [row for row in comparable if row.differs]
    yield from [
        "",
        "## Beside published values",
        "",
        f"{len(comparable)} published figures can be set beside ours: {len(comparable) - len(differing)} agree within "
        f"{WANTS_REASON} percent, {len(differing)} do not, each for",
        "the reason given. The difference is ours less theirs, in percent of theirs. Agreement is partly circular: the",
        "publishers read the same data sheets. A density is compared only where the die area is known here.",
    ]
    head = ["Their name", "Figure", "Ours", "Theirs", "Difference", "Reason"]
    for publisher in publishers:
        own = [row for row in rows if row.publisher == publisher["id"]]
        yield from ["", f"### {publisher['name']}", "", f"<{publisher['url']}> {publisher['note']}", ""]
        yield from _table(head, [_beside(row) for row in own], "llrrrl")


def _beside(row: Comparison) -> list[str]:
    ours, shown = "-", "-"
    if row.ours is not None and row.percent is not None:
        rounded = row.percent.quantize(Decimal("0.1"), ROUND_HALF_UP)
        ours, shown = _digits(row.ours), f"{rounded:+} %" if rounded else "0.0 %"
    return [row.named, COMPARED[row.fact], ours, _digits(row.theirs), shown, row.reason]


def _disputed(ruleset: Ruleset) -> Iterator[str]:
    rows = disputes(ruleset)
    early, late = DAYS
    flips = [d for d in rows if late in d.flips]
    before = [d for d in rows if early in d.flips]
    yield from [
        "",
        "## Disputed values",
        "",
        "Where sources differ, the chip file keeps every reading, and `check` says *indeterminate* where they lead to",
        f"different answers. Here is the law of {late} under each reading, to CN, exporter `other`, every other figure",
        "as first stated, and as if the chip were public (the projection, where it was not).",
        "",
        f"{len(flips)} of {len(rows)} readings flip the answer of {late}:",
        "",
        *_table(DISPUTED, [_read(d, 1) for d in flips], "llrlrll"),
        "",
        f"Under the text of {early} {len(before)} of them do:",
        "",
        *_table(DISPUTED, [_read(d, 0) for d in before], "llrlrll"),
        "",
        f"The others leave the answer of {late} as it is:",
        "",
        *_table(DISPUTED, [_read(d, 1) for d in rows if d not in flips], "llrlrll"),
    ]


def _read(d: Dispute, day: int) -> list[str]:
    figure = WORDS.get(d.alternative.fact, d.alternative.fact)
    first, other = _words(d.first[day]), _words(d.other[day])
    other = "the same" if d.first[day] == d.other[day] else other
    return [d.chip.name, figure, _value(d.stated), first, _value(d.alternative.value), other, d.alternative.basis]


def _words(answer: Answered) -> str:
    policy = f", {answer.review_policy}" if answer.review_policy else ""
    turns = f", turning on {', '.join(WORDS.get(f, f) for f in answer.turns_on)}" if answer.turns_on else ""
    text = f"{', '.join(answer.eccn) or 'no entry settled'}: {answer.outcome}{policy}{turns}"
    return text.replace("_", " ")


def _variants(ruleset: Ruleset) -> list[tuple[Variant, Family]]:
    """Every variant, sorted by vendor, then by the day on which it became public."""
    return sorted(
        ruleset.variants.values(),
        key=lambda pair: (pair[1].vendor, pair[0].announced or pair[0].not_public_before or date.max, pair[0].id),
    )


def _number(fact: Fact | None) -> Number | None:
    value = fact.value if fact else None
    return value if is_number(value) else None


def _cell(fact: Fact | None) -> str:
    if fact is None:
        return "-"
    return _value(fact.value) + ("~" if fact.estimated else "") + ("!" if fact.candidates else "")


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Bounds):
        return " ".join(f"{sign} {_digits(end)}" for sign, end in signed(value))
    return _digits(value)


def _digits(number: Number) -> str:
    """A number rounded half up to three decimals, without trailing zeros."""
    return format(Decimal(number).quantize(Decimal("0.001"), ROUND_HALF_UP).normalize(), "f")


def _table(head: list[str], rows: Iterable[list[str]], align: str) -> Iterator[str]:
    """A GitHub table; `align` has 'l' or 'r' for each column."""
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---:' if a == 'r' else '---' for a in align)} |"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


if __name__ == "__main__":
    published = read_published(Path(__file__).parent.parent / "docs" / "published-values.toml")
    sys.stdout.buffer.write(page(default_ruleset(), published).encode())
