"""The field of each column of a ledger: recognised by its header, or stated by the ledger's owner."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from exportrules.errors import QuestionError, UnknownNameError
from exportrules.law.facts import CONCLUDED_FACTS
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.headers import FIELDS, giving_way, look_of, spellings
from exportrules.ledger.saying import COMMAND, Saying
from exportrules.question.names.keys import key

#: The only field that several columns may have.
REPEATABLE = "parties"

#: Facts that the law concludes, or that another field gives: a ledger's own "ECCN" is not an answer.
_NOT_READ = CONCLUDED_FACTS | {
    "chip_family",
    "contained_family",
    "chip_vendor_country",
    "presumed_3a090a",
    "destination",
}

_WORDS = {"on": "the date of export", "to": "the destination", "chip": "the chip", "exporter": "the exporter",
          "end_user": "the end user"}  # fmt: skip

#: The columns of fields as the ledger's owner states them; an empty name for no column.
Stated = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a ledger: `(field, number of the column)` of each that is read, and the terms of all rows."""

    names: tuple[str, ...]
    read: tuple[tuple[str, int], ...]
    constant: Mapping[str, str]
    #: Columns that do not matter, as the owner states.
    ignored: tuple[int, ...] = ()
    #: Columns recognised for a field that the owner states is in another column.
    passed: tuple[int, ...] = ()

    @property
    def fields(self) -> dict[str, list[str]]:
        """The column names behind each field."""
        fields: dict[str, list[str]] = {}
        for field, number in self.read:
            fields.setdefault(field, []).append(self.names[number])
        return fields

    @property
    def unread(self) -> tuple[int, ...]:
        """The columns that are not read, except those that the owner declined."""
        taken = {number for _, number in self.read} | set(self.ignored)
        return tuple(number for number in range(len(self.names)) if number not in taken)

    def named(self, numbers: Iterable[int]) -> list[str]:
        return [self.names[number] for number in numbers]


def recognise(
    ruleset: Ruleset,
    names: Sequence[str],
    stated: Stated,
    constant: Mapping[str, str | None],
    ignore: Sequence[str] = (),
    say: Saying = COMMAND,
) -> Columns:
    """Find the columns from which questions are read.

    `stated` maps fields to column names, `constant` has the terms of every row, `ignore` names columns that do not
    matter. A column stated for the parties is read beside those that are recognised; for any other field it is read in
    their place. Raises QuestionError if a column is missing or ambiguous.
    """
    facts = facts_of_columns(ruleset)
    fields = (*FIELDS, *(name for name in facts.values() if name not in FIELDS))
    given = {field: value for field, value in constant.items() if value is not None}
    mapped = _mapped(names, stated, fields, say)
    ignored = _ignored(names, ignore, mapped, say)
    declined = {field for field, written in stated.items() if not _listing(written)}
    columns: dict[str, list[int]] = {}
    passed: list[int] = []
    for number, name in enumerate(names):
        if number in ignored:
            continue
        field = mapped.get(number) or _recognised(name, facts, stated)
        if number in mapped or (field and field not in stated):
            columns.setdefault(field, []).append(number)
        elif field in declined:
            ignored.append(number)
        elif field == REPEATABLE:
            columns.setdefault(field, []).append(number)
        elif field:
            passed.append(number)
    _give_way(names, columns, declined, ignored)
    for field, numbers in columns.items():
        if len(numbers) > 1 and field != REPEATABLE:
            if all(number in mapped for number in numbers):
                raise QuestionError(f"{say.mapping} gives {field!r} twice. Give it once.")
            quoted = " and ".join(repr(names[n]) for n in numbers)
            cure = f"Say which: {say.column(field, names[numbers[0]])}."
            raise QuestionError(f"two columns could be {_WORDS.get(field, field)}: {quoted}. {cure}")
        if field in given:
            raise QuestionError(
                f"the column {names[numbers[0]]!r} says {field!r}, and {say.every(field)} does too. Leave the option "
                f"out, or the column with {say.column(field, '')}."
            )
    _need(names, columns, given, ignored, say)
    read = tuple(sorted((field, number) for field, numbers in columns.items() for number in numbers))
    return Columns(tuple(names), read, given, tuple(sorted(ignored)), tuple(passed))


def known_headers(ruleset: Ruleset, stated: Stated) -> Callable[[str], str]:
    """A function from a header to its field, '' for none, to find the row of headers. Stated columns count."""
    facts = facts_of_columns(ruleset)
    mapped = {key(name): field for field, written in stated.items() for name in _listing(written)}

    def field_of(name: str) -> str:
        return mapped.get(key(name)) or _recognised(name, facts, stated)

    return field_of


def facts_of_columns(ruleset: Ruleset) -> dict[str, str]:
    """The facts that a column may give, by their :func:`key`; not those that rules conclude. A column "EAR99" with a
    yes would exempt an item whose figures meet an entry."""
    given = (name for name, fact in ruleset.facts.items() if fact.about not in ("conclusion", "derived"))
    return {key(name): name for name in given if name not in _NOT_READ}


def _listing(written: str | Sequence[str]) -> list[str]:
    return [name for name in ([written] if isinstance(written, str) else written) if name]


def _mapped(names: Sequence[str], stated: Stated, fields: Sequence[str], say: Saying) -> dict[int, str]:
    """The field of each column that the owner stated."""
    mapped: dict[int, str] = {}
    for field, written in stated.items():
        if field not in fields:
            near = difflib.get_close_matches(field, fields, n=3)
            raise UnknownNameError(
                f"{say.mapping} {field}=...: a ledger has no {field!r}. Fields: {', '.join(FIELDS)}.", near
            )
        for name in _listing(written):
            (number, *more) = _numbers(names, name, say.column(field, name))
            if more:
                raise QuestionError(
                    f"{say.column(field, name)}: {len(more) + 1} columns have that name. Rename all but one."
                )
            if mapped.get(number, field) != field:
                raise QuestionError(
                    f"{say.mapping} gives the column {names[number]!r} to {mapped[number]!r} and to {field!r}."
                )
            mapped[number] = field
    return mapped


def _ignored(names: Sequence[str], ignore: Sequence[str], mapped: Mapping[int, str], say: Saying) -> list[int]:
    columns: list[int] = []
    for name in ignore:
        for number in _numbers(names, name, say.ignore([name])):
            if number in mapped:
                raise QuestionError(
                    f"{say.ignore([name])}: the column is given to {mapped[number]!r} too. Leave one of the two out."
                )
            columns.append(number)
    return list(dict.fromkeys(columns))


def _numbers(names: Sequence[str], wanted: str, option: str) -> list[int]:
    """The columns of a name: by its exact spelling, or else ignoring case and punctuation. Raises UnknownNameError."""
    exact = [n for n, name in enumerate(names) if name.strip() == wanted.strip()]
    alike = exact or [n for n, name in enumerate(names) if key(name) == key(wanted)]
    if not alike:
        near = difflib.get_close_matches(wanted, names, n=3)
        raise UnknownNameError(f"{option}: there is no such column. Columns: {_listed(names)}.", near)
    return alike


def _recognised(name: str, facts: Mapping[str, str], stated: Stated) -> str:
    """The field that a header names; '' for none. If a column is stated for the end user, others are parties."""
    spelled = spellings().get(key(name))
    if spelled is None:
        return facts.get(key(name), "")
    return REPEATABLE if spelled.field == "end_user" and _listing(stated.get("end_user", "")) else spelled.field


def _give_way(names: Sequence[str], columns: dict[str, list[int]], declined: set[str], ignored: list[int]) -> None:
    """Give columns another field, or none, if another column names their field better."""
    for field, numbers in list(columns.items()):
        given = giving_way(names, numbers)
        columns[field] = [n for n in numbers if n not in given]
        for number, other in given.items():
            if other in declined:
                ignored.append(number)
            elif other:
                columns.setdefault(other, []).append(number)


def _need(
    names: Sequence[str],
    columns: Mapping[str, list[int]],
    given: Mapping[str, str],
    ignored: Sequence[int],
    say: Saying,
) -> None:
    """Raise QuestionError unless the ledger gives a chip or its figures, a day, a destination and an exporter."""
    taken = {n for numbers in columns.values() for n in numbers} | set(ignored)

    def column(field: str, example: str) -> str:
        """The option that states a column, with the name of one that looks like it, or an example."""
        looks = ((names[n], look_of(names[n])) for n in range(len(names)) if n not in taken)
        return say.column(field, next((name for name, look in looks if look and look.field == field), example))

    missing = []
    if "chip" not in columns and not any(field not in FIELDS for field in columns):
        missing.append(("chip", f"Say which: {column('chip', 'Part No')}."))
    if "on" not in columns:
        missing.append(("date of export", f"Say which: {column('on', 'Ship date')}."))
    if "to" not in columns and "to" not in given:
        every = say.every("to", "PLACE")
        missing.append(
            ("destination", f"Say {column('to', 'Dest')}, or {every} for all rows. A destination is never assumed.")
        )
    if "exporter" not in columns and "exporter" not in given:
        every = say.every("exporter", "maker")
        missing.append(
            (
                "exporter",
                f"Say {column('exporter', 'Shipper')}, or for all rows {every} (a manufacturer's own ledger), other, "
                "or a company's name. A letter binds its addressee alone, so this is never assumed.",
            )
        )
    if missing:
        message = " ".join(f"No column is known as the {what}. {cure}" for what, cure in missing)
        raise QuestionError(f"n{message[1:]} Columns: {_listed(names)}.")


def _listed(names: Iterable[str], most: int = 12) -> str:
    shown = [repr(name if len(name) < 40 else name[:39] + "…") for name in names]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "") or "none"
