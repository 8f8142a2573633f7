"""A figure of which bounds alone are known is all the values within them, and never one of them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import exportrules
from exportrules import Bounds, Chip, QuestionError, check
from exportrules.cli.options import read_facts
from exportrules.engine.docket import compare
from exportrules.files.parse import chip_of
from exportrules.law.bounds import defect, holds, hull, is_number, meet, quotient, read_signs, signs, total, words
from exportrules.law.truth import FALSE, TRUE, UNKNOWN
from exportrules.question.figures import facts_of
from exportrules.question.impossible import figure_defects
from exportrules.question.values import read_fact
from exportrules.render.memo import memo
from exportrules.render.text import answer
from exportrules.study.receipt import ask_again, receipt

LAW = exportrules.default_ruleset()
VOCABULARY = LAW.facts
NUMBERS = st.integers(0, 60).map(lambda n: Decimal(n) / 4)


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    low, high = sorted([draw(NUMBERS), draw(NUMBERS)])
    ends: dict[str, Any] = {}
    ends |= draw(st.sampled_from([{}, {"at_least": low}, {"more_than": low}]))
    ends |= draw(st.sampled_from([{}, {"at_most": high + 1}, {"less_than": high + 1}] if ends else [{"at_most": high}]))
    return Bounds(**ends)


def inside(value: Decimal, b: Bounds) -> bool:
    return (
        (b.at_least is None or value >= b.at_least)
        and (b.more_than is None or value > b.more_than)
        and (b.at_most is None or value <= b.at_most)
        and (b.less_than is None or value < b.less_than)
    )


@given(bounds(), st.sampled_from(["ge", "gt", "le", "lt", "is"]), NUMBERS)
def test_a_test_of_bounds_is_what_it_is_of_every_value_within_them(b: Bounds, op: str, line: Decimal) -> None:
    held = {compare(Decimal(n) / 8, op, line) for n in range(400) if inside(Decimal(n) / 8, b)}
    assert holds(b, op, line) == (held.pop() if len(held) == 1 else UNKNOWN)


@given(bounds(), bounds(), NUMBERS)
def test_bounds_meet_in_the_values_of_both_and_their_hull_has_those_of_either(
    one: Bounds, other: Bounds, n: Decimal
) -> None:
    both, either = meet(one, other), hull([one, other])
    assert (both is not None and meet(both, n) is not None) == (inside(n, one) and inside(n, other))
    if inside(n, one) or inside(n, other):
        assert meet(either, n) is not None


@given(bounds(), bounds(), NUMBERS, NUMBERS)
def test_what_is_derived_of_bounds_holds_what_is_derived_of_each_value_within(
    one: Bounds, other: Bounds, a: Decimal, b: Decimal
) -> None:
    if inside(a, one) and inside(b, other):
        assert meet(total(one, other), a + b) is not None
        if b:
            assert meet(quotient(one, other), quotient(a, b)) is not None


def test_nothing_divided_by_what_is_below_a_bound_is_nothing() -> None:
    assert meet(quotient(Bounds(at_most=0), Bounds(at_least=0, less_than=1)), Decimal(0)) is not None
    assert quotient(0, Bounds(more_than=1, less_than=4)) == 0


@pytest.mark.parametrize(
    ("written", "text", "said"),
    [
        (">=5.92", ">=5.92", "at least 5.92"),
        ("> 5.92, <6", ">5.92 <6", "more than 5.92 and less than 6"),
        ({"at_least": 5.92}, ">=5.92", "at least 5.92"),
        ({"at_most": "600", "more_than": Decimal(1)}, ">1 <=600", "more than 1 and at most 600"),
        (Bounds(less_than=1600), "<1600", "less than 1600"),
    ],
)
def test_bounds_are_read_from_text_tables_and_their_own_kind(written: object, text: str, said: str) -> None:
    found = read_fact("tpp", written, VOCABULARY).value
    assert isinstance(found, Bounds)
    assert (signs(found), words(found)) == (text, said)


def test_a_test_of_bounds_with_one_value_is_that_of_the_value() -> None:
    one = Bounds(at_least=600, at_most=Decimal("600.0"))  # equal, and not the same
    assert [holds(one, "is", Decimal(n)) for n in (599, 600, 601)] == [FALSE, TRUE, FALSE]


def test_of_ends_at_and_near_zero_the_outermost_is_that_of_the_hull() -> None:
    half = Decimal("0.5")
    assert hull([0, half]) == hull([half, 0]) == Bounds(at_most=half)
    assert hull([Bounds(less_than=half), 0]) == Bounds(less_than=half)
    assert hull([half, Bounds(more_than=half, at_most=1)]) == Bounds(at_least=half, at_most=1)
    assert meet(Bounds(at_most=half), Bounds(more_than=0)) == Bounds(more_than=0, at_most=half)
    assert meet(Bounds(at_least=0), Bounds(at_least=half)) == Bounds(at_least=half)


def test_a_number_is_an_integer_or_a_decimal_and_no_truth_text_or_range() -> None:
    assert [is_number(value) for value in (0, 7, Decimal("0.5"))] == [True] * 3
    assert [is_number(value) for value in (True, False, None, "7", 0.5, Bounds(at_least=1))] == [False] * 6


def test_bounds_that_leave_one_value_are_that_value() -> None:
    assert read_fact("tpp", {"at_least": 4800, "at_most": 4800}, VOCABULARY).value == 4800


@pytest.mark.parametrize(
    "written",
    [{}, {"over": 5}, {"at_least": 5, "at_most": 4}, {"more_than": 5, "at_most": 5}, {"at_least": 1, "more_than": 2},
     {"at_least": None}, {"at_least": -1}, {"at_least": True}, ">=", ">=x", ">=5 >=6", ">=5 6", "=>5", "=<5", "≥5",
     ">=5.92 mm2", ">5%", "<1e30"],
)  # fmt: skip
def test_bounds_that_say_nothing_certain_are_refused(written: object) -> None:
    with pytest.raises(QuestionError):
        read_fact("tpp", written, VOCABULARY)


@pytest.mark.parametrize(
    ("derived", "one", "other", "said"),
    [
        (total, ">=1 <2", ">=3 <=4", ">=4 <6"),
        (total, ">1 <=2", ">=3 <4", ">4 <6"),
        (total, ">=1", ">=3 <4", ">=4"),
        (quotient, ">=4 <=8", ">=1 <=2", ">=2 <=8"),
        (quotient, ">=4 <=8", ">1 <2", ">2 <8"),
        (quotient, ">4 <8", ">=1 <=2", ">2 <8"),
        (quotient, "<=8", ">=2 <=4", "<=4"),
        (quotient, ">=4", ">=2 <=4", ">=1"),
        (quotient, ">=4 <=8", ">=2", "<=4"),
    ],
)
def test_a_derived_figure_reaches_its_end_only_where_both_figures_reach_theirs(
    derived: Any, one: str, other: str, said: str
) -> None:
    found = derived(*(Bounds(**{end: Decimal(n) for end, n in read_signs(text).items()}) for text in (one, other)))
    assert signs(found) == said


@pytest.mark.parametrize(("name", "written"), [("designed_for_datacenter", ">=1"), ("eccn_declared", "<3A090")])
def test_what_is_no_number_has_no_bounds(name: str, written: str) -> None:
    with pytest.raises(QuestionError):
        check("A100", on="2024-05-01", facts={name: written})


def test_a_command_line_has_bounds_of_both_sides_and_never_a_fact_twice() -> None:
    assert read_facts(("tpp>=1600", "tpp<4800", "x=1")) == {"tpp": ">=1600 <4800", "x": "1"}
    for twice in (("tpp>=1600", "tpp=5"), ("tpp=5", "tpp>=1600"), ("tpp=5", "tpp=5")):
        with pytest.raises(QuestionError, match="twice"):
            read_facts(twice)
    with pytest.raises(QuestionError, match="twice"):
        check("TPU v4", on="2024-05-01", facts=dict(read_facts(("tpp>=1600", "tpp>=1700"))))


def own(**figures: Any) -> Chip:
    return Chip(id="own", name="own", designed_for_datacenter=True, non_planar=True, **figures)


DENSE = {"fp16_bf16": 200}  # TPP 3200


@pytest.mark.parametrize(
    ("area", "outcome", "eccn"),
    [
        (Bounds(at_most=540), "license_required", ("3A090.a",)),  # 5.926
        (Bounds(less_than=2000, more_than=1001), "license_exception", ("3A090.b",)),
        (Bounds(at_least=2001), "no_license_requirement", ("3A991.p",)),
        (Bounds(at_most=541), "indeterminate", ()),
    ],
)
def test_a_bound_that_leaves_one_side_of_every_line_settles_an_answer(
    area: Bounds, outcome: str, eccn: tuple[str, ...]
) -> None:
    d = check(own(dense_tops=DENSE, die_area_mm2=area), on="2023-12-01", to="CN", exporter="other")
    assert d.outcome == outcome
    assert not eccn or set(eccn) <= set(d.eccn)
    assert (d.turns_on == ["performance_density"]) == (outcome == "indeterminate")


def test_an_unknown_is_followed_over_the_part_of_the_line_within_its_bounds() -> None:
    d = check(own(dense_tops=DENSE, die_area_mm2=Bounds(at_most=600)), on="2023-12-01", to="CN", exporter="other")
    whole = check(own(dense_tops=DENSE), on="2023-12-01", to="CN", exporter="other")
    assert [dict(c.conditions)["performance_density"] for c in d.cases] == ["less than 5.92", "at least 5.92"] or (
        {o.outcome for o in d.cases} < {o.outcome for o in whole.cases}
    )
    assert "no_license_requirement" in {c.outcome for c in whole.cases}
    assert "no_license_requirement" not in {c.outcome for c in d.cases}


ENDS = [Decimal(text) for text in ("0.5", "1", "1.6", "2", "3.2", "4", "5.92", "8")]


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_narrower_bound_never_opens_a_settled_answer_and_never_contradicts_it(data: st.DataObject) -> None:
    tpp = data.draw(st.sampled_from([1000, 1600, 2400, 3000, 4799, 4800]))
    low, inner, high = sorted(data.draw(st.lists(st.sampled_from(ENDS), min_size=3, max_size=3, unique=True)))
    day = data.draw(st.sampled_from(["2022-12-01", "2023-12-01", "2024-06-01", "2025-03-01"]))
    words = data.draw(st.sampled_from([("at_least", "at_most"), ("more_than", "less_than"), ("at_least", "less_than")]))
    chip = own(dense_tops={"fp16_bf16": Decimal(tpp) / 16})

    def asked(density: object) -> Any:
        return check(chip, on=day, to="CN", exporter="other", facts={"performance_density": density})

    wide, narrow = asked({words[0]: low, words[1]: high}), asked({words[0]: low, words[1]: inner})
    exact = asked((low + inner) / 2)
    if wide.outcome != "indeterminate":
        assert (narrow.outcome, narrow.review_policy) == (wide.outcome, wide.review_policy)
    if narrow.outcome != "indeterminate":
        assert (exact.outcome, exact.review_policy) == (narrow.outcome, narrow.review_policy)
    assert {c.outcome for c in narrow.cases} <= {c.outcome for c in wide.cases} | {wide.outcome}


def test_a_bound_may_not_contradict_the_catalogue_and_takes_nothing_from_it() -> None:
    plain = check("A100", on="2024-05-01", to="CN")
    assert check("A100", on="2024-05-01", to="CN", facts={"tpp": {"at_least": 1}}).eccn == plain.eccn
    for claim in ({"at_most": 4991}, {"more_than": 4992}):
        with pytest.raises(QuestionError, match="contradicts the catalogue"):
            check("A100", on="2024-05-01", to="CN", facts={"tpp": claim})
    # a family of several figures is narrowed to the variants within the bound
    assert check("MI300X", on="2024-05-01", facts={"tpp": {"at_least": 4800}}).outcome == "license_required"


def test_a_figure_claimed_of_a_chip_lies_within_the_bounds_of_the_catalogue() -> None:
    found = check("TPU v4", on="2024-05-01", exporter="other", facts={"die_area_mm2": 550})
    assert found.eccn == ["3A090.a"]
    with pytest.raises(QuestionError, match="contradicts the catalogue"):
        check("TPU v4", on="2024-05-01", exporter="other", facts={"die_area_mm2": 700})


def test_bounds_show_in_heads_memos_json_and_receipts_and_are_asked_again() -> None:
    claims = {"performance_density": {"at_least": Decimal("5.92")}}
    d = check(own(dense_tops=DENSE, die_area_mm2=Bounds(at_most=600)), on="2024-05-01", exporter="other", facts=claims)
    assert "given performance_density>=5.92" in answer(d)
    assert "at least 5.92" in memo(d, "md")
    assert d.to_dict()["transaction"]["facts"] == {"performance_density": {"at_least": 5.92}}
    kept = json.loads(json.dumps(receipt(d)))
    assert kept["question"]["facts"] == {"performance_density": {"at_least": "5.92"}}
    assert kept["question"]["chip_figures"]["die_area_mm2"] == {"at_most": 600}
    assert receipt(ask_again(kept["question"], LAW))["seal"] == kept["seal"]


def test_a_chip_file_has_bounds_and_refuses_those_that_are_none() -> None:
    made = chip_of("own.toml", {"id": "x", "name": "X", "tpp_estimate": {"at_least": 5000}})
    assert facts_of(made)["tpp"].value == Bounds(at_least=5000)
    for table in ({}, {"over": 1}, {"at_least": 5, "at_most": 4}, {"at_most": "600"}):
        with pytest.raises(exportrules.RulesetError):
            chip_of("own.toml", {"id": "x", "name": "X", "die_area_mm2": table})
    assert list(figure_defects(own(die_area_mm2={"at_most": 600})))
    assert list(figure_defects(own(die_area_mm2=Bounds(at_most=0))))


def test_what_no_value_can_be_is_named_for_what_it_is() -> None:
    assert "no bound" in defect(Bounds())
    assert "one side" in defect(Bounds(at_least=1, more_than=1))
    assert "no value" in defect(Bounds(at_least=2, less_than=2))
    assert (holds(Bounds(at_least=5), "ge", 5), holds(Bounds(less_than=5), "ge", 5)) == (TRUE, FALSE)
