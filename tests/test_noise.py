"""Noise never frees: whatever door a question comes through, what is not understood in it is never a yes.

`tests/noise.py` draws the noise; each door here is an adapter, from draws to the outcomes that it gives.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from click.testing import CliRunner
from starlette.testclient import TestClient

import exportrules
from exportrules import QuestionError, RulesetError, default_ruleset
from exportrules.cli import cli
from exportrules.ledger.frames import batch_audit
from exportrules.ledger.headers import spellings
from exportrules.serve.http import application
from exportrules.serve.mcp import use
from exportrules.serve.settings import ServerSettings
from tests.noise import DEALS, OBJECTS, PYTHON, YES, Draw, disguise, draws, typo

REFUSED = "refused"
#: The arguments of `check`; any other term of a deal is a fact.
ARGUMENTS = (
    "on", "to", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "parties", "end_use",
)  # fmt: skip
#: The terms that a row may leave out: an empty cell there says nothing, and is no noise.
OPTIONAL = {field for deal, _ in DEALS for field in deal} - {"on", "to", "exporter", "chip", "tpp"}
#: What a ledger calls the terms.
HEADERS = {"on": "date", "to": "destination", "parties": "consignee", "end_user": "end user", "end_use": "end use"}
COLUMNS = [*dict.fromkeys(field for deal, _ in DEALS for field in deal)]


# --- doors of one question ----------------------------------------------------------------------------


def question(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The terms as `check` and a request have them: parties in a list, facts in a table."""
    found = {name: value for name, value in asked.items() if name in ("chip", *ARGUMENTS)}
    if isinstance(found.get("parties"), str):
        found["parties"] = [found["parties"]]
    facts = {name: value for name, value in asked.items() if name not in found}
    return {**found, **({"facts": facts} if facts else {})}


def of_python(draw: Draw) -> str:
    return checked(draw.asked)


def checked(terms: Mapping[str, Any]) -> str:
    asked = question(terms)
    try:
        return exportrules.check(asked.pop("chip", None), **asked).outcome
    except QuestionError:
        return REFUSED


def command_of(draw: Draw) -> list[str]:
    """The words of a command line."""
    words = ["check"]
    for name, value in draw.asked.items():
        if name == "chip":
            words += ["--", value] if value.startswith("-") else [value]
    options = []
    for name, value in draw.asked.items():
        if name in ARGUMENTS:
            options += [f"--{'party' if name == 'parties' else name.replace('_', '-')}", value]
        elif name != "chip":
            options += ["--fact", f"{name}={value}"]
    return [words[0], "--json", *options, *words[1:]]


def of_command(draw: Draw) -> str:
    ran = CliRunner().invoke(cli, command_of(draw))
    assert ran.exit_code in (0, 1, 2, 3), ran.output
    return str(json.loads(ran.stdout)["outcome"]) if ran.exit_code in (0, 3) else REFUSED


def of_process(draw: Draw) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "exportrules", *command_of(draw)], capture_output=True, text=True, check=False
    )
    assert ran.returncode in (0, 1, 2, 3), ran.stderr
    assert "Traceback" not in ran.stderr
    return str(json.loads(ran.stdout)["outcome"]) if ran.returncode in (0, 3) else REFUSED


@cache
def client() -> TestClient:
    settings = ServerSettings(quiet=True, hosts=("testserver",))
    return TestClient(application(default_ruleset(), settings), raise_server_exceptions=False)


def of_http_json(draw: Draw) -> str:
    sent = client().post("/check", json=question(draw.asked))
    assert sent.status_code in (200, 400), sent.text
    return str(sent.json()["outcome"]) if sent.status_code == 200 else REFUSED


def of_http_query(draw: Draw) -> str:
    asked = question(draw.asked)
    facts = {f"facts[{name}]": value for name, value in asked.pop("facts", {}).items()}
    sent = client().get("/check", params={**asked, **facts})
    assert sent.status_code in (200, 400), sent.text
    return str(sent.json()["outcome"]) if sent.status_code == 200 else REFUSED


def of_assistant(draw: Draw) -> str:
    try:
        return str(use(default_ruleset(), "check", question(draw.asked))["outcome"])
    except QuestionError:
        return REFUSED


def of_matrix(draw: Draw) -> str:
    asked = question(draw.asked)
    if "chip" not in asked:
        return of_python(draw)
    try:
        found = exportrules.matrix([asked.pop("chip")], **asked)
    except QuestionError:
        return REFUSED
    return str(found.rows[0].answers[0].outcome)


#: Doors of one question, each with the values besides texts that it can carry.
ONE_BY_ONE: dict[str, tuple[Callable[[Draw], str], tuple[Any, ...]]] = {
    "Python": (of_python, OBJECTS + PYTHON),
    "matrix": (of_matrix, ()),
    "command": (of_command, ()),
    "JSON over HTTP": (of_http_json, (*OBJECTS, None)),
    "query over HTTP": (of_http_query, ()),
    "assistant": (of_assistant, (*OBJECTS, None)),
}


# --- doors of a whole ledger --------------------------------------------------------------------------


def rows_of(drawn: Iterable[Draw]) -> list[dict[str, Any]]:
    """The draws as rows of a ledger, with a number each."""
    return [
        {"n": n, **{HEADERS.get(name, name): draw.asked.get(name) for name in COLUMNS}} for n, draw in enumerate(drawn)
    ]


def audited(path: Path) -> list[str]:
    """The outcomes of a file's rows, by the command."""
    output = path.with_name("answered.parquet")
    ran = CliRunner().invoke(cli, ["audit", str(path), "-o", str(output), "--force"])
    assert ran.exit_code == 0, ran.output
    return [str(row) for row in pq.read_table(output)["outcome"].to_pylist()]


def of_delimited(drawn: list[Draw], directory: Path, mark: str = ",", ending: str = "csv") -> list[str]:
    path = directory / f"ledger.{ending}"
    path.write_text(text_of(drawn, mark), "utf-8", newline="")
    return audited(path)


def text_of(drawn: list[Draw], mark: str = ",") -> str:
    rows, out = rows_of(drawn), io.StringIO()
    writer = csv.DictWriter(out, rows[0], delimiter=mark, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def of_json_lines(drawn: list[Draw], directory: Path) -> list[str]:
    path = directory / "ledger.jsonl"
    path.write_text(lines_of(drawn), "utf-8")
    return audited(path)


def lines_of(drawn: list[Draw]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows_of(drawn))


def of_workbook(drawn: list[Draw], directory: Path) -> list[str]:
    path, rows = directory / "ledger.xlsx", rows_of(drawn)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(rows[0]))
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row.values()):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                else:
                    sheet.write(number, column, value)
    return audited(path)


def of_parquet(drawn: list[Draw], directory: Path) -> list[str]:
    path = directory / "ledger.parquet"
    pq.write_table(pa.Table.from_pylist(rows_of(drawn)), path)
    return audited(path)


def of_arrow(drawn: list[Draw], directory: Path) -> list[str]:
    return list(exportrules.audit(pa.Table.from_pylist(rows_of(drawn)))["outcome"].to_pylist())


def of_batches(drawn: list[Draw], directory: Path) -> list[str]:
    answer = batch_audit()
    batches = pa.Table.from_pylist(rows_of(drawn)).to_batches(max_chunksize=37)
    return [row["outcome"] for batch in answer(batches) for row in batch.to_pylist()]


def of_pandas(drawn: list[Draw], directory: Path) -> list[str]:
    frame = pd.DataFrame(
        {name: pd.Series([row[name] for row in rows_of(drawn)], dtype=object) for name in rows_of(drawn)[0]}
    )
    return list(exportrules.audit(frame)["outcome"])


def of_polars(drawn: list[Draw], directory: Path) -> list[str]:
    return list(exportrules.audit(pl.DataFrame(rows_of(drawn), infer_schema_length=None))["outcome"])


def of_duckdb(drawn: list[Draw], directory: Path) -> list[str]:
    table = pa.Table.from_pylist(rows_of(drawn))
    answered = exportrules.audit(duckdb.from_arrow(table)).to_arrow_table()
    return [row["outcome"] for row in sorted(answered.to_pylist(), key=lambda row: int(row["n"]))]


def of_http_csv(drawn: list[Draw], directory: Path) -> list[str]:
    sent = client().post("/audit", content=text_of(drawn).encode(), headers={"content-type": "text/csv"})
    assert sent.status_code == 200, sent.text
    return [row["outcome"] for row in csv.DictReader(io.StringIO(sent.text, newline=""))]


def of_http_lines(drawn: list[Draw], directory: Path) -> list[str]:
    sent = client().post("/audit", content=lines_of(drawn).encode(), headers={"content-type": "application/jsonl"})
    assert sent.status_code == 200, sent.text
    return [json.loads(line)["outcome"] for line in sent.text.splitlines()]


#: Doors of many questions, each with the values besides texts that it can carry.
LEDGERS: dict[str, tuple[Callable[[list[Draw], Path], list[str]], tuple[Any, ...]]] = {
    "CSV": (of_delimited, ()),
    "tabs": (lambda drawn, directory: of_delimited(drawn, directory, "\t", "tsv"), ()),
    "JSON lines": (of_json_lines, OBJECTS),
    "workbook": (of_workbook, (True, False, 0, 1, -1, 12, 3.5)),
    "Parquet": (of_parquet, ()),
    "Arrow": (of_arrow, ()),
    "batches": (of_batches, ()),
    "pandas": (of_pandas, OBJECTS + PYTHON),
    "Polars": (of_polars, ()),
    "DuckDB": (of_duckdb, ()),
    "CSV over HTTP": (of_http_csv, ()),
    "JSON lines over HTTP": (of_http_lines, OBJECTS),
}


def says_something(draw: Draw) -> bool:
    """Whether a row with this draw says anything in its place: an empty cell of an optional column is not said."""
    nothing = draw.value is None or draw.value != draw.value or (isinstance(draw.value, str) and not draw.value.strip())
    return not (nothing and draw.field in OPTIONAL)


def freed(drawn: Iterable[Draw], outcomes: Iterable[str]) -> list[str]:
    """The draws that came out as a yes."""
    return [f"{outcome}: {draw}" for draw, outcome in zip(drawn, outcomes, strict=True) if outcome in YES]


def through(door: str, count: int, seed: int, directory: Path) -> list[str]:
    """The yeses that so much noise got through a door."""
    if door in ONE_BY_ONE:
        ask, values = ONE_BY_ONE[door]
        drawn = draws(count, seed, values)
        return freed(drawn, map(ask, drawn))
    answer, values = LEDGERS[door]
    drawn = [draw for draw in draws(count, seed, values) if says_something(draw)]
    return freed(drawn, answer(drawn, directory))


def test_every_deal_needs_a_license_and_not_without_the_word_that_is_noised() -> None:
    """Else no noise could free it, and the properties below would show nothing."""
    for deal, decisive in DEALS:
        assert checked(deal) == "license_required"
        for field in set(decisive) & OPTIONAL - {
            "listed_owner"
        }:  # one whose share is known is a listed one's all the same
            assert checked({name: value for name, value in deal.items() if name != field}) in YES, (deal, field)


@pytest.mark.parametrize("door", [*ONE_BY_ONE, *LEDGERS])
def test_noise_never_frees(door: str, tmp_path: Path) -> None:
    assert not through(door, 60, 1, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("door", [*ONE_BY_ONE, *LEDGERS])
def test_more_noise_never_frees(door: str, tmp_path: Path) -> None:
    assert not through(door, 150 if door in ONE_BY_ONE else 1500, 2, tmp_path)


@pytest.mark.slow
def test_noise_frees_nothing_in_a_process_of_its_own() -> None:
    drawn = [draw for draw in draws(8, 3) if "\x00" not in draw.value]
    assert not freed(drawn, map(of_process, drawn))


def test_what_holds_for_every_row_is_never_freed_by_noise(tmp_path: Path) -> None:
    """A destination and an exporter that an option says: here each draw is a ledger."""
    found = []
    for draw in draws(40, 4, OBJECTS, ("to", "exporter")):
        asked = {HEADERS.get(name, name): value for name, value in draw.asked.items() if name != draw.field}
        try:
            answered = exportrules.audit(pa.Table.from_pylist([asked]), **{draw.field: draw.value})
        except QuestionError:
            continue
        found += freed([draw], answered["outcome"].to_pylist())
    assert not found


def test_what_a_map_of_names_says_is_never_noise_that_frees() -> None:
    found = []
    for draw in draws(60, 5):
        asked = {HEADERS.get(name, name): value for name, value in DEALS[draw.deal][0].items()}
        names = {draw.field: {DEALS[draw.deal][0][draw.field]: draw.value}}
        try:
            answered = exportrules.audit(pa.Table.from_pylist([asked]), names=names)
        except QuestionError:
            continue
        found += freed([draw], answered["outcome"].to_pylist())
    assert not found


# --- names of columns, options and fields -------------------------------------------------------------

#: Headers that say nothing of their columns, as programs and people leave them.
NAMELESS = (
    "",
    " ",
    "Unnamed: 5",
    "column5",
    "Column E",
    "F5",
    "?",
    "n/a",
    "x",
    "field_7",
    "\u200b",
    "1",
    "Spalte 3",
    "列4",
)


def headers_of(field: str) -> list[str]:
    """Every header that is read as a field."""
    own = [spelled for spelled, column in spellings().items() if column.field == field]
    return [*own, field, field.replace("_", " ").title()]


def drawn_headers(count: int, seed: int) -> Iterator[tuple[int, str, str]]:
    """A deal, the term that decides it, and noise in place of a header that is read as the term."""
    rng = random.Random(seed)
    places = [(n, field) for n, (_, decisive) in enumerate(DEALS) for field in decisive if field in OPTIONAL]
    while count:
        number, field = rng.choice(places)
        header = rng.choice([header for header in headers_of(field) if len(header) > 3])
        # a number says nothing of what it is a number of
        nameless = NAMELESS if field != "listed_ownership_percent" else (typo(rng, header),)
        noise = rng.choice((typo(rng, header), disguise(rng, header), rng.choice(nameless)))
        if noise != header:
            count -= 1
            yield number, field, noise


def freed_by_headers(count: int, seed: int) -> list[str]:
    found = []
    for number, field, noise in drawn_headers(count, seed):
        deal = DEALS[number][0]
        row = {HEADERS.get(name, name): value for name, value in deal.items() if name != field}
        try:
            answered = exportrules.audit(pa.Table.from_pylist([{**row, noise: deal[field]}]))
        except QuestionError:
            continue
        found += freed([Draw(number, field, f"the header {noise!r}", deal[field])], answered["outcome"].to_pylist())
    return found


def test_noise_in_a_header_never_frees() -> None:
    assert not freed_by_headers(120, 1)


@pytest.mark.slow
def test_more_noise_in_headers_never_frees() -> None:
    assert not freed_by_headers(800, 2)


def misnamed(count: int, seed: int) -> Iterator[tuple[Draw, str]]:
    """Draws with the name of the decisive term misspelt, and that name."""
    rng = random.Random(seed)
    for _ in range(count):
        number = rng.randrange(len(DEALS))
        field = rng.choice(DEALS[number][1])
        name = typo(rng, field) if rng.random() < 0.7 else disguise(rng, field)
        if name != field:
            yield Draw(number, field, f"named {name!r}", DEALS[number][0][field]), name


def test_a_misnamed_field_or_option_never_frees() -> None:
    for draw, name in misnamed(80, 1):
        asked = question(draw.asked)
        place = asked if draw.field in asked else asked["facts"]
        place[name] = place.pop(draw.field)
        said = {n: value for n, value in asked.items() if n != "chip"}
        with contextlib.suppress(QuestionError, TypeError):
            assert exportrules.check(asked.get("chip"), **said).outcome not in YES, draw
        sent = client().post("/check", json=asked)
        assert sent.status_code == 400 or sent.json()["outcome"] not in YES, draw
        option = {"parties": "party"}.get(draw.field, draw.field).replace("_", "-")
        if draw.field in ARGUMENTS and typo(random.Random(draw.deal), option) != option:
            words = command_of(draw)
            words[words.index(f"--{option}")] = f"--{typo(random.Random(draw.deal), option)}"
            ran = CliRunner().invoke(cli, words)
            assert ran.exit_code == 2 or json.loads(ran.stdout)["outcome"] not in YES, (draw, words)


# --- files of one's own -------------------------------------------------------------------------------

PARTY = """\
[[party]]
id = "zorglub-institute"
name = "Zorglub Institute of Aerodynamics"
country = "CN"
[[party.listing]]
list = "entity_list"
start = 2020-12-23
cite = "85 FR 83799"
evidence = "published"
"""
CHIP = """\
id = "acme-x"
name = "Acme X"
designed_for_datacenter = true
die_area_mm2 = 814
dense_tops = { fp16_bf16 = 600 }
io_gbytes_s = { pcie_5_0_x16 = 128 }
dram_bandwidth_gbytes_s = 900
"""
#: What a hand that writes such a file puts in the place of a value.
TOML_NOISE = (
    '""', '"TBD"', '"n/a"', '"-"', "[]", "{}", "true", "false", "nan", "inf", "-inf", "-1", '"600"', "'600'", "[600]",
    "1e400", "2020-13-45", "0x", "yes", "null", "", "1_0__0", '"\\u200b"', "2024-06-03T00:00:00Z", "12:00:00",
)  # fmt: skip


def noised(text: str, rng: random.Random, keys: tuple[str, ...]) -> str:
    """A file with noise in the name or the value of one of these keys."""
    key = rng.choice(keys)
    line = next(line for line in text.splitlines() if line.startswith(f"{key} = "))
    value = line.partition(" = ")[2]
    noise = f"{typo(rng, key)} = {value}" if rng.random() < 0.3 else f"{key} = {rng.choice(TOML_NOISE)}"
    return text.replace(line, noise)


def freed_by_files(count: int, seed: int, directory: Path) -> list[str]:
    rng, found = random.Random(seed), []
    for number in range(count):
        party = noised(PARTY, rng, ("name", "list", "start", "country", "id", "evidence"))
        (overlay := directory / f"{number}.toml").write_text(party, "utf-8")
        try:
            law = exportrules.load_ruleset(overlays=[overlay])
            name = "Zorglub Institute of Aerodynamics"
            outcome = exportrules.check("T4", on="2024-06-03", to="SG", end_user=name, ruleset=law).outcome
            found += [party] * (outcome in YES)
        except (QuestionError, RulesetError):
            pass
        chip = noised(CHIP, rng, ("die_area_mm2", "dense_tops", "io_gbytes_s"))
        (own := directory / "chip.toml").write_text(chip, "utf-8")
        try:
            outcome = exportrules.check(exportrules.load_chip(own), on="2024-06-03", exporter="other").outcome
            found += [chip] * (outcome in YES)
        except (QuestionError, RulesetError):
            pass
    return found


def test_noise_in_files_of_ones_own_never_frees(tmp_path: Path) -> None:
    assert exportrules.check(_own(tmp_path), on="2024-06-03", exporter="other").outcome == "license_required"
    assert not freed_by_files(12, 1, tmp_path)


@pytest.mark.slow
def test_more_noise_in_files_of_ones_own_never_frees(tmp_path: Path) -> None:
    assert not freed_by_files(40, 2, tmp_path)


def _own(directory: Path) -> exportrules.Chip:
    (path := directory / "own.toml").write_text(CHIP, "utf-8")
    chip: exportrules.Chip = exportrules.load_chip(path)
    return chip


# --- warehouses ---------------------------------------------------------------------------------------


def test_noise_never_frees_in_sql(tmp_path: Path) -> None:
    """Of what the look-up reads: chips, destinations and exporters; days are of a type of their own."""
    path = tmp_path / "segments.parquet"
    options = ["--to", "CN,SG,RU", "--chips", "H100,H800,A100,MI250,T4,RTX 4090", "--exporter", "maker,other,NVIDIA"]
    assert CliRunner().invoke(cli, ["compile", *options, "-o", str(path)]).exit_code == 0
    drawn = [draw for draw in draws(600, 6, (), ("chip", "to", "exporter")) if "chip" in draw.asked]
    rows = [
        {"n": n, "chip": a["chip"], "destination": a["to"], "exporter": a["exporter"], "ship_date": a["on"]}
        for n, draw in enumerate(drawn) if (a := draw.asked)
    ]  # fmt: skip
    with duckdb.connect() as base:
        base.register("rows", pa.Table.from_pylist(rows))
        base.execute("CREATE VIEW ledger AS SELECT * REPLACE (CAST(ship_date AS DATE) AS ship_date) FROM rows")
        base.execute(f"CREATE VIEW segments AS SELECT * FROM '{path}'")
        base.execute(f"CREATE VIEW names AS SELECT * FROM '{tmp_path / 'segments.names.parquet'}'")
        answered = base.sql(CliRunner().invoke(cli, ["compile", "--sql", "duckdb"]).output).to_arrow_table().to_pylist()
    outcomes = [row["outcome"] for row in sorted(answered, key=lambda row: int(row["n"]))]
    assert not freed(drawn, outcomes)
