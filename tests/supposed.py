"""What is supposed: a chip with other figures, rule files with other words."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exportrules import check
from exportrules.answer.determination import Determination
from exportrules.files.load import data_directory
from exportrules.law.facts import Fact


def supposed(chip: str, figures: Mapping[str, Any], **asked: Any) -> Determination:
    """What the law would say of each variant of the chip if these figures were others.

    It takes the way of flips, since `check` refuses what contradicts the catalogue.
    """
    d = check(chip, **asked)
    return Determination(d.timeline.supposing({name: Fact(value, "given") for name, value in figures.items()}), d.on)


def edited_files(root: Path, *edits: tuple[str, str, str]) -> Path:
    """A copy of the rule files at `root` in which some words of some files are others: (file, old, new)."""
    shutil.copytree(data_directory(), root, ignore=shutil.ignore_patterns("cases"))
    for file, old, new in edits:
        text = (root / file).read_text("utf-8")
        assert old in text, (file, old)
        (root / file).write_text(text.replace(old, new), encoding="utf-8")
    return root
