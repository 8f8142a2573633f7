"""A plain check is read without click, and answers as the command does."""

import pytest
from click.testing import CliRunner

from exportrules.cli import cli, plain


@pytest.mark.parametrize(
    "words",
    [
        "check H800 --on 2023-06-01",
        "check --on 2022-09-15 A100 --json",
        "check --json --on 2023-12-01 RTX-4090",
        "check H20 --on 1999-01-01",
    ],
)
def test_a_plain_check_is_answered_as_by_the_command(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = plain.read(words.split())
    assert asked is not None
    status = plain.answer(asked)
    by_command = CliRunner().invoke(cli, words.split())
    assert (capsys.readouterr().out, status) == (by_command.output, by_command.exit_code)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["check"],
        ["check", "A100"],
        ["check", "--on", "2022-09-15"],
        ["check", "A100", "--on"],
        ["check", "A100", "--on", "2022-09-15", "--on", "2022-09-16"],
        ["check", "A100", "--on", "--json"],
        ["check", "A100", "--on", ""],
        ["check", "A100", "H100", "--on", "2022-09-15"],
        ["check", "A100", "--on", "2022-09-15", "--json", "--json"],
        ["check", "A100", "--on", "2022-09-15", "--explain"],
        ["check", "--", "A100", "--on", "2022-09-15"],
        ["check", "A100", "--on=2022-09-15"],
        ["check", "昇腾910B", "--on", "2022-09-15"],
        ["timeline", "A100", "--on", "2022-09-15"],
    ],
)
def test_whatever_else_is_written_is_for_the_commands(words: list[str]) -> None:
    assert plain.read(words) is None
