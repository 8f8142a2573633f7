"""Every broken file is answered with one clear RulesetError, word for word, and never with a traceback.

The corpus is `data/bad/`, one file a mistake; `data/bad/expected.toml` says what each is answered with.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from exportrules import (
    Chip,
    ExportRulesError,
    RulesetError,
    check,
    default_ruleset,
    load_chip,
    load_ruleset,
)
from exportrules.files import load, parse
from exportrules.files.lint import defects
from exportrules.files.load import data_directory
from exportrules.question.names.parties import find_parties
from exportrules.study.casebook import load_casebook
from tests import tally
from tests.supposed import letter

BAD = Path(__file__).parent / "data" / "bad"
READ_FILE = parse.read_file
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((BAD / "expected.toml").read_text(encoding="utf-8"))

RULE = letter('fact = "tpp", op = "ge", bound = 4800')
CHIP = """\
id = "acme-x"
name = "Acme X"
announced = 2022-01-01
announced_source = "Acme"
die_area_mm2 = 826
dense_tops = { fp16_bf16 = 312 }
"""


_read: dict[tuple[str, bytes], list[tuple[str, str, Any]]] = {}


def read_once(name: str, text: bytes) -> Iterator[tuple[str, str, Any]]:
    """`parse.read_file`, the real files validated once a run: they are the same under every overlay."""
    if name.startswith("overlay"):
        yield from READ_FILE(name, text)
        return
    if (name, text) not in _read:
        _read[name, text] = list(READ_FILE(name, text))
    yield from _read[name, text]


@pytest.fixture(autouse=True)
def _quick_and_apart(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTRULES_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setattr(parse, "read_file", read_once)


def overlay(tmp_path: Path, *names: str, **texts: str) -> Path:
    """A fresh directory with files of the corpus, and others written on the spot."""
    directory = tmp_path / "overlay"
    directory.mkdir(exist_ok=True)
    for name in names:
        shutil.copy(BAD / f"{name}.toml", directory)
    for name, text in texts.items():
        (directory / f"{name}.toml").write_text(text, encoding="utf-8")
    return directory


def refused(overlays: Sequence[Path], root: Path | None = None) -> str:
    """The message with which loading is refused."""
    with pytest.raises(RulesetError) as caught:
        load_ruleset(root, overlays)
    tally.count("bad files")
    return str(caught.value)


def copied_rulesets(tmp_path: Path) -> Path:
    """The real rulesets, to be spoilt."""
    root = tmp_path / "rules"
    shutil.copytree(data_directory(), root)
    return root


# --- the corpus ---------------------------------------------------------------------------------


def test_the_corpus_and_the_table_name_the_same_files() -> None:
    told = [name for table in EXPECTED.values() for name in table]
    assert sorted(told) == sorted(path.stem for path in BAD.glob("*.toml") if path.stem != "expected")
    assert len(told) == len(set(told)) >= 60


@pytest.mark.parametrize("name", EXPECTED["messages"])
def test_a_bad_file_is_refused_in_these_words(name: str, tmp_path: Path) -> None:
    assert refused([overlay(tmp_path, name)]) == EXPECTED["messages"][name]


@pytest.mark.parametrize("name", EXPECTED["lint"])
def test_lint_tells_what_does_not_follow(name: str, tmp_path: Path) -> None:
    ruleset = load_ruleset(None, [overlay(tmp_path, name)])
    assert [str(defect) for defect in defects(ruleset, ruleset.edition.register_swept)] == EXPECTED["lint"][name]


@pytest.mark.parametrize("name", EXPECTED["messages"])
def test_every_message_is_one_line_and_names_the_file(name: str) -> None:
    message = EXPECTED["messages"][name]
    assert message.startswith(f"overlay-1/{name}.toml: ")
    assert message.isprintable()
    assert message.endswith((".", "?", ".)")) or "circle: " in message


# --- several files, other directories -----------------------------------------------------------


def test_an_id_used_in_two_files_names_both(tmp_path: Path) -> None:
    assert refused([overlay(tmp_path, one=RULE, two=RULE)]) == (
        "overlay-1/two.toml: 'acme-letter' is already defined in overlay-1/one.toml. "
        "Ids are unique: rename one of them."
    )


def test_an_id_used_in_two_overlays_names_both(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for directory in (first, second):
        directory.mkdir()
        (directory / "rule.toml").write_text(RULE, encoding="utf-8")
    assert refused([first, second]) == (
        "overlay-2/rule.toml: 'acme-letter' is already defined in overlay-1/rule.toml. "
        "Ids are unique: rename one of them."
    )


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert refused([], missing) == f"{missing}: this is not a directory. Name a directory of TOML rule files."
    assert refused([missing]) == f"{missing}: there is no such file. Name a TOML rule file, or a directory of them."


def test_a_file_in_the_place_of_a_directory(tmp_path: Path) -> None:
    file = tmp_path / "rule.toml"
    file.write_text(RULE, encoding="utf-8")
    assert refused([], file) == f"{file}: this is not a directory. Name a directory of TOML rule files."


def test_an_overlay_may_be_one_file(tmp_path: Path) -> None:
    file = tmp_path / "rule.toml"
    file.write_text(RULE, encoding="utf-8")
    alone, beside = load_ruleset(None, [file]), load_ruleset(None, [overlay(tmp_path, rule=RULE)])
    assert "acme-letter" in alone.instruments
    assert "overlay-1/rule.toml" in alone.files
    assert alone.digest == beside.digest


def test_the_digest_does_not_depend_on_where_a_ruleset_lies(tmp_path: Path) -> None:
    copied = load_ruleset(copied_rulesets(tmp_path))
    assert copied.digest == default_ruleset().digest
    assert dict(copied.files) == dict(default_ruleset().files)


def test_a_directory_without_toml_files(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    (directory / "rule.yaml").write_text("id: acme\n", encoding="utf-8")
    assert refused([directory]) == f"{directory}: there is no .toml file in this directory."


def test_a_ruleset_directory_without_an_edition(tmp_path: Path) -> None:
    root = overlay(tmp_path, rule=RULE)
    assert refused([], root) == f"{root}/rule.toml: there is no ruleset.toml with an edition."


def test_a_link_that_leads_out_of_its_directory(tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text(RULE, encoding="utf-8")
    directory = overlay(tmp_path)
    link = directory / "rule.toml"
    link.symlink_to(outside)
    assert (
        refused([directory]) == f"{link}: this file is a link that leads out of its directory. Copy the file instead."
    )


def test_a_link_inside_its_directory_is_followed(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    (directory / "rule.txt").write_text(RULE, encoding="utf-8")
    (directory / "rule.toml").symlink_to("rule.txt")
    assert "acme-letter" in load_ruleset(None, [directory]).instruments


def test_a_link_to_nothing(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    (directory / "rule.toml").symlink_to("gone.txt")
    assert refused([directory]) == "overlay-1/rule.toml: the file cannot be read: No such file or directory."


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    (directory / "rule.toml").symlink_to("rule.toml")
    assert "rule.toml: " in refused([directory])


def test_a_link_to_itself_is_not_told_to_lead_out(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    (directory / "rule.toml").symlink_to("rule.toml")
    assert "leads out" not in refused([directory])


def test_a_directory_named_like_a_file_is_no_file(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    (directory / "more.toml").mkdir()
    (directory / "more.toml" / "rule.toml").write_text(RULE, encoding="utf-8")
    assert "acme-letter" in load_ruleset(None, [directory]).instruments


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    directory = overlay(tmp_path, rule=RULE)
    (directory / "rule.toml").chmod(0)
    assert refused([directory]) == "overlay-1/rule.toml: the file cannot be read: Permission denied."


def test_a_file_of_100_mb(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    with (directory / "huge.toml").open("wb") as file:
        file.truncate(100 * 2**20)
    told = "the file is larger than 32 MB, the limit for a rule file. Split it."
    assert refused([directory]) == f"overlay-1/huge.toml: {told}"
    with pytest.raises(RulesetError, match="larger than 32 MB"):
        load_chip(directory / "huge.toml")
    with pytest.raises(RulesetError, match="larger than 32 MB"):
        load_casebook(directory / "huge.toml", default_ruleset())


def test_a_device_without_an_end(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="larger than 32 MB"):
        load_chip("/dev/zero")


def test_files_that_are_too_large_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = overlay(tmp_path, a="#" * 2**19, b="#" * 2**19, c="#" * 2**19)
    monkeypatch.setattr(load, "LARGEST_RULESET", 2**20 + 2**19)
    assert refused([directory]).endswith(": with this file the rules are more than 1 MB, the limit for a ruleset.")


def test_a_directory_of_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = overlay(tmp_path, **{f"f{n}": "" for n in range(20)})
    monkeypatch.setattr(load, "MOST_FILES", 19)
    told = "there are more than 19 files in this directory. Is it the right one?"
    with pytest.raises(RulesetError) as caught:
        list(load._files_in(str(directory)))
    assert str(caught.value) == f"{directory}: {told}"


def test_directories_nested_too_deep(tmp_path: Path) -> None:
    directory = overlay(tmp_path, rule=RULE)
    inner = directory.joinpath(*["d"] * 17)
    inner.mkdir(parents=True)
    assert refused([directory]) == f"{inner}: directories are nested more than 16 deep; no rules need that."


def test_a_link_to_a_directory_is_told_and_not_passed_over(tmp_path: Path) -> None:
    directory = overlay(tmp_path, rule=RULE)
    (tmp_path / "letters").mkdir()
    (directory / "letters").symlink_to(tmp_path / "letters")
    assert refused([directory]) == (
        f"{directory}/letters: this directory is a link, and links to directories are not followed. "
        "Copy the directory instead."
    )


def test_a_pipe_in_the_place_of_a_file(tmp_path: Path) -> None:
    directory = overlay(tmp_path, rule=RULE)
    os.mkfifo(directory / "pipe.toml")
    assert refused([directory]) == (
        f"{directory}/pipe.toml: this is not a regular file but a pipe, a socket or a device. Move it elsewhere."
    )


def test_a_directory_that_may_not_be_read_is_told_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = overlay(tmp_path, rule=RULE)
    (directory / "letters").mkdir()
    listed = os.scandir

    def scandir(path: str) -> Any:
        if path.endswith("letters"):
            raise PermissionError(13, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert refused([directory]) == f"{directory}/letters: the directory cannot be read: Permission denied."


def test_an_ending_in_capitals_is_read(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    (directory / "RULE.TOML").write_text(RULE, encoding="utf-8")
    assert "acme-letter" in load_ruleset(None, [directory]).instruments


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = overlay(tmp_path, zz="#" * (2**21 + 1))
    largest = 2**21
    assert all(path.stat().st_size < largest for path in data_directory().rglob("*.toml"))
    monkeypatch.setattr(load, "LARGEST_FILE", largest)
    assert (
        refused([directory]) == "overlay-1/zz.toml: the file is larger than 2 MB, the limit for a rule file. Split it."
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("text_read = 2026", 'text_read = "2026', None),
        (
            "covers_from = 2020-01-01",
            'covers_from = "2020-01-01"',
            "covers_from (line {line}): a date is required, as YYYY-MM-DD without quotes. It is '2020-01-01'.",
        ),
        (
            "covers_from = 2020-01-01",
            "covers_form = 2020-01-01\ncovers_from = 2020-01-01",
            "covers_form (line {line}): there is no key 'covers_form' here. Did you mean 'covers_from'?",
        ),
        ("covers_from = 2020-01-01", "", "covers_from: the key 'covers_from' is missing."),
    ],
    ids=["unclosed quote", "quoted date", "unknown key", "missing key"],
)
def test_a_bad_edition_is_refused(old: str, new: str, message: str | None, tmp_path: Path) -> None:
    root = copied_rulesets(tmp_path)
    file = root / "us-ear" / "ruleset.toml"
    text = file.read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    told = refused([], root)
    if message is None:
        assert told.startswith(f"{file}: this is not TOML: Illegal character '\\n' (at line {line},")
    else:
        assert told == f"{file}: " + message.format(line=line)


def test_a_gap_that_tests_an_unknown_fact_is_refused(tmp_path: Path) -> None:
    root = copied_rulesets(tmp_path)
    file = root / "us-ear" / "ruleset.toml"
    rows = '[{ tests = [{ fact = "tpps", op = "ge", bound = 1 }] }]'
    extra = f'\n[[not_encoded]]\nid = "acme"\nwhat = "W."\neffect = "E."\nwhen = {rows}\n'
    file.write_text(file.read_text(encoding="utf-8") + extra, encoding="utf-8")
    assert refused([], root).endswith("not_encoded acme: the fact 'tpps' is not in facts.toml. Did you mean 'tpp'?")


def test_a_provision_that_lost_its_target_names_the_file_that_points_at_it(tmp_path: Path) -> None:
    root = copied_rulesets(tmp_path)
    (root / "us-ear" / "instruments" / "87fr62186.toml").unlink()
    told = refused([], root)
    assert told.startswith(f"{root}/us-ear/")
    assert "87fr62186" in told


def test_an_edited_file_is_read_again_and_not_taken_from_the_cache(tmp_path: Path) -> None:
    directory = overlay(tmp_path, rule=RULE)
    first = load_ruleset(None, [directory])
    (directory / "rule.toml").write_text(RULE.replace("4800", '"4800"'), encoding="utf-8")
    assert (
        refused([directory]) == 'overlay-1/rule.toml: acme-letter#r: tpp ge "4800": a number is required as the bound.'
    )
    (directory / "rule.toml").write_text(RULE, encoding="utf-8")
    assert load_ruleset(None, [directory]).digest == first.digest != default_ruleset().digest


def test_a_bad_file_is_refused_again_at_the_second_attempt(tmp_path: Path) -> None:
    directory = overlay(tmp_path, "rule-unknown-fact")
    assert refused([directory]) == refused([directory]) == EXPECTED["messages"]["rule-unknown-fact"]


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "unsealed"])
@pytest.mark.parametrize("spoilt", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"edition": 3}', b"[" * 100_000])
def test_a_spoilt_cache_is_not_believed(
    spoilt: bytes, sealed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORTRULES_CACHE", str(tmp_path / "cache"))
    directory = overlay(tmp_path, rule=RULE)
    digest = load_ruleset(None, [directory]).digest
    kept = sorted((tmp_path / "cache").rglob(f"*{digest}*"))
    # the parties have a file of their own
    assert len(kept) == 2
    for file in kept:
        good = file.read_bytes()
        file.write_bytes((hashlib.sha256(spoilt).hexdigest().encode() + b"\n" if sealed else b"") + spoilt)
        law = load_ruleset(None, [directory])
        assert "acme-letter#r" in law.provisions
        assert law.parties["inspur-group"].listing[0].start == date(2023, 3, 2)
        file.write_bytes(good)


def test_one_turned_digit_in_the_cache_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTRULES_CACHE", str(tmp_path / "cache"))
    directory = overlay(tmp_path, rule=RULE.replace("4800", "4801"))
    digest = load_ruleset(None, [directory]).digest
    (kept,) = (f for f in (tmp_path / "cache").rglob(f"*{digest}*") if not f.stem.endswith("-parties"))
    turned = kept.read_bytes().replace(b"4801", b"4901")
    assert turned != kept.read_bytes()
    kept.write_bytes(turned)
    (row,) = load_ruleset(None, [directory]).provisions["acme-letter#r"][0].when
    assert row.tests[0].bound == 4801


# --- what is odd and right ----------------------------------------------------------------------


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    (directory / "rule.toml").write_bytes(b"\xef\xbb\xbf" + RULE.encode())
    assert "acme-letter#r" in load_ruleset(None, [directory]).provisions


def test_line_ends_of_windows_are_accepted(tmp_path: Path) -> None:
    directory = overlay(tmp_path)
    (directory / "rule.toml").write_bytes(RULE.replace("\n", "\r\n").encode())
    assert "acme-letter#r" in load_ruleset(None, [directory]).provisions


@pytest.mark.parametrize("bound", ["4800", "4800.0", "3.2", "4_800", "9e14"])
def test_any_plain_number_is_a_bound(bound: str, tmp_path: Path) -> None:
    directory = overlay(tmp_path, rule=RULE.replace("4800", bound))
    ruleset = load_ruleset(None, [directory])
    asked = check("A100", on=date(2023, 12, 1), exporter="other", ruleset=ruleset)
    assert ("acme-letter#r" in asked.requirements) == (bound != "9e14")


def test_a_rule_may_last_to_the_end_of_the_calendar(tmp_path: Path) -> None:
    ruleset = load_ruleset(None, [overlay(tmp_path, rule=RULE + "expires = 9999-12-31\n")])
    for day in (date(2023, 12, 1), date.max):
        assert "acme-letter#r" in check("A100", on=day, exporter="other", ruleset=ruleset).requirements


def test_an_overlay_leaves_the_real_rulesets_alone(tmp_path: Path) -> None:
    load_ruleset(None, [overlay(tmp_path, rule=RULE)])
    assert "acme-letter" not in default_ruleset().instruments


def test_a_name_that_two_parties_share_finds_both(tmp_path: Path) -> None:
    party = '[[party]]\nid = "acme-buyer"\nname = "Acme Buyer"\ncountry = "CN"\naliases = ["Huawei"]\n'
    found, near = find_parties(load_ruleset(None, [overlay(tmp_path, party=party)]), "Huawei Co., Ltd.")
    assert set(found) == {"huawei-technologies", "acme-buyer"}
    assert near == ()


# --- the real rulesets under lint ---------------------------------------------------------------


def test_the_real_rulesets_have_no_defect() -> None:
    ruleset = default_ruleset()
    assert defects(ruleset, ruleset.edition.register_swept) == []


def test_a_horizon_in_the_future_is_a_defect() -> None:
    ruleset = default_ruleset()
    read, swept = ruleset.edition.text_read, ruleset.edition.register_swept
    found = [str(defect) for defect in defects(ruleset, read - timedelta(days=1))]
    told = [f"ruleset.toml: text_read {read} is after {read - timedelta(days=1)}."]
    assert found == [*told, f"ruleset.toml: register_swept {swept} is after {read - timedelta(days=1)}."]


# --- a chip of one's own ------------------------------------------------------------------------


def test_a_good_chip_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(CHIP, encoding="utf-8")
    assert load_chip(file).dense_tops == {"fp16_bf16": 312}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("826", '"826"', "die_area_mm2 (line 5): a number is required, without quotes. It is '826'."),
        ("826", "-826", "die_area_mm2 = -826 is not a figure that a chip can have."),
        ("826", "0", "die_area_mm2 = 0 is not a figure that a chip can have."),
        ("312", "-312", "fp16_bf16 = -312 is not a figure that a chip can have."),
        (
            "fp16_bf16",
            "fp17",
            "dense_tops has no format 'fp17'. Formats: fp64, fp64_tensor, fp32, tf32, fp16_bf16, fp8, int8, fp6, fp4, "
            "int4.",
        ),
        ("die_area_mm2", "die_are", "die_are (line 5): there is no key 'die_are' here. Did you mean 'die_area_mm2'?"),
        ("name = ", "nome = ", None),
        ("826", "826\ntpp_check = 5000", "TPP computes to 4992, but the check value is 5000."),
        ("2022-01-01", "2022-02-30", "this is not TOML: Invalid date or datetime (at line 3, column 13)."),
    ],
    ids=["quoted", "negative", "zero", "negative throughput", "format", "unknown key", "two mistakes", "check", "date"],
)
def test_a_bad_chip_file_is_refused(old: str, new: str, message: str | None, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(CHIP.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RulesetError) as caught:
        load_chip(file)
    if message is None:
        assert "(1 more in this file.)" in str(caught.value)
    else:
        assert str(caught.value) == f"own.toml: {message}"


def test_a_chip_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match=r"own\.toml: the file cannot be read: No such file or directory\.$"):
        load_chip(tmp_path / "own.toml")


def test_a_chip_of_a_maker_that_is_not_known_here_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(CHIP + 'vendor = "Acme"\n', encoding="utf-8")
    assert check(load_chip(file), on=date(2023, 12, 1)).to_dict()["outcome"] == "indeterminate"


@pytest.mark.parametrize("figures", [{"die_area_mm2": 0}, {"die_area_mm2": -1}, {"dense_tops": {"fp17": 312}}])
def test_a_chip_made_in_python_is_checked_as_a_file_is(figures: dict[str, Any]) -> None:
    chip = replace(Chip(id="acme-x", name="Acme X", dense_tops={"fp16_bf16": 312}, die_area_mm2=826), **figures)
    with pytest.raises(ExportRulesError):
        check(chip, on=date(2023, 12, 1))


def test_a_chip_file_that_contains_an_unknown_chip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(CHIP + 'item_kind = "system"\ncontains = [{ chip = "acme-y", count = 8 }]\n', encoding="utf-8")
    with pytest.raises(ExportRulesError, match="it contains 'acme-y', which is not a chip in the catalogue"):
        check(load_chip(file), on=date(2023, 12, 1))


@pytest.mark.parametrize(
    "figure",
    [
        "performance_density_check = 1e-40",
        "performance_density_check = 6.05",
        "tpp_check = 1e400",
    ],
)
def test_lint_survives_a_check_value_beyond_all_bounds(figure: str, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(CHIP + figure + "\n", encoding="utf-8")
    with pytest.raises(RulesetError, match="the check value is"):
        load_chip(file)
