"""Columns that nothing is read from, and that may decide all the same: an audit stops at them before any answer.

A party that nobody read is on no list, and its row may be a yes that it should not be. So a header that looks like a
party, a parent, an exporter, a destination or an end use is asked about, and so are a column that has no name and holds
countries, end uses or yes and no, and one in which a listed party is named, or nearly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from exportrules.errors import QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.batch import Batch, coded, values_of
from exportrules.ledger.cells import YES_OR_NO, brief
from exportrules.ledger.columns import Columns, facts_of_columns
from exportrules.ledger.headers import fact_in, is_nameless, look_of, slip_of
from exportrules.ledger.saying import Saying
from exportrules.question.names.chips import is_chip
from exportrules.question.names.keys import deceives, key
from exportrules.question.names.places import place_called
from exportrules.question.names.remarks import party_in

#: So many different cells of a column, among the first rows, are looked at for listed names.
MOST_TEXTS = 20_000
#: So many of them tell what a column holds.
CELLS_TRIED = 200

#: The first rows of a ledger, with the columns of these numbers at least; None where there are no rows.
FirstRows = Callable[[Sequence[int]], Batch | None]


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
    batch = first(unread)
    doubts = [*_looks(ruleset, columns, batch)]
    looked = {doubt.name for doubt in doubts}
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


def _looks(ruleset: Ruleset, columns: Columns, batch: Batch | None) -> Iterator[_Doubt]:
    facts = facts_of_columns(ruleset)
    for number in columns.unread:
        name = columns.names[number]
        look = look_of(name) or slip_of(name, facts) if number not in columns.passed else None
        if look and not (look.alone and batch and _names_chips(ruleset, batch, number)):
            yield _Doubt(name, look.field, f"looks like {look.what}")
        elif not look and number not in columns.passed:
            if deceived := deceives(name):
                yield _Doubt(name, "parties", deceived)
            elif batch and (held := _held(ruleset, name, facts, batch, number)):
                yield held


def _held(ruleset: Ruleset, name: str, facts: Mapping[str, str], batch: Batch, number: int) -> _Doubt | None:
    """A column whose name says nothing, or more than that of a fact, by what most of its first cells hold."""
    fact = fact_in(name, facts)
    if not fact and not is_nameless(name):
        return None
    cells = list(islice(_texts(batch, number), CELLS_TRIED))
    is_a = {
        fact or "military_end_user": lambda text: text.strip().casefold() in YES_OR_NO,
        **({} if fact else {"headquarters": lambda text: bool(place_called(ruleset, text)),
                            "end_use": lambda text: key(text) in map(key, ruleset.facts["end_use"].values)}),
    }  # fmt: skip
    field = next((field for field, holds in is_a.items() if 2 * sum(map(holds, cells)) > len(cells)), "")
    if not field:
        return None
    holds = {"headquarters": "countries", "end_use": "end uses"}.get(field, "yes and no")
    return _Doubt(name, field, f"says {fact!r} in its name" if fact else f"has no name, and holds {holds}")


def _texts(batch: Batch, number: int) -> Iterator[str]:
    """The distinct cells of a column that are not empty."""
    cells = coded(batch.cells(number))
    used = set(cells.indices.unique().to_pylist())
    texts = (batch.decode(cell) for n, cell in enumerate(values_of(cells.dictionary)) if n in used)
    return (text for text in texts if text.strip())


def _names_chips(ruleset: Ruleset, batch: Batch, number: int) -> bool:
    """Whether a column of "Name" is the goods': more than half of its first cells are chips."""
    tried = list(islice(_texts(batch, number), CELLS_TRIED))
    return 2 * sum(is_chip(ruleset, text) for text in tried) > len(tried)


def _listed(ruleset: Ruleset, columns: Columns, numbers: Iterable[int], batch: Batch) -> Iterator[_Doubt]:
    for number in numbers:
        for text in islice(_texts(batch, number), MOST_TEXTS):
            if party := party_in(ruleset, text):
                how = f"names {party.name!r}, listed" if party.certain else f"may mean {party.name!r}, listed"
                yield _Doubt(columns.names[number], "parties", f"has {brief(text, 40)}, which {how}")
                break
