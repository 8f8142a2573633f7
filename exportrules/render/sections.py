"""Citations of the Code gathered by section, so that a list of many names each section once."""

from __future__ import annotations

import re
from collections.abc import Iterable

TITLE = "15 CFR "

_PARAGRAPHS = r"(?:\([A-Za-z0-9]+\))+(?:-(?:\([A-Za-z0-9]+\))+)?"
_PART = re.compile(rf"(?P<section>\d+\.\d+)?(?P<paragraph>{_PARAGRAPHS})?")


def gathered(cites: Iterable[str]) -> list[str]:
    """Return the citations, those of one section joined, the title named once, in the order of the Code.

    `15 CFR 744.21(a)(1), (e)(1)` and `15 CFR 744.21(b), 744.23(b)` become `15 CFR 744.21(a)(1), (b), (e)(1)` and
    `744.23(b)`. What does not cite sections of the title stays as it is, behind them.
    """
    sections: dict[str, set[str]] = {}
    others: dict[str, None] = {}
    for cite in cites:
        pairs = _pairs(cite)
        if not pairs:
            others[cite] = None
        for section, paragraph in pairs:
            sections.setdefault(section, set()).add(paragraph)
    found = [section + ", ".join(sorted(sections[section])) for section in sorted(sections, key=_order)]
    return [TITLE + found[0], *found[1:], *sorted(others)] if found else sorted(others)


def _pairs(cite: str) -> list[tuple[str, str]]:
    """Each (section, paragraph) of a citation, the paragraph '' for a whole section; none where it has other words."""
    found: list[tuple[str, str]] = []
    section = ""
    for part in cite.removeprefix(TITLE).split(", ") if cite.startswith(TITLE) else ():
        match = _PART.fullmatch(part)
        section = (match and match["section"]) or section
        if not match or not part or not section:
            return []
        found.append((section, match["paragraph"] or ""))
    return found


def _order(section: str) -> tuple[int, int]:
    """744.2 before 744.11."""
    part, _, number = section.partition(".")
    return int(part), int(number)
