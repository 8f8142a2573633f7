"""A ledger over HTTP: rows in, the same rows with their answers out. Nothing is stored.

Only text is accepted (CSV, tab-separated, JSON lines), since its size bounds the work. A small Parquet file or workbook
can contain any number of rows; these are for `exportrules audit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exportrules.errors import QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.answers import Layer, chosen_columns
from exportrules.ledger.run import Account, Settings, audit, ranked
from exportrules.ledger.saying import Saying
from exportrules.ledger.sources import open_source
from exportrules.question.values import read_date
from exportrules.serve.requests import Request

#: The suffix of the file as which a body is read, by its media type.
KINDS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
}
REQUEST = Request(
    ("to", "exporter", "map", "ignore", "dates", "encoding", "delimiter", "columns", "prefix", "also_on", "known_on",
     "as_printed"),
    says={
        "to": "Destination of every row, where no column says it. It is never assumed.",
        "exporter": "Exporter of every row, where no column says it: maker, other, or a company's name. It is never "
        "assumed.",
    },
)  # fmt: skip
_MARKS = {"tab": "\t", "comma": ",", "semicolon": ";"}


class _Query:
    """The wording of cures in error messages for a caller of `/audit`."""

    mapping, answers, also_on, names = (
        "map",
        "columns",
        "also_on=...",
        "the cell itself",
    )

    def column(self, field: str, name: str) -> str:
        return f"map[{field}]={name}"

    def columns(self, pairs: Sequence[tuple[str, str]]) -> str:
        return "&".join(self.column(field, name) for field, name in pairs)

    def every(self, field: str, value: str = "") -> str:
        return f"{field}={value}"

    def ignore(self, names: Sequence[str]) -> str:
        return "&".join(f"ignore={name}" for name in names)

    def dates(self, style: str) -> str:
        return f"dates={style}"

    def option(self, name: str, value: str = "") -> str:
        return f"{name}={value or '...'}"

    def header_row(self, row: int) -> str:
        return ""


QUERY: Saying = _Query()


def _settings_of(given: dict[str, Any]) -> Settings:
    """The settings of a request, which apply to every row. Raises QuestionError."""
    days = {name: read_date(given[name], name) if name in given else None for name in ("known_on", "also_on")}
    layer = Layer(days["known_on"], given.get("as_printed", False), days["also_on"])
    columns = chosen_columns(given["columns"], layer.also_on is not None, QUERY) if "columns" in given else None
    mapped: dict[str, str | list[str]] = {}
    for field, names in given.get("map", {}).items():
        if len(names) > 1 and (field != "parties" or "" in names):
            raise QuestionError(f"map[{field}] is given twice. Give it once.")
        mapped[field] = names if len(names) > 1 else names[0]
    return Settings(
        layer=layer, to=given.get("to"), exporter=given.get("exporter"), mapped=mapped,
        ignore=tuple(given.get("ignore", ())), dates=given.get("dates", "iso"), answer_columns=columns,
        prefix=given.get("prefix", ""), say=QUERY,
    )  # fmt: skip


def answered(law: Ruleset, given: dict[str, Any], ledger: Path, output: Path) -> Account:
    """Answer the rows of a file into another. Raises QuestionError or LedgerError."""
    settings = _settings_of(given)
    mark = given.get("delimiter")
    mark = _MARKS.get(mark.lower(), mark) if mark else None
    if mark is not None and (len(mark) != 1 or not mark.isascii() or mark in '"\r\n'):
        raise QuestionError(f"delimiter = {mark!r} is not one character. Write ',', ';' or 'tab'.")
    source = open_source(ledger, encoding=given.get("encoding"), delimiter=mark, say=QUERY)
    return audit(source, law, settings, output)


def account_of(account: Account) -> dict[str, Any]:
    """The account of rows in, rows out and their outcomes, for a header of the response."""
    return {
        "rows_in": account.rows_in,
        "rows_out": account.rows_out,
        "outcomes": ranked(account.outcomes()),
        "problems": ranked(account.problems()),
        "columns": account.columns.fields,
        "not_read": account.columns.named(account.columns.unread),
    }
