"""Conformance vectors: dated answers with which another tool can be compared, one JSON object a line.

A vector is a question (chip, day, destination, exporter, headquarters of the buyer) with the answer of this ruleset.
Vectors are placed where tools err: on the first and the last day of every answer, and on the day after. The set of
questions is fixed and documented (`docs/vectors.md`), so that two editions can be compared line by line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from exportrules.answer.determination import timeline
from exportrules.answer.result import OUTCOMES
from exportrules.answer.trace import cite_of
from exportrules.engine.evaluate import STRICTEST
from exportrules.errors import RulesetError
from exportrules.files.load import read_file
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import until
from exportrules.question.names.chips import find_chip

#: China, Hong Kong, Macau, and one destination each of A:6, D:4, D:1, A:5, both D:4 and A:6, and part 746.
DESTINATIONS = ("CN", "HK", "MO", "SG", "AE", "VN", "JP", "IL", "RU")
EXPORTERS = ("maker", "other")
#: Each deal is asked about for a buyer headquartered in the destination, and for one headquartered here.
SEAT = "CN"

LARGEST = 256 * 2**20


class Key(NamedTuple):
    """The question. `exporter` is 'maker' (the chip's own vendor) or 'other' (a company without a public letter)."""

    chip: str
    to: str
    exporter: str
    headquarters: str
    on: str

    def __str__(self) -> str:
        return f"{self.chip} to {self.to}, by {self.exporter}, headquarters {self.headquarters}, {self.on}"


class ToolAnswer(NamedTuple):
    """Another tool's answer to one vector. `policy_given` is False if it leaves the policy out."""

    outcome: str
    review_policy: str | None
    policy_given: bool = True

    def __str__(self) -> str:
        return f"{self.outcome} ({self.review_policy})" if self.review_policy else self.outcome


class Vector(NamedTuple):
    """A question with its answer. `citations` are those of the requirements, in their order."""

    edition: str
    key: Key
    outcome: str
    review_policy: str | None
    requirements: tuple[str, ...]
    citations: tuple[str, ...]

    def line(self) -> str:
        """The vector as one line of JSON without a line end."""
        content = {
            "edition": self.edition, **self.key._asdict(), "outcome": self.outcome, "review_policy": self.review_policy,
            "requirements": self.requirements, "citations": self.citations,
        }  # fmt: skip
        return json.dumps(content, ensure_ascii=False)


def vectors(law: Ruleset, chips: Sequence[str] = ()) -> Iterator[Vector]:
    """Every vector of a ruleset, or those of the named chips, in canonical order. Raises UnknownNameError."""
    named = [v for name in chips for v in find_chip(law, name).variants]
    for chip in sorted(set(named) if chips else law.variants):
        for to in DESTINATIONS:
            for exporter in EXPORTERS:
                for headquarters in dict.fromkeys((to, SEAT)):
                    yield from of_one_deal(law, chip, to, exporter, headquarters)


def of_one_deal(law: Ruleset, chip: str, to: str, exporter: str, headquarters: str) -> Iterator[Vector]:
    """The vectors of one deal, by day."""
    answers = timeline(chip, to=to, exporter=exporter, headquarters=headquarters, ruleset=law)
    # provisions as in the view, since these also cite the document that settles a text
    known = {p.provision.id: (p.provision, p.instrument) for p in answers.view.provisions}
    days: set[date] = set()
    for span in answers.spans:
        if span.answer.standing == "verified":
            days |= {day for day in (span.start, span.last, until(span.last)) if day}
    for day in sorted(days):
        answer = answers.at(day)
        provisions = [known[name] for name in answer.law.requirements if name in known]
        yield Vector(
            law.edition.edition,
            Key(chip, to, exporter, headquarters, day.isoformat()),
            answer.outcome,
            answer.review_policy,
            answer.law.requirements,
            tuple(cite_of(*provision) for provision in provisions),
        )


@dataclass
class Agreement:
    """Counts for one outcome: vectors, those answered, those with an equal outcome, those with an equal policy too."""

    vectors: int = 0
    answered: int = 0
    outcome: int = 0
    policy: int = 0


@dataclass
class Score:
    """The comparison of another tool's answers with the vectors."""

    tallies: dict[str, Agreement] = field(default_factory=lambda: {name: Agreement() for name in OUTCOMES})
    disagreements: list[tuple[Vector, ToolAnswer]] = field(default_factory=list)
    strangers: list[Key] = field(default_factory=list)

    @property
    def total(self) -> Agreement:
        tallies = self.tallies.values()
        return Agreement(
            *(sum(getattr(t, name) for t in tallies) for name in ("vectors", "answered", "outcome", "policy"))
        )

    @property
    def conforms(self) -> bool:
        """True if every vector was answered, and equally."""
        return not self.disagreements and self.total.answered == self.total.vectors


def score(expected: Iterable[Vector], answers: Mapping[Key, ToolAnswer]) -> Score:
    """Compare answers with vectors. A policy that an answer leaves out is not compared."""
    result, left = Score(), dict(answers)
    for vector in expected:
        tally = result.tallies[vector.outcome]
        tally.vectors += 1
        answer = left.pop(vector.key, None)
        if answer is None:
            continue
        same = answer.outcome == vector.outcome
        alike = same and (not answer.policy_given or answer.review_policy == vector.review_policy)
        tally.answered += 1
        tally.outcome += same
        tally.policy += alike
        if not alike:
            result.disagreements.append((vector, answer))
    result.strangers = sorted(left)
    return result


def read_answers(path: str | os.PathLike[str]) -> dict[Key, ToolAnswer]:
    """The answers of another tool, one JSON object a line. Raises RulesetError with file and line."""
    answers: dict[Key, ToolAnswer] = {}
    name = os.path.basename(path)
    for number, line in enumerate(read_file(os.fspath(path), path, LARGEST).splitlines(), 1):
        if line.strip():
            key, answer = _answer(line, f"{name}, line {number}")
            if key in answers:
                raise RulesetError(f"{name}, line {number}", f"{key} is answered twice. Keep one of the two.")
            answers[key] = answer
    if not answers:
        raise RulesetError(name, "there is no answer in it. Write one JSON object a line, as docs/vectors.md shows.")
    return answers


def _answer(line: bytes, where: str) -> tuple[Key, ToolAnswer]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise RulesetError(where, "this is not JSON in UTF-8. Write one object a line.") from None
    if not isinstance(content, dict):
        raise RulesetError(where, "an object is required, in curly brackets.")
    for name in (*Key._fields, "outcome"):
        if not isinstance(content.get(name), str):
            raise RulesetError(where, f"{name!r} is missing, or is not text in quotes.")
    outcome, policy = content["outcome"], content.get("review_policy")
    _one_of(where, "outcome", outcome, OUTCOMES)
    if policy is not None:
        _one_of(where, "review_policy", policy, STRICTEST)
    return Key(*(content[name] for name in Key._fields)), ToolAnswer(outcome, policy, "review_policy" in content)


def _one_of(where: str, name: str, value: Any, words: Sequence[str]) -> None:
    if value not in words:
        raise RulesetError(where, f"{name} = {value!r} is not one of: {', '.join(words)}.")
