"""Mistakes of a command line, as the people make them who are not programmers: each message says what to write."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from exportrules.cli import cli
from exportrules.cli.commands import COMMANDS
from exportrules.cli.mistakes import message_of


def message(*args: str) -> str:
    """What the program says of a command line that it cannot run."""
    with pytest.raises(Exception) as caught:
        cli.main(list(args), prog_name="exportrules", standalone_mode=False)
    error = caught.value
    return message_of(error) if isinstance(error, click.ClickException) else str(error)


@pytest.mark.parametrize("command", ["check", "timeline", "memo"])
def test_a_chip_without_its_quotes_is_named_with_them(command: str) -> None:
    told = message(command, "RTX", "4090", "--on", "2023-06-01")[:200]
    if command == "timeline":  # it has no --on
        told = message(command, "RTX", "4090")
    assert told == (
        f"'4090' is extra after 'RTX'. Put a name of several words in quotes: exportrules {command} 'RTX 4090'"
    )
    longer = message(command, "RTX", "4090", "D", *(["--on", "2023-06-01"] if command != "timeline" else []))
    assert longer.endswith(f"exportrules {command} 'RTX 4090 D'")


def test_two_chips_are_two_questions() -> None:
    assert message("check", "A100", "B200", "--on", "2023-06-01") == (
        "exportrules check asks about one chip, and 'A100' and 'B200' are two. Ask about one, or about several with: "
        "exportrules matrix A100 B200 --on DAY"
    )


def test_of_several_chips_the_one_in_two_words_is_found() -> None:
    assert message("matrix", "A100", "RTX", "4090", "--on", "2023-06-01") == (
        "'RTX' is not a chip. Put a name of several words in quotes: 'RTX 4090'"
    )
    assert "no chip is called 'Foo'" in message("matrix", "A100", "Foo", "Bar", "--on", "2023-06-01")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("--date", "--on"),
        ("--day", "--on"),
        ("--dates", "--on"),
        ("--country", "--to"),
        ("--destination", "--to"),
        ("--destinaton", "--to"),
        ("--dest", "--to"),
        ("--buyer", "--end-user"),
        ("--customer", "--end-user"),
        ("--consignee", "--party"),
        ("--parent", "--ultimate-parent"),
        ("--hq", "--headquarters"),
        ("--seller", "--exporter"),
        ("--exporer", "--exporter"),
        ("--activty", "--activity"),
        ("--knownon", "--known-on"),
        ("--end_user", "--end-user"),
        ("--END-USER", "--end-user"),
        ("--overwrite", "--force"),
    ],
)
def test_an_option_by_another_name_or_with_a_slip_is_suggested(written: str, meant: str) -> None:
    told = message("check", "A100", written, "X")
    assert told.startswith(f"there is no option {written!r} of 'exportrules check'. Did you mean {meant}")
    assert "--help" not in told


def test_an_option_like_none_is_sent_to_the_help() -> None:
    assert message("check", "A100", "--zzz", "X") == (
        "there is no option '--zzz' of 'exportrules check'. See exportrules check --help."
    )
    assert message("memo", "A100", "--author", "X").endswith("Did you mean --preparer?")
    assert "Did you mean" not in message("chips", "--author", "X")  # that command has no such option


@pytest.mark.parametrize(
    ("written", "meant"),
    [("CHECK", "check"), ("chek", "check"), ("ask", "check"), ("report", "memo"), ("timelin", "timeline"),
     ("ledger", "audit"), ("compare", "diff"), ("whatif", "what-if"), ("bibtex", "cite"), ("list", "chips")],
)  # fmt: skip
def test_a_command_by_another_name_is_suggested(written: str, meant: str) -> None:
    assert message(written).startswith(f"there is no command {written!r}. Did you mean {meant!r}?")


def test_every_command_that_is_suggested_is_there() -> None:
    from exportrules.cli.mistakes import _COMMANDS

    assert set(_COMMANDS) <= set(COMMANDS)


@pytest.mark.parametrize(
    ("option", "written", "meant"),
    [
        ("--end-use", "militray", "'military'"),
        ("--end-use", "super-computer", "'supercomputer'"),
        ("--activity", "reexprot", "'reexport'"),
        ("--activity", "re-export", "'reexport'"),
        ("--to", "Singapor", "'Singapore'"),
        ("--fact", "tp=20", "'tpp'"),
    ],
)
def test_a_word_with_a_slip_is_suggested(option: str, written: str, meant: str) -> None:
    assert f"Did you mean {meant}" in message("check", "A100", "--on", "2023-06-01", option, written)


@pytest.mark.parametrize(
    "name", ["8x B999 server", "HGX H99", "DGX B999", "Acme server", "某某服务器", "rack of Foo 9"]
)
def test_an_unknown_chip_in_a_server_says_how_to_ask(name: str) -> None:
    told = message("check", name, "--on", "2025-06-01")
    assert told.startswith(f"no chip is called {name!r} here")
    assert "For a server, write the chip in it." in told
    assert "with item_kind=system: tpp=NUMBER, designed_for_datacenter=yes." in told


def test_what_that_message_says_is_a_question_that_is_answered() -> None:
    asked = [
        "--fact",
        "item_kind=system",
        "--fact",
        "tpp=20000",
        "--fact",
        "designed_for_datacenter=yes",
        "--on",
        "2025-06-01",
    ]
    ran = subprocess.run([sys.executable, "-m", "exportrules", "check", *asked], capture_output=True, text=True)
    assert ran.stdout.startswith("NO, not without a license")
    assert "parameters met  4A090.a" in ran.stdout


def test_a_chip_that_is_in_no_server_is_not_told_of_servers() -> None:
    assert "server" not in message("check", "XE1234567", "--on", "2025-06-01")


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("EAR99", "--fact 'EAR99' is not NAME=VALUE. The number under which an item is classified is the fact "
         "eccn_declared: eccn_declared=EAR99."),
        ("EAR99=yes", "there is no fact 'EAR99' in the vocabulary. The number under which an item is classified is the "
         "fact eccn_declared: eccn_declared=EAR99."),
        ("3a090.a=yes", "there is no fact '3a090.a' in the vocabulary. The number under which an item is classified is "
         "the fact eccn_declared: eccn_declared=3a090.a."),
        # a fact that is only ever derived is no suggestion
        ("ECCN_Declared=EAR99", "there is no fact 'ECCN_Declared' in the vocabulary. Did you mean 'eccn_declared'?"),
    ],
)  # fmt: skip
def test_a_number_of_the_list_as_a_fact_is_told_where_it_belongs(fact: str, told: str) -> None:
    assert message("check", "T4", "--on", "2024-06-03", "--fact", fact) == told


def test_a_trace_beside_data_is_refused_since_the_data_have_it() -> None:
    assert message("check", "T4", "--on", "2024-06-03", "--json", "--explain") == (
        "--json and --explain are two forms of one answer; the JSON has the whole trace, under `findings`. Leave "
        "one of them out."
    )


@pytest.mark.parametrize(
    ("written", "others"),
    [("H8000", "H800"), ("H80", "H800, H20"), ("RTX409", "RTX 4090"), ("L5", "L2, L4"), ("Q7", ""), ("H20X", "")],
)
def test_products_by_a_digit_are_named_and_never_suggested(written: str, others: str) -> None:
    told = message("check", written, "--on", "2024-06-03")
    assert told.endswith(f" Other products, by a digit: {others}.") == bool(others)
    assert "Did you mean" not in told


def test_the_program_itself_says_so_in_one_line() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "exportrules", "check", "RTX", "4090", "--date", "2023-06-01"],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert ran.stderr == "exportrules: there is no option '--date' of 'exportrules check'. Did you mean --on?\n"
