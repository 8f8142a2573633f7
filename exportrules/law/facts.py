"""Facts and where they come from, and those that the law itself treats apart."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from exportrules.law.model import Bounds, Scalar

#: Value of `en_route_since` for goods that were not under way: after every cut-off.
NOT_EN_ROUTE = date.max

#: Kinds whose provisions make other facts true, in the order in which they are asked.
CONCLUDING = ("listing", "conclusion", "classification")

#: Facts that provisions conclude even where no provision of a ruleset does.
CONCLUDED_FACTS = frozenset({"eccn", "contains_eccn", "required_under", "end_user_lists", "owner_lists"})

#: Facts whose values are countries.
PLACE_FACTS = ("destination", "headquarters", "ultimate_parent")


class Fact(NamedTuple):
    """A value and where it comes from; `value = None` is an unknown, `Bounds` are what is known of a figure.

    `candidates` holds every reading of a disputed value; a test on which they disagree is UNKNOWN.
    `source` is one of 'given', 'assumed', 'chip', 'derived', 'question', 'supposed'.
    """

    value: Scalar | frozenset[str] | Bounds | None
    source: str
    candidates: tuple[Scalar, ...] = ()
    estimated: bool = False
    detail: str = ""

    @property
    def settled(self) -> bool:
        """Whether a conclusion of the law may not change it: it was given, or supposed."""
        return self.source in ("given", "supposed")
