"""Find listed names inside a longer text: beside an address, a person or a role, cut off by a form with a limit of
thirty letters, or written without spaces.

The text around a name says nothing about whose name it is, so these names are looked up rather than weighed: every run
of words of the text is compared with the listed names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from exportrules.law.model import Party
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.close import core_of, spelled, words_of
from exportrules.question.names.keys import LONGEST_INITIALS, Near
from exportrules.question.names.words import ENDINGS, KINDS, PLACES

#: The least number of letters of a text that was cut off: forms cut at 20, 30 or 35 characters, spaces included.
SHORTEST_CUT, SHORTEST_FORM = 16, 20
#: The least number of letters of a name written without spaces.
SHORTEST_TOGETHER = 6
#: The most words of a listed name that are compared; a longer run is a sentence.
MOST_WORDS = 14
#: Separators between a name and the text beside it. A bare hyphen is not one: it joins the words of many names.
_BETWEEN = re.compile(
    r"[,;:/|()\[\]{}<>\n\r\t\"“”„«»＋+&＆、，；：。]|\s[-–—]+\s|"
    r"\b(?:c/o|c\.o\.|care of|attn\.?|att\.?|attention|d/?b/?a|t/a|trading as|doing business as|a\.?k\.?a\.?|"
    r"f\.?k\.?a\.?|n\.?k\.?a\.?|formerly(?: known as)?|previously|o/b/o|obo|on behalf of|for|m/s|messrs\.?|"
    r"and|und|et)(?=\W|$)",
    re.I,
)

#: A name with another behind it, each of which is called: "Rostec (Russian Technologies State Corporation)".
_TWO_NAMES = re.compile(r"([^()]+?)\s*\(([^()]+)\)\W*$")
#: States that are called by their initials, in brackets behind a name.
_STATES = frozenset(("prc", "rok", "ksa", "uae", "usa"))
#: The initials behind a name, without which it is the name all the same: "Federal Security Service (FSB)".
_INITIALS_BEHIND = re.compile(r"\s*\([A-Z][A-Z -]+\)$")
#: Korean and Japanese words, which stand in longer ones without a space; Korean ones as the parts of their letters.
_UNSPACED = re.compile(r"[\u3041-\u30ff]{4,}|[\u1100-\u11ff]{5,}")


@dataclass
class ListedNames:
    """The listed names by runs of words, by the words of a separated part, and by their letters without spaces."""

    runs: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    letters: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    ordered: list[str] = field(default_factory=list)
    #: those called by a place alone, "Tianjin University", by the place
    universities: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    unspaced: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))


def whole_of(parties: Iterable[Party]) -> ListedNames:
    """The listed names of some parties: the weak ones, and the halves of double names, as parts of a text alone."""
    whole = ListedNames()
    for party in parties:
        for printed in dict.fromkeys((party.name, *party.aliases, *party.weak)):
            if not printed.isascii() and _UNSPACED.fullmatch(letters := "".join(spelled(printed))):
                whole.unspaced[letters].append((party.id, printed))
            for half in (printed, *_halves(printed)) if printed in party.weak else _halves(printed):
                if _distinguishes(words_of(half)):
                    whole.parts[words_of(half)].append((party.id, printed))
            words, written = words_of(printed), tuple(spelled(printed))
            who = (party.id, printed)
            if printed in party.weak:
                if len(words) > 2:
                    whole.runs[words].append(who)
                continue
            if not words:
                continue
            whole.parts[words].append(who)
            # "PJSC Saturn" is distinctive by its legal form, "Saturn" is not
            for run in {words, written, words_of(_INITIALS_BEHIND.sub("", printed))}:
                if _tells(run):
                    whole.runs[run].append(who)
            if len(written) == 2 and written[1] == "university":
                whole.universities[written[0]].append(who)
            for letters in {"".join(written), "".join(word for word in written if word not in ENDINGS)} - {""}:
                whole.letters[letters].append(who)
    whole.ordered = sorted(whole.letters)
    return whole


def _tells(words: tuple[str, ...]) -> bool:
    """True if words identify a company anywhere in a text: three words, or two of which one is not a trade or place;
    in Chinese, which has no spaces, three characters."""
    if len(words) == 1:
        return len(words[0]) > 2 and not words[0].isascii()
    return len(words) > 2 or (len(words) == 2 and bool(core_of(words)))


def _halves(printed: str) -> tuple[str, ...]:
    """The name before brackets and that in them; none without brackets at the end."""
    found = _TWO_NAMES.match(printed) if "(" in printed else None
    return (found[1], found[2]) if found else ()


def _distinguishes(words: tuple[str, ...]) -> bool:
    """True if words, alone in their part of a text, may be a company's: a name, or two words that are no place."""
    core = core_of(words)
    return any(len(word) > 2 and word not in _STATES for word in core) or (
        len(words) > 1 and not PLACES.issuperset(words)
    )


def _without_places(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words, and those without each place behind them: "FSB Russia", "FSB RU"."""
    yield words
    while len(words) > 1 and (words[-1] in PLACES or words[-1] in _STATES or _is_code(words[-1])):
        words = words[:-1]
        yield words


def _is_code(word: str) -> bool:
    return len(word) == 2 and word.isascii()


def standing_in(whole: ListedNames, text: str) -> Iterator[Near]:
    """The listed names inside a text, or of which the text is the beginning."""
    written = tuple(spelled(text))
    letters = "".join(written)
    # a name as short as an everyday word is compared by its words alone
    for party, printed in whole.letters.get(letters, ()) if len(letters) >= SHORTEST_TOGETHER else ():
        yield Near(party, printed, "written together", 96)
    # "Nanjing University" is a whole name, although others begin with it
    whole_name = bool(written) and written[-1] in KINDS and len(text) < SHORTEST_FORM
    if len(letters) >= SHORTEST_CUT and not whole_name:
        at = bisect_left(whole.ordered, letters)
        while at < len(whole.ordered) and whole.ordered[at].startswith(letters):
            for party, printed in whole.letters[whole.ordered[at]]:
                yield Near(party, printed, "cut off", 85)
            at += 1
    for words in {words_of(text), written}:
        for start in range(len(words)):
            for stop in range(start + 1, min(len(words), start + MOST_WORDS) + 1):
                for party, printed in whole.runs.get(words[start:stop], ()):
                    yield Near(party, printed, "contains a listed name", 90)
    for place, kind, *behind in zip(written, written[1:], (*written[2:], ""), strict=False):
        # "Tianjin University of Technology" is another
        if kind == "university" and behind != ["of"]:
            yield from (Near(*who, "contains a listed name", 85) for who in whole.universities.get(place, ()))
    if _UNSPACED.search(letters):
        for name, parties in whole.unspaced.items():
            if name in letters:
                yield from (Near(party, printed, "contains a listed name", 85) for party, printed in parties)
    parts = [part for part in _BETWEEN.split(text) if part and part.strip()]
    for part in parts:
        how, score = ("short name", 90) if part == text else ("contains a listed name", 92)
        for own in _without_places(words_of(part)):
            for party, printed in whole.parts.get(own, ()):
                # three letters of one alphabet are a word of another: "Oak" is not ОАК
                if len("".join(own)) > LONGEST_INITIALS or printed.isascii() or not part.isascii():
                    yield Near(party, printed, how, score)


def whole_names(ruleset: Ruleset, restricting: Iterable[Party]) -> ListedNames:
    """The listed names of a ruleset, indexed on first use: when a name is not exactly a listed one."""
    names = ruleset.indexes.get("whole names")
    if not isinstance(names, ListedNames):
        names = ruleset.indexes["whole names"] = whole_of(restricting)
    return names
