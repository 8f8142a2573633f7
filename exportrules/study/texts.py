"""The texts of 2022, 2023, 2025 and 2026 compared over every chip of the catalogue, as a page with counts.

Each text is applied to every chip, as if all had been public on its day, so that only the texts differ. Every answer
comes from :func:`exportrules.timeline`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from exportrules.answer.determination import timeline
from exportrules.answer.words import decision
from exportrules.law.ruleset import Ruleset
from exportrules.question.catalogue import chip_rows

#: The number of names in a list before the rest are only counted.
_MOST = 12


class Text(NamedTuple):
    """One state of the law: a day, and the layer."""

    name: str
    on: date
    what: str
    as_printed: bool = False
    certified: bool = False


class Kind(NamedTuple):
    """The answer of a text for a chip: the outcome, and the policy if a license is required."""

    outcome: str
    policy: str | None

    @property
    def words(self) -> str:
        return decision(self.outcome, self.policy)


#: A day on which each text was in force, without letters to single companies where the exporter is `other`.
TEXTS = (
    Text("October 2022", date(2022, 12, 1), "87 FR 62186: 3A090 by aggregate I/O and compute"),
    Text("October 2023", date(2023, 12, 1), "88 FR 73458: 3A090.a and .b by TPP and performance density"),
    Text("January 2025, printed", date(2025, 3, 3), "90 FR 4544: its worldwide requirement as printed", True),
    Text("January 2025, enforced", date(2025, 3, 3), "the same as enforced: its compliance day never came"),
    Text("January 2026", date(2026, 2, 2), "91 FR 1684, for an application without its certifications"),
    Text("January 2026, certified", date(2026, 2, 2), "91 FR 1684, for a certified application", certified=True),
)
#: The places of the second table.
PLACES = ("CN", "MO", "RU", "AE", "SA", "VN", "SG", "IN", "DE")


def answers(law: Ruleset, chips: Sequence[str], text: Text, to: str) -> dict[str, Kind]:
    """The answer of a text for each chip to a place, released or not, by an exporter without a public letter."""
    kinds = {}
    for chip in chips:
        every_day = timeline(
            chip, to=to, exporter="other", as_printed=text.as_printed, ruleset=law,
            facts={"privately_informed": False, "part_748_dd_certified": text.certified},
        )  # fmt: skip
        answer = every_day.at(text.on).law
        kinds[chip] = Kind(answer.outcome, answer.review_policy if answer.outcome == "license_required" else None)
    return kinds


def page(law: Ruleset) -> str:
    """The whole of docs/texts.md."""
    chips = [row.chip for row in chip_rows(law) if row.kind == "ic"]
    china = {text: answers(law, chips, text, "CN") for text in TEXTS}
    return "\n".join([*_head(law, chips), *_counts(china), *_changes(law, china), *_places(law, chips, china)]) + "\n"


def _head(law: Ruleset, chips: Sequence[str]) -> Iterator[str]:
    yield from [
        "# The texts compared",
        "",
        "Written by `python -m tests.renew`; a test keeps it so. Not legal advice.",
        "",
        f"What did each text of the rules reach? Every chip of the catalogue ({len(chips)} variants: chips and",
        "modules, the systems that contain them left out) is asked about under each of them, **as if all had been",
        "public on its day**: so the texts differ, and the chips do not. The exporter is `other`, whom no letter",
        "binds, public or not (`privately_informed=false`); the buyer is civil and on no list.",
        f"Ruleset {law.edition.edition}, {law.currency}.",
        "",
        "| text | asked on | what it is |",
        "| --- | --- | --- |",
        *(f"| {text.name} | {text.on} | {text.what} |" for text in TEXTS),
        "",
    ]


def _counts(china: dict[Text, dict[str, Kind]]) -> Iterator[str]:
    yield from ["## To China, by answer", "", "Variants with each answer.", ""]
    numbers = {text: Counter(kinds.values()) for text, kinds in china.items()}
    kinds = sorted({kind for counted in numbers.values() for kind in counted}, key=_rank)
    yield f"| answer | {' | '.join(text.name for text in TEXTS)} |"
    yield f"| --- |{' ---: |' * len(TEXTS)}"
    for kind in kinds:
        yield f"| {kind.words} | {' | '.join(str(numbers[text][kind]) for text in TEXTS)} |"
    yield f"| *all* | {' | '.join(str(sum(numbers[text].values())) for text in TEXTS)} |"
    yield ""


def _rank(kind: Kind) -> tuple[int, str]:
    order = ("no_license_requirement", "license_exception", "license_required", "indeterminate")
    return order.index(kind.outcome), kind.policy or ""


def _changes(law: Ruleset, china: dict[Text, dict[str, Kind]]) -> Iterator[str]:
    names = {row.chip: row.name for row in chip_rows(law)}
    yield from ["## What each text changed, to China", ""]
    # each text beside its predecessor, as enforced; the last pair shows the effect of certification
    for before, after in pairwise(text for text in TEXTS if not text.as_printed):
        moved: dict[tuple[Kind, Kind], list[str]] = {}
        for chip, kind in china[after].items():
            if kind != china[before][chip]:
                moved.setdefault((china[before][chip], kind), []).append(names[chip])
        total = sum(map(len, moved.values()))
        yield from [f"### {before.name} to {after.name}", "", f"{total} of {len(china[after])} variants.", ""]
        if not moved:
            continue
        yield from ["| from | to | variants | which |", "| --- | --- | ---: | --- |"]
        for (was, now), which in sorted(moved.items(), key=lambda item: (-len(item[1]), item[0])):
            more = f" and {len(which) - _MOST} more" if len(which) > _MOST else ""
            yield f"| {was.words} | {now.words} | {len(which)} | {', '.join(which[:_MOST])}{more} |"
        yield ""


def _places(law: Ruleset, chips: Sequence[str], china: dict[Text, dict[str, Kind]]) -> Iterator[str]:
    yield from [
        "## Where a license was needed",
        "",
        "Variants that need a license under each text, by destination; in brackets those for which it is undetermined.",
        "A license exception counts as none.",
        "",
        f"| destination | {' | '.join(text.name for text in TEXTS)} |",
        f"| --- |{' ---: |' * len(TEXTS)}",
    ]
    for place in PLACES:
        cells = []
        for text in TEXTS:
            kinds = china[text] if place == "CN" else answers(law, chips, text, place)
            number = Counter(kind.outcome for kind in kinds.values())
            unsure = f" ({number['indeterminate']})" if number["indeterminate"] else ""
            cells.append(f"{number['license_required']}{unsure}")
        yield f"| {law.places[place].name} | {' | '.join(cells)} |"
    yield from [
        "",
        "Any other day, place, exporter or chip: `exportrules matrix CHIP... --to PLACE,PLACE --on DAY,DAY`, or",
        "[the data](data.md). By month, and only what was public: `exportrules share NVIDIA`.",
    ]
