"""Limits on the head of a request while it arrives, before the application has seen the request.

The server that carries the application joins what arrives until a head is complete, at a cost that grows with the
square of its size. So a head has a largest size and a longest time to arrive; a connection that exceeds one is closed.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from exportrules.serve.guard import problem

#: The most bytes of the address and the headers together; one read of a socket brings fewer.
LARGEST_HEAD = 512 * 1024
#: The most seconds from the first byte of a head, or from the connection, to its end.
LONGEST_WAIT = 30.0


class Bounded(HttpToolsProtocol):
    """A connection that is closed if the head of a request is too large or too slow."""

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
