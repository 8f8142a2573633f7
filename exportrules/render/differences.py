"""Differences between answers, as text, as sections of NEWS.md, and as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from exportrules.answer.words import POLICY, capitalised, decision
from exportrules.law.ruleset import Ruleset
from exportrules.question.question import Question
from exportrules.render.safe import safe
from exportrules.render.text import DISCLAIMER, deal_words, exporter_words, footer, heading, wrapped

if TYPE_CHECKING:
    from exportrules.study.calendar import Event
    from exportrules.study.differences import Decision, EditionChanges, Moved, Step

Named = Callable[[Iterable[str]], list[str]]


def change(before: Decision, after: Decision) -> str:
    """The answers before and after; a review policy is included where it is known and the outcome is not."""
    return f"{_words(before)} -> {_words(after)}"


def _words(answer: Decision) -> str:
    if answer.outcome == "indeterminate" and answer.review_policy not in (None, "indeterminate"):
        return f"{decision(*answer)}; if required: {POLICY[answer.review_policy]}"
    return decision(*answer)


def steps_text(law: Ruleset, steps: Sequence[Step], called: Named, asked: int, last: date) -> str:
    """Every change through the last day; chips with the same change are together."""
    alike: dict[tuple[Any, ...], list[str]] = {}
    for step in steps:
        alike.setdefault(step[1:], []).append(step.chip)
    lines: list[str] = []
    for (on, before, after, through), chips in sorted(alike.items(), key=lambda item: (item[0][0], -len(item[1]))):
        mark = " [projected]" if on > law.horizon else ""
        lines += [f"{on}  {change(before, after)}{mark}", *_chips(called(chips)), *_through(law, through), ""]
    lines.append(f"{len({step.chip for step in steps})} of {asked} variants changed.")
    if last > law.horizon:
        lines += wrapped(
            f"{last} lies beyond {law.horizon}, through which the law was verified: answers for later days are "
            "projected from known texts and may be overtaken.",
            0,
        )
    return "\n".join([*lines, "", footer(law)])


def moved_text(law: Ruleset, moved: Sequence[Moved], called: Named, horizon: date) -> str:
    """Every span in which two rulesets differ; chips with the same difference are together."""
    lines: list[str] = []
    for (first, last, before, after, through), chips in _alike(moved).items():
        lines += [f"{_days(first, last)}  {change(before, after)}", *_chips(called(chips))]
        lines += [*_through(law, through)]
        if last is None or last > horizon:
            lines += wrapped(f"beyond {horizon} as projected", 12)
        lines.append("")
    return "\n".join(lines)


def news_text(old: Ruleset, new: Ruleset, edition: EditionChanges, called: Named, asked: str) -> str:
    """The changes of an edition, under the headings of NEWS.md."""
    lines = [f"## Data edition {new.edition.edition}, after {old.edition.edition}", "", f"Asked: {safe(asked)}.", ""]
    verified = old.horizon
    lines += ["### Changes to past determinations", "", *_news(new, edition.past, called)]
    lines += ["### Changes to future determinations", ""]
    lines += wrapped(f"Days after {verified}, through which the older edition was verified.", 0)
    lines += ["", *_news(new, edition.future, called)]
    lines += ["### New instruments and chips", ""]
    for label, names in (("New", edition.instruments), ("New", called(edition.chips)), ("Gone", edition.gone)):
        lines += [line for name in names for line in _bullet(f"{label}: {_titled(new, name)}")]
    lines += ["None.", ""] if not (edition.instruments or edition.chips or edition.gone) else [""]
    changed = len(edition.files)
    currency = safe(capitalised(new.currency))
    return "\n".join([*lines, f"{changed} file{'s' if changed != 1 else ''} differ. {currency}."])


def _news(law: Ruleset, moved: Sequence[Moved], called: Named) -> Iterator[str]:
    for (first, last, before, after, through), chips in _alike(moved).items():
        days = f"{first or 'the first day'} through {last}" if last else f"from {first or 'the first day'} on"
        by = f" ({', '.join(through)})" if through else ""
        yield from _bullet(f"{days}: {', '.join(called(chips))}: {change(before, after)}{by}.")
    yield from [] if moved else ["None."]
    yield ""


def events_text(law: Ruleset, events: Sequence[Event], since: date) -> str:
    """The calendar as text: each day, what changes, for which chips, and through which provision."""
    lines: list[str] = []
    for event in events:
        mark = " [projected]" if event.projected else ""
        day = f"{event.on} to {event.by} (the day is not known)" if event.by else str(event.on)
        lines += [f"{day}  {what(law, event)}{mark}", *_chips(event.chips), *_through(law, event.through), ""]
    lines += [] if events else [f"No change from {since} on affects these chips.", ""]
    return "\n".join([*lines, footer(law)])


def what(law: Ruleset, event: Event) -> str:
    """An event in a few words."""
    if event.before and event.after:
        return change(event.before, event.after)
    provision, instrument = law.provision(event.through[0])
    return f"{event.what}: {provision.title} ({instrument.citation})"


def event_text(law: Ruleset, event: Event, asked: Question) -> str:
    """The text of a calendar entry: a summary on the first line, then the deal, and the rules with addresses."""
    chips, place = ", ".join(event.chips), law.places[asked.to].name
    deal = f"{chips} to {place} by {exporter_words(asked, law)}: " if event.before else ""
    mark = " [projected]" if event.projected else ""
    lines = [f"{deal}{what(law, event)}{mark}", f"Asked: {heading(asked, law)}"]
    lines += [] if event.before else [f"May affect: {chips}"]
    for name in event.through:
        if name in law.provisions:
            provision, instrument = law.provisions[name]
            lines.append(f"{provision.title} ({instrument.citation}; {provision.cite}) {provision.url}")
        else:
            lines.append(name)
    if event.projected:
        lines.append(f"Beyond the verified horizon ({law.horizon}): projected from known texts.")
    return "\n".join(map(safe, [*lines, DISCLAIMER]))


def event_rows(law: Ruleset, events: Sequence[Event], asked: Question) -> list[dict[str, Any]]:
    """One row per event, with the deal."""
    return [
        {
            "date": str(e.on),
            "what": what(law, e) if not e.before else e.what,
            "chips": ", ".join(e.chips),
            "destination": asked.to,
            "deal": deal_words(asked, law),
            "before": e.before.outcome if e.before else "",
            "policy_before": (e.before.review_policy if e.before else "") or "",
            "after": e.after.outcome if e.after else "",
            "policy_after": (e.after.review_policy if e.after else "") or "",
            "by": " ".join(e.through),
            "projected": "yes" if e.projected else "no",
        }
        for e in events
    ]


def step_rows(steps: Sequence[Step], horizon: date) -> list[dict[str, Any]]:
    """One row per chip and change."""
    return [
        {
            "chip": s.chip,
            "date": str(s.on),
            **_pair(s.before, s.after),
            "by": " ".join(s.through),
            "projected": "yes" if s.on > horizon else "no",
        }
        for s in steps
    ]


def moved_rows(moved: Sequence[Moved], horizon: date) -> list[dict[str, Any]]:
    """One row per chip and span; `from` and `through` are its days, as in every other table."""
    return [
        {
            "chip": m.chip,
            "from": str(m.first or ""),
            "through": str(m.last or ""),
            **_pair(m.before, m.after),
            "by": " ".join(m.through),
            "projected": _projected(m, horizon),
        }
        for m in moved
    ]


def _projected(span: Moved, horizon: date) -> str:
    if span.first is not None and span.first > horizon:
        return "yes"
    return "no" if span.last is not None and span.last <= horizon else f"after {horizon}"


def _pair(before: Decision, after: Decision) -> dict[str, str]:
    return {
        "before": before.outcome,
        "policy_before": before.review_policy or "",
        "after": after.outcome,
        "policy_after": after.review_policy or "",
    }


def _alike(moved: Sequence[Moved]) -> dict[tuple[Any, ...], list[str]]:
    alike: dict[tuple[Any, ...], list[str]] = {}
    for span in moved:
        alike.setdefault(span[1:], []).append(span.chip)
    return dict(sorted(alike.items(), key=lambda item: (item[0][0] or date.min, item[0][1] or date.max)))


def _chips(names: Sequence[str]) -> list[str]:
    return wrapped(safe(", ".join(names)), 12)


def _through(law: Ruleset, names: Sequence[str]) -> Iterator[str]:
    """A line for each provision of a change, with its title."""
    for name in names:
        title = f": {law.provisions[name][0].title}" if name in law.provisions else ""
        yield from wrapped(safe(f"through {name}{title}"), 12)


def _titled(law: Ruleset, name: str) -> str:
    return f"{law.instruments[name].citation}, {law.instruments[name].title}" if name in law.instruments else name


def _bullet(text: str) -> list[str]:
    first, *rest = wrapped(safe(text), 2)
    return [f"- {first[2:]}", *rest]


def _days(first: date | None, last: date | None) -> str:
    return f"{first or '...'!s:<10}  {last or '...'!s:<10}"
