"""Answers in other languages, from one table of translations, `languages.toml`.

English is what the program says; a text that the table does not have stays English. What rule files say (titles,
citations, conditions, notices of the law) is quoted and never translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import NamedTuple

from exportrules.answer.words import width_of
from exportrules.errors import QuestionError

LANGUAGES = ("en", "ja", "zh")

_PLACE = r"\{([a-z]+)\}"
#: Characters that may not begin a line.
_NOT_FIRST = "。、，；：！？）」』】〉》)].,;:"
#: A word with the space behind it, or one wide character.
_PIECES = r"[^\s\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]+\s*|.\s*"


class Entry(NamedTuple):
    """A text of the program: a pattern for what it prints, and the text by language."""

    pattern: re.Pattern[str]
    texts: dict[str, str]


@cache
def entries() -> tuple[Entry, ...]:
    """The table of words, in its order."""
    import tomllib
    from importlib import resources

    file = resources.files("exportrules.render").joinpath("languages.toml")
    found = tomllib.loads(file.read_text("utf-8"))["text"]
    return tuple(Entry(_pattern(texts["en"]), texts) for texts in found)


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(_PLACE, text)
    made = (f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.compile("".join(made))


_spoken: ContextVar[str] = ContextVar("language", default="en")


def language_of(written: str) -> str:
    """A language by its code. Raises QuestionError for one that the table does not have."""
    found = written.strip().casefold()
    if found not in LANGUAGES:
        raise QuestionError(f"--lang {written!r} is not one of: {', '.join(LANGUAGES)}.")
    return found


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Text printed within this context is translated into the language."""
    token = _spoken.set(language_of(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    """The language that is spoken here."""
    return _spoken.get()


def translated(text: str) -> str:
    """A text of the program in the language that is spoken, or as it is where the table does not have it."""
    return text if _spoken.get() == "en" else _in_language(text, _spoken.get())


@cache
def _in_language(text: str, code: str) -> str:
    # no entry ends with a full stop, and the text before it may be part of an entry that says more
    bare, stop = (text[:-1], "。") if text.endswith(".") else (text, "")
    inner = _by_table(bare, code)
    found = inner + stop if inner is not None else _by_table(text, code) if stop else None
    if found is None and "; " in text:
        parts = [_in_language(part, code) for part in text.split("; ")]
        found = "；".join(parts) if parts != text.split("; ") else None
    return text if found is None else found


def _by_table(text: str, code: str) -> str | None:
    plain = next((entry for entry in entries() if entry.texts["en"] == text), None)
    if plain:
        return plain.texts[code]
    for entry in entries():
        match = entry.pattern.fullmatch(text) if entry.pattern.groups else None
        if match:
            values = match.groupdict()
            values_translated = {name: _in_language(value, code) for name, value in values.items()}
            # an entry of punctuation alone translates nothing if its values are not translated
            if entry.texts["en"] in _GLUE and values_translated == values:
                continue
            return entry.texts[code].format_map(values_translated)
    return None


#: Entries that join two texts: alone they do not translate anything.
_GLUE = ("{way}: {said}",)


def filled(text: str, width: int, first: str, rest: str) -> list[str]:
    """The text in lines no wider than `width`, indented by `first` and `rest`.

    A line may break at any wide character, and within a word that is longer than a line.
    """
    lines, line, room = [], first, max(width - width_of(rest), 1)
    pieces = (part for piece in re.findall(_PIECES, text) for part in _parts(piece, room))
    for piece in pieces:
        if width_of(line) + width_of(piece.rstrip()) > width and line.strip() and piece[0] not in _NOT_FIRST:
            lines.append(line.rstrip())
            line = rest
        line += piece
    return [*lines, line.rstrip()]


def _parts(piece: str, room: int) -> Iterator[str]:
    """A word in parts that fit a line; addresses stay whole, so that they can be followed."""
    if width_of(piece.rstrip()) <= room or "://" in piece:
        yield piece
        return
    for start in range(0, len(piece), room):
        yield piece[start : start + room]


def padded(label: str, columns: int) -> str:
    """A label padded with spaces to a width in columns, with at least one space at its end."""
    return label + " " * max(columns - width_of(label), 1)
