"""The law data of one edition: the contents of its files, by id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from exportrules.errors import UnknownNameError
from exportrules.law.attestation import clause, horizon
from exportrules.law.facts import Fact
from exportrules.law.lexicon import PartNumbers, Refused, Servers, Word
from exportrules.law.memory import Memory
from exportrules.law.model import (
    Attestation,
    Description,
    Edition,
    Exporter,
    FactDefinition,
    Family,
    Group,
    Instrument,
    Party,
    PartyList,
    Place,
    Provision,
    Territory,
    Variant,
)
from exportrules.law.shape import Shape

#: The directory that a ruleset was read from (None for the package's own), and its overlays.
Origin = tuple[str | None, tuple[str, ...]]


class _Kept:
    """The caches of a ruleset: views, results of questions (bounded in number), and one index of each kind."""

    views: dict[tuple[Any, ...], object]
    memory: Memory
    indexes: dict[str, Any]


class Ruleset(Shape, _Kept):
    """The law data of one edition, its overlays included. `digest` is SHA-256 over every data file."""

    edition: Edition
    facts: Mapping[str, FactDefinition]
    groups: Mapping[str, Group]
    places: Mapping[str, Place]
    territories: Mapping[str, Territory]
    exporters: Mapping[str, Exporter]
    parties: Mapping[str, Party]
    instruments: Mapping[str, Instrument]
    families: Mapping[str, Family]
    lists: Mapping[str, PartyList]
    descriptions: Mapping[str, Description]
    attestations: Mapping[str, Attestation]
    words: Mapping[str, Word]
    parts: Mapping[str, PartNumbers]
    servers: Mapping[str, Servers]
    refused: Mapping[str, Refused]
    files: Mapping[str, str]
    digest: str = ""
    origin: Origin = (None, ())

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.__dict__.update(views={}, memory=Memory(), indexes={})

    def __repr__(self) -> str:
        return f"<Ruleset {self.edition.edition}: {len(self.instruments)} instruments, {len(self.families)} families>"

    @cached_property
    def provisions(self) -> dict[str, tuple[Provision, Instrument]]:
        """Every provision by its full id, e.g. '88fr73458#3A090.a'."""
        return {p.id: (p, i) for i in self.instruments.values() for p in i.provision}

    @cached_property
    def reviewed_by_entries(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The requirements whose policy is that of a list entry, by the (fact, value) that such an entry concludes."""
        requirements: dict[tuple[str, str], tuple[str, ...]] = {}
        for p, _ in self.provisions.values():
            if p.entries:
                key = (p.entries.fact, str(p.entries.value))
                requirements[key] = (*requirements.get(key, ()), p.id)
        return requirements

    @cached_property
    def variants(self) -> dict[str, tuple[Variant, Family]]:
        return {v.id: (v, f) for f in self.families.values() for v in f.variant}

    @cached_property
    def assumed(self) -> dict[str, Fact]:
        """The assumed values of facts that a question leaves out: the same objects for every question."""
        return {n: Fact(d.assumed, "assumed") for n, d in self.facts.items() if d.assumed is not None}

    @property
    def not_an_ai_chip(self) -> dict[str, object]:
        """The facts of goods outside every entry for AI chips, systems that contain them, and memory for them."""
        return {n: d.not_an_ai_chip for n, d in self.facts.items() if d.not_an_ai_chip is not None}

    @cached_property
    def horizon(self) -> date:
        """The last day for which all of the law was verified, by this edition or by an attestation."""
        return horizon(self.edition, self.attestations.values())

    @cached_property
    def currency(self) -> str:
        """One clause for every output: the day through which the law was verified, and each attestation."""
        attested = map(clause, self.attestations.values())
        return ", ".join([f"verified through {self.edition.verified_through}", *attested])

    @cached_property
    def fact_order(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.facts)}

    @property
    def every_place(self) -> list[Place | Territory]:
        """The destinations, and the territories that are read as one of them or refused."""
        return [*self.places.values(), *self.territories.values()]

    def provision(self, reference: str) -> tuple[Provision, Instrument]:
        """Look up 'instrument#provision'. Raises UnknownNameError with similar names."""
        entry = self.provisions.get(reference)
        if entry is None:
            import difflib

            near = difflib.get_close_matches(reference, self.provisions, n=3, cutoff=0.4)
            raise UnknownNameError(
                f"there is no provision {reference!r} in this ruleset. List the instruments, or the provisions of one: "
                "exportrules instruments [ID].",
                near,
            )
        return entry
