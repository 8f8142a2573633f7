"""All records of a delimited text file; damaged ones are kept and numbered like the others.

Common readers stop at a ragged, undecodable or half-quoted row, or drop it, and a ledger must not lose a row. So
records are split here, on whole blocks of bytes; a record keeps its bytes, and only the cells that a question needs
are decoded. Quoting follows RFC 4180: a cell that begins with a quotation mark ends with one, and doubles those inside.
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
from exportrules.ledger.saying import COMMAND, Saying

Positions = npt.NDArray[np.int32]

BLOCK = 8 << 20
#: A quoted cell that runs on for longer than this was never closed.
LONGEST_RECORD = 64 << 20

_NEWLINE, _RETURN, _QUOTE, _NUL = 10, 13, 34, 0
_ZERO, _NINE = 48, 57

Truths = npt.NDArray[np.bool_]
Buffer = npt.NDArray[np.uint8]


class Irregular(NamedTuple):
    """The irregular records, which are read one by one: their bytes by record number, and the problems of some."""

    raw: dict[int, bytes]
    problems: dict[int, Problem]
    #: Splits such a record into cells, as far as possible.
    split: Callable[[bytes], tuple[str, ...]]


@dataclass
class Records:
    """Consecutive records of a block.

    `starts[r]` is the offset at which the regular record `r` begins, `ends[r, c]` that at which its cell `c` ends.
    `irregular` has the irregular records; the others are the regular ones, in order.
    """

    block: bytes
    count: int
    starts: Positions
    ends: npt.NDArray[np.int32]
    irregular: Irregular

    def column(self, number: int) -> pa.Array:
        """The cells of a column as bytes, quotation marks included."""
        # the cells of a damaged record are not read
        damaged = self.irregular.problems
        odd = {n: b"" if n in damaged else _cell(self._cells_of(n)[number]) for n in self.irregular.raw}
        return _merged(self._regular_column(number), odd, self.count)

    def _regular_column(self, number: int) -> pa.Array:
        begin = self.starts if number == 0 else self.ends[:, number - 1] + 1
        return _slices(self.block, begin, self.ends[:, number])

    def lines(self, delimiter: str) -> pa.Array:
        """The records as they are written back: their own bytes, without line ends.

        A damaged record is padded or cut to the width of the header; a cell that a spreadsheet would run as a formula
        gets an apostrophe.
        """
        lines = _slices(self.block, self.starts, self.ends[:, -1])
        odd = {n: written(self._cells_of(n), delimiter) for n in self.irregular.raw}
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
        return {number: self._cells_of(number) for number in self.irregular.raw}

    def _cells_of(self, number: int) -> tuple[str, ...]:
        """The cells of an irregular record, padded or cut to the width of the header."""
        width = int(self.ends.shape[1])
        cells = self.irregular.split(self.irregular.raw[number])[:width]
        return cells + ("",) * (width - len(cells))

    def _bytes(self, row: int, column: int) -> bytes:
        begin = int(self.starts[row]) if column == 0 else int(self.ends[row, column - 1]) + 1
        return self.block[begin : int(self.ends[row, column])]

    def _formulas(self) -> npt.NDArray[np.intp]:
        """Indices of the regular records with a cell that a spreadsheet would run as a formula."""
        buffer = np.frombuffer(self.block + b"\n\n", np.uint8)
        has_formula = np.zeros(len(self.starts), bool)
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
                has_formula[suspects] |= runs[cells.indices.to_numpy()]
        return np.flatnonzero(has_formula)

    def cells(self, number: int) -> tuple[str, ...]:
        """The texts of a record's cells, as many as it has; of a damaged one, as far as they can be separated."""
        if number in self.irregular.raw:
            return self.irregular.split(self.irregular.raw[number])
        row = int(self._rows[number])
        return tuple(unquoted(self._bytes(row, column)) for column in range(self.ends.shape[1]))

    @cached_property
    def _rows(self) -> npt.NDArray[np.intp]:
        """The place of each regular record among them."""
        return np.cumsum(self.regular()) - 1

    def where(self, column: int, wanted: Callable[[str], bool]) -> list[int]:
        """The numbers of records whose cell is wanted and does not begin with a digit, and of all irregular ones."""
        begins = self.starts if column == 0 else self.ends[:, column - 1] + 1
        firsts = np.frombuffer(self.block + b"\n", np.uint8)[begins]
        suspects = np.flatnonzero((firsts < _ZERO) | (firsts > _NINE))
        cells = _slices(self.block, begins[suspects], self.ends[suspects, column]).dictionary_encode()
        matches = np.array([wanted(unquoted(cell)) for cell in cells.dictionary.to_pylist()], bool)
        rows = suspects[matches[cells.indices.to_numpy()]] if len(matches) else suspects[:0]
        return sorted([*np.flatnonzero(self.regular())[rows].tolist(), *self.irregular.raw])

    def without(self, numbers: Sequence[int]) -> Records:
        """The records without those of these numbers."""
        keep = np.ones(self.count, bool)
        keep[list(numbers)] = False
        places = np.cumsum(keep) - 1
        plain = keep[self.regular()]
        raw, problems, split = self.irregular
        irregular = Irregular(
            {int(places[n]): line for n, line in raw.items() if keep[n]},
            {int(places[n]): problem for n, problem in problems.items() if keep[n]},
            split,
        )
        return Records(self.block, int(keep.sum()), self.starts[plain], self.ends[plain], irregular)

    def regular(self) -> npt.NDArray[np.bool_]:
        """A mask over all records, True for the regular ones."""
        mask = np.ones(self.count, bool)
        mask[list(self.irregular.raw)] = False
        return mask


def _merged(regular: pa.Array, odd: dict[int, Any], count: int) -> pa.Array:
    """The values of all records in order: those of `odd` at their record numbers, the regular ones between them."""
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
    """The bytes from each `begin` to its `end`, without copying the block: every second slice is a gap, left out."""
    count = len(begin)
    offsets = np.empty(2 * count + 1, np.int32)
    offsets[0:-1:2], offsets[1::2] = begin, end
    offsets[-1] = offsets[-2] if count else 0
    every = pa.BinaryArray.from_buffers(pa.binary(), 2 * count, [None, pa.py_buffer(offsets), pa.py_buffer(block)])
    return every.take(pa.array(np.arange(0, 2 * count, 2, dtype=np.int32)))


def unquoted(cell: bytes) -> str:
    """The text of a cell, without its quotation marks."""
    text = cell.decode("utf-8", "backslashreplace")
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text


def quoted(text: str, delimiter: str) -> str:
    """The text as a cell, in quotation marks where it needs them."""
    if delimiter in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


#: The start of what a spreadsheet may run as a formula. A plain number with a sign is not one.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9.,\s]*[0-9][0-9.,\s]*%?\Z|\Z)", re.S)
_RISKY = "=@\t\r+-"
_DANGEROUS = np.zeros(256, bool)
_DANGEROUS[[ord(c) for c in _RISKY]] = True


def inert(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet would run it as a formula."""
    return "'" + text if text and text[0] in _RISKY and _FORMULA.match(text) else text


@cache
def _needs_quoting(delimiter: str) -> re.Pattern[str]:
    """Matches a line with a cell that must be quoted or made inert."""
    return re.compile(rf'["\n\r]|(?:^|{re.escape(delimiter)})[=@\t+-]')


def written(cells: Sequence[str], delimiter: str) -> str:
    """The cells as one line of text."""
    line = delimiter.join(cells)
    if line.count(delimiter) == len(cells) - 1 and not _needs_quoting(delimiter).search(line):
        return line
    return delimiter.join(quoted(inert(cell), delimiter) for cell in cells)


class Tokenizer:
    """Splits blocks of bytes into records of `width` cells."""

    def __init__(self, delimiter: str, width: int, say: Saying = COMMAND) -> None:
        self.width, self._say = width, say
        self._delimiter, self._mark = delimiter.encode(), ord(delimiter)
        sep = re.escape(self._delimiter)
        # one cell and its end; only a quoted cell may contain a line end
        self._cell = re.compile(
            rb'(?:"([^"]*+(?:""[^"]*+)*+)"(?=SEP|\r?\n|\r?\Z)|(?!")([^SEP\n]*+))(SEP|\r?\n|\r?\Z)'.replace(b"SEP", sep)
        )
        self._open = re.compile(rb'"[^"]*+(?:""[^"]*+)*+\Z')

    def records(self, blocks: Iterable[bytes]) -> Iterator[Records]:
        """All records of the file, in order. A record cut off by a block's end is carried over to the next block."""
        rest = b""
        for block in blocks:
            rest = rest + block if rest else block
            # an unclosed quotation mark would swallow the rest of the file: its line becomes a record by itself
            if len(rest) > LONGEST_RECORD and (end := rest.find(b"\n") + 1):
                yield self._split(rest[:end], whole=True)[0]
                rest = rest[end:]
            records, used = self._split(rest, whole=False)
            if records.count:
                yield records
            rest = rest[used:]
        if rest:
            yield self._split(rest, whole=True)[0]

    def _split(self, block: bytes, whole: bool) -> tuple[Records, int]:
        """(records of the block, bytes they take). In a `whole` block, the last record needs no line end."""
        buffer = np.frombuffer(block, np.uint8)
        marks = np.flatnonzero((buffer == self._mark) | (buffer == _NEWLINE)).astype(np.int32)
        stray: list[int] = []
        size = len(block)
        if b'"' in block:
            inside, stray, size = self._inside(block, buffer, marks, whole)
            marks = marks[~inside & (marks < size)]
        stops = np.flatnonzero(buffer[marks] == _NEWLINE)
        used = int(marks[stops[-1]]) + 1 if len(stops) else 0
        if whole and used < size:
            marks = np.append(marks, np.int32(size))
            stops = np.append(stops, len(marks) - 1)
            used = size
        marks = marks[: int(stops[-1]) + 1] if len(stops) else marks[:0]
        return self._shaped(block, buffer, marks, stops, stray), used

    def _inside(self, block: bytes, buffer: Buffer, marks: Positions, whole: bool) -> tuple[Truths, list[int], int]:
        """(mask of the marks inside quotation, starts of records with a stray quotation mark, end of what is split)."""
        quotes = np.flatnonzero(buffer == _QUOTE).astype(np.int32)
        if self._well_quoted(buffer, quotes, whole):
            return (np.searchsorted(quotes, marks) & 1).astype(bool), [], len(block)
        spans, stray, size = self._walked(block, buffer, quotes, whole)
        if not spans:
            return np.zeros(len(marks), bool), stray, size
        begins, ends = np.array(spans).T
        inner = np.searchsorted(begins, marks, side="right") - 1
        return (inner >= 0) & (marks < ends[np.maximum(inner, 0)]), stray, size

    def _well_quoted(self, buffer: Buffer, quotes: Positions, whole: bool) -> bool:
        """True if every quotation mark opens or closes a cell, or is one of a pair inside it."""
        if whole and len(quotes) % 2:
            return False
        opening, closing = quotes[0::2], quotes[1::2]
        before = buffer[np.maximum(opening - 1, 0)]
        opens = (opening == 0) | (before == self._mark) | (before == _NEWLINE)
        # a mark right after one that seemed to close a cell is the second of a pair
        opens[1:] |= opening[1:] - 1 == closing[: len(opening) - 1]
        padded = np.append(buffer, np.array([_NEWLINE, _NEWLINE], np.uint8))
        after, next_ = padded[closing + 1], padded[np.minimum(closing + 2, len(buffer))]
        closes = (after == self._mark) | (after == _NEWLINE) | (after == _QUOTE)
        closes |= (after == _RETURN) & (next_ == _NEWLINE)
        return bool(opens.all() and closes.all())

    def _walked(
        self, block: bytes, buffer: Buffer, quotes: Positions, whole: bool
    ) -> tuple[list[tuple[int, int]], list[int], int]:
        """As `_inside`, with spans of quoted cells, for a block with a stray mark: lines with marks are read singly."""
        lines = np.flatnonzero(buffer == _NEWLINE)
        begins = np.concatenate([[0], lines + 1])
        spans: list[tuple[int, int]] = []
        stray: list[int] = []
        resume = 0
        for line in np.unique(np.searchsorted(lines, quotes)).tolist():
            begin = at = int(begins[line])
            if begin < resume:
                continue
            quoted_cells = []
            while match := self._cell.match(block, at):
                if match[1] is not None:
                    quoted_cells.append(match.span(1))
                at = match.end()
                if match[3] != self._delimiter:
                    break
            if match:
                spans += quoted_cells
                resume = at
            elif not whole and self._open.match(block, at):
                return spans, stray, begin
            else:
                stray.append(begin)
                resume = int(lines[line]) + 1 if line < len(lines) else len(block)
        return spans, stray, len(block)

    def _shaped(
        self, block: bytes, buffer: Buffer, marks: Positions, stops: npt.NDArray[np.intp], stray: list[int]
    ) -> Records:
        """Records from the offsets of delimiters and line ends; rows that are not regular go to `irregular`."""
        count = len(stops)
        if not count:
            return Records(block, 0, marks, marks.reshape(0, self.width), Irregular({}, {}, self._cells))
        lasts = marks[stops]
        starts = np.concatenate([[0], lasts[:-1] + 1]).astype(np.int32)
        widths = np.diff(stops, prepend=-1)
        problems: dict[int, Problem | None] = dict.fromkeys(np.flatnonzero(widths != self.width).tolist())
        problems |= self._undecodable(block[: int(lasts[-1])], buffer, starts, lasts)
        for number in np.searchsorted(starts, [begin for begin in stray if begin <= starts[-1]]).tolist():
            problems[number] = STRAY_QUOTE
        raw = {n: block[int(starts[n]) : int(lasts[n])].removesuffix(b"\r") for n in sorted(problems)}
        damaged = {n: problem for n, line in raw.items() if (problem := problems[n] or self._problem(line))}
        irregular = Irregular(raw, damaged, self._cells)
        if raw:
            plain = np.ones(count, bool)
            plain[list(raw)] = False
            marks, starts = marks[np.repeat(plain, widths)], starts[plain]
        ends = marks.reshape(-1, self.width)
        returns = buffer[np.maximum(ends[:, -1] - 1, 0)] == _RETURN
        if returns.any():  # lines that end in CR LF: the CR is not part of the last cell
            ends = ends.copy()
            ends[:, -1] -= returns
        return Records(block, count, starts, ends, irregular)

    def _undecodable(self, block: bytes, buffer: Buffer, starts: Positions, lasts: Positions) -> dict[int, Problem]:
        """The problems of records with bytes that are not UTF-8, or with a NUL, by record number."""
        problems: dict[int, Problem] = {}
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            for number in np.unique(np.searchsorted(lasts, np.flatnonzero(buffer[: len(block)] >= 128))).tolist():
                try:
                    block[int(starts[number]) : int(lasts[number])].decode("utf-8")
                except UnicodeDecodeError as error:
                    problems[number] = _not_utf8(error.object[error.start], self._say)
        if b"\0" in block:
            holding = np.unique(np.searchsorted(lasts, np.flatnonzero(buffer[: len(block)] == _NUL)))
            problems |= dict.fromkeys(holding.tolist(), HAS_NUL)
        return problems

    def _cells(self, raw: bytes) -> tuple[str, ...]:
        """The cells of one record; with a stray quotation mark, split as if there were no quoting."""
        if b'"' not in raw:
            return tuple(shown(raw).split(self._delimiter.decode()))
        cells: list[str] = []
        at = 0
        while match := self._cell.match(raw, at):
            cells.append(shown(match[2] if match[1] is None else match[1].replace(b'""', b'"')))
            at = match.end()
            if match[3] != self._delimiter:
                return tuple(cells)
        return tuple(map(shown, raw.split(self._delimiter)))

    def _problem(self, raw: bytes) -> Problem | None:
        """The problem with the width of a record, None if there is none."""
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


NOT_UTF8 = "row is not UTF-8 text"
STRAY_QUOTE = Problem("stray quotation mark", "a quotation mark in the row opens a cell and does not close it.")
HAS_NUL = Problem("row has a NUL byte", "the row has a NUL byte (shown as \\x00): it is damaged.")
_IS_EMPTY = Problem("row is empty", "the line is empty.")


def _not_utf8(byte: int, say: Saying) -> Problem:
    return Problem(
        NOT_UTF8,
        f"the row has the byte 0x{byte:02X}, which is not UTF-8 text (shown as \\x{byte:02x}). If the whole file is in "
        f"another encoding, say {say.option('encoding')}.",
    )


def shown(text: bytes) -> str:
    """A cell's text; NUL and bytes that are not UTF-8 are shown as escapes."""
    return text.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
