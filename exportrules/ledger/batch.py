"""Batches of a ledger's rows, whatever its format, and their values as text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from exportrules.ledger.cells import Problem
from exportrules.ledger.delimited import shown

#: The text of a value that cannot be written as a cell, as in spreadsheets; every field refuses it.
NOT_A_CELL = "#VALUE!"
#: Rows of a batch that is not cut by bytes.
ROWS = 1 << 17


@dataclass
class Batch:
    """Some consecutive rows. `first` is the number of the first of them, counted from 1."""

    first: int
    count: int
    #: The cells of a column by its number, with a function from a cell to its text.
    cells: Callable[[int], pa.Array]
    decode: Callable[[Any], str]
    #: The rows' own columns, as they will be written.
    table: Callable[[], pa.Table]
    damaged: dict[int, Problem] = field(default_factory=dict)
    #: The rows as their original lines, to be written with the same delimiter or another.
    lines: Callable[[str], pa.Array] | None = None
    #: The part of `Source.size` that has been read, this batch included.
    read: int = 0
    #: The rows as JSON objects or as a workbook's cells, if they were read as such.
    objects: Callable[[], list[str]] | None = None
    values: Callable[[], list[list[Any]]] | None = None
    #: The place of each row in its workbook, "sheet 'HK', row 23"; None if rows are counted from `first`.
    places: Sequence[str] | None = None

    @property
    def where(self) -> int | Sequence[str]:
        """The rows as messages refer to them: the number of the first, or the place of each."""
        return self.first if self.places is None else self.places


class Source(Protocol):
    """A source of rows."""

    name: str
    names: tuple[str, ...]
    #: The final value of `Batch.read`.
    size: int
    #: The delimiter of a text, or ''.
    delimiter: str

    def batches(self, wanted: Sequence[int] | None) -> Iterator[Batch]:
        """All rows; `wanted` are the numbers of the columns that will be read, None for all."""
        ...


def coded(array: pa.Array) -> pa.DictionaryArray:
    """The distinct values of a column and the index of each row's value; lists and structs as text."""
    if isinstance(array, pa.DictionaryArray):
        return array
    try:
        return array.dictionary_encode()
    except pa.ArrowNotImplementedError:
        texts = [None if value is None else as_text(value) for value in values_of(array)]
        return pa.array(texts, pa.string()).dictionary_encode()


def values_of(array: pa.Array) -> list[Any]:
    """A column's values; as text if Python has no such value (the year 20000)."""
    try:
        values: list[Any] = array.to_pylist()
    except (OverflowError, ValueError):
        values = pc.cast(array, pa.string()).to_pylist()
    return values


def as_text(value: Any) -> str:
    """A cell as text: 4992.0 is '4992', a missing value is ''."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if _is_midnight(value) else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return shown(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=as_text)
    if isinstance(value, Collection) and hasattr(value, "tolist"):
        return as_text(value.tolist())  # an array, as pandas has the lists of a Parquet file
    return str(value) if _is_writable(value) else NOT_A_CELL


def _is_writable(value: Any) -> bool:
    """False for what only a program holds: a set, a function, a class, an imaginary number, an object that has no text
    of its own, a text with half of a character."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, Collection | complex | timedelta) or value in (Ellipsis, NotImplemented):
        return False
    return not callable(value) and str(value) != object.__repr__(value)


def _is_midnight(value: datetime) -> bool:
    return value.tzinfo is None and value.time() == value.time().min


def first_line(error: BaseException) -> str:
    """The message of an error on one line."""
    return re.sub(r"\s+", " ", str(error)).strip()[:200].rstrip(".") + "."
