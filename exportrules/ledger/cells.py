"""Cells of a ledger, read into the terms of a question. Nothing is guessed.

Each distinct spelling is read once. What cannot be read for certain is a :class:`Problem`, with the
cure in its text; the row that holds it is answered as indeterminate.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from exportrules.errors import ExportRulesError, QuestionError, RefusedNameError, UnknownNameError
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.days import ZONED, cure_of, day_in
from exportrules.ledger.headers import FIELDS
from exportrules.ledger.saying import COMMAND, Saying
from exportrules.question.eccns import read_given
from exportrules.question.names.chips import ChipName, find_chip
from exportrules.question.names.exporters import find_exporter, near_addressee
from exportrules.question.names.placeholders import says_nothing
from exportrules.question.names.places import find_place
from exportrules.question.question import ACTIVITIES, read_end_uses
from exportrules.question.senses import PartyName, body_of, read_name
from exportrules.question.values import show

#: The values of `--dates`; ISO 8601 and months written as words are always read.
DATE_STYLES = ("iso", "dmy", "mdy", "excel", "excel1904")
#: A ledger has one of each pair: the order of day and month, and the epoch of day numbers.
_ONE_OF = ({"dmy", "mdy"}, {"excel", "excel1904"})

#: Days outside this range are typing errors: no ledger of AI chips has them.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)

#: No term of a question is longer; a longer cell has lost its quotation marks.
LONGEST_CELL = 5_000

#: Fields whose cells name parties, separated by semicolons.
PARTY_FIELDS = ("end_user", "parties")
#: Fields whose names a names file may declare not to be a listed party.
NAME_FIELDS = (*PARTY_FIELDS, "listed_owner")
#: The meaning, in a names file, of a name that is close to that of a listed party but is not that party.
NOT_LISTED = "not listed"
_DECLARED = f"{NOT_LISTED}, as declared"


class Problem(NamedTuple):
    """The reason why a row cannot be answered: a kind to count by, and a text for the reader."""

    kind: str
    text: str


class Meaning(NamedTuple):
    """The meaning of a cell: the value for a question, and its words for a reader."""

    #: Hashable, of the kind that the field takes.
    value: Any = None
    shown: str = ""
    problem: Problem | None = None
    near: tuple[str, ...] = ()


EMPTY = Meaning()
Reader = Callable[[str], Meaning]


def trouble(kind: str, text: str) -> Meaning:
    """The meaning of a cell that cannot be read: nothing but the problem."""
    return Meaning(problem=Problem(kind, text))


def brief(text: str, most: int = 60) -> str:
    """The text as a message quotes it: a cell may hold ten megabytes."""
    return repr(text if len(text) <= most else text[: most - 1] + "…")


class ChipCell(NamedTuple):
    """A chip as a ledger names it; `text` is a spelling that :func:`find_chip` accepts."""

    name: ChipName
    text: str


#: The meaning, in a names file, of memory, a CPU or freight: answered for parties and places alone.
NOT_AI = "not an AI chip"
NOT_AI_CHIP = ChipCell(ChipName(NOT_AI, ()), "")
#: The meaning, in a names file, of a value that is the same as an empty cell.
NOT_SAID = "not said"

#: Never nothing: "H20 0 pcs" is an H200 with a gap in it, or no shipment.
_COUNT = r"(?:0{0,5}[1-9][0-9]{0,5}|[1-9][0-9]{0,2}(?:,[0-9]{3})+)"
_UNIT = r"(?:pcs?|pieces|units?|ea)(?![^\W\d_])\.?"
#: A quantity that may be cut off. A letter next to a letter or digit belongs to the name ("A100X 2", "L20X 8").
_QUANTITY = (
    re.compile(rf"^(?:qty\.?:?\s*)?{_COUNT}\s*(?:[x×*]|{_UNIT})\s*(?:of\s+)?(?=\S)", re.I),
    re.compile(
        rf"(?:[\s,;]+x\s*{_COUNT}|[\s,;]*[×*]\s*{_COUNT}|"
        rf"[\s,;]*\(\s*(?:qty\.?:?\s*)?[x×]?\s*{_COUNT}\s*[x×]?\s*\))$",
        re.I,
    ),
    re.compile(rf"[\s,;]+(?:qty\.?:?\s*{_COUNT}|{_COUNT}\s*{_UNIT})$", re.I),
)
#: "A100X 2" is two of a chip with exactly that name; "L20X 8" is never eight of "L20".
_X_AND_COUNT = re.compile(rf"(\S.*[^\W_]x)\s+{_COUNT}", re.I)
_SEVERAL = re.compile(r"\s*(?:[,;/&+|\n]|\band\b)\s*", re.I)


def read_chip(ruleset: Ruleset, text: str, say: Saying = COMMAND) -> Meaning:
    """A chip as ledgers write it: a name that a question accepts, or one with a quantity beside it."""
    first: UnknownNameError | None = None
    for candidate in _without_quantity(text):
        try:
            name = find_chip(ruleset, candidate)
        except RefusedNameError as error:
            # recognised, but not one chip: without the quantity it would be a different name
            return trouble("chip not certain", brief_error(error))
        except UnknownNameError as error:
            first = first or error
            continue
        return Meaning(ChipCell(name, candidate), name.label)
    parts = [part for part in _SEVERAL.split(text) if part]
    if 1 < len(parts) < 20:
        known = [m.shown for m in (read_chip(ruleset, part) for part in parts) if m.problem is None]
        if len(known) > 1:
            named = " and ".join(dict.fromkeys(known))
            return trouble("several chips in one cell", f"{brief(text)} names {named}. Write one row for each chip.")
    near = ", ".join(first.suggestions) if first else ""
    hint = f" Near names: {near}." if near else ""
    return trouble("chip not known", f"no chip is called {brief(text)}.{hint} Say what it means in {say.names}.")


def _without_quantity(text: str) -> Iterable[str]:
    """The text itself, then what it names without a quantity."""
    yield text
    if named := _X_AND_COUNT.fullmatch(text):
        yield named[1]
    bare = text
    for pattern in _QUANTITY:
        bare = pattern.sub("", bare).strip()
    if bare and bare != text:
        yield bare


def check_dates(style: str, say: Saying = COMMAND) -> None:
    """Raises QuestionError unless the style is one of DATE_STYLES, or two of them with a comma between."""
    styles = style.split(",")
    for one in styles:
        if one not in DATE_STYLES:
            raise QuestionError(f"{say.dates(one)} is not one of: {', '.join(DATE_STYLES)}.")
    for either in _ONE_OF:
        if either <= set(styles):
            raise QuestionError(f"{say.dates(style)}: a ledger has one of {' and '.join(sorted(either))}. Keep one.")


def read_day(text: str, style: str = "iso", say: Saying = COMMAND) -> Meaning:
    """A day of export. `style` is the ledger's declared way to write ambiguous dates, see :func:`check_dates`."""
    kind = "date cannot be read"
    if not text:
        return trouble("date is empty", "the date is empty. Write the day of export, YYYY-MM-DD.")
    written = brief(text, 40)
    if ZONED.fullmatch(text):
        return trouble(
            "date is a datetime, not a day",
            f"the date {written} is a moment in a time zone; the law knows days in Washington, D.C. Write that day.",
        )
    try:
        day = day_in(text, style)
    except (ValueError, OverflowError):
        return trouble(kind, f"the date {written} is not a calendar day. Write YYYY-MM-DD.")
    if day is None:
        return trouble(kind, f"the date {written} cannot be read for certain. {cure_of(text, style, say)}")
    if not FIRST_DAY <= day <= LAST_DAY:
        return trouble(
            "date out of range", f"the date {written} is {day}, which cannot be the day of a shipment of AI chips."
        )
    return Meaning(day, day.isoformat())


def readers(ruleset: Ruleset, *, dates: str = "iso", say: Saying = COMMAND) -> Mapping[str, Reader]:
    """The readers of columns by field. An empty cell means the default, if there is one."""

    def place(text: str) -> Meaning:
        code = find_place(ruleset, text)
        return Meaning(code, f"{code} ({ruleset.places[code].name})")

    def exporter(text: str) -> Meaning:
        found, addressee = find_exporter(ruleset, text, ""), near_addressee(ruleset, text)
        if addressee:
            name = ruleset.exporters[addressee].name
            return Meaning(text.strip(), f"{name}, or another exporter", near=(name,))
        # the maker depends on the row's chip, so the question resolves it
        return Meaning(text.strip().lower(), "the chip's maker") if found is None else Meaning(found, _exporter(found))

    def _exporter(name: str) -> str:
        return ruleset.exporters[name].name if name in ruleset.exporters else "an exporter without a public letter"

    def parties(text: str) -> Meaning:
        written = [name.strip() for name in text.split(";") if name.strip()]
        for name in written:
            if says_nothing(name):
                return trouble("party says nothing", f"of the names {brief(text)}, {brief(name)} says nothing.")
        # unlisted parties are kept: what favours a deal must favour every party
        names = tuple(dict.fromkeys(read_name(ruleset, "party", name)._replace(written="") for name in written))
        listed = dict.fromkeys(ruleset.parties[party].name for name in names for party in name.listed)
        near = dict.fromkeys(ruleset.parties[party].name for name in names for party in name.near)
        bodies = dict.fromkeys(body_of(name) for name in names if name.described)
        return Meaning(names, ", ".join((*listed, *bodies)) or "on no list", near=tuple(near))

    def one_of(values: tuple[str, ...]) -> Reader:
        def read(text: str) -> Meaning:
            word = re.sub(r"[\s-]+", "_", text.strip().lower())
            if word not in values:
                return trouble("word not known", f"{brief(text)} is not one of: {', '.join(values)}.")
            return Meaning(word, word)

        return read

    def end_uses(text: str) -> Meaning:
        uses = read_end_uses(ruleset, re.sub(r"(?<=\w)[\s-]+(?=\w)", "_", text.strip().lower()))
        return Meaning(uses, ", ".join(uses))

    def fact(name: str) -> Reader:
        yes_or_no = ruleset.facts[name].type == "boolean"

        def read(text: str) -> Meaning:
            given = read_given(ruleset, name, _YES_NO.get(text.strip().casefold(), text) if yes_or_no else text)
            return Meaning((given.value,), show(given.value))

        return read

    asked: dict[str, Reader] = {
        "chip": lambda text: read_chip(ruleset, text, say),
        "on": lambda text: read_day(text, dates, say),
        "to": place,
        "exporter": exporter,
        "activity": one_of(ACTIVITIES),
        "headquarters": place,
        "ultimate_parent": place,
        "end_user": parties,
        "parties": parties,
        "end_use": end_uses,
    }
    asked |= {name: fact(name) for name in ruleset.facts if name not in asked}
    return {name: _guarded(ruleset, name, read, say) for name, read in asked.items()}


#: Yes and no in the languages of the recognised headers.
_YES_NO = {
    "y": "yes", "n": "no", "ja": "yes", "nein": "no", "はい": "yes", "いいえ": "no", "是": "yes", "否": "no",
}  # fmt: skip
#: Answers to a yes-or-no fact, which are placeholders as a name.
YES_OR_NO = frozenset(("yes", "no", "true", "false", *_YES_NO))
#: Fields that every row needs: an empty cell is a problem, not a default.
_NEVER_EMPTY = {"to": "destination", "on": "date", "exporter": "exporter"}
_CALLED = {"to": "destination", "on": "date", "end_user": "end user", "parties": "party"}


def _guarded(ruleset: Ruleset, name: str, read: Reader, say: Saying) -> Reader:
    """The reader with its errors as problems. An empty cell is the default or a problem, a placeholder is a problem."""
    wanted, called = _NEVER_EMPTY.get(name, ""), _CALLED.get(name, name.replace("_", " "))

    def guarded(text: str) -> Meaning:
        text = text.strip()
        if not text:
            return trouble(f"{wanted} is empty", f"the {wanted} is empty; it is never assumed.") if wanted else EMPTY
        if len(text) > LONGEST_CELL:
            message = f"the cell {brief(text, 40)} has {len(text):,} characters, too many to be read as {name!r}."
            return trouble("cell too long", message)
        if text[0] in "[{" and (unpacked := _unpacked(text)) is not None:
            if not (isinstance(unpacked, list) and unpacked and all(isinstance(part, str) for part in unpacked)):
                message = f"the {called} {brief(text)} is a list or a table in JSON. Write a text, or a list of texts."
                return trouble(f"{called} cannot be read", message)
            text = "; ".join(unpacked)
        if says_nothing(text) and not _is_word_of(ruleset, name, text):
            or_not = "" if wanted or name == "chip" else f", or {NOT_SAID!r} if it means the same as an empty cell"
            it = "'maker', 'other' or the company's name" if name == "exporter" else "it"
            message = (
                f"the {called} {brief(text)} says nothing. Write {it}, or say what it means in {say.names}{or_not}."
            )
            return trouble(f"{called} says nothing", message)
        try:
            return read(text)
        except RefusedNameError as error:
            # it says why, which "is not called so" would hide
            kind = f"{called if name in _NEVER_EMPTY else name} not known"
            return trouble(kind, f"{brief_error(error, 800)} Or say what it means in {say.names}.")
        except UnknownNameError as error:
            near = f" Near names: {', '.join(error.suggestions)}." if error.suggestions else ""
            kind = f"{called if name in _NEVER_EMPTY else name} not known"
            return trouble(
                kind, f"no {called} is called {brief(text)} for certain.{near} Say what it means in {say.names}."
            )
        except ExportRulesError as error:
            return trouble(f"{name} cannot be read", brief_error(error))

    return guarded


def _unpacked(text: str) -> list[Any] | dict[str, Any] | None:
    """A cell of several values, as JSON lines and columns of lists have them; None for a text in brackets."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list | dict) else None


def _is_word_of(ruleset: Ruleset, name: str, text: str) -> bool:
    """True if a text that is a placeholder elsewhere is a word of this field: Namibia's NA, another exporter, an
    unknown fact."""
    word = text.casefold()
    if name == "on":
        return any(c.isdigit() for c in text)
    if name in ("to", "headquarters", "ultimate_parent"):
        return text in ruleset.places
    if name == "exporter":
        return word == "other"
    return name not in FIELDS and (word == "unknown" or word in YES_OR_NO)


def meaning_of(field: str, written: str, means: str, read: Reader) -> Meaning:
    """The meaning that a names file gives a spelling: anything a cell may say, or a word reserved for names files."""
    word = " ".join(means.split()).casefold()
    if field == "chip" and word == NOT_AI.casefold():
        return Meaning(NOT_AI_CHIP, NOT_AI)
    if word == NOT_SAID and field not in _NEVER_EMPTY and field != "chip":
        return EMPTY._replace(shown=NOT_SAID)
    if word != NOT_LISTED or field not in NAME_FIELDS:
        return read(means)
    # for an owner, a fact of its row, the question finds out whether the name is exactly that of a listed party
    return _not_listed(written, read) if field in PARTY_FIELDS else Meaning((written, NOT_LISTED), _DECLARED)


def _not_listed(written: str, read: Reader) -> Meaning:
    """The meaning of a cell whose names are declared not to be listed parties; a problem if one is, by its exact
    name."""
    meaning = read(written)
    names: tuple[PartyName, ...] = meaning.value or ()
    if meaning.problem is None and any(name.listed for name in names):
        message = f"{brief(written)} is a listed party by its exact name: it cannot be {NOT_LISTED!r}."
        return trouble("party is listed", message)
    if meaning.problem is None and (own := [n for n in names if n.described and not n.near]):
        message = (
            f"{brief(written)} is {body_of(own[0])}: no list decides that, and it cannot be {NOT_LISTED!r}. If it is "
            f"not one, say so in a column {own[0].described}_end_user (no)."
        )
        return trouble("party is listed", message)
    declined = tuple(name._replace(near=(), declined=name.near) for name in names)
    return Meaning(declined, _DECLARED)


def brief_error(error: ExportRulesError, most: int = 400) -> str:
    """The message of an error, cut off where it is too long for a cell."""
    text = str(error)
    return text if len(text) < most else text[: most - 1] + "…"
