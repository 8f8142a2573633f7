"""The cells of an .xls that have an error in place of a value, and its merged cells ([MS-XLS], [MS-CFB])."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import iter_unpack, unpack_from

from exportrules.ledger.batch import NOT_A_CELL
from exportrules.ledger.omitted import Omitted, error_of

#: The kinds of records that matter here.
_END, _BEGIN, _SHEET, _MERGED = 0x0A, 0x0809, 0x85, 0xE5
_FORMULA, _STRING, _ERROR = 0x06, 0x0207, 0x0205
#: The mark of a formula's result that is not a number, and kinds of it: a text, in a record of its own, and an error.
_NO_NUMBER, _IS_TEXT, _IS_ERROR = b"\xff\xff", 0, 2


def omitted(path: str) -> list[Omitted]:
    """The omissions of each sheet, in the order of the file."""
    with open(path, "rb") as file:
        stream = _workbook(file.read())
    starts = [unpack_from("<I", content)[0] for kind, content in _records(stream, 0) if kind == _SHEET]
    return [_sheet(stream, start) for start in starts]


def _sheet(stream: memoryview, start: int) -> Omitted:
    sheet, place = Omitted(), (0, 0)
    for kind, content in _records(stream, start):
        if kind in (_FORMULA, _ERROR):
            place = unpack_from("<HH", content)
        if kind == _ERROR and content[7]:
            sheet.errors[place] = error_of(content[6])
        elif kind == _FORMULA and bytes(content[12:14]) == _NO_NUMBER and content[6] in (_IS_TEXT, _IS_ERROR):
            sheet.errors[place] = error_of(content[8]) if content[6] == _IS_ERROR else NOT_A_CELL
        elif kind == _STRING:
            sheet.errors.pop(place, None)
        elif kind == _MERGED:
            ranges = iter_unpack("<4H", content[2 : 2 + 8 * unpack_from("<H", content)[0]])
            sheet.merged += [((top, left), (bottom, right)) for top, bottom, left, right in ranges]
    return sheet


def _records(stream: memoryview, at: int) -> Iterator[tuple[int, memoryview]]:
    """The records of the workbook or of the sheet that begins here, without those of charts in it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth < 1:
            return
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _workbook(file: bytes) -> memoryview:
    """The stream of the workbook in a compound file, which is divided into sectors as a disk is."""
    size, small = (1 << shift for shift in unpack_from("<HH", file, 30))
    directory, cutoff, first_small, _, more = unpack_from("<I4xIIII", file, 48)
    held = memoryview(file)[size:]
    tables = list(unpack_from("<109I", file, 76))
    while _is_sector(more) and len(tables) <= len(held):
        *others, more = _numbers(held[more * size : (more + 1) * size])
        tables += others
    follow = [n for at in tables if _is_sector(at) for n in _numbers(held[at * size : (at + 1) * size])]
    entries = _chain(held, directory, follow, size)
    root, found = entries[:128], dict[str, memoryview]()
    for entry in (entries[at : at + 128] for at in range(0, len(entries), 128)):
        name = bytes(entry[: max(0, unpack_from("<H", entry, 64)[0] - 2)]).decode("utf-16-le").casefold()
        found.setdefault(name, entry)  # embedded workbooks have the same name, and come later
    start, length = unpack_from("<II", found["workbook" if "workbook" in found else "book"], 116)
    if length >= cutoff:
        return _chain(held, start, follow, size)[:length]
    inside = _chain(held, unpack_from("<I", root, 116)[0], follow, size)
    return _chain(inside, start, _numbers(_chain(held, first_small, follow, size)), small)[:length]


def _chain(held: memoryview, number: int, follow: Sequence[int], size: int) -> memoryview:
    """The sectors from a first one, each with the number of the one that follows it; no more than there are."""
    found = bytearray()
    for _ in range(0, len(held), size):
        if not _is_sector(number):
            break
        found += held[number * size : (number + 1) * size]
        number = follow[number]
    return memoryview(found)


def _numbers(sector: memoryview) -> list[int]:
    return [number for (number,) in iter_unpack("<I", sector)]


def _is_sector(number: int) -> bool:
    """False for the numbers that mark the end of a chain, and sectors that are free or hold tables."""
    return number < 0xFFFFFFFA
