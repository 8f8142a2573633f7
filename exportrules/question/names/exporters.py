"""Resolve the name of an exporter: a maker, an addressee of a letter, or anyone else.

A letter binds only its addressee, so the answer can depend on whom a name means. A name that contains an addressee's,
or is spelled nearly like it, may mean the addressee or its subsidiary: :func:`near_addressee` returns which.
"""

from __future__ import annotations

from collections.abc import Iterator

from exportrules.errors import QuestionError
from exportrules.law.model import Exporter
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import key, memo
from exportrules.question.names.nobody import is_in_other_letters, no_name
from exportrules.question.names.parties import party_key
from exportrules.question.names.placeholders import says_nothing
from exportrules.question.names.roles import ROLES, is_role

#: The shortest key that may be a misspelling: AMB, AMC and ADM are companies, not slips for AMD.
_SHORTEST_NEAR = 5
_WHO = "Write 'maker' (the chip's own vendor), 'other' (anyone else) or the company's name."


def find_exporter(ruleset: Ruleset, text: str, vendor: str) -> str | None:
    """An exporter's id: a maker or addressee, 'other', or None for the maker if `vendor` is empty.

    Raises QuestionError for a text that does not identify an exporter.
    """
    word = text.strip().casefold()
    if word == "maker":
        return vendor or None
    if word == "other":
        return "other"
    wanted = party_key(text)
    if not wanted or says_nothing(text) or not any(map(str.isalpha, wanted)) or is_role(text):
        raise QuestionError(f"the exporter {text!r} does not say who exports, and a letter binds one company. {_WHO}")
    known = memo(ruleset, "exporters", _exporter_index).get(wanted)
    if known is None and (why := no_name(ruleset, text)):
        raise QuestionError(f"the exporter {text!r} {why}, and a letter binds one company. {_WHO}")
    if known is None and is_in_other_letters(text):
        raise QuestionError(
            f"the exporter {text!r} is in letters in which no letter names its addressee, and a letter binds one "
            f"company. {_WHO}"
        )
    if known is None and (meant := _slip_of(key(text))):
        raise QuestionError(f"the exporter {text!r} is nearly the word {meant!r}, so it may not name a company. {_WHO}")
    return known or "other"


def _slip_of(written: str) -> str:
    """The word of `ROLES`, or 'maker' or 'unknown', of which a word is a misspelling; '' if of none.

    Read as a company's name it would be another exporter, whom no letter binds.
    """
    words = [word for word in ("maker", "unknown", *sorted(ROLES)) if len(word) >= _SHORTEST_NEAR and word.isascii()]
    return next(
        (
            word
            for word in words
            if word[0] == written[:1] and abs(len(word) - len(written)) < 2 and _ratio(written, word) >= 0.8
        ),
        "",
    )


def near_addressee(ruleset: Ruleset, text: str) -> str:
    """The addressee of a letter that a name may mean without being its exact name; '' if there is none."""
    if text.strip().casefold() in ("maker", "other"):
        return ""
    index = memo(ruleset, "exporters", _exporter_index)
    if party_key(text) in index:
        return ""
    names = memo(ruleset, "addressees", _addressees)
    words, whole = _words(text), party_key(text)
    if not text.isascii():
        from exportrules.question.names.close import spelled  # Cyrillic in Latin letters

        words += [word for word in spelled(text) if word not in words]
    if exporter := memo(ruleset, "first words of subsidiaries", _first_words).get(whole):
        return exporter
    for name, exporter in names.items():
        if _contains(words, whole, name) or any(_alike(part, name) for part in (whole, *words)):
            return exporter
    return ""


def _contains(words: list[str], whole: str, name: str) -> bool:
    """True if a name is in another: as whole words, at its beginning or, in Chinese and similar scripts, anywhere."""
    part = _words(name)
    if not name.isascii():
        return key(name) in whole
    inside = any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))
    return inside or (len(key(name)) > _SHORTEST_NEAR and whole.startswith(key(name)))


def _alike(written: str, called: str) -> bool:
    """True if a word may be a misspelling of an addressee's name."""
    name, first = key(called), key(called.split()[0])
    # a short word becomes another by one slip, so at least its first letter must be right
    firm = len(first) > _SHORTEST_NEAR or written[:1] == name[:1]
    if len(name) < _SHORTEST_NEAR or not firm or abs(len(written) - len(name)) > 2:
        return False
    return _ratio(written, name) >= 0.8


def _ratio(written: str, name: str) -> float:
    import difflib  # for a word that is nearly another alone

    return difflib.SequenceMatcher(None, written, name).ratio()


def _words(text: str) -> list[str]:
    return [word for word in map(key, text.replace("/", " ").replace("-", " ").replace("(", " ").split()) if word]


def _addressees(ruleset: Ruleset) -> dict[str, str]:
    """The names of the addressees of letters and of their subsidiaries, without corporate suffixes, the longest
    first."""
    names = {name: e.id for e in _bound(ruleset) for name in _names_of(e.name, *e.aliases, *e.subsidiaries)}
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))


def _bound(ruleset: Ruleset) -> Iterator[Exporter]:
    """The exporters to which a letter is addressed."""
    bound = {a for i in ruleset.instruments.values() for a in i.addressee.split(",") if a}
    return (exporter for exporter in ruleset.exporters.values() if exporter.id in bound)


def _first_words(ruleset: Ruleset) -> dict[str, str]:
    """The first words of the names of addressees' subsidiaries, by which they are called: 'ATI'. Beside another word it
    may be anyone's: 'Cumulus Media'."""
    return {party_key(name.split()[0]): e.id for e in _bound(ruleset) for name in e.subsidiaries}


def _names_of(*names: str) -> Iterator[str]:
    for name in names:
        words = name.replace(",", " ").split()
        while len(words) > 1 and party_key(" ".join(words)) == party_key(" ".join(words[:-1])):
            words.pop()
        yield " ".join(words)


def _exporter_index(ruleset: Ruleset) -> dict[str, str]:
    return {party_key(n): e.id for e in ruleset.exporters.values() for n in (e.id, e.name, *e.aliases)}
