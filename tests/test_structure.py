"""The house: modules are small, imports run one way, answering needs no pydantic, no file, no clock, no network."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "exportrules"
#: Each module may import those before it. Equals stand in one row.
ORDER = [
    {"errors", "truth", "span"},
    {"model", "output"},
    {"bounds"},
    {"facts", "force", "implied", "attestation", "lexicon", "partyfile"},
    {"figures", "law"},
    {"names", "entries", "claims"},
    {"senses"},
    {"docket"},
    {"engine"},
    {"unknowns"},
    {"cases"},
    {"result", "question"},
    {"timeline"},
    {"compiled", "references"},
    {"lint"},
    {"reading"},
    {"source"},
    {"trace"},
    {"notices"},
    {"determination"},
    {"render", "schema", "screening"},
    {"ledger"},
    {"study"},
    {"explore"},
    {"cli"},
    {"__init__", "__main__"},
]
RANK = {name: rank for rank, row in enumerate(ORDER) for name in row}
MODULES = sorted(PACKAGE.rglob("*.py"))


def part(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imported(path: Path) -> set[tuple[str, bool]]:
    """(part of the package, whether the import waits inside a function or is for types alone)."""
    found: set[tuple[str, bool]] = set()
    tree = ast.parse(path.read_text("utf-8"))
    late = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("exportrules"):
            tail = node.module.split(".")[1:]
            names = [tail[0]] if tail else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [a.name.split(".")[1] for a in node.names if a.name.startswith("exportrules.")]
        found |= {(name, id(node) in late) for name in names}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    mine = RANK[part(path)]
    for name, late in imported(path):
        if name in RANK and name != part(path) and not late:
            assert RANK[name] < mine, f"{path.name} imports {name}, which stands above it"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_module_grows_past_what_one_idea_needs(path: Path) -> None:
    # 400 lines ask for a seam that a reader would name; the shapes of the data files are longer, and one idea
    assert len(path.read_text("utf-8").splitlines()) <= 550


def test_the_reference_evaluator_is_under_300_lines() -> None:
    assert len((PACKAGE / "engine.py").read_text("utf-8").splitlines()) < 300


@pytest.mark.parametrize(
    "name",
    [
        "truth",
        "span",
        "model",
        "facts",
        "force",
        "implied",
        "law",
        "entries",
        "claims",
        "docket",
        "engine",
        "unknowns",
        "names/keys",
        "names/chips",
        "names/places",
        "names/exporters",
        "names/parties",
        "names/close",
    ],
)
def test_the_engine_reads_no_file_no_clock_and_no_environment(name: str) -> None:
    text = (PACKAGE / f"{name}.py").read_text("utf-8")
    for word in ("open(", "os.environ", "date.today", "datetime.now", "import os", "import time", "socket"):
        assert word not in text


def test_answering_imports_neither_pydantic_nor_tabulate_nor_a_network() -> None:
    script = (
        "import sys, exportrules; exportrules.check('A100', on='2022-09-15');"
        "exportrules.check('A100', on='2022-09-15').to_json();"
        "bad = {'pydantic', 'rapidfuzz', 'tabulate', 'socket', 'ssl', 'click'} & set(sys.modules); print(sorted(bad))"
    )
    subprocess.run([sys.executable, "-c", "import exportrules; exportrules.default_ruleset()"], check=True)
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"
