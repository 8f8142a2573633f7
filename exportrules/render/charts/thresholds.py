"""A plane of two figures with the lines of one day's law, and each chip as a labelled point in its answer's colour."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exportrules.answer.timeline import Timeline
from exportrules.answer.words import capitalised, decision
from exportrules.law.model import Test
from exportrules.question.values import show
from exportrules.render.charts.drawing import Dot, Drawing, Edge, drawing_of
from exportrules.render.charts.labels import Box, place
from exportrules.render.charts.leading import RULE
from exportrules.render.charts.look import (
    GREY,
    INK,
    PALE,
    Scale,
    Sign,
    below,
    in_order,
    open_notes,
    pixels_of,
    some,
)
from exportrules.render.charts.wording import legend_words
from exportrules.render.safe import safe
from exportrules.render.text import deal_words, margin_lines

if TYPE_CHECKING:
    from exportrules.study.plane import Plane, Region

SIZE = 11
#: Grey of the entries, the first in name (3A090.a) the darkest.
TINTS = ("#DADADA", "#ECECEC", "#F5F5F5")
_TITLES = {
    "tpp": "TPP",
    "performance_density": "performance density",
    "bits_x_tops_2022": "compute by the 2022 text",
    "aggregate_io_gbytes_s": "aggregate I/O",
    "chip_to_chip_io_gbytes_s": "chip-to-chip I/O",
    "dram_bandwidth_gbytes_s": "DRAM bandwidth",
    "dram_plus_io_gbytes_s": "DRAM bandwidth and I/O together",
    "designed_for_datacenter": "designed for datacenters",
}
#: The shape of a point by whether its chip is designed for datacenters, if the rules of the day ask this.
SHAPES = {
    True: ("circle", "designed for datacenters"),
    False: ("diamond", "not designed for datacenters"),
    None: ("triangle-up", "for datacenters or not: open"),
}
_OPERATOR = {"ge": "{} or more", "gt": "more than {}", "le": "{} or less", "lt": "less than {}", "is": "{}"}


def thresholds_chart(
    timelines: Sequence[Timeline], plane: Plane, labelled: frozenset[str] | None = None
) -> dict[str, Any]:
    """The specification of a plane.

    `labelled` has the ids of the variants to label (`leading` chooses them); the others are drawn small, without one.
    None: all are labelled.
    """
    law, question = timelines[0].ruleset, timelines[0].question
    drawing = drawing_of(plane, law)
    _draw_entries(drawing)
    _draw_axes(drawing)
    edges, dots = drawing.edges(), drawing.dots()
    _draw_edges(drawing, edges)
    taken = _draw_names(drawing, dots)
    large = [d for d in dots if labelled is None or any(point.id in labelled for point in d.points)]
    small = [d for d in dots if d not in large]
    unlabelled = _draw_dots(drawing, large, small, taken, edges)
    notes = [*_rules(drawing), *_limits(drawing, dots, unlabelled, brief=labelled is not None), *_unnamed(small)]
    below(drawing.picture, drawing.picture.y.pixels + 66, _signs(drawing, edges, dots), notes, law)
    title = f"{_title(plane.x)} against {_title(plane.y)}: the lines of the law of {plane.on}"
    subtitle = [f"{_count(plane)} to {law.places[question.to].name}; {deal_words(question, law)}"]
    return drawing.picture.spec(capitalised(title), subtitle)


def _count(plane: Plane) -> str:
    return f"{len(plane.points)} variants of chips" if len(plane.points) != 1 else plane.points[0].name


def _draw_entries(drawing: Drawing) -> None:
    """Draw the area of each entry in greys that do not add up: where entries overlap, the first is visible."""
    entries = [r for r in drawing.plane.regions if r.in_force.provision.kind == "classification"]
    order = sorted({region.provision for region in entries})
    rows = []
    for region in sorted(entries, key=lambda r: -order.index(r.provision)):
        tint = TINTS[min(order.index(region.provision), len(TINTS) - 1)]
        rows.append({**drawing.picture.box(*drawing.sides(region)), "fill": tint, "provision": region.provision})
    drawing.picture.draw("entries", "rect", rows, fields=("fill",), opacity=1)


def _draw_axes(drawing: Drawing) -> None:
    picture, plane = drawing.picture, drawing.plane
    width, height = picture.x.pixels, picture.y.pixels
    grid, words = [], []
    for value in _ticks(picture.x):
        px = picture.x.px(value)
        grid.append(picture.box(px, 0, px, height + 4))
        words.append({**picture.at(px, height + 15), "text": f"{value:,.6g}"})
    picture.texts("x_ticks", words, align="center", baseline="middle", size=SIZE)
    words = []
    for value in _ticks(picture.y):
        px = picture.y.px(value)
        grid.append(picture.box(-4, px, width, px))
        words.append({**picture.at(-9, px), "text": f"{value:,.6g}"})
    picture.texts("y_ticks", words, align="right", baseline="middle", size=SIZE)
    picture.draw("grid", "rule", grid, color=PALE, strokeWidth=0.7)
    frame = [(0, height, width, height), (0, 0, 0, height)]
    picture.draw("frame", "rule", [picture.box(*side) for side in frame], color=GREY, strokeWidth=1)
    picture.texts("x_title", [{**picture.at(width / 2, height + 36), "text": _axis(drawing, plane.x)}],
                  align="center", baseline="middle", size=12, fontWeight="bold")  # fmt: skip
    picture.texts("y_title", [{**picture.at(-58, height / 2), "text": _axis(drawing, plane.y)}],
                  align="center", baseline="middle", size=12, fontWeight="bold", angle=270)  # fmt: skip


def _ticks(scale: Scale) -> list[float]:
    """1, 2, 5, 10, 20, ... inside a scale; finer where that gives too few."""
    powers = range(math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high)) + 1)
    for steps in ("1 2 5", "1 1.5 2 3 4 5 6 8"):
        values = [float(f"{step}e{power}") for power in powers for step in steps.split()]
        inside = [value for value in values if scale.low <= value <= scale.high]
        if len(inside) > 2:
            break
    return inside


def _draw_edges(drawing: Drawing, edges: Sequence[Edge]) -> None:
    picture = drawing.picture
    width = picture.x.pixels
    dashes: dict[str, list[float]] = {"line": [1, 0], "dashed": [7, 4], "dotted": [1.5, 3]}
    for line, dash in dashes.items():
        rows = [{**picture.box(*e.box), "fact": e.fact, "bound": e.bound} for e in edges if e.line == line]
        picture.draw(f"bounds_{line}", "rule", rows, color=INK, strokeWidth=1.5, strokeDash=dash)
    across = {e.bound: e.box[0] for e in edges if e.fact == drawing.plane.x}
    upward = {e.bound: e.box[1] for e in edges if e.fact == drawing.plane.y}
    rows, stubs = [], []
    ends: list[float] = []
    for bound, px in sorted(across.items(), key=lambda item: item[1]):
        wide = pixels_of(bound, SIZE)
        level = next(n for n in range(9) if n == len(ends) or ends[n] < px - wide / 2 - 4)
        ends[level : level + 1] = [px + wide / 2]
        rows.append({**picture.at(px, -9 - 14 * level), "text": bound})
        stubs += [picture.box(px, -2 - 14 * level, px, 0)] if level else []
    picture.draw("x_stubs", "rule", stubs, color=GREY, strokeWidth=0.7)
    picture.texts("x_bounds", rows, align="center", baseline="middle", size=SIZE, fontWeight="bold")
    rows, last = [], math.inf
    for bound, px in sorted(upward.items(), key=lambda item: -item[1]):
        last = min(px, last - 14)
        rows.append({**picture.at(width + 6, last), "text": bound})
    picture.texts("y_bounds", rows, baseline="middle", size=SIZE, fontWeight="bold")


def _draw_names(drawing: Drawing, dots: Sequence[Dot]) -> list[Box]:
    """Draw the paragraph of each region, inside it and at its own lines. Returns their places."""
    taken: list[Box] = []
    avoid = [Box(d.x - 6, d.y - 6, d.x + 6, d.y + 6) for d in dots]
    rows = []
    for region in drawing.plane.regions:
        text, box = _name(drawing, region), drawing.sides(region)
        spots = [_corner(box, corner, pixels_of(text, SIZE)) for corner in _corners(drawing, region)]
        free = [spot for spot in spots if not any(spot.meets(other) for other in (*taken, *avoid))]
        spot = (free or spots)[0]
        taken.append(spot)
        middle = (spot.top + spot.bottom) / 2
        rows.append({**drawing.picture.at(spot.left, middle), "text": safe(text), "color": "#505050"})
    drawing.picture.texts("regions", rows, baseline="middle", size=SIZE, fontStyle="italic")
    return taken


def _corners(drawing: Drawing, region: Region) -> Iterator[tuple[bool, bool, int]]:
    """(left, top, steps inward) of the places for a region's name: at the lines that it draws first."""
    x_low, x_high = region.side(drawing.plane.x)
    y_low, _ = region.side(drawing.plane.y)
    left = x_low is not None or x_high is None
    top = y_low is None
    for step in range(6):
        for across in (left, not left):
            yield across, top, step
    yield left, not top, 0


def _corner(box: Box, corner: tuple[bool, bool, int], wide: float) -> Box:
    left, top, step = corner
    x = box.left + 5 if left else box.right - wide - 5
    y = box.top + 4 + 15 * step if top else box.bottom - 17 - 15 * step
    return Box(x, y, x + wide, y + 13)


def _name(drawing: Drawing, region: Region) -> str:
    provision, instrument = region.in_force.provision, region.in_force.instrument
    if region.bound:
        return f"{instrument.type} to {region.bound}{'' if region.certain else ' (uncertain)'}"
    if provision.concludes is not None:
        return f"{provision.concludes.value} {region.row.paragraph}".strip()
    return f"{instrument.citation}: {(provision.policy or provision.kind).replace('_', ' ')}"


def _draw_dots(
    drawing: Drawing, dots: Sequence[Dot], small: Sequence[Dot], taken: Sequence[Box], edges: Sequence[Edge]
) -> list[str]:
    """Draw the chips, and labels for those that are not small. Returns the labels for which there was no room."""
    picture = drawing.picture
    frame = Box(2, 2, picture.x.pixels - 2, picture.y.pixels - 2)
    lines = [Box(e.box[0] - 3, e.box[1] - 3, e.box[2] + 3, e.box[3] + 3) for e in edges]
    spots, unnamed = ([(d.x, d.y) for d in own] for own in (dots, small))
    places = place(spots, [d.label for d in dots], SIZE, frame, taken, lines, unnamed)
    words, leaders = [], []
    for dot, spot in zip(dots, places, strict=True):
        if spot is None:
            continue
        words.append({**picture.at(spot.box.left, (spot.box.top + spot.box.bottom) / 2), "text": safe(dot.label)})
        leaders += [picture.box(*spot.leader)] if spot.leader else []
    picture.draw("label_leaders", "rule", leaders, color=GREY, strokeWidth=0.7)
    _draw_marks(drawing, "chips", dots, size=62, width=1)
    # on top of the large ones, so that two chips on one spot with two answers are both visible
    _draw_marks(drawing, "chips_small", small, size=22, width=0.5)
    picture.texts("chip_labels", words, baseline="middle", size=SIZE)
    return [dot.label for dot, spot in zip(dots, places, strict=True) if spot is None]


def _draw_marks(drawing: Drawing, layer: str, dots: Sequence[Dot], size: float, width: float) -> None:
    """Draw the marks of chips, with the details that the pointer shows."""
    picture, plane = drawing.picture, drawing.plane
    shapes = bool(_carved(drawing))
    rows = []
    for dot in sorted(dots, key=lambda d: -len(d.points)):
        first = dot.points[0]
        words: dict[str, Any] = {
            "chip": safe(", ".join(p.name for p in dot.points)),
            "answer": decision(first.answer.outcome, first.answer.review_policy),
            "entry": ", ".join(first.answer.eccn) or "none met",
            _title(plane.x): show(first.x), _title(plane.y): show(first.y),
            "margin": safe("; ".join(dict.fromkeys(margin_lines(first.answer, _title))) or "-"),
            "requirement": safe(", ".join(first.answer.requirements) or "-"),
            "figures": "estimated or disputed" if first.estimated else "as its chip file states them",
        }  # fmt: skip
        shape = SHAPES[first.datacenter][0] if shapes else "circle"
        rows.append({**picture.at(dot.x, dot.y), "fill": dot.kind.colour, "shape": shape, **words})
    tip_fields = ("chip", "answer", "entry", _title(plane.x), _title(plane.y), "margin", "requirement", "figures")
    picture.draw(layer, "point", rows, tip_fields, fields=("fill", "shape"), stroke=INK, strokeWidth=width,
                 size=size, opacity=1)  # fmt: skip


def _signs(drawing: Drawing, edges: Sequence[Edge], dots: Sequence[Dot]) -> list[Sign]:
    signs = [
        Sign(
            "swatch",
            legend_words(kind, (p.answer for dot in dots if dot.kind == kind for p in dot.points)),
            kind.colour,
        )
        for kind in in_order(dot.kind for dot in dots)
    ]
    lines = {edge.line for edge in edges}
    signs += [Sign("line", "a line of the rules, for everyone")] if "line" in lines else []
    signs += [Sign("dashed", "a line of a letter: it binds its addressee alone")] if "dashed" in lines else []
    signs += [Sign("dotted", "a line that is itself uncertain")] if "dotted" in lines else []
    if _carved(drawing):
        meant = {point.datacenter for point in drawing.plane.points}
        signs += [Sign(shape, words) for means, (shape, words) in SHAPES.items() if means in meant and meant != {True}]
    return signs


def _carved(drawing: Drawing) -> dict[tuple[str, str], tuple[Test, ...]]:
    from exportrules.study.plane import carve_outs

    return carve_outs(drawing.law, drawing.plane)


def _rules(drawing: Drawing) -> Iterator[str]:
    """The meaning of each line in words: bounds are inclusive or exclusive as in the text."""
    by_rule: dict[str, list[str]] = {}
    for region in drawing.plane.regions:
        by_rule.setdefault(f"{_name(drawing, region)} [{region.in_force.instrument.citation}]", []).append(
            _asks(region)
        )
    for name, conditions in by_rule.items():
        yield f"{name}: {'; or '.join(dict.fromkeys(conditions))}"
    left_out: dict[str, list[str]] = {}
    for (name, paragraph), tests in _carved(drawing).items():
        text = f"{paragraph or 'carve-out'}: {' and '.join(map(_tested, tests))}"
        left_out.setdefault(text, []).append(name.partition("#")[2])
    for text, names in left_out.items():
        yield f"Left out of {' and '.join(names)} by {text}"


def _unnamed(small: Sequence[Dot]) -> Iterator[str]:
    """The explanation of the small marks."""
    if small:
        variants = sum(len(dot.points) for dot in small)
        yield f"Drawn small, without a label: {variants} variants. {RULE}. --all labels every point."


def _limits(drawing: Drawing, dots: Sequence[Dot], unlabelled: Sequence[str], brief: bool) -> Iterator[str]:
    """Notes on what the picture does not show; with `brief`, only the first chips of which a figure is unknown."""
    plane = drawing.plane
    if plane.on > drawing.law.horizon:
        yield f"{plane.on} is beyond the verified horizon: the lines are those of the last verified law, no answer is."
    else:
        # a policy that is open under an exception is not drawn
        drawn = [dot for dot in dots if "indeterminate" in dot.kind]
        yield from open_notes(drawing.law, [(dot.label, dot.points[0].answer.turns_on) for dot in drawn])
    out: dict[str, dict[str, None]] = {}
    for region in plane.left_out:
        beyond = (_title(t.fact) for t in region.tests if t.fact not in (plane.x, plane.y))
        out.setdefault(_name(drawing, region), {}).update(dict.fromkeys(beyond))
    if out:
        rows = "; ".join(f"{name} ({', '.join(facts)})" for name, facts in out.items())
        yield f"Not in this plane, since they test other figures: {rows}"
    for axis in (plane.x, plane.y):
        none = [p.name for p in plane.points if not (p.x if axis == plane.x else p.y)]
        if none:
            yield f"Without any {_title(axis)}, drawn at the edge, since a logarithmic axis has no zero: {some(none)}"
    if any(p.estimated for p in plane.points):
        yield "~ before a name: a figure of it is estimated or disputed."
    if plane.missing:
        missing = some(plane.missing) + " (--all lists them)" if brief else ", ".join(plane.missing)
        yield f"Not drawn, since {_title(plane.x)} or {_title(plane.y)} is not known: {missing}"
    if unlabelled:
        yield f"Without a label for want of room: {', '.join(unlabelled)}"


def _asks(region: Region) -> str:
    return " and ".join(map(_tested, region.tests))


def _tested(test: Test) -> str:
    bound = test.bound
    if isinstance(bound, bool):
        return f"{'' if bound else 'not '}{_title(test.fact)}"
    shown = f"{bound:,}" if isinstance(bound, int | Decimal) else show(bound)
    return f"{_title(test.fact)} {_OPERATOR[test.op].format(shown)}"


def _title(fact: str) -> str:
    return _TITLES.get(fact, fact.replace("_", " "))


def _axis(drawing: Drawing, fact: str) -> str:
    title, unit = _title(fact), drawing.law.facts[fact].unit
    return f"{title[0].upper()}{title[1:]}, {unit} (logarithmic)" if unit else title
