"""What the documents show was really printed."""

from __future__ import annotations

import doctest
import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

import exportrules
from exportrules.answer.schema import determination_schema
from exportrules.cli.commands import COMMANDS
from tests.readme import DOCUMENTS, EXAMPLES, PICTURES, README, ROOT, redraw, renewed


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_console_examples_are_as_printed(document: Path) -> None:
    text = document.read_text("utf-8")
    assert renewed(text) == text, "renew with: python -m tests.readme"


def test_a_long_print_may_be_cut_and_nothing_else_be_done_to_it() -> None:
    def shown(command: str) -> list[str]:
        return renewed(f"```console\n$ exportrules {command}\n```").splitlines()[2:-1]

    whole = shown("coverage")
    assert shown("coverage | head -3") == whole[:3]
    assert shown("coverage | tail -2") == whole[-2:]
    assert shown("coverage | head -3 | tail -1") == [whole[2]]
    with pytest.raises(AssertionError, match="grep"):
        shown("coverage | grep A100")


@pytest.mark.parametrize("document", [README, ROOT / "docs" / "audit.md"], ids=lambda path: path.name)
def test_python_examples_run(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    result = doctest.testfile(str(document), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert result.attempted > 5
    assert result.failed == 0


@pytest.mark.parametrize("name", ["law.md", "add-an-instrument.md"])
def test_the_law_that_a_document_quotes_is_the_law(name: str) -> None:
    law = [file.read_text("utf-8") for directory in (ROOT / "rulesets", EXAMPLES) for file in directory.rglob("*.toml")]
    quoted = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / name).read_text("utf-8"), re.DOTALL)
    assert len(quoted) > 2
    assert [block for block in quoted if not any(block in file for file in law)] == []


def test_what_is_to_be_installed_first_is_not_looked_for_on_a_package_index() -> None:
    # a stranger could take the name there; messages of the program, which is there already, may name it
    pages = [p for p in (*DOCUMENTS, ROOT / "docs" / "notebook.ipynb") if p.name not in ("reference.md", "python.md")]
    lines = [(p.name, line) for p in pages for line in p.read_text("utf-8").splitlines()]
    asks = re.compile(r"(pip|pipx|uv pip) install +(-\S+ +)*'?exportrules\b|uvx exportrules")
    assert [name for name, line in lines if asks.search(line)] == ["index.md"]


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_print_of_every_command_is_shown_somewhere(command: str) -> None:
    shown = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    example = re.search(rf"```console\n\$ exportrules {command}\b[^\n]*\n(?!```)", shown)
    assert example, "put the command into a console block of a page; python -m tests.readme prints its output there"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_in_the_readme(command: str) -> None:
    text = README.read_text("utf-8")
    assert f"exportrules {command}" in text or f"`{command} " in text, "a line for it among the doors of README.md"


def test_the_schema_is_as_checked_in() -> None:
    stored = json.loads((ROOT / "docs" / "schema" / "determination.schema.json").read_text("utf-8"))
    assert stored == determination_schema(), "renew with: exportrules schema > docs/schema/determination.schema.json"


@pytest.mark.parametrize(
    ("chip", "asked"),
    [
        ("A100", {"on": "2022-09-15"}),
        ("H200", {"on": "2026-02-02"}),
        ("H200", {"on": "2026-11-21"}),
        ("RTX 4090", {"on": "2024-06-03", "end_use": "military", "exporter": "other"}),
        ("MI308X", {"on": "2025-06-01"}),
        ("DGX H100", {"on": "2024-06-03", "to": "SG", "ultimate_parent": "CN"}),
        ("V100", {"on": "2021-06-01", "end_user": "Huawei International Pte. Ltd.", "to": "SG"}),
        (None, {"on": "2023-12-01", "facts": {"tpp": "2000.5"}, "known_on": "2023-12-01"}),
    ],
)
def test_real_answers_keep_to_the_schema(chip: str | None, asked: dict[str, Any]) -> None:
    found = exportrules.check(chip, **asked)
    jsonschema.validate(json.loads(found.to_json()), determination_schema())


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_the_pictures_say_what_is_drawn_now(picture: Path, tmp_path: Path) -> None:
    """Their words and marks, whatever the renderer's version; the digest moves with every word of the law."""

    def said(file: Path) -> list[str]:
        nodes = list(ElementTree.fromstring(file.read_text("utf-8")).iter())
        words = [text for node in nodes for text in (node.get("aria-label"), node.text) if text and text.strip()]
        return [re.sub(r"SHA-256 [0-9a-f]+", "SHA-256", text) for text in words]

    redraw(picture, tmp_path / picture.name)
    assert said(picture) == said(tmp_path / picture.name), "renew with: python -m tests.readme"
    assert picture.stat().st_size < 100_000


def test_news_has_its_fixed_headings() -> None:
    text = (ROOT / "NEWS.md").read_text("utf-8")
    headings = [line[4:] for line in text.splitlines() if line.startswith("### ")]
    assert headings[:4] == [
        "Changes to past determinations",
        "Changes to future determinations",
        "New instruments and chips",
        "Changes to code",
    ]
