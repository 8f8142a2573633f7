"""A chip of the catalogue with a figure changed, by the way that flips take: `check` refuses what contradicts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from exportrules import check
from exportrules.determination import Determination
from exportrules.facts import Fact, settled
from exportrules.timeline import Timeline


def supposed(chip: str, figures: Mapping[str, Any], **asked: Any) -> Determination:
    """What the law would say of each variant of the chip if these figures were others."""
    d = check(chip, **asked)
    given = {name: Fact(value, "given") for name, value in figures.items()}
    question = d._timeline.question
    subjects = tuple(replace(s, facts=settled(s.facts, given)) for s in question.subjects)
    return Determination(Timeline(d._timeline.ruleset, replace(question, subjects=subjects)), d.on)
