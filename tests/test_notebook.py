"""The example notebook says what it prints now, and nothing of the machine that ran it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return found


def said(path: Path) -> list[Any]:
    """The cells with what they print; of pictures the words, whatever the renderer's version."""

    def output(made: dict[str, Any]) -> Any:
        data = {kind: "".join(text) for kind, text in made.get("data", {}).items() if kind != "text/html"}
        if picture := data.get("image/svg+xml"):
            words = re.findall(r'aria-label="([^"]*)"|<text[^>]*>([^<]*)<', picture)
            data["image/svg+xml"] = re.sub(r"SHA-256 [0-9a-f]+", "SHA-256", repr(words))
        return "".join(made.get("text", [])), data

    return [("".join(cell["source"]), [output(made) for made in cell.get("outputs", [])]) for cell in cells(path)]


def test_the_notebook_was_executed_and_names_no_machine() -> None:
    text = NOTEBOOK.read_text("utf-8")
    code = [cell for cell in cells(NOTEBOOK) if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(cell["outputs"] for cell in code)
    assert not [made for cell in code for made in cell["outputs"] if made["output_type"] == "error"]
    assert not re.search(r"/(tmp|home|root|Users|work)/|/usr/|\d\d:\d\d:\d\d|0x[0-9a-f]{6}", text)
    assert len(text) < 150_000


def test_it_asks_draws_and_audits() -> None:
    words = "\n".join("".join(cell["source"]) for cell in cells(NOTEBOOK))
    for call in ("exportrules.check(", "exportrules.timeline(", "exportrules chart ", "exportrules.audit("):
        assert call in words
    assert sum("image/svg+xml" in data for _, outputs in said(NOTEBOOK) for _, data in outputs) == 1


@pytest.mark.slow
def test_it_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("nbclient", "ipykernel"):  # of the extra ci
        pytest.importorskip(name)
    # a kernel is talked to over the loopback, which tests/offline refuses
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    command = [sys.executable, "-m", "tests.notebook", str(tmp_path / "new.ipynb")]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert said(tmp_path / "new.ipynb") == said(NOTEBOOK), "renew with: python -m tests.notebook"
