"""The lines of each day's rules in a plane of two figures, in which the page places chips."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from exportrules.answer.determination import timeline
from exportrules.errors import QuestionError
from exportrules.law.model import Number
from exportrules.law.ruleset import Ruleset
from exportrules.study.plane import Plane, Region, plane

#: The deal whose lines are drawn: the one for which the rules were written, with an exporter without a letter.
TO, EXPORTER = "CN", "other"
#: The number of chips of each kind that are tested for rows that can hold; rows differ only by the kind of item.
_OF_A_KIND = 6


def planes(ruleset: Ruleset, chips: Sequence[str]) -> list[dict[str, Any]]:
    """The planes by their first days, each until the next; one without `x` says that no rule draws lines."""
    kinds: dict[str, list[str]] = {}
    for chip in chips:
        kinds.setdefault(ruleset.variants[chip][0].item_kind, []).append(chip)
    asked = [chip for of_kind in kinds.values() for chip in of_kind[:: max(1, len(of_kind) // _OF_A_KIND)]]
    timelines = [timeline(chip, to=TO, exporter=EXPORTER, ruleset=ruleset) for chip in asked]
    days = {day for t in timelines for course in t.courses for day in course.docket.whole().days_of_change()}
    drawings: list[dict[str, Any]] = []
    for day in sorted({ruleset.edition.covers_from, *(d for d in days if d <= ruleset.edition.verified_through)}):
        try:
            drawn = _drawn(plane(timelines, day))
        except QuestionError:  # no rule of the day tests two figures together
            drawn = {}
        if not drawings or {**drawings[-1], "from": ""} != {**drawn, "from": ""}:
            drawings.append({"from": day.isoformat(), **drawn})
    return drawings


def _drawn(plane: Plane) -> dict[str, Any]:
    return {
        "x": plane.x,
        "y": plane.y,
        "out": sorted({_called(region) for region in plane.left_out if not region.bound}),
        "regions": [
            {
                "provision": region.provision,
                "kind": region.in_force.provision.kind,
                "paragraph": region.row.paragraph,
                "title": region.in_force.provision.title,
                "cite": region.in_force.provision.cite,
                "x": [_number(end) for end in region.side(plane.x)],
                "y": [_number(end) for end in region.side(plane.y)],
                "certain": region.certain,
            }
            for region in plane.regions
            if region.in_force.provision.kind == "classification" or not region.bound
        ],
    }


def _called(region: Region) -> str:
    title, paragraph = region.in_force.provision.title, region.row.paragraph
    return f"{title} ({paragraph})" if paragraph else title


def _number(value: Number | None) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value
