"""The sample of the vectors: the same for the same seed, answered as `check` answers, scored as vectors are."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

import exportrules
from exportrules import QuestionError
from exportrules.answer.schema import vector_schema
from exportrules.cli import cli
from exportrules.question.names.chips import find_chip
from exportrules.study.sampled import DrawnVector, question, sample

LAW = exportrules.default_ruleset()
CHIPS = ("A100", "H800", "H20", "MI308X", "RTX 4090", "GB200")
ASKED = [word for chip in CHIPS for word in ("--chip", chip)]


@pytest.fixture(scope="module")
def drawn() -> list[DrawnVector]:
    return sample(LAW, 60, 0, CHIPS)


def vectors(*options: str) -> Any:
    return CliRunner().invoke(cli, ["vectors", *ASKED, *options])


def test_every_question_is_answered_as_check_answers_it(drawn: list[DrawnVector]) -> None:
    assert len({one.vector.key[:4] for one in drawn}) == len(drawn) == 60
    for one in drawn:
        answer = exportrules.check(**one.vector.key._asdict())
        assert (one.vector.outcome, one.vector.review_policy) == (answer.outcome, answer.review_policy)


def test_outcomes_are_in_balance_and_waiting_chips_are_few(drawn: list[DrawnVector]) -> None:
    counted = Counter(one.vector.outcome for one in drawn)
    assert min(counted[name] for name in ("license_required", "no_license_requirement", "indeterminate")) >= 10
    assert 0 < counted["not_released"] <= 8


def test_a_question_says_all_that_its_answer_rests_on(drawn: list[DrawnVector]) -> None:
    for one in drawn:
        key, text = one.vector.key, one.question
        for said in (
            key.on,
            LAW.places[key.to].name,
            f"parent in {LAW.places[key.headquarters].name}.",
            "civil",
            "or indeterminate",
        ):
            assert said in text, text
        assert ("is not the maker" in text) == (key.exporter == "other")
    assert len({one.question for one in drawn}) == len(drawn)


def test_the_name_in_a_question_means_its_chip_and_no_other() -> None:
    base = sample(LAW, 1, 0, ["H800"])[0].vector
    for chip in LAW.variants:
        text = question(LAW, base._replace(key=base.key._replace(chip=chip)))
        start = next(n for n in ("Could ", "did exporting ", "A shipment of ") if n in text)
        name = text.split(start, 1)[1].split(
            " be exported" if start == "Could " else " from the United" if "did" in start else " left"
        )[0]
        meant = name.removesuffix(f" ({chip})")
        assert find_chip(LAW, chip if meant != name else name).variants in ((chip,), find_chip(LAW, chip).variants)


def test_the_same_seed_draws_the_same_and_another_others(drawn: list[DrawnVector]) -> None:
    assert sample(LAW, 60, 0, CHIPS) == drawn
    other = sample(LAW, 60, 1, CHIPS)
    assert len({one.vector.key for one in other} & {one.vector.key for one in drawn}) < 30
    # nothing but the size decides how many of the same draw come: the first are the same
    assert {one.vector.key[:4] for one in sample(LAW, 20, 0, CHIPS)} < {one.vector.key[:4] for one in drawn}


def test_lines_with_answers_keep_to_the_schema_and_questions_give_none_away(drawn: list[DrawnVector]) -> None:
    for line in vectors("--sample", "60").output.splitlines():
        jsonschema.validate(json.loads(line), vector_schema())
    for line in vectors("--sample", "60", "--questions").output.splitlines():
        assert set(json.loads(line)) == {"question", "edition", "chip", "to", "exporter", "headquarters", "on"}


@pytest.mark.slow
def test_an_assistant_is_scored_on_the_questions_it_was_given(tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    said = vectors("--sample", "60", "--seed", "3", "-o", str(questions))
    assert said.output.startswith("60 questions of edition ")
    lines = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]

    def scored(told: list[dict[str, Any]], *options: str) -> tuple[int, str]:
        answers.write_text("".join(json.dumps(line) + "\n" for line in told), "utf-8")
        result = vectors("--score", str(answers), *options)
        return result.exit_code, result.output

    status, text = scored(lines, "--sample", "60", "--seed", "3")
    assert (status, "Every vector is answered, and every answer is equal." in text) == (0, True)
    # one word for everything
    status, text = scored(
        [{**line, "outcome": "license_required", "review_policy": None} for line in lines],
        "--sample",
        "60",
        "--seed",
        "3",
    )
    right = sum(line["outcome"] == "license_required" for line in lines)
    total = next(line for line in text.splitlines() if line.startswith("all "))
    assert (status, total.split()[1:4]) == (1, ["60", "60", str(right)])
    assert right < 30
    status, text = scored(lines[:50], "--sample", "60", "--seed", "3")
    assert "10 vectors are not answered." in text
    # answers to another draw are no answers to this one
    status, text = scored(lines, "--sample", "60")
    assert status == 1
    assert "to no vector" in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--seed", "1"], "--seed and --questions need a sample. Give its size: --sample 300."),
        (["--questions"], "--seed and --questions need a sample"),
        (["--sample", "9", "--questions", "--score", "x.jsonl"], "--questions leaves out the answers"),
        (["--sample", "100000"], "deals, one question each. Ask fewer, or of more chips."),
    ],
)
def test_a_sample_that_cannot_be_is_refused(options: list[str], said: str) -> None:
    result = vectors(*options)
    assert isinstance(result.exception, QuestionError)
    assert said in str(result.exception)


def test_a_sample_of_nothing_is_refused() -> None:
    assert vectors("--sample", "0").exit_code == 2
