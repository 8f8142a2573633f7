"""check and timeline: the questions."""

from __future__ import annotations

import sys
from typing import Any

import click

from exportrules.cli.options import question_options, table_options

_STATUS = {
    "no_license_requirement": 0,
    "license_exception": 10,
    "license_required": 11,
    "not_released": 12,
    "indeterminate": 3,
}


@click.command()
@question_options
@click.option("--on", required=True, metavar="DATE", help="Day of export, YYYY-MM-DD, in Washington, D.C.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole determination as JSON; one line where piped.")
@click.option("--explain", is_flag=True, help="Print the whole trace.")
@click.option(
    "--exit-code", is_flag=True, help="Exit with 0 none, 10 exception, 11 license, 12 not released, 3 indeterminate."
)
@click.pass_context
def check(
    ctx: click.Context, chip: Any, asked: dict[str, Any], on: str, as_json: bool, explain: bool, exit_code: bool
) -> None:
    """Was CHIP exportable on a day; under which rule, for whom, until when?

    CHIP is a name as people write it: A100, "RTX 4090 D", a100-sxm4-80gb, "NVIDIA H800". Without it,
    describe a chip of your own with --chip FILE or --fact NAME=VALUE.
    """
    from exportrules.determination import check as ask

    determination = ask(chip, on=on, **asked)
    if as_json:
        # laid out for a reader, one line for a script
        click.echo(determination.to_json(2 if sys.stdout.isatty() else None))
    elif explain:
        click.echo(determination.explain())
    else:
        from exportrules.render.text import answer

        click.echo(answer(determination))
    ctx.exit(_STATUS[determination.outcome] if exit_code else 3 if determination.outcome == "indeterminate" else 0)


@click.command()
@question_options
@table_options
def timeline(chip: Any, asked: dict[str, Any], form: str) -> None:
    """Every span of one answer for CHIP, with what opened it."""
    from exportrules.determination import timeline as ask

    made = ask(chip, **asked)
    if form == "simple":
        from exportrules.render.text import timeline_text

        click.echo(timeline_text(made))
        return
    from exportrules.render.text import table

    rows = [
        {
            "from": str(span.start or ""),
            "through": str(span.last or ""),
            "outcome": span.answer.outcome,
            "review_policy": span.answer.review_policy or "",
            "standing": span.answer.standing,
            "turns_on": " ".join(span.answer.turns_on),
            "opened_by": " ".join(span.opened_by),
        }
        for span in made.spans
    ]
    click.echo(table(rows, form))
