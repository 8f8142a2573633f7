"""A mutation tester for the code that answers: cosmic-ray on truth, span, facts, engine and timeline.

    python -m tests.mutate_code [--sample N] [--seed N] [--processes N] [--figures FILE]

The modules and the tests that decide stand in `mutate_code.toml`. Every run happens in copies of the project, never in
the checkout. Left out are mutants of annotations, which nothing evaluates, and those that `equivalent_code.toml`
explains: they change nothing that can be observed. A sample is drawn from every module by its share of the mutants.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
MODULES = Path(__file__).with_suffix(".toml")
CONFIG = """[cosmic-ray]
module-path = "{path}"
excluded-modules = []
test-command = "python -I -S tests/quick_pytest.py tests.socket {tests}"
timeout = 180.0

[cosmic-ray.distributor]
name = "local"
"""
COSMIC_RAY = [sys.executable, "-c", "from cosmic_ray.cli import main; main()"]
EXPLAINED = Path(__file__).parent / "equivalent_code.toml"
LEFT_OUT = (".git", ".venv", ".venv-test", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")


class Mutant(NamedTuple):
    """One change of one module, as cosmic-ray has it."""

    job: str
    module: str
    operator: str
    occurrence: int
    where: tuple[int, int]


class Change(NamedTuple):
    """What a mutant changed: the line as it was and as it became."""

    module: str
    line: int
    was: str
    becomes: str
    operator: str
    occurrence: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line}\n    - {self.was}\n    + {self.becomes}"


class Result(NamedTuple):
    """A mutant and what became of it."""

    killed: bool
    change: Change


def annotated(module: Path) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the annotations and the types of a module begin and end: nothing evaluates or enforces them."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        for name in ("annotation", "returns"):
            found = getattr(node, name, None)
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
                found = node
            if isinstance(found, ast.expr):
                yield (found.lineno, found.col_offset), (found.end_lineno or 0, found.end_col_offset or 0)


def mutants(session: Path) -> list[Mutant]:
    """The mutants of a session, those of annotations left out."""
    with sqlite3.connect(session) as db:
        rows = db.execute(
            "select job_id, module_path, operator_name, occurrence, start_pos_row, start_pos_col from mutation_specs"
        ).fetchall()
    inside = {name: list(annotated(ROOT / name)) for name in {row[1] for row in rows}}
    found = [Mutant(row[0], row[1], row[2], row[3], (row[4], row[5])) for row in rows]
    return sorted(
        (m for m in found if not any(start <= m.where < end for start, end in inside[m.module])),
        key=lambda m: (m.module, m.where, m.operator, m.occurrence),
    )


def drawn(found: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """A sample in which every module has its share."""
    rng, picked = random.Random(seed), []
    for module, count in sorted(Counter(m.module for m in found).items()):
        mine = [m for m in found if m.module == module]
        picked += rng.sample(mine, min(count, max(1, round(size * count / len(found)))))
    return picked


def session_of(folder: Path, module: Mapping[str, Any]) -> tuple[Path, Path]:
    """(configuration, session) of one module: cosmic-ray lists what it can mutate there."""
    name = Path(module["path"]).stem
    config, session = folder / f"{name}.toml", folder / f"{name}.sqlite"
    tests = " ".join(module["tests"])
    config.write_text(CONFIG.format(path=module["path"], tests=tests), "utf-8")
    subprocess.run([*COSMIC_RAY, "init", str(config), str(session)], cwd=ROOT, check=True)
    return config, session


def run(folder: Path, work: Sequence[tuple[Path, Path, Sequence[Mutant]]], processes: int) -> Iterator[Result]:
    """Each mutant with what became of it, in so many copies at once."""
    with ThreadPoolExecutor(processes) as pool:
        yield from chain.from_iterable(
            pool.map(lambda number: list(_share(folder, work, number, processes)), range(processes))
        )


def _share(folder: Path, work: Sequence[tuple[Path, Path, Sequence[Mutant]]], number: int, of: int) -> Iterator[Result]:
    """Every so-manieth mutant of each module, one after the other in a copy of the project."""
    copy = folder / f"copy-{number}"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    subprocess.run([sys.executable, "-m", "compileall", "-q", "exportrules", "tests"], cwd=copy, check=True)
    with serving(copy, folder):
        yield from _executed(copy, folder, work, number, of)


@contextlib.contextmanager
def serving(copy: Path, folder: Path) -> Iterator[None]:
    """The server of tests in a copy; the tests must pass there before anything is mutated."""
    # bytecode is not written: that of a mutant would be found again
    environment = {**_environment(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    server = subprocess.Popen([sys.executable, "-m", "tests.quick_pytest", "tests.socket"], cwd=copy, env=environment)
    try:
        while not (copy / "tests.socket").exists() and server.poll() is None:
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait()


def _executed(
    copy: Path, folder: Path, work: Sequence[tuple[Path, Path, Sequence[Mutant]]], number: int, of: int
) -> Iterator[Result]:
    for config, whole, chosen in work:
        session = folder / f"{whole.stem}-{number}.sqlite"
        shutil.copy(whole, session)
        with contextlib.closing(sqlite3.connect(session)) as db, db:
            db.execute("create temp table kept (job text)")
            db.executemany("insert into kept values (?)", [(mutant.job,) for mutant in chosen[number::of]])
            db.execute("delete from mutation_specs where job_id not in (select job from kept)")
            db.execute("delete from work_items where job_id not in (select job from kept)")
        for step in (["baseline", str(config)], ["exec", str(config), str(session)]):
            subprocess.run([*COSMIC_RAY, *step], cwd=copy, env=_environment(folder), check=True)
        yield from _results(session)


def _results(session: Path) -> Iterator[Result]:
    with sqlite3.connect(session) as db:
        rows = db.execute(
            "select module_path, start_pos_row, operator_name, occurrence, test_outcome, diff"
            " from mutation_specs join work_results using (job_id)"
        ).fetchall()
    for module, line, operator, occurrence, outcome, diff in rows:
        change = Change(module, line, _changed(diff, "-"), _changed(diff, "+"), operator, occurrence)
        yield Result(outcome != "SURVIVED", change)


def _changed(diff: str | None, sign: str) -> str:
    lines = [line for line in (diff or "").splitlines() if line.startswith(sign) and not line.startswith(sign * 3)]
    return " ".join(line[1:].strip() for line in lines)


def _environment(folder: Path) -> dict[str, str]:
    # the interpreter of the tests is this one; a cache of its own, since a mutant might spoil it
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "EXPORTRULES_CACHE": str(folder / "cache")}


def explained() -> list[dict[str, Any]]:
    """The mutants that change nothing, each with the reason."""
    found: list[dict[str, Any]] = tomllib.loads(EXPLAINED.read_text("utf-8"))["equivalent"]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 where every survivor is explained."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sample", type=int, help="so many mutants, drawn; without it all (an hour or so)")
    parser.add_argument("--again", type=Path, help="only those that survived by the figures of an earlier run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--module", help="one of the modules, e.g. span")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--figures", type=Path, help="write the figures as JSON")
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    modules = tomllib.loads(MODULES.read_text("utf-8"))["module"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sessions = [session_of(folder, m) for m in modules if asked.module in (None, Path(m["path"]).stem)]
        found = [mutant for _, session in sessions for mutant in mutants(session)]
        if asked.again:
            before = {
                (s["operator"], s["occurrence"], s["module"]) for s in json.loads(asked.again.read_text())["survivors"]
            }
            found = [m for m in found if (m.operator, m.occurrence, m.module) in before]
        chosen = drawn(found, asked.sample, asked.seed) if asked.sample else found
        work = [(c, s, [m for m in chosen if Path(m.module).stem == s.stem]) for c, s in sessions]
        results = list(run(folder, work, asked.processes))
    seconds = round(time.monotonic() - began)
    reasons = {(e["module"], line) for e in explained() for line in e["becomes"]}
    survivors = sorted(r.change for r in results if not r.killed)
    known = [s for s in survivors if (s.module, s.becomes) in reasons]
    open_ones = [s for s in survivors if s not in known]
    # only a run of everything can say that an explanation explains nothing
    whole = not asked.sample and not asked.again
    needless = reasons - {(s.module, s.becomes) for s in survivors} if whole else set()
    needless = {(module, line) for module, line in needless if asked.module in (None, Path(module).stem)}
    killed = len(results) - len(survivors)
    of = f"a sample of {len(results)} of {len(found)} mutants, seed {asked.seed}" if asked.sample else "all mutants"
    print(f"code: {of}: {killed} of {len(results)} killed ({100 * killed / len(results):.1f} %) in {seconds} s")
    for module, count in sorted(Counter(r.change.module for r in results).items()):
        dead = sum(r.killed for r in results if r.change.module == module)
        print(f"  {module}: {dead} of {count}")
    print(f"survivors: {len(known)} that change nothing ({EXPLAINED.name} says why), {len(open_ones)} others")
    for survivor in open_ones:
        print(survivor)
    for module, line in sorted(needless):
        print(f"NOT NEEDED in {EXPLAINED.name}: {module}: {line}")
    if asked.figures:
        figures: dict[str, Any] = {
            "mutants": len(results), "of": len(found), "killed": killed, "equivalent": len(known), "seconds": seconds,
            "seed": asked.seed if asked.sample else None,
            "survivors": [survivor._asdict() for survivor in survivors],
        }  # fmt: skip
        asked.figures.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 1 if open_ones or needless else 0


if __name__ == "__main__":
    sys.exit(main())
