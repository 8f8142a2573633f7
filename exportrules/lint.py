"""Lint: every defect of a ruleset, what would break it (:mod:`exportrules.references`) and what makes it doubtful.

Overlaps of two versions of a paragraph, missing sources, check values that do not follow, a horizon
in the future.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from exportrules.facts import check_defects
from exportrules.law import Ruleset, refers, under
from exportrules.model import Family, Provision
from exportrules.names.keys import key
from exportrules.references import Defect, references
from exportrules.span import Span


def defects(ruleset: Ruleset, today: date | None = None) -> list[Defect]:
    """Every defect of a ruleset. `today` bounds the horizon; it is never assumed, and left out it is not checked."""
    found = list(references(ruleset))
    found += _overlaps(ruleset)
    found += _twice(ruleset)
    edition = ruleset.edition
    if today and edition.verified_through > today:
        found.append(Defect("ruleset.toml", f"verified_through {edition.verified_through} lies in the future."))
    if edition.covers_from > edition.verified_through:
        found.append(Defect("ruleset.toml", "covers_from is after verified_through."))
    for name, fact in ruleset.facts.items():
        if fact.type == "number" and not fact.unit:
            found.append(Defect(f"facts.toml {name}", "a number without a unit."))
        if not fact.source:
            found.append(Defect(f"facts.toml {name}", "no source: say where the law or the filing uses the word."))
    for provision, instrument in ruleset.provisions.values():
        if not provision.url.startswith("https://") and provision.evidence != "reported":
            found.append(Defect(provision.id, "no official https address."))
        if provision.kind == "requirement" and not _has_policy(ruleset, provision):
            found.append(
                Defect(
                    provision.id, "a requirement without a review policy: state one, or a provision that governs it."
                )
            )
        if instrument.type == "letter" and not instrument.published:
            found.append(Defect(instrument.id, "a letter needs `published`: the day its addressee disclosed it."))
    for family in ruleset.families.values():
        for variant in family.variant:
            found += [Defect(variant.id, message) for message in check_defects(variant)]
    found += _shared_names(ruleset)
    return list(dict.fromkeys(found))


def _overlaps(ruleset: Ruleset) -> Iterator[Defect]:
    """Two versions of one CFR paragraph in force on one day, from different instruments, without a relation."""
    found = [f for f in ruleset.view().provisions if f.provision.paragraph[:3] in ("740", "742", "774")]
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            p, q = one.provision, other.provision
            if p.paragraph != q.paragraph or p.kind != q.kind or one.instrument.id == other.instrument.id:
                continue
            if _related(ruleset, one.instrument.id, other.instrument.id, p.paragraph) or _disjoint(p, q):
                continue
            shared = [s for s in one.spans for t in other.spans if s.start in t or t.start in s]
            if shared:
                yield Defect(
                    p.id, f"in force together with {q.id}: two versions of {p.paragraph}. Say which displaces which."
                )


def _twice(ruleset: Ruleset) -> Iterator[Defect]:
    """A country twice in one group, or a party twice on one list, on the same days: which of the two is meant?"""
    for group in ruleset.groups.values():
        stays = [(m.country, Span(m.start or date.min, m.stop)) for m in group.member]
        for country in dict.fromkeys(_shared_days(stays)):
            yield Defect(f"group {group.id}", f"{country} is a member twice on the same days. Keep one of the two.")
    for party in ruleset.parties.values():
        entries = [(entry.list, Span(entry.start, entry.stop)) for entry in party.listing]
        for name in dict.fromkeys(_shared_days(entries)):
            yield Defect(
                f"party {party.id}", f"on {name} twice on the same days. End the first where the second begins."
            )


def _shared_days(dated: Sequence[tuple[str, Span]]) -> Iterator[str]:
    for i, (name, span) in enumerate(dated):
        for other, later in dated[i + 1 :]:
            if name == other and (span.start in later or later.start in span):
                yield name


def _related(ruleset: Ruleset, one: str, other: str, paragraph: str) -> bool:
    """Whether some provision at or under the paragraph of one instrument displaces one of the other."""
    for provision, instrument in ruleset.provisions.values():
        for target in provision.displaces + provision.replaces:
            pair = {instrument.id, target.split("#")[0]}
            if pair == {one, other} and (
                under(paragraph, provision.paragraph) or under(provision.paragraph, paragraph)
            ):
                return True
    return False


def _disjoint(one: Provision, other: Provision) -> bool:
    """Whether the two divide a paragraph between them: they ask for other groups of destinations, or other entries."""

    def marks(provision: Provision, fact: str) -> set[Any]:
        return {t.bound for row in provision.when for t in row.tests if t.fact == fact and t.op in ("in", "in_group")}

    for fact in ("destination", "eccn"):
        first, second = marks(one, fact), marks(other, fact)
        if first and second and not first & second:
            return True
    return False


def _has_policy(ruleset: Ruleset, requirement: Provision) -> bool:
    if requirement.policy or requirement.paragraph.startswith("744.11"):
        return True
    return any(p.policy and any(refers(ref, requirement) for ref in p.governs) for p, _ in ruleset.provisions.values())


def _shared_names(ruleset: Ruleset) -> Iterator[Defect]:
    owners: dict[str, str] = {}
    for family in ruleset.families.values():
        for name in _names_of(family):
            other = owners.setdefault(key(name), family.id)
            if other != family.id:
                yield Defect(family.id, f"the name {name!r} is one of {other} too; a name means one family.")
    refused = {key(text): r.id for r in ruleset.refused.values() for text in r.written}
    for family in ruleset.families.values():
        for name in (n for n in _names_of(family) if n not in (family.id, *(v.id for v in family.variant))):
            if key(name) in refused:
                said = f"the name {name!r} is refused by {refused[key(name)]!r}, so it can never be asked."
                yield Defect(family.id, said)
    spelled: dict[str, str] = {}
    for word in ruleset.words.values():
        for text in word.written:
            other = spelled.setdefault(key(text), word.id)
            if other != word.id:
                yield Defect(f"word {word.id}", f"{text!r} is a word of {other!r} too: which of them is meant?")
    places: dict[str, str] = {}
    for place in ruleset.places.values():
        for name in (place.code, place.name, *place.aliases):
            other = places.setdefault(key(name), place.code)
            if other != place.code:
                yield Defect(f"place {place.code}", f"the name {name!r} is one of {other} too.")


def _names_of(family: Family) -> list[str]:
    own = [family.id, family.name, *family.aliases]
    return own + [name for v in family.variant for name in (v.id, v.name, *v.aliases)]
