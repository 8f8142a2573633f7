"""Read the facts that a caller supplies: normalise ECCNs, and accept conclusions only where they add to the law's.

A fact that names ECCNs is compared with those that rules test: '3a090.a' or a bare '3A090' would match no rule, and
the item would be free. Spellings that are unambiguous are normalised; the rest are refused.

A fact that provisions conclude (`about = "conclusion"`) may be supplied if it adds to their conclusions. A value that
could only remove a conclusion is refused, and so is a conclusion that only takes requirements away, such as EAR99.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from exportrules.errors import QuestionError, either
from exportrules.law.facts import Fact
from exportrules.law.paragraphs import under
from exportrules.law.ruleset import Ruleset
from exportrules.question.values import read_fact

#: The item that no entry is about.
EAR99 = "EAR99"
#: An entry whose paragraph follows without a dot: 3A090a, 5A992 C.
_WITHOUT_DOT = r"^([0-9][A-E][0-9]{3}) ?([A-Z](?:\.|$))"
#: Category, product group and number, then a paragraph: 3A090.a, 5A992, 3A001.a.7.
_ENTRY = r"([0-9][A-E][0-9]{3})((?:\.[A-Z0-9]{1,4})*)"


def read_given(ruleset: Ruleset, name: str, value: object) -> Fact:
    """A fact that a caller supplies, with ECCNs spelled as in the rules. Raises QuestionError."""
    if name not in ruleset.facts and is_entry(name):
        raise QuestionError(f"there is no fact {name!r} in the vocabulary. {how_to_declare(name)}")
    fact = read_fact(name, value, ruleset.facts)
    if ruleset.facts[name].about == "derived":
        raise QuestionError(f"{name} is not given: it follows from other facts. {ruleset.facts[name].definition}")
    if name == "eccn_declared" and isinstance(fact.value, str):
        return Fact(_spelled(name, fact.value), fact.source)
    if ruleset.facts[name].about == "conclusion":
        if _frees(ruleset, name):
            cure = " Give the declared number instead: eccn_declared=EAR99." if name == "ear99" else ""
            raise QuestionError(
                f"{name} is not given: the rules conclude it, and it takes requirements away. "
                f"{ruleset.facts[name].definition}{cure}"
            )
        if fact.value is False and not _doubted(ruleset, name):
            raise QuestionError(
                f"{name} is concluded by the rules; it can be added as {name}=true, not taken away. Give the facts "
                "from which they conclude it."
            )
        if isinstance(fact.value, frozenset):
            return Fact(frozenset(_concluded(ruleset, name, word) for word in fact.value), fact.source)
    return fact


def is_entry(text: str) -> bool:
    """True if a text is an ECCN or EAR99, however it is written."""
    written = text.strip().upper()
    return written == EAR99 or bool(re.fullmatch(_ENTRY, written))


def how_to_declare(number: str) -> str:
    """A sentence for the user: how to write the number under which an item is classified."""
    return f"The number under which an item is classified is the fact eccn_declared: eccn_declared={number.strip()}."


def declared(ruleset: Ruleset, given: Mapping[str, Fact]) -> dict[str, Fact]:
    """The fact `declared` that follows from a declared ECCN: a word of its `classes`, or 'other'.

    A paragraph .z keeps the word of its number, with '.z' appended: such an item is also one of 3A090 or 4A090.
    """
    number, definition = given.get("eccn_declared"), ruleset.facts.get("declared")
    if definition is None or number is None:
        return {}
    if not isinstance(number.value, str):
        # given as unknown, which differs from no ECCN being declared
        return {"declared": Fact(None, "derived", detail="the declared ECCN is not known")}
    entry, *paragraphs = number.value.split(".")
    word = next((word for word, entries in (definition.classes or {}).items() if entry in entries), "other")
    if "z" in paragraphs and f"{word}.z" in definition.values:
        word += ".z"
    return {"declared": Fact(word, "derived", detail="from the declared ECCN")}


def _frees(ruleset: Ruleset, name: str) -> bool:
    """True for a yes-or-no conclusion that takes an item or a deal out of a requirement."""
    if ruleset.facts[name].type != "boolean":
        return False
    requirements = (p for p, _ in ruleset.provisions.values() if p.kind == "requirement")
    return any(test.fact == name for p in requirements for row in p.unless for test in row.tests)


def _doubted(ruleset: Ruleset, name: str) -> bool:
    """True if a provision that concludes the fact is uncertain, so that a caller may deny the fact."""
    concluding = [p for p, _ in ruleset.provisions.values() if p.concludes and p.concludes.fact == name]
    return any(not p.certain for p in concluding)


def _concluded(ruleset: Ruleset, name: str, word: str) -> str:
    """One value of a fact that provisions conclude. Raises QuestionError for a value that no rule could conclude."""
    if name in ("eccn", "contains_eccn"):
        return _known(ruleset, name, word)
    if name == "required_under":
        paragraphs = [p.paragraph for p, _ in ruleset.provisions.values() if p.kind == "requirement" and p.paragraph]
        if not any(under(word, p) or under(p, word) for p in paragraphs):
            raise QuestionError(
                f"{name} = {word!r}: no requirement in this ruleset is under that paragraph. Write it as the rules do, "
                f"e.g. {name}=744.11 or {name}=742.6(a)(6)."
            )
    return word


def _spelled(name: str, word: str) -> str:
    """An ECCN in its canonical spelling: the number in upper case, its paragraph in lower case."""
    written = re.sub(_WITHOUT_DOT, r"\1.\2", word.strip().upper())
    match = re.fullmatch(_ENTRY, written)
    if match:
        return match[1] + match[2].lower()
    if re.fullmatch(r"EAR[\s-]?99", written):
        return EAR99
    raise QuestionError(
        f"{name} = {word!r} is not an entry of the Commerce Control List. Write 3A090.a, 5A992 or EAR99."
    )


def _known(ruleset: Ruleset, name: str, word: str) -> str:
    """The ECCN as the rules spell it. One that no rule concludes is refused, since it could only deny the others."""
    words = _words(ruleset)[name]
    spelled = {known.casefold(): known for known in words}
    if (exact := spelled.get(word.strip().casefold())) is not None:
        return exact
    try:
        entry = _spelled(name, word)
    except QuestionError:
        entry = ""
    if (exact := spelled.get(entry.casefold())) is not None:
        return exact
    paragraphs = sorted(known for known in words if entry and _number(known) == _number(entry))
    if paragraphs:
        raise QuestionError(
            f"{name} = {word!r}: the rules distinguish the paragraphs of {_number(entry)}. Write {either(paragraphs)}."
        )
    import difflib

    near = difflib.get_close_matches(word.casefold(), spelled, n=3)
    hint = f" Did you mean {either([spelled[n] for n in near])}?" if near else ""
    if entry:
        hint = f" The number under which the maker or BIS classified the item is another fact: eccn_declared={entry}."
    raise QuestionError(
        f"{name} = {word!r} is not an entry that a rule concludes from figures; those are {', '.join(sorted(words))}. "
        f"{name} adds an entry whose parameters the item meets and takes none away.{hint}"
    )


def _number(entry: str) -> str:
    return entry.partition(".")[0]


def _words(ruleset: Ruleset) -> dict[str, set[str]]:
    """The ECCNs that rules test or conclude, for the item and for the chips inside it, by fact."""
    words: dict[str, set[str]] | None = ruleset.indexes.get("entries")
    if words is None:
        words = {"eccn": set(), "contains_eccn": set()}
        for provision, _ in ruleset.provisions.values():
            for test in (test for row in provision.when + provision.unless for test in row.tests):
                if test.fact in words:
                    words[test.fact] |= set(test.bound) if isinstance(test.bound, tuple) else {str(test.bound)}
            conclusion = provision.concludes
            if conclusion and conclusion.fact in words and isinstance(conclusion.value, str):
                words[conclusion.fact].add(conclusion.value)
                if provision.classifies != "system":
                    words["contains_eccn"].add(conclusion.value)
        ruleset.indexes["entries"] = words
    return words
