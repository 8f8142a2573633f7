"""Lint: every defect of a ruleset, those that break it (:mod:`exportrules.files.integrity`) and those that cast doubt.

The latter are overlaps between two versions of a paragraph, missing sources, check values that do not
match, and a horizon in the future.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from exportrules.files.integrity import Defect, references
from exportrules.law.model import Family, Provision
from exportrules.law.paragraphs import closes, refers, under
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import Span
from exportrules.law.view import view_of
from exportrules.question.impossible import check_defects
from exportrules.question.names.defects import can_never_be_asked
from exportrules.question.names.keys import key


def defects(ruleset: Ruleset, today: date | None = None) -> list[Defect]:
    """Every defect of a ruleset. If `today` is given, later dates of verification are defects; there is no default."""
    all_defects = list(references(ruleset))
    all_defects += _overlaps(ruleset)
    all_defects += _twice(ruleset)
    all_defects += _out_of_reach(ruleset)
    edition = ruleset.edition
    for name in ("text_read", "register_swept", "parties_verified_through"):
        if today and getattr(edition, name) > today:
            all_defects.append(Defect("ruleset.toml", f"{name} {getattr(edition, name)} is after {today}."))
    for file, attestation in ruleset.attestations.items():
        if today and attestation.on > today:
            all_defects.append(Defect(file, f"attestation.on {attestation.on} is after {today}."))
    if edition.covers_from > edition.verified_through:
        all_defects.append(Defect("ruleset.toml", "covers_from is after text_read or register_swept."))
    for name, fact in ruleset.facts.items():
        if fact.type == "number" and not fact.unit:
            all_defects.append(Defect(f"facts.toml {name}", "a number needs a `unit`."))
        if not fact.label:
            all_defects.append(Defect(f"facts.toml {name}", "no label: add `label`, its name in a memorandum."))
        if not fact.source:
            all_defects.append(
                Defect(f"facts.toml {name}", "no source: add `source`, where the law or the filing uses the word.")
            )
    for provision, instrument in ruleset.provisions.values():
        if not provision.url.startswith("https://") and provision.evidence != "reported":
            all_defects.append(Defect(provision.id, "no official https address: add it as `url`."))
        if provision.kind == "requirement" and not _has_policy(ruleset, provision):
            all_defects.append(
                Defect(
                    provision.id, "a requirement without a review policy: state one, or a provision that governs it."
                )
            )
        if (provision.quote_of or provision.quote_on) and not provision.quote:
            all_defects.append(Defect(provision.id, "quote_of or quote_on without a quote: copy the operative words."))
        if bool(provision.quote_of) != bool(provision.quote_on):
            all_defects.append(
                Defect(
                    provision.id, "quote_of and quote_on belong together: give the paragraph and the day of its text."
                )
            )
        if instrument.type == "letter" and not instrument.published:
            all_defects.append(Defect(instrument.id, "a letter needs `published`: the day its addressee disclosed it."))
    for family in ruleset.families.values():
        for variant in family.variant:
            all_defects += [Defect(variant.id, message) for message in check_defects(variant)]
    all_defects += _shared_names(ruleset)
    return list(dict.fromkeys(all_defects))


def _overlaps(ruleset: Ruleset) -> Iterator[Defect]:
    """Two versions of one paragraph that are in force on the same day without a relation between them.

    Letters are exempt: under one paragraph BIS may inform many companies. Provisions of one instrument that begin on
    the same day are parts of one text, unless their rows are equal; those that begin on different days are versions.
    """
    provisions = [p for p in view_of(ruleset).provisions if p.provision.paragraph]
    for i, one in enumerate(provisions):
        for other in provisions[i + 1 :]:
            p, q = one.provision, other.provision
            if (
                p.paragraph != q.paragraph
                or p.kind != q.kind
                or "letter" in (one.instrument.type, other.instrument.type)
            ):
                continue
            if one.instrument.id == other.instrument.id:
                related = p.effective == q.effective and (p.when, p.unless) != (q.when, q.unless)
            else:
                related = _related(ruleset, one.instrument.id, other.instrument.id, p.paragraph)
            if related or _disjoint(p, q):
                continue
            if any(s.start in t or t.start in s for s in one.spans for t in other.spans):
                yield Defect(
                    p.id,
                    f"in force together with {q.id}: two versions of {p.paragraph}. Say which displaces which, or give "
                    f"each a paragraph of its own, e.g. {p.paragraph}:NAME.",
                )


def _twice(ruleset: Ruleset) -> Iterator[Defect]:
    """Countries that are in a group twice on the same days, and parties that are on a list twice."""
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


def _out_of_reach(ruleset: Ruleset) -> Iterator[Defect]:
    """License Exceptions that no bar closes, other than authorizations that BIS gives to one exporter."""
    bars = [provision for provision, _ in ruleset.provisions.values() if provision.kind == "bar"]
    for provision, instrument in ruleset.provisions.values():
        if provision.kind != "exception" or instrument.type == "authorization":
            continue
        if not any(closes(bar, provision) for bar in bars):
            yield Defect(
                provision.id,
                "no bar reaches this exception, so it would be open even to a party on the Unverified List. Name the "
                'paragraph of part 740 that it is in, e.g. paragraph = "740.30": the bars of 15 CFR 740.2 close '
                "all of part 740.",
            )


def _shared_days(dated: Sequence[tuple[str, Span]]) -> Iterator[str]:
    for i, (name, span) in enumerate(dated):
        for other, later in dated[i + 1 :]:
            if name == other and (span.start in later or later.start in span):
                yield name


def _related(ruleset: Ruleset, one: str, other: str, paragraph: str) -> bool:
    """True if some provision of one instrument, at or under the paragraph, displaces or replaces one of the other."""
    for provision, instrument in ruleset.provisions.values():
        for target in provision.displaces + provision.replaces:
            pair = {instrument.id, target.split("#")[0]}
            if pair == {one, other} and (
                under(paragraph, provision.paragraph) or under(provision.paragraph, paragraph)
            ):
                return True
    return False


def _disjoint(one: Provision, other: Provision) -> bool:
    """True if two provisions divide a paragraph between them: by destinations, by entries, or by a carve-out."""

    def marks(provision: Provision, fact: str) -> set[Any]:
        return {t.bound for row in provision.when for t in row.tests if t.fact == fact and t.op in ("in", "in_group")}

    for fact in ("destination", "eccn"):
        first, second = marks(one, fact), marks(other, fact)
        if first and second and not first & second:
            return True
    return _carved_out(one, other) or _carved_out(other, one)


def _carved_out(one: Provision, other: Provision) -> bool:
    """True if an `unless` row of `other` excludes every case of `one`."""
    return bool(one.when) and any(
        row.tests and all(set(row.tests) <= set(mine.tests) for mine in one.when) for row in other.unless
    )


def _has_policy(ruleset: Ruleset, requirement: Provision) -> bool:
    if requirement.policy or requirement.entries:
        return True
    return any(p.policy and any(refers(ref, requirement) for ref in p.governs) for p, _ in ruleset.provisions.values())


def _shared_names(ruleset: Ruleset) -> Iterator[Defect]:
    owners: dict[str, str] = {}
    for family in ruleset.families.values():
        for name in _names_of(family):
            other = owners.setdefault(key(name), family.id)
            if other != family.id:
                yield Defect(family.id, f"the name {name!r} is one of {other} too; a name means one family.")
    yield from (Defect(*defect) for defect in can_never_be_asked(ruleset))
    places: dict[str, str] = {}
    for place in ruleset.every_place:
        for name in (place.code, place.name, *place.aliases):
            other = places.setdefault(key(name), place.code)
            if other != place.code:
                yield Defect(f"place {place.code}", f"the name {name!r} is one of {other} too.")


def _names_of(family: Family) -> list[str]:
    own = [family.id, family.name, *family.aliases]
    return own + [name for v in family.variant for name in (v.id, v.name, *v.aliases)]
