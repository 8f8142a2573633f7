"""What an answer is made of. Plain immutable objects; their parts are computed when asked for."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from exportrules.engine.evaluate import Law
from exportrules.engine.unknowns import Branch
from exportrules.law.model import Policy

OUTCOMES = ("no_license_requirement", "license_exception", "license_required", "not_released", "indeterminate")
STANDINGS = (
    "verified", "attested", "unannounced", "before_coverage", "beyond_horizon", "destination_not_encoded",
)  # fmt: skip

#: Standings under which the encoded law is an answer: the edition or an attestor verified it, and the chip may
#: be one that its maker never announced.
DEFINITE = ("verified", "attested", "unannounced")


class Projection(NamedTuple):
    """What the encoded law says all the same, where the answer itself may not rest on it."""

    outcome: str
    review_policy: Policy | None


class Answer(NamedTuple):
    """The shared answer of one span of days."""

    outcome: str
    review_policy: Policy | None
    standing: str
    law: Law
    projection: Projection | None = None
    turns_on: tuple[str, ...] = ()
    cases: tuple[Branch, ...] = ()
    asked: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def decision(self) -> tuple[str, Policy | None, str]:
        """What `holds` runs over: outcome, review policy, standing."""
        return self.outcome, self.review_policy, self.standing


class Change(NamedTuple):
    """A day on which the answer changes, what it becomes (or was), and what did it."""

    date: date
    outcome: str
    review_policy: Policy | None
    standing: str
    by: tuple[str, ...]


class TestTrace(NamedTuple):
    """One test as it was read: the fact's value and source, the bound, the truth."""

    fact: str
    op: str
    bound: Any
    value: Any
    source: str
    truth: str


class RowTrace(NamedTuple):
    paragraph: str
    truth: str
    tests: tuple[TestTrace, ...]


class Finding(NamedTuple):
    """One provision in force, with every row and every carve-out.

    `closed_by` are the bars that close an exception which holds by its own terms.
    """

    provision: str
    kind: str
    title: str
    cite: str
    truth: str
    when: tuple[RowTrace, ...]
    unless: tuple[RowTrace, ...]
    certain: bool
    subject: str = ""
    closed_by: tuple[str, ...] = ()


class Citation(NamedTuple):
    """Where an answer rests. `code_url` is the text of the Code as it stood on the day asked about."""

    provision: str
    role: str
    title: str
    cite: str
    url: str
    code_url: str
    evidence: str
    quote: str = ""
    conditions: tuple[str, ...] = ()


class Otherwise(NamedTuple):
    """What the answer would be if an assumption were wrong."""

    value: str
    outcome: str
    review_policy: Policy | None


class Assumption(NamedTuple):
    """A fact that nobody supplied, the value taken for it, and the other values that would matter."""

    fact: str
    value: Any
    says: str
    otherwise: tuple[Otherwise, ...] = ()


class Settlement(NamedTuple):
    """How to settle a fact that an answer turns on: a case, the value in that case, and the option to write."""

    fact: str
    case: str
    value: str
    option: str


class Margin(NamedTuple):
    """How far a number is from the nearest line that the law of the day draws for it."""

    fact: str
    value: Any
    op: str
    bound: Any
    provision: str
    percent: str
    subject: str = ""
