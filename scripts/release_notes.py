"""The notes of one release, from NEWS.md: `python scripts/release_notes.py [VERSION]`, the newest where none is named.

Headings under which nothing changed are left out, but for those about determinations: that nothing moved is what a
reader of a release looks for.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

NEWS = Path(__file__).parent.parent / "NEWS.md"
ALWAYS = ("Changes to past determinations", "Changes to future determinations")


def sections(news: str) -> dict[str, str]:
    """The text below each heading of a release, by its version."""
    parts = re.split(r"^## (.+)$", news, flags=re.MULTILINE)
    return {head.split(",")[0].strip(): f"## {head}{body}" for head, body in zip(parts[1::2], parts[2::2], strict=True)}


def notes(news: str, version: str = "") -> str:
    """The notes of a version. Raises ValueError where NEWS has none."""
    found = sections(news)
    if not found:
        raise ValueError("NEWS.md has no release. Begin one with a line: ## 1.0.0, data edition 2027.01")
    if version and version not in found:
        raise ValueError(f"NEWS.md has no release {version!r}. Releases: {', '.join(found)}.")
    head, *parts = re.split(r"(?=^### )", found[version or next(iter(found))], flags=re.MULTILINE)
    said = []
    for part in parts:
        title, _, body = part.partition("\n")
        if body.strip() or title.removeprefix("### ").strip() in ALWAYS:
            said.append(f"{title}\n\n{body.strip() or 'None.'}")
    return "\n\n".join([head.strip(), *said]) + "\n"


def main() -> None:
    try:
        print(notes(NEWS.read_text("utf-8"), *sys.argv[1:2]), end="")
    except ValueError as error:
        sys.exit(f"release_notes: {error}")


if __name__ == "__main__":
    main()
