"""Parse requests without loss: nothing is guessed, dropped or rounded on the way to a question."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from exportrules.errors import QuestionError
from exportrules.serve.requests import FIELDS, Request

#: One entry of a table: the name of the field, and that of the entry.
_ENTRY = re.compile(r"(\w+)\[([^\[\]]*)\]")
#: Kinds of fields that a query may name more than once.
_SEVERAL = ("texts", "days", "words", "parts")
_FLAGS = {"true": True, "false": False}
#: Lists and tables within one another, at most. No request needs more than three.
_DEEPEST = 20


def read_json(body: bytes) -> Any:
    """The value of a JSON text, with exact numbers. Raises QuestionError, also for a repeated key."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_pairs, parse_float=Decimal, parse_constant=_no_number
        )
        _refuse_deep(value)
        return value
    except UnicodeDecodeError:
        raise QuestionError("the request is not UTF-8 text.") from None
    except RecursionError:
        raise QuestionError("the request is nested too deep.") from None
    except QuestionError:
        raise
    except (ValueError, ArithmeticError) as error:
        raise QuestionError(
            f'the request is not JSON: {error}. Write e.g. {{"chip": "A100", "on": "2022-09-15"}}.'
        ) from None


def _refuse_deep(value: Any) -> None:
    """Refuse what Python from 3.14 on parses at any depth, and no message could show."""
    level = [value]
    for _ in range(_DEEPEST + 1):
        inner = [v.values() if isinstance(v, dict) else v for v in level if isinstance(v, dict | list)]
        if not inner:
            return
        level = [value for values in inner for value in values]
    raise QuestionError("the request is nested too deep.")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise QuestionError(f"{repeated!r} is given twice. Give it once.")
    return table


def _no_number(text: str) -> Any:
    raise QuestionError(f"{text} is not a number of JSON. Write digits, or omit the field.")


def read_query(query: bytes, request: Request) -> dict[str, Any]:
    """The fields of a query string: lists by repeating a name, facts as `facts[tpp]=2368`. Raises QuestionError."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=500
        )
    except UnicodeDecodeError:
        raise QuestionError(
            "the query is not percent-encoded UTF-8. Encode it, e.g. with curl --data-urlencode."
        ) from None
    except ValueError as error:
        raise QuestionError(f"the query cannot be read: {error}. Write NAME=VALUE&NAME=VALUE.") from None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        entry = _ENTRY.fullmatch(name)
        kind = FIELDS[name].kind if name in request.fields else ""
        table = FIELDS[entry[1]].kind if entry and entry[1] in request.fields else ""
        if kind in ("facts", "columns"):
            raise QuestionError(f"{name} is a table: write each of its entries as {name}[NAME]=VALUE.")
        if entry and table == "columns":
            fields.setdefault(entry[1], {}).setdefault(entry[2], []).append(value)
        elif entry and table == "facts":
            facts = fields.setdefault(entry[1], {})
            if entry[2] in facts:
                raise QuestionError(f"the fact {entry[2]!r} is given twice. Give it once.")
            facts[entry[2]] = value
        elif kind in _SEVERAL:
            fields.setdefault(name, []).append(value)
        elif name in fields:
            raise QuestionError(f"{name} is given twice. Give it once.")
        elif kind == "flag":
            if value not in _FLAGS:
                raise QuestionError(f"{name} = {value!r} is not true or false.")
            fields[name] = _FLAGS[value]
        else:
            fields[name] = value
    return fields
