"""What people write for a destination, resolved to its code."""

from __future__ import annotations

import unicodedata

from exportrules.errors import UnknownNameError
from exportrules.law import Ruleset
from exportrules.names.keys import key, memo, near
from exportrules.names.placeholders import says_nothing


def find_place(ruleset: Ruleset, text: str) -> str:
    """The ISO alpha-2 code of a destination, from its code or a name. Raises UnknownNameError with near names."""
    written = unicodedata.normalize("NFKC", text).strip()
    code = written.upper()
    # a code stands bare: 'NA' is Namibia, 'n.a.' and 'na' say nothing
    if len(code) == 2 and code in ruleset.places and (written == code or not says_nothing(written)):
        return code
    if says_nothing(written):
        raise UnknownNameError(
            f"no destination is called {text!r}: it says nothing. Write an ISO 3166 code of two capital letters, e.g. "
            "CN, or a country's name."
        )
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
    return {key(n): p.code for p in ruleset.places.values() for n in (p.name, *p.aliases)}
