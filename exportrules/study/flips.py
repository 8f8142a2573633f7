"""The nearest flips: for one chip and day, each number that alone could change the answer, and the value at which.

The lines are the bounds that provisions in force set for the number itself, and for numbers derived
from it. Between two lines nothing changes, so the answer is computed on, just below and just above
each line, outward from the chip's own value, until it differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from exportrules.answer.determination import Determination
from exportrules.engine.course import Course
from exportrules.engine.docket import Docket
from exportrules.engine.evaluate import Law, Reading
from exportrules.engine.unknowns import decide
from exportrules.law.bounds import is_number
from exportrules.law.facts import Fact
from exportrules.law.model import Number, Policy
from exportrules.law.span import holds_on
from exportrules.law.truth import FALSE
from exportrules.question.figures import followers, settled, values_for

#: The distance from a line at which the answer is computed beside it.
STEP = Decimal("0.001")
_STEPS = 1000

_EXPLAINING = ("classification", "requirement", "exception", "bar", "review_policy", "conclusion", "savings")


class Flip(NamedTuple):
    """One number of one variant, changed alone until the answer differs.

    The change is at `line`, in the direction of `reach` ('at least', 'more than', 'at most', 'less than', or 'settled
    as' for one reading of a disputed number). The answer was computed as the new one at `value`, and as the old one at
    `before`. `line` is rounded if it has no exact decimal form (`exact` is False). `follows` are the derived facts that
    change with it.
    """

    subject: str
    fact: str
    now: Number
    reach: str
    line: Number
    exact: bool
    value: Number
    before: Number
    outcome: str
    review_policy: Policy | None
    by: tuple[str, ...]
    follows: tuple[tuple[str, Number, Number], ...] = ()


def flips(d: Determination) -> list[Flip]:
    """Every nearest flip of an answer, up and down, by variant and in the order of the vocabulary.

    Empty if no number can decide: the chip is not public, or the destination is not encoded.
    """
    if d.outcome == "not_released" or d.standing in ("destination_not_encoded", "before_coverage"):
        return []
    return [flip for course in d.moment.courses for flip in _Trials(d, course).flips()]


class _Trials:
    """Evaluate one variant on one day with any of its numbers changed."""

    def __init__(self, d: Determination, course: Course) -> None:
        self.on, self.course = d.on, course
        self.view, self.ruleset = course.view, d.timeline.ruleset
        self.listings = course.subject.listings(self.view)
        self.facts = course.subject.facts
        self.law = self.decided(self.facts)
        self.lines: dict[str, set[Number]] = {}
        for in_force in course.docket.pool:
            if holds_on(in_force.spans, self.on):
                for row in in_force.provision.when + in_force.provision.unless:
                    for test in row.tests:
                        if is_number(test.bound):
                            self.lines.setdefault(test.fact, set()).add(test.bound)

    def flips(self) -> Iterator[Flip]:
        for name, definition in self.ruleset.facts.items():
            fact = self.facts.get(name)
            if definition.type != "number" or fact is None or not is_number(fact.value) or self._repeats(name, fact):
                continue
            readings = sorted(v for v in fact.candidates or (fact.value,) if isinstance(v, int | Decimal))
            disputed = [v for v in readings if fact.candidates and self.at(name, v).decision != self.law.decision]
            if disputed:
                yield from (self.flip(name, v, v, "settled as", Fraction(v)) for v in disputed)
                continue
            points = list(self._points(name))
            yield from self._walk(
                name, readings[-1], [p for p in points if p[0] > readings[-1]], ("at least", "more than")
            )
            below = [p for p in reversed(points) if p[0] < readings[0]]
            yield from self._walk(name, readings[0], below, ("at most", "less than"))

    def _repeats(self, name: str, fact: Fact) -> bool:
        """True if the fact repeats another under a second name: the figure of the 2022 text, taken as the TPP."""
        return any(
            name in followers(other) and fact.source == "derived" and self.facts[other].value == fact.value
            for other in self.facts
        )

    def _points(self, name: str) -> list[tuple[Decimal, Fraction]]:
        """The values at which to compute the answer, each with its line, in order."""
        lines = {Fraction(bound) for bound in self.lines.get(name, ())}
        lines |= {line for bounds in self._lines_of_followers(name).values() for line in bounds}
        points = set()
        for line in lines:
            under = Decimal(line.numerator * _STEPS // line.denominator) * STEP
            for value in (under - STEP, under, under + STEP) if _is_exact(line) else (under, under + STEP):
                if value > 0 or (value == 0 and name != "die_area_mm2"):
                    points.add((value, line))
        return sorted(points)

    def _walk(
        self, name: str, now: Number, points: Sequence[tuple[Decimal, Fraction]], words: tuple[str, str]
    ) -> Iterator[Flip]:
        before: Number = now
        for value, line in points:
            if self.at(name, value).decision != self.law.decision:
                on_it, beyond = words
                on_line = Fraction(value) == line or not _is_exact(line)
                yield self.flip(name, value, before, on_it if on_line else beyond, line)
                return
            before = value

    def flip(self, name: str, value: Number, before: Number, reach: str, line: Fraction) -> Flip:
        changed, fact = self.changed(name, value), self.facts[name]
        new = self.decided(changed)
        assert isinstance(fact.value, int | Decimal)
        return Flip(
            subject=self.course.subject.name,
            fact=name,
            now=fact.value,
            reach=reach,
            line=_plain(line.numerator / Decimal(line.denominator)) if _is_exact(line) else _plain(Decimal(value)),
            exact=_is_exact(line),
            value=_plain(Decimal(value)),
            before=_plain(Decimal(before)),
            outcome="indeterminate" if new.blocked else new.outcome,
            review_policy="indeterminate" if new.blocked else new.review_policy,
            by=self._by(name, line, self.changed(name, before), changed),
            follows=tuple(self._follows(name, changed)),
        )

    def changed(self, name: str, value: Number) -> dict[str, Fact]:
        return settled(self.facts, {name: Fact(_plain(Decimal(value)), "given")})

    def at(self, name: str, value: Number) -> Law:
        return self.decided(self.changed(name, value))

    def decided(self, facts: Mapping[str, Fact]) -> Law:
        return decide(self._docket(facts), self.on).law

    def _docket(self, facts: Mapping[str, Fact]) -> Docket:
        return Docket(self.view, facts, self.listings, self.on)

    def _by(self, name: str, line: Fraction, was: dict[str, Fact], now: dict[str, Fact]) -> tuple[str, ...]:
        """The provisions whose truth differs between the sides: those that set the line, or else any that test it."""
        names = {name, *followers(name)}
        drawn: set[tuple[str, Any]] = {(name, bound) for bound in self.lines.get(name, ()) if bound == line}
        for follower, bounds in self._lines_of_followers(name).items():
            drawn |= {(follower, bound) for at, bound in bounds.items() if at == line}

        def truths(facts: dict[str, Fact]) -> dict[str, int]:
            read = Reading(self._docket(facts), self.on)
            return {e.in_force.provision.id: held for e, held in read.truths.values() if e.kind in _EXPLAINING}

        before, after = truths(was), truths(now)
        differing: dict[str, set[tuple[str, Any]]] = {}
        for provision in (in_force.provision for in_force in self.course.docket.pool):
            rows = provision.when + provision.unless
            tests = {(t.fact, t.bound) for row in rows for t in row.tests if t.fact in names}
            if tests and before.get(provision.id, FALSE) != after.get(provision.id, FALSE):
                differing[provision.id] = tests
        return tuple([n for n, tests in differing.items() if tests & drawn] or differing)

    def _lines_of_followers(self, name: str) -> dict[str, dict[Fraction, Number]]:
        """For each derived fact: the values of the number itself at which it reaches a bound, with that bound."""
        return {
            follower: {
                line: bound
                for bound in self.lines.get(follower, ())
                for line in values_for(name, follower, bound, self.facts)
            }
            for follower in followers(name)
            if follower in self.facts and self.facts[follower].source == "derived"
        }

    def _follows(self, name: str, changed: dict[str, Fact]) -> Iterator[tuple[str, Number, Number]]:
        for follower in followers(name):
            was, now = self.facts.get(follower), changed.get(follower)
            if was is None or now is None or follower not in self.lines or self._repeats(follower, was):
                continue
            if isinstance(was.value, int | Decimal) and isinstance(now.value, int | Decimal) and was.value != now.value:
                yield follower, was.value, now.value


def _is_exact(line: Fraction) -> bool:
    """True if the line is a multiple of the step."""
    return (line * _STEPS).denominator == 1


def _plain(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else value.normalize()
