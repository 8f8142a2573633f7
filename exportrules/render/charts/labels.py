"""Labels beside points, placed so that none covers a point, another label or the edge of the picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exportrules.render.charts.look import width_of

#: The eight places around a point, the best first: right, left, above, below, then the corners.
AROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
NEAR, FAR = (9, 15, 22), (32, 46, 62, 80, 105, 135)


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def wider(self, by: float) -> Box:
        return Box(self.left - by, self.top, self.right + by, self.bottom)

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class Placed(NamedTuple):
    """Where a label stands: the left end of its middle line, and whether it needs a leader from its point."""

    box: Box
    far: bool


def place(
    points: Sequence[tuple[float, float]], texts: Sequence[str], size: float, frame: Box,
    taken: Sequence[Box], lines: Sequence[Box], near_only: bool,
) -> list[Placed | None]:  # fmt: skip
    """A place for each text, in the order given (the first has first choice); None where there is no room.

    `taken` may not be covered, `lines` should not be. Without `near_only` a label may stand farther off, with a leader.
    """
    occupied = [*taken, *(Box(x - 5, y - 5, x + 5, y + 5) for x, y in points)]
    found: list[Placed | None] = []
    for (x, y), text in zip(points, texts, strict=True):
        best: tuple[float, Placed] | None = None
        for cost, box, far in _candidates(
            x, y, width_of(text, size), size, NEAR + FAR[:2] if near_only else NEAR + FAR
        ):
            inside = (
                frame.left < box.left and box.right < frame.right and frame.top < box.top < box.bottom < frame.bottom
            )
            if not inside or any(box.wider(3).meets(other) for other in occupied):
                continue
            cost += 40 * sum(box.meets(line) for line in lines)
            if far:  # its own point is always met
                cost += 60 * (sum(_between(x, y, box).meets(other) for other in occupied) - 1)
            if best is None or cost < best[0]:
                best = (cost, Placed(box, far))
        found.append(best[1] if best else None)
        if best:
            occupied.append(best[1].box)
    return found


def _between(x: float, y: float, box: Box) -> Box:
    """The ground that a leader from a point to a label could cross."""
    near_x, near_y = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
    return Box(min(x, near_x) - 1, min(y, near_y) - 1, max(x, near_x) + 1, max(y, near_y) + 1)


def _candidates(
    x: float, y: float, width: float, size: float, reach: Sequence[float]
) -> Iterator[tuple[float, Box, bool]]:
    half = size * 0.62
    for distance in reach:
        for rank, (across, down) in enumerate(AROUND):
            length = math.hypot(across, down)
            middle = y + down / length * distance + down * (half - 3 if down and not across else 0)
            edge = x + across / length * distance
            left = edge if across > 0 else edge - width if across < 0 else x - width / 2
            yield distance + rank * 0.8, Box(left, middle - half, left + width, middle + half), distance > NEAR[1]
