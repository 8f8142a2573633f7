"""Checks for defects that would break an evaluation: dangling names, bounds of a wrong type, circles, absurd figures.

They run whenever files are compiled, so that a ruleset that loads can answer any question.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import lru_cache
from typing import Any

from exportrules.law.bounds import is_number
from exportrules.law.model import Attestation, FactDefinition, Family, Group, Instrument, Provision, Row, Test
from exportrules.law.paragraphs import refers
from exportrules.law.ruleset import Ruleset
from exportrules.law.view import view_of
from exportrules.question.impossible import figure_defects, is_figure
from exportrules.question.names.defects import leads_nowhere
from exportrules.question.names.placeholders import says_nothing

ORDERED = ("ge", "gt", "le", "lt")
PLACES = ("destination", "headquarters", "ultimate_parent")
FAMILIES = ("chip_family", "contained_family")
#: The tables whose words the tests of a row may name.
NAMED = ("facts", "groups", "places", "exporters", "families")


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect and its place: a provision id, a chip id, a group or a file."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def references(ruleset: Ruleset, changed: Collection[str] | None = None) -> Iterator[Defect]:
    """Yield every such defect of a ruleset.

    `changed` names the tables in which it differs from a ruleset without defects, e.g. {"families"}: checks that read
    none of these tables are skipped. Without it everything is checked. Raises ValueError for a name that is not a
    table, since it would skip the intended checks.
    """
    if unknown := sorted(set(changed or ()) - {table.name for table in fields(Ruleset) if table.init}):
        raise ValueError(
            f"{', '.join(unknown)}: not a table of a ruleset. Name the fields of Ruleset, e.g. 'families'."
        )

    def reads(*tables: str) -> bool:
        return changed is None or any(table in changed for table in tables)

    if reads("instruments", "exporters"):
        for instrument in ruleset.instruments.values():
            yield from _instrument(ruleset, instrument)
    if reads("instruments", *NAMED):
        for provision, _ in ruleset.provisions.values():
            yield from _tests(ruleset, provision)
            if reads("instruments"):
                yield from _relations(ruleset, provision)
                yield from _shape(provision)
    if reads("edition", *NAMED):
        for gap in ruleset.edition.not_encoded:
            yield from _rows(ruleset, gap.when + gap.unless, f"not_encoded {gap.id}")
    if reads("facts"):
        for name, fact in ruleset.facts.items():
            yield from _fact(name, fact)
    if reads("groups", "places", "instruments"):
        for group in ruleset.groups.values():
            yield from _group(ruleset, group)
    if reads("families", "exporters", "facts"):
        for family in ruleset.families.values():
            yield from _family(ruleset, family)
    if reads("territories", "places", "facts"):
        yield from _territories(ruleset)
    if reads("parties"):
        yield from _names(ruleset)
    if reads("parties", "places", "instruments"):
        yield from _parties(ruleset)
    yield from (Defect(*defect) for defect in leads_nowhere(ruleset))
    for exporter in ruleset.exporters.values():
        if exporter.country and exporter.country not in ruleset.places:
            yield Defect(
                f"exporter {exporter.id}",
                f"its country {exporter.country!r} is not in places.toml. {_cure(exporter.country, ruleset.places)}",
            )
    counted = Counter(v.id for f in ruleset.families.values() for v in f.variant)
    yield from (Defect(name, "this variant id is used twice. Ids are unique.") for name, n in counted.items() if n > 1)
    for name, attestation in ruleset.attestations.items():
        yield from (Defect(name, message) for message in _attestation(ruleset, attestation))
    if reads("groups", "instruments", "edition"):
        yield from _circles(ruleset)


_PROVISIONS = "List those of an instrument: exportrules instruments ID."
_VARIANTS = "List the ids of variants: exportrules chips NAME."


def _cure(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that leads nowhere: the nearest known one, if there is one."""
    import difflib

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    return f"Did you mean {near[0]!r}?" if near else "Correct the name, or add what it names."


def _instrument(ruleset: Ruleset, instrument: Instrument) -> Iterator[Defect]:
    counted = Counter(p.id for p in instrument.provision)
    for name, n in counted.items():
        if n > 1:
            yield Defect(name, "this provision id is used twice in its file. Ids are unique.")
        if name.endswith("#"):
            yield Defect(instrument.id, "a provision without an id. Name its paragraph.")
    for addressee in filter(None, instrument.addressee.split(",")):
        if addressee not in ruleset.exporters:
            yield Defect(
                instrument.id,
                f"the addressee {addressee!r} is not in exporters.toml. {_cure(addressee, ruleset.exporters)}",
            )


def _tests(ruleset: Ruleset, provision: Provision) -> Iterator[Defect]:
    yield from _rows(ruleset, provision.when + provision.unless, provision.id)
    entries = provision.entries
    if entries and entries.value not in (ruleset.facts[entries.fact].values if entries.fact in ruleset.facts else ()):
        yield Defect(
            provision.id,
            f"it is reviewed by entries that conclude {entries.fact} = {_written(entries.value)}; no entry of a party "
            "list concludes that.",
        )
    conclusion = provision.concludes
    if conclusion is None:
        return
    fact = ruleset.facts.get(conclusion.fact)
    if fact is None:
        yield Defect(
            provision.id,
            f"it concludes {conclusion.fact!r}, which is not in facts.toml. {_cure(conclusion.fact, ruleset.facts)}",
        )
    elif (fact.type == "boolean") != (conclusion.value is True) or fact.type not in ("boolean", "set"):
        yield Defect(
            provision.id,
            f"it concludes {conclusion.fact} = {_written(conclusion.value)}; only true of a boolean, or a word of a "
            "set, can be concluded.",
        )


def _rows(ruleset: Ruleset, rows: tuple[Row, ...], where: str) -> Iterator[Defect]:
    for row in rows:
        if not row.tests:
            yield Defect(where, "a row without tests would always hold; leave `when` out for that.")
        for test in row.tests:
            yield from _test(ruleset, test, where)


def _test(ruleset: Ruleset, test: Test, where: str) -> Iterator[Defect]:
    fact = ruleset.facts.get(test.fact)
    if fact is None:
        yield Defect(where, f"the fact {test.fact!r} is not in facts.toml. {_cure(test.fact, ruleset.facts)}")
        return
    wrong = _wrong_bound(ruleset, test, fact)
    if wrong:
        yield Defect(where, f"{test.fact} {test.op} {_written(test.bound)}: {wrong}")
        return
    known, missing = _known_words(ruleset, test.fact, fact)
    words: Any = test.bound if isinstance(test.bound, tuple) else (test.bound,)
    if known and test.op in ("is", "in"):
        for word in words:
            if word not in known:
                cure = _VARIANTS if test.fact == "chip" else "" if fact.values else _cure(str(word), known)
                yield Defect(
                    where, f"{test.fact} {test.op} {_written(test.bound)}: {word!r} {missing}. {cure}".rstrip()
                )


def _wrong_bound(ruleset: Ruleset, test: Test, fact: FactDefinition) -> str:
    """The mismatch of a test's operator, its bound and the type of its fact; '' if there is none."""
    if is_number(test.bound) and not is_figure(Decimal(test.bound)):
        return "a bound cannot be negative, have more than 15 digits, or more than 30 decimals."
    names = {"number": "a number", "date": "a date", "boolean": "true or false", "text": "a word"}
    if test.op in ORDERED:
        if fact.type not in ("number", "date"):
            return f"a fact of type {fact.type} has no order."
        return "" if _is_a(test.bound, fact.type) else f"{names[fact.type]} is required as the bound."
    if test.op == "in_group":
        if test.fact not in PLACES:
            return f"{test.fact} is not a place; only {', '.join(PLACES)} can be in a group."
        if not isinstance(test.bound, str):
            return "one group is required as the bound, in quotes."
        if test.bound in ruleset.groups:
            return ""
        return f"the group {test.bound!r} is not in groups.toml. {_cure(test.bound, ruleset.groups)}"
    if test.op == "in":
        if fact.type not in ("text", "set"):
            return f"a fact of type {fact.type} is not a word: compare it with ge, gt, le, lt or is."
        return "" if isinstance(test.bound, tuple) else "a list of words is required as the bound."
    if fact.type == "set":  # `is` tests that the set contains a word
        return "" if isinstance(test.bound, str) else "one word is required as the bound, in quotes."
    return "" if _is_a(test.bound, fact.type) else f"{names[fact.type]} is required as the bound."


def _is_a(value: object, kind: str) -> bool:
    if kind == "number":
        return is_number(value)
    shapes: dict[str, type] = {"boolean": bool, "date": datetime.date, "text": str, "set": str}
    return isinstance(value, shapes[kind])


def _known_words(ruleset: Ruleset, name: str, fact: FactDefinition) -> tuple[set[str], str]:
    """The words that a fact can have, if the ruleset defines them, and the message for any other."""
    if name in PLACES:
        return set(ruleset.places), "is not in places.toml"
    if name == "exporter":
        return {*ruleset.exporters, "other"}, "is not in exporters.toml"
    if name in FAMILIES:
        return {*ruleset.families, ""}, "is not a family in any chip file"
    if name == "chip":
        return {*ruleset.variants, "own"}, "is not a variant in any chip file"
    return set(fact.values), f"is not one of: {', '.join(fact.values)}"


#: The kind of provision that each relation reaches.
REACHES = {
    "saves_from": "requirement",
    "overcomes": "requirement",
    "governs": "requirement",
    "closes": "exception",
    "spares": "exception",
}


def _relations(ruleset: Ruleset, provision: Provision) -> Iterator[Defect]:
    if provision.suspends and provision.kind != "suspension":
        yield Defect(
            provision.id, f"a {provision.kind} does not suspend: give the stay a provision of kind suspension."
        )
    for relation in ("displaces", "suspends"):
        for target in getattr(provision, relation):
            if target not in ruleset.provisions:
                yield Defect(
                    provision.id,
                    f"{relation} {target!r}, which is not a provision of this ruleset. {_PROVISIONS}",
                )
            elif target == provision.id:
                yield Defect(provision.id, f"{relation} itself.")
            elif relation == "displaces" and ruleset.provisions[target][0].effective >= provision.effective:
                yield Defect(
                    provision.id, f"displaces {target!r}, which does not begin before it: a circle, or a wrong date."
                )
    for target in provision.settles:
        known = ruleset.provisions.get(target)
        if known is None:
            yield Defect(
                provision.id,
                f"settles {target!r}, which is not a provision of this ruleset. {_PROVISIONS}",
            )
        elif known[0].certain and known[0].kind != "notice":
            yield Defect(provision.id, f"settles {target!r}, which is certain. Say `certain = false` there.")
    yield from _replaced(ruleset, provision)
    if provision.kind != "bar" and (provision.closes or provision.spares):
        kind = provision.kind.replace("_", " ")
        yield Defect(provision.id, f"a {kind} does not close exceptions: give the limit a provision of kind bar.")
    for relation, reached in REACHES.items():
        for reference in getattr(provision, relation):
            if not any(p.kind == reached and refers(reference, p) for p, _ in ruleset.provisions.values()):
                yield Defect(provision.id, f"{relation} {reference!r}, which reaches no {reached} of this ruleset.")


def _replaced(ruleset: Ruleset, provision: Provision) -> Iterator[Defect]:
    """Defects of `replaces`: an unclear target, or no day on which the replacement could be in force."""
    for target in provision.replaces:
        known = ruleset.provisions.get(target)
        if known is None:
            yield Defect(
                provision.id,
                f"replaces {target!r}, which is not a provision of this ruleset. {_PROVISIONS}",
            )
            continue
        if target == provision.id:
            yield Defect(provision.id, "replaces itself.")
            continue
        if known[0].kind != provision.kind:
            message = f"replaces {target!r}, which is a {known[0].kind}; so this cannot be a {provision.kind}."
            yield Defect(provision.id, message)
        for other in known[0].replaces:
            if other not in provision.replaces:
                yield Defect(provision.id, f"replaces {target!r}, which itself replaces {other!r}: name both.")
        for later, _ in ruleset.provisions.values():
            if target in later.displaces and later.effective <= provision.effective:
                yield Defect(
                    provision.id,
                    f"replaces {target!r}, which {later.id!r} displaces from {later.effective}: this begins on "
                    f"{provision.effective}, too late for any day.",
                )


#: The keys that a provision of each kind requires.
NEEDS: dict[str, tuple[str, ...]] = {
    "classification": ("concludes", "classifies"),
    "conclusion": ("concludes",),
    "requirement": ("paragraph", "when"),
    "savings": ("saves_from", "when"),
    "exception": ("overcomes", "name"),
    "bar": ("closes", "when"),
    "review_policy": ("policy", "governs"),
    "suspension": ("suspends",),
    "notice": ("notice",),
}


def _shape(provision: Provision) -> Iterator[Defect]:
    for name in NEEDS.get(provision.kind, ()):
        if not getattr(provision, name):
            yield Defect(provision.id, f"a provision of kind {provision.kind} needs {name!r}.")
    if provision.expires and provision.expires < provision.effective:
        yield Defect(provision.id, f"it expires on {provision.expires}, before it begins on {provision.effective}.")
    if provision.effective_by and provision.effective_by <= provision.effective:
        yield Defect(
            provision.id,
            f"effective_by {provision.effective_by} is not after effective {provision.effective}. A provision whose "
            "first day is known has `effective` alone.",
        )
    if provision.effective_by and (provision.displaces or provision.suspends or provision.replaces):
        yield Defect(
            provision.id,
            "its first day is unknown (effective_by), so it cannot end another provision on that day.",
        )
    if provision.compliance and provision.compliance < provision.effective:
        yield Defect(provision.id, f"compliance {provision.compliance} is before effective {provision.effective}.")


def _fact(name: str, fact: FactDefinition) -> Iterator[Defect]:
    where = f"fact {name}"
    for key, words in (("value_labels", fact.value_labels or ()), ("supposed", fact.supposed)):
        for word in words:
            if word not in fact.values:
                yield Defect(where, f"{key} names {word!r}, which is not one of its values.")
    if fact.not_an_ai_chip is not None and fact.about != "item":
        yield Defect(where, "not_an_ai_chip is a value of goods, and the fact is not about the item. Leave it out.")
    for key, value in (("assumed", fact.assumed), ("not_an_ai_chip", fact.not_an_ai_chip)):
        if value is None:
            continue
        if fact.type == "set" or not _is_a(value, fact.type):
            yield Defect(where, f"{key} = {_written(value)} is not of the type {fact.type}.")
        elif isinstance(value, int | Decimal) and not is_figure(Decimal(value)):
            yield Defect(where, f"{key} = {_written(value)} is not a figure that an item or a deal can have.")
        elif fact.values and value not in fact.values:
            yield Defect(where, f"{key} = {_written(value)} is not one of: {', '.join(fact.values)}.")


def _group(ruleset: Ruleset, group: Group) -> Iterator[Defect]:
    where = f"group {group.id}"
    for name in group.union + group.less:
        if name not in ruleset.groups:
            yield Defect(where, f"it is made of {name!r}, which is not in groups.toml. {_cure(name, ruleset.groups)}")
    for member in group.member + group.disputed:
        if member.country not in ruleset.places:
            yield Defect(
                where, f"the member {member.country!r} is not in places.toml. {_cure(member.country, ruleset.places)}"
            )
        if member.start and member.stop and member.stop <= member.start:
            yield Defect(where, f"{member.country} leaves on {member.stop}, before it joins on {member.start}.")
    for member in group.member:
        if (member.start or member.stop) and not (member.by or member.cite):
            yield Defect(where, f"{member.country} is dated without saying by which instrument.")
        for by in filter(None, (member.by, member.stop_by)):
            if by not in ruleset.instruments:
                yield Defect(
                    where,
                    f"{member.country} by {by!r}, which is not an instrument file. {_cure(by, ruleset.instruments)}",
                )


def _family(ruleset: Ruleset, family: Family) -> Iterator[Defect]:
    if family.vendor not in ruleset.exporters:
        yield Defect(
            family.id,
            f"the vendor {family.vendor!r} is not in exporters.toml. {_cure(family.vendor, ruleset.exporters)}",
        )
    if not family.variant:
        yield Defect(family.id, "a family needs a variant: add a [[variant]] with its figures.")
    for variant in family.variant:
        for message in figure_defects(variant):
            yield Defect(variant.id, message)
        if variant.vendor and variant.vendor not in ruleset.exporters:
            yield Defect(
                variant.id,
                f"the vendor {variant.vendor!r} is not in exporters.toml. {_cure(variant.vendor, ruleset.exporters)}",
            )
        for part in variant.contains:
            if part.chip not in ruleset.variants:
                yield Defect(
                    variant.id,
                    f"it contains {part.chip!r}, which is not a variant in any chip file. {_VARIANTS}",
                )
            elif variant.id in _inside(ruleset, part.chip):
                yield Defect(variant.id, f"it contains {part.chip!r}, and so itself.")
        for name in (*(a.fact for a in variant.alternative), *variant.estimated):
            if name not in ruleset.facts:
                yield Defect(
                    variant.id,
                    f"{name!r} is disputed or estimated, but is not in facts.toml. {_cure(name, ruleset.facts)}",
                )


def _inside(ruleset: Ruleset, variant_id: str) -> set[str]:
    """A variant and every variant that it contains, directly or not."""
    inside: set[str] = set()
    waiting = [variant_id]
    while waiting:
        name = waiting.pop()
        if name not in inside and name in ruleset.variants:
            inside.add(name)
            waiting += [part.chip for part in ruleset.variants[name][0].contains]
    return inside


def _territories(ruleset: Ruleset) -> Iterator[Defect]:
    for place in ruleset.places.values():
        if place.region_fact and place.region_fact not in ruleset.facts:
            cure = _cure(place.region_fact, ruleset.facts)
            yield Defect(f"place {place.code}", f"`region_fact` is {place.region_fact!r}, which is no fact. {cure}")
    for territory in ruleset.territories.values():
        where = f"territory {territory.code}"
        if territory.code in ruleset.places:
            yield Defect(where, "it is in places.toml as well. A place is in one of the two files.")
        if bool(territory.treated_as) == bool(territory.refused):
            yield Defect(where, "write either `treated_as`, with `by`, or `refused`, the reason.")
        if territory.treated_as and territory.treated_as not in ruleset.places:
            yield Defect(
                where,
                f"it is treated as {territory.treated_as!r}, which is not in places.toml. "
                f"{_cure(territory.treated_as, ruleset.places)}",
            )
        if territory.treated_as and not territory.by:
            yield Defect(where, "`by` is missing: the text that says whose treatment it has.")


def _names(ruleset: Ruleset) -> Iterator[Defect]:
    for party in ruleset.parties.values():
        for name in (party.name, *party.aliases):
            if _names_nobody(name):
                yield Defect(
                    f"party {party.id}",
                    f"the name {name!r} does not name anyone, so it would screen nobody. Write its name.",
                )


@lru_cache(1 << 15)
def _names_nobody(name: str) -> bool:
    """Whether nobody is called so. Kept, since the rulesets of one process have the same lists of parties."""
    return says_nothing(name) or not any(map(str.isalpha, name))


def _parties(ruleset: Ruleset) -> Iterator[Defect]:
    for party in ruleset.parties.values():
        where = f"party {party.id}"
        for country in (party.country, *party.also_in, party.seat):
            if country and country not in ruleset.places:
                yield Defect(where, f"its country {country!r} is not in places.toml. {_cure(country, ruleset.places)}")
        for listing in party.listing:
            if listing.by and listing.by not in ruleset.instruments:
                yield Defect(
                    where,
                    f"listed by {listing.by!r}, which is not an instrument file. "
                    f"{_cure(listing.by, ruleset.instruments)}",
                )
            if listing.perhaps_from and listing.perhaps_from >= listing.start:
                yield Defect(where, f"perhaps_from {listing.perhaps_from} is not before its start, {listing.start}.")
            if listing.stop and listing.stop <= listing.start:
                yield Defect(where, f"it leaves the list on {listing.stop}, before it joins on {listing.start}.")


def _attestation(ruleset: Ruleset, attestation: Attestation) -> Iterator[str]:
    """A message for each reason why an attestation is invalid: it covers nothing, or more than anyone can know."""
    edition = ruleset.edition
    if not attestation.by.strip():
        yield "attestation.by is empty. Name the person or body that verified the law; every answer shows it."
    for name in ("by", "note"):
        # a line break would end the comment of emitted SQL, or break the cell of a table
        if not getattr(attestation, name).isprintable():
            yield f"attestation.{name} holds a line end or another character that does not print. Write one line."
    if attestation.on < attestation.through:
        yield (
            f"attestation.through = {attestation.through} is after attestation.on = {attestation.on}: nobody can "
            "verify the law of a later day. Verify again on a later day, or attest an earlier one."
        )
    if attestation.through <= edition.verified_through:
        yield (
            f"attestation.through = {attestation.through} adds nothing: this edition is verified through "
            f"{edition.verified_through}. Write a later day, or leave the attestation out."
        )
    if attestation.edition and attestation.edition != edition.edition:
        yield (
            f"attestation.edition = {attestation.edition!r}, while this ruleset is edition {edition.edition!r}. Verify "
            "what the new edition encodes, then write its name."
        )
    if attestation.provisions is not None and not attestation.provisions:
        yield "attestation.provisions is empty. Name provisions or paragraphs, or leave the key out to attest all law."
    for reference in attestation.provisions or ():
        if not any(reference and refers(reference, p) for p, _ in ruleset.provisions.values()):
            yield (
                f"attestation.provisions names {reference!r}, which is not a provision, paragraph or section of this "
                "ruleset. Take an id or a paragraph from `exportrules instruments ID`."
            )


def _circles(ruleset: Ruleset) -> Iterator[Defect]:
    made_of = {group.id: group.union + group.less for group in ruleset.groups.values()}
    for name in made_of:
        seen, waiting = set(), list(made_of[name])
        while waiting:
            inner = waiting.pop()
            if inner == name:
                yield Defect(f"group {name}", "it is made of itself, through the groups that it unites or leaves out.")
                return
            if inner not in seen:
                seen.add(inner)
                waiting += made_of.get(inner, ())
    for layer in (False, True):
        try:
            view_of(ruleset, as_printed=layer)
        except ValueError as error:
            yield Defect("relations", str(error))
            return


def _written(value: object) -> str:
    """A bound as written in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
