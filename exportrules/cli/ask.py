"""The commands check, timeline and matrix."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from exportrules.cli import plain
from exportrules.cli.options import chips_options, log_option, names_in, on_option, question_options, table_options
from exportrules.cli.terminal import draws, tinted
from exportrules.render.languages import LANGUAGES

if TYPE_CHECKING:
    from exportrules.answer.timeline import Timeline
    from exportrules.law.ruleset import Ruleset

_STATUS = {
    "no_license_requirement": 0,
    "license_exception": 10,
    "license_required": 11,
    "not_released": 12,
    "indeterminate": 3,
}


def lang_option(command: Any) -> Any:
    """The option --lang: the language of an answer in plain text."""
    return click.option("--lang", default="en", show_default=True, metavar="LANGUAGE",
                        help=f"Language of the answer: {', '.join(LANGUAGES)}.")(command)  # fmt: skip


def _lang(written: str, for_programs: bool) -> str:
    """The code of the language. Raises QuestionError if it is unknown, or if the output is always in English."""
    if written == "en":
        return written
    from exportrules.errors import QuestionError
    from exportrules.render.languages import language_of

    lang = language_of(written)
    if for_programs and lang != "en":
        raise QuestionError("--lang is for the answer in plain text; data and the trace are in English. Omit --lang.")
    return lang


@click.command()
@question_options
@on_option
@click.option("--json", "as_json", is_flag=True, help="Print the whole determination as JSON; one line where piped.")
@click.option("--explain", is_flag=True, help="Print the whole trace.")
@click.option(
    "--exit-code",
    is_flag=True,
    help="Exit with 0 no requirement, 10 exception, 11 license, 12 not released, 3 indeterminate.",
)
@click.option("--receipt", metavar="FILE", help="Also write a receipt, for `exportrules verify FILE`.")
@click.option("--force", is_flag=True, help="Replace an existing receipt.")
@log_option
@lang_option
@click.pass_context
def check(
    ctx: click.Context,
    chip: Any,
    asked: dict[str, Any],
    on: str,
    as_json: bool,
    explain: bool,
    exit_code: bool,
    receipt: str | None,
    force: bool,
    journal: str | None,
    lang: str,
) -> None:
    """Was CHIP exportable on a day, under which rule, until when?

    CHIP is a name as people write it: A100, "RTX 4090 D", a100-sxm4-80gb, "NVIDIA H800". Without it,
    describe a chip of your own with --chip FILE or --fact NAME=VALUE.

    \b
    exportrules check A100 --on 2022-09-15
    exportrules check H100 --on 2024-06-01 --to SG --ultimate-parent CN --exporter other
    exportrules check --fact tpp=2000 --fact designed_for_datacenter=true --on 2023-12-01 --json
    """
    from exportrules.answer.determination import check as ask

    lang = _lang(lang, as_json or explain)
    if as_json and explain:
        from exportrules.errors import QuestionError

        raise QuestionError(
            "--json and --explain are two forms of one answer; the JSON has the whole trace, under `findings`. Leave "
            "one of them out."
        )
    if receipt:
        from exportrules.files.write import free

        free(receipt, force=force)
    if journal:
        from exportrules.study.journal import log, ready

        ready(journal)
    determination = ask(chip, on=on, **asked)
    if journal:
        log(journal, determination, "check")
    if receipt:
        from exportrules.files.write import write_whole
        from exportrules.study import canonical
        from exportrules.study.receipt import receipt as made

        write_whole(receipt, canonical.readable(made(determination)), force=force)
    if as_json:
        click.echo(plain.as_data(determination))
    elif explain:
        click.echo(plain.coloured(determination.explain(), determination.outcome))
    elif lang != "en":
        from exportrules.render.spoken import answer_in

        click.echo(plain.coloured(answer_in(determination, lang), determination.outcome))
    else:
        click.echo(plain.as_text(determination))
    ctx.exit(_STATUS[determination.outcome] if exit_code else plain.status(determination))


@click.command()
@question_options
@table_options
@log_option
@lang_option
def timeline(chip: Any, asked: dict[str, Any], form: str, journal: str | None, lang: str) -> None:
    """List every span of days with one answer for CHIP. It also prints what began each, and a bar of months.

    \b
    exportrules timeline H800
    exportrules timeline A100 --exporter other -f csv
    """
    from exportrules.answer.determination import timeline as ask

    lang = _lang(lang, form != "simple")
    if journal:
        from exportrules.study.journal import log, ready

        ready(journal)
    answered = ask(chip, **asked)
    if journal:
        log(journal, answered, "timeline")
    if form == "simple" and lang != "en":
        from exportrules.render.spoken import timeline_in

        click.echo(timeline_in(answered, lang, _bar(answered)))
        return
    if form == "simple":
        from exportrules.render.text import timeline_text

        click.echo(timeline_text(answered, _bar(answered)))
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
        for span in answered.spans
    ]
    click.echo(table(rows, form))


def _bar(timeline: Timeline) -> list[str]:
    """The months of a timeline under a ruler of years, with a legend."""
    from exportrules.render.bar import BLOCKS, months, ruler
    from exportrules.render.text import WIDTH

    cells = months(timeline, blocks=draws(BLOCKS))
    runs = groupby(cells, lambda cell: cell.outcome)
    line = "".join(tinted("".join(cell.mark for cell in same), outcome) for outcome, same in runs)
    meant = [(f"{cell.mark} {cell.words}", cell.outcome) for cell in dict.fromkeys(cells)]
    legend, wide = "", 0
    for text, outcome in [*meant, ("(a mark is a month, as it ended)", "")]:
        if wide and wide + len(text) + 3 > WIDTH:
            legend, wide = f"{legend}\n", 0
        legend += ("   " if wide else "") + (tinted(text[0], outcome) + text[1:] if outcome else text)
        wide += len(text) + 3
    return [ruler(timeline), line, legend, ""]


@click.command()
@chips_options
@click.option(
    "--on",
    "days",
    multiple=True,
    required=True,
    metavar="DATE",
    help="Days of export, YYYY-MM-DD; repeat the option, or separate them by commas.",
)
@table_options
def matrix(chips: list[Any], asked: dict[str, Any], days: tuple[str, ...], form: str) -> None:
    """Print short answers for several CHIPs on several days. The deal is the same for all.

    \b
    exportrules matrix A100 A800 H20 --on 2022-09-15,2023-06-01,2024-06-03
    exportrules matrix H100 "RTX 4090" --to SG --ultimate-parent CN --on 2023-12-01 -f csv
    exportrules matrix H100 H20 --to CN,SA,SG --on 2025-06-02

    With several destinations, separated by commas, each has a row of its own.
    The cells say whether a license is required and, in brackets, how an application would be reviewed:
    none found, exception, license (...), not released, undetermined. -f json has the full words, and the
    standing of each answer.
    """
    from exportrules.answer.matrix import matrix as ask
    from exportrules.answer.words import short
    from exportrules.errors import QuestionError
    from exportrules.render.text import deal_words, footer, heading, table

    if not chips:
        raise QuestionError("no chip is given. Name one or more: exportrules matrix A100 H100 --on 2022-09-15")
    dates = [day.strip() for text in days for day in text.split(",")]
    law = asked["ruleset"]
    places = _places(law, asked["to"])
    rows: list[dict[str, Any]] = []
    answered = ask(chips, on=dates, **{**asked, "to": places})
    for chip, to, answers in answered:
        row: dict[str, Any] = {"chip": chip}
        if len(places) > 1:
            row["to"] = to if form == "json" else law.places[to].name
        for d in answers:
            full = {"outcome": d.outcome, "review_policy": d.review_policy, "standing": d.standing,
                    "requirements": d.requirements}  # fmt: skip
            row[str(d.on)] = full if form == "json" else short(d.outcome, d.review_policy)
        rows.append(row)
    printed = table(rows, form)
    if form == "simple":
        question = answered.rows[-1].answers[0].timeline.question
        head = heading(question, law) if len(places) == 1 else deal_words(question, law)
        printed = f"{head}\n\n{printed}\n\n{footer(law)}"
    click.echo(printed)


def _places(law: Ruleset, written: str | None) -> list[str | None]:
    """The destinations of a list, each once; a name that contains a comma is one destination."""
    from exportrules.errors import UnknownNameError
    from exportrules.question.names.places import find_place

    if written is None or "," not in written:
        return [written]
    try:
        return [find_place(law, written)]
    except UnknownNameError:
        return list(dict.fromkeys(find_place(law, name) for name in names_in(written, "--to")))
