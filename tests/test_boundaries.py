"""Every rule at its own edges: as checked in, and as generated from the rules themselves.

The record (tests/boundaries.py) sees a change of the data. The cases below it see a change of the engine: each bound
one step below, at and above; each first and last day of a provision, a membership, a listing, a chip and the coverage
at -1, 0 and +1. What is expected is written here as plainly as it can be, with nothing of the engine's arithmetic.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import exportrules
from exportrules.engine.docket import Docket
from exportrules.engine.evaluate import Reading
from exportrules.law.facts import Fact
from exportrules.law.model import Provision, Row, Test
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import Span
from exportrules.law.truth import FALSE, TRUE
from exportrules.law.view import view_of
from tests.boundaries import by_hand, pages, probes

LAW = exportrules.default_ruleset()
DAY = timedelta(days=1)
STEP = Decimal("0.0001")
#: Whether a test holds one step below its bound, at it, and one step above.
AROUND = {"ge": (False, True, True), "gt": (False, False, True), "le": (True, True, False), "lt": (True, False, False)}
PAGES = list(pages(LAW))


@pytest.mark.parametrize(("file", "computed"), PAGES, ids=[file.stem for file, _ in PAGES])
def test_every_rule_at_its_edges_is_as_checked_in(file: Path, computed: str) -> None:
    stored = file.read_text("utf-8").splitlines()
    changed = list(difflib.unified_diff(stored, computed.splitlines(), "checked in", "computed", lineterm="", n=1))
    assert not changed, "\n".join(
        ["legal effect of this change:", *changed, "if meant: python -m tests.make_snapshots"]
    )


def test_the_places_asked_tell_every_two_groups_apart() -> None:
    days = {name: {p: view_of(LAW).membership(name, p) for p in probes(LAW)} for name in LAW.groups}
    same = [(one, other) for one in days for other in days if one < other and days[one] == days[other]]
    assert same == []


# --- bounds -----------------------------------------------------------------------------------------


def ordered() -> list[tuple[Provision, Row, Test]]:
    """Every test of every row of every provision whose bound has a step."""
    return [
        (p, row, test)
        for p, _ in LAW.provisions.values()
        for row in p.when + p.unless
        for test in row.tests
        if test.op in AROUND
    ]


def alone(provision: Provision, row: Row) -> Ruleset:
    """A ruleset in which the row is all that a certain provision says."""
    only = Provision(
        id="only#row", kind="notice", title="", cite="", effective=provision.effective, notice="it holds", when=(row,)
    )
    instrument = replace(LAW.instruments[provision.id.split("#")[0]], id="only", provision=(only,))
    return replace(LAW, instruments={"only": instrument})


def met(tests: list[Test]) -> Any:
    """A value with which all tests of one fact hold."""
    first = tests[0]
    if first.op == "in_group":
        return next(c for c in LAW.places if view_of(LAW).membership(str(first.bound), c))
    if first.op == "in":
        assert isinstance(first.bound, tuple)
        return frozenset(first.bound) if LAW.facts[first.fact].type == "set" else first.bound[0]
    floor = [t for t in tests if t.op in ("ge", "is")] or tests
    value: Any = floor[0].bound
    return value - 1 if floor[0].op == "lt" else value


CASES = ordered()


@pytest.mark.parametrize(
    ("provision", "row", "test"), CASES, ids=[f"{p.id} {r.paragraph} {t.fact} {t.op} {t.bound}" for p, r, t in CASES]
)
def test_each_bound_one_step_below_at_and_above(provision: Provision, row: Row, test: Test) -> None:
    view = view_of(alone(provision, row))
    others = {t.fact: met([o for o in row.tests if o.fact == t.fact]) for t in row.tests if t.fact != test.fact}
    step: Any = DAY if isinstance(test.bound, date) else STEP
    also = [t for t in row.tests if t.fact == test.fact and t != test]
    for k, expected in zip((-1, 0, 1), AROUND[test.op], strict=True):
        bound: Any = test.bound
        value = bound + k * step
        if any(not plainly(value, t) for t in also):
            continue
        facts = {name: Fact(v, "given") for name, v in {**others, test.fact: value}.items()}
        reading = Reading(Docket(view, facts), provision.effective)
        held = reading.truths["only#row"][1] if "only#row" in reading.truths else FALSE
        assert held == (TRUE if expected else FALSE), value


def plainly(value: Any, test: Test) -> bool:
    bound: Any = test.bound
    return bool({"ge": value >= bound, "gt": value > bound, "le": value <= bound, "lt": value < bound}[test.op])


# --- days -------------------------------------------------------------------------------------------


def begins(provision: Provision, printed: bool) -> date:
    return provision.compliance if provision.compliance and not printed else provision.effective


def in_force(provision: Provision, day: date, printed: bool) -> bool:
    """Whether a provision is in force, day by day, from its own dates and those of what displaces or stays it."""
    if day < begins(provision, printed) or (provision.expires and day > provision.expires):
        return False
    for other, _ in LAW.provisions.values():
        if provision.kind == "notice" and provision.id in other.settles:
            return False  # the doubt that it tells of is settled
        if provision.id in other.displaces and begins(other, printed) <= day:
            return False
        honoured = other.layer == "both" or not printed
        if provision.id in other.suspends and honoured and in_force(other, day, printed):
            return False
    return True


@pytest.mark.parametrize("printed", [False, True], ids=["as enforced", "as printed"])
def test_each_provision_is_in_force_on_its_days_and_on_no_day_beside_them(printed: bool) -> None:
    found: dict[str, tuple[Span, ...]] = {}
    for f in view_of(LAW, as_printed=printed).provisions:  # one whose first day is a window is there twice
        found[f.provision.id] = (*found.get(f.provision.id, ()), *f.spans)
    dates = {d for p, _ in LAW.provisions.values() for d in (p.effective, p.compliance, p.expires) if d}
    days = sorted({d + k * DAY for d in dates for k in (-1, 0, 1)})
    for provision, _ in LAW.provisions.values():
        spans = found.get(provision.id, ())
        for day in days:
            assert any(day in span for span in spans) == in_force(provision, day, printed), (provision.id, day)


def test_a_stay_that_ends_gives_the_suspended_rule_back() -> None:
    stay = LAW.provision("90fr50857#stay")[0]
    assert stay.expires is not None
    rule = LAW.provision(stay.suspends[0])[0]
    before, first, last = stay.effective - DAY, stay.effective, stay.expires
    assert [in_force(rule, d, False) for d in (before, first, last, last + DAY)] == [True, False, False, True]


def member(group: str, country: str, day: date) -> bool:
    """Membership day by day, from the rows of the group and of those that it is made of."""
    found = LAW.groups[group]
    inside = any(
        m.country == country and (m.start is None or m.start <= day) and (m.stop is None or day < m.stop)
        for m in found.member
    )
    inside = inside or any(member(name, country, day) for name in found.union)
    return inside and not any(member(name, country, day) for name in found.less)


@pytest.mark.parametrize("group", sorted(LAW.groups))
def test_each_membership_the_day_before_on_the_day_and_after(group: str) -> None:
    dated = [m for g in LAW.groups.values() for m in g.member if m.start or m.stop]
    for country in sorted({m.country for m in dated} | set(probes(LAW))):
        dates = {d for m in dated if m.country == country for d in (m.start, m.stop) if d} | {date(2023, 11, 17)}
        spans = view_of(LAW).membership(group, country)
        for day in sorted({d + k * DAY for d in dates for k in (-1, 0, 1)}):
            assert any(day in span for span in spans) == member(group, country, day), (country, day)


# --- parties, chips, coverage ---------------------------------------------------------------------


@pytest.mark.parametrize("party", by_hand())
def test_each_listing_the_day_before_on_the_day_and_after(party: str) -> None:
    listings = LAW.parties[party].listing
    timeline = exportrules.timeline(
        "Tesla P100 PCIe 16GB", to="CN", headquarters="US", exporter="other", end_user=LAW.parties[party].name
    )
    ids = {f.provision.id for f in timeline.question.subjects[0].listings(timeline.view)}
    assert ids
    for day in sorted({d + k * DAY for x in listings for d in (x.start, x.stop) if d for k in (-1, 0, 1)}):
        listed = {x.list for x in listings if x.start <= day and (x.stop is None or day < x.stop)}
        held = Reading(timeline.courses[0].docket, day).concluded.get("end_user_lists", {})
        assert {name for name, truth in held.items() if truth == TRUE} == listed, day
        # the law of listings is encoded from the first day of coverage
        if day >= LAW.edition.covers_from and "entity_list" in listed:
            assert timeline.at(day).law.outcome == "license_required", day


def announced() -> Iterator[tuple[str, date, str]]:
    """(variant, first day, the outcome must differ on it) of every chip with a known first day."""
    for name, (chip, _) in LAW.variants.items():
        if chip.status == "announced" and (first := chip.announced or chip.not_public_before):
            yield name, first, "announced" if chip.announced else "not before"


@pytest.mark.parametrize(("chip", "first", "how"), list(announced()), ids=lambda v: v if isinstance(v, str) else str(v))
def test_each_chip_is_released_on_its_first_day_and_not_before(chip: str, first: date, how: str) -> None:
    if first + DAY > LAW.edition.verified_through:
        return  # beyond the horizon nothing is said
    said = [exportrules.check(chip, on=first + k * DAY, exporter="other").outcome == "not_released" for k in (-1, 0, 1)]
    assert said == [True, False, False], how


def test_the_coverage_begins_and_ends_on_its_days() -> None:
    first, last = LAW.edition.covers_from, LAW.edition.verified_through
    days = (first - DAY, first, first + DAY, last - DAY, last, last + DAY)
    standings = [exportrules.check("V100 PCIe 16GB", on=day).standing for day in days]
    assert standings == ["before_coverage", "verified", "verified", "verified", "verified", "beyond_horizon"]


def test_a_duty_begins_on_its_compliance_day_for_whoever_did_not_know_that_it_would_not_be_enforced() -> None:
    # BIS said on 2025-05-13 that it would not enforce the worldwide paragraph, whose duties began on 2025-05-15
    known: dict[str, Any] = {"to": "SG", "exporter": "other", "known_on": "2025-05-12"}
    said = [exportrules.check("H100 SXM", on=f"2025-05-{day}", **known).outcome for day in (14, 15, 16)]
    assert said == ["no_license_requirement", "license_required", "license_required"]
    assert exportrules.check("H100 SXM", on="2025-05-15", to="SG", exporter="other").outcome == "no_license_requirement"
