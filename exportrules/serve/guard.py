"""Middleware for every HTTP answer: limits, security headers, and the access log."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from exportrules.errors import one_line
from exportrules.law.ruleset import Ruleset
from exportrules.serve.settings import ServerSettings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: A policy that lets a browser only display an answer; pages have their own.
NO_CONTENT_RUNS = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
_DEFAULTS = {b"content-security-policy": NO_CONTENT_RUNS, b"cache-control": b"no-store"}

TITLES = {
    400: "the request cannot be answered as it stands",
    404: "not found",
    405: "method not allowed",
    413: "the body is too large",
    414: "the address is too long",
    415: "the body is of another type",
    421: "this server does not go by that name",
    431: "the head of the request is too large",
    500: "an error of exportrules",
    503: "not now",
}


def problem(status: int, detail: str, near: tuple[str, ...] = ()) -> bytes:
    """The body of an error response (RFC 9457)."""
    body = {"title": TITLES[status], "status": status, "detail": one_line(detail), "near": list(near)}
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")


class Guard:
    """An application with limits. It counts the requests in progress, and stores nothing of them."""

    def __init__(self, app: App, law: Ruleset, settings: ServerSettings) -> None:
        self.law = law
        self._app, self._settings, self._under_way = app, settings, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, size = 0, 0

        async def sent(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                _secured(message["headers"])
            else:
                size += len(message.get("body", b""))
            await send(message)

        refused = self._refusal(scope)
        self._under_way += 1
        try:
            if refused:
                await _refuse(sent, *refused)
            else:
                ledger = scope["path"] == "/audit"
                seconds = self._settings.ledger_seconds if ledger else self._settings.seconds
                try:
                    async with asyncio.timeout(seconds):
                        await self._app(scope, receive, sent)
                except TimeoutError:
                    if status:
                        raise
                    await _refuse(sent, 503, f"no answer within {seconds:g} seconds. Ask for less at a time.")
        finally:
            self._under_way -= 1
            if not self._settings.quiet:
                self._log(scope, status, size, time.perf_counter() - started)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and message with which a request is refused before it is read; None if it is not."""
        if self._under_way >= self._settings.at_once:
            return (
                503,
                f"{self._under_way} requests are under way, as many as are taken at once. Ask again in a second.",
            )
        if len(scope["query_string"]) + len(scope["path"]) > self._settings.largest_query:
            return 414, "the address is too long. Send the fields as JSON with POST."
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) > 1:
            return 400, "the request is for several hosts. Write one."
        if "*" not in self._settings.hosts:
            host = b"".join(hosts).decode("latin-1")
            name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
            if name.strip("[]").lower() not in self._settings.known_hosts:
                return 421, f"the request is for the host {host!r}, which this server does not go by. See --allow-host."
        return None

    def _log(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        client = scope.get("client")
        line: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": client[0] if client else "",
            "method": scope["method"],
            "route": scope.get("exportrules.route", ""),
            "status": status,
            "bytes": size,
            "ms": round(seconds * 1000, 2),
        }
        if self._settings.log_questions:
            line["path"] = scope["path"]
            line["query"] = scope["query_string"].decode("latin-1")
            line["body"] = scope.get("exportrules.body", b"").decode("utf-8", "backslashreplace")
        sys.stderr.write(json.dumps(line) + "\n")


def _secured(headers: list[tuple[bytes, bytes]]) -> None:
    """Add the security headers in place."""
    present = {name for name, _ in headers}
    headers += _HEADERS
    headers += [(name, value) for name, value in _DEFAULTS.items() if name not in present]


async def _refuse(send: Send, status: int, detail: str) -> None:
    body = problem(status, detail)
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"retry-after", b"1"), (b"connection", b"close")] if status == 503 else [(b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
