"""The exceptions of the project. Their messages are API: what is wrong, why it matters, what to write."""

from __future__ import annotations

import re
from collections.abc import Sequence


class ExportRulesError(Exception):
    """Base of every error that a caller can cause and mend."""


class QuestionError(ExportRulesError, ValueError):
    """The question cannot be asked as it stands: a date, a fact, an option."""


class UnknownNameError(QuestionError):
    """A chip, place, exporter or fact that is not known here; `suggestions` are near names."""

    def __init__(self, message: str, suggestions: Sequence[str] = ()) -> None:
        self.suggestions = tuple(suggestions)
        if self.suggestions:
            message += " Did you mean " + either(self.suggestions) + "?"
        super().__init__(message)


class RefusedNameError(UnknownNameError):
    """A name that is understood and does not name one chip: a server, a driver's mask, a series."""


class RulesetError(ExportRulesError):
    """A rule, chip, group, party or case file is bad. `where` is the file and key path.

    The message has the first problem; `problems` has a line for each.
    """

    def __init__(self, where: str, message: str, problems: Sequence[str] = ()) -> None:
        self.where = where
        self.problems = tuple(one_line(f"{where}: {problem}") for problem in problems or (message,))
        super().__init__(one_line(f"{where}: {message}"))


class LedgerError(ExportRulesError):
    """A ledger, its manifest or its map of names cannot be read. `where` is the file."""

    def __init__(self, where: str, message: str) -> None:
        self.where = where
        super().__init__(f"{where}: {message}")


class OutputError(ExportRulesError):
    """A file that was asked for cannot be written."""


#: What a terminal acts upon or is misled by: control characters but for tab and line end, and turned directions.
ORDERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """The text with whatever is no printable character shown as an escape: a file's own words stand in messages."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def either(names: Sequence[str]) -> str:
    """Names to choose from, as a message has them."""
    quoted = [repr(name) for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]
