"""Laws that every answer obeys, as properties."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exportrules
from exportrules.answer.timeline import Timeline
from exportrules.engine.docket import Docket
from exportrules.engine.unknowns import decide
from exportrules.files.load import data_directory
from exportrules.law.model import Instrument, Provision, Row, Test
from exportrules.law.view import view_of
from exportrules.question.deal import Deal
from exportrules.question.question import resolve
from exportrules.question.values import read_fact
from tests.drawing import drawn
from tests.supposed import supposed

LAW = exportrules.default_ruleset()
CHIPS = sorted(v for v, (variant, _) in LAW.variants.items() if variant.dense_tops)
PLACES = ["CN", "HK", "MO", "SG", "AE", "VN", "JP", "IL", "RU", "KH", "NI", "CY", "US"]
days = st.dates(LAW.edition.covers_from, LAW.edition.verified_through)
ANY = drawn(150)


@ANY
@given(st.sampled_from(CHIPS), st.sampled_from(PLACES), days, st.sampled_from(["maker", "other"]))
def test_a_timeline_says_on_every_day_what_the_evaluator_says(chip: str, to: str, on: date, exporter: str) -> None:
    found = exportrules.check(chip, on=on, to=to, exporter=exporter)
    question = resolve(LAW, chip, Deal(to=to, exporter=exporter))
    fresh = decide(Docket(view_of(LAW), question.subjects[0].facts), on)
    said = found.projection or found
    assert (said.outcome, said.review_policy) == (fresh.law.outcome, fresh.law.review_policy)


@ANY
@given(st.sampled_from(CHIPS), st.sampled_from(PLACES))
def test_spans_tile_all_days_without_gap_or_overlap(chip: str, to: str) -> None:
    spans = exportrules.timeline(chip, to=to).spans
    assert spans[0].start is None
    assert spans[-1].last is None
    for one, other in itertools.pairwise(spans):
        assert one.last is not None
        assert other.start == one.last + timedelta(days=1)
        assert one.answer.decision != other.answer.decision


FIGURES: dict[str, list[Any]] = {
    "tpp": ["500", "1599.99", "1600", "2400", "4799.99", "4800", "21000"],
    "performance_density": ["1.5", "1.6", "3.2", "5.92"],
    "aggregate_io_gbytes_s": ["64", "150", "600", "1100"],
    "chip_to_chip_io_gbytes_s": ["0", "600"],
    "dram_bandwidth_gbytes_s": ["1000", "1400", "4000", "6500"],
    "designed_for_datacenter": [True, False],
    "part_748_dd_certified": [True, False],
    "privately_informed": [True, False],
    "eccn_declared": ["EAR99", "5A992.z"],
}
own_facts = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FIGURES.items()})


@ANY
@given(own_facts, st.sampled_from(sorted(FIGURES)), st.data(), days, st.sampled_from(["CN", "SG", "VN"]))
def test_refinement_a_definite_answer_stays_when_more_becomes_known(
    facts: dict[str, Any], more: str, data: st.DataObject, on: date, to: str
) -> None:
    if not facts or more in facts:
        return
    less = exportrules.check(None, on=on, to=to, exporter="other", facts=facts)
    if less.outcome == "indeterminate" or more in ("tpp", "privately_informed"):
        return  # TPP brings the 2022 figure along; a supplied letter replaces an assumption, it does not refine
    value = data.draw(st.sampled_from(FIGURES[more]))
    finer = exportrules.check(None, on=on, to=to, exporter="other", facts={**facts, more: value})
    assert finer.outcome == less.outcome
    if less.review_policy != "indeterminate":
        assert finer.review_policy == less.review_policy


@ANY
@given(st.sampled_from(CHIPS), st.sampled_from(PLACES), days, st.sampled_from(sorted(FIGURES)), st.data())
def test_refinement_what_is_said_of_an_unknown_is_said_of_every_value(
    chip: str, to: str, on: date, fact: str, data: st.DataObject
) -> None:
    """An answer in spite of an unknown is the answer for each value; a case of it is the answer for its values."""
    unknown = exportrules.check(chip, on=on, to=to, facts={fact: "unknown"})
    value = read_fact(fact, data.draw(st.sampled_from(FIGURES[fact])), exportrules.default_ruleset().facts).value
    known = supposed(chip, {fact: value}, on=on, to=to)
    said = {(case.outcome, case.review_policy) for case in unknown.cases}
    if known.outcome in ("not_released", "indeterminate"):
        return
    if unknown.outcome != "indeterminate":
        assert known.outcome == unknown.outcome
    if not unknown.turns_on:
        assert (known.outcome, known.review_policy) == (unknown.outcome, unknown.review_policy)
    elif known.review_policy != "indeterminate":
        assert (known.outcome, known.review_policy) in said


@ANY
@given(own_facts, days, st.sampled_from(["CN", "SG", "VN"]), st.data())
def test_sufficiency_supplying_what_it_turns_on_settles_it(
    facts: dict[str, Any], on: date, to: str, data: st.DataObject
) -> None:
    if not facts:
        return
    found = exportrules.check(None, on=on, to=to, exporter="other", facts=facts)
    supplied = {f: data.draw(st.sampled_from(FIGURES[f])) for f in found.turns_on if f in FIGURES}
    if len(supplied) < len(found.turns_on):
        return
    settled = exportrules.check(None, on=on, to=to, exporter="other", facts={**facts, **supplied})
    assert settled.turns_on == []
    # a .z paragraph that the figures contradict is a doubt about what was declared, which no fact settles
    contradicted = any("declared under a .z paragraph" in notice for notice in settled.notices)
    assert settled.outcome != "indeterminate" or contradicted


RANK = ["no_license_requirement", "license_exception", "license_required"]
#: The days of one text of 3A090: raising TPP across a change of law proves nothing.
REGIMES = ["2022-10-21", "2023-11-17", "2024-04-04", "2024-12-02", "2025-01-13", "2025-04-09", "2026-01-15"]


@ANY
@given(
    st.sampled_from(REGIMES),
    st.integers(0, 200),
    st.sampled_from(PLACES),
    st.sampled_from(["CN", "SG", "IL"]),
    st.sampled_from(["nvidia", "amd", "other"]),
    st.sampled_from([100, 350, 814, 1600]),
    st.sampled_from([64, 599, 600, 1100]),
    st.sampled_from([1000, 4000, 6500]),
    st.booleans(),
)
def test_raising_tpp_never_frees_a_chip(
    begins: str, later: int, to: str, seat: str, exporter: str, area: int, io: int, dram: int, datacenter: bool
) -> None:
    """Within one regime, the die and the links as they are, more TPP never leads to a freer outcome.

    True by the text of every regime: 3A090 of 2022 asks for 4800 *and* 600 GB/s; that of 2023 puts lines on TPP and on
    TPP / area, .a above .b, and NAC reaches .b alone; the letters of 2022 say "at least", those of 2025 speak
    of bandwidths.
    Of the review policy it is not true, and is not claimed: from 2026-01-15 the case by case of 742.6(b)(10)(iii)(A)(1)
    is for items of .a below 21,000, while an item of .b to a party from Macau or D:5 elsewhere meets denial.
    """
    last = [*REGIMES[1:], str(LAW.edition.verified_through)][REGIMES.index(begins)]
    on = min(date.fromisoformat(begins) + timedelta(days=later), date.fromisoformat(last) - timedelta(days=1))
    before = 0
    for total in (100, 1599, 1600, 2399, 2400, 4799, 4800, 4992, 20999, 21000, 99999):
        facts = {
            "tpp": total, "performance_density": Decimal(total) / area, "aggregate_io_gbytes_s": io,
            "chip_to_chip_io_gbytes_s": io, "designed_for_datacenter": datacenter, "dram_bandwidth_gbytes_s": dram,
            "privately_informed": False,
        }  # fmt: skip
        found = exportrules.check(None, on=on, to=to, headquarters=seat, exporter=exporter, facts=facts)
        # what turns on a letter's doubtful reach may be any of its cases: the freest of them counts
        rank = min(map(RANK.index, {c.outcome for c in found.cases} or {found.outcome}))
        assert rank >= before
        before = rank


@ANY
@given(st.sampled_from(CHIPS), st.sampled_from(PLACES), days)
def test_a_listing_never_makes_an_answer_more_permissive(chip: str, to: str, on: date) -> None:
    free = exportrules.check(chip, on=on, to=to, exporter="other")
    listed = exportrules.check(chip, on=on, to=to, exporter="other", facts={"end_user_lists": "entity_list"})
    if listed.outcome == "not_released" or to == "US":
        assert listed.outcome == free.outcome
    else:
        assert listed.outcome == "license_required"


def freest(found: exportrules.Determination) -> int:
    """The rank of the freest way in which an answer could fall; a chip that is not public has none."""
    answer = found.projection or found
    outcomes = {case.outcome for case in found.cases} or {answer.outcome}
    return min(map(RANK.index, outcomes - {"indeterminate"}), default=0)


@st.composite
def requirements(draw: st.DrawFn) -> Provision:
    """A requirement that some letter could make, on figures, places and exporters."""
    tests = draw(
        st.lists(
            st.sampled_from([
                Test(fact="tpp", op="ge", bound=1600),
                Test(fact="performance_density", op="ge", bound=Decimal("3.2")),
                Test(fact="aggregate_io_gbytes_s", op="lt", bound=600),
                Test(fact="destination", op="in_group", bound="D:5"),
                Test(fact="headquarters", op="in_group", bound="china"),
                Test(fact="exporter", op="is", bound="other"),
                Test(fact="eccn", op="in", bound=("3A090.a", "3A090.b")),
                Test(fact="activity", op="in", bound=("export", "reexport")),
            ]),
            min_size=1, max_size=3, unique_by=lambda t: t.fact,
        )
    )  # fmt: skip
    return Provision(
        id="acme-letter#r",
        kind="requirement",
        title="A letter",
        cite="Acme",
        paragraph=draw(st.sampled_from(["744.23(b)", "742.6(a)(6)(iii)", "746.8(a)(1)"])),
        policy=draw(st.sampled_from(["presumption_of_denial", "case_by_case", "presumption_of_approval"])),
        effective=draw(days),
        when=(Row(tests=tuple(tests)),),
    )


@drawn(40)
@given(
    requirements(), st.lists(st.tuples(st.sampled_from(CHIPS), st.sampled_from(PLACES), days), min_size=8, max_size=8)
)
def test_an_added_requirement_never_makes_an_answer_more_permissive(
    more: Provision, asked: list[tuple[str, str, date]]
) -> None:
    letter = Instrument(
        id="acme-letter", title="Letter", type="letter", issuer="BIS", citation="Acme", url="https://www.sec.gov/",
        evidence="reported", provision=(more,),
    )  # fmt: skip
    stricter = replace(LAW, instruments={**LAW.instruments, letter.id: letter})
    for chip, to, on in asked:
        free = exportrules.check(chip, on=on, to=to, exporter="other")
        bound = exportrules.check(chip, on=on, to=to, exporter="other", ruleset=stricter)
        assert freest(bound) >= freest(free)
        assert (bound.outcome == "not_released") == (free.outcome == "not_released")


def test_two_rulesets_live_side_by_side() -> None:
    other = exportrules.load_ruleset(data_directory())
    assert other is not LAW
    mine, theirs = exportrules.check("A100", on="2022-09-15"), exportrules.check("A100", on="2022-09-15", ruleset=other)
    assert mine.to_dict() == theirs.to_dict()
    assert other.digest == LAW.digest


def test_a_determination_has_no_truth_value_and_cannot_be_changed() -> None:
    found = exportrules.check("A100", on="2022-09-15")
    with pytest.raises(TypeError, match=f"no truth value: its outcome is {found.outcome!r}"):
        bool(found)
    with pytest.raises(AttributeError, match="cannot be changed"):
        found.on = date(2020, 1, 1)


def test_known_on_sees_what_was_public_and_a_letter_for_its_addressee_alone() -> None:
    def asked(on: str, known: str, **more: Any) -> exportrules.Determination:
        return exportrules.check("A100", on=on, known_on=known, **more)

    assert asked("2023-12-01", "2023-10-20", exporter="other").requirements == ["88fr73458#742.6(a)(6)(iii)"]
    assert asked("2023-12-01", "2023-10-16", exporter="other").requirements == ["87fr62186#742.6(a)(6)"]
    assert asked("2022-08-28", "2022-08-28").outcome == "license_required"
    assert asked("2022-08-28", "2022-08-25").outcome == "no_license_requirement"
    h20 = exportrules.check("H20", on="2025-04-12", known_on="2025-04-12", exporter="other")
    assert h20.outcome == "no_license_requirement"
    assert exportrules.check("H20", on="2025-04-12", known_on="2025-04-12").outcome == "license_required"


def test_families_ask_every_public_variant_with_figures() -> None:
    found = exportrules.check("A100", on="2020-07-01", to="CN")
    assert found.variants == ["nvidia-a100-sxm4-40gb", "nvidia-a100-pcie-40gb"]
    assert any("not public yet" in notice for notice in found.notices)


def test_a_family_whose_variants_differ_turns_on_the_variant() -> None:
    found = exportrules.check("Gaudi 2", on="2022-11-01", exporter="other")
    mixed = exportrules.check("Gaudi 2", on="2023-08-01", exporter="other")
    assert found.outcome == "license_required"
    assert (mixed.outcome, mixed.turns_on) == ("indeterminate", ["variant"])
    assert {case.outcome for case in mixed.cases} == {"license_required", "no_license_requirement"}


def test_coverage_and_the_united_states() -> None:
    early = exportrules.check("V100", on="2019-06-01")
    assert (early.standing, early.outcome) == ("before_coverage", "indeterminate")
    assert early.projection is not None
    assert exportrules.check("H100", on="2024-06-03", to="US", exporter="other").outcome == "no_license_requirement"
    assert isinstance(exportrules.timeline("A100"), Timeline)


def test_the_example_of_a_range_never_stands_for_a_density() -> None:
    # 600 mm2: a TPP of 1600 has a density of 2.67, one of 2000 has 3.33 and is 3A090.b
    chip = exportrules.Chip(id="own", name="own", vendor="nvidia", die_area_mm2=600, designed_for_datacenter=True)
    found = exportrules.check(chip, on="2023-12-01", exporter="other")
    assert found.outcome == "indeterminate"
    below = [case for case in found.cases if ("tpp", "at least 1600 and less than 2400") in case.conditions]
    assert {case.outcome for case in below} > {"no_license_requirement"}


def test_a_figure_that_is_overridden_brings_what_follows_from_it() -> None:
    found = supposed("H20", {"tpp": 2700}, on="2024-06-03")
    density = next(m for m in found.margin if m.fact == "performance_density")
    assert round(density.value, 3) == Decimal("3.317")
