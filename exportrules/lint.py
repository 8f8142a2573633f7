"""Cross-file checks of a ruleset. Collects every defect; decides nothing.

:func:`references` holds what would break an evaluation and runs whenever files are compiled;
:func:`defects` adds what would make the law doubtful: overlaps, missing sources, check values that
do not follow, a horizon in the future.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from exportrules.facts import BITS, performance_density, tpp
from exportrules.law import Ruleset, in_order, refers, under
from exportrules.model import Family, Group, Provision, Row, Test, Variant
from exportrules.names import key

ORDERED = ("ge", "gt", "le", "lt")


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong and where: a provision id, a chip id, a group, a file."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def references(ruleset: Ruleset) -> Iterator[Defect]:
    """Defects that would break an evaluation: dangling names, wrong types of bounds, circles."""
    for provision, _ in ruleset.provisions.values():
        yield from _tests(ruleset, provision)
        yield from _relations(ruleset, provision)
        yield from _shape(provision)
    for gap in ruleset.edition.not_encoded:
        yield from _rows(ruleset, gap.when, f"not_encoded {gap.id}")
    for group in ruleset.groups.values():
        yield from _group(ruleset, group)
    for family in ruleset.families.values():
        if family.vendor not in ruleset.exporters:
            yield Defect(family.id, f"the vendor {family.vendor!r} is not in exporters.toml.")
        for variant in family.variant:
            for part in variant.contains:
                if part.chip not in ruleset.variants:
                    yield Defect(variant.id, f"it contains {part.chip!r}, which is no variant of any chip file.")
    twice = _twice([v.id for f in ruleset.families.values() for v in f.variant])
    yield from (Defect(name, "this variant id is used twice. Ids are unique.") for name in twice)
    try:
        ruleset.view()
        ruleset.view(as_printed=True)
    except (ValueError, RecursionError) as error:
        yield Defect("relations", str(error))
    except KeyError as error:
        yield Defect("groups", f"{error} is not known.")


def defects(ruleset: Ruleset, today: date) -> list[Defect]:
    """Every defect of a ruleset. `today` bounds the horizon and is never assumed."""
    found = list(references(ruleset))
    found += _circles(ruleset)
    found += _overlaps(ruleset)
    edition = ruleset.edition
    if edition.verified_through > today:
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
            found += chip_defects(variant, variant.id)
    found += _shared_names(ruleset)
    return list(dict.fromkeys(found))


def chip_defects(chip: Variant, where: str) -> Iterator[Defect]:
    """What does not follow in a chip's own figures."""
    for name in chip.dense_tops or {}:
        if name not in BITS:
            yield Defect(where, f"dense_tops has no format {name!r}. Formats: {', '.join(BITS)}.")
            return
    if chip.dense_tops and chip.tpp_check is not None and tpp(chip.dense_tops) != chip.tpp_check:
        yield Defect(where, f"TPP follows as {tpp(chip.dense_tops)}, the check value is {chip.tpp_check}.")
    if chip.dense_tops and chip.die_area_mm2 and chip.performance_density_check is not None:
        stated = Decimal(chip.performance_density_check)
        derived = performance_density(tpp(chip.dense_tops), chip.die_area_mm2)
        if derived.quantize(stated, ROUND_HALF_UP) != stated:
            yield Defect(where, f"performance density follows as {derived:.4f}, the check value is {stated}.")
    if chip.io_gbytes_s and chip.io_check is not None and sum(chip.io_gbytes_s.values()) != chip.io_check:
        yield Defect(
            where, f"the links add up to {sum(chip.io_gbytes_s.values())}, the check value is {chip.io_check}."
        )
    sizes = {"die_area_mm2": chip.die_area_mm2, "dram_bandwidth_gbytes_s": chip.dram_bandwidth_gbytes_s}
    for name, value in {**sizes, **(chip.dense_tops or {}), **(chip.io_gbytes_s or {})}.items():
        if value is not None and (
            not Decimal(value).is_finite() or value < 0 or (name == "die_area_mm2" and not value)
        ):
            yield Defect(where, f"{name} = {value} is no figure that a chip can have.")
    if chip.announced and not chip.announced_source:
        yield Defect(where, "announced without announced_source: say who made it public.")


def _tests(ruleset: Ruleset, provision: Provision) -> Iterator[Defect]:
    yield from _rows(ruleset, provision.when + provision.unless, provision.id)
    made = provision.concludes
    if made and made.fact not in ruleset.facts:
        yield Defect(provision.id, f"it concludes {made.fact!r}, which is not in facts.toml.")


def _rows(ruleset: Ruleset, rows: tuple[Row, ...], where: str) -> Iterator[Defect]:
    for row in rows:
        if not row.tests:
            yield Defect(where, "a row without tests would always hold; leave `when` out for that.")
        for test in row.tests:
            yield from _test(ruleset, test, where)


def _test(ruleset: Ruleset, test: Test, where: str) -> Iterator[Defect]:
    fact = ruleset.facts.get(test.fact)
    if fact is None:
        yield Defect(where, f"the fact {test.fact!r} is not in facts.toml.")
        return
    wrong = f"{test.fact} {test.op} {test.bound!r}: "
    number = isinstance(test.bound, int | Decimal) and not isinstance(test.bound, bool)
    if test.op in ORDERED and fact.type == "number" and not number:
        yield Defect(where, wrong + "a number is wanted as bound.")
    elif test.op in ORDERED and fact.type == "date" and not isinstance(test.bound, date):
        yield Defect(where, wrong + "a date is wanted as bound.")
    elif test.op in ORDERED and fact.type not in ("number", "date"):
        yield Defect(where, wrong + f"a fact of type {fact.type} has no order.")
    elif test.op == "in_group" and test.bound not in ruleset.groups:
        yield Defect(where, f"the group {test.bound!r} is not in groups.toml.")
    elif test.op == "in" and not isinstance(test.bound, tuple):
        yield Defect(where, wrong + "a list of words is wanted as bound.")
    elif test.op == "is" and fact.type == "boolean" and not isinstance(test.bound, bool):
        yield Defect(where, wrong + "true or false is wanted as bound.")
    elif test.op == "is" and fact.type == "text" and not isinstance(test.bound, str):
        yield Defect(where, wrong + "a word is wanted as bound.")
    elif fact.values:
        words: Any = test.bound if isinstance(test.bound, tuple) else (test.bound,)
        for word in words:
            if word not in fact.values:
                yield Defect(where, wrong + f"{word!r} is none of: {', '.join(fact.values)}.")


def _relations(ruleset: Ruleset, provision: Provision) -> Iterator[Defect]:
    for relation in ("displaces", "suspends"):
        for target in getattr(provision, relation):
            if target not in ruleset.provisions:
                yield Defect(provision.id, f"{relation} {target!r}, which is no provision of this ruleset.")
            elif relation == "displaces" and ruleset.provisions[target][0].effective >= provision.effective:
                yield Defect(
                    provision.id, f"displaces {target!r}, which does not begin before it: a circle, or a wrong date."
                )
    for relation in ("saves_from", "overcomes", "governs"):
        for reference in getattr(provision, relation):
            named = [p for p, _ in ruleset.provisions.values() if p.kind == "requirement" and refers(reference, p)]
            if not named:
                yield Defect(provision.id, f"{relation} {reference!r}, which reaches no requirement of this ruleset.")


def _shape(provision: Provision) -> Iterator[Defect]:
    wants = {
        "classification": ("concludes", "classifies"),
        "conclusion": ("concludes",),
        "requirement": ("paragraph", "when"),
        "savings": ("saves_from", "when"),
        "exception": ("overcomes", "name"),
        "review_policy": ("policy", "governs"),
        "suspension": ("suspends",),
        "notice": ("notice",),
    }
    for name in wants.get(provision.kind, ()):
        if not getattr(provision, name):
            yield Defect(provision.id, f"a provision of kind {provision.kind} needs {name!r}.")
    if provision.expires and provision.expires < provision.effective:
        yield Defect(provision.id, f"it expires on {provision.expires}, before it begins on {provision.effective}.")
    if provision.compliance and provision.compliance < provision.effective:
        yield Defect(provision.id, f"compliance {provision.compliance} lies before effective {provision.effective}.")


def _group(ruleset: Ruleset, group: Group) -> Iterator[Defect]:
    for name in group.union + group.less:
        if name not in ruleset.groups:
            yield Defect(f"group {group.id}", f"it is made of {name!r}, which is not in groups.toml.")
    for member in group.member:
        if member.country not in ruleset.places:
            yield Defect(f"group {group.id}", f"the member {member.country!r} is not in places.toml.")
        if (member.start or member.stop) and not (member.by or member.cite):
            yield Defect(f"group {group.id}", f"{member.country} is dated without saying by which instrument.")
        for by in (member.by, member.stop_by):
            if by and by not in ruleset.instruments:
                yield Defect(f"group {group.id}", f"{member.country} by {by!r}, which is no instrument file.")


def _circles(ruleset: Ruleset) -> Iterator[Defect]:
    try:
        in_order(ruleset.view().provisions)
    except (ValueError, KeyError) as error:
        yield Defect("relations", str(error))


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


def _related(ruleset: Ruleset, one: str, other: str, paragraph: str) -> bool:
    """Whether some provision at or under the paragraph of one instrument displaces one of the other."""
    for provision, instrument in ruleset.provisions.values():
        for target in provision.displaces:
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
    places: dict[str, str] = {}
    for place in ruleset.places.values():
        for name in (place.code, place.name, *place.aliases):
            other = places.setdefault(key(name), place.code)
            if other != place.code:
                yield Defect(f"place {place.code}", f"the name {name!r} is one of {other} too.")


def _names_of(family: Family) -> list[str]:
    own = [family.id, family.name, *family.aliases]
    return own + [name for v in family.variant for name in (v.id, v.name, *v.aliases)]


def _twice(names: list[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
