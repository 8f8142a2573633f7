"""Rows of a ledger that are not shipments: blank rows, repeated headers, lines of sums.

Each is recognised by its content and counted with its number. Anything else stays a row: losing a row is worse than
failing to read one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

#: The words that begin a line of sums; in a column that is not read, anything may follow.
_TOTAL = re.compile(
    r"(?:(?:grand|sub|running|overall|page|net|monthly|month|quarterly|quarter|annual|yearly|year|order|invoice|report)"
    r"[\s-]*)?totals?\b|sum\b|summe\b|(?:gesamt|zwischen|end)summe\b|zwischentotal\b|insgesamt\b|gesamt\b|"
    r"合\s*計|小\s*計|総\s*計|総合計|累計|合\s*计|小\s*计|总\s*计|總\s*計|합\s*계|소\s*계|총\s*계",
    re.I,
)
#: Words that may follow such a word in a column that is read: a year, a month, a currency, but not a name.
_BESIDE = re.compile(
    r"(?:[\W\d_]|of|for|in|all|rows?|lines?|items?|qty|quantity|value|amount|q[1-4]|fy|usd|eur|jpy|cny|rmb|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|数量|個数|金額|金额|額|数|件|年|月|度|円|元)*",
    re.I,
)
_AMOUNT = re.compile(r"[^\w\s]{0,3}\s*[A-Z]{0,3}\s*\(?[-+]?[0-9][0-9.,'\s]*\)?\s*(?:%|[A-Za-z]{1,4}|[^\w\s])?")
_MOST_CELLS = 40


@dataclass
class Apart:
    """The rows that are not shipments, by number; of blank ones only the count."""

    blank: int = 0
    totals: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)

    def takes(self, cells: Sequence[str], number: int, header: Sequence[Sequence[str]], fields: Sequence[str]) -> bool:
        """True if a row is not a shipment; it is then counted.

        `header` has the cells of the header's rows, `fields` the field of each column, '' for none.
        """
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            self.blank += 1
        elif texts in header:
            self.repeated.append(number)
        elif is_total(texts, fields):
            self.totals.append(number)
        else:
            return False
        return True

    @property
    def account(self) -> dict[str, Any]:
        """The counts, for a manifest."""
        return {"blank": self.blank, "totals": self.totals, "repeated": self.repeated}


def may_be_apart(text: str, head: str) -> bool:
    """True if the row of this cell may not be a shipment: the cell is empty, repeats its header, or names a sum."""
    text = text.strip()
    return not text or text == head or bool(_TOTAL.match(text))


def is_total(cells: Sequence[str], fields: Sequence[str]) -> bool:
    """True if a row is a line of sums: a word for a sum, numbers after it, and nothing else.

    `fields` is the field of each column. In a column that is read, such a line has the word or nothing: a number there
    may be a chip or a day, and a longer text may be a name. A number before the word may be that of an invoice.
    """
    filled = [(cell.strip(), column) for column, cell in enumerate(cells) if cell.strip()]
    if len(filled) > _MOST_CELLS:
        return False
    words = False
    for cell, column in filled:
        read = column < len(fields) and fields[column]
        word = _TOTAL.match(cell)
        if word and (not read or _BESIDE.fullmatch(cell, word.end())):
            words = True
        elif read or not words or not _AMOUNT.fullmatch(cell):
            return False
    return words


def not_shipments(sheets: Sequence[tuple[str, Apart]], row: str = "row") -> Iterator[str]:
    """The rows that are not shipments, in words, for each sheet ('' if the ledger is not divided into sheets). `row` is
    the word for a blank one."""
    if blank := sum(apart.blank for _, apart in sheets):
        yield f"{blank:,} blank {row}{'s' if blank > 1 else ''}"
    for one, many, what in (
        ("line of totals", "lines of totals", "totals"),
        ("repeated header", "repeated headers", "repeated"),
    ):
        rows = [(sheet, number) for sheet, apart in sheets for number in getattr(apart, what)]
        if rows:
            shown = [f"{sheet!r} row {number}" if sheet else f"row {number}" for sheet, number in rows[:12]]
            rest = f" and {len(rows) - 12:,} more" if len(rows) > 12 else ""
            yield f"{len(rows):,} {one if len(rows) == 1 else many} ({', '.join(shown)}{rest})"
