"""Facts, days and lists as prose has them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from exportrules.law import Ruleset
from exportrules.model import Instrument
from exportrules.notices import FIGURES


def day_of(day: date) -> str:
    """A day as a letter has it: June 1, 2023."""
    return f"{day:%B} {day.day}, {day.year}"


#: Parts of names as a reader writes them.
_WORDS = {"io": "I/O", **{word: word.upper() for word in ("tops", "tpp", "dram", "eccn", "ear", "nac", "aca", "uae")}}
_UNITS = ("_gbytes_s", "_mm2", "_percent")


def fact_name(fact: str) -> str:
    """A fact as a reader calls it; a provision of uncertain reach, in words."""
    if "#" in fact:
        return "how far a provision reaches"
    bare = next((fact.removesuffix(unit) for unit in _UNITS if fact.endswith(unit)), fact)
    return FIGURES.get(fact) or " ".join(_WORDS.get(word, word) for word in bare.split("_"))


def open_question(law: Ruleset, fact: str) -> str:
    """What an answer turns on, as the question to be put."""
    if fact in law.provisions:
        return f"does this reach the deal: {law.provisions[fact][0].title}?"
    known = law.facts.get(fact)
    if known and known.question:
        return known.question
    if known and known.type == "boolean":
        return f"is this so: {known.definition.rstrip('.')}?"
    return f"what is the {fact_name(fact)}?"


def listed(words: Iterable[object], between: str = ", ", last: str = "and") -> str:
    """One, two and three; with semicolons where the parts have commas."""
    found = [str(word) for word in words]
    if len(found) < 2:
        return "".join(found)
    joint = f" {last} " if between == ", " else f"; {last} "
    return between.join(found[:-1]) + joint + found[-1]


def called(instrument: Instrument) -> str:
    """What an instrument is called where it changed an answer: by its citation.

    Letters without an addressee are supposed, not known. What is cited for them tells of letters to others, which
    changed nothing here.
    """
    if instrument.type == "letter" and not instrument.addressee:
        return "letters to unnamed companies, if any"
    return instrument.citation
