"""How provisions and paragraphs of the Code name one another, and where the official text of a paragraph is."""

from __future__ import annotations

import re
from datetime import date

from exportrules.law.model import (
    Provision,
)

_SECTION = re.compile(r"^(\d{3}\.\d+)")


def refers(reference: str, provision: Provision) -> bool:
    """Whether a reference names the provision, or one that it replaces, by id, or its CFR paragraph or one above."""
    return reference == provision.id or reference in provision.replaces or under(reference, provision.paragraph)


def closes(bar: Provision, exception: Provision) -> bool:
    """Whether a bar reaches an exception: it names it, or the part in which it stands, and does not spare it."""
    reached = any(refers(reference, exception) for reference in bar.closes)
    return reached and not any(refers(reference, exception) for reference in bar.spares)


def under(reference: str, paragraph: str) -> bool:
    """Whether a CFR paragraph lies at or under a reference: '744' has 744.11, '742.6(a)(6)' has (iii)."""
    if not paragraph.startswith(reference):
        return False
    rest = paragraph[len(reference) :]
    return not rest or rest[0] in ".("


def code_url(paragraph: str, day: date) -> str:
    """The official text of a section, or of the Commerce Control List, as it stood on a day; '' where none is named."""
    if paragraph.startswith("774:"):
        return f"https://www.ecfr.gov/on/{day.isoformat()}/title-15/part-774"
    match = _SECTION.match(paragraph)
    return f"https://www.ecfr.gov/on/{day.isoformat()}/title-15/section-{match.group(1)}" if match else ""
