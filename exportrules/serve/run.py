"""Processes that serve: one, or several that share a socket."""

from __future__ import annotations

import gc
import socket
import sys
from functools import partial

import uvicorn
from uvicorn.supervisors import Multiprocess

from exportrules.errors import QuestionError
from exportrules.render.safe import safe
from exportrules.serve.guard import Guard
from exportrules.serve.http import application
from exportrules.serve.settings import Settings
from exportrules.source import default_ruleset, load_ruleset


def make(settings: Settings) -> Guard:
    """The application of a worker, with the law loaded."""
    law = (
        load_ruleset(settings.ruleset, settings.overlays)
        if settings.ruleset or settings.overlays
        else default_ruleset()
    )
    made = application(law, settings)
    # the law stays to the end: looking for garbage in it is wasted
    gc.collect()
    gc.freeze()
    gc.enable()
    # an answer that is computed lets those that are at hand pass sooner
    sys.setswitchinterval(0.001)
    return made


def serve(settings: Settings) -> None:
    """Serve until it is told to end (SIGINT or SIGTERM). Raises QuestionError where it cannot listen."""
    made = make(settings)  # what is wrong with a rule file is said before anything listens
    law = made.law
    config = uvicorn.Config(
        made if settings.workers == 1 else partial(make, settings),
        factory=settings.workers > 1,
        workers=settings.workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        lifespan="off",
        ws="none",
    )
    listening = _socket(settings)
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    told = f"exportrules serves on http://{host}:{port} (edition {law.edition.edition}, {law.currency})"
    sys.stderr.write(safe(told) + "\n")
    server = uvicorn.Server(config)
    if settings.workers == 1:
        server.run(sockets=[listening])
    else:
        Multiprocess(config, target=server.run, sockets=[listening]).run()


def _socket(settings: Settings) -> socket.socket:
    """The one socket that is opened, shared by all workers."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        made = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise QuestionError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror or error}. Name another --port, "
            "or an address of this machine with --host."
        ) from None
    made.set_inheritable(True)
    return made
