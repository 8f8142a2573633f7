"""explore: every determination in one page."""

from __future__ import annotations

import click

from exportrules.cli.completion import names
from exportrules.cli.options import OVERLAY, RULESET, extra, names_in


@click.command()
@click.option("-o", "--output", required=True, metavar="FILE", help="The page: a name that ends in .html.")
@click.option("--chips", metavar="CHIP,CHIP", shell_complete=names("chips", several=True),
              help="Chips of the page, families with all their variants. [default: all of the catalogue]")  # fmt: skip
@click.option("--embed", metavar="CHIP", shell_complete=names("chips"),
              help="Write a frame about one chip instead, the size of a figure, to embed in another page.")  # fmt: skip
@RULESET
@OVERLAY
@click.option("--force", is_flag=True, help="Replace an existing file.")
def explore(
    output: str, chips: str | None, embed: str | None, ruleset: str | None, overlay: tuple[str, ...], force: bool
) -> None:
    """Write every determination into one page. It shows chips over time, a day, the world, two answers.

    One HTML file that needs no network. It looks up answers that were computed when it was written: every chip, to
    every destination, by its maker or by anyone else, for an end user headquartered there or elsewhere, or owned
    elsewhere, as enforced and as printed. Writing it for the whole catalogue takes a minute or two.

    \b
    exportrules explore -o explorer.html
    exportrules explore --chips H20,H800 --overlay ours/ -o ours.html
    """
    import shlex

    from exportrules.errors import QuestionError
    from exportrules.files.load import chosen_ruleset
    from exportrules.files.write import free, write_whole
    from exportrules.render.safe import safe

    if not output.lower().endswith((".html", ".htm")):
        raise QuestionError(f"{output!r} does not end in .html, so no browser would open it. Add that suffix.")
    named = names_in(chips, "--chips")
    if embed and named:
        raise QuestionError("--embed is about one chip, and --chips names others. Use one of the two.")
    free(output, force=force)
    law = chosen_ruleset(ruleset, overlay)
    with extra("ledger"):
        from exportrules.explore.data import build
    from exportrules.explore.page import page

    options = [word for path in overlay for word in ("--overlay", shlex.quote(path))]
    options += ["--ruleset", shlex.quote(ruleset)] if ruleset else []
    data = build(law, [embed] if embed else named)
    text = page(data, options, embed=bool(embed))
    write_whole(output, text, force=force)
    count = sum(1 for chip in data["chips"] if "variants" not in chip)
    click.echo(
        f"Written: {safe(output)}: {count} {'chip' if count == 1 else 'chips'}, {len(data['places'])} destinations, "
        f"edition {law.edition.edition}, {law.currency}."
    )
