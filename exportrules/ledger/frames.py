"""Audits of other libraries' tables: the same kind of table is returned, with the answers as columns at its end.

Tables are converted by way of Arrow, except on Spark, where the rows stay (:mod:`exportrules.ledger.spark`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from exportrules.errors import QuestionError
from exportrules.files.load import default_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.answers import DATES, Layer, added_names, chosen_columns
from exportrules.ledger.batch import ROWS, Batch, as_text
from exportrules.ledger.columns import Stated
from exportrules.ledger.run import Settings, prepare, segments_of
from exportrules.ledger.saying import PYTHON
from exportrules.ledger.sinks import Rendered
from exportrules.ledger.sources import arrow_batch
from exportrules.ledger.spark import answered as on_spark
from exportrules.ledger.unread import FirstRows, Watch
from exportrules.question.values import read_date

_KINDS = "pyarrow Table, RecordBatch or RecordBatchReader; pandas, Polars or Spark DataFrame; DuckDB relation"


def audit(
    table: Any,
    *,
    to: str | None = None,
    exporter: str | None = None,
    columns: Stated | None = None,
    ignore: Sequence[str] = (),
    names: Mapping[str, Mapping[str, str]] | None = None,
    dates: str = "iso",
    answers: Sequence[str] | None = None,
    prefix: str = "",
    also_on: date | str | None = None,
    known_on: date | str | None = None,
    as_printed: bool = False,
    ruleset: Ruleset | None = None,
) -> Any:
    """Answer every row of a table under the law of its own day; see :func:`exportrules.audit`."""
    settings = Settings(
        layer=Layer(
            read_date(known_on, "known_on") if known_on is not None else None,
            as_printed,
            read_date(also_on, "also_on") if also_on is not None else None,
        ),
        to=to, exporter=exporter, mapped=columns, ignore=(ignore,) if isinstance(ignore, str) else tuple(ignore),
        names=names, dates=dates, prefix=prefix, answer_columns=tuple(answers) if answers is not None else None,
        say=PYTHON,
    )  # fmt: skip
    law = ruleset or default_ruleset()
    kind = type(table).__module__.partition(".")[0]
    audit_kind = _AUDITS.get(kind)
    if audit_kind is None:
        raise QuestionError(f"a {type(table).__name__} is not a supported table. Give a {_KINDS}.")
    return audit_kind(table, law, settings)


class Answering:
    """Answers batches: the look-up, and its answers as columns."""

    def __init__(self, ruleset: Ruleset, names: Sequence[str], settings: Settings, first: FirstRows) -> None:
        self.lookup = prepare(ruleset, names, settings, first)
        self.names = tuple(names)
        self._watch = Watch(ruleset, self.lookup.columns, settings.say)
        chosen = chosen_columns(settings.answer_columns, settings.layer.also_on is not None, settings.say)
        self.rendered = Rendered(self.lookup.segments, chosen, ruleset.edition.edition)
        self.columns = added_names(names, chosen, settings.prefix)

    @property
    def fields(self) -> list[pa.Field]:
        kinds = {name: pa.date32() for name in DATES}
        return [
            pa.field(name, kinds.get(column, pa.string()))
            for name, column in zip(self.columns, self.rendered.columns, strict=True)
        ]

    def answers(self, batch: pa.RecordBatch, first: int) -> list[pa.Array]:
        """The answer columns of a batch; `first` is the number of its first row."""
        rows = arrow_batch(batch, dict(enumerate(batch.columns)))
        self._watch.look(rows)
        numbers = segments_of(self.lookup, rows)
        arrays = self.rendered.arrays(numbers, first)
        return [array.cast(field.type) for array, field in zip(arrays, self.fields, strict=True)]

    def answered(self, batch: pa.RecordBatch, first: int) -> pa.RecordBatch:
        """The batch with its answers."""
        return pa.RecordBatch.from_arrays(
            [*batch.columns, *self.answers(batch, first)], schema=pa.schema([*batch.schema, *self.fields])
        )


def batch_audit(**options: Any) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """A function that maps Arrow batches to answered ones, for Ray, Dask or Spark's `mapInArrow`.

    `options` are those of :func:`audit`. The law is loaded where the function runs, and rows are
    numbered within each batch.
    """
    return _BatchAudit(options)


class _BatchAudit:
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from audit(pa.Table.from_batches([batch]), **self._options).to_batches()


def _column_arrays(table: pa.Table, law: Ruleset, settings: Settings) -> tuple[Answering, list[pa.ChunkedArray]]:
    """The answers to all rows of a table, one array per answer column."""
    answering = Answering(law, table.column_names, settings, _first_of(table))
    chunks: list[list[pa.Array]] = []
    first = 1
    for batch in table.to_batches(max_chunksize=1 << 17):
        chunks.append(answering.answers(batch, first))
        first += batch.num_rows
    return answering, [
        pa.chunked_array([chunk[number] for chunk in chunks], field.type)
        for number, field in enumerate(answering.fields)
    ]


def _first_of(table: pa.Table) -> FirstRows:
    """A function that gives the first rows of a table, in the columns with given numbers."""
    return lambda numbers: _batches_of(table.slice(0, ROWS).select(list(numbers)), numbers)


def _batches_of(rows: pa.Table, numbers: Sequence[int]) -> list[Batch]:
    """The rows as batches whose columns have these numbers."""
    batches = rows.combine_chunks().to_batches()
    return [arrow_batch(batch, dict(zip(numbers, batch.columns, strict=True))) for batch in batches]


def _arrow(table: Any, law: Ruleset, settings: Settings) -> Any:
    if isinstance(table, pa.RecordBatchReader):
        rows = iter(table)
        ahead = list(itertools.islice(rows, 1))
        answering = Answering(law, table.schema.names, settings, _first_of(pa.Table.from_batches(ahead, table.schema)))

        def batches() -> Iterator[pa.RecordBatch]:
            first = 1
            for batch in itertools.chain(ahead, rows):
                yield answering.answered(batch, first)
                first += batch.num_rows

        return pa.RecordBatchReader.from_batches(pa.schema([*table.schema, *answering.fields]), batches())
    whole = pa.Table.from_batches([table]) if isinstance(table, pa.RecordBatch) else table
    answering, columns = _column_arrays(whole, law, settings)
    answered = pa.Table.from_arrays([*whole.columns, *columns], schema=pa.schema([*whole.schema, *answering.fields]))
    if not isinstance(table, pa.RecordBatch):
        return answered
    if not len(answered):
        return pa.RecordBatch.from_pylist([], answered.schema)
    return answered.combine_chunks().to_batches()[0]


def _pandas(frame: Any, law: Ruleset, settings: Settings) -> Any:
    import pandas as pd

    if not frame.columns.is_unique:
        raise QuestionError("two columns of the table have one name. Rename one.")
    plain = frame.reset_index(drop=True)
    plain.columns = [str(name) for name in frame.columns]
    # objects of mixed types are read as they print; NaN and None are empty cells
    texts = {n: plain[n].map(as_text, na_action="ignore") for n in plain if plain[n].dtype == object}
    table = pa.Table.from_pandas(plain.assign(**texts), preserve_index=False)
    answering, columns = _column_arrays(table, law, settings)
    answers = {}
    for name, column, field in zip(answering.columns, columns, answering.fields, strict=True):
        is_date = pa.types.is_date32(field.type)
        answers[name] = pd.to_datetime(pd.Series(column.to_pylist(), dtype=object)) if is_date else column.to_pandas()
    return pd.concat([frame, pd.DataFrame(answers).set_axis(frame.index, axis=0)], axis=1)


def _polars(frame: Any, law: Ruleset, settings: Settings) -> Any:
    import polars as pl

    lazy = isinstance(frame, pl.LazyFrame)
    whole = frame.collect() if lazy else frame
    answering, columns = _column_arrays(whole.to_arrow(), law, settings)
    series = [pl.Series(n, pl.from_arrow(c)) for n, c in zip(answering.columns, columns, strict=True)]
    answered = whole.hstack(series)
    return answered.lazy() if lazy else answered


def _duckdb(relation: Any, law: Ruleset, settings: Settings) -> Any:
    import duckdb

    return duckdb.from_arrow(_arrow(relation.to_arrow_table(), law, settings))


_AUDITS: dict[str, Callable[[Any, Ruleset, Settings], Any]] = {
    "pyarrow": _arrow,
    "pandas": _pandas,
    "polars": _polars,
    "duckdb": _duckdb,
    "_duckdb": _duckdb,
    "pyspark": on_spark,
}
