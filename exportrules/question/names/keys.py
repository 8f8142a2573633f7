"""What names are compared by: letters and digits in one case and width; near names; indices built once a ruleset."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from exportrules.law.ruleset import Ruleset

T = TypeVar("T")


class Near(NamedTuple):
    """A listed party that a name is close to: its id, the listed name, how it is close, and how close (0 to 100)."""

    party: str
    name: str
    how: str
    score: int


def key(text: str) -> str:
    """Letters and digits alone, in one case and one width: 'RTX 4090 D' and 'rtx-4090d' are one key."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", "".join(c for c in text if c not in "™℠®©"))
    folded = text.casefold()
    return "".join(filter(str.isalnum, folded))


def visible(text: str) -> str:
    """The text in one width, without letters that nobody sees: zero-width spaces and joiners, soft hyphens."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


def memo(ruleset: Ruleset, what: str, build: Callable[[Ruleset], dict[str, T]]) -> dict[str, T]:
    """An index of a ruleset, built when it is first wanted."""
    if what not in ruleset.indexes:
        ruleset.indexes[what] = build(ruleset)
    found: dict[str, T] = ruleset.indexes[what]
    return found


def near(wanted: str, names: Mapping[str, str], cutoff: float = 0.6) -> list[str]:
    import difflib

    return list(dict.fromkeys(names[k] for k in difflib.get_close_matches(wanted, names, n=4, cutoff=cutoff)))[:3]
