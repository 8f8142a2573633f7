"""One subject under the law of every day: the evaluator runs once for each day on which the law changes for it.

Courses and verdicts are cached with the ruleset, so that subjects that the law treats alike share them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar, cast

from exportrules.engine.docket import Docket, Marks
from exportrules.engine.unknowns import Verdict, decide
from exportrules.law.ruleset import Ruleset
from exportrules.law.shape import Shape
from exportrules.law.span import index_at
from exportrules.law.view import View, view_of
from exportrules.question.question import Question, Subject

T = TypeVar("T")


class Course(Shape):
    """One subject under the law of every day: `verdicts[i]` holds from `starts[i]` on."""

    subject: Subject
    docket: Docket
    starts: tuple[date, ...]
    verdicts: tuple[Verdict, ...]

    def at(self, day: date) -> Verdict:
        return self.verdicts[index_at(self.starts, day)]

    @property
    def view(self) -> View:
        """The law as the exporter in this sense of the question knew it."""
        return self.docket.view

    def public(self, day: date) -> bool | None:
        """True if the chip was public on the day; None if that is unknown, or the chip was never announced."""
        chip = self.subject.chip
        if chip is None or not self.subject.facts.get("chip"):
            return True
        if chip.status == "reported":  # never announced, but the law applies to a sample of it nonetheless
            return None
        if chip.announced is not None:
            return chip.announced <= day
        return False if chip.not_public_before is not None and day < chip.not_public_before else None


def course_of(ruleset: Ruleset, question: Question, subject: Subject) -> Course:
    """The law's verdicts on one subject, from the first day to the last. Cached by the subject's facts."""
    view = view_of(ruleset, as_printed=question.as_printed, known_on=question.known_on, exporter=subject.exporter)
    memory = ruleset.memory
    knowing = subject.exporter if view.known_on else None
    marks = Marks(view, subject.facts)
    # facts left at their assumed values are the same for every subject, so the key need not have them
    stated = [name for name, fact in subject.facts.items() if fact is not ruleset.assumed.get(name)]
    facts = frozenset([(name, marks[name]) for name in stated])
    # an approval must cover all parties: the key needs each party's identity, and whether an end user is named
    sense = subject.sense
    key = (view.as_printed, view.known_on, knowing, sense.named, sense.has_user, sense.owners, facts)
    known = memory.get(key)
    if isinstance(known, Course):
        return known.changed(subject=subject, docket=known.docket.of(subject.facts))
    docket = Docket(view, subject.facts, subject.listings(view), marks=marks).reachable()
    alike = ("verdicts", view.as_printed, view.known_on, knowing, docket.signature())
    shared = memory.get(alike)
    if shared is None:
        shared = joined(sorted({date.min, *docket.days_of_change()}), lambda day: _decided(docket, day, alike[:4]))
        memory.keep(alike, shared)
    starts, verdicts = cast("tuple[tuple[date, ...], tuple[Verdict, ...]]", shared)
    course = Course(subject=subject, docket=docket, starts=starts, verdicts=verdicts)
    memory.keep(key, course)
    return course


def _decided(docket: Docket, day: date, layer: tuple[object, ...]) -> Verdict:
    """The evaluator's verdict on a day, shared by profiles that differ only in provisions without force on it."""
    memory = docket.view.ruleset.memory
    today = docket.on(day)
    key = (*layer, today.signature())
    known = memory.get(key)
    if isinstance(known, Verdict):
        return known
    verdict = decide(today, day)
    memory.keep(key, verdict)
    return verdict


def joined(days: Iterable[date], answer: Callable[[date], T]) -> tuple[tuple[date, ...], tuple[T, ...]]:
    """The days on which the answer changes, and the answer from each: equal neighbours are joined."""
    starts: list[date] = []
    answers: list[T] = []
    for day in days:
        new = answer(day)
        if not answers or new != answers[-1]:
            starts.append(day)
            answers.append(new)
    return tuple(starts), tuple(answers)
