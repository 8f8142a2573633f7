"""The bounds that the law of one day sets in a plane of two figures, and the chips as points in it.

No bound is written here: each comes from a row of a provision in force on the day that compares figures of the item,
if its other tests (destination, end use, exporter) can hold for the deal of the question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from exportrules.answer.determination import Determination
from exportrules.answer.moment import Moment
from exportrules.answer.timeline import Timeline
from exportrules.engine.course import Course
from exportrules.engine.evaluate import Reading
from exportrules.errors import QuestionError, UnknownNameError
from exportrules.law.force import InForce
from exportrules.law.model import Number, Row, Test
from exportrules.law.paragraphs import refers
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import holds_on
from exportrules.law.truth import FALSE
from exportrules.law.view import View

#: Facts that lists conclude about the parties: they depend on the deal, never on the item's figures.
_OF_PARTIES = frozenset({"end_user_lists", "owner_lists"})
_COMPARED = ("ge", "gt", "le", "lt")


class Region(NamedTuple):
    """One row of a provision as a rectangle in the plane; `tests` are its edges.

    `bound` names the company that the row binds; '' means everyone. A row of an uncertain provision is not `certain`.
    """

    in_force: InForce
    row: Row
    tests: tuple[Test, ...]
    bound: str

    @property
    def provision(self) -> str:
        return self.in_force.provision.id

    @property
    def certain(self) -> bool:
        return self.in_force.provision.certain

    def side(self, fact: str) -> tuple[Number | None, Number | None]:
        """The lower and upper edge of the region along one figure; None if the text sets no bound."""
        own = [t for t in self.tests if t.fact == fact]
        low = [t.bound for t in own if t.op in ("ge", "gt") and isinstance(t.bound, int | Decimal)]
        high = [t.bound for t in own if t.op in ("le", "lt") and isinstance(t.bound, int | Decimal)]
        return max(low, default=None), min(high, default=None)


class Point(NamedTuple):
    """One variant in the plane, with its answer of the day. `estimated` is True if a figure is estimated or disputed.

    `datacenter` is True if it is designed for datacenters; None if that is unknown or disputed.
    """

    name: str
    family: str
    id: str
    x: Number
    y: Number
    answer: Determination
    estimated: bool
    datacenter: bool | None


@dataclass(frozen=True, slots=True)
class Plane:
    """Two figures, the regions that the law of a day defines over them, and the chips with both figures known.

    `others` are other pairs of figures that provisions of the day test together; `left_out` are the
    rows that test a figure outside the plane; `missing` are the chips with an unknown figure.
    """

    on: date
    x: str
    y: str
    regions: tuple[Region, ...]
    points: tuple[Point, ...]
    others: tuple[tuple[str, str], ...]
    left_out: tuple[Region, ...]
    missing: tuple[str, ...]


def plane(timelines: Sequence[Timeline], on: date, axes: tuple[str, str] | None = None, *, named: bool = True) -> Plane:
    """The plane of a day for the chips of some timelines (of one deal).

    If the chips were not `named`, and so are the whole catalogue, only those that were public on the day count.
    Without `axes`, the two figures are those that the newest provision in force tests together. Raises QuestionError
    if no provision of the day tests any.
    """
    law, every, timelines = timelines[0].ruleset, timelines, _shown(timelines, on, named)
    rows = _rows(timelines, on)
    figures = {region: tuple(sorted({t.fact for t in region.tests}, key=law.fact_order.__getitem__)) for region in rows}
    pairs = [(region, used) for region, used in figures.items() if len(used) == 2]
    tested = tuple(dict.fromkeys((used[0], used[1]) for _, used in pairs))
    if axes is None:
        if not pairs:
            raise QuestionError(f"no provision in force on {on} for this deal tests two figures of a chip, so a plane "
                                f"cannot be drawn.{_first_plane(every, on, named)}")  # fmt: skip
        view = timelines[0].view
        _, newest = max(pairs, key=lambda pair: view.start_of(pair[0].in_force.provision))
        axes = newest[0], newest[1]
    known = _figures(law)
    for name in axes:
        if name not in known:
            import difflib

            raise UnknownNameError(
                f"there is no figure {name!r} of a chip. Figures: {', '.join(known)}.",
                difflib.get_close_matches(name, known, n=2),
            )
    x, y = axes
    inside = tuple(region for region, used in figures.items() if set(used) <= {x, y})
    if not inside:
        raise QuestionError(
            f"no provision in force on {on} for this deal tests {x} or {y} alone or together. "
            f"Planes of that day: {'; '.join(','.join(pair) for pair in tested) or 'none'}."
        )
    out = tuple(region for region in rows if region not in inside)
    points, missing = _points(timelines, on, x, y)
    others = tuple(pair for pair in tested if set(pair) != {x, y})
    return Plane(on, x, y, inside, points, others, out, missing)


def carve_outs(law: Ruleset, drawn: Plane) -> dict[tuple[str, str], tuple[Test, ...]]:
    """The carve-outs of the drawn entries that test the item, by (provision, paragraph)."""
    out = {}
    for region in drawn.regions:
        provision = region.in_force.provision
        for row in provision.unless if provision.kind == "classification" else ():
            if all(t.fact in law.facts and law.facts[t.fact].about == "item" for t in row.tests):
                out[provision.id, row.paragraph] = row.tests
    return out


def _shown(timelines: Sequence[Timeline], on: date, named: bool) -> Sequence[Timeline]:
    """The chips that were public on the day, or all of them if they were named or none was public."""
    public = [timeline for timeline in timelines if timeline.at(on).outcome != "not_released"]
    return timelines if named else public or timelines


def _first_plane(timelines: Sequence[Timeline], on: date, named: bool) -> str:
    """The end of a message: the next day on which a provision of this deal tests two figures together; '' if none."""
    horizon = timelines[0].ruleset.horizon
    days = {day for t in timelines for c in t.courses for day in c.docket.whole().days_of_change()}
    for day in sorted(d for d in days if on < d <= horizon):
        if any(len({t.fact for t in region.tests}) == 2 for region in _rows(_shown(timelines, day, named), day)):
            return f" The next day with one is {day}."
    return ""


def _figures(law: Ruleset) -> list[str]:
    return [name for name, d in law.facts.items() if d.type == "number" and d.about == "item"]


def _rows(timelines: Sequence[Timeline], on: date) -> list[Region]:
    """The rows in force that compare figures and can hold for the deal of some chip, without duplicates."""
    rows: dict[tuple[str, Row], Region] = {}
    for timeline in timelines:
        for course in timeline.courses:
            for region in _rows_for(course, timeline, on):
                rows.setdefault((region.provision, region.row), region)
    # a rule with a row each for destination, headquarters and parent states the same figures three times
    distinct: dict[object, Region] = {}
    for region in rows.values():
        distinct.setdefault((region.provision, region.tests, region.bound), region)
    return list(distinct.values())


def _rows_for(course: Course, timeline: Timeline, on: date) -> Iterator[Region]:
    law = timeline.ruleset
    figures, reading = frozenset(_figures(law)), Reading(course.docket, on)
    # any figures, and the entries that an item with them meets
    free = figures | course.docket.view.concludable - _of_the_deal(course.docket.view)
    force = [f for f in course.docket.pool if holds_on(f.spans, on)]
    required = [f for f in force if f.provision.kind == "requirement" and _can_hold(f.provision.when, reading, free)]
    entries = {
        v for f in required for row in f.provision.when for t in row.tests if t.fact == "eccn" for v in _texts(t)
    }
    for in_force in force:
        provision = in_force.provision
        if not _matters(in_force, required, entries) or course.docket.fits(provision.classifies) == FALSE:
            continue
        for row in provision.when:
            tests = tuple(t for t in row.tests if t.fact in figures and t.op in _COMPARED)
            if tests and _can_hold((row,), reading, free):
                own = [t for t in row.tests if t.fact == "exporter" and t.op == "is"]
                names = [e.name for t in own if (e := law.exporters.get(str(t.bound)))]
                yield Region(in_force, row, tests, ", ".join(names))


def _matters(in_force: InForce, required: Sequence[InForce], entries: set[str]) -> bool:
    """True if a provision can change the answer of this deal: a requirement, or a provision that bears on one."""
    provision = in_force.provision
    if provision.kind == "requirement":
        return in_force in required
    if provision.kind == "classification":
        return provision.concludes is not None and provision.concludes.value in entries
    named = provision.governs + provision.overcomes
    return any(refers(reference, r.provision) for reference in named for r in required)


def _can_hold(rows: Iterable[Row], reading: Reading, free: frozenset[str]) -> bool:
    """True if some row can hold for some values of the facts that are `free`."""
    docket, day, concluded = reading.docket, reading.day, reading.concluded
    return any(all(t.fact in free or docket.test(t, day, concluded) != FALSE for t in row.tests) for row in rows)


def _of_the_deal(view: View) -> frozenset[str]:
    """The concluded facts that do not depend on the item: the lists that a party is on, the nature of the end user."""
    on_item: dict[str, bool] = {}
    for p in (in_force.provision for in_force in view.provisions):
        known = view.ruleset.facts
        if p.concludes:
            tests_item = bool(p.classifies) or any(known[t.fact].about == "item" for row in p.when for t in row.tests)
            on_item[p.concludes.fact] = on_item.get(p.concludes.fact, False) or tests_item
    return _OF_PARTIES | {fact for fact, depends in on_item.items() if not depends}


def _texts(test: Test) -> tuple[str, ...]:
    return test.bound if isinstance(test.bound, tuple) else (str(test.bound),)


def _points(timelines: Sequence[Timeline], on: date, x: str, y: str) -> tuple[tuple[Point, ...], tuple[str, ...]]:
    points, missing = [], []
    for timeline in timelines:
        # each variant once, whatever the number of senses
        for subject in {c.subject.id: c.subject for c in Moment(timeline, on).courses}.values():
            facts = [subject.facts.get(name) for name in (x, y)]
            values = [f.value for f in facts if f and isinstance(f.value, int | Decimal)]
            if len(values) < 2:
                missing.append(subject.name)
                continue
            meant = subject.facts.get("designed_for_datacenter")
            datacenter = bool(meant.value) if meant and not meant.candidates and meant.value is not None else None
            doubtful = any(f.estimated or f.candidates for f in facts if f)
            senses = tuple(other for other in timeline.question.subjects if other.id == subject.id)
            single = Timeline(timeline.ruleset, replace(timeline.question, label=subject.name, subjects=senses))
            family = (
                timeline.ruleset.variants[subject.id][1].name
                if subject.id in timeline.ruleset.variants
                else subject.name
            )
            answer = Determination(single, on)
            points.append(Point(subject.name, family, subject.id, values[0], values[1], answer, doubtful, datacenter))
        missing += [subject.name for subject in timeline.undescribed]
    return tuple(points), tuple(dict.fromkeys(missing))
