"""The mutation tester of the code: what it leaves out, what it draws, what it explains, and its quick tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from exportrules.study import receipt
from tests.mutate_code import (
    MODULES,
    ROOT,
    Change,
    Mutant,
    _forgotten,
    _written,
    annotated,
    drawn,
    explained,
    explains,
    mutated,
    name_of,
    operators,
)
from tests.quick_pytest import ask

FOUND = [Mutant(f"{'ab'[n % 3 == 0]}.py", "op", n, (n, 0)) for n in range(90)]


def test_types_and_annotations_are_left_out_and_code_is_not() -> None:
    source = "T = Literal[1, 2]\nx: int | None = 3 | 4\ndef f(a: int | str = 1) -> int | None:\n    return a | 2\n"
    lines = source.splitlines()
    texts = {lines[start[0] - 1][start[1] : stop[1]] for start, stop in annotated(source)}
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
    change = Change("exportrules/engine/evaluate.py", 1, "if held == TRUE:", "if held is TRUE:", "core/X_Eq_Is", 0)
    assert explains(change)
    assert explains(change._replace(module="exportrules/cli.py")) is None
    assert explains(change._replace(becomes="if held is nothing:")) is None
    assert explains(change._replace(operator="core/X_Gt_Is")) is None


def test_a_condition_that_became_its_contrary_is_never_explained() -> None:
    line = 'groups = tuple(t for t in tests if t.op {} "in_group")'
    change = Change("exportrules/law/view.py", 1, line.format("=="), line.format("is"), "core/X_Eq_Is", 0)
    assert explains(change)
    assert explains(change._replace(becomes=line.format("is not"), operator="core/X_NotEq_IsNot"))
    for contrary in ("Eq_IsNot", "NotEq_Is", "Lt_GtE", "LtE_Gt", "Is_IsNot"):
        assert explains(change._replace(operator=f"core/ReplaceComparisonOperator_{contrary}")) is None


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="the server forks")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory in which a server answers at `s`."""
    directory = tmp_path_factory.mktemp("served")
    serving = subprocess.Popen([sys.executable, str(ROOT / "tests" / "quick_pytest.py"), "s"], cwd=directory)
    try:
        while not (directory / "s").exists():
            assert serving.poll() is None
            time.sleep(0.05)
        yield directory
    finally:
        serving.terminate()
        serving.wait()


@forks
def test_quick_tests_end_as_pytest_does_and_see_what_changed_since(server: Path) -> None:
    test, address = server / "test_it.py", str(server / "s")
    test.write_text("def test_it():\n    assert True\n")
    answer = ask(address, "test_it.py")
    assert answer.status == 0
    assert answer.seconds > 0
    test.write_text("def test_it():\n    assert False\n")
    os.utime(test, (1, 1))
    assert ask(address, "test_it.py", 60).status == 1
    assert ask(address, "test_none.py", 60).status != 0


@forks
def test_a_test_that_never_ends_is_ended_by_the_time_it_computes_or_by_the_clock(server: Path) -> None:
    (server / "test_turns.py").write_text("def test_it():\n    while True:\n        pass\n")
    (server / "test_waits.py").write_text("import time\n\n\ndef test_it():\n    time.sleep(999)\n")
    assert ask(str(server / "s"), "test_turns.py", 0.1).status < 0
    with pytest.raises(TimeoutError):
        ask(str(server / "s"), "test_waits.py", 60, time.monotonic() + 0.1)


def test_a_module_and_the_cache_are_as_they_were_when_a_mutant_was_tried(tmp_path: Path) -> None:
    module, cache = tmp_path / "m.py", tmp_path / "cache"
    module.write_text("x = 1\n")
    os.utime(module, (1, 1))
    cache.mkdir()
    (cache / "kept").touch()
    with _written(module, "x = 2\n"), _forgotten(cache):
        assert module.read_text() == "x = 2\n"
        (cache / "made").touch()
    assert (module.read_text(), module.stat().st_mtime) == ("x = 1\n", 1)
    assert [path.name for path in cache.iterdir()] == ["kept"]


def test_what_does_not_change_a_program_or_ends_it_is_no_mutant() -> None:
    pytest.importorskip("cosmic_ray")
    source = "x = 1 + 2  # three\n"
    sums = [name for name in operators() if name.startswith("core/ReplaceBinaryOperator_Add")]
    made = {mutated(source, Mutant("m.py", name, 0, (1, 6))) for name in sums}
    assert "x = 1 - 2  # three\n" in made
    assert mutated(source, Mutant("m.py", sums[0], 1, (1, 6))) is None
