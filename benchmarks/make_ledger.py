"""A synthetic ledger, the same for the same seed: for the tests, and for `benchmarks/ledger.py`.

    python benchmarks/make_ledger.py 10000000 /tmp/ledger.csv
    python benchmarks/make_ledger.py 200000 /tmp/ledger.csv --damaged 30
    python benchmarks/make_ledger.py 1000000 /tmp/ledger.parquet --profiles 100000

30 chips to 20 destinations over eight years, as a distributor books them; with `--profiles`, so many items of
one's own figures instead. `--damaged` is the share of rows, in percent, that are broken in one of ten ways.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

CHIPS = [
    "A100", "A100 SXM4 80GB", "A800", "H100", "H100 PCIe", "H800", "H20", "H200", "B200", "L40S", "L20", "L2", "L4",
    "RTX 4090", "RTX 4090 D", "RTX 5090", "V100", "T4", "A30", "A10", "MI250X", "MI300X", "MI308X", "MI210",
    "Gaudi 2", "Gaudi 3", "GH200", "GB200", "A40", "RTX A6000",
]  # fmt: skip
PLACES = [
    "CN", "HK", "MO", "SG", "AE", "VN", "JP", "IL", "DE", "US", "GB", "IN", "TW", "KR", "MY", "TH", "SA", "RU",
    "FR", "AU",
]  # fmt: skip
FIRST, DAYS = date(2018, 9, 1), 2920
BATCH = 1 << 19

#: Ways in which a line goes bad: of the line as bytes, without its line end. The header has seven cells.
DAMAGE = {
    "too few cells": lambda line: b",".join(line.split(b",")[:4]),
    "too many cells": lambda line: line + b",left,over",
    "not UTF-8": lambda line: line.replace(b"PO-", b"PO\xe9"),
    "NUL": lambda line: line.replace(b"PO-", b"PO\0"),
    "quotation astray": lambda line: line.replace(b",PO-", b',"PO-'),
    "unknown chip": lambda line: _with_cell(line, 2, b"Abacus 3000"),
    "two chips": lambda line: _with_cell(line, 2, b"H100 / A100"),
    "no date": lambda line: _with_cell(line, 1, b"31/02/2023"),
    "moment": lambda line: _with_cell(line, 1, b"2023-10-17T23:00:00Z"),
    "no destination": lambda line: _with_cell(line, 3, b""),
}


def _with_cell(line: bytes, number: int, cell: bytes) -> bytes:
    cells = line.split(b",")
    cells[number] = cell
    return b",".join(cells)


def tables(rows: int, profiles: int = 0, seed: int = 1) -> Iterator[pa.Table]:
    """The ledger in tables of Arrow."""
    random = np.random.default_rng(seed)
    for begin in range(0, rows, BATCH):
        count = min(BATCH, rows - begin)
        days = (np.datetime64(FIRST) + random.integers(0, DAYS, count)).astype("datetime64[D]")
        columns = {
            "shipment": pa.array(np.arange(100_000_000 + begin, 100_000_000 + begin + count)),
            "ship_date": pa.array(days),
            **(_own(random, count, profiles) if profiles else _grid(random, count)),
            "exporter": pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), ["other"]),
            "quantity": pa.array(random.integers(1, 65, count)),
            "reference": pa.array(np.char.add("PO-", random.integers(0, 1_000_000, count).astype(str))),
        }
        yield pa.table(columns)


def _grid(random: np.random.Generator, count: int) -> dict[str, pa.Array]:
    return {
        "part": pa.DictionaryArray.from_arrays(random.integers(0, len(CHIPS), count).astype(np.int32), CHIPS),
        "destination": pa.DictionaryArray.from_arrays(random.integers(0, len(PLACES), count).astype(np.int32), PLACES),
    }


def _own(random: np.random.Generator, count: int, profiles: int) -> dict[str, pa.Array]:
    """Items by their figures, each of so many sets of them."""
    which = random.integers(0, profiles, count)
    return {
        "tpp": pa.array(500 + which),
        "die_area_mm2": pa.array(400 + which % 400),
        "aggregate_io_gbytes_s": pa.array(100 + which % 900),
        "dram_bandwidth_gbytes_s": pa.array(500 + which % 4000),
        "designed_for_datacenter": pa.array(which % 2 == 0),
        "destination": pa.DictionaryArray.from_arrays((which % len(PLACES)).astype(np.int32), PLACES),
    }


def make(path: Path, rows: int, *, damaged: float = 0, profiles: int = 0, seed: int = 1) -> None:
    """Write a ledger: .csv or .parquet. Only a .csv can be damaged."""
    made = tables(rows, profiles, seed)
    if path.suffix == ".parquet":
        first = next(made)
        with pq.ParquetWriter(path, first.schema) as parquet:
            for table in itertools.chain([first], made):
                parquet.write_table(table)
        return
    options = pa.csv.WriteOptions(include_header=False, quoting_style="none")
    random = np.random.default_rng(seed + 1)
    with path.open("wb") as file:
        for number, table in enumerate(made):
            if number == 0:
                file.write(",".join(table.column_names).encode() + b"\n")
            if not damaged:
                pa.csv.write_csv(table, file, options)
                continue
            sink = pa.BufferOutputStream()
            pa.csv.write_csv(table, sink, options)
            file.write(_damaged(sink.getvalue().to_pybytes(), random, damaged))


def _damaged(text: bytes, random: np.random.Generator, percent: float) -> bytes:
    lines = text.splitlines()
    ways = list(DAMAGE.values())
    chosen = np.flatnonzero(random.random(len(lines)) * 100 < percent)
    for row, way in zip(chosen.tolist(), random.integers(0, len(ways), len(chosen)).tolist(), strict=True):
        lines[row] = ways[way](lines[row])
    return b"\n".join(lines) + b"\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--damaged", type=float, default=0, metavar="PERCENT")
    parser.add_argument("--profiles", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    make(asked.path, asked.rows, damaged=asked.damaged, profiles=asked.profiles, seed=asked.seed)


if __name__ == "__main__":
    main()
