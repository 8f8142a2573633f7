"""The check of dependencies never takes silence for a clean bill."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "dependencies.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dependencies", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SKIPPED = {"name": "click", "skip_reason": "Dependency not found on PyPI and could not be audited"}
CLEAN = {"name": "click", "version": "8.1", "vulns": []}
BAD = {"name": "click", "version": "8.1", "vulns": [{"id": "PYSEC-1"}]}


@pytest.mark.parametrize(
    ("out", "err", "found", "said"),
    [
        ([SKIPPED, SKIPPED], "No known vulnerabilities found", [], "not checked: the service cannot be reached (it "),
        ("", "ERROR: Failed to connect to the service", [], "not checked: the service cannot be reached\n"),
        ([CLEAN, SKIPPED], "", [], "1 packages checked, 1 not checked, 0 found"),
        ([CLEAN, BAD], "", ["click 8.1: PYSEC-1"], "2 packages checked, 0 not checked, 1 found"),
        ("", "Traceback\nKeyError: 'x'", ["pip-audit failed: KeyError: 'x'"], ""),
        ("", "", ["pip-audit failed: without a word"], ""),
    ],
)
def test_what_was_not_checked_is_said_and_what_was_found_fails(
    script: ModuleType, capsys: pytest.CaptureFixture[str], out: object, err: str, found: list[str], said: str
) -> None:
    told = json.dumps({"dependencies": out}) if out else ""
    assert script.audited(told, err) == found
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("licence", "users", "tools"),
    [
        ("MIT", True, True),
        ("Apache-2.0 AND MIT", True, True),
        ("Apache Software License; BSD License", True, True),
        ("GPL-3.0 OR MIT", True, True),
        ("MIT AND GPL-3.0-or-later", False, False),
        ("MPL-2.0", False, True),
        ("Mozilla Public License 2.0 (MPL 2.0)", False, True),
        ("(MIT OR GPL-2.0)", True, True),
        ("UNKNOWN", False, False),
        ("", False, False),
    ],
)
def test_licences_are_held_against_a_list(script: ModuleType, licence: str, users: bool, tools: bool) -> None:
    assert script.allowed(licence, script.PERMISSIVE) is users
    assert script.allowed(licence, script.PERMISSIVE | script.WEAK) is tools


def test_what_users_install_is_followed_to_its_end(script: ModuleType) -> None:
    assert {
        "exportrules",
        "click",
        "pydantic",
        "pydantic-core",
        "pypinyin",
        "rapidfuzz",
        "tabulate",
        "numpy",
        "pyarrow",
        "altair",
    } <= script.shipped()
    assert not {"pytest", "duckdb", "hypothesis", "mkdocs", "pip-audit"} & script.shipped()
