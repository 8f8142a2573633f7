"""Nothing that a file or a command line can hold ends in a traceback, a hang or a full memory."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportrules import ExportRulesError, check, load_chip
from exportrules.cli import cli
from exportrules.cli.commands import COMMANDS
from tests import fuzzing, tally
from tests.drawing import drawn

TWO_GB = 2 * 2**30


# --- files --------------------------------------------------------------------------------------


@drawn(60)
@given(fuzzing.mutated_files())
def test_a_real_file_with_something_spoilt_is_refused_or_can_be_asked(spoilt: tuple[str, bytes]) -> None:
    name, text = spoilt
    with fuzzing.in_time():
        fuzzing.hold_ruleset({**fuzzing.FILES, name: text})


@drawn(150)
@given(fuzzing.free_trees.map(fuzzing.document))
def test_any_tree_at_all_is_refused_or_can_be_asked(text: bytes) -> None:
    with fuzzing.in_time():
        fuzzing.hold_ruleset({**fuzzing.FILES, "overlay-1/any.toml": text})


@drawn(100)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_at_all_are_refused(text: bytes) -> None:
    with fuzzing.in_time():
        fuzzing.hold_ruleset({**fuzzing.FILES, "overlay-1/any.toml": text})


def test_what_is_written_here_is_the_file_that_was_meant() -> None:
    """The fuzzer spoils real files; unspoilt, what it writes is read as the real ones are."""
    again = {name: fuzzing.document(tree) for name, tree in fuzzing.TREES.items()}
    assert fuzzing.hold_ruleset(again)


@drawn(60)
@given(st.dictionaries(st.sampled_from(["id", "name", "vendor", "dense_tops", "die_area_mm2", "contains", "item_kind",
       "io_gbytes_s", "alternative", "announced", "status", "zzz"]), fuzzing.values))  # fmt: skip
def test_any_chip_file_is_refused_or_answered(tmp_path_factory: pytest.TempPathFactory, tree: dict[str, Any]) -> None:
    file = tmp_path_factory.getbasetemp() / "own.toml"
    file.write_bytes(fuzzing.document(tree))
    with fuzzing.in_time(), contextlib.suppress(ExportRulesError):
        check(load_chip(file), on="2025-06-01").explain()


# --- command lines ------------------------------------------------------------------------------


def commands() -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it, those of groups in groups too."""
    context = click.Context(cli)
    waiting: list[tuple[tuple[str, ...], click.Command | None]]
    waiting = [((name,), cli.get_command(context, name)) for name in COMMANDS]
    found: list[tuple[tuple[str, ...], click.Command]] = []
    while waiting:
        words, command = waiting.pop(0)
        assert command is not None
        if isinstance(command, click.Group):
            inner = click.Context(command)
            waiting += [((*words, name), command.get_command(inner, name)) for name in command.list_commands(inner)]
        else:
            found.append((words, command))
    return found


SENSIBLE = [
    "A100", "H800", "nvidia-h20", "2023-12-01", "2022-09-15", "CN", "Singapore", "maker", "other", "tpp=4800",
    "performance_density=unknown", "civil", "reexport", "88fr73458", "88fr73458#3A090.a", "deepseek", "json", "csv",
    "own.toml", "rules", "list.csv", "out", "out.csv", "Huawei", "1", "0.5", "a,b",
]  # fmt: skip
NASTY = [
    "", " ", "-", "--", "-x", "\x1b[31mred\x1b[0m", "\u202egnp.exe", "caf\u00e9", "\U0001f600", "a" * 5000, "NaN", "-1",
    "1e999", "9999-12-31", "0001-01-01", "2023-02-30", "=", "tpp=", "=1", "tpp=1e99999", "%s%n", "{}", "\r\n",
    "missing.toml",
]  # fmt: skip
#: Nothing here may write outside of the directory in which it runs.
anything = st.one_of(
    st.sampled_from(SENSIBLE),
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), max_size=20).filter(
        lambda t: t != ".."
    ),
)


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command with options of its own, in any number and order, sensible and not; now and then of another."""
    words, command = draw(st.sampled_from(ALL))
    line = list(words)
    options = [p for p in command.params if isinstance(p, click.Option)]
    chosen: list[click.Option] = draw(st.lists(st.sampled_from(options), max_size=4)) if options else []
    for option in chosen:
        line.append(draw(st.sampled_from(option.opts)))
        if not option.is_flag and draw(st.integers(0, 19)):
            choices = list(option.type.choices) if isinstance(option.type, click.Choice) else []
            wants_choice: bool = bool(choices) and draw(st.booleans())
            value = st.sampled_from(choices) if wants_choice else anything
            line.append(draw(value))
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    for _ in range(draw(st.integers(0, len(arguments) + 1))):
        line.insert(draw(st.integers(len(words), len(line))), draw(anything))
    return line


#: But for those that serve until they are stopped: tests/test_mcp.py and tests/test_serve.py are about them.
ALL = [(words, command) for words, command in commands() if words not in (("mcp",), ("serve",))]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory to run in: a chip, an overlay and a table are at hand."""
    place = tmp_path_factory.mktemp("fuzz")
    (place / "own.toml").write_text('id = "own"\nname = "Own"\ndense_tops = { fp16_bf16 = 312 }\n', "utf-8")
    (place / "rules").mkdir()
    (place / "rules" / "p.toml").write_text('[[party]]\nid = "p"\nname = "P \\u001b[31m"\ncountry = "CN"\n', "utf-8")
    (place / "list.csv").write_text("chip,date\nA100,2023-12-01\n", "utf-8")
    return place


#: What does the whole catalogue, every chip to every place, where no chip is named.
CATALOGUE = (["compile"], ["vectors"])


def hold(directory: Path, line: list[str], *, whole: bool = False) -> None:
    """A command line, run in a directory. One of `CATALOGUE` does one chip: the words of it are what is tried here."""
    if not whole and line[:1] in CATALOGUE and not {"--chips", "--help", "--schema"} & set(line):
        line = [*line, "--chips", "A10"]
    before = Path.cwd()
    os.chdir(directory)
    try:
        fuzzing.hold_command(line)
    finally:
        os.chdir(before)


@drawn(200)
@given(command_lines())
def test_any_command_line_is_answered_or_told_in_one_line_what_is_wrong(directory: Path, line: list[str]) -> None:
    hold(directory, line)


@pytest.mark.slow
@drawn(400)
@given(command_lines())
def test_so_is_any_that_does_the_whole_catalogue(directory: Path, line: list[str]) -> None:
    hold(directory, line, whole=True)


@pytest.mark.parametrize(("words", "command"), ALL, ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
def test_every_command_with_nothing_with_help_and_with_nonsense(
    directory: Path, words: tuple[str, ...], command: click.Command
) -> None:
    status, out, _ = fuzzing.run([*words, "--help"])
    assert (status, out.startswith("Usage: ")) == (0, True)
    for rest in ([], ["--no-such-option"], [""], ["\x1b[31m"], *([word] * 5 for word in NASTY[:6])):
        hold(directory, [*words, *rest])


@pytest.mark.slow
@pytest.mark.parametrize("words", CATALOGUE, ids=" ".join)
def test_a_command_with_nothing_does_the_whole_catalogue(directory: Path, words: list[str]) -> None:
    hold(directory, words, whole=True)


# --- in little memory, and for longer -------------------------------------------------------------


def limited(*arguments: str, seconds: int = 300) -> subprocess.CompletedProcess[str]:
    """Python in 2 GB of memory, whatever it is asked."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (TWO_GB, TWO_GB)),
    )


HEAVY = {
    "tables": "a = [" + "{}," * (4 * 2**20 // 3) + "]",
    "numbers": "a = [" + "1," * (4 * 2**20 // 2) + "]",
    "headers": "[[party]]\n" * (4 * 2**20 // 10),
    "keys": "".join(f"k{i} = 1\n" for i in range(8 * 2**20 // 12)),
    "a long text": 'a = "' + "x" * (31 * 2**20) + '"',
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
def test_heavy_files_are_refused_in_two_gigabytes(name: str, tmp_path: Path) -> None:
    (tmp_path / "heavy.toml").write_text(HEAVY[name], "utf-8")
    done = limited("-m", "exportrules", "lint", "--overlay", str(tmp_path))
    assert done.returncode == 1
    assert re.fullmatch(r"(exportrules: overlay-1/heavy\.toml: [^\n]+\n)+", done.stderr)


def test_ordinary_questions_need_no_two_gigabytes(tmp_path: Path) -> None:
    done = limited("-m", "exportrules", "check", "A100", "--on", "2022-09-15", "--explain")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
def test_atheris_finds_nothing_in_half_a_minute() -> None:
    """Coverage-guided: atheris keeps what reaches new code. `python -m tests.atheris_run 3600` looks longer."""
    seconds = os.environ.get("EXPORTRULES_FUZZ_SECONDS", "30")
    done = subprocess.run(
        [sys.executable, "-m", "tests.atheris_run", seconds],
        capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=int(seconds) + 300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    tried = re.search(r"stat::number_of_executed_units: +(\d+)", done.stderr)
    assert tried is not None
    tally.count("drawn atheris", int(tried.group(1)))
