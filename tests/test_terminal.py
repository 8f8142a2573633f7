"""A terminal that helps: bars, colour only where it is wanted, completion, and one set of formats for every table."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exportrules
from exportrules.answer.words import width_of
from exportrules.cli import cli
from exportrules.cli.commands import COMMANDS
from exportrules.cli.options import FORMATS
from exportrules.files.load import default_ruleset
from exportrules.render.bar import BLOCKS, MARKS, months, ruler
from exportrules.render.text import table

LAW = default_ruleset()
ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "exportrules"
RUN = "from exportrules.cli import main; main()"
A100 = ("check", "A100", "--on", "2022-09-15")
ANY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def printed(*args: str) -> str:
    result = CliRunner().invoke(cli, args, catch_exceptions=False)
    return result.output


def on_a_terminal(*args: str, **environment: str) -> str:
    """What a command prints where its output is a terminal (a pseudo-terminal)."""
    ours, theirs = pytest.importorskip("pty").openpty()
    given = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *args],
        stdout=theirs,
        env={**given, "TERM": "xterm", "PYTHONPATH": str(ROOT), **environment},
    )
    os.close(theirs)
    found = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side has closed it
            break
        if not part:
            break
        found += part
    os.close(ours)
    assert process.wait() in (0, 3)
    return found.decode().replace("\r\n", "\n")


def piped(*args: str, **environment: str) -> bytes:
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, "-c", RUN, *args], env=given, capture_output=True, check=True).stdout


# --- colour -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args", [A100, (*A100, "--explain"), ("timeline", "A100")], ids=["check", "explain", "timeline"]
)
def test_colour_is_for_terminals_and_changes_no_letter(args: tuple[str, ...]) -> None:
    seen = on_a_terminal(*args)
    plain = piped(*args, NO_COLOR="").decode()
    assert "\x1b[31m" in seen
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", seen) == plain


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(environment: dict[str, str]) -> None:
    assert on_a_terminal(*A100, **environment) == piped(*A100).decode()


def test_only_the_verdict_of_an_answer_is_coloured() -> None:
    first, deal, *_ = on_a_terminal(*A100).splitlines()
    assert "\x1b" not in deal
    assert first.startswith("\x1b[31m\x1b[1mNO, not without a license (review policy not published).\x1b[0m")


# --- bars -------------------------------------------------------------------------------------------


def test_a_timeline_has_a_bar_of_its_months_under_a_ruler_of_years() -> None:
    lines = printed("timeline", "A100").splitlines()
    assert lines[2] == "2020        2021        2022        2023        2024        2025        2026"
    assert lines[3] == "····░░░░░░░░░░░░░░░░░░░░░░░░░░░▓▓███████████████████████████████████████▚▚▚▚▚▚▚▚▚"
    assert lines[4] == "· not released   ░ no license requirement found"
    assert "(a mark is a month, as it ended)" in lines[6]


def test_an_output_that_cannot_show_blocks_gets_ascii() -> None:
    said = piped("timeline", "A100", PYTHONIOENCODING="ascii").decode("ascii")
    assert said.splitlines()[3] == "....---------------------------++#######################################%%%%%%%%%"
    assert len(said.splitlines()[3]) == len(printed("timeline", "A100").splitlines()[3])


def test_every_kind_of_answer_has_a_mark_of_its_own_in_both_alphabets() -> None:
    for alphabet in zip(*MARKS.values(), strict=True):
        assert len(set(alphabet)) == len(MARKS)
    assert all(ascii_.isascii() for _, ascii_ in MARKS.values())
    assert len(BLOCKS) == len(MARKS)


@ANY
@given(st.sampled_from(sorted(LAW.variants)), st.sampled_from(["CN", "MO", "SG", "JP", "RU"]), st.booleans())
def test_a_bar_shows_every_answer_of_the_verified_days_and_no_other(chip: str, to: str, blocks: bool) -> None:
    made = exportrules.timeline(chip, to=to)
    cells = months(made, blocks=blocks)
    edition = LAW.edition
    assert len(cells) == (edition.verified_through.year - 2020) * 12 + edition.verified_through.month
    assert len(ruler(made)) <= len(cells)
    first, last = edition.covers_from, edition.verified_through
    shown = {cell.outcome for cell in cells}
    inside = [s for s in made.spans if (s.last is None or s.last >= first) and (s.start is None or s.start <= last)]
    assert shown <= {span.answer.outcome for span in inside}
    long = {s.answer.outcome for s in inside if s.start and s.last and (s.last - s.start).days > 62}
    assert long <= shown


# --- matrix -----------------------------------------------------------------------------------------


def test_a_matrix_is_chips_by_days_in_short_words() -> None:
    said = printed("matrix", "A100", "RTX 4090", "--on", "2022-09-15,2023-12-01", "--on", "2030-01-01")
    lines = said.splitlines()
    assert lines[0] == "to China (PRC); export by each chip's maker; civil end use; as enforced"
    assert lines[2].split() == ["chip", "2022-09-15", "2023-12-01", "2030-01-01"]
    assert re.split(r"  +", lines[4]) == [
        "A100",
        "license (policy not public)",
        "license (presumed denial)",
        "undetermined",
    ]
    assert re.split(r"  +", lines[5]) == ["RTX 4090", "not released", "exception", "undetermined"]
    assert lines[-1].startswith("Ruleset ")


def test_a_chip_that_is_named_twice_has_one_row() -> None:
    once = printed("matrix", "A100", "H20", "--on", "2023-12-01")
    assert printed("matrix", "A100", "nvidia a100", "H20", "A100", "--on", "2023-12-01") == once
    own = ("--chip", str(ROOT / "docs" / "examples" / "acme-x.toml"))
    assert printed("matrix", *own, *own, "--on", "2023-12-01") == printed("matrix", *own, "--on", "2023-12-01")


def test_a_matrix_says_what_check_says() -> None:
    days = ["2022-09-15", "2023-12-01", "2026-02-01"]
    deal = ("--to", "SG", "--ultimate-parent", "CN", "--exporter", "other")
    rows = json.loads(printed("matrix", "A100", "H20", "L40S", "--on", ",".join(days), *deal, "-f", "json"))
    for row in rows:
        for day in days:
            found = exportrules.check(row["chip"], on=day, to="SG", ultimate_parent="CN", exporter="other")
            assert row[day] == {
                "outcome": found.outcome,
                "review_policy": found.review_policy,
                "standing": found.standing,
                "requirements": found.requirements,
            }


def test_a_matrix_as_csv_is_a_table_and_nothing_else() -> None:
    rows = list(csv.reader(io.StringIO(printed("matrix", "A100", "H20", "--on", "2023-12-01", "-f", "csv"))))
    assert rows == [["chip", "2023-12-01"], ["A100", "license (presumed denial)"], ["H20", "none found"]]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--on", "2023-12-01"), "no chip is given. Name one or more: exportrules matrix A100 H100 --on 2022-09-15"),
        (("A100", "--on", "2023-12-01,"), "the date '' cannot be read for certain."),
        (("A100", "H1000", "--on", "2023-12-01"), "no chip is called 'H1000' here."),
    ],
)
def test_a_wrong_matrix_says_what_to_write(args: tuple[str, ...], message: str) -> None:
    with pytest.raises(exportrules.QuestionError) as error:
        printed("matrix", *args)
    assert str(error.value).startswith(message)


# --- completion -------------------------------------------------------------------------------------


def offered(*words: str) -> list[str]:
    """What is offered for the last word."""
    shell = ShellComplete(cli, {}, "exportrules", "_EXPORTRULES_COMPLETE")
    return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("check", "rtx-4090"), {"RTX-4090", "RTX-4090-D"}),
        (("chart", "timeline", "A100", "h2"), {"H20", "H200"}),
        (("matrix", "A100", "H8"), {"H800"}),
        (("timeline", "A100", "--to", "M"), {"MO", "MY", "MX"}),
        (("check", "A100", "--exporter", "nv"), {"nvidia"}),
        (("check", "A100", "--end-use", "mil"), {"military", "military_intelligence"}),
        (("check", "A100", "--fact", "tp"), {"tpp="}),
        (("instruments", "88fr7"), {"88fr73458", "88fr71991"}),
        (("show", "88fr73"), {"88fr73458#"}),
        (("show", "88fr73458#3A090"), {"88fr73458#3A090.a", "88fr73458#3A090.b"}),
        (("casebook", "d"), {"deepseek"}),
        (("chips", "Ascend-910"), {"Ascend-910B"}),
        (("diff", "2023-11-16", "2023-11-17", "--chips", "h8"), {"H800"}),
        (("changes", "--chips", "A800,h8"), {"A800,H800"}),
        (("what-if", "x.toml", "--chips", "A800,H800,"), {"A800,H800,A100"}),
        (("compile", "--chips", "H8"), {"H800"}),
        (("compile", "--to", "CN,M"), {"CN,MO"}),
        (("mat",), {"matrix"}),
    ],
)
def test_names_are_completed(words: tuple[str, ...], wanted: set[str]) -> None:
    assert wanted <= set(offered(*words))
    assert all(name.casefold().startswith(words[-1].casefold()) for name in offered(*words))


def test_every_chip_that_is_offered_is_understood() -> None:
    names = offered("check", "")
    assert len(names) == len({family.name for family in LAW.families.values()})
    for name in names:
        exportrules.check(name, on="2024-01-01")


def test_completion_imports_neither_pydantic_nor_tables(tmp_path: Path) -> None:
    script = (
        "import os, sys\nos.environ.update(COMP_WORDS='exportrules check A10', COMP_CWORD='2', "
        "_EXPORTRULES_COMPLETE='bash_complete')\nimport atexit\n"
        "atexit.register(lambda: print(sorted({'pydantic', 'tabulate', 'altair'} & set(sys.modules))))\n"
        f"sys.argv = ['exportrules']\n{RUN}"
    )
    exportrules.default_ruleset()
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert "plain,A100" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "[]"
    empty = {**os.environ, "EXPORTRULES_CACHE": str(tmp_path)}
    cold = subprocess.run(
        [sys.executable, "-c", script], env=empty, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (cold.stdout, cold.stderr) == ("\n[]\n", "")


# --- tables -----------------------------------------------------------------------------------------


NAMES = ["株式会社架空商事東京支店", "Acme Bakery", "虛構貿易有限公司", "가상무역 주식회사"]


@pytest.mark.parametrize("form", ["simple", "grid", "github"])
@pytest.mark.parametrize("width", [0, 40])
def test_a_table_of_east_asian_names_is_in_line(form: str, width: int) -> None:
    """A wide letter takes two columns of a terminal: every cell of a column begins and ends at the same one."""
    rows = [{"customer": name, "rows": number, "last": "x"} for number, name in enumerate(NAMES, 98)]
    lines = table(rows, form, numbers={"rows"}, width=width).splitlines()
    found = [(line, number) for number in ("98", "99", "100", "101") for line in lines if f" {number} " in line]
    assert len(found) == len(rows)
    assert len({width_of(line[: line.index(number) + len(number)]) for line, number in found}) == 1
    assert len({width_of(line[: line.rindex("x")]) for line, _ in found}) == 1


def test_a_wide_cell_is_broken_where_a_terminal_would() -> None:
    rows = [{"customer": "株式会社" * 12 + " Acme", "says": "a few words that can be broken in two"}]
    lines = table(rows, "simple", width=60).splitlines()
    assert max(map(width_of, lines)) <= 60
    assert sum(line.count("社") for line in lines) == 12


def commands(group: click.Group = cli, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command, those of groups too, by what is typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, f"{path}{name} ")
        else:
            yield f"{path}{name}", found


def functions() -> dict[str, ast.FunctionDef]:
    """The functions of the command modules by module and name."""
    found = {}
    for file in (PACKAGE / "cli").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                found[f"{file.stem}.{node.name}"] = node
    return found


def prints_a_table(node: ast.FunctionDef) -> bool:
    calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return any(isinstance(call, ast.Name) and call.id in ("table", "coverage_text") for call in calls)


def test_every_command_that_prints_a_table_has_the_shared_formats() -> None:
    sources = functions()
    with_formats = set()
    for name, command in commands():
        if name == "data":
            continue  # its forms are those of the files that it writes, several at once
        option = next((p for p in command.params if "--format" in p.opts), None)
        callback = command.callback
        assert callback is not None
        source = sources[f"{callback.__module__.rpartition('.')[2]}.{callback.__name__}"]
        assert (option is not None) == prints_a_table(source), f"{name}: a table and -f/--format go together"
        if option is not None:
            assert option.opts == ["-f", "--format"]
            assert isinstance(option.type, click.Choice)
            # a command may know one more, such as a calendar's
            assert tuple(option.type.choices)[: len(FORMATS)] == FORMATS
            with_formats.add(name)
    assert {"timeline", "matrix", "chips", "instruments", "coverage", "casebook"} <= with_formats


def test_tables_are_made_in_one_place() -> None:
    users = [f.relative_to(PACKAGE) for f in PACKAGE.rglob("*.py") if "import tabulate" in f.read_text("utf-8")]
    assert users == [Path("render/text.py")]


def test_every_command_of_the_house_is_reached() -> None:
    assert {name.split()[0] for name, _ in commands()} == set(COMMANDS)
