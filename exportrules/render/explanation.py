"""An answer with its whole trace, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from exportrules.answer.determination import Determination
from exportrules.answer.result import Finding, RowTrace, TestTrace
from exportrules.answer.words import POLICY
from exportrules.question.values import show
from exportrules.render.safe import safe
from exportrules.render.text import answer, wrapped

_OPERATOR = {"is": "is", "in": "is one of", "in_group": "is in", "ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


def explanation(d: Determination) -> str:
    """The answer with its whole trace: provisions in force, rows, tests, carve-outs, margins."""
    lines = [answer(d), "", "PROVISIONS IN FORCE ON THE DAY", ""]
    subject = None
    for finding in d.findings:
        if finding.subject and finding.subject != subject:
            subject = finding.subject
            lines += [f"== {subject} ==", ""]
        lines += [*_finding(finding), ""]
    if d.margin:
        lines += ["MARGINS", ""]
        lines += [f"  {_whose(m.subject)}{m.fact} {show(m.value)}: {m.percent} ({m.provision})" for m in d.margin]
        lines.append("")
    lines.append("REVIEW POLICY BY REQUIREMENT")
    lines += [
        f"  {p['requirement']}: {POLICY[p['review_policy']]} ({', '.join(p['by']) or 'none stated'})"
        for p in d.policies
    ]
    lines += ["", f"Data: edition {d.ruleset['edition']}, SHA-256 {d.ruleset['sha256']}"]
    return "\n".join(lines)


def _finding(f: Finding) -> Iterator[str]:
    mark = {"true": "HOLDS", "false": "does not hold", "unknown": "UNKNOWN"}[f.truth]
    doubt = "" if f.certain else " (itself uncertain)"
    yield f"{mark:<14}{f.provision} [{f.kind}]{doubt}"
    yield from wrapped(f"{f.title} -- {f.cite}", 14)
    if f.closed_by:
        yield from wrapped(f"closed by {', '.join(f.closed_by)}", 14)
    for row in f.when:
        yield from _row(row, "when")
    for row in f.unless:
        yield from _row(row, "unless")


def _row(row: RowTrace, word: str) -> Iterator[str]:
    yield f"{'':14}{word} {row.paragraph or '-'}: {row.truth}"
    for test in row.tests:
        yield f"{'':18}{_test(test)}"


def _test(test: TestTrace) -> str:
    bound = ", ".join(test.bound) if isinstance(test.bound, tuple) else show(test.bound)
    value = (
        " or ".join(map(show, test.value))
        if isinstance(test.value, tuple) and test.source != "concluded"
        else show(test.value)
    )
    return safe(f"{test.fact} {_OPERATOR[test.op]} {bound}: {test.truth} ({value or 'none'}; {test.source})")


def _whose(subject: str) -> str:
    return f"{subject}: " if subject else ""
