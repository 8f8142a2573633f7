"""The answer to one question, and the functions that return it: :func:`check` and :func:`timeline`.

A determination is cheap to create: a day and a reference to its timeline. Its parts are computed
on access.
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
from exportrules.question.deal import Deal, key_of, several
from exportrules.question.question import resolve
from exportrules.question.values import read_date


class Determination:
    """The law's answer for one deal on one day. Immutable, and without a truth value."""

    __slots__ = ("_moment", "on", "timeline")

    def __init__(self, timeline: Timeline, on: date) -> None:
        _set_timeline(self, timeline)
        _set_day(self, on)

    on: date
    timeline: Timeline
    _moment: Moment

    @property
    def moment(self) -> Moment:
        """The day of the timeline, from which each part of the answer is computed once."""
        try:
            return self._moment
        except AttributeError:
            _set_moment(self, Moment(self.timeline, self.on))
            return self._moment

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a determination cannot be changed; ask another question.")

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"a determination has no truth value: its outcome is {self.outcome!r}. Compare .outcome with the one "
            "that you mean, such as 'no_license_requirement'."
        )

    def __eq__(self, other: object) -> bool:
        """Two answers are equal if question, day and data are equal."""
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
        """A pickle stores the question and the digest of the data; loading it asks the same data again."""
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
        """The strictest policy under which an application would be reviewed; None if no license is required."""
        timeline = self.timeline
        return timeline.answers[bisect_right(timeline.starts, self.on) - 1].review_policy

    @property
    def standing(self) -> str:
        """`verified`, `attested`, `before_coverage`, `beyond_horizon`, `destination_not_encoded` or `unannounced`.

        The answer for an unannounced chip, one that its maker never announced, rests on reported figures.
        """
        return self.moment.answer.standing

    @property
    def projection(self) -> Projection | None:
        """The encoded law's own answer, if `outcome` may not rest on it alone (see `standing`); else None."""
        return self.moment.answer.projection

    @property
    def eccn(self) -> list[str]:
        """The AI-chip entries whose parameters are met, e.g. `3A090.a`. Not a classification ruling for a board."""
        return list(self.moment.answer.law.eccn)

    @property
    def eccn_paragraphs(self) -> list[str]:
        """The paragraphs of these entries that are met, e.g. `a.1`."""
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
        """The review policy of each requirement, and the provisions that set it."""
        return [{"requirement": r, "review_policy": p, "by": list(by)} for r, p, by in self.moment.answer.law.policies]

    @property
    def turns_on(self) -> list[str]:
        """The unknown facts that decide; supplying them settles the answer."""
        return list(self.moment.answer.turns_on)

    @property
    def settle(self) -> list[Settlement]:
        """How to settle each fact of `turns_on`: the option to write, and the case in which it is right."""
        return list(self.moment.once(trace.settlements))

    @property
    def cases(self) -> list[Branch]:
        """The answer for each combination of values of the facts in `turns_on`."""
        return list(self.moment.answer.cases)

    @property
    def holds(self) -> tuple[date | None, date | None]:
        """The first and last day of this outcome, policy and standing; None if there is no such day."""
        return self.moment.holds

    @property
    def previous(self) -> Change | None:
        """The answer before `holds`, and the provisions that changed it."""
        return self.moment.previous

    @property
    def next(self) -> Change | None:
        """The answer after `holds`, and the provisions that change it."""
        return self.moment.next

    @property
    def transaction(self) -> dict[str, Any]:
        """The question as it was resolved."""
        return trace.transaction(self.moment)

    @property
    def assumptions(self) -> list[Assumption]:
        """The assumptions of the answer, each with the other values that would change it."""
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
        """The distance of each decisive number from the bound that it meets or misses."""
        return list(self.moment.once(trace.margins))

    @property
    def as_printed_outcome(self) -> str | None:
        """The outcome under the text as printed, if it differs from the law as enforced (or the reverse); else None."""
        return self.moment.once(assumptions.other_layer)

    @property
    def notices(self) -> list[str]:
        """Remarks that a careful lawyer would add."""
        return list(self.moment.once(notices.notices))

    @property
    def next_steps(self) -> list[NextStep]:
        """At most three next steps: something to find out, to obtain or to apply for, each based on the answer."""
        return list(self.moment.once(next_steps))

    @property
    def citations(self) -> list[Citation]:
        """The sources: cite, official address, evidence (`published`, `disclosed`, `reported`)."""
        return list(self.moment.once(trace.citations))

    @property
    def attestations(self) -> list[dict[str, Any]]:
        """The attestations that cover the day, if the standing is `attested`."""
        return tables(self.timeline.vouching(self.on)) if self.standing == "attested" else []

    @property
    def ruleset(self) -> dict[str, str]:
        """The edition, the day through which it was verified, and the SHA-256 of all data files, overlays included.

        `text_read` is the date of the codified text that was read, `register_swept` the day through which the Federal
        Register was searched; `verified_through` is the earlier of the two.
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
        """The whole determination as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def explain(self) -> str:
        """The whole trace as text."""
        from exportrules.render.explanation import explanation

        return explanation(self)


# the setters of the slots themselves, since `__setattr__` refuses every change
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

    `on` is a `date` (or ISO text; a `datetime` is refused). An omitted term takes its default, which
    the answer reports: an export to China by the maker, to an unlisted civil buyer with its
    headquarters in the country of destination, or in the country that the data give for a known
    party. A name similar to that of a listed party, or of a letter's addressee, leaves the answer
    open where it matters; `not_listed` are names of buyers declared not to be the listed party.
    Raises QuestionError for a term that cannot be read.
    """
    terms = (
        to, exporter, activity, headquarters, ultimate_parent, end_user, several(parties),
        several(not_listed), tuple(end_use) if isinstance(end_use, list) else end_use, facts, known_on,
        as_printed,
    )  # fmt: skip
    made = _timeline(ruleset or default_ruleset(), chip, terms)
    return Determination(made, on if type(on) is date else read_date(on))


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
    terms = (
        to, exporter, activity, headquarters, ultimate_parent, end_user, several(parties),
        several(not_listed), tuple(end_use) if isinstance(end_use, list) else end_use, facts, known_on,
        as_printed,
    )  # fmt: skip
    return _timeline(ruleset or default_ruleset(), chip, terms)


def _timeline(law: Ruleset, chip: str | Variant | None, terms: tuple[Any, ...]) -> Timeline:
    """The timeline of a question, cached by its terms as written: asking again takes a microsecond.

    `terms` are the fields of a deal in order; the deal itself is built only for a new question.
    """
    try:
        key = chip, key_of(terms)
        known = law.memory.get(key)
    except TypeError:  # an unhashable term: resolve it without the cache, or refuse it with the reason
        return Timeline(law, resolve(law, chip, Deal(*terms)))
    if type(known) is Timeline:
        return known
    new = Timeline(law, resolve(law, chip, Deal(*terms)))
    law.memory.keep(key, new)
    return new


def _again(question: dict[str, Any], on: date, digest: str, origin: Origin) -> Determination:
    """Load a pickle by asking its question again. Raises RulesetError if the data differ from those of the pickle."""
    law = default_ruleset()
    if law.digest != digest:
        law = _loaded(origin)
    if law.digest != digest:
        raise RulesetError(
            "rulesets",
            "a pickled determination rests on rule files that differ from those here. Keep receipts to compare answers "
            "across editions: exportrules receipt.",
        )
    terms = dict(question)
    return check(terms.pop("chip", None), on=on, ruleset=law, **terms)


@cache
def _loaded(origin: Origin) -> Ruleset:
    path, overlays = origin
    return load_ruleset(path, overlays)
