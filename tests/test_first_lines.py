"""The first line of an answer, and how a reader gets from an open answer to a settled one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import exportrules
from exportrules import check, default_ruleset
from exportrules.answer.words import case_words, excerpt, listed
from exportrules.question.eccns import read_given
from exportrules.render.memo import memo
from exportrules.render.text import answer, margin_lines
from exportrules.serve.speech import sentences

LAW = default_ruleset()
END = LAW.edition.verified_through
LATER = END + timedelta(days=60)


def lines(chip: Any, **asked: Any) -> list[str]:
    return answer(check(chip, **asked)).splitlines()


@pytest.mark.parametrize(
    ("chip", "asked", "first"),
    [
        ("H100", {"on": "2024-06-03"}, "NO, not without a license (presumption of denial)."),
        ("A100", {"on": "2022-09-15"}, "NO, not without a license (review policy not published)."),
        ("H800", {"on": "2023-06-01"}, "YES: no license requirement found in the encoded law."),
        ("RTX 4090", {"on": "2024-02-01"}, "ONLY IF the conditions of License Exception NAC are met (BIS may refuse)."),
        (
            "RTX 4090",
            {"on": "2024-02-01", "to": "VN", "headquarters": "VN", "exporter": "other"},
            "ONLY IF the conditions of License Exception NAC are met.",
        ),
        (
            "H800",
            {"on": "2023-03-20"},
            "NOT RELEASED until 2023-03-21; by the law of that day it would have been: no license requirement found.",
        ),
        ("H20", {"on": "2025-06-01", "exporter": "other"}, "UNDETERMINED (turns on privately_informed)."),
        ("V100", {"on": "2019-06-01"}, "UNDETERMINED (before the start of coverage, 2020-01-01)."),
        (
            "B30A",
            {"on": "2025-09-01"},
            "NO, not without a license (presumption of denial); its maker never announced the chip, and its figures "
            "are reported.",
        ),
        (
            "A100",
            {"on": "2021-06-01", "exporter": "other", "facts": {"eccn_declared": "4A003.b"}},
            "UNDETERMINED (law that is known to apply here is not encoded; see the notices).",
        ),
    ],
)
def test_the_first_line_is_the_answer_and_the_second_the_deal(chip: str, asked: dict[str, Any], first: str) -> None:
    found = lines(chip, **asked)
    assert found[0] == first
    assert found[1].startswith(f"{chip} to ")
    assert found[1].endswith(f"{asked['on']}.")
    assert found[2] == ""


def test_beyond_the_verified_period_the_first_line_has_the_answer_of_the_law_and_what_is_missing() -> None:
    said = f"NOT VERIFIED FOR {LATER}; by the law verified through {END}: "
    assert lines("B200", on=LATER)[0] == f"{said}NO, not without a license (presumption of denial)."
    assert lines("H100", on=LATER, to="DE")[0] == f"{said}YES: no license requirement found in the encoded law."
    nac = lines("RTX 4090", on=LATER, exporter="other")
    assert nac[0] == f"{said}ONLY IF the conditions of License Exception NAC are met (BIS may refuse)."
    assert not [line for line in nac if line.startswith("projection")]
    # the outcome stays strict, and so does the status of the command
    assert check("H100", on=LATER, to="DE").outcome == "indeterminate"


def test_an_answer_that_is_open_beyond_the_verified_period_says_on_what_it_turns() -> None:
    first = lines("H20", on=LATER, exporter="other")[0]
    assert (
        first
        == f"NOT VERIFIED FOR {LATER}; by the law verified through {END}: UNDETERMINED (turns on privately_informed)."
    )


def test_whether_bis_may_refuse_is_a_field_of_the_exception_and_no_word_of_its_conditions() -> None:
    provisions = {name: p for name, (p, _) in LAW.provisions.items() if p.kind == "exception"}
    refusable = {name for name, p in provisions.items() if p.may_be_refused}
    assert refusable >= {"88fr73458#740.8-notified"}
    for name, p in provisions.items():
        assert p.may_be_refused == any(t.fact == "nac_confirmed" for row in p.when for t in row.tests), name


# --- what it turns on -------------------------------------------------------------------------------


def test_each_fact_that_decides_comes_with_the_option_to_type() -> None:
    found = lines("H20", on="2025-06-01", exporter="other")
    at = next(i for i, line in enumerate(found) if line.startswith("turns on"))
    assert "                if you have no such letter: --fact privately_informed=no" in found[at : at + 5]
    assert "                if you have one: --fact privately_informed=yes" in found[at : at + 5]
    settled = check("H20", on="2025-06-01", exporter="other").to_dict()["settle"]
    assert settled[0] == {
        "fact": "privately_informed",
        "case": "if you have no such letter",
        "value": "no",
        "option": "--fact privately_informed=no",
    }
    text = memo(check("H20", on="2025-06-01", exporter="other"), "md")
    assert "not public: no if you have no such letter and yes if you have one." in " ".join(text.split())


def test_the_options_settle_the_answer() -> None:
    asked: dict[str, Any] = {"on": "2025-06-01", "exporter": "other"}
    for way in check("H20", **asked).settle:
        name, value = way.option.removeprefix("--fact ").split("=")
        assert not check("H20", **asked, facts={name: value}).turns_on


def test_a_figure_a_place_and_a_variant_have_options_too() -> None:
    own = check(None, on="2024-06-03", exporter="other", facts={"designed_for_datacenter": True, "tpp": 2000})
    assert [(s.fact, s.option) for s in own.settle] == [("performance_density", "--fact performance_density=NUMBER")]
    where = check("H100", on="2024-06-03", to="SG", exporter="other", facts={"headquarters": None})
    assert "--headquarters VALUE" in [s.option for s in where.settle]
    which = check("A800", on="2022-12-01", to="SG", exporter="other")
    assert which.settle == []


def test_every_value_that_settles_a_fact_is_one_that_it_can_have() -> None:
    for name, definition in LAW.facts.items():
        for value, case in (definition.settle or {}).items():
            assert case, name
            if not value.isupper():
                assert read_given(LAW, name, value).value is not None, (name, value)


# --- goods under way, margins, words ----------------------------------------------------------------


def test_goods_under_way_have_a_line_where_a_savings_clause_could_apply() -> None:
    known = lines("A100", on="2023-01-20", to="MO", exporter="other")
    assert "if instead      goods under way since 2023-01-17 or before: no license requirement found" in known
    # a clause that is known to exist and whose words are not leaves it open
    unread = lines("A100", on="2022-10-25", exporter="other")
    assert "if instead      goods under way since 2022-10-21 or before: undetermined" in unread
    for on in ("2023-06-01", "2024-12-20"):
        assert not [line for line in lines("A100", on=on, exporter="other") if "under way since" in line]
    given_ = lines("A100", on="2023-01-20", to="MO", exporter="other", facts={"en_route_since": "2023-01-16"})
    assert not [line for line in given_ if "under way since" in line]


def test_the_line_of_a_letter_is_a_line() -> None:
    found = list(margin_lines(check("H20", on="2025-05-01")))
    assert any("letter-nvidia-2025-04-09#" in line for line in found), found
    assert not any("listed_ownership_percent" in line for line in margin_lines(check("H100", on=LATER)))


def test_what_no_provision_changed_is_said_in_plain_words() -> None:
    spans = exportrules.timeline("H800").spans
    assert [s.opened_by for s in spans if s.opened_by and "#" not in s.opened_by[0]] == [
        ("start of coverage",),
        ("chip first made public",),
        ("end of the verified period",),
    ]


def test_a_ruleset_without_the_law_of_a_place_says_so_in_the_first_line() -> None:
    law = replace(LAW, edition=replace(LAW.edition, destinations_not_encoded=("DE",)))
    assert lines("H100", on="2024-06-03", to="DE", ruleset=law)[0] == (
        "UNDETERMINED (the law for this destination is not encoded)."
    )


@pytest.mark.parametrize(
    ("on", "told"),
    [("2022-10-06", False), ("2022-10-07", True), ("2022-10-14", True), ("2022-10-20", True), ("2022-10-21", False)],
)
def test_a_change_is_told_of_from_the_day_it_is_public_until_it_takes_effect(on: str, told: bool) -> None:
    coming = (
        "Public but not yet effective: 87 FR 62186 was known from 2022-10-07; "
        "from 2022-10-21 the answer is license required (presumption of denial)."
    )
    assert (coming in check("A100", on=on, exporter="other").notices) == told


@pytest.mark.parametrize(
    ("figures", "doubted"),
    [
        ({"tpp": 641, "peak_tops": 10}, True),
        ({"tpp": 640, "peak_tops": 10}, False),
        ({"performance_density": 1, "die_area_mm2": 641, "peak_tops": 10}, False),
        ({"tpp": 641}, False),
    ],
)
def test_throughput_of_more_than_64_bits_an_operation_is_doubted_where_it_is_given(
    figures: dict[str, int], doubted: bool
) -> None:
    notices = check(None, on="2024-06-03", exporter="other", facts=figures).notices
    assert any("over 64 times the peak TOPS given" in notice for notice in notices) == doubted


def test_words_are_joined_by_commas_or_where_they_have_commas_by_semicolons() -> None:
    assert [listed(words) for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]
    assert listed(("a", "b", "c"), last="or") == "a, b or c"
    assert listed(("a, b", "c", "d"), between="; ") == "a, b; c; and d"


def test_a_small_group_of_countries_is_spelled_out_and_a_large_one_is_not() -> None:
    assert case_words(LAW, "meu-russia-belarus and CN") == "Belarus or Russia and CN"
    assert case_words(LAW, "D:1 or none of these") == "D:1 or none of these"


def test_a_day_known_from_the_press_is_said_for_a_year_around_it() -> None:
    known = LAW.variants["amd-mi25"][0]
    assert known.announced is not None
    for days, told in ((364, True), (365, True), (366, False)):
        notices = check("MI25", on=known.announced + timedelta(days), exporter="other").notices
        assert any("first public by" in notice for notice in notices) == told


def test_what_the_lists_reach_to_is_said_from_the_day_after() -> None:
    ends = max(known.verified_through for known in LAW.lists.values())
    assert [known.title for known in LAW.lists.values() if known.verified_through < ends] == ["Entity List"]
    for on, lists in ((date(2026, 7, 31), 0), (date(2026, 8, 1), 1), (ends, 1), (ends + timedelta(1), 4)):
        notices = check("H100", on=on, end_user="Zorglub Foods").notices
        (said,) = [notice for notice in notices if notice.startswith("Verified only in part")] or [""]
        assert said.count(" through ") == lists


def test_an_answer_that_is_not_open_does_not_ask_for_facts() -> None:
    for chip in ("H100", "H800"):
        assert not any("Too many facts" in notice for notice in check(chip, on="2024-06-03").notices)


def test_an_estimated_figure_is_said_where_the_law_asks_for_it() -> None:
    assert any("rests on an estimate" in notice for notice in check("MI300X", on="2024-06-03").notices)
    # before 2022-10-07 no provision asked for a density
    before = check("MI100", on="2021-06-03", exporter="maker").notices
    assert not any("on an estimate" in notice for notice in before)


@pytest.mark.parametrize(
    ("chip", "asked", "roles"),
    [
        (
            "H800",
            {"on": "2023-06-01"},
            [("classification", "87fr62186#3A991.p"), ("does not apply", "87fr62186#3A090.a")],
        ),
        (
            "A30",
            {"on": "2024-06-03"},
            [("overcome", "88fr73458#742.6(a)(6)(iii)"), ("exception", "89fr23876#740.8-NAC"),
             ("review policy", "88fr73458#742.6(b)(10)(ii)-denial"), ("classification", "88fr73458#3A090.b")],
        ),
        (
            "RTX 4090",
            {"on": "2024-06-03", "end_user": "Huawei Technologies"},
            [("requirement", "88fr73458#742.6(a)(6)(iii)"), ("requirement", "ear#744.11"),
             ("bar", "89fr23876#740.8(b)"), ("review policy", "88fr73458#742.6(b)(10)(ii)-denial"),
             ("review policy", "entity_list#huawei-technologies"), ("classification", "88fr73458#3A090.a")],
        ),
        (
            "H100",
            {"on": "2024-06-03", "to": "SG", "end_user": "Inspr Group"},
            [("may apply", "88fr73458#744.23(a)(3)(i)"), ("may apply", "ear#744.11"),
             ("bar", "89fr23876#740.8(a)-datacenter"), ("bar", "89fr23876#740.8(b)"),
             ("if required", "88fr73458#742.6(b)(10)(ii)-denial"), ("if required", "89fr23876#744.23(d)(1)"),
             ("if required", "entity_list#inspur-group"), ("classification", "88fr73458#3A090.a")],
        ),
    ],
)  # fmt: skip
def test_each_source_of_an_answer_is_cited_in_its_role(
    chip: str, asked: dict[str, Any], roles: list[tuple[str, str]]
) -> None:
    assert [(cited.role, cited.provision) for cited in check(chip, **asked).citations] == roles


def test_the_nearest_bound_of_each_figure_is_given_in_percent() -> None:
    found = {(m.fact, m.provision): m.percent for m in check("A30", on="2024-06-03").margin}
    assert found == {
        ("tpp", "88fr73458#3A090.b"): "10.2 % over 2400",
        ("performance_density", "88fr73458#3A090.b"): "0.030 % over 3.2",
        ("peak_tops", "87fr62186#3A991.p"): "8162.5 % over 8",
        ("aggregate_io_gbytes_s", "87fr62186#3A991.p"): "76.0 % over 150",
    }
    own: dict[str, Any] = {"tpp": 4800, "performance_density": "3.1968", "designed_for_datacenter": True}
    at = {m.fact: m.percent for m in check(None, on="2024-06-03", exporter="other", facts=own).margin}
    assert at == {"tpp": "exactly at 4800", "performance_density": "0.1 % under 3.2"}


@pytest.mark.parametrize("chip", ["MI25", "MI100", "MI250X"])
def test_of_bounds_at_one_distance_that_of_a_requirement_is_given(chip: str) -> None:
    """A private letter that is open states the line of a public one that requires a license."""
    lines_ = {m.fact: m.provision for m in check(chip, on="2026-06-01").margin}
    assert lines_["dram_plus_io_gbytes_s"] == "letter-amd-2025-04#reported-lines"


def test_a_variant_comes_before_what_else_tells_its_readings_apart() -> None:
    subjects = {f.subject for f in check("A100", on="2023-06-01", to="SG", end_user="Inspr Group").findings}
    assert "A100 PCIe 40GB, end_user is not a listed party" in subjects
    assert {subject.partition(",")[0] for subject in subjects} == {
        f"A100 {board} {memory}GB" for board in ("SXM4", "PCIe") for memory in (40, 80)
    }


@pytest.mark.parametrize(("exporter", "told"), [("Zorglub Computing", True), ("other", False), ("maker", False)])
def test_of_an_exporter_by_its_name_it_is_said_that_no_letter_has_it(exporter: str, told: bool) -> None:
    notices = check("H100", on="2024-06-03", exporter=exporter).notices
    assert any(notice.startswith("No public letter is addressed to") for notice in notices) == told


@pytest.mark.parametrize(("density", "concluded"), [("6", {"3A090.a"}), ("unknown", {"3A090.b?", "3A090.a?"})])
def test_an_entry_that_may_apply_is_marked_where_provisions_ask_for_it(density: str, concluded: set[str]) -> None:
    own = {"tpp": "4000", "performance_density": density, "designed_for_datacenter": "yes"}
    found = check(None, on="2024-06-03", exporter="other", facts=own).findings
    tests = [test for finding in found for row in finding.when for test in row.tests if test.fact == "eccn"]
    assert {value for test in tests for value in test.value if value.startswith("3A090")} == concluded


def test_the_last_day_verified_is_no_end_of_an_answer() -> None:
    d = check("V100", on="2024-01-01")
    assert f"holds           from 2020-01-01, and still so on {END}, the last day verified" in answer(d).splitlines()
    assert f"This holds from 2020-01-01, and still so on {END}, the last day verified, on" in sentences(LAW, d)[0]
    assert f"and was still so on {END:%B} {END.day}, {END.year}, the last day verified." in memo(d, "md")
    ended = check("H800", on="2023-06-01")
    assert "holds           from 2023-03-21 through 2023-10-22" in answer(ended).splitlines()
    assert "and holds through October 22, 2023." in memo(ended, "md")


def test_a_quotation_that_is_part_of_a_sentence_says_so() -> None:
    d = check("H800", on="2023-11-17")
    assert "“A 'total processing performance' of 4800 or more; or …”" in memo(d, "md")
    assert "It reads: \"A 'total processing performance' of 4800 or more; or …\"" in " ".join(sentences(LAW, d))
    assert excerpt("A whole sentence.") == "A whole sentence."
    assert excerpt("except for items.") == "… except for items."
    assert excerpt("") == ""


def test_an_entry_that_leaves_a_chip_out_is_not_said_to_be_unmet() -> None:
    d = check("RTX 4090 D", on="2024-01-01")  # its figures are those of 3A090.a; it is not designed for datacenters
    roles = {c.provision: c.role for c in d.citations}
    assert roles["88fr73458#3A090.a"] == "does not apply"
    assert "88 FR 73458; 15 CFR part 774, supp. 1, ECCN 3A090.a" not in sentences(LAW, d)[0]
