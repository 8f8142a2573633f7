"""The rule files mutated: a drawn sample in every run, all of them where `slow` tests run."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from exportrules.errors import RulesetError
from exportrules.files.integrity import references
from exportrules.files.parse import read_file
from tests.mutate_rules import PARTS, explained, killer, main, read_mutant, reason
from tests.mutations import Mutant, changed, files, law, mutants


@pytest.mark.parametrize("kind", sorted({m.kind for m in mutants()}))
def test_a_drawn_change_of_each_kind_is_noticed(kind: str) -> None:
    every = [m for m in mutants() if m.kind == kind]
    drawn = random.Random(kind).sample(every, 12)
    assert [str(m) for m in drawn if not killer(m) and not reason(m)] == []


def test_every_number_date_and_flag_of_the_rule_files_is_changed_in_some_mutant() -> None:
    changed_at = {(m.file, m.path) for m in mutants()}

    def leaves(value: object, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
        if isinstance(value, dict):
            return [leaf for key, held in value.items() for leaf in leaves(held, (*path, key))]
        if isinstance(value, list):
            return [leaf for index, held in enumerate(value) for leaf in leaves(held, (*path, index))]
        return [] if isinstance(value, str) else [path]

    assert [
        (file, leaf) for file, data in files().items() for leaf in leaves(data, ()) if (file, leaf) not in changed_at
    ] == []


def test_a_mutant_is_one_change_and_the_files_stay_as_they_are() -> None:
    mutant = next(m for m in mutants() if m.file.endswith("88fr73458.toml") and m.old == Decimal("5.92"))
    assert str(mutant) == "us-ear/instruments/88fr73458.toml provision[0].when[1].tests[1].bound: 5.92 -> 5.93"
    data = changed(mutant)
    assert data["provision"][0]["when"][1]["tests"][1]["bound"] == Decimal("5.93")
    assert data["provision"][1:] == files()[mutant.file]["provision"][1:]
    assert files()[mutant.file]["provision"][0]["when"][1]["tests"][1]["bound"] == Decimal("5.92")
    assert killer(mutant) == "record"


@pytest.mark.parametrize("part", PARTS)
def test_a_row_that_is_read_by_itself_is_the_row_of_the_whole_file(part: str) -> None:
    for mutant in random.Random(part).sample([m for m in mutants() if m.path[0] == part], 30):
        text = tomli_w.dumps(changed(mutant)).encode()
        try:
            ((table, key, whole),) = read_file(mutant.file, text)
            changed_in: dict[str, Any] = {table: {**getattr(law(), table), key: whole}}
            refused = bool(list(references(replace(law(), **changed_in))))
        except RulesetError:
            refused = True
        if refused:
            with pytest.raises(RulesetError):
                read_mutant(mutant)
        else:
            found, *named = read_mutant(mutant)
            assert named == [table, key]
            assert asdict(getattr(found, table)[key]) == asdict(whole), str(mutant)


@pytest.mark.parametrize(
    "table", ["facts", "groups", "places", "exporters", "families", "instruments", "territories", "parties", "words"]
)
def test_what_a_change_of_one_table_breaks_is_found_by_the_checks_that_read_it(table: str) -> None:
    kept = getattr(law(), table)
    tables: list[dict[str, Any]] = [
        {k: v for k, v in kept.items() if k != key} for key in list(kept)[:: len(kept) // 9]
    ]
    if table != "parties":
        tables.append({})
    broken = 0
    for left in tables:
        changed_in: dict[str, Any] = {table: left}
        made = replace(law(), **changed_in)
        found = list(references(made))
        assert list(references(made, [table])) == found
        broken += bool(found)
    # nothing refers to a territory or a party
    assert bool(broken) == (table not in ("territories", "parties"))


def test_a_table_that_is_misspelt_leaves_out_no_check() -> None:
    with pytest.raises(ValueError, match=r"^family: not a table of a ruleset"):
        list(references(law(), ["family"]))


def test_a_change_of_nothing_survives() -> None:
    mutant = next(m for m in mutants() if m.kind == "number")
    assert killer(Mutant(mutant.file, mutant.path, mutant.kind, mutant.old, mutant.old)) == ""


@pytest.mark.parametrize("entry", explained(), ids=lambda entry: str(entry["mutant"]))
def test_an_explanation_is_there_for_a_mutant_that_survives(entry: dict[str, str]) -> None:
    assert any(reason(m) == entry["reason"] and not killer(m) for m in mutants())


@pytest.mark.slow
def test_every_change_of_a_rule_file_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--second", "24", "--verify", "2", "--figures", str(tmp_path / "figures.json")])
    assert status == 0, capsys.readouterr().out
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert figures["mutants"] == figures["killed"] + figures["equivalent"] == len(mutants())
