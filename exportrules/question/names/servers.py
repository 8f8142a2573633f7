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


def how_to_ask(ruleset: Ruleset, text: str) -> str:
    """What to write for what is not known here: of a server, the figures of the chip in it."""
    if _names_a_machine(ruleset, text):
        return (
            "Of a server, write the chip in it. If that chip is not known here either, leave the name out and give the "
            "chip's own figures as facts, with item_kind=system: tpp=NUMBER, designed_for_datacenter=yes."
        )
    return "A chip of your own can be described by a file or by facts."


def _names_a_machine(ruleset: Ruleset, text: str) -> bool:
    folded = text.casefold()
    words = set(re.findall(r"[^\W_]+", folded))
    # words of other scripts are not parted by spaces
    return any(
        word in words or (not word.isascii() and word in folded) for word in memo(ruleset, "machines", _machine_words)
    )


def _machine_words(ruleset: Ruleset) -> dict[str, str]:
    """Words that name a machine: those of the lists of words, and the first ones of systems' own names."""
    found = {text.casefold(): text for word in ruleset.words.values() if word.kind == "system" for text in word.written}
    for family in ruleset.families.values():
        first = family.name.split()[0].casefold()
        if first.isalpha() and all(variant.item_kind == "system" for variant in family.variant):
            found.setdefault(first, family.name)
    return found


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
