"""What is claimed of an item or a deal: it may add to an answer's restrictions, and what it contradicts is said."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exportrules
from exportrules import QuestionError, check, default_ruleset
from exportrules.engine.evaluate import STRICTEST
from exportrules.law.facts import Fact
from exportrules.law.model import Bounds
from exportrules.question.claims import TOLERANCE, KnownVariant, agreeing, consistent
from exportrules.question.eccns import declared, read_given
from exportrules.question.question import read_end_uses
from exportrules.study.receipt import ask_again, receipt
from tests.drawing import drawn

LAW = default_ruleset()
CHIPS = ["H100", "H20", "A800", "RTX 4090", "L20", "V100", "MI300X", "DGX H100", "T4", "RTX 4090 D"]
DAYS = ["2021-06-01", "2022-09-15", "2022-11-01", "2023-10-24", "2024-01-15", "2024-06-03", "2024-12-20", "2025-02-01",
        "2025-05-01", "2026-03-02"]  # fmt: skip
PLACES = ["CN", "MO", "IQ", "VN", "SG", "DE", "IN", "RU", "AE"]
#: The freer an outcome, the higher.
FREE = {"license_required": 0, "indeterminate": 1, "license_exception": 2, "no_license_requirement": 3}


def freedom(d: exportrules.Determination) -> tuple[int, int]:
    """An outcome and its policy, to be compared: more is freer."""
    return FREE[d.outcome], STRICTEST.index(d.review_policy) if d.review_policy else len(STRICTEST)


# --- conclusions of the law -------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["5A992.z", "EAR99", "4A003.z", "3A001", "5A992.c", "9A610"])
@pytest.mark.parametrize("name", ["eccn", "contains_eccn"])
def test_an_entry_that_no_rule_concludes_is_refused_and_the_right_fact_named(name: str, written: str) -> None:
    with pytest.raises(QuestionError) as caught:
        check("H100", on="2024-06-03", facts={name: written})
    assert f"eccn_declared={written}" in str(caught.value)


def test_the_entries_handed_in_are_united_with_those_that_the_figures_meet() -> None:
    assert check("H100", on="2024-06-03", facts={"eccn": "3A991.p"}).eccn == ["3A090.a", "3A991.p"]
    freed = check("DGX H100", on="2024-06-03", facts={"contains_eccn": "3A991.p"})
    assert (freed.outcome, freed.review_policy) == ("license_required", "presumption_of_denial")
    added = check("V100", on="2024-06-03", facts={"eccn": "3A090.a"})
    assert (added.outcome, added.eccn) == ("license_required", ["3A090.a"])


def test_a_given_entry_is_named_on_days_on_which_no_rule_tests_it() -> None:
    for entry in ("3A090.a", "4A090.a", "3A991.p"):
        assert check("H20", on="2019-06-01", to="FR", facts={"eccn": entry}).eccn == [entry]


@drawn(150)
@given(
    st.sampled_from(CHIPS), st.sampled_from(DAYS), st.sampled_from(PLACES),
    st.sampled_from([
        ("eccn", "3A991.p"), ("eccn", "3A090.b"), ("eccn", "3A090.a"), ("eccn", "4A994.l"), ("eccn", ()),
        ("contains_eccn", "3A991.p"), ("contains_eccn", "3A090.b"), ("contains_eccn", ()), ("required_under", "744.11"),
        ("required_under", ()), ("presumed_3a090a", True), ("end_user_lists", "unverified_list"),
        ("end_user_lists", ()), ("end_user_lists", "meu_list"), ("owner_lists", "entity_list"),
    ]),
)  # fmt: skip
def test_a_conclusion_handed_in_never_frees(chip: str, on: str, to: str, claim: tuple[str, Any]) -> None:
    plain = check(chip, on=on, to=to, exporter="other")
    if plain.outcome == "not_released":
        return
    assert FREE[check(chip, on=on, to=to, exporter="other", facts=dict([claim])).outcome] <= FREE[plain.outcome]


def test_a_conclusion_said_to_be_unknown_frees_nothing_either() -> None:
    for chip, on in (("H100", "2024-06-03"), ("DGX H100", "2024-06-03"), ("A100", "2022-11-01")):
        for name in ("eccn", "contains_eccn", "required_under", "end_user_lists"):
            assert check(chip, on=on, facts={name: "unknown"}).outcome == "license_required", (chip, name)
    open_ = check("V100", on="2024-06-03", exporter="other", facts={"eccn": "unknown"})
    assert (open_.outcome, open_.turns_on) == ("indeterminate", ["eccn"])


@pytest.mark.parametrize("written", [True, False, None, "unknown", "yes"])
def test_a_conclusion_that_takes_requirements_away_is_not_taken_from_a_caller(written: object) -> None:
    with pytest.raises(QuestionError, match=r"^ear99 is not given: .* Give the declared number instead: eccn_declared"):
        check("A100", on="2023-03-01", to="RU", exporter="other", facts={"ear99": written})
    declared = check("A100", on="2023-03-01", to="RU", exporter="other", facts={"eccn_declared": "EAR99"})
    assert declared.outcome == "license_required"


def test_a_list_handed_in_stands_beside_those_of_the_party_named() -> None:
    asked: dict[str, Any] = {"on": "2024-06-03", "exporter": "other", "end_user": "Inspur Group"}
    both = check("T4", **asked, facts={"end_user_lists": "unverified_list"})
    assert both.outcome == "license_required"
    assert set(both.requirements) == set(check("T4", **asked).requirements)


def test_what_the_law_concludes_cannot_be_denied() -> None:
    with pytest.raises(QuestionError, match=r"can be added as presumed_3a090a=true, not taken away"):
        read_given(LAW, "presumed_3a090a", False)
    with pytest.raises(QuestionError, match=r"^declared is not given: it follows from other facts"):
        check("V100", on="2024-06-03", facts={"eccn_declared": "4A003", "declared": "none"})
    with pytest.raises(QuestionError, match=r"no requirement in this ruleset is under that paragraph"):
        check("V100", on="2024-06-03", facts={"required_under": "999.9"})
    # what is itself uncertain may be settled by whoever knows
    assert check("H20", on="2025-06-01", exporter="other", facts={"privately_informed": False}).outcome == (
        "no_license_requirement"
    )


# --- declared entries -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "word"),
    [("EAR99", "EAR99"), ("3A991", "AT"), ("3A991.p", "AT"), ("4A994.l", "4A994"), ("5A992.c", "AT"),
     ("5A992.z", "AT.z"),
     ("4A003.z", "other.z"), ("5A002.z.1", "other.z"), ("3A090.a", "3A090"), ("4A090.b", "3A090"), ("4A003.b", "other"),
     ("9A610", "other"), ("3A001.a.7", "other")],
)  # fmt: skip
def test_a_declared_entry_has_the_word_of_its_class(written: str, word: str) -> None:
    assert declared(LAW, {"eccn_declared": Fact(written, "given")})["declared"].value == word


def test_nothing_follows_from_a_number_that_is_not_declared_or_not_known() -> None:
    assert declared(LAW, {}) == {}
    # said to be unknown, it may be any entry
    assert declared(LAW, {"eccn_declared": Fact(None, "given")})["declared"].value is None


@pytest.mark.parametrize("entry", ["4A003.b", "5A002", "3A001", "9A610", "4A004", "5A004.z"])
@pytest.mark.parametrize(
    ("chip", "on", "to"),
    [
        ("A100", "2021-06-01", "CN"),
        ("H20", "2024-06-03", "CN"),
        ("H100", "2024-06-03", "DE"),
        ("RTX 4090", "2024-01-15", "CN"),
    ],
)
def test_a_declared_entry_with_other_reasons_for_control_is_never_a_yes(
    entry: str, chip: str, on: str, to: str
) -> None:
    asked: dict[str, Any] = {"on": on, "to": to, "exporter": "other"}
    assert check(chip, **asked).outcome in ("no_license_requirement", "license_exception")
    found = check(chip, **asked, facts={"eccn_declared": entry})
    assert (found.outcome, found.review_policy) == ("indeterminate", "indeterminate")
    assert any("other reasons for control of the entry" in notice for notice in found.notices)


def test_a_requirement_that_stands_stands_whatever_is_declared() -> None:
    for entry in ("4A003.b", "5A992.z", "EAR99", "3A090.a", "9A610"):
        found = check("H100", on="2024-06-03", exporter="other", facts={"eccn_declared": entry})
        assert (found.outcome, found.review_policy) == ("license_required", "presumption_of_denial")


def test_an_anti_terrorism_entry_leaves_a_yes_as_it_is() -> None:
    for entry in ("3A991", "4A994.l", "5A992.c", "5A991", "EAR99"):
        assert check("V100", on="2024-06-03", exporter="other", facts={"eccn_declared": entry}).outcome == (
            "no_license_requirement"
        )


def test_a_z_paragraph_must_agree_with_the_figures_from_the_day_it_came() -> None:
    declared_z: dict[str, Any] = {"exporter": "other", "facts": {"eccn_declared": "5A992.z"}}
    # the figures meet no entry: one of the two is wrong
    found = check("H20", on="2024-06-03", **declared_z)
    assert found.outcome == "indeterminate"
    assert any("either the number or a figure is wrong" in notice for notice in found.notices)
    # they meet 3A090, and the paragraph says nothing else: as without it
    assert check("H100", on="2024-06-03", to="DE", **declared_z).outcome == "no_license_requirement"
    # there was none before 2023-11-17, when such a chip was lawful to sell
    assert check("H800", on="2023-11-16", **declared_z).outcome == "no_license_requirement"
    assert check("H800", on="2023-11-17", **declared_z).outcome == "license_required"


# --- figures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chip", "facts"),
    [
        ("H100", {"tpp": 100}),
        ("H20", {"tpp": 2399}),
        ("RTX 4090", {"designed_for_datacenter": True}),
        ("A100", {"designed_for_datacenter": False}),
        ("H100", {"item_kind": "hbm_stack"}),
        ("H20", {"chip_family": "nvidia-l4"}),
        ("H20", {"chip": "own"}),
        ("DGX H100", {"contained_family": "nvidia-h20"}),
        ("H100", {"chip_vendor_country": "CN"}),
        ("L20", {"performance_density": "1.5"}),
        ("A800", {"aggregate_io_gbytes_s": 600}),
        ("MI308X", {"tpp": 100}),
        ("H20", {"tpp": 0}),
    ],
)
def test_what_contradicts_the_catalogue_is_refused_with_both_values_and_the_cure(
    chip: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(QuestionError) as caught:
        check(chip, on="2024-06-03", facts=facts)
    (name,) = facts
    said = str(caught.value)
    assert said.startswith(f"{name} = ")
    assert "contradicts the catalogue (" in said
    assert "leave out the chip's name" in said
    assert "overlay" in said


def test_a_figure_may_be_rounded_as_data_sheets_do_and_no_further() -> None:
    known = check("H100 SXM5 80GB", on="2024-06-03")
    total = LAW.variants["nvidia-h100-sxm5-80gb"][0].tpp_check
    assert total == Decimal("15831.2")
    for tpp in (Decimal(total) * (1 - TOLERANCE), 15824, 15832, Decimal(total) * (1 + TOLERANCE)):
        assert check("H100 SXM5 80GB", on="2024-06-03", facts={"tpp": tpp}).outcome == known.outcome
    for tpp in (Decimal(total) * (1 - TOLERANCE) - Decimal("0.001"), Decimal(total) * (1 + TOLERANCE) + 1):
        with pytest.raises(QuestionError, match="contradicts the catalogue"):
            check("H100 SXM5 80GB", on="2024-06-03", facts={"tpp": tpp})


@pytest.mark.parametrize(
    ("chip", "fact", "rounded", "line"),
    [("MI300A", "aggregate_io_gbytes_s", 1026, 1028)],
)
def test_what_is_taken_as_rounding_carries_no_chip_over_a_bound_of_the_law(
    chip: str, fact: str, rounded: int, line: int
) -> None:
    assert check(chip, on="2024-06-03", facts={fact: rounded}).transaction["facts"] == {fact: rounded}
    with pytest.raises(QuestionError, match=r"short of a bound of the law"):
        check(chip, on="2024-06-03", facts={fact: line})


def test_no_figure_within_the_tolerance_changes_an_answer() -> None:
    """Every figure of every chip, moved by all that is taken as rounding: refused, or the same answer on every day."""
    for name in ("tpp", "performance_density", "aggregate_io_gbytes_s", "dram_bandwidth_gbytes_s", "die_area_mm2"):
        for chip in LAW.variants:
            plain = exportrules.timeline(chip, exporter="other")
            fact = plain.courses[0].subject.facts.get(name)
            if fact is None or fact.candidates or not isinstance(fact.value, int | Decimal):
                continue
            for moved in (fact.value * (1 - TOLERANCE), fact.value * (1 + TOLERANCE)):
                try:
                    found = exportrules.timeline(chip, exporter="other", facts={name: round(moved, 4)})
                except QuestionError:
                    continue
                told = [[(s.start, s.answer.decision) for s in one.spans] for one in (plain, found)]
                assert told[0] == told[1], (chip, name, moved)


def test_a_disputed_figure_may_be_any_between_its_readings() -> None:
    one = "H100 NVL 94GB (each GPU)"  # 13368 or 15832
    for tpp in (13368, 14600, 15832):
        assert check(one, on="2024-06-03", facts={"tpp": tpp}).outcome == "license_required"
    with pytest.raises(QuestionError, match=r"13368 or 15832"):
        check(one, on="2024-06-03", facts={"tpp": 16000})


@pytest.mark.parametrize(("tpp", "agrees"), [(4500, True), (4000, True), ("5000.1", False), ("3999.9", False)])
def test_between_the_readings_of_a_dispute_the_law_may_tell_values_apart_and_beyond_them_not(
    tpp: int | str, agrees: bool
) -> None:
    known = KnownVariant("x", {"tpp": Fact(Decimal(4000), "chip", candidates=(Decimal(4000), Decimal(5000)))})
    claim = {"tpp": Fact(Decimal(tpp), "given")}
    if agrees:
        assert agreeing([known], claim, lambda _, value: value) == ([0], ())
    else:
        with pytest.raises(QuestionError, match=r"Up to 0\.5 % is taken as rounding"):
            agreeing([known], claim, lambda _, value: value)


def test_a_figure_that_only_bounds_are_known_of_is_not_contradicted_by_what_follows_from_another() -> None:
    density = Fact(Bounds(at_least=3, at_most=6), "chip")
    known = KnownVariant("x", {"die_area_mm2": Fact(Decimal(800), "chip"), "performance_density": density})
    claim = {"die_area_mm2": Fact(Decimal(801), "given")}
    assert agreeing([known], claim, lambda _, value: 0)[0] == [0]


def test_a_paragraph_is_required_under_where_some_requirement_is() -> None:
    assert read_given(LAW, "required_under", ["744.11", "742.6"]).value == {"744.11", "742.6"}
    with pytest.raises(QuestionError, match=r"no requirement in this ruleset is under that paragraph"):
        read_given(LAW, "required_under", ["740.2"])


@pytest.mark.parametrize(
    ("given_", "wrong"),
    [
        ({"die_area_mm2": 70_686}, ""),
        ({"die_area_mm2": 70_687}, "die_area_mm2 = 70687 is more than a 300 mm wafer, 70686 mm2"),
        ({"die_area_mm2": 800, "tpp": 4080, "performance_density": 5}, ""),
        ({"die_area_mm2": 800, "tpp": 3920, "performance_density": 5}, ""),
        (
            {"die_area_mm2": 800, "tpp": 4081, "performance_density": 5},
            r"tpp = 4081 over die_area_mm2 = 800 is a density of 5\.101, not performance_density = 5",
        ),
        ({"die_area_mm2": 800, "tpp": 3919, "performance_density": 5}, "One of the three is wrong"),
        ({"tpp": 3919, "performance_density": 5}, ""),
        ({"die_area_mm2": 800, "performance_density": 5}, ""),
        ({"die_area_mm2": 800, "tpp": 1}, ""),
    ],
)
def test_figures_of_an_item_that_cannot_all_be_so_are_refused(given_: dict[str, int], wrong: str) -> None:
    facts = {name: Fact(value, "given") for name, value in given_.items()}
    if wrong:
        with pytest.raises(QuestionError, match=wrong):
            consistent(facts)
    else:
        consistent(facts)


def test_a_figure_of_one_variant_says_which_of_a_family_is_meant() -> None:
    found = check("H100", on="2024-06-03", to="SG", facts={"tpp": 12104})
    assert found.variants == ["nvidia-h100-pcie-80gb"]
    assert any("Not asked: H100 SXM5 80GB (by the catalogue its tpp is 15831.2)" in n for n in found.notices)
    # a variant whose figure nobody knows is not thereby the one that is meant
    with pytest.raises(QuestionError, match=r"H20 SXM 96GB: 2368"):
        check("H20", on="2026-01-05", facts={"tpp": 100})


def test_a_figure_that_the_catalogue_lacks_may_be_supplied() -> None:
    assert check("MI309", on="2024-06-03", exporter="other").outcome == "indeterminate"
    given_ = {"tpp": 4000, "performance_density": 4}
    assert check("MI309", on="2024-06-03", exporter="other", facts=given_).outcome != "indeterminate"
    assert "tpp" in check("H100", on="2024-06-03", facts={"tpp": "unknown"}).turns_on


def test_an_item_of_ones_own_has_the_figures_that_it_is_given() -> None:
    weak = {"tpp": 100, "performance_density": 1, "designed_for_datacenter": True, "privately_informed": False}
    assert check(None, on="2024-06-03", facts=weak).outcome == "no_license_requirement"
    own = exportrules.Chip(id="x", name="X", dense_tops={"fp16_bf16": 1000}, die_area_mm2=800)
    with pytest.raises(QuestionError, match="X: 16000"):
        check(own, on="2024-06-03", facts={"tpp": 100})


# --- several end uses -------------------------------------------------------------------------------


@pytest.mark.parametrize(("chip", "to"), [("L20", "IQ"), ("V100S", "MO")])
def test_a_military_supercomputer_is_both(chip: str, to: str) -> None:
    asked: dict[str, Any] = {"on": "2024-06-03", "to": to, "exporter": "other"}
    both = check(chip, **asked, end_use=["military", "supercomputer"])
    assert both.outcome == "license_required"
    assert "88fr73458#744.23-supercomputer" in both.requirements
    assert both.transaction["end_use"] == ["military", "supercomputer"]


@pytest.mark.parametrize(
    ("said", "uses"),
    [
        (None, ("civil",)),
        ("military", ("military",)),
        ("military_intelligence", ("military_intelligence",)),
        ("supercomputer; military", ("military", "supercomputer")),
        ("military,supercomputer", ("military", "supercomputer")),
        ("military + supercomputer", ("military", "supercomputer")),
        (["wmd", "military,civil"], ("military", "wmd")),
        (("civil", "civil"), ("civil",)),
        ("civil+military", ("military",)),
    ],
)
def test_end_uses_are_read_in_every_way_of_writing_several(said: object, uses: tuple[str, ...]) -> None:
    assert read_end_uses(LAW, said) == uses
    assert check("H100", on="2024-06-03", end_use=said).transaction["end_use"] == list(uses)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said", ["", "military;", "militry", "Military", [], ["military", ""], 3, ["military", 3], {"military"}]
)
def test_an_end_use_that_is_none_is_refused(said: object) -> None:
    with pytest.raises(
        QuestionError, match=r"civil, military, military_intelligence, supercomputer|says nothing|is empty|is not text"
    ):
        check("H100", on="2024-06-03", end_use=said)  # type: ignore[arg-type]


@drawn(150)
@given(
    st.sampled_from(CHIPS), st.sampled_from(DAYS), st.sampled_from(PLACES),
    st.lists(st.sampled_from(LAW.facts["end_use"].values), min_size=1, max_size=2), st.booleans(),
)  # fmt: skip
def test_one_more_end_use_never_frees(chip: str, on: str, to: str, uses: list[str], certified: bool) -> None:
    asked: dict[str, Any] = {"on": on, "to": to, "exporter": "other", "facts": {"part_748_dd_certified": certified}}
    alone = [check(chip, **asked, end_use=use) for use in uses]
    if alone[0].outcome == "not_released":
        return
    both = check(chip, **asked, end_use=uses)
    assert FREE[both.outcome] <= min(FREE[one.outcome] for one in alone)
    if both.outcome == "license_required" and "indeterminate" not in [
        both.review_policy,
        *(o.review_policy for o in alone),
    ]:
        assert freedom(both) <= min(freedom(one) for one in alone if one.outcome == "license_required")


def test_a_term_of_the_deal_is_given_once_as_an_option_or_as_a_fact() -> None:
    as_fact = check("L20", on="2024-06-03", facts={"destination": "Iraq", "end_use": "military,supercomputer"})
    as_option = check("L20", on="2024-06-03", to="IQ", end_use=["military", "supercomputer"])
    assert as_fact.to_dict() == as_option.to_dict()
    for option, fact in (
        ("to", {"destination": "CN"}),
        ("end_use", {"end_use": "civil"}),
        ("exporter", {"exporter": "other"}),
    ):
        with pytest.raises(QuestionError, match="state one term of the deal twice"):
            check("L20", on="2024-06-03", facts=fact, **{option: {"to": "IQ"}.get(option, "military")})  # type: ignore[arg-type]


def test_an_end_use_that_is_not_known_is_followed() -> None:
    found = check("V100S", on="2024-06-03", to="MO", exporter="other", facts={"end_use": "unknown"})
    assert (found.outcome, found.turns_on[0]) == ("indeterminate", "end_use")
    assert found.transaction["end_use"] == []
    assert any("supercomputer" in text for case in found.cases for _, text in case.conditions)


def test_a_receipt_keeps_several_end_uses_and_reads_one_of_before() -> None:
    d = check("L20", on="2024-06-03", to="IQ", exporter="other", end_use=["supercomputer", "military"])
    question = json.loads(json.dumps(receipt(d)["question"]))
    assert question["end_use"] == ["military", "supercomputer"]
    assert ask_again(question, LAW).to_dict() == d.to_dict()
    old = ask_again({**question, "end_use": "supercomputer"}, LAW)
    assert old.transaction["end_use"] == ["supercomputer"]
    unknown = check(
        "V100S", on="2024-06-03", to="MO", exporter="other", facts={"end_use": "unknown", "headquarters": None}
    )
    assert ask_again(receipt(unknown)["question"], LAW).to_dict() == unknown.to_dict()


def test_a_ledger_reads_several_end_uses_and_refuses_a_contradicted_figure(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from exportrules.cli import cli

    ledger, out = tmp_path / "in.csv", tmp_path / "out.csv"
    day = "2024-06-03"
    rows = [f"L20,{day},IQ,other,military;supercomputer,", f"L20,{day},IQ,other,Military + Supercomputer,",
            f"L20,{day},IQ,other,civil,", f"H100,{day},SG,other,,100", f"H100,{day},SG,other,,12104"]  # fmt: skip
    ledger.write_text("chip,date,destination,exporter,end_use,tpp\n" + "".join(f"{row}\n" for row in rows))
    ran = CliRunner().invoke(cli, ["audit", str(ledger), "-o", str(out)])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.output
    import csv

    with out.open(newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["outcome"] for row in found] == [
        "license_required", "license_required", "no_license_requirement", "indeterminate", "no_license_requirement",
    ]  # fmt: skip
    assert "tpp = 100 contradicts the catalogue" in found[3]["problem"]
