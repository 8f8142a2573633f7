"""Labels beside points: none covers anything or crosses a line, and each clearly belongs to one point.

A label has no leader if its own point is clearly the nearest and no line is between them. Otherwise it has a leader,
which touches no other point, label or leader. If neither is possible, there is no label.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from exportrules.render.charts.look import pixels_of

Spot = tuple[float, float]
Stroke = tuple[float, float, float, float]

#: The places around a point, the best first: right, left, above, below, the corners, then between them.
AROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1),
          (2, -1), (2, 1), (-2, -1), (-2, 1), (1, -2), (1, 2), (-1, -2), (-1, 2))  # fmt: skip
#: The distances at which a label may be placed: the nearest is too near for a leader to be seen, from `LED` on each
#: label has one.
REACH, LED = (9, 15, 22, 32, 46, 62, 80, 105, 135, 170, 210), 22
#: Pixels: half the size of a mark; by how much another point must be farther off than a label's own; from a leader's
#: end to its label.
MARK, CLEARLY, GAP = 5.0, 4.0, 1.5
#: Half the size of the mark of a point that has no name.
SMALL = 2.5
#: The cost of a leader across a line, in pixels of distance: it is harder to follow.
ACROSS = 150.0
#: The number of times that all labels are placed again for those without room.
TRIES = 6


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

    def off(self, x: float, y: float) -> float:
        """The distance of a point from the box."""
        return math.hypot(max(self.left - x, 0, x - self.right), max(self.top - y, 0, y - self.bottom))

    def cut(self, stroke: Stroke) -> bool:
        """True if a straight stroke touches the box: clip it by one pair of sides after the other."""
        x, y, x2, y2 = stroke
        first, last = 0.0, 1.0
        for start, way, low, high in ((x, x2 - x, self.left, self.right), (y, y2 - y, self.top, self.bottom)):
            if not way:
                if not low <= start <= high:
                    return False
                continue
            one, other = sorted(((low - start) / way, (high - start) / way))
            first, last = max(first, one), min(last, other)
        return first <= last


class Placed(NamedTuple):
    """The place of a label, and its leader if the place alone does not show to which point it belongs."""

    box: Box
    leader: Stroke | None


@dataclass(frozen=True, slots=True)
class _Room:
    """The picture so far: `taken` may not be covered, and no label may cross `lines`.

    `unnamed` are points with a small mark and no label of their own.
    """

    frame: Box
    points: Sequence[Spot]
    unnamed: Sequence[Spot]
    lines: Sequence[Box]
    taken: list[Box]
    leaders: list[Stroke] = field(default_factory=list)

    def free(self, box: Box) -> bool:
        frame, wide = self.frame, box.wider(3)
        return (
            frame.left < box.left and box.right < frame.right and frame.top < box.top < box.bottom < frame.bottom
            and not any(wide.meets(other) for other in self.taken)
            and not any(box.meets(line) for line in self.lines)
            and not any(wide.off(*point) < MARK for point in self.points)
            and not any(box.off(*point) < SMALL + 1 for point in self.unnamed)
            and not any(wide.cut(leader) for leader in self.leaders)
        )  # fmt: skip

    def own(self, point: Spot, box: Box) -> bool:
        """True if a label belongs to its point without a leader."""
        apart = box.off(*point) + CLEARLY
        nearest = all(other == point or box.off(*other) > apart for other in (*self.points, *self.unnamed))
        return nearest and not self.crossed(_stroke(point, box))

    def clear(self, point: Spot, leader: Stroke) -> bool:
        """True if a leader touches nothing but its own point and label, from the edge of its point's mark on."""
        seen = _from(leader, MARK)
        return (
            not any(box.cut(seen) for box in self.taken)
            and not any(_meet(seen, other) for other in self.leaders)
            and not any(other != point and _off(seen, other) < MARK + 1 for other in self.points)
            and not any(_off(seen, other) < SMALL for other in self.unnamed if math.dist(point, other) > MARK)
        )

    def crossed(self, stroke: Stroke) -> int:
        return sum(line.cut(_from(stroke, MARK)) for line in self.lines)


def place(
    points: Sequence[Spot],
    texts: Sequence[str],
    size: float,
    frame: Box,
    taken: Sequence[Box],
    lines: Sequence[Box],
    unnamed: Sequence[Spot] = (),
) -> list[Placed | None]:
    """A place for each text; None if there is no room. The most crowded choose first.

    A text without a place has the first choice in the next try; the try with the fewest such texts is taken.
    `unnamed` are points without a text: no label covers them or could be taken for theirs.
    """
    order = sorted(range(len(points)), key=lambda number: -_crowd(points[number], points))
    best: dict[int, Placed] = {}
    for _ in range(TRIES):
        room, placed = _Room(frame, points, unnamed, lines, list(taken)), dict[int, Placed]()
        for number in order:
            spot = _best(room, points[number], pixels_of(texts[number], size), size)
            if spot:
                placed[number] = spot
                room.taken.append(spot.box)
                room.leaders.extend([spot.leader] if spot.leader else [])
        best = max(best, placed, key=len)
        without = [number for number in order if number not in placed]
        if not without:
            break
        order = without + [number for number in order if number in placed]
    return [best.get(number) for number in range(len(points))]


def _crowd(point: Spot, points: Sequence[Spot]) -> float:
    return sum(1 / (MARK + math.dist(point, other)) for other in points)


def _best(room: _Room, point: Spot, width: float, size: float) -> Placed | None:
    lowest, best = math.inf, None
    for distance, cost, box in _candidates(point, width, size):
        if cost >= lowest:
            continue
        if distance < LED and room.free(box) and room.own(point, box):
            lowest, best = cost, Placed(box, None)
        elif distance > REACH[0]:
            leader = _stroke(point, box)
            cost += LED - REACH[0] + ACROSS * room.crossed(leader)
            if cost < lowest and room.free(box) and room.clear(point, leader):
                lowest, best = cost, Placed(box, leader)
    return best


def _candidates(point: Spot, width: float, size: float) -> Iterator[tuple[float, float, Box]]:
    """(distance, cost, box) of the places to try."""
    (x, y), half = point, size * 0.62
    for distance in REACH:
        for rank, (across, down) in enumerate(AROUND):
            length = math.hypot(across, down)
            middle = y + down / length * distance + (half - 3 if down > 0 else 3 - half) * (not across)
            edge = x + across / length * distance
            left = edge if across > 0 else edge - width if across < 0 else x - width / 2
            yield distance, distance + rank * 0.8, Box(left, middle - half, left + width, middle + half)


def _stroke(point: Spot, box: Box) -> Stroke:
    """From a point almost to its label: to the middle of the side that faces it, or straight up or down."""
    x, y = point
    if box.left <= x <= box.right:
        return x, y, x, box.bottom + GAP if box.bottom < y else box.top - GAP
    return x, y, box.left - GAP if x < box.left else box.right + GAP, (box.top + box.bottom) / 2


def _from(stroke: Stroke, start: float) -> Stroke:
    """A stroke without its first pixels."""
    x, y, x2, y2 = stroke
    share = min(start / (math.hypot(x2 - x, y2 - y) or 1), 1)
    return x + (x2 - x) * share, y + (y2 - y) * share, x2, y2


def _off(stroke: Stroke, point: Spot) -> float:
    """The distance of a point from a stroke."""
    x, y, x2, y2 = stroke
    along, down = x2 - x, y2 - y
    share = ((point[0] - x) * along + (point[1] - y) * down) / (along**2 + down**2 or 1)
    share = min(max(share, 0), 1)
    return math.hypot(x + share * along - point[0], y + share * down - point[1])


def _meet(one: Stroke, other: Stroke) -> bool:
    """True if two strokes cross: the ends of each are on both sides of the other."""

    def divides(line: Stroke, ends: Stroke) -> bool:
        x, y, x2, y2 = line
        first, last = ((x2 - x) * (ends[i + 1] - y) - (y2 - y) * (ends[i] - x) for i in (0, 2))
        return first * last <= 0

    return divides(one, other) and divides(other, one)
