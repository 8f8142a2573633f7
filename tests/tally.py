"""What the tests tried, counted while they ran. Kept in `EXPORTRULES_FIGURES`, where that names a directory."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path

from tests.measured import stamp

_counts: Counter[str] = Counter()
_DRAWN = re.compile(r"(\d+) passing, (\d+) failing")


def count(what: str, number: int = 1) -> None:
    """So many more of something."""
    _counts[what] += number


def examples(nodeid: str, statistics: str) -> None:
    """The examples that Hypothesis drew for one test, under the name of its file."""
    file = Path(nodeid.split("::")[0]).stem.removeprefix("test_")
    for passing, failing in _DRAWN.findall(statistics):
        count(f"drawn {file}", int(passing) + int(failing))


def write(seconds: float) -> None:
    """One file a run of pytest; `tests.proof` adds them up."""
    directory = os.environ.get("EXPORTRULES_FIGURES")
    if directory and _counts:
        file = Path(directory) / f"tests-{os.getpid()}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        told = {"counts": dict(sorted(_counts.items())), "seconds": round(seconds, 1), "commit": stamp()}
        file.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
