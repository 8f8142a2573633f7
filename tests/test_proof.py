"""The figures are those that were counted: what did not run says so, and nothing is rounded up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import proof, tally


def test_what_did_not_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "FIGURES", tmp_path)
    text = "\n".join(proof.collected())
    assert text.count("not run") == 3
    assert "Not run." in text


def test_counts_of_all_runs_are_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "FIGURES", tmp_path)
    for number, passed in enumerate((1000, 234)):
        told = {"counts": {"tests passed": passed, "drawn twin": 5, "drawn names": 7}, "seconds": 10.4}
        (tmp_path / f"tests-{number}.json").write_text(json.dumps(told), "utf-8")
    (tmp_path / "rule-mutants.json").write_text(
        json.dumps({"mutants": 9, "killed": 8, "survivors": [{"mutant": "x"}], "seconds": 3.2}), "utf-8"
    )
    text = "\n".join(proof.collected())
    for line in (
        "| tests passed | 1,234 |",
        "| questions put to the engine and its naive twin | 10 |",
        "| cases of all other properties | 14 |",
        "| seconds, in 2 runs | 21 |",
        "| rule | 9 | 8 | 1 | 3 |",
        "| code | not run | | | |",
        "| bad files refused, word for word | not run |",
    ):
        assert line in text


def test_one_line_missed_is_not_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "FIGURES", tmp_path)

    def of(missing: int, share: float) -> dict[str, object]:
        summary = {"num_statements": 9999, "num_branches": 4, "missing_lines": missing, "missing_branches": 0}
        lines = list(range(missing))
        return {"summary": {**summary, "percent_covered": share}, "missing_lines": lines, "missing_branches": []}

    files = {f"exportrules/{name}.py": of(0, 100.0) for name in proof.ENGINE}
    files["exportrules/law/span.py"] = of(1, 99.99)
    (tmp_path / "coverage.json").write_text(json.dumps({"files": files}), "utf-8")
    text = "\n".join(proof.collected())
    assert "| law/truth.py | 9999 | 4 | 100 % |" in text
    assert "| law/span.py | 9999 | 4 | 99.9 % |" in text
    assert proof.gaps() == ["law/span.py: lines [0], branches [] are not run"]


def test_what_hypothesis_says_of_its_draws_is_understood() -> None:
    tally._counts.pop("drawn zzz", None)
    said = "    - 150 passing, 0 failing, and 3 invalid test cases\n    - 1 passing, 2 failing"
    tally.examples("tests/test_zzz.py::test", said)
    assert tally._counts.pop("drawn zzz") == 153
