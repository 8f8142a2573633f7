"""The answer to every chip and nine destinations on every day, one line each: a change of law shows in review.

`python -m tests.make_snapshots` writes `tests/snapshots/`, the record of tests/boundaries.py included; the tests hold
them against what is computed.
"""

from __future__ import annotations

from pathlib import Path

import exportrules
from exportrules.law import Ruleset
from exportrules.timeline import SpanOfAnswer
from tests import boundaries

FOLDER = Path(__file__).parent / "snapshots"
DESTINATIONS = ("CN", "HK", "MO", "SG", "AE", "VN", "JP", "IL", "RU")
EXPORTERS = {"CN": ("maker", "other"), "HK": ("maker", "other"), "MO": ("maker", "other")}

_OUTCOME = {
    "no_license_requirement": "free",
    "license_exception": "exception",
    "license_required": "required",
    "not_released": "not released",
    "indeterminate": "undetermined",
}
_POLICY = {
    None: "",
    "policy_of_denial": "/denied",
    "presumption_of_denial": "/denial",
    "case_by_case": "/case by case",
    "presumption_of_approval": "/approval",
    "unpublished": "/unpublished",
    "indeterminate": "/?",
}


def snapshot(destination: str, exporter: str, ruleset: Ruleset | None = None) -> str:
    """One line a chip: the first day of each span with its answer."""
    law = ruleset or exportrules.default_ruleset()
    lines = [f"# every chip to {destination}, exporter {exporter}: first day of each answer"]
    for name in sorted(law.variants):
        spans = exportrules.timeline(name, to=destination, exporter=exporter, ruleset=law).spans
        lines.append(f"{name}: " + "; ".join(_span(s) for s in spans if s.answer.standing == "verified"))
    return "\n".join(lines) + "\n"


def _span(span: SpanOfAnswer) -> str:
    answer = span.answer
    turns = f" on {','.join(answer.turns_on)}" if answer.turns_on else ""
    return f"{span.start} {_OUTCOME[answer.outcome]}{_POLICY[answer.review_policy]}{turns}"


def wanted() -> list[tuple[str, str, Path]]:
    return [
        (to, exporter, FOLDER / f"{to}-{exporter}.txt")
        for to in DESTINATIONS
        for exporter in EXPORTERS.get(to, ("maker",))
    ]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for to, exporter, file in wanted():
        file.write_text(snapshot(to, exporter), "utf-8")
    boundaries.FOLDER.mkdir(exist_ok=True)
    for file, text in boundaries.pages(exportrules.default_ruleset()):
        file.write_text(text, "utf-8")
