"""Three-valued truth: AND is the minimum, OR the maximum, NOT the mirror image.

The values are plain integers, ordered FALSE < UNKNOWN < TRUE: Kleene's strong logic, at the cost of
comparing integers. An unknown fact never counts as "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Truth = Literal[0, 1, 2]

FALSE: Truth = 0
UNKNOWN: Truth = 1
TRUE: Truth = 2

_WORDS = ("false", "unknown", "true")
_NEGATION: tuple[Truth, Truth, Truth] = (TRUE, UNKNOWN, FALSE)


def all_of(values: Iterable[Truth]) -> Truth:
    """The minimum of the values; TRUE if there are none."""
    return min(values, default=TRUE)


def any_of(values: Iterable[Truth]) -> Truth:
    """The maximum of the values; FALSE if there are none."""
    return max(values, default=FALSE)


def negate(value: Truth) -> Truth:
    """TRUE for FALSE, FALSE for TRUE, UNKNOWN for UNKNOWN."""
    return _NEGATION[value]


def truth(value: bool) -> Truth:
    """The truth of a Python bool."""
    return TRUE if value else FALSE


def word(value: Truth) -> str:
    """'false', 'unknown' or 'true'."""
    return _WORDS[value]
