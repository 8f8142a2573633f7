"""Describe a hypothetical ruleset: the provisions that it adds, those that they replace, and its defects."""

from __future__ import annotations

from collections.abc import Iterator

from exportrules.files.lint import defects
from exportrules.law.model import Provision
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import last_day
from exportrules.law.view import view_of


def supposition(law: Ruleset, reform: Ruleset) -> Iterator[str]:
    """Lines for each provision that only the reform has; then its defects, as reported by lint."""
    for name, (provision, _) in reform.provisions.items():
        if name not in law.provisions:
            yield f"  {name}: {provision.title}"
            yield from (f"      {line}" for line in _relations(reform, provision))
    known = {str(defect) for defect in defects(law)}
    for defect in defects(reform):
        if str(defect) not in known:
            yield f"  doubtful: {defect}"


def _relations(law: Ruleset, provision: Provision) -> Iterator[str]:
    for target in provision.replaces:
        yield f"in the place of {target}: {law.provisions[target][0].title}"
    for word, targets in (("displaces", provision.displaces), ("suspends", provision.suspends)):
        for target in targets:
            yield f"{word} {target}: {law.provisions[target][0].title}"
    spans = [s for in_force in view_of(law).provisions if in_force.provision is provision for s in in_force.spans]
    days = ", ".join(f"from {s.start}" + (f" through {last_day(s.stop)}" if s.stop else "") for s in spans)
    yield f"in force {days}" if days else "in force on no day"
