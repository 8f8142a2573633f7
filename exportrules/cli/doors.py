"""mcp and serve: the same questions for assistants, and over HTTP."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from exportrules.cli.browse import law_options
from exportrules.errors import QuestionError

if TYPE_CHECKING:
    from exportrules.law import Ruleset


@contextlib.contextmanager
def _extra(name: str) -> Iterator[None]:
    """A missing library as one line that says what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise QuestionError(f"this needs {error.name}. Install it with: pip install 'exportrules[{name}]'") from None


@click.command()
@click.option("--list", "listed", is_flag=True, help="Print the tools, resources and prompts, and end.")
@law_options
def mcp(law: Ruleset, listed: bool) -> None:
    """Serve an assistant over standard input and output (Model Context Protocol).

    Read-only, without a network. An assistant starts it by itself: docs/assistants.md has the configuration.

    \b
    exportrules mcp --list
    exportrules mcp --overlay our-letters.toml
    """
    with _extra("mcp"):
        from exportrules.serve.mcp import listing, run
    if listed:
        click.echo(listing())
        return
    gc.enable()  # it lives on, unlike the other commands
    run(law)
