"""An audit on Spark says what an audit says, row for row, with nothing installed on a worker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import exportrules
from exportrules import QuestionError
from exportrules.cli import cli

pa = pytest.importorskip("pyarrow")
sql = pytest.importorskip("pyspark.sql")

from exportrules.ledger import spark as module
from tests.noise import draws
from tests.test_ledger import every_kind_of_row, plain_rows, sql_is_as_check
from tests.test_noise import freed, rows_of, says_something

pytestmark = pytest.mark.spark
#: What Spark is told its workers' Python is: any row that needed one would fail.
NO_PYTHON = "/there/is/no/python"


def session(python: str = NO_PYTHON, **settings: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        builder = sql.SparkSession.builder.master("local[2]")
        os.environ["PYSPARK_PYTHON"] = python
        wanted = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.session.timeZone": "America/New_York",
            **settings,
        }
        for name, value in wanted.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    before = os.environ.get("PYSPARK_PYTHON")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = session()
        yield made
        made.stop()
    os.environ.pop("PYSPARK_PYTHON")
    if before is not None:
        os.environ["PYSPARK_PYTHON"] = before


def alike(spark: Any, table: Any, **options: Any) -> list[dict[str, Any]]:
    """The rows of a table answered on Spark, after they were found to be those of an audit of the same table."""
    numbered = table.append_column("n", pa.array(range(len(table)), pa.int64()))
    expected = exportrules.audit(numbered, **options).to_pylist()
    frame = spark.createDataFrame(numbered).repartition(3)
    found = exportrules.audit(frame, **options)
    assert type(found) is type(frame)
    answered = sorted((row.asDict() for row in found.collect()), key=lambda row: int(row["n"]))
    problem = next((name for name in (expected[0] if expected else ()) if name.endswith("problem")), "")
    for row in expected if problem else ():
        row[problem] = row[problem].partition(": ")[2] if row[problem] else ""  # rows of Spark have no number
    added = [name for name in (expected[0] if expected else ()) if name not in numbered.column_names]
    assert [{name: row[name] for name in added} for row in answered] == [
        {name: row[name] for name in added} for row in expected
    ]
    return answered


def test_every_kind_of_row_is_answered_as_an_audit_answers_it(spark: Any) -> None:
    answered = alike(spark, pa.Table.from_pylist(every_kind_of_row()))
    assert sum(bool(row["problem"]) for row in answered) == len(answered) // 2


def test_noise_never_frees_on_spark(spark: Any) -> None:
    drawn = [draw for draw in draws(600, 7) if says_something(draw)]
    answered = alike(spark, pa.Table.from_pylist(rows_of(drawn)).drop_columns(["n"]))
    assert not freed(drawn, [row["outcome"] for row in answered])


def test_days_as_dates_with_some_missing_or_impossible(spark: Any) -> None:
    days = [date(2022, 9, 15), None, date(2023, 11, 17), date(1970, 1, 1), date(1989, 12, 31), date(2100, 12, 31),
            date(2101, 1, 1), date(9999, 12, 31), date(1, 1, 1)]  # fmt: skip
    chips = ["A100", "H800", "Abacus 3000", None, ""]
    rows = [{"chip": chip, "date": day, "to": "CN"} for chip in chips for day in days]
    answered = alike(spark, pa.Table.from_pylist(rows), exporter="maker")
    assert [row["problem"] for row in answered if row["date"] is None and row["chip"] == "Abacus 3000"] == [
        "the date is empty; it is never assumed. no chip is called 'Abacus 3000'. Say what it means in names={...}."
    ]
    plain = alike(
        spark, pa.Table.from_pylist([row for row in rows if row["date"] == date(2022, 9, 15)]), exporter="maker"
    )
    assert plain[0]["outcome"] == "license_required"


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_moments_are_days_only_where_they_have_no_time_zone(spark: Any, zone: str | None) -> None:
    moments = [datetime(2022, 9, 15, 23, 30), datetime(2022, 9, 15), datetime(2023, 11, 17, 3), None]
    kind = pa.timestamp("us", zone)
    table = pa.table(
        {
            "chip": ["A100"] * 4,
            "date": pa.array([m and m.replace(tzinfo=UTC if zone else None) for m in moments], kind),
        }
    )
    # Spark takes Arrow's moments without a zone for moments in its session's zone unless told
    spark.conf.set("spark.sql.timestampType", "TIMESTAMP_LTZ" if zone else "TIMESTAMP_NTZ")
    answered = alike(spark, table, to="CN", exporter="maker")
    spark.conf.unset("spark.sql.timestampType")
    assert {row["outcome"] for row in answered[:3]} == ({"indeterminate"} if zone else {"license_required"})


def test_days_as_texts_of_every_form(spark: Any) -> None:
    texts = ["2022-09-15", " 2022-09-15 ", "2022-09-15 14:05", "2022-09-15T14:05:09.123", "2022-09-15 14:05 CET",
             "2022-02-30 10:00", "1989-01-01 10:00", "2022-09-15 14:05\n", "15/09/2022", "15 Sep 2022", "", None,
             "2022-9-15 10:00", "2022-09-15 1:05"]  # fmt: skip
    table = pa.table({"chip": ["A100"] * len(texts), "date": texts})
    alike(spark, table, to="CN", exporter="maker")
    alike(spark, table, to="CN", exporter="maker", dates="dmy")
    said = alike(spark, table, to="CN", exporter="maker", names={"on": {"2022-09-15 14:05": "2019-01-01"}})
    assert [row["outcome"] for row in said[:3]] == ["license_required", "license_required", "not_released"]


def test_days_as_numbers_of_a_spreadsheet(spark: Any) -> None:
    alike(
        spark, pa.table({"chip": ["A100"] * 3, "date": [44819, 45216, None]}), to="CN", exporter="maker", dates="excel"
    )


def test_figures_of_every_kind_of_number(spark: Any) -> None:
    table = pa.table(
        {
            "date": [date(2023, 11, 17)] * 4,
            "tpp": pa.array([4992.0, 4992.5, float("nan"), None]),
            "die_area_mm2": pa.array([Decimal("826.00"), Decimal("826.5"), None, Decimal("0.00")], pa.decimal128(8, 2)),
            "aggregate_io_gbytes_s": pa.array([600, -1, 400, None], pa.int16()),
            "designed_for_datacenter": [True, False, None, True],
        }
    )
    alike(spark, table, to="CN", exporter="other")


def test_every_option_reaches_the_rows(spark: Any) -> None:
    table = pa.table(
        {
            "Part": ["A100", "GPU-1", "H800 ", "TX-9", "B200"],
            "Ship date": ["03/04/2023", "17/11/2023", "01/12/2023", "01/12/2023", "2027-01-01"],
            "Dest": ["Macau", "Macau", "SG", "SG", "HK"],
            "Consignee": ["Inspur", "Acme", "Huawei Technologies Co., Ltd.; Acme", None, "Acme"],
            "Notify": ["", "x", "", "", ""],
        }
    )
    options: dict[str, Any] = {
        "exporter": "other",
        "columns": {"chip": "Part", "on": "Ship date", "to": "Dest", "end_user": "Consignee"},
        "ignore": ["Notify"],
        "names": {"chip": {"GPU-1": "H100", "TX-9": "not an AI chip"}},
        "dates": "dmy",
        "prefix": "er_",
        "also_on": "2024-06-03",
    }
    answered = alike(spark, table, **options)
    assert answered[1]["er_list"] == "license then"
    alike(spark, table, **options, answers=["problem", "outcome"], known_on="2023-11-01")
    alike(spark, table, **options, as_printed=True, answers=["holds_until"])


def test_names_of_columns_may_hold_anything(spark: Any) -> None:
    table = pa.table({"the.chip": ["A100"], "a `day`": ["2022-09-15"], "__exportrules_profile": [7]})
    answered = alike(spark, table, to="CN", exporter="maker", columns={"chip": "the.chip", "on": "a `day`"})
    assert answered[0]["__exportrules_profile"] == 7


def test_an_empty_table_is_answered_by_an_empty_table(spark: Any) -> None:
    schema = pa.schema([("chip", pa.string()), ("date", pa.date32()), ("to", pa.string())])
    assert alike(spark, schema.empty_table(), exporter="other") == []


def test_spark_plans_broadcast_joins_and_the_rows_stay_where_they_are(spark: Any, tmp_path: Path) -> None:
    days = [date(2021, 1, 1) + timedelta(days=n) for n in range(1500)]
    table = pa.table({"n": range(1500), "chip": ["A100", "H800", "L40S"] * 500, "date": days, "to": ["CN", "DE"] * 750})
    spark.createDataFrame(table).repartition(7).write.parquet(str(tmp_path / "ledger"))
    frame = spark.read.parquet(str(tmp_path / "ledger"))
    found = exportrules.audit(frame, exporter="other")
    plan = found._jdf.queryExecution().executedPlan().toString()
    for word in ("Python", "Pandas", "ArrowEval", "ShuffleExchange", "Exchange hashpartitioning", "SortMergeJoin"):
        assert word not in plan, plan
    assert plan.count("BroadcastHashJoin") == 3
    assert not re.search(" [<>]=? ", plan), (
        plan
    )  # every join is by keys alone: a range of days would be looked at row by row
    before, after = (f.rdd.getNumPartitions() for f in (frame, found))
    assert before == after
    own = [row["n"] for row in frame.select("n").collect()]
    assert [row["n"] for row in found.select("n").collect()] == own
    assert found.where("outcome is null or problem is null").count() == 0


def test_a_row_that_came_in_later_is_no_yes(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text("chip,date,to\nV100,2022-09-15,CN\n", "utf-8")
    frame = spark.read.csv(str(path), header=True)
    found = exportrules.audit(frame, exporter="other")
    path.write_text("chip,date,to\nA100,2022-09-15,DE\n", "utf-8")
    (row,) = found.collect()
    assert (row["chip"], row["outcome"], row["review_policy"]) == ("A100", "indeterminate", "indeterminate")
    assert row["problem"].startswith("the row was not in the table when its profiles were gathered")


def test_text_that_is_compared_without_case_is_read_as_it_is_written(spark: Any) -> None:
    table = pa.table({"chip": ["a100", "A100"], "date": ["2022-09-15"] * 2, "who": ["Inspur", "INSPUR"]})
    frame = spark.createDataFrame(table).selectExpr("chip", "date", "collate(who, 'UTF8_LCASE') as end_user")
    found = exportrules.audit(frame, to="CN", exporter="maker").collect()
    assert [row["end_user"] for row in found] == ["Inspur", "INSPUR"]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("select map('a', 1) as chip, date'2022-09-15' as date", "kind map<string,int>, which cannot be read as cells"),
        ("select array('A100') as chip, date'2022-09-15' as date", "Give a column of text"),
        ("select 'A100' as chip, 'A100' as chip, date'2022-09-15' as date", "two columns of the table have one name"),
        ("select 'A100' as chip, 1 as Chip, date'2022-09-15' as date", "but for upper and lower case"),
        ("select 'A100' as chip", "o column is known as the date of export"),
        ("select 'A100' as chip, date'2022-09-15' as date, 1 as Outcome", "has a column 'outcome' already"),
        ("select 'A100' as chip, date'2022-09-15' as date, 'x' as consignee_country", "may decide"),
    ],
)
def test_a_table_that_cannot_be_answered_is_refused(spark: Any, made: str, said: str) -> None:
    with pytest.raises(QuestionError, match=None) as error:
        exportrules.audit(spark.sql(made), to="CN", exporter="maker")
    assert said in str(error.value)


def test_what_is_no_table_of_spark_is_refused(spark: Any) -> None:
    with pytest.raises(QuestionError, match="stream"):
        exportrules.audit(spark.readStream.format("rate").load(), to="CN", exporter="maker")
    with pytest.raises(QuestionError, match="SparkSession of Spark is not a DataFrame"):
        exportrules.audit(spark, to="CN", exporter="maker")


def test_moments_that_do_not_fit_the_driver_are_refused(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DAYS", 3)
    frame = spark.sql("select 'A100' as chip, cast(id as string) as date from range(5)")
    with pytest.raises(QuestionError, match=r"more than 3 distinct dates: .* to_date\(date\)"):
        exportrules.audit(frame, to="CN", exporter="maker")


def test_a_table_too_large_to_be_broadcast_is_joined_as_spark_likes(
    spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BROADCAST", 0)
    spark.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
    try:
        alike(spark, pa.Table.from_pylist(every_kind_of_row()))
    finally:
        spark.conf.unset("spark.sql.autoBroadcastJoinThreshold")


def test_the_emitted_sql_says_what_check_says_in_spark(spark: Any, tmp_path: Path) -> None:
    options = ["--to", "CN,MO,SG", "--chips", "A100,H800,RTX 4090 D,MI300X", "-o", str(tmp_path / "segments.parquet")]
    assert CliRunner().invoke(cli, ["compile", *options]).exit_code == 0
    spark.createDataFrame(pa.Table.from_pylist(plain_rows())).createOrReplaceTempView("ledger")
    spark.read.parquet(str(tmp_path / "segments.parquet")).createOrReplaceTempView("segments")
    spark.read.parquet(str(tmp_path / "segments.names.parquet")).createOrReplaceTempView("names")
    text = CliRunner().invoke(cli, ["compile", "--sql", "spark"]).output
    sql_is_as_check([row.asDict() for row in spark.sql(text).collect()])


BATCHES = """
import sys, warnings; warnings.simplefilter("ignore")
from tests.test_spark import session, every_kind_of_row, sql, pa
import exportrules
from exportrules.ledger.frames import batch_audit
spark = session(sys.executable)
rows = every_kind_of_row()
frame = spark.createDataFrame(pa.Table.from_pylist([{"n": n, **row} for n, row in enumerate(rows)])).repartition(3)
schema = sql.types.StructType([*frame.schema.fields, sql.types.StructField("outcome", sql.types.StringType())])
told = frame.mapInArrow(batch_audit(answers=["outcome"]), schema).collect()
expected = exportrules.audit(pa.Table.from_pylist(rows)).column("outcome").to_pylist()
assert [row["outcome"] for row in sorted(told, key=lambda row: row["n"])] == expected
print("alike")
"""

CONNECT = """
import os, warnings; warnings.simplefilter("ignore")
from pyspark.sql import SparkSession
from tests.test_spark import alike, every_kind_of_row, NO_PYTHON, pa
os.environ["PYSPARK_PYTHON"] = NO_PYTHON
spark = (SparkSession.builder.remote("local[2]").config("spark.ui.enabled", "false")
         .config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
         .config("spark.sql.shuffle.partitions", "2").getOrCreate())
assert "connect" in type(spark).__module__
answered = alike(spark, pa.Table.from_pylist(every_kind_of_row()))
assert len(answered) > 90
spark.stop()
print("alike")
"""


def ran(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a script in a process of its own. Spark's workers talk over the loopback, which tests/offline refuses."""
    monkeypatch.setenv("PYTHONPATH", str(Path(exportrules.__file__).parent.parent))
    monkeypatch.setenv("SPARK_TESTING", "1")  # a Connect server takes a free port
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("alike\n"), done.stderr[-3000:]


def test_batches_are_answered_on_workers_that_have_it_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    ran(BATCHES, monkeypatch)


def test_spark_connect_answers_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("grpc")
    ran(CONNECT, monkeypatch)
