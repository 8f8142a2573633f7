"""References between provisions and CFR paragraphs, and the URL of a paragraph's official text."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from exportrules.law.model import Provision

_SECTION = re.compile(r"^(\d{3}\.\d+)")


def refers(reference: str, provision: Provision) -> bool:
    """True if a reference is the provision's id, one that it replaces, its CFR paragraph or a parent of that."""
    return reference == provision.id or reference in provision.replaces or under(reference, provision.paragraph)


def closes(bar: Provision, exception: Provision) -> bool:
    """True if a bar closes an exception: it names the exception or its part of the Code, and does not spare it."""
    reached = any(refers(reference, exception) for reference in bar.closes)
    return reached and not any(refers(reference, exception) for reference in bar.spares)


@lru_cache(maxsize=10_000)  # every profile compares the same few references with the same few paragraphs
def under(reference: str, paragraph: str) -> bool:
    """True if a CFR paragraph is the reference or within it: '744' contains 744.11, '742.6(a)(6)' contains (iii)."""
    if not paragraph.startswith(reference):
        return False
    rest = paragraph[len(reference) :]
    return not rest or rest[0] in ".("


def code_url(paragraph: str, day: date) -> str:
    """The URL of a section, or of the Commerce Control List, as of a day; '' if the paragraph names neither."""
    if paragraph.startswith("774:"):
        return f"https://www.ecfr.gov/on/{day.isoformat()}/title-15/part-774"
    match = _SECTION.match(paragraph)
    return f"https://www.ecfr.gov/on/{day.isoformat()}/title-15/section-{match.group(1)}" if match else ""
