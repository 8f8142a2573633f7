"""An answer and a provision as plain data for the page, with a placeholder for the day in their texts."""

from __future__ import annotations

from datetime import date
from typing import Any

from exportrules.answer.determination import Determination
from exportrules.answer.trace import cite_of
from exportrules.answer.words import case_words, excerpt, fact_name, open_question
from exportrules.law.model import Row
from exportrules.law.paragraphs import code_url
from exportrules.law.ruleset import Ruleset
from exportrules.question.values import show
from exportrules.render.text import headline

#: The placeholder for the day of the question, in texts and in the address of a text of that day.
DAY = "{day}"
#: The placeholder for the next day on which a variant was, or may have been, public.
RELEASED = "{released}"
#: Any day, to find where an address names the day.
_SOME_DAY = date(1999, 12, 31)


def fields_of(d: Determination) -> dict[str, Any]:
    """The fields of a determination that stay the same as long as its answer holds. Empty ones are omitted."""
    law = d.timeline.ruleset
    fields: dict[str, Any] = {
        "outcome": d.outcome,
        "policy": d.review_policy or "",
        "standing": d.standing,
        "first": _left_open(d),
        "projection": list(d.projection) if d.projection else None,
        "eccn": d.eccn,
        "paragraphs": d.eccn_paragraphs,
        "requirements": d.requirements,
        "exceptions": [x["provision"] for x in d.exceptions],
        "policies": [[p["requirement"], p["review_policy"], p["by"]] for p in d.policies],
        "turnsOn": [_open(d, fact) for fact in d.turns_on],
        "cases": [
            [" and ".join(f"{fact_name(law, f)} {case_words(law, text)}" for f, text in c.conditions) or "otherwise",
             c.outcome, c.review_policy or ""] for c in d.cases
        ],
        "citations": [[c.provision, c.role] for c in d.citations],
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value or name in ("outcome", "citations")}


def _left_open(d: Determination) -> str:
    """The first line, with placeholders for the days that differ between chips and days of the same answer."""
    line = headline(d)
    released = d.timeline.released(d.on) if d.outcome == "not_released" else None
    if released:
        line = line.replace(f"until {released}", f"until {RELEASED}")
    return line.replace(d.on.isoformat(), DAY)


def _open(d: Determination, fact: str) -> dict[str, Any]:
    law = d.timeline.ruleset
    return {
        "fact": fact,
        "name": fact_name(law, fact),
        "asks": open_question(law, fact),
        "settle": [[s.case, s.option] for s in d.settle if s.fact == fact],
    }


def provision_row(ruleset: Ruleset, name: str) -> dict[str, Any]:
    """A provision as its citation is printed; `code` is the address of the text of the Code, with DAY for its day."""
    provision, instrument = ruleset.provisions[name]
    return {
        "title": provision.title,
        "cite": cite_of(provision, instrument),
        "url": provision.url,
        "code": code_url(provision.paragraph, _SOME_DAY).replace(_SOME_DAY.isoformat(), DAY),
        "evidence": provision.evidence or instrument.evidence,
        "quote": excerpt(provision.quote),
        "kind": provision.kind,
        "instrument": instrument.title,
        "conditions": list(provision.conditions),
        "tests": sorted({t.fact for row in provision.when for t in row.tests}) if provision.classifies else [],
        "unless": [_in_words(ruleset, row) for row in provision.unless] if provision.classifies else [],
    }


_OPERATOR = {"ge": "at least", "gt": "over", "le": "at most", "lt": "under"}


def _in_words(ruleset: Ruleset, row: Row) -> str:
    """The tests of a row that excludes an item: 'designed for datacenters: no; TPP under 4800 (Note 2)'."""
    said = []
    for test in row.tests:
        bound = ", ".join(test.bound) if isinstance(test.bound, tuple) else show(test.bound)
        between = f" {_OPERATOR[test.op]} " if test.op in _OPERATOR else ": "
        said.append(f"{fact_name(ruleset, test.fact)}{between}{bound}")
    return "; ".join(said) + (f" ({row.paragraph})" if row.paragraph else "")
