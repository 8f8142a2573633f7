"""Listed names that stand whole inside what people write for a buyer: beside an address, a person or a role, cut off
by a form that takes thirty letters, or written without spaces.

What stands beside a name tells nothing of whose name it is, so these are looked up and not weighed: every run of words
of a text is compared with the listed names.
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
from exportrules.question.names.keys import Near
from exportrules.question.names.words import ENDINGS

#: A text that is cut off has this many letters at least: forms cut at 20, 30 or 35 characters, spaces included.
SHORTEST_CUT = 16
#: A name that is written without spaces has this many letters at least.
SHORTEST_TOGETHER = 6
#: No listed name has more words that are compared; what is longer is a sentence.
MOST_WORDS = 14
#: What parts a name from what stands beside it. A bare hyphen joins the words of many names.
_BETWEEN = re.compile(
    r"[,;:/|()\[\]{}<>\n\r\t\"“”„«»＋+&＆、，；：。]|\s[-–—]+\s|"
    r"\b(?:c/o|c\.o\.|care of|attn\.?|att\.?|attention|d/?b/?a|t/a|trading as|doing business as|a\.?k\.?a\.?|"
    r"f\.?k\.?a\.?|n\.?k\.?a\.?|formerly(?: known as)?|previously|o/b/o|obo|on behalf of|for|m/s|messrs\.?|"
    r"and|und|et)(?=\W|$)",
    re.I,
)


@dataclass
class ListedNames:
    """The listed names by their words, by a part of a text alone, and by their letters without spaces."""

    runs: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    letters: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    ordered: list[str] = field(default_factory=list)


def whole_of(parties: Iterable[Party]) -> ListedNames:
    whole = ListedNames()
    for party in parties:
        for printed in dict.fromkeys((party.name, *party.aliases)):
            if printed in party.weak:
                continue
            words, written = words_of(printed), tuple(spelled(printed))
            who = (party.id, printed)
            if not words:
                continue
            whole.parts[words].append(who)
            # "PJSC Saturn" tells by its legal form what "Saturn" would not
            for run in {words, written}:
                if _tells(run):
                    whole.runs[run].append(who)
            for letters in {"".join(written), "".join(word for word in written if word not in ENDINGS)} - {""}:
                whole.letters[letters].append(who)
    whole.ordered = sorted(whole.letters)
    return whole


def _tells(words: tuple[str, ...]) -> bool:
    """Whether words tell who is meant wherever they stand: two of which one is no trade or place, or three; of
    Chinese, which has no spaces, three letters."""
    if len(words) == 1:
        return len(words[0]) > 2 and not words[0].isascii()
    return len(words) > 2 or (len(words) == 2 and bool(core_of(words)))


def standing_in(whole: ListedNames, text: str) -> Iterator[Near]:
    """The listed names that stand in a text, or of which it is the first letters."""
    written = tuple(spelled(text))
    letters = "".join(written)
    # a name that is only as long as a word of daily life is compared by its words alone
    for party, printed in whole.letters.get(letters, ()) if len(letters) >= SHORTEST_TOGETHER else ():
        yield Near(party, printed, "written together", 96)
    if len(letters) >= SHORTEST_CUT:
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
    parts = [part for part in _BETWEEN.split(text) if part and part.strip()]
    for part in parts if len(parts) > 1 else ():
        for party, printed in whole.parts.get(words_of(part), ()):
            yield Near(party, printed, "contains a listed name", 92)


def whole_names(ruleset: Ruleset, restricting: Iterable[Party]) -> ListedNames:
    """The listed names of a ruleset by their words, made when the first name is none of them."""
    found = ruleset.indexes.get("whole names")
    if not isinstance(found, ListedNames):
        found = ruleset.indexes["whole names"] = whole_of(restricting)
    return found
