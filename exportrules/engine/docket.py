"""A profile's docket: the provisions that can apply to one set of facts, prepared for evaluation.

Facts do not change with the day, so tests of plain facts are settled once, rows that can never
hold are dropped, and only memberships in country groups and conclusions of other provisions remain
to be evaluated each day. That makes ten thousand profiles cheap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from exportrules.law.bounds import holds
from exportrules.law.facts import CONCLUDING, HOME, Fact
from exportrules.law.force import InForce, doubt_of, provides
from exportrules.law.model import Bounds, Row, Test
from exportrules.law.paragraphs import under
from exportrules.law.shape import Shape
from exportrules.law.span import Span, days_of_change, holds_on
from exportrules.law.truth import FALSE, TRUE, UNKNOWN, Truth, any_of, negate, truth
from exportrules.law.view import SortedRow, View
from exportrules.question.figures import settled

#: The order in which kinds are read: first requirements and what they depend on, then bars, then whatever may test
#: which requirements remain, the exceptions that bars close among them.
STAGES = dict.fromkeys((*CONCLUDING, "requirement", "savings"), 0) | {"bar": 1}
LAST_STAGE = 2


#: The number of prepared provisions that a view caches; later profiles are prepared without the cache.
MOST_ENTRIES = 200_000


class PreparedRow(NamedTuple):
    """A row prepared for one profile: tests of plain facts are settled, the rest depend on the day."""

    paragraph: str
    settled: Truth
    groups: tuple[tuple[Span, ...], ...]
    concluded: tuple[Test, ...]
    open: tuple[Test, ...]


class PreparedProvision(Shape):
    """A provision prepared for one profile. `fixed` is its truth if nothing in it depends on the day.

    `made` is the (fact, value) that it concludes; if it `waits`, each of its `when` rows tests what others conclude.
    """

    in_force: InForce
    when: tuple[PreparedRow, ...]
    unless: tuple[PreparedRow, ...]
    fits: Truth
    doubt: Truth
    needs_rows: bool
    waits: bool
    mentions: frozenset[str]
    stage: int
    fixed: Truth | None
    kind: str
    made: tuple[str, str] | None
    days: dict[date, PreparedProvision | None]

    def on(self, day: date) -> PreparedProvision | None:
        """The provision on one day, with its groups settled; None if it is not in force or cannot hold."""
        try:
            return self.days[day]
        except KeyError:
            return self.days.setdefault(day, self._read_on(day))

    def _read_on(self, day: date) -> PreparedProvision | None:
        if not holds_on(self.in_force.spans, day):
            return None
        if not any(row.groups for row in self.when + self.unless):
            return None if self.fixed == FALSE else self
        when, unless = _rows_on(self.when, day), _rows_on(self.unless, day)
        if self.needs_rows and not when:
            return None
        fixed = _fixed_truth(when, unless, self.needs_rows, self.fits, self.doubt)
        return None if fixed == FALSE else self.changed(when=when, unless=unless, fixed=fixed, days={})


def _rows_on(rows: tuple[PreparedRow, ...], day: date) -> tuple[PreparedRow, ...]:
    """The rows that can hold on the day."""
    return tuple(row._replace(groups=()) for row in rows if all(holds_on(spans, day) for spans in row.groups))


def _fixed_truth(
    when: tuple[PreparedRow, ...], unless: tuple[PreparedRow, ...], needs_rows: bool, fits: Truth, doubt: Truth
) -> Truth | None:
    """The truth of a provision; None if one of its rows depends on the day or on other provisions."""
    if any(row.groups or row.concluded for row in when + unless):
        return None
    held = any_of(row.settled for row in when) if needs_rows else TRUE
    return min(held, fits, doubt, negate(any_of(row.settled for row in unless)))


class Marks(dict[str, int]):
    """A number for each fact of a profile: values that the law treats alike on every day share it. Computed on access.

    If a figure is disputed, derived facts follow each of its readings, so the marks use exact values instead.
    """

    def __init__(self, view: View, facts: Mapping[str, Fact]) -> None:
        super().__init__()
        self.view, self.facts = view, facts
        self.exact = any(fact.candidates for fact in facts.values())

    def after(self, facts: Mapping[str, Fact]) -> Marks:
        """The marks of the same facts with some of them changed; exact if these are."""
        other = Marks.__new__(Marks)
        other.view, other.facts, other.exact = self.view, facts, self.exact
        other.update((name, mark) for name, mark in self.items() if facts.get(name) is self.facts.get(name))
        return other

    def __missing__(self, name: str) -> int:
        fact = self.facts.get(name)
        key: object = None
        if fact is not None:
            value = fact.value if self.exact else self.view.class_of(name, fact.value)
            key = value, fact.settled, fact.candidates
        mark = self[name] = self.view.mark(key)
        return mark


class Docket:
    """The provisions that can apply to one profile on some day, prepared for fast evaluation.

    `entries` are those that are evaluated; `prepared` has those besides which are not within `reachable`.
    """

    def __init__(
        self,
        view: View,
        facts: Mapping[str, Fact],
        listings: Iterable[InForce] = (),
        on: date | None = None,
        marks: Marks | None = None,
    ) -> None:
        """A docket for every day, or for one day alone. `marks` are those of the facts, if already computed."""
        listed = tuple(listings)
        if on is None:
            self.pool = (*listed, *view.provisions)
        else:
            self.pool = (*(p for p in listed if holds_on(p.spans, on)), *view.provisions_on(on))
        self.view, self.facts, self.day = view, facts, on
        self.marks = Marks(view, facts) if marks is None else marks
        self.prepared = self._prepare((*listed, *self._left_by_the_deal()) if on is None else self.pool)
        self.entries = self.prepared

    def _left_by_the_deal(self) -> tuple[InForce, ...]:
        """The provisions that the terms of the deal do not rule out, whatever the item and place."""
        view = self.view
        key = view.deal(self.marks)
        left: tuple[InForce, ...] | None = view.pools.get(key)
        if left is None:
            left = view.pools[key] = tuple(p for p in view.provisions if self._fits_the_deal(p))
        return left

    def _fits_the_deal(self, in_force: InForce) -> bool:
        rows = [self.view.sorted_row(row).plain for row in in_force.provision.when]
        terms = ([test for test in plain if test.fact in self.view.deal_facts] for plain in rows)
        return not rows or any(self._may_hold(tests, []) for tests in terms)

    def _prepare(self, pool: Iterable[InForce]) -> tuple[PreparedProvision, ...]:
        """The provisions that may hold, prepared."""
        known, marks = self.view.entries, self.marks
        entries: list[PreparedProvision] = []
        for in_force in pool:
            key = (id(in_force), in_force.profile_key(marks))
            try:
                entry = known[key]
            except KeyError:
                entry = self._entry(in_force, key)
            if entry is not None:
                entries.append(entry)
        return tuple(entries) if self.day is None else _on(entries, self.day)

    def _with(
        self,
        entries: Iterable[PreparedProvision] = (),
        facts: Mapping[str, Fact] | None = None,
        marks: Marks | None = None,
    ) -> Docket:
        """A docket of the same pool and day, with the given entries; facts and marks default to these."""
        other = object.__new__(Docket)
        other.view, other.pool, other.day, other.entries = self.view, self.pool, self.day, tuple(entries)
        other.prepared = self.prepared
        other.facts = self.facts if facts is None else facts
        other.marks = self.marks if marks is None else marks
        return other

    def of(self, facts: Mapping[str, Fact]) -> Docket:
        """The same prepared provisions, for facts that the law treats as it does these."""
        return self._with(self.entries, facts)

    def reachable(self) -> Docket:
        """The docket without provisions that never hold, since no other provision concludes what their rows test."""
        values: dict[str, set[str]] = {fact: set(given) for fact, given in self.supplied().items()}
        if self.value("item_kind") is None:  # the entry of a chip may be one that a system contains
            values["contains_eccn"] = values["eccn"] = values.get("eccn", set()) | values.get("contains_eccn", set())
        reached: set[PreparedProvision] = set()
        for entry in sorted(self.entries, key=lambda entry: entry.stage):
            if entry.waits and not any(self._reaches(row, values) for row in entry.when):
                continue
            reached.add(entry)
            if entry.made is not None:
                values.setdefault(entry.made[0], set()).add(entry.made[1])
            if entry.kind == "requirement":
                values.setdefault("required_under", set()).add(entry.in_force.provision.paragraph)
        return self.keeping(entry for entry in self.entries if entry in reached)

    def _reaches(self, row: PreparedRow, values: Mapping[str, set[str]]) -> bool:
        """True if the row can hold, where these are all values that may be concluded."""
        return all(may_hold(test, values.get(test.fact, ())) or self.unsettled(test.fact) for test in row.concluded)

    def whole(self) -> Docket:
        """The docket with the provisions that `reachable` left out."""
        return self._with(self.prepared)

    def keeping(self, entries: Iterable[PreparedProvision]) -> Docket:
        """The docket with only these of its provisions."""
        return self._with(entries)

    def on(self, day: date) -> Docket:
        """The docket of one day: the provisions that may hold on it, with its groups settled."""
        if self.day == day:
            return self
        other = self._with(_on(self.entries, day))
        other.day = day
        return other

    def supposing(self, fact: str, value: Any) -> Docket:
        """The same docket with one more fact settled; entries that do not mention it stay as they are."""
        supposed, known = {fact: Fact(value, "supposed")}, self.facts.get(fact)
        # a reading of a disputed figure is a real value, so derived facts follow it; the example of a range is not
        exact = known is not None and bool(known.candidates)
        facts = settled(self.facts, supposed) if exact else {**self.facts, **supposed}
        changed = {name for name, new in facts.items() if new is not self.facts.get(name)} if exact else {fact}
        branch = self._with(facts=facts, marks=self.marks.after(facts))
        entries: list[PreparedProvision] = []
        for entry in self.entries:
            touched = fact == "item_kind" or not changed.isdisjoint(entry.mentions)
            entries += branch._prepare((entry.in_force,)) if touched else (entry,)
        branch.entries = tuple(entries)
        return branch

    def test(self, test: Test, day: date, concluded: Mapping[str, Mapping[str, Truth]]) -> Truth:
        """The truth of one test on a day."""
        if test.fact in self.view.concludable:
            return self.concluded(test, concluded)
        if test.op == "in_group" and isinstance(country := self.value(test.fact), str):
            return truth(holds_on(self.view.membership(str(test.bound), country), day))
        return self._plain(test)

    def days_of_change(self) -> set[date]:
        """Every day on which something that can apply to this profile begins or ends."""
        days: set[date] = set()
        for entry in self.entries:
            days |= days_of_change(entry.in_force.spans)
            for row in entry.when + entry.unless:
                for spans in row.groups:
                    days |= days_of_change(spans)
        return days - {date.min}

    def signature(self) -> tuple[Any, ...]:
        """A key of everything that verdicts depend on: profiles with equal signatures share their verdicts."""
        home = self.view.membership(HOME, str(self.value("destination")))
        # an answer names the entry that a caller gave, whether or not a provision tests it
        given = self.value("subject_to_ear"), self.value("item_kind"), self.value("eccn")
        return self.day, *given, bool(home), *self.entries

    def _entry(self, in_force: InForce, key: tuple[int, object]) -> PreparedProvision | None:
        """The prepared provision, cached: one object for all profiles that it treats alike."""
        view = self.view
        entry = self._prepared(in_force)
        if len(view.entries) >= MOST_ENTRIES:
            return entry
        if entry is not None:
            content = (id(in_force), entry.fits, entry.doubt, entry.when, entry.unless, entry.made)
            marks = tuple(self.marks[name] for name in sorted(entry.mentions))
            entry = view.alike.setdefault((*content, marks), entry)
        view.entries[key] = entry
        return entry

    def _prepared(self, in_force: InForce) -> PreparedProvision | None:
        """The provision with the tests settled that this profile's facts decide; None if it can never hold."""
        provision = in_force.provision
        fits = self.fits(provision.classifies)
        if fits == FALSE:
            return None
        when = self._rows(provision.when)
        if provision.when and not when:
            return None
        unless = self._rows(provision.unless)
        doubt = TRUE if provision.certain else self._doubt(in_force)
        if doubt == FALSE:
            return None
        mentions = frozenset(t.fact for row in when + unless for t in row.open + row.concluded)
        if doubt == UNKNOWN:
            mentions |= {doubt_of(in_force)}
        needs_rows = bool(provision.when)
        held = _fixed_truth(when, unless, needs_rows, fits, doubt)
        conclusion = provides(provision)
        if (
            conclusion
            and conclusion[0] == "eccn"
            and provision.classifies == "ic"
            and self.value("item_kind") == "system"
        ):
            conclusion = ("contains_eccn", conclusion[1])
        kind, stage = provision.kind, STAGES.get(provision.kind, LAST_STAGE)
        return PreparedProvision(
            in_force=in_force,
            when=when,
            unless=unless,
            fits=fits,
            doubt=doubt,
            needs_rows=needs_rows,
            waits=needs_rows and all(row.concluded for row in when),
            mentions=mentions,
            stage=stage,
            fixed=held,
            kind=kind,
            made=conclusion,
            days={},
        )

    def _rows(self, rows: tuple[Row, ...]) -> tuple[PreparedRow, ...]:
        prepared = []
        for row in rows:
            prepared_row = self._row(self.view.sorted_row(row))
            if prepared_row is not None:
                prepared.append(prepared_row)
        return tuple(prepared)

    def _row(self, row: SortedRow) -> PreparedRow | None:
        """The row with its plain tests settled; None if it can never hold."""
        unknown: list[Test] = []
        if not self._may_hold(row.plain, unknown):
            return None
        groups: list[tuple[Span, ...]] = []
        for test in row.groups:
            country = self.value(test.fact)
            if country is None:
                unknown.append(test)
                continue
            spans = self.view.membership(str(test.bound), country)
            if not spans:
                return None
            if spans[0].start != date.min or spans[0].stop is not None:
                groups.append(spans)
        settled = UNKNOWN if unknown else TRUE
        return PreparedRow(row.row.paragraph, settled, tuple(groups), row.concluded, tuple(unknown))

    def _may_hold(self, tests: Iterable[Test], unknown: list[Test]) -> bool:
        """True if none of the tests fails. Tests that are UNKNOWN are appended to `unknown`."""
        settled, marks = self.view.settled, self.marks
        for test in tests:
            key = (id(test), marks[test.fact])
            held = settled.get(key)
            if held is None:
                held = settled[key] = self._plain(test)
            if held == FALSE:
                return False
            if held == UNKNOWN:
                unknown.append(test)
        return True

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
        """The truth of a test of a concluded fact: at least UNKNOWN if the fact was given as unknown."""
        values = concluded.get(test.fact, {})
        least = UNKNOWN if self.unsettled(test.fact) else FALSE
        if isinstance(test.bound, bool):
            holds = max(values.get("true", FALSE), least)
            return holds if test.bound else negate(holds)
        if not values:  # the usual case
            return least
        bounds = test.bound if isinstance(test.bound, tuple) else (str(test.bound),)
        if test.fact == "required_under":
            return any_of([least, *(t for paragraph, t in values.items() if any(under(b, paragraph) for b in bounds))])
        return any_of([least, *(values.get(bound, FALSE) for bound in bounds)])

    def supplied(self) -> dict[str, dict[str, Truth]]:
        """The supplied values of facts that provisions conclude. Provisions add to these and remove none."""
        values: dict[str, dict[str, Truth]] = {}
        for name in self.view.concludable & self.facts.keys():
            value = self.value(name)
            if value is True:
                values[name] = {"true": TRUE}
            elif isinstance(value, frozenset) and value:
                values[name] = dict.fromkeys(value, TRUE)
        return values

    def unsettled(self, name: str) -> bool:
        """True if a fact that provisions conclude was given as unknown."""
        fact = self.facts.get(name)
        return fact is not None and fact.settled and fact.value is None

    def fits(self, classifies: str | None) -> Truth:
        """TRUE if an entry that classifies this kind of item (an IC, a system, a stack) can apply to the item."""
        kind = self.value("item_kind")
        if classifies is None:
            return TRUE
        if kind is None:
            return UNKNOWN
        return truth(classifies == kind or (classifies == "ic" and kind == "system"))

    def _doubt(self, in_force: InForce) -> Truth:
        """The truth of an uncertain provision: UNKNOWN unless it is supposed to hold or not to hold."""
        supposed = self.facts.get(doubt_of(in_force))
        if supposed is None or not supposed.settled or supposed.value is None:
            return UNKNOWN
        return truth(supposed.value is True)


def _on(entries: Iterable[PreparedProvision], day: date) -> tuple[PreparedProvision, ...]:
    return tuple([today for entry in entries if (today := entry.on(day)) is not None])


def may_hold(test: Test, values: Collection[str]) -> bool:
    """True if a test of a concluded fact holds for some of the values that may be concluded."""
    if isinstance(test.bound, bool):
        return not test.bound or "true" in values
    if not values:  # the usual case
        return False
    bounds = test.bound if isinstance(test.bound, tuple) else (str(test.bound),)
    if test.fact == "required_under":
        return any(under(bound, paragraph) for bound in bounds for paragraph in values)
    return any(bound in values for bound in bounds)


def compare(value: Any, op: str, bound: Any) -> Truth:
    """The truth of one comparison. A set of words passes if one of them does; bounds must pass for every value."""
    if isinstance(value, Bounds):
        return holds(value, op, bound)
    if op == "is":
        return truth(bound in value if isinstance(value, frozenset) else value == bound)
    if op == "in":
        return truth(bool(value & set(bound)) if isinstance(value, frozenset) else value in bound)
    if op == "ge":
        return truth(value >= bound)
    if op == "gt":
        return truth(value > bound)
    if op == "le":
        return truth(value <= bound)
    return truth(value < bound)
