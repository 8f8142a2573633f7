"""Group citations of the Code by section, so that a long list names each section once."""

from __future__ import annotations

import re
from collections.abc import Iterable

TITLE = "15 CFR "

_PARAGRAPHS = r"(?:\([A-Za-z0-9]+\))+(?:-(?:\([A-Za-z0-9]+\))+)?"
_PART = re.compile(rf"(?P<section>\d+\.\d+)?(?P<paragraph>{_PARAGRAPHS})?")


def gathered(cites: Iterable[str]) -> list[str]:
    """The citations in the order of the Code, with those of one section joined and the title named once.

    `15 CFR 744.21(a)(1), (e)(1)` and `15 CFR 744.21(b), 744.23(b)` become `15 CFR 744.21(a)(1), (b), (e)(1)` and
    `744.23(b)`. Citations of anything else follow unchanged.
    """
    sections: dict[str, set[str]] = {}
    others: dict[str, None] = {}
    for cite in cites:
        pairs = _pairs(cite)
        if not pairs:
            others[cite] = None
        for section, paragraph in pairs:
            sections.setdefault(section, set()).add(paragraph)
    joined = [section + ", ".join(sorted(sections[section])) for section in sorted(sections, key=_order)]
    return [TITLE + joined[0], *joined[1:], *sorted(others)] if joined else sorted(others)


def _pairs(cite: str) -> list[tuple[str, str]]:
    """Each (section, paragraph) of a citation, with '' for a whole section; empty if the citation has other words."""
    pairs: list[tuple[str, str]] = []
    section = ""
    for part in cite.removeprefix(TITLE).split(", ") if cite.startswith(TITLE) else ():
        match = _PART.fullmatch(part)
        section = (match and match["section"]) or section
        if not match or not part or not section:
            return []
        pairs.append((section, match["paragraph"] or ""))
    return pairs


def _order(section: str) -> tuple[int, int]:
    """The sort key of a section: 744.2 before 744.11."""
    part, _, number = section.partition(".")
    return int(part), int(number)
