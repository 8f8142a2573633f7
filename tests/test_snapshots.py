"""Timelines of every chip, checked in: what a change of the law data does to past answers is printed, span by span."""

from __future__ import annotations

from pathlib import Path

import pytest

from exportrules.files.load import default_ruleset
from tests.make_snapshots import legal_effect, snapshot, wanted

LAW = default_ruleset()


#: Hong Kong and Macau are treated as the mainland is on nearly every day: of each fifth chip in every run, of all of
#: them among the slow tests.
LIKE_CHINA = ("HK", "MO")
FIFTH, ALL = ([(*w, every) for w in wanted() if w[0] in LIKE_CHINA] for every in (5, 1))


@pytest.mark.parametrize(
    ("to", "exporter", "file", "every"),
    [*((*w, 1) for w in wanted() if w[0] not in LIKE_CHINA), *FIFTH,
     *(pytest.param(*w, marks=pytest.mark.slow) for w in ALL)],
    ids=lambda v: v.stem if isinstance(v, Path) else v,
)  # fmt: skip
def test_timelines_are_as_checked_in(to: str, exporter: str, file: Path, every: int) -> None:
    head, *lines = file.read_text("utf-8").splitlines(keepends=True)
    assert [line.partition(": ")[0] for line in lines] == sorted(LAW.variants), "renew with: python -m tests.renew"
    stored, computed = "".join([head, *lines[::every]]), snapshot(to, exporter, every=every)
    if stored != computed:
        effect = legal_effect(to, stored, computed) or ["none: only the form of the file"]
        said = [
            "",
            f"Legal effect, exporter {exporter}:",
            *effect,
            "If meant: python -m tests.renew, and NEWS.md",
        ]
        pytest.fail("\n".join(said), pytrace=False)


HORIZON = LAW.horizon
HEAD = "# every chip to CN, exporter maker: first day of each answer\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "x: 2020-01-01 free; 2023-11-17 required/denial",
            "x: 2020-01-01 free; 2023-10-23 required/unpublished; 2023-11-17 required/denial",
            ["x to CN: 2023-10-23..2023-11-16 was free, is now required/unpublished"],
        ),
        (
            "x: 2020-01-01 free; 2023-11-17 required/denial; 2026-01-15 required/?",
            "x: 2020-01-01 free; 2024-01-01 required/denial; 2026-01-15 free",
            [
                "x to CN: 2023-11-17..2023-12-31 was required/denial, is now free",
                f"x to CN: 2026-01-15..{HORIZON} was required/?, is now free",
            ],
        ),
        # a span more on either side, the answers as before: one effect, joined over days on which nothing else begins
        (
            "x: 2020-01-01 free; 2021-01-01 free on tpp",
            "x: 2020-01-01 required/denial",
            [
                "x to CN: 2020-01-01..2020-12-31 was free, is now required/denial",
                f"x to CN: 2021-01-01..{HORIZON} was free on tpp, is now required/denial",
            ],
        ),
        # what is foreseen is told by its day; it has no last one
        (
            "x: 2020-01-01 free",
            "x: 2020-01-01 free; 2099-01-01 foreseen required/approval",
            ["x to CN: 2099-01-01.. was free, is now required/approval"],
        ),
        ("x: 2020-01-01 free", "y: 2020-01-01 free", ["x to CN: is gone", "y to CN: is new"]),
        ("x: 2020-01-01 free", "x: 2020-01-01 free", []),
    ],
)
def test_a_changed_snapshot_is_told_as_its_legal_effect(old: str, new: str, told: list[str]) -> None:
    assert legal_effect("CN", HEAD + old + "\n", HEAD + new + "\n") == told
