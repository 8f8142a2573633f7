"""Answers in Japanese and Chinese: the same answer, told from one table of words; what it lacks stays English."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exportrules.answer.determination import check
from exportrules.answer.words import width_of
from exportrules.cli import cli
from exportrules.errors import QuestionError
from exportrules.files.load import default_ruleset
from exportrules.render.languages import LANGUAGES, entries, filled, padded, spoken, translated
from exportrules.render.spoken import answer_in
from exportrules.render.text import answer

_PLACE = re.compile(r"\{[a-z]+\}")
#: What no language changes: days, provisions, addresses, commands.
_KEPT = re.compile(r"\d{4}-\d\d-\d\d|[\w-]+#[\w.()-]+|https://\S+|--[a-z-]+|\d+ FR \d+", re.ASCII)
_WIDE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")

QUESTIONS: list[dict[str, Any]] = [
    {"chip": "H800", "on": "2023-06-01"},
    {"chip": "A100", "on": "2022-09-15"},
    {"chip": "H800", "on": "2023-11-17", "exporter": "other"},
    {"chip": "RTX 4090", "on": "2024-06-03", "exporter": "other"},
    {"chip": "RTX 4090", "on": "2023-06-01", "end_user": "Inspur"},
    {"chip": "H200", "on": "2026-11-20", "exporter": "other"},
    {"chip": "H20", "on": "2025-05-01", "exporter": "other"},
    {"chip": "H20", "on": "2021-01-04"},
    {"chip": "MI309", "on": "2024-06-03"},
    {"chip": "B200", "on": "2025-02-03", "to": "SG"},
    {"chip": "H200", "on": "2026-02-02"},
    {"chip": "A100", "on": "2019-01-02"},
    {"chip": "H100", "on": "2022-10-07", "activity": "reexport"},
    {"chip": "H100", "on": "2024-01-02", "to": "VN", "exporter": "Acme Trading"},
    {"chip": "H100", "on": "2023-06-01", "activity": "transfer", "end_user": "Huawei Technologies Co., Ltd."},
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def ids(question: dict[str, Any]) -> str:
    return f"{question['chip']}-{question['on']}"


def test_every_entry_has_every_language_and_the_same_places() -> None:
    texts = [entry.texts for entry in entries()]
    assert len(texts) > 150
    assert len({text["en"] for text in texts}) == len(texts)
    for text in texts:
        assert set(text) == set(LANGUAGES), f"translate {text['en']!r} in render/languages.toml"
        assert all(said.strip() for said in text.values())
        for said in text.values():
            assert sorted(_PLACE.findall(said)) == sorted(_PLACE.findall(text["en"])), (
                f"keep the {{braces}} of {said!r}"
            )


@pytest.mark.parametrize("language", ["ja", "zh"])
@pytest.mark.parametrize("question", QUESTIONS, ids=ids)
def test_the_answer_is_the_same_answer(question: dict[str, Any], language: str) -> None:
    d = check(**question)
    english, told = answer(d), answer_in(d, language)
    assert _WIDE.search(told.splitlines()[0])
    assert _WIDE.search(told.splitlines()[1])
    assert _WIDE.search(told.splitlines()[-1])
    # no day, provision, address or option is lost or added
    assert sorted(_KEPT.findall(told)) == sorted(_KEPT.findall(english))
    assert all(line.strip() for line in told.splitlines()[3:-2])
    assert len([line for line in told.splitlines() if line and line[0] != " "]) == len(
        [line for line in english.splitlines() if line and line[0] != " "]
    )


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_the_first_line_keeps_the_legal_term_beside(language: str) -> None:
    first = answer_in(check("H800", on="2023-11-17", exporter="other"), language).splitlines()[0]
    assert "(NO)" in first
    assert "(presumption of denial)" in first
    assert "(YES)" in answer_in(check("H800", on="2023-06-01"), language).splitlines()[0]
    assert "(UNDETERMINED)" in answer_in(check("MI309", on="2024-06-03"), language).splitlines()[0]
    assert "NAC" in answer_in(check("RTX 4090", on="2024-06-03"), language).splitlines()[0]


def test_every_label_of_an_answer_is_in_the_table() -> None:
    labels = {
        line[:16].strip()
        for question in QUESTIONS
        for line in answer(check(**question)).splitlines()[3:-2]
        if line[:16].strip()
    }
    assert len(labels) > 12
    for language in ("ja", "zh"):
        with spoken(language):
            untold = {label for label in labels if translated(label) == label}
            assert not untold, "add these labels to render/languages.toml"
            assert all(width_of(translated(label)) < 16 for label in labels)


def test_every_assumption_of_the_vocabulary_is_in_the_table() -> None:
    texts = [text for known in default_ruleset().facts.values() for text in (known.says, known.otherwise) if text]
    with spoken("ja"):
        untold = [text for text in texts if translated(text) == text]
        assert not untold, "add `says` and `otherwise` of these facts to render/languages.toml"


def test_what_the_table_lacks_stays_english() -> None:
    with spoken("zh"):
        assert translated("A text that nobody translated.") == "A text that nobody translated."
        assert translated("") == ""
        assert translated("a military end use: something new") == "军事最终用途 (military end use)：something new"
    assert translated("license required") == "license required"


def test_english_is_the_default_and_is_left_as_it_is() -> None:
    plain = run("check", "H800", "--on", "2023-06-01").output
    assert run("check", "H800", "--on", "2023-06-01", "--lang", "en").output == plain
    assert plain.rstrip("\n") == answer(check("H800", on="2023-06-01"))


@pytest.mark.parametrize("command", [("check", "H800", "--on", "2023-06-01"), ("timeline", "H800")])
def test_an_unknown_language_is_refused(command: tuple[str, ...], tmp_path: Path) -> None:
    for written in ("fr", "", "jp", "en-US"):
        result = run(*command, "--lang", written)
        assert isinstance(result.exception, QuestionError)
        assert str(result.exception) == f"--lang {written!r} is not one of: en, ja, zh."
        assert result.output == ""
    receipt = tmp_path / "r.json"
    assert run("check", "H800", "--on", "2023-06-01", "--lang", "fr", "--receipt", str(receipt)).exception
    assert not receipt.exists()


def test_data_and_the_trace_have_no_language() -> None:
    for option in ("--json", "--explain"):
        result = run("check", "H800", "--on", "2023-06-01", "--lang", "ja", option)
        assert "data and the trace are in English" in str(result.exception)
    assert "data and the trace are in English" in str(run("timeline", "H800", "--lang", "ja", "-f", "csv").exception)


def test_a_timeline_in_chinese() -> None:
    output = run("timeline", "H800", "--lang", "zh").output
    english = run("timeline", "H800").output
    assert "2023-10-23  2023-11-16  须申请许可证 (license required)" in output
    assert sorted(_KEPT.findall(output)) == sorted(_KEPT.findall(english))
    assert "（每个符号为一个月，取月末状态）" in output


def test_wide_text_is_wrapped_by_columns() -> None:
    lines = filled("あいうえお、かきくけこ。" * 8, 40, "頭" + " " * 14, " " * 16)
    assert len(lines) > 3
    assert max(map(width_of, lines)) <= 42  # a mark that may not begin a line stands behind it
    assert not any(line.strip()[0] in "、。" for line in lines[1:])
    assert width_of(padded("前提", 16)) == 16
    assert padded("もし異なればこうなる、さらに", 16).endswith(" ")
