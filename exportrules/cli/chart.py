"""The commands chart timeline and chart thresholds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from exportrules.cli.options import chips_options
from exportrules.errors import QuestionError


@click.group()
def chart() -> None:
    """Draw answers as SVG, PNG or one HTML file. Nothing in it needs a network.

    Needs the extra: pip install 'exportrules[charts]'
    """


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options -o FILE and --force of a picture."""
    output = click.option("-o", "--output", required=True, metavar="FILE", help="The picture: .svg, .png or .html.")
    force = click.option("--force", is_flag=True, help="Replace an existing file.")
    return output(force(command))


@chart.command()
@chips_options
@file_options
def timeline(chips: list[Any], asked: dict[str, Any], output: str, force: bool) -> None:
    """Draw a band for each CHIP over the years. Its colours are the answer and the review policy.

    \b
    exportrules chart timeline A100 A800 H100 H800 H20 H200 --to CN -o chips.svg
    exportrules chart timeline MI250 MI308X --exporter other -o amd.html

    A band runs from the chip's release to the end of the verified period; what is not verified is hatched.
    Lines mark the instruments that changed an answer; the line of a letter is dashed, and only on the bands
    whose answer it changed.
    """
    from exportrules.answer.determination import timeline as ask
    from exportrules.render.charts.output import ready, write

    if not chips:
        raise QuestionError("no chip is given. Name one or more: exportrules chart timeline A100 H100 -o chips.svg")
    ready(output, force=force)
    from exportrules.render.charts.timeline import NARROW, timeline_chart

    timelines = [ask(chip, **asked) for chip in chips]
    write(timeline_chart(timelines), output, force=force, narrow=lambda: timeline_chart(timelines, NARROW))
    click.echo(f"Written: {output}")


@chart.command()
@chips_options
@click.option("--on", required=True, metavar="DATE", help="The day whose rules are drawn, YYYY-MM-DD.")
@click.option("--plane", "axes", metavar="X,Y", help="Two figures. [default: the two that the newest rule tests]")
@click.option("--all", "every", is_flag=True, help="Without a CHIP: label every point, not only the most relevant.")
@file_options
def thresholds(
    chips: list[Any], asked: dict[str, Any], on: str, axes: str | None, every: bool, output: str, force: bool
) -> None:
    """Draw the thresholds of one day's rules, and each CHIP. It is a point in the plane of two figures.

    \b
    exportrules chart thresholds --on 2023-11-17 -o plane.html
    exportrules chart thresholds A100 A800 H100 H800 --on 2022-12-01 -o io.png
    exportrules chart thresholds H20 H200 --on 2026-02-01 --plane tpp,performance_density -o density.svg

    Without a CHIP, every chip that was public that day is drawn, and the most relevant have a label: datacenter
    chips, and chips near a line. The lines are the bounds of the provisions in force; the two figures are those of
    the provision that took effect last. Each point has the colour of its answer; in HTML, the pointer or an arrow
    key shows the margins.
    """
    from exportrules.answer.determination import timeline as ask
    from exportrules.question.values import read_date
    from exportrules.render.charts.output import ready, write
    from exportrules.study.plane import plane

    day = read_date(on)
    if chips and every:
        raise QuestionError("--all is for a plane without a CHIP: every named chip has a label anyway. Omit --all.")
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
        click.echo(f"The rules of {day} also test another pair of figures: --plane {x},{y}")


def _axes(text: str) -> tuple[str, str]:
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or not all(names) or names[0] == names[1]:
        raise QuestionError(f"--plane {text!r} does not name two figures. Write e.g. --plane tpp,performance_density.")
    return names[0], names[1]
