"""The JSON Schema of a determination.

`exportrules schema` prints it; `docs/schema/determination.schema.json` is a copy, and a test compares
the two with real output.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from exportrules.law.model import Evidence, Policy

Outcome = Literal["no_license_requirement", "license_exception", "license_required", "not_released", "indeterminate"]
Standing = Literal[
    "verified", "attested", "unannounced", "before_coverage", "beyond_horizon", "destination_not_encoded"
]
Truth = Literal["false", "unknown", "true"]
Day = str
#: A figure of which only bounds are known is an object: {"at_least": 5.92}.
Value = bool | int | float | str | list[Any] | dict[str, int | float] | None


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ExceptionShape(_Shape):
    provision: str
    name: str
    conditions: list[str]
    may_be_refused: bool = Field(description="true if BIS, once notified, may refuse it")


class ClosedExceptionShape(_Shape):
    provision: str
    name: str
    bars: list[str] = Field(description="the provisions that close it")


class PolicyShape(_Shape):
    requirement: str
    review_policy: Policy
    by: list[str]


class TestShape(_Shape):
    fact: str
    op: Literal["is", "in", "in_group", "ge", "gt", "le", "lt"]
    bound: Value
    value: Value
    source: str
    truth: Truth


class RowShape(_Shape):
    paragraph: str
    truth: Truth
    tests: list[TestShape]


class FindingShape(_Shape):
    provision: str
    kind: str
    title: str
    cite: str
    truth: Truth
    when: list[RowShape]
    unless: list[RowShape]
    certain: bool
    subject: str = Field(description="the variant, if a family was asked about")
    closed_by: list[str] = Field(description="the bars that close an exception whose own terms hold")


class TransactionShape(_Shape):
    chip: str
    family: str | None
    on: Day
    to: str
    exporter: str | None
    activity: str
    headquarters: str
    ultimate_parent: str
    end_user: str | None
    parties: list[str]
    listed_parties: list[str]
    near_parties: list[str] = Field(description="listed parties with a name similar to one in the question")
    not_listed: list[str] = Field(description="names that were declared not to be a listed party")
    end_use: list[str] = Field(description="one or more; empty if given as unknown")
    facts: dict[str, Value]
    known_on: Day | None
    as_printed: bool
    defaulted: list[str]


class OtherwiseShape(_Shape):
    value: str
    outcome: Outcome
    review_policy: Policy | None


class AssumptionShape(_Shape):
    fact: str
    value: Value
    says: str
    otherwise: list[OtherwiseShape]


class SettlementShape(_Shape):
    fact: str
    case: str
    value: str
    option: str = Field(description="what to write on the command line in that case")


class CaseShape(_Shape):
    conditions: list[list[str]] = Field(description="pairs of an unknown fact and its range of values")
    outcome: Outcome
    review_policy: Policy | None


class MarginShape(_Shape):
    fact: str
    value: Value
    op: str
    bound: Value
    provision: str
    percent: str
    subject: str


class ChangeShape(_Shape):
    date: Day
    outcome: Outcome
    review_policy: Policy | None
    standing: Standing
    by: list[str]


class ProjectionShape(_Shape):
    outcome: Outcome
    review_policy: Policy | None


class CitationShape(_Shape):
    provision: str
    role: str
    title: str
    cite: str
    url: str
    code_url: str = Field(description="address of the section's text as of the day of the question")
    evidence: Evidence
    quote: str
    conditions: list[str]


class NextStepShape(_Shape):
    kind: Literal["verify", "read", "correct", "screen", "ask", "certify", "apply", "confirm", "wait"]
    says: str
    how: list[str] = Field(description="how to enter the result, or what the step consists of")
    provisions: list[str] = Field(description="the provisions from which the step follows")


class AttestationShape(_Shape):
    by: str
    on: Day
    through: Day
    note: str
    provisions: list[str] | None = Field(description="null: all of the law is attested")


class RulesetShape(_Shape):
    edition: str
    verified_through: Day = Field(description="the earlier of text_read and register_swept")
    text_read: Day = Field(description="date of the codified text that was read")
    register_swept: Day = Field(description="day through which the Federal Register was searched")
    sha256: str


class DeterminationShape(_Shape):
    """One determination. Dates are ISO 8601 days in Washington, D.C.; null is "none" or "not known"."""

    outcome: Outcome
    review_policy: Policy | None
    eccn: list[str]
    eccn_paragraphs: list[str]
    requirements: list[str]
    exceptions: list[ExceptionShape]
    closed_exceptions: list[ClosedExceptionShape] = Field(
        description="exceptions that would lift a requirement by their own terms, with the bars that close them"
    )
    policies: list[PolicyShape]
    findings: list[FindingShape]
    transaction: TransactionShape
    assumptions: list[AssumptionShape]
    variants: list[str]
    turns_on: list[str]
    settle: list[SettlementShape] = Field(description="how to settle the facts in turns_on")
    cases: list[CaseShape]
    margin: list[MarginShape]
    holds: list[Day | None] = Field(min_length=2, max_length=2, description="first and last day")
    previous: ChangeShape | None
    next: ChangeShape | None
    standing: Standing
    attestations: list[AttestationShape] = Field(
        description="the attestations of the law of the day, if it is attested"
    )
    projection: ProjectionShape | None
    as_printed_outcome: Outcome | None
    notices: list[str]
    next_steps: list[NextStepShape] = Field(description="the next steps, the most pressing first")
    citations: list[CitationShape]
    ruleset: RulesetShape


def determination_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `Determination.to_json()`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **DeterminationShape.model_json_schema()}


class VectorShape(_Shape):
    """One conformance vector: a question with its answer. See docs/vectors.md."""

    question: str = Field(default="", description="in plain language, if it is one of a sample")
    edition: str = Field(description="of the ruleset that answered")
    chip: str = Field(description="the id of a chip file's variant")
    to: str = Field(description="ISO 3166 code of the destination")
    exporter: Literal["maker", "other"] = Field(description="the chip's own vendor, or nobody with a public letter")
    headquarters: str = Field(description="ISO 3166 code: where the buyer and its ultimate parent are headquartered")
    on: Day = Field(description="the day of an export for civil use, ISO 8601, in Washington, D.C.")
    outcome: Outcome
    review_policy: Policy | None
    requirements: list[str] = Field(description="ids of the provisions that require, or would but for an exception")
    citations: list[str] = Field(description="of the requirements, in their order")


def vector_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one line of `exportrules vectors`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **VectorShape.model_json_schema()}
