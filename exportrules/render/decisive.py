"""The tests that decided an answer, as rows of a table, and where the figures in them are from."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence

from exportrules.answer.determination import Determination
from exportrules.answer.result import Finding, RowTrace, TestTrace
from exportrules.answer.words import fact_name, listed, spelled, value_name
from exportrules.law.ruleset import Ruleset
from exportrules.question.values import show
from exportrules.render.safe import safe

HEAD = ("Test", "Value", "Source of the value", "Met", "Rule")

_SIGN = {"ge": " at least {}", "gt": " more than {}", "le": " at most {}", "lt": " less than {}", "is": " is {}"}
_SIGN |= {"in": " one of {}", "in_group": " in {}"}
_SOURCE = {"given": "given", "assumed": "assumed", "chip": "chip data", "question": "asked", "concluded": "follows"}
#: What a name says of its bearer is not assumed to be otherwise: it is one case of two.
_NATURE = {
    "military": ("military_end_user", "military_end_use_or_user"),
    "military_intelligence": ("military_intelligence_end_user", "military_intelligence_use_or_user"),
    "": (),
}
#: Facts that need no line in a table of tests: the reader has just been told.
_PLAIN = {"destination", "headquarters", "ultimate_parent", "exporter", "activity", "chip_family", "contained_family"}


def rows(
    d: Determination, findings: Sequence[Finding], cited: Container[str], ref: Callable[[str], str]
) -> Iterator[tuple[str, ...]]:
    """The tests of the provisions `cited`, a row each: one row has all variants, and all rules that make the test."""
    values: dict[tuple[str, str, str], dict[tuple[str, str], list[str]]] = {}
    paragraphs: dict[tuple[str, str, str], list[str]] = {}
    for test, row, found in _tests(findings, cited):
        met = {"true": "yes", "false": "no", "unknown": "open"}[test.truth]
        key = (_line(d.timeline.ruleset, test), met, ref(found.provision))
        paragraphs.setdefault(key, []).append(row.paragraph)
        whose = values.setdefault(key, {}).setdefault(_value(d, test), [])
        if found.subject not in whose:
            whose.append(found.subject)
    rules: dict[tuple[str, str, str, str], list[str]] = {}
    for (line, met, rule), found_values in values.items():
        at = list(dict.fromkeys(filter(None, paragraphs[line, met, rule])))
        alone = len(found_values) == 1
        shown = [v if alone or not any(who) else f"{v} ({listed(who)})" for (v, _), who in found_values.items()]
        sources = dict.fromkeys(source for _, source in found_values)
        made = rules.setdefault((line, "; ".join(shown), "; ".join(sources), met), [])
        made.append(f"{rule} {', '.join(at) if len(at) < 3 else ''}".strip())
    yield from ((*test, "; ".join(made)) for test, made in rules.items())


def _tests(findings: Sequence[Finding], cited: Container[str]) -> Iterator[tuple[TestTrace, RowTrace, Finding]]:
    """The tests that decided: those of rows that hold, or why no row does."""
    for found in findings:
        if found.provision not in cited or found.kind == "listing":
            continue
        holding = [row for row in found.when if row.truth == "true"]
        barring = [row for row in found.unless if row.truth != "false"] if found.truth != "true" else []
        for row in [*(holding or found.when), *barring]:
            for test in row.tests:
                if test.fact not in _PLAIN and (holding or test.truth != "true"):
                    yield test, row, found


def _line(law: Ruleset, test: TestTrace) -> str:
    bounds = test.bound if isinstance(test.bound, tuple) else (test.bound,)
    bound = ", ".join(value_name(law, show(b)) for b in bounds)
    sign = _SIGN["is"] if len(bounds) == 1 and test.op == "in" else _SIGN[test.op]
    name = fact_name(law, test.fact)
    return f"{name[:1].upper()}{name[1:]}{': {}' if isinstance(test.bound, bool) else sign}".format(bound)


def _value(d: Determination, test: TestTrace) -> tuple[str, str]:
    """A fact's value with its unit, and where it is from."""
    vocabulary = d.timeline.ruleset.facts
    kind, _, detail = test.source.partition(": ")
    source = spelled(detail) if kind == "derived" else _SOURCE.get(kind, kind)
    if kind == "assumed" and any(test.fact in _NATURE[name.described] for name in d.timeline.question.names):
        source = "if it is not such a body"
    if kind == "assumed" and not _assumed(d, test.fact):
        source = _SOURCE["concluded"]
    if kind == "concluded":
        return safe(_concluded(d.timeline.ruleset, test.value)), safe(source)
    readings = test.value if isinstance(test.value, tuple) else (test.value,)
    unit = vocabulary[test.fact].unit if test.fact in vocabulary and test.value is not None else ""
    return safe(f"{' or '.join(value_name(d.timeline.ruleset, show(v)) for v in readings)} {unit}".strip()), safe(
        source
    )


def _assumed(d: Determination, fact: str) -> bool:
    """True if a fact was assumed; of a conclusion that nothing led to, if a fact that could lead to it was."""
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
    """What the rules conclude: what holds, then what may."""
    found = value if isinstance(value, tuple) else () if value is None else (str(value),)
    sure = [value_name(law, v) for v in found if not v.endswith("?")]
    maybe = [value_name(law, v.removesuffix("?")) for v in found if v.endswith("?")]
    return ", ".join([*sure, *([f"possibly {listed(maybe, last='or')}"] if maybe else [])]) or "none"


def figures(d: Determination) -> Iterator[str]:
    """Where the figures are from, all the sources of variants alike together; what was given is from nowhere else."""
    kind = {"datasheet": "as on the maker's data sheet", "secondary": "as published by others"}
    q, vocabulary = d.timeline.question, d.timeline.ruleset.facts
    given = [fact_name(d.timeline.ruleset, name) for name in q.facts if vocabulary[name].about == "item"]
    aside = f", but for what was given ({listed(given)})" if given else ""
    alike: dict[str, tuple[list[str], dict[str, None]]] = {}
    for course in d.timeline.courses:
        chip = course.subject.chip
        if chip is not None and course.subject.id in d.variants and chip.sources:
            names, sources = alike.setdefault(kind.get(chip.confidence, "estimated"), ([], {}))
            names.append(chip.name)
            sources.update(dict.fromkeys(chip.sources))
    for how, (names, sources) in alike.items():
        yield safe(f"Figures of the {listed(names)}{aside}, {how}; sources: {', '.join(sources)}")
