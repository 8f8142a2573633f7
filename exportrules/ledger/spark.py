"""Spark: answers as small tables, joined to rows that stay where they are.

The distinct cells of the ledger come to the driver, which reads them and compiles their profiles. Small tables go back,
and Spark joins them by broadcast: cells to the segments of their profile, a day to the stretch of days that contains it
(no answer changes within one), a segment to its answers. Which of a profile's segments a row has is a place in an
array. Nothing is installed on a worker, no Python runs there, and no row leaves its partition.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from exportrules.errors import QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import index_at
from exportrules.ledger.answers import DATES, Profile, Segment, added_names, chosen_columns, column, unanswered
from exportrules.ledger.batch import Batch, as_text, values_of
from exportrules.ledger.cells import FIRST_DAY, LAST_DAY, Problem
from exportrules.ledger.lookup import UNCOMPILED, Lookup, Numbers
from exportrules.ledger.run import Settings, prepare
from exportrules.ledger.sources import arrow_batch
from exportrules.ledger.unread import MOST_TEXTS

#: With more distinct spellings of a day than this they are times of day, and would not fit the driver.
MOST_DAYS = 1_000_000
#: Tables up to this size are broadcast; for larger ones Spark chooses how to join.
MOST_BROADCAST = 512 * 2**20

# Days are numbers, counted from 1970 as Spark counts them.
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = FIRST_DAY.toordinal() - _EPOCH, LAST_DAY.toordinal() - _EPOCH
#: A null in a column of dates.
_NULL = -(2**31)
#: A day followed by a time of day, which is read as that day (:func:`exportrules.ledger.cells.read_day`).
_CLOCK = r"^\d{4}-\d{2}-\d{2}[T ]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\z"


def answered(frame: Any, law: Ruleset, settings: Settings) -> Any:
    """A Spark DataFrame with its answers as further columns; its partitions and their rows stay as they are.

    Raises QuestionError for a frame that cannot be answered: streaming, two columns of one name, cells of a kind
    that cannot be compared.
    """
    _refuse(frame)
    names = frame.columns

    def first(numbers: Sequence[int]) -> list[Batch]:
        rows = (
            frame.select(*(_quoted(names[n]) for n in numbers))
            .limit(MOST_TEXTS)
            .toArrow()
            .combine_chunks()
            .to_batches()
        )
        return [arrow_batch(batch, dict(zip(numbers, batch.columns, strict=True))) for batch in rows]

    lookup = prepare(law, names, settings, first)
    chosen = chosen_columns(settings.answer_columns, settings.layer.also_on is not None, settings.say)
    added = dict(zip(added_names(names, chosen, settings.prefix), chosen, strict=True))
    rows = _Rows(frame, lookup, renamed="on" in (settings.names or {}))
    cells, days = rows.gathered()
    profiles = [number for batch in cells.to_batches() for number in lookup.profiles_of(batch.columns).tolist()]
    grid = _grid(lookup.profiles, days)
    joined = rows.with_day(rows.with_segments(frame, cells, grid.numbers[profiles]), days, grid)
    return rows.with_answers(joined, days, grid.segments, added, law.edition.edition)


class _Days(NamedTuple):
    """The day of a row: the expression of its cell, and the meaning of every value of that cell."""

    cell: Any
    meanings: Mapping[Any, int | Problem]

    @property
    def troubled(self) -> bool:
        """True if some cells are not days."""
        return any(isinstance(day, Problem) for day in self.meanings.values())


class _Grid(NamedTuple):
    """The segment of each profile in each stretch of days; the last stretch is for rows without a day.

    `cuts` are the days on which stretches after the first begin; `numbers` has a line of segments for each profile.
    """

    cuts: list[int]
    numbers: Numbers
    segments: list[Segment]

    def stretch(self, day: int | Problem) -> int:
        """The number of the stretch that contains a day."""
        return len(self.cuts) + 1 if isinstance(day, Problem) else bisect_right(self.cuts, day)


def _grid(profiles: Sequence[Profile], days: _Days) -> _Grid:
    known = [day for day in days.meanings.values() if not isinstance(day, Problem)]
    first, last = min(known, default=_FIRST), max(known, default=_FIRST)
    lines: dict[Any, int] = {}  # profiles that say the same share one
    line_of = [lines.setdefault((p.starts, p.segments, p.problem), len(lines)) for p in profiles]
    changes = {
        starts[n].toordinal() - _EPOCH
        for starts, segments, _ in lines
        for n in range(1, len(starts))
        if segments[n] != segments[n - 1]
    }
    cuts = sorted(day for day in changes if first < day <= last)
    begins = [date.fromordinal(day + _EPOCH) for day in (first, *cuts)]
    numbers: dict[Segment, int] = {}
    grid = np.empty((len(lines), len(begins) + 1), np.int32)
    for line, (starts, segments, problem) in zip(grid, lines, strict=True):
        # the problem with the day precedes any other
        dayless = unanswered(Problem("", f" {problem.text}" if problem else ""))
        own = [*(segments[index_at(starts, day)] for day in begins), dayless]
        line[:] = [numbers.setdefault(segment, len(numbers)) for segment in own]
    return _Grid(cuts, grid[line_of], list(numbers))


class _Rows:
    """The rows of one audit, and the tables that are joined to them."""

    def __init__(self, frame: Any, lookup: Lookup, *, renamed: bool) -> None:
        """`renamed` is True if the names file gives meanings of days."""
        self._frame, self._lookup, self._renamed = frame, lookup, renamed
        self._mark = "__exportrules"
        while any(name.casefold().startswith(self._mark) for name in frame.columns):
            self._mark += "_"
        self._day = next(frame.columns[number] for field, number in lookup.columns.read if field == "on")
        self._read = [frame.columns[number] for field, number in lookup.columns.read if field != "on"]
        self._cells = [self._cell(name) for name in self._read]
        self._keys = [self._name("cell", number) for number in range(len(self._read))]

    def gathered(self) -> tuple[Any, _Days]:
        """The distinct cells of all rows without their days, and the days; in one pass if days are dates."""
        keys = [cell.alias(key) for cell, key in zip(self._cells, self._keys, strict=True)]
        if self._is_of(self._day, "DateType", "TimestampNTZType"):
            return self._with_dates(keys)
        cell = self._clockless()
        column = self._frame.select(cell).distinct().limit(MOST_DAYS + 1).toArrow().column(0)
        if len(column) > MOST_DAYS:
            raise QuestionError(
                f"the column {self._day!r} has more than {MOST_DAYS:,} distinct dates: they are moments, and a day is "
                f"wanted. Give a column of days, e.g. to_date({self._day})."
            )
        days = _Days(cell, self._meanings(values_of(column), column))
        return self._frame.select(*keys).distinct().toArrow(), days

    def _with_dates(self, keys: Sequence[Any]) -> tuple[pa.Table, _Days]:
        import pyspark.sql.functions as f

        day = f.unix_date(self._cell(self._day))
        cell = f.coalesce(day, f.lit(_NULL))
        least, most = map(self._name, ("least", "most"))
        table = self._frame.groupBy(*keys).agg(f.min(cell).alias(least), f.max(cell).alias(most)).toArrow()
        first, last = (
            min(table.column(least).to_pylist(), default=_FIRST),
            max(table.column(most).to_pylist(), default=_FIRST),
        )
        meanings: dict[Any, int | Problem] = {day: day for day in range(max(first, _FIRST), min(last, _LAST) + 1)}
        if first < _FIRST or last > _LAST:
            rest = self._frame.where(~cell.between(_FIRST, _LAST)).select(cell, self._cell(self._day)).distinct()
            column = rest.toArrow()
            meanings |= self._meanings(column.column(0).to_pylist(), column.column(1))
        return table.drop_columns([least, most]), _Days(cell, meanings)

    def _meanings(self, keys: Sequence[Any], cells: pa.ChunkedArray) -> dict[Any, int | Problem]:
        """The meanings of cells as days, by the value on which they are joined."""
        texts = [as_text(value) for chunk in cells.chunks for value in values_of(chunk)]
        means = map(self._lookup.day_of, texts)
        return {key: day if isinstance(day, Problem) else day - _EPOCH for key, day in zip(keys, means, strict=True)}

    def with_segments(self, frame: Any, cells: pa.Table, segments: Numbers) -> Any:
        """The rows with the segments of their profile, by stretch; null where their cells were not gathered."""
        import pyspark.sql.functions as f
        from pyspark.sql.types import ArrayType, IntegerType, StructType

        rows, stretches = segments.shape
        offsets = pa.array(np.arange(rows + 1) * stretches, pa.int32())
        arrays = pa.ListArray.from_arrays(offsets, pa.array(segments.ravel()))
        # of exactly the types of the cells, so that nothing is lost
        kinds = self._frame.select(*(c.alias(key) for c, key in zip(self._cells, self._keys, strict=True))).schema
        schema = StructType([*kinds.fields]).add(self._name("segments"), ArrayType(IntegerType()))
        alike = [_is_alike(cell, f.col(kind.name), kind) for cell, kind in zip(self._cells, kinds.fields, strict=True)]
        table = cells.append_column(self._name("segments"), arrays)
        return frame.join(self._small(table, schema), alike, "left").drop(*self._keys)

    def with_day(self, frame: Any, days: _Days, grid: _Grid) -> Any:
        """The rows with the stretch of their day and, if some have none, the problem with it."""
        import pyspark.sql.functions as f
        from pyspark.sql.types import IntegerType, StringType, StructType

        key, stretch, trouble = map(self._name, ("key", "stretch", "trouble"))
        means = days.meanings.values()
        columns = {
            key: pa.array(list(days.meanings)),
            stretch: pa.array([grid.stretch(day) for day in means], pa.int32()),
        }
        kind = frame.select(days.cell.alias(key)).schema[key]
        schema = StructType([kind]).add(stretch, IntegerType())
        if days.troubled:
            columns[trouble] = pa.array([day.text if isinstance(day, Problem) else "" for day in means], pa.string())
            schema = schema.add(trouble, StringType())
        return frame.join(self._small(pa.table(columns), schema), _is_alike(days.cell, f.col(key), kind), "left")

    def with_answers(
        self, frame: Any, days: _Days, segments: Sequence[Segment], added: Mapping[str, str], edition: str
    ) -> Any:
        """The frame's own columns and the answer columns `added`, by the names that they get."""
        import pyspark.sql.functions as f

        number = self._name("answer")
        segment = f.get(f.col(self._name("segments")), f.col(self._name("stretch")))
        # a row that was not there when the cells were gathered matches nothing
        answer_columns = {name: self._name("answer", n) for n, name in enumerate(added)}
        every = [*segments, unanswered(UNCOMPILED)]
        texts = {
            answer_columns[name]: pa.array(
                [column(which, s, edition) for s in every], pa.date32() if which in DATES else pa.string()
            )
            for name, which in added.items()
        }
        answers = pa.table({number: pa.array(range(len(every)), pa.int32()), **texts})
        reached = f.coalesce(segment, f.lit(len(segments)))
        frame = frame.join(self._small(answers), reached == f.col(number), "left")
        shown = {name: f.col(answer) for name, answer in answer_columns.items()}
        if days.troubled:
            wrong = f.coalesce(f.col(self._name("trouble")), f.lit(""))
            shown |= {name: f.concat(wrong, shown[name]) for name, which in added.items() if which == "problem"}
        return frame.select(
            *map(_quoted, self._frame.columns), *(expression.alias(name) for name, expression in shown.items())
        )

    def _name(self, what: str, number: int | str = "") -> str:
        return f"{self._mark}_{what}{number}"

    def _is_of(self, name: str, *kinds: str) -> bool:
        """True if a column has one of these types of Spark."""
        from pyspark.sql import types

        return isinstance(self._frame.schema[name].dataType, tuple(getattr(types, kind) for kind in kinds))

    def _cell(self, name: str) -> Any:
        """A column as it is gathered and joined: for text, null and '' are the same."""
        import pyspark.sql.functions as f

        kind, cell = self._frame.schema[name].dataType, f.col(_quoted(name))
        if self._is_of(name, "StringType"):
            if getattr(kind, "collation", "UTF8_BINARY") != "UTF8_BINARY":
                cell = f.collate(cell, "UTF8_BINARY")
            return f.coalesce(cell, f.lit(""))
        if self._is_of(name, "TimestampNTZType"):
            return cell.cast("date")
        if not self._is_of(name, "NumericType", "BooleanType", "DateType", "TimestampType"):
            raise QuestionError(
                f"the column {name!r} is of the kind {kind.simpleString()}, which cannot be read as cells. Give a "
                f"column of text, e.g. to_json({name})."
            )
        return cell

    def _clockless(self) -> Any:
        """The cell of a day without a time of day, so that there are not too many of them."""
        import pyspark.sql.functions as f

        cell = self._cell(self._day)
        if self._renamed or not self._is_of(self._day, "StringType"):
            return cell
        day = f.substring(cell, 1, 10)
        plain = f.coalesce(day.try_cast("date").between(f.lit(FIRST_DAY), f.lit(LAST_DAY)), f.lit(False))
        return f.when((f.length(cell) > 10) & cell.rlike(_CLOCK) & plain, day).otherwise(cell)

    def _small(self, table: pa.Table, schema: Any = None) -> Any:
        import pyspark.sql.functions as f

        frame = self._frame.sparkSession.createDataFrame(table, schema)
        return f.broadcast(frame) if table.nbytes <= MOST_BROADCAST else frame


def _is_alike(cell: Any, key: Any, kind: Any) -> Any:
    """The condition that a cell is that of a small table; `kind` is its field. Spark plans a plain one faster."""
    return cell.eqNullSafe(key) if kind.nullable else cell == key


def _quoted(name: str) -> str:
    return "`{}`".format(name.replace("`", "``"))


def _refuse(frame: Any) -> None:
    if type(frame).__module__.startswith("pyspark.pandas"):
        raise QuestionError("a pandas-on-Spark table is answered as a Spark DataFrame. Give table.to_spark().")
    if not hasattr(frame, "toArrow"):
        what = type(frame).__name__
        raise QuestionError(f"a {what} of Spark is not a DataFrame of Spark 4.0 or later. Give one of its DataFrames.")
    if frame.isStreaming:
        raise QuestionError(
            "the DataFrame is a stream, and the distinct cells of a stream are never complete. Audit each batch: "
            "stream.writeStream.foreachBatch(lambda rows, number: exportrules.audit(rows).write...)."
        )
    if len(set(frame.columns)) < len(frame.columns):
        raise QuestionError("two columns of the table have one name. Rename one.")
    lower = [name.casefold() for name in frame.columns]
    if len(set(lower)) < len(lower) and str(frame.sparkSession.conf.get("spark.sql.caseSensitive")).lower() != "true":
        raise QuestionError("two columns of the table have one name but for upper and lower case. Rename one.")
