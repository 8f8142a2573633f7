"""The tests that decided an answer, as rows of a table, and the sources of the figures in them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence

from exportrules.answer.determination import Determination
from exportrules.answer.result import Finding, RowTrace, TestTrace
from exportrules.answer.words import capitalised, fact_name, listed, spelled, value_name
from exportrules.law.ruleset import Ruleset
from exportrules.question.values import show
from exportrules.render.safe import safe

HEAD = ("Test", "Value", "Source of the value", "Met", "Rule")

_SIGN = {"ge": " at least {}", "gt": " more than {}", "le": " at most {}", "lt": " less than {}", "is": " is {}"}
_SIGN |= {"in": " one of {}", "in_group": " in {}"}
_SOURCE = {"given": "given", "assumed": "assumed", "chip": "chip data", "question": "asked", "concluded": "follows"}
#: Facts that a descriptive name leaves open. They are not assumed: each is one of two cases.
_NATURE = {
    "military": ("military_end_user", "military_end_use_or_user"),
    "military_intelligence": ("military_intelligence_end_user", "military_intelligence_use_or_user"),
    "": (),
}
#: Facts without a line in the table of tests: the question has just named them.
_PLAIN = {"destination", "headquarters", "ultimate_parent", "exporter", "activity", "chip_family", "contained_family"}
#: A name may be on a list in one case and on none in another: such a test says whose each is.
_LISTS = {"end_user_lists", "owner_lists"}


def rows(
    d: Determination, findings: Sequence[Finding], cited: Container[str], ref: Callable[[str], str]
) -> Iterator[tuple[str, ...]]:
    """The tests of the provisions `cited`: one row per test, with all variants and all rules that share it."""
    values: dict[tuple[str, str, str], dict[tuple[str, str], list[str]]] = {}
    paragraphs: dict[tuple[str, str, str], list[str]] = {}
    ends: dict[str, set[str]] = {}
    for test, row, finding in _tests(findings, cited):
        met = {"true": "yes", "false": "no", "unknown": "open"}[test.truth]
        key = (_line(d.timeline.ruleset, test), met, ref(finding.provision))
        if test.fact in _LISTS:
            ends.setdefault(key[0], set()).add(met)
        paragraphs.setdefault(key, []).append(row.paragraph)
        whose = values.setdefault(key, {}).setdefault(_value(d, test), [])
        if finding.subject not in whose:
            whose.append(finding.subject)
    rules: dict[tuple[str, str, str, str], list[str]] = {}
    for (line, met, rule), by_value in values.items():
        at = list(dict.fromkeys(filter(None, paragraphs[line, met, rule])))
        alone = len(by_value) == 1 and len(ends.get(line, ())) < 2
        shown = [v if alone or not any(who) else f"{v} ({_cases(d, who)})" for (v, _), who in by_value.items()]
        sources = dict.fromkeys(source for _, source in by_value)
        references = rules.setdefault((line, "; ".join(shown), "; ".join(sources), met), [])
        references.append(f"{rule} {', '.join(at) if len(at) < 3 else ''}".strip())
    yield from ((*test, "; ".join(references)) for test, references in rules.items())


def _cases(d: Determination, subjects: Sequence[str]) -> str:
    """Variants by their names; of the cases of a doubtful word the first, in words: "end user is not listed"."""
    fact, is_, rest = subjects[0].partition(" is ")
    if not d.timeline.question.doubt(fact):
        return listed(subjects)
    more = [f"{len(subjects) - 1} more cases"] if len(subjects) > 2 else ["another case"] * (len(subjects) == 2)
    return listed([f"{fact_name(d.timeline.ruleset, fact)}{is_}{rest}", *more])


def _tests(findings: Sequence[Finding], cited: Container[str]) -> Iterator[tuple[TestTrace, RowTrace, Finding]]:
    """The tests that decided: those of rows that hold; if no row holds, those that failed."""
    for finding in findings:
        if finding.provision not in cited or finding.kind == "listing":
            continue
        holding = [row for row in finding.when if row.truth == "true"]
        barring = [row for row in finding.unless if row.truth != "false"] if finding.truth != "true" else []
        for row in [*(holding or finding.when), *barring]:
            for test in row.tests:
                if test.fact not in _PLAIN and (holding or test.truth != "true"):
                    yield test, row, finding


def _line(law: Ruleset, test: TestTrace) -> str:
    bounds = test.bound if isinstance(test.bound, tuple) else (test.bound,)
    bound = ", ".join(value_name(law, show(b)) for b in bounds)
    sign = _SIGN["is"] if len(bounds) == 1 and test.op == "in" else _SIGN[test.op]
    name = fact_name(law, test.fact)
    return f"{capitalised(name)}{': {}' if isinstance(test.bound, bool) else sign}".format(bound)


def _value(d: Determination, test: TestTrace) -> tuple[str, str]:
    """(the value of a fact with its unit, its source)."""
    vocabulary = d.timeline.ruleset.facts
    kind, _, detail = test.source.partition(": ")
    source = spelled(detail) if kind == "derived" else _SOURCE.get(kind, kind)
    if kind == "assumed" and any(test.fact in _NATURE[name.described] for name in d.timeline.question.names):
        source = "if it is not such a body"
    if kind == "assumed" and not _assumed(d, test.fact):
        source = _SOURCE["concluded"]
    if test.value is None and test.truth != "unknown":
        return "none", _SOURCE["concluded"]
    if kind == "concluded":
        return safe(_concluded(d.timeline.ruleset, test.value)), safe(source)
    readings = test.value if isinstance(test.value, tuple) else (test.value,)
    unit = vocabulary[test.fact].unit if test.fact in vocabulary and test.value is not None else ""
    return safe(f"{' or '.join(value_name(d.timeline.ruleset, show(v)) for v in readings)} {unit}".strip()), safe(
        source
    )


def _assumed(d: Determination, fact: str) -> bool:
    """True if the fact was assumed, or is a conclusion that was not reached because a fact was assumed."""
    known = d.timeline.ruleset.facts.get(fact)
    if known is None or known.about not in ("conclusion", "derived"):
        return True
    q, facts = d.timeline.question, d.timeline.courses[0].subject.facts
    leads = {
        test.fact
        for provision, _ in d.timeline.ruleset.provisions.values()
        if provision.concludes is not None and provision.concludes.fact == fact
        for row in provision.when
        for test in row.tests
    }
    return not leads or any(
        name in q.defaulted or (name in facts and facts[name].source == "assumed") for name in leads
    )


def _concluded(law: Ruleset, value: object) -> str:
    """The conclusions of the rules in words: first those that hold, then those that may hold."""
    conclusions = value if isinstance(value, tuple) else () if value is None else (str(value),)
    sure = [value_name(law, v) for v in conclusions if not v.endswith("?")]
    maybe = [value_name(law, v.removesuffix("?")) for v in conclusions if v.endswith("?")]
    return ", ".join([*sure, *([f"possibly {listed(maybe, last='or')}"] if maybe else [])]) or "none"


def figures(d: Determination) -> Iterator[str]:
    """The sources of the figures, variants with the same kind of source together; given figures are named apart."""
    kind = {"datasheet": "as on the maker's data sheet", "secondary": "as published by others"}
    q, vocabulary = d.timeline.question, d.timeline.ruleset.facts
    given = [fact_name(d.timeline.ruleset, name) for name in q.facts if vocabulary[name].about == "item"]
    aside = f", but for what was given ({listed(given)})" if given else ""
    alike: dict[str, tuple[list[str], dict[str, None]]] = {}
    for course in d.timeline.courses:
        chip = course.subject.chip
        if chip is not None and course.subject.id in d.variants and chip.sources:
            names, sources = alike.setdefault(kind.get(chip.confidence, "estimated"), ([], {}))
            names += [chip.name] * (chip.name not in names)
            sources.update(dict.fromkeys(chip.sources))
    for how, (names, sources) in alike.items():
        yield safe(f"Figures of the {listed(names)}{aside}, {how}; sources: {', '.join(sources)}")
