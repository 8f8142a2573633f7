"""The names of houses: words that begin several listed names, or are one, and mean nothing else, such as "Inspur".

A company with such a word in its name may be of the house, whatever else it is called.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from exportrules.law.ruleset import Ruleset
from exportrules.question.names.close import MOST_REPORTED, core_of, says_who, spelled, words_of
from exportrules.question.names.keys import Near, memo, restricting
from exportrules.question.names.words import COMMON, GENERIC, KINDS, ORDINARY, PLACES

#: The fewest letters of a house's name, and the fewest listed names that it begins.
SHORTEST_HOUSE, FEWEST_NAMES = 5, 2
#: A Chinese word as long as this is a house's name if it begins a single listed name.
LONG = 9
#: The syllables of Pinyin.
_PINYIN = re.compile(
    r"(?:(?:[bpmfdtnlgkhjqxzcsryw]|zh|ch|sh)?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|uan|ian|iao|uai|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ue|ui|uo|a|e|i|o|u)){2,}"
)

#: Initials, as a name of their own and behind a name, and those that mean something else to most.
_INITIALS = re.compile(r"\b[A-Z]{4,}\b")
_CYRILLIC = re.compile(r"\b[\u0410-\u042f\u0401]{4,}\b")
_BRACKETED = re.compile(r"\(([A-Z]{4,})\)")
_OTHERS = frozenset("CERS CJSC COSMOS ELVIS FGUP IAEA IPPE MACS MPEG SPECS STIC TELEC TROJANS".split())


def is_ordinary(word: str) -> bool:
    """True if a word names nobody in a remark: an everyday word, a trade, a place."""
    return word in ORDINARY or word in COMMON or word in GENERIC or word in PLACES


def houses(ruleset: Ruleset) -> dict[str, list[tuple[str, str]]]:
    """The names of houses, each with the parties and listed names that it begins."""
    return memo(ruleset, "houses", _houses)


def _houses(ruleset: Ruleset) -> dict[str, list[tuple[str, str]]]:
    begun: dict[str, list[tuple[str, str]]] = defaultdict(list)
    whole: set[str] = set()
    for party in restricting(ruleset):
        for printed in dict.fromkeys((party.name, *party.aliases, *party.weak)):
            words = words_of(printed)
            core = core_of(words)
            if core and says_who(core) and core[0].isascii():
                alone = len(words) == 1 and printed not in party.weak
                if alone or len(core[0]) >= SHORTEST_HOUSE:
                    begun[core[0]].append((party.id, printed))
                    whole |= {core[0]} if alone else set()
    return {
        word: names
        for word, names in begun.items()
        if (len(names) >= FEWEST_NAMES or word in whole or (len(word) >= LONG and _PINYIN.fullmatch(word)))
        and not is_ordinary(word)
    }


def of_a_house(ruleset: Ruleset, text: str) -> Iterator[Near]:
    """The listed names that begin with the Chinese house whose name a text has in it, the shortest first.

    A university or a bank of the same word is another body. Elsewhere the words that begin listed names are adjectives
    and given names, which many share.
    """
    known = houses(ruleset)
    words = spelled(text)
    kinds = KINDS.intersection(words)
    for word in dict.fromkeys((*words, *(one + two for one, two in pairwise(words)))):
        if len(word) >= SHORTEST_HOUSE or word.upper() in text:
            named = [one for one in known.get(word, ()) if kinds == KINDS & set(words_of(one[1]))]
            chinese = [one for one in named if ruleset.parties[one[0]].country in ("CN", "HK")]
            shortest = dict(sorted(chinese, key=lambda one: -len(one[1])))
            for party, printed in list(reversed(shortest.items()))[:MOST_REPORTED]:
                yield Near(party, printed, "leading part", 80)


def by_initials(ruleset: Ruleset, text: str) -> Iterator[Near]:
    """The listed bodies whose initials stand in a text in capitals: "BUAA School of Computer Science"."""
    known: dict[str, list[tuple[str, str]]] = memo(ruleset, "initials", _initials)
    cyrillic = (" ".join(spelled(word)).upper() for word in _CYRILLIC.findall(text))
    for word in dict.fromkeys((*_INITIALS.findall(text), *cyrillic)):
        for party, printed in known.get(word, ()):
            yield Near(party, printed, "short name", 85)


def _initials(ruleset: Ruleset) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for party in restricting(ruleset):
        for printed in (party.name, *party.aliases, *party.weak):
            alone = [printed] if _INITIALS.fullmatch(printed) else []
            for word in (*alone, *_BRACKETED.findall(printed)):
                if not is_ordinary(word.casefold()) and word not in _OTHERS:
                    found[word].append((party.id, printed))
    return found
