"""Numbered values for the page's data, and days as text that sorts."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

#: One encoder for all values: `json.dumps` makes another for each.
_written = json.JSONEncoder(ensure_ascii=False).encode


class Distinct:
    """Values with a number for each, without duplicates."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[str, int] = {}

    def number(self, value: Any) -> int:
        key = _written(value)
        number = self._numbers.setdefault(key, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number


def iso(day: date) -> str:
    """A day as text; '' for the first day of all."""
    return "" if day == date.min else day.isoformat()
