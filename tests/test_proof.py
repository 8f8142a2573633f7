"""The figures are those that were counted: what did not run says so, and nothing is rounded up."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests import measured, proof, tally


@pytest.fixture(autouse=True)
def _nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "FIGURES", tmp_path)
    monkeypatch.setattr(proof, "STORE", tmp_path / "proof.json")


def shown() -> str:
    return "\n".join(proof.collected(proof.parts()))


def test_what_did_not_run_says_so() -> None:
    text = shown()
    assert text.count("not run") == 3
    assert "Not run." in text


def test_the_page_is_what_was_kept_and_each_part_names_its_commit() -> None:
    found = measured.kept()
    assert proof.DOCUMENT.read_text("utf-8") == "\n".join(proof.collected(found)) + "\n"
    assert {"tests", "rule mutants", "code mutants", "coverage"} <= set(found)
    for part in found.values():
        assert all(re.match(r"[0-9a-f]{10} of \d{4}-\d\d-\d\d", commit) for commit in part["commits"])
        assert part["commits"]


def test_a_part_that_did_not_run_again_keeps_its_figures_and_their_commit(tmp_path: Path) -> None:
    old = {"mutants": 9, "of": 9, "killed": 8, "survivors": [{"mutant": "x"}], "seconds": 3.2, "commit": "aaa of 1"}
    (tmp_path / "rule-mutants.json").write_text(json.dumps(old), "utf-8")
    measured.keep(proof.parts(), tmp_path / "proof.json")
    sample = {**old, "mutants": 4, "killed": 4, "survivors": [], "commit": "bbb of 2"}
    (tmp_path / "rule-mutants.json").write_text(json.dumps(sample), "utf-8")
    for number, commit in enumerate(("bbb of 2", "ccc of 3")):
        told = {"counts": {"tests passed": 5}, "seconds": 1, "commit": commit}
        (tmp_path / f"tests-{number}.json").write_text(json.dumps(told), "utf-8")
    text = shown()
    assert "| rule | 9 | 8 | 1 | 3 | `aaa` of 1 |" in text
    assert "| rule (a drawn sample of 9) | 4 | 4 | 0 | 3 | `bbb` of 2 |" in text
    assert "Counted at commit `bbb` of 2 and `ccc` of 3." in text


def test_the_parts_that_a_log_shows_make_the_same_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"counts": {"tests passed": 5}, "seconds": 1, "commit": "bbb of 2"}
    (tmp_path / "tests-1.json").write_text(json.dumps(told), "utf-8")
    page = shown()
    monkeypatch.setattr("sys.argv", ["proof", "--parts"])
    proof.main()
    (tmp_path / "tests-1.json").unlink()
    (tmp_path / "proof.json").write_text(capsys.readouterr().out, "utf-8")
    assert "| tests passed | 5 |" in page
    assert shown() == page


def test_the_commit_is_the_one_that_is_checked_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert measured.stamp() == ""
    assert measured.said([""]) == "Counted at commit not known."
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    (tmp_path / "law").write_text("1", "utf-8")
    for command in (
        ["init", "-q"],
        ["add", "law"],
        [*who, "commit", "-q", "-m", "x", "--date", "2020-01-02T03:04:05Z"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert re.fullmatch(r"[0-9a-f]{10} of \d{4}-\d\d-\d\d", measured.stamp())
    (tmp_path / "law").write_text("2", "utf-8")
    assert measured.stamp().endswith(", with changes that were not committed")


def test_counts_of_all_runs_are_added(tmp_path: Path) -> None:
    for number, passed in enumerate((1000, 234)):
        told = {"counts": {"tests passed": passed, "drawn twin": 5, "drawn names": 7}, "seconds": 10.4}
        (tmp_path / f"tests-{number}.json").write_text(json.dumps(told), "utf-8")
    (tmp_path / "rule-mutants.json").write_text(
        json.dumps({"mutants": 9, "killed": 8, "survivors": [{"mutant": "x"}], "seconds": 3.2}), "utf-8"
    )
    text = shown()
    for line in (
        "| tests passed | 1,234 |",
        "| questions put to the engine and its naive twin | 10 |",
        "| cases of all other properties | 14 |",
        "| seconds, in 2 runs | 21 |",
        "| rule | 9 | 8 | 1 | 3 | not known |",
        "| code | not run | | | | |",
        "| bad files refused, word for word | not run |",
    ):
        assert line in text


def test_one_line_missed_is_not_all_of_it(tmp_path: Path) -> None:

    def of(missing: int, share: float) -> dict[str, object]:
        summary = {"num_statements": 9999, "num_branches": 4, "missing_lines": missing, "missing_branches": 0}
        lines = list(range(missing))
        return {"summary": {**summary, "percent_covered": share}, "missing_lines": lines, "missing_branches": []}

    files = {f"exportrules/{name}.py": of(0, 100.0) for name in proof.ENGINE}
    files["exportrules/law/span.py"] = of(1, 99.99)
    (tmp_path / "coverage.json").write_text(json.dumps({"files": files}), "utf-8")
    text = shown()
    assert "| law/truth.py | 9999 | 4 | 100 % |" in text
    assert "| law/span.py | 9999 | 4 | 99.9 % |" in text
    assert proof.gaps() == ["law/span.py: lines [0], branches [] are not run"]


def test_what_hypothesis_says_of_its_draws_is_understood() -> None:
    tally._counts.pop("drawn zzz", None)
    said = "    - 150 passing, 0 failing, and 3 invalid test cases\n    - 1 passing, 2 failing"
    tally.examples("tests/test_zzz.py::test", said)
    assert tally._counts.pop("drawn zzz") == 153
