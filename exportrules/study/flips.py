"""The nearest flips: for one chip and day, each number whose change alone would alter the answer, and where.

The lines are those that provisions in force draw for the number itself, and for what follows from it
by arithmetic. Between two lines nothing changes, so the answer is computed on, just under and just
over each line, outward from the value that the chip has, until it is another.
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
from exportrules.law.facts import Fact
from exportrules.law.model import Number, Policy
from exportrules.law.span import holds_on
from exportrules.law.truth import FALSE
from exportrules.question.figures import followers, settled, values_for

#: How far beside a line the answer is computed where the line itself is not part of it.
STEP = Decimal("0.001")
_STEPS = 1000

_EXPLAINING = ("classification", "requirement", "exception", "bar", "review_policy", "conclusion", "savings")


class Flip(NamedTuple):
    """One number of one variant, changed alone until the answer is another.

    `line` is where the change is, as `reach` says ('at least', 'more than', 'at most', 'less than', or 'settled
    as' for one reading of a disputed number). At `value` the answer was computed to be the new one, at `before`
    to be the old one. `line` is rounded where no decimal is exact (`exact` is False). `follows` are the facts
    that changed with it.
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

    Empty where no number decides: the chip is not public, or the destination is not encoded.
    """
    if d.outcome == "not_released" or d.standing in ("destination_not_encoded", "before_coverage"):
        return []
    found: list[Flip] = []
    for course in d.moment.courses:
        found += _Numbers(d, course).flips()
    return found


class _Numbers:
    """One variant on one day, with any number changed."""

    def __init__(self, d: Determination, course: Course) -> None:
        self.on, self.course = d.on, course
        self.view, self.ruleset = course.view, d.timeline.ruleset
        self.listings = course.subject.listings(self.view)
        self.facts = course.subject.facts
        self.law = self.decided(self.facts)
        self.lines: dict[str, set[Number]] = {}
        for found in course.docket.pool:
            if holds_on(found.spans, self.on):
                for row in found.provision.when + found.provision.unless:
                    for test in row.tests:
                        if isinstance(test.bound, int | Decimal) and not isinstance(test.bound, bool):
                            self.lines.setdefault(test.fact, set()).add(test.bound)

    def flips(self) -> Iterator[Flip]:
        for name, definition in self.ruleset.facts.items():
            fact = self.facts.get(name)
            if definition.type != "number" or fact is None or not _number(fact.value) or self._repeats(name, fact):
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
        """Whether it is another number under a second name: the 2022 text's figure, taken as the TPP."""
        return any(
            name in followers(other) and fact.source == "derived" and self.facts[other].value == fact.value
            for other in self.facts
        )

    def _points(self, name: str) -> list[tuple[Decimal, Fraction]]:
        """The values to compute the answer at, each with its line, in order."""
        lines = {Fraction(bound) for bound in self.lines.get(name, ())}
        lines |= {line for found in self._lines_of_followers(name).values() for line in found}
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
        """The provisions that hold on one side only: those that draw the line, or else any that ask for the number."""
        names = {name, *followers(name)}
        drawn: set[tuple[str, Any]] = {(name, bound) for bound in self.lines.get(name, ()) if bound == line}
        for follower, bounds in self._lines_of_followers(name).items():
            drawn |= {(follower, bound) for at, bound in bounds.items() if at == line}

        def truths(facts: dict[str, Fact]) -> dict[str, int]:
            read = Reading(self._docket(facts), self.on)
            return {e.in_force.provision.id: held for e, held in read.truths.values() if e.kind in _EXPLAINING}

        before, after = truths(was), truths(now)
        apart: dict[str, set[tuple[str, Any]]] = {}
        for found in self.course.docket.pool:
            p = found.provision
            tests = {(t.fact, t.bound) for row in p.when + p.unless for t in row.tests if t.fact in names}
            if tests and before.get(p.id, FALSE) != after.get(p.id, FALSE):
                apart[p.id] = tests
        return tuple([n for n, tests in apart.items() if tests & drawn] or apart)

    def _lines_of_followers(self, name: str) -> dict[str, dict[Fraction, Number]]:
        """For what follows from a number: where that number itself must be, by the bound that is then reached."""
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


def _number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_exact(line: Fraction) -> bool:
    """Whether a step falls on the line."""
    return (line * _STEPS).denominator == 1


def _plain(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else value.normalize()
