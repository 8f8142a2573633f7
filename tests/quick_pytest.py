"""pytest without its start: a server that has imported what tests import, forks for each request and runs them.

    python -m tests.quick_pytest SOCKET        the server, in the directory whose tests are to run

A mutation tester starts the tests a thousand times: starting them would take longer than running them. The server never
imports the package itself, so every child reads it as it is at that moment.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from typing import NamedTuple

NEVER = float("inf")


class Answer(NamedTuple):
    """The status that pytest ended with, 0 where all pass, and the seconds that the processor took."""

    status: int
    seconds: float


def ask(address: str, test: str, most: float | None = None, until: float = NEVER) -> Answer:
    """Have the tests of a file run, or of what else pytest takes, up to the first that fails.

    They are ended after `most` seconds of the processor, and killed at `until`, a moment of `time.monotonic`. Without
    `most` the modules are compiled and kept so; with it they are read as they are, and nothing is kept. Raises
    TimeoutError at `until`.
    """
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(address)
        link.sendall(json.dumps([test, most]).encode() + b"\n")
        if until < NEVER:
            link.settimeout(max(until - time.monotonic(), 0.001))
        line = link.makefile().readline()
    if not line:
        raise ConnectionError("the server of the tests has gone")
    return Answer(*json.loads(line))


def serve(address: str) -> None:
    """Answer one request after the other, for ever."""
    _prepare()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        while True:
            link, _ = door.accept()
            with link:
                test, most = json.loads(link.makefile("rb").readline())
                answer = _forked(test, most, link)
                with contextlib.suppress(OSError):  # whoever asked may have hung up
                    link.sendall(json.dumps(answer).encode() + b"\n")


def _prepare() -> None:
    import hypothesis.strategies  # noqa: F401
    import pydantic  # noqa: F401
    import pytest  # noqa: F401

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.path.insert(0, os.getcwd())


def _forked(test: str, most: float | None, link: socket.socket) -> Answer:
    """Run the tests in a child; it is killed, with the processes it started, where whoever asked has hung up."""
    child = os.fork()
    if child == 0:
        os.setsid()
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        os._exit(_run(test, most))
    link.settimeout(0.02)
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            return Answer(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime)
        gone = False
        try:
            gone = link.recv(1) == b""
        except TimeoutError:
            pass
        except OSError:
            gone = True
        if gone:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)


def _run(test: str, most: float | None) -> int:
    import resource

    import pytest

    sys.dont_write_bytecode = most is not None
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1" if sys.dont_write_bytecode else ""
    if most is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (int(most) + 1, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    # plain assertions: nothing is shown, so nothing need be rewritten to be shown well
    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin"]
    try:
        return int(pytest.main([*options, test]))
    except BaseException:
        return 1


if __name__ == "__main__":
    serve(sys.argv[1])
