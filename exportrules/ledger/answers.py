"""The answer columns of a ledger, and a profile's segments: its timeline as rows between dates.

No rule is applied here: a profile's answers are those of its :class:`Timeline`, as :func:`check`
gives them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, cast

from exportrules.answer.timeline import Timeline
from exportrules.errors import ExportRulesError, QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import index_at, last_day
from exportrules.law.view import view_of
from exportrules.ledger.cells import NOT_AI_CHIP, NOT_LISTED, Problem, brief_error
from exportrules.ledger.headers import FIELDS
from exportrules.ledger.saying import COMMAND, Saying
from exportrules.question.deal import Deal
from exportrules.question.question import Question, resolve
from exportrules.question.senses import words_of

#: The columns that an audit can add, in their order.
ANSWER_COLUMNS = (
    "outcome", "review_policy", "eccn", "provisions", "turns_on", "holds_from", "holds_until", "standing", "party",
    "problem", "edition",
)  # fmt: skip
#: What `--also-on` adds: the answer under another day's law, and which list the row is on.
ALSO_COLUMNS = ("also_outcome", "also_review_policy", "also_provisions", "list")
DATES = ("holds_from", "holds_until")
#: The outcome of a row whose owner says that it has no AI chip, where neither a party nor a place decides: its own
#: classification was not examined, so it is not a yes.
NOT_AN_AI_CHIP = "not_an_ai_chip"

#: The lists of `--also-on`, from the outcome of a row's own day and that of the other day.
LICENSE_THEN, LICENSE_NOW, EXCEPTION_THEN, NEITHER, OPEN, NO_AI_CHIP = (
    "license then", "lawful then, license now", "exception then", "neither", "open", "not an AI chip",
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

    @property
    def unread(self) -> bool:
        """Whether the row could not be read; one that was not read in part may be answered all the same."""
        return self.problem is not None and self.outcome == "indeterminate"


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
    #: The fields that were not read, and whatever they say does not matter.
    open_: frozenset[str] = frozenset()


def unanswered(problem: Problem) -> Segment:
    """A row that cannot be read."""
    return Segment("indeterminate", review_policy="indeterminate", problem=problem)


#: Cells that may stay open: a requirement that stands whatever they say stands. A row without a place or day has none.
_MAY_BE_OPEN = frozenset(
    ("chip", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "parties", "end_use")
)
_MOST_OPEN = 2
_NO_CHIP = Problem("chip is empty", "the chip is empty, and no figures describe it.")


def profile_of(
    ruleset: Ruleset | None, asked: Mapping[str, Any], layer: Layer, problems: Sequence[tuple[str, Problem]] = ()
) -> Profile:
    """The segments of one profile; `problems` are those of its cells, each with its field."""
    chip, to = asked.get("chip"), asked.get("to") or ""
    if chip is None and not any(name not in FIELDS and value is not None for name, value in asked.items()):
        problems = problems or [("chip", _NO_CHIP)]
    label = chip.name.label if chip else "chip not read" if any(f == "chip" for f, _ in problems) else ""
    open_ = frozenset(field for field, _ in problems)
    if ruleset is not None and to and _may_be_open(ruleset, open_):
        try:
            starts, found = _answered(ruleset, asked, layer, open_)
        except ExportRulesError as error:
            problems = [*problems, ("", Problem("the row cannot be asked", brief_error(error)))]
        else:
            if not problems:
                return Profile(asked, starts, found, label, to)
            decided = tuple(_whatever(segment, _together(problems), open_) for segment in found)
            if any(segment.outcome == "license_required" for segment in decided):
                return Profile(asked, starts, decided, label, to, _together(problems), open_)
    problem = _together(problems)
    return Profile(asked, (date.min,), (unanswered(problem),), label, to, problem)


def _may_be_open(ruleset: Ruleset, open_: frozenset[str]) -> bool:
    """Whether a row is answered whatever its cells say that were not read; of many, following each would take long."""
    return len(open_ - {"parties"}) <= _MOST_OPEN and all(f in _MAY_BE_OPEN or f in ruleset.facts for f in open_)


def _together(problems: Sequence[tuple[str, Problem]]) -> Problem:
    return Problem(problems[0][1].kind, " ".join(problem.text for _, problem in problems))


def _whatever(segment: Segment, problem: Problem, open_: frozenset[str]) -> Segment:
    """What is certain of a segment of which some cells were not read: a requirement, and nothing less."""
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
    """First days and segments of a profile; countries that the law cannot tell apart share them."""
    memory, to = ruleset.memory, asked.get("to")
    alike: object = None
    # what was known on a day depends on who asks, and what is not encoded on the very country
    if to and layer.known_on is None and to not in ruleset.edition.destinations_not_encoded:
        place = view_of(ruleset, as_printed=layer.as_printed).place_class(to)
        alike = ("segments", layer, place, open_, frozenset((n, v) for n, v in asked.items() if n != "to"))
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


def _of_any_class(timeline: Timeline, asked: Mapping[str, Any], layer: Layer, open_: frozenset[str]) -> Answers:
    """What is certain of an item that nobody has classified: what holds for the least that it could be, too.

    Without a declared number an item is taken to be on the Commerce Control List, as AI chips are. This one may be
    EAR99 instead, and then a requirement of the List's items is none.
    """
    least = {**asked, "chip": NOT_AI_CHIP, "eccn_declared": ("EAR99",)}
    other = timeline_of(timeline.ruleset, least, layer, open_ - {"chip"})
    starts = tuple(sorted({*timeline.starts, *other.starts}))
    return starts, tuple(_in_both(timeline, other, day) for day in starts)


def _in_both(timeline: Timeline, other: Timeline, day: date) -> Segment:
    segment, least = (_segment(t, t.index(day), _party(t.ruleset, t.question)) for t in (timeline, other))
    gaps = {f"not_encoded#{gap.id}": gap for gap in timeline.ruleset.edition.not_encoded}
    # one requirement that reaches both: two of them, each for items of its kind, may leave others between them
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
    """What parties and places decide of an item of which nothing else is known: never that it needs no license."""
    if segment.outcome == "no_license_requirement":
        return segment._replace(outcome=NOT_AN_AI_CHIP)
    if segment.outcome == "license_exception":
        return segment._replace(outcome="indeterminate", review_policy="indeterminate")
    return segment


def beside(starts: tuple[date, ...], found: tuple[Segment, ...], also_on: date) -> Answers:
    """The segments with the answer of another day beside each."""
    other = found[index_at(starts, also_on)]
    return starts, tuple(
        s._replace(also=(other.outcome, other.review_policy, other.provisions, compared(s, other))) for s in found
    )


def timeline_of(
    ruleset: Ruleset, asked: Mapping[str, Any], layer: Layer, open_: frozenset[str] = frozenset()
) -> Timeline:
    """The timeline of a profile; what is `open_` is not known. Raises QuestionError for cells that make no question."""
    given = {name: value for name, value in asked.items() if value is not None}
    chip = given.pop("chip", None)
    users, others = given.pop("end_user", ()), given.pop("parties", ())
    deal = {name: given.pop(name, None) for name in
            ("to", "exporter", "activity", "headquarters", "ultimate_parent", "end_use")}  # fmt: skip
    # a cell's value, and behind an owner's name that it is declared to be no listed party
    facts: dict[str, object] = {name: value[0] for name, value in given.items()}
    unlisted = [value[0] for value in given.values() if NOT_LISTED in value[1:]]
    facts |= dict.fromkeys(open_ - {"chip", "end_user", "parties"})
    if chip == NOT_AI_CHIP:
        chip, facts = None, {**_OF_NO_AI_CHIP, **facts}
    elif chip is None and "chip" in open_:
        facts = {**dict.fromkeys(_OF_ANY_ITEM), **facts}
    if not deal["headquarters"] and open_ & {"headquarters", "end_user"}:
        facts |= {"headquarters": None} | ({} if deal["ultimate_parent"] else {"ultimate_parent": None})
    written = Deal(**deal, known_on=layer.known_on, end_user=users or None, parties=others, facts=facts,
                   as_printed=layer.as_printed, not_listed=unlisted)  # fmt: skip
    question = resolve(ruleset, chip.text if chip else None, written)
    return Timeline(ruleset, question)


#: What is not known of an item that was not read: which it is and what it can do.
_OF_ANY_ITEM = ("chip", "chip_family", "tpp")
#: An item that no entry for AI chips, their systems or their memory reaches.
_OF_NO_AI_CHIP = {
    "item_kind": "ic", "tpp": 0, "performance_density": 0, "bits_x_tops_2022": 0, "aggregate_io_gbytes_s": 0,
    "chip_to_chip_io_gbytes_s": 0, "dram_bandwidth_gbytes_s": 0, "memory_bandwidth_density": 0,
    "designed_for_datacenter": False,
}  # fmt: skip


def segments(timeline: Timeline) -> tuple[Segment, ...]:
    """One segment for each of the timeline's starts."""
    party = _party(timeline.ruleset, timeline.question)
    return tuple(_segment(timeline, index, party) for index in range(len(timeline.starts)))


def compared(then: Segment, now: Segment) -> str:
    """Which list a row is on: its own day's answer beside another day's."""
    if then.outcome == "license_required":
        return LICENSE_THEN
    # nobody could lawfully have shipped what was not there: such a row has a wrong day, or is a sample
    if then.outcome == "not_released" or "indeterminate" in (then.outcome, now.outcome):
        return OPEN
    if then.outcome == NOT_AN_AI_CHIP:
        return OPEN if now.outcome == "license_required" else NO_AI_CHIP
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


def chosen_columns(wanted: Iterable[str] | None, also: bool, say: Saying = COMMAND) -> tuple[str, ...]:
    """The answer columns of a run. Raises QuestionError for a name that is none."""
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
