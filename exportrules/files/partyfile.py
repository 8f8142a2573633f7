"""Write parties as a TOML data file, for imports and for the lists in the package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

from exportrules.law.model import Listing, Party


def to_toml(parties: Iterable[Party], header: Iterable[str]) -> str:
    """Parties as a TOML file. It writes only the types in these tables: strings, dates, integers, lists of strings."""
    blocks = ["".join(f"# {line}".rstrip() + "\n" for line in header)]
    for party in parties:
        lines = ["[[party]]", *keys_of(party)]
        for listing in party.listing:
            lines += ["[[party.listing]]", *keys_of(listing)]
        blocks.append("\n".join(lines) + "\n")
    if len(blocks) == 1:
        blocks.append("party = []\n")  # without a party it must still be a file of parties
    return "\n".join(blocks)


def keys_of(shape: Party | Listing) -> Iterator[str]:
    """The lines "key = value" of a table, without keys that have their default."""
    values = [(f.name, getattr(shape, f.name), f.default) for f in fields(shape) if f.name != "listing"]
    return (f"{name} = {toml_value(value)}" for name, value, default in values if value != default)


def toml_value(value: object) -> str:
    """A string, date, integer or tuple of these in TOML."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    if not isinstance(value, str):
        return str(value)  # a date or an integer
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    # escape quotes, backslashes and unprintable characters (controls, bidirectional marks)
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in value) + '"'
