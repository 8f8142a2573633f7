"""The answer columns of a ledger, and a profile's segments: its timeline as rows between dates.

No rule is applied here: a profile's answers are those of its :class:`Timeline`, as :func:`check`
gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, cast

from exportrules.errors import ExportRulesError, QuestionError
from exportrules.law import Ruleset
from exportrules.ledger.cells import ChipCell, Problem, brief_error
from exportrules.question import Question, resolve
from exportrules.senses import words_of
from exportrules.span import last_day
from exportrules.timeline import MOST_REMEMBERED, Timeline

#: The columns that an audit can add, in their order.
ANSWER_COLUMNS = (
    "outcome", "review_policy", "eccn", "provisions", "turns_on", "holds_from", "holds_until", "standing", "party",
    "problem", "edition",
)  # fmt: skip
#: What `--also-on` adds: the answer under another day's law, and which list the row is on.
ALSO_COLUMNS = ("also_outcome", "also_review_policy", "also_provisions", "list")
DATES = ("holds_from", "holds_until")

#: The lists of `--also-on`, from the outcome of a row's own day and that of the other day.
LICENSE_THEN, LICENSE_NOW, EXCEPTION_THEN, NEITHER, OPEN = (
    "license then", "lawful then, license now", "exception then", "neither", "open",
)  # fmt: skip


class Segment(NamedTuple):
    """What is said of every day from one transition to the next. Dates are None where no day is known."""

    outcome: str
    review_policy: str = ""
    eccn: str = ""
    provisions: str = ""
    turns_on: str = ""
    holds_from: date | None = None
    holds_until: date | None = None
    standing: str = ""
    party: str = ""
    problem: Problem | None = None
    also: tuple[str, str, str, str] | None = None


@dataclass(frozen=True)
class Layer:
    """What an audit asks of the law beyond its rows: the layer, and another day."""

    known_on: date | None = None
    as_printed: bool = False
    also_on: date | None = None


@dataclass(frozen=True)
class Profile:
    """Rows that ask the same question but for the day: its cells, and its answer from each day on."""

    asked: Mapping[str, Any]
    starts: tuple[date, ...]
    segments: tuple[Segment, ...]
    chip: str = ""
    to: str = ""
    problem: Problem | None = field(default=None)


def unanswered(problem: Problem) -> Segment:
    """A row that cannot be read."""
    return Segment("indeterminate", review_policy="indeterminate", problem=problem)


def profile_of(
    ruleset: Ruleset | None, asked: Mapping[str, Any], layer: Layer, problems: Sequence[Problem] = ()
) -> Profile:
    """The segments of one profile; `problems` are those of its cells."""
    chip = asked.get("chip")
    labels = (chip.name.label if isinstance(chip, ChipCell) else "", asked.get("to") or "")
    if not problems and ruleset is not None:
        try:
            return Profile(asked, *_answered(ruleset, asked, layer), *labels)
        except ExportRulesError as error:
            problems = (Problem("the row cannot be asked", brief_error(error)),)
    problem = Problem(problems[0].kind, " ".join(p.text for p in problems))
    return Profile(asked, (date.min,), (unanswered(problem),), *labels, problem)


def _answered(ruleset: Ruleset, asked: Mapping[str, Any], layer: Layer) -> tuple[tuple[date, ...], tuple[Segment, ...]]:
    """First days and segments of a profile; countries that the law cannot tell apart share them."""
    memory, to = ruleset.memory, asked.get("to")
    alike: object = None
    # what was known on a day depends on who asks, and what is not encoded on the very country
    if to and layer.known_on is None and to not in ruleset.edition.destinations_not_encoded:
        place = ruleset.view(as_printed=layer.as_printed).place_class(to)
        alike = ("segments", layer, place, frozenset((n, v) for n, v in asked.items() if n != "to"))
    known = memory.get(alike)
    if known is None:
        timeline = timeline_of(ruleset, asked, layer)
        known = timeline.starts, segments(timeline, layer.also_on)
        if alike and len(memory) < MOST_REMEMBERED // 2:
            memory[alike] = known
    return cast("tuple[tuple[date, ...], tuple[Segment, ...]]", known)


def timeline_of(ruleset: Ruleset, asked: Mapping[str, Any], layer: Layer) -> Timeline:
    """The timeline of a profile. Raises QuestionError for cells that make no question together."""
    given = {name: value for name, value in asked.items() if value is not None}
    chip = given.pop("chip", None)
    users, others = given.pop("end_user", ()), given.pop("parties", ())
    deal = {name: given.pop(name, None) for name in
            ("to", "exporter", "activity", "headquarters", "ultimate_parent", "end_use")}  # fmt: skip
    if chip is None and not given:
        raise QuestionError("the chip is empty, and no figures describe it.")
    facts = {name: value for name, (value,) in given.items()}
    question = resolve(
        ruleset, chip.text if chip else None, **deal, known_on=layer.known_on, end_user=users or None, parties=others,
        facts=facts, as_printed=layer.as_printed,
    )  # fmt: skip
    return Timeline(ruleset, question)


def segments(timeline: Timeline, also_on: date | None = None) -> tuple[Segment, ...]:
    """One segment for each of the timeline's starts."""
    party = _party(timeline.ruleset, timeline.question)
    other = _segment(timeline, timeline.index(also_on), party) if also_on else None
    found = [_segment(timeline, index, party) for index in range(len(timeline.starts))]
    if other is None:
        return tuple(found)
    return tuple(
        s._replace(also=(other.outcome, other.review_policy, other.provisions, compared(s, other))) for s in found
    )


def compared(then: Segment, now: Segment) -> str:
    """Which list a row is on: its own day's answer beside another day's."""
    if then.outcome == "license_required":
        return LICENSE_THEN
    # nobody could lawfully have shipped what was not there: such a row has a wrong day, or is a sample
    if then.outcome == "not_released" or "indeterminate" in (then.outcome, now.outcome):
        return OPEN
    if now.outcome == "license_required":
        return LICENSE_NOW
    return EXCEPTION_THEN if then.outcome == "license_exception" else NEITHER


def _party(ruleset: Ruleset, question: Question) -> str:
    """Whom each name was taken for or is close to, and under which list; '' where no name is on a list or near one."""
    return "; ".join(dict.fromkeys(said for name in question.names for said in words_of(ruleset, name)))


def _segment(timeline: Timeline, index: int, party: str) -> Segment:
    answer = timeline.answers[index]
    first, last = timeline.holds(index)
    starts, law = timeline.starts, answer.law
    return Segment(
        outcome=answer.outcome,
        review_policy=answer.review_policy or "",
        eccn=" ".join(law.eccn),
        provisions=" ".join((*law.requirements, *law.exceptions)),
        turns_on=" ".join(answer.turns_on),
        holds_from=None if first == 0 else starts[first],
        holds_until=last_day(starts[last + 1] if last + 1 < len(starts) else None),
        standing=answer.standing,
        party=party,
    )


def column(name: str, segment: Segment, edition: str) -> Any:
    """The value of one answer column; the row's number is put before a problem where the row is."""
    if name == "edition":
        return edition
    if name == "problem":
        return segment.problem.text if segment.problem else ""
    if name in ALSO_COLUMNS:
        return segment.also[ALSO_COLUMNS.index(name)] if segment.also else ""
    return getattr(segment, name)


def chosen_columns(wanted: Iterable[str] | None, also: bool) -> tuple[str, ...]:
    """The answer columns of a run. Raises QuestionError for a name that is none."""
    every = ANSWER_COLUMNS + (ALSO_COLUMNS if also else ())
    if wanted is None:
        return every
    names = tuple(dict.fromkeys(name.strip() for name in wanted if name.strip()))
    for name in names:
        if name not in every:
            hint = " It comes with --also-on." if name in ALSO_COLUMNS else ""
            raise QuestionError(f"--columns: there is no answer column {name!r}.{hint} Columns: {', '.join(every)}.")
    if not names:
        raise QuestionError(f"--columns names no column. Columns: {', '.join(every)}.")
    return names
