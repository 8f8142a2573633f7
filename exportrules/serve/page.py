"""The page at `/`: the explorer, if a file of it is given, or a small page that lists the questions.

:func:`front` decides which. Writing an explorer takes a minute or two, so it is read from a file written by
`exportrules explore -o FILE`. One written from other rules is refused, since it would contradict the server's answers.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import NamedTuple

from exportrules.errors import QuestionError
from exportrules.explore.page import served
from exportrules.files.load import read_file
from exportrules.law.ruleset import Ruleset
from exportrules.render.text import footer
from exportrules.serve.answers import ASKS

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;"
    "background:#fff}input{font:inherit;padding:.3rem .5rem;margin-right:.5rem}button{font:inherit;padding:.3rem 1rem}"
    "dt{font-family:ui-monospace,monospace}footer{color:#555;margin-top:2rem}"
    "@media(prefers-color-scheme:dark){body{color:#eee;background:#111}footer{color:#aaa}}"
)
_SCRIPT = re.compile(r"<script(?:\s[^>]*)?>(.*?)</script>", re.DOTALL | re.IGNORECASE)
#: The largest file of an explorer; one of the whole catalogue has a few MB.
_LARGEST = 64 * 2**20


class ServedPage(NamedTuple):
    """The bytes of a page, and the content security policy that it needs."""

    body: bytes
    policy: str


def front(law: Ruleset, explorer: str | None = None) -> ServedPage:
    """The page at `/`; `explorer` is a file. Raises QuestionError for one written from other rules."""
    return _explorer(law, explorer) if explorer else _small(law)


def _explorer(law: Ruleset, path: str) -> ServedPage:
    body = read_file(path, path, _LARGEST)
    text = body.decode("utf-8", "replace")
    if law.digest not in text:
        raise QuestionError(
            f"{path} was not written from these rules: their digest, {law.digest[:12]}, is not in it. Write it again "
            "with the same --ruleset and --overlay: exportrules explore -o FILE."
        )
    text = served(text)
    scripts = " ".join(f"'sha256-{_digest(script)}'" for script in _SCRIPT.findall(text))
    return ServedPage(
        text.encode("utf-8", "replace"), _policy(f"script-src {scripts}; style-src 'unsafe-inline'; img-src data:")
    )


def _policy(allows: str) -> str:
    """The content security policy of a page: it may connect to this server only, plus what `allows` permits."""
    return (
        f"default-src 'none'; {allows}; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _digest(text: str) -> str:
    # browsers compute the digest over the text with normalised line ends
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return base64.b64encode(hashlib.sha256(plain.encode()).digest()).decode()


def _small(law: Ruleset) -> ServedPage:
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
    return ServedPage(body.encode(), _policy(f"style-src 'sha256-{_digest(_STYLE)}'"))
