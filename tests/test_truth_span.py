"""The algebra of three truths, and the spans of days: laws, checked against sets of days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportrules.law.span import (
    DAY,
    Span,
    days_of_change,
    earliest,
    holds_on,
    index_at,
    last_day,
    subtract,
    union,
    until,
)
from exportrules.law.truth import FALSE, TRUE, UNKNOWN, Truth, all_of, any_of, negate, truth, word

TRUTHS: tuple[Truth, ...] = (FALSE, UNKNOWN, TRUE)
PAIRS = list(product(TRUTHS, repeat=2))

truths = st.sampled_from(TRUTHS)
many = st.lists(truths, max_size=6)

# --- truth --------------------------------------------------------------------------------------


def test_the_truths_are_ordered() -> None:
    assert FALSE < UNKNOWN < TRUE
    assert [word(value) for value in TRUTHS] == ["false", "unknown", "true"]


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (FALSE, FALSE, FALSE, FALSE),
        (FALSE, UNKNOWN, FALSE, UNKNOWN),
        (FALSE, TRUE, FALSE, TRUE),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        (UNKNOWN, TRUE, UNKNOWN, TRUE),
        (TRUE, TRUE, TRUE, TRUE),
    ],
)
def test_the_tables_of_kleene(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    assert all_of([one, other]) == all_of([other, one]) == both
    assert any_of([one, other]) == any_of([other, one]) == either


def test_an_unknown_is_never_read_as_no() -> None:
    assert negate(UNKNOWN) == UNKNOWN
    assert any_of([UNKNOWN, FALSE]) != FALSE
    assert all_of([UNKNOWN, TRUE]) not in (FALSE, TRUE)


def test_of_nothing_all_hold_and_none_does() -> None:
    assert all_of([]) == TRUE
    assert any_of([]) == FALSE


def test_the_truth_of_a_bool() -> None:
    assert (truth(True), truth(False)) == (TRUE, FALSE)


@given(many)
def test_order_does_not_matter(values: list[Truth]) -> None:
    assert all_of(values) == all_of(reversed(values)) == all_of(sorted(values))
    assert any_of(values) == any_of(reversed(values)) == any_of(sorted(values))


@given(many, many)
def test_grouping_does_not_matter(one: list[Truth], other: list[Truth]) -> None:
    assert all_of([all_of(one), all_of(other)]) == all_of(one + other)
    assert any_of([any_of(one), any_of(other)]) == any_of(one + other)


@given(many)
def test_saying_it_twice_changes_nothing(values: list[Truth]) -> None:
    assert all_of(values * 2) == all_of(values)
    assert any_of(values * 2) == any_of(values)


@given(many)
def test_de_morgan(values: list[Truth]) -> None:
    assert negate(all_of(values)) == any_of(negate(value) for value in values)
    assert negate(any_of(values)) == all_of(negate(value) for value in values)


@given(truths)
def test_a_double_negation_is_none(value: Truth) -> None:
    assert negate(negate(value)) == value


@given(truths, truths, truths)
def test_each_distributes_over_the_other(a: Truth, b: Truth, c: Truth) -> None:
    assert all_of([a, any_of([b, c])]) == any_of([all_of([a, b]), all_of([a, c])])
    assert any_of([a, all_of([b, c])]) == all_of([any_of([a, b]), any_of([a, c])])


@given(truths, truths)
def test_absorption(a: Truth, b: Truth) -> None:
    assert all_of([a, any_of([a, b])]) == a
    assert any_of([a, all_of([a, b])]) == a


@given(many, st.data())
def test_raising_one_value_never_lowers_the_whole(values: list[Truth], data: st.DataObject) -> None:
    raised = [data.draw(st.sampled_from([t for t in TRUTHS if t >= value])) for value in values]
    assert all_of(raised) >= all_of(values)
    assert any_of(raised) >= any_of(values)
    assert negate(all_of(raised)) <= negate(all_of(values))


@given(many, st.data())
def test_learning_a_fact_never_turns_an_answer_round(values: list[Truth], data: st.DataObject) -> None:
    """What was known before an unknown was settled stays as it was."""
    learned = [data.draw(truths) if value == UNKNOWN else value for value in values]
    for fold in (all_of, any_of):
        if fold(values) != UNKNOWN:
            assert fold(learned) == fold(values)


def test_nothing_short_circuits() -> None:
    seen: list[Truth] = []

    def looked(value: Truth) -> Truth:
        seen.append(value)
        return value

    assert all_of(looked(v) for v in (FALSE, UNKNOWN, TRUE)) == FALSE
    assert any_of(looked(v) for v in (TRUE, UNKNOWN, FALSE)) == TRUE
    assert seen == [FALSE, UNKNOWN, TRUE, TRUE, UNKNOWN, FALSE]


# --- spans --------------------------------------------------------------------------------------

FIRST = date(2022, 1, 1)
WINDOW = [FIRST + timedelta(days=n) for n in range(40)]

days = st.sampled_from(WINDOW[:30])
spans = st.lists(st.builds(Span, days, st.none() | days), max_size=6)


def days_in(found: list[Span] | tuple[Span, ...]) -> set[date]:
    """The days of the window by the definition alone."""
    return {d for d in WINDOW for s in found if s.start <= d and (s.stop is None or d < s.stop)}


def test_a_span_holds_its_start_and_not_its_stop() -> None:
    span = Span(date(2022, 8, 26), date(2022, 10, 21))
    assert date(2022, 8, 25) not in span
    assert date(2022, 8, 26) in span
    assert date(2022, 10, 20) in span
    assert date(2022, 10, 21) not in span


def test_a_span_without_a_stop_has_no_last_day() -> None:
    span = Span(FIRST)
    assert date.max in span
    assert not span.empty
    assert last_day(span.stop) is None


def test_the_last_day_of_a_text_is_the_day_before_the_stop() -> None:
    assert until(date(2023, 3, 1)) == date(2023, 3, 2)
    assert until(date(2024, 2, 28)) == date(2024, 2, 29)
    assert last_day(date(2024, 3, 1)) == date(2024, 2, 29)
    assert until(None) is None


@given(st.dates(min_value=date(1, 1, 2), max_value=date(9999, 12, 30)))
def test_until_and_last_day_undo_each_other(day: date) -> None:
    assert last_day(until(day)) == day
    assert until(last_day(day)) == day


def test_the_last_day_of_the_calendar_has_no_stop() -> None:
    assert until(date.max) is None


def test_the_earliest_of_stops_is_the_first_that_is_known() -> None:
    assert earliest(None, date(2022, 1, 2), date(2022, 1, 1)) == date(2022, 1, 1)
    assert earliest(None, None) is earliest() is None


@pytest.mark.parametrize(("stop", "empty"), [(FIRST, True), (FIRST - DAY, True), (FIRST + DAY, False), (None, False)])
def test_a_span_that_stops_where_it_starts_is_empty(stop: date | None, empty: bool) -> None:
    assert Span(FIRST, stop).empty is empty
    assert (FIRST in Span(FIRST, stop)) is not empty


@given(spans)
def test_a_union_holds_the_same_days(found: list[Span]) -> None:
    assert days_in(union(found)) == days_in(found)


@given(spans)
def test_a_union_is_in_order_and_its_spans_neither_touch_nor_overlap(found: list[Span]) -> None:
    merged = union(found)
    assert not any(span.empty for span in merged)
    assert all(one.stop is not None and one.stop < other.start for one, other in pairwise(merged))


@given(spans)
def test_a_union_of_a_union_is_itself(found: list[Span]) -> None:
    assert union(union(found)) == union(found) == union(reversed(found))


@given(spans, spans)
def test_a_union_may_be_made_in_parts(one: list[Span], other: list[Span]) -> None:
    assert union([*union(one), *union(other)]) == union(one + other) == union(other + one)


@given(spans, spans)
def test_subtracting_takes_exactly_the_days_of_the_holes(found: list[Span], holes: list[Span]) -> None:
    assert days_in(subtract(found, holes)) == days_in(found) - days_in(holes)


@given(spans, spans)
def test_what_is_left_and_what_was_taken_make_the_whole(found: list[Span], holes: list[Span]) -> None:
    left = subtract(found, holes)
    taken = subtract(found, left)
    assert union([*left, *taken]) == union(found)
    assert subtract(left, taken) == left


@given(spans, spans)
def test_what_is_left_is_in_order_and_apart(found: list[Span], holes: list[Span]) -> None:
    left = subtract(found, holes)
    assert left == union(left)
    assert subtract(found, found) == ()
    assert subtract(found, []) == union(found)


@given(spans, days)
def test_holds_on_is_membership(found: list[Span], day: date) -> None:
    assert holds_on(union(found), day) == (day in days_in(found))


@given(spans)
def test_between_two_days_of_change_nothing_changes(found: list[Span]) -> None:
    changes = days_of_change(found)
    for before, day in pairwise(WINDOW):
        if day not in changes:
            assert [before in s for s in found] == [day in s for s in found]


@given(st.sets(days, min_size=1))
def test_starts_tile_the_days_that_follow_the_first(starts: set[date]) -> None:
    ordered = sorted(starts)
    tiles = [Span(s, stop) for s, stop in zip(ordered, [*ordered[1:], None], strict=True)]
    for day in WINDOW:
        index = index_at(ordered, day)
        if day < ordered[0]:
            assert index == -1
        else:
            assert [n for n, tile in enumerate(tiles) if day in tile] == [index]
    assert union(tiles) == (Span(ordered[0]),)


def test_the_first_and_last_days_of_the_calendar_are_days() -> None:
    whole = Span(date.min)
    assert date.min in whole
    assert subtract([whole], [Span(date.max)]) == (Span(date.min, date.max),)
    assert subtract([whole], [Span(date.min, date.max)]) == (Span(date.max),)


def span(first: int, stop: int | None) -> Span:
    return Span(date(2023, 1, first), None if stop is None else date(2023, 1, stop))


def test_a_span_joins_the_one_before_it_and_not_the_first() -> None:
    assert union([span(1, 5), span(10, 20), span(12, 15)]) == (span(1, 5), span(10, 20))
    assert union([span(1, 5), span(10, 20), span(20, 25)]) == (span(1, 5), span(10, 25))
    assert union([span(1, 5), span(10, 20), span(21, None)]) == (span(1, 5), span(10, 20), span(21, None))


def test_the_last_day_of_the_calendar_has_no_day_after_it() -> None:
    assert until(date(9999, 12, 31)) is None
    assert until(date(9999, 12, 30)) == date(9999, 12, 31)
