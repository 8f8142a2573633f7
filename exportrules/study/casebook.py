"""The casebook: dated claims from the press, and the law's answers for the days that they are about.

A file of claims contains each claim, its source, its chips and days, and the questions to ask. It
contains no answers: these are computed from the ruleset, so that a corrected rule corrects the
casebook. A file is valid as a whole or refused: its chips, places and facts are resolved when it is
loaded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from exportrules.answer import determination
from exportrules.answer.determination import Determination
from exportrules.answer.result import DEFINITE
from exportrules.answer.timeline import SpanOfAnswer, Timeline
from exportrules.errors import QuestionError, RulesetError, UnknownNameError
from exportrules.files.load import cases_directory, read_file
from exportrules.law.model import Policy
from exportrules.law.ruleset import Ruleset
from exportrules.law.shape import STRICT
from exportrules.question.names.chips import find_chip

_MONTH = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?")

#: `from` is a keyword in Python, so the field of that key has another name.
_KEYS = {"first": "from", "last": "until"}

_HEADERS = {"claim": "claim", "question": "claim.question"}


def _key(name: str) -> str:
    return _KEYS.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The publisher of a claim and the date: a day, or text such as "2025-05" if only the month is known."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    publisher: str
    published: date | str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuestion:
    """One question of a claim: a label and the arguments of `check()` except the chip and the day.

    With `first_day_required`, the answer includes the first day on which a license was required.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    label: str
    to: str | None = None
    exporter: str | None = None
    activity: str | None = None
    headquarters: str | None = None
    ultimate_parent: str | None = None
    end_user: str | None = None
    parties: tuple[str, ...] = ()
    not_listed: tuple[str, ...] = ()
    end_use: str | tuple[str, ...] | None = None
    facts: dict[str, bool | int | Decimal | str | date] | None = None
    known_on: date | None = None
    as_printed: bool = False
    first_day_required: bool = False

    def ask(self, law: Ruleset, chip: str) -> Timeline:
        """The answer on every day. Raises QuestionError for a term that cannot be read."""
        terms = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("label", "first_day_required")}
        return determination.timeline(chip, ruleset=law, **terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement about some chips and a window of days (`from` and `until`, both included).

    `says` is the statement in our own words. `note` says what the answers can and cannot show about it.

    `implies` is the outcome that the claim implies for every day of its window, `implies_policy` the policy of review,
    and `implies_since` the first day on which a license was required. `implies_for` says for which exporter:
    `everyone`, `maker`, `other`, or the id of one; questions about others are answered but not compared.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {**STRICT, "alias_generator": _key}

    id: str
    says: str
    source: Publication
    chips: tuple[str, ...]
    first: date
    last: date
    by_way_of: Publication | None = None
    note: str = ""
    implies: Literal["no_license_requirement", "license_exception", "license_required"] | None = None
    implies_policy: Policy | None = None
    implies_since: date | None = None
    implies_for: str = "everyone"
    question: tuple[CaseQuestion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Casebook:
    """A file of claims."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    title: str
    summary: str
    claim: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one answer inside the window, both included; `span` is the whole span of the answer.

    `requirements` are the provisions that hold on the first of the days, since an answer may outlive
    the rule that opened it. `notices` are those of that day.
    """

    first: date
    last: date
    span: SpanOfAnswer
    requirements: tuple[str, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstDay:
    """The first day up to the end of the window on which a license was required.

    `day` is the first day with the outcome `license_required` (a license exception does not count);
    None if there is none (`required` is false), or if it was before any known change. `unbroken` is
    True if every day from it to the end of the window had that outcome. `undetermined_from` is set if
    the days just before are undetermined, so that the requirement may be older.
    """

    required: bool
    day: date | None = None
    opened_by: tuple[str, ...] = ()
    unbroken: bool = False
    undetermined_from: date | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one question about one chip of a claim, for the claim's window."""

    claim: Claim
    chip: str
    question: CaseQuestion
    timeline: Timeline
    days: tuple[Days, ...]
    first: FirstDay | None


def casebooks() -> list[Path]:
    """The files of the package's own casebook."""
    return sorted(cases_directory().glob("*.toml"))


def find_casebook(name: str) -> Path:
    """A casebook's file from its id, or from a path that ends in .toml. Raises UnknownNameError with similar ids."""
    if name.endswith(".toml"):
        return Path(name)
    known = {file.stem: file for file in casebooks()}
    if name not in known:
        import difflib

        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        raise UnknownNameError(
            f"there is no casebook {name!r}. Write one of {', '.join(known)}, or the path of a .toml file.", near
        )
    return known[name]


def load_casebook(path: str | os.PathLike[str], law: Ruleset) -> Casebook:
    """Load a casebook and resolve its questions against the law.

    Raises RulesetError with file and key path for an unknown key, a wrong type, a window that ends
    before it begins, and an unknown chip, place or fact.
    """
    from exportrules.files import parse

    file = Path(path)
    text = read_file(str(path), path)
    data = parse.parse_toml(file.name, text)
    lines = text.decode("utf-8-sig").splitlines()
    book = _shaped(data, file.name, lines)
    for loc, message in _defects(book, law):
        raise RulesetError(file.name, f"{parse.place_of(lines, loc)}: {message}")
    return book


def replies(book: Casebook, law: Ruleset) -> Iterator[Reply]:
    """The answer to every question of a loaded casebook, for each chip and the window of its claim."""
    for claim in book.claim:
        for chip in claim.chips:
            for question in claim.question:
                timeline = question.ask(law, chip)
                first = first_day_required(timeline, claim.last) if question.first_day_required else None
                yield Reply(claim, chip, question, timeline, days_between(timeline, claim.first, claim.last), first)


def days_between(timeline: Timeline, first: date, last: date) -> tuple[Days, ...]:
    """The spans of a timeline that overlap a window, clipped to it, in order. They cover every day of it."""
    days = []
    for span in timeline.spans:
        begins = max(first, span.start) if span.start else first
        ends = min(last, span.last) if span.last else last
        if begins <= ends:
            notices = tuple(Determination(timeline, begins).notices)
            days.append(Days(begins, ends, span, timeline.at(begins).law.requirements, notices))
    return tuple(days)


def first_day_required(timeline: Timeline, until: date) -> FirstDay:
    """The first day with the outcome `license_required`, no later than `until`; see :class:`FirstDay`."""
    spans = [span for span in timeline.spans if span.start is None or span.start <= until]
    outcomes = [span.answer.outcome for span in spans]
    if "license_required" not in outcomes:
        return FirstDay(required=False)
    index = outcomes.index("license_required")
    unbroken = set(outcomes[index:]) == {"license_required"}
    before = index
    # Before coverage every day is undetermined, which says nothing about this requirement.
    while before > 0 and outcomes[before - 1] == "indeterminate" and spans[before - 1].answer.standing in DEFINITE:
        before -= 1
    unsure = spans[before].start if before < index else None
    return FirstDay(True, spans[index].start, spans[index].opened_by, unbroken, unsure)


def first_day_text(first: FirstDay) -> str:
    """The first day as text, or a phrase if there is none or it is not known."""
    return "none" if not first.required else str(first.day or "before any known change")


def _shaped(data: dict[str, Any], name: str, lines: list[str]) -> Casebook:
    """The file's tables as objects, validated one by one so that an error lists the keys of its own table."""
    from exportrules.files.parse import validated

    book: Casebook = validated(Casebook, {**data, "claim": ()}, name, lines)
    claims = []
    for i, table in enumerate(_tables(data, "claim", name)):
        one_chip = {"chips": (table["chips"],)} if isinstance(table.get("chips"), str) else {}
        claim: Claim = validated(Claim, {**table, **one_chip, "question": ()}, name, lines, ("claim", i))
        questions = tuple(
            validated(CaseQuestion, question, name, lines, ("claim", i, "question", j))
            for j, question in enumerate(_tables(table, "question", name))
        )
        claims.append(replace(claim, question=questions))
    return replace(book, claim=tuple(claims))


def _tables(data: dict[str, Any], key: str, name: str) -> tuple[dict[str, Any], ...]:
    """The tables of a list; a single table counts as a list of one."""
    value = data.get(key, ())
    listed = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(table, dict) for table in listed):
        raise RulesetError(name, f"{key} is a list of tables: head each of them [[{_HEADERS[key]}]].")
    return listed


def _defects(book: Casebook, law: Ruleset) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The defects of a well-shaped casebook, each with key path and message."""
    if not book.id.strip():
        yield ("id",), "the id is empty. Write a short name, such as the name of the file."
    if not book.claim:
        yield ("claim",), "there is no claim. Add a [[claim]] table."
    for i, claim in enumerate(book.claim):
        at: tuple[str | int, ...] = ("claim", i)
        if claim.id in [other.id for other in book.claim[:i]]:
            yield (*at, "id"), f"a second claim {claim.id!r}. Ids are unique: rename one of them."
        if claim.last < claim.first:
            yield (
                (*at, "until"),
                f"claim {claim.id!r}: the window ends on {claim.last}, before it begins on {claim.first}. "
                "Swap the days.",
            )
        for key, source in (("source", claim.source), ("by_way_of", claim.by_way_of)):
            if source and isinstance(source.published, str) and not _dated(source.published):
                yield (
                    (*at, key),
                    f"claim {claim.id!r}: published = {source.published!r} is neither a date without quotes nor a "
                    'month or year in quotes, such as "2025-05".',
                )
        yield from _unanswerable(claim, at, law)
        yield from _implied(claim, at, law)


def _implied(claim: Claim, at: Sequence[str | int], law: Ruleset) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Defects of the keys `implies...` of a claim: implications with which no answer could be compared."""
    whose = f"claim {claim.id!r}"
    if claim.implies is None:
        for key in ("implies_policy", "implies_since"):
            if getattr(claim, key) is not None:
                yield (*at, key), f"{whose}: {key} needs implies, the outcome that the claim implies. Add it."
        if claim.implies_for != "everyone":
            yield (*at, "implies_for"), f"{whose}: implies_for says for whom, but implies is missing. Add implies."
        return
    if claim.implies_since and claim.implies != "license_required":
        yield (
            (*at, "implies_since"),
            f"{whose}: implies_since is the first day on which a license was required. Write implies = "
            '"license_required".',
        )
    if claim.implies_since and not claim.first <= claim.implies_since <= claim.last:
        yield (
            (*at, "implies_since"),
            f"{whose}: implies_since = {claim.implies_since} is outside of the window, {claim.first} to {claim.last}.",
        )
    if claim.implies_policy and claim.implies == "no_license_requirement":
        yield (*at, "implies_policy"), f"{whose}: where no license is required, none is reviewed. Omit implies_policy."
    if claim.implies_for not in ("everyone", "maker", "other") and claim.implies_for not in law.exporters:
        yield (
            (*at, "implies_for"),
            f"{whose}: implies_for = {claim.implies_for!r} is neither everyone, maker, other nor an exporter: "
            f"{', '.join(law.exporters)}.",
        )
    elif not any(concerns(claim, question) for question in claim.question):
        yield (
            (*at, "implies_for"),
            f"{whose}: no question is about {claim.implies_for!r}, so no answer is compared with the claim. Add one, "
            "or change implies_for.",
        )


def concerns(claim: Claim, question: CaseQuestion) -> bool:
    """True if a question is about an exporter for whom the claim implies an outcome."""
    exporter = (question.exporter or "maker").strip().casefold()
    return claim.implies_for in ("everyone", exporter)


def _unanswerable(claim: Claim, at: Sequence[str | int], law: Ruleset) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Defects of a claim's chips and questions that the law cannot resolve."""
    if not claim.chips:
        yield (*at, "chips"), f"claim {claim.id!r} names no chip."
    if not claim.question:
        yield tuple(at), f"claim {claim.id!r} asks nothing. Add a [[claim.question]] table."
    for chip in claim.chips:
        try:
            find_chip(law, chip)
        except QuestionError as error:
            yield (*at, "chips"), f"claim {claim.id!r}: {error}"
        else:
            for j, question in enumerate(claim.question):
                try:
                    question.ask(law, chip)
                except QuestionError as error:
                    yield (*at, "question", j), f"claim {claim.id!r}, question {question.label!r}: {error}"


def _dated(text: str) -> bool:
    return not text or _MONTH.fullmatch(text) is not None
