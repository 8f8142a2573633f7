"""The contents of an audit's report: its parts, the columns of each, and the sums of their rows.

A workbook, a page and Markdown share them; each has a layout of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from exportrules.law.ruleset import Ruleset
from exportrules.ledger.answers import Segment
from exportrules.ledger.batch import Batch, Source
from exportrules.ledger.cells import NOT_AI
from exportrules.ledger.lookup import Lookup, Numbers
from exportrules.ledger.reasons import Authority, Reasons
from exportrules.ledger.reported import ReportedColumns, ReportedRow, RowReader, shown_number
from exportrules.ledger.run import Settings
from exportrules.ledger.sinks import Rendered, column_values

#: A row's own cells, its segment, and its answer cells.
AnsweredRow = tuple[Sequence[Any], Segment, Sequence[Any]]


def answered_rows(rendered: Rendered, lookup: Lookup, batch: Batch, numbers: Numbers) -> list[AnsweredRow]:
    """The rows of a batch with their answers; `numbers` are those of their segments."""
    answers = [array.to_pylist() for array in rendered.arrays(numbers, batch.where)]
    own: Iterable[Sequence[Any]] = (
        batch.values() if batch.values else zip(*map(column_values, batch.table().columns), strict=True)
    )
    rows = zip(own, numbers.tolist(), zip(*answers, strict=True), strict=True)
    return [(cells, lookup.segments[number], answer) for cells, number, answer in rows]


class Link(NamedTuple):
    """An address, and the words that link to it."""

    url: str
    text: str


class Part(NamedTuple):
    """A part of the report: its title, its description, and a predicate for the answers of its rows."""

    title: str
    about: str
    holds: Callable[[Segment], bool]


NEEDED = Part(
    "Needed a license",
    "A requirement of the encoded law stood on the day of each of these rows, and no exception overcame it. That does "
    "not say that there was no license: compare them with those that were held.",
    lambda s: s.outcome == "license_required",
)
EXCEPTION = Part(
    "Exception, if conditions met",
    "These rows needed no license if every condition of the exception was met: the summary has the conditions of each "
    "provision. The papers that show it are not in a ledger.",
    lambda s: s.outcome == "license_exception",
)
OPEN = Part(
    "Open",
    "The law, the record or the row leaves these open. Each says what decides it and what would settle it.",
    lambda s: s.outcome == "not_released" or (s.outcome == "indeterminate" and not s.unread),
)
UNREAD = Part(
    "Could not be read",
    "A cell of each of these rows was not understood, so it was not answered. Mend the cell, or say in a names file "
    "what it means.",
    lambda s: s.unread,
)
PARTS = (NEEDED, EXCEPTION, OPEN, UNREAD)
ALL_ROWS = "All rows"
#: The part that lists the rows of a kind of count.
PART_OF = {
    "license_required": NEEDED,
    "license_exception": EXCEPTION,
    "indeterminate": OPEN,
    "unread": UNREAD,
    "not_released": OPEN,
}


class Overview(NamedTuple):
    """The first page of a report. `counts` are lines of kind, rows, share and outcome; `steps` are the next steps,
    `paragraphs` say how the ledger was read and what was assumed, `tables` have a title, rows and a note."""

    title: str
    opening: str
    counts: Sequence[Mapping[str, str]]
    steps_title: str
    steps: Sequence[str]
    paragraphs: Sequence[str]
    tables: Sequence[tuple[str, Sequence[Mapping[str, Any]], str]]
    foot: str


@dataclass
class Sums:
    """The rows of a part with the sums of their amounts; what could not be added up is counted."""

    rows: int = 0
    quantity: Decimal = Decimal(0)
    values: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    not_numbers: int = 0


class Column(NamedTuple):
    """A column of a part: its head, how it is shown ('text', 'long', 'day', 'number', 'link'), its cell, how many
    letters wide it is at most, and whether it is printed."""

    head: str
    kind: str
    cell: Callable[[ReportedRow], Any]
    width: int = 22
    printed: bool = True


#: The number of letters of 8 points that fit on the long side of A4 or Letter.
ON_PAPER = 172
#: The width of a column's padding, in letters.
BESIDE = 2


class Contents:
    """The columns of each part for one ledger, and the sums of its rows."""

    def __init__(self, ruleset: Ruleset, lookup: Lookup, settings: Settings, source: Source) -> None:
        sheets = getattr(source, "parts", ())
        self.columns = ReportedColumns(source.names, lookup, getattr(source, "places", 0), len(sheets) > 1)
        self.reader = RowReader(ruleset, lookup, settings, self.columns)
        self._reasons = Reasons(ruleset)
        self.parts = {part: list(self._of(part)) for part in PARTS}
        self.sums: dict[Part, Sums] = {part: Sums() for part in PARTS}
        self._exceptions: dict[str, Authority] = {}
        self.outcomes: Counter[str] = Counter()

    def part_of(self, segment: Segment) -> Part | None:
        """The part in which a row is reported; None for a row that is only in the table."""
        return next((part for part in PARTS if part.holds(segment)), None)

    def add(self, part: Part, row: ReportedRow) -> None:
        """Count a row into its part's sums."""
        sums = self.sums[part]
        sums.rows += 1
        if part is EXCEPTION:
            self._exceptions |= {law.provision: law for law in self._laws(row) if law.conditions}
        for cell, add in ((row.quantity, self._add_quantity), (row.value, self._add_value)):
            if isinstance(cell, Decimal):
                add(sums, cell, row.currency)
            elif cell:
                sums.not_numbers += 1

    @staticmethod
    def _add_quantity(sums: Sums, amount: Decimal, _: str) -> None:
        sums.quantity += amount

    @staticmethod
    def _add_value(sums: Sums, amount: Decimal, currency: str) -> None:
        sums.values[currency] += amount

    def totals(self, part: Part) -> list[str]:
        """The sums of a part in words: "quantity 1,024", "value 9,728,000 USD"."""
        sums = self.sums[part]
        totals = [f"quantity {shown_number(sums.quantity)}"] if self.columns.quantities else []
        if self.columns.values:
            totals += [f"value {shown_number(amount)} {code}".rstrip() for code, amount in sorted(sums.values.items())]
        if sums.not_numbers:
            totals.append(f"amounts that are not numbers, left out: {sums.not_numbers:,}")
        return totals

    @property
    def conditions(self) -> Iterator[tuple[str, list[dict[str, str]], str]]:
        """A table of the conditions of every exception, with its title and an empty note, since the printed lists name
        only the provision. Nothing if no row is under an exception."""
        if self._exceptions:
            rows = [
                {"exception": f"{name}\n{law.name or law.title}\n{law.cite}", "conditions": "\n".join(law.conditions)}
                for name, law in sorted(self._exceptions.items())
            ]
            yield "Conditions of the exceptions", rows, ""

    def _of(self, part: Part) -> list[Column]:
        """The columns of a part: first those that are printed, then those only for the screen."""
        lead = list(self._lead())
        left = ON_PAPER - sum(column.width + BESIDE for column in lead if column.printed) - BESIDE
        own = {NEEDED: self._needed, EXCEPTION: self._exception, OPEN: self._open, UNREAD: self._unread}[part](left)
        return sorted([*lead, *own], key=lambda column: not column.printed)

    def _lead(self) -> Iterator[Column]:
        columns = self.columns
        if columns.places:
            if columns.several_sheets:
                yield Column("Sheet", "text", lambda row: row.place[0], 10)
            yield Column("Row", "number", lambda row: row.place[1], 5)
        if columns.references:
            one = columns.names[columns.references[0]] if len(columns.references) == 1 else "Reference"
            yield Column(one, "text", lambda row: row.reference, 12)
        yield Column("Date of export", "day", lambda row: row.day, 11)
        yield Column("Item as written", "text", lambda row: row.item, 16)
        yield Column("Chip", "text", lambda row: row.chip, 14, printed=False)
        yield Column("Destination", "text", lambda row: row.destination, 12)
        if columns.parties:
            yield Column("Parties", "text", lambda row: row.parties, 18)
        if columns.quantities:
            yield Column("Quantity", "number", lambda row: row.quantity, 7)
        if columns.values:
            yield Column(f"Value ({columns.code})" if columns.code else "Value", "number", lambda row: row.value, 11)
        if columns.currencies or len(set(columns.values.values())) > 1:
            yield Column("Currency", "text", lambda row: row.currency, 8)

    def _needed(self, left: int) -> Iterator[Column]:
        yield Column("Why", "long", self._why, left)
        yield from self._authority()
        yield Column("Review policy", "text", lambda row: self._reasons.policy(row.segment), 14, printed=False)
        yield Column("Listed or near names", "long", lambda row: row.segment.party, 22, printed=False)
        yield Column("Not read", "long", lambda row: row.problem, 32, printed=False)

    def _exception(self, left: int) -> Iterator[Column]:
        yield Column("Why", "long", self._why, left - 22 - BESIDE)
        yield Column("Provision", "long", _provisions, 22)
        yield Column("Conditions", "long", self._conditions, 48, printed=False)
        yield from list(self._authority(first="exception"))[1:]
        yield Column("Otherwise reviewed", "text", lambda row: self._reasons.policy(row.segment), 16, printed=False)

    def _open(self, left: int) -> Iterator[Column]:
        yield Column("What decides, and what settles it", "long", self._decides, left)
        yield Column("What settles it", "long", self._settles, 30, printed=False)
        yield Column("Listed or near names", "long", lambda row: row.segment.party, 22, printed=False)
        yield from self._authority()

    def _unread(self, left: int) -> Iterator[Column]:
        yield Column("What was not understood, and the cure", "long", _not_read, left)

    def _authority(self, first: str = "requirement") -> Iterator[Column]:
        """The provisions by id, and links to them, those of the kind `first` before the others."""

        def laws(row: ReportedRow) -> list[Authority]:
            return sorted(self._laws(row), key=lambda law: law.kind != first)

        yield Column("Provision", "long", _provisions, 22, printed=False)
        yield Column("The Code on that day", "link", lambda row: _code(laws(row), _day(row)), 30, printed=False)
        yield Column("Official document", "link", lambda row: _document(laws(row)), 14, printed=False)
        yield Column("Further authority", "long", lambda row: _further(laws(row)), 26, printed=False)

    def _why(self, row: ReportedRow) -> str:
        """The reasons, with the names and what was not read, in the one column that is printed."""
        chip = row.item if row.chip in ("", NOT_AI) else row.chip
        lines = [self._reasons.why(row.segment, chip, row.destination, _day(row))]
        lines += [f"Listed or near: {row.segment.party}."] * bool(row.segment.party)
        return "\n".join([*lines, *[f"Not read: {row.problem}"] * bool(row.problem)])

    def _decides(self, row: ReportedRow) -> str:
        lines = [" ".join(self._reasons.open(row.segment, _day(row)))]
        lines += [f"Listed or near: {row.segment.party}."] * bool(row.segment.party)
        return "\n".join([*lines, self._settles(row)])

    def _settles(self, row: ReportedRow) -> str:
        return self._reasons.settle(row.segment)

    def _laws(self, row: ReportedRow) -> list[Authority]:
        return self._reasons.authorities(row.segment, _day(row))

    def _conditions(self, row: ReportedRow) -> str:
        return "\n".join(dict.fromkeys(c for a in self._laws(row) for c in a.conditions))


def _not_read(row: ReportedRow) -> str:
    return f"{row.problem}\nThe row says: {row.otherwise}." if row.otherwise else row.problem


def _provisions(row: ReportedRow) -> str:
    return row.segment.provisions.replace(" ", "\n")


def _day(row: ReportedRow) -> date | None:
    return row.day if isinstance(row.day, date) else None


def _code(laws: list[Authority], on: date | None) -> Link | str:
    """A link to the Code as of the row's day, for the first provision that has one."""
    first = next((law for law in laws if law.code_url), None)
    return Link(first.code_url, f"{_section(first.cite)}, {on}") if first else ""


def _document(laws: list[Authority]) -> Link | str:
    first = next((law for law in laws if law.url), None)
    return Link(first.url, first.cite.split(";")[0]) if first else ""


def _further(laws: list[Authority]) -> str:
    return "\n".join(f"{law.cite} {law.code_url or law.url}".strip() for law in laws[1:])


def _section(cite: str) -> str:
    """The part of a citation that names the Code."""
    parts = [part.strip() for part in cite.split(";")]
    return next((part for part in parts if "CFR" in part), parts[0])
