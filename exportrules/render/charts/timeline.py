"""A band per chip over the years, coloured by answer, with the instruments that changed an answer as labelled lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from exportrules.answer.result import DEFINITE
from exportrules.answer.timeline import SpanOfAnswer, Timeline
from exportrules.answer.words import called, decision, open_question
from exportrules.law.facts import HOME
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY
from exportrules.render.charts.look import (
    GREY,
    INK,
    PALE,
    Class,
    Picture,
    Scale,
    Sign,
    below,
    class_of,
    epoch,
    hatch,
    in_order,
    open_notes,
    pixels_of,
)
from exportrules.render.charts.wording import ONE, SEVERAL, fitting, legend_words
from exportrules.render.safe import safe
from exportrules.render.text import deal_words

LABEL, STEP = 10.5, 15
#: The details of a piece of a band that the HTML shows on the pointer.
DETAILS = ("chip", "answer", "from", "through", "opened by", "requirement")


class Size(NamedTuple):
    """Pixels of a chart: its width, from one band to the next, of a band, and of the chip's name above it, if there."""

    width: float
    pitch: float
    band: float
    head: float = 0

    def place(self, top: float, row: int) -> tuple[float, float]:
        """Upper and lower edge of a band."""
        upper = top + row * self.pitch + (self.pitch - self.band + self.head) / 2
        return upper, upper + self.band


WIDE, NARROW = Size(880, 40, 30), Size(300, 56, 28, 16)


class Piece(NamedTuple):
    """Part of a band: one answer from `start` up to, not including, `stop`."""

    start: date
    stop: date
    span: SpanOfAnswer

    @property
    def verified(self) -> bool:
        return self.span.answer.standing in DEFINITE

    @property
    def kind(self) -> Class | None:
        """The class that gives the piece its colour; None if it is not verified."""
        return class_of(self.span.answer) if self.verified else None


@dataclass(frozen=True, slots=True)
class ChangeDay:
    """A day on which an instrument changed answers. `bound` names the companies that it binds; () for everyone.

    If no source gives the day, `day` is the earliest possible and `by` the latest.
    """

    day: date
    by: date | None
    label: str
    bound: str
    rows: tuple[int, ...]


def timeline_chart(timelines: Sequence[Timeline], size: Size = WIDE) -> dict[str, Any]:
    """The specification of a chart with one band for each timeline, in their order."""
    law, question = timelines[0].ruleset, timelines[0].question
    first, horizon = _days(timelines), law.horizon + DAY
    end = horizon + timedelta(days=max(60, (horizon - first).days // 25))
    bands = [_pieces(timeline, first, end) for timeline in timelines]
    changes = _changes(timelines, bands)
    x = Scale(epoch(first), epoch(end), size.width)
    marks = [(x.px(epoch(c.day)), c.label) for c in changes] + [(x.px(epoch(horizon)), _until(law))]
    # words stand to the right of their line, in a narrow picture on the side where they fit better
    over = max(px + pixels_of(label, LABEL) for px, label in marks) - size.width
    leftward = size == NARROW and over > max(pixels_of(label, LABEL) - px for px, label in marks)
    levels = _levels([(size.width - px, label) for px, label in marks][::-1])[::-1] if leftward else _levels(marks)
    top = (max(levels) + 1) * STEP + 10.0
    bottom = top + size.pitch * len(bands)
    picture = Picture(x, Scale(0, bottom, bottom))
    _years(picture, first, end, top, bottom)
    _draw_changes(picture, changes, levels, top, bottom, size)
    _draw_bands(picture, timelines, bands, top, size)
    _draw_bound(picture, changes, top, size)
    edge = x.px(epoch(horizon))
    picture.draw("horizon", "rule", [picture.box(edge, _height(top, levels[-1]), edge, bottom)], color=INK,
                 strokeDash=[1.5, 3], strokeWidth=1.4)  # fmt: skip
    picture.texts("labels", [
        {**picture.at(px + (-4 if leftward else 4), _height(top, level) + 4), "text": safe(label), "color": INK}
        for (px, label), level in zip(marks, levels, strict=True)
    ], size=LABEL, baseline="middle", align="right" if leftward else "left")  # fmt: skip
    drawn = [(timeline, piece) for timeline, pieces in zip(timelines, bands, strict=True) for piece in pieces]
    turning = [(timeline.question.label, _turning(piece)) for timeline, piece in drawn]
    notes = [*open_notes(law, turning), *_made_there(timelines)]
    below(picture, bottom + 36, _signs(bands, changes), notes, law)
    count = f"{len(timelines)} chips" if len(timelines) > 1 else timelines[0].question.label
    title = f"{count} to {law.places[question.to].name}: was a license required, and how would it be reviewed?"
    return picture.spec(title, [deal_words(question, law)])


def _turning(piece: Piece) -> tuple[str, ...]:
    """The facts on which the drawn outcome, or the drawn policy of a required license, turns."""
    answer = piece.span.answer
    drawn = piece.verified and "indeterminate" in (answer.outcome, piece.kind.policy if piece.kind else None)
    return answer.turns_on if drawn else ()


def _made_there(timelines: Sequence[Timeline]) -> list[str]:
    """A note on chips whose makers are in the destination: no band shows exports to their own country."""
    names = [timeline.question.label for timeline in timelines if at_home(timeline)]
    if not names:
        return []
    place = timelines[0].ruleset.places[timelines[0].question.to].name
    return [
        f"No band for {', '.join(names)}: made by a company of {place}, whose sales there are not exports. For an "
        "export by anyone else ask with --exporter other."
    ]


def at_home(timeline: Timeline) -> bool:
    """True if the answers are about exports of a maker to its own country."""
    q = timeline.question
    known = timeline.ruleset.exporters.get(q.exporter or "")
    maker = q.asked_exporter.casefold() == "maker" and known is not None
    abroad = not timeline.view.membership(HOME, q.to)
    return maker and known is not None and known.country == q.to and q.activity == "export" and abroad


def _days(timelines: Sequence[Timeline]) -> date:
    """The first day drawn: a little before the first chip was public, never long before coverage.

    The year of the horizon is whole, so that an axis names at least one year however late its chips are.
    """
    law = timelines[0].ruleset
    public = [span.start or date.min for t in timelines for span in t.spans if span.answer.outcome != "not_released"]
    shown = max(min(public), law.edition.covers_from) - timedelta(days=45)
    return min(shown, date(law.horizon.year, 1, 1))


def _pieces(timeline: Timeline, first: date, end: date) -> list[Piece]:
    """A chip's answers from its release on, cut to the days drawn; none of a maker's exports to its own country."""
    pieces: list[Piece] = []
    if at_home(timeline):
        return pieces
    for span in timeline.spans:
        start, stop = max(span.start or first, first), min(span.last + DAY if span.last else end, end)
        if start < stop and span.answer.outcome != "not_released":
            pieces.append(Piece(start, stop, span))
    return pieces


def _changes(timelines: Sequence[Timeline], bands: Sequence[Sequence[Piece]]) -> list[ChangeDay]:
    """Every instrument that opened a piece inside a band, with the rows that it changed, in order of days."""
    rows: dict[tuple[date, date | None, str, str], list[int]] = {}
    for number, (timeline, pieces) in enumerate(zip(timelines, bands, strict=True)):
        for before, piece in zip([None, *pieces], pieces, strict=False):
            # a policy that changes under an exception changes nothing that is drawn
            if piece.start != piece.span.start or (before and before.kind == piece.kind):
                continue
            law = timeline.ruleset
            named = ((*_window(law, name, piece.start), *_named(law, name)) for name in piece.span.opened_by)
            for day, by, label, bound in dict.fromkeys(named):
                if label:
                    rows.setdefault((day, by, label, bound), []).append(number)
    days: dict[tuple[date, date | None, str], list[tuple[str, list[int]]]] = {}
    for (day, by, label, bound), numbers in rows.items():
        days.setdefault((day, by, bound), []).append((label, numbers))
    changes = []
    for (day, by, bound), parts in sorted(days.items(), key=lambda item: (item[0][0], item[0][2])):
        when = f"{day} to {by}" if by else str(day)
        label = f"{when}  {' and '.join(dict.fromkeys(label for label, _ in parts))}"
        changes.append(ChangeDay(day, by, label, bound, tuple(sorted({n for _, numbers in parts for n in numbers}))))
    return changes


def _window(law: Ruleset, name: str, day: date) -> tuple[date, date | None]:
    """The day of a change; for a provision whose day no source gives, the earliest and the latest."""
    provision = law.provisions.get(name)
    if (
        provision is None
        or provision[0].effective_by is None
        or day not in (provision[0].effective, provision[0].effective_by)
    ):
        return day, None
    return provision[0].effective, provision[0].effective_by


def _named(law: Ruleset, opened_by: str) -> tuple[str, str]:
    """(label, companies bound) of each cause of an answer; '' as the label of a cause that is not an instrument.

    A letter binds companies even where it is not public which.
    """
    instrument = law.instruments.get(opened_by.partition("#")[0].partition(" (")[0])
    if instrument is None:
        party, entry, _ = opened_by.partition("#")
        return (party.replace("_", " ").capitalize(), "") if entry else ("", "")
    if not instrument.addressee:
        return called(instrument), "unnamed companies" if instrument.type == "letter" else ""
    names = [law.exporters[a].name if a in law.exporters else a for a in instrument.addressee.split(",")]
    bound = ", ".join(names)
    return f"{'letter' if instrument.type == 'letter' else instrument.type} to {bound} only", bound


def _until(law: Ruleset) -> str:
    word = "verified" if law.horizon == law.edition.verified_through else "attested"
    return f"{law.horizon}  {word} until here"


def _levels(marks: Sequence[tuple[float, str]]) -> list[int]:
    """The height of each label above the bands, in lines: above every later line that it would cross."""
    levels = [0] * len(marks)
    for i in reversed(range(len(marks))):
        px, label = marks[i]
        crossed = [levels[j] for j in range(i + 1, len(marks)) if marks[j][0] < px + pixels_of(label, LABEL) + 8]
        levels[i] = max(crossed, default=-1) + 1
    return levels


def _height(top: float, level: int) -> float:
    return top - 14 - level * STEP


def _years(picture: Picture, first: date, end: date, top: float, bottom: float) -> None:
    ruled, named = [], []
    for year in range(first.year + (first > date(first.year, 1, 1)), end.year + 1):
        left = picture.x.px(epoch(date(year, 1, 1)))
        if date(year, 1, 1) <= end:
            ruled.append(picture.box(left, top, left, bottom + 5))
            named.append({**picture.at(left, bottom + 15), "text": str(year)})
    picture.draw("years", "rule", ruled, color=PALE, strokeWidth=1)
    picture.texts("year_labels", named, size=11, align="center", baseline="middle")
    picture.draw("foot", "rule", [picture.box(0, bottom, picture.x.pixels, bottom)], color=GREY, strokeWidth=1)


def _draw_changes(
    picture: Picture, changes: Sequence[ChangeDay], levels: Sequence[int], top: float, bottom: float, size: Size
) -> None:
    """Draw lines of rules through all bands; for letters only a thin leader behind the bands, to the first that they
    touch."""
    solid, leaders = [], []
    for change, level in zip(changes, levels, strict=False):
        px, height = picture.x.px(epoch(change.day)), _height(top, level)
        if change.bound or change.by:
            leaders.append(picture.box(px, height, px, size.place(top, change.rows[-1])[1]))
        else:
            solid.append(picture.box(px, height, px, bottom))
    picture.draw("rules", "rule", solid, color=INK, strokeWidth=1.1)
    picture.draw("leaders", "rule", leaders, color=GREY, strokeWidth=0.8, strokeDash=[5, 3])


def _draw_bound(picture: Picture, changes: Sequence[ChangeDay], top: float, size: Size) -> None:
    """Draw the marks of letters on the bands that they changed: dashed, with a white edge to be visible on any colour.

    A letter whose first day is unknown is a frame around the days on which it may have begun.
    """
    marks, windows = [], []
    for change in changes:
        px = picture.x.px(epoch(change.day))
        if change.by is not None:
            last = picture.x.px(epoch(change.by))
            windows += [
                picture.box(px, size.place(top, row)[0] - 3, last, size.place(top, row)[1] + 3) for row in change.rows
            ]
        else:
            marks += [picture.box(px, size.place(top, row)[0] - 3, px, size.place(top, row)[1] + 3)
                      for row in change.rows if change.bound]  # fmt: skip
    picture.draw("windows", "rect", windows, filled=False, stroke=INK, strokeWidth=1.8, strokeDash=[5, 3])
    picture.draw("letters_edge", "rule", marks, color="#FFFFFF", strokeWidth=4)
    picture.draw("letters", "rule", marks, color=INK, strokeWidth=1.8, strokeDash=[5, 3])


def _ground(picture: Picture, text: Mapping[str, Any], points: int) -> dict[str, Any]:
    """The box behind a text that is set from its left end."""
    begins, height = picture.x.px(text["x"]), picture.y.px(text["y"])
    return picture.box(begins - 3, height - 8, begins + pixels_of(text["text"], points) + 3, height + 8)


def _draw_bands(
    picture: Picture, timelines: Sequence[Timeline], bands: Sequence[Sequence[Piece]], top: float, size: Size
) -> None:
    rects, outlines, strokes, names = [], [], [], []
    unreleased: list[dict[str, Any]] = []
    inside: list[dict[str, Any]] = []
    small: list[dict[str, Any]] = []
    several = len({_maker(t) for t in timelines}) > 1
    for row, (timeline, pieces) in enumerate(zip(timelines, bands, strict=True)):
        upper, lower = size.place(top, row)
        maker = f" ({_maker(timeline)})" if several else ""
        spot = picture.at(0, upper - 9) if size.head else picture.at(-10, (upper + lower) / 2)
        names.append({**spot, "text": safe(timeline.question.label + maker)})
        if at_home(timeline):
            place = timeline.ruleset.places[timeline.question.to].name
            unreleased.append(
                {**picture.at(6, (upper + lower) / 2), "text": f"made in {place}: no export", "color": GREY}
            )
        elif timeline.at(timeline.ruleset.horizon).outcome == "not_released":
            unreleased.append({**picture.at(6, (upper + lower) / 2), "text": "not released", "color": GREY})
        for piece in pieces:
            left, right = picture.x.px(epoch(piece.start)), picture.x.px(epoch(piece.stop))
            fill = piece.kind.colour if piece.kind else "#FFFFFF"
            rects.append({**picture.box(left, upper, right, lower), "fill": fill, **_details(timeline, piece)})
        for kind, run in groupby(pieces, lambda piece: piece.kind):
            same = list(run)
            left, right = picture.x.px(epoch(same[0].start)), picture.x.px(epoch(same[-1].stop))
            outlines.append(picture.box(left, upper, right, lower))
            if kind is None:
                strokes += [picture.box(*stroke) for stroke in hatch(left, upper, right, lower)]
            else:
                words = fitting(kind, same[0].span.answer, right - left)
                for line, text in enumerate(words.lines):
                    down = (line - (len(words.lines) - 1) / 2) * (words.size + 0.5)
                    centre = picture.at((left + right) / 2, (upper + lower) / 2 + down)
                    written = {**centre, "text": text, "color": kind.ink}
                    (inside if words.size == ONE else small).append(written)
    picture.draw("outlines", "rect", outlines, filled=False, stroke=INK, strokeWidth=1.8)
    picture.draw("bands", "rect", rects, DETAILS, fields=("fill",), opacity=1)
    picture.draw("hatch", "rule", strokes, color=GREY, strokeWidth=1)
    picture.texts("words", inside, align="center", baseline="middle")
    picture.texts("small_words", small, size=SEVERAL, align="center", baseline="middle")
    # no line runs through a remark, nor through a name above its band
    grounds = [_ground(picture, remark, 11) for remark in unreleased]
    grounds += [_ground(picture, name, 13) for name in names if size.head]
    picture.draw("text_grounds", "rect", grounds, fill="#FFFFFF", opacity=1)
    picture.texts("unreleased", unreleased, baseline="middle")
    side = "left" if size.head else "right"
    picture.texts("chips", names, size=13, align=side, baseline="middle", fontWeight="bold")


def _details(timeline: Timeline, piece: Piece) -> dict[str, str]:
    answer, span = piece.span.answer, piece.span
    answered = decision(answer.outcome, answer.review_policy)
    if not piece.verified:
        projection = answer.projection
        would = f"; by the encoded law: {decision(*projection)}" if projection else ""
        answered = f"not verified ({answer.standing.replace('_', ' ')}){would}"
    elif answer.turns_on:
        answered += f"; open: {' '.join(open_question(timeline.ruleset, fact) for fact in answer.turns_on)}"
    return {
        "chip": safe(timeline.question.label),
        "answer": safe(answered),
        "from": str(span.start or "before any known change"),
        "through": str(span.last or "no known end"),
        "opened by": safe(", ".join(span.opened_by) or "-"),
        "requirement": safe(", ".join(answer.law.requirements) or "-"),
    }


def _maker(timeline: Timeline) -> str:
    for subject in timeline.question.subjects:
        vendor = timeline.ruleset.variants[subject.id][1].vendor if subject.id in timeline.ruleset.variants else ""
        if vendor in timeline.ruleset.exporters:
            return timeline.ruleset.exporters[vendor].name
    return "own"


def _signs(bands: Sequence[Sequence[Piece]], changes: Sequence[ChangeDay]) -> list[Sign]:
    pieces = [piece for band in bands for piece in band]
    signs = [
        Sign("swatch", legend_words(c, (p.span.answer for p in pieces if p.kind == c)), c.colour)
        for c in in_order(p.kind for p in pieces if p.kind)
    ]
    signs += [Sign("hatch", "not verified: no answer is given")] if any(not p.verified for p in pieces) else []
    signs += [Sign("line", "a rule that changed an answer")] if any(not c.bound for c in changes) else []
    if any(c.bound for c in changes):
        signs.append(
            Sign("dashed", "a letter: it binds its addressee alone, and marks the bands whose answer it changed")
        )
    if any(c.by for c in changes):
        signs.append(Sign("frame", "a frame: the days between which it began; no source gives the day"))
    return signs
