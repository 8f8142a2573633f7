"""Resolve the name of a company or institution to listed parties.

Names match exactly after normalising case, punctuation, corporate suffixes and a short name behind the name; a name
that is only similar to a listed one is reported as near, and never read as it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from exportrules.law.model import Description
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import LONGEST_INITIALS, Near, is_favoured, memo, restricting, visible
from exportrules.question.names.words import (
    ABBREVIATIONS,
    CHINESE_SUFFIXES,
    ENDINGS,
    GENERIC,
    PLACES,
    SIMPLIFIED,
    SUFFIXES,
)

#: The number of spellings that are cached: more than a ledger has, but few enough for memory.
MOST_REMEMBERED = 500_000
#: A digit that looks like a letter, beside a letter, and a word long enough to be more than a short name with a number.
_DIGIT_IN_WORD = r"(?<=[A-Za-z])[013458]|[013458](?=[A-Za-z])"
_LONG_WORD = rf"\b(?=\w*(?:{_DIGIT_IN_WORD}))\w{{6,}}"
#: How the host of a web or mail address ends, an address with its host, and the parts of a host that name no one.
_TOP = (
    "com|net|org|edu|gov|mil|int|info|biz|name|pro|top|tech|cloud|app|dev|shop|store|online|site|website|web|xyz|group|"
    "company|global|world|asia|cat|club|live|vip|link|email|digital|space|systems|solutions|technology|international|"
    "chat|work|industries|software|security|network|media|moscow|page|[a-z]{2}|рф|中国|中國|公司|网络|한국"
)
_ADDRESS = rf"(?i:(?:https?://|[\w.+-]+@)?\b((?:[^\W_](?:[^\W_]|-)*\.)+(?:{_TOP}))\b(?:[/?#]\S*)?)"
_NO_OWNER = frozenset(
    "com cn net org edu gov mil hk tw ru ir ae sg io ai info biz www mail email ac co or ne go en".split()
)
#: The fewest letters of a name before a word that is glued to it in a host: "dahuatech.com".
_LEAST_BEFORE = 4
#: Words that initials may leave out.
_SMALL_WORDS = frozenset(("and", "for", "in", "of", "the"))
#: Words beside the initials of a body, for a part of it or its seat.
_CAMPUS = frozenset(
    ("academy", "branch", "campus", "college", "graduate", "institute", "kahuta", "main", "school", "university")
)

__all__ = ["Matches", "Near", "described_as", "find_parties", "party_key", "party_keys"]


class Matches(NamedTuple):
    """The parties that a name means with certainty, and those that it may mean."""

    listed: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()


def party_key(text: str) -> str:
    """The key of a company or institution, without corporate suffixes and without a short name in brackets that the
    name itself spells out: 'Huawei Technologies Co., Ltd. (Huawei)' has the key of 'Huawei Technologies'."""
    return _split_keys(text)[0]


def party_keys(text: str) -> tuple[str, ...]:
    """The keys of a listed name: its own, and that of a short name behind it."""
    name, short = _split_keys(text)
    return (name, short) if short else (name,)


def _split_keys(text: str) -> tuple[str, str]:
    """The key of a name and that of the short name behind it; '' if the text in brackets distinguishes parties."""
    name, inner = _brackets(text)
    short = "".join(_bare(inner))
    if short and _spells_out(_spaced(name), short, inner):
        return "".join(_bare(name)), short
    return "".join(_bare(text)), ""


def _brackets(text: str) -> tuple[str, str]:
    """The text before brackets at its end and the text in them; only corporate suffixes may follow. Else (text, '')."""
    folded = visible(text)
    before, opened, rest = folded.rpartition("(")
    inner, closed, behind = rest.partition(")")
    at_the_end = opened and closed and all(word in SUFFIXES for word in _bare(behind))
    return (before, inner) if at_the_end else (folded, "")


def _spaced(text: str) -> list[str]:
    """The words of a name in one case and width."""
    folded = visible(text).casefold()
    if not folded.isascii():
        folded = folded.translate(SIMPLIFIED)
    spaced = "".join(c if c.isalnum() or c == "&" else "" if c in ".'’" else " " for c in folded)
    return spaced.replace("&", " and ").split()


def _bare(text: str) -> list[str]:
    """The words of a name without the corporate suffixes at its end."""
    words = _spaced(text)
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    if words:
        for suffix in CHINESE_SUFFIXES:
            words[-1] = words[-1].removesuffix(suffix)
        words = words if words[-1] else words[:-1]
    return words


def _spells_out(words: list[str], short: str, inner: str) -> bool:
    """True if a short name adds nothing to the name: it repeats some of its words, or is made of their initials.

    '(China)' or '(Shanghai)' behind a name without that word makes it another company, so it is kept.
    """
    if not short.isascii():
        return short in "".join(words)
    repeated = " ".join(_spaced(inner))
    return f" {repeated} " in f" {' '.join(words)} " or _initials(words, short)


def _initials(words: list[str], short: str) -> bool:
    """True if the letters are the initials of all words in order, with at most one more letter of each: NSCC-GZ.

    Two letters or two words prove nothing, since they are also codes of countries. Twenty letters are not a short name.
    """
    if len(words) < 3 or not 3 <= len(short) < 20:
        return False
    long = sum(word not in SUFFIXES for word in words) > 2
    left = {short}
    for number, word in enumerate(words, 1):
        taken = {s[1:] for s in left if s.startswith(word[0])}
        taken |= {s[1:] for s in taken if long and s and s[0] in word[1:]}
        left = taken | left if word in _SMALL_WORDS else taken
        if "" in left and all(w in SUFFIXES for w in words[number:]):
            return True
    return False


def find_parties(ruleset: Ruleset, text: str) -> Matches:
    """The listed parties that a name means with certainty, or else those to which it is similar. Cached by spelling."""
    known: dict[str, Matches] = memo(ruleset, "matches", lambda _: {})
    matches = known.get(text)
    if matches is None:
        matches = _matches(ruleset, text)
        if len(known) < MOST_REMEMBERED:
            known[text] = matches
    return matches


def _matches(ruleset: Ruleset, text: str) -> Matches:
    index = memo(ruleset, "parties", _party_index)
    wanted = party_key(text)
    exact = index.get(wanted, ()) or _named_twice(index, text)
    if exact or not wanted:
        return Matches(exact)
    # only where a name is none of a list's: answering without names, or with listed ones, needs none of it
    from exportrules.question.names.close import close_names, near_index
    from exportrules.question.names.glued import humps, parted
    from exportrules.question.names.houses import by_initials, of_a_house
    from exportrules.question.names.inside import standing_in, whole_names
    from exportrules.question.names.numbered import numbered_names, of_a_group, same_number
    from exportrules.question.names.sounds import pinyin

    weak = memo(ruleset, "weak names", _weak_index)
    near: list[Near] = []
    for short in _short(text, wanted):
        near += [Near(party, name, "short name", 90) for party, name in weak.get(short, ())]
        whole = (ruleset.parties[party] for party in index.get(short, ()))
        near += [Near(party.id, party.name, "short name", 90) for party in whole if not is_favoured(party)]
    parts = [key for part in _brackets(text) if (key := party_key(part)) != wanted]
    for party in dict.fromkeys(party for key in parts for party in index.get(key, ())):
        if not is_favoured(ruleset.parties[party]):
            near.append(Near(party, ruleset.parties[party].name, "contains a listed name", 95))
    near += close_names(near_index(ruleset, restricting(ruleset)), text)
    if reading := pinyin(text):
        keys = (*index.get(reading_key := party_key(reading), ()), *(party for party, _ in weak.get(reading_key, ())))
        near += [Near(party, ruleset.parties[party].name, "near", 90) for party in keys]
        near += close_names(near_index(ruleset, restricting(ruleset)), reading)
    for spelled in _in_letters(text):
        near += [Near(party, ruleset.parties[party].name, "near", 90) for party in index.get(party_key(spelled), ())]
        near += close_names(near_index(ruleset, restricting(ruleset)), spelled)
    near += standing_in(whole_names(ruleset, restricting(ruleset)), text)
    if not text.isascii():
        from exportrules.question.names.hanzi import same_sound

        near += same_sound(near_index(ruleset, restricting(ruleset)), text)
    near += same_number(numbered_names(ruleset, restricting(ruleset)), text)
    near += () if near else of_a_group(numbered_names(ruleset, restricting(ruleset)), text)
    near += by_initials(ruleset, text)
    near += () if near else of_a_house(ruleset, text)
    inner = [find_parties(ruleset, part) for part in sorted({*_owners_of_an_address(text), parted(text)} - {text})]
    named = [*(found.listed for found in inner), *(index.get(party_key(word), ()) for word in humps(text))]
    listed = (ruleset.parties[party] for parties in named for party in parties)
    near += [Near(party.id, party.name, "contains a listed name", 95) for party in listed if not is_favoured(party)]
    near += [one for found in inner for one in found.near]
    best: dict[str, Near] = {}
    for close in sorted(near, key=lambda close: -close.score):
        best.setdefault(close.party, close)
    return Matches((), tuple(best.values()))


def _short(text: str, wanted: str) -> set[str]:
    """The keys of a text as a short name: its own, in Latin letters, and of initials in a place: "HIT Shenzhen", "HIT
    CN"."""
    from exportrules.question.names.close import words_of

    own = [word for word in words_of(text) if not (word in PLACES or word in _CAMPUS or len(word) == 2)]
    initials = own if len(own) == 1 and (not text.isascii() or re.search(rf"\b{own[0].upper()}\b", text)) else []
    return {wanted, _latin_key(text), *initials} - {""}


def _latin_key(text: str) -> str:
    """The key of a text in Latin letters, without legal forms before it or behind it: "АО Вертолёты России"."""
    from exportrules.question.names.close import spelled

    return "".join(word for word in spelled(text) if word not in ENDINGS)


def _in_letters(text: str) -> set[str]:
    """The text with letters for the digits in its words, as machines that read paper mistake them: HUAWE1, C0."""
    if not re.search(_LONG_WORD, text):
        return set()
    return {re.sub(_DIGIT_IN_WORD, partial(_letter, letters), text) for letters in ("oieasb", "oleasb")}


def _letter(letters: str, digit: re.Match[str]) -> str:
    return letters["013458".index(digit[0])]


def _owners_of_an_address(text: str) -> set[str]:
    """A text with the name in a web or mail address for the address, as it is and without a word that is glued to it:
    "sales@inspur.com" is "inspur", and "dahuatech.com" is "dahuatech" or "dahua tech"."""
    if "." not in text or not re.search(_ADDRESS, text):
        return set()

    def with_owner(read: Callable[[str], str]) -> str:
        return re.sub(_ADDRESS, lambda found: f" {' '.join(map(read, _labels(found[1])))} ", text).strip()

    return {with_owner(str), with_owner(_parted)} - {text, ""}


def _labels(host: str) -> list[str]:
    return [label for label in host.casefold().split(".")[:-1] if label not in _NO_OWNER]


def _parted(label: str) -> str:
    """A label of a host with a space before the common word at its end: "hikvisioneurope" is "hikvision europe"."""
    for at in range(_LEAST_BEFORE, len(label) - 1):
        if any(label[at:] in words for words in (SUFFIXES, ABBREVIATIONS, GENERIC, PLACES)):
            return f"{label[:at]} {label[at:]}"
    return label


def described_as(ruleset: Ruleset, text: str) -> str:
    """'military' or 'military_intelligence' if a name describes its bearer as such a body of any country; else ''."""
    known = memo(
        ruleset, "descriptions", lambda law: {entry.id: _phrases(entry) for entry in law.descriptions.values()}
    )
    spaced = f" {' '.join(_plain_words(text))} "
    for kind in ("military_intelligence", "military"):
        meant, other = known.get(kind, ((), ()))
        left = spaced
        for phrase in other:
            left = left.replace(phrase, " ")
        if any(phrase in left for phrase in meant):
            return kind
    return ""


def _phrases(description: Description) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Phrases with spaces around them, to match whole words, except in Chinese, which does not separate words."""

    def spaced(text: str) -> str:
        words = " ".join(_plain_words(text))
        return words if any("\u4e00" <= c <= "\u9fff" for c in words) else f" {words} "

    return tuple(map(spaced, description.words)), tuple(map(spaced, description.not_words))


def _plain_words(text: str) -> tuple[str, ...]:
    from exportrules.question.names.close import spelled

    return spelled(text)


def listed_exactly(ruleset: Ruleset, text: str) -> tuple[str, ...]:
    """The listed parties of which a text is the exact name. Similar names are not searched for."""
    index = memo(ruleset, "parties", _party_index)
    return index.get(party_key(text), ()) or _named_twice(index, text)


def _named_twice(index: Mapping[str, tuple[str, ...]], text: str) -> tuple[str, ...]:
    """The parties that have both the name and another name in brackets behind it: 'Inspur Group (浪潮集团)'."""
    name, inner = _brackets(text)
    other = index.get(party_key(inner), ())
    return tuple(party for party in index.get(party_key(name), ()) if party in other)


def _party_index(ruleset: Ruleset) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for party in ruleset.parties.values():
        # a weak name, such as that of an office that every state has ("Ministry of Defence"), is never certain
        weak = {party_key(name) for name in party.weak}
        for name in dict.fromkeys(k for n in (party.name, *party.aliases) for k in party_keys(n) if k not in weak):
            index[name] = (*index.get(name, ()), party.id)
    return index


def _weak_index(ruleset: Ruleset) -> dict[str, tuple[tuple[str, str], ...]]:
    index: dict[str, tuple[tuple[str, str], ...]] = {}
    for party in ruleset.parties.values():
        for name in party.weak:
            # three Latin letters are another's name: ОАК is not Oak
            latin = "" if name.isascii() else _latin_key(name)
            for key in {party_key(name), latin if len(latin) > LONGEST_INITIALS else party_key(name)}:
                index[key] = (*index.get(key, ()), (party.id, name))
    return index
