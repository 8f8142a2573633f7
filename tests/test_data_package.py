"""The data package: what `exportrules data` writes is what `check` answers, typed, described, reproducible."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import exportrules
from exportrules.cli import cli
from exportrules.errors import QuestionError, UnknownNameError
from exportrules.files.load import default_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.question.catalogue import chip_rows, figure_value
from exportrules.study.package import data_tables, write_package

CHIPS, PLACES = ("H20", "H800", "RTX 4090", "DGX H100", "MI300A"), ("CN", "SG", "MO", "JP", "DE")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


@pytest.fixture(scope="module")
def law() -> Ruleset:
    return default_ruleset()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("package") / "data"
    result = run("data", "-o", str(target), "--chips", ",".join(CHIPS), "--to", ",".join(PLACES))
    assert result.exception is None, result.output
    assert "segments (csv, json, parquet)" in result.output
    return target


def read(directory: Path, name: str) -> list[dict[str, str]]:
    with (directory / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def described(directory: Path) -> dict[str, Any]:
    return dict(json.loads((directory / "datapackage.json").read_text("utf-8")))


# --- typed rows from Python ---


def test_the_catalogue_has_a_typed_row_for_every_variant(law: Ruleset) -> None:
    rows = exportrules.catalogue()
    assert rows is chip_rows(law)
    assert [row.chip for row in rows] == list(law.variants)
    h20 = next(row for row in rows if row.chip == "nvidia-h20-96gb")
    assert (h20.vendor, h20.vendor_name, h20.vendor_country) == ("nvidia", "NVIDIA", "US")
    assert h20.announced == date(2023, 11, 9)
    announced_by = {row.chip: row.announced_by for row in rows}
    assert announced_by["amd-mi25"] == "press"
    assert {row.announced_by for row in rows if not row.announced} == {""}
    whole = figure_value(Decimal("2.0000001"))
    assert (whole, type(whole)) == (2, int)
    assert figure_value(Decimal("3.1250005")) == Decimal("3.125001")
    tpp = h20.figure("tpp")
    assert tpp
    assert (tpp.value, tpp.unit, tpp.origin, tpp.derivation) == (
        2368,
        "TOPS x bit",
        "derived",
        "148 x 16 bit (fp16_bf16)",
    )
    assert all(isinstance(f.value, int | Decimal | None) for row in rows for f in row.figures)
    assert all(row.sources for row in rows if row.kind == "ic" and row.confidence == "datasheet")
    with pytest.raises(KeyError, match="there is no figure 'speed'"):
        h20.figure("speed")


def test_a_bound_an_estimate_and_a_dispute_are_told_apart(law: Ruleset) -> None:
    rows = {row.chip: row for row in chip_rows(law)}
    bounded = rows["amd-r9700"].figure("tpp")
    assert bounded
    assert bounded.value is None
    assert bounded.bounds
    assert bounded.bounds.at_least == 1530
    areas = [f for f in rows["amd-mi300a"].figures if f.figure == "die_area_mm2"]
    assert [f.reading for f in areas] == [1, 2]
    assert [bool(f.basis) for f in areas] == [False, True]
    assert "TechPowerUp" in areas[1].basis
    assert [f.derivation for f in areas] == ["", ""]
    densities = [f for f in rows["amd-mi300a"].figures if f.figure == "performance_density"]
    assert [bool(f.derivation) for f in densities] == [True, False]
    assert areas[0].estimated


def test_the_figures_of_a_system_are_those_of_each_chip_in_it(law: Ruleset) -> None:
    rows = {row.chip: row for row in chip_rows(law)}
    system = next(row for row in chip_rows(law) if row.name == "DGX H100")
    assert system.kind == "system"
    inside, count = system.contains[0]
    assert count == 8
    assert system.figures_of == inside
    assert [f._replace(chip="") for f in system.figures] == [f._replace(chip="") for f in rows[inside].figures]


def test_chips_as_json_has_numbers_units_sources_and_estimates() -> None:
    result = run("chips", "MI300A", "-f", "json")
    (row,) = json.loads(result.output)
    assert (row["vendor"], row["vendor_name"], row["announced"]) == ("amd", "AMD", "2023-06-13")
    assert row["sources"]
    area = row["figures"]["die_area_mm2"]
    assert (area["unit"], area["estimated"]) == ("mm2", True)
    assert area["other_readings"][0]["value"] == 1017
    assert isinstance(row["figures"]["tpp"]["value"], float)
    (bounded,) = json.loads(run("chips", "R9700", "-f", "json").output)
    assert bounded["figures"]["tpp"] == {
        "value": None, "at_least": 1530, "unit": "TOPS x bit", "origin": "stated", "estimated": False,
    }  # fmt: skip
    assert len(json.loads(run("chips", "-f", "json").output)) == len(exportrules.catalogue())


# --- the package ---


def test_every_row_is_what_check_answers(directory: Path, law: Ruleset) -> None:
    groups = {row["place"]: row["destinations"] for row in read(directory, "places")}
    assert set(groups) == set(PLACES)
    segments = {
        subject: read(directory, f"{prefix}segments") for subject, prefix in (("chip", ""), ("family", "family_"))
    }
    draw = random.Random(15)
    for _ in range(300):
        subject = draw.choice(["chip", "family"])
        row = draw.choice(segments[subject])
        place = draw.choice([p for p, group in groups.items() if group == row["destinations"]])
        first = date.fromisoformat(row["valid_from"] or "2015-01-01")
        last = date.fromisoformat(row["valid_through"] or "2027-12-31")
        printed = draw.choice([True, False]) if row["layer"] == "both" else row["layer"] == "as_printed"
        for day in (first, last, first + timedelta(draw.randint(0, (last - first).days))):
            d = exportrules.check(
                row[subject], on=day, to=place, exporter=row["exporter"], as_printed=printed, ruleset=law
            )
            assert (d.outcome, d.review_policy or "", d.standing) == (
                row["outcome"],
                row["review_policy"],
                row["standing"],
            )
            assert " ".join(d.requirements) == row["requirements"]
            assert " ".join(e["provision"] for e in d.exceptions) == row["exceptions"]
            assert " ".join(d.turns_on) == row["turns_on"]
            assert " ".join(d.eccn) == row["eccn"]
            projected = (d.projection.outcome, d.projection.review_policy or "") if d.projection else ("", "")
            assert projected == (row["projected_outcome"], row["projected_policy"])


def test_the_days_of_a_question_leave_no_gap_and_do_not_overlap(directory: Path) -> None:
    runs: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for row in read(directory, "segments"):
        key: tuple[str, ...] = (row["chip"], row["destinations"], row["exporter"], row["layer"])
        runs.setdefault(key, []).append((row["valid_from"], row["valid_through"]))
    chips, groups = len(read(directory, "chips")), len({row["destinations"] for row in read(directory, "places")})
    assert len({key[:3] for key in runs}) == chips * groups * 2
    layers: dict[tuple[str, ...], set[str]] = {}
    for question in runs:
        layers.setdefault(question[:3], set()).add(question[3])
    assert all(found in ({"both"}, {"as_enforced", "as_printed"}) for found in layers.values())
    for days in runs.values():
        assert days[0][0] == days[-1][1] == ""
        for (_, last), (first, _) in itertools.pairwise(days):
            assert date.fromisoformat(last) + timedelta(1) == date.fromisoformat(first)


def test_the_forms_hold_the_same_rows(directory: Path) -> None:
    for resource in described(directory)["resources"]:
        if "schema" not in resource:
            continue
        name, fields = Path(resource["path"]).stem, resource["schema"]["fields"]
        head, *rows = json.loads((directory / f"{name}.json").read_text("utf-8"))
        table = pq.read_table(directory / f"{name}.parquet")
        assert head == [f["name"] for f in fields] == table.column_names
        assert resource["rowCount"] == len(rows) == table.num_rows == len(read(directory, name))
        plain = [[v.isoformat() if isinstance(v, date) else v for v in row.values()] for row in table.to_pylist()]
        assert plain == rows
        for cells, values in zip(read(directory, name), rows, strict=True):
            for cell, value, field in zip(cells.values(), values, fields, strict=True):
                assert cell == in_csv(value, field)


def in_csv(value: Any, field: dict[str, Any]) -> str:
    if isinstance(value, list):
        return str(field["delimiter"]).join(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(Decimal(str(value)).normalize(), "f")
    return "" if value is None else str(value)


def test_the_description_is_true_of_the_files(directory: Path, law: Ruleset) -> None:
    package = described(directory)
    assert package["version"] == package["exportrules"]["edition"] == law.edition.edition
    assert package["exportrules"]["sha256"] == law.digest
    assert package["licenses"][0]["name"] == "Apache-2.0"
    assert "Not legal advice" in package["description"]
    paths = {resource["path"] for resource in package["resources"]}
    assert {file.name for file in directory.iterdir()} == paths | {"datapackage.json"}
    for resource in package["resources"]:
        data = (directory / resource["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (resource["bytes"], resource["hash"].split(":")[1])
        for field in resource.get("schema", {}).get("fields", ()):
            assert field["description"].endswith("."), field
            cells = [row[field["name"]] for row in read(directory, Path(resource["path"]).stem)]
            said = field.get("constraints", {})
            assert all(cells) or not said.get("required"), field
            assert {c for c in cells if c} <= set(said.get("enum", cells)), field
        for refers in resource.get("schema", {}).get("foreignKeys", ()):
            theirs = read(directory, refers["reference"]["resource"])
            known = {row[refers["reference"]["fields"][0]] for row in theirs}
            assert {row[refers["fields"][0]] for row in read(directory, Path(resource["path"]).stem)} <= known


def test_every_provision_that_an_answer_names_is_cited(directory: Path) -> None:
    known = {row["provision"]: row for row in read(directory, "provisions")}
    named = {p for row in read(directory, "segments") for p in f"{row['requirements']} {row['exceptions']}".split()}
    assert named
    assert named <= set(known)
    assert all(known[name]["citation"] and known[name]["url"] for name in named)


def test_the_same_law_writes_the_same_bytes(tmp_path: Path, law: Ruleset) -> None:
    for name in ("one", "two"):
        write_package(data_tables(law, ["H20"], ["CN"]), law, tmp_path / name)
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


def test_an_addressee_of_a_letter_is_an_exporter_of_its_own(law: Ruleset) -> None:
    made = {table.name: table for table in data_tables(law, ["H20"], ["CN"], ["NVIDIA", "maker"])}
    rows = made["family_segments"].rows
    said = {who: [row[4:] for row in rows if row[2] == who] for who in ("nvidia", "maker")}
    assert said["nvidia"] == said["maker"]


def test_asking_leaves_the_rulesets_own_memory_alone(law: Ruleset) -> None:
    exportrules.check("A100", on="2022-09-15", ruleset=law)
    before = dict(law.memory)
    data_tables(law, ["A100"], ["CN"])
    assert law.memory == before


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["--chips", "H2O"], 1, "Did you mean 'H20'"),
        (["--chips", ""], 1, "--chips '' contains an empty name"),
        (["--chips", "H20,,H800"], 1, "contains an empty name"),
        (["--to", "Atlantis"], 1, "Atlantis"),
        (["--to", ""], 1, "--to '' contains an empty name"),
        (["--exporter", "Acme Trading"], 1, "its answers are those of `other`"),
        (["--exporter", ""], 1, "--exporter '' contains an empty name"),
        (["--format", "xlsx"], 1, "--format 'xlsx' is not one of: csv, json, parquet."),
    ],
)
def test_bad_options_are_refused_before_anything_is_written(
    tmp_path: Path, arguments: list[str], status: int, says: str
) -> None:
    result = run("data", "-o", str(tmp_path / "data"), *arguments)
    assert result.exit_code == status
    assert isinstance(result.exception, QuestionError | UnknownNameError)
    assert says in str(result.exception)
    assert not list(tmp_path.rglob("*.csv"))


def test_files_that_are_there_are_replaced_only_when_told_so(tmp_path: Path) -> None:
    asked = ["data", "-o", str(tmp_path / "data"), "--chips", "H20", "--to", "CN", "--format", "csv"]
    assert run(*asked).exception is None
    again = run(*asked)
    assert "Use --force to replace it" in str(again.exception)
    assert run(*asked, "--force").exception is None
    (tmp_path / "file").write_text("x")
    assert "is a file. Name a directory." in str(run("data", "-o", str(tmp_path / "file")).exception)
    assert "cannot be created" in str(run("data", "-o", str(tmp_path / "no" / "such")).exception)
