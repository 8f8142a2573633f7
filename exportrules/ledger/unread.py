"""Columns that are not read but may decide: an audit stops at them before any answer.

A party that nobody read is on no list, and its row may be a yes that it should not be. So a header that looks like a
party, a parent, an exporter, a destination or an end use is asked about, and so are a column that has no name and holds
countries, end uses or yes and no, and one in which a listed party is named, or nearly, or that speaks of the military.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from exportrules.errors import QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.batch import Batch, coded, values_of
from exportrules.ledger.cells import YES_OR_NO, brief
from exportrules.ledger.columns import Columns, facts_of_columns
from exportrules.ledger.headers import fact_in, is_nameless, look_of, slip_of, speaks_of_military
from exportrules.ledger.saying import Saying
from exportrules.question.names.chips import is_chip
from exportrules.question.names.keys import deceives, key, restricting
from exportrules.question.names.parties import described_as
from exportrules.question.names.places import place_called
from exportrules.question.names.remarks import party_in

#: The number of different cells of a column, among the first rows, in which listed names and similar ones are sought;
#: of the rest only those that are a listed name as a whole are noticed.
MOST_TEXTS = 20_000
#: The number of these from which the content of a column is inferred.
CELLS_TRIED = 200

#: The first rows of a ledger, in batches with the columns of these numbers at least.
FirstRows = Callable[[Sequence[int]], Sequence[Batch]]


class _Doubt(NamedTuple):
    """A column that may decide: what it looks like, and the field that it would have."""

    name: str
    field: str
    why: str


def stop_at_unread(ruleset: Ruleset, columns: Columns, first: FirstRows, say: Saying) -> None:
    """Raise one QuestionError for all columns that are not read but may decide an answer."""
    unread = columns.unread
    if not unread:
        return
    batches = first(unread)
    doubts = [*_by_header(ruleset, columns, batches)]
    looked = {doubt.name for doubt in doubts}
    doubts += _listed(ruleset, columns, [n for n in unread if columns.names[n] not in looked], batches)
    if doubts:
        raise _stopped(doubts, say)


def _stopped(doubts: Sequence[_Doubt], say: Saying) -> QuestionError:
    what = "; ".join(f"{brief(d.name)} {d.why}" for d in doubts)
    one = len(doubts) == 1
    read = say.columns([(d.field, d.name) for d in doubts])
    was, it, does = ("a column was", "it", "it does") if one else (f"{len(doubts)} columns were", "them", "they do")
    return QuestionError(
        f"{was} not read, and may decide: {what}. Without {it} a row may be answered 'no license requirement' that "
        f"needs a license, so nothing was answered. To have {it} read: {read}. If {does} not matter: "
        f"{say.ignore([d.name for d in doubts])}."
    )


def stop_at_titles(ruleset: Ruleset, above: Iterable[str]) -> None:
    """Raises QuestionError where a line above the header names a listed party: "Consignee: Inspur Group". It is about
    the rows below, and none of them says so."""
    for text in above:
        if text.strip() and (doubt := _listed_in(ruleset, text, text)):
            raise QuestionError(
                f"a line above the header {doubt.why}. It may be about every row, and no column says it, so nothing "
                "was answered. Write it into a column of its own, or take the line out if it does not matter."
            )


def _by_header(ruleset: Ruleset, columns: Columns, batches: Sequence[Batch]) -> Iterator[_Doubt]:
    facts = facts_of_columns(ruleset)
    for number in columns.unread:
        name = columns.names[number]
        look = look_of(name) or slip_of(name, facts) if number not in columns.passed else None
        if look and not (look.alone and batches and _names_chips(ruleset, batches, number)):
            yield _Doubt(name, look.field, f"looks like {look.what}")
        elif not look and number not in columns.passed:
            if deceived := deceives(name):
                yield _Doubt(name, "parties", deceived)
            elif held := _by_content(ruleset, name, facts, batches, number):
                yield held


def _by_content(
    ruleset: Ruleset, name: str, facts: Mapping[str, str], batches: Sequence[Batch], number: int
) -> _Doubt | None:
    """A column whose name says nothing, or more than that of a fact, by what most of its first cells hold."""
    fact = fact_in(name, facts)
    if not fact and not is_nameless(name):
        return None
    cells = list(islice(_texts(batches, number), CELLS_TRIED))
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


def _texts(batches: Sequence[Batch], number: int) -> Iterator[str]:
    """The distinct cells of a column that are not empty."""
    seen: set[str] = set()
    parts = ((batch, part) for batch in batches for part in _parts(batch.cells(number)))
    for batch, part in parts:
        cells = coded(part)
        used = set(cells.indices.unique().to_pylist())
        for place, cell in enumerate(values_of(cells.dictionary)):
            if place in used and (text := batch.decode(cell)).strip() and text not in seen:
                seen.add(text)
                yield text


def _parts(cells: pa.Array) -> Iterator[pa.Array]:
    """A column in parts, so that a look at its first cells does not read them all; a dictionary is read as a whole."""
    size = max(len(cells), 1) if isinstance(cells, pa.DictionaryArray) else MOST_TEXTS
    return (cells.slice(start, size) for start in range(0, len(cells), size))


def _names_chips(ruleset: Ruleset, batches: Sequence[Batch], number: int) -> bool:
    """True if a column "Name" names the goods: more than half of its first cells are chips."""
    tried = list(islice(_texts(batches, number), CELLS_TRIED))
    return 2 * sum(is_chip(ruleset, text) for text in tried) > len(tried)


def _listed(ruleset: Ruleset, columns: Columns, numbers: Iterable[int], batches: Sequence[Batch]) -> Iterator[_Doubt]:
    for number in numbers:
        if all(_is_number(batch.cells(number).type) for batch in batches):
            continue
        for text in islice(_texts(batches, number), MOST_TEXTS):
            if doubt := _listed_in(ruleset, columns.names[number], text):
                yield doubt
                break


def _listed_in(ruleset: Ruleset, name: str, text: str) -> _Doubt | None:
    """The doubt about a column with a cell that names a listed party, or speaks of the military."""
    party = party_in(ruleset, text)
    if party is None:
        military = described_as(ruleset, text) or speaks_of_military(text)
        return _Doubt(name, "end_use", f"has {brief(text, 40)}, which speaks of the military") if military else None
    how = f"names {party.name!r}, listed" if party.certain else f"may mean {party.name!r}, listed"
    return _Doubt(name, "parties", f"has {brief(text, 40)}, which {how}")


class Watch:
    """Stops an audit at a cell of an unread column that is a listed name as a whole, also after the first rows, which
    are searched more closely. Arrow compares the cells, so that ten million take some seconds."""

    def __init__(self, ruleset: Ruleset, columns: Columns, say: Saying) -> None:
        self._ruleset, self._columns, self._say = ruleset, columns, say
        parties = restricting(ruleset) if columns.unread else ()
        self._names = pa.array(sorted({_plain(n) for p in parties for n in (p.name, *p.aliases)}), pa.string())

    @property
    def numbers(self) -> tuple[int, ...]:
        """The columns that are looked at."""
        return self._columns.unread

    def look(self, batch: Batch) -> None:
        """Raises QuestionError where a cell of an unread column is a listed name."""
        doubts = [doubt for number in self.numbers if (doubt := self._found(batch, number))]
        if doubts:
            raise _stopped(doubts, self._say)

    def _found(self, batch: Batch, number: int) -> _Doubt | None:
        cells = batch.cells(number)
        distinct = cells.dictionary if isinstance(cells, pa.DictionaryArray) else cells
        if not _is_text(distinct.type):
            return None
        plain = pc.ascii_lower(pc.ascii_trim(distinct.cast(pa.string(), safe=False), _AROUND))
        listed = distinct.filter(pc.is_in(plain, self._names))
        texts = dict.fromkeys(batch.decode(cell) for cell in listed.to_pylist())
        found = (_listed_in(self._ruleset, self._columns.names[number], text) for text in texts)
        return next(filter(None, found), None)


#: Characters that may surround a cell: spaces, and the quotation marks of a text that is not yet read.
_AROUND = ' \t"'


def _plain(name: str) -> str:
    """A name as a cell is compared with it: Latin letters in lower case, nothing around it."""
    return name.strip(_AROUND).encode().lower().decode()


def _is_text(kind: pa.DataType) -> bool:
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(is_kind(kind) for is_kind in kinds)


def _is_number(kind: pa.DataType) -> bool:
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_temporal, pa.types.is_boolean)
    return any(is_kind(kind) for is_kind in kinds)
