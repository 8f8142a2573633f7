"""Machines that are written where a chip is asked for: recognized to say what to ask instead, never read as a chip."""

from __future__ import annotations

import re
from functools import cache

from exportrules.law.lexicon import Servers
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import memo


def find_server(ruleset: Ruleset, text: str) -> tuple[Servers, str] | None:
    """The machine that a text names, with what is in it: the entry that says most."""
    written = text.casefold()
    patterns = memo(ruleset, "servers", _patterns)
    if not _compiled("|".join(patterns)).search(written):
        return None
    return next(entry for pattern, entry in patterns.items() if _compiled(pattern).search(written))


def server_message(ruleset: Ruleset, text: str, servers: Servers, holds: str) -> str:
    said = f"{text!r} is {servers.what}, and not a chip. Ask by the GPUs in it"
    inside = [_shown(ruleset, part) for part in holds.split(",") if part.strip()]
    if len(inside) == 1:
        return f"{said}: {inside[0]}."
    return (
        f"{said}; it is sold with {', '.join(inside)}." if inside else f"{said}, as its maker or its order lists them."
    )


def _shown(ruleset: Ruleset, part: str) -> str:
    count, _, name = part.strip().rpartition(" x ")
    label = ruleset.families[name].name if name in ruleset.families else ruleset.variants[name][0].name
    return f"{count} x {label}" if count else label


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _patterns(ruleset: Ruleset) -> dict[str, tuple[Servers, str]]:
    """What each machine's name looks like; first those whose chips are known, the longest names first."""
    found = [(name, servers, holds) for servers in ruleset.servers.values() for name, holds in servers.holds.items()]
    found.sort(key=lambda entry: (not entry[2], -len(entry[0].replace("*", ""))))
    return {_pattern(name): (servers, holds) for name, servers, holds in found}


def _pattern(name: str) -> str:
    """As a word of its own; the number of GPUs may follow ("XE9680x8...")."""
    parts = [re.escape(part) for part in re.split(r"[-_ ]+", name.casefold())]
    inside = "[-_ ]*".join(parts).replace(r"\*", "[a-z0-9._-]*")
    return rf"(?<![a-z0-9]){inside}(?=x[0-9]|[^a-z0-9]|$)"
