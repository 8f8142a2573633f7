"""Figures that contradict what the technical notes to 3A090 count.

Technical Note 4: "'applicable die area' is measured in millimeters squared and includes all die area of logic dies
manufactured with a process node that uses a non-planar transistor architecture".
"""

from __future__ import annotations

from typing import Any

import pytest

from exportrules import QuestionError, check
from exportrules.law.model import Variant
from exportrules.question.impossible import figure_defects


def asked(**facts: Any) -> str:
    return check(None, on="2024-06-03", facts={"tpp": 3000, "designed_for_datacenter": True, **facts}).outcome


@pytest.mark.parametrize(
    "figure",
    [
        {"die_area_mm2": 2000},
        {"performance_density": "1.5"},
        {"performance_density": {"less_than": 1}},
        {"die_area_mm2": {"at_least": 2000}},
    ],
)
def test_an_area_that_the_note_does_not_count_frees_nothing(figure: dict[str, Any]) -> None:
    """2,000 mm2 on a planar node are no applicable die area: a density of 1.5 computed from them would be a yes."""
    with pytest.raises(QuestionError, match=r"contradicts non_planar = false.* Technical Note 4"):
        asked(non_planar=False, **figure)
    assert asked(non_planar=True, **figure) == asked(**figure)


def test_without_such_dies_the_density_is_not_known() -> None:
    found = check(None, on="2024-06-03", facts={"tpp": 3000, "designed_for_datacenter": True, "non_planar": False})
    assert found.outcome == "indeterminate"
    assert "performance_density" in found.turns_on


def test_a_chip_file_with_such_an_area_is_a_defect() -> None:
    planar = Variant(id="x", name="X", non_planar=False, die_area_mm2=800)
    assert any("Technical Note 4" in defect for defect in figure_defects(planar))
    assert not list(figure_defects(planar.changed(die_area_mm2=None)))
