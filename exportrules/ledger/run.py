"""The audit of a ledger: each row is read, answered and written with its answer; an account says what was done."""

from __future__ import annotations

import contextlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from exportrules.errors import LedgerError, QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.answers import Layer, Profile, Segment, chosen_columns
from exportrules.ledger.batch import ROWS, Batch, Source
from exportrules.ledger.cells import check_dates, meaning_of, readers
from exportrules.ledger.columns import Columns, Stated, recognise
from exportrules.ledger.headers import FIELDS
from exportrules.ledger.lookup import Lookup, Numbers
from exportrules.ledger.saying import COMMAND, Saying
from exportrules.ledger.sinks import Rendered, Sink, answer_names, open_sink
from exportrules.ledger.unread import FirstRows, Watch, stop_at_titles, stop_at_unread

#: Threads, and batches in progress at one time; more would cost memory and gain nothing on two cores.
_THREADS, _UNDER_WAY = 2, 4

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Settings:
    """The settings of an audit that apply to every row."""

    layer: Layer = field(default_factory=Layer)
    to: str | None = None
    exporter: str | None = None
    mapped: Stated | None = None
    ignore: tuple[str, ...] = ()
    names: Mapping[str, Mapping[str, str]] | None = None
    dates: str = "iso"
    answer_columns: tuple[str, ...] | None = None
    prefix: str = ""
    say: Saying = COMMAND


class Tally(NamedTuple):
    """The number of rows of one profile, in one year, with one answer."""

    profile: Profile
    year: int
    segment: Segment
    rows: int


@dataclass
class Account:
    """The account of an audit: rows read, rows written, and how they were answered."""

    source: Source
    lookup: Lookup
    rows_in: int = 0
    rows_out: int = 0

    @property
    def columns(self) -> Columns:
        return self.lookup.columns

    def tallies(self) -> Iterator[Tally]:
        """All groups of answered rows; the rows that cannot be read are in :meth:`unread`."""
        self.lookup.flush()
        profiles, segments = self.lookup.profiles, self.lookup.segments
        for (profile, year, segment), rows in self.lookup.tally.items():
            yield Tally(profiles[profile], year, segments[segment], rows)

    def unread(self) -> Iterator[tuple[Segment, int]]:
        for number, rows in self.lookup.unread.items():
            yield self.lookup.segments[number], rows

    def outcomes(self) -> Counter[str]:
        """Rows by outcome, those that cannot be read included."""
        counts: Counter[str] = Counter()
        for segment, rows in self._answers():
            counts[segment.outcome] += rows
        return counts

    def problems(self) -> Counter[str]:
        """Rows that were not read, or not in full, by kind of problem."""
        counts: Counter[str] = Counter()
        for segment, rows in self._answers():
            if segment.problem:
                counts[segment.problem.kind] += rows
        return counts

    def _answers(self) -> Iterator[tuple[Segment, int]]:
        """Each answer with its rows, those that cannot be read included."""
        self.lookup.flush()
        counts = Counter(self.lookup.unread)
        for (_, _, number), rows in self.lookup.tally.items():
            counts[number] += rows
        return ((self.lookup.segments[number], rows) for number, rows in counts.items())


def ranked(counts: Counter[Any]) -> dict[Any, int]:
    """The counts in descending order; ties are sorted by name, so that the order does not depend on threads."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], str(item[0]))))


def prepare(ruleset: Ruleset, names: Sequence[str], settings: Settings, first: FirstRows) -> Lookup:
    """A look-up for a ledger with these columns; `first` gives its first rows.

    Raises QuestionError if a column is missing, or if a column that is not read may matter to the answer.
    """
    say = settings.say
    constant = {"to": settings.to, "exporter": settings.exporter}
    for name, text in constant.items():
        if not isinstance(text, str | None):
            raise QuestionError(f"{say.every(name)}: {text!r} is not text. Write a name, or leave it out.")
    columns = recognise(ruleset, names, settings.mapped or {}, constant, settings.ignore, say)
    check_dates(settings.dates, say)
    reads = readers(ruleset, dates=settings.dates, say=say)
    for name, meanings in (settings.names or {}).items():
        if name not in reads:
            raise QuestionError(f"names: a ledger has no {name!r}. Fields: {', '.join(FIELDS)}.")
        for written, means in meanings.items():
            if problem := meaning_of(name, written, means, reads[name]).problem:
                raise QuestionError(f"names: {written!r} is to mean {means!r}, but {problem.text}")
    lookup = Lookup(ruleset, columns, reads, settings.layer, settings.names)
    for name, meaning in lookup.constant.items():
        if meaning.problem:
            raise QuestionError(f"{say.every(name)}: {meaning.problem.text}")
    stop_at_unread(ruleset, columns, first, say)
    return lookup


def _by_its_columns(settings: Settings, renamed: Mapping[str, str]) -> Settings:
    """The settings with the columns of single sheets under the names that they have in the whole ledger."""
    mapped = {
        field: list(
            dict.fromkeys(renamed.get(name, name) for name in ([written] if isinstance(written, str) else written))
        )
        for field, written in (settings.mapped or {}).items()
    }
    return replace(settings, mapped=mapped, ignore=tuple(renamed.get(name, name) for name in settings.ignore))


class ReportSink(Sink, Protocol):
    """An output that says more than the table, and is finished when all rows are answered."""

    def finish(self, account: Account) -> None: ...


Report = Callable[[Path, Source, Rendered, Lookup, Sequence[str]], ReportSink]


def audit(
    source: Source,
    ruleset: Ruleset,
    settings: Settings,
    output: Path | None = None,
    progress: Progress | None = None,
    report: Report | None = None,
) -> Account:
    """Answer every row of a ledger and return the account; with `output`, write each row with its answer.

    With `report`, the output is the sink that it opens. Raises LedgerError if rows in, answered and out differ in
    number.
    """
    settings = _by_its_columns(settings, getattr(source, "renamed", {}))
    lookup = prepare(ruleset, source.names, settings, lambda unread: _first_rows(source.batches(unread)))
    stop_at_titles(ruleset, getattr(source, "above", ()))
    watch = Watch(ruleset, lookup.columns, settings.say)
    account = Account(source, lookup)
    chosen = chosen_columns(settings.answer_columns, settings.layer.also_on is not None, settings.say)
    rendered = Rendered(lookup.segments, chosen, ruleset.edition.edition)
    sink: Sink | None = None
    reported: ReportSink | None = None
    if output and report:
        names = answer_names(output, source, rendered, settings.prefix, settings.say)
        sink = reported = report(output, source, rendered, lookup, names)
    elif output:
        sink = open_sink(output, source, rendered, settings.prefix, settings.say)
    asked = sorted({number for _, number in lookup.columns.read} | set(watch.numbers))

    def answer(batch: Batch) -> tuple[Batch, Any]:
        watch.look(batch)
        numbers = segments_of(lookup, batch)
        return batch, sink.render(batch, numbers) if sink else None

    with contextlib.ExitStack() as stack:
        if sink:
            stack.callback(sink.close)
        pool = stack.enter_context(ThreadPoolExecutor(_THREADS))
        for batch, lines in _in_order(pool, answer, source.batches(None if sink else asked)):
            account.rows_in += batch.count
            account.rows_out += sink.write(lines) if sink else batch.count
            if progress:
                progress(batch.read, account.rows_in)
        if reported:
            reported.finish(account)
    answered = sum(account.outcomes().values())
    if not account.rows_in == account.rows_out == answered:
        raise LedgerError(
            source.name,
            f"{account.rows_in} rows came in, {answered} were answered, {account.rows_out} went out. The output is not "
            "kept: this is an error of exportrules. Please report it.",
        )
    return account


def _first_rows(batches: Iterator[Batch]) -> list[Batch]:
    """As many of the first batches as have a batch's rows: those of several sheets, or of a text with long lines."""
    found: list[Batch] = []
    while sum(batch.count for batch in found) < ROWS and (batch := next(batches, None)) is not None:
        found.append(batch)
    return found


def segments_of(lookup: Lookup, batch: Batch) -> Numbers:
    """The number of the segment that answers each row of a batch."""
    day = next(number for field, number in lookup.columns.read if field == "on")
    cells = [batch.cells(number) for field, number in lookup.columns.read if field != "on"]
    return lookup.segments_of(cells, batch.cells(day), batch.decode, batch.damaged)


def _in_order(
    pool: ThreadPoolExecutor, work: Callable[[Batch], tuple[Batch, Any]], batches: Iterator[Batch]
) -> Iterator[tuple[Batch, Any]]:
    """The results of the work in the order of the batches, with a few batches in progress at a time."""
    waiting: deque[Future[tuple[Batch, Any]]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(work, batch))
            if len(waiting) >= _UNDER_WAY:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for left in waiting:
            left.cancel()
