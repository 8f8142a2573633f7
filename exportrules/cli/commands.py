"""The group of all commands, and the handling of click's errors."""

from __future__ import annotations

from typing import Any

import click

from exportrules.cli.options import CommandGroup
from exportrules.errors import QuestionError

#: A group without a command: what click raises is its whole help, which is to be read, not one line of an error. Click
#: before 8.2 raises nothing and prints it by itself.
_NO_ARGUMENTS: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="exportrules", prog_name="exportrules")
def cli() -> None:
    """Was this AI chip exportable on that day? Dated, cited US export rules, computed.

    Exit status: 0 answered; 3 indeterminate (check only); 2 the command line is wrong;
    1 a file is bad, lint found defects, or a receipt does not verify.
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
        from exportrules.cli.mistakes import said

        raise QuestionError(said(error)) from None
