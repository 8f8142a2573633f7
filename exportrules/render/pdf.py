"""A page as accessible PDF (PDF/UA-1), set by Typst.

Archival PDF/A requires the day on which the file was made; nothing here reads a clock, so PDF/A is not claimed.

What a caller wrote reaches Typst as data and never as markup. The same page always gives the same bytes.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from typing import Any

from exportrules.errors import OutputError, QuestionError
from exportrules.render.page import Block, Heading, Items, Pairs, Paragraph, Signature, runs
from exportrules.render.safe import safe

_MISSING = re.compile(r"the text `\"(.*?)\"` could not be displayed", re.DOTALL)


def ready() -> None:
    """Raises QuestionError if Typst is not installed. Call this before long work."""
    if importlib.util.find_spec("typst") is None:
        raise QuestionError("a PDF needs typst. Install it with: pip install 'exportrules[memo]'")


def pdf(title: str, blocks: Sequence[Block], paper: str = "letter") -> bytes:
    """The page as the bytes of a PDF on `paper`, one of PAPERS.

    Raises OutputError if no font of this machine has some character of the text: a box in its place would change the
    text.
    """
    ready()
    import typst

    data = {"title": safe(title), "paper": paper, "blocks": [_plain(block) for block in blocks]}
    try:
        document: bytes = typst.compile(_SOURCE.encode(), sys_inputs={"data": json.dumps(data)}, pdf_standards="ua-1")
    except RuntimeError as error:
        missing = _MISSING.search(str(error))
        if missing is None:
            raise OutputError(f"the PDF cannot be set: {error}.") from None
        raise OutputError(
            f"the PDF cannot be set: no installed font has {missing[1]!r}. Install one that does, e.g. Noto Sans CJK, "
            "or write .docx or .html, which use the reader's fonts."
        ) from None
    return document


def _plain(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"is": "heading", "text": _runs(block.text)}
    if isinstance(block, Paragraph):
        return {"is": "paragraph", "role": block.role, "lead": safe(block.lead), "text": _runs(block.text)}
    if isinstance(block, Items):
        return {"is": "items", "numbered": block.numbered, "items": [_runs(item) for item in block.items]}
    if isinstance(block, Pairs):
        return {"is": "pairs", "rows": [[_runs(label), _runs(text)] for label, text in block.rows]}
    if isinstance(block, Signature):
        return {"is": "signature", "who": safe(block.who)}
    return {
        "is": "table",
        "head": [_runs(cell) for cell in block.head],
        "rows": [[_runs(cell) for cell in row] for row in block.rows],
    }


def _runs(text: str) -> list[list[str]]:
    return [[kind, piece] for kind, piece in runs(text)]


_SOURCE = r"""
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, author: (), date: none)
#set page(
  paper: if data.paper == "a4" { "a4" } else { "us-letter" },
  margin: (x: 17mm, top: 14mm, bottom: 16mm),
  footer: context [
    #set text(8pt, fill: luma(90))
    #data.title #h(1fr) #counter(page).display("1 / 1", both: true)
  ],
)
#set text(font: "Libertinus Serif", size: 9.4pt, lang: "en", region: "us", hyphenate: false)
#set par(leading: 0.5em, spacing: 0.7em)
#show title: set text(16pt, weight: "bold")
#show title: set block(below: 0.9em)
#show heading.where(level: 1): it => block(above: 1.1em, below: 0.5em, sticky: true, width: 100%,
  stroke: (bottom: 0.5pt + luma(170)), inset: (bottom: 0.25em), text(10.5pt, weight: "bold", it.body))
#set enum(spacing: 0.5em)
#set list(spacing: 0.5em)

#let show-runs(pieces, raised: true) = for (kind, piece) in pieces {
  if kind == "cited" {
    let to = link(label("authority-" + piece), "[" + piece + "]")
    if raised { super(to) } else { to }
  }
  else if kind == "url" { link(piece) }
  else { piece }
}

#title()
#for block-data in data.blocks {
  let kind = block-data.is
  if kind == "heading" { heading(level: 1, show-runs(block-data.text)) }
  else if kind == "paragraph" {
    let inner = { if block-data.lead != "" { strong(block-data.lead + " ") }; show-runs(block-data.text) }
    if block-data.role == "answer" {
      block(stroke: (left: 2pt), inset: (left: 0.8em, y: 0.15em), strong(inner))
    } else if block-data.role == "small" { block(sticky: true, text(8.5pt, fill: luma(50), inner)) }
    else { par(inner) }
  } else if kind == "items" {
    if block-data.numbered {
      set text(8.5pt)
      enum(..block-data.items.enumerate(start: 1).map(((n, item)) => {
        [#metadata(n)#label("authority-" + str(n))]
        show-runs(item)
      }))
    } else { list(..block-data.items.map(it => show-runs(it))) }
  } else if kind == "pairs" {
    let pairs = block-data.rows.map(row => (strong(show-runs(row.at(0))), show-runs(row.at(1))))
    let columns = if pairs.len() > 3 { (auto, 1fr, auto, 1fr) } else { (auto, 1fr) }
    block(below: 1em, table(columns: columns, stroke: none, inset: (x: 0pt, y: 0.28em), column-gutter: 1.2em,
      ..pairs.flatten()))
  } else if kind == "signature" {
    block(above: 3.2em, breakable: false, grid(columns: (2fr, 1fr), column-gutter: 2em, row-gutter: 0.4em,
      line(length: 100%, stroke: 0.6pt), line(length: 100%, stroke: 0.6pt),
      if block-data.who != "" { block-data.who } else { "Signature" }, "Date"))
  } else {
    set text(8.5pt)
    table(
      columns: (2.6fr, 2.8fr, 1.9fr, auto, 1.7fr), stroke: (x, y) => (bottom: 0.4pt + luma(200)),
      inset: (left: 0pt, right: 0.8em, y: 0.3em), align: left,
      table.header(..block-data.head.map(cell => strong(show-runs(cell)))),
      ..block-data.rows.map(row => row.map(cell => show-runs(cell, raised: false))).flatten(),
    )
  }
}
"""
