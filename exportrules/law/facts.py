"""Facts with their provenance, and the names of facts that the law treats specially."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from exportrules.law.model import Bounds, Scalar

#: Value of `en_route_since` for goods that were not en route: after every cut-off.
NOT_EN_ROUTE = date.max

#: Kinds whose provisions conclude facts, in the order in which they are evaluated.
CONCLUDING = ("listing", "conclusion", "classification")

#: Facts that only provisions conclude, even if no provision of a ruleset does.
CONCLUDED_FACTS = frozenset({"eccn", "contains_eccn", "required_under", "end_user_lists", "owner_lists"})

#: Facts whose values are countries.
PLACE_FACTS = ("destination", "headquarters", "ultimate_parent")
#: The group of places from which things are exported, and to which they are not.
HOME = "united-states"


class Fact(NamedTuple):
    """A value and its provenance; `value = None` is unknown, `Bounds` a figure of which only bounds are known.

    `candidates` are the readings of a disputed value; a test on which they disagree is UNKNOWN.
    `source` is one of 'given', 'assumed', 'chip', 'derived', 'question', 'supposed'.
    """

    value: Scalar | frozenset[str] | Bounds | None
    source: str
    candidates: tuple[Scalar, ...] = ()
    estimated: bool = False
    detail: str = ""

    @property
    def settled(self) -> bool:
        """True if the law's conclusions may not change it, because it was given or supposed."""
        return self.source in ("given", "supposed")
