"""Charts of answers: one Vega-Lite specification, written as SVG, PNG or self-contained HTML.

What is drawn is computed elsewhere (timelines, :mod:`exportrules.study.plane`); here it gets places and colours.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exportrules.errors import QuestionError
from exportrules.files.write import free, write_whole

SUFFIXES = (".svg", ".png", ".html")

#: Dots per pixel of a PNG: sharp on paper and on dense screens.
SCALE = 2


def ready(path: str, *, force: bool = False) -> Path:
    """The file that a chart may be written to. Ask before long work.

    Raises QuestionError for a suffix that is no picture's, a file that is there already, or an extra that is not
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


def write(spec: Mapping[str, Any], path: str, *, force: bool = False) -> None:
    """Write a specification as the picture that the file's suffix asks for; nothing is fetched for it."""
    target = ready(path, force=force)
    write_whole(target, rendered(spec, target.suffix.lower()), force=force)


def rendered(spec: Mapping[str, Any], suffix: str) -> str | bytes:
    """A specification as SVG or HTML text, or as the bytes of a PNG."""
    import vl_convert

    if suffix == ".svg":
        return told(vl_convert.vegalite_to_svg(dict(spec), allowed_base_urls=[]), spec)
    if suffix == ".png":
        return vl_convert.vegalite_to_png(dict(spec), scale=SCALE, allowed_base_urls=[])
    return page(spec)


def told(svg: str, spec: Mapping[str, Any]) -> str:
    """The SVG as one image with a title and a description, for whoever cannot see it and for whoever finds it alone."""
    import html

    title, said = html.escape(str(spec["description"])), html.escape(" ".join(described(spec)))
    head, end, rest = svg.partition(">")
    names = ' role="img" aria-labelledby="chart-title chart-description"'
    inside = f'<title id="chart-title">{title}</title><desc id="chart-description">{said}</desc>'
    return f"{head}{names}{end}{inside}{rest}"


def described(spec: Mapping[str, Any]) -> list[str]:
    """What a picture shows, in its own words: what was asked, the legend, the notes, where it comes from."""
    layers = {layer.get("name"): spec["datasets"][layer["data"]["name"]] for layer in spec["layer"]}

    def texts(name: str) -> list[str]:
        return [str(row["text"]) for row in layers.get(name, ()) if "text" in row]

    shown = texts("chips")
    parts = [*spec["title"]["subtitle"], "; ".join(shown), "; ".join(texts("legend_words")), " ".join(texts("notes")),
             " ".join(texts("caption"))]  # fmt: skip
    return [part if part.endswith((".", "?")) else f"{part}." for part in parts if part]


#: The browser itself is told to fetch nothing ('unsafe-eval': Vega makes functions out of expressions).
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; \
style-src 'unsafe-inline'; img-src data: blob:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
/* a picture that is wider than the window is drawn smaller, never cut; the menu stands on it, not beside it */
.vega-embed {{ width: 100%; padding-right: 0 !important }}
.vega-embed svg.marks {{ max-width: 100%; height: auto }}
</style>
</head>
<body>
<div id="chart"></div>
<script type="application/json" id="specification">{spec}</script>
<script>{libraries}</script>
<script>
vegaEmbed("#chart", JSON.parse(document.getElementById("specification").textContent), {options});
</script>
</body>
</html>
"""


def page(spec: Mapping[str, Any]) -> str:
    """A specification as one HTML file that holds all it needs: the picture, its data, the libraries that draw it."""
    import html
    import json

    # a name from a file of someone's may hold "</script>": in JSON the escape is the same letter
    inside = json.dumps(spec, ensure_ascii=False).replace("<", "\\u003c")
    # the menu offers the picture as a file; its link to an editor on the network is left out
    actions = {"export": True, "source": False, "compiled": False, "editor": False}
    options = json.dumps({"renderer": "svg", "actions": actions})
    title = html.escape(str(spec["description"]))
    parts = {
        "title": title,
        "spec": inside,
        "libraries": _libraries(),
        "options": options,
    }
    return _PAGE.format_map(parts)


@functools.cache
def _libraries() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script. It takes seconds to put together."""
    import vl_convert

    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
