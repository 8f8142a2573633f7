"""A mutation tester for the rule files: change one thing in the law data, and some test must fail.

    python -m tests.mutate_rules [--sample N] [--second N] [--verify N] [--seed N] [--processes N] [--figures FILE]

Every number, date, operator, flag, word of a closed vocabulary, group name, membership, relation and row of every rule
file is changed by the least step there is: one unit in the last place, one day, the neighbouring operator or word, one
entry less. A mutant is read as a rule file is read, and is killed where a test of the suite fails on it. Two checks
decide, since nothing has been found to pass them that others catch: `reading` (the file is refused, so every test
fails) and `record` (tests/test_boundaries.py). What they let through is shown to `lint`, `golden` and `twin` too.

The record makes every change visible; it does not know who is right. So `--second N` asks, of N drawn mutants of
instruments and groups, how many are also killed by what knows nothing of single rules: golden cases and the naive twin,
which were written without the data, and the answers for every chip.
`--verify N` writes N drawn mutants to a copy of the project and asks pytest itself: the verdicts must agree.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import HealthCheck, given, settings

from exportrules.errors import ExportRulesError, RulesetError
from exportrules.files.integrity import references
from exportrules.files.lint import defects
from exportrules.files.parse import read_file
from exportrules.law.ruleset import Ruleset
from exportrules.law.view import view_of
from tests.boundaries import Record, read
from tests.make_snapshots import snapshot, wanted
from tests.measured import stamp
from tests.mutations import Mutant, changed, files, law, mutants, record
from tests.oracle.oracle import Deal, Item
from tests.test_golden import CASES, answered
from tests.test_twin import answers, deals, items

ROOT = Path(__file__).parent.parent
#: Tables of which a file holds many.
MANY = ("group", "party", "place", "exporter")
#: Tables of a file whose rows are read by themselves, the others as they were.
PARTS = ("provision", "variant")
#: What a ruleset keeps of the names of parties.
NAMES = ("houses", "initials", "matches", "near parties", "numbered names", "parties", "weak names", "whole names")
EXPLAINED = Path(__file__).parent / "equivalent_rules.toml"

# --- whether a test fails ---------------------------------------------------------------------------


@cache
def _stored() -> dict[str, str]:
    return read()


def _record_of(made: Ruleset) -> Record:
    """The record of a mutant, with the places of the law's where no group and no place has changed."""
    return Record(made, record())


def read_mutant(mutant: Mutant) -> tuple[Ruleset, str, str]:
    """The law with the mutant in it, and the table and key that it changes. Raises RulesetError where it is refused."""
    made, table, key = _parsed(mutant)
    _check(made, mutant, table)
    return made, table, key


def _parsed(mutant: Mutant) -> tuple[Ruleset, str, str]:
    """The same where the mutant's own table is well-formed, whether or not the rest of the law fits it."""
    data = changed(mutant)
    top = str(mutant.path[0])
    if top in MANY:
        # one table of many: the others are as they were
        index = mutant.path[1]
        assert isinstance(index, int)
        table, key = _place_of(mutant.file, top, index)
        data = {top: [] if len(mutant.path) == 2 else data[top][index : index + 1]}
    elif top in PARTS and len(mutant.path) > 2:
        # one part of one whole: its head and the other parts are as they were
        index = mutant.path[1]
        assert isinstance(index, int)
        ((table, key, found),) = _objects(mutant.file, {**data, top: data[top][index : index + 1]})
        whole = getattr(law(), table)[key]
        parts = list(getattr(whole, top))
        (parts[index],) = getattr(found, top)
        return replace(law(), **_with(table, key, replace(whole, **{top: tuple(parts)}))), table, key
    elif top == "fact":
        table, key = "facts", str(mutant.path[1])
        data = {top: {key: data[top][key]}}
    else:
        table, key = _place_of(mutant.file)
    gone = top in MANY and not data[top]
    new = {} if gone else {k: v for _, k, v in _objects(mutant.file, data)}
    if table == "edition":
        return replace(law(), edition=new[key]), table, key
    known = getattr(law(), table)
    tables: dict[str, Any] = {table: {k: new.get(k, v) for k, v in known.items() if k != key or new} | new}
    return replace(law(), **tables), table, key


def _with(table: str, key: str, value: Any) -> dict[str, Any]:
    return {table: {**getattr(law(), table), key: value}}


def _check(made: Ruleset, mutant: Mutant, table: str) -> None:
    for defect in references(made, (table,)):
        raise RulesetError(mutant.file, str(defect))


@cache
def _place_of(file: str, top: str = "", index: int = 0) -> tuple[str, str]:
    """The table and the key of what a file holds, or of one of many in it."""
    data = {top: files()[file][top][index : index + 1]} if top else files()[file]
    table, key, _ = next(iter(_objects(file, data)))
    return table, key


def _objects(file: str, data: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    return list(read_file(file, tomli_w.dumps(data).encode()))


def killer(mutant: Mutant) -> str:
    """The first check that the mutant does not pass; '' for a survivor.

    What has changed is asked first, since it costs least and notices most, although the law may be one that is refused.
    """
    try:
        made, table, key = _parsed(mutant)
        try:
            if _near(made, table, key):
                return "record"
        except Exception:  # nothing can be asked of such a law
            _check(made, mutant, table)
            raise
        _check(made, mutant, table)
        if _record_of(made).blocks() != _stored():
            return "record"
    except (RulesetError, ValueError):
        return "reading"
    return "lint" if defects(made, made.edition.register_swept) else ""


def independent(mutant: Mutant) -> tuple[str, ...]:
    """Which checks that were not written from the data fail on the mutant."""
    try:
        made, table, _ = read_mutant(mutant)
        view_of(made)
    except (RulesetError, ValueError):
        return ("reading",)
    failed = {"golden": _golden_fails, "twin": _twin_fails, "timelines": _timelines_fail}
    if table == "families":
        # the twin asks about figures and names no chip, and no name of a party is read otherwise
        del failed["twin"]
        made.indexes.update(_names_read())
    return tuple(name for name, fails in failed.items() if _fails(fails, made))


def _fails(check: Callable[[Ruleset], bool], made: Ruleset) -> bool:
    try:
        return check(made)
    except (ExportRulesError, ValueError, KeyError):
        return True  # so would the test


def _golden_fails(made: Ruleset) -> bool:
    for case in CASES:
        found = answered(case, made)
        if found.outcome != case["outcome"] or found.review_policy != case.get("review_policy", found.review_policy):
            return True
    return False


def _twin_fails(made: Ruleset) -> bool:
    return any(len(set(answers(item, deal, made))) > 1 for item, deal in _draws())


@cache
def _names_read() -> dict[str, Any]:
    """What is prepared of the listed names for the golden cases: it takes longer than the cases."""
    assert not _golden_fails(law())
    return {name: law().indexes[name] for name in NAMES}


@cache
def _draws() -> list[tuple[Item, Deal]]:
    """What the test of the twin draws first."""
    found: list[tuple[Item, Deal]] = []

    @settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(items, deals())
    def draw(item: Item, deal: Deal) -> None:
        found.append((item, deal))

    draw()
    return found


def _timelines_fail(made: Ruleset) -> bool:
    """Of the twelve tables of timelines, the one with the most law in it."""
    to, exporter, file = next(page for page in wanted() if page[:2] == ("CN", "maker"))
    return snapshot(to, exporter, made) != file.read_text("utf-8")


def _near(made: Ruleset, table: str, key: str) -> bool:
    """Whether the record of the changed object is another: the rest need not be asked then."""
    kept: Mapping[str, Any] = {key: made.edition} if table == "edition" else getattr(made, table)
    if key not in kept:
        return True
    mine = kept[key]
    if table == "instruments":
        # the provisions that are others first, since the record of those is the likeliest to be another
        before = {provision.id: provision for provision in law().instruments[key].provision}
        others = tuple(p for p in mine.provision if before.get(p.id) != p)
        parts = [replace(mine, provision=others), mine]
    else:
        parts = [mine]
    record_of = _record_of(made)
    blocks = (block for part in parts for block in record_of.each(table, key, part))
    return any(_stored().get(heading) != text for heading, text in blocks)


# --- the run ------------------------------------------------------------------------------------------


def explained() -> list[dict[str, str]]:
    """The mutants that change nothing, by pattern, each with the reason."""
    found: list[dict[str, str]] = tomllib.loads(EXPLAINED.read_text("utf-8"))["equivalent"]
    return found


def reason(mutant: Mutant) -> str | None:
    """Why a mutant may survive; None where nothing explains it."""
    # brackets are part of a key path here, not of a pattern
    said = str(mutant).replace("[", "(").replace("]", ")")
    return next((entry["reason"] for entry in explained() if fnmatchcase(said, entry["mutant"])), None)


def pytest_fails(mutant: Mutant) -> bool:
    """Whether pytest fails on a copy of the project with the mutant written into its file."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "project"
        for part in ("exportrules", "rulesets", "tests", "docs"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        for part in ("pyproject.toml", "README.md"):
            shutil.copy(ROOT / part, copy / part)
        (copy / "rulesets" / mutant.file).write_text(tomli_w.dumps(changed(mutant)), "utf-8")
        tests = ["tests/test_boundaries.py", "tests/test_golden.py", "tests/test_bad_files.py", "tests/test_twin.py"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
            cwd=copy, env={**os.environ, "EXPORTRULES_CACHE": str(copy / "cache")}, capture_output=True, check=False,
        )  # fmt: skip
    return done.returncode != 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 where every survivor is explained and pytest agrees."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sample", type=int, help="so many mutants, drawn; without it all (two or three minutes)")
    parser.add_argument("--second", type=int, default=0, help="ask the other checks about so many, drawn")
    parser.add_argument("--verify", type=int, default=0, help="run pytest itself on so many, drawn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--figures", type=Path, help="write the figures as JSON")
    asked = parser.parse_args(arguments)
    began, rng = time.monotonic(), random.Random(asked.seed)
    every = mutants()
    chosen = rng.sample(every, min(asked.sample, len(every))) if asked.sample else list(every)
    with ProcessPoolExecutor(asked.processes) as pool:
        verdicts = {}
        for mutant, by in zip(chosen, pool.map(killer, chosen, chunksize=50), strict=True):
            verdicts[mutant] = by
            if not by and not reason(mutant):
                print(f"not noticed by the record, now shown to the other checks: {mutant}", flush=True)
        left = [m for m in chosen if not verdicts[m]]
        verdicts |= dict(zip(left, (" ".join(found) for found in pool.map(independent, left)), strict=True))
        of_law = [m for m in chosen if m.file.startswith(("us-ear/instruments", "us-ear/groups"))]
        second = rng.sample(of_law, min(asked.second, len(of_law)))
        others = list(pool.map(independent, second, chunksize=4))
        drawn = rng.sample(chosen, min(asked.verify, len(chosen)))
        drawn += [m for m in chosen if not verdicts[m]][: asked.verify and 2]
        differing = [
            m for m, fails in zip(drawn, pool.map(pytest_fails, drawn), strict=True) if fails != bool(verdicts[m])
        ]
    survivors = [m for m, by in verdicts.items() if not by]
    known = [m for m in survivors if reason(m)]
    open_ones = [m for m in survivors if m not in known]
    figures = {
        "mutants": len(chosen),
        "of": len(every),
        "killed": len(chosen) - len(survivors),
        "equivalent": len(known),
        "kinds": {
            kind: {"mutants": count, "killed": sum(m.kind == kind for m, by in verdicts.items() if by)}
            for kind, count in sorted(Counter(m.kind for m in chosen).items())
        },
        "killed_by": dict(sorted(Counter(by for by in verdicts.values() if by).items())),
        "second": {
            "mutants": len(second),
            "killed": sum(map(bool, others)),
            "killed_by": dict(sorted(Counter(name for names in others for name in names).items())),
        },
        "verified": {"mutants": len(drawn), "agreed": len(drawn) - len(differing)},
        "survivors": [{"mutant": str(m), "kind": m.kind, "reason": reason(m)} for m in survivors],
        "seed": asked.seed,
        "seconds": round(time.monotonic() - began),
    }
    print("\n".join(told(figures)))
    for mutant in open_ones:
        print(f"SURVIVED  {mutant}")
    for mutant in differing:
        print(f"PYTEST DIFFERS  {mutant}: {verdicts[mutant] or 'survived'}")
    if asked.figures:
        asked.figures.write_text(
            json.dumps({**figures, "commit": stamp()}, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
    return 1 if open_ones or differing else 0


def told(figures: Mapping[str, Any]) -> Iterator[str]:
    """The figures for a reader."""
    made, killed = figures["mutants"], figures["killed"]
    whole = "all" if made == figures["of"] else f"a sample of {made} of {figures['of']} (seed {figures['seed']})"
    yield f"rule files: {whole} mutants, {killed} of {made} killed in {figures['seconds']} s"
    for kind, row in figures["kinds"].items():
        yield f"  {kind:<11}{row['killed']:>6} of {row['mutants']}"
    yield "killed by: " + ", ".join(f"{name} {count}" for name, count in figures["killed_by"].items())
    yield f"survivors: {figures['equivalent']} that change nothing ({EXPLAINED.name} says why), " + (
        f"{made - killed - figures['equivalent']} others"
    )
    if (second := figures["second"])["mutants"]:
        each = ", ".join(f"{name} {count}" for name, count in second["killed_by"].items())
        yield f"of {second['mutants']} changes of law drawn, {second['killed']} fail without the record as well: {each}"
    if (verified := figures["verified"])["mutants"]:
        yield f"pytest itself agrees on {verified['agreed']} of {verified['mutants']} drawn"


if __name__ == "__main__":
    sys.exit(main())
