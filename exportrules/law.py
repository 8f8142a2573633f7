"""The loaded law: everything a ruleset holds, and a *view* of it (a layer, as known on a day).

A view knows which days each provision is in force, after expiry, displacement and suspension, and
which days a country is in a group. It reads nothing and decides nothing.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import itemgetter
from typing import Any

from exportrules.attestation import horizon, told
from exportrules.bounds import high, low
from exportrules.chiprows import ChipRow, chip_rows
from exportrules.errors import UnknownNameError
from exportrules.facts import Fact
from exportrules.force import days_in_force, parts, settled
from exportrules.implied import GAPS, gap_provision, list_instrument, listing_fact, listing_provision
from exportrules.lexicon import PartNumbers, Refused, Servers, Word
from exportrules.model import (
    FAVOURS,
    Attestation,
    Bounds,
    Description,
    Edition,
    Exporter,
    FactDefinition,
    Family,
    Group,
    Instrument,
    Membership,
    Party,
    PartyList,
    Place,
    Provision,
    Row,
    Territory,
    Test,
    Variant,
)
from exportrules.span import Span, earliest, subtract, union
from exportrules.truth import Truth

#: Kinds whose provisions make other facts true, in the order in which they are asked.
CONCLUDING = ("listing", "conclusion", "classification")

#: Facts that provisions conclude even where no provision of a ruleset does.
CONCLUDED_FACTS = frozenset({"eccn", "contains_eccn", "required_under", "end_user_lists", "owner_lists"})

#: Facts whose values are countries.
PLACE_FACTS = ("destination", "headquarters", "ultimate_parent")


_NO_LINES: tuple[list[Any], frozenset[str]] = ([], frozenset())


@dataclass(frozen=True, slots=True, eq=False)
class InForce:
    """A provision with the days on which it is in force.

    `told_by` takes from the marks of a profile those that decide how the provision is prepared for it.
    """

    provision: Provision
    instrument: Instrument
    spans: tuple[Span, ...]
    told_by: Callable[[Mapping[str, int]], object] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        provision = self.provision
        facts = {test.fact for row in provision.when + provision.unless for test in row.tests}
        facts |= {"item_kind"} if provision.classifies else set()
        facts |= set() if provision.certain else {doubt_of(self)}
        object.__setattr__(self, "told_by", itemgetter(*sorted(facts)) if facts else _untold)


@dataclass(frozen=True, slots=True, eq=False)
class SortedRow:
    """A row with its tests by what they wait for: nothing, the day's groups, other provisions."""

    row: Row
    plain: tuple[Test, ...]
    groups: tuple[Test, ...]
    concluded: tuple[Test, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Ruleset:
    """The law data of one edition, its overlays included. `digest` is SHA-256 over every data file."""

    edition: Edition
    facts: Mapping[str, FactDefinition]
    groups: Mapping[str, Group]
    places: Mapping[str, Place]
    territories: Mapping[str, Territory]
    exporters: Mapping[str, Exporter]
    parties: Mapping[str, Party]
    instruments: Mapping[str, Instrument]
    families: Mapping[str, Family]
    lists: Mapping[str, PartyList] = field(default_factory=dict)
    descriptions: Mapping[str, Description] = field(default_factory=dict)
    attestations: Mapping[str, Attestation] = field(default_factory=dict)
    words: Mapping[str, Word] = field(default_factory=dict)
    parts: Mapping[str, PartNumbers] = field(default_factory=dict)
    servers: Mapping[str, Servers] = field(default_factory=dict)
    refused: Mapping[str, Refused] = field(default_factory=dict)
    digest: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    _views: dict[tuple[bool, date | None, str], View] = field(default_factory=dict, init=False)
    memory: dict[object, object] = field(default_factory=dict, init=False)

    def __repr__(self) -> str:
        return f"<Ruleset {self.edition.edition}: {len(self.instruments)} instruments, {len(self.families)} families>"

    @cached_property
    def provisions(self) -> dict[str, tuple[Provision, Instrument]]:
        """Every provision by its full id, e.g. '88fr73458#3A090.a'."""
        return {p.id: (p, i) for i in self.instruments.values() for p in i.provision}

    @cached_property
    def reviewed_by_entries(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The requirements that are reviewed as entries of a list say, by what such an entry concludes."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for p, _ in self.provisions.values():
            if p.entries:
                key = (p.entries.fact, str(p.entries.value))
                found[key] = (*found.get(key, ()), p.id)
        return found

    @cached_property
    def variants(self) -> dict[str, tuple[Variant, Family]]:
        return {v.id: (v, f) for f in self.families.values() for v in f.variant}

    @cached_property
    def chips(self) -> tuple[ChipRow, ...]:
        """Every chip of the catalogue as a typed row, with its figures, their units and where they come from."""
        return chip_rows(self.variants, self.exporters, self.facts)

    @cached_property
    def assumed(self) -> dict[str, Fact]:
        """What is taken of a deal of which nobody says it: the same objects for every question."""
        return {n: Fact(d.assumed, "assumed") for n, d in self.facts.items() if d.assumed is not None}

    @cached_property
    def horizon(self) -> date:
        """The last day for which all of the law was verified: by this edition, or by whoever attests it."""
        return horizon(self.edition, self.attestations.values())

    @cached_property
    def currency(self) -> str:
        """How far the law was verified, and by whom beyond the edition's own day: one clause for every output."""
        return ", ".join([f"verified through {self.edition.verified_through}", *map(told, self.attestations.values())])

    @cached_property
    def fact_order(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.facts)}

    @property
    def every_place(self) -> list[Place | Territory]:
        """The destinations, and the territories that are read as one of them or refused."""
        return [*self.places.values(), *self.territories.values()]

    def provision(self, reference: str) -> tuple[Provision, Instrument]:
        """Look up 'instrument#provision'. Raises UnknownNameError with near names."""
        found = self.provisions.get(reference)
        if found is None:
            import difflib

            near = difflib.get_close_matches(reference, self.provisions, n=3, cutoff=0.4)
            raise UnknownNameError(
                f"there is no provision {reference!r} in this ruleset. List the instruments, or the provisions of one: "
                "exportrules instruments [ID].",
                near,
            )
        return found

    def view(self, *, as_printed: bool = False, known_on: date | None = None, exporter: str = "") -> View:
        """The law as enforced or as printed, all of it or as `exporter` could know it on a day."""
        key = (as_printed, known_on, exporter if known_on else "")
        view = self._views.get(key)
        # two threads may make it at once; one of the two is kept, whole, and both use that one
        return view if view is not None else self._views.setdefault(key, View(self, *key))


class View:
    """One layer of the law, as known on one day (or with all that is known by now)."""

    def __init__(self, ruleset: Ruleset, as_printed: bool, known_on: date | None, exporter: str) -> None:
        self.ruleset = ruleset
        self.as_printed = as_printed
        self.known_on = known_on
        self._exporter = exporter
        self._memberships: dict[tuple[str, str], tuple[Span, ...]] = {}
        known = [(p, i) for p, i in ruleset.provisions.values() if self.knows(i) and self._was_public(p, i)]
        known += [(gap_provision(gap), GAPS) for gap in ruleset.edition.not_encoded if not gap.quiet]
        days = days_in_force([p for p, _ in known], self.start_of, as_printed)
        read = settled([p for p, _ in known])
        self.provisions = in_order(
            InForce(part, i, spans) for p, i in known if p.id in read for part, spans in parts(read[p.id], days[p.id])
        )
        self.concludable = CONCLUDED_FACTS | {p.concludes.fact for p, _ in known if p.concludes}
        self._interned: dict[Test, Test] = {}
        self._sorted_rows: dict[int, SortedRow] = {}
        self._listings: dict[tuple[str, bool], list[InForce]] = {}
        self._narrowed: dict[tuple[str, tuple[Span, ...]], InForce] = {}
        self._classes: dict[str, int] = {}
        # provisions as prepared for profiles, and the marks that tell profiles apart: filled by dockets
        self.entries: dict[tuple[int, object], Any] = {}
        self.settled: dict[tuple[int, int], Truth] = {}
        self.pools: dict[object, Any] = {}
        self.alike: dict[tuple[Any, ...], Any] = {}
        self.marks: dict[Any, int] = {}
        self._numbers = itertools.count()

    def mark(self, has: object) -> int:
        """A small number for a value, the same wherever it is the same; no two values ever share one."""
        mark = self.marks.get(has)
        return mark if mark is not None else self.marks.setdefault(has, next(self._numbers))

    def knows(self, instrument: Instrument) -> bool:
        """Whether the instrument was known on `known_on`: to the public, or to the addressee of a letter."""
        if self.known_on is None:
            return True
        public = earliest(instrument.released, instrument.published)
        if instrument.addressee and self._exporter in instrument.addressee.split(","):
            public = earliest(public, *(p.effective for p in instrument.provision))
        return public is None or public <= self.known_on

    def _was_public(self, provision: Provision, instrument: Instrument) -> bool:
        """Whether what a provision rests on was public on `known_on`, or its addressee asks."""
        told = bool(instrument.addressee) and self._exporter in instrument.addressee.split(",")
        return told or not (self.known_on and provision.public_from and self.known_on < provision.public_from)

    def start_of(self, provision: Provision) -> date:
        """First day in force in this layer: as enforced, a duty starts on its compliance date."""
        if provision.compliance and not self.as_printed:
            return provision.compliance
        return provision.effective

    def sorted_row(self, row: Row) -> SortedRow:
        """The row's tests by what they wait for; equal tests are one object, so that they are settled once."""
        found = self._sorted_rows.get(id(row))
        if found is None:
            tests = [self._interned.setdefault(test, test) for test in row.tests]
            concluded = tuple(t for t in tests if t.fact in self.concludable)
            groups = tuple(t for t in tests if t.op == "in_group")
            plain = tuple(t for t in tests if t.op != "in_group" and t.fact not in self.concludable)
            found = self._sorted_rows[id(row)] = SortedRow(row, plain, groups, concluded)
        return found

    def membership(self, group: str, country: str) -> tuple[Span, ...]:
        """The days on which the country is in the group."""
        key = (group, country)
        spans = self._memberships.get(key)
        if spans is None:
            spans = self._memberships[key] = self._member_spans(self.ruleset.groups[group], country)
        return spans

    def place_class(self, country: str) -> int:
        """A number for all that the law can tell a country by: alike for two that it treats alike on every day."""
        found = self._classes.get(country)
        if found is None:
            groups, named = self._places_tested
            told_by = (*(self.membership(group, country) for group in groups), country if country in named else "")
            found = self._classes[country] = self.mark(told_by)
        return found

    def class_of(self, fact: str, value: Any) -> object:
        """All that the law can tell a value of a fact by: the place of a number between the bounds of its tests, a word
        that is named. Alike for two that it treats alike on every day."""
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
        """By fact, the numbers and days at which a test of it changes, in order; and the words that are told apart."""
        bounds: dict[str, set[Any]] = {name: set(known.values) for name, known in self.ruleset.facts.items()}
        for test in self._tests:
            bounds.setdefault(test.fact, set()).update(test.bound if isinstance(test.bound, tuple) else (test.bound,))
        return {
            name: (
                sorted(bound for bound in found if not isinstance(bound, str | bool)),
                frozenset(bound for bound in found if isinstance(bound, str)),
            )
            for name, found in bounds.items()
        }

    @cached_property
    def deal_facts(self) -> frozenset[str]:
        """The facts of a deal other than its places."""
        return frozenset(n for n, known in self.ruleset.facts.items() if known.about == "deal" and n not in PLACE_FACTS)

    @cached_property
    def deal(self) -> Callable[[Mapping[str, int]], object]:
        """Takes the marks of the deal from those of a profile."""
        return itemgetter(*sorted(self.deal_facts)) if self.deal_facts else _untold

    @cached_property
    def _tests(self) -> list[Test]:
        return [t for f in self.provisions for row in f.provision.when + f.provision.unless for t in row.tests]

    @cached_property
    def _places_tested(self) -> tuple[list[str], set[str]]:
        """The groups that provisions ask for, and the countries that they name."""
        groups = {"united-states", *(str(t.bound) for t in self._tests if t.op == "in_group")}
        bounds = [t.bound for t in self._tests if t.fact in PLACE_FACTS and t.op != "in_group"]
        return sorted(groups), {str(c) for b in bounds for c in (b if isinstance(b, tuple) else (b,))}

    def listings(self, party: Party, owner: bool = False) -> list[InForce]:
        """The entries of a party as provisions: each concludes the list and governs the review."""
        known = self._listings.get((party.id, owner))
        if known is not None:
            return known
        found: list[InForce] = []
        for number, listing in enumerate(party.listing):
            if owner and listing.list in FAVOURS:
                continue
            instrument = self.ruleset.instruments.get(listing.by) or list_instrument(listing)
            if not self._knows_step(listing.by, listing.start):
                continue
            stop = listing.stop if listing.stop and self._knows_step("", listing.stop) else None
            spans = union([Span(listing.start, stop)])
            printed = self.ruleset.lists.get(listing.list)
            governs = self.ruleset.reviewed_by_entries.get((listing_fact(owner), listing.list), ())
            made = listing_provision(party, listing, number, owner, printed, governs)
            found.append(InForce(made, instrument, spans))
        # kept only when it is whole: another thread may be asking of the same party
        return self._listings.setdefault((party.id, owner), found)

    def narrowed(self, listing: InForce, spans: tuple[Span, ...]) -> InForce:
        """A listing on some of its days; the same object for the same days, since prepared ones are told by it."""
        made = InForce(listing.provision, listing.instrument, spans)
        return self._narrowed.setdefault((listing.provision.id, spans), made)

    def _member_spans(self, group: Group, country: str) -> tuple[Span, ...]:
        own = [
            Span(m.start or date.min, self._known_stop(m))
            for m in group.member
            if m.country == country and self._knows_membership(m)
        ]
        inside = union([*own, *(s for name in group.union for s in self.membership(name, country))])
        return subtract(inside, [s for name in group.less for s in self.membership(name, country)])

    def _knows_membership(self, membership: Membership) -> bool:
        # a membership that began with an instrument unknown on the day does not exist yet
        return membership.start is None or self._knows_step(membership.by, membership.start)

    def _known_stop(self, membership: Membership) -> date | None:
        by = membership.stop_by or ("" if membership.start else membership.by)
        known = membership.stop is None or self._knows_step(by, membership.stop)
        return membership.stop if known else None

    def _knows_step(self, by: str, day: date) -> bool:
        """Whether a dated step was known: by its instrument, or once its day had come."""
        if self.known_on is None:
            return True
        instrument = self.ruleset.instruments.get(by)
        return self.knows(instrument) if instrument else day <= self.known_on


def _untold(marks: Mapping[str, int]) -> None:
    """Nothing of a profile decides how a provision without tests is prepared."""


def refers(reference: str, provision: Provision) -> bool:
    """Whether a reference names the provision, or one that it replaces, by id, or its CFR paragraph or one above."""
    return reference == provision.id or reference in provision.replaces or under(reference, provision.paragraph)


def closes(bar: Provision, exception: Provision) -> bool:
    """Whether a bar reaches an exception: it names it, or the part in which it stands, and does not spare it."""
    reached = any(refers(reference, exception) for reference in bar.closes)
    return reached and not any(refers(reference, exception) for reference in bar.spares)


def under(reference: str, paragraph: str) -> bool:
    """Whether a CFR paragraph lies at or under a reference: '744' has 744.11, '742.6(a)(6)' has (iii)."""
    if not paragraph.startswith(reference):
        return False
    rest = paragraph[len(reference) :]
    return not rest or rest[0] in ".("


def doubt_of(found: InForce) -> str:
    """The name under which an uncertain provision can be settled: the fact it concludes, or its id."""
    made = found.provision.concludes
    return made.fact if made and made.fact not in CONCLUDED_FACTS else found.provision.id


def provides(provision: Provision) -> tuple[str, str] | None:
    """The (fact, value) that a provision concludes, if any."""
    made = provision.concludes
    return (
        None if made is None else (made.fact, str(made.value).lower() if isinstance(made.value, bool) else made.value)
    )


def _as_word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def needs(provision: Provision) -> set[tuple[str, str]]:
    """The (fact, value) pairs that its tests may take from other provisions."""
    found = set()
    for row in provision.when + provision.unless:
        for test in row.tests:
            bounds = test.bound if isinstance(test.bound, tuple) else (test.bound,)
            found |= {(test.fact, _as_word(b)) for b in bounds}
            if test.fact == "eccn":
                found |= {("contains_eccn", str(b)) for b in bounds}
    return found


def in_order(provisions: Iterable[InForce]) -> tuple[InForce, ...]:
    """Concluding provisions after those whose conclusions they test; the rest behind, by id.

    The order follows from what provisions test, never from files or positions. Raises ValueError
    on a cycle (lint says where).
    """
    pending = sorted(provisions, key=lambda f: f.provision.id)
    rest = [f for f in pending if f.provision.concludes is None]
    pending = [f for f in pending if f.provision.concludes is not None]
    ordered: list[InForce] = []
    while pending:
        open_values = {provides(f.provision) for f in pending}
        if any(v and v[0] == "eccn" for v in open_values):
            open_values |= {("contains_eccn", v[1]) for v in open_values if v and v[0] == "eccn"}
        ready = [f for f in pending if not needs(f.provision) & open_values - {provides(f.provision)}]
        if not ready:
            names = ", ".join(f.provision.id for f in pending)
            raise ValueError(f"provisions conclude from one another in a circle: {names}")
        ordered += ready
        pending = [f for f in pending if f not in ready]
    return tuple(ordered + rest)


_SECTION = re.compile(r"^(\d{3}\.\d+)")


def code_url(paragraph: str, day: date) -> str:
    """The official text of a section, or of the Commerce Control List, as it stood on a day; '' where none is named."""
    if paragraph.startswith("774:"):
        return f"https://www.ecfr.gov/on/{day.isoformat()}/title-15/part-774"
    match = _SECTION.match(paragraph)
    return f"https://www.ecfr.gov/on/{day.isoformat()}/title-15/section-{match.group(1)}" if match else ""
