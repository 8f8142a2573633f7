"""The JSON Schemas of answers other than a determination (see :mod:`exportrules.answer.schema`)."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from exportrules.answer.schema import (
    Day,
    FindingShape,
    Outcome,
    RulesetShape,
    Standing,
    TransactionShape,
    Value,
)
from exportrules.law.model import Evidence, Policy

#: The fields that every determination has, whatever parts were requested: an outcome alone would be a bare yes.
ALWAYS = ("outcome", "review_policy", "standing", "turns_on", "holds", "ruleset")


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class WayShape(_Shape):
    case: str = Field(description="in which case this is the right thing to add")
    write: dict[str, Any] = Field(description="what to add to the request")


class AskShape(_Shape):
    """Something to ask the user."""

    fact: str
    question: str
    decides: bool = Field(description="true: without it there is no answer; false: an assumption that matters")
    ways: list[WayShape]


class SpokenShape(_Shape):
    """An answer for an assistant: sentences to quote whole, and what to ask the user."""

    sentences: list[str] = Field(description="the answer, its law, its days, its assumptions and its horizon")
    ask: list[AskShape]


class SpanShape(_Shape):
    start: Day | None = Field(description="first day; null if there is no known day")
    last: Day | None
    outcome: Outcome
    review_policy: Policy | None
    standing: Standing
    turns_on: list[str]
    opened_by: list[str]


class TimelineShape(_Shape):
    """Every span of one answer."""

    asked: str
    spans: list[SpanShape]
    ruleset: RulesetShape


class CellShape(_Shape):
    on: Day
    outcome: Outcome
    review_policy: Policy | None
    standing: Standing
    turns_on: list[str]
    requirements: list[str]


class MatrixRowShape(_Shape):
    chip: str
    answers: list[CellShape]


class MatrixShape(_Shape):
    """One deal for several chips on several days."""

    asked: str
    rows: list[MatrixRowShape]
    ruleset: RulesetShape


class SaidShape(_Shape):
    outcome: Outcome
    review_policy: Policy | None


class EventShape(_Shape):
    on: Day
    by: Day | None = Field(description="the last possible day, if the exact day is not known")
    what: str
    chips: list[str]
    before: SaidShape | None
    after: SaidShape | None
    through: list[str]
    projected: bool = Field(description="beyond the verified horizon: follows from known texts, and may be overtaken")


class ChangesShape(_Shape):
    """Every change that touches some chips from a day on."""

    asked: str
    events: list[EventShape]
    ruleset: RulesetShape


class FlipShape(_Shape):
    chip: str
    fact: str
    now: str
    reach: str = Field(description="the side of the line on which the answer differs")
    line: str
    outcome: Outcome
    review_policy: Policy | None
    by: list[str]
    follows: dict[str, str]


class FlipsShape(_Shape):
    """Each single number whose change would alter the answer."""

    asked: str
    outcome: Outcome
    review_policy: Policy | None
    standing: Standing
    flips: list[FlipShape]
    ruleset: RulesetShape


class EntryShape(_Shape):
    id: str
    list: str
    cite: str
    url: str
    evidence: Evidence
    start: Day
    stop: Day | None = Field(description="the first day on which it is no longer listed")
    on_the_day: bool


class PartyShape(_Shape):
    id: str
    name: str
    country: str
    certain: bool = Field(description="true: the name is this party's; false: it is only similar")
    entries: list[EntryShape]


class ScreenedShape(_Shape):
    name: str
    result: Literal["listed", "listed_on_another_day", "close_to_a_listed_name", "states_a_military_body", "on_no_list"]
    says: str
    parties: list[PartyShape]


class PartyListShape(_Shape):
    id: str
    title: str
    cite: str
    verified_through: Day


class ScreenShape(_Shape):
    """Names looked up in the party lists of a day."""

    on: Day
    standing: Literal["verified", "beyond_horizon", "before_coverage"]
    names: list[ScreenedShape]
    lists: list[PartyListShape] = Field(description="the lists that were searched, and through which day each was read")
    caution: str
    ruleset: RulesetShape


class ExplainShape(_Shape):
    """The trace of one answer."""

    transaction: TransactionShape
    outcome: Outcome
    review_policy: Policy | None
    standing: Standing
    findings: list[FindingShape]
    left_out: int = Field(description="the number of provisions left out because they do not hold; see `whole`")
    ruleset: RulesetShape


class ChipShape(_Shape):
    id: str
    name: str
    family: str
    vendor: str
    aliases: list[str]
    announced: Day | None
    not_public_before: Day | None
    status: str
    confidence: str
    figures: dict[str, Value]
    sources: list[str]
    note: str


class ChipsShape(_Shape):
    """Chips as they are encoded."""

    chips: list[ChipShape]
    ruleset: RulesetShape


class SpanOfLawShape(_Shape):
    start: Day
    stop: Day | None = Field(description="the first day on which it is no longer in force")


class ProvisionShape(_Shape):
    """One provision as it is encoded."""

    id: str
    kind: str
    title: str
    cite: str
    url: str
    evidence: Evidence
    quote: str
    instrument: str
    citation: str
    effective: Day
    effective_by: Day | None
    in_force: list[SpanOfLawShape]
    as_printed: list[SpanOfLawShape]
    conditions: list[str]
    notice: str
    text: str = Field(description="the whole provision as printed by `exportrules show`: rows, relations, days")


class HealthShape(_Shape):
    status: str
    version: str
    edition: str
    verified_through: Day
    sha256: str


class ProblemShape(_Shape):
    """The problem with a request (RFC 9457)."""

    title: str
    status: int
    detail: str = Field(description="the message of `exportrules check`: what is wrong, why it matters, what to write")
    near: list[str] = Field(description="similar names, if a name was unknown")


@cache
def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a shape, with its definitions."""
    return shape.model_json_schema()


@cache
def spoken(shape: type[BaseModel], *without: str) -> dict[str, Any]:
    """The schema of an answer for an assistant: sentences and questions, followed by the answer's own fields."""
    speech, own = schema_of(SpokenShape), schema_of(shape)
    parts = {name: part for name, part in own["properties"].items() if name not in without}
    return {
        "type": "object",
        "properties": {**speech["properties"], **parts},
        "required": [*speech["required"], *(name for name in own["required"] if name not in without)],
        "additionalProperties": False,
        "$defs": {**speech["$defs"], **own.get("$defs", {})},
    }
