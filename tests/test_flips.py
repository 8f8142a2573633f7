"""The nearest flips: at the value the answer is another, one step before it is the old one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from exportrules import Chip, check, default_ruleset
from exportrules.answer.determination import Determination
from exportrules.cli import cli
from exportrules.study.flips import Flip, flips
from tests.supposed import supposed

LAW = default_ruleset()
DAYS = ["2022-09-15", "2022-11-01", "2023-06-01", "2023-12-01", "2024-06-03", "2025-02-01", "2025-06-01", "2026-02-02"]


def decided(d: Determination) -> tuple[str, object]:
    return d.outcome, d.review_policy


#: Variants that are asked about alone: the id of one may be its family's, and a flip is of one variant.
ALONE = sorted(v for v in LAW.variants if v not in LAW.families or len(LAW.families[v].variant) == 1)


@settings(derandomize=True, database=None, deadline=None, max_examples=60)
@given(st.sampled_from(ALONE), st.sampled_from(DAYS), st.sampled_from(["CN", "AE", "SG", "RU"]))
def test_the_flip_value_flips_and_one_step_before_does_not(chip: str, on: str, to: str) -> None:
    base = check(chip, on=on, to=to)
    for flip in flips(base):

        def at(value: Decimal | int, flip: Flip = flip) -> tuple[str, object]:
            return decided(supposed(chip, {flip.fact: value}, on=on, to=to))

        assert at(flip.value) == (flip.outcome, flip.review_policy) != decided(base), flip
        if flip.reach != "settled as":
            assert at(flip.before) == decided(base), flip
            assert flip.before == flip.now or abs(Decimal(flip.value) - flip.before) <= Decimal("0.002"), flip


def only(chip: Any, fact: str, **asked: Any) -> Flip:
    (found,) = [f for f in flips(check(chip, **asked)) if f.fact == fact]
    return found


def test_an_inclusive_line_flips_on_it() -> None:
    flip = only("H20", "tpp", on="2024-06-03")
    assert (flip.reach, flip.line, flip.value, flip.before) == ("at least", 2400, 2400, Decimal("2399.999"))
    assert (flip.outcome, flip.by) == ("license_exception", ("88fr73458#3A090.b",))
    assert [(name, round(now, 3)) for name, _, now in flip.follows] == [("performance_density", Decimal("2.948"))]


def test_a_strict_line_flips_only_beyond_it() -> None:
    flip = only("RTX 4090", "tpp", on="2024-02-01")
    assert (flip.reach, flip.line, flip.before) == ("less than", 4800, 4800)
    assert flip.value == Decimal("4799.999")


def test_a_number_is_moved_through_what_follows_from_it() -> None:
    flip = only("H20", "die_area_mm2", on="2024-06-03")
    assert (flip.reach, flip.line, flip.exact) == ("at most", 740, True)  # 2368 / 740 = 3.2
    own = Chip(id="x", name="X", designed_for_datacenter=True, die_area_mm2=900, dense_tops={"fp16_bf16": 100})
    thirds = only(own, "die_area_mm2", on="2024-06-03")
    # 1600 / 5.92 and 1600 / 3.2: the second comes first, and is exact
    assert (thirds.line, thirds.exact) == (500, True)


def test_a_line_that_is_no_decimal_is_told_as_about(capsys: pytest.CaptureFixture[str]) -> None:
    own = Chip(id="x", name="X", designed_for_datacenter=True, die_area_mm2=400, dense_tops={"fp16_bf16": 100})
    d = check(own, on="2024-06-03")
    flip = next(f for f in flips(d) if f.fact == "die_area_mm2" and f.reach == "at most")
    assert (flip.line, flip.exact) == (Decimal("270.27"), False)  # 1600 / 5.92 = 270.2702...
    from exportrules.render.flips import flips_text

    assert "at about 270.27 or less" in flips_text(d, flips(d))


def test_a_disputed_number_flips_when_it_is_settled() -> None:
    disputed = [name for name, (chip, _) in LAW.variants.items() if chip.alternative]
    asked = [(v, on) for v in disputed for on in ("2023-12-01", "2026-02-02")]
    found = [(v, on, f) for v, on in asked for f in flips(check(v, on=on)) if f.reach == "settled as"]
    assert found
    for variant, on, flip in found:
        assert decided(check(variant, on=on, facts={flip.fact: flip.value})) == (flip.outcome, flip.review_policy)


def test_nothing_flips_what_is_not_public() -> None:
    assert flips(check("H800", on="2022-01-03")) == []


def run(*args: str) -> str:
    result = CliRunner().invoke(cli, list(args))
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_prints_the_answer_the_line_and_the_rule() -> None:
    said = run("flip", "H20", "--on", "2024-06-03")
    assert said.startswith("H20 to China (PRC), export by NVIDIA, 2024-06-03: no license requirement found.\n")
    assert "TPP 2368 TOPS x bit\n    at 2400 or more (32 more, 1.4 %):\n" in said
    assert "Figures derived from it change with it" in said
    rows = json.loads(run("flip", "H20", "--on", "2024-06-03", "-f", "json"))
    assert (rows[0]["fact"], rows[0]["line"], rows[0]["not_yet_at"]) == ("tpp", "2400", "2399.999")
    assert "No single known number would alter this answer." in run("flip", "V100", "--on", "2021-06-01")


def test_a_quotient_is_rounded_and_what_is_exact_stays_so() -> None:
    rows = json.loads(run("flip", "H20", "--on", "2024-06-03", "-f", "json"))
    assert rows[0]["follows"] == "performance_density=2.948403"
    assert next(row["now"] for row in rows if row["fact"] == "performance_density") == "2.909091"
    exact = json.loads(run("flip", "H20", "--on", "2024-06-03", "--fact", "tpp=2368.12345678", "-f", "json"))
    assert exact[0]["now"] == "2368.12345678"
    for row in rows + exact:
        for name in ("now", "line", "computed_at", "not_yet_at"):
            assert len(row[name]) < 16, row
            assert Decimal(row[name]).is_finite()
