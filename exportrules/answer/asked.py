"""The arguments that reproduce a question."""

from __future__ import annotations

from typing import Any

from exportrules.answer.timeline import Timeline
from exportrules.law.model import Variant
from exportrules.question.deal import TERMS

_OPTIONS = ("to", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "end_use")


def arguments(timeline: Timeline) -> dict[str, Any]:
    """The arguments of `exportrules.timeline` that produced this timeline, without those left to their defaults.

    `chip` is a name, or the :class:`Variant` of a user-defined chip; it is absent if only facts describe the item.
    """
    q = timeline.question
    own = _own_chip(timeline)
    args: dict[str, Any] = {}
    if own is not None:
        args["chip"] = own
    elif q.subjects[0].chip is not None:
        args["chip"] = q.label
    values = {name: getattr(q, name) for name in _OPTIONS} | {"exporter": q.asked_exporter}
    args |= {name: v for name, v in values.items() if name not in q.defaulted and TERMS.get(name) not in q.facts}
    args |= {"parties": q.parties} if q.parties else {}
    args |= {"not_listed": q.not_listed} if q.not_listed else {}
    args |= {"facts": {name: fact.value for name, fact in q.facts.items()}} if q.facts else {}
    args |= {"known_on": q.known_on} if q.known_on else {}
    args |= {"as_printed": True} if q.as_printed else {}
    return args


def _own_chip(timeline: Timeline) -> Variant | None:
    """The user-defined chip of the question; None if it names a chip of the ruleset, or none."""
    q, law = timeline.question, timeline.ruleset
    chip = q.subjects[0].chip
    if chip is None:
        return None
    known = law.variants.get(chip.id)
    named = known is not None and known[0] is chip and q.subjects[0].facts["chip_family"].value == known[1].id
    return None if named else chip
