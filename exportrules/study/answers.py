"""Every determination as rows between days: each chip, destination, exporter and layer of the law.

Destinations whose answers are the same on every day share their rows. No rule is applied here: a row is what the
timeline of :func:`exportrules.timeline` says between two of its transitions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from exportrules.answer.determination import timeline
from exportrules.answer.result import Answer
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import last_day
from exportrules.law.view import view_of

#: The layers of the law, and whether each is the text as printed.
LAYERS = {"as_enforced": False, "as_printed": True}
#: Who exports: the maker of the chip, or a company to which no public letter is addressed.
EXPORTERS = ("maker", "other")


class Said(NamedTuple):
    """What is said of every day from one transition to the next."""

    outcome: str
    review_policy: str
    standing: str
    projected_outcome: str
    projected_policy: str
    eccn: tuple[str, ...]
    requirements: tuple[str, ...]
    exceptions: tuple[str, ...]
    turns_on: tuple[str, ...]


class Spell(NamedTuple):
    """Consecutive days with one answer. None where no first or last day is known."""

    valid_from: date | None
    valid_through: date | None
    said: Said


class Asked(NamedTuple):
    """One question, the day and the destination aside."""

    chip: str
    exporter: str
    layer: str


#: The answers to every question for one destination.
Column = dict[Asked, tuple[Spell, ...]]


class Grouped(NamedTuple):
    """The answers of each group of destinations that all answers treat alike, by the name of the group.

    `members` has the codes of each group. A group of one is called by its code, a larger one by its first code and the
    number of the others: "AD+58".
    """

    members: dict[str, tuple[str, ...]]
    columns: dict[str, Column]


def grouped_answers(
    ruleset: Ruleset, chips: Sequence[str], places: Sequence[str], exporters: Sequence[str] = EXPORTERS
) -> Grouped:
    """The answers about `chips` (ids of variants and of families), by groups of `places` (codes).

    Destinations that the law itself cannot tell apart are asked about once; those that come out the same are joined.
    """
    # a copy with a memory of its own, emptied between destinations: what is remembered is bounded, and a full memory
    # shares nothing
    law = replace(ruleset)
    found: dict[tuple[tuple[Spell, ...], ...], tuple[list[str], Column]] = {}
    for alike in _alike(law, places):
        column = _column(law, chips, alike[0], exporters)
        law.memory.clear()
        members, _ = found.setdefault(tuple(column.values()), ([], column))
        members += alike
    members_of = {_called(members): tuple(sorted(members)) for members, _ in found.values()}
    columns = {_called(members): column for members, column in found.values()}
    return Grouped(dict(sorted(members_of.items())), dict(sorted(columns.items())))


def _alike(law: Ruleset, places: Sequence[str]) -> Iterator[list[str]]:
    """The places in groups that no encoded rule tells apart in either layer."""
    views = [view_of(law, as_printed=printed) for printed in LAYERS.values()]
    groups: dict[object, list[str]] = {}
    for place in places:
        apart = place if place in law.edition.destinations_not_encoded else ""
        groups.setdefault((apart, *(view.place_class(place) for view in views)), []).append(place)
    yield from groups.values()


def _called(members: Sequence[str]) -> str:
    first = min(members)
    return first if len(members) == 1 else f"{first}+{len(members) - 1}"


def _column(law: Ruleset, chips: Sequence[str], place: str, exporters: Sequence[str]) -> Column:
    return {
        Asked(chip, exporter, layer): spells(law, chip, place, exporter, printed)
        for chip in chips
        for exporter in exporters
        for layer, printed in LAYERS.items()
    }


def spells(law: Ruleset, chip: str, place: str, exporter: str, as_printed: bool) -> tuple[Spell, ...]:
    """The answer to one question on every day, neighbours that say the same joined. They leave no day out."""
    made = timeline(chip, to=place, exporter=exporter, as_printed=as_printed, ruleset=law)
    starts: list[date] = []
    found: list[Said] = []
    for start, answer in zip(made.starts, made.answers, strict=True):
        said = _said(answer)
        if not found or found[-1] != said:
            starts.append(start)
            found.append(said)
    stops = [*starts[1:], None]
    return tuple(Spell(None if i == 0 else starts[i], last_day(stops[i]), said) for i, said in enumerate(found))


def _said(answer: Answer) -> Said:
    projection = answer.projection
    return Said(
        outcome=answer.outcome,
        review_policy=answer.review_policy or "",
        standing=answer.standing,
        projected_outcome=projection.outcome if projection else "",
        projected_policy=(projection.review_policy or "") if projection else "",
        eccn=answer.law.eccn,
        requirements=answer.law.requirements,
        exceptions=answer.law.exceptions,
        turns_on=answer.turns_on,
    )


def members_by_place(members: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The group of each place."""
    return {place: group for group, places in members.items() for place in places}
