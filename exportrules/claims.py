"""What a caller says of an item that the catalogue knows, held against what the catalogue has.

A figure that the catalogue does not have may be supplied. One that it has may be supplied as its sources round it; a
figure that contradicts it describes another item, and an answer from it would be about no chip there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeGuard

from exportrules.errors import QuestionError
from exportrules.facts import Fact, show

#: How far two sources of one figure may be apart: 1 part in 200. Data sheets give three significant digits or more, and
#: rounding to three moves a number by half a unit of the third: 0.5 % at the most, of 100. No chip of the catalogue is
#: that near to a bound of law that it does not meet, so a figure within it decides nothing that the catalogue does not.
TOLERANCE = Decimal("0.005")

#: Where a fact comes from the catalogue.
_KNOWN = ("chip", "derived")


class Known(NamedTuple):
    """A variant with what the catalogue has of it."""

    name: str
    facts: Mapping[str, Fact]


def agreeing(variants: Sequence[Known], given: Mapping[str, Fact]) -> tuple[list[int], tuple[tuple[str, str], ...]]:
    """The positions of the variants that the facts given can describe; and the others by name, each with the reason.

    A figure that some variants of a family have says which of them is meant, and one that the catalogue lacks may be
    supplied. Raises QuestionError where no variant has the figure and the catalogue has another.
    """
    against = [[name for name in given if _contradicts(v.facts.get(name), given[name])] for v in variants]
    kept = [i for i, names in enumerate(against) if not names]
    for name in dict.fromkeys(name for names in against for name in names):
        # a variant of which the catalogue does not know it is not thereby the one that is meant
        if not any(_is_known(variants[i].facts.get(name)) for i in kept):
            raise QuestionError(_message(name, variants, given[name]))
    said = ((v, names[0]) for v, names in zip(variants, against, strict=True) if names)
    return kept, tuple((v.name, f"by the catalogue its {name} is {_readings(v.facts[name])}") for v, name in said)


def _message(name: str, variants: Sequence[Known], claim: Fact) -> str:
    known = "; ".join(f"{v.name}: {_readings(v.facts[name])}" for v in variants if _is_known(v.facts.get(name)))
    is_number = isinstance(claim.value, int | Decimal) and not isinstance(claim.value, bool)
    rounding = f" Up to {(TOLERANCE * 100).normalize():f} % is taken as rounding." if is_number else ""
    return (
        f"{name} = {show(claim.value)} contradicts the catalogue ({known}).{rounding} For another item leave the chip's "
        "name out and give the facts of that item, or a chip file of it; if the catalogue is wrong, put a corrected chip "
        "into an overlay."
    )


def _readings(fact: Fact) -> str:
    return " or ".join(show(value) for value in fact.candidates or (fact.value,))


def _is_known(fact: Fact | None) -> TypeGuard[Fact]:
    return fact is not None and fact.source in _KNOWN and fact.value is not None


def _contradicts(known: Fact | None, claim: Fact) -> bool:
    """Whether a claim is none of the values that the catalogue has for a fact, rounding and disputes allowed for."""
    if not _is_known(known) or claim.value is None:
        return False
    readings = known.candidates or (known.value,)
    numbers = [Decimal(value) for value in readings if isinstance(value, int | Decimal) and not isinstance(value, bool)]
    if not numbers or isinstance(claim.value, bool) or not isinstance(claim.value, int | Decimal):
        return claim.value not in readings
    # of a disputed figure any value between its readings may be right
    return not min(numbers) * (1 - TOLERANCE) <= claim.value <= max(numbers) * (1 + TOLERANCE)
