"""What an audit does with a column of buyers under any header: reads it, or stops. Nothing is passed over.

    python -m benchmarks.columns

An invented ledger of 5,000 rows has 4 in 100 of its rows sent to listed parties. For each header: how the audit takes
it, and how many requirements would have been missed had the column been passed over.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

import exportrules
from benchmarks.make_ledger import tables

ROWS, LISTED_PERCENT = 5_000, 4

#: As companies write them; the last five say nothing of buyers.
HEADERS = (
    "Consignee Name", "Ultimate Consignee", "Ship-to Party Name", "Sold-To Party", "Buyer Name", "Notify Party",
    "Freight Forwarder", "Importer of Record", "Parent", "Customer Parent", "Global Parent HQ", "Customer/Account",
    "Intermediate Consignee 2", "Bill-to Customer", "End Customer", "Final user", "Kunde", "Kundenname", "Endkunde",
    "Warenempfänger", "Abnehmer", "Besteller", "得意先名", "納入先", "需要者", "最終需要者", "出荷先名",
    "エンドユーザー", "収货人", "收货人", "买方", "最终用户", "收貨人", "客户名称", "通知人", "Remarks", "Col7",
    "Text 1", "備考", "Gegenseite",
)  # fmt: skip
LISTED = ("Inspur Group Co., Ltd.", "Huawei Technologies Co., Ltd.", "Phytium Technology Co., Ltd.")


def ledger(header: str, rows: int = ROWS, seed: int = 11) -> pa.Table:
    """The invented ledger, with a column of buyers under this header."""
    random = np.random.default_rng(seed)
    listed = random.random(rows) * 100 < LISTED_PERCENT
    names = [
        LISTED[number % len(LISTED)] if bad else f"Buyer {number} Ltd"
        for number, bad in zip(random.integers(0, 900, rows).tolist(), listed.tolist(), strict=True)
    ]
    (plain,) = tables(rows, seed=seed)
    return plain.append_column(header, pa.array(names))


def requirements(table: pa.Table, **options: Any) -> int:
    """How many rows need a license."""
    outcomes = exportrules.audit(table, answers=["outcome"], **options).column("outcome").to_pylist()
    return int(outcomes.count("license_required"))


def taken(header: str) -> str:
    """'read as FIELD', 'stops', or 'passed over'."""
    from exportrules.ledger.columns import recognise

    table = ledger(header)
    try:
        requirements(table)
    except exportrules.QuestionError:
        return "stops"
    fields = recognise(exportrules.default_ruleset(), table.column_names, {}, {}).fields
    return next((f"read as {field}" for field, names in fields.items() if header in names), "passed over")


def main() -> None:
    whole, without = (requirements(ledger("x"), **options) for options in ({"columns": {"parties": "x"}},
                                                                          {"ignore": ["x"]}))  # fmt: skip
    print(f"{ROWS:,} rows, {whole:,} need a license; {whole - without:,} of them for their buyer alone")
    found = {header: taken(header) for header in HEADERS}
    for header, how in found.items():
        print(f"{how:18}  {header}")
    over = sum(how == "passed over" for how in found.values())
    print(f"passed over: {over} of {len(HEADERS)} headers")


if __name__ == "__main__":
    main()
