"""What the law says of a deal by anyone but the chip's maker, as the questions of readers put it."""

from __future__ import annotations

from typing import Any

from exportrules import check
from exportrules.answer.determination import Determination


def found(chip: str | None, on: str, **terms: Any) -> Determination:
    return check(chip, on=on, **{"exporter": "other", **terms})


def asked(chip: str | None, on: str, **terms: Any) -> tuple[str, str | None]:
    answer = found(chip, on, **terms)
    return answer.outcome, answer.review_policy


def notices(chip: str | None, on: str, **terms: Any) -> str:
    return "\n".join(found(chip, on, **terms).notices)


def cites(chip: str | None, on: str, **terms: Any) -> str:
    return "\n".join(citation.cite for citation in found(chip, on, **terms).citations)
