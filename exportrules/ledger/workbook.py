"""The sheets of a workbook as one ledger: every sheet with a header, and the sheet and number of each row.

Titles above a header, blank rows, repeated headers and lines of sums are recognised and counted; any other row is a row
of the ledger.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pyarrow as pa

from exportrules.answer.words import capitalised
from exportrules.errors import LedgerError, QuestionError
from exportrules.ledger import ods, xls, xlsb, xlsx
from exportrules.ledger.apart import Apart, not_shipments
from exportrules.ledger.batch import ROWS, Batch, as_text, first_line
from exportrules.ledger.formats import day_format, letters_of
from exportrules.ledger.headers import giving_way
from exportrules.ledger.heading import WITHIN, FieldOf, Heading, Spans, find_heading, one_row
from exportrules.ledger.omitted import Omitted
from exportrules.question.names.keys import key

#: The formats that python-calamine reads: Excel's workbooks, old and new, and those of LibreOffice.
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
#: The columns with the place of a row, after its own.
PLACES = ("sheet", "row")
#: The only field that several columns may have, so that those of two sheets stay apart.
_REPEATABLE = "parties"
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass
class AuditedSheet:
    """A sheet that is audited: its header, its shipments, and its other rows, by Excel's row numbers."""

    name: str
    heading: Heading
    #: The number of the header's row in Excel.
    header_row: int
    rows: list[list[Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    apart: Apart = field(default_factory=Apart)
    #: The number in this sheet of each column of the ledger; None for one that it does not have.
    order: list[int | None] = field(default_factory=list)
    #: Columns that were given the name that another sheet has for them.
    renamed: dict[str, str] = field(default_factory=dict)
    hidden: bool = False
    #: The cells of the rows above the header.
    above: list[str] = field(default_factory=list)
    #: The number of rows with a cell that is merged with one above.
    merged: int = 0
    #: The number of its first column, counted from 0.
    left: int = 0


class WorkbookSource:
    """Sheets of a workbook: their values, formulas as they were last computed."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        sheets: Sequence[str] = (),
        header_rows: Mapping[str, int] | None = None,
        field_of: FieldOf = lambda _: "",
    ) -> None:
        """`header_rows` has the row of the header by sheet, or under ''; `field_of` gives the field of a column."""
        self.name, self.delimiter, self._path = os.path.basename(path), "", path
        if not os.path.getsize(path):
            raise LedgerError(self.name, "the file is empty.")
        read = _sheets(path, self.name)
        self.parts, self.passed = _chosen(self.name, read, sheets, dict(header_rows or {}), field_of)
        own = _aligned(self.parts)
        taken = {name.casefold() for name in own}
        places = (name if name not in taken else f"{name} of the workbook" for name in PLACES)
        self.names = (*own, *places)
        #: The number of columns with the place of a row, after its own.
        self.places = len(PLACES)
        self.size = sum(len(part.rows) for part in self.parts)

    @property
    def above(self) -> list[str]:
        """The cells of the rows above the headers."""
        return [cell for part in self.parts for cell in part.above]

    @property
    def renamed(self) -> dict[str, str]:
        """The names of columns of single sheets, each with the ledger's name for it."""
        own = set(self.names)
        return {name: other for part in self.parts for name, other in part.renamed.items() if name not in own}

    @property
    def remarks(self) -> list[str]:
        """Remarks for the summary on how the workbook was read, if its first row does not make that obvious."""
        return list(_remarks(self.parts, self.passed))

    @cached_property
    def day_format(self) -> str:
        """The format of Excel in which the workbook shows its days of export; '' if it is unknown."""
        for part in self.parts:
            column = next((n for n, meaning in enumerate(part.heading.fields) if meaning == "on"), None)
            if column is not None:
                days = (n for n, row in zip(part.numbers, part.rows, strict=True) if isinstance(row[column], date))
                if (row := next(days, None)) is not None:
                    return day_format(self._path, part.name, f"{letters_of(part.left + column)}{row}")
        return ""

    @property
    def account(self) -> dict[str, Any]:
        """The same for a manifest."""
        return {
            "sheets": [
                {
                    "name": part.name, "header_row": part.header_row, "header_rows": part.heading.rows,
                    "rows": len(part.rows), **part.apart.account, "renamed": part.renamed,
                }
                for part in self.parts
            ],
            "sheets_not_audited": dict(self.passed),
        }  # fmt: skip

    def batches(self, wanted: Sequence[int] | None) -> Iterator[Batch]:
        first = 1
        for part in self.parts:
            for begin in range(0, len(part.rows), ROWS):
                batch = self._batch(part, slice(begin, begin + ROWS), first)
                first += batch.count
                yield batch

    def _batch(self, part: AuditedSheet, of: slice, first: int) -> Batch:
        numbers = part.numbers[of]
        rows = [
            [*("" if at is None or at >= len(row) else row[at] for at in part.order), part.name, number]
            for row, number in zip(part.rows[of], numbers, strict=True)
        ]

        def cells(number: int) -> pa.Array:
            return pa.array([as_text(row[number]) for row in rows], pa.string())

        def table() -> pa.Table:
            return pa.Table.from_arrays([cells(n) for n in range(len(self.names))], names=list(self.names))

        sheet = f"sheet {part.name!r}, " if len(self.parts) > 1 else ""
        return Batch(
            first, len(rows), cells, as_text, table, read=first + len(rows) - 1, values=lambda: rows,
            places=[f"{sheet}row {number}" for number in numbers],
        )  # fmt: skip

    @property
    def mark(self) -> bytes:
        """The byte-order mark of a CSV of these rows: without it Excel does not read letters outside ASCII."""
        plain = all(
            text.isascii()
            for part in self.parts
            for texts in (part.rows, [part.heading.names, [part.name]])
            for row in texts
            for text in row
            if isinstance(text, str)
        )
        return b"" if plain else b"\xef\xbb\xbf"


@dataclass
class _Sheet:
    """A sheet as it was read: its rows from the first that is not empty, which is `top` in Excel's numbers."""

    name: str
    top: int
    left: int
    rows: list[list[Any]]
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
    hidden: bool

    def texts(self, most: int = WITHIN + 1) -> list[list[str]]:
        return [[as_text(cell) for cell in row] for row in self.rows[:most]]

    def spans(self, number: int) -> Spans:
        """The merged cells of a row of `rows`, by its columns."""
        at = self.top - 1 + number
        return [(b[1] - self.left, e[1] - self.left) for b, e in self.merged if b[0] <= at <= e[0] and e[1] > b[1]]


def _sheets(path: str | os.PathLike[str], name: str) -> list[_Sheet]:
    """The sheets that are not empty. Raises LedgerError if the file is not a workbook."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    sheets = []
    try:
        with CalamineWorkbook.from_path(os.fspath(path)) as book:
            for metadata, omitted in _with_omitted(path, name, book.sheets_metadata):
                if metadata.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(metadata.name)
                top, left = sheet.start or (0, 0)
                rows = sheet.to_python(skip_empty_area=True)
                for (row, column), error in omitted.errors.items():
                    _put(rows, row - top, column - left, error)
                merged = omitted.merged or sheet.merged_cell_ranges or []
                hidden = metadata.visible != SheetVisibleEnum.Visible
                sheets.append(_Sheet(metadata.name, top + 1, left, rows, merged, hidden))
    except BaseException as error:
        # on a damaged file that the reader did not foresee it panics, and what it raises is not an Exception
        if not isinstance(error, CalamineError) and type(error).__module__ != "pyo3_runtime":
            raise
        raise LedgerError(name, f"this workbook cannot be read: {_reason(path, error)}") from None
    return sheets


def _with_omitted(path: str | os.PathLike[str], name: str, sheets: Sequence[Any]) -> list[tuple[Any, Omitted]]:
    """The sheets, each with the cells that their reader omits."""
    ending = os.path.splitext(name)[1].lower()
    reader = {".xls": xls, ".xlsb": xlsb, ".ods": ods}.get(ending, xlsx)
    try:
        found = reader.omitted(os.fspath(path)) or [Omitted() for _ in sheets]
        return list(zip(sheets, found, strict=True))
    except Exception as error:  # whatever is odd about a file, a cell that cannot be seen is not an empty one
        raise LedgerError(
            name,
            "errors in its cells (#N/A) cannot be distinguished from empty cells, which say nothing: the file is built "
            f"in an unusual way ({first_line(error)}) Open it in Excel or LibreOffice and save it as a new .xlsx.",
        ) from None


def _put(rows: list[list[Any]], row: int, column: int, error: str) -> None:
    """Write the error of a cell where its reader found nothing."""
    if 0 <= row < len(rows) and 0 <= column < len(rows[row]) and rows[row][column] == "":
        rows[row][column] = error


def _reason(path: str | os.PathLike[str], error: BaseException) -> str:
    with open(path, "rb") as file:
        locked = file.read(4) == _OLE and not os.fspath(path).lower().endswith(".xls")
    if locked:
        return "it has a password, or is in an older format. Open it in Excel and save it as .xlsx, without a password."
    return first_line(error)


def _chosen(
    file: str, sheets: list[_Sheet], wanted: Sequence[str], header_rows: dict[str, int], field_of: FieldOf
) -> tuple[list[AuditedSheet], list[tuple[str, str]]]:
    """The sheets to audit, and those that are skipped, each with the reason."""
    names = [sheet.name for sheet in sheets]
    quoted = ", ".join(map(repr, names))
    for option, asked in (("--sheet", wanted), ("--header-row", [name for name in header_rows if name])):
        for name in asked:
            if name not in names:
                raise QuestionError(f"{option} {name!r}: the sheets are {quoted}.")
    filled = [sheet for sheet in sheets if sheet.rows and (not wanted or sheet.name in wanted)]
    if wanted and (empty := [name for name in wanted if name not in {sheet.name for sheet in filled}]):
        raise LedgerError(file, f"the sheet {empty[0]!r} is empty: there is not even a header.")
    if not filled:
        raise LedgerError(file, "its sheets are empty: there is not even a header.")
    parts: list[AuditedSheet] = []
    passed: list[tuple[str, str]] = [
        (sheet.name, "not chosen") for sheet in sheets if sheet.rows and sheet not in filled
    ]
    for sheet in filled:
        alone = len(filled) == 1 or bool(wanted) or sheet.name in header_rows
        heading = _heading(file, sheet, header_rows.get(sheet.name, header_rows.get("")), field_of, alone)
        if heading is None and alone:
            heading = one_row(sheet.texts(), 0, field_of)
        if heading is None or not (alone or _is_ledger(heading)):
            if heading is not None:
                _ask_about(file, sheet, heading, quoted)
            passed.append((sheet.name, f"no header of a ledger in its first {WITHIN} rows"))
            continue
        parts.append(_part(sheet, heading))
    if not parts:
        raise QuestionError(
            f"{file}: none of its sheets has a header with a chip and a day of export in its first {WITHIN} rows. Say "
            f"which sheet is the ledger: --sheet {names[0]!r}; and which row its header is: --header-row 6. Sheets: "
            f"{quoted}."
        )
    return parts, passed


def _heading(file: str, sheet: _Sheet, row: int | None, field_of: FieldOf, alone: bool) -> Heading | None:
    """The header of a sheet, in the stated row or found; None if there is none. Raises QuestionError if the row stated
    for this sheet is empty."""
    texts = sheet.texts(max(WITHIN + 1, (row or 0) + 1))
    if row is None:
        heading = find_heading(texts, field_of, sheet.spans)
        if heading and heading.doubt:
            at = sheet.top + heading.first
            raise QuestionError(
                f"{file}, sheet {sheet.name!r}: row {at} is the header, and row {at - 1} above it may be a part of it: "
                f"{heading.doubt!r}. Name the columns in one row, or say that row {at} is the whole header: "
                f"--header-row {sheet.name + '=' + str(at)!r}."
            )
        return heading
    number = row - sheet.top
    if not 0 <= number < len(sheet.rows) or not any(cell.strip() for cell in texts[number]):
        if not alone:
            return None
        last = sheet.top + len(sheet.rows) - 1
        raise QuestionError(
            f"--header-row {row}: this row of the sheet {sheet.name!r} is empty. {file} has rows {sheet.top} to {last} "
            "there, as Excel shows them."
        )
    return one_row(texts, number, field_of)


def _is_ledger(heading: Heading) -> bool:
    """True if a header has what every ledger needs: an item and a day."""
    return "on" in heading.fields and _has_item(heading)


def _has_item(heading: Heading) -> bool:
    return "chip" in heading.fields or "tpp" in heading.fields


def _ask_about(file: str, sheet: _Sheet, heading: Heading, quoted: str) -> None:
    """Raise QuestionError for a sheet that looks like a part of the ledger but lacks columns."""
    if not (_has_item(heading) or "on" in heading.fields):
        return
    row = sheet.top + heading.first
    missing = "the day of export" if _has_item(heading) else "the chip"
    field = "on" if _has_item(heading) else "chip"
    columns = ", ".join(repr(name) for name in heading.names if name)
    raise QuestionError(
        f"{file}: the sheet {sheet.name!r} looks like a part of the ledger (row {row}: {columns}), and no column of it "
        f"is known as {missing}. If it is one, say which: --map {field}=COLUMN. If not, name the sheets to audit, each "
        f"with --sheet NAME. Sheets: {quoted}."
    )


def _settled(heading: Heading) -> Heading:
    """The header, after columns have given way to others that name their field better."""
    fields = list(heading.fields)
    for name in set(filter(None, fields)):
        numbers = [n for n, field in enumerate(heading.fields) if field == name]
        for number, other in giving_way(heading.names, numbers).items():
            fields[number] = other
    return heading._replace(fields=tuple(fields))


def _part(sheet: _Sheet, heading: Heading) -> AuditedSheet:
    """The shipments of a sheet, separated from its other rows."""
    heading = _settled(heading)
    part = AuditedSheet(sheet.name, heading, sheet.top + heading.first, hidden=sheet.hidden, left=sheet.left)
    header = [[as_text(cell).strip() for cell in row] for row in sheet.rows[heading.first : heading.after]]
    part.above = [as_text(cell) for row in sheet.rows[: heading.first] for cell in row]
    part.merged = _spread(sheet, heading.after)
    for number, row in enumerate(sheet.rows[heading.after :], sheet.top + heading.after):
        if not part.apart.takes([as_text(cell) for cell in row], number, header, heading.fields):
            part.rows.append(row)
            part.numbers.append(number)
    _name_columns(part, sheet.left)
    return part


def _spread(sheet: _Sheet, first: int) -> int:
    """Give each row of a merged cell its value, as it looks; returns how many rows got one. The rows begin with
    `first`."""
    changed: set[int] = set()
    for (top, left), (bottom, _) in sheet.merged:
        row, column = top - sheet.top + 1, left - sheet.left
        if first <= row < len(sheet.rows) and 0 <= column < len(sheet.rows[row]) and bottom > top:
            value = sheet.rows[row][column]
            for below in range(row + 1, min(bottom - sheet.top + 2, len(sheet.rows))):
                sheet.rows[below][column] = value
                changed.add(below)
    return len(changed)


def _name_columns(part: AuditedSheet, left: int) -> None:
    """Name columns that have no header but contain cells by their letters in Excel."""
    width = max([len(part.heading.names), *(len(row) for row in part.rows[:1])])
    names = [*part.heading.names, *[""] * (width - len(part.heading.names))]
    fields = [*part.heading.fields, *[""] * (width - len(part.heading.fields))]
    for column, name in enumerate(names):
        if not name and any(column < len(row) and as_text(row[column]).strip() for row in part.rows):
            names[column] = f"column {letters_of(left + column)}"
    part.heading = part.heading._replace(names=tuple(names), fields=tuple(fields))


def _aligned(parts: list[AuditedSheet]) -> list[str]:
    """The columns of all sheets. Columns with the same name are merged, and so are columns of the same field to which
    sheets give different names."""
    names: list[str] = []
    places: dict[tuple[str, int], int] = {}
    of_field: dict[str, int] = {}
    for part in parts:
        part.order = [None] * len(names)
        count: Counter[str] = Counter()
        own: dict[int, int] = {}  # the sheet's column -> the ledger's
        for column, name in enumerate(part.heading.names):
            if name:
                target = places.get((key(name) or name, count[key(name) or name]))
                count[key(name) or name] += 1
                if target is not None:
                    own[column] = target
        seen: Counter[str] = Counter()
        several = Counter(part.heading.fields)
        for column, (name, meaning) in enumerate(zip(part.heading.names, part.heading.fields, strict=True)):
            if not name:
                continue
            spelled = key(name) or name
            if column not in own:
                other = of_field.get(meaning) if meaning and meaning != _REPEATABLE and several[meaning] == 1 else None
                if other is not None and other not in own.values():
                    own[column] = other
                    part.renamed[name] = names[other]
                else:
                    own[column] = len(names)
                    places[spelled, seen[spelled]] = len(names)
                    names.append(name)
            seen[spelled] += 1
            if meaning:
                of_field.setdefault(meaning, own[column])
        part.order = [None] * len(names)
        for column, place in own.items():
            part.order[place] = column
    for part in parts:
        part.order += [None] * (len(names) - len(part.order))
    return names


def _remarks(parts: list[AuditedSheet], passed: list[tuple[str, str]]) -> Iterator[str]:
    several = len(parts) > 1 or bool(passed)
    plain = all(part.header_row == 1 and part.heading.rows == 1 for part in parts)
    if several or not plain:
        heads = "; ".join(f"{_sheet(part, several)}{_rows_of(part)}, {_shipments(part)}" for part in parts)
        yield f"Sheets: {heads}." if several else f"{capitalised(heads)}."
    if merged := sum(part.merged for part in parts):
        yield f"Merged cells: {merged:,} row{'s have' if merged > 1 else ' has'} the value of the cell above."
    for part in parts:
        for name, other in part.renamed.items():
            yield f"Sheet {part.name!r}: its column {name!r} is written under {other!r}."
    for wanted, what in (("to", "destination"), ("exporter", "exporter")):
        without = [part.name for part in parts if wanted not in part.heading.fields]
        if len(without) < len(parts):
            yield from (f"Sheet {name!r} has no column of the {what}, which is never assumed." for name in without)
    if passed:
        yield f"NOT AUDITED: {'; '.join(f'sheet {name!r} ({why})' for name, why in passed)}."
    if apart := list(not_shipments([(part.name if several else "", part.apart) for part in parts])):
        yield f"Not shipments: {'; '.join(apart)}."


def _sheet(part: AuditedSheet, several: bool) -> str:
    hidden = " (hidden)" if part.hidden else ""
    return f"{part.name!r}{hidden}: " if several else ""


def _shipments(part: AuditedSheet) -> str:
    return f"{len(part.rows):,} shipment{'' if len(part.rows) == 1 else 's'}"


def _rows_of(part: AuditedSheet) -> str:
    row = part.header_row
    return f"header in row {row}" if part.heading.rows == 1 else f"header in rows {row} and {row + 1}"
