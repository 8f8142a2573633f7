"""The look-up: rows reduced to their distinct profiles, each profile to its segments, joined back by number.

A row's profile is a number (equality of its cells' meanings), its day another (how many boundary
dates stand at or before it); the two point into one small table of segments. Profiles are compiled
by the one evaluator when a row first asks for them, so a ledger is read once.
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
#: A cell as its source has it, into text: read once for each distinct cell of a batch.
Decode = Callable[[Any], str]

_EPOCH, _ORIGIN = date(1970, 1, 1).toordinal(), FIRST_DAY.toordinal()
_DAYS = LAST_DAY.toordinal() - _ORIGIN + 1
#: Days from here on are numbers of problems with a date.
_NO_DAY = _DAYS
#: Cells of columns with more distinct spellings than this are read again rather than remembered.
_MOST_SPELLINGS = 200_000
#: Combinations of spellings are counted in a table while it has no more places than this, or than four a row; beyond
#: that they are sorted.
_FEW_GROUPS = 1 << 12

_UNCOMPILED = Problem(
    "row was not there when profiles were gathered",
    "the row was not in the table when its profiles were gathered. Keep the table as it is while it is audited.",
)


class Encoded:
    """A column of a batch as its distinct spellings, the empty one last, and the number of each row's."""

    def __init__(self, array: pa.Array, decode: Decode) -> None:
        cells = coded(array)
        distinct = values_of(cells.dictionary)
        self.spelled = [*(decode(cell) for cell in distinct), ""]
        self.indices = _filled(cells.indices, len(distinct))


class Alike(NamedTuple):
    """Rows of a batch that are spelled alike: the group of each row, and of each group a row and how many there are."""

    group: npt.NDArray[np.int64]
    groups: int
    used: npt.NDArray[np.int64]
    example: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]


def alike(columns: Sequence[Encoded]) -> Alike:
    """The groups of rows with the same spelling in every column; numbers below `groups` of which some are unused."""
    group, groups = columns[0].indices.astype(np.int64), len(columns[0].spelled)
    most = max(_FEW_GROUPS, 4 * len(group))
    for cells in columns[1:]:
        if groups * len(cells.spelled) > most:
            found, group = np.unique(group, return_inverse=True)
            groups = len(found)
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
    """One column of the ledger: its distinct spellings, what each means, and how many rows have it."""

    def __init__(self, field: str, read: Reader, names: Mapping[str, str]) -> None:
        self.field = field
        self.meanings: list[Meaning] = []
        self.spellings: Counter[str] = Counter()
        self._read, self.names = read, names
        self._codes: dict[str, int] = {}
        self._of_meaning: dict[Any, int] = {}

    def codes(self, cells: Encoded, found: Alike) -> list[int]:
        """The number of the meaning in each group of rows."""
        spelled = cells.indices[found.example]
        rows = np.bincount(spelled, found.rows, minlength=len(cells.spelled)).astype(np.int64)
        used = np.flatnonzero(rows)
        codes = np.zeros(len(cells.spelled), np.int32)
        for number, count in zip(used.tolist(), rows[used].tolist(), strict=True):
            text = cells.spelled[number]
            code = codes[number] = self._code(text)
            if self._is_told(self.meanings[code]) and (text in self.spellings or len(self.spellings) < _MOST_SPELLINGS):
                self.spellings[text] += count
        of_groups: list[int] = codes[spelled].tolist()
        return of_groups

    def _is_told(self, meaning: Meaning) -> bool:
        """Whether a spelling is reported: names of parties only where they are on a list or near one."""
        names = meaning.value if self.field in PARTY_FIELDS and meaning.problem is None else None
        return names is None or any(name.says_something for name in names)  # type: ignore[attr-defined]

    def meaning(self, text: str) -> Meaning:
        return self.meanings[self._code(text)]

    def __getstate__(self) -> dict[str, Any]:
        # what was read goes along; how to read more stays with the law
        return {**self.__dict__, "_read": _not_compiled}

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


def _meaning(field: str, text: str, names: Mapping[str, str], read: Reader) -> Meaning:
    """What a cell means: what its owner's map of names says, or else what it says itself."""
    means = names.get(text.strip())
    return read(text) if means is None else meaning_of(field, text, means, read)


class Lookup:
    """A growing table of profiles and segments. Calls from several threads take turns."""

    def __init__(
        self,
        ruleset: Ruleset,
        columns: Columns,
        readers: Mapping[str, Reader],
        layer: Layer,
        names: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`names` has, for a field, what its owner says that a spelling means."""
        self.ruleset: Ruleset | None = ruleset
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
        """The number of each row's segment. `cells` has one array for every slot; `damaged` rows are not asked."""
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
            found = np.empty(len(when), np.int32)
            found[asked] = self._answered(profiles[asked], when[asked])
            self._unread(found, profiles, when, asked, damaged or {})
            return found

    def declared(self) -> list[str]:
        """The spellings that the map of names declares to be no listed party."""
        return sorted(
            {
                written
                for slot in self.slots
                for written, means in slot.names.items()
                if slot.field in NAME_FIELDS and means.strip().casefold() == NOT_LISTED
            }
        )

    def compile(self, profiles: pa.Table) -> None:
        """Compile the profiles of a table: its columns by name, no day among them."""
        order = {name: number for number, name in enumerate(profiles.column_names)}
        for batch in profiles.to_batches():
            cells = [batch.column(order[self.columns.names[n]]) for f, n in self.columns.read if f != "on"]
            self._profiles_of([Encoded(array, as_text) for array in cells], batch.num_rows)
        self._grow(np.zeros(0, np.int32))

    def __getstate__(self) -> dict[str, Any]:
        """What can be sent to where the rows are: the table without the law. A profile not in it is a problem there."""
        return {name: value for name, value in self.__dict__.items() if name not in ("ruleset", "_lock")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, ruleset=None, _lock=threading.Lock())

    def flush(self) -> None:
        """Bring the counts up to date."""
        places = np.flatnonzero(self._rows)
        profiles, stretches = np.divmod(places, max(self._table.shape[1], 1))
        years = np.array([_date_of(cut).year for cut in sorted(self._cuts)])[stretches]
        numbers = self._table.ravel()[places]
        found = zip(profiles.tolist(), years.tolist(), numbers.tolist(), strict=True)
        for key, rows in zip(found, self._rows[places].tolist(), strict=True):
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
        found: Numbers = self._table.ravel()[place]
        return found

    def _unread(
        self,
        found: Numbers,
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
            found[row] = number
            self.unread[number] += 1

    # days

    def _days_of(self, cells: Encoded) -> Numbers:
        """Days counted from the first that a ledger may have; numbers of problems from _NO_DAY on."""
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
        found = alike(columns)
        codes = [slot.codes(cells, found) for slot, cells in zip(self.slots, columns, strict=True)]
        numbers = np.zeros(found.groups, np.int32)
        numbers[found.used] = [self._profile(key) for key in zip(*codes, strict=True)]
        return numbers[found.group]

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
        if self.ruleset is None and not problems:
            problems = [("", _UNCOMPILED)]
        return profile_of(self.ruleset, asked, self.layer, problems)

    # the table

    def _number(self, segment: Segment) -> int:
        number = self._numbers.get(segment)
        if number is None:
            number = self._numbers[segment] = len(self.segments)
            self.segments.append(segment)
        return number

    def _grow(self, days: Numbers) -> None:
        """Give every new profile its line in the table; a boundary that is new parts the stretches of all.

        The law's boundaries, and the first days of the years that rows are of: those are counted apart.
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
        for line, profile in zip(lines, profiles, strict=True):
            numbers = np.array([self._number(segment) for segment in profile.segments], np.int32)
            starts = np.array([start.toordinal() - _ORIGIN for start in profile.starts])
            line[:] = numbers[np.searchsorted(starts, boundaries, side="right") - 1]
        return lines


def _date_of(day: int) -> date:
    return date.fromordinal(int(day) + _ORIGIN)


def _not_compiled(text: str) -> Meaning:
    """A row that was not there when the profiles of a distributed table were gathered."""
    del text
    return Meaning(problem=_UNCOMPILED)


def _plain_days(array: pa.Array) -> Numbers | None:
    """The days of a column of dates, where every one is a day that a ledger may have."""
    if not pa.types.is_date32(array.type) or array.null_count or not len(array):
        return None
    days = _filled(array.view(pa.int32()), 0) + np.int32(_EPOCH - _ORIGIN)
    return days if days.min() >= 0 and days.max() < _DAYS else None


def _filled(array: pa.Array, missing: int) -> Numbers:
    """Integers with another in the place of nulls."""
    whole = pc.fill_null(array, pa.scalar(missing, array.type)) if array.null_count else array
    # `to_numpy`, like `pa.array` and `pa.scalar`, imports pandas where there is one: a quarter of a second
    found: Numbers = np.from_dlpack(whole).astype(np.int32, copy=False)
    return found
