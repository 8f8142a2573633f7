"""A closed grammar of chip names: every word must be known, and every detail must be true of the chip.

A text is split at its gaps, at changes of script and between letters and digits, and read as a sequence of words: names
from the chip files, makers and their brands, details (form, memory, generation), trade words, part numbers. Every way
to read the whole text is tried; a reading that leaves a word over does not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Literal, NamedTuple

from exportrules.law.lexicon import Word, ids_in
from exportrules.law.model import Variant
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import key, memo

#: The longest text that is parsed, in letters and digits: no name of a chip is longer.
LONGEST = 250

#: The length up to which a name is too short for a word like "board" beside it to confirm it.
SHORT = 3

_MEMORY = re.compile(r"([0-9]{1,4})(?:gb|gib|g)")
_SLICE = re.compile(r"mig(?:[0-9]g)?[0-9]{1,3}gb(?:me)?")
_NUMBER_JOINED = r"(?<=[0-9])\.(?=[0-9])"
#: Trade marks as drivers print them: "Intel(R) Arc(TM) B580 Graphics".
_MARKS = r"\((?:r|tm)\)"

Kind = Literal["name", "number", "refused", "maker", "detail", "noise", "general", "reseller", "system"]


class NamePiece(NamedTuple):
    """A possible meaning of a word: `means` are variants, makers, a detail or a refusal, depending on the kind.

    Between digits a text may have a gap only where the word's own spelling has one (`gaps`): "L4, 0" is not an L40.
    `own` is the word without a maker's name before it.
    """

    kind: Kind
    means: frozenset[str] = frozenset()
    gaps: frozenset[int] = frozenset()
    own: str = ""


class Folded(NamedTuple):
    """A text as letters and digits; `cuts` are the places where a word may end, `gaps` those where the text has one."""

    letters: str
    cuts: frozenset[int]
    gaps: frozenset[int]


class NameReading(NamedTuple):
    """One way to read a text to its end. `weight` counts the letters in names; `name` is set if there is only one.

    `vouched` is True if another word confirms a short name.
    """

    variants: frozenset[str] | None = None
    makers: frozenset[str] | None = None
    details: frozenset[str] = frozenset()
    refused: str = ""
    weight: int = 0
    name: str | None = None
    shortest: int = 99
    reseller: bool = False
    system: bool = False
    vouched: bool = False


def fold(text: str) -> Folded:
    """The letters and digits of a text in one case and width, with the places where a word may end."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", "".join(c for c in text if c not in "™℠®©"))
    letters: list[str] = []
    cuts, gaps = {0}, set()
    gap = False
    for c in re.sub(_NUMBER_JOINED, "", re.sub(_MARKS, " ", text.casefold()) if "(" in text else text.casefold()):
        if not c.isalnum():
            gap = bool(letters)
            continue
        place = len(letters)
        if gap:
            gaps.add(place)
        if gap or (letters and _script(letters[-1]) != _script(c)) or _script(c) == "east":
            cuts.add(place)
        letters.append(c)
        gap = False
    cuts.add(len(letters))
    return Folded("".join(letters), frozenset(cuts), frozenset(gaps))


def _script(c: str) -> str:
    if c.isdigit():
        return "digit"
    return "east" if ord(c) >= 0x1100 else "letter"  # from Hangul on, scripts are written without gaps


def readings(ruleset: Ruleset, text: str) -> tuple[list[NameReading], str]:
    """Every way to read the whole text; and, if there is none, the first word that was not understood."""
    folded = fold(text)
    if len(folded.letters) > LONGEST:
        return [], ""
    ways: dict[int, set[NameReading]] = {0: {NameReading()}}
    for start in range(len(folded.letters)):
        for stop, piece in _pieces(ruleset, folded, start) if start in ways else ():
            for way in ways[start]:
                further = _with(way, piece)
                if further is not None:
                    ways.setdefault(stop, set()).add(further)
    end = len(folded.letters)
    if end and end in ways:
        return sorted(ways[end], key=_rank), ""
    return [], _word_at(folded, max(ways))


def _rank(way: NameReading) -> tuple[object, ...]:
    """The sort key of readings: those that name a chip first, then by weight, then by content for a stable order."""
    return (
        way.variants is None,
        -way.weight,
        sorted(way.variants or ()),
        sorted(way.details),
        way.refused,
        repr(way.name),
    )


def _word_at(folded: Folded, place: int) -> str:
    stops = [gap for gap in folded.gaps if gap > place]
    return folded.letters[place : min(stops, default=len(folded.letters))]


def _pieces(ruleset: Ruleset, folded: Folded, start: int) -> Iterator[tuple[int, NamePiece]]:
    """The words that begin at `start`, each with the place where it ends."""
    letters, cuts, gaps = folded
    words = memo(ruleset, "chip words", _vocabulary)
    longest = memo(ruleset, "longest chip word", _longest)[""]
    for stop in range(start + 1, min(len(letters), start + longest) + 1):
        if stop not in cuts:
            # a maker's name may be joined to the next word: "NVIDIAH100"
            yield from ((stop, p) for p in words.get(letters[start:stop], ()) if p.kind == "maker")
        else:
            inside = [gap for gap in gaps if start < gap < stop]
            own_gaps = {gap - start for gap in inside if letters[gap - 1].isdigit() and letters[gap].isdigit()}
            for piece in words.get(letters[start:stop], ()):
                # a short name has only gaps of its own: "A 2" is not an A2, and a CS-3 is written so
                short = stop - start <= SHORT and not {gap - start for gap in inside} <= piece.gaps
                if own_gaps <= piece.gaps and not short:
                    yield stop, piece
    size = _MEMORY.match(letters, start)
    if size and size.end() in cuts and not gaps & {*range(start + 1, size.end(1))}:
        yield size.end(), NamePiece("detail", frozenset({f"{int(size[1])}gb"}))
    part = _SLICE.match(letters, start)
    if part and part.end() in cuts:
        yield part.end(), NamePiece("noise")


def _with(way: NameReading, piece: NamePiece) -> NameReading | None:
    """The reading with one more word; None if the words contradict each other."""
    variants, makers, details = way.variants, way.makers, way.details
    refused, weight, name, shortest = way.refused, way.weight, way.name, way.shortest
    if piece.kind in ("name", "number"):
        variants = piece.means if variants is None else variants & piece.means
        if not variants:
            return None
        name = piece.own if name is None else ""
        weight, shortest = weight + len(piece.own), min(shortest, len(piece.own))
    elif piece.kind == "refused":
        refused, weight = next(iter(piece.means)), weight + len(piece.own)
    elif piece.kind == "maker":
        makers = piece.means if makers is None else makers & piece.means
        if not makers:
            return None
    elif piece.kind == "detail":
        details = details | piece.means
    return NameReading(
        variants,
        makers,
        details,
        refused,
        weight,
        name,
        shortest,
        way.reseller or piece.kind == "reseller",
        way.system or piece.kind == "system",
        way.vouched or piece.kind in ("maker", "detail", "noise", "number"),
    )


def true_of(ruleset: Ruleset, variants: Iterable[str], details: Iterable[str]) -> frozenset[str]:
    """The variants of which all the details are true."""
    wanted = [_meant(ruleset, detail) for detail in details]
    return frozenset(v for v in variants if all(features(ruleset, v) & any_of for any_of in wanted))


def shown_detail(ruleset: Ruleset, detail: str) -> str:
    """A detail as it is written: "HBM2e", "80GB"."""
    return next((word.id for word in _details(ruleset) if key(word.id) == detail), detail.upper())


def features(ruleset: Ruleset, variant: str) -> frozenset[str]:
    """The details that are true of a variant, from its names, its chip file and the chips in a system."""
    return memo(ruleset, "chip details", _features)[variant]


def _meant(ruleset: Ruleset, detail: str) -> frozenset[str]:
    return memo(ruleset, "covered details", _covered).get(detail, frozenset({detail}))


def _covered(ruleset: Ruleset) -> dict[str, frozenset[str]]:
    return {key(w.id): frozenset(map(key, (w.id, *w.covers))) for w in ruleset.words.values() if w.kind == "detail"}


def _features(ruleset: Ruleset) -> dict[str, frozenset[str]]:
    spelled = {key(s): key(w.id) for w in _details(ruleset) for s in w.written}
    by_variant: dict[str, frozenset[str]] = {}
    for family in ruleset.families.values():
        for variant in family.variant:
            written = (*family.details, *variant.details, *_names(variant), *_inherited(ruleset, variant))
            if len(family.variant) == 1:
                written += (family.name, *family.aliases)
            details = {spelled.get(key(d), key(d)) for d in (*family.details, *variant.details)}
            by_variant[variant.id] = frozenset(details).union(*(_details_in(text, spelled) for text in written))
    return by_variant


def _details(ruleset: Ruleset) -> list[Word]:
    return [word for word in ruleset.words.values() if word.kind == "detail"]


def _inherited(ruleset: Ruleset, variant: Variant) -> Iterator[str]:
    for part in variant.contains:
        inner, family = ruleset.variants[part.chip]
        yield from (*family.details, *inner.details, *_names(inner))


def _details_in(text: str, spelled: dict[str, str]) -> Iterator[str]:
    """The details in a name: SXM4 and 80 GB in "A100 SXM4 80GB"."""
    folded = fold(text)
    cuts = sorted(folded.cuts)
    for start, stop in combinations(cuts, 2):
        if detail := spelled.get(folded.letters[start:stop]):
            yield detail
    for start in cuts:
        memory = _MEMORY.match(folded.letters, start)
        if memory and memory.end() in folded.cuts:
            yield f"{int(memory[1])}gb"


def _names(variant: Variant) -> tuple[str, ...]:
    return (variant.id, variant.name, *variant.aliases)


def _vocabulary(ruleset: Ruleset) -> dict[str, list[NamePiece]]:
    """The possible meanings of every word, by its letters."""
    words: dict[str, dict[Kind, set[str]]] = {}
    gaps: dict[str, frozenset[int]] = {}

    def add(text: str, kind: Kind, *means: str) -> None:
        spelled, _, gaps_in_text = fold(text)
        if spelled:
            words.setdefault(spelled, {}).setdefault(kind, set()).update(means)
            gaps[spelled] = gaps.get(spelled, frozenset()) | gaps_in_text

    for family in ruleset.families.values():
        whole = [variant.id for variant in family.variant]
        # ids are left to the lookup of whole names: here, with the maker in them, they would outweigh longer names
        for name in (family.name, *family.aliases):
            add(name, "name", *whole)
        for variant in family.variant:
            for name in (variant.name, *variant.aliases):
                add(name, "name", variant.id)
            for detail in (*family.details, *variant.details):
                add(detail, "detail", key(detail))
    for exporter in ruleset.exporters.values():
        for name in (exporter.name, *exporter.aliases, *exporter.brands):
            add(name, "maker", exporter.id)
    for word in ruleset.words.values():
        for text in word.written:
            if word.kind == "detail":
                # this replaces an equal spelling from a chip file, so that both mean one detail
                words.setdefault(key(text), {})["detail"] = {key(word.id)}
            else:
                add(text, word.kind)
    for listed in ruleset.parts.values():
        for number, means in listed.numbers.items():
            add(number, "number", *ids_of(ruleset, means))
    for refused in ruleset.refused.values():
        for text in refused.written:
            # a refused name (a driver's mask, a series) takes precedence over words with the same letters
            words.pop(key(text), None)
            add(text, "refused", refused.id)
    makers = [text for text, kinds in words.items() if "maker" in kinds]

    def own(text: str, kind: Kind) -> str:
        bare = _without_makers(text, makers)
        # a Quadro RTX 6000 is one product, an RTX 6000 may be two: here the brand identifies the product
        return text if kind != "refused" and "refused" in words.get(bare, ()) else bare

    return {
        text: [
            NamePiece(kind, frozenset(means), gaps.get(text, frozenset()), own(text, kind))
            for kind, means in kinds.items()
        ]
        for text, kinds in words.items()
    }


def _without_makers(text: str, makers: Iterable[str]) -> str:
    """The text without makers' names in front, so that "Tesla H100" has the weight of "H100"."""
    prefix = next((maker for maker in makers if text != maker and text.startswith(maker)), "")
    return _without_makers(text.removeprefix(prefix), makers) if prefix else text


def _longest(ruleset: Ruleset) -> dict[str, int]:
    return {"": max(map(len, memo(ruleset, "chip words", _vocabulary)), default=0)}


def ids_of(ruleset: Ruleset, means: str) -> tuple[str, ...]:
    """The variants named by ids joined by commas; a family's id names all its variants."""
    variants: list[str] = []
    for name in ids_in(means):
        family = ruleset.families.get(name)
        # a variant may have the same id as its family
        variants += [v.id for v in family.variant] if family else [name]
    return tuple(variants)
