"""lint, confirm, schema, parties: commands on the data files."""

from __future__ import annotations

from typing import Any

import click

from exportrules.cli.options import OVERLAY, law_options


@click.command()
@click.argument("directory", required=False)
@OVERLAY
@click.option("--today", metavar="DATE", help="Report a horizon later than this day; by default that is not checked.")
@click.pass_context
def lint(ctx: click.Context, directory: str | None, overlay: tuple[str, ...], today: str | None) -> None:
    """Check a ruleset DIRECTORY and print every defect. Each is printed with its place. Exit 1 if there is one."""
    from exportrules.files.lint import defects
    from exportrules.files.load import is_overlay, label_of, rule_texts
    from exportrules.files.parse import problems_of
    from exportrules.question.values import read_date
    from exportrules.render.safe import safe

    day = read_date(today, "today") if today else None
    texts, label = rule_texts(directory, overlay), label_of(directory)
    problems, law = problems_of({n if is_overlay(n) else f"{label}/{n}": text for n, text in texts.items()})
    if law is None:
        # files that no command accepts; defects of the law are looked for once the files can be read
        for problem in problems:
            click.echo(f"exportrules: {safe(problem)}", err=True)
        ctx.exit(1)
    lines = [str(defect) for defect in defects(law, day)]
    for line in lines:
        click.echo(safe(line))
    click.echo(
        f"{len(texts)} files, {len(law.provisions)} provisions, {len(law.variants)} chips: {len(lines)} defects."
    )
    ctx.exit(1 if lines else 0)


@click.command()
@click.argument("texts", nargs=-1, required=True)
@click.option("--on", metavar="DATE", help="The day of texts that do not state one: YYYY-MM-DD.")
@click.option("--section", default="", metavar="SECTION", help="The section of texts that do not state one: 742.6.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@law_options
@click.pass_context
def confirm(ctx: click.Context, law: Any, texts: tuple[str, ...], on: str | None, section: str, as_json: bool) -> None:
    """Look for the rule files' quotes in the codified text. TEXTS are files or directories of dated copies.

    A copy is the XML of the eCFR as the government publishes it, Markdown or plain text. Its day is taken from the
    text, or from the name of the file or its directory. Every provision is reported as found word for word, found with
    differences, or not given; and every section that has changed since the quote was read, by paragraph. White space,
    typographic quotes and dashes are ignored. Exit status: 0 if everything that could be looked for was found, else 1.

    \b
    exportrules confirm ecfr/2024-04-04/title-15.xml
    exportrules confirm section-742.6.md --on 2023-11-17
    """
    import json

    from exportrules.question.values import read_date
    from exportrules.render.confirmation import confirmation_data, confirmation_text
    from exportrules.render.safe import safe_json
    from exportrules.study.codified import read_copies
    from exportrules.study.confirm import confirm as compare

    report = compare(law, *read_copies(texts, read_date(on, "--on") if on else None, section))
    if as_json:
        click.echo(safe_json(json.dumps(confirmation_data(law, report), ensure_ascii=False, indent=2)))
    else:
        click.echo(confirmation_text(law, report))
    ctx.exit(0 if report.confirms else 1)


#: The kinds of rule files that have a schema; the module that builds them is imported on demand.
_KINDS = (
    "instrument", "chip", "own-chip", "facts", "groups", "places", "territories", "parties", "descriptions", "words",
    "parts", "servers", "refused", "exporters", "ruleset", "attestation", "casebook",
)  # fmt: skip


@click.command()
@click.option("--of", "kind", type=click.Choice(_KINDS), help="The schema of this kind of rule file instead.")
def schema(kind: str | None) -> None:
    """Print the JSON Schema of answers, or of a kind of rule file.

    \b
    exportrules schema --of instrument
    """
    import json

    if kind:
        from exportrules.study.schemas import file_schema

        content = file_schema(kind)
    else:
        from exportrules.answer.schema import determination_schema

        content = determination_schema()
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))


@click.group()
def parties() -> None:
    """Import party lists to screen against."""


@parties.command("import")
@click.argument("file")
@click.option("-o", "--output", required=True, metavar="DIR", help="Overlay to write: DIR/parties.toml.")
@click.option("--as-of", required=True, metavar="DATE", help="The day on which FILE was published.")
@click.option("--ruleset", metavar="DIR", help="Another directory of rule files, for what it lists already.")
@click.option("--force", is_flag=True, help="Replace an existing parties.toml.")
def import_parties(file: str, output: str, as_of: str, ruleset: str | None, force: bool) -> None:
    """Turn the US Consolidated Screening List, or BIS's Denied Persons List, into an overlay for --overlay DIR.

    FILE is consolidated.json (best), .csv or .tsv from data.trade.gov, or the Denied Persons List from bis.gov, which
    has expiry days (columns separated by tabs or commas). Save it yourself: nothing is fetched. Rows that cannot be
    read are reported on standard error and make the exit status 1; the others are still written. A party without a
    listing day in the file is presumed to be listed before DATE too, with a notice.
    """
    import hashlib
    import sys
    from pathlib import Path

    from exportrules.errors import OutputError, RulesetError
    from exportrules.files.load import load_ruleset, read_file
    from exportrules.files.partyfile import to_toml
    from exportrules.files.screening import read_list
    from exportrules.files.write import free, write_whole
    from exportrules.question.values import read_date
    from exportrules.render.safe import safe

    day, target = read_date(as_of, "--as-of"), free(Path(output) / "parties.toml", force=force)
    data = read_file(file, file, 256 * 2**20)
    screening = read_list(Path(file).name, data, day, load_ruleset(ruleset))
    if not screening.read:
        raise RulesetError(
            Path(file).name,
            "the file has no entry, so an overlay from it would screen nobody. Save the whole list again.",
        )
    header = [
        f"Written by `exportrules parties import` from {safe(Path(file).name)}, published {day}.",
        f"SHA-256 of that file: {hashlib.sha256(data).hexdigest()}",
        "",
        *screening.summary(),
    ]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target}: the file cannot be written: {error.strerror or error}.") from None
    write_whole(target, to_toml(screening.parties, header), force=force)
    for problem in screening.unreadable:
        click.echo(safe(problem), err=True)
    click.echo("\n".join(screening.summary()))
    click.echo(f"Written: {target}")
    sys.exit(1 if screening.unreadable else 0)
