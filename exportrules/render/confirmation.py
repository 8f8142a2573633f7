"""The comparison of the quotes with dated copies of the Code, as text and as data."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from exportrules.law.ruleset import Ruleset
from exportrules.render.safe import safe
from exportrules.render.text import footer, wrapped

if TYPE_CHECKING:
    from exportrules.study.confirm import Confirmation, Report

_ORDER = ("differs", "word for word", "section not given", "no quote")


def confirmation_text(law: Ruleset, report: Report) -> str:
    """A line for each provision, those that differ first; then the changed sections and the counts."""
    lines: list[str] = []
    for status in _ORDER:
        for c in report.confirmations:
            if c.status == status:
                lines += _lines(c)
    for changed in report.changed:
        lines += ["", f"CHANGED    {changed.section}, between {changed.before} and {changed.after}"]
        lines += wrapped(f"paragraphs: {', '.join(changed.paragraphs)}", 11)
        lines += wrapped(f"encoded from it: {', '.join(changed.provisions) or 'nothing'}", 11)
    lines += ["", *(safe(problem) for problem in report.problems)]
    count = Counter(str(c.status) for c in report.confirmations)
    other = sum(c.status == "word for word" and bool(c.differences) for c in report.confirmations)
    but = {"word for word": f" ({other} of them not in every copy)" if other else ""}
    counted = ", ".join(f"{count[s]} {s}{but.get(s, '')}" for s in _ORDER)
    lines.append(f"{len(report.confirmations)} provisions: {counted}.")
    return "\n".join([*lines, "", footer(law)])


def _lines(c: Confirmation) -> list[str]:
    if c.status == "word for word":
        first = safe(f"confirmed  {c.provision}, word for word at {c.at} of {c.copy}")
        return [first, *(line for difference in c.differences for line in wrapped(safe(f"but {difference}"), 11))]
    if c.status == "differs":
        first = safe(f"DIFFERS    {c.provision}, from {c.section} of {c.copy} ({c.file})")
        return [first, *(line for difference in c.differences for line in wrapped(safe(difference), 11))]
    if c.status == "section not given":
        day = f" (quoted from the text of {c.quote_on})" if c.quote_on else ""
        return [safe(f"not given  {c.provision}: no copy of {c.section} of a day on which it is in force{day}")]
    return [safe(f"no quote   {c.provision}: {c.section}")]


def confirmation_data(law: Ruleset, report: Report) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "confirms": report.confirms,
        "ruleset": {"edition": law.edition.edition, "text_read": str(law.edition.text_read), "sha256": law.digest},
        "provisions": [
            {
                **c._asdict(),
                "quote_on": str(c.quote_on) if c.quote_on else None,
                "copy": str(c.copy) if c.copy else None,
                "differences": list(c.differences),
            }
            for c in report.confirmations
        ],
        "changed": [
            {
                "section": c.section,
                "before": str(c.before),
                "after": str(c.after),
                "paragraphs": list(c.paragraphs),
                "provisions": list(c.provisions),
            }
            for c in report.changed
        ],
        "problems": list(report.problems),
    }
