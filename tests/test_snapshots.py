"""Timelines of every chip, checked in: what a change of the law data does to past answers shows in the diff."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from tests.make_snapshots import snapshot, wanted


@pytest.mark.parametrize(("to", "exporter", "file"), wanted(), ids=lambda v: v.stem if isinstance(v, Path) else v)
def test_timelines_are_as_checked_in(to: str, exporter: str, file: Path) -> None:
    stored = file.read_text("utf-8").splitlines()
    found = snapshot(to, exporter).splitlines()
    changed = list(difflib.unified_diff(stored, found, "checked in", "computed", lineterm="", n=0))
    assert not changed, "\n".join(
        ["legal effect of this change:", *changed, "if meant: python -m tests.make_snapshots"]
    )
