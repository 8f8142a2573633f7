"""The command line. One module a group of commands; commands parse, call, print."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exportrules.cli.commands import cli as cli


def __getattr__(name: str) -> Any:
    """`cli`, the group of all commands, loaded on demand: a plain check needs neither it nor click."""
    if name != "cli":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from exportrules.cli import commands

    return commands.cli


def main() -> None:
    """Entry point: errors of callers as one line and an exit status, never a traceback."""
    import gc

    from exportrules.cli import plain
    from exportrules.errors import ExportRulesError, LedgerError, OutputError, RulesetError

    encoding = getattr(sys.stdout, "encoding", None)
    gc.disable()  # a process of a fifth of a second: nearly all that it makes lives to its end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        if asked := plain.read(sys.argv[1:]):
            status = plain.answer(asked)
            gc.freeze()  # or the interpreter would look for garbage among all objects as it ends
            sys.exit(status)
        from exportrules.cli.commands import run

        sys.exit(run(encoding))
    except (RulesetError, LedgerError, OutputError) as error:
        _fail(str(error), 1)
    except ExportRulesError as error:
        _fail(str(error), 2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        _fail(f"the output cannot be written: {error.strerror or error}.", 1)


def _fail(message: str, status: int) -> None:
    """One line on stderr, whatever a file name or a caller put into the message."""
    from exportrules.render.safe import safe

    print(f"exportrules: {safe(message)}", file=sys.stderr, flush=True)
    sys.exit(status)
