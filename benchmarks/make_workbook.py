"""A workbook as a distributor's departments keep it, the same for the same seed: for the tests, and to try an audit on.

    python -m benchmarks.make_workbook 5000 shipments.xlsx --names names.csv

Three sheets of shipments and a cover: titles in merged cells above a header in row 6, a header of two rows on one
sheet, its own column names on another; Japanese customers, days as real dates and as text, memory, CPUs and freight
among the parts, lines of totals, blank rows. `--names` writes what its owner would write into the names file.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

#: Parts as invoices call them, each with the first day on which it was sold here.
CHIPS = {
    "NVIDIA A100-PCIE-40GB": date(2021, 1, 4), "A100 SXM4 80GB": date(2021, 1, 4), "A800 PCIe 80GB": date(2022, 11, 8),
    "NVIDIA H100 PCIe": date(2022, 10, 1), "H100 SXM5 80GB": date(2022, 11, 1), "H800 SXM5": date(2023, 4, 3),
    "H20": date(2024, 2, 1), "H200 SXM": date(2024, 4, 1), "L40S": date(2023, 9, 1), "L4": date(2023, 4, 1),
    "GeForce RTX 4090": date(2022, 10, 12), "GeForce RTX 4090 D": date(2024, 1, 2), "A30": date(2021, 5, 1),
    "A10": date(2021, 5, 1), "T4": date(2021, 1, 4), "MI210": date(2022, 4, 1), "MI300X": date(2024, 1, 8),
    "RTX A6000": date(2021, 1, 4), "2 x A30": date(2021, 5, 1),
}  # fmt: skip
#: What is no AI chip and stands in every distributor's ledger.
OTHERS = [
    "DDR5 RDIMM 64GB 4800", "DDR4 RDIMM 32GB", "Xeon Gold 6430", "EPYC 9354", "SSD 7.68TB U.2 NVMe", "QSFP56 cable 2m",
    "Freight and insurance", "Rail kit 2U",
]  # fmt: skip
PLACES = ["China", "China", "Hong Kong", "Singapore", "Japan", "Japan", "Taiwan", "Germany", "Malaysia", "U.A.E.",
          "Vietnam", "South Korea", "United States"]  # fmt: skip
CUSTOMERS = [
    "株式会社青葉計算機",
    "東都データセンター株式会社",
    "ひばり情報システム株式会社",
    "有限会社みなと部品",
    "広州ランタン雲計算",
    "Guangzhou Lantern Cloud",
    "Straits Compute Pte Ltd",
    "Selat Data Sdn Bhd",
    "Formosa Vision",
    "Gulf Horizon FZE",
    "Rheintal Rechenzentrum GmbH",
    "Pearl Harbor Data Centre",
    "Inspur Electronic Information Industry Co., Ltd.",
]
FIRST, DAYS = date(2021, 1, 4), 1700

Cell = Any
Line = list[Cell]


def shipments(rows: int, seed: int = 1) -> Iterator[tuple[str, date, str, int, int, str, str]]:
    """Invented shipments: invoice, day, part, quantity, value in US dollars, country, customer."""
    draw = random.Random(seed)
    for number in range(rows):
        other = draw.random() < 0.25
        day = FIRST + timedelta(days=draw.randrange(DAYS))
        sold = OTHERS if other else [chip for chip, since in CHIPS.items() if since <= day]
        part = draw.choice(sold)
        quantity = draw.choice((1, 2, 4, 8, 16, 32, 64))
        value = quantity * draw.randrange(40, 900) * (1 if other else 30)
        place, customer = draw.choice(PLACES), draw.choice(CUSTOMERS)
        yield f"INV-{20001 + number}", day, part, quantity, value, place, customer


def make(path: Path, rows: int, *, seed: int = 1) -> int:
    """Write the workbook; returns how many of its rows are shipments: `rows`."""
    import xlsxwriter

    made = list(shipments(rows, seed))
    third = rows // 3
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # the same file for the same seed
        _cover(book)
        _plain(book, "Direct sales", made[:third])
        _grouped(book, "Channel", made[third : 2 * third])
        _japanese(book, "日本支店", made[2 * third :])
    return len(made)


def _cover(book: Any) -> None:
    sheet = book.add_worksheet("Cover")
    sheet.merge_range("B2:G2", "Northwind Compute K.K. - export lookback", book.add_format({"bold": True}))
    sheet.write("B4", "Prepared for counsel. All amounts in US dollars. Sheets: direct, channel, Japan branch.")


def _totals(lines: list[Line], at: int, quantity: int, value: int, word: str) -> Line:
    """A line of sums over some lines, with a word for it in the column `at`."""
    total: Line = [None] * len(lines[0])
    total[at] = word
    total[quantity] = sum(line[quantity] for line in lines)
    total[value] = sum(line[value] for line in lines)
    return total


def _write(sheet: Any, row: int, line: Line, day: Any) -> None:
    for column, cell in enumerate(line):
        if isinstance(cell, date):
            sheet.write_datetime(row, column, cell, day)
        elif cell is not None:
            sheet.write(row, column, cell)


def _plain(book: Any, name: str, made: list[Any]) -> None:
    """Titles in merged cells, the header in row 6, a subtotal and a blank row after every 200 lines, one total."""
    sheet = book.add_worksheet(name)
    sheet.merge_range("A1:G1", "Direct sales, all regions", book.add_format({"bold": True, "align": "center"}))
    sheet.merge_range("A2:G2", "Date of report: see cover; destination as invoiced", book.add_format({"italic": True}))
    head = ["Invoice", "Ship date", "Part description", "Qty", "Value (USD)", "Ship-to country", "Customer"]
    sheet.write_row(5, 0, head, book.add_format({"bold": True}))
    day = book.add_format({"num_format": "yyyy/mm/dd"})
    row, lines = 6, [[n, d, part, q, v, to, who] for n, d, part, q, v, to, who in made]
    for begin in range(0, len(lines), 200):
        block = lines[begin : begin + 200]
        for line in [*block, _totals(block, 2, 3, 4, "Subtotal")]:
            _write(sheet, row, line, day)
            row += 1
        row += 1  # a blank row
    if lines:
        _write(sheet, row, _totals(lines, 0, 3, 4, "Grand total"), day)


def _grouped(book: Any, name: str, made: list[Any]) -> None:
    """A header of two rows, its groups merged; days as text."""
    sheet = book.add_worksheet(name)
    sheet.merge_range("A1:G1", "Channel partners", book.add_format({"bold": True}))
    bold = book.add_format({"bold": True, "align": "center"})
    sheet.write(2, 0, "Document", bold)
    sheet.merge_range(2, 1, 2, 2, "Goods", bold)
    sheet.merge_range(2, 3, 2, 4, "Ship", bold)
    sheet.merge_range(2, 5, 2, 6, "Billing", bold)
    sheet.write_row(3, 0, ["Invoice", "Part no", "Qty", "date", "to country", "Customer", "Value (USD)"], bold)
    for row, (number, on, part, quantity, value, to, who) in enumerate(made, 4):
        written = (on.isoformat(), f"{on:%d %b %Y}", f"{on.day}. {_MONATE[on.month - 1]} {on.year}")[row % 3]
        sheet.write_row(row, 0, [number, part, quantity, written, to, who, value])
    if made:
        total = ["Total", None, sum(m[3] for m in made), None, None, None, sum(m[4] for m in made)]
        sheet.write_row(len(made) + 4, 0, total)


_MONATE = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
           "Dezember"]  # fmt: skip


def _japanese(book: Any, name: str, made: list[Any]) -> None:
    """Its own column names, in Japanese; days as text, as they are written there."""
    sheet = book.add_worksheet(name)
    sheet.merge_range("A1:G1", "日本支店 出荷実績", book.add_format({"bold": True}))
    sheet.write_row(3, 0, ["請求書番号", "出荷日", "品名", "数量", "金額(USD)", "仕向国", "得意先名"])
    for row, (number, on, part, quantity, value, to, who) in enumerate(made, 4):
        sheet.write_row(row, 0, [number, f"{on.year}年{on.month}月{on.day}日", part, quantity, value, to, who])
    if made:
        total = ["合計", None, None, sum(m[3] for m in made), sum(m[4] for m in made), None, None]
        sheet.write_row(len(made) + 4, 0, total)


def write_names(path: Path) -> None:
    """The names file of its owner: which parts are no AI chips."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("column", "written", "means"))
        writer.writerows(("chip", part, "not an AI chip") for part in OTHERS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--names", type=Path, metavar="FILE")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    make(asked.path, asked.rows, seed=asked.seed)
    if asked.names:
        write_names(asked.names)


if __name__ == "__main__":
    main()
