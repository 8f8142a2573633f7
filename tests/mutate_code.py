"""A mutation tester for the code that answers: cosmic-ray on the modules that receipts call the engine.

    python -m tests.mutate_code [--sample N] [--seconds N] [--seed N] [--processes N] [--figures FILE]

The modules and the tests that decide are listed in `mutate_code.toml`. Mutants run in copies of the project, never in
the checkout. Left out are mutants of annotations, which nothing evaluates, and those that `equivalent_code.toml`
explains: they change nothing that can be observed. A sample is drawn from every module by its share of the mutants.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from tests.measured import stamp
from tests.quick_pytest import NEVER, ask

ROOT = Path(__file__).parent.parent
MODULES = Path(__file__).with_suffix(".toml")
EXPLAINED = Path(__file__).parent / "equivalent_code.toml"
#: After so long a test is taken to wait for what never comes.
MOST_SECONDS = 600
LEFT_OUT = (".git", ".venv", ".venv-test", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")

#: The ways to change code, by cosmic-ray's names, that make its contrary of a condition.
CONTRARY = "_(Eq_NotEq|Eq_IsNot|NotEq_Eq|NotEq_Is|Is_IsNot|Is_NotEq|IsNot_Is|IsNot_Eq|Lt_GtE|GtE_Lt|Gt_LtE|LtE_Gt)$"


class Mutant(NamedTuple):
    """One change of one module, as cosmic-ray numbers it."""

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


def annotated(source: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Where the annotations and the types of a module begin and end: nothing evaluates or enforces them."""
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            found = getattr(node, name, None)
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
                found = node
            if isinstance(found, ast.expr):
                yield (found.lineno, found.col_offset), (found.end_lineno or 0, found.end_col_offset or 0)


@cache
def operators() -> Mapping[str, Any]:
    """The ways in which cosmic-ray changes code, by name; not those that must be told what to write."""
    import cosmic_ray.plugins as known

    classes = {name: known.get_operator(name) for name in known.operator_names()}
    return {name: operator() for name, operator in classes.items() if not operator.arguments()}


def mutants(module: str) -> list[Mutant]:
    """The mutants of a module, those of annotations left out."""
    from cosmic_ray.ast import ast_nodes, get_ast

    source = (ROOT / module).read_text("utf-8")
    nodes, inside = list(ast_nodes(get_ast(source))), list(annotated(source))
    found = [
        Mutant(module, name, occurrence, position[0])
        for name, operator in operators().items()
        for occurrence, position in enumerate(p for node in nodes for p in operator.mutation_positions(node))
    ]
    return sorted(
        (m for m in found if not any(start <= m.where < end for start, end in inside)),
        key=lambda m: (m.where, m.operator, m.occurrence),
    )


def mutated(source: str, mutant: Mutant) -> str | None:
    """The module with the mutant in it; None where that is no other program, or none at all."""
    from cosmic_ray.mutating import mutate_code

    text: str | None = mutate_code(source, operators()[mutant.operator], mutant.occurrence)
    with contextlib.suppress(SyntaxError):
        if text and ast.dump(ast.parse(text)) != ast.dump(ast.parse(source)):
            return text
    return None


def drawn(found: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """A sample in which every module has its share; one that is smaller than the modules are many is drawn of all."""
    rng, picked = random.Random(seed), []
    if size < len({m.module for m in found}):
        return rng.sample(found, size)
    for module, count in sorted(Counter(m.module for m in found).items()):
        mine = [m for m in found if m.module == module]
        picked += rng.sample(mine, min(count, max(1, round(size * count / len(found)))))
    return picked


def run(
    directory: Path, chosen: Sequence[Mutant], tests: Mapping[str, Sequence[str]], processes: int, until: float = NEVER
) -> list[Result]:
    """What became of the mutants, tried in so many copies at once; those that the time is too short for are left out.

    `tests` are the deciding tests by module, `until` a moment of `time.monotonic`.
    """
    work: SimpleQueue[Mutant] = SimpleQueue()
    for mutant in chosen:
        work.put(mutant)
    seconds: dict[str, float] = {}
    with ThreadPoolExecutor(processes) as pool:
        copies = [directory / f"copy-{number}" for number in range(processes)]
        shares = [pool.submit(_tried, copy, work, tests, seconds, until) for copy in copies]
        return [result for share in shares for result in share.result()]


def _tried(
    copy: Path, work: SimpleQueue[Mutant], tests: Mapping[str, Sequence[str]], seconds: dict[str, float], until: float
) -> list[Result]:
    """Mutants taken from the work until there are none, each tried in a copy of the project."""
    found = []
    with contextlib.suppress(Empty, TimeoutError), _served(copy) as address:
        while True:
            mutant = work.get_nowait()
            source = (copy / mutant.module).read_text("utf-8")
            if (text := mutated(source, mutant)) is None:
                continue
            killed = any(_notices(copy, address, test, seconds, mutant, text, until) for test in tests[mutant.module])
            found.append(Result(killed, _change(mutant, source, text)))
    return found


@contextlib.contextmanager
def _served(copy: Path) -> Iterator[str]:
    """A copy of the project, and the address of a server of its tests."""
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (copy / ".cache").mkdir()
    environment = {**os.environ, "EXPORTRULES_CACHE": str(copy / ".cache"), "PYTHONPATH": str(copy)}
    address = copy / "tests.socket"
    server = subprocess.Popen([sys.executable, "-m", "tests.quick_pytest", address.name], cwd=copy, env=environment)
    try:
        while not address.exists() and server.poll() is None:
            time.sleep(0.05)
        yield str(address)
    finally:
        server.terminate()
        server.wait()


def _notices(
    copy: Path, address: str, test: str, seconds: dict[str, float], mutant: Mutant, text: str, until: float
) -> bool:
    """Whether a test fails with the mutant that passes without it. `seconds` keeps what each takes without."""
    if test not in seconds:
        usual = ask(address, test, until=until)
        if usual.status:
            raise RuntimeError(f"{test} fails in a copy of the project in which nothing was changed")
        seconds[test] = usual.seconds
    # what never ends is ended after much longer than the tests take, by the processor's time: it may have other work;
    # what waits for ever takes no such time
    waiting = time.monotonic() + MOST_SECONDS
    with _written(copy / mutant.module, text), _forgotten(copy / ".cache"):
        try:
            return ask(address, test, 3 * seconds[test] + 3, min(until, waiting)).status != 0
        except TimeoutError:
            if until < waiting:
                raise
            return True


@contextlib.contextmanager
def _written(path: Path, text: str) -> Iterator[None]:
    """A module as changed, and then as it was, to the time of its file."""
    source, was = path.read_bytes(), path.stat()
    path.write_text(text, "utf-8")
    try:
        yield
    finally:
        path.write_bytes(source)
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


@contextlib.contextmanager
def _forgotten(cache: Path) -> Iterator[None]:
    """What a mutant put into the cache is not read by the next."""
    known = set(cache.rglob("*"))
    try:
        yield
    finally:
        for path in set(cache.rglob("*")) - known:
            if path.is_file():
                path.unlink()


def _change(mutant: Mutant, source: str, text: str) -> Change:
    lines = list(difflib.unified_diff(source.splitlines(), text.splitlines(), n=0, lineterm=""))[3:]
    was, becomes = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return Change(mutant.module, mutant.where[0], was, becomes, mutant.operator, mutant.occurrence)


def name_of(module: str) -> str:
    """A module by its place in the package: 'law/span'."""
    return module.removeprefix("exportrules/").removesuffix(".py")


@cache
def explained() -> list[dict[str, str]]:
    """The mutants that change nothing, by the line as it becomes, each with the reason."""
    found: list[dict[str, str]] = tomllib.loads(EXPLAINED.read_text("utf-8"))["equivalent"]
    return found


def explains(change: Change) -> str | None:
    """Why a mutant may survive; None where nothing explains it, as nothing does where a condition became its contrary.

    An entry with `operator` is of those ways to change code alone.
    """
    if re.search(CONTRARY, change.operator):
        return None
    fits = (
        entry["reason"]
        for entry in explained()
        if name_of(change.module) in entry["modules"].split()
        and re.search(entry["becomes"], change.becomes)
        and re.search(entry.get("operator", ""), change.operator)
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
    parser.add_argument("--seconds", type=float, help="stop after so long, and report those that were tried by then")
    parser.add_argument("--module", help="one of the modules, e.g. law/span")
    parser.add_argument("--again", type=Path, help="only those that survived by the figures of an earlier run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--figures", type=Path, help="write the figures as JSON")
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    tests = {m["path"]: m["tests"] for m in tomllib.loads(MODULES.read_text("utf-8"))["module"]}
    found = [mutant for path in tests if asked.module in (None, name_of(path)) for mutant in mutants(path)]
    if asked.again:
        earlier = json.loads(asked.again.read_text("utf-8"))["survivors"]
        before = {(s["module"], s["operator"], s["occurrence"]) for s in earlier}
        found = [m for m in found if (m.module, m.operator, m.occurrence) in before]
    chosen = drawn(found, asked.sample, asked.seed) if asked.sample else found
    until = began + (asked.seconds or NEVER)
    with tempfile.TemporaryDirectory() as name:
        results = run(Path(name), chosen, tests, max(1, min(asked.processes, len(chosen))), until)
    if not results:
        print(f"code: none of {len(chosen)} mutants could be tried in {time.monotonic() - began:.0f} s")
        return 1
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
