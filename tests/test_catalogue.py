"""docs/chips.md: it is what the generator prints, and every difference from published values has its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from exportrules import RulesetError, default_ruleset
from exportrules.files.load import data_directory
from tests.catalogue import DAYS, Comparison, comparisons, disputes, page, read_published

DOCS = data_directory().parent / "docs"
PUBLISHED = DOCS / "published-values.toml"


@pytest.fixture(scope="module")
def published() -> list[dict[str, Any]]:
    return read_published(PUBLISHED)


@pytest.fixture(scope="module")
def compared(published: list[dict[str, Any]]) -> list[Comparison]:
    return comparisons(default_ruleset(), published)


def test_the_page_is_what_the_generator_prints(published: list[dict[str, Any]]) -> None:
    assert (DOCS / "chips.md").read_text(encoding="utf-8") == page(default_ruleset(), published), (
        "docs/chips.md is out of date. Run: python -m tests.catalogue > docs/chips.md"
    )


def test_every_chip_is_on_the_page() -> None:
    text = (DOCS / "chips.md").read_text(encoding="utf-8")
    assert [v.name for v, _ in default_ruleset().variants.values() if f"| {v.name} |" not in text] == []


def test_a_difference_over_one_percent_has_its_reason(compared: list[Comparison]) -> None:
    assert [(c.publisher, c.named, c.fact, c.percent) for c in compared if c.differs and not c.reason] == []


def test_a_reason_is_given_only_where_it_is_wanted(published: list[dict[str, Any]], compared: list[Comparison]) -> None:
    apart = {(c.publisher, c.named) for c in compared if c.differs}
    given = {(p["id"], v["named"]) for p in published for v in p["value"] if v.get("reason")}
    assert given - apart == set()


def test_published_values_are_whole(published: list[dict[str, Any]]) -> None:
    for publisher in published:
        assert publisher["url"].startswith("https://")
        names = [value["named"] for value in publisher["value"]]
        assert len(names) == len(set(names)), publisher["id"]
        for value in publisher["value"]:
            assert set(value) <= {"chip", "named", "tpp", "performance_density", "reason"}, value
            assert {"tpp", "performance_density"} & set(value), value


def test_a_difference_is_in_percent_of_theirs_and_one_percent_is_not_over_one() -> None:
    row = Comparison("them", "X", "x", "tpp", 101, 100)
    assert row.percent == Decimal(1)
    assert not row.differs
    assert Comparison("them", "X", "x", "tpp", Decimal("98.9"), 100).differs
    assert not Comparison("them", "X", "x", "tpp", None, 100).differs


def test_a_chip_that_is_none_of_ours_is_an_error() -> None:
    wrong = [{"id": "them", "value": [{"chip": "nvidia-a1000", "named": "A1000", "tpp": 1}]}]
    with pytest.raises(RulesetError, match="nvidia-a1000"):
        comparisons(default_ruleset(), wrong)


def test_disputed_readings_that_flip_the_answer_are_found() -> None:
    flips = {(d.chip.id, d.alternative.fact, d.alternative.value): d.flips for d in disputes(default_ruleset())}
    assert flips["huawei-ascend-910b4", "die_area_mm2", Decimal("833.61")] == (date(2023, 12, 1),)
    assert flips["biren-br100", "aggregate_io_gbytes_s", 576] == (date(2022, 11, 1),)
    assert flips["amd-mi300x", "die_area_mm2", 1017] == ()


def test_every_alternative_of_a_chip_file_is_evaluated() -> None:
    ruleset = default_ruleset()
    found = [(d.chip.id, d.alternative) for d in disputes(ruleset)]
    assert sorted(found, key=repr) == sorted(
        [(v.id, a) for v, _ in ruleset.variants.values() for a in v.alternative], key=repr
    )
    assert all(len(d.first) == len(d.other) == len(DAYS) for d in disputes(ruleset))
