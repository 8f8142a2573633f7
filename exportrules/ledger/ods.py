"""The cells of an OpenDocument workbook that show something but have no value, and its merged cells."""

from __future__ import annotations

import re
import zipfile
from xml.etree.ElementTree import Element, iterparse

from exportrules.ledger.batch import NOT_A_CELL
from exportrules.ledger.omitted import Omitted, has

#: A formula, an error, a span, or a cell with content but no type: without any of them nothing is omitted.
_SIGN = re.compile(rb"""formula\s*=|["']error["']|-spanned\s*=|-cell(?![^>]*value-type)[^>]*[^/]>""")


def omitted(path: str) -> list[Omitted]:
    """The omissions of each sheet, in the order of the file; an empty list if no sheet has any."""
    with zipfile.ZipFile(path) as book:
        with book.open("content.xml") as part:
            if not has(part, _SIGN):
                return []
        sheets, row, table = list[Omitted](), 0, Element("table")
        with book.open("content.xml") as part:
            for event, element in iterparse(part, ("start", "end")):
                if event == "start" and element.tag.endswith("}table"):
                    row, table = 0, element
                    sheets.append(Omitted())
                elif event == "end" and element.tag.endswith("}table-row"):
                    row = _read_row(element, row, sheets[-1])
                    table.clear()
        return sheets


def _read_row(element: Element, first: int, sheet: Omitted) -> int:
    """Add what is omitted of a row, and of those that repeat it; returns the number of the next."""
    after = first + int(_attributes(element).get("number-rows-repeated", 1))
    column = 0
    for cell in element:
        if not cell.tag.endswith("table-cell"):
            continue
        said = _attributes(cell)
        last = column + int(said.get("number-columns-repeated", 1))
        below, beside = int(said.get("number-rows-spanned", 1)), int(said.get("number-columns-spanned", 1))
        if below > 1 or beside > 1:
            sheet.merged += [((row, column), (row + below - 1, column + beside - 1)) for row in range(first, after)]
        if error := _error(cell, said):
            sheet.errors |= {(row, at): error for row in range(first, after) for at in range(column, last)}
        column = last
    return after


def _error(cell: Element, said: dict[str, str]) -> str:
    """The text that a cell shows in place of a value; '' if it has a value or is empty. A formula with an empty result
    has an empty paragraph; one that no program has computed has none."""
    if said.get("value-type") and said.get("string-value", "its paragraphs"):
        return ""
    paragraphs = [part for part in cell if _local(part.tag) == "p"]
    if not paragraphs and "formula" in said and "value-type" not in said:
        return NOT_A_CELL
    return "\n".join("".join(paragraph.itertext()) for paragraph in paragraphs)


def _attributes(element: Element) -> dict[str, str]:
    """The attributes by their names without a namespace."""
    return {_local(name): value for name, value in element.items()}


def _local(name: str) -> str:
    return name.rpartition("}")[2]
