"""Three-valued truth: AND is the minimum, OR the maximum, NOT the mirror image.

The values are plain integers, ordered FALSE < UNKNOWN < TRUE, so that the algebra is that of
the strong Kleene logic and costs nothing. A fact that is not known never reads as "no".
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
    """The least of the values; of none of them, TRUE."""
    return min(values, default=TRUE)


def any_of(values: Iterable[Truth]) -> Truth:
    """The greatest of the values; of none of them, FALSE."""
    return max(values, default=FALSE)


def negate(value: Truth) -> Truth:
    """TRUE for FALSE and the reverse; UNKNOWN stays."""
    return _NEGATION[value]


def truth(value: bool) -> Truth:
    """The truth of a Python bool."""
    return TRUE if value else FALSE


def word(value: Truth) -> str:
    """'false', 'unknown' or 'true'."""
    return _WORDS[value]
