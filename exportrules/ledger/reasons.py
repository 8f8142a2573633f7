"""Explains the answer to a row in plain sentences: why, under which provision, and what would settle it.

Nothing is decided here: every sentence describes a segment that the evaluator has answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple, cast

from exportrules.answer.next_steps import REVIEWED
from exportrules.answer.trace import cite_of
from exportrules.answer.words import POLICY, capitalised, day_of, fact_name, listed, open_question
from exportrules.law.model import Instrument, Policy, Provision
from exportrules.law.paragraphs import code_url
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.answers import NOT_AN_AI_CHIP, Segment

_NAMES = {
    "end_user": "Say in a names file whom the name means: the listed party's exact name, or 'not listed'.",
    "parties": "Say in a names file whom the name means: the listed party's exact name, or 'not listed'.",
    "exporter": "Say in a names file who it is: the addressee's exact name, or 'other'.",
    "variant": "Write the exact variant or part number in place of the family's name.",
}


class Authority(NamedTuple):
    """A provision that an answer rests on: title, citation, address in the Code of that day and of the document."""

    title: str
    cite: str
    code_url: str
    url: str
    kind: str
    name: str = ""
    conditions: tuple[str, ...] = ()
    provision: str = ""


class Reasons:
    """Sentences about the answers of one ruleset."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._law = ruleset

    def authorities(self, segment: Segment, on: date | None) -> list[Authority]:
        """The provisions of an answer, requirements first; `code_url` leads to the Code as it read on that day."""
        provisions = ((name, self._law.provisions.get(name)) for name in segment.provisions.split())
        return [self._authority(name, *pair, on) for name, pair in provisions if pair]

    def _authority(self, id_: str, provision: Provision, instrument: Instrument, on: date | None) -> Authority:
        code = code_url(provision.paragraph, on) if on else ""
        cite = cite_of(provision, instrument)
        return Authority(
            provision.title, cite, code, provision.url, provision.kind, provision.name, provision.conditions, id_
        )

    def why(self, segment: Segment, chip: str, place: str, on: date | None) -> str:
        """The answer in one or two sentences."""
        day = f" on {day_of(on)}" if on else ""
        deal = f"{chip or 'The item'} to {place or 'its destination'}"
        authorities = self.authorities(segment, on)
        if segment.outcome == "license_required":
            under = listed([f"{a.title} ({a.cite})" for a in authorities if a.kind == "requirement"], "; ")
            reviewed = REVIEWED[cast("Policy", segment.review_policy or "indeterminate")]
            return f"{deal} needed a license{day}: {under}. Applications were reviewed {reviewed}."
        if segment.outcome == "license_exception":
            names = listed(dict.fromkeys(a.name or a.title for a in authorities if a.kind != "requirement"))
            return f"{deal} needed no license{day} if every condition of {names} was met; otherwise it did."
        if segment.outcome == "not_released":
            return f"{chip or 'The chip'} was not public{day}: the day is wrong, or it was a sample."
        if segment.outcome == "no_license_requirement":
            return f"No license requirement was found in the encoded law for {deal}{day}."
        if segment.outcome == NOT_AN_AI_CHIP:
            return "Not an AI chip, as declared; its own classification was not examined."
        return " ".join(self.open(segment, on)) or f"The encoded law does not settle {deal}{day}."

    def open(self, segment: Segment, on: date | None) -> Iterator[str]:
        """The questions that leave an answer open, as sentences."""
        edition = self._law.edition
        if segment.outcome == "not_released":
            yield "The chip was not public on that day: the day is wrong, or it was a sample."
            return
        if segment.standing == "before_coverage":
            yield f"The day is before the encoded law begins, {day_of(edition.covers_from)}."
        elif segment.standing == "beyond_horizon":
            yield f"The day is after the last day for which the law was verified, {day_of(edition.verified_through)}."
        elif segment.standing == "destination_not_encoded":
            yield "The law for this destination is not encoded."
        for fact in segment.turns_on.split():
            text = self._question(fact)
            yield capitalised(text)
        if not segment.turns_on and segment.standing not in ("before_coverage", "beyond_horizon",
                                                             "destination_not_encoded"):  # fmt: skip
            yield "Law that may apply here is known and not encoded: `exportrules check` on this row names it."

    def _question(self, fact: str) -> str:
        if fact.startswith("not_encoded#"):
            return "law that is known to apply here is not encoded."
        return open_question(self._law, fact)

    def settle(self, segment: Segment) -> str:
        """The change to the ledger or the names file after which the row is answered."""
        if segment.outcome == "not_released":
            return "Check the day of export, and which chip it was."
        if segment.standing == "beyond_horizon":
            return "Ask again with an edition that is verified through that day."
        if segment.standing in ("before_coverage", "destination_not_encoded"):
            return "Look the law up: this program does not have it."
        return " ".join(dict.fromkeys(self._way(fact) for fact in segment.turns_on.split()))

    def _way(self, fact: str) -> str:
        if fact in _NAMES:
            return _NAMES[fact]
        if fact in self._law.facts or fact in ("headquarters", "ultimate_parent"):
            return f"Add a column {fact!r} that says it ({fact_name(self._law, fact)})."
        return "Counsel has to read the provision: how far it reaches is not settled by its text."

    def policy(self, segment: Segment) -> str:
        return POLICY.get(segment.review_policy, "")
