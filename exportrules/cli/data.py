"""lint, confirm, schema, parties: the data files themselves."""

from __future__ import annotations

from typing import Any

import click

from exportrules.cli.browse import law_options


@click.command()
@click.argument("directory", required=False)
@click.option(
    "--overlay", multiple=True, metavar="PATH", help="More files of the same schema: a directory, or one file."
)
@click.option("--today", metavar="DATE", help="A day that the horizon may not pass; without it that is not checked.")
@click.pass_context
def lint(ctx: click.Context, directory: str | None, overlay: tuple[str, ...], today: str | None) -> None:
    """Check a ruleset DIRECTORY: every defect, each with its place. Exit 1 if there is one."""
    from exportrules.files.lint import defects
    from exportrules.files.load import is_overlay, label_of, rule_texts
    from exportrules.files.parse import problems_of
    from exportrules.question.values import read_date
    from exportrules.render.safe import safe

    day = read_date(today, "today") if today else None
    texts, label = rule_texts(directory, overlay), label_of(directory)
    found, law = problems_of({n if is_overlay(n) else f"{label}/{n}": text for n, text in texts.items()})
    if law is None:
        # no command takes such files; what makes law doubtful is looked for once they can be read
        for problem in found:
            click.echo(f"exportrules: {safe(problem)}", err=True)
        ctx.exit(1)
    found = [str(defect) for defect in defects(law, day)]
    for defect in found:
        click.echo(safe(defect))
    click.echo(
        f"{len(texts)} files, {len(law.provisions)} provisions, {len(law.variants)} chips: {len(found)} defects."
    )
    ctx.exit(1 if found else 0)


@click.command()
@click.argument("texts", nargs=-1, required=True)
@click.option("--on", metavar="DATE", help="The day of texts that name none: YYYY-MM-DD.")
@click.option("--section", default="", metavar="SECTION", help="The section of a text that names none, e.g. 742.6.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@law_options
@click.pass_context
def confirm(ctx: click.Context, law: Any, texts: tuple[str, ...], on: str | None, section: str, as_json: bool) -> None:
    """Look for the rule files' quotes in dated copies of the codified text: TEXTS are files or folders.

    A copy is the XML of the eCFR as the government publishes it, Markdown or plain text. Its day is read from it, from
    its name or from its folder's name. Every provision is reported as found word for word, found with differences, or
    not given; and every section that has changed since the text was read, by its paragraphs. White space, typographic
    quotes and dashes make no difference. Exit status: 0 all that could be looked for was found; 1 if not.

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


#: The kinds of rule files that have a schema; the module that makes them is imported when one is wanted.
_KINDS = (
    "instrument", "chip", "own-chip", "facts", "groups", "places", "territories", "parties", "descriptions", "words",
    "parts", "servers", "refused", "exporters", "ruleset", "attestation", "casebook",
)  # fmt: skip


@click.command()
@click.option("--of", "kind", type=click.Choice(_KINDS), help="Of this kind of rule file, in place of answers.")
def schema(kind: str | None) -> None:
    """Print the JSON Schema of `check --json`, or of a kind of rule file.

    \b
    exportrules schema --of instrument
    """
    import json

    if kind:
        from exportrules.study.schemas import file_schema

        made = file_schema(kind)
    else:
        from exportrules.answer.schema import determination_schema

        made = determination_schema()
    click.echo(json.dumps(made, indent=2, ensure_ascii=False))


@click.group()
def parties() -> None:
    """Party lists of your own to screen against."""


@parties.command("import")
@click.argument("file")
@click.option("-o", "--output", required=True, metavar="DIR", help="Overlay to write: DIR/parties.toml.")
@click.option("--as-of", required=True, metavar="DATE", help="The day on which FILE was published.")
@click.option("--ruleset", metavar="DIR", help="Another directory of rule files, for what it lists already.")
@click.option("--force", is_flag=True, help="Replace a parties.toml that is there.")
def import_parties(file: str, output: str, as_of: str, ruleset: str | None, force: bool) -> None:
    """Turn the US Consolidated Screening List, or BIS's Denied Persons List, into an overlay for --overlay DIR.

    FILE is consolidated.json (best), .csv or .tsv of data.trade.gov, or the Denied Persons List of bis.gov by itself,
    which has expiry days (tabs or commas between columns), saved by you: nothing is fetched. Rows that cannot be read
    are reported on standard error and make the exit status 1; the rest is written all the same.
    A party whose listing day the file does not have is presumed to be listed before DATE too, with a notice.
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
    made = read_list(Path(file).name, data, day, load_ruleset(ruleset))
    if not made.read:
        raise RulesetError(
            Path(file).name,
            "there is no entry in it, so an overlay made from it would screen nobody. Save the whole list again.",
        )
    header = [
        f"Written by `exportrules parties import` from {safe(Path(file).name)}, published {day}.",
        f"SHA-256 of that file: {hashlib.sha256(data).hexdigest()}",
        "",
        *made.summary(),
    ]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target}: the file cannot be written: {error.strerror or error}.") from None
    write_whole(target, to_toml(made.parties, header), force=force)
    for problem in made.unreadable:
        click.echo(safe(problem), err=True)
    click.echo("\n".join(made.summary()))
    click.echo(f"Written: {target}")
    sys.exit(1 if made.unreadable else 0)
