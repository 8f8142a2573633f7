"""chips, instruments, show, coverage: commands that list the contents of the ruleset."""

from __future__ import annotations

from typing import Any

import click

from exportrules.cli.completion import names
from exportrules.cli.options import law_options, table_options
from exportrules.question.figures import facts_of
from exportrules.question.values import show as shown
from exportrules.render.safe import safe


@click.command()
@click.argument("name", required=False, shell_complete=names("chips"))
@law_options
@table_options
def chips(law: Any, name: str | None, form: str) -> None:
    """List all chips, or the variants and figures of one NAME.

    -f json has numbers as numbers, with their units, sources, bounds, estimates, and every reading of a disputed one.
    """
    from exportrules.question.catalogue import chip_rows
    from exportrules.question.names.chips import find_chip
    from exportrules.render.text import table

    chosen = find_chip(law, name).variants if name else tuple(law.variants)
    if form == "json":
        from exportrules.render.catalogue import catalogue_json

        click.echo(catalogue_json(row for row in chip_rows(law) if row.chip in chosen))
        return
    rows = []
    for variant_id in chosen:
        variant, family = law.variants[variant_id]
        inner = law.variants[variant.contains[0].chip][0] if variant.contains else variant
        facts = facts_of(inner)

        def value(fact: str, facts: Any = facts) -> str:
            return shown(facts[fact].value).removeprefix("about ") if fact in facts else ""

        public = str(variant.announced or (f"after {variant.not_public_before}" if variant.not_public_before else "?"))
        rows.append(
            {
                "chip": variant.name,
                "id": variant.id,
                "family": family.name,
                "public": public if variant.status == "announced" else "never announced",
                "TPP": value("tpp"),
                "density": value("performance_density"),
                "I/O GB/s": value("aggregate_io_gbytes_s"),
                "DRAM GB/s": value("dram_bandwidth_gbytes_s"),
                "datacenter": value("designed_for_datacenter"),
                "confidence": variant.confidence,
            }
        )
    click.echo(table(rows, form))
    if name and form == "simple":
        for variant_id in chosen:
            _variant_details(law.variants[variant_id][0])


def _variant_details(variant: Any) -> None:
    click.echo(f"\n{safe(variant.name)}")
    for label, text in (
        ("also written", ", ".join(variant.aliases)),
        ("contains", ", ".join(f"{part.count} x {part.chip}" for part in variant.contains)),
        ("announced", variant.announced_source),
        ("dense TOPS", ", ".join(f"{k} {shown(v)}" for k, v in (variant.dense_tops or {}).items())),
        ("links GB/s", ", ".join(f"{k} {shown(v)}" for k, v in (variant.io_gbytes_s or {}).items())),
        ("process node", variant.process_node),
        ("estimated", ", ".join(variant.estimated)),
        ("note", variant.note),
    ):
        if text:
            click.echo(f"  {label:<13} {safe(text)}")
    for alternative in variant.alternative:
        click.echo(f"  {'disputed':<13} {alternative.fact} {shown(alternative.value)}: {safe(alternative.basis)}")
    for source in variant.sources:
        click.echo(f"  {'source':<13} {safe(source)}")


@click.command()
@click.argument("name", required=False, shell_complete=names("instruments"))
@law_options
@table_options
def instruments(law: Any, name: str | None, form: str) -> None:
    """List all instruments, or the provisions of one NAME (its id)."""
    from exportrules.errors import UnknownNameError
    from exportrules.render.text import table

    if name is None:
        rows = [
            {
                "id": i.id,
                "citation": i.citation,
                "released": str(i.released or ""),
                "published": str(i.published or ""),
                "effective": " ".join(sorted({_first_day(p) for p in i.provision})),
                "evidence": i.evidence,
                "title": _cut(i.title) if form in ("simple", "plain", "grid") else i.title,
            }
            for i in sorted(law.instruments.values(), key=lambda i: (str(i.published or i.released or ""), i.id))
        ]
        click.echo(table(rows, form))
        return
    instrument = law.instruments.get(name)
    if instrument is None:
        import difflib

        near = difflib.get_close_matches(name, law.instruments, n=3, cutoff=0.4)
        raise UnknownNameError(
            f"there is no instrument {name!r} in this ruleset. List them: exportrules instruments.", near
        )
    rows = [
        {
            "provision": p.id,
            "kind": p.kind,
            "effective": _first_day(p),
            "through": str(p.expires or ""),
            "evidence": p.evidence,
            "title": p.title,
        }
        for p in instrument.provision
    ]
    if form == "simple":
        click.echo(f"{instrument.title}\n{instrument.citation} ({instrument.issuer}); {instrument.url}")
        click.echo(
            f"released {instrument.released or '-'}, published {instrument.published or '-'}, "
            f"evidence {instrument.evidence}\n"
        )
        if instrument.summary:
            click.echo(f"{instrument.summary}\n")
    click.echo(table(rows, form))


def _first_day(provision: Any) -> str:
    """The first day in force; where no source gives it, the interval in which it falls (ISO 8601)."""
    return "/".join(str(day) for day in (provision.effective, provision.effective_by) if day)


def _cut(title: str, most: int = 60) -> str:
    """The title, shortened so that a row of a table fits on a line of a terminal."""
    return title if len(title) <= most else f"{title[: most - 1].rstrip()}…"


@click.command()
@click.argument("reference", shell_complete=names("provisions"))
@law_options
def show(law: Any, reference: str) -> None:
    """Print one provision with its rows and relations.

    REFERENCE is instrument#provision, e.g. 88fr73458#3A090.a.
    """
    from exportrules.errors import QuestionError
    from exportrules.render.provision import provision_text

    if reference in law.instruments:
        raise QuestionError(
            f"{reference!r} is an instrument; give one of its provisions. List them: exportrules "
            f"instruments {reference}."
        )
    click.echo(provision_text(law, *law.provision(reference)))


@click.command()
@law_options
@table_options
def coverage(law: Any, form: str) -> None:
    """Print what is encoded, and what the gaps could change."""
    from exportrules.render.provision import coverage_text

    click.echo(coverage_text(law, form))
