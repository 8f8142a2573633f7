"""Checks of the files on names against the chip files, for lint. Each defect is a pair (where, message)."""

from __future__ import annotations

from collections.abc import Iterator

from exportrules.law.lexicon import ids_in
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import key


def leads_nowhere(ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    """Names that refer to a chip, and words that refer to a detail, that does not exist: errors of the ruleset."""
    chips = {*ruleset.variants, *ruleset.families}
    leads = [(f"parts {p.id}", name, ids_in(ids)) for p in ruleset.parts.values() for name, ids in p.numbers.items()]
    leads += [(f"servers {s.id}", name, ids_in(ids)) for s in ruleset.servers.values() for name, ids in s.holds.items()]
    leads += [(f"refused {r.id}", r.written[0] if r.written else "", list(r.means)) for r in ruleset.refused.values()]
    for where, name, means in leads:
        for chip in means:
            if chip not in chips:
                yield where, f"{name!r} means {chip!r}, which is in no chip file."
        if where.startswith("parts") and not means:
            yield where, f"{name!r} means nothing. Name a variant or a family."
    for word in ruleset.words.values():
        for narrower in word.covers:
            if narrower not in ruleset.words and not _is_detail(ruleset, narrower):
                yield f"word {word.id}", f"it covers {narrower!r}, which is not a detail of any chip."


def _is_detail(ruleset: Ruleset, word: str) -> bool:
    families = ruleset.families.values()
    return any(word in (*f.details, *(d for v in f.variant for d in v.details)) for f in families)


def can_never_be_asked(ruleset: Ruleset) -> Iterator[tuple[str, str]]:
    """Names of the catalogue that are also refused, and words with two meanings."""
    refused = {key(text): r.id for r in ruleset.refused.values() for text in r.written}
    for family in ruleset.families.values():
        names = (family.name, *family.aliases, *(n for v in family.variant for n in (v.name, *v.aliases)))
        for name in names:
            if key(name) in refused:
                yield family.id, f"the name {name!r} is refused by {refused[key(name)]!r}, so it can never be asked."
    spelled: dict[str, str] = {}
    for word in ruleset.words.values():
        for text in word.written:
            other = spelled.setdefault(key(text), word.id)
            if other != word.id:
                yield f"word {word.id}", f"{text!r} is also a spelling of {other!r}. Remove it from one of them."
