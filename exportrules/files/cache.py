"""The compiled form of a ruleset: validated objects as JSON, cached by the digest of their files.

JSON and never pickle, since a cache directory may be writable by others. Dates and decimals are
tagged. The first line is the SHA-256 of the rest, since one corrupted digit would be law that was
never written. A damaged cache file is compiled again; a cache that cannot be written is skipped.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from datetime import date
from decimal import Decimal
from typing import Any

from exportrules.law import lexicon, model
from exportrules.law.shape import Shape

#: Increase when the shapes of the model change, or the checks of loading: a cached ruleset is not checked again.
FORMAT = 6

_TABLES: dict[str, type[Shape]] = {
    "facts": model.FactDefinition,
    "groups": model.Group,
    "places": model.Place,
    "territories": model.Territory,
    "exporters": model.Exporter,
    "instruments": model.Instrument,
    "families": model.Family,
    "lists": model.PartyList,
    "descriptions": model.Description,
    "attestations": model.Attestation,
    "words": lexicon.Word,
    "parts": lexicon.PartNumbers,
    "servers": lexicon.Servers,
    "refused": lexicon.Refused,
}
#: Stored in a separate file, read only if a question names a party: there are thousands of them.
_PARTIES: dict[str, type[Shape]] = {"parties": model.Party}
#: The shapes inside the fields of a shape.
PARTS: dict[type[Shape], dict[str, type[Shape]]] = {
    model.Row: {"tests": model.Test},
    model.Provision: {
        "when": model.Row,
        "unless": model.Row,
        "concludes": model.Conclusion,
        "entries": model.Conclusion,
    },
    model.Instrument: {"provision": model.Provision},
    model.Group: {"member": model.Membership, "disputed": model.Membership},
    model.Party: {"listing": model.Listing},
    model.Variant: {
        "alternative": model.Alternative,
        "contains": model.Contained,
        **dict.fromkeys(model.STATED_FIGURES, model.Bounds),
    },
    model.Family: {"variant": model.Variant},
    model.Gap: {"when": model.Row, "unless": model.Row},
    model.Edition: {"not_encoded": model.Gap},
}
_NONE: dict[str, type[Shape]] = {}


def recall(digest: str) -> dict[str, Any] | None:
    """The compiled tables of a digest without its parties; None if they are not cached or damaged."""
    return _read(_file_of(digest), {**_TABLES, "edition": model.Edition})


def recall_parties(digest: str) -> dict[str, model.Party] | None:
    """The compiled parties of a digest; None if they are not cached or damaged."""
    tables = _read(_file_of(digest, "-parties"), _PARTIES)
    return tables["parties"] if tables else None


def _read(name: str, shapes: dict[str, type[Shape]]) -> dict[str, Any] | None:
    try:
        with open(os.path.join(_directory(), name), "rb") as file:
            seal, _, body = file.read().partition(b"\n")
        if seal.decode() != hashlib.sha256(body).hexdigest():
            return None
        stored = json.loads(body, object_hook=_untag)
        return {
            name: _build(shape, stored[name])
            if shape is model.Edition
            else {key: _build(shape, value) for key, value in stored[name].items()}
            for name, shape in shapes.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RuntimeError):
        return None


def remember(digest: str, tables: dict[str, Any]) -> None:
    """Store compiled tables. A cache that cannot be written is skipped silently."""
    with contextlib.suppress(OSError, RuntimeError):
        # the parties first, so that they exist for whoever reads the rest
        _write(_file_of(digest, "-parties"), {name: tables.get(name, {}) for name in _PARTIES})
        _write(_file_of(digest), {name: table for name, table in tables.items() if name not in _PARTIES})


def _write(name: str, tables: dict[str, Any]) -> None:
    import tempfile

    file = os.path.join(_directory(), name)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    # in ASCII: a text with wider characters is read at half the speed
    body = json.dumps(tables, default=_plain, separators=(",", ":")).encode()
    # a temporary file of its own: if many processes start at once, each replaces the whole file
    handle, part = tempfile.mkstemp(dir=os.path.dirname(file), suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        os.replace(part, file)
    except OSError:
        os.unlink(part)


def _file_of(digest: str, part: str = "") -> str:
    return f"{FORMAT}-{digest}{part}.json"


def _directory() -> str:
    chosen = os.environ.get("EXPORTRULES_CACHE") or os.environ.get("XDG_CACHE_HOME")
    root = chosen or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(root):
        raise OSError("there is no home directory for the cache")
    return os.path.join(root, "exportrules")


def _plain(value: object) -> Any:
    """A value in terms that JSON has, for those that it does not have."""
    if isinstance(value, Shape):
        return value.stated()
    if type(value) is date:
        return {"@d": value.isoformat()}
    if type(value) is Decimal:
        return {"@n": str(value)}
    raise TypeError(f"{type(value).__name__} is not a type of the compiled form")


def _untag(table: dict[str, Any]) -> Any:
    if len(table) == 1:
        if "@d" in table:
            return date.fromisoformat(table["@d"])
        if "@n" in table:
            return Decimal(table["@n"])
    return table


def _build(shape: type[Shape], stored: dict[str, Any]) -> Any:
    """A shape whose fields are the stored table itself, with lists turned into tuples and nested tables into shapes."""
    parts = PARTS.get(shape, _NONE)
    for name, value in stored.items():
        if type(value) is list:
            part = parts.get(name)
            stored[name] = tuple([_build(part, v) for v in value] if part else value)
        elif type(value) is dict:
            part = parts.get(name)
            stored[name] = (
                _build(part, value) if part else {k: tuple(v) if type(v) is list else v for k, v in value.items()}
            )
    return shape.restored(stored)
