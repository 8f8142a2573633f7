"""Which column of a ledger says what: recognised by its name, or told by `--map`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exportrules.errors import QuestionError, UnknownNameError
from exportrules.law import CONCLUDED_FACTS, Ruleset
from exportrules.names.keys import key

#: The usual spellings of column names, letters and digits alone. An invoice's or an order's date is no date of
#: export, so it is not among them: it takes a `--map`.
SPELLINGS: dict[str, str] = {
    "chip": """chip product productname productdescription part partno partnumber partname partdescription model modelno
        modelnumber item itemname itemdescription sku gpu gpumodel accelerator board device""",
    "on": """on date day shipdate shipdt shippeddate shippingdate shippedon shipmentdate dateshipped dateofshipment
        dateofexport exportdate exportedon dispatchdate despatchdate departuredate""",
    "to": """to dest destination destinationcountry countryofdestination destcountry country shipto shiptocountry
        ultimatedestination countryofultimatedestination ultimatedestinationcountry""",
    "exporter": "exporter exportername exporterofrecord shipper seller usppi principalpartyininterest",
    "activity": "activity exportactivity",
    "headquarters": """headquarters hq headquarterscountry hqcountry enduserheadquarters enduserhq customerheadquarters
        customerhq""",
    "ultimate_parent": "ultimateparent ultimateparentcountry parentcountry countryofultimateparent",
    "end_user": "enduser endusername ultimateconsignee",
    "parties": """parties party purchaser buyer customer customername consignee intermediateconsignee soldto billto
        shiptoname shiptoparty""",
    "end_use": "enduse statedenduse",
}

#: Several columns may name parties; of anything else there is one.
REPEATABLE = "parties"

#: Facts that are for the law to conclude, or that a column of another field gives: a ledger's own "ECCN" is no answer.
_NOT_READ = CONCLUDED_FACTS | {
    "chip_family",
    "contained_family",
    "chip_vendor_country",
    "presumed_3a090a",
    "destination",
}

_FIELD_OF = {spelling: field for field, spellings in SPELLINGS.items() for spelling in spellings.split()}
_WORDS = {"on": "the date of export", "to": "the destination", "chip": "the chip"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each part of a question stands: `(field, number of the column)`, and what holds for all rows."""

    names: tuple[str, ...]
    read: tuple[tuple[str, int], ...]
    constant: Mapping[str, str]

    @property
    def fields(self) -> dict[str, list[str]]:
        """The column names behind each field."""
        found: dict[str, list[str]] = {}
        for field, number in self.read:
            found.setdefault(field, []).append(self.names[number])
        return found


def recognise(
    ruleset: Ruleset, names: Sequence[str], told: Mapping[str, str], constant: Mapping[str, str | None]
) -> Columns:
    """The columns that a question is read from.

    `told` maps fields to column names (an empty name: none), `constant` has what one option says for every row.
    Raises QuestionError where a column is missing, or could be one of two.
    """
    facts = {key(name): name for name in ruleset.facts if name not in _NOT_READ}
    fields = {**dict.fromkeys(SPELLINGS), **dict.fromkeys(facts.values())}
    for field in told:
        if field not in fields:
            near = difflib.get_close_matches(field, fields, n=3)
            raise UnknownNameError(
                f"--map {field}=...: a ledger has no {field!r}. Fields: {', '.join(SPELLINGS)}.", near
            )
    given = {field: value for field, value in constant.items() if value is not None}
    found: dict[str, list[int]] = {}
    mapped: dict[int, str] = {}
    for field, name in told.items():
        if name:
            number = _number(names, name, field)
            if number in mapped:
                raise QuestionError(f"--map gives the column {names[number]!r} to {mapped[number]!r} and to {field!r}.")
            mapped[number] = field
    for number, name in enumerate(names):
        spelled = key(name)
        said = mapped.get(number) or _FIELD_OF.get(spelled) or facts.get(spelled)
        if said and (number in mapped or said not in told):
            found.setdefault(said, []).append(number)
    for field, numbers in found.items():
        if len(numbers) > 1 and field != REPEATABLE:
            quoted = " and ".join(repr(names[n]) for n in numbers)
            cure = f"Say which: --map {field}={names[numbers[0]]!r}."
            raise QuestionError(f"two columns could be {_WORDS.get(field, field)}: {quoted}. {cure}")
        if field in given:
            raise QuestionError(
                f"the column {names[numbers[0]]!r} says {field!r}, and --{field} does too. Leave the option out, or "
                f"the column with --map {field}=."
            )
    _need(names, found, given)
    read = tuple(sorted((field, number) for field, numbers in found.items() for number in numbers))
    return Columns(tuple(names), read, given)


def _number(names: Sequence[str], wanted: str, field: str) -> int:
    exact = [n for n, name in enumerate(names) if name.strip() == wanted.strip()]
    alike = exact or [n for n, name in enumerate(names) if key(name) == key(wanted)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise QuestionError(f"--map {field}={wanted!r}: {len(alike)} columns have that name. Rename all but one.")
    near = difflib.get_close_matches(wanted, names, n=3)
    raise UnknownNameError(f"--map {field}={wanted!r}: there is no such column. Columns: {_listed(names)}.", near)


def _need(names: Sequence[str], found: Mapping[str, list[int]], given: Mapping[str, str]) -> None:
    """What a ledger has to say: a day, a chip or its figures, a destination, an exporter. None is ever assumed."""
    columns = f"Columns: {_listed(names)}."
    if "on" not in found:
        raise QuestionError(f"no column is known as the date of export. Say which: --map on='Ship date'. {columns}")
    if "chip" not in found and not any(field not in SPELLINGS for field in found):
        raise QuestionError(f"no column is known as the chip. Say which: --map chip='Part No'. {columns}")
    for field, why in (
        ("to", "--map to='Dest', or --to PLACE for all rows. A destination is never assumed."),
        (
            "exporter",
            "--map exporter='Shipper', or for all rows --exporter maker (a manufacturer's own ledger), other, or a "
            "company's name. A letter binds its addressee alone, so this is never assumed.",
        ),
    ):
        if field not in found and field not in given:
            what = {"to": "destination"}.get(field, field)
            raise QuestionError(f"no column is known as the {what}. Say {why} {columns}")


def _listed(names: Iterable[str], most: int = 12) -> str:
    shown = [repr(name if len(name) < 40 else name[:39] + "…") for name in names]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "") or "none"
