"""FIPS codes that a ledger may have in place of ISO codes: CH is China in FIPS and Switzerland in ISO."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from exportrules.law.ruleset import Ruleset


class Suspicion(NamedTuple):
    """Codes of a ledger that only FIPS has, and those that both have for different places."""

    alone: tuple[str, ...]
    #: (code, the place as ISO reads it, the place as FIPS does)
    ambiguous: tuple[tuple[str, str, str], ...]


def suspect_fips(ruleset: Ruleset, written: Iterable[str]) -> Suspicion | None:
    """The two-letter codes of a ledger that look like FIPS; None unless some code would then mean another place.

    'UK' alone proves nothing beside codes that only ISO has: it is written for GB everywhere.
    """
    means, same = _table()
    iso = {*means.values(), *same}
    codes = {code for text in written if len(code := text.strip().upper()) == 2}
    alone = codes & (means.keys() - iso)
    ambiguous = codes & means.keys() & iso
    only_iso = codes & (iso - means.keys() - same)
    if not ambiguous or not alone or (alone == {"UK"} and only_iso):
        return None
    read = ((code, _name(ruleset, code), _name(ruleset, means[code])) for code in sorted(ambiguous))
    return Suspicion(tuple(sorted(alone)), tuple(read))


def _name(ruleset: Ruleset, code: str) -> str:
    return ruleset.places[code].name if code in ruleset.places else code


@cache
def _table() -> tuple[Mapping[str, str], frozenset[str]]:
    data = tomllib.loads(files("exportrules.ledger").joinpath("fips.toml").read_text("utf-8"))
    return data["means"], frozenset(data["same"]["codes"])
