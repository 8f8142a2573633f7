"""Text that came from a file or a caller, made safe for a terminal."""

from __future__ import annotations

import unicodedata

from exportrules.errors import ORDERS


def safe_json(text: str) -> str:
    """JSON with the same characters written as its own escapes: the same data, and nothing for a terminal to act on."""
    return ORDERS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def safe(text: str) -> str:
    """The text with control and direction-changing characters shown as escapes, not sent."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else c.encode("unicode_escape").decode()
        for c in text
    )
