"""What must not matter to an answer: the order of data, overlays and questions; and what must: every byte of data."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exportrules
from exportrules import load_ruleset
from exportrules.answer.timeline import Timeline
from exportrules.files import cache
from exportrules.files.load import data_directory
from exportrules.law.ruleset import Ruleset
from tests.drawing import drawn
from tests.supposed import letter

LAW = exportrules.default_ruleset()
CHIPS = sorted(v for v, (variant, _) in LAW.variants.items() if variant.dense_tops)


def same(one: Timeline, other: Timeline) -> None:
    """The same answers on every day, with the same unknowns and the same reasons."""
    assert one.starts == other.starts
    for mine, theirs in zip(one.answers, other.answers, strict=True):
        assert (mine.decision, mine.turns_on, mine.cases) == (theirs.decision, theirs.turns_on, theirs.cases)
        assert set(mine.law.requirements) == set(theirs.law.requirements)
        assert set(mine.law.exceptions) == set(theirs.law.exceptions)
        assert set(mine.law.policies) == set(theirs.law.policies)


# --- order --------------------------------------------------------------------------------------


def shuffled(ruleset: Ruleset, seed: int) -> Ruleset:
    """The same law with files, provisions, rows, tests, members, listings and variants in another order."""
    rng = random.Random(seed)

    def mixed(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(rng.sample(values, len(values)))

    def rows(found: tuple[Any, ...]) -> tuple[Any, ...]:
        return mixed(tuple(replace(row, tests=mixed(row.tests)) for row in found))

    def table(values: Any, change: Any = lambda value: value) -> dict[str, Any]:
        return {name: change(value) for name, value in rng.sample(sorted(values.items()), len(values))}

    return replace(
        ruleset,
        instruments=table(
            ruleset.instruments,
            lambda i: replace(
                i, provision=mixed(tuple(replace(p, when=rows(p.when), unless=rows(p.unless)) for p in i.provision))
            ),
        ),
        groups=table(
            ruleset.groups, lambda g: replace(g, member=mixed(g.member), union=mixed(g.union), less=mixed(g.less))
        ),
        # of two entries on one list the number in their ids follows their order; all else may be mixed
        parties=table(ruleset.parties),
        places=table(ruleset.places),
        exporters=table(ruleset.exporters),
        families=table(ruleset.families),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_files_provisions_rows_tests_and_members_changes_nothing(seed: int) -> None:
    other = shuffled(LAW, seed)
    for chip in CHIPS[seed::7]:
        for to in ("CN", "SG", "AE"):
            same(exportrules.timeline(chip, to=to), exportrules.timeline(chip, to=to, ruleset=other))


@drawn(25)
@given(st.integers(3, 2**32), st.sampled_from(CHIPS), st.sampled_from(sorted(LAW.places)), st.data())
def test_nor_for_any_other_deal(seed: int, chip: str, to: str, data: st.DataObject) -> None:
    asked: dict[str, Any] = {
        "to": to,
        "headquarters": data.draw(st.sampled_from(["CN", "SG", "US", None])),
        "exporter": data.draw(st.sampled_from(["nvidia", "amd", "other"])),
        "end_use": data.draw(st.sampled_from(["civil", "military", "supercomputer"])),
        "end_user": data.draw(st.sampled_from([None, *sorted(party.name for party in LAW.parties.values())])),
        "facts": data.draw(st.sampled_from([None, {"designed_for_datacenter": "unknown"}, {"tpp": "unknown"}])),
        "as_printed": data.draw(st.booleans()),
    }
    other = shuffled(LAW, seed)
    same(exportrules.timeline(chip, **asked), exportrules.timeline(chip, **asked, ruleset=other))


# --- overlays -----------------------------------------------------------------------------------

TPP = 'fact = "tpp", op = "ge", bound'


@pytest.fixture
def overlays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Three overlays, the third of which displaces a letter of the first."""
    monkeypatch.setenv("EXPORTRULES_CACHE", str(tmp_path / "cache"))
    texts = {
        "one": letter(f"{TPP} = 1000", "one", "case_by_case", "2023-01-01"),
        "two": letter(f"{TPP} = 3000", "two", "presumption_of_denial", "2024-01-01"),
        "three": letter(f"{TPP} = 500", "three", "presumption_of_approval", "2025-01-01")
        + 'displaces = ["acme-one#r"]\n',
    }
    for name, text in texts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "letter.toml").write_text(text, "utf-8")
    return [tmp_path / name for name in texts]


def test_the_order_of_overlays_changes_no_answer(overlays: list[Path]) -> None:
    first = load_ruleset(None, overlays)
    assert exportrules.check("A10", on="2023-06-01", exporter="other", ruleset=first).requirements == ["acme-one#r"]
    for other in (overlays[::-1], overlays[1:] + overlays[:1]):
        again = load_ruleset(None, other)
        for chip in CHIPS[::11]:
            for to in ("CN", "JP"):
                same(
                    exportrules.timeline(chip, to=to, ruleset=first),
                    exportrules.timeline(chip, to=to, ruleset=again),
                )


# --- what was asked before, and other rulesets ------------------------------------------------------


@pytest.mark.slow
@drawn(10)
@given(st.randoms(use_true_random=False))
def test_the_order_of_questions_changes_no_answer(rng: random.Random) -> None:
    asked = [(chip, on) for chip in rng.sample(CHIPS, 6) for on in ("2022-09-15", "2024-06-03", "2026-02-02")]
    fresh = replace(LAW)
    backwards = {q: exportrules.check(q[0], on=q[1], ruleset=fresh).to_json() for q in reversed(asked)}
    assert {q: exportrules.check(q[0], on=q[1]).to_json() for q in asked} == backwards


@pytest.mark.parametrize("backwards", [False, True])
def test_a_rule_that_names_one_variant_reaches_it_alone_whatever_was_asked_before(
    backwards: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORTRULES_CACHE", str(tmp_path / "cache"))
    named = letter('fact = "chip", op = "is", bound = "nvidia-a100-pcie-40gb"', "one", "policy_of_denial", "2021-01-01")
    (tmp_path / "letter.toml").write_text(named, "utf-8")
    law = load_ruleset(None, [tmp_path / "letter.toml"])
    alike = ["nvidia-a100-pcie-40gb", "nvidia-a100-sxm4-40gb"]  # by all other facts that a rule tests
    said = {
        c: exportrules.check(c, on="2021-06-01", ruleset=law).outcome for c in (alike[::-1] if backwards else alike)
    }
    assert [said[chip] for chip in alike] == ["license_required", "no_license_requirement"]


def test_one_and_true_are_not_the_same_figure() -> None:
    assert exportrules.check(None, on="2024-06-03", facts={"tpp": 1}).transaction["facts"] == {"tpp": 1}
    for wrong in ({"tpp": True}, {"designed_for_datacenter": 1}):
        exportrules.check(None, on="2024-06-03", facts={"designed_for_datacenter": True})
        with pytest.raises(exportrules.QuestionError):
            exportrules.check(None, on="2024-06-03", facts=wrong)


def test_rulesets_side_by_side_do_not_leak_into_one_another(overlays: list[Path]) -> None:
    plain = {chip: exportrules.check(chip, on="2025-06-01", exporter="other").to_json() for chip in CHIPS[::9]}
    bound = load_ruleset(None, overlays)
    for chip, before in plain.items():
        assert "acme" in exportrules.check(chip, on="2025-06-01", exporter="other", ruleset=bound).to_json()
        assert exportrules.check(chip, on="2025-06-01", exporter="other").to_json() == before


# --- the digest ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(data_directory(), tmp_path_factory.mktemp("digest") / "rulesets"))


TABLES = {name: getattr(LAW, name) for name in ("edition", *cache._TABLES)}


def digest(root: Path) -> str:
    """The digest of a directory; what its files say is not read again for each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "recall", lambda _: dict(TABLES))
        return load_ruleset(root).digest


FILES = sorted(LAW.files)


@drawn(60)
@given(st.sampled_from(FILES), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_any_byte_of_any_file_changes_the_digest(copy: Path, name: str, where: float, other: int) -> None:
    file = copy / name
    data = file.read_bytes()
    place = int(where * len(data))
    try:
        file.write_bytes(data[:place] + bytes([data[place] ^ other]) + data[place + 1 :])
        assert digest(copy) != LAW.digest
    finally:
        file.write_bytes(data)
    assert digest(copy) == LAW.digest


def test_so_do_a_file_more_a_file_less_and_another_name(copy: Path) -> None:
    file, moved = copy / FILES[0], copy / "us-ear" / "elsewhere.toml"
    data = file.read_bytes()
    moved.write_bytes(data)
    more = digest(copy)
    file.unlink()
    renamed = digest(copy)
    moved.unlink()
    less = digest(copy)
    file.write_bytes(data)
    assert len({LAW.digest, more, renamed, less}) == 4
    assert digest(copy) == LAW.digest


def test_the_digest_covers_every_rule_file_and_nothing_else(copy: Path) -> None:
    rules = {p.relative_to(copy).as_posix() for p in copy.rglob("*.toml") if "cases" not in p.parts}
    assert set(FILES) == rules
    (copy / "us-ear" / "notes.md").write_text("no rule", "utf-8")
    assert digest(copy) == LAW.digest
