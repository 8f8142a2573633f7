"""A question as it is resolved: names to ids, defaults to assumptions, a chip to its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from exportrules.entries import read_given
from exportrules.errors import QuestionError
from exportrules.facts import NOT_EN_ROUTE, Fact, facts_of, figure_defects, read_date, settled
from exportrules.law import PLACE_FACTS, InForce, Ruleset, View
from exportrules.model import FAVOURS, Party, Variant
from exportrules.names.chips import find_chip
from exportrules.names.exporters import find_exporter
from exportrules.names.parties import Matches, Near, find_parties, is_favoured
from exportrules.names.places import find_place
from exportrules.span import ALWAYS, Span, overlap, union

ACTIVITIES = ("export", "reexport", "transfer")
END_USES = ("civil", "military", "military_intelligence", "supercomputer", "wmd")


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One variant with its facts, ready for the law."""

    id: str
    name: str
    facts: Mapping[str, Fact]
    chip: Variant | None = None

    @property
    def has_figures(self) -> bool:
        return "tpp" in self.facts or "memory_bandwidth_density" in self.facts


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Everything that was asked except the day, resolved against one ruleset.

    `named` are the listed parties that each name is, in the order of the names; `listed` are all of them.

    `seats` are the countries that the party data give for the end user, where nobody said where its headquarters are.
    """

    label: str
    family: str
    subjects: tuple[Subject, ...]
    to: str
    exporter: str | None
    asked_exporter: str
    activity: str
    headquarters: str
    ultimate_parent: str
    seats: tuple[str, ...]
    end_user: str | None
    parties: tuple[str, ...]
    end_use: str
    facts: Mapping[str, Fact]
    named: tuple[tuple[str, ...], ...]
    listed: tuple[str, ...]
    owners: tuple[str, ...]
    near_parties: tuple[Near, ...]
    known_on: date | None
    as_printed: bool
    defaulted: frozenset[str]

    def listings(self, view: View) -> list[InForce]:
        """The entries of the parties named, as provisions of the view."""
        parties = view.ruleset.parties
        found = [listing for name in self.listed for listing in view.listings(parties[name]) if not _favours(listing)]
        found += [listing for name in self.owners for listing in view.listings(parties[name], owner=True)]
        return found + self._favours(view)

    def _favours(self, view: View) -> list[InForce]:
        """What favours the parties, on the days on which it favours each of them: all must be approved, or none is."""
        spans: tuple[Span, ...] = (ALWAYS,) if self.end_user else ()
        favours: list[InForce] = []
        for names in self.named:
            own = [found for name in names for found in view.listings(view.ruleset.parties[name]) if _favours(found)]
            spans = overlap(spans, union(span for found in own for span in found.spans))
            favours += own
        days = [(found, overlap(found.spans, spans)) for found in favours]
        return [view.narrowed(found, span) for found, span in days if span]


def resolve(
    ruleset: Ruleset,
    chip: str | Variant | None,
    *,
    to: str | None,
    exporter: str | None,
    activity: str | None,
    headquarters: str | None,
    ultimate_parent: str | None,
    end_user: str | None,
    parties: Sequence[str],
    end_use: str | None,
    facts: Mapping[str, object] | None,
    known_on: date | str | None,
    as_printed: bool,
) -> Question:
    """Resolve a question. Raises QuestionError (or UnknownNameError) for what cannot be understood."""
    given = {name: read_given(ruleset, name, value) for name, value in (facts or {}).items()}
    for name, text in (("to", to), ("exporter", exporter), ("activity", activity), ("headquarters", headquarters),
                       ("ultimate_parent", ultimate_parent), ("end_user", end_user), ("end_use", end_use)):  # fmt: skip
        if text is not None and (not isinstance(text, str) or not text.strip()):
            raise QuestionError(f"{name} = {text!r} says nothing. Leave it out for the default, or write a name.")
    if chip is None and not given:
        raise QuestionError("no chip is named and no facts describe one. Name a chip, or give facts such as tpp=2368.")
    label, family, chosen = _chosen(ruleset, chip)
    vendor = ruleset.families[family].vendor if family in ruleset.families else _vendor(ruleset, chip, chosen)
    asked = {
        "to": to, "exporter": exporter, "activity": activity, "headquarters": headquarters,
        "ultimate_parent": ultimate_parent, "end_user": end_user, "end_use": end_use,
    }  # fmt: skip
    place = find_place(ruleset, to or "CN")
    users = find_parties(ruleset, end_user) if end_user else Matches()
    seats = () if headquarters else seats_of(ruleset, users.listed)
    seat = find_place(ruleset, headquarters) if headquarters else seats[0] if len(seats) == 1 else place
    parent = find_place(ruleset, ultimate_parent) if ultimate_parent else seat
    # parties of one name in several countries: which of them it is stays open, and with it where it sits
    open_seat = Fact(None, "question") if len(seats) > 1 else None
    who = find_exporter(ruleset, exporter or "maker", vendor)
    given |= _resolved(ruleset, given, vendor)
    deal = {
        "destination": Fact(place, "question"),
        "headquarters": open_seat or Fact(seat, "question"),
        "ultimate_parent": Fact(parent, "question") if ultimate_parent or not open_seat else open_seat,
        "exporter": Fact(who, "question"),
        "activity": Fact(_one_of("activity", activity or "export", ACTIVITIES), "question"),
        "end_use": Fact(_one_of("end_use", end_use or "civil", END_USES), "question"),
    }
    if vendor in ruleset.exporters:
        deal["chip_vendor_country"] = Fact(ruleset.exporters[vendor].country, "question")
    matches = [*([users] if end_user else []), *(find_parties(ruleset, name) for name in parties if name)]
    owner = given.get("listed_owner")
    owners = find_parties(ruleset, owner.value) if owner and isinstance(owner.value, str) and owner.value else Matches()
    subjects = tuple(
        Subject(s.id, s.name, settled({**ruleset.assumed, **deal, **s.facts}, given), s.chip) for s in chosen
    )
    return Question(
        label=label,
        family=family,
        subjects=subjects,
        to=place,
        exporter=who,
        asked_exporter=exporter or "maker",
        activity=activity or "export",
        headquarters=seat,
        ultimate_parent=parent,
        seats=seats,
        end_user=end_user,
        parties=tuple(parties),
        end_use=end_use or "civil",
        facts=given,
        named=tuple(found.listed for found in matches),
        listed=tuple(dict.fromkeys(p for found in matches for p in found.listed)),
        owners=owners.listed,
        near_parties=tuple(dict.fromkeys(n for found in (*matches, owners) for n in found.near)),
        known_on=read_date(known_on, "known_on") if known_on is not None else None,
        as_printed=as_printed,
        defaulted=frozenset(name for name, value in asked.items() if value is None),
    )


def seats_of(ruleset: Ruleset, users: Sequence[str]) -> tuple[str, ...]:
    """The countries in which the party data have end users: their seats where known, else those of all addresses."""
    restricted = [party for user in users if not is_favoured(party := ruleset.parties[user])]
    return tuple(sorted({country for party in restricted for country in _seats(party)} - {""}))


def _seats(party: Party) -> tuple[str, ...]:
    return (party.seat,) if party.seat else (party.country, *party.also_in)


def _favours(listing: InForce) -> bool:
    made = listing.provision.concludes
    return made is not None and made.value in FAVOURS


def _resolved(ruleset: Ruleset, given: Mapping[str, Fact], vendor: str) -> dict[str, Fact]:
    """Places, companies and products that were given as facts, as the ids that rules test."""
    found = {}
    for name in PLACE_FACTS:
        if name in given and isinstance(text := given[name].value, str):
            found[name] = Fact(find_place(ruleset, text), "given")
    if "exporter" in given and isinstance(text := given["exporter"].value, str):
        found["exporter"] = Fact(find_exporter(ruleset, text, vendor), "given")
    return found


def _chosen(ruleset: Ruleset, chip: str | Variant | None) -> tuple[str, str, tuple[Subject, ...]]:
    if chip is None:
        # it is none of the products that letters name; what it can do is in its facts
        unnamed = {"chip": Fact("own", "question"), "chip_family": Fact("own", "question")}
        return "a chip of one's own", "", (Subject("own", "a chip of one's own", unnamed),)
    if isinstance(chip, Variant):
        for message in figure_defects(chip):
            raise QuestionError(f"{chip.id}: {message}")
        for part in chip.contains:
            if part.chip not in ruleset.variants:
                raise QuestionError(
                    f"{chip.id}: it contains {part.chip!r}, which is no variant of the chips known here."
                )
        return chip.name, "", (_subject(ruleset, chip, ""),)
    name = find_chip(ruleset, chip)
    return name.label, name.family, tuple(_known(ruleset, variant) for variant in name.variants)


def _known(ruleset: Ruleset, variant: str) -> Subject:
    """A variant of the ruleset, its facts derived once."""
    key = ("subject", variant)
    found = ruleset.memory.get(key)
    if not isinstance(found, Subject):
        chip, family = ruleset.variants[variant]
        found = ruleset.memory[key] = _subject(ruleset, chip, family.id)
    return found


def _subject(ruleset: Ruleset, chip: Variant, family: str) -> Subject:
    facts = {**facts_of(chip), "chip": Fact(chip.id, "chip"), "chip_family": Fact(family or chip.id, "chip")}
    if chip.contains:
        inner, inner_family = ruleset.variants[chip.contains[0].chip]
        inside = facts_of(inner)
        facts = {**inside, **facts, "contained_family": Fact(inner_family.id, "chip")}
    return Subject(chip.id, chip.name, facts, chip)


def _vendor(ruleset: Ruleset, chip: str | Variant | None, chosen: tuple[Subject, ...]) -> str:
    if isinstance(chip, Variant):
        return (find_exporter(ruleset, chip.vendor, "") or "") if chip.vendor else ""
    return ruleset.variants[chosen[0].id][1].vendor if chip is not None else ""


def _one_of(name: str, value: str, values: tuple[str, ...]) -> str:
    if value not in values:
        raise QuestionError(f"{name} = {value!r} is none of: {', '.join(values)}.")
    return value


__all__ = ["ACTIVITIES", "END_USES", "NOT_EN_ROUTE", "Question", "Subject", "resolve"]
