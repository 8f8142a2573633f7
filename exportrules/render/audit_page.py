"""The report of an audit as one HTML page that needs nothing from elsewhere, or as Markdown.

The same parts as the workbook's. A page holds a limited number of rows; a larger ledger is handed over as a workbook.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from exportrules.answer.words import rows_of
from exportrules.errors import LedgerError
from exportrules.ledger.batch import Batch, Source, as_text
from exportrules.ledger.lookup import Lookup, Numbers
from exportrules.ledger.report import (
    ALL_ROWS,
    PART_OF,
    PARTS,
    AnsweredRow,
    Column,
    Contents,
    Link,
    Overview,
    Part,
    answered_rows,
)
from exportrules.ledger.reported import ReportedRow, shown_number
from exportrules.ledger.run import Account, Settings
from exportrules.ledger.sinks import Rendered
from exportrules.render.page import PAGE, Block, Heading, Items, Paragraph, Table, markdown
from exportrules.render.safe import safe

#: A page of more rows opens slowly or not at all.
MOST_ROWS = 20_000
#: Columns of a sentence are wider than this.
_NARROW = 34


class AuditPage:
    """The page, in Markdown where the file's name says so. It keeps the rows until all are answered."""

    def __init__(
        self,
        path: Path,
        source: Source,
        rendered: Rendered,
        lookup: Lookup,
        names: Sequence[str],
        settings: Settings,
        overview: Callable[[Account], Overview],
    ) -> None:
        assert lookup.ruleset is not None
        self._path, self._rendered, self._lookup, self._overview = path, rendered, lookup, overview
        self._contents = Contents(lookup.ruleset, lookup, settings, source)
        self._heads = [*source.names, *names]
        self._rows: list[list[str]] = []
        self._parts: dict[Part, list[ReportedRow]] = {part: [] for part in PARTS}

    def render(self, batch: Batch, numbers: Numbers) -> list[AnsweredRow]:
        return answered_rows(self._rendered, self._lookup, batch, numbers)

    def write(self, rendered: list[AnsweredRow]) -> int:
        if len(self._rows) + len(rendered) > MOST_ROWS:
            raise LedgerError(
                self._path.name,
                f"a page holds {MOST_ROWS:,} rows, and the ledger has more. Write .xlsx, .csv or .parquet.",
            )
        for cells, segment, answer in rendered:
            self._rows.append([as_text(value) for value in (*cells, *answer)])
            if part := self._contents.part_of(segment):
                row = self._contents.reader.row(cells, segment, segment.problem.text if segment.problem else "")
                self._contents.add(part, row)
                self._parts[part].append(row)
        return len(rendered)

    def finish(self, account: Account) -> None:
        written = self._markdown if self._path.suffix.lower() == ".md" else self._html
        self._path.write_text(written(self._overview(account)), "utf-8", newline="\n")

    def close(self) -> None:
        """Nothing is open: the file is written at once, as it is finished."""

    # Markdown

    def _markdown(self, overview: Overview) -> str:
        return markdown(overview.title, list(self._blocks(overview)))

    def _blocks(self, overview: Overview) -> Iterator[Block]:
        yield Paragraph(overview.opening)
        yield Table(("rows", "share", "outcome", "sums"), [self._count(line) for line in overview.counts])
        if overview.steps:
            yield Heading(overview.steps_title)
            yield Items(list(overview.steps), numbered=True)
        yield from map(Paragraph, overview.paragraphs)
        for title, rows, note in (*overview.tables, *self._contents.conditions):
            yield Heading(title)
            if rows:
                yield Table(list(rows[0]), [[_md_cell(str(cell)) for cell in row.values()] for row in rows])
            yield from [Paragraph(note)] * bool(note)
        for part in PARTS:
            yield Heading(f"{part.title}: {rows_of(len(self._parts[part]))}")
            yield Paragraph(part.about)
            columns = self._columns(part)
            if reported := self._parts[part]:
                yield Table([c.head for c in columns], [[_md_cell(c.cell(row)) for c in columns] for row in reported])
            if totals := self._contents.totals(part):
                yield Items([f"Sum: {total}" for total in totals])
        yield Heading(ALL_ROWS)
        yield Table(self._heads, [[" ".join(cell.split()) for cell in row] for row in self._rows])
        yield Paragraph(overview.foot)

    def _count(self, line: Mapping[str, str]) -> list[str]:
        return [line["rows"], line["share"], line["outcome"], self._sums(line["kind"])]

    def _sums(self, kind: str) -> str:
        part = PART_OF.get(kind)
        return "; ".join(self._contents.totals(part)) if part and kind != "not_released" else ""

    def _columns(self, part: Part) -> list[Column]:
        """The columns of a part in which some row says something."""
        rows = self._parts[part]
        return [column for column in self._contents.parts[part] if any(_md_cell(column.cell(row)) for row in rows)]

    # HTML

    def _html(self, overview: Overview) -> str:
        body = "\n".join(self._lines(overview))
        return PAGE.format(title=_text(overview.title), style=_STYLE, body=body)

    def _lines(self, overview: Overview) -> Iterator[str]:
        yield f"<h1>{_text(overview.title)}</h1>"
        yield f"<p>{_text(overview.opening)}</p>"
        links = [*((_id(p.title), f"{p.title} ({len(self._parts[p]):,})") for p in PARTS), (_id(ALL_ROWS), ALL_ROWS)]
        shown = (f'<a href="#{name}">{_text(words)}</a>' for name, words in links)
        yield f"<nav>{' '.join(shown)}</nav>"
        counts = [
            [f'<b class="{line["kind"]}">{rows}</b>', *map(_text, rest)]
            for line in overview.counts
            for rows, *rest in [self._count(line)]
        ]
        yield from _table(["rows", "share", "outcome", "sums"], counts, {0, 1})
        if overview.steps:
            yield f"<h3>{_text(overview.steps_title)}</h3>"
            yield f"<ol>{''.join(f'<li>{_text(text)}</li>' for text in overview.steps)}</ol>"
        yield from (f"<p>{_text(text)}</p>" for text in overview.paragraphs)
        for title, rows, note in (*overview.tables, *self._contents.conditions):
            yield f"<h3>{_text(title)}</h3>"
            if rows:
                numbers = {n for n, name in enumerate(rows[0]) if all(_is_count(row[name]) for row in rows)}
                yield from _table(rows[0], [[_cell(str(cell)) for cell in row.values()] for row in rows], numbers)
            yield from [f"<p>{_text(note)}</p>"] * bool(note)
        for part in PARTS:
            yield from self._section(part)
        yield f'<h2 id="{_id(ALL_ROWS)}">{ALL_ROWS}</h2>'
        yield "<details><summary>The whole table, each row with its answer</summary>"
        yield from _table(self._heads, [[_text(cell) for cell in row] for row in self._rows], set())
        yield "</details>"
        yield f'<p class="foot">{_text(overview.foot)}</p>'

    def _section(self, part: Part) -> Iterator[str]:
        columns, rows = self._columns(part), self._parts[part]
        yield f'<h2 id="{_id(part.title)}">{_text(part.title)}: {rows_of(len(rows))}</h2>'
        yield f"<p>{_text(part.about)}</p>"
        if rows:
            numbers = {n for n, column in enumerate(columns) if column.kind == "number"}
            classes = ["long" if c.kind == "long" and c.width > _NARROW else "" for c in columns]
            classes = [
                kind or column.kind.replace("long", "text") for kind, column in zip(classes, columns, strict=True)
            ]
            classes = [
                kind if column.printed else f"{kind} screen".strip()
                for kind, column in zip(classes, columns, strict=True)
            ]
            cells = [[_cell(column.cell(row)) for column in columns] for row in rows]
            yield from _table([column.head for column in columns], cells, numbers, classes)
        if totals := self._contents.totals(part):
            yield f'<p class="sum">Sums: {_text("; ".join(totals))}</p>'


def _is_count(cell: Any) -> bool:
    text = str(cell).replace(",", "").rstrip("%")
    return not text or text.replace(".", "").isdigit()


def _table(
    head: Iterable[str], rows: Iterable[Sequence[str]], numbers: set[int], classes: Sequence[str] = ()
) -> Iterator[str]:
    """A table whose cells are HTML already; its heads are not."""
    names = list(head)
    kinds = [
        " ".join(filter(None, ("n" if n in numbers else "", classes[n] if classes else ""))) for n in range(len(names))
    ]
    opened = [f'<td class="{kind}">' if kind else "<td>" for kind in kinds]
    yield '<div class="table"><table>'
    heads = (
        f"<th{' class=screen' * ('screen' in kind)}>{_text(name)}</th>" for name, kind in zip(names, kinds, strict=True)
    )
    yield f"<thead><tr>{''.join(heads)}</tr></thead><tbody>"
    for row in rows:
        yield f"<tr>{''.join(f'{td}{cell}</td>' for td, cell in zip(opened, row, strict=True))}</tr>"
    yield "</tbody></table></div>"


def _cell(value: Any) -> str:
    if isinstance(value, Link):
        return f'<a href="{html.escape(value.url)}">{_text(value.text)}</a>'
    return _text(_shown(value)).replace("\n", "<br>")


def _md_cell(value: Any) -> str:
    return " ".join((f"{value.text} {value.url}" if isinstance(value, Link) else _shown(value)).split())


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return shown_number(value)
    return value.isoformat() if isinstance(value, date) else as_text(value)


def _text(text: str) -> str:
    return html.escape("\n".join(map(safe, text.split("\n"))), quote=True)


def _id(title: str) -> str:
    return "-".join(re.findall(r"[a-z]+", title.lower()))


_STYLE = """
@page { size: A4 landscape; margin: 12mm; }
body { font: 10pt/1.4 "Helvetica Neue", Arial, "Hiragino Sans", "Yu Gothic", "Noto Sans CJK JP", sans-serif;
  color: #1a1a1a; margin: 1.5rem; }
h1 { font-size: 1.6em; margin: 0 0 .4em; }
h2 { font-size: 1.25em; margin: 1.8em 0 .3em; border-bottom: 2px solid #1a1a1a; break-after: avoid; }
h3 { font-size: 1em; margin: 1.2em 0 .3em; break-after: avoid; }
p, li { max-width: 60rem; margin: .4em 0; }
nav a { display: inline-block; margin: .3em 1em .6em 0; }
.table { overflow-x: auto; max-height: 85vh; overflow-y: auto; margin: .4em 0; }
table { border-collapse: collapse; font-size: .88em; }
th { position: sticky; top: 0; background: #e8eaed; text-align: left; }
th, td { vertical-align: top; padding: .25em .6em; border-bottom: 1px solid #ccc; }
td.n, td.number { text-align: right; white-space: nowrap; }
td.long { min-width: 18rem; max-width: 30rem; overflow-wrap: anywhere; }
td.day { white-space: nowrap; }
td.link { min-width: 9rem; }
b { padding: .1em .5em; background: #f2f2f2; }
b.license_required { background: #f6d5d5; } b.license_exception { background: #dce6f5; }
b.indeterminate, b.unread { background: #fbefc9; }
.sum { font-weight: bold; } .foot { color: #444; font-size: .9em; margin-top: 2em; overflow-wrap: anywhere; }
a { color: #0b4a8f; }
tr { break-inside: avoid; }
@media print { .table { max-height: none; overflow: visible; } th { position: static; }
  thead { display: table-header-group; }
  nav, .screen { display: none; } body { margin: 0; font-size: 9pt; } table { font-size: 8.5pt; }
  th, td { padding: .2em .4em; } td.long { min-width: 0; max-width: none; } td.text { overflow-wrap: anywhere; } }
"""
