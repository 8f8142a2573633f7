"""The lines of a day: derived from the provisions in force, and in agreement with the computed answers."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import exportrules
from exportrules.errors import QuestionError, UnknownNameError
from exportrules.files.load import data_directory, default_ruleset, load_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.law.view import view_of
from exportrules.study.plane import Plane, Region, carve_outs, plane

CHIPS = ("A100", "A800", "H100", "H800", "H20", "H200", "RTX 4090", "MI250", "L4", "A30")


def drawn(day: str, *chips: str, axes: tuple[str, str] | None = None, law: Ruleset | None = None, **deal: Any) -> Plane:
    timelines = [exportrules.timeline(c, ruleset=law, **deal) for c in chips or CHIPS]
    return plane(timelines, date.fromisoformat(day), axes)


def lines(found: Plane) -> set[tuple[str, str, str]]:
    """(provision, figure and operator, bound) of everything drawn."""
    return {(r.provision, f"{t.fact} {t.op}", str(t.bound)) for r in found.regions for t in r.tests}


@pytest.mark.parametrize(
    ("day", "x", "y"),
    [
        ("2022-08-26", "bits_x_tops_2022", "chip_to_chip_io_gbytes_s"),
        ("2022-10-20", "bits_x_tops_2022", "chip_to_chip_io_gbytes_s"),
        ("2022-10-21", "bits_x_tops_2022", "aggregate_io_gbytes_s"),
        ("2023-11-16", "bits_x_tops_2022", "aggregate_io_gbytes_s"),
        ("2023-11-17", "tpp", "performance_density"),
        ("2026-01-14", "tpp", "performance_density"),
        ("2026-01-15", "tpp", "dram_bandwidth_gbytes_s"),
        (str(default_ruleset().edition.verified_through), "tpp", "dram_bandwidth_gbytes_s"),
    ],
)
def test_the_plane_follows_from_what_the_newest_rule_of_the_day_tests(day: str, x: str, y: str) -> None:
    found = drawn(day)
    assert (found.x, found.y) == (x, y)


def test_the_lines_of_october_2022_are_its_two_limbs() -> None:
    assert lines(drawn("2022-12-01")) == {
        ("87fr62186#3A090.a", "aggregate_io_gbytes_s ge", "600"),
        ("87fr62186#3A090.a", "bits_x_tops_2022 ge", "4800"),
    }


def test_the_lines_of_november_2023_are_those_of_3a090() -> None:
    a, b = "88fr73458#3A090.a", "88fr73458#3A090.b"
    assert lines(drawn("2023-11-17")) == {
        (a, "tpp ge", "4800"), (a, "tpp ge", "1600"), (a, "performance_density ge", "5.92"),
        (b, "tpp ge", "2400"), (b, "tpp lt", "4800"), (b, "tpp ge", "1600"),
        (b, "performance_density ge", "1.6"), (b, "performance_density lt", "5.92"),
        (b, "performance_density ge", "3.2"),
    }  # fmt: skip


def test_the_lane_of_2026_is_drawn_with_what_it_leaves_to_another_plane() -> None:
    found = drawn("2026-02-01")
    assert ("91fr1684#742.6(b)(10)-lane", "tpp lt", "21000") in lines(found)
    assert ("91fr1684#742.6(b)(10)-lane", "dram_bandwidth_gbytes_s lt", "6500") in lines(found)
    assert {(r.provision, r.row.paragraph) for r in found.left_out} >= {("88fr73458#3A090.a", "a.2")}
    assert found.others == (("tpp", "performance_density"),)


def test_every_line_is_a_bound_of_a_row_in_force_that_day() -> None:
    law = default_ruleset()
    for day in ("2022-09-15", "2022-12-01", "2023-11-17", "2024-12-10", "2025-06-01", "2026-02-01"):
        found = drawn(day)
        in_force = {
            f.provision.id for f in view_of(law).provisions if any(date.fromisoformat(day) in s for s in f.spans)
        }
        assert found.regions
        for region in found.regions:
            assert region.provision in in_force
            assert region.row in law.provisions[region.provision][0].when
            assert set(region.tests) <= set(region.row.tests)


def test_a_line_moves_with_the_law(tmp_path: Path) -> None:
    shutil.copytree(data_directory(), tmp_path / "rules", ignore=shutil.ignore_patterns("cases"))
    rule = tmp_path / "rules" / "us-ear" / "instruments" / "88fr73458.toml"
    rule.write_text(rule.read_text("utf-8").replace("bound = 5.92", "bound = 6.5"), "utf-8")
    found = drawn("2023-11-17", law=load_ruleset(tmp_path / "rules"))
    density = {bound for _, figure, bound in lines(found) if figure.startswith("performance_density")}
    assert density == {"1.6", "3.2", "6.5"}


@pytest.mark.parametrize("day", ["2022-12-01", "2023-10-01", "2023-11-17", "2024-06-01", "2025-06-01"])
def test_where_a_chip_stands_among_the_lines_is_what_its_answer_says(day: str) -> None:
    law = default_ruleset()
    chips = [v.id for v, _ in law.variants.values() if v.item_kind == "ic"]
    found = drawn(day, *chips)
    carved = {name: tests for (name, _), tests in carve_outs(law, found).items()}
    entries = {r.provision: r.in_force.provision.concludes for r in found.regions}
    compared = 0
    for point in (p for p in found.points if not p.estimated and not p.answer.turns_on):
        for provision, made in entries.items():
            assert made is not None
            inside = any(
                _holds(r, {found.x: point.x, found.y: point.y}) for r in found.regions if r.provision == provision
            )
            free = provision in carved and point.datacenter is False and point.x < 4800
            assert (made.value in point.answer.eccn) == (inside and not free), (point.name, provision)
            compared += 1
    assert compared > 30


def _holds(region: Region, values: dict[str, int | Decimal]) -> bool:
    """The region's tests on a chip's two figures, written anew."""
    compare = {"ge": lambda v, b: v >= b, "gt": lambda v, b: v > b, "le": lambda v, b: v <= b, "lt": lambda v, b: v < b}
    return all(compare[t.op](values[t.fact], t.bound) for t in region.tests)


def test_a_letter_is_drawn_for_the_company_that_it_binds_and_for_nobody_else() -> None:
    bound = {region.bound for region in drawn("2022-09-15").regions}
    assert bound == {"NVIDIA"}
    with pytest.raises(QuestionError, match="no provision in force on 2022-09-15 for this deal tests two figures"):
        drawn("2022-09-15", exporter="other")
    assert {r.bound for r in drawn("2026-02-01").regions} == {"", "NVIDIA", "AMD"}
    assert {r.bound for r in drawn("2026-02-01", exporter="other").regions} == {""}


def test_the_deal_decides_which_lines_bite() -> None:
    civil, military = drawn("2022-12-01"), drawn("2022-12-01", end_use="supercomputer")
    assert "87fr62186#3A991.p" not in {r.provision for r in civil.regions}
    assert "87fr62186#3A991.p" in {r.provision for r in military.regions}
    with pytest.raises(QuestionError, match="tests two figures of a chip"):
        drawn("2022-12-01", to="JP")


def test_a_chip_without_a_figure_is_named_not_dropped() -> None:
    found = drawn("2024-01-01", "H800")
    assert found.missing == ("H800 NVL",)
    assert {p.name for p in found.points} == {"H800 SXM5 80GB", "H800 PCIe 80GB"}


def test_a_plane_of_ones_own_and_its_errors() -> None:
    assert drawn("2026-02-01", axes=("tpp", "performance_density")).y == "performance_density"
    with pytest.raises(
        UnknownNameError, match=r"there is no figure 'tp' of a chip\. Figures: tpp, .* Did you mean 'tpp'"
    ):
        drawn("2026-02-01", axes=("tp", "performance_density"))
    with pytest.raises(QuestionError, match="Planes of that day: tpp,performance_density"):
        drawn("2024-01-01", axes=("die_area_mm2", "peak_tops"))
    with pytest.raises(QuestionError, match=r"The next day with one is 2022-08-26\."):
        drawn("2021-01-01")


def test_the_next_day_with_a_plane_does_not_hang_on_the_chips_of_the_day_asked_about() -> None:
    law = default_ruleset()
    catalogue = [exportrules.timeline(v.id) for v, _ in law.variants.values() if v.item_kind == "ic"]
    for day in (date(2019, 1, 17), date(2020, 6, 17), date(2022, 8, 25)):
        with pytest.raises(QuestionError, match=r"The next day with one is 2022-08-26\."):
            plane(catalogue, day, named=False)
    assert plane(catalogue, date(2022, 8, 26), named=False).regions
