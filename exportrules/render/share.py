"""The share of a maker's chips by month, as text: a summary of what is counted, and a row for each month."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from exportrules.law.ruleset import Ruleset
from exportrules.render.safe import safe
from exportrules.render.text import WIDTH, footer, heading, table

if TYPE_CHECKING:
    from exportrules.study.share import Share

HEADS = {
    "no_license_requirement": "none found",
    "license_exception": "exception",
    "license_required": "license",
    "indeterminate": "undetermined",
}


def share_text(shares: Share, law: Ruleset) -> str:
    """The question, the variants that are counted, the table, and the footer."""
    rows = [
        {
            "month": f"{month.day:%Y-%m}",
            "public": str(month.public),
            **{
                head: f"{month.of(outcome)} ({month.percent(outcome)} %)" if month.of(outcome) else "-"
                for outcome, head in HEADS.items()
            },
        }
        for month in shares.months
    ]
    lines = [heading(shares.timelines[0].question, law), ""]
    for text in counted(shares, law):
        lines += textwrap.wrap(safe(text), WIDTH, break_long_words=False, break_on_hyphens=False)
    lines += ["", table(rows, "simple", numbers={"public", *HEADS.values()}), "", footer(law)]
    return "\n".join(lines)


def counted(shares: Share, law: Ruleset, most: int = 100) -> list[str]:
    """Sentences on what is counted and what is left out; at most `most` names are listed."""
    name = law.exporters[shares.maker].name
    sentences = [
        f"Counted: {len(shares.timelines)} variants of {name} that are designed for datacenters, each once from the "
        "month in which it became public, as each month ended. Chips and modules, not the systems that contain them; "
        "variants of the catalogue, whatever was sold of them."
    ]
    for names, why in ((shares.unknown, "whose purpose is not known"), (shares.unannounced, "never announced")):
        if names:
            more = f" and {len(names) - most} more" if len(names) > most else ""
            sentences.append(f"Left out, {why}: {', '.join(names[:most])}{more}.")
    return sentences
