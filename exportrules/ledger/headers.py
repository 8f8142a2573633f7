"""The meanings of headers: the spellings that are read, and the words for which an unread one is asked about.

Both are in `columns.toml`, which is read with the first ledger.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from exportrules.question.names.keys import key
from exportrules.question.names.placeholders import says_nothing
from exportrules.question.names.slips import one_letter

#: The fields of columns, besides the facts of the vocabulary, in the order in which they are printed.
FIELDS = (
    "chip", "on", "to", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "parties", "end_use",
)  # fmt: skip

#: The field of a column that gives way to another and has no other meaning.
UNREAD = "unread"
#: Words up to this length must be whole words: 'hq' is not found in 'touchquality'.
_SHORT = 5
#: The shortest header in which one wrong letter is a slip rather than another word: in Latin letters, and in characters
#: that are words.
_LEAST_MISSPELT, _LEAST_OF_WORDS = 6, 4
_LANGUAGES = ("en", "de", "ja", "zh")
_WORDS = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: Names that programs give to a column without one: "Unnamed: 5", "column5", "F5", "Spalte E".
_NUMBERED = re.compile(r"(?:unnamed|column|col|field|feld|spalte|var|attribute|text|列|項目|字段)?[0-9]*[a-z]?[0-9]*")


class Spelled(NamedTuple):
    """The field that a header names, and the one that it names where another column names that field better."""

    field: str
    otherwise: str = ""


class Look(NamedTuple):
    """A kind of column that an unread header looks like, and its field."""

    field: str
    what: str
    #: True for a single word that may also describe the goods: "Name".
    alone: bool = False


@cache
def spellings() -> dict[str, Spelled]:
    """Every recognised header by its :func:`key`."""
    return {
        key(header): Spelled(column["field"], column.get("otherwise", ""))
        for column in _data()["column"]
        for language in _LANGUAGES
        for header in column.get(language, ())
    }


def giving_way(names: Sequence[str], numbers: Iterable[int]) -> dict[int, str]:
    """The columns of a field that give way to another that names it better, each with its field instead; '' for
    none."""
    others = {n: spelled.otherwise for n in numbers if (spelled := spellings().get(key(names[n])))}
    if all(others.get(n) for n in numbers):
        return {}
    return {n: "" if other == UNREAD else other for n, other in others.items() if other}


def look_of(header: str) -> Look | None:
    """The kind of column that an unread header looks like, if such a column could decide an answer."""
    whole = key(header)
    words = [key(word) for word in _WORDS.findall(_HUMP.sub(" ", header))]

    def has(patterns: list[tuple[str, ...]]) -> bool:
        return any(_has(wanted, whole, words) for wanted in patterns)

    patterns = _patterns()
    if by_itself := next((alone.look for alone in patterns.alone if _stands_alone(words, alone)), None):
        return by_itself
    if has(patterns.never) or (any(_ends(word, words, whole) for word in patterns.beside) and not has(patterns.names)):
        return None
    return next((look for wanted, look in patterns.looks if _has(wanted, whole, words)), None)


def slip_of(header: str, facts: Mapping[str, str]) -> Look | None:
    """The field that a header may misspell by one letter, if such a column could decide an answer; never the chip or
    the day, which a ledger already has. `facts` are the names of facts by their :func:`key`."""
    written = key(header)
    decisive = {name: column.field for name, column in spellings().items() if column.field not in ("chip", "on")}
    for name, field in {**decisive, **facts}.items():
        least = _LEAST_MISSPELT if name.isascii() else _LEAST_OF_WORDS
        if len(name) >= least and abs(len(name) - len(written)) < 2 and one_letter(written, name):
            return Look(field, f"a misspelt {field!r}")
    return None


def fact_in(header: str, facts: Mapping[str, str]) -> str:
    """The fact whose name is part of a longer header: "Military end user (Y/N)"; '' for none."""
    written = key(header)
    return next((fact for name, fact in facts.items() if len(name) > _LEAST_MISSPELT and name in written), "")


def speaks_of_military(text: str) -> bool:
    """True if a cell says that something is of the military, or is for it, whoever that is."""
    whole, words = key(text), [key(word) for word in _WORDS.findall(text)]
    return whole in _military().alone or any(_has(wanted, whole, words) for wanted in _military().words)


def is_nameless(header: str) -> bool:
    """True if a header says nothing of its column: it is empty, a placeholder, or a program's number for it."""
    return says_nothing(header) or bool(_NUMBERED.fullmatch(key(header)))


def _has(wanted: tuple[str, ...], whole: str, words: list[str]) -> bool:
    """True if a header contains a word, or several in a row."""
    joined = "".join(wanted)
    if len(joined) >= _SHORT or not joined.isascii():
        return joined in whole
    return any(tuple(words[n : n + len(wanted)]) == wanted for n in range(len(words)))


def _ends(wanted: tuple[str, ...], words: list[str], whole: str) -> bool:
    """True if a header has a word, by itself or as the end of another: "Kundennummer" is a number, and "statement" is
    not a state."""
    (word,) = wanted
    if not word.isascii():
        return word in whole
    forms = tuple(word + ending for ending in ("", "s", "es", "n"))
    return any(own in forms or (len(word) >= _SHORT and own.endswith(forms)) for own in words)


def _stands_alone(words: list[str], alone: _Alone) -> bool:
    """True if a header is only a word such as "Name" or "Group", without saying whose."""
    bare_words = {bare for word in words if (bare := word.rstrip("0123456789"))}
    return not alone.words.isdisjoint(bare_words) and alone.words | alone.beside >= bare_words


class _Alone(NamedTuple):
    look: Look
    words: frozenset[str]
    beside: frozenset[str]


class _Military(NamedTuple):
    words: list[tuple[str, ...]]
    alone: frozenset[str]


@cache
def _military() -> _Military:
    data = _data()["military"]
    return _Military(list(map(_split, data["words"])), frozenset(map(key, data["alone"])))


class _Patterns(NamedTuple):
    looks: list[tuple[tuple[str, ...], Look]]
    beside: list[tuple[str, ...]]
    names: list[tuple[str, ...]]
    never: list[tuple[str, ...]]
    alone: list[_Alone]


@cache
def _patterns() -> _Patterns:
    data = _data()
    looks = [(_split(w), Look(look["field"], look["what"])) for look in data["looks_like"] for w in look["words"]]
    beside, names, never = (list(map(_split, data["beside"][part])) for part in ("words", "names", "never"))

    def keys(texts: list[str]) -> frozenset[str]:
        return frozenset(map(key, texts))

    alone = [
        _Alone(Look(kind["field"], kind["what"], alone=True), keys(kind["words"]), keys(kind["with"]))
        for kind in data["alone"]
    ]
    return _Patterns(looks, beside, names, never, alone)


def _split(text: str) -> tuple[str, ...]:
    return tuple(key(word) for word in text.split())


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("exportrules.ledger").joinpath("columns.toml").read_text("utf-8"))
