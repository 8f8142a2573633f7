"""Keys by which names are compared, similar names, and indexes that are built once per ruleset."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from exportrules.law.ruleset import Ruleset

T = TypeVar("T")


class Near(NamedTuple):
    """A listed party to which a name is similar: its id, the listed name, the kind of similarity, a score up to 100."""

    party: str
    name: str
    how: str
    score: int


def key(text: str) -> str:
    """The letters and digits of a text in one case and width: 'RTX 4090 D' and 'rtx-4090d' have the same key."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", "".join(c for c in text if c not in "™℠®©"))
    folded = text.casefold()
    return "".join(filter(str.isalnum, folded))


def visible(text: str) -> str:
    """The text in one width, without invisible characters: zero-width spaces and joiners, soft hyphens."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


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
