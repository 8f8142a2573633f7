"""The charts as specifications: what is drawn, in which colours, and that nothing covers anything."""

from __future__ import annotations

import itertools
import math
import re
import sys
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exportrules
from exportrules.answer.timeline import Timeline
from exportrules.cli import cli
from exportrules.errors import QuestionError
from exportrules.files.load import default_ruleset
from exportrules.law.model import Variant
from exportrules.render.charts.drawing import Dot, drawing_of
from exportrules.render.charts.labels import Box, Placed, Stroke, place
from exportrules.render.charts.leading import MOST, leading
from exportrules.render.charts.look import COLOURS, Class, Scale, class_of, epoch, hatch, pixels_of, project_address
from exportrules.render.charts.output import ready, rendered
from exportrules.render.charts.page import page
from exportrules.render.charts.thresholds import thresholds_chart
from exportrules.render.charts.timeline import LABEL, NARROW, WIDE, Size, timeline_chart
from exportrules.study.plane import plane

LAW = default_ruleset()
CHIPS = ("A100", "A800", "H100", "H800", "H20", "H200")
ANY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
Spec = dict[str, Any]


@lru_cache(8)
def bands_of(*chips: str, size: Size = WIDE, **asked: Any) -> Spec:
    return timeline_chart([exportrules.timeline(chip, **asked) for chip in chips], size)


def plane_of(day: str, *chips: str, **asked: Any) -> Spec:
    timelines = [exportrules.timeline(chip, **asked) for chip in chips]
    return thresholds_chart(timelines, plane(timelines, date.fromisoformat(day)))


def rows(spec: Spec, layer: str) -> list[dict[str, Any]]:
    """The values of a layer by its name; none where it is not drawn."""
    for found in spec["layer"]:
        if found.get("name") == layer:
            return list(spec["datasets"][found["data"]["name"]])
    return []


def texts(spec: Spec, layer: str) -> list[str]:
    return [row["text"] for row in rows(spec, layer)]


# --- bands ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bands() -> Spec:
    return bands_of(*CHIPS)


def test_every_chip_has_its_name_and_a_band_from_its_release_to_beyond_the_horizon(bands: Spec) -> None:
    assert texts(bands, "chips") == list(CHIPS)
    for chip in CHIPS:
        own = [row for row in rows(bands, "bands") if row["chip"] == chip]
        spans = [s for s in exportrules.timeline(chip).spans if s.answer.outcome != "not_released"]
        assert [row["from"] for row in own] == [str(span.start) for span in spans]
        assert own[0]["x"] == epoch(spans[0].start or date.min)
        assert all(one["x2"] == other["x"] for one, other in itertools.pairwise(own))
        assert own[-1]["x2"] > epoch(LAW.edition.verified_through + timedelta(days=1))


def test_bands_have_the_colour_of_their_answer_and_the_legend_names_each_colour(bands: Spec) -> None:
    used = set()
    for row in rows(bands, "bands"):
        span = next(s for s in exportrules.timeline(row["chip"]).spans if str(s.start) == row["from"])
        verified = span.answer.standing == "verified"
        assert row["fill"] == (class_of(span.answer).colour if verified else "#FFFFFF")
        used |= {row["fill"]} if verified else set()
    legend = {row["fill"] for row in rows(bands, "legend_swatches")}
    assert used <= legend
    assert len(texts(bands, "legend_words")) == len(rows(bands, "legend_swatches")) + 2


def test_what_is_not_verified_is_hatched_and_nothing_else_is(bands: Spec) -> None:
    horizon = epoch(LAW.edition.verified_through + timedelta(days=1))
    strokes = rows(bands, "hatch")
    assert len(strokes) > 3 * len(CHIPS)
    assert all(min(row["x"], row["x2"]) >= horizon - 1 for row in strokes)
    assert "not verified: no answer is given" in texts(bands, "legend_words")


def test_the_instruments_that_changed_an_answer_are_named_with_their_days(bands: Spec) -> None:
    assert texts(bands, "labels") == [
        "2022-08-26  letter to NVIDIA only",
        "2022-10-21  87 FR 62186",
        "2023-10-23  letter to NVIDIA only",
        "2023-11-17  88 FR 73458",
        "2025-04-09  letter to NVIDIA only",
        "2026-01-15  91 FR 1684",
        f"{LAW.edition.verified_through}  verified until here",
    ]


def test_a_letter_is_dashed_and_only_on_the_bands_that_it_changed(bands: Spec) -> None:
    layer = next(found for found in bands["layer"] if found.get("name") == "letters")
    assert layer["mark"]["strokeDash"]
    marked = {row["x"]: set[float]() for row in rows(bands, "letters")}
    for row in rows(bands, "letters"):
        marked[row["x"]].add(round((row["y"] + row["y2"]) / 2, 3))
    places = {round(row["y"], 3): row["text"] for row in rows(bands, "chips")}
    assert {day: {places[y] for y in ys} for day, ys in marked.items()} == {
        epoch(date(2022, 8, 26)): {"A100", "H100"},
        epoch(date(2023, 10, 23)): {"A800", "H800"},
        epoch(date(2025, 4, 9)): {"H20"},
    }
    assert epoch(date(2022, 8, 26)) not in {row["x"] for row in rows(bands, "rules")}


def test_nobody_else_is_bound_by_a_letter_that_has_an_addressee() -> None:
    other = bands_of("A100", "A800", "H100", "H800", exporter="other")
    assert rows(other, "letters") == rows(other, "leaders") == []
    named = [label[12:] for label in texts(other, "labels")]
    assert named == ["87 FR 62186", "88 FR 73458", "91 FR 1684", "verified until here"]
    assert not any("letter" in text for text in texts(other, "legend_words"))
    assert texts(bands_of("MI250", "A100"), "chips") == ["MI250 (AMD)", "A100 (NVIDIA)"]


def test_letters_that_others_may_have_had_are_drawn_as_letters_and_cite_no_filing_on_anothers() -> None:
    other = bands_of(*CHIPS, exporter="other")
    day = epoch(date(2025, 4, 9))
    assert "2025-04-09  letters to unnamed companies, if any" in texts(other, "labels")
    assert day not in {row["x"] for row in rows(other, "rules")}
    places = {round(row["y"], 3): row["text"] for row in rows(other, "chips")}
    marked = {(row["x"], places[round((row["y"] + row["y2"]) / 2, 3)]) for row in rows(other, "letters")}
    assert marked == {(day, "H20")}


@pytest.mark.parametrize("exporter", ["maker", "other", "nvidia", "amd", "intel"])
def test_a_solid_line_is_a_rule_whoever_exports(exporter: str) -> None:
    timelines = [exportrules.timeline(chip, exporter=exporter) for chip in (*CHIPS, "MI308X", "MI250", "Gaudi 2")]
    opened = {(s.start, LAW.instruments.get(by.partition("#")[0])) for t in timelines for s in t.spans
              for by in s.opened_by}  # fmt: skip
    rules = {epoch(day) for day, instrument in opened if day and instrument and instrument.type != "letter"}
    assert {row["x"] for row in rows(timeline_chart(timelines), "rules")} <= rules


def test_a_policy_that_changes_under_an_exception_changes_no_colour_and_draws_no_line() -> None:
    spec = bands_of("RTX 4090")
    assert [text[:10] for text in texts(spec, "labels")] == ["2023-11-17", str(LAW.edition.verified_through)]
    assert len(rows(spec, "outlines")) == 3
    assert len(rows(spec, "bands")) > 3


@pytest.mark.parametrize("chips", [("B30A", "MI309"), ("B30A",), CHIPS], ids=" ".join)
def test_an_axis_has_a_year(chips: tuple[str, ...]) -> None:
    spec = bands_of(*chips)
    first, last = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    named = rows(spec, "year_labels")
    assert str(LAW.edition.verified_through.year) in [row["text"] for row in named]
    assert all(first <= row["x"] <= last and row["x"] == epoch(date(int(row["text"]), 1, 1)) for row in named)


def test_a_chip_that_is_not_public_yet_says_so_and_coverage_has_a_first_day() -> None:
    later = Variant(id="x", name="X", announced=LAW.edition.verified_through + timedelta(days=9), dense_tops={"fp8": 1})
    assert texts(timeline_chart([exportrules.timeline(later, exporter="other")]), "unreleased") == ["not released"]
    # one that was never announced is answered by the law
    assert texts(bands_of("B30A"), "unreleased") == []
    assert {row["fill"] for row in rows(bands_of("B30A"), "bands")} - {"#FFFFFF"}
    spec = bands_of("V100")
    assert rows(spec, "bands")[0]["fill"] == "#FFFFFF"
    assert rows(spec, "bands")[0]["x2"] == epoch(LAW.edition.covers_from)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@settings(ANY, max_examples=15)
@given(st.lists(st.sampled_from(sorted(LAW.families)), min_size=1, max_size=9, unique=True))
def test_no_label_of_an_instrument_covers_another_or_another_line(size: Size, chips: list[str]) -> None:
    spec = bands_of(*chips, size=size)
    left = next(layer for layer in spec["layer"] if layer["name"] == "labels")["mark"]["align"] == "right"
    first, last = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    scale = Scale(first, last, spec["width"])
    found = [(scale.px(row["x"]), row["y"], row["text"]) for row in rows(spec, "labels")]
    boxes = [
        Box(x - left * (wide := pixels_of(text, LABEL)), y - 6, x + (not left) * wide, y + 6) for x, y, text in found
    ]
    assert not any(one.meets(other) for one, other in itertools.combinations(boxes, 2))
    lines = [(scale.px(row["x"]), row["y"], row["y2"]) for row in rows(spec, "rules") + rows(spec, "leaders")]
    for box in boxes:
        assert not any(box.left < x < box.right and min(a, b) < box.top for x, a, b in lines)
    assert all(row["y"] > 0 for row in rows(spec, "labels"))


# --- planes -----------------------------------------------------------------------------------------


def test_the_lines_of_a_plane_stand_at_the_bounds_of_that_day() -> None:
    spec = plane_of("2023-11-17", *CHIPS, "RTX 4090", "MI250", "L4")
    assert texts(spec, "x_bounds") == ["1,600", "2,400", "4,800"]
    assert sorted(texts(spec, "y_bounds")) == ["1.6", "3.2", "5.92"]
    upright = {round(row["x"]) for row in rows(spec, "bounds_line") if row["x"] == row["x2"]}
    level = {round(row["y"], 2) for row in rows(spec, "bounds_line") if row["y"] == row["y2"]}
    assert upright == {1600, 2400, 4800}
    assert level == {1.6, 3.2, 5.92}
    assert {"3A090.a a.1", "3A090.a a.2", "3A090.b b.1", "3A090.b b.2"} == set(texts(spec, "regions"))


def test_points_stand_at_their_figures_in_the_colour_of_their_answer() -> None:
    spec = plane_of("2023-11-17", "A100", "RTX 4090", "H20")
    found = {row["chip"]: row for row in rows(spec, "chips")}
    card = next(row for name, row in found.items() if "4090" in name)
    assert card["fill"] == COLOURS["license_exception", None]
    assert card["shape"] == "diamond"
    assert (round(card["x"]), round(card["y"], 2)) == (5285, 8.68)
    assert "10.1 % over 4800 (88fr73458#3A090.a)" in card["margin"]
    h20 = next(row for name, row in found.items() if "H20" in name)
    assert h20["fill"] == COLOURS["no_license_requirement", None]
    assert {"A100", "RTX 4090"} <= set(texts(spec, "chip_labels"))


def test_chips_on_one_spot_share_a_label_and_none_is_lost() -> None:
    spec = plane_of("2023-12-01", "A100", "A800", "H100", "H800")
    assert "A100, A800" in texts(spec, "chip_labels")
    drawn = ", ".join(row["chip"] for row in rows(spec, "chips")).split(", ")
    asked = [s.name for chip in ("A100", "A800", "H100", "H800") for s in exportrules.timeline(chip).question.subjects]
    unknown = next(text for text in texts(spec, "notes") if text.startswith("Not drawn"))
    assert sorted(drawn) == sorted(name for name in asked if name not in unknown)
    assert "H800 NVL" in unknown


def test_lines_that_bind_one_company_are_dashed_and_uncertain_ones_dotted() -> None:
    spec = plane_of("2022-09-15", "A100", "A800")
    assert rows(spec, "bounds_line") == []
    assert {row["bound"] for row in rows(spec, "bounds_dashed")} == {"4,992", "600"}
    assert "4,800" in {row["bound"] for row in rows(spec, "bounds_dotted")}
    assert "a line of a letter: it binds its addressee alone" in texts(spec, "legend_words")


def test_what_has_no_place_in_a_plane_is_said_below_it() -> None:
    notes = " ".join(texts(plane_of("2026-02-01", "H200", "B200"), "notes"))
    assert "Not in this plane, since they test other figures: 3A090.a a.2 (performance density)" in notes
    assert "TPP less than 21,000 and DRAM bandwidth less than 6,500" in notes
    after = str(LAW.edition.verified_through + timedelta(days=7))
    beyond = " ".join(texts(plane_of(after, "H200"), "notes"))
    assert f"{after} is beyond the verified horizon" in beyond


def _far(box: Box, x: float, y: float) -> float:
    return math.hypot(max(box.left - x, 0, x - box.right), max(box.top - y, 0, y - box.bottom))


def _along(stroke: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """Places along a leader, a pixel apart or nearer, from the edge of its own mark to its end."""
    x, y, x2, y2 = stroke
    long = math.dist((x, y), (x2, y2))
    steps = [max(5, long * n / 300) / long for n in range(301)] if long > 5 else []
    return [(x + share * (x2 - x), y + share * (y2 - y)) for share in steps]


def whose_is_not_seen(
    points: list[tuple[float, float]], names: list[str], spots: list[Placed | None], lines: list[Box]
) -> list[str]:
    """Labels that a reader would give to another point, or cannot follow to their own."""
    wrong = []
    boxes = [spot.box if spot else None for spot in spots]
    for number, (own, name, spot) in enumerate(zip(points, names, spots, strict=True)):
        if spot is None:
            continue
        others = [point for point in points if point != own]
        wrong += [f"{name} stands on a line" for line in lines if spot.box.meets(line)]
        if not spot.leader:
            nearer = [point for point in others if _far(spot.box, *point) <= _far(spot.box, *own) + 3]
            wrong += [f"{name} is nearer to {point}" for point in nearer]
            wrong += [f"{name} is far off"] if _far(spot.box, *own) > 16 else []
            continue
        way = _along(spot.leader)
        wrong += [f"the leader of {name} runs through {p}" for p in others if any(math.dist(p, at) < 5 for at in way)]
        for other, box in enumerate(boxes):
            if box and other != number and any(_far(box, *at) == 0 for at in way):
                wrong.append(f"the leader of {name} strikes through {names[other]}")
        if min(math.dist(at, spot.leader[2:]) for at in way) > 1e-6 or not 0 < _far(spot.box, *spot.leader[2:]) < 4:
            wrong.append(f"the leader of {name} does not lead to it")
    return wrong


@ANY
@given(st.lists(st.tuples(st.floats(20, 480), st.floats(20, 280)), max_size=25), st.randoms())
def test_labels_of_points_cover_no_point_no_label_and_no_edge(points: list[tuple[float, float]], random: Any) -> None:
    names = ["H100 SXM5 80GB"[: random.randint(2, 14)] for _ in points]
    frame, taken = Box(0, 0, 500, 300), [Box(200, 100, 260, 116)]
    lines = [Box(297, 0, 303, 300), Box(0, 147, 500, 153)]
    placed = place(points, names, 11, frame, taken, lines)
    boxes = [spot.box for spot in placed if spot]
    assert not any(one.meets(other) for one, other in itertools.combinations([*boxes, *taken], 2))
    assert all(b.left >= 0 and b.right <= 500 and b.top >= 0 and b.bottom <= 300 for b in boxes)
    assert not any(b.left < x < b.right and b.top < y < b.bottom for b in boxes for x, y in points)
    assert whose_is_not_seen(points, names, placed, lines) == []


@pytest.fixture(scope="module")
def catalogue() -> list[Timeline]:
    return [exportrules.timeline(v.id) for v, _ in LAW.variants.values() if v.item_kind == "ic"]


@pytest.mark.parametrize(
    ("day", "without"), [("2022-12-01", 2), ("2023-11-17", 2), ("2025-06-01", 2), ("2026-02-01", 2)]
)
def test_each_label_of_the_catalogue_is_its_own_points(catalogue: list[Timeline], day: str, without: int) -> None:
    found = plane(catalogue, date.fromisoformat(day), named=False)
    labelled = leading(found)
    spec, drawing = thresholds_chart(catalogue, found, labelled), drawing_of(found, LAW)
    every, across, upward = drawing.dots(), drawing.picture.x, drawing.picture.y
    dots = [dot for dot in every if any(point.id in labelled for point in dot.points)]
    small = [dot for dot in every if dot not in dots]
    assert [len(rows(spec, "chips")), len(rows(spec, "chips_small"))] == [len(dots), len(small)]
    # two chips may have one point: a leader is that one's whose label it ends at
    strokes: dict[tuple[float, float], list[Stroke]] = {}
    for row in rows(spec, "label_leaders"):
        stroke = (across.px(row["x"]), upward.px(row["y"]), across.px(row["x2"]), upward.px(row["y2"]))
        strokes.setdefault((round(stroke[0], 1), round(stroke[1], 1)), []).append(stroke)
    boxes: dict[str, Box] = {}
    for row in rows(spec, "chip_labels"):
        x, y = across.px(row["x"]), upward.px(row["y"])
        boxes[row["text"]] = Box(x, y - 6.8, x + pixels_of(row["text"], 11), y + 6.8)

    def leader(dot: Dot) -> Stroke | None:
        box = boxes[dot.label]

        def off(stroke: Stroke) -> float:
            across, upward = (
                max(box.left - stroke[2], stroke[2] - box.right),
                max(box.top - stroke[3], stroke[3] - box.bottom),
            )
            return max(across, upward)

        found = sorted(strokes.get((round(dot.x, 1), round(dot.y, 1)), []), key=off)
        return found[0] if found and off(found[0]) < 8 else None

    placed = [Placed(boxes[dot.label], leader(dot)) if dot.label in boxes else None for dot in dots]
    lines = [Box(e.box[0] - 1, e.box[1] - 1, e.box[2] + 1, e.box[3] + 1) for e in drawing.edges()]
    assert whose_is_not_seen([(d.x, d.y) for d in dots], [d.label for d in dots], placed, lines) == []
    for dot, spot in zip(dots, placed, strict=True):
        if spot is None:
            continue
        for x, y in ((other.x, other.y) for other in small):
            if (x, y) == (dot.x, dot.y):
                continue  # another answer on one spot: a small mark upon the large one, whose label it is
            assert _far(spot.box, x, y) > 3, dot.label
            if spot.leader is None:
                assert _far(spot.box, x, y) > _far(spot.box, dot.x, dot.y) + 3, dot.label
            elif math.dist((dot.x, dot.y), (x, y)) > 5:
                assert min(math.dist(at, (x, y)) for at in _along(spot.leader)) > 2, dot.label
    missing = [d.label for d, spot in zip(dots, placed, strict=True) if spot is None]
    said = " ".join(texts(spec, "notes")).partition("Without a label for want of room: ")[2]
    assert said == ", ".join(missing)
    assert len(missing) <= without


@pytest.mark.slow
def test_the_leading_chips_of_a_catalogue_are_those_that_its_lines_are_about(catalogue: list[Timeline]) -> None:
    found = plane(catalogue, date(2025, 6, 1), named=False)
    names = {point.name for point in found.points if point.id in leading(found)}
    assert {"GeForce RTX 4090 D 24GB", "L4 PCIe 24GB", "L20 PCIe 48GB", "L40 PCIe 48GB"} <= names
    assert {name.split()[0] for name in names} >= {"A100", "H100", "H20", "Instinct", "Tesla"}
    # neither for datacenters nor near a line; a variant beside another of its family; one whose mark is covered
    assert not {"RTX 4000 SFF Ada Generation 20GB", "Tesla P100 PCIe 12GB", "A100X PCIe 80GB (converged)"} & names
    assert len({(p.family, class_of(p.answer)) for p in found.points if p.name in names}) == len(names) <= MOST
    every = thresholds_chart(catalogue, found)
    assert rows(every, "chips_small") == []
    drawn = thresholds_chart(catalogue, found, leading(found))
    told = sorted(row["chip"] for row in rows(drawn, "chips") + rows(drawn, "chips_small"))
    assert told == sorted(row["chip"] for row in rows(every, "chips"))
    assert any(note.startswith("Drawn small, without a label: ") for note in texts(drawn, "notes"))


@ANY
@given(st.floats(1, 1e4), st.floats(1.1, 1e4), st.floats(0, 1), st.booleans(), st.booleans())
def test_a_scale_and_its_pixels_are_each_others_inverse(
    low: float, ratio: float, share: float, log: bool, upward: bool
) -> None:
    scale = Scale(low, low * ratio, 800, log=log, upward=upward)
    assert scale.px(scale.value(800 * share)) == pytest.approx(800 * share, abs=0.01)
    ends = (scale.px(low), scale.px(low * ratio))
    assert ends == pytest.approx((800, 0) if upward else (0, 800), abs=1e-6)


@ANY
@given(st.floats(0, 900), st.floats(0.5, 300), st.floats(5, 40))
def test_hatching_stays_inside_its_rectangle_and_fills_it(left: float, wide: float, high: float) -> None:
    strokes = list(hatch(left, 10, left + wide, 10 + high))
    for x, y, x2, y2 in strokes:
        assert left - 1e-9 <= min(x, x2) <= max(x, x2) <= left + wide + 1e-9
        assert 10 - 1e-9 <= min(y, y2) <= max(y, y2) <= 10 + high + 1e-9
        assert abs(x2 - x) == pytest.approx(abs(y2 - y))
    assert len(strokes) >= math.floor((wide + high) / 6) - 1


@pytest.mark.parametrize(
    "drawn",
    [
        lambda: bands_of(*CHIPS, "MI308X"),
        lambda: bands_of("H20", exporter="amd"),
        lambda: bands_of("H20", exporter="other"),
        lambda: plane_of("2022-12-01", "A100", "MI250"),
        lambda: plane_of("2026-02-01", "H20", "H200", "MI308X"),
    ],
    ids=["bands", "amd", "other", "io", "lane"],
)
def test_a_picture_calls_figures_and_questions_by_words(drawn: Callable[[], Spec]) -> None:
    spec = drawn()
    ids = [name for name in LAW.facts if "_" in name] + ["tpp"]
    said = texts(spec, "notes") + [
        text for row in rows(spec, "chips") + rows(spec, "bands") for text in row.get("said", "").split("; ")
    ]
    said += [field["field"] for layer in spec["layer"] for field in layer["encoding"].get("tooltip", [])]
    assert len(said) > 20
    assert [(name, text) for text in said for name in ids if name in text] == []


def test_a_reader_who_hears_a_point_is_told_the_chip_and_its_figures() -> None:
    svg = rendered(plane_of("2023-11-17", "A100", "H20"), ".svg")
    heard = re.findall(r'aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="point"', str(svg))
    told = "chip: H20 SXM 96GB; answer: no license requirement found; entry: 3A991.p; TPP: 2368; performance density"
    assert any(said.startswith(told) for said in heard)
    assert not any("x: " in said for said in heard if "chip" in said)


# --- colours ----------------------------------------------------------------------------------------

#: How the three kinds of colour blindness see linear RGB (Machado, Oliveira and Fernandes 2009, full severity).
_SEEN = {
    "everyone": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def _lab(colour: str, seen: str = "everyone") -> tuple[float, float, float]:
    """CIE L*a*b* of a colour under D65, as someone sees it."""
    eight = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in eight]
    red, green, blue = (min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in _SEEN[seen])
    x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
    bent = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x / 0.9505, y, z / 1.089)]
    return 116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])


@pytest.mark.parametrize("seen", _SEEN)
def test_colours_differ_for_everyone(seen: str) -> None:
    for one, other in itertools.combinations(COLOURS.values(), 2):
        assert math.dist(_lab(one, seen), _lab(other, seen)) > 12, (one, other)


def _grey(colour: str) -> float:
    """How a printer without colour sees one, of 255 (ITU-R BT.601)."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize(("measure", "step"), [(_grey, 20), (lambda colour: _lab(colour)[0], 7)], ids=["grey", "light"])
def test_colours_differ_in_grey_print_and_darken_in_the_order_of_the_legend(
    measure: Callable[[str], float], step: float
) -> None:
    """A step that is seen; and white, which is what stands on paper, is not the lightest of them."""
    found = [measure(colour) for key, colour in COLOURS.items() if key != ("not_released", None)]
    assert min(one - other for one, other in itertools.pairwise(found)) > step
    assert measure("#FFFFFF") - found[0] > step / 2


def test_no_colour_is_green_and_words_read_on_each() -> None:
    """Green is taken for "allowed". Contrast is that of WCAG 2, for small text."""
    for key, colour in COLOURS.items():
        lightness, red_green, _ = _lab(colour)
        assert red_green > -20 or lightness > 60, key
        grounds = [((_lab(text)[0] + 16) / 116) ** 3 + 0.05 for text in (colour, Class(*key).ink)]
        assert max(grounds) / min(grounds) > 4.5, key


def test_a_band_says_what_an_open_policy_comes_to() -> None:
    """ "license (open)" was read as "available": the words say what is certified, and that denial is presumed else."""
    spec = bands_of(*CHIPS, exporter="other")
    small = " ".join(texts(spec, "small_words"))
    assert "case by case if certified, else denial" in small
    assert "license required (case by case if certified, else denial)" in texts(spec, "legend_words")
    assert not [text for text in texts(spec, "words") if text == "license" or "open" in text]


def test_bands_use_the_words_of_the_legend_or_a_part_of_them() -> None:
    spec = bands_of(*CHIPS, "RTX 4090", "MI308X", "L4")
    legend = " ".join(texts(spec, "legend_words")).replace("a license exception", "exception")
    for text in {*texts(spec, "words"), *texts(spec, "small_words")}:
        assert all(word.strip("(),") in legend.replace("(", "").replace(")", "") for word in text.split()), text


def test_the_lines_of_a_band_stay_inside_of_it() -> None:
    spec = bands_of(*CHIPS)
    edges = {round(row["y"], 2): round(row["y2"], 2) for row in rows(spec, "bands")}
    for row in rows(spec, "small_words"):
        assert any(low + 4 < row["y"] < high - 4 for low, high in edges.items())


def test_a_maker_is_not_drawn_as_exporting_to_its_own_country() -> None:
    spec = bands_of("Ascend 910B", "H100")
    assert {row["chip"] for row in rows(spec, "bands")} == {"H100"}
    assert texts(spec, "unreleased") == ["made in China (PRC): no export"]
    assert "No band for Ascend 910B" in " ".join(texts(spec, "notes"))
    other = bands_of("Ascend 910B", "H100", exporter="other")
    assert {row["chip"] for row in rows(other, "bands")} == {"Ascend 910B", "H100"}
    assert {row["chip"] for row in rows(bands_of("Ascend 910B", "H100", to="SG"), "bands")} == {"Ascend 910B", "H100"}
    assert bands_of("Ascend 910B")


# --- files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "drawn",
    [lambda: bands_of("A100", "H20"), lambda: plane_of("2023-11-17", "A100", "H20")],
    ids=["bands", "plane"],
)
def test_one_specification_becomes_svg_png_and_html_that_say_where_they_come_from(drawn: Callable[[], Spec]) -> None:
    spec = drawn()
    svg = rendered(spec, ".svg")
    assert isinstance(svg, str)
    said = " ".join("".join(node.itertext()) for node in ElementTree.fromstring(svg).iter() if node.text)
    edition = LAW.edition
    for words in (f"edition {edition.edition}", f"verified through {edition.verified_through}", "Not legal advice"):
        assert words in said
    assert set(re.findall(r"https?://[^\"'<> ]+", svg)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    root = ElementTree.fromstring(svg)
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "chart-title chart-description")
    first, second = list(root)[:2]
    assert (first.tag.rpartition("}")[2], second.tag.rpartition("}")[2]) == ("title", "desc")
    assert first.text == spec["title"]["text"]
    for words in (*spec["title"]["subtitle"], *texts(spec, "legend_words"), f"edition {edition.edition}"):
        assert words in str(second.text)
    assert rendered(spec, ".svg") == svg
    png = rendered(spec, ".png")
    assert isinstance(png, bytes)
    assert png.startswith(b"\x89PNG\r\n")


def test_a_page_is_small_and_has_the_words_and_the_table_of_its_picture_as_text() -> None:
    spec = bands_of(*CHIPS)
    html = page(spec, bands_of(*CHIPS, size=NARROW))
    assert len(html) < 100_000
    assert "default-src 'none'" in html
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)\s*=\s*[\"']?(https?:)?//", html)
    body = re.sub(r"<script>.*?</script>|(?<=<dl id=\"tip\" aria-hidden=\"true\") hidden", "", html, flags=re.DOTALL)
    found = ElementTree.fromstring(body[body.index("<body") : body.index("</html>")])
    said = [" ".join("".join(node.itertext()).split()) for node in found.iter()]
    for words in (spec["title"]["text"], *texts(spec, "legend_words"), "Cite as: exportrules "):
        assert any(text.startswith(words) for text in said), words
    bands = rows(spec, "bands")
    told = [[cell.text for cell in row] for row in found.iter("tr")]
    assert told == [["Chip", "Answer", "From", "Through", "Opened by", "Requirement"]] + [
        [row[name] for name in ("chip", "answer", "from", "through", "opened by", "requirement")] for row in bands
    ]
    pictures = list(found.iter("{http://www.w3.org/2000/svg}svg"))
    assert len(pictures) == 2
    for picture in pictures:
        marks = [mark for mark in picture.iter() if mark.get("data-row")]
        assert [mark.get("aria-label") for mark in marks] == [row["said"] for row in bands]
        assert [mark.get("tabindex") for mark in marks] == ["0", *["-1"] * (len(bands) - 1)]


def test_a_page_without_a_mark_says_nothing_of_a_table() -> None:
    html = page(bands_of("Ascend 910B"))
    assert "No band for Ascend 910B" in html
    assert "<table" not in html
    assert "Point at a mark" not in html


def test_no_line_passes_through_a_name_above_its_band() -> None:
    spec = bands_of("Ascend 910B", "RTX 4090", "H100", size=NARROW)
    names, grounds = rows(spec, "chips"), rows(spec, "text_grounds")
    assert all(any(g["y"] < name["y"] < g["y2"] and g["x"] <= name["x"] for g in grounds) for name in names)
    order = [layer["name"] for layer in spec["layer"]]
    assert order.index("rules") < order.index("text_grounds") < order.index("chips")


def test_a_picture_says_the_address_of_the_project_where_its_package_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from email.message import Message

    from exportrules.render.charts import look

    known = Message()
    known["Project-URL"] = "Homepage, https://example.org/rules"
    project_address.cache_clear()
    monkeypatch.setattr(look, "metadata", lambda _: known)
    spec = bands_of.__wrapped__("A100")
    project_address.cache_clear()
    assert " ".join(texts(spec, "caption")).count("https://example.org/rules Not legal advice") == 1
    for suffix in (".svg", ".html"):
        assert "https://example.org/rules" in str(rendered(spec, suffix))


def test_a_name_from_a_file_stays_a_name(tmp_path: Path) -> None:
    chip = exportrules.Chip(id="x", name="X</script><script>alert(1)</script>\x1b[31m", dense_tops={"fp16_bf16": 400})
    html = page(timeline_chart([exportrules.timeline(chip)]))
    assert "<script>alert" not in html
    assert "\x1b" not in html


def run(*args: str) -> tuple[int, str]:
    """The command, its errors as the entry point would print them."""
    result = CliRunner().invoke(cli, args)
    return result.exit_code, result.output if result.exception is None else str(result.exception)


@pytest.mark.parametrize("suffix", [".svg", ".png", ".html"])
def test_the_commands_write_what_the_suffix_says(tmp_path: Path, suffix: str) -> None:
    start = {".svg": b"<svg", ".png": b"\x89PNG", ".html": b"<!DOCTYPE html>"}[suffix]
    for args in (("timeline", "A100", "H20"), ("thresholds", "A100", "--on", "2023-11-17")):
        file = tmp_path / f"{args[0]}{suffix}"
        assert run("chart", *args, "-o", str(file)) == (0, f"Written: {file}\n")
        assert file.read_bytes().startswith(start)


@pytest.mark.parametrize("again", ["H20", "h20", "NVIDIA H20"])
def test_a_chip_that_is_named_twice_is_drawn_once(tmp_path: Path, again: str) -> None:
    once, twice = tmp_path / "once.svg", tmp_path / "twice.svg"
    for args in (("timeline",), ("thresholds", "--on", "2023-12-01")):
        assert run("chart", *args, "H20", "A100", "-o", str(once), "--force")[0] == 0
        assert run("chart", *args, "H20", "A100", again, "-o", str(twice), "--force")[0] == 0
        assert twice.read_text("utf-8") == once.read_text("utf-8")


def test_without_a_chip_all_that_were_public_are_drawn(tmp_path: Path) -> None:
    file = tmp_path / "all.svg"
    assert run("chart", "thresholds", "--on", "2022-12-01", "-o", str(file))[0] == 0
    svg = file.read_text("utf-8")
    assert ">MI250X<" in svg
    assert "H200" not in svg
    assert ">~Tesla V100 FHHL 16GB<" not in svg
    assert run("chart", "thresholds", "--all", "--on", "2022-12-01", "-o", str(file), "--force")[0] == 0
    every = file.read_text("utf-8")
    assert every.count('aria-label="chip: ') == svg.count('aria-label="chip: ')
    assert "Drawn small" not in every
    assert "Drawn small, without a label" in svg


def test_the_other_plane_of_a_day_is_offered(tmp_path: Path) -> None:
    _, said = run("chart", "thresholds", "H200", "--on", "2026-02-01", "-o", str(tmp_path / "h.svg"))
    assert said.splitlines()[1:] == [
        "The rules of 2026-02-01 also test another pair of figures: --plane tpp,performance_density"
    ]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("timeline", "-o", "{}/a.svg"), "no chip is given. Name one or more: exportrules chart timeline A100 H100 -o"),
        (("timeline", "A1000", "-o", "{}/a.svg"), "no chip is called 'A1000' here."),
        (("timeline", "A100", "-o", "{}/a.gif"), "'{}/a.gif' does not end in .svg, .png or .html, so it is not clear"),
        (("timeline", "A100", "-o", "{}/there.svg"), "{}/there.svg already exists. Use --force to replace it"),
        (("timeline", "A100", "-o", "{}/no/a.svg"), "{}/no/a.svg: the file cannot be written: No such file"),
        (("thresholds", "--on", "2021-1-1", "-o", "{}/a.svg"), "the date '2021-1-1' cannot be read for certain."),
        (("thresholds", "--on", "2021-01-01", "-o", "{}/a.svg"), "no provision in force on 2021-01-01 for this deal"),
        (("thresholds", "--on", "2024-01-01", "--plane", "tpp", "-o", "{}/a.svg"), "--plane 'tpp' does not name two"),
        (
            ("thresholds", "A100", "--all", "--on", "2024-01-01", "-o", "{}/a.svg"),
            "--all is for a plane without a CHIP",
        ),
    ],
)
def test_a_wrong_command_says_what_to_write_and_writes_nothing(
    tmp_path: Path, args: tuple[str, ...], message: str
) -> None:
    (tmp_path / "there.svg").write_text("mine", "utf-8")
    status, said = run("chart", *(arg.format(tmp_path) for arg in args))
    assert status != 0
    assert said.startswith(message.format(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["there.svg"]
    assert (tmp_path / "there.svg").read_text("utf-8") == "mine"


def test_force_replaces_and_a_link_is_refused(tmp_path: Path) -> None:
    file, link = tmp_path / "a.svg", tmp_path / "link.svg"
    file.write_text("mine", "utf-8")
    link.symlink_to(file)
    with pytest.raises(QuestionError, match="is a link, and links are not written through"):
        ready(str(link), force=True)
    assert run("chart", "timeline", "A100", "-o", str(file), "--force")[0] == 0
    assert file.read_text("utf-8").startswith("<svg")


@pytest.mark.parametrize("module", ["altair", "vl_convert"])
def test_a_missing_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        QuestionError, match=rf"a chart needs {module}\. Install it with: pip install 'exportrules\[charts\]'"
    ):
        ready(str(tmp_path / "a.svg"))
