"""The notices of a page as dated texts computed by the engine, grouped by what they depend on.

A track is the texts of some days: day, texts, day, texts, ..., each until the next; the texts are a list of numbers of
the page's texts, under its number among the page's lists, or -1 for none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from operator import itemgetter
from typing import Any

from exportrules.answer.assumptions import mentioned
from exportrules.answer.determination import Determination
from exportrules.answer.moment import Moment
from exportrules.answer.notices import PARTS, announced, disputed, in_other_layer
from exportrules.answer.result import Change
from exportrules.answer.timeline import Timeline
from exportrules.engine.cases import Words, together
from exportrules.explore.distinct import Distinct, iso
from exportrules.explore.states import State
from exportrules.explore.tell import DAY
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY as ONE_DAY
from exportrules.law.span import days_of_change, earliest
from exportrules.law.view import View

#: The placeholder for the destination's name in a text.
PLACE = "{place}"
#: For how long around its day a first publication by the press is mentioned.
_A_YEAR = timedelta(days=366)
NONE = -1


class Notes:
    """The texts of a page and the tracks of them, each once."""

    def __init__(self, ruleset: Ruleset, parts: Distinct, days: Distinct) -> None:
        self.ruleset = ruleset
        self.texts, self.tracks = Distinct(), Distinct()
        self._parts, self._days = parts, days
        self._coming: dict[Hashable, list[tuple[date, str]]] = {}
        self._mentioned: dict[View, list[tuple[date, set[str]]]] = {}
        self._laws: dict[Hashable, str] = {}

    def numbers(self, texts: Iterable[str]) -> list[int]:
        """Texts by their numbers."""
        return [self.texts.number(text) for text in texts]

    def track(self, steps: Iterable[tuple[str, Sequence[str]]]) -> int:
        """The number of a track, NONE where it says nothing: texts by the first of their days, in order."""
        track: list[int] = []
        for day, texts in steps:
            number = self._parts.number(self.numbers(texts)) if texts else NONE
            if number != (track[-1] if track else NONE):
                track += [self._days.number(day), number]
        return self.tracks.number(track) if track else NONE

    # --- of an answer, whatever the day and the chip ---------------------------------------------------

    def of_answer(self, d: Determination) -> list[list[int]]:
        """The texts of an answer that go with its standing, its outcome, and the provisions that it rests on."""
        standing = list(PARTS["standing"](d.moment))
        if d.standing == "beyond_horizon":
            standing = [text.replace(f"{d.on} is later", f"{DAY} is later") for text in standing]
        if d.standing == "destination_not_encoded":
            name = self.ruleset.places[d.timeline.question.to].name
            standing = [text.replace(f" {name} ", f" {PLACE} ") for text in standing]
        notes = standing, list(PARTS["asked"](d.moment)), list(PARTS["law"](d.moment))
        return [self.numbers(texts) for texts in notes] if any(notes) else []

    # --- of a course: what is public of the next change ------------------------------------------------

    def coming(self, runs: Sequence[tuple[date, str]], changes: Sequence[Change | None]) -> int:
        """The track of announcements of each next change; a run is its first day and its standing."""
        steps: list[tuple[str, list[str]]] = []
        for (start, standing), change in zip(runs, changes, strict=True):
            announcements = self._before(change) if change is not None and change.standing == standing else []
            now = [text for day, text in announcements if day <= start][-1:]
            steps.append((iso(start), [text for text in now if text]))
            steps += [(iso(day), [text] if text else []) for day, text in announcements if day > start]
        return self.track(steps)

    def _before(self, change: Change) -> list[tuple[date, str]]:
        """The announcement of a change on the days before it, by the first of these days; '' for none."""
        known = self._coming.get(change)
        if known is not None:
            return known
        written = (self.ruleset.provisions[name] for name in change.by if name in self.ruleset.provisions)
        turns = {d for p, i in written for d in (earliest(i.released, i.published), p.effective) if d}
        days = [date.min, *sorted(day for day in turns if day < change.date)]
        announcements = [(day, next(announced(self.ruleset, change, day), "")) for day in days]
        self._coming[change] = announcements
        return announcements

    # --- of a chip, whatever the deal -------------------------------------------------------------------

    def released(self, timeline: Timeline) -> int:
        """The track of remarks on the days on which a chip, or each variant, became public."""
        days = {date.min}
        for chip in (course.subject.chip for course in timeline.courses):
            public = {d for d in (chip.announced, chip.not_public_before) if d} if chip else set()
            days |= public | {d for p in public for d in (p - _A_YEAR + ONE_DAY, p + _A_YEAR)}
        return self.track((iso(day), list(PARTS["release"](Moment(timeline, day)))) for day in sorted(days))

    def figured(self, timeline: Timeline) -> int:
        """The track of remarks on estimated and disputed figures while a rule tests them."""
        tested = self._tested(timeline)
        starts = [day for day, _ in tested]
        public = {
            d for c in timeline.courses if (chip := c.subject.chip) for d in (chip.announced, chip.not_public_before)
        }
        steps = []
        for day in sorted({*starts, *(d for d in public if d)}):
            names = tested[bisect_right(starts, day) - 1][1]
            moment = Moment(timeline, day).knowing(mentioned, names)
            steps.append((iso(day), list(PARTS["figures"](moment))))
        return self.track(steps)

    def _tested(self, timeline: Timeline) -> list[tuple[date, set[str]]]:
        """The figures that provisions of the layer test, by the first day on which they do: the same for every deal."""
        view = timeline.view
        if view not in self._mentioned:
            figures = {name for name, known in self.ruleset.facts.items() if known.figure}
            tested: list[tuple[date, set[str]]] = []
            for day in sorted({date.min, *(d for f in view.provisions for d in days_of_change(f.spans))}):
                names = mentioned(Moment(timeline, day)) & figures
                if not tested or tested[-1][1] != names:
                    tested.append((day, names))
            self._mentioned[view] = tested
        return self._mentioned[view]

    # --- of a cell: what the other layer says ------------------------------------------------------------

    def other_layer(self, as_printed: bool, steps: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]) -> int:
        """The track of remarks on the other layer where its outcome differs.

        `steps` are this layer's outcomes by their first days, '' for an answer that is not the law's own; `other` are
        the outcomes of the other layer's law.
        """
        remarks: list[tuple[str, list[str]]] = []
        for day in sorted({day for day, _ in (*steps, *other)}):
            here, there = (_at(outcomes, day) for outcomes in (steps, other))
            differ = here and there != here
            remarks.append((day, [in_other_layer(as_printed, there)] if differ else []))
        return self.track(remarks)

    def outcome(self, states: Sequence[State], asked: Sequence[tuple[Words, int]]) -> str:
        """The outcome of the law for several variants, by their words and the numbers of their states."""
        if len(asked) == 1:
            return states[asked[0][1]].verdict.law.outcome
        key = tuple(asked)
        if key not in self._laws:
            self._laws[key] = together([(words, states[n].verdict) for words, n in asked]).law.outcome
        return self._laws[key]


def _at(steps: Sequence[tuple[str, str]], day: str) -> str:
    return steps[max(bisect_right(steps, day, key=itemgetter(0)) - 1, 0)][1]


def disputed_rows(ruleset: Ruleset) -> list[list[Any]]:
    """Country, first day, the day after the last, and the text of each membership on which two tables differ."""
    return [
        [
            member.country,
            iso(member.start or date.min),
            iso(member.stop) if member.stop else "",
            disputed(ruleset, group, member),
        ]
        for group in ruleset.groups.values()
        for member in group.disputed
    ]
