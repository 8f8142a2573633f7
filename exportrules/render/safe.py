"""Text that came from a file or a caller, made safe for a terminal."""

from __future__ import annotations

import unicodedata


def safe(text: str) -> str:
    """The text with control and direction-changing characters shown as escapes, not sent."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else c.encode("unicode_escape").decode()
        for c in text
    )
