"""How names of chips are read: `python -m benchmarks.names`, and `--write` to renew the table in docs/names.md.

The spellings are in tests/names: chips.tsv (collected one by one, with source), and extracts of two lists: pci.tsv
(the PCI ID database: GPUs, and other devices whose names have the words of chips in them) and driver.tsv (the device
table of NVIDIA's open kernel modules).
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from exportrules import UnknownNameError, default_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.chips import find_chip

ROOT = Path(__file__).parent.parent
TABLES = ("chips", "pci", "driver")
PAGE = ROOT / "docs" / "names.md"
BEGIN, END = "<!-- benchmarks.names -->\n", "<!-- /benchmarks.names -->\n"

Score = Literal["exact", "wider", "refused", "wrong", "rightly refused"]
SCORES: tuple[Score, ...] = ("exact", "wider", "refused", "wrong", "rightly refused")


class Spelling(NamedTuple):
    """A spelling as it was found, and what it means: ids joined by a bar, or why it is to be refused."""

    text: str
    kind: str
    source: str
    means: str


def spellings(table: str) -> Iterator[Spelling]:
    with (ROOT / "tests" / "names" / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield Spelling(row["spelling"], row["kind"], row["source"], row["means"])


def meant(ruleset: Ruleset, means: str) -> frozenset[str]:
    """The variants that a spelling means; none where it is to be refused."""
    found: set[str] = set()
    for name in means.split("|"):
        name = name.rpartition(":")[2]
        if name in ruleset.families:
            found |= {variant.id for variant in ruleset.families[name].variant}
        elif name in ruleset.variants:
            found.add(name)
        else:  # "missing", "ambiguous", "system", "not-ai"; or one of several that is missing
            return frozenset()
    return frozenset(found)


def score(ruleset: Ruleset, spelling: Spelling, known: frozenset[str]) -> Score:
    """`known` are all variants that some spelling means: what is missing may not be read as one of them."""
    wanted = meant(ruleset, spelling.means)
    try:
        read = frozenset(find_chip(ruleset, spelling.text).variants)
    except UnknownNameError:
        return "refused" if wanted else "rightly refused"
    if not wanted:
        # a chip that has come into the catalogue since
        return "exact" if spelling.means == "missing" and not read & known else "wrong"
    return "exact" if read == wanted else "wider" if read > wanted else "wrong"


def scores(ruleset: Ruleset) -> dict[str, Counter[Score]]:
    every = [spelling for table in TABLES for spelling in spellings(table)]
    known = frozenset(v for spelling in every for v in meant(ruleset, spelling.means))
    found: dict[str, Counter[Score]] = {}
    for spelling in every:
        found.setdefault(spelling.kind, Counter())[score(ruleset, spelling, known)] += 1
    return found


def table(found: dict[str, Counter[Score]]) -> str:
    """The scores as a table: of the spellings that mean a chip of the catalogue, how many are read."""
    columns = ("where it is written so", "means a chip here", "read", "of these wider", "refused", "wrong")
    lines = [f"| {' | '.join(columns)} | rightly refused |", "| --- |" + " ---: |" * 6]
    whole: Counter[Score] = Counter()
    for kind, counted in [*found.items(), ("all", whole)]:
        of = sum(counted[s] for s in ("exact", "wider", "refused"))
        read = counted["exact"] + counted["wider"]
        share = f"{read} ({100 * read / of:.0f} %)" if of else "-"
        rest = (counted["wider"], counted["refused"], counted["wrong"], counted["rightly refused"])
        lines.append(f"| {kind} | {of} | {share} | {' | '.join(map(str, rest))} |")
        whole += counted
    return "\n".join(lines) + "\n"


def renewed(page: str, printed: str) -> str:
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{printed}{END}{rest.partition(END)[2]}"


def main() -> None:
    printed = table(scores(default_ruleset()))
    if "--write" in sys.argv[1:]:
        PAGE.write_text(renewed(PAGE.read_text("utf-8"), printed), "utf-8")
    print(printed, end="")


if __name__ == "__main__":
    main()
