"""What is in force on a day, after what provisions do to one another; and the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from operator import itemgetter

from exportrules.law.facts import CONCLUDED_FACTS
from exportrules.law.model import Instrument, Provision
from exportrules.law.shape import Shape
from exportrules.law.span import Span, earliest, overlap, subtract, union, until


def days_in_force(
    provisions: Iterable[Provision], start_of: Callable[[Provision], date], as_printed: bool
) -> dict[str, tuple[Span, ...]]:
    """The days of each provision, by id; none for one that is in force on no day.

    `start_of` is a provision's first day in the layer that is asked for. A provision that `replaces`
    another takes its place: the other is in force on no day, and what displaces or suspends it, or
    what it displaces, is read with the replacement instead.
    """
    written = {p.id: p for p in provisions}
    instead: dict[str, list[Provision]] = {}
    for p in written.values():
        for target in p.replaces:
            instead.setdefault(target, []).append(p)

    def meant(target: str) -> list[Provision]:
        """What a reference to a provision reaches: itself, or what is read in its place."""
        return instead.get(target) or ([written[target]] if target in written else [])

    stops: dict[str, date | None] = {p.id: until(p.expires) for p in written.values()}
    for later in written.values():
        for displacing in meant(later.id):
            for gone in (p for target in later.displaces for p in meant(target)):
                stops[gone.id] = earliest(stops[gone.id], start_of(displacing))
    days = {name: () if name in instead else union([Span(start_of(p), stops[name])]) for name, p in written.items()}
    holes: dict[str, list[Span]] = {}
    for stay in written.values():
        if stay.kind == "suspension" and not (stay.layer == "enforced" and as_printed):
            for held in (p for target in stay.suspends for p in meant(target)):
                holes.setdefault(held.id, []).extend(days[stay.id])
    return {name: subtract(spans, holes.get(name, ())) for name, spans in days.items()}


def settled(provisions: Iterable[Provision]) -> dict[str, Provision]:
    """The provisions by id, as those documents read them that settle what was uncertain of them.

    A notice that tells of the doubt is left out once it is settled.
    """
    written = {p.id: p for p in provisions}
    for document in list(written.values()):
        for target in document.settles:
            uncertain = written.get(target)
            if uncertain is not None and uncertain.kind == "notice":
                del written[target]
            elif uncertain is not None:
                written[target] = uncertain.changed(certain=True, cite=f"{uncertain.cite}; {document.cite}")
    return written


def parts(provision: Provision, spans: tuple[Span, ...]) -> Iterator[tuple[Provision, tuple[Span, ...]]]:
    """The provision on its days in force: uncertain up to the latest day on which it can have begun, certain then."""
    certain = spans
    if provision.effective_by and provision.certain:
        window = [Span(provision.effective, provision.effective_by)]
        maybe, certain = overlap(spans, window), subtract(spans, window)
        if maybe:
            yield provision.changed(certain=False), maybe
    if certain:
        yield provision, certain


class InForce(Shape):
    """A provision with the days on which it is in force."""

    provision: Provision
    instrument: Instrument
    spans: tuple[Span, ...]

    @cached_property
    def told_by(self) -> Callable[[Mapping[str, int]], object]:
        """What takes from the marks of a profile those that decide how the provision is prepared for it."""
        provision = self.provision
        facts = {test.fact for row in provision.when + provision.unless for test in row.tests}
        facts |= {"item_kind"} if provision.classifies else set()
        facts |= set() if provision.certain else {doubt_of(self)}
        return itemgetter(*sorted(facts)) if facts else untold


def untold(marks: Mapping[str, int]) -> None:
    """Nothing of a profile decides how a provision without tests is prepared."""


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
