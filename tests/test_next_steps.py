"""What to do next: computed from the record, in words, and never more than three steps."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exportrules import check, default_ruleset, load_ruleset
from exportrules.answer.next_steps import KINDS, MOST, Answered, _and, ledger_steps
from exportrules.answer.schema import NextStepShape
from exportrules.law.model import Attestation

LAW = default_ruleset()


def steps(chip: str | None, **asked: Any) -> list[tuple[str, str]]:
    return [(step.kind, step.says) for step in check(chip, **asked).next_steps]


def test_a_yes_asks_for_the_parties_and_for_what_was_assumed() -> None:
    assert steps("H800", on="2023-06-01") == [
        ("screen", "Screen the buyer and every other party by name: none was given, and an unlisted one is assumed."),
        (
            "confirm",
            "Confirm what was assumed and would change the answer: the end use is civil; the end user is not a "
            "military end user; the exporter has no letter from BIS beyond those that are public.",
        ),
        (
            "wait",
            "If the day of export moves past 2023-10-22, ask again: from 2023-10-23, an application is reviewed by a "
            "standard that was not published.",
        ),
    ]


@pytest.mark.parametrize(
    ("asked", "seat", "otherwise"),
    [
        (
            {},
            "headquarters in Singapore and its ultimate parent in Singapore",
            ["headquarters or ultimate parent in China"],
        ),
        ({"headquarters": "JP"}, "ultimate parent in Japan", ["ultimate parent in China"]),
        ({"ultimate_parent": "JP"}, "headquarters in Singapore", ["headquarters in China"]),
        ({"headquarters": "CN"}, "ultimate parent in China (PRC)", []),
        ({"headquarters": "SG", "ultimate_parent": "SG"}, None, None),
    ],
)
def test_where_the_buyer_sits_is_assumed_as_far_as_it_was_not_said(
    asked: dict[str, Any], seat: str | None, otherwise: list[str] | None
) -> None:
    found = [a for a in check("RTX 4090", on="2024-06-03", to="SG", **asked).assumptions if a.fact == "headquarters"]
    assert [a.says for a in found] == ([f"the end user has its {seat}"] if seat else [])
    assert [[other.value for other in a.otherwise] for a in found] == ([] if otherwise is None else [otherwise])


@pytest.mark.parametrize(
    ("buyer", "facts", "said"),
    [
        ("Acme Robotics", {}, ["the end user has its headquarters in Singapore and its ultimate parent in Singapore"]),
        ("Naval Academy", {}, ["the end user, unless it is the body that its name says, has its headquarters in "
         "Singapore and its ultimate parent in Singapore"]),
        ("Naval Academy", {"military_end_user": True}, []),
    ],
)  # fmt: skip
def test_of_a_body_of_some_state_no_country_is_assumed(buyer: str, facts: dict[str, Any], said: list[str]) -> None:
    d = check("H100", on="2024-06-03", to="SG", exporter="other", end_user=buyer, facts=facts)
    assert [a.says for a in d.assumptions if a.fact == "headquarters"] == said


def test_what_is_assumed_is_said_once_and_for_everyone_named() -> None:
    def said(**asked: Any) -> list[str]:
        return [a.says for a in check("A100", on="2023-06-01", **asked).assumptions]

    given_ = {"to": "SG", "exporter": "other", "end_use": "civil", "headquarters": "SG", "ultimate_parent": "SG"}
    letter = "the exporter has no letter from BIS beyond those that are public"
    # the words of a caller are not the words of the program: equal, and not the same
    assert said(**given_, activity="Export".lower()) == ["the buyer is on no list", letter]
    assert said(**given_, activity="reexport") == ["the buyer is on no list", "the item is subject to the EAR", letter]
    one, other = "Zorglub Foods", "Acme Freight GmbH"
    assert said(**given_, activity="export", end_user=one)[0] == f"{one!r} is on no list in this data"
    both = said(**given_, activity="export", end_user=one, parties=[other])
    assert both[0] == f"{one!r} and {other!r} are on no list in this data"
    # where a license is required of everybody, nothing that is assumed would change it but the day that goods left
    required = {**given_, "to": "CN", "headquarters": "CN", "ultimate_parent": "CN", "activity": "export"}
    assert said(**required) == ["the buyer is on no list"]


@pytest.mark.parametrize(
    ("chip", "asked"),
    [("H800", {"on": "2023-06-01"}), ("H200", {"on": "2026-02-02"}), ("RTX 4090", {"on": "2024-06-03", "to": "SG"})],
)
def test_what_is_said_or_what_decides_is_not_assumed(chip: str, asked: dict[str, Any]) -> None:
    assumed = {a.fact for a in check(chip, **asked).assumptions}
    facts = {name: definition.assumed for name, definition in LAW.facts.items() if name in assumed}
    facts = {name: value for name, value in facts.items() if value is not None}
    assert facts
    for name, value in facts.items():
        said = check(chip, **asked, facts={name: value})
        assert {a.fact for a in said.assumptions} == assumed - {name}
        unknown = check(chip, **asked, facts={name: "unknown"})
        assert name in unknown.turns_on
        assert name not in {a.fact for a in unknown.assumptions}


def test_a_parent_in_china_is_asked_for_where_it_would_matter() -> None:
    (kind, says), *_ = [step for step in steps("H100", on="2024-06-03", to="SG") if step[0] == "ask"]
    assert kind == "ask"
    assert says.startswith("Ask the end user for its headquarters and its ultimate parent: where they are is assumed (")
    given_both = steps("H100", on="2024-06-03", to="SG", headquarters="SG", ultimate_parent="SG")
    assert not any("ultimate parent" in says for _, says in given_both)


SG = {"to": "SG", "exporter": "other"}
NOBODY = ("screen", "Screen the buyer and every other party by name: none was given, and an unlisted one is assumed.")
NO_LETTER = (
    "confirm",
    "Confirm what was assumed and would change the answer: the exporter has no letter from BIS beyond those that are "
    "public.",
)
LATER = ("wait", "For a day after 2026-09-24 use a later edition: the law is verified through that day.")
FREED = (
    "read",
    "See whether one of these, which are not encoded, frees the item: License Exceptions RPL, GOV, TSU, TMP and ACM, "
    "those that 746.2 to 746.9 name for their countries (GFT, BAG, AVS, CCD, SCP, MED), and data-center VEU "
    "authorizations (748.15).",
)
SEATS = "Ask the end user for its headquarters and its ultimate parent: where they are is assumed"
UVL = (
    "UVL statement of the listed party under 744.15(b), in writing, signed and dated, obtained before proceeding and "
    "kept (part 762)"
)
DENIAL = "an application is reviewed under a presumption of denial"
OWN = {"tpp": 5000, "performance_density": "7", "designed_for_datacenter": True}


@pytest.mark.parametrize(
    ("chip", "asked", "said"),
    [
        ("H100", {**SG, "on": "2023-06-01"}, [NOBODY, NO_LETTER, LATER]),
        ("H100", {**SG, "on": "2023-06-01", "facts": {"end_user_lists": ["unverified_list"]}}, [
            ("certify", f"Before exporting, obtain: {UVL}."), NO_LETTER, LATER]),
        ("H100", {**SG, "on": "2023-06-01", "end_user": "Zorglub", "parties": ["Acme GmbH", "Zorglub"]}, [
            ("screen", 'Also screen "Zorglub" and "Acme GmbH" against the lists that are not in this data: denied '
             "persons and blocked persons (744.8)."), NO_LETTER, LATER]),
        ("RTX 4090", {**SG, "on": "2024-06-03"}, [NOBODY, ("ask", f"{SEATS} (with headquarters or ultimate parent in "
            "China: a license exception, on conditions)."), NO_LETTER]),
        ("H100", {"on": "2024-06-03", "to": "CN"}, [("apply", "Obtain a license before exporting: it is required under "
            f"15 CFR 742.6(a)(6)(iii); {DENIAL}."), FREED]),
        ("H100", {**SG, "on": "2024-06-03", "end_user": "Huawei Technologies Co., Ltd."}, [("apply", "Obtain a license "
            "before exporting: it is required under 15 CFR 744.23(a)(3)(i) and 744.11(a), 744.16; "
            f"{DENIAL}.")]),
        ("H100", {"on": "2024-06-03", "to": "KE", "exporter": "other", "headquarters": "ET"}, [
            ("read", "Settle which list controls before relying on this: with Ethiopia in D:5 (Note to Country Group "
             f"D:5: State's list controls), {DENIAL}."), NOBODY,
            ("ask", f"{SEATS} (with ultimate parent in China: {DENIAL}).")]),
        ("H20", {"on": "2025-06-02", "exporter": "other"}, [("ask", "Find out: has BIS told this exporter, by a letter "
            "that is not public, that it needs a license?")]),
        (None, {"on": "2023-12-01", "facts": {**OWN, "tpp": "unknown"}}, [("ask", "Obtain the TPP of the item (TOPS x "
            "bit) from its maker.")]),
        (None, {**SG, "on": "2024-06-03", "ultimate_parent": "SG", "facts": {**OWN, "headquarters": "unknown"}}, [
            ("ask", "Ask the end user in which country it has its headquarters.")]),
        (None, {**SG, "on": "2024-06-03", "headquarters": "SG", "facts": {**OWN, "ultimate_parent": "unknown"}}, [
            ("ask", "Ask the end user for its ultimate parent, and in which country that has its headquarters.")]),
        ("H100", {"on": "2026-08-01", "to": "AE", "exporter": "other"}, [
            ("apply", "Obtain a license before exporting: it is required under 15 CFR 742.6(a)(6)(iii)(A)-(B); an "
             "application is reviewed under a presumption of approval."),
            ("confirm", "Confirm what was assumed: the buyer is not an approved entity that supplement no. 8 to part "
             "740 leaves unnamed (a UAE government agency, a subsidiary of one of the eight US groups) (with approved "
             "entities of supplement no. 8 to part 740: no license requirement found)."), FREED]),
    ],
)  # fmt: skip
def test_the_steps_of_an_answer_are_these_and_no_others(
    chip: str | None, asked: dict[str, Any], said: list[tuple[str, str]]
) -> None:
    assert steps(chip, **asked) == said


def test_a_requirement_says_what_to_apply_under() -> None:
    assert steps("H100", on="2022-10-25")[0] == (
        "apply",
        "Obtain a license before exporting: it is required under 15 CFR 742.6(a)(6)(i); an application is reviewed "
        "under a presumption of denial.",
    )
    reexported = steps("H100", on="2022-10-25", to="CN", activity="reexport", exporter="other")
    assert reexported[0][1].startswith("Obtain a license before reexporting: ")


def test_an_assumption_that_alone_requires_the_license_is_to_be_confirmed() -> None:
    assert steps("A100", on="2022-09-15")[1] == (
        "confirm",
        "Confirm what was assumed: the exporter is the chip's maker, NVIDIA (with another exporter: no license "
        "requirement found).",
    )


def test_a_certification_is_settled_before_applying() -> None:
    certify, apply = check("H200", on="2026-02-02").next_steps
    assert (certify.kind, apply.kind) == ("certify", "apply")
    assert "certifications of 15 CFR part 748, supp. 2, (dd) (no: " in certify.says
    assert certify.how[0] == "--fact part_748_dd_certified=yes if the application carries all of them"
    assert apply.says.endswith("; how an application is reviewed is open.")
    assert set(apply.provisions) == set(check("H200", on="2026-02-02").requirements)


def test_the_conditions_of_an_exception_are_a_step_and_stand_in_it() -> None:
    d = check("RTX 4090", on="2024-06-03", exporter="other")
    first = d.next_steps[0]
    assert first.kind == "certify"
    assert first.says.startswith("Meet all 4 conditions of License Exception NAC and keep proof of each, and BIS may ")
    assert list(first.how) == d.exceptions[0]["conditions"]
    assert not any("purchase order" in says for _, says in steps("RTX 4090", on="2024-06-03", exporter="other"))


def test_a_near_name_is_found_out_and_a_screened_one_is_screened_further() -> None:
    near = check("RTX 4090", on="2023-06-01", end_user="Inspur").next_steps[0]
    assert near.kind == "screen"
    assert near.says.startswith('Find out who the end user is: "Inspur" is close to Inspur Group')
    assert near.how == ('If it is not: --not-listed "Inspur"; if it is, write the listed name.',)
    unlisted = dict(steps("V100", on="2026-08-01", to="DE", end_user="Acme GmbH"))
    assert unlisted["screen"] == (
        'Also screen "Acme GmbH" against the lists that are not in this data: denied persons and blocked persons '
        "(744.8)."
    )


def test_a_list_that_was_imported_is_not_asked_for_again(tmp_path: Path) -> None:
    (tmp_path / "denied.toml").write_text(
        '[[party]]\nid = "someone"\nname = "Someone Denied"\ncountry = "DE"\n[[party.listing]]\n'
        'list = "denied_persons"\nstart = 2021-01-04\ncite = "86 FR 1"\nevidence = "published"\n',
        encoding="utf-8",
    )
    overlaid = load_ruleset(overlays=[tmp_path / "denied.toml"])
    says = dict(steps("V100", on="2026-08-01", to="DE", end_user="Acme GmbH", ruleset=overlaid))["screen"]
    assert says.endswith("not in this data: blocked persons (744.8).")


@pytest.mark.parametrize(
    ("asked", "kind", "words"),
    [
        ({"on": "2026-11-20"}, "verify", "Verify the law of 2026-11-20: it was read through 2026-09-24"),
        ({"on": "2019-05-05"}, "verify", "Read the law of 2019-05-05 itself: it is encoded from 2020-01-01 on."),
        ({"on": "2017-01-02"}, "verify", "Read the law of 2017-01-02 itself"),
    ],
)
def test_where_the_law_was_not_verified_that_comes_first(asked: dict[str, Any], kind: str, words: str) -> None:
    first = check("V100", **asked).next_steps[0]
    assert first.kind == kind
    assert first.says.startswith(words)


def test_figures_are_asked_of_the_maker_of_a_chip_that_was_never_announced_and_of_no_other() -> None:
    asks = ("ask", "Obtain the chip's figures from its maker: those used here are as reported.")
    assert steps("B30A", on="2024-06-03")[0] == asks
    someone = Attestation(by="Jane Doe", on=date(2026, 11, 20), through=date(2026, 11, 20))
    attested = replace(LAW, attestations={"overlay": someone})
    assert check("H20", on="2026-11-19", ruleset=attested).standing == "attested"
    for on in ("2026-09-01", "2026-11-19"):
        assert asks not in steps("H20", on=on, ruleset=attested)
        assert steps("H20", on=on, ruleset=attested)[0][0] == "apply"


def test_a_day_before_release_is_to_be_checked() -> None:
    assert steps("H800", on="2022-01-03") == [
        (
            "correct",
            "Check the day of export, or whether it was a sample: the chip was first made public on 2023-03-21.",
        )
    ]


def test_a_figure_is_to_be_had_from_the_maker() -> None:
    asked = steps(None, on="2023-12-01", facts={"tpp": 2000})
    assert asked[0] == ("ask", "Obtain the performance density of the item (TPP per mm2) from its maker.")
    assert asked[1] == ("ask", "Find out: is the chip designed or marketed for datacenters?")


@settings(derandomize=True, database=None, deadline=None, max_examples=60)
@given(
    st.sampled_from(sorted(LAW.variants)),
    st.dates(min_value=date(2018, 1, 1), max_value=date(2027, 12, 31)),
    st.sampled_from(sorted(LAW.places)),
    st.sampled_from([None, "Inspur", "Huawei", "Acme GmbH", "People's Liberation Army"]),
    st.sampled_from([None, "other", "NVIDIA Singapore Pte Ltd"]),
)
def test_any_answer_has_few_steps_in_words_that_rest_on_its_record(
    chip: str, day: date, to: str, buyer: str | None, exporter: str | None
) -> None:
    d = check(chip, on=day, to=to, end_user=buyer, exporter=exporter)
    found = d.next_steps
    assert len(found) <= MOST
    assert len(set(found)) == len(found)
    assert d.to_dict()["next_steps"] == [
        {"kind": s.kind, "says": s.says, "how": list(s.how), "provisions": list(s.provisions)} for s in found
    ]
    for step in found:
        assert step.kind in KINDS
        assert re.match(r"[A-Z].*[.?]$", step.says)
        assert not re.search(r"\b[a-z]+_[a-z_]+\b|\bNone\b|  |\.\.|\(\)", step.says), step.says
        NextStepShape.model_validate({**step._asdict(), "how": list(step.how), "provisions": list(step.provisions)})
    kinds = [step.kind for step in found]
    if d.turns_on and d.standing == "verified" and d.outcome != "not_released":
        assert kinds[0] in ("ask", "read", "certify", "screen"), found
    if d.outcome == "license_required" and not d.turns_on:
        assert "apply" in kinds
    if "apply" in kinds:
        assert d.moment.answer.law.outcome == "license_required"


def test_the_kinds_of_the_schema_are_those_of_the_steps() -> None:
    assert NextStepShape.model_json_schema()["properties"]["kind"]["enum"] == list(KINDS)


def test_the_steps_of_a_ledger_add_up_and_begin_with_what_needed_a_license() -> None:
    groups = [
        Answered(3, "indeterminate", "indeterminate", "verified", ("headquarters",)),
        Answered(2, "license_required", "presumption_of_denial", "verified"),
        Answered(1200, "license_required", "case_by_case", "verified"),
        Answered(1, "license_required", "indeterminate", "verified", ("part_748_dd_certified",)),
        Answered(7, "indeterminate", "indeterminate", "beyond_horizon", ("headquarters",)),
        Answered(1, "not_released", "", "verified"),
        Answered(9, "no_license_requirement", "", "verified"),
    ]
    assert ledger_steps(LAW, groups) == [
        "1,203 rows for which a license was required: compare them with the licenses that were granted.",
        "3 rows turning on the end user's headquarters: ask for it.",
        "1 row turning on this: does the application carry the certifications of 15 CFR part 748, supp. 2, (dd)?",
        "7 rows of a day after 2026-09-24: verify the law of that day, or wait for an edition that reaches it.",
        "1 row of a day before the chip was public: check the day, or whether it was a sample.",
    ]
    unread = Answered(2, "indeterminate", "indeterminate", "", unread=True)
    free = Answered(5, "no_license_requirement", "", "verified", assumed=("headquarters", "parties"))
    figure = Answered(4, "indeterminate", "", "verified", ("tpp",))
    early = Answered(3, "indeterminate", "", "before_coverage")
    said = ledger_steps(LAW, [free, early, figure, unread, free._replace(rows=1, assumed=("parties",))])
    assert [says.split(":")[0].split(", ")[0] for says in said] == [
        "2 rows that could not be read",
        "4 rows turning on the TPP of the item",
        "3 rows of a day before 2020-01-01",
        "6 rows without a requirement",
        "5 rows without a requirement",
    ]
    assert "if no party is listed, and none is named" in said[3]
    assert "if the end user's headquarters and ultimate parent are where" in said[4]
    assert ledger_steps(LAW, []) == []
    assert ledger_steps(LAW, [Answered(9, "no_license_requirement", "", "verified")]) == []


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("end_user", "a name that is close to a listed party's: find out who it is."),
        ("exporter", "which company exported: find out whether it was the addressee of a letter."),
        ("ultimate_parent", "the end user's ultimate parent: ask for it."),
        ("variant", "the variant of the chip: find out which one it was."),
        ("88fr73458#3A090.a", "how far 15 CFR part 774"),
        ("die_area_mm2", "of the item: obtain it from its maker."),
        ("privately_informed", "this: "),
    ],
)
def test_rows_that_turn_on_something_say_what_and_where_it_is_to_be_had(fact: str, words: str) -> None:
    (said,) = ledger_steps(LAW, [Answered(2, "indeterminate", "indeterminate", "verified", (fact,))])
    assert said.startswith("2 rows turning on ")
    assert words in said


@pytest.mark.parametrize(
    ("words", "says"),
    [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c"), ("abcd", "a, b, c and 1 more"),
     ("abcdefghi", "a, b, c and 6 more")],
)  # fmt: skip
def test_of_many_words_the_first_are_said_and_the_others_counted(words: str, says: str) -> None:
    assert _and(words, 3) == says
