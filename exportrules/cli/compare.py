"""diff, changes, what-if and flip: commands that compare answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from exportrules.cli.completion import names
from exportrules.cli.options import (
    FORMATS,
    OVERLAY,
    RULESET,
    form_of,
    on_option,
    question_options,
    table_options,
    terms_options,
)

if TYPE_CHECKING:
    from exportrules.law.ruleset import Ruleset
    from exportrules.question.question import Question


@click.command()
@question_options
@on_option
@table_options
def flip(chip: Any, asked: dict[str, Any], on: str, form: str) -> None:
    """List each number of CHIP whose change would alter the answer. Each is changed alone, up to that value.

    \b
    exportrules flip H20 --on 2024-06-03
    exportrules flip A800 --on 2023-01-05 --to HK
    """
    from exportrules.answer.determination import check as ask
    from exportrules.render.flips import flip_rows, flips_text
    from exportrules.study.flips import flips

    determination = ask(chip, on=on, **asked)
    turning = flips(determination)
    if form == "simple":
        click.echo(flips_text(determination, turning))
        return
    from exportrules.render.text import table

    click.echo(table(flip_rows(turning), form))


def _chips(command: Any) -> Any:
    help_text = "Names, separated by commas; repeat for more. [default: the whole catalogue]"
    complete = names("chips", several=True)
    return click.option("--chips", multiple=True, metavar="NAMES", shell_complete=complete, help=help_text)(command)


@click.command()
@click.argument("first", required=False, metavar="[DAY")
@click.argument("last", required=False, metavar="DAY]")
@terms_options
@_chips
@click.option("--ruleset", multiple=True, metavar="DIR", help="Rule files to ask; twice: an older edition and a newer.")
@OVERLAY
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
    """List what changed between two days, or between two editions. Each chip is listed with the provision.

    With two days, YYYY-MM-DD: every change of a chip whose answers on these days differ. With two --ruleset and no
    day: what the newer edition changed, for days that the older had verified and for later days, as NEWS.md has it.

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
        raise QuestionError("give two days, e.g. 2023-11-16 2023-11-17; or no day and --ruleset OLD --ruleset NEW.")
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
@RULESET
@OVERLAY
@click.option("-f", "--format", "form", type=click.Choice([*FORMATS, "ics", "atom", "jsonfeed"]),
              help="Table format, a calendar or a feed. [default: simple, or by FILE's suffix]")  # fmt: skip
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of printing.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
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
    """Print a calendar of every change that affects your chips. It includes those scheduled beyond the horizon.

    \b
    exportrules changes --from 2022-01-01 --chips A800,H800
    exportrules changes --from 2026-01-01 --chips H20,H200 -o chips.ics
    exportrules changes --from 2026-01-01 --chips H20,H200 -o chips.atom
    """
    from exportrules.errors import QuestionError
    from exportrules.files.load import chosen_ruleset
    from exportrules.files.write import free, write_whole
    from exportrules.question.values import read_date
    from exportrules.render.differences import event_rows, event_text, events_text
    from exportrules.render.safe import safe
    from exportrules.render.text import heading, table
    from exportrules.study.calendar import events, icalendar
    from exportrules.study.differences import chosen
    from exportrules.study.feeds import Feed, atom, json_feed

    day, form = read_date(since, "--from"), form_of(output, form)
    if output:
        free(output, force=force)
    law = chosen_ruleset(ruleset, overlay)
    ids = chosen(law, chips)
    question = _question(law, ids, asked)
    calendar = events(law, ids, day, asked)
    if form in ("ics", "atom", "jsonfeed"):
        if not calendar:
            raise QuestionError(f"no change from {since} on affects these chips, so there is nothing to write.")
        described = {event: event_text(law, event, question) for event in calendar}
        feed = Feed(law, f"AI-chip export rules: {heading(question, law)}", calendar, ids, asked, described)
        write = {"ics": lambda feed: icalendar(law, calendar, asked, described), "atom": atom, "jsonfeed": json_feed}
        content = write[form](feed)
    elif form == "simple":
        content = f"{heading(question, law)}; from {day}\n\n{events_text(law, calendar, day)}\n".encode()
    else:
        content = (table(event_rows(law, calendar, question), form) + "\n").encode()
    if output:
        write_whole(output, content, force=force)
        click.echo(f"Written: {safe(output)}")
    else:
        click.echo(content, nl=False)


@click.command("what-if")
@click.argument("reform", nargs=-1, required=True, metavar="REFORM.toml...")
@terms_options
@_chips
@RULESET
@click.option("--overlay", multiple=True, metavar="PATH", help="More rule, chip or party files, on both sides.")
@table_options
def what_if(
    reform: tuple[str, ...],
    asked: dict[str, Any],
    chips: tuple[str, ...],
    ruleset: str | None,
    overlay: tuple[str, ...],
    form: str,
) -> None:
    """List every chip and span that would change under a REFORM.

    REFORM is an overlay with provisions that replace others (`replaces`): a moved threshold, an added limb, a shifted
    date. See docs/what-if.md.

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
    click.echo(f"{len({span.chip for span in moved})} of {len(ids)} variants would have another answer.")
    click.echo(f"\n{footer(law)}")


def _question(law: Ruleset, chips: list[str], asked: dict[str, Any]) -> Question:
    """The resolved question for the first chip; its deal is that of all chips."""
    from exportrules.answer.determination import timeline

    return timeline(chips[0], ruleset=law, **asked).question
