"""mcp and serve: the same questions for assistants and over HTTP."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import click

from exportrules.cli.options import OVERLAY, RULESET, extra, law_options

if TYPE_CHECKING:
    from exportrules.law.ruleset import Ruleset


@click.command()
@click.option("--list", "listed", is_flag=True, help="Print the tools, resources and prompts, and exit.")
@click.option("--call", nargs=2, metavar="TOOL JSON", help="Print what one tool answers an assistant, and exit.")
@law_options
def mcp(law: Ruleset, listed: bool, call: tuple[str, str] | None) -> None:
    """Serve an assistant (Model Context Protocol). It speaks over standard input and output.

    Read-only, without a network. The assistant starts it; docs/assistants.md has the configuration.

    \b
    exportrules mcp --list
    exportrules mcp --call check '{"chip": "H800", "on": "2023-06-01"}'
    exportrules mcp --overlay our-letters.toml
    """
    with extra("mcp"):
        from exportrules.serve.mcp import listing, run, spoken_text, use
    if call:
        from exportrules.serve.wire import read_json

        click.echo(spoken_text(call[0], use(law, call[0], read_json(call[1].encode("utf-8", "surrogateescape")))))
        return
    if listed:
        click.echo(listing())
        return
    gc.enable()  # unlike other commands this one keeps running
    run(law)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8731, show_default=True,
              help="Port to listen on; 0 picks a free one.")  # fmt: skip
@click.option("--allow-host", multiple=True, metavar="NAME",
              help="A host name that requests may use, besides localhost; '*' for any; repeat for more.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Number of processes.")
@click.option("--seconds", type=click.FloatRange(0.1, 3600), default=30, show_default=True,
              help="Time limit for one answer; a ledger has ten times as long.")  # fmt: skip
@click.option("--at-once", type=click.IntRange(1, 10_000), default=64, show_default=True,
              help="Most requests in progress per process.")  # fmt: skip
@click.option("--largest-ledger", type=click.IntRange(1, 4096), default=32, show_default=True, metavar="MB",
              help="Largest body of /audit.")  # fmt: skip
@click.option("--remember", type=click.IntRange(0, 65536), default=64, show_default=True, metavar="MB",
              help="Size of the cache of answers per process; 0 for none.")  # fmt: skip
@click.option("--explorer", metavar="FILE", help="The page at /: a file written by `exportrules explore`.")
@click.option("--log-questions", is_flag=True, help="Write the questions into the access log.")
@click.option("--quiet", is_flag=True, help="Write no access log.")
@click.option("--openapi", is_flag=True, help="Print the OpenAPI document, and exit.")
@RULESET
@OVERLAY
def serve(
    host: str, port: int, allow_host: tuple[str, ...], workers: int, seconds: float, at_once: int, largest_ledger: int,
    remember: int, explorer: str | None, log_questions: bool, quiet: bool, openapi: bool, ruleset: str | None,
    overlay: tuple[str, ...],
) -> None:  # fmt: skip
    """Serve the questions over HTTP. An OpenAPI document is at /openapi.json.

    It listens on the loopback interface, requires no password, stores nothing on disk and logs no question by default.

    \b
    exportrules serve
    exportrules serve --port 9000 --workers 2 --overlay our-letters.toml
    exportrules serve --openapi
    """
    if openapi:
        import json

        with extra("serve"):
            from exportrules.serve.openapi import document
        click.echo(json.dumps(document(), ensure_ascii=False, indent=2))
        return
    with extra("serve"):
        from exportrules.serve.run import serve as start
    from exportrules.serve.settings import MB, ServerSettings, checked

    settings = checked(
        ServerSettings(
            host=host,
            port=port,
            workers=workers,
            hosts=allow_host,
            largest_ledger=largest_ledger * MB,
            seconds=seconds,
            ledger_seconds=10 * seconds,
            at_once=at_once,
            remember=remember * MB,
            explorer=explorer,
            quiet=quiet,
            log_questions=log_questions,
            ruleset=ruleset,
            overlays=overlay,
        )
    )
    gc.enable()  # unlike other commands this one keeps running
    start(settings)
