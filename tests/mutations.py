"""Every mutant of the rule files: one change each, by the least step there is.

A change is made in the tables of a TOML file, wherever they are nested; which keys hold numbers, dates, words of a
closed vocabulary, relations or rows is said at the top. A new rule file is covered as soon as it is there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args

import exportrules
from exportrules.files.integrity import PLACES
from exportrules.law import model
from exportrules.law.ruleset import Ruleset
from exportrules.law.view import view_of
from tests.boundaries import Record

RULES = Path(__file__).parent.parent / "rulesets"

#: Words of a closed vocabulary: the key they stand under, and the words that may stand there.
WORDS: dict[str, tuple[str, ...]] = {
    "policy": get_args(model.Policy),
    "kind": get_args(model.Kind),
    "classifies": get_args(model.ItemKind),
    "item_kind": get_args(model.ItemKind),
    "layer": ("both", "enforced"),
    "status": ("announced", "reported"),
    "announced_by": ("maker", "press"),
    "about": ("item", "deal", "conclusion"),
    "list": get_args(model.ListName),
}
#: An operator and those next to it.
OPERATORS = {"ge": ("gt", "lt"), "gt": ("ge", "le"), "le": ("lt", "gt"), "lt": ("le", "ge")}
RELATIONS = ("displaces", "suspends", "saves_from", "overcomes", "governs")
#: Lists of words of which each is left out in turn.
LISTS = (*RELATIONS, "union", "less", "estimated", "values", "conditions", "destinations_not_encoded")
#: Tables of a list of which each is left out in turn: they are rows of law, of lists, or of a data sheet.
ROWS = ("provision", "when", "unless", "tests", "group", "member", "disputed", "place", "exporter", "party", "listing",
        "not_encoded", "variant", "alternative", "contains")  # fmt: skip
#: Tables of figures of which each is left out in turn.
FIGURES = ("dense_tops", "io_gbytes_s")
#: Dates that may be absent: their absence says something.
OPENS = ("start", "stop", "expires", "compliance", "footnote_from", "announced", "not_public_before", "released")
BY = ("by", "stop_by", "addressee", "paragraph")
GONE = "(left out)"

Step = str | int


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change of one rule file: `old` at `path` becomes `new`."""

    file: str
    path: tuple[Step, ...]
    kind: str
    old: Any
    new: Any

    def __str__(self) -> str:
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path).lstrip(".")
        return f"{self.file} {where}: {_short(self.old)} -> {_short(self.new)}"


@cache
def files() -> dict[str, dict[str, Any]]:
    """Every rule file as its tables, but for the lists of parties: those are held against what they are made from."""
    found = sorted((RULES / "us-ear").rglob("*.toml")) + sorted((RULES / "chips").rglob("*.toml"))
    found = [file for file in found if file.parent.name != "parties"]
    return {str(f.relative_to(RULES)): tomllib.loads(f.read_text("utf-8"), parse_float=Decimal) for f in found}


@cache
def law() -> Ruleset:
    return exportrules.default_ruleset()


@cache
def mutants() -> tuple[Mutant, ...]:
    """Every mutant of every file, in the order of the files."""
    return tuple(m for file, data in files().items() for m in _inside(file, data, (), ()))


# --- what is changed ------------------------------------------------------------------------------


def _inside(file: str, value: Any, path: tuple[Step, ...], around: tuple[Any, ...]) -> Iterator[Mutant]:
    """The mutants of one value and of what is inside it; `around` are the tables that hold it, innermost last."""
    key = next((part for part in reversed(path) if isinstance(part, str)), "")

    def mutant(kind: str, new: Any) -> Mutant:
        return Mutant(file, path, kind, value, new)

    if isinstance(path[-1] if path else "", int) and (key in ROWS or key in LISTS):
        yield mutant(_kind_of_row(key), GONE)
    if isinstance(value, dict):
        for inner, held in value.items():
            yield from _inside(file, held, (*path, inner), (*around, value))
        if key == "group" and value.get("member"):
            yield from _joined(file, value, path)
    elif isinstance(value, list):
        for index, held in enumerate(value):
            yield from _inside(file, held, (*path, index), (*around, value))
    elif isinstance(value, bool):
        yield mutant("flag", not value)
    elif isinstance(value, int | Decimal):
        step = Decimal(1).scaleb(int(Decimal(value).as_tuple().exponent))
        yield from (mutant("number", type(value)(value + sign * step)) for sign in (1, -1))
        if len(path) > 1 and path[-2] in FIGURES:
            yield mutant("number", GONE)
    elif isinstance(value, date):
        yield from (mutant("date", value + timedelta(days=sign)) for sign in (1, -1) if value != date.max or sign < 0)
        if key in OPENS:
            yield mutant("date", GONE)
    elif isinstance(value, str):
        yield from (mutant(kind, new) for kind, new in _words(key, value, path, around))


def _kind_of_row(key: str) -> str:
    if key in RELATIONS:
        return "relation"
    if key in ("member", "disputed"):
        return "membership"
    return "group" if key in ("union", "less") else "word" if key in LISTS else "row"


def _joined(file: str, group: Mapping[str, Any], path: tuple[Step, ...]) -> Iterator[Mutant]:
    """A country more in a group: the first place that is not in it."""
    inside = {m["country"] for m in group["member"]}
    other = next(code for code in law().places if code not in inside)
    yield Mutant(file, (*path, "member", len(group["member"])), "membership", GONE, {"country": other})


def _words(key: str, value: str, path: tuple[Step, ...], around: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """(kind, other word) for a word that the law is made of; nothing for a text."""
    table = next(held for held in reversed(around) if isinstance(held, dict))
    if key == "op":
        yield from (("operator", other) for other in OPERATORS.get(value, ()))
    elif key == "bound" and table["op"] == "in_group":
        yield "group", _nearest(value)
    elif key == "bound":
        yield "word", _next(value, record().words.get(table["fact"], []))
        if isinstance(path[-1], int) and len(table["bound"]) > 1:
            yield "word", GONE
    elif key == "fact" and "op" in table:
        yield "word", _next(value, _alike(value))
    elif key == "value" and table.get("fact") in law().facts:
        yield "word", _next(value, record().words.get(table["fact"], []))
    elif key == "country":
        yield "membership" if "member" in path else "word", _next(value, list(law().places))
    elif key == "vendor":
        yield "word", _next(value, list(law().exporters))
    elif key == "chip":
        yield "word", _next(value, list(law().variants))
    elif key == "assumed":
        yield "word", _next(value, list(law().facts[str(path[-2])].values) or ["", "other"])
    elif key in BY and not (key == "paragraph" and ("when" in path or "unless" in path)):
        yield "relation", GONE
    elif key in WORDS and value in WORDS[key]:
        yield "word", _next(value, list(WORDS[key]))


def _next(value: str, words: list[str]) -> str:
    """The word after this one, around the end."""
    others = [word for word in words if word != value]
    return others[words.index(value) % len(others)] if value in words and others else f"{value}-x"


def _alike(fact: str) -> list[str]:
    """The facts that could stand in its place."""
    kind = law().facts[fact].type
    return [n for n, f in law().facts.items() if f.type == kind and (n in PLACES) == (fact in PLACES)]


@cache
def _nearest(group: str) -> str:
    """The other group with the most days in common: the likeliest slip, and the hardest to see."""

    def days(name: str) -> set[Any]:
        return {(code, span) for code in law().places for span in view_of(law()).membership(name, code)}

    mine = days(group)
    return min((name for name in law().groups if name != group), key=lambda name: (len(mine ^ days(name)), name))


@cache
def record() -> Record:
    """The record of the law as it is."""
    return Record(law())


def changed(mutant: Mutant) -> dict[str, Any]:
    """The tables of the mutant's file with the one change."""
    tables: dict[str, Any] = _at(files()[mutant.file], mutant.path, mutant.new)
    return tables


def _at(value: Any, path: Sequence[Step], new: Any) -> Any:
    """A copy of nested tables with another value at a path, or none."""
    step, rest = path[0], path[1:]
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[step] = _at(value[step], rest, new)
    elif new == GONE:
        del copy[step]
    elif isinstance(copy, list) and step == len(copy):
        copy.append(new)
    else:
        copy[step] = new
    return copy


def _short(value: Any) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
