"""A profile's docket: the provisions that can touch one set of facts, prepared for evaluation.

Facts do not change with the day, so tests of plain facts are settled once, rows that can never
hold are dropped, and only memberships in country groups and conclusions of other provisions are
left for the day. That is what makes ten thousand profiles cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from exportrules.facts import Fact
from exportrules.law import InForce, View, provides, under
from exportrules.model import Row, Test
from exportrules.span import Span, days_of_change, holds_on
from exportrules.truth import FALSE, TRUE, UNKNOWN, Truth, any_of, negate, truth

CONCLUDED_FACTS = frozenset({"eccn", "contains_eccn", "required_under", "end_user_lists", "owner_lists"})


@dataclass(frozen=True, slots=True, eq=False)
class PreparedRow:
    """A row prepared for one profile: tests of plain facts are settled, the rest wait for a day."""

    paragraph: str
    settled: Truth
    groups: tuple[tuple[Span, ...], ...]
    concluded: tuple[Test, ...]
    open: tuple[Test, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A provision prepared for one profile."""

    found: InForce
    when: tuple[PreparedRow, ...]
    unless: tuple[PreparedRow, ...]
    fits: Truth
    doubt: Truth
    needs_rows: bool
    mentions: frozenset[str]


class Docket:
    """The provisions that can touch one profile on some day, prepared for quick evaluation."""

    def __init__(self, view: View, facts: Mapping[str, Fact], listings: Iterable[InForce] = ()) -> None:
        self.view = view
        self.facts = facts
        self.pool = (*listings, *view.provisions)
        self.entries = tuple(self._prepared(self.pool))

    def supposing(self, fact: str, value: Any) -> Docket:
        """The same docket with one more fact settled."""
        branch = object.__new__(Docket)
        branch.view, branch.pool = self.view, self.pool
        branch.facts = {**self.facts, fact: Fact(value, "supposed")}
        branch.entries = tuple(branch._prepared_again(self.entries, fact))
        return branch

    def test(self, test: Test, day: date, concluded: Mapping[str, Mapping[str, Truth]]) -> Truth:
        """The truth of one test on a day."""
        if self._waits(test):
            return self._concluded(test, concluded)
        if test.op == "in_group" and isinstance(country := self.value(test.fact), str):
            return truth(holds_on(self.view.membership(str(test.bound), country), day))
        return self._plain(test)

    def days_of_change(self) -> set[date]:
        """Every day on which something that can touch this profile begins or ends."""
        days: set[date] = set()
        for entry in self.entries:
            days |= days_of_change(entry.found.spans)
            for row in entry.when + entry.unless:
                for spans in row.groups:
                    days |= days_of_change(spans)
        return days - {date.min}

    def _prepared(self, pool: Iterable[InForce]) -> Iterator[Entry]:
        for found in pool:
            provision = found.provision
            fits = self._fits(provision.classifies)
            when = tuple(row for row in map(self._row, provision.when) if row is not None)
            if fits == FALSE or (provision.when and not when):
                continue
            unless = tuple(row for row in map(self._row, provision.unless) if row is not None)
            doubt = TRUE if provision.certain else self._doubt(found)
            if doubt != FALSE:
                mentions = frozenset(t.fact for row in (*when, *unless) for t in (*row.open, *row.concluded))
                if doubt == UNKNOWN:
                    mentions |= {doubt_of(found)}
                yield Entry(found, when, unless, fits, doubt, bool(provision.when), mentions)

    def _prepared_again(self, entries: Iterable[Entry], fact: str) -> Iterator[Entry]:
        """The entries after one fact was settled; those that do not mention it stay as they are."""
        for entry in entries:
            if fact == "item_kind" or fact in entry.mentions:
                yield from self._prepared([entry.found])
            else:
                yield entry

    def _row(self, row: Row) -> PreparedRow | None:
        """The row with its plain tests settled; None if it can never hold."""
        settled: Truth = TRUE
        groups: list[tuple[Span, ...]] = []
        waiting: list[Test] = []
        unknown: list[Test] = []
        for test in row.tests:
            if self._waits(test):
                waiting.append(test)
                continue
            value = self.value(test.fact)
            if test.op == "in_group" and isinstance(value, str):
                spans = self.view.membership(str(test.bound), value)
                if not spans:
                    return None
                if spans[0].start != date.min or spans[0].stop is not None:
                    groups.append(spans)
                continue
            result = self._plain(test)
            if result == FALSE:
                return None
            if result == UNKNOWN:
                settled = UNKNOWN
                unknown.append(test)
        return PreparedRow(row.paragraph, settled, tuple(groups), tuple(waiting), tuple(unknown))

    def _waits(self, test: Test) -> bool:
        """Whether the fact is for provisions to conclude, and nobody has supplied it."""
        fact = self.facts.get(test.fact)
        if fact is not None and fact.settled:
            return False
        return test.fact in CONCLUDED_FACTS or test.fact in self.view.concludable

    def value(self, name: str) -> Any:
        fact = self.facts.get(name)
        return None if fact is None else fact.value

    def _plain(self, test: Test) -> Truth:
        fact = self.facts.get(test.fact)
        if fact is None or fact.value is None:
            return UNKNOWN
        readings = {compare(value, test.op, test.bound) for value in fact.candidates or (fact.value,)}
        return readings.pop() if len(readings) == 1 else UNKNOWN

    def _concluded(self, test: Test, concluded: Mapping[str, Mapping[str, Truth]]) -> Truth:
        made = concluded.get(test.fact, {})
        if isinstance(test.bound, bool):
            holds = max(made.get("true", FALSE), truth(self.value(test.fact) is True))
            return holds if test.bound else negate(holds)
        bounds = test.bound if isinstance(test.bound, tuple) else (str(test.bound),)
        if test.fact == "required_under":
            return any_of(t for paragraph, t in made.items() if any(under(b, paragraph) for b in bounds))
        return any_of(made.get(bound, FALSE) for bound in bounds)

    def _fits(self, classifies: str | None) -> Truth:
        kind = self.value("item_kind")
        if classifies is None:
            return TRUE
        if kind is None:
            return UNKNOWN
        return truth(classifies == kind or (classifies == "ic" and kind == "system"))

    def _doubt(self, found: InForce) -> Truth:
        """An uncertain provision reads as UNKNOWN until someone supposes that it is, or is not, so."""
        supposed = self.facts.get(doubt_of(found))
        if supposed is None or not supposed.settled or supposed.value is None:
            return UNKNOWN
        return TRUE if provides(found.provision) else truth(supposed.value is True)


def doubt_of(found: InForce) -> str:
    """The name under which an uncertain provision can be settled: the fact it concludes, or its id."""
    made = found.provision.concludes
    return made.fact if made and made.fact not in CONCLUDED_FACTS else found.provision.id


def compare(value: Any, op: str, bound: Any) -> Truth:
    """One comparison of two known values."""
    if op == "is":
        return truth(value == bound)
    if op == "in":
        return truth(bool(value & set(bound)) if isinstance(value, frozenset) else value in bound)
    if op == "ge":
        return truth(value >= bound)
    if op == "gt":
        return truth(value > bound)
    if op == "le":
        return truth(value <= bound)
    return truth(value < bound)
