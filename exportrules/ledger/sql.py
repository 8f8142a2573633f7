"""The segment table for warehouses, and the look-up in it as SQL: plain joins that contain no rule."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from exportrules.errors import QuestionError, UnknownNameError
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import last_day
from exportrules.ledger.answers import ANSWER_COLUMNS, DATES, Layer, column, segments, timeline_of
from exportrules.ledger.cells import ChipCell
from exportrules.question.names.chips import ChipName, find_chip, spellings_of
from exportrules.question.names.exporters import find_exporter, near_addressee
from exportrules.question.names.places import find_place

#: First day of the first segment, and last day of the last.
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)

#: Answer columns of a segment: those of a ledger but for `party` and `problem`, which are about a row.
ANSWERS = tuple(name for name in ANSWER_COLUMNS if name not in ("party", "problem"))
COLUMNS = ("chip", "destination", "exporter", "valid_from", "valid_through", *ANSWERS)
NAMES = ("chip_key", "chip", "name")


def name_rows(ruleset: Ruleset, chips: Sequence[str] | None) -> dict[str, ChipName]:
    """The chip that each spelling means, by the spelling's key; only `chips`, if given."""
    wanted = [set(find_chip(ruleset, chip).variants) for chip in chips] if chips else None
    every = spellings_of(ruleset)
    return {
        spelling: name
        for spelling, name in every.items()
        if wanted is None or any(set(name.variants) <= variants for variants in wanted)
    }


def chip_ids(ruleset: Ruleset, names: Mapping[str, ChipName]) -> dict[str, str]:
    """The id in the tables of each spelling's chip: a name that `check` resolves to exactly its variants.

    That is the id of a variant or of a whole family. For several variants together it is the shortest name that the
    chip files give them ('A100 40GB'), or else the shortest spelling.
    """
    ids: dict[tuple[str, ...], str] = {}
    for name in names.values():
        if name.variants not in ids:
            ids[name.variants] = _id_of(ruleset, name, names)
    return {spelling: ids[name.variants] for spelling, name in names.items()}


def _id_of(ruleset: Ruleset, name: ChipName, names: Mapping[str, ChipName]) -> str:
    # a family may have the id of one of its variants, so the id that is tried first must resolve to `name`
    ids = [*name.variants[:1], ruleset.variants[name.variants[0]][1].id]
    written = {n for v in name.variants for n in (ruleset.variants[v][0].name, *ruleset.variants[v][0].aliases)}
    spelled = {spelling for spelling, other in names.items() if other.variants == name.variants}
    shortest = (sorted(texts, key=lambda text: (len(text), text)) for texts in (written, spelled))
    for candidate in itertools.chain(ids, *shortest):
        try:
            variants = find_chip(ruleset, candidate).variants
        except UnknownNameError:
            continue
        if variants == name.variants:
            return candidate
    raise AssertionError(f"no name means exactly {name.variants}")


def segment_rows(
    ruleset: Ruleset, names: Mapping[str, ChipName], to: Sequence[str] | None, exporters: Sequence[str], layer: Layer
) -> Iterator[dict[str, Any]]:
    """One row for every chip, destination, exporter and segment. Raises UnknownNameError for an unknown name."""
    not_encoded = set(ruleset.edition.destinations_not_encoded)
    places = [find_place(ruleset, place) for place in to] if to else sorted(set(ruleset.places) - not_encoded)
    # the maker depends on the chip; other exporters are given by id, or as written if they may be an addressee
    who = [w.casefold() if w.casefold() == "maker" else _named(ruleset, w) for w in exporters]
    edition = ruleset.edition.edition
    ids = chip_ids(ruleset, names)
    chip_cells = {ids[spelling]: ChipCell(name, spelling) for spelling, name in names.items()}
    for chip, place, exporter in itertools.product(sorted(chip_cells), places, who):
        timeline = timeline_of(ruleset, {"chip": chip_cells[chip], "to": place, "exporter": exporter}, layer)
        spans = zip(timeline.starts, segments(timeline), strict=True)
        alike = [next(same) for _, same in itertools.groupby(spans, key=lambda pair: pair[1])]
        stops = [start for start, _ in alike[1:]]
        for (start, segment), stop in zip(alike, [*stops, None], strict=True):
            answers = {answer: column(answer, segment, edition) for answer in ANSWERS}
            days = {"valid_from": max(start, FIRST), "valid_through": last_day(stop) or LAST}
            yield {"chip": chip, "destination": place, "exporter": exporter, **days, **answers}


def _named(ruleset: Ruleset, exporter: str) -> str | None:
    return exporter.strip() if near_addressee(ruleset, exporter) else find_exporter(ruleset, exporter, "")


def account_of(ruleset: Ruleset, layer: Layer) -> dict[str, str]:
    """The metadata of a Parquet file: which law answered, and which layer of it."""
    from exportrules import __version__

    return {
        "exportrules.version": __version__,
        "exportrules.edition": ruleset.edition.edition,
        "exportrules.verified_through": ruleset.edition.verified_through.isoformat(),
        "exportrules.sha256": ruleset.digest,
        **({"exportrules.known_on": layer.known_on.isoformat()} if layer.known_on else {}),
        **({"exportrules.as_printed": "true"} if layer.as_printed else {}),
    }


def write_segments(rows: Iterable[dict[str, Any]], account: Mapping[str, str], path: Path, *, force: bool) -> int:
    """Write the segment table as .parquet (with `account` as its metadata) or .csv; return the number of rows."""
    import pyarrow as pa

    days = dict.fromkeys(("valid_from", "valid_through", *DATES), pa.date32())
    schema = pa.schema([(n, days.get(n, pa.string())) for n in COLUMNS])
    return _write(pa.Table.from_pylist(list(rows), schema).replace_schema_metadata(account), path, force)


def write_names(
    names: Mapping[str, ChipName], ruleset: Ruleset, account: Mapping[str, str], path: Path, *, force: bool
) -> int:
    """Write the table of names that belongs to a segment table; return the number of rows."""
    import pyarrow as pa

    ids = chip_ids(ruleset, names)
    rows = [(spelling, ids[spelling], name.label) for spelling, name in sorted(names.items())]
    table = pa.table([list(column) for column in zip(*rows, strict=True)], names=list(NAMES))
    return _write(table.replace_schema_metadata(account), path, force)


def names_path(path: Path) -> Path:
    """The path of the names of a segment table: segments.names.parquet for segments.parquet."""
    return path.with_name(f"{path.stem}.names{path.suffix}")


def _write(table: Any, path: Path, force: bool) -> int:
    from exportrules.files.write import written_whole

    ending = path.suffix.lower()
    if ending not in (".parquet", ".csv"):
        raise QuestionError(f"{path.name!r}: the segment table must end in .parquet or .csv.")
    with written_whole(path, force=force) as part:
        if ending == ".parquet":
            import pyarrow.parquet as pq

            pq.write_table(table, part)
        else:
            import pyarrow.csv as pc

            pc.write_csv(table, part)
    return int(table.num_rows)


#: Only letters and digits, in lower case, as names of chips are matched (:func:`exportrules.question.names.keys.key`).
_KEY = {
    "duckdb": r"regexp_replace(lower({}), '[^\p{{L}}\p{{N}}]', '', 'g')",
    "spark": r"regexp_replace(lower({}), '[^\\p{{L}}\\p{{N}}]', '')",
}


def lookup_sql(dialect: str, ruleset: Ruleset) -> str:
    """The look-up as one SELECT over the tables `ledger`, `segments` and `names`."""
    answers = ",\n".join(f"       s.{name}" for name in ANSWERS if name != "outcome")
    chip = _KEY[dialect].format("l.chip")
    return f"""\
-- The answer to every row of a ledger, from the segment table of exportrules.
-- Edition {ruleset.edition.edition}, {ruleset.currency}, sha256 {ruleset.digest}.
-- Written for {dialect} and run there in this project's tests; elsewhere it is untested.
-- Needs: ledger(chip, destination, exporter, ship_date DATE), destinations as ISO codes, exporters as compiled
-- ('maker', 'other'); the tables segments and names as `exportrules compile` writes them. A row that meets no segment
-- stays, and is indeterminate: its chip, destination or exporter was not compiled, or its day is missing.
-- Buyers, owners, headquarters and end uses are not looked up: a buyer on no list and a civil end use are assumed. Rows
-- that say any of them belong in an audit.
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
