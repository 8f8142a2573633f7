"""The parties that a question names, each with its listings on the day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from exportrules.answer.determination import Determination
from exportrules.answer.words import value_name, window
from exportrules.law.span import holds_on
from exportrules.question.senses import PartyName, words_of


class NamedParty(NamedTuple):
    """A name as the caller wrote it, its listing in words, and the id of the list's entry (or '')."""

    written: str
    known: str
    entry: str = ""


def parties(d: Determination) -> Iterator[NamedParty]:
    """The named parties and the owner of the buyer, in the order given: one item for each entry of a list."""
    q = d.timeline.question
    owner = q.facts.get("listed_owner")
    known = {name.written: name for name in q.names}
    for written in dict.fromkeys(name for name in (q.end_user, *q.parties) if name):
        yield from _listings(d, known[written], False)
    if owner is not None and isinstance(owner.value, str) and owner.value:
        yield from _listings(d, known[owner.value], True)


def _listings(d: Determination, name: PartyName, owner: bool) -> Iterator[NamedParty]:
    law, view = d.timeline.ruleset, d.timeline.view
    for party in (law.parties[i] for i in name.listed):
        entries = [entry for entry in view.listings(party, owner=owner) if holds_on(entry.spans, d.on)]
        official = f"{party.name}, " if party.name != name.written else ""
        for entry in entries:
            provision = entry.provision
            which = value_name(law, provision.id.partition("#")[0])
            on = "on" if provision.certain else f"perhaps, since {window(provision)}, on"
            yield NamedParty(name.written, f"{official}{on} the {which} ({provision.cite})", provision.id)
        if not entries:
            yield NamedParty(name.written, f"{official}on no list in this data on this day")
    if not name.listed:
        known = "; ".join(words_of(law, name))
        yield NamedParty(name.written, known or "on no list in this data")
