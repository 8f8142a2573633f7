"""Columns that nothing is read from, and that may decide all the same: an audit stops at them before any answer.

A party that nobody read is on no list, and its row may be a yes that it should not be. So a header that looks like a
party, a parent, an exporter, a destination or an end use is asked about, and so is a column in whose first rows a
listed party is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from exportrules.errors import QuestionError
from exportrules.law.model import FAVOURS
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.batch import Batch, coded, values_of
from exportrules.ledger.cells import brief
from exportrules.ledger.columns import Columns
from exportrules.ledger.headers import look_of
from exportrules.ledger.saying import Saying
from exportrules.question.names.parties import listed_exactly

#: So many rows are looked at for listed names.
SAMPLE = 10_000

#: The first rows of a ledger, with the columns of these numbers at least; None where there are no rows.
FirstRows = Callable[[Sequence[int]], Batch | None]

#: A name has some letters; numbers, days and codes have not.
_NAMELIKE = re.compile(r"[^\W\d_]{4}|[^\W\d_a-zA-Z]{2}")
_PARTS = re.compile(r"\s*[;,/|\n]\s*")
_LONGEST = 500


class _Doubt(NamedTuple):
    """A column that may decide: what for, and the field that it would be read as."""

    name: str
    field: str
    why: str


def stop_at_unread(ruleset: Ruleset, columns: Columns, first: FirstRows, say: Saying) -> None:
    """Raises QuestionError where a column that is not read may decide an answer, with all such columns in one."""
    unread = columns.unread
    if not unread:
        return
    doubts = [*_looks(columns)]
    looked = {doubt.name for doubt in doubts}
    batch = first(unread)
    if batch is not None:
        doubts += _listed(ruleset, columns, [n for n in unread if columns.names[n] not in looked], batch)
    if not doubts:
        return
    what = "; ".join(f"{brief(d.name)} {d.why}" for d in doubts)
    one = len(doubts) == 1
    read = say.columns([(d.field, d.name) for d in doubts])
    was, it, does = ("a column was", "it", "it does") if one else (f"{len(doubts)} columns were", "them", "they do")
    raise QuestionError(
        f"{was} not read, and may decide: {what}. Without {it} a row may be answered 'no license requirement' that "
        f"needs a license, so nothing was answered. To have {it} read: {read}. If {does} not matter: "
        f"{say.ignore([d.name for d in doubts])}."
    )


def _looks(columns: Columns) -> Iterator[_Doubt]:
    for number in columns.unread:
        name = columns.names[number]
        look = look_of(name) if number not in columns.passed else None
        if look:
            yield _Doubt(name, look.field, f"looks like {look.what}")


def _listed(ruleset: Ruleset, columns: Columns, numbers: Iterable[int], batch: Batch) -> Iterator[_Doubt]:
    for number in numbers:
        cells = coded(batch.cells(number)[:SAMPLE])
        used = set(cells.indices.to_pylist())
        texts = (batch.decode(cell) for n, cell in enumerate(values_of(cells.dictionary)) if n in used)
        for text in texts:
            if party := _party_in(ruleset, text):
                yield _Doubt(columns.names[number], "parties", f"has {brief(text, 40)}, which names {party!r}, listed")
                break


def _party_in(ruleset: Ruleset, text: str) -> str:
    """The listed party that a cell names, whole or in one of its parts; '' for none."""
    if len(text) > _LONGEST or not _NAMELIKE.search(text):
        return ""
    parts = _PARTS.split(text)
    for part in dict.fromkeys([text, *parts]) if len(parts) > 1 else parts:
        for party in (ruleset.parties[found] for found in listed_exactly(ruleset, part)):
            if any(listing.list not in FAVOURS for listing in party.listing):
                return party.name
    return ""
