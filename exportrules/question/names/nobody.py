"""Texts given as a company's name that are not one: a place, a chip, a number.

Read as a name, each would be a party that is on no list, and could free the deal: nothing is known of a buyer "CN" or
"H100 80GB".
"""

from __future__ import annotations

import re

from exportrules.law.ruleset import Ruleset
from exportrules.question.names.chips import is_chip
from exportrules.question.names.keys import visible
from exportrules.question.names.places import place_called
from exportrules.question.names.words import SUFFIXES

#: Characters that reverse the direction of what follows: such a text differs from what its reader sees.
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Numbers as spreadsheets write them: 1e9, 4.5E+10.
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*(?:e[-+]?[0-9]+)?", re.I)
#: No chip's name is longer.
_LONGEST_CHIP = 60
#: What separates several of them, and what surrounds one: "SG / CN", "H100 or L20", "(CN)?".
_BETWEEN = re.compile(r"[^\w\s.'’&+-]+|\n|\b(?:via|or|and|und|oder)\b", re.I)
#: A word with letters of two alphabets that look alike: "СN" with a Cyrillic C.
_MIXED = re.compile(r"[a-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][a-z]", re.I)
#: Words before a place or a chip that make it a remark rather than a name: "not CN", "like H100", "outside China".
_ABOUT = re.compile(
    r"^\W*(?:(?:not|non|no|like|similar|same|as|to|in|from|for|other|than|outside|any|only|via|the)\b\W*)+", re.I
)


def no_name(ruleset: Ruleset, text: str) -> str:
    """Why a text is not the name of a company, a body or a person, to complete a message; '' if it may be one."""
    if _TURNED.search(text):
        return "has a letter that turns its direction, so that it does not say what it shows"
    if _MIXED.search(text):
        return "has letters of two alphabets in one word, so that it does not say what it shows"
    seen = visible(text)
    parts = [part for part in (part.strip(" \t-.+") for part in _BETWEEN.split(seen)) if part]
    whole = _no_name(ruleset, _ABOUT.sub("", seen).strip())
    if whole:
        return whole
    reasons: list[str] = []
    for part in parts:
        if not (reason := _no_name(ruleset, part)):
            return ""
        reasons.append(reason)
    return next(iter(reasons), "")


def _no_name(ruleset: Ruleset, text: str) -> str:
    if _NUMBER.fullmatch(text):
        return "is a number and does not name anyone"
    if place := place_called(ruleset, text):
        return f"is a place ({place}) and does not name anyone there"
    # without a digit it may also be the name of a company, and with "Ltd" it is one: Volta, 3080 Ltd
    chip = len(text) <= _LONGEST_CHIP and any(map(str.isdigit, text)) and SUFFIXES.isdisjoint(text.casefold().split())
    if chip and is_chip(ruleset, text):
        return "is a chip and does not name anyone"
    return ""
