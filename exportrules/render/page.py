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
    """References to authorities, to stand behind a statement."""
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


Block = Heading | Paragraph | Items | Table


def markdown(title: str, blocks: Sequence[Block]) -> str:
    """The page as Markdown (CommonMark, tables as GitHub has them)."""
    parts = [f"# {_md(title)}"]
    for block in blocks:
        if isinstance(block, Heading):
            parts.append(f"## {_md(block.text)}")
        elif isinstance(block, Paragraph):
            text, lead = _md(block.text), f"**{_md(block.lead)}** " if block.lead else ""
            parts.append(f"**{text}**" if block.role == "answer" else lead + text)
        elif isinstance(block, Items):
            marks = (f"{n}." if block.numbered else "-" for n in range(1, len(block.items) + 1))
            parts.append("\n".join(f"{mark} {_md(item)}" for mark, item in zip(marks, block.items, strict=True)))
        else:
            rows = [block.head, ["---"] * len(block.head), *block.rows]
            lines = (f"| {' | '.join(cell if cell == '---' else _md(cell) for cell in row)} |" for row in rows)
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def page(title: str, blocks: Sequence[Block]) -> str:
    """The page as one HTML file with its style inside: no script, no image, nothing fetched."""
    inner = "\n".join(line for block in blocks for line in _html(block))
    shown = html.escape(safe(title))
    return _PAGE.format(title=shown, style=_STYLE, body=f"<h1>{shown}</h1>\n{inner}")


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
    else:
        yield "<table>"
        yield f"<thead><tr>{''.join(f'<th>{_inline(cell)}</th>' for cell in block.head)}</tr></thead>"
        yield "<tbody>"
        for row in block.rows:
            yield f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>"
        yield "</tbody></table>"


_STYLE = """
@page { margin: 15mm 16mm; }
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
sup { line-height: 0; }
sup a::before { content: "["; } sup a::after { content: "]"; }
a { color: #0b4a8f; text-decoration: none; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font: 9.5pt/1.25 "Times New Roman", "Liberation Serif", Tinos, serif;
    font-size-adjust: .46; }
  h2 { margin: .8em 0 .25em; } p { margin: .25em 0; } li { margin: .1em 0; break-inside: avoid; }
  p.small, ol, table { font-size: 9pt; line-height: 1.2; }
  table { table-layout: fixed; } th, td { padding: .1em .5em .1em 0; overflow-wrap: break-word; }
  th:nth-child(1) { width: 28%; } th:nth-child(2) { width: 30%; } th:nth-child(3) { width: 17%; }
  th:nth-child(4) { width: 5%; }
  a { color: inherit; }
}
"""

_PAGE = """<!doctype html>
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
