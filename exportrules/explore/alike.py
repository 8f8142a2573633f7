"""Profiles that the law treats alike, found for all items and all deals at once.

The law tests a profile row by row, and a row is an AND. So all that matters of an item is whether its tests in each row
hold, fail or are open, and all that matters of a deal's places is on which days their tests hold. A provision treats
two profiles alike if all of its rows do, and the law does if every provision does.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from functools import cache
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from exportrules.engine.docket import Docket, Marks, compare, may_hold
from exportrules.law.facts import CONCLUDING, HOME, PLACE_FACTS, Fact
from exportrules.law.force import InForce, provides
from exportrules.law.model import Provision, Row, Test
from exportrules.law.paragraphs import closes, refers
from exportrules.law.span import Span, days_of_change, holds_on, overlap
from exportrules.law.truth import FALSE, TRUE, UNKNOWN, Truth
from exportrules.law.view import View
from exportrules.question.figures import settled

Sums = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.int64]
#: Distinct tuples of row codes, and the index of the tuple of each item or deal.
Kinds = tuple[list[tuple[int, ...]], list[int]]
#: Row codes: the row cannot hold; this part of the profile does not prevent it from holding.
_NEVER, _OPEN = 0, 1
_UNSAID = Fact(None, "")


class Numbering(dict[Any, int]):
    """A number for each value, from 2 on, in order of appearance; and the values by number."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[int, Any] = {}

    def __missing__(self, value: Any) -> int:
        number = self[value] = len(self) + 2
        self.known[number] = value
        return number


#: Kinds of provisions that act on the requirements they name, and the field with the names.
_BEARING = {"exception": "overcomes", "savings": "saves_from", "review_policy": "governs"}


def _stage(in_force: InForce) -> int:
    """The order of evaluation: provisions that conclude, that require, that act on requirements, and that act on
    those."""
    kind = in_force.provision.kind
    return 0 if kind in CONCLUDING else 1 if kind == "requirement" else 3 if kind == "bar" else 2


def _named(references: Sequence[str], provision: Provision) -> bool:
    return any(refers(reference, provision) for reference in references)


class Likeness:
    """The law of one view as two tables of row codes: items by rows, and places by rows and facts."""

    def __init__(self, view: View, countries: Sequence[str]) -> None:
        self.view = view
        self.provisions: tuple[InForce, ...] = view.provisions
        self._spans = Numbering()
        self._rows: list[list[tuple[Row, bool]]] = [
            [(row, True) for row in f.provision.when] + [(row, False) for row in f.provision.unless]
            for f in self.provisions
        ]
        self._order = sorted(range(len(self.provisions)), key=lambda number: (_stage(self.provisions[number]), number))
        self._bears_on = self._relations()
        self.places = [
            [self._place_codes(in_force, row, countries) for row, _ in rows]
            for in_force, rows in zip(self.provisions, self._rows, strict=True)
        ]
        self._home = np.array([bool(view.membership(HOME, c)) for c in countries], np.uint64)

    def _relations(self) -> dict[int, list[int]]:
        """For provisions that matter only through others, the provisions on which they act: a review policy, a savings
        clause and an exception act on requirements, a bar on exceptions."""
        numbered = {kind: [n for n, f in enumerate(self.provisions) if f.provision.kind == kind]
                    for kind in ("requirement", "exception")}  # fmt: skip
        reached: dict[int, list[int]] = {}
        for number, item in enumerate(self.provisions):
            provision = item.provision
            if provision.notice:  # a notice is printed whether or not there is a requirement
                continue
            if provision.kind == "bar":
                reached[number] = [n for n in numbered["exception"] if closes(provision, self.provisions[n].provision)]
            elif provision.kind in _BEARING:
                named = getattr(provision, _BEARING[provision.kind])
                reached[number] = [n for n in numbered["requirement"] if _named(named, self.provisions[n].provision)]
        days = [item.spans for item in self.provisions]
        return {number: [n for n in others if overlap(days[number], days[n])] for number, others in reached.items()}

    def _place_codes(self, in_force: InForce, row: Row, countries: Sequence[str]) -> tuple[Codes, ...]:
        """The code of each country in the row, one array for each place fact."""
        codes = []
        for fact in PLACE_FACTS:
            tests = [test for test in row.tests if test.fact == fact]
            codes.append(np.array([self._place_code(in_force, tests, country) for country in countries], np.int64))
        return tuple(codes)

    def _place_code(self, in_force: InForce, tests: Sequence[Test], country: str) -> int:
        days = in_force.spans
        for test in tests:
            if test.op == "in_group":
                days = overlap(days, self.view.membership(str(test.bound), country))
            elif compare(country, test.op, test.bound) != TRUE:
                return _NEVER
        return self._code_of(in_force, days)

    def _code_of(self, in_force: InForce, days: tuple[Span, ...]) -> int:
        """The code of the days on which a row can hold, among those on which its provision is in force."""
        if not days:
            return _NEVER
        return _OPEN if days == in_force.spans else self._spans[days]

    def _days_of(self, in_force: InForce, code: int) -> tuple[Span, ...]:
        return in_force.spans if code == _OPEN else self._spans.known[code]

    def deals(self) -> Sums:
        """A sum for each triple of countries (destination, headquarters, ultimate parent), equal if all of their rows
        are."""
        sums = _random("home") * self._home[:, None, None] + np.zeros((1, len(self._home), len(self._home)), np.uint64)
        for number, rows in enumerate(self.places):
            for place, codes in enumerate(rows):
                if all((c == _OPEN).all() for c in codes):
                    continue
                d, h, p = (_hashed(f"{number}.{place}.{axis}", c) for axis, c in enumerate(codes))
                never = (codes[0] == _NEVER)[:, None, None] | (codes[1] == _NEVER)[None, :, None]
                never = never | (codes[2] == _NEVER)[None, None, :]
                sums = sums + np.where(
                    never, np.uint64(0), _mixed(d[:, None, None] + h[None, :, None] + p[None, None, :])
                )
        return sums

    def item(self, facts: Mapping[str, Fact]) -> tuple[Hashable, list[tuple[int, ...]]]:
        """The features of an item besides its rows, and the codes of its rows by provision; () if the provision is
        about another kind of item."""
        marks = Marks(self.view, facts)
        docket = Docket(self.view, facts, on=date.max, marks=marks)
        beside: list[Hashable] = [docket.value("item_kind"), docket.value("subject_to_ear")]
        readings = {name: self._readings(facts, name) for name, fact in facts.items() if fact.candidates}
        truths: dict[int, Truth] = {}
        reached: dict[str, set[str]] = {name: set(values) for name, values in docket.supplied().items()}

        def code(row: Row) -> int:
            opened: list[Hashable] = []
            parts = self.view.sorted_row(row)
            for test in parts.plain:
                if test.fact in PLACE_FACTS:
                    continue
                truth = truths.get(id(test))
                if truth is None:
                    truth = truths[id(test)] = docket.test(test, date.max, {})
                if truth == FALSE:
                    return _NEVER
                if truth == UNKNOWN:
                    opened.append(
                        (
                            (test.fact, test.op, test.bound),
                            readings.get(test.fact) or self._class(test.fact, facts.get(test.fact, _UNSAID)),
                        )
                    )
            if not all(docket.unsettled(t.fact) or may_hold(t, reached.get(t.fact, ())) for t in parts.concluded):
                return _NEVER
            return _OPEN + _number(repr(opened)) if opened else _OPEN

        codes: dict[int, tuple[int, ...]] = {}
        for number in self._order:
            in_force, rows = self.provisions[number], self._rows[number]
            provision = in_force.provision
            if provision.classifies is not None and docket.fits(provision.classifies) == FALSE:
                codes[number] = ()
                continue
            codes[number] = tuple(code(row) for row, _ in rows)
            if provision.when and not any(c for c, (_, when) in zip(codes[number], rows, strict=True) if when):
                continue
            if conclusion := provides(provision):
                reached.setdefault(conclusion[0], set()).add(conclusion[1])
                if conclusion[0] == "eccn":
                    reached.setdefault("contains_eccn", set()).add(conclusion[1])
            if provision.kind == "requirement":
                reached.setdefault("required_under", set()).add(provision.paragraph)
        return tuple(beside), [codes[number] for number in range(len(self.provisions))]

    def _readings(self, facts: Mapping[str, Fact], name: str) -> Hashable:
        """The features of a disputed figure: the classes of each reading, and of the facts derived from it."""
        readings = []
        for value in facts[name].candidates:
            read = settled(facts, {name: Fact(value, "supposed")})
            changed = sorted(n for n, fact in read.items() if fact is not facts.get(n))
            readings.append(tuple((n, self._class(n, read[n])) for n in changed))
        return tuple(readings)

    def _class(self, name: str, fact: Fact) -> Hashable:
        return tuple(self.view.class_of(name, value) for value in fact.candidates or (fact.value,)), fact.settled

    def profiles(
        self, items: Sequence[tuple[Hashable, list[tuple[int, ...]]]], deals: Sequence[tuple[int, int, int]]
    ) -> tuple[list[date], list[Sums]]:
        """The days on which the law of some profile may change, and for each of them a sum for every item and deal
        (positions in the countries), equal if the law of the day treats both alike."""
        at = np.array(deals, np.int64)
        beside = np.array([_random(repr(b)) for b, _ in items], np.uint64)[:, None]
        beside = beside + _random("home") * self._home[at[:, 0]][None, :]
        of_items = [_distinct([codes[number] for _, codes in items]) for number in range(len(self.provisions))]
        of_deals = [self._deal_rows(number, at) for number in range(len(self.provisions))]
        days = sorted({day for in_force, (kinds, _) in zip(self.provisions, of_deals, strict=True)
                       for day in self._changes(in_force, kinds)})  # fmt: skip
        return days, [beside + self._on(day, of_items, of_deals) for day in days]

    def _changes(self, in_force: InForce, kinds: Sequence[tuple[int, ...]]) -> set[date]:
        days = days_of_change(in_force.spans) | {date.min}
        for code in {code for kind in kinds for code in kind} - {_NEVER, _OPEN}:
            days |= days_of_change(self._days_of(in_force, code))
        return days

    def _on(self, day: date, of_items: Sequence[Kinds], of_deals: Sequence[Kinds]) -> Sums:
        sums = np.zeros((1, 1), np.uint64)
        stand: dict[int, Sums] = {}
        for number in self._order:
            in_force, rows = self.provisions[number], self._rows[number]
            if not holds_on(in_force.spans, day):
                continue
            (items, items_are), (deals, deals_are) = of_items[number], of_deals[number]
            today = [tuple(self._holds(in_force, code, day) for code in deal) for deal in deals]
            table = np.array([[_joined(in_force, rows, i, d) for d in today] for i in items], np.uint64)
            if not table.any():
                continue
            whole = table[np.array(items_are)[:, None], np.array(deals_are)[None, :]]
            if number in self._bears_on:
                related = [stand[other] != 0 for other in self._bears_on[number] if other in stand]
                if not related:
                    continue
                whole = np.where(np.logical_or.reduce(related), whole, np.uint64(0))
            if in_force.provision.kind in ("requirement", "exception"):
                stand[number] = whole
            sums = sums + whole
        return sums

    def _holds(self, in_force: InForce, code: int, day: date) -> int:
        return int(code == _OPEN or (code != _NEVER and holds_on(self._days_of(in_force, code), day)))

    def _deal_rows(self, number: int, at: Codes) -> Kinds:
        """The codes of the rows of a provision for each distinct kind of deal, and the kind of each deal."""
        in_force, columns = self.provisions[number], []
        for codes in self.places[number]:
            three, which = np.unique(
                np.stack([codes[axis][at[:, axis]] for axis in range(3)], axis=1), axis=0, return_inverse=True
            )
            columns.append(np.array([self._together(in_force, t) for t in three.tolist()], np.int64)[which.ravel()])
        if not columns:
            return [()], [0] * len(at)
        distinct, kinds = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        return [tuple(row) for row in distinct.tolist()], kinds.ravel().tolist()

    def _together(self, in_force: InForce, codes: Sequence[int]) -> int:
        """The code of the days on which the tests of all three places hold."""
        if _NEVER in codes:
            return _NEVER
        days = in_force.spans
        for code in codes:
            days = overlap(days, self._days_of(in_force, code))
        return self._code_of(in_force, days)


def _joined(
    in_force: InForce, rows: Sequence[tuple[Row, bool]], item: tuple[int, ...], deal: tuple[int, ...]
) -> np.uint64:
    """A hash of a provision for items and deals with these rows; 0 if it can never hold."""
    if rows and not item:
        return np.uint64(0)
    left = [None if i == _NEVER or d == _NEVER else (i, d) for i, d in zip(item, deal, strict=True)]
    when = [row for row, (_, is_when) in zip(left, rows, strict=True) if is_when]
    if in_force.provision.when and not any(when):
        return np.uint64(0)
    # as long as it is unknown whether a text has begun, it is an uncertain part of the same provision
    return _random(f"{in_force.provision.id}:{in_force.provision.certain}:{left}")


def _distinct(values: Sequence[tuple[int, ...]]) -> Kinds:
    numbers: dict[tuple[int, ...], int] = {}
    which = [numbers.setdefault(value, len(numbers)) for value in values]
    return list(numbers), which


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


@cache
def _random(text: str) -> np.uint64:
    """A number of 64 bits that looks random, always the same for a text."""
    return np.uint64(_number(text))


def _hashed(salt: str, codes: npt.NDArray[np.int64]) -> Sums:
    known = {code: _random(f"{salt}:{code}") for code in set(codes.tolist())}
    return np.array([known[code] for code in codes.tolist()], np.uint64)


def _mixed(sums: Sums) -> Sums:
    """Sums of codes spread over all bits, so that sums of sums do not meet by chance."""
    sums = sums ^ (sums >> np.uint64(31))
    sums = sums * np.uint64(0x9E3779B97F4A7C15)
    return sums ^ (sums >> np.uint64(29))
