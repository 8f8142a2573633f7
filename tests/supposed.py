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

LETTER = """\
id = "acme-{name}"
title = "Letter to Acme"
type = "letter"
issuer = "BIS"
citation = "Acme Form 8-K"
url = "https://www.sec.gov/"
evidence = "reported"
published = 2022-01-01

[[provision]]
id = "r"
kind = "requirement"
title = "A provision"
cite = "Acme Form 8-K"
paragraph = "744.23(b)"
policy = "{policy}"
effective = {day}
when = [{{ tests = [{{ {test} }}] }}]
"""


def letter(test: str, name: str = "letter", policy: str = "case_by_case", day: str = "2022-01-01") -> str:
    """The rule file of a letter whose requirement has one test."""
    return LETTER.format(test=test, name=name, policy=policy, day=day)


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
