"""The chips of a whole catalogue that a plane labels: a few dozen to which its lines matter.

The others are drawn small and without a label: nobody reads three hundred labels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from exportrules.law.model import Number
from exportrules.render.charts.look import Class, class_of

if TYPE_CHECKING:
    from exportrules.study.plane import Plane, Point, Region

#: The number of labels that a reader can take in and that there is room for.
MOST = 48
#: A chip that is not for datacenters is of interest within this factor of a line: 4,267 to 5,400 at 4,800.
NEAR = 1.125
#: Marks nearer to each other than this, in the logarithm of a factor along either figure, overlap.
APART = 0.04
#: `leading` in words, for the picture.
RULE = (
    f"Labels are for up to {MOST} products that are designed for datacenters or within an eighth of a line: those with "
    f"firm figures first, then the nearest to a line"
)


def leading(plane: Plane) -> frozenset[str]:
    """The ids of the variants to label, one for each product: the variants of a family that have the same answer.

    The variant of a product that has firm figures and is nearest to a line is labelled. A product whose mark would
    overlap another's is not, unless both are on one spot and so share a label.
    """
    away = {point.id: _off(plane, point) for point in plane.points}
    products: dict[tuple[str, Class], Point] = {}
    for point in sorted(plane.points, key=lambda p: (p.estimated, away[p.id], p.id)):
        if (point.datacenter or away[point.id] <= math.log(NEAR)) and not any(
            _covers(point, other) for other in products.values()
        ):
            products.setdefault((point.family, class_of(point.answer)), point)
    return frozenset(point.id for point in list(products.values())[:MOST])


def _covers(one: Point, other: Point) -> bool:
    """True if two marks overlap without being one."""
    apart = [abs(_log(a) - _log(b)) if a != b else 0.0 for a, b in ((one.x, other.x), (one.y, other.y))]
    return 0 < max(apart) < APART


def _off(plane: Plane, point: Point) -> float:
    """The distance of a chip from the nearest line of the plane: the logarithm of a factor, as the picture shows it."""
    return min((far for region in plane.regions for far in _from_sides(plane, region, point)), default=math.inf)


def _from_sides(plane: Plane, region: Region, point: Point) -> Iterator[float]:
    across, upward = region.side(plane.x), region.side(plane.y)
    for value, bounds, other, ends in ((point.x, across, point.y, upward), (point.y, upward, point.x, across)):
        for bound in bounds:
            if bound:  # a logarithmic picture has no line at zero
                # a line ends where its region does
                yield max(abs(_log(value) - _log(bound)), _outside(other, ends))


def _outside(value: Number, ends: tuple[Number | None, Number | None]) -> float:
    low, high = ends
    below = _log(low) - _log(value) if low else 0.0
    above = _log(value) - _log(high) if high else 0.0
    return max(below, above, 0.0)


def _log(value: Number) -> float:
    return math.log(value) if value > 0 else -math.inf
