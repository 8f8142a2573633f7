"""A determination is a value: it is equal, hashed, copied and pickled by what was asked."""

from __future__ import annotations

import copy
import pickle
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from exportrules import (
    Bounds,
    Chip,
    Determination,
    QuestionError,
    RulesetError,
    check,
    default_ruleset,
    load_ruleset,
    matrix,
)
from exportrules.answer import determination as module
from exportrules.law.facts import Fact
from exportrules.law.force import InForce, doubt_of, in_order, no_key, parts, settled
from exportrules.law.span import Span
from exportrules.question.figures import complete

OWN = Chip(id="acme-x", name="Acme X", dense_tops={"fp16_bf16": 400}, die_area_mm2=800, designed_for_datacenter=True)
ASKED: list[tuple[Any, dict[str, Any]]] = [
    ("H800", {"on": "2023-06-01"}),
    (
        "A100",
        {
            "on": "2022-09-15",
            "to": "MO",
            "exporter": "other",
            "end_user": "Inspur",
            "parties": ["Zorglub Foods", "Bakery 7"],
        },
    ),
    (None, {"on": "2024-01-02", "facts": {"tpp": "2368.5", "designed_for_datacenter": True}}),
    ("H20", {"on": "2025-05-01", "known_on": "2025-04-01", "end_use": ["supercomputer", "military"]}),
    (OWN, {"on": "2024-01-02"}),
]


@pytest.mark.parametrize(("chip", "asked"), ASKED)
def test_the_same_question_is_the_same_answer(chip: Any, asked: dict[str, Any]) -> None:
    one, other = check(chip, **asked), check(chip, **asked)
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1
    later = check(chip, **{**asked, "on": "2026-02-02"})
    assert one != later
    assert one != check(chip, **asked, as_printed=True)
    assert one != one.outcome


def test_one_question_under_two_rulesets_is_two_answers(tmp_path: Path) -> None:
    overlay = tmp_path / "chip.toml"
    overlay.write_text(
        'id = "acme"\nname = "Acme"\nvendor = "nvidia"\n[[variant]]\nid = "acme-1"\nname = "Acme 1"\n', "utf-8"
    )
    assert check("H800", on="2023-06-01") != check("H800", on="2023-06-01", ruleset=load_ruleset(None, [overlay]))


@pytest.mark.parametrize(("chip", "asked"), ASKED)
def test_a_pickle_is_asked_again(chip: Any, asked: dict[str, Any]) -> None:
    found = check(chip, **asked)
    again = pickle.loads(pickle.dumps(found))
    assert isinstance(again, Determination)
    assert again.to_dict() == found.to_dict()
    if chip is not OWN:  # a chip of one's own is the same only where it is the same object
        assert again == found
    assert len(pickle.dumps(found)) < 3000


def test_a_pickle_of_other_rules_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = pickle.dumps(check("H800", on="2023-06-01", ruleset=replace(default_ruleset(), digest="0" * 64)))
    module._loaded.cache_clear()
    with pytest.raises(RulesetError, match="rests on rule files that differ from those here"):
        pickle.loads(kept)


def test_a_pickle_finds_its_overlays_again(tmp_path: Path) -> None:
    overlay = tmp_path / "chip.toml"
    overlay.write_text(
        'id = "acme"\nname = "Acme"\nvendor = "nvidia"\n[[variant]]\nid = "acme-1"\nname = "Acme 1"\n', "utf-8"
    )
    found = check("H800", on="2023-06-01", ruleset=load_ruleset(None, [overlay]))
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_copy_is_the_answer_itself() -> None:
    found = check("H800", on="2023-06-01")
    assert copy.copy(found) is found
    assert copy.deepcopy([found])[0] is found


def test_a_notebook_shows_tables_and_nothing_that_was_written_as_markup() -> None:
    found = check("H800", on="2023-11-17", exporter="other")
    assert "<td>license required (presumption of denial)</td>" in found._repr_html_()
    assert "<td>2023-11-17</td>" in found.timeline._repr_html_()
    own = Chip(id="x", name="<b>X</b>", dense_tops={"fp16_bf16": 400})
    assert "<b>" not in check(own, on="2024-01-02")._repr_html_()
    assert repr(found.timeline) == f"<Timeline H800 to CN: {len(found.timeline.spans)} spans>"


def test_a_matrix_is_a_small_table_of_determinations() -> None:
    own = Chip(id="x", name="<b>X</b>", dense_tops={"fp16_bf16": 400})
    found = matrix(["H100", own], on=["2023-11-17", date(2022, 9, 15), "2023-11-17"], to=["CN", "Singapore"])
    assert found.on == (date(2023, 11, 17), date(2022, 9, 15))
    assert [(row.chip, row.to) for row in found] == [
        ("H100", "CN"),
        ("H100", "SG"),
        ("<b>X</b>", "CN"),
        ("<b>X</b>", "SG"),
    ]
    asked: tuple[str | Chip, ...] = ("H100", "H100", own, own)
    for row, chip in zip(found, asked, strict=True):
        assert row.answers == tuple(check(chip, on=day, to=row.to) for day in found.on)
    assert repr(found) == "<Matrix 4 rows by 2 days>"
    assert repr(matrix("H100", on="2023-11-17")) == "<Matrix 1 row by 1 day>"
    shown = found._repr_html_()
    assert "<th>chip</th><th>to</th><th>2023-11-17</th><th>2022-09-15</th>" in shown
    assert "<td>H100</td><td>CN</td><td>license (presumed denial)</td>" in shown
    assert "&lt;b&gt;X&lt;/b&gt;" in shown
    assert "<b>" not in shown
    assert len(shown) < 1000


def test_a_matrix_is_a_value() -> None:
    asked = {"on": "2023-11-17", "exporter": "other"}
    found = matrix(["H100", "H20"], **asked)
    assert found == matrix(["H100", "H20"], **asked) == pickle.loads(pickle.dumps(found)) == copy.copy(found)
    assert hash(found) == hash(matrix(["H100", "H20"], **asked))
    assert found != matrix(["H20", "H100"], **asked)
    assert found != found.rows
    with pytest.raises(AttributeError, match="a matrix cannot be changed"):
        found.rows = ()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"chips": [], "on": "2023-11-17"}, "a matrix without a chip has no answer. Name one or more: matrix"),
        ({"chips": "H100", "on": []}, "a matrix without a day has no answer. Name one or more: on="),
        ({"chips": "H100", "on": "2023-11-17", "to": []}, "a matrix without a destination has no answer"),
        ({"chips": "H100", "on": datetime(2023, 11, 17)}, "is a datetime; a date is required"),
        ({"chips": "H1000", "on": "2023-11-17"}, "no chip is called 'H1000' here"),
    ],
)
def test_a_matrix_of_nothing_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(QuestionError, match=re.escape(message)):
        matrix(given.pop("chips"), **given)


def test_facts_that_are_not_a_mapping_are_refused() -> None:
    with pytest.raises(QuestionError, match="is not a mapping of names to values"):
        check("A100", on="2022-09-15", facts=["tpp"])  # type: ignore[arg-type]


def test_a_figure_known_by_bounds_is_narrowed_by_what_follows_from_the_others() -> None:
    known = {
        "tpp": Fact(5000, "given"),
        "die_area_mm2": Fact(500, "given"),
        "performance_density": Fact(Bounds(at_most=20), "given"),
    }
    assert complete(known)["performance_density"].value == 10


def test_what_a_document_settles_is_certain_and_the_notice_of_the_doubt_is_left_out() -> None:
    given = {p.id: p for p, _ in default_ruleset().provisions.values()}
    read, provision = settled(given.values()), "90fr4544#742.6(a)(6)(iii)(A)-headquarters"
    assert set(given) - set(read) == {"90fr4544#headquarters-contested"}
    assert (given[provision].certain, read[provision].certain) == (False, True)
    assert read[provision].cite.startswith(given[provision].cite + "; ")


def test_what_is_uncertain_is_prepared_anew_for_whoever_supposes_it_so() -> None:
    for provision, instrument in default_ruleset().provisions.values():
        found = InForce(provision=provision, instrument=instrument, spans=())
        names = found.profile_key.__reduce__()[1] if found.profile_key is not no_key else ()
        tested = {test.fact for row in provision.when + provision.unless for test in row.tests}
        assert (doubt_of(found) in names) == (not provision.certain or doubt_of(found) in tested)


def test_an_entry_for_what_is_inside_comes_after_the_entries_that_are_inside() -> None:
    law = default_ruleset()
    (inner, where), (outer, _) = law.provisions["88fr73458#3A090.a"], law.provisions["88fr73458#4A090.a"]
    entries = [
        InForce(provision=replace(p, id=name), instrument=where, spans=()) for p, name in ((outer, "a"), (inner, "b"))
    ]
    assert [found.provision.id for found in in_order(entries)] == ["b", "a"]


def test_a_document_may_settle_what_is_not_there_and_a_window_may_be_past() -> None:
    provision = default_ruleset().provisions["88fr73458#3A090.a"][0]
    assert list(settled([replace(provision, settles=("gone#x",))])) == [provision.id]
    late = (Span(date(2025, 1, 1), None),)
    by = replace(provision, effective_by=date(2024, 1, 1))
    assert [(part.certain, spans) for part, spans in parts(by, late)] == [(True, late)]
