"""What people write for a company or institution, resolved to listed parties.

Names match exactly after normalising case, punctuation, corporate suffixes and the short name behind a name; a near
miss of a listed party is reported.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from exportrules.law import Ruleset
from exportrules.names.keys import memo, near

#: Endings of company names that do not tell companies apart.
_SUFFIXES = frozenset(
    """
    ab ag ao bv co company corp corporation fzco fze gmbh inc incorporated jsc kk limited llc lp ltd nv oao ooo pao pjsc
    plc pte pty sa sarl sas spa srl zao
    """.split()  # noqa: SIM905 - a list of 35 words reads better as two lines
)
#: Words that initials may leave out.
_SMALL_WORDS = frozenset(("and", "for", "in", "of", "the"))
_CHINESE_SUFFIXES = ("股份有限公司", "有限责任公司", "有限公司", "股份公司", "公司")


class Near(NamedTuple):
    """A listed party that a name is close to: its id, the listed name, how it is close, and how close (0 to 100)."""

    party: str
    name: str
    how: str
    score: int


class Matches(NamedTuple):
    """The parties that a name certainly is, and those that it may be."""

    listed: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()


def party_key(text: str) -> str:
    """The key of a company or institution. Corporate suffixes are left out, and so is a short name in brackets behind
    it, one that the name itself spells out: 'Huawei Technologies Co., Ltd. (Huawei)' is 'Huawei Technologies'."""
    return _parted(text)[0]


def party_keys(text: str) -> tuple[str, ...]:
    """All that a listed name is found by: its key, and that of its short name, if one stands behind it."""
    name, short = _parted(text)
    return (name, short) if short else (name,)


def _parted(text: str) -> tuple[str, str]:
    """The key of a name and that of the short name behind it; '' where what stands in brackets tells parties apart."""
    name, inner = _brackets(text)
    short = "".join(_bare(inner))
    if short and _spells_out(_spaced(name), short, inner):
        return "".join(_bare(name)), short
    return "".join(_bare(text)), ""


def _brackets(text: str) -> tuple[str, str]:
    """What stands before brackets at the end, corporate suffixes aside, and in them; the text alone without such."""
    folded = unicodedata.normalize("NFKC", text)
    before, opened, rest = folded.rpartition("(")
    inner, closed, behind = rest.partition(")")
    at_the_end = opened and closed and all(word in _SUFFIXES for word in _bare(behind))
    return (before, inner) if at_the_end else (folded, "")


def _spaced(text: str) -> list[str]:
    """The words of a name in one case and width."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    spaced = "".join(c if c.isalnum() or c == "&" else "" if c in ".'’" else " " for c in folded)
    return spaced.replace("&", " and ").split()


def _bare(text: str) -> list[str]:
    """The words of a name without the corporate suffixes at its end."""
    words = _spaced(text)
    if words:
        for suffix in _CHINESE_SUFFIXES:
            words[-1] = words[-1].removesuffix(suffix)
        words = words if words[-1] else words[:-1]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    return words


def _spells_out(words: list[str], short: str, inner: str) -> bool:
    """Whether a short name says nothing that the name does not: it repeats some of its words, or has their initials.

    '(China)' or '(Shanghai)' behind a name that has no such word is another company, and never left out.
    """
    if not short.isascii():
        return short in "".join(words)
    said = " ".join(_spaced(inner))
    return f" {said} " in f" {' '.join(words)} " or _initials(words, short)


def _initials(words: list[str], short: str) -> bool:
    """Whether the letters are the initials of all words in order, with one letter more of a word at most: NSCC-GZ.

    Two letters or two words prove nothing: they are the code of some country as well. Twenty letters are no short name.
    """
    if len(words) < 3 or not 3 <= len(short) < 20:
        return False
    long = sum(word not in _SUFFIXES for word in words) > 2
    left = {short}
    for number, word in enumerate(words, 1):
        taken = {s[1:] for s in left if s.startswith(word[0])}
        taken |= {s[1:] for s in taken if long and s and s[0] in word[1:]}
        left = taken | left if word in _SMALL_WORDS else taken
        if "" in left and all(w in _SUFFIXES for w in words[number:]):
            return True
    return False


def find_parties(ruleset: Ruleset, text: str) -> Matches:
    """The listed parties that a name is exactly, and those that it is only close to."""
    index = memo(ruleset, "parties", _party_index)
    wanted = party_key(text)
    found = index.get(wanted, ()) or _named_twice(index, text)
    if found or len(wanted) < 4:
        return Matches(found)
    # a name that differs by more than a fifth in length is not near: tens of thousands need no comparison
    alike = {k: k for k in index if abs(len(k) - len(wanted)) * 5 <= len(wanted)}
    begins = [k for k in index if k.startswith(wanted) or _heads(k, wanted)]
    parts = [k for part in _brackets(text) if (k := party_key(part)) in index]
    close = near(wanted, alike, cutoff=0.85)
    begins.sort(key=lambda k: (len(k), k))
    return Matches(
        (),
        tuple(
            {
                n.party: n
                for keys, how in ((begins[:3], "leading part"), (close, "near"), (parts, "contains a listed name"))
                for k in keys
                for n in [Near(index[k][0], ruleset.parties[index[k][0]].name, how, 90)]
            }.values()
        ),
    )


def listed_exactly(ruleset: Ruleset, text: str) -> tuple[str, ...]:
    """The listed parties that a name is exactly; no near ones are looked for."""
    index = memo(ruleset, "parties", _party_index)
    return index.get(party_key(text), ()) or _named_twice(index, text)


def _named_twice(index: Mapping[str, tuple[str, ...]], text: str) -> tuple[str, ...]:
    """The parties that go by both names where another name stands in brackets: 'Inspur Group (浪潮集团)'."""
    name, inner = _brackets(text)
    other = index.get(party_key(inner), ())
    return tuple(party for party in index.get(party_key(name), ()) if party in other)


def _heads(listed: str, wanted: str) -> bool:
    """Whether a listed name of some length stands at the head of the wanted one: 'Huawei' before 'Huawei Norway'."""
    return len(listed) >= 5 and wanted.startswith(listed)


def _party_index(ruleset: Ruleset) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for party in ruleset.parties.values():
        for name in dict.fromkeys(k for n in (party.name, *party.aliases) for k in party_keys(n)):
            index[name] = (*index.get(name, ()), party.id)
    return index


def described_as(text: str) -> str:
    """'military' or 'military_intelligence' for a name that says it is such a body, else ''."""
    del text
    return ""
