"""An HTTP API for the same questions: GET with a query, or POST with JSON.

Its only state is a cache of answers in memory; it computes none of them itself. A question that `check` refuses is
refused with the same message and status 400.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as Incoming
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

import exportrules
from exportrules.errors import ExportRulesError, QuestionError, UnknownNameError
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import near
from exportrules.render.safe import safe_json
from exportrules.serve.answers import ASKS, Ask, chips, determination_of, provision, ruleset_of
from exportrules.serve.guard import Guard, problem
from exportrules.serve.ledgers import KINDS, REQUEST, account_of, answered
from exportrules.serve.memory import RecentAnswers
from exportrules.serve.openapi import PATHS, document
from exportrules.serve.page import front
from exportrules.serve.requests import Request
from exportrules.serve.settings import ServerSettings
from exportrules.serve.speech import sentences
from exportrules.serve.wire import read_json, read_query
from exportrules.study.receipt import engine

JSON, PROBLEM, TEXT = "application/json", "application/problem+json", "text/plain"
_NOTHING = Request(())
_CHIPS = Request(("name",))
_BLOCK = 64 * 1024


def application(law: Ruleset, settings: ServerSettings) -> Guard:
    """The API of one ruleset, behind its limits."""
    return Guard(_Service(law, settings).starlette(), law, settings)


class _Service:
    """The endpoints and what they share: the law, a cache of answers, a thread pool."""

    def __init__(self, law: Ruleset, settings: ServerSettings) -> None:
        self._law, self._settings = law, settings
        self._computed = 0
        self._page = front(law, settings.explorer)
        self._memory = RecentAnswers(settings.remember)
        self._threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="exportrules")
        self._edition = f"{engine()['sha256']} {law.digest}".encode()

    def starlette(self) -> Starlette:
        """The endpoints as an application."""
        asks = [Route(f"/{ask.name}", self._asking(ask), methods=["GET", "POST"]) for ask in ASKS.values()]
        made = Starlette(
            routes=[
                *asks,
                Route("/chips", self._chips),
                Route("/provisions/{reference:path}", self._provision),
                Route("/audit", self._audit, methods=["POST"]),
                Route("/healthz", self._health),
                Route("/openapi.json", self._openapi),
                Route("/", self._front),
            ],
            exception_handlers={
                ExportRulesError: _refused,
                HTTPException: _http_problem,
                Exception: _broken,
            },
        )
        # an address with an extra slash does not exist; the error lists the addresses that do
        made.router.redirect_slashes = False
        return made

    def _asking(self, ask: Ask) -> Callable[[Incoming], Any]:
        async def endpoint(request: Incoming) -> Response:
            request.scope["exportrules.route"] = f"/{ask.name}"
            in_words = ask.name == "check" and request.headers.get("accept", "").startswith(TEXT)
            answer, kind = (self._in_sentences, TEXT) if in_words else (self._ask, JSON)
            if request.method == "POST":
                body = await self._body(request)
                key = b"%s /%s\n%s" % (kind.encode(), ask.name.encode(), body)
                return await self._answer(request, key, lambda: answer(ask, read_json(body)), kind)
            query = _query(request)
            key = b"%s /%s?%s" % (kind.encode(), ask.name.encode(), query)
            return await self._answer(request, key, lambda: answer(ask, read_query(query, ask.request)), kind)

        return endpoint

    def _in_sentences(self, ask: Ask, given: object) -> str:
        """A determination in sentences, one a line; the first can be quoted alone."""
        read = ask.request.read(given, self._law.facts)
        if "fields" in read:
            raise QuestionError("fields chooses parts of an answer as JSON; its sentences are one whole. Omit fields.")
        self._forget()
        law = self._law
        return "\n".join(sentences(law, determination_of(law, read)))

    def _ask(self, ask: Ask, given: object) -> dict[str, Any]:
        self._forget()
        law = self._law
        return ask.answer(law, ask.request.read(given, law.facts))

    def _forget(self) -> None:
        """Clear the engine's cache of questions, and from time to time that of names, before it grows too large."""
        self._computed += 1
        if len(self._law.memory) > self._settings.forget_after:
            self._law.memory.clear()  # safe, since a result may be evicted at any time
        if self._computed > 10 * self._settings.forget_after:
            self._computed, self._law = 0, replace(self._law)  # the same data with empty caches

    async def _answer(self, request: Incoming, key: bytes, answer: Callable[[], Any], kind: str = JSON) -> Response:
        """An answer, from memory if it is there; on GET with a tag that later requests can name."""
        get = request.method != "POST"
        tag = f'"{hashlib.sha256(self._edition + key).hexdigest()[:32]}"' if get else ""
        headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "accept"} if get else {}
        if kind == TEXT:
            headers["exportrules-ruleset"] = json.dumps(ruleset_of(self._law))
        known = self._memory.get(key)
        if known is None:
            known = await self._threaded(lambda: answer().encode() if kind == TEXT else _json(answer()))
            self._memory.put(key, known)
        if get and _names(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        return Response(known, media_type=kind, headers=headers)

    async def _threaded(self, work: Callable[[], Any]) -> Any:
        """Run long work in a thread, so that other requests are answered meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _body(self, request: Incoming) -> bytes:
        """The JSON text of a POST, up to the limit."""
        if request.scope["query_string"]:
            raise HTTPException(400, "a POST takes its fields from the body, and the address has a query. Use one.")
        _typed(request, (JSON,))
        _only_utf8(_charset(request))
        found = bytearray()
        async for block in self._blocks(request, self._settings.largest_body):
            found += block
        request.scope["exportrules.body"] = bytes(found)
        return bytes(found)

    async def _blocks(self, request: Incoming, most: int) -> AsyncIterator[bytes]:
        stated = request.headers.get("content-length", "")
        read = int(stated) if stated.isdecimal() else 0
        if read <= most:
            read = 0
            async for block in request.stream():
                read += len(block)
                if read > most:
                    break
                yield block
        if read > most:
            raise HTTPException(413, f"the body is larger than {most:,} bytes. Send less at a time.")

    async def _chips(self, request: Incoming) -> Response:
        request.scope["exportrules.route"] = "/chips"
        query = _query(request)

        def answer() -> dict[str, Any]:
            return chips(self._law, _CHIPS.read(read_query(query, _CHIPS)).get("name"))

        return await self._answer(request, b"/chips?" + query, answer)

    async def _provision(self, request: Incoming) -> Response:
        request.scope["exportrules.route"] = "/provisions/{id}"
        reference = request.path_params["reference"]
        _NOTHING.read(read_query(_query(request), _NOTHING))
        try:
            self._law.provision(reference)
        except UnknownNameError as error:
            return _problem(404, str(error), error.suggestions)
        key = b"/provisions/" + reference.encode()
        return await self._answer(request, key, lambda: provision(self._law, reference))

    async def _audit(self, request: Incoming) -> Response:
        request.scope["exportrules.route"] = "/audit"
        given = REQUEST.read(read_query(request.scope["query_string"], REQUEST), self._law.facts)
        kind, charset = _typed(request, tuple(KINDS)), _charset(request)
        if KINDS[kind] == ".jsonl":
            _only_utf8(charset)
        elif charset and given.setdefault("encoding", charset).lower() != charset:
            raise QuestionError(f"the charset is {charset}, and encoding is {given['encoding']}. Write one of them.")
        directory = Path(tempfile.mkdtemp(prefix="exportrules-"))
        try:
            ledger, output = directory / f"ledger{KINDS[kind]}", directory / f"answered{KINDS[kind]}"
            with ledger.open("wb") as file:
                async for block in self._blocks(request, self._settings.largest_ledger):
                    file.write(block)
            account = await self._threaded(lambda: answered(self._law, given, ledger, output))
        except BaseException:
            shutil.rmtree(directory, ignore_errors=True)
            raise
        headers = {
            "content-length": str(output.stat().st_size),
            "exportrules-account": json.dumps(account_of(account)),
            "exportrules-ruleset": json.dumps(ruleset_of(self._law)),
        }
        return StreamingResponse(_sent(output, directory), media_type=kind, headers=headers)

    async def _health(self, request: Incoming) -> Response:
        request.scope["exportrules.route"] = "/healthz"
        _NOTHING.read(read_query(_query(request), _NOTHING))
        ruleset = ruleset_of(self._law)
        health = {"status": "ok", "version": exportrules.__version__,
                  **{name: ruleset[name] for name in ("edition", "verified_through", "sha256")}}  # fmt: skip
        return Response(_json(health), media_type=JSON)

    async def _openapi(self, request: Incoming) -> Response:
        request.scope["exportrules.route"] = "/openapi.json"
        _NOTHING.read(read_query(_query(request), _NOTHING))
        return await self._answer(request, b"/openapi.json", document)

    async def _front(self, request: Incoming) -> Response:
        request.scope["exportrules.route"] = "/"
        headers = {"content-security-policy": self._page.policy}
        return Response(self._page.body, media_type="text/html", headers=headers)


def _json(value: Any) -> bytes:
    return safe_json(json.dumps(value, ensure_ascii=False, separators=(",", ":"))).encode("utf-8")


def _query(request: Incoming) -> bytes:
    """The query of a GET. Raises HTTPException for one with a body, which would not be read."""
    if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
        raise HTTPException(400, "a GET takes its fields from the address, and this one has a body. Use POST.")
    query: bytes = request.scope["query_string"]
    return query


def _typed(request: Incoming, kinds: tuple[str, ...]) -> str:
    """The media type of a body. Raises HTTPException for one that is not among those taken, and for a packed body."""
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed != "identity":
        raise HTTPException(415, f"the content encoding is {packed}. Send the body as it is.")
    written = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if written not in kinds:
        raise HTTPException(415, f"the content type is {written or 'not given'}. Send {' or '.join(kinds)}.")
    return written


def _charset(request: Incoming) -> str:
    """The encoding that the content type says the text is in; '' where it says none, or UTF-8."""
    said = Message()
    said["content-type"] = request.headers.get("content-type", "")
    charset = str(said.get_param("charset", "")).strip().lower()
    return "" if charset in ("utf-8", "utf8", "us-ascii") else charset


def _only_utf8(charset: str) -> None:
    if charset:
        raise HTTPException(415, f"the charset is {charset}, and JSON is UTF-8. Encode it so, and omit the charset.")


def _names(wanted: str, tag: str) -> bool:
    """True if an If-None-Match header contains the tag."""
    return wanted.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in wanted.split(","))


async def _sent(output: Path, directory: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, whose directory is removed when they were sent or the client has gone."""
    try:
        with output.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(directory)


def _problem(status: int, detail: str, near_names: tuple[str, ...] = ()) -> Response:
    return Response(problem(status, detail, near_names), status_code=status, media_type=PROBLEM)


async def _refused(_: Incoming, error: Exception) -> Response:
    """The response for a question that `check` refuses, with its message."""
    return _problem(400, str(error), getattr(error, "suggestions", ()))


async def _http_problem(request: Incoming, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail, headers = error.detail, dict[str, str]()
    close: tuple[str, ...] = ()
    if error.status_code == 404:
        close = tuple(near(request.url.path, {path: path for path in PATHS}))
        detail = f"there is nothing at {request.url.path}. Paths: {', '.join(PATHS)}."
    elif error.status_code == 405:
        allowed = ", ".join(sorted((error.headers or {})["Allow"].split(", ")))
        detail, headers = (
            f"{request.url.path} does not answer {request.method}. It answers {allowed}.",
            {"allow": allowed},
        )
    response = _problem(error.status_code, detail, close)
    response.headers.update(headers)
    return response


async def _broken(_: Incoming, __: Exception) -> Response:
    return _problem(500, "this is an error of exportrules; the server's log has it. Please report it.")
