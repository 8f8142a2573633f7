"""The workbook that an audit hands over: a summary, the rows that matter by what they are, and the whole table.

Written row by row, so that a ledger of a million rows takes no more memory than one of ten.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from exportrules.errors import LedgerError
from exportrules.ledger.answers import Segment
from exportrules.ledger.batch import Batch, Source, as_text
from exportrules.ledger.delimited import inert
from exportrules.ledger.lookup import Lookup, Numbers
from exportrules.ledger.report import ALL_ROWS, BESIDE, PARTS, Column, Contents, Link, Part
from exportrules.ledger.run import Account, Settings
from exportrules.ledger.sinks import (
    MOST_IN_CELL,
    MOST_IN_SHEET,
    Rendered,
    column_values,
    is_day_of_excel,
    is_number_of_excel,
)

#: Excel keeps 65,530 links in a sheet; beyond that an address is text.
_MOST_LINKS = 60_000
_WIDEST, _NARROWEST = 44, 5
#: The whole table is printed in letters of 8 points and a half.
_SCALE = 80
#: The height of a line of text, in points.
_LINE_HEIGHT = 12.75
#: Every office has it, or one of the same widths: a column is as many letters wide on paper as it was reckoned.
_FONT = {"font_name": "Arial", "font_size": 10}
_INK, _LINE = "#1A1A1A", "#BFBFBF"
#: Light fills that stay legible in black and white: the words say it too.
_FILLS = {
    "license_required": "#F6D5D5",
    "license_exception": "#DCE6F5",
    "indeterminate": "#FBEFC9",
    "not_released": "#E7E6E6",
}
_TABS = ("#B03A2E", "#2E5C9A", "#B7950B", "#7F7F7F")
#: "dd.mm.yyyy" for days written 30.07.2023, and so on: the first text that is found says how the ledger writes days.
_DAY_FORMS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"\d{4}([-/.])\d{1,2}\1\d{1,2}.*", lambda m: f"yyyy{m[1]}mm{m[1]}dd"),
    (r"\d{4}年\d{1,2}月\d{1,2}日.*", lambda _: 'yyyy"年"m"月"d"日"'),
    (r"\d{1,2}([\s-])[A-Za-z]{3}\1\d{2}", lambda m: f"dd{m[1]}mmm{m[1]}yy"),
    (r"\d{1,2}([\s-])[A-Za-z]{3}\1\d{4}", lambda m: f"dd{m[1]}mmm{m[1]}yyyy"),
    (r"\d{1,2}\.\s*[^\W\d_]{3,}\s+\d{4}", lambda _: "d. mmmm yyyy"),
    (r"[A-Z][a-z]{2,8} \d{1,2}, \d{4}", lambda _: "mmmm d, yyyy"),
)


class Summing(NamedTuple):
    """What the first sheet says: the counts, what to do next under a head, how the ledger was read and what was
    assumed, and tables with a title and a note."""

    title: str
    opening: str
    counts: Sequence[Mapping[str, str]]
    next: str
    steps: Sequence[str]
    paragraphs: Sequence[str]
    tables: Sequence[tuple[str, Sequence[Mapping[str, Any]], str]]
    foot: str


class Handover:
    """Makes the workbook. `summing` gives what the first sheet says, once every row was answered."""

    def __init__(self, settings: Settings, summing: Callable[[Account], Summing]) -> None:
        self._settings, self._summing = settings, summing
        self._sink: _Workbook | None = None

    def open(self, path: Path, source: Source, rendered: Rendered, lookup: Lookup, names: Sequence[str]) -> _Workbook:
        self._sink = _Workbook(path, source, rendered, lookup, names, self._settings)
        return self._sink

    def finish(self, account: Account) -> None:
        if self._sink is not None:
            self._sink.summarise(account, self._summing(account))


class _Sheet:
    """A sheet that is written downwards; it widens its columns as it goes."""

    def __init__(self, book: Any, title: str, name: str, colour: str = "") -> None:
        self.sheet = book.add_worksheet(title)
        self._file, self._title = name, title
        self.row = 0
        self.links = 0
        self.widths: dict[int, int] = {}
        if colour:
            self.sheet.set_tab_color(colour)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.sheet.set_footer("&L&F&C&A&R&P / &N")

    def check(self) -> None:
        if self.row >= MOST_IN_SHEET:
            raise LedgerError(
                self._file,
                f"an Excel sheet holds {MOST_IN_SHEET:,} rows including its header, and the ledger has more. "
                "Write .csv or .parquet.",
            )

    def text(self, column: int, text: str, form: Any = None, wide: bool = True) -> None:
        if len(text) > MOST_IN_CELL:
            raise LedgerError(
                self._file,
                f"row {self.row} has a cell of {len(text):,} characters, and an Excel cell holds {MOST_IN_CELL:,}. "
                "Write .csv or .parquet.",
            )
        if wide:
            self.widen(column, max(map(_wide, text.split("\n"))))
        self.sheet.write_string(self.row, column, text, form)

    def widen(self, column: int, width: int) -> None:
        self.widths[column] = max(self.widths.get(column, 0), width)

    def close(self, heads: int) -> None:
        for column in range(heads):
            width = min(max(self.widths.get(column, 0) + 2, _NARROWEST), _WIDEST)
            self.sheet.set_column(column, column, width)


class _Workbook:
    """A sink of an audit: every row goes to the table, and some to a part before it."""

    def __init__(
        self,
        path: Path,
        source: Source,
        rendered: Rendered,
        lookup: Lookup,
        names: Sequence[str],
        settings: Settings,
    ) -> None:
        import xlsxwriter

        self._rendered, self._lookup, self._name = rendered, lookup, path.name
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                   "default_format_properties": _FONT}  # fmt: skip
        self._book = xlsxwriter.Workbook(str(path), {**options, "strings_to_numbers": False})
        self._forms: dict[tuple[Any, ...], Any] = {}
        assert lookup.ruleset is not None
        self._contents = Contents(lookup.ruleset, lookup, settings, source)
        #: How the ledger writes its days, as a format of Excel.
        self._day_form = str(getattr(source, "day_format", ""))
        self._summary = _Sheet(self._book, "Summary", self._name)
        self._summary.sheet.fit_to_pages(1, 0)
        self._parts = {
            part: _Sheet(self._book, part.title, self._name, colour) for part, colour in zip(PARTS, _TABS, strict=True)
        }
        for part, sheet in self._parts.items():
            self._open_part(part, sheet)
        self._table = _Sheet(self._book, ALL_ROWS, self._name)
        self._heads = [*source.names, *names]
        self._answers = len(source.names)
        self._outcome = next((n for n, c in enumerate(rendered.columns) if c == "outcome"), None)
        for column, head in enumerate(self._heads):
            self._table.text(column, head, self._form("head"))
        self._table.sheet.freeze_panes(1, 0)
        self._table.sheet.repeat_rows(0)
        # its columns go on to further pages: on one, nobody could read them
        self._table.sheet.set_print_scale(_SCALE)
        self._table.row = 1

    # the sink's side

    def render(self, batch: Batch, numbers: Numbers) -> list[tuple[Sequence[Any], Segment, Sequence[Any], str]]:
        """Each row's own cells, its segment, its answer cells, and the text of its problem."""
        answers = [array.to_pylist() for array in self._rendered.arrays(numbers, batch.where)]
        own: Iterable[Sequence[Any]] = (
            batch.values() if batch.values else zip(*map(column_values, batch.table().columns), strict=True)
        )
        segments = self._lookup.segments
        rows = zip(own, numbers.tolist(), zip(*answers, strict=True), strict=True)
        return [(cells, segments[number], said, "") for cells, number, said in rows]

    def write(self, rendered: list[tuple[Sequence[Any], Segment, Sequence[Any], str]]) -> int:
        for cells, segment, said, _ in rendered:
            self._put(cells, segment, said)
            part = self._contents.part_of(segment)
            if part is not None:
                self._report(part, cells, segment)
        return len(rendered)

    def close(self) -> None:
        self._book.close()

    # the table

    def _put(self, cells: Sequence[Any], segment: Segment, said: Sequence[Any]) -> None:
        table = self._table
        table.check()
        for column, value in enumerate((*cells, *said)):
            own = column < self._answers
            fill = "" if own or column - self._answers != self._outcome else _FILLS.get(segment.outcome, "")
            if isinstance(value, bool):
                table.sheet.write_boolean(table.row, column, value)
            elif is_day_of_excel(value):
                self._write_day(table, column, value, own)
            elif is_number_of_excel(value):
                table.widen(column, len(str(value)))
                table.sheet.write_number(table.row, column, value)
            elif text := as_text(value):
                table.text(
                    column,
                    text,
                    self._form("text", fill, inert(text) != text) if fill or text[0] in "=@+-\t\r" else None,
                )
        table.row += 1

    def _write_day(self, sheet: _Sheet, column: int, value: Any, own: bool) -> None:
        moment = isinstance(value, datetime) and value.time() != datetime.min.time()
        sheet.widen(column, 19 if moment else max(12, len(self._day_form) if own else 0))
        sheet.sheet.write_datetime(
            sheet.row, column, value, self._form("moment" if moment else "own day" if own else "day")
        )

    # the parts

    def _open_part(self, part: Part, sheet: _Sheet) -> None:
        columns = self._contents.parts[part]
        sheet.sheet.write_string(0, 0, part.title, self._form("title"))
        last = sum(column.printed for column in columns) - 1
        sheet.sheet.set_row(1, _LINE_HEIGHT * 2)
        sheet.sheet.merge_range(1, 0, 1, last, part.about, self._form("about"))
        sheet.sheet.fit_to_pages(1, 0)
        sheet.row = 3
        sheet.sheet.set_row(sheet.row, 30)
        for column, told in enumerate(columns):
            sheet.text(column, told.head, self._form("head right" if told.kind == "number" else "head"), wide=False)
        sheet.sheet.freeze_panes(4, 0)
        sheet.sheet.repeat_rows(3)
        sheet.row = 4

    def _report(self, part: Part, cells: Sequence[Any], segment: Segment) -> None:
        sheet = self._parts[part]
        sheet.check()
        row = self._contents.reader.row(cells, segment, segment.problem.text if segment.problem else "")
        if not self._day_form and (number := self._contents.columns.of["on"][:1]):
            self._day_form = _form_of(as_text(cells[number[0]]))
        self._contents.add(part, row)
        columns = self._contents.parts[part]
        values = [told.cell(row) for told in columns]
        # what is for the screen alone is cut there: the printed columns say it too, or the first sheet does
        lines = max(_lines(v, told.width) for v, told in zip(values, columns, strict=True) if told.printed)
        sheet.sheet.set_row(sheet.row, min(_LINE_HEIGHT * lines + 3, 400))
        for column, (told, value) in enumerate(zip(columns, values, strict=True)):
            self._cell(sheet, column, told, value)
        sheet.row += 1

    def _cell(self, sheet: _Sheet, column: int, told: Column, value: Any) -> None:
        if isinstance(value, Link):
            sheet.widen(column, _wide(value.text))
            if sheet.links < _MOST_LINKS:
                sheet.links += 1
                sheet.sheet.write_url(sheet.row, column, value.url, self._form("link"), value.text)
            else:
                sheet.text(column, f"{value.text} {value.url}", self._form("long"), wide=False)
        elif isinstance(value, date):
            sheet.widen(column, max(12, len(self._day_form)))
            sheet.sheet.write_datetime(sheet.row, column, value, self._form("ledger day"))
        elif isinstance(value, int | Decimal) and is_number_of_excel(value):
            whole = value == int(value)
            sheet.widen(column, len(f"{value:,.2f}") if not whole else len(f"{int(value):,}"))
            kind = "count" if told.head == "Row" else "number" if whole else "amount"
            sheet.sheet.write_number(sheet.row, column, value, self._form(kind))
        else:
            text = as_text(value)
            sheet.text(column, text, self._form("top number" if told.kind == "number" else "long"), wide=bool(text))

    def _close_part(self, part: Part, sheet: _Sheet) -> None:
        columns = self._contents.parts[part]
        last = sheet.row - 1
        if last < 4:
            sheet.sheet.write_string(4, 0, "No row.", self._form("note"))
        else:
            sheet.sheet.autofilter(3, 0, last, len(columns) - 1)
            sums = self._contents.sums[part]
            amounts = {"Quantity": sums.quantity} if self._contents.columns.quantities else {}
            if len(sums.values) == 1:
                amounts |= dict.fromkeys(
                    (c.head for c in columns if c.head.startswith("Value")), next(iter(sums.values.values()))
                )
            for column, told in enumerate(columns):
                if (total := amounts.get(told.head)) is not None:
                    span = f"{_letter(column)}5:{_letter(column)}{last + 1}"
                    sheet.widen(column, len(f"{total:,.0f}") + 2)
                    form = self._form("total" if total == int(total) else "total amount")
                    sheet.sheet.write_formula(sheet.row, column, f"=SUBTOTAL(109,{span})", form, float(total))
                elif column == 0:
                    sheet.sheet.write_string(sheet.row, 0, "Total", self._form("total"))
                else:
                    sheet.sheet.write_blank(sheet.row, column, None, self._form("total"))
        for column, told in enumerate(columns):
            seen = sheet.widths.get(column, 0)
            most = told.width if told.kind in ("text", "long", "link") else 20
            width = max(min(seen, most), min(_longest_word(told.head), most), _NARROWEST) + BESIDE
            # a column in which no row says anything takes no room
            hidden = {"hidden": True} if not seen and last >= 4 else {}
            sheet.sheet.set_column(column, column, width, None, hidden)
        sheet.sheet.print_area(0, 0, max(last + 1, 4), sum(column.printed for column in columns) - 1)

    # the first sheet

    def summarise(self, account: Account, summing: Summing) -> None:
        """Close the parts and write the first sheet."""
        for part, part_sheet in self._parts.items():
            self._close_part(part, part_sheet)
        if self._table.row > 1:
            self._table.sheet.autofilter(0, 0, self._table.row - 1, len(self._heads) - 1)
        self._table.close(len(self._heads))
        sheet = self._summary
        put = sheet.sheet
        put.write_string(0, 0, summing.title, self._form("title"))
        put.set_row(1, _LINE_HEIGHT * 2)
        put.merge_range(1, 0, 1, len(_SUMMARY) - 1, summing.foot, self._form("about"))
        sheet.row = 3
        self._counts(summing.counts)
        if summing.steps:
            self._part(summing.next)
        for number, text in enumerate(summing.steps, 1):
            self._paragraph(f"{number}. {text}")
        sheet.row += 1
        for text in (summing.opening, *summing.paragraphs):
            self._paragraph(text)
        for title, rows, note in (*summing.tables, *self._contents.conditions):
            self._block(title, rows, note)
        for column, width in enumerate(_SUMMARY):
            put.set_column(column, column, width)
        put.hide_gridlines(2)
        put.activate()

    def _counts(self, counts: Sequence[Mapping[str, str]]) -> None:
        sheet = self._summary
        for column, head in enumerate(("outcome", "rows", "share")):
            self._merged(column, column, head, "head right" if column else "head")
        self._merged(3, 7, "sums, and the sheet that lists them", "head")
        sheet.row += 1
        for line in counts:
            part = PART_OF.get(line["kind"])
            sheet.sheet.set_row(sheet.row, _LINE_HEIGHT * max(2, _lines(line["outcome"], _SUMMARY[0] - 2)) + 3)
            fill = _FILLS.get("indeterminate" if line["kind"] == "unread" else line["kind"], "")
            sheet.sheet.write_string(sheet.row, 0, line["outcome"], self._form("long", fill))
            self._number(1, line["rows"])
            sheet.sheet.write_string(sheet.row, 2, line["share"], self._form("right"))
            said = "; ".join(self._contents.totals(part)) if part and line["kind"] != "not_released" else ""
            self._merged(3, 7, said, "long")
            if part:
                text = f"{said + '. ' if said else ''}See the sheet {part.title!r}"
                sheet.sheet.write_url(sheet.row, 3, f"internal:'{part.title}'!A1", self._form("link"), text)
            sheet.row += 1
        sheet.row += 1

    def _number(self, column: int, text: str, kind: str = "number") -> None:
        sheet = self._summary
        plain = text.replace(",", "")
        if plain.isdigit():
            sheet.sheet.write_number(sheet.row, column, int(plain), self._form(kind))
        else:
            sheet.sheet.write_string(sheet.row, column, text, self._form("right"))

    def _paragraph(self, text: str) -> None:
        sheet = self._summary
        sheet.sheet.set_row(sheet.row, _LINE_HEIGHT * _lines(text, sum(_SUMMARY) - 12) + 4)
        self._merged(0, 7, text, "long")
        sheet.row += 1

    def _part(self, title: str) -> None:
        self._summary.sheet.write_string(self._summary.row, 0, title, self._form("part"))
        self._summary.row += 1

    def _merged(self, first: int, last: int, text: str, kind: str) -> None:
        sheet = self._summary
        if first < last:
            sheet.sheet.merge_range(sheet.row, first, sheet.row, last, "", self._form(kind))
        sheet.sheet.write_string(sheet.row, first, text, self._form(kind))

    def _block(self, title: str, rows: Sequence[Mapping[str, Any]], note: str) -> None:
        sheet = self._summary
        sheet.row += 1
        self._part(title)
        heads = _ordered(list(rows[0])) if rows else []
        spans = _spans(heads)
        for number, line in enumerate([dict(zip(heads, heads, strict=True)), *rows]):
            head = number == 0
            most = 1
            for name, (first, last) in zip(heads, spans, strict=True):
                text = str(line[name])
                most = max(most, _lines(text, sum(_SUMMARY[first : last + 1]) - 2))
                if not head and text.replace(",", "").isdigit() and name in _COUNTED:
                    if first < last:
                        sheet.sheet.merge_range(sheet.row, first, sheet.row, last, "", self._form("number"))
                    self._number(first, text)
                else:
                    form = ("head right" if name in _COUNTED else "head") if head else "long"
                    self._merged(first, last, text, form)
            sheet.sheet.set_row(sheet.row, min(_LINE_HEIGHT * most + 3, 400))
            sheet.row += 1
        if note:
            self._paragraph(note)

    # formats

    def _form(self, kind: str, fill: str = "", quote: bool = False) -> Any:
        made = self._forms.get((kind, fill, quote))
        if made is None:
            told = {**_FORMS[kind]}
            if kind in ("ledger day", "own day"):
                told["num_format"] = self._day_form or "yyyy-mm-dd"
            if fill:
                told["bg_color"] = fill
            if quote:
                told["quote_prefix"] = True
            made = self._forms[kind, fill, quote] = self._book.add_format(told)
        return made


_TOP: dict[str, Any] = {"valign": "top", "font_color": _INK}
_CELL = {**_TOP, "bottom": 1, "bottom_color": _LINE}
_HEAD: dict[str, Any] = {
    "bold": True,
    "bg_color": "#E8EAED",
    "border": 1,
    "border_color": _LINE,
    "text_wrap": True,
    "valign": "top",
}
_FORMS: dict[str, dict[str, Any]] = {
    "head": {**_HEAD, "align": "left", "indent": 1},
    "head right": {**_HEAD, "align": "right"},
    "title": {"bold": True, "font_size": 16, "font_color": _INK},
    "part": {"bold": True, "font_size": 12, "font_color": _INK},
    "note": {"italic": True, "font_color": "#595959"},
    "about": {"italic": True, "font_color": "#595959", "text_wrap": True, "valign": "top"},
    "text": {},
    "top": _CELL,
    "right": {**_CELL, "align": "right"},
    "long": {**_CELL, "text_wrap": True, "align": "left", "indent": 1},
    "link": {**_CELL, "font_color": "#0B4A8F", "underline": 1, "text_wrap": True, "align": "left", "indent": 1},
    "day": {"num_format": "yyyy-mm-dd", "align": "left"},
    "own day": {"align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"},
    "ledger day": {**_CELL, "align": "left", "indent": 1},
    "top number": {**_CELL, "align": "right"},
    "count": {**_CELL, "num_format": "0"},
    "number": {**_CELL, "num_format": "#,##0"},
    "amount": {**_CELL, "num_format": "#,##0.00"},
    "total": {"bold": True, "top": 2, "num_format": "#,##0"},
    "total amount": {"bold": True, "top": 2, "num_format": "#,##0.00"},
}
PART_OF = {
    "license_required": PARTS[0],
    "license_exception": PARTS[1],
    "indeterminate": PARTS[2],
    "unread": PARTS[3],
    "not_released": PARTS[2],
}
#: Heads of the summary's tables whose cells are counts.
_COUNTED = ("rows", "license", "exception", "open", "none found", "not released", "no AI chip")


#: The widths of the summary's columns.
_SUMMARY = (34, 10, 12, 13, 13, 15, 15, 28)


def _ordered(heads: list[str]) -> list[str]:
    """The heads of a table of the summary, what is told of first and its rows behind it."""
    first = "written" if "written" in heads else next((head for head in heads if head != "rows"), "rows")
    return list(dict.fromkeys([first, *[head for head in heads if head == "rows"], *heads]))


def _spans(heads: Sequence[str]) -> list[tuple[int, int]]:
    """The columns of the sheet that each head takes, of eight: the last one takes the rest."""
    last = len(heads) - 1
    return [(n, n) for n in range(last)] + [(last, last if heads[last] in _COUNTED else 7)]


def _lines(value: Any, width: int) -> int:
    """How many lines a cell takes in a column of a width; words are not broken, so some room is left over."""
    text = value.text if isinstance(value, Link) else value if isinstance(value, str) else ""
    return sum(max(1, -(-_wide(part) // width)) for part in text.split("\n"))


def _form_of(text: str) -> str:
    """How a ledger writes its days, as Excel's format; '' where it is not one of the known forms."""
    for pattern, form in _DAY_FORMS:
        if found := re.fullmatch(pattern, text.strip()):
            return form(found)
    return ""


def _wide(text: str) -> int:
    """How many columns of a terminal a text takes: letters of East Asia take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _longest_word(head: str) -> int:
    return max(map(len, head.split()))


def _letter(column: int) -> str:
    return ("" if column < 26 else chr(64 + column // 26)) + chr(65 + column % 26)
