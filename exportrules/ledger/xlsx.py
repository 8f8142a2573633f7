"""The cells of an .xlsx that have no value: errors such as #N/A, and formulas that no program has computed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from exportrules.ledger.batch import NOT_A_CELL
from exportrules.ledger.formats import Archive, sheet_parts
from exportrules.ledger.omitted import Omitted, Place, has

_SIGN = re.compile(rb"""\bt\s*=\s*["']e["']|<(?:\w+:)?f[\s/>]""")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def omitted(path: str) -> list[Omitted]:
    """The omissions of each sheet, in the order of the file."""
    with Archive(path) as book:
        return [_sheet(book, part) for part in sheet_parts(book).values()]


def _sheet(book: zipfile.ZipFile, name: str) -> Omitted:
    with book.open(name) as part:
        if not has(part, _SIGN):
            return Omitted()
    with book.open(name) as part:
        return Omitted(dict(errors_in(part)))


def _cells(part: IO[bytes]) -> Iterator[tuple[int, int, Element]]:
    """The cells of a sheet with their places; a row or a cell without a place follows the one before."""
    row = column = -1
    rows: Element | None = None
    for event, element in iterparse(part, ("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "sheetData":
            rows = element
        elif event == "start" and tag == "row":
            row, column = int(element.get("r") or row + 2) - 1, -1
        elif event == "end" and tag == "c":
            place = _PLACE.fullmatch(element.get("r") or "")
            column = _number(place[1]) if place else column + 1
            yield row, column, element
        elif event == "end" and tag == "row" and rows is not None:
            rows.clear()


def errors_in(part: IO[bytes]) -> Iterator[tuple[Place, str]]:
    """The place and the error of each cell of a sheet that has no value."""
    for row, column, cell in _cells(part):
        parts = {part.tag.rpartition("}")[2]: part.text or "" for part in cell}
        if cell.get("t") == "e":
            yield (row, column), parts.get("v") or NOT_A_CELL
        # a formula that says nothing has the type of a text
        elif "f" in parts and not parts.get("v") and cell.get("t") != "str":
            yield (row, column), NOT_A_CELL


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
