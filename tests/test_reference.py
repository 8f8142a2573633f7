"""The reference pages: they are what the generator prints, and nothing public is missing or unexplained."""

from __future__ import annotations

import doctest
import inspect
import re
import shlex
from pathlib import Path

import click
import pytest

import exportrules
from exportrules.cli.commands import COMMANDS
from tests.readme import DOCUMENTS
from tests.reference import DOCS, NAMES, PAGES, commands, options

ALL = list(commands())


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_page_is_what_the_generator_prints(page: Path) -> None:
    assert page.read_text("utf-8") == PAGES[page](), "renew with: python -m tests.reference"


@pytest.mark.parametrize(("name", "command", "context"), ALL, ids=[name for name, _, _ in ALL])
def test_a_command_says_what_it_does_and_so_does_every_option(
    name: str, command: click.Command, context: click.Context
) -> None:
    assert (command.help or "").strip(), name
    silent = [
        option for option, text in options(command, context).items() if re.sub(r"\[.*?\]", "", text).strip() == ""
    ]
    assert silent == []


IN_HELP = [line for _, c, _ in ALL for line in re.findall(r"^\s*exportrules (.+)$", c.help or "", re.MULTILINE)]
#: Commands that a document shows without what they print.
IN_DOCUMENTS = [
    line
    for document in DOCUMENTS
    for block in re.findall(r"```sh\n(.*?)```", document.read_text("utf-8"), re.DOTALL)
    for line in re.findall(r"^exportrules (.+)$", block, re.MULTILINE)
]


@pytest.mark.parametrize("example", dict.fromkeys([*IN_HELP, *IN_DOCUMENTS]))
def test_examples_that_are_not_run_are_commands(example: str) -> None:
    words = shlex.split(example, comments=True)
    length, command = next((len(n.split()), c) for n, c, _ in ALL if n.split() == words[: len(n.split())])
    command.make_context(words[0], words[length:])  # raises a UsageError for what is no option


def test_every_command_is_on_the_page_and_on_one_written_by_hand() -> None:
    page = (DOCS / "reference.md").read_text("utf-8")
    written = "".join(document.read_text("utf-8") for document in DOCUMENTS if document not in PAGES)
    assert {name.split()[0] for name, _, _ in ALL} == set(COMMANDS)
    for name, _, _ in ALL:
        assert f"\n## {name}\n" in page
        assert f"exportrules {name}" in written, f"no document shows what {name} is for"


def test_every_public_name_is_on_the_page() -> None:
    assert sorted(name for names in NAMES.values() for name in names) == sorted(
        name for name in exportrules.__all__ if name != "__version__"
    )


@pytest.mark.parametrize("name", [name for name in exportrules.__all__ if name != "__version__"])
def test_public_names_and_the_members_of_an_answer_are_explained(name: str) -> None:
    found = getattr(exportrules, name)
    assert inspect.getdoc(found)
    if found is exportrules.Determination:
        public = [member for key, member in vars(found).items() if isinstance(member, property) and key[0] != "_"]
        assert [member for member in public if not inspect.getdoc(member.fget)] == []


def test_the_example_of_the_python_page_runs() -> None:
    result = doctest.testfile(str(DOCS / "python.md"), module_relative=False)
    assert result.attempted >= 5
    assert result.failed == 0
