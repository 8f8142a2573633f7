"""A timeline as one line: a mark for each month, under a ruler of years. Marks differ in shape, not only in colour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from exportrules.answer.result import Answer
from exportrules.answer.timeline import Timeline
from exportrules.answer.words import decision
from exportrules.law.span import DAY

#: (outcome, review policy where a license is required) -> its mark in blocks, and in ASCII.
MARKS = {
    ("not_released", None): ("·", "."),
    ("no_license_requirement", None): ("░", "-"),
    ("license_exception", None): ("▒", "o"),
    ("license_required", "presumption_of_approval"): ("▂", "_"),
    ("license_required", "case_by_case"): ("▄", "="),
    ("license_required", "unpublished"): ("▓", "+"),
    ("license_required", "indeterminate"): ("▚", "%"),
    ("license_required", "presumption_of_denial"): ("█", "#"),
    ("license_required", "policy_of_denial"): ("■", "X"),
    ("indeterminate", None): ("?", "?"),
}
BLOCKS = "".join(block for block, _ in MARKS.values())


class BarCell(NamedTuple):
    """One month: what is drawn, and the outcome that it stands for."""

    mark: str
    outcome: str
    words: str


def months(timeline: Timeline, *, blocks: bool) -> list[BarCell]:
    """The months of coverage, each as it ended; an answer that did not last to the end of one shows where it began."""
    edition, horizon = timeline.ruleset.edition, timeline.ruleset.horizon
    ends = list(_month_ends(edition.covers_from, horizon))
    answers = [timeline.at(day) for day in ends]
    for span in timeline.spans:
        if span.start and edition.covers_from <= span.start <= horizon:
            place = next(i for i, end in enumerate(ends) if span.start <= end)
            if span.last and span.last < ends[place]:
                answers[place] = span.answer
    return [_cell(answer, blocks) for answer in answers]


def ruler(timeline: Timeline) -> str:
    """The years above the months."""
    edition, horizon = timeline.ruleset.edition, timeline.ruleset.horizon
    ends = list(_month_ends(edition.covers_from, horizon))
    line = ""
    for place, end in enumerate(ends):
        if end.month == 1 or not place:
            line = f"{line:<{place}}{end.year}"
    return line


def _month_ends(first: date, last: date) -> Iterator[date]:
    """The last day of every month from one day to another, the last of them cut short."""
    month = first.replace(day=1)
    while month <= last:
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        yield min(month - DAY, last)


def _cell(answer: Answer, blocks: bool) -> BarCell:
    policy = answer.review_policy if answer.outcome == "license_required" else None
    return BarCell(MARKS[answer.outcome, policy][0 if blocks else 1], answer.outcome, decision(answer.outcome, policy))
