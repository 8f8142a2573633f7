"""lint, schema, parties: the data files themselves."""

from __future__ import annotations

from datetime import date

import click


@click.command()
@click.argument("directory", required=False)
@click.option("--overlay", multiple=True, metavar="DIR", help="More files of the same schema.")
@click.option("--today", metavar="DATE", help="The day that bounds the horizon. [default: the day verified_through]")
@click.pass_context
def lint(ctx: click.Context, directory: str | None, overlay: tuple[str, ...], today: str | None) -> None:
    """Check a ruleset DIRECTORY: every defect, each with its place. Exit 1 if there is one."""
    from exportrules.facts import read_date
    from exportrules.lint import defects
    from exportrules.source import load_ruleset

    law = load_ruleset(directory, overlay)
    day = read_date(today, "today") if today else date.today()
    found = defects(law, day)
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
