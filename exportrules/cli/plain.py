"""A plain `check NAME --on DAY`, optionally with --json, is parsed and printed without click, a tenth of its time.

Every other command line, help and mistakes included, is parsed by click.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from exportrules.cli.terminal import tinted

if TYPE_CHECKING:
    from exportrules.answer.determination import Determination


class PlainCheck(NamedTuple):
    """The arguments of a plain check."""

    chip: str
    on: str
    as_json: bool = False


def read(words: Sequence[str]) -> PlainCheck | None:
    """The arguments if the words are a plain check; None for anything else."""
    rest = list(words)
    if rest[:1] != ["check"] or rest.count("--on") != 1 or rest.count("--json") > 1 or rest[-1] == "--on":
        return None
    on = rest.pop(rest.index("--on") + 1)
    names = [word for word in rest[1:] if word not in ("--on", "--json")]
    if len(names) != 1 or not all(word.isascii() and word and word[0] != "-" for word in (on, *names)):
        return None
    return PlainCheck(names[0], on, "--json" in rest)


def answer(asked: PlainCheck) -> int:
    """Print the answer and return the exit status."""
    from exportrules.answer.determination import check

    determination = check(asked.chip, on=asked.on)
    print(as_data(determination) if asked.as_json else as_text(determination))
    sys.stdout.flush()
    return status(determination)


def as_data(determination: Determination) -> str:
    """The whole determination as JSON: indented on a terminal, one line if it is piped."""
    from exportrules.render.safe import safe_json

    return safe_json(determination.to_json(2 if sys.stdout.isatty() else None))


def as_text(determination: Determination) -> str:
    """The short answer, its first line in the colour of the outcome."""
    from exportrules.render.text import answer

    return coloured(answer(determination), determination.outcome)


def coloured(text: str, outcome: str) -> str:
    """A text with its first line in the colour of the outcome."""
    first, end, rest = text.partition("\n")
    return tinted(first, outcome, bold=True) + end + rest


def status(determination: Determination) -> int:
    """The exit status: 3 for an indeterminate answer, else 0."""
    return 3 if determination.outcome == "indeterminate" else 0
