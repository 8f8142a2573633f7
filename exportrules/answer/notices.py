"""Notices: remarks that a careful lawyer would add to an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from exportrules.answer.assumptions import disputes, mentioned, other_layer
from exportrules.answer.moment import Moment
from exportrules.answer.result import Change
from exportrules.engine.course import Course
from exportrules.law.attestation import clause
from exportrules.law.facts import HOME, Fact
from exportrules.law.model import FAVOURS, Group, Membership, Provision
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import Span, earliest, last_day
from exportrules.question.names.keys import is_favoured
from exportrules.question.names.parties import find_parties
from exportrules.question.question import Question
from exportrules.question.senses import called
from exportrules.question.values import show


def notices(moment: Moment) -> list[str]:
    """The notices of an answer without duplicates, the most important first."""
    return list(dict.fromkeys(text for part in PARTS.values() for text in part(moment)))


def _standing(moment: Moment) -> Iterator[str]:
    edition, answer, on = moment.ruleset.edition, moment.answer, moment.on
    projected = f" Under the encoded law: {answer.projection.outcome.replace('_', ' ')}." if answer.projection else ""
    if moment.answer.standing == "beyond_horizon":
        yield f"The law was verified through {edition.verified_through}; {on} is later.{projected}"
    elif moment.answer.standing == "attested":
        for attestation in moment.timeline.vouching(on):
            note = f" ({attestation.note})" if attestation.note else ""
            yield f"The law of this day rests on an attestation: {clause(attestation)}{note}."
    elif moment.answer.standing == "before_coverage":
        yield f"Coverage starts on {edition.covers_from}; earlier law is not encoded.{projected}"
    elif moment.answer.standing == "destination_not_encoded":
        yield f"The law for {moment.ruleset.places[moment.question.to].name} is not encoded.{projected}"
    if moment.view.membership(HOME, moment.question.to):
        yield "A shipment within the United States is not an export; parties and end uses can still be restricted."
    if moment.question.known_on:
        yield f"Answered with what was known on {moment.question.known_on}: later instruments are ignored."
    if moment.answer.law.outcome == "indeterminate" and not moment.answer.turns_on:
        yield "Too many facts are unknown to follow every case; give more of them."


def _release(moment: Moment) -> Iterator[str]:
    for course in moment.timeline.courses:
        chip = course.subject.chip
        if chip is None:
            continue
        if chip.status == "reported":
            yield f"{chip.name} was never announced by its maker; a press report does not count."
        elif chip.announced is None and course.public(moment.on) is None and course.subject.id in moment.answer.asked:
            yield f"The day on which {chip.name} became public is not known; it is treated as public."
        elif chip.announced is None and course.public(moment.on) is False:
            yield f"{chip.name} was certainly not public before {chip.not_public_before}; the exact day is not known."
        elif chip.announced_by == "press" and chip.announced and abs((moment.on - chip.announced).days) < 366:
            yield f"{chip.name}: first public by {chip.announced_source}."


def _asked(moment: Moment) -> Iterator[str]:
    """Notices on the law for a chip that was not public yet, and on variants that were not asked about."""
    if moment.answer.outcome == "not_released" and moment.answer.projection:
        outcome = moment.answer.projection.outcome
        would = "still be controlled" if outcome != "no_license_requirement" else "also be free"
        yield f"Under the encoded law an unannounced sample would {would}: {outcome.replace('_', ' ')}."
    if moment.answer.left_out:
        yield "Not asked: " + "; ".join(f"{name} ({why})" for name, why in moment.answer.left_out) + "."


def _of_the_law(moment: Moment) -> Iterator[str]:
    pool = {f.provision.id: f.provision for c in moment.timeline.courses for f in c.docket.pool}
    yield from (pool[name].notice for name in moment.answer.law.notices if name in pool)
    for name in moment.answer.law.requirements if moment.question.as_printed else ():
        if name in pool and pool[name].compliance:
            _, instrument = moment.ruleset.provisions[name]
            yield (
                f"Answered by the text as printed, which sets days of compliance aside: {instrument.citation} has been "
                f"in effect since {pool[name].effective}, and nobody had to comply with this requirement before "
                f"{pool[name].compliance}."
            )


def _other_layer(moment: Moment) -> Iterator[str]:
    other = moment.once(other_layer)
    if other is not None:
        yield in_other_layer(moment.question.as_printed, other)


def in_other_layer(as_printed: bool, outcome: str) -> str:
    """The notice beside an answer of one layer if the other layer has another outcome."""
    return f"{'As enforced' if as_printed else 'As printed'} the answer is {outcome.replace('_', ' ')}."


def _announced_changes(moment: Moment) -> Iterator[str]:
    change = moment.next
    if change is not None and not moment.question.known_on and change.standing == moment.answer.standing:
        yield from announced(moment.ruleset, change, moment.on)


def announced(ruleset: Ruleset, change: Change, on: date) -> Iterator[str]:
    """The next change as seen on a day, if an instrument that makes it is already public and does not merely end."""
    names: dict[str, str] = {
        "unpublished": "review policy not published",
        "indeterminate": "review policy undetermined",
    }
    policy = f" ({names.get(change.review_policy, change.review_policy)})" if change.review_policy else ""
    becomes = f"from {change.date} the answer is {change.outcome}{policy}.".replace("_", " ")
    provisions = ruleset.provisions
    for name in change.by:
        if name not in provisions:
            continue
        provision, instrument = provisions[name]
        public = earliest(instrument.released, instrument.published)
        # the end of a text is often known only from its successor
        ends = provision.kind != "savings" and bool(provision.expires)
        if public and public <= on < change.date and not (ends or _displaced(ruleset, name, change.date)):
            yield f"{_coming(provision, instrument.citation, public, on, change.date)} {becomes}"
            return


def _displaced(ruleset: Ruleset, name: str, day: date) -> bool:
    """True if a provision that takes effect on the day displaces the named one."""
    return any(name in p.displaces for p, _ in ruleset.provisions.values() if p.effective == day)


def _coming(provision: Provision, citation: str, public: date, on: date, day: date) -> str:
    """A clause on how a change that is already public comes about, by whether its provision is yet in effect."""
    if on < provision.effective:
        return f"Public but not yet effective: {citation} was known from {public};"
    if provision.kind == "savings":
        if provision.certain:
            return f"The savings clause of {citation} applies through {provision.expires}:"
        return f"How far the savings clause of {citation} reaches is not known; it ended by {provision.expires}:"
    if provision.compliance == day:
        return f"{citation} has been in effect since {provision.effective}; its duties begin on {day}:"
    return f"{citation} has been public since {public}:"


def _figures(moment: Moment) -> Iterator[str]:
    tested = moment.once(mentioned)
    for course in moment.courses:
        chip, facts = course.subject.chip, course.subject.facts
        figures = {n: known.figure for n, known in moment.ruleset.facts.items() if known.figure and n in facts}
        rest = [name for fact, name in figures.items() if fact in tested and facts[fact].estimated]
        if chip is not None and rest:
            yield f"{chip.name}: {' and '.join(rest)} {'rests' if len(rest) == 1 else 'rest'} on an estimate."
        for fact, name in figures.items():
            if fact in tested and facts[fact].candidates and chip is not None:
                readings = " or ".join(show(v) for v in facts[fact].candidates)
                yield f"{chip.name}: the {name} is disputed, {readings}; {_bases(chip, fact)}."
        yield from _mistakes(course)


def _mistakes(course: Course) -> Iterator[str]:
    """A notice of a figure that cannot be: operations counted twice, or those of a sparse matrix."""
    total, peak = _given(course.subject.facts, "tpp"), _given(course.subject.facts, "peak_tops")
    if total and peak and total > 64 * peak:
        yield "The TPP given is over 64 times the peak TOPS given; no format has more than 64 bits. Was it doubled?"


def _given(facts: Mapping[str, Fact], name: str) -> Decimal | None:
    """The value of a fact, if it is a number that the caller supplied."""
    fact = facts.get(name)
    if fact is None or fact.source != "given" or isinstance(fact.value, bool):
        return None
    return Decimal(fact.value) if isinstance(fact.value, int | Decimal) else None


def _doubts(moment: Moment) -> Iterator[str]:
    """Doubtful words that do not affect the answer (those that do are in `turns_on`), and declarations."""
    for doubt in moment.question.doubts:
        if doubt.word not in moment.answer.turns_on:
            yield f"{doubt.says}. It makes no difference on this day."
    for name in moment.question.names:
        if name.declined:
            yield f"{name.written!r} is declared not to be {called(moment.ruleset, name.declined)}."


def _territories(moment: Moment) -> Iterator[str]:
    """Named places that are read as another country, with the text that says so."""
    q, ruleset = moment.question, moment.ruleset
    for territory in (ruleset.territories[code] for code in q.territories):
        country = ruleset.places[territory.treated_as].name
        yield (
            f"{territory.name} is read as {country} ({territory.by}). A company registered there may have its "
            "headquarters or its parent elsewhere; if so, give that country as headquarters or ultimate parent."
        )


def _parties(moment: Moment) -> Iterator[str]:
    q, ruleset = moment.question, moment.ruleset
    if len(q.seats) > 1:
        places = " and ".join(ruleset.places[code].name for code in q.seats)
        several = len(find_parties(ruleset, q.end_user or "").listed) > 1
        where = (
            f"Parties in {places} are called {q.end_user!r}" if several else f"{q.end_user!r} has addresses in {places}"
        )
        yield f"{where} in this data; the country of the end user's headquarters is left open."
    owner = q.facts.get("listed_owner")
    if owner and owner.value and not q.owners:
        yield (
            f"{owner.value!r} is on no list in this data; whether the buyer's owner is listed must be checked by hand: "
            "the requirement for affiliates depends on that, and the review policy on the owner's entry."
        )
    yield from _not_listed_yet(moment)
    if (q.end_user or q.parties) and not q.listed and not q.near:
        yield (
            "No party named is on a list in this data. That is not a clearance: denied persons and blocked persons "
            "(744.8) are here only if they were imported, and so are most parties that were removed from a list."
        )
    yield from _amended_since(moment)
    yield from _lists_end(ruleset, q, moment.on)
    if q.exporter == "other" and q.asked_exporter != "other":
        yield f"No public letter is addressed to {q.asked_exporter!r}; it is treated as any other exporter."


def _amended_since(moment: Moment) -> Iterator[str]:
    """Entries amended after the day, since the data have only the policy of the last amendment."""
    for name in dict.fromkeys((*moment.question.listed, *moment.question.owners)):
        party = moment.ruleset.parties[name]
        for entry in party.listing:
            if entry.amended and moment.on in Span(entry.start, entry.stop) and moment.on < entry.amended:
                yield (
                    f"The entry of {party.name} was last amended on {entry.amended}; its review policy is the one since"
                    " then, and may have been different on this day."
                )


def _lists_end(ruleset: Ruleset, q: Question, on: date) -> Iterator[str]:
    """A notice of the lists that were not verified through the day."""
    if not (q.end_user or q.parties):
        return
    ends = {(known.verified_through, known.title) for known in ruleset.lists.values() if known.id not in FAVOURS}
    late = sorted((day, title) for day, title in ends if day < on)
    if late:
        yield f"Verified only in part on this day: {', '.join(f'{title} through {day}' for day, title in late)}."
    elif not ends and on > ruleset.edition.parties_verified_through:
        yield f"Party lists were verified through {ruleset.edition.parties_verified_through} only."


def _not_listed_yet(moment: Moment) -> Iterator[str]:
    """Parties in the data that were on no list on the day."""
    for name in dict.fromkeys((*moment.question.listed, *moment.question.owners)):
        party = moment.ruleset.parties[name]
        if not is_favoured(party) and not any(
            moment.on in Span(listing.perhaps_from or listing.start, listing.stop) for listing in party.listing
        ):
            when = ", ".join(
                f"{entry.list.replace('_', ' ')} from {entry.start}"
                f"{f' to {last_day(entry.stop)}' if entry.stop else ''} ({entry.cite})"
                for entry in party.listing
            )
            yield f"{party.name} is listed ({when}), not on this day. A listed owner or sister company is a red flag."


def _memberships(moment: Moment) -> Iterator[str]:
    yield from (disputed(moment.ruleset, group, member) for group, member in disputes(moment))


def disputed(ruleset: Ruleset, group: Group, member: Membership) -> str:
    """The notice for the days of a membership on which two tables of the EAR differ."""
    name = ruleset.places[member.country].name
    controls = f' Yet {group.cite} says (text of {group.quote_on}): "{group.quote}"' if group.quote else ""
    return f"{name} in {group.id} is disputed on this day: {member.note} The table of BIS is followed.{controls}"


def _bases(chip: Any, fact: str) -> str:
    parts = {"performance_density": ("performance_density", "die_area_mm2", "tpp"), "tpp": ("tpp",)}.get(fact, (fact,))
    bases = [a.basis for a in chip.alternative if a.fact in parts]
    return "other readings: " + "; ".join(bases) if bases else "sources differ"


#: The notices of an answer by what they are about, the most important first.
PARTS: dict[str, Callable[[Moment], Iterator[str]]] = {
    "doubts": _doubts,
    "standing": _standing,
    "release": _release,
    "asked": _asked,
    "law": _of_the_law,
    "other layer": _other_layer,
    "announced": _announced_changes,
    "figures": _figures,
    "territories": _territories,
    "parties": _parties,
    "memberships": _memberships,
}
