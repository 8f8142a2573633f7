"""Canonical JSON: the form over which digests are computed, with exact values.

The canonical form is JSON as RFC 8785 orders and escapes it: UTF-8, no spaces, the keys of an object
in the order of their UTF-16 units. It has no fractions: an integer within 2^53 is a number, and any
other number is a string, so that no JSON tool can round it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from exportrules.errors import QuestionError
from exportrules.law.bounds import stated
from exportrules.law.model import Bounds

_LARGEST = 2**53 - 1


def exact(value: Any) -> Any:
    """A value of a question, a fact or an answer as canonical data: nothing rounded, dates as ISO text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | Decimal):
        if value != int(value):
            return format(Decimal(value).normalize(), "f")
        return int(value) if -_LARGEST <= value <= _LARGEST else str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "_asdict"):
        return exact(value._asdict())
    if isinstance(value, Bounds):
        return {word: exact(end) for word, end in stated(value)}
    if isinstance(value, Mapping):
        return {str(key): exact(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(exact(item) for item in value)
    if isinstance(value, Iterable):
        return [exact(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(value: Any) -> bytes:
    """The canonical bytes of data, with a line feed at the end. Raises QuestionError for text that is not Unicode."""
    try:
        text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        raise QuestionError("a text of the question is not valid Unicode, so it cannot be stored. Retype it.") from None


def readable(value: Any) -> str:
    """The same data indented for a reader, keys in the same order, with a line feed at the end."""
    return json.dumps(_ordered(value), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def read(text: bytes) -> Any:
    """Parse canonical data from any JSON spelling of it. Raises ValueError for a fraction or a repeated key."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in items}) < len(items):
            raise ValueError("a key is repeated in one object")
        return dict(items)

    def refuse(number: str) -> Any:
        raise ValueError(f"{number} is not an integer; other numbers are written as text here")

    def whole(number: str) -> int:
        if len(number) > 20:
            raise ValueError(f"a number has {len(number)} digits; one beyond 2^53 is written as text here")
        return int(number)

    try:
        return json.loads(
            text.decode("utf-8-sig"),
            object_pairs_hook=pairs, parse_int=whole, parse_float=refuse, parse_constant=refuse,
        )  # fmt: skip
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def sha256(value: Any) -> str:
    """The SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()


def differences(was: Any, now: Any, at: str = "") -> list[str]:
    """The paths, such as `answer.holds[1]`, at which two pieces of canonical data differ."""
    if isinstance(was, dict) and isinstance(now, dict):
        keys = sorted({*was, *now})
        return [p for k in keys for p in _inside(was, now, k, f"{at}.{k}" if at else k)]
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        return [p for i, (a, b) in enumerate(zip(was, now, strict=True)) for p in differences(a, b, f"{at}[{i}]")]
    # in Python True == 1, but in JSON true is not 1
    return [] if type(was) is type(now) and was == now else [at]


def _inside(was: dict[str, Any], now: dict[str, Any], key: str, at: str) -> list[str]:
    return differences(was[key], now[key], at) if key in was and key in now else [at]


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(item) for item in value] if isinstance(value, list | tuple) else value
