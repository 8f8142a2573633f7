"""Case analysis of unknown facts.

Nothing is guessed: if a provision in force turns on an unknown fact, the evaluator runs once for
each range of its values (each interval between the bounds that the law states), and branches that
agree are folded. The answer turns on the facts that remain.
The facts are split in the order of the vocabulary, so that the folded tree does not depend on the
order of files: it splits on a fact exactly where the decision does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from exportrules.engine.docket import Docket, PreparedProvision
from exportrules.engine.evaluate import STRICTEST, Law, Reading, fold, read_law, review
from exportrules.law.bounds import End, between, meet
from exportrules.law.force import doubt_of, provides
from exportrules.law.model import Bounds, Policy, Test
from exportrules.law.paragraphs import refers, under
from exportrules.law.span import DAY, holds_on
from exportrules.law.truth import FALSE, TRUE, UNKNOWN
from exportrules.question.values import show

MOST_BRANCHES = 4096


class Branch(NamedTuple):
    """One combination of values of the unknown facts, and the decision for it."""

    conditions: tuple[tuple[str, str], ...]
    outcome: str
    review_policy: Policy | None


class Verdict(NamedTuple):
    """The law's answer: the decision, the unknown facts that it turns on, and a case for each combination."""

    law: Law
    turns_on: tuple[str, ...] = ()
    cases: tuple[Branch, ...] = ()


def decide(docket: Docket, day: date) -> Verdict:
    """The law's answer on a day, with a case for each combination of the unknowns that it turns on."""
    tree = _follow(docket.on(day), day, _Search(MOST_BRANCHES))
    if isinstance(tree, Law):
        return Verdict(tree)
    leaves = list(_leaves(tree, ()))
    outcomes = {law.outcome for _, law in leaves}
    policies = {law.review_policy for _, law in leaves}
    merged = fold([law for _, law in leaves])._replace(
        outcome=outcomes.pop() if len(outcomes) == 1 else "indeterminate",
        review_policy=policies.pop() if len(policies) == 1 else "indeterminate",
    )
    cases = tuple(_branch(conditions, law) for conditions, law in leaves)
    order = docket.view.ruleset.fact_order
    facts = {fact for case in cases for fact, _ in case.conditions}
    turns_on = sorted(facts, key=lambda fact: (order.get(fact, len(order)), fact))
    return Verdict(merged, tuple(turns_on), cases)


def _branch(conditions: tuple[tuple[str, str], ...], law: Law) -> Branch:
    """One case as reported: indeterminate if a blocking gap applies to it."""
    return Branch(conditions, *("indeterminate", "indeterminate") if law.blocked else (law.outcome, law.review_policy))


class _Search:
    """The number of branches that may still be read, and those read, each with the number of branches within it."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.known: dict[object, tuple[Law | _Fork, int]] = {}


class _Fork(NamedTuple):
    fact: str
    ways: tuple[tuple[str, Any], ...]


def _follow(docket: Docket, day: date, search: _Search) -> Law | _Fork:
    """The decision tree over the unknown facts, in the order of the vocabulary, with equal branches folded.

    Branches that lead to the same provisions are read once.
    """
    key, before = docket.signature(), search.left
    tree, size = search.known.get(key, (None, 0))
    if tree is None or size >= before:
        tree = _read(docket, day, search)
        search.known[key] = tree, before - search.left
    else:
        search.left -= size
    return tree


def _read(docket: Docket, day: date, search: _Search) -> Law | _Fork:
    reading = Reading(docket, day)
    order = docket.view.ruleset.fact_order
    tests = {} if not reading.unknown or _foregone(reading) else _open_tests(reading)
    waiting = sorted(tests, key=lambda fact: (order.get(fact, len(order)), fact))
    search.left -= 1
    if not waiting or search.left <= 0:
        return read_law(reading) if not waiting else Law("indeterminate", "indeterminate")
    fact = waiting[0]
    ways: list[tuple[Range, Law | _Fork]] = []
    docket = reading.left(fact)
    for cell in cells(docket, fact, tests[fact], day):
        branch = _follow(docket.supposing(fact, cell.example), day, search)
        if ways and _same(ways[-1][1], branch):
            ways[-1] = (ways[-1][0].joined(cell), _folded(ways[-1][1], branch))
        else:
            ways.append((cell, branch))
    if len(ways) == 1:  # neighbours that agree were folded
        return ways[0][1]
    return _Fork(fact, tuple((cell.text, branch) for cell, branch in ways))


def _same(one: Law | _Fork, other: Law | _Fork) -> bool:
    if isinstance(one, Law) and isinstance(other, Law):
        return one.decision == other.decision
    if isinstance(one, _Fork) and isinstance(other, _Fork):
        return (
            one.fact == other.fact
            and [t for t, _ in one.ways] == [t for t, _ in other.ways]
            and all(_same(a, b) for (_, a), (_, b) in zip(one.ways, other.ways, strict=True))
        )
    return False


def _folded(one: Law | _Fork, other: Law | _Fork) -> Law | _Fork:
    if isinstance(one, Law) and isinstance(other, Law):
        return fold([one, other])
    if isinstance(one, _Fork) and isinstance(other, _Fork):
        pairs = zip(one.ways, other.ways, strict=True)
        return _Fork(one.fact, tuple((text, _folded(a, b)) for (text, a), (_, b) in pairs))
    raise AssertionError("only equal branches are folded")


def _leaves(tree: Law | _Fork, path: tuple[tuple[str, str], ...]) -> Iterator[tuple[tuple[tuple[str, str], ...], Law]]:
    if isinstance(tree, Law):
        yield path, tree
        return
    for text, branch in tree.ways:
        yield from _leaves(branch, (*path, (tree.fact, text)))


class Range(NamedTuple):
    """A range of values that the law treats alike, with one example from it."""

    example: Any
    low: Any = None
    high: Any = None
    low_in: bool = False
    high_in: bool = False
    words: str = ""

    @property
    def text(self) -> str:
        if self.words:
            return self.words
        if self.low is not None and self.low == self.high:
            return f"exactly {show(self.low)}"
        parts = []
        if self.low is not None:
            parts.append(f"{'at least' if self.low_in else 'more than'} {show(self.low)}")
        if self.high is not None:
            parts.append(f"{'at most' if self.high_in else 'less than'} {show(self.high)}")
        return " and ".join(parts) or "any value"

    def reaches(self, bounds: Bounds) -> bool:
        """True if some value of the range is within the bounds."""
        return (
            meet(between(End(self.low or 0, self.low is None or self.low_in), End(self.high, self.high_in)), bounds)
            is not None
        )

    def joined(self, later: Range) -> Range:
        if self.words or later.words:
            return Range(self.example, words=f"{self.text} or {later.text}")
        return Range(self.example, self.low, later.high, self.low_in, later.high_in)


def _open_tests(reading: Reading) -> dict[str, list[Test]]:
    """The unknown facts on which the decision may turn, each with its open tests.

    The search goes backwards from the provisions that decide: requirements; whatever saves, overcomes, reviews or
    blocks those that may apply; and from an exception to the bars that may close it. A provision that could only add a
    notice is not followed.
    """
    tests: dict[str, list[Test]] = {}
    live = [entry for entry, _ in reading.requirements]
    waiting = [entry for entry, held in reading.truths.values() if held == UNKNOWN and _decides(entry, live)]
    seen: set[str] = set()
    while waiting:
        entry = waiting.pop()
        if entry.in_force.provision.id in seen:
            continue
        seen.add(entry.in_force.provision.id)
        if entry.kind == "exception":
            waiting += [bar for bar, held in reading.bars(entry) if held == UNKNOWN]
        if entry.fits == UNKNOWN:
            tests.setdefault("item_kind", [])
        if entry.doubt == UNKNOWN and reading.rows(entry) != FALSE:
            tests.setdefault(doubt_of(entry.in_force), [])
        for row in entry.when + entry.unless:
            if reading.row(row) == UNKNOWN:
                for test in row.open:
                    tests.setdefault(test.fact, []).append(test)
                for test in row.concluded:
                    waiting += _makers(reading, test)
                    if reading.docket.unsettled(test.fact):
                        tests.setdefault(test.fact, []).append(test)
    if live and reading.reach == UNKNOWN:
        tests.setdefault("subject_to_ear", [])
    return tests


def _foregone(reading: Reading) -> bool:
    """True if no unknown can change the decision: a requirement applies that nothing can lift, with a policy that no
    other requirement can make stricter."""
    reviews = [(e, held) for e, held in reading.truths.values() if e.kind in ("review_policy", "listing")]
    exceptions = [e for e, _ in reading.truths.values() if e.kind == "exception"]
    firm: list[PreparedProvision] = []
    loose: list[PreparedProvision] = []
    for entry, held in reading.requirements:
        reachable = any(
            refers(ref, entry.in_force.provision) for x in exceptions for ref in x.in_force.provision.overcomes
        )
        (firm if held == TRUE and not reachable else loose).append(entry)
    if not firm:
        return False

    def governs(review: PreparedProvision, entry: PreparedProvision) -> bool:
        return any(refers(ref, entry.in_force.provision) for ref in review.in_force.provision.governs)

    def possible(entry: PreparedProvision) -> list[int]:
        """The policies that a requirement may have, however its unknown reviews fall."""
        policies: list[Policy | None] = [entry.in_force.provision.policy]
        policies += [e.in_force.provision.policy for e, _ in reviews if governs(e, entry)]
        return [STRICTEST.index(policy) for policy in policies if policy] or [STRICTEST.index("indeterminate")]

    # of a firm requirement with an unknown review nothing is sure: what governs may make it milder
    sure = [entry for entry in firm if not any(held == UNKNOWN and governs(e, entry) for e, held in reviews)]
    strictest = min((STRICTEST.index(review(entry, reading)[0]) for entry in sure), default=len(STRICTEST))
    if len(sure) < len(firm):
        return strictest == 0
    return all(min(possible(entry)) >= strictest for entry in loose)


def _decides(entry: PreparedProvision, live: list[PreparedProvision]) -> bool:
    provision = entry.in_force.provision
    if provision.kind == "requirement":
        return True
    if provision.kind == "gap":
        return provision.blocking
    named = provision.saves_from + provision.overcomes + provision.governs
    return any(refers(reference, r.in_force.provision) for reference in named for r in live)


def _makers(reading: Reading, test: Test) -> list[PreparedProvision]:
    """The provisions, themselves UNKNOWN, whose conclusions could pass a test."""
    # a boolean conclusion is always "true"; a test for false depends on it as well
    bound = "true" if isinstance(test.bound, bool) else test.bound
    bounds = bound if isinstance(bound, tuple) else (str(bound),)
    makers = []
    for entry, held in reading.truths.values():
        if held != UNKNOWN:
            continue
        provision = entry.in_force.provision
        if test.fact == "required_under":
            if provision.kind == "requirement" and any(under(str(b), provision.paragraph) for b in bounds):
                makers.append(entry)
        elif (pair := provides(provision)) and pair[0] in (test.fact, _bare(test.fact)) and pair[1] in bounds:
            makers.append(entry)
    return makers


def _bare(fact: str) -> str:
    """The fact that provisions state for `fact`: the `eccn` of a chip is the `contains_eccn` of its system."""
    return "eccn" if fact == "contains_eccn" else fact


def cells(docket: Docket, fact: str, tests: list[Test], day: date) -> list[Range]:
    """The ranges of a fact's values that the tests distinguish on the day."""
    known = docket.facts.get(fact)
    if known is not None and known.candidates:
        return [Range(value, words=show(value)) for value in sorted(known.candidates, key=str)]
    definition = docket.view.ruleset.facts.get(fact)
    if definition is None or definition.type == "boolean":
        return [Range(False, words="no"), Range(True, words="yes")]
    if definition.type in ("number", "date"):
        intervals = _intervals({_cut(test) for test in tests}, definition.type == "date")
        if known is None or not isinstance(known.value, Bounds):
            return intervals
        return [cell for cell in intervals if cell.reaches(known.value)]
    if definition.values and definition.type != "set":
        # every word of the vocabulary, whatever the tests name: no row tests the kind of item, but `classifies` does
        return [Range(word, words=word) for word in definition.values]
    groups = {test.bound for test in tests if test.op == "in_group"}
    if groups:
        return _places(docket, sorted(map(str, groups)), day)
    return _words(tests, definition.type == "set")


def _words(tests: list[Test], several: bool) -> list[Range]:
    """One range for each set of words that all tests treat alike, and one for any other word."""
    bounds = [test.bound if isinstance(test.bound, tuple) else (str(test.bound),) for test in tests]
    alike: dict[tuple[bool, ...], list[str]] = {}
    for word in sorted({word for bound in bounds for word in bound}):
        alike.setdefault(tuple(word in bound for bound in bounds), []).append(word)
    named = [Range(frozenset(same[:1]) if several else same[0], words=" or ".join(same)) for same in alike.values()]
    other: Any = frozenset() if several else "\0other"
    return [*named, Range(other, words="none of these" if several else "any other")]


def _cut(test: Test) -> tuple[Any, bool]:
    """The point at which a test divides the number line: its bound, and whether the bound belongs to the upper part."""
    return test.bound, test.op in ("ge", "lt", "is")


def _intervals(cuts: set[tuple[Any, bool]], days: bool) -> list[Range]:
    """The ranges between the cuts, each with an example inside it."""
    ranges: list[Range] = []
    low, low_in = None, False
    for bound, above in sorted(cuts, key=lambda cut: (cut[0], not cut[1])):
        ranges.append(Range(_between(low, low_in, bound, not above, days), low, bound, low_in, not above))
        low, low_in = bound, above
    ranges.append(Range(_between(low, low_in, None, False, days), low, None, low_in, False))
    return ranges


def _between(low: Any, low_in: bool, high: Any, high_in: bool, days: bool) -> Any:
    if low_in and low is not None:
        return low
    if high_in and high is not None:
        return high
    if days:
        return high - DAY if high is not None else low + DAY
    if high is None:
        return low * 2 + 1 if low is not None else 1
    return (Decimal(low or 0) + Decimal(high)) / 2


def _places(docket: Docket, groups: list[str], day: date) -> list[Range]:
    """One range for each pattern of memberships in the groups, with an example country."""
    patterns: dict[tuple[bool, ...], list[str]] = {}
    for code in docket.view.ruleset.places:
        pattern = tuple(holds_on(docket.view.membership(g, code), day) for g in groups)
        patterns.setdefault(pattern, []).append(code)
    return [
        Range(
            codes[0], words=" and ".join(g for g, inside in zip(groups, pattern, strict=True) if inside) or "elsewhere"
        )
        for pattern, codes in sorted(patterns.items())
    ]
