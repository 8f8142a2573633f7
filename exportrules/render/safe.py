"""Make text from a file or a caller safe for a terminal."""

from __future__ import annotations

import re
import unicodedata

from exportrules.errors import ORDERS


def safe_json(text: str) -> str:
    """JSON with these characters written as JSON escapes: the same data, with nothing for a terminal to act upon."""
    return re.sub(ORDERS, lambda match: f"\\u{ord(match.group()):04x}", text)


def safe(text: str) -> str:
    """The text with control characters and bidirectional marks replaced by escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else c.encode("unicode_escape").decode()
        for c in text
    )
