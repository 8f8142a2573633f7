"""Figures with the commit at which they were counted, kept in `tests/proof.json` and renewed part by part.

A part is what one run counts: the tests, the changes of rules, the changes of code, the coverage. A part that did not
run again keeps its figures and the commit that they are of, so that the page never shows old figures as new ones.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
STORE = Path(__file__).parent / "proof.json"


def stamp() -> str:
    """Return the commit that is checked out and its day, e.g. '308a9796a4 of 2026-11-22'; '' without git."""
    try:
        head = _git("show", "-s", "--format=%H %cs", "HEAD").split()
        changed = _git("status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head[0][:10]} of {head[1]}" + (", with changes that were not committed" if changed else "")


def named(stamps: Iterable[str]) -> str:
    """Return the commits of the figures for a table, e.g. '`308a9796a4` of 2026-11-22'; 'not known' where none says."""
    parts = (s.partition(" ") for s in dict.fromkeys(stamps))
    return " and ".join(f"`{commit}` {rest}" for commit, _, rest in parts if commit) or "not known"


def said(stamps: Iterable[str]) -> str:
    """Return the sentence under a part: the commits of its figures."""
    return f"Counted at commit {named(stamps)}."


def kept(store: Path = STORE) -> dict[str, Any]:
    """Return the parts as last kept; none where nothing was."""
    found: dict[str, Any] = json.loads(store.read_text("utf-8")) if store.exists() else {}
    return found


def keep(parts: Mapping[str, Any], store: Path = STORE) -> None:
    """Keep the parts."""
    store.write_text(shown(parts), "utf-8")


def shown(parts: Mapping[str, Any]) -> str:
    """Return the parts as JSON, the rows of a table a line each."""
    return json.dumps(parts, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
