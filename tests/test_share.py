"""`share` counts what `check` answers, and says what it counted; `matrix` takes several destinations."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

import exportrules
from exportrules.cli import cli
from exportrules.errors import QuestionError, UnknownNameError
from exportrules.files.load import default_ruleset
from exportrules.question.catalogue import chip_rows
from exportrules.render.charts.share import share_chart
from exportrules.render.share import counted
from exportrules.study.share import COUNTED, percent, share, share_rows
from tests.test_charts import rows as drawn_rows

LAW = default_ruleset()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def test_a_month_counts_what_check_answers_on_its_last_day() -> None:
    found = share(LAW, "NVIDIA", "2023-10", "2023-12", exporter="other", to="CN")
    assert [month.day for month in found.months] == [date(2023, 10, 31), date(2023, 11, 30), date(2023, 12, 31)]
    chips = [
        row.chip
        for row in chip_rows(LAW)
        if row.vendor == "nvidia" and row.kind == "ic" and row.status == "announced"
        and [f.value for f in row.figures if f.figure == "designed_for_datacenter"] == [True]
    ]  # fmt: skip
    assert len(chips) == len(found.timelines)
    for month in found.months:
        outcomes = [exportrules.check(chip, on=month.day, exporter="other", to="CN").outcome for chip in chips]
        assert {o: month.of(o) for o in COUNTED} == {o: outcomes.count(o) for o in COUNTED}
        assert month.public == len(outcomes) - outcomes.count("not_released")


def test_the_rule_of_october_2023_shows_in_the_share() -> None:
    before, after = share(LAW, "nvidia", "2023-10", "2023-11", exporter="other").months
    assert before.of("license_required") < after.of("license_required")
    assert before.of("license_exception") == 0 < after.of("license_exception")


def test_shares_are_percentages_of_the_public() -> None:
    assert (percent(1, 3), percent(2, 3), percent(0, 0), percent(1, 8)) == (
        Decimal("33.3"), Decimal("66.7"), None, Decimal("12.5"),
    )  # fmt: skip
    for row in share_rows(share(LAW, "AMD", "2023-11", "2024-03")):
        assert sum(row[outcome] for outcome in COUNTED) == row["public"]
        assert abs(sum(row[f"{outcome}_percent"] for outcome in COUNTED) - 100) < 1


def test_what_is_counted_and_left_out_is_said() -> None:
    found = share(LAW, "NVIDIA", "2023-11", "2023-11")
    said = " ".join(counted(found, LAW))
    assert f"Counted: {len(found.timelines)} variants of NVIDIA" in said
    assert "not the systems that contain them" in said
    assert "whose purpose is not known" in said
    assert "never announced: B30A" in said
    assert "Counted:" in run("share", "NVIDIA", "--from", "2023-11", "--through", "2023-11").output


def test_the_last_month_ends_on_the_last_verified_day() -> None:
    assert share(LAW, "NVIDIA", "2026-08").months[-1].day == LAW.horizon


def test_a_month_before_a_maker_had_anything_is_empty() -> None:
    (month,) = share(LAW, "Microsoft", "2020-01", "2020-01").months
    assert month.public == 0
    assert month.percent("license_required") is None
    assert run("share", "Microsoft", "--from", "2020-01", "--through", "2020-02").exception is None
    assert share_chart(share(LAW, "Microsoft", "2020-01", "2020-01"), LAW)


def test_the_forms_hold_the_same_numbers() -> None:
    asked = ["share", "AMD", "--from", "2023-09", "--through", "2024-02", "--exporter", "other"]
    table = list(csv.DictReader(io.StringIO(run(*asked, "-f", "csv").output)))
    found = json.loads(run(*asked, "-f", "json").output)
    assert [{k: str(v) for k, v in row.items()} for row in found] == table
    assert isinstance(found[0]["license_required_percent"], float)


def test_the_chart_draws_the_counts(tmp_path: Path) -> None:
    found = share(LAW, "NVIDIA", "2023-01", "2024-06", exporter="other")
    spec = share_chart(found, LAW)
    columns = drawn_rows(spec, "columns")
    for month in found.months:
        own = [row for row in columns if row["month"] == f"{month.day:%Y-%m}"]
        assert sum(int(row["variants"].split(" of ")[0]) for row in own) == month.public
        assert max(row["y"] for row in own) == pytest.approx(100, abs=0.01)
    assert "Counted:" in " ".join(row["text"] for row in drawn_rows(spec, "notes"))
    target = tmp_path / "share.svg"
    assert run("share", "NVIDIA", "--from", "2023-01", "--through", "2024-06", "-o", str(target)).exception is None
    assert ElementTree.parse(target).getroot().tag.endswith("svg")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Nvidea"], "no chip of 'Nvidea' is in this data. Makers: "),
        (["other"], "no chip of 'other' is in this data"),
        (["NVIDIA", "--from", "2023"], "--from '2023' is not a month. Write YYYY-MM"),
        (["NVIDIA", "--from", "2023-13"], "--from '2023-13' is not a month"),
        (["NVIDIA", "--from", "2019-06"], "coverage starts on 2020-01-01"),
        (["NVIDIA", "--through", "2027-01"], "the law is verified through"),
        (["NVIDIA", "--from", "2024-02", "--through", "2024-01"], "the months end (2024-01) before they begin"),
        (["NVIDIA", "--to", "Atlantis"], "Atlantis"),
        (["NVIDIA", "-o", "share.doc"], "does not end in .svg, .png or .html"),
    ],
)
def test_bad_questions_are_refused(arguments: list[str], says: str) -> None:
    result = run("share", *arguments)
    assert isinstance(result.exception, QuestionError)
    assert says in str(result.exception)


# --- matrix ---


def test_a_matrix_of_several_destinations_is_what_each_alone_says() -> None:
    days = "2023-12-01,2025-06-02"
    several = json.loads(run("matrix", "H100", "H20", "--to", "CN, SA ,Singapore", "--on", days, "-f", "json").output)
    assert [(row["chip"], row["to"]) for row in several] == [
        (chip, to) for chip in ("H100", "H20") for to in ("CN", "SA", "SG")
    ]
    for to in ("CN", "SA", "SG"):
        alone = json.loads(run("matrix", "H100", "H20", "--to", to, "--on", days, "-f", "json").output)
        own = [{k: v for k, v in row.items() if k != "to"} for row in several if row["to"] == to]
        assert own == alone
    assert "to" not in alone[0]


def test_a_place_named_twice_is_asked_once_and_its_name_stands_in_the_table() -> None:
    output = run("matrix", "H100", "--to", "CN,China,SG", "--on", "2023-12-01").output
    assert output.count("China (PRC)") == 1
    assert "Singapore" in output


@pytest.mark.parametrize(
    ("to", "says"), [("CN,", "contains an empty name"), (",", "contains an empty name"), ("CN,Atlantis", "Atlantis")]
)
def test_bad_destinations_are_refused(to: str, says: str) -> None:
    result = run("matrix", "H100", "--to", to, "--on", "2023-12-01")
    assert isinstance(result.exception, QuestionError | UnknownNameError)
    assert says in str(result.exception)


def test_a_month_ends_on_its_last_day() -> None:
    days = [month.day for month in share(LAW, "NVIDIA", "2023-12", "2024-03").months]
    assert all((day + timedelta(1)).day == 1 for day in days)
    assert days[2] == date(2024, 2, 29)
