"""What people write, resolved to ids: chips, places, exporters, parties.

Names match exactly after normalising case, spaces, hyphens and punctuation, vendor prefixes and
corporate suffixes. Nothing is guessed: a near miss of a chip, a place or an addressee of letters is
an error with suggestions; a near miss of a listed party is reported, never used.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar, cast

from exportrules.errors import QuestionError, UnknownNameError
from exportrules.law import Ruleset
from exportrules.model import Exporter

T = TypeVar("T")

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


class ChipName(NamedTuple):
    """A resolved chip: the variants asked, and the family they belong to where a family was named."""

    label: str
    variants: tuple[str, ...]
    family: str = ""


def key(text: str) -> str:
    """Letters and digits alone, in one case and one width: 'RTX 4090 D' and 'rtx-4090d' are one key."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", "".join(c for c in text if c not in "™℠®©"))
    folded = text.casefold()
    return "".join(filter(str.isalnum, folded))


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


def find_chip(ruleset: Ruleset, text: str) -> ChipName:
    """The variants that a name means. Raises UnknownNameError with near names."""
    index = _memo(ruleset, "chips", _chip_index)
    wanted = key(text)
    found = index.get(wanted) or _behind_prefix(ruleset, wanted, index)
    if found is None:
        labels = {k: name.label for k, name in index.items()}
        bare = [rest for e in ruleset.exporters.values() for rest in _stripped(wanted, _prefixes(e))]
        exact = [labels[rest] for rest in bare if rest in labels]
        near = list(dict.fromkeys([*exact, *_near(min([wanted, *bare], key=len), labels)]))[:3]
        raise UnknownNameError(
            f"no chip is called {text!r} here. Names match exactly, spaces and hyphens aside; a chip of your own can "
            "be described by a file or by facts.",
            near,
        )
    return found


def spellings_of(ruleset: Ruleset) -> dict[str, ChipName]:
    """Every chip under the :func:`key` of every name it goes by, also with its vendor's name before it."""
    index = _memo(ruleset, "chips", _chip_index)
    found = dict(index)
    for spelling, name in index.items():
        vendor = ruleset.exporters.get(ruleset.variants[name.variants[0]][1].vendor)
        for prefix in map(key, (vendor.name, *vendor.aliases, *vendor.brands)) if vendor else ():
            if not spelling.startswith(prefix):
                found.setdefault(prefix + spelling, name)
    return found


def find_place(ruleset: Ruleset, text: str) -> str:
    """The ISO alpha-2 code of a destination, from its code or a name. Raises UnknownNameError with near names."""
    written = text.strip()
    if written.upper() in ruleset.places and len(written) == 2:
        return written.upper()
    index = _memo(ruleset, "places", _place_index)
    found = index.get(key(written))
    if found is None:
        near = _near(key(written), {k: ruleset.places[code].name for k, code in index.items()})
        raise UnknownNameError(
            f"no destination is called {text!r}. Write an ISO 3166 code of two letters, e.g. CN, or a country's name.",
            near,
        )
    return found


def find_exporter(ruleset: Ruleset, text: str, vendor: str) -> str | None:
    """An exporter's id: a maker or addressee, 'other', or None where the maker is asked for and not known."""
    word = text.strip().casefold()
    if word == "maker":
        return vendor or None
    if word == "other":
        return "other"
    index = _memo(ruleset, "exporters", _exporter_index)
    wanted = party_key(text)
    if not wanted:
        raise QuestionError("the exporter is empty. Write 'maker', 'other' or a company's name.")
    found = index.get(wanted)
    if found is None:
        addressees = {a for i in ruleset.instruments.values() for a in i.addressee.split(",")}
        near = _near(wanted, {k: ruleset.exporters[e].name for k, e in index.items() if e in addressees}, cutoff=0.8)
        if near:
            raise UnknownNameError(
                f"the exporter {text!r} is close to a company that a letter was addressed to, and a letter binds its "
                "addressee alone. Write the exact name, or 'other' for anyone else.",
                near,
            )
        return "other"
    return found


def find_parties(ruleset: Ruleset, text: str, compare: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The listed parties that a name is exactly, and the names of listed parties that it is only close to.

    `compare = False` leaves the second out, where there are too many names to compare.
    """
    index = _memo(ruleset, "parties", _party_index)
    wanted = party_key(text)
    found = index.get(wanted, ()) or _named_twice(index, text)
    if found or len(wanted) < 4 or not compare:
        return found, ()
    # a name that differs by more than a fifth in length is not near: tens of thousands need no comparison
    alike = [k for k in index if abs(len(k) - len(wanted)) * 5 <= len(wanted)]
    names = {k: ruleset.parties[index[k][0]].name for k in alike}
    begins = [ruleset.parties[ids[0]].name for k, ids in index.items() if k.startswith(wanted) or _heads(k, wanted)]
    parts = [party_key(part) for part in _brackets(text)]
    said = [ruleset.parties[party].name for part in parts for party in index.get(part, ())]
    return (), tuple(
        dict.fromkeys([*said, *_near(wanted, names, cutoff=0.85), *sorted(begins, key=lambda n: (len(n), n))[:3]])
    )


def _named_twice(index: Mapping[str, tuple[str, ...]], text: str) -> tuple[str, ...]:
    """The parties that go by both names where another name stands in brackets: 'Inspur Group (浪潮集团)'."""
    name, inner = _brackets(text)
    other = index.get(party_key(inner), ())
    return tuple(party for party in index.get(party_key(name), ()) if party in other)


def _heads(listed: str, wanted: str) -> bool:
    """Whether a listed name of some length stands at the head of the wanted one: 'Huawei' before 'Huawei Norway'."""
    return len(listed) >= 5 and wanted.startswith(listed)


def _chip_index(ruleset: Ruleset) -> dict[str, ChipName]:
    index: dict[str, ChipName] = {}
    for family in ruleset.families.values():
        shared: dict[str, list[str]] = {}
        for variant in family.variant:
            for name in (variant.id, variant.name, *variant.aliases):
                shared.setdefault(key(name), []).append(variant.id)
        labels = {v.id: v.name for v in family.variant}
        for name, ids in shared.items():
            one = list(dict.fromkeys(ids))
            label = labels[one[0]] if len(one) == 1 else family.name
            index[name] = ChipName(label, tuple(one), family.id if len(one) > 1 else "")
        whole = ChipName(family.name, tuple(labels), family.id)
        for name in (family.id, family.name, *family.aliases):
            index[key(name)] = whole
    return index


def _behind_prefix(ruleset: Ruleset, wanted: str, index: Mapping[str, ChipName]) -> ChipName | None:
    """The chip behind a vendor's name and its brand words, if it is that vendor's chip."""
    for exporter in ruleset.exporters.values():
        for rest in _stripped(wanted, _prefixes(exporter)):
            found = index.get(rest)
            if found and ruleset.variants[found.variants[0]][1].vendor == exporter.id:
                return found
    return None


def _prefixes(exporter: Exporter) -> list[str]:
    return [p for p in map(key, (exporter.name, *exporter.aliases, *exporter.brands)) if p]


def _stripped(wanted: str, prefixes: Iterable[str]) -> set[str]:
    """All that is left of the text when any of the prefixes, one after another, are taken off."""
    found: set[str] = set()
    waiting = [wanted]
    while waiting:
        text = waiting.pop()
        for prefix in prefixes:
            rest = text.removeprefix(prefix)
            if rest and rest != text and rest not in found:
                found.add(rest)
                waiting.append(rest)
    return found


def _place_index(ruleset: Ruleset) -> dict[str, str]:
    return {key(n): p.code for p in ruleset.places.values() for n in (p.name, p.code, *p.aliases)}


def _exporter_index(ruleset: Ruleset) -> dict[str, str]:
    return {party_key(n): e.id for e in ruleset.exporters.values() for n in (e.id, e.name, *e.aliases)}


def _party_index(ruleset: Ruleset) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for party in ruleset.parties.values():
        for name in dict.fromkeys(k for n in (party.name, *party.aliases) for k in party_keys(n)):
            index[name] = (*index.get(name, ()), party.id)
    return index


def _memo(ruleset: Ruleset, what: str, build: Callable[[Ruleset], dict[str, T]]) -> dict[str, T]:
    """An index of a ruleset, built when it is first wanted."""
    memory = cast("dict[str, dict[str, T]]", ruleset.memory)
    if what not in memory:
        memory[what] = build(ruleset)
    return memory[what]


def _near(wanted: str, names: Mapping[str, str], cutoff: float = 0.6) -> list[str]:
    import difflib

    return list(dict.fromkeys(names[k] for k in difflib.get_close_matches(wanted, names, n=4, cutoff=cutoff)))[:3]
