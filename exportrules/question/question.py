"""A question as it is resolved: names to ids, defaults to assumptions, a chip to its facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from exportrules.errors import QuestionError, either
from exportrules.law.facts import NOT_EN_ROUTE, Fact
from exportrules.law.force import InForce
from exportrules.law.model import FAVOURS, Party, Variant
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import ALWAYS, Span, overlap, union
from exportrules.law.view import View, view_of
from exportrules.question.claims import Known, agreeing, consistent, narrowed
from exportrules.question.deal import TERMS, Deal
from exportrules.question.eccns import declared, read_given
from exportrules.question.figures import facts_of, settled
from exportrules.question.impossible import figure_defects
from exportrules.question.names.chips import find_chip
from exportrules.question.names.exporters import find_exporter, near_addressee
from exportrules.question.names.keys import near
from exportrules.question.names.parties import is_favoured
from exportrules.question.names.placeholders import says_nothing
from exportrules.question.names.places import find_named_place, find_place
from exportrules.question.senses import (
    Named,
    QuestionWord,
    Seat,
    WholeSense,
    read_name,
    unsaid,
    wholes,
    word_of_exporter,
    word_of_parties,
)
from exportrules.question.values import read_date, show

ACTIVITIES = ("export", "reexport", "transfer")
#: A question whose words have one sense each, and name nobody.
PLAIN = WholeSense()
SEAT_FACTS = ("headquarters", "ultimate_parent")
PLACE_WORDS = ("to", *SEAT_FACTS)
_LEAVE_OUT = "Leave it out for the default, or write what is so."
_INSTEAD = {
    "to": "Write the destination: an ISO code of two capital letters, or a country's name.",
    "headquarters": "Leave it out for the default, or write a country.",
    "ultimate_parent": "Leave it out for the default, or write a country.",
    "end_user": "Leave it out for a buyer that is not named, or write the buyer's name.",
}

#: What parts several end uses in one text: a cell of a ledger, an option.
_BETWEEN = re.compile(r"\s*[;,+]\s*")


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One variant in one sense of the question, ready for the law: its facts, and the parties that are listed."""

    id: str
    name: str
    facts: Mapping[str, Fact]
    chip: Variant | None = None
    sense: WholeSense = PLAIN

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """What tells it from the other subjects of its question."""
        return (*self.sense.words, ("variant", self.name))

    @property
    def exporter(self) -> str:
        """The id of the exporter; '' where it is not known."""
        fact = self.facts.get("exporter")
        return fact.value if fact is not None and isinstance(fact.value, str) else ""

    def listings(self, view: View) -> list[InForce]:
        """The entries of its listed parties, as provisions of the view."""
        parties, sense = view.ruleset.parties, self.sense
        found = [listing for name in sense.listed for listing in view.listings(parties[name]) if not _favours(listing)]
        found += [listing for name in sense.owners for listing in view.listings(parties[name], owner=True)]
        return found + self._favours(view)

    def _favours(self, view: View) -> list[InForce]:
        """What favours the parties, on the days on which it favours each of them: all must be approved, or none is."""
        spans: tuple[Span, ...] = (ALWAYS,) if self.sense.has_user else ()
        favours: list[InForce] = []
        for names in self.sense.named:
            own = [found for name in names for found in view.listings(view.ruleset.parties[name]) if _favours(found)]
            spans = overlap(spans, union(span for found in own for span in found.spans))
            favours += own
        days = [(found, overlap(found.spans, spans)) for found in favours]
        return [view.narrowed(found, span) for found, span in days if span]

    @property
    def has_figures(self) -> bool:
        return "tpp" in self.facts or "memory_bandwidth_density" in self.facts


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Everything that was asked except the day, resolved against one ruleset.

    `seats` are the countries that the party data give for the end user, where nobody said where its headquarters are;
    `territories` are the codes of places that were named and are read as another country.
    `listed` and `owners` are the parties named for certain, `doubts` the words that may mean several things; there is a
    subject for each variant in each sense of these. `left_out` are the variants of the family that the facts given
    cannot describe, by name, each with the reason. `end_use` is empty where somebody said that it is not known.
    `unsaid` is what must be said of a buyer that calls itself an army or a service before anything frees it.
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
    territories: tuple[str, ...]
    end_user: str | None
    parties: tuple[str, ...]
    end_use: tuple[str, ...]
    facts: Mapping[str, Fact]
    not_listed: tuple[str, ...]
    names: tuple[Named, ...]
    listed: tuple[str, ...]
    owners: tuple[str, ...]
    doubts: tuple[QuestionWord, ...]
    known_on: date | None
    as_printed: bool
    defaulted: frozenset[str]
    left_out: tuple[tuple[str, str], ...] = ()
    unsaid: tuple[str, ...] = ()

    @property
    def near(self) -> tuple[str, ...]:
        """The listed parties that a name is close to and may mean."""
        return tuple(dict.fromkeys(party for name in self.names for party in name.near))

    def doubt(self, word: str) -> QuestionWord | None:
        """The doubt about a word of the question, if there is one."""
        return next((doubt for doubt in self.doubts if doubt.word == word), None)


def resolve(ruleset: Ruleset, chip: str | Variant | None, deal: Deal) -> Question:
    """Resolve a question. Raises QuestionError (or UnknownNameError) for what cannot be understood."""
    if deal.facts is not None and not isinstance(deal.facts, Mapping):
        raise QuestionError(f"facts = {deal.facts!r} is not a mapping of names to values. Write {{'tpp': 2368}}.")
    given = {name: read_given(ruleset, name, value) for name, value in (deal.facts or {}).items()}
    consistent(given)
    if chip is None and not given:
        raise QuestionError("no chip is named and no facts describe one. Name a chip, or give facts such as tpp=2368.")
    said = _terms(given, deal)
    asked = {**said, "end_user": deal.end_user}
    for name, text in asked.items():
        resolved = isinstance(text, tuple) and name == "end_user"
        if text is not None and not resolved and (name != "end_use" or isinstance(text, str)):
            _say(name, text)
    to, exporter, activity, headquarters, ultimate_parent = (said[name] for name in list(TERMS)[:5])
    uses = read_end_uses(ruleset, said["end_use"])
    label, family, chosen = _chosen(ruleset, chip)
    vendor = ruleset.families[family].vendor if family in ruleset.families else _vendor(ruleset, chip, chosen)
    place = find_place(ruleset, to or "CN")
    owner = given["listed_owner"].value if "listed_owner" in given else None
    users, others, owners = _names(ruleset, deal, owner)
    seats = () if headquarters else seats_of(ruleset, [party for user in users for party in user.listed])
    seat = find_place(ruleset, headquarters) if headquarters else seats[0] if len(seats) == 1 else place
    parent = find_place(ruleset, ultimate_parent) if ultimate_parent else seat
    who = find_exporter(ruleset, exporter or "maker", vendor)
    addressee = near_addressee(ruleset, exporter) if exporter else ""
    kind = _one_of("activity", activity or "export", activity or "export", ACTIVITIES)
    terms = {
        "destination": Fact(place, "question"),
        "headquarters": Fact(seat, "question"),
        "ultimate_parent": Fact(parent, "question"),
        "exporter": Fact(who, "question"),
        "activity": Fact(kind, "question"),
        "end_use": Fact(frozenset(uses), "question"),
        **declared(ruleset, given),
    }
    if vendor in ruleset.exporters:
        terms["chip_vendor_country"] = Fact(ruleset.exporters[vendor].country, "chip")

    def seated(users: Iterable[str], body: bool) -> dict[str, Fact]:
        """Where end users sit, if nobody said it: left open where parties of one name sit in several countries, and for
        a body of some state, which sits there and not where the goods go."""
        countries = () if headquarters else seats_of(ruleset, users)
        if headquarters or not (countries or body):
            return {}
        fact = Fact(countries[0] if len(countries) == 1 else None, "question")
        return dict.fromkeys(("headquarters",) if ultimate_parent else SEAT_FACTS, fact)

    def owned(owners: Iterable[str], body: bool) -> dict[str, Fact]:
        """A listed owner owns some share: nobody said which."""
        return {"listed_ownership_percent": Fact(None, "question")} if owners else {}

    follows: dict[str, Seat] = {"end_user": seated, "parties": lambda parties, body: {}, "listed_owner": owned}
    if "listed_owner" in given and owner is None:
        terms |= owned("unknown", False)
    named = {"end_user": users, "parties": others, "listed_owner": owners}
    words = [word_of_parties(ruleset, word, names, follows[word], uses) for word, names in named.items() if names]
    if exporter and addressee:
        words.append(word_of_exporter(ruleset, exporter, addressee))
    senses = wholes(terms, words)
    known = [Known(s.name, {**ruleset.assumed, **terms, **s.facts}) for s in chosen]
    meant, left_out = agreeing(known, given, view_of(ruleset).class_of)
    described = [(chosen[number], narrowed(chosen[number].facts, given)) for number in meant]
    return Question(
        label=label,
        family=family,
        subjects=tuple(
            Subject(s.id, s.name, settled({**ruleset.assumed, **sense.deal, **s.facts}, claims), s.chip, sense)
            for sense in senses
            for s, claims in described
        ),
        to=place,
        exporter=None if addressee else who,
        asked_exporter=exporter or "maker",
        activity=kind,
        headquarters=seat,
        ultimate_parent=parent,
        seats=seats,
        territories=_territories(ruleset, (to, headquarters, ultimate_parent)),
        end_user=(users[0].written or None) if users else None,
        parties=tuple(name.written for name in others),
        end_use=uses if "end_use" not in given else (),
        facts=given,
        not_listed=tuple(deal.not_listed),
        names=(*users, *others, *owners),
        listed=senses[0].listed,
        owners=senses[0].owners,
        doubts=tuple(word for word in words if word.doubtful),
        known_on=read_date(deal.known_on, "known_on") if deal.known_on is not None else None,
        as_printed=deal.as_printed,
        defaulted=frozenset(n for n, value in asked.items() if value is None and TERMS.get(n, n) not in given),
        left_out=left_out,
        unsaid=unsaid(named, uses, given, seated=bool(headquarters)),
    )


def _say(name: str, text: object) -> None:
    """Refuse what says nothing, so that no default or name is taken for it."""
    if not isinstance(text, str):
        raise QuestionError(f"{name} = {text!r} is not text. Omit it for the default, or give a name.")
    if not text.strip():
        raise QuestionError(f"{name} = {text!r} is empty. Omit it for the default, or give a name.")
    if name in PLACE_WORDS and len(text.strip()) == 2 and text.strip().isupper():
        return  # a code: NA is Namibia
    if name not in ("exporter", "activity", "end_use") and says_nothing(text):
        raise QuestionError(f"{name} = {text!r} is a placeholder and says nothing. {_INSTEAD.get(name, _LEAVE_OUT)}")


def _names(ruleset: Ruleset, deal: Deal, owner: object) -> tuple[Sequence[Named], Sequence[Named], Sequence[Named]]:
    """The end user, the other parties and the owner, each with the listed parties that it is or may be."""
    end_user, parties, not_listed = deal.end_user, deal.parties, deal.not_listed
    for name, value in (("parties", parties), ("not_listed", not_listed)):
        if isinstance(value, str) or not isinstance(value, Sequence):
            what = "one text" if isinstance(value, str) else "not a list"
            raise QuestionError(f"{name} = {value!r} is {what}. Write a list of names.")

    def read(word: str, name: object) -> Named:
        if isinstance(name, Named):
            return name
        if not isinstance(name, str):
            raise QuestionError(f"{word} = {name!r} is not a name. Write text.")
        return read_name(ruleset, word, name, not_listed)

    users = [read("end_user", end_user)] if isinstance(end_user, str) else end_user or ()
    others = [read("parties", name) for name in parties]
    owners = [read("listed_owner", owner)] if owner is not None else []
    given = {name.written.strip() for name in (*users, *others, *owners)} - {""}
    for name in not_listed:
        if not isinstance(name, str) or name.strip() not in given:
            said = ", ".join(sorted(map(repr, given))) or "no party"
            raise QuestionError(
                f"not_listed = {name!r} is not a name of this question, which names {said}. Write the name exactly as "
                "the end user, the party or the owner is written."
            )
    return users, others, owners


def seats_of(ruleset: Ruleset, users: Iterable[str]) -> tuple[str, ...]:
    """The countries in which the party data have end users: their seats where known, else those of all addresses."""
    restricted = [party for user in users if not is_favoured(party := ruleset.parties[user])]
    return tuple(sorted({country for party in restricted for country in _seats(party)} - {""}))


def _seats(party: Party) -> tuple[str, ...]:
    return (party.seat,) if party.seat else (party.country, *party.also_in)


def _favours(listing: InForce) -> bool:
    made = listing.provision.concludes
    return made is not None and made.value in FAVOURS


def _territories(ruleset: Ruleset, named: Sequence[str | None]) -> tuple[str, ...]:
    """The codes of those places that are read as another country."""
    codes = dict.fromkeys(find_named_place(ruleset, text) for text in named if text)
    return tuple(code for code in codes if code in ruleset.territories)


def _terms(given: dict[str, Fact], deal: Deal) -> dict[str, Any]:
    """The terms of the deal, each by its option or by its fact; those that a fact states are taken out of `given`.

    One that is stated as unknown stays a fact. Raises QuestionError for one that is stated twice.
    """
    options: dict[str, Any] = {option: getattr(deal, option) for option in TERMS}
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
    if not isinstance(chip, str):
        raise QuestionError(f"chip = {chip!r} is not text. Write the chip's name, or give its figures as facts.")
    name = find_chip(ruleset, chip)
    return name.label, name.family, tuple(_known(ruleset, variant) for variant in name.variants)


def _known(ruleset: Ruleset, variant: str) -> Subject:
    """A variant of the ruleset, its facts derived once."""
    made: dict[str, Subject] = ruleset.indexes.setdefault("subjects", {})
    if variant not in made:
        chip, family = ruleset.variants[variant]
        made[variant] = _subject(ruleset, chip, family.id)
    return made[variant]


def _subject(ruleset: Ruleset, chip: Variant, family: str) -> Subject:
    facts = {**facts_of(chip), "chip": Fact(chip.id, "chip"), "chip_family": Fact(family or chip.id, "chip")}
    if chip.contains:
        inner, inner_family = ruleset.variants[chip.contains[0].chip]
        inside = facts_of(inner, chip.contains[0].count)
        facts = {**inside, **facts, "contained_family": Fact(inner_family.id, "chip")}
    return Subject(chip.id, chip.name, facts, chip)


def _vendor(ruleset: Ruleset, chip: str | Variant | None, chosen: tuple[Subject, ...]) -> str:
    if isinstance(chip, Variant):
        return (find_exporter(ruleset, chip.vendor, "") or "") if chip.vendor else ""
    return ruleset.variants[chosen[0].id][1].vendor if chip is not None else ""


def _one_of(name: str, text: str, word: str, values: Sequence[str]) -> str:
    """A word of a list; `text` is all that was written."""
    if word not in values:
        close = near(word, {value: value for value in values})
        hint = f" Did you mean {either(close)}?" if close else ""
        raise QuestionError(f"{name} = {text!r} is not one of: {', '.join(values)}.{hint}")
    return word


__all__ = ["ACTIVITIES", "NOT_EN_ROUTE", "Question", "Subject", "read_end_uses", "resolve"]
