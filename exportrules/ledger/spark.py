"""Spark: answers as small tables, joined to rows that stay where they are.

The distinct cells of the ledger come to the driver, which reads them and compiles their profiles. Small tables go back,
and Spark joins them by broadcast: cells to the number of a profile, a profile and a range of days to the number of a
segment, a segment to its answers. Nothing is installed on a worker, no Python runs there, and no row leaves its
partition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from exportrules.errors import QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.answers import DATES, Segment, added_names, chosen_columns, column, unanswered
from exportrules.ledger.batch import Batch, as_text, values_of
from exportrules.ledger.cells import FIRST_DAY, LAST_DAY, Problem
from exportrules.ledger.lookup import UNCOMPILED, Lookup
from exportrules.ledger.run import Settings, prepare
from exportrules.ledger.sources import arrow_batch
from exportrules.ledger.unread import MOST_TEXTS

#: More distinct spellings of a day than this are moments, and would not fit the driver.
MOST_DAYS = 1_000_000
#: Tables up to this size are broadcast; how a larger one is joined is left to Spark.
MOST_BROADCAST = 512 * 2**20

# Days are numbers, counted from 1970 as Spark counts them.
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = FIRST_DAY.toordinal() - _EPOCH, LAST_DAY.toordinal() - _EPOCH
#: The day of a row that has none, and the null of a column of dates.
_NO_DAY, _NULL = _LAST + 2**19, -(2**31)
#: A range of days is looked up among those of its profile and of 2**7 days, not among all. The numbers of such buckets
#: have no gaps between them, so that Spark finds one by its place in an array.
_BUCKET = 7
#: A day with a time of day behind it, which is read as that day (:func:`exportrules.ledger.cells.read_day`).
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
    joined = rows.with_day(rows.with_profile(frame, cells), days)
    return rows.with_answers(joined, days, added, law.edition.edition)


class _Days(NamedTuple):
    """How a row's day is found: the expression of its cell, and what cells mean: every one, or those without a day.

    `first` and `last` are the days that rows have; what holds on others is not looked up.
    """

    cell: Any
    meanings: Mapping[Any, int | Problem]
    every: bool
    first: int
    last: int

    @property
    def buckets(self) -> int:
        """How many buckets a profile has; the last is for rows without a day."""
        return (self.last >> _BUCKET) - (self.first >> _BUCKET) + 2

    def bucket(self, profile: int, day: int) -> int:
        """The number of the bucket of a profile and a day."""
        return profile * self.buckets + min((day >> _BUCKET) - (self.first >> _BUCKET), self.buckets - 1)

    @property
    def troubled(self) -> bool:
        """Whether some cells are no day."""
        return any(isinstance(day, Problem) for day in self.meanings.values())


class _Rows:
    """The rows of one audit, and the tables that are joined to them."""

    def __init__(self, frame: Any, lookup: Lookup, *, renamed: bool) -> None:
        """`renamed` says that the owner of the ledger says what some spellings of days mean."""
        self._frame, self._lookup, self._renamed = frame, lookup, renamed
        self._mark = "__exportrules"
        while any(name.casefold().startswith(self._mark) for name in frame.columns):
            self._mark += "_"
        self._day = next(frame.columns[number] for field, number in lookup.columns.read if field == "on")
        self._read = [frame.columns[number] for field, number in lookup.columns.read if field != "on"]
        self._cells = [self._cell(name) for name in self._read]
        self._keys = [self._name("cell", number) for number in range(len(self._read))]

    def gathered(self) -> tuple[Any, _Days]:
        """The distinct cells of all rows but for their days, and the days; one reading where days are dates."""
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
        meanings = self._meanings(values_of(column), column)
        known = [day for day in meanings.values() if not isinstance(day, Problem)]
        days = _Days(cell, meanings, True, min(known, default=_FIRST), max(known, default=_FIRST))
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
        odd: dict[Any, int | Problem] = {}
        if first < _FIRST or last > _LAST:
            rest = self._frame.where(~cell.between(_FIRST, _LAST)).select(cell, self._cell(self._day)).distinct()
            column = rest.toArrow()
            odd = self._meanings(column.column(0).to_pylist(), column.column(1))
        return table.drop_columns([least, most]), _Days(cell, odd, False, max(first, _FIRST), min(last, _LAST))

    def _meanings(self, keys: Sequence[Any], cells: pa.ChunkedArray) -> dict[Any, int | Problem]:
        """What cells mean as days, by the value that they are joined by."""
        texts = [as_text(value) for chunk in cells.chunks for value in values_of(chunk)]
        means = map(self._lookup.day_of, texts)
        return {key: day if isinstance(day, Problem) else day - _EPOCH for key, day in zip(keys, means, strict=True)}

    def with_profile(self, frame: Any, cells: pa.Table) -> Any:
        """The rows with the number of their profile; null where their cells were not gathered."""
        import pyspark.sql.functions as f
        from pyspark.sql.types import IntegerType, StructType

        numbers = [n for batch in cells.to_batches() for n in self._lookup.profiles_of(batch.columns).tolist()]
        table = cells.append_column(self._name("profile"), pa.array(numbers, pa.int32()))
        # of the very types of the cells, so that nothing is lost on the way
        kinds = self._frame.select(*(c.alias(key) for c, key in zip(self._cells, self._keys, strict=True))).schema
        schema = StructType([*kinds.fields]).add(self._name("profile"), IntegerType())
        alike = [
            # of a text, nothing is '' and never null: a plain comparison is the faster one
            cell == f.col(key) if self._is_of(name, "StringType") else cell.eqNullSafe(f.col(key))
            for name, cell, key in zip(self._read, self._cells, self._keys, strict=True)
        ]
        return frame.join(self._small(table, schema), alike, "left").drop(*self._keys)

    def with_day(self, frame: Any, days: _Days) -> Any:
        """The rows with their day as a number and, where some have none, what is wrong with it."""
        import pyspark.sql.functions as f
        from pyspark.sql.types import IntegerType, StringType, StructType

        if not days.meanings:
            return frame.withColumn(self._name("day"), days.cell)
        key, number, trouble = map(self._name, ("key", "number", "trouble"))
        means = days.meanings.values()
        table = pa.table(
            {
                key: pa.array(list(days.meanings)),
                number: pa.array([_NO_DAY if isinstance(day, Problem) else day for day in means], pa.int32()),
                trouble: pa.array([day.text if isinstance(day, Problem) else "" for day in means], pa.string()),
            }
        )
        kind = frame.select(days.cell.alias(key)).schema[key]
        schema = StructType([kind]).add(number, IntegerType()).add(trouble, StringType())
        joined = frame.join(self._small(table, schema), days.cell.eqNullSafe(f.col(key)), "left")
        return joined.withColumn(
            self._name("day"), f.col(number) if days.every else f.coalesce(f.col(number), days.cell)
        )

    def with_answers(self, frame: Any, days: _Days, added: Mapping[str, str], edition: str) -> Any:
        """The frame's own columns and the answer columns `added`, each with its name to be."""
        import pyspark.sql.functions as f

        bucket, low, high, segment, number = map(self._name, ("bucket", "low", "high", "segment", "answer"))
        ranges, segments = _tables(self._lookup, days)
        schema = pa.schema([(bucket, pa.int64()), *((name, pa.int32()) for name in (low, high, segment))])
        columns = zip(*ranges, strict=True) if ranges else ((),) * 4
        known = pa.table([pa.array(list(c), kind.type) for c, kind in zip(columns, schema, strict=True)], schema=schema)
        profile, day = f.col(self._name("profile")), f.col(self._name("day"))
        place = f.least(f.shiftright(day, _BUCKET) - f.lit(days.first >> _BUCKET), f.lit(days.buckets - 1))
        own = profile.cast("long") * f.lit(days.buckets) + place.cast("long")
        frame = frame.join(self._small(known), [own == f.col(bucket), day.between(f.col(low), f.col(high))], "left")

        # a row that was not there when cells were gathered meets nothing
        answer_columns = {name: self._name("answer", n) for n, name in enumerate(added)}
        every = [*segments, unanswered(UNCOMPILED)]
        texts = {
            answer_columns[name]: pa.array(
                [column(which, s, edition) for s in every], pa.date32() if which in DATES else pa.string()
            )
            for name, which in added.items()
        }
        answers = pa.table({number: pa.array(range(len(every)), pa.int32()), **texts})
        reached = f.coalesce(f.col(segment), f.lit(len(segments)))
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
        """Whether a column is of one of these types of Spark."""
        from pyspark.sql import types

        return isinstance(self._frame.schema[name].dataType, tuple(getattr(types, kind) for kind in kinds))

    def _cell(self, name: str) -> Any:
        """A column as it is gathered and joined: of texts, nothing and an empty text are the same."""
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
        """The cell of a day; a time of day behind a plain one is left out, so that there are not too many of them."""
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


def _tables(lookup: Lookup, days: _Days) -> tuple[list[tuple[int, int, int, int]], list[Segment]]:
    """What a profile says between days, as (bucket, first day, last day, segment), and the segments by their number.

    Rows without a day are in a bucket of their own: what is wrong with a day stands before what else is wrong.
    """
    numbers: dict[Segment, int] = {}
    ranges: list[tuple[int, int, int, int]] = []
    for number, profile in enumerate(lookup.profiles):
        for low, high, segment in _within(profile.starts, profile.segments, days):
            which = numbers.setdefault(segment, len(numbers))
            begins = {low, *range(((low >> _BUCKET) + 1) << _BUCKET, high + 1, 1 << _BUCKET)}
            ranges += [(days.bucket(number, day), low, high, which) for day in sorted(begins)]
        if days.troubled:
            other = f" {profile.problem.text}" if profile.problem else ""
            which = numbers.setdefault(unanswered(Problem("", other)), len(numbers))
            ranges.append((days.bucket(number, _NO_DAY), _NO_DAY, _NO_DAY, which))
    return ranges, list(numbers)


def _within(starts: Sequence[date], segments: Sequence[Segment], days: _Days) -> Iterator[tuple[int, int, Segment]]:
    """First and last day of each segment, those that rows have; neighbours that say the same are one."""
    begun = [n for n in range(len(starts)) if n == 0 or segments[n] != segments[n - 1]]
    firsts = [starts[n].toordinal() - _EPOCH for n in begun]
    for n, first, following in zip(begun, firsts, [*firsts[1:], _NO_DAY], strict=True):
        low, high = max(first, days.first), min(following - 1, days.last)
        if low <= high:
            yield low, high, segments[n]


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
