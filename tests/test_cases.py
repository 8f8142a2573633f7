"""Questions whose answers were written before they were asked: a lawyer's, from the texts, and dated public claims."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import exportrules

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in json.loads((CASES / f"{name}.json").read_text("utf-8"))]


def among(wanted: str | list[str] | None, found: str | None) -> bool:
    """Whether an answer is the one expected, or one of several; nothing is expected of it where none is named."""
    return wanted is None or found == wanted or found in (wanted if isinstance(wanted, list) else ())


def holds(case: dict[str, Any]) -> None:
    found = exportrules.check(case["chip"], on=case["on"], **case["options"])
    assert among(case["outcome"], found.outcome), (found.outcome, case["why"])
    assert among(case["review_policy"], found.review_policy), (found.review_policy, case["why"])


@pytest.mark.parametrize("case", cases("lawyer"))
def test_a_question_is_answered_as_a_lawyer_answered_it_from_the_text(case: dict[str, Any]) -> None:
    holds(case)


@pytest.mark.parametrize("case", cases("claims"))
def test_a_dated_public_claim_is_answered_as_the_law_of_its_day(case: dict[str, Any]) -> None:
    holds(case)
