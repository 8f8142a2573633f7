"""The answer columns of a ledger, and the segments of a profile: its timeline, one row per span of days.

No rule is applied here: a profile is answered by its :class:`Timeline`, as in :func:`check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, cast

from exportrules.answer.timeline import Timeline
from exportrules.errors import ExportRulesError, QuestionError
from exportrules.law.bounds import is_figure
from exportrules.law.facts import Fact
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import index_at, last_day
from exportrules.law.view import view_of
from exportrules.ledger.cells import NOT_AI_CHIP, NOT_LISTED, Problem, brief_error
from exportrules.ledger.headers import FIELDS
from exportrules.ledger.saying import COMMAND, Saying
from exportrules.question.claims import consistent
from exportrules.question.deal import Deal
from exportrules.question.eccns import EAR99
from exportrules.question.figures import complete
from exportrules.question.question import Question, resolve
from exportrules.question.senses import words_of

#: The columns that an audit can add, in order.
ANSWER_COLUMNS = (
    "outcome", "review_policy", "eccn", "provisions", "turns_on", "holds_from", "holds_until", "standing", "party",
    "problem", "edition",
)  # fmt: skip
#: The columns that `--also-on` adds: the answer under another day's law, and the list that the row belongs to.
ALSO_COLUMNS = ("also_outcome", "also_review_policy", "also_provisions", "list")
DATES = ("holds_from", "holds_until")
#: Fields that a ledger may omit; each is then assumed.
ASSUMED = ("activity", "headquarters", "ultimate_parent", "end_use", "end_user", "parties")
#: The outcome of a row declared not to be an AI chip, where neither a party nor a place decides. Its classification
#: was not examined, so this is not a yes.
NOT_AN_AI_CHIP = "not_an_ai_chip"

#: The lists of `--also-on`, by the outcome on the row's own day and on the other day.
LICENSE_THEN, LICENSE_NOW, EXCEPTION_THEN, NEITHER, OPEN, NO_AI_CHIP = (
    "license then", "lawful then, license now", "exception then", "neither", "open", "not an AI chip",
)  # fmt: skip


class Segment(NamedTuple):
    """The answer for every day from one transition to the next. Dates are None where no day is known."""

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

    @property
    def unread(self) -> bool:
        """True if the row is not answered because it could not be read; a row read in part may still be answered."""
        return self.problem is not None and self.outcome == "indeterminate"


@dataclass(frozen=True)
class Layer:
    """The law that an audit asks: its layer, and another day to compare with."""

    known_on: date | None = None
    as_printed: bool = False
    also_on: date | None = None


@dataclass(frozen=True)
class Profile:
    """Rows that ask the same question apart from the day: their cells, and the answer from each start day on."""

    asked: Mapping[str, Any]
    starts: tuple[date, ...]
    segments: tuple[Segment, ...]
    chip: str = ""
    to: str = ""
    problem: Problem | None = field(default=None)
    #: The fields that could not be read and whose value does not matter to the answer.
    open_: frozenset[str] = frozenset()

    @cached_property
    def omitted(self) -> frozenset[str]:
        """The fields that the rows do not give, so that an assumption takes their place."""
        return frozenset(name for name in ASSUMED if self.asked.get(name) is None and name not in self.open_)


def unanswered(problem: Problem) -> Segment:
    """The segment of a row that cannot be read."""
    return Segment("indeterminate", review_policy="indeterminate", problem=problem)


#: Fields that may be left open: a license requirement that applies whatever their value is still reported. Place and
#: day are not among them.
_MAY_BE_OPEN = frozenset(
    ("chip", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "parties", "end_use")
)
_MOST_OPEN = 2
_NO_CHIP = Problem("chip is empty", "the chip is empty, and no figures describe it.")


def profile_of(
    ruleset: Ruleset | None, asked: Mapping[str, Any], layer: Layer, problems: Sequence[tuple[str, Problem]] = ()
) -> Profile:
    """The profile of these cells; `problems` are those met in reading them, as (field, problem)."""
    chip, to = asked.get("chip"), asked.get("to") or ""
    if chip is None and not any(name not in FIELDS and value is not None for name, value in asked.items()):
        problems = problems or [("chip", _NO_CHIP)]
    label = chip.name.label if chip else "chip not read" if any(f == "chip" for f, _ in problems) else ""
    open_ = frozenset(field for field, _ in problems)
    if ruleset is not None and to and _may_be_open(ruleset, open_):
        try:
            starts, answers = _answered(ruleset, asked, layer, open_)
        except ExportRulesError as error:
            problems = [*problems, ("", Problem("the row cannot be asked", brief_error(error)))]
        else:
            if not problems:
                return Profile(asked, starts, answers, label, to)
            decided = tuple(_in_any_case(segment, _together(problems), open_) for segment in answers)
            if any(segment.outcome == "license_required" for segment in decided):
                return Profile(asked, starts, decided, label, to, _together(problems), open_)
    problem = _together(problems)
    return Profile(asked, (date.min,), (unanswered(problem),), label, to, problem)


def _may_be_open(ruleset: Ruleset, open_: frozenset[str]) -> bool:
    """True if the row can be asked with these fields open. With many open fields, following each takes too long."""
    return len(open_ - {"parties"}) <= _MOST_OPEN and all(f in _MAY_BE_OPEN or f in ruleset.facts for f in open_)


def _together(problems: Sequence[tuple[str, Problem]]) -> Problem:
    return Problem(problems[0][1].kind, " ".join(problem.text for _, problem in problems))


def _in_any_case(segment: Segment, problem: Problem, open_: frozenset[str]) -> Segment:
    """The part of a segment that holds whatever the unread cells mean: a requirement, and nothing less."""
    if segment.outcome != "license_required":
        return unanswered(problem)
    text = f"{problem.text} A license is required in any case."
    also = segment.also
    if also and also[0] != "license_required":
        also = ("indeterminate", "indeterminate", "", also[3])
    policy = segment.review_policy
    if open_ & {"end_user", "parties"} and policy != "policy_of_denial":
        policy = "indeterminate"  # a listed party's own policy may be stricter
    return segment._replace(problem=Problem(problem.kind, text), also=also, review_policy=policy)


Answers = tuple[tuple[date, ...], tuple[Segment, ...]]


def _answered(ruleset: Ruleset, asked: Mapping[str, Any], layer: Layer, open_: frozenset[str] = frozenset()) -> Answers:
    """Start days and segments of a profile; profiles that the law treats alike share one entry in the memory."""
    memory = ruleset.memory
    alike = _alike(ruleset, asked, layer, open_)
    known = memory.get(alike)
    if known is None:
        timeline = timeline_of(ruleset, asked, layer, open_)
        if ("chip" in open_ or asked.get("chip") == NOT_AI_CHIP) and asked.get("eccn_declared") is None:
            known = _of_any_class(timeline, asked, layer, open_)
        else:
            known = timeline.starts, segments(timeline)
        if asked.get("chip") == NOT_AI_CHIP:
            known = known[0], tuple(map(_of_no_ai_chip, known[1]))
        if layer.also_on:
            known = beside(*known, layer.also_on)
        if alike:
            memory.keep(alike, known)
    return cast("Answers", known)


def _alike(ruleset: Ruleset, asked: Mapping[str, Any], layer: Layer, open_: frozenset[str]) -> object:
    """A key that profiles share if the law treats their places and figures alike on every day; None if there is none.

    Raises QuestionError for figures that contradict one another.
    """
    to = asked.get("to")
    # not shared: `known_on` depends on who asks, and destinations that are not encoded on the country itself
    if not to or layer.known_on is not None or to in ruleset.edition.destinations_not_encoded:
        return None
    view = view_of(ruleset, as_printed=layer.as_printed)
    cells = {name: value for name, value in asked.items() if name != "to"}
    figures: dict[str, Fact] = {}
    if asked.get("chip") is None:  # a figure beside a chip is compared with that of the catalogue
        given = {name: Fact(value[0], "given") for name, value in cells.items() if name not in FIELDS and value}
        consistent(given)
        figures = {name: fact for name, fact in complete(given).items() if is_figure(fact.value)}
    classes = frozenset((name, fact.source, view.class_of(name, fact.value)) for name, fact in figures.items())
    others = frozenset((name, value) for name, value in cells.items() if name not in figures)
    return "segments", layer, view.place_class(to), open_, classes, others


def _of_any_class(timeline: Timeline, asked: Mapping[str, Any], layer: Layer, open_: frozenset[str]) -> Answers:
    """The answers that hold for an item of unknown classification: those that hold for EAR99 as well.

    Without a declared ECCN an item is taken to be on the Commerce Control List, as AI chips are. This one may be
    EAR99, and requirements for items on the List then do not reach it.
    """
    least = {**asked, "chip": NOT_AI_CHIP, "eccn_declared": (EAR99,)}
    other = timeline_of(timeline.ruleset, least, layer, open_ - {"chip"})
    starts = tuple(sorted({*timeline.starts, *other.starts}))
    return starts, tuple(_in_both(timeline, other, day) for day in starts)


def _in_both(timeline: Timeline, other: Timeline, day: date) -> Segment:
    segment, least = (_segment(t, t.index(day), _party(t.ruleset, t.question)) for t in (timeline, other))
    gaps = {f"not_encoded#{gap.id}": gap for gap in timeline.ruleset.edition.not_encoded}
    # one requirement must reach both: two requirements, each for one class of items, may leave a gap between them
    alike = set(segment.provisions.split()) & set(least.provisions.split())
    needs = (least.outcome == "license_required" and alike) or any(
        gaps[name].permission for name in other.at(day).law.blocked
    )
    segment = segment._replace(
        holds_from=max(filter(None, (segment.holds_from, least.holds_from)), default=None),
        holds_until=min(filter(None, (segment.holds_until, least.holds_until)), default=None),
    )
    if needs if segment.outcome == "license_required" else segment.outcome == least.outcome:
        return segment
    turns_on = " ".join(dict.fromkeys((*segment.turns_on.split(), "eccn_declared")))
    return segment._replace(outcome="indeterminate", review_policy="indeterminate", turns_on=turns_on)


def _of_no_ai_chip(segment: Segment) -> Segment:
    """The answer for an item known only not to be an AI chip: parties and places decide, and it is never a yes."""
    if segment.outcome == "no_license_requirement":
        return segment._replace(outcome=NOT_AN_AI_CHIP)
    if segment.outcome == "license_exception":
        return segment._replace(outcome="indeterminate", review_policy="indeterminate")
    return segment


def beside(starts: tuple[date, ...], answers: tuple[Segment, ...], also_on: date) -> Answers:
    """The segments, each with the answer of the other day in `also`."""
    other = answers[index_at(starts, also_on)]
    return starts, tuple(
        s._replace(also=(other.outcome, other.review_policy, other.provisions, compared(s, other))) for s in answers
    )


def timeline_of(
    ruleset: Ruleset, asked: Mapping[str, Any], layer: Layer, open_: frozenset[str] = frozenset()
) -> Timeline:
    """The timeline of a profile, with the fields in `open_` unknown. Raises QuestionError for an invalid question."""
    given = {name: value for name, value in asked.items() if value is not None}
    chip = given.pop("chip", None)
    users, others = given.pop("end_user", ()), given.pop("parties", ())
    deal = {name: given.pop(name, None) for name in
            ("to", "exporter", "activity", "headquarters", "ultimate_parent", "end_use")}  # fmt: skip
    # the cell's value, followed by NOT_LISTED where the names file declares that an owner is not a listed party
    facts: dict[str, object] = {name: value[0] for name, value in given.items()}
    unlisted = [value[0] for value in given.values() if NOT_LISTED in value[1:]]
    facts |= dict.fromkeys(open_ - {"chip", "end_user", "parties"})
    if chip == NOT_AI_CHIP:
        chip, facts = None, {**ruleset.not_an_ai_chip, **facts}
    elif chip is None and "chip" in open_:
        facts = {**dict.fromkeys(_OF_ANY_ITEM), **facts}
    if not deal["headquarters"] and open_ & {"headquarters", "end_user"}:
        facts |= {"headquarters": None} | ({} if deal["ultimate_parent"] else {"ultimate_parent": None})
    written = Deal(**deal, known_on=layer.known_on, end_user=users or None, parties=others, facts=facts,
                   as_printed=layer.as_printed, not_listed=unlisted)  # fmt: skip
    question = resolve(ruleset, chip.text if chip else None, written)
    return Timeline(ruleset, question)


#: The facts that are unknown of a chip that could not be read: its identity and its performance.
_OF_ANY_ITEM = ("chip", "chip_family", "tpp")


def segments(timeline: Timeline) -> tuple[Segment, ...]:
    """One segment for each start of the timeline."""
    party = _party(timeline.ruleset, timeline.question)
    return tuple(_segment(timeline, index, party) for index in range(len(timeline.starts)))


def compared(then: Segment, now: Segment) -> str:
    """The list that a row belongs to, from the answer of its own day and that of the other day."""
    if then.outcome == "license_required":
        return LICENSE_THEN
    # a chip that was not yet public was not shipped lawfully to anyone: the day is wrong, or it was a sample
    if then.outcome == "not_released" or "indeterminate" in (then.outcome, now.outcome):
        return OPEN
    if then.outcome == NOT_AN_AI_CHIP:
        return OPEN if now.outcome == "license_required" else NO_AI_CHIP
    if now.outcome == "license_required":
        return LICENSE_NOW
    return EXCEPTION_THEN if then.outcome == "license_exception" else NEITHER


def _party(ruleset: Ruleset, question: Question) -> str:
    """The listed party that each name matches or is close to, with its list; '' if no name is near a listing."""
    return "; ".join(dict.fromkeys(words for name in question.names for words in words_of(ruleset, name)))


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
    """The value of one answer column. A problem has no row number yet: the sink puts it in front."""
    if name == "edition":
        return edition
    if name == "problem":
        return segment.problem.text if segment.problem else ""
    if name in ALSO_COLUMNS:
        return segment.also[ALSO_COLUMNS.index(name)] if segment.also else ""
    return getattr(segment, name)


def chosen_columns(wanted: Iterable[str] | None, also: bool, say: Saying = COMMAND) -> tuple[str, ...]:
    """The answer columns of a run. Raises QuestionError for a name that is not an answer column."""
    every = ANSWER_COLUMNS + (ALSO_COLUMNS if also else ())
    if wanted is None:
        return every
    names = tuple(dict.fromkeys(name.strip() for name in wanted if name.strip()))
    for name in names:
        if name not in every:
            hint = f" It comes with {say.also_on}." if name in ALSO_COLUMNS else ""
            raise QuestionError(
                f"{say.answers}: there is no answer column {name!r}.{hint} Columns: {', '.join(every)}."
            )
    if not names:
        raise QuestionError(f"{say.answers} names no column. Columns: {', '.join(every)}.")
    return names


def added_names(own: Iterable[str], chosen: Sequence[str], prefix: str) -> list[str]:
    """The names of the answer columns, prefixed. Raises QuestionError if the table already has one of them."""
    taken, names = {name.casefold() for name in own}, [prefix + name for name in chosen]
    for name in names:
        if name.casefold() in taken:
            raise QuestionError(f"the table has a column {name!r} already. Name the answers apart with prefix='...'.")
    return names
