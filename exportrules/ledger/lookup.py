"""The look-up: rows are reduced to distinct profiles, each profile to its segments, and joined back by number.

A row has the number of its profile (rows whose cells mean the same share one) and the number of its day (how many
boundary dates lie at or before it); the two index one small table of segments. A profile is compiled by the evaluator
when a row first asks for it, so that a ledger is read once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from exportrules.law.ruleset import Ruleset
from exportrules.ledger.answers import Layer, Profile, Segment, profile_of, unanswered
from exportrules.ledger.batch import as_text, coded, values_of
from exportrules.ledger.cells import (
    FIRST_DAY,
    LAST_DAY,
    NAME_FIELDS,
    NOT_LISTED,
    PARTY_FIELDS,
    ChipCell,
    Meaning,
    Problem,
    Reader,
    meaning_of,
)
from exportrules.ledger.columns import Columns

Numbers = npt.NDArray[np.int32]
#: A function from a cell of the source to its text; called once for each distinct cell of a batch.
Decode = Callable[[Any], str]

_EPOCH, _ORIGIN = date(1970, 1, 1).toordinal(), FIRST_DAY.toordinal()
_DAYS = LAST_DAY.toordinal() - _ORIGIN + 1
#: Day numbers from here on are not days, but _NO_DAY plus the number of a problem with a date.
_NO_DAY = _DAYS
#: In a column with more distinct spellings than this, cells are read again rather than remembered.
_MOST_SPELLINGS = 200_000
#: Combinations of spellings are counted in a table of up to this size, or up to four places a row; a larger one would
#: cost more than sorting them.
_FEW_GROUPS = 1 << 12

#: For a row that was added to a distributed table after its cells were gathered.
UNCOMPILED = Problem(
    "row was not there when profiles were gathered",
    "the row was not in the table when its profiles were gathered. Keep the table as it is while it is audited.",
)


class Encoded:
    """A column of a batch: its distinct spellings, the empty one last, and the index of each row's spelling."""

    def __init__(self, array: pa.Array, decode: Decode) -> None:
        cells = coded(array)
        distinct = values_of(cells.dictionary)
        self.spelled = [*(decode(cell) for cell in distinct), ""]
        self.indices = _filled(cells.indices, len(distinct))


class Alike(NamedTuple):
    """The rows of a batch grouped by spelling: each row's group, and for each used group an example row and a count."""

    group: npt.NDArray[np.int64]
    groups: int
    used: npt.NDArray[np.int64]
    example: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]


def alike(columns: Sequence[Encoded]) -> Alike:
    """Groups of rows with the same spelling in every column. Group numbers are below `groups`; some are unused."""
    group, groups = columns[0].indices.astype(np.int64), len(columns[0].spelled)
    most = max(_FEW_GROUPS, 4 * len(group))
    for cells in columns[1:]:
        if groups * len(cells.spelled) > most:
            distinct, group = np.unique(group, return_inverse=True)
            groups = len(distinct)
        group = group * len(cells.spelled) + cells.indices
        groups *= len(cells.spelled)
    if groups > most:
        _, example, group, rows = np.unique(group, return_index=True, return_inverse=True, return_counts=True)
        return Alike(group, len(example), np.arange(len(example)), example, rows)
    counted = np.bincount(group, minlength=groups)
    used = np.flatnonzero(counted)
    one = np.zeros(groups, np.int64)
    one[group] = np.arange(len(group))
    return Alike(group, groups, used, one[used], counted[used])


class Slot:
    """One column of the ledger: its distinct spellings, the meaning of each, and how many rows have it."""

    def __init__(self, field: str, read: Reader, names: Mapping[str, str]) -> None:
        self.field = field
        self.meanings: list[Meaning] = []
        self.spellings: Counter[str] = Counter()
        self._read, self.names = read, names
        self._codes: dict[str, int] = {}
        self._of_meaning: dict[Any, int] = {}

    def codes(self, cells: Encoded, rows_alike: Alike) -> list[int]:
        """The index in `meanings` of the cell of each group of rows."""
        spelled = cells.indices[rows_alike.example]
        rows = np.bincount(spelled, rows_alike.rows, minlength=len(cells.spelled)).astype(np.int64)
        used = np.flatnonzero(rows)
        codes = np.zeros(len(cells.spelled), np.int32)
        for number, count in zip(used.tolist(), rows[used].tolist(), strict=True):
            text = cells.spelled[number]
            code = codes[number] = self._code(text)
            if _is_reported(self.field, self.meanings[code]) and (
                text in self.spellings or len(self.spellings) < _MOST_SPELLINGS
            ):
                self.spellings[text] += count
        of_groups: list[int] = codes[spelled].tolist()
        return of_groups

    def meaning(self, text: str) -> Meaning:
        return self.meanings[self._code(text)]

    def _code(self, text: str) -> int:
        code = self._codes.get(text)
        if code is None:
            meaning = _meaning(self.field, text, self.names, self._read)
            same = meaning.problem or (meaning.value.name if isinstance(meaning.value, ChipCell) else meaning.value)
            code = self._of_meaning.get(same)
            if code is None:
                code = self._of_meaning[same] = len(self.meanings)
                self.meanings.append(meaning)
            if len(self._codes) >= _MOST_SPELLINGS:
                self._codes.clear()
            self._codes[text] = code
        return code


def _is_reported(field: str, meaning: Meaning) -> bool:
    """True if the spelling is reported: a party's name only where it is on a list or near one."""
    names = meaning.value if field in PARTY_FIELDS and meaning.problem is None else None
    return names is None or any(name.says_something for name in names)


def _meaning(field: str, text: str, names: Mapping[str, str], read: Reader) -> Meaning:
    """The meaning of a cell: as the owner's names file gives it, or else as the cell itself reads."""
    means = names.get(text.strip())
    return read(text) if means is None else meaning_of(field, text, means, read)


class Lookup:
    """A growing table of profiles and segments, safe to call from several threads."""

    def __init__(
        self,
        ruleset: Ruleset,
        columns: Columns,
        readers: Mapping[str, Reader],
        layer: Layer,
        names: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`names` maps field to {spelling: meaning}, as the ledger's owner declares them."""
        self.ruleset = ruleset
        self.columns, self.layer = columns, layer
        named = names or {}
        self.slots = [Slot(f, readers[f], named.get(f, {})) for f, _ in columns.read if f != "on"]
        self.constant = {f: _meaning(f, text, named.get(f, {}), readers[f]) for f, text in columns.constant.items()}
        self.profiles: list[Profile] = []
        self.segments: list[Segment] = []
        self.tally: Counter[tuple[int, int, int]] = Counter()  # (profile, year, segment) -> rows
        self.unread: Counter[int] = Counter()  # segment -> rows that no profile answers
        self._numbers: dict[Segment, int] = {}
        self._number_of: dict[Problem, int] = {}
        self._known: dict[tuple[int, ...], int] = {}
        self._day_problems: list[Problem] = []
        self._days: dict[str, int] = {}
        self._day_reader = readers["on"]
        self._day_names = named.get("on", {})
        self._cuts = {0}
        self._table = np.zeros((0, 0), np.int32)
        self._rows = np.zeros(0, np.int64)
        self._stretch = np.zeros(_DAYS, np.int32)
        self._lock = threading.Lock()

    def segments_of(
        self, cells: Sequence[pa.Array], days: pa.Array, decode: Decode, damaged: Mapping[int, Problem] | None = None
    ) -> Numbers:
        """The number of each row's segment. `cells` has one array per slot; `damaged` rows are not answered."""
        encoded = [Encoded(array, decode) for array in cells]
        plain = _plain_days(days)
        spelled = Encoded(days if plain is None else days[:0], decode)
        with self._lock:
            when = self._days_of(spelled) if plain is None else plain
            profiles = self._profiles_of(encoded, len(when))
            asked = when < _NO_DAY
            if damaged:
                asked[list(damaged)] = False
            whole = bool(asked.all())
            self._grow(when if whole else when[asked])
            if whole:
                return self._answered(profiles, when)
            numbers = np.empty(len(when), np.int32)
            numbers[asked] = self._answered(profiles[asked], when[asked])
            self._unread(numbers, profiles, when, asked, damaged or {})
            return numbers

    def declared(self) -> list[str]:
        """The spellings that the names file declares not to be a listed party."""
        return sorted(
            {
                written
                for slot in self.slots
                for written, means in slot.names.items()
                if slot.field in NAME_FIELDS and means.strip().casefold() == NOT_LISTED
            }
        )

    def profiles_of(self, cells: Sequence[pa.Array]) -> Numbers:
        """The index in `profiles` of each row's profile. `cells` has one array of any type per slot."""
        with self._lock:
            return self._profiles_of([Encoded(array, as_text) for array in cells], len(cells[0]))

    def day_of(self, text: str) -> int | Problem:
        """The day that a cell means, as `date.toordinal` numbers it; or the problem with it."""
        with self._lock:
            number = self._day(text)
            return number + _ORIGIN if number < _NO_DAY else self._day_problems[number - _NO_DAY]

    def flush(self) -> None:
        """Move the rows counted since the last call into `tally`."""
        places = np.flatnonzero(self._rows)
        profiles, stretches = np.divmod(places, max(self._table.shape[1], 1))
        years = np.array([_date_of(cut).year for cut in sorted(self._cuts)])[stretches]
        numbers = self._table.ravel()[places]
        keys = zip(profiles.tolist(), years.tolist(), numbers.tolist(), strict=True)
        for key, rows in zip(keys, self._rows[places].tolist(), strict=True):
            self.tally[key] += rows
        self._rows[:] = 0

    def _answered(self, profiles: Numbers, when: Numbers) -> Numbers:
        place = profiles * np.int64(self._table.shape[1])
        place += self._stretch[when]
        if len(self._rows) <= 1 << 20:
            self._rows += np.bincount(place, minlength=len(self._rows))
        else:
            distinct, rows = np.unique(place, return_counts=True)
            self._rows[distinct] += rows
        numbers: Numbers = self._table.ravel()[place]
        return numbers

    def _unread(
        self,
        numbers: Numbers,
        profiles: Numbers,
        when: Numbers,
        asked: npt.NDArray[np.bool_],
        damaged: Mapping[int, Problem],
    ) -> None:
        for row in np.flatnonzero(~asked).tolist():
            problem = damaged.get(row)
            if problem is None:
                problem = self._day_problems[int(when[row]) - _NO_DAY]
                other = self.profiles[int(profiles[row])].problem
                problem = Problem(problem.kind, f"{problem.text} {other.text}") if other else problem
            number = self._number_of.get(problem)
            if number is None:
                number = self._number_of[problem] = self._number(unanswered(problem))
            numbers[row] = number
            self.unread[number] += 1

    # days

    def _days_of(self, cells: Encoded) -> Numbers:
        """Days counted from the first that a ledger may have; from _NO_DAY on, problems."""
        return np.array([self._day(text) for text in cells.spelled], np.int32)[cells.indices]

    def _day(self, text: str) -> int:
        number = self._days.get(text)
        if number is None:
            meaning = _meaning("on", text, self._day_names, self._day_reader)
            if meaning.problem:
                number = _NO_DAY + len(self._day_problems)
                self._day_problems.append(meaning.problem)
            else:
                assert isinstance(meaning.value, date)
                number = meaning.value.toordinal() - _ORIGIN
            self._days[text] = number
        return number

    # profiles

    def _profiles_of(self, columns: Sequence[Encoded], rows: int) -> Numbers:
        """The number of each row's profile."""
        if not columns:
            return np.full(rows, self._profile(()), np.int32)
        rows_alike = alike(columns)
        codes = [slot.codes(cells, rows_alike) for slot, cells in zip(self.slots, columns, strict=True)]
        numbers = np.zeros(rows_alike.groups, np.int32)
        numbers[rows_alike.used] = [self._profile(key) for key in zip(*codes, strict=True)]
        return numbers[rows_alike.group]

    def _profile(self, codes: tuple[int, ...]) -> int:
        number = self._known.get(codes)
        if number is None:
            number = self._known[codes] = len(self.profiles)
            meanings = [(slot.field, slot.meanings[code]) for slot, code in zip(self.slots, codes, strict=True)]
            self.profiles.append(self._compiled([*self.constant.items(), *meanings]))
        return number

    def _compiled(self, cells: list[tuple[str, Meaning]]) -> Profile:
        asked: dict[str, Any] = {}
        for field, meaning in cells:
            before = asked.get(field)
            if field == "parties" and isinstance(before, tuple) and isinstance(meaning.value, tuple):
                asked[field] = before + meaning.value
            else:
                asked[field] = before if meaning.value is None else meaning.value
        problems = [(field, meaning.problem) for field, meaning in cells if meaning.problem]
        return profile_of(self.ruleset, asked, self.layer, problems)

    # the table

    def _number(self, segment: Segment) -> int:
        number = self._numbers.get(segment)
        if number is None:
            number = self._numbers[segment] = len(self.segments)
            self.segments.append(segment)
        return number

    def _grow(self, days: Numbers) -> None:
        """Add a line to the table for every new profile; a new boundary splits the stretches of all profiles.

        Boundaries are the law's, and the first days of the years in the ledger, since rows are counted by year.
        """
        old = len(self._table)
        new = self.profiles[old:]
        cuts = {max(start.toordinal() - _ORIGIN, 0) for profile in new for start in profile.starts if start <= LAST_DAY}
        if len(days):
            years = range(_date_of(days.min()).year, _date_of(days.max()).year + 1)
            cuts |= {date(year, 1, 1).toordinal() - _ORIGIN for year in years}
        if cuts <= self._cuts and self._table.size:
            if new:
                self._rows = np.concatenate([self._rows, np.zeros(len(new) * self._table.shape[1], np.int64)])
                self._table = np.concatenate([self._table, self._lines(new)])
            return
        self.flush()
        self._cuts |= cuts
        marks = np.zeros(_DAYS, np.int32)
        marks[sorted(self._cuts)] = 1
        self._stretch = np.cumsum(marks, dtype=np.int32) - np.int32(1)
        self._table = self._lines(self.profiles)
        self._rows = np.zeros(self._table.size, np.int64)

    def _lines(self, profiles: Sequence[Profile]) -> npt.NDArray[np.int32]:
        boundaries = np.array(sorted(self._cuts))
        lines = np.empty((len(profiles), len(boundaries)), np.int32)
        shared: dict[int, npt.NDArray[np.int32]] = {}  # profiles that the law treats alike have one tuple of segments
        for line, profile in zip(lines, profiles, strict=True):
            known = shared.get(id(profile.segments))
            if known is None:
                numbers = np.array([self._number(segment) for segment in profile.segments], np.int32)
                starts = np.array([start.toordinal() - _ORIGIN for start in profile.starts])
                known = numbers[np.searchsorted(starts, boundaries, side="right") - 1]
                shared[id(profile.segments)] = known
            line[:] = known
        return lines


def _date_of(day: int) -> date:
    return date.fromordinal(int(day) + _ORIGIN)


def _plain_days(array: pa.Array) -> Numbers | None:
    """The days of a column of dates, or None if some cell is not a day that a ledger may have."""
    if not pa.types.is_date32(array.type) or array.null_count or not len(array):
        return None
    days = _filled(array.view(pa.int32()), 0) + np.int32(_EPOCH - _ORIGIN)
    return days if days.min() >= 0 and days.max() < _DAYS else None


def _filled(array: pa.Array, missing: int) -> Numbers:
    """The integers of an array, nulls replaced by `missing`."""
    whole = pc.fill_null(array, pa.scalar(missing, array.type)) if array.null_count else array
    # `to_numpy`, like `pa.array` and `pa.scalar`, imports pandas where there is one: a quarter of a second
    integers: Numbers = np.from_dlpack(whole).astype(np.int32, copy=False)
    return integers
