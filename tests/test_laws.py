"""Laws that every answer obeys, as properties."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exportrules
from exportrules.docket import Docket
from exportrules.law import Ruleset
from exportrules.question import resolve
from exportrules.timeline import Timeline
from exportrules.unknowns import decide

LAW = exportrules.default_ruleset()
CHIPS = sorted(v for v, (variant, _) in LAW.variants.items() if variant.dense_tops)
PLACES = ["CN", "HK", "MO", "SG", "AE", "VN", "JP", "IL", "RU", "KH", "NI", "CY", "US"]
DEFAULTS: dict[str, Any] = dict.fromkeys(
    ("to", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "end_use", "facts", "known_on")
)
days = st.dates(LAW.edition.covers_from, LAW.edition.verified_through)
ANY = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@ANY
@given(st.sampled_from(CHIPS), st.sampled_from(PLACES), days, st.sampled_from(["maker", "other"]))
def test_a_timeline_says_on_every_day_what_the_evaluator_says(chip: str, to: str, on: date, exporter: str) -> None:
    found = exportrules.check(chip, on=on, to=to, exporter=exporter)
    question = resolve(LAW, chip, **{**DEFAULTS, "to": to, "exporter": exporter}, parties=(), as_printed=False)
    fresh = decide(Docket(LAW.view(), question.subjects[0].facts), on)
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
    assert settled.outcome != "indeterminate"


@pytest.mark.parametrize("on", ["2022-11-01", "2023-12-01", "2024-06-03", "2025-02-01", "2026-02-02"])
@pytest.mark.parametrize("to", ["CN", "MO", "SG", "VN"])
def test_raising_tpp_never_frees_a_datacenter_chip(on: str, to: str) -> None:
    order = ["no_license_requirement", "license_exception", "license_required"]
    before = 0
    for total in (100, 1599, 1600, 2399, 2400, 4799, 4800, 20999, 21000, 99999):
        facts = {
            "tpp": total, "performance_density": Decimal(total) / 800, "aggregate_io_gbytes_s": 700,
            "designed_for_datacenter": True, "dram_bandwidth_gbytes_s": 1000, "privately_informed": False,
        }  # fmt: skip
        rank = order.index(exportrules.check(None, on=on, to=to, exporter="other", facts=facts).outcome)
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


def shuffled(ruleset: Ruleset, seed: int) -> Ruleset:
    """The same law with files, provisions, rows and tests in another order."""
    rng = random.Random(seed)

    def mixed(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(rng.sample(values, len(values)))

    instruments = {
        name: replace(
            instrument,
            provision=tuple(
                replace(
                    p,
                    when=mixed(tuple(replace(r, tests=mixed(r.tests)) for r in p.when)),
                    unless=mixed(tuple(replace(r, tests=mixed(r.tests)) for r in p.unless)),
                )
                for p in mixed(instrument.provision)
            ),
        )
        for name, instrument in rng.sample(sorted(ruleset.instruments.items()), len(ruleset.instruments))
    }
    return replace(ruleset, instruments=instruments, _views={}, memory={})


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_files_provisions_rows_and_tests_changes_nothing(seed: int) -> None:
    other = shuffled(LAW, seed)
    for chip in CHIPS[::7]:
        for to in ("CN", "SG", "AE"):
            mine, theirs = exportrules.timeline(chip, to=to), exportrules.timeline(chip, to=to, ruleset=other)
            assert mine.starts == theirs.starts
            for one, two in zip(mine.answers, theirs.answers, strict=True):
                assert (one.decision, one.turns_on, set(one.law.requirements)) == (
                    two.decision, two.turns_on, set(two.law.requirements),
                )  # fmt: skip


def test_two_rulesets_live_side_by_side() -> None:
    other = exportrules.load_ruleset(exportrules.source.data_directory())
    assert other is not LAW
    mine, theirs = exportrules.check("A100", on="2022-09-15"), exportrules.check("A100", on="2022-09-15", ruleset=other)
    assert mine.to_dict() == theirs.to_dict()
    assert other.digest == LAW.digest


def test_a_determination_has_no_truth_value_and_cannot_be_changed() -> None:
    found = exportrules.check("A100", on="2022-09-15")
    with pytest.raises(TypeError, match="no truth value"):
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
    found = exportrules.check("H20", on="2024-06-03", facts={"tpp": 2700})
    density = next(m for m in found.margin if m.fact == "performance_density")
    assert round(density.value, 3) == Decimal("3.317")
