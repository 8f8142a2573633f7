"""Audits beside what a user would do without: reading the same columns, copying the same file.

    python -m benchmarks.ledger             # the table: 10 and 100 million rows, some 20 minutes and 12 GB of disk
    python -m benchmarks.ledger --quick     # a tenth of the rows: a look, not a figure to quote

Every job is a process of its own, so that its peak memory is its own too. A time is that of the work with the law
loaded in it, Python's start and imports left out on both sides; the sides take turns, and a line sets one median beside
another of the same run.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.make_ledger import make

COLUMNS = "['part', 'ship_date', 'destination']"

#: A process: what it imports before the clock starts, and what is timed.
#: The peak is Linux's VmHWM: a process's `ru_maxrss` is at least that of the one that started it.
SCRIPT = """
import re, time
{imports}
started = time.perf_counter()
{work}
seconds = time.perf_counter() - started
print(seconds, int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""

AUDIT_IMPORTS = """
import exportrules
import pyarrow.parquet
from pathlib import Path
from exportrules.ledger.run import Settings, audit
from exportrules.ledger.sources import open_source
from exportrules.ledger.summary import summarise
"""


class Job(NamedTuple):
    """A piece of work in a process of its own."""

    name: str
    imports: str
    work: str


class Figure(NamedTuple):
    seconds: float
    megabytes: float


def audited(name: str, ledger: Path, out: Path | None = None, columns: Sequence[str] | None = None) -> Job:
    target = f"Path({str(out)!r})" if out else "None"
    settings = f"Settings(answer_columns={tuple(columns)!r})" if columns else "Settings()"
    work = f"""
law = exportrules.load_ruleset()
account = audit(open_source({str(ledger)!r}), law, {settings}, {target})
assert sum(summarise(account, law, account.lookup.layer).outcomes.values()) == account.rows_in
"""
    return Job(name, AUDIT_IMPORTS, work)


def arrow_read(ledger: Path) -> Job:
    return Job("pyarrow: read the three columns", "import pyarrow.parquet as pq",
               f"pq.read_table({str(ledger)!r}, columns={COLUMNS})")  # fmt: skip


def arrow_read_all(ledger: Path) -> Job:
    """What an audit reads: the columns that it does not need as well, since a listed name may stand in them."""
    return Job("pyarrow: read every column", "import pyarrow.parquet as pq", f"pq.read_table({str(ledger)!r})")


def duckdb_read(ledger: Path) -> Job:
    work = f"duckdb.sql(\"select part, ship_date, destination from '{ledger}'\").to_arrow_table()"
    return Job("DuckDB: read the three columns", "import duckdb", work)


def polars_read(ledger: Path) -> Job:
    return Job(
        "Polars: read the three columns", "import polars", f"polars.read_parquet({str(ledger)!r}, columns={COLUMNS})"
    )


def arrow_copy(ledger: Path, out: Path) -> Job:
    work = f"""
with csv.open_csv({str(ledger)!r}, convert_options=csv.ConvertOptions(column_types=kinds)) as reader:
    with csv.CSVWriter({str(out)!r}, reader.schema) as writer:
        for batch in reader:
            writer.write(batch)
"""
    head = ledger.open().readline().strip().split(",")
    kinds = f"kinds = dict.fromkeys({head!r}, pyarrow.string())"
    return Job("pyarrow: copy of the CSV", f"import pyarrow, pyarrow.csv as csv\n{kinds}", work)


def duckdb_copy(ledger: Path, out: Path) -> Job:
    work = f"duckdb.sql(\"copy (select * from read_csv('{ledger}', all_varchar=true)) to '{out}' (header)\")"
    return Job("DuckDB: copy of the CSV", "import duckdb", work)


def polars_copy(ledger: Path, out: Path) -> Job:
    work = f"polars.scan_csv({str(ledger)!r}, infer_schema=False).sink_csv({str(out)!r})"
    return Job("Polars: copy of the CSV", "import polars", work)


def measured(jobs: Sequence[Job], rounds: int) -> list[Figure]:
    """The median of each job; the jobs take turns."""
    seconds: list[list[float]] = [[] for _ in jobs]
    memory = [0.0] * len(jobs)
    for _ in range(rounds):
        for number, job in enumerate(jobs):
            script = SCRIPT.format(imports=job.imports, work=job.work)
            done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{job.name}:\n{done.stderr}")
            time, peak = map(float, done.stdout.split()[-2:])
            seconds[number].append(time)
            memory[number] = max(memory[number], peak)
    return [Figure(statistics.median(s), m) for s, m in zip(seconds, memory, strict=True)]


def compared(
    what: str, ours: Job, others: Sequence[tuple[Job, float | None]], rounds: int, megabytes: float = 1000
) -> Iterator[str]:
    figures = measured([ours, *(job for job, _ in others)], rounds)
    mine = figures[0]
    for (job, target), figure in zip(others, figures[1:], strict=True):
        yield line(what, job.name, f"{mine.seconds / figure.seconds:.2f}", target, mine.seconds / figure.seconds)
    yield f"| | *{mine.seconds:.1f} s; {', '.join(f'{f.seconds:.1f} s' for f in figures[1:])}* | | | |"
    yield line(what, "peak memory", f"{mine.megabytes:,.0f} MB", megabytes, mine.megabytes, " MB")


def line(what: str, beside: str, shown: str, target: float | None, value: float, unit: str = "") -> str:
    met = "" if target is None else "met" if value <= target else "not met"
    return f"| {what} | {beside} | {shown} | {'' if target is None else f'at most {target:g}{unit}'} | {met} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    rows = 1_000_000 if asked.quick else 10_000_000
    print("| what | beside | ratio | target | |\n| --- | --- | ---: | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        for text in lines(Path(directory), rows, asked.rounds):
            print(text, flush=True)


def lines(directory: Path, rows: int, rounds: int) -> Iterator[str]:
    parquet, text, out, copy = (directory / name for name in ("l.parquet", "l.csv", "out.csv", "copy.csv"))
    millions = f"{rows // 1_000_000} million rows"
    make(parquet, rows)
    reads: list[tuple[Job, float | None]] = [
        (arrow_read(parquet), 2),
        (duckdb_read(parquet), None),
        (polars_read(parquet), None),
    ]
    yield from compared(f"Parquet to summary, {millions}", audited("audit", parquet), reads, rounds)
    make(text, rows)
    copies: list[tuple[Job, float | None]] = [
        (arrow_copy(text, copy), 2),
        (duckdb_copy(text, copy), 2),
        (polars_copy(text, copy), 2),
    ]
    two = audited("audit", text, out, ("outcome", "holds_from"))
    yield from compared(f"CSV to CSV, outcome and holds_from, {millions}", two, copies, rounds)
    every = audited("audit", text, out)
    measured([every], 1)
    as_many = directory / "as-many-bytes.csv"
    out.rename(as_many)
    copies = [(arrow_copy(as_many, copy), 1.5), (duckdb_copy(as_many, copy), 1.5), (polars_copy(as_many, copy), 1.5)]
    yield from compared(f"CSV to CSV, all columns, {millions}; a copy of as many bytes", every, copies, rounds)
    for path in (text, out, copy, as_many, parquet):
        path.unlink(missing_ok=True)
    make(parquet, rows * 10)
    audit, reads = audited("audit", parquet), [(arrow_read(parquet), None), (arrow_read_all(parquet), 1.6)]
    yield from compared(f"Parquet to summary, {rows // 100_000} million rows", audit, reads, rounds, 512)
    parquet.unlink()
    damaged = directory / "damaged.csv"
    make(text, 200_000)
    make(damaged, 200_000, damaged=30)
    clean = audited("the same rows clean", text, copy)
    yield from list(compared("200,000 rows, 30 % damaged", audited("audit", damaged, out), [(clean, 1.5)], rounds + 2))
    yield from growth(parquet, rows // 10)


def growth(parquet: Path, rows: int) -> Iterator[str]:
    """How the cost grows where every row has figures of its own."""
    before: tuple[int, float] | None = None
    for profiles in (10, 1_000, 100_000):
        make(parquet, rows, profiles=profiles)
        (figure,) = measured([audited("audit", parquet)], 1)
        took = f"{figure.seconds:.1f} s, {figure.megabytes:,.0f} MB"
        more = ""
        if before:
            more = f"{(figure.seconds - before[1]) / (profiles - before[0]) * 1000:.2f} ms for each more"
        yield f"| {rows:,} rows, {profiles:,} profiles of their own figures | {took} | {more} | | |"
        before = (profiles, figure.seconds)


if __name__ == "__main__":
    main()
