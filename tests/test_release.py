"""A release says everywhere which one it is, and can be built again to the byte."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from datetime import date
from importlib import metadata
from pathlib import Path

import pytest

import exportrules

ROOT = Path(__file__).parent.parent
EDITION = exportrules.default_ruleset().edition


def citation(field: str) -> str:
    found = re.search(rf"^{field}: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return found.group(1)


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]
    assert metadata.version("exportrules") == exportrules.__version__ == citation("version")


def test_news_citation_and_ruleset_name_one_release() -> None:
    heading = re.search(r"^## (\S+), data edition (\S+)$", (ROOT / "NEWS.md").read_text("utf-8"), re.MULTILINE)
    assert heading is not None
    assert heading.groups() == (exportrules.__version__, EDITION.edition)
    assert f"Data edition {EDITION.edition}." in (ROOT / "CITATION.cff").read_text("utf-8")


def test_a_release_comes_after_the_law_that_it_holds() -> None:
    released = date.fromisoformat(citation("date-released"))
    assert released >= EDITION.verified_through
    assert f"{released:%Y.%m}" == EDITION.edition


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed")
def test_the_wheel_is_the_same_to_the_byte_wherever_it_is_built() -> None:
    done = subprocess.run(
        ["bash", str(ROOT / "scripts" / "reproducible-wheel")],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHON": sys.executable},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    built = re.findall(r"^[0-9a-f]{64}  \./(\S+)$", done.stdout, re.MULTILINE)
    release = f"exportrules-{exportrules.__version__}"
    sdist = [f"{release}.tar.gz"] if importlib.util.find_spec("build") else []
    assert built == [f"{release}-py3-none-any.whl", *sdist]
