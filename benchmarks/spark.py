"""An audit on Spark beside a plain copy of the same table by the same Spark.

    python -m benchmarks.spark                     # ten million rows in 32 files
    python -m benchmarks.spark --rows 2000000 --files 8 --rounds 2

Needs `pip install '.[spark]'` and a Java runtime. The table is partitioned on disk. Both sides read it and write all of
its columns as Parquet, the audit every answer column beside them; they take turns, and a figure is a median beside the
other median of the run. "Answers alone" writes nothing: what the audit costs where the rows go on to another step.
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


def write_ledger(folder: Path, rows: int, files: int) -> None:
    """The synthetic ledger as a folder of Parquet files."""
    folder.mkdir()
    each = -(-rows // files)
    for number in range(files):
        count = min(each, rows - number * each)
        made = list(tables(count, seed=number + 1))
        with pq.ParquetWriter(folder / f"part-{number:05}.parquet", made[0].schema) as file:
            for table in made:
                file.write_table(table)


def timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


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

        def copy() -> None:
            ledger.write.mode("overwrite").parquet(str(place / "copy"))

        def audit() -> None:
            answered = exportrules.audit(ledger)
            if answered.rdd.getNumPartitions() != ledger.rdd.getNumPartitions():
                print("the audit has another number of partitions than the table")
            answered.write.mode("overwrite").parquet(str(place / "audited"))

        def read() -> None:
            ledger.write.mode("overwrite").format("noop").save()

        def answer() -> None:
            exportrules.audit(ledger).write.mode("overwrite").format("noop").save()

        sides = {"copy": copy, "audit": audit, "read alone": read, "answers alone": answer}
        for warm in sides.values():
            warm()
        found: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(asked.rounds):
            for name, side in sides.items():
                found[name].append(timed(side))
        seconds = {name: statistics.median(times) for name, times in found.items()}
        ratio = seconds["audit"] / seconds["copy"]
        rows_out = spark.read.parquet(str(place / "audited")).count()
    spark.stop()
    print(f"{asked.rows:,} rows in {asked.files} files, {asked.cores} cores; {rows_out:,} rows came out")
    for name, each in seconds.items():
        print(f"{name:14} {each:6.1f} s")
    print(f"audit / copy   {ratio:6.2f}   target at most {TARGET}: {'met' if ratio <= TARGET else 'not met'}")


if __name__ == "__main__":
    main()
