"""The doors of others' repositories: the hook for pre-commit, the action and its script, the schemas in an editor."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from exportrules.cli import cli
from exportrules.cli.commands import COMMANDS
from exportrules.study.schemas import file_schema
from tests.test_container import program

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def action(directory: Path, **inputs: str) -> tuple[int, str]:
    """The action's script as the action runs it. Returns its exit status and what it printed."""
    done = subprocess.run(
        ["bash", str(ROOT / "scripts" / "action")], cwd=directory, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHON": sys.executable, **inputs},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_hook_is_a_command_of_the_program() -> None:
    (hook,) = loaded(".pre-commit-hooks.yaml")
    program, command = hook["entry"].split()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert program in scripts
    assert command in COMMANDS
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    assert hook["id"] in (ROOT / "docs" / "editors.md").read_text("utf-8")


def test_every_input_of_the_action_reaches_its_script() -> None:
    made = loaded("action.yml")
    steps = made["runs"]["steps"]
    assert (made["runs"]["using"], len(steps)) == ("composite", 3)
    script = (ROOT / "scripts" / "action").read_text("utf-8")
    for name in set(made["inputs"]) - {"python-version"}:
        assert steps[2]["env"][name.upper()] == f"${{{{ inputs.{name} }}}}"
        assert f"${{{name.upper()}:-}}" in script
    for step in steps:
        # an input is text of others: it goes by the environment, never into a command
        assert "${{" not in step.get("run", "")
        assert step.get("shell", "bash") == "bash"


def test_the_action_lints_overlays_and_says_what_is_wrong(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "letter.toml", tmp_path / "my letter.toml")
    status, said = action(tmp_path, OVERLAY="\n  my letter.toml  \n\n")
    assert (status, "0 defects" in said) == (0, True), said
    (tmp_path / "bad.toml").write_text('[instrument]\nid = "x"\nidd = "y"\n', "utf-8")
    status, said = action(tmp_path, OVERLAY="my letter.toml\nbad.toml")
    assert status == 1
    assert "bad.toml" in said
    status, said = action(tmp_path, OVERLAY="--help")
    assert (status, "Usage" in said) == (1, False)


def test_the_action_verifies_manifests_and_says_which_file_differs(tmp_path: Path) -> None:
    for name in ("a", "b c"):
        ledger = tmp_path / f"{name}.csv"
        ledger.write_text("chip,date,to\nA100,2022-09-15,CN\n", "utf-8")
        given = ["audit", str(ledger), "--exporter", "maker", "-o", str(tmp_path / f"{name}-audited.csv")]
        assert CliRunner().invoke(cli, given).exit_code == 0
    status, said = action(tmp_path, MANIFEST="*.manifest.json")
    assert (status, "DIFFERS" in said, said.count(".manifest.json\n")) == (0, False, 2), said
    (tmp_path / "b c-audited.csv").write_text("nothing\n", "utf-8")
    status, said = action(tmp_path, MANIFEST="a-audited.csv.manifest.json\n*.manifest.json")
    assert (status, "DIFFERS  output: b c-audited.csv" in said) == (1, True), said
    # a defect does not hide what else is wrong
    status, said = action(tmp_path, OVERLAY="nowhere", MANIFEST="audits/*.json\na-audited.csv.manifest.json")
    assert status == 1
    assert "no manifest is called audits/*.json" in said
    assert "same     output: a-audited.csv" in said


def test_an_action_that_checks_nothing_fails(tmp_path: Path) -> None:
    for inputs in ({}, {"OVERLAY": " \n ", "MANIFEST": ""}):
        status, said = action(tmp_path, **inputs)
        assert (status, said.startswith("exportrules: nothing to check.")) == (2, True)
    assert action(tmp_path, RULESET="a\nb")[0] == 2


def test_the_action_lints_a_ruleset(tmp_path: Path) -> None:
    status, said = action(tmp_path, RULESET=str(ROOT / "rulesets"))
    assert (status, "0 defects" in said) == (0, True), said


def test_the_page_names_schemas_that_are_there_and_fit_the_examples() -> None:
    text = (ROOT / "docs" / "editors.md").read_text("utf-8")
    for name in re.findall(r"\(schema/([a-z-]+)\.schema\.json\)", text):
        assert (ROOT / "docs" / "schema" / f"{name}.schema.json").is_file()
    # as the page's first line would have an editor check it
    letter = tomllib.loads((EXAMPLES / "letter.toml").read_text("utf-8"))
    jsonschema.validate(_plain(letter), file_schema("instrument"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**_plain(letter), "instrumnet": {}}, file_schema("instrument"))


def _plain(value: Any) -> Any:
    """TOML's values as JSON has them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.skipif(not program("taplo"), reason="taplo is not installed")
def test_an_editors_own_checker_takes_the_schema(tmp_path: Path) -> None:
    schema = CliRunner().invoke(cli, ["schema", "--of", "instrument"]).output
    (tmp_path / "instrument.schema.json").write_text(schema, "utf-8")
    letter = (EXAMPLES / "letter.toml").read_text("utf-8")
    for text, status in ((letter, 0), (letter.replace("published =", "publised ="), 1)):
        (tmp_path / "letter.toml").write_text(f"#:schema ./instrument.schema.json\n{text}", "utf-8")
        done = subprocess.run(
            [program("taplo"), "check", "letter.toml"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stderr
