"""The names file: the meanings of spellings as the ledger's owner states them, and as the audit understood them."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from typing import NamedTuple

from exportrules.errors import LedgerError
from exportrules.ledger.cells import Reader, meaning_of
from exportrules.ledger.delimited import inert
from exportrules.ledger.headers import FIELDS
from exportrules.ledger.lookup import Lookup

HEADER = ("column", "written", "rows", "taken_for", "problem", "means")


class Spelling(NamedTuple):
    """One distinct cell of a column, its meaning, and the number of rows that have it."""

    column: str
    written: str
    rows: int
    taken_for: str
    problem: str
    near: tuple[str, ...] = ()


def spellings(lookup: Lookup) -> list[Spelling]:
    """Every distinct cell that is not empty, by column, the most frequent first. Of parties, those on or near a
    list."""
    by_spelling: dict[tuple[str, str], Spelling] = {}
    for slot in lookup.slots:
        for written, rows in slot.spellings.items():
            if written.strip():
                meaning = slot.meaning(written)
                problem = meaning.problem.text if meaning.problem else ""
                before = by_spelling.get((slot.field, written))
                total = rows + (before.rows if before else 0)
                by_spelling[slot.field, written] = Spelling(
                    slot.field, written, total, meaning.shown, problem, meaning.near
                )
    order = {field: number for number, field in enumerate(FIELDS)}
    return sorted(by_spelling.values(), key=lambda s: (order.get(s.column, 99), s.column, -s.rows, s.written))


def spellings_csv(lookup: Lookup, names: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The spellings in the format that `--names` reads: fill in `means` for those that were not understood.

    Entries of `names` are kept, even those for spellings that this ledger does not have.
    """
    left = {
        (column, written): means
        for column, by_written in (names or {}).items()
        for written, means in by_written.items()
    }
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for s in spellings(lookup):
        what = "to which a letter was addressed" if s.column == "exporter" else "which is listed"
        close = "; ".join(f"close to {name}, {what}" for name in s.near)
        means = left.pop((s.column, s.written.strip()), "")
        writer.writerow([s.column, inert(s.written), s.rows, s.taken_for, s.problem or close, means])
    writer.writerows([column, inert(written), 0, "", "", means] for (column, written), means in left.items())
    return out.getvalue()


def read_names(path: str | os.PathLike[str], readers: Mapping[str, Reader]) -> dict[str, dict[str, str]]:
    """Read the meanings of spellings from a CSV with the columns column, written, means. Rows without a `means` are
    skipped.

    Raises LedgerError with the row for an unknown column, a meaning that cannot be read, or two meanings of one
    spelling.
    """
    name = os.path.basename(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            # Excel separates cells by semicolons where the comma is the decimal separator
            mark = ";" if ";" in (first := file.readline()) and "," not in first else ","
            file.seek(0)
            reader = csv.DictReader(file, strict=True, delimiter=mark)
            header, table = set(reader.fieldnames or ()), list(reader)
    except OSError as error:
        raise LedgerError(os.fspath(path), f"the file cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise LedgerError(name, "this is not a CSV file in UTF-8. In Excel, save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise LedgerError(name, f"this is not a CSV file in UTF-8: {error}.") from None
    names: dict[str, dict[str, str]] = {}
    if not {"column", "written", "means"} <= header:
        raise LedgerError(name, "a map of names has the columns column, written, means. --write-names writes one.")
    for number, row in enumerate(table, 1):
        if None in row:
            raise LedgerError(name, f"row {number} has more cells than the header. Quote a cell with a comma in it.")
        column, written, means = ((row[key] or "").strip() for key in ("column", "written", "means"))
        if not means:
            continue
        if not written:
            raise LedgerError(name, f"row {number}: `written` is empty, and what an empty cell means is never assumed.")
        if inert(written[1:]) == written:  # the apostrophe that keeps a spreadsheet from running it as a formula
            written = written[1:]
        if column not in readers:
            raise LedgerError(name, f"row {number}: there is no column {column!r}. Columns: {', '.join(FIELDS)}.")
        meaning = meaning_of(column, written, means, readers[column])
        if meaning.problem:
            raise LedgerError(name, f"row {number}: {written!r} is to mean {means!r}, but {meaning.problem.text}")
        if names.setdefault(column, {}).setdefault(written, means) != means:
            raise LedgerError(name, f"row {number}: {written!r} has two meanings. Keep one.")
    return names
