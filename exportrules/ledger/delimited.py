"""Records of a delimited text file, every one of them: the damaged ones are found, kept and numbered.

A reader that meets a ragged, undecodable or half-quoted row stops or drops it, and a ledger may lose
no row. So records are told apart here, on whole blocks of bytes; a record stays the bytes that it
was, and only the cells that a question needs are looked at. Quotation follows RFC 4180: a cell that
begins with a quotation mark ends with one, and doubles those inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from exportrules.ledger.cells import Problem, brief

Positions = npt.NDArray[np.int32]

BLOCK = 8 << 20
#: A quoted cell that goes on for longer than this was never closed.
LONGEST_RECORD = 64 << 20

_NEWLINE, _RETURN, _QUOTE, _NUL = 10, 13, 34, 0

Truths = npt.NDArray[np.bool_]
Buffer = npt.NDArray[np.uint8]


class Alone(NamedTuple):
    """The records that are read by themselves, by number: their bytes, and what is wrong with them, if anything."""

    raw: dict[int, bytes]
    problems: dict[int, Problem]
    #: The cells of such a record, as far as they can be told.
    parted: Callable[[bytes], tuple[str, ...]]


@dataclass
class Records:
    """Consecutive records of a block.

    `ends[r, c]` is where cell `c` of the regular record `r` ends; `starts[r]` where the record begins.
    `alone` has those that are read one by one; the other records are the regular ones, in order.
    """

    block: bytes
    count: int
    starts: Positions
    ends: npt.NDArray[np.int32]
    alone: Alone

    def column(self, number: int) -> pa.Array:
        """The cells of a column as bytes, quotation marks included."""
        # nothing is read from a damaged record
        damaged = self.alone.problems
        odd = {n: b"" if n in damaged else _cell(self._cells_of(n)[number]) for n in self.alone.raw}
        return _merged(self._regular_column(number), odd, self.count)

    def _regular_column(self, number: int) -> pa.Array:
        begin = self.starts if number == 0 else self.ends[:, number - 1] + 1
        return _slices(self.block, begin, self.ends[:, number])

    def lines(self, delimiter: str) -> pa.Array:
        """The records as they are written back: the bytes that were read, without line ends.

        A damaged record gets as many cells as the header has; a cell that a spreadsheet would run as
        a formula gets an apostrophe.
        """
        lines = _slices(self.block, self.starts, self.ends[:, -1])
        odd = {n: written(self._cells_of(n), delimiter) for n in self.alone.raw}
        formulas = self._formulas()
        if len(formulas):
            numbers = np.flatnonzero(self.regular())[formulas].tolist()
            for number, row in zip(numbers, formulas.tolist(), strict=True):
                cells = [unquoted(self._bytes(row, column)) for column in range(self.ends.shape[1])]
                odd[number] = written(cells, delimiter)
            keep = np.ones(len(lines), bool)
            keep[formulas] = False
            lines = lines.filter(pa.array(keep))
        return _merged(lines, {number: line.encode() for number, line in odd.items()}, self.count)

    def texts(self, number: int) -> pa.Array:
        """The cells of a column as text, those of damaged records included."""
        cells = self._regular_column(number).dictionary_encode()
        spelled = pa.array([unquoted(cell) for cell in cells.dictionary.to_pylist()], pa.string())
        return _merged(spelled.take(cells.indices), {n: odd[number] for n, odd in self._odd.items()}, self.count)

    @cached_property
    def _odd(self) -> dict[int, tuple[str, ...]]:
        return {number: self._cells_of(number) for number in self.alone.raw}

    def _cells_of(self, number: int) -> tuple[str, ...]:
        """The cells of a record that is read by itself, as many as the header has."""
        width = int(self.ends.shape[1])
        cells = self.alone.parted(self.alone.raw[number])[:width]
        return cells + ("",) * (width - len(cells))

    def _bytes(self, row: int, column: int) -> bytes:
        begin = int(self.starts[row]) if column == 0 else int(self.ends[row, column - 1]) + 1
        return self.block[begin : int(self.ends[row, column])]

    def _formulas(self) -> npt.NDArray[np.intp]:
        """The regular records with a cell that a spreadsheet would take for a formula."""
        buffer = np.frombuffer(self.block + b"\n\n", np.uint8)
        found = np.zeros(len(self.starts), bool)
        for column in range(self.ends.shape[1]):
            begins = self.starts if column == 0 else self.ends[:, column - 1] + 1
            firsts = buffer[begins]
            if (quotes := firsts == _QUOTE).any():
                firsts = np.where(quotes, buffer[begins + 1], firsts)
            suspects = np.flatnonzero(_DANGEROUS[firsts] & (begins < self.ends[:, column]))
            if len(suspects):
                cells = _slices(self.block, begins[suspects], self.ends[suspects, column]).dictionary_encode()
                spelled = [unquoted(cell) for cell in cells.dictionary.to_pylist()]
                runs = np.array([inert(cell) != cell for cell in spelled])
                found[suspects] |= runs[cells.indices.to_numpy()]
        return np.flatnonzero(found)

    def regular(self) -> npt.NDArray[np.bool_]:
        found = np.ones(self.count, bool)
        found[list(self.alone.raw)] = False
        return found


def _merged(regular: pa.Array, odd: dict[int, Any], count: int) -> pa.Array:
    """Values in the order of the records: those of `odd` at their numbers, the others in order."""
    if not odd:
        return regular
    numbers = sorted(odd)
    order = np.empty(count, np.int64)
    mask = np.ones(count, bool)
    mask[numbers] = False
    order[mask] = np.arange(len(regular))
    order[numbers] = len(regular) + np.arange(len(numbers))
    return pa.concat_arrays([regular, pa.array([odd[n] for n in numbers], regular.type)]).take(pa.array(order))


def _cell(text: str) -> bytes:
    """A cell as bytes, quotation marks included."""
    return b'"' + text.replace('"', '""').encode() + b'"' if '"' in text else text.encode()


def _slices(block: bytes, begin: Positions, end: Positions) -> pa.Array:
    """The bytes from each `begin` to its `end`. Between every two stands what lies between them, and is left out."""
    count = len(begin)
    offsets = np.empty(2 * count + 1, np.int32)
    offsets[0:-1:2], offsets[1::2] = begin, end
    offsets[-1] = offsets[-2] if count else 0
    every = pa.BinaryArray.from_buffers(pa.binary(), 2 * count, [None, pa.py_buffer(offsets), pa.py_buffer(block)])
    return every.take(pa.array(np.arange(0, 2 * count, 2, dtype=np.int32)))


def unquoted(cell: bytes) -> str:
    """What a cell says."""
    text = cell.decode("utf-8", "backslashreplace")
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text


def quoted(text: str, delimiter: str) -> str:
    """A cell as it is written."""
    if delimiter in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


#: What a spreadsheet may run as a formula; a plain number that begins with a sign is none.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9.,\s]*[0-9][0-9.,\s]*%?\Z|\Z)", re.S)
_RISKY = "=@\t\r+-"
_DANGEROUS = np.zeros(256, bool)
_DANGEROUS[[ord(c) for c in _RISKY]] = True


def inert(text: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run."""
    return "'" + text if text and text[0] in _RISKY and _FORMULA.match(text) else text


@cache
def _told_apart(delimiter: str) -> re.Pattern[str]:
    """What is in a line that is more than its cells and delimiters."""
    return re.compile(rf'["\n\r]|(?:^|{re.escape(delimiter)})[=@\t+-]')


def written(cells: Sequence[str], delimiter: str) -> str:
    """Cells as a line."""
    line = delimiter.join(cells)
    if line.count(delimiter) == len(cells) - 1 and not _told_apart(delimiter).search(line):
        return line
    return delimiter.join(quoted(inert(cell), delimiter) for cell in cells)


class Tokenizer:
    """Parts blocks of bytes into records of `width` cells."""

    def __init__(self, delimiter: str, width: int) -> None:
        self.width = width
        self._delimiter, self._mark = delimiter.encode(), ord(delimiter)
        sep = re.escape(self._delimiter)
        # one cell and what ends it; only a cell within quotation marks may hold a line end
        self._cell = re.compile(
            rb'(?:"([^"]*+(?:""[^"]*+)*+)"(?=SEP|\r?\n|\r?\Z)|(?!")([^SEP\n]*+))(SEP|\r?\n|\r?\Z)'.replace(b"SEP", sep)
        )
        self._open = re.compile(rb'"[^"]*+(?:""[^"]*+)*+\Z')

    def records(self, blocks: Iterable[bytes]) -> Iterator[Records]:
        """All records of the file, in order. What is left of a record at a block's end goes to the next block."""
        rest = b""
        for block in blocks:
            rest = rest + block if rest else block
            # beyond that length a mark that was never closed is swallowing the file: its line is a record by itself
            if len(rest) > LONGEST_RECORD and (end := rest.find(b"\n") + 1):
                yield self._part(rest[:end], whole=True)[0]
                rest = rest[end:]
            found, used = self._part(rest, whole=False)
            if found.count:
                yield found
            rest = rest[used:]
        if rest:
            yield self._part(rest, whole=True)[0]

    def _part(self, block: bytes, whole: bool) -> tuple[Records, int]:
        """The records of a block and how many bytes they take; of a `whole` one, the last needs no line end."""
        buffer = np.frombuffer(block, np.uint8)
        marks = np.flatnonzero((buffer == self._mark) | (buffer == _NEWLINE)).astype(np.int32)
        astray: list[int] = []
        size = len(block)
        if b'"' in block:
            inside, astray, size = self._inside(block, buffer, marks, whole)
            marks = marks[~inside & (marks < size)]
        stops = np.flatnonzero(buffer[marks] == _NEWLINE)
        used = int(marks[stops[-1]]) + 1 if len(stops) else 0
        if whole and used < size:
            marks = np.append(marks, np.int32(size))
            stops = np.append(stops, len(marks) - 1)
            used = size
        marks = marks[: int(stops[-1]) + 1] if len(stops) else marks[:0]
        return self._shaped(block, buffer, marks, stops, astray), used

    def _inside(self, block: bytes, buffer: Buffer, marks: Positions, whole: bool) -> tuple[Truths, list[int], int]:
        """Which marks stand inside quotation, where records with a quotation mark astray begin, where to stop."""
        quotes = np.flatnonzero(buffer == _QUOTE).astype(np.int32)
        if self._well_quoted(buffer, quotes, whole):
            return (np.searchsorted(quotes, marks) & 1).astype(bool), [], len(block)
        spans, astray, size = self._walked(block, buffer, quotes, whole)
        if not spans:
            return np.zeros(len(marks), bool), astray, size
        begins, ends = np.array(spans).T
        inner = np.searchsorted(begins, marks) - 1
        return (inner >= 0) & (marks < ends[np.maximum(inner, 0)]), astray, size

    def _well_quoted(self, buffer: Buffer, quotes: Positions, whole: bool) -> bool:
        """Whether every quotation mark opens or closes a cell, or is one of a pair inside it."""
        if whole and len(quotes) % 2:
            return False
        opening, closing = quotes[0::2], quotes[1::2]
        before = buffer[np.maximum(opening - 1, 0)]
        opens = (opening == 0) | (before == self._mark) | (before == _NEWLINE)
        # right behind a mark that seemed to close, it is the second of a pair
        opens[1:] |= opening[1:] - 1 == closing[: len(opening) - 1]
        padded = np.append(buffer, np.array([_NEWLINE, _NEWLINE], np.uint8))
        after, next_ = padded[closing + 1], padded[np.minimum(closing + 2, len(buffer))]
        closes = (after == self._mark) | (after == _NEWLINE) | (after == _QUOTE)
        closes |= (after == _RETURN) & (next_ == _NEWLINE)
        return bool(opens.all() and closes.all())

    def _walked(
        self, block: bytes, buffer: Buffer, quotes: Positions, whole: bool
    ) -> tuple[list[tuple[int, int]], list[int], int]:
        """The quoted cells of a block in which some mark is astray: the lines that hold marks, one by one."""
        lines = np.flatnonzero(buffer == _NEWLINE)
        begins = np.concatenate([[0], lines + 1])
        spans: list[tuple[int, int]] = []
        astray: list[int] = []
        resume = 0
        for line in np.unique(np.searchsorted(lines, quotes)).tolist():
            begin = at = int(begins[line])
            if begin < resume:
                continue
            found = []
            while match := self._cell.match(block, at):
                if match[1] is not None:
                    found.append(match.span(1))
                at = match.end()
                if match[3] != self._delimiter:
                    break
            if match:
                spans += found
                resume = at
            elif not whole and self._open.match(block, at):
                return spans, astray, begin
            else:
                astray.append(begin)
                resume = int(lines[line]) + 1 if line < len(lines) else len(block)
        return spans, astray, len(block)

    def _shaped(
        self, block: bytes, buffer: Buffer, marks: Positions, stops: npt.NDArray[np.intp], astray: list[int]
    ) -> Records:
        """Records from the places of delimiters and line ends; what is no plain row is read by itself."""
        count = len(stops)
        if not count:
            return Records(block, 0, marks, marks.reshape(0, self.width), Alone({}, {}, self._cells))
        lasts = marks[stops]
        starts = np.concatenate([[0], lasts[:-1] + 1]).astype(np.int32)
        widths = np.diff(stops, prepend=-1)
        problems: dict[int, Problem | None] = dict.fromkeys(np.flatnonzero(widths != self.width).tolist())
        problems |= self._undecodable(block[: int(lasts[-1])], buffer, starts, lasts)
        for number in np.searchsorted(starts, [begin for begin in astray if begin <= starts[-1]]).tolist():
            problems[number] = _ASTRAY
        raw = {n: block[int(starts[n]) : int(lasts[n])].removesuffix(b"\r") for n in sorted(problems)}
        wrong = {n: found for n, line in raw.items() if (found := problems[n] or self._problem(line))}
        alone = Alone(raw, wrong, self._cells)
        if raw:
            plain = np.ones(count, bool)
            plain[list(raw)] = False
            marks, starts = marks[np.repeat(plain, widths)], starts[plain]
        ends = marks.reshape(-1, self.width)
        returns = buffer[np.maximum(ends[:, -1] - 1, 0)] == _RETURN
        if returns.any():  # lines that end in CR LF: the CR is no part of the last cell
            ends = ends.copy()
            ends[:, -1] -= returns
        return Records(block, count, starts, ends, alone)

    def _undecodable(self, block: bytes, buffer: Buffer, starts: Positions, lasts: Positions) -> dict[int, Problem]:
        """Records with bytes that are no UTF-8, or with a NUL."""
        found: dict[int, Problem] = {}
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            for number in np.unique(np.searchsorted(lasts, np.flatnonzero(buffer[: len(block)] >= 128))).tolist():
                try:
                    block[int(starts[number]) : int(lasts[number])].decode("utf-8")
                except UnicodeDecodeError as error:
                    found[number] = _not_utf8(error.object[error.start])
        if b"\0" in block:
            holding = np.unique(np.searchsorted(lasts, np.flatnonzero(buffer[: len(block)] == _NUL)))
            found |= dict.fromkeys(holding.tolist(), _HAS_NUL)
        return found

    def _cells(self, raw: bytes) -> tuple[str, ...]:
        """The cells of one record; where a quotation mark is astray, parted as if there were none."""
        if b'"' not in raw:
            return tuple(shown(raw).split(self._delimiter.decode()))
        found: list[str] = []
        at = 0
        while match := self._cell.match(raw, at):
            found.append(shown(match[2] if match[1] is None else match[1].replace(b'""', b'"')))
            at = match.end()
            if match[3] != self._delimiter:
                return tuple(found)
        return tuple(map(shown, raw.split(self._delimiter)))

    def _problem(self, raw: bytes) -> Problem | None:
        """What is wrong with the width of a record."""
        cells = self._cells(raw)
        if cells == ("",):
            return _IS_EMPTY
        if len(cells) == self.width:
            return None
        if len(cells) < self.width:
            return _too_few(len(cells), self.width)
        surplus = ", ".join(brief(cell, 40) for cell in cells[self.width : self.width + 5])
        return Problem("row has too many cells", f"{_widths(len(cells), self.width)}; left over: {surplus}.")


def _widths(cells: int, width: int) -> str:
    return f"the row has {cells} cell{'s' if cells > 1 else ''}, the header {width}"


@cache
def _too_few(cells: int, width: int) -> Problem:
    return Problem("row has too few cells", f"{_widths(cells, width)}.")


_ASTRAY = Problem("quotation mark astray", "a quotation mark in the row opens a cell and does not close it.")
_HAS_NUL = Problem("row has a NUL byte", "the row has a NUL byte (shown as \\x00): it is damaged.")
_IS_EMPTY = Problem("row is empty", "the line is empty.")


def _not_utf8(byte: int) -> Problem:
    return Problem(
        "row is not UTF-8 text",
        f"the row has the byte 0x{byte:02X}, which is no UTF-8 text (shown as \\x{byte:02x}). If the whole file is in "
        "another encoding, say --encoding.",
    )


def shown(text: bytes) -> str:
    """A cell's text; bytes that are no UTF-8, and NUL, shown as escapes."""
    return text.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
