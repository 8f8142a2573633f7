"""Country groups on which two official lists differ: the answer by BIS's table, and the one by State's list beside it.

Note to Country Group D:5 (supp. no. 1 to part 740): "the State Department's list of countries subject to U.S. arms
embargoes shall be controlling".
"""

from __future__ import annotations

from typing import Any

import pytest

from exportrules import check
from exportrules.render.memo import memo
from exportrules.render.text import answer

NONE, LICENSE = "no_license_requirement", "license_required"
DENIAL, APPROVAL = "presumption_of_denial", "presumption_of_approval"


def other_way(chip: str, on: str, **terms: Any) -> list[tuple[str, str, str | None]]:
    """What is said of a disputed membership: the supposition, and the answer under it."""
    found = check(chip, on=on, **{"exporter": "other", **terms})
    return [(o.value, o.outcome, o.review_policy) for a in found.assumptions if a.fact == "D:5" for o in a.otherwise]


@pytest.mark.parametrize(
    ("place", "day", "outcome", "supposed", "instead"),
    [
        ("ET", "2024-06-03", (NONE, None), "Ethiopia in D:5", (LICENSE, DENIAL)),
        ("KH", "2025-12-01", (LICENSE, DENIAL), "Cambodia outside D:5", (LICENSE, APPROVAL)),
        ("CY", "2024-01-10", (LICENSE, DENIAL), "Cyprus outside D:5", (NONE, None)),
    ],
)
def test_the_answer_by_states_list_stands_beside_that_by_the_table_of_bis(
    place: str, day: str, outcome: tuple[str, str | None], supposed: str, instead: tuple[str, str | None]
) -> None:
    found = check("H100", on=day, to=place, exporter="other")
    assert (found.outcome, found.review_policy) == outcome
    said = f"{supposed} (Note to Country Group D:5: State's list controls)"
    assert other_way("H100", day, to=place) == [(said, *instead)]
    assert f"Disputed: {said}: " in answer(found).splitlines()[0]
    assert f"This is disputed: with {said}, " in memo(found, "md")
    assert any(said in step.says for step in found.next_steps)
    assert "countries subject to U.S. arms embargoes shall be controlling" in "\n".join(found.notices)


@pytest.mark.parametrize("seat", [{"headquarters": "ET"}, {"ultimate_parent": "ET"}])
def test_a_disputed_country_of_headquarters_or_of_the_parent_counts_as_well(seat: dict[str, str]) -> None:
    """744.23(a)(3)(i): an entity headquartered in D:5, or with its ultimate parent there, wherever it is."""
    assert [way[1:] for way in other_way("H100", "2024-06-03", to="KE", **seat)] == [(LICENSE, DENIAL)]


def test_a_disputed_membership_is_told_as_an_alternative_only_where_it_decides() -> None:
    assert other_way("T4", "2024-06-03", to="ET") == []
    assert "Disputed" not in answer(check("T4", on="2024-06-03", to="ET", exporter="other")).splitlines()[0]
    assert other_way("H100", "2024-06-03", to="KE") == []
    # on its first day, and on the last before BIS conformed its table
    assert len(other_way("H100", "2026-02-02", to="KH")) == 1
    assert other_way("H100", "2026-02-03", to="KH") == []


def test_what_was_not_known_yet_is_not_supposed() -> None:
    """State removed Cambodia on 2025-11-07."""
    assert len(other_way("H100", "2025-12-01", to="KH", known_on="2025-11-07")) == 1
    assert other_way("H100", "2025-12-01", to="KH", known_on="2025-11-06") == []
