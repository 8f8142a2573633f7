"""The layout of a sheet of the workbook: its formats, and the widths and heights needed on screen and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from exportrules.answer.words import width_of
from exportrules.errors import LedgerError
from exportrules.ledger.report import Link
from exportrules.ledger.sinks import MOST_IN_CELL, MOST_IN_SHEET

#: The height of a line of text, in points.
LINE_HEIGHT = 12.75
#: Excel limits the height of a row, in points.
HIGHEST = 400
#: Every office has it, or one of the same widths: a column is as many letters wide on paper as calculated.
FONT = {"font_name": "Arial", "font_size": 10}
#: Light fills that stay legible in black and white: the words say it too.
FILLS = {
    "license_required": "#F6D5D5",
    "license_exception": "#DCE6F5",
    "indeterminate": "#FBEFC9",
    "not_released": "#E7E6E6",
}
NARROWEST, _WIDEST = 5, 44
_INK, _LINE = "#1A1A1A", "#BFBFBF"
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
_FORMATS: dict[str, dict[str, Any]] = {
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
#: "dd.mm.yyyy" for days written 30.07.2023, and so on.
_DAY_FORMATS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"\d{4}([-/.])\d{1,2}\1\d{1,2}.*", lambda m: f"yyyy{m[1]}mm{m[1]}dd"),
    (r"\d{4}年\d{1,2}月\d{1,2}日.*", lambda _: 'yyyy"年"m"月"d"日"'),
    (r"\d{1,2}([\s-])[A-Za-z]{3}\1\d{2}", lambda m: f"dd{m[1]}mmm{m[1]}yy"),
    (r"\d{1,2}([\s-])[A-Za-z]{3}\1\d{4}", lambda m: f"dd{m[1]}mmm{m[1]}yyyy"),
    (r"\d{1,2}\.\s*[^\W\d_]{3,}\s+\d{4}", lambda _: "d. mmmm yyyy"),
    (r"[A-Z][a-z]{2,8} \d{1,2}, \d{4}", lambda _: "mmmm d, yyyy"),
)


class Formats:
    """The cell formats of one workbook, each made on first use. `day` is how the ledger writes its days, as a format
    of Excel; '' until it is known."""

    def __init__(self, book: Any, day: str) -> None:
        self._book, self.day = book, day
        self._made: dict[tuple[str, str, bool], Any] = {}

    def __call__(self, kind: str, fill: str = "", quote: bool = False) -> Any:
        """The format of a kind of cell. With `quote`, text that begins like a formula stays text when edited."""
        known = self._made.get((kind, fill, quote))
        if known is None:
            properties = {**_FORMATS[kind]}
            if kind in ("ledger day", "own day"):
                properties["num_format"] = self.day or "yyyy-mm-dd"
            if fill:
                properties["bg_color"] = fill
            if quote:
                properties["quote_prefix"] = True
            known = self._made[kind, fill, quote] = self._book.add_format(properties)
        return known


class Sheet:
    """A worksheet that is written row by row; its columns widen to what they hold."""

    def __init__(self, book: Any, title: str, file: str, colour: str = "") -> None:
        self.worksheet = book.add_worksheet(title)
        self._file = file
        self.row = 0
        self.links = 0
        self.widths: dict[int, int] = {}
        if colour:
            self.worksheet.set_tab_color(colour)
        self.worksheet.set_landscape()
        self.worksheet.set_paper(9)
        self.worksheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.worksheet.set_footer("&L&F&C&A&R&P / &N")

    def check(self) -> None:
        """Raises LedgerError if the sheet is full."""
        if self.row >= MOST_IN_SHEET:
            raise LedgerError(
                self._file,
                f"an Excel sheet holds {MOST_IN_SHEET:,} rows including its header, and the ledger has more. "
                "Write .csv or .parquet.",
            )

    def text(self, column: int, text: str, cell_format: Any = None, wide: bool = True) -> None:
        """Write a text into the current row and widen its column, if `wide`. Raises LedgerError if it is too long."""
        if len(text) > MOST_IN_CELL:
            raise LedgerError(
                self._file,
                f"row {self.row} has a cell of {len(text):,} characters, and an Excel cell holds {MOST_IN_CELL:,}. "
                "Write .csv or .parquet.",
            )
        if wide:
            self.widen(column, max(map(width_of, text.split("\n"))))
        self.worksheet.write_string(self.row, column, text, cell_format)

    def merged(self, first: int, last: int, text: str, cell_format: Any) -> None:
        """Write a text across some columns of the current row."""
        if first < last:
            self.worksheet.merge_range(self.row, first, self.row, last, "", cell_format)
        self.worksheet.write_string(self.row, first, text, cell_format)

    def height(self, lines: int) -> None:
        """Make the current row high enough for a number of lines."""
        self.worksheet.set_row(self.row, min(LINE_HEIGHT * lines + 3, HIGHEST))

    def widen(self, column: int, width: int) -> None:
        """Make a column at least as wide as a number of letters."""
        self.widths[column] = max(self.widths.get(column, 0), width)

    def close(self, columns: int) -> None:
        """Set the widths of the first columns."""
        for column in range(columns):
            width = min(max(self.widths.get(column, 0) + 2, NARROWEST), _WIDEST)
            self.worksheet.set_column(column, column, width)


def lines_of(value: Any, width: int) -> int:
    """The number of lines of a cell in a column of a width; words are not broken, so some room is left over."""
    text = value.text if isinstance(value, Link) else value if isinstance(value, str) else ""
    return sum(max(1, -(-width_of(part) // width)) for part in text.split("\n"))


def day_format(text: str) -> str:
    """The format of Excel for a day as a ledger writes it; '' if it is not one of the known forms."""
    for pattern, form in _DAY_FORMATS:
        if match := re.fullmatch(pattern, text.strip()):
            return form(match)
    return ""
