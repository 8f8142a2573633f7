"""data: the determinations and the catalogue as a data package."""

from __future__ import annotations

from typing import Any

import click

from exportrules.cli.completion import names
from exportrules.cli.options import law_options, names_in
from exportrules.errors import QuestionError
from exportrules.render.safe import safe


@click.command("data")
@click.option("-o", "--output", required=True, metavar="DIR", help="The directory to write to; created if missing.")
@click.option("--chips", metavar="CHIP,CHIP", shell_complete=names("chips", several=True),
              help="Chips to answer for. [default: all of the catalogue]")  # fmt: skip
@click.option("--to", metavar="PLACE,PLACE", shell_complete=names("places", several=True),
              help="Destinations. [default: every one]")  # fmt: skip
@click.option("--exporter", default="maker,other", show_default=True, metavar="WHO,WHO",
              help="Exporters: maker, other, or the addressee of a public letter.")  # fmt: skip
@click.option("--format", "forms", default="csv,json,parquet", show_default=True, metavar="FORMAT,FORMAT",
              help="Formats of the tables.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace existing files.")
@law_options
def data(law: Any, output: str, chips: str | None, to: str | None, exporter: str, forms: str, force: bool) -> None:
    """Write every determination and the catalogue as tables. They are a data package, which describes their fields.

    DIR gets chips, families, figures, places, provisions, segments and family_segments, each as CSV, JSON and Parquet,
    and datapackage.json (fields, units, edition, digest, license). One row of segments is the answer for a chip, a
    group of destinations and an exporter from one day through another.

    \b
      exportrules data -o data
      exportrules data --chips H20,H800 --to CN,SG --format csv -o two-chips
    """
    from pathlib import Path

    from exportrules.study.package import DESCRIPTION, data_tables, prepared, write_package

    chosen = _forms(forms)
    prepared(Path(output), [Path(output) / DESCRIPTION], force)
    tables = data_tables(law, names_in(chips, "--chips"), names_in(to, "--to"), names_in(exporter, "--exporter"))
    write_package(tables, law, output, chosen, force=force)
    for table in tables:
        click.echo(f"Written: {safe(output)}/{table.name} ({', '.join(chosen)}), {len(table.rows):,} rows.")
    click.echo(f"Written: {safe(output)}/{DESCRIPTION}: the fields, edition {law.edition.edition}, {law.currency}.")


def _forms(text: str) -> list[str]:
    from exportrules.study.package import FORMS

    forms = names_in(text, "--format")
    for form in forms:
        if form not in FORMS:
            raise QuestionError(f"--format {form!r} is not one of: {', '.join(FORMS)}.")
    return forms
