"""The path for new law: an invented rule, written by docs/add-an-instrument.md alone, without a line of Python.

The rule of the document's second walk (docs/examples/new-rule): TPP of 1600 or more to Malaysia and Thailand from
2026-12-15, presumption of approval, an exception with a notification. It is tried as an overlay, and then inside a copy
of the rulesets, as a contributor would put it there.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import exportrules
from exportrules.answer.words import fact_name, open_question
from exportrules.cli import cli
from exportrules.files.lint import defects
from exportrules.files.load import data_directory, default_ruleset, load_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.render.memo import memo
from tests.boundaries import Record
from tests.make_snapshots import legal_effect, snapshot
from tests.renew import effect

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples"
RULE, ATTESTED = EXAMPLES / "new-rule", EXAMPLES / "attestation.toml"
FIRST = date(2026, 12, 15)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def law() -> Ruleset:
    """The rule, and someone who verified the days through it."""
    return load_ruleset(None, [RULE, ATTESTED])


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    """The rule inside a copy of the rulesets: a file more, and two files longer."""
    root = tmp_path_factory.mktemp("rules")
    shutil.copytree(data_directory(), root, dirs_exist_ok=True)
    shutil.copy(RULE / "99fr1.toml", root / "us-ear" / "instruments")
    for name in ("groups.toml", "facts.toml"):
        with (root / "us-ear" / name).open("a", encoding="utf-8") as file:
            file.write("\n" + (RULE / name).read_text("utf-8"))
    return load_ruleset(root)


def says(law: Ruleset, tpp: int, on: date = FIRST, **deal: Any) -> tuple[str, str | None]:
    """The answer for a chip of a TPP, its other figures low."""
    facts = {"item_kind": "ic", "tpp": tpp, "performance_density": 1, "designed_for_datacenter": True}
    facts |= {"aggregate_io_gbytes_s": 0, "dram_bandwidth_gbytes_s": 0, "peak_tops": 1, "bits_x_tops_2022": 8}
    deal = {"to": "MY", "exporter": "other", **deal}
    facts |= deal.pop("facts", {})
    found = exportrules.check(None, on=on, facts=facts, ruleset=law, **deal)
    return found.outcome, found.review_policy


def test_lint_finds_no_defect_in_it(law: Ruleset, merged: Ruleset) -> None:
    assert defects(law) == []
    assert defects(merged) == []


def test_the_day_before_nothing_requires_a_license_and_on_the_day_it_does(law: Ruleset) -> None:
    assert says(law, 5000, FIRST - DAY) == ("no_license_requirement", None)
    assert says(law, 5000) == ("license_required", "presumption_of_approval")
    assert says(law, 5000, to="TH") == ("license_required", "presumption_of_approval")
    assert says(law, 5000, to="PH") == ("no_license_requirement", None)


@pytest.mark.parametrize(
    ("tpp", "outcome"),
    [
        (1599, "no_license_requirement"),
        (1600, "license_exception"),
        (1601, "license_exception"),
        (4799, "license_exception"),
        (4800, "license_required"),
    ],
)
def test_the_rule_and_its_exception_at_their_bounds(law: Ruleset, tpp: int, outcome: str) -> None:
    assert says(law, tpp)[0] == outcome


def test_the_exception_asks_for_its_notification_and_is_closed_to_parties_of_macau_and_d5(law: Ruleset) -> None:
    assert says(law, 1600, facts={"mtn_notified": False}) == ("license_required", "presumption_of_approval")
    assert says(law, 1600, headquarters="CN")[0] == "license_required"
    assert says(law, 1600, ultimate_parent="MO")[0] == "license_required"
    assert says(law, 1600, headquarters="SG")[0] == "license_exception"


def test_the_condition_is_assumed_and_printed_and_its_absence_is_told(law: Ruleset) -> None:
    found = exportrules.check("L40", to="MY", on=FIRST, ruleset=law)
    assert found.exceptions[0]["conditions"] == [
        "notification of BIS at least 15 days before the first export to the end user"
    ]
    assumed = next(a for a in found.assumptions if a.fact == "mtn_notified")
    assert [(o.value, o.outcome) for o in assumed.otherwise] == [("no notification under MTN", "license_required")]


def test_the_new_fact_has_its_words_in_a_memorandum(law: Ruleset) -> None:
    assert fact_name(law, "mtn_notified") == "BIS notified under MTN"
    assert open_question(law, "mtn_notified").startswith("is this so: BIS was notified")
    written = memo(exportrules.check("L40", to="MY", on=FIRST, ruleset=law, facts={"mtn_notified": False}), "md")
    assert "BIS notified under MTN" in written
    assert "mtn_notified" not in written.partition("## Record")[0]


def test_without_the_attestation_it_is_foreseen_and_no_more() -> None:
    bare = load_ruleset(None, [RULE])
    found = exportrules.check("H100", to="MY", on=FIRST, ruleset=bare)
    assert (found.standing, found.outcome) == ("beyond_horizon", "indeterminate")
    assert found.projection == ("license_required", "presumption_of_approval")
    done = CliRunner().invoke(
        cli, ["changes", "--from", "2026-12-01", "--to", "MY", "--chips", "H100", "--overlay", str(RULE)]
    )
    assert "2026-12-15" in done.output
    assert "99fr1#742.6(a)(6)(v)" in done.output


def test_the_record_of_its_edges_says_what_it_does_at_them(merged: Ruleset) -> None:
    told = "\n".join(Record(merged).of("instruments", "99fr1", merged.instruments["99fr1"]).values())
    assert "tpp 1599.99 no, 1600 yes, 1600.01 yes; destination in malaysia-thailand (MY)" in told
    assert "tpp 4799.99 yes, 4800 no, 4800.01 no; mtn_notified yes" in told


def test_the_record_of_answers_has_what_is_foreseen(merged: Ruleset) -> None:
    before, after = (snapshot("MY", "maker", one) for one in (default_ruleset(), merged))
    line = next(line for line in after.splitlines() if line.startswith("nvidia-l40:"))
    assert line.endswith("; 2026-12-15 foreseen exception/approval")
    told = legal_effect("MY", before, after)
    assert "nvidia-l40 to MY: 2026-12-15.. was free, is now exception/approval" in told
    assert not [said for said in told if "2026-12-15" not in said]


def test_renewing_tells_the_effect_by_chips_places_and_days() -> None:
    chips = {name: default_ruleset().families[name] for name in ("nvidia-l40", "nvidia-rtx-4090", "nvidia-t4")}
    old, new = (small(one, chips) for one in (default_ruleset(), load_ruleset(None, [RULE])))
    told = list(effect(old, new))
    assert told == [
        "2026-12-15 to ...: no license requirement found -> a license exception, on conditions "
        "(presumption of approval)",
        "    L40",
        "    to Malaysia, Thailand",
        "2026-12-15 to ...: no license requirement found -> license required (presumption of approval)",
        "    RTX 4090",
        "    to Malaysia, Thailand",
    ]
    assert list(effect(old, old)) == []


def small(law: Ruleset, families: dict[str, Any]) -> Ruleset:
    """The law with a few chips."""
    return replace(law, families=families)


def test_what_is_wrong_is_told_in_one_run(tmp_path: Path) -> None:
    """Every dangling name at once, and with a file that cannot be read, every problem of every such file."""
    shutil.copytree(RULE, tmp_path / "rule")
    rule = tmp_path / "rule" / "99fr1.toml"
    text = rule.read_text("utf-8")
    spoilt = (
        text.replace('"#742.6(a)(6)(v)"]', '"742.9"]').replace("mtn_notified", "mtn_told").replace("macau-or", "or")
    )
    rule.write_text(spoilt, encoding="utf-8")
    run = CliRunner().invoke(cli, ["lint", "--overlay", str(tmp_path / "rule")])
    assert run.exit_code == 1
    for said in (
        "99fr1#742.6(b)(11): governs '742.9', which reaches no requirement",
        "99fr1#740.28: overcomes '742.9', which reaches no requirement",
        "99fr1#740.28: the fact 'mtn_told' is not in facts.toml",
        "headquarters in_group \"or-D:5\": the group 'or-D:5' is not in groups.toml",
        "ultimate_parent in_group \"or-D:5\": the group 'or-D:5' is not in groups.toml",
    ):
        assert said in run.output
    rule.write_text(text.replace("kind =", "kin =").replace("effective =", "efective ="), encoding="utf-8")
    (tmp_path / "rule" / "groups.toml").write_text("[[group]]\nid = 5\n", encoding="utf-8")
    run = CliRunner().invoke(cli, ["lint", "--overlay", str(tmp_path / "rule")])
    assert run.exit_code == 1
    assert run.output.count("there is no key 'kin' here. Did you mean 'kind'?") == 3
    assert run.output.count("there is no key 'efective' here. Did you mean 'effective'?") == 3
    assert "groups.toml: group[0].id (line 2): text in quotes is required. It is 5." in run.output
    assert "groups.toml: group[0].title (line 1): the key 'title' is missing." in run.output
