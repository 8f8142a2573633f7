"""share: a maker's datacenter chips by month."""

from __future__ import annotations

from typing import Any

import click

from exportrules.cli.completion import names
from exportrules.cli.options import deal_options, table_options


@click.command()
@click.argument("maker", shell_complete=names("exporters"))
@click.option(
    "--from", "first", metavar="MONTH", help="First month, YYYY-MM. [default: when a variant was first public]"
)
@click.option("--through", "last", metavar="MONTH", help="Last month. [default: that of the last verified day]")
@click.option("-o", "--output", metavar="FILE", help="Draw it instead: .svg, .png or .html.")
@click.option("--force", is_flag=True, help="Replace an existing picture.")
@deal_options
@table_options
def share(
    maker: str, asked: dict[str, Any], first: str | None, last: str | None, output: str | None, force: bool, form: str
) -> None:
    """Print what share of MAKER's chips needs a license, by month. Only datacenter chips are counted.

    \b
    exportrules share NVIDIA --exporter other --from 2022-01
    exportrules share AMD --to AE -f csv
    exportrules share NVIDIA -o nvidia.svg

    Each variant counts once, from the month in which it became public; the variants that are counted and those that are
    left out are printed.
    """
    from exportrules.study.share import share as count
    from exportrules.study.share import share_rows

    if output:
        from exportrules.render.charts.output import ready

        ready(output, force=force)
    law = asked.pop("ruleset")
    counted = count(law, maker, first, last, **asked)
    if output:
        from exportrules.render.charts.output import write
        from exportrules.render.charts.share import NARROW, share_chart

        write(share_chart(counted, law), output, force=force, narrow=lambda: share_chart(counted, law, NARROW))
        click.echo(f"Written: {output}")
        return
    if form == "simple":
        from exportrules.render.share import share_text

        click.echo(share_text(counted, law))
        return
    from exportrules.render.text import table

    rows = share_rows(counted)
    if form == "json":
        rows = [{name: _plain(value) for name, value in row.items()} for row in rows]
    click.echo(table(rows, form))


def _plain(value: Any) -> Any:
    from decimal import Decimal

    return float(value) if isinstance(value, Decimal) else value
