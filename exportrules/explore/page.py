"""The page around the data: one HTML file that needs no network."""

from __future__ import annotations

import base64
import html
import json
import tomllib
import zlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from typing import Any

#: The policy of the page: it may run what is in it, and may not send any request.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
#: The text for this policy, and its replacement if `exportrules serve` sends the page: it may then ask that server.
_ALONE = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
_SERVED = f'''<meta http-equiv="Content-Security-Policy" content="{_POLICY}; connect-src 'self'">
<meta name="exportrules-asks" content="server">'''
#: The scripts of the page, in the order in which they run.
_SCRIPTS = ("downloads.js", "claims.js", "ask.js", "picker.js", "table.js", "plane.js", "app.js")


def words() -> dict[str, dict[str, str]]:
    """The words of the page by key and language."""
    return tomllib.loads(_asset("words.toml"))


def page(data: Mapping[str, Any], options: Sequence[str] = (), *, embed: bool = False) -> str:
    """The whole page for these data; `options` are those of commands that give the same answers (overlays).

    With `embed` it is a frame for another page: one answer over time, without the search.
    """
    whole = {
        **data,
        # a kind of deal usually has the course that follows that of the kind before: differences compress to a fifth
        "cells": [[row[0], *(after - before for before, after in pairwise(row))] for row in data["cells"]],
        "world": json.loads(_asset("world.json")),
        "words": words(),
        "options": list(options),
        "embed": embed,
    }
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    packed = base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
    title = html.escape(f"Export rules explorer, edition {data['edition']}")
    parts = {
        "policy": _ALONE,
        "digest": data["sha256"],
        "title": title,
        "style": _asset("style.css"),
        "script": "\n".join(_asset(name) for name in _SCRIPTS),
        "data": packed,
    }
    return _asset("page.html").format_map(parts)


def served(text: str) -> str:
    """The page as sent by a server that answers what the page does not contain."""
    return text.replace(_ALONE, _SERVED, 1)


def _asset(name: str) -> str:
    return (files("exportrules.explore") / name).read_text("utf-8")
