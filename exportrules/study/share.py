"""The share of a maker's datacenter chips that need no license, an exception or a license, month by month.

A month is counted on its last day, the last one on the last verified day. Every answer comes from
:func:`exportrules.timeline`; this module only counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from exportrules.answer.determination import timeline
from exportrules.answer.result import DEFINITE
from exportrules.answer.timeline import Timeline
from exportrules.errors import QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY
from exportrules.question.catalogue import ChipRow, chip_rows
from exportrules.question.names.exporters import find_exporter

#: The outcomes that are counted, in the order of the columns.
COUNTED = ("no_license_requirement", "license_exception", "license_required", "indeterminate")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class Month(NamedTuple):
    """One month: the day on which it is counted, and the number of public variants by outcome and policy.

    The policy of an outcome other than `license_required` is None.
    """

    day: date
    counts: Mapping[tuple[str, str | None], int]

    @property
    def public(self) -> int:
        return sum(self.counts.values())

    def of(self, outcome: str) -> int:
        """The number of variants with an outcome, whatever the policy."""
        return sum(count for (counted, _), count in self.counts.items() if counted == outcome)

    def percent(self, outcome: str) -> Decimal | None:
        """Their share in percent, to one decimal; None if no variant was public."""
        return percent(self.of(outcome), self.public)


@dataclass(frozen=True, slots=True)
class Share:
    """The months of one maker, the variants that were counted, and the names of those left out, by reason."""

    maker: str
    timelines: tuple[Timeline, ...]
    months: tuple[Month, ...]
    unknown: tuple[str, ...]
    unannounced: tuple[str, ...]


def percent(part: int, whole: int) -> Decimal | None:
    """A part of a whole in percent, rounded half up to one decimal; None if the whole is 0."""
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def share(ruleset: Ruleset, maker: str, first: str | None = None, last: str | None = None, **terms: Any) -> Share:
    """Count the months from `first` to `last` (YYYY-MM) for a maker; `terms` are arguments of :func:`timeline`.

    By default from the first month in which a variant was public to that of the last verified day. Raises
    QuestionError for a maker without datacenter chips, and for a month outside the verified law.
    """
    vendor = _vendor(ruleset, maker)
    own = [row for row in chip_rows(ruleset) if row.vendor == vendor and row.kind == "ic"]
    chosen, unknown, unannounced = [], [], []
    for row in own:
        purpose = {figure.value for figure in row.figures if figure.figure == "designed_for_datacenter"}
        if row.status == "reported":
            unannounced.append(row.name)
        elif purpose == {True}:
            chosen.append(row)
        elif purpose != {False}:
            unknown.append(row.name)
    if not chosen:
        raise QuestionError(f"no chip of {ruleset.exporters[vendor].name} here is designed for datacenters.")
    timelines = tuple(timeline(row.chip, ruleset=ruleset, **terms) for row in chosen)
    days = list(_days(ruleset, chosen, first, last))
    months = tuple(Month(day, Counter(_kinds(timelines, day))) for day in days)
    return Share(vendor, timelines, months, tuple(unknown), tuple(unannounced))


def share_rows(counted: Share) -> list[dict[str, Any]]:
    """One row a month: the day of counting, the number of public variants, and the number and percentage by outcome."""
    rows = []
    for month in counted.months:
        row: dict[str, Any] = {"month": f"{month.day:%Y-%m}", "counted_on": str(month.day), "public": month.public}
        for outcome in COUNTED:
            row[outcome] = month.of(outcome)
            row[f"{outcome}_percent"] = month.percent(outcome)
        rows.append(row)
    return rows


def _kinds(timelines: Sequence[Timeline], day: date) -> Iterator[tuple[str, str | None]]:
    for chip_timeline in timelines:
        answer = chip_timeline.at(day)
        if answer.outcome != "not_released" and answer.standing in DEFINITE:
            yield answer.outcome, answer.review_policy if answer.outcome == "license_required" else None


def _vendor(ruleset: Ruleset, maker: str) -> str:
    makers = {row.vendor: row.vendor_name for row in chip_rows(ruleset)}
    exporter = find_exporter(ruleset, maker, "") if maker.strip().casefold() not in ("maker", "other") else None
    if exporter not in makers:
        raise QuestionError(f"no chip of {maker!r} is in this data. Makers: {', '.join(sorted(makers.values()))}.")
    return str(exporter)


def _days(ruleset: Ruleset, rows: Sequence[ChipRow], first: str | None, last: str | None) -> Iterator[date]:
    """The days on which the months are counted."""
    public = [day for row in rows if (day := row.announced or row.not_public_before)]
    earliest = max(min(public, default=ruleset.edition.covers_from), ruleset.edition.covers_from)
    start = _month(first, "--from") if first else earliest.replace(day=1)
    stop = _month(last, "--through") if last else ruleset.horizon.replace(day=1)
    if start < ruleset.edition.covers_from.replace(day=1):
        raise QuestionError(f"--from {first}: coverage starts on {ruleset.edition.covers_from}. Name a later month.")
    if stop > ruleset.horizon:
        raise QuestionError(f"--through {last}: the law is {ruleset.currency}. Name an earlier month.")
    if stop < start:
        raise QuestionError(f"the months end ({stop:%Y-%m}) before they begin ({start:%Y-%m}). Swap them.")
    while start <= stop:
        following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        yield min(following - DAY, ruleset.horizon)
        start = following


def _month(text: str, option: str) -> date:
    match = _MONTH.fullmatch(text.strip())
    if not match:
        raise QuestionError(f"{option} {text!r} is not a month. Write YYYY-MM, e.g. 2022-10.")
    return date(int(match[1]), int(match[2]), 1)
