"""What the modules of names share: keys by which names are compared, similar names, indexes that are built once per
ruleset, and the parties that a list restricts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple, TypeVar

from exportrules.law.model import FAVOURS, Party
from exportrules.law.ruleset import Ruleset

T = TypeVar("T")

#: Characters that nobody sees and that are letters or marks all the same: fillers of Hangul, joiners, variants.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    *map(chr, range(0x180B, 0x1810)), *map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0)),
}  # fmt: skip
#: Letters that look like Latin ones: Greek, Cyrillic, Armenian, Georgian, Cherokee, Lisu, Coptic, and small capitals.
_ALIKE = (
    r"\u0370-\u03ff\u0400-\u058f\u10a0-\u10ff\u13a0-\u13ff\u1c80-\u1cbf\u2c80-\u2cff\ua4d0-\ua4ff\ua640-\ua69f"
    r"\uab70-\uabbf\u0251\u0261\u0262\u026a\u0274\u0280\u028f\u0299\u029c\u029f\u1d00-\u1d22\ua730\ua731\u212e"
)
#: A word with letters of two alphabets that look alike: "СN" with a Cyrillic C.
_MIXED = rf"[a-z][{_ALIKE}]|[{_ALIKE}][a-z]"
#: A text that was read in a different encoding from the one it was written in: the bytes of Chinese letters as letters
#: and signs of western Europe, four or more in a row, as parts of frames, or as a letter that was lost.
_GARBLED = (
    r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022"
    r"\u2026\u2030\u2039\u203a\u20ac\u2122]{4}|[\u2500-\u259f\ufffd]"
)
#: Letters written as codes, as programs hand them on: %E5%8D%8E, =E5=8D=8E, \u534e, &#21326;, =?utf-8?B?5Y2O?=, xn--4g.
_CODED = r"(?:[%=][0-9a-f]{2}){3}|\\u[0-9a-f]{4}|(?:\\x[0-9a-f]{2}){3}|&#x?[0-9a-f]+;|=\?[\w-]+\?[bq]\?|\bxn--[a-z0-9]"
#: Characters that reverse the direction of what follows: such a text differs from what its reader sees.
_TURNED = "[\u202a-\u202e\u2066-\u2069]"


#: Initials of up to so many letters are an everyday word of another alphabet.
LONGEST_INITIALS = 3


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
    """The text in one width, without invisible characters (zero-width spaces and joiners, soft hyphens, fillers) and
    without the marks and numbers of notes, which are no part of a name: ™, ¹, ①."""
    if text.isascii():
        return text
    seen = (c for c in unicodedata.normalize("NFKC", _without_notes(text)) if c not in _UNSEEN)
    return "".join(c for c in seen if unicodedata.category(c) != "Cf")


def _without_notes(text: str) -> str:
    """The text with a space for signs such as ™, for raised and circled numbers, and for one or two such letters that
    end a word: Huaweiᵀᴹ. More of them are how a word is written, and with an N they are the word for number: Nº 5."""
    raised = "".join(map(_raised, text))
    if not raised.strip("-"):
        return text
    spaced = (" " if kind == "n" else c for c, kind in zip(text, raised, strict=True))
    text = "".join(spaced)
    for found in re.finditer("(?<!r)r{1,2}(?!r)", raised):
        before, behind = text[: found.start()], text[found.end() :]
        if re.search(r"\w$", before) and not re.match(r"\w", behind) and not re.search(r"\b[Nn]$", before):
            text = before + " " * len(found[0]) + behind
    return text


def _raised(c: str) -> str:
    """'n' for a sign of several letters and a number that is no digit, 'r' for another raised or circled character, '-'
    for any other."""
    if c.isascii():
        return "-"
    kind, *letters = unicodedata.decomposition(c).split() or ("",)
    raised = kind in ("<super>", "<circle>")
    return "n" if unicodedata.category(c) == "No" or (raised and len(letters) > 1) else "r" if raised else "-"


def deceives(text: str) -> str:
    """Why a text does not say what it shows, to complete a message; '' if it does."""
    if re.search(_CODED, text, re.I) or (text.isascii() and _is_encoded(text)):
        return "has letters written as codes, so that it does not say what it shows"
    if text.isascii():
        return ""
    if re.search(_TURNED, text):
        return "has a letter that turns its direction, so that it does not say what it shows"
    if re.search(_MIXED, text, re.I):
        return "has letters of two alphabets in one word, so that it does not say what it shows"
    if re.search(_GARBLED, text) or any(_is_utf8_in(codec, text) for codec in ("gbk", "cp932", "cp949")):
        return "was read or saved in another encoding, not the one it was written in, and does not say what was written"
    return ""


def _is_encoded(text: str) -> bool:
    """True if a text is another one in UTF-7 or Base64: "+U06NiQ-", "SHVhd2Vp"."""
    import base64

    with suppress(UnicodeDecodeError):
        if "+" in text and any(c >= "\u0400" and c.isalpha() for c in text.encode().decode("utf-7")):
            return True
    with suppress(ValueError):
        read = base64.b64decode(text, validate=True).decode()
        return len(text) >= 8 and all(c.isalpha() or c in " .,()&-" for c in read)
    return False


def _is_utf8_in(codec: str, text: str) -> bool:
    """True if a text is what the UTF-8 of Chinese letters looks like in another encoding of East Asia."""
    read = text.encode(codec, "ignore")
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in read.decode("utf-8", "ignore"))
    # some bytes are lost on the way; of the names on the lists none has three such letters by chance
    return chinese > 2 and 3 * chinese > 0.4 * sum(byte > 127 for byte in read)


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


def is_favoured(party: Party) -> bool:
    """True if all listings of a party favour it: it is not a red flag, and a similar name has no favour."""
    return bool(party.listing) and all(listing.list in FAVOURS for listing in party.listing)


def restricting(ruleset: Ruleset) -> Iterator[Party]:
    """The parties that a list restricts, and those without a listing."""
    return (party for party in ruleset.parties.values() if not is_favoured(party))
