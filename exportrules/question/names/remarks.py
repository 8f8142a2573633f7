"""Listed parties that a text names which is not the name of a buyer: a remark, an address, a project, a description.

Most words of such a text are of daily life, and nearly each of them begins some listed name ("Closed", "Small"). So
only a whole listed name counts, a near one where the text is no longer than names are, and a house's name: a word that
begins several listed names and nothing else, as "Inspur" does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from exportrules.law.model import FAVOURS, Party
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.close import chinese_core, chinese_letters, core_of, says_who, spelled, words_of
from exportrules.question.names.inside import standing_in, whole_names
from exportrules.question.names.keys import memo
from exportrules.question.names.parties import find_parties, is_favoured, listed_exactly
from exportrules.question.names.words import CHINESE_GENERIC, CHINESE_ORDINARY, COMMON, GENERIC, ORDINARY, PLACES

#: A text of more words than this is a sentence, and compared with no name as a whole.
MOST_WORDS = 9
#: A house's name has so many letters at least, and begins so many listed names.
SHORTEST_HOUSE, FEWEST_NAMES = 5, 2
#: Initials that are a listed name count from here on, where they are written in capitals.
SHORTEST_INITIALS = 4
#: What is longer than this is looked at in pieces, which overlap.
PIECE, OVERLAP = 600, 120
#: How a text can be near a listed name that it was not meant to be: its one word of daily life begins the name.
_BY_CHANCE = frozenset(("leading part", "short name"))
#: Below this a near name is one of several that share a trade and a place.
LEAST = 85

_NAMELIKE = re.compile(r"[^\W\d_]{4}|[^\W\d_a-zA-Z]{2}")
_PARTS = re.compile(r"\s*[;,/|\n]\s*")


class Named(NamedTuple):
    """A listed party that a text names, or comes near."""

    name: str
    certain: bool


def party_in(ruleset: Ruleset, text: str) -> Named | None:
    """The first listed party that a text names or comes near; None where it has none. Parties that lists name to
    their favour alone do not count."""
    for start in range(0, max(len(text) - OVERLAP, 1), PIECE - OVERLAP):
        piece = text[start : start + PIECE]
        if _NAMELIKE.search(piece) and (found := next(_named(ruleset, piece), None)):
            return found
    return None


def _named(ruleset: Ruleset, text: str) -> Iterator[Named]:
    parts = _PARTS.split(text)
    texts = [part for part in dict.fromkeys([text, *parts]) if _NAMELIKE.search(part)]
    for part in texts:
        for party in (ruleset.parties[found] for found in listed_exactly(ruleset, part)):
            if any(listing.list not in FAVOURS for listing in party.listing) and not _is_daily(part):
                yield Named(party.name, True)
    words = spelled(text)
    houses = memo(ruleset, "houses", _houses)
    for word in (*words, *(one + two for one, two in pairwise(words))):
        if (house := houses.get(word)) and (len(word) >= SHORTEST_HOUSE or word.upper() in text):
            yield Named(house, False)
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
    for near in standing_in(whole_names(ruleset, _restricting(ruleset)), text):
        if near.how == "contains a listed name" and not _is_daily(near.name):
            yield Named(near.name, False)


def _is_daily(name: str) -> bool:
    """Whether a listed name is nothing but words of daily life: "Wheels", "Center"."""
    words = words_of(name)
    return bool(words) and len(words) < 2 and all(_is_ordinary(word) for word in words)


def _is_ordinary(word: str) -> bool:
    return word in ORDINARY or word in COMMON or word in GENERIC or word in PLACES


def _restricting(ruleset: Ruleset) -> Iterator[Party]:
    return (party for party in ruleset.parties.values() if not is_favoured(party))


def _houses(ruleset: Ruleset) -> dict[str, str]:
    """The words that begin several listed names, or are one, and a name that has each."""
    begun: dict[str, list[str]] = defaultdict(list)
    for party in _restricting(ruleset):
        for printed in dict.fromkeys((party.name, *party.aliases, *party.weak)):
            words = words_of(printed)
            core = core_of(words)
            if core and says_who(core) and core[0].isascii():
                alone = len(words) == 1 and printed not in party.weak
                if alone or len(core[0]) >= SHORTEST_HOUSE:
                    begun[core[0]] += [printed] * (FEWEST_NAMES if alone else 1)
    return {
        word: names[0]
        for word, names in begun.items()
        if len(word) >= SHORTEST_INITIALS and len(names) >= FEWEST_NAMES and not _is_ordinary(word)
    }


def _chinese_houses(ruleset: Ruleset) -> dict[str, str]:
    """What listed companies are called in Chinese, by its letters."""
    found: dict[str, str] = {}
    for party in _restricting(ruleset):
        for printed in dict.fromkeys((party.name, *party.aliases)):
            core = chinese_core(printed)
            if len(core) > 1 and core not in CHINESE_GENERIC and core not in CHINESE_ORDINARY:
                found.setdefault(core, printed)
    return found
