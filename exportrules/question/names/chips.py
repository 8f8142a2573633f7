"""Resolve the name of a chip to the variants that it means.

A name from the chip files is looked up; anything else is parsed by :mod:`exportrules.question.names.grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from exportrules.errors import RefusedNameError, UnknownNameError, either
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.grammar import (
    LONGEST,
    SHORT,
    NameReading,
    fold,
    ids_of,
    readings,
    shown_detail,
    true_of,
)
from exportrules.question.names.keys import key, memo
from exportrules.question.names.servers import find_server, how_to_ask, server_message
from exportrules.question.names.slips import near_chips, other_products


class ChipName(NamedTuple):
    """A resolved chip: the variants that are meant, and their family if a family was named."""

    label: str
    variants: tuple[str, ...]
    family: str = ""


#: Labels of GPUs in clusters, which contain the name of the chip.
_LABELS = (
    r"(?:gres[:/])?gpu[:=](?P<name>[^:=\s][^:=]*)(?::[0-9]+)?",
    r"(?:(?:nvidia|(?:beta\.)?amd)\.com/gpu\.product(?:-name)?|gpu\.nvidia\.com/(?:class|model)|"
    r"karpenter\.k8s\.aws/instance-gpu-name|cloud\.google\.com/gke-(?:tpu-)?accelerator)"
    r"\s*[:=]\s*\"?(?P<name>[^\"]+)\"?",
    r"huawei\.com/(?P<name>ascend[^/:=\s]+)",
)

_COUNT = r"0{0,5}[1-9][0-9]{0,5}"
_CHARACTERS = r"张|張|片|块|塊|枚|颗|顆|台|個|个|卡|개|장"
_UNITS = rf"pcs?|pieces?|units?|ea|sets?|Stk|Stück|{_CHARACTERS}"
#: A count beside a name, which never takes its last letter: "A100X 2" is not a quantity of A100. These patterns are
#: slow to compile and rarely needed, so each is compiled on first use.
_COUNTED = (
    rf"(?:qty\.?:?\s*)?{_COUNT}\s*(?:[x×*](?=[\s(])|(?:{_UNITS})\.?(?=\s))\s*(?P<name>\S.*)",
    rf"{_COUNT}(?:[x×*]|\s*(?:{_CHARACTERS}))(?P<name>\S.*)",
    rf"\(\s*{_COUNT}\s*[x×]?\s*\)\s*(?P<name>\S.*)",
    rf"(?P<name>.*\S)(?:[\s,;]+[x×*]|\s*[×*])\s*{_COUNT}",
    rf"(?P<name>.*\S)\s*\(\s*(?:qty\.?:?\s*)?[x×]?\s*{_COUNT}\s*[x×]?\s*\)",
    rf"(?P<name>.*\S)[\s,;]+(?:qty\.?:?\s*{_COUNT}|{_COUNT}\s*(?:{_UNITS})\.?)",
    rf"(?P<name>.*\S)[\s,;]+{_COUNT}",
)
_DANGLING = r"(?P<name>.*\S)\s+[x×]\s*"
_NUMBERED = r"(?P<name>.*\S)\s+(?P<number>[1-9][0-9]*)\s*"


#: The form of NVIDIA's, PNY's and AMD's part numbers: "900-2G133-0010-000", "TCSA100M-PB", "100-506116".
_PART = (
    r"[679][0-9]{2}-[0-9A-Z]{5}-[0-9A-Z]{4}(?:-[0-9A-Z]{3})?|"
    r"(?:TCS|VCN|NV)[0-9A-Z]+(?:-[0-9A-Z]+)*-(?:PB|SB|KIT)|100-[0-9]{6,9}"
)


def find_chip(ruleset: Ruleset, text: str) -> ChipName:
    """The variants that a name means.

    Raises RefusedNameError for a name that is recognised but does not identify one chip (a server, a driver's mask, a
    series), and UnknownNameError, with similar names, for any other name that is not certain.
    """
    chip, ways, left = _looked_up(ruleset, text)
    if chip is None:
        raise _refusal(ruleset, text, ways, left)
    if text[-1:] in "xX×" and (split := re.fullmatch(_DANGLING, text, re.I)) and _known(ruleset, split["name"]):
        raise RefusedNameError(
            f"{text!r} can be one name, or {split['name']!r} and a number that was cut off. Write it without the gap, "
            "or without the X."
        )
    if counted := _counted(ruleset, text, chip):
        raise RefusedNameError(
            f"{text!r} can be one name, or {counted!r} and a quantity. Write it without the gap, or without the number."
        )
    return chip


def _counted(ruleset: Ruleset, text: str, chip: ChipName) -> str:
    """The name of another chip before the last number of a text, if no name of `chip` has a gap there: four of an
    Ascend 910B are not an Ascend 910B4, and a Gaudi 2 is written so. '' if there is none."""
    split = re.fullmatch(_NUMBERED, text) if text.rstrip()[-1:].isdigit() else None
    other = _known(ruleset, split["name"]) if split else None
    if not split or not other or set(other.variants) == set(chip.variants):
        return ""
    families = {ruleset.variants[v][1].id: ruleset.variants[v][1] for v in chip.variants}.values()
    names = (n for f in families for n in (f.name, *f.aliases, *(a for v in f.variant for a in (v.name, *v.aliases))))
    return "" if any(name.endswith(f" {split['number']}") for name in names) else split["name"]


def is_chip(ruleset: Ruleset, text: str) -> bool:
    """True if a text certainly names a chip; faster than :func:`find_chip`, since no near names are sought."""
    return _known(ruleset, text) is not None


def _known(ruleset: Ruleset, text: str) -> ChipName | None:
    return _looked_up(ruleset, text)[0]


def _looked_up(ruleset: Ruleset, text: str) -> tuple[ChipName | None, list[NameReading], str]:
    """The chip that a text means with certainty; or None and, for the message, its readings and the first word that no
    reading understands."""
    index = memo(ruleset, "chips", _chip_index)
    chip = index.get(text) or index.get(key(text))
    if chip is not None:
        return chip, [], ""
    inner = next((label["name"] for pattern in _LABELS if (label := re.fullmatch(pattern, text.strip(), re.I))), text)
    if inner != text:
        return _looked_up(ruleset, inner)
    ways, left = readings(ruleset, text)
    sound = {way: meant for way in ways if (meant := _variants(ruleset, way)) or way.refused}
    heaviest = max((way.weight for way in sound), default=None)
    best = [way for way in sound if way.weight == heaviest]
    means = {sound[way] for way in best}
    if len(means) == 1 and not any(way.refused for way in best) and not _machine(ruleset, best, means):
        return _as_named(ruleset, best[0], next(iter(means))), [], ""
    return None, best or ways, left


def _as_named(ruleset: Ruleset, way: NameReading, means: frozenset[str]) -> ChipName:
    """The chip under the label of the name in the text, if that name alone identifies it."""
    named = memo(ruleset, "chips", _chip_index).get(way.name or "")
    return named if named and not way.details and set(named.variants) == means else chip_name(ruleset, means)


def _variants(ruleset: Ruleset, way: NameReading) -> frozenset[str]:
    """The variants that a reading means; none if it contradicts itself or nothing confirms a short name."""
    if not way.variants or not (way.vouched or way.shortest > SHORT) or (way.reseller and way.makers is None):
        return frozenset()
    own = {v for v in way.variants if way.makers is None or ruleset.variants[v][1].vendor in way.makers}
    return true_of(ruleset, own, way.details)


def _machine(ruleset: Ruleset, ways: Iterable[NameReading], means: Iterable[frozenset[str]]) -> bool:
    """True if the name is that of a chip but another word shows that a machine is meant."""
    chips = any(ruleset.variants[v][0].item_kind != "system" for variants in means for v in variants)
    return chips and any(way.system for way in ways)


def chip_name(ruleset: Ruleset, variants: Iterable[str]) -> ChipName:
    """Variants under one label: the name of the variant, of the family, or of several families."""
    wanted = set(variants)
    families = list(dict.fromkeys(ruleset.variants[v][1].id for v in ruleset.variants if v in wanted))
    ordered = tuple(v for name in families for v in (x.id for x in ruleset.families[name].variant) if v in wanted)
    if len(families) > 1:
        return ChipName(" or ".join(ruleset.families[name].name for name in families), ordered)
    family = ruleset.families[families[0]]
    if len(ordered) == 1:
        return ChipName(ruleset.variants[ordered[0]][0].name, ordered)
    return ChipName(family.name, ordered, family.id)


def spellings_of(ruleset: Ruleset) -> dict[str, ChipName]:
    """Every chip by the :func:`key` of each of its names, with and without its vendor's name in front."""
    index = memo(ruleset, "chips", _chip_index)
    ids = {*map(key, ruleset.variants), *map(key, ruleset.families)}
    names = {spelling: name for spelling, name in index.items() if key(spelling) == spelling}
    for spelling, name in list(names.items()):
        vendor = ruleset.exporters.get(ruleset.variants[name.variants[0]][1].vendor)
        for prefix in (
            map(key, (vendor.name, *vendor.aliases, *vendor.brands)) if vendor and spelling not in ids else ()
        ):
            if not spelling.startswith(prefix):
                names.setdefault(prefix + spelling, name)
    for listed in ruleset.parts.values():
        for number, means in listed.numbers.items():
            names.setdefault(key(number), chip_name(ruleset, ids_of(ruleset, means)))
    return {spelling: name for spelling, name in names.items() if spelling not in _refused(ruleset)}


def names_beginning(ruleset: Ruleset, text: str) -> list[tuple[str, str]]:
    """Names that begin with the text, each with its vendor, for shell completion. A maker in the text is kept."""
    wanted = key(text)
    names = []
    for family in ruleset.families.values():
        vendor = ruleset.exporters.get(family.vendor)
        for maker in ("", *((vendor.name, *vendor.brands) if vendor else ())):
            # the text must go beyond the maker's name, or all chips of the maker would be offered twice
            if (key(maker) + key(family.name)).startswith(wanted) and len(key(maker)) < max(1, len(wanted)):
                names.append((f"{maker} {family.name}".strip(), family.vendor))
    return names


def _refused(ruleset: Ruleset) -> dict[str, str]:
    return memo(ruleset, "refused names", _refused_names)


def _refused_names(ruleset: Ruleset) -> dict[str, str]:
    return {key(text): refused.id for refused in ruleset.refused.values() for text in refused.written}


def _chip_index(ruleset: Ruleset) -> dict[str, ChipName]:
    """Chips by the keys of their names; ids also in their own spelling, since an id is never refused."""
    index: dict[str, ChipName] = {}
    ids: dict[str, ChipName] = {}
    for family in ruleset.families.values():
        shared: dict[str, list[str]] = {}
        for variant in family.variant:
            for name in (variant.id, variant.name, *variant.aliases):
                shared.setdefault(key(name), []).append(variant.id)
        labels = {v.id: v.name for v in family.variant}
        for name, ids_with_name in shared.items():
            variants = tuple(dict.fromkeys(ids_with_name))
            label = labels[variants[0]] if len(variants) == 1 else family.name
            index[name] = ChipName(label, variants, family.id if len(variants) > 1 else "")
        whole = ChipName(family.name, tuple(labels), family.id)
        for name in (family.id, family.name, *family.aliases):
            index[key(name)] = whole
        ids |= {variant.id: index[key(variant.id)] for variant in family.variant} | {family.id: whole}
    for name in _refused(ruleset):
        index.pop(name, None)
    return ids | index


def _refusal(ruleset: Ruleset, text: str, ways: list[NameReading], left: str) -> UnknownNameError:
    """The error that best explains why a text is not the certain name of a chip."""
    whole = next((way.refused for way in ways if way.refused), "")
    if masked := whole or ("" if ways else _masked_inside(ruleset, text)):
        refused = ruleset.refused[masked]
        # beside words that are not understood, each of these may be another product
        near = [_label(ruleset, name) for name in refused.means] if whole else []
        return RefusedNameError(f"{text!r} does not say which chip is meant. {refused.why}", near[:3])
    if server := find_server(ruleset, text):
        return RefusedNameError(server_message(ruleset, text, *server))
    for bare in ("", *_uncounted(text)):
        if message := _machine_named(ruleset, text, _looked_up(ruleset, bare)[1] if bare else ways):
            return RefusedNameError(message)
    if bare := without_count(ruleset, text):
        return UnknownNameError(f"no chip is called {text!r} here: it states a quantity. Write the name alone.", [bare])
    why, near = _contradiction(ruleset, ways)
    if not why and (number := re.search(rf"(?<![^\W_-])(?:{_PART})(?![^\W_-])", text, re.I)):
        why = f": no source here prints the part number {number[0]!r} beside a product. Write the name beside it"
    if not why and left and left != key(text):
        why = f": the word {left!r} is not understood"
    near = near or near_chips(ruleset, text, left, lambda name: _label_of(ruleset, name))
    others = [] if why or near else other_products(ruleset, text)
    also = f" Other products, by a digit: {', '.join(others)}." if others else ""
    return UnknownNameError(
        f"no chip is called {text!r} here{why}. Every word of a name must be known, spaces and hyphens aside"
        f"{how_to_ask(ruleset, text)}{also}",
        near,
    )


def without_count(ruleset: Ruleset, text: str) -> str:
    """The name of a chip in a text that also states a quantity; '' if there is none."""
    return next((name for name in _uncounted(text) if _known(ruleset, name)), "")


def _uncounted(text: str) -> Iterator[str]:
    """What may be a name in a text that also states a quantity."""
    for pattern in _COUNTED if len(text) <= LONGEST else ():
        if match := re.fullmatch(pattern, text.strip(), re.I):
            yield match["name"].rstrip(" ,;")


def _masked_inside(ruleset: Ruleset, text: str) -> str:
    """The id of a refused name of four letters or more in the text, since other words do not make it certain; unless
    it is part of a longer name: an "RTX 5000 Ada ... Embedded" is not an "RTX 5000"."""
    letters, cuts, gaps = fold(text)
    index = memo(ruleset, "chips", _chip_index)
    for name, refused in _refused(ruleset).items():
        place = letters.find(name) if len(name) > SHORT else -1
        stop = place + len(name)
        whole = place >= 0 and {place, stop} <= cuts and (stop in gaps or not letters[stop : stop + 1].isalpha())
        beyond = cuts - {*range(place, stop + 1)} if whole else ()
        if whole and not any(letters[min(place, cut) : max(stop, cut)] in index for cut in beyond):
            return refused
    return ""


def _machine_named(ruleset: Ruleset, text: str, ways: list[NameReading]) -> str:
    means = {v for way in ways if way.system for v in _variants(ruleset, way)}
    if not means:
        return ""
    label = chip_name(ruleset, means).label
    return f"{text!r} is a server or another machine, not a chip. Ask by the GPUs in it: {label!r}."


def _contradiction(ruleset: Ruleset, ways: list[NameReading]) -> tuple[str, list[str]]:
    """The end of a message about the part of a name that is not true of its chip, and names to suggest."""
    for way in ways:
        if not way.variants:
            return ": these words name no product", []
        families = dict.fromkeys(ruleset.variants[v][1].name for v in chip_name(ruleset, way.variants).variants)
        label = " or ".join(families)
        makers = {ruleset.variants[v][1].vendor for v in way.variants}
        if way.makers is not None and not way.makers & makers:
            vendors = either([ruleset.exporters[m].name for m in sorted(makers)])
            return f": {label!r} is a chip of {vendors}", [label]
        wrong = [d for d in sorted(way.details) if not true_of(ruleset, way.variants, [d])]
        if way.details:
            own = ", ".join(ruleset.variants[v][0].name for v in chip_name(ruleset, way.variants).variants[:6])
            what = either([shown_detail(ruleset, detail) for detail in wrong or sorted(way.details)])
            return f": no {label} with {what} is known. Known are: {own}", []
        if way.reseller:
            return f": a reseller's name beside {label!r} does not identify it; add the maker", [label]
        return f": {label!r} is too short a name to be certain beside these words; add the maker", [label]
    return "", []


def _label(ruleset: Ruleset, name: str) -> str:
    return ruleset.families[name].name if name in ruleset.families else ruleset.variants[name][0].name


def _label_of(ruleset: Ruleset, text: str) -> str:
    chip = _known(ruleset, text)
    return chip.label if chip else ""
