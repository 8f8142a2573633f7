"""A deal: its terms as written, in one frozen value that every interface passes to the resolver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from exportrules.question.senses import PartyName

#: The terms of a deal that a rule may test, each with its fact.
TERMS = {"to": "destination", **{name: name for name in (
    "exporter", "activity", "headquarters", "ultimate_parent", "end_use")}}  # fmt: skip

#: The destination of a deal that names none: the one that the rules on AI chips are about.
USUAL_DESTINATION = "CN"


class Deal(NamedTuple):
    """The terms of a deal without the day. A term that is None or empty takes its default.

    Names of parties are strings; a ledger, which repeats each in many rows, passes them resolved
    (:class:`PartyName`). Nothing is validated here: :func:`exportrules.question.question.resolve` does that.
    """

    to: str | None = None
    exporter: str | None = None
    activity: str | None = None
    headquarters: str | None = None
    ultimate_parent: str | None = None
    end_user: str | Sequence[PartyName] | None = None
    parties: str | Sequence[str | PartyName] = ()
    not_listed: str | Sequence[str] = ()
    end_use: str | Sequence[str] | None = None
    facts: Mapping[str, object] | None = None
    known_on: date | str | None = None
    as_printed: bool = False


_FACTS = Deal._fields.index("facts")


def key_of(terms: tuple[Any, ...]) -> tuple[object, ...]:
    """A hashable form of a deal's fields, equal for deals that are written alike. Raises TypeError if there is none.

    `1 == True` in Python, but they are different values of a fact, so the type is part of the key.
    """
    facts = terms[_FACTS]
    if not facts:
        return terms
    if not isinstance(facts, Mapping):
        raise TypeError
    return (*terms[:_FACTS], tuple((name, type(value), value) for name, value in facts.items()), *terms[_FACTS + 1 :])


def several(value: Any) -> Any:
    """A collection as a tuple, which is hashable; () for None; a string, a mapping or any other value unchanged."""
    if type(value) is tuple:
        return value
    if value is None:
        return ()
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str | Mapping) else value
