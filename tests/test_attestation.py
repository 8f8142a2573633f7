"""Who verified the law of a later day: answers through it are definite, and say so wherever they are printed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

import exportrules
from exportrules.answer.schema import determination_schema
from exportrules.cli import cli
from exportrules.files.lint import defects
from exportrules.files.load import default_ruleset, load_ruleset

LAW = default_ruleset()
DAY = timedelta(days=1)
HORIZON = LAW.edition.verified_through
THROUGH = HORIZON + 60 * DAY
ON = THROUGH + DAY
INSIDE = THROUGH - 3 * DAY
NAME = "Jane Doe, Acme export compliance"


def overlay(tmp_path: Path, name: str = "attestation", **said: Any) -> Path:
    """An overlay with an attestation."""
    table = {"by": f'"{NAME}"', "on": ON, "through": THROUGH, "note": '"Register read daily"', **said}
    file = tmp_path / f"{name}.toml"
    file.write_text("[attestation]\n" + "".join(f"{k} = {v}\n" for k, v in table.items()), encoding="utf-8")
    return file


def run(*arguments: object) -> Any:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


# --- what it does --------------------------------------------------------------------------------------


def test_answers_are_definite_through_the_day_attested_and_not_after(tmp_path: Path) -> None:
    law = load_ruleset(None, [overlay(tmp_path)])
    said = [
        (d.standing, d.outcome)
        for day in (HORIZON, HORIZON + DAY, THROUGH, THROUGH + DAY)
        for d in [exportrules.check("H20", on=day, ruleset=law)]
    ]
    assert said == [
        ("verified", "license_required"),
        ("attested", "license_required"),
        ("attested", "license_required"),
        ("beyond_horizon", "indeterminate"),
    ]
    assert exportrules.check("V100", on=THROUGH, ruleset=law).outcome == "no_license_requirement"
    assert exportrules.check("V100", on=THROUGH, ruleset=LAW).outcome == "indeterminate"


def test_nobody_vouches_for_a_day_that_was_verified(tmp_path: Path) -> None:
    timeline = exportrules.timeline("H20", ruleset=load_ruleset(None, [overlay(tmp_path)]))
    vouching = [len(timeline.vouching(day)) for day in (HORIZON - DAY, HORIZON, HORIZON + DAY, THROUGH, THROUGH + DAY)]
    assert vouching == [0, 0, 1, 1, 0]


def test_nothing_before_the_horizon_changes(tmp_path: Path) -> None:
    law = load_ruleset(None, [overlay(tmp_path)])
    for chip in ("A100", "H20", "RTX 4090"):
        bare, attested = (exportrules.timeline(chip, ruleset=one) for one in (LAW, law))
        for day in bare.starts:
            if day <= HORIZON:
                assert bare.at(day)[:3] == attested.at(day)[:3]


def test_an_answer_names_who_attested_only_where_it_rests_on_it(tmp_path: Path) -> None:
    law = load_ruleset(None, [overlay(tmp_path)])
    made = exportrules.check("H20", on=INSIDE, ruleset=law)
    assert made.attestations == [
        {"by": NAME, "on": str(ON), "through": str(THROUGH), "note": "Register read daily", "provisions": None}
    ]
    assert exportrules.check("H20", on=HORIZON, ruleset=law).attestations == []
    assert exportrules.check("H20", on=ON, ruleset=law).attestations == []


def test_what_is_left_open_stays_open(tmp_path: Path) -> None:
    law = load_ruleset(None, [overlay(tmp_path)])
    found = exportrules.check(None, on=INSIDE, to="CN", ruleset=law, facts={"item_kind": "ic"})
    assert (found.standing, found.outcome) == ("attested", "indeterminate")
    assert "tpp" in found.turns_on


def test_the_affiliates_rule_returns_by_its_text_with_both_days_and_the_doubt(tmp_path: Path) -> None:
    through = date(2026, 11, 20)
    law = load_ruleset(None, [overlay(tmp_path, through=through)])
    deal: dict[str, Any] = {"facts": {"listed_ownership_percent": 50}, "ruleset": law}
    said = {day: exportrules.check("V100", on=f"2026-11-{day}", **deal) for day in ("09", "10")}
    assert [d.outcome for d in said.values()] == ["no_license_requirement", "license_required"]
    doubt = next(n for n in said["10"].notices if "90 FR 50857" in n)
    assert "2026-11-09" in doubt
    assert "2027-01-10" in doubt
    assert "no instrument was found" in doubt


# --- some provisions alone -----------------------------------------------------------------------------

#: What a required license for the H20 rests on: the letter, and the entry that the chip meets.
BASIS = '["letter-nvidia-2025-04-09#requirement", "774:3A991"]'


def test_some_provisions_alone_vouch_for_what_rests_on_them(tmp_path: Path) -> None:
    law = load_ruleset(None, [overlay(tmp_path, provisions=BASIS)])
    h20 = exportrules.check("H20", on=INSIDE, ruleset=law)
    assert (h20.standing, h20.outcome) == ("attested", "license_required")
    assert h20.attestations[0]["provisions"] == json.loads(BASIS)
    # another chip rests on other provisions
    assert exportrules.check("H100", on=INSIDE, ruleset=law).standing == "beyond_horizon"


@pytest.mark.parametrize("missing", ["letter-nvidia-2025-04-09#requirement", "774:3A991"])
def test_one_provision_that_is_not_named_leaves_the_answer_open(tmp_path: Path, missing: str) -> None:
    named = [reference for reference in json.loads(BASIS) if reference != missing]
    law = load_ruleset(None, [overlay(tmp_path, provisions=json.dumps(named))])
    found = exportrules.check("H20", on=INSIDE, ruleset=law)
    assert (found.standing, found.outcome) == ("beyond_horizon", "indeterminate")


@pytest.mark.parametrize("named", ['["742.6", "744.21", "744.23", "746", "774:3A991", "774:3A090"]', '["774:3A991"]'])
def test_some_provisions_alone_never_vouch_for_the_absence_of_others(tmp_path: Path, named: str) -> None:
    law = load_ruleset(None, [overlay(tmp_path, provisions=named)])
    free = exportrules.check("V100", on=INSIDE, ruleset=law)
    assert (free.standing, free.outcome) == ("beyond_horizon", "indeterminate")
    exempt = exportrules.check("L40", to="MY", headquarters="CN", on=INSIDE, ruleset=law)
    assert exempt.outcome in ("indeterminate", "license_required")


def test_attestations_of_two_people_add_up_and_both_are_named(tmp_path: Path) -> None:
    one = overlay(tmp_path, "one", provisions='["774:3A991"]')
    two = overlay(tmp_path, "two", by='"R. Roe"', provisions='["letter-nvidia-2025-04-09#requirement"]')
    found = exportrules.check("H20", on=INSIDE, ruleset=load_ruleset(None, [one, two]))
    assert found.standing == "attested"
    assert [said["by"] for said in found.attestations] == [NAME, "R. Roe"]
    assert exportrules.check("H20", on=INSIDE, ruleset=load_ruleset(None, [one])).standing == "beyond_horizon"


def test_an_attestation_of_all_law_stands_before_those_of_some(tmp_path: Path) -> None:
    whole = overlay(tmp_path, "whole", by='"R. Roe"')
    some = overlay(tmp_path, "some", provisions='["774:3A991"]')
    law = load_ruleset(None, [some, whole])
    assert [s["by"] for s in exportrules.check("V100", on=INSIDE, ruleset=law).attestations] == ["R. Roe"]


# --- every output --------------------------------------------------------------------------------------


def test_the_name_stands_in_the_answer_its_json_and_its_memorandum(tmp_path: Path) -> None:
    file = overlay(tmp_path)
    asked = ("H20", "--on", INSIDE, "--overlay", file)
    answer = run("check", *asked)
    assert answer.exit_code == 0
    assert f"attested through {THROUGH} by {NAME} on {ON}" in " ".join(answer.output.split())
    made = json.loads(run("check", *asked, "--json").output)
    jsonschema.validate(made, determination_schema())
    assert made["standing"] == "attested"
    assert made["attestations"][0]["by"] == NAME
    memo = run("memo", *asked).output
    analysis, _, record = memo.partition("## Record")
    assert f"{NAME} attested on" in analysis
    assert NAME in record


def test_the_name_stands_in_timelines_matrices_and_coverage(tmp_path: Path) -> None:
    file = overlay(tmp_path)
    told = run("timeline", "H20", "--overlay", file).output
    assert "[attested]" in told
    assert f"opened by attested by {NAME}" in told
    for printed in (
        told,
        run("matrix", "H20", "--on", INSIDE, "--overlay", file).output,
        run("coverage", "--overlay", file).output,
    ):
        assert NAME in printed


def test_the_name_stands_in_the_source_line_of_a_chart(tmp_path: Path) -> None:
    picture = tmp_path / "chart.svg"
    done = run("chart", "timeline", "H20", "--overlay", overlay(tmp_path), "-o", picture)
    assert done.exit_code == 0, done.output
    drawn = picture.read_text("utf-8")
    assert "Jane Doe" in drawn
    assert f"{THROUGH}  attested until here" in drawn


def test_a_receipt_keeps_the_name_and_verifies_with_the_overlay_alone(tmp_path: Path) -> None:
    file, kept = overlay(tmp_path), tmp_path / "receipt.json"
    assert run("check", "H20", "--on", INSIDE, "--overlay", file, "--receipt", kept).exit_code == 0
    receipt = json.loads(kept.read_text("utf-8"))
    assert receipt["ruleset"]["attestations"][0]["by"] == NAME
    assert receipt["answer"]["attestations"][0]["by"] == NAME
    good = run("verify", kept, "--overlay", file)
    assert good.exit_code == 0
    assert f"attested through {THROUGH} by {NAME}" in " ".join(good.output.split())
    assert run("verify", kept).exit_code == 1
    other = overlay(tmp_path, "other", by='"R. Roe"')
    assert run("verify", kept, "--overlay", other).exit_code == 1


def test_the_rows_the_manifest_and_the_summary_of_an_audit_say_it(tmp_path: Path) -> None:
    ledger, out = tmp_path / "ledger.csv", tmp_path / "out.csv"
    ledger.write_text(f"chip,date,to\nH20,{INSIDE},CN\nH20,{HORIZON},CN\n", encoding="utf-8")
    done = run("audit", ledger, "--exporter", "maker", "-o", out, "--summary", "--overlay", overlay(tmp_path))
    assert done.exit_code == 0, done.output
    rows = [line.split(",") for line in out.read_text("utf-8").splitlines()]
    standing = next(i for i, name in enumerate(rows[0]) if name.endswith("standing"))
    assert [row[standing] for row in rows[1:]] == ["attested", "verified"]
    assert NAME in " ".join(done.output.split())
    manifest = json.loads(next(tmp_path.glob("*manifest*")).read_text("utf-8"))
    assert manifest["ruleset"]["attestations"][0]["by"] == NAME


# --- stamps --------------------------------------------------------------------------------------------


def test_an_answer_carries_both_stamps_and_ends_with_the_earlier() -> None:
    stamps = exportrules.check("H20", on="2025-06-01").ruleset
    assert stamps["verified_through"] == min(stamps["text_read"], stamps["register_swept"])
    told = run("coverage").output
    assert stamps["text_read"] in told
    assert stamps["register_swept"] in told


def test_an_attestation_made_on_a_day_to_come_is_a_defect(tmp_path: Path) -> None:
    law = load_ruleset(None, [overlay(tmp_path)])
    assert defects(law, ON) == []
    told = [str(defect) for defect in defects(law, ON - DAY)]
    assert told == [f"overlay-1/attestation.toml: attestation.on {ON} is after {ON - DAY}."]


def test_days_that_are_verified_already_need_no_attestation(tmp_path: Path) -> None:
    told = f"adds nothing: this edition is verified through {HORIZON}. Write a later day, or leave the attestation out."
    with pytest.raises(exportrules.RulesetError) as caught:
        load_ruleset(None, [overlay(tmp_path, through=HORIZON)])
    assert str(caught.value).endswith(told)


@pytest.mark.parametrize("name", ["by", "note"])
def test_a_name_of_two_lines_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(exportrules.RulesetError, match=f"attestation.{name} holds a line end"):
        load_ruleset(None, [overlay(tmp_path, **{name: '"Jane Doe\\nDROP TABLE rows"'})])


def test_a_ruleset_may_not_attest_itself(tmp_path: Path) -> None:
    with pytest.raises(
        exportrules.RulesetError, match="an attestation is a statement by its author, not part of a ruleset"
    ):
        load_ruleset(tmp_path, []) if overlay(tmp_path) else None


def test_an_attestation_may_stand_in_a_file_with_law(tmp_path: Path) -> None:
    letter = (Path(__file__).parent.parent / "docs" / "examples" / "letter.toml").read_text("utf-8")
    head = overlay(tmp_path).read_text("utf-8")
    file = tmp_path / "both.toml"
    file.write_text(letter + "\n" + head, encoding="utf-8")
    law = load_ruleset(None, [file])
    assert "acme-letter-2024" in law.instruments
    assert law.horizon == THROUGH
