"""The head of a request, bounded while it comes in: nothing of ours has seen the request by then.

The server that carries the application joins what comes until a head is whole, at a cost that grows with the square of
an address. So a head has a largest size and a longest time to arrive, and a connection that keeps to neither is closed.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from exportrules.serve.guard import problem

#: Of the address and the headers together, in bytes; more than one read of a socket may bring.
LARGEST_HEAD = 512 * 1024
#: From the first byte of a head, or from the connection, to its end; in seconds.
LONGEST_WAIT = 30.0


class Bounded(HttpToolsProtocol):
    """A connection that is closed where the head of a request is too large or too slow."""

    _arrived = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin()

    def on_headers_complete(self) -> None:
        self._end()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._timer is None:
            return
        self._arrived += len(data)
        if self._arrived > LARGEST_HEAD and not self.transport.is_closing():
            body = problem(431, f"the head of the request is larger than {LARGEST_HEAD:,} bytes. Send less.")
            head = (
                "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/problem+json\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode("ascii") + body)
            self.transport.close()

    def _begin(self) -> None:
        self._end()
        self._arrived, self._timer = 0, self.loop.call_later(LONGEST_WAIT, self.transport.close)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
