"""The places of everything in a plane of two figures: the regions of the law, their edges, the chips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from exportrules.law.model import Number
from exportrules.law.ruleset import Ruleset
from exportrules.render.charts.labels import Box
from exportrules.render.charts.look import Class, Picture, Scale, class_of

if TYPE_CHECKING:
    from exportrules.study.plane import Plane, Point, Region

#: Width and height in pixels of a plane for a few chips, and for many.
FEW, MANY = (820.0, 500.0), (1180.0, 900.0)
CROWD = 36
#: The kinds of lines, the most binding first.
LINES = ("line", "dashed", "dotted")


class Dot(NamedTuple):
    """Chips on one spot with one answer, under one label; `x` and `y` in pixels."""

    points: tuple[Point, ...]
    label: str
    kind: Class
    x: float
    y: float


class Edge(NamedTuple):
    """One side of a region, in pixels. `line`: solid for everyone, dashed for one company, dotted where uncertain."""

    fact: str
    bound: str
    box: tuple[float, float, float, float]
    line: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plane with the picture that it is drawn into."""

    plane: Plane
    picture: Picture
    law: Ruleset

    def sides(self, region: Region) -> Box:
        """The region's rectangle in pixels, cut to the picture."""
        x_low, x_high = region.side(self.plane.x)
        y_low, y_high = region.side(self.plane.y)
        across, upward = self.picture.x, self.picture.y
        return Box(
            across.px(float(x_low)) if x_low is not None else 0.0,
            upward.px(float(y_high)) if y_high is not None else 0.0,
            across.px(float(x_high)) if x_high is not None else across.pixels,
            upward.px(float(y_low)) if y_low is not None else upward.pixels,
        )

    def edges(self) -> list[Edge]:
        """The sides of every region, each place once; the firmest line where several coincide."""
        edges: dict[object, Edge] = {}
        for region in self.plane.regions:
            box, line = self.sides(region), _line(region)
            for test in region.tests:
                low = test.op in ("ge", "gt")
                if test.fact == self.plane.x:
                    at = box.left if low else box.right
                    side = (at, box.top, at, box.bottom)
                else:
                    at = box.bottom if low else box.top
                    side = (box.left, at, box.right, at)
                edge = Edge(test.fact, f"{test.bound:,}", side, line)
                known = edges.get(edge.box)
                if known is None or LINES.index(line) < LINES.index(known.line):
                    edges[edge.box] = edge
        return list(edges.values())

    def dots(self) -> list[Dot]:
        """The chips; those with the same place in the picture and the same answer are one dot."""
        spots: dict[tuple[float, float, Class], list[Point]] = {}
        for point in self.plane.points:
            x, y = _spot(self.picture.x, point.x), _spot(self.picture.y, point.y)
            spots.setdefault((round(x, 1), round(y, 1), class_of(point.answer)), []).append(point)
        drawn: dict[str, list[Point]] = {}
        for point in self.plane.points:
            drawn.setdefault(point.family, []).append(point)
        return [Dot(tuple(own), _label(own, drawn), kind, x, y) for (x, y, kind), own in spots.items()]


def drawing_of(plane: Plane, law: Ruleset) -> Drawing:
    """An empty drawing with room around every line and every chip, larger for many chips."""
    spots = len({(point.x, point.y) for point in plane.points})
    width, height = MANY if spots > CROWD else FEW
    across, upward = _scale(plane, plane.x, width), _scale(plane, plane.y, height, upward=True)
    return Drawing(plane, Picture(across, upward), law)


def _scale(plane: Plane, fact: str, pixels: float, upward: bool = False) -> Scale:
    """A logarithmic scale with room around every line and every chip."""
    bounds = [float(v) for r in plane.regions for v in r.side(fact) if v]
    values = [float(p.x if fact == plane.x else p.y) for p in plane.points]
    known = [v for v in bounds + values if v > 0]
    return Scale(min(known) / 1.6, max(known) * 1.6, pixels, log=True, upward=upward)


def _spot(scale: Scale, value: Number) -> float:
    """The place of a figure in pixels; one below a logarithmic scale (zero) is at its edge."""
    return scale.px(max(float(value), scale.low))


def _line(region: Region) -> str:
    return "dotted" if not region.certain else "dashed" if region.bound else "line"


def _label(points: Sequence[Point], drawn: Mapping[str, Sequence[Point]]) -> str:
    """The family if all of its variants are here, else the variants; '~' marks a figure that is not firm.

    Those with firm figures come first.
    """
    families: dict[str, list[Point]] = {}
    for point in points:
        families.setdefault(point.family, []).append(point)
    names = []
    for family, own in sorted(families.items(), key=lambda item: any(p.estimated for p in item[1])):
        others = [p.name for p in drawn[family] if p not in own]
        doubt = "~" if any(p.estimated for p in own) else ""
        names.append(doubt + (family if not others else _shared([p.name for p in own], others)))
    return ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")


def _shared(names: Sequence[str], others: Sequence[str]) -> str:
    """The words that names begin with, if no other name does; else the first, and how many more."""
    columns = zip(*(name.split() for name in names), strict=False)
    words = [column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns)]
    shared = " ".join(words)
    if len(names) == 1 or (words and not any(other.split()[: len(words)] == words for other in others)):
        return shared
    return f"{names[0]} +{len(names) - 1}"
