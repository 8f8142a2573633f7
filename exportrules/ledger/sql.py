"""The segment table for any warehouse, and the look-up in it as SQL: plain joins, no rule in them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from exportrules.errors import QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import last_day
from exportrules.ledger.answers import DATES, Layer, column, segments, timeline_of
from exportrules.ledger.cells import ChipCell
from exportrules.question.names.chips import ChipName, find_chip, spellings_of
from exportrules.question.names.exporters import find_exporter, near_addressee
from exportrules.question.names.places import find_place

#: Days before the first transition, and after the last: all of them.
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)

ANSWERS = (
    "outcome",
    "review_policy",
    "eccn",
    "provisions",
    "turns_on",
    "holds_from",
    "holds_until",
    "standing",
    "edition",
)
COLUMNS = ("chip", "destination", "exporter", "valid_from", "valid_through", *ANSWERS)
NAMES = ("chip_key", "chip", "name")


def name_rows(ruleset: Ruleset, chips: Sequence[str] | None) -> dict[str, ChipName]:
    """The chips that every spelling means, by its key."""
    asked = [set(find_chip(ruleset, chip).variants) for chip in chips] if chips else None
    every = spellings_of(ruleset)
    return {
        spelling: name
        for spelling, name in every.items()
        if asked is None or any(set(name.variants) <= variants for variants in asked)
    }


def chip_id(ruleset: Ruleset, name: ChipName) -> str:
    """One word for what a name means: a family, a variant, or several of them."""
    whole = name.family and len(name.variants) == len(ruleset.families[name.family].variant)
    return name.family if whole else "+".join(name.variants)


def segment_rows(
    ruleset: Ruleset, names: Mapping[str, ChipName], to: Sequence[str] | None, exporters: Sequence[str], layer: Layer
) -> Iterator[dict[str, Any]]:
    """One row for every chip, destination, exporter and segment. Raises UnknownNameError for names."""
    not_encoded = set(ruleset.edition.destinations_not_encoded)
    places = [find_place(ruleset, place) for place in to] if to else sorted(set(ruleset.places) - not_encoded)
    # who the maker is depends on the chip; whoever else is named is asked for by id, or as written where it may be one
    who = [w.casefold() if w.casefold() == "maker" else _named(ruleset, w) for w in exporters]
    edition = ruleset.edition.edition
    meant = {chip_id(ruleset, name): ChipCell(name, spelling) for spelling, name in names.items()}
    for chip, place, exporter in itertools.product(sorted(meant), places, who):
        timeline = timeline_of(ruleset, {"chip": meant[chip], "to": place, "exporter": exporter}, layer)
        begun = zip(timeline.starts, segments(timeline), strict=True)
        alike = [next(same) for _, same in itertools.groupby(begun, key=lambda pair: pair[1])]
        stops = [start for start, _ in alike[1:]]
        for (start, segment), stop in zip(alike, [*stops, None], strict=True):
            answers = {answer: column(answer, segment, edition) for answer in ANSWERS}
            days = {"valid_from": max(start, FIRST), "valid_through": last_day(stop) or LAST}
            yield {"chip": chip, "destination": place, "exporter": exporter, **days, **answers}


def _named(ruleset: Ruleset, exporter: str) -> str | None:
    return exporter.strip() if near_addressee(ruleset, exporter) else find_exporter(ruleset, exporter, "")


def write_segments(rows: Iterable[dict[str, Any]], path: Path, *, force: bool) -> int:
    """Write the segment table by the ending of its name. Returns how many rows that were."""
    import pyarrow as pa

    days = dict.fromkeys(("valid_from", "valid_through", *DATES), pa.date32())
    return _write(
        pa.Table.from_pylist(list(rows), pa.schema([(n, days.get(n, pa.string())) for n in COLUMNS])), path, force
    )


def write_names(names: Mapping[str, ChipName], ruleset: Ruleset, path: Path, *, force: bool) -> int:
    """Write the table of names beside it."""
    import pyarrow as pa

    rows = [(spelling, chip_id(ruleset, name), name.label) for spelling, name in sorted(names.items())]
    return _write(pa.table([list(column) for column in zip(*rows, strict=True)], names=list(NAMES)), path, force)


def names_path(path: Path) -> Path:
    """Where the names of a segment table are: segments.names.parquet for segments.parquet."""
    return path.with_name(f"{path.stem}.names{path.suffix}")


def _write(table: Any, path: Path, force: bool) -> int:
    from exportrules.files.write import written_whole

    ending = path.suffix.lower()
    if ending not in (".parquet", ".csv"):
        raise QuestionError(f"{path.name!r}: the segment table ends in .parquet or .csv.")
    with written_whole(path, force=force) as part:
        if ending == ".parquet":
            import pyarrow.parquet as pq

            pq.write_table(table, part)
        else:
            import pyarrow.csv as pc

            pc.write_csv(table, part)
    return int(table.num_rows)


#: Letters and digits alone, in one case: how names of chips are matched (:func:`exportrules.names.keys.key`).
_KEY = {
    "duckdb": r"regexp_replace(lower({}), '[^\p{{L}}\p{{N}}]', '', 'g')",
    "spark": r"regexp_replace(lower({}), '[^\\p{{L}}\\p{{N}}]', '')",
}


def lookup_sql(dialect: str, ruleset: Ruleset) -> str:
    """The look-up as one SELECT, to be run where the tables `ledger` and `segments` are."""
    answers = ",\n".join(f"       s.{name}" for name in ANSWERS if name != "outcome")
    chip = _KEY[dialect].format("l.chip")
    return f"""\
-- The answer to every row of a ledger, from the segment table of exportrules.
-- Edition {ruleset.edition.edition}, {ruleset.currency}, sha256 {ruleset.digest}.
-- Written for {dialect} and run there in this project's tests; elsewhere it is untested.
-- Needs: ledger(chip, destination, exporter, ship_date DATE), destinations as ISO codes, exporters as compiled
-- ('maker', 'other'); the tables segments and names as `exportrules compile` writes them. A row that meets no segment
-- stays, and is indeterminate: its chip, destination or exporter was not compiled, or its day is missing.
SELECT l.*,
       coalesce(s.outcome, 'indeterminate') AS outcome,
{answers},
       CASE WHEN s.outcome IS NULL THEN 'no segment for this chip, destination, exporter and day' END AS problem
FROM ledger AS l
LEFT JOIN names AS n
  ON n.chip_key = {chip}
LEFT JOIN segments AS s
  ON s.chip = n.chip
 AND s.destination = l.destination
 AND s.exporter = l.exporter
 AND l.ship_date BETWEEN s.valid_from AND s.valid_through
"""
