"""The answer to one question, and the calls that ask: :func:`check` and :func:`timeline`.

A determination is cheap to make: the day and a reference to its timeline. Its parts are computed
when they are asked for.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NoReturn

from exportrules.answer import assumptions, notices, trace
from exportrules.answer.asked import arguments
from exportrules.answer.moment import Moment
from exportrules.answer.next_steps import NextStep, next_steps
from exportrules.answer.result import Assumption, Change, Citation, Finding, Margin, Projection, Settlement
from exportrules.answer.timeline import Timeline
from exportrules.answer.words import decision, html_table
from exportrules.engine.unknowns import Branch
from exportrules.errors import RulesetError
from exportrules.files.load import default_ruleset, load_ruleset
from exportrules.law.attestation import tables
from exportrules.law.model import Policy, Variant
from exportrules.law.ruleset import Origin, Ruleset
from exportrules.question.deal import Deal, several
from exportrules.question.question import resolve
from exportrules.question.values import read_date


class Determination:
    """What the law of one day says of one deal. Immutable; it has no truth value."""

    __slots__ = ("_moment", "on", "timeline")

    def __init__(self, timeline: Timeline, on: date) -> None:
        _set_timeline(self, timeline)
        _set_day(self, on)

    on: date
    timeline: Timeline
    _moment: Moment

    @property
    def moment(self) -> Moment:
        """The day of the timeline that all parts of the answer are computed from, once each."""
        try:
            return self._moment
        except AttributeError:
            _set_moment(self, Moment(self.timeline, self.on))
            return self._moment

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a determination cannot be changed; ask another question.")

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a determination has no truth value: 'license_exception' is neither yes nor no. Compare .outcome instead."
        )

    def __eq__(self, other: object) -> bool:
        """Two answers are equal if the same was asked of the same data for the same day."""
        if not isinstance(other, Determination):
            return NotImplemented
        return self._value() == other._value()

    def __hash__(self) -> int:
        return hash((self.on, self.timeline.ruleset.digest, self.timeline.question.label))

    def _value(self) -> tuple[date, str, dict[str, Any]]:
        return self.on, self.timeline.ruleset.digest, arguments(self.timeline)

    def __copy__(self) -> Determination:
        return self

    def __deepcopy__(self, memo: object) -> Determination:
        return self

    def __reduce__(self) -> tuple[Callable[..., Determination], tuple[Any, ...]]:
        """A pickle holds the question and the digest of the data; whoever loads it asks again of the same data."""
        law = self.timeline.ruleset
        return _again, (arguments(self.timeline), self.on, law.digest, law.origin)

    def __repr__(self) -> str:
        where = f"{self.timeline.question.label} to {self.timeline.question.to} on {self.on}"
        return f"<Determination {where}: {self.outcome}, {self.review_policy}>"

    def _repr_html_(self) -> str:
        """The answer as a small table, for a notebook; `explain()` and the properties have the rest."""
        first, last = self.holds
        rows = [
            ("answer", decision(self.outcome, self.review_policy)),
            ("chip", self.timeline.question.label),
            ("to", self.timeline.question.to),
            ("day", self.on),
            ("holds", f"{first or 'the first day'} through {last or 'the last day'}"),
            *(("source", f"{cited.cite} [{cited.role}]") for cited in self.citations),
            *(("turns on", fact) for fact in self.turns_on),
        ]
        return html_table(("", ""), rows)

    @property
    def outcome(self) -> str:
        """`no_license_requirement`, `license_exception`, `license_required`, `not_released` or `indeterminate`."""
        timeline = self.timeline
        return timeline.answers[bisect_right(timeline.starts, self.on) - 1].outcome

    @property
    def review_policy(self) -> Policy | None:
        """How an application would be reviewed, the strictest policy that stands; None where there would be none."""
        timeline = self.timeline
        return timeline.answers[bisect_right(timeline.starts, self.on) - 1].review_policy

    @property
    def standing(self) -> str:
        """`verified`, `attested`, `before_coverage`, `beyond_horizon`, `destination_not_encoded` or `unannounced`.

        An unannounced chip, one that its maker never announced, is answered by the law from reported figures.
        """
        return self.moment.answer.standing

    @property
    def projection(self) -> Projection | None:
        """Where the standing is neither `verified` nor `attested`: what the encoded law would say all the same."""
        return self.moment.answer.projection

    @property
    def eccn(self) -> list[str]:
        """The AI-chip entries whose parameters are met, e.g. `3A090.a`. No classification ruling for a board."""
        return list(self.moment.answer.law.eccn)

    @property
    def eccn_paragraphs(self) -> list[str]:
        """The paragraphs of those entries that are met, e.g. `a.1`."""
        return list(self.moment.answer.law.paragraphs)

    @property
    def requirements(self) -> list[str]:
        """The provisions that require a license, by id; `citations` resolves them."""
        return list(self.moment.answer.law.requirements)

    @property
    def exceptions(self) -> list[dict[str, Any]]:
        """The exceptions and authorizations that overcome every requirement, each with its conditions."""
        return list(self.moment.once(trace.exceptions))

    @property
    def closed_exceptions(self) -> list[dict[str, Any]]:
        """The exceptions that would lift a requirement by their own terms, each with the bars that close it."""
        return list(self.moment.once(trace.closed_exceptions))

    @property
    def policies(self) -> list[dict[str, Any]]:
        """The review policy of each requirement, and the provisions that say so."""
        return [{"requirement": r, "review_policy": p, "by": list(by)} for r, p, by in self.moment.answer.law.policies]

    @property
    def turns_on(self) -> list[str]:
        """The unknown facts that decide; supplying them settles the answer."""
        return list(self.moment.answer.turns_on)

    @property
    def settle(self) -> list[Settlement]:
        """How to settle each of those facts: the option to write, and in which case it is the right one."""
        return list(self.moment.once(trace.settlements))

    @property
    def cases(self) -> list[Branch]:
        """The answer in each way in which those facts could fall."""
        return list(self.moment.answer.cases)

    @property
    def holds(self) -> tuple[date | None, date | None]:
        """First and last day of this outcome, policy and standing; None where no day is known."""
        return self.moment.holds

    @property
    def previous(self) -> Change | None:
        """What the answer was before `holds`, and the provisions that changed it."""
        return self.moment.previous

    @property
    def next(self) -> Change | None:
        """What it becomes after `holds`, and the provisions that change it."""
        return self.moment.next

    @property
    def transaction(self) -> dict[str, Any]:
        """What was asked, as it was resolved."""
        return trace.transaction(self.moment)

    @property
    def assumptions(self) -> list[Assumption]:
        """What was assumed; each says what the answer would be if it were otherwise, where that differs."""
        return list(self.moment.once(assumptions.assumptions))

    @property
    def variants(self) -> list[str]:
        """The variants that a family name covered on the day."""
        return list(self.moment.answer.asked)

    @property
    def findings(self) -> list[Finding]:
        """The whole trace: every provision in force, every row and test with value, bound, truth and source."""
        return list(self.moment.once(trace.findings))

    @property
    def margin(self) -> list[Margin]:
        """How far each decisive number is from the bound that it meets or misses."""
        return list(self.moment.once(trace.margins))

    @property
    def as_printed_outcome(self) -> str | None:
        """What the printed text says, where that differs from what is enforced."""
        return self.moment.once(assumptions.other_layer)

    @property
    def notices(self) -> list[str]:
        """What a careful lawyer would add."""
        return list(self.moment.once(notices.notices))

    @property
    def next_steps(self) -> list[NextStep]:
        """The two or three steps that follow: what to find out, to obtain, to apply for; never more than the record."""
        return list(self.moment.once(next_steps))

    @property
    def citations(self) -> list[Citation]:
        """The sources: cite, official address, evidence (`published`, `disclosed`, `reported`)."""
        return list(self.moment.once(trace.citations))

    @property
    def attestations(self) -> list[dict[str, Any]]:
        """Who verified the law of a day beyond the edition's own, where the standing is `attested`."""
        return tables(self.timeline.vouching(self.on)) if self.standing == "attested" else []

    @property
    def ruleset(self) -> dict[str, str]:
        """Edition, how far it was verified, and SHA-256 over every data file that was read, overlays included.

        `text_read` is the day of the codified text that was read, `register_swept` the day through which the Federal
        Register was searched; `verified_through` is the earlier one.
        """
        used = self.timeline.ruleset
        return {
            "edition": used.edition.edition,
            "verified_through": used.edition.verified_through.isoformat(),
            "text_read": used.edition.text_read.isoformat(),
            "register_swept": used.edition.register_swept.isoformat(),
            "sha256": used.digest,
        }

    def to_dict(self) -> dict[str, Any]:
        """The whole determination as plain data, as `docs/schema/determination.schema.json` describes it."""
        return trace.as_dict(self)

    def to_json(self, indent: int | None = 2) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def explain(self) -> str:
        """The whole trace as text."""
        from exportrules.render.explanation import explanation

        return explanation(self)


# the slots' own setters: a determination refuses every other way of being changed
_set_timeline: Callable[[Determination, Timeline], None] = Determination.timeline.__set__  # type: ignore[attr-defined, misc]
_set_day: Callable[[Determination, date], None] = Determination.on.__set__  # type: ignore[attr-defined, misc]
_set_moment: Callable[[Determination, Moment], None] = Determination._moment.__set__  # type: ignore[attr-defined, misc]


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
    deal = Deal(
        to, exporter, activity, headquarters, ultimate_parent, end_user, () if parties is None else several(parties),
        several(not_listed) or (), tuple(end_use) if isinstance(end_use, list) else end_use, facts, known_on,
        as_printed,
    )  # fmt: skip
    return Determination(_timeline(ruleset or default_ruleset(), chip, deal), on if type(on) is date else read_date(on))


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
    deal = Deal(
        to, exporter, activity, headquarters, ultimate_parent, end_user, () if parties is None else several(parties),
        several(not_listed) or (), tuple(end_use) if isinstance(end_use, list) else end_use, facts, known_on,
        as_printed,
    )  # fmt: skip
    return _timeline(ruleset or default_ruleset(), chip, deal)


def _timeline(law: Ruleset, chip: str | Variant | None, deal: Deal) -> Timeline:
    """The timeline of a question, remembered under what was written: asking again takes a microsecond."""
    try:
        key = (chip, *deal.key())
        known = law.memory.get(key)
    except TypeError:  # something cannot be hashed: it is asked anew, or refused with the reason
        return Timeline(law, resolve(law, chip, deal))
    if type(known) is Timeline:
        return known
    made = Timeline(law, resolve(law, chip, deal))
    law.memory.keep(key, made)
    return made


def _again(asked: dict[str, Any], on: date, digest: str, origin: Origin) -> Determination:
    """The answer of a pickle, asked again. Raises RulesetError where the data are not those it was given by."""
    law = default_ruleset()
    if law.digest != digest:
        law = _loaded(origin)
    if law.digest != digest:
        raise RulesetError(
            "rulesets",
            "a pickled determination was given by other rule files than those found here. Keep receipts to compare "
            "answers across editions: exportrules receipt.",
        )
    question = dict(asked)
    return check(question.pop("chip", None), on=on, ruleset=law, **question)


@cache
def _loaded(origin: Origin) -> Ruleset:
    path, overlays = origin
    return load_ruleset(path, overlays)
