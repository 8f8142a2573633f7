"""The look of charts: colours that distinguish answers (on grey paper too), places on scales, legend and caption."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any, NamedTuple

import altair as alt

from exportrules.answer.determination import Determination
from exportrules.answer.result import Answer
from exportrules.answer.words import decision, open_question
from exportrules.law.ruleset import Ruleset
from exportrules.render.cite import short
from exportrules.render.safe import safe
from exportrules.render.text import DISCLAIMER

FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"

#: Hues after Okabe and Ito, moved in lightness until each is a visible step darker than the one before, in grey print
#: too. No two outcomes share a hue; what is undetermined is grey. None is green: wherever a license is required, green
#: is taken for "allowed".
COLOURS = {
    ("license_exception", None): "#FAF1A0",
    ("no_license_requirement", None): "#A6DDF8",
    ("license_required", "case_by_case"): "#F0B63A",
    ("license_required", "presumption_of_approval"): "#A98BD9",
    ("license_required", "unpublished"): "#CB4C88",
    ("license_required", "indeterminate"): "#80590F",
    ("indeterminate", None): "#40404A",
    ("license_required", "presumption_of_denial"): "#581400",
    ("license_required", "policy_of_denial"): "#000000",
    ("not_released", None): "#FFFFFF",
}


class Class(NamedTuple):
    """A kind of answer, with its colour."""

    outcome: str
    policy: str | None

    @property
    def colour(self) -> str:
        return COLOURS[self]

    @property
    def words(self) -> str:
        return decision(self.outcome, self.policy)

    @property
    def ink(self) -> str:
        """Black or white, whichever reads on the colour."""
        red, green, blue = (int(self.colour[i : i + 2], 16) for i in (1, 3, 5))
        return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 110 else "#FFFFFF"


def class_of(answer: Answer | Determination) -> Class:
    """The class of an answer. The review policy counts only if a license is required, not under an exception."""
    return Class(answer.outcome, answer.review_policy if answer.outcome == "license_required" else None)


def in_order(classes: Iterable[Class]) -> list[Class]:
    """Lightest first, each once: the order of the legend."""
    wanted = set(classes)
    return [Class(*key) for key in COLOURS if key in wanted]


class Scale(NamedTuple):
    """Values along one side of a picture: `low` is at pixel 0, `high` at the last."""

    low: float
    high: float
    pixels: float
    log: bool = False
    upward: bool = False

    def px(self, value: float) -> float:
        share = (self._bent(value) - self._bent(self.low)) / (self._bent(self.high) - self._bent(self.low))
        return self.pixels * (1 - share if self.upward else share)

    def value(self, px: float) -> float:
        share = 1 - px / self.pixels if self.upward else px / self.pixels
        bent = self._bent(self.low) + share * (self._bent(self.high) - self._bent(self.low))
        return float(f"{10**bent if self.log else bent:.10g}")

    def _bent(self, value: float) -> float:
        return math.log10(value) if self.log else float(value)


def epoch(day: date) -> float:
    """Midnight of a day, in milliseconds, as the picture counts them: no time zone can move it."""
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000.0


def pixels_of(text: str, size: float) -> float:
    """The approximate width of a text in pixels, rather too large than too small."""
    return (
        sum(_WIDE if c in "mwMW@%" else _THIN if c in "iljtf.,:;'|()[] -" else _MIDDLE[c.isupper()] for c in text)
        * size
    )


_THIN, _MIDDLE, _WIDE = 0.32, (0.57, 0.64), 0.86


@dataclass(slots=True)
class Picture:
    """Named layers over two shared scales. Rows are placed in pixels and kept as values of the scales."""

    x: Scale
    y: Scale
    layers: list[alt.Chart] = field(default_factory=list)
    #: legend, notes and source as they are, for a page that sets them itself
    beside: dict[str, Any] = field(default_factory=dict)

    def at(self, x: float, y: float) -> dict[str, float]:
        return {"x": self.x.value(x), "y": self.y.value(y)}

    def box(self, left: float, top: float, right: float, bottom: float) -> dict[str, float]:
        """A rectangle, or a stroke from one point to another."""
        return {**self.at(left, top), "x2": self.x.value(right), "y2": self.y.value(bottom)}

    def draw(self, name: str, mark: str, rows: Sequence[dict[str, Any]], tooltip: Sequence[str] = (),
             fields: Sequence[str] = (), **style: Any) -> None:  # fmt: skip
        """Add a layer of one mark. `fields` are drawn per row: fill, stroke, color, text, size, shape, opacity."""
        if not rows:
            return
        kind: Any = "temporal" if self._dated else "quantitative"
        if not self.layers and name != "ground":
            # the scales are shared, and the first layer says what they are; one without x2, or Vega-Lite joins the two
            self.draw("ground", "point", [self.at(0, 0), self.at(self.x.pixels, self.y.pixels)], opacity=0)
        first = name == "ground"
        x = alt.X("x", type=kind, axis=None, scale=self._x_scale() if first else alt.Undefined)
        y = alt.Y("y", type="quantitative", axis=None, scale=self._y_scale() if first else alt.Undefined)
        channels: dict[str, Any] = {"x": x, "y": y}
        if "x2" in rows[0]:
            channels |= {"x2": alt.X2("x2"), "y2": alt.Y2("y2")}
        for channel in fields:
            channels[channel] = {"field": channel, "type": "nominal", "scale": None, "legend": None}
            if channel == "text":
                channels[channel] = alt.Text("text", type="nominal")
        if tooltip:
            channels["tooltip"] = [alt.Tooltip(name, type="nominal") for name in tooltip]
            # screen readers read what the pointer shows; otherwise they would read the coordinates
            rows = [{**row, "said": "; ".join(f"{name}: {row[name]}" for name in tooltip)} for row in rows]
            channels["description"] = alt.Description("said", type="nominal")
        kept: Any = alt.InlineData(values=list(rows))
        drawn: Any = {"type": mark, **style}
        chart = alt.Chart(kept, mark=drawn, name=name).encode(**channels)
        self.layers.append(chart)

    def texts(self, name: str, rows: Sequence[dict[str, Any]], size: float = 11, **style: Any) -> None:
        """Text beside its place; a row may bring its own color."""
        plain = [{"color": INK, **row} for row in rows]
        self.draw(name, "text", plain, fields=("text", "color"), fontSize=size, **{"align": "left", **style})

    @property
    def _dated(self) -> bool:
        return self.x.high > 1e11

    def _x_scale(self) -> alt.Scale:
        kind: Any = "log" if self.x.log else "utc" if self._dated else "linear"
        return alt.Scale(type=kind, domain=[self.x.low, self.x.high], nice=False)

    def _y_scale(self) -> alt.Scale:
        kind: Any = "log" if self.y.log else "linear"
        reach = [self.y.pixels, 0] if self.y.upward else [0, self.y.pixels]
        return alt.Scale(type=kind, domain=[self.y.low, self.y.high], range=reach, nice=False)

    def spec(self, title: str, subtitle: Sequence[str]) -> dict[str, Any]:
        """The whole picture as a Vega-Lite specification, checked against its schema."""
        head = alt.TitleParams(
            text=safe(title), subtitle=[safe(line) for line in subtitle], anchor="start", frame="group", offset=14,
            fontSize=16, subtitleFontSize=12, subtitleColor="#444444", subtitlePadding=5,
        )  # fmt: skip
        plain = alt.Config(font=FONT, background="#FFFFFF", view=alt.ViewConfig(stroke=None))
        whole = alt.LayerChart(
            layer=self.layers, width=self.x.pixels, height=self.y.pixels, padding=16,
            title=head, description=safe(title), config=plain, usermeta=self.beside,
        )  # fmt: skip
        spec: dict[str, Any] = whole.to_dict()
        return spec


def hatch(left: float, top: float, right: float, bottom: float, step: float = 6) -> Iterator[tuple[float, ...]]:
    """Diagonal strokes that fill a rectangle, each as (x, y, x2, y2): no renderer of Vega has a pattern fill."""
    start = left - (bottom - top) + step / 2
    for number in range(int((right - start) / step) + 1):
        foot = start + number * step
        low, high = max(0.0, left - foot), min(bottom - top, right - foot)
        if low < high:
            yield foot + low, bottom - low, foot + high, bottom - high


class Sign(NamedTuple):
    """One entry of a legend: what is drawn (swatch, hatch, frame, line, dashed, dotted, or a shape) and its words."""

    kind: str
    words: str
    colour: str = INK


def below(picture: Picture, top: float, signs: Sequence[Sign], notes: Sequence[str], law: Ruleset) -> float:
    """Legend, notes and caption under a picture, from `top` pixels on. Returns where they end."""
    picture.beside = {
        "legend": [list(sign) for sign in signs], "notes": [safe(note) for note in notes], "source": _source_line(law),
    }  # fmt: skip
    width, left, line = picture.x.pixels, 0.0, top
    swatches, strokes, shapes, words = _rows(), _rows(), _rows(), _rows()
    dashes, dots, frames = _rows(), _rows(), _rows()
    for sign in signs:
        wide = 26 + pixels_of(sign.words, 11) + 18
        if left and left + wide > width:
            left, line = 0.0, line + 20
        box = (left, line - 5, left + 20, line + 6)
        if sign.kind in ("swatch", "hatch"):
            swatches.append({**picture.box(*box), "fill": sign.colour if sign.kind == "swatch" else "#FFFFFF"})
        if sign.kind == "frame":
            frames.append(picture.box(*box))
        if sign.kind == "hatch":
            strokes += [picture.box(*stroke) for stroke in hatch(*box)]
        if sign.kind in ("line", "dashed", "dotted"):
            row = picture.box(left, line, left + 20, line)
            {"line": strokes, "dashed": dashes, "dotted": dots}[sign.kind].append(row)
        if sign.kind in ("circle", "diamond", "triangle-up"):
            shapes.append({**picture.at(left + 10, line), "shape": sign.kind})
        words.append({**picture.at(left + 26, line), "text": sign.words})
        left += wide
    picture.draw("legend_swatches", "rect", swatches, fields=("fill",), stroke=GREY, strokeWidth=0.8)
    picture.draw("legend_frames", "rect", frames, filled=False, stroke=INK, strokeWidth=1.6, strokeDash=[5, 3])
    picture.draw("legend_strokes", "rule", strokes, color=INK, strokeWidth=1)
    picture.draw("legend_dashes", "rule", dashes, color=INK, strokeWidth=1.6, strokeDash=[5, 3])
    picture.draw("legend_dots", "rule", dots, color=INK, strokeWidth=1.6, strokeDash=[1.5, 3])
    picture.draw("legend_shapes", "point", shapes, fields=("shape",), fill="#FFFFFF", stroke=INK, size=70, opacity=1)
    picture.texts("legend_words", words, baseline="middle")
    line += 26
    lines, columns = [], int(width / 5.3)
    for note in notes:
        for text in textwrap.wrap(safe(note), columns, break_long_words=False, break_on_hyphens=False):
            lines.append({**picture.at(0, line), "text": text})
            line += 15
    line += 4 if notes else 0
    caption = []
    for text in textwrap.wrap(_source_line(law), columns, break_long_words=False, break_on_hyphens=False):
        caption.append({**picture.at(0, line), "text": text, "color": "#555555"})
        line += 15
    picture.texts("notes", lines, baseline="middle")
    picture.texts("caption", caption, size=10.5, baseline="middle")
    return line


def _rows() -> list[dict[str, Any]]:
    return []


def _source_line(law: Ruleset) -> str:
    """The source of a picture, for readers who see it without its page."""
    address = project_address()
    return f"{short(law)} {f'{address} ' if address else ''}{DISCLAIMER}"


@cache
def project_address() -> str:
    """The address of the project from the metadata of its package; '' if it has none."""
    try:
        urls = metadata("exportrules").get_all("Project-URL") or ()
    except PackageNotFoundError:
        return ""
    known = dict(url.split(", ", 1) for url in urls)
    return known.get("Homepage") or known.get("Repository") or ""


def open_notes(law: Ruleset, turning: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """Notes on the facts on which open answers turn, and for which chips; `turning` has a chip's name and its facts."""
    chips: dict[str, dict[str, None]] = {}
    for name, facts in turning:
        for fact in facts:
            chips.setdefault(fact, {})[name] = None
    return [f"Turns on, for {some(list(named))}: {open_question(law, fact)}" for fact, named in chips.items()]


def some(names: Sequence[str], most: int = 8) -> str:
    """The first of many names, and how many more."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
