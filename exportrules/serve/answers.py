"""The questions of every interface, each with its request, its shape and its answer as plain data.

Answers are computed by :func:`exportrules.check` and :func:`exportrules.timeline`; an interface only passes text to
them and back. Every answer is a new dict that contains only JSON types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from exportrules.answer.determination import Determination, check, timeline
from exportrules.answer.matrix import matrix
from exportrules.answer.schema import DeterminationShape
from exportrules.answer.trace import FIELDS, plain
from exportrules.answer.words import window
from exportrules.errors import QuestionError
from exportrules.law.force import InForce
from exportrules.law.model import Party
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import holds_on, union
from exportrules.law.view import view_of
from exportrules.question.figures import facts_of
from exportrules.question.names.chips import find_chip
from exportrules.question.senses import PartyName, read_name, words_of
from exportrules.question.values import read_date
from exportrules.render.differences import what
from exportrules.render.flips import flip_rows
from exportrules.render.provision import provision_text
from exportrules.render.text import asked_words, heading
from exportrules.serve.requests import DEAL, Request
from exportrules.serve.shapes import (
    ALWAYS,
    ChangesShape,
    ExplainShape,
    FlipsShape,
    MatrixShape,
    ScreenShape,
    TimelineShape,
)
from exportrules.study.calendar import Event, events
from exportrules.study.differences import Decision, chosen
from exportrules.study.flips import flips

#: The most answers (chips times days) of one matrix.
MOST_CELLS = 500
CAUTION = "A name that is on no list here is not cleared: owners, and lists that were not imported, are not searched."


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: its name, its request, the shape of its answer, and the function that answers it."""

    name: str
    title: str
    says: str
    request: Request
    shape: type[BaseModel]
    answer: Callable[[Ruleset, dict[str, Any]], dict[str, Any]]


def ruleset_of(law: Ruleset) -> dict[str, str]:
    """The edition, the horizon and the digest, which are part of every answer."""
    edition = law.edition
    return {
        "edition": edition.edition,
        "verified_through": edition.verified_through.isoformat(),
        "text_read": edition.text_read.isoformat(),
        "register_swept": edition.register_swept.isoformat(),
        "sha256": law.digest,
    }


def _deal_of(given: dict[str, Any]) -> dict[str, Any]:
    """The terms of a deal, as arguments of `check` and `timeline`."""
    return {name: given[name] for name in DEAL if name in given}


def determination_of(law: Ruleset, given: dict[str, Any]) -> Determination:
    """The determination that a request asks for. Raises QuestionError."""
    return check(given.get("chip"), on=given["on"], **_deal_of(given), ruleset=law)


def answer_check(law: Ruleset, given: dict[str, Any]) -> dict[str, Any]:
    """A determination as printed by `--json`, or the requested parts of it."""
    wanted = given.get("fields")
    for name in wanted or ():
        if name not in FIELDS:
            raise QuestionError(f"fields: {name!r} is not a part of an answer. Parts: {', '.join(FIELDS)}.")
    determination = determination_of(law, given)
    if wanted is None:
        return determination.to_dict()
    return {name: plain(getattr(determination, name)) for name in FIELDS if name in (*ALWAYS, *wanted)}


def answer_timeline(law: Ruleset, given: dict[str, Any]) -> dict[str, Any]:
    every_day = timeline(given.get("chip"), **_deal_of(given), ruleset=law)
    spans = [
        {
            "start": plain(span.start),
            "last": plain(span.last),
            "outcome": span.answer.outcome,
            "review_policy": span.answer.review_policy,
            "standing": span.answer.standing,
            "turns_on": list(span.answer.turns_on),
            "opened_by": list(span.opened_by),
        }
        for span in every_day.spans
    ]
    return {"asked": asked_words(every_day), "spans": spans, "ruleset": ruleset_of(law)}


def answer_matrix(law: Ruleset, given: dict[str, Any]) -> dict[str, Any]:
    days = list(dict.fromkeys(read_date(day) for day in given["days"]))
    names: dict[object, str] = {}
    for chip in given["chips"]:
        names.setdefault(find_chip(law, chip).variants, chip)
    if len(names) * len(days) > MOST_CELLS:
        raise QuestionError(
            f"{len(names)} chips by {len(days)} days are {len(names) * len(days)} answers; one request has at most "
            f"{MOST_CELLS}. Ask in parts."
        )
    rows = []
    for row in matrix(names.values(), on=days, **_deal_of(given), ruleset=law):
        cells = [
            {
                "on": d.on.isoformat(),
                "outcome": d.outcome,
                "review_policy": d.review_policy,
                "standing": d.standing,
                "turns_on": d.turns_on,
                "requirements": d.requirements,
            }
            for d in row.answers
        ]
        rows.append({"chip": row.chip, "answers": cells})
    first = timeline(given["chips"][0], **_deal_of(given), ruleset=law)
    return {"asked": heading(first.question, law), "rows": rows, "ruleset": ruleset_of(law)}


def answer_changes(law: Ruleset, given: dict[str, Any]) -> dict[str, Any]:
    day, deal = read_date(given["from"], "from"), _deal_of(given)
    ids = chosen(law, given["chips"])
    question = timeline(ids[0], **deal, ruleset=law).question
    listed = [_event(law, event) for event in events(law, ids, day, deal)]
    return {"asked": heading(question, law), "events": listed, "ruleset": ruleset_of(law)}


def _event(law: Ruleset, event: Event) -> dict[str, Any]:
    def plainly(answer: Decision | None) -> dict[str, Any] | None:
        return answer and {"outcome": answer.outcome, "review_policy": answer.review_policy}

    return {
        "on": event.on.isoformat(),
        "by": plain(event.by),
        "what": what(law, event),
        "chips": list(event.chips),
        "before": plainly(event.before),
        "after": plainly(event.after),
        "through": list(event.through),
        "projected": event.projected,
    }


def answer_flip(law: Ruleset, given: dict[str, Any]) -> dict[str, Any]:
    d = determination_of(law, given)
    nearest = flips(d)
    rows = [
        {
            "chip": flip.subject,
            "fact": flip.fact,
            "now": row["now"],
            "reach": flip.reach,
            "line": row["line"],
            "outcome": flip.outcome,
            "review_policy": flip.review_policy,
            "by": list(flip.by),
            "follows": dict(part.split("=", 1) for part in row["follows"].split()),
        }
        for flip, row in zip(nearest, flip_rows(nearest), strict=True)
    ]
    return {
        "asked": f"{asked_words(d.timeline)}, {d.on}",
        "outcome": d.outcome,
        "review_policy": d.review_policy,
        "standing": d.standing,
        "flips": rows,
        "ruleset": ruleset_of(law),
    }


def answer_explain(law: Ruleset, given: dict[str, Any]) -> dict[str, Any]:
    d = determination_of(law, given)
    every = d.findings
    shown = every if given.get("whole") else [finding for finding in every if finding.truth != "false"]
    return {
        "transaction": plain(d.transaction),
        "outcome": d.outcome,
        "review_policy": d.review_policy,
        "standing": d.standing,
        "findings": plain(shown),
        "left_out": len(every) - len(shown),
        "ruleset": ruleset_of(law),
    }


def answer_screen(law: Ruleset, given: dict[str, Any]) -> dict[str, Any]:
    on = read_date(given["on"])
    names = [_screened(law, read_name(law, "names", name), on) for name in given["names"]]
    lists = [
        {"id": known.id, "title": known.title, "cite": known.cite, "verified_through": str(known.verified_through)}
        for known in law.lists.values()
    ]
    read = law.edition.parties_verified_through
    late = f" The lists were read through {read}: later listings are not in them." if on > read else ""
    early = f" The data begin on {law.edition.covers_from}." if on < law.edition.covers_from else ""
    return {
        "on": on.isoformat(),
        "standing": "beyond_horizon" if late else "before_coverage" if early else "verified",
        "names": names,
        "lists": lists,
        "caution": f"{CAUTION}{late}{early}",
        "ruleset": ruleset_of(law),
    }


def _screened(law: Ruleset, name: PartyName, on: date) -> dict[str, Any]:
    parties = [_party(law, law.parties[party], True, on) for party in name.listed]
    parties += [_party(law, law.parties[party], False, on) for party in name.near]
    certain = [party for party in parties if party["certain"]]
    if any(entry["on_the_day"] for party in certain for entry in party["entries"]):
        result = "listed"
    elif name.near:
        result = "close_to_a_listed_name"
    elif name.described:
        result = "states_a_military_body"
    else:
        result = "listed_on_another_day" if certain else "on_no_list"
    says = "; ".join(words_of(law, name)) or "on no list in this data"
    return {"name": name.written, "result": result, "says": says, "parties": parties}


def _party(law: Ruleset, party: Party, certain: bool, on: date) -> dict[str, Any]:
    entries = [_entry(law, entry, on) for entry in view_of(law).listings(party)]
    return {"id": party.id, "name": party.name, "country": party.country, "certain": certain, "entries": entries}


def _entry(law: Ruleset, entry: InForce, on: date) -> dict[str, Any]:
    listing = entry.provision
    name = str(listing.concludes.value) if listing.concludes else ""
    title = law.lists[name].title if name in law.lists else name.replace("_", " ")
    return {
        "id": listing.id,
        "list": title if listing.certain else f"{title} (perhaps: it began on {window(listing)})",
        "cite": listing.cite,
        "url": listing.url or entry.instrument.url,
        "evidence": listing.evidence or entry.instrument.evidence,
        "start": entry.spans[0].start.isoformat(),
        "stop": plain(entry.spans[-1].stop),
        "on_the_day": holds_on(entry.spans, on),
    }


# --- what is encoded ---------------------------------------------------------------------------------


def chips(law: Ruleset, name: str | None = None) -> dict[str, Any]:
    """All chips, or the variants of one name, with their figures. Raises UnknownNameError."""
    ids = find_chip(law, name).variants if name is not None else tuple(law.variants)
    return {"chips": [chip(law, variant) for variant in ids], "ruleset": ruleset_of(law)}


def chip(law: Ruleset, variant: str) -> dict[str, Any]:
    """One variant with its figures, by id."""
    known, family = law.variants[variant]
    inner = law.variants[known.contains[0].chip][0] if known.contains else known
    return {
        "id": known.id,
        "name": known.name,
        "family": family.name,
        "vendor": law.exporters[family.vendor].name if family.vendor in law.exporters else family.vendor,
        "aliases": list(known.aliases),
        "announced": plain(known.announced),
        "not_public_before": plain(known.not_public_before),
        "status": known.status,
        "confidence": known.confidence,
        "figures": {name: plain(fact.value) for name, fact in facts_of(inner).items()},
        "sources": list(known.sources),
        "note": known.note,
    }


def provision(law: Ruleset, reference: str) -> dict[str, Any]:
    """One provision, by its id. Raises UnknownNameError."""
    known, instrument = law.provision(reference)
    return {
        "id": known.id,
        "kind": known.kind,
        "title": known.title,
        "cite": known.cite,
        "url": known.url or instrument.url,
        "evidence": known.evidence or instrument.evidence,
        "quote": known.quote,
        "instrument": instrument.id,
        "citation": instrument.citation,
        "effective": known.effective.isoformat(),
        "effective_by": plain(known.effective_by),
        "in_force": list(_spans(law, reference, False)),
        "as_printed": list(_spans(law, reference, True)),
        "conditions": list(known.conditions),
        "notice": known.notice,
        "text": provision_text(law, known, instrument),
    }


def _spans(law: Ruleset, reference: str, printed: bool) -> Iterator[dict[str, Any]]:
    view = view_of(law, as_printed=printed)
    for span in union(s for p in view.provisions if p.provision.id == reference for s in p.spans):
        yield {"start": span.start.isoformat(), "stop": plain(span.stop)}


_ONE = ("chip", "on", *DEAL)
ASKS: dict[str, Ask] = {
    ask.name: ask
    for ask in (
        Ask("check", "Check one shipment",
            "Was this AI chip exportable on this day under US export rules (the EAR, 2020 on): under which provision, "
            "for whom, until when, on which assumptions.",
            Request((*_ONE, "fields"), ("on",)), DeterminationShape, answer_check),
        Ask("timeline", "Every span of one answer",
            "The answer for one chip and deal on every day, with what opened each span.",
            Request(("chip", *DEAL), ()), TimelineShape, answer_timeline),
        Ask("matrix", "Chips by days",
            "The short answers of one deal for several chips on several days.",
            Request(("chips", "days", *DEAL), ("chips", "days")), MatrixShape, answer_matrix),
        Ask("changes", "What changes for some chips",
            "Every change of an answer, and every rule scheduled to begin or end, that touches some chips from a day "
            "on.",
            Request(("chips", "from", *DEAL), ("chips", "from")), ChangesShape, answer_changes),
        Ask("flip", "Numbers that would alter an answer",
            "Each single figure of a chip whose change would alter the answer, and the value where it does.",
            Request(_ONE, ("on",)), FlipsShape, answer_flip),
        Ask("screen", "Look names up in the party lists",
            "Names of companies or institutions, looked up in the dated US party lists of this data: on a list, close "
            "to a listed name, or on none.",
            Request(("names", "on"), ("names", "on")), ScreenShape, answer_screen),
        Ask("explain", "The trace of one answer",
            "Every provision that holds or may hold for one shipment, with its rows, tests, values and bounds.",
            Request((*_ONE, "whole"), ("on",)), ExplainShape, answer_explain),
    )
}  # fmt: skip
