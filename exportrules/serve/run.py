"""Processes that serve: one, or several that share a socket."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import multiprocessing.connection
import signal
import socket
import sys

import uvicorn

from exportrules.errors import OutputError, QuestionError
from exportrules.files.load import default_ruleset, load_ruleset
from exportrules.render.safe import safe
from exportrules.serve.guard import Guard
from exportrules.serve.http import application
from exportrules.serve.settings import Settings


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
    listening = _socket(settings)
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    edition = f"edition {made.law.edition.edition}, {made.law.currency}"
    sys.stderr.write(safe(f"exportrules serves on http://{host}:{port} ({edition})") + "\n")
    if settings.workers == 1:
        _run(made, listening)
    else:
        _supervise(settings, listening)


def _run(made: Guard, listening: socket.socket) -> None:
    config = uvicorn.Config(
        made,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        lifespan="off",
        ws="none",
    )
    with contextlib.suppress(KeyboardInterrupt):  # it has ended in good order by then
        uvicorn.Server(config).run(sockets=[listening])


def _work(settings: Settings, listening: socket.socket) -> None:
    """A worker's whole life."""
    _run(make(settings), listening)


def _supervise(settings: Settings, listening: socket.socket) -> None:
    """Workers that share a socket. Where one ends, all do, and whoever started them may start them anew."""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_work, args=(settings, listening)) for _ in range(settings.workers)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for worker in workers:
            worker.start()
        multiprocessing.connection.wait([worker.sentinel for worker in workers])
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        for worker in workers:
            if worker.pid is not None:
                worker.terminate()
                worker.join()
    raise OutputError("a worker ended by itself, and the others were ended with it. Its messages are above.")


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
    return made
