"""Compare claims with the law: an implied answer agrees, is contradicted, or is not decided.

A claim about several sellers or chips may agree for some of them and be contradicted for others: it holds in part.
A claim that implies no answer is answered but not judged. Undetermined days count neither for nor against a claim.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from exportrules.answer.result import DEFINITE
from exportrules.answer.words import decision
from exportrules.law.ruleset import Ruleset
from exportrules.study.casebook import (
    Casebook,
    Claim,
    Days,
    Reply,
    concerns,
    first_day_required,
    first_day_text,
    replies,
)

AGREES, PARTLY, CONTRADICTED, NOT_DECIDED = "agrees", "partly", "contradicted", "not decided"


class Judgement(NamedTuple):
    """The verdict on what a claim implies and, unless it agrees, the days and the provisions that decide."""

    verdict: str
    because: str


class Counts(NamedTuple):
    """The number of claims that imply an answer, by verdict, and of those that imply none."""

    agree: int
    partly: int
    contradicted: int
    not_decided: int
    silent: int


def verdict(reply: Reply) -> Judgement | None:
    """The verdict on one answer; None if the claim implies nothing, or nothing for the exporter of the question."""
    claim = reply.claim
    if claim.implies is None or not concerns(claim, reply.question):
        return None
    against = [days for days in reply.days if _decided(days) and not _fits(claim, days)]
    if against:
        return Judgement(CONTRADICTED, "; ".join(_against(reply, days) for days in against))
    since = _since(reply)
    if since and since.verdict == CONTRADICTED:
        return since
    unsure = [days for days in reply.days if not _decided(days)]
    if unsure:
        return Judgement(NOT_DECIDED, "; ".join(_unsure(days) for days in unsure))
    return since or Judgement(AGREES, "")


def deciding_day(reply: Reply, judged: Judgement | None) -> date:
    """A day of the claim that shows the verdict: the first that contradicts it, or leaves it open, else the first."""
    claim = reply.claim
    if judged and judged.verdict == CONTRADICTED:
        against = (days.first for days in reply.days if _decided(days) and not _fits(claim, days))
        return next(against, first_day_required(reply.timeline, claim.last).day or claim.implies_since or claim.first)
    if judged and judged.verdict == NOT_DECIDED:
        return next((days.first for days in reply.days if not _decided(days)), claim.first)
    return claim.implies_since or claim.first


def verdict_of_claim(verdicts: Iterable[Judgement | None]) -> str:
    """The verdict on a claim; '' if there is none. PARTLY: some answers agree with it, and others contradict it."""
    words = {judged.verdict for judged in verdicts if judged}
    if words >= {AGREES, CONTRADICTED}:
        return PARTLY
    return next((word for word in (CONTRADICTED, NOT_DECIDED, AGREES) if word in words), "")


def counts(book: Casebook, law: Ruleset) -> Counts:
    """The claims of a casebook, by verdict."""
    return counted(book, ((reply.claim, verdict(reply)) for reply in replies(book, law)))


def counted(book: Casebook, judged: Iterable[tuple[Claim, Judgement | None]]) -> Counts:
    """The claims of a casebook, by verdicts that are already known."""
    by_claim: dict[str, list[Judgement | None]] = {claim.id: [] for claim in book.claim}
    for claim, reached in judged:
        by_claim[claim.id].append(reached)
    number = Counter(verdict_of_claim(reached) for reached in by_claim.values())
    return Counts(number[AGREES], number[PARTLY], number[CONTRADICTED], number[NOT_DECIDED], number[""])


def _decided(days: Days) -> bool:
    answer = days.span.answer
    return answer.standing in DEFINITE and answer.outcome not in ("indeterminate", "not_released")


def _fits(claim: Claim, days: Days) -> bool:
    answer = days.span.answer
    policy = claim.implies_policy in (None, answer.review_policy) or answer.review_policy == "indeterminate"
    return answer.outcome == claim.implies and policy


def _against(reply: Reply, days: Days) -> str:
    """The reason why some days contradict the claim: the provisions that hold then, or those that begin later."""
    answer = days.span.answer
    message = f"{_days(days.first, days.last)}: {decision(answer.outcome, answer.review_policy)}"
    if answer.outcome == "license_exception":
        return f"{message} by {', '.join(answer.law.exceptions)}"
    if answer.outcome == "license_required":
        return f"{message} by {', '.join(days.requirements)}"
    later = first_day_required(reply.timeline, reply.timeline.ruleset.horizon)
    if later.required and later.day and later.day > days.last:
        return f"{message}; first required on {later.day} by {', '.join(later.opened_by)}"
    return message


def _since(reply: Reply) -> Judgement | None:
    """The verdict on the first day that a claim implies."""
    implied = reply.claim.implies_since
    if implied is None:
        return None
    first = first_day_required(reply.timeline, reply.claim.last)
    if first.required and first.day == implied and first.undetermined_from is None:
        return Judgement(AGREES, "")
    if first.undetermined_from and first.undetermined_from <= implied and (not first.day or implied <= first.day):
        return Judgement(NOT_DECIDED, f"undetermined from {first.undetermined_from} on")
    by = f" by {', '.join(first.opened_by)}" if first.opened_by else ""
    return Judgement(CONTRADICTED, f"first required: {first_day_text(first)}{by}, not {implied}")


def _unsure(days: Days) -> str:
    answer = days.span.answer
    turns = f", turning on {', '.join(answer.turns_on)}" if answer.turns_on else ""
    standing = "" if answer.standing in DEFINITE else f" ({answer.standing.replace('_', ' ')})"
    return f"{_days(days.first, days.last)}: {decision(answer.outcome, answer.review_policy)}{standing}{turns}"


def _days(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} through {last}"


def rows(book: Casebook, law: Ruleset) -> list[dict[str, Any]]:
    """One row for each span of each answer: the claim, the resolved question, the days, the answer, the verdict.

    Every value is a string; days are ISO 8601; values that do not apply are empty. `holds_from` is
    empty if an answer has no known first day, `holds_through` if it has no known last day.
    """
    return [_row(book, reply, days, verdict(reply)) for reply in replies(book, law) for days in reply.days]


def _row(book: Casebook, reply: Reply, days: Days, judged: Judgement | None) -> dict[str, Any]:
    claim, question, answer, first = reply.claim, reply.timeline.question, days.span.answer, reply.first
    return {
        "casebook": book.id,
        "claim": claim.id,
        "says": claim.says,
        "chip": question.label,
        "question": reply.question.label,
        "to": question.to,
        "exporter": question.exporter or "",
        "activity": question.activity,
        "layer": "as_printed" if question.as_printed else "as_enforced",
        "from": str(days.first),
        "through": str(days.last),
        "outcome": answer.outcome,
        "review_policy": answer.review_policy or "",
        "standing": answer.standing,
        "implies": claim.implies or "",
        "implies_policy": claim.implies_policy or "",
        "implies_since": str(claim.implies_since or ""),
        "implies_for": claim.implies_for if claim.implies else "",
        "verdict": judged.verdict if judged else "",
        "because": judged.because if judged else "",
        "turns_on": " ".join(answer.turns_on),
        "opened_by": " ".join(days.span.opened_by),
        "requirements": " ".join(days.requirements),
        "holds_from": str(days.span.start or ""),
        "holds_through": str(days.span.last or ""),
        "notices": " | ".join(days.notices),
        "first_day_required": first_day_text(first) if first else "",
        "first_day_opened_by": " ".join(first.opened_by) if first else "",
        "undetermined_from": str(first.undetermined_from or "") if first else "",
        "publisher": claim.source.publisher,
        "published": str(claim.source.published),
        "by_way_of": claim.by_way_of.publisher if claim.by_way_of else "",
        "url": claim.source.url or (claim.by_way_of.url if claim.by_way_of else ""),
    }
