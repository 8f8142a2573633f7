"""One day of a timeline, from which the parts of an answer are computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from exportrules.answer.result import Answer, Change
from exportrules.answer.timeline import Timeline
from exportrules.engine.course import Course
from exportrules.engine.evaluate import Reading
from exportrules.law.force import InForce
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import holds_on, index_at, last_day
from exportrules.law.view import View
from exportrules.question.question import Question

T = TypeVar("T")


class Moment:
    """A timeline on one day. Each part of the answer is computed once, on first access."""

    def __init__(self, timeline: Timeline, on: date) -> None:
        self.timeline, self.on = timeline, on
        self._parts: dict[Callable[[Moment], Any], Any] = {}

    def once(self, part: Callable[[Moment], T]) -> T:
        """The value of `part(self)`, computed on the first call. Callers must not modify it."""
        if part not in self._parts:
            self._parts[part] = part(self)
        value: T = self._parts[part]
        return value

    def knowing(self, part: Callable[[Moment], T], value: T) -> Moment:
        """This moment, with the value of a part that is known from a moment like it."""
        self._parts[part] = value
        return self

    @cached_property
    def answer(self) -> Answer:
        """The answer that the day shares with its span."""
        return self.timeline.at(self.on)

    @property
    def question(self) -> Question:
        """The question, without its day."""
        return self.timeline.question

    @property
    def ruleset(self) -> Ruleset:
        """The ruleset that answers."""
        return self.timeline.ruleset

    @property
    def view(self) -> View:
        """The layer of the law that answers."""
        return self.timeline.view

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """The courses that the answer rests on: one for each variant that counts on the day, in each sense."""
        return tuple(course for course in self.timeline.courses if course.subject.id in self.answer.asked)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The evaluator's reading of the day for each of these courses, in their order."""
        return tuple(Reading(course.docket, self.on) for course in self.courses)

    def in_force(self, course: Course) -> Iterator[InForce]:
        """The provisions of a course's docket that are in force on the day."""
        return (provision for provision in course.docket.pool if holds_on(provision.spans, self.on))

    @property
    def holds(self) -> tuple[date | None, date | None]:
        """The first and last day of this outcome, policy and standing; None if there is no such day."""
        starts = self.timeline.starts
        first, last = self._run
        stop = starts[last + 1] if last + 1 < len(starts) else None
        return (None if first == 0 else starts[first]), last_day(stop)

    @cached_property
    def named(self) -> tuple[tuple[date, str], ...]:
        """The exceptions by which the answer holds, if their names change while it holds: each by its first day.

        Their conditions are other conditions, and an exception does not exist before its rule.
        """
        first, last = self._run
        written = self.ruleset.provisions
        named: list[tuple[date, str]] = []
        for index in range(first, last + 1):
            start, answer = self.timeline.starts[index], self.timeline.answers[index]
            names = dict.fromkeys(written[name][0].name for name in answer.law.exceptions if name in written)
            said = " and ".join(name for name in names if name)
            if not named or named[-1][1] != said:
                named.append((start, said))
        return tuple(named) if len(named) > 1 else ()

    @property
    def previous(self) -> Change | None:
        """The answer before `holds`, and the provisions that changed it."""
        first, _ = self._run
        return self.timeline.change(first, first - 1) if first > 0 else None

    @property
    def next(self) -> Change | None:
        """The answer after `holds`, and the provisions that change it."""
        _, last = self._run
        return self.timeline.change(last + 1, last + 1) if last + 1 < len(self.timeline.starts) else None

    @cached_property
    def _run(self) -> tuple[int, int]:
        return self.timeline.holds(index_at(self.timeline.starts, self.on))
