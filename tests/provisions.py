"""docs/provisions.md: all provisions with their evidence, their quotes and the text in which these were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from exportrules.files.load import default_ruleset
from exportrules.law.model import Provision
from exportrules.law.paragraphs import code_url
from exportrules.law.ruleset import Ruleset
from exportrules.study.confirm import section_of

PAGE = Path(__file__).parent.parent / "docs" / "provisions.md"

_HEAD = """# Provisions and their evidence

Written by `python -m tests.renew` from the rule files; a test keeps it so.

`published`: the operative text was read. `disclosed`: a filing tells of a letter. `reported`: secondary sources only.
A *quote* is operative words of the official text, copied by someone who read them; the link leads to the section as it
stood on the day of the text in which they were found. `exportrules confirm` looks for every quote in dated copies of
the Code that you have.
"""


def page(law: Ruleset) -> str:
    """The whole of docs/provisions.md."""
    provisions = [p for p, _ in law.provisions.values()]
    evidence = Counter(p.evidence for p in provisions)
    quoted = [p for p in provisions if p.quote]
    dated = [p for p in quoted if p.quote_on]
    lines = [
        _HEAD,
        f"{len(provisions)} provisions: {evidence['published']} published, {evidence['disclosed']} disclosed, "
        f"{evidence['reported']} reported. {len(quoted)} have a quote; {len(dated)} of these were found word for word "
        "in a dated text of the Code.",
    ]
    for instrument in law.instruments.values():
        if instrument.provision:
            lines += ["", f"## {instrument.citation}", "", "| provision | evidence | quote | found in |"]
            lines += ["| --- | --- | --- | --- |", *map(_row, instrument.provision)]
    return "\n".join(lines) + "\n"


def _row(provision: Provision) -> str:
    cells = (f"`{provision.id}`", provision.evidence or "", provision.quote, " ".join(_found_in(provision)))
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _found_in(provision: Provision) -> Iterator[str]:
    if provision.quote and provision.quote_on:
        place = provision.quote_of or provision.paragraph
        url = code_url(section_of(provision), provision.quote_on)
        yield f"[{place}, {provision.quote_on}]({url})" if url else f"{place}, {provision.quote_on}"


def pages() -> Iterator[tuple[Path, str]]:
    """(file, its text) of the table."""
    yield PAGE, page(default_ruleset())


if __name__ == "__main__":
    for file, text in pages():
        file.write_text(text, "utf-8")
