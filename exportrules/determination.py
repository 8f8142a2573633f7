"""The answer to one question, and the calls that ask: :func:`check` and :func:`timeline`.

A determination is cheap to make: the day and a reference to its timeline. Its parts are computed
when they are asked for.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

from exportrules import notices, trace
from exportrules.attestation import tables
from exportrules.errors import QuestionError
from exportrules.facts import read_date
from exportrules.law import Ruleset
from exportrules.model import Policy, Variant
from exportrules.next_steps import NextStep, next_steps
from exportrules.question import resolve
from exportrules.result import (
    Answer,
    Assumption,
    Change,
    Citation,
    Finding,
    Margin,
    Projection,
    Settlement,
)
from exportrules.source import default_ruleset
from exportrules.span import index_at, last_day
from exportrules.timeline import Timeline
from exportrules.unknowns import Branch

#: Questions remembered under exactly what was asked, the day aside.
_MOST_QUESTIONS = 50_000


class Determination:
    """What the law of one day says of one deal. Immutable; it has no truth value."""

    __slots__ = ("_timeline", "on")

    def __init__(self, timeline: Timeline, on: date) -> None:
        _set_timeline(self, timeline)
        _set_day(self, on)

    on: date
    _timeline: Timeline

    @property
    def _index(self) -> int:
        return index_at(self._timeline.starts, self.on)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a determination cannot be changed; ask another question.")

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a determination has no truth value: 'license_exception' is neither yes nor no. Compare .outcome instead."
        )

    def __repr__(self) -> str:
        where = f"{self._timeline.question.label} to {self._timeline.question.to} on {self.on}"
        return f"<Determination {where}: {self.outcome}, {self.review_policy}>"

    @property
    def _answer(self) -> Answer:
        return self._timeline.at(self.on)

    @property
    def outcome(self) -> str:
        """`no_license_requirement`, `license_exception`, `license_required`, `not_released` or `indeterminate`."""
        timeline = self._timeline
        return timeline.answers[bisect_right(timeline.starts, self.on) - 1].outcome

    @property
    def review_policy(self) -> Policy | None:
        """How an application would be reviewed, the strictest policy that stands; None where there would be none."""
        timeline = self._timeline
        return timeline.answers[bisect_right(timeline.starts, self.on) - 1].review_policy

    @property
    def standing(self) -> str:
        """`verified`, `attested`, `before_coverage`, `beyond_horizon`, `destination_not_encoded` or `unannounced`.

        An unannounced chip, one that its maker never announced, is answered by the law from reported figures.
        """
        return self._answer.standing

    @property
    def projection(self) -> Projection | None:
        """Where the standing is neither `verified` nor `attested`: what the encoded law would say all the same."""
        return self._answer.projection

    @property
    def eccn(self) -> list[str]:
        """The AI-chip entries whose parameters are met, e.g. `3A090.a`. No classification ruling for a board."""
        return list(self._answer.law.eccn)

    @property
    def eccn_paragraphs(self) -> list[str]:
        """The paragraphs of those entries that are met, e.g. `a.1`."""
        return list(self._answer.law.paragraphs)

    @property
    def requirements(self) -> list[str]:
        """The provisions that require a license, by id; `citations` resolves them."""
        return list(self._answer.law.requirements)

    @property
    def exceptions(self) -> list[dict[str, Any]]:
        """The exceptions and authorizations that overcome every requirement, each with its conditions."""
        return trace.exceptions(self._timeline, self._answer)

    @property
    def closed_exceptions(self) -> list[dict[str, Any]]:
        """The exceptions that would lift a requirement by their own terms, each with the bars that close it."""
        return trace.closed_exceptions(self._timeline, self._answer, self.on)

    @property
    def policies(self) -> list[dict[str, Any]]:
        """The review policy of each requirement, and the provisions that say so."""
        return [{"requirement": r, "review_policy": p, "by": list(by)} for r, p, by in self._answer.law.policies]

    @property
    def turns_on(self) -> list[str]:
        """The unknown facts that decide; supplying them settles the answer."""
        return list(self._answer.turns_on)

    @property
    def settle(self) -> list[Settlement]:
        """How to settle each of those facts: the option to write, and in which case it is the right one."""
        return trace.settlements(self._timeline, self._answer)

    @property
    def cases(self) -> list[Branch]:
        """The answer in each way in which those facts could fall."""
        return list(self._answer.cases)

    @property
    def holds(self) -> tuple[date | None, date | None]:
        """First and last day of this outcome, policy and standing; None where no day is known."""
        starts = self._timeline.starts
        first, last = self._timeline.holds(self._index)
        stop = starts[last + 1] if last + 1 < len(starts) else None
        return (None if first == 0 else starts[first]), last_day(stop)

    @property
    def previous(self) -> Change | None:
        """What the answer was before `holds`, and the provisions that changed it."""
        first, _ = self._timeline.holds(self._index)
        return self._timeline.change(first, first - 1) if first > 0 else None

    @property
    def next(self) -> Change | None:
        """What it becomes after `holds`, and the provisions that change it."""
        _, last = self._timeline.holds(self._index)
        return self._timeline.change(last + 1, last + 1) if last + 1 < len(self._timeline.starts) else None

    @property
    def transaction(self) -> dict[str, Any]:
        """What was asked, as it was resolved."""
        return trace.transaction(self._timeline, self._answer, self.on)

    @property
    def assumptions(self) -> list[Assumption]:
        """What was assumed; each says what the answer would be if it were otherwise, where that differs."""
        return notices.assumptions(self._timeline, self._answer, self.on)

    @property
    def variants(self) -> list[str]:
        """The variants that a family name covered on the day."""
        return list(self._answer.asked)

    @property
    def findings(self) -> list[Finding]:
        """The whole trace: every provision in force, every row and test with value, bound, truth and source."""
        return trace.findings(self._timeline, self._answer, self.on)

    @property
    def margin(self) -> list[Margin]:
        """How far each decisive number is from the bound that it meets or misses."""
        return trace.margins(self._timeline, self._answer, self.on)

    @property
    def as_printed_outcome(self) -> str | None:
        """What the printed text says, where that differs from what is enforced."""
        return notices.other_layer(self._timeline, self._answer, self.on)

    @property
    def notices(self) -> list[str]:
        """What a careful lawyer would add."""
        return notices.notices(self)

    @property
    def next_steps(self) -> list[NextStep]:
        """The two or three steps that follow: what to find out, to obtain, to apply for; never more than the record."""
        return next_steps(self)

    @property
    def citations(self) -> list[Citation]:
        """The sources: cite, official address, evidence (`published`, `disclosed`, `reported`)."""
        return trace.citations(self._timeline, self._answer, self.on)

    @property
    def attestations(self) -> list[dict[str, Any]]:
        """Who verified the law of a day beyond the edition's own, where the standing is `attested`."""
        return tables(self._timeline.vouching(self.on)) if self.standing == "attested" else []

    @property
    def ruleset(self) -> dict[str, str]:
        """Edition, how far it was verified, and SHA-256 over every data file that was read, overlays included.

        `text_read` is the day of the codified text that was read, `register_swept` the day through which the Federal
        Register was searched; `verified_through` is the earlier one.
        """
        used = self._timeline.ruleset
        return {
            "edition": used.edition.edition,
            "verified_through": used.edition.verified_through.isoformat(),
            "text_read": used.edition.text_read.isoformat(),
            "register_swept": used.edition.register_swept.isoformat(),
            "sha256": used.digest,
        }

    def to_dict(self) -> dict[str, Any]:
        """The whole determination as plain data, as `docs/schema/determination.schema.json` describes it."""
        assumed = self.assumptions
        return trace.as_dict(self, {"assumptions": assumed, "next_steps": next_steps(self, assumed)})

    def to_json(self, indent: int | None = 2) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def explain(self) -> str:
        """The whole trace as text."""
        from exportrules.render.explanation import explanation

        return explanation(self)


# the slots' own setters: a determination refuses every other way of being changed
_set_timeline: Callable[[Determination, Timeline], None] = Determination._timeline.__set__  # type: ignore[misc, attr-defined]
_set_day: Callable[[Determination, date], None] = Determination.on.__set__  # type: ignore[misc, attr-defined]


def check(
    chip: str | Variant | None,
    *,
    on: date | str,
    to: str | None = None,
    exporter: str | None = None,
    activity: str | None = None,
    headquarters: str | None = None,
    ultimate_parent: str | None = None,
    end_user: str | None = None,
    parties: Sequence[str] = (),
    not_listed: Sequence[str] = (),
    end_use: str | Sequence[str] | None = None,
    facts: Mapping[str, object] | None = None,
    known_on: date | str | None = None,
    as_printed: bool = False,
    ruleset: Ruleset | None = None,
) -> Determination:
    """Was this chip exportable on this day; under which rule, for whom, until when?

    `on` is a `date` (or ISO text; a `datetime` is refused). What is left out takes its stated
    default, and the answer says so: to China, by the maker, an export, an unlisted civil buyer
    headquartered where the goods go; a party of the data, in the country that they give. A name
    close to a listed party's, or to that of a letter's addressee, leaves the answer open where it
    matters; `not_listed` has the names of buyers that are declared not to be the listed party. Raises
    QuestionError for what cannot be understood.
    """
    law = ruleset or default_ruleset()
    try:
        # the very key of `timeline`, looked up here: asking again costs a microsecond
        known = law.memory.get((
            "asked", chip, to, exporter, activity, headquarters, ultimate_parent, end_user,
            tuple(parties) if parties else (), end_use, _remembered(facts) if facts else (), known_on, as_printed,
            tuple(not_listed) if not_listed else (),
        ))  # fmt: skip
    except (TypeError, AttributeError):
        known = None  # something unhashable, or not even a mapping: `timeline` says what
    if type(known) is not Timeline:
        known = timeline(
            chip, to=to, exporter=exporter, activity=activity, headquarters=headquarters,
            ultimate_parent=ultimate_parent, end_user=end_user, parties=parties, not_listed=not_listed,
            end_use=end_use, facts=facts, known_on=known_on, as_printed=as_printed, ruleset=law,
        )  # fmt: skip
    return Determination(known, on if type(on) is date else read_date(on))


def _remembered(facts: Mapping[str, object]) -> tuple[tuple[str, type, object], ...]:
    """Facts as they are remembered: 1 and true are equal in Python, yet not the same answer to a question."""
    return tuple((name, type(value), value) for name, value in facts.items())


def timeline(
    chip: str | Variant | None,
    *,
    to: str | None = None,
    exporter: str | None = None,
    activity: str | None = None,
    headquarters: str | None = None,
    ultimate_parent: str | None = None,
    end_user: str | None = None,
    parties: Sequence[str] = (),
    not_listed: Sequence[str] = (),
    end_use: str | Sequence[str] | None = None,
    facts: Mapping[str, object] | None = None,
    known_on: date | str | None = None,
    as_printed: bool = False,
    ruleset: Ruleset | None = None,
) -> Timeline:
    """The answer to a question on every day; the same arguments as :func:`check`, without `on`."""
    law = ruleset or default_ruleset()
    if facts is not None and not isinstance(facts, Mapping):
        raise QuestionError(f"facts = {facts!r} is not a mapping of names to values. Write {{'tpp': 2368}}.")
    if end_use is not None and not isinstance(end_use, str):
        end_use = tuple(end_use) if isinstance(end_use, Sequence) else end_use
    key: tuple[object, ...] = (
        "asked", chip, to, exporter, activity, headquarters, ultimate_parent, end_user,
        tuple(parties) if parties else (), end_use, _remembered(facts) if facts else (), known_on, as_printed,
        tuple(not_listed) if not_listed else (),
    )  # fmt: skip
    try:
        known = law.memory.get(key)
    except TypeError:
        known, key = None, ()
    if type(known) is Timeline:
        return known
    parties, not_listed = parties or (), not_listed or ()
    if isinstance(parties, str):
        raise QuestionError(f"parties = {parties!r} is one text. Write a list of names.")
    question = resolve(
        law, chip, to=to, exporter=exporter, activity=activity, headquarters=headquarters,
        ultimate_parent=ultimate_parent, end_user=end_user, parties=parties, not_listed=not_listed,
        end_use=end_use, facts=facts, known_on=known_on, as_printed=as_printed,
    )  # fmt: skip
    made = Timeline(law, question)
    if key and len(law.memory) < _MOST_QUESTIONS:
        law.memory[key] = made
    return made
