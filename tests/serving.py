"""What tests of the doors share: questions that are drawn, and a server as a process."""

from __future__ import annotations

import contextlib
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2

from exportrules.errors import QuestionError
from exportrules.law.ruleset import Ruleset

_PLACES = ["CN", "HK", "Macau", "SG", "AE", "VN", "JP", "IL", "RU", "Germany", "Atlantis", "N/A"]
_NAMES = ["Acme Bakery", "Inspur", "Huawei Technologies", "SMIC", "People's Liberation Army", "unknown", "4711"]
_FACTS: list[dict[str, Any]] = [
    {"privately_informed": True},
    {"tpp": 2000},
    {"tpp": ">=1600 <4800", "designed_for_datacenter": "yes"},
    {"performance_density": 5.9199, "tpp": 1700},
    {"military_end_user": "unknown"},
    {"tpp": "many"},
    {"colour": "blue"},
]


def drawn_questions(law: Ruleset, count: int, seed: int = 17) -> list[dict[str, Any]]:
    """Questions as a request has them, some of which cannot be asked."""
    rng = random.Random(seed)
    names = [*law.variants, *(family.name for family in law.families.values()), "A1000", ""]
    found = []
    for _ in range(count):
        given: dict[str, Any] = {"on": str(date(2019, 10, 1) + timedelta(rng.randrange(2700)))}
        chances: dict[str, tuple[float, list[Any]]] = {
            "chip": (0.95, names), "to": (0.7, _PLACES), "exporter": (0.5, ["maker", "other", "NVIDIA", "Nvidia HK"]),
            "activity": (0.2, ["export", "reexport", "transfer", "import"]), "headquarters": (0.2, _PLACES),
            "ultimate_parent": (0.2, _PLACES), "end_user": (0.3, _NAMES), "facts": (0.2, _FACTS),
            "end_use": (0.3, ["civil", "military", ["civil", "supercomputer"], "fun"]),
            "parties": (0.1, [["Acme Bakery"], ["SMIC", "Acme"], ["-"]]), "known_on": (0.1, ["2023-01-01", "soon"]),
            "as_printed": (0.1, [True, False]),
        }  # fmt: skip
        given |= {name: rng.choice(values) for name, (chance, values) in chances.items() if rng.random() < chance}
        if rng.random() < 0.02:
            given["on"] = rng.choice(["2023-02-30", "", "yesterday"])
        found.append(given)
    return found


def refusal(ask: Any, *args: Any, **kwargs: Any) -> str:
    """What a call refuses to answer, in its words; '' where it answers."""
    try:
        ask(*args, **kwargs)
    except QuestionError as error:
        return str(error)
    return ""


@dataclass
class Served:
    """A server that runs: a client of it, its process, and the file of what it wrote to standard error."""

    client: httpx2.Client
    process: subprocess.Popen[bytes]
    log: Path

    def logged(self, until: str) -> str:
        """What it has written, once these words are there: a line is written after its answer was sent."""
        for _ in range(400):
            if until in (text := self.log.read_text("utf-8")):
                return text
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
        raise AssertionError(f"{until!r} is not in {self.log.read_text('utf-8')!r}")


@contextlib.contextmanager
def served(directory: Path, *options: str) -> Iterator[Served]:
    """`exportrules serve` on a free port, as a process of its own that may open a socket."""
    log = directory / "server.log"
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in paths if not p.endswith("offline"))}
    command = [sys.executable, "-m", "exportrules", "serve", "--port", "0", *options]
    with log.open("wb") as file, subprocess.Popen(command, stderr=file, stdout=file, env=env) as process:
        try:
            with httpx2.Client(base_url=_address(process, log), timeout=60) as client:
                yield Served(client, process, log)
        finally:
            process.terminate()
            process.wait(20)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Where it listens, as it says itself once it does."""
    while process.poll() is None:
        if told := re.search(r"on (http://\S+)", log.read_text("utf-8")):
            return told[1]
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError(log.read_text("utf-8"))
