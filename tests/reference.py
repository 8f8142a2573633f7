"""The reference pages, written from the commands and from the public names: `python -m tests.reference` renews them."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

import exportrules
from exportrules.cli import cli
from exportrules.cli.options import law_options, table_options, terms_options

DOCS = Path(__file__).parent.parent / "docs"

#: Options that several commands share are told once: the heading, what to say of them, where they come from.
SHARED: dict[str, tuple[str, Callable[[Callable[..., Any]], Callable[..., Any]]]] = {
    "The terms of a deal": ("What is left out takes its default, and the answer says so.", terms_options),
    "The law that is asked": ("Without them, the law that came with the package.", law_options),
    "The form of a table": ("The same on every command that prints one.", table_options),
}

#: The public names, in the order in which a reader needs them.
NAMES = {
    "Ask": ["check", "timeline", "matrix", "audit"],
    "Answers": ["Determination", "Timeline", "Matrix", "MatrixRow"],
    "Chips and law": [
        "catalogue",
        "ChipRow",
        "Figure",
        "Chip",
        "Bounds",
        "load_chip",
        "Ruleset",
        "default_ruleset",
        "load_ruleset",
    ],
    "Errors": ["ExportRulesError", "LedgerError", "OutputError", "QuestionError", "RulesetError", "UnknownNameError"],
}
#: The classes that callers make themselves; the others are handed to them.
MADE_BY_CALLERS = {"Bounds", "Chip"}


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """Every command that does something, by its full name: 'check', 'chart timeline'."""

    def walk(command: click.Command, name: str, parent: click.Context) -> Iterator[Any]:
        context = click.Context(command, info_name=name.split()[-1], parent=parent)
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                assert found
                yield from walk(found, f"{name} {inner}", context)
        else:
            yield name, command, context

    top = click.Context(cli, info_name="exportrules")
    for name in cli.list_commands(top):
        found = cli.get_command(top, name)
        assert found
        yield from walk(found, name, top)


def options(command: click.Command, context: click.Context) -> dict[str, str]:
    """The options as help prints them: '--to PLACE' and what it says."""
    records = (param.get_help_record(context) for param in command.params if isinstance(param, click.Option))
    return {record[0]: record[1] for record in records if record}


def command_page() -> str:
    """The whole of docs/reference.md."""
    shared = {}
    for heading, (_, decorated) in SHARED.items():
        holder = click.command()(decorated(lambda **_: None))
        shared[heading] = options(holder, click.Context(holder))
    lines = ["# Commands", "", "Written from the commands by `python -m tests.reference`; a test keeps it so.", ""]
    lines += _help(cli)
    for name, command, context in commands():
        lines += [f"## {name}", "", "```text", _usage(command, context), "```", "", *_help(command)]
        own = options(command, context)
        told = [heading for heading, common in shared.items() if common.items() <= own.items()]
        for heading in told:
            own = {option: text for option, text in own.items() if option not in shared[heading]}
        lines += [*_listed(own), *([""] if own else [])]
        if told:
            links = [f"[{heading[0].lower()}{heading[1:]}](#{heading.lower().replace(' ', '-')})" for heading in told]
            lines += [f"{'With' if own else 'Its options are'} {', '.join(links)}.", ""]
    lines += ["## Options that commands share", ""]
    for heading, (says, _) in SHARED.items():
        lines += [f"### {heading}", "", says, "", *_listed(shared[heading]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _usage(command: click.Command, context: click.Context) -> str:
    return command.get_usage(context).removeprefix("Usage: ")


def _help(command: click.Command) -> Iterator[str]:
    """The help of a command as Markdown; what click prints as it stands becomes a block."""
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b"):
            shown = textwrap.dedent(paragraph.removeprefix("\b").strip("\n"))
            yield from ["```sh", *shown.splitlines(), "```", ""]
        else:
            yield from [*paragraph.splitlines(), ""]


def _listed(found: dict[str, str]) -> list[str]:
    return [f"- `{option}`: {' '.join(text.split())}".rstrip() for option, text in found.items()]


def name_page() -> str:
    """The whole of docs/python.md."""
    lines = inspect.cleandoc(_INTRODUCTION).splitlines()
    for heading, names in NAMES.items():
        lines += ["", f"## {heading}"]
        for name in names:
            lines += ["", f"### {name}", "", *_described(name, getattr(exportrules, name))]
    return "\n".join(lines) + "\n"


_INTRODUCTION = """
    # From Python

    Written from the docstrings by `python -m tests.reference`; a test keeps it so, and runs the example. These names
    are public; everything else may change between versions.

    ```python
    >>> import exportrules
    >>> answer = exportrules.check("H20", on="2024-06-03")
    >>> answer.outcome
    'no_license_requirement'
    >>> nearest = answer.margin[0]
    >>> nearest.fact, str(nearest.value), nearest.op, str(nearest.bound), nearest.provision
    ('tpp', '2368', 'ge', '2400', '88fr73458#3A090.b')
    >>> exportrules.check("H20", on=answer.next.date).outcome
    'license_required'
    >>> for row in exportrules.matrix(["H20", "H100"], on="2024-06-03", to=["CN", "SG"]):
    ...     print(row.chip, row.to, row.answers[0].outcome)
    H20 CN no_license_requirement
    H20 SG no_license_requirement
    H100 CN license_required
    H100 SG no_license_requirement
    >>> a800 = next(row for row in exportrules.catalogue() if row.chip == "nvidia-a800-sxm4-80gb")
    >>> found = a800.figure("aggregate_io_gbytes_s")
    >>> a800.vendor_name, found.value, found.unit, found.derivation, found.estimated
    ('NVIDIA', 464, 'Gbyte/s', 'nvlink + pcie_4_0_x16', False)

    ```

    Dates are days in Washington, D.C.: a `date`, or text as YYYY-MM-DD. Numbers are `int` or `Decimal`, never `float`.
    Nothing reads the clock or the network. An answer has no truth value: compare its `outcome`.
"""


def _described(name: str, found: Any) -> Iterator[str]:
    if inspect.isfunction(found) or name in MADE_BY_CALLERS:
        yield from ["```python", *_signature(name, found), "```", ""]
    elif issubclass(found, Exception):
        yield from [f"A kind of `{found.__mro__[1].__name__}`.", ""]
    yield from _prose(found)
    if inspect.isclass(found) and not issubclass(found, Exception):
        members = [(n, _function(member)) for n, member in vars(found).items() if not n.startswith("_")]
        documented = [(n, function) for n, function in members if function and inspect.getdoc(function)]
        if documented:
            yield ""
        for inner, function in documented:
            yield f"- `{inner}{_call(function, method=function is vars(found)[inner])}`: {' '.join(_prose(function))}"


def _function(member: Any) -> Any:
    """What computes a member: the getter of a property, a method; None for what is plain data."""
    for attribute in ("fget", "func"):
        if hasattr(member, attribute):
            return getattr(member, attribute)
    return member if inspect.isfunction(member) else None


def _prose(found: Any) -> list[str]:
    """A docstring as Markdown: references by their name alone."""
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", inspect.getdoc(found) or "").splitlines()


def _parameters(found: Any) -> Iterator[str]:
    star = False
    for parameter in inspect.signature(found).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            star = True
            yield "*"
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        marks = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
        yield f"{marks}{parameter.name}: {_type(parameter.annotation)}{default}"


def _type(annotation: Any) -> str:
    """An annotation under the public names: a chip is a `Variant` only inside."""
    return re.sub(r"\bVariant\b", "Chip", str(annotation))


def _signature(name: str, found: Any) -> Iterator[str]:
    parameters = list(_parameters(found))
    if not parameters:
        yield name + _call(found, method=True)
        return
    back = "" if inspect.isclass(found) else f" -> {_type(inspect.signature(found).return_annotation)}"
    yield from [f"{name}(", *(f"    {parameter}," for parameter in parameters), f"){back}"]


def _call(function: Any, *, method: bool) -> str:
    """What is written behind a member's name: arguments of a method, and the type."""
    back = _type(inspect.signature(function).return_annotation)
    return f"({', '.join(_parameters(function))}) -> {back}" if method else f": {back}"


PAGES = {DOCS / "reference.md": command_page, DOCS / "python.md": name_page}

if __name__ == "__main__":
    for page, written in PAGES.items():
        page.write_text(written(), "utf-8")
