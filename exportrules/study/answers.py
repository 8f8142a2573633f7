"""Every determination as rows of days: for each chip, destination, exporter and layer of the law.

Destinations whose answers are the same on every day share their rows. No rule is applied here: a row is the answer of
:func:`exportrules.timeline` between two of its transitions.
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

#: The layers of the law; the value is True for the text as printed.
LAYERS = {"as_enforced": False, "as_printed": True}
#: The exporters: the maker of the chip, or a company to which no public letter is addressed.
EXPORTERS = ("maker", "other")


class AnswerRow(NamedTuple):
    """The answer for every day from one transition to the next, as columns of a table."""

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
    """Consecutive days with one answer. None if there is no known first or last day."""

    valid_from: date | None
    valid_through: date | None
    answer: AnswerRow


class Asked(NamedTuple):
    """One question, without the day and the destination."""

    chip: str
    exporter: str
    layer: str


#: The answers to every question for one destination.
Column = dict[Asked, tuple[Spell, ...]]


class Grouped(NamedTuple):
    """The answers for each group of destinations with equal answers, by the name of the group.

    `members` has the codes of each group. The name of a group is its code or, if it is larger than one, its first code
    and the number of the others: "AD+58".
    """

    members: dict[str, tuple[str, ...]]
    columns: dict[str, Column]


def grouped_answers(
    ruleset: Ruleset, chips: Sequence[str], places: Sequence[str], exporters: Sequence[str] = EXPORTERS
) -> Grouped:
    """The answers about `chips` (ids of variants and of families), by groups of `places` (codes).

    Destinations that the law treats alike are evaluated once; groups with equal answers are then merged.
    """
    # a copy with its own cache, emptied between destinations: a cache that is full evicts what the next one needs
    law = replace(ruleset)
    groups: dict[tuple[tuple[Spell, ...], ...], tuple[list[str], Column]] = {}
    for alike in _alike(law, places):
        column = _column(law, chips, alike[0], exporters)
        law.memory.clear()
        members, _ = groups.setdefault(tuple(column.values()), ([], column))
        members += alike
    members_of = {_group_name(members): tuple(sorted(members)) for members, _ in groups.values()}
    columns = {_group_name(members): column for members, column in groups.values()}
    return Grouped(dict(sorted(members_of.items())), dict(sorted(columns.items())))


def _alike(law: Ruleset, places: Sequence[str]) -> Iterator[list[str]]:
    """The places, grouped by equivalence class in both layers."""
    views = [view_of(law, as_printed=printed) for printed in LAYERS.values()]
    groups: dict[object, list[str]] = {}
    for place in places:
        not_encoded = place if place in law.edition.destinations_not_encoded else ""
        groups.setdefault((not_encoded, *(view.place_class(place) for view in views)), []).append(place)
    yield from groups.values()


def _group_name(members: Sequence[str]) -> str:
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
    """The answer to one question on every day, with equal neighbours joined. The spells cover all days."""
    answers = timeline(chip, to=place, exporter=exporter, as_printed=as_printed, ruleset=law)
    starts: list[date] = []
    rows: list[AnswerRow] = []
    for start, answer in zip(answers.starts, answers.answers, strict=True):
        row = _row(answer)
        if not rows or rows[-1] != row:
            starts.append(start)
            rows.append(row)
    stops = [*starts[1:], None]
    return tuple(Spell(None if i == 0 else starts[i], last_day(stops[i]), row) for i, row in enumerate(rows))


def _row(answer: Answer) -> AnswerRow:
    projection = answer.projection
    return AnswerRow(
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
