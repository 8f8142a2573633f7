"""The group of all commands, each imported when it is called, and the handling of click's errors."""

from __future__ import annotations

import importlib
from typing import Any

import click

from exportrules.errors import QuestionError

#: Command name -> module. A module is imported when its command is called.
COMMANDS = {
    "check": "ask",
    "timeline": "ask",
    "memo": "keep",
    "verify": "keep",
    "cite": "cite",
    "diff": "compare",
    "changes": "compare",
    "what-if": "compare",
    "flip": "compare",
    "chips": "browse",
    "instruments": "browse",
    "show": "browse",
    "coverage": "browse",
    "lint": "data",
    "confirm": "data",
    "schema": "data",
    "parties": "data",
    "casebook": "study",
    "audit": "ledger",
    "compile": "ledger",
    "data": "package",
    "chart": "chart",
    "explore": "explore",
    "matrix": "ask",
    "share": "share",
    "vectors": "prove",
    "mcp": "doors",
    "serve": "doors",
}

#: A group without a command: what click raises is its whole help, which is to be read, not one line of an error. Click
#: before 8.2 raises nothing and prints it by itself.
_NO_ARGUMENTS: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())


class CommandGroup(click.Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = _named(importlib.import_module(f"exportrules.cli.{module}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            from exportrules.cli.mistakes import near_command
            from exportrules.errors import either

            near = near_command(args[0], list(COMMANDS))
            hint = f" Did you mean {either(near)}?" if near else ""
            raise click.UsageError(f"there is no command {args[0]!r}.{hint} Commands: {', '.join(COMMANDS)}.", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.MissingParameter as error:
            raise click.UsageError(_missing(error), error.ctx) from None


def _missing(error: click.MissingParameter) -> str:
    """The message for a missing argument or option, with the cure."""
    param = error.param
    if isinstance(param, click.Option):
        return f"{param.opts[0]} is missing: write {param.opts[0]} {param.metavar or ''}. {param.help or ''}".rstrip()
    if param is None or error.ctx is None:
        return error.format_message()
    # the same name however the program was started, e.g. as python -m exportrules
    name = param.human_readable_name
    command = "exportrules" + error.ctx.command_path.removeprefix(error.ctx.find_root().command_path)
    return f"{name} is missing. Write {command} {name}; {command} --help says more."


def _named(module: Any, name: str) -> Any:
    """The command of a module; the function may have a trailing underscore, to avoid the name of a builtin."""
    name = name.replace("-", "_")
    return getattr(module, name, None) or getattr(module, f"{name}_")


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="exportrules", prog_name="exportrules")
def cli() -> None:
    """Was this AI chip exportable on that day? Dated, cited US export rules, computed.

    Exit status: 0 answered; 3 indeterminate (check only); 2 the command line is wrong;
    1 a file is invalid, lint found defects, or a receipt does not verify.
    """


def run(encoding: str | None) -> int:
    """Run the command line and return the exit status. `encoding` is the output's original encoding."""
    try:
        # click returns the status of ctx.exit() here, or what the command returned: nothing
        return int(cli(standalone_mode=False, obj=encoding) or 0)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.Abort:
        return 130
    except _NO_ARGUMENTS as error:
        error.show()
        return int(error.exit_code)
    except click.ClickException as error:
        from exportrules.cli.mistakes import message_of

        raise QuestionError(message_of(error)) from None
