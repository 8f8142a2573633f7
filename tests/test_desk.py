"""From a messy workbook to a file that is handed over: what is read, what is told apart, what comes out."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import python_calamine as calamine
import xlsxwriter
from click.testing import CliRunner

import exportrules
from benchmarks.make_workbook import OTHERS, make, shipments, write_names
from exportrules.cli import cli
from exportrules.ledger import xlsx
from exportrules.ledger.apart import is_total
from exportrules.ledger.columns import known_headers
from exportrules.ledger.encodings import proposals
from exportrules.ledger.headers import look_of
from exportrules.ledger.heading import find_heading
from exportrules.ledger.report import PARTS
from exportrules.ledger.reported import number_in
from exportrules.ledger.sources import open_source

LAW = exportrules.default_ruleset()
KNOWN = known_headers(LAW, {})
ROWS = 240


def audited(*arguments: str) -> str:
    """What an audit prints. Fails where it does not end well."""
    result = CliRunner().invoke(cli, ["audit", *arguments])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refused(*arguments: str) -> str:
    """Why an audit was refused."""
    result = CliRunner().invoke(cli, ["audit", *arguments])
    assert isinstance(result.exception, exportrules.ExportRulesError), result.output
    return str(result.exception)


def sheet(path: Path, name: str) -> list[list[Any]]:
    found: list[list[Any]] = calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
    return found


def written(path: Path, sheets: dict[str, list[list[Any]]], merged: dict[str, list[str]] | None = None) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            made = book.add_worksheet(name)
            for number, row in enumerate(rows):
                made.write_row(number, 0, row)
            for cells in (merged or {}).get(name, ()):
                made.merge_range(cells, rows[0][ord(cells[0]) - 65])
    return path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the workbook, its names file, and the workbook that an audit hands over."""
    directory = tmp_path_factory.mktemp("desk")
    make(directory / "shipments.xlsx", ROWS)
    write_names(directory / "names.csv")
    ledger, names = str(directory / "shipments.xlsx"), str(directory / "names.csv")
    said = audited(ledger, "--exporter", "other", "--names", names, "-o", str(directory / "report.xlsx"))
    (directory / "said.txt").write_text(said)
    return directory


# the workbook of the benchmarks


def test_every_shipment_of_every_sheet_is_a_row_with_its_place(desk: Path) -> None:
    said = (desk / "said.txt").read_text()
    assert said.startswith(f"{ROWS} rows in, {ROWS} out: ")
    assert "'Direct sales': header in row 6, 80 shipments; 'Channel': header in rows 3 and 4, 80 shipments; " in said
    assert "NOT AUDITED: sheet 'Cover' (no header of a ledger in its first 50 rows).\n" in said
    assert "Sheet '日本支店': its column '品名' is written under 'Part description'.\n" in said
    assert "Not shipments: 1 blank row; 4 lines of totals ('Direct sales' row 87, " in said
    head, *rows = sheet(desk / "report.xlsx", "All rows")
    table = [dict(zip(head, row, strict=True)) for row in rows]
    source = {n: sheet(desk / "shipments.xlsx", n) for n in ("Direct sales", "Channel", "日本支店")}
    for made, row in zip(shipments(ROWS), table, strict=True):
        invoice, _, part, _, _, to, _ = made
        assert (row["Part description"], row["Ship-to country"]) == (part, to)
        # the numbers of Excel: the cell is really there
        assert invoice in source[row["sheet"]][int(row["row"]) - 1]
        assert invoice in (row["Invoice"], row["請求書番号"])


def test_rows_are_answered_as_check_answers_them(desk: Path) -> None:
    head, *rows = sheet(desk / "report.xlsx", "All rows")
    seen = set()
    for made, cells in zip(shipments(ROWS), rows, strict=True):
        _, on, part, _, _, to, who = made
        row = dict(zip(head, cells, strict=True))
        assert not row["problem"]
        if part in OTHERS:
            assert row["outcome"] in ("not_an_ai_chip", "license_required", "indeterminate")
            continue
        place = {"U.A.E.": "AE"}.get(to, to)
        d = exportrules.check(part.removeprefix("2 x "), on=on, to=place, exporter="other", parties=[who])
        assert (row["outcome"], row["review_policy"]) == (d.outcome, d.review_policy or "")
        seen.add(d.outcome)
    assert {"license_required", "no_license_requirement", "license_exception"} <= seen


def test_the_parts_are_the_table_and_their_sums_are_exact(desk: Path) -> None:
    head, *rows = sheet(desk / "report.xlsx", "All rows")
    table = [dict(zip(head, row, strict=True)) for row in rows]
    for title, outcome in (
        ("Needed a license", "license_required"),
        ("Exception, if conditions met", "license_exception"),
    ):
        names, *listed = sheet(desk / "report.xlsx", title)[3:]
        total = listed.pop()
        assert total[0] == "Total"
        expected = [row for row in table if row["outcome"] == outcome]
        found = [dict(zip(names, row, strict=True)) for row in listed]
        assert [(row["Sheet"], row["Row"]) for row in found] == [(row["sheet"], row["row"]) for row in expected]
        amounts = [
            shipment[3:5] for shipment, row in zip(shipments(ROWS), table, strict=True) if row["outcome"] == outcome
        ]
        sums = [sum(pair[n] for pair in amounts) for n in (0, 1)]
        assert [total[names.index(name)] for name in ("Quantity", "Value (USD)")] == sums
        said = "\n".join(str(cell) for row in sheet(desk / "report.xlsx", "Summary") for cell in row)
        assert f"quantity {sums[0]:,}; value {sums[1]:,} USD. See the sheet '{title}'" in said
        for row in found:
            assert row["Why"].count("needed")
            assert isinstance(row["Date of export"], date)
            assert re.fullmatch(r"15 CFR [\w.()-]+(, [\w.()]+)*, \d{4}-\d\d-\d\d", row["The Code on that day"])


def test_printed_lists_are_read_without_a_glass(desk: Path) -> None:
    """What is printed of a list fits on A4 in letters of 8 points; the rest of its columns is for the screen."""
    with zipfile.ZipFile(desk / "report.xlsx") as book:
        names = book.read("xl/workbook.xml").decode()
        sheets = {n: book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(2, 7)}
    for number, part in enumerate(PARTS, 2):
        heads = sheet(desk / "report.xlsx", part.title)[3]
        last = re.search(rf">'?{part.title}'?!\$A\$1:\$([A-Z]+)\$", names)
        assert last
        printed = ord(last[1]) - 64
        assert ("Review policy" in heads[printed:]) == (part.title == "Needed a license")
        assert {"Date of export", "Item as written", "Parties", "Value (USD)"} <= set(heads[:printed])
        assert 'fitToHeight="0"' in sheets[number]
        pixels = 0.0
        for first, end, width in re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', sheets[number]):
            pixels += sum(float(width) * 7 for column in range(int(first), int(end) + 1) if column <= printed)
        # an inch has 96 pixels; A4 is 297 mm wide, the margins are 0.4 inch
        assert 10 * min(1, (297 / 25.4 - 0.8) * 96 / pixels) >= 8, part.title
    assert "fitToHeight" not in sheets[6]
    assert 'scale="80"' in sheets[6]


def test_the_summary_has_the_conditions_that_a_list_on_paper_names(desk: Path) -> None:
    rows = ["\n".join(map(str, row)) for row in sheet(desk / "report.xlsx", "Summary")]
    head, *_ = sheet(desk / "report.xlsx", "Exception, if conditions met")[3:]
    listed = [
        dict(zip(head, row, strict=True)) for row in sheet(desk / "report.xlsx", "Exception, if conditions met")[4:-1]
    ]
    assert listed
    for row in listed:
        exception = next(name for name in row["Provision"].split() if "740.8" in name)
        assert any(exception in said and row["Conditions"] in said for said in rows)


def test_what_to_do_next_is_computed_from_what_was_answered_and_assumed(desk: Path, tmp_path: Path) -> None:
    head, *rows = sheet(desk / "report.xlsx", "All rows")
    outcomes = [row[head.index("outcome")] for row in rows]
    needed, excepted = outcomes.count("license_required"), outcomes.count("license_exception")
    free = outcomes.count("no_license_requirement") + excepted
    steps = [
        f"{needed} rows for which a license was required: compare them with the licenses that were granted.",
        f"{excepted} rows under a license exception: find the proof that each of its conditions was met.",
    ]
    parent = f"{free} rows without a requirement, or with an exception, if the end user's headquarters and ultimate "
    summary = [str(cell) for row in sheet(desk / "report.xlsx", "Summary") for cell in row]
    at = summary.index("What to do next")
    assert [f"{n}. {says}" for n, says in enumerate(steps, 1)] == [said for said in summary[at + 1 :] if said][:2]
    asked = (str(desk / "shipments.xlsx"), "--exporter", "other", "--names", str(desk / "names.csv"))
    audited(*asked, "-o", str(tmp_path / "r.html"))
    audited(*asked, "--summary", str(tmp_path / "s.md"))
    printed = " ".join(audited(*asked).split())
    page = html.unescape((tmp_path / "r.html").read_text("utf-8"))
    markdown = (tmp_path / "s.md").read_text("utf-8")
    for said in ("\n".join(summary), printed, page, markdown):
        assert all(says in said for says in (*steps, parent))
    audited(str(desk / "shipments.xlsx"), "--exporter", "other", "-o", str(tmp_path / "r.md"))
    assert "rows that could not be read: mend the cells, or say in a names file" in (tmp_path / "r.md").read_text(
        "utf-8"
    )


def test_links_lead_to_the_code_of_the_day(desk: Path) -> None:
    with zipfile.ZipFile(desk / "report.xlsx") as book:
        links = book.read("xl/worksheets/_rels/sheet2.xml.rels").decode()
        first = book.read("xl/worksheets/sheet2.xml").decode()
    found = re.findall(r'Target="(https://www\.ecfr\.gov/on/(\d{4}-\d\d-\d\d)/title-15/section-74\d\.\d+)"', links)
    days = {str(row[3])[:10] for row in sheet(desk / "report.xlsx", "Needed a license")[4:-1]}
    assert found
    assert {day for _, day in found} <= days
    assert "<autoFilter " in first
    assert 'state="frozen"' in first


def test_no_names_file_leaves_memory_and_freight_unread(desk: Path, tmp_path: Path) -> None:
    audited(str(desk / "shipments.xlsx"), "--exporter", "other", "-o", str(tmp_path / "r.xlsx"))
    names, *rows = sheet(tmp_path / "r.xlsx", "Could not be read")[3:]
    cure = names.index("What was not understood, and the cure")
    assert {row[names.index("Item as written")] for row in rows[:-1]} <= set(OTHERS)
    assert all("Say what it means in a --names file." in row[cure] for row in rows[:-1])


def test_the_page_and_the_markdown_say_the_same(desk: Path, tmp_path: Path) -> None:
    asked = (str(desk / "shipments.xlsx"), "--exporter", "other", "--names", str(desk / "names.csv"))
    for ending in ("html", "md"):
        audited(*asked, "-o", str(tmp_path / f"r.{ending}"))
    page, text = (tmp_path / "r.html").read_text("utf-8"), (tmp_path / "r.md").read_text("utf-8")
    rows = len(sheet(desk / "report.xlsx", "Needed a license")) - 5
    assert f'<h2 id="needed-a-license">Needed a license: {rows} rows</h2>' in page
    assert f"## Needed a license: {rows} rows" in text
    assert not re.search(r"<script|src=|<link|@import|url\(", page)
    assert "default-src 'none'" in page
    for made in shipments(ROWS):
        assert made[0] in page
        assert made[0] in text


def test_a_page_holds_so_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportrules.render.audit_page.MOST_ROWS", 2)
    (tmp_path / "l.csv").write_text("chip,date,to\n" + "A100,2022-09-15,CN\n" * 3)
    said = refused(str(tmp_path / "l.csv"), "--exporter", "other", "-o", str(tmp_path / "r.html"))
    assert said == "r.html: a page holds 2 rows, and the ledger has more. Write .xlsx, .csv or .parquet."
    assert not (tmp_path / "r.html").exists()


def test_what_a_ledger_says_is_text_on_a_page(tmp_path: Path) -> None:
    nasty = '<img src=x onerror="1">'
    with (tmp_path / "l.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["chip", "date", "to", "note"], [nasty, "2022-09-15", "CN", nasty + "|`*_"]])
    for ending in ("html", "md", "xlsx"):
        audited(str(tmp_path / "l.csv"), "--exporter", "other", "-o", str(tmp_path / f"r.{ending}"))
    assert "<img" not in (tmp_path / "r.html").read_text()
    assert not re.search(r"(?<!\\)<img", (tmp_path / "r.md").read_text())


def test_the_manifest_keeps_how_the_workbook_was_read(desk: Path) -> None:
    told = json.loads((desk / "report.xlsx.manifest.json").read_text())
    assert told["sheets_not_audited"] == {"Cover": "no header of a ledger in its first 50 rows"}
    assert [(s["name"], s["header_row"], s["rows"]) for s in told["sheets"]] == [
        ("Direct sales", 6, 80), ("Channel", 3, 80), ("日本支店", 4, 80)
    ]  # fmt: skip
    assert sum(s["rows"] for s in told["sheets"]) == told["input"]["rows"] == told["output"]["rows"]


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftotext")), reason="needs LibreOffice, poppler")
def test_the_workbook_opens_and_nothing_is_cut_to_hashes(desk: Path, tmp_path: Path) -> None:
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(desk / "report.xlsx")], check=True, capture_output=True, timeout=300)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "report.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "##" not in text
    for title in ("Audit of shipments.xlsx", "Needed a license", "Exception, if conditions met", "All rows"):
        assert title in text
    assert "株式会社青葉計算機" in text
    if shutil.which("pdftoppm"):
        drawn = tmp_path / "page"
        subprocess.run(
            ["pdftoppm", "-r", "40", "-png", "-l", "3", str(tmp_path / "report.pdf"), str(drawn)], check=True
        )
        assert all(picture.stat().st_size > 2000 for picture in tmp_path.glob("page*.png"))


def test_the_workbook_of_the_guide_is_what_the_seed_makes(tmp_path: Path) -> None:
    examples = Path(__file__).parent.parent / "docs" / "examples"
    make(tmp_path / "lookback.xlsx", 300)
    write_names(tmp_path / "names.csv")
    for name in ("Cover", "Direct sales", "Channel", "日本支店"):
        assert sheet(tmp_path / "lookback.xlsx", name) == sheet(examples / "lookback.xlsx", name)
    assert (tmp_path / "names.csv").read_bytes() == (examples / "lookback-names.csv").read_bytes()


def test_days_are_shown_as_the_ledger_shows_them(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "l.xlsx")) as book:
        made = book.add_worksheet("A & B")
        made.write_row(2, 1, HEAD)
        made.write_row(3, 1, ["A100", "", "CN"])
        made.write_datetime(3, 2, date(2022, 9, 15), book.add_format({"num_format": "[$-407]dd.mm.yyyy;@"}))
    source = open_source(tmp_path / "l.xlsx", field_of=KNOWN)
    assert getattr(source, "day_format", None) == "dd.mm.yyyy"
    audited(str(tmp_path / "l.xlsx"), "--exporter", "maker", "-o", str(tmp_path / "r.xlsx"))
    with zipfile.ZipFile(tmp_path / "r.xlsx") as book:
        assert 'formatCode="dd.mm.yyyy"' in book.read("xl/styles.xml").decode()


# what an officer has


def messy(path: Path, merged: bool = False) -> Path:
    """Three sheets that call one thing differently: a two-row header and a footnote, Japanese days, German."""
    groups = {"US": ["A1:B1", "C1:D1", "E1:F1"]} if merged else {}
    return written(path, merged=groups, sheets={
        "US": [
            ["Order", "", "Goods", "", "Consignee", ""],
            ["No.", "Ship Date", "P/N", "Qty", "Name", "Country"],
            ["K-1", "2022-09-12", "A100-PCIE-80GB", 8, "Lantern Cloud", "China"],
            ["Subtotal", "", "", 8, "", ""],
            ["K-2", "2023-01-17", "H100 PCIe (qty 2)", 2, "Pearl Data", "Hong Kong"],
            ["* K-2 went by courier", "", "", "", "", ""],
        ],
        "東京": [
            ["伝票番号", "出荷日", "型番", "品目", "数量", "仕向地"],
            ["T1", "令和6年5月7日", "L40S", "GPU", 4, "中国"],
            ["T2", 45450, "H100 SXM5 80GB", "GPU", 8, "マレーシア"],
        ],
        "EMEA": [
            ["Rechnung", "Versanddatum", "Artikel", "Menge", "Land", "Designed for datacenter"],
            ["R1", "03.04.2024", "A30", 2, "Deutschland", "ja"],
        ],
    })  # fmt: skip


def test_sheets_that_call_a_column_differently_are_one_ledger(tmp_path: Path) -> None:
    ledger = str(messy(tmp_path / "messy.xlsx"))
    asked = ("--exporter", "other", "--dates", "dmy", "--dates", "excel", "--prefix", "x_")
    assert "row 2 is the header, and row 1 above it may be a part of it: 'Consignee Country'" in refused(ledger, *asked)
    messy(tmp_path / "messy.xlsx", merged=True)
    said = refused(ledger, *asked)
    assert "'Consignee Country' looks like where a buyer has its seat; 'Land' looks like a destination" in said
    both = ("--map", "to=Consignee Country", "--map", "to=Land")
    said = audited(ledger, *asked, *both, "-o", str(tmp_path / "out.csv"))
    assert "Sheet 'EMEA': its column 'Land' is written under 'Consignee Country'.\n" in said
    assert "1 line of totals ('US' row 4)" in said
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["x_outcome"] for row in rows] == [
        "no_license_requirement", "license_required", "indeterminate", "license_required", "no_license_requirement",
        "no_license_requirement",
    ]  # fmt: skip
    assert [row["x_problem"] for row in rows if row["sheet"] != "US"] == ["", "", ""]
    # one of the two, by itself: the other sheet's own word for it is no column of the ledger
    audited(ledger, *asked, "--map", "to=Land", "--ignore", "Consignee Country", "-o", str(tmp_path / "one.csv"))
    said = (tmp_path / "one.csv").read_text("utf-8-sig")
    assert "Sheet 'US' has no column of the destination, which is never assumed.\n" in audited(
        ledger, *asked, "--map", "to=Land", "--ignore", "Consignee Country", "-o", str(tmp_path / "two.csv")
    )
    assert "sheet 'US', row 3: the destination is empty; it is never assumed." in said


def test_a_row_that_is_no_shipment_says_what_it_says(tmp_path: Path) -> None:
    ledger = str(messy(tmp_path / "messy.xlsx"))
    audited(
        ledger, "--exporter", "other", "--sheet", "US", "--map", "to=Consignee Country", "-o", str(tmp_path / "r.xlsx")
    )
    said = [row[-1] for row in sheet(tmp_path / "r.xlsx", "Could not be read")[4:5]]
    cells = "\n".join(str(cell) for row in sheet(tmp_path / "r.xlsx", "Could not be read") for cell in row)
    assert said
    assert "The row says: '* K-2 went by courier'." in cells


def test_a_column_that_says_what_the_law_concludes_is_carried_along_and_never_believed(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    names = (name for name, fact in LAW.facts.items() if fact.about in ("conclusion", "derived"))
    # those that look like a party are asked about, as any column is
    concluded = [name for name in names if not look_of(name)]
    assert "ear99" in concluded
    path.write_text(f"chip,date,to,{','.join(concluded)}\nA100,2023-03-01,RU{',yes' * len(concluded)}\n")
    said = audited(str(path), "--exporter", "other", "-o", str(tmp_path / "out.csv"), "--prefix", "x_")
    assert said.startswith("1 row in, 1 out: 1 license_required.\n")
    assert f"Not read: {', '.join(map(repr, concluded))}.\n" in said
    assert "a ledger has no 'ear99'" in refused(str(path), "--exporter", "other", "--map", "ear99=ear99")


def test_a_header_that_is_a_bare_name_may_be_a_party(tmp_path: Path) -> None:
    ledger = str(messy(tmp_path / "messy.xlsx"))
    said = refused(ledger, "--exporter", "other", "--sheet", "US", "--header-row", "2")
    assert said.startswith("a column was not read, and may decide: 'Name' looks like a party.")


def test_a_description_is_the_chip_where_no_better_column_is(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("Description,Date,Country\nA100,2022-09-15,CN\n")
    assert "Read: chip from 'Description'; " in audited(str(path), "--exporter", "other")
    path.write_text("P/N,Description,Date,Country\nA100,GPU board,2022-09-15,CN\n")
    said = audited(str(path), "--exporter", "other")
    assert "Read: chip from 'P/N'; " in said
    assert "Not read: 'Description'." in said


@pytest.mark.parametrize(
    ("style", "said"),
    [
        ("dmy,mdy", "--dates dmy,mdy: a ledger has one of dmy and mdy. Keep one."),
        ("excel,excel1904", "--dates excel,excel1904: a ledger has one of excel and excel1904. Keep one."),
    ],
)
def test_dates_are_declared_once(tmp_path: Path, style: str, said: str) -> None:
    (tmp_path / "l.csv").write_text("chip,date,to\nA100,2022-09-15,CN\n")
    options = [word for one in style.split(",") for word in ("--dates", one)]
    assert refused(str(tmp_path / "l.csv"), "--exporter", "other", *options) == said


ZIP, OLE = b"PK\x03\x04" + bytes(30), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SAVE = "Open it in Excel and save it as .xlsx"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("l.csv", ZIP, "it is a workbook, or another archive. If it is a workbook, rename it to end in .xlsx."),
        ("l.xls", ZIP, "it is a workbook, or another archive. If it is a workbook, rename it to end in .xlsx."),
        ("l.xlsx", b"chip,date,to\n", "it is a text file, not a workbook. Rename it to end in .csv."),
        ("l.parquet", b"chip,date,to\n", "it is a text file, not a Parquet file. Rename it to end in .csv."),
        ("l.xls", b"\n<html><table>", f"it is a web page or XML, as some programs write under that name. {SAVE}."),
        ("l.csv", OLE, f"it is an old workbook, or one with a password. {SAVE}, without a password."),
        ("l.xlsx", OLE, "this workbook cannot be read: it has a password, or is in an older format. "
         f"{SAVE}, without a password."),
        ("l.csv", b"PAR1abc", "it is a Parquet file. Rename it to end in .parquet."),
        ("l.csv", b"%PDF-1.7", "it is a PDF. Export the table that it was made from."),
        ("l.csv", b"\x1f\x8b\x08", "it is compressed. Unpack it first."),
        ("l.xlsx", b"", "the file is empty."),
    ],
)  # fmt: skip
def test_a_file_under_the_name_of_another_kind_is_refused_with_the_cure(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert refused(str(tmp_path / name), "--exporter", "other") == f"{name}: {said}"


# headers


def test_a_header_is_found_by_its_columns_and_not_by_its_looks() -> None:
    rows = [["Export report", ""], ["Date", "2024-01-02"], ["", ""], ["Part no", "Ship date"], ["A100", "2022-09-15"]]
    found = find_heading(rows, KNOWN)
    assert found
    assert (found.first, found.rows, found.names) == (3, 1, ("Part no", "Ship date"))
    assert find_heading([["Export report", ""], ["Date", "2024-01-02"]], KNOWN) is None


@pytest.mark.parametrize(
    ("upper", "lower", "names"),
    [
        (["Goods", "", "Ship", ""], ["Part no", "Qty", "date", "to country"],
         ["Part no", "Qty", "Ship date", "Ship to country"]),
        (["Part no", "Ship", "", ""], ["", "date", "to country", ""], ["Part no", "Ship date", "Ship to country"]),
    ],
)  # fmt: skip
def test_a_header_of_two_rows_is_one(upper: list[str], lower: list[str], names: list[str]) -> None:
    found = find_heading([["Title", "", "", ""], upper, lower, ["A100", "2022-09-15", "1", "x"]], KNOWN)
    assert found
    assert (found.first, found.rows, list(found.names)[:3]) == (1, 2, names[:3])


def test_the_day_of_an_order_is_no_day_of_export_nor_a_consignees_country_a_destination(tmp_path: Path) -> None:
    upper, lower = ["Item", "Order", "Ship", "Consignee"], ["Part no", "date", "date", "country"]
    found = find_heading([["Title"], upper, lower], KNOWN)
    assert found
    assert found.doubt == "Order date"
    said = refused(str(written(tmp_path / "l.xlsx", {"S": [["Title"], upper, lower, ROW]})), "--exporter", "other")
    assert said == (
        "l.xlsx, sheet 'S': row 3 is the header, and row 2 above it may be a part of it: 'Order date'. Name the "
        "columns in one row, or say that row 3 is the whole header: --header-row 'S=3'."
    )
    # where cells are merged, they say what belongs to what
    merged = find_heading([["Item", "Ship", "", "Consignee", ""], ["Part no", "date", "to country", "country", "name"]],
                          KNOWN, lambda row: [] if row else [(1, 2), (3, 4)])  # fmt: skip
    assert merged
    assert merged.names == ("Part no", "Ship date", "Ship to country", "Consignee country", "Consignee name")
    assert merged.fields == ("chip", "on", "to", "", "parties")


def test_a_title_that_is_merged_above_a_part_of_a_header_is_no_group() -> None:
    header = ["Part no", "Ship date", "Ship to country", "Customer"]
    for title in (["Exports", "", "", ""], ["Exports", "", "", "logo"]):
        found = find_heading(
            [title, header, ["A100", "2022-09-15", "CN", "x"]], KNOWN, lambda row: [] if row else [(0, 1)]
        )
        assert found
        assert found.fields == ("chip", "on", "to", "parties")


def test_a_row_below_a_header_is_a_row() -> None:
    found = find_heading([["Part no", "Ship date", "Dest"], ["Part no 7", "date", "country"]], KNOWN)
    assert found
    assert found.rows == 1


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (["Total", "", "", "1,234"], True), (["", "Subtotal", "", "5"], True), (["合計", "", "", "17.5"], True),
        (["", "", "小計：", "3"], True), (["Summe", "", "", "1.234,50 €"], True),
        (["Grand total", "", "", "USD 5"], True), (["", "", "", "Total value of all goods"], True),
        (["Total for March 2024", "", "", "5"], True), (["", "Total", "", ""], True), (["合計金額", "", "", "5"], True),
        (["A100", "2022-09-15", "Total SA", "4"], False),
        (["", "45000", "Total", "4"], False),
        (["", "", "", "4"], False), (["Total", "2022-09-15", "CN", "4"], False), (["", "", "", ""], False),
        (["Summer Systems", "", "", "4"], False), (["4090", "", "Total", "4"], False), (["", "", "CN", "Total"], False),
        # a company of that name, on an invoice
        (["", "", "Total", "4"], True), (["", "", "", "4", "Total"], False),
        (["", "", "Total Solutions", "4"], False), (["H20", "", "", "Total"], False),
    ],
)  # fmt: skip
def test_a_line_of_sums_is_told_apart_and_a_shipment_never(cells: list[str], total: bool) -> None:
    assert is_total(cells, ("chip", "on", "parties", "")) is total


HEAD = ["Part No", "Ship date", "Dest"]
ROW = ["A100", "2022-09-15", "CN"]


def test_the_row_of_a_header_can_be_told(tmp_path: Path) -> None:
    rows = [["Teil", "Tag", "Ort"], HEAD, ROW]
    path = str(written(tmp_path / "l.xlsx", {"S": rows}))
    audited(path, "--exporter", "maker", "-o", str(tmp_path / "found.csv"))
    assert len((tmp_path / "found.csv").read_text().splitlines()) == 2
    told = ("--header-row", "1", "--map", "chip=Teil", "--map", "on=Tag", "--map", "to=Ort")
    audited(path, "--exporter", "maker", *told, "-o", str(tmp_path / "told.csv"))
    assert len((tmp_path / "told.csv").read_text().splitlines()) == 3
    assert refused(path, "--exporter", "maker", "--header-row", "9") == (
        "--header-row 9: this row of the sheet 'S' is empty. l.xlsx has rows 1 to 3 there, as Excel shows them."
    )
    several = str(written(tmp_path / "m.xlsx", {"Cover": [["x"]], "S": [["title"], HEAD, ROW]}))
    said = audited(several, "--exporter", "maker", "--header-row", "2", "-o", str(tmp_path / "m.csv"))
    assert said.startswith("1 row in, 1 out")
    assert refused(path, "--exporter", "maker", "--header-row", "T=1") == "--header-row 'T': the sheets are 'S'."


def test_sheets_can_be_chosen_and_what_is_not_audited_is_said(tmp_path: Path) -> None:
    path = str(written(tmp_path / "l.xlsx", {"A": [HEAD, ROW], "B": [HEAD, ROW, ROW], "Notes": [["hello"]]}))
    assert audited(path, "--exporter", "maker", "-o", str(tmp_path / "all.csv")).startswith("3 rows in, 3 out")
    said = audited(path, "--exporter", "maker", "--sheet", "B", "-o", str(tmp_path / "b.csv"))
    assert said.startswith("2 rows in, 2 out")
    assert "NOT AUDITED: sheet 'A' (not chosen); sheet 'Notes' (not chosen).\n" in said
    assert (tmp_path / "b.csv").read_text().splitlines()[1].startswith("A100,2022-09-15,CN,B,2,license_required,")


def test_a_destination_may_be_the_name_of_a_sheet(tmp_path: Path) -> None:
    path = str(written(tmp_path / "l.xlsx", {"China": [HEAD[:2], ROW[:2]], "Germany": [HEAD[:2], ROW[:2]]}))
    audited(path, "--exporter", "maker", "--map", "to=sheet", "-o", str(tmp_path / "o.csv"), "--columns", "outcome")
    assert [line.split(",")[2:] for line in (tmp_path / "o.csv").read_text().splitlines()[1:]] == [
        ["China", "2", "license_required"], ["Germany", "2", "no_license_requirement"]
    ]  # fmt: skip


def test_a_repeated_header_is_no_shipment_and_any_other_row_is(tmp_path: Path) -> None:
    rows = [HEAD, ROW, HEAD, ["* prices without tax", "", ""], ROW]
    said = audited(str(written(tmp_path / "l.xlsx", {"S": rows})), "--exporter", "maker", "-o", str(tmp_path / "o.csv"))
    assert said.startswith("3 rows in, 3 out: 2 license_required, 1 indeterminate.")
    assert "Not shipments: 1 repeated header (row 3).\n" in said
    assert "row 4: the date is empty; it is never assumed." in (tmp_path / "o.csv").read_text()


@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
@pytest.mark.slow
@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_other_workbooks_are_read_alike(desk: Path, tmp_path: Path, ending: str) -> None:
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", ending, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(desk / "shipments.xlsx")], check=True, capture_output=True, timeout=300)
    asked = ("--exporter", "other", "--names", str(desk / "names.csv"), "--plain")
    audited(str(tmp_path / f"shipments.{ending}"), *asked, "-o", str(tmp_path / "o.xlsx"))
    found = [row[:9] + row[9:10] for row in sheet(tmp_path / "o.xlsx", "audit")]
    assert found == [row[:10] for row in sheet(desk / "report.xlsx", "All rows")]


# text


@pytest.mark.parametrize(
    ("encoding", "who"), [("cp932", "株式会社青葉計算機"), ("gb18030", "广州灯笼云计算"), ("cp1252", "Café Müller")]
)
def test_an_encoding_is_proposed_with_what_would_be_read(tmp_path: Path, encoding: str, who: str) -> None:
    lines = ["chip,date,to,customer", *[f"A100,2022-09-15,CN,{who} {n}" for n in range(9)]]
    (tmp_path / "l.csv").write_bytes("\n".join(lines).encode(encoding) + b"\n")
    said = refused(str(tmp_path / "l.csv"), "--exporter", "other")
    assert said.startswith("l.csv: the file is not UTF-8 text. It would read: as ")
    assert f"as {encoding} 'A100,2022-09-15,CN,{who} 0'" in said
    assert proposals((tmp_path / "l.csv").read_bytes())[0].encoding == encoding
    asked = (str(tmp_path / "l.csv"), "--exporter", "other", "--encoding", encoding, "-o", str(tmp_path / "o.csv"))
    audited(*asked)
    made = (tmp_path / "o.csv").read_bytes()
    # Excel reads it only behind its mark
    assert made.startswith("\ufeffchip,".encode())
    assert next(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))["customer"] == f"{who} 0"


def test_no_mark_where_excel_needs_none(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_bytes(b"chip,date,to\nA100,2022-09-15,CN\n")
    audited(str(tmp_path / "l.csv"), "--exporter", "other", "--encoding", "cp1252", "-o", str(tmp_path / "o.csv"))
    assert (tmp_path / "o.csv").read_bytes().startswith(b"chip,")


def test_a_header_of_text_is_found_below_its_titles(tmp_path: Path) -> None:
    text = 'sep=;\n"Report; of ""exports""";;\n;;\nPart no;Ship date;Dest\nA100;2022-09-15;CN\n'
    (tmp_path / "l.csv").write_text(text)
    said = audited(str(tmp_path / "l.csv"), "--exporter", "maker", "-o", str(tmp_path / "o.csv"))
    assert "Header in row 4 of the file.\n" in said
    assert (tmp_path / "o.csv").read_text().splitlines()[1].startswith("A100;2022-09-15;CN;license_required;")


LINES = """Invoice,Ship date,Part,Qty,Country,Customer
1,2022-09-15,A100,4,CN,Lantern
2,2022-09-16,A100,4,CN,Total

Subtotal,,,8,,
Invoice,Ship date,Part,Qty,Country,Customer
3,2022-09-17,A100,1,CN,Lantern
4,,,3,,Total
5,,A100,1,CN,Lantern
  , ,,,,
合計,,,"9"
Total,2022-09-18,A100,4,CN,Lantern
6,later,A100,4,CN,Lantern
Notes: 5 was returned,,,,,
"""


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_is_no_shipment_in_a_text_is_told_apart_and_numbers_stay(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "l.csv").write_text(LINES.replace(",", delimiter), encoding="utf-8")
    said = audited(str(tmp_path / "l.csv"), "--exporter", "other", "-o", str(tmp_path / "out.csv"))
    assert said.startswith("8 rows in, 8 out: ")
    assert "Not shipments: 2 blank lines; 2 lines of totals (row 4, row 10); 1 repeated header (row 5).\n" in said
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=delimiter))
    assert [row["Invoice"] for row in rows] == ["1", "2", "3", "4", "5", "Total", "6", "Notes: 5 was returned"]
    problems = [re.match(r"row \d+|", row["problem"]) for row in rows]
    assert [found and found[0] for found in problems] == ["", "", "", "row 7", "row 8", "", "row 12", "row 13"]
    assert [row["outcome"] for row in rows][5] == "no_license_requirement"
    told = json.loads((tmp_path / "out.csv.manifest.json").read_text())
    assert told["told_apart"] == {"blank": 2, "totals": [4, 10], "repeated": [5]}
    audited(str(tmp_path / "l.csv"), "--exporter", "other", "-o", str(tmp_path / "r.xlsx"))
    summary = "\n".join(str(cell) for row in sheet(tmp_path / "r.xlsx", "Summary") for cell in row)
    assert "2 lines of totals (row 4, row 10)" in summary


def test_all_that_is_missing_is_told_in_one_message(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("a,b\n1,2\n")
    said = refused(str(tmp_path / "l.csv"))
    assert all(
        what in said for what in ("as the chip", "as the date of export", "as the destination", "as the exporter")
    )


def test_names_go_through_excel_and_back(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("chip,date,to\nグラボ,2022-09-15,CN\n", "utf-8")
    names, asked = tmp_path / "n.csv", (str(tmp_path / "l.csv"), "--exporter", "maker")
    audited(*asked, "--write-names", str(names))
    assert names.read_bytes().startswith("\ufeffcolumn,".encode())
    names.write_text("\ufeffcolumn;written;means\nchip;グラボ;A100\n", "utf-8")
    assert "needed a license" in audited(*asked, "--names", str(names))
    names.write_bytes("column,written,means\nchip,グラボ,A100\n".encode("cp932"))
    assert (
        refused(*asked, "--names", str(names))
        == "n.csv: this is not a CSV file in UTF-8. In Excel, save it as CSV UTF-8."
    )


# numbers and words


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,234", "1234"), ("1,234.50", "1234.50"), (3.1, "3.1"), (7, "7"), ("12", "12"), ("1.234,50", None),
     ("12 pcs", None), ("1,23", None), (True, None), (None, None), ("", None), (float("nan"), None)],
)  # fmt: skip
def test_an_amount_is_exact_or_it_is_none(cell: Any, number: str | None) -> None:
    assert number_in(cell) == (None if number is None else Decimal(number))


def test_amounts_of_two_currencies_are_not_added_up(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["chip", "date", "to", "qty", "amount", "currency"],
            ["A100", "2022-12-15", "CN", 2, 100, "USD"],
            ["A100", "2022-12-15", "CN", "three", "200.5", "EUR"]]  # fmt: skip
    path = str(written(tmp_path / "l.xlsx", {"S": rows}))
    audited(path, "--exporter", "other", "-o", str(tmp_path / "r.xlsx"))
    said = "\n".join(str(cell) for row in sheet(tmp_path / "r.xlsx", "Summary") for cell in row)
    assert "quantity 2; value 200.5 EUR; value 100 USD; amounts that are not numbers, left out: 1" in said
    names, *listed = sheet(tmp_path / "r.xlsx", "Needed a license")[3:]
    assert listed[-1][names.index("Value")] == ""


def test_from_python_a_row_is_told_of_arguments(tmp_path: Path) -> None:
    table = pa.table({"chip": ["A100", "Abacus"], "date": ["03/04/2023", "2023-04-03"], "to": ["CN", "Korea"]})
    problems = exportrules.audit(table, exporter="other")["problem"].to_pylist()
    assert problems[0].endswith("Is the day or the month first? Say dates='dmy' or dates='mdy'.")
    assert "Say what it means in names={...}." in problems[1]
    assert "--" not in "".join(problems)


# --- what a newcomer's workbook says by its looks alone -------------------------------------------------

#: A free shipment, unless its consignee is a listed party.
HEADS, T4, LISTED = ["part", "date", "dest", "consignee"], ["T4", "2024-06-03", "SG"], "Inspur Group Co., Ltd."


def outcomes(book: Path) -> list[tuple[str, str]]:
    """The outcome of each row, and the problem with it."""
    out = book.with_suffix(".csv")
    audited(str(book), "--exporter", "other", "-o", str(out), "--force")
    rows = csv.DictReader(io.StringIO(out.read_text("utf-8-sig"), newline=""))
    return [(row["outcome"], row["problem"]) for row in rows]


def three_rows(book: Any) -> Any:
    """A sheet with its header in row 3, and three shipments whose consignee is yet to be written, in column E."""
    made = book.add_worksheet()
    made.write_row("B3", HEADS)
    for row in (3, 4, 5):
        made.write_row(row, 1, T4)
    return made


def test_a_merged_cell_is_said_of_each_of_its_rows(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(path := tmp_path / "merged.xlsx") as book:
        made = three_rows(book)
        made.merge_range("E4:E6", LISTED)
    assert [outcome for outcome, _ in outcomes(path)] == ["license_required"] * 3
    said = audited(str(path), "--exporter", "other")
    assert "Merged cells: 2 rows have the value of the cell above." in said


def test_an_error_and_a_formula_without_a_value_are_no_empty_cells(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(path := tmp_path / "formulas.xlsx") as book:
        made = three_rows(book)
        made.write_formula("E4", "=VLOOKUP(A1,X:Y,2,0)", None, "#N/A")
        made.write_formula("E5", "=Parties!A1", None, "")
    lookup, formula, empty = outcomes(path)
    assert lookup == ("indeterminate", lookup[1])
    assert "the party '#N/A' says nothing" in lookup[1]
    assert formula[0] == "indeterminate"
    assert "the party '#VALUE!' says nothing" in formula[1]
    assert empty == ("no_license_requirement", "")


def test_a_formula_that_says_nothing_and_a_sheet_without_places_are_read(tmp_path: Path) -> None:
    """As other programs write them: a text that is empty, cells that stand behind one another."""
    (path := tmp_path / "sheet.xml").write_text(
        '<x:worksheet xmlns:x="urn:x"><x:sheetData><x:row><x:c t="str"><x:f>""</x:f><x:v></x:v></x:c><x:c><x:f>B1</x:f>'
        '</x:c></x:row><x:row><x:c><x:v>1</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c></x:row></x:sheetData>'
        "</x:worksheet>",
        "utf-8",
    )
    with path.open("rb") as part:
        assert dict(xlsx.errors_in(part)) == {(0, 1): "#VALUE!", (1, 1): "#REF!"}


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_listed_party_above_the_header_stops_an_audit(tmp_path: Path, ending: str) -> None:
    rows = [["Shipments of June"], [f"Consignee: {LISTED}"], HEADS[:3], T4]
    path = tmp_path / f"titles.{ending}"
    if ending == "csv":
        path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), "utf-8")
    else:
        written(path, {"one": rows})
    assert "a line above the header has 'Consignee: Inspur Group Co., Ltd.'" in refused(
        str(path), "--exporter", "other"
    )
