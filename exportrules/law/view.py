"""One layer of a ruleset, as enforced or as printed, as known on a day.

A view knows the days on which each provision is in force, after expiry, displacement and suspension,
and the days on which each country is in a group. It reads no file and decides nothing.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple, cast

from exportrules.law.bounds import high, low
from exportrules.law.facts import CONCLUDED_FACTS, HOME, PLACE_FACTS
from exportrules.law.force import InForce, days_in_force, in_order, no_key, parts, settled
from exportrules.law.implied import GAPS, gap_provision, list_instrument, listing_fact, listing_provision
from exportrules.law.model import (
    FAVOURS,
    Bounds,
    Group,
    Instrument,
    Membership,
    Party,
    Provision,
    Row,
    Test,
)
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import Span, earliest, holds_on, subtract, union
from exportrules.law.truth import Truth

#: A country whose membership in a group is disputed on some days: (group, country).
Dispute = tuple[str, str]

_NO_LINES: tuple[list[Any], frozenset[str]] = ([], frozenset())


class SortedRow(NamedTuple):
    """A row with its tests sorted by what they depend on: facts alone, groups on the day, other provisions."""

    row: Row
    plain: tuple[Test, ...]
    groups: tuple[Test, ...]
    concluded: tuple[Test, ...]


def view_of(
    ruleset: Ruleset,
    *,
    as_printed: bool = False,
    known_on: date | None = None,
    exporter: str = "",
    otherwise: Dispute | None = None,
) -> View:
    """The law as enforced or as printed: all of it, or what `exporter` could know on a day. Each view is built once.

    `otherwise` is a disputed membership to be read the other way: as a member on the days on which the group's table
    has none, and the reverse.
    """
    key = (as_printed, known_on, exporter if known_on else "", otherwise)
    view = ruleset.views.get(key)
    # two threads may build it at once; setdefault stores one of the two, whole, and both use that one
    return cast("View", view if view is not None else ruleset.views.setdefault(key, View(ruleset, *key)))


class View:
    """One layer of the law, as known on one day (or with everything in the data)."""

    def __init__(
        self,
        ruleset: Ruleset,
        as_printed: bool,
        known_on: date | None,
        exporter: str,
        otherwise: Dispute | None = None,
    ) -> None:
        self.ruleset = ruleset
        self._otherwise = otherwise
        self.as_printed = as_printed
        self.known_on = known_on
        self._exporter = exporter
        self._memberships: dict[tuple[str, str], tuple[Span, ...]] = {}
        known = [(p, i) for p, i in ruleset.provisions.values() if self.knows(i) and self._was_public(p, i)]
        known += [(gap_provision(gap), GAPS) for gap in ruleset.edition.not_encoded if not gap.quiet]
        days = days_in_force([p for p, _ in known], self.start_of, as_printed)
        read = settled([p for p, _ in known])
        self.provisions = in_order(
            InForce(provision=part, instrument=i, spans=spans)
            for p, i in known
            if p.id in read
            for part, spans in parts(read[p.id], days[p.id])
        )
        self.concludable = CONCLUDED_FACTS | {p.concludes.fact for p, _ in known if p.concludes}
        self._interned: dict[Test, Test] = {}
        self._sorted_rows: dict[int, SortedRow] = {}
        self._listings: dict[tuple[str, bool], list[InForce]] = {}
        self._narrowed: dict[tuple[str, tuple[Span, ...]], InForce] = {}
        self._classes: dict[str, int] = {}
        self._last_day: tuple[date, tuple[InForce, ...]] | None = None
        # filled by dockets: provisions as prepared for profiles, and the marks that distinguish profiles
        self.entries: dict[tuple[int, object], Any] = {}
        self.settled: dict[tuple[int, int], Truth] = {}
        self.pools: dict[object, Any] = {}
        self.alike: dict[tuple[Any, ...], Any] = {}
        self.marks: dict[Any, int] = {}
        self._numbers = itertools.count()

    def mark(self, value: object) -> int:
        """A small number for a value: equal values share it, different values never do."""
        mark = self.marks.get(value)
        return mark if mark is not None else self.marks.setdefault(value, next(self._numbers))

    def knows(self, instrument: Instrument) -> bool:
        """True if the instrument was known on `known_on`, to the public or to the exporter as addressee of a letter."""
        if self.known_on is None:
            return True
        public = earliest(instrument.released, instrument.published)
        if instrument.addressee and self._exporter in instrument.addressee.split(","):
            public = earliest(public, *(p.effective for p in instrument.provision))
        return public is None or public <= self.known_on

    def _was_public(self, provision: Provision, instrument: Instrument) -> bool:
        """True if the provision's source was public on `known_on`, or the exporter is its addressee."""
        addressed = bool(instrument.addressee) and self._exporter in instrument.addressee.split(",")
        return addressed or not (self.known_on and provision.public_from and self.known_on < provision.public_from)

    def start_of(self, provision: Provision) -> date:
        """The first day in force in this layer; as enforced, a duty starts on its compliance date."""
        if provision.compliance and not self.as_printed:
            return provision.compliance
        return provision.effective

    def provisions_on(self, day: date) -> tuple[InForce, ...]:
        """The provisions in force on a day. Those of the last day are kept: the parts of an answer ask for one day."""
        known = self._last_day
        if known is None or known[0] != day:
            in_force = tuple(p for p in self.provisions if holds_on(p.spans, day))
            known = self._last_day = (day, in_force)
        return known[1]

    def sorted_row(self, row: Row) -> SortedRow:
        """The row's tests by what they depend on; equal tests are one object, so that they are settled once."""
        sorted_row = self._sorted_rows.get(id(row))
        if sorted_row is None:
            tests = [self._interned.setdefault(test, test) for test in row.tests]
            concluded = tuple(t for t in tests if t.fact in self.concludable)
            groups = tuple(t for t in tests if t.op == "in_group")
            plain = tuple(t for t in tests if t.op != "in_group" and t.fact not in self.concludable)
            sorted_row = self._sorted_rows[id(row)] = SortedRow(row, plain, groups, concluded)
        return sorted_row

    def membership(self, group: str, country: str) -> tuple[Span, ...]:
        """The days on which the country is in the group."""
        key = (group, country)
        spans = self._memberships.get(key)
        if spans is None:
            spans = self._memberships[key] = self._member_spans(self.ruleset.groups[group], country)
        return spans

    @cached_property
    def _stays(self) -> dict[tuple[str, str], list[Membership]]:
        """The memberships that groups state themselves, by group and country."""
        stays: dict[tuple[str, str], list[Membership]] = {}
        for group in self.ruleset.groups.values():
            for member in group.member:
                stays.setdefault((group.id, member.country), []).append(member)
        return stays

    def place_class(self, country: str) -> int:
        """Equivalence class: two countries share a number if no rule treats them differently on any day."""
        number = self._classes.get(country)
        if number is None:
            groups, named = self._places_tested
            key = (*(self.membership(group, country) for group in groups), country if country in named else "")
            number = self._classes[country] = self.mark(key)
        return number

    def class_of(self, fact: str, value: Any) -> object:
        """The equivalence class of a value: two values share it if no test of the fact differs between them on any day.

        For a number it is the position between the bounds of the fact's tests; for a word, the word if a test names it.
        """
        if fact in PLACE_FACTS and isinstance(value, str):
            return self.place_class(value)
        bounds, words = self._lines.get(fact, _NO_LINES)
        if isinstance(value, frozenset):
            return value & words
        if isinstance(value, str):
            return value if value in words else ""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, Bounds):
            return tuple((self.class_of(fact, end.at), end.inside) for end in (low(value), high(value)))
        return bisect_left(bounds, value), bisect_right(bounds, value)

    @cached_property
    def _lines(self) -> dict[str, tuple[list[Any], frozenset[str]]]:
        """By fact, the sorted numbers and days at which a test of it changes, and the words that tests name."""
        bounds: dict[str, set[Any]] = {name: set(known.values) for name, known in self.ruleset.facts.items()}
        for test in self._tests:
            bounds.setdefault(test.fact, set()).update(test.bound if isinstance(test.bound, tuple) else (test.bound,))
        return {
            name: (
                sorted(bound for bound in tested if not isinstance(bound, str | bool)),
                frozenset(bound for bound in tested if isinstance(bound, str)),
            )
            for name, tested in bounds.items()
        }

    @cached_property
    def deal_facts(self) -> frozenset[str]:
        """The facts of a deal other than its places."""
        return frozenset(n for n, known in self.ruleset.facts.items() if known.about == "deal" and n not in PLACE_FACTS)

    @cached_property
    def deal(self) -> Callable[[Mapping[str, int]], object]:
        """A function from the marks of a profile to those of the deal."""
        return itemgetter(*sorted(self.deal_facts)) if self.deal_facts else no_key

    @cached_property
    def _tests(self) -> list[Test]:
        return [t for f in self.provisions for row in f.provision.when + f.provision.unless for t in row.tests]

    @cached_property
    def _places_tested(self) -> tuple[list[str], set[str]]:
        """The groups that provisions test, and the countries that they name."""
        groups = {HOME, *(str(t.bound) for t in self._tests if t.op == "in_group")}
        bounds = [t.bound for t in self._tests if t.fact in PLACE_FACTS and t.op != "in_group"]
        return sorted(groups), {str(c) for b in bounds for c in (b if isinstance(b, tuple) else (b,))}

    def listings(self, party: Party, owner: bool = False) -> list[InForce]:
        """The entries of a party as provisions: each concludes the list and governs the review policy."""
        known = self._listings.get((party.id, owner))
        if known is not None:
            return known
        entries: list[InForce] = []
        for number, listing in enumerate(party.listing):
            if owner and listing.list in FAVOURS:
                continue
            instrument = self.ruleset.instruments.get(listing.by) or list_instrument(listing)
            first = listing.perhaps_from or listing.start
            if not self._knows_step(listing.by, first):
                continue
            stop = listing.stop if listing.stop and self._knows_step("", listing.stop) else None
            spans = union([Span(first, stop)])
            printed = self.ruleset.lists.get(listing.list)
            governs = self.ruleset.reviewed_by_entries.get((listing_fact(owner), listing.list), ())
            provision = listing_provision(party, listing, number, owner, printed, governs)
            entries += [InForce(provision=p, instrument=instrument, spans=days) for p, days in parts(provision, spans)]
        # stored only when complete: another thread may be asking about the same party
        return self._listings.setdefault((party.id, owner), entries)

    def narrowed(self, listing: InForce, spans: tuple[Span, ...]) -> InForce:
        """A listing on some of its days; one object for the same days, since prepared provisions are keyed by it."""
        part = listing.changed(spans=spans)
        return self._narrowed.setdefault((listing.provision.id, spans), part)

    def _member_spans(self, group: Group, country: str) -> tuple[Span, ...]:
        stays = self._stays.get((group.id, country), ())
        own = [Span(m.start or date.min, self._known_stop(m)) for m in stays if self._knows_membership(m)]
        if self._otherwise == (group.id, country):
            disputed = [Span(m.start or date.min, m.stop) for m in group.disputed if m.country == country]
            own = [*subtract(union(own), disputed), *subtract(union(disputed), own)]
        inside = union([*own, *(s for name in group.union for s in self.membership(name, country))])
        if not inside or not group.less:
            return inside
        return subtract(inside, [s for name in group.less for s in self.membership(name, country)])

    def _knows_membership(self, membership: Membership) -> bool:
        # a membership that began with an instrument unknown on the day does not exist yet
        return membership.start is None or self._knows_step(membership.by, membership.start)

    def _known_stop(self, membership: Membership) -> date | None:
        by = membership.stop_by or ("" if membership.start else membership.by)
        known = membership.stop is None or self._knows_step(by, membership.stop)
        return membership.stop if known else None

    def _knows_step(self, by: str, day: date) -> bool:
        """True if a dated step was known: its instrument was, or without one its day had come."""
        if self.known_on is None:
            return True
        instrument = self.ruleset.instruments.get(by)
        return self.knows(instrument) if instrument else day <= self.known_on
