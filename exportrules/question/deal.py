"""A deal as somebody wrote its terms, one frozen value: what every interface hands to the resolver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from exportrules.question.senses import Named

#: The terms of a deal that a rule may test, and the fact that each one is.
TERMS = {"to": "destination", **{name: name for name in (
    "exporter", "activity", "headquarters", "ultimate_parent", "end_use")}}  # fmt: skip


class Deal(NamedTuple):
    """The terms of a deal, the day aside. None, or nothing, was not said and takes its stated default.

    Names of parties are texts; a ledger, which has each of them in many rows, passes them resolved
    (:class:`Named`). Nothing here has been checked: :func:`exportrules.question.question.resolve` does.
    """

    to: str | None = None
    exporter: str | None = None
    activity: str | None = None
    headquarters: str | None = None
    ultimate_parent: str | None = None
    end_user: str | Sequence[Named] | None = None
    parties: str | Sequence[str | Named] = ()
    not_listed: str | Sequence[str] = ()
    end_use: str | Sequence[str] | None = None
    facts: Mapping[str, object] | None = None
    known_on: date | str | None = None
    as_printed: bool = False


_FACTS = Deal._fields.index("facts")


def key_of(terms: tuple[Any, ...]) -> tuple[object, ...]:
    """A hashable form of the terms of a deal, equal for deals that are written alike. Raises TypeError where there is
    none.

    1 and true are equal in Python, yet not the same answer to a question: a fact's type is part of the key.
    """
    facts = terms[_FACTS]
    if not facts:
        return terms
    if not isinstance(facts, Mapping):
        raise TypeError
    return (*terms[:_FACTS], tuple((name, type(value), value) for name, value in facts.items()), *terms[_FACTS + 1 :])


def several(value: Any) -> Any:
    """Several values as a tuple, which can be remembered; one text, a mapping, and what has no parts, as it is."""
    if type(value) is tuple:
        return value
    return tuple(value) if isinstance(value, Iterable) and not isinstance(value, str | Mapping) else value
