"""Resolve the name of a destination to the place whose licensing treatment it has.

A bare code of two letters is read first, then the curated names in `places.toml`. A text that matches neither is split:
a code beside its name ("CN - China"), a city before its country ("Shenzhen, China"), the names of ISO 3166 and CLDR.
All parts that name a place must name the same one, and a city alone is refused: nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from exportrules.errors import RefusedNameError, UnknownNameError
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import key, memo
from exportrules.question.names.placeholders import says_nothing

#: Separators of the parts of "CN - China", "Shenzhen, China" and "China (CN)". A hyphen within a name is not one.
_PARTS = r"\s+[-–—:|]\s*|\s*[-–—:|]\s+|[,;/()（）\[\]、，]+|(?<=^[A-Za-z]{2})-(?=[A-Za-z])"
#: A code in brackets after a name, or before a name.
_BESIDE_CODE = r"(?P<name>.+?)\s*[(（](?P<code>[A-Z]{2,3})[)）]|(?P<before>[A-Z]{2,3}|\d{3})\s*[-–:/|]\s*(?P<rest>.+)"
#: Words of official names that are often left out or abbreviated. The order of words is ignored as well.
_SHORT = {
    "the": "", "of": "", "and": "", "rep": "republic", "dem": "democratic", "fed": "federation", "st": "saint",
    "ste": "saint", "is": "islands", "isl": "islands", "pr": "peoples republic", "dpr": "democratic peoples republic",
}  # fmt: skip
#: The least similarity of a suggestion: that of a typing error.
_NEAR = 0.8


def find_place(ruleset: Ruleset, text: str) -> str:
    """The code of the destination as which a place is treated: GB for the Cayman Islands. Raises UnknownNameError."""
    code = find_named_place(ruleset, text)
    territory = ruleset.territories.get(code)
    return territory.treated_as if territory else code


def find_named_place(ruleset: Ruleset, text: str) -> str:
    """The code of the named place itself: KY for the Cayman Islands. Raises UnknownNameError, with the cure."""
    written = unicodedata.normalize("NFKC", text).strip()
    code = written.upper()
    # a code must be bare and in capitals: 'NA' is Namibia, 'n.a.' and 'na' are placeholders
    if len(code) == 2 and code in ruleset.places and (written == code or not says_nothing(written)):
        return code
    if says_nothing(written):
        raise UnknownNameError(
            f"no destination is called {text!r}: it is a placeholder. Write an ISO 3166 code of two capital letters, "
            "e.g. CN, or a country's name."
        )
    known = code if code in ruleset.territories else ""
    named = known or _by_hand(ruleset).get(key(written)) or _taken_apart(ruleset, written)
    if not named:
        raise _unknown(ruleset, text)
    territory = ruleset.territories.get(named)
    if territory and territory.refused:
        raise RefusedNameError(f"{territory.name} cannot be answered: {territory.refused}")
    return named


def place_called(ruleset: Ruleset, text: str) -> str:
    """The name of the place that a text is as a whole, by its code or its name; '' where it is none."""
    written = unicodedata.normalize("NFKC", text).strip()
    code = written.upper()
    if len(written) > 3 or code not in ruleset.places:
        code = _by_hand(ruleset).get(key(written), "") or _standard(ruleset).get(place_key(written), "")
    return next((place.name for place in ruleset.every_place if place.code == code), "") if code else ""


def place_key(name: str) -> str:
    """A key of an official name: its words sorted, without those that only some lists write."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    words = re.sub(r"[.'’`´]", "", plain.casefold())
    spaced = " ".join(_SHORT.get(word, word) for word in re.findall(r"\w+", words.replace("&", " and ")))
    return " ".join(sorted(spaced.split()))


def _by_hand(ruleset: Ruleset) -> Mapping[str, str]:
    """Codes by the curated names. Codes of two letters are not among them: "n.a." is not Namibia."""
    return memo(ruleset, "places", lambda law: {key(n): p.code for p in law.every_place for n in (p.name, *p.aliases)})


def _standard(ruleset: Ruleset) -> Mapping[str, str]:
    """Codes by all other names: those of standards with their words sorted, ISO's codes, ports."""

    def build(law: Ruleset) -> dict[str, str]:
        codes = {port.casefold(): place.code for place in law.places.values() for port in place.ports}
        for place in law.every_place:
            named = (place.name, *place.aliases, *place.standard, *place.iso)
            codes |= dict.fromkeys(filter(None, map(place_key, named)), place.code)
        return {name: code for name, code in codes.items() if len(name) > 2 or not name.isascii()}

    return memo(ruleset, "places by standard names", build)


def _cities(ruleset: Ruleset) -> Mapping[str, frozenset[str]]:
    def build(law: Ruleset) -> dict[str, frozenset[str]]:
        known: dict[str, frozenset[str]] = {}
        for place in law.places.values():
            for city in map(place_key, place.cities):
                known[city] = known.get(city, frozenset()) | {place.code}
        return known

    return memo(ruleset, "cities", build)


def _taken_apart(ruleset: Ruleset, written: str) -> str | None:
    """The one place that the parts of a text name; None if they name none, or disagree."""
    standard = _standard(ruleset)
    whole = standard.get(place_key(written))
    if whole:
        return whole
    if beside := re.fullmatch(_BESIDE_CODE, written):
        parts = [beside["code"] or beside["before"], beside["name"] or beside["rest"]]
        if len(pair := {_part(ruleset, part) for part in parts}) == 1:
            return pair.pop()
    parts = [part.strip() for part in re.split(_PARTS, written) if part and part.strip()]
    if len(parts) < 2:
        return None
    codes = [_part(ruleset, part) for part in parts]
    meant = [_meant(ruleset, part, behind=number > 0) for number, part in enumerate(parts)]
    both = frozenset.intersection(*filter(None, meant)) if any(codes) else frozenset()
    if len(both) != 1:
        return None
    (code,) = both
    # a city or a street may come before its country; after it only names of the same country
    in_order = code in codes and all(meant[codes.index(code) :])
    words = all(any(c.isalpha() for c in part) for part, known in zip(parts, codes, strict=True) if not known)
    return code if in_order and words and not _astray(ruleset, code, parts) else None


def _astray(ruleset: Ruleset, code: str, parts: Sequence[str]) -> str:
    """The first part of a text that may lie in a region of its country that the law treats otherwise; '' if none may.

    Towns have too many spellings to know all of such a region, so those are known that lie elsewhere.
    """
    if not (place := ruleset.places.get(code)) or not place.region_fact:
        return ""
    elsewhere = (part for part in parts if _part(ruleset, part) != code)
    return next((part for part in elsewhere if code not in _cities(ruleset).get(place_key(part), ())), "")


def _meant(ruleset: Ruleset, part: str, behind: bool) -> frozenset[str]:
    """The places that a part of a text may mean: the one that it names, those in which a city has its name and, behind
    a town, those of which a region has its code; none for a street or a town that is not known."""
    named = filter(None, [_part(ruleset, part)])
    regions = next((p.region_of for p in ruleset.every_place if p.code == part), ()) if behind else ()
    return frozenset((*named, *regions, *_cities(ruleset).get(place_key(part), ())))


def _part(ruleset: Ruleset, part: str) -> str | None:
    if len(part) == 2 and part.isascii() and (part in ruleset.places or part in ruleset.territories):
        return part
    # of the names of two letters only those that are written like a code: UK
    short = len(part) < 3 and part.isascii() and not part.isupper()
    return None if short else _by_hand(ruleset).get(key(part)) or _standard(ruleset).get(place_key(part))


def _region_in(ruleset: Ruleset, text: str) -> UnknownNameError | None:
    """The error for a text that ends with the code or the name of a country that a region of another has too."""
    part = re.split(_PARTS, text.strip(" )）]"))[-1].strip()
    code = _part(ruleset, part)
    others = sorted(_meant(ruleset, part, behind=True) - {code})
    if not code or not others:
        return None
    name = next(place.name for place in ruleset.every_place if place.code == code)
    there = " and ".join(ruleset.places[other].name for other in others)
    return RefusedNameError(
        f"{text!r} may be a place in {name} or in {there}: {part!r} is a state or province there too. Write the code "
        f"of the country alone: {' or '.join((code, *others))}."
    )


def _undivided(ruleset: Ruleset, text: str) -> UnknownNameError | None:
    """The error for a country with something beside it that may be a town of a region that the law treats otherwise."""
    parts = [part.strip() for part in re.split(_PARTS, text) if part and part.strip()]
    for code in filter(None, (_part(ruleset, part) for part in parts)):
        if part := _astray(ruleset, code, parts):
            place = ruleset.places[code]
            regions = [value for value in ruleset.facts[place.region_fact].values if value != "none"]
            return RefusedNameError(
                f"{text!r} may be in a region of {place.name} that the law treats otherwise ({', '.join(regions)}): "
                f"{part!r} is not among the towns known elsewhere in {place.name}. Write {code} alone if it is in none "
                f"of these regions, otherwise {code} with the fact {place.region_fact} "
                f"({' or '.join(f'{place.region_fact}={region}' for region in regions)})."
            )
    return None


def _unknown(ruleset: Ruleset, text: str) -> UnknownNameError:
    spelled = place_key(text)
    # "Mariupol, Ukraine" and "Simferopol, Russia": a part of it is not answered, whatever country stands beside it
    for part in re.split(_PARTS, text):
        territory = ruleset.territories.get((part and _part(ruleset, part.strip())) or "")
        if territory and territory.refused:
            return RefusedNameError(
                f"{text!r} names {territory.name}, which cannot be answered: {territory.refused} If a place of that "
                "name elsewhere is meant, write its country alone."
            )
    if unsure := _undivided(ruleset, text):
        return unsure
    region = _region_in(ruleset, text)
    # "California" and "Austin, Texas"; "Atlanta, Georgia" may be in a country as well
    ends = text if region else re.split(_PARTS, text.strip())[-1]
    if codes := _cities(ruleset).get(spelled) or _cities(ruleset).get(place_key(ends)):
        here = " or ".join(f"the one in {ruleset.places[code].name} is meant, write {code}" for code in sorted(codes))
        return RefusedNameError(f"{text!r} is a city or a state, not a country. If {here}.")
    if region:
        return region
    # "TW, China"
    named = dict.fromkeys(filter(None, (_part(ruleset, part.strip()) for part in re.split(_PARTS, text) if part)))
    if len(named) > 1:
        which = " and ".join(f"{place.name} ({place.code})" for place in ruleset.every_place if place.code in named)
        return RefusedNameError(f"{text!r} names {which}. Write the code of the one that is meant.")
    near: list[str] = []
    if len(spelled) > 3 and spelled.isascii():
        from difflib import get_close_matches

        names = {key(n): p.name for p in ruleset.every_place for n in (p.name, *p.aliases)}
        words = set(spelled.split())
        shared = [p.name for p in ruleset.every_place if words < set(place_key(p.name).split())]
        if not shared:  # a short name that several countries share in some language: Kongo
            longer = {p.name for p in ruleset.every_place for n in p.standard if words < set(place_key(n).split())}
            shared = sorted(longer) if len(longer) < 4 else []
        # a slip keeps the first letter and about the length: Mainland is not Finland, nor Somaliland Somalia
        written = key(text)
        alike = [n for n in names if n[:1] == written[:1] and len(n) > 3 and abs(len(n) - len(written)) < 3]
        near = [*shared, *(names[n] for n in get_close_matches(written, alike, n=3, cutoff=_NEAR))]
    return UnknownNameError(
        f"no destination is called {text!r}. Write an ISO 3166 code of two letters, e.g. CN, or a country's name.",
        list(dict.fromkeys(near))[:3],
    )
