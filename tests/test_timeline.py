"""Timelines whose history is known, told in full; and what a timeline does where law or chips are uncertain."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import exportrules
from exportrules.answer.determination import check
from exportrules.answer.timeline import Timeline
from exportrules.engine.cases import together
from exportrules.engine.evaluate import Law
from exportrules.engine.unknowns import Verdict
from exportrules.law.memory import Memory
from exportrules.law.model import Gap, Provision, Row, Test, Variant
from exportrules.law.ruleset import Ruleset
from exportrules.question.question import Subject

LAW = exportrules.default_ruleset()
MODULE = sys.modules["exportrules.engine.course"]
DAY = timedelta(days=1)


def told(found: Timeline) -> list[str]:
    """Each span: its days, the answer, what opened it, and what happened inside it."""
    lines = []
    for span in found.spans:
        answer = span.answer
        policy = f"/{answer.review_policy}" if answer.review_policy else ""
        standing = f" [{answer.standing}]" if answer.standing != "verified" else ""
        lines.append(
            f"{span.start or ''}..{span.last or ''} {answer.outcome}{policy}{standing} by {' '.join(span.opened_by)}"
        )
        lines += [f"  {day} {' '.join(by)}" for day, by in span.also]
    return lines


A100 = """
..2019-12-31 not_released [before_coverage] by
2020-01-01..2020-05-13 not_released by start of coverage
2020-05-14..2022-08-25 no_license_requirement by chip first made public
2022-08-26..2022-10-20 license_required/unpublished by letter-nvidia-2022-08-26#requirement
2022-10-21..2026-01-14 license_required/presumption_of_denial by 87fr62186#742.6(a)(6) 87fr62186#742.6(b)(10)
  2023-01-17 88fr2821#742.6(b)(10)
  2023-10-23 letter-nvidia-2023-10-23#requirement
  2023-11-17 88fr73458#742.6(a)(6)(iii) 88fr73458#742.6(b)(10)(ii)-denial
  2024-12-02 89fr96790#742.6(b)(10)(iii)-denial
  2025-01-13 90fr4544#742.6(a)(6)(iii)(A)-covered 90fr4544#742.6(b)(10)-denial
2026-01-15..2026-09-24 license_required/indeterminate by 91fr1684#742.6(b)(10)-denial 91fr1684#742.6(b)(10)-lane
2026-09-25.. indeterminate/indeterminate [beyond_horizon] by end of the verified period
"""
H100_CAMBODIA = """
..2019-12-31 not_released [before_coverage] by
2020-01-01..2022-03-21 not_released by start of coverage
2022-03-22..2023-11-16 no_license_requirement by chip first made public
  2022-10-21 87fr62186#3A090.a 87fr62186#3A991.p 87fr62186#742.6(b)(10)
  2023-01-17 88fr2821#742.6(b)(10)
2023-11-17..2026-02-02 license_required/presumption_of_denial by 88fr73458#742.6(a)(6)(iii) 88fr73458#742.6(b)(10)(ii)-denial
  2024-12-02 89fr96790#742.6(b)(10)(iii)-denial
  2025-01-13 90fr4544#742.6(a)(6)(iii)(A)-covered 90fr4544#742.6(b)(10)-denial
  2026-01-15 91fr1684#742.6(b)(10)-denial
2026-02-03..2026-09-24 license_required/presumption_of_approval by frdoc-2026-02262 (KH leaves D:5)
2026-09-25.. indeterminate/indeterminate [beyond_horizon] by end of the verified period
"""  # noqa: E501
H100_NICARAGUA = """
..2019-12-31 not_released [before_coverage] by
2020-01-01..2022-03-21 not_released by start of coverage
2022-03-22..2024-03-14 no_license_requirement by chip first made public
  2022-10-21 87fr62186#3A090.a 87fr62186#3A991.p 87fr62186#742.6(b)(10)
  2023-01-17 88fr2821#742.6(b)(10)
  2023-11-17 88fr73458#3A090.a 88fr73458#740.8-notified 88fr73458#742.6(a)(6)(iii) 88fr73458#742.6(b)(10)(ii)-denial 88fr73458#744.23(a)(3)(i) 88fr73458#744.23(d) 88fr73458#744.23(d)-supercomputer
2024-03-15..LAST license_required/presumption_of_denial by 89fr18780 (NI enters D:1) 89fr18780 (NI enters D:5)
  2024-12-02 89fr96790#742.6(b)(10)(iii)-denial
  2025-01-13 90fr4544#742.6(a)(6)(iii)(A)-covered 90fr4544#742.6(b)(10)-denial
  2026-01-15 91fr1684#742.6(b)(10)-denial
2026-09-25.. indeterminate/indeterminate [beyond_horizon] by end of the verified period
"""  # noqa: E501
V100_RUSSIA = """
..2017-05-09 not_released [before_coverage] by
2017-05-10..2019-12-31 indeterminate/indeterminate [before_coverage] by chip first made public
2020-01-01..2022-02-23 no_license_requirement by start of coverage
2022-02-24..2026-09-24 license_required/policy_of_denial by 87fr12226#746.8 87fr12226#746.8(b)
  2022-04-08 87fr22130#746.8 87fr22130#746.8(b)
  2022-10-21 87fr62186#3A991.p 87fr62186#742.6(b)(10)
  2024-06-12 89fr51644#746.8(b)(3)
2026-09-25.. indeterminate/indeterminate [beyond_horizon] by end of the verified period
"""
B30A = """
..2019-12-31 indeterminate/indeterminate [before_coverage] by
2020-01-01..2022-08-25 no_license_requirement [unannounced] by start of coverage
2022-08-26..2022-10-20 license_required/unpublished [unannounced] by letter-nvidia-2022-08-26#requirement
2022-10-21..2026-09-24 license_required/presumption_of_denial [unannounced] by 87fr62186#742.6(a)(6) 87fr62186#742.6(b)(10)
  2023-01-17 88fr2821#742.6(b)(10)
  2023-10-23 letter-nvidia-2023-10-23#requirement
  2023-11-17 88fr73458#742.6(a)(6)(iii) 88fr73458#742.6(b)(10)(ii)-denial
  2024-12-02 89fr96790#742.6(b)(10)(iii)-denial
  2025-01-13 90fr4544#742.6(a)(6)(iii)(A)-covered 90fr4544#742.6(b)(10)-denial
  2025-04-09 letter-nvidia-2025-04-09#requirement
  2026-01-15 91fr1684#742.6(b)(10)-denial
2026-09-25.. indeterminate/indeterminate [beyond_horizon] by end of the verified period
"""  # noqa: E501
HISTORIES: list[tuple[str, dict[str, Any], str]] = [
    ("A100", {}, A100),
    ("H100 SXM", {"to": "KH", "headquarters": "US", "exporter": "other"}, H100_CAMBODIA),
    ("H100 SXM", {"to": "NI", "exporter": "other"}, H100_NICARAGUA),
    ("V100 PCIe 16GB", {"to": "RU", "exporter": "other"}, V100_RUSSIA),
    ("B30A", {}, B30A),
]


@pytest.mark.parametrize(("chip", "asked", "history"), HISTORIES, ids=[f"{c} {a.get('to')}" for c, a, _ in HISTORIES])
def test_a_history_is_told_to_the_day_and_by_what_made_it(chip: str, asked: dict[str, Any], history: str) -> None:
    lines = [line.rstrip() for line in told(exportrules.timeline(chip, **asked))]
    # the histories go through the last verified day, whichever it is
    last = LAW.edition.verified_through
    assert lines == history.strip("\n").replace("..LAST", f"..{last}").replace("AFTER", str(last + DAY)).splitlines()


def test_beyond_the_horizon_is_one_span_whatever_is_scheduled_there() -> None:
    # the affiliates rule returns on 2026-11-10 unless BIS acts
    owned = {"listed_ownership_percent": 60, "listed_owner": "Huawei Technologies"}
    found = exportrules.timeline("V100 PCIe 16GB", exporter="other", facts=owned)
    assert date(2026, 11, 10) in found.starts
    assert (found.spans[-1].start, found.spans[-1].last) == (LAW.edition.verified_through + DAY, None)
    assert sum(span.answer.standing == "beyond_horizon" for span in found.spans) == 1


def opened(found: Timeline, on: str) -> tuple[str, ...]:
    return found.opened_by(found.index(date.fromisoformat(on)))


def test_a_country_that_leaves_a_group_is_named_with_the_instrument_that_took_it_out() -> None:
    # Cyprus was in D:5 from before coverage on, so its membership has an end and no beginning
    found = exportrules.timeline("H800", to="CY", exporter="other")
    assert opened(found, "2024-05-30") == ("89fr40369 (CY leaves D:5)",)


def test_of_the_countries_that_change_groups_on_a_day_only_the_deal_s_own_is_named() -> None:
    day = date(2020, 12, 28)  # Cyprus, Mexico and Ukraine
    found = exportrules.timeline("H800", to="CY", exporter="other")._memberships_on(day)
    assert [name.split(" (")[1] for name in found] == ["CY enters A:6)"]


def test_a_chip_that_comes_on_the_day_of_a_rule_was_first_made_public_then() -> None:
    found = exportrules.timeline(replace(OWN, announced=date(2022, 10, 21)), exporter="other")
    assert opened(found, "2022-10-21") == ("chip first made public",)


def test_all_that_ends_on_a_day_is_named_where_nothing_begins() -> None:
    row = Row(tests=(Test(fact="destination", op="is", bound="CN"),))
    rules = [
        Provision(id=f"law#{name}", kind="requirement", title="", cite="", paragraph="742.6", when=(row,),
                  policy="case_by_case", effective=date(2023, 1, 1), expires=date(2023, 6, 30))
        for name in "qp"
    ]  # fmt: skip
    made = replace(LAW.instruments["87fr62186"], id="law", provision=tuple(rules))
    law = replace(LAW, instruments={"law": made})
    found = exportrules.timeline("V100 PCIe 16GB", exporter="other", ruleset=law)
    assert (opened(found, "2023-01-01"), opened(found, "2023-07-01")) == (("law#p", "law#q"), ("law#p", "law#q"))


def test_each_day_belongs_to_the_span_that_begins_on_or_before_it() -> None:
    found = exportrules.timeline("A100")
    for index, start in enumerate(found.starts[1:], 1):
        assert (found.index(start - DAY), found.index(start), found.index(start + DAY)) == (index - 1, index, index)
        assert found.at(start) is found.answers[index]
    assert found.index(date.min) == 0
    assert found.index(date.max) == len(found.starts) - 1


@pytest.mark.parametrize("on", ["2022-10-21", "2023-01-17", "2024-06-03", "2025-01-13", "2026-01-14"])
def test_an_answer_holds_through_changes_of_law_that_leave_it_the_same(on: str) -> None:
    assert check("A100", on=on).holds == (date(2022, 10, 21), date(2026, 1, 14))


def test_what_comes_before_and_after_is_told_with_its_day() -> None:
    found = check("A100", on="2022-09-15")
    assert found.previous is not None
    assert found.next is not None
    assert tuple(found.previous) == (
        date(2022, 8, 26), "no_license_requirement", None, "verified", ("letter-nvidia-2022-08-26#requirement",),
    )  # fmt: skip
    assert tuple(found.next) == (
        date(2022, 10, 21), "license_required", "presumption_of_denial", "verified",
        ("87fr62186#742.6(a)(6)", "87fr62186#742.6(b)(10)"),
    )  # fmt: skip
    assert check("A100", on="2019-01-01").previous is None
    assert check("A100", on=LAW.edition.verified_through + DAY).next is None


# --- families: which variants are asked, and what they are told together ----------------------------


def asked(chip: str, on: str, **more: Any) -> tuple[list[str], list[tuple[str, str]]]:
    answer = exportrules.timeline(chip, **more).at(date.fromisoformat(on))
    return list(answer.asked), list(answer.left_out)


def test_a_family_asks_the_variants_that_were_public_and_says_why_not_the_others() -> None:
    first = "nvidia-h20-96gb"
    nothing = ("H20 NVL16", "no throughput figures are known")
    assert asked("H20", "2023-11-09") == ([first], [nothing, ("H20 SXM 141GB (H20-3e)", "not public yet")])
    # no day is known of the second: it is asked from the first day on which it may have been public
    assert asked("H20", "2024-11-30") == ([first], [nothing, ("H20 SXM 141GB (H20-3e)", "not public yet")])
    assert asked("H20", "2024-12-01") == ([first, "nvidia-h20-141gb"], [nothing])
    # before the first of them all are asked, and none was released
    assert asked("H20", "2023-11-08") == ([first, "nvidia-h20-141gb"], [nothing])


def test_a_shipped_variant_without_a_day_is_asked_from_the_first_announcement_on() -> None:
    whole, family = LAW.variants["nvidia-h20-141gb"]
    undated = replace(whole, not_public_before=None)
    other = replace(family, variant=tuple(undated if v is whole else v for v in family.variant))
    law = replace(LAW, families={**LAW.families, family.id: other})
    before = exportrules.timeline("H20", ruleset=law).at(date(2023, 11, 8))
    assert before.outcome == "not_released"
    assert before.left_out == (("H20 NVL16", "no throughput figures are known"),)
    assert asked("H20", "2023-11-09", ruleset=law)[0] == ["nvidia-h20-96gb", "nvidia-h20-141gb"]
    alone = exportrules.timeline("nvidia-h20-141gb", ruleset=law)
    assert alone.courses[0].public(date(2020, 1, 1)) is None
    assert alone.at(date(2021, 1, 1)).outcome == "no_license_requirement"


def test_a_family_without_any_figures_is_asked_all_the_same() -> None:
    found = exportrules.timeline("nvidia-h20-nvl16")
    assert found.undescribed == ()
    assert found.at(date(2026, 1, 1)).asked == ("nvidia-h20-nvl16",)


def test_variants_that_differ_are_told_apart_and_what_they_share_is_kept() -> None:
    found = exportrules.timeline("Gaudi 2", exporter="other").at(date(2023, 8, 1))
    assert (found.outcome, found.review_policy, found.turns_on) == ("indeterminate", "indeterminate", ("variant",))
    assert [(case.conditions, case.outcome, case.review_policy) for case in found.cases] == [
        ((("variant", "Gaudi 2 HL-225H OAM 96GB"),), "license_required", "presumption_of_denial"),
        ((("variant", "Gaudi 2 HL-225B OAM 96GB (China)"),), "no_license_requirement", None),
    ]


def test_variants_that_differ_in_outcome_alone_keep_their_policy() -> None:
    found = exportrules.timeline("RTX PRO 6000", exporter="other").at(date(2025, 6, 2))
    assert (found.outcome, found.review_policy) == ("indeterminate", "presumption_of_denial")
    assert found.turns_on == ("variant", "privately_informed", "designed_for_datacenter")
    # the workstation boards, as their sources differ on what they are designed for, and the server board
    told = dict.fromkeys((*(value for _, value in case.conditions[1:]), case.outcome) for case in found.cases)
    assert list(told) == [
        ("no", "no", "license_exception"), ("no", "yes", "license_required"), ("yes", "license_required"),
        ("license_required",),
    ]  # fmt: skip


def test_variants_that_turn_on_the_same_fact_are_no_reason_to_name_the_variant() -> None:
    found = exportrules.timeline("A100").at(date(2026, 2, 2))
    assert len(found.asked) == 4
    assert found.turns_on == ("part_748_dd_certified",)
    assert [(case.conditions, case.review_policy) for case in found.cases] == [
        ((("part_748_dd_certified", "no"),), "presumption_of_denial"),
        ((("part_748_dd_certified", "yes"),), "case_by_case"),
    ]


def variants(*verdicts: Verdict) -> Verdict:
    return together(
        [(Subject(id=name, name=name, facts={}).words, verdict) for name, verdict in zip("AB", verdicts, strict=False)]
    )


def test_variants_are_named_where_they_decide_differently_not_where_they_turn_on_different_facts() -> None:
    law = Law("indeterminate", "presumption_of_denial")
    found = variants(Verdict(law, ("tpp",)), Verdict(law, ("activity",)))
    assert (found.turns_on, found.law.outcome, found.law.review_policy) == (("tpp", "activity"), *law[:2])
    assert [case.conditions for case in found.cases] == [(("variant", "A"),), (("variant", "B"),)]


def test_variants_that_differ_in_policy_alone_keep_their_outcome() -> None:
    laws = Law("license_required", "presumption_of_denial"), Law("license_required", "case_by_case")
    found = variants(*map(Verdict, laws))
    assert (found.turns_on, found.law.outcome, found.law.review_policy) == (
        ("variant",), "license_required", "indeterminate",
    )  # fmt: skip


# --- chips that are not public, or of one's own ------------------------------------------------------


OWN = Variant(id="acme-x", name="Acme X", dense_tops={"fp16_bf16": 400}, die_area_mm2=800,
              designed_for_datacenter=True, io_gbytes_s={"link": 900})  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "public"),
    [
        ({}, (None, None, None)),
        ({"status": "reported"}, (None, None, None)),
        ({"announced": date(2023, 3, 1)}, (False, True, True)),
        ({"not_public_before": date(2023, 3, 1)}, (False, None, None)),
        ({"announced": date(2023, 3, 1), "not_public_before": date(2023, 3, 2)}, (False, True, True)),
    ],
    ids=["no day", "reported", "announced", "not before", "both"],
)
def test_a_chip_is_public_from_its_day_and_maybe_without_one_or_if_only_reported(
    changed: dict[str, Any], public: tuple[bool | None, ...]
) -> None:
    course = exportrules.timeline(replace(OWN, **changed)).courses[0]
    days = (date(2023, 2, 28), date(2023, 3, 1), date(2023, 3, 2))
    assert tuple(course.public(day) for day in days) == public


def test_facts_alone_are_public_on_every_day() -> None:
    course = exportrules.timeline(None, facts={"tpp": 5000}, exporter="other").courses[0]
    assert course.public(date.min) is True


def test_a_chip_that_is_not_released_says_what_the_law_would_have_required() -> None:
    answer = exportrules.timeline("H100").at(date(2021, 6, 1))
    assert (answer.outcome, answer.review_policy) == ("not_released", None)
    assert answer.projection is not None
    assert tuple(answer.projection) == ("no_license_requirement", None)


def test_a_chip_that_was_never_announced_is_answered_by_the_law() -> None:
    answer = exportrules.timeline("B30A").at(date(2024, 6, 3))
    assert (answer.outcome, answer.review_policy) == ("license_required", "presumption_of_denial")
    assert (answer.standing, answer.projection) == ("unannounced", None)
    assert exportrules.timeline("MI309").at(date(2024, 6, 3)).standing == "unannounced"


ANNOUNCED = """id = "acme-one"
name = "Acme One"
vendor = "nvidia"
[[variant]]
id = "acme-one-a"
name = "Acme One A"
status = "reported"
announced = 2022-12-01
announced_by = "press"
announced_source = "a newspaper"
{figures}
[[variant]]
id = "acme-one-b"
name = "Acme One B"
announced = 2023-03-01
announced_source = "the maker"
{figures}
"""
FIGURES = """designed_for_datacenter = true
dense_tops = { fp16_bf16 = 400 }
die_area_mm2 = 800
non_planar = true
io_gbytes_s = { nvlink = 600 }
confidence = "secondary"
sources = ["https://example.org/one"]
"""


def test_a_change_from_reported_to_announced_is_opened_by_the_release(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text(ANNOUNCED.replace("{figures}", FIGURES), "utf-8")
    law = exportrules.load_ruleset(overlays=[file])
    told_of = [line for line in told(exportrules.timeline("Acme One", ruleset=law)) if line.startswith("202")][:3]
    assert told_of == [
        "2020-01-01..2022-11-30 not_released by start of coverage",
        "2022-12-01..2023-02-28 license_required/presumption_of_denial [unannounced] by chip first made public",
        "2023-03-01..2026-01-14 license_required/presumption_of_denial by chip first made public",
    ]


def test_a_ruleset_prints_on_a_line() -> None:
    edition, count = LAW.edition.edition, len(LAW.instruments)
    assert repr(LAW) == f"<Ruleset {edition}: {count} instruments, {len(LAW.families)} families>"


def test_of_several_standings_the_strictest_is_told() -> None:
    told = {day: exportrules.timeline("B30A").at(day).standing for day in (date(2019, 6, 1), date(2026, 12, 1))}
    assert list(told.values()) == ["before_coverage", "beyond_horizon"]
    edition = replace(LAW.edition, destinations_not_encoded=("CN",))
    law = replace(LAW, edition=edition)
    assert exportrules.timeline("B30A", ruleset=law).at(date(2024, 6, 3)).standing == "destination_not_encoded"


def test_an_answer_that_is_the_law_itself_has_no_projection() -> None:
    assert exportrules.timeline("A100").at(date(2022, 9, 15)).projection is None


# --- the edges of the law ----------------------------------------------------------------------------


def with_edition(**changed: Any) -> Ruleset:
    return replace(LAW, edition=replace(LAW.edition, **changed))


@pytest.mark.parametrize(
    ("to", "standing", "outcome"),
    [("FR", "destination_not_encoded", "indeterminate"), ("DE", "verified", "no_license_requirement")],
)
def test_a_destination_whose_law_is_not_encoded_has_no_yes(to: str, standing: str, outcome: str) -> None:
    law = with_edition(destinations_not_encoded=("FR",))
    answer = exportrules.timeline("A100", to=to, exporter="other", ruleset=law).at(date(2023, 6, 1))
    assert (answer.standing, answer.outcome) == (standing, outcome)
    assert (answer.projection is None) == (standing == "verified")


def test_a_requirement_that_stands_is_not_taken_back_by_the_edge_of_the_map() -> None:
    law = with_edition(destinations_not_encoded=("CN",))
    answer = exportrules.timeline("A100", exporter="other", ruleset=law).at(date(2023, 6, 1))
    assert (answer.standing, answer.outcome, answer.review_policy) == (
        "destination_not_encoded", "license_required", "presumption_of_denial",
    )  # fmt: skip
    assert answer.projection is None


def test_an_exception_is_no_answer_where_the_law_is_not_encoded() -> None:
    law = with_edition(destinations_not_encoded=("CN",))
    answer = exportrules.timeline("RTX 4090", ruleset=law).at(date(2023, 12, 1))
    assert (answer.outcome, answer.review_policy) == ("indeterminate", "indeterminate")
    assert answer.projection is not None
    assert answer.projection.outcome == "license_exception"


def test_a_requirement_stands_before_coverage_too() -> None:
    law = with_edition(covers_from=date(2023, 1, 1))
    answer = exportrules.timeline("A100", exporter="other", ruleset=law).at(date(2022, 12, 1))
    assert (answer.standing, answer.outcome, answer.review_policy) == (
        "before_coverage", "license_required", "presumption_of_denial",
    )  # fmt: skip
    assert answer.projection is None


def test_what_is_undetermined_before_coverage_is_one_span_from_the_first_day_on() -> None:
    law = with_edition(covers_from=date(2024, 1, 1))
    found = exportrules.timeline(None, facts={"tpp": 100, "aggregate_io_gbytes_s": 700}, exporter="other", ruleset=law)
    assert found.starts[1] < date(2024, 1, 1)
    assert found.holds(1)[0] == 0
    assert (found.spans[0].start, found.spans[0].last) == (None, date(2023, 12, 31))


def test_the_last_verified_day_is_verified_also_where_the_law_changes_on_it() -> None:
    law = with_edition(text_read=date(2022, 10, 21))
    found = exportrules.timeline("A100", exporter="other", ruleset=law)
    assert (found.at(date(2022, 10, 21)).standing, found.at(date(2022, 10, 21)).outcome) == (
        "verified", "license_required",
    )  # fmt: skip
    assert found.at(date(2022, 10, 22)).standing == "beyond_horizon"


@pytest.mark.parametrize(
    ("chip", "outcome"), [("V100 PCIe 16GB", "indeterminate"), ("A100 PCIe 40GB", "license_required")]
)
def test_a_blocking_gap_takes_back_a_yes_and_leaves_a_no(chip: str, outcome: str) -> None:
    row = Row(tests=(Test(fact="destination", op="is", bound="CN"),))
    gap = Gap(id="secret", what="A rule.", effect="It forbids.", start=date(2023, 6, 1), blocking=True, when=(row,))
    law = with_edition(not_encoded=(gap,))
    answers = exportrules.timeline(chip, exporter="other", ruleset=law)
    before, after = answers.at(date(2023, 5, 31)), answers.at(date(2023, 6, 1))
    assert after.outcome == outcome
    assert (before.outcome == after.outcome) == (outcome == "license_required")
    assert (after.review_policy == "indeterminate") == (outcome == "indeterminate")
    assert bool(after.law.blocked) == (outcome == "indeterminate")


def test_a_blocking_gap_takes_back_an_exception_as_well() -> None:
    gap = Gap(id="secret", what="A rule.", effect="It forbids.", blocking=True)
    answer = exportrules.timeline("RTX 4090", ruleset=with_edition(not_encoded=(gap,))).at(date(2023, 12, 1))
    assert (answer.outcome, answer.review_policy) == ("indeterminate", "indeterminate")
    assert answer.law.outcome == "license_exception"


def test_a_span_opened_by_a_gap_alone_names_no_gap() -> None:
    gap = Gap(id="secret", what="A rule.", effect="It forbids.", start=date(2023, 6, 1), blocking=True)
    found = exportrules.timeline("V100 PCIe 16GB", exporter="other", ruleset=with_edition(not_encoded=(gap,)))
    assert found.opened_by(found.index(date(2023, 6, 1))) == ()


# --- what is remembered --------------------------------------------------------------------------------


def test_a_profile_asked_twice_is_evaluated_once_and_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    law = replace(LAW)
    first = exportrules.timeline("A100 PCIe 40GB", ruleset=law)

    def never(*_: object) -> None:
        raise AssertionError("evaluated again")

    monkeypatch.setattr("exportrules.engine.course.decide", never)
    again = Timeline(law, first.question)
    assert again.starts == first.starts
    assert again.answers == first.answers


def test_two_chips_with_the_same_facts_share_a_course_and_keep_their_names() -> None:
    law = replace(LAW)
    one = exportrules.timeline(OWN, ruleset=law).courses[0]
    other = exportrules.timeline(replace(OWN, name="Acme Y"), ruleset=law).courses[0]
    assert other.verdicts is one.verdicts
    assert (one.subject.name, other.subject.name) == ("Acme X", "Acme Y")
    assert sum(isinstance(kept, MODULE.Course) for kept in law.memory.values()) == 1


def test_layers_and_what_was_known_are_never_mixed_up() -> None:
    law = replace(LAW)

    def outcome(**more: Any) -> str:
        return check("H100 SXM", on="2025-06-02", to="SG", exporter="other", ruleset=law, **more).outcome

    assert [outcome(), outcome(as_printed=True), outcome(known_on="2025-05-12"), outcome()] == [
        "no_license_requirement", "license_required", "license_required", "no_license_requirement",
    ]  # fmt: skip


def test_what_an_addressee_knew_is_not_what_the_public_knew() -> None:
    asked: dict[str, Any] = {"on": "2022-08-28", "known_on": "2022-08-28"}
    assert check("A100", **asked).outcome == "license_required"
    assert check("A100", **asked, exporter="other").outcome == "no_license_requirement"
    assert check("A100", on="2022-09-15", known_on="2022-08-25").outcome == "no_license_requirement"


def test_memory_is_bounded_and_answers_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportrules.law.memory.LIMIT", 6)
    law = replace(LAW)
    for tpp in (100, 2000, 5000, 6000):
        question = exportrules.timeline(None, facts={"tpp": tpp}, exporter="other").question
        assert Timeline(law, question).answers
        assert len(law.memory) <= 6


def test_of_a_full_memory_the_older_half_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportrules.law.memory.LIMIT", 400)
    memory = Memory()
    for number in range(401):
        memory.keep(number, "result")
    assert list(memory) == list(range(200, 401))


def test_what_is_foreseen_is_the_answer_but_beyond_the_horizon() -> None:
    made = exportrules.timeline("V100", exporter="other")
    horizon = LAW.edition.verified_through
    for day in (LAW.edition.covers_from - DAY, LAW.edition.covers_from, horizon):
        assert made.foreseen(day) == (made.at(day).outcome, made.at(day).review_policy)
    assert made.at(LAW.edition.covers_from - DAY).outcome == made.at(horizon + DAY).outcome == "indeterminate"
    assert made.foreseen(horizon + DAY) == made.foreseen(horizon) == ("no_license_requirement", None)
