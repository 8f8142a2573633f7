"""pytest without its start: a server that has imported what tests import, forks for each request and runs them.

    python -m tests.quick_pytest SOCKET        the server, in the folder whose tests are to run
    python -I -S tests/quick_pytest.py SOCKET FILE...     ask it; ends as pytest would, at the first file that fails

A mutation tester starts the tests a thousand times: starting them would take longer than running them. The server never
imports the package itself, so every child reads it as it is at that moment.
"""

import contextlib
import os
import signal
import socket
import sys

SEPARATOR = b"\0"


def ask(address: str, files: list[str]) -> int:
    """Have the tests of the files run; 0 where all pass."""
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(address)
        link.sendall(SEPARATOR.join(file.encode() for file in files) + b"\n")
        return int(link.makefile().readline() or "1")


def serve(address: str) -> None:
    """Answer one request after the other, for ever."""
    _prepare()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        while True:
            link, _ = door.accept()
            with link:
                files = link.makefile("rb").readline().rstrip(b"\n").split(SEPARATOR)
                status = _forked([file.decode() for file in files], link)
                with contextlib.suppress(OSError):  # whoever asked may have hung up
                    link.sendall(f"{status}\n".encode())


def _prepare() -> None:
    import hypothesis.strategies  # noqa: F401
    import pydantic  # noqa: F401
    import pytest  # noqa: F401

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.path.insert(0, os.getcwd())


def _forked(files: list[str], link: socket.socket) -> int:
    """The status of the tests in a child; killed where whoever asked has hung up."""
    child = os.fork()
    if child == 0:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        os._exit(_run(files))
    link.settimeout(0.02)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        try:
            if link.recv(1) == b"":
                os.kill(child, signal.SIGKILL)
        except TimeoutError:
            pass
        except OSError:
            os.kill(child, signal.SIGKILL)


def _run(files: list[str]) -> int:
    import pytest

    for file in files:
        # plain assertions: nothing is shown, so nothing need be rewritten to be shown well
        options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin"]
        try:
            status = int(pytest.main([*options, file]))
        except BaseException:
            return 1
        if status:
            return status
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(ask(sys.argv[1], sys.argv[2:]))
    serve(sys.argv[1])
