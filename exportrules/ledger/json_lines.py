"""A ledger of JSON lines: one object per row."""

from __future__ import annotations

import codecs
import itertools
import json
import os
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from exportrules.errors import LedgerError
from exportrules.ledger.batch import ROWS, Batch, as_text, first_line
from exportrules.ledger.cells import Problem, brief
from exportrules.ledger.delimited import shown


class JsonSource:
    """A file of JSON lines. Its columns are all keys, in the order in which they first appear."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path, self.name, self.delimiter = os.fspath(path), os.path.basename(path), ""
        self.size = os.path.getsize(path)
        names: dict[str, None] = {}
        for line in self._lines():
            row, _ = _object(line)
            names |= dict.fromkeys(row)
        if not self.size:
            raise LedgerError(self.name, "the file is empty.")
        if not names:
            raise LedgerError(self.name, "no line of the file is a JSON object. Write one object per line.")
        self.names = tuple(names)

    def batches(self, wanted: Sequence[int] | None) -> Iterator[Batch]:
        first, read = 1, 0
        lines = self._lines()
        while chunk := list(itertools.islice(lines, ROWS // 4)):
            read += sum(map(len, chunk))
            yield self._batch(chunk, first, read)
            first += len(chunk)

    def _lines(self) -> Iterator[bytes]:
        with open(self.path, "rb") as file:
            for number, line in enumerate(file):
                yield line if number else line.removeprefix(codecs.BOM_UTF8)

    def _batch(self, chunk: list[bytes], first: int, read: int) -> Batch:
        parsed = [_object(line) for line in chunk]
        damaged = {n: problem for n, (_, problem) in enumerate(parsed) if problem}
        rows = [row for row, _ in parsed]

        def cells(number: int) -> pa.Array:
            name = self.names[number]
            return pa.array([_json_text(row.get(name)) for row in rows], pa.string())

        def table() -> pa.Table:
            return pa.Table.from_arrays([cells(n) for n in range(len(self.names))], names=list(self.names))

        def objects() -> list[str]:
            return [_written(line, n in damaged) for n, line in enumerate(chunk)]

        return Batch(first, len(chunk), cells, as_text, table, damaged, read=read, objects=objects)


def _object(line: bytes) -> tuple[dict[str, Any], Problem | None]:
    kind = "line is not a JSON object"
    if not line.strip():
        return {}, Problem("row is empty", "the line is empty.")
    try:
        # Decimal keeps numbers as they are written
        row = json.loads(line.decode("utf-8"), parse_float=Decimal, object_pairs_hook=_unique_keys)
    except (ValueError, RecursionError) as error:
        return {}, Problem(kind, f"the line {brief(shown(line.strip()))} is not JSON: {first_line(error)}")
    if not isinstance(row, dict):
        text = brief(shown(line.strip()))
        return {}, Problem(
            kind, f"the line {text} is JSON, but not an object. Write {{...}} with the names of the columns."
        )
    if _SURROGATE.search(line):
        try:
            json.dumps(row, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            return {}, Problem(kind, "the line has half of a pair of \\u escapes, which is not text.")
    return row, None


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        double = next(name for number, (name, _) in enumerate(pairs) if name in dict(pairs[:number]))
        raise ValueError(f"{brief(double)} occurs twice")
    return row


def _written(line: bytes, damaged: bool) -> str:
    """The object as it was written; a damaged line, as the text of a new object."""
    return json.dumps({"line": shown(line.rstrip(b"\r\n"))}, ensure_ascii=False) if damaged else line.decode().strip()


def _json_text(value: Any) -> str | None:
    return None if value is None else as_text(value)
