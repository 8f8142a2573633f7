"""The door of ledgers: no column, cell or code that was not understood lets a row pass as needing no license."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
import xlsxwriter

import exportrules
from benchmarks import columns as measured
from exportrules.cli import main
from exportrules.ledger.cells import read_chip
from exportrules.ledger.columns import facts_of_columns
from exportrules.ledger.fips import suspect_fips
from exportrules.ledger.headers import FIELDS, _data, look_of, slip_of, spellings
from exportrules.question.names.keys import key
from exportrules.question.names.remarks import party_in

LAW = exportrules.default_ruleset()
FACTS = facts_of_columns(LAW)
YES = {"no_license_requirement", "license_exception"}
NAMES = "column,written,means\n"


class Said(NamedTuple):
    exit_code: int
    output: str


Ask = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """`exportrules audit ...` in a directory of its own."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["exportrules", "audit", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Said(int(left.value.code or 0), out + err)

    return called


@pytest.fixture
def ask(run: Ask, tmp_path: Path) -> Ask:
    """The audit of a ledger with these lines, into out.csv unless another output or none is asked for."""

    def asked(lines: Sequence[str], *options: str, out: str | None = "out.csv") -> Said:
        (tmp_path / "ledger.csv").write_text("\n".join(lines) + "\n", "utf-8")
        return run("ledger.csv", *options, "--force", *(("-o", out) if out else ()))

    return asked


def rows() -> list[dict[str, str]]:
    with Path("out.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# headers

IN_THE_ISSUE = [
    "Consignee Name", "Ultimate Consignee", "Ship-to Party Name", "Sold-To Party", "Buyer Name", "Notify Party",
    "Freight Forwarder", "Importer of Record", "Parent", "Customer Parent Country", "Global Parent HQ",
    "Country of Incorporation", "Kunde", "得意先名", "收货人",
]  # fmt: skip


@pytest.mark.parametrize("header", IN_THE_ISSUE)
def test_a_column_of_buyers_is_read_or_stops_the_audit_by_name(ask: Ask, header: str) -> None:
    result = ask([f"part,date,dest,{header}", "H100,2022-05-01,SG,CN"], "--exporter", "other")
    if key(header) in spellings():
        assert result.exit_code == 0
        assert f"from {header!r}" in result.output
    else:
        assert result.exit_code == 2
        assert f"{header!r} looks like" in result.output
        assert f"={header!r}" in result.output
        assert f"--ignore {header!r}" in result.output
        assert not Path("out.csv").exists()


def test_what_stands_in_the_headers_file_is_read_as_its_field_in_four_languages() -> None:
    for language, wanted in {
        "en": {"Ship Date": "on", "Consignee Name": "parties", "USPPI": "exporter", "End-User": "end_user"},
        "de": {"Kunde": "parties", "Endverwender": "end_user", "Bestimmungsland": "to", "Ausführer": "exporter"},
        "ja": {"品名": "chip", "出荷日": "on", "仕向国": "to", "輸出者": "exporter", "需要者": "end_user"},
        "zh": {"型号": "chip", "发货日期": "on", "目的国": "to", "收货人": "parties", "最终用户": "end_user"},
    }.items():
        found = {h: spellings()[key(h)].field for h in wanted}
        assert found == wanted
        written = {key(h) for column in _data()["column"] for h in column.get(language, ())}
        assert {key(h) for h in wanted} <= written


def test_no_header_is_read_as_two_fields_and_every_field_is_one() -> None:
    fields: dict[str, set[str]] = {}
    for column in _data()["column"]:
        assert column["field"] in FIELDS
        for language in ("en", "de", "ja", "zh"):
            for header in column.get(language, ()):
                fields.setdefault(key(header), set()).add(column["field"])
    assert {h: f for h, f in fields.items() if len(f) > 1} == {}
    assert {look["field"] for look in _data()["looks_like"]} <= set(FIELDS)


@pytest.mark.parametrize(
    ("header", "field"),
    [("Customer Parent Country", "ultimate_parent"), ("母公司", "ultimate_parent"),
     ("Konzernmutter", "ultimate_parent"), ("EndUserCountry", "headquarters"), ("Bill-to Country", "headquarters"),
     ("本社", "headquarters"),
     ("Exporting entity", "exporter"), ("Absender", "exporter"), ("发货人名称", "exporter"),
     ("Country/Region", "to"), ("Zielort", "to"), ("最終需要国", "to"),
     ("endkundenname2", "parties"), ("Customer No. and Name", "parties"), ("User", "parties"), ("通知人", "parties"),
     ("Intended Use", "end_use"), ("Verwendungszweck", "end_use"), ("用途", "end_use"),
     ("Maison mère", "ultimate_parent"), ("모회사", "ultimate_parent"), ("UBO", "ultimate_parent"),
     ("Siège social", "headquarters"), ("Sede", "headquarters"), ("본사", "headquarters"),
     ("Exportateur", "exporter"), ("수출자", "exporter"), ("出荷元", "exporter"), ("Remitente", "exporter"),
     ("País", "to"), ("목적지", "to"),
     ("Cnee Name", "parties"), ("ULT_CNSGNE", "parties"), ("Importateur", "parties"), ("Usuario final", "parties"),
     ("Klant", "parties"), ("Alıcı", "parties"), ("Khách hàng", "parties"), ("수입자", "parties"),
      ("付款方", "parties"),
     ("Project", "parties"), ("Projektname", "parties"), ("項目名稱", "parties"), ("프로젝트", "parties"),
     ("Bank", "parties"), ("Issuing bank", "parties"), ("开户行", "parties"), ("Carrier", "parties"),
     ("承運人", "parties"), ("Lieferadresse", "parties"), ("Ship-to address", "parties"), ("收货地址", "parties"),
     ("배송지", "parties"),
     ("業主", "parties"), ("発注者", "parties"), ("Institut", "parties"), ("研究室", "parties"),
     ("Конечный пользователь", "parties"), ("المشتري", "parties"), ("Data Center", "parties"),
     ("Uso final", "end_use"), ("최종용도", "end_use"), ("Endverbleib", "end_use"),
     ("Transit country", "to"), ("Transshipment", "to"), ("Via", "to"), ("Port of discharge", "to"), ("POD", "to"),
     ("目的港", "to"), ("Install site", "parties"), ("End site", "parties"), ("Bauvorhaben", "parties"),
     ("配送先", "parties"),
     ("Payor", "parties"), ("Paid by", "parties"), ("Signatory", "parties"), ("Ship via", "parties"),
     ("Insurer", "parties"), ("Programme", "parties"), ("Customer address", "parties"), ("Kupující", "parties"),
     ("ผู้ซื้อ", "parties"), ("לקוח", "parties"), ("المستفيد", "parties")],
)  # fmt: skip
def test_an_unread_header_that_may_decide_looks_like_its_field(header: str, field: str) -> None:
    look = look_of(header)
    assert look is not None
    assert look.field == field


@pytest.mark.parametrize(
    "header",
    ["Invoice", "Qty", "Unit price", "Customer No", "Customer PO", "Kundennummer", "Buyer Email", "Ship-to City",
     "Country of Origin", "Ursprungsland", "原産国", "客户编号", "得意先コード", "Order date", "ECCN", "HS Code",
     "Incoterms", "Weight (kg)", "Salesperson", "数量", "備考", "", "x", "Used", "Equipment", "Remarks", "Bemerkung",
     "Product Name", "Product group", "Model name", "File name", "Warengruppe", "Account No", "Vendor part no", "单位",
     "Project No", "项目编号", "項目", "Bank charges", "Bank code", "银行账号", "Carrier tracking no", "Delivery date",
     "Label", "Blank", "Port of loading", "Transit time", "Email address", "Website", "Location code", "Site ID",
     "Aviation"],
)  # fmt: skip
def test_other_headers_stop_nothing(header: str) -> None:
    assert look_of(header) is None
    assert slip_of(header, FACTS) is None


@pytest.mark.parametrize(
    ("header", "field"),
    [("exprter", "exporter"), ("Consigne", "parties"), ("Destnation", "to"), ("head quarter", "headquarters"),
     ("privately_informd", "privately_informed"), ("eccn_declard", "eccn_declared"), ("仕向け国", "to"),
     ("ed use", "end_use"), ("最终途用", "end_use"), ("privately7informed", "privately_informed")],
)  # fmt: skip
def test_a_header_that_is_one_letter_off_is_asked_about(header: str, field: str) -> None:
    look = slip_of(header, FACTS)
    assert (look.field if look else "") == field


def test_a_misspelt_column_stops_an_audit_before_any_answer(ask: Ask) -> None:
    result = ask(["part,date,dest,exprter", "A100,2022-09-15,CN,maker"], "--exporter", "other")
    assert result.exit_code == 2
    assert "'exprter' looks like a misspelt 'exporter'" in result.output
    assert not Path("out.csv").exists()


@pytest.mark.parametrize("odd", [set(), object(), print, int, timedelta(1), float("inf")])
@pytest.mark.parametrize("field", ["end_user", "exporter", "chip", "to"])
def test_a_value_that_no_cell_can_have_is_never_a_yes(field: str, odd: object) -> None:
    import pandas as pd

    row: dict[str, object] = {"chip": "H100", "date": "2022-05-01", "to": "SG", "exporter": "other", field: odd}
    answered = exportrules.audit(pd.DataFrame({name: pd.Series([cell], dtype=object) for name, cell in row.items()}))
    assert answered["outcome"].tolist() == ["indeterminate"]


@pytest.mark.parametrize(
    "header",
    ["Name", "NAME 2", "Full name", "Name & address", "Account", "Acct. name", "Group", "Group Name", "Vendor",
     "Supplier name",
     "Org.", "Firm", "Company Name", "Konto", "Lieferant", "Gesellschaft", "Gruppe", "名前", "社名", "相手先名",
     "グループ",
     "名称", "抬头", "甲方", "往来单位", "账户名称", "Nom", "Raison sociale", "Наименование", "회사명", "الاسم"],
)  # fmt: skip
def test_a_word_that_by_itself_means_who_looks_like_a_party(header: str) -> None:
    look = look_of(header)
    assert look is not None
    assert look.field == "parties"


@pytest.mark.parametrize("header", ["Location", "Site", "Address 2", "Street address", "Ort", "住所", "地址"])
def test_a_word_that_by_itself_means_where_is_asked_about(header: str) -> None:
    assert (look := look_of(header)) is not None
    assert "which country" in look.what


@pytest.mark.parametrize("header", ["Name", "Vendor", "名称"])
def test_a_column_of_names_is_passed_where_they_are_of_chips(header: str) -> None:
    table = pa.table({"part no": ["H100", "A100"], "date": ["2022-05-01"] * 2, "dest": ["SG"] * 2,
                      header: ["NVIDIA H100 PCIe", "NVIDIA A100"]})  # fmt: skip
    assert exportrules.audit(table, exporter="other").num_rows == 2
    for cells in (["Acme", "NVIDIA A100"], ["", ""], ["Acme", "Foo Ltd"]):
        with pytest.raises(exportrules.QuestionError, match="looks like a party"):
            exportrules.audit(table.set_column(3, header, [cells]), exporter="other")


# remarks


@pytest.mark.parametrize(
    "text",
    ["ship to Inspur for resale", "SHIP TO INSPUR FOR RESALE", "for Dahua (via HK)", "goods of lang chao, Jinan",
     "forward to Lang-Chao", "Inspur Gruop", "Huawei Technologes", "YMTC fab 2", "please ask SenseTime",
     "Project: Inspur DC",
     "for the Institute of Computing Technology, Chinese Academy of Sciences", "交给浪潮信息", "最终用户华为",
     "転送: 浪潮集団",
     "filler of no meaning " * 90 + "Inspur Group", "получатель: Уралвагонзавод"],
)  # fmt: skip
def test_a_remark_that_names_a_listed_party_stops_an_audit(text: str) -> None:
    table = pa.table({"part": ["H100"], "date": ["2022-05-01"], "dest": ["SG"], "Remarks": [text]})
    with pytest.raises(exportrules.QuestionError, match="'Remarks' has "):
        exportrules.audit(table, exporter="other")


@pytest.mark.parametrize(
    "text",
    ["military use", "for PLA", "PLA Rocket Force", "Defense", "für militärische Zwecke", "fuer Bundeswehr", "军用",
     "軍事用途"],
)  # fmt: skip
def test_a_remark_that_speaks_of_the_military_stops_an_audit(text: str) -> None:
    table = pa.table({"part": ["H100"], "date": ["2022-05-01"], "dest": ["SG"], "Sector": [text]})
    with pytest.raises(exportrules.QuestionError, match=r"'Sector' has .* which speaks of the military.*end_use"):
        exportrules.audit(table, exporter="other")


@pytest.mark.parametrize("text", ["Defense of a thesis", "Family car", "Armenia", "Net 30", "mild steel", "正常"])
def test_a_remark_of_other_words_does_not_speak_of_the_military(text: str) -> None:
    table = pa.table({"part": ["H100"], "date": ["2022-05-01"], "dest": ["SG"], "Sector": [text]})
    assert exportrules.audit(table, exporter="other").num_rows == 1


@pytest.mark.parametrize("text", ["Endkunde ist Rostec", "für Lenovo c/o FSB", "end customer: Rostec", "for HIT"])
def test_the_start_of_a_listed_name_counts_behind_a_word_for_whom(text: str) -> None:
    assert party_in(LAW, text) is not None


@pytest.mark.parametrize(
    "text",
    ["For Order 4711", "Ship to Munich", "by DHL Express", "for Research Use", "Attn John Wang", "PAID BY VISA",
     "for Bosch GmbH", "By Sea Freight", "per RMA"],
)  # fmt: skip
def test_other_words_behind_it_count_for_nothing(text: str) -> None:
    assert party_in(LAW, text) is None


@pytest.mark.parametrize(
    "text",
    ["Neda Indusrtial Group", "Saeed aTlebi", "Tianjin Uinversity", "Prime Intrenational", "Rapart Sevrices LLC",
     "lot 7; Maxwell Prima-Vnetures SDN BHD", "Chengdu Xiwu Security Ssytem Alliance Co., Ltd."],
)  # fmt: skip
def test_a_remark_that_is_a_listed_name_with_a_slip_names_it(text: str) -> None:
    found = party_in(LAW, text)
    assert found is not None
    assert not found.certain


@pytest.mark.parametrize(
    "text",
    ["Closed", "Order complete", "Small", "Net 30 days", "Value for customs only", "Tesla V100",
     "Grace Hopper Superchip",
     "Project Sunrise", "Moscow", "Voronezh", "Board repair; return address in Munich",
     "Engine test, see problem report",
     "Siemens AG", "Toyota Motor Corporation", "100 Main Street, Springfield", "科研", "量子计算",
     "上海市浦东新区张江"],
)  # fmt: skip
def test_a_remark_of_daily_words_stops_nothing(text: str) -> None:
    assert party_in(LAW, text) is None


@pytest.mark.parametrize(
    ("word", "company"),
    [("Wheels", "Wheels Incorporated"), ("Integral", "JSC Integral"), ("Center", "LLC Center"), ("Plasma", "AO Plasma"),
     ("Kepler", "Kepler Corporation"), ("Superchip", "Superchip Limited")],
)  # fmt: skip
def test_an_everyday_word_is_a_listed_name_only_as_that_of_a_company(word: str, company: str) -> None:
    assert party_in(LAW, word) is None
    assert party_in(LAW, f"{word}; board repair") is None
    for text in (company, f"board repair; {company.upper()}"):
        assert (found := party_in(LAW, text)) is not None
        assert found.certain


def test_a_name_that_is_listed_in_its_favour_hides_no_other() -> None:
    assert party_in(LAW, "Group 42 Holding Ltd") is None
    assert party_in(LAW, "Group 42 Holding Ltd; Neda Indusrtial Group") == ("Neda Industrial Group", False)


def test_a_listed_name_that_a_form_cut_off_is_named() -> None:
    found = party_in(LAW, "Maple Engineering Pvt. Ltd. Consultants, Importers and")
    assert found == ("Maple Engineering Pvt. Ltd. Consultants, Importers and Exporters", False)


@pytest.mark.parametrize("before", [0, 300, 465, 470, 475, 479, 480, 481, 560, 599, 600, 1075])
def test_a_listed_name_is_found_wherever_it_stands_in_a_long_text(before: int) -> None:
    filler = ("lot and page " * 100)[: max(before - 1, 0)]
    assert party_in(LAW, f"{filler} Maxwell Prima-Ventures SDN BHD {filler}") is not None


def test_a_listed_name_far_down_a_column_stops_an_audit() -> None:
    texts = [f"lot {n}" for n in range(12_000)] + ["for Inspur"]
    table = pa.table({"part": ["H100"] * len(texts), "date": ["2022-05-01"] * len(texts), "Remarks": texts})
    with pytest.raises(exportrules.QuestionError, match="'Remarks' has 'for Inspur'"):
        exportrules.audit(table, exporter="other", to="SG")


# the measure of the issue: 5,000 rows with a column of buyers


@pytest.mark.parametrize("header", ["Notify Party", "Abnehmer", "通知人", "Gegenseite", "Col7", "Remarks"])
def test_one_unrecognised_header_of_buyers_stops_five_thousand_rows(header: str) -> None:
    with pytest.raises(exportrules.QuestionError, match="not read, and may decide"):
        exportrules.audit(measured.ledger(header))


def test_what_the_column_of_buyers_would_have_hidden() -> None:
    table = measured.ledger("Col7")
    read = measured.requirements(table, columns={"parties": "Col7"})
    assert read - measured.requirements(table, ignore=["Col7"]) > 50
    assert measured.requirements(table.rename_columns([*table.column_names[:-1], "Kunde"])) == read


# columns that are not read


HEADER = "part,date,dest,Text,Notify Party,Parent,Qty"
LISTED = 'H100,2022-05-01,SG,"dock 4; Inspur Group",Acme,SG,3'


def test_all_columns_that_may_decide_are_told_in_one_message_with_what_to_write(ask: Ask) -> None:
    for out in ("out.csv", None):
        result = ask([HEADER, LISTED], "--exporter", "other", out=out)
        assert result.exit_code == 2
        assert result.output == (
            "exportrules: 3 columns were not read, and may decide: 'Notify Party' looks like a party; 'Parent' looks "
            "like a parent; 'Text' has 'dock 4; Inspur Group', which names 'Inspur Group Co., Ltd.', listed. Without "
            "them a row may be answered 'no license requirement' that needs a license, so nothing was answered. To "
            "have them read: --map parties='Notify Party' --map ultimate_parent='Parent' --map parties='Text'. If they "
            "do not matter: --ignore 'Notify Party' --ignore 'Parent' --ignore 'Text'.\n"
        )
        assert not Path("out.csv").exists()


def test_python_speaks_of_its_own_arguments() -> None:
    cells = next(csv.reader([LISTED]))
    table = pa.table({name: [cell] for name, cell in zip(HEADER.split(","), cells, strict=True)})
    with pytest.raises(exportrules.QuestionError) as caught:
        exportrules.audit(table, exporter="other")
    said = str(caught.value)
    assert "columns={'parties': ['Notify Party', 'Text'], 'ultimate_parent': 'Parent'}" in said
    assert "ignore=['Notify Party', 'Parent', 'Text']" in said
    assert "--" not in said
    ignored = exportrules.audit(table, exporter="other", ignore=["Notify Party", "Parent", "Text"])
    assert ignored.column("outcome").to_pylist() == ["no_license_requirement"]
    read = exportrules.audit(
        table, exporter="other", columns={"parties": ["Notify Party", "Text"], "ultimate_parent": "Parent"}
    )
    assert read.column("problem").to_pylist() == [""]


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl", "xlsx"])
def test_listed_names_in_an_unread_column_stop_every_kind_of_file(run: Ask, tmp_path: Path, kind: str) -> None:
    import pyarrow.csv
    import pyarrow.parquet
    import xlsxwriter

    path = tmp_path / f"ledger.{kind}"
    names = [f"Buyer {n} Ltd" for n in range(500)] + ["Huawei Technologies Co., Ltd."]
    table = pa.table({"part": ["H100"] * 501, "date": ["2022-05-01"] * 501, "dest": ["SG"] * 501, "Col7": names})
    if kind == "csv":
        pyarrow.csv.write_csv(table, path)
    elif kind == "parquet":
        pyarrow.parquet.write_table(table, path)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    else:
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            for number, cells in enumerate([table.column_names, *(list(row.values()) for row in table.to_pylist())]):
                sheet.write_row(number, 0, cells)
    result = run(path.name, "--exporter", "other")
    assert result.exit_code == 2
    assert "'Col7' has 'Huawei Technologies Co., Ltd.', which names" in result.output
    assert run(path.name, "--exporter", "other", "--ignore", "col7").exit_code == 0


@pytest.mark.parametrize("kind", ["Table", "reader", "pandas", "Polars", "DuckDB", "batches"])
def test_listed_names_in_an_unread_column_stop_every_kind_of_table(kind: str) -> None:
    import duckdb
    import pandas as pd
    import polars as pl

    from exportrules.ledger.frames import batch_audit

    table = pa.table({"part": ["H100"] * 2, "date": ["2022-05-01"] * 2, "dest": ["SG"] * 2,
                      "Col7": ["Acme", "Inspur Group"]})  # fmt: skip
    frames: dict[str, Callable[[], Any]] = {
        "Table": lambda: table, "reader": table.to_reader, "pandas": lambda: pd.DataFrame(table.to_pydict()),
        "Polars": lambda: pl.DataFrame(table.to_pydict()), "DuckDB": lambda: duckdb.from_arrow(table),
        "batches": table.to_batches,
    }  # fmt: skip

    def asked(**options: Any) -> list[str]:
        if kind == "batches":
            return [row["outcome"] for batch in batch_audit(**options)(frames[kind]()) for row in batch.to_pylist()]
        found = exportrules.audit(frames[kind](), **options)
        found = found.read_all() if hasattr(found, "read_all") else found
        found = found.to_arrow_table() if kind == "DuckDB" else found
        outcomes = found["outcome"]
        return list(outcomes.to_list() if kind in ("pandas", "Polars") else outcomes.to_pylist())

    with pytest.raises(exportrules.QuestionError, match="'Col7' has 'Inspur Group', which names"):
        asked(exporter="other")
    assert asked(exporter="other", ignore=["Col7"]) == ["no_license_requirement"] * 2


def test_an_audit_always_says_what_it_read_and_what_it_did_not(ask: Ask, run: Ask) -> None:
    for out in ("out.csv", None):
        result = ask(
            [HEADER, LISTED], "--exporter", "other", "--ignore", "Text", "--ignore", "NOTIFY PARTY",
            "--map", "ultimate_parent=Parent", out=out,
        )  # fmt: skip
        assert result.exit_code == 0
        said = " ".join(result.output.split())
        assert "Read: chip from 'part'; on from 'date'; to from 'dest'; ultimate_parent from 'Parent'" in said
        assert "Not read: 'Qty'." in said
        assert "Ignored, as requested: 'Text', 'Notify Party'." in said
    told = json.loads(Path("out.csv.manifest.json").read_text())
    assert (told["not_read"], told["ignored"]) == (["Qty"], ["Text", "Notify Party"])
    assert told["options"]["ignore"] == ["Text", "NOTIFY PARTY"]
    assert run("--verify", "out.csv.manifest.json").exit_code == 0


def test_ignoring_needs_a_column_that_is_there_and_is_not_mapped(ask: Ask) -> None:
    result = ask([HEADER, LISTED], "--exporter", "other", "--ignore", "Notify")
    assert (result.exit_code, "there is no such column" in result.output) == (2, True)
    assert "Did you mean 'Notify Party'?" in result.output
    result = ask([HEADER, LISTED], "--exporter", "other", "--ignore", "Text", "--map", "parties=Text")
    assert result.output == (
        "exportrules: --ignore 'Text': the column is given to 'parties' too. Leave one of the two out.\n"
    )


def test_a_column_told_for_the_parties_is_read_beside_the_recognised_ones(ask: Ask) -> None:
    lines = ["part,date,dest,Customer,Notify Party", "H100,2022-05-01,SG,Inspur Group,Acme",
             "H100,2022-05-01,SG,Acme,Huawei Technologies"]  # fmt: skip
    result = ask(lines, "--exporter", "other", "--map", "parties=Notify Party")
    assert "parties from 'Customer' and 'Notify Party'" in result.output
    assert rows()[1]["outcome"] == "license_required"
    # none at all is what an empty name says
    result = ask(lines, "--exporter", "other", "--map", "parties=", "--ignore", "Notify Party")
    assert "Ignored, as requested: 'Customer', 'Notify Party'." in result.output
    assert [row["outcome"] for row in rows()] == ["no_license_requirement"] * 2


def test_the_ultimate_consignee_is_a_party_where_another_column_is_the_end_user(ask: Ask) -> None:
    lines = ["part,date,dest,End user,Ultimate Consignee", "H100,2022-05-01,SG,Acme,Huawei Technologies"]
    for options in ((), ("--map", "end_user=End user")):
        result = ask(lines, "--exporter", "other", *options)
        assert "end_user from 'End user'; on from 'date'; parties from 'Ultimate Consignee'" in result.output
        assert rows()[0]["outcome"] == "license_required"


def test_all_that_a_ledger_does_not_say_is_told_at_once_with_its_own_columns(ask: Ask) -> None:
    result = ask(["Artikelnr,Zielort,Versender AG", "H100,SG,Acme"])
    assert result.exit_code == 2
    for said in ("o column is known as the chip.", "o column is known as the date of export.",
                 "o column is known as the destination. Say --map to='Zielort'",
                 "o column is known as the exporter. Say --map exporter='Versender AG'"):  # fmt: skip
        assert said in result.output


# cells that say nothing

NOTHING = ["#N/A", "N/A", "n.a.", "TBD", "unknown", "-", "?", "none", "null", "#REF!", "C/O", "不明", "未定"]
PLAIN = {"part": "A100", "date": "2022-11-15", "dest": "China", "exporter": "other", "end user": "Acme",
         "customer": "Acme", "ultimate parent": "CN", "hq": "CN", "end use": "civil", "activity": "export",
         "tpp": "4992"}  # fmt: skip


@pytest.mark.parametrize("column", [name for name in PLAIN if name != "tpp"])
def test_a_value_that_says_nothing_is_a_problem_of_its_row_and_never_frees_it(ask: Ask, column: str) -> None:
    names = [name for name in PLAIN if name != "tpp"]
    lines = [",".join(names)] + [",".join({**PLAIN, column: text}[n] for n in names) for text in NOTHING]
    assert ask(lines).exit_code == 0
    for row in rows():
        assert "says nothing" in row["problem"] or "cannot be read" in row["problem"], row[column]
        assert row["outcome"] not in YES, row[column]
    # what stands without the cell stands
    freed = column in ("part", "date", "dest")
    assert {row["outcome"] for row in rows()} == {"indeterminate" if freed else "license_required"}


def test_namibia_is_na_and_nothing_else(ask: Ask) -> None:
    ask(["part,date,dest", *(f"A100,2022-05-01,{to}" for to in ("NA", "na", "n.a.", "N/A", "#N/A"))],
        "--exporter", "other")  # fmt: skip
    assert [row["problem"] == "" for row in rows()] == [True, False, False, False, False]


def test_a_placeholder_among_several_names_is_a_problem(ask: Ask) -> None:
    ask(["part,date,dest,customer", "H100,2022-05-01,SG,Acme; TBD"], "--exporter", "other")
    assert rows()[0]["outcome"] == "indeterminate"
    assert "'TBD' says nothing" in rows()[0]["problem"]


def test_the_owner_says_that_a_placeholder_means_not_said(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(f"{NAMES}parties,TBD,not said\n")
    ask(["part,date,dest,customer", "H100,2022-05-01,SG,TBD"], "--exporter", "other", "--names", "names.csv")
    assert rows()[0]["outcome"] == "no_license_requirement"
    (tmp_path / "names.csv").write_text(f"{NAMES}to,TBD,not said\n")
    result = ask(["part,date,dest", "H100,2022-05-01,TBD"], "--exporter", "other", "--names", "names.csv")
    assert result.exit_code == 1


def test_the_summary_says_of_how_many_rows_something_was_assumed(ask: Ask) -> None:
    lines = ["part,date,dest,end use,hq", *["A100,2022-05-01,CN,,CN"] * 3, "A100,2022-05-01,CN,civil,",
             "A100,bad,CN,,"]  # fmt: skip
    said = " ".join(ask(lines, "--exporter", "other", out=None).output.split())
    assert "Assumed where the cell is empty:" in said
    assert "the end use is civil (end_use: 3 rows)" in said
    assert "(headquarters: 1 row)" in said


# codes of countries


def test_codes_that_look_like_fips_are_warned_of_with_both_meanings(ask: Ask) -> None:
    lines = ["part,date,dest", *(f"A100,2022-11-15,{code}" for code in ("CH", "JA", "KS", "SN", "US"))]
    for out in ("out.csv", None):
        said = " ".join(ask(lines, "--exporter", "other", out=out).output.split())
        assert "WARNING: the countries look like FIPS codes (JA, KS)" in said
        assert "CH (Switzerland; in FIPS China (PRC))" in said
        assert "SN (Senegal; in FIPS Singapore)" in said
    ask(lines, "--exporter", "other")
    assert [bool(row["problem"]) for row in rows()] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("codes", "suspect"),
    [(["CH", "CN", "JP", "DE"], False), (["UK", "CH", "DE"], False), (["UK", "CH", "FR"], True),
     (["JA", "KS"], False), (["CH", "SG", "AU"], False), (["CH", "VM"], True), (["China", "JA", "Germany"], False)],
)  # fmt: skip
def test_iso_codes_are_not_suspected(codes: list[str], suspect: bool) -> None:
    assert bool(suspect_fips(LAW, codes)) == suspect


# parts that nobody knows, and what is not a chip


def test_an_unknown_part_does_not_hide_what_decides_anyway(ask: Ask) -> None:
    lines = ["part,date,dest,customer"] + [
        f'Abacus 3000,2023-05-01,{to},"{buyer}"'
        for to, buyer in (("Cuba", "Acme"), ("Iran", "Acme"), ("North Korea", "Acme"), ("Syria", "Acme"),
                          ("SG", "Huawei Technologies Co., Ltd."), ("Russia", "Acme"), ("China", "Acme"),
                          ("DE", "Acme"))
    ]  # fmt: skip
    lines.append(",2023-05-01,Cuba,Acme")
    result = ask(lines, "--exporter", "other")
    found = rows()
    assert [row["outcome"] for row in found] == ["license_required"] * 5 + ["indeterminate"] * 3 + ["license_required"]
    assert all("no chip is called 'Abacus 3000'" in row["problem"] for row in found[:8])
    assert [row["problem"].endswith("A license is required in any case.") for row in found] == (
        [True] * 5 + [False] * 3 + [True]
    )
    assert found[0]["provisions"] == "ear#746.2"
    assert "3 rows could not be read" in result.output
    assert "6 rows of which a part could not be read need a license" in result.output
    told = json.loads(Path("out.csv.manifest.json").read_text())
    assert told["outcomes"] == {"license_required": 6, "indeterminate": 3}
    summary = " ".join(ask(lines, "--exporter", "other", "--also-on", "2024-05-01", out=None).output.split())
    assert "3 could not be read" in summary


def test_an_open_cell_leaves_no_row_free_and_no_certain_requirement_out(ask: Ask) -> None:
    names = ["part", "date", "dest", "exporter", "customer", "end use"]
    lines = [",".join(names)]
    for open_ in (["exporter"], ["end use"], ["customer"], ["exporter", "customer"]):
        row = {**PLAIN, **dict.fromkeys(open_, "TBD")}
        lines.append(",".join(row[name] for name in names))
    ask(lines)
    assert [row["outcome"] for row in rows()] == ["license_required"] * 4
    # before the rule of 2022-10 a letter decided, and it binds its addressee alone
    ask([line.replace("2022-11-15", "2022-09-15") for line in lines])
    assert {row["outcome"] for row in rows()} == {"indeterminate"}


NOT_CHIPS = ["part,date,dest,customer", "DDR5 64GB,2023-05-01,DE,Acme", "DDR5 64GB,2023-05-01,Iran,Acme",
             'DDR5 64GB,2023-05-01,SG,"Huawei Technologies Co., Ltd."', "DDR5 64GB,2023-05-01,CN,Acme",
             "DDR5 64GB,2023-05-01,Russia,Acme", "DDR5 64GB,2027-05-01,DE,Acme"]  # fmt: skip
ANSWERED = ["not_an_ai_chip", "license_required", "license_required", "not_an_ai_chip", "indeterminate",
            "indeterminate"]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet", "jsonl", "xlsx"])
def test_what_is_not_an_ai_chip_is_answered_for_parties_and_places_alone(
    ask: Ask, run: Ask, tmp_path: Path, kind: str
) -> None:
    from tests.test_ledger import read_back

    (tmp_path / "names.csv").write_text(f"{NAMES}chip,DDR5 64GB,Not an AI chip\n")
    result = ask(NOT_CHIPS, "--exporter", "other", "--names", "names.csv", out=f"out.{kind}")
    assert result.exit_code == 0
    assert "2 not_an_ai_chip" in result.output
    assert "could not be read" not in result.output
    found = read_back(tmp_path / f"out.{kind}")
    assert [row["outcome"] for row in found] == ANSWERED
    assert {row["problem"] or "" for row in found} == {""}
    told = json.loads((tmp_path / f"out.{kind}.manifest.json").read_text())
    assert told["outcomes"] == dict(Counter(ANSWERED))
    assert run("--verify", f"out.{kind}.manifest.json").exit_code == 0


def test_what_is_not_an_ai_chip_is_counted_apart_and_is_on_no_list_of_lawful_rows(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(f"{NAMES}chip,DDR5 64GB,not an AI chip\n")
    said = ask(NOT_CHIPS[:5], "--exporter", "other", "--names", "names.csv", "--also-on", "2024-05-01", out=None).output
    assert "the item's classification was not" in " ".join(said.split())
    assert "2  not an AI chip" in said
    assert "lawful" not in said
    names = {"chip": {"DDR5 64GB": "not an AI chip"}}
    cells = list(csv.reader(NOT_CHIPS[1:]))
    table = pa.table({n: list(c) for n, c in zip(NOT_CHIPS[0].split(","), zip(*cells, strict=True), strict=True)})
    found = exportrules.audit(table, exporter="other", names=names)
    assert found.column("outcome").to_pylist() == ANSWERED


def test_a_cell_cannot_say_of_itself_that_it_is_not_an_ai_chip(ask: Ask) -> None:
    ask(["part,date,dest", "not an AI chip,2023-05-01,DE"], "--exporter", "other")
    assert rows()[0]["outcome"] == "indeterminate"


# quantities


@pytest.mark.parametrize(
    ("text", "label"),
    [("A100X 2", "A100X"), ("MI250X 4", "MI250X"), ("A100X", "A100X"), ("2x A100X", "A100X"),
     ("A100X x 2", "A100X"), ("A100X, 2 pcs", "A100X"), ("A100 × 8", "A100"), ("A100*8", "A100"),
     ("8 pcs. A100", "A100"), ("8xA100", "A100"), ("A100, x8", "A100")],
)  # fmt: skip
def test_a_quantity_is_cut_off_beside_a_name(text: str, label: str) -> None:
    meaning = read_chip(LAW, text)
    assert meaning.problem is None
    known = read_chip(LAW, label)
    assert meaning.shown == known.shown
    assert known.problem is None


@pytest.mark.parametrize(
    "text",
    ["L20X 8", "NVIDIA L20X 8", "L20X8", "H20X 4", "2 PCA100", "H100X 1", "A100X8B", "8x L20X", "Ascend 910B 4",
     "NVIDIA H20 0 pcs", "H20 x 0", "0 x H20"],
)  # fmt: skip
def test_a_quantity_is_never_cut_out_of_a_name(text: str) -> None:
    problem = read_chip(LAW, text).problem
    assert problem is not None
    assert problem.kind in ("chip not known", "chip not certain")


@pytest.mark.parametrize("cell", ["inspur GROUP Co., Ltd.", " Inspur Group Co., Ltd. "])
def test_a_listed_name_behind_the_first_rows_of_an_unread_column_stops_an_audit(
    run: Ask, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind so many different cells that names are no longer looked at closely."""
    monkeypatch.setattr("exportrules.ledger.unread.MOST_TEXTS", 100)
    lines = [f"T4,2024-06-03,SG,INV-{n}" for n in range(300)]
    Path("l.csv").write_text("\n".join(["part,date,dest,Ref", *lines, f'T4,2024-06-03,SG,"{cell}"', ""]), "utf-8")
    said = run("l.csv", "--exporter", "other", "-o", "out.csv")
    assert said.exit_code == 2
    assert "which names 'Inspur Group Co., Ltd.', listed" in said.output
    assert not Path("out.csv").exists()
    Path("l.csv").write_text("\n".join(["part,date,dest,Ref", *lines, ""]), "utf-8")
    told = run("l.csv", "--exporter", "other")
    assert "near ones among the first 100 different cells of each" in " ".join(told.output.split())


def test_every_sheet_of_a_workbook_is_looked_at_for_listed_names(run: Ask) -> None:
    with xlsxwriter.Workbook("l.xlsx") as book:
        for year, remark in (("2023", "on time"), ("2024", "for Inspur")):
            sheet = book.add_worksheet(year)
            sheet.write_row(0, 0, ["part", "date", "dest", "Remarks"])
            sheet.write_row(1, 0, ["T4", f"{year}-06-03", "SG", remark])
    said = run("l.xlsx", "--exporter", "other")
    assert said.exit_code == 2
    assert "'Remarks' has 'for Inspur'" in said.output


def test_days_are_read_before_they_are_looked_at_as_placeholders(ask: Ask) -> None:
    ask(["part,date,dest", "A100,0000-00-00,CN", "A100,TBD,CN"], "--exporter", "other")
    assert "is not a calendar day" in rows()[0]["problem"]
    assert "the date 'TBD' says nothing" in rows()[1]["problem"]


def test_the_summary_has_listed_parties_bodies_and_declared_names_apart(ask: Ask, tmp_path: Path) -> None:
    lines = ["part,ship date,country,customer"]
    for customer in ("n/a", "Bundeswehr", "Inspur", "Huawei Technologies Co. Ltd."):
        lines.append(f"T4,2024-03-01,Germany,{customer}")
    lines.append("DDR5,2024-03-01,Germany,Lotus")
    (tmp_path / "names.csv").write_text(f"{NAMES}parties,Inspur,not listed\n", "utf-8")
    said = " ".join(ask(lines, "--exporter", "other", "--names", "names.csv", out=None).output.split())
    bodies, rest = said.split("Names of what may be")[1].split("Names declared not listed")
    declared, listed = rest.split("Listed parties")
    assert "Bundeswehr a military body by its name" in bodies
    assert "parties Inspur" in declared
    assert "Huawei Technologies" in listed
    assert not any(name in listed for name in ("n/a", "Bundeswehr", "Inspur"))
    assert "(memory, a CPU, freight), write 'not an AI chip'" in said
