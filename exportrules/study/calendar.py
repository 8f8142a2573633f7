"""A calendar of every change that touches some chips: of their answers, and of rules scheduled to begin or end.

Times are never read from a clock: an event is stamped with the day on which its rule became public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from exportrules.answer.determination import timeline
from exportrules.answer.timeline import Timeline
from exportrules.engine.docket import Docket
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY, earliest
from exportrules.study import canonical
from exportrules.study.differences import Said, named, steps


class Event(NamedTuple):
    """A day on which answers change (`before`, `after`), or on which a rule that could touch the chips begins or ends.

    `projected` events lie beyond the verified horizon: they follow from texts that are known, and may be
    overtaken. An event whose day no source gives spans the days from `on` through `by`.
    """

    on: date
    chips: tuple[str, ...]
    what: str
    before: Said | None
    after: Said | None
    through: tuple[str, ...]
    projected: bool
    by: date | None = None


def events(law: Ruleset, chips: Iterable[str], since: date, deal: Mapping[str, Any]) -> list[Event]:
    """Every event from a day on, in order. `chips` are variant ids, `deal` the options of a question."""
    horizon = law.horizon
    answers: dict[tuple[date, Said, Said, tuple[str, ...]], list[str]] = {}
    scheduled: dict[tuple[date, str, str], list[str]] = {}
    for chip in chips:
        made = timeline(chip, ruleset=law, **deal)
        for step in steps(chip, made, since, None):
            answers.setdefault((step.on, step.before, step.after, step.through), []).append(chip)
        for on, word, provision in _scheduled(made, max(since, horizon)):
            scheduled.setdefault((on, word, provision), []).append(chip)
    found = [
        Event(
            on,
            tuple(named(law, who)),
            "the answer changes",
            before,
            after,
            through,
            on > horizon,
            _by(law, on, through),
        )
        for (on, before, after, through), who in answers.items()
    ]
    told = {(event.on, name) for event in found for name in event.through}
    found += [
        Event(on, tuple(named(law, who)), word, None, None, (provision,), True)
        for (on, word, provision), who in scheduled.items()
        if (on, provision) not in told
    ]
    return sorted(found, key=lambda e: (e.on, e.what, e.through, e.chips))


def _by(law: Ruleset, on: date, through: tuple[str, ...]) -> date | None:
    """The last of the days between which one of the provisions began, if `on` is the first of them."""
    opened = [law.provisions[name][0] for name in through if name in law.provisions]
    return max((p.effective_by for p in opened if p.effective_by and p.effective == on), default=None)


def _scheduled(made: Timeline, after: date) -> Iterator[tuple[date, str, str]]:
    """The provisions that begin, return or end after a day and could touch the chip in some deal."""
    law = made.ruleset
    for course in made.courses:
        item = {n: f for n, f in course.subject.facts.items() if n not in law.facts or law.facts[n].about == "item"}
        for entry in Docket(made.view, item).entries:
            found = entry.in_force
            if found.provision.kind in ("gap", "notice", "suspension"):
                continue
            for number, span in enumerate(found.spans):
                if span.start > after:
                    yield span.start, "a rule returns" if number else "a rule begins", found.provision.id
                if span.stop is not None and span.stop > after:
                    yield span.stop, "a rule ends", found.provision.id


def icalendar(law: Ruleset, found: Sequence[Event], deal: Mapping[str, Any], describe: Mapping[Event, str]) -> bytes:
    """The events as an iCalendar file (RFC 5545): whole days, stable identifiers. `describe` has their text."""
    import exportrules

    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//exportrules//exportrules {exportrules.__version__}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    for event in found:
        url = next((law.provisions[n][0].url for n in event.through if n in law.provisions), "")
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_uid(event, deal)}",
            f"DTSTAMP:{_public(law, event):%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}",
            *([f"DTEND;VALUE=DATE:{event.by + DAY:%Y%m%d}"] if event.by else []),
            f"SUMMARY:{_text(describe[event].splitlines()[0])}",
            f"DESCRIPTION:{_text(describe[event])}",
            *([f"URL:{url}"] if url else []),
            f"CATEGORIES:{'projected' if event.projected else 'verified'}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"]).encode("utf-8")


def _uid(event: Event, deal: Mapping[str, Any]) -> str:
    """The same event of the same deal and chips has the same identifier in every edition.

    The chips are part of it: a calendar of other chips, imported later, would take the place of this one's events.
    """
    asked = {name: value for name, value in deal.items() if value}
    parts = [event.on, event.chips, event.what, event.before, event.after, event.through, asked]
    return f"{canonical.sha256(canonical.exact(parts))[:32]}@exportrules"


def _public(law: Ruleset, event: Event) -> date:
    """The day on which the first rule of an event became public; else the day through which the law was verified."""
    for name in event.through:
        if name in law.provisions:
            instrument = law.provisions[name][1]
            public = earliest(instrument.released, instrument.published)
            if public is not None:
                return public
    return law.horizon


def _text(value: str) -> str:
    """A value of type TEXT."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """One content line in pieces of at most 75 octets, no character cut in two."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > 75:
            pieces.append(piece)
            piece = " "
        piece += character
    return "\r\n".join([*pieces, piece]) + "\r\n"
