"""What a terminal can show: colour only where someone looks at it, blocks only where its characters allow."""

from __future__ import annotations

import os
import sys

#: The colour of an answer, in the eight that every terminal has.
HUES = {
    "no_license_requirement": "cyan",
    "license_exception": "yellow",
    "license_required": "red",
    "not_released": "bright_black",
    "indeterminate": "magenta",
}


def coloured() -> bool:
    """Whether to colour: the output is a terminal, and neither NO_COLOR nor TERM=dumb says otherwise."""
    asked_not = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not asked_not


def tinted(text: str, outcome: str, *, bold: bool = False) -> str:
    """The text in the colour of an outcome, or as it is where nobody wants colour."""
    if not coloured():
        return text
    import click

    return click.style(text, fg=HUES[outcome], bold=bold or None)


def draws(characters: str) -> bool:
    """Whether the output can show these characters."""
    import click

    context = click.get_current_context(silent=True)
    known = context.obj if context else None  # what `main` found, before it made the output UTF-8
    try:
        characters.encode(known or sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
