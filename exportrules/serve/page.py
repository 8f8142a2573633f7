"""The page at `/`.

The explorer comes in here: :func:`front` is the one place that says what the page is. Until the package makes one, it
is a small page that names the questions and asks the first of them.
"""

from __future__ import annotations

import base64
import hashlib
import html
from typing import NamedTuple

from exportrules.law.ruleset import Ruleset
from exportrules.render.text import footer
from exportrules.serve.answers import ASKS

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;"
    "background:#fff}input{font:inherit;padding:.3rem .5rem;margin-right:.5rem}button{font:inherit;padding:.3rem 1rem}"
    "dt{font-family:ui-monospace,monospace}footer{color:#555;margin-top:2rem}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#111}footer{color:#aaa}}"
)


class Page(NamedTuple):
    """A page as it is sent, and the content security policy that it needs."""

    body: bytes
    policy: str


def front(law: Ruleset) -> Page:
    """The page at `/`. A page of the explorer takes the place of this one with what it is made of and its policy."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    items = "".join(f"<dt>/{ask.name}</dt><dd>{html.escape(ask.says)}</dd>" for ask in ASKS.values())
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width"><title>exportrules</title>'
        f"<style>{_STYLE}</style></head><body><h1>exportrules</h1>"
        "<p>Was this AI chip exportable on that day? Under which rule, for whom, until when, and how do we know?</p>"
        '<form action="/check"><label>Chip <input name="chip" required placeholder="H800"></label>'
        '<label>Day <input name="on" type="date" required></label> <button>Check</button></form>'
        f"<h2>Questions</h2><dl>{items}</dl>"
        '<p>All of it, with every field: <a href="/openapi.json">/openapi.json</a>. What is encoded: '
        '<a href="/chips">/chips</a>, /provisions/ID.</p>'
        f"<footer>{html.escape(footer(law))}</footer></body></html>"
    )
    return Page(body.encode(), policy)
