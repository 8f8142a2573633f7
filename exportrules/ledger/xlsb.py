"""The cells of an .xlsb that have an error in place of a value, and its merged cells ([MS-XLSB])."""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

from exportrules.ledger.batch import NOT_A_CELL
from exportrules.ledger.formats import Archive, related
from exportrules.ledger.omitted import Omitted, error_of

_BOOK = "xl/workbook.bin"
#: The kinds of records that matter here. Text with formats of its own is one that readers of values pass over.
_ROW, _ERROR, _FORMULA_ERROR, _RICH_TEXT, _SHEET, _MERGED = 0, 3, 11, 62, 156, 176
_NO_PART = 0xFFFFFFFF


def omitted(path: str) -> list[Omitted]:
    """The omissions of each sheet, in the order of the file."""
    with Archive(path) as book:
        parts = related(book, _BOOK)
        return [_sheet(book.read(parts[relation][1])) for relation in _relations(book.read(_BOOK))]


def _relations(data: bytes) -> Iterator[str]:
    """The names by which a workbook refers to the parts of its sheets."""
    for kind, content in _records(data):
        if kind == _SHEET and (length := unpack_from("<I", content, 8)[0]) != _NO_PART:
            yield bytes(content[12 : 12 + 2 * length]).decode("utf-16-le")


def _sheet(data: bytes) -> Omitted:
    sheet, row = Omitted(), 0
    for kind, content in _records(data):
        if kind == _ROW:
            row = unpack_from("<I", content)[0]
        elif kind in (_ERROR, _FORMULA_ERROR):
            sheet.errors[row, unpack_from("<I", content)[0]] = error_of(content[8])
        elif kind == _RICH_TEXT:
            sheet.errors[row, unpack_from("<I", content)[0]] = NOT_A_CELL
        elif kind == _MERGED:
            top, bottom, left, right = unpack_from("<4I", content)
            sheet.merged.append(((top, left), (bottom, right)))
    return sheet


def _records(data: bytes) -> Iterator[tuple[int, memoryview]]:
    """The records, each with its kind, a number of one byte or two, and its content, whose length has up to four: the
    highest bit of a byte says that another follows."""
    view, at = memoryview(data), 0
    while at < len(view):
        kind, at = view[at], at + 1
        if kind > 127:
            kind, at = kind & 127 | (view[at] & 127) << 7, at + 1
        size, shift, byte = 0, 0, 128
        while byte > 127:
            byte, at = view[at], at + 1
            size |= (byte & 127) << shift
            shift += 7
        yield kind, view[at : at + size]
        at += size
