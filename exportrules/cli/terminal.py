"""The abilities of the output: colour only on a terminal, block characters only if its encoding has them."""

from __future__ import annotations

import os
import sys

#: The colour of each outcome, among the eight that every terminal has.
HUES = {
    "no_license_requirement": "cyan",
    "license_exception": "yellow",
    "license_required": "red",
    "not_released": "bright_black",
    "indeterminate": "magenta",
}


def coloured() -> bool:
    """True if the output is a terminal, and neither NO_COLOR nor TERM=dumb is set."""
    declined = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not declined


def tinted(text: str, outcome: str, *, bold: bool = False) -> str:
    """The text in the colour of an outcome, or unchanged if the output is not coloured."""
    if not coloured():
        return text
    import click

    return click.style(text, fg=HUES[outcome], bold=bold or None)


def draws(characters: str) -> bool:
    """True if the output can show these characters."""
    import click

    context = click.get_current_context(silent=True)
    encoding = context.obj if context else None  # as it was before `main` set the output to UTF-8
    try:
        characters.encode(encoding or sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
