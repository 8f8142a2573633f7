"""Parties as a data file: what an import and the shipped lists are written with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

from exportrules.law.model import Listing, Party


def to_toml(parties: Iterable[Party], header: Iterable[str]) -> str:
    """Parties as a data file. Only what these tables need: texts, days, whole numbers, lists of texts."""
    blocks = ["".join(f"# {line}".rstrip() + "\n" for line in header)]
    for party in parties:
        lines = ["[[party]]", *keys_of(party)]
        for listing in party.listing:
            lines += ["[[party.listing]]", *keys_of(listing)]
        blocks.append("\n".join(lines) + "\n")
    if len(blocks) == 1:
        blocks.append("party = []\n")  # no party at all is still a file of parties
    return "\n".join(blocks)


def keys_of(shape: Party | Listing) -> Iterator[str]:
    kept = [(f.name, getattr(shape, f.name), f.default) for f in fields(shape) if f.name != "listing"]
    return (f"{name} = {toml_value(value)}" for name, value, default in kept if value != default)


def toml_value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if not isinstance(value, str):
        return str(value)  # a day or a whole number
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    # quotes, backslashes and all that does not print: controls, marks of direction
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in value) + '"'
