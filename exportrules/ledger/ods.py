"""The cells of an OpenDocument workbook that show something but have no value, and its merged cells."""

from __future__ import annotations

import re
import zipfile
from xml.etree.ElementTree import Element, iterparse

from exportrules.ledger.batch import NOT_A_CELL
from exportrules.ledger.omitted import Omitted, has

#: A formula, an error, a span, or a cell with content but no type: without any of them nothing is omitted.
_SIGN = re.compile(rb"""formula\s*=|["']error["']|-spanned\s*=|-cell(?![^>]*value-type)[^>]*[^/]>""")
_CELLS = ("table-cell", "covered-table-cell")


def omitted(path: str) -> list[Omitted]:
    """What is omitted of each sheet, in the order of the file; nothing if it is nothing of any."""
    with zipfile.ZipFile(path) as book:
        with book.open("content.xml") as part:
            if not has(part, _SIGN):
                return []
        sheets: list[Omitted] = []
        row, tables = 0, list[Element]()
        with book.open("content.xml") as part:
            for event, element in iterparse(part, ("start", "end")):
                tag = _local(element.tag)
                if event == "start" and tag == "table":
                    row, tables = 0, [element]
                    sheets.append(Omitted())
                elif event == "end" and tag == "table-row" and tables:
                    row = _read_row(element, row, sheets[-1])
                    tables[0].clear()
        return sheets


def _read_row(element: Element, first: int, sheet: Omitted) -> int:
    """Add what is omitted of a row, and of those that repeat it; returns the number of the next."""
    after = first + _number(element, "number-rows-repeated")
    column = 0
    for cell in element:
        if _local(cell.tag) not in _CELLS:
            continue
        last = column + _number(cell, "number-columns-repeated")
        below, beside = _number(cell, "number-rows-spanned"), _number(cell, "number-columns-spanned")
        if below > 1 or beside > 1:
            sheet.merged += [((row, column), (row + below - 1, column + beside - 1)) for row in range(first, after)]
        if error := _error(cell):
            sheet.errors |= {(row, at): error for row in range(first, after) for at in range(column, last)}
        column = last
    return after


def _error(cell: Element) -> str:
    """What a cell shows in place of a value: a text, which a reader may have found too; '' if it is empty. A formula
    that gives the empty text has an empty paragraph, one that no program has computed has none."""
    paragraphs = [part for part in cell if _local(part.tag) == "p"]
    if not paragraphs and _attribute(cell, "formula") and not _attribute(cell, "value-type"):
        return NOT_A_CELL
    return "\n".join("".join(paragraph.itertext()) for paragraph in paragraphs)


def _number(element: Element, name: str) -> int:
    return int(_attribute(element, name) or 1)


def _attribute(element: Element, name: str) -> str:
    """An attribute by its name without a namespace; '' if there is none."""
    return next((value for key, value in element.items() if _local(key) == name), "")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
