"""The workbook that an audit hands over: a summary, the rows that matter by what they are, and the whole table.

Written row by row, so that a ledger of a million rows takes no more memory than one of ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from exportrules.answer.words import width_of
from exportrules.ledger.answers import Segment
from exportrules.ledger.batch import Batch, Source, as_text
from exportrules.ledger.delimited import inert
from exportrules.ledger.first_sheet import FirstSheet
from exportrules.ledger.formats import letters_of
from exportrules.ledger.lookup import Lookup, Numbers
from exportrules.ledger.report import (
    ALL_ROWS,
    BESIDE,
    PARTS,
    AnsweredRow,
    Column,
    Contents,
    Link,
    Overview,
    Part,
    answered_rows,
)
from exportrules.ledger.run import Account, Settings
from exportrules.ledger.sheet import (
    FILLS,
    FONT,
    LINE_HEIGHT,
    NARROWEST,
    Formats,
    Sheet,
    day_format,
    lines_of,
)
from exportrules.ledger.sinks import Rendered, is_day_of_excel, is_number_of_excel

#: Excel keeps 65,530 links in a sheet; beyond that an address is text.
_MOST_LINKS = 60_000
#: The whole table is printed in letters of 8 points and a half.
_SCALE = 80
_TABS = ("#B03A2E", "#2E5C9A", "#B7950B", "#7F7F7F")


class Handover:
    """The workbook. Every row goes to the table, and some to a part before it; `overview` gives the first sheet."""

    def __init__(
        self,
        path: Path,
        source: Source,
        rendered: Rendered,
        lookup: Lookup,
        names: Sequence[str],
        settings: Settings,
        overview: Callable[[Account], Overview],
    ) -> None:
        import xlsxwriter

        assert lookup.ruleset is not None
        self._rendered, self._lookup, self._overview = rendered, lookup, overview
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False, "default_format_properties": FONT}  # fmt: skip
        self._book = xlsxwriter.Workbook(str(path), options)
        self._formats = Formats(self._book, str(getattr(source, "day_format", "")))
        self._contents = Contents(lookup.ruleset, lookup, settings, source)
        self._first = FirstSheet(self._book, path.name, self._formats)
        self._parts = {
            part: _PartSheet(Sheet(self._book, part.title, path.name, colour), part, self._contents, self._formats)
            for part, colour in zip(PARTS, _TABS, strict=True)
        }
        self._heads = [*source.names, *names]
        self._own = len(source.names)
        self._outcome = next((self._own + n for n, c in enumerate(rendered.columns) if c == "outcome"), None)
        self._table = Sheet(self._book, ALL_ROWS, path.name)
        for column, head in enumerate(self._heads):
            self._table.text(column, head, self._formats("head"))
        self._table.worksheet.freeze_panes(1, 0)
        self._table.worksheet.repeat_rows(0)
        # its columns go on to further pages: on one, nobody could read them
        self._table.worksheet.set_print_scale(_SCALE)
        self._table.row = 1

    def render(self, batch: Batch, numbers: Numbers) -> list[AnsweredRow]:
        return answered_rows(self._rendered, self._lookup, batch, numbers)

    def write(self, rendered: list[AnsweredRow]) -> int:
        for cells, segment, answer in rendered:
            self._write_row((*cells, *answer), segment)
            part = self._contents.part_of(segment)
            if part is not None:
                self._parts[part].add(cells, segment)
        return len(rendered)

    def finish(self, account: Account) -> None:
        """Close the parts and the table, and write the first sheet."""
        for sheet in self._parts.values():
            sheet.close()
        if self._table.row > 1:
            self._table.worksheet.autofilter(0, 0, self._table.row - 1, len(self._heads) - 1)
        self._table.close(len(self._heads))
        self._first.write(self._overview(account), self._contents)

    def close(self) -> None:
        self._book.close()

    def _write_row(self, values: Iterable[Any], segment: Segment) -> None:
        """Write a row into the table, its cells as they are."""
        table = self._table
        table.check()
        for column, value in enumerate(values):
            fill = FILLS.get(segment.outcome, "") if column == self._outcome else ""
            if isinstance(value, bool):
                table.worksheet.write_boolean(table.row, column, value)
            elif is_day_of_excel(value):
                self._write_day(column, value)
            elif is_number_of_excel(value):
                table.widen(column, len(str(value)))
                table.worksheet.write_number(table.row, column, value)
            elif text := as_text(value):
                formatted = fill or text[0] in "=@+-\t\r"
                table.text(column, text, self._formats("text", fill, inert(text) != text) if formatted else None)
        table.row += 1

    def _write_day(self, column: int, value: Any) -> None:
        table, own = self._table, column < self._own
        timed = isinstance(value, datetime) and value.time() != datetime.min.time()
        table.widen(column, 19 if timed else max(12, len(self._formats.day) if own else 0))
        kind = "moment" if timed else "own day" if own else "day"
        table.worksheet.write_datetime(table.row, column, value, self._formats(kind))


class _PartSheet:
    """The sheet of one part: its title, what it says of itself, its rows, and their sums."""

    _HEAD_ROW = 3
    _FIRST_ROW = 4

    def __init__(self, sheet: Sheet, part: Part, contents: Contents, formats: Formats) -> None:
        self._sheet, self._part, self._contents, self._formats = sheet, part, contents, formats
        self._columns = contents.parts[part]
        self._printed = sum(column.printed for column in self._columns)
        worksheet = sheet.worksheet
        worksheet.write_string(0, 0, part.title, formats("title"))
        worksheet.set_row(1, LINE_HEIGHT * 2)
        worksheet.merge_range(1, 0, 1, self._printed - 1, part.about, formats("about"))
        worksheet.fit_to_pages(1, 0)
        sheet.row = self._HEAD_ROW
        worksheet.set_row(sheet.row, 30)
        for number, column in enumerate(self._columns):
            sheet.text(number, column.head, formats("head right" if column.kind == "number" else "head"), wide=False)
        worksheet.freeze_panes(self._FIRST_ROW, 0)
        worksheet.repeat_rows(self._HEAD_ROW)
        sheet.row = self._FIRST_ROW

    def add(self, cells: Sequence[Any], segment: Segment) -> None:
        """Write a row of the ledger into the part, and count it into its sums."""
        sheet, contents = self._sheet, self._contents
        sheet.check()
        row = contents.reader.row(cells, segment, segment.problem.text if segment.problem else "")
        # the first day that is text says how the ledger writes days
        if not self._formats.day and (on := contents.columns.of["on"][:1]):
            self._formats.day = day_format(as_text(cells[on[0]]))
        contents.add(self._part, row)
        values = [column.cell(row) for column in self._columns]
        # what is for the screen alone is cut there: the printed columns say it too, or the first sheet does
        pairs = list(zip(self._columns, values, strict=True))
        sheet.height(max(lines_of(value, column.width) for column, value in pairs if column.printed))
        for number, (column, value) in enumerate(pairs):
            self._write_cell(number, column, value)
        sheet.row += 1

    def _write_cell(self, number: int, column: Column, value: Any) -> None:
        sheet, formats = self._sheet, self._formats
        if isinstance(value, Link):
            sheet.widen(number, width_of(value.text))
            if sheet.links < _MOST_LINKS:
                sheet.links += 1
                sheet.worksheet.write_url(sheet.row, number, value.url, formats("link"), value.text)
            else:
                sheet.text(number, f"{value.text} {value.url}", formats("long"), wide=False)
        elif isinstance(value, date):
            sheet.widen(number, max(12, len(formats.day)))
            sheet.worksheet.write_datetime(sheet.row, number, value, formats("ledger day"))
        elif isinstance(value, int | Decimal) and is_number_of_excel(value):
            whole = value == int(value)
            sheet.widen(number, len(f"{int(value):,}" if whole else f"{value:,.2f}"))
            kind = "count" if column.head == "Row" else "number" if whole else "amount"
            sheet.worksheet.write_number(sheet.row, number, value, formats(kind))
        else:
            text = as_text(value)
            sheet.text(number, text, formats("top number" if column.kind == "number" else "long"), wide=bool(text))

    def close(self) -> None:
        """Write the sums, and set the widths, the filter and what is printed."""
        sheet, columns = self._sheet, self._columns
        last = sheet.row - 1
        empty = last < self._FIRST_ROW
        if empty:
            sheet.worksheet.write_string(self._FIRST_ROW, 0, "No row.", self._formats("note"))
        else:
            sheet.worksheet.autofilter(self._HEAD_ROW, 0, last, len(columns) - 1)
            self._write_sums(last)
        for number, column in enumerate(columns):
            seen = sheet.widths.get(number, 0)
            most = column.width if column.kind in ("text", "long", "link") else 20
            longest_word = max(map(len, column.head.split()))
            width = max(min(seen, most), min(longest_word, most), NARROWEST) + BESIDE
            # a column in which no row says anything takes no room
            hidden = {"hidden": True} if not seen and not empty else {}
            sheet.worksheet.set_column(number, number, width, None, hidden)
        sheet.worksheet.print_area(0, 0, max(last + 1, self._FIRST_ROW), self._printed - 1)

    def _write_sums(self, last: int) -> None:
        sheet, formats = self._sheet, self._formats
        totals = self._contents.sums[self._part]
        amounts = {"Quantity": totals.quantity} if self._contents.columns.quantities else {}
        if len(totals.values) == 1:
            value = next(iter(totals.values.values()))
            amounts |= dict.fromkeys((c.head for c in self._columns if c.head.startswith("Value")), value)
        for number, column in enumerate(self._columns):
            if (total := amounts.get(column.head)) is not None:
                span = f"{letters_of(number)}{self._FIRST_ROW + 1}:{letters_of(number)}{last + 1}"
                sheet.widen(number, len(f"{total:,.0f}") + 2)
                total_format = formats("total" if total == int(total) else "total amount")
                sheet.worksheet.write_formula(sheet.row, number, f"=SUBTOTAL(109,{span})", total_format, float(total))
            elif number == 0:
                sheet.worksheet.write_string(sheet.row, 0, "Total", formats("total"))
            else:
                sheet.worksheet.write_blank(sheet.row, number, None, formats("total"))
