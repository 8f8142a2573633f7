"""A table in, the same table with answers out: each row under the law of its own day."""

from __future__ import annotations

from typing import Any


def audit(table: Any, **options: Any) -> Any:
    """Answer every row of a table; the same kind of table out, its own columns first.

    `table` is a pyarrow Table, RecordBatch or RecordBatchReader, a pandas, Polars or Spark DataFrame, or a
    DuckDB relation. Columns are recognised by their names, or told by `columns={"chip": "Part No", "on": "Ship
    date"}`; `ignore=["Notify Party"]` says which do not matter. `to` and `exporter` say for all rows what no column
    says, and are never assumed. Further options: `names` ({"chip": {"GPU-1": "A100"}}), `dates` ("iso", "dmy", "mdy",
    "excel", "excel1904"), `answers` (the answer columns to add), `prefix` (before their names), `also_on`, `known_on`,
    `as_printed`, `ruleset`.

    A row that cannot be read is `indeterminate`, with its `problem`. Raises QuestionError where the table does
    not say enough; needs `pip install 'exportrules[ledger]'`.
    """
    try:
        from exportrules.ledger.frames import audit as answer
    except ModuleNotFoundError as error:
        from exportrules.errors import QuestionError

        raise QuestionError(f"this needs {error.name}. Install it with: pip install 'exportrules[ledger]'") from None
    return answer(table, **options)
