"""Institutes and factories of the large Chinese groups, which are called by a number: "CETC 38", "No. 38 Research
Institute of CETC", "中电科三十八所".

The lists print each in one or two of a dozen forms, so a name is compared by its group, its number and its kind.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from exportrules.law.model import Party
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.close import chinese_letters, core_of, spelled, words_of
from exportrules.question.names.keys import Near
from exportrules.question.names.words import CHINESE_GENERIC, CHINESE_PLACES

#: What each group is called, in English and Chinese. The shipbuilders were two and are one.
_GROUPS = {
    "cetc": ("cetc", "china electronics technology group", "中国电子科技集团", "中国电科", "中电科", "电科"),
    "casic": ("casic", "china aerospace science and industry", "china aerospace science industry", "航天科工"),
    "casc": ("casc", "china aerospace science and technology", "china aerospace science technology", "航天科技"),
    "ships": ("cssc", "csic", "china state shipbuilding", "china shipbuilding", "中国船舶", "中船", "船舶重工"),
    "avic": ("avic", "aviation industry corporation of china", "中国航空工业", "航空工业", "中航"),
    "aecc": ("aecc", "aero engine corporation of china", "中国航发", "航发"),
}
#: A group by its whole name, or by one that no other has: 航天科技 alone is a trade.
_WHOLE = {
    "cetc": "中国电子科技集团|中国电科",
    "casic": "航天科工",
    "casc": "中国航天科技|航天科技集团|^航天科技$",
    "ships": "中国船舶|船舶重工|^中船集团",
    "avic": "中国航空工业|航空工业集团",
    "aecc": "中国航发|中国航空发动机",
}
#: The most parties of a group that are reported where no number tells which.
_MOST_OF_A_GROUP = 3
_KINDS = {
    "institute": "institute", "inst": "institute", "institut": "institute", "factory": "factory", "fty": "factory",
    "plant": "factory", "academy": "academy", "所": "institute", "研究所": "institute", "研究院": "academy",
    "院": "academy", "厂": "factory",
}  # fmt: skip
_NUMBER = re.compile(r"(\d{1,4})(?:st|nd|rd|th)?")
#: Words between a number and its kind: the 38th Scientific Research Institute.
_BETWEEN = frozenset(("research", "res", "scientific", "no", "nr", "number", "design", "r", "d"))
_NO = re.compile(r"\bno\.?\s*(?=\d)", re.I)
_GLUED = re.compile(r"(cetc|casic|casc|cssc|csic|avic|aecc)(\d{1,4})")
_CHINESE = re.compile(r"第?([0-9]{1,4}|[零一二三四五六七八九十百]+)(研究所|研究院|所|院|厂)")
#: What every such name has, to pass by the others quickly.
_MAY_HAVE = re.compile(
    r"(?i)(?=.*(?:\d|[零〇一二三四五六七八九十百]))"
    r".*(?:inst|factory|fty|plant|academy|cetc|casi?c|cssc|csic|avic|aecc|china|[所院厂]|电科|航|船)",
    re.S,
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")}

Called = tuple[int, str]


@dataclass
class Numbered:
    """The listed names that have a number, by number and kind, the groups that each party's names have, and the parties
    that have a group in their names, those called by it first."""

    called: dict[Called, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    groups: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bodies: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))


def number_of(text: str) -> int:
    """The number that Chinese or Arabic digits write: 三十八 and 七〇二."""
    if text.isdigit() and text.isascii():
        return int(text)
    if "十" not in text and "百" not in text:
        return int("".join(str(_DIGITS[c]) for c in text))
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    digits = [_DIGITS.get(part[-1:], 0) for part in (hundreds, tens, ones)]
    return 100 * (digits[0] or ("百" in text)) + 10 * (digits[1] or bool(ten)) + digits[2]


def called(text: str) -> tuple[set[Called], set[str]]:
    """The numbers of a name with what each numbers, the last of several kinds alone, and the groups that it names."""
    words = [part for word in spelled(_NO.sub(" ", text)) for part in _GLUED.sub(r"\1 \2", word).split()]
    spaced = f" {' '.join(words)} "
    chinese = chinese_letters(text.replace("〇", "零"))
    groups = {
        group
        for group, names in _GROUPS.items()
        if any(f" {name} " in spaced if name.isascii() else name in chinese for name in names)
    }
    found: list[Called] = [(number_of(digits), _KINDS[kind]) for digits, kind in _CHINESE.findall(chinese)]
    for at, word in enumerate(words):
        if number := _NUMBER.fullmatch(word):
            found += [(int(number[1]), kind) for kind in _beside(words, at, groups)]
    # "2nd Academy, 208th Institute" is an institute of an academy
    inner = {one for one in found if one[1] != "academy"}
    return inner or set(found), groups


def _beside(words: list[str], at: int, groups: set[str]) -> Iterator[str]:
    """What the number at a place numbers: the kind after it or before it; in "CETC 38" an institute."""
    after = next((word for word in words[at + 1 :] if word not in _BETWEEN), "")
    before = next((word for word in reversed(words[:at]) if word not in _BETWEEN), "")
    kinds = [_KINDS[word] for word in (after, before) if word in _KINDS]
    if kinds:
        yield kinds[0]
    elif groups and any(before == name for group in groups for name in _GROUPS[group]):
        yield "institute"


def numbered_of(parties: Iterable[Party]) -> Numbered:
    """The listed names of some parties that have a number."""
    index = Numbered()
    for party in parties:
        for printed in (party.name, *party.aliases, *party.weak):
            numbers, groups = called(printed)
            index.groups[party.id] |= groups
            for one in numbers:
                index.called[one].setdefault(party.id, printed)
        for group in sorted(index.groups[party.id]):
            index.bodies[group].append((party.id, party.name))
    for group, bodies in index.bodies.items():
        bodies.sort(key=lambda body: (group not in called(body[1])[1], len(body[1]), body))
    return index


def same_number(index: Numbered, text: str) -> Iterator[Near]:
    """The listed institutes with the number that a name has: of the group that it names, or of any if it names none."""
    if not _MAY_HAVE.search(text):
        return
    # a number in a circle is the number: 中电科㊳所
    numbers, groups = called(unicodedata.normalize("NFKC", text))
    if not numbers or not (groups or _says_no_more(text)):
        return
    for one in sorted(numbers):
        for party, printed in index.called.get(one, {}).items():
            if not groups or groups & index.groups[party]:
                yield Near(party, printed, "near", 95 if groups else 85)


def of_a_group(index: Numbered, text: str) -> Iterator[Near]:
    """Some listed parties of the group that a text names in Chinese, with no number."""
    if text.isascii():
        return
    chinese = chinese_letters(text)
    for group, names in _WHOLE.items():
        if re.search(names, chinese):
            yield from (Near(*who, "near", 85) for who in index.bodies[group][:_MOST_OF_A_GROUP])


def _says_no_more(text: str) -> bool:
    """True if a name is a number and words that any such body has: "Shanghai 704 Research Institute"."""
    left = _CHINESE.sub("", chinese_letters(text.replace("〇", "零"))).strip("0123456789")
    for word in (*CHINESE_PLACES, *CHINESE_GENERIC):
        left = left.replace(word, "")
    latin = [word for word in words_of(text) if word.isascii() and not _NUMBER.fullmatch(word)]
    return not left and not core_of(latin)


def numbered_names(ruleset: Ruleset, restricting: Iterable[Party]) -> Numbered:
    """The numbered names of a ruleset, indexed on first use: when a name with a number is not exactly a listed one."""
    names = ruleset.indexes.get("numbered names")
    if not isinstance(names, Numbered):
        names = ruleset.indexes["numbered names"] = numbered_of(restricting)
    return names
