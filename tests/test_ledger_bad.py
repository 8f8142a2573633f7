"""Bad ledgers, bad options and bad days: each is answered in one line, no row is lost and none is changed."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import exportrules
from exportrules.cli import main

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
calamine = pytest.importorskip("python_calamine")
xlsxwriter = pytest.importorskip("xlsxwriter")

ROOT = Path(__file__).parent.parent
HEADER = "part,ship date,dest,qty"
ROW = "A100,2022-09-15,CN,16"
GOOD = f"{HEADER}\n{ROW}\n"
LICENSE = "license_required"
OPEN = "indeterminate"
ANSWERS = "outcome,review_policy,eccn,provisions,turns_on,holds_from,holds_until,standing,problem,edition"
COLUMNS = "Columns: 'part', 'ship date', 'dest', 'qty'."


@dataclass(frozen=True)
class Said:
    """How a run ended, what it printed, and the folder that it wrote to."""

    status: int
    out: str
    err: str
    folder: Path

    @property
    def text(self) -> str:
        return (self.folder / "out.csv").read_bytes().decode("utf-8")

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text.removeprefix("\ufeff"), newline="")))

    @property
    def outcomes(self) -> list[str]:
        return [row["outcome"] for row in self.rows]

    @property
    def problems(self) -> list[str]:
        return [row["problem"] for row in self.rows]

    @property
    def own(self) -> list[str]:
        """The lines without their answers: what the ledger said."""
        lines = self.text.removesuffix("\n").split("\n")
        return [lines[0].removesuffix(f",{ANSWERS}"), *(line.split(",license_required,")[0] for line in lines[1:])]


Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`exportrules audit ...` in a folder of its own, ended as the program ends: a line and a status for every error."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["exportrules", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(int(left.value.code or 0), out, err, tmp_path)

    return called


@pytest.fixture
def audit(run: Run, tmp_path: Path) -> Run:
    """The audit of a ledger with these bytes, as the maker's, into out.csv."""

    def called(data: str | bytes | None, *options: str, name: str = "ledger.csv", out: str = "out.csv") -> Said:
        if data is not None:
            (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        who = () if "--exporter" in options else ("--exporter", "maker")
        return run("audit", name, *who, "-o", out, *options)

    return called


def refused(said: Said, status: int, message: str) -> None:
    """One line on stderr, this one, and nothing written."""
    assert (said.status, said.out, said.err) == (status, "", f"exportrules: {message}\n")
    assert not [p.name for p in said.folder.iterdir() if p.name.startswith(("out.", ".out."))]


# text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "ledger.csv: the file is empty: there is not even a header."),
        ("\n \n", "ledger.csv: the file is empty: there is not even a header."),
        ("\n" + GOOD, "ledger.csv: the first line names no columns. A ledger begins with a header."),
        (",,\n1,2,3\n", "ledger.csv: the first line names no columns. A ledger begins with a header."),
        (GOOD.encode("utf-16"), "ledger.csv: the file is UTF-16. Say --encoding utf-16."),
        (GOOD.encode("utf-32"), "ledger.csv: the file is UTF-32. Say --encoding utf-32."),
        (
            GOOD.encode("utf-16-le"),
            "ledger.csv: the header holds NUL bytes: this is no text. Say --encoding if it is UTF-16.",
        ),
        (
            f'"{HEADER}\n{ROW}\n',
            "ledger.csv: a quotation mark in the header opens a name and does not close it.",
        ),
    ],
)  # fmt: skip
def test_a_file_that_is_no_ledger(audit: Run, data: str | bytes, message: str) -> None:
    refused(audit(data), 1, message)


def test_a_header_alone_is_a_ledger_without_rows(audit: Run) -> None:
    for data in (HEADER, HEADER + "\r\n"):
        said = audit(data, "--force")
        assert said.status == 0
        assert said.out.startswith("0 rows in, 0 out: the ledger has a header and no rows.\n")
        assert said.text == f"{HEADER},{ANSWERS}\n"


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (GOOD.replace("\n", "\r\n"), ()),
        (GOOD.replace("\n", "\r"), ()),  # an old Mac's
        (GOOD.removesuffix("\n"), ()),
        (GOOD.encode("utf-16"), ("--encoding", "utf-16")),
        (GOOD.encode("utf-16-be"), ("--encoding", "UTF-16BE")),
        (GOOD.replace(",", ";"), ()),
        (GOOD.replace(",", "\t"), ()),
        (GOOD.replace(",", "|"), ("--delimiter", "|")),
        (GOOD.replace(",", "("), ("--delimiter", "(")),
        ('"part" , "x"\n'.replace('"part" , "x"', '"part","ship date",dest,"qty"') + ROW, ()),
    ],
)
def test_a_text_in_another_form_is_the_same_ledger(audit: Run, data: str | bytes, options: Sequence[str]) -> None:
    said = audit(data, *options)
    assert (said.status, said.out.splitlines()[0]) == (0, "1 row in, 1 out: 1 license_required.")
    mark = next((m for m in ";\t|(" if m in said.text), ",")
    assert said.text.startswith(f"{HEADER},{ANSWERS}\n{ROW},license_required,".replace(",", mark))


def test_the_mark_that_excel_wants_leaves_as_it_came(audit: Run) -> None:
    assert audit("\ufeff" + GOOD).text.startswith(f"\ufeff{HEADER},{ANSWERS}\n{ROW},license_required,")


@pytest.mark.parametrize(("encoding", "cell"), [("cp1252", "Café"), ("gb18030", "中国"), ("shift_jis", "半導体")])
def test_a_declared_encoding_is_read_and_an_undeclared_one_is_found(audit: Run, encoding: str, cell: str) -> None:
    data = f"{HEADER},who\n{ROW},{cell}\n{ROW},x\n".encode(encoding)
    said = audit(data, "--encoding", encoding)
    assert (said.outcomes, said.rows[0]["who"]) == ([LICENSE, LICENSE], cell)
    said = audit(data, "--force")
    assert said.outcomes == [OPEN, LICENSE]
    byte = cell.encode(encoding)[3 if encoding == "cp1252" else 0]
    assert said.problems[0] == (
        f"row 1: the row has the byte 0x{byte:02X}, which is no UTF-8 text (shown as \\x{byte:02x}). "
        "If the whole file is in another encoding, say --encoding."
    )


def test_mixed_encodings_cost_their_own_rows_alone(audit: Run) -> None:
    rows = [f"{ROW},数".encode(), f"{ROW},é".encode("cp1252"), f"{ROW},数".encode("gb18030"), f"{ROW},é".encode()]
    said = audit(f"{HEADER},who\n".encode() + b"\n".join(rows))
    assert said.outcomes == [LICENSE, OPEN, OPEN, LICENSE]
    assert [row["who"] for row in said.rows] == ["数", "\\xe9", "\\xca\\xfd", "é"]


def test_ragged_rows_and_nul_bytes_are_kept_and_numbered(audit: Run) -> None:
    lines = ["A100,2022-09-15,CN", f"{ROW},17,18", "", "A1\x0000,2022-09-15,CN,1", ROW, "x"]
    said = audit("\n".join([HEADER, ROW, *lines]) + "\n")
    assert said.problems == [
        "",
        "row 2: the row has 3 cells, the header 4.",
        "row 3: the row has 5 cells, the header 4; left over: '17'.".replace("5", "6").replace("'17'", "'17', '18'"),
        "row 4: the line is empty.",
        "row 5: the row has a NUL byte (shown as \\x00): it is damaged.",
        "",
        "row 7: the row has 1 cell, the header 4.",
    ]
    assert said.outcomes == [LICENSE, OPEN, OPEN, OPEN, OPEN, LICENSE, OPEN]
    assert "5 rows could not be read; the column 'problem' says why.\n" in said.out


def test_line_ends_within_quotation_are_no_ends_of_rows(audit: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = ['"two\nlines"', '"a ""quoted"" word,\r\nand a comma"', '"\n\n"', "plain"]
    rows = [f"A100,2022-09-15,CN,{cells[n % 4]}" for n in range(200)]
    whole = audit("\n".join([HEADER, *rows]) + "\n")
    assert whole.outcomes == [LICENSE] * 200
    assert [row["qty"] for row in whole.rows[:4]] == ["two\nlines", 'a "quoted" word,\r\nand a comma', "\n\n", "plain"]
    for size in (31, 64, 1000):  # a block may end anywhere
        monkeypatch.setattr("exportrules.ledger.sources.BLOCK", max(size, len(HEADER) + 1))
        assert audit(None, "--force").text == whole.text


def test_a_quotation_mark_that_is_never_closed_costs_one_row(audit: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportrules.ledger.sources.BLOCK", 1 << 16)
    monkeypatch.setattr("exportrules.ledger.delimited.LONGEST_RECORD", 1 << 18)
    rows = [ROW] * 30_000
    rows[1000] = 'A100,2022-09-15,CN,"16'
    said = audit("\n".join([HEADER, *rows]) + "\n")
    assert said.out.startswith("30,000 rows in, 30,000 out: 29,999 license_required, 1 indeterminate.\n")
    assert said.problems[1000] == "row 1001: a quotation mark in the row opens a cell and does not close it."
    assert said.rows[1000]["qty"] == '"16'


def test_ten_megabytes_in_a_cell(audit: Run) -> None:
    cell = "x" * (10 << 20)
    said = audit(f"{HEADER}\n{ROW}\n{cell},2022-09-15,CN,1\nA100,2022-09-15,CN,{cell}\nA100,{cell},CN,1\n")
    assert said.outcomes == [LICENSE, OPEN, LICENSE, OPEN]
    assert (
        said.problems[1] == f"row 2: the cell '{'x' * 39}…' has 10,485,760 characters, too many to be read as 'chip'."
    )
    assert said.problems[3] == f"row 4: the cell '{'x' * 39}…' has 10,485,760 characters, too many to be read as 'on'."
    assert [row["part"] == cell or row["qty"] == cell for row in said.rows] == [False, True, True, False]
    said = audit(None, out="out.xlsx")
    assert (said.status, said.err) == (
        1,
        "exportrules: out.xlsx: row 2 has a cell of 10,485,760 characters, and a cell of Excel holds 32,767. Write "
        ".csv or .parquet.\n",
    )


def test_formulas_leave_as_text_and_numbers_as_numbers(audit: Run) -> None:
    cells = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "-5", '"+1,000.50"', "-", "- 3 %", '"=""a"""', '"\t=1"']
    data = "\n".join(["part,ship date,dest,=qty", *(f"A100,2022-09-15,CN,{cell}" for cell in cells)])
    said = audit(data)
    assert said.outcomes == [LICENSE] * len(cells)
    made = ["'=1+1", "'+cmd|' /C calc'!A0", "'-2+3", "'@SUM(A1)", "-5", "+1,000.50", "-", "- 3 %", '\'="a"', "'\t=1"]
    assert [row["'=qty"] for row in said.rows] == made
    assert audit(None, out="out.xlsx").status == 0
    sheet = calamine.CalamineWorkbook.from_path("out.xlsx").get_sheet_by_index(0)
    plain = next(csv.reader([",".join(cells)]))
    assert [row[3] for row in sheet.to_python()[1:]] == plain  # text there, never run


@pytest.mark.parametrize("mark", [";", "$", "(", "|"])
def test_formulas_are_found_whatever_parts_the_cells(audit: Run, mark: str) -> None:
    # one in a row that has too few cells goes another way
    said = audit(f"{HEADER}\nA100,2022-09-15,CN,=1\nA100,=1\n".replace(",", mark), "--delimiter", mark)
    assert [line.split(mark)[:4] for line in said.text.splitlines()[1:]] == [
        ["A100", "2022-09-15", "CN", "'=1"],
        ["A100", "'=1", "", ""],
    ]


# cells


def problems_of(audit: Run, column: str, cells: Sequence[str], *options: str) -> list[str]:
    row = {"part": "A100", "ship date": "2022-09-15", "dest": "CN"}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(row))
    writer.writeheader()
    writer.writerows({**row, column: cell} for cell in cells)
    said = audit(out.getvalue(), *options)
    assert [row[column] for row in said.rows] == list(cells)  # untouched
    assert [bool(row["problem"]) <= (row["outcome"] == OPEN) for row in said.rows] == [True] * len(cells)
    return [re.sub(r"^row \d+: ", "", problem) for problem in said.problems]


def test_dates_that_are_no_days(audit: Run) -> None:
    calendar = "is no day of the calendar. Write YYYY-MM-DD."
    certain = "cannot be read for certain."
    zone = "is a moment in a time zone; the law knows days in Washington, D.C. Write that day."
    wanted = {
        "2022-09-15": "",
        "2022-09-15 23:59:59": "",
        "15 Sept 2022": "",
        "": "the date is empty; it is never assumed.",
        "44819": f"the date '44819' {certain} If it is a spreadsheet's day number (2022-09-15), say --dates excel.",
        "15/09/2022": f"the date '15/09/2022' {certain} Is the day or the month first? Say --dates dmy or --dates mdy.",
        "03.04.2022": f"the date '03.04.2022' {certain} Is the day or the month first? Say --dates dmy or --dates mdy.",
        "15-Sep-22": f"the date '15-Sep-22' {certain} Write YYYY-MM-DD.",
        "today": f"the date 'today' {certain} Write YYYY-MM-DD.",
        "2022-02-30": f"the date '2022-02-30' {calendar}",
        "0000-00-00": f"the date '0000-00-00' {calendar}",
        "2022-09-15T10:00:00Z": f"the date '2022-09-15T10:00:00Z' {zone}",
        "2022-09-15 10:00+08:00": f"the date '2022-09-15 10:00+08:00' {zone}",
        "1899-12-31": "the date '1899-12-31' is 1899-12-31, no day of a shipment of AI chips.",
        "3022-01-01": "the date '3022-01-01' is 3022-01-01, no day of a shipment of AI chips.",
    }
    assert dict(zip(wanted, problems_of(audit, "ship date", list(wanted)), strict=True)) == wanted


def test_spreadsheet_days_are_read_where_they_are_declared(audit: Run) -> None:
    wanted = {
        "44819": "",
        "44819.0": "",
        "2022-09-15": "",
        "44819.5": "the date '44819.5' cannot be read for certain. Write YYYY-MM-DD.",
        "60": "the date '60' is 1900-02-28, no day of a shipment of AI chips.",
        "999999": "the date '999999' is 4637-11-25, no day of a shipment of AI chips.",
    }
    found = problems_of(audit, "ship date", list(wanted), "--dates", "excel")
    assert dict(zip(wanted, found, strict=True)) == wanted


def test_destinations_that_programs_mistake(audit: Run) -> None:
    said = audit(f"{HEADER}\n" + "".join(f"A100,2022-09-15,{to},1\n" for to in ("NO", "NA", "XK", "UK", "GB")))
    assert said.problems == [""] * 5  # Norway, Namibia, Kosovo and Britain, neither false nor missing
    empty = "the destination is empty; it is never assumed."
    near = "for certain. Near names: South Korea, North Korea. Say what it means in --names."
    assert problems_of(audit, "dest", ["", "  ", "Korea"], "--force") == [
        empty,
        empty,
        f"no destination is called 'Korea' {near}",
    ]


def test_chips_with_quantities_two_chips_and_none(audit: Run) -> None:
    wanted = {
        "8x A100": "",
        "A100 80GB (qty 4)": "",
        "Nvidia A100 Tensor Core GPU": "",
        "A100 & H100": "'A100 & H100' names A100 and H100. Write one row for each chip.",
        "A100 80GB PCIe / A30": (
            "'A100 80GB PCIe / A30' names A100 PCIe 80GB and A30. Write one row for each chip."
        ),
        "=SUM(A1)": "no chip is called '=SUM(A1)'. Say what it means in a --names file.",
        "900-21001-0000-000": "no chip is called '900-21001-0000-000'. Say what it means in a --names file.",
        "A10000": "no chip is called 'A10000'. Near names: A100, RTX A6000. Say what it means in a --names file.",
        "": "the chip is empty, and no figures describe it.",
    }  # fmt: skip
    plain = {cell: problem for cell, problem in wanted.items() if not cell.startswith("=")}
    assert dict(zip(plain, problems_of(audit, "part", list(plain)), strict=True)) == plain
    said = audit(f"{HEADER}\n=SUM(A1),2022-09-15,CN,1\n", "--force")
    assert said.problems == [f"row 1: {wanted['=SUM(A1)']}"]


def test_an_exporter_is_named_on_every_row_or_the_row_is_open(audit: Run) -> None:
    cells = ["NVIDIA", "maker", "other", "Acme Ltd", "", "Nvidea"]
    data = "part,date,dest,exporter\n" + "".join(f"A100,2022-09-15,CN,{cell}\n" for cell in cells)
    said = audit(data, "--exporter", "x", "--map", "exporter=exporter")
    assert said.status == 2
    assert said.err == (
        "exportrules: the column 'exporter' says 'exporter', and --exporter does too. Leave the option out, or the "
        "column with --map exporter=.\n"
    )
    (said.folder / "ledger.csv").write_text(data)


def test_figures_that_are_none(audit: Run) -> None:
    said = audit(
        "tpp,date,dest,designed_for_datacenter\n5000,2024-01-01,CN,true\nmany,2024-01-01,CN,maybe\n,2024-01-01,CN,\n"
    )
    assert said.problems == [
        "",
        "row 2: designed_for_datacenter = 'maybe' is not true or false. Write designed_for_datacenter=true, "
        "designed_for_datacenter=false or designed_for_datacenter=unknown. tpp = 'many' is not a number of TOPS x "
        "bit. Write digits alone, e.g. tpp=4800 or tpp=3.2: no unit, no thousands separator.",
        "row 3: the chip is empty, and no figures describe it.",
    ]
