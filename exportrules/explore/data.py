"""Every determination of an edition as plain data, with which a page looks answers up without deciding anything.

The data, as `build` returns them (numbers point into the lists beside them; -1 and null are nothing):

- `places`: code, name, other names, and `class`: its equivalence class under the law;
- `kinds[destination][headquarters][parent]` over such classes: the number of a kind of deal, -1 if it was not asked;
- `rows[chip][exporter][layer]`: a row of `cells`, which has a course for each kind of deal;
- `courses`: day, answer, by, day, answer, by, ...: each answer from its day (a number of `days`) on to the next, and
  what changed the decision;
- `answers`: the fields of a determination; a list in it, and `by`, are numbers of `parts`, and its first line is a
  number of `texts`;
- `texts`: every text in English, Japanese and Chinese, with placeholders for days and places that differ;
- notices: those of an answer are lists of texts in it; those of a chip (`released`, `figured`), of a course (`coming`)
  and of a cell (`others`, as `cells`) are numbers of `tracks`: day, texts, day, texts, ...; `disputed` are by country;
- `provisions`: those that are cited, by id.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from exportrules.answer.determination import Determination, check
from exportrules.answer.result import OUTCOMES, Answer, Change
from exportrules.answer.timeline import END, RELEASE, START, Timeline
from exportrules.answer.words import POLICY, decision
from exportrules.explore.alike import Codes
from exportrules.explore.catalogue import TESTED_FIGURES, asked_chips, asked_rows, maker_rows, place_rows
from exportrules.explore.claims import claim_books
from exportrules.explore.distinct import Distinct, iso
from exportrules.explore.lines import planes
from exportrules.explore.notes import NONE, Notes, disputed_rows
from exportrules.explore.states import DecidedStates, Places, Route, States, asked_of, read_places
from exportrules.explore.tell import fields_of, provision_row
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY, days_of_change, holds_on
from exportrules.law.view import view_of
from exportrules.question.deal import Deal
from exportrules.question.question import Question, Subject, resolve
from exportrules.render.languages import LANGUAGES, spoken, translated
from exportrules.study.package import LICENSE

#: The exporters and the layers of the law, in the order of the page's data.
EXPORTERS = ("maker", "other")
LAYERS = (False, True)
TABLES = ("answers", "parts", "courses", "days")


def build(ruleset: Ruleset, chips: Sequence[str] = ()) -> dict[str, Any]:
    """The data of the page for these chips (all of them, if none is named)."""
    asked = asked_chips(ruleset, chips)
    places, known = read_places(ruleset), DecidedStates()
    tables = {name: Distinct() for name in TABLES}
    answers, parts, courses, days = (tables[name].values for name in TABLES)
    notes = Notes(ruleset, tables["parts"], tables["days"])
    chip_notes: list[dict[str, Any]] = [{"figured": []} for _ in asked]
    rows = np.full((2, len(asked), len(EXPORTERS), len(LAYERS), len(places.deals)), NONE, np.int64)
    layers = []
    for printed in LAYERS:
        questions = [_question(ruleset, entry.id, who, printed) for entry in asked for who in EXPORTERS]
        subjects = [subject for question in questions for subject in question.subjects]
        layers.append((questions, States(view_of(ruleset, as_printed=printed), subjects, places.deals, known)))
    coming: dict[int, int] = {}
    answered: dict[Hashable, int] = {}
    for layer, (questions, states) in enumerate(layers):
        cells = _Cells(ruleset, places, (states, layers[1 - layer][1]), known, tables, notes, coming, answered)
        first = 0
        for n, question in enumerate(questions):
            e, w = divmod(n, len(EXPORTERS))
            cell = cells.row(question, range(first, first := first + len(question.subjects)), places.deals)
            rows[0, e, w, layer], rows[1, e, w, layer] = cell.courses, cell.others
            if EXPORTERS[w] == "other":
                chip_notes[e]["released"] = notes.released(cell.timeline)
                chip_notes[e]["figured"].append(notes.figured(cell.timeline))
    flat = rows.reshape(-1, len(places.deals))
    columns, kinds = np.unique(flat, axis=1, return_inverse=True)
    (distinct, row_of), (others, other_of) = (
        np.unique(half, axis=0, return_inverse=True) for half in np.split(columns, 2)
    )
    kinds = kinds.ravel()
    shape = rows.shape[1:4]
    renumbered = np.where(places.kind < 0, -1, kinds[places.kind])
    used = {p for a in answers for p, _ in parts[a["citations"]]}
    named = (text for c in courses for by in c[2::3] if by >= 0 for text in parts[by])
    used |= {text for text in named if text in ruleset.provisions}
    edition = ruleset.edition
    roles = {role for a in answers for _, role in parts[a["citations"]]}
    return {
        "edition": edition.edition,
        "sha256": ruleset.digest,
        "coversFrom": edition.covers_from.isoformat(),
        "verifiedThrough": edition.verified_through.isoformat(),
        "currency": ruleset.currency,
        "sliderEnd": f"{ruleset.horizon.year}-12-31",
        "makers": maker_rows(ruleset, [ruleset.variants[e.variants[0]][1].vendor for e in asked]),
        "figures": {name: ruleset.facts[name].label or name.replace("_", " ") for name in TESTED_FIGURES},
        "units": {name: ruleset.facts[name].unit for name in TESTED_FIGURES},
        "chips": [{**row, **more} for row, more in zip(asked_rows(ruleset, asked), chip_notes, strict=True)],
        "planes": planes(ruleset, [v for e in asked if len(e.variants) == 1 for v in e.variants]),
        **_words(_assumed(ruleset, asked[0].id), roles),
        "claims": claim_books(ruleset, asked),
        "license": LICENSE,
        "endUses": list(ruleset.facts["end_use"].values),
        "places": place_rows(ruleset, places),
        "kinds": renumbered.tolist(),
        "rows": row_of.reshape(shape).tolist(),
        "cells": distinct.tolist(),
        "otherRows": other_of.reshape(shape).tolist(),
        "others": others.tolist(),
        "days": days,
        "courses": courses,
        "coming": [coming[number] for number in range(len(courses))],
        "tracks": notes.tracks.values,
        "disputed": disputed_rows(ruleset),
        "texts": [_languages(text) for text in notes.texts.values],
        "answers": answers,
        "parts": parts,
        "provisions": {name: provision_row(ruleset, name) for name in sorted(used)},
    }


#: The facts assumed on every day of every deal of the page; other assumptions depend on the provisions of the day.
_ALWAYS = ("activity", "end_use", "end_user_lists")


def _assumed(ruleset: Ruleset, chip: str) -> list[str]:
    """The assumptions of every answer of the page about facts that the page does not ask for."""
    d = check(chip, on=ruleset.edition.verified_through, ruleset=ruleset)
    return [a.says for a in d.assumptions if a.fact in _ALWAYS]


def _question(ruleset: Ruleset, chip: str, exporter: str, printed: bool) -> Question:
    return resolve(ruleset, chip, Deal(exporter=exporter, as_printed=printed))


def _words(assumed: list[str], roles: set[str]) -> dict[str, Any]:
    """The words of the engine that the page combines: outcomes with their policies, assumptions, causes of an answer;
    `said` has them in other languages."""
    decisions = {f"{o} {p}": decision(o, p or None) for o in OUTCOMES for p in ("", *POLICY)}
    every = {*POLICY.values(), *decisions.values(), *assumed, *roles, START, END, RELEASE}
    others = {text: languages[1:] for text in sorted(every) if (languages := _languages(text))[1:]}
    return {"decisions": decisions, "policies": POLICY, "assumed": assumed, "said": others}


def _languages(text: str) -> list[str]:
    """A text in English and in the other languages of the table of words; only in English if the table lacks it."""
    languages = [text]
    for language in LANGUAGES[1:]:
        with spoken(language):
            languages.append(translated(text))
    return languages if set(languages) != {text} else [text]


class _Row(NamedTuple):
    """The courses of a question in each deal, the tracks of remarks on the other layer, and the timeline of one
    deal."""

    courses: list[int]
    others: list[int]
    timeline: Timeline


class _Cells:
    """The courses of one layer, built once for all deals in which a chip has the same states."""

    def __init__(
        self,
        ruleset: Ruleset,
        places: Places,
        layers: tuple[States, States],
        known: DecidedStates,
        tables: Mapping[str, Distinct],
        notes: Notes,
        coming: dict[int, int],
        answered: dict[Hashable, int],
    ) -> None:
        """`layers` are the states of this layer and of the other one. `coming` has a track for each course, `answered`
        the number of an answer by what it depends on; both are added to."""
        self.ruleset, self.known, self.notes, self.coming = ruleset, known, notes, coming
        self.states, self.other = layers
        self._outcomes = np.array([OUTCOMES.index(state.verdict.law.outcome) for state in known.states])
        self._others: dict[Hashable, int] = {}
        self.answers, self.parts, self.courses, self.days = (tables[name] for name in TABLES)
        self._profiles: dict[Hashable, int] = {}
        self._made: dict[tuple[int, Hashable], int] = {}
        self._moves = places.moves
        self._by_moves: set[int] = set()
        force = self.states.view.provisions
        self._days_named = {d for f in force if f.provision.classifies for d in days_of_change(f.spans)}
        self._days_named |= {attestation.through + DAY for attestation in ruleset.attestations.values()}
        self._answered = answered
        self._besides = [self._beside(to) for to, _, _ in places.deals]
        self._opened: dict[Hashable, tuple[str, ...]] = {}
        self._entries: dict[Hashable, Hashable] = {}

    def row(self, question: Question, items: Sequence[int], deals: Sequence[Route]) -> _Row:
        """The numbers of courses and tracks for each deal; `items` are the indices of its subjects among all."""
        every = list(zip(question.subjects, items, strict=True))
        asked = [(s, i) for s, i in every if s.has_figures] or every
        described = [(s, self.states.item_of[i]) for s, i in asked]
        whole = np.concatenate([self.states.ids[i] for _, i in described], axis=1)
        states = np.column_stack([whole, self._besides])
        alike = _released(question)
        same_deals: dict[bytes, list[int]] = {}
        for deal, ids in enumerate(states):
            same_deals.setdefault(ids.tobytes(), []).append(deal)
        numbers = np.full(len(deals), -1, np.int64)
        for ids, same in sorted((states[same[0]].tolist(), same) for same in same_deals.values()):
            profile = self._profiles.setdefault((alike, tuple(ids)), len(self._profiles))
            for deal in same:
                # where a country's move changed an answer, the answer names the country
                moved = tuple(self._moves[country] for country in deals[deal]) if profile in self._by_moves else ()
                if (profile, moved) not in self._made:
                    courses, moves = self._course(question, described, deals[deal], ids)
                    if moves and profile not in self._by_moves:
                        self._by_moves.add(profile)
                        moved = tuple(self._moves[country] for country in deals[deal])
                    self._made[profile, moved] = courses
                numbers[deal] = self._made[profile, moved]
                if profile not in self._by_moves:
                    numbers[same] = numbers[deal]
                    break
        timeline = self._timeline(question, described, deals[0], whole[0].tolist())
        there = np.stack([self.other.ids[self.other.item_of[i]] for _, i in asked], axis=1)
        others = self._other_layer(timeline, alike, numbers.tolist(), whole.reshape(len(deals), len(asked), -1), there)
        return _Row(numbers.tolist(), others, timeline)

    def _beside(self, to: str) -> int:
        """Remarks on a destination besides its law: that nothing is exported there, or that its law is not encoded."""
        home = bool(self.states.view.membership("united-states", to))
        return home + 2 * (to in self.ruleset.edition.destinations_not_encoded)

    def _other_layer(
        self, timeline: Timeline, alike: Hashable, courses: Sequence[int], ids: Codes, there: Codes
    ) -> list[int]:
        """The track of remarks on the other layer in each deal; `ids` and `there` are the states in this layer and the
        other of each deal and variant, by day."""
        days = sorted({*self.states.days, *self.other.days})
        sides = [
            self._outcomes[states[:, :, [_at(of.days, day) for day in days]]]
            for states, of in ((ids, self.states), (there, self.other))
        ]
        numbers = [NONE] * len(courses)
        for deal in np.flatnonzero((sides[0] != sides[1]).any(axis=(1, 2))).tolist():
            key = alike, courses[deal], there[deal].tobytes()
            if key not in self._others:
                self._others[key] = self._said_there(timeline, courses[deal], there[deal])
            numbers[deal] = self._others[key]
        return numbers

    def _said_there(self, timeline: Timeline, course: int, there: Codes) -> int:
        """The track of remarks on the other layer, for a course of this one and the states of each variant there."""
        steps, answers = self.courses.values[course], self.answers.values
        here = [
            (self.days.values[day], "" if "projection" in answers[answer] else answers[answer]["outcome"])
            for day, answer in zip(steps[::3], steps[1::3], strict=True)
        ]
        law = []
        for day in sorted({*self.other.days, *timeline.starts}):
            at, asked = _at(self.other.days, day), timeline.at(day).asked
            variants = [
                (c.subject.words, int(states[at]))
                for c, states in zip(timeline.courses, there, strict=True)
                if c.subject.id in asked
            ]
            law.append((iso(day), self.notes.outcome(self.known.states, variants)))
        return self.notes.other_layer(timeline.question.as_printed, here, law)

    def _timeline(
        self, question: Question, described: Sequence[tuple[Subject, int]], deal: Route, ids: Sequence[int]
    ) -> Timeline:
        many = len(self.states.days)
        courses = tuple(
            self.states.course(s, item, deal, ids[n * many : (n + 1) * many], self.known)
            for n, (s, item) in enumerate(described)
        )
        return Timeline(self.ruleset, asked_of(question, deal), courses)

    def _course(
        self, question: Question, described: Sequence[tuple[Subject, int]], deal: Route, ids: Sequence[int]
    ) -> tuple[int, bool]:
        """The number of the course, and True if an answer in it names a country that entered or left a group."""
        many = len(self.states.days)
        parts = [ids[n * many : (n + 1) * many] for n in range(len(described))]
        timeline = self._timeline(question, described, deal, ids)
        changes = {day for part in parts for n, day in enumerate(self.states.days) if n and part[n] != part[n - 1]}
        steps: list[list[Any]] = []
        runs: list[tuple[date, Answer, tuple[str, ...]]] = []
        moves = False
        for day in sorted({*timeline.starts, *changes, *self._days_named}):
            index = timeline.index(day)
            answer = self._answer(timeline, day, tuple(p[_at(self.states.days, day)] for p in parts))
            by = -1
            if timeline.starts[index] == day and index == timeline.holds(index)[0] and index:
                reasons = self._reasons(timeline, index, (tuple(item for _, item in described), deal))
                moves = moves or any(_MOVES.search(text) for text in reasons)
                by = self.parts.number([_unnamed(text, deal) for text in reasons])
                runs.append((day, timeline.answers[index], reasons))
            elif not index and not runs:
                runs.append((day, timeline.answers[index], ()))
            if not steps or by >= 0 or steps[-1][1] != answer:
                steps.append([self.days.number(iso(day)), answer, by])
        number = self.courses.number([n for step in steps for n in step])
        if number not in self.coming:
            nexts = [Change(day, a.outcome, a.review_policy, a.standing, by) for day, a, by in runs[1:]]
            self.coming[number] = self.notes.coming([(day, a.standing) for day, a, _ in runs], [*nexts, None])
        return number, moves

    def _reasons(self, timeline: Timeline, index: int, profile: Hashable) -> tuple[str, ...]:
        """The causes of a segment, the same for all chips of a profile, except for the days on which they became
        public."""
        before, after, day = timeline.answers[index - 1], timeline.answers[index], timeline.starts[index]
        chips = [course.subject.chip for course in timeline.courses]
        first = any(chip is not None and day in (chip.announced, chip.not_public_before) for chip in chips)
        key = profile, day, before.outcome, before.standing, after.outcome, after.standing, first
        if key not in self._opened:
            self._opened[key] = timeline.opened_by(index)
        return self._opened[key]

    def _answer(self, timeline: Timeline, day: date, states: tuple[int, ...]) -> int:
        """The number of the answer of a day; `states` are those of the law for each variant."""
        answer = timeline.at(day)
        named = () if len(timeline.question.subjects) == 1 else (timeline.question.family, answer.asked)
        early = answer.outcome == "not_released" and timeline.released(day) is None
        says = answer.outcome, answer.review_policy, answer.standing
        beside = self._beside(timeline.question.to)
        vouching = timeline.vouching(day) if answer.standing == "attested" else ()
        key = (says, named, answer.left_out, early, states, self._listed(timeline, day), beside, vouching)
        if key not in self._answered:
            d = Determination(timeline, day)
            described = fields_of(d)
            if notices := self.notes.of_answer(d):
                described["notices"] = notices
            described["first"] = self.notes.texts.number(described["first"])
            parts = {n: self.parts.number(v) if isinstance(v, list) else v for n, v in described.items()}
            self._answered[key] = self.answers.number(parts)
        return self._answered[key]

    def _listed(self, timeline: Timeline, day: date) -> Hashable:
        """The entries of the day that are named as not met by an answer without a requirement."""
        kinds = frozenset(course.docket.value("item_kind") for course in timeline.courses)
        key = kinds, _at(self.states.days, day)
        if key not in self._entries:
            force = (f for f in timeline.view.provisions if f.provision.classifies and holds_on(f.spans, day))
            self._entries[key] = kinds, tuple(f.provision.id for f in force)
        return self._entries[key]


def _at(days: Sequence[date], day: date) -> int:
    return max(bisect_right(days, day) - 1, 0)


def _released(question: Question) -> Hashable:
    """The facts besides the law on which answers depend: when each variant became public, and its name among
    several."""
    chips = [s.chip for s in question.subjects]
    several = len(chips) > 1
    return tuple(
        (c.announced, c.not_public_before, c.status, s.has_figures, s.name if several else "") if c else None
        for c, s in zip(chips, question.subjects, strict=True)
    )


#: "89fr18780 (NI enters D:1)"
_MOVES = re.compile(r"\((?P<country>[A-Z]{2}) (?=(?:enters|leaves) )")


def _unnamed(text: str, deal: Route) -> str:
    """A reason with the place of the deal that enters or leaves a group in the country's stead: 0, 1 or 2."""
    return _MOVES.sub(lambda match: f"({{{deal.index(match['country'])}}} ", text)
