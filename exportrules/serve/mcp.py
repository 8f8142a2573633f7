"""A Model Context Protocol server: the questions as tools, the encoded law as resources, two prompts.

It reads requests from standard input and writes answers to standard output (the stdio transport). It changes nothing,
opens no socket and reads no file after the rules.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

import exportrules
from exportrules.errors import ExportRulesError, UnknownNameError
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.chips import names_beginning
from exportrules.question.names.keys import near
from exportrules.render.safe import safe, safe_json
from exportrules.serve.answers import ASKS, Ask, answer_check, determination_of
from exportrules.serve.library import ALONE, KINDS, SCHEME, LibraryText, entries, text_at
from exportrules.serve.requests import Request
from exportrules.serve.shapes import schema_of, spoken
from exportrules.serve.speech import answer_sentences, questions, sentences

#: The parts of a determination that an assistant does not receive: the trace, which `explain` returns.
NOT_SPOKEN = ("findings",)
#: The tools that answer about one determination, whose unknowns are questions.
DETERMINED = ("check", "flip", "explain")
#: The number of resources on one page of their list.
PAGE = 200
#: The most names offered for a completion (the protocol's own limit).
MOST_OFFERED = 100

INSTRUCTIONS = (
    "Dated, cited US export rules for AI chips (the EAR). Use `check` for one shipment: it needs a chip and a day. "
    "Quote its sentences with citation, days and horizon; never report an outcome alone. Ask the user whatever `ask` "
    "marks as deciding before you answer, and say which assumptions stand. A message about a field says what to write "
    "instead: mend the request, do not drop the field. What is not covered is in exportrules://coverage. Nothing here "
    "is legal advice."
)

_READ_ONLY = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
Context = ServerRequestContext[Any]


def server(law: Ruleset) -> Server[Any]:
    """The server of one ruleset."""
    return Server(
        "exportrules",
        version=exportrules.__version__,
        title="US export rules for AI chips",
        instructions=INSTRUCTIONS,
        on_list_tools=_list_tools,
        on_call_tool=partial(_call_tool, law),
        on_list_resources=partial(_list_resources, law),
        on_list_resource_templates=_list_templates,
        on_read_resource=partial(_read_resource, law),
        on_list_prompts=_list_prompts,
        on_get_prompt=_get_prompt,
        on_completion=partial(_complete, law),
    )


def run(law: Ruleset) -> None:
    """Serve until standard input ends."""

    async def serve() -> None:
        made = server(law)
        lines = anyio.wrap_file(_Lines(sys.stdin.buffer, encoding="utf-8", errors="replace"))
        async with stdio_server(stdin=lines) as (read, write):
            await made.run(read, write, made.create_initialization_options())

    anyio.run(serve)


class _Lines(io.TextIOWrapper):
    """Requests, one a line, in which a name that is given twice is another name, so that it is refused.

    The library reads JSON as most do: of two buyers it would pass on the second and say nothing of the first.
    """

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override] # mypy takes it for one of bytes
        return once(super().readline(-1 if size is None else size))


def once(line: str) -> str:
    """A line of JSON in which no object has a name twice: the second `to` is a `to (again)`, which no question has."""
    again: list[str] = []

    def renamed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            own = name
            while own in found:
                own = f"{own} (again)"
            if own != name:
                again.append(own)
            found[own] = value
        return found

    try:
        read = json.loads(line, object_pairs_hook=renamed)
    except (ValueError, RecursionError):
        return line  # the library says what is wrong with it
    if not again:
        return line
    around = read if isinstance(read, dict) else {}
    params = around.get("params")
    if any(name in part for part in (around, params) if isinstance(part, dict) for name in again):
        return "the message has a name twice\n"  # the library passes over a field of the protocol that it does not know
    return json.dumps(read) + "\n"


# --- tools -------------------------------------------------------------------------------------------


def tools() -> list[types.Tool]:
    """The tools with the schemas of their requests and answers."""
    return [
        types.Tool(
            name=ask.name,
            title=ask.title,
            description=ask.says,
            input_schema=_request(ask).schema(),
            output_schema=spoken(ask.shape, *NOT_SPOKEN) if ask.name == "check" else spoken(ask.shape),
            annotations=_READ_ONLY,
        )
        for ask in ASKS.values()
    ]


def _request(ask: Ask) -> Request:
    """The request of a tool. An assistant receives all of `check` but the trace, so it cannot choose `fields`."""
    return replace(ask.request, fields=tuple(name for name in ask.request.fields if name != "fields"))


def use(law: Ruleset, name: str, given: object) -> dict[str, Any]:
    """The answer of a tool. Raises ExportRulesError for an invalid request."""
    ask = ASKS.get(name)
    if ask is None:
        raise UnknownNameError(
            f"there is no tool {name!r}. Tools: {', '.join(ASKS)}.", near(name, {n: n for n in ASKS})
        )
    request = _request(ask).read(given, law.facts)
    if name not in DETERMINED:
        answer = ask.answer(law, request)
        return {"sentences": answer_sentences(law, name, answer), "ask": [], **answer}
    d = determination_of(law, request)
    speech = {"sentences": sentences(law, d), "ask": questions(law, d)}
    if name == "check":
        parts = [part for part in schema_of(ask.shape)["properties"] if part not in NOT_SPOKEN]
        return {**speech, **answer_check(law, {**request, "fields": parts})}
    return {**speech, **ask.answer(law, request)}


def spoken_text(name: str, answer: dict[str, Any]) -> str:
    """An answer as text: its sentences and questions; the numbers and the trace of `flip` and `explain` as data."""
    lines = [*answer["sentences"]]
    deciding = [ask for ask in answer["ask"] if ask["decides"]]
    others = [ask for ask in answer["ask"] if not ask["decides"]]
    lines += ["", "ASK THE USER, before there is an answer:"] if deciding else []
    for ask in deciding:
        lines.append(f"- {safe(ask['question'])}")
        lines += [f"  - {safe(way['case'])}: add {_json(way['write'])}" for way in ask["ways"]]
    lines += ["", "ASSUMED, and it matters; confirm with the user:"] if others else []
    lines += [f"- {safe(ask['question'])}" for ask in others]
    if name in ("flip", "explain"):
        rest = {key: value for key, value in answer.items() if key not in ("sentences", "ask", "ruleset")}
        lines += ["", _json(rest)]
    return "\n".join(lines)


def _json(value: object) -> str:
    return safe_json(json.dumps(value, ensure_ascii=False))


async def _list_tools(_: Context, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    return types.ListToolsResult(tools=tools())


async def _call_tool(law: Ruleset, _: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
    try:
        answer = await anyio.to_thread.run_sync(use, law, params.name, params.arguments or {})
    except ExportRulesError as error:
        return types.CallToolResult(content=[types.TextContent(text=safe(str(error)))], is_error=True)
    text = spoken_text(params.name, answer)
    return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=answer)


# --- resources ---------------------------------------------------------------------------------------


async def _list_resources(
    law: Ruleset, _: Context, params: types.PaginatedRequestParams | None
) -> types.ListResourcesResult:
    every = list(entries(law))
    written = (params.cursor if params else None) or "0"
    first = int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else -1
    if first < 0 or first > len(every):
        raise MCPError(types.INVALID_PARAMS, f"{written!r} is not a cursor of this list. Begin without one.")
    after = first + PAGE
    return types.ListResourcesResult(
        resources=[_resource(entry) for entry in every[first:after]],
        next_cursor=str(after) if after < len(every) else None,
    )


def _resource(entry: LibraryText) -> types.Resource:
    return types.Resource(uri=entry.address, name=entry.name, title=safe(entry.title), mime_type="text/plain")


async def _list_templates(_: Context, __: types.PaginatedRequestParams | None) -> types.ListResourceTemplatesResult:
    return types.ListResourceTemplatesResult(
        resource_templates=[
            types.ResourceTemplate(
                uri_template=f"{SCHEME}{kind}/{{id}}",
                name=kind,
                title=f"One {kind} as it is encoded",
                description="The id is percent-encoded: # is %23.",
                mime_type="text/plain",
            )
            for kind in KINDS
        ]
    )


async def _read_resource(law: Ruleset, _: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    written = str(params.uri)
    try:
        text = text_at(law, written)
    except ExportRulesError as error:
        raise MCPError(types.INVALID_PARAMS, safe(str(error))) from None
    return types.ReadResourceResult(
        contents=[types.TextResourceContents(uri=params.uri, mime_type="text/plain", text=text)]
    )


async def _complete(law: Ruleset, _: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
    """Completions of a name: ids for a resource, chips for a prompt."""
    begun = params.argument.value
    names: Iterable[str] = ()
    if isinstance(params.ref, types.ResourceTemplateReference):
        kind = next((kind for kind in KINDS if params.ref.uri.startswith(f"{SCHEME}{kind}/")), "")
        ids: dict[str, Iterable[str]] = {
            "provision": law.provisions, "instrument": law.instruments, "chip": law.variants,
        }  # fmt: skip
        names = [name for name in ids.get(kind, ()) if name.startswith(begun)]
    elif params.argument.name == "chip":
        names = dict.fromkeys(name for name, _ in names_beginning(law, begun))
    every = list(names)
    completion = types.Completion(values=every[:MOST_OFFERED], total=len(every), has_more=len(every) > MOST_OFFERED)
    return types.CompleteResult(completion=completion)


# --- prompts -----------------------------------------------------------------------------------------

_SHIPMENT = (
    "Check this shipment under US export rules with the tool `check`: chip {chip}, day of export {on}, destination "
    "{to}{more}.\n"
    "1. Call `check` with exactly the terms given here; leave out what is not given, and do not guess.\n"
    "2. If `ask` has deciding questions, put them to me before you answer.\n"
    "3. Answer with the first sentence verbatim, then the requirement or exception with its citation and address, the "
    "day through which it holds, and each assumption that would change it.\n"
    "4. Look up every named company with `screen`, and say that a name on no list is not cleared.\n"
    "Say that it is a computed reading and not legal advice."
)
_CLAIM = (
    "Check this claim about US export rules for AI chips: {claim}\n"
    "1. Name each chip, day, destination, exporter and buyer in it; ask me for a day if it has none.\n"
    "2. Call `check` for each, and `timeline` or `changes` if it says that something changed; use `known_on` if it "
    "matters what was public on the day of the claim.\n"
    "3. Say for each part whether the rules confirm it, contradict it or leave it open, with citation, days and "
    "horizon, and quote the sentences verbatim.\n"
    "4. Say what the claim leaves out that would change the answer."
)


def prompts() -> list[types.Prompt]:
    """The prompts with their arguments."""

    def argument(name: str, says: str, required: bool = False) -> types.PromptArgument:
        return types.PromptArgument(name=name, description=says, required=required)

    return [
        types.Prompt(
            name="check_a_shipment",
            title="Check a shipment",
            description="One shipment, checked with citations, assumptions and open questions.",
            arguments=[
                argument("chip", "The chip, as people write it.", True),
                argument("on", "The day of export, YYYY-MM-DD.", True),
                argument("to", "The destination.", True),
                argument("exporter", "Who exports."),
                argument("end_user", "The buyer."),
                argument("end_use", "What it is for."),
            ],
        ),
        types.Prompt(
            name="check_a_claim",
            title="Check a claim",
            description="A dated claim, e.g. from the press, compared with the rules of its day.",
            arguments=[argument("claim", "The claim, with its day.", True)],
        ),
    ]


async def _list_prompts(_: Context, __: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
    return types.ListPromptsResult(prompts=prompts())


async def _get_prompt(_: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
    known = {prompt.name: prompt for prompt in prompts()}
    prompt = known.get(params.name)
    if prompt is None:
        raise MCPError(types.INVALID_PARAMS, f"there is no prompt {params.name!r}. Prompts: {', '.join(known)}.")
    given = {name: value.strip() for name, value in (params.arguments or {}).items()}
    names = [argument.name for argument in prompt.arguments or ()]
    for name, value in given.items():
        if name not in names:
            raise MCPError(types.INVALID_PARAMS, f"{params.name} has no {name!r}. It has: {', '.join(names)}.")
        if not value:
            raise MCPError(types.INVALID_PARAMS, f"{name} is empty. Omit it, or give a value.")
    for argument in prompt.arguments or ():
        if argument.required and argument.name not in given:
            raise MCPError(types.INVALID_PARAMS, f"{argument.name} is missing. {argument.description}")
    text = _WRITTEN[params.name](given)
    message = types.PromptMessage(role="user", content=types.TextContent(text=text))
    return types.GetPromptResult(description=prompt.description, messages=[message])


def _shipment(given: dict[str, str]) -> str:
    labels = {"exporter": "exporter", "end_user": "end user", "end_use": "end use"}
    more = "".join(f", {label} {given[name]}" for name, label in labels.items() if name in given)
    return _SHIPMENT.format(chip=given["chip"], on=given["on"], to=given["to"], more=more)


_WRITTEN: dict[str, Callable[[dict[str, str]], str]] = {
    "check_a_shipment": _shipment,
    "check_a_claim": lambda given: _CLAIM.format(claim=given["claim"]),
}


def listing() -> str:
    """The tools, resources and prompts for a reader: `exportrules mcp --list`."""
    lines = ["TOOLS", *(f"  {ask.name:<10} {ask.says}" for ask in ASKS.values()), "", "RESOURCES"]
    lines += [f"  {SCHEME}{kind}/ID" for kind in KINDS]
    lines += [f"  {SCHEME}{name}" for name in ALONE]
    lines += ["", "PROMPTS", *(f"  {prompt.name:<17} {prompt.description}" for prompt in prompts())]
    return "\n".join(lines)
