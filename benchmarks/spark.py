"""An audit on Spark beside a plain copy of the same table by the same Spark.

    python -m benchmarks.spark                     # ten million rows in 32 files
    python -m benchmarks.spark --rows 2000000 --files 8 --rounds 2

Needs `pip install '.[spark]'` and a Java runtime. The table is partitioned on disk; every side reads it and writes
Parquet. An audit of two answer columns stands beside a copy and beside a copy that gets two columns of the same kinds,
one of all eleven beside a copy that gets eleven columns of texts of the same lengths, since writing them costs whatever
they say. Sides take turns, and a figure is a median beside another median of the run: by the clock, and in processor
time of Spark and its driver, which other work on the machine moves less. The last three lines write nothing: what
reading costs, what gathering distinct cells and compiling answers does, and what an audit does where rows go on to
another step.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import exportrules
from benchmarks.make_ledger import tables

TARGET = 1.8
#: A text and a date of as many kinds as answers are, for a copy with as many columns.
TWO = ["concat('xxxxxxxxxxxxxxxxxx', shipment % 4)", "date_sub(ship_date, cast(shipment % 400 as int))"]
#: Texts, likewise.
PLAIN = [f"concat('{'x' * length}', shipment % 40)" for length in (18, 10, 6, 24, 4, 8, 8, 6, 1, 1, 5)]


def session(cores: int) -> Any:
    """A Spark of this machine alone, that cannot start a Python on its workers."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = "/no/python/on/the/workers"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (
            SparkSession.builder.master(f"local[{cores}]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.memory", "4g")
            .getOrCreate()
        )


def write_ledger(directory: Path, rows: int, files: int) -> None:
    """The synthetic ledger as a directory of Parquet files."""
    directory.mkdir()
    each = -(-rows // files)
    for number in range(files):
        count = min(each, rows - number * each)
        made = list(tables(count, seed=number + 1))
        with pq.ParquetWriter(directory / f"part-{number:05}.parquet", made[0].schema) as file:
            for table in made:
                file.write_table(table)


def timed(spark: Any, work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and of processors."""
    java = spark._jvm.java.lang.ProcessHandle.current()

    def processors() -> float:
        return int(java.info().totalCpuDuration().get().toMillis()) / 1000 + time.process_time()

    clock, busy = time.perf_counter(), processors()
    work()
    return time.perf_counter() - clock, processors() - busy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2)
    asked = parser.parse_args()
    spark = session(asked.cores)
    with tempfile.TemporaryDirectory() as work:
        place = Path(work)
        write_ledger(place / "ledger", asked.rows, asked.files)
        ledger = spark.read.parquet(str(place / "ledger"))

        def write(frame: Any, name: str) -> None:
            frame.write.mode("overwrite").parquet(str(place / name))

        def audit(name: str, answers: list[str] | None) -> None:
            answered = exportrules.audit(ledger, answers=answers)
            if answered.rdd.getNumPartitions() != ledger.rdd.getNumPartitions():
                print("the audit has another number of partitions than the table")
            write(answered, name)

        def drop(frame: Any) -> None:
            frame.write.mode("overwrite").format("noop").save()

        more = ledger.selectExpr("*", *(f"{value} as more_{n}" for n, value in enumerate(TWO)))
        wide = ledger.selectExpr("*", *(f"{text} as more_{n}" for n, text in enumerate(PLAIN)))
        sides: dict[str, Callable[[], None]] = {
            "copy": lambda: write(ledger, "copy"),
            "copy, two more": lambda: write(more, "more"),
            "audit, two columns": lambda: audit("two", ["outcome", "holds_from"]),
            "copy, eleven more": lambda: write(wide, "wide"),
            "audit, all columns": lambda: audit("audited", None),
            "read": lambda: drop(ledger),
            "gather and compile": lambda: exportrules.audit(ledger, answers=["outcome", "holds_from"]),
            "answer, two columns": lambda: drop(exportrules.audit(ledger, answers=["outcome", "holds_from"])),
        }
        for warm in sides.values():
            warm()
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for _ in range(asked.rounds):
            for name, side in sides.items():
                found[name].append(timed(spark, side))
        seconds, busy = (
            {name: statistics.median(times[which] for times in found[name]) for name in sides} for which in (0, 1)
        )
        rows_out = [spark.read.parquet(str(place / name)).count() for name in ("two", "audited")]
    spark.stop()
    print(f"{asked.rows:,} rows in {asked.files} files, {asked.cores} cores; {rows_out} rows came out")
    for name, each in seconds.items():
        print(f"{name:20} {each:6.1f} s {busy[name]:6.1f} s of processors")
    for name, beside in (
        ("audit, two columns", "copy"),
        ("audit, two columns", "copy, two more"),
        ("audit, all columns", "copy, eleven more"),
    ):
        ratio = seconds[name] / seconds[beside]
        print(
            f"{name} / {beside}: {ratio:.2f}, target at most {TARGET}: {'met' if ratio <= TARGET else 'not met'} "
            f"({busy[name] / busy[beside]:.2f} of processors)"
        )
    print(f"audit, all columns / copy: {seconds['audit, all columns'] / seconds['copy']:.2f}")


if __name__ == "__main__":
    main()
