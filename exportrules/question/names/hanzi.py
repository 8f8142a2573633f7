"""Chinese names in Latin letters: most listed names are Pinyin, and a ledger may have the characters.

A character with several readings has that of the phrase around it, and else the usual one in names of companies. Tones
and the dots of ü are left out, as in the lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from exportrules.question.names.close import Index, chinese_core, chinese_letters
from exportrules.question.names.houses import is_ordinary
from exportrules.question.names.keys import Near
from exportrules.question.names.words import CHINESE_KINDS, CHINESE_PLACES, PLACES

#: Places that English does not call by their Pinyin.
_PLACES = {
    "中国": "china", "陕西": "shaanxi", "香港": "hongkong", "澳门": "macau", "西藏": "tibet", "内蒙古": "mongolia",
    "哈尔滨": "harbin", "乌鲁木齐": "urumqi",
}  # fmt: skip
#: Characters that names of companies have, but not in the reading that dictionaries give first.
_USUAL = {
    "长": "chang", "厦": "xia", "曾": "zeng", "佛": "fo", "泊": "bo", "琢": "zhuo", "勒": "le", "似": "si", "卜": "bu",
    "什": "shi",
}  # fmt: skip
#: The most and the fewest characters of a company's own name that are compared, and the fewest Latin letters.
_MOST, _FEWEST, _SHORTEST = 4, 2, 5


def syllables(text: str) -> list[str]:
    """The Pinyin of each character of a text; what is not Chinese stays as it is."""
    from pypinyin.seg.mmseg import seg

    return [syllable for phrase in seg.cut(text) for syllable in _read(phrase)]


@cache
def _read(phrase: str) -> tuple[str, ...]:
    """The Pinyin of a phrase in the dictionary or of a single character: all names are made of these, so each is read
    once."""
    from pypinyin import Style, lazy_pinyin

    if usual := _USUAL.get(phrase):
        return (usual,)
    return tuple(syllable.replace("v", "u") for syllable in lazy_pinyin(phrase, style=Style.NORMAL))


def same_sound(index: Index, text: str) -> Iterator[Near]:
    """The listed names that begin, places aside, with the own name of a Chinese company in Latin letters.

    Many companies sound alike, so two characters count only in the same place, or where neither name has a place.
    """
    core, whole = chinese_core(text), chinese_letters(text)
    if not core or any(kind in whole for kind in CHINESE_KINDS):
        return
    places = {_PLACES.get(place) or "".join(syllables(place)) for place in CHINESE_PLACES if place in whole}
    heard = syllables(core)
    while len(heard) > _FEWEST + 1 and "".join(heard[:_FEWEST]) in PLACES:
        places.add("".join(heard[:_FEWEST]))
        heard = heard[_FEWEST:]
    for size in range(min(_MOST, len(heard)), _FEWEST - 1, -1):
        word = "".join(heard[:size])
        if len(word) < _SHORTEST or is_ordinary(word):
            continue
        # the lists write a name as one word or as two: 格灵深瞳 is "Geling Shentong"
        for name in (index.names[n] for n in (*index.by_word.get(word, ()), *index.glued.get(word, ()))):
            there = PLACES & set(name.words)
            begins = word in (*name.core[:1], "".join(name.core[:2]))
            bare = not (places or there) and word in (*name.core[:1], "".join(name.core))
            if begins and (size > _FEWEST or places & there or bare):
                yield Near(name.party, name.printed, "near", 88)
