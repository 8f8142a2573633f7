"""Part a name from what is written at it without a space: the number of a customer, a place, the next word.

Such a word is no listed name and misspells none: "Sugon12345", "HuaweiChina".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from exportrules.question.names.words import ENDINGS, GENERIC, PLACES

#: The least number of letters of a name, and of a place or a legal form that is known by its letters alone.
_SHORTEST_NAME, _SHORTEST_PLACE = 3, 4
#: Words that are kept: those of trades are in many names.
_MOST_KEPT = 4096
#: A number before or behind a word. With fewer letters a short one is a part of the name: "3M", "A100".
_DIGITS = re.compile(r"\d+")
_LONG = 4
_BEFORE_A_NUMBER, _BEHIND_A_NUMBER = re.compile(r"[^\W\d_]{3}$"), re.compile(r"[^\W\d_]{3}")
_WORD = re.compile(r"[^\W\d_]{7,}")
#: Where the next word begins with a capital letter: HuaweiMexico, DJIMexico.
_NEXT = re.compile(r"(?<=[A-Za-z]{2}[a-z])(?=[A-Z][A-Za-z])|(?<=[A-Z]{3})(?=[A-Z][a-z])")
#: What begins with a capital letter behind a name.
_WITH_CAPITAL = PLACES | GENERIC | ENDINGS
#: Three letters without a vowel end no word: SUGONLTD.
_VOWEL = re.compile("[aeiouy]")
_BEFORE = frozenset(word for word in PLACES if len(word) >= _SHORTEST_PLACE)
_BEHIND = _BEFORE | {
    word for word in ENDINGS if len(word) >= _SHORTEST_PLACE or (len(word) > 2 and not _VOWEL.search(word))
}


def parted(text: str) -> str:
    """The text without numbers at its words, and with a space between a name and a place, a trade or a legal form."""
    return _WORD.sub(lambda found: _spaced(found[0]), _DIGITS.sub(_number, text)).strip()


def _number(digits: re.Match[str]) -> str:
    """A space for a number at a word, else the number."""
    text, start, stop = digits.string, digits.start(), digits.end()
    before, behind = text[max(start - 3, 0) : start], text[stop : stop + 3]
    if not behind[:1].isalnum() and before[-1:].strip():
        glued = stop - start >= _LONG or bool(_BEFORE_A_NUMBER.match(before))
    elif not before[-1:].isalnum() and behind[:1].isalpha():
        glued = stop - start >= _LONG or bool(_BEHIND_A_NUMBER.match(behind))
    else:
        glued = False
    return " " if glued else digits[0]


@lru_cache(maxsize=_MOST_KEPT)
def _spaced(word: str) -> str:
    folded = word.casefold()
    if not folded.isascii() or folded in PLACES:
        return word
    for at in range(_SHORTEST_NAME, len(word) - 1):
        before, behind = folded[:at], folded[at:]
        if behind in _BEHIND or (before in _BEFORE and len(behind) >= _SHORTEST_NAME):
            return f"{word[:at]} {word[at:]}"
        if behind in _WITH_CAPITAL and word[at - 1].islower() and word[at].isupper():
            return f"{word[:at]} {word[at:]}"
    return word


def humps(text: str) -> Iterator[str]:
    """What is before and behind each capital letter inside a word of a text: "HuaweiMexico", "LabInvestMexico"."""
    for word in text.split() if _NEXT.search(text) else ():
        for found in _NEXT.finditer(word):
            yield from (word[: found.start()], word[found.start() :])
