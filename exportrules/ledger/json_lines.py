"""A ledger of JSON lines: an object a row."""

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
    """JSON lines: an object a line. Its columns are all keys, in the order in which they first appear."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path, self.name, self.delimiter = os.fspath(path), os.path.basename(path), ""
        self.size = os.path.getsize(path)
        names: dict[str, None] = {}
        for line in self._lines():
            found, _ = _object(line)
            names |= dict.fromkeys(found)
        if not self.size:
            raise LedgerError(self.name, "the file is empty.")
        if not names:
            raise LedgerError(self.name, "no line of the file is a JSON object. Write one object a line.")
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
        rows = [found for found, _ in parsed]

        def cells(number: int) -> pa.Array:
            name = self.names[number]
            return pa.array([_json_text(row.get(name)) for row in rows], pa.string())

        def table() -> pa.Table:
            return pa.Table.from_arrays([cells(n) for n in range(len(self.names))], names=list(self.names))

        def objects() -> list[str]:
            return [_kept(line, n in damaged) for n, line in enumerate(chunk)]

        return Batch(first, len(chunk), cells, as_text, table, damaged, read=read, objects=objects)


def _object(line: bytes) -> tuple[dict[str, Any], Problem | None]:
    kind = "line is not a JSON object"
    if not line.strip():
        return {}, Problem("row is empty", "the line is empty.")
    try:
        # numbers stay as they are written
        found = json.loads(line.decode("utf-8"), parse_float=Decimal, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        return {}, Problem(kind, f"the line {brief(shown(line.strip()))} is not JSON: {first_line(error)}")
    if not isinstance(found, dict):
        said = brief(shown(line.strip()))
        return {}, Problem(
            kind, f"the line {said} is JSON, but no object. Write {{...}} with the names of the columns."
        )
    if _SURROGATE.search(line):
        try:
            json.dumps(found, ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            return {}, Problem(kind, "the line has half of a pair of \\u escapes, which is no text.")
    return found, None


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        double = next(name for number, (name, _) in enumerate(pairs) if name in dict(pairs[:number]))
        raise ValueError(f"{brief(double)} is there twice")
    return found


def _kept(line: bytes, damaged: bool) -> str:
    """An object as it was written; what is none, as the text of one."""
    return json.dumps({"line": shown(line.rstrip(b"\r\n"))}, ensure_ascii=False) if damaged else line.decode().strip()


def _json_text(value: Any) -> str | None:
    return None if value is None else as_text(value)
