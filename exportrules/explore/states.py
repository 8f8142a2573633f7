"""The law for every profile on every day, each distinct state decided once by the engine."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import NamedTuple

import numpy as np

from exportrules.engine.course import Course
from exportrules.engine.docket import Docket, PreparedRow
from exportrules.engine.evaluate import Reading
from exportrules.engine.unknowns import Verdict, decide
from exportrules.explore.alike import Codes, Likeness, Sums
from exportrules.law.facts import PLACE_FACTS, Fact
from exportrules.law.model import Provision
from exportrules.law.paragraphs import closes, refers
from exportrules.law.ruleset import Ruleset
from exportrules.law.truth import UNKNOWN
from exportrules.law.view import View, view_of
from exportrules.question.question import Question, Subject

#: A deal's places: destination, headquarters, ultimate parent.
Route = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """The destinations by their equivalence class, and the deals that the law distinguishes.

    `of` has the class of each country, `classes` a country of each; `deals` a deal of each kind, and `kind[d][h][p]`
    the number of the kind for classes of destination, headquarters and parent, -1 where the page does not ask. `moves`
    are the days on which a country enters or leaves a group of the EAR's own table: answers name them.
    """

    of: Mapping[str, int]
    classes: tuple[str, ...]
    deals: tuple[Route, ...]
    kind: Codes
    moves: Mapping[str, tuple[Hashable, ...]]


def read_places(ruleset: Ruleset) -> Places:
    """The kinds of deals in both layers: bought where the goods go, or headquartered, or owned, elsewhere."""
    views = [view_of(ruleset, as_printed=printed) for printed in (False, True)]
    numbers: dict[Hashable, int] = {}
    of: dict[str, int] = {}
    classes: list[str] = []
    for code in sorted(ruleset.places):
        left_out = code in ruleset.edition.destinations_not_encoded
        alike = (*(view.place_class(code) for view in views), _moves(ruleset, code), left_out)
        of[code] = numbers.setdefault(alike, len(numbers))
        if of[code] == len(classes):
            classes.append(code)
    many = range(len(classes))
    triples = [(d, h, p) for d in many for h in many for p in many if h in (d, p)]
    at = tuple(np.array(column) for column in zip(*triples, strict=True))
    moves = {code: _moves(ruleset, code) for code in classes}
    number_of_moves = {move: number for number, move in enumerate(dict.fromkeys(moves.values()))}
    moved = np.array([[number_of_moves[moves[classes[c]]] for c in triple] for triple in triples], np.uint64)
    unread = np.array([classes[d] in ruleset.edition.destinations_not_encoded for d, _, _ in triples])
    sums = [Likeness(view, classes).deals()[at] for view in views]
    keys = np.concatenate([np.stack([*sums, unread.astype(np.uint64)], axis=1), moved], axis=1)
    _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    kind = np.full((len(classes),) * 3, -1, np.int64)
    kind[at] = which.ravel()
    deals = tuple((classes[d], classes[h], classes[p]) for d, h, p in (triples[i] for i in first.tolist()))
    return Places(of, tuple(classes), deals, kind, moves)


def _moves(ruleset: Ruleset, country: str) -> tuple[Hashable, ...]:
    return tuple(
        (group.id, m.start, m.stop, m.by, m.stop_by, m.cite)
        for group in ruleset.groups.values()
        for m in group.member
        if ":" in group.id and m.country == country and (m.start or m.stop)
    )


class State(NamedTuple):
    """The law for a profile on a day, and the provisions that affect its citations."""

    verdict: Verdict
    rests_on: tuple[Hashable, ...]


class DecidedStates:
    """The decided states, each with a number; and the number of the state for each sum of a profile."""

    def __init__(self) -> None:
        self.states: list[State] = []
        self.of_sum: dict[int, int] = {}
        self.of_key: dict[Hashable, int] = {}
        self._numbers: dict[State, int] = {}

    def number(self, state: State) -> int:
        number = self._numbers.setdefault(state, len(self.states))
        if number == len(self.states):
            self.states.append(state)
        return number


class States:
    """The states of one layer: `ids[item, deal, day]` has the number of each, for the distinct items.

    `item_of` has the distinct item of each given item; `days` are the first days of the spans between changes of law.
    """

    def __init__(self, view: View, items: Sequence[Subject], deals: Sequence[Route], known: DecidedStates) -> None:
        """`known` has the states of other layers; it is added to."""
        self.view, self.deals = view, deals
        self._dockets: dict[tuple[int, Route], Docket] = {}
        countries = sorted({country for deal in deals for country in deal})
        at = {country: number for number, country in enumerate(countries)}
        likeness = Likeness(view, countries)
        numbered: dict[str, int] = {}
        read: list[tuple[Hashable, list[tuple[int, ...]]]] = []
        firsts: list[Subject] = []
        self.item_of: list[int] = []
        for item in items:
            codes = likeness.item(item.facts)
            key = repr(codes)
            if key not in numbered:
                numbered[key] = len(read)
                read.append(codes)
                firsts.append(item)
            self.item_of.append(numbered[key])
        self.days, sums = likeness.profiles(read, [(at[d], at[h], at[p]) for d, h, p in deals])
        whole = np.stack([np.broadcast_to(s, (len(read), len(deals))) for s in sums], axis=2)
        self.ids = self._decided(firsts, whole, known)

    def _decided(self, items: Sequence[Subject], sums: Sums, known: DecidedStates) -> Codes:
        begins = np.ones(sums.shape, np.bool_)
        begins[:, :, 1:] = sums[:, :, 1:] != sums[:, :, :-1]
        values, first, which = np.unique(sums[begins], return_index=True, return_inverse=True)
        where = np.argwhere(begins)[first]
        numbers = np.array([known.of_sum.get(value, -1) for value in values.tolist()], np.int64)
        fresh = [(*where[n].tolist(), n) for n in np.flatnonzero(numbers < 0).tolist()]
        for (item, deal), group in groupby(sorted(fresh), key=lambda state: state[:2]):
            docket = self._docket(placed(items[item], self.deals[deal]), item, self.deals[deal])
            for _, _, day, n in group:
                numbers[n] = known.of_sum[int(values[n])] = _state(docket, self.days[day], known)
        # a sum lasts until the next begins: each of these has its place among them all
        ids: Codes = numbers[which.ravel()][np.cumsum(begins) - 1].reshape(sums.shape)
        return ids

    def course(self, item: Subject, item_number: int, deal: Route, ids: Sequence[int], known: DecidedStates) -> Course:
        """The course of an item in a deal whose states have these numbers, one for each of the days."""
        subject = placed(item, deal)
        begun = [n for n, number in enumerate(ids) if n == 0 or number != ids[n - 1]]
        docket = self._docket(subject, item_number, deal)
        verdicts = tuple(known.states[ids[n]].verdict for n in begun)
        return Course(subject=subject, docket=docket, starts=tuple(self.days[n] for n in begun), verdicts=verdicts)

    def _docket(self, subject: Subject, item_number: int, deal: Route) -> Docket:
        """The docket of a subject; all subjects of one distinct item share its provisions."""
        docket = self._dockets.get((item_number, deal))
        if docket is None:
            docket = self._dockets[item_number, deal] = Docket(self.view, subject.facts).reachable()
            return docket
        return docket.of(subject.facts)


def _state(docket: Docket, day: date, known: DecidedStates) -> int:
    """The number of the state of a docket on a day.

    A provision that is FALSE or TRUE stays so when more becomes known. So two profiles have the same law if the same
    provisions hold, and the same are open in the same way.
    """
    today = docket.on(day)
    reading = Reading(today, day)
    marks = today.marks
    key: list[Hashable] = [today.value("item_kind"), reading.reach, _closed(reading)]
    live = [entry.in_force.provision for entry, _ in reading.requirements]
    open_ = [entry.in_force.provision for entry, _ in reading.truths.values() if entry.kind == "exception"]
    for entry, truth in reading.truths.values():
        provision = entry.in_force.provision
        if not provision.notice and not _bears(provision, live, open_):
            continue
        how: Hashable = None
        if truth == UNKNOWN or entry.made is not None:
            paragraphs = entry.made is not None
            facts = tuple((name, marks[name]) for name in sorted(entry.mentions))
            when, unless = (_rows(rows, paragraphs) for rows in (entry.when, entry.unless))
            how = entry.fits, entry.doubt, when, unless, facts, today.view.as_printed
        key.append((provision.id, truth, how))
    state_key = tuple(key)
    number = known.of_key.get(state_key)
    if number is None:
        held = tuple(
            (entry.in_force.provision.id, truth)
            for entry, truth in reading.truths.values()
            if entry.kind == "classification" or (truth == UNKNOWN and entry.kind in ("requirement", "bar"))
        )
        number = known.of_key[state_key] = known.number(State(decide(today, day), (held, _closed(reading))))
    return number


def _bears(provision: Provision, live: Sequence[Provision], exceptions: Sequence[Provision]) -> bool:
    """True if a provision can affect a decision: suspensions are applied before a day is read, and a provision that
    acts on no requirement or exception that may hold has no effect."""
    if provision.kind == "suspension":
        return False
    if provision.kind == "bar":
        return any(closes(provision, exception) for exception in exceptions)
    named = {"exception": provision.overcomes, "review_policy": provision.governs}
    references = named.get(provision.kind)
    return references is None or any(refers(r, requirement) for r in references for requirement in live)


def _rows(rows: Sequence[PreparedRow], paragraphs: bool) -> Hashable:
    """The open tests of rows, without duplicates, except that an entry's rows keep their paragraphs."""
    return tuple(dict.fromkeys((r.paragraph if paragraphs else "", r.settled, r.concluded, r.open) for r in rows))


def _closed(reading: Reading) -> tuple[Hashable, ...]:
    return tuple((entry.in_force.provision.id, bars) for entry, bars in reading.closed)


def placed(item: Subject, deal: Route) -> Subject:
    """The item on its way to a destination, for an end user seated and owned in these countries."""
    places = {fact: Fact(country, "question") for fact, country in zip(PLACE_FACTS, deal, strict=True)}
    return replace(item, facts={**item.facts, **places})


def asked_of(question: Question, deal: Route) -> Question:
    """The question with another deal's places."""
    to, headquarters, parent = deal
    subjects = tuple(placed(subject, deal) for subject in question.subjects)
    return replace(question, subjects=subjects, to=to, headquarters=headquarters, ultimate_parent=parent)
