"""The derivation of an answer: findings, margins, citations, and the whole answer as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from exportrules.answer.moment import Moment
from exportrules.answer.result import Citation, Finding, Margin, RowTrace, Settlement, TestTrace
from exportrules.engine.course import Course
from exportrules.engine.evaluate import Reading
from exportrules.law.bounds import stated
from exportrules.law.facts import NOT_EN_ROUTE, Fact
from exportrules.law.force import InForce
from exportrules.law.model import Bounds, Instrument, Provision, Row, Test
from exportrules.law.paragraphs import code_url, refers
from exportrules.law.span import holds_on
from exportrules.law.truth import FALSE, TRUE, UNKNOWN, Truth, all_of, word
from exportrules.question.deal import TERMS

_COMPARED = ("ge", "gt", "le", "lt")
#: The role of an entry of the day that does not take in the item: its figures are not reached, or it excludes the item.
BESIDE = "does not apply"
_DECIDING = ("classification", "requirement", "review_policy", "conclusion")

#: The fields of a determination, in the order in which they are written out.
FIELDS = (
    "outcome", "review_policy", "eccn", "eccn_paragraphs", "requirements", "exceptions", "closed_exceptions",
    "policies", "findings", "transaction", "assumptions", "variants", "turns_on", "settle", "cases", "margin", "holds",
    "previous", "next", "standing", "attestations", "projection", "as_printed_outcome", "notices", "next_steps",
    "citations", "ruleset",
)  # fmt: skip


def as_dict(determination: object) -> dict[str, Any]:
    """Every field as plain data: ISO 8601 dates, exact numbers, strings."""
    return {name: plain(getattr(determination, name)) for name in FIELDS}


def plain(value: Any) -> Any:
    """A value as JSON-compatible data. Numbers are exact, but quotients are rounded to six decimals."""
    if value is None or isinstance(value, (str, int)):  # nearly every value
        return value
    if hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if isinstance(value, Bounds):
        return {name: plain(end) for name, end in stated(value)}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return None if value == NOT_EN_ROUTE else value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(round(value, 6))
    return value


def transaction(moment: Moment) -> dict[str, Any]:
    """The question as it was resolved."""
    q = moment.question
    return {
        "chip": q.label,
        "family": q.family or None,
        "on": moment.on,
        "to": q.to,
        "exporter": q.exporter,
        "activity": q.activity,
        "headquarters": q.headquarters,
        "ultimate_parent": q.ultimate_parent,
        "end_user": q.end_user,
        "parties": list(q.parties),
        "listed_parties": list(q.listed),
        "near_parties": list(q.near),
        "not_listed": list(q.not_listed),
        "end_use": list(q.end_use),
        "facts": {name: fact.value for name, fact in q.facts.items()},
        "known_on": q.known_on,
        "as_printed": q.as_printed,
        "defaulted": sorted(q.defaulted),
    }


def settlements(moment: Moment) -> list[Settlement]:
    """For each fact on which the answer turns: the options to write, each with its case."""
    return [settlement for fact in moment.answer.turns_on for settlement in _settlements(moment, fact)]


def _settlements(moment: Moment, fact: str) -> Iterator[Settlement]:
    definition = moment.ruleset.facts.get(fact)
    if fact == "variant":
        yield Settlement(fact, "once you know it", "VARIANT", f"VARIANT as CHIP: exportrules chips {_name(moment)}")
    if definition is None:
        return
    ways = dict(definition.settle or {})
    if not ways and definition.type == "boolean":
        ways = {"yes": "it is so", "no": "it is not"}
    placeholder = {"number": "NUMBER", "date": "YYYY-MM-DD"}.get(
        definition.type, "|".join(definition.values) or "VALUE"
    )
    own = [f"--{option.replace('_', '-')} " for option, name in TERMS.items() if name == fact]
    option = own[0] if own else f"--fact {fact}="
    for value, case in ways.items():
        yield Settlement(fact, f"if {case}", value, f"{option}{value}")
    if not ways:
        yield Settlement(fact, "once you know it", placeholder, f"{option}{placeholder}")


def _name(moment: Moment) -> str:
    label = moment.question.label
    return f'"{label}"' if " " in label else label


def exceptions(moment: Moment) -> list[dict[str, Any]]:
    """Each exception that overcomes the requirements, with its conditions."""
    provisions = {name: _lookup(moment, name).provision for name in moment.answer.law.exceptions}
    return [
        {
            "provision": name,
            "name": provision.name,
            "conditions": list(provision.conditions),
            "may_be_refused": provision.may_be_refused,
        }
        for name, provision in provisions.items()
    ]


def closed_exceptions(moment: Moment) -> list[dict[str, Any]]:
    """Each exception that would lift a requirement by its own terms, with the bars that close it."""
    closed: dict[str, tuple[str, ...]] = {}
    for reading in moment.readings if moment.answer.law.outcome != "license_exception" else ():
        for entry, bars in reading.closed:
            overcomes = entry.in_force.provision.overcomes
            if any(refers(ref, r.in_force.provision) for r, _ in reading.requirements for ref in overcomes):
                closed[entry.in_force.provision.id] = bars
    return [
        {"provision": name, "name": _lookup(moment, name).provision.name, "bars": list(bars)}
        for name, bars in closed.items()
    ]


def findings(moment: Moment) -> list[Finding]:
    """Every provision in force on the day, with every row and test, for each variant and sense of the question."""
    courses, readings = moment.courses, moment.readings
    return [
        finding
        for course, reading in zip(courses, readings, strict=True)
        for finding in _findings(moment, course, reading, _label(course, courses))
    ]


def _label(course: Course, courses: Sequence[Course]) -> str:
    """The label of a course: the variant and the senses that distinguish it from the other courses."""
    every = [other.subject.words for other in courses]
    distinct = [
        (word, text) for place, (word, text) in enumerate(course.subject.words) if len({w[place] for w in every}) > 1
    ]
    distinct.sort(key=lambda pair: pair[0] != "variant")
    return ", ".join(text if word == "variant" else f"{word} {text}" for word, text in distinct)


def _findings(moment: Moment, course: Course, reading: Reading, subject: str) -> Iterator[Finding]:
    closed = {entry.in_force.provision.id: bars for entry, bars in reading.closed}
    for provision in (entry.provision for entry in moment.in_force(course)):
        held = reading.truths[provision.id][1] if provision.id in reading.truths else FALSE
        yield Finding(
            provision=provision.id,
            kind=provision.kind,
            title=provision.title,
            cite=provision.cite,
            truth=word(held),
            when=tuple(_row(reading, row) for row in provision.when),
            unless=tuple(_row(reading, row) for row in provision.unless),
            certain=provision.certain,
            subject=subject,
            closed_by=closed.get(provision.id, ()),
        )


def _row(reading: Reading, row: Row) -> RowTrace:
    tests = [(test, reading.docket.test(test, reading.day, reading.concluded)) for test in row.tests]
    held = all_of(t for _, t in tests)
    return RowTrace(row.paragraph, word(held), tuple(_test(reading, test, held) for test, held in tests))


def _test(reading: Reading, test: Test, held: Truth) -> TestTrace:
    fact = reading.docket.facts.get(test.fact)
    concluded = reading.concluded.get(test.fact)
    if concluded is not None:
        value: Any = tuple(v if t == TRUE else f"{v}?" for v, t in sorted(concluded.items()) if t != FALSE)
        return TestTrace(test.fact, test.op, test.bound, value, "concluded", word(held))
    if fact is None:
        return TestTrace(test.fact, test.op, test.bound, None, "concluded" if concluded else "unknown", word(held))
    value = fact.candidates or fact.value
    source = f"{fact.source}: {fact.detail}" if fact.detail else fact.source
    return TestTrace(test.fact, test.op, test.bound, value, source, word(held))


def margins(moment: Moment) -> list[Margin]:
    """For each number that a rule of the day tests: its distance from the nearest bound."""
    all_margins: list[Margin] = []
    courses = moment.courses
    for course, reading in zip(courses, moment.readings, strict=True):
        nearest: dict[str, tuple[tuple[Decimal, bool], Margin]] = {}
        subject = course.subject.name if len(courses) > 1 else ""
        for margin, distance in _margins(moment, course, reading, subject):
            if margin.fact not in nearest or distance < nearest[margin.fact][0]:
                nearest[margin.fact] = (distance, margin)
        all_margins += [margin for _, margin in nearest.values()]
    return list(dict.fromkeys(all_margins))


def _margins(
    moment: Moment, course: Course, reading: Reading, subject: str
) -> Iterator[tuple[Margin, tuple[Decimal, bool]]]:
    """Each bound of the day with a sort key: its distance and, at equal distance, requirements first."""
    for provision in (entry.provision for entry in moment.in_force(course)):
        if provision.kind not in _DECIDING:
            continue
        for row in provision.when + provision.unless:
            for test in row.tests:
                value = _number(course.docket.facts.get(test.fact)) if test.op in _COMPARED else None
                if value is None or not isinstance(test.bound, int | Decimal):
                    continue
                others = (t for t in row.tests if t.fact != test.fact)
                if all(reading.docket.test(t, reading.day, reading.concluded) != FALSE for t in others):
                    bound = Decimal(test.bound)
                    distance = abs(value - bound) / bound if bound else Decimal(1)
                    percent = _percent(value, bound)
                    margin = Margin(test.fact, value, test.op, test.bound, provision.id, percent, subject)
                    yield margin, (distance, provision.kind != "requirement")


def _percent(value: Decimal, bound: Decimal) -> str:
    if value == bound:
        return f"exactly at {bound}"
    share = abs(value - bound) / bound * 100 if bound else Decimal(100)
    digits = 1 if share >= Decimal("0.1") else 3
    return f"{round(share, digits)} % {'under' if value < bound else 'over'} {bound}"


def _number(fact: Fact | None) -> Decimal | None:
    if fact is None or isinstance(fact.value, bool) or not isinstance(fact.value, int | Decimal):
        return None
    return Decimal(fact.value)


def _certain_requirements(moment: Moment) -> frozenset[str]:
    """The requirements that apply whatever the unknown facts are, and to every variant."""
    law = moment.answer.law
    if law.outcome != "indeterminate":
        return frozenset([*law.requirements, *law.overcome])
    readings = [reading.requirements for reading in moment.readings]
    return frozenset.intersection(
        *(frozenset(e.in_force.provision.id for e, held in r if held == TRUE) for r in readings)
    )


def is_open(moment: Moment) -> bool:
    """True if it is unknown whether any license is required."""
    needed = moment.answer.cases and all(
        c.outcome in ("license_required", "license_exception") for c in moment.answer.cases
    )
    return moment.answer.law.outcome == "indeterminate" and not needed and not moment.once(_certain_requirements)


def citations(moment: Moment) -> list[Citation]:
    """The sources of the answer: requirements, exceptions, review policies, and entries that were met or missed."""
    law = moment.answer.law
    # if branches differ in outcome, a provision that holds in only one of them "may apply"
    settled = law.outcome != "indeterminate"
    firm = moment.once(_certain_requirements)
    required = [*law.requirements, *([] if settled else law.overcome)]
    roles = {name: "requirement" if name in firm else "may apply" for name in required}
    roles |= dict.fromkeys(law.overcome, "overcome") if settled else {}
    roles |= dict.fromkeys(law.exceptions, "exception" if settled else "may overcome")
    roles |= dict.fromkeys((bar for x in moment.once(closed_exceptions) for bar in x["bars"]), "bar")
    review = "if required" if is_open(moment) else "review policy"
    for _, _, by in law.policies:
        roles |= {name: review for name in by if name not in roles}
    for reading in moment.readings:
        for entry, held in reading.truths.values():
            if entry.in_force.provision.kind in ("classification", "listing") and held == TRUE:
                roles.setdefault(entry.in_force.provision.id, entry.in_force.provision.kind)
            if held == UNKNOWN and entry.in_force.provision.kind in ("requirement", "classification"):
                roles.setdefault(entry.in_force.provision.id, "may apply")
            if held == UNKNOWN and entry.in_force.provision.id in law.exceptions:
                maybe = [bar.in_force.provision.id for bar, closing in reading.bars(entry) if closing == UNKNOWN]
                roles |= {bar: "may close" for bar in maybe if bar not in roles}
    if not law.requirements:
        kinds = {course.docket.value("item_kind") for course in moment.courses}
        for entry_in_force in moment.timeline.courses[0].docket.pool:
            about = entry_in_force.provision.classifies
            if holds_on(entry_in_force.spans, moment.on) and (about in kinds or (about == "ic" and "system" in kinds)):
                roles.setdefault(entry_in_force.provision.id, BESIDE)
    return [_citation(_lookup(moment, name), role, moment.on) for name, role in roles.items()]


def cite_of(provision: Provision, instrument: Instrument) -> str:
    """The citation of a provision for a reader; for a rule, the Federal Register citation precedes the paragraph."""
    if instrument.type in ("code", "letter", "authorization"):
        return provision.cite
    return f"{instrument.citation}; {provision.cite}"


def _citation(in_force: InForce, role: str, on: date) -> Citation:
    provision, instrument = in_force.provision, in_force.instrument
    return Citation(
        provision=provision.id,
        role=role,
        title=provision.title,
        cite=cite_of(provision, instrument),
        url=provision.url,
        code_url=code_url(provision.paragraph, on),
        evidence=provision.evidence or instrument.evidence,
        quote=provision.quote,
        conditions=provision.conditions,
    )


def _lookup(moment: Moment, name: str) -> InForce:
    for course in moment.timeline.courses:
        for in_force in course.docket.pool:
            if in_force.provision.id == name:
                return in_force
    raise KeyError(name)
