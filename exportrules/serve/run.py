"""Run the server in one process, or in several that share a socket."""

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
from exportrules.serve.heads import Bounded
from exportrules.serve.http import application
from exportrules.serve.settings import ServerSettings


def make(settings: ServerSettings) -> Guard:
    """The application of a worker, with the law loaded."""
    law = (
        load_ruleset(settings.ruleset, settings.overlays)
        if settings.ruleset or settings.overlays
        else default_ruleset()
    )
    guard = application(law, settings)
    # the law lives as long as the process, so the garbage collector need not traverse it
    gc.collect()
    gc.freeze()
    gc.enable()
    # switch threads often, so that cached answers need not wait for one that is being computed
    sys.setswitchinterval(0.001)
    return guard


def serve(settings: ServerSettings) -> None:
    """Serve until SIGINT or SIGTERM. Raises QuestionError if the address is not available."""
    guard = make(settings)  # before listening, so that a bad rule file is reported first
    listening = _socket(settings)
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    edition = f"edition {guard.law.edition.edition}, {guard.law.currency}"
    sys.stderr.write(safe(f"exportrules serves on http://{host}:{port} ({edition})") + "\n")
    if settings.workers == 1:
        _run(guard, listening)
    else:
        _supervise(settings, listening)


def _run(guard: Guard, listening: socket.socket) -> None:
    config = uvicorn.Config(
        guard,
        http=Bounded,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        lifespan="off",
        ws="none",
    )
    with contextlib.suppress(KeyboardInterrupt):  # the server has shut down properly by then
        uvicorn.Server(config).run(sockets=[listening])


def _work(settings: ServerSettings, listening: socket.socket) -> None:
    """The main function of a worker process."""
    _run(make(settings), listening)


def _supervise(settings: ServerSettings, listening: socket.socket) -> None:
    """Run workers that share a socket. If one ends, all are ended, so that a service manager can restart them."""
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
    raise OutputError("a worker ended unexpectedly, and the others were ended with it. Its messages are above.")


def _socket(settings: ServerSettings) -> socket.socket:
    """The listening socket, shared by all workers. Raises QuestionError if it cannot be opened."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise QuestionError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror or error}. Name another --port, "
            "or an address of this machine with --host."
        ) from None
    return listening
