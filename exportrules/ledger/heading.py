"""The header of a table: in its first row, or below titles, blank rows and notes; in one row or two.

A header is recognised by the columns that an audit can read, never by its formatting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from exportrules.ledger.headers import look_of
from exportrules.question.names.keys import key

#: The number of rows in which a header is sought.
WITHIN = 50
#: The least number of different fields in a header; one word such as "date" may also be in a title.
_FEWEST = 2
_LONGEST = 200

#: The field that a header names, '' for none.
FieldOf = Callable[[str], str]
#: Spans of merged cells of a row: first and last column.
Spans = Sequence[tuple[int, int]]


class Heading(NamedTuple):
    """A header: the number of its first row counted from 0, its rows (1 or 2), the columns' names and their fields."""

    first: int
    rows: int
    names: tuple[str, ...]
    fields: tuple[str, ...]
    #: The name of a column together with the row above, if that would change its field.
    doubt: str = ""

    @property
    def score(self) -> int:
        """The number of different fields of its columns."""
        return len({field for field in self.fields if field})

    @property
    def after(self) -> int:
        """The number of the first row below it, counted from 0."""
        return self.first + self.rows


def find_heading(
    rows: Sequence[Sequence[str]], field_of: FieldOf, merged: Callable[[int], Spans] = lambda _: ()
) -> Heading | None:
    """The header among the first rows: the one with the most fields, or the first of equals. None if there is none.

    `merged` gives the spans of merged cells of a row, by its number counted from 0.
    """
    best: Heading | None = None
    singles = [one_row(rows, number, field_of) for number in range(min(len(rows), WITHIN + 1))]
    grouped: set[int] = set()
    for number, single in enumerate(singles[:WITHIN]):
        candidates = [] if number in grouped else [single]
        if number + 1 < len(singles):
            spans = merged(number)
            double = _two_rows(rows, number, field_of, spans)
            # a title above a header is not part of it; merged cells above some of its columns are groups of columns
            groups = double.score >= _FEWEST and _are_groups(spans, rows[number], rows[number + 1])
            grouped |= {number + 1} if groups else set()
            candidates += [double] * (groups or double.score > max(single.score, singles[number + 1].score))
        for heading in candidates:
            if heading.score >= _FEWEST and (best is None or heading.score > best.score):
                best = heading
    return best._replace(doubt=_doubt(rows, best, field_of)) if best else None


def _are_groups(spans: Spans, upper: Sequence[str], below: Sequence[str]) -> bool:
    """True if merged cells cover some of the columns below, with others beside them; a title is alone in its row."""
    if sum(bool(cell.strip()) for cell in upper) < _FEWEST:
        return False
    columns = [column for column, cell in enumerate(below) if cell.strip()]
    return any(sum(begin <= column <= end for column in columns) in range(1, len(columns)) for begin, end in spans)


#: Groups below which a bare word keeps its meaning.
_NEUTRAL = {key(word) for word in ("ship", "shipment", "shipping", "export", "shipment details", "details", "出荷",
                                   "輸出", "発送", "出口", "发货", "發貨", "Versand", "Ausfuhr")}  # fmt: skip
#: Words that mean a day, a country or a name by themselves, and something else below a word that qualifies them.
_BARE = {key(word) for word in ("date", "day", "on", "to", "country", "country code", "Datum", "日期")}

#: Words for things that have days but are not shipments.
_OTHER_DAYS = {key(word) for word in (
    "order", "purchase order", "po", "invoice", "payment", "quote", "Auftrag", "Bestellung", "Rechnung", "注文", "請求",
    "発注", "订单", "发票", "訂單",
)}  # fmt: skip


def _doubt(rows: Sequence[Sequence[str]], heading: Heading, field_of: FieldOf) -> str:
    """The name of a column together with the row above its header, if they may belong together: "Consignee country"."""
    if heading.rows == 2 or not heading.first:
        return ""
    upper = list(map(_name, rows[heading.first - 1]))
    if sum(map(bool, upper)) < _FEWEST:
        return ""
    for above, group, below, field in zip(upper, _carried(upper, ()), heading.names, heading.fields, strict=False):
        whole = f"{group} {below}"
        if not group or key(below) not in _BARE or key(group) in _NEUTRAL or _field(whole, field_of) == field:
            continue
        # a word to the left may name a group or be a title: it counts only if it changes the column's field
        if above or key(group) in _OTHER_DAYS or ((look := look_of(whole)) and look.field != field):
            return whole
    return ""


def one_row(rows: Sequence[Sequence[str]], number: int, field_of: FieldOf) -> Heading:
    """A header of one row, whatever is in it."""
    names = tuple(_name(cell) for cell in rows[number])
    return Heading(number, 1, names, tuple(_field(name, field_of) for name in names))


def _two_rows(rows: Sequence[Sequence[str]], number: int, field_of: FieldOf, spans: Spans) -> Heading:
    """Two rows as one header: a group above ("Ship"), its columns below ("date", "country")."""
    upper, lower = list(map(_name, rows[number])), list(map(_name, rows[number + 1]))
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    groups = _carried(upper, spans)
    names, fields = [], []
    for own, group, below in zip(upper, groups, lower, strict=True):
        whole = f"{group} {below}".strip() if below else own
        name = whole if _field(whole, field_of) or not _says_enough(group, below, lower, field_of) else below
        names.append(name)
        fields.append(_field(name, field_of))
    # two rows are one header only if the lower one also names a column; otherwise it is a row of the table
    if not any(field and below for field, below in zip(fields, lower, strict=True)):
        fields = [""] * width
    return Heading(number, 2, tuple(names), tuple(fields))


def _says_enough(group: str, below: str, lower: Sequence[str], field_of: FieldOf) -> bool:
    """True if the lower row alone names a column: "Part no" below "Goods", but not "date" below "Order"."""
    field = _field(below, field_of)
    if not below or not group:
        return bool(below)
    if not field:
        return lower.count(below) == 1
    return key(below) not in _BARE or key(group) in _NEUTRAL


def _carried(upper: Sequence[str], spans: Spans) -> list[str]:
    """The group above each column: that of its merged cells, or without merged cells the last one to its left."""
    carried, last = list(upper), ""
    if spans:
        for begin, end in spans:
            for column in range(begin, min(end + 1, len(carried))):
                carried[column] = upper[begin]
        return carried
    for column, text in enumerate(upper):
        last = text or last
        carried[column] = last
    return carried


def _name(cell: str) -> str:
    """A cell as a name, on one line."""
    return re.sub(r"\s+", " ", cell).strip()


def _field(name: str, field_of: FieldOf) -> str:
    return field_of(name) if 0 < len(name) <= _LONGEST else ""
