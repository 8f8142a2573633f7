"""Receipts: a question, the facts used, the answer, and digests of the law and the engine that gave it.

A receipt can be verified later, offline: the question is asked again and the two are compared. The
seal is a SHA-256 over the rest of the receipt. Anyone can make a seal, so it shows accidents and
careless edits alone; the rest is shown by asking again.
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

#: The rooms whose modules decide what an answer says: all that answering imports is in them.
ENGINE = ("law", "question", "engine", "files", "answer")

#: What of an answer a receipt keeps: all but the findings, which are long and follow from the rest, and the steps.
ANSWER = tuple(name for name in FIELDS if name not in ("findings", "next_steps", "ruleset"))

#: What of an answer must be the same for the answer to be the same. The days that it holds, its notices and its
#: citations may be different in a later edition.
DECISIVE = ("outcome", "review_policy", "standing", "eccn", "requirements", "exceptions", "turns_on", "projection")

_OPTIONS = ("to", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "end_use")

#: What a question may hold.
_QUESTION: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("on", "chip", "known_on", *_OPTIONS), (str,)),
    "end_use": (str, list),  # one word in receipts of before there could be several
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
    """SHA-256 over the canonical form of all of a receipt but its seal."""
    return canonical.sha256({key: value for key, value in body.items() if key != "seal"})


@cache
def _engine() -> tuple[tuple[str, str], ...]:
    import hashlib

    folder = Path(exportrules.__file__).parent
    files = [folder / "errors.py", *(file for room in ENGINE for file in sorted((folder / room).rglob("*.py")))]
    return tuple((f.relative_to(folder).as_posix(), hashlib.sha256(f.read_bytes()).hexdigest()) for f in files)


def engine() -> dict[str, Any]:
    """The version of exportrules and the digests of its modules that decide."""
    files = dict(_engine())
    return {"version": exportrules.__version__, "files": files, "sha256": engine_digest(exportrules.__version__, files)}


def engine_digest(version: str, files: Mapping[str, str]) -> str:
    """One digest for a version and its modules."""
    return whole_digest({**files, "version": version})


def question_of(d: Determination) -> dict[str, Any]:
    """What was asked, so that it can be asked again: what was left to its default is left out."""
    found: dict[str, Any] = {"on": d.on, **arguments(d.timeline)}
    chip = found.get("chip")
    if isinstance(chip, Variant):
        del found["chip"]
        found["chip_figures"] = {f.name: v for f in fields(chip) if (v := getattr(chip, f.name)) != f.default}
        for name in ("alternative", "contains"):
            if name in found["chip_figures"]:
                found["chip_figures"][name] = [
                    {f.name: getattr(part, f.name) for f in fields(part)} for part in found["chip_figures"][name]
                ]
    kept: dict[str, Any] = canonical.exact(found)
    return kept


def ask_again(question: Mapping[str, Any], law: Ruleset) -> Determination:
    """Ask the question of a receipt of a ruleset. Raises ExportRulesError where it cannot be asked (any more)."""
    for name, value in question.items():
        if name not in _QUESTION:
            raise RulesetError("question", f"there is no {name!r} in a question.")
        if not isinstance(value, _QUESTION[name]):
            kinds = " or a ".join(kind.__name__ for kind in _QUESTION[name])
            raise RulesetError("question", f"{name} is not a {kinds}.")
    if not all(isinstance(name, str) for key in ("parties", "not_listed") for name in question.get(key, ())):
        raise RulesetError("question", "a party is no str.")
    if "on" not in question:
        raise RulesetError("question", "there is no day.")
    rest = {name: value for name, value in question.items() if name not in ("chip", "chip_figures")}
    chip: str | Variant | None = question.get("chip")
    if "chip_figures" in question:
        chip = _chip(question["chip_figures"])
    return ask.check(chip, ruleset=law, **rest)


def _chip(figures: Any) -> Variant:
    """A chip from canonical figures: numbers and days that were written as text become what they were."""
    from exportrules.files.parse import chip_of

    if not isinstance(figures, dict):
        raise RulesetError("chip_figures", "a table is wanted.")
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
            return value  # the validation says what is wrong with it
    return value


def _used(course: Course, on: date) -> dict[str, Any]:
    """The facts that some rule in force on the day asks for, each with its source and its other readings."""
    found: dict[str, Any] = {}
    names = {
        test.fact
        for item in course.docket.pool
        if holds_on(item.spans, on)
        for row in item.provision.when + item.provision.unless
        for test in row.tests
    }
    for name, fact in course.subject.facts.items():
        if name in names:
            said: dict[str, Any] = {"value": fact.value, "source": fact.source}
            said |= {"from": fact.detail} if fact.detail else {}
            said |= {"readings": fact.candidates} if fact.candidates else {}
            said |= {"estimated": True} if fact.estimated else {}
            found[name] = canonical.exact(said)
    return found
