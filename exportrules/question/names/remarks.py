"""Finds listed parties in free text: a remark, an address, a project, a description.

Most words of such a text are everyday words, and nearly every one of them begins some listed name ("Closed", "Small").
So four things count: a whole listed name; a near one, if the text is as short as a name; the name of a house, a word
that begins several listed names and nothing else, such as "Inspur"; and the start of one behind a word that says that a
name follows: "for Rostec".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from exportrules.law.model import FAVOURS
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.close import chinese_core, chinese_letters, spelled, words_of
from exportrules.question.names.houses import SHORTEST_HOUSE, houses, is_ordinary
from exportrules.question.names.inside import standing_in, whole_names
from exportrules.question.names.keys import is_favoured, memo, restricting
from exportrules.question.names.parties import find_parties, listed_exactly
from exportrules.question.names.words import CHINESE_GENERIC, CHINESE_ORDINARY

#: A text of more words than this is a sentence and is not compared with names as a whole.
MOST_WORDS = 9
#: A longer text is searched in pieces, which overlap.
PIECE, OVERLAP = 600, 120
#: Ways of being near a listed name by chance: one everyday word of the text begins the name.
_BY_CHANCE = frozenset(("leading part", "short name"))
#: Below this a near name is one of several that share a trade and a place.
LEAST = 85

_NAMELIKE = re.compile(r"[^\W\d_]{4}|[^\W\d_a-zA-Z]{2}")
#: A word behind which a text names who gets the goods, and the word that follows.
_FOLLOWS = re.compile(
    r"\b(?:c/o|to|for|für|fuer|an|bei|pour|para|per|von|by|is|ist|est|es|behalf of|end[- ]?(?:user|customer)|customer|"
    r"buyer|consignee|client|endkunde|endverwender|kunde|käufer|empfänger)\b[\s:=.-]*(?P<name>[^\W\d_][^\s,;/|]*)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[;,/|\n]\s*")


class Named(NamedTuple):
    """A listed party that a text names, or comes near."""

    name: str
    certain: bool


def party_in(ruleset: Ruleset, text: str) -> Named | None:
    """The first listed party that a text names or comes near, or None. Parties listed only in their favour do not
    count."""
    for start in range(0, len(text), PIECE - OVERLAP):
        piece = text[start : start + PIECE]
        worth = _NAMELIKE.search(piece) or _FOLLOWS.search(piece)
        if worth and (found := next(_named(ruleset, piece), None)):
            return found
    return None


def _named(ruleset: Ruleset, text: str) -> Iterator[Named]:
    parts = _PARTS.split(text)
    texts = [part for part in dict.fromkeys([text, *parts]) if _NAMELIKE.search(part)]
    for part in texts:
        for party in (ruleset.parties[found] for found in listed_exactly(ruleset, part)):
            # beside the form of a company an everyday word is its name: "Wheels Incorporated"
            daily = len(part.split()) < 2 and _is_daily(part)
            if any(listing.list not in FAVOURS for listing in party.listing) and not daily:
                yield Named(party.name, True)
    words = spelled(text)
    known = houses(ruleset)
    for word in (*words, *(one + two for one, two in pairwise(words))):
        if (house := known.get(word)) and (len(word) >= SHORTEST_HOUSE or word.upper() in text):
            yield Named(house[0][1], False)
    if not text.isascii():
        letters = chinese_letters(text)
        for core, printed in memo(ruleset, "chinese houses", _chinese_houses).items():
            if core in letters:
                yield Named(printed, False)
    for part in texts:
        if 1 < len(spelled(part)) <= MOST_WORDS:
            found = find_parties(ruleset, part)
            if any(is_favoured(ruleset.parties[party]) for party in found.listed):
                continue
            for near in found.near:
                if near.score >= LEAST and near.how not in _BY_CHANCE and not _is_daily(near.name):
                    yield Named(near.name, False)
    for name in _following(text):
        for near in find_parties(ruleset, name).near:
            if near.how in _BY_CHANCE:
                yield Named(near.name, False)
    for near in standing_in(whole_names(ruleset, restricting(ruleset)), text):
        # three letters are many things: a colour, a month, a carrier
        if near.how == "contains a listed name" and not _is_daily(near.name) and len(near.name) > 3:
            yield Named(near.name, False)


def _following(text: str) -> Iterator[str]:
    """The names behind words such as "for": one word in capitals, or with a capital and no everyday word."""
    shouted = text.isupper()
    start = 0
    while found := _FOLLOWS.search(text, start):
        start = found.start("name")
        name = found["name"].strip(".:()")
        in_capitals = name.isupper() and len(name) > 2
        if not shouted and name[:1].isupper() and (in_capitals or not all(map(is_ordinary, words_of(name)))):
            yield name


def _is_daily(name: str) -> bool:
    """True if a listed name is a single everyday word: "Wheels", "Center"."""
    words = words_of(name)
    return bool(words) and len(words) < 2 and all(is_ordinary(word) for word in words)


def _chinese_houses(ruleset: Ruleset) -> dict[str, str]:
    """The Chinese names of listed companies, by their distinctive characters."""
    houses: dict[str, str] = {}
    for party in restricting(ruleset):
        for printed in dict.fromkeys((party.name, *party.aliases)):
            core = chinese_core(printed)
            if len(core) > 1 and core not in CHINESE_GENERIC and core not in CHINESE_ORDINARY:
                houses.setdefault(core, printed)
    return houses
