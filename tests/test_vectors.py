"""Conformance vectors: where they lie, what they say, and how another tool is scored on them."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

import exportrules
from exportrules.answer.result import OUTCOMES
from exportrules.answer.schema import vector_schema
from exportrules.cli import cli
from exportrules.errors import RulesetError
from exportrules.study.vectors import DESTINATIONS, EXPORTERS, SEAT, Vector, read_answers, score, vectors
from tests.readme import ROOT

LAW = exportrules.default_ruleset()
CHIPS = ("A100", "H800", "H20", "MI308X", "RTX 4090", "GB200")


@pytest.fixture(scope="module")
def found() -> list[Vector]:
    return list(vectors(LAW, CHIPS))


def test_every_vector_is_what_check_answers(found: list[Vector]) -> None:
    for vector in found[::7]:
        key = vector.key._asdict()
        answer = exportrules.check(**key)
        assert (vector.outcome, vector.review_policy) == (answer.outcome, answer.review_policy)
        assert list(vector.requirements) == answer.requirements
        cites = {c.provision: c.cite for c in answer.citations}
        assert list(vector.citations) == [cites[name] for name in vector.requirements]


def test_they_lie_on_both_sides_of_every_change(found: list[Vector]) -> None:
    for deal, of_deal in itertools.groupby(found, lambda v: v.key[:4]):
        days = [date.fromisoformat(v.key.on) for v in of_deal]
        chip, to, exporter, headquarters = deal
        spans = exportrules.timeline(chip, to=to, exporter=exporter, headquarters=headquarters).spans
        inside = [s for s in spans if s.answer.standing == "verified" and s.start and s.last]
        assert days == sorted({d for s in inside for d in (s.start, s.last, s.last + timedelta(days=1))})  # type: ignore[operator, type-var]
        assert days[0] >= LAW.edition.covers_from
        assert days[-1] == LAW.edition.verified_through + timedelta(days=1)


def test_the_order_is_canonical_and_no_question_comes_twice(found: list[Vector]) -> None:
    def rank(vector: Vector) -> tuple[Any, ...]:
        chip, to, exporter, headquarters, on = vector.key
        return chip, DESTINATIONS.index(to), EXPORTERS.index(exporter), headquarters == SEAT != to, on

    assert [v.key for v in found] == [v.key for v in sorted(found, key=rank)]
    assert len({v.key for v in found}) == len(found)
    assert {v.outcome for v in found} == set(OUTCOMES)
    assert [v.line() for v in vectors(LAW, CHIPS[::-1])] == [v.line() for v in found]


def test_lines_keep_to_the_schema_which_is_as_checked_in(found: list[Vector]) -> None:
    stored = json.loads((ROOT / "docs" / "schema" / "vector.schema.json").read_text("utf-8"))
    assert stored == vector_schema(), "renew with: exportrules vectors --schema > docs/schema/vector.schema.json"
    validator = jsonschema.Draft202012Validator(stored)
    for vector in found[::5]:
        validator.validate(json.loads(vector.line()))


@pytest.mark.slow
def test_all_of_them_are_one_for_every_chip_and_are_the_same_twice(tmp_path: Path) -> None:
    for name in ("one", "two"):
        done = CliRunner().invoke(cli, ["vectors", "-o", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
    one = (tmp_path / "one").read_text("utf-8")
    assert one == (tmp_path / "two").read_text("utf-8")
    lines = [json.loads(line) for line in one.splitlines()]
    # a chip that was never announced is answered from reported figures: no other tool is held to them
    assert {line["chip"] for line in lines} == {
        v for v, (chip, _) in LAW.variants.items() if chip.status == "announced"
    }
    assert len({tuple(line[k] for k in ("chip", "to", "exporter", "headquarters", "on")) for line in lines}) == len(
        lines
    )


# --- the score ----------------------------------------------------------------------------------


def written(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def lines(found: list[Vector]) -> list[dict[str, Any]]:
    return [json.loads(vector.line()) for vector in found]


def test_a_tool_that_answers_alike_conforms(tmp_path: Path, found: list[Vector], lines: list[dict[str, Any]]) -> None:
    result = score(found, read_answers(written(tmp_path / "a.jsonl", lines)))
    assert result.conforms
    assert result.total.vectors == result.total.answered == result.total.policy == len(lines)


def test_what_differs_is_missing_or_is_strange_is_counted(
    tmp_path: Path, found: list[Vector], lines: list[dict[str, Any]]
) -> None:
    required = [i for i, line in enumerate(lines) if line["outcome"] == "license_required"]
    other = [dict(line) for line in lines]
    other[required[0]]["outcome"] = "no_license_requirement"
    other[required[1]]["review_policy"] = None
    other[required[2]].pop("review_policy")
    other[required[3]]["chip"] = "acme-x"
    del other[required[4]]
    result = score(found, read_answers(written(tmp_path / "a.jsonl", other)))
    tally, whole = result.tallies["license_required"], len(required)
    assert (tally.vectors, tally.answered) == (whole, whole - 2)
    assert (tally.outcome, tally.policy) == (whole - 3, whole - 4)
    assert [vector.key for vector, _ in result.disagreements] == [found[i].key for i in required[:2]]
    assert [key.chip for key in result.strangers] == ["acme-x"]
    assert not result.conforms


GOOD = {
    "chip": "nvidia-h20", "to": "CN", "exporter": "maker", "headquarters": "CN", "on": "2024-06-03",
    "outcome": "license_required",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "answers.jsonl: there is no answer in it. Write one JSON object a line, as docs/vectors.md shows."),
        (b"{", "answers.jsonl, line 1: this is not JSON in UTF-8. Write one object a line."),
        (b"\xff\xfe", "answers.jsonl, line 1: this is not JSON in UTF-8. Write one object a line."),
        (b"[" * 100_000, "answers.jsonl, line 1: this is not JSON in UTF-8. Write one object a line."),
        (b"\n\n[1]\n", "answers.jsonl, line 3: an object is required, in curly brackets."),
        (b"{}", "answers.jsonl, line 1: 'chip' is missing, or is not text in quotes."),
        (
            json.dumps({**GOOD, "on": 20240603}).encode(),
            "answers.jsonl, line 1: 'on' is missing, or is not text in quotes.",
        ),
        (
            json.dumps({**GOOD, "outcome": "yes"}).encode(),
            "answers.jsonl, line 1: outcome = 'yes' is not one of: no_license_requirement, license_exception, "
            "license_required, not_released, indeterminate.",
        ),
        (
            json.dumps({**GOOD, "review_policy": "denied"}).encode(),
            "answers.jsonl, line 1: review_policy = 'denied' is not one of: policy_of_denial, presumption_of_denial, "
            "indeterminate, case_by_case, presumption_of_approval, unpublished.",
        ),
        (
            (json.dumps(GOOD) + "\n" + json.dumps(GOOD)).encode(),
            "answers.jsonl, line 2: nvidia-h20 to CN, by maker, headquarters CN, 2024-06-03 is answered twice. Keep "
            "one of the two.",
        ),
    ],
    ids=["empty", "json", "encoding", "deep", "list", "no chip", "day", "outcome", "policy", "twice"],
)
def test_answers_that_cannot_be_read_name_the_line(text: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_bytes(text)
    with pytest.raises(RulesetError) as caught:
        read_answers(tmp_path / "answers.jsonl")
    assert str(caught.value) == message


@pytest.mark.slow
def test_the_command_scores_and_its_status_says_it(tmp_path: Path, found: list[Vector]) -> None:
    chip = ["--chip", "nvidia-h20"]
    path = tmp_path / "v.jsonl"
    assert CliRunner().invoke(cli, ["vectors", *chip, "-o", str(path)]).exit_code == 0
    same = CliRunner().invoke(cli, ["vectors", *chip, "--score", str(path)])
    assert (same.exit_code, same.output.splitlines()[-1]) == (0, "Every vector is answered, and every answer is equal.")
    one = ["vectors", "--chip", "nvidia-h20-141gb"]
    assert CliRunner().invoke(cli, [*one, "-o", str(tmp_path / "one")]).exit_code == 0
    assert CliRunner().invoke(cli, one).output == (tmp_path / "one").read_text("utf-8")
    printed = path.read_text("utf-8")
    path.write_text(printed.replace('"license_required"', '"no_license_requirement"', 1), "utf-8")
    other = CliRunner().invoke(cli, ["vectors", *chip, "--score", str(path)])
    assert other.exit_code == 1
    assert "1 disagreement:\n  nvidia-h20" in other.output
    table = CliRunner().invoke(cli, ["vectors", *chip, "--score", str(path), "-f", "json"])
    assert (table.exit_code, len(json.loads(table.output))) == (1, 1)


def test_one_thing_at_a_time(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["vectors", "--schema", "-o", str(tmp_path / "v")])
    assert "-o writes, --score reads, --schema prints: use one of the three." in str(done.exception)
