"""A JSON Schema for each kind of rule file, from the shapes of the model: an editor completes and checks by it.

The schema says what a file may hold. What must hold between files (that a fact is in the vocabulary, that a
relation reaches a provision) is for `exportrules lint`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pydantic
from pydantic.json_schema import GenerateJsonSchema

from exportrules.files.integrity import NEEDS
from exportrules.law.lexicon import PartNumbers, Refused, Servers, Word
from exportrules.law.model import (
    Attestation,
    Description,
    Edition,
    Exporter,
    FactDefinition,
    Family,
    Group,
    Instrument,
    Party,
    PartyList,
    Place,
    Territory,
    Variant,
)
from exportrules.study.casebook import Casebook

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def file_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of rule file; `KINDS` has the kinds."""
    shape, wrap, what, _ = KINDS[kind]
    made = pydantic.TypeAdapter(shape).json_schema(by_alias=True, schema_generator=_OfToml)
    parts = made.pop("$defs", {})
    inner = wrap({"$ref": f"#/$defs/{shape.__name__}"}) if wrap else made
    if wrap:
        parts[shape.__name__] = made
    found: dict[str, Any] = {"$schema": DRAFT, "title": f"exportrules: {what}", **_without_title(_plainly(inner))}
    if parts:
        found["$defs"] = {name: _without_title(_plainly(part)) for name, part in sorted(parts.items())}
    provision = found.get("$defs", {}).get("Provision")
    if provision:
        provision["allOf"] = [
            {"if": {"properties": {"kind": {"const": kind}}}, "then": {"required": sorted(needed)}}
            for kind, needed in NEEDS.items()
        ]
    return found


def _listed(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def wrap(item: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {key: {"type": "array", "items": item}},
            "required": [key],
            "additionalProperties": False,
        }

    return wrap


def _parties(item: dict[str, Any]) -> dict[str, Any]:
    """Parties, and before them what list they are, where a file is the whole of one."""
    found = _listed("party")(item)
    found["properties"]["list"] = pydantic.TypeAdapter(PartyList).json_schema(schema_generator=_OfToml)
    return found


def _named(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def wrap(item: dict[str, Any]) -> dict[str, Any]:
        inner = {"type": "object", "additionalProperties": item}
        return {"type": "object", "properties": {key: inner}, "required": [key], "additionalProperties": False}

    return wrap


def _single(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def wrap(item: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": {key: item}, "required": [key], "additionalProperties": False}

    return wrap


#: kind: shape, what stands around it in the file, a title, and the files of this repository that are of it.
KINDS: dict[str, tuple[type, Callable[[dict[str, Any]], dict[str, Any]] | None, str, str]] = {
    "instrument": (Instrument, None, "a rule, letter or guidance with its provisions", "us-ear/instruments/*.toml"),
    "chip": (Family, None, "a product family with its variants", "chips/**/*.toml"),
    "own-chip": (Variant, None, "a chip of one's own", ""),
    "facts": (FactDefinition, _named("fact"), "the vocabulary", "us-ear/facts.toml"),
    "groups": (Group, _listed("group"), "groups of destinations with their dated members", "us-ear/groups.toml"),
    "places": (Place, _listed("place"), "destinations and their names", "us-ear/places.toml"),
    "territories": (Territory, _listed("territory"), "places that are read as a country", "us-ear/territories.toml"),
    "parties": (Party, _parties, "listed parties with their dated entries", "us-ear/parties/*.toml"),
    "descriptions": (Description, _listed("description"), "words of military bodies", "us-ear/descriptions.toml"),
    "words": (Word, _listed("word"), "words beside the names of chips", "names/words.toml"),
    "parts": (PartNumbers, _listed("parts"), "part numbers and device ids", "names/parts.toml"),
    "servers": (Servers, _listed("servers"), "servers and instances", "names/servers.toml"),
    "refused": (Refused, _listed("refused"), "names that are refused with the reason", "names/refused.toml"),
    "exporters": (Exporter, _listed("exporter"), "makers and addressees of letters", "us-ear/exporters.toml"),
    "ruleset": (Edition, None, "what an edition covers and leaves out", "us-ear/ruleset.toml"),
    "attestation": (Attestation, _single("attestation"), "who verified the law through a later day", ""),
    "casebook": (Casebook, None, "published claims with their questions", "cases/*.toml"),
}


_NUMBER = {"type": "number"}


class _OfToml(GenerateJsonSchema):
    """A figure of TOML is a number: text that could be read as one is none."""

    def decimal_schema(self, schema: Any) -> dict[str, Any]:
        return dict(_NUMBER)


def _plainly(schema: Any) -> Any:
    """The ways in which a value may be written, each once; defaults that are nothing left out."""
    if isinstance(schema, list):
        return [_plainly(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _plainly(value) for key, value in schema.items()}
    for key in ("anyOf", "oneOf"):
        if key in found:
            ways = found[key]
            # a number may be whole; what is absent in TOML is left out, never null
            plain = [w for w in ways if w != {"type": "null"} and not (w == {"type": "integer"} and _NUMBER in ways)]
            if len(plain) == 1:
                del found[key]
                found |= plain[0]
            else:
                found[key] = plain
    if found.get("default", 0) is None or found.get("default") == []:
        del found["default"]
    return found


def _without_title(schema: Any) -> Any:
    """Without the titles that pydantic makes of names: an editor shows the key itself."""
    if isinstance(schema, list):
        return [_without_title(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_title(value) for key, value in schema.items() if key != "title" or isinstance(value, dict)}
