"""The next steps after an answer, at most three.

They are computed from the open points of the answer, its assumptions and requirements, and the conditions of its
exceptions. A step names something to find out, to obtain or to apply for, and adds nothing that is not in the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from exportrules.answer.assumptions import assumptions, in_dispute
from exportrules.answer.moment import Moment
from exportrules.answer.result import DEFINITE, Assumption
from exportrules.answer.timeline import END
from exportrules.answer.trace import exceptions, settlements
from exportrules.answer.words import listed_party, open_question, rows_of
from exportrules.law.model import Policy
from exportrules.law.paragraphs import refers
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY
from exportrules.question.names.keys import memo

#: The most steps that an answer has: the first ones, by priority.
MOST = 3
#: Kinds of steps, for programs that sort them.
KINDS = ("verify", "read", "correct", "screen", "ask", "certify", "apply", "confirm", "wait")

#: The review of an application by policy, to follow "is reviewed".
REVIEWED: Mapping[Policy, str] = {
    "policy_of_denial": "under a policy of denial",
    "presumption_of_denial": "under a presumption of denial",
    "indeterminate": "under a policy that is left open",
    "case_by_case": "case by case",
    "presumption_of_approval": "under a presumption of approval",
    "unpublished": "by a standard that was not published",
}
_CASES: Mapping[str, str] = {
    "no_license_requirement": "no license requirement found",
    "license_exception": "a license exception, on conditions",
    "license_required": "a license is required",
    "not_released": "not released",
    "indeterminate": "undetermined",
}
_WHO = {"end_user": "the end user", "parties": "each party", "listed_owner": "the buyer's owner"}
_SEATS = {
    "headquarters": "Ask the end user in which country it has its headquarters",
    "ultimate_parent": "Ask the end user for its ultimate parent, and in which country that has its headquarters",
}
_SHIPPING = {"export": "exporting", "reexport": "reexporting", "transfer": "transferring"}
#: Lists that are not in the package and must be imported.
_IMPORTED = {"denied_persons": "denied persons", "sdn_744_8": "blocked persons (744.8)"}


class NextStep(NamedTuple):
    """One step. `how` says how to enter its result, or lists what it consists of; it may be empty.

    `provisions` are the ids of the provisions from which the step follows.
    """

    kind: str
    says: str
    how: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()


def next_steps(moment: Moment) -> list[NextStep]:
    """The steps that follow from an answer, at most three, the most pressing first."""
    steps: list[NextStep] = []
    for step in _steps(moment):
        if step not in steps:
            steps.append(step)
        if len(steps) == MOST:
            break
    return steps


def _steps(moment: Moment) -> Iterator[NextStep]:
    answer, law, assumed = moment.answer, moment.answer.law, moment.once(assumptions)
    yield from _standing(moment)
    if answer.outcome == "not_released":
        yield _release(moment)
        return
    if answer.turns_on:
        yield from (_settle(moment, fact) for fact in dict.fromkeys(answer.turns_on))
    elif law.blocked:
        yield from _left_out(moment)
    disputed = moment.once(in_dispute)
    yield from _disputed(disputed)
    assumed = [assumption for assumption in assumed if assumption not in disputed]
    if law.outcome == "license_required":
        yield _apply(moment)
        yield from _freed(assumed)
        yield from _lifted(moment)
    elif law.outcome == "license_exception":
        yield from _conditions(moment)
    if law.outcome in ("no_license_requirement", "license_exception"):
        yield from _duties(moment)
        yield from _screen(moment, assumed)
        yield from _seat(assumed)
        yield from _confirm(moment, assumed)
        yield from _later(moment)


def _standing(moment: Moment) -> Iterator[NextStep]:
    """The steps to verify an answer that does not rest on verified law."""
    edition = moment.ruleset.edition
    match moment.answer.standing:
        case "beyond_horizon":
            says = (
                f"Verify the law of {moment.on}: it was read through {edition.verified_through}, and the projection "
                "assumes that it has not changed since."
            )
            yield NextStep("verify", says, ("record it as an attestation and give it with --overlay",))
        case "before_coverage":
            says = f"Read the law of {moment.on} itself: it is encoded from {edition.covers_from} on."
            yield NextStep("verify", says)
        case "destination_not_encoded":
            name = moment.ruleset.places[moment.question.to].name
            yield NextStep("verify", f"Read the law for {name} itself: it is not encoded.")
        case "unannounced":
            yield NextStep("ask", "Obtain the chip's figures from its maker: those used here are as reported.")


def _release(moment: Moment) -> NextStep:
    """The step for a chip that was not public: nobody could ship it, so the day is wrong or it was a sample."""
    released = moment.timeline.released(moment.on)
    public = f"the chip was first made public on {released}" if released else "the chip was not public by then"
    return NextStep("correct", f"Check the day of export, or whether it was a sample: {public}.")


def _left_out(moment: Moment) -> Iterator[NextStep]:
    gaps = {f"not_encoded#{gap.id}": gap for gap in moment.ruleset.edition.not_encoded if gap.blocking}
    for name in moment.answer.law.notices:
        if name in gaps:
            yield NextStep("read", f"Read what is not encoded and may apply: {gaps[name].what}", provisions=(name,))


def _disputed(assumed: Iterable[Assumption]) -> Iterator[NextStep]:
    """The step to settle a membership on which two lists differ, where the answer depends on which of them controls."""
    for assumption in assumed:
        for other in assumption.otherwise:
            says = f"Settle which list controls before relying on this: with {other.value},"
            yield NextStep("read", f"{says} {_decided(other.outcome, other.review_policy)}.")


def _settle(moment: Moment, fact: str) -> NextStep:
    """The step that settles an unknown fact, with the answer for each of its values."""
    q, law = moment.question, moment.ruleset
    how = tuple(f"{s.option} {s.case}" for s in settlements(moment) if s.fact == fact)
    doubt = q.doubt(fact)
    if doubt is not None:
        says = f"Find out who {_WHO[fact]} is" if fact in _WHO else "Find out which company exports"
        return NextStep("screen" if fact in _WHO else "ask", f"{says}: {doubt.says}.", (doubt.settle,))
    if fact in law.provisions:
        provision, _ = law.provisions[fact]
        return NextStep("read", f"Read {provision.cite}: does it reach this deal? {provision.title}.", (), (fact,))
    if listed_party(law, fact):
        asks = open_question(law, fact)
        return NextStep("read", f"Read the day in the rule that listed it: {asks[:-1]}{_ways(moment, fact)}?")
    if fact == "variant":
        return NextStep("ask", "Find out which variant it is, and ask about that one.", how)
    if fact in _SEATS:
        return NextStep("ask", f"{_SEATS[fact]}.", how)
    known = law.facts.get(fact)
    label = (known.label if known else "") or fact.replace("_", " ")
    if (
        known is not None
        and known.about == "deal"
        and known.type == "boolean"
        and _is_for_the_application(moment, fact)
    ):
        return NextStep("certify", f"Settle before applying: {label}{_ways(moment, fact)}.", how)
    if known is not None and known.about == "item" and known.type == "number":
        return NextStep("ask", f"Obtain the {label} of the item ({known.unit}) from its maker.", how)
    asks = known.question if known and known.question else ""
    return NextStep("ask", f"Find out: {asks}" if asks else f"Find out: {label}{_ways(moment, fact)}.", how)


def _is_for_the_application(moment: Moment, fact: str) -> bool:
    """True if a license is required either way and the fact decides how an application is reviewed."""
    return moment.answer.law.outcome == "license_required" and fact in moment.answer.turns_on


def _ways(moment: Moment, fact: str) -> str:
    """A parenthesis with the answer for each value of the fact; '' if the answer turns on other facts too."""
    if len(moment.answer.turns_on) != 1 or not all(len(case.conditions) == 1 for case in moment.answer.cases):
        return ""
    ways = [f"{case.conditions[0][1]}: {_decided(case.outcome, case.review_policy)}" for case in moment.answer.cases]
    return f" ({'; '.join(ways)})" if ways else ""


def _decided(outcome: str, policy: Policy | None) -> str:
    if outcome != "license_required" or policy is None:
        return _CASES[outcome]
    return f"an application is reviewed {REVIEWED[policy]}"


def _apply(moment: Moment) -> NextStep:
    names = tuple(moment.answer.law.requirements)
    cites = _sections(moment.ruleset, names)
    policy = moment.answer.law.review_policy
    under = f" under {cites}" if cites else ""
    known = f"an application is reviewed {REVIEWED[policy]}" if policy else ""
    reviewed = "how an application is reviewed is open" if policy == "indeterminate" else known
    what = _SHIPPING[moment.question.activity]
    says = f"Obtain a license before {what}: it is required{under}{f'; {reviewed}' if reviewed else ''}."
    return NextStep("apply", says, (), names)


def _lifted(moment: Moment) -> Iterator[NextStep]:
    """A step for law that is not encoded and may free the item from every requirement."""
    required = [moment.ruleset.provisions[name][0] for name in moment.answer.law.requirements]
    for gap in moment.ruleset.edition.not_encoded:
        if required and all(any(refers(ref, provision) for ref in gap.lifts) for provision in required):
            yield NextStep("read", f"See whether one of these, which are not encoded, frees the item: {gap.what}")


def _sections(law: Ruleset, names: Iterable[str], most: int = 3) -> str:
    """The paragraphs of provisions, joined for a sentence."""
    cites = [law.provisions[name][0].cite.split(";")[0].strip() for name in names if name in law.provisions]
    return _and([cite if n == 0 else cite.removeprefix("15 CFR ") for n, cite in enumerate(dict.fromkeys(cites))], most)


def _and(words: Sequence[str], most: int = 9) -> str:
    shown = [*words[:most], *([f"{len(words) - most} more"] if len(words) > most else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def _freed(assumed: Iterable[Assumption]) -> Iterator[NextStep]:
    """The step to confirm assumptions without which no license would be required, before anyone applies for one."""
    free = [
        (assumption, other)
        for assumption in assumed
        for other in assumption.otherwise
        if other.outcome in ("no_license_requirement", "license_exception")
    ]
    if free:
        ways = [f"{assumption.says} (with {other.value}: {_CASES[other.outcome]})" for assumption, other in free]
        yield NextStep("confirm", f"Confirm what was assumed: {'; '.join(dict.fromkeys(ways))}.")


def _conditions(moment: Moment) -> Iterator[NextStep]:
    for exception in exceptions(moment):
        conditions = tuple(exception["conditions"])
        refuse = ", and BIS may refuse" if exception["may_be_refused"] else ""
        policy = moment.answer.law.review_policy
        if_not = f"; without it a license is required, reviewed {REVIEWED[policy]}" if policy else ""
        count = f"all {len(conditions)} conditions" if len(conditions) > 1 else "the conditions"
        says = f"Meet {count} of {exception['name']} and keep proof of each{refuse}{if_not}."
        yield NextStep("certify", says, conditions, (exception["provision"],))


def _duties(moment: Moment) -> Iterator[NextStep]:
    """A step for each notice of a duty that a shipment without a license has to fulfil."""
    for name in moment.answer.law.notices:
        provision, _ = moment.ruleset.provisions.get(name, (None, None))
        if provision is not None and provision.conditions:
            says = f"Before {_SHIPPING[moment.question.activity]}, obtain: {'; '.join(provision.conditions)}."
            yield NextStep("certify", says, provision.conditions, (name,))


def _screen(moment: Moment, assumed: Iterable[Assumption]) -> Iterator[NextStep]:
    """The step to screen parties: those that were not named, or those named against the missing lists."""
    q, law = moment.question, moment.ruleset
    names = list(dict.fromkeys(name for name in (q.end_user, *q.parties) if name))
    if not names:
        if any(assumption.fact == "end_user_lists" for assumption in assumed):
            says = "Screen the buyer and every other party by name: none was given, and an unlisted one is assumed."
            yield NextStep("screen", says, ("--end-user NAME, --party NAME",))
        return
    missing = [*memo(law, "lists that name nobody", _missing).values()]
    if missing:
        who = _and([f'"{name}"' for name in names], 3)
        says = f"Also screen {who} against the lists that are not in this data: {_and(missing)}."
        yield NextStep("screen", says, ("exportrules parties import FILE -o DIR, then --overlay DIR",))


def _missing(law: Ruleset) -> dict[str, str]:
    """The lists of `_IMPORTED` that the data lack: each party on them, if any, is here for another list's sake."""
    kinds = ({listing.list for listing in party.listing} for party in law.parties.values())
    present = {name for names in kinds if len(names) == 1 for name in names}
    return {name: title for name, title in _IMPORTED.items() if name not in present}


def _seat(assumed: Iterable[Assumption]) -> Iterator[NextStep]:
    for assumption in assumed:
        if assumption.fact == "headquarters" and assumption.otherwise:
            ways = _and([f"{o.value}: {_decided(o.outcome, o.review_policy)}" for o in assumption.otherwise], 2)
            says = "Ask the end user for its headquarters and its ultimate parent: where they are is assumed"
            yield NextStep("ask", f"{says} (with {ways}).", ("--headquarters PLACE, --ultimate-parent PLACE",))


def _confirm(moment: Moment, assumed: Iterable[Assumption]) -> Iterator[NextStep]:
    """The step to confirm other assumptions that would change the answer, except conditions of an exception."""
    law = moment.ruleset
    tested = {
        test.fact
        for name in moment.answer.law.exceptions
        if name in law.provisions
        for row in law.provisions[name][0].when
        for test in row.tests
    }
    own_step = {"headquarters", "end_user_lists", *tested}
    others = [a.says for a in assumed if a.otherwise and a.fact not in own_step]
    if others:
        yield NextStep("confirm", f"Confirm what was assumed and would change the answer: {'; '.join(others)}.")


def _later(moment: Moment) -> Iterator[NextStep]:
    change = moment.next
    if change is None or moment.answer.standing not in DEFINITE:
        return
    last = change.date - DAY
    if END in change.by:
        yield NextStep("wait", f"For a day after {last} use a later edition: the law is verified through that day.")
    else:
        becomes = _decided(change.outcome, change.review_policy)
        yield NextStep("wait", f"If the day of export moves past {last}, ask again: from {change.date}, {becomes}.")


class Answered(NamedTuple):
    """A group of ledger rows with the same answer, for :func:`ledger_steps`.

    `unread` is true of rows that could not be read. `assumed` has the fields of a question that nothing said, of those
    that are steps to take: 'headquarters', 'parties'.
    """

    rows: int
    outcome: str
    review_policy: str
    standing: str
    turns_on: tuple[str, ...] = ()
    unread: bool = False
    assumed: tuple[str, ...] = ()


def ledger_steps(law: Ruleset, groups: Iterable[Answered], most: int = 8) -> list[str]:
    """The next steps for the answers of a ledger, as sentences: by kind, and by the number of rows within each kind.

    Rows of equal groups are added up. A ledger does not list licenses, so comparing with those granted is a step.
    """
    counts: dict[tuple[int, str], int] = {}
    for group in groups:
        for rank, says in _of_rows(law, group):
            counts[rank, says] = counts.get((rank, says), 0) + group.rows
    ordered = sorted(counts.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0][1]))
    return [says.format(rows=rows_of(rows)) for (_, says), rows in ordered[:most]]


def _of_rows(law: Ruleset, group: Answered) -> Iterator[tuple[int, str]]:
    edition, outcome = law.edition, group.outcome
    if group.unread:
        yield 2, "{rows} that could not be read: mend the cells, or say in a names file what they mean."
    elif group.standing == "beyond_horizon":
        says = f"{{rows}} of a day after {edition.verified_through}: verify the law of that day"
        yield 4, f"{says}, or wait for an edition that reaches it."
    elif group.standing == "before_coverage":
        yield (
            4,
            f"{{rows}} of a day before {edition.covers_from}, on which the encoded law begins: read that of the day.",
        )
    elif group.standing == "destination_not_encoded":
        yield 4, "{rows} to places whose law is not encoded: read it."
    elif outcome == "license_required":
        yield 0, "{rows} for which a license was required: compare them with the licenses that were granted."
    elif outcome == "license_exception":
        yield 1, "{rows} under a license exception: find the proof that each of its conditions was met."
    elif outcome == "not_released":
        yield 5, "{rows} of a day before the chip was public: check the day, or whether it was a sample."
    elif outcome == "indeterminate" and not group.turns_on:
        yield 3, "{rows} to which law may apply that is not encoded: `exportrules check` on such a row names it."
    if group.standing != "beyond_horizon" and group.turns_on and outcome in ("indeterminate", "license_required"):
        for fact in group.turns_on:
            yield 3, f"{{rows}} turning on {_braced(_open_point(law, fact))}"
    if outcome in ("no_license_requirement", "license_exception"):
        yield from ((6, _ASSUMED_OF_ROWS[field]) for field in group.assumed)


#: Sentences on the assumption by which rows are free.
_ASSUMED_OF_ROWS = {
    "headquarters": "{rows} without a requirement, or with an exception, if the end user's headquarters and ultimate "
    "parent are where the party data say or where the goods go: ask for them, and add them as columns.",
    "parties": "{rows} without a requirement, or with an exception, if no party is listed, and none is named: screen "
    "every buyer and consignee by name.",
}


def _open_point(law: Ruleset, fact: str) -> str:
    if fact in _WHO:
        return "a name that is close to a listed party's: find out who it is."
    if fact == "exporter":
        return "which company exported: find out whether it was the addressee of a letter."
    if fact in _SEATS:
        return f"the end user's {fact.replace('_', ' ')}: ask for it."
    if fact == "variant":
        return "the variant of the chip: find out which one it was."
    if fact in law.provisions:
        return f"how far {law.provisions[fact][0].cite} reaches: read it."
    if listed_party(law, fact):
        return f"this: {open_question(law, fact)}"
    known = law.facts.get(fact)
    label = (known.label if known else "") or fact.replace("_", " ")
    if known is not None and known.about == "item" and known.type == "number":
        return f"the {label} of the item: obtain it from its maker."
    return f"this: {known.question}" if known and known.question else f"the {label}: find out what it is."


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
