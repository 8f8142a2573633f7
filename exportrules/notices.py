"""What a careful lawyer would add: assumptions and what hangs on them, and notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exportrules.attestation import told
from exportrules.cases import together
from exportrules.docket import Docket
from exportrules.engine import Law
from exportrules.facts import NOT_EN_ROUTE, Fact, facts_of, settled, show
from exportrules.law import Ruleset, View
from exportrules.model import FAVOURS, Membership, Provision
from exportrules.names.parties import find_parties, is_favoured
from exportrules.question import Question
from exportrules.result import Answer, Assumption, Otherwise
from exportrules.senses import called
from exportrules.span import Span, earliest, holds_on, last_day
from exportrules.timeline import Course, Timeline
from exportrules.trace import asked
from exportrules.unknowns import Verdict, decide

if TYPE_CHECKING:
    from exportrules.determination import Determination


def other_layer(timeline: Timeline, answer: Answer, on: date) -> str | None:
    """What the law says as printed (or, asked as printed, as enforced), where that is another outcome."""
    if answer.outcome != answer.law.outcome:
        return None
    ruleset, q = timeline.ruleset, timeline.question

    def other(course: Course) -> View:
        return ruleset.view(as_printed=not q.as_printed, known_on=q.known_on, exporter=course.subject.exporter)

    law = _decided(asked(timeline, answer), other, on, {})
    return law.outcome if law.outcome != answer.law.outcome else None


def _decided(courses: list[Course], layer: Callable[[Course], View], on: date, changed: Mapping[str, Fact]) -> Law:
    """The law of a day for the subjects asked, some facts changed; subjects that it treats alike are asked once."""
    made: dict[object, Verdict] = {}
    verdicts = []
    for course in courses:
        view, subject = layer(course), course.subject
        docket = Docket(view, settled(subject.facts, changed), subject.listings(view), on)
        alike = (view, docket.signature())
        if alike not in made:
            made[alike] = decide(docket, on)
        verdicts.append((subject.words, made[alike]))
    return together(verdicts).law


def assumptions(timeline: Timeline, answer: Answer, on: date) -> list[Assumption]:
    """What was assumed, and for each assumption the other values that would change the answer that day."""
    q, ruleset = timeline.question, timeline.ruleset
    place = {code: p.name for code, p in ruleset.places.items()}
    mentioned = _mentioned(timeline, answer, on)
    found: list[Assumption] = []

    def add(fact: str, value: Any, says: str, ways: Mapping[str, Mapping[str, Any]]) -> None:
        others = [o for name, change in ways.items() if (o := _otherwise(timeline, answer, on, name, change))]
        found.append(Assumption(fact, value, says, tuple(others)))

    if "to" in q.defaulted:
        add("destination", q.to, f"the destination is {place[q.to]}", {})
    if "exporter" in q.defaulted:
        says = f"the exporter is the chip's maker, {_name(ruleset, q.exporter)}"
        add("exporter", q.exporter, says, {"another exporter": {"exporter": "other"}})
    if "activity" in q.defaulted:
        ways = {"a reexport": {"activity": "reexport"}, "an in-country transfer": {"activity": "transfer"}}
        add("activity", q.activity, "it is an export from the United States", ways)
    seat = [name for name in ("headquarters", "ultimate_parent") if name in q.defaulted]
    seated = [course.subject.facts["headquarters"].value is not None for course in asked(timeline, answer)]
    open_ = q.unsaid == ("headquarters",)  # whether it is the body that its name says was said, of which country not
    if seat and not open_ and seated[0] and len(q.seats) < 2:
        by = ", as the party data say" if q.seats else ""
        # of a body of some state, which sits in that state, nothing is assumed
        unless = "" if all(seated) else ", unless it is the body that its name says,"
        parent = f"its ultimate parent in {place[q.ultimate_parent]}"
        parts = [f"its headquarters in {place[q.headquarters]}{by}"] if "headquarters" in seat else []
        parts += [parent] if "ultimate_parent" in seat else []
        # what was stated of the two is not assumed
        says = f"the end user{unless} has {(f'{by[:1]} and ').join(parts)}"
        ways = {f"{' or '.join(seat).replace('_', ' ')} in China": dict.fromkeys(seat, "CN")}
        if q.headquarters != q.to:
            ways[f"{' and '.join(seat).replace('_', ' ')} in {place[q.to]}"] = dict.fromkeys(seat, q.to)
        add("headquarters", q.headquarters, says, ways)
    if "end_use" in q.defaulted:
        uses = ruleset.facts["end_use"].supposed
        others: dict[str, dict[str, Any]] = {f"{_a(use)} end use": {"end_use": frozenset({use})} for use in uses}
        add("end_use", list(q.end_use), "the end use is civil", others)
    if not q.listed and "end_user_lists" not in q.facts:
        near = {name.written for name in q.names if name.near}
        apart = near | {name.written for name in q.names if name.declined}  # what is declared is not assumed
        names = [repr(name) for name in dict.fromkeys((q.end_user, *q.parties)) if name and name not in apart]
        verb = "is" if len(names) == 1 else "are"
        unless = ", unless it is the party that its name is close to" if near else ""
        declared = ", as declared," if apart - near and not near else ""
        nobody = f"the buyer{declared} is on no list{unless}"
        named = f"{' and '.join(names)} {verb} on no list in this data" if names else nobody
        lists = ruleset.facts["end_user_lists"]
        called = {name: (lists.value_labels or {}).get(name, name) for name in lists.supposed}
        listed: dict[str, dict[str, Any]] = {
            f"a buyer on the {said}": {"end_user_lists": frozenset({name})} for name, said in called.items()
        }
        add("end_user_lists", (), named, listed)
    under_way = tuple(_under_way(timeline, answer, on))
    if under_way and "en_route_since" not in q.facts:
        says = ruleset.facts["en_route_since"].says
        found.append(Assumption("en_route_since", NOT_EN_ROUTE, says, under_way))
    # what a name says of its bearer is a word of the question, and not assumed to be otherwise
    bodies = {f"{name.described}_end_user" for name in q.names if name.described}
    for name, definition in ruleset.facts.items():
        if name == "en_route_since" or name in bodies:
            continue
        if definition.assumed is None or not definition.says or name in q.facts or name in answer.turns_on:
            continue
        values = _others(definition.assumed, definition.values)
        ways = {definition.otherwise or f"{name}={_written(v)}": {name: v} for v in values}
        if name not in mentioned and not (name == "subject_to_ear" and q.activity != "export"):
            ways = {}
        if name == "subject_to_ear" and q.activity == "export":
            continue
        if name in mentioned or name == "subject_to_ear":
            add(name, definition.assumed, definition.says, ways)
            if not found[-1].otherwise and name != "subject_to_ear":
                found.pop()
    return found


def _under_way(timeline: Timeline, answer: Answer, on: date) -> Iterator[Otherwise]:
    """What the answer would be for goods that were under way by the last day that a savings clause of the day asks for;
    open where the clause is known and its words are not."""
    asking: dict[date, bool] = {}
    for found in (f for course in asked(timeline, answer) for f in course.docket.pool if holds_on(f.spans, on)):
        for test in (test for row in found.provision.when for test in row.tests if test.fact == "en_route_since"):
            if isinstance(test.bound, date):
                asking[test.bound] = asking.get(test.bound, False) or found.provision.kind == "savings"
    for day in sorted(asking):
        changed = {"en_route_since": Fact(day, "given")}
        law = _decided(asked(timeline, answer), lambda course: course.view, on, changed)
        if law.outcome != answer.law.outcome:
            yield Otherwise(f"goods under way since {day} or before", law.outcome, law.review_policy)
        elif not asking[day] and set(law.notices) - set(answer.law.notices):
            yield Otherwise(f"goods under way since {day} or before", "indeterminate", "indeterminate")


def _a(word: str) -> str:
    """A word of the vocabulary behind its article: a supercomputer, an advanced-node fab."""
    return f"{'an' if word[0] in 'aeio' else 'a'} {word.replace('_', '-')}"


def _name(ruleset: Ruleset, exporter: str | None) -> str:
    known = ruleset.exporters.get(exporter or "")
    return known.name if known else "not known"


def notices(d: Determination) -> list[str]:
    """Every notice of an answer, the most important first, each once."""
    timeline, answer, on = d._timeline, d._answer, d.on
    return list(dict.fromkeys([
        *_doubts(timeline, answer),
        *_standing(timeline.ruleset, answer, timeline, on),
        *_release(timeline, answer, on),
        *_of_the_law(timeline, answer, on),
        *_announced_changes(d),
        *_figures(timeline, answer, on),
        *_territories(timeline),
        *_parties(timeline, on),
        *_memberships(timeline, on),
    ]))  # fmt: skip


def _standing(ruleset: Ruleset, answer: Answer, timeline: Timeline, on: date) -> Iterator[str]:
    edition = ruleset.edition
    said = f" By the encoded law: {answer.projection.outcome.replace('_', ' ')}." if answer.projection else ""
    if answer.standing == "beyond_horizon":
        yield f"The law was verified through {edition.verified_through}; {on} is later.{said}"
    elif answer.standing == "attested":
        for attestation in timeline.vouching(on):
            note = f" ({attestation.note})" if attestation.note else ""
            yield f"The law of this day rests on an attestation: {told(attestation)}{note}."
    elif answer.standing == "before_coverage":
        yield f"Coverage starts on {edition.covers_from}; earlier law is not encoded.{said}"
    elif answer.standing == "destination_not_encoded":
        yield f"The law for {ruleset.places[timeline.question.to].name} is not encoded.{said}"
    if timeline.view.membership("united-states", timeline.question.to):
        yield "A shipment within the United States is no export; parties and end uses can still be restricted."
    if timeline.question.known_on:
        yield f"Answered with what was known on {timeline.question.known_on}: later instruments are left aside."
    if answer.law.outcome == "indeterminate" and not answer.turns_on:
        yield "Too many facts are unknown to follow every case; give more of them."


def _release(timeline: Timeline, answer: Answer, on: date) -> Iterator[str]:
    for course in timeline.courses:
        chip = course.subject.chip
        if chip is None:
            continue
        if chip.status == "reported":
            yield f"{chip.name} was never announced by its maker; a press report does not count."
        elif chip.announced is None and course.public(on) is None and course.subject.id in answer.asked:
            yield f"The day on which {chip.name} became public is not known; it is taken as public."
        elif chip.announced is None and course.public(on) is False:
            yield f"{chip.name} was surely not public before {chip.not_public_before}; the very day is not known."
        elif chip.announced_by == "press" and chip.announced and abs((on - chip.announced).days) < 366:
            yield f"{chip.name}: first public by {chip.announced_source}."
    if answer.outcome == "not_released" and answer.projection:
        said = answer.projection.outcome.replace("_", " ")
        all_the_same = (
            "controlled all the same" if answer.projection.outcome != "no_license_requirement" else "free, too"
        )
        yield f"By the encoded law an unannounced sample would be {all_the_same}: {said}."
    if answer.left_out:
        yield "Not asked: " + "; ".join(f"{name} ({why})" for name, why in answer.left_out) + "."


def _of_the_law(timeline: Timeline, answer: Answer, on: date) -> Iterator[str]:
    pool = {f.provision.id: f.provision for c in timeline.courses for f in c.docket.pool}
    yield from (pool[name].notice for name in answer.law.notices if name in pool)
    printed = other_layer(timeline, answer, on)
    if printed is not None:
        layer = "As enforced" if timeline.question.as_printed else "As printed"
        yield f"{layer} the answer is {printed.replace('_', ' ')}."


def _announced_changes(d: Determination) -> Iterator[str]:
    """What is already public of the next change; the end of a text often is known from its successor alone."""
    change = d.next
    if change is None or d._timeline.question.known_on or change.standing != d.standing:
        return
    said: dict[str, str] = {"unpublished": "review policy not published", "indeterminate": "review policy undetermined"}
    policy = f" ({said.get(change.review_policy, change.review_policy)})" if change.review_policy else ""
    becomes = f"from {change.date} the answer is {change.outcome}{policy}.".replace("_", " ")
    provisions = d._timeline.ruleset.provisions
    displaced = {name for p, _ in provisions.values() if p.effective == change.date for name in p.displaces}
    for name in change.by:
        found = provisions.get(name)
        public = earliest(found[1].released, found[1].published) if found else None
        ends = found is not None and found[0].kind != "savings" and bool(found[0].expires)
        ends = ends or name in displaced
        if found and public and public <= d.on < change.date and not ends:
            yield f"{_coming(found[0], found[1].citation, public, d.on, change.date)} {becomes}"
            return


def _coming(provision: Provision, citation: str, public: date, on: date, day: date) -> str:
    """How a change that is already public comes about: what is in effect is not told as if it were to come."""
    if on < provision.effective:
        return f"Public but not yet effective: {citation} was known from {public};"
    if provision.kind == "savings":
        return f"The savings clause of {citation} applies through {provision.expires}:"
    if provision.compliance == day:
        return f"{citation} has been in effect since {provision.effective}; its duties begin on {day}:"
    return f"{citation} has been public since {public}:"


def _figures(timeline: Timeline, answer: Answer, on: date) -> Iterator[str]:
    mentioned = _mentioned(timeline, answer, on)
    for course in asked(timeline, answer):
        chip, facts = course.subject.chip, course.subject.facts
        figures = {n: known.figure for n, known in timeline.ruleset.facts.items() if known.figure and n in facts}
        rest = [name for fact, name in figures.items() if fact in mentioned and facts[fact].estimated]
        if chip is not None and rest:
            yield f"{chip.name}: {' and '.join(rest)} {'rests' if len(rest) == 1 else 'rest'} on an estimate."
        for fact, name in figures.items():
            if fact in mentioned and facts[fact].candidates and chip is not None:
                readings = " or ".join(show(v) for v in facts[fact].candidates)
                yield f"{chip.name}: the {name} is disputed, {readings}; {_bases(chip, fact)}."
        yield from _mistakes(course)


def _mistakes(course: Course) -> Iterator[str]:
    """The classic mistakes with TOPS: the factor two counted twice, a sparse figure."""
    facts, chip = course.subject.facts, course.subject.chip
    total = _given(facts, "tpp")
    if total is None:
        return
    own = facts_of(chip).get("tpp") if chip else None
    if own and isinstance(own.value, int | Decimal) and total in (own.value * 2, own.value * 4):
        yield (
            f"The TPP given, {total}, is exactly {total / own.value} times the {own.value} of the data sheet: a data "
            "sheet's TOPS already count a multiply-accumulate as two operations, and sparse figures do not count."
        )
    peak = _given(facts, "peak_tops")
    if peak and total > 64 * peak:
        yield "The TPP given is over 64 times the peak TOPS given; no format has more than 64 bits. Was it doubled?"


def _given(facts: Mapping[str, Fact], name: str) -> Decimal | None:
    """A number that the caller supplied."""
    fact = facts.get(name)
    if fact is None or fact.source != "given" or isinstance(fact.value, bool):
        return None
    return Decimal(fact.value) if isinstance(fact.value, int | Decimal) else None


def _doubts(timeline: Timeline, answer: Answer) -> Iterator[str]:
    """Words that may mean several things and do not decide here; those that do are what the answer turns on."""
    for doubt in timeline.question.doubts:
        if doubt.word not in answer.turns_on:
            yield f"{doubt.says}. It makes no difference on this day."
    for name in timeline.question.names:
        if name.declined:
            yield f"{name.written!r} is declared not to be {called(timeline.ruleset, name.declined)}."


def _territories(timeline: Timeline) -> Iterator[str]:
    """Places that are read as another country, and by which text."""
    q, ruleset = timeline.question, timeline.ruleset
    for territory in (ruleset.territories[code] for code in q.territories):
        country = ruleset.places[territory.treated_as].name
        yield (
            f"{territory.name} is read as {country} ({territory.by}). A company registered there may have its "
            "headquarters or its parent elsewhere; if so, give that country as headquarters or ultimate parent."
        )


def _parties(timeline: Timeline, on: date) -> Iterator[str]:
    q, ruleset = timeline.question, timeline.ruleset
    if len(q.seats) > 1:
        places = " and ".join(ruleset.places[code].name for code in q.seats)
        several = len(find_parties(ruleset, q.end_user or "").listed) > 1
        said = (
            f"Parties in {places} are called {q.end_user!r}" if several else f"{q.end_user!r} has addresses in {places}"
        )
        yield f"{said} in this data; where the end user has its headquarters is left open."
    owner = q.facts.get("listed_owner")
    if owner and owner.value and not q.owners:
        yield (
            f"{owner.value!r} is on no list in this data; whether the buyer's owner is listed must be found by hand: "
            "on that rests the requirement for affiliates, and on its entry the review policy."
        )
    yield from _not_listed_yet(timeline, on)
    if (q.end_user or q.parties) and not q.listed and not q.near:
        yield (
            "No party named is on a list in this data. That is not a clearance: denied persons and blocked persons "
            "(744.8) are here only if they were imported, and so are most parties that were removed from a list."
        )
    yield from _amended_since(timeline, on)
    yield from _lists_end(ruleset, q, on)
    if q.exporter == "other" and q.asked_exporter != "other":
        yield f"No public letter is addressed to {q.asked_exporter!r}; it is treated as any other exporter."


def _amended_since(timeline: Timeline, on: date) -> Iterator[str]:
    """Entries that were amended after the day: the data have the policy of the last amendment."""
    for name in dict.fromkeys((*timeline.question.listed, *timeline.question.owners)):
        party = timeline.ruleset.parties[name]
        for entry in party.listing:
            if entry.amended and on in Span(entry.start, entry.stop) and on < entry.amended:
                yield (
                    f"The entry of {party.name} was last amended on {entry.amended}; its review policy is the one since"
                    " then, and may have been another on this day."
                )


def _lists_end(ruleset: Ruleset, q: Question, on: date) -> Iterator[str]:
    """The lists that were not read through the day."""
    if not (q.end_user or q.parties):
        return
    ends = {(made.verified_through, made.title) for made in ruleset.lists.values() if made.id not in FAVOURS}
    late = sorted((day, title) for day, title in ends if day < on)
    if late:
        yield f"Verified only in part on this day: {', '.join(f'{title} through {day}' for day, title in late)}."
    elif not ends and on > ruleset.edition.parties_verified_through:
        yield f"Party lists were verified through {ruleset.edition.parties_verified_through} only."


def _not_listed_yet(timeline: Timeline, on: date) -> Iterator[str]:
    """Parties that the data knows and that stood on no list on the day."""
    for name in dict.fromkeys((*timeline.question.listed, *timeline.question.owners)):
        party = timeline.ruleset.parties[name]
        if not is_favoured(party) and not any(on in Span(listing.start, listing.stop) for listing in party.listing):
            when = ", ".join(
                f"{entry.list.replace('_', ' ')} from {entry.start}"
                f"{f' to {last_day(entry.stop)}' if entry.stop else ''} ({entry.cite})"
                for entry in party.listing
            )
            yield f"{party.name} is listed ({when}), not on this day. A listed owner or sister company is a red flag."


def _memberships(timeline: Timeline, on: date) -> Iterator[str]:
    q = timeline.question
    for group in timeline.ruleset.groups.values():
        for member in group.disputed:
            if member.country in (q.to, q.headquarters, q.ultimate_parent) and on in _span(member):
                name = timeline.ruleset.places[member.country].name
                yield f"{name} in {group.id} is disputed on this day: {member.note} The table of BIS is followed."


def _span(member: Membership) -> Span:
    return Span(member.start or date.min, member.stop)


def _bases(chip: Any, fact: str) -> str:
    parts = {"performance_density": ("performance_density", "die_area_mm2", "tpp"), "tpp": ("tpp",)}.get(fact, (fact,))
    said = [a.basis for a in chip.alternative if a.fact in parts]
    return "other readings: " + "; ".join(said) if said else "sources differ"


def _mentioned(timeline: Timeline, answer: Answer, on: date) -> set[str]:
    """The facts that some provision in force tests, as far as its other tests let it hold for what was asked."""
    found: set[str] = set()
    for course in asked(timeline, answer):
        facts = course.subject.facts
        for item in course.docket.pool:
            if holds_on(item.spans, on):
                for row in item.provision.when + item.provision.unless:
                    names = {test.fact for test in row.tests}
                    found |= {n for n in names if n in facts or n in timeline.ruleset.facts}
    return found


def _otherwise(timeline: Timeline, answer: Answer, on: date, name: str, change: Mapping[str, Any]) -> Otherwise | None:
    """The decision on the day with some facts changed, if it is another one."""
    courses = asked(timeline, answer)
    facts = courses[0].subject.facts
    changed = {n: Fact(v, "question" if _was_asked(facts, n) else "given") for n, v in change.items()}
    law = _decided(courses, lambda course: course.view, on, changed)
    same_outcome = law.outcome == answer.law.outcome
    if same_outcome and law.review_policy in (answer.law.review_policy, "indeterminate"):
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
