"""A timeline says on every single day of the coverage what the evaluator says when it is asked of that day alone.

A timeline runs the evaluator on the days on which something begins or ends; if one such day were missed, the answer of
a neighbouring span would be read off, silently. So each profile here is evaluated afresh on all of some 2,460 days.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exportrules
from exportrules.engine.docket import Docket
from exportrules.engine.unknowns import decide
from tests import tally
from tests.drawing import drawn

LAW = exportrules.default_ruleset()
FIRST, LAST = LAW.edition.covers_from, LAW.edition.verified_through
CHIPS = sorted(v for v, (variant, _) in LAW.variants.items() if variant.dense_tops)


@st.composite
def profiles(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A chip and a deal of any kind; now and then with a figure that is not known."""
    to = draw(st.sampled_from(["CN", "HK", "MO", "AE", "CY", "KH", "NI", *sorted(LAW.places)]))
    party = st.sampled_from([None, None, None, *sorted(p.name for p in LAW.parties.values())])
    return draw(st.sampled_from(CHIPS)), {
        "to": to,
        "headquarters": draw(st.sampled_from([None, None, "CN", "SG", "US"])),
        "exporter": draw(st.sampled_from(["nvidia", "amd", "intel", "other"])),
        "activity": draw(st.sampled_from(["export", "reexport", "transfer"])),
        "end_use": draw(st.sampled_from(["civil", "civil", "military", "supercomputer", "wmd"])),
        "end_user": draw(party),
        "facts": draw(st.sampled_from([None, None, {"tpp": "unknown"}, {"part_748_dd_certified": True}])),
        "as_printed": draw(st.booleans()),
        "known_on": draw(st.sampled_from([None, None, "2023-10-20", "2025-04-12"])),
    }


def hold(chip: str, asked: dict[str, Any]) -> None:
    """The timeline against the evaluator, on every day; a listed body of police has a course for each of its senses."""
    timeline = exportrules.timeline(chip, **asked)
    view = timeline.view
    dockets = [Docket(view, c.subject.facts, c.subject.listings(view)) for c in timeline.courses]
    day = FIRST
    while day <= LAST:
        fresh = [decide(docket, day) for docket in dockets]
        assert [course.at(day) for course in timeline.courses] == fresh, day
        answer, laws = timeline.at(day), {(verdict.law.outcome, verdict.law.review_policy) for verdict in fresh}
        if len(laws) == 1:
            [(outcome, policy)] = laws
            if answer.outcome == outcome:
                assert answer.review_policy == policy
            else:  # only standing, release and blocking gaps may set the law's own answer aside, and say so
                assert answer.projection == (outcome, policy)
        day += timedelta(days=1)
    tally.count("days evaluated one by one", (LAST - FIRST).days + 1)


@drawn(4)
@given(profiles())
def test_every_day_of_a_few_profiles(profile: tuple[str, dict[str, Any]]) -> None:
    hold(*profile)


@pytest.mark.slow
@drawn(60)
@given(profiles())
def test_every_day_of_many_profiles(profile: tuple[str, dict[str, Any]]) -> None:
    hold(*profile)


@pytest.mark.parametrize(("chip", "to"), [("nvidia-h20", "CN"), ("nvidia-rtx-4090", "MO"), ("amd-mi308x", "AE")])
def test_every_day_of_known_profiles(chip: str, to: str) -> None:
    hold(chip, {"to": to})
