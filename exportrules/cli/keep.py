"""memo and verify: write an answer for the file, and check a receipt written earlier."""

from __future__ import annotations

from typing import Any

import click

from exportrules.cli.options import log_option, on_option, question_options


@click.command()
@question_options
@on_option
@click.option("-o", "--output", metavar="FILE", help="Write to FILE: .md, .html, .pdf or .docx.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@click.option("--matter", metavar="TEXT", help="For the head: the matter or file to which it belongs.")
@click.option("--order", metavar="TEXT", help="For the head: the order, invoice or shipment.")
@click.option("--quantity", metavar="TEXT", help="For the head: how many, a number first: '8 boards'.")
@click.option("--value", metavar="TEXT", help="For the head: the amount with its currency: 'USD 240,000'.")
@click.option("--preparer", metavar="NAME", help="For the head and the signature line: who prepared it.")
@click.option("--for", "addressed", metavar="NAME", help="For the head: for whom it was prepared.")
@click.option(
    "--paper", type=click.Choice(("a4", "letter")), help="Paper size of .pdf, .docx and .html. [default: letter]"
)
@log_option
def memo(
    chip: Any,
    asked: dict[str, Any],
    on: str,
    output: str | None,
    force: bool,
    paper: str | None,
    journal: str | None,
    **entries: str | None,
) -> None:
    """Write a memorandum on CHIP for the compliance file. It has question, answer, assumptions, analysis, authorities.

    Without -o it is printed as Markdown. The options for the head appear above it, with the day of the question, and
    a line to sign below; they change no answer. PDF and Word need the extra: pip install 'exportrules[memo]'

    \b
    exportrules memo H800 --on 2023-06-01
    exportrules memo H800 --on 2023-06-01 -o h800.html
    exportrules memo H800 --on 2023-06-01 --matter 2023-114 --quantity 8 --preparer "J. Moreau" -o h800.pdf
    """
    from exportrules.answer.determination import check as ask
    from exportrules.files.write import write_whole
    from exportrules.render.head import head
    from exportrules.render.memo_file import document, form_of
    from exportrules.render.safe import safe

    form = form_of(output, paper, force=force)
    above = head(**entries)
    if journal:
        from exportrules.study.journal import log, ready

        ready(journal)
    determination = ask(chip, on=on, **asked)
    content = document(determination, form, above, paper)
    if journal:
        log(journal, determination, "memo")
    if output:
        write_whole(output, content, force=force)
        click.echo(f"Written: {safe(output)}")
    else:
        click.echo(content, nl=False)


@click.command()
@click.argument("receipt")
@click.option("--ruleset", metavar="DIR", help="The rule files to ask, e.g. those of an older edition.")
@click.option("--overlay", multiple=True, metavar="PATH", help="The overlays of the question, in the same order.")
@click.option("--earlier", metavar="DIR", help="The receipt's own rule files, to find which change moved the answer.")
@click.option("--json", "as_json", is_flag=True, help="Print the finding as JSON.")
@click.pass_context
def verify(
    ctx: click.Context, receipt: str, ruleset: str | None, overlay: tuple[str, ...], earlier: str | None, as_json: bool
) -> None:
    """Ask the question of a RECEIPT again, offline. The answer is the same, moved (and by which file), or altered.

    Exit status: 0 the answer is the same; 1 it moved, or the receipt was altered, or its overlays are not here.

    \b
    exportrules check H20 --on 2024-06-03 --receipt h20.json
    exportrules verify h20.json
    exportrules verify h20.json --ruleset rulesets-2026.11
    """
    from pathlib import Path

    from exportrules.errors import RulesetError
    from exportrules.files.load import label_of, rule_texts
    from exportrules.study.verify import verify as verified

    try:
        text = Path(receipt).read_bytes()
    except OSError as error:
        raise RulesetError(receipt, f"the file cannot be read: {error.strerror or error}.") from None
    finding = verified(
        text,
        rule_texts(ruleset, overlay),
        rule_texts(earlier, overlay) if earlier else None,
        (label_of(ruleset), label_of(earlier)),
    )
    if as_json:
        import json
        from dataclasses import fields

        content = {f.name: getattr(finding, f.name) for f in fields(finding) if f.name not in ("was", "now")}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        from exportrules.render.verification import verification_text

        click.echo(verification_text(finding))
    ctx.exit(0 if finding.status == "same" else 1)
