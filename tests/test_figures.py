"""Figures of chips at their edges: what no chip can have, what does not follow, what is derived, read and shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from exportrules import default_ruleset
from exportrules.errors import QuestionError
from exportrules.law.facts import Fact
from exportrules.law.model import Alternative, Contained, Variant
from exportrules.question.figures import BITS, complete, facts_of, performance_density, settled, tpp, values_for
from exportrules.question.impossible import check_defects, figure_defects, is_figure
from exportrules.question.values import read_date, read_fact, show

FACTS = default_ruleset().facts


def chip(**figures: Any) -> Variant:
    return Variant(id="acme-x", name="Acme X", **figures)


def absurd(name: str, value: object) -> str:
    return f"{name} = {value} is not a figure that a chip can have."


# --- what no chip can have -------------------------------------------------------------------------


def test_a_chip_without_figures_has_no_defect() -> None:
    assert list(figure_defects(chip())) == []
    assert list(check_defects(chip())) == []


def test_a_bound_may_be_nothing_and_no_less() -> None:
    assert is_figure(Decimal(0))
    assert not is_figure(Decimal(-1))


@pytest.mark.parametrize("name", ["dram_bandwidth_gbytes_s", "memory_bandwidth_density", "tpp_estimate"])
@pytest.mark.parametrize(
    ("value", "possible"),
    [
        (-1, False),
        (Decimal("-0.001"), False),
        (0, True),
        (1, True),
        (Decimal("0.5"), True),
        (10**15 - 1, True),
        (10**15, False),
        (10**15 + 1, False),
        (Decimal(1).scaleb(-29), True),
        (Decimal(1).scaleb(-30), False),
        (Decimal(1).scaleb(-31), False),
        (Decimal("NaN"), False),
        (Decimal("Infinity"), False),
        (Decimal("-Infinity"), False),
    ],
)
def test_a_figure_is_finite_not_negative_and_of_this_world(name: str, value: Any, possible: bool) -> None:
    assert list(figure_defects(chip(**{name: value}))) == ([] if possible else [absurd(name, value)])


@pytest.mark.parametrize(
    ("area", "possible"), [(0, False), (Decimal("0.999"), False), (1, True), (Decimal("1.001"), True), (2, True)]
)
def test_an_area_is_one_square_millimetre_or_more(area: Any, possible: bool) -> None:
    assert list(figure_defects(chip(die_area_mm2=area))) == ([] if possible else [absurd("die_area_mm2", area)])


@pytest.mark.parametrize("table", ["dense_tops", "io_gbytes_s"])
def test_each_figure_of_a_table_is_checked(table: str) -> None:
    found = list(figure_defects(chip(**{table: {"fp16_bf16": -1, "fp8": 5, "int8": -2}})))
    assert found == [absurd("fp16_bf16", -1), absurd("int8", -2)]


def test_a_format_that_is_not_known_is_named_with_those_that_are() -> None:
    found = list(figure_defects(chip(dense_tops={"fp16_bf16": 1, "fp17": 1, "bf8": 2})))
    known = ", ".join(BITS)
    assert found == [f"dense_tops has no format '{name}'. Formats: {known}." for name in ("fp17", "bf8")]


def test_another_reading_is_a_figure_too_and_a_yes_or_no_is_none() -> None:
    readings = (
        Alternative(fact="tpp", value=-5, basis=""),
        Alternative(fact="designed_for_datacenter", value=True, basis=""),
        Alternative(fact="die_area_mm2", value=0, basis=""),
    )
    said = [absurd("alternative tpp", -5), absurd("alternative die_area_mm2", 0)]
    assert list(figure_defects(chip(alternative=readings))) == said


@pytest.mark.parametrize(("count", "possible"), [(-1, False), (0, False), (1, True), (2, True), (72, True)])
def test_a_system_contains_one_chip_or_more(count: int, possible: bool) -> None:
    said = [f"it contains {count} x acme-y: a count begins at 1."]
    assert list(figure_defects(chip(contains=(Contained(chip="acme-y", count=count),)))) == ([] if possible else said)


# --- what does not follow --------------------------------------------------------------------------

TOPS: Mapping[str, Any] = {"dense_tops": {"fp16_bf16": 312}, "die_area_mm2": 826}


@pytest.mark.parametrize("stated", [4991, 4993, Decimal("4991.9"), Decimal("4992.1"), 0])
def test_a_tpp_that_does_not_follow_is_told(stated: Any) -> None:
    said = [f"TPP computes to 4992, but the check value is {stated}."]
    assert list(check_defects(chip(dense_tops={"fp16_bf16": 312}, tpp_check=stated))) == said


def test_a_tpp_that_follows_is_right_in_any_spelling() -> None:
    for stated in (4992, Decimal("4992.0"), Decimal(4992)):
        assert list(check_defects(chip(**TOPS, tpp_check=stated))) == []
    big = chip(dense_tops={"fp4": 250_000_000}, tpp_check=1_000_000_000)
    assert list(check_defects(big)) == []


def test_without_throughput_there_is_nothing_to_check_a_tpp_against() -> None:
    assert list(check_defects(chip(tpp_check=4992, performance_density_check=6, die_area_mm2=826))) == []


def test_a_chip_with_a_format_of_its_own_is_not_computed() -> None:
    assert list(check_defects(chip(dense_tops={"fp17": 1}, tpp_check=5))) == []


@pytest.mark.parametrize(
    ("stated", "right"),
    [
        ("6.0436", True), ("6.044", True), ("6.04", True), ("6.0", True), ("6", True), ("6.043", False),
        ("6.045", False), ("6.05", False), ("6.03", False), ("6.1", False), ("5", False), ("7", False),
        ("6.043583535108958838", True), ("6.0435835351089588378", True), ("6.04358353510895883777", True),
        ("6.04358353510895883778", False), ("1E+1", False),
    ],
)  # fmt: skip
def test_a_density_is_held_to_the_places_that_are_stated(stated: str, right: bool) -> None:
    # 4992 / 826 = 6.0435835351089588377723...
    said = [f"performance density computes to 6.0436, but the check value is {stated}."]
    found = list(check_defects(chip(**TOPS, performance_density_check=Decimal(stated))))
    assert found == ([] if right else said)


def test_a_density_stated_without_decimals_is_a_whole_number() -> None:
    # 4992 / 891 = 5.602...
    whole: Mapping[str, Any] = {"dense_tops": {"fp16_bf16": 312}, "die_area_mm2": 891}
    assert list(check_defects(chip(**whole, performance_density_check=6))) == []
    assert list(check_defects(chip(**whole, performance_density_check=5)))


def test_a_density_half_way_is_rounded_up() -> None:
    assert (
        list(check_defects(chip(dense_tops={"fp8": 1}, die_area_mm2=64, performance_density_check=Decimal("0.13"))))
        == []
    )
    assert list(check_defects(chip(dense_tops={"fp8": 1}, die_area_mm2=64, performance_density_check=Decimal("0.12"))))


@pytest.mark.parametrize(("stated", "right"), [(664, True), (663, False), (665, False)])
def test_links_that_do_not_add_up_are_told(stated: int, right: bool) -> None:
    found = list(check_defects(chip(io_gbytes_s={"nvlink": 600, "pcie_4_0_x16": 64}, io_check=stated)))
    assert found == ([] if right else [f"the links add up to 664, but the check value is {stated}."])


def test_without_links_there_is_nothing_to_add() -> None:
    assert list(check_defects(chip(io_check=664))) == []
    assert list(check_defects(chip(io_gbytes_s={"nvlink": 600_000}, io_check=600_000))) == []


def test_an_announcement_has_a_source() -> None:
    said = ["announced without announced_source: say who made it public."]
    assert list(check_defects(chip(announced=date(2022, 1, 1)))) == said
    assert list(check_defects(chip(announced=date(2022, 1, 1), announced_source="the maker"))) == []
    assert list(check_defects(chip(announced_source="the maker"))) == []


# --- what is derived --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "detail"),
    [
        ({"fp16_bf16": 100, "fp8": 200}, "100 x 16 bit (fp16_bf16)"),
        ({"fp8": 200, "fp16_bf16": 100}, "100 x 16 bit (fp16_bf16)"),
        ({"fp8": 201, "fp16_bf16": 100}, "201 x 8 bit (fp8)"),
        ({"fp64": 25, "fp4": 400, "fp32": 50}, "25 x 64 bit (fp64)"),
        ({"fp4": 400, "fp16_bf16": 100, "fp64": 25}, "100 x 16 bit (fp16_bf16)"),
    ],
)
def test_of_formats_that_tie_the_16_bit_one_is_named(figures: dict[str, int], detail: str) -> None:
    facts = facts_of(chip(dense_tops=figures))
    assert facts["tpp"].detail == detail
    assert facts["tpp"].value == tpp(figures) == facts["bits_x_tops_2022"].value
    assert facts["peak_tops"].value == max(figures.values())


def test_a_single_reading_is_a_value_and_several_are_candidates() -> None:
    plain = facts_of(chip(**TOPS, designed_for_datacenter=True))
    assert all(fact.candidates == () for fact in plain.values())
    doubted = facts_of(chip(**TOPS, alternative=(Alternative(fact="tpp", value=5000, basis=""),)))
    assert (doubted["tpp"].value, doubted["tpp"].candidates) == (4992, (4992, 5000))
    assert doubted["bits_x_tops_2022"].candidates == (4992, 5000)
    assert doubted["performance_density"].candidates == (performance_density(4992, 826), performance_density(5000, 826))
    same = facts_of(chip(**TOPS, alternative=(Alternative(fact="tpp", value=4992, basis=""),)))
    assert same["tpp"].candidates == ()


def test_a_chip_with_pcie_alone_says_so() -> None:
    facts = facts_of(chip(io_gbytes_s={"pcie_4_0_x16": 64}))
    assert (facts["chip_to_chip_io_gbytes_s"].value, facts["chip_to_chip_io_gbytes_s"].detail) == (0, "PCIe only")
    linked = facts_of(chip(io_gbytes_s={"nvlink": 600, "bridge": 100, "pcie_4_0_x16": 64}))
    assert (linked["chip_to_chip_io_gbytes_s"].value, linked["chip_to_chip_io_gbytes_s"].detail) == (
        700,
        "nvlink + bridge",
    )
    assert linked["aggregate_io_gbytes_s"].detail == "nvlink + bridge + pcie_4_0_x16"


def test_an_estimate_is_handed_down_to_what_follows_from_it_and_to_nothing_else() -> None:
    whole = chip(
        **TOPS, io_gbytes_s={"nvlink": 600, "pcie": 64}, dram_bandwidth_gbytes_s=1555, designed_for_datacenter=True
    )

    def estimated(*names: str) -> set[str]:
        facts = facts_of(Variant(**{**{f: getattr(whole, f) for f in whole.__dataclass_fields__}, "estimated": names}))
        return {name for name, fact in facts.items() if fact.estimated}

    assert estimated() == set()
    assert estimated("die_area_mm2") == {"die_area_mm2", "performance_density"}
    assert estimated("tpp") == {"tpp", "bits_x_tops_2022", "peak_tops", "performance_density"}
    assert estimated("aggregate_io_gbytes_s") == {
        "aggregate_io_gbytes_s", "chip_to_chip_io_gbytes_s", "dram_plus_io_gbytes_s",
    }  # fmt: skip
    assert estimated("dram_bandwidth_gbytes_s") == {"dram_bandwidth_gbytes_s", "dram_plus_io_gbytes_s"}


def given(**values: Any) -> dict[str, Fact]:
    return {name: Fact(value, "given") for name, value in values.items()}


def test_what_follows_is_added_and_what_is_stated_is_kept() -> None:
    found = complete(given(tpp=4800, die_area_mm2=800, dram_bandwidth_gbytes_s=2000, aggregate_io_gbytes_s=600))
    assert {name: fact.value for name, fact in found.items() if fact.source == "derived"} == {
        "bits_x_tops_2022": 4800, "performance_density": Decimal(6), "dram_plus_io_gbytes_s": 2600,
    }  # fmt: skip
    assert all(fact.candidates == () and not fact.estimated for fact in found.values())
    stated = complete(
        given(tpp=4800, die_area_mm2=800, performance_density=5, bits_x_tops_2022=1, dram_plus_io_gbytes_s=1)
    )
    assert [stated[n].value for n in ("performance_density", "bits_x_tops_2022")] == [5, 1]
    doubtful = complete({"tpp": Fact(4800, "chip", estimated=True), **given(die_area_mm2=800)})
    assert [doubtful[n].estimated for n in ("bits_x_tops_2022", "performance_density")] == [True, True]
    readings = complete({"tpp": Fact(4800, "chip", (4800, 5000)), **given(die_area_mm2=800)})
    assert readings["performance_density"].candidates == (Decimal(6), Decimal("6.25"))
    assert readings["performance_density"].value == 6


def test_what_had_been_derived_follows_a_fact_that_is_changed_and_what_was_stated_stays() -> None:
    before = complete(given(tpp=4800, die_area_mm2=800, dram_bandwidth_gbytes_s=2000, aggregate_io_gbytes_s=600))

    def after(**values: Any) -> dict[str, Any]:
        return {name: fact.value for name, fact in settled(before, given(**values)).items()}

    assert after(tpp=2400)["performance_density"] == 3
    assert after(tpp=2400)["bits_x_tops_2022"] == 2400
    assert after(die_area_mm2=400)["performance_density"] == 12
    assert after(dram_bandwidth_gbytes_s=3000)["dram_plus_io_gbytes_s"] == 3600
    assert after(aggregate_io_gbytes_s=1)["dram_plus_io_gbytes_s"] == 2001
    assert after(tpp=2400, performance_density=9)["performance_density"] == 9
    assert after(tpp=None).get("performance_density") is None
    assumed = {**before, "performance_density": Fact(7, "assumed")}
    assert settled(assumed, given(tpp=2400))["performance_density"].value == 3
    for source in ("given", "chip", "question"):
        stated = {**before, "performance_density": Fact(7, source)}
        assert settled(stated, given(tpp=2400))["performance_density"].value == 7


# --- read and shown -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("3.1", "3.1"), ("3.12", "3.12"), ("3.123", "3.123"), ("3.1230", "3.123"), ("3.1234", "about 3.123"),
        ("3.1236", "about 3.124"), ("3.1235", "about 3.124"), ("2400", "2400"), ("2.4E+3", "2400"),
        ("0.0001", "about 0"), ("0.000", "0"), ("123456.7891", "about 123456.789"),
    ],
)  # fmt: skip
def test_a_number_is_shown_to_three_places_and_says_when_it_is_rounded(value: str, text: str) -> None:
    assert show(Decimal(value)) == text


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("yes", True),
        ("Yes", True),
        ("false", False),
        ("no", False),
        ("NO", False),
        (True, True),
        (False, False),
    ],
)
def test_yes_and_no_are_read_in_four_words(written: object, value: bool) -> None:
    assert read_fact("designed_for_datacenter", written, FACTS).value is value


@pytest.mark.parametrize("written", ["999999999999999", "1e15", "9e15", "0.000000000000001", "1e-15", 10**15])
def test_a_figure_of_fifteen_orders_is_read(written: Any) -> None:
    assert read_fact("tpp", written, FACTS).value == Decimal(written)


@pytest.mark.parametrize("written", ["1e16", "1e-16", 10**16, 10**20, 10**21, -(10**21)])
def test_a_figure_of_sixteen_orders_is_refused(written: Any) -> None:
    with pytest.raises(QuestionError, match=r"not a plausible number|not a figure that an item can have"):
        read_fact("tpp", written, FACTS)


def test_a_whole_number_of_absurd_size_is_not_repeated() -> None:
    with pytest.raises(QuestionError) as caught:
        read_fact("tpp", 10**20 + 1, FACTS)
    assert str(caught.value) == "tpp is not a plausible number of TOPS x bit. Check the unit."


def test_the_last_day_of_the_calendar_is_no_day_at_all() -> None:
    assert show(date(9999, 12, 31)) == "none"
    assert show(date(9999, 12, 30)) == "9999-12-30"


def test_a_whole_share_is_read_and_more_is_refused() -> None:
    for written, value in (("99.5", Decimal("99.5")), (99, 99), (100, 100), ("100.0", 100)):
        assert read_fact("listed_ownership_percent", written, FACTS).value == value
    for over in ("100.01", 101):
        with pytest.raises(QuestionError, match="more than 100 percent"):
            read_fact("listed_ownership_percent", over, FACTS)
    assert read_fact("tpp", 101, FACTS).value == 101


@pytest.mark.parametrize(
    "written", ["2022+09-15", "2022-09+15", "2022.09-15", "2022-09.15", "2022+09+15", "2022.09.15", "20220915"]
)
def test_a_day_is_written_with_two_hyphens(written: str) -> None:
    with pytest.raises(QuestionError, match="cannot be read for certain"):
        read_date(written)


def test_a_near_miss_of_a_fact_names_three_at_most() -> None:
    from exportrules.errors import UnknownNameError

    with pytest.raises(UnknownNameError) as caught:
        read_fact("nac_notifie", 1, {**FACTS, **{f"nac_notified{i}": FACTS["tpp"] for i in range(4)}})
    assert len(caught.value.suggestions) == 3


def test_a_fact_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Fact(1, "given").value = 2  # type: ignore[misc]


# --- what a figure would have to be ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "follower", "bound", "value"),
    [
        ("tpp", "bits_x_tops_2022", 4800, 4800),
        ("tpp", "performance_density", Decimal("5.92"), 4736),
        ("die_area_mm2", "performance_density", 10, 480),
        ("dram_bandwidth_gbytes_s", "dram_plus_io_gbytes_s", 3000, 2100),
        ("aggregate_io_gbytes_s", "dram_plus_io_gbytes_s", 3000, 1800),
    ],
)
def test_a_figure_that_brings_what_follows_from_it_to_a_bound(name: str, follower: str, bound: Any, value: int) -> None:
    known = {"tpp": 4800, "die_area_mm2": 800, "dram_bandwidth_gbytes_s": 1200, "aggregate_io_gbytes_s": 900}
    facts = {key: Fact(figure, "given") for key, figure in known.items()}
    assert values_for(name, follower, bound, facts) == [value]
    assert settled(complete(facts), {name: Fact(value, "given")})[follower].value == bound
    others = set(known) - {name}
    unknown = {**facts, **{other: Fact(None, "given") for other in others}}
    assert values_for(name, follower, bound, unknown) == ([value] if follower == "bits_x_tops_2022" else [])


def test_a_figure_that_would_have_to_be_no_whole_number_is_exact() -> None:
    assert values_for("die_area_mm2", "performance_density", 7, {"tpp": Fact(4800, "given")}) == [Fraction(4800, 7)]
