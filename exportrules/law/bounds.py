"""Figures that are known within bounds: compared with a line of the law, derived from one another, read and written.

A test is true of such a figure where it is true of every value within the bounds, false where it is false of every
one, and UNKNOWN otherwise. No figure is below 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Context, Decimal
from typing import Any, NamedTuple

from exportrules.law.model import Bounds, Number
from exportrules.law.truth import FALSE, TRUE, UNKNOWN, Truth, negate, truth

SIGNS = {">=": "at_least", ">": "more_than", "<=": "at_most", "<": "less_than"}
_WORDS = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}
_SIGNED = re.compile(r"(>=|<=|>|<)\s*([^<>,;\s]+)")
_EXACT = Context(prec=50)


class End(NamedTuple):
    """One end of the values: where it is, and whether the value there is one of them. `at = None` is without end."""

    at: Number | None
    inside: bool = False


def low(value: Number | Bounds) -> End:
    """The lower end; that of a number is the number."""
    if not isinstance(value, Bounds):
        return End(value, True)
    if value.more_than is not None:
        return End(value.more_than)
    return End(0 if value.at_least is None else value.at_least, True)


def high(value: Number | Bounds) -> End:
    """The upper end; that of a number is the number."""
    if not isinstance(value, Bounds):
        return End(value, True)
    return End(value.less_than) if value.less_than is not None else End(value.at_most, value.at_most is not None)


def between(lowest: End, highest: End) -> Number | Bounds:
    """The values between two ends: a number where there is one alone."""
    if lowest.at is not None and lowest.at == highest.at:
        return lowest.at
    ends: dict[str, Any] = {}
    if lowest.at or (lowest.at == 0 and not lowest.inside):
        ends["at_least" if lowest.inside else "more_than"] = lowest.at
    if highest.at is not None:
        ends["at_most" if highest.inside else "less_than"] = highest.at
    return Bounds(**ends)


def defect(bounds: Bounds) -> str:
    """What is wrong with bounds as they were written; '' if nothing is."""
    ends = [getattr(bounds, word) for word in _WORDS]
    if all(end is None for end in ends):
        return f"no bound is given. Write one or two of: {', '.join(_WORDS)}."
    if None not in (bounds.at_least, bounds.more_than) or None not in (bounds.at_most, bounds.less_than):
        return "two bounds are given for one side. Give the narrower one."
    return "" if _is_filled(low(bounds), high(bounds)) else "no value lies within these bounds."


def _is_filled(lowest: End, highest: End) -> bool:
    if lowest.at is None or highest.at is None or lowest.at < highest.at:
        return True
    return lowest.at == highest.at and lowest.inside and highest.inside


def meet(one: Number | Bounds, other: Number | Bounds) -> Number | Bounds | None:
    """The values that both allow; None if there are none."""
    # of two ends at one place the open one is the narrower
    lowest = max(low(one), low(other), key=lambda end: (end.at or 0, not end.inside))
    tops = [end for end in (high(one), high(other)) if end.at is not None]
    highest = min(tops, key=lambda end: (end.at, end.inside), default=End(None))
    return between(lowest, highest) if _is_filled(lowest, highest) else None


def hull(values: Sequence[Number | Bounds]) -> Number | Bounds:
    """The narrowest bounds that hold all of the values."""
    lowest = min((low(value) for value in values), key=lambda end: (end.at or 0, not end.inside))
    tops = [high(value) for value in values]
    highest = End(None) if any(end.at is None for end in tops) else max(tops, key=lambda end: (end.at or 0, end.inside))
    return between(lowest, highest)


def total(one: Number | Bounds, other: Number | Bounds) -> Number | Bounds:
    """What two figures are together."""
    ends = [(low(one), low(other)), (high(one), high(other))]
    return between(
        *(End(None if a.at is None or b.at is None else a.at + b.at, a.inside and b.inside) for a, b in ends)
    )


def quotient(one: Number | Bounds, by: Number | Bounds) -> Number | Bounds:
    """A figure divided by another, which is more than 0."""

    def divided(above: End, below: End, otherwise: Number | None) -> End:
        if above.at is None or not below.at:
            return End(otherwise, otherwise is not None)
        return End(_EXACT.divide(Decimal(above.at), Decimal(below.at)), above.inside and below.inside)

    lowest = divided(low(one), high(by), 0)
    return between(lowest, divided(high(one), low(by), None))


def pairwise(
    derived: Callable[[Number | Bounds, Number | Bounds], Number | Bounds],
    ones: Sequence[Number | Bounds],
    others: Sequence[Number | Bounds],
) -> list[Number | Bounds]:
    """A figure derived from each pair of readings; from bounds, one that holds all of these."""
    found = [derived(one, other) for one in ones for other in others]
    return [hull(found)] if any(isinstance(value, Bounds) for value in found) else found


def holds(value: Bounds, op: str, line: Any) -> Truth:
    """Whether a test holds of every value within the bounds, of none, or of some."""
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
    """As a sentence has them: 'at least 5.92 and less than 6'. `form` writes a number."""
    return " and ".join(f"{_WORDS[word]} {form(end)}" for word, end in stated(value)) or "any value"


def signs(value: Bounds) -> str:
    """As a command line has them: '>=5.92 <6'."""
    return " ".join(f"{sign}{end:f}" for sign, end in signed(value))


def stated(value: Bounds) -> Iterator[tuple[str, Decimal]]:
    """Each bound that is given, by its word."""
    for word in _WORDS:
        if (end := getattr(value, word)) is not None:
            yield word, Decimal(end)


def signed(value: Bounds) -> Iterator[tuple[str, Decimal]]:
    """Each bound that is given, by its sign."""
    return ((sign, end) for word, end in stated(value) for sign, name in SIGNS.items() if name == word)


def read_signs(text: str) -> dict[str, str]:
    """The bounds of a text such as '>=5.92, <6', by their words; empty where the text is none. Raises ValueError for
    one side given twice."""
    found: dict[str, str] = {}
    for sign, number in _SIGNED.findall(text):
        if SIGNS[sign] in found:
            raise ValueError(f"{sign} is given twice. Give the narrower bound alone.")
        found[SIGNS[sign]] = number
    rest = _SIGNED.sub("", text).replace("and", "")
    return {} if rest.strip(" ,;") else found
