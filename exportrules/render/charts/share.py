"""A column for each month: a maker's datacenter variants by answer and review policy, as shares of those public."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from exportrules.law.ruleset import Ruleset
from exportrules.render.charts.look import GREY, PALE, Class, Picture, Scale, Sign, below, class_of, epoch
from exportrules.render.charts.wording import legend_words
from exportrules.render.share import counted
from exportrules.render.text import deal_words

if TYPE_CHECKING:
    from exportrules.study.share import Share

WIDE, NARROW, HEIGHT = 880, 280, 320
#: From the foot of a column to its head: what needs nothing, what needs a license, what nobody knows.
ORDER = (
    Class("no_license_requirement", None),
    Class("license_exception", None),
    Class("license_required", "presumption_of_approval"),
    Class("license_required", "case_by_case"),
    Class("license_required", "unpublished"),
    Class("license_required", "indeterminate"),
    Class("license_required", "presumption_of_denial"),
    Class("license_required", "policy_of_denial"),
    Class("indeterminate", None),
)
DETAILS = ("month", "answer", "variants", "share")


def share_chart(share: Share, law: Ruleset, width: float = WIDE) -> dict[str, Any]:
    """The specification of the chart, `width` pixels wide."""
    first, last = share.months[0].day.replace(day=1), share.months[-1].day + timedelta(days=1)
    picture = Picture(Scale(epoch(first), epoch(last), width), Scale(0, 100, HEIGHT, upward=True))
    drawn, kinds = [], set()
    for month in share.months:
        left, right = picture.x.px(epoch(month.day.replace(day=1))), picture.x.px(epoch(month.day + timedelta(days=1)))
        foot = 0
        for kind in (kind for kind in ORDER if month.counts.get(kind)):
            number = month.counts[kind]
            kinds.add(kind)
            low, high = 100 * foot / month.public, 100 * (foot + number) / month.public
            drawn.append({
                **picture.box(left, picture.y.px(high), right, picture.y.px(low)), "fill": kind.colour,
                "month": f"{month.day:%Y-%m}", "answer": kind.words, "variants": f"{number} of {month.public}",
                "share": f"{high - low:.1f} %",
            })  # fmt: skip
            foot += number
    _axes(picture, first, last)
    picture.draw("columns", "rect", drawn, DETAILS, fields=("fill",), opacity=1, stroke="#FFFFFF", strokeWidth=0.4)
    answers = [timeline.at(month.day) for timeline in share.timelines for month in share.months]
    signs = [
        Sign("swatch", legend_words(kind, (a for a in answers if class_of(a) == kind)), kind.colour)
        for kind in ORDER
        if kind in kinds
    ]
    below(picture, HEIGHT + 44, signs, counted(share, law, 6), law)
    question = share.timelines[0].question
    place = law.places[question.to].name
    title = f"Data-center chips of {law.exporters[share.maker].name} to {place}: what share needed a license?"
    return picture.spec(title, [deal_words(question, law)])


def _axes(picture: Picture, first: date, last: date) -> None:
    """Percent on the left, years below."""
    lines, texts = [], []
    for share in (0, 25, 50, 75, 100):
        height = picture.y.px(share)
        lines.append(picture.box(0, height, picture.x.pixels, height))
        texts.append({**picture.at(-8, height), "text": f"{share} %"})
    years, named = [], []
    for year in range(first.year, last.year + 1):
        begins = max(date(year, 1, 1), first)
        if begins < last:
            left = picture.x.px(epoch(begins))
            years.append(picture.box(left, HEIGHT, left, HEIGHT + 6))
            named.append({**picture.at(left + 2, HEIGHT + 16), "text": str(year)})
    picture.draw("shares", "rule", lines, color=PALE, strokeWidth=1)
    picture.texts("share_labels", texts, align="right", baseline="middle")
    picture.draw("years", "rule", years, color=GREY, strokeWidth=1)
    picture.texts("year_labels", named, baseline="middle")
