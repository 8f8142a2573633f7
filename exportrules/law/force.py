"""The days on which provisions are in force, given how they act on one another, and their order of evaluation."""

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
    """The days of each provision, by id; an empty tuple for one that is never in force.

    `start_of` gives a provision's first day in the chosen layer. A provision that `replaces` another
    takes its place: the other is never in force, and every relation to or from it applies to the
    replacement instead.
    """
    written = {p.id: p for p in provisions}
    instead: dict[str, list[Provision]] = {}
    for p in written.values():
        for target in p.replaces:
            instead.setdefault(target, []).append(p)

    def meant(target: str) -> list[Provision]:
        """The provisions that a reference means: the named one, or its replacements."""
        return instead.get(target) or ([written[target]] if target in written else [])

    stops: dict[str, date | None] = {p.id: until(p.expires) for p in written.values()}
    for later in written.values():
        for displacing in meant(later.id):
            for gone in (p for target in later.displaces for p in meant(target)):
                stops[gone.id] = earliest(stops[gone.id], start_of(displacing))
    days = {name: () if name in instead else union([Span(start_of(p), stops[name])]) for name, p in written.items()}
    holes: dict[str, list[Span]] = {}
    for stay in written.values():
        if not (stay.layer == "enforced" and as_printed):
            for held in (p for target in stay.suspends for p in meant(target)):
                holes.setdefault(held.id, []).extend(days[stay.id])
    return days | {name: subtract(days[name], stays) for name, stays in holes.items()}


def settled(provisions: Iterable[Provision]) -> dict[str, Provision]:
    """The provisions by id, made certain if a document `settles` them.

    A notice about the doubt is left out once the doubt is settled.
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
    """The provision with its days in force; with `effective_by`, one part uncertain until then, one certain after."""
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
    def profile_key(self) -> Callable[[Mapping[str, int]], object]:
        """Takes the marks of a profile and returns those on which preparing the provision depends."""
        provision = self.provision
        facts = {test.fact for row in provision.when + provision.unless for test in row.tests}
        facts |= {"item_kind"} if provision.classifies else set()
        facts |= set() if provision.certain else {doubt_of(self)}
        return itemgetter(*sorted(facts)) if facts else no_key


def no_key(marks: Mapping[str, int]) -> None:
    """The profile key of a provision without tests, which is prepared alike for every profile."""


def doubt_of(in_force: InForce) -> str:
    """The name under which an uncertain provision can be settled: the fact it concludes, or its id."""
    conclusion = in_force.provision.concludes
    return conclusion.fact if conclusion and conclusion.fact not in CONCLUDED_FACTS else in_force.provision.id


def provides(provision: Provision) -> tuple[str, str] | None:
    """The (fact, value) that a provision concludes, if any."""
    conclusion = provision.concludes
    return None if conclusion is None else (conclusion.fact, _as_word(conclusion.value))


def _as_word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def needs(provision: Provision) -> set[tuple[str, str]]:
    """The (fact, value) pairs in its tests that other provisions may conclude."""
    pairs = set()
    for row in provision.when + provision.unless:
        for test in row.tests:
            bounds = test.bound if isinstance(test.bound, tuple) else (test.bound,)
            pairs |= {(test.fact, _as_word(b)) for b in bounds}
            if test.fact == "eccn":
                pairs |= {("contains_eccn", str(b)) for b in bounds}
    return pairs


def in_order(provisions: Iterable[InForce]) -> tuple[InForce, ...]:
    """Concluding provisions, each after those whose conclusions it tests; then the rest, by id.

    The order depends on the tests alone, never on files or positions. Raises ValueError on a
    cycle (lint reports where).
    """
    pending = sorted(provisions, key=lambda p: p.provision.id)
    rest = [p for p in pending if p.provision.concludes is None]
    pending = [p for p in pending if p.provision.concludes is not None]
    ordered: list[InForce] = []
    while pending:
        open_values = {provides(p.provision) for p in pending}
        if any(v and v[0] == "eccn" for v in open_values):
            open_values |= {("contains_eccn", v[1]) for v in open_values if v and v[0] == "eccn"}
        ready = [p for p in pending if not needs(p.provision) & open_values - {provides(p.provision)}]
        if not ready:
            names = ", ".join(p.provision.id for p in pending)
            raise ValueError(f"provisions conclude from one another in a circle: {names}")
        ordered += ready
        pending = [p for p in pending if p not in ready]
    return tuple(ordered + rest)
