"""One request for every door: it comes to `check` as it is, and what says nothing or is unknown is refused."""

from __future__ import annotations

import inspect
import json
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

import exportrules
from exportrules import QuestionError, default_ruleset
from exportrules.answer.result import Projection
from exportrules.answer.trace import plain
from exportrules.law.facts import NOT_EN_ROUTE
from exportrules.law.model import Bounds
from exportrules.law.ruleset import Ruleset
from exportrules.serve.answers import ASKS, answer_check, chips, provision
from exportrules.serve.mcp import DETERMINED
from exportrules.serve.requests import DEAL, FIELDS
from exportrules.serve.shapes import ALWAYS, ChipsShape, ProvisionShape, schema_of
from exportrules.serve.speech import _LINES
from tests.serving import drawn_questions, refusal

LAW = default_ruleset()
GIVEN: dict[str, dict[str, Any]] = {
    "check": {"chip": "H800", "on": "2023-06-01"},
    "timeline": {"chip": "H800"},
    "matrix": {"chips": ["A100", "H800", "a100"], "days": ["2022-09-15", "2023-06-01"]},
    "changes": {"chips": ["H20"], "from": "2025-01-01"},
    "flip": {"chip": "H20", "on": "2024-06-03"},
    "screen": {"names": ["Inspur", "Inspur Group Co., Ltd.", "Acme Bakery", "People's Liberation Army"],
               "on": "2024-06-03"},
    "explain": {"chip": "H800", "on": "2023-06-01"},
}  # fmt: skip


def answer(name: str, **given: Any) -> dict[str, Any]:
    ask = ASKS[name]
    return ask.answer(LAW, ask.request.read(given, LAW.facts))


def test_every_question_has_an_example_and_sentences_for_an_assistant() -> None:
    assert set(GIVEN) == set(ASKS), "write an example request of each question into GIVEN, above"
    assert {*_LINES, *DETERMINED} == set(ASKS), (
        "write a function for the sentences of its answer into _LINES of serve/speech.py"
    )


def test_values_are_written_as_plain_data() -> None:
    assert [plain(value) for value in (None, "a", 7, True)] == [None, "a", 7, True]
    assert [plain(date(year, 1, 2)) for year in (1999, 2024)] == ["1999-01-02", "2024-01-02"]
    assert plain(NOT_EN_ROUTE) is None
    assert [plain(Decimal(n)) for n in ("2.0", "0.125", "1.23456789")] == [2, 0.125, 1.234568]
    assert isinstance(plain(Decimal("2.0")), int)
    assert plain(Bounds(more_than=1, at_most=Decimal("2.5"))) == {"more_than": 1, "at_most": 2.5}
    assert plain({"a": (date(2024, 1, 2), frozenset("ba")), "b": [set()]}) == {
        "a": ["2024-01-02", ["a", "b"]],
        "b": [[]],
    }
    assert plain(Projection("license_required", None)) == {"outcome": "license_required", "review_policy": None}


def test_a_request_has_the_arguments_of_check_and_no_others() -> None:
    arguments = set(inspect.signature(exportrules.check).parameters)
    assert set(ASKS["check"].request.fields) - {"fields"} == arguments - {"ruleset"}
    assert set(DEAL) == arguments - {"chip", "on", "ruleset"}


@pytest.mark.parametrize("name", ASKS)
def test_requests_and_answers_keep_to_their_schemas(name: str) -> None:
    ask, given = ASKS[name], GIVEN[name]
    jsonschema.Draft202012Validator.check_schema(ask.request.schema())
    jsonschema.validate(given, ask.request.schema())
    jsonschema.validate(json.loads(json.dumps(answer(name, **given))), schema_of(ask.shape))


def test_drawn_questions_are_answered_as_check_answers_and_refused_in_its_words() -> None:
    refused = 0
    for number, given in enumerate(drawn_questions(LAW, 100)):
        arguments = {name: value for name, value in given.items() if name != "chip"}
        said = refusal(exportrules.check, given.get("chip"), **arguments)
        assert refusal(answer, "check", **given) == said, given
        refused += bool(said)
        if said:
            continue
        d = exportrules.check(given.get("chip"), **arguments)
        parts = ["requirements", "eccn", "exceptions", "holds", "next", "previous", "transaction", "citations", "cases"]
        found = answer("check", **given, **({} if number % 25 == 0 else {"fields": parts}))
        assert found == (d.to_dict() if number % 25 == 0 else {n: plain(getattr(d, n)) for n in found}), given
        assert set(found) >= {*parts, *ALWAYS}
    assert 20 < refused < 70


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"destination": "CN"}, "Did you mean 'to'?"),
        ({"End-User": "SMIC"}, "Did you mean 'end_user'?"),
        ({"exporterr": "other"}, "Did you mean 'exporter'?"),
        ({"tpp": 2368}, 'it is a fact. Write "facts": {"tpp": ...}'),
        ({"colour": "blue"}, "Fields: chip, on, to"),
        ({"end_user": None}, "end_user is null"),
        ({"end_user": ""}, "is empty"),
        ({"end_user": "N/A"}, "placeholder"),
        ({"end_user": 4711}, "is not text"),
        ({"end_user": {"name": "SMIC"}}, "is not text"),
        ({"to": ["CN"]}, "is not text"),
        ({"parties": []}, "parties is empty"),
        ({"parties": "SMIC"}, "Write a list of names"),
        ({"parties": 5}, "not a list"),
        ({"parties": [None]}, "not a name"),
        ({"parties": ["x"] * 51}, "at most 50"),
        ({"not_listed": ["SMIC"]}, "not a name of this question"),
        ({"facts": {}}, "facts is empty"),
        ({"facts": []}, "facts is empty"),
        ({"facts": ["tpp"]}, "not a mapping"),
        ({"facts": {"tpp": []}}, "not a number"),
        ({"facts": {"tpp": {"over": 5}}}, "at_least"),
        ({"as_printed": "false"}, "not true or false"),
        ({"as_printed": 0}, "not true or false"),
        ({"chip": ["H800"]}, "not text"),
        ({"chip": "A" * 1001}, "1,001 characters"),
        ({"end_user": "\ud800"}, "half of a character"),
        ({"end_use": []}, "end_use is empty"),
        ({"end_use": [["civil"]]}, "names no end use"),
        ({"end_use": {"civil": True}}, "is a table"),
        ({"known_on": 2023}, "not a date"),
        ({"on": 20230601}, "not a date"),
        ({"on": "2023-06-01T00:00:00"}, "cannot be read for certain"),
        ({"fields": ["verdict"]}, "Parts: outcome"),
        ({"fields": "outcome"}, "not a list"),
        ({"fields": [1]}, "not text"),
    ],
)
def test_what_says_nothing_or_is_not_known_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(QuestionError) as refused:
        answer("check", **{**GIVEN["check"], **given})
    assert said in str(refused.value)


@pytest.mark.parametrize("given", [None, [], "A100", 5])
def test_a_request_is_an_object(given: object) -> None:
    with pytest.raises(QuestionError, match="not a JSON object"):
        ASKS["check"].request.read(given)


def test_what_is_missing_is_named_with_what_to_write() -> None:
    with pytest.raises(QuestionError, match=r"^on is missing\. Day of export, YYYY-MM-DD"):
        answer("check", chip="A100")
    with pytest.raises(QuestionError, match="no chip is named and no facts describe one"):
        answer("check", on="2022-09-15")


def test_parts_never_leave_a_bare_outcome() -> None:
    found = answer("check", **GIVEN["check"], fields=["eccn"])
    assert set(found) == {*ALWAYS, "eccn"}
    assert answer_check(LAW, GIVEN["check"]) == exportrules.check("H800", on="2023-06-01").to_dict()


def test_a_matrix_asks_a_chip_once_and_is_bounded() -> None:
    found = answer("matrix", **GIVEN["matrix"])
    assert [row["chip"] for row in found["rows"]] == ["A100", "H800"]
    cells = {(row["chip"], cell["on"]): cell["outcome"] for row in found["rows"] for cell in row["answers"]}
    assert cells["H800", "2023-06-01"] == exportrules.check("H800", on="2023-06-01").outcome
    many = {"chips": list(LAW.families)[:50], "days": [f"2023-06-{day:02}" for day in range(1, 12)]}
    with pytest.raises(QuestionError, match="550 answers; one request has at most 500"):
        answer("matrix", **many)


def test_names_are_looked_up_on_their_day() -> None:
    found = {name["name"]: name for name in answer("screen", **GIVEN["screen"])["names"]}
    assert [name["result"] for name in found.values()] == [
        "close_to_a_listed_name", "listed", "on_no_list", "states_a_military_body"
    ]  # fmt: skip
    listed = found["Inspur Group Co., Ltd."]["parties"][0]["entries"][0]
    assert (listed["start"], listed["on_the_day"], listed["cite"][:11]) == ("2023-03-02", True, "88 FR 13675")
    before = answer("screen", names=["Inspur Group Co., Ltd."], on="2023-03-01")
    assert before["names"][0]["result"] == "listed_on_another_day"
    late = answer("screen", names=["Acme Bakery"], on="2030-01-01")
    assert late["standing"] == "beyond_horizon"
    assert "not in them" in late["caution"]
    for nobody in ("", "n/a", "4711"):
        with pytest.raises(QuestionError):
            answer("screen", names=[nobody], on="2024-06-03")


def test_a_listed_name_is_listed_here_where_check_says_so() -> None:
    for party in list(LAW.parties.values())[::60]:
        screened = answer("screen", names=[party.name], on="2024-06-03")["names"][0]
        asked = exportrules.check("T4", on="2024-06-03", to="SG", exporter="other", end_user=party.name)
        assert (party.id in asked.transaction["listed_parties"]) == any(
            found["id"] == party.id and found["certain"] for found in screened["parties"]
        )


def test_the_trace_says_how_much_it_leaves_out() -> None:
    short = answer("explain", **GIVEN["explain"])
    whole = answer("explain", **GIVEN["explain"], whole=True)
    assert {finding["truth"] for finding in short["findings"]} <= {"true", "unknown"}
    assert len(whole["findings"]) == len(short["findings"]) + short["left_out"]
    assert whole["left_out"] == 0


def test_flips_and_changes_are_those_of_the_command_line() -> None:
    flips = answer("flip", **GIVEN["flip"])["flips"]
    assert {"fact": "tpp", "line": "2400"}.items() <= flips[0].items()
    events = answer("changes", **GIVEN["changes"])["events"]
    assert events[0]["on"] == "2025-04-09"
    assert events[0]["before"]["outcome"] == "no_license_requirement"


def test_what_is_encoded_is_there_by_id() -> None:
    found = provision(LAW, "88fr73458#3A090.a")
    jsonschema.validate(found, schema_of(ProvisionShape))
    assert found["in_force"] == [{"start": "2023-11-17", "stop": None}]
    jsonschema.validate(json.loads(json.dumps(chips(LAW))), schema_of(ChipsShape))
    assert {chip["family"] for chip in chips(LAW, "H800")["chips"]} == {"H800"}
    with pytest.raises(QuestionError, match="Did you mean"):
        provision(LAW, "88fr73458#3A090.x")


def test_every_field_says_what_it_is() -> None:
    assert all(field.says.endswith(".") for field in FIELDS.values())


def test_another_law_is_asked_where_it_is_given(tmp_path: Any) -> None:
    overlay = tmp_path / "said.toml"
    overlay.write_text(
        '[attestation]\nby = "Acme"\non = 2026-11-01\nthrough = 2026-10-31\nnote = "read"\n', encoding="utf-8"
    )
    law: Ruleset = exportrules.load_ruleset(None, [overlay])
    given = {"chip": "A100", "on": "2026-10-15"}
    assert ASKS["check"].answer(law, given)["standing"] == "attested"
    assert ASKS["check"].answer(LAW, given)["standing"] == "beyond_horizon"
