"""What a claim implies, held against the law: agrees, contradicted, not decided."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from exportrules.cli import cli
from exportrules.errors import RulesetError
from exportrules.files.load import default_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.study.casebook import Casebook, find_casebook, load_casebook, replies
from exportrules.study.verdicts import (
    AGREES,
    CONTRADICTED,
    NOT_DECIDED,
    PARTLY,
    Judgement,
    counts,
    rows,
    verdict,
    verdict_of_claim,
)

HEAD = 'id = "a-book"\ntitle = "T"\nsummary = "S"\n'
CLAIM = """
[[claim]]
id = "one"
says = "Something."
source = {{ publisher = "A paper", published = "2025-05" }}
chips = ["{chip}"]
from = {first}
until = {last}
{implies}
"""
MAKER, OTHER = '[[claim.question]]\nlabel = "maker"\n', '[[claim.question]]\nlabel = "other"\nexporter = "other"\n'


@pytest.fixture(scope="module")
def law() -> Ruleset:
    return default_ruleset()


@pytest.fixture(scope="module")
def press(law: Ruleset) -> Casebook:
    return load_casebook(find_casebook("press"), law)


def book(place: Path, chip: str, first: str, last: str, implies: str, questions: str = MAKER + OTHER) -> Path:
    file = place / "another-name.toml"
    file.write_text(HEAD + CLAIM.format(chip=chip, first=first, last=last, implies=implies) + questions, "utf-8")
    return file


def judged(law: Ruleset, file: Path) -> dict[str, Judgement | None]:
    return {reply.question.label: verdict(reply) for reply in replies(load_casebook(file, law), law)}


def test_a_day_of_announcement_is_no_day_of_effect(law: Ruleset, tmp_path: Path) -> None:
    found = judged(law, book(tmp_path, "A100", "2022-10-07", "2022-10-07", 'implies = "license_required"'))
    assert found["maker"] == (AGREES, "")
    other = found["other"]
    assert other
    assert other.verdict == CONTRADICTED
    assert other.because.startswith(
        "2022-10-07: no license requirement found; first required on 2022-10-21 by 87fr62186#"
    )
    assert verdict_of_claim(found.values()) == PARTLY


def test_for_whom_the_claim_speaks(law: Ruleset, tmp_path: Path) -> None:
    said = 'implies = "license_required"\nimplies_for = "maker"'
    found = judged(law, book(tmp_path, "A100", "2022-10-07", "2022-10-07", said))
    assert found == {"maker": (AGREES, ""), "other": None}


def test_an_exception_is_no_ban(law: Ruleset, tmp_path: Path) -> None:
    found = judged(law, book(tmp_path, "RTX 4090", "2024-01-02", "2024-01-02", 'implies = "license_required"'))
    said = found["other"]
    assert said
    assert said.verdict == CONTRADICTED
    assert "a license exception, on conditions" in said.because
    assert "#740.8" in said.because


def test_the_first_day_is_held_against_the_first_day(law: Ruleset, tmp_path: Path) -> None:
    said = 'implies = "license_required"\nimplies_since = {}\nimplies_for = "maker"'
    right = judged(law, book(tmp_path, "H20", "2025-04-09", "2025-04-30", said.format("2025-04-09"), MAKER))
    assert right["maker"] == (AGREES, "")
    wrong = judged(law, book(tmp_path, "H20", "2025-04-15", "2025-04-30", said.format("2025-04-15"), MAKER))
    assert wrong["maker"] == (
        CONTRADICTED, "first required: 2025-04-09 by letter-nvidia-2025-04-09#requirement, not 2025-04-15",
    )  # fmt: skip


def test_a_policy_is_held_against_the_policy(law: Ruleset, tmp_path: Path) -> None:
    said = 'implies = "license_required"\nimplies_policy = "{}"'
    for policy, verdict_ in (("presumption_of_denial", AGREES), ("presumption_of_approval", CONTRADICTED)):
        found = judged(law, book(tmp_path, "H100", "2024-01-02", "2024-01-02", said.format(policy)))
        assert found["other"]
        assert found["other"].verdict == verdict_


@pytest.mark.parametrize(
    ("chip", "first", "last", "word"),
    [
        ("H20", "2025-05-01", "2025-05-02", "undetermined, turning on"),  # anyone else may have a letter
        ("H20", "2021-01-01", "2021-01-02", "not released"),
        ("H100", "2027-01-01", "2027-01-02", "(beyond horizon)"),
    ],
)
@pytest.mark.parametrize("outcome", ["license_required", "no_license_requirement"])
def test_what_is_not_known_decides_nothing(
    law: Ruleset, tmp_path: Path, chip: str, first: str, last: str, word: str, outcome: str
) -> None:
    said = judged(law, book(tmp_path, chip, first, last, f'implies = "{outcome}"', OTHER))["other"]
    assert said
    assert said.verdict == NOT_DECIDED
    assert word in said.because


def test_a_claim_that_implies_nothing_is_not_judged(law: Ruleset, tmp_path: Path) -> None:
    file = book(tmp_path, "A100", "2022-10-07", "2022-10-07", "")
    assert judged(law, file) == {"maker": None, "other": None}
    assert counts(load_casebook(file, law), law) == (0, 0, 0, 0, 1)
    printed = CliRunner().invoke(cli, ["casebook", str(file)]).output
    assert "AGREES" not in printed
    assert "imply an answer" not in printed


@pytest.mark.parametrize(
    ("implies", "questions", "says"),
    [
        ('implies = "banned"', MAKER, "implies"),
        ('implies_since = 2022-10-07', MAKER, "implies_since needs implies, the outcome that the claim implies."),
        ('implies_for = "maker"', MAKER, "implies_for says for whom, but implies is missing. Add implies."),
        ('implies = "license_required"\nimplies_since = 2022-10-21', MAKER, "is outside of the window"),
        ('implies = "license_exception"\nimplies_since = 2022-10-07', MAKER, 'Write implies = "license_required".'),
        ('implies = "no_license_requirement"\nimplies_policy = "case_by_case"', MAKER, "Omit implies_policy."),
        ('implies = "license_required"\nimplies_for = "distributors"', MAKER, "is neither everyone, maker, other nor"),
        ('implies = "license_required"\nimplies_for = "other"', MAKER, "no question is about 'other'"),
        ('implies = "license_required"\nimplied_for = "other"', OTHER, "Did you mean 'implies_for'?"),
    ],
)  # fmt: skip
def test_an_implication_that_nothing_could_be_held_against_is_refused(
    law: Ruleset, tmp_path: Path, implies: str, questions: str, says: str
) -> None:
    with pytest.raises(RulesetError) as caught:
        load_casebook(book(tmp_path, "A100", "2022-10-07", "2022-10-07", implies, questions), law)
    assert says in str(caught.value)
    assert str(caught.value).startswith("another-name.toml: claim[0]")


# --- the second casebook ---


def test_the_second_casebook_has_sources_and_days(press: Casebook) -> None:
    assert len(press.claim) >= 25
    for claim in press.claim:
        assert claim.implies
        assert claim.note
        assert claim.source.publisher
        assert claim.source.url.startswith("https://")
        assert date(2020, 1, 1) <= claim.first <= claim.last


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("a100-barred-2022-10-07", PARTLY),
        ("h800-banned-2023-10-17", CONTRADICTED),
        ("h20-from-15-april", CONTRADICTED),
        ("rtx-4090-banned", CONTRADICTED),
        ("h20-needed-a-license-from-9-april", AGREES),
        ("israel-left-out", AGREES),
        ("middle-east-2023", NOT_DECIDED),
        ("mi309-needs-a-license", NOT_DECIDED),
    ],
)
def test_the_errors_of_the_press(law: Ruleset, press: Casebook, claim: str, word: str) -> None:
    found = [verdict(reply) for reply in replies(press, law) if reply.claim.id == claim]
    assert verdict_of_claim(found) == word


def test_the_counts_are_those_of_the_rows(law: Ruleset, press: Casebook) -> None:
    number = counts(press, law)
    assert sum(number) == len(press.claim)
    assert min(number[:4]) > 0
    output = CliRunner().invoke(cli, ["casebook", "press"]).output
    said = (
        f"Agrees: {number.agree}. True of some, not of others: {number.partly}. Contradicted by the law: "
        f"{number.contradicted}. Not decided: {number.not_decided}."
    )
    assert said in " ".join(output.split())
    table = list(csv.DictReader(io.StringIO(CliRunner().invoke(cli, ["casebook", "press", "-f", "csv"]).output)))
    by_claim = {row["claim"]: {r["verdict"] for r in table if r["claim"] == row["claim"]} for row in table}
    against = [found for found in by_claim.values() if CONTRADICTED in found]
    assert sum(AGREES in found for found in against) == number.partly
    assert len(against) == number.partly + number.contradicted
    assert table == rows(press, law)
    assert json.loads(CliRunner().invoke(cli, ["casebook", "press", "-f", "json"]).output) == table


def test_notices_are_printed_and_exported() -> None:
    output = " ".join(CliRunner().invoke(cli, ["casebook", "press"]).output.split())
    assert "notice: NVIDIA's letter of 2022-08-26 was not publicly withdrawn" in output
    found = json.loads(CliRunner().invoke(cli, ["casebook", "press", "-f", "json"]).output)
    assert any("was not publicly withdrawn" in row["notices"] for row in found)
