"""The catalogue as JSON: numbers as numbers, each figure with its unit, where it comes from, and how sure it is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from exportrules.question.catalogue import ChipRow, Figure, figure_value
from exportrules.render.safe import safe_json

_ENDS = ("at_least", "more_than", "at_most", "less_than")


def catalogue_json(rows: Iterable[ChipRow]) -> str:
    """The rows as a JSON list."""
    return safe_json(json.dumps([_chip(row) for row in rows], ensure_ascii=False, indent=2))


def _chip(row: ChipRow) -> dict[str, Any]:
    plain = row._asdict()
    # the names of the columns of the table: `chip` is what people read, `id` what commands take
    found: dict[str, Any] = {"chip": plain.pop("name"), "id": plain.pop("chip")}
    found |= {name: value.isoformat() if isinstance(value, date) else value for name, value in plain.items()}
    found["contains"] = [{"chip": chip, "count": count} for chip, count in row.contains]
    figures: dict[str, Any] = {}
    for figure in row.figures:
        if figure.reading == 1:
            figures[figure.figure] = _figure(figure)
        else:
            others = figures[figure.figure].setdefault("other_readings", [])
            others.append({**_value(figure), **({"basis": figure.basis} if figure.basis else {})})
    return {**found, "figures": figures}


def _figure(figure: Figure) -> dict[str, Any]:
    found: dict[str, Any] = {**_value(figure), "unit": figure.unit or None, "origin": figure.origin}
    if figure.derivation:
        found["derivation"] = figure.derivation
    return {**found, "estimated": figure.estimated}


def _value(figure: Figure) -> dict[str, Any]:
    ends = {end: getattr(figure.bounds, end, None) for end in _ENDS}
    return {"value": _number(figure.value), **{e: _number(v) for e, v in ends.items() if v is not None}}


def _number(value: Any) -> Any:
    found = figure_value(value)
    return float(found) if isinstance(found, Decimal) else found
