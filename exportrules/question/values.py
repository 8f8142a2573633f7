"""Parse and format the values of facts."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from exportrules.errors import QuestionError, UnknownNameError
from exportrules.law.bounds import SIGNS, between, defect, high, low, read_signs, words
from exportrules.law.facts import NOT_EN_ROUTE, Fact
from exportrules.law.model import Bounds, FactDefinition, Number, Scalar

#: A number that may have a point in its thousands: 4.800.
_THOUSANDS = r"[1-9][0-9]{0,2}\.[0-9]{3}"
_DIGITS = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"


def read_fact(name: str, value: object, vocabulary: Mapping[str, FactDefinition]) -> Fact:
    """A fact that a caller supplies, checked against the vocabulary.

    `value` may be a string from a command line; 'unknown' (or None) makes the fact unknown.
    Raises UnknownNameError for a name and QuestionError for a value outside the vocabulary.
    """
    definition = vocabulary.get(name)
    if definition is None:
        import difflib

        given = [known for known, fact in vocabulary.items() if fact.about != "derived"]
        near = difflib.get_close_matches(name.lower(), given, n=3)
        stated = ", ".join(known for known, fact in vocabulary.items() if fact.about in ("item", "deal"))
        listed = "" if near else f" A question may state: {stated}."
        raise UnknownNameError(f"there is no fact {name!r} in the vocabulary.{listed}", near)
    if value is None or value == "unknown":
        return Fact(None, "given")
    return Fact(_read_value(name, value, definition), "given")


def show(value: object) -> str:
    """A value formatted for a reader: 4992, 3.196, yes, 2023-11-17."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Bounds):
        return words(value, show)
    if isinstance(value, Decimal):
        rounded = value.quantize(Decimal("0.001")) if value.as_tuple().exponent < -3 else value  # type: ignore[operator] # finite
        text = format(rounded.normalize(), "f")
        return f"about {text}" if rounded != value else text
    if isinstance(value, frozenset | tuple):
        return ", ".join(sorted(value)) or "none"
    if value == NOT_EN_ROUTE:
        return "none"
    return str(value)


def _read_value(name: str, value: object, definition: FactDefinition) -> Scalar | frozenset[str] | Bounds:
    if definition.type == "number":
        bounds = _bounds_in(name, value)
        return _read_bounds(name, bounds, definition) if bounds else _read_number(name, value, definition)
    if definition.type == "boolean":
        words = {"true": True, "yes": True, "false": False, "no": False}
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in words:
            return words[value.lower()]
        raise QuestionError(
            f"{name} = {value!r} is not true or false. Write {name}=true, {name}=false or {name}=unknown."
        )
    if definition.type == "date":
        return read_date(value, name)
    if definition.type == "set":
        members = [value] if isinstance(value, str) else value
        if isinstance(value, str) and not value.strip(" ,"):
            raise QuestionError(f"{name} = {value!r} is empty. Omit it, or write {name}=unknown.")
        if not isinstance(members, list | tuple | set | frozenset) or not all(isinstance(m, str) for m in members):
            raise QuestionError(f"{name} = {value!r} is not a list of words.")
        if any(not member.strip(" ,") for member in members):
            raise QuestionError(f"{name} = {value!r} has an empty word. Omit it.")
        given = frozenset(part.strip() for member in members for part in member.split(",") if part.strip())
        for member in sorted(given - set(definition.values) if definition.values else ()):
            raise QuestionError(f"{name} = {member!r} is not one of: {', '.join(definition.values)}.")
        return given
    if not isinstance(value, str):
        raise QuestionError(f"{name} = {value!r} is not text.")
    if definition.values and value not in definition.values:
        raise QuestionError(f"{name} = {value!r} is not one of: {', '.join(definition.values)}.")
    return value


def _bounds_in(name: str, value: object) -> Mapping[str, object]:
    """The bounds that a caller wrote, as a mapping or as text; empty if the value is something else."""
    if isinstance(value, Bounds):
        return {word: end for word in SIGNS.values() if (end := getattr(value, word)) is not None}
    if isinstance(value, Mapping):
        if not value or not set(value) <= set(SIGNS.values()):
            raise QuestionError(f"{name} = {value!r}: bounds are written with {', '.join(SIGNS.values())}.")
        return value
    try:
        return read_signs(value) if isinstance(value, str) else {}
    except ValueError as error:
        raise QuestionError(f"{name}: {error}") from None


def _read_bounds(name: str, written: Mapping[str, object], definition: FactDefinition) -> Number | Bounds:
    bounds = Bounds(**{word: _read_number(name, end, definition) for word, end in written.items()})
    if problem := defect(bounds):
        raise QuestionError(f"{name} = {words(bounds)}: {problem}")
    # bounds that allow one value only become that value
    return between(low(bounds), high(bounds))


def _read_number(name: str, value: object, definition: FactDefinition) -> int | Decimal:
    unit = definition.unit
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float | str):
        raise QuestionError(f"{name} = {reprlib.repr(value)} is not a number{_of(unit)}.")
    if isinstance(value, int) and abs(value) > 10**20:
        raise QuestionError(f"{name} is not a plausible number{_of(unit)}. Check the unit.")
    if isinstance(value, str) and not re.fullmatch(_DIGITS, value.strip()):
        raise QuestionError(
            f"{name} = {reprlib.repr(value)} is not a number{_of(unit)}. Write digits alone, e.g. {name}=4800 or "
            f"{name}=3.2: no unit, no thousands separator."
        )
    if isinstance(value, str) and re.fullmatch(_THOUSANDS, text := value.strip().lstrip("+")):
        most, digits = definition.thousands_up_to, text.replace(".", "")
        if int(digits) <= most:
            smaller = text.rstrip("0").rstrip(".") if text.endswith("0") else f"{text}0"
            raise QuestionError(
                f"{name} = {value!r} may be {digits} with a point in its thousands, or a figure a thousand times "
                f"smaller. Write {digits} or {smaller}."
            )
    # the repr of a float is its shortest exact text: what the caller typed
    number = Decimal(float.__repr__(value) if isinstance(value, float) else value)
    if not number.is_finite() or number < 0:
        written = reprlib.repr(value)
        raise QuestionError(f"{name} = {written} is not a figure that an item can have. Write a number of 0 or more.")
    if number and abs(number.adjusted()) > 15:
        raise QuestionError(f"{name} = {reprlib.repr(value)} is not a plausible number{_of(unit)}. Check the unit.")
    if unit == "percent" and number > 100:
        raise QuestionError(f"{name} = {reprlib.repr(value)} is more than 100 percent. Write a share from 0 to 100.")
    return int(number) if number == number.to_integral_value() else number


def read_date(value: object, what: str = "the date") -> date:
    """A day from a `date` or ISO text. A `datetime` is refused, since rules take effect by calendar day."""
    if type(value) is date:
        return value
    if isinstance(value, date):
        raise QuestionError(
            f"{what} = {value!r} is a datetime; a date is required. Rules take effect by calendar day in Washington, "
            "D.C.: pass datetime.date, e.g. value.date() once it is in that time zone."
        )
    if isinstance(value, str):
        text = value.strip()
        if len(text) == 10 and text[4] == text[7] == "-" and text.isascii():
            try:
                return date.fromisoformat(text)
            except ValueError:
                raise QuestionError(f"{what} {value!r} is not a calendar day. Write YYYY-MM-DD.") from None
        raise QuestionError(f"{what} {value!r} cannot be read for certain. Write YYYY-MM-DD, e.g. 2022-09-15.")
    raise QuestionError(f"{what} = {value!r} is not a date. Write YYYY-MM-DD or pass datetime.date.")


def _of(unit: str) -> str:
    return f" of {unit}" if unit else ""
