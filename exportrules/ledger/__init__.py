"""A table in, the same table with answers out: each row under the law of its own day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from exportrules.law.ruleset import Ruleset

Table = TypeVar("Table")


def audit(
    table: Table,
    *,
    to: str | None = None,
    exporter: str | None = None,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    ignore: Sequence[str] = (),
    names: Mapping[str, Mapping[str, str]] | None = None,
    dates: str = "iso",
    answers: Sequence[str] | None = None,
    prefix: str = "",
    also_on: date | str | None = None,
    known_on: date | str | None = None,
    as_printed: bool = False,
    ruleset: Ruleset | None = None,
) -> Table:
    """Answer every row of a table; the same kind of table out, its own columns first.

    `table` is a pyarrow Table, RecordBatch or RecordBatchReader, a pandas, Polars or Spark DataFrame, or a
    DuckDB relation. Columns are recognised by their names, or given by `columns={"chip": "Part No", "on": "Ship
    date"}`; `ignore=["Notify Party"]` lists those that do not matter. `to` and `exporter` apply to all rows if no
    column gives them; neither is ever assumed. `names` maps spellings of the table to their meanings ({"chip":
    {"GPU-1": "A100"}}), `dates` states how days are written ("iso", "dmy", "mdy", "excel", "excel1904"; or two with a
    comma between, "dmy,excel"), `answers` lists the answer columns to add, and `prefix` is put before their names.

    A row that cannot be read is `indeterminate`, with its `problem`. Raises QuestionError if columns are missing or
    ambiguous; needs `pip install 'exportrules[ledger]'`.
    """
    try:
        from exportrules.ledger.frames import audit as answer
    except ModuleNotFoundError as error:
        from exportrules.errors import QuestionError

        raise QuestionError(f"this needs {error.name}. Install it with: pip install 'exportrules[ledger]'") from None
    answered: Table = answer(
        table, to=to, exporter=exporter, columns=columns, ignore=ignore, names=names, dates=dates, answers=answers,
        prefix=prefix, also_on=also_on, known_on=known_on, as_printed=as_printed, ruleset=ruleset,
    )  # fmt: skip
    return answered
