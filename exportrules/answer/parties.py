"""The parties that a question names, each with what the data knows of it on the day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from exportrules.answer.determination import Determination
from exportrules.answer.words import value_name
from exportrules.law.span import holds_on
from exportrules.question.senses import Named, words_of


class NamedParty(NamedTuple):
    """A name as the caller wrote it, what is known of it, and the entry of a list that it is (or '')."""

    written: str
    known: str
    entry: str = ""


def parties(d: Determination) -> Iterator[NamedParty]:
    """Every party named, an owner of the buyer too, in the order in which they were named; one for each entry."""
    q = d.timeline.question
    owner = q.facts.get("listed_owner")
    known = {name.written: name for name in q.names}
    for written in dict.fromkeys(name for name in (q.end_user, *q.parties) if name):
        yield from _found(d, known[written], False)
    if owner is not None and isinstance(owner.value, str) and owner.value:
        yield from _found(d, known[owner.value], True)


def _found(d: Determination, name: Named, owner: bool) -> Iterator[NamedParty]:
    law, view = d.timeline.ruleset, d.timeline.view
    for party in (law.parties[i] for i in name.listed):
        entries = [found for found in view.listings(party, owner=owner) if holds_on(found.spans, d.on)]
        official = f"{party.name}, " if party.name != name.written else ""
        for found in entries:
            provision = found.provision
            which = value_name(law, provision.id.partition("#")[0])
            yield NamedParty(name.written, f"{official}on the {which} ({provision.cite})", provision.id)
        if not entries:
            yield NamedParty(name.written, f"{official}on no list in this data on this day")
    if not name.listed:
        said = "; ".join(words_of(law, name))
        yield NamedParty(name.written, said or "on no list in this data")
