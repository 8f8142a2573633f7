"""Numbers of chips by hand, exact arithmetic, and what a caller may supply as a fact or a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportrules import QuestionError, UnknownNameError, check, default_ruleset
from exportrules.law.facts import Fact
from exportrules.law.model import Conclusion
from exportrules.question.eccns import read_given
from exportrules.question.figures import BITS, complete, facts_of, performance_density, tpp
from exportrules.question.values import read_date, read_fact, show

LAW = default_ruleset()
VOCABULARY = LAW.facts


def facts(variant: str) -> dict[str, Fact]:
    return facts_of(LAW.variants[variant][0])


# --- by hand ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "tops", "bits", "total"),
    [
        # dense tera-operations a second of the deciding format x bit length, from the data sheets
        ("nvidia-a100-sxm4-80gb", 312, 16, 4992),
        ("nvidia-a800-sxm4-80gb", 312, 16, 4992),
        ("nvidia-h100-sxm5-80gb", Decimal("1978.9"), 8, Decimal("15831.2")),
        ("nvidia-h800-sxm5-80gb", Decimal("1978.9"), 8, Decimal("15831.2")),
        ("nvidia-h20-96gb", 296, 8, 2368),
        ("nvidia-v100-sxm2-32gb", 125, 16, 2000),
        ("nvidia-a30", 661, 4, 2644),
        ("nvidia-rtx-4090", Decimal("660.6"), 8, Decimal("5284.8")),
        ("amd-mi250", Decimal("362.1"), 16, Decimal("5793.6")),
        ("amd-mi300x", Decimal("2614.9"), 8, Decimal("20919.2")),
        ("intel-gaudi2-hl225h", 865, 8, 6920),
    ],
)
def test_tpp_is_dense_throughput_times_bit_length(
    variant: str, tops: int | Decimal, bits: int, total: int | Decimal
) -> None:
    assert tops * bits == total
    assert facts(variant)["tpp"].value == total


@pytest.mark.parametrize(
    ("variant", "total", "area", "density"),
    [
        ("nvidia-a100-sxm4-80gb", 4992, 826, "6.0436"),
        ("nvidia-h100-sxm5-80gb", Decimal("15831.2"), 814, "19.4486"),
        ("nvidia-h20-96gb", 2368, 814, "2.9091"),
        ("nvidia-a10", 2000, Decimal("628.4"), "3.1827"),
        ("nvidia-l4", 1940, Decimal("294.5"), "6.5874"),
    ],
)
def test_performance_density_is_tpp_over_the_area(
    variant: str, total: int | Decimal, area: int | Decimal, density: str
) -> None:
    found = facts(variant)
    value = found["performance_density"].value
    assert (found["tpp"].value, found["die_area_mm2"].value) == (total, area)
    assert isinstance(value, Decimal)
    assert value.quantize(Decimal(density)) == Decimal(density)
    assert abs(Fraction(value) - Fraction(total) / Fraction(area)) < Fraction(1, 10**45)


def test_every_chip_with_throughput_has_the_tpp_that_follows() -> None:
    seen = 0
    for variant, _ in LAW.variants.values():
        if variant.dense_tops:
            by_hand = max(Fraction(Decimal(tops)) * BITS[name] for name, tops in variant.dense_tops.items())
            value = facts_of(variant)["tpp"].value
            assert isinstance(value, int | Decimal)
            assert Fraction(Decimal(value)) == by_hand
            seen += 1
    assert seen > 50


def test_no_fact_of_any_chip_is_a_float() -> None:
    for variant, _ in LAW.variants.values():
        for fact in facts_of(variant).values():
            assert not any(isinstance(value, float) for value in (fact.value, *fact.candidates))


def test_the_best_format_counts_and_not_the_sum() -> None:
    assert tpp({"fp64": Decimal("9.7"), "tf32": 156, "fp16_bf16": 312, "int8": 624}) == 4992
    assert tpp({"int4": 1248, "fp16_bf16": 100}) == 4992


def test_the_links_add_up_and_the_host_bus_is_no_link_between_chips() -> None:
    found = facts("nvidia-a100-sxm4-80gb")
    assert found["aggregate_io_gbytes_s"].value == 664
    assert found["chip_to_chip_io_gbytes_s"].value == 600
    assert found["dram_bandwidth_gbytes_s"].value == 2039
    assert found["dram_plus_io_gbytes_s"].value == 2703


def test_a_derived_fact_says_how_it_was_derived() -> None:
    found = facts("nvidia-h20-96gb")["tpp"]
    assert (found.source, found.detail) == ("derived", "148 x 16 bit (fp16_bf16)")


def test_a_chip_without_throughput_has_no_tpp() -> None:
    without = [v for v, _ in LAW.variants.values() if not v.dense_tops and v.tpp_estimate is None]
    assert without
    assert all("tpp" not in facts_of(variant) for variant in without)


# --- exactness ----------------------------------------------------------------------------------


@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_a_density_is_on_the_right_side_of_its_line(total: int, area: int) -> None:
    value = performance_density(total, area)
    line = Fraction(16, 5)
    assert (value >= Decimal("3.2")) == (Fraction(total, area) >= line)


def test_a_density_just_under_the_line_stays_under_it() -> None:
    assert performance_density(2009, 628) < Decimal("3.2") < performance_density(2010, 628)
    assert performance_density(16, 5) == Decimal("3.2")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (4800, 4800),
        ("4800", 4800),
        (" 4800 ", 4800),
        ("4800.0", 4800),
        (4800.0, 4800),
        (3.2, Decimal("3.2")),
        ("3.2", Decimal("3.2")),
        (Decimal("3.20"), Decimal("3.2")),
        (0.1, Decimal("0.1")),
        ("4.8e3", 4800),
        (0, 0),
        ("-0", 0),
    ],
)
def test_a_number_is_read_as_it_was_typed(written: object, value: int | Decimal) -> None:
    found = read_fact("tpp", written, VOCABULARY)
    assert found == Fact(value, "given")
    assert type(found.value) is type(value)


@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_a_float_is_read_as_the_shortest_text_that_names_it(value: Decimal) -> None:
    assert read_fact("tpp", float(value), VOCABULARY).value == value


def test_a_float_on_the_line_is_on_the_line() -> None:
    def outcome(density: object) -> list[str]:
        given = {"tpp": 2000, "performance_density": density, "designed_for_datacenter": True}
        return check(None, on=date(2023, 12, 1), facts=given).eccn_paragraphs

    assert outcome(3.2) == outcome("3.2") == outcome(Decimal("3.2"))
    assert outcome(3.2) != outcome(3.1999999)


# --- errors: numbers ----------------------------------------------------------------------------

DIGITS = "Write digits alone, e.g. tpp=4800 or tpp=3.2: no unit, no thousands separator."


@pytest.mark.parametrize(
    ("name", "written", "cure"),
    [
        ("tpp", "4.800", "Write 4800 or 4.8."),
        ("tpp", "5.281", "Write 5281 or 5.2810."),
        ("tpp", ">=4.800", "Write 4800 or 4.8."),
        ("tpp", "120.000", "Write 120000 or 120."),
        ("peak_tops", "1.979", "Write 1979 or 1.9790."),
        ("dram_bandwidth_gbytes_s", " 3.350 ", "Write 3350 or 3.35."),
        ("aggregate_io_gbytes_s", "1.028", "Write 1028 or 1.0280."),
        ("die_area_mm2", "1.628", "Write 1628 or 1.6280."),
    ],
)
def test_three_digits_behind_a_point_may_be_thousands(name: str, written: str, cure: str) -> None:
    """In Germany 4.800 is 4800, and as 4.8 no rule reached it."""
    with pytest.raises(QuestionError, match=f"may be .* with a point in its thousands.*{cure}"):
        read_fact(name, written, LAW.facts)


@pytest.mark.parametrize(
    ("name", "written"),
    [("performance_density", "5.920"), ("tpp", "4.8"), ("tpp", "4.8000"), ("tpp", "0.800"), ("tpp", "4992.125"),
     ("die_area_mm2", "814.125"), ("aggregate_io_gbytes_s", "599.999"), ("tpp", Decimal("4.800")), ("tpp", 4.801)],
)  # fmt: skip
def test_such_a_number_is_read_where_thousands_are_not_usual(name: str, written: object) -> None:
    assert read_fact(name, written, LAW.facts).value == Decimal(str(written))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (True, "tpp = True is not a number of TOPS x bit."),
        (False, "tpp = False is not a number of TOPS x bit."),
        ([4800], "tpp = [4800] is not a number of TOPS x bit."),
        (4800j, "tpp = 4800j is not a number of TOPS x bit."),
        ("", f"tpp = '' is not a number of TOPS x bit. {DIGITS}"),
        ("1,000", f"tpp = '1,000' is not a number of TOPS x bit. {DIGITS}"),
        ("4800 TOPS", f"tpp = '4800 TOPS' is not a number of TOPS x bit. {DIGITS}"),
        ("4.800,5", f"tpp = '4.800,5' is not a number of TOPS x bit. {DIGITS}"),
        ("0x12c0", f"tpp = '0x12c0' is not a number of TOPS x bit. {DIGITS}"),
        ("4800\0", f"tpp = '4800\\x00' is not a number of TOPS x bit. {DIGITS}"),
        ("nan", f"tpp = 'nan' is not a number of TOPS x bit. {DIGITS}"),
        ("sNaN", f"tpp = 'sNaN' is not a number of TOPS x bit. {DIGITS}"),
        ("inf", f"tpp = 'inf' is not a number of TOPS x bit. {DIGITS}"),
        (float("nan"), "tpp = nan is not a figure that an item can have. Write a number of 0 or more."),
        (float("-inf"), "tpp = -inf is not a figure that an item can have. Write a number of 0 or more."),
        (-1, "tpp = -1 is not a figure that an item can have. Write a number of 0 or more."),
        ("-4800", "tpp = '-4800' is not a figure that an item can have. Write a number of 0 or more."),
        (Decimal("-0.1"), "tpp = Decimal('-0.1') is not a figure that an item can have. Write a number of 0 or more."),
        ("1e400", "tpp = '1e400' is not a plausible number of TOPS x bit. Check the unit."),
        ("1e-400", "tpp = '1e-400' is not a plausible number of TOPS x bit. Check the unit."),
        (10**20, "tpp = 100000000000000000000 is not a plausible number of TOPS x bit. Check the unit."),
        ("1e" + "9" * 30, f"tpp = '1e{'9' * 10}...{'9' * 13}' is not a number of TOPS x bit. {DIGITS}"),
    ],
)
def test_what_is_no_number_is_refused_in_these_words(written: object, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read_fact("tpp", written, VOCABULARY)
    assert str(caught.value) == message


def test_a_number_of_five_thousand_digits_is_refused() -> None:
    with pytest.raises(QuestionError):
        read_fact("tpp", 10**5000, VOCABULARY)


@pytest.mark.parametrize("written", ["4_800", "４８００", "٤٨٠٠"])
def test_a_number_is_plain_digits(written: str) -> None:
    with pytest.raises(QuestionError, match="Write digits alone"):
        read_fact("tpp", written, VOCABULARY)


class _Figure(float):
    """A float with a text of its own, as numpy's are."""

    def __repr__(self) -> str:
        return f"np.float64({float(self)})"


def test_a_float_of_another_library_is_a_float() -> None:
    assert read_fact("tpp", _Figure(3.2), VOCABULARY).value == Decimal("3.2")


# --- errors: other facts ------------------------------------------------------------------------


STATED = ", ".join(name for name, fact in VOCABULARY.items() if fact.about in ("item", "deal"))


@pytest.mark.parametrize(
    ("name", "message", "suggestions"),
    [
        ("tppp", "there is no fact 'tppp' in the vocabulary. Did you mean 'tpp'?", ("tpp",)),
        (
            "performance_densty",
            "there is no fact 'performance_densty' in the vocabulary. Did you mean 'performance_density'?",
            ("performance_density",),
        ),
        ("zzzzzz", f"there is no fact 'zzzzzz' in the vocabulary. A question may state: {STATED}.", ()),
        ("", f"there is no fact '' in the vocabulary. A question may state: {STATED}.", ()),
    ],
)
def test_an_unknown_fact_is_an_error_with_suggestions(name: str, message: str, suggestions: tuple[str, ...]) -> None:
    with pytest.raises(UnknownNameError) as caught:
        read_fact(name, 1, VOCABULARY)
    assert str(caught.value) == message
    assert caught.value.suggestions == suggestions


@pytest.mark.parametrize("name", sorted(VOCABULARY))
@pytest.mark.parametrize("nothing", ["unknown", None])
def test_any_fact_may_be_unknown(name: str, nothing: object) -> None:
    assert read_fact(name, nothing, VOCABULARY) == Fact(None, "given")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("designed_for_datacenter", "maybe"),
        ("designed_for_datacenter", 2),
        ("designed_for_datacenter", 1),
        ("designed_for_datacenter", ""),
        ("exporter_role", "fab"),
        ("exporter_role", 3),
        ("end_use", "millitary"),
        ("eccn_declared", 3),
        ("eccn_declared", True),
        ("eccn", 3),
        ("eccn", [3]),
        ("en_route_since", "2022-9-5"),
        ("en_route_since", 20220905),
        ("en_route_since", "15/09/2022"),
    ],
)
def test_a_value_outside_the_vocabulary_is_refused_and_named(name: str, written: object) -> None:
    with pytest.raises(QuestionError) as caught:
        read_fact(name, written, VOCABULARY)
    assert str(caught.value).startswith(name)
    assert repr(written) in str(caught.value)


def test_a_set_has_some_of_its_words() -> None:
    assert read_fact("end_user_lists", "entity_list", VOCABULARY).value == frozenset({"entity_list"})
    assert read_fact("end_user_lists", ["meu_list", "entity_list"], VOCABULARY).value == {"meu_list", "entity_list"}


def test_the_words_of_a_fact_are_told_when_another_is_written() -> None:
    with pytest.raises(QuestionError) as caught:
        read_fact("activity", "re-export", VOCABULARY)
    assert str(caught.value) == "activity = 're-export' is not one of: export, reexport, transfer."


@pytest.mark.parametrize("name", ["activity", "end_use"])
def test_a_word_of_the_question_is_one_of_its_words_and_is_never_unknown(name: str) -> None:
    for written in ("re-export", "unknown"):
        with pytest.raises(QuestionError, match=rf"^{name} = '{written}' is not one of: \w+, "):
            check("A100", on=date(2022, 9, 15), **{name: written})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("designed_for_datacenter", "true", True),
        ("designed_for_datacenter", "no", False),
        ("designed_for_datacenter", True, True),
        ("exporter_role", "osat", "osat"),
        ("en_route_since", "2022-10-07", date(2022, 10, 7)),
        ("en_route_since", date(2022, 10, 7), date(2022, 10, 7)),
        ("eccn", "3A090.a", frozenset({"3A090.a"})),
        ("eccn", "3A090.a, 4A090.a", frozenset({"3A090.a", "4A090.a"})),
        ("eccn", ["3A090.a", "3A090.b"], frozenset({"3A090.a", "3A090.b"})),
    ],
)
def test_a_value_of_the_vocabulary_is_read(name: str, written: object, value: Any) -> None:
    assert read_fact(name, written, VOCABULARY) == Fact(value, "given")


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        ("eccn", "3a090.A", {"3A090.a"}),
        ("eccn", " 3A090.a,4a090.B ", {"3A090.a", "4A090.b"}),
        ("eccn", ["3a991.p", "4a994.L"], {"3A991.p", "4A994.l"}),
        ("contains_eccn", "3a991.P", {"3A991.p"}),
        ("contains_eccn", "3A090.c", {"3A090.c"}),
        ("eccn_declared", "3a991", "3A991"),
        ("eccn_declared", "3A090", "3A090"),
        ("eccn_declared", "ear99", "EAR99"),
        ("eccn_declared", "3a001.A.7", "3A001.a.7"),
        ("tpp", "4800", 4800),
    ],
)
def test_an_entry_is_spelled_as_the_rules_spell_it(name: str, written: object, value: Any) -> None:
    assert read_given(LAW, name, written) == Fact(frozenset(value) if isinstance(value, set) else value, "given")


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("eccn", "3A090", "the rules distinguish the paragraphs of 3A090. Write '3A090.a', '3A090.b' or '3A090.c'."),
        ("eccn", "4a090", "the rules distinguish the paragraphs of 4A090. Write '4A090.a' or '4A090.b'."),
        ("eccn", "3A991", "the rules distinguish the paragraphs of 3A991. Write '3A991.p'."),
        ("contains_eccn", "3A090", "the rules distinguish the paragraphs of 3A090. Write '3A090.a', "),
        ("contains_eccn", "3A090.a.1", "the rules distinguish the paragraphs of 3A090. Write '3A090.a', "),
        ("eccn", "3A090.d", "the rules distinguish the paragraphs of 3A090. Write '3A090.a', "),
        ("contains_eccn", "FOO", "is not an entry that a rule concludes from figures; those are 3A090.a, 3A090.b, "),
        ("contains_eccn", "4A090.a", "is not an entry that a rule concludes from figures; those are 3A090.a, "),
        ("eccn", "EAR99", "is another fact: eccn_declared=EAR99."),
        ("eccn", "5a992.Z", "is another fact: eccn_declared=5A992.z."),
        ("eccn", "3A001", "takes none away. The number under which the maker or BIS classified the item is another"),
        ("contains_eccn", "5A992.c", "is another fact: eccn_declared=5A992.c."),
        ("eccn", "3A090-a", "Did you mean '3A090.a', "),
        ("eccn", "none", "is not an entry that a rule concludes from figures; those are 3A090.a, "),
        ("eccn_declared", "3A-991", "is not an entry of the Commerce Control List. Write 3A090.a, 5A992 or EAR99."),
    ],
)
def test_a_spelling_that_no_rule_knows_frees_nothing(name: str, written: str, said: str) -> None:
    with pytest.raises(QuestionError) as caught:
        check(None, on=date(2022, 11, 1), exporter="other", facts={"item_kind": "system", name: written})
    assert str(caught.value).startswith(f"{name} = {written!r}")
    assert said in str(caught.value)


@pytest.mark.parametrize("written", ["3A090.a", "3a090.a", "3A090.A", "3A090a", "3a090 A"])
def test_an_entry_restricts_in_any_spelling(written: str) -> None:
    for name in ("eccn", "contains_eccn"):
        facts = {"item_kind": "system" if name == "contains_eccn" else "ic", name: written}
        found = check(None, on=date(2022, 11, 1), exporter="other", facts=facts)
        assert (found.outcome, found.review_policy) == ("license_required", "presumption_of_denial")


@pytest.mark.parametrize(
    ("written", "entry"),
    [("EAR 99", "EAR99"), ("ear-99", "EAR99"), ("5A992C", "5A992.c"), ("3a991p", "3A991.p"), ("3A001A.7", "3A001.a.7")],
)
def test_a_declared_number_is_read_without_its_point_too(written: str, entry: str) -> None:
    assert read_given(LAW, "eccn_declared", written).value == entry


@pytest.mark.parametrize(
    "written", ["4A090.a/5A992.z", "3A0900", "EAR 099", "NLR", "EAR99 / 5A992", "5A992CC", "3A991 p x"]
)
def test_two_numbers_or_none_are_not_a_declared_number(written: str) -> None:
    with pytest.raises(QuestionError, match="is not an entry of the Commerce Control List"):
        read_given(LAW, "eccn_declared", written)


def test_the_entries_that_are_known_are_those_of_the_rules() -> None:
    """An overlay that concludes 5A992.x makes that a paragraph to be told apart, whatever its case."""
    provision, instrument = LAW.provisions["88fr73458#3A090.a"]
    own = replace(provision, id="own#1", concludes=Conclusion(fact="eccn", value="5A992.x"))
    law = replace(LAW, instruments={"own": replace(instrument, id="own", provision=(own,))})
    assert read_given(law, "eccn", "5a992.X").value == {"5A992.x"}
    assert read_given(law, "contains_eccn", "5A992.x").value == {"5A992.x"}
    with pytest.raises(QuestionError, match=r"paragraphs of 5A992\. Write '5A992\.x'"):
        read_given(law, "eccn", "5A992")
    with pytest.raises(QuestionError, match=r"those are 5A992\.x"):
        read_given(law, "eccn", "3A090.a")


@pytest.mark.parametrize(
    ("name", "written"),
    [("destination", "China"), ("exporter", "NVIDIA")],
)
def test_a_fact_that_names_a_place_or_a_company_is_resolved(name: str, written: str) -> None:
    assert check("A100", on=date(2022, 9, 15), facts={name: written}).outcome == "license_required"


@pytest.mark.parametrize(
    ("name", "written", "message"),
    [
        ("destination", "XX", "no destination is called 'XX'"),
        ("exporter", "distributor", "the exporter 'distributor' does not say who exports"),
        ("exporter", "Hersteller", "the exporter 'Hersteller' does not say who exports"),
        ("exporter", "製造元", "the exporter '製造元' does not say who exports"),
        ("exporter", "厂商", "the exporter '厂商' does not say who exports"),
        ("exporter", "제조사", "the exporter '제조사' does not say who exports"),
    ],
)
def test_a_fact_that_names_no_place_or_company_is_refused(name: str, written: str, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        check("A100", on=date(2022, 9, 15), facts={name: written})
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("name", ["end_user_lists", "owner_lists"])
def test_a_misspelt_party_list_is_refused(name: str) -> None:
    with pytest.raises(QuestionError, match="is not one of: entity_list, meu_list, denied_persons, "):
        read_fact(name, "entity list", VOCABULARY)


def test_a_share_is_at_most_a_hundred_percent() -> None:
    with pytest.raises(QuestionError, match=r"is more than 100 percent\. Write a share from 0 to 100\.$"):
        read_fact("listed_ownership_percent", "200", VOCABULARY)


def test_a_density_follows_from_what_a_caller_gives() -> None:
    given = {"tpp": Fact(2368, "given"), "die_area_mm2": Fact(814, "given")}
    found = complete(given)["performance_density"]
    assert found.value == performance_density(2368, 814)
    assert found.source == "derived"


def test_each_reading_of_an_area_has_its_density() -> None:
    area = Fact(1000, "chip", candidates=(1000, 500))
    found = complete({"tpp": Fact(2000, "given"), "die_area_mm2": area})["performance_density"]
    assert found.candidates == (2, 4)


@pytest.mark.parametrize("area", [Fact(0, "given"), Fact(None, "given")])
def test_no_density_follows_from_no_area(area: Fact) -> None:
    assert "performance_density" not in complete({"tpp": Fact(2368, "given"), "die_area_mm2": area})


def test_a_stated_density_is_not_recomputed() -> None:
    given = {n: Fact(v, "given") for n, v in (("tpp", 2368), ("die_area_mm2", 814), ("performance_density", 9))}
    assert complete(given)["performance_density"] == Fact(9, "given")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unknown"),
        (True, "yes"),
        (False, "no"),
        (4992, "4992"),
        (Decimal("3.196"), "3.196"),
        (Decimal("3.20"), "3.2"),
        (Decimal("6.04358"), "about 6.044"),
        (Decimal("5E+3"), "5000"),
        (frozenset({"b", "a"}), "a, b"),
        (frozenset(), "none"),
        (date(2023, 11, 17), "2023-11-17"),
    ],
)
def test_a_value_is_shown_as_a_reader_expects_it(value: object, text: str) -> None:
    assert show(value) == text


# --- days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [date(2022, 9, 15), "2022-09-15", " 2022-09-15 ", "2022-09-15\n"])
def test_a_day_is_read(written: object) -> None:
    assert read_date(written) == date(2022, 9, 15)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("2022-9-5", "the date '2022-9-5' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15."),
        ("15/09/2022", "the date '15/09/2022' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15."),
        ("09-15-2022", "the date '09-15-2022' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15."),
        ("20220915", "the date '20220915' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15."),
        ("2022-W37-4", "the date '2022-W37-4' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15."),
        ("today", "the date 'today' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15."),
        ("", "the date '' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15."),
        (
            "2022-09-15T00:00:00",
            "the date '2022-09-15T00:00:00' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15.",
        ),
        ("２０２２-09-15", "the date '２０２２-09-15' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15."),
        ("2022-02-30", "the date '2022-02-30' is not a calendar day. Write YYYY-MM-DD."),
        ("2023-02-29", "the date '2023-02-29' is not a calendar day. Write YYYY-MM-DD."),
        ("2022-13-01", "the date '2022-13-01' is not a calendar day. Write YYYY-MM-DD."),
        ("0000-01-01", "the date '0000-01-01' is not a calendar day. Write YYYY-MM-DD."),
        (None, "the date = None is not a date. Write YYYY-MM-DD or pass datetime.date."),
        (20220915, "the date = 20220915 is not a date. Write YYYY-MM-DD or pass datetime.date."),
        (1663200000.0, "the date = 1663200000.0 is not a date. Write YYYY-MM-DD or pass datetime.date."),
    ],
)
def test_what_is_no_day_is_refused_in_these_words(written: object, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read_date(written)
    assert str(caught.value) == message


@pytest.mark.parametrize("moment", [datetime(2022, 9, 15), datetime(2022, 9, 15, 23, 59, tzinfo=UTC)])
def test_a_moment_is_refused(moment: datetime) -> None:
    with pytest.raises(QuestionError) as caught:
        check("A100", on=moment)
    assert str(caught.value) == (
        f"the date = {moment!r} is a datetime; a date is required. Rules take effect by calendar day in Washington, "
        "D.C.: pass datetime.date, e.g. value.date() once it is in that time zone."
    )


def test_the_option_that_is_wrong_is_named() -> None:
    with pytest.raises(QuestionError, match=r"^known_on '2022-9-5' cannot be read for certain\."):
        check("A100", on=date(2022, 9, 15), known_on="2022-9-5")


@given(st.dates())
def test_every_day_of_the_calendar_is_read_from_its_own_text(day: date) -> None:
    assert read_date(day.isoformat()) == read_date(day) == day


def test_goods_that_are_not_ai_chips_meet_no_entry_on_any_day() -> None:
    facts = LAW.not_an_ai_chip
    assert facts["tpp"] == 0
    for day in ("2022-11-01", "2023-12-01", "2025-02-01", "2026-08-01"):
        assert check(None, on=day, exporter="other", facts=facts).eccn == []
