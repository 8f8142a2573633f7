"""The catalogue as JSON, with numbers as numbers: each figure has its unit, its origin and a flag for estimates."""

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
    # as in the columns of the table: `chip` is the name for readers, `id` the one for commands
    fields: dict[str, Any] = {"chip": plain.pop("name"), "id": plain.pop("chip")}
    fields |= {name: value.isoformat() if isinstance(value, date) else value for name, value in plain.items()}
    fields["contains"] = [{"chip": chip, "count": count} for chip, count in row.contains]
    figures: dict[str, Any] = {}
    for figure in row.figures:
        if figure.reading == 1:
            figures[figure.figure] = _figure(figure)
        else:
            others = figures[figure.figure].setdefault("other_readings", [])
            others.append({**_value(figure), **({"basis": figure.basis} if figure.basis else {})})
    return {**fields, "figures": figures}


def _figure(figure: Figure) -> dict[str, Any]:
    fields: dict[str, Any] = {**_value(figure), "unit": figure.unit or None, "origin": figure.origin}
    if figure.derivation:
        fields["derivation"] = figure.derivation
    return {**fields, "estimated": figure.estimated}


def _value(figure: Figure) -> dict[str, Any]:
    ends = {end: getattr(figure.bounds, end, None) for end in _ENDS}
    return {"value": _number(figure.value), **{e: _number(v) for e, v in ends.items() if v is not None}}


def _number(value: Any) -> Any:
    number = figure_value(value)
    return float(number) if isinstance(number, Decimal) else number
