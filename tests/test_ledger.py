"""A ledger's answers are the evaluator's, on every engine, for every kind of row; and no row is lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import exportrules
from benchmarks.make_ledger import CHIPS, DAMAGE, PLACES, make
from exportrules import Bounds, QuestionError
from exportrules.cli import cli
from exportrules.law.view import view_of
from exportrules.ledger import lookup
from exportrules.ledger.answers import ANSWER_COLUMNS, Layer, profile_of, segments, timeline_of
from exportrules.ledger.batch import as_text
from exportrules.ledger.cells import read_chip, read_day
from exportrules.ledger.delimited import Records, Tokenizer, inert
from exportrules.ledger.lookup import Encoded, alike
from exportrules.ledger.run import Settings, audit
from exportrules.ledger.sources import open_source
from exportrules.ledger.summary import summarise

LAW = exportrules.default_ruleset()
ANY = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
ANSWERS = [name for name in ANSWER_COLUMNS if name not in ("party", "problem")]


def said_by_check(chip: str | None, on: date, **asked: Any) -> dict[str, Any]:
    """What `check` says, as the columns of a ledger."""
    found = exportrules.check(chip, on=on, **asked)
    said = {
        "outcome": found.outcome,
        "review_policy": found.review_policy or "",
        "eccn": " ".join(found.eccn),
        "provisions": " ".join([*found.requirements, *(e["provision"] for e in found.exceptions)]),
        "turns_on": " ".join(found.turns_on),
        "holds_from": found.holds[0],
        "holds_until": found.holds[1],
        "standing": found.standing,
        "edition": LAW.edition.edition,
    }
    assert list(said) == ANSWERS, "write what `check` says of each answer column into `said_by_check`, in order"
    return said


# records


def records(data: bytes, width: int, size: int = 1 << 20, delimiter: str = ",") -> Iterator[Records]:
    yield from Tokenizer(delimiter, width).records(data[at : at + size] for at in range(0, len(data), size))


def cells_of(found: Records, width: int) -> list[list[str]]:
    columns = [found.texts(number).to_pylist() for number in range(width)]
    return [list(row) for row in zip(*columns, strict=True)]


TEXT = st.text(st.sampled_from('ab,;"\n\r é中=-1 '), max_size=8)


@ANY
@given(
    st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1)),
    st.integers(1, 60),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_a_csv_writer_writes_is_read_back_whatever_the_blocks(
    rows: list[list[str]], size: int, quoting: Any, end: str, delimiter: str
) -> None:
    # a writer whose lines end in LF leaves a CR unquoted; an empty line is no cell
    width, bare = len(rows[0]), quoting != csv.QUOTE_ALL
    rows = [[cell.replace("\r", "") if bare else cell for cell in row] for row in rows]
    rows = [[cell or "x" for cell in row] if width == 1 else row for row in rows]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    found = list(records(out.getvalue().encode(), width, size, delimiter))
    assert not [problem for part in found for problem in part.irregular.problems.values()]
    read = [row for part in found for row in cells_of(part, width)]
    assert read == rows


@ANY
@given(st.binary(max_size=200) | st.lists(st.sampled_from([bytes([b]) for b in b'",\n\ra\xe9\0'])).map(b"".join),
       st.integers(1, 40), st.integers(1, 4))  # fmt: skip
def test_any_bytes_are_rows_and_the_blocks_make_no_difference(data: bytes, size: int, width: int) -> None:
    def told(size: int) -> list[tuple[list[str], str]]:
        found = []
        for part in records(data, width, size):
            problems = {n: problem.kind for n, problem in part.irregular.problems.items()}
            found += [(row, problems.get(n, "")) for n, row in enumerate(cells_of(part, width))]
            assert len(part.lines(",")) == part.count
        return found

    assert told(size) == told(1 << 20)


@pytest.mark.parametrize("cell", [",Inc", "\nInc", ",", "\n"])
def test_a_quoted_cell_may_begin_with_a_delimiter_though_another_line_has_a_stray_quote(cell: str) -> None:
    (found,) = records(f'1,"{cell}",x\n2,12" rack,y\n'.encode(), 3)
    assert cells_of(found, 3) == [["1", cell, "x"], ["2", '12" rack', "y"]]


def test_a_line_is_kept_as_the_bytes_it_was() -> None:
    data = b'1,"a ""b"", c",x\n2, plain ,-5\n3,=1+1,"-2,5"\n'
    (found,) = records(data, 3)
    assert found.lines(",").to_pylist() == [b'1,"a ""b"", c",x', b"2, plain ,-5", b'3,\'=1+1,"-2,5"']


@pytest.mark.parametrize(
    ("text", "made"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-1+1", "'-1+1"),
     ("\tx", "'\tx"), ("-5", "-5"), ("+1,200.50", "+1,200.50"), ("-", "-"), ("-12 %", "-12 %"),
     ("a=b", "a=b"), ("", "")],
)  # fmt: skip
def test_formulas_are_made_inert_and_numbers_are_not(text: str, made: str) -> None:
    assert inert(text) == made


# cells


@pytest.mark.parametrize(
    ("text", "style", "day"),
    [("2023-10-17", "iso", date(2023, 10, 17)), ("2023-10-17 00:00:00", "iso", date(2023, 10, 17)),
     ("2023-10-17T14:05:00", "iso", date(2023, 10, 17)), ("2023/1/7", "iso", date(2023, 1, 7)),
     ("20231017", "iso", date(2023, 10, 17)), ("17-Oct-2023", "iso", date(2023, 10, 17)),
     ("October 17, 2023", "iso", date(2023, 10, 17)), ("17 Sept 2023", "iso", date(2023, 9, 17)),
     ("03/04/2023", "dmy", date(2023, 4, 3)), ("03/04/2023", "mdy", date(2023, 3, 4)),
     ("45216", "excel", date(2023, 10, 17)), ("43754", "excel1904", date(2023, 10, 17)),
     ("01-Mar-24", "iso", date(2024, 3, 1)), ("15 Sept 22", "iso", date(2022, 9, 15)),
     ("23-Mar-24", "dmy", date(2024, 3, 23)), ("23-Mar-24", "mdy", date(2024, 3, 23)),
     ("2023年7月30日", "iso", date(2023, 7, 30)), ("２０２３年７月３０日", "iso", date(2023, 7, 30)),
     ("2023 年 7 月 30 日（日）", "iso", date(2023, 7, 30)), ("令和5年7月30日", "iso", date(2023, 7, 30)),
     ("令和元年5月1日", "iso", date(2019, 5, 1)), ("2023년 7월 30일", "iso", date(2023, 7, 30)),
     ("30. Juli 2023", "iso", date(2023, 7, 30)), ("1. März 2024", "iso", date(2024, 3, 1)),
     ("5. Okt. 2023", "iso", date(2023, 10, 5)), ("1st May 2023", "iso", date(2023, 5, 1))],
)  # fmt: skip
def test_days_are_read(text: str, style: str, day: date) -> None:
    assert read_day(text, style).value == day


@pytest.mark.parametrize(
    ("text", "style", "kind"),
    [("03/04/2023", "iso", "date cannot be read"), ("45216", "iso", "date cannot be read"),
     ("2023-02-29", "iso", "date cannot be read"), ("13/13/2023", "dmy", "date cannot be read"),
     ("2023-10-17T23:00:00Z", "iso", "date is a datetime, not a day"),
     ("2023-10-17 23:00 +08:00", "iso", "date is a datetime, not a day"),
     ("1899-12-31", "iso", "date out of range"), ("2202-09-15", "iso", "date out of range"),
     ("17/10/23", "dmy", "date cannot be read"),
     ("23-Mar-24", "iso", "date cannot be read"), ("01-Mar-99", "iso", "date cannot be read"),
     ("31-Feb-24", "iso", "date cannot be read"), ("5年7月30日", "iso", "date cannot be read"),
     ("2023年13月1日", "iso", "date cannot be read"), ("30. Juno 2023", "iso", "date cannot be read"),
     ("", "iso", "date is empty"), ("soon", "iso", "date cannot be read"), ("0", "excel", "date out of range")],
)  # fmt: skip
def test_days_that_are_none_say_why(text: str, style: str, kind: str) -> None:
    problem = read_day(text, style).problem
    assert problem
    assert problem.kind == kind


@pytest.mark.parametrize(
    ("text", "label"),
    [("8x A100", "A100"), ("A100 x 8", "A100"), ("A100 (8)", "A100"), ("NVIDIA H100 Tensor Core GPU", "H100"),
     ("1,000 pcs H800", "H800"), ("qty 4 x L40S", "L40S"), ("NVIDIA-A100-SXM4-80GB", "A100 SXM4 80GB"),
     ("H100 SXM5 80GB HBM3", "H100 SXM5 80GB"), ("Instinct MI300X OAM, 8 units", "Instinct MI300X OAM 192GB")],
)  # fmt: skip
def test_chips_are_read_as_ledgers_write_them(text: str, label: str) -> None:
    assert read_chip(LAW, text).shown == label


@pytest.mark.parametrize("text", ["A100 / H100", "A100, H800", "H100 and A100", "A100+H100"])
def test_two_chips_in_a_cell_are_not_one(text: str) -> None:
    problem = read_chip(LAW, text).problem
    assert problem
    assert problem.kind == "several chips in one cell"


# answers

SPELLED = {"A100": "8x A100", "H100": "NVIDIA H100 Tensor Core GPU", "RTX 4090": "GeForce RTX-4090"}
rows = st.fixed_dictionaries(
    {
        "chip": st.sampled_from([*CHIPS, None]),
        "on": st.dates(date(2018, 1, 1), date(2027, 12, 31)),
        "to": st.sampled_from([*PLACES, "KP", "CU", "CY", "XK", "NO", "NA"]),
        "exporter": st.sampled_from(["maker", "other", "NVIDIA", "AMD", "Acme Ltd"]),
    },
    optional={
        "activity": st.sampled_from(["export", "reexport", "transfer"]),
        "headquarters": st.sampled_from(["CN", "US", "SG"]),
        "ultimate_parent": st.sampled_from(["CN", "US", "MO"]),
        "end_user": st.sampled_from(
            [
                "Inspur Group",
                "Inspur Electronic Information Industry Co., Ltd.",
                "Huawei Technologies Co., Ltd.",
                "Acme Ltd",
            ]
        ),
        "end_use": st.sampled_from(["civil", "military", "supercomputer", "wmd"]),
        "tpp": st.sampled_from(["1599.99", "1600", "4800", "21000"]),
        "part_748_dd_certified": st.sampled_from(["true", "false", "unknown"]),
    },
)
FACTS = ("tpp", "part_748_dd_certified")


def asked_of_check(row: dict[str, Any]) -> dict[str, Any]:
    facts = {name: row[name] for name in FACTS if name in row}
    return {k: v for k, v in row.items() if k not in FACTS} | ({"facts": facts} if facts else {})


@settings(parent=ANY, max_examples=60)
@given(st.lists(rows, min_size=1, max_size=12))
def test_each_row_is_answered_as_check_answers_it(drawn: list[dict[str, Any]]) -> None:
    fields = list(dict.fromkeys(name for row in drawn for name in row))
    columns = {name: [row.get(name) for row in drawn] for name in fields}
    columns["chip"] = [SPELLED.get(chip or "", chip) for chip in columns["chip"]]
    answered = exportrules.audit(pa.table(columns)).to_pylist()
    assert len(answered) == len(drawn)
    for row, found in zip(drawn, answered, strict=True):
        if row["chip"] is None and not any(name in row for name in FACTS):
            assert (found["outcome"], "chip is empty" in found["problem"]) == ("indeterminate", True)
            continue
        try:
            said = said_by_check(**asked_of_check(row))
        except QuestionError:  # what check refuses is a problem of the row
            assert (found["outcome"], "contradicts the catalogue" in found["problem"]) == ("indeterminate", True)
        else:
            assert not found["problem"]
            assert {name: found[name] for name in ANSWERS} == said


@settings(parent=ANY, max_examples=30)
@given(
    st.lists(rows, min_size=1, max_size=6),
    st.dates(date(2021, 1, 1), date(2026, 9, 1)),
    st.dates(date(2021, 1, 1), date(2026, 9, 1)),
)
def test_another_day_and_what_was_known(drawn: list[dict[str, Any]], also: date, known: date) -> None:
    plain = [{k: row[k] for k in ("chip", "on", "to", "exporter")} for row in drawn if row["chip"]]
    if not plain:
        return
    answered = exportrules.audit(pa.Table.from_pylist(plain), also_on=also, known_on=known).to_pylist()
    for row, found in zip(plain, answered, strict=True):
        then = said_by_check(**row, known_on=known)
        other = said_by_check(**{**row, "on": also}, known_on=known)
        assert (found["outcome"], found["also_outcome"]) == (then["outcome"], other["outcome"])
        assert (found["also_review_policy"], found["also_provisions"]) == (other["review_policy"], other["provisions"])
        if then["outcome"] == "license_required":
            assert found["list"] == "license then"
        elif {"indeterminate", "not_released"} & {then["outcome"]} or other["outcome"] == "indeterminate":
            assert found["list"] == "open"
        elif other["outcome"] == "license_required":
            assert found["list"] == "lawful then, license now"


# every engine


def every_kind_of_row() -> list[dict[str, Any]]:
    """A small ledger with rows of each kind: answered in every way, and unreadable in every way that a table can be."""
    good = [
        {"part": chip, "ship_date": day.isoformat(), "destination": to, "exporter": exporter}
        for chip in ("A100", "8x H800", "H20", "RTX 4090", "MI300X")
        for day in (
            date(2019, 6, 1),
            date(2022, 8, 26),
            date(2022, 10, 20),
            date(2023, 11, 17),
            date(2026, 2, 1),
            date(2027, 1, 1),
        )
        for to, exporter in (("CN", "maker"), ("Macau", "other"), ("SG", "NVIDIA"))
    ]
    base = {"part": "A100", "ship_date": "2022-09-15", "destination": "CN", "exporter": "other"}
    odd = [
        {**base, **change}
        for change in (
            {"part": "Abacus 3000"}, {"part": "A100 / H100"}, {"part": ""}, {"ship_date": ""},
            {"ship_date": "03/04/2023"}, {"ship_date": "2023-10-17T23:00:00Z"}, {"ship_date": "1900-01-00"},
            {"destination": ""}, {"destination": "Atlantis"}, {"exporter": ""}, {"exporter": "unknown"},
        )
    ]  # fmt: skip
    return [row for pair in zip(good, odd * 9, strict=False) for row in pair]


def as_read(answered: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Answers as text, whatever kept them."""
    return [{name: "" if row[name] is None else str(row[name]) for name in ANSWER_COLUMNS} for row in answered]


@pytest.fixture(scope="module")
def reference() -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    rows = every_kind_of_row()
    found = exportrules.audit(pa.Table.from_pylist(rows)).to_pylist()
    assert sum(bool(row["problem"]) for row in found) == len(rows) // 2
    assert {row["outcome"] for row in found} > {"license_required", "not_released", "no_license_requirement"}
    for row, answer in zip(rows, found, strict=True):
        if not answer["problem"]:
            chip = row["part"].removeprefix("8x ")
            asked = {"to": row["destination"], "exporter": row["exporter"]}
            assert {n: answer[n] for n in ANSWERS} == said_by_check(chip, date.fromisoformat(row["ship_date"]), **asked)
    return rows, as_read(found)


def written(rows: list[dict[str, Any]], path: Path) -> Path:
    table = pa.Table.from_pylist(rows)
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, path)
    elif path.suffix in (".jsonl", ".ndjson"):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    elif path.suffix == ".xlsx":
        import xlsxwriter

        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([table.column_names, *(r.values() for r in rows)]):
                sheet.write_row(number, 0, list(row))
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            mark = "\t" if path.suffix == ".tsv" else ";" if path.suffix == ".txt" else ","
            writer = csv.DictWriter(file, table.column_names, delimiter=mark)
            writer.writeheader()
            writer.writerows(rows)
    return path


def read_back(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        return found
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    if path.suffix == ".xlsx":
        from python_calamine import CalamineWorkbook

        head, *rest = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("All rows").to_python()
        return [dict(zip(map(str, head), row, strict=True)) for row in rest]
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def as_a_command_says(answered: list[dict[str, str]], ending: str) -> list[dict[str, str]]:
    """Answers with their problems in the words of the command line; a workbook counts its header as row 1."""
    words = {"names={...}": "a --names file", "dates='dmy' or dates='mdy'": "--dates dmy or --dates mdy"}
    found = []
    for number, row in enumerate(answered, 1):
        problem = row["problem"]
        for python, command in words.items():
            problem = problem.replace(python, command)
        if ending == ".xlsx":
            problem = problem.replace(f"row {number}: ", f"row {number + 1}: ")
        found.append({**row, "problem": problem})
    return found


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".xlsx"])
@pytest.mark.parametrize("out", [".csv", ".tsv", ".parquet", ".jsonl", ".xlsx"])
def test_every_kind_of_file_is_answered_alike(
    ending: str, out: str, tmp_path: Path, reference: tuple[list[dict[str, Any]], list[dict[str, str]]]
) -> None:
    rows, expected = reference
    if ending == ".txt" and out == ".csv":
        out = ".parquet"  # its own delimiter is the semicolon, which `read_back` does not expect
    source, target = written(rows, tmp_path / f"ledger{ending}"), tmp_path / f"audited{out}"
    result = CliRunner().invoke(cli, ["audit", str(source), "-o", str(target)])
    assert result.exit_code == 0, result.output
    found = read_back(target)
    assert [{n: str(row[n] or "") for n in rows[0]} for row in found] == rows
    assert as_read(found) == as_a_command_says(expected, ending)


def frame_of(kind: str) -> Any:
    import duckdb
    import pandas as pd
    import polars as pl

    rows = every_kind_of_row()
    table = pa.Table.from_pylist(rows)
    made: dict[str, Any] = {
        "Table": lambda: table,
        "RecordBatch": lambda: table.to_batches()[0],
        "RecordBatchReader": lambda: pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=7)),
        "pandas": lambda: pd.DataFrame(rows),
        "pandas of objects": lambda: pd.DataFrame(rows).astype(object),
        "Polars": lambda: pl.DataFrame(rows),
        "lazy Polars": lambda: pl.LazyFrame(rows),
        "DuckDB": lambda: duckdb.from_arrow(table),
    }
    return made[kind]()


@pytest.mark.parametrize(
    "kind",
    ["Table", "RecordBatch", "RecordBatchReader", "pandas", "pandas of objects", "Polars", "lazy Polars", "DuckDB"],
)
def test_every_kind_of_table_is_answered_alike_and_keeps_its_kind(
    kind: str, reference: tuple[list[dict[str, Any]], list[dict[str, str]]]
) -> None:
    frame = frame_of(kind)
    rows, expected = reference
    found = exportrules.audit(frame)
    assert type(found) is type(frame)
    if hasattr(found, "to_arrow_table"):
        plain = found.to_arrow_table().to_pylist()
    elif hasattr(found, "collect"):
        plain = found.collect().to_dicts()
    elif hasattr(found, "to_dicts"):
        plain = found.to_dicts()
    elif hasattr(found, "iloc"):
        plain = found.assign(
            **{n: [v.date() if v == v else None for v in found[n]] for n in ("holds_from", "holds_until")}
        )
        plain = plain.to_dict("records")
    else:
        plain = (found.read_all() if hasattr(found, "read_all") else found).to_pylist()
    assert [{n: row[n] for n in rows[0]} for row in plain] == rows
    assert as_read(plain) == expected


def test_the_index_of_a_pandas_frame_stays() -> None:
    import pandas as pd

    frame = pd.DataFrame({"chip": ["A100"], "date": ["2022-09-15"]}, index=["row"])
    found = exportrules.audit(frame, to="CN", exporter="maker", answers=["outcome"], prefix="er_")
    assert found.to_dict("index") == {"row": {"chip": "A100", "date": "2022-09-15", "er_outcome": "license_required"}}


def plain_rows() -> list[dict[str, Any]]:
    """Rows for the emitted SQL: as compiled, and some that meet no segment."""
    days = [date(2019, 6, 1) + timedelta(days=97 * n) for n in range(30)]
    found = [
        {"n": n, "chip": ["A100", "nvidia h800", "RTX-4090 D", "MI300X"][n % 4],
         "destination": ["CN", "MO", "SG"][n % 3], "exporter": ["maker", "other"][n % 2], "ship_date": day}
        for n, day in enumerate(days)
    ]  # fmt: skip
    return [*found, {**found[0], "n": 98, "chip": "Abacus"}, {**found[0], "n": 99, "destination": "FR"}]


def sql_is_as_check(answered: list[dict[str, Any]]) -> None:
    assert len(answered) == len(plain_rows())
    for row in answered:
        if row["n"] >= 98:
            assert (row["outcome"], bool(row["problem"])) == ("indeterminate", True)
            continue
        said = said_by_check(row["chip"], row["ship_date"], to=row["destination"], exporter=row["exporter"])
        assert {name: row[name] for name in ANSWERS} == said


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("compiled")
    options = ["--to", "CN,MO,SG", "--chips", "A100,H800,RTX 4090 D,MI300X", "-o", str(directory / "segments.parquet")]
    result = CliRunner().invoke(cli, ["compile", *options])
    assert result.exit_code == 0, result.output
    return directory


@pytest.mark.parametrize("option", ["--chips", "--to", "--exporter"])
def test_compile_refuses_a_list_without_a_name_which_would_mean_everything(tmp_path: Path, option: str) -> None:
    said = CliRunner().invoke(cli, ["compile", option, ",", "-o", str(tmp_path / "segments.csv")])
    assert str(said.exception).startswith(f"{option} ',' contains an empty name")
    assert not list(tmp_path.iterdir())


def test_the_emitted_sql_says_what_check_says_in_duckdb(compiled: Path) -> None:
    import duckdb

    sql = CliRunner().invoke(cli, ["compile", "--sql", "duckdb"]).output
    with duckdb.connect() as base:
        base.register("ledger", pa.Table.from_pylist(plain_rows()))
        for name in ("segments", "names"):
            file = compiled / ("segments.parquet" if name == "segments" else "segments.names.parquet")
            base.execute(f"CREATE VIEW {name} AS SELECT * FROM '{file}'")
        sql_is_as_check(base.sql(sql).to_arrow_table().to_pylist())


def test_segments_tile_all_days(compiled: Path) -> None:
    import pyarrow.parquet as pq

    before: dict[tuple[str, str, str], date] = {}
    for row in pq.read_table(compiled / "segments.parquet").to_pylist():
        key = row["chip"], row["destination"], row["exporter"]
        assert row["valid_from"] == (before[key] + timedelta(days=1) if key in before else date(1, 1, 1))
        before[key] = row["valid_through"]
    assert set(before.values()) == {date(9999, 12, 31)}
    assert len(before) > 12


# the whole run


def test_damaged_rows_are_found_kept_and_numbered(tmp_path: Path) -> None:
    clean, damaged, out = (tmp_path / name for name in ("clean.csv", "damaged.csv", "out.csv"))
    make(clean, 3000, seed=7)
    make(damaged, 3000, seed=7, damaged=30)
    account = audit(open_source(damaged), LAW, Settings(), out)
    assert (account.rows_in, account.rows_out) == (3000, 3000)
    broken = sum(account.problems().values())
    assert 700 < broken < 1100
    assert len(account.problems()) == len(DAMAGE)
    before, after, lines = (p.read_bytes().splitlines() for p in (clean, damaged, out))
    assert len(lines) == 3001
    for number, (was, now, answered) in enumerate(zip(before, after, lines, strict=True)):
        if was == now:
            assert answered.startswith(now + b",")
        else:
            assert b'"row %d: ' % number in answered
            assert b"indeterminate" in answered


def test_the_same_seed_makes_the_same_ledger(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        make(tmp_path / name, 500, seed=3, damaged=10)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_texts_that_are_all_different_are_read_as_they_are_and_a_listed_name_among_them_is_found(
    tmp_path: Path,
) -> None:
    import pyarrow.parquet as pq

    rows = 600_000  # more than are looked at closely before the first answer, and than one batch of the file
    path = tmp_path / "orders.parquet"
    orders = [f"order {n}" for n in range(rows)]
    table = {"part": ["A100", "H800"] * (rows // 2), "ship_date": [date(2023, 1, 1)] * rows,
             "to": ["CN"] * rows, "note": orders}  # fmt: skip
    pq.write_table(pa.table(table), path)
    batch = next(iter(open_source(str(path)).batches((0, 3))))
    assert pa.types.is_dictionary(batch.cells(0).type)
    assert pa.types.is_string(batch.cells(3).type)
    pq.write_table(pa.table({**table, "note": [*orders[:-1], "Huawei Technologies Co., Ltd."]}), path)
    with pytest.raises(QuestionError, match="note"):
        audit(open_source(str(path)), LAW, Settings())


def test_a_ledger_of_many_profiles_finishes(tmp_path: Path) -> None:
    path = tmp_path / "own.parquet"
    make(path, 4000, profiles=1000)
    account = audit(open_source(path), LAW, Settings(layer=Layer(also_on=date(2024, 1, 1))))
    assert sum(account.outcomes().values()) == 4000
    assert len(account.lookup.profiles) > 900
    assert not account.problems()


def test_rows_are_counted_in_their_own_year_whenever_that_was(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    days = ["1990-01-01", "2005-12-31", "2006-01-01", "2019-12-31", "2020-01-01", "2031-06-01", "2100-12-31", "soon"]
    path.write_text("chip,date,to,exporter\n" + "".join(f"A100,{day},CN,maker\n" for day in days))
    found = summarise(audit(open_source(path), LAW, Settings()), LAW, Layer())
    assert {year: counts.total() for year, counts in found.by_year.items()} == {day[:4]: 1 for day in days[:-1]}
    assert found.rows == found.outcomes.total() == len(days)


@pytest.mark.parametrize("few", [0, 1 << 12])
@ANY
@given(data=st.data())
def test_rows_that_are_spelled_alike_are_found_counted_or_sorted(few: int, data: Any) -> None:
    width, count = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 30))
    cell = st.sampled_from([None, "", *(str(number) for number in range(12))])
    texts = [data.draw(st.lists(cell, min_size=count, max_size=count)) for _ in range(width)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookup, "_FEW_GROUPS", few)
        found = alike([Encoded(pa.array(column, pa.string()), as_text) for column in texts])
    # a cell that is missing is spelled as an empty one, and is another group of the same spelling
    rows = list(zip(*texts, strict=True))
    groups = found.group.tolist()
    assert all((groups[a] == groups[b]) == (rows[a] == rows[b]) for a in range(count) for b in range(count))
    assert sorted(found.used.tolist()) == sorted(set(groups))
    for group, example, number in zip(found.used, found.example, found.rows, strict=True):
        assert groups[example] == group
        assert groups.count(group) == number
    assert found.rows.sum() == count
    assert max(groups) < found.groups


def test_an_end_user_of_the_data_sits_where_they_say_in_a_ledger_too() -> None:
    inspur, sophgo = "Inspur Electronic Information Industry Co., Ltd.", "Sophgo Technologies Pte. Ltd. (Singapore)"
    cells = {
        inspur: "license_required",
        "Acme Ltd": "no_license_requirement",
        f"Acme Ltd; {inspur}": "license_required",
        sophgo: "no_license_requirement",
        f"{sophgo}; {inspur}": "indeterminate",
    }
    rows = [{"chip": "H100", "on": "2024-06-03", "to": "SG", "exporter": "other", "end_user": cell} for cell in cells]
    answered = exportrules.audit(pa.Table.from_pylist(rows)).to_pylist()
    assert dict(zip(cells, [row["outcome"] for row in answered], strict=True)) == cells
    assert answered[-1]["turns_on"] == "headquarters ultimate_parent"
    said = exportrules.audit(pa.Table.from_pylist([{**row, "headquarters": "SG"} for row in rows])).to_pylist()
    assert [row["outcome"] for row in said] == ["no_license_requirement"] * len(rows)
    parent = exportrules.audit(pa.Table.from_pylist([{**row, "ultimate_parent": "SG"} for row in rows])).to_pylist()
    assert parent[-1]["turns_on"] == "headquarters"


def test_countries_share_their_answers_where_the_law_cannot_tell_them_apart() -> None:
    law = replace(LAW, edition=replace(LAW.edition, destinations_not_encoded=("FR",)))
    item = {"exporter": "other", "tpp": (5000,), "performance_density": (6,)}

    def to(place: str, layer: Layer = Layer()) -> Any:  # noqa: B008 - a layer is never changed
        return profile_of(law, {"to": place, **item}, layer).segments

    assert to("DE") is to("AU")
    assert to("CN") != to("DE") != to("AE")
    assert {s.standing for s in to("FR")} >= {"destination_not_encoded"}
    assert to("DE", Layer(also_on=date(2024, 1, 1))) != to("DE")
    # what was known depends on who asks, so it is never shared
    known = Layer(known_on=date(2024, 1, 1))
    assert to("DE", known) is not to("AU", known)
    assert to("DE", known) == to("AU", known)


def _near(fact: str, scale: int = 1) -> st.SearchStrategy[int]:
    """Figures at and beside the bounds of the law, of which each is one step from the next."""
    bounds = {int(bound) for bound in view_of(LAW)._lines[fact][0] if not isinstance(bound, date)}
    return st.sampled_from(sorted({max(bound * scale + step, 0) for bound in bounds for step in (-1, 0, 1)}))


own_items = st.fixed_dictionaries(
    {"tpp": _near("tpp"), "die_area_mm2": _near("tpp").map(lambda tpp: tpp // 6 + 1) | st.integers(1, 900)},
    optional={
        "aggregate_io_gbytes_s": _near("aggregate_io_gbytes_s"),
        "dram_bandwidth_gbytes_s": _near("dram_plus_io_gbytes_s") | _near("aggregate_io_gbytes_s"),
        "designed_for_datacenter": st.booleans(),
        "performance_density": st.sampled_from((Bounds(at_least=3), Bounds(more_than=1, less_than=6))),
    },
)


@settings(ANY, max_examples=400)
@given(item=own_items, place=st.sampled_from(("CN", "MO", "SA", "DE")))
def test_items_share_their_answers_only_where_the_law_cannot_tell_them_apart(item: dict[str, Any], place: str) -> None:
    """One memory for all draws, so that an item meets the answers of those before it."""
    asked = {"to": place, "exporter": "other", **{name: (value,) for name, value in item.items()}}
    profile = profile_of(LAW, asked, Layer())
    if profile.problem:
        return
    timeline = timeline_of(LAW, asked, Layer())
    assert (profile.starts, profile.segments) == (timeline.starts, segments(timeline))


def test_figures_that_contradict_one_another_are_a_problem_whoever_asked_before() -> None:
    item = {"tpp": (4000,), "die_area_mm2": (800,), "performance_density": (5,)}
    sound = profile_of(LAW, {"to": "CN", "exporter": "other", **item}, Layer())
    wrong = profile_of(LAW, {"to": "CN", "exporter": "other", **item, "tpp": (4799,)}, Layer())
    assert sound.problem is None
    assert wrong.problem is not None
    assert "is a density of" in wrong.problem.text
