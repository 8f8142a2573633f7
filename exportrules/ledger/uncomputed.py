"""Cells of a workbook that have no value: errors such as #N/A, and formulas that no program has computed.

Readers of values give an empty text for them, which in an optional column would mean that nothing is said.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

from exportrules.ledger.batch import NOT_A_CELL
from exportrules.ledger.formats import sheet_part

#: The workbooks in which such cells can be told from empty ones.
TOLD_IN = (".xlsx", ".xlsm")
_BLOCK = 1 << 20
_SIGN = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[\s/>]""")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def without_value(path: str | os.PathLike[str], sheet: str) -> dict[tuple[int, int], str]:
    """The error of each cell that has no value, by its row and column counted from 0; none where there is no such
    cell, or the format does not tell."""
    if not os.fspath(path).lower().endswith(TOLD_IN):
        return {}
    try:
        with zipfile.ZipFile(path) as book:
            name = sheet_part(book, sheet)
            with book.open(name) as part:
                if not _may_have_any(part):
                    return {}
            with book.open(name) as part:
                return dict(errors_in(part))
    except (OSError, KeyError, ParseError, zipfile.BadZipFile):
        return {}


def _may_have_any(part: IO[bytes]) -> bool:
    """Whether a sheet has a formula or an error at all: most have none, and are not parsed."""
    before = b""
    while block := part.read(_BLOCK):
        if _SIGN.search(before + block):
            return True
        before = block[-8:]
    return False


def _cells(part: IO[bytes]) -> Iterator[tuple[int, int, Element]]:
    """The cells of a sheet with their places; a row or a cell without a place stands behind the one before."""
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


def errors_in(part: IO[bytes]) -> Iterator[tuple[tuple[int, int], str]]:
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
