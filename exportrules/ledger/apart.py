"""What stands among the shipments of a ledger and is none: blank rows, repeated headers, lines of sums.

Each is told apart by what it says and counted with its number. Whatever else there is stays a row: one that is lost is
worse than one that cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

#: What the line of a sum is called; behind it in a column that nothing is read from, whatever it is a sum of.
_TOTAL = re.compile(
    r"(?:(?:grand|sub|running|overall|page|net|monthly|month|quarterly|quarter|annual|yearly|year|order|invoice|report)"
    r"[\s-]*)?totals?\b|sum\b|summe\b|(?:gesamt|zwischen|end)summe\b|zwischentotal\b|insgesamt\b|gesamt\b|"
    r"合\s*計|小\s*計|総\s*計|総合計|累計|合\s*计|小\s*计|总\s*计|總\s*計|합\s*계|소\s*계|총\s*계",
    re.I,
)
#: What may stand behind such a word in a column that is read: a year, a month, a currency, and no name.
_BESIDE = re.compile(
    r"(?:[\W\d_]|of|for|in|all|rows?|lines?|items?|qty|quantity|value|amount|q[1-4]|fy|usd|eur|jpy|cny|rmb|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|数量|個数|金額|金额|額|数|件|年|月|度|円|元)*",
    re.I,
)
_AMOUNT = re.compile(r"[^\w\s]{0,3}\s*[A-Z]{0,3}\s*\(?[-+]?[0-9][0-9.,'\s]*\)?\s*(?:%|[A-Za-z]{1,4}|[^\w\s])?")
_MOST_CELLS = 40


@dataclass
class Apart:
    """What was told apart, by the numbers of the rows; of blank ones how many."""

    blank: int = 0
    totals: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)

    def takes(self, cells: Sequence[str], number: int, header: Sequence[Sequence[str]], fields: Sequence[str]) -> bool:
        """Whether a row is no shipment; it is then counted.

        `header` has the cells of the header's rows, `fields` what each column is read as, '' for nothing.
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
        """For a manifest."""
        return {"blank": self.blank, "totals": self.totals, "repeated": self.repeated}


def may_be_apart(text: str, head: str) -> bool:
    """Whether the row of a cell that is read may be no shipment: it says nothing, or what its header does, or a sum."""
    text = text.strip()
    return not text or text == head or bool(_TOTAL.match(text))


def is_total(cells: Sequence[str], fields: Sequence[str]) -> bool:
    """Whether a row is a line of sums and no shipment: a word for a sum, numbers behind it, and nothing else.

    `fields` is what each column is read as. In one that is read such a line has the word or nothing: a number there may
    be a chip or a day, and a longer text may be a name. A number before the word may be that of an invoice.
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


def told_apart(sheets: Sequence[tuple[str, Apart]], row: str = "row") -> Iterator[str]:
    """What was told apart, in words: by sheet, '' for a ledger that is none of several. `row` is what a blank one is
    called."""
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
