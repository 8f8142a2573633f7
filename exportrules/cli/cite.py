"""cite: citations of an edition, or of a question and its edition."""

from __future__ import annotations

from typing import Any

import click

from exportrules.cli.options import question_options
from exportrules.errors import QuestionError


@click.command()
@question_options
@click.option("--on", metavar="DATE", help="Day of export of the question that is cited, YYYY-MM-DD.")
@click.option(
    "--style", type=click.Choice(("text", "bibtex", "csl")), default="text", show_default=True,
    help="A sentence, a BibTeX entry, or CSL-JSON.",
)  # fmt: skip
def cite(chip: Any, asked: dict[str, Any], on: str | None, style: str) -> None:
    """Cite the edition and its digest. With a CHIP and a day, the question too.

    \b
    exportrules cite
    exportrules cite H800 --on 2023-06-01
    exportrules cite H800 --on 2023-06-01 --style bibtex
    """
    from exportrules.answer.determination import check
    from exportrules.render.cite import cite as cited
    from exportrules.render.cite import reference
    from exportrules.render.safe import safe_json
    from exportrules.render.text import deal

    law = asked["ruleset"]
    of_a_question = chip is not None or on is not None or any(v for name, v in asked.items() if name != "ruleset")
    if of_a_question and on is None:
        raise QuestionError("a question is cited with its day. Give --on YYYY-MM-DD, or omit the question.")
    question = deal(check(chip, on=on, **asked)) if on is not None else ""
    click.echo(safe_json(cited(reference(law, question), style)))
