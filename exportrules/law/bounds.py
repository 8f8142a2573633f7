"""Arithmetic on figures of which only bounds are known: compare, derive, parse and format.

A test of such a figure is TRUE if it is true of every value within the bounds, FALSE if it is false of every value,
and UNKNOWN otherwise. No figure is negative.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Context, Decimal
from typing import Any, NamedTuple, TypeGuard

from exportrules.law.model import Bounds, Number
from exportrules.law.truth import FALSE, TRUE, UNKNOWN, Truth, negate, truth

SIGNS = {">=": "at_least", ">": "more_than", "<=": "at_most", "<": "less_than"}
_WORDS = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}
_SIGNED = r"(>=|<=|>|<)\s*([^<>,;\s]+)"
_EXACT = Context(prec=50)


def is_number(value: object) -> TypeGuard[Number]:
    """True if a value is a number; a bool, which Python counts among the integers, is not."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def is_figure(value: object) -> TypeGuard[Number | Bounds]:
    """True if a value is a number, or bounds of one."""
    return is_number(value) or isinstance(value, Bounds)


class End(NamedTuple):
    """One end of a range: the value there, and whether the range includes it. `at = None` means unbounded."""

    at: Number | None
    inside: bool = False


def low(value: Number | Bounds) -> End:
    """The lower end; for a number, the number itself."""
    if not isinstance(value, Bounds):
        return End(value, True)
    if value.more_than is not None:
        return End(value.more_than)
    return End(0 if value.at_least is None else value.at_least, True)


def high(value: Number | Bounds) -> End:
    """The upper end; for a number, the number itself."""
    if not isinstance(value, Bounds):
        return End(value, True)
    return End(value.less_than) if value.less_than is not None else End(value.at_most, value.at_most is not None)


def between(lowest: End, highest: End) -> Number | Bounds:
    """The range between two ends, or a number if both ends are the same value."""
    if lowest.at is not None and lowest.at == highest.at:
        return lowest.at
    ends: dict[str, Any] = {}
    if lowest.at or (lowest.at == 0 and not lowest.inside):
        ends["at_least" if lowest.inside else "more_than"] = lowest.at
    if highest.at is not None:
        ends["at_most" if highest.inside else "less_than"] = highest.at
    return Bounds(**ends)


def defect(bounds: Bounds) -> str:
    """The reason why bounds are invalid, with the cure; '' if they are valid."""
    ends = [getattr(bounds, word) for word in _WORDS]
    if all(end is None for end in ends):
        return f"no bound is given. Write one or two of: {', '.join(_WORDS)}."
    if None not in (bounds.at_least, bounds.more_than) or None not in (bounds.at_most, bounds.less_than):
        return "two bounds are given for one side. Give the narrower one."
    return "" if _is_filled(low(bounds), high(bounds)) else "no value is within these bounds."


def _is_filled(lowest: End, highest: End) -> bool:
    if lowest.at is None or highest.at is None or lowest.at < highest.at:
        return True
    return lowest.at == highest.at and lowest.inside and highest.inside


def meet(one: Number | Bounds, other: Number | Bounds) -> Number | Bounds | None:
    """The values that both allow; None if there are none."""
    # of two ends at the same value, the one that excludes it is narrower
    lowest = max(low(one), low(other), key=lambda end: (end.at or 0, not end.inside))
    tops = [end for end in (high(one), high(other)) if end.at is not None]
    highest = min(tops, key=lambda end: (end.at, end.inside), default=End(None))
    return between(lowest, highest) if _is_filled(lowest, highest) else None


def hull(values: Sequence[Number | Bounds]) -> Number | Bounds:
    """The narrowest bounds that contain all the values."""
    lowest = min((low(value) for value in values), key=lambda end: (end.at or 0, not end.inside))
    tops = [high(value) for value in values]
    highest = End(None) if any(end.at is None for end in tops) else max(tops, key=lambda end: (end.at or 0, end.inside))
    return between(lowest, highest)


def total(one: Number | Bounds, other: Number | Bounds) -> Number | Bounds:
    """The sum of two figures."""
    if not isinstance(one, Bounds) and not isinstance(other, Bounds):
        return one + other
    ends = [(low(one), low(other)), (high(one), high(other))]
    return between(
        *(End(None if a.at is None or b.at is None else a.at + b.at, a.inside and b.inside) for a, b in ends)
    )


def quotient(one: Number | Bounds, by: Number | Bounds) -> Number | Bounds:
    """A figure divided by another, which must be positive."""
    if not isinstance(one, Bounds) and not isinstance(by, Bounds):
        return _EXACT.divide(Decimal(one), Decimal(by))

    def divided(above: End, below: End, otherwise: Number | None) -> End:
        if above.at is None or not below.at:
            return End(otherwise, otherwise is not None)
        # nothing divided by a number is nothing, whether or not its range has that number
        return End(_EXACT.divide(Decimal(above.at), Decimal(below.at)), above.inside and (below.inside or not above.at))

    lowest = divided(low(one), high(by), 0)
    return between(lowest, divided(high(one), low(by), None))


def pairwise(
    derived: Callable[[Number | Bounds, Number | Bounds], Number | Bounds],
    ones: Sequence[Number | Bounds],
    others: Sequence[Number | Bounds],
) -> list[Number | Bounds]:
    """A figure derived from each pair of readings; if any result is a range, the hull of all."""
    results = [derived(one, other) for one in ones for other in others]
    return [hull(results)] if any(isinstance(value, Bounds) for value in results) else results


def holds(value: Bounds, op: str, line: Any) -> Truth:
    """TRUE if the test holds for every value within the bounds, FALSE if for none, else UNKNOWN."""
    lowest, highest = low(value), high(value)
    if op in ("lt", "le"):
        return negate(holds(value, "ge" if op == "lt" else "gt", line))
    if op not in ("ge", "gt"):
        lines = line if isinstance(line, tuple) else (line,)
        if lowest.at == highest.at:
            return truth(lowest.at in lines)
        return UNKNOWN if any(meet(value, number) is not None for number in lines) else FALSE
    strict = op == "gt"
    if lowest.at is not None and (lowest.at > line or (lowest.at == line and not (strict and lowest.inside))):
        return TRUE
    if highest.at is not None and (highest.at < line or (highest.at == line and (strict or not highest.inside))):
        return FALSE
    return UNKNOWN


def words(value: Bounds, form: Callable[[Decimal], str] = "{:f}".format) -> str:
    """Bounds in words: 'at least 5.92 and less than 6'. `form` formats a number."""
    return " and ".join(f"{_WORDS[word]} {form(end)}" for word, end in stated(value)) or "any value"


def signs(value: Bounds) -> str:
    """Bounds as written on a command line: '>=5.92 <6'."""
    return " ".join(f"{sign}{end:f}" for sign, end in signed(value))


def stated(value: Bounds) -> Iterator[tuple[str, Decimal]]:
    """Each bound that is given, with its key ('at_least')."""
    for word in _WORDS:
        if (end := getattr(value, word)) is not None:
            yield word, Decimal(end)


def signed(value: Bounds) -> Iterator[tuple[str, Decimal]]:
    """Each bound that is given, with its sign ('>=')."""
    return ((sign, end) for word, end in stated(value) for sign, name in SIGNS.items() if name == word)


def read_signs(text: str) -> dict[str, str]:
    """The bounds of a text such as '>=5.92, <6', by key; empty if the text is something else.

    Raises ValueError if one side is given twice.
    """
    bounds: dict[str, str] = {}
    for sign, number in re.findall(_SIGNED, text):
        if SIGNS[sign] in bounds:
            raise ValueError(f"{sign} is given twice. Give the narrower bound alone.")
        bounds[SIGNS[sign]] = number
    rest = re.sub(_SIGNED, "", text).replace("and", "")
    return {} if rest.strip(" ,;") else bounds
