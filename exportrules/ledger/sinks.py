"""Writes the rows, each with its answer, in the format of the output."""

from __future__ import annotations

import codecs
import itertools
import json
import math
import shutil
import threading
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exportrules.errors import LedgerError, QuestionError
from exportrules.ledger.answers import DATES, Segment, column
from exportrules.ledger.batch import Batch, Source, as_text, coded, values_of
from exportrules.ledger.delimited import inert, quoted
from exportrules.ledger.lookup import Numbers
from exportrules.ledger.saying import COMMAND, Saying

#: Rows of a sheet of Excel, its header among them.
MOST_IN_SHEET = 1_048_576
MOST_IN_CELL = 32_767
_MIDNIGHT = time()
#: The number of the first row, or the place of each row; None if rows have no order.
Where = int | Sequence[str] | None


class Rendered:
    """The answer columns: rendered once per segment, and looked up for each row."""

    def __init__(self, segments: Sequence[Segment], columns: Sequence[str], edition: str) -> None:
        self.columns, self._segments, self._edition = tuple(columns), segments, edition
        self._lock = threading.Lock()
        self._made: dict[tuple[str, int], pa.Array] = {}

    def arrays(self, numbers: Numbers, where: Where) -> list[pa.Array]:
        """One array per answer column, for rows with these segment numbers."""
        return [self._array(name, numbers, where) for name in self.columns]

    def suffixes(self, numbers: Numbers, where: int | Sequence[str], delimiter: str) -> list[pa.Array]:
        """The end of each row's line, after its own cells, as arrays to be joined."""
        rows = pa.array(numbers)
        if "problem" not in self.columns or not (troubled := self._troubled()[numbers]).any():
            whole = self._of_all(delimiter, lambda s: delimiter + self._line(s, self.columns, delimiter) + "\n")
            return [whole.take(rows)]
        at = self.columns.index("problem")
        before = self._of_all("<" + delimiter, lambda s: self._opening(s, at, delimiter))
        after = self._of_all(">" + delimiter, lambda s: self._closing(s, at, delimiter))
        return [before.take(rows), _row_words(where, troubled, pa.binary()), after.take(rows)]

    def _array(self, name: str, numbers: Numbers, where: Where) -> pa.Array:
        kind = pa.date32() if name in DATES else pa.string()
        values = self._of_all(name, lambda s: column(name, s, self._edition), kind)
        rows = pa.array(numbers)
        if name == "problem" and where is not None and (troubled := self._troubled()[numbers]).any():
            words = _row_words(where, troubled, pa.string())
            return pc.binary_join_element_wise(words, values.take(rows), pa.scalar(""))
        if name in DATES:
            return values.take(rows)
        coded = values.dictionary_encode()
        return pa.DictionaryArray.from_arrays(coded.indices.take(rows), coded.dictionary)

    def _of_all(self, key: str, render: Any, kind: Any = None) -> pa.Array:
        """One value per segment so far, remembered until there are more segments."""
        with self._lock:
            count = len(self._segments)
            array = self._made.get((key, count))
            if array is None:
                values = [render(segment) for segment in self._segments[:count]]
                array = pa.array([v.encode() for v in values], pa.binary()) if kind is None else pa.array(values, kind)
                self._made = {k: v for k, v in self._made.items() if k[0] != key}
                self._made[key, count] = array
            return array

    def _troubled(self) -> Any:
        with self._lock:
            return np.array([segment.problem is not None for segment in self._segments])

    def _line(self, segment: Segment, names: Sequence[str], delimiter: str) -> str:
        return delimiter.join(quoted(_written(column(n, segment, self._edition)), delimiter) for n in names)

    def _opening(self, segment: Segment, at: int, delimiter: str) -> str:
        ahead = self._line(segment, self.columns[:at], delimiter)
        return delimiter + (ahead + delimiter if at else "") + ('"' if segment.problem else "")

    def _closing(self, segment: Segment, at: int, delimiter: str) -> str:
        text = column("problem", segment, "").replace('"', '""') + '"' if segment.problem else ""
        behind = self._line(segment, self.columns[at + 1 :], delimiter)
        return text + (delimiter + behind if len(self.columns) > at + 1 else "") + "\n"


def _row_words(where: int | Sequence[str], troubled: Any, kind: Any) -> pa.Array:
    """'row 17: ' for rows with a problem, '' for the others."""
    words = np.full(len(troubled), "", object)
    rows = np.flatnonzero(troubled)
    named = (f"row {where + row}" if isinstance(where, int) else where[row] for row in rows.tolist())
    words[rows] = [f"{name}: " for name in named]
    return pa.array(words, pa.string()).cast(kind)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


class Sink(Protocol):
    """An output file, which its class opens: `SINKS[suffix](path, source, rendered, names)`.

    `names` are those of the answer columns. `render` may run on any thread; `write` takes its results in order and
    returns their rows. A class in SINKS also says by `unique_names` whether its rows are keyed by column name, so that
    of two columns with one name it would keep one.
    """

    def render(self, batch: Batch, numbers: Numbers) -> Any: ...
    def write(self, rendered: Any) -> int: ...
    def close(self) -> None: ...


def open_sink(path: Path, source: Source, rendered: Rendered, prefix: str = "", say: Saying = COMMAND) -> Sink:
    """The sink for the path's suffix. Raises QuestionError if a column of the ledger has an answer column's name."""
    names = answer_names(path, source, rendered, prefix, say)
    ending = path.suffix.lower()
    if ending not in SINKS:
        raise QuestionError(f"{path.name!r}: the output must end in {', '.join((*SINKS, *PAGES))}.")
    sink: Sink = SINKS[ending](path, source, rendered, names)
    return sink


def answer_names(path: Path, source: Source, rendered: Rendered, prefix: str, say: Saying) -> list[str]:
    """The names of the answer columns. Raises QuestionError if the ledger already has a column of that name."""
    ending = path.suffix.lower()
    names = [prefix + name for name in rendered.columns]
    own = {name.casefold(): name for name in source.names}
    clash = [own[name.casefold()] for name in names if name.casefold() in own]
    if clash:
        raise QuestionError(
            f"the ledger has a column {clash[0]!r} already. Say {say.option('prefix', 'TEXT')} to name the answer's "
            f"columns apart, or leave that one out with {say.answers}."
        )
    if ending in SINKS and SINKS[ending].unique_names:
        double = [name for name, group in itertools.groupby(sorted(source.names)) if len(list(group)) > 1]
        if double:
            raise QuestionError(
                f"two columns of the ledger are named {double[0]!r}; {ending} needs unique names. Write .csv."
            )
    return names


class TextSink:
    """Delimited text. Rows read from text keep their bytes; formulas are made inert."""

    unique_names = False

    def __init__(self, path: Path, source: Source, rendered: Rendered, names: list[str]) -> None:
        self._rendered = rendered
        # a .csv keeps the delimiter of its source, unless that is a .tsv; a .tsv has tabs
        own = "" if source.name.lower().endswith(".tsv") else source.delimiter
        self._mark = "\t" if path.suffix.lower() == ".tsv" else own or ","
        self._as_was = source.delimiter == self._mark
        self._path = path
        self._file = path.open("wb")
        header = [quoted(inert(name), self._mark) for name in (*source.names, *names)]
        mark, line = getattr(source, "mark", b""), (self._mark.join(header) + "\n").encode()
        self._unmarked = not mark and getattr(source, "foreign", False)
        self._odd = not line.isascii()
        self._file.write(mark + line)

    def render(self, batch: Batch, numbers: Numbers) -> pa.Array:
        lines = batch.lines(self._mark) if self._as_was and batch.lines else _lines(batch.table(), self._mark)
        parts = self._rendered.suffixes(numbers, batch.where, self._mark)
        return pc.binary_join_element_wise(lines, *parts, pa.scalar(b"", pa.binary()))

    def write(self, rendered: pa.Array) -> int:
        # no row is null and the array is not a slice, so its data buffer is the text
        text = rendered.buffers()[2] or b""
        if self._unmarked and not self._odd:
            self._odd = not memoryview(text).tobytes().isascii()
        self._file.write(text)
        return len(rendered)

    def close(self) -> None:
        self._file.close()
        if self._unmarked and self._odd:
            _put_mark_before(self._path)


def _put_mark_before(path: Path) -> None:
    """Put a byte-order mark in front, without which Excel reads a text in the machine's own encoding."""
    part = path.with_name(path.name + ".marked")
    with path.open("rb") as text, part.open("wb") as marked:
        marked.write(codecs.BOM_UTF8)
        shutil.copyfileobj(text, marked, 1 << 20)
    part.replace(path)


def _lines(table: pa.Table, mark: str) -> pa.Array:
    """The rows of a table as lines of text."""
    columns = [_cells(chunked.combine_chunks(), mark) for chunked in table.columns]
    return pc.binary_join_element_wise(*columns, pa.scalar(mark.encode(), pa.binary()))


def _cells(array: pa.Array, mark: str) -> pa.Array:
    """A column as written cells; each distinct value is formatted once."""
    cells = coded(array)
    values = [quoted(inert(as_text(value)), mark).encode() for value in values_of(cells.dictionary)]
    spelled = pa.array([*values, b""], pa.binary())
    return spelled.take(pc.fill_null(cells.indices, len(values)))


class ParquetSink:
    """Parquet: the ledger's own columns with their types, the answers as text and dates."""

    unique_names = True

    def __init__(self, path: Path, source: Source, rendered: Rendered, names: list[str]) -> None:
        self._path, self._rendered, self._names = path, rendered, names
        self._writer: Any = None
        own = getattr(source, "schema", None) or pa.schema([(name, pa.string()) for name in source.names])
        kinds = [pa.date32() if c in DATES else pa.string() for c in rendered.columns]
        self._schema = pa.schema([*own, *map(pa.field, names, kinds)], metadata=own.metadata)

    def render(self, batch: Batch, numbers: Numbers) -> pa.Table:
        answers = self._rendered.arrays(numbers, batch.where)
        table = batch.table()
        return pa.Table.from_arrays([*table.columns, *answers], names=[*table.column_names, *self._names]).cast(
            self._schema
        )

    def write(self, rendered: pa.Table) -> int:
        self._open().write_table(rendered)
        return int(rendered.num_rows)

    def close(self) -> None:
        self._open().close()

    def _open(self) -> Any:
        if self._writer is None:
            import pyarrow.parquet as pq

            self._writer = pq.ParquetWriter(self._path, self._schema)
        return self._writer


class JsonSink:
    """JSON lines: one object per row."""

    unique_names = True

    def __init__(self, path: Path, source: Source, rendered: Rendered, names: list[str]) -> None:
        self._rendered, self._names = rendered, names
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def render(self, batch: Batch, numbers: Numbers) -> list[str]:
        answers = [array.to_pylist() for array in self._rendered.arrays(numbers, batch.where)]
        if batch.objects:  # the lines as they were read, with the answers in front of the last brace
            own = (line[:-1].rstrip() for line in batch.objects())
            more = _objects(self._names, answers)
            return [f"{line}{'' if line == '{' else ', '}{added[1:]}" for line, added in zip(own, more, strict=True)]
        table = batch.table()
        return _objects([*table.column_names, *self._names], [*map(column_values, table.columns), *answers])

    def write(self, rendered: list[str]) -> int:
        self._file.writelines(f"{line}\n" for line in rendered)
        return len(rendered)

    def close(self) -> None:
        self._file.close()


def _objects(names: Sequence[str], columns: Sequence[list[Any]]) -> list[str]:
    rows = zip(*columns, strict=True)
    return [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=as_text) for row in rows]


def column_values(chunked: pa.ChunkedArray) -> list[Any]:
    """The values of a column as Python objects."""
    return [value for chunk in chunked.chunks for value in values_of(chunk)]


class WorkbookSink:
    """An Excel workbook of one sheet. Text stays text; a formula in it is not run."""

    unique_names = True

    def __init__(self, path: Path, source: Source, rendered: Rendered, names: list[str]) -> None:
        import xlsxwriter

        self._rendered, self._name, self._row = rendered, path.name, 0
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(str(path), options)
        self._sheet = self._book.add_worksheet("audit")
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._inert = self._book.add_format({"quote_prefix": True})
        self._put(list(source.names) + names)
        self._sheet.freeze_panes(1, 0)

    def render(self, batch: Batch, numbers: Numbers) -> list[tuple[Any, ...]]:
        answers = [array.to_pylist() for array in self._rendered.arrays(numbers, batch.where)]
        if batch.values:
            own: Iterable[Sequence[Any]] = batch.values()
        else:
            own = zip(*map(column_values, batch.table().columns), strict=True)
        return [(*cells, *added) for cells, added in zip(own, zip(*answers, strict=True), strict=True)]

    def write(self, rendered: list[tuple[Any, ...]]) -> int:
        if self._row + len(rendered) > MOST_IN_SHEET:
            raise LedgerError(
                self._name,
                f"an Excel sheet holds {MOST_IN_SHEET:,} rows including its header, and the ledger has more. "
                "Write .csv or .parquet.",
            )
        for row in rendered:
            self._put(row)
        return len(rendered)

    def close(self) -> None:
        self._book.close()

    def _put(self, row: Sequence[Any]) -> None:
        for at, value in enumerate(row):
            if isinstance(value, bool):
                self._sheet.write_boolean(self._row, at, value)
            elif is_day_of_excel(value):
                form = self._moment if isinstance(value, datetime) and value.time() != _MIDNIGHT else self._day
                self._sheet.write_datetime(self._row, at, value, form)
            elif is_number_of_excel(value):
                self._sheet.write_number(self._row, at, value)
            elif text := as_text(value):
                self._sheet.write_string(
                    self._row, at, self._fitting(text), self._inert if inert(text) != text else None
                )
        self._row += 1

    def _fitting(self, text: str) -> str:
        """The text of a cell. Raises LedgerError if it is longer than a cell can hold."""
        if len(text) > MOST_IN_CELL:
            raise LedgerError(
                self._name,
                f"row {self._row} has a cell of {len(text):,} characters, and an Excel cell holds "
                f"{MOST_IN_CELL:,}. Write .csv or .parquet.",
            )
        return text


def is_day_of_excel(value: Any) -> bool:
    """True if an Excel cell can hold the value as a date."""
    return isinstance(value, date) and value.year >= 1900 and getattr(value, "tzinfo", None) is None


def is_number_of_excel(value: Any) -> bool:
    """True if an Excel cell keeps the number exactly: it has at most 15 digits."""
    if isinstance(value, int):
        return abs(value) < 10**15
    return (
        isinstance(value, float | Decimal)
        and math.isfinite(value)
        and Decimal(repr(float(value))) == Decimal(str(value))
    )


#: Suffixes of reports, besides that of a workbook.
PAGES = (".html", ".md")
#: The formats of a table, by the suffix of the output. A new one is a class above and a line here.
SINKS: dict[str, Any] = {
    ".csv": TextSink,
    ".tsv": TextSink,
    ".parquet": ParquetSink,
    ".jsonl": JsonSink,
    ".xlsx": WorkbookSink,
}
