"""Answers beside other answers: between days, between editions, under suppositions, and as a calendar."""

from __future__ import annotations

import csv
import itertools
import json
import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from exportrules import QuestionError, Ruleset, check, default_ruleset, load_ruleset, timeline
from exportrules.cli import cli
from exportrules.files.load import data_directory
from exportrules.render.differences import moved_rows, step_rows
from exportrules.study.calendar import events
from exportrules.study.differences import (
    Decision,
    Moved,
    between,
    chosen,
    decision_on,
    editions,
    moved,
    named,
    supposed,
)
from tests.readme import EXAMPLES
from tests.supposed import edited_files

LAW = default_ruleset()
QUICK = settings(derandomize=True, database=None, deadline=None, max_examples=60)
DAYS = st.dates(date(2019, 6, 1), date(2027, 6, 1))
CHIPS = st.sampled_from(sorted(LAW.variants))


def run(*args: Any) -> str:
    result = CliRunner().invoke(cli, list(map(str, args)))
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refused(*args: Any) -> str:
    result = CliRunner().invoke(cli, list(map(str, args)))
    assert isinstance(result.exception, QuestionError), result.exception
    return str(result.exception)


# --- between two days ---------------------------------------------------------------------------


@QUICK
@given(CHIPS, DAYS, DAYS, st.sampled_from(["CN", "AE", "SG"]))
def test_a_chip_is_listed_exactly_where_its_two_answers_differ(chip: str, one: date, other: date, to: str) -> None:
    first, last = min(one, other), max(one, other)
    steps = between(LAW, [chip], first, last, {"to": to})
    made = timeline(chip, to=to)
    was, now = decision_on(made, first), decision_on(made, last)
    assert bool(steps) == (was != now)
    if steps:
        assert (steps[0].before, steps[-1].after) == (was, now)
        for step, following in itertools.pairwise(steps):
            assert step.on < following.on
            assert step.after == following.before
        for step in steps:
            assert first < step.on <= last
            assert decision_on(made, step.on) == step.after
            assert decision_on(made, step.on - timedelta(1)) == step.before
            assert step.through


def test_the_october_rule_of_2023_overnight() -> None:
    steps = between(LAW, chosen(LAW, ["A800,H20", "V100"]), date(2023, 11, 16), date(2023, 11, 17), {"to": "CN"})
    assert {LAW.variants[s.chip][1].name for s in steps} == {"A800"}
    assert {s.through[0] for s in steps} == {"88fr73458#742.6(a)(6)(iii)"}


HORIZON = LAW.edition.verified_through


@pytest.mark.parametrize("to", ["CN", "SG", "AE", "RU", "FR"])
def test_nothing_happens_at_the_horizon(to: str) -> None:
    for chip in LAW.variants:
        made = timeline(chip, to=to)
        assert decision_on(made, HORIZON) == decision_on(made, HORIZON + timedelta(1)), chip
    assert between(LAW, LAW.variants, HORIZON, HORIZON + timedelta(1), {"to": to}) == []
    told = events(LAW, LAW.variants, HORIZON, {"to": to})
    assert [e for e in told if e.on == HORIZON + timedelta(1) or "end of the verified period" in e.through] == []


def test_nor_where_the_law_is_left_out(tmp_path: Path) -> None:
    gap = '\n[[not_encoded]]\nid = "test"\nwhat = "A law."\neffect = "Any."\nblocking = true\n'
    gap += 'when = [{ tests = [{ fact = "destination", op = "is", bound = "SG" }] }]\n'
    file = "us-ear/ruleset.toml"
    blocked = edited(tmp_path, "gap", (file, (data_directory() / file).read_text("utf-8"),
                                       (data_directory() / file).read_text("utf-8") + gap))  # fmt: skip
    made = timeline("V100", to="SG", ruleset=blocked)
    assert made.at(HORIZON).outcome == "indeterminate"
    assert (
        decision_on(made, HORIZON)
        == decision_on(made, HORIZON + timedelta(1))
        == Decision("indeterminate", "indeterminate")
    )


def test_days_reversed_and_empty_lists_are_refused() -> None:
    assert refused("diff", "2023-11-17", "2023-11-16", "--chips", "A100") == (
        "2023-11-16 is before 2023-11-17. Write the earlier day first."
    )
    assert refused("diff", "2023-11-17").startswith("give two days")
    assert refused("diff", "2023-11-16", "2023-11-17", "--chips", " , ").startswith("--chips names no chip.")
    assert "Did you mean" in refused("diff", "2023-11-16", "2023-11-17", "--chips", "H2O")


def test_diff_prints_chips_that_change_alike_together() -> None:
    text = run("diff", "2023-11-16", "2023-11-17", "--chips", "A800,H800,V100", "--to", "MO")
    assert text.startswith(
        "to Macau; export by each chip's maker; civil end use; as enforced; 2023-11-16 to 2023-11-17\n\n2023-11-17  "
    )
    assert "            A800, H800\n" in text
    assert "through 88fr73458#742.6(a)(6)(iii): Advanced computing items" in text
    rows = json.loads(run("diff", "2023-11-16", "2023-11-17", "--chips", "A800", "-f", "json"))
    assert {row["date"] for row in rows} == {"2023-11-17"}


SAID = ("--end-user", "Acme", "--party", "Foo Trading", "--to", "SG", "--headquarters", "MY", "--ultimate-parent", "VN",
        "--end-use", "military", "--known-on", "2024-06-01", "--as-printed")  # fmt: skip


@pytest.mark.slow
def test_whatever_can_change_an_answer_stands_in_every_head() -> None:
    terms = ("for Acme", "with Foo Trading", "headquarters in Malaysia", "ultimate parent in Vietnam",
             "military end use", "as known on 2024-06-01", "text as printed")  # fmt: skip
    both = ("--ruleset", data_directory())
    for page in (
        ("diff", "2023-11-16", "2023-11-17", "--chips", "A800", *SAID),
        ("diff", *both, *both, "--chips", "A800", *SAID),
        ("changes", "--from", "2023-11-16", "--chips", "A800", *SAID),
        ("what-if", EXAMPLES / "no-io-limb.toml", "--chips", "A800", *SAID),
        ("matrix", "A800", "--on", "2024-06-03", *SAID),
        ("timeline", "A800", *SAID),
        ("check", "A800", "--on", "2024-06-03", *SAID),
        ("flip", "A800", "--on", "2024-06-03", *SAID),
    ):
        head = run(*page)
        assert [term for term in terms if term not in head] == [], (page[0], head)


def test_a_fact_that_was_given_stands_beside_the_answer_to_its_last_digit() -> None:
    said = ("--fact", "listed_ownership_percent=49.9999", "--fact", "designed_for_datacenter=false")
    for page in (("check", "RTX4080", "--on", "2024-06-03"), ("flip", "RTX4080", "--on", "2024-06-03"),
                 ("timeline", "RTX4080"), ("matrix", "RTX4080", "--on", "2024-06-03")):  # fmt: skip
        assert "given listed_ownership_percent=49.9999, designed_for_datacenter=no" in run(*page, *said)


def test_a_ruleset_without_chips_has_nothing_to_compare() -> None:
    with pytest.raises(QuestionError, match="has no chip"):
        chosen(replace(LAW, families={}), [])


def test_a_family_is_named_once_where_all_of_it_is_there() -> None:
    whole = list(chosen(LAW, ["A800"]))
    assert named(LAW, whole) == ["A800"]
    assert named(LAW, whole[:1]) == [LAW.variants[whole[0]][0].name]
    # the H800 NVL has no figures, so nothing can be said of it
    assert named(LAW, [v for v in chosen(LAW, ["H800"]) if LAW.variants[v][0].dense_tops]) == ["H800"]


# --- between two rulesets -----------------------------------------------------------------------


def edited(tmp_path: Path, name: str, *edits: tuple[str, str, str]) -> Ruleset:
    return load_ruleset(edited_files(tmp_path / name, *edits))


RULE = "us-ear/instruments/88fr73458.toml"
LINE = (RULE, '{ fact = "tpp", op = "ge", bound = 2400 }', '{ fact = "tpp", op = "ge", bound = 2300 }')
STAMPS = f"text_read = {LAW.edition.text_read}\nregister_swept = {LAW.edition.register_swept}"
LATER = ("us-ear/ruleset.toml", STAMPS, "text_read = 2026-12-31\nregister_swept = 2026-12-31")


@QUICK
@given(CHIPS, DAYS, st.sampled_from(["CN", "SG"]))
def test_a_day_lies_in_a_span_exactly_where_the_two_say_different_things(
    changed: Ruleset, chip: str, day: date, to: str
) -> None:
    before, after = timeline(chip, to=to, ruleset=LAW), timeline(chip, to=to, ruleset=changed)
    spans = list(moved(chip, before, after))
    inside = [s for s in spans if (s.first or date.min) <= day and (s.last is None or day <= s.last)]
    was, now = decision_on(before, day), decision_on(after, day)
    assert len(inside) == (was != now)
    for span in inside:
        assert (span.before, span.after) == (was, now)
        assert RULE.split("/")[-1].removesuffix(".toml") in span.through[0]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    return edited(tmp_path_factory.mktemp("changed"), "new", LINE)


def test_an_edition_that_only_looks_further_changes_nothing(tmp_path: Path) -> None:
    new = edited(tmp_path, "new", LATER)
    found = editions(LAW, new, [], {})
    assert (found.past, found.future, found.files) == ([], [], ["us-ear/ruleset.toml"])


def test_past_and_future_are_told_apart_at_the_older_horizon(changed: Ruleset) -> None:
    found = editions(LAW, changed, ["H20"], {})
    assert found.past
    assert all(span.last is not None and span.last <= HORIZON for span in found.past)
    assert all(span.first is not None and span.first > HORIZON for span in found.future)
    first = found.past[0]
    assert (first.first, first.before, first.after.outcome) == (
        date(2023, 11, 17) if first.first == date(2023, 11, 17) else first.first,
        Decision("no_license_requirement", None),
        "license_exception",
    )
    assert first.through == ("88fr73458#3A090.b",)


def test_a_corrected_figure_is_told_by_the_chip(tmp_path: Path) -> None:
    file = "chips/nvidia/h800.toml"
    text = (data_directory() / file).read_text("utf-8")
    assert "nvlink = 400" in text
    new = edited(tmp_path, "new", (file, "nvlink = 400", "nvlink = 600"), (file, "io_check = 528", "io_check = 728"))
    chip = chosen(LAW, ["H800"])[0]
    first, *_ = supposed(LAW, new, [chip], {})
    assert (str(first.first), first.after) == ("2023-03-21", Decision("license_required", "presumption_of_denial"))
    assert f"{chip}: aggregate_io_gbytes_s" in first.through


def test_an_edition_is_printed_under_the_headings_of_the_news(tmp_path: Path) -> None:
    old = edited(tmp_path, "old", LINE)
    assert old.digest != LAW.digest
    extra = tmp_path / "new"
    shutil.copytree(data_directory(), extra, ignore=shutil.ignore_patterns("cases"))
    shutil.copy(EXAMPLES / "letter.toml", extra / "us-ear" / "instruments" / "acme.toml")
    text = run("diff", "--ruleset", tmp_path / "old", "--ruleset", extra, "--chips", "H20")
    headings = [line[4:] for line in text.splitlines() if line.startswith("### ")]
    news = (Path(__file__).parent.parent / "NEWS.md").read_text("utf-8")
    assert headings == [line[4:] for line in news.splitlines() if line.startswith("### ")][:3]
    assert "- 2023-11-09 through " in text or "- 2023-11-17 through " in text
    assert "(88fr73458#3A090.b)" in " ".join(text.split())
    assert "- New: Letter of 2024-03-01, Is-informed letter to Acme" in text
    nothing = run("diff", "--ruleset", data_directory(), "--ruleset", data_directory(), "--chips", "H20")
    assert nothing.count("None.") == 3
    assert "0 files differ." in nothing


# --- suppositions -------------------------------------------------------------------------------


def what_if(name: str, *chips: str, **deal: Any) -> list[Moved]:
    return supposed(LAW, load_ruleset(None, [EXAMPLES / f"{name}.toml"]), chosen(LAW, chips), deal)


def test_without_its_io_limb_the_rule_of_2022_catches_the_a800_on_its_first_day() -> None:
    found = what_if("no-io-limb", "A800", "H800", "A100")
    free = [m for m in found if m.before.outcome == "no_license_requirement"]
    caught = {(LAW.variants[m.chip][1].name, str(m.first), str(m.last)) for m in free}
    assert caught == {("A800", "2022-11-07", "2023-10-22"), ("H800", "2023-03-21", "2023-10-22")}
    assert {m.after for m in found} == {Decision("license_required", "presumption_of_denial")}
    assert {m.through for m in found} == {("no-io-limb#3A090.a",)}


def test_a_limb_on_memory_bandwidth_catches_the_h20_and_no_chip_without_the_bandwidth() -> None:
    found = what_if("bandwidth-limb")
    assert "H20" in {LAW.variants[m.chip][1].name for m in found}
    for m in found:
        assert m.first is None or m.first >= date(2023, 11, 17)
        bandwidth = timeline(m.chip).courses[0].subject.facts.get("dram_bandwidth_gbytes_s")
        readings = (bandwidth.candidates or (bandwidth.value,)) if bandwidth else ()
        assert not readings or max(v for v in readings if isinstance(v, int | Decimal)) >= 4000


def test_a_shifted_date_leaves_the_letters_in_force_until_it_comes() -> None:
    law = load_ruleset(None, [EXAMPLES / "half-a-year-later.toml"])
    assert check("A100", on="2023-04-20", ruleset=law).requirements == ["letter-nvidia-2022-08-26#requirement"]
    assert check("A100", on="2023-04-21", ruleset=law).requirements == ["half-a-year-later#742.6(a)(6)"]
    other = what_if("half-a-year-later", "A100", exporter="other")
    assert {(str(m.first), str(m.last), m.after.outcome) for m in other} == {
        ("2022-10-21", "2023-04-20", "no_license_requirement")
    }


def test_what_if_says_what_is_supposed_and_what_is_doubtful(tmp_path: Path) -> None:
    text = run("what-if", EXAMPLES / "no-io-limb.toml", "--chips", "A800")
    assert "in the place of 87fr62186#3A090.a: 3A090: 600 Gbyte/s or more" in text
    assert "in force from 2022-10-21 through 2023-11-16" in text
    assert "doubtful" not in text
    beside = tmp_path / "beside.toml"
    words = (EXAMPLES / "no-io-limb.toml").read_text("utf-8")
    beside.write_text(words.replace('replaces = ["87fr62186#3A090.a"]\n', ""), encoding="utf-8")
    assert "doubtful: " in run("what-if", beside, "--chips", "V100")
    nothing = run("what-if", EXAMPLES / "no-io-limb.toml", "--chips", "V100")
    assert re.search(r"^0 of \d+ variants would have another answer\.$", nothing, re.MULTILINE)


# --- the calendar -------------------------------------------------------------------------------


def calendar(*args: Any) -> tuple[Any, bytes]:
    import icalendar

    result = CliRunner().invoke(cli, ["changes", "-f", "ics", *map(str, args)])
    assert result.exit_code == 0, result.exception
    return icalendar.Calendar.from_ical(result.stdout_bytes), result.stdout_bytes


def test_the_calendar_has_the_scheduled_return_of_the_affiliates_rule() -> None:
    found = events(LAW, chosen(LAW, ["H20", "H200"]), date(2026, 1, 1), {"to": "CN"})
    returning = [e for e in found if e.on == date(2026, 11, 10)]
    assert {(e.what, e.projected) for e in returning} == {("a rule returns", True)}
    assert ("90fr47201#744.11(a)(1)",) in {e.through for e in returning}
    assert found[-1] in returning
    assert [e.on for e in found] == sorted(e.on for e in found)


def test_a_rule_that_could_not_touch_the_chips_is_not_scheduled() -> None:
    for event in events(LAW, chosen(LAW, []), HORIZON + timedelta(1), {}):
        assert event.projected
        assert event.on > LAW.edition.verified_through


def test_the_calendar_is_valid_and_means_what_the_table_means() -> None:
    made, data = calendar("--from", "2022-01-01", "--chips", "A800,H800,H20")
    rows = json.loads(run("changes", "--from", "2022-01-01", "--chips", "A800,H800,H20", "-f", "json"))
    inside = made.walk("VEVENT")
    assert [str(e.decoded("DTSTART")) for e in inside] == [row["date"] for row in rows]
    assert len({str(e["UID"]) for e in inside}) == len(inside)
    for event in inside:
        assert event.decoded("DTSTAMP").utcoffset() == timedelta(0)
        assert "Not legal advice" in str(event["DESCRIPTION"])
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")


def identifiers(*args: Any) -> set[str]:
    return {str(e["UID"]) for e in calendar(*args)[0].walk("VEVENT")}


def test_an_event_keeps_its_identifier_whenever_it_is_asked_for_and_has_one_of_its_own() -> None:
    alone = identifiers("--from", "2023-10-01", "--chips", "A800", "--to", "MO")
    assert alone <= identifiers("--from", "2022-01-01", "--chips", "A800", "--to", "MO")
    # H800 changes on the same days, to the same, through the same: imported second, it must not replace the first
    for other in (("--chips", "H800", "--to", "MO"), ("--chips", "A800"), ("--chips", "A800", "--exporter", "other")):
        assert not alone & identifiers("--from", "2023-10-01", *other)


def test_a_calendar_says_for_which_deal_it_is_and_what_is_projected() -> None:
    said = ("--from", "2023-10-01", "--chips", "A800", "--to", "MO", "--exporter", "other", "--end-use", "military")
    first, *_, last = calendar(*said)[0].walk("VEVENT")
    deal = "export by an exporter without a public letter; military end use; as enforced"
    assert str(first["SUMMARY"]).startswith("A800 to Macau by an exporter without a public letter: ")
    assert f"\nAsked: to Macau; {deal}\n" in str(first["DESCRIPTION"])
    assert "[projected]" not in str(first["SUMMARY"])
    assert str(last["SUMMARY"]).endswith("(90 FR 47201) [projected]")
    row = json.loads(run("changes", *said, "-f", "json"))[0]
    assert (row["destination"], row["deal"]) == ("MO", deal)


def test_tables_of_differences_say_what_is_projected(changed: Ruleset, tmp_path: Path) -> None:
    overlay = tmp_path / "later.toml"
    words = (EXAMPLES / "letter.toml").read_text("utf-8")
    overlay.write_text(words.replace("2024-03-01", "2026-10-01"), encoding="utf-8")
    law = load_ruleset(None, [overlay])
    steps = between(law, chosen(law, ["A800"]), date(2023, 1, 1), date(2026, 12, 1), {"exporter": "other"})
    assert {row["projected"] for row in step_rows(steps, HORIZON)} == {"no"}
    assert {row["projected"] for row in step_rows(steps, date(2022, 1, 1))} == {"yes"}
    assert list(step_rows(steps, HORIZON)[0])[-2:] == ["by", "projected"]
    rows = json.loads(run("what-if", EXAMPLES / "bandwidth-limb.toml", "--chips", "H20,H200", "-f", "json"))
    assert {row["projected"] for row in rows} == {"no", f"after {HORIZON}"}
    for row in rows:
        assert (row["projected"] == "no") == bool(row["through"] and row["through"] <= str(HORIZON))
    future = editions(LAW, changed, ["H20"], {}).future
    assert {row["projected"] for row in moved_rows(future, HORIZON)} == {"yes"}


def test_pages_of_differences_say_the_edition_the_horizon_and_that_they_are_no_advice() -> None:
    footer = f"Ruleset {LAW.edition.edition}, verified through {HORIZON}. Not legal advice"
    inside = run("diff", "2023-11-16", "2023-11-17", "--chips", "A800")
    beyond = run("diff", str(HORIZON), "2099-12-01", "--chips", "H20")
    assert f"0 of 3 variants changed.\n2099-12-01 lies beyond {HORIZON}, through which the law was verified" in beyond
    assert "lies beyond" not in inside
    for page in (inside, beyond, run("what-if", EXAMPLES / "no-io-limb.toml", "--chips", "A800")):
        assert footer in page


CHANGES = ("changes", "--from", "2022-01-01", "--chips", "A800")


@pytest.mark.parametrize(
    ("name", "begins"),
    [("x.csv", "date,what,"), ("x.tsv", "date\twhat\t"), ("x.json", "[\n"), ("x.ics", "BEGIN:VCALENDAR"),
     ("x.md", "| date"), ("x.html", "<table>"), ("x.txt", "to China (PRC); export")],
)  # fmt: skip
def test_a_file_has_the_form_of_its_name(name: str, begins: str, tmp_path: Path) -> None:
    assert run(*CHANGES, "-o", tmp_path / name) == f"Written: {tmp_path / name}\n"
    assert (tmp_path / name).read_text("utf-8").startswith(begins)


def test_a_file_whose_name_says_another_form_is_refused(tmp_path: Path) -> None:
    for form, name in (("csv", "x.ics"), ("ics", "x.csv"), ("simple", "x.json"), ("html", "x.md")):
        said = refused(*CHANGES, "-f", form, "-o", tmp_path / name)
        assert said == f"-f {form} and {tmp_path / name} say different things. Leave -f out, or name another file."
    assert refused(*CHANGES, "-o", tmp_path / "x.doc").startswith(f"{tmp_path / 'x.doc'} ends in none of .csv, ")
    assert not list(tmp_path.iterdir())
    run(*CHANGES, "-f", "csv", "-o", tmp_path / "x.data")
    run(*CHANGES, "-f", "grid", "-o", tmp_path / "x.txt")
    assert (tmp_path / "x.data").read_text("utf-8").startswith("date,what,")
    assert (tmp_path / "x.txt").read_text("utf-8").startswith("+---")


def test_tsv_is_what_csv_is_with_tabs() -> None:
    for page in (("chips",), ("instruments",), CHANGES, ("timeline", "A800")):
        tabs = list(csv.reader(run(*page, "-f", "tsv").splitlines(), delimiter="\t"))
        assert tabs == list(csv.reader(run(*page, "-f", "csv").splitlines()))
        assert {len(row) for row in tabs} == {len(tabs[0])}


def test_titles_are_cut_for_a_terminal_alone_and_say_so() -> None:
    whole = {i.title for i in LAW.instruments.values()}
    assert max(map(len, whole)) > 60
    for form in ("json", "csv"):
        assert all(title in run("instruments", "-f", form) for title in whole if '"' not in title)
    shown = run("instruments")
    assert "…\n" in shown
    assert all(title in shown for title in whole if len(title) <= 60)


def test_long_names_are_folded_between_characters_and_escaped(tmp_path: Path) -> None:
    overlay = tmp_path / "own.toml"
    name = r"长名 \\; 逗号, 芯片的名字非常非常长长长长长长长长长长"
    figures = "dense_tops = { fp16_bf16 = 400 }\ndie_area_mm2 = 500\nio_gbytes_s = { nvlink = 900 }\n"
    figures += 'designed_for_datacenter = true\nannounced = 2022-01-01\nannounced_source = "x"\n'
    family = f'id = "own"\nname = "{name}"\nvendor = "nvidia"\n[[variant]]\nid = "own-1"\nname = "{name}"\n{figures}'
    overlay.write_text(family, encoding="utf-8")
    made, data = calendar("--from", "2022-01-01", "--chips", "own-1", "--overlay", overlay)
    assert str(made.walk("VEVENT")[0]["SUMMARY"]).startswith("长名 \\; 逗号, 芯片的名字非常非常长")
    assert max(map(len, data.split(b"\r\n"))) <= 75


def test_a_calendar_is_written_whole_and_not_over_another(tmp_path: Path) -> None:
    file = tmp_path / "chips.ics"
    run("changes", "--from", "2022-01-01", "--chips", "A800", "-f", "ics", "-o", file)
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert "already exists" in refused("changes", "--from", "2022-01-01", "--chips", "A800", "-o", file)
    assert refused("changes", "--from", "2030-01-01", "--chips", "V100", "-f", "ics").startswith("no change from")
