"""A profile's docket: the provisions that can touch one set of facts, prepared for evaluation.

Facts do not change with the day, so tests of plain facts are settled once, rows that can never
hold are dropped, and only memberships in country groups and conclusions of other provisions are
left for the day. That is what makes ten thousand profiles cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from exportrules.facts import Fact, settled
from exportrules.law import CONCLUDING, InForce, SortedRow, View, doubt_of, provides, under
from exportrules.model import Row, Test
from exportrules.span import Span, days_of_change, holds_on
from exportrules.truth import FALSE, TRUE, UNKNOWN, Truth, any_of, negate, truth

#: Kinds read before the license requirements are gathered; the rest may test what is required.
FIRST = frozenset((*CONCLUDING, "requirement", "savings"))


#: So many prepared provisions are kept in a view; profiles beyond that are prepared each for itself.
MOST_ENTRIES = 200_000


class PreparedRow(NamedTuple):
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
    first: bool
    fixed: Truth | None
    kind: str
    made: tuple[str, str] | None


class Docket:
    """The provisions that can touch one profile on some day, prepared for quick evaluation."""

    def __init__(
        self, view: View, facts: Mapping[str, Fact], listings: Iterable[InForce] = (), on: date | None = None
    ) -> None:
        """A docket for every day, or for one day alone."""
        self.view = view
        self.facts = facts
        pool = (*listings, *view.provisions)
        self.pool = pool if on is None else tuple(found for found in pool if holds_on(found.spans, on))
        self._settled: dict[int, Truth] = {}
        self._marks: dict[str, int] = {}
        self.entries = tuple(e for found in self.pool if (e := self._entry(found)) is not None)

    def of(self, facts: Mapping[str, Fact]) -> Docket:
        """The same provisions, prepared alike, for facts that the law cannot tell from these."""
        other = object.__new__(Docket)
        other.view, other.facts, other.pool, other.entries = self.view, facts, self.pool, self.entries
        other._settled, other._marks = {}, {}
        return other

    def supposing(self, fact: str, value: Any) -> Docket:
        """The same docket with one more fact settled; entries that do not mention it stay as they are."""
        branch = object.__new__(Docket)
        branch.view, branch.pool, branch._settled, branch._marks = self.view, self.pool, {}, {}
        supposed, known = {fact: Fact(value, "supposed")}, self.facts.get(fact)
        # one of several readings is a value, and what is derived follows it; the example of a range is none
        exact = known is not None and bool(known.candidates)
        branch.facts = settled(self.facts, supposed) if exact else {**self.facts, **supposed}
        changed = {name for name, has in branch.facts.items() if has is not self.facts.get(name)}
        entries = []
        for entry in self.entries:
            touched = fact == "item_kind" or not changed.isdisjoint(entry.mentions)
            again = branch._entry(entry.found) if touched else entry
            if again is not None:
                entries.append(again)
        branch.entries = tuple(entries)
        return branch

    def test(self, test: Test, day: date, concluded: Mapping[str, Mapping[str, Truth]]) -> Truth:
        """The truth of one test on a day."""
        if self._waits(test.fact):
            return self.concluded(test, concluded)
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

    def signature(self) -> tuple[Any, ...]:
        """What verdicts depend on: two profiles with equal signatures share them."""
        home = self.view.membership("united-states", str(self.value("destination")))
        return self.value("subject_to_ear"), self.value("item_kind"), bool(home), *self.entries

    def signature_on(self, day: date) -> tuple[Any, ...]:
        """What the verdict of one day depends on: what is in force on it, and which rows of that can hold on it."""
        active = [entry for entry in self.entries if holds_on(entry.found.spans, day)]
        rows = [holds_on(s, day) for entry in active for row in entry.when + entry.unless for s in row.groups]
        home = self.view.membership("united-states", str(self.value("destination")))
        return day, self.value("subject_to_ear"), self.value("item_kind"), bool(home), *active, *rows

    def _entry(self, found: InForce) -> Entry | None:
        """The prepared provision. Equal ones are one object: the same for all profiles that it treats alike."""
        view = self.view
        key = (id(found), *map(self._mark, view.tested(found)))
        if key in view.entries:
            known: Entry | None = view.entries[key]
            return known
        entry = self._prepared(found)
        if len(view.entries) >= MOST_ENTRIES:
            return entry
        if entry is not None:
            content = (id(found), entry.fits, entry.doubt, entry.when, entry.unless, entry.made)
            entry = view.alike.setdefault((*content, *map(self._mark, sorted(entry.mentions))), entry)
        view.entries[key] = entry
        return entry

    def _mark(self, name: str) -> int:
        """A small number for what this profile has as a fact, the same wherever it is the same."""
        mark = self._marks.get(name)
        if mark is None:
            fact = self.facts.get(name)
            has = None if fact is None else (fact.value, fact.settled, fact.candidates)
            mark = self._marks[name] = self.view.mark(has)
        return mark

    def _prepared(self, found: InForce) -> Entry | None:
        """The provision with its rows settled as far as this profile settles them; None if it can never hold."""
        provision = found.provision
        fits = self.fits(provision.classifies)
        if fits == FALSE:
            return None
        when = self._rows(provision.when)
        if provision.when and not when:
            return None
        unless = self._rows(provision.unless)
        doubt = TRUE if provision.certain else self._doubt(found)
        if doubt == FALSE:
            return None
        mentions = frozenset(t.fact for row in when + unless for t in row.open + row.concluded)
        if doubt == UNKNOWN:
            mentions |= {doubt_of(found)}
        held: Truth | None = None
        if not any(row.groups or row.concluded for row in when + unless):
            held = any_of(row.settled for row in when) if provision.when else TRUE
            held = min(held, fits, doubt, negate(any_of(row.settled for row in unless)))
        made = provides(provision)
        if made and made[0] == "eccn" and provision.classifies == "ic" and self.value("item_kind") == "system":
            made = ("contains_eccn", made[1])
        kind = provision.kind
        needs_rows = bool(provision.when)
        return Entry(found, when, unless, fits, doubt, needs_rows, mentions, kind in FIRST, held, kind, made)

    def _rows(self, rows: tuple[Row, ...]) -> tuple[PreparedRow, ...]:
        prepared = []
        for row in rows:
            found = self._row(self.view.sorted_row(row))
            if found is not None:
                prepared.append(found)
        return tuple(prepared)

    def _row(self, row: SortedRow) -> PreparedRow | None:
        """The row with its plain tests settled; None if it can never hold."""
        settled: Truth = TRUE
        waiting: list[Test] = []
        unknown: list[Test] = []
        plain = row.plain
        for test in row.concluded:
            if self._waits(test.fact):
                waiting.append(test)
            else:
                plain += (test,)
        groups: list[tuple[Span, ...]] = []
        for test in row.groups:
            country = self.value(test.fact)
            if not isinstance(country, str):
                plain += (test,)
                continue
            spans = self.view.membership(str(test.bound), country)
            if not spans:
                return None
            if spans[0].start != date.min or spans[0].stop is not None:
                groups.append(spans)
        for test in plain:
            held = self._settled.get(id(test))
            if held is None:
                held = self._settled[id(test)] = self._plain(test)
            if held == FALSE:
                return None
            if held == UNKNOWN:
                settled = UNKNOWN
                unknown.append(test)
        return PreparedRow(row.row.paragraph, settled, tuple(groups), tuple(waiting), tuple(unknown))

    def _waits(self, fact: str) -> bool:
        """Whether the fact is for provisions to conclude, and nobody has supplied it."""
        if fact not in self.view.concludable:
            return False
        known = self.facts.get(fact)
        return known is None or not known.settled

    def value(self, name: str) -> Any:
        fact = self.facts.get(name)
        return None if fact is None else fact.value

    def _plain(self, test: Test) -> Truth:
        fact = self.facts.get(test.fact)
        if fact is None or fact.value is None:
            return UNKNOWN
        readings = {compare(value, test.op, test.bound) for value in fact.candidates or (fact.value,)}
        return readings.pop() if len(readings) == 1 else UNKNOWN

    def concluded(self, test: Test, concluded: Mapping[str, Mapping[str, Truth]]) -> Truth:
        made = concluded.get(test.fact, {})
        if isinstance(test.bound, bool):
            holds = max(made.get("true", FALSE), truth(self.value(test.fact) is True))
            return holds if test.bound else negate(holds)
        if not made:
            return FALSE
        bounds = test.bound if isinstance(test.bound, tuple) else (str(test.bound),)
        if test.fact == "required_under":
            return any_of(t for paragraph, t in made.items() if any(under(b, paragraph) for b in bounds))
        return any_of(made.get(bound, FALSE) for bound in bounds)

    def fits(self, classifies: str | None) -> Truth:
        """Whether an entry that classifies this kind of item (an IC, a system, a stack) is about this one."""
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
