"""One name in several Latin spellings: Russian, Persian and Arabic words as English, German or the lists write them,
and Chinese as it was written before Pinyin.

Spellings of one word differ in letters and share a sound: :func:`sound` is the same for both. It is a key for looking
words up, not a text to read.
"""

from __future__ import annotations

import re

from exportrules.question.names.keys import visible

#: Shorter words sound like too many others.
SHORTEST = 5

#: In this order: letters that several alphabets write otherwise, and one letter for them.
_LETTERS = (
    ("schtsch", "S"), ("shch", "S"), ("tsch", "C"), ("sch", "S"), ("sh", "S"), ("tch", "C"), ("ch", "C"), ("zh", "S"),
    ("ck", "k"), ("x", "ks"), ("kh", "h"), ("gh", "g"), ("q", "g"), ("ph", "f"), ("tz", "ts"), ("cz", "ts"),
    ("z", "s"), ("oo", "u"), ("ou", "u"), ("ee", "i"),
)  # fmt: skip
#: A name's ending, and vowels with and without what glides into them: -off and -ow, ya and ia and ja.
_ENDING = re.compile(r"(?<=[oe])(?:ff|w|f)$")
_VOWELS = re.compile(r"[iyj]+[aueo]?|o|(.)\1+")
_LAST = re.compile(r"(?<=.{4})[aei]$")


def _heard(match: re.Match[str]) -> str:
    written = match[0]
    if written == "o":
        return "u"
    return match[1] or {"a": "a", "u": "u", "e": "e", "o": "e"}.get(written[-1], "i")


def sound(word: str) -> str:
    """The sound of a word of small Latin letters, the same for 'Zviozdochka' and 'Zvezdochka'; '' for short words."""
    if len(word) < SHORTEST or not word.isascii() or not word.isalpha():
        return ""
    for written, heard in _LETTERS:
        word = word.replace(written, heard)
    word = _LAST.sub("", _VOWELS.sub(_heard, _ENDING.sub("v", word).replace("w", "v")))
    return word if len(word) >= SHORTEST - 1 else ""


#: Wade-Giles: what a syllable begins with, and what Pinyin writes, before i or ü and else. The longest first.
_BEGINS = (
    ("ch'", "q", "ch"), ("ch", "j", "zh"), ("ts'", "c", "c"), ("tz'", "c", "c"), ("ts", "z", "z"), ("tz", "z", "z"),
    ("p'", "p", "p"), ("t'", "t", "t"), ("k'", "k", "k"), ("hs", "x", "x"), ("sh", "sh", "sh"), ("ss", "s", "s"),
    ("sz", "s", "s"), ("p", "b", "b"), ("t", "d", "d"), ("k", "g", "g"), ("j", "r", "r"), ("m", "m", "m"),
    ("f", "f", "f"), ("n", "n", "n"), ("l", "l", "l"), ("h", "h", "h"), ("s", "s", "s"), ("y", "y", "y"),
    ("w", "w", "w"), ("", "", ""),
)  # fmt: skip
#: And what it ends with.
_ENDS = {
    "a": "a", "ai": "ai", "an": "an", "ang": "ang", "ao": "ao", "eh": "e", "ei": "ei", "en": "en", "eng": "eng",
    "erh": "er", "i": "i", "ia": "ia", "iang": "iang", "iao": "iao", "ieh": "ie", "ien": "ian", "ih": "i", "in": "in",
    "ing": "ing", "iu": "iu", "iung": "iong", "o": "e", "ou": "ou", "u": "u", "ua": "ua", "uai": "uai", "uan": "uan",
    "uang": "uang", "uei": "ui", "ui": "ui", "un": "un", "ung": "ong", "uo": "uo", "ü": "u", "üan": "uan",
    "üeh": "ue", "ün": "un", "ê": "e", "ên": "en", "êng": "eng",
}  # fmt: skip
_APOSTROPHES = str.maketrans("’‘ʻʼ`´", "''''''")


def pinyin(text: str) -> str:
    """A name with its first words read as syllables of Wade-Giles, in Pinyin and as one word; '' where they are none,
    or fewer than two: 'Shu-kuang Information' is 'shuguang information'."""
    words = re.split(r"[\s-]+", visible(text).casefold().translate(_APOSTROPHES).strip())
    read: list[str] = []
    for word in words:
        syllable = _syllable(word)
        if not syllable:
            break
        read.append(syllable)
    if len(read) < 2 or read == words[: len(read)]:
        return ""
    return " ".join(["".join(read), *words[len(read) :]])


def _syllable(word: str) -> str:
    for begins, before_i, other in _BEGINS:
        end = word.removeprefix(begins)
        if word.startswith(begins) and end in _ENDS:
            return (before_i if end[0] in "iü" and end != "ih" else other) + _ENDS[end]
    return ""
