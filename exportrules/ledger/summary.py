"""The summary of an audit: how many rows, which groups, under which change of the law."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from exportrules.answer.next_steps import Answered, ledger_steps
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import index_at
from exportrules.ledger.answers import ASSUMED, Layer, Profile, Segment, timeline_of
from exportrules.ledger.fips import Suspicion, suspect_fips
from exportrules.ledger.run import Account, Tally, ranked

#: Terms of a question on which an answer turns if a name is ambiguous.
_NAMES = frozenset(("end_user", "parties", "listed_owner", "exporter"))


class RowGroup(NamedTuple):
    """Rows of one chip to one place that needed a license under the same provisions."""

    rows: int
    chip: str
    to: str
    review_policy: str
    holds_from: date | None
    holds_until: date | None
    provisions: str
    #: The provisions that began or ended with the span; '' if it began with the release of the chip.
    opened_by: str = ""


class Summary(NamedTuple):
    """Counts of rows; every table but the problems' has a count for each outcome."""

    rows: int
    outcomes: Counter[str]
    by_chip: dict[str, Counter[str]]
    by_destination: dict[str, Counter[str]]
    by_year: dict[str, Counter[str]]
    licensed: list[RowGroup]
    lists: dict[str, int]
    listed: list[tuple[str, str, str, str, int]]
    problems: dict[str, tuple[int, str]]
    #: The number of rows whose answer turns on whom a name means.
    doubtful: int
    #: The numbers of rows that could not be read, and of rows with an unread part that did not matter.
    unread: int
    decided: int
    #: By field, the number of answered rows that omit it, so that an assumption took its place.
    assumed: dict[str, int]
    fips: Suspicion | None
    #: The next steps as sentences, computed from what was open, required and assumed.
    steps: list[str]


def summarise(account: Account, ruleset: Ruleset, layer: Layer, most: int = 10) -> Summary:
    """The summary of a run, with at most `most` groups that needed a license."""
    tallies = _merged(account.tallies())
    read = [tally for tally in tallies if not tally.segment.unread]
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    unread = decided = 0
    for segment, rows in (*((t.segment, t.rows) for t in tallies), *account.unread()):
        if segment.problem:
            texts[segment.problem.kind][segment.problem.text] += rows
            unread, decided = (unread + rows, decided) if segment.unread else (unread, decided + rows)
    names = ruleset.places
    omitted = _counted((tally.profile.omitted, tally.rows) for tally in read)
    return Summary(
        rows=account.rows_in,
        outcomes=account.outcomes(),
        by_chip=_by(read, lambda t: t.profile.chip or "by its figures"),
        by_destination=_by(read, lambda t: f"{names[t.profile.to].name} ({t.profile.to})" if t.profile.to else "?"),
        by_year=_by(read, lambda t: str(t.year)),
        licensed=_licensed(read, ruleset, layer, most),
        lists=ranked(_counted((t.segment.also[3], t.rows) for t in read if t.segment.also)),
        listed=_listed(read),
        problems={
            kind: (rows, next(iter(ranked(texts[kind]))))
            for kind, rows in ranked(Counter({kind: examples.total() for kind, examples in texts.items()})).items()
        },
        unread=unread,
        decided=decided,
        assumed={field: sum(rows for fields, rows in omitted.items() if field in fields) for field in ASSUMED},
        fips=suspect_fips(ruleset, _codes(account)),
        steps=ledger_steps(ruleset, _answered(tallies, account)),
        doubtful=sum(t.rows for t in read if not _NAMES.isdisjoint(t.segment.turns_on.split())),
    )


def _merged(tallies: Iterable[Tally]) -> list[Tally]:
    """The tallies, with those of profiles that are one in a summary added up under one of them."""
    merged: dict[Hashable, Tally] = {}
    for tally in tallies:
        profile = tally.profile
        key = profile.chip, profile.to, profile.omitted, tally.year, tally.segment
        first = merged.get(key)
        merged[key] = tally if first is None else first._replace(rows=first.rows + tally.rows)
    return list(merged.values())


def _answered(tallies: Iterable[Tally], account: Account) -> Iterator[Answered]:
    """The rows of each answer, with the assumptions about them that somebody can confirm."""

    for (s, omitted), rows in _counted(((t.segment, t.profile.omitted), t.rows) for t in tallies).items():
        assumed = tuple(field for field, names in _TO_ASK.items() if omitted.issuperset(names))
        yield Answered(rows, s.outcome, s.review_policy, s.standing, tuple(s.turns_on.split()), s.unread, assumed)
    yield from (Answered(rows, s.outcome, s.review_policy, s.standing, unread=True) for s, rows in account.unread())


#: The column to ask for if none of these fields gives it.
_TO_ASK = {"headquarters": ("headquarters", "ultimate_parent"), "parties": ("end_user", "parties")}


def _codes(account: Account) -> Iterator[str]:
    """The cells of the columns of countries."""
    for slot in account.lookup.slots:
        if slot.field in ("to", "headquarters", "ultimate_parent"):
            yield from slot.spellings


def _by(tallies: Iterable[Tally], key: Callable[[Tally], str]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for tally in tallies:
        counts[key(tally)][tally.segment.outcome] += tally.rows
    return dict(sorted(counts.items(), key=lambda item: _rank(item[0], item[1])))


def _rank(name: str, counts: Counter[str]) -> tuple[Any, ...]:
    """The sorting key: years in their order, anything else by the rows that needed a license, then by rows."""
    return (name,) if name.isdigit() else (-counts["license_required"], -counts.total(), name)


def _counted(pairs: Iterable[tuple[Hashable, int]]) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for key, rows in pairs:
        counts[key] += rows
    return counts


def _licensed(tallies: list[Tally], ruleset: Ruleset, layer: Layer, most: int) -> list[RowGroup]:
    """The largest groups of rows that needed a license, each with the change of law behind it."""
    counts: Counter[tuple[Any, ...]] = Counter()
    example: dict[tuple[Any, ...], tuple[Profile, Segment]] = {}
    for t in tallies:
        s = t.segment
        if s.outcome == "license_required":
            group = (t.profile.chip or "by its figures", t.profile.to, s.review_policy, s.holds_from, s.holds_until)
            key = (*group, s.provisions)
            counts[key] += t.rows
            example.setdefault(key, (t.profile, s))
    groups = []
    for key, rows in list(ranked(counts).items())[:most]:
        profile, segment = example[key]
        timeline = timeline_of(ruleset, profile.asked, layer, profile.open_)
        first = index_at(timeline.starts, segment.holds_from) if segment.holds_from else 0
        opened = [by for by in timeline.opened_by(first) if "#" in by]
        groups.append(RowGroup(rows, *key)._replace(opened_by=" ".join(opened)))
    return groups


def _listed(tallies: list[Tally]) -> list[tuple[str, str, str, str, int]]:
    """The lists of `--also-on` that matter, by chip and destination: (list, chip, to, provisions, rows)."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for t in tallies:
        also = t.segment.also
        if also and also[3] in ("license then", "lawful then, license now"):
            law = t.segment.provisions if also[3] == "license then" else also[2]
            counts[also[3], t.profile.chip or "by its figures", t.profile.to, law] += t.rows
    return [(*key, rows) for key, rows in ranked(counts).items()]
