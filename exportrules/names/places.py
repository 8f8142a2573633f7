"""What people write for a destination, resolved to its code."""

from __future__ import annotations

from exportrules.errors import UnknownNameError
from exportrules.law import Ruleset
from exportrules.names.keys import key, memo, near


def find_place(ruleset: Ruleset, text: str) -> str:
    """The ISO alpha-2 code of a destination, from its code or a name. Raises UnknownNameError with near names."""
    written = text.strip()
    if written.upper() in ruleset.places and len(written) == 2:
        return written.upper()
    index = memo(ruleset, "places", _place_index)
    found = index.get(key(written))
    if found is None:
        close = near(key(written), {k: ruleset.places[code].name for k, code in index.items()})
        raise UnknownNameError(
            f"no destination is called {text!r}. Write an ISO 3166 code of two letters, e.g. CN, or a country's name.",
            close,
        )
    return found


def _place_index(ruleset: Ruleset) -> dict[str, str]:
    return {key(n): p.code for p in ruleset.places.values() for n in (p.name, p.code, *p.aliases)}
