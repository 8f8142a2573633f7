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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine as calamine
import xlsxwriter

import exportrules
from exportrules.cli import main
from exportrules.cli.ledger import audit as audit_command
from exportrules.ledger.answers import ANSWER_COLUMNS
from exportrules.ledger.sinks import PAGES, SINKS

ROOT = Path(__file__).parent.parent
HEADER = "part,ship date,dest,qty"
ROW = "A100,2022-09-15,CN,16"
GOOD = f"{HEADER}\n{ROW}\n"
LICENSE = "license_required"
OPEN = "indeterminate"
ANSWERS = ",".join(ANSWER_COLUMNS)
COLUMNS = "Columns: 'part', 'ship date', 'dest', 'qty'."


@dataclass(frozen=True)
class Said:
    """How a run ended, what it printed, and the directory that it wrote to."""

    status: int
    out: str
    err: str
    directory: Path

    @property
    def text(self) -> str:
        return (self.directory / "out.csv").read_bytes().decode("utf-8")

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
    """`exportrules audit ...` in a directory of its own, ended as the program ends: one line and a status."""
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
    assert not [p.name for p in said.directory.iterdir() if p.name.startswith(("out.", ".out."))]


# text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "ledger.csv: the file is empty: there is not even a header."),
        ("\n \n", "ledger.csv: the file is empty: there is not even a header."),
        (",,\n,,\n", "ledger.csv: the first line names no columns. A ledger begins with a header."),
        (
            GOOD.encode("utf-16-le"),
            "ledger.csv: the header holds NUL bytes, and there is no mark. It would read: as utf-16-le "
            "'part,ship date,dest,qty'. If that is right, say --encoding utf-16-le.",
        ),
        (b"\0\x01\0" + GOOD.encode(), "ledger.csv: the header holds NUL bytes: this is not text. Say --encoding if "
         "it is UTF-16."),
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
        (GOOD.encode("utf-16"), ()),
        (GOOD.encode("utf-32"), ()),
        ("\n\n" + GOOD, ()),
        ("sep=;\n" + GOOD.replace(",", ";"), ()),
        ("sep=|\n" + GOOD.replace(",", "|"), ()),
        ("Shipments 2022,,,\n,,,\nprepared,by,A. Clerk,\n" + GOOD, ()),
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


def test_a_line_that_ends_as_an_old_mac_ends_it_amid_others_is_a_row_that_cannot_be_read(audit: Run) -> None:
    said = audit(f"{HEADER}\n{ROW}\n{ROW}\r{ROW}\n{ROW}\n")
    assert said.outcomes == [LICENSE, "indeterminate", LICENSE]
    assert "the row has 7 cells, the header 4" in said.rows[1]["problem"]


def test_the_mark_that_excel_wants_leaves_as_it_came(audit: Run) -> None:
    assert audit("\ufeff" + GOOD).text.startswith(f"\ufeff{HEADER},{ANSWERS}\n{ROW},license_required,")


@pytest.mark.parametrize(("encoding", "cell"), [("cp1252", "Café"), ("gb18030", "中国"), ("shift_jis", "半導体")])
def test_a_declared_encoding_is_read_and_an_undeclared_one_is_found(audit: Run, encoding: str, cell: str) -> None:
    data = f"{HEADER},note\n{ROW},{cell}\n{ROW},x\n".encode(encoding)
    said = audit(data, "--encoding", encoding)
    assert (said.outcomes, said.rows[0]["note"]) == ([LICENSE, LICENSE], cell)
    said = audit(data, "--force")
    assert said.outcomes == [OPEN, LICENSE]
    byte = cell.encode(encoding)[3 if encoding == "cp1252" else 0]
    assert said.problems[0] == (
        f"row 1: the row has the byte 0x{byte:02X}, which is not UTF-8 text (shown as \\x{byte:02x}). "
        "If the whole file is in another encoding, say --encoding."
    )
    assert "1 line is not UTF-8 text. It would read: " in said.out
    assert f"as {encoding.replace('shift_jis', 'cp932')} '{ROW},{cell}'" in said.out


def test_mixed_encodings_cost_their_own_rows_alone(audit: Run) -> None:
    rows = [f"{ROW},数".encode(), f"{ROW},é".encode("cp1252"), f"{ROW},数".encode("gb18030"), f"{ROW},é".encode()]
    said = audit(f"{HEADER},note\n".encode() + b"\n".join(rows))
    assert said.outcomes == [LICENSE, OPEN, OPEN, LICENSE]
    assert [row["note"] for row in said.rows] == ["数", "\\xe9", "\\xca\\xfd", "é"]


def test_ragged_rows_and_nul_bytes_are_kept_and_numbered(audit: Run) -> None:
    lines = ["A100,2022-09-15,CN", f"{ROW},17,18", "", "A1\x0000,2022-09-15,CN,1", ROW, "x"]
    said = audit("\n".join([HEADER, ROW, *lines]) + "\n")
    assert said.problems == [
        "",
        "row 2: the row has 3 cells, the header 4.",
        "row 3: the row has 5 cells, the header 4; left over: '17'.".replace("5", "6").replace("'17'", "'17', '18'"),
        "row 5: the row has a NUL byte (shown as \\x00): it is damaged.",
        "",
        "row 7: the row has 1 cell, the header 4.",
    ]
    assert said.outcomes == [LICENSE, OPEN, OPEN, OPEN, LICENSE, OPEN]
    assert "4 rows could not be read; the column 'problem' says why.\n" in said.out
    assert "Not shipments: 1 blank line.\n" in said.out


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


@pytest.mark.slow
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
        "exportrules: out.xlsx: row 2 has a cell of 10,485,760 characters, and an Excel cell holds 32,767. Write "
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
    sheet = calamine.CalamineWorkbook.from_path("out.xlsx").get_sheet_by_name("All rows")
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
    calendar = "is not a calendar day. Write YYYY-MM-DD."
    certain = "cannot be read for certain."
    zone = "is a moment in a time zone; the law knows days in Washington, D.C. Write that day."
    wanted = {
        "2022-09-15": "",
        "2022-09-15 23:59:59": "",
        "15 Sept 2022": "",
        "": "the date is empty; it is never assumed.",
        "44819": f"the date '44819' {certain} If it is a spreadsheet's day number (2022-09-15), say --dates excel.",
        "15/09/2022": f"the date '15/09/2022' {certain} The day is first: say --dates dmy.",
        "09/15/2022": f"the date '09/15/2022' {certain} The month is first: say --dates mdy.",
        "15.15.2022": f"the date '15.15.2022' {certain} Write YYYY-MM-DD.",
        "03.04.2022": f"the date '03.04.2022' {certain} Is the day or the month first? Say --dates dmy or --dates mdy.",
        "15-Sep-22": "",
        "22-Sep-25": f"the date '22-Sep-25' {certain} Is the year first or last? If it is last, say --dates dmy.",
        "today": f"the date 'today' {certain} Write YYYY-MM-DD.",
        "2022-02-30": f"the date '2022-02-30' {calendar}",
        "0000-00-00": f"the date '0000-00-00' {calendar}",
        "2022-09-15T10:00:00Z": f"the date '2022-09-15T10:00:00Z' {zone}",
        "2022-09-15 10:00+08:00": f"the date '2022-09-15 10:00+08:00' {zone}",
        "1899-12-31": "the date '1899-12-31' is 1899-12-31, which cannot be the day of a shipment of AI chips.",
        "3022-01-01": "the date '3022-01-01' is 3022-01-01, which cannot be the day of a shipment of AI chips.",
    }
    assert dict(zip(wanted, problems_of(audit, "ship date", list(wanted)), strict=True)) == wanted


def test_a_place_that_is_refused_says_why(audit: Run) -> None:
    """'no destination is called so' hid that it may be Albania or Alabama."""
    for text, why in {
        "Birmingham, AL": "may be a place in Albania or in United States: 'AL' is a state or province there too.",
        "Shenzhen": "is a city or a state, not a country. If the one in China (PRC) is meant, write CN.",
        "Xyz, Ukraine": "'Xyz' is not among the towns known elsewhere in Ukraine.",
        "Ялта, Украина": "names Crimea, which cannot be answered: 15 CFR 746.6",
    }.items():
        (problem,) = problems_of(audit, "dest", [text], "--force")
        assert problem.startswith(f"'{text}' ")
        assert why in problem
        assert problem.endswith("Or say what it means in a --names file.")


def test_spreadsheet_days_are_read_where_they_are_declared(audit: Run) -> None:
    wanted = {
        "44819": "",
        "44819.0": "",
        "2022-09-15": "",
        "44819.5": "the date '44819.5' cannot be read for certain. Write YYYY-MM-DD.",
        "60": "the date '60' is 1900-02-28, which cannot be the day of a shipment of AI chips.",
        "999999": "the date '999999' is 4637-11-25, which cannot be the day of a shipment of AI chips.",
    }
    found = problems_of(audit, "ship date", list(wanted), "--dates", "excel")
    assert dict(zip(wanted, found, strict=True)) == wanted


def test_destinations_that_programs_mistake(audit: Run) -> None:
    said = audit(f"{HEADER}\n" + "".join(f"A100,2022-09-15,{to},1\n" for to in ("NO", "NA", "XK", "UK", "GB")))
    assert said.problems == [""] * 5  # Norway, Namibia, Kosovo and Britain, neither false nor missing
    empty = "the destination is empty; it is never assumed."
    near = "for certain. Near names: North Korea, South Korea. Say what it means in a --names file."
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
        "900-21001-0000-000": "",
        "900-21001-9999-000": "no chip is called '900-21001-9999-000'. Say what it means in a --names file.",
        "A10000": "no chip is called 'A10000'. Say what it means in a --names file.",
        "A1OO": "no chip is called 'A1OO'. Near names: A100. Say what it means in a --names file.",
        "": "the chip is empty, and no figures describe it.",
    }  # fmt: skip
    plain = {cell: problem for cell, problem in wanted.items() if not cell.startswith("=")}
    assert dict(zip(plain, problems_of(audit, "part", list(plain)), strict=True)) == plain
    said = audit(f"{HEADER}\n=SUM(A1),2022-09-15,CN,1\n", "--force")
    assert said.problems == [f"row 1: {wanted['=SUM(A1)']}"]


def test_an_exporter_is_named_on_every_row_or_the_row_is_open(run: Run, tmp_path: Path) -> None:
    cells = ["NVIDIA", "maker", "other", "Acme Ltd", "Nvidea", "", "distributor"]
    (tmp_path / "ledger.csv").write_text(
        "part,date,dest,exporter\n" + "".join(f"A100,2022-09-15,CN,{cell}\n" for cell in cells)
    )
    said = run("audit", "ledger.csv", "-o", "out.csv")
    none = "no_license_requirement"  # the letter of that day binds its addressee alone
    assert said.outcomes == [LICENSE, LICENSE, none, none, OPEN, OPEN, OPEN]
    assert said.problems[4:] == [
        "",
        "row 6: the exporter is empty; it is never assumed.",
        "row 7: the exporter 'distributor' does not say who exports, and a letter binds one company. Write 'maker' "
        "(the chip's own vendor), 'other' (anyone else) or the company's name.",
    ]


def test_an_entry_that_is_none_frees_no_row(run: Run, tmp_path: Path) -> None:
    """A ledger's own ECCN column is no answer, so it is not read; the one that the maker declared is."""
    cells = ["3A991", "3a991", "5a992.C", "FOO", "EAR99"]
    (tmp_path / "ledger.csv").write_text(
        "part,date,dest,end_use,eccn_declared\n" + "".join(f"A100,2021-06-01,CN,military,{cell}\n" for cell in cells)
    )
    said = run("audit", "ledger.csv", "--exporter", "other", "-o", "out.csv")
    assert said.outcomes == [LICENSE, LICENSE, LICENSE, OPEN, "no_license_requirement"]
    assert said.problems == [
        *["", "", ""],
        "row 4: eccn_declared = 'FOO' is not an entry of the Commerce Control List. Write 3A090.a, 5A992 or EAR99.",
        "",
    ]


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


# other kinds of file

GOOD_LINE = '{"part": "A100", "ship_date": "2022-09-15", "dest": "CN", "qty": 1.50, "tags": ["x", {"y": 1e3}]}'


def test_json_lines_leave_as_they_came_and_bad_ones_are_kept(audit: Run) -> None:
    lines = {
        GOOD_LINE: "",
        "garbage": "the line 'garbage' is not JSON: Expecting value: line 1 column 1 (char 0).",
        '["A100"]': "the line '[\"A100\"]' is JSON, but not an object. Write {...} with the names of the columns.",
        "": "the line is empty.",
        '{"part": "A100", "part": "H100"}': (
            """the line '{"part": "A100", "part": "H100"}' is not JSON: 'part' occurs twice."""
        ),
        '{"part": "\\ud800"}': "the line has half of a pair of \\u escapes, which is not text.",
        "{}": "the date is empty; it is never assumed. the destination is empty; it is never assumed.",
        '{"part": null, "ship_date": "2022-09-15", "dest": "CN"}': "the chip is empty, and no figures describe it.",
    }
    said = audit("\n".join(lines), name="ledger.jsonl", out="out.jsonl")
    assert said.out.startswith("8 rows in, 8 out: 1 license_required, 7 indeterminate.\n")
    made = (said.directory / "out.jsonl").read_text().splitlines()
    assert made[0].startswith(GOOD_LINE[:-1] + ', "outcome": "license_required"')
    for number, (line, text, problem) in enumerate(zip(made, lines, lines.values(), strict=True), 1):
        found = json.loads(line)
        assert found["problem"] == (f"row {number}: {problem}" if problem else "")
        assert line.startswith(text[:-1]) or found["line"] == text


def test_json_as_deep_as_a_well_and_numbers_beyond_reason(audit: Run) -> None:
    lines = [GOOD_LINE, "[" * 100_000, '{"part": ' + "9" * 5000 + "}", '{"part": ' + "[" * 50 + "]" * 50 + "}"]
    said = audit("\n".join(lines), name="ledger.jsonl")
    assert said.outcomes == [LICENSE, OPEN, OPEN, OPEN]
    assert said.rows[0]["tags"] == '["x", {"y": "1000"}]'
    assert all(problem.startswith(f"row {n}: ") for n, problem in enumerate(said.problems[1:], 2))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "the file is empty."),
        ("\n\n", "no line of the file is a JSON object. Write one object per line."),
        ("[\n]\n", "no line of the file is a JSON object. Write one object per line."),
        ((GOOD_LINE + "\n").encode("utf-16"), "no line of the file is a JSON object. Write one object per line."),
    ],
)
def test_no_json_lines(audit: Run, data: str | bytes, message: str) -> None:
    refused(audit(data, name="ledger.jsonl"), 1, f"ledger.jsonl: {message}")


def workbook(path: Path, sheets: dict[str, list[list[Any]]], **options: Any) -> None:
    with xlsxwriter.Workbook(str(path), options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value, *([day] if isinstance(value, date) else []))


def cells_in(path: Path) -> list[list[Any]]:
    book = calamine.CalamineWorkbook.from_path(str(path))
    name = "All rows" if "All rows" in book.sheet_names else book.sheet_names[0]
    found: list[list[Any]] = book.get_sheet_by_name(name).to_python()
    return found


SHEET: list[list[Any]] = [
    ["Part No", "Ship date", "Dest", "Qty", "Paid", "Sum"],
    ["A100", date(2022, 9, 15), "CN", 16, True, "=1+1"],
    ["A100", datetime(2022, 9, 15, 12, 30), "CN", 1.5, False, "-x"],
    ["A100", 44819, "CN", 10**14, None, "'=1"],
    [],
    [None, None, "Total", 10**14 + 17.5, None, None],
    ["A100", "2022-09-15", "CN", "0016", None, None],
]


@pytest.mark.parametrize("epoch", [False, True])
def test_a_workbook_keeps_its_numbers_and_days(audit: Run, tmp_path: Path, epoch: bool) -> None:
    workbook(tmp_path / "ledger.xlsx", {"S": SHEET}, date_1904=epoch)
    said = audit(None, name="ledger.xlsx")
    assert said.outcomes == [LICENSE, LICENSE, OPEN, LICENSE]
    assert [row["Qty"] for row in said.rows] == ["16", "1.5", "100000000000000", "0016"]
    assert [(row["sheet"], row["row"]) for row in said.rows] == [("S", "2"), ("S", "3"), ("S", "4"), ("S", "7")]
    assert said.problems[2] == (
        "row 4: the date '44819' cannot be read for certain. If it is a spreadsheet's day number (2022-09-15), say "
        "--dates excel."
    )
    assert "Not shipments: 1 blank row; 1 line of totals (row 6).\n" in said.out
    assert audit(None, "--plain", name="ledger.xlsx", out="out.xlsx").status == 0
    shipments = [row for n, row in enumerate(cells_in(tmp_path / "ledger.xlsx"), 1) if n not in (5, 6)]
    assert [row[:6] for row in cells_in(tmp_path / "out.xlsx")] == shipments


@pytest.mark.parametrize(
    ("sheets", "status", "message"),
    [
        (
            {"A": [["x"]], "B": [["y"], [1]]},
            2,
            "ledger.xlsx: none of its sheets has a header with a chip and a day of "
            "export in its first 50 rows. Say which sheet is the ledger: --sheet 'A'; and which row its header is: "
            "--header-row 6. Sheets: 'A', 'B'.",
        ),
        (
            {"A": SHEET, "B": [["Part No", "Dest"], ["A100", "CN"]]},
            2,
            "ledger.xlsx: the sheet 'B' looks like a part of "
            "the ledger (row 1: 'Part No', 'Dest'), and no column of it is known as the day of export. If it is one, "
            "say which: --map on=COLUMN. If not, name the sheets to audit, each with --sheet NAME. Sheets: 'A', 'B'.",
        ),
        ({"A": []}, 1, "ledger.xlsx: its sheets are empty: there is not even a header."),
    ],
)
def test_a_sheet_must_be_told(
    audit: Run, tmp_path: Path, sheets: dict[str, list[list[Any]]], status: int, message: str
) -> None:
    workbook(tmp_path / "ledger.xlsx", sheets)
    refused(audit(None, name="ledger.xlsx"), status, message)
    refused(
        audit(None, "--sheet", "C", name="ledger.xlsx"),
        2,
        f"--sheet 'C': the sheets are {', '.join(map(repr, sheets))}.",
    )


def test_the_one_sheet_that_has_rows_is_taken(audit: Run, tmp_path: Path) -> None:
    workbook(tmp_path / "ledger.xlsx", {"Cover": [], "S": SHEET[:2]})
    assert audit(None, name="ledger.xlsx").outcomes == [LICENSE]


@pytest.mark.parametrize("plain", [("--plain",), ()])
def test_a_sheet_of_excel_is_full_before_the_ledger_is(
    audit: Run, monkeypatch: pytest.MonkeyPatch, plain: Sequence[str]
) -> None:
    monkeypatch.setattr("exportrules.ledger.sinks.MOST_IN_SHEET", 3)
    # none of these rows is reported: the table is what fills up
    free = ROW.replace("2022-09-15", "2021-09-15")
    monkeypatch.setattr("exportrules.ledger.sheet.MOST_IN_SHEET", 3)
    assert audit(f"{HEADER}\n{free}\n{free}\n", *plain, out="out.xlsx").status == 0
    said = audit(f"{HEADER}\n{free}\n{free}\n{free}\n", "--force", *plain, out="out.xlsx")
    assert (said.status, said.err) == (
        1,
        "exportrules: out.xlsx: an Excel sheet holds 3 rows including its header, and the ledger has more. Write "
        ".csv or .parquet.\n",
    )
    assert len(cells_in(said.directory / "out.xlsx")) == 3  # the earlier one


PARTS = {"part": ["A100", "A100"], "dest": ["CN", "CN"]}


@pytest.mark.parametrize(
    ("days", "problems"),
    [
        (pa.array([date(2022, 9, 15), None]), ["", "the date is empty; it is never assumed."]),
        (pa.array([datetime(2022, 9, 15, 23, 59), datetime(2022, 9, 15)]), ["", ""]),
        (
            pa.array([datetime(2022, 9, 15, 10), None], pa.timestamp("us", "UTC")),
            [
                "the date '2022-09-15 10:00:00+00:00' is a moment in a time zone; the law knows days in Washington, "
                "D.C. Write that day.",
                "the date is empty; it is never assumed.",
            ],
        ),
        (
            pa.array([10**8, 60_000], pa.int32()).cast(pa.date32()),
            [
                "the date '<value out of range: 100000000>' cannot be read for certain. Write YYYY-MM-DD.",
                "the date '2134-04-11' is 2134-04-11, which cannot be the day of a shipment of AI chips.",
            ],
        ),
        (
            pa.array([44819, 44819.0]),
            ["the date '44819' cannot be read for certain. If it is a spreadsheet's day number (2022-09-15), say "
             "--dates excel."] * 2,
        ),
        (pa.array(["2022-09-15", "2022-09-15"]).dictionary_encode(), ["", ""]),
        (pa.array(["2022-09-15", "2022-09-15"], pa.large_string()), ["", ""]),
        (pa.nulls(2), ["the date is empty; it is never assumed."] * 2),
    ],
)  # fmt: skip
def test_days_of_every_type(audit: Run, tmp_path: Path, days: Any, problems: list[str]) -> None:
    pq.write_table(pa.table({**PARTS, "ship_date": days}), tmp_path / "ledger.parquet")
    said = audit(None, name="ledger.parquet")
    assert [re.sub(r"^row \d: ", "", p) for p in said.problems] == problems
    assert said.outcomes == [OPEN if problem else LICENSE for problem in problems]


def test_columns_of_every_type_come_through(audit: Run, tmp_path: Path) -> None:
    table = pa.table(
        {
            **PARTS,
            "ship_date": [date(2022, 9, 15)] * 2,
            "list": pa.array([[1, 2], None]),
            "struct": pa.array([{"a": 1}, None]),
            "bytes": pa.array([b"\xff", None]),
            "null": pa.nulls(2),
            "decimal": pa.array([Decimal("1.50"), None]),
            "clock": pa.array([clock(1, 2), None]),
            "truth": pa.array([True, None]),
            "big": pa.array([12345678901234567, None]),
            "nano": pa.array([1663236000000000001, None]).cast(pa.timestamp("ns")),
            "moment": pa.array([datetime(2022, 9, 15, 10), None], pa.timestamp("us", "UTC")),
            "far": pa.array([10**8, None], pa.int32()).cast(pa.date32()),
            "float": pa.array([float("inf"), float("nan")]),
            "code": pa.array(["a", None]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "ledger.parquet")
    own = [
        "A100", "CN", "2022-09-15", "[1, 2]", '{"a": 1}', "\\xff", "", "1.5", "01:02:00", "true", "12345678901234567",
        "2022-09-15 10:00:00.000000001", "2022-09-15 10:00:00+00:00", "<value out of range: 100000000>", "inf", "a",
    ]  # fmt: skip
    said = audit(None, name="ledger.parquet")
    assert [list(row.values())[: len(own)] for row in said.rows] == [own, [*own[:3], *[""] * (len(own) - 3)]]
    for kind in ("parquet", "jsonl", "xlsx"):
        assert audit(None, name="ledger.parquet", out=f"out.{kind}").status == 0
    before, after = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("ledger", "out"))
    same = [name for name in table.column_names if name != "float"]  # NaN is nothing's equal
    assert after.select(same).equals(before.select(same))
    found = cells_in(tmp_path / "out.xlsx")[1]
    assert (found[7], found[9], found[10]) == (1.5, True, "12345678901234567")  # more digits than Excel keeps


def test_a_parquet_file_cut_in_half_or_damaged(audit: Run, tmp_path: Path) -> None:
    pq.write_table(pa.table({**PARTS, "ship_date": [date(2022, 9, 15)] * 2}), tmp_path / "whole.parquet")
    data = (tmp_path / "whole.parquet").read_bytes()
    whole = "ledger.parquet: this is not a complete Parquet file: "
    for bad, message in (
        (data[: len(data) // 2], "Parquet magic bytes not found in footer."),
        (b"", "Parquet file size is 0 bytes."),
    ):
        said = audit(bad, name="ledger.parquet")
        assert said.status == 1
        assert said.err.startswith(f"exportrules: {whole}{message}")
        assert said.err.count("\n") == 1
    text = audit(b"part,date\n1,2\n3,4\n", name="ledger.parquet")
    assert text.err == "exportrules: ledger.parquet: it is a text file, not a Parquet file. Rename it to end in .csv.\n"
    middle = bytearray(data)
    middle[4:40] = bytes(36)
    said = audit(bytes(middle), name="ledger.parquet")
    assert (said.status, said.err.startswith("exportrules: ledger.parquet: the file is damaged: ")) == (1, True)
    assert not (tmp_path / "out.csv").exists()


def test_a_table_without_rows(audit: Run, tmp_path: Path) -> None:
    schema = pa.schema([("part", pa.string()), ("dest", pa.string()), ("ship_date", pa.date32())])
    pq.write_table(pa.Table.from_pylist([], schema), tmp_path / "ledger.parquet")
    assert audit(None, name="ledger.parquet", out="out.parquet").status == 0
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


# the command line


@pytest.mark.parametrize(
    ("header", "options", "message"),
    [
        ("part,dest", (), "no column is known as the date of export. Say which: --map on='Ship date'. Columns: 'part', "
         "'dest'."),
        ("ship date,dest", (), "no column is known as the chip. Say which: --map chip='Part No'. Columns: 'ship date', "
         "'dest'."),
        ("part,ship date", (), "no column is known as the destination. Say --map to='Dest', or --to PLACE for all "
         "rows. A destination is never assumed. Columns: 'part', 'ship date'."),
        ("part,ship date,date,dest", (), "two columns could be the date of export: 'ship date' and 'date'. Say which: "
         "--map on='ship date'."),
        ("part,part,date,dest", (), "two columns could be the chip: 'part' and 'part'. Say which: --map chip='part'."),
        ("part,part,date,dest", ("--map", "chip=part"), "--map chip='part': 2 columns have that name. Rename all but "
         "one."),
        (HEADER, ("--map", "chip=Parts"), f"--map chip='Parts': there is no such column. {COLUMNS} Did you mean "
         "'part'?"),
        (HEADER, ("--map", "chip=part", "--map", "chip=qty"), "--map gives 'chip' twice. Give it once."),
        (HEADER, ("--map", "chip=part", "--map", "to=part"), "--map gives the column 'part' to 'chip' and to 'to'."),
        (HEADER, ("--map", "chip"), "--map 'chip' does not have the form FIELD=COLUMN. Write e.g. --map "
         "chip='Part No'."),
        (HEADER, ("--map", "chips=part"), "--map chips=...: a ledger has no 'chips'. Fields: chip, on, to, exporter, "
         "activity, headquarters, ultimate_parent, end_user, parties, end_use. Did you mean 'chip'?"),
        (HEADER, ("--to", "CN"), "the column 'dest' says 'to', and --to does too. Leave the option out, or the column "
         "with --map to=."),
        (HEADER, ("--to", "Nowhere", "--map", "to="), "--to: no destination is called 'Nowhere' for certain. Say "
         "what it means in a --names file."),
        (HEADER, ("--exporter", "unknown"), "--exporter: the exporter 'unknown' says nothing. Write 'maker', "
         "'other' or the company's name, or say what it means in a --names file."),
        (f"{HEADER},Outcome", (), "the ledger has a column 'Outcome' already. Say --prefix TEXT to name the answer's "
         "columns apart, or leave that one out with --columns."),
        (HEADER, ("--columns", "outcomes"), "--columns: there is no answer column 'outcomes'. Columns: "
         f"{ANSWERS.replace(',', ', ')}."),
        (HEADER, ("--columns", "list"), "--columns: there is no answer column 'list'. It comes with --also-on. "
         f"Columns: {ANSWERS.replace(',', ', ')}."),
        (HEADER, ("--columns", ","), f"--columns names no column. Columns: {ANSWERS.replace(',', ', ')}."),
        (HEADER, ("--encoding", "klingon"), "--encoding 'klingon' is not an encoding. Write e.g. utf-8, cp1252, "
         "gb18030."),
        (HEADER, ("--encoding", "rot13"), "--encoding 'rot13' is not an encoding. Write e.g. utf-8, cp1252, gb18030."),
        (HEADER, ("--delimiter", "ab"), "--delimiter 'ab' is not one character. Write ',', ';' or 'tab'."),
        (HEADER, ("--delimiter", '"'), "--delimiter '\"' is not one character. Write ',', ';' or 'tab'."),
        (HEADER, ("--also-on", "2024-13-01"), "--also-on '2024-13-01' is not a calendar day. Write YYYY-MM-DD."),
        (HEADER, ("--dates", "eu"), "Invalid value for '--dates': 'eu' is not one of 'iso', 'dmy', 'mdy', 'excel', "
         "'excel1904'."),
        (HEADER, ("--summary", "summary.csv"), "--summary 'summary.csv': the summary is a Markdown file, FILE.md. To "
         "print it, make --summary the last option, after LEDGER."),
    ],
)  # fmt: skip
def test_options_that_cannot_be_followed(audit: Run, header: str, options: Sequence[str], message: str) -> None:
    refused(audit(f"{header}\n{ROW}\n", *options), 2, message)


def test_an_exporter_and_a_ledger_are_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ledger.csv").write_text(GOOD)
    refused(
        run("audit", "ledger.csv", "-o", "out.csv"),
        2,
        "no column is known as the exporter. Say --map exporter='Shipper', or for all rows --exporter maker (a "
        "manufacturer's own ledger), other, or a company's name. A letter binds its addressee alone, so this is never "
        f"assumed. {COLUMNS}",
    )
    refused(run("audit"), 2, "name a LEDGER, e.g. exportrules audit shipments.csv -o audited.csv")


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("directory.csv", 1, "directory.csv: this is a directory. Name one file of a ledger."),
        ("pipe.csv", 1, "pipe.csv: this is not a regular file: a ledger may be read twice. Copy it to one."),
        ("none.csv", 1, "none.csv: the file cannot be read: No such file or directory."),
        ("none.parquet", 1, "none.parquet: the file cannot be read: No such file or directory."),
        ("none.xlsx", 1, "none.xlsx: the file cannot be read: No such file or directory."),
        ("ledger.pdf", 2, "'ledger.pdf': a ledger must end in .csv, .tsv, .txt, .parquet, .jsonl, .ndjson, .xlsx, "
         ".xlsm, .xlsb, .xls, .ods. Rename it by what it is."),
        ("none.ods", 1, "none.ods: the file cannot be read: No such file or directory."),
        ("text.xlsx", 1, "text.xlsx: it is a text file, not a workbook. Rename it to end in .csv."),
        ("empty.xlsx", 1, "empty.xlsx: the file is empty."),
    ],
)  # fmt: skip
def test_what_is_no_file_of_a_ledger(audit: Run, tmp_path: Path, name: str, status: int, message: str) -> None:
    (tmp_path / "directory.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "text.xlsx").write_text(GOOD)
    (tmp_path / "empty.xlsx").touch()
    refused(audit(None, name=name), status, message)


# names

NAMES = "column,written,means\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "a map of names has the columns column, written, means. --write-names writes one."),
        ("a,b\n1,2\n", "a map of names has the columns column, written, means. --write-names writes one."),
        (f"{NAMES}colour,x,y\n", "row 1: there is no column 'colour'. Columns: chip, on, to, exporter, activity, "
         "headquarters, ultimate_parent, end_user, parties, end_use."),
        (f"{NAMES}chip,x,Abacus\n", "row 1: 'x' is to mean 'Abacus', but no chip is called 'Abacus'. Say what it means "
         "in a --names file."),
        (f"{NAMES}chip,x,A100\nchip,x,H100\n", "row 2: 'x' has two meanings. Keep one."),
        (f"{NAMES}chip,x,A100,more\n", "row 1 has more cells than the header. Quote a cell with a comma in it."),
        (f"{NAMES}to,,CN\n", "row 1: `written` is empty, and what an empty cell means is never assumed."),
        (f'{NAMES}chip,"x\n', "this is not a CSV file in UTF-8: unexpected end of data."),
        (b"\xff\xfea", "this is not a CSV file in UTF-8. In Excel, save it as CSV UTF-8."),
    ],
)  # fmt: skip
def test_maps_of_names_that_are_none(audit: Run, tmp_path: Path, data: str | bytes, message: str) -> None:
    (tmp_path / "names.csv").write_bytes(data.encode() if isinstance(data, str) else data)
    refused(audit(GOOD, "--names", "names.csv"), 1, f"names.csv: {message}")


def test_names_go_around_and_nothing_that_was_said_is_lost(audit: Run, tmp_path: Path) -> None:
    data = f"{HEADER}\n=P/N 1,2022-09-15,Korea,1\n=P/N 1,2022-09-15,CN,1\n"
    assert audit(data, "--write-names", "names.csv").outcomes == [OPEN, OPEN]
    names = (tmp_path / "names.csv").read_text()
    assert names == (
        "column,written,rows,taken_for,problem,means\n"
        "chip,'=P/N 1,2,,no chip is called '=P/N 1'. Say what it means in a --names file.,\n"
        "to,CN,1,CN (China (PRC)),,\n"
        "to,Korea,1,,\"no destination is called 'Korea' for certain. Near names: North Korea, South Korea. Say what it "
        'means in a --names file.",\n'
    )
    filled = names.replace("--names file.,\n", "--names file.,A100\n").replace(
        '--names file.",\n', '--names file.",KR\n'
    )
    (tmp_path / "names.csv").write_text(filled + "to,Elsewhere,0,,,SG\n")
    said = audit(data, "--names", "names.csv", "--write-names", "names.csv", "--force")
    assert said.outcomes == ["no_license_requirement", LICENSE]
    assert (tmp_path / "names.csv").read_text() == (
        "column,written,rows,taken_for,problem,means\n"
        "chip,'=P/N 1,2,A100,,A100\nto,CN,1,CN (China (PRC)),,\nto,Korea,1,KR (South Korea),,KR\nto,Elsewhere,0,,,SG\n"
    )


# where it is written


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "ledger.csv", "--force"), "ledger.csv is the ledger itself. Write to another file."),
        (("-o", "hard.csv", "--force"), "hard.csv is the ledger itself. Write to another file."),
        (("-o", "there.csv"), "there.csv already exists. Use --force to replace it, or another name."),
        (("-o", "kept.csv"), "kept.csv.manifest.json already exists. Use --force to replace it, or another name."),
        (("-o", "link.csv", "--force"), "link.csv is a link, and links are not written through. Name the target of "
         "the link."),
        (("-o", "directory.csv", "--force"), "directory.csv is a directory. Name a file in it."),
        (("-o", "none/out.csv"), "none/out.csv: there is no directory none. Create it first."),
        (("-o", "out.csv", "--write-names", "none/names.csv"), "none/names.csv: there is no directory none. Create it "
         "first."),
        (("-o", "out.csv", "--write-names", "./out.csv"), "out.csv would be written twice. Give each report a file of "
         "its own."),
        (("-o", "names.csv", "--names", "names.csv", "--force"), "names.csv is the file of --names. Write to another "
         "file."),
        (("-o", "out.ods"), f"'out.ods': the output must end in {', '.join((*SINKS, *PAGES))}."),
        (("-o", "out.csv", "--plain"), "--plain is for an output that ends in .xlsx: the table alone. Omit --plain."),
        (("-o", "out.csv", "--sheet", "S"), "--sheet is for a workbook, and ledger.csv is not one. Omit it."),
        (("-o", "out.csv", "--header-row", "S=6"), "--header-row SHEET=ROW is for a workbook, and ledger.csv is not "
         "one. Omit it."),
        (("-o", "out.csv", "--header-row", "six"), "--header-row 'six' is not the number of a row. Write e.g. "
         "--header-row 6, or '2023=6' for a sheet."),
        (("-o", "out.csv", "--header-row", "1", "--header-row", "2"), "--header-row gives two rows. Keep one."),
        (("-o", "out.csv", "--header-row", "9"), "--header-row 9: there is no such row in ledger.csv, or it is "
         "empty."),
    ],
)  # fmt: skip
def test_outputs_that_may_not_be_written(run: Run, tmp_path: Path, options: Sequence[str], message: str) -> None:
    (tmp_path / "ledger.csv").write_text(GOOD)
    os.link(tmp_path / "ledger.csv", tmp_path / "hard.csv")
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "kept.csv.manifest.json").write_text("mine")
    (tmp_path / "names.csv").write_text(NAMES)
    (tmp_path / "link.csv").symlink_to("elsewhere.csv")
    (tmp_path / "directory.csv").mkdir()
    before = {p.name: p.is_file() and p.read_bytes() for p in tmp_path.iterdir() if not p.is_symlink()}
    refused(run("audit", "ledger.csv", "--exporter", "maker", *options), 2, message)
    assert {p.name: p.is_file() and p.read_bytes() for p in tmp_path.iterdir() if not p.is_symlink()} == before


@pytest.mark.parametrize("kind", SINKS)
def test_two_columns_of_one_name_only_where_a_file_can_have_them(audit: Run, kind: str) -> None:
    """No format drops a column of the ledger: each keeps both, or is refused."""
    said = audit(f"{HEADER},qty\n{ROW.removesuffix('16')}first,second\n", out=f"out{kind}")
    if SINKS[kind].unique_names:
        assert (said.status, said.err) == (
            2,
            f"exportrules: two columns of the ledger are named 'qty'; {kind} needs unique names. Write .csv.\n",
        )
        return
    written = (said.directory / f"out{kind}").read_text("utf-8")
    assert all(word in written for word in ("first", "second")), f"{kind} dropped a column; it needs `unique_names`"
    mark = "\t" if kind == ".tsv" else ","
    assert written.startswith(f"{HEADER},qty,{ANSWERS}\n{ROW.removesuffix('16')}first,second,".replace(",", mark))


def test_the_formats_and_columns_are_those_that_users_are_told_of() -> None:
    """The help of `audit` is written by hand, since asking for it may not import Arrow; so is the guide's table."""
    output = next(option for option in audit_command.params if option.name == "output")
    told = set(re.findall(r"\.[a-z]+\b", getattr(output, "help", "") or ""))
    assert told == {*SINKS, *PAGES}, "name them in the help of --output, exportrules/cli/ledger.py"
    guide = (ROOT / "docs" / "audit.md").read_text("utf-8").partition("## What is written")[2]
    table = re.findall(r"^\| (`.*?) \|", guide.partition("`--columns ")[0], re.M)
    columns = [name for cell in table for name in re.findall(r"`(\w+)`", cell)]
    assert columns == list(ANSWER_COLUMNS), "a row for each answer column, in order, in docs/audit.md"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_is_full_or_read_only(audit: Run, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise OSError(code, os.strerror(code))

    if code == errno.EROFS:
        monkeypatch.setattr(tempfile, "mkdtemp", fails)
    else:
        monkeypatch.setattr("exportrules.ledger.sinks.TextSink.write", fails)
    refused(audit(GOOD), 1, f"out.csv: the file cannot be written: {os.strerror(code)}.")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_directory_that_may_not_be_written_to(audit: Run, tmp_path: Path) -> None:
    (tmp_path / "ledger.csv").write_text(GOOD)
    tmp_path.chmod(0o500)
    try:
        refused(audit(None), 1, "out.csv: the file cannot be written: Permission denied.")
    finally:
        tmp_path.chmod(0o700)


# a process of its own


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from exportrules.cli import main; main()", "audit", *arguments]


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A ledger that takes some seconds to write as JSON."""
    (tmp_path / "ledger.csv").write_text(f"{HEADER}\n" + f"{ROW}\n" * 300_000)
    return tmp_path


def test_a_file_that_may_not_grow_ends_in_one_line(tmp_path: Path, environment: dict[str, str]) -> None:
    import resource

    (tmp_path / "ledger.csv").write_text(f"{HEADER}\n" + f"{ROW}\n" * 1000)
    done = subprocess.run(
        command("ledger.csv", "--exporter", "maker", "-o", "out.csv"),
        cwd=tmp_path, env=environment | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "exportrules: out.csv: the file cannot be written: File too large.\n"
    assert [p.name for p in tmp_path.iterdir()] == ["ledger.csv"]


#: An audit that has written rows and then waits to be interrupted; if nobody does, it is ended by an alarm.
_WAITS = """
import signal
from exportrules.cli import main
from exportrules.ledger.sinks import JsonSink
write = JsonSink.write
def writes(sink, rendered, before=[]):
    if before:
        signal.alarm(600)
        signal.pause()
    before.append(sink)
    return write(sink, rendered)
JsonSink.write = writes
main()
"""


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_and_says_so(long: Path, environment: dict[str, str]) -> None:
    """Interrupted once its bar says that rows are done, and then it waits: however slow or fast the machine is."""
    import pty

    ours, theirs = pty.openpty()
    arguments = [sys.executable, "-c", _WAITS, "audit", "ledger.csv", "--exporter", "maker", "-o", "out.jsonl"]
    with subprocess.Popen(arguments, cwd=long, env=environment, stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        try:
            shown, interrupted = b"", False
            for part in _read(ours):
                shown += part
                if not interrupted and re.search(rb"[1-9][\d,]* rows", shown):
                    begun = [p.stat().st_size for p in long.glob(".out.jsonl.*.part/out.jsonl")]
                    running.send_signal(signal.SIGINT)
                    interrupted = True
            assert running.stdout is not None
            assert running.stdout.read() == b""
        finally:
            running.kill()  # where an assertion has failed; after its end it does nothing
    assert (running.returncode, shown.splitlines()[-1]) == (130, b"exportrules: interrupted; nothing was written.")
    assert len(begun) == 1  # some of it was there
    assert [p.name for p in long.iterdir()] == ["ledger.csv"]


def test_progress_on_a_terminal_and_none_where_it_is_piped(long: Path, environment: dict[str, str]) -> None:
    import pty

    ours, theirs = pty.openpty()
    arguments = command("ledger.csv", "--exporter", "maker", "-o", "out.csv")
    with subprocess.Popen(arguments, cwd=long, env=environment, stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        shown = b"".join(_read(ours))
        assert running.stdout is not None
        assert running.stdout.read().startswith(b"300,000 rows in, 300,000 out: 300,000 license_required.\n")
    lines = shown.decode().replace("\r\n", "\n").split("\r")
    assert re.search(r"100%.*300,000 rows, [\d,]+ a second", lines[-1])
    assert lines[-1].endswith("\n")
    (long / "ledger.csv").write_text(f"{HEADER}\n" + f"{ROW}\n" * 50_000)
    piped = subprocess.run([*arguments, "--force"], cwd=long, env=environment, capture_output=True, check=True)
    assert piped.stderr == b""


def _read(descriptor: int) -> Iterator[bytes]:
    try:
        while data := os.read(descriptor, 4096):
            yield data
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(descriptor)


# the manifest


def test_a_manifest_holds_and_says_what_no_longer_does(audit: Run, run: Run, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(f"{NAMES}chip,P1,A100\n")
    audit(GOOD, "--names", "names.csv")
    edition = exportrules.default_ruleset()
    told = json.loads((tmp_path / "out.csv.manifest.json").read_text())
    assert told["input"]["rows"] == told["output"]["rows"] == sum(told["outcomes"].values()) == 1
    assert told["ruleset"]["sha256"] == edition.digest

    def verified(*arguments: str) -> list[str]:
        said = run("audit", "--verify", "out.csv.manifest.json", *arguments)
        assert said.status == (1 if "DIFFERS" in said.out else 0)
        return said.out.splitlines()

    law = f"same     law: edition {edition.edition.edition}, {edition.digest[:12]}"
    good = ["same     input: ledger.csv", "same     names: names.csv", "same     output: out.csv",
            "same     1 rows in, 1 out", law]  # fmt: skip
    assert verified() == good
    (tmp_path / "names.csv").write_text(NAMES)
    with (tmp_path / "out.csv").open("a") as file:
        file.write("\n")
    (tmp_path / "ledger.csv").rename(tmp_path / "moved.csv")
    assert verified() == [
        "DIFFERS  input: ledger.csv is not there. Say where it is: --verify MANIFEST LEDGER.",
        "DIFFERS  names: names.csv is not the file that was used: its digest differs",
        "DIFFERS  output: out.csv is not the file that was written: its digest differs",
        *good[3:],
    ]
    assert verified("moved.csv")[0] == "same     input: moved.csv"
    told["ruleset"] |= {"sha256": "0" * 64, "edition": "2025.1"}
    told["output"]["rows"] = 2
    (tmp_path / "out.csv.manifest.json").write_text(json.dumps(told))
    assert verified("moved.csv")[3:] == [
        "DIFFERS  1 rows in, 2 out: the counts of the manifest do not agree",
        f"DIFFERS  law: edition 2025.1, 000000000000, while this is edition {edition.edition.edition}, "
        f"{edition.digest[:12]}: the answers may differ",
    ]


@pytest.mark.parametrize("name", ["/dev/zero", "../../etc/passwd"])
def test_a_manifest_says_nothing_of_other_directories(audit: Run, run: Run, tmp_path: Path, name: str) -> None:
    audit(GOOD)
    told = json.loads((tmp_path / "out.csv.manifest.json").read_text())
    told["input"]["name"] = name
    (tmp_path / "out.csv.manifest.json").write_text(json.dumps(told))
    said = run("audit", "--verify", "out.csv.manifest.json")
    assert said.out.startswith(f"DIFFERS  input: {Path(name).name} is not there.")


NO_MANIFEST = "this is not a manifest of an audit. It is written beside the output."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "the file cannot be read: No such file or directory."),
        ("", NO_MANIFEST),
        ("[]", NO_MANIFEST),
        ("[" * 100_000, NO_MANIFEST),
        ('{"manifest": 2}', NO_MANIFEST),
        ('{"manifest": 1}', "this manifest is damaged: a part of it is missing."),
    ],
)
def test_what_is_no_manifest(run: Run, tmp_path: Path, data: str | None, message: str) -> None:
    if data is not None:
        (tmp_path / "m.json").write_text(data)
    refused(run("audit", "--verify", "m.json"), 1, f"m.json: {message}")


@pytest.mark.parametrize("part", ["input", "output", "outcomes", "ruleset"])
@pytest.mark.parametrize("value", [None, 3, "x", {}, {"name": 3}, {"name": "x", "sha256": 1, "rows": "many"}])
def test_a_damaged_manifest_is_no_traceback(audit: Run, run: Run, tmp_path: Path, part: str, value: Any) -> None:
    audit(GOOD)
    told = json.loads((tmp_path / "out.csv.manifest.json").read_text())
    (tmp_path / "out.csv.manifest.json").write_text(json.dumps({**told, part: value}))
    assert run("audit", "--verify", "out.csv.manifest.json").status == 1


# the summary


def test_the_summary_adds_up_and_fits_its_page(audit: Run, run: Run, tmp_path: Path) -> None:
    nasty = ["A100 | H100", "<b>x</b>", "\x1b[31mred", "\u202eabc", "x" * 5000, "=1|2", "*a*", "[a](b)"]
    rows = [f'"{chip}",2022-09-15,CN,1' for chip in nasty] + [ROW] * 5 + ["A100,bad,CN,1"]
    (tmp_path / "ledger.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    asked = ("audit", "ledger.csv", "--exporter", "maker", "--also-on", "2024-01-02")
    said = run(*asked, "--summary", "summary.md")
    assert max(map(len, said.out.splitlines())) <= 100
    assert not set("\x1b\u202e") & set(said.out + (tmp_path / "summary.md").read_text())
    sums = re.findall(r"^could not be read +(\d+) +(\d+)$", said.out, re.M)
    assert sums == [("9", "9")] * 3
    text = (tmp_path / "summary.md").read_text()
    assert "\\<b>x\\</b>" in text
    assert "A100 \\| H100" in text


def test_many_chips_are_summed_up(audit: Run, run: Run, tmp_path: Path) -> None:
    law = exportrules.default_ruleset()
    chips = sorted({v.name for v, _ in law.variants.values()} - {""})[:40]
    (tmp_path / "ledger.csv").write_text(f"{HEADER}\n" + "".join(f'"{chip}",2025-01-02,CN,1\n' for chip in chips))
    said = run("audit", "ledger.csv", "--exporter", "other")
    by_chip = said.out.split("By chip\n\n")[1].split("\n\n")[0]
    assert re.search(r"^\d+ more  ", by_chip, re.M)
    assert sum(map(int, re.findall(r"^\S.*?  +(\d+)  ", by_chip, re.M))) == len(chips)


# from Python


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dates": "eu"}, "dates='eu' is not one of: iso, dmy, mdy, excel, excel1904."),
        ({"names": {"chips": {"a": "A100"}}}, "names: a ledger has no 'chips'. Fields: chip, on, to, exporter, "
         "activity, headquarters, ultimate_parent, end_user, parties, end_use."),
        ({"names": {"chip": {"a": "Abacus"}}}, "names: 'a' is to mean 'Abacus', but no chip is called 'Abacus'. Say "
         "what it means in names={...}."),
        ({"columns": {"chip": "Part"}}, "columns={'chip': 'Part'}: there is no such column. Columns: 'parts', 'day', "
         "'to'. Did you mean 'parts'?"),
        ({"columns": {"chip": "parts", "to": "parts"}}, "columns gives the column 'parts' to 'chip' and to 'to'."),
        ({"ignore": ["dey"]}, "ignore=['dey']: there is no such column. Columns: 'parts', 'day', 'to'. Did you mean "
         "'day'?"),
        ({"to": "CN"}, "the column 'to' says 'to', and to=... does too. Leave the option out, or the column with "
         "columns={'to': ''}."),
        ({"answers": ["outcomes"]}, "answers=[...]: there is no answer column 'outcomes'. Columns: "
         f"{ANSWERS.replace(',', ', ')}."),
        ({"also_on": "soon"}, "also_on 'soon' cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15."),
    ],
)  # fmt: skip
def test_options_from_python_are_never_ignored(options: dict[str, Any], message: str) -> None:
    table = pa.table({"parts": ["A100"], "day": ["2022-09-15"], "to": ["CN"]})
    with pytest.raises(exportrules.QuestionError, match=f"^{re.escape(message)}$"):
        exportrules.audit(table, exporter="maker", **{"columns": {"chip": "parts"}, **options})
