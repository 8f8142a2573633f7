"""The house: modules are small, imports run one way, answering needs no pydantic, no file, no clock, no network."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import exportrules

PACKAGE = Path(__file__).parent.parent / "exportrules"
#: Rooms, each of which may import those before it, and within the rooms of the core their modules in the same way.
ROOMS = [
    "errors",
    "law",
    "question",
    "engine",
    "files",
    "answer",
    "ledger",
    "study",
    "render",
    "explore",
    "serve",
    "cli",
    "",
]
WITHIN = {
    "law": """truth span shape model bounds facts lexicon implied paragraphs attestation force memory ruleset view""",
    "question": """figures values catalogue impossible eccns claims names senses deal question""",
    "question/names": """keys placeholders words roles defects grammar servers slips sounds glued close inside houses
                         hanzi numbered parties remarks chips places nobody exporters""",
    "engine": """docket evaluate unknowns cases course""",
    "files": """write partyfile parsed cache integrity lint parse load screening""",
    "answer": """words result timeline asked moment trace assumptions notices next_steps determination matrix parties
                 schema""",
}
#: An answer prints its own trace on demand: the one import that goes up, when it is called.
EXCEPTION = ("answer/determination", "render/explanation")
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """A module by its path in the package: 'law/view'; a package by its directory, the outermost by ''."""
    name = str(path.relative_to(PACKAGE).with_suffix(""))
    return name.removesuffix("__init__").rstrip("/") if name != "__main__" else ""


NAMES = {name_of(path) for path in MODULES}


def imported(path: Path) -> set[str]:
    """The modules that a module imports: at its top, when it is called, by a name that it makes, or for types alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            begins = re.match(r"""f?['"]exportrules\.([\w.]+)\.\{""", ast.unparse(node.args[0]))
            directory = begins[1].replace(".", "/") if begins else ""
            found |= {name for name in NAMES if directory and name.rpartition("/")[0] == directory} - {name_of(path)}
            continue
        if isinstance(node, ast.Import):
            found |= {
                a.name.partition(".")[2].replace(".", "/") for a in node.names if a.name.startswith("exportrules.")
            }
            continue
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("exportrules"):
            continue
        base = (node.module or "").partition(".")[2].replace(".", "/")
        for alias in node.names:
            inner = f"{base}/{alias.name}".lstrip("/")
            found.add(inner if inner in NAMES else base)
    return found


def rank(name: str) -> tuple[int, ...]:
    """Where a module stands in the order: its room, then its place in the room where that is said."""
    room, _, inner = name.rpartition("/")
    places = [ROOMS.index(name.partition("/")[0])]
    if room == "question/names":
        places.append(WITHIN["question"].split().index("names"))
    if room in WITHIN:
        places.append(WITHIN[room].split().index(inner))
    return tuple(places)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    mine = name_of(path)
    for name in imported(path) - {""}:
        if (mine, name) == EXCEPTION:
            continue
        same = name.partition("/")[0] == mine.partition("/")[0]
        assert rank(name) < rank(mine) or (same and len(rank(mine)) == 1), (
            f"{mine} imports {name}, which stands above it"
        )


def test_no_modules_import_one_another_in_a_circle() -> None:
    waiting = {name_of(path): imported(path) - {""} for path in MODULES}
    waiting[EXCEPTION[0]].discard(EXCEPTION[1])
    while ready := [name for name, needs in waiting.items() if not needs & set(waiting)]:
        for name in ready:
            del waiting[name]
    assert not waiting, f"in a circle: {', '.join(sorted(waiting))}"


@pytest.mark.parametrize("room", WITHIN)
def test_every_module_of_the_core_has_its_place(room: str) -> None:
    inside = {p.stem for p in (PACKAGE / room).glob("*.py")} | {
        p.name for p in (PACKAGE / room).iterdir() if p.is_dir()
    }
    assert inside - {"__init__", "__pycache__"} == set(WITHIN[room].split()), (
        f"name its modules in WITHIN[{room!r}], each after those that it imports"
    )


def test_the_drawing_is_what_a_listing_shows() -> None:
    drawing = (PACKAGE.parent / "docs" / "theory.md").read_text("utf-8").partition("## The drawing")[2]
    rows = dict(re.findall(r"^\| `(\w+)/?` \| (.*) \|$", drawing.partition("\n\n**")[0], re.M))
    assert list(rows) == [room for room in ROOMS if room]
    odd = set()
    for room, text in rows.items():
        listed = {part for name in NAMES if name.startswith(f"{room}/") for part in name.split("/")[1:]}
        drawn = {word.rstrip("/") for word in re.findall(r"`(\w+/?)`", text)}
        odd |= {f"{room}: {part}" for part in drawn ^ listed}
    assert not odd, "draw these modules in docs/theory.md, in the rows of their rooms, or take them out"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/**/__init__.py")), ids=name_of)
def test_a_room_has_nothing_in_its_doorway(path: Path) -> None:
    if name_of(path) not in ("ledger", "cli"):  # `exportrules.audit` and the program itself
        assert path.read_text("utf-8") == "", "leave __init__.py empty; callers import the modules themselves"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_module_grows_past_what_one_idea_needs(path: Path) -> None:
    # 400 lines ask for a seam that a reader would name; the shapes of the data files are longer, and one idea
    assert len(path.read_text("utf-8").splitlines()) <= 550, "split it where a reader would name the two halves"


def test_the_reference_evaluator_is_under_300_lines() -> None:
    assert len((PACKAGE / "engine" / "evaluate.py").read_text("utf-8").splitlines()) < 300


@pytest.mark.parametrize(
    "path", [p for r in ("law", "question", "engine") for p in sorted((PACKAGE / r).rglob("*.py"))]
)
def test_the_engine_reads_no_file_no_clock_and_no_environment(path: Path) -> None:
    text = path.read_text("utf-8")
    for word in ("open(", "os.environ", "date.today", "datetime.now", "import os", "import time", "socket"):
        assert word not in text


#: Words of law by themselves: an entry of the Commerce Control List, a paragraph, a page of the Register, a provision.
_LAW = re.compile(r"[0-9][A-E][0-9]{3}(\.\w+)*|7[34][0-9]\.[0-9].*|[0-9]+ FR [0-9]+|[0-9]+fr[0-9]+.*|[A-E]:[0-9]")


@pytest.mark.parametrize("room", ["law", "question", "engine", "files", "answer"])
def test_what_decides_has_no_day_and_no_paragraph_of_law_in_its_code(room: str) -> None:
    """Law is data. (Texts that only mention a paragraph, as an example or in a sentence, are not compared with it.)"""
    for path in sorted((PACKAGE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not _LAW.fullmatch(node.value), f"{path}:{node.lineno}"
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "date" and len(node.args) == 3:
                year = node.args[0]
                assert not (isinstance(year, ast.Constant) and isinstance(year.value, int) and year.value > 1979), (
                    f"{path}:{node.lineno}"
                )


def test_answering_imports_neither_pydantic_nor_tabulate_nor_a_network() -> None:
    script = (
        "import sys, exportrules; exportrules.check('A100', on='2022-09-15');"
        "exportrules.check('A100', on='2022-09-15').to_json();"
        "bad = set('pydantic pypinyin rapidfuzz tabulate wcwidth socket ssl click'.split()) & set(sys.modules);"
        "print(sorted(bad))"
    )
    subprocess.run([sys.executable, "-c", "import exportrules; exportrules.default_ruleset()"], check=True)
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


def test_a_public_name_is_imported_on_first_use_from_where_type_checkers_see_it() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
    for_types = next(node for node in tree.body if isinstance(node, ast.If))
    homes = {
        alias.asname or alias.name: (f"{node.module}", alias.name)
        for node in for_types.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {*homes, "__version__"} == set(exportrules.__all__) <= set(dir(exportrules))
    for name, (module, own_name) in homes.items():
        assert getattr(exportrules, name) is getattr(importlib.import_module(module), own_name)
    with pytest.raises(AttributeError, match="has no attribute 'chek'"):
        _ = exportrules.chek  # type: ignore[attr-defined]
    script = "import sys, exportrules; print([m for m in sys.modules if m.startswith('exportrules.')])"
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"
