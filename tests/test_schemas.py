"""The schemas of rule files: they take every file of the rulesets, and refuse what the program refuses."""

from __future__ import annotations

import datetime
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from exportrules.cli import cli
from exportrules.cli.data import _KINDS
from exportrules.files.load import data_directory
from exportrules.study.schemas import KINDS, file_schema
from tests import renew

ROOT = Path(__file__).parent.parent
FILES = [(kind, file) for kind, (_, _, _, glob) in KINDS.items() if glob for file in data_directory().glob(glob)]


def plain(value: Any) -> Any:
    """TOML as an editor hands it to a schema: days are text."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


@cache
def validator(kind: str) -> jsonschema.Draft202012Validator:
    schema = file_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def problems(kind: str, text: str) -> list[str]:
    return [error.message for error in validator(kind).iter_errors(plain(tomllib.loads(text)))]


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_of_the_rulesets_keeps_to_the_schema_of_its_kind(kind: str) -> None:
    files = [file for of, file in FILES if of == kind]
    assert [(file.name, found) for file in files if (found := problems(kind, file.read_text("utf-8")))] == []


def test_every_file_of_the_rulesets_is_of_some_kind() -> None:
    assert {file for _, file in FILES} == set(data_directory().rglob("*.toml"))


INSTRUMENT = """
id = "a"
title = "A"
type = "rule"
issuer = "BIS"
citation = "99 FR 1"
url = "https://www.federalregister.gov/"
evidence = "published"

[[provision]]
id = "r"
kind = "requirement"
title = "A provision"
cite = "15 CFR 742.6"
paragraph = "742.6"
effective = 2026-12-15
when = [{ tests = [{ fact = "tpp", op = "ge", bound = 1600 }] }]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "requirement"', 'kind = "requirment"'),
        ("effective = 2026-12-15", 'effective = "15 December"'),
        ('op = "ge"', 'op = ">="'),
        ("bound = 1600", "bound = [1600]"),
        ('cite = "15 CFR 742.6"\n', ""),
        ('paragraph = "742.6"\n', ""),
        ("when =", "wehn ="),
        ('evidence = "published"', 'evidence = "rumoured"'),
    ],
)
def test_what_is_wrong_in_an_instrument_is_seen(old: str, new: str) -> None:
    assert problems("instrument", INSTRUMENT) == []
    assert problems("instrument", INSTRUMENT.replace(old, new)) != []


def test_a_figure_in_quotes_is_no_figure() -> None:
    chip = 'id = "a"\nname = "A"\ndie_area_mm2 = {}\n'
    assert problems("own-chip", chip.format("814.5")) == []
    assert problems("own-chip", chip.format('"814.5"')) != []


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_prints_the_schema_that_is_checked_in(kind: str) -> None:
    done = CliRunner().invoke(cli, ["schema", "--of", kind])
    assert json.loads(done.output) == file_schema(kind)
    assert done.output == (ROOT / "docs" / "schema" / f"{kind}.schema.json").read_text("utf-8"), "python -m tests.renew"


def test_the_command_knows_every_kind() -> None:
    assert set(_KINDS) == set(KINDS)


def test_every_kind_of_file_of_the_rulesets_has_its_schema_in_an_editor() -> None:
    rules = tomllib.loads((ROOT / ".taplo.toml").read_text("utf-8"))["rule"]
    associated = {pattern: rule["schema"]["path"] for rule in rules for pattern in rule["include"]}
    assert associated == {
        f"rulesets/{glob}": f"docs/schema/{kind}.schema.json" for kind, (_, _, _, glob) in KINDS.items() if glob
    }


def test_the_examples_name_schemas_that_are_there() -> None:
    named = []
    for file in (ROOT / "docs" / "examples").rglob("*.toml"):
        first = file.read_text("utf-8").splitlines()[0]
        if not first.startswith("#:schema "):
            continue
        kind = first.rpartition("/")[2].removesuffix(".schema.json")
        assert (file.parent / first.removeprefix("#:schema ")).resolve().exists()
        assert problems(kind, file.read_text("utf-8")) == []
        named.append(kind)
    assert sorted(named) == ["attestation", "facts", "groups", "instrument"]


def test_renewing_writes_every_schema() -> None:
    assert {file.name for file, _ in renew.schema_pages()} == {
        file.name for file in (ROOT / "docs" / "schema").glob("*.json")
    }
