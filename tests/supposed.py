"""A chip of the catalogue with figures changed, by the way that flips take: `check` refuses what contradicts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exportrules import check
from exportrules.answer.determination import Determination
from exportrules.law.facts import Fact


def supposed(chip: str, figures: Mapping[str, Any], **asked: Any) -> Determination:
    """What the law would say of each variant of the chip if these figures were others."""
    d = check(chip, **asked)
    return Determination(d.timeline.supposing({name: Fact(value, "given") for name, value in figures.items()}), d.on)
