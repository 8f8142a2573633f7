"""The golden cases: answers that the public record settles."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import exportrules
from exportrules.law.ruleset import Ruleset

FILE = Path(__file__).parent / "cases" / "golden.toml"
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text("utf-8"), parse_float=Decimal)["case"]
ABOUT = {"id", "outcome", "review_policy", "because", "source"}


def answered(case: dict[str, Any], ruleset: Ruleset | None = None) -> exportrules.Determination:
    """What is computed for a case."""
    asked = {key: value for key, value in case.items() if key not in ABOUT}
    return exportrules.check(asked.pop("chip", None), **asked, ruleset=ruleset)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_golden_case(case: dict[str, Any]) -> None:
    found = answered(case)
    assert found.outcome == case["outcome"], case["because"]
    if "review_policy" in case:
        assert found.review_policy == case["review_policy"], case["because"]


def test_beyond_the_horizon_the_projection_is_what_the_law_would_say() -> None:
    after = exportrules.default_ruleset().edition.verified_through + timedelta(days=58)
    found = exportrules.check("H200", on=after, facts={"part_748_dd_certified": True})
    assert (found.standing, found.outcome) == ("beyond_horizon", "indeterminate")
    assert found.projection is not None
    assert (found.projection.outcome, found.projection.review_policy) == ("license_required", "case_by_case")
