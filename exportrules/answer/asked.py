"""A question as the arguments that ask it again."""

from __future__ import annotations

from typing import Any

from exportrules.answer.timeline import Timeline
from exportrules.law.model import Variant
from exportrules.question.deal import TERMS

_OPTIONS = ("to", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "end_use")


def arguments(timeline: Timeline) -> dict[str, Any]:
    """The arguments of `exportrules.timeline` that gave this timeline; what was left to its default is left out.

    `chip` is a name, or the :class:`Variant` of a chip of one's own; absent where facts alone describe the item.
    """
    q = timeline.question
    own = own_chip(timeline)
    found: dict[str, Any] = {}
    if own is not None:
        found["chip"] = own
    elif q.subjects[0].chip is not None:
        found["chip"] = q.label
    values = {name: getattr(q, name) for name in _OPTIONS} | {"exporter": q.asked_exporter}
    found |= {name: v for name, v in values.items() if name not in q.defaulted and TERMS.get(name) not in q.facts}
    found |= {"parties": q.parties} if q.parties else {}
    found |= {"not_listed": q.not_listed} if q.not_listed else {}
    found |= {"facts": {name: fact.value for name, fact in q.facts.items()}} if q.facts else {}
    found |= {"known_on": q.known_on} if q.known_on else {}
    found |= {"as_printed": True} if q.as_printed else {}
    return found


def own_chip(timeline: Timeline) -> Variant | None:
    """The chip of one's own that was asked about; None where a chip of the ruleset, or none, was named."""
    q, law = timeline.question, timeline.ruleset
    chip = q.subjects[0].chip
    if chip is None:
        return None
    known = law.variants.get(chip.id)
    named = known is not None and known[0] is chip and q.subjects[0].facts["chip_family"].value == known[1].id
    return None if named else chip
