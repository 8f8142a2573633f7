"""The command line. One module a group of commands; commands parse, call, print."""

from __future__ import annotations

import sys
from typing import Any

import click

from exportrules.cli.options import CommandGroup

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


def main() -> None:
    """Entry point: errors of callers as one line and an exit status, never a traceback."""
    import gc

    from exportrules.errors import ExportRulesError, LedgerError, OutputError, RulesetError

    encoding = getattr(sys.stdout, "encoding", None)
    gc.disable()  # a process of a fifth of a second: nearly all that it makes lives to its end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        # click returns the status of ctx.exit() here, or what the command returned: nothing
        sys.exit(cli(standalone_mode=False, obj=encoding) or 0)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        sys.exit(130)
    except _NO_ARGUMENTS as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        from exportrules.cli.mistakes import said

        _fail(said(error), 2)
    except (RulesetError, LedgerError, OutputError) as error:
        _fail(str(error), 1)
    except ExportRulesError as error:
        _fail(str(error), 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        _fail(f"the output cannot be written: {error.strerror or error}.", 1)


def _fail(message: str, status: int) -> None:
    """One line on stderr, whatever a file name or a caller put into the message."""
    from exportrules.render.safe import safe

    click.echo(f"exportrules: {safe(message)}", err=True)
    sys.exit(status)
