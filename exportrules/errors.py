"""The exceptions of the project. Their messages are API: what is wrong, why it matters, what to write."""

from __future__ import annotations

from collections.abc import Sequence


class ExportRulesError(Exception):
    """Base of every error that a caller can cause and correct."""


class QuestionError(ExportRulesError, ValueError):
    """A date, a fact or an option of the question is invalid."""


class UnknownNameError(QuestionError):
    """A chip, place, exporter or fact that is not in the data; `suggestions` are similar names."""

    def __init__(self, message: str, suggestions: Sequence[str] = ()) -> None:
        self.suggestions = tuple(suggestions)
        if self.suggestions:
            message += " Did you mean " + either(self.suggestions) + "?"
        super().__init__(message)


class RefusedNameError(UnknownNameError):
    """A name that is recognised but does not identify one chip or place: a server, a series, a city, a region.

    Its message says why, so that no door replaces it."""


class RulesetError(ExportRulesError):
    """A rule, chip, group, party or case file is invalid. `where` is the file and key path.

    The message gives the first problem; `problems` has one line for each.
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
    """A requested output file cannot be written."""


#: Characters that control or mislead a terminal: controls other than tab and newline, and bidirectional overrides.
ORDERS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"


def one_line(text: str) -> str:
    """The text with unprintable characters escaped, since messages quote the words of files."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def either(names: Sequence[str]) -> str:
    """The names quoted and joined with "or", for a message that offers a choice."""
    quoted = [repr(name) for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]
