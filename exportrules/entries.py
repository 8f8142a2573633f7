"""Entries of the Commerce Control List as people write them, spelled as the rules spell them.

A fact that names entries is compared with those that rules test: '3a090.a' or a bare '3A090' would be an item that no
rule knows, and free. What can be read for certain is spelled as the rules spell it, the rest is refused.
"""

from __future__ import annotations

import difflib
import re
from typing import cast

from exportrules.errors import QuestionError, either
from exportrules.facts import Fact, read_fact
from exportrules.law import Ruleset

#: Category, product group and number, then a paragraph: 3A090.a, 5A992, 3A001.a.7.
_ENTRY = re.compile(r"([0-9][A-E][0-9]{3})((?:\.[A-Z0-9]{1,4})*)")


def read_given(ruleset: Ruleset, name: str, value: object) -> Fact:
    """A fact that a caller supplies, an entry of the list as the rules spell it. Raises QuestionError."""
    fact = read_fact(name, value, ruleset.facts)
    if name == "eccn_declared" and isinstance(fact.value, str):
        return Fact(_spelled(name, fact.value), fact.source)
    if name in ("eccn", "contains_eccn") and isinstance(fact.value, frozenset):
        return Fact(frozenset(_known(ruleset, name, word) for word in fact.value), fact.source)
    return fact


def _spelled(name: str, word: str) -> str:
    """An entry in one spelling: the number in capitals, its paragraph in small letters."""
    written = word.strip().upper()
    found = _ENTRY.fullmatch(written)
    if found:
        return found[1] + found[2].lower()
    if written == "EAR99":
        return written
    raise QuestionError(f"{name} = {word!r} is no entry of the Commerce Control List. Write 3A090.a, 5A992 or EAR99.")


def _known(ruleset: Ruleset, name: str, word: str) -> str:
    """The entry, if the rules know it or know nothing of its number: EAR99, 5A992.c. A number without its paragraph, or
    with one that no rule knows, is refused."""
    words = _words(ruleset)
    spelled = {known.casefold(): known for known in words[name]}
    if (found := spelled.get(word.strip().casefold())) is not None:
        return found
    try:
        entry = _spelled(name, word)
    except QuestionError:
        entry = ""
    number = _number(entry)
    if entry and not any(_number(known) == number for known in words["eccn"] | words["contains_eccn"]):
        return entry
    paragraphs = sorted(known for known in words[name] if _number(known) == number)
    if paragraphs:
        raise QuestionError(
            f"{name} = {word!r}: the rules tell the paragraphs of {number} apart. Write {either(paragraphs)}."
        )
    said = ", ".join(sorted(words[name]))
    near = difflib.get_close_matches(word.casefold(), spelled, n=3)
    hint = f" Did you mean {either([spelled[n] for n in near])}?" if near else ""
    raise QuestionError(f"{name} = {word!r} is no entry that a rule asks for; they ask for {said}.{hint}")


def _number(entry: str) -> str:
    return entry.partition(".")[0]


def _words(ruleset: Ruleset) -> dict[str, set[str]]:
    """The entries that rules test or conclude: of the item, and of what is inside it."""
    found = cast("dict[str, set[str]] | None", ruleset.memory.get("entries"))
    if found is None:
        found = {"eccn": set(), "contains_eccn": set()}
        for provision, _ in ruleset.provisions.values():
            for test in (test for row in provision.when + provision.unless for test in row.tests):
                if test.fact in found:
                    found[test.fact] |= set(test.bound) if isinstance(test.bound, tuple) else {str(test.bound)}
            made = provision.concludes
            if made and made.fact in found and isinstance(made.value, str):
                found[made.fact].add(made.value)
                if provision.classifies != "system":
                    found["contains_eccn"].add(made.value)
        ruleset.memory["entries"] = found
    return found
