"""No network: an audit hook that ends whatever reaches for one.

Imported by `tests/conftest.py` for the tests themselves. With this directory on PYTHONPATH, Python runs it at its
start, so that every process that a test starts is under it too. An audit hook sees what C code does as well, it
cannot be taken off again, and it imports nothing.
"""

from __future__ import annotations

import sys
from typing import Any

#: Set by the tests that talk to a browser, to Spark or to a server of ours over the loopback.
exempt = [False]

_ADDRESSED = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
_NAMED = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request"})
_AF_UNIX = 1


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if exempt[0]:
        return
    if event in _NAMED:
        raise RuntimeError(f"no network: {event} {args[0]!r}")
    if event in _ADDRESSED and args[0].family != _AF_UNIX:
        raise RuntimeError(f"no network: {event} {args[1]!r}")


sys.addaudithook(_refuse)
