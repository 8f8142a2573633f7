"""diff, changes, what-if and flip: answers beside other answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exportrules.cli.completion import names
from exportrules.cli.options import FORMATS, form_of, on_option, question_options, table_options, terms_options

if TYPE_CHECKING:
    from exportrules.law.ruleset import Ruleset
    from exportrules.question.question import Question


@click.command()
@question_options
@on_option
@table_options
def flip(chip: Any, asked: dict[str, Any], on: str, form: str) -> None:
    """Each single number of CHIP whose change would alter the answer, and the value where it does.

    \b
    exportrules flip H20 --on 2024-06-03
    exportrules flip A800 --on 2023-01-05 --to HK
    """
    from exportrules.answer.determination import check as ask
    from exportrules.render.flips import flip_rows, flips_text
    from exportrules.study.flips import flips

    determination = ask(chip, on=on, **asked)
    found = flips(determination)
    if form == "simple":
        click.echo(flips_text(determination, found))
        return
    from exportrules.render.text import table

    click.echo(table(flip_rows(found), form))


def _chips(command: Any) -> Any:
    help_text = "Names, parted by commas; repeat for more. [default: the whole catalogue]"
    complete = names("chips", several=True)
    return click.option("--chips", multiple=True, metavar="NAMES", shell_complete=complete, help=help_text)(command)


@click.command()
@click.argument("first", required=False, metavar="[DAY")
@click.argument("last", required=False, metavar="DAY]")
@terms_options
@_chips
@click.option("--ruleset", multiple=True, metavar="DIR", help="Rule files to ask; twice: an older edition and a newer.")
@click.option("--overlay", multiple=True, metavar="PATH", help="More files of the same schema.")
@table_options
def diff(
    first: str | None,
    last: str | None,
    asked: dict[str, Any],
    chips: tuple[str, ...],
    ruleset: tuple[str, ...],
    overlay: tuple[str, ...],
    form: str,
) -> None:
    """Which chips changed answer between two days, or between two editions, and through which provision.

    With two days, YYYY-MM-DD: every change of a chip whose answers on the two differ. With two --ruleset and no day:
    what the newer edition changed, days that the older had verified and later days apart, as NEWS.md has it.

    \b
    exportrules diff 2023-11-16 2023-11-17 --to CN
    exportrules diff 2022-08-01 2023-12-01 --chips A800,H800
    exportrules diff --ruleset rulesets-2026.11 --ruleset rulesets
    """
    from exportrules.errors import QuestionError
    from exportrules.files.load import load_ruleset
    from exportrules.question.values import read_date
    from exportrules.render.differences import moved_rows, news_text, step_rows, steps_text
    from exportrules.render.text import heading, table
    from exportrules.study.differences import between, chosen, editions, named

    if len(ruleset) == 2 and not first:
        old, new = (load_ruleset(directory, overlay) for directory in ruleset)
        edition = editions(old, new, chips, asked)
        if form == "simple":
            deal = heading(_question(new, chosen(new, chips), asked), new)
            click.echo(news_text(old, new, edition, lambda names: named(new, names), deal))
        else:
            horizon = min(old.horizon, new.horizon)
            click.echo(table(moved_rows([*edition.past, *edition.future], horizon), form))
        return
    if not first or not last or len(ruleset) > 1:
        raise QuestionError(
            "two days are wanted, e.g. 2023-11-16 2023-11-17; or no day and --ruleset OLD --ruleset NEW."
        )
    law = load_ruleset(ruleset[0] if ruleset else None, overlay)
    ids = chosen(law, chips)
    start, stop = read_date(first, "the first day"), read_date(last, "the second day")
    steps = between(law, ids, start, stop, asked)
    if form == "simple":
        click.echo(f"{heading(_question(law, ids, asked), law)}; {start} to {stop}\n")
        click.echo(steps_text(law, steps, lambda names: named(law, names), len(ids), stop))
    else:
        click.echo(table(step_rows(steps, law.horizon), form))


@click.command()
@terms_options
@_chips
@click.option("--from", "since", required=True, metavar="DATE", help="The first day of the calendar.")
@click.option("--ruleset", metavar="DIR", help="Another directory of rule files.")
@click.option("--overlay", multiple=True, metavar="PATH", help="More files of the same schema.")
@click.option("-f", "--format", "form", type=click.Choice([*FORMATS, "ics"]),
              help="Table format, or a calendar. [default: simple, or as FILE ends]")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of printing.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def changes(
    asked: dict[str, Any],
    chips: tuple[str, ...],
    since: str,
    ruleset: str | None,
    overlay: tuple[str, ...],
    form: str | None,
    output: str | None,
    force: bool,
) -> None:
    """A calendar of every change that touches your chips, what is scheduled beyond the horizon included.

    \b
    exportrules changes --from 2022-01-01 --chips A800,H800
    exportrules changes --from 2026-01-01 --chips H20,H200 -o chips.ics
    """
    from exportrules.errors import QuestionError
    from exportrules.files.load import load_ruleset
    from exportrules.files.write import free, write_whole
    from exportrules.question.values import read_date
    from exportrules.render.differences import event_rows, event_text, events_text
    from exportrules.render.safe import safe
    from exportrules.render.text import heading, table
    from exportrules.study.calendar import events, icalendar
    from exportrules.study.differences import chosen

    day, form = read_date(since, "--from"), form_of(output, form)
    if output:
        free(output, force=force)
    law = load_ruleset(ruleset, overlay)
    ids = chosen(law, chips)
    question = _question(law, ids, asked)
    found = events(law, ids, day, asked)
    if form == "ics":
        if not found:
            raise QuestionError(f"no change from {since} on touches these chips, and a calendar of nothing is none.")
        made = icalendar(law, found, asked, {event: event_text(law, event, question) for event in found})
    elif form == "simple":
        made = f"{heading(question, law)}; from {day}\n\n{events_text(law, found, day)}\n".encode()
    else:
        made = (table(event_rows(law, found, question), form) + "\n").encode()
    if output:
        write_whole(output, made, force=force)
        click.echo(f"Written: {safe(output)}")
    else:
        click.echo(made, nl=False)


@click.command("what-if")
@click.argument("reform", nargs=-1, required=True, metavar="REFORM.toml...")
@terms_options
@_chips
@click.option("--ruleset", metavar="DIR", help="Another directory of rule files.")
@click.option("--overlay", multiple=True, metavar="PATH", help="More files of the same schema, on both sides.")
@table_options
def what_if(
    reform: tuple[str, ...],
    asked: dict[str, Any],
    chips: tuple[str, ...],
    ruleset: str | None,
    overlay: tuple[str, ...],
    form: str,
) -> None:
    """Every chip and span that would change if the law were as REFORM has it.

    REFORM is an overlay whose provisions `replaces` others: a moved threshold, an added limb, a shifted date. See
    docs/what-if.md.

    \b
    exportrules what-if no-io-limb.toml --to CN
    exportrules what-if no-io-limb.toml --chips A800,H800 -f csv
    """
    from exportrules.files.load import load_ruleset
    from exportrules.render.differences import moved_rows, moved_text
    from exportrules.render.text import footer, heading, table
    from exportrules.study.differences import chosen, named, supposed
    from exportrules.study.whatif import supposition

    law, other = load_ruleset(ruleset, overlay), load_ruleset(ruleset, [*overlay, *reform])
    ids = chosen(law, chips)
    moved = supposed(law, other, ids, asked)
    if form != "simple":
        click.echo(table(moved_rows(moved, law.horizon), form))
        return
    click.echo(
        "\n".join(["Supposed:", *supposition(law, other), "", f"{heading(_question(law, ids, asked), law)}:", ""])
    )
    if moved:
        click.echo(moved_text(other, moved, lambda names: named(law, names), law.horizon))
    click.echo(f"{len({span.chip for span in moved})} of {len(ids)} variants would be answered otherwise.")
    click.echo(f"\n{footer(law)}")


def _question(law: Ruleset, chips: list[str], asked: dict[str, Any]) -> Question:
    """The deal that all chips are asked about, as it is resolved."""
    from exportrules.answer.determination import timeline

    return timeline(chips[0], ruleset=law, **asked).question
