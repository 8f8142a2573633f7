"""Compare the facts that a caller gives for an item with the facts in the catalogue.

A figure that the catalogue lacks may be supplied. One that it has may be supplied as rounded by its sources; a figure
that contradicts it describes a different item, and the answer would be about a chip that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeGuard

from exportrules.errors import QuestionError
from exportrules.law.bounds import is_number, meet
from exportrules.law.facts import Fact
from exportrules.law.model import Bounds
from exportrules.question.figures import followers, settled
from exportrules.question.values import show

#: How far two sources of one figure may differ: 1 part in 200. Data sheets give at least three significant digits, and
#: rounding to three changes a number by at most half a unit of the third: 0.5 % for the digits 100. Some chips are as
#: near as that to a bound of law, so a rounded figure must not cross a bound either.
TOLERANCE = Decimal("0.005")

#: The sources of facts from the catalogue.
_KNOWN = ("chip", "derived")


class KnownVariant(NamedTuple):
    """A variant with its facts in the catalogue."""

    name: str
    facts: Mapping[str, Fact]


def agreeing(
    variants: Sequence[KnownVariant], given: Mapping[str, Fact], class_of: Callable[[str, Any], object]
) -> tuple[list[int], tuple[tuple[str, str], ...]]:
    """The positions of the variants that the given facts can describe; and the others by name, each with the reason.

    A figure that only some variants of a family have selects these, and one that the catalogue lacks may be supplied.
    `class_of` returns the equivalence class of a fact's value under the law. Raises QuestionError if the catalogue
    knows the figure and no variant has the given value.
    """
    contradicted = [[n for n in given if _contradicts(n, given[n], v.facts, class_of)] for v in variants]
    matching = [i for i, names in enumerate(contradicted) if not names]
    for name in dict.fromkeys(name for names in contradicted for name in names):
        # a variant for which the catalogue lacks the figure does not match on that account alone
        if not any(_is_known(variants[i].facts.get(name)) for i in matching):
            raise QuestionError(_message(name, variants, given[name]))
    others = ((v, names[0]) for v, names in zip(variants, contradicted, strict=True) if names)
    return matching, tuple((v.name, f"by the catalogue its {name} is {_shown(v.facts[name])}") for v, name in others)


def _message(name: str, variants: Sequence[KnownVariant], claim: Fact) -> str:
    known = "; ".join(f"{v.name}: {_shown(v.facts[name])}" for v in variants if _is_known(v.facts.get(name)))
    share = f"{(TOLERANCE * 100).normalize():f} %"
    rounding = f" Up to {share} is taken as rounding, short of a bound of the law." if is_number(claim.value) else ""
    multiple = _multiple(name, variants, claim)
    return (
        f"{name} = {_exact(claim.value)} contradicts the catalogue ({known}).{rounding}{multiple} "
        "For another item leave out the chip's name and give the facts of that item, or a chip file of it; if the "
        "catalogue is wrong, put a corrected chip into an overlay."
    )


def _multiple(name: str, variants: Sequence[KnownVariant], claim: Fact) -> str:
    """The usual mistakes with TOPS: a factor of two counted twice, or the figure of a sparse matrix."""
    own = {v.facts[name].value for v in variants if name in v.facts}
    if name != "tpp" or not is_number(claim.value):
        return ""
    times = next((n for n in (2, 4) for value in own if is_number(value) and claim.value == n * value), 0)
    if not times:
        return ""
    return (
        f" It is exactly {times} times the figure of the data sheet, whose TOPS already count a multiply-accumulate as "
        "two operations; those of a sparse matrix do not count."
    )


def _contradicts(name: str, claim: Fact, facts: Mapping[str, Fact], class_of: Callable[[str, Any], object]) -> bool:
    """True if a claim is none of the catalogue's values for a fact, allowing for rounding and disputes."""
    known = facts.get(name)
    if not _is_known(known) or claim.value is None:
        return False
    if isinstance(claim.value, Bounds) or isinstance(known.value, Bounds):
        return _within(claim, known) is None
    if not is_number(claim.value) or not is_number(known.value):
        return claim.value not in _readings(known)
    low, high = _range(known)
    if not low * (1 - TOLERANCE) <= claim.value <= high * (1 + TOLERANCE):
        return True
    moved = settled(facts, {name: claim})
    return any(_crosses(n, facts[n], moved[n], class_of) for n in (name, *followers(name)) if n in facts)


def narrowed(facts: Mapping[str, Fact], given: Mapping[str, Fact]) -> dict[str, Fact]:
    """The given facts, with bounds narrowed to the catalogue's values within them: a bound never replaces a value."""
    facts_given = dict(given)
    for name, claim in given.items():
        known = facts.get(name)
        if isinstance(claim.value, Bounds) and _is_known(known) and (within := _within(claim, known)):
            if within == _readings(known):
                del facts_given[name]
            else:
                facts_given[name] = claim._replace(value=within[0], candidates=within[1:] and within)
    return facts_given


def _within(claim: Fact, known: Fact) -> tuple[Any, ...] | None:
    """The readings of a known fact, each intersected with the claimed value or bounds; None if nothing remains."""
    met = [meet(value, claim.value) for value in _readings(known)]  # type: ignore[arg-type]
    return tuple(value for value in met if value is not None) or None


def _crosses(name: str, known: Fact, moved: Fact, class_of: Callable[[str, Any], object]) -> bool:
    """True if the law treats the readings of a figure differently from those of the catalogue.

    One value given for a disputed figure settles the dispute, and any value between the readings may be right.
    """
    if not _is_known(known) or not is_number(known.value):
        return False
    low, high = _range(known)
    classes = {class_of(name, value) for value in _readings(known)}
    if len(_readings(moved)) < len(_readings(known)):
        return any(not low <= value <= high and class_of(name, value) not in classes for value in _readings(moved))
    return {class_of(name, value) for value in _readings(moved)} != classes


def _range(known: Fact) -> tuple[Decimal, Decimal]:
    numbers = [Decimal(value) for value in _readings(known) if is_number(value)]
    return min(numbers), max(numbers)


def _readings(fact: Fact) -> tuple[Any, ...]:
    return fact.candidates or (fact.value,)


def _shown(fact: Fact) -> str:
    return " or ".join(show(value) for value in _readings(fact))


def _exact(value: object) -> str:
    """A value with every digit that the caller gave."""
    return format(value, "f") if isinstance(value, Decimal) else show(value)


def _is_known(fact: Fact | None) -> TypeGuard[Fact]:
    return fact is not None and fact.source in _KNOWN and fact.value is not None


#: The area in mm2 of a 300 mm wafer: no die is larger.
_LARGEST_DIE = 70_686


def consistent(given: Mapping[str, Fact]) -> None:
    """Raise QuestionError if figures of an item contradict one another: one could free what the others control."""
    area, density, total = (_number(given, name) for name in ("die_area_mm2", "performance_density", "tpp"))
    if area is not None and area > _LARGEST_DIE:
        raise QuestionError(
            f"die_area_mm2 = {show(area)} is more than a 300 mm wafer, {_LARGEST_DIE} mm2. Check the unit."
        )
    if "non_planar" in given and given["non_planar"].value is False:
        for name, value in (("die_area_mm2", area), ("performance_density", density)):
            if name in given and (value or isinstance(given[name].value, Bounds)):
                raise QuestionError(
                    f"{name} = {_exact(given[name].value)} contradicts non_planar = false. By Technical Note 4 to "
                    "3A090 the applicable die area counts only logic dies made on a node with non-planar transistors, "
                    "and the performance density is TPP over that area. If no die is made on such a node, leave out "
                    f"{name}; if some are, give their area alone, and non_planar=true."
                )
    if area and density is not None and total is not None and abs(total / area - density) > density / 50:
        raise QuestionError(
            f"tpp = {show(total)} over die_area_mm2 = {show(area)} is a density of {total / area:.3f}, not "
            f"performance_density = {show(density)}. One of the three is wrong: give the two that you can prove."
        )


def _number(given: Mapping[str, Fact], name: str) -> Decimal | None:
    value = given[name].value if name in given else None
    return Decimal(value) if is_number(value) else None
