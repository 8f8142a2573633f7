"""The parts of an answer: plain immutable tuples."""

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

#: Standings under which the encoded law gives the answer: it was verified by the edition or by an attestation. The
#: chip may be one that its maker never announced.
DEFINITE = ("verified", "attested", "unannounced")


class Projection(NamedTuple):
    """The encoded law's own answer, if the reported answer may not rest on it alone."""

    outcome: str
    review_policy: Policy | None


class Answer(NamedTuple):
    """The answer shared by a span of days."""

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
        """Outcome, review policy and standing, which are constant over `holds`."""
        return self.outcome, self.review_policy, self.standing


class Change(NamedTuple):
    """A day on which the answer changes, the answer after (or before) it, and the provisions that changed it."""

    date: date
    outcome: str
    review_policy: Policy | None
    standing: str
    by: tuple[str, ...]


class TestTrace(NamedTuple):
    """One test as evaluated: the fact's value and source, the bound, the truth."""

    fact: str
    op: str
    bound: Any
    value: Any
    source: str
    truth: str


class RowTrace(NamedTuple):
    """One row as evaluated: its paragraph, its truth and its tests."""

    paragraph: str
    truth: str
    tests: tuple[TestTrace, ...]


class Finding(NamedTuple):
    """One provision in force, with every row of `when` and `unless`.

    `closed_by` are the bars that close an exception whose own terms hold.
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
    """A source of an answer. `code_url` is the address of the Code's text as of the day of the question."""

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
    """The answer for another value of an assumed fact."""

    value: str
    outcome: str
    review_policy: Policy | None


class Assumption(NamedTuple):
    """A fact that was not supplied, its assumed value, and the other values that would change the answer."""

    fact: str
    value: Any
    says: str
    otherwise: tuple[Otherwise, ...] = ()


class Settlement(NamedTuple):
    """A way to settle a fact on which an answer turns: a case, the value in that case, and the option to write."""

    fact: str
    case: str
    value: str
    option: str


class Margin(NamedTuple):
    """The distance of a number from the nearest bound in the law of the day."""

    fact: str
    value: Any
    op: str
    bound: Any
    provision: str
    percent: str
    subject: str = ""
