"""The commands audit and compile, for ledgers of past shipments."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exportrules.cli.completion import names
from exportrules.cli.options import extra, law_options, names_in
from exportrules.errors import QuestionError
from exportrules.files.write import free
from exportrules.render.safe import safe

if TYPE_CHECKING:
    from exportrules.law.ruleset import Ruleset
    from exportrules.ledger.batch import Source
    from exportrules.ledger.report import Overview
    from exportrules.ledger.run import Account, Progress, Report, Settings

MANIFEST = ".manifest.json"


@click.command()
@click.argument("ledger", required=False, metavar="LEDGER")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="The same rows with their answers: .csv, .tsv, .parquet, .jsonl; or a report to hand over: .xlsx, .html, .md.",
)
@click.option(
    "--map", "mapped", multiple=True, metavar="FIELD=COLUMN", help="The column that a field is in; repeat for more."
)
@click.option("--ignore", multiple=True, metavar="COLUMN", help="A column that does not matter; repeat for more.")
@click.option("--names", metavar="FILE", help="The meaning of spellings: a CSV of column, written, means.")
@click.option(
    "--write-names", metavar="FILE", help="Write how each spelling was understood, in the format that --names reads."
)
@click.option("--to", metavar="PLACE", help="Destination of every row, if no column gives it.")
@click.option("--exporter", metavar="WHO", help="Exporter of every row: maker, other, or a company's name.")
@click.option(
    "--dates",
    type=click.Choice(["iso", "dmy", "mdy", "excel", "excel1904"]),
    multiple=True,
    default=("iso",),
    show_default=True,
    help="How ambiguous dates are written; give it twice if some days are numbers of a spreadsheet.",
)
@click.option(
    "--encoding", metavar="NAME", help="Encoding of a text file. [default: UTF-8, or as its byte-order mark says]"
)
@click.option(
    "--delimiter", metavar="CHAR", help="Delimiter of a text file. [default: comma, semicolon or tab, by its header]"
)
@click.option(
    "--sheet", multiple=True, metavar="NAME", help="Sheet of a workbook; repeat for more. [default: all with a header]"
)
@click.option(
    "--header-row",
    multiple=True,
    metavar="[SHEET=]ROW",
    help="The row of the header, as Excel numbers it. [default: recognised by its columns]",
)
@click.option("--columns", metavar="NAME,NAME", help="Answer columns to write. [default: all]")
@click.option("--prefix", default="", metavar="TEXT", help="Prefix for the names of the answer columns.")
@click.option("--also-on", metavar="DATE", help="Add the answer under the law of another day.")
@click.option("--known-on", metavar="DATE", help="Use only instruments known on this day.")
@click.option("--as-printed", is_flag=True, help="Use the text as printed, ignoring announcements of non-enforcement.")
@click.option(
    "--summary", is_flag=False, flag_value="-", metavar="[FILE.md]", help="Print the summary, or write it to a file."
)
@click.option("--plain", is_flag=True, help="Write only the table into an .xlsx, without the report.")
@click.option("--force", is_flag=True, help="Replace existing files.")
@click.option("--verify", metavar="MANIFEST", help="Check the files of an earlier run against its manifest.")
@law_options
def audit(law: Ruleset, ledger: str | None, verify: str | None, **options: Any) -> None:
    """Answer every row of LEDGER under the law of its own day.

    LEDGER is a .csv, .tsv, .parquet, .jsonl or a workbook (.xlsx, .xls, .ods). Each row needs a chip, a day of
    export, a destination and an exporter; the last two may be given for all rows with --to and --exporter. Without
    --output only the summary is printed. A column that is not read, and that looks like a party, a parent, an
    exporter, a destination or an end use or contains the name of a listed party, stops the audit until --map or
    --ignore says what it is.

    \b
      exportrules audit shipments.csv --exporter other -o audited.csv
      exportrules audit lookback.xlsx --exporter other --names names.csv -o report.xlsx
      exportrules audit shipments.xlsx --map chip="Part No" --map on="Ship date" --map to="Dest" --exporter maker
      exportrules audit --verify audited.csv.manifest.json
    """
    gc.enable()  # a long run, unlike the other commands
    with extra("ledger"), _interruptible():
        if verify:
            sys.exit(_verify(verify, ledger, law))
        if not ledger:
            raise click.UsageError("name a LEDGER, e.g. exportrules audit shipments.csv -o audited.csv")
        _audit(law, ledger, options)


def _audit(law: Ruleset, ledger: str, options: dict[str, Any]) -> None:
    from exportrules.files.write import write_whole, written_whole
    from exportrules.ledger.columns import known_headers
    from exportrules.ledger.manifest import manifest
    from exportrules.ledger.run import audit as run
    from exportrules.ledger.sources import open_source
    from exportrules.ledger.spellings import spellings, spellings_csv
    from exportrules.ledger.summary import summarise
    from exportrules.render.audit import audit_text, counts_text

    force = options["force"]
    options["dates"] = ",".join(options["dates"])
    settings = _settings(law, options)
    output, account_file, summary_file, report_names = _targets(ledger, options)
    report = _report(law, settings, output, options["plain"])
    source = open_source(
        ledger, encoding=options["encoding"], delimiter=options["delimiter"], sheets=options["sheet"],
        header_rows=_header_rows(options["header_row"]), field_of=known_headers(law, settings.mapped or {}),
    )  # fmt: skip
    started = time.monotonic()
    with _progress(source) as progress:
        if output and account_file:
            with written_whole(output, force=force) as part:
                account = run(source, law, settings, part, progress, report)
                seconds = time.monotonic() - started
                written = manifest(account, law, Path(ledger), output, part, _recorded(options), seconds)
            write_whole(account_file, written, force=True)
        else:
            account = run(source, law, settings, None, progress)
            seconds = time.monotonic() - started
    spelled = spellings(account.lookup)
    summary = summarise(account, law, settings.layer)
    if report_names:
        names = spellings_csv(account.lookup, settings.names)
        # without a byte-order mark, Excel reads letters outside ASCII in an encoding of its own
        write_whole(report_names, names if names.isascii() else "\ufeff" + names, force=force)
    if summary_file:
        write_whole(
            summary_file, audit_text(account, summary, spelled, settings.layer, law, markdown=True) + "\n", force=force
        )
    if not output or options["summary"] == "-":
        click.echo(audit_text(account, summary, spelled, settings.layer, law))
    else:
        click.echo(counts_text(account, summary))
    for path in (output, account_file, summary_file, report_names):
        if path:
            click.echo(f"Written: {safe(str(path))}", err=not output)


def _report(law: Ruleset, settings: Settings, output: Path | None, plain: bool) -> Report | None:
    """The report to write; None for the table alone. Raises QuestionError for --plain without an .xlsx."""
    ending = output.suffix.lower() if output else ""
    if plain and ending != ".xlsx":
        raise QuestionError("--plain is for an output that ends in .xlsx: the table alone. Omit --plain.")
    if plain or ending not in (".xlsx", ".html", ".md"):
        return None
    from exportrules.ledger.handover import Handover
    from exportrules.ledger.spellings import spellings
    from exportrules.ledger.summary import summarise
    from exportrules.render.audit import overview
    from exportrules.render.audit_page import AuditPage

    def overview_of(account: Account) -> Overview:
        summary = summarise(account, law, settings.layer)
        return overview(account, summary, spellings(account.lookup), settings.layer, law)

    return functools.partial(Handover if ending == ".xlsx" else AuditPage, settings=settings, overview=overview_of)


def _targets(ledger: str, options: dict[str, Any]) -> list[Path | None]:
    """The files to write: the rows, their manifest, the summary, the names; None for one that is not wanted.

    Raises QuestionError for any that cannot be written, before the long work; no file that is read may be among them.
    """
    output, report = options["output"], options["summary"]
    if report not in (None, "-") and not report.lower().endswith(".md"):
        raise QuestionError(
            f"--summary {report!r}: the summary is a Markdown file, FILE.md. To print it, make --summary the "
            "last option, after LEDGER."
        )
    targets = [output, output + MANIFEST if output else None, report if report != "-" else None, options["write_names"]]
    written: list[Path] = []
    for path in (Path(name) for name in targets if name):
        if _same(path, ledger):
            raise QuestionError(f"{path} is the ledger itself. Write to another file.")
        if options["names"] and _same(path, options["names"]) and str(path) != options["write_names"]:
            raise QuestionError(f"{path} is the file of --names. Write to another file.")
        if any(path.absolute() == other.absolute() for other in written):
            raise QuestionError(f"{path} would be written twice. Give each report a file of its own.")
        if not path.parent.is_dir():
            raise QuestionError(f"{path}: there is no directory {path.parent}. Create it first.")
        free(path, force=options["force"])
        written.append(path)
    return [Path(name) if name else None for name in targets]


def _same(path: Path, other: str) -> bool:
    return path.exists() and os.path.exists(other) and path.samefile(other)


def _settings(law: Ruleset, options: dict[str, Any]) -> Settings:
    from exportrules.ledger.answers import Layer, chosen_columns
    from exportrules.ledger.cells import readers
    from exportrules.ledger.run import Settings
    from exportrules.ledger.spellings import read_names
    from exportrules.question.values import read_date

    mark = options["delimiter"]
    if mark is not None:
        mark = options["delimiter"] = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}.get(mark.lower(), mark)
        if len(mark) != 1 or not mark.isascii() or mark in '"\r\n':
            raise QuestionError(f"--delimiter {mark!r} is not one character. Write ',', ';' or 'tab'.")
    days = {name: read_date(options[name], "--" + name.replace("_", "-")) if options[name] else None
            for name in ("also_on", "known_on")}  # fmt: skip
    layer = Layer(days["known_on"], options["as_printed"], days["also_on"])
    columns = chosen_columns(options["columns"].split(","), layer.also_on is not None) if options["columns"] else None
    reads = readers(law, dates=options["dates"])
    return Settings(
        layer=layer, to=options["to"], exporter=options["exporter"], mapped=_mapped(options["mapped"]),
        ignore=options["ignore"],
        names=read_names(options["names"], reads) if options["names"] else None,
        dates=options["dates"], answer_columns=columns, prefix=options["prefix"],
    )  # fmt: skip


def _mapped(written: tuple[str, ...]) -> dict[str, str | list[str]]:
    """Columns by field: several for parties, and for a field whose column has another name on each sheet."""
    mapped: dict[str, list[str]] = {}
    for text in written:
        field, equals, column = text.partition("=")
        if not equals or not field.strip():
            raise QuestionError(f"--map {text!r} does not have the form FIELD=COLUMN. Write e.g. --map chip='Part No'.")
        mapped.setdefault(field.strip(), []).append(column.strip())
    for field, columns in mapped.items():
        if len(columns) > 1 and "" in columns:
            raise QuestionError(f"--map gives {field!r} twice, to a column and to none. Give it once.")
    return {field: columns if len(columns) > 1 else columns[0] for field, columns in mapped.items()}


def _header_rows(written: tuple[str, ...]) -> dict[str, int]:
    """The rows of headers by sheet; the row for all sheets under ''."""
    rows: dict[str, int] = {}
    for text in written:
        sheet, _, row = text.rpartition("=")
        if not (row.isascii() and row.isdigit() and 0 < int(row) < 10_000):
            raise QuestionError(
                f"--header-row {text!r} is not the number of a row. Write e.g. --header-row 6, or '2023=6' for a sheet."
            )
        if rows.setdefault(sheet, int(row)) != int(row):
            which = f" for the sheet {sheet!r}" if sheet else ""
            raise QuestionError(f"--header-row gives two rows{which}. Keep one.")
    return rows


def _recorded(options: dict[str, Any]) -> dict[str, Any]:
    """The options that affect the answers or their form."""
    without_effect = ("output", "write_names", "summary", "force")
    return {name: value for name, value in options.items() if name not in without_effect}


def _verify(path: str, ledger: str | None, law: Ruleset) -> int:
    from exportrules.ledger.manifest import verify

    status = 0
    for holds, line in verify(path, ledger, law):
        click.echo(f"{'same   ' if holds else 'DIFFERS'}  {safe(line)}")
        status = status if holds else 1
    return status


@contextlib.contextmanager
def _progress(source: Source) -> Iterator[Progress | None]:
    """A bar with rate and time left on a terminal; nothing if the output is piped."""
    if not sys.stderr.isatty():
        yield None
        return
    started = time.monotonic()
    rows = [0]

    def rate(_: object) -> str:
        return f"{rows[0]:,} rows, {rows[0] / max(time.monotonic() - started, 0.001):,.0f} a second"

    with click.progressbar(length=source.size, file=sys.stderr, item_show_func=rate, label="audit") as bar:

        def progress(read: int, done: int) -> None:
            rows[0] = done
            bar.update(read - bar.pos, current_item=done)

        yield progress


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Report Ctrl-C in one line, which says that nothing was written."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("exportrules: interrupted; nothing was written.", err=True)
        sys.exit(130)


@click.command("compile")
@click.option("--to", metavar="PLACE,PLACE", shell_complete=names("places", several=True),
              help="Destinations. [default: every one whose law is encoded]")  # fmt: skip
@click.option("--chips", metavar="CHIP,CHIP", shell_complete=names("chips", several=True),
              help="Chips to compile. [default: the whole catalogue]")  # fmt: skip
@click.option(
    "--exporter", default="maker,other", show_default=True, metavar="WHO,WHO", help="Exporters to compile for."
)
@click.option("-o", "--output", metavar="FILE", help="The segment table: .parquet or .csv.")
@click.option("--sql", type=click.Choice(["duckdb", "spark"]), help="Print the look-up as SQL instead.")
@click.option("--known-on", metavar="DATE", help="Use only instruments known on this day.")
@click.option("--as-printed", is_flag=True, help="Use the text as printed, ignoring announcements of non-enforcement.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@law_options
def compile_(law: Ruleset, **options: Any) -> None:
    """Write every chip's answers between dates, to join in SQL. This segment table fits any warehouse.

    Each row has the answer for a chip, a destination and an exporter from one day through another; a second table,
    FILE.names, has every name of each chip. --sql prints the look-up in the two tables as one SELECT over a table
    `ledger` (chip, destination, exporter, ship_date).

    \b
      exportrules compile --to CN,HK,MO,SG -o segments.parquet
      exportrules compile --sql duckdb
    """
    from exportrules.ledger.sql import (
        account_of,
        lookup_sql,
        name_rows,
        names_path,
        segment_rows,
        write_names,
        write_segments,
    )

    if options["sql"]:
        click.echo(lookup_sql(options["sql"], law))
        return
    if not options["output"]:
        raise click.UsageError("name the table to write, -o segments.parquet, or print the look-up with --sql duckdb")
    from exportrules.ledger.answers import Layer
    from exportrules.question.values import read_date

    layer = Layer(read_date(options["known_on"], "--known-on") if options["known_on"] else None, options["as_printed"])
    path, force = Path(options["output"]), options["force"]
    for target in (path, names_path(path)):
        free(target, force=force)
    with extra("ledger"), _interruptible():
        names = name_rows(law, names_in(options["chips"], "--chips"))
        places, exporters = names_in(options["to"], "--to"), names_in(options["exporter"], "--exporter")
        rows = segment_rows(law, names, places, exporters, layer)
        account = account_of(law, layer)
        count = write_segments(rows, account, path, force=force)
        spelled = write_names(names, law, account, names_path(path), force=force)
    click.echo(
        f"Written: {safe(str(path))}, {count:,} segments; {safe(str(names_path(path)))}, {spelled:,} names of chips."
    )
