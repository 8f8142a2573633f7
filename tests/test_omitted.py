"""Every kind of workbook says the same: an error is not an empty cell, and a merged cell is said of each of its rows.

The workbooks are made here, byte by byte: no library at hand writes all of these kinds.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from struct import pack
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from exportrules import LedgerError
from exportrules.cli import cli
from exportrules.ledger.sources import open_source

HEADER = ["date", "part", "dest", "exporter", "consignee"]
T4 = ["2024-06-03", "T4", "SG", "other"]
LISTED = "Inspur Group Co., Ltd."


class Error(NamedTuple):
    """A cell with an error, by its number in Excel; by itself, or as what a formula gives."""

    code: int
    formula: bool


class Formula(NamedTuple):
    """A formula that gives a text; None if the program that wrote it did not compute it."""

    text: str | None


class Rich(NamedTuple):
    """A text in an old form, with formats of its own, which readers of values pass over."""

    text: str


Rows = Sequence[Sequence[Any]]


def rows(consignees: Sequence[Any]) -> Rows:
    """A ledger of free shipments, but for their consignees."""
    return [HEADER, *([*T4, consignee] for consignee in consignees)]


def spans(ledger: Rows) -> tuple[int, int]:
    """The last two rows, whose consignees are merged."""
    return len(ledger) - 2, len(ledger) - 1


# --- OpenDocument -------------------------------------------------------------------------------------


def ods(ledger: Rows) -> dict[str, bytes]:
    def cell(row: int, value: Any) -> str:
        if isinstance(value, Error):
            shown = {42: "#N/A", 7: "#DIV/0!"}[value.code]
            kind = 'table:formula="of:=X" office:value-type="string" office:string-value=""'
            return f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"
        if isinstance(value, Formula):
            paragraph = "" if value.text is None else "<text:p/>"
            return f'<table:table-cell table:formula="of:=X">{paragraph}</table:table-cell>'
        span = 'table:number-rows-spanned="2" ' if value == LISTED and row == spans(ledger)[0] else ""
        kind = 'office:value-type="string"' if value else ""
        return f"<table:table-cell {span}{kind}><text:p>{value}</text:p></table:table-cell>"

    lines = "".join(
        f"<table:table-row>{''.join(cell(number, value) for value in row)}</table:table-row>"
        for number, row in enumerate(ledger)
    )
    names = "".join(f' xmlns:{name}="urn:{name}"' for name in ("office", "table", "text"))
    return {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": b'<m:manifest xmlns:m="urn:m"/>',
        "content.xml": f'<office:d{names}><table:table table:name="L">{lines}</table:table></office:d>'.encode(),
    }


# --- .xlsb --------------------------------------------------------------------------------------------


def long_text(text: str) -> bytes:
    return pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size = bytes([len(content)]) if len(content) < 128 else bytes([len(content) & 127 | 128, len(content) >> 7])
    return head + size + content


def xlsb(ledger: Rows) -> dict[str, bytes]:
    def cell(column: int, value: Any) -> bytes:
        place = pack("<II", column, 0)
        formula = pack("<HI", 0, 0) + pack("<I", 0)
        if isinstance(value, Error):
            return xlsb_record(11 if value.formula else 3, place + bytes([value.code]) + formula * value.formula)
        if isinstance(value, Formula):
            return xlsb_record(8, place + long_text(value.text or "") + formula)
        if isinstance(value, Rich):
            return xlsb_record(62, place + b"\1" + long_text(value.text) + pack("<IHH", 1, 0, 0))
        return xlsb_record(6, place + long_text(value)) if value else xlsb_record(1, place)

    first, last = spans(ledger)
    sheet = xlsb_record(129) + xlsb_record(148, pack("<4I", 0, len(ledger) - 1, 0, len(HEADER) - 1)) + xlsb_record(145)
    for number, row in enumerate(ledger):
        sheet += xlsb_record(0, pack("<IIHHBI", number, 0, 300, 0, 0, 0))
        sheet += b"".join(cell(column, value) for column, value in enumerate(row))
    sheet += xlsb_record(146) + xlsb_record(177, pack("<I", 1)) + xlsb_record(176, pack("<4I", first, last, 4, 4))
    book = xlsb_record(131) + xlsb_record(143)
    book += xlsb_record(156, pack("<II", 0, 1) + long_text("r1") + long_text("L")) + xlsb_record(144) + xlsb_record(132)
    return {
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": b'<R xmlns="urn:r"><Relationship Id="r1" Target="worksheets/one.bin"/></R>',
        "xl/worksheets/one.bin": sheet + xlsb_record(178) + xlsb_record(130),
    }


# --- .xls ---------------------------------------------------------------------------------------------


def xls_record(kind: int, content: bytes = b"") -> bytes:
    return pack("<HH", kind, len(content)) + content


def xls_stream(ledger: Rows) -> bytes:
    def short_text(text: str) -> bytes:
        return pack("<HB", len(text), 0) + text.encode("latin-1")

    def cell(row: int, column: int, value: Any) -> bytes:
        place = pack("<HHH", row, column, 0)
        if isinstance(value, Error) and not value.formula:
            return xls_record(0x205, place + bytes([value.code, 1]))
        if isinstance(value, Error | Formula):
            result = (
                bytes([2, 0, value.code]) if isinstance(value, Error) else bytes([0 if value.text is None else 3, 0, 0])
            )
            return xls_record(0x06, place + result + b"\0\0\0\xff\xff" + pack("<HIH", 0, 0, 0))
        return xls_record(0x204, place + short_text(value)) if value else b""

    first, last = spans(ledger)
    chart = xls_record(0x809, pack("<HHII", 0x600, 0x20, 0, 0)) + xls_record(0x0A)
    sheet = xls_record(0x809, pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for number, row in enumerate(ledger):
        sheet += b"".join(cell(number, column, value) for column, value in enumerate(row))
    sheet += chart + xls_record(0xE5, pack("<5H", 1, first, last, 4, 4)) + xls_record(0x0A)
    begin = xls_record(0x809, pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0))
    start = len(begin) + len(xls_record(0x85, bytes(9))) + 4
    return begin + xls_record(0x85, pack("<IBBBB", start, 0, 0, 1, 0) + b"L") + xls_record(0x0A) + sheet


END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(stream: bytes, large: bool) -> bytes:
    """A compound file with a workbook: in sectors of 512 bytes, or as a small stream in ones of 64."""
    if large:
        stream = stream.ljust(4096, b"\0")
    sectors = [stream[at : at + 512].ljust(512, b"\0") for at in range(0, len(stream), 512)]

    def entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
        text = (name + "\0").encode("utf-16-le")
        return (
            text.ljust(64, b"\0") + pack("<HBBIII", len(text), kind, 1, FREE, FREE, child) + bytes(36)
            + pack("<IQ", start, size)
        )  # fmt: skip

    inside = pack("<128I", *[*range(1, -(-len(stream) // 64)), END], *[FREE] * (128 - -(-len(stream) // 64)))
    root = (END, 0) if large else (3, 512 * len(sectors))
    directory = (
        entry("Root Entry", 5, *root, child=1) + entry("Workbook", 2, 3 if large else 0, len(stream)) + bytes(256)
    )
    chain = [TABLE, END, END, *range(4, 3 + len(sectors)), END]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += pack("<5I", 1, 1, 0, 4096, 2) + pack("<3I", 1, END, 0) + pack("<109I", 0, *[FREE] * 108)
    table = pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    return b"".join((head, table, directory, inside, *sectors))


# --- .xlsx --------------------------------------------------------------------------------------------


OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATED = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b"<Relationship Id='r1' Type='" + OFFICE + b"/%s' Target='%s'/></Relationships>"
)


def xlsx(ledger: Rows) -> dict[str, bytes]:
    """As a program writes it that names its namespaces as it likes."""

    def cell(value: Any) -> str:
        if isinstance(value, Error):
            formula = "<x:f>X</x:f>" if value.formula else ""
            return f"<x:c t = 'e'>{formula}<x:v>{ {42: '#N/A', 7: '#DIV/0!'}[value.code] }</x:v></x:c>"
        if isinstance(value, Formula):
            return "<x:c><x:f>X</x:f></x:c>" if value.text is None else '<x:c t="str"><x:f>X</x:f><x:v></x:v></x:c>'
        return f'<x:c t="inlineStr"><x:is><x:t>{value}</x:t></x:is></x:c>' if value else "<x:c/>"

    first, last = spans(ledger)
    lines = "".join(f"<x:row>{''.join(map(cell, row))}</x:row>" for row in ledger)
    ranges = f'<x:mergeCells><x:mergeCell ref="E{first + 1}:E{last + 1}"/></x:mergeCells>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return {
        "_rels/.rels": RELATED % (b"officeDocument", b"xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<x:workbook xmlns:x="{space}" xmlns:q="{OFFICE.decode()}"><x:sheets>'
            '<x:sheet sheetId="1" q:id="r1" name="L"/></x:sheets></x:workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": RELATED % (b"worksheet", b"/xl/worksheets/one.xml"),
        "xl/worksheets/one.xml": (
            f'<x:worksheet xmlns:x="{space}"><x:sheetData>{lines}</x:sheetData>{ranges}</x:worksheet>'
        ).encode(),
    }  # fmt: skip


# --- all of them --------------------------------------------------------------------------------------

ZIPPED: dict[str, Callable[[Rows], dict[str, bytes]]] = {"ods": ods, "xlsb": xlsb, "xlsx": xlsx}
KINDS = [*ZIPPED, "xls", "small.xls"]


def written(directory: Path, kind: str, consignees: Sequence[Any]) -> Path:
    path = directory / f"ledger.{kind}"
    if make := ZIPPED.get(kind):
        with zipfile.ZipFile(path, "w") as book:
            for name, content in make(rows(consignees)).items():
                book.writestr(name, content)
    else:
        path.write_bytes(compound(xls_stream(rows(consignees)), large=kind == "xls"))
    return path


def outcomes(path: Path) -> Iterator[tuple[str, str, str]]:
    """The consignee, the outcome and the problem of each row."""
    out = path.with_suffix(".csv")
    ran = CliRunner().invoke(cli, ["audit", str(path), "-o", str(out), "--force"])
    assert ran.exit_code == 0, (ran.output, ran.exception)
    for row in csv.DictReader(io.StringIO(out.read_text("utf-8-sig"), newline="")):
        yield row["consignee"], row["outcome"], row["problem"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_not_an_empty_cell_and_a_merged_cell_is_said_of_each_row(tmp_path: Path, kind: str) -> None:
    consignees = [Error(42, True), Error(7, False), "", Formula(""), "Acme GmbH", LISTED, ""]
    found = list(outcomes(written(tmp_path, kind, consignees)))
    assert [(consignee, outcome) for consignee, outcome, _ in found] == [
        ("#N/A", "indeterminate"),
        ("#DIV/0!", "indeterminate"),
        ("", "no_license_requirement"),
        ("", "no_license_requirement"),
        ("Acme GmbH", "no_license_requirement"),
        (LISTED, "license_required"),
        (LISTED, "license_required"),
    ]
    assert found[0][2].startswith("row 2: the party '#N/A' says nothing. Write it, or say what it means")


@pytest.mark.parametrize("kind", ["ods", "xlsx", "xls", "small.xls"])
def test_a_formula_that_no_program_has_computed_is_not_an_empty_cell(tmp_path: Path, kind: str) -> None:
    found = list(outcomes(written(tmp_path, kind, [Formula(None), "Acme GmbH", ""])))
    assert found[0][:2] == ("#VALUE!", "indeterminate")


def test_a_text_that_its_reader_passes_over_is_not_an_empty_cell(tmp_path: Path) -> None:
    found = list(outcomes(written(tmp_path, "xlsb", [Rich(LISTED), "Acme GmbH", ""])))
    assert found[0][:2] == ("#VALUE!", "indeterminate")


def rewritten(path: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> Path:
    """The archive with its parts changed, by name and content."""
    with zipfile.ZipFile(path) as book:
        parts = [change(name, book.read(name)) for name in book.namelist()]
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts:
            book.writestr(name, content)
    return path


def test_an_archive_with_backslashes_is_read_as_excel_reads_it(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", [Error(42, True), "Acme GmbH", ""])
    rewritten(path, lambda name, content: (name.replace("/", "\\"), content))
    assert [outcome for _, outcome, _ in outcomes(path)] == ["indeterminate", *["no_license_requirement"] * 2]


def test_repeated_rows_and_cells_of_opendocument_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "ods", ["", Error(42, True), "Acme GmbH", ""])
    rewritten(
        path,
        lambda name, content: (
            name,
            content.replace(b"<table:table-row>", b'<table:table-row table:number-rows-repeated="2">').replace(
                b"<table:table-cell office", b'<table:table-cell table:number-columns-repeated="1" office'
            ),
        ),
    )
    assert [consignee for consignee, _, _ in outcomes(path)] == ["", "", "#N/A", "#N/A", *["Acme GmbH"] * 2, "", ""]


def test_a_workbook_at_which_its_reader_gives_up_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsb", ["", ""])
    rewritten(path, lambda name, content: (name, content.replace(b'Id="r1"', b'Id="r2"')))
    with pytest.raises(LedgerError, match="workbook cannot be read"):
        open_source(path)


def test_a_workbook_whose_errors_cannot_be_seen_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", ["", ""])
    # the sum of the bytes of a part is no longer that which the archive has for it
    path.write_bytes(path.read_bytes().replace(b"<x:c/>", b"<x:d/>", 1))
    with pytest.raises(
        LedgerError, match=r"errors in its cells .* cannot be distinguished from empty cells, .*: .*Bad CRC-32"
    ):
        open_source(path)
