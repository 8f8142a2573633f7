"""The first sheet of the workbook: what came out, what to do next, how the ledger was read and what was assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exportrules.ledger.report import PART_OF, Contents, Overview
from exportrules.ledger.sheet import FILLS, LINE_HEIGHT, Formats, Sheet, lines_of

#: Heads of tables whose cells are counts.
_COUNTED = ("rows", "license", "exception", "open", "none found", "not released", "no AI chip")
#: The widths of the columns, in letters.
_WIDTHS = (34, 10, 12, 13, 13, 15, 15, 28)
_LAST = len(_WIDTHS) - 1
#: The most letters in a cell of several columns: their lines do not break where the columns meet.
_ACROSS = sum(_WIDTHS) - 12


class FirstSheet:
    """Writes the overview of an audit, for reading and for print on a page or more of its own."""

    def __init__(self, book: Any, file: str, formats: Formats) -> None:
        self._sheet, self._formats = Sheet(book, "Summary", file), formats
        self._sheet.worksheet.fit_to_pages(1, 0)

    def write(self, overview: Overview, contents: Contents) -> None:
        """Write the overview, with the sums of the parts and the conditions of exceptions from `contents`."""
        sheet, worksheet = self._sheet, self._sheet.worksheet
        worksheet.write_string(0, 0, overview.title, self._formats("title"))
        worksheet.set_row(1, LINE_HEIGHT * 2)
        worksheet.merge_range(1, 0, 1, _LAST, overview.foot, self._formats("about"))
        sheet.row = 3
        self._counts(overview.counts, contents)
        if overview.steps:
            self._heading(overview.steps_title)
        for number, text in enumerate(overview.steps, 1):
            self._paragraph(f"{number}. {text}")
        sheet.row += 1
        for text in (overview.opening, *overview.paragraphs):
            self._paragraph(text)
        for title, rows, note in (*overview.tables, *contents.conditions):
            self._table(title, rows, note)
        for column, width in enumerate(_WIDTHS):
            worksheet.set_column(column, column, width)
        worksheet.hide_gridlines(2)
        worksheet.activate()

    def _counts(self, counts: Iterable[Mapping[str, str]], contents: Contents) -> None:
        """A line for each outcome: its rows, their sums, and a link to the sheet that lists them."""
        sheet = self._sheet
        for column, head in enumerate(("outcome", "rows", "share")):
            sheet.merged(column, column, head, self._formats("head right" if column else "head"))
        sheet.merged(3, _LAST, "sums, and the sheet that lists them", self._formats("head"))
        sheet.row += 1
        for line in counts:
            kind, part = line["kind"], PART_OF.get(line["kind"])
            sheet.height(max(2, lines_of(line["outcome"], _WIDTHS[0] - 2)))
            fill = FILLS.get("indeterminate" if kind == "unread" else kind, "")
            sheet.merged(0, 0, line["outcome"], self._formats("long", fill))
            self._number(1, line["rows"])
            sheet.merged(2, 2, line["share"], self._formats("right"))
            sums = "; ".join(contents.totals(part)) if part and kind != "not_released" else ""
            sheet.merged(3, _LAST, sums, self._formats("long"))
            if part:
                text = f"{sums + '. ' if sums else ''}See the sheet {part.title!r}"
                sheet.worksheet.write_url(sheet.row, 3, f"internal:'{part.title}'!A1", self._formats("link"), text)
            sheet.row += 1
        sheet.row += 1

    def _number(self, column: int, text: str) -> None:
        sheet, digits = self._sheet, text.replace(",", "")
        if digits.isdigit():
            sheet.worksheet.write_number(sheet.row, column, int(digits), self._formats("number"))
        else:
            sheet.worksheet.write_string(sheet.row, column, text, self._formats("right"))

    def _heading(self, title: str) -> None:
        self._sheet.merged(0, 0, title, self._formats("part"))
        self._sheet.row += 1

    def _paragraph(self, text: str) -> None:
        sheet = self._sheet
        sheet.worksheet.set_row(sheet.row, LINE_HEIGHT * lines_of(text, _ACROSS) + 4)
        sheet.merged(0, _LAST, text, self._formats("long"))
        sheet.row += 1

    def _table(self, title: str, rows: Sequence[Mapping[str, Any]], note: str) -> None:
        sheet = self._sheet
        sheet.row += 1
        self._heading(title)
        heads = _ordered(list(rows[0])) if rows else []
        for number, line in enumerate([dict(zip(heads, heads, strict=True)), *rows]):
            is_head = number == 0
            lines = 1
            for name, (first, last) in zip(heads, _spans(heads), strict=True):
                text = str(line[name])
                lines = max(lines, lines_of(text, sum(_WIDTHS[first : last + 1]) - 2))
                if not is_head and text.replace(",", "").isdigit() and name in _COUNTED:
                    if first < last:
                        sheet.worksheet.merge_range(sheet.row, first, sheet.row, last, "", self._formats("number"))
                    self._number(first, text)
                else:
                    kind = ("head right" if name in _COUNTED else "head") if is_head else "long"
                    sheet.merged(first, last, text, self._formats(kind))
            sheet.height(lines)
            sheet.row += 1
        if note:
            self._paragraph(note)


def _ordered(heads: list[str]) -> list[str]:
    """The heads of a table with its subject first, and the number of its rows behind that."""
    first = "written" if "written" in heads else next((head for head in heads if head != "rows"), "rows")
    return list(dict.fromkeys([first, *[head for head in heads if head == "rows"], *heads]))


def _spans(heads: Sequence[str]) -> list[tuple[int, int]]:
    """The columns of the sheet that each head takes: the last one takes the rest."""
    last = len(heads) - 1
    return [(n, n) for n in range(last)] + [(last, last if heads[last] in _COUNTED else _LAST)]
