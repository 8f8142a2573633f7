"""--log: a line for each answer, written before it is given, by one process or many, and never into another file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exportrules import check, default_ruleset, timeline
from exportrules.cli import cli
from exportrules.errors import OutputError, QuestionError
from exportrules.study.journal import log

LAW = default_ruleset()
ASKED = ("H800", "--on", "2023-06-01")


def run(*args: Any) -> Any:
    return CliRunner().invoke(cli, list(map(str, args)))


def lines(file: Path) -> list[dict[str, Any]]:
    text = file.read_text("utf-8")
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_says_who_asked_what_and_what_was_answered(tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    before = datetime.now(UTC) - timedelta(seconds=1)
    answered = run("check", *ASKED, "--end-user", "ロータス株式会社", "--log", file)
    assert answered.exit_code == 0
    assert answered.output == run("check", *ASKED, "--end-user", "ロータス株式会社").output
    (entry,) = lines(file)
    asked_at = datetime.fromisoformat(entry.pop("asked_at"))
    assert asked_at.tzinfo is not None
    assert before <= asked_at <= datetime.now(UTC) + timedelta(seconds=1)
    assert entry == {
        "command": "check",
        "question": {"on": "2023-06-01", "chip": "H800", "end_user": "ロータス株式会社"},
        "outcome": "no_license_requirement",
        "review_policy": None,
        "standing": "verified",
        "turns_on": [],
        "requirements": [],
        "edition": LAW.edition.edition,
        "verified_through": "2026-09-24",
        "sha256": LAW.digest,
        "version": "0.1.0",
    }


def test_lines_follow_one_another_whatever_was_asked(tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    assert run("check", *ASKED, "--log", file).exit_code == 0
    assert run("memo", *ASKED, "--matter", "2023-114", "-o", tmp_path / "m.md", "--log", file).exit_code == 0
    assert run("timeline", "H800", "--exporter", "other", "--log", file).exit_code == 0
    checked, written, spans = lines(file)
    assert [e["command"] for e in (checked, written, spans)] == ["check", "memo", "timeline"]
    assert spans["question"] == {"chip": "H800", "exporter": "other"}
    made = timeline("H800", exporter="other")
    assert [span[2] for span in spans["spans"]] == [span.answer.outcome for span in made.spans]
    assert spans["spans"][0][0] is None
    assert spans["spans"][1][0] == "2020-01-01"


def test_nothing_is_logged_unless_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("check", *ASKED).exit_code == 0
    assert os.listdir(tmp_path) == []


def test_a_question_that_is_refused_is_not_answered_and_not_logged(tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    assert run("check", "H8000", "--on", "2023-06-01", "--log", file).exit_code != 0
    assert not file.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("asked.txt", None, "does not end in .jsonl"),
        (
            "shipments.jsonl",
            "chip,date\nA100,2022\n",
            "is not a log of questions: it does not begin with a JSON object",
        ),
        ("asked.jsonl", '{"asked_at": "2026', "ends in the middle of a line"),
    ],
)
def test_no_line_goes_into_another_file(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content, encoding="utf-8")
    answered = run("check", *ASKED, "--log", file)
    assert isinstance(answered.exception, QuestionError)
    assert message in str(answered.exception)
    assert answered.output == ""
    assert (file.read_text("utf-8") if content is not None else None) == content


def test_a_directory_and_a_link_are_refused(tmp_path: Path) -> None:
    (tmp_path / "directory.jsonl").mkdir()
    assert "is not a regular file" in str(run("check", *ASKED, "--log", tmp_path / "directory.jsonl").exception)
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "elsewhere.jsonl")
    assert "is a link" in str(run("check", *ASKED, "--log", tmp_path / "link.jsonl").exception)
    assert not (tmp_path / "elsewhere.jsonl").exists()


def test_what_cannot_be_logged_is_not_answered(tmp_path: Path) -> None:
    gone = tmp_path / "no-such-directory" / "asked.jsonl"
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "exportrules",
            "check",
            *ASKED,
            "--log",
            str(gone),
            "--receipt",
            str(tmp_path / "r.json"),
        ],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "the log cannot be written: No such file or directory" in ran.stderr
    assert "The question is not answered" in ran.stderr
    assert not (tmp_path / "r.json").exists()


def test_a_disk_that_takes_half_a_line_leaves_the_log_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "asked.jsonl"
    log(file, check("H800", on="2023-06-01"), "check")
    before = file.read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda number, data: write(number, data[:40]))
    with pytest.raises(OutputError, match="and it was removed"):
        log(file, check("H800", on="2023-06-01"), "check")
    assert file.read_bytes() == before


def test_lines_of_many_processes_stand_each_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    script = (
        "import sys; from exportrules import check; from exportrules.study.journal import log\n"
        "d = check('H800', on='2023-06-01', end_user='Lotus Rendering')\n"
        "for _ in range(25): log(sys.argv[1], d, sys.argv[2])"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(file), str(number)]) for number in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    found = lines(file)
    assert sorted(entry["command"] for entry in found) == [str(n) for n in range(3) for _ in range(25)]
