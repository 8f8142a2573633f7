"""A ledger's rows in batches, from any format. Every row is returned in order, damaged or not."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import itertools
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from exportrules.errors import LedgerError, QuestionError
from exportrules.ledger.apart import Apart, may_be_apart, not_shipments
from exportrules.ledger.batch import ROWS, Batch, Source, as_text, first_line
from exportrules.ledger.delimited import BLOCK, HAS_NUL, NOT_UTF8, STRAY_QUOTE, Records, Tokenizer, shown, unquoted
from exportrules.ledger.encodings import marked, proposals, proposed, utf8_lines
from exportrules.ledger.heading import WITHIN, FieldOf, Heading, find_heading, one_row
from exportrules.ledger.json_lines import JsonSource
from exportrules.ledger.kinds import mistaken
from exportrules.ledger.saying import COMMAND, Saying
from exportrules.ledger.workbook import WORKBOOKS, WorkbookSource

DELIMITERS = ",;\t"
SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", *WORKBOOKS)
#: The longest line above a header.
_LONGEST_LINE = 1 << 16
#: Records that cannot be understood, which stay rows.
_UNREADABLE = {STRAY_QUOTE.kind, HAS_NUL.kind, NOT_UTF8}
#: The line that Excel puts above a CSV to state its delimiter.
_SEP = re.compile(rb'\s*"?sep=(.)"?[\s;,]*', re.I)


def open_source(
    path: str | os.PathLike[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheets: Sequence[str] = (),
    header_rows: Mapping[str, int] | None = None,
    field_of: FieldOf = lambda _: "",
    say: Saying = COMMAND,
) -> Source:
    """Open the ledger in a file by the suffix of its name. Raises LedgerError if the file is of another kind.

    `header_rows` has the row of the header by sheet, or under '' for all sheets; otherwise it is found with `field_of`,
    which gives the field that a header names.
    """
    name = os.path.basename(path)
    ending = os.path.splitext(name)[1].lower()
    if os.path.isdir(path):
        raise LedgerError(os.fspath(path), "this is a directory. Name one file of a ledger.")
    if ending not in SUFFIXES:
        raise QuestionError(f"{name!r}: a ledger must end in {', '.join(SUFFIXES)}. Rename it by what it is.")
    if os.path.exists(path) and not os.path.isfile(path):
        raise LedgerError(os.fspath(path), "this is not a regular file: a ledger may be read twice. Copy it to one.")
    _refuse_idle(name, ending, encoding, delimiter, sheets, header_rows or {}, say)
    try:
        if what := mistaken(path, ending):
            raise LedgerError(name, what)
        if ending == ".parquet":
            return ParquetSource(path)
        if ending in WORKBOOKS:
            return WorkbookSource(path, sheets, header_rows, field_of)
        if ending in (".jsonl", ".ndjson"):
            return JsonSource(path)
        row = (header_rows or {}).get("")
        return TextSource(path, encoding, delimiter or ("\t" if ending == ".tsv" else None), row, field_of, say)
    except OSError as error:
        raise LedgerError(os.fspath(path), f"the file cannot be read: {_reason(error)}") from None


def _refuse_idle(
    name: str,
    ending: str,
    encoding: str | None,
    delimiter: str | None,
    sheets: Sequence[str],
    header_rows: Mapping[str, int],
    say: Saying,
) -> None:
    """Raise QuestionError for an option that does not apply to such a file, since it would be ignored."""
    text = ending in (".csv", ".tsv", ".txt")
    given = (
        (say.option("encoding"), encoding is not None, text, "a text file"),
        (say.option("delimiter"), delimiter is not None, text, "a text file"),
        ("--sheet", bool(sheets), ending in WORKBOOKS, "a workbook"),
        ("--header-row SHEET=ROW", any(header_rows), ending in WORKBOOKS, "a workbook"),
        ("--header-row", bool(header_rows), text or ending in WORKBOOKS, "a workbook or a text file"),
    )
    for option, is_given, fits, of in given:
        if is_given and not fits:
            raise QuestionError(f"{option} is for {of}, and {name} is not one. Omit it.")


class TextSource:
    """A CSV or tab-separated file, in UTF-8 or in the encoding that its byte-order mark or its owner states."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        encoding: str | None = None,
        delimiter: str | None = None,
        header_row: int | None = None,
        field_of: FieldOf = lambda _: "",
        say: Saying = COMMAND,
    ) -> None:
        self.path, self.name, self._say = os.fspath(path), os.path.basename(path), say
        self.size = os.path.getsize(path)
        with open(path, "rb") as file:
            sample = file.read(BLOCK)
        wide = marked(sample)
        self.encoding = codecs.lookup(_known_encoding(encoding or wide or "utf-8", say)).name
        if encoding and wide and self.encoding in ("utf-8", "utf-8-sig"):
            said = f"its byte-order mark says {wide.upper()}. Leave {say.option('encoding')} out."
            raise LedgerError(self.name, said)
        self._remarks: list[str] = []
        self._account: dict[str, Any] = {}
        #: The cells of the lines above the header.
        self.above: list[str] = []
        #: The field of each column if the header was recognised; without a header every line is a row.
        self._fields: tuple[str, ...] = ()
        self._apart = Apart()
        self._read = 0
        #: Without this mark Excel reads a text in the machine's own encoding, so a file that had it keeps it.
        self.mark = b""
        head = next(self._blocks(), b"")
        if not head.strip():
            raise LedgerError(self.name, "the file is empty: there is not even a header.")
        if not encoding and not wide:
            self._doubt(sample)
        self._skip = 0
        self.delimiter, self.names = self._header(head, delimiter, header_row, field_of)
        if not any(name.strip() for name in self.names):
            raise LedgerError(self.name, "the first line names no columns. A ledger begins with a header.")

    @property
    def foreign(self) -> bool:
        """True if the text was not in UTF-8, so that Excel needs a mark to read the output, which is."""
        return self.encoding not in ("utf-8", "utf-8-sig", "ascii")

    @property
    def remarks(self) -> list[str]:
        """Remarks for the summary on how the file was read, if its first line does not make that obvious."""
        apart = list(not_shipments([("", self._apart)], "line"))
        return [*self._remarks, *[f"Not shipments: {'; '.join(apart)}."] * bool(apart)]

    @property
    def account(self) -> dict[str, Any]:
        """The same for a manifest."""
        apart = self._apart.account
        return {**self._account, **({"told_apart": apart} if any(apart.values()) else {})}

    def _doubt(self, sample: bytes) -> None:
        """Raise LedgerError if the text as a whole is not UTF-8, with the encodings that it may be in; a few such lines
        are rows that cannot be read."""
        if _is_utf8(sample) and b"\0" not in sample[:1000]:
            return
        good, bad = utf8_lines(sample)
        nul = b"\0" in sample.split(b"\n", 1)[0]
        if nul and proposals(sample):
            raise LedgerError(
                self.name, f"the header holds NUL bytes, and there is no mark. {proposed(sample, self._say)}"
            )
        if bad and not nul:
            header = bad[0] == sample.split(b"\n", 1)[0].rstrip(b"\r")
            if header or (len(bad) > len(good) and proposals(sample)):
                raise LedgerError(self.name, f"the file is not UTF-8 text. {proposed(sample, self._say)}")
            rows = f"{len(bad):,} line{'s are' if len(bad) > 1 else ' is'}"
            self._remarks.append(f"{rows} not UTF-8 text. {proposed(sample, self._say)}")

    def batches(self, wanted: Sequence[int] | None) -> Iterator[Batch]:
        first = 1
        self._apart = Apart()
        for records in Tokenizer(self.delimiter, len(self.names), self._say).records(self._rows()):
            others = self._others(records, first)
            yield self._batch(
                records.without(others) if others else records, first, self._places(records, first, others)
            )
            first += records.count

    def _others(self, records: Records, first: int) -> list[int]:
        """The records that are not shipments, among those without a day of export."""
        if "on" not in self._fields:
            return []
        header, day = [[name.strip() for name in self.names]], self._fields.index("on")
        unreadable = {n for n, problem in records.irregular.problems.items() if problem.kind in _UNREADABLE}
        return [
            number
            for number in records.where(day, lambda text: may_be_apart(text, header[0][day]))
            if number not in unreadable
            and self._apart.takes(records.cells(number), first + number, header, self._fields)
        ]

    @staticmethod
    def _places(records: Records, first: int, others: Sequence[int]) -> list[str] | None:
        """The number in the file of each record that is left; None if all are."""
        left = set(others)
        return [f"row {first + n}" for n in range(records.count) if n not in left] if others else None

    def _batch(self, records: Records, first: int, places: Sequence[str] | None) -> Batch:
        def table() -> pa.Table:
            return pa.Table.from_arrays([records.texts(n) for n in range(len(self.names))], names=list(self.names))

        return Batch(
            first, records.count, records.column, unquoted, table, records.irregular.problems, records.lines,
            self._read, places=places,
        )  # fmt: skip

    def _rows(self) -> Iterator[bytes]:
        """The file as UTF-8, without its header."""
        blocks = self._blocks()
        yield next(blocks, b"")[self._skip :]
        yield from blocks

    def _blocks(self) -> Iterator[bytes]:
        """The file as UTF-8, in blocks, without a byte-order mark."""
        self._read = 0
        decoder = None if self.encoding == "utf-8" else codecs.getincrementaldecoder(self.encoding)("surrogateescape")
        old_mac = False
        with open(self.path, "rb") as file:
            for number in itertools.count():
                raw = file.read(BLOCK)
                self._read += len(raw)
                block = raw if decoder is None else self._decoded(decoder, raw)
                if number == 0:
                    self.mark = codecs.BOM_UTF8 if block.startswith(codecs.BOM_UTF8) else b""
                    block = block.removeprefix(codecs.BOM_UTF8)
                    old_mac = b"\r" in block and b"\n" not in block
                if block:
                    yield block.replace(b"\r", b"\n") if old_mac else block
                if not raw:
                    return

    def _decoded(self, decoder: codecs.IncrementalDecoder, raw: bytes) -> bytes:
        try:
            # bytes that cannot be decoded stay as they are, and are reported later as not being UTF-8
            return decoder.decode(raw, final=not raw).encode("utf-8", "surrogateescape")
        except UnicodeError as error:
            reason = getattr(error, "reason", str(error))
            raise LedgerError(
                self.name, f"the file is not {self.encoding} text: {reason}. Say {self._say.option('encoding')}."
            ) from None

    def _header(
        self, head: bytes, delimiter: str | None, row: int | None, field_of: FieldOf
    ) -> tuple[str, tuple[str, ...]]:
        """Find the delimiter and the names of the columns, and set `_skip` to the number of bytes before the first
        row."""
        if b"\0" in head.split(b"\n", 1)[0]:
            option = self._say.option("encoding")
            raise LedgerError(self.name, f"the header holds NUL bytes: this is not text. Say {option} if it is UTF-16.")
        sep = _SEP.fullmatch(head.split(b"\n", 1)[0].rstrip(b"\r"))
        if sep:
            delimiter = delimiter or sep[1].decode("ascii", "replace")
        chosen, lines, heading = self._find_header(head, delimiter, row, field_of, bool(sep))
        self._fields = heading.fields if heading else ()
        first = heading.first if heading else next((n for n, (cells, _) in enumerate(lines) if any(cells)), 0)
        before = lines[first - 1][1] if first else 0
        self.above = [cell for cells, _ in lines[:first] for cell in cells]
        try:
            names, skip = _first_record(head[before:], chosen, strict=True)
        except csv.Error:
            raise LedgerError(self.name, "a quotation mark in the header opens a name and does not close it.") from None
        if heading and heading.rows == 2:
            names, skip = list(heading.names), lines[first + 1][1] - before
        self._skip = before + skip
        if first or (heading and heading.rows == 2):
            rows = f"rows {first + 1} and {first + 2}" if heading and heading.rows == 2 else f"row {first + 1}"
            self._remarks.append(f"Header in {rows} of the file.")
            self._account = {"header_row": first + 1, "header_rows": heading.rows if heading else 1}
        return chosen, tuple(names)

    def _find_header(
        self, head: bytes, delimiter: str | None, row: int | None, field_of: FieldOf, sep: bool
    ) -> tuple[str, list[tuple[list[str], int]], Heading | None]:
        """The delimiter, the first records with the end of each, and the header among them, if it is recognised."""
        best: tuple[int, int, str, list[tuple[list[str], int]], Heading | None] | None = None
        for mark in delimiter or DELIMITERS:
            lines = _first_lines(head, mark, max(WITHIN + 1, row or 0))
            if row is not None:
                if row > len(lines) or not any(cell.strip() for cell in lines[row - 1][0]):
                    raise QuestionError(f"--header-row {row}: there is no such row in {self.name}, or it is empty.")
                heading: Heading | None = one_row([cells for cells, _ in lines], row - 1, field_of)
                rank = (0, len(lines[row - 1][0]))
            else:
                heading = find_heading([cells for cells, _ in lines], field_of)
                if heading and heading.doubt:
                    at, declared = heading.first + 1, self._say.header_row(heading.first + 1)
                    cure = f"say that row {at} is the whole header: {declared}" if declared else "leave that row out"
                    raise QuestionError(
                        f"{self.name}: row {at} is the header, and row {at - 1} above it may be a part of it: "
                        f"{heading.doubt!r}. Name the columns in one row, or {cure}."
                    )
                widest = next((len(cells) for cells, _ in lines[sep:] if cells not in ([], [""])), 0)
                rank = (heading.score if heading else 0, widest)
            if best is None or rank > best[:2]:
                best = (*rank, mark, lines, heading)
        assert best is not None
        lines = best[3]
        if sep and best[4] is None:
            lines = [([""], end) if not n else (cells, end) for n, (cells, end) in enumerate(lines)]
        return best[2], lines, best[4]


def _is_utf8(sample: bytes) -> bool:
    """True if a sample is UTF-8 text, apart from a letter cut off at its end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _known_encoding(encoding: str, say: Saying) -> str:
    """Check that an encoding is one of texts. Raises QuestionError."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding).close()  # refuses rot13 and the like, which do not encode text
    except LookupError:
        raise QuestionError(
            f"{say.option('encoding', repr(encoding))} is not an encoding. Write e.g. utf-8, cp1252, gb18030."
        ) from None
    return encoding


def _first_lines(head: bytes, delimiter: str, most: int) -> list[tuple[list[str], int]]:
    """The cells of the first records, each with its end in bytes."""
    lines: list[tuple[list[str], int]] = []
    at = 0
    while at < len(head) and len(lines) < most:
        cells, size = _first_record(head[at : at + _LONGEST_LINE], delimiter)
        if not size:
            break
        at += size
        lines.append((cells, at))
    return lines


def _first_record(head: bytes, delimiter: str, strict: bool = False) -> tuple[list[str], int]:
    """The cells of the first record and its length in bytes; a quoted name may contain a line end."""
    lines: list[bytes] = []
    start = io.BytesIO(head)

    def texts() -> Iterator[str]:
        for line in start:
            lines.append(line)
            text = shown(line)
            inside = text.rstrip("\r\n")
            # a lone CR among other line ends does not end a line, and `csv` would refuse the whole file for it
            yield inside.replace("\r", " ") + text[len(inside) :]

    csv.field_size_limit(BLOCK * 4)
    names = next(csv.reader(texts(), delimiter=delimiter, strict=strict), [])
    return names, sum(map(len, lines))


#: A function that gives the Arrow batches of the columns with these numbers, or of all.
Batches = Callable[[Sequence[int] | None], Iterable[pa.RecordBatch]]


class ArrowSource:
    """Batches that are already Arrow's: of a table, a reader, a Parquet file."""

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
    """The batch of an audit for a batch of Arrow."""

    def cells(number: int) -> pa.Array:
        return _plain(columns[number])

    return Batch(
        first, batch.num_rows, cells, as_text, lambda: pa.Table.from_batches([batch]), read=first + batch.num_rows - 1
    )


def _plain(array: pa.Array) -> pa.Array:
    """Times without a zone as days, as the ledger means them; times with a zone stay, and are refused later."""
    kind = array.type
    if pa.types.is_date64(kind) or (pa.types.is_timestamp(kind) and kind.tz is None):
        return pc.cast(array, pa.date32(), safe=False)
    return array


#: An index into a dictionary takes no more, with its share of the dictionary; a text takes more, its length among it.
_BYTES_OF_AN_INDEX = 4


class ParquetSource(ArrowSource):
    """A Parquet file, read group by group; text columns that are looked at stay dictionaries if their cells repeat."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        import pyarrow.parquet as pq

        name = os.path.basename(path)
        try:
            with pq.ParquetFile(path) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
                repeating = _repeating(file.metadata, schema)
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise
            raise LedgerError(name, f"this is not a complete Parquet file: {first_line(error)}") from None

        def batches(wanted: Sequence[int] | None) -> Iterator[pa.RecordBatch]:
            names = schema.names if wanted is None else [schema.names[n] for n in wanted]
            texts = repeating.intersection(names) if wanted is not None else ()
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


def _repeating(file: Any, schema: pa.Schema) -> set[str]:
    """The text columns whose cells repeat: the file holds a few bytes for each, an index into a dictionary.

    Of texts that are all different, Arrow would make a dictionary of its own, at ten times the cost of reading them.
    """
    sizes: Counter[str] = Counter()
    for group in map(file.row_group, range(file.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            sizes[column.path_in_schema] += column.total_uncompressed_size
    texts = (name for name, kind in zip(schema.names, schema.types, strict=True) if pa.types.is_string(kind))
    return {name for name in texts if sizes[name] < _BYTES_OF_AN_INDEX * file.num_rows}


def _reason(error: OSError) -> str:
    """The reason that the system gives for an error, without the words that a library adds."""
    return f"{os.strerror(error.errno)}." if error.errno else first_line(error)


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
