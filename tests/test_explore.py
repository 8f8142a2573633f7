"""The explorer: its data are the engine's answers, its page asks nobody for anything, and errors say what to write."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import exportrules
from exportrules.law import Ruleset
from exportrules.render.text import headline
from exportrules.source import default_ruleset

#: Chips on both sides of every line, of several makers, with families, disputed figures and chips never announced.
CHIPS = "A100,H800,H20,H200,RTX 4090,L40S,MI250X,MI308X,Gaudi 2,Ascend 910B,TPU v5e,B30A,V100,L2"
DRAWN = 5000
CHROMIUM = Path("/usr/bin/chromium")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "exportrules", *arguments], capture_output=True, text=True, check=False, timeout=900
    )


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("explore") / "explorer.html"
    done = run("explore", "--chips", CHIPS, "-o", str(file))
    assert done.returncode == 0, done.stderr
    assert "Written: " in done.stdout
    return file


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=str(CHROMIUM) if CHROMIUM.exists() else None, args=["--no-sandbox"]
        )
        yield found
        found.close()


class Seen:
    """A page that was opened, with all that it logged and asked for."""

    def __init__(self, browser: Any, file: Path, fragment: str = "", width: int = 1600, **context: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **context)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{file.as_uri()}#{fragment}")
        self.page.evaluate("explorer.ready")

    def quiet(self) -> bool:
        others = [url for url in self.asked if not url.startswith(("file:", "data:"))]
        return not self.said and not others


def cells(law: Ruleset, data: dict[str, Any], many: int, seed: int) -> list[dict[str, str]]:
    """Questions that the page can be asked, drawn at random; days around changes more often than others."""
    chance = random.Random(seed)
    days = sorted({p.effective for p, _ in law.provisions.values()} | {law.edition.verified_through})
    places, chips = sorted(law.places), [chip["id"] for chip in data["chips"]]
    restricted = ["CN", "HK", "MO", "RU", "IR", "AE", "SG", "IL", "CY", "KH", "NI"]
    found = []
    for _ in range(many):
        near = chance.choice(days) + timedelta(days=chance.randint(-2, 2))
        day = near if chance.random() < 0.7 else date(2019, 6, 1) + timedelta(days=chance.randrange(2800))
        to, other = (chance.choice(restricted if chance.random() < 0.4 else places) for _ in range(2))
        whose = chance.choice(["", "", "hq", "parent"])
        found.append({
            "chip": chance.choice(chips), "to": to, "by": chance.choice(["maker", "other"]),
            "layer": chance.choice(["enforced", "enforced", "printed"]), "on": day.isoformat(),
            "hq": other if whose == "hq" else "", "parent": other if whose == "parent" else "",
        })  # fmt: skip
    return found


LOOK = """(cells) => cells.map((cell) => {
    const found = explorer.look(cell);
    return found && {
        outcome: found.outcome, policy: found.policy, since: found.since, until: found.until,
        provisions: found.provisions, standing: found.standing, first: explorer.firstLine(found.answer, cell),
        citations: explorer.part(found.answer.citations), turnsOn: explorer.part(found.answer.turnsOn).map((x) => x.fact),
        by: found.since ? explorer.because(found.runs[found.at], cell) : [],
    };
})"""


def checked(law: Ruleset, cell: dict[str, str]) -> dict[str, Any]:
    """What `check` says of the same question, in the same shape."""
    d = exportrules.check(
        cell["chip"], on=cell["on"], to=cell["to"], exporter=cell["by"], headquarters=cell["hq"] or None,
        ultimate_parent=cell["parent"] or None, as_printed=cell["layer"] == "printed", ruleset=law,
    )  # fmt: skip
    since, until = (day.isoformat() if day else "" for day in d.holds)
    return {
        "outcome": d.outcome,
        "policy": d.review_policy or "",
        "since": since,
        "until": until,
        "provisions": [*d.requirements, *(x["provision"] for x in d.exceptions)],
        "standing": d.standing,
        "first": headline(d),
        "citations": [[c.provision, c.role] for c in d.citations],
        "turnsOn": d.turns_on,
        "by": list(d.previous.by) if d.previous else [],
    }


def compared(browser: Any, file: Path, many: int) -> None:
    law = default_ruleset()
    seen = Seen(browser, file)
    drawn = cells(law, seen.page.evaluate("explorer.data()"), many, seed=15)
    looked = seen.page.evaluate(LOOK, drawn)
    wrong = [
        (cell, answer, expected)
        for cell, answer in zip(drawn, looked, strict=True)
        if answer != (expected := checked(law, cell))
    ]
    assert not wrong, f"{len(wrong)} of {many} differ, e.g. {json.dumps(wrong[:3], indent=1)}"
    assert seen.quiet(), (seen.said, seen.asked)


@pytest.mark.browser
def test_the_look_up_of_the_page_equals_check(browser: Any, page_file: Path) -> None:
    compared(browser, page_file, DRAWN)
