"""Charts of answers: one Vega-Lite specification, written as SVG, PNG or one HTML page.

The contents are computed elsewhere (timelines, :mod:`exportrules.study.plane`); here they get places and colours.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from exportrules.errors import QuestionError
from exportrules.files.write import free, write_whole

SUFFIXES = (".svg", ".png", ".html")

#: Dots per pixel of a PNG: sharp on paper and on dense screens.
SCALE = 2


def ready(path: str, *, force: bool = False) -> Path:
    """Check that a chart can be written to a file. Call this before long work.

    Raises QuestionError for a suffix that is not a picture's, a file that already exists, or an extra that is not
    installed.
    """
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES:
        raise QuestionError(
            f"{path!r} does not end in .svg, .png or .html, so it is not clear what to write. Name the file so."
        )
    missing = [name for name in ("altair", "vl_convert") if importlib.util.find_spec(name) is None]
    if missing:
        raise QuestionError(f"a chart needs {missing[0]}. Install it with: pip install 'exportrules[charts]'")
    return free(target, force=force)


def write(
    spec: Mapping[str, Any], path: str, *, force: bool = False, narrow: Callable[[], Mapping[str, Any]] | None = None
) -> None:
    """Write a specification as a picture in the format of the file's suffix; nothing is fetched.

    `narrow` gives the same picture for a narrow window, which only a page has.
    """
    target = ready(path, force=force)
    write_whole(target, rendered(spec, target.suffix.lower(), narrow), force=force)


def rendered(
    spec: Mapping[str, Any], suffix: str, narrow: Callable[[], Mapping[str, Any]] | None = None
) -> str | bytes:
    """A specification as SVG or HTML text, or as the bytes of a PNG."""
    import vl_convert

    if suffix == ".svg":
        return _titled(vl_convert.vegalite_to_svg(dict(spec), allowed_base_urls=[]), spec)
    if suffix == ".png":
        return vl_convert.vegalite_to_png(dict(spec), scale=SCALE, allowed_base_urls=[])
    from exportrules.render.charts.page import page

    return page(spec, narrow() if narrow else None)


def _titled(svg: str, spec: Mapping[str, Any]) -> str:
    """The SVG as one image with a title and a description, for whoever cannot see it and for whoever finds it alone."""
    import html

    title, description = html.escape(str(spec["description"])), html.escape(" ".join(described(spec)))
    head, end, rest = svg.partition(">")
    names = ' role="img" aria-labelledby="chart-title chart-description"'
    inside = f'<title id="chart-title">{title}</title><desc id="chart-description">{description}</desc>'
    return f"{head}{names}{end}{inside}{rest}"


def described(spec: Mapping[str, Any]) -> list[str]:
    """The contents of a picture in words: the question, the legend, the notes, the source."""
    chips = [spec["datasets"][layer["data"]["name"]] for layer in spec["layer"] if layer.get("name") == "chips"]
    shown = [str(row["text"]) for rows in chips for row in rows if "text" in row]
    beside = spec["usermeta"]
    legend = "; ".join(words for _, words, _ in beside["legend"])
    parts = [*spec["title"]["subtitle"], "; ".join(shown), legend, " ".join(beside["notes"]), beside["source"]]
    return [part if part.endswith((".", "?")) else f"{part}." for part in parts if part]
