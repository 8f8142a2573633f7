"""DuckDB, Polars and dbt as docs/warehouses.md shows them, and what a compiled table says of itself."""

from __future__ import annotations

import doctest
import os
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

import exportrules
from exportrules.cli import cli
from exportrules.ledger.sql import chip_ids, lookup_sql, name_rows
from exportrules.question.names.chips import find_chip

ROOT = Path(__file__).parent.parent
LAW = exportrules.default_ruleset()


def compiled(directory: Path, *options: str) -> Path:
    path = directory / "segments.parquet"
    given = ["--to", "CN,HK,MO,SG", "--chips", "H20,A100,A800", "--exporter", "maker,other", *options]
    result = CliRunner().invoke(cli, ["compile", *given, "-o", str(path)])
    assert result.exit_code == 0, result.output
    return path


def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = doctest.testfile(str(ROOT / "docs" / "warehouses.md"), module_relative=False)
    assert (result.failed, result.attempted > 8) == (0, True)


def test_the_parquet_files_say_which_law_answered_and_how(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    compiled(tmp_path, "--known-on", "2023-06-01", "--as-printed")
    for name in ("segments.parquet", "segments.names.parquet"):
        # of the file itself, which any reader of Parquet shows
        said = {key.decode(): value.decode() for key, value in pq.read_metadata(tmp_path / name).metadata.items()}
        assert {key: said[key] for key in sorted(said) if key.startswith("exportrules.")} == {
            "exportrules.as_printed": "true",
            "exportrules.edition": LAW.edition.edition,
            "exportrules.known_on": "2023-06-01",
            "exportrules.sha256": LAW.digest,
            "exportrules.verified_through": LAW.edition.verified_through.isoformat(),
            "exportrules.version": exportrules.__version__,
        }


def test_every_chip_of_the_tables_is_a_name_that_check_takes_for_it_alone() -> None:
    names = name_rows(LAW, None)
    called = chip_ids(LAW, names)
    means: dict[str, tuple[str, ...]] = {}
    for spelling, chip in called.items():
        assert means.setdefault(chip, names[spelling].variants) == names[spelling].variants, chip
        assert find_chip(LAW, chip).variants == names[spelling].variants, chip
    assert called["a10080gb"] == "A100 80G"
    assert called["h20"] == "nvidia-h20"
    # a family may have the id of one of its variants
    assert called["rtx3080"] == "nvidia-rtx-3080" != called["geforcertx308010gb"]


def test_segments_of_a_name_that_leaves_variants_open_are_those_of_check(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    rows = [r for r in pq.read_table(compiled(tmp_path)).to_pylist() if " " in r["chip"] and r["destination"] == "CN"]
    assert len({row["chip"] for row in rows}) >= 6
    for row in rows:
        day = max(row["valid_from"], date(2020, 1, 1))
        found = exportrules.check(row["chip"], on=day, to="CN", exporter=row["exporter"])
        assert row["outcome"] == found.outcome, row


def test_the_model_of_dbt_is_the_emitted_sql() -> None:
    model = (ROOT / "docs" / "examples" / "dbt" / "models" / "audited.sql").read_text("utf-8")
    for source, table in (('"sales", "shipments"', "ledger"), ('"exportrules", "names"', "names"),
                          ('"exportrules", "segments"', "segments")):  # fmt: skip
        model = model.replace(f"{{{{ source({source}) }}}}", table)
    emitted = lookup_sql("duckdb", LAW)
    assert model.partition("\n\n")[2] == emitted[emitted.index("SELECT") :], (
        "copy what `exportrules compile --sql duckdb` prints into the model, with its sources in place of the tables"
    )


def dbt_program() -> str:
    """dbt pins so many libraries that it may live in an environment of its own: EXPORTRULES_DBT names its program."""
    return os.environ.get("EXPORTRULES_DBT") or shutil.which("dbt") or ""


@pytest.mark.slow
@pytest.mark.skipif(not dbt_program(), reason="dbt is not installed")
def test_the_project_of_dbt_is_built_and_says_what_check_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb
    import pyarrow.parquet as pq

    shutil.copytree(ROOT / "docs" / "examples" / "dbt", tmp_path / "dbt")
    compiled(tmp_path / "dbt")
    asked = [
        ("A100", "CN", "maker", date(2022, 9, 15)),
        ("nvidia h20", "SG", "other", date(2025, 5, 2)),
        ("A100 80GB", "MO", "other", date(2023, 11, 17)),
        ("Abacus", "CN", "maker", date(2022, 9, 15)),
    ]
    columns: Any = dict(zip(("chip", "destination", "exporter", "ship_date"), zip(*asked, strict=True), strict=True))
    pq.write_table(
        pa.table({name: list(values) for name, values in columns.items()}), tmp_path / "dbt" / "shipments.parquet"
    )
    for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
    done = subprocess.run(
        [dbt_program(), "--no-send-anonymous-usage-stats", "build", "--profiles-dir", "."],
        cwd=tmp_path / "dbt", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    with duckdb.connect(str(tmp_path / "dbt" / "warehouse.duckdb"), read_only=True) as base:
        answered = {row[0]: row[1:] for row in base.sql("select chip, outcome, problem from audited").fetchall()}
    for chip, to, exporter, on in asked[:3]:
        assert answered[chip] == (exportrules.check(chip, on=on, to=to, exporter=exporter).outcome, None)
    assert answered["Abacus"] == ("indeterminate", "no segment for this chip, destination, exporter and day")
