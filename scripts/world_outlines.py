"""Write the outlines of the explorer's map from Natural Earth's countries, 1:50m (public domain).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/world_outlines.py package/countries-50m.json > exportrules/explore/world.json

The npm package world-atlas (ISC) redistributes Natural Earth 4.1.0 as TopoJSON. Outlines are projected (Equal Earth),
thinned to what 1000 units of width show, and written as SVG paths by the code of a destination. What the EAR's tables
do not list goes to the country that rules read it as; what no rule names is drawn without an answer.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exportrules.files.load import default_ruleset

Point = tuple[float, float]
WIDTH = 1000
#: Lines are thinned by half a unit; rings smaller than this, in square units, are dropped where a larger one is left.
TOLERANCE, SMALLEST, DOT = 0.45, 1.2, 7.0
#: Too small for 1:50m: longitude and latitude of the capital.
POINTS = {"TV": (179.2, -8.5)}
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_ROOT = math.sqrt(3)


def projected(longitude: float, latitude: float) -> Point:
    """Equal Earth: Savric, Patterson and Jenny, 2018."""
    at = math.asin(_ROOT / 2 * math.sin(math.radians(latitude)))
    a1, a2, a3, a4 = _A
    slope = 9 * a4 * at**8 + 7 * a3 * at**6 + 3 * a2 * at**2 + a1
    x = 2 * _ROOT * math.radians(longitude) * math.cos(at) / (3 * slope)
    y = a4 * at**9 + a3 * at**7 + a2 * at**3 + a1 * at
    scale = WIDTH / (2 * 2.70663)
    return (x + 2.70663) * scale, (1.31737 - y) * scale


def rings(world: dict[str, Any], shape: dict[str, Any]) -> Iterator[list[Point]]:
    """The outer rings of a shape, projected; one that crosses the edge of the map as its two sides."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    (sx, sy), (tx, ty) = world["transform"]["scale"], world["transform"]["translate"]
    for polygon in polygons:
        points: list[Point] = []
        for number in polygon[0]:
            x = y = 0
            arc = []
            for dx, dy in world["arcs"][number if number >= 0 else ~number]:
                x, y = x + dx, y + dy
                arc.append((x * sx + tx, y * sy + ty))
            points += (arc if number >= 0 else arc[::-1])[1 if points else 0 :]
        crosses = any(abs(a[0] - b[0]) > 180 for a, b in itertools.pairwise(points))
        east = [(x + 360 if crosses and x < 0 else x, y) for x, y in points]
        sides = [[(min(x, 180), y) for x, y in east], [(max(x - 360, -180), y) for x, y in east]] if crosses else [east]
        yield from (thinned([projected(x, y) for x, y in side]) for side in sides)


def thinned(line: list[Point]) -> list[Point]:
    """Douglas and Peucker."""
    if len(line) < 3:
        return line
    (x0, y0), (x1, y1) = line[0], line[-1]
    length = math.hypot(x1 - x0, y1 - y0)

    def off(point: Point) -> float:
        if length < 1e-9:
            return math.hypot(point[0] - x0, point[1] - y0)
        return abs((x1 - x0) * (y0 - point[1]) - (x0 - point[0]) * (y1 - y0)) / length

    far = max(range(1, len(line) - 1), key=lambda n: off(line[n]))
    if off(line[far]) <= TOLERANCE:
        return [line[0], line[-1]]
    return thinned(line[: far + 1])[:-1] + thinned(line[far:])


def area(ring: list[Point]) -> float:
    """In square units of the page."""
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def path(found: list[list[Point]]) -> str:
    """An SVG path in tenths of a unit, relative, as short as it gets."""
    out = []
    for ring in found:
        x, y = round(ring[0][0], 1), round(ring[0][1], 1)
        start, steps = f"M{x:g} {y:g}l", []
        for px, py in ring[1:]:
            dx, dy = round(px - x, 1), round(py - y, 1)
            if dx or dy:
                steps.append(f"{dx:g} {dy:g}".replace(" -", "-"))
                x, y = round(x + dx, 1), round(y + dy, 1)
        if len(steps) > 1:
            out.append(start + " ".join(steps).replace(" -", "-") + "z")
    return "".join(out)


def main() -> None:
    world = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    law = default_ruleset()
    codes = {p.iso[1]: p.code for p in law.places.values() if len(p.iso) > 1} | {"Kosovo": "XK"}
    codes |= {t.iso[1]: t.treated_as for t in law.territories.values() if len(t.iso) > 1 and t.treated_as}
    shapes: dict[str, list[list[Point]]] = {}
    for shape in world["objects"]["countries"]["geometries"]:
        if shape["type"] is None or shape["properties"]["name"] == "Antarctica":
            continue
        code = codes.get(shape.get("id", ""), codes.get(shape["properties"]["name"], ""))
        shapes.setdefault(code, []).extend(rings(world, shape))
    out: dict[str, str] = {}
    dots: dict[str, list[float]] = {}
    for code, found in sorted(shapes.items()):
        largest = max(found, key=area)
        kept = [ring for ring in found if ring is largest or area(ring) >= SMALLEST]
        out[code] = path(kept)
        if code and sum(map(area, found)) < DOT:
            dots[code] = [round(sum(p[n] for p in largest) / len(largest), 1) for n in (0, 1)]
    for code, (longitude, latitude) in POINTS.items():
        x, y = projected(longitude, latitude)
        dots.setdefault(code, [round(x, 1), round(y, 1)])
    for code in sorted(set(law.places) - set(out) - set(dots)):
        print(f"no outline: {code}", file=sys.stderr)
    source = "Natural Earth 4.1.0, 1:50m (public domain), by way of the npm package world-atlas 2.0.2"
    json.dump(
        {"source": source, "paths": {code: d for code, d in out.items() if d}, "dots": dots},
        sys.stdout,
        separators=(",", ":"),
    )


if __name__ == "__main__":
    main()
