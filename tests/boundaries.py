"""What each rule does at its own edges, in words, checked in: a change of law data shows its legal effect in review.

One block a provision, group, party, chip or word of the vocabulary. Everything is asked of the engine: a row is tried
with all of its tests met but one, whose fact is taken one step below, at and above each bound; days are those on which
the provision is in force; groups are the days of each member; chips are the facts that the law gets to see.
`python -m tests.make_snapshots` writes `tests/snapshots/boundaries/`; tests/test_boundaries.py holds them against what
is computed, and tests/mutate_rules.py asks whether every change of a rule file shows in them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from exportrules.engine.docket import Docket
from exportrules.files.integrity import PLACES, REACHES
from exportrules.law.facts import Fact
from exportrules.law.force import InForce, provides
from exportrules.law.model import Family, Group, Instrument, Party, Provision, Row, Test
from exportrules.law.paragraphs import refers
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import Span, last_day
from exportrules.law.truth import FALSE, TRUE, Truth, all_of
from exportrules.law.view import View, view_of
from exportrules.question.figures import BITS, facts_of
from exportrules.question.values import show

DIRECTORY = Path(__file__).parent / "snapshots" / "boundaries"

#: The tables of a ruleset, in the order of the record, with the file that each is written to.
TABLES = {
    "instruments": "provisions",
    "groups": "groups",
    "parties": "parties",
    "families": "chips",
    "edition": "scope",
    "facts": "scope",
    "exporters": "scope",
    "places": "scope",
}

NAMES = {"groups": "group", "parties": "party", "families": "chip", "facts": "fact"}

#: Places that are asked for each row with a place; `probes` adds what groups of later rules need.
PROBES = (
    "AE", "AU", "BY", "CA", "CN", "CU", "CY", "DE", "HK", "IL", "IN", "IR", "JP", "KH", "KP", "MO", "NI", "RU", "SA",
    "SG", "SY", "TW", "UA", "US", "VE", "VN", "YE",
)  # fmt: skip

STEP = Decimal("0.01")
DAY = timedelta(days=1)
HELD = ("no", "open", "yes")


def probes(law: Ruleset) -> tuple[str, ...]:
    """Places that tell every two groups apart, and of which every group has a member on some day."""
    view, found = view_of(law), list(PROBES)
    days = {(group, place): view.membership(group, place) for group in law.groups for place in law.places}
    groups = sorted(law.groups)
    for i, one in enumerate(groups):
        if not any(days[one, place] for place in found):
            found += [place for place in law.places if days[one, place]][:1]
        for other in groups[i + 1 :]:
            if all(days[one, place] == days[other, place] for place in found):
                found += [place for place in law.places if days[one, place] != days[other, place]][:1]
    return tuple(sorted(found))


def read() -> dict[str, str]:
    """The record as checked in: each block under its heading."""
    texts = [(DIRECTORY / f"{name}.txt").read_text("utf-8") for name in dict.fromkeys(TABLES.values())]
    blocks = (block for text in texts for block in text.split("\n\n")[1:])
    return {block.splitlines()[0]: block.rstrip("\n") for block in blocks}


def pages(law: Ruleset) -> Iterator[tuple[Path, str]]:
    """(file, its text) of the whole record."""
    record = Record(law)
    for name in dict.fromkeys(TABLES.values()):
        tables = [table for table, file in TABLES.items() if file == name]
        text = "\n\n".join(record.blocks(tables).values())
        yield (
            DIRECTORY / f"{name}.txt",
            f"# Written by python -m tests.make_snapshots: {name} at their edges\n\n{text}\n",
        )


@cache
def by_hand() -> tuple[str, ...]:
    """The parties that were encoded by hand, in the order of the list."""
    table = Path(__file__).parent.parent / "scripts" / "parties" / "by_hand.toml"
    return tuple(party["id"] for party in tomllib.loads(table.read_text("utf-8"))["party"])


class Record:
    """The edges of one ruleset. `like` is a record of a ruleset that shares tables with it, for the same places."""

    def __init__(self, law: Ruleset, like: Record | None = None) -> None:
        self.law = law
        self._like = like
        self._dockets: dict[tuple[str, Any], Docket] = {}

    @cached_property
    def view(self) -> View:
        return view_of(self.law)

    @cached_property
    def printed(self) -> dict[str, tuple[Span, ...]]:
        return {f.provision.id: f.spans for f in view_of(self.law, as_printed=True).provisions}

    @cached_property
    def enforced(self) -> dict[str, tuple[Span, ...]]:
        return {f.provision.id: f.spans for f in self.view.provisions}

    @cached_property
    def probes(self) -> tuple[str, ...]:
        like = self._like
        if like and like.law.groups is self.law.groups and like.law.places is self.law.places:
            return like.probes
        return probes(self.law)

    def blocks(self, tables: Iterable[str] = TABLES) -> dict[str, str]:
        """Every block of the tables, under its heading."""
        found: dict[str, str] = {}
        for table in tables:
            kept: Mapping[str, Any] = {"": self.law.edition} if table == "edition" else getattr(self.law, table)
            # of thousands of parties those that were encoded by hand; the rest is held against its tables
            for key in by_hand() if table == "parties" else kept:
                value = kept[key]
                found |= self.of(table, key, value)
        return found

    def of(self, table: str, key: str, value: Any) -> dict[str, str]:
        """The blocks of one object of a table."""
        return dict(self.each(table, key, value))

    def each(self, table: str, key: str, value: Any) -> Iterator[tuple[str, str]]:
        """The blocks of one object of a table, each with its heading, one at a time."""
        if table == "instruments":
            yield from (_block(heading, lines) for heading, lines in self._instrument(value))
        elif table == "edition":
            yield from (_block(heading, lines) for heading, lines in self._edition())
        elif table in ("exporters", "places"):
            kept = getattr(self.law, table)
            yield _block(table, (f"{key} {' '.join(_plain(v))}".rstrip() for key, v in kept.items()))
        else:
            described: dict[str, Callable[[Any], Iterator[str]]] = {
                "groups": self._group, "parties": self._party, "families": self._family, "facts": _plain,
            }  # fmt: skip
            yield _block(f"{NAMES[table]} {key}", described[table](value))

    # --- provisions ---------------------------------------------------------------------------

    def _instrument(self, instrument: Instrument) -> Iterator[tuple[str, list[str]]]:
        public = f"released {instrument.released or '-'}, published {instrument.published or '-'}"
        bound = f", addressed to {instrument.addressee}" if instrument.addressee else ""
        yield f"instrument {instrument.id}", [f"{instrument.type}, {public}{bound}"]
        for provision in instrument.provision:
            yield provision.id, list(self._provision(provision))

    def _provision(self, provision: Provision) -> Iterator[str]:
        enforced, printed = self.enforced.get(provision.id, ()), self.printed.get(provision.id, ())
        doubt = "" if provision.certain else ", uncertain"
        yield f"{provision.kind}{doubt}, in force {_days(enforced)}" + (
            f" (as printed {_days(printed)})" if printed != enforced else ""
        )
        if provision.effective not in {span.start for span in (*enforced, *printed)}:
            yield f"effective {provision.effective}"
        if provision.compliance:
            yield f"duties from {provision.compliance}"
        if provision.expires:
            yield f"through {provision.expires}"
        if provision.effective_by:
            yield f"begins by {provision.effective_by}"
        if provision.public_from:
            yield f"public from {provision.public_from}"
        if made := provides(provision):
            of = f" of an item of kind {provision.classifies}" if provision.classifies else ""
            yield f"concludes {' '.join(made)}{of}"
        if provision.policy:
            yield f"review: {provision.policy}{' (governing)' if provision.governing else ''}"
        for word, targets in (("replaces", provision.displaces), ("stays", provision.suspends)):
            layer = f" ({provision.layer})" if word == "stays" else ""
            yield from (f"{word} {target}{layer}" for target in targets)
        for word, kind in REACHES.items():
            for reference in getattr(provision, word):
                reached = [p.id for p, _ in self.law.provisions.values() if p.kind == kind and refers(reference, p)]
                yield f"{word} {reference}: {' '.join(reached)}"
        if provision.entries:
            yield f"reviewed as entries say that conclude {provision.entries.fact} {provision.entries.value}"
        if provision.conditions:
            yield f"on {len(provision.conditions)} conditions"
        if provision.may_be_refused:
            yield "may be refused"
        if not provision.margins:
            yield "margins are not told"
        yield from self._rows(provision.when, "when", provision.effective)
        yield from self._rows(provision.unless, "unless", provision.effective)
        if provision.blocking:
            yield "blocks an answer of no license requirement"
        if provision.paragraph:
            yield f"paragraph {provision.paragraph}"
        if provision.quote_on:
            yield f"quote found in {provision.quote_of}, text of {provision.quote_on}"

    def _rows(self, rows: tuple[Row, ...], word: str, day: date) -> Iterator[str]:
        for row in rows:
            name = f" {row.paragraph}" if row.paragraph else ""
            parts = list(self._row(row, day))
            yield f"{word}{name}: {'; '.join(parts)}"

    def _row(self, row: Row, day: date) -> Iterator[str]:
        """Each fact of the row in turn, the others at a value with which the row holds."""
        asked: dict[str, list[Test]] = {}
        for test in row.tests:
            asked.setdefault(test.fact, []).append(test)
        points = {fact: self._points(fact, tests) for fact, tests in asked.items()}
        met: dict[str, Any] = {}
        for fact, tests in asked.items():
            met[fact] = next((v for v in points[fact] if self._truth(tests, fact, v, day) == TRUE), None)
        for fact, tests in asked.items():
            others = all_of(self._truth(asked[o], o, met[o], day) for o in asked if o != fact)
            tried = [(v, min(others, self._truth(tests, fact, v, day))) for v in points[fact]]
            yield f"{fact} {self._said(tests, tried)}"

    def _said(self, tests: list[Test], tried: list[tuple[Any, Truth]]) -> str:
        held = [_word(value) for value, truth in tried if truth == TRUE]
        groups = [str(t.bound) for t in tests if t.op == "in_group"]
        if groups:
            return f"in {' and '.join(groups)} ({' '.join(held) or 'nowhere'})"
        if isinstance(tried[0][0], bool | str):
            return " ".join(held) or "never"
        return ", ".join(f"{_word(value)} {HELD[truth]}" for value, truth in tried)

    def _points(self, fact: str, tests: list[Test]) -> list[Any]:
        kind = self.law.facts[fact].type
        if kind == "boolean":
            return [False, True]
        if kind == "number":
            bounds = sorted({Decimal(str(t.bound)) for t in tests})
            return sorted({b + k * STEP for b in bounds for k in (-1, 0, 1)})
        if kind == "date":
            dates = sorted(t.bound for t in tests if isinstance(t.bound, date))
            return sorted({d + k * DAY for d in dates for k in (-1, 0, 1)})
        if fact in PLACES:
            return sorted({*self.probes, *(str(t.bound) for t in tests if t.op == "is")})
        return self.words[fact]

    def _truth(self, tests: list[Test], fact: str, value: Any, day: date) -> Truth:
        if value is None:
            return FALSE
        concluded: dict[str, dict[str, Truth]] = {}
        if fact in self.view.concludable:
            concluded = {fact: {"true" if value is True else str(value): TRUE} if value is not False else {}}
            docket = self._docket("", None)
        else:
            docket = self._docket(fact, value)
        return all_of(docket.test(test, day, concluded) for test in tests)

    def _docket(self, fact: str, value: Any) -> Docket:
        known = self._dockets.get((fact, value))
        if known is None:
            facts = {fact: Fact(value, "given")} if fact else {}
            # prepared for a day before all law: single tests are asked of it
            known = self._dockets[fact, value] = Docket(self.view, facts, on=date.min)
        return known

    @cached_property
    def words(self) -> dict[str, list[str]]:
        """The words that a fact can have: of its vocabulary, and of any test of it."""
        found = {name: set(definition.values) for name, definition in self.law.facts.items()}
        rows = [row for p, _ in self.law.provisions.values() for row in p.when + p.unless]
        rows += [row for gap in self.law.edition.not_encoded for row in gap.when + gap.unless]
        for test in (test for row in rows for test in row.tests):
            if test.op != "in_group" and test.fact in found:
                bounds = test.bound if isinstance(test.bound, tuple) else (test.bound,)
                found[test.fact] |= {b for b in bounds if isinstance(b, str)}
        paragraphs = {p.paragraph for p, _ in self.law.provisions.values() if p.kind == "requirement"}
        found.setdefault("required_under", set()).update(paragraphs)
        return {fact: sorted(words) for fact, words in found.items()}

    # --- groups, parties, chips, scope -----------------------------------------------------------

    def _group(self, group: Group) -> Iterator[str]:
        always, dated = [], []
        for country in self.law.places:
            spans = self.view.membership(group.id, country)
            if spans == (Span(date.min),):
                always.append(country)
            elif spans:
                dated.append(f"{country} {_days(spans)}")
        yield f"always: {' '.join(always) or '-'}"
        yield from dated
        for m in group.member:
            if m.by or m.stop_by:
                yield f"{m.country} by {m.by or '-'}, ended by {m.stop_by or '-'}"
        for m in group.disputed:
            yield f"disputed: {m.country} {m.start or ''}..{last_day(m.stop) or ''}"
        if group.quote:
            yield f"quote found in {group.cite}, text of {group.quote_on}"

    def _party(self, party: Party) -> Iterator[str]:
        yield f"of {party.country or '-'}"
        certain = [found for found in self.view.listings(party) if found.provision.certain]
        for found, listing in zip(certain, party.listing, strict=True):
            made, provision = provides(found.provision), found.provision
            assert made is not None
            mark = f", footnote {listing.footnote} from {listing.footnote_from}" if listing.footnote else ""
            by = f", by {listing.by}" if listing.by else ""
            mark += f", perhaps from {listing.perhaps_from}" if listing.perhaps_from else ""
            yield f"{made[1]} {_days(found.spans)}, {provision.policy or 'no policy'}{mark}{by}"

    def _family(self, family: Family) -> Iterator[str]:
        yield f"by {family.vendor}"
        for chip in family.variant:
            facts = facts_of(chip)
            first = f"{chip.status} {chip.announced or '-'} by {chip.announced_by}"
            before = f", not before {chip.not_public_before}" if chip.not_public_before else ""
            other = f", by {chip.vendor}" if chip.vendor else ""
            yield f"{chip.id}: {first}{before}{other}"
            yield f"  {'; '.join(f'{name} {_reading(fact)}' for name, fact in facts.items())}"
            if chip.dense_tops:
                yield f"  TOPS x bit: {_sum(chip.dense_tops, BITS)}"
            if chip.io_gbytes_s:
                yield f"  links: {_sum(chip.io_gbytes_s, {})}"
            checks = (chip.tpp_check, chip.performance_density_check, chip.io_check)
            if any(check is not None for check in checks):
                yield f"  check values: {' '.join(show(check) for check in checks)}"
            yield from (f"  another reading: {a.fact} {_exact(a.value)}" for a in chip.alternative)
            yield from (f"  contains {part.count} of {part.chip}" for part in chip.contains)

    def _edition(self) -> Iterator[tuple[str, list[str]]]:
        edition = self.law.edition
        days = (edition.covers_from, edition.verified_through, edition.parties_verified_through)
        outside = " ".join(edition.destinations_not_encoded) or "none"
        yield (
            "edition",
            [
                f"covers {days[0]}..{days[1]}, parties through {days[2]}",
                f"text read as of {edition.text_read}, Register swept through {edition.register_swept}",
                f"destinations not encoded: {outside}",
            ],
        )
        shown: dict[str, InForce] = {f.provision.id: f for f in self.view.provisions if f.provision.kind == "gap"}
        for gap in edition.not_encoded:
            found = shown.get(f"not_encoded#{gap.id}")
            if found:
                permission = ["asks for a permission"] if gap.permission else []
                yield found.provision.id, [*self._provision(found.provision), *permission]
            else:
                yield f"not_encoded#{gap.id}", [f"quiet, {gap.start or ''}..{last_day(gap.stop) or ''}"]


def _plain(value: Any) -> Iterator[str]:
    """A word of the vocabulary, an exporter, a place: what a rule can ask of it."""
    for name in ("type", "about", "country", "unit", "values", "assumed", "not_an_ai_chip", "thousands_up_to"):
        found = getattr(value, name, None)
        if found not in (None, "", ()):
            yield f"{name}: {' '.join(found) if isinstance(found, tuple) else _word(found)}"


def _block(heading: str, lines: Iterable[str]) -> tuple[str, str]:
    return heading, "\n".join([heading, *(f"  {line}" for line in lines)])


def _days(spans: Iterable[Span]) -> str:
    """Inclusive days: '2022-10-21..2023-11-16', '..2020-12-27'."""
    return " ".join(f"{s.start if s.start != date.min else ''}..{last_day(s.stop) or ''}" for s in spans) or "never"


def _word(value: object) -> str:
    return show(value) if isinstance(value, bool | Decimal | int) else str(value)


def _exact(value: object) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) else _word(value)


def _reading(fact: Fact) -> str:
    readings = " or ".join(_exact(value) for value in fact.candidates or (fact.value,))
    return f"{readings} (estimated)" if fact.estimated else readings


def _sum(figures: Mapping[str, Any], weights: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {show(Decimal(str(v)) * weights.get(name, 1))}" for name, v in figures.items())
