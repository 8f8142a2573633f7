"""A chart as one HTML file: the picture, details of its marks on the pointer or an arrow key, and the same as a table.

The picture is the SVG of the specification without its legend, notes and caption, which are text of the page here.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple
from xml.etree import ElementTree

from exportrules.answer.words import capitalised

_SVG = "http://www.w3.org/2000/svg"
#: The parts that the page shows as text, so that the picture in it need not.
_SAID = ("legend_", "notes", "caption")
#: The longest cell that is not broken into lines.
_SHORT = 12
#: The scale below which a picture is scrolled instead of drawn smaller.
_LEAST = 0.8

#: The policy forbids the browser to fetch anything, and to run any script but this one. (The SVG has its own styles.)
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-{digest}'; \
style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body style="--wide: {wide}px">
<h1 id="title">{title}</h1>
<p class="deal">{subtitle}</p>
<figure aria-labelledby="title">
{pictures}
<ul aria-label="Legend">{legend}</ul>
</figure>
{how}
<ul class="notes">{notes}</ul>
{table}
<footer>{source}</footer>
</body>
</html>
"""

#: The attributes of a picture whose marks have details; none without such marks.
_HOW = (
    '<p class="how" id="how">Point at a mark, or press Tab and then the arrow keys, to see its row of the table '
    "below.{more}</p>"
)
_SCROLLS = '<span class="scrolls"> The picture scrolls sideways.</span>'
_TABLE = """<details><summary>The picture as a table ({count})</summary><div class="scroll">{table}</div></details>
<dl id="tip" aria-hidden="true" hidden></dl>
<script>{script}</script>"""


class Details(NamedTuple):
    """The marks with details: their layer, the names of the details, and a row for each mark."""

    layer: str
    names: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]


def page(spec: Mapping[str, Any], narrow: Mapping[str, Any] | None = None) -> str:
    """A specification as one HTML file that holds all it needs, a few KB beside the picture itself.

    `narrow` is the same picture as a narrow window shows it: its marks have the same rows. Without it, such a window
    scrolls the wide one.
    """
    layers = list(_details(spec))
    picture, width = _picture(spec, layers)
    pictures = f'<div class="picture{" wide" if narrow else ""}">{picture}</div>'
    if narrow:
        pictures += f'<div class="picture narrow">{_picture(narrow, layers)[0]}</div>'
    rows = [[str(row[name]) for name in layer.names] for layer in layers for row in layer.rows]
    script = _asset("page.js")
    beside = spec["usermeta"]
    parts = {
        "digest": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "title": html.escape(str(spec["description"])),
        "style": _asset("page.css"),
        "wide": width + 80,
        "subtitle": html.escape(" ".join(spec["title"]["subtitle"])),
        "pictures": pictures,
        "how": _HOW.format(more="" if narrow else _SCROLLS) if rows else "",
        "legend": "".join(f"<li>{_sign(kind, colour)}{html.escape(words)}</li>" for kind, words, colour in
                          beside["legend"]),
        "notes": "".join(f"<li>{html.escape(note)}</li>" for note in beside["notes"]),
        "table": _table(layers[0].names, rows, script) if rows else "",
        "source": html.escape(beside["source"]),
    }  # fmt: skip
    return _PAGE.format_map(parts)


def _details(spec: Mapping[str, Any]) -> Iterator[Details]:
    for layer in spec["layer"]:
        if names := tuple(field["field"] for field in layer["encoding"].get("tooltip", ())):
            yield Details(layer["name"], names, spec["datasets"][layer["data"]["name"]])


def _picture(spec: Mapping[str, Any], listed: Sequence[Details]) -> tuple[str, int]:
    """The SVG, whose marks know their rows of the table, and its width in pixels."""
    import vl_convert

    layers = [layer for layer in spec["layer"] if not layer["name"].startswith(_SAID)]
    alone = {**spec, "layer": layers, "title": None, "padding": 4}
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(vl_convert.vegalite_to_svg(alone, allowed_base_urls=[]))
    first, numbers = 0, {}
    for layer in listed:
        numbers[layer.layer] = first
        first += len(layer.rows)
    for group in root.iter(f"{{{_SVG}}}g"):
        kinds = group.get("class", "").split()
        if "role-mark" not in kinds:
            for name in ("role", "aria-roledescription"):
                group.attrib.pop(name, None)
            continue
        start = numbers.get(kinds[-1].removesuffix("_marks"))
        if start is None:
            group.set("aria-hidden", "true")
            _plain(group)
            continue
        for number, mark in enumerate(group, start):
            mark.set("data-row", str(number))
            mark.set("tabindex", "-1" if number else "0")
            mark.set("role", "img")
    for name, value in {"role": "group", "aria-labelledby": "title", "aria-describedby": "how"}.items():
        root.set(name, value)
    width = round(float(root.get("width", "0")))
    root.set("style", f"min-width: {round(width * _LEAST)}px; max-width: {width}px")
    return ElementTree.tostring(root, encoding="unicode"), width


def _plain(group: ElementTree.Element) -> None:
    """Remove the descriptions that Vega gives lines and words for screen readers: coordinates in the picture."""
    for mark in group.iter():
        for name in ("role", "aria-label", "aria-roledescription"):
            mark.attrib.pop(name, None)


def _sign(kind: str, colour: str) -> str:
    """The sign of a line of the legend, drawn as in the picture."""
    shapes = {
        "swatch": f'<rect x=".5" y=".5" width="21" height="12" fill="{colour}" stroke="#767676"/>',
        "hatch": '<rect x=".5" y=".5" width="21" height="12" fill="#fff" stroke="#767676"/>'
                 '<path d="M1 12 12 1M8 12 19 1M15 12 21 6M1 5 5 1" stroke="#767676"/>',
        "frame": '<path d="M1 1h20v11h-20z" fill="none" stroke="#222" stroke-width="1.6" stroke-dasharray="5 3"/>',
        "line": '<path d="M0 6.5h22" stroke="#222"/>',
        "dashed": '<path d="M0 6.5h22" stroke="#222" stroke-width="1.6" stroke-dasharray="5 3"/>',
        "dotted": '<path d="M0 6.5h22" stroke="#222" stroke-width="1.6" stroke-dasharray="1.5 3"/>',
        "circle": '<circle cx="11" cy="6.5" r="4.7" fill="#fff" stroke="#222"/>',
        "diamond": '<path d="M11 1 16.5 6.5 11 12 5.5 6.5z" fill="#fff" stroke="#222"/>',
        "triangle-up": '<path d="M11 1.5 16.5 11.5h-11z" fill="#fff" stroke="#222"/>',
    }  # fmt: skip
    return f'<svg width="22" height="13" aria-hidden="true">{shapes[kind]}</svg>'


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], script: str) -> str:
    count = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
    head = "".join(f'<th scope="col">{html.escape(capitalised(name))}</th>' for name in names)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return _TABLE.format(count=count, table=table, script=script)


def _cell(text: str) -> str:
    """A cell; a day or a figure stays on its line."""
    kind = ' class="short"' if len(text) <= _SHORT else ""
    return f"<td{kind}>{html.escape(text)}</td>"


@functools.cache
def _asset(name: str) -> str:
    return (files("exportrules.render.charts") / name).read_text("utf-8")
