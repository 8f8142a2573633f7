"""A question as it is resolved: names to ids, defaults to assumptions, a chip to its facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from exportrules.claims import Known, agreeing
from exportrules.entries import declared, read_given
from exportrules.errors import QuestionError
from exportrules.facts import NOT_EN_ROUTE, Fact, facts_of, figure_defects, read_date, settled, show
from exportrules.law import InForce, Ruleset, View
from exportrules.model import Variant
from exportrules.names.chips import find_chip
from exportrules.names.exporters import find_exporter
from exportrules.names.parties import find_parties
from exportrules.names.places import find_place

ACTIVITIES = ("export", "reexport", "transfer")

#: What parts several end uses in one text: a cell of a ledger, an option.
_BETWEEN = re.compile(r"\s*[;,+]\s*")

#: The terms of a deal that have an option of their own, and the fact that each one is.
TERMS = {"to": "destination", **{name: name for name in (
    "exporter", "activity", "headquarters", "ultimate_parent", "end_use")}}  # fmt: skip


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

    `seats` are the countries that the party data give for the end user, where nobody said where its headquarters are.
    `left_out` are the variants of the family that the facts given cannot describe, by name, each with the reason.
    `end_use` is empty where somebody said that it is not known.
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
    end_use: tuple[str, ...]
    facts: Mapping[str, Fact]
    listed: tuple[str, ...]
    owners: tuple[str, ...]
    near_parties: tuple[str, ...]
    known_on: date | None
    as_printed: bool
    defaulted: frozenset[str]
    left_out: tuple[tuple[str, str], ...] = ()

    def listings(self, view: View) -> list[InForce]:
        """The entries of the parties named, as provisions of the view."""
        parties = view.ruleset.parties
        found = [listing for name in self.listed for listing in view.listings(parties[name])]
        return found + [listing for name in self.owners for listing in view.listings(parties[name], owner=True)]


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
    end_use: str | Sequence[str] | None,
    facts: Mapping[str, object] | None,
    known_on: date | str | None,
    as_printed: bool,
) -> Question:
    """Resolve a question. Raises QuestionError (or UnknownNameError) for what cannot be understood."""
    given = {name: read_given(ruleset, name, value) for name, value in (facts or {}).items()}
    for name, text in (("to", to), ("exporter", exporter), ("activity", activity), ("headquarters", headquarters),
                       ("ultimate_parent", ultimate_parent), ("end_user", end_user)):  # fmt: skip
        if text is not None and (not isinstance(text, str) or not text.strip()):
            raise QuestionError(f"{name} = {text!r} says nothing. Leave it out for the default, or write a name.")
    if chip is None and not given:
        raise QuestionError("no chip is named and no facts describe one. Name a chip, or give facts such as tpp=2368.")
    said = _terms(given, to=to, exporter=exporter, activity=activity, headquarters=headquarters,
                  ultimate_parent=ultimate_parent, end_use=end_use)  # fmt: skip
    to, exporter, activity, headquarters, ultimate_parent = (said[name] for name in list(TERMS)[:5])
    uses = read_end_uses(ruleset, said["end_use"])
    label, family, chosen = _chosen(ruleset, chip)
    vendor = ruleset.families[family].vendor if family in ruleset.families else _vendor(ruleset, chip, chosen)
    asked = {**said, "end_user": end_user}
    place = find_place(ruleset, to or "CN")
    users = find_parties(ruleset, end_user) if end_user else ((), ())
    seats = () if headquarters else seats_of(ruleset, users[0])
    seat = find_place(ruleset, headquarters) if headquarters else seats[0] if len(seats) == 1 else place
    parent = find_place(ruleset, ultimate_parent) if ultimate_parent else seat
    # parties of one name in several countries: which of them it is stays open, and with it where it sits
    open_seat = Fact(None, "question") if len(seats) > 1 else None
    who = find_exporter(ruleset, exporter or "maker", vendor)
    kind = _one_of("activity", activity or "export", activity or "export", ACTIVITIES)
    deal = {
        "destination": Fact(place, "question"),
        "headquarters": open_seat or Fact(seat, "question"),
        "ultimate_parent": Fact(parent, "question") if ultimate_parent or not open_seat else open_seat,
        "exporter": Fact(who, "question"),
        "activity": Fact(kind, "question"),
        "end_use": Fact(frozenset(uses), "question"),
        **declared(ruleset, given),
    }
    if vendor in ruleset.exporters:
        deal["chip_vendor_country"] = Fact(ruleset.exporters[vendor].country, "chip")
    matches = [users, *(find_parties(ruleset, name) for name in parties if name)]
    owner = given.get("listed_owner")
    owners = find_parties(ruleset, owner.value) if owner and isinstance(owner.value, str) and owner.value else ((), ())
    stated = [{**ruleset.assumed, **deal, **s.facts} for s in chosen]
    known = [Known(s.name, facts) for s, facts in zip(chosen, stated, strict=True)]
    meant, left_out = agreeing(known, given, ruleset.view().class_of)
    subjects = tuple(Subject(chosen[i].id, chosen[i].name, settled(stated[i], given), chosen[i].chip) for i in meant)
    return Question(
        label=label,
        family=family,
        subjects=subjects,
        to=place,
        exporter=who,
        asked_exporter=exporter or "maker",
        activity=kind,
        headquarters=seat,
        ultimate_parent=parent,
        seats=seats,
        end_user=end_user,
        parties=tuple(parties),
        end_use=uses if "end_use" not in given else (),
        facts=given,
        listed=tuple(dict.fromkeys(p for found, _ in matches for p in found)),
        owners=owners[0],
        near_parties=tuple(dict.fromkeys(n for _, near in (*matches, owners) for n in near)),
        known_on=read_date(known_on, "known_on") if known_on is not None else None,
        as_printed=as_printed,
        defaulted=frozenset(n for n, value in asked.items() if value is None and TERMS.get(n, n) not in given),
        left_out=left_out,
    )


def seats_of(ruleset: Ruleset, users: Sequence[str]) -> tuple[str, ...]:
    """The countries that the party data give for end users: where one is known, no other is assumed."""
    return tuple(sorted({ruleset.parties[user].country for user in users} - {""}))


def _terms(given: dict[str, Fact], **options: Any) -> dict[str, Any]:
    """The terms of the deal, each by its option or by its fact; those that a fact states are taken out of `given`.

    One that is stated as unknown stays a fact. Raises QuestionError for one that is stated twice.
    """
    for option, name in TERMS.items():
        if name in given and options[option] is not None:
            raise QuestionError(
                f"{option} = {options[option]!r} and the fact {name} = {show(given[name].value)} state one term of the "
                "deal twice. Give one of them."
            )
        if name in given and given[name].value is not None:
            value = given.pop(name).value
            options[option] = sorted(value) if isinstance(value, frozenset) else value
    return options


def read_end_uses(ruleset: Ruleset, said: object) -> tuple[str, ...]:
    """What the item is for, in the order of the vocabulary; civil where nothing is said.

    Several are named by a sequence, or parted by ';', ',' or '+'. What is meant for another use in part is meant for
    it, so a civil use beside it is left aside.
    """
    words = ruleset.facts["end_use"].values
    if said is None:
        return ("civil",)
    texts = [said] if isinstance(said, str) else said
    if not isinstance(texts, Sequence) or not texts or not all(isinstance(text, str) for text in texts):
        raise QuestionError(f"end_use = {said!r} names no end use. Write one or more of: {', '.join(words)}.")
    found = {_one_of("end_use", text, part, words) for text in texts for part in _BETWEEN.split(text.strip())}
    return tuple(word for word in words if word in (found - {"civil"} or found))


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


def _one_of(name: str, text: str, word: str, values: Sequence[str]) -> str:
    """A word of a list; `text` is all that was written."""
    if word not in values:
        raise QuestionError(f"{name} = {text!r} is not one of: {', '.join(values)}.")
    return word


__all__ = ["ACTIVITIES", "NOT_EN_ROUTE", "Question", "Subject", "read_end_uses", "resolve"]
