"""Keys by which names are compared, similar names, and indexes that are built once per ruleset."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from exportrules.law.ruleset import Ruleset

T = TypeVar("T")

#: Characters that nobody sees and that are letters or marks all the same: fillers of Hangul, joiners, variants.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    *map(chr, range(0x180B, 0x1810)), *map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0)),
}  # fmt: skip
#: A word with letters of two alphabets that look alike: "СN" with a Cyrillic C.
_MIXED = r"[a-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][a-z]"
#: Characters that reverse the direction of what follows: such a text differs from what its reader sees.
_TURNED = "[\u202a-\u202e\u2066-\u2069]"


class Near(NamedTuple):
    """A listed party to which a name is similar: its id, the listed name, the kind of similarity, a score up to 100."""

    party: str
    name: str
    how: str
    score: int


def key(text: str) -> str:
    """The letters and digits of a text in one case and width: 'RTX 4090 D' and 'rtx-4090d' have the same key."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", "".join(c for c in text if c not in "™℠®©" and c not in _UNSEEN))
    folded = text.casefold()
    return "".join(filter(str.isalnum, folded))


def visible(text: str) -> str:
    """The text in one width, without invisible characters: zero-width spaces and joiners, soft hyphens, fillers."""
    if text.isascii():
        return text
    seen = (c for c in unicodedata.normalize("NFKC", text) if c not in _UNSEEN)
    return "".join(c for c in seen if unicodedata.category(c) != "Cf")


def deceives(text: str) -> str:
    """Why a text does not say what it shows, to complete a message; '' if it does."""
    if text.isascii():
        return ""
    if re.search(_TURNED, text):
        return "has a letter that turns its direction, so that it does not say what it shows"
    if re.search(_MIXED, text, re.I):
        return "has letters of two alphabets in one word, so that it does not say what it shows"
    return ""


def memo(ruleset: Ruleset, what: str, build: Callable[[Ruleset], dict[str, T]]) -> dict[str, T]:
    """An index of a ruleset, built on first use."""
    if what not in ruleset.indexes:
        ruleset.indexes[what] = build(ruleset)
    index: dict[str, T] = ruleset.indexes[what]
    return index


def near(wanted: str, names: Mapping[str, str], cutoff: float = 0.6) -> list[str]:
    """At most three values of `names` whose keys are similar to `wanted`, the most similar first."""
    import difflib

    return list(dict.fromkeys(names[k] for k in difflib.get_close_matches(wanted, names, n=4, cutoff=cutoff)))[:3]
