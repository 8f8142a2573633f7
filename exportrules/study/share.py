"""The share of a maker's data-center chips that need nothing, an exception or a license, month by month.

A month is counted as it ended; the last one on the last verified day. Every answer is that of
:func:`exportrules.timeline`: here they are counted.
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
    """One month: the day on which it is counted, and how many public variants have each outcome and policy then.

    The policy of an outcome other than `license_required` is None.
    """

    day: date
    counts: Mapping[tuple[str, str | None], int]

    @property
    def public(self) -> int:
        return sum(self.counts.values())

    def of(self, outcome: str) -> int:
        """How many variants have an outcome, whatever the policy."""
        return sum(count for (found, _), count in self.counts.items() if found == outcome)

    def percent(self, outcome: str) -> Decimal | None:
        """Their share in percent, to one decimal; None where no variant was public."""
        return percent(self.of(outcome), self.public)


@dataclass(frozen=True, slots=True)
class Share:
    """The months of one maker, and what was counted: the variants, and those left out with the reason."""

    maker: str
    timelines: tuple[Timeline, ...]
    months: tuple[Month, ...]
    unknown: tuple[str, ...]
    unannounced: tuple[str, ...]


def percent(part: int, whole: int) -> Decimal | None:
    """A part of a whole in percent, to one decimal, rounded half up; None of nothing."""
    return (Decimal(part * 100) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def share(ruleset: Ruleset, maker: str, first: str | None = None, last: str | None = None, **asked: Any) -> Share:
    """Count the months from `first` to `last` (YYYY-MM) for a maker; `asked` are terms of :func:`timeline`.

    Without months: from the first in which a variant was public, to that of the last verified day. Raises
    QuestionError for a maker without data-center chips, and for a month outside of the law that is verified.
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
        raise QuestionError(f"no chip of {ruleset.exporters[vendor].name} here is designed for data centers.")
    timelines = tuple(timeline(row.chip, ruleset=ruleset, **asked) for row in chosen)
    days = list(_days(ruleset, chosen, first, last))
    months = tuple(Month(day, Counter(_kinds(timelines, day))) for day in days)
    return Share(vendor, timelines, months, tuple(unknown), tuple(unannounced))


def share_rows(found: Share) -> list[dict[str, Any]]:
    """One row a month: the day counted, the variants public, and for each outcome its number and percentage."""
    rows = []
    for month in found.months:
        row: dict[str, Any] = {"month": f"{month.day:%Y-%m}", "counted_on": str(month.day), "public": month.public}
        for outcome in COUNTED:
            row[outcome] = month.of(outcome)
            row[f"{outcome}_percent"] = month.percent(outcome)
        rows.append(row)
    return rows


def _kinds(timelines: Sequence[Timeline], day: date) -> Iterator[tuple[str, str | None]]:
    for made in timelines:
        answer = made.at(day)
        if answer.outcome != "not_released" and answer.standing in DEFINITE:
            yield answer.outcome, answer.review_policy if answer.outcome == "license_required" else None


def _vendor(ruleset: Ruleset, maker: str) -> str:
    makers = {row.vendor: row.vendor_name for row in chip_rows(ruleset)}
    found = find_exporter(ruleset, maker, "") if maker.strip().casefold() not in ("maker", "other") else None
    if found not in makers:
        raise QuestionError(f"no chip of {maker!r} is in this data. Makers: {', '.join(sorted(makers.values()))}.")
    return str(found)


def _days(ruleset: Ruleset, rows: Sequence[ChipRow], first: str | None, last: str | None) -> Iterator[date]:
    """The last days of the months."""
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
    found = _MONTH.fullmatch(text.strip())
    if not found:
        raise QuestionError(f"{option} {text!r} is not a month. Write YYYY-MM, e.g. 2022-10.")
    return date(int(found[1]), int(found[2]), 1)
