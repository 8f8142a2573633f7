"""lint, schema, parties: the data files themselves."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from exportrules.errors import RulesetError


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
