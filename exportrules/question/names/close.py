"""Find listed parties with similar names: leading parts, another order, abbreviations, typos, Chinese names.

Names are compared by their words. A word that does not identify its bearer ("technology", "Beijing") has little weight,
one that few listed names have has much; the weight of what two names share, and of what they do not, decides.
Candidates are looked up by the rarer words of a name, so that most names of a ledger need only a few look-ups.
"""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from exportrules.law.model import Party
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import Near, visible
from exportrules.question.names.sounds import sound
from exportrules.question.names.words import (
    ABBREVIATIONS,
    CHINESE_GENERIC,
    CHINESE_KINDS,
    CHINESE_ORDINARY,
    CHINESE_PLACES,
    CHINESE_SUFFIXES,
    CHINESE_VAGUE,
    COMMON,
    ENDINGS,
    GENERIC,
    KINDS,
    LATIN,
    ORDINARY,
    PLACES,
    SIMPLIFIED,
    SMALL_WORDS,
)

#: The most listed names that are compared word by word, and that are reported.
MOST_COMPARED = 40
MOST_REPORTED = 6
#: Texts whose words are kept: one is compared in several ways, one after the other.
MOST_KEPT = 16
#: A word of more listed names than these brings up none by itself.
MOST_NAMES = 120
#: A word of more listed names than these is never read as a slip of another.
FEW = 2
#: The least part of each name's weight that the words in common must make up.
SHARED = 0.8
#: The least length of a misspelt word in a name with one distinctive word: "Canon" is not "Cancon".
SHORTEST_SLIP = 6
#: The least number of characters of a Chinese name in which one too few or too many is a slip.
SHORTEST_CHINESE_SLIP = 6
#: The least number of words of a listed name that are near it without those before them.
FEWEST_BEHIND = 3
#: What a name may leave out before it.
FORMS_BEFORE = frozenset(("concern", "corporation", "holding"))
#: The greatest weight of a word that does not identify anyone, however rare it is.
LIGHT = 2.0


#: Letters with spaces between them: "I n s p u r".
_SPREAD = re.compile(r"\b[a-z](?: [a-z]){3,}\b")


@dataclass(frozen=True, slots=True)
class Name:
    """A listed name: its party, its printed form, its words in order, and those that are distinctive."""

    party: str
    printed: str
    words: tuple[str, ...]
    core: tuple[str, ...]
    weight: float = 0.0


@lru_cache(maxsize=MOST_KEPT)
def spelled(text: str) -> tuple[str, ...]:
    """The words of a name in one case, width and alphabet, without punctuation and accents."""
    folded = visible(text).casefold()
    if not folded.isascii():
        folded = folded.translate(SIMPLIFIED).translate(LATIN)
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    spaced = "".join(c if c.isalnum() else "" if c in ".'’`" else " " for c in folded)
    return tuple(_SPREAD.sub(lambda found: found[0].replace(" ", ""), " ".join(spaced.split())).split())


@lru_cache(maxsize=MOST_KEPT)
def words_of(text: str) -> tuple[str, ...]:
    """The words that names are compared by: abbreviations written out, no plurals, no endings of companies."""
    written = (meant(word) for word in spelled(text) if word not in ENDINGS and word not in SMALL_WORDS)
    return tuple(one for word in written for one in word.split())


def meant(word: str) -> str:
    """The form in which a word is compared; of initials the words that they are for."""
    return ABBREVIATIONS.get(word) or _singular(word)


def _singular(word: str) -> str:
    one = word
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        one = word[:-3] + "y" if word.endswith("ies") else word[:-1]
    return ABBREVIATIONS.get(one, one)


def is_light(word: str) -> bool:
    """True if a word does not distinguish companies: a trade, a place, a number, a letter."""
    return word in GENERIC or word in PLACES or word.isdigit() or len(word) < 2


def core_of(words: Iterable[str]) -> tuple[str, ...]:
    """The distinctive words of a name."""
    return tuple(word for word in words if not is_light(word))


@dataclass
class Index:
    """An index of the listed names by their words."""

    names: list[Name] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    sets: dict[str, frozenset[int]] = field(default_factory=dict)
    glued: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    chinese: list[tuple[str, str, str]] = field(default_factory=list)
    #: long Chinese names without one of their characters, each with its party, its printed form and its characters
    chinese_slips: dict[str, list[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(list))
    #: the words of listed names as written, with the forms in which they are compared: "tiptrans" is "tiptran"
    written: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _sounds: dict[str, dict[str, None]] = field(default_factory=dict)
    _alike: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _slips: dict[str, list[str]] = field(default_factory=dict)
    _variants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _weights: dict[str, float] = field(default_factory=dict)

    def call_in_chinese(self, party: str, printed: str) -> None:
        """Add a name, if it is a Chinese one."""
        if core := chinese_core(printed):
            self.chinese.append((core, party, printed))
            letters = chinese_letters(printed)
            if len(letters) > SHORTEST_CHINESE_SLIP and not _NUMBERED.search(letters):
                for shorter in _shortened(letters):
                    self.chinese_slips[shorter].append((party, printed, letters))

    def weight(self, word: str) -> float:
        """The weight of a word: the rarer it is among listed names, the greater."""
        weight = self._weights.get(word)
        if weight is None:
            rare = math.log(1 + len(self.names) / (1 + len(self.by_word.get(word, ()))))
            most = LIGHT if is_light(word) else 2 * LIGHT if word in COMMON else rare
            weight = self._weights[word] = min(rare, most)
        return weight

    def set_of(self, word: str) -> frozenset[int]:
        """The listed names with a frequent word."""
        numbers = self.sets.get(word)
        if numbers is None:
            numbers = self.sets[word] = frozenset(self.by_word[word])
        return numbers

    def variants(self, word: str) -> tuple[str, ...]:
        """The words of listed names of which `word` may be a misspelling by one letter."""
        known = self._variants.get(word)
        if known is None:
            slips = len(word) >= 4 and not is_light(word)
            known = self._variants[word] = tuple(self._slipped(word)) if slips else ()
        return known

    def _slipped(self, word: str) -> Iterator[str]:
        from rapidfuzz.distance import OSA

        if not self._slips:
            slips: dict[str, list[str]] = defaultdict(list)
            for known in (*self.written, *ENDINGS):
                if len(known) >= 4:
                    for shorter in _shortened(known):
                        slips[shorter].append(known)
            self._slips = slips
        # a slip in "technologies" hides its plural: what is left of it is two letters away
        written = (word, f"{word}s")
        close = {known for one in written for shorter in _shortened(one) for known in self._slips.get(shorter, ())}
        spelled = (n for n in sorted(close) if any(OSA.distance(n, one, score_cutoff=1) <= 1 for one in written))
        words = dict.fromkeys(meant for known in spelled for meant in sorted(self.written.get(known, {known})))
        return (meant for meant in words if meant != word)

    def alike(self, word: str) -> tuple[str, ...]:
        """The words of listed names that sound like `word` but are spelt differently."""
        alike = self._alike.get(word)
        if alike is None:
            if not self._sounds:
                sounds: dict[str, dict[str, None]] = defaultdict(dict)
                for written in self.written:
                    if heard := sound(written):
                        sounds[heard] |= dict.fromkeys(sorted(self.written[written]))
                self._sounds = sounds
            spared = is_light(word) or word in COMMON or word in ORDINARY or len(self.by_word.get(word, ())) > FEW
            heard = "" if spared else sound(word)
            alike = self._alike[word] = tuple(known for known in self._sounds.get(heard, ()) if known != word)
        return alike


def _shortened(word: str) -> set[str]:
    """A word, and the word without each of its letters. Two words that differ by one slip share one of these."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def index_of(parties: Iterable[Party]) -> Index:
    """The index of some parties."""
    index = Index()
    for party in parties:
        # two entries have a long name in common: a slip in it is as near as the name itself
        shared = (printed for printed in party.weak if len(words_of(printed)) > 2)
        for printed in dict.fromkeys((party.name, *party.aliases, *shared)):
            index.call_in_chinese(party.id, printed)
            words = words_of(printed) if not _is_chinese(printed) else ()
            if not core_of(words) and len(words) < 2:
                continue
            number = len(index.names)
            index.names.append(Name(party.id, printed, words, core_of(words)))
            for word in set(words):
                index.by_word[word].append(number)
            for word in spelled(printed):
                if word not in ENDINGS and word not in SMALL_WORDS and " " not in meant(word):
                    index.written[word].add(meant(word))
                    index.written[meant(word)].add(meant(word))
            for one, two in pairwise(words):
                index.glued[one + two].append(number)
        for printed in party.weak:
            index.call_in_chinese(party.id, printed)
    for known in index.by_word.values():
        known.sort(key=lambda number: len(index.names[number].words))
    index.names = [
        Name(n.party, n.printed, n.words, n.core, sum(index.weight(word) for word in n.words)) for n in index.names
    ]
    return index


def close_names(index: Index, text: str) -> list[Near]:
    """The listed names to which a text is similar, the most similar first, at most one for each party."""
    similar = list(_chinese(index, text)) if _is_chinese(text) else []
    # a misspelt "Limited" is not a word of the name
    words = tuple(word for word in words_of(text) if ENDINGS.isdisjoint(index.variants(word)) or word in index.by_word)
    if words:
        similar += [
            near for number in _candidates(index, words) if (near := _compared(index, words, index.names[number]))
        ]
    best: dict[str, Near] = {}
    for near in sorted(similar, key=lambda near: (-near.score, len(near.name), near.party)):
        best.setdefault(near.party, near)
    return list(best.values())[:MOST_REPORTED]


def _candidates(index: Index, words: tuple[str, ...]) -> list[int]:
    """The listed names with the greatest weight of common words."""
    scores: dict[int, float] = defaultdict(float)
    looked_up = dict.fromkeys(words, 1.0)
    for word in words:
        if len(index.by_word.get(word, ())) <= FEW:
            looked_up |= {other: 0.9 for other in index.variants(word) if other not in looked_up}
    looked_up |= {other: 1.0 for word in words for other in index.alike(word)}
    looked_up |= {one + two: 1.0 for one, two in pairwise(words) if one + two in index.by_word}
    frequent: list[str] = []
    for word, trust in looked_up.items():
        known = index.by_word.get(word, ())
        if len(known) > MOST_NAMES:
            frequent.append(word)
            # many names contain "Huawei": take the shortest of them, and those that share another word
            for number in () if is_light(word) else known[:MOST_NAMES]:
                scores[number] += 0.0
            continue
        weight = trust * index.weight(word)
        for number in known:
            scores[number] += weight
        for number in index.glued.get(word, ()):
            scores[number] += weight
    frequent.sort(key=lambda word: len(index.by_word[word]))
    if len(frequent) > 1:
        for number in index.set_of(frequent[0]) & index.set_of(frequent[1]):
            scores[number] += 0.0
    for word in frequent if scores else ():
        weight = index.weight(word)
        for number in scores.keys() & index.set_of(word):
            scores[number] += weight
    # drop candidates that have little in common, measured by either name
    least = 0.6 * sum(map(index.weight, words))
    names = index.names
    close = [number for number, score in scores.items() if score >= least or score >= 0.6 * names[number].weight]
    return heapq.nlargest(MOST_COMPARED, close, key=lambda number: scores[number] - names[number].weight / 100)


def _compared(index: Index, words: tuple[str, ...], name: Name) -> Near | None:
    """How a name is close to a listed one; None if it is not."""
    written, words = words, _as_listed(index, words, name)
    if words == name.words:
        return Near(name.party, name.printed, *(("abbreviated", 98) if words == written else ("near", 96)))
    if sorted(words) == sorted(name.words):
        return Near(name.party, name.printed, "words swapped", 97)
    shared, other, distinctive = 0.0, 0.0, 0
    slips: list[tuple[str, str]] = []
    core = core_of(words)
    ours, theirs = _joined(words, name.words)
    left = Counter(theirs)
    total = sum(index.weight(word) for word in ours)
    listed = sum(index.weight(word) for word in theirs)
    rest: list[str] = []
    for word in ours:
        if left[word] > 0:
            left[word] -= 1
            shared += index.weight(word)
            other += index.weight(word)
            distinctive += not is_light(word)
        else:
            rest.append(word)
    for word in rest:
        for known in index.variants(word):
            if left[known] > 0:
                left[known] -= 1
                shared += 0.95 * index.weight(word)
                other += 0.95 * index.weight(known)
                slips.append((word, known))
                break
    ours_part, theirs_part = shared / total, other / listed
    if not core and len(words) > 2 and name.words[: len(words)] == words:
        # "China Electronics Technology Group Corporation": no distinctive word, yet the beginning of many entries
        return Near(name.party, name.printed, "leading part", 80)
    if not distinctive:
        # if only trades, places and misspelt words are common, nearly all of both names must be
        distinctive_slips = [pair for pair in slips if not is_light(pair[1])]
        longest = max if len(words) > 1 else min  # "Inspr Group" has a second word of "Inspur Group"
        if any(longest(map(len, pair)) < SHORTEST_SLIP for pair in distinctive_slips) and len(words) < 3:
            return None
        if not distinctive_slips and min(ours_part, theirs_part) < 0.9:
            return None
    score = round(100 * min(ours_part, theirs_part))
    if ours_part >= SHARED and theirs_part >= SHARED and len(slips) < 3:
        # of sisters ("715th Research Institute") the one with the fewest slips comes first
        return Near(name.party, name.printed, "near", min(97 - max(len(slips), 1), score))
    # a person without the first of the given names, "Hamdi Mohd El Daadaa", and a company without its form
    enough = len(words) >= FEWEST_BEHIND or FORMS_BEFORE.issuperset(name.words[: -len(words)])
    if enough and name.words[-len(words) :] == words and says_who(core):
        return Near(name.party, name.printed, "near", max(80, score))
    if len(slips) > 1 or not KINDS.isdisjoint(set(words) ^ set(name.words)):
        return None
    if slips and not distinctive and any(len(known) <= SHORTEST_SLIP for _, known in slips):
        return None
    same = core == name.core and (says_who(core) or (len(core) == 1 and len(core[0]) == 3))
    if same or (says_who(core) and core == name.core[: len(core)] and ours_part >= 0.95):
        return Near(name.party, name.printed, "leading part", max(80, score))
    if says_who(name.core) and theirs_part >= 0.9 and _stands_in(name.words, words, bool(slips)):
        return Near(name.party, name.printed, "contains a listed name", max(80, score))
    return None


def _as_listed(index: Index, words: tuple[str, ...], name: Name) -> tuple[str, ...]:
    """The words, with those that a listed name spells differently in its spelling."""
    theirs = name.words
    return tuple(w if w in theirs else next((o for o in index.alike(w) if o in theirs), w) for w in words)


def _joined(words: tuple[str, ...], listed: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both names, with two words joined where the other name writes them as one."""
    return _glued(words, set(listed)), _glued(listed, set(words))


def _glued(words: tuple[str, ...], whole: set[str]) -> tuple[str, ...]:
    for i, (one, two) in enumerate(pairwise(words)):
        if one + two in whole:
            return (*words[:i], one + two, *words[i + 2 :])
    return words


def says_who(core: tuple[str, ...]) -> bool:
    """True if distinctive words identify a company: two of them, or one that is not an everyday word."""
    return len(core) > 1 or (len(core) == 1 and len(core[0]) >= 4 and core[0] not in COMMON)


def _stands_in(listed: tuple[str, ...], words: tuple[str, ...], slipped: bool) -> bool:
    """True if a longer name contains a listed one, in one piece or with its words apart; always if one was misspelt."""
    spaced = f" {' '.join(words)} "
    return f" {' '.join(listed)} " in spaced or slipped or all(word in words for word in listed)


# --- Chinese ----------------------------------------------------------------------------------------


#: What is between the parts of a Chinese text: anything else, and the number of a house in an address.
_PARTS = re.compile(r"(?:\d+[号楼室层座栋幢]|[^\u4e00-\u9fff])+")
#: Institutes that differ by a number differ by a character.
_NUMBERED = re.compile(r"[零一二三四五六七八九十百0-9]")
_PLACES = re.compile("|".join(CHINESE_PLACES))
#: What a name begins behind: a place, the parts of an address, the role of the one named, or what is done for them.
_BEFORE_A_NAME = re.compile(
    f"{_PLACES.pattern}|[省市区县镇乡村路街道巷弄号楼室座层栋幢园厦州旗户方人商者司团位门给送供代向至往为由经与和及或即致原自]"
)
_BEHIND_A_NAME = (*CHINESE_SUFFIXES, *CHINESE_GENERIC, *"使用 采购 项目 基地 总部 大厦 分公司".split())


def _is_chinese(text: str) -> bool:
    return not text.isascii() and any("\u4e00" <= c <= "\u9fff" for c in text)


def chinese_core(text: str) -> str:
    """The distinctive part of a Chinese company's name, without place, trade and legal form; '' for other names, and
    for Japanese ones: 長江メモリ is more than 長江."""
    if not _is_chinese(text) or any("\u3041" <= c <= "\u30ff" for c in text):
        return ""
    whole = chinese_letters(text)
    for suffix in CHINESE_SUFFIXES:
        whole = whole.removesuffix(suffix)
    core = _without_places(whole)
    while trimmed := next((core.removesuffix(word) for word in CHINESE_GENERIC if core.endswith(word)), ""):
        core = trimmed
    # the whole name if nothing is left ("中国电子"), or if it is that of a university, which is called by its place
    vague = len(core) < 2 or core in CHINESE_GENERIC or core in CHINESE_VAGUE
    return whole if vague or "大学" in whole or "学院" in whole else core


def chinese_letters(text: str) -> str:
    """The Chinese letters and digits of a text, in simplified ones."""
    folded = visible(text).translate(SIMPLIFIED)
    return "".join(c for c in folded if "\u4e00" <= c <= "\u9fff" or c.isdigit())


def _without_places(text: str) -> str:
    for _ in range(2):
        for place in CHINESE_PLACES:
            if text.startswith(place) and len(text) > len(place) + 1:
                text = text[len(place) :]
                text = text[1:] if text[0] in "省市" and len(text) > 2 else text
    return text


def _chinese(index: Index, text: str) -> Iterator[Near]:
    """Listed names whose core the text contains: of two characters at the beginning of one of its parts, of more
    anywhere; and those that differ from a part by one character left out or written twice."""
    whole = chinese_letters(text)
    # behind an address or the number of a line of a list
    parts = dict.fromkeys((whole.lstrip("0123456789"), *_PARTS.split(visible(text).translate(SIMPLIFIED))))
    heads = [whole, *map(_without_places, parts)]
    heads += (part[found.end() :] for part in parts for found in _BEFORE_A_NAME.finditer(part))
    own = {chinese_core(text), *map(chinese_core, parts)} - {""}
    for core, party, printed in index.chinese:
        if core in own:
            yield Near(party, printed, "leading part", 92)
        elif core in whole and (_tells_in(core, heads, printed) or _is_named_in(core, printed, parts)):
            yield Near(party, printed, "contains a listed name", 85 if len(core) > 2 else 80)
        elif any(len(one) >= 2 and core.startswith(one) and one not in CHINESE_PLACES for one in own):
            yield Near(party, printed, "leading part", 85)
    for part in parts:
        for shorter in _shortened(part) if len(part) >= SHORTEST_CHINESE_SLIP else ():
            for party, printed, letters in index.chinese_slips.get(shorter, ()):
                if len(letters) != len(part):
                    yield Near(party, printed, "near", 88)


def _tells_in(core: str, texts: Sequence[str], printed: str) -> bool:
    """True if a name that stands in a text is a name there: of two characters at its beginning, in a text of no other
    kind (复旦大学 is not 复旦微电子); of three not where they end the name of another university (华北理工大学)."""
    begins = any(text.startswith(core) for text in texts)
    if len(core) > 2:
        return begins or len(core) > 3 or f"{core}大学" not in texts[0]
    return begins and _of_a_kind(printed, texts[0])


def _of_a_kind(printed: str, text: str) -> bool:
    return all(kind in printed for kind in CHINESE_KINDS if kind in text)


def _is_named_in(core: str, printed: str, parts: Iterable[str]) -> bool:
    """True if a name of two characters ends in a part where a name ends, whatever is before it: 坂田华为技术有限公司.
    The characters of a place are not of a name: 上海光电子 has no 海光. What is also a word stands there as printed."""
    if core in CHINESE_ORDINARY:
        return printed != core and any(chinese_letters(printed) in part for part in parts)
    if len(core) > 2 or not _of_a_kind(printed, "".join(parts)):
        return False
    behind = (left for part in parts for piece in _PLACES.split(part) for left in piece.split(core)[1:])
    return any(not left or left.startswith(_BEHIND_A_NAME) for left in behind)


def near_index(ruleset: Ruleset, restricting: Iterable[Party]) -> Index:
    """The index of a ruleset, built on first use: when a name is not exactly a listed one."""
    index = ruleset.indexes.get("near parties")
    if not isinstance(index, Index):
        index = ruleset.indexes["near parties"] = index_of(restricting)
    return index
