"""Receipts: an unaltered one verifies, any altered one does not, and what moved an answer is named."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from exportrules import Chip, QuestionError, Ruleset, RulesetError, check, default_ruleset, load_ruleset
from exportrules.cli import cli
from exportrules.files.load import data_directory, rule_texts, ruleset_from
from exportrules.render.verification import verification_text
from exportrules.study import canonical
from exportrules.study import verify as module
from exportrules.study.receipt import receipt, seal
from exportrules.study.verify import Verification, verify
from tests.supposed import edited_files, letter

LAW = rule_texts(None)
OWN = Chip(
    id="acme-x",
    name="Acme X",
    vendor="nvidia",
    designed_for_datacenter=True,
    die_area_mm2=Decimal("814.5"),
    dense_tops={"fp16_bf16": Decimal("148.25"), "fp8": 296},
    io_gbytes_s={"nvlink": 900},
)
QUESTIONS: list[tuple[Any, dict[str, Any]]] = [
    ("H20", {"on": "2024-06-03"}),
    ("A100", {"on": "2022-09-15", "exporter": "other"}),
    ("H200", {"on": "2026-02-02"}),
    ("DGX H100", {"on": "2024-06-03", "to": "Singapore", "ultimate_parent": "CN", "end_use": "military"}),
    ("RTX 4090 D", {"on": "2024-02-01", "end_user": "Inspur Group", "parties": ["Zorglub Foods"]}),
    (None, {"on": "2023-12-01", "facts": {"tpp": "2000.5", "designed_for_datacenter": "yes"}}),
    ("A30", {"on": "2024-06-03", "facts": {"performance_density": None, "en_route_since": "2023-01-01"}}),
    ("MI250", {"on": "2025-01-20", "as_printed": True, "known_on": "2025-01-20"}),
    ("V100", {"on": "2019-01-01"}),
    ("A100 PCIe 40GB", {"on": "2027-03-01", "to": "HK"}),
    (OWN, {"on": "2024-06-03"}),
]


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law as it is, read once a run and not once a receipt."""
    real = ruleset_from

    def compiled(texts: Any, *args: Any, **options: Any) -> Ruleset:
        return default_ruleset() if texts is LAW else real(texts, *args, **options)

    monkeypatch.setattr(module, "ruleset_from", compiled)


def made(number: int) -> dict[str, Any]:
    chip, asked = QUESTIONS[number]
    return receipt(check(chip, **asked))


def checked(kept: Any, law: dict[str, bytes] | None = None) -> Verification:
    return verify(json.dumps(kept, ensure_ascii=False).encode(), law or LAW)


def resealed(kept: dict[str, Any]) -> dict[str, Any]:
    return {**kept, "seal": seal(kept)}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value that holds no other."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for key, item in inner for leaf in leaves(item, (*path, key))]
    yield from found or [path]


def altered(kept: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(kept)
    inside: Any = changed
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return changed


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_an_unaltered_receipt_verifies(number: int) -> None:
    found = checked(made(number))
    assert (found.status, found.why) == ("same", "the same law and the same engine give the same answer")


LAWS = default_ruleset()
FACTS: dict[str, st.SearchStrategy[Any]] = {
    "tpp": st.none() | st.integers(0, 10**6) | st.decimals(0, 9999, places=3),
    "die_area_mm2": st.none() | st.decimals(1, 2000, places=2),
    "designed_for_datacenter": st.none() | st.booleans(),
    "end_user_lists": st.sampled_from([[], ["entity_list"], "meu_list"]),
    "en_route_since": st.dates(),
    "headquarters": st.sampled_from(["CN", "Macau", "Germany"]),
    "listed_ownership_percent": st.integers(0, 100),
}
ASKED = st.fixed_dictionaries(
    {"on": st.dates(), "chip": st.sampled_from([None, *LAWS.variants, *(f.name for f in LAWS.families.values())])},
    optional={
        "to": st.sampled_from(sorted(LAWS.places)),
        "exporter": st.sampled_from(["maker", "other", "NVIDIA", "Acme Traders"]),
        "activity": st.sampled_from(["export", "reexport", "transfer"]),
        "ultimate_parent": st.sampled_from(["CN", "China", "RU"]),
        "end_user": st.sampled_from(["Inspur Group", "Nobody \u202e Ltd", "华为"]),
        "parties": st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=2),
        "end_use": st.sampled_from(["military", "supercomputer"]),
        "facts": st.fixed_dictionaries({}, optional=FACTS),
        "known_on": st.dates(),
        "as_printed": st.booleans(),
    },
)


@settings(derandomize=True, database=None, deadline=None, max_examples=25)
@given(ASKED)
def test_whatever_was_asked_verifies(asked: dict[str, Any]) -> None:
    try:
        kept = receipt(check(**asked))
    except QuestionError:  # no chip and no facts
        return
    found = checked(kept)
    assert found.status == "same", (found, kept["question"])


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_a_receipt_survives_other_json_tools(number: int) -> None:
    kept = made(number)
    shuffled = list(kept.items())
    random.Random(number).shuffle(shuffled)
    for text in (
        json.dumps(kept),
        json.dumps(dict(shuffled), indent=7, ensure_ascii=False),
        canonical.readable(kept).replace("\n", "\r\n"),
        "\ufeff" + canonical.canonical(kept).decode(),
    ):
        assert verify(text.encode(), LAW).status == "same"


def test_the_canonical_form_is_one_line_sorted_exact_and_stable() -> None:
    kept = made(4)
    text = canonical.canonical(kept)
    assert text == canonical.canonical(json.loads(text))
    assert text.endswith(b"}\n")
    assert text.count(b"\n") == 1
    assert canonical.canonical({"b": "é\u2028\x7f", "a": [True, None, 3]}) == (
        '{"a":[true,null,3],"b":"é\u2028\x7f"}\n'.encode()
    )
    # RFC 8785 orders keys by their UTF-16 units
    assert list(json.loads(canonical.canonical({"\ufb33": 1, "\U0001f600": 2, "1": 3}))) == [
        "1",
        "\U0001f600",
        "\ufb33",
    ]
    assert canonical.exact([Decimal("3.20"), Decimal("592.0"), 2**53, Decimal("1E+3")]) == [
        "3.2", 592, str(2**53), 1000,
    ]  # fmt: skip


@settings(derandomize=True, database=None, deadline=None, max_examples=80)
@given(st.data())
def test_any_altered_value_is_detected_sealed_again_or_not(data: st.DataObject) -> None:
    kept = made(data.draw(st.integers(0, len(QUESTIONS) - 1)))
    path = data.draw(st.sampled_from(list(leaves(kept))))
    inside: Any = kept
    for key in path:
        inside = inside[key]
    junk: st.SearchStrategy[Any] = (
        st.none() | st.booleans() | st.integers(-5, 5000) | st.text(max_size=4) | st.just([]) | st.just({})
    )
    value = data.draw(junk.filter(lambda v: type(v) is not type(inside) or v != inside))
    changed = altered(kept, path, value)
    assert checked(changed).status == "altered"
    if path != ("seal",):
        assert checked(resealed(changed)).status != "same" or path[0] == "question", (path, value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("answer", "outcome"), "license_required"),
        (("answer", "review_policy"), "case_by_case"),
        (("answer", "holds", 1), "2030-01-01"),
        (("facts", "nvidia-h20", "tpp", "value"), 2300),
        (("question", "to"), "DE"),
        (("question", "on"), "2023-06-03"),
        (("question", "chip"), "H800"),
        (("question", "surprise"), 1),
        (("question", "parties"), 5),
        (("question", "parties"), [5, None]),
        (("question", "facts"), {"tpp": {"much": 1}}),
        (("question", "chip_figures"), {"id": "x", "name": [], "dense_tops": "many"}),
        (("question", "known_on"), "soon"),
        (("ruleset", "edition"), "2027.01"),
        (("ruleset", "files", "chips/nvidia/h20.toml"), "0" * 64),
        (("ruleset", "sha256"), "0" * 64),
        (("engine", "version"), "9.9.9"),
        (("engine", "files", "engine/evaluate.py"), "0" * 64),
    ],
)
def test_what_does_not_follow_is_altered_even_when_sealed_again(path: tuple[Any, ...], value: Any) -> None:
    kept = made(0)
    if path[:2] == ("facts", "nvidia-h20"):
        path = ("facts", next(iter(kept["facts"])), *path[2:])
    found = checked(resealed(altered(kept, path, value)))
    assert found.status == "altered", found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "it is not JSON with integers only"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "it is not JSON with integers only"),
        (b"[" * 200_000, "it is not JSON with integers only"),
        (b'{"a": 1.5}', "it is not JSON with integers only"),
        (b"[1, 2]", "a receipt has the keys format, question,"),
        (b'{"format": "exportrules receipt 2"}', "its format is 'exportrules receipt 2', and this version reads "),
    ],
)
def test_what_is_no_receipt_of_this_version_is_not_called_altered(text: bytes, said: str) -> None:
    found = verify(text, LAW)
    assert found.status == "unread"
    assert found.why.startswith(said)
    assert verification_text(found).startswith("NOT A RECEIPT THAT THIS VERSION READS: ")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (b'"a": 1, "a": 2}', "it is no longer a receipt: a key is repeated in one object"),
        (b'"a": 1.5}', "it is no longer a receipt: 1.5 is not an integer"),
        (b'"a": NaN}', "it is no longer a receipt: NaN is not an integer"),
        (b'"a": ' + b"[" * 200_000, "it is no longer a receipt: "),
        (b'"a": ' + b"7" * 5000 + b"}", "it is no longer a receipt: a number has 5000 digits; one beyond 2^53 is "),
        (b'"a": \xff}', "it is no longer a receipt: 'utf-8' codec"),
        (b'"seal', "it is no longer a receipt: Unterminated string"),
    ],
)
def test_what_is_a_receipt_no_more_is_said_in_a_sentence(more: bytes, said: str) -> None:
    found = verify(b'{"format": "exportrules receipt 1", ' + more, LAW)
    assert found.status == "altered"
    assert found.why.startswith(said)
    assert "set_int_max" not in found.why


@pytest.mark.parametrize("path", [("question", "surprise"), ("question", "parties"), ("question", "facts")])
def test_a_message_ends_with_one_full_stop(path: tuple[str, ...]) -> None:
    said = verification_text(checked(resealed(altered(made(0), path, [5]))))
    assert said.endswith(".")
    assert ".." not in said


# --- the law data changed -----------------------------------------------------------------------


def edition(tmp_path: Path, name: str, *edits: tuple[str, str, str]) -> dict[str, bytes]:
    """The rule files with some words of some files changed."""
    return rule_texts(edited_files(tmp_path / name, *edits))


RULE = "us-ear/instruments/88fr73458.toml"
LINE = (RULE, '{ fact = "tpp", op = "ge", bound = 2400 }', '{ fact = "tpp", op = "ge", bound = 2300 }')
NEWS = ("us-ear/ruleset.toml", 'edition = "2026.11"', 'edition = "2027.01"')
ASIDE = ("chips/nvidia/v100.toml", "# ", "# or so: ")


def test_another_edition_that_says_the_same_is_the_same(tmp_path: Path) -> None:
    found = checked(made(0), edition(tmp_path, "new", NEWS, ASIDE))
    assert found.status == "same"
    assert found.why == "the law data changed, and the answer is the same"
    assert found.changed == ("chips/nvidia/v100.toml", "us-ear/ruleset.toml")


def test_the_answer_that_moved_is_told_with_the_files_that_it_rests_on(tmp_path: Path) -> None:
    found = checked(made(0), edition(tmp_path, "new", NEWS, LINE, ASIDE))
    assert found.status == "moved"
    assert found.now is not None
    assert found.now.outcome == "license_exception" or found.now.outcome == "license_required"
    assert found.decisive[0] == "outcome"
    assert set(found.used) == {RULE, "us-ear/ruleset.toml"}


def test_with_both_rulesets_at_hand_the_very_file_is_named(tmp_path: Path) -> None:
    new = edition(tmp_path, "new", NEWS, LINE, ASIDE)
    found = verify(canonical.canonical(made(0)), new, LAW)
    assert (found.status, found.alone, found.needed) == ("moved", (RULE,), ())


def test_files_that_move_an_answer_only_together_are_both_named(tmp_path: Path) -> None:
    # TPP 2368 of the chip and the bound of 2400: each half-way, neither enough alone
    bound = (RULE, '{ fact = "tpp", op = "ge", bound = 2400 }', '{ fact = "tpp", op = "ge", bound = 2384 }')
    chip = ("chips/nvidia/h20.toml", "fp16_bf16 = 148", "fp16_bf16 = 149")
    text = (data_directory() / chip[0]).read_text("utf-8")
    edits = [chip, (chip[0], "fp8 = 296", "fp8 = 298")]
    edits += [(chip[0], "tpp_check = 2368", "tpp_check = 2384")] if "tpp_check = 2368" in text else []
    edits += [(chip[0], "int8 = 296", "int8 = 298")] if "int8 = 296" in text else []
    new = edition(tmp_path, "new", bound, *edits)
    found = verify(canonical.canonical(made(0)), new, LAW)
    assert (found.status, found.alone) == ("moved", ())
    assert found.needed == (chip[0], RULE)
    assert any(place.endswith("tpp.value") for place in found.facts)


FORGED: list[tuple[tuple[Any, ...], Any]] = [
    (("answer", "outcome"), "license_required"),
    (("answer", "citations", 0, "quote"), "anything"),
    (("facts", "nvidia-h20-96gb", "tpp", "value"), 2300),
    (("ruleset", "edition"), "2027.01"),
]


@pytest.mark.parametrize(("path", "value"), FORGED)
def test_a_forged_receipt_is_altered_by_its_own_rules_whatever_changed_since(
    path: tuple[Any, ...], value: Any, tmp_path: Path
) -> None:
    forged = canonical.canonical(resealed(altered(made(0), path, value)))
    new = edition(tmp_path, "new", (RULE, "# ", "# or so: "))
    found = verify(forged, new, LAW)
    where = ".".join(map(str, path)).replace(".0.", "[0].")
    assert (found.status, found.why) == ("altered", f"the same law and engine give something else at {where}")
    assert verify(canonical.canonical(made(0)), new, LAW).status == "same"


@pytest.mark.parametrize(("path", "value"), FORGED[2:])
def test_what_comes_from_files_that_stayed_is_compared_without_the_receipts_rules(
    path: tuple[Any, ...], value: Any, tmp_path: Path
) -> None:
    found = checked(resealed(altered(made(0), path, value)), edition(tmp_path, "new", (RULE, "# ", "# or so: ")))
    assert found.status == "altered"
    assert found.why.startswith("the files that it comes from are the same, and give something else at ")
    assert found.why.endswith(".".join(map(str, path)))


def test_what_an_unchanged_instrument_is_cited_with_is_compared(tmp_path: Path) -> None:
    citations = made(0)["answer"]["citations"]
    (number,) = [n for n, c in enumerate(citations) if c["provision"] == "87fr62186#3A991.p"]
    forged = resealed(altered(made(0), ("answer", "citations", number, "quote"), "anything"))
    assert checked(forged, edition(tmp_path, "new", (RULE, "# ", "# or so: "))).status == "altered"
    assert checked(
        forged, edition(tmp_path, "own", (RULE.replace("88fr73458", "87fr62186"), "# ", "# o: "))
    ).status == ("same")


def test_without_its_own_rules_no_file_is_blamed_for_what_a_forger_may_have_done(tmp_path: Path) -> None:
    forged = resealed(altered(made(0), ("answer", "outcome"), "license_required"))
    found = checked(forged, edition(tmp_path, "new", (RULE, "# ", "# or so: ")))
    assert (found.status, found.alone, found.used) == ("moved", (), (RULE,))
    assert found.why == (
        "the law data changed, and the answer differs: for that reason, or because the receipt was altered"
    )
    assert f"perhaps by      {RULE}" in verification_text(found)
    unused = checked(forged, edition(tmp_path, "other", ASIDE))
    assert (unused.alone, unused.used) == ((), ())
    assert "no changed file that the answer rests on; the receipt may have been altered" in " ".join(
        verification_text(unused).split()
    )


def test_the_rules_given_as_the_receipts_own_must_be(tmp_path: Path) -> None:
    with pytest.raises(RulesetError, match="this is not the ruleset of the receipt"):
        verify(canonical.canonical(made(0)), edition(tmp_path, "new", NEWS), edition(tmp_path, "no", ASIDE))


def test_a_bad_rule_file_is_named_by_the_path_that_was_given(tmp_path: Path) -> None:
    edition(tmp_path, "new")
    file = tmp_path / "new" / "us-ear" / "facts.toml"
    file.write_text("[", encoding="utf-8")
    for option in ("--ruleset", "--earlier"):
        receipt_file = tmp_path / "r.json"
        receipt_file.write_bytes(canonical.canonical(made(0)))
        extra = [] if option == "--ruleset" else ["--ruleset", tmp_path / "rs"]
        if extra:
            edition(tmp_path, "rs", NEWS)
        result = CliRunner().invoke(cli, ["verify", *map(str, [receipt_file, *extra, option, tmp_path / "new"])])
        assert str(result.exception).startswith(f"{file}: ")


def test_the_older_ruleset_gives_the_older_answer_again(tmp_path: Path) -> None:
    old = edition(tmp_path, "old", LINE)
    kept = receipt(check("H20", on="2024-06-03", ruleset=load_ruleset(tmp_path / "old")))
    assert checked(kept).status == "moved"
    assert checked(kept, old).status == "same"


def test_a_question_that_can_no_longer_be_asked_says_why(tmp_path: Path) -> None:
    kept = receipt(check("MI50", on="2024-06-03"))
    new = {name: text for name, text in LAW.items() if name != "chips/amd/mi50.toml"}
    found = checked(kept, new)
    assert found.status == "moved"
    assert "can no longer be asked: no chip is called 'MI50' here" in found.why
    assert (found.alone, found.used) == ((), ("chips/amd/mi50.toml",))
    assert verify(canonical.canonical(kept), new, LAW).alone == found.used


def test_a_changed_engine_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from exportrules.study import receipt as receipts

    kept = made(0)
    monkeypatch.setattr(receipts, "_engine", lambda: (("engine/evaluate.py", "0" * 64),))
    found = checked(kept)
    assert (found.status, found.why) == ("same", "the engine changed, and the answer is the same")
    assert "engine/evaluate.py" in found.engine


def test_what_only_the_engine_moved_is_no_files_doing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from exportrules.study import receipt as receipts

    kept = made(0)
    other = resealed(altered(kept, ("answer", "outcome"), "license_required"))
    monkeypatch.setattr(receipts, "_engine", lambda: (("engine/evaluate.py", "0" * 64),))
    found = verify(canonical.canonical(other), edition(tmp_path, "new", NEWS, ASIDE), LAW)
    assert (found.status, found.alone, found.needed) == ("moved", (), ())
    assert "moved by        the engine" in verification_text(found)


def test_the_engine_is_what_answering_imports() -> None:
    import ast

    from exportrules.study.receipt import ENGINE
    from tests.test_structure import PACKAGE

    seen: set[str] = set()
    waiting = ["answer/determination"]
    while waiting:
        name = waiting.pop()
        if name in seen or name.startswith("render"):
            continue
        seen.add(name)
        for node in ast.walk(ast.parse((PACKAGE / f"{name}.py").read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("exportrules"):
                tail = node.module.split(".")[1:]
                room = "/".join(tail)
                whole = (PACKAGE / f"{room}.py").exists()
                waiting += [room] if whole else [f"{room}/{alias.name}" for alias in node.names]
    assert {name.partition("/")[0] for name in seen} == {"errors", *ENGINE}


# --- overlays -----------------------------------------------------------------------------------

LETTER = letter('fact = "tpp", op = "ge", bound = 1000')


def test_an_overlay_is_in_the_receipt_and_missed_without(tmp_path: Path) -> None:
    letter = tmp_path / "letter.toml"
    letter.write_text(LETTER, encoding="utf-8")
    kept = receipt(check("H20", on="2024-06-03", ruleset=load_ruleset(None, [letter])))
    assert kept["answer"]["requirements"] == ["acme-letter#r"]
    found = checked(kept)
    assert (found.status, found.missing) == ("incomplete", ("overlay-1/letter.toml",))
    assert checked(kept, rule_texts(None, [letter])).status == "same"
    letter.write_text(LETTER.replace("1000", "9000"), encoding="utf-8")
    moved = checked(kept, rule_texts(None, [letter]))
    assert (moved.status, moved.used) == ("moved", ("overlay-1/letter.toml",))


def test_an_overlay_that_is_not_the_receipts_is_told(tmp_path: Path) -> None:
    letter = tmp_path / "letter.toml"
    letter.write_text(LETTER, encoding="utf-8")
    found = checked(made(0), rule_texts(None, [letter]))
    said = "an overlay was given that is not the receipt's, and the answer differs: for that reason, or because the "
    assert (found.status, found.why) == ("moved", f"{said}receipt was altered")
    letter.write_text(LETTER.replace("1000", "9000"), encoding="utf-8")
    same = checked(made(0), rule_texts(None, [letter]))
    assert (same.status, same.why) == (
        "same",
        "an overlay was given that is not the receipt's, and the answer is the same",
    )


# --- the commands -------------------------------------------------------------------------------


def run(*args: Any) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(map(str, args)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_receipt_is_written_and_verified_by_the_commands(tmp_path: Path) -> None:
    chip = tmp_path / "own.toml"
    chip.write_text(
        'id = "acme-x"\nname = "Acme X"\nvendor = "nvidia"\ndie_area_mm2 = 814.5\n'
        "dense_tops = { fp16_bf16 = 148.25, fp8 = 296 }\ndesigned_for_datacenter = true\n",
        encoding="utf-8",
    )
    file = tmp_path / "r.json"
    assert run("check", "--chip", chip, "--on", "2024-06-03", "--receipt", file)[0] == 0
    chip.unlink()
    status, said = run("verify", file)
    assert (status, said.splitlines()[0]) == (0, "SAME: the same law and the same engine give the same answer.")
    kept = json.loads(file.read_text("utf-8"))
    assert kept["question"]["chip_figures"]["die_area_mm2"] == "814.5"
    file.write_text(file.read_text("utf-8").replace("no_license_requirement", "license_required"), encoding="utf-8")
    status, said = run("verify", file)
    assert (status, said.strip()) == (1, "ALTERED: its seal does not match its content.")
    status, said = run("verify", file, "--json")
    assert (status, json.loads(said)["status"]) == (1, "altered")


def test_a_receipt_does_not_overwrite(tmp_path: Path) -> None:
    from exportrules.errors import QuestionError

    file = tmp_path / "r.json"
    file.write_text("mine")
    result = CliRunner().invoke(cli, ["check", "H20", "--on", "2024-06-03", "--receipt", str(file)])
    assert isinstance(result.exception, QuestionError)
    assert result.output == ""
    assert file.read_text() == "mine"
    assert run("check", "H20", "--on", "2024-06-03", "--receipt", file, "--force")[0] == 0
    assert run("verify", file)[0] == 0
