"""The fields of requests: one table from which the JSON Schema is generated and by which requests are read.

The values of a request become arguments of :func:`exportrules.check` unchanged, which reads or refuses them. Refused
here is only what a call in Python could not contain: a field that does not exist, a value that is null or empty, more
than a server should take.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from exportrules.answer.trace import FIELDS as PARTS
from exportrules.errors import QuestionError, UnknownNameError
from exportrules.ledger.headers import spellings
from exportrules.question.deal import USUAL_DESTINATION, Deal
from exportrules.question.names.keys import key

#: Limits that no real name, place or fact comes near; they bound the work of one request.
LONGEST_TEXT = 1_000
MOST_ITEMS = 50

_DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2023-06-01"]}
_BOUNDS = {
    "type": "object",
    "properties": {word: {"type": "number"} for word in ("at_least", "more_than", "at_most", "less_than")},
    "additionalProperties": False,
    "minProperties": 1,
}
_FACT = {
    "anyOf": [
        {"type": ["string", "number", "boolean", "null"]},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
        _BOUNDS,
    ]
}


class Field(NamedTuple):
    """A field of a request: its kind (`text`, `day`, `texts`, `days`, `words`, `flag`, `parts`,
    `columns` or `facts`), its description and an example."""

    kind: str
    says: str
    example: Any = None

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema (draft 2020-12)."""
        text: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
        several = {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS}
        kinds: dict[str, Any] = {
            "text": text,
            "day": _DAY,
            "texts": {**several, "items": text},
            "days": {**several, "items": _DAY},
            "words": {"anyOf": [text, {**several, "items": text}]},
            "flag": {"type": "boolean"},
            "parts": {**several, "items": {"type": "string", "enum": list(PARTS)}},
            "columns": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "array", "minItems": 1,
                        "items": {"type": "string"}}},
            "facts": {"type": "object", "minProperties": 1, "maxProperties": MOST_ITEMS, "additionalProperties": _FACT},
        }[self.kind]  # fmt: skip
        shown = {} if self.example is None else {"examples": [self.example]}
        return {**kinds, "description": self.says, **shown}


_PLACE = "an ISO code or a country's name"
_ON = "Day of export, YYYY-MM-DD, in Washington, D.C. Nothing defaults to today."
FIELDS: dict[str, Field] = {
    "chip": Field("text", "A chip as people write it: A100, \"RTX 4090 D\", a100-sxm4-80gb. Omit it to describe a chip "
                  "by `facts` alone.", "H800"),
    "chips": Field("texts", "Chips as people write them.", ["A100", "H800"]),
    "on": Field("day", _ON),
    "days": Field("days", "Days of export, YYYY-MM-DD, in Washington, D.C.", ["2022-09-15", "2023-06-01"]),
    "from": Field("day", "The first day of the calendar, YYYY-MM-DD."),
    "to": Field("text", f"Destination, {_PLACE}. Default: {USUAL_DESTINATION}.", USUAL_DESTINATION),
    "exporter": Field("text", "Who exports: `maker` (the chip's own), `other` (a company to which no public letter is "
                      "addressed), or a company's name. Default: maker.", "other"),
    "activity": Field("text", "export, reexport or transfer. Default: export.", "export"),
    "headquarters": Field("text", f"Where the end user has its headquarters, {_PLACE}. Default: as the party data say, "
                          "else the destination.", "CN"),
    "ultimate_parent": Field("text", f"Where the ultimate parent of the end user has its headquarters, {_PLACE}. "
                             "Default: the end user's headquarters.", "CN"),
    "end_user": Field("text", "The buyer's name, looked up in the dated party lists. Default: a buyer on no list.",
                      "Acme Bakery"),
    "parties": Field("texts", "Names of the purchaser, the consignees and other parties.", ["Evergreen Freight"]),
    "not_listed": Field("texts", "Names of this request that are close to a listed party's and are not that party."),
    "end_use": Field("words", "civil, military, military_intelligence, supercomputer, advanced_node_fab, tool_making, "
                     "nuclear, missile, chemical_biological or wmd; several in a list. Default: civil.", "civil"),
    "facts": Field("facts", "Facts of the vocabulary by name, e.g. tpp, performance_density, "
                   "designed_for_datacenter, eccn_declared, listed_ownership_percent. A value may be \"unknown\", and "
                   "of a figure bounds: \">=1600 <4800\" or {\"at_least\": 1600}.", {"tpp": 2368}),
    "known_on": Field("day", "Use only instruments known on this day, YYYY-MM-DD."),
    "as_printed": Field("flag", "The text as printed: announcements not to enforce set aside. Default: false."),
    "whole": Field("flag", "The whole trace, with the provisions that do not hold. Default: false."),
    "names": Field("texts", "Names of companies or institutions to look up in the party lists.", ["Inspur"]),
    "name": Field("text", "A chip as people write it. Default: all of the catalogue.", "H800"),
    "map": Field("columns", "Columns by what they say, where their names do not: map[chip]=Part No. An empty name is "
                 "none.", {"chip": ["Part No"]}),
    "ignore": Field("texts", "Columns that do not matter, although they look as if they did.", ["Notify Party"]),
    "dates": Field("text", "How dates are written that could be read in two ways: iso, dmy, mdy, excel or excel1904. "
                   "Default: iso.", "iso"),
    "encoding": Field("text", "Of the text. Default: utf-8.", "cp1252"),
    "delimiter": Field("text", "Of the text: one character, or tab. Default: by its header.", ";"),
    "columns": Field("texts", "Answer columns to write. Default: all.", ["outcome", "review_policy"]),
    "prefix": Field("text", "Before the names of the answer columns.", "er_"),
    "also_on": Field("day", "Add the answer under the law of another day, YYYY-MM-DD."),
    "fields": Field("parts", "The parts of the answer to return; outcome, review_policy, standing, turns_on, holds and "
                    "ruleset are always there. Default: all of them.", ["requirements"]),
}  # fmt: skip

#: The terms of a deal without chip and day; the arguments of `check` have the same names.
DEAL = Deal._fields


@dataclass(frozen=True, slots=True)
class Request:
    """The fields of one kind of request, and those that are required."""

    fields: tuple[str, ...]
    required: tuple[str, ...] = ()
    #: descriptions of fields that differ from those in `FIELDS`
    says: Mapping[str, str] = field(default_factory=dict)

    def field(self, name: str) -> dict[str, Any]:
        """The JSON Schema of one field."""
        schema = FIELDS[name].schema()
        return {**schema, "description": self.says.get(name, schema["description"])}

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema (draft 2020-12)."""
        return {
            "type": "object",
            "properties": {name: self.field(name) for name in self.fields},
            "required": list(self.required),
            "additionalProperties": False,
        }

    def read(self, given: object, facts: Iterable[str] = ()) -> dict[str, Any]:
        """The given fields, checked. `facts` are the names of the vocabulary, for the message if one of them is given
        as a field. Raises QuestionError."""
        if not isinstance(given, Mapping):
            raise QuestionError('the request is not a JSON object. Write e.g. {"chip": "A100", "on": "2022-09-15"}.')
        for name in given:
            if name not in self.fields:
                raise self._unknown(str(name), facts)
        for name, value in given.items():
            _check(name, value)
        for name in self.required:
            if name not in given:
                raise QuestionError(f"{name} is missing. {self.says.get(name, FIELDS[name].says)}")
        return dict(given)

    def _unknown(self, name: str, facts: Iterable[str]) -> UnknownNameError:
        spelled = spellings().get(key(name))
        if spelled and spelled.field in self.fields:
            near = [spelled.field]
        elif name in facts and "facts" in self.fields:
            return UnknownNameError(f'there is no field {name!r} here; it is a fact. Write "facts": {{"{name}": ...}}.')
        else:
            near = difflib.get_close_matches(name, self.fields, n=3)
        return UnknownNameError(f"there is no field {name!r} here. Fields: {', '.join(self.fields)}.", near)


def _check(name: str, value: object) -> None:
    """Raise QuestionError for an empty value, a value of another kind, or too many items."""
    kind = FIELDS[name].kind
    if value is None:
        raise QuestionError(f"{name} is null. Omit {name} for the default, or write a value.")
    if kind == "flag" and not isinstance(value, bool):
        raise QuestionError(f"{name} = {value!r} is not true or false.")
    # for one text in place of a list `check` has its own message, if it has that argument
    if (
        kind in ("texts", "days", "parts")
        and (name not in DEAL or not isinstance(value, str))
        and not isinstance(value, list)
    ):
        raise QuestionError(f"{name} = {value!r} is not a list. Write a list: [...].")
    if kind == "words" and isinstance(value, dict):
        raise QuestionError(f"{name} = {value!r} is a table. Write one word, or a list of words.")
    if name == "chip" and not isinstance(value, str):
        raise QuestionError(f"chip = {value!r} is not text. Write a chip's name, or describe one by facts.")
    if isinstance(value, list | dict):
        if not value:
            raise QuestionError(f"{name} is empty. Omit {name}, or give a value.")
        if len(value) > MOST_ITEMS:
            raise QuestionError(f"{name} has {len(value)} items; one request has at most {MOST_ITEMS}. Ask in parts.")
    if name in ("chips", "names", "days", "fields"):
        for item in value if isinstance(value, list) else ():
            if not isinstance(item, str):
                raise QuestionError(f"{name}: {item!r} is not text.")
            if name == "chips" and not item.strip():
                raise QuestionError(f"chips: {item!r} is empty. Omit it, or name a chip.")
    _check_size(name, value)


def _check_size(name: str, value: object) -> None:
    """Raise QuestionError for a text that is longer than any real value, or not Unicode."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise QuestionError(f"{name} has a text of {len(value):,} characters; at most {LONGEST_TEXT:,} are read.")
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise QuestionError(
                f"{name} has a text that is not Unicode: half of a character. Write it again."
            ) from None
    if isinstance(value, dict):
        for inner, item in value.items():
            _check_size(name, inner)
            _check_size(name, item)
    if isinstance(value, list):
        for item in value:
            _check_size(name, item)
