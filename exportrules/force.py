"""The days on which provisions are in force, after what they do to one another: displace, replace, suspend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date

from exportrules.model import Provision
from exportrules.span import Span, earliest, overlap, subtract, union, until


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
                written[target] = replace(uncertain, certain=True, cite=f"{uncertain.cite}; {document.cite}")
    return written


def parts(provision: Provision, spans: tuple[Span, ...]) -> Iterator[tuple[Provision, tuple[Span, ...]]]:
    """The provision on its days in force: uncertain up to the latest day on which it can have begun, certain then."""
    certain = spans
    if provision.effective_by and provision.certain:
        window = [Span(provision.effective, provision.effective_by)]
        maybe, certain = overlap(spans, window), subtract(spans, window)
        if maybe:
            yield replace(provision, certain=False), maybe
    if certain:
        yield provision, certain
