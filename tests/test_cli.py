"""The command line as a user meets it: a process of its own, with a fresh home and cache."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from exportrules.cli.commands import COMMANDS
from exportrules.files.load import default_ruleset

ROOT = Path(__file__).parent.parent
BAD = Path(__file__).parent / "data" / "bad"
RUN = "from exportrules.cli import main; main()"
A100 = ("check", "A100", "--on", "2022-09-15")
HEADLINE = "NO, not without a license (review policy not published)."
DEAL = "A100 to China (PRC), export by NVIDIA, 2022-09-15."
NASTY = "Ac\x1b[31mme\x07\u202etrading\x9b\n"


@dataclass(frozen=True)
class Said:
    """What one call printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def first(self) -> str:
        return self.out.splitlines()[0]

    @property
    def deal(self) -> str:
        return self.out.splitlines()[1]


Call = Callable[..., Said]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that nothing was ever written to."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def call(home: Path) -> Call:
    """Run exportrules; extra variables replace the environment's."""

    def called(*args: str, **environment: str) -> Said:
        given = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
        done = subprocess.run(
            [sys.executable, "-c", RUN, *args],
            env={name: value for name, value in (given | environment).items() if value},
            capture_output=True,
            encoding="utf-8",
            timeout=600,
            check=False,
            cwd=home,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return called


@pytest.fixture(scope="module")
def plain(call: Call) -> Said:
    return call(*A100)


@pytest.fixture(scope="module")
def lint_of_the_rulesets(call: Call) -> Said:
    return call("lint", "--today", "2026-11-22")


# --- no command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [(), ("chart",), ("parties",)], ids=" ".join)
def test_a_group_alone_prints_its_help_as_help_is_printed(call: Call, group: tuple[str, ...]) -> None:
    alone, asked = call(*group), call(*group, "--help")
    assert asked.out.count("\n") > 8
    # click 8.2 and later say that a command is missing, by the status and the stream; earlier ones do not
    assert (alone.out or alone.err) == asked.out
    assert "\\n" not in alone.err


# --- check --------------------------------------------------------------------------------------


def test_check_answers_in_its_first_line(plain: Said) -> None:
    assert (plain.first, plain.deal) == (HEADLINE, DEAL)
    assert (plain.status, plain.err) == (0, "")


def test_check_names_the_rule_the_source_and_the_days(plain: Said) -> None:
    assert re.search(r"^requirement +NVIDIA: A100, A100X, H100", plain.out, re.MULTILINE)
    assert "https://www.sec.gov/Archives/edgar/data/1045810/000104581022000146/" in plain.out
    assert re.search(r"^holds +from 2022-08-26 through 2022-10-20$", plain.out, re.MULTILINE)
    assert "the destination is China (PRC)" in plain.out
    assert "Not legal advice" in plain.out.splitlines()[-1]


def test_no_line_of_an_answer_is_too_long_for_a_terminal(plain: Said) -> None:
    assert all(len(line) <= 100 for line in plain.out.splitlines()[1:] if "http" not in line)


def test_the_compiled_law_is_kept_in_the_users_cache(plain: Said, home: Path) -> None:
    assert plain.status == 0
    assert len(list((home / ".cache" / "exportrules").glob("*.json"))) >= 1
    assert [path.name for path in home.iterdir()] == [".cache"]


def test_check_prints_json(call: Call) -> None:
    said = call(*A100, "--json")
    answer = json.loads(said.out)
    assert answer["outcome"] == "license_required"
    assert answer["review_policy"] == "unpublished"
    assert answer["requirements"] == ["letter-nvidia-2022-08-26#requirement"]
    assert (said.status, said.err) == (0, "")


def test_check_explains_every_provision_in_force(call: Call, plain: Said) -> None:
    said = call(*A100, "--explain")
    assert said.out.startswith(plain.out.rstrip("\n"))
    assert "PROVISIONS IN FORCE ON THE DAY" in said.out
    assert "REVIEW POLICY BY REQUIREMENT" in said.out
    assert len(said.out) > 2 * len(plain.out)


def test_a_name_of_two_words_and_options_are_understood(call: Call) -> None:
    said = call(
        "check", "rtx4090 d", "--on", "2024-02-01", "--to", "hong kong", "--activity", "reexport", "--exporter", "other"
    )
    assert "RTX 4090 D to Hong Kong, reexport by" in said.deal
    assert said.status == 0


def test_a_chip_may_be_described_by_facts(call: Call) -> None:
    said = call("check", "--on", "2023-12-01", "--fact", "tpp=4800", "--fact", "designed_for_datacenter=yes", "--json")
    answer = json.loads(said.out)
    assert (answer["outcome"], answer["eccn_paragraphs"]) == ("license_required", ["a.1"])


def test_a_chip_may_be_described_by_a_file(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    figures = "dense_tops = { fp16_bf16 = 312 }\ndie_area_mm2 = 826\ndesigned_for_datacenter = true\n"
    file.write_text(f'id = "acme-x"\nname = "Acme X"\n{figures}', encoding="utf-8")
    said = call("check", "--chip", str(file), "--on", "2023-12-01")
    assert said.first.startswith("NO, not without a license")
    assert "Acme X to China (PRC)" in said.deal


@pytest.mark.parametrize(
    ("chip", "day", "to", "outcome", "status"),
    [
        ("V100", "2021-06-01", "JP", "no_license_requirement", 0),
        ("RTX 4090", "2024-06-01", "CN", "license_exception", 10),
        ("A100", "2022-09-15", "CN", "license_required", 11),
        ("A100", "2020-01-02", "CN", "not_released", 12),
        ("A100", "2030-01-01", "CN", "indeterminate", 3),
    ],
)
@pytest.mark.parametrize("flag", ["--exit-code", ""])
def test_the_exit_status_tells_the_outcome_where_it_is_asked_to(
    call: Call, flag: str, chip: str, day: str, to: str, outcome: str, status: int
) -> None:
    if not flag and outcome != "indeterminate":
        status = 0
    said = call("check", chip, "--on", day, "--to", to, "--json", *([flag] if flag else []))
    assert json.loads(said.out)["outcome"] == outcome
    assert said.status == status


# --- the other commands -------------------------------------------------------------------------


def test_timeline_prints_every_span(call: Call) -> None:
    said = call("timeline", "A100", "-f", "csv")
    rows = said.out.splitlines()
    assert rows[0] == "from,through,outcome,review_policy,standing,turns_on,opened_by"
    assert any(row.startswith("2022-08-26,2022-10-20,license_required,unpublished,verified") for row in rows)
    assert (said.status, said.err) == (0, "")


def test_timeline_prints_text(call: Call) -> None:
    said = call("timeline", "A100")
    assert said.first == "A100 to China (PRC), export by NVIDIA"
    assert re.search(r"^2022-08-26  2022-10-20  license required", said.out, re.MULTILINE)


def test_chips_lists_all_and_one(call: Call) -> None:
    everything = call("chips", "-f", "json")
    rows = json.loads(everything.out)
    assert len(rows) > 80
    assert {"nvidia-a100-sxm4-80gb", "amd-mi300x", "huawei-ascend-910b1"} <= {row["id"] for row in rows}
    one = call("chips", "H20")
    assert "nvidia-h20-96gb" in one.out
    assert "2368" in one.out
    assert "process node  TSMC 4N" in one.out
    assert (one.status, one.err) == (0, "")


def test_instruments_lists_all_and_one(call: Call) -> None:
    everything = call("instruments", "-f", "json")
    assert {"87fr62186", "88fr73458", "letter-nvidia-2022-08-26"} <= {row["id"] for row in json.loads(everything.out)}
    one = call("instruments", "87fr62186")
    assert "87fr62186#3A090" in one.out
    assert (one.status, one.err) == (0, "")


def test_show_prints_one_provision(call: Call) -> None:
    said = call("show", "letter-nvidia-2022-08-26#requirement")
    assert "744.21(b)" in said.out
    assert "2022-08-26" in said.out
    assert (said.status, said.err) == (0, "")


def test_coverage_says_what_is_left_out(call: Call) -> None:
    said = call("coverage")
    assert "2020-01-01" in said.out
    assert str(default_ruleset().edition.verified_through) in said.out
    assert "General Order 4" in said.out
    assert (said.status, said.err) == (0, "")


def test_lint_finds_nothing_in_the_rulesets(lint_of_the_rulesets: Said) -> None:
    assert lint_of_the_rulesets.out.splitlines()[-1].endswith(" chips: 0 defects.")
    assert (lint_of_the_rulesets.status, lint_of_the_rulesets.err) == (0, "")


@pytest.fixture(scope="module")
def lint_of_a_defect(call: Call, tmp_path_factory: pytest.TempPathFactory) -> Said:
    overlay = tmp_path_factory.mktemp("overlay")
    (overlay / "chip.toml").write_bytes((BAD / "lint-check-of-tpp.toml").read_bytes())
    return call("lint", "--overlay", str(overlay), "--today", "2026-11-22")


def test_lint_prints_a_defect(lint_of_a_defect: Said) -> None:
    assert lint_of_a_defect.first == "acme-x-1: TPP computes to 4992, but the check value is 4800."
    assert lint_of_a_defect.out.splitlines()[-1].endswith(": 1 defects.")


def test_lint_ends_with_1_where_there_is_a_defect(lint_of_a_defect: Said) -> None:
    assert lint_of_a_defect.status == 1


def test_lint_ends_with_1_where_a_file_is_bad(call: Call, tmp_path: Path) -> None:
    (tmp_path / "rule.toml").write_bytes((BAD / "rule-unknown-fact.toml").read_bytes())
    said = call("lint", "--overlay", str(tmp_path))
    assert (said.status, said.out) == (1, "")
    where = "exportrules: overlay-1/rule.toml: acme-letter#r"
    assert said.err == f"{where}: the fact 'tpps' is not in facts.toml. Did you mean 'tpp'?\n"


def test_help_names_every_command(call: Call) -> None:
    said = call("--help")
    assert set(COMMANDS) <= set(said.out.split())
    assert "..." not in said.out.partition("Commands:")[2], "begin its help with a sentence of up to 60 letters"
    assert (said.status, said.err) == (0, "")


def test_the_version_is_printed(call: Call) -> None:
    assert re.fullmatch(r"exportrules, version \d+\.\d+\.\d+\n", call("--version").out)


# --- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ("check", "A1000", "--on", "2022-09-15"),
            "no chip is called 'A1000' here. Every word of a name must be known, spaces and hyphens aside; a chip of "
            "your own can be described by a file or by facts. Other products, by a digit: A100, RTX A5000, "
            "RTX A6000.\n",
        ),
        (
            ("check", "p5.48xlarge", "--on", "2022-09-15"),
            "'p5.48xlarge' is a cloud instance of Amazon Web Services, not a chip. Ask by the GPUs in it: 8 x H100 "
            "SXM5 80GB.\n",
        ),
        (
            (*A100, "--to", "Chna"),
            "no destination is called 'Chna'. Write an ISO 3166 code of two letters, e.g. CN, or a country's name. Did "
            "you mean 'China (PRC)'?",
        ),
        (
            ("check", "A100", "--on", "2022-9-15"),
            "the date '2022-9-15' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15.",
        ),
        (
            ("check", "A100", "--on", "2022-02-30"),
            "the date '2022-02-30' is not a calendar day. Write YYYY-MM-DD.",
        ),
        ((*A100, "--fact", "tpp"), "--fact 'tpp' is not NAME=VALUE. Write e.g. --fact tpp=2368"),
        ((*A100, "--fact", "=3"), "--fact '=3' is not NAME=VALUE. Write e.g. --fact tpp=2368"),
        ((*A100, "--fact", "tpp="), "--fact 'tpp=' is not NAME=VALUE. Write e.g. --fact tpp=2368"),
        ((*A100, "--fact", "tpp=1", "--fact", "tpp=2"), "the fact 'tpp' is given twice. Give it once."),
        ((*A100, "--fact", "tppp=1"), "there is no fact 'tppp' in the vocabulary. Did you mean 'tpp'?"),
        (
            (*A100, "--fact", "tpp=4800 TOPS"),
            "tpp = '4800 TOPS' is not a number of TOPS x bit. Write digits alone, e.g. tpp=4800 or tpp=3.2: no unit, "
            "no thousands separator.",
        ),
        ((*A100, "--activity", "fly"), "activity = 'fly' is not one of: export, reexport, transfer."),
        (
            ("check", "--on", "2022-09-15"),
            "no chip is named and no facts describe one. Name a chip, or give facts such as tpp=2368.",
        ),
        ((*A100, "--chip", "x.toml"), "a chip is named and a chip file is given. Use one of the two."),
        (("show", "87fr62186#3A09"), "there is no provision '87fr62186#3A09' in this ruleset."),
        (
            ("show", "zzz"),
            "there is no provision 'zzz' in this ruleset. List the instruments, or the provisions of one: exportrules "
            "instruments [ID].\n",
        ),
        (("instruments", "zzz"), "there is no instrument 'zzz' in this ruleset. List them: exportrules instruments.\n"),
        (("show", "87fr62186"), "'87fr62186' is an instrument; give one of its provisions."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_question_is_one_line_on_stderr_and_status_2(call: Call, args: tuple[str, ...], message: str) -> None:
    said = call(*args)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"exportrules: {message}")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ("chec", "A100"),
            f"there is no command 'chec'. Did you mean 'check'? Commands: {', '.join(COMMANDS)}.",
        ),
        (
            ("check", "A100"),
            "--on is missing: write --on DATE. Day of export, YYYY-MM-DD, in Washington, D.C.; nothing defaults to "
            "today.",
        ),
        (("matrix", "A100"), "--on is missing: write --on DATE. Days of export, YYYY-MM-DD; repeat the option, or"),
        (("changes",), "--from is missing: write --from DATE. The first day of the calendar."),
        (("parties", "import", "x"), "-o is missing: write -o DIR. Overlay to write: DIR/parties.toml."),
        (("show",), "REFERENCE is missing. Write exportrules show REFERENCE; exportrules show --help says more."),
        (
            ("check", "A100", "--onn", "2022-09-15"),
            "there is no option '--onn' of 'exportrules check'. Did you mean --on?",
        ),
        ((*A100, "B200"), "exportrules check asks about one chip, and 'A100' and 'B200' are two."),
        (("timeline", "A100", "-f", "xml"), "Invalid value for '-f' / '--format': 'xml' is not one of 'simple',"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_command_line_is_one_line_on_stderr_and_status_2(
    call: Call, args: tuple[str, ...], message: str
) -> None:
    said = call(*args)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"exportrules: {message}")
    assert said.err.count("\n") == 1


def test_a_bad_chip_file_is_status_1(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('id = "acme-x"\nname = "Acme X"\ndie_area_mm2 = "826"\n', encoding="utf-8")
    said = call("check", "--chip", str(file), "--on", "2023-12-01")
    assert (said.status, said.out) == (1, "")
    assert said.err == (
        "exportrules: own.toml: die_area_mm2 (line 3): a number is required, without quotes. It is '826'.\n"
    )


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--chip", "{path}: the file cannot be read: No such file or directory."),
        ("--overlay", "{path}: there is no such file. Name a TOML rule file, or a directory of them."),
        ("--ruleset", "{path}: this is not a directory. Name a directory of TOML rule files."),
    ],
)
def test_a_path_that_is_not_there_is_status_1(call: Call, tmp_path: Path, option: str, message: str) -> None:
    path = str(tmp_path / "nowhere")
    said = call("check", *([] if option == "--chip" else ["A100"]), "--on", "2022-09-15", option, path)
    assert (said.status, said.out) == (1, "")
    assert said.err == f"exportrules: {message.format(path=path)}\n"


# --- a hostile world ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["plain", "--explain", "--json"])
def test_control_characters_of_a_name_never_reach_the_terminal(call: Call, form: str) -> None:
    name = NASTY.replace("\u202e", "")
    said = call(*A100, "--end-user", name, "--party", name, *([] if form == "plain" else [form]))
    assert said.status == 0
    if form == "--json":
        assert json.loads(said.out)["transaction"]["end_user"] == name
        assert "\\u001b[31m" in said.out
        assert not set("\x1b\x07") & set(said.out)
    else:
        assert "Ac\\x1b[31mme\\x07trading\\x9b\\n" in said.deal
        assert not set("\x1b\x07\x9b") & set(said.out)


def test_a_name_that_turns_its_direction_is_refused_with_its_characters_shown(call: Call) -> None:
    said = call(*A100, "--end-user", NASTY)
    assert (said.status, said.out) == (2, "")
    assert "Ac\\x1b[31mme\\x07\\u202etrading\\x9b\\n" in said.err


def test_control_characters_of_a_path_never_reach_the_terminal(call: Call) -> None:
    said = call(*A100, "--overlay", "/nowhere/\x07\n\u202e")
    assert said.status == 1
    assert said.err.count("\n") == 1
    assert not set("\x07\u202e") & set(said.err)


def test_no_home_to_write_to_is_no_matter(call: Call, plain: Said, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    under_a_file = call(*A100, HOME=str(file / "home"))
    assert under_a_file == plain
    none_at_all = call(*A100, HOME="", XDG_CACHE_HOME=str(file))
    assert none_at_all == plain
    assert file.read_bytes() == b""


def test_a_home_that_may_not_be_written_to_is_no_matter(call: Call, plain: Said, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        assert call(*A100, HOME=str(tmp_path)) == plain
    finally:
        tmp_path.chmod(0o755)


def test_a_plain_locale_prints_what_was_asked(call: Call) -> None:
    said = call(*A100, "--end-user", "上海某某公司", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert said.status == 0
    assert said.first.startswith("NO, not without a license")
    assert "export by NVIDIA" in said.deal


@pytest.mark.skipif(os.name != "posix", reason="pipes of a shell")
def test_a_reader_that_leaves_early_sees_no_traceback(home: Path) -> None:
    for reader in ("head -1", "true"):
        done = subprocess.run(
            ["bash", "-c", f'"$0" -c "{RUN}" check A100 --on 2022-09-15 --json | {reader}', sys.executable],
            env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("{") == (reader == "head -1")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device to write to")
def test_a_full_disk_is_one_line_and_no_traceback(home: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-c", RUN, *A100],
            env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=600,
            check=False,
        )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
