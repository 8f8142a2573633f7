"""An assistant's view: the SDK's own client starts `exportrules mcp` as a process and talks to it over stdio."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import anyio
import jsonschema
import pytest
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CallToolResult,
    PromptReference,
    ResourceTemplateReference,
    TextContent,
    TextResourceContents,
)

import exportrules
from exportrules import QuestionError, default_ruleset
from exportrules.cli import cli
from exportrules.serve.answers import ASKS
from exportrules.serve.library import text_at
from exportrules.serve.mcp import once, use
from tests.serving import drawn_questions, refusal
from tests.test_answers import GIVEN

LAW = default_ruleset()


Conversation = Callable[[Client], Awaitable[None]]
Talk = Callable[[Conversation], None]


def client(*options: str, mode: str = "auto") -> Client:
    """Of a server that is started for it."""
    arguments = ["-m", "exportrules", "mcp", *options]
    server = StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))
    return Client(server, mode=mode, read_timeout_seconds=60)


def talk_alone(conversation: Conversation, *options: str, mode: str = "auto") -> None:
    """A conversation with a server that is started for it."""

    async def run() -> None:
        async with client(*options, mode=mode) as started:
            await conversation(started)

    anyio.run(run)


@pytest.fixture(scope="module")
def talk() -> Iterator[Talk]:
    """Conversations with one server, one after the other."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(client()) as started:
        yield lambda conversation: portal.call(conversation, started)


def said(result: CallToolResult) -> str:
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_every_tool_answers_as_its_schema_says_and_is_read_only(mode: str) -> None:
    async def conversation(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == set(ASKS)
        for name, tool in tools.items():
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint is True
            assert tool.output_schema is not None
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            jsonschema.validate(GIVEN[name], tool.input_schema)
            result = await client.call_tool(name, GIVEN[name])
            assert not result.is_error, said(result)
            jsonschema.validate(result.structured_content, tool.output_schema)
            # whatever is quoted, the horizon is in it, and that it is no advice
            assert "verified through 2026-09-24. Not legal advice" in said(result)

    talk_alone(conversation, mode=mode)


def test_a_yes_comes_with_its_law_its_days_its_assumptions_and_its_horizon(
    talk: Talk,
) -> None:
    async def conversation(client: Client) -> None:
        result = await client.call_tool("check", {"chip": "H800", "on": "2023-06-01"})
        answer = result.structured_content
        assert answer is not None
        assert "findings" not in answer
        first, *others = answer["sentences"]
        assert first.startswith("YES: no license requirement found in the encoded law. Asked: H800 to China (PRC)")
        for part in ("from 2023-03-21 through 2023-10-22", "on the assumptions stated", "87 FR 62186", "Not legal adv"):
            assert part in first
        assert any(line.startswith("From 2023-10-23: license required") for line in others)
        assert any(
            line == "If instead a military end use: license required (presumption of denial)." for line in others
        )
        assert not any(ask["decides"] for ask in answer["ask"])
        assert [ask["fact"] for ask in answer["ask"]] == [
            "end_use", "end_user_lists", "military_end_user", "privately_informed",
        ]  # fmt: skip
        assert "ASSUMED, and it matters" in said(result)

    talk(conversation)


@pytest.mark.parametrize(
    "given",
    [
        {"chip": "RTX 4090", "on": "2023-06-01", "end_user": "Inspur"},
        {"chip": "A100", "on": "2022-09-15", "exporter": "Nvidia Singapore"},
        {"chip": "A10", "on": "2021-06-01", "to": "SG", "end_user": "People's Liberation Army"},
        {"facts": {"tpp": 2000}, "on": "2023-12-01"},
        {"chip": "H200", "on": "2026-02-02"},
        {"chip": "A10", "on": "2023-06-01", "parties": ["Inspur"]},
        {"chip": "A10", "on": "2025-10-15", "facts": {"listed_owner": "Inspur", "listed_ownership_percent": 60}},
    ],
)
def test_what_is_unknown_is_a_question_whose_replies_lead_on(given: dict[str, Any]) -> None:
    """Each reply can be added to the request as it stands, and the question is not asked again."""
    answer = use(LAW, "check", given)
    deciding = [ask for ask in answer["ask"] if ask["decides"]]
    assert [ask["fact"] for ask in deciding] == answer["turns_on"]
    assert all(ask["question"][-1] in "?." for ask in deciding)
    for ask in deciding:
        for way in ask["ways"]:
            if {"VALUE", "NUMBER"} & set(map(str, (*way["write"].values(), *way["write"].get("facts", {}).values()))):
                continue
            facts = {**given.get("facts", {}), **way["write"].get("facts", {})}
            then = use(LAW, "check", {**given, **way["write"], **({"facts": facts} if facts else {})})
            assert ask["fact"] not in then["turns_on"], (ask, way)


def test_a_reply_that_is_not_known_yet_cannot_be_sent_by_mistake() -> None:
    for written in ({"headquarters": "VALUE"}, {"facts": {"performance_density": "NUMBER"}}):
        with pytest.raises(QuestionError):
            use(LAW, "check", {"chip": "A10", "on": "2021-06-01", **written})


@pytest.mark.slow
def test_500_drawn_questions_are_answered_as_check_answers() -> None:
    for number, given in enumerate(drawn_questions(LAW, 500, seed=18)):
        arguments = {name: value for name, value in given.items() if name != "chip"}
        words = refusal(exportrules.check, given.get("chip"), **arguments)
        if words or number % 12:
            assert refusal(ASKS["check"].request.read, given) in ("", words)
            assert not words or refusal(use, LAW, "check", given) == words
            continue
        expected = exportrules.check(given.get("chip"), **arguments).to_dict()
        found = use(LAW, "check", given)
        assert {name: value for name, value in found.items() if name in expected} == {
            name: value for name, value in expected.items() if name != "findings"
        }


def test_what_cannot_be_asked_is_an_error_with_what_to_write(talk: Talk) -> None:
    async def conversation(client: Client) -> None:
        for given, words in (
            ({"chip": "A100"}, "on is missing"),
            ({"chip": "A100", "on": "2022-9-15"}, "Write YYYY-MM-DD"),
            ({"chip": "A1000", "on": "2022-09-15"}, "no chip is called 'A1000'"),
            ({"chip": "A100", "on": "2022-09-15", "destination": "CN"}, "Did you mean 'to'?"),
            ({"chip": "A100", "on": "2022-09-15", "fields": ["outcome"]}, "there is no field 'fields'"),
            ({"chip": "A100", "on": "2022-09-15", "end_user": None}, "end_user is null"),
            ({}, "on is missing"),
        ):
            result = await client.call_tool("check", given)
            assert result.is_error
            assert words in said(result)
            assert result.structured_content is None
        result = await client.call_tool("chek", {})
        assert result.is_error
        assert "Did you mean 'check'?" in said(result)

    talk(conversation)


def test_every_provision_instrument_and_chip_is_a_resource(talk: Talk) -> None:
    async def conversation(client: Client) -> None:
        found: list[str] = []
        cursor = None
        while True:
            page = await client.list_resources(cursor=cursor)
            found += [str(resource.uri) for resource in page.resources]
            if (cursor := page.next_cursor) is None:
                break
        assert len(found) == len(set(found)) == 2 + len(LAW.instruments) + len(LAW.provisions) + len(LAW.variants)
        for uri in [
            *found[::40],
            "exportrules://provision/88fr73458%233A090.a",
            "exportrules://provision/88fr73458#3A090.a",
        ]:
            contents = (await client.read_resource(uri)).contents[0]
            assert isinstance(contents, TextResourceContents)
            name = unquote(uri.rpartition("/")[2])
            assert name in contents.text or name in ("coverage", "edition")
            assert "Not legal advice" in contents.text or uri.endswith("coverage")
        for uri, words in (
            ("exportrules://provision/88fr73458%233A090.x", "Did you mean"),
            ("exportrules://instrument/88fr73459", "Did you mean '88fr73458'"),
            ("exportrules://chip/nvidia-h80", "Did you mean"),
            ("exportrules://coverage/x", "is not an address here"),
            ("file:///etc/passwd", "is not an address here"),
        ):
            with pytest.raises(MCPError, match=words):
                await client.read_resource(uri)
        with pytest.raises(MCPError, match="is not a cursor"):
            await client.list_resources(cursor="next")

    talk(conversation)


def test_prompts_say_what_was_given_and_names_are_completed(talk: Talk) -> None:
    async def conversation(client: Client) -> None:
        assert [prompt.name for prompt in (await client.list_prompts()).prompts] == [
            "check_a_shipment",
            "check_a_claim",
        ]
        given = {"chip": "A100", "on": "2022-09-15", "to": "China", "end_user": "{Acme}"}
        prompt = (await client.get_prompt("check_a_shipment", given)).messages[0].content
        assert isinstance(prompt, TextContent)
        assert "chip A100, day of export 2022-09-15, destination China, end user {Acme}." in prompt.text
        claim = (
            (await client.get_prompt("check_a_claim", {"claim": "In 2022 the A100 was banned."})).messages[0].content
        )
        assert isinstance(claim, TextContent)
        assert "In 2022 the A100 was banned." in claim.text
        for name, wrong, words in (
            ("check_a_shipment", {"chip": "A100"}, "on is missing"),
            ("check_a_shipment", {**given, "buyer": "x"}, "has no 'buyer'"),
            ("check_a_claim", {"claim": " "}, "claim is empty"),
            ("check", {}, "there is no prompt 'check'"),
        ):
            with pytest.raises(MCPError, match=words):
                await client.get_prompt(name, wrong)
        provisions = ResourceTemplateReference(uri="exportrules://provision/{id}")
        offered = await client.complete(provisions, {"name": "id", "value": "88fr73458#3A"})
        assert "88fr73458#3A090.a" in offered.completion.values
        chips = await client.complete(PromptReference(name="check_a_shipment"), {"name": "chip", "value": "H80"})
        assert "H800" in chips.completion.values

    talk(conversation)


def test_it_answers_by_the_law_that_it_was_started_with(tmp_path: Path) -> None:
    overlay = tmp_path / "said.toml"
    overlay.write_text(
        '[attestation]\nby = "Acme"\non = 2026-11-01\nthrough = 2026-10-31\nnote = "x"\n', encoding="utf-8"
    )

    async def conversation(client: Client) -> None:
        result = await client.call_tool("check", {"chip": "A100", "on": "2026-10-15"})
        assert result.structured_content is not None
        assert result.structured_content["standing"] == "attested"
        assert "Acme" in said(result)

    talk_alone(conversation, "--overlay", str(overlay))


def test_lines_that_are_no_protocol_end_nothing_and_the_end_of_input_ends_it() -> None:
    lines = b'not json\n{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
    done = subprocess.run(
        [sys.executable, "-m", "exportrules", "mcp"], input=lines, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert all(line.startswith(b"{") for line in done.stdout.splitlines())


def test_what_it_offers_can_be_read_without_an_assistant() -> None:
    printed = CliRunner().invoke(cli, ["mcp", "--list"]).output
    assert all(f"  {name} " in printed for name in ASKS)
    assert "exportrules://provision/ID" in printed


# --- what no client of the SDK would send ------------------------------------------------------------

_BAKERY = {"chip": "T4", "on": "2024-06-03", "to": "SG", "exporter": "other", "end_user": "Acme Bakery"}
_START = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}


def spoken_raw(*lines: str, wanted: set[int]) -> dict[int, str]:
    """What a server says to lines as they are, by the number of the message, until those that are wanted are there."""
    start = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": _START}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    told = "\n".join([json.dumps(start), json.dumps(ready), *lines, ""])
    found: dict[int, str] = {}
    command = [sys.executable, "-m", "exportrules", "mcp"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(told.encode())
        server.stdin.flush()
        while not wanted <= set(found):  # what it is asked when its input ends, it need not answer
            line = server.stdout.readline().decode()
            found[json.loads(line)["id"]] = line
        server.stdin.close()
    return found


def test_a_field_that_is_given_twice_is_refused_and_ends_nothing() -> None:
    def call(number: int, written: str) -> str:
        around = {"jsonrpc": "2.0", "id": number, "method": "tools/call"}
        return json.dumps({**around, "params": {"name": "check", "arguments": 0}}).replace(": 0}", f": {written}}}")

    plain = json.dumps(_BAKERY)
    twice = plain.replace('"end_user"', '"end_user": "SMIC", "end_user"')
    within = plain[:-1] + ', "facts": {"privately_informed": true, "privately_informed": false}}'
    arguments = call(4, plain).replace('"arguments"', '"arguments": {}, "arguments"')
    found = spoken_raw(call(1, twice), call(2, within), "{", "[1, 1]", arguments, call(3, plain), wanted={1, 2, 3})
    assert "there is no field 'end_user (again)' here" in found[1]
    assert "there is no fact 'privately_informed (again)'" in found[2]
    assert "YES" in found[3]
    assert set(found) == {0, 1, 2, 3}
    assert once('{"a": 1, "b": [{"a": 2}]}\n') == '{"a": 1, "b": [{"a": 2}]}\n'


@pytest.mark.parametrize(
    ("address", "said_of_it"),
    [
        ("exportrules://provision/%ff", "is not percent-encoded UTF-8"),
        ("exportrules://coverage/", "is not an address here"),
        ("exportrules://coverage?x=1", "is not an address here"),
        ("exportrules://provision/../../etc/passwd", "there is no provision"),
        ("file:///etc/passwd", "is not an address here"),
    ],
)
def test_an_address_that_is_none_is_refused_in_our_words(address: str, said_of_it: str) -> None:
    with pytest.raises(QuestionError, match=said_of_it):
        text_at(LAW, address)
