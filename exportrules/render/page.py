"""A page of headed sections, written as Markdown or as one HTML file that needs nothing from elsewhere.

Text comes in as it is; each form escapes for itself. `cited(3)` in a text is a reference to the third
authority of the page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from exportrules.render.safe import safe

_CITED = re.compile("\ue000([0-9]+)\ue001")
_MARKDOWN = re.compile(r"([\\`*\[\]<>|]|(?<!\w)_|_(?!\w))")
_URL = re.compile(r"(https://[^\s<>\"']+[^\s<>\"'.,;)])")


def cited(*numbers: int) -> str:
    """References to authorities, to follow a statement."""
    return "".join(f"\ue000{number}\ue001" for number in numbers)


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    #: 'answer' stands out, 'small' is for the foot of the page
    role: str = ""
    #: a few words in bold that the paragraph opens with
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list; numbered ones are what `cited` refers to."""

    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labels with what they stand for, as the head of a memorandum has them."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Signature:
    """A line to sign on, with whoever signs under it, and one for the day."""

    who: str


Block = Heading | Paragraph | Items | Table | Pairs | Signature

#: The sizes of paper that a page can be set for.
PAPERS = ("a4", "letter")


def markdown(title: str, blocks: Sequence[Block]) -> str:
    """The page as Markdown (CommonMark, tables as GitHub has them)."""
    parts = [f"# {_md(title)}"]
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(f"## {_md(block.text)}")
        elif isinstance(block, Paragraph):
            text, lead = _md(block.text), f"**{_md(block.lead)}** " if block.lead else ""
            parts.append(f"**{text}**" if block.role == "answer" else lead + text)
        elif isinstance(block, Pairs):
            parts.append("\n".join(f"- **{_md(label)}:** {_md(text)}" for label, text in block.rows))
        elif isinstance(block, Signature):
            parts.append(f"Signature: {_LINE}  \n{_md(block.who)}  \nDate: {_LINE}".replace("  \n  \n", "  \n"))
        elif isinstance(block, Items):
            marks = (f"{n}." if block.numbered else "-" for n in range(1, len(block.items) + 1))
            parts.append("\n".join(f"{mark} {_md(item)}" for mark, item in zip(marks, block.items, strict=True)))
        else:
            rows = [block.head, ["---"] * len(block.head), *block.rows]
            lines = (f"| {' | '.join(cell if cell == '---' else _md(cell) for cell in row)} |" for row in rows)
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def page(title: str, blocks: Sequence[Block], paper: str = "") -> str:
    """The page as one HTML file with its style inside: no script, no image, nothing fetched.

    `paper` is one of PAPERS, or '' for the reader's own.
    """
    inner = "\n".join(line for block in blocks for line in _html(block))
    shown = html.escape(safe(title))
    size = f"@page {{ size: {paper}; }}\n" if paper else ""
    return PAGE.format(title=shown, style=_STYLE + size, body=f"<h1>{shown}</h1>\n{inner}")


def _md(text: str) -> str:
    def plain(part: str) -> str:
        # an address stays as it is: nothing in it is markup to a reader of the text
        pieces = enumerate(_URL.split(safe(part)))
        return "".join(piece if i % 2 else _MARKDOWN.sub(r"\\\1", piece) for i, piece in pieces)

    return _each(text, plain, lambda number: f"[{number}]")


def _inline(text: str) -> str:
    def plain(part: str) -> str:
        return _URL.sub(r'<a href="\1">\1</a>', html.escape(safe(part), quote=False))

    return _each(text, plain, lambda number: f'<sup><a href="#authority-{number}">{number}</a></sup>')


def runs(text: str) -> Iterator[tuple[str, str]]:
    """The pieces of a text in their order, each with its kind: 'text', 'url', or 'cited' with an authority's number."""
    for i, part in enumerate(_CITED.split(text)):
        if i % 2:
            yield "cited", part
            continue
        for j, piece in enumerate(_URL.split(safe(part))):
            if piece:
                yield "url" if j % 2 else "text", piece


def _each(text: str, plain: Callable[[str], str], note: Callable[[str], str]) -> str:
    """The text with what stands between references and the references themselves each put its own way."""
    return "".join(note(part) if i % 2 else plain(part) for i, part in enumerate(_CITED.split(text)))


def _html(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"<h2>{_inline(block.text)}</h2>"
    elif isinstance(block, Paragraph):
        role = f' class="{block.role}"' if block.role else ""
        lead = f"<b>{_inline(block.lead)}</b> " if block.lead else ""
        yield f"<p{role}>{lead}{_inline(block.text)}</p>"
    elif isinstance(block, Items):
        tag = "ol" if block.numbered else "ul"
        yield f"<{tag}>"
        for number, item in enumerate(block.items, 1):
            name = f' id="authority-{number}"' if block.numbered else ""
            yield f"<li{name}>{_inline(item)}</li>"
        yield f"</{tag}>"
    elif isinstance(block, Pairs):
        yield '<table class="head">'
        for label, text in block.rows:
            yield f'<tr><th scope="row">{_inline(label)}</th><td>{_inline(text)}</td></tr>'
        yield "</table>"
    elif isinstance(block, Signature):
        who = _inline(block.who) or "Signature"
        yield f'<div class="signature"><p>{who}</p><p>Date</p></div>'
    else:
        yield "<table>"
        yield f"<thead><tr>{''.join(f'<th>{_inline(cell)}</th>' for cell in block.head)}</tr></thead>"
        yield "<tbody>"
        for row in block.rows:
            yield f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>"
        yield "</tbody></table>"


#: To be filled in by hand.
_LINE = "\\_" * 24

_STYLE = """
@page { margin: 12mm 15mm 13mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt serif; } }
body { font: 10pt/1.38 Georgia, "Times New Roman", serif; color: #1a1a1a; max-width: 48rem; margin: 2rem auto;
  padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.45em; line-height: 1.2; margin: 0 0 .5em; }
h2 { font-size: 1.05em; margin: 1.15em 0 .3em; border-bottom: 1px solid #bbb; break-after: avoid; }
p { margin: .35em 0; }
p.answer { font-weight: bold; border-left: 3px solid #1a1a1a; padding-left: .7em; }
p.small { font-size: .86em; color: #444; }
ul, ol { margin: .3em 0; padding-left: 1.5em; }
ol { font-size: .9em; }
li { margin: .12em 0; }
li:target { background: #fff3c4; }
table { border-collapse: collapse; width: 100%; margin: .4em 0; font-size: .9em; }
th, td { text-align: left; vertical-align: top; padding: .18em .6em .18em 0; border-bottom: 1px solid #ddd; }
td:nth-child(4) { white-space: nowrap; }
tr { break-inside: avoid; }
table.head { width: auto; } table.head th { width: auto !important; padding-right: 1.5em; white-space: nowrap; }
table.head th, table.head td { border: 0; padding-bottom: 0; }
.signature { display: flex; gap: 2em; margin-top: 3.2em; break-inside: avoid; }
.signature p { border-top: 1px solid #1a1a1a; flex: 1; padding-top: .2em; } .signature p + p { flex: .4; }
sup { line-height: 0; }
sup a::before { content: "["; } sup a::after { content: "]"; }
a { color: #0b4a8f; text-decoration: none; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font: 9.5pt/1.2 "Times New Roman", "Liberation Serif", Tinos, serif;
    font-size-adjust: .46; }
  h2 { margin: .65em 0 .2em; } p { margin: .2em 0; } li { margin: .1em 0; break-inside: avoid; }
  p.small, ol, table { font-size: 9pt; line-height: 1.17; }
  table { table-layout: fixed; } th, td { padding: .06em .5em .06em 0; overflow-wrap: break-word; }
  th:nth-child(1) { width: 28%; } th:nth-child(2) { width: 30%; } th:nth-child(3) { width: 17%; }
  th:nth-child(4) { width: 5%; }
  a { color: inherit; }
}
"""

#: A whole page: self-contained, and allowed to load nothing.
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
