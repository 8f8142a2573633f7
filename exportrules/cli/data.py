"""lint, schema, parties: the data files themselves."""

from __future__ import annotations

import click


@click.command()
@click.argument("directory", required=False)
@click.option(
    "--overlay", multiple=True, metavar="PATH", help="More files of the same schema: a directory, or one file."
)
@click.option("--today", metavar="DATE", help="A day that the horizon may not pass; without it that is not checked.")
@click.pass_context
def lint(ctx: click.Context, directory: str | None, overlay: tuple[str, ...], today: str | None) -> None:
    """Check a ruleset DIRECTORY: every defect, each with its place. Exit 1 if there is one."""
    from exportrules.facts import read_date
    from exportrules.lint import defects
    from exportrules.source import load_ruleset

    law = load_ruleset(directory, overlay)
    found = defects(law, read_date(today, "today") if today else None)
    for defect in found:
        click.echo(str(defect))
    click.echo(
        f"{len(law.files)} files, {len(law.provisions)} provisions, {len(law.variants)} chips: {len(found)} defects."
    )
    ctx.exit(1 if found else 0)


@click.command()
def schema() -> None:
    """Print the JSON Schema of `check --json`."""
    import json

    from exportrules.schema import determination_schema

    click.echo(json.dumps(determination_schema(), indent=2, ensure_ascii=False))


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

    from exportrules.errors import OutputError
    from exportrules.facts import read_date
    from exportrules.output import free, write_whole
    from exportrules.partyfile import to_toml
    from exportrules.render.safe import safe
    from exportrules.screening import read_list
    from exportrules.source import load_ruleset, read_file

    day, target = read_date(as_of, "--as-of"), free(Path(output) / "parties.toml", force=force)
    data = read_file(file, file, 256 * 2**20)
    made = read_list(Path(file).name, data, day, load_ruleset(ruleset))
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
