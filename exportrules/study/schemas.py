"""A JSON Schema for each kind of rule file, from the shapes of the model, for editors to complete and check by.

The schema covers single files. Conditions between files (a fact must be in the vocabulary, a relation must reach a
provision) are checked by `exportrules lint`.
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
    """The JSON Schema (draft 2020-12) of one kind of rule file; `KINDS` lists the kinds."""
    shape, wrap, what, _ = KINDS[kind]
    generated = pydantic.TypeAdapter(shape).json_schema(by_alias=True, schema_generator=_OfToml)
    parts = generated.pop("$defs", {})
    inner = wrap({"$ref": f"#/$defs/{shape.__name__}"}) if wrap else generated
    if wrap:
        parts[shape.__name__] = generated
    schema: dict[str, Any] = {"$schema": DRAFT, "title": f"exportrules: {what}", **_without_title(_simplified(inner))}
    if parts:
        schema["$defs"] = {name: _without_title(_simplified(part)) for name, part in sorted(parts.items())}
    provision = schema.get("$defs", {}).get("Provision")
    if provision:
        provision["allOf"] = [
            {"if": {"properties": {"kind": {"const": kind}}}, "then": {"required": sorted(needed)}}
            for kind, needed in NEEDS.items()
        ]
    return schema


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
    """Parties, optionally preceded by the record of their list, if the file is the whole of one."""
    schema = _listed("party")(item)
    schema["properties"]["list"] = pydantic.TypeAdapter(PartyList).json_schema(schema_generator=_OfToml)
    return schema


def _named(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def wrap(item: dict[str, Any]) -> dict[str, Any]:
        inner = {"type": "object", "additionalProperties": item}
        return {"type": "object", "properties": {key: inner}, "required": [key], "additionalProperties": False}

    return wrap


def _single(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def wrap(item: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": {key: item}, "required": [key], "additionalProperties": False}

    return wrap


#: kind: shape, a function that wraps it as in the file, a title, and the files of that kind in this repository.
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
    """Decimals are numbers in TOML: text that could be parsed as one is not accepted."""

    def decimal_schema(self, schema: Any) -> dict[str, Any]:
        return dict(_NUMBER)


def _simplified(schema: Any) -> Any:
    """The schema with redundant alternatives and empty defaults removed."""
    if isinstance(schema, list):
        return [_simplified(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    simple = {key: _simplified(value) for key, value in schema.items()}
    for key in ("anyOf", "oneOf"):
        if key in simple:
            ways = simple[key]
            # a number includes integers; TOML has no null, an absent value is left out
            plain = [w for w in ways if w != {"type": "null"} and not (w == {"type": "integer"} and _NUMBER in ways)]
            if len(plain) == 1:
                del simple[key]
                simple |= plain[0]
            else:
                simple[key] = plain
    if simple.get("default", 0) is None or simple.get("default") == []:
        del simple["default"]
    return simple


def _without_title(schema: Any) -> Any:
    """The schema without the titles that pydantic derives from names: an editor shows the key itself."""
    if isinstance(schema, list):
        return [_without_title(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_title(value) for key, value in schema.items() if key != "title" or isinstance(value, dict)}
