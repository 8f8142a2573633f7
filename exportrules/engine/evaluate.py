"""The evaluator: given a docket and a day, the law's answer.

It follows the order of analysis of 15 CFR part 732: is the item subject to the EAR, how is it
classified, which license requirements apply, what saves or overcomes them, and under which
policy would an application be reviewed. It reads no file, no clock and no environment.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, get_args

from exportrules.engine.docket import LAST_STAGE, Docket, PreparedProvision, PreparedRow
from exportrules.law.facts import HOME
from exportrules.law.model import Policy
from exportrules.law.paragraphs import closes, refers
from exportrules.law.truth import FALSE, TRUE, UNKNOWN, Truth, any_of, negate, truth

STRICTEST: tuple[Policy, ...] = get_args(Policy)


class Law(NamedTuple):
    """The law's answer on a day for one set of facts, with no unknown left open."""

    outcome: str
    review_policy: Policy | None = None
    eccn: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    overcome: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    policies: tuple[tuple[str, Policy, tuple[str, ...]], ...] = ()
    notices: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()

    @property
    def decision(self) -> tuple[str, Policy | None, bool]:
        """The part by which branches are compared."""
        return self.outcome, self.review_policy, bool(self.blocked)


class Reading:
    """The provisions that may hold on one day, with their truths: the raw result of one evaluation."""

    def __init__(self, docket: Docket, day: date) -> None:
        self.docket, self.day = docket.on(day), day
        self.concluded = self.docket.supplied()
        self.truths: dict[str, tuple[PreparedProvision, Truth]] = {}
        self.paragraphs: list[str] = []
        self.closed: list[tuple[PreparedProvision, tuple[str, ...]]] = []
        self._tests: dict[int, Truth] = {}
        self.unknown = False
        stages: list[list[PreparedProvision]] = [[] for _ in range(LAST_STAGE + 1)]
        for entry in self.docket.entries:
            stages[entry.stage].append(entry)
        first, bars, last = stages
        self._read(first)
        self.reach = self._reach()
        self.requirements = self._requirements()
        required_under = self.concluded.setdefault("required_under", {})
        for entry, held in self.requirements:
            paragraph = entry.in_force.provision.paragraph
            required_under[paragraph] = max(held, required_under.get(paragraph, FALSE))
        self._read(bars)
        self._bars = [(entry, held) for entry, held in self.truths.values() if entry.kind == "bar"]
        self._read(last)
        self.reviews = self.held("review_policy", "listing")
        self.unknown = self.unknown or self.reach == UNKNOWN

    def _reach(self) -> Truth:
        """TRUE if the EAR can require a license at all: the item is subject to it and leaves the United States."""
        subject = self.docket.facts.get("subject_to_ear")
        reach = UNKNOWN if subject is None or subject.value is None else truth(subject.value is True)
        home = self.docket.facts.get("destination")
        if home and isinstance(home.value, str):
            reach = min(reach, negate(truth(bool(self.docket.view.membership(HOME, home.value)))))
        return reach

    def left(self, fact: str) -> Docket:
        """The provisions that may still change once the fact is known: one that is FALSE stays FALSE.

        For the kind of item these are all, since the conclusions of entries depend on it.
        """
        if fact == "item_kind":
            return self.docket
        return self.docket.keeping(entry for entry, _ in self.truths.values())

    def held(self, *kinds: str) -> list[PreparedProvision]:
        """The provisions of these kinds that hold."""
        return [e for e, held in self.truths.values() if held == TRUE and e.kind in kinds]

    def bars(self, exception: PreparedProvision) -> list[tuple[PreparedProvision, Truth]]:
        """The bars that close an exception if they hold, each with its truth."""
        return [(bar, held) for bar, held in self._bars if closes(bar.in_force.provision, exception.in_force.provision)]

    def _read(self, entries: Iterable[PreparedProvision]) -> None:
        for entry in entries:
            held = min(self.rows(entry), entry.fits, entry.doubt) if entry.fixed is None else entry.fixed
            if held != FALSE and entry.kind == "exception":
                held = self._unclosed(entry, held)
            if held == FALSE:
                continue
            self.truths[entry.in_force.provision.id] = (entry, held)
            self.unknown = self.unknown or held == UNKNOWN
            if entry.made is not None:
                fact, value = entry.made
                values = self.concluded.setdefault(fact, {})
                values[value] = max(held, values.get(value, FALSE))
                if fact == "eccn" and held == TRUE:
                    self.paragraphs += [row.paragraph for row in entry.when if row.paragraph and self.row(row) == TRUE]

    def _unclosed(self, exception: PreparedProvision, held: Truth) -> Truth:
        """The truth of an exception whose own terms have the truth `held`, given the bars that close it."""
        bars = self.bars(exception)
        by = tuple(bar.in_force.provision.id for bar, closing in bars if closing == TRUE)
        if by and held == TRUE:
            self.closed.append((exception, by))
        return min(held, negate(any_of(closing for _, closing in bars)))

    def rows(self, entry: PreparedProvision) -> Truth:
        """TRUE if some `when` row holds and no `unless` row does."""
        held: Truth = FALSE if entry.needs_rows else TRUE
        for row in entry.when:
            if held == TRUE:
                break
            held = max(held, self.row(row))
        for row in entry.unless:
            if held == FALSE:
                break
            held = min(held, negate(self.row(row)))
        return held

    def row(self, row: PreparedRow) -> Truth:
        """The truth of one row on the day."""
        held = row.settled
        for test in row.concluded:
            # settled once, since a fact is tested only after every provision that concludes it was read
            known = self._tests.get(id(test))
            if known is None:
                known = self._tests[id(test)] = self.docket.concluded(test, self.concluded)
            if known == FALSE:
                return FALSE
            held = min(held, known)
        return held

    def _requirements(self) -> list[tuple[PreparedProvision, Truth]]:
        """The license requirements that may apply: within reach of the EAR and not saved."""
        savings = [(e, held) for e, held in self.truths.values() if e.kind == "savings"]
        requirements = []
        for entry, held in self.truths.values():
            if entry.kind == "requirement":
                saved = any_of(
                    s_held
                    for saving, s_held in savings
                    if any(refers(ref, entry.in_force.provision) for ref in saving.in_force.provision.saves_from)
                )
                applies = min(held, self.reach, negate(saved))
                if applies != FALSE:
                    requirements.append((entry, applies))
        return requirements


def read_law(reading: Reading) -> Law:
    """The answer of a reading in which nothing is UNKNOWN."""
    requirements = [entry for entry, held in reading.requirements if held == TRUE]
    exceptions = reading.held("exception")
    left: list[PreparedProvision] = []
    overcome: list[PreparedProvision] = []
    used: list[PreparedProvision] = []
    for entry in requirements:
        by = [
            x
            for x in exceptions
            if any(refers(ref, entry.in_force.provision) for ref in x.in_force.provision.overcomes)
        ]
        (overcome if by else left).append(entry)
        used += by
    eccn = sorted(v for v, held in reading.concluded.get("eccn", {}).items() if held == TRUE)
    notices = [
        e.in_force.provision.id for e, held in reading.truths.values() if held == TRUE and e.in_force.provision.notice
    ]
    blocked = [e.in_force.provision.id for e in reading.held("gap") if e.in_force.provision.blocking]
    outcome = "license_required" if left else "license_exception" if requirements else "no_license_requirement"
    policies = [(e.in_force.provision.id, *review(e, reading)) for e in left or requirements]
    return Law(
        outcome=outcome,
        review_policy=_strictest(policy for _, policy, _ in policies),
        eccn=tuple(eccn),
        paragraphs=tuple(dict.fromkeys(reading.paragraphs)),
        requirements=tuple(e.in_force.provision.id for e in left or requirements),
        overcome=tuple(e.in_force.provision.id for e in overcome),
        exceptions=tuple(dict.fromkeys(x.in_force.provision.id for x in used)) if not left else (),
        policies=tuple(policies),
        notices=tuple(notices),
        blocked=tuple(blocked) if outcome != "license_required" else (),
    )


def fold(laws: list[Law]) -> Law:
    """One answer for branches with the same decision: the details that all share or, failing that, all details."""
    if len(laws) == 1:
        return laws[0]

    def shared(name: str) -> tuple[Any, ...]:
        columns = [getattr(law, name) for law in laws]
        common = tuple(v for v in columns[0] if all(v in other for other in columns))
        return common or tuple(dict.fromkeys(v for column in columns for v in column))

    common_eccn = tuple(e for e in laws[0].eccn if all(e in law.eccn for law in laws))
    merged: dict[str, Any] = {n: shared(n) for n in ("requirements", "overcome", "exceptions", "notices")}
    paragraphs = tuple(p for p in laws[0].paragraphs if all(p in law.paragraphs for law in laws))
    # a blocking gap in one branch leaves the whole open
    merged["blocked"] = tuple(dict.fromkeys(name for law in laws for name in law.blocked))
    return laws[0]._replace(eccn=common_eccn, paragraphs=paragraphs, policies=_policies(laws, merged), **merged)


def _policies(laws: list[Law], merged: dict[str, Any]) -> tuple[tuple[str, Policy, tuple[str, ...]], ...]:
    """The policy of each merged requirement; indeterminate if the branches review it differently."""
    policies: dict[str, tuple[Policy, tuple[str, ...]]] = {}
    for name, policy, by in (entry for law in laws for entry in law.policies):
        if name in merged["requirements"]:
            before, sources = policies.get(name, (policy, ()))
            policies[name] = (policy if policy == before else "indeterminate", tuple(dict.fromkeys((*sources, *by))))
    return tuple((name, policy, by) for name, (policy, by) in policies.items())


def review(requirement: PreparedProvision, reading: Reading) -> tuple[Policy, tuple[str, ...]]:
    """The review policy of one requirement, and the provisions that set it."""
    provision = requirement.in_force.provision
    policies = [(provision.policy, provision.id)] if provision.policy else []
    reviews = [
        e.in_force.provision
        for e in reading.reviews
        if any(refers(ref, provision) for ref in e.in_force.provision.governs)
    ]
    governing = [p for p in reviews if p.governing]
    policies += [(p.policy, p.id) for p in governing or reviews if p.policy]
    strictest = _strictest(policy for policy, _ in policies) or "indeterminate"
    return strictest, tuple(name for policy, name in policies if policy == strictest)


def _strictest(policies: Iterable[Policy]) -> Policy | None:
    return min(policies, key=STRICTEST.index, default=None)
