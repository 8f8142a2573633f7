"""Receipts: a question, the facts used, the answer, and digests of the law and the engine that gave it.

A receipt can be verified later, offline: the question is asked again and the answers are compared.
The seal is a SHA-256 over the rest of the receipt. Anyone can compute a seal, so it detects only
accidents and careless edits; other alterations are detected by asking again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

import exportrules
from exportrules.answer import determination as ask
from exportrules.answer.asked import arguments
from exportrules.answer.determination import Determination
from exportrules.answer.trace import FIELDS
from exportrules.engine.course import Course
from exportrules.errors import RulesetError
from exportrules.files.load import whole_digest
from exportrules.law.attestation import tables
from exportrules.law.model import Alternative, Variant
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import holds_on
from exportrules.study import canonical

FORMAT = "exportrules receipt 1"

#: The packages whose modules decide an answer: they contain everything that answering imports.
ENGINE = ("law", "question", "engine", "files", "answer")

#: The fields of an answer in a receipt: all but the findings, which are long and follow from the rest, and the steps.
ANSWER = tuple(name for name in FIELDS if name not in ("findings", "next_steps", "ruleset"))

#: The fields that must be equal for two answers to count as the same. The days on which it holds, its notices and its
#: citations may differ in a later edition.
DECISIVE = ("outcome", "review_policy", "standing", "eccn", "requirements", "exceptions", "turns_on", "projection")

_OPTIONS = ("to", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "end_use")

#: The keys of a question, with their types.
_QUESTION: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("on", "chip", "known_on", *_OPTIONS), (str,)),
    "end_use": (str, list),  # a single word in early receipts
    "chip_figures": (dict,),
    **dict.fromkeys(("parties", "not_listed"), (list,)),
    "facts": (dict,),
    "as_printed": (bool,),
}


def receipt(d: Determination) -> dict[str, Any]:
    """The receipt of an answer, as canonical data with its seal."""
    law = d.timeline.ruleset
    body = {
        "format": FORMAT,
        "question": question_of(d),
        "facts": {course.subject.id: _used(course, d.on) for course in d.moment.courses},
        "answer": canonical.exact({name: getattr(d, name) for name in ANSWER}),
        "ruleset": {
            "edition": law.edition.edition,
            "verified_through": law.edition.verified_through.isoformat(),
            "attestations": tables(law.attestations.values()),
            "sha256": law.digest,
            "files": dict(law.files),
        },
        "engine": engine(),
    }
    return {**body, "seal": seal(body)}


def seal(body: Mapping[str, Any]) -> str:
    """The SHA-256 over the canonical form of a receipt without its seal."""
    return canonical.sha256({key: value for key, value in body.items() if key != "seal"})


@cache
def _engine() -> tuple[tuple[str, str], ...]:
    import hashlib

    directory = Path(exportrules.__file__).parent
    files = [directory / "errors.py", *(file for room in ENGINE for file in sorted((directory / room).rglob("*.py")))]
    return tuple((f.relative_to(directory).as_posix(), hashlib.sha256(f.read_bytes()).hexdigest()) for f in files)


def engine() -> dict[str, Any]:
    """The version of exportrules and the digests of the modules that decide an answer."""
    files = dict(_engine())
    return {"version": exportrules.__version__, "files": files, "sha256": engine_digest(exportrules.__version__, files)}


def engine_digest(version: str, files: Mapping[str, str]) -> str:
    """One digest for a version and its modules."""
    return whole_digest({**files, "version": version})


def question_of(d: Determination) -> dict[str, Any]:
    """The question of an answer in a form that can be asked again, without terms left to their defaults."""
    question: dict[str, Any] = {"on": d.on, **arguments(d.timeline)}
    chip = question.get("chip")
    if isinstance(chip, Variant):
        del question["chip"]
        question["chip_figures"] = {f.name: v for f in fields(chip) if (v := getattr(chip, f.name)) != f.default}
        for name in ("alternative", "contains"):
            if name in question["chip_figures"]:
                question["chip_figures"][name] = [
                    {f.name: getattr(part, f.name) for f in fields(part)} for part in question["chip_figures"][name]
                ]
    exact: dict[str, Any] = canonical.exact(question)
    return exact


def ask_again(question: Mapping[str, Any], law: Ruleset) -> Determination:
    """Ask a ruleset the question of a receipt. Raises ExportRulesError if it cannot, or can no longer, be asked."""
    for name, value in question.items():
        if name not in _QUESTION:
            raise RulesetError("question", f"there is no {name!r} in a question.")
        if not isinstance(value, _QUESTION[name]):
            kinds = " or a ".join(kind.__name__ for kind in _QUESTION[name])
            raise RulesetError("question", f"{name} is not a {kinds}.")
    if not all(isinstance(name, str) for key in ("parties", "not_listed") for name in question.get(key, ())):
        raise RulesetError("question", "a party is not a str.")
    if "on" not in question:
        raise RulesetError("question", "there is no day.")
    rest = {name: value for name, value in question.items() if name not in ("chip", "chip_figures")}
    chip: str | Variant | None = question.get("chip")
    if "chip_figures" in question:
        chip = _chip(question["chip_figures"])
    return ask.check(chip, ruleset=law, **rest)


def _chip(figures: Any) -> Variant:
    """A chip from canonical figures, with numbers and dates converted back from text."""
    from exportrules.files.parse import chip_of

    if not isinstance(figures, dict):
        raise RulesetError("chip_figures", "a table is required.")
    data = _typed(figures, Variant)
    if isinstance(figures.get("alternative"), list):
        data["alternative"] = [_typed(a, Alternative) for a in figures["alternative"] if isinstance(a, dict)]
    return chip_of("chip_figures", data)


def _typed(table: Mapping[str, Any], shape: type) -> dict[str, Any]:
    kinds = {f.name: str(f.type) for f in fields(shape)}
    return {name: _as(value, kinds.get(name, "")) for name, value in table.items()}


def _as(value: Any, kind: str) -> Any:
    if isinstance(value, dict):
        return {key: _as(item, kind) for key, item in value.items()}
    if isinstance(value, str):
        try:
            if "Decimal" in kind:
                return Decimal(value)
            if kind.startswith("date"):
                return date.fromisoformat(value)
        except (ValueError, InvalidOperation):
            return value  # validation reports the problem
    return value


def _used(course: Course, on: date) -> dict[str, Any]:
    """The facts that some provision in force on the day tests, each with its source and its other readings."""
    facts: dict[str, Any] = {}
    names = {
        test.fact
        for item in course.docket.pool
        if holds_on(item.spans, on)
        for row in item.provision.when + item.provision.unless
        for test in row.tests
    }
    for name, fact in course.subject.facts.items():
        if name in names:
            entry: dict[str, Any] = {"value": fact.value, "source": fact.source}
            entry |= {"from": fact.detail} if fact.detail else {}
            entry |= {"readings": fact.candidates} if fact.candidates else {}
            entry |= {"estimated": True} if fact.estimated else {}
            facts[name] = canonical.exact(entry)
    return facts
