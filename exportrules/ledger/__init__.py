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
    DuckDB relation. Columns are recognised by their names, or told by `columns={"chip": "Part No", "on": "Ship
    date"}`; `ignore=["Notify Party"]` says which do not matter. `to` and `exporter` say for all rows what no column
    says, and are never assumed. `names` says what words of the table mean ({"chip": {"GPU-1": "A100"}}), `dates`
    how days are written ("iso", "dmy", "mdy", "excel", "excel1904"; two with a comma between, "dmy,excel"), `answers`
    which answer columns to add, and `prefix` what stands before their names.

    A row that cannot be read is `indeterminate`, with its `problem`. Raises QuestionError where the table does
    not say enough; needs `pip install 'exportrules[ledger]'`.
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
