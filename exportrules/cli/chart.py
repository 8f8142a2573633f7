"""chart timeline, chart thresholds: answers as pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from exportrules.cli.options import chips_options
from exportrules.errors import QuestionError


@click.group()
def chart() -> None:
    """Answers as pictures: SVG, PNG or one HTML file that needs no network.

    Needs the extra: pip install 'exportrules[charts]'
    """


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """-o FILE and --force: where a picture goes."""
    output = click.option("-o", "--output", required=True, metavar="FILE", help="The picture: .svg, .png or .html.")
    force = click.option("--force", is_flag=True, help="Replace a file that is there.")
    return output(force(command))


@chart.command()
@chips_options
@file_options
def timeline(chips: list[Any], asked: dict[str, Any], output: str, force: bool) -> None:
    """A band for each CHIP over the years, coloured by answer and review policy.

    \b
    exportrules chart timeline A100 A800 H100 H800 H20 H200 --to CN -o chips.svg
    exportrules chart timeline MI250 MI308X --exporter other -o amd.html

    Bands run from a chip's release to the verified horizon; what is not verified is hatched. Lines are the
    instruments that changed an answer; a letter's is dashed, and only on the bands whose answer it changed.
    """
    from exportrules.answer.determination import timeline as ask
    from exportrules.render.charts import ready, write

    if not chips:
        raise QuestionError("no chip is named. Name one or more: exportrules chart timeline A100 H100 -o chips.svg")
    ready(output, force=force)
    from exportrules.render.charts.timeline import NARROW, timeline_chart

    timelines = [ask(chip, **asked) for chip in chips]
    write(timeline_chart(timelines), output, force=force, narrow=lambda: timeline_chart(timelines, NARROW))
    click.echo(f"Written: {output}")


@chart.command()
@chips_options
@click.option("--on", required=True, metavar="DATE", help="The day whose rules are drawn, YYYY-MM-DD.")
@click.option("--plane", "axes", metavar="X,Y", help="Two figures. [default: those that the newest rule tests]")
@click.option("--all", "every", is_flag=True, help="Without a CHIP: label every point, not only the leading ones.")
@file_options
def thresholds(
    chips: list[Any], asked: dict[str, Any], on: str, axes: str | None, every: bool, output: str, force: bool
) -> None:
    """The lines of one day's rules in a plane of two figures, and each CHIP as a point.

    \b
    exportrules chart thresholds --on 2023-11-17 -o plane.html
    exportrules chart thresholds A100 A800 H100 H800 --on 2022-12-01 -o io.png
    exportrules chart thresholds H20 H200 --on 2026-02-01 --plane tpp,performance_density -o density.svg

    Without a CHIP, all that were public that day, the leading ones with a label: datacenter chips and those near a
    line. The lines are the bounds of the provisions in force; which
    two figures are drawn follows from the one that took effect last. Points have the colour of their answer;
    in HTML, the pointer or an arrow key shows the margins.
    """
    from exportrules.answer.determination import timeline as ask
    from exportrules.question.values import read_date
    from exportrules.render.charts import ready, write
    from exportrules.study.plane import plane

    day = read_date(on)
    if chips and every:
        raise QuestionError("--all is for a plane without a CHIP: chips that are named all have a label. Leave it out.")
    ready(output, force=force)
    from exportrules.render.charts.leading import leading
    from exportrules.render.charts.thresholds import thresholds_chart

    named = bool(chips)
    law = asked["ruleset"]
    wanted = chips or [variant.id for variant, _ in law.variants.values() if variant.item_kind == "ic"]
    timelines = [ask(chip, **asked) for chip in wanted]
    drawn = plane(timelines, day, _axes(axes) if axes else None, named=named)
    labelled = None if named or every else leading(drawn)
    write(thresholds_chart(timelines, drawn, labelled), output, force=force)
    click.echo(f"Written: {output}")
    for x, y in drawn.others:
        click.echo(f"The rules of {day} test another pair too: --plane {x},{y}")


def _axes(text: str) -> tuple[str, str]:
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise QuestionError(f"--plane {text!r} is not two figures. Write e.g. --plane tpp,performance_density.")
    return names[0], names[1]
