"""The parts of a workbook's sheet that readers of values omit: cells without a value, and which cells are merged.

For an error such as #N/A, or a formula that no program has computed, they give the text of an empty cell, which in
an optional column would mean that nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from exportrules.ledger.batch import NOT_A_CELL

#: A cell by its row and column, counted from 0.
Place = tuple[int, int]
_BLOCK = 1 << 20
_OVERLAP = 1 << 12
#: The error values of Excel's binary formats.
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


@dataclass
class Omitted:
    """The omissions of one sheet: the error of each cell without a value, and the ends of merged ranges."""

    errors: dict[Place, str] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)


def error_of(code: int) -> str:
    """The text of an error by its number in a binary workbook."""
    return _ERRORS.get(code, NOT_A_CELL)


def has(part: IO[bytes], sign: re.Pattern[bytes]) -> bool:
    """True if a part of a workbook has a sign of cells without a value: most have none, and are not parsed."""
    return any(sign.search(block) for block in _blocks(part))


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    before = b""
    while block := part.read(_BLOCK):
        yield before + block
        before = block[-_OVERLAP:]
