"""Servers and other machines named instead of a chip: recognised to say what to ask instead, never read as a chip."""

from __future__ import annotations

import re
from functools import cache

from exportrules.law.lexicon import Servers
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import memo


def find_server(ruleset: Ruleset, text: str) -> tuple[Servers, str] | None:
    """The machine that a text names, and the chips in it, from the most informative entry; None if it names none."""
    written = text.casefold()
    patterns = memo(ruleset, "servers", _patterns)
    if not _compiled("|".join(patterns)).search(written):
        return None
    return next(entry for pattern, entry in patterns.items() if _compiled(pattern).search(written))


def server_message(ruleset: Ruleset, text: str, servers: Servers, holds: str) -> str:
    """The message that refuses a machine and says which chips to ask about."""
    message = f"{text!r} is {servers.what}, not a chip. Ask by the GPUs in it"
    inside = [_shown(ruleset, part) for part in holds.split(",") if part.strip()]
    if len(inside) == 1:
        return f"{message}: {inside[0]}."
    if inside:
        return f"{message}; it is sold with {', '.join(inside)}."
    return f"{message}, as its maker or the order lists them."


def how_to_ask(ruleset: Ruleset, text: str) -> str:
    """The end of a message about an unknown name, with the cure: for a server, the figures of its chip."""
    if _names_a_machine(ruleset, text):
        return (
            ". For a server, write the chip in it. If that chip is not known here either, leave the name out and give "
            "the chip's own figures as facts, with item_kind=system: tpp=NUMBER, designed_for_datacenter=yes."
        )
    return "; a chip of your own can be described by a file or by facts."


def _names_a_machine(ruleset: Ruleset, text: str) -> bool:
    folded = text.casefold()
    words = set(re.findall(r"[^\W_]+", folded))
    # words of some scripts are not separated by spaces
    return any(
        word in words or (not word.isascii() and word in folded) for word in memo(ruleset, "machines", _machine_words)
    )


def _machine_words(ruleset: Ruleset) -> dict[str, str]:
    """Words that name a machine: those in the word lists, and the first words of systems' names."""
    words = {text.casefold(): text for word in ruleset.words.values() if word.kind == "system" for text in word.written}
    for family in ruleset.families.values():
        first = family.name.split()[0].casefold()
        if first.isalpha() and all(variant.item_kind == "system" for variant in family.variant):
            words.setdefault(first, family.name)
    return words


def _shown(ruleset: Ruleset, part: str) -> str:
    count, _, name = part.strip().rpartition(" x ")
    label = ruleset.families[name].name if name in ruleset.families else ruleset.variants[name][0].name
    return f"{count} x {label}" if count else label


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _patterns(ruleset: Ruleset) -> dict[str, tuple[Servers, str]]:
    """A pattern for each machine's name: first those whose chips are known, the longest names first."""
    entries = [(name, servers, holds) for servers in ruleset.servers.values() for name, holds in servers.holds.items()]
    entries.sort(key=lambda entry: (not entry[2], -len(entry[0].replace("*", ""))))
    return {_pattern(name): (servers, holds) for name, servers, holds in entries}


def _pattern(name: str) -> str:
    """A pattern for a machine's name as a whole word; the number of GPUs may follow ("XE9680x8...")."""
    first, *rest = re.split(r"[-_ ]+", name.casefold())
    # a gap may be left out, but not before a part that can be anything: "Systems" is not a "SYS-*"
    parts = [re.escape(first), *(("[-_ ]+" if part[:1] == "*" else "[-_ ]*") + re.escape(part) for part in rest)]
    inside = "".join(parts).replace(r"\*", "[a-z0-9._-]*")
    return rf"(?<![a-z0-9]){inside}(?=x[0-9]|[^a-z0-9]|$)"
