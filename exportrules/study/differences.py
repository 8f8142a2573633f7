"""Answers beside other answers: between two days, between two rulesets, and under a supposition.

Beyond the horizon of a ruleset it is compared what is foreseen there, so that a horizon alone is no
difference: what counts is that the two say different things.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from exportrules.answer.determination import timeline
from exportrules.answer.moment import Moment
from exportrules.answer.timeline import Timeline
from exportrules.engine.evaluate import Reading
from exportrules.errors import QuestionError
from exportrules.law.model import Policy
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY, last_day
from exportrules.law.truth import FALSE
from exportrules.law.view import view_of
from exportrules.question.names.chips import find_chip

_EXPLAINING = (
    "classification", "conclusion", "requirement", "savings", "exception", "bar", "review_policy", "suspension",
)  # fmt: skip


class Said(NamedTuple):
    """What is said on a day: the outcome and policy, beyond the horizon as projected."""

    outcome: str
    review_policy: Policy | None


class Moved(NamedTuple):
    """Days on which two rulesets answer one question differently. No `first` or `last`: no known day."""

    chip: str
    first: date | None
    last: date | None
    before: Said
    after: Said
    through: tuple[str, ...]


class Step(NamedTuple):
    """A day on which the answer of one chip changes, and through what."""

    chip: str
    on: date
    before: Said
    after: Said
    through: tuple[str, ...]


class EditionChanges(NamedTuple):
    """What one ruleset changed against another: past days (verified by the older), later days, what is new, gone."""

    past: list[Moved]
    future: list[Moved]
    instruments: list[str]
    chips: list[str]
    gone: list[str]
    files: list[str]


def said(made: Timeline, day: date) -> Said:
    """The answer of a day as it is compared: like with like, so beyond the horizon what is foreseen."""
    return Said(*made.foreseen(day))


def chosen(law: Ruleset, names: Sequence[str]) -> list[str]:
    """The variants that names (several in one, parted by commas) mean; all of the catalogue where none is named."""
    written = [part.strip() for name in names for part in name.split(",") if part.strip()]
    if names and not written:
        raise QuestionError("--chips names no chip. Write e.g. --chips A100,H800.")
    if not law.variants:
        raise QuestionError("this ruleset knows no chip, so there is nothing to ask about.")
    if not written:
        return list(law.variants)
    return list(dict.fromkeys(v for name in written for v in find_chip(law, name).variants))


def named(law: Ruleset, variants: Iterable[str]) -> list[str]:
    """Variants as a reader lists them: a family by its name where all of it is there."""
    left = list(dict.fromkeys(variants))
    found: list[str] = []
    for variant in left:
        chip, family = law.variants[variant]
        whole = all(v.id in left for v in family.variant if v.dense_tops or v.contains or v.memory_bandwidth_density)
        name = family.name if whole else chip.name
        if name not in found:
            found.append(name)
    return found


def between(law: Ruleset, chips: Iterable[str], first: date, last: date, deal: Mapping[str, Any]) -> list[Step]:
    """Every change of the chips whose answers on two days differ, in order. Raises QuestionError for days reversed."""
    if last < first:
        raise QuestionError(f"{last} lies before {first}. Write the earlier day first.")
    found: list[Step] = []
    for chip in chips:
        made = timeline(chip, ruleset=law, **deal)
        if said(made, first) != said(made, last):
            found += steps(chip, made, first + DAY, last)
    return found


def steps(chip: str, made: Timeline, first: date, last: date | None) -> Iterator[Step]:
    """The changes of one answer from a day to a day, both included."""
    for index in range(1, len(made.starts)):
        on = made.starts[index]
        before, after = said(made, made.starts[index - 1]), said(made, on)
        if on < first or (last is not None and on > last) or before == after:
            continue
        yield Step(chip, on, before, after, made.opened_by(index))


def moved(chip: str, before: Timeline, after: Timeline) -> Iterator[Moved]:
    """The spans in which two timelines of one chip say different things, neighbours that differ alike joined."""
    days = sorted({*before.starts, *after.starts})
    joined: list[tuple[date, date | None, Said, Said, list[str]]] = []
    for day, stop in zip(days, [*days[1:], None], strict=True):
        was, now = said(before, day), said(after, day)
        if was == now:
            continue
        through = _through(before, after, day)
        if joined and joined[-1][1] == day and joined[-1][2:4] == (was, now):
            start, _, _, _, by = joined[-1]
            joined[-1] = (start, stop, was, now, list(dict.fromkeys([*by, *through])))
        else:
            joined.append((day, stop, was, now, through))
    for start, stop, was, now, by in joined:
        yield Moved(chip, None if start == date.min else start, last_day(stop), was, now, tuple(by))


def supposed(law: Ruleset, reform: Ruleset, chips: Iterable[str], deal: Mapping[str, Any]) -> list[Moved]:
    """Every chip and span that a supposition would change; chips that only it has are left out."""
    return [
        found
        for chip in chips
        if chip in law.variants
        for found in moved(chip, timeline(chip, ruleset=law, **deal), timeline(chip, ruleset=reform, **deal))
    ]


def editions(old: Ruleset, new: Ruleset, chips: Sequence[str], deal: Mapping[str, Any]) -> EditionChanges:
    """What a new edition changed. `chips` are names; the past ends with the older edition's horizon."""
    ids = [chip for chip in chosen(new, chips) if chip in old.variants] if chips else [*new.variants]
    found = supposed(old, new, ids, deal)
    horizon = min(old.horizon, new.horizon)
    past, future = [], []
    for span in found:
        if span.first is None or span.first <= horizon:
            past.append(span._replace(last=horizon if span.last is None or span.last > horizon else span.last))
        if span.last is None or span.last > horizon:
            later = span.first if span.first is not None and span.first > horizon else horizon + DAY
            future.append(span._replace(first=later))
    files = sorted(name for name in {*old.files, *new.files} if old.files.get(name) != new.files.get(name))
    return EditionChanges(
        past,
        future,
        [name for name in new.instruments if name not in old.instruments],
        [name for name in new.variants if name not in old.variants],
        [name for table in (old.instruments, old.variants) for name in table if name not in _all(new)],
        files,
    )


def _all(law: Ruleset) -> set[str]:
    return {*law.instruments, *law.variants}


def _through(before: Timeline, after: Timeline, day: date) -> list[str]:
    """What makes two rulesets differ on a day: provisions that only one has, or has otherwise, and that hold in one
    alone; else the facts of the chip that differ."""
    was, now = _holding(before, day), _holding(after, day)
    apart = [name for name in {**now, **was} if was.get(name) != now.get(name)]
    own = [name for name in apart if _written(before.ruleset, name) != _written(after.ruleset, name)]
    if own:
        return sorted([name for name in own if now.get(name, FALSE) != FALSE] or own)
    figures = _figures(before, after)
    return figures or sorted(apart)


def _holding(made: Timeline, day: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for course in Moment(made, day).courses:
        for entry, held in Reading(course.docket, day).truths.values():
            if entry.kind in _EXPLAINING:
                name = entry.in_force.provision.id
                found[name] = max(held, found.get(name, FALSE))
    return found


def _written(law: Ruleset, name: str) -> str | None:
    """A provision as it stands in a ruleset, its days in force included."""
    spans = [found.spans for found in view_of(law).provisions if found.provision.id == name]
    return f"{law.provisions[name][0]!r} {spans}" if name in law.provisions else None


def _figures(before: Timeline, after: Timeline) -> list[str]:
    found = []
    for was, now in zip(before.courses, after.courses, strict=False):
        for name, fact in now.subject.facts.items():
            other = was.subject.facts.get(name)
            if fact.source in ("chip", "derived") and (other is None or other.value != fact.value):
                found.append(f"{now.subject.id}: {name}")
    return found
