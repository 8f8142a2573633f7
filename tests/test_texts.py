"""The pages that are written from the law: the texts compared, the data."""

from __future__ import annotations

from collections import Counter

import pytest

import exportrules
from exportrules.files.load import default_ruleset
from exportrules.study import datapage, texts
from tests.readme import ROOT

LAW = default_ruleset()


def test_the_page_of_the_data_is_what_its_generator_prints() -> None:
    assert (ROOT / "docs" / "data.md").read_text("utf-8") == datapage.page(LAW), (
        "docs/data.md is out of date. Run: python -m tests.renew"
    )


@pytest.mark.slow
def test_the_page_of_the_texts_is_what_its_generator_prints() -> None:
    assert (ROOT / "docs" / "texts.md").read_text("utf-8") == texts.page(LAW), (
        "docs/texts.md is out of date. Run: python -m tests.renew"
    )


def test_a_text_says_what_check_projects_for_a_chip_of_its_day() -> None:
    for text in texts.TEXTS:
        facts = {"privately_informed": False, "part_748_dd_certified": text.certified}
        chips = ("nvidia-h100-sxm5-80gb", "nvidia-h800-sxm5-80gb", "nvidia-rtx-4090", "nvidia-t4")
        for chip, kind in texts.answers(LAW, chips, text, "CN").items():
            d = exportrules.check(chip, on=text.on, exporter="other", as_printed=text.as_printed, facts=facts)
            said = d.projection or d
            policy = said.review_policy if said.outcome == "license_required" else None
            assert (kind.outcome, kind.policy) == (said.outcome, policy)


def test_the_texts_differ_as_the_rules_do() -> None:
    chips = ["nvidia-h800-sxm5-80gb", "nvidia-a100-sxm4-80gb"]
    found = {text.name: texts.answers(LAW, chips, text, "CN")["nvidia-h800-sxm5-80gb"] for text in texts.TEXTS}
    assert found["October 2022"].outcome == "no_license_requirement"
    assert found["October 2023"] == ("license_required", "presumption_of_denial")
    assert found["January 2026"] == ("license_required", "presumption_of_denial")
    assert found["January 2026, certified"] == ("license_required", "case_by_case")
    singapore = {
        text.name: texts.answers(LAW, chips, text, "SG")["nvidia-h800-sxm5-80gb"].outcome for text in texts.TEXTS
    }
    assert singapore["January 2025, printed"] == "license_required"
    assert singapore["January 2025, enforced"] == "no_license_requirement"


def test_the_columns_of_the_page_add_up() -> None:
    page = (ROOT / "docs" / "texts.md").read_text("utf-8")
    table = page.partition("## To China, by answer")[2].partition("## What")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    *kinds, whole = rows[2:]
    sums: Counter[int] = Counter()
    for row in kinds:
        for column, cell in enumerate(row[1:]):
            sums[column] += int(cell)
    assert [str(sums[column]) for column in range(len(texts.TEXTS))] == whole[1:]
    assert whole[1] == str(sum(row.kind == "ic" for row in exportrules.catalogue(LAW)))
