"""The order of analysis on a law of a few lines: what stands, what saves it, what overcomes it, how it is reviewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

import exportrules
from exportrules.engine.docket import Docket, compare
from exportrules.engine.evaluate import STRICTEST, Law, Reading, fold, read_law
from exportrules.engine.unknowns import decide
from exportrules.law.facts import Fact
from exportrules.law.model import Conclusion, Gap, Policy, Provision, Row, Test
from exportrules.law.ruleset import Ruleset
from exportrules.law.truth import FALSE, TRUE, UNKNOWN, Truth
from exportrules.law.view import view_of

LAW = exportrules.default_ruleset()
START = date(2023, 6, 1)
DAY = timedelta(days=1)


def rows(*tests: tuple[str, str, Any]) -> tuple[Row, ...]:
    """One row of one test for each; the paragraph is the fact's name."""
    return tuple(Row(paragraph=f, tests=(Test(fact=f, op=op, bound=b),)) for f, op, b in tests)  # type: ignore[arg-type]


ALWAYS = rows(("activity", "is", "export"))
BIG = rows(("tpp", "ge", 4800))


def provision(word: str, kind: str, **more: Any) -> Provision:
    return Provision(id=f"law#{word}", kind=kind, title=word, cite=word, effective=more.pop("effective", START), **more)  # type: ignore[arg-type]


def requirement(name: str, paragraph: str, when: tuple[Row, ...] = ALWAYS, **more: Any) -> Provision:
    return provision(name, "requirement", paragraph=paragraph, when=when, **more)


def law_of(*provisions: Provision, gaps: tuple[Gap, ...] = ()) -> Ruleset:
    made = replace(LAW.instruments["87fr62186"], id="law", provision=provisions)
    edition = replace(LAW.edition, not_encoded=gaps)
    return replace(LAW, instruments={"law": made}, edition=edition)


DEAL: dict[str, Any] = {
    "destination": "CN",
    "headquarters": "CN",
    "activity": "export",
    "item_kind": "ic",
    "subject_to_ear": True,
}


def reading(law: Ruleset, on: date = START, **facts: Any) -> Reading:
    known = {name: Fact(value, "given") for name, value in {**DEAL, **facts}.items() if value is not None}
    return Reading(Docket(view_of(law), known), on)


def read(law: Ruleset, on: date = START, **facts: Any) -> Law:
    return read_law(reading(law, on, **facts))


# --- in force, met, carved out ----------------------------------------------------------------------


def test_nothing_is_required_before_the_rule_and_something_from_its_day() -> None:
    law = law_of(requirement("r", "742.6", policy="case_by_case"))
    assert read(law, START - DAY) == Law("no_license_requirement")
    assert read(law, START) == read(law, START + DAY) == Law(
        "license_required", "case_by_case", requirements=("law#r",),
        policies=(("law#r", "case_by_case", ("law#r",)),),
    )  # fmt: skip


def test_one_row_is_enough_and_one_carve_out_too() -> None:
    law = law_of(requirement("r", "742.6", BIG + rows(("peak_tops", "ge", 8)), unless=rows(("end_use", "is", "wmd"))))
    assert read(law, tpp=1, peak_tops=8, end_use="civil").outcome == "license_required"
    assert read(law, tpp=4800, peak_tops=1, end_use="civil").outcome == "license_required"
    assert read(law, tpp=1, peak_tops=1, end_use="civil").outcome == "no_license_requirement"
    assert read(law, tpp=4800, peak_tops=8, end_use="wmd").outcome == "no_license_requirement"


@pytest.mark.parametrize(
    ("tpp", "end_use", "held"),
    [
        (4800, "civil", TRUE), (4800, "wmd", FALSE), (4800, None, UNKNOWN), (1, "civil", FALSE), (1, None, FALSE),
        (None, "civil", UNKNOWN), (None, "wmd", FALSE), (None, None, UNKNOWN),
    ],
)  # fmt: skip
def test_an_unknown_reads_neither_as_yes_nor_as_no(tpp: int | None, end_use: str | None, held: int) -> None:
    # the carve-out waits for a conclusion, so that nothing is settled beforehand
    told = provision("c", "conclusion", concludes=Conclusion(fact="presumed_3a090a", value=True),
                     when=rows(("end_use", "is", "wmd")))  # fmt: skip
    law = law_of(told, requirement("r", "742.6", BIG, unless=rows(("presumed_3a090a", "is", True))))
    found = reading(law, tpp=tpp, end_use=end_use)
    assert found.truths.get("law#r", (None, FALSE))[1] == held
    assert found.unknown == (UNKNOWN in (held, found.truths.get("law#c", (None, FALSE))[1]))


def test_a_provision_without_rows_holds_and_one_whose_rows_cannot_hold_does_not() -> None:
    law = law_of(provision("p", "review_policy", policy="case_by_case", governs=("742.6",)), requirement("r", "742.6"))
    assert read(law).review_policy == "case_by_case"
    law = law_of(
        provision("p", "review_policy", policy="case_by_case", governs=("742.6",), when=BIG), requirement("r", "742.6")
    )
    assert read(law, tpp=1).review_policy == "indeterminate"


def test_a_row_in_a_group_holds_on_the_days_of_membership() -> None:
    law = law_of(requirement("r", "742.6", rows(("destination", "in_group", "D:5")), effective=date(2020, 1, 1)))
    days = {date(2021, 12, 8): "no", date(2021, 12, 9): "yes", date(2026, 2, 2): "yes", date(2026, 2, 3): "no"}
    said = {day: "yes" if read(law, day, destination="KH").requirements else "no" for day in days}
    assert said == days


# --- what the item is --------------------------------------------------------------------------------


def entry(name: str, eccn: str, kind: str, when: tuple[Row, ...], **more: Any) -> Provision:
    return provision(
        name, "classification", concludes=Conclusion(fact="eccn", value=eccn), classifies=kind, when=when, **more
    )


def test_every_entry_that_is_met_is_named_with_its_paragraphs() -> None:
    law = law_of(
        entry("b", "3A991.p", "ic", rows(("peak_tops", "ge", 8))),
        entry("a", "3A090.a", "ic", BIG + rows(("performance_density", "ge", 6)) + BIG),
        requirement("r", "742.6", rows(("eccn", "in", ("3A090.a",)))),
    )
    found = read(law, tpp=4800, performance_density=7, peak_tops=8)
    assert (found.eccn, found.outcome) == (("3A090.a", "3A991.p"), "license_required")
    assert sorted(found.paragraphs) == ["peak_tops", "performance_density", "tpp"]
    assert read(law, tpp=4800, performance_density=1, peak_tops=8).paragraphs in (
        ("tpp", "peak_tops"),
        ("peak_tops", "tpp"),
    )
    assert read(law, tpp=1, performance_density=1, peak_tops=8) == Law(
        "no_license_requirement", eccn=("3A991.p",), paragraphs=("peak_tops",)
    )


def test_the_entry_of_a_chip_is_what_a_system_contains() -> None:
    law = law_of(
        entry("ic", "3A090.a", "ic", BIG),
        entry("system", "4A090.a", "system", rows(("contains_eccn", "in", ("3A090.a",)))),
    )
    assert read(law, tpp=4800, item_kind="ic").eccn == ("3A090.a",)
    whole = read(law, tpp=4800, item_kind="system")
    assert (whole.eccn, whole.paragraphs) == (("4A090.a",), ("contains_eccn",))
    assert read(law, tpp=1, item_kind="system").eccn == ()
    assert read(law, tpp=4800, item_kind="hbm_stack").eccn == ()


def test_only_rows_that_hold_on_the_day_and_have_a_number_are_named() -> None:
    # Cambodia was in D:5 from 2021-12-09 through 2026-02-02
    unnumbered = Row(tests=(Test(fact="activity", op="is", bound="export"),))
    when = (*rows(("destination", "in_group", "D:5")), unnumbered, *BIG)
    law = law_of(entry("a", "3A090.a", "ic", when, effective=date(2020, 1, 1)))
    assert read(law, date(2021, 12, 8), tpp=4800, destination="KH").paragraphs == ("tpp",)
    assert set(read(law, date(2021, 12, 9), tpp=4800, destination="KH").paragraphs) == {"destination", "tpp"}


def test_an_entry_that_is_open_is_no_entry_and_leaves_the_requirement_open() -> None:
    law = law_of(entry("a", "3A090.a", "ic", BIG), requirement("r", "742.6", rows(("eccn", "in", ("3A090.a",)))))
    found = reading(law, tpp=None)
    assert found.unknown
    assert [held for _, held in found.requirements] == [UNKNOWN]
    assert found.paragraphs == []
    assert read_law(found).eccn == ()
    assert not reading(law, tpp=1).unknown
    # a chip or something else: its rows hold, whether they are about it is open
    of_no_kind = reading(law, tpp=4800, item_kind=None)
    assert of_no_kind.truths["law#a"][1] == UNKNOWN
    assert (of_no_kind.paragraphs, read_law(of_no_kind).eccn) == ([], ())


def test_a_conclusion_that_is_no_entry_has_no_paragraph_of_an_entry() -> None:
    told = provision("c", "conclusion", concludes=Conclusion(fact="presumed_3a090a", value=True), when=BIG)
    assert read(law_of(told), tpp=4800).paragraphs == ()


def test_of_two_provisions_that_conclude_the_same_the_surer_counts() -> None:
    certain, open_one = entry("a", "3A090.a", "ic", BIG), entry("b", "3A090.a", "ic", rows(("peak_tops", "ge", 8)))
    for order in ((certain, open_one), (open_one, certain)):
        law = law_of(*order, requirement("r", "742.6", rows(("eccn", "in", ("3A090.a",)))))
        assert reading(law, tpp=4800, peak_tops=None).requirements[0][1] == TRUE
        assert reading(law, tpp=1, peak_tops=None).requirements[0][1] == UNKNOWN


# --- what may hold -----------------------------------------------------------------------------------


def test_provisions_that_wait_for_what_nothing_concludes_are_not_evaluated() -> None:
    """A chip that meets no entry is asked nothing of the provisions about these entries, on any day."""
    timeline = exportrules.timeline("V100", exporter="other")
    whole = Docket(timeline.view, timeline.courses[0].subject.facts)
    left = whole.reachable()
    assert len(left.entries) < len(whole.entries) / 2
    assert left.whole().entries == whole.entries
    waiting = {entry.in_force.provision.id for entry in whole.entries} - {
        entry.in_force.provision.id for entry in left.entries
    }
    for day in sorted(whole.days_of_change()):
        assert waiting.isdisjoint(Reading(whole, day).truths), day


def test_what_does_not_hold_is_not_asked_again_but_for_the_kind_of_item() -> None:
    told = provision(
        "c", "classification", classifies="ic", concludes=Conclusion(fact="eccn", value="3A090.a"), when=BIG
    )
    law = law_of(told, requirement("r", "742.6", rows(("contains_eccn", "in", ("3A090.a",)))))
    found = reading(law, tpp=4800, item_kind=None)
    assert [entry.in_force.provision.id for entry in found.docket.entries] == ["law#c", "law#r"]
    assert list(found.truths) == ["law#c"]
    # a system would contain what an IC is, and need a license for it
    assert found.left("item_kind") is found.docket
    for fact in ("activity", "tpp"):
        assert [entry.in_force.provision.id for entry in found.left(fact).entries] == ["law#c"]


def test_what_is_held_is_neither_open_nor_of_another_kind() -> None:
    law = law_of(requirement("r", "742.6"), exception("x", "742.6", when=BIG), exception("y", "742.6"))
    assert [entry.in_force.provision.id for entry in reading(law, tpp=None).held("exception")] == ["law#y"]
    assert [entry.in_force.provision.id for entry in reading(law, tpp=4800).held("exception")] == ["law#x", "law#y"]


def test_paragraphs_are_those_that_are_met() -> None:
    told = provision("c", "classification", classifies="ic", concludes=Conclusion(fact="eccn", value="3A090.a"),
                     when=BIG + rows(("presumed_3a090a", "is", True)))  # fmt: skip
    said = provision("s", "conclusion", concludes=Conclusion(fact="presumed_3a090a", value=True),
                     when=rows(("end_use", "is", "wmd")))  # fmt: skip
    assert reading(law_of(told, said), tpp=4800, end_use="civil").paragraphs == ["tpp"]
    assert reading(law_of(told, said), tpp=4800, end_use=None).paragraphs == ["tpp"]
    assert reading(law_of(told, said), tpp=4800, end_use="wmd").paragraphs == ["tpp", "presumed_3a090a"]


# --- jurisdiction ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "destination", "reach"),
    [(True, "CN", TRUE), (False, "CN", FALSE), (None, "CN", UNKNOWN), (True, "US", FALSE), (None, "US", FALSE),
     (False, "US", FALSE), (True, None, TRUE)],
)  # fmt: skip
def test_nothing_is_required_of_what_is_not_subject_to_the_ear_or_stays_at_home(
    subject: bool | None, destination: str | None, reach: int
) -> None:
    law = law_of(requirement("r", "742.6"))
    found = reading(law, subject_to_ear=subject, destination=destination)
    assert found.reach == reach
    assert [held for _, held in found.requirements] == ([reach] if reach else [])
    assert found.unknown == (reach == UNKNOWN)


# --- savings and exceptions -------------------------------------------------------------------------


def test_a_savings_clause_saves_from_what_it_names_and_from_nothing_else() -> None:
    saving = provision("s", "savings", saves_from=("742.6",), when=rows(("end_use", "is", "civil")))
    law = law_of(requirement("r", "742.6"), requirement("q", "744.11(a)"), saving)
    assert read(law, end_use="civil").requirements == ("law#q",)
    assert set(read(law, end_use="wmd").requirements) == {"law#q", "law#r"}
    for kind in ("notice", "suspension", "conclusion"):
        other = provision("n", kind, saves_from=("742.6",), concludes=Conclusion(fact="presumed_3a090a", value=True))
        assert read(law_of(requirement("r", "742.6"), other)).requirements == ("law#r",)
    held = {e.in_force.provision.id: truth for e, truth in reading(law, end_use=None).requirements}
    assert held == {"law#r": UNKNOWN, "law#q": TRUE}


def exception(name: str, *overcomes: str, **more: Any) -> Provision:
    return provision(name, "exception", name="License Exception X", overcomes=overcomes, **more)


def test_an_exception_overcomes_what_it_lists_and_all_must_be_overcome() -> None:
    one, other = (
        requirement("r", "742.6", policy="case_by_case"),
        requirement("q", "744.11(a)", policy="policy_of_denial"),
    )
    alone = read(law_of(one, exception("x", "742.6")))
    assert (alone.outcome, alone.review_policy) == ("license_exception", "case_by_case")
    assert (alone.requirements, alone.overcome, alone.exceptions) == (("law#r",), ("law#r",), ("law#x",))
    both = read(law_of(one, other, exception("x", "742.6")))
    assert (both.outcome, both.review_policy) == ("license_required", "policy_of_denial")
    assert (both.requirements, both.overcome, both.exceptions) == (("law#q",), ("law#r",), ())
    each = read(law_of(one, other, exception("x", "742.6"), exception("y", "744")))
    assert each.outcome == "license_exception"
    assert set(each.exceptions) == {"law#x", "law#y"}
    unused = read(law_of(one, exception("x", "742.6"), exception("y", "744")))
    assert unused.exceptions == ("law#x",)
    assert read(law_of(one, exception("x", "742.6", when=BIG)), tpp=1).outcome == "license_required"
    assert read(law_of(exception("x", "742.6"))).outcome == "no_license_requirement"


def test_an_exception_may_ask_what_is_required_and_under_which_paragraph() -> None:
    barred = exception("x", "742.6", unless=rows(("required_under", "in", ("744.11",))))
    free = law_of(requirement("r", "742.6"), barred)
    assert read(free).outcome == "license_exception"
    for paragraph, outcome in (("744.11(a)", "license_required"), ("744.11", "license_required"), ("744.1", None)):
        law = law_of(requirement("r", "742.6"), requirement("q", paragraph, BIG), barred, exception("y", "744"))
        assert read(law, tpp=4800).outcome == (outcome or "license_exception")
        assert read(law, tpp=1).outcome == "license_exception"
    # two requirements of one paragraph: the surer counts
    for order in ((BIG, rows(("peak_tops", "ge", 8))), (rows(("peak_tops", "ge", 8)), BIG)):
        two = [requirement(name, "744.11", when) for name, when in zip("pq", order, strict=True)]
        found = reading(law_of(*two, requirement("r", "742.6"), barred), tpp=4800, peak_tops=None)
        assert found.concluded["required_under"]["744.11"] == TRUE
        assert "law#x" not in found.truths


def bar(name: str, *closes: str, when: tuple[Row, ...] = BIG, **more: Any) -> Provision:
    return provision(name, "bar", closes=closes, when=when, **more)


def test_a_bar_closes_the_exceptions_that_it_reaches_and_not_those_that_it_spares() -> None:
    need = requirement("r", "742.6")
    x, y = exception("x", "742.6", paragraph="740.8"), exception("y", "742.6", paragraph="740.25")
    for closes, spares, left in (
        (("740",), (), ()),
        (("740.8",), (), ("law#y",)),
        (("law#y",), (), ("law#x",)),
        (("740",), ("740.8",), ("law#x",)),
        (("740",), ("law#x", "740.25"), ("law#x", "law#y")),
    ):
        law = law_of(need, x, y, bar("b", *closes, spares=spares))
        assert set(read(law, tpp=4800).exceptions) == set(left)
        assert read(law, tpp=4800).outcome == ("license_exception" if left else "license_required")
        assert set(read(law, tpp=4799).exceptions) == {"law#x", "law#y"}


def test_the_order_of_bars_and_exceptions_means_nothing() -> None:
    need, x = requirement("r", "742.6"), exception("m", "742.6", paragraph="740.8")
    for name in ("a", "z"):
        found = reading(law_of(need, x, bar(name, "740")), tpp=4800)
        assert "law#m" not in found.truths
        assert [(entry.in_force.provision.id, by) for entry, by in found.closed] == [("law#m", (f"law#{name}",))]


def test_a_bar_may_ask_what_is_required_and_under_which_paragraph() -> None:
    asks = bar("b", "740", when=rows(("required_under", "in", ("744",))))
    law = law_of(requirement("r", "742.6"), requirement("q", "744.11(a)", BIG), exception("x", "74", paragraph="740.8"),
                 exception("z", "744.11", paragraph="740.9"), asks)  # fmt: skip
    assert read(law, tpp=4799).outcome == "license_required"  # "74" names no section
    free = law_of(requirement("r", "742.6"), requirement("q", "744.11(a)", BIG), exception("x", "742.6", "744.11",
                  paragraph="740.8"), asks)  # fmt: skip
    assert read(free, tpp=4799).outcome == "license_exception"
    assert set(read(free, tpp=4800).requirements) == {"law#q", "law#r"}


def test_a_bar_that_is_unknown_leaves_the_exception_unknown_and_is_followed() -> None:
    law = law_of(requirement("r", "742.6"), exception("x", "742.6", paragraph="740.8"), bar("b", "740"))
    held = {name: truth for name, (_, truth) in reading(law, tpp=None).truths.items()}
    assert (held["law#x"], held["law#b"]) == (UNKNOWN, UNKNOWN)
    known = {name: Fact(value, "given") for name, value in DEAL.items()}
    verdict = decide(Docket(view_of(law), known), START)
    assert (verdict.law.outcome, verdict.turns_on) == ("indeterminate", ("tpp",))
    assert [(case.conditions, case.outcome) for case in verdict.cases] == [
        ((("tpp", "less than 4800"),), "license_exception"),
        ((("tpp", "at least 4800"),), "license_required"),
    ]
    # a bar of an exception that is closed by its own terms is not asked about
    closed = law_of(requirement("r", "742.6"), exception("x", "742.6", paragraph="740.8",
                    when=rows(("activity", "is", "transfer"))), bar("b", "740"))  # fmt: skip
    assert decide(Docket(view_of(closed), known), START).turns_on == ()


def test_an_exception_that_no_bar_closes_is_as_open_as_before() -> None:
    law = law_of(requirement("r", "742.6"), exception("x", "742.6"), bar("b", "740"))
    assert read(law, tpp=4800).outcome == "license_exception"
    assert reading(law, tpp=4800).closed == []


# --- review -------------------------------------------------------------------------------------------


def policy(name: str, says: Policy, *governs: str, **more: Any) -> Provision:
    return provision(name, "review_policy", policy=says, governs=governs, **more)


def test_the_strictest_policy_counts_unless_one_says_that_it_governs() -> None:
    required = requirement("r", "742.6")
    strict, lenient = policy("d", "presumption_of_denial", "742.6"), policy("c", "case_by_case", "742.6")
    found = read(law_of(required, lenient, strict))
    assert found.policies == (("law#r", "presumption_of_denial", ("law#d",)),)
    ruling = read(law_of(required, strict, replace(lenient, governing=True)))
    assert ruling.policies == (("law#r", "case_by_case", ("law#c",)),)
    # the same word, read from another file
    twice = read(law_of(required, strict, policy("e", "".join(["presumption_", "of_denial"]), "742.6")))  # type: ignore[arg-type]
    assert twice.policies == (("law#r", "presumption_of_denial", ("law#d", "law#e")),)
    elsewhere = read(law_of(required, strict, replace(lenient, governing=True, governs=("744",))))
    assert elsewhere.review_policy == "presumption_of_denial"


def test_a_policy_of_its_own_stands_beside_those_that_govern_it() -> None:
    required = requirement("r", "742.6", policy="case_by_case")
    assert read(law_of(required, policy("d", "presumption_of_denial", "742.6"))).policies == (
        ("law#r", "presumption_of_denial", ("law#d",)),
    )
    assert read(law_of(required, policy("a", "presumption_of_approval", "742.6"))).policies == (
        ("law#r", "case_by_case", ("law#r",)),
    )
    assert read(law_of(requirement("r", "742.6"))).policies == (("law#r", "indeterminate", ()),)


def test_the_field_is_the_strictest_of_what_is_left() -> None:
    one, other = requirement("r", "742.6", policy="case_by_case"), requirement("q", "744.11", policy="unpublished")
    assert read(law_of(one, other)).review_policy == "case_by_case"
    assert read(law_of(one, other, exception("x", "742.6"))).review_policy == "unpublished"
    assert STRICTEST == (
        "policy_of_denial", "presumption_of_denial", "indeterminate", "case_by_case", "presumption_of_approval",
        "unpublished",
    )  # fmt: skip


# --- notices and gaps -----------------------------------------------------------------------------------


def test_what_holds_and_has_a_notice_is_noticed_and_nothing_else() -> None:
    law = law_of(
        provision("n", "notice", notice="Mind this.", when=BIG), requirement("r", "742.6", notice="And this."),
        requirement("q", "744.11"),
    )  # fmt: skip
    assert set(read(law, tpp=4800).notices) == {"law#n", "law#r"}
    assert read(law, tpp=1).notices == read_law(reading(law, tpp=None)).notices == ("law#r",)
    dated = rows(("destination", "in_group", "D:5"))
    law = law_of(provision("n", "notice", notice="Mind this.", when=dated, effective=date(2020, 1, 1)))
    assert read(law, date(2021, 12, 8), destination="KH").notices == ()
    assert read(law, date(2021, 12, 9), destination="KH").notices == ("law#n",)


@pytest.mark.parametrize(
    ("blocking", "required", "blocked"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_a_blocking_gap_blocks_a_yes_alone(blocking: bool, required: bool, blocked: bool) -> None:
    gap = Gap(id="g", what="A rule.", effect="Unread.", blocking=blocking)
    law = law_of(*([requirement("r", "742.6")] if required else []), gaps=(gap,))
    found = read(law)
    assert found.blocked == (("not_encoded#g",) if blocked else ())
    assert found.decision == (found.outcome, found.review_policy, blocked)


def test_a_blocking_gap_blocks_an_exception_too() -> None:
    gap = Gap(id="g", what="A rule.", effect="Unread.", blocking=True)
    found = read(law_of(requirement("r", "742.6"), exception("x", "742.6"), gaps=(gap,)))
    assert (found.outcome, found.blocked) == ("license_exception", ("not_encoded#g",))


# --- branches folded into one ---------------------------------------------------------------------------


def test_one_branch_is_itself() -> None:
    only = Law(
        "license_required", "case_by_case", ("3A090.a",), ("a.1",), ("r",), (), (), (("r", "case_by_case", ()),), ("n",)
    )
    assert fold([only]) is only


def test_branches_keep_what_all_share_or_else_what_any_has() -> None:
    one = Law("license_required", "case_by_case", ("3A090.a", "3A090.b"), ("a.1", "b.1"), ("r", "q"), ("o",), ("x",),
              (("r", "case_by_case", ("p",)), ("q", "unpublished", ())), ("n", "m"))  # fmt: skip
    other = Law("license_required", "case_by_case", ("3A090.b",), ("b.1", "b.2"), ("r",), (), ("y",),
                (("r", "case_by_case", ("s",)),), ("m",))  # fmt: skip
    found = fold([one, other])
    assert (found.eccn, found.paragraphs) == (("3A090.b",), ("b.1",))
    assert (found.requirements, found.overcome, found.exceptions, found.notices) == (("r",), ("o",), ("x", "y"), ("m",))
    assert found.policies == (("r", "case_by_case", ("p", "s")),)
    assert (found.outcome, found.review_policy) == ("license_required", "case_by_case")


def test_what_branches_share_keeps_the_order_and_the_rest_of_the_first() -> None:
    one = Law("license_exception", None, ("a", "b"), ("a.1", "b.1"), ("r", "q"), blocked=("g",))
    other = Law("license_exception", None, ("b", "a"), ("b.1", "a.1"), ("q", "r"), blocked=("h",))
    assert fold([one, other]) == one._replace(blocked=("g", "h"))
    assert fold([other, one]) == other._replace(blocked=("h", "g"))
    assert fold([one, one._replace(eccn=("a", "b", "c"), paragraphs=("a.1", "b.1", "c.1"))]) == one


def test_a_requirement_that_branches_review_differently_is_reviewed_as_nobody_knows() -> None:
    one = Law("license_required", requirements=("r",), policies=(("r", "case_by_case", ("p",)),))
    other = one._replace(policies=(("r", "presumption_of_denial", ("p",)),))
    assert fold([one, other]).policies == fold([other, one]).policies == (("r", "indeterminate", ("p",)),)
    same = one._replace(policies=(("r", "".join(["case_by", "_case"]), ("p",)),))  # type: ignore[arg-type]
    assert fold([one, same]).policies == one.policies
    three = fold([one, other, one])
    assert three.policies == (("r", "indeterminate", ("p",)),)
    apart = fold([one, Law("license_required", requirements=("q",), policies=(("q", "unpublished", ()),))])
    assert apart.requirements == ("r", "q")
    assert apart.policies == (("r", "case_by_case", ("p",)), ("q", "unpublished", ()))


@pytest.mark.parametrize(
    ("op", "below", "at", "above"),
    [("ge", FALSE, TRUE, TRUE), ("gt", FALSE, FALSE, TRUE), ("le", TRUE, TRUE, FALSE), ("lt", TRUE, FALSE, FALSE),
     ("is", FALSE, TRUE, FALSE)],
)  # fmt: skip
def test_a_figure_is_compared_with_a_bound_as_the_rule_says(op: str, below: Truth, at: Truth, above: Truth) -> None:
    assert [compare(value, op, 10) for value in (9, 10, 11)] == [below, at, above]
    assert [compare(Decimal(value), op, 10) for value in ("9.999", "10.0", "10.001")] == [below, at, above]
