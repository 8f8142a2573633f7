"""The mutation tester of the code: what it leaves out, what it draws, what it explains, and its quick tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from exportrules.study import receipt
from tests.mutate_code import MODULES, ROOT, Change, Mutant, annotated, drawn, explained, explains, name_of
from tests.quick_pytest import ask

FOUND = [Mutant(str(n), f"{'ab'[n % 3 == 0]}.py", "op", n, (n, 0)) for n in range(90)]


def test_types_and_annotations_are_left_out_and_code_is_not(tmp_path: Path) -> None:
    module = tmp_path / "m.py"
    module.write_text(
        "T = Literal[1, 2]\nx: int | None = 3 | 4\ndef f(a: int | str = 1) -> int | None:\n    return a | 2\n"
    )
    lines = module.read_text().splitlines()
    texts = {lines[start[0] - 1][start[1] : stop[1]] for start, stop in annotated(module)}
    assert texts == {"Literal[1, 2]", "int | None", "int | str"}


def test_a_sample_has_each_module_by_its_share_and_is_drawn_the_same_again() -> None:
    sample = drawn(FOUND, 30, 7)
    assert sample == drawn(FOUND, 30, 7) != drawn(FOUND, 30, 8)
    assert [sum(m.module == name for m in sample) for name in ("a.py", "b.py")] == [20, 10]
    assert len(drawn(FOUND, 10_000, 7)) == len(set(drawn(FOUND, 10_000, 7))) == 90


def test_every_module_that_receipts_call_the_engine_is_mutated_or_left_out_by_name() -> None:
    wanted = tomllib.loads(MODULES.read_text("utf-8"))
    engine = {f.removesuffix(".py") for f in _files() if not f.endswith("__init__.py")} - {"errors"}
    assert sorted([*(name_of(m["path"]) for m in wanted["module"]), *wanted["left_out"]]) == sorted(engine)
    assert all((ROOT / test.partition("::")[0]).exists() for m in wanted["module"] for test in m["tests"])


def _files() -> dict[str, str]:
    files: dict[str, str] = receipt.engine()["files"]
    return files


@pytest.mark.parametrize("entry", explained(), ids=lambda entry: str(entry["becomes"])[:60])
def test_an_explanation_names_modules_and_has_a_reason(entry: dict[str, str]) -> None:
    assert all((ROOT / "exportrules" / f"{name}.py").exists() for name in entry["modules"].split())
    assert re.compile(entry["becomes"])
    assert entry["reason"].endswith(".")


def test_an_explanation_is_of_its_own_modules_and_lines() -> None:
    change = Change("exportrules/engine/evaluate.py", 1, "if held == TRUE:", "if held is TRUE:", "op", 0)
    assert explains(change)
    assert explains(change._replace(module="exportrules/cli.py")) is None
    assert explains(change._replace(becomes="if held is not TRUE:")) is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the server forks")
def test_quick_tests_end_as_pytest_does_and_see_what_changed_since(tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    test.write_text("def test_it():\n    assert True\n")
    address = str(tmp_path / "s")
    server = subprocess.Popen([sys.executable, str(ROOT / "tests" / "quick_pytest.py"), address], cwd=tmp_path)
    try:
        while not os.path.exists(address):
            assert server.poll() is None
            time.sleep(0.05)
        assert ask(address, ["test_it.py"]) == 0
        test.write_text("def test_it():\n    assert False\n")
        os.utime(test, (1, 1))
        assert ask(address, ["test_it.py"]) == 1
        assert ask(address, ["test_none.py"]) != 0
    finally:
        server.terminate()
        server.wait()
