"""diff, changes, what-if and flip: answers beside other answers."""

from __future__ import annotations

from typing import Any

import click

from exportrules.cli.options import question_options, table_options


@click.command()
@question_options
@click.option("--on", required=True, metavar="DATE", help="Day of export, YYYY-MM-DD, in Washington, D.C.")
@table_options
def flip(chip: Any, asked: dict[str, Any], on: str, form: str) -> None:
    """Each single number of CHIP whose change would alter the answer, and the value where it does.

    \b
    exportrules flip H20 --on 2024-06-03
    exportrules flip A800 --on 2023-01-05 --to HK
    """
    from exportrules.determination import check as ask
    from exportrules.render.flips import flip_rows, flips_text
    from exportrules.study.flips import flips

    determination = ask(chip, on=on, **asked)
    found = flips(determination)
    if form == "simple":
        click.echo(flips_text(determination, found))
        return
    from exportrules.render.text import table

    click.echo(table(flip_rows(found), form))
