"""Compare answers: between two days, between two rulesets, and with and without a hypothetical change of law.

Beyond the horizon of a ruleset the foreseen answers are compared, so that a horizon alone is not a
difference.
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


class Decision(NamedTuple):
    """The outcome and policy of a day; beyond the horizon, as projected."""

    outcome: str
    review_policy: Policy | None


class Moved(NamedTuple):
    """Days on which two rulesets answer one question differently. `first` or `last` is None if there is no such day."""

    chip: str
    first: date | None
    last: date | None
    before: Decision
    after: Decision
    through: tuple[str, ...]


class Step(NamedTuple):
    """A day on which the answer for one chip changes, and the provisions that change it."""

    chip: str
    on: date
    before: Decision
    after: Decision
    through: tuple[str, ...]


class EditionChanges(NamedTuple):
    """The changes from one ruleset to another: on past days (verified by both), on later days, additions, removals."""

    past: list[Moved]
    future: list[Moved]
    instruments: list[str]
    chips: list[str]
    gone: list[str]
    files: list[str]


def decision_on(timeline: Timeline, day: date) -> Decision:
    """The outcome and policy of a day for comparison: beyond the horizon, the foreseen ones."""
    return Decision(*timeline.foreseen(day))


def chosen(law: Ruleset, names: Sequence[str]) -> list[str]:
    """The variants that names mean (several may share a text, separated by commas); without names, all variants."""
    written = [part.strip() for name in names for part in name.split(",") if part.strip()]
    if names and not written:
        raise QuestionError("--chips names no chip. Write e.g. --chips A100,H800.")
    if not law.variants:
        raise QuestionError("this ruleset has no chip, so there is nothing to ask about.")
    if not written:
        return list(law.variants)
    return list(dict.fromkeys(v for name in written for v in find_chip(law, name).variants))


def named(law: Ruleset, variants: Iterable[str]) -> list[str]:
    """The names of variants for a reader: a family's name if all of it is among them."""
    ids = list(dict.fromkeys(variants))
    names: list[str] = []
    for variant in ids:
        chip, family = law.variants[variant]
        whole = all(v.id in ids for v in family.variant if v.dense_tops or v.contains or v.memory_bandwidth_density)
        name = family.name if whole else chip.name
        if name not in names:
            names.append(name)
    return names


def between(law: Ruleset, chips: Iterable[str], first: date, last: date, deal: Mapping[str, Any]) -> list[Step]:
    """Every change of the chips whose answers on two days differ, in order. Raises QuestionError for reversed days."""
    if last < first:
        raise QuestionError(f"{last} is before {first}. Write the earlier day first.")
    changes: list[Step] = []
    for chip in chips:
        answers = timeline(chip, ruleset=law, **deal)
        if decision_on(answers, first) != decision_on(answers, last):
            changes += steps(chip, answers, first + DAY, last)
    return changes


def steps(chip: str, timeline: Timeline, first: date, last: date | None) -> Iterator[Step]:
    """The changes of one answer between two days, both included."""
    for index in range(1, len(timeline.starts)):
        on = timeline.starts[index]
        before, after = decision_on(timeline, timeline.starts[index - 1]), decision_on(timeline, on)
        if on < first or (last is not None and on > last) or before == after:
            continue
        yield Step(chip, on, before, after, timeline.opened_by(index))


def moved(chip: str, before: Timeline, after: Timeline) -> Iterator[Moved]:
    """The spans in which two timelines of one chip differ; neighbours with the same difference are joined."""
    days = sorted({*before.starts, *after.starts})
    joined: list[tuple[date, date | None, Decision, Decision, list[str]]] = []
    for day, stop in zip(days, [*days[1:], None], strict=True):
        was, now = decision_on(before, day), decision_on(after, day)
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
    """Every chip and span that a hypothetical ruleset would change; chips that only it has are left out."""
    return [
        span
        for chip in chips
        if chip in law.variants
        for span in moved(chip, timeline(chip, ruleset=law, **deal), timeline(chip, ruleset=reform, **deal))
    ]


def editions(old: Ruleset, new: Ruleset, chips: Sequence[str], deal: Mapping[str, Any]) -> EditionChanges:
    """The changes made by a new edition. `chips` are names; the past ends with the earlier of the two horizons."""
    ids = [chip for chip in chosen(new, chips) if chip in old.variants] if chips else [*new.variants]
    horizon = min(old.horizon, new.horizon)
    past, future = [], []
    for span in supposed(old, new, ids, deal):
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
    """The cause of a difference on a day: provisions whose truth differs and that only one ruleset has, or has with
    another text; else the facts of the chip that differ."""
    was, now = _holding(before, day), _holding(after, day)
    differing = [name for name in {**now, **was} if was.get(name) != now.get(name)]
    own = [name for name in differing if _written(before.ruleset, name) != _written(after.ruleset, name)]
    if own:
        return sorted([name for name in own if now.get(name, FALSE) != FALSE] or own)
    figures = _figures(before, after)
    return figures or sorted(differing)


def _holding(timeline: Timeline, day: date) -> dict[str, int]:
    """The truths of the provisions that may hold on a day, by id."""
    truths: dict[str, int] = {}
    for course in Moment(timeline, day).courses:
        for entry, held in Reading(course.docket, day).truths.values():
            if entry.kind in _EXPLAINING:
                name = entry.in_force.provision.id
                truths[name] = max(held, truths.get(name, FALSE))
    return truths


def _written(law: Ruleset, name: str) -> str | None:
    """A provision of a ruleset as text, with its days in force; None if the ruleset does not have it."""
    spans = [p.spans for p in view_of(law).provisions if p.provision.id == name]
    return f"{law.provisions[name][0]!r} {spans}" if name in law.provisions else None


def _figures(before: Timeline, after: Timeline) -> list[str]:
    differing = []
    for was, now in zip(before.courses, after.courses, strict=False):
        for name, fact in now.subject.facts.items():
            other = was.subject.facts.get(name)
            if fact.source in ("chip", "derived") and (other is None or other.value != fact.value):
                differing.append(f"{now.subject.id}: {name}")
    return differing
