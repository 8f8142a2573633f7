"""Checks of the figures of a chip file: figures that no chip can have, and check values that do not match."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal

from exportrules.law.bounds import SIGNS, defect
from exportrules.law.model import STATED_FIGURES, Bounds, Variant
from exportrules.question.figures import BITS, performance_density, tpp

_EXACT = Context(prec=50, rounding=ROUND_HALF_UP)
_TOO_LARGE = Decimal(10) ** 15


def figure_defects(chip: Variant) -> Iterator[str]:
    """A message for each figure that no chip can have: an unknown format, a negative or absurd number, a zero area."""
    for name in chip.dense_tops or {}:
        if name not in BITS:
            yield f"dense_tops has no format {name!r}. Formats: {', '.join(BITS)}."
    figures = {
        **{name: getattr(chip, name) for name in STATED_FIGURES},
        **(chip.dense_tops or {}),
        **(chip.io_gbytes_s or {}),
        **{f"alternative {a.fact}": a.value for a in chip.alternative if not isinstance(a.value, bool)},
    }
    for name, figure in figures.items():
        if not isinstance(figure, Bounds):
            if message := _defect_of(name, figure):
                yield message
            continue
        ends = ((f"{name}.{word}", getattr(figure, word)) for word in SIGNS.values())
        wrong = [message for end, value in ends if (message := _defect_of(end, value))]
        if not wrong and (problem := defect(figure)):
            wrong = [f"{name}: {problem}"]
        yield from wrong
    if chip.non_planar is False and chip.die_area_mm2 is not None:
        yield (
            "die_area_mm2 is the area of the logic dies made on a node with non-planar transistors (Technical Note 4 "
            "to 3A090), and non_planar = false says that there are none. Leave out die_area_mm2."
        )
    for part in chip.contains:
        if part.count < 1:
            yield f"it contains {part.count} x {part.chip}: a count begins at 1."


def _defect_of(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, int | Decimal):
        return f"{name} = {value!r} is not a number. Write a number, or bounds such as Bounds(at_most=600)."
    possible = is_figure(Decimal(value), least=1 if "die_area_mm2" in name else 0)
    return "" if possible else f"{name} = {value} is not a figure that a chip can have."


def is_figure(value: Decimal, least: int = 0) -> bool:
    """True if a number is plausible in the law or for a chip: finite, below 10^15, with fewer than 30 decimals."""
    return value.is_finite() and least <= value < _TOO_LARGE and value.as_tuple().exponent > -30  # type: ignore[operator] # a number if finite


def check_defects(chip: Variant) -> Iterator[str]:
    """A message for each check value that differs from the derived figure, and for an announcement without a source."""
    if list(figure_defects(chip)):
        return
    power = tpp(chip.dense_tops) if chip.dense_tops else None
    if power is not None and chip.tpp_check is not None and power != chip.tpp_check:
        yield f"TPP computes to {power}, but the check value is {chip.tpp_check}."
    area = None if isinstance(chip.die_area_mm2, Bounds) else chip.die_area_mm2
    if power is not None and area and chip.performance_density_check is not None:
        stated = Decimal(chip.performance_density_check)
        derived = performance_density(power, area)
        decimals = min(max(-int(stated.as_tuple().exponent), 0), 20)
        if _EXACT.quantize(derived, Decimal(1).scaleb(-decimals)) != stated:
            yield f"performance density computes to {derived:.4f}, but the check value is {stated}."
    io = sum(chip.io_gbytes_s.values()) if chip.io_gbytes_s else None
    if io is not None and chip.io_check is not None and io != chip.io_check:
        yield f"the links add up to {io}, but the check value is {chip.io_check}."
    if chip.announced and not chip.announced_source:
        yield "announced without announced_source: say who made it public."
