"""A calendar of changes for some chips: changes of their answers, and rules scheduled to begin or end.

No time is read from a clock: an event is stamped with the day on which its rule became public.
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
from exportrules.study.differences import Decision, named, steps


class Event(NamedTuple):
    """A day on which answers change (`before`, `after`), or on which a rule that could affect the chips begins or ends.

    `projected` events are beyond the verified horizon: they follow from known texts and may be
    overtaken. An event on a day that no source gives spans the days from `on` through `by`.
    """

    on: date
    chips: tuple[str, ...]
    what: str
    before: Decision | None
    after: Decision | None
    through: tuple[str, ...]
    projected: bool
    by: date | None = None


def events(law: Ruleset, chips: Iterable[str], since: date, deal: Mapping[str, Any]) -> list[Event]:
    """Every event from a day on, in order. `chips` are variant ids, `deal` the options of a question."""
    horizon = law.horizon
    answers: dict[tuple[date, Decision, Decision, tuple[str, ...]], list[str]] = {}
    scheduled: dict[tuple[date, str, str], list[str]] = {}
    for chip in chips:
        chip_timeline = timeline(chip, ruleset=law, **deal)
        for step in steps(chip, chip_timeline, since, None):
            answers.setdefault((step.on, step.before, step.after, step.through), []).append(chip)
        for on, word, provision in _scheduled(chip_timeline, max(since, horizon)):
            scheduled.setdefault((on, word, provision), []).append(chip)
    all_events = [
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
    reported = {(event.on, name) for event in all_events for name in event.through}
    all_events += [
        Event(on, tuple(named(law, who)), word, None, None, (provision,), True)
        for (on, word, provision), who in scheduled.items()
        if (on, provision) not in reported
    ]
    return sorted(all_events, key=lambda e: (e.on, e.what, e.through, e.chips))


def _by(law: Ruleset, on: date, through: tuple[str, ...]) -> date | None:
    """The last day on which one of the provisions can have begun, if `on` is the first; else None."""
    opened = [law.provisions[name][0] for name in through if name in law.provisions]
    return max((p.effective_by for p in opened if p.effective_by and p.effective == on), default=None)


def _scheduled(timeline: Timeline, after: date) -> Iterator[tuple[date, str, str]]:
    """The provisions that begin, return or end after a day and could affect the chip in some deal."""
    law = timeline.ruleset
    for course in timeline.courses:
        item = {n: f for n, f in course.subject.facts.items() if n not in law.facts or law.facts[n].about == "item"}
        for entry in Docket(timeline.view, item).entries:
            in_force = entry.in_force
            if in_force.provision.kind in ("gap", "notice", "suspension"):
                continue
            for number, span in enumerate(in_force.spans):
                if span.start > after:
                    yield span.start, "a rule returns" if number else "a rule begins", in_force.provision.id
                if span.stop is not None and span.stop > after:
                    yield span.stop, "a rule ends", in_force.provision.id


def icalendar(law: Ruleset, listed: Sequence[Event], deal: Mapping[str, Any], describe: Mapping[Event, str]) -> bytes:
    """The events as an iCalendar file (RFC 5545): whole days, stable identifiers. `describe` has their text."""
    import exportrules

    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//exportrules//exportrules {exportrules.__version__}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    for event in listed:
        url = next((law.provisions[n][0].url for n in event.through if n in law.provisions), "")
        lines += [
            "BEGIN:VEVENT",
            f"UID:{identity(event, deal)}@exportrules",
            f"DTSTAMP:{public_on(law, event):%Y%m%d}T000000Z",
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


def identity(event: Event, deal: Mapping[str, Any]) -> str:
    """An identifier that is the same in every edition for the same event, deal and chips.

    It depends on the chips, or the events of another calendar, imported later, would replace those of this one.
    """
    terms = {name: value for name, value in deal.items() if value}
    parts = [event.on, event.chips, event.what, event.before, event.after, event.through, terms]
    return canonical.sha256(canonical.exact(parts))[:32]


def public_on(law: Ruleset, event: Event) -> date:
    """The day on which the first rule of an event became public, or the day through which the law was verified."""
    for name in event.through:
        if name in law.provisions:
            instrument = law.provisions[name][1]
            public = earliest(instrument.released, instrument.published)
            if public is not None:
                return public
    return law.horizon


def _text(value: str) -> str:
    """Escape a value of type TEXT."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """One content line, folded to at most 75 octets without splitting a character."""
    pieces, piece = [], ""
    for character in line:
        if len((piece + character).encode()) > 75:
            pieces.append(piece)
            piece = " "
        piece += character
    return "\r\n".join([*pieces, piece]) + "\r\n"
