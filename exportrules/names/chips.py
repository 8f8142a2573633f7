"""What people write for a chip, resolved to the variants that it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from exportrules.errors import UnknownNameError
from exportrules.law import Ruleset
from exportrules.model import Exporter
from exportrules.names.keys import key, memo, near


class ChipName(NamedTuple):
    """A resolved chip: the variants asked, and the family they belong to where a family was named."""

    label: str
    variants: tuple[str, ...]
    family: str = ""


def find_chip(ruleset: Ruleset, text: str) -> ChipName:
    """The variants that a name means. Raises UnknownNameError with near names."""
    index = memo(ruleset, "chips", _chip_index)
    wanted = key(text)
    found = index.get(wanted) or _behind_prefix(ruleset, wanted, index)
    if found is None:
        labels = {k: name.label for k, name in index.items()}
        bare = [rest for e in ruleset.exporters.values() for rest in _stripped(wanted, _prefixes(e))]
        exact = [labels[rest] for rest in bare if rest in labels]
        close = list(dict.fromkeys([*exact, *near(min([wanted, *bare], key=len), labels)]))[:3]
        raise UnknownNameError(
            f"no chip is called {text!r} here. Names match exactly, spaces and hyphens aside; a chip of your own can "
            "be described by a file or by facts.",
            close,
        )
    return found


def spellings_of(ruleset: Ruleset) -> dict[str, ChipName]:
    """Every chip under the :func:`key` of every name it goes by, also with its vendor's name before it."""
    index = memo(ruleset, "chips", _chip_index)
    found = dict(index)
    for spelling, name in index.items():
        vendor = ruleset.exporters.get(ruleset.variants[name.variants[0]][1].vendor)
        for prefix in map(key, (vendor.name, *vendor.aliases, *vendor.brands)) if vendor else ():
            if not spelling.startswith(prefix):
                found.setdefault(prefix + spelling, name)
    return found


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
