"""A ledger's rows in batches, from whatever it is kept in. Every row comes, in its order, damaged or not."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exportrules.errors import LedgerError, QuestionError
from exportrules.ledger.batch import ROWS, Batch, Source, as_text, first_line
from exportrules.ledger.cells import Problem
from exportrules.ledger.delimited import BLOCK, Records, Tokenizer, shown, unquoted
from exportrules.ledger.json_lines import JsonSource

DELIMITERS = ",;\t"
SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".xlsx")


def open_source(
    path: str | os.PathLike[str], *, encoding: str = "utf-8", delimiter: str | None = None, sheet: str | None = None
) -> Source:
    """The ledger in a file, by the ending of its name. Raises LedgerError where it is no such file."""
    name = os.path.basename(path)
    ending = os.path.splitext(name)[1].lower()
    if os.path.isdir(path):
        raise LedgerError(os.fspath(path), "this is a folder. Name one file of a ledger.")
    if ending not in SUFFIXES:
        raise QuestionError(f"{name!r}: a ledger ends in {', '.join(SUFFIXES)}. Rename it as what it is.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise LedgerError(os.fspath(path), "this is no regular file, and a ledger may be read twice. Copy it to one.")
    try:
        if ending == ".parquet":
            return ParquetSource(path)
        if ending == ".xlsx":
            return WorkbookSource(path, sheet)
        if ending in (".jsonl", ".ndjson"):
            return JsonSource(path)
        return TextSource(path, encoding, delimiter or ("\t" if ending == ".tsv" else None))
    except OSError as error:
        raise LedgerError(os.fspath(path), f"the file cannot be read: {_reason(error)}") from None


class TextSource:
    """A CSV or tab-separated file in any encoding that is declared."""

    def __init__(self, path: str | os.PathLike[str], encoding: str, delimiter: str | None) -> None:
        self.path, self.name = os.fspath(path), os.path.basename(path)
        self.size = os.path.getsize(path)
        try:
            self.encoding = codecs.lookup(encoding).name
            io.TextIOWrapper(io.BytesIO(), self.encoding).close()  # refuses rot13 and the like, which are no text
        except LookupError:
            raise QuestionError(f"--encoding {encoding!r} is no encoding. Write e.g. utf-8, cp1252, gb18030.") from None
        self._read = 0
        #: Excel takes a text without this mark for the machine's own encoding: what came with it leaves with it.
        self.mark = b""
        head = next(self._blocks(), b"")
        if not head.strip():
            raise LedgerError(self.name, "the file is empty: there is not even a header.")
        self.delimiter, self.names, self._skip = self._header(head, delimiter)
        if not any(name.strip() for name in self.names):
            raise LedgerError(self.name, "the first line names no columns. A ledger begins with a header.")

    def batches(self, wanted: Sequence[int] | None) -> Iterator[Batch]:
        first = 1
        for records in Tokenizer(self.delimiter, len(self.names)).records(self._rows()):
            yield self._batch(records, first)
            first += records.count

    def _batch(self, records: Records, first: int) -> Batch:
        def table() -> pa.Table:
            return pa.Table.from_arrays([records.texts(n) for n in range(len(self.names))], names=list(self.names))

        return Batch(
            first, records.count, records.column, unquoted, table, records.alone.problems, records.lines, self._read
        )

    def _rows(self) -> Iterator[bytes]:
        """The file as UTF-8, without its header."""
        blocks = self._blocks()
        yield next(blocks)[self._skip :]
        yield from blocks

    def _blocks(self) -> Iterator[bytes]:
        """The file as UTF-8, in blocks; the mark of a byte order, if any, left out."""
        self._read = 0
        decoder = None if self.encoding == "utf-8" else codecs.getincrementaldecoder(self.encoding)("surrogateescape")
        old_mac = False
        with open(self.path, "rb") as file:
            for number in itertools.count():
                raw = file.read(BLOCK)
                self._read += len(raw)
                block = raw if decoder is None else self._decoded(decoder, raw)
                if number == 0:
                    if decoder is None and (wide := _wide(raw)):
                        raise LedgerError(self.name, f"the file is {wide.upper()}. Say --encoding {wide}.")
                    self.mark = codecs.BOM_UTF8 if block.startswith(codecs.BOM_UTF8) else b""
                    block = block.removeprefix(codecs.BOM_UTF8)
                    old_mac = b"\r" in block and b"\n" not in block
                if block:
                    yield block.replace(b"\r", b"\n") if old_mac else block
                if not raw:
                    return

    def _decoded(self, decoder: codecs.IncrementalDecoder, raw: bytes) -> bytes:
        try:
            # what cannot be decoded stays the byte it was, and is found again as no UTF-8
            return decoder.decode(raw, final=not raw).encode("utf-8", "surrogateescape")
        except UnicodeError as error:
            reason = getattr(error, "reason", str(error))
            raise LedgerError(self.name, f"the file is not {self.encoding} text: {reason}. Say --encoding.") from None

    def _header(self, head: bytes, delimiter: str | None) -> tuple[str, tuple[str, ...], int]:
        """The delimiter, the names of the columns, and how many bytes they take."""
        line = head.split(b"\n", 1)[0]
        if b"\0" in line:
            raise LedgerError(self.name, "the header holds NUL bytes: this is no text. Say --encoding if it is UTF-16.")
        chosen = delimiter or max(DELIMITERS, key=lambda mark: len(_parted(line, mark)[0]))
        try:
            names, skip = _parted(head, chosen, strict=True)
        except csv.Error:
            raise LedgerError(self.name, "a quotation mark in the header opens a name and does not close it.") from None
        return chosen, tuple(names), skip


def _parted(head: bytes, delimiter: str, strict: bool = False) -> tuple[list[str], int]:
    """The cells of the first record, and how many bytes it takes; a quoted name may hold a line end."""
    lines: list[bytes] = []
    start = io.BytesIO(head)

    def texts() -> Iterator[str]:
        for line in start:
            lines.append(line)
            yield shown(line)

    csv.field_size_limit(BLOCK * 4)
    names = next(csv.reader(texts(), delimiter=delimiter, strict=strict), [])
    return names, sum(map(len, lines))


def _wide(head: bytes) -> str:
    """The encoding that a mark of a byte order tells, where it is not UTF-8."""
    if head[:4] in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        return "utf-32"
    return "utf-16" if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ""


#: Arrow's batches of the columns with these numbers, or of all.
Batches = Callable[[Sequence[int] | None], Iterable[pa.RecordBatch]]


class ArrowSource:
    """Batches that are Arrow's already: a table, a reader, a Parquet file."""

    def __init__(self, name: str, schema: pa.Schema, batches: Batches, size: int = 0) -> None:
        self.name, self.schema, self.size, self.delimiter = name, schema, size, ""
        self.names = tuple(schema.names)
        self._batches = batches

    def batches(self, wanted: Sequence[int] | None) -> Iterator[Batch]:
        first = 1
        for batch in self._batches(wanted):
            if batch.num_rows:
                columns = dict(zip(range(len(self.names)) if wanted is None else wanted, batch.columns, strict=True))
                yield arrow_batch(batch, columns, first)
                first += batch.num_rows


def arrow_batch(batch: pa.RecordBatch, columns: dict[int, pa.Array], first: int = 1) -> Batch:
    """A batch of the audit from one of Arrow's."""

    def cells(number: int) -> pa.Array:
        return _plain(columns[number])

    return Batch(
        first, batch.num_rows, cells, as_text, lambda: pa.Table.from_batches([batch]), read=first + batch.num_rows - 1
    )


def _plain(array: pa.Array) -> pa.Array:
    """A naive moment is its day, as the ledger writes it; a moment in a time zone stays one, and is refused later."""
    kind = array.type
    if pa.types.is_date64(kind) or (pa.types.is_timestamp(kind) and kind.tz is None):
        return pc.cast(array, pa.date32(), safe=False)
    return array


class ParquetSource(ArrowSource):
    """A Parquet file, read group by group; text columns that are looked at stay dictionaries."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        import pyarrow.parquet as pq

        name = os.path.basename(path)
        try:
            with pq.ParquetFile(path) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            raise LedgerError(name, f"this is no whole Parquet file: {first_line(error)}") from None

        def batches(wanted: Sequence[int] | None) -> Iterator[pa.RecordBatch]:
            names = schema.names if wanted is None else [schema.names[n] for n in wanted]
            texts = [n for n in names if pa.types.is_string(schema.field(n).type)] if wanted is not None else []
            try:
                # read ahead, Arrow would hold the whole of the columns in memory
                with pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False) as file:
                    for batch in file.iter_batches(ROWS if wanted is None else ROWS * 4, columns=names):
                        yield batch.select(names)
            except (pa.ArrowException, OSError) as error:
                raise LedgerError(name, f"the file is damaged: {first_line(error)}") from None

        super().__init__(name, schema, batches, rows)
        if len(set(self.names)) < len(self.names):
            raise LedgerError(name, "two columns of the file have one name. Rename one.")


def _reason(error: OSError) -> str:
    """What the system says of a file; the words of a library around it are left out."""
    return f"{os.strerror(error.errno)}." if error.errno else first_line(error)


class WorkbookSource:
    """A sheet of an Excel workbook: its values, formulas as they were last computed."""

    def __init__(self, path: str | os.PathLike[str], sheet: str | None) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        self.name, self.delimiter = os.path.basename(path), ""
        if not os.path.getsize(path):
            raise LedgerError(self.name, "the file is empty.")
        try:
            with CalamineWorkbook.from_path(os.fspath(path)) as book:
                names = book.sheet_names
                if sheet is not None and sheet not in names:
                    raise QuestionError(f"--sheet {sheet!r}: the sheets are {', '.join(map(repr, names))}.")
                if sheet is None and len(names) > 1:
                    filled = [n for n in names if book.get_sheet_by_name(n).total_height]
                    if len(filled) > 1:
                        raise QuestionError(
                            f"{self.name} has several sheets. Say which: --sheet {filled[0]!r}. "
                            f"Sheets: {', '.join(map(repr, filled))}."
                        )
                    names = filled or names
                self._rows: list[list[Any]] = book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=True)
        except CalamineError as error:
            raise LedgerError(self.name, f"this is no Excel workbook that can be read: {first_line(error)}") from None
        if not self._rows or not any(as_text(cell).strip() for cell in self._rows[0]):
            raise LedgerError(self.name, "the first row of the sheet names no columns. A ledger begins with a header.")
        self.names = tuple(as_text(cell) for cell in self._rows[0])
        self.size = len(self._rows) - 1

    def batches(self, wanted: Sequence[int] | None) -> Iterator[Batch]:
        for begin in range(1, len(self._rows), ROWS):
            yield self._batch(self._rows[begin : begin + ROWS], begin)

    def _batch(self, rows: list[list[Any]], first: int) -> Batch:
        def cells(number: int) -> pa.Array:
            return pa.array([as_text(row[number]) for row in rows], pa.string())

        def table() -> pa.Table:
            return pa.Table.from_arrays([cells(n) for n in range(len(self.names))], names=list(self.names))

        damaged = {
            n: Problem("row is empty", "the row is empty.") for n, row in enumerate(rows) if all(c == "" for c in row)
        }
        return Batch(first, len(rows), cells, as_text, table, damaged, read=first + len(rows) - 1, values=lambda: rows)


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The digest of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
