"""Half-open spans of days: the only date arithmetic of the project.

A span contains every day `d` with `start <= d < stop`; `stop = None` means that no end is known.
Law is written with inclusive last days ("through March 1, 2023"); :func:`until` converts one to
a stop, and :func:`last_day` converts it back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)


class Span(NamedTuple):
    """The days from `start` up to, not including, `stop`."""

    start: date
    stop: date | None = None

    def __contains__(self, day: date) -> bool:  # type: ignore[override] # a tuple takes any object
        return self.start <= day and (self.stop is None or day < self.stop)

    @property
    def empty(self) -> bool:
        return self.stop is not None and self.stop <= self.start


#: All days.
ALWAYS = Span(date.min)


def until(last: date | None) -> date | None:
    """The stop of a span whose last day is `last`."""
    return None if last is None or last == date.max else last + DAY


def last_day(stop: date | None) -> date | None:
    """The last day of a span that stops at `stop`."""
    return None if stop is None else stop - DAY


def earliest(*stops: date | None) -> date | None:
    """The first of several stops; None means never."""
    known = [stop for stop in stops if stop is not None]
    return min(known, default=None)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days as ordered spans that neither touch nor overlap."""
    merged: list[Span] = []
    for span in sorted((s for s in spans if not s.empty), key=lambda s: s.start):
        if merged and (merged[-1].stop is None or span.start <= merged[-1].stop):
            stop = _later(merged[-1].stop, span.stop)
            merged[-1] = Span(merged[-1].start, stop)
        else:
            merged.append(span)
    return tuple(merged)


def subtract(spans: Iterable[Span], holes: Iterable[Span]) -> tuple[Span, ...]:
    """The days of `spans` that are in none of `holes`."""
    left = list(union(spans))
    for hole in union(holes):
        rest: list[Span] = []
        for span in left:
            before = Span(span.start, earliest(span.stop, hole.start))
            rest += [] if before.empty else [before]
            if hole.stop is not None:
                after = Span(max(span.start, hole.stop), span.stop)
                rest += [] if after.empty else [after]
        left = rest
    return union(left)


def overlap(spans: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """The days that are in both."""
    others = tuple(others)
    shared = (Span(max(s.start, o.start), earliest(s.stop, o.stop)) for s in spans for o in others)
    return union(shared)


def days_of_change(spans: Iterable[Span]) -> set[date]:
    """Every first day and every stop."""
    days: set[date] = set()
    for span in spans:
        days.add(span.start)
        if span.stop is not None:
            days.add(span.stop)
    return days


def holds_on(spans: Sequence[Span], day: date) -> bool:
    """True if one of the spans contains the day. The spans are ordered and disjoint."""
    for start, stop in spans:  # noqa: SIM110 - called a hundred thousand times; a generator doubles the cost
        if start <= day and (stop is None or day < stop):
            return True
    return False


def index_at(starts: Sequence[date], day: date) -> int:
    """The index of the last of the ordered starts that is not after the day."""
    return bisect_right(starts, day) - 1


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)
