"""The figures of the proof, printed and written to `docs/proof.md`: `python -m tests.proof`.

    python -m tests.proof --run      the tests first, with their counts, and their coverage
    python -m tests.proof            what lies in `.figures/`, whoever put it there (`.ci/run` does), in place of the
                                     same part as kept in `tests/proof.json`; nothing has to run again
    python -m tests.proof --print    the same, and no file is written
    python -m tests.proof --parts    what `tests/proof.json` would hold, and no file is written: put there from a log of
                                     CI, it makes the page of that commit with the next `python -m tests.proof`

Every number is counted while something ran: by the tests (`tests/tally.py`), by coverage, by the mutation testers
(`rule-mutants.json` and `code-mutants.json`). What did not run says "not run". Nothing here is typed in.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.measured import STORE, keep, kept, named, said, shown, stamp

ROOT = Path(__file__).parent.parent
FIGURES = Path(os.environ.get("EXPORTRULES_FIGURES") or ROOT / ".figures")
DOCUMENT = ROOT / "docs" / "proof.md"
#: The modules that every answer goes through: each line and each branch of them is run.
ENGINE = (
    "law/truth", "law/span", "law/facts", "law/force", "law/paragraphs", "law/ruleset", "law/view", "question/figures",
    "question/values", "question/question", "engine/docket", "engine/evaluate", "engine/unknowns", "engine/course",
    "answer/timeline",
)  # fmt: skip

_COUNTED = {
    "tests passed": "tests passed",
    "tests failed": "tests failed",
    "tests skipped": "tests skipped (what they need is not installed)",
    "drawn twin": "questions put to the engine and its naive twin",
    "drawn laws": "cases of the laws that every answer obeys",
    "drawn indifference": "cases of what must not matter: order, history, overlays",
    "drawn every_day": "profiles held against the evaluator on every day",
    "days evaluated one by one": "days evaluated one by one for them",
    "bad files": "bad files refused, word for word",
    "drawn fuzz": "files and command lines made up by the fuzzer",
    "drawn atheris": "inputs tried by atheris, guided by coverage",
}


def run() -> None:
    """All tests but those that need a browser or Spark, under coverage, counted."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    for file in FIGURES.glob("tests-*.json"):
        file.unlink()
    environment = {**os.environ, "EXPORTRULES_FIGURES": str(FIGURES)}
    chosen = ["-m", "not browser and not spark"]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--cov", "--cov-report=", *chosen]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    coverage()


def coverage() -> None:
    """What coverage measured last, as JSON beside the other figures."""
    file = str(FIGURES / "coverage.json")
    command = [sys.executable, "-m", "coverage", "json", "-q", "-o", file]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    told = json.loads(Path(file).read_text("utf-8"))
    Path(file).write_text(json.dumps({**told, "commit": stamp()}), "utf-8")


def parts() -> dict[str, Any]:
    """The parts as kept, those that ran again renewed. A drawn sample is a part of its own beside the whole."""
    found = kept(STORE)
    runs = [json.loads(file.read_text("utf-8")) for file in sorted(FIGURES.glob("tests-*.json"))]
    if runs:
        counts = sum((Counter(told["counts"]) for told in runs), Counter[str]())
        seconds = [told["seconds"] for told in runs if told["seconds"]]
        commits = sorted({told.get("commit", "") for told in runs})
        found["tests"] = {"commits": commits, "counts": counts, "seconds": round(sum(seconds)), "runs": len(seconds)}
    for what in ("rule", "code"):
        if (file := FIGURES / f"{what}-mutants.json").exists():
            told = json.loads(file.read_text("utf-8"))
            left = told["survivors"]
            whole = told.get("of", told["mutants"])
            found[f"{what} mutants" + (", a sample" if told["mutants"] < whole else "")] = {
                "commits": [told.get("commit", "")],
                "of": whole,
                **{name: round(told[name]) for name in ("mutants", "killed", "seconds")},
                "survived": len(left),
                "others": [_survivor(s) for s in left if what == "code" and not s["reason"]],
            }
    if (file := FIGURES / "coverage.json").exists():
        found["coverage"] = _measured(json.loads(file.read_text("utf-8")))
    return found


def _survivor(told: dict[str, Any]) -> str:
    return f"`{told['module']}`, line {told['line']}: `{told['was'].strip()}` became `{told['becomes'].strip()}`"


def _measured(told: dict[str, Any]) -> dict[str, Any]:
    """Coverage as rows (module, lines, branches, share), those of the engine first."""
    files = {name.removeprefix("exportrules/"): found["summary"] for name, found in sorted(told["files"].items())}
    engine = [f"{name}.py" for name in ENGINE]
    rows = []
    for name in [*engine, *(n for n in files if n not in engine)]:
        found = files[name]
        share = found["percent_covered"]
        # never rounded up to all of it
        shown = "100 %" if not found["missing_lines"] + found["missing_branches"] else f"{min(share, 99.9):.1f} %"
        rows.append(f"| {name} | {found['num_statements']} | {found['num_branches']} | {shown} |")
    return {"commits": [told.get("commit", "")], "rows": rows}


def collected(found: dict[str, Any]) -> Iterator[str]:
    """The document, line by line."""
    yield "# Proof"
    yield ""
    yield "Generated by `python -m tests.proof`: every number was counted while something ran; none is typed in."
    yield "Each part names the commit at which it was counted; `git log --oneline COMMIT..` lists the changes since."
    yield from _tests(found.get("tests"))
    yield from _mutants(found)
    yield from _coverage(found.get("coverage"))


def _tests(told: dict[str, Any] | None) -> Iterator[str]:
    yield from ("", "## What was tried", "")
    if not told or not told["runs"]:
        yield from ("| what | how many |", "| --- | ---: |", "| tests | not run |")
        return
    yield from (said(told["commits"]), "", "| what | how many |", "| --- | ---: |")
    counts, runs = Counter(told["counts"]), told["runs"]
    for key, says in _COUNTED.items():
        if counts[key] or not key.startswith("tests "):
            yield f"| {says} | {f'{counts[key]:,}' if counts[key] else 'not run'} |"
    rest = sum(n for key, n in counts.items() if key.startswith("drawn ") and key not in _COUNTED)
    yield f"| cases of all other properties | {rest:,} |"
    yield f"| seconds, in {runs} run{'s' if runs > 1 else ''} | {told['seconds']:,} |"


def _mutants(found: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## Mutants", "", "A change of a rule, or of the code, that no test notices survives.", "")
    others: list[str] = []
    yield "| of | changed | noticed | survived | seconds | at commit |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    for what in ("rule", "code"):
        names = [name for name in (f"{what} mutants", f"{what} mutants, a sample") if name in found]
        for name in names:
            told = found[name]
            shown = what + (f" (a drawn sample of {told['of']:,})" if told["mutants"] < told["of"] else "")
            numbers = (told[key] for key in ("mutants", "killed", "survived", "seconds"))
            yield f"| {shown} | {' | '.join(f'{number:,}' for number in numbers)} | {named(told['commits'])} |"
            others += told["others"]
        if not names:
            yield f"| {what} | not run | | | | |"
    yield from (
        "",
        "Survivors that change nothing are explained in `tests/equivalent_rules.toml` and",
        "`tests/equivalent_code.toml`.",
    )
    if others:
        yield from ("Others, that some test should notice one day:", "")
    yield from (f"- {line}" for line in others)


def _coverage(told: dict[str, Any] | None) -> Iterator[str]:
    yield from ("", "## Coverage", "", "Lines and branches that the tests run, in their own process.", "")
    if told is None:
        yield "Not run."
        return
    yield from (said(told["commits"]), "", "| module | lines | branches | covered |", "| --- | ---: | ---: | ---: |")
    yield from told["rows"]


def gaps() -> list[str]:
    """The modules of the engine that the tests do not run wholly."""
    told = json.loads((FIGURES / "coverage.json").read_text("utf-8"))["files"]
    found = [(name, told[f"exportrules/{name}.py"]) for name in ENGINE]
    return [
        f"{name}.py: lines {file['missing_lines']}, branches {file.get('missing_branches', [])} are not run"
        for name, file in found
        if file["missing_lines"] or file.get("missing_branches")
    ]


def main() -> None:
    if "--run" in sys.argv:
        run()
    if "--coverage" in sys.argv:
        coverage()
        left = gaps()
        for line in left:
            print(line, file=sys.stderr)
        sys.exit(1 if left else 0)
    found = parts()
    if "--parts" in sys.argv:
        print(shown(found), end="")
        return
    text = "\n".join(collected(found)) + "\n"
    print(text, end="")
    if "--print" not in sys.argv:
        keep(found, STORE)
        DOCUMENT.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
