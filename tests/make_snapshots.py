"""The answer to every chip and nine destinations on every day, one line each: a change of law shows in review.

Beyond the verified horizon stands what is foreseen, if it differs: the law that is published and not yet in force.
`python -m tests.make_snapshots` writes `tests/snapshots/`, the record of tests/boundaries.py included; the tests hold
them against what is computed. `python -m tests.renew` writes these and every other record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import exportrules
from exportrules.answer.timeline import SpanOfAnswer, Timeline
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY
from exportrules.question.names.parties import find_parties
from tests import boundaries

DIRECTORY = Path(__file__).parent / "snapshots"
#: Names as people write them, distorted in every way that the matcher knows of, each with whom it is close to. A name
#: to be recorded is a line of its own; what stands behind it is written anew.
NEAR = DIRECTORY / "near.tsv"
DESTINATIONS = ("CN", "HK", "MO", "SG", "AE", "VN", "JP", "IL", "RU")
EXPORTERS = {"CN": ("maker", "other"), "HK": ("maker", "other"), "MO": ("maker", "other")}

_OUTCOME = {
    "no_license_requirement": "free",
    "license_exception": "exception",
    "license_required": "required",
    "not_released": "not released",
    "indeterminate": "undetermined",
}
_POLICY = {
    None: "",
    "policy_of_denial": "/denied",
    "presumption_of_denial": "/denial",
    "case_by_case": "/case by case",
    "presumption_of_approval": "/approval",
    "unpublished": "/unpublished",
    "indeterminate": "/?",
}


def snapshot(destination: str, exporter: str, ruleset: Ruleset | None = None, every: int = 1) -> str:
    """One line a chip: the first day of each span with its answer. `every` 5 has each fifth chip."""
    law = ruleset or exportrules.default_ruleset()
    lines = [f"# every chip to {destination}, exporter {exporter}: first day of each answer"]
    for name in sorted(law.variants)[::every]:
        made = exportrules.timeline(name, to=destination, exporter=exporter, ruleset=law)
        verified = [_span(s) for s in made.spans if s.answer.standing in ("verified", "unannounced")]
        lines.append(f"{name}: " + "; ".join([*verified, *_foreseen(made)]))
    return "\n".join(lines) + "\n"


def _span(span: SpanOfAnswer) -> str:
    answer = span.answer
    turns = f" on {','.join(answer.turns_on)}" if answer.turns_on else ""
    return f"{span.start} {_OUTCOME[answer.outcome]}{_POLICY[answer.review_policy]}{turns}"


_FORESEEN = "foreseen "


def _foreseen(made: Timeline) -> Iterator[str]:
    """The days beyond the horizon on which the answer changes by what is published already."""
    before = made.foreseen(made.ruleset.horizon)
    for day in made.starts:
        if day > made.ruleset.horizon and (now := made.foreseen(day)) != before:
            before = now
            yield f"{day} {_FORESEEN}{_OUTCOME[now[0]]}{_POLICY[now[1]]}"


Days = list[tuple[date, str]]


def read(text: str) -> dict[str, Days]:
    """A snapshot back as the first day of each answer, by chip."""
    found: dict[str, Days] = {}
    for line in text.splitlines()[1:]:
        name, _, spans = line.partition(": ")
        parted = [span.partition(" ") for span in spans.split("; ") if span]
        found[name] = [(date.fromisoformat(first), answer.removeprefix(_FORESEEN)) for first, _, answer in parted]
    return found


def legal_effect(to: str, stored: str, computed: str) -> list[str]:
    """What a change does to answers: 'chip to place: from..through was X, is now Y', one line a span of days."""
    old, new = read(stored), read(computed)
    told = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            told.append(f"{name} to {to}: {'is new' if name in new else 'is gone'}")
            continue
        days = sorted({day for day, _ in old[name] + new[name]})
        changes: list[tuple[date, date | None, str, str]] = []
        horizon = exportrules.default_ruleset().horizon
        for day, after in zip(days, [*days[1:], None], strict=True):
            last = after - DAY if after else horizon if day <= horizon else None
            was, now = _on(old[name], day), _on(new[name], day)
            if was == now:
                continue
            if changes and changes[-1][2:] == (was, now) and (before := changes[-1][1]) and before + DAY == day:
                changes[-1] = (changes[-1][0], last, was, now)
            else:
                changes.append((day, last, was, now))
        told += [f"{name} to {to}: {first}..{last or ''} was {was}, is now {now}" for first, last, was, now in changes]
    return told


def _on(spans: Days, day: date) -> str:
    return next((answer for first, answer in reversed(spans) if first <= day), "not covered")


def wanted() -> list[tuple[str, str, Path]]:
    return [
        (to, exporter, DIRECTORY / f"{to}-{exporter}.txt")
        for to in DESTINATIONS
        for exporter in EXPORTERS.get(to, ("maker",))
    ]


def near_names(text: str) -> str:
    """The record of near names, with the names that it has: whom each is, or is close to, how, and how close."""
    law, lines = exportrules.default_ruleset(), []
    for written in (line.partition("\t")[0] for line in text.splitlines()):
        found = find_parties(law, written)
        said = [f"is {party}" for party in found.listed] + [f"{n.party}: {n.how} {n.score}" for n in found.near]
        lines.append(f"{written}\t{'; '.join(said) or 'nobody'}")
    return "\n".join(lines) + "\n"


def pages() -> Iterator[tuple[Path, str]]:
    """(file, its text) of every record of answers, that of the rules at their edges included."""
    yield NEAR, near_names(NEAR.read_text("utf-8"))
    yield from ((file, snapshot(to, exporter)) for to, exporter, file in wanted())
    yield from boundaries.pages(exportrules.default_ruleset())


if __name__ == "__main__":
    boundaries.DIRECTORY.mkdir(parents=True, exist_ok=True)
    for file, text in pages():
        file.write_text(text, "utf-8")
