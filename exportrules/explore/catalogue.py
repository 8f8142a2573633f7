"""The chips and places of a page: their names and aliases, and the figures with their standing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from exportrules.engine.docket import Docket
from exportrules.errors import UnknownNameError
from exportrules.explore.states import Places
from exportrules.law.bounds import is_number
from exportrules.law.model import Provision
from exportrules.law.ruleset import Ruleset
from exportrules.law.truth import TRUE, all_of
from exportrules.law.view import view_of
from exportrules.question.figures import facts_of
from exportrules.question.names.chips import find_chip
from exportrules.question.values import show

#: The figures of a chip that rules test, in the order of the page.
TESTED_FIGURES = (
    "tpp", "bits_x_tops_2022", "performance_density", "aggregate_io_gbytes_s", "dram_bandwidth_gbytes_s",
    "memory_bandwidth_density", "die_area_mm2",
)  # fmt: skip


def maker_rows(ruleset: Ruleset, vendors: Iterable[str]) -> list[dict[str, Any]]:
    """The makers, those with most chips first, with their other names and the brands in front of their products."""
    rows = []
    for vendor, _ in Counter(vendors).most_common():
        known = ruleset.exporters.get(vendor)
        names = [*known.aliases, *known.brands] if known else []
        rows.append({"id": vendor, "name": known.name if known else vendor, "aliases": names})
    return rows


@dataclass(frozen=True, slots=True)
class ChipOrFamily:
    """A chip that can be asked for: a variant, or a family of several."""

    id: str
    variants: tuple[str, ...]


def asked_chips(ruleset: Ruleset, chips: Sequence[str] = ()) -> list[ChipOrFamily]:
    """The chips of a page: every variant, and every family of several; only those named by `chips`, if given.

    Raises UnknownNameError for a name that is not known.
    """
    wanted = {v for chip in chips for v in find_chip(ruleset, chip).variants} if chips else set(ruleset.variants)
    rows = []
    for family in ruleset.families.values():
        inside = tuple(v.id for v in family.variant if v.id in wanted)
        if len(inside) > 1 and len(inside) == len(family.variant):
            rows.append(ChipOrFamily(family.id, inside))
        rows += [ChipOrFamily(v, (v,)) for v in inside]
    return rows


def asked_rows(ruleset: Ruleset, asked: Sequence[ChipOrFamily]) -> list[dict[str, Any]]:
    """One row for each chip; for one of several variants, `of` is the number of its family's row."""
    rows: list[dict[str, Any]] = []
    families: dict[str, int] = {}
    asked_for: dict[str, frozenset[str]] = {}
    for entry in asked:
        variant, family = ruleset.variants[entry.variants[0]]
        whole = len(entry.variants) > 1
        if whole:
            families[family.id] = len(rows)
        names = family.aliases if whole else variant.aliases
        row: dict[str, Any] = {
            "id": entry.id,
            "name": family.name if whole else variant.name,
            "ask": _asked_as(ruleset, entry, family.name if whole else variant.name),
            "maker": family.vendor,
            "family": family.name,
            "aliases": [name for name in names if name != (family.name if whole else variant.name)],
        }
        row["calls"] = _calls(ruleset, entry, (row["name"], *names), asked_for)
        row["reached"] = _reached(ruleset, entry)
        days = {c.announced or c.not_public_before for c in (ruleset.variants[v][0] for v in entry.variants)}
        row["public"] = sorted(day.isoformat() for day in days if day)
        if whole:
            row["variants"] = len(entry.variants)
        else:
            row |= {
                "of": families.get(family.id, -1),
                "status": variant.status,
                "facts": _figures(variant),
            }
            if family.id not in families:
                row["aliases"] = list(dict.fromkeys((*row["aliases"], *family.aliases)))
        rows.append(row)
    return rows


def _asked_as(ruleset: Ruleset, chip: ChipOrFamily, name: str) -> str:
    """The name under which a command finds the chip, or else its id."""
    try:
        meant = find_chip(ruleset, name).variants
    except UnknownNameError:
        return chip.id
    return name if set(meant) == set(chip.variants) else chip.id


def _calls(
    ruleset: Ruleset, chip: ChipOrFamily, names: Iterable[str], asked_for: dict[str, frozenset[str]]
) -> list[str]:
    """Shorter forms of these names under which a command finds this chip and no other: RTX 4090 for GeForce RTX 4090
    24GB. `asked_for` has the variants of every form that was tried."""
    found: dict[str, None] = {}
    for name in names:
        words = name.split()
        for start, stop in ((a, b) for a in (0, 1) for b in range(a + 1, len(words) + 1)):
            form = " ".join(words[start:stop])
            if form not in asked_for:
                try:
                    asked_for[form] = frozenset(find_chip(ruleset, form).variants)
                except UnknownNameError:
                    asked_for[form] = frozenset()
            if asked_for[form] == frozenset(chip.variants):
                found[form] = None
    return [form for form in found if form not in names]


def _reached(ruleset: Ruleset, chip: ChipOrFamily) -> list[str]:
    """The entries of the Code of which every variant has the figures, whether or not they exclude it.

    Variants of which no figure is known are not asked, as in answers about a family.
    """
    every = [facts_of(ruleset.variants[v][0]) for v in chip.variants]
    known = [facts for facts in every if facts.keys() & {"tpp", "memory_bandwidth_density"}]
    dockets = [Docket(view_of(ruleset), facts, on=date.max) for facts in known]

    def has(docket: Docket, provision: Provision) -> bool:
        rows = ([docket.test(test, date.max, {}) for test in row.tests] for row in provision.when)
        return docket.fits(provision.classifies) == TRUE and any(all_of(tests) == TRUE for tests in rows)

    tested = (provision for provision, _ in ruleset.provisions.values() if provision.classifies)
    return [provision.id for provision in tested if dockets and all(has(docket, provision) for docket in dockets)]


def _figures(variant: Any) -> dict[str, list[Any]]:
    """By figure: its text, whether it is estimated, every reading if it is disputed, and its number if it has one."""
    facts = facts_of(variant)
    return {
        name: [show(fact.value), int(fact.estimated), [show(c) for c in fact.candidates], _number(fact.value)]
        for name in TESTED_FIGURES
        if (fact := facts.get(name)) is not None and fact.value is not None
    }


def _number(value: object) -> float | None:
    return float(value) if is_number(value) else None


def place_rows(ruleset: Ruleset, places: Places) -> list[dict[str, Any]]:
    """One row for each destination, by name."""
    ordered = sorted(ruleset.places.values(), key=lambda place: place.name)
    return [
        {
            "code": p.code,
            "name": p.name,
            "aliases": _once((*p.aliases, *p.standard)),
            "class": places.of[p.code],
        }
        for p in ordered
    ]


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
