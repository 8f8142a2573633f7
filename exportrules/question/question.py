"""Resolve a question: names to ids, missing terms to assumptions, a chip to its facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from exportrules.errors import QuestionError, either
from exportrules.law.facts import Fact
from exportrules.law.force import InForce
from exportrules.law.model import FAVOURS, Party, Variant
from exportrules.law.ruleset import Ruleset
from exportrules.law.shape import Shape
from exportrules.law.span import ALWAYS, Span, overlap, union
from exportrules.law.view import View, view_of
from exportrules.question.claims import KnownVariant, agreeing, consistent, narrowed
from exportrules.question.deal import TERMS, USUAL_DESTINATION, Deal
from exportrules.question.eccns import declared, read_given
from exportrules.question.figures import facts_of, settled
from exportrules.question.impossible import figure_defects
from exportrules.question.names.chips import find_chip
from exportrules.question.names.exporters import find_exporter, near_addressee
from exportrules.question.names.keys import is_favoured, near
from exportrules.question.names.placeholders import says_nothing
from exportrules.question.names.places import find_named_place, find_place
from exportrules.question.senses import (
    PartyName,
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
#: The sense of a question in which no word is doubtful and no party is named.
PLAIN = WholeSense()
SEAT_FACTS = ("headquarters", "ultimate_parent")
PLACE_WORDS = ("to", *SEAT_FACTS)
_LEAVE_OUT = "Omit it for the default, or write the actual value."
_INSTEAD = {
    "to": "Write the destination: an ISO code of two capital letters, or a country's name.",
    "headquarters": "Omit it for the default, or write a country.",
    "ultimate_parent": "Omit it for the default, or write a country.",
    "end_user": "Omit it for a buyer that is not named, or write the buyer's name.",
}

#: The separators of several end uses in one text, such as an option or a cell of a ledger.
_BETWEEN = r"\s*[;,+]\s*"


class Subject(Shape):
    """One variant in one sense of the question, ready for evaluation: its facts and its listed parties."""

    id: str
    name: str
    facts: Mapping[str, Fact]
    chip: Variant | None = None
    sense: WholeSense = PLAIN

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """The pairs of word and sense that distinguish it from the other subjects of its question."""
        return (*self.sense.words, ("variant", self.name))

    @property
    def exporter(self) -> str:
        """The id of the exporter; '' if unknown."""
        fact = self.facts.get("exporter")
        return fact.value if fact is not None and isinstance(fact.value, str) else ""

    def listings(self, view: View) -> list[InForce]:
        """The entries of its listed parties, as provisions of the view."""
        parties, sense = view.ruleset.parties, self.sense
        listings = [entry for name in sense.listed for entry in view.listings(parties[name]) if not _favours(entry)]
        listings += [entry for name in sense.owners for entry in view.listings(parties[name], owner=True)]
        return listings + self._favours(view)

    def _favours(self, view: View) -> list[InForce]:
        """The favourable entries of the parties, on days on which all parties have one: an approval needs them all."""
        spans: tuple[Span, ...] = (ALWAYS,) if self.sense.has_user else ()
        favours: list[InForce] = []
        for names in self.sense.named:
            own = [entry for name in names for entry in view.listings(view.ruleset.parties[name]) if _favours(entry)]
            spans = overlap(spans, union(span for entry in own for span in entry.spans))
            favours += own
        days = [(entry, overlap(entry.spans, spans)) for entry in favours]
        return [view.narrowed(entry, shared) for entry, shared in days if shared]

    @property
    def has_figures(self) -> bool:
        return "tpp" in self.facts or "memory_bandwidth_density" in self.facts


class Question(Shape):
    """A question without its day, resolved against one ruleset.

    `seats` are the countries that the party data give for the end user if its headquarters are not given;
    `territories` are the codes of the named places that are read as another country.
    `listed` and `owners` are the parties identified with certainty, `doubts` the words with several senses; there is a
    subject for each variant in each sense. `left_out` are the variants of the family that the given facts cannot
    describe, by name, each with the reason. `end_use` is empty if it was given as unknown. `unsaid` is what must be
    given for a buyer that describes itself as a military or intelligence body before it can be free.
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
    names: tuple[PartyName, ...]
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
        """The listed parties to which a name is similar and which it may mean."""
        return tuple(dict.fromkeys(party for name in self.names for party in name.near))

    def doubt(self, word: str) -> QuestionWord | None:
        """The doubt about a word of the question, if there is one."""
        return next((doubt for doubt in self.doubts if doubt.word == word), None)


def resolve(ruleset: Ruleset, chip: str | Variant | None, deal: Deal) -> Question:
    """Resolve a question. Raises QuestionError (or UnknownNameError) for a term that cannot be read."""
    if deal.facts is not None and not isinstance(deal.facts, Mapping):
        raise QuestionError(f"facts = {deal.facts!r} is not a mapping of names to values. Write {{'tpp': 2368}}.")
    given = {name: read_given(ruleset, name, value) for name, value in (deal.facts or {}).items()}
    consistent(given)
    if chip is None and not given:
        raise QuestionError("no chip is named and no facts describe one. Name a chip, or give facts such as tpp=2368.")
    stated = _terms(given, deal)
    written = {**stated, "end_user": deal.end_user}
    for name, text in written.items():
        resolved = name == "end_user" and isinstance(text, tuple) and {type(part) for part in text} == {PartyName}
        if text is not None and not resolved and (name != "end_use" or isinstance(text, str)):
            _require_text(name, text)
    to, exporter, activity, headquarters, ultimate_parent = (stated[name] for name in list(TERMS)[:5])
    uses = read_end_uses(ruleset, stated["end_use"])
    label, family, chosen = _chosen(ruleset, chip)
    vendor = ruleset.families[family].vendor if family in ruleset.families else _vendor(ruleset, chip, chosen)
    place = find_place(ruleset, to or USUAL_DESTINATION)
    owner = given["listed_owner"].value if "listed_owner" in given else None
    users, others, owners = _names(ruleset, deal, owner)
    _approved_by_name(ruleset, (*users, *others), given)
    seats = () if headquarters else _seats_of(ruleset, [party for user in users for party in user.listed])
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
        """The seat of end users whose headquarters are not given: unknown if parties of one name are in several
        countries, or for a body of some state, which need not be in the country of destination."""
        countries = () if headquarters else _seats_of(ruleset, users)
        if headquarters or not (countries or body):
            return {}
        fact = Fact(countries[0] if len(countries) == 1 else None, "question")
        return dict.fromkeys(("headquarters",) if ultimate_parent else SEAT_FACTS, fact)

    def owned(owners: Iterable[str], body: bool) -> dict[str, Fact]:
        """The share of a listed owner, which is unknown."""
        return {"listed_ownership_percent": Fact(None, "question")} if owners else {}

    follows: dict[str, Seat] = {"end_user": seated, "parties": lambda parties, body: {}, "listed_owner": owned}
    if "listed_owner" in given and owner is None:
        terms |= owned("unknown", False)
    named = {"end_user": users, "parties": others, "listed_owner": owners}
    words = [word_of_parties(ruleset, word, names, follows[word], uses) for word, names in named.items() if names]
    if exporter and addressee:
        words.append(word_of_exporter(ruleset, exporter, addressee))
    senses = wholes(terms, words)
    known = [KnownVariant(s.name, {**ruleset.assumed, **terms, **s.facts}) for s in chosen]
    meant, left_out = agreeing(known, given, view_of(ruleset).class_of)
    described = [(chosen[number], narrowed(chosen[number].facts, given)) for number in meant]
    return Question(
        label=label,
        family=family,
        subjects=tuple(
            s.changed(facts=settled({**ruleset.assumed, **sense.deal, **s.facts}, claims), sense=sense)
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
        defaulted=frozenset(n for n, value in written.items() if value is None and TERMS.get(n, n) not in given),
        left_out=left_out,
        unsaid=unsaid(named, uses, given, seated=bool(headquarters)),
    )


def _require_text(name: str, text: object) -> None:
    """Refuse empty text and placeholders, so that none is read as a default or a name."""
    if not isinstance(text, str):
        raise QuestionError(f"{name} = {text!r} is not text. Omit it for the default, or give a name.")
    if not text.strip():
        raise QuestionError(f"{name} = {text!r} is empty. Omit it for the default, or give a name.")
    if name in PLACE_WORDS and len(text.strip()) == 2 and text.strip().isupper():
        return  # a code: NA is Namibia
    if name not in ("exporter", "activity", "end_use") and says_nothing(text):
        raise QuestionError(f"{name} = {text!r} is a placeholder and says nothing. {_INSTEAD.get(name, _LEAVE_OUT)}")


def _names(
    ruleset: Ruleset, deal: Deal, owner: object
) -> tuple[Sequence[PartyName], Sequence[PartyName], Sequence[PartyName]]:
    """The end user, the other parties and the owner, each with the listed parties that it means or may mean."""
    end_user, parties, not_listed = deal.end_user, deal.parties, deal.not_listed
    for name, value in (("parties", parties), ("not_listed", not_listed)):
        if isinstance(value, str) or not isinstance(value, Sequence):
            what = "one text" if isinstance(value, str) else "not a list"
            raise QuestionError(f"{name} = {value!r} is {what}. Write a list of names.")

    def read(word: str, name: object) -> PartyName:
        if isinstance(name, PartyName):
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
            names = ", ".join(sorted(map(repr, given))) or "no party"
            raise QuestionError(
                f"not_listed = {name!r} is not a name of this question, which names {names}. Write the name exactly as "
                "the end user, the party or the owner is written."
            )
    return users, others, owners


def _approved_by_name(ruleset: Ruleset, names: Sequence[PartyName], given: dict[str, Fact]) -> None:
    """Take out a claim that all parties are approved where each is approved by name: the list has the days.

    Raises QuestionError for a claim that says otherwise, or that speaks for parties whom the list does not name.
    """

    def approved(parties: Iterable[str], favour: str) -> list[Party]:
        found = (ruleset.parties[party] for party in parties)
        return [party for party in found if any(entry.list == favour for entry in party.listing)]

    for favour, claim in FAVOURS.items():
        known = [(name, party) for name in names for party in approved((*name.listed, *name.near), favour)]
        if claim not in given or not known:
            continue
        if given[claim].value is True and all(approved(name.listed, favour) for name in names):
            del given[claim]
            continue
        name, party = known[0]
        raise QuestionError(
            f"{claim} = {show(given[claim].value)} is stated beside {name.written!r}, which is or may be {party.name}, "
            f"whose approval and its days are read from the name. Leave {claim} out and name each party in full, since "
            "an approval needs them all; where the name is another company's, say so with not_listed."
        )


def _seats_of(ruleset: Ruleset, users: Iterable[str]) -> tuple[str, ...]:
    """The countries of end users in the party data: their headquarters if known, else those of all their addresses."""
    restricted = [party for user in users if not is_favoured(party := ruleset.parties[user])]
    return tuple(sorted({country for party in restricted for country in _seats(party)} - {""}))


def _seats(party: Party) -> tuple[str, ...]:
    return (party.seat,) if party.seat else (party.country, *party.also_in)


def _favours(listing: InForce) -> bool:
    conclusion = listing.provision.concludes
    return conclusion is not None and conclusion.value in FAVOURS


def _territories(ruleset: Ruleset, named: Sequence[str | None]) -> tuple[str, ...]:
    """The codes of the named places that are read as another country."""
    codes = dict.fromkeys(find_named_place(ruleset, text) for text in named if text)
    return tuple(code for code in codes if code in ruleset.territories)


def _terms(given: dict[str, Fact], deal: Deal) -> dict[str, Any]:
    """The terms of the deal, each from its option or its fact; those stated by a fact are removed from `given`.

    A term given as unknown stays a fact. The parent is assumed to be where the headquarters are, so who does not know
    these does not know the parent either. Raises QuestionError for a term that is stated twice.
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
    if "headquarters" in given and options["ultimate_parent"] is None:
        given.setdefault("ultimate_parent", given["headquarters"])
    return options


def read_end_uses(ruleset: Ruleset, written: object) -> tuple[str, ...]:
    """The end uses of the item, in the order of the vocabulary; civil if none is given.

    Several are given as a sequence, or separated by ';', ',' or '+'. An item meant in part for another use is meant
    for that use, so a civil use beside it is ignored.
    """
    words = ruleset.facts["end_use"].values
    if written is None:
        return ("civil",)
    texts = [written] if isinstance(written, str) else written
    if not isinstance(texts, Sequence) or not texts or not all(isinstance(text, str) for text in texts):
        raise QuestionError(f"end_use = {written!r} names no end use. Write one or more of: {', '.join(words)}.")
    uses = {_one_of("end_use", text, part, words) for text in texts for part in re.split(_BETWEEN, text.strip())}
    return tuple(word for word in words if word in (uses - {"civil"} or uses))


def _chosen(ruleset: Ruleset, chip: str | Variant | None) -> tuple[str, str, tuple[Subject, ...]]:
    if chip is None:
        # it is not one of the products that letters name; its performance is in its facts
        unnamed = {"chip": Fact("own", "question"), "chip_family": Fact("own", "question")}
        return "a chip of one's own", "", (Subject(id="own", name="a chip of one's own", facts=unnamed),)
    if isinstance(chip, Variant):
        for message in figure_defects(chip):
            raise QuestionError(f"{chip.id}: {message}")
        for part in chip.contains:
            if part.chip not in ruleset.variants:
                raise QuestionError(f"{chip.id}: it contains {part.chip!r}, which is not a chip in the catalogue.")
        return chip.name, "", (_subject(ruleset, chip, ""),)
    if not isinstance(chip, str):
        raise QuestionError(f"chip = {chip!r} is not text. Write the chip's name, or give its figures as facts.")
    name = find_chip(ruleset, chip)
    return name.label, name.family, tuple(_known(ruleset, variant) for variant in name.variants)


def _known(ruleset: Ruleset, variant: str) -> Subject:
    """The subject of a variant of the ruleset, cached so that its facts are derived once."""
    subjects: dict[str, Subject] = ruleset.indexes.setdefault("subjects", {})
    if variant not in subjects:
        chip, family = ruleset.variants[variant]
        subjects[variant] = _subject(ruleset, chip, family.id)
    return subjects[variant]


def _subject(ruleset: Ruleset, chip: Variant, family: str) -> Subject:
    facts = {**facts_of(chip), "chip": Fact(chip.id, "chip"), "chip_family": Fact(family or chip.id, "chip")}
    if chip.contains:
        inner, inner_family = ruleset.variants[chip.contains[0].chip]
        inside = facts_of(inner, chip.contains[0].count)
        facts = {**inside, **facts, "contained_family": Fact(inner_family.id, "chip")}
    return Subject(id=chip.id, name=chip.name, facts=facts, chip=chip)


def _vendor(ruleset: Ruleset, chip: str | Variant | None, chosen: tuple[Subject, ...]) -> str:
    if isinstance(chip, Variant):
        return (find_exporter(ruleset, chip.vendor, "") or "") if chip.vendor else ""
    return ruleset.variants[chosen[0].id][1].vendor if chip is not None else ""


def _one_of(name: str, text: str, word: str, values: Sequence[str]) -> str:
    """Return `word` if it is one of `values`. Otherwise raise QuestionError, which quotes the whole `text`."""
    if word not in values:
        close = near(word, {value: value for value in values})
        hint = f" Did you mean {either(close)}?" if close else ""
        raise QuestionError(f"{name} = {text!r} is not one of: {', '.join(values)}.{hint}")
    return word
