"""The senses of the words of a question.

Most words mean one thing. A *doubt* is a word that may mean several: a name similar to a listed party's may be that
party or another; a company with an addressee's name in its own may be the addressee or its subsidiary. Each meaning is
a *sense*, with its effect on the question. The law is evaluated for every sense; if all agree the word does not
matter, and if they differ the answer turns on it. So a name that was not understood never leads to a yes.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from exportrules.errors import QuestionError
from exportrules.law.facts import Fact
from exportrules.law.model import Party
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import last_day
from exportrules.question.names.keys import Near, key
from exportrules.question.names.nobody import is_in_other_letters, no_name
from exportrules.question.names.parties import described_as, find_parties
from exportrules.question.names.placeholders import says_nothing

#: Parties with similar names are distinguished by their listings, unless that makes more cases than this.
_MOST_KINDS = 4
#: The most combinations of senses that are evaluated; with more, each doubt keeps only its first and last sense.
_MOST_COMBINATIONS = 24
_EVERY = "may be all that its name is close to"
_UNCHANGED: Mapping[str, Fact] = MappingProxyType({})
#: A function to the facts that follow from the countries of listed parties, or from being a body of unknown country.
Seat = Callable[[Sequence[str], bool], Mapping[str, Fact]]
_BODIES = {"military": "a military body", "military_intelligence": "a military-intelligence body"}


class PartyName(NamedTuple):
    """A name in a question: the parties that it means with certainty (`listed`), those that it may mean (`near`), those
    that it was declared not to mean, the end use by which it describes its bearer ('military',
    'military_intelligence' or ''), and the name of the first near party that is similar, if it is another than the
    listed one."""

    written: str = ""
    listed: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    described: str = ""
    alias: str = ""

    @property
    def says_something(self) -> bool:
        return bool(self.listed or self.near or self.declined or self.described)


class Sense(NamedTuple):
    """One meaning of a word: the listed parties that each of its names is, and the facts of the deal that follow."""

    text: str = ""
    named: tuple[tuple[str, ...], ...] = ()
    deal: Mapping[str, Fact] = _UNCHANGED


class QuestionWord(NamedTuple):
    """A word of the question with its senses; if there are several, the reason (`says`) and the cure (`settle`).

    The senses are ordered from the one that assumes least of the word to the one that assumes most.
    """

    word: str
    senses: tuple[Sense, ...]
    says: str = ""
    settle: str = ""

    @property
    def doubtful(self) -> bool:
        return len(self.senses) > 1


class WholeSense(NamedTuple):
    """One sense of the whole question: the sense of each doubtful word, the listed parties that each buyer is, those
    that own it, and the facts of the deal."""

    words: tuple[tuple[str, str], ...] = ()
    named: tuple[tuple[str, ...], ...] = ()
    has_user: bool = False
    owners: tuple[str, ...] = ()
    deal: Mapping[str, Fact] = _UNCHANGED

    @property
    def listed(self) -> tuple[str, ...]:
        """All listed parties among the buyers."""
        return tuple(dict.fromkeys(party for names in self.named for party in names))


def read_name(ruleset: Ruleset, word: str, text: str, not_listed: Iterable[str] = ()) -> PartyName:
    """Resolve a party's name. `not_listed` are names declared not to mean the parties to which they are similar.

    Raises QuestionError for a placeholder, and for a declaration against an exact match.
    """
    if says_nothing(text):
        raise QuestionError(
            f"{word} = {text!r} does not name anyone, so no list can be searched for it. Write the name, or leave it "
            "out."
        )
    if not any(c.isalpha() for c in text):
        raise QuestionError(
            f"{word} = {text!r} is a number and does not name anyone, so no list can be searched for it. Write the "
            "name that your records have for it."
        )
    matches, described = find_parties(ruleset, text), described_as(ruleset, text)
    if not matches.listed and not matches.near and (why := no_name(ruleset, text)):
        raise QuestionError(
            f"{word} = {text!r} {why}, so no list can be searched for it. Write the full name that your records have "
            "for it, or leave it out."
        )
    declared = text.strip() in {name.strip() for name in not_listed}
    if not (matches.listed or matches.near or described or declared) and is_in_other_letters(text):
        raise QuestionError(
            f"{word} = {text!r} is in letters in which no list has names, so no list can be searched for it. Write the "
            f'name in Latin letters, or if no list has it: --not-listed "{text}".'
        )
    # of those equally similar, the one listed first
    close = sorted(matches.near, key=lambda n: (-n.score, *(e.start for e in ruleset.parties[n.party].listing[:1])))
    near = tuple(dict.fromkeys(n.party for n in close))
    if not declared:
        alias = _alias(ruleset, text, close[0]) if close else ""
        return PartyName(text, matches.listed, near, described=described, alias=alias)
    if matches.listed:
        raise QuestionError(
            f"{text!r} cannot be declared not listed: it is the exact name of {called(ruleset, matches.listed)}. If it "
            "is another company with that name, write its full registered name."
        )
    if described and not near:
        raise QuestionError(
            f"{text!r} cannot be declared not listed: by its own name it is {_BODIES[described]}. If it "
            f"is not one, say so: --fact {described}_end_user=no, and --headquarters with its country."
        )
    return PartyName(text, declined=near, described=described)


def _alias(ruleset: Ruleset, text: str, close: Near) -> str:
    """The name of a listed party to which a text is similar; '' if it is the text, or in the party's own name."""
    alias = key(close.name)
    return "" if alias == key(text) or alias in key(ruleset.parties[close.party].name) else close.name


def unsaid(
    named: Mapping[str, Sequence[PartyName]], uses: Collection[str], stated: Collection[str], seated: bool
) -> tuple[str, ...]:
    """The terms that must be given for a buyer that describes itself as a military or intelligence body before it can
    be free: whether it is one (the word that names it), and its country ('headquarters'). `stated` are the facts that
    were given."""
    bodies = [(word, name.described) for word, names in named.items() for name in names if name.described]
    nature = [w for w, b in bodies if f"{b}_end_user" not in stated and not any(use.startswith(b) for use in uses)]
    return tuple(dict.fromkeys((*nature, *(["headquarters"] if bodies and not seated else []))))


def called(ruleset: Ruleset, parties: Sequence[str], most: int = 2) -> str:
    """Listed parties by name, with their lists: 'Inspur Group Co., Ltd. (Entity List from 2023-03-02)'."""
    shown = [f"{p.name} ({_lists(ruleset, p)})" for p in (ruleset.parties[i] for i in parties[:most])]
    rest = [f"{len(parties) - most} more"] if len(parties) > most else []
    return " or ".join(shown + rest)


def words_of(ruleset: Ruleset, named: PartyName) -> Iterator[str]:
    """For a notice: the listed parties that a name matches, is similar to or was declared not to mean."""
    if named.listed:
        yield called(ruleset, named.listed)
    if named.near:
        yield f"close to {called(ruleset, named.near)}"
    if named.declined:
        yield f"declared not to be {called(ruleset, named.declined)}"
    if named.described:
        yield body_of(named)


def body_of(named: PartyName) -> str:
    """The body that a name says its bearer is, in words."""
    return f"{_BODIES[named.described]} by its name"


def _lists(ruleset: Ruleset, party: Party) -> str:
    labels = ruleset.facts["end_user_lists"].value_labels or {}
    days = [
        f"{labels.get(entry.list, entry.list.replace('_', ' '))} from {entry.start}"
        + (f" through {last_day(entry.stop)}" if entry.stop else "")
        for entry in party.listing
    ]
    return "; ".join(dict.fromkeys(days)) or "on no list"


def word_of_parties(
    ruleset: Ruleset, word: str, names: Sequence[PartyName], seat: Seat, uses: Collection[str]
) -> QuestionWord:
    """The senses of names: each may be a listed party to which it is similar, or the body that it describes.

    `seat` returns the facts that follow from the countries of listed parties, and from being a body of some country;
    `uses` are the stated end uses.
    """

    def sense(text: str, named: Sequence[tuple[str, ...]], body: str = "") -> Sense:
        stated = {f"{body}_end_user": Fact(True, "question")} if body not in ("", *uses) else {}
        return Sense(text, tuple(named), {**seat([p for parties in named for p in parties], bool(body)), **stated})

    certain = [name.listed for name in names]
    doubtful = [n for n in names if n.near or (n.described and not any(use.startswith(n.described) for use in uses))]
    if not doubtful:
        return QuestionWord(word, (sense("", certain, next((use for use in uses for n in names if n.described), "")),))
    senses: list[Sense] = []
    for place, name in enumerate(names):
        who = f'"{name.written}" ' if len(doubtful) > 1 else ""
        for kind in _kinds(ruleset, name.near, seat):
            named = [*certain[:place], (*name.listed, *kind), *certain[place + 1 :]]
            text = f"{who}is {called(ruleset, kind)}"
            # parties with the same printed name are distinguished by their ids
            senses.append(sense(f"{text} [{kind[0]}]" if any(text == s.text for s in senses) else text, named))
        if name in doubtful and name.described:
            senses.append(sense(f"{who}is {_BODIES[name.described]}", certain, name.described))
    if len(doubtful) > 1 or any(name.near and name.described for name in doubtful):
        # combinations of some of them need no case: they change more than one does and less than all
        senses.append(_all("are all of these" if len(doubtful) > 1 else "is all of these", senses))
    none = "is not a listed party" if any(name.near for name in doubtful) else "is not such a body"
    says = "; ".join(_says(ruleset, name) for name in doubtful)
    settle = " ".join(dict.fromkeys(line for name in doubtful for line in _settle(name)))
    return QuestionWord(word, (sense(none, certain), *senses), says, settle)


def word_of_exporter(ruleset: Ruleset, text: str, addressee: str) -> QuestionWord:
    """The senses of an exporter whose name contains, exactly or nearly, that of a letter's addressee."""
    name = ruleset.exporters[addressee].name
    return QuestionWord(
        "exporter",
        (
            Sense("is another exporter", deal={"exporter": Fact("other", "question")}),
            Sense(f"is {name}", deal={"exporter": Fact(addressee, "question")}),
        ),
        f'"{text}" may be {name}, which a letter binds, or a separate company, which it does not bind',
        f"If it is {name}: --exporter {name}; if it is another company: --exporter other.",
    )


def wholes(deal: Mapping[str, Fact], words: Sequence[QuestionWord]) -> tuple[WholeSense, ...]:
    """Every sense of a question with these words and these other terms of the deal."""
    if math.prod(len(word.senses) for word in words) > _MOST_COMBINATIONS:
        words = [w._replace(senses=(w.senses[0], _all(_EVERY, w.senses))) if w.doubtful else w for w in words]
    return tuple(_whole(deal, words, chosen) for chosen in itertools.product(*(word.senses for word in words)))


def _whole(deal: Mapping[str, Fact], words: Sequence[QuestionWord], chosen: Sequence[Sense]) -> WholeSense:
    every = dict(zip((word.word for word in words), chosen, strict=True))
    user, others, owner = (every.get(word, Sense()).named for word in ("end_user", "parties", "listed_owner"))
    return WholeSense(
        words=tuple((word.word, every[word.word].text) for word in words if word.doubtful),
        named=(*user, *others),
        has_user=bool(user),
        owners=tuple(party for names in owner for party in names),
        deal={**deal, **_all("", chosen).deal},
    )


def _all(text: str, senses: Sequence[Sense]) -> Sense:
    """The combination of several senses."""
    deal: dict[str, Fact] = {}
    for sense in senses:
        for name, fact in sense.deal.items():
            # two parties with different countries: unknown which applies
            deal[name] = fact if deal.get(name, fact).value == fact.value else Fact(None, "question")
    named = [sense.named for sense in senses if sense.named]
    union = zip(*named, strict=True) if text else ()
    return Sense(text, tuple(tuple(dict.fromkeys(p for parties in same for p in parties)) for same in union), deal)


def _kinds(ruleset: Ruleset, parties: Sequence[str], seat: Seat) -> list[tuple[str, ...]]:
    """The parties to which a name is similar, grouped by how the law treats them."""
    groups: dict[object, list[str]] = {}
    for party in (ruleset.parties[i] for i in parties):
        alike = (
            (e.list, e.perhaps_from, e.start, e.stop, e.policy, e.footnote, e.footnote_from, e.requirement, e.only_for)
            for e in party.listing
        )
        seats = ((name, fact.value) for name, fact in seat((party.id,), False).items())
        groups.setdefault((*seats, *alike), []).append(party.id)
    return [tuple(same) for same in groups.values()] if len(groups) <= _MOST_KINDS else [tuple(parties)]


def _says(ruleset: Ruleset, name: PartyName) -> str:
    near = ruleset.parties[name.near[0]] if name.near else None
    more = f" (and to {len(name.near) - 1} more)" if len(name.near) > 1 else ""
    alias = f' (also called "{name.alias}")' if name.alias else ""
    close = [f"is close to {near.name}{alias}, {_on_lists(ruleset, near)}{more}"] if near else []
    described = [f"is {_BODIES[name.described]} by its own name"] if name.described else []
    return f'"{name.written}" {" and ".join(close + described)}'


def _on_lists(ruleset: Ruleset, party: Party) -> str:
    return f"on the {_lists(ruleset, party)}" if party.listing else "a party of this data"


def _settle(name: PartyName) -> Iterator[str]:
    if name.near and not name.described:
        yield f'If it is not: --not-listed "{name.written}"; if it is, write the listed name.'
    if name.near and name.described:
        yield f'If it is that party, write the listed name; if not: --not-listed "{name.written}".'
    if name.described:
        yield (
            f"If it is such a body: --fact {name.described}_end_user=yes; if not: --fact {name.described}_end_user=no; "
            "in either case --headquarters with its country."
        )
