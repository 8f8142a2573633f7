"""Parse and validate rule files: TOML text to the objects of the model, with errors that name the place.

Validation is strict: an unknown key, a quoted number, a missing date are errors. This module is
imported only to compile files, since it imports pydantic.
"""

from __future__ import annotations

import difflib
import re
import reprlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

import pydantic
from pydantic_core import SchemaValidator

from exportrules.errors import ORDERS, RulesetError
from exportrules.files.integrity import Defect, references
from exportrules.files.parsed import Parsed
from exportrules.law.lexicon import PartNumbers, Refused, Servers, Word
from exportrules.law.model import (
    RELATIONS,
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
    Provision,
    Territory,
    Variant,
)
from exportrules.law.ruleset import Ruleset
from exportrules.question.impossible import check_defects, figure_defects

DEEPEST = 12

#: The first table of a file determines its content: key, table of the ruleset, shape, key inside the shape.
_LISTS: dict[str, tuple[str, type, str]] = {
    "group": ("groups", Group, "id"),
    "place": ("places", Place, "code"),
    "territory": ("territories", Territory, "code"),
    "exporter": ("exporters", Exporter, "id"),
    "party": ("parties", Party, "id"),
    "description": ("descriptions", Description, "id"),
    "word": ("words", Word, "id"),
    "parts": ("parts", PartNumbers, "id"),
    "servers": ("servers", Servers, "id"),
    "refused": ("refused", Refused, "id"),
}


def compile_files(texts: Mapping[str, bytes]) -> dict[str, Any]:
    """All files of a ruleset as validated tables. Raises RulesetError for the first invalid file."""
    tables, origin = _tables(texts, _refuse)
    for defect in references(Ruleset(**tables, files={})):
        raise _refused(defect, tables, origin)
    return tables


def problems_of(texts: Mapping[str, bytes]) -> tuple[list[str], Ruleset | None]:
    """Every problem for which the files would be refused, and the ruleset if there is no problem."""
    bad: list[RulesetError] = []
    try:
        tables, origin = _tables(texts, bad.append)
    except RulesetError as error:
        return [*(problem for e in bad for problem in e.problems), *error.problems], None
    if bad:
        return [problem for error in bad for problem in error.problems], None
    ruleset = Ruleset(**tables, files={})
    problems = [str(_refused(defect, tables, origin)) for defect in references(ruleset)]
    return list(dict.fromkeys(problems)), None if problems else ruleset


def _refused(defect: Defect, tables: dict[str, Any], origin: Mapping[tuple[str, str], str]) -> RulesetError:
    file = _file_of(defect.where, defect.message, tables, origin)
    return RulesetError(file, defect.message if file == defect.where else str(defect))


def _refuse(error: RulesetError) -> None:
    raise error


#: Enough for some ten rulesets of the present size.
_PARSED = Parsed(most=24 * 2**20)


def _tables(
    texts: Mapping[str, bytes], refuse: Callable[[RulesetError], None]
) -> tuple[dict[str, Any], dict[tuple[str, str], str]]:
    """The tables, and the file from which each entry came. `refuse` is called with the error of each invalid file."""
    tables: dict[str, Any] = {
        "edition": None,
        "facts": {},
        "instruments": {},
        "families": {},
        "lists": {},
        "attestations": {},
    }
    tables |= {table: {} for table, _, _ in _LISTS.values()}
    origin: dict[tuple[str, str], str] = {}
    unread = False
    for name in sorted(texts, key=lambda n: (n.startswith("overlay"), n)):
        try:
            entries = _PARSED.read(name, texts[name], read_file)
        except RulesetError as error:
            refuse(error)
            unread = True
            continue
        for table, key, value in entries:
            if table == "edition":
                if tables["edition"] is not None:
                    refuse(
                        RulesetError(name, "a second edition: an overlay adds law, it does not restate the ruleset.")
                    )
                tables["edition"] = value
                continue
            if key in tables[table]:
                first = origin[table, key]
                refuse(
                    RulesetError(name, f"{key!r} is already defined in {first}. Ids are unique: rename one of them.")
                )
            tables[table][key] = value
            origin[table, key] = name
    if tables["edition"] is None and not unread:
        raise RulesetError(", ".join(sorted(texts)[:1]) or "ruleset", "there is no ruleset.toml with an edition.")
    return tables, origin


def _file_of(where: str, message: str, tables: dict[str, Any], origin: Mapping[tuple[str, str], str]) -> str:
    """The file that contains a defect; for a defect between files, the one that was read last."""
    if where in tables["attestations"]:
        return where
    kind, _, name = where.partition(" ")
    tables_of = {"group": "groups", "party": "parties", "fact": "facts", "exporter": "exporters"}
    key = (tables_of[kind], name) if kind in tables_of else ("instruments", where.split("#")[0])
    files = [origin.get(key)]
    for family in tables["families"].values():
        if where == family.id or any(where == v.id for v in family.variant):
            files.append(origin.get(("families", family.id)))
    files += [origin.get(("instruments", word.split("#")[0].rstrip(","))) for word in message.split() if "#" in word]
    return max((f for f in files if f), key=lambda f: (f.startswith("overlay"), f), default="ruleset.toml")


def read_file(name: str, text: bytes) -> Iterator[tuple[str, str, Any]]:
    """Yield (table, key, object) for each entry of one file."""
    data = parse_toml(name, text)
    lines = text.decode("utf-8-sig").splitlines()
    if "attestation" in data:
        if not name.startswith("overlay"):
            raise RulesetError(
                name, "an attestation is a statement by its author, not part of a ruleset. Put it into an overlay."
            )
        yield "attestations", name, validated(Attestation, data.pop("attestation"), name, lines, ("attestation",))
        if not data:
            return
    listed = next((key for key in _LISTS if key in data), None)
    if "edition" in data:
        yield "edition", "edition", validated(Edition, data, name, lines)
    elif "fact" in data:
        if set(data) != {"fact"} or not isinstance(data["fact"], dict):
            raise RulesetError(name, _alone("[fact.NAME]", "fact", data))
        for key, value in data["fact"].items():
            yield "facts", key, validated(FactDefinition, value, name, lines, ("fact", key))
    elif listed:
        table, shape, identity = _LISTS[listed]
        head = data.pop("list", None) if listed == "party" else None
        if head is not None:
            party_list = validated(PartyList, head, name, lines, ("list",))
            yield "lists", party_list.id, party_list
        # an import without a party writes an empty list
        if set(data) != {listed} or (not data[listed] and listed != "party"):
            raise RulesetError(name, _alone(f"[[{listed}]]", listed, data))
        rows = data[listed] if isinstance(data[listed], tuple) else (data[listed],)
        for number, value in enumerate(rows):
            entry = validated(shape, value, name, lines, (listed, number))
            yield table, getattr(entry, identity), entry
    elif "provision" in data or "issuer" in data:
        instrument = validated(Instrument, data, name, lines)
        whole = tuple(_qualified(p, instrument) for p in instrument.provision)
        yield "instruments", instrument.id, replace(instrument, provision=whole)
    elif "variant" in data or "vendor" in data:
        family = validated(Family, data, name, lines)
        yield "families", family.id, family
    else:
        raise RulesetError(
            name,
            "it is not a file of a ruleset: an instrument has [[provision]] tables, a chip file [[variant]], "
            "the others [[group]], [[place]], [[territory]], [[party]], [[exporter]], [[description]], [[word]], "
            "[[parts]], [[servers]], [[refused]] or [fact.NAME].",
        )


def _alone(table: str, key: str, data: Mapping[str, Any]) -> str:
    others = ", ".join(sorted(set(data) - {key}))
    return f"only {table} tables belong here{f', not {others}' if others else ', and there is none'}."


def read_chip(name: str, text: bytes) -> Variant:
    """A user-defined chip from a file with the keys of a variant at its top level. Raises RulesetError."""
    data = parse_toml(name, text)
    if "variant" in data:
        raise RulesetError(name, "this is a family's file. Put the keys of one [[variant]] at the top, and its vendor.")
    return chip_of(name, data, text.decode().splitlines())


def chip_of(name: str, data: Mapping[str, Any], lines: list[str] | None = None) -> Variant:
    """A user-defined chip from its keys, as parsed from TOML. Raises RulesetError with the key path."""
    keys = {key: _frozen(value, name, 1) for key, value in data.items()}
    chip: Variant = validated(Variant, keys, name, lines or [])
    for message in (*figure_defects(chip), *check_defects(chip)):
        raise RulesetError(name, message)
    return chip


def _qualified(provision: Provision, instrument: Instrument) -> Provision:
    """The provision with short ids completed, and with the evidence and URL of its instrument as defaults."""
    whole: dict[str, Any] = {
        name: tuple(f"{instrument.id}{ref}" if ref.startswith("#") else ref for ref in getattr(provision, name))
        for name in RELATIONS
    }
    return replace(
        provision,
        id=f"{instrument.id}#{provision.id}",
        evidence=provision.evidence or instrument.evidence,
        url=provision.url or instrument.url,
        **whole,
    )


def parse_toml(name: str, text: bytes) -> dict[str, Any]:
    """The tables of a TOML text, with lists as tuples. Raises RulesetError for a text that no rule file can have."""
    try:
        data = tomllib.loads(text.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise RulesetError(name, f"byte {error.start + 1} is not UTF-8. Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise RulesetError(name, f"this is not TOML: {error}.") from None
    except (ValueError, ArithmeticError):
        message = "a number has too many digits, or too large an exponent, to be a figure of law or of a chip."
        raise RulesetError(name, message) from None
    except RecursionError:
        raise RulesetError(name, "the tables are nested too deep to be a rule file.") from None
    return {_checked(key, name): _frozen(value, name, 1) for key, value in data.items()}


def _frozen(value: Any, name: str, depth: int) -> Any:
    if depth > DEEPEST:
        raise RulesetError(name, f"tables and lists are nested more than {DEEPEST} deep; no rule needs that.")
    if isinstance(value, list):
        return tuple(_frozen(item, name, depth + 1) for item in value)
    if isinstance(value, dict):
        return {_checked(key, name): _frozen(item, name, depth + 1) for key, item in value.items()}
    return _checked(value, name) if isinstance(value, str) else value


def _checked(text: str, name: str) -> str:
    """Return the text. Raises RulesetError if it has a character that controls a terminal."""
    control = re.search(ORDERS, text)
    if control:
        raise RulesetError(
            name,
            f"the text {reprlib.repr(text)} has the control character U+{ord(control.group()):04X}. A terminal would "
            "act upon it: remove it.",
        )
    return text


_validators: dict[type, SchemaValidator] = {}


def _validator(shape: type) -> SchemaValidator:
    if shape not in _validators:
        _validators[shape] = SchemaValidator(_from_tables(pydantic.TypeAdapter(shape).core_schema))
    return _validators[shape]


def _from_tables(schema: Any) -> Any:
    """The schema with strict mode off for dataclasses alone: in strict mode they accept instances, not tables."""
    if isinstance(schema, dict):
        copy = {key: _from_tables(value) for key, value in schema.items()}
        return {**copy, "strict": False} if copy.get("type") == "dataclass" else copy
    if isinstance(schema, list | tuple):
        return type(schema)(_from_tables(item) for item in schema)
    return schema


def validated(shape: type, data: Any, name: str, lines: list[str], at: tuple[str | int, ...] = ()) -> Any:
    """The data as a shape. Raises RulesetError with a message for each problem; `at` is the key path of the data."""
    try:
        return _validator(shape).validate_python(data)
    except pydantic.ValidationError as error:
        messages = _messages(error, shape, lines, at)
        more = f" ({len(messages) - 1} more in this file.)" if len(messages) > 1 else ""
        raise RulesetError(name, messages[0] + more, messages) from None
    except ArithmeticError as error:
        raise RulesetError(name, f"a number is out of range: {error}.") from None


def _messages(error: pydantic.ValidationError, shape: type, lines: list[str], at: tuple[str | int, ...]) -> list[str]:
    """A message for every problem of a file, each with its key path and line."""
    # a misspelt key is both unknown and missing: report it as unknown, which names the near key
    problems = sorted(error.errors(), key=lambda p: p["type"] != "unexpected_keyword_argument")
    # a table of bounds is allowed in place of a number: report the problem inside it, not that it is not a number
    within = [p for p in problems if p["type"] not in _NO_NUMBER or not isinstance(p["input"], dict)]
    inside = {place[:end] for p in within for place in [_path(tuple(p["loc"]))] for end in range(len(place) + 1)}
    problems = [p for p in problems if p in within or _path(tuple(p["loc"])) not in inside]
    # each member of a union reports its own failure for the same place
    first: dict[tuple[str | int, ...], Any] = {}
    for problem in problems:
        first.setdefault(_path(tuple(problem["loc"])), problem)
    messages = []
    for place, problem in first.items():
        messages.append(f"{place_of(lines, at + place)}: {_cure(problem, shape, problems)}")
    return messages


#: The error types of pydantic for a value that is not a number, one for each kind of number.
_NO_NUMBER = ("int_type", "is_instance_of")

_REQUIRED = {
    "date_type": "a date is required, as YYYY-MM-DD without quotes.",
    "bool_type": "true or false is required, without quotes.",
    "string_type": "text in quotes is required.",
    "tuple_type": "a list in square brackets is required.",
    "dataclass_type": "a table is required.",
    "dict_type": "a table is required.",
    "int_type": "a whole number is required, without quotes.",
    "is_instance_of": "a number is required, without quotes.",
    "finite_number": "a number is required, without quotes.",
}


#: Keys of earlier editions, and their replacements.
_RENAMED = {"verified_through": "text_read, the day of the codified text that was read, and register_swept"}


def _cure(problem: Any, shape: type, problems: list[Any]) -> str:
    kind, key = problem["type"], str(problem["loc"][-1]) if problem["loc"] else ""
    if kind == "unexpected_keyword_argument":
        if key in _RENAMED:
            return f"the key {key!r} is no longer used. Write {_RENAMED[key]}."
        near = difflib.get_close_matches(key, _keys_of(shape), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"there is no key {key!r} here.{hint}"
    if kind == "missing":
        return f"the key {key!r} is missing."
    value = problem.get("input")
    actual = f" It is {_quoted(value)}." if isinstance(value, str | int | bool | Decimal) else ""
    if kind == "literal_error":
        return f"one of {problem['ctx']['expected']} is required.{actual}"
    tried = {p["type"] for p in problems if _path(tuple(p["loc"])) == _path(tuple(problem["loc"]))}
    if tried == {"bool_type", "string_type"}:
        return f"true, or a word in quotes, is required.{actual}"
    if tried - {"dataclass_type"} == {"int_type", "is_instance_of"}:
        return f"a number is required, without quotes.{actual}"
    if len(tried) > 2:  # a union of which no member matches
        return (
            "a plain value is required: a number without quotes, a date, true or false, a word, or a list of words."
            f"{actual}"
        )
    return f"{_REQUIRED.get(kind) or problem['msg'][:1].lower() + problem['msg'][1:] + '.'}{actual}"


def _quoted(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)


def _keys_of(shape: type) -> list[str]:
    from exportrules.files import cache

    keys = [f.name for f in fields(shape)] if is_dataclass(shape) else []
    for part in cache.PARTS.get(shape, {}).values():
        keys += _keys_of(part)
    return keys


def _path(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The key path without the names of union members that pydantic appends."""
    unions = {"bool", "int", "decimal", "str", "date", "tuple[str, ...]", "Decimal", "Bounds"}
    return tuple(part for part in loc if part not in unions)


_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\"' ]+?)\s*\]\]?\s*(#.*)?$")


def place_of(lines: list[str], loc: tuple[str | int, ...]) -> str:
    """A key path as messages write it, with its line: 'fact.tpp.unit (line 12)'."""
    line = _line_of(lines, loc)
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")
    return f"{where} (line {line})" if line else where


def _line_of(lines: list[str], loc: tuple[str | int, ...]) -> int | None:
    """The line of a key path, found by the table headers above it; the header's line if the key is absent."""
    counts: dict[str, int] = {}
    here: tuple[str | int, ...] = ()
    best: int | None = None
    wanted = [part for part in loc if isinstance(part, str)]
    for number, line in enumerate(lines, 1):
        if header := _HEADER.match(line):
            names = [part.strip("\"' ") for part in header.group(2).split(".")]
            path: list[str | int] = []
            for depth, part in enumerate(names, 1):
                path.append(part)
                full = "/".join(map(str, path))
                if depth == len(names) and header.group(1) == "[[":
                    counts[full] = counts.get(full, -1) + 1
                    path.append(counts[full])
                elif full in counts:
                    path.append(counts[full])
            here = tuple(path)
            if here == loc[: len(here)]:
                best = number
        elif here == loc[: len(here)] and wanted:
            rest = [part for part in loc[len(here) :] if isinstance(part, str)]
            if rest and re.match(rf"\s*[\"']?{re.escape(rest[0])}[\"']?\s*[=.]", line):
                best = number
    return best
