"""Ratios of what exportrules does to a yardstick measured in the same run. Nothing here asserts a time.

    python benchmarks/speed.py             the table
    python benchmarks/speed.py --imports   the imports of the cold start that cost most
    python benchmarks/speed.py --quick     fewer rounds

What is measured beside what, and why: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import exportrules
from exportrules.files.load import data_directory

DAY = date(2022, 11, 1)
DESTINATIONS = "CN HK MO RU BY KP IR TW JP KR SG MY AE SA IN VN DE NL GB IL".split()
CHIPS = 30

#: The decision of the 2022 entry, in the words that zen, rule-engine and CEL share. The day is an
#: ordinal number, which spares every one of them a date to parse.
TEXT = (
    f"aggregate_io_gbytes_s >= 600 {{0}} tpp >= 4800 {{0}} destination in ['CN', 'HK', 'MO', 'RU', 'VE'] "
    f"{{0}} on >= {date(2022, 10, 21).toordinal()}"
)
FACTS: dict[str, Any] = {"aggregate_io_gbytes_s": 664, "tpp": 4992, "destination": "CN", "on": DAY.toordinal()}
JSON_LOGIC = {
    "and": [
        {">=": [{"var": "aggregate_io_gbytes_s"}, 600]},
        {">=": [{"var": "tpp"}, 4800]},
        {"in": [{"var": "destination"}, ["CN", "HK", "MO", "RU", "VE"]]},
        {">=": [{"var": "on"}, date(2022, 10, 21).toordinal()]},
    ]
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: medians in seconds; a target is a bound on `seconds / beside`."""

    what: str
    seconds: float
    against: str
    beside: float
    target: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.seconds / self.beside

    def cells(self) -> list[str]:
        if self.target is None:
            return [self.what, _time(self.seconds), self.against, _time(self.beside), _digits(self.ratio), "", ""]
        wanted = "under 1" if self.target == 1 else f"at most {self.target:g}"
        met = self.ratio < 1 if self.target == 1 else self.ratio <= self.target
        return [
            self.what, _time(self.seconds), self.against, _time(self.beside), _digits(self.ratio), wanted,
            "met" if met else "NOT MET",
        ]  # fmt: skip


def interleaved(sides: Sequence[Callable[[], float]], rounds: int) -> list[float]:
    """The median of each side's own time, the sides taking turns so that a slow spell of the machine hits all."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, times in zip(sides, taken, strict=True):
            times.append(side())
    return [statistics.median(times) for times in taken]


def statement(text: str, names: dict[str, Any]) -> Callable[[], float]:
    """A side that is one statement, repeated until a round lasts about a hundredth of a second; seconds for one."""
    timer = timeit.Timer(text, globals=names)
    timer.timeit(1)  # the first call loads and compiles: it says nothing of how often to repeat
    number = 1
    while timer.timeit(number) < 0.01:
        number *= 2
    return lambda: timer.timeit(number) / number


def once(work: Callable[[], object]) -> float:
    """Seconds of one call, the garbage of what went before collected first."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# 1 and 2: a question that was asked before


def warm(rounds: int) -> Iterator[Line]:
    """The same question again, beside the least that could answer it and beside rule engines."""
    asked = statement('check("A100", on=day).outcome', {"check": exportrules.check, "day": DAY})
    course = exportrules.timeline("A100")
    bare = {"A100": (list(course.starts), list(course.answers))}
    look_up = statement(
        'starts, answers = bare["A100"]; answers[bisect(starts, day) - 1].outcome',
        {"bare": bare, "bisect": bisect_right, "day": DAY},
    )
    ours, floor = interleaved([asked, look_up], rounds)
    yield Line("warm check().outcome", ours, "dict look-up, bisect, .outcome", floor, 25)
    for name, side in rivals():
        ours, theirs = interleaved([asked, side], rounds)
        yield Line("warm check().outcome", ours, name, theirs, 1)


def rivals() -> Iterator[tuple[str, Callable[[], float]]]:
    """The rule engines that are installed, each with the decision compiled and its facts ready."""
    makers: dict[str, Callable[[], dict[str, tuple[str, dict[str, Any]]]]] = {
        "zen-engine": _zen,
        "rule-engine": _rule_engine,
        "json-logic-qubit": _json_logic,
        "common-expression-language": _cel,
        "cel-python": _celpy,
    }
    for package, maker in makers.items():
        try:
            version = importlib.metadata.version(package)
            made = maker()
        except ImportError:
            MISSING.append(package)
            continue
        for how, (text, names) in made.items():
            if not eval(text, dict(names)):
                raise SystemExit(f"{package} does not answer the question: {text} is not true.")
            yield f"{package} {version}{how}", statement(text, names)


MISSING: list[str] = []


def _zen() -> dict[str, tuple[str, dict[str, Any]]]:
    rule = importlib.import_module("zen").compile_expression(TEXT.format("and"))
    return {", compiled expression": ("rule.evaluate(facts)", {"rule": rule, "facts": FACTS})}


def _rule_engine() -> dict[str, tuple[str, dict[str, Any]]]:
    rule = importlib.import_module("rule_engine").Rule(TEXT.format("and"))
    return {", Rule": ("rule.matches(facts)", {"rule": rule, "facts": FACTS})}


def _json_logic() -> dict[str, tuple[str, dict[str, Any]]]:
    logic = importlib.import_module("json_logic").jsonLogic
    return {"": ("logic(rule, facts)", {"logic": logic, "rule": JSON_LOGIC, "facts": FACTS})}


def _cel() -> dict[str, tuple[str, dict[str, Any]]]:
    cel = importlib.import_module("cel")
    rule = cel.compile(TEXT.format("&&"))
    ready = cel.Context(variables=FACTS)
    return {
        ", Program, facts": ("rule.execute(facts)", {"rule": rule, "facts": FACTS}),
        ", Program, Context made before": ("rule.execute(ready)", {"rule": rule, "ready": ready}),
    }


def _celpy() -> dict[str, tuple[str, dict[str, Any]]]:
    celpy = importlib.import_module("celpy")
    environment = celpy.Environment()
    rule = environment.program(environment.compile(TEXT.format("&&")))
    types = celpy.celtypes
    facts = {n: types.StringType(v) if isinstance(v, str) else types.IntType(v) for n, v in FACTS.items()}
    return {", program": ("rule.evaluate(facts)", {"rule": rule, "facts": facts})}


# 3: profiles never seen before


def profiles(rounds: int) -> Iterator[Line]:
    """Thirty chips to twenty destinations, the ruleset's memory empty, beside one second."""
    named = [v.id for v, _ in exportrules.default_ruleset().variants.values() if v.dense_tops]
    chips = [named[i * len(named) // CHIPS] for i in range(CHIPS)]

    def compiled() -> float:
        law = exportrules.load_ruleset(data_directory())
        return once(lambda: [exportrules.timeline(c, to=to, ruleset=law) for c in chips for to in DESTINATIONS])

    [seconds] = interleaved([compiled], rounds)
    count = CHIPS * len(DESTINATIONS)
    rate = f"{count} new profiles: {seconds:.2f} s on one core, {count / seconds:.0f} profiles a second"
    yield Line(f"{count} new profiles compiled to timelines", seconds, "one second", 1.0, 1, rate)


# 4: a whole process


def cold(rounds: int) -> Iterator[Line]:
    """The command line from nothing to an answer, the compiled cache warm, beside a Python that does nothing."""
    modules = [name for name, _, _ in imports() if name.startswith("exportrules")] + ["click", "json"]
    answer = _process(command())
    importing = _process([sys.executable, "-c", f"import {', '.join(dict.fromkeys(modules))}"])
    nothing = _process([sys.executable, "-c", "pass"])
    nothing(), importing(), answer()
    whole, only, least = interleaved([answer, importing, nothing], rounds)
    share = (only - least) / (whole - least)
    note = f"cold start: imports are {share:.0%} of what the answer takes beyond `python -c pass`"
    yield Line(f"process: {' '.join(shown())}", whole, "process: python -c pass", least, 10, note)
    yield Line("process: the same imports alone", only, "process: python -c pass", least)


#: What the processes run in: bytecode is written, into the run's own directory, as it is for an installed package.
ENVIRONMENT: dict[str, str] = {}


def command() -> list[str]:
    """The command that is timed: `python -m exportrules` if there is one, else what the installed script runs."""
    arguments = ["check", "A100", "--on", "2022-09-15", "--json"]
    if find_spec("exportrules.__main__"):
        return [sys.executable, "-m", "exportrules", *arguments]
    return [sys.executable, "-c", "from exportrules.cli import main; main()", *arguments]


def shown() -> list[str]:
    start = ["python -m exportrules"] if find_spec("exportrules.__main__") else ["exportrules"]
    return [*start, "check A100 --on 2022-09-15 --json"]


def imports() -> list[tuple[str, int, int]]:
    """Every module that the cold start imports: name, own and cumulative microseconds."""
    run = [sys.executable, "-X", "importtime", *command()[1:]]
    found = []
    for line in subprocess.run(run, capture_output=True, text=True, check=True, env=ENVIRONMENT).stderr.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[0].strip().isdigit():
            found.append((parts[2].strip(), int(parts[0]), int(parts[1])))
    return found


def _process(run: list[str]) -> Callable[[], float]:
    def timed() -> float:
        start = time.perf_counter()
        subprocess.run(run, stdout=subprocess.DEVNULL, check=True, env=ENVIRONMENT)
        return time.perf_counter() - start

    return timed


# 5: loading


def loading(rounds: int) -> Iterator[Line]:
    """A ruleset read from the compiled cache, and compiled from its TOML, beside json.loads of the cache file."""
    [kept] = Path(os.environ["EXPORTRULES_CACHE"]).glob("exportrules/*[0-9a-f].json")

    def load() -> float:
        return once(lambda: exportrules.load_ruleset(data_directory()))

    def compile_anew() -> float:
        kept.unlink()
        return load()

    def parse() -> float:
        # behind the seal in the first line
        return once(lambda: json.loads(kept.read_bytes().partition(b"\n")[2]))

    recalled, parsed = interleaved([load, parse], rounds)
    yield Line("load_ruleset, compiled cache warm", recalled, "json.loads of the cache file", parsed)
    anew, parsed = interleaved([compile_anew, parse], max(3, rounds // 5))
    yield Line("load_ruleset, no cache", anew, "json.loads of the cache file", parsed)


# what is printed


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{_digits(seconds / size)} {unit}"
    return f"{_digits(seconds / 1e-9)} ns"


def _digits(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def print_table(lines: Sequence[Line]) -> None:
    head = ["what", "median", "beside what", "median", "ratio", "target", ""]
    rows = [head, *(line.cells() for line in lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    rows.insert(1, ["-" * width for width in widths])
    for row in rows:
        cells = [c.rjust(w) if i in (1, 3, 4) else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        print("  ".join(cells).rstrip())
    print()
    for line in lines:
        if line.note:
            print(line.note)
    for package in MISSING:
        print(f"{package}: not installed, not measured")


def print_imports(most: int = 10) -> None:
    """The imports of the cold start that cost most; -X importtime slows every import alike, so read the order."""
    imports()  # once for the bytecode
    taken = imports()
    total = sum(own for _, own, _ in taken)
    for title, column in (("own time", 1), ("with all that they import", 2)):
        print(f"{most} most expensive imports, {title} (share of {total / 1000:.0f} ms under -X importtime)")
        for row in sorted(taken, key=lambda r: (-int(r[column]), r[0]))[:most]:
            print(f"  {int(row[column]) / total:6.1%}  {row[0]}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Ratios of exportrules to yardsticks measured in the same run.")
    parser.add_argument("--imports", action="store_true", help="list the imports of the cold start that cost most")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a look, not a figure to quote")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["EXPORTRULES_CACHE"] = cache
        ENVIRONMENT.update(os.environ, PYTHONPYCACHEPREFIX=str(Path(cache) / "bytecode"))
        ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)
        exportrules.default_ruleset()
        print(
            f"exportrules {exportrules.__version__}, {platform.python_implementation()} {platform.python_version()}, "
            f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, {date.today()}\n"
        )
        if options.imports:
            print_imports()
            return
        many, some, few = (15, 7, 3) if options.quick else (101, 25, 9)
        print_table([*warm(many), *profiles(few), *cold(some), *loading(some)])


if __name__ == "__main__":
    main()
