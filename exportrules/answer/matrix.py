"""One deal for several chips, to one or several destinations, on several days: a determination for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from exportrules.answer.determination import Determination, check
from exportrules.answer.words import html_table, short
from exportrules.errors import QuestionError
from exportrules.law.model import Variant
from exportrules.question.values import read_date


class MatrixRow(NamedTuple):
    """One chip to one destination: its answers in the order of the matrix's days. `to` is a code, e.g. 'CN'."""

    chip: str
    to: str
    answers: tuple[Determination, ...]


class Matrix:
    """The answers to one deal by chip, destination and day. Immutable; iterating gives its rows.

    `on` has the days, each once, in the order in which they were given.
    """

    __slots__ = ("on", "rows")
    on: tuple[date, ...]
    rows: tuple[MatrixRow, ...]

    def __init__(self, on: tuple[date, ...], rows: tuple[MatrixRow, ...]) -> None:
        object.__setattr__(self, "on", on)
        object.__setattr__(self, "rows", rows)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a matrix cannot be changed; ask again")

    def __reduce__(self) -> tuple[type[Matrix], tuple[Any, ...]]:
        return Matrix, (self.on, self.rows)

    def __iter__(self) -> Iterator[MatrixRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        """Two are equal if they have the same answers in the same order."""
        return (self.on, self.rows) == (other.on, other.rows) if isinstance(other, Matrix) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.on, self.rows))

    def __repr__(self) -> str:
        return f"<Matrix {_count(len(self.rows), 'row')} by {_count(len(self.on), 'day')}>"

    def _repr_html_(self) -> str:
        """The short answers as a table, for a notebook."""
        rows = (
            (row.chip, row.to, *(short(found.outcome, found.review_policy) for found in row.answers))
            for row in self.rows
        )
        return html_table(("chip", "to", *map(str, self.on)), rows)


def matrix(
    chips: str | Variant | Iterable[str | Variant],
    *,
    on: date | str | Iterable[date | str],
    to: str | Sequence[str] | None = None,
    **deal: Any,
) -> Matrix:
    """A determination for each chip, destination and day; the other arguments are those of :func:`check`.

    Rows are in the order of the chips, those of one chip in the order of the destinations. Raises QuestionError where
    no chip, day or destination is given, and for what cannot be understood.
    """
    named = [chips] if isinstance(chips, str | Variant) else list(chips)
    days = tuple(dict.fromkeys(map(read_date, [on] if isinstance(on, date | str) else on)))
    places = [to] if to is None or isinstance(to, str) else list(to)
    for given, what, example in ((named, "chip", 'matrix(["A100", "H20"], on="2024-06-03")'),
                                 (days, "day", 'on=["2022-09-15", "2024-06-03"]'),
                                 (places, "destination", 'to=["CN", "SG"]')):  # fmt: skip
        if not given:
            raise QuestionError(f"a matrix without a {what} has no answer. Name one or more: {example}.")
    rows = []
    for chip in named:
        for place in places:
            answers = tuple(check(chip, on=day, to=place, **deal) for day in days)
            asked = answers[0].timeline.question
            rows.append(MatrixRow(asked.label, asked.to, answers))
    return Matrix(days, tuple(rows))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
