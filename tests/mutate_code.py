"""A mutation tester for the code that answers: cosmic-ray on the modules that receipts call the engine.

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
import re
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
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from tests.measured import stamp

ROOT = Path(__file__).parent.parent
MODULES = Path(__file__).with_suffix(".toml")
CONFIG = """[cosmic-ray]
module-path = "{path}"
excluded-modules = []
test-command = "python -I -S tests/quick_pytest.py tests.socket {tests}"
timeout = 600

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
    """A sample in which every module has its share; one that is smaller than the modules are many is drawn of all."""
    rng, picked = random.Random(seed), []
    if size < len({m.module for m in found}):
        return rng.sample(found, size)
    for module, count in sorted(Counter(m.module for m in found).items()):
        mine = [m for m in found if m.module == module]
        picked += rng.sample(mine, min(count, max(1, round(size * count / len(found)))))
    return picked


def session_of(folder: Path, module: Mapping[str, Any]) -> tuple[Path, Path]:
    """(configuration, session) of one module: cosmic-ray lists what it can mutate there."""
    name = name_of(module["path"]).replace("/", "-")
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
    # bytecode is not written: that of a mutant would be found again
    environment = {**_environment(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    server = subprocess.Popen([sys.executable, "-m", "tests.quick_pytest", "tests.socket"], cwd=copy, env=environment)
    try:
        while not (copy / "tests.socket").exists() and server.poll() is None:
            time.sleep(0.05)
        for config, whole, chosen in work:
            session, share = folder / f"{whole.stem}-{number}.sqlite", chosen[number::of]
            if not share:
                continue
            _keep(whole, session, share)
            _execute(config, session, copy, folder)
            yield from _results(session)
    finally:
        server.terminate()
        server.wait()


def _keep(whole: Path, session: Path, share: Sequence[Mutant]) -> None:
    """A session of the chosen mutants alone."""
    shutil.copy(whole, session)
    with contextlib.closing(sqlite3.connect(session)) as db, db:
        db.execute("create temp table kept (job text)")
        db.executemany("insert into kept values (?)", [(mutant.job,) for mutant in share])
        db.execute("delete from mutation_specs where job_id not in (select job from kept)")
        db.execute("delete from work_items where job_id not in (select job from kept)")


def _execute(config: Path, session: Path, copy: Path, folder: Path) -> None:
    """Run a session; the tests pass before it, and pass after it, or its verdicts are worth nothing."""

    def cosmic_ray(*words: str) -> float:
        began = time.monotonic()
        subprocess.run([*COSMIC_RAY, *words], cwd=copy, env=_environment(folder), check=True)
        return time.monotonic() - began

    seconds = cosmic_ray("baseline", str(config))
    # what never ends is killed: after much longer than the tests take
    own = folder / f"{session.stem}.toml"
    own.write_text(re.sub("timeout = .*", f"timeout = {max(20, 5 * seconds):.0f}", config.read_text("utf-8")), "utf-8")
    cosmic_ray("exec", str(own), str(session))
    cosmic_ray("baseline", str(config))


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


def name_of(module: str) -> str:
    """A module by its place in the package: 'law/span'."""
    return module.removeprefix("exportrules/").removesuffix(".py")


@cache
def explained() -> list[dict[str, str]]:
    """The mutants that change nothing, by the line as it becomes, each with the reason."""
    found: list[dict[str, str]] = tomllib.loads(EXPLAINED.read_text("utf-8"))["equivalent"]
    return found


def explains(change: Change) -> str | None:
    """Why a mutant may survive; None where nothing explains it."""
    fits = (
        entry["reason"]
        for entry in explained()
        if name_of(change.module) in entry["modules"].split() and re.search(entry["becomes"], change.becomes)
    )
    return next(fits, None)


def figures_of(results: Sequence[Result], of: int, asked: argparse.Namespace, seconds: int) -> dict[str, Any]:
    """What a run found, for other tools: {mutants, of, killed, equivalent, modules, survivors, needless, ...}."""
    survivors = sorted(r.change for r in results if not r.killed)
    reasons = {change: explains(change) for change in survivors}
    # only a run of every mutant can say that an explanation explains nothing
    whole = len(results) == of and not asked.again and not asked.module
    needless = [e["becomes"] for e in explained() if e["reason"] not in reasons.values()] if whole else []
    return {
        "mutants": len(results),
        "of": of,
        "killed": len(results) - len(survivors),
        "equivalent": sum(reason is not None for reason in reasons.values()),
        "modules": {
            module: {"mutants": count, "killed": sum(r.killed for r in results if r.change.module == module)}
            for module, count in sorted(Counter(r.change.module for r in results).items())
        },
        "survivors": [{**change._asdict(), "reason": reason} for change, reason in reasons.items()],
        "needless": needless,
        "seed": asked.seed,
        "seconds": seconds,
    }


def told(figures: Mapping[str, Any]) -> Iterator[str]:
    """The figures for a reader."""
    made, killed = figures["mutants"], figures["killed"]
    whole = "all" if made == figures["of"] else f"a sample of {made} of {figures['of']} (seed {figures['seed']})"
    changing = made - figures["equivalent"]
    yield f"code: {whole} mutants, {killed} of {made} killed ({100 * killed / made:.1f} %) in {figures['seconds']} s"
    yield f"of the {changing} that change something {100 * killed / changing:.1f} %"
    for module, row in figures["modules"].items():
        yield f"  {module:<25}{row['killed']:>5} of {row['mutants']}"
    others = [s for s in figures["survivors"] if not s["reason"]]
    yield f"survivors: {figures['equivalent']} that change nothing ({EXPLAINED.name} says why), {len(others)} others"
    for s in others:
        yield f"SURVIVED  {s['module']}:{s['line']}\n    - {s['was']}\n    + {s['becomes']}"
    yield from (f"NOT NEEDED in {EXPLAINED.name}: {line}" for line in figures["needless"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 where nine in ten of the mutants that change something are killed and every explanation is needed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sample", type=int, help="so many mutants, drawn; without it all")
    parser.add_argument("--module", help="one of the modules, e.g. law/span")
    parser.add_argument("--again", type=Path, help="only those that survived by the figures of an earlier run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--figures", type=Path, help="write the figures as JSON")
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    modules = tomllib.loads(MODULES.read_text("utf-8"))["module"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sessions = [session_of(folder, m) for m in modules if asked.module in (None, name_of(m["path"]))]
        found = [mutant for _, session in sessions for mutant in mutants(session)]
        if asked.again:
            earlier = json.loads(asked.again.read_text("utf-8"))["survivors"]
            before = {(s["module"], s["operator"], s["occurrence"]) for s in earlier}
            found = [m for m in found if (m.module, m.operator, m.occurrence) in before]
        chosen = drawn(found, asked.sample, asked.seed) if asked.sample else found
        work = [(c, s, [m for m in chosen if name_of(m.module).replace("/", "-") == s.stem]) for c, s in sessions]
        results = list(run(folder, work, asked.processes))
    figures = figures_of(results, len(found), asked, round(time.monotonic() - began))
    print("\n".join(told(figures)))
    if asked.figures:
        asked.figures.write_text(
            json.dumps({**figures, "commit": stamp()}, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
    changing = figures["mutants"] - figures["equivalent"]
    return 1 if figures["needless"] or 10 * figures["killed"] < 9 * changing else 0


if __name__ == "__main__":
    sys.exit(main())
