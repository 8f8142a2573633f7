"""The words in which an error asks the caller of an audit for something: options of the command line, or arguments.

Problems of rows use it too: they name the option or argument that solves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Saying(Protocol):
    """The vocabulary of one interface; an error about a whole ledger takes its words from here."""

    mapping: str
    answers: str
    also_on: str
    #: The names file or mapping, as the object of "Say what it means in ...".
    names: str

    def column(self, field: str, name: str) -> str:
        """A column that is read as a field; '' for none."""
        ...

    def columns(self, pairs: Sequence[tuple[str, str]]) -> str:
        """Several columns and their fields."""
        ...

    def every(self, field: str, value: str = "") -> str:
        """A term that applies to every row."""
        ...

    def ignore(self, names: Sequence[str]) -> str:
        """Columns that do not matter."""
        ...

    def dates(self, style: str) -> str:
        """The declaration of how ambiguous dates are written."""
        ...

    def option(self, name: str, value: str = "") -> str:
        """Any other option of an audit: encoding, delimiter, prefix, columns."""
        ...

    def header_row(self, row: int) -> str:
        """The declaration that a row of the file is the whole header; '' where a caller cannot make it."""
        ...


class _Command:
    mapping, answers, also_on, names = "--map", "--columns", "--also-on", "a --names file"

    def column(self, field: str, name: str) -> str:
        return f"--map {field}={name!r}" if name else f"--map {field}="

    def columns(self, pairs: Sequence[tuple[str, str]]) -> str:
        return " ".join(self.column(field, name) for field, name in pairs)

    def every(self, field: str, value: str = "") -> str:
        return f"--{field} {value}" if value else f"--{field}"

    def ignore(self, names: Sequence[str]) -> str:
        return " ".join(f"--ignore {name!r}" for name in names)

    def dates(self, style: str) -> str:
        return f"--dates {style}"

    def option(self, name: str, value: str = "") -> str:
        return f"--{name} {value}".rstrip()

    def header_row(self, row: int) -> str:
        return f"--header-row {row}"


class _Python:
    mapping, answers, also_on, names = "columns", "answers=[...]", "also_on=...", "names={...}"

    def column(self, field: str, name: str) -> str:
        return f"columns={{{field!r}: {name!r}}}"

    def columns(self, pairs: Sequence[tuple[str, str]]) -> str:
        fields = {field: [name for other, name in pairs if other == field] for field, _ in pairs}
        return f"columns={ {field: names if len(names) > 1 else names[0] for field, names in fields.items()}!r}"

    def every(self, field: str, value: str = "") -> str:
        return f"{field}={value!r}" if value else f"{field}=..."

    def ignore(self, names: Sequence[str]) -> str:
        return f"ignore={list(names)!r}"

    def dates(self, style: str) -> str:
        return f"dates={style!r}"

    def option(self, name: str, value: str = "") -> str:
        return f"{name}={value!r}" if value else f"{name}=..."

    def header_row(self, row: int) -> str:
        return ""


COMMAND: Saying = _Command()
PYTHON: Saying = _Python()
