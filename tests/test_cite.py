"""How an edition and a question are cited: a sentence, BibTeX, CSL-JSON, and a line in every memo and chart."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from exportrules import QuestionError, __version__, check, default_ruleset
from exportrules.cli import cli
from exportrules.render.cite import FORMS, Reference, cite, reference, short
from exportrules.render.memo import memo

LAW = default_ruleset()


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, list(args))


def test_a_sentence_has_edition_digest_and_question() -> None:
    edition = f"exportrules {__version__}, data edition {LAW.edition.edition}, verified through 2026-09-24"
    assert run("cite").output == f"The exportrules contributors. {edition}, SHA-256 {LAW.digest}.\n"
    assert run("cite", "H800", "--on", "2023-06-01").output == (
        f"The exportrules contributors. {edition}, SHA-256 {LAW.digest}. "
        "Question: H800 to China (PRC), export by NVIDIA, 2023-06-01.\n"
    )


def test_bibtex_is_one_entry_with_what_latex_reads_escaped() -> None:
    text = run("cite", "H800", "--on", "2023-06-01", "--end-user", "A_&_B {100%} ~\\x", "--style", "bibtex").output
    assert text.startswith("@misc{exportrules-2026-11,\n  author ")
    assert text.count("@") == 1
    fields = dict(re.findall(r"^  (\w+) += \{(.*)\},?$", text, re.MULTILINE))
    assert fields["year"] == "2026"
    assert fields["month"] == "11"
    assert LAW.digest in fields["note"]
    assert r"A\_\&\_B \{100\%\} \textasciitilde{}\textbackslash{}x" in fields["note"]
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")


def test_csl_is_a_list_of_one_item() -> None:
    (item,) = json.loads(run("cite", "H800", "--on", "2023-06-01", "--style", "csl").output)
    assert item["type"] == "software"
    assert item["issued"] == {"date-parts": [[2026, 11]]}
    assert item["note"].endswith("question: H800 to China (PRC), export by NVIDIA, 2023-06-01")
    assert item["author"] == [{"literal": "The exportrules contributors"}]


@pytest.mark.parametrize("form", FORMS)
def test_an_edition_without_a_month_in_its_name_is_cited_without_a_day(form: str) -> None:
    text = cite(Reference("1", "of our own", "verified through 2026-09-24", "0" * 64), form)
    assert "of our own" in text
    assert "issued" not in text
    assert "year" not in text


@pytest.mark.parametrize("args", [("H800",), ("--to", "SG"), ("--end-user", "Acme"), ("--fact", "tpp=2000")])
def test_a_question_without_its_day_is_refused(args: tuple[str, ...]) -> None:
    ran = run("cite", *args)
    assert isinstance(ran.exception, QuestionError)
    assert "Give --on YYYY-MM-DD, or omit the question." in str(ran.exception)


def test_a_question_that_cannot_be_asked_is_not_cited() -> None:
    assert "no chip is called" in str(run("cite", "H8000", "--on", "2023-06-01").exception)
    assert "no chip is named" in str(run("cite", "--on", "2023-06-01").exception)


def test_a_memo_and_a_chart_say_how_to_cite_them() -> None:
    text = memo(check("H800", on="2023-06-01"), "md")
    record = text.partition("## Record")[2]
    assert f"SHA-256 of the data: {LAW.digest}. Cite with that digest and the question: H800 to China" in record
    assert short(LAW) == (
        f"Cite as: exportrules {__version__}, data edition 2026.11, verified through 2026-09-24, SHA-256 "
        f"{LAW.digest[:12]}, with the title above."
    )
    assert reference(LAW).question == ""
