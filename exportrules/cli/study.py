"""casebook: published claims compared with the law."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from exportrules.cli.completion import names
from exportrules.cli.options import law_options, table_options
from exportrules.render.safe import safe

if TYPE_CHECKING:
    from exportrules.law.ruleset import Ruleset
    from exportrules.study.casebook import Casebook, Claim, Days, FirstDay, Publication, Reply
    from exportrules.study.verdicts import Judgement


@click.command()
@click.argument("name", required=False, shell_complete=names("casebooks"))
@law_options
@table_options
def casebook(law: Ruleset, name: str | None, form: str) -> None:
    """Compare claims from the press with the law's answers. Each claim is dated, and asked about for its own days.

    NAME is a casebook (deepseek, press), or the path of a .toml file of your own. Without it, all of them.
    Every answer is computed; the file contains none. What a claim implies is compared with the answers: it agrees, is
    contradicted by the law, is true of some and not of others (the maker, anyone else; one chip, another), or is not
    decided.
    """
    from exportrules.study.casebook import casebooks, find_casebook, load_casebook
    from exportrules.study.verdicts import rows

    books = [load_casebook(file, law) for file in ([find_casebook(name)] if name else casebooks())]
    if form == "simple":
        click.echo("\n\n".join(_book(book, law) for book in books))
        return
    from exportrules.render.text import table

    click.echo(table([row for book in books for row in rows(book, law)], form))


def _book(book: Casebook, law: Ruleset) -> str:
    from exportrules.render.text import footer
    from exportrules.study.casebook import replies
    from exportrules.study.verdicts import counted, verdict

    lines = [safe(book.title), "", *_wrapped(book.summary, 0)]
    shown, judged, printed = None, [], set[str]()
    for reply in replies(book, law):
        if reply.claim != shown:
            shown, printed = reply.claim, set()
            lines += ["", "", *_claim(shown)]
        reached = verdict(reply)
        judged.append((reply.claim, reached))
        lines += ["", *_reply(reply), *_verdict(reached), *_notices(reply, printed)]
    number = counted(book, judged)
    if number.silent < len(book.claim):
        count = len(book.claim) - number.silent
        summary = (
            f"Claims that imply an answer: {count} of {len(book.claim)}. Agrees: {number.agree}. True of some, not "
            f"of others: {number.partly}. Contradicted by the law: {number.contradicted}. "
            f"Not decided: {number.not_decided}."
        )
        lines += ["", "", *_wrapped(summary, 0)]
    return "\n".join([*lines, "", footer(law)])


def _verdict(reached: Judgement | None) -> Iterator[str]:
    if reached is None:
        return
    if reached.verdict == "contradicted":
        joint = " of" if reached.because[:1].isdigit() else ":"
        yield from _wrapped(f"CONTRADICTED by the law{joint} {reached.because}", 2)
    else:
        yield from _wrapped(f"{reached.verdict.upper()}{f': {reached.because}' if reached.because else ''}", 2)


def _notices(reply: Reply, printed: set[str]) -> Iterator[str]:
    """The notices of the answers, without repetition within a claim."""
    for notice in (notice for days in reply.days for notice in days.notices):
        if notice not in printed:
            printed.add(notice)
            yield from _wrapped(f"notice: {notice}", 2)


def _claim(claim: Claim) -> Iterator[str]:
    yield f"== {safe(claim.id)} =="
    yield from _item("claim", claim.says)
    yield from _source("source", claim.source)
    if claim.by_way_of:
        yield from _source("by way of", claim.by_way_of)
    yield from _item("chips", ", ".join(claim.chips))
    yield from _item("window", f"{claim.first} through {claim.last}")
    if claim.implies:
        yield from _item("implies", _implied(claim))
    if claim.note:
        yield from _item("note", claim.note)


def _implied(claim: Claim) -> str:
    from exportrules.answer.words import decision
    from exportrules.render.text import WHO

    who = "everyone" if claim.implies_for == "everyone" else WHO.get(claim.implies_for, claim.implies_for)
    since = f", first on {claim.implies_since}" if claim.implies_since else ""
    return f"{decision(claim.implies or '', claim.implies_policy)}{since}; for {who}"


def _source(label: str, source: Publication) -> Iterator[str]:
    yield from _item(label, f"{source.publisher}{f', {source.published}' if source.published else ''}")
    if source.url:
        yield from _wrapped(source.url, 12)


def _reply(reply: Reply) -> Iterator[str]:
    from exportrules.render.text import asked_words

    yield from _wrapped(f"{asked_words(reply.timeline)}: {reply.question.label}", 0)
    for days in reply.days:
        yield from _days(days)
    if reply.first:
        yield from _first(reply.first, reply.claim)


def _days(days: Days) -> Iterator[str]:
    from exportrules.answer.words import decision

    answer, span = days.span.answer, days.span
    standing = "" if answer.standing == "verified" else f" [{answer.standing.replace('_', ' ')}]"
    yield f"  {days.first}  {days.last}  {decision(answer.outcome, answer.review_policy)}{standing}"
    if answer.turns_on:
        yield from _wrapped(f"turns on {', '.join(answer.turns_on)}", 26)
    if span.opened_by:
        yield from _wrapped(f"opened by {', '.join(span.opened_by)}", 26)
    # Printed only if it differs: the rule that opened an answer may have been replaced by another.
    if days.requirements and not set(days.requirements) <= set(span.opened_by):
        yield from _wrapped(f"required on {days.first} by {', '.join(days.requirements)}", 26)
    since = f"from {span.start}" if span.start else "from before any known change"
    until = f"through {span.last}" if span.last else "with no known end"
    yield from _wrapped(f"holds {since} {until}", 26)


def _first(first: FirstDay, claim: Claim) -> Iterator[str]:
    from exportrules.study.casebook import first_day_text

    text = f"first day a license was required: {first_day_text(first)}"
    if not first.required:
        yield from _wrapped(f"{text}, to {claim.last}", 2)
        return
    opened = f" ({', '.join(first.opened_by)})" if first.opened_by else ""
    lasted = f"and on every day since, to {claim.last}" if first.unbroken else f"but not on every day to {claim.last}"
    yield from _wrapped(f"{text}{opened}, {lasted}", 2)
    if first.undetermined_from:
        yield from _wrapped(f"undetermined from {first.undetermined_from} on until then: it may have begun earlier", 26)


def _item(label: str, text: str) -> list[str]:
    return [f"{label:<12}{line[12:]}" if i == 0 else line for i, line in enumerate(_wrapped(text, 12))]


def _wrapped(text: str, indent: int) -> list[str]:
    from exportrules.render.text import WIDTH

    pad = " " * indent
    return textwrap.wrap(
        safe(" ".join(text.split())),
        WIDTH,
        initial_indent=pad,
        subsequent_indent=pad,
        break_long_words=False,
        break_on_hyphens=False,
    )
