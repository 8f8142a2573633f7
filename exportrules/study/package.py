"""The data package: tables as CSV, JSON and Parquet, and `datapackage.json`, which describes them.

The description follows the Data Package standard (datapackage.org, version 2). A package does not record when or where
it was written, so the same edition gives the same files.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from exportrules.errors import OutputError, QuestionError
from exportrules.files.write import free, write_whole
from exportrules.law.ruleset import Ruleset
from exportrules.question.catalogue import chip_rows
from exportrules.question.names.chips import find_chip
from exportrules.question.names.places import find_place
from exportrules.study.answers import EXPORTERS, grouped_answers
from exportrules.study.tables import Field, Table, tables

FORMS = ("csv", "json", "parquet")
DESCRIPTION = "datapackage.json"
LICENSE = {
    "name": "Apache-2.0", "title": "Apache License 2.0", "path": "https://www.apache.org/licenses/LICENSE-2.0",
}  # fmt: skip
DISCLAIMER = "Not legal advice: a computed reading of cited rules."
_MEDIA = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}


def data_tables(
    ruleset: Ruleset,
    chips: Sequence[str] = (),
    to: Sequence[str] = (),
    exporters: Sequence[str] = EXPORTERS,
) -> list[Table]:
    """The tables about `chips` (names), destinations and exporters; by default all chips and all destinations.

    Raises UnknownNameError for an unknown name, QuestionError for an exporter to whom no letter is addressed.
    """
    variants = [v for chip in chips for v in find_chip(ruleset, chip).variants] or list(ruleset.variants)
    chosen = set(variants)
    families = [name for name, family in ruleset.families.items() if {v.id for v in family.variant} <= chosen]
    places = [find_place(ruleset, place) for place in to] or list(ruleset.places)
    who = [_exporter(ruleset, exporter) for exporter in exporters]
    if not who:
        raise QuestionError("no exporter is named. Write maker, other, or both.")
    rows = [row for row in chip_rows(ruleset) if row.chip in chosen]
    ids = [*(row.chip for row in rows), *families]
    answers = grouped_answers(ruleset, list(dict.fromkeys(ids)), list(dict.fromkeys(places)), list(dict.fromkeys(who)))
    return tables(ruleset, rows, families, answers)


def _exporter(ruleset: Ruleset, written: str) -> str:
    """The exporter's name in the tables. A company without a letter is refused: its answers are those of `other`."""
    name = written.strip().casefold()
    if name in ("maker", "other"):
        return name
    from exportrules.question.names.exporters import find_exporter

    exporter = find_exporter(ruleset, written, "")
    if exporter is None or exporter == "other":
        raise QuestionError(
            f"no public letter is addressed to {written!r}: its answers are those of `other`. Write --exporter other."
        )
    return exporter


def write_package(
    all_tables: Sequence[Table], ruleset: Ruleset, directory: str | os.PathLike[str], forms: Sequence[str] = FORMS,
    *, force: bool = False,
) -> list[Path]:  # fmt: skip
    """Write every table in every form, and their description last. Returns the files.

    `directory` is created if it does not exist; its parent must exist. Raises QuestionError for a file that already
    exists (without `force`), OutputError if writing fails.
    """
    target = Path(directory)
    paths = {(table.name, form): target / f"{table.name}.{form}" for table in all_tables for form in forms}
    prepared(target, [*paths.values(), target / DESCRIPTION], force)
    written: list[Path] = []
    resources = []
    for table in all_tables:
        for form in forms:
            data = _BYTES[form](table)
            path = paths[table.name, form]
            write_whole(path, data, force=force)
            written.append(path)
            resources.append(_resource(table, form, data))
    described = json.dumps(description(ruleset, resources), ensure_ascii=False, indent=2) + "\n"
    write_whole(target / DESCRIPTION, described, force=force)
    return [*written, target / DESCRIPTION]


def prepared(directory: Path, files: Iterable[Path], force: bool) -> None:
    """Create the directory and check that each file may be written, before the long work."""
    if directory.exists() and not directory.is_dir():
        raise QuestionError(f"{directory} is a file. Name a directory.")
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"{directory}: the directory cannot be created: {error.strerror or error}.") from None
    for file in files:
        free(file, force=force)


def description(ruleset: Ruleset, resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The content of datapackage.json. `exportrules` has the edition, its days of verification, and its digest."""
    edition = ruleset.edition
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "exportrules",
        "title": "US export determinations for AI chips",
        "description": (
            f"{edition.title}. What each chip of the catalogue needed, to each destination, on every day, computed "
            f"from dated and cited rules, {ruleset.currency}. {DISCLAIMER}"
        ),
        "version": edition.edition,
        "licenses": [LICENSE],
        "exportrules": {
            "edition": edition.edition,
            "covers_from": edition.covers_from.isoformat(),
            "verified_through": edition.verified_through.isoformat(),
            "text_read": edition.text_read.isoformat(),
            "register_swept": edition.register_swept.isoformat(),
            "sha256": ruleset.digest,
        },
        "resources": list(resources),
    }


def _resource(table: Table, form: str, data: bytes) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": table.name.replace("_", "-") + ("" if form == "csv" else f"-{form}"),
        "path": f"{table.name}.{form}",
        "title": table.title,
        "description": table.description,
        "format": form,
        "mediatype": _MEDIA[form],
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }
    if form != "parquet":
        resource["encoding"] = "utf-8"
    if form != "csv":
        # the other forms have the same fields, with the types of the form
        resource["rowCount"] = len(table.rows)
        return resource
    return {
        **resource,
        "type": "table",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "rowCount": len(table.rows),
        "schema": {
            "fields": [_described(field) for field in table.fields],
            "missingValues": [""],
            **({"primaryKey": list(table.key)} if "valid_from" not in table.key else {}),
            "foreignKeys": [
                {"fields": [field], "reference": {"resource": other.replace("_", "-"), "fields": [theirs]}}
                for field, other, theirs in table.refers
            ],
        },
    }


def _described(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {"name": field.name, "type": field.type, "description": field.description}
    if field.unit:
        described["unit"] = field.unit
    if field.parts:
        described["delimiter"] = field.parts
    constraints: dict[str, Any] = {"required": True} if field.required else {}
    if field.values:
        constraints["enum"] = list(field.values)
    return {**described, **({"constraints": constraints} if constraints else {})}


def _csv(table: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.name for field in table.fields])
    writer.writerows(
        [_cell(value, field) for value, field in zip(row, table.fields, strict=True)] for row in table.rows
    )
    return out.getvalue().encode("utf-8")


def _cell(value: Any, field: Field) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return field.parts.join(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _json(table: Table) -> bytes:
    """A list of lists with one row a line; the first has the names of the fields."""
    lines = [json.dumps([field.name for field in table.fields])]
    lines += [json.dumps([_plain(value) for value in row], ensure_ascii=False) for row in table.rows]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode("utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)  # exact in print: with at most six decimals the float's shortest text is the number
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else list(value) if isinstance(value, tuple) else value


def _parquet(table: Table) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ModuleNotFoundError as error:
        raise QuestionError(
            f"Parquet needs {error.name}. Install it with: pip install 'exportrules[ledger]', or write "
            "--format csv,json."
        ) from None
    types = {
        "string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
        "date": pa.date32(), "list": pa.list_(pa.string()),
    }  # fmt: skip
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.fields)
    arrays = [pa.array(_column(values, field), types[field.type])
              for values, field in zip(columns, table.fields, strict=True)]  # fmt: skip
    fields = [pa.field(f.name, types[f.type], metadata={"description": f.description, "unit": f.unit})
              for f in table.fields]  # fmt: skip
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), sink, compression="zstd")
    return sink.getvalue()


def _column(values: Iterable[Any], field: Field) -> Iterator[Any]:
    for value in values:
        if field.type == "number":
            yield None if value is None else float(value)
        else:
            yield None if value == "" else value


_BYTES = {"csv": _csv, "json": _json, "parquet": _parquet}
