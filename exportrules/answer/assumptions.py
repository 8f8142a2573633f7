"""The assumptions of an answer, and what the answer would be without each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from exportrules.answer.moment import Moment
from exportrules.answer.result import Assumption, Otherwise
from exportrules.engine.cases import together
from exportrules.engine.course import Course
from exportrules.engine.docket import Docket
from exportrules.engine.evaluate import Law
from exportrules.engine.unknowns import Verdict, decide
from exportrules.law.facts import NOT_EN_ROUTE, Fact
from exportrules.law.model import Group, Membership
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import Span, holds_on
from exportrules.law.view import Dispute, View, view_of
from exportrules.question.figures import settled


def other_layer(moment: Moment) -> str | None:
    """The outcome in the other layer (as printed, or as enforced if asked as printed); None if it is the same.

    Where the law of the day is only projected, that of the other layer would be so too, and is not said.
    """
    if moment.answer.projection or moment.answer.outcome != moment.answer.law.outcome:
        return None
    ruleset, q = moment.ruleset, moment.question

    def other(course: Course) -> View:
        return view_of(ruleset, as_printed=not q.as_printed, known_on=q.known_on, exporter=course.subject.exporter)

    law = _decided(moment, other, {})
    return law.outcome if law.outcome != moment.answer.law.outcome else None


def disputes(moment: Moment) -> list[tuple[Group, Membership]]:
    """The memberships of the question's countries on which lists differ on the day, each with its group."""
    q = moment.question
    places = (q.to, q.headquarters, q.ultimate_parent)
    return [
        (group, member)
        for group in moment.ruleset.groups.values()
        for member in group.disputed
        if member.country in places
        and moment.on in Span(member.start or date.min, member.stop)
        and (q.known_on is None or (member.start or date.min) <= q.known_on)
    ]


def in_dispute(moment: Moment) -> list[Assumption]:
    """The assumption for each disputed membership that decides: BIS's table, and the answer if the other list controls.

    The other way is computed for the whole question: a country may be destination, headquarters and parent at once.
    """
    q, ruleset = moment.question, moment.ruleset
    found = []
    for group, member in disputes(moment):

        def other(course: Course, of: Dispute = (group.id, member.country)) -> View:
            return view_of(
                ruleset, as_printed=q.as_printed, known_on=q.known_on, exporter=course.subject.exporter, otherwise=of
            )

        law = _decided(moment, other, {})
        if (law.outcome, law.review_policy) == (moment.answer.law.outcome, moment.answer.law.review_policy):
            continue
        name = ruleset.places[member.country].name
        inside = holds_on(moment.view.membership(group.id, member.country), moment.on)
        has, may = ("in", "outside") if inside else ("outside", "in")
        why = f" ({group.cite}: State's list controls)" if group.cite else ""
        otherwise = Otherwise(f"{name} {may} {group.id}{why}", law.outcome, law.review_policy)
        says = f"{name} is {has} Country Group {group.id}, as BIS's table has it"
        found.append(Assumption(group.id, inside, says, (otherwise,)))
    return found


def _decided(moment: Moment, layer: Callable[[Course], View], changed: Mapping[str, Fact]) -> Law:
    """The law of the day with some facts changed. Subjects that it treats alike are evaluated once."""
    decided: dict[object, Verdict] = {}
    verdicts = []
    for course in moment.courses:
        view, subject = layer(course), course.subject
        facts = settled(subject.facts, changed)
        marks = course.docket.marks.after(facts) if view is course.view else None
        docket = Docket(view, facts, subject.listings(view), moment.on, marks)
        key = (view, docket.signature())
        if key not in decided:
            decided[key] = decide(docket, moment.on)
        verdicts.append((subject.words, decided[key]))
    return together(verdicts).law


def assumptions(moment: Moment) -> list[Assumption]:
    """The assumptions of the answer, each with the other values that would change it on that day."""
    q = moment.question
    assumed = [*moment.once(in_dispute), *_terms(moment)]
    if not q.listed and "end_user_lists" not in q.facts:
        assumed.append(_on_no_list(moment))
    under_way = tuple(_under_way(moment))
    if under_way and "en_route_since" not in q.facts:
        says = moment.ruleset.facts["en_route_since"].says
        assumed.append(Assumption("en_route_since", NOT_EN_ROUTE, says, under_way))
    return [*assumed, *_of_vocabulary(moment)]


def _assumption(moment: Moment, fact: str, value: Any, says: str, ways: Mapping[str, Mapping[str, Any]]) -> Assumption:
    """An assumption; of `ways`, other values in words and as facts, it keeps those that would change the answer."""
    others = (_otherwise(moment, name, change) for name, change in ways.items())
    return Assumption(fact, value, says, tuple(filter(None, others)))


def _terms(moment: Moment) -> Iterator[Assumption]:
    """The terms of the deal that were left out."""
    q, ruleset = moment.question, moment.ruleset
    if "to" in q.defaulted:
        yield Assumption("destination", q.to, f"the destination is {ruleset.places[q.to].name}", ())
    if "exporter" in q.defaulted:
        says = f"the exporter is the chip's maker, {_name(ruleset, q.exporter)}"
        yield _assumption(moment, "exporter", q.exporter, says, {"another exporter": {"exporter": "other"}})
    if "activity" in q.defaulted:
        ways = {"a reexport": {"activity": "reexport"}, "an in-country transfer": {"activity": "transfer"}}
        yield _assumption(moment, "activity", q.activity, "it is an export from the United States", ways)
    yield from _seat(moment)
    if "end_use" in q.defaulted:
        uses = ruleset.facts["end_use"].supposed
        others: dict[str, dict[str, Any]] = {f"{_a(use)} end use": {"end_use": frozenset({use})} for use in uses}
        yield _assumption(moment, "end_use", list(q.end_use), "the end use is civil", others)


def _seat(moment: Moment) -> Iterator[Assumption]:
    """The headquarters of the end user and of its ultimate parent: of the two, only what was not given."""
    q = moment.question
    seat: list[str] = [name for name in ("headquarters", "ultimate_parent") if name in q.defaulted]
    seated = [course.subject.facts["headquarters"].value is not None for course in moment.courses]
    open_ = q.unsaid == ("headquarters",)  # a body by its name, given to be one, but of unknown country
    if not seat or open_ or not seated[0] or len(q.seats) > 1:
        return
    place = {code: p.name for code, p in moment.ruleset.places.items()}
    by = ", as the party data say" if q.seats else ""
    # nothing is assumed about the country of a body of some state
    unless = "" if all(seated) else ", unless it is the body that its name says,"
    parent = f"its ultimate parent in {place[q.ultimate_parent]}"
    parts = [f"its headquarters in {place[q.headquarters]}{by}"] if "headquarters" in seat else []
    parts += [parent] if "ultimate_parent" in seat else []
    says = f"the end user{unless} has {(f'{by[:1]} and ').join(parts)}"
    ways: dict[str, dict[str, Any]] = {f"{' or '.join(seat).replace('_', ' ')} in China": dict.fromkeys(seat, "CN")}
    if q.headquarters != q.to:
        ways[f"{' and '.join(seat).replace('_', ' ')} in {place[q.to]}"] = dict.fromkeys(seat, q.to)
    yield _assumption(moment, "headquarters", q.headquarters, says, ways)


def _on_no_list(moment: Moment) -> Assumption:
    """The assumption that no buyer is on a list: those that are named, or the one that is not."""
    q = moment.question
    near = {name.written for name in q.names if name.near}
    excluded = near | {name.written for name in q.names if name.declined}  # a declaration is not an assumption
    names = [repr(name) for name in dict.fromkeys((q.end_user, *q.parties)) if name and name not in excluded]
    verb = "is" if len(names) == 1 else "are"
    unless = ", unless it is the party that its name is close to" if near else ""
    declared = ", as declared," if excluded - near and not near else ""
    nobody = f"the buyer{declared} is on no list{unless}"
    says = f"{' and '.join(names)} {verb} on no list in this data" if names else nobody
    lists = moment.ruleset.facts["end_user_lists"]
    called = {name: (lists.value_labels or {}).get(name, name) for name in lists.supposed}
    listed: dict[str, dict[str, Any]] = {
        f"a buyer on the {title}": {"end_user_lists": frozenset({name})} for name, title in called.items()
    }
    return _assumption(moment, "end_user_lists", (), says, listed)


def _of_vocabulary(moment: Moment) -> Iterator[Assumption]:
    """The values that the vocabulary assumes of other facts, where another would change the answer."""
    q, tested = moment.question, moment.once(mentioned)
    # a name that describes its bearer as such a body is part of the question; the contrary is not assumed
    bodies = {f"{name.described}_end_user" for name in q.names if name.described}
    for name, definition in moment.ruleset.facts.items():
        if name == "en_route_since" or name in bodies:
            continue
        if definition.assumed is None or not definition.says or name in q.facts or name in moment.answer.turns_on:
            continue
        # what is not exported is assumed to be subject to the EAR, whether or not that decides
        always = name == "subject_to_ear" and q.activity != "export"
        if always or (name in tested and name != "subject_to_ear"):
            values = _others(definition.assumed, definition.values)
            ways = {definition.otherwise or f"{name}={_written(v)}": {name: v} for v in values}
            assumption = _assumption(moment, name, definition.assumed, definition.says, ways)
            if always or assumption.otherwise:
                yield assumption


def _under_way(moment: Moment) -> Iterator[Otherwise]:
    """The answer for goods that were under way by the cut-off day of a savings clause in force; indeterminate if the
    clause is known but its text is not."""
    cutoffs: dict[date, bool] = {}
    for provision in (p.provision for course in moment.courses for p in moment.in_force(course)):
        for test in (test for row in provision.when for test in row.tests if test.fact == "en_route_since"):
            if isinstance(test.bound, date):
                cutoffs[test.bound] = cutoffs.get(test.bound, False) or provision.kind == "savings"
    for day in sorted(cutoffs):
        changed = {"en_route_since": Fact(day, "given")}
        law = _decided(moment, lambda course: course.view, changed)
        if law.outcome != moment.answer.law.outcome:
            yield Otherwise(f"goods under way since {day} or before", law.outcome, law.review_policy)
        elif not cutoffs[day] and set(law.notices) - set(moment.answer.law.notices):
            yield Otherwise(f"goods under way since {day} or before", "indeterminate", "indeterminate")


def _a(word: str) -> str:
    """A word of the vocabulary with its article: a supercomputer, an advanced-node fab."""
    return f"{'an' if word[0] in 'aeio' else 'a'} {word.replace('_', '-')}"


def _name(ruleset: Ruleset, exporter: str | None) -> str:
    known = ruleset.exporters.get(exporter or "")
    return known.name if known else "not known"


def mentioned(moment: Moment) -> set[str]:
    """The facts that provisions in force on the day test, among those that can apply to the question."""
    mentions: set[str] = set()
    for course in moment.courses:
        facts = course.subject.facts
        for item in moment.in_force(course):
            for row in item.provision.when + item.provision.unless:
                names = {test.fact for test in row.tests}
                mentions |= {n for n in names if n in facts or n in moment.ruleset.facts}
    return mentions


def _otherwise(moment: Moment, name: str, change: Mapping[str, Any]) -> Otherwise | None:
    """The decision on the day with some facts changed; None if it is the same."""
    facts = moment.courses[0].subject.facts
    changed = {n: Fact(v, "question" if _was_asked(facts, n) else "given") for n, v in change.items()}
    law = _decided(moment, lambda course: course.view, changed)
    same_outcome = law.outcome == moment.answer.law.outcome
    if same_outcome and law.review_policy in (moment.answer.law.review_policy, "indeterminate"):
        return None
    return Otherwise(name, law.outcome, law.review_policy)


def _was_asked(facts: Mapping[str, Fact], name: str) -> bool:
    return name in facts and facts[name].source == "question"


def _others(value: Any, values: tuple[str, ...]) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [50]
    return [v for v in values if v != value]


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
