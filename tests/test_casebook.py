"""The casebook: its answers are computed, its files are checked, its command prints both."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exportrules.answer.determination import check, timeline
from exportrules.cli import cli
from exportrules.errors import RulesetError, UnknownNameError
from exportrules.files.load import default_ruleset, load_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY
from exportrules.study.casebook import (
    Casebook,
    Reply,
    casebooks,
    days_between,
    find_casebook,
    first_day_required,
    load_casebook,
    replies,
)
from exportrules.study.verdicts import rows
from tests import tally

NONE, REQUIRED = "no_license_requirement", "license_required"
MAKER, OTHER = "nvidia", "other"

#: A casebook that is good; the bad ones are made from it.
GOOD = """\
id = "mine"
title = "Mine"
summary = "One claim."

[[claim]]
id = "one"
says = "Somebody had some."
source = { publisher = "A paper", published = "2025-05" }
chips = ["A100"]
from = 2022-09-01
until = 2022-09-30

[[claim.question]]
label = "sold by the maker"
"""


@pytest.fixture(scope="module")
def law() -> Ruleset:
    return default_ruleset()


@cache
def deepseek() -> tuple[Casebook, tuple[Reply, ...]]:
    book = load_casebook(find_casebook("deepseek"), default_ruleset())
    return book, tuple(replies(book, default_ruleset()))


def answers(claim: str, chip: str, exporter: str | None, **asked: object) -> list[tuple[str, str, str]]:
    """(first day, last day, outcome) of the one question of a claim that was asked so."""
    reply = one(claim, chip, exporter, **asked)
    return [(str(d.first), str(d.last), d.span.answer.outcome) for d in reply.days]


def one(claim: str, chip: str, exporter: str | None, **asked: object) -> Reply:
    asked = {"to": "CN", "activity": "export", "as_printed": False, **asked}
    found = [
        reply
        for reply in deepseek()[1]
        if (reply.claim.id, reply.chip, reply.timeline.question.exporter) == (claim, chip, exporter)
        and all(getattr(reply.timeline.question, name) == value for name, value in asked.items())
    ]
    assert len(found) == 1, [reply.question.label for reply in found]
    return found[0]


def since(reply: Reply) -> str:
    assert reply.first is not None
    assert reply.first.unbroken
    return str(reply.first.day)


# --- the findings ---


def test_every_casebook_of_the_package_loads(law: Ruleset) -> None:
    assert "deepseek" in [file.stem for file in casebooks()]
    for file in casebooks():
        assert load_casebook(file, law).id == file.stem
        assert file.stem in file.read_text("utf-8")


@pytest.mark.parametrize("chip", ["RTX 2080 Ti", "V100"])
@pytest.mark.parametrize("exporter", [MAKER, OTHER])
def test_the_chips_of_2020_needed_no_license(chip: str, exporter: str) -> None:
    assert answers("high-flyer-first-chips", chip, exporter) == [("2020-01-01", "2020-03-31", NONE)]


@pytest.mark.parametrize("exporter", [MAKER, OTHER])
def test_the_a100_of_early_2022_needed_no_license(exporter: str) -> None:
    assert answers("high-flyer-a100", "A100", exporter) == [("2022-01-01", "2022-03-31", NONE)]


def test_the_warning_bound_its_addressee_first() -> None:
    maker, other = (one("nvidia-warning", "A100", exporter) for exporter in (MAKER, OTHER))
    assert [str(d.first) for d in maker.days] == ["2022-08-01", "2022-08-26", "2022-10-21"]
    assert maker.days[1].span.opened_by == ("letter-nvidia-2022-08-26#requirement",)
    assert (since(maker), since(other)) == ("2022-08-26", "2022-10-21")


@pytest.mark.parametrize("exporter", [MAKER, OTHER])
def test_the_h800_was_free_until_the_eve_of_the_rule(exporter: str) -> None:
    assert answers("h800-gathered", "H800", exporter) == [("2023-03-21", "2023-10-16", NONE)]


@pytest.mark.parametrize(
    ("chip", "exporter", "day"),
    [
        ("H100", MAKER, "2022-08-26"),
        ("H100", OTHER, "2022-10-21"),
        ("H800", MAKER, "2023-10-23"),
        ("H800", OTHER, "2023-11-17"),
    ],
)
def test_restricted_from_which_day(chip: str, exporter: str, day: str) -> None:
    for claim in ("h100-2022-h800-2023", "jetro-all-subject"):
        assert since(one(claim, chip, exporter)) == day


def test_the_h100_was_free_only_on_paper_days_after_its_announcement() -> None:
    assert answers("scale-ai-50000-h100", "H100", MAKER)[0] == ("2022-03-22", "2022-08-25", NONE)
    assert {outcome for _, _, outcome in answers("scale-ai-50000-h100", "H100", MAKER)[1:]} == {REQUIRED}


@pytest.mark.parametrize("chip", ["H100", "H800"])
def test_singapore_as_enforced_and_as_printed(chip: str) -> None:
    claim = "singapore-third-parties"
    assert answers(claim, chip, MAKER, to="SG", ultimate_parent="SG") == [("2023-07-17", "2025-01-31", NONE)]
    assert answers(claim, chip, MAKER, to="SG", as_printed=True) == [
        ("2023-07-17", "2025-01-12", NONE),
        ("2025-01-13", "2025-01-31", REQUIRED),
    ]


@pytest.mark.parametrize("chip", ["H100", "H800"])
def test_a_singapore_subsidiary_of_a_chinese_group(chip: str) -> None:
    claim = "singapore-third-parties"
    other = one(claim, chip, OTHER, to="SG", ultimate_parent="CN")
    assert since(other) == "2023-11-17"
    assert [(str(d.first), d.span.answer.outcome) for d in other.days] == [
        ("2023-07-17", NONE),
        ("2023-11-17", REQUIRED),
    ]
    # The letter of 2023-10-23 may reach NVIDIA's own sales some weeks before the rule does.
    maker = answers(claim, chip, MAKER, to="SG", ultimate_parent="CN")
    assert maker[0] == ("2023-07-17", "2023-10-22", NONE)
    assert maker[-1] == ("2023-11-17", "2025-01-31", REQUIRED)


@pytest.mark.parametrize(("chip", "day"), [("H100", "2022-10-21"), ("H800", "2023-11-17")])
def test_a_reexport_to_china(chip: str, day: str) -> None:
    reply = one("singapore-third-parties", chip, OTHER, activity="reexport")
    assert since(reply) == day
    assert reply.days[-1].span.answer.outcome == REQUIRED


def test_the_spans_cover_each_window_and_agree_with_check(law: Ruleset) -> None:
    for reply in deepseek()[1]:
        assert reply.days[0].first == reply.claim.first
        assert reply.days[-1].last == reply.claim.last
        assert all(b.first == a.last + DAY for a, b in zip(reply.days, reply.days[1:], strict=False))
        q = reply.question
        for days in reply.days:
            for day in (days.first, days.last):
                asked = check(
                    reply.chip, on=day, to=q.to, exporter=q.exporter, activity=q.activity, headquarters=q.headquarters,
                    ultimate_parent=q.ultimate_parent, end_user=q.end_user, as_printed=q.as_printed, ruleset=law,
                )  # fmt: skip
                answer = days.span.answer
                assert (asked.outcome, asked.review_policy) == (answer.outcome, answer.review_policy)
                assert asked.holds == (days.span.start, days.span.last)
            assert list(days.requirements) == check(
                reply.chip, on=days.first, to=q.to, exporter=q.exporter, activity=q.activity,
                ultimate_parent=q.ultimate_parent, end_user=q.end_user, as_printed=q.as_printed, ruleset=law,
            ).requirements  # fmt: skip


def test_no_answer_is_typed_in() -> None:
    from exportrules.answer.result import OUTCOMES

    def words(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {word for item in value.values() for word in words(item)}
        if isinstance(value, list):
            return {word for item in value for word in words(item)}
        return set()

    for file in casebooks():
        text = file.read_text(encoding="utf-8")
        keys = words(tomllib.loads(text))
        # what a claim implies is said by the claim; what the law answers is computed
        text = re.sub(r'^implies = ".*"$', "", text, flags=re.MULTILINE)
        assert not keys & {"outcome", "review_policy", "eccn", "requirements", "opened_by", "holds", "answer"}
        assert not [outcome for outcome in OUTCOMES if outcome in text]
        assert "88fr" not in text
        assert "letter-" not in text


def test_every_address_is_https_and_every_claim_has_a_source_and_a_note() -> None:
    for claim in deepseek()[0].claim:
        assert claim.source.publisher
        assert claim.source.published or (claim.by_way_of and claim.by_way_of.published)
        assert claim.note
        for source in (claim.source, claim.by_way_of):
            assert source is None or not source.url or source.url.startswith("https://")


# --- the first day ---


def test_no_first_day_where_no_license_was_required(law: Ruleset) -> None:
    first = first_day_required(timeline("V100", ruleset=law), date(2024, 1, 1))
    assert (first.required, first.day, first.unbroken, first.undetermined_from) == (False, None, False, None)


def test_the_first_day_does_not_look_past_the_window(law: Ruleset) -> None:
    asked = timeline("A100", ruleset=law)
    assert not first_day_required(asked, date(2022, 8, 25)).required
    assert first_day_required(asked, date(2022, 8, 26)).day == date(2022, 8, 26)


def test_a_requirement_is_unbroken_only_as_far_as_it_is_verified(law: Ruleset) -> None:
    """Past the last verified day nothing is said, so a requirement is not said to last there."""
    asked = timeline("A100", ruleset=law)
    after = law.edition.verified_through + DAY
    assert not first_day_required(asked, after).unbroken
    assert first_day_required(asked, after - DAY).unbroken


def test_undetermined_days_before_the_first_are_told(law: Ruleset) -> None:
    found = []
    for chip in sorted(law.variants):
        asked = timeline(chip, ruleset=law)
        first = first_day_required(asked, law.edition.verified_through)
        if first.undetermined_from:
            assert first.day is not None
            assert asked.at(first.day - DAY).outcome == "indeterminate"
            assert asked.at(first.undetermined_from).outcome == "indeterminate"
            found.append(chip)
        elif first.day:
            before = asked.at(first.day - DAY)
            assert before.outcome != "indeterminate" or before.standing != "verified"
    assert len(found) < len(law.variants)


def test_a_window_past_the_horizon_is_answered_as_undetermined(law: Ruleset) -> None:
    horizon = law.edition.verified_through
    days = days_between(timeline("V100", ruleset=law), horizon, horizon + 9 * DAY)
    assert [(d.first, d.last, d.span.answer.standing) for d in days] == [
        (horizon, horizon, "verified"),
        (horizon + DAY, horizon + 9 * DAY, "beyond_horizon"),
    ]


# --- bad files ---


def bad(law: Ruleset, place: Path, text: str) -> str:
    file = place / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RulesetError) as caught:
        load_casebook(file, law)
    tally.count("bad files")
    return str(caught.value)


def test_the_good_file_is_good(law: Ruleset, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD, encoding="utf-8")
    book = load_casebook(tmp_path / "mine.toml", law)
    assert [row["outcome"] for row in rows(book, law)] == [REQUIRED]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'label = "sold by the maker"',
            'label = "sold by the maker"\nexportr = "other"',
            "mine.toml: claim[0].question[0].exportr (line 15): there is no key 'exportr' here. "
            "Did you mean 'exporter'?",
        ),
        (
            'label = "sold by the maker"',
            'label = "sold by the maker"\noutcome = "license_required"',
            "mine.toml: claim[0].question[0].outcome (line 15): there is no key 'outcome' here.",
        ),
        (
            'says = "Somebody had some."\n',
            'sayz = "Somebody had some."\n',
            "mine.toml: claim[0].sayz (line 7): there is no key 'sayz' here. Did you mean 'says'? "
            "(1 more in this file.)",
        ),
        (
            "from = 2022-09-01\n",
            "",
            "mine.toml: claim[0].from (line 5): the key 'from' is missing.",
        ),
        (
            'summary = "One claim."',
            'summary = "One claim."\nauthor = "me"',
            "mine.toml: author (line 4): there is no key 'author' here.",
        ),
        (
            'chips = ["A100"]',
            'chips = ["A1000000000"]',
            "mine.toml: claim[0].chips (line 9): claim 'one': no chip is called 'A1000000000' here. Every word "
            "of a name must be known, spaces and hyphens aside; a chip of your own can be described by a file or by "
            "facts.",
        ),
        (
            "until = 2022-09-30",
            "until = 2022-08-31",
            "mine.toml: claim[0].until (line 11): claim 'one': the window ends on 2022-08-31, before it begins on "
            "2022-09-01. Swap the days.",
        ),
        (
            "until = 2022-09-30",
            'until = "2022-09-30"',
            "mine.toml: claim[0].until (line 11): a date is required, as YYYY-MM-DD without quotes. "
            "It is '2022-09-30'.",
        ),
        (
            'published = "2025-05"',
            'published = "May 2025"',
            "mine.toml: claim[0].source (line 8): claim 'one': published = 'May 2025' is neither a date without quotes "
            'nor a month or year in quotes, such as "2025-05".',
        ),
        (
            'label = "sold by the maker"',
            'label = "sold by the maker"\nto = "Chona"',
            "mine.toml: claim[0].question[0] (line 13): claim 'one', question 'sold by the maker': no destination is "
            "called 'Chona'. Write an ISO 3166 code of two letters, e.g. CN, or a country's name. "
            "Did you mean 'China (PRC)'?",
        ),
        (
            'label = "sold by the maker"',
            'label = "sold by the maker"\nfirst_day_required = "yes"',
            "mine.toml: claim[0].question[0].first_day_required (line 15): true or false is required, without quotes. "
            "It is 'yes'.",
        ),
        (
            '[[claim.question]]\nlabel = "sold by the maker"\n',
            "",
            "mine.toml: claim[0] (line 5): claim 'one' asks nothing. Add a [[claim.question]] table.",
        ),
        (
            'id = "mine"',
            'id = " "',
            "mine.toml: id (line 1): the id is empty. Write a short name, such as the name of the file.",
        ),
        ('chips = ["A100"]', "chips = []", "mine.toml: claim[0].chips (line 9): claim 'one' names no chip."),
    ],
)
def test_bad_files_name_the_file_the_key_and_the_cure(
    law: Ruleset, tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in GOOD
    told = bad(law, tmp_path, GOOD.replace(old, new, 1))
    assert told == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"One claim.", b"One cl\xe4im.", "byte 45 is not UTF-8. Save the file as UTF-8."),
        (b"2022-09-30", b"2022-09-31", "this is not TOML: Invalid date or datetime (at line 11, column 9)."),
        (
            b"2022-09-30",
            b"2022.09",
            "claim[0].until (line 11): a date is required, as YYYY-MM-DD without quotes. It is 2022.09.",
        ),
        (
            b"2022-09-30",
            b"9" * 5000,
            "a number has too many digits, or too large an exponent, to be a figure of law or of a chip.",
        ),
        (b'["A100"]', b"[" * 20 + b"]" * 20, "tables and lists are nested more than 12 deep; no rule needs that."),
        (b'["A100"]', b"[" * 9999 + b"]" * 9999, "the tables are nested too deep to be a rule file."),
        (b'["A100"]', b"100", "claim[0].chips (line 9): a list in square brackets is required. It is 100."),
        (
            b'label = "sold by the maker"',
            b'label = "x"\nfacts = { tpp = "4800 TOPS" }',
            "claim[0].question[0] (line 13): claim 'one', question 'x': tpp = '4800 TOPS' is not a number of "
            "TOPS x bit. Write digits alone, e.g. tpp=4800 or tpp=3.2: no unit, no thousands separator.",
        ),
        (
            b"title = ",
            b'title = "twice"\ntitle = ',
            "this is not TOML: Cannot overwrite a value (at line 3, column 15).",
        ),
    ],
    ids=["encoding", "impossible date", "float", "huge number", "deep", "very deep", "type", "unit", "key twice"],
)
def test_files_that_are_broken_deeper(
    law: Ruleset, tmp_path: Path, old: bytes, new: bytes, message: str | None
) -> None:
    file = tmp_path / "mine.toml"
    assert old in GOOD.encode()
    file.write_bytes(GOOD.encode().replace(old, new, 1))
    with pytest.raises(RulesetError) as caught:
        load_casebook(file, law)
    tally.count("bad files")
    assert str(caught.value) == f"mine.toml: {message}"


def test_what_is_not_toml_is_told_so(law: Ruleset, tmp_path: Path) -> None:
    assert bad(law, tmp_path, GOOD.replace("[[claim]]", "[claim")).startswith("mine.toml: this is not TOML: ")


def test_one_chip_and_one_question_need_no_list(law: Ruleset, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace('["A100"]', '"A100"').replace("[[claim.question]]", "[claim.question]"), "utf-8")
    assert [row["outcome"] for row in rows(load_casebook(file, law), law)] == [REQUIRED]


def test_a_second_claim_of_one_id_and_a_file_without_claims(law: Ruleset, tmp_path: Path) -> None:
    claim = GOOD[GOOD.index("[[claim]]") :]
    assert bad(law, tmp_path, GOOD + claim).startswith("mine.toml: claim[1].id (line 16): a second claim 'one'.")
    assert bad(law, tmp_path, GOOD.removesuffix(claim)).startswith("mine.toml: claim: there is no claim.")
    told = bad(law, tmp_path, GOOD.removesuffix(claim) + "claim = 5\n")
    assert told == "mine.toml: claim is a list of tables: head each of them [[claim]]."


def test_a_file_that_is_not_there_and_a_name_that_is_not_known(law: Ruleset, tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="cannot be read"):
        load_casebook(tmp_path / "gone.toml", law)
    with pytest.raises(UnknownNameError, match="Did you mean 'deepseek'"):
        find_casebook("deepsek")


# --- the command ---


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from exportrules.cli import main; main()", "casebook", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def within(*arguments: str) -> str:
    """What the command prints, in this process, which knows the answers already."""
    done = CliRunner().invoke(cli, ["casebook", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_prints_claims_with_source_window_and_answers() -> None:
    done = run("deepseek")
    assert (done.returncode, done.stderr) == (0, "")
    for part in (
        "by way of   TBS, 2025-02-01",
        "window      2023-03-21 through 2023-10-16",
        "https://arxiv.org/abs/2412.19437",
        "  2022-08-26  2022-10-20  license required (review policy not published)",
        "opened by letter-nvidia-2022-08-26#requirement",
        "holds from 2023-03-21 through 2023-11-16",
        "first day a license was required: 2023-10-23 (letter-nvidia-2023-10-23#requirement), and on every",
        "Not legal advice",
    ):
        assert part in done.stdout
    addresses = [line for line in done.stdout.splitlines() if "https://" in line]
    assert max(len(line) for line in done.stdout.splitlines() if line not in addresses) <= 100
    assert within() == done.stdout or len(casebooks()) > 1


def test_the_command_prints_rows(law: Ruleset) -> None:
    done = run("deepseek", "-f", "json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found == rows(deepseek()[0], law)
    assert {row["claim"] for row in found} == {claim.id for claim in deepseek()[0].claim}
    table = list(csv.DictReader(io.StringIO(within("deepseek", "-f", "csv"))))
    assert table == found
    assert within("deepseek", "-f", "github").count("\n") == len(found) + 2


def test_the_command_takes_a_file_and_an_overlay(tmp_path: Path, law: Ruleset) -> None:
    """An overlay with a listing changes the answer of a casebook: nothing was written down."""
    file = tmp_path / "mine.toml"
    march = GOOD.replace("2022-09-01", "2022-03-01").replace("2022-09-30", "2022-03-31")
    file.write_text(march + 'end_user = "Acme Weights"\n', encoding="utf-8")
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "parties.toml").write_text(
        '[[party]]\nid = "acme"\nname = "Acme Weights"\ncountry = "CN"\n'
        '[[party.listing]]\nlist = "entity_list"\nstart = 2022-03-11\ncite = "invented"\nevidence = "reported"\n'
        'policy = "presumption_of_denial"\nrequirement = "all items subject to the EAR"\n',
        encoding="utf-8",
    )
    plain = json.loads(run(str(file), "-f", "json").stdout)
    assert [(row["from"], row["outcome"]) for row in plain] == [("2022-03-01", NONE)]
    done = run(str(file), "-f", "json", "--overlay", str(overlay))
    listed = [(row["from"], row["outcome"]) for row in json.loads(done.stdout)]
    assert listed == [("2022-03-01", NONE), ("2022-03-11", REQUIRED)]
    changed = load_ruleset(None, [overlay])
    assert changed.digest != law.digest


def test_the_command_tells_what_is_wrong(tmp_path: Path) -> None:
    unknown = run("deepsek")
    assert unknown.returncode == 2
    assert "Did you mean 'deepseek'?" in unknown.stderr
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace("A100", "A1OO"), encoding="utf-8")
    wrong = run(str(file))
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("exportrules: mine.toml: claim[0].chips (line 9): claim 'one': no chip is called")
    assert "Traceback" not in wrong.stderr


def test_pydantic_stays_out_until_a_casebook_is_read() -> None:
    code = "import sys, exportrules.study.casebook, exportrules.cli.study; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "False\n"
