"""Similar names of chips to suggest for a misspelling. They are never read as the name itself.

Digits, and a letter after them, distinguish products: A1000 is not a slip for A100, nor H20B for H20. A slip is one
wrong letter in a word of four or more, a letter O in place of a zero, or a misspelt maker.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import key, memo

_LOOKALIKES = {"o": "0", "i": "1", "l": "1"}
_RUNS = r"[0-9]+|[^0-9]+"
LEAST = 4


def near_chips(ruleset: Ruleset, text: str, left: str, label: Callable[[str], str]) -> list[str]:
    """At most three names of which a text may be a misspelling. `left` is its first unknown word."""
    suggestions = [label(_with_digits(text))] if _with_digits(text) != text else []
    wanted = key(text)
    if left:
        makers = memo(ruleset, "makers' words", _makers)
        suggestions += [label(text.casefold().replace(left, word, 1)) for word in makers if one_slip(left, word)]
    names = memo(ruleset, "names of families", _names)
    suggestions += [name for spelled, name in names.items() if one_slip(wanted, spelled)]
    return list(dict.fromkeys(filter(None, suggestions)))[:3]


def other_products(ruleset: Ruleset, text: str) -> list[str]:
    """At most four chips whose names differ from a text by one digit. Each is another product and no slip for it."""
    wanted = key(text)
    if not any(c.isdigit() for c in wanted):
        return []
    names = memo(ruleset, "names of families", _names)
    found = [(len(spelled) == len(wanted), name) for spelled, name in names.items() if _by_a_digit(wanted, spelled)]
    return list(dict.fromkeys(name for _, name in sorted(found)))[:4]


def _by_a_digit(a: str, b: str) -> bool:
    letters = [[c for c in text if not c.isdigit()] for text in (a, b)]
    return letters[0] == letters[1] and one_letter(a, b)


def _makers(ruleset: Ruleset) -> dict[str, str]:
    return {key(n): e.id for e in ruleset.exporters.values() for n in (e.name, *e.aliases, *e.brands)}


def _names(ruleset: Ruleset) -> dict[str, str]:
    return {key(n): f.name for f in ruleset.families.values() for n in (f.name, *f.aliases)}


def _with_digits(text: str) -> str:
    """The text with letters O, I and L beside digits replaced by the digits that they resemble."""
    return re.sub(
        r"(?i)(?<=[0-9])[oil]+(?![a-z])|(?<=[a-z][0-9])[oil](?=[0-9oil])|(?<=[a-z])[o](?=[0-9])", _digits, text
    )


def _digits(match: re.Match[str]) -> str:
    return "".join(_LOOKALIKES[c] for c in match[0].casefold())


def one_slip(written: str, name: str) -> bool:
    """True if two names differ by one letter, or by two that are swapped, in one word of four letters or more."""
    if abs(len(written) - len(name)) > 1:
        return False
    ours, theirs = re.findall(_RUNS, written), re.findall(_RUNS, name)
    if len(ours) != len(theirs):
        return False
    unlike = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    if len(unlike) != 1:
        return False
    a, b = unlike[0]
    return min(len(a), len(b)) >= LEAST and not a[0].isdigit() and not b[0].isdigit() and one_letter(a, b)


def one_letter(a: str, b: str) -> bool:
    """True if two words differ by one letter, or by two neighbours that are swapped."""
    short, long = sorted((a, b), key=len)
    start = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    if len(long) - len(short) == 1:
        return short[start:] == long[start + 1 :]
    if len(long) != len(short):
        return False
    swapped = short[:start] + short[start : start + 2][::-1] + short[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or swapped == long
