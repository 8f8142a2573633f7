"""What may share a remembered answer: only what no rule treats differently, and each question only as it was put."""

from __future__ import annotations

import itertools
import operator
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import exportrules
from exportrules.law.facts import HOME, PLACE_FACTS
from exportrules.law.model import Bounds, Test
from exportrules.law.view import View, view_of
from exportrules.question.deal import Deal, key_of
from tests.supposed import letter

LAW = exportrules.default_ruleset()
VIEW = view_of(LAW)
TESTS = [t for f in VIEW.provisions for row in f.provision.when + f.provision.unless for t in row.tests]
COMPARED: dict[str, Callable[[Any, Any], bool]] = {name: getattr(operator, name) for name in ("ge", "gt", "le", "lt")}
OWN = {"tpp": "5000", "performance_density": "7", "designed_for_datacenter": True}


def holds(view: View, test: Test, value: Any) -> object:
    """What a test says of a value: true, false, or for a group the days on which it is true."""
    if test.op == "in_group":
        return view.membership(str(test.bound), value)
    bounds = test.bound if isinstance(test.bound, tuple) else (test.bound,)
    return COMPARED[test.op](value, test.bound) if test.op in COMPARED else value in bounds


def test_two_places_are_one_class_exactly_where_every_rule_treats_them_alike() -> None:
    about = [t for t in TESTS if t.fact in PLACE_FACTS]
    home = next(t for t in about if t.op == "in_group").changed(bound=HOME)
    treated = {code: tuple(holds(VIEW, test, code) for test in (home, *about)) for code in LAW.places}
    classes = {code: VIEW.class_of("destination", code) for code in LAW.places}
    assert len(set(treated.values())) > 5
    assert len(set(zip(treated.values(), classes.values(), strict=True))) == len(set(treated.values()))
    assert len(set(classes.values())) == len(set(treated.values()))


def test_two_figures_are_one_class_exactly_where_every_rule_treats_them_alike() -> None:
    by_fact: dict[str, list[Test]] = defaultdict(list)
    for test in TESTS:
        if not isinstance(test.bound, tuple | str | bool):
            by_fact[test.fact].append(test)
    assert {type(test.bound) for tests in by_fact.values() for test in tests} >= {int, Decimal, date}
    for fact, tests in by_fact.items():
        bounds = {test.bound for test in tests}
        step: Any = timedelta(1) if isinstance(next(iter(bounds)), date) else Decimal("0.001")
        values = sorted({bound + move for bound in bounds for move in (-step, step)} | bounds)
        for one, other in itertools.pairwise(values):
            alike = all(holds(VIEW, test, one) == holds(VIEW, test, other) for test in tests)
            # a bound is apart from what is above and below it, whichever of the two a test joins it to
            assert alike or VIEW.class_of(fact, one) != VIEW.class_of(fact, other), (fact, one, other)
            if one not in bounds and other not in bounds:
                assert VIEW.class_of(fact, one) == VIEW.class_of(fact, other), (fact, one, other)


def test_two_words_are_one_class_exactly_where_every_rule_treats_them_alike() -> None:
    by_fact: dict[str, set[str]] = {name: set(known.values) for name, known in LAW.facts.items() if known.values}
    for test in TESTS:
        if test.fact not in PLACE_FACTS:
            named = test.bound if isinstance(test.bound, tuple) else (test.bound,)
            by_fact.setdefault(test.fact, set()).update(word for word in named if isinstance(word, str))
    words = {fact: known for fact, known in by_fact.items() if known}
    assert "item_kind" in words
    for fact, known in words.items():
        classes = [VIEW.class_of(fact, word) for word in (*known, "a word", frozenset(known), frozenset())]
        assert len(set(classes)) == len(known) + 3, fact
        assert VIEW.class_of(fact, "a word") == VIEW.class_of(fact, "another")
        assert VIEW.class_of(fact, frozenset({"a word"})) == VIEW.class_of(fact, frozenset())
    assert len({VIEW.class_of("designed_for_datacenter", value) for value in (True, False, None)}) == 3
    assert VIEW.class_of("destination", None) is None


def test_what_a_deal_rules_out_is_found_once_for_each_deal_whatever_the_item_and_place() -> None:
    law, found = replace(LAW), []
    asked: dict[str, Any] = {"on": "2024-06-03", "exporter": "other", "ruleset": law}
    for more in ({}, {"end_use": "military"}, {"activity": "reexport"}, {"facts": {"military_end_user": True}}):
        for chip, to in (("A100", "SG"), ("V100", "SG"), ("A100", "CN")):
            exportrules.check(chip, to=to, **asked, **more)
        found.append(len(view_of(law).pools))
    assert found == [1, 2, 3, 4]


def test_bounds_of_a_figure_are_one_class_where_both_ends_are() -> None:
    edge: Any = next(t.bound for t in TESTS if t.fact == "tpp" and t.op == "ge")
    ends = [{end: at} for end in ("at_least", "more_than", "at_most", "less_than") for at in (edge, edge + 1)]
    classes = [VIEW.class_of("tpp", Bounds(**end)) for end in ends]
    assert len(set(classes)) == len(ends)
    assert VIEW.class_of("tpp", Bounds(at_least=edge + 1)) == VIEW.class_of("tpp", Bounds(at_least=edge + 2))


@pytest.mark.parametrize("kinds", [["ic", "system", "hbm_stack"], ["hbm_stack", "system", "ic"]])
def test_one_item_asked_as_every_kind_is_answered_as_if_it_were_the_first_asked(kinds: list[str]) -> None:
    asked: dict[str, Any] = {"on": "2024-12-31", "exporter": "other"}
    together = replace(LAW)
    for kind in kinds:
        facts = {**OWN, "item_kind": kind}
        alone = exportrules.check(None, facts=facts, ruleset=replace(LAW), **asked)
        assert exportrules.check(None, facts=facts, ruleset=together, **asked).to_json() == alone.to_json()


def test_a_deal_has_a_key_of_all_its_terms_and_of_what_each_fact_is() -> None:
    terms: dict[str, list[Any]] = {
        "facts": [None, {"tpp": 1}, {"tpp": True}, {"tpp": Decimal(2)}, {"performance_density": 1}, OWN],
        "as_printed": [False, True],
        **{name: [None, "one", ("one", "other")] for name in Deal._fields if name not in ("facts", "as_printed")},
    }
    plain = Deal(facts={"tpp": 4})
    deals = [plain._replace(**{name: value}) for name, values in terms.items() for value in values]
    keys = {key_of(tuple(deal)) for deal in deals}  # which takes keys that are hashable
    # 'parties' and 'not_listed' are empty tuples where nothing is said, every other term None
    same = sum(getattr(plain, name) in values for name, values in terms.items())
    assert len(keys) == len(deals) - same + 1
    assert key_of(tuple(plain._replace(facts={"tpp": 4}))) == key_of(tuple(plain))
    with pytest.raises(TypeError):
        key_of(tuple(plain._replace(facts=["tpp"])))  # type: ignore[arg-type]


@pytest.mark.parametrize("named", ['op = "is", bound = "FR"', 'op = "in", bound = ["FR"]'])
def test_a_place_that_a_rule_names_is_a_class_of_its_own(tmp_path: Path, named: str) -> None:
    """By an overlay's rule, whichever test names it: what Belgium was answered is no answer for France."""
    (tmp_path / "letter.toml").write_text(letter(f'fact = "destination", {named}'), "utf-8")
    assert VIEW.class_of("destination", "FR") == VIEW.class_of("destination", "BE")
    view = view_of(exportrules.load_ruleset(None, [tmp_path]))
    assert view.class_of("destination", "FR") != view.class_of("destination", "BE")
