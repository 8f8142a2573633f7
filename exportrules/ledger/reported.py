"""A ledger's row as a report shows it: reference, day, item, parties and amounts, and what they were taken for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from exportrules.law.ruleset import Ruleset
from exportrules.ledger.answers import Segment
from exportrules.ledger.batch import as_text
from exportrules.ledger.cells import PARTY_FIELDS, Meaning, Reader, brief, meaning_of, readers
from exportrules.ledger.lookup import Lookup
from exportrules.ledger.run import Settings
from exportrules.question.names.keys import key

#: Headers of amounts, as their :func:`key` without a currency; a price of one piece is not summed.
_QUANTITY = {key(word) for word in (
    "qty", "quantity", "quantity shipped", "qty shipped", "shipped qty", "shipped quantity", "pcs", "pieces", "units",
    "no of units", "number of units", "count",
    "Menge", "Stückzahl", "Anzahl", "数量", "出荷数量", "数量(個)", "數量", "个数", "台数",
)}  # fmt: skip
_VALUE = {key(word) for word in (
    "value", "total value", "net value", "invoice value", "amount", "total amount", "net amount", "invoice amount",
    "line total", "line amount", "line value", "extended price", "extended value", "ext price", "total price", "total",
    "sales value", "Wert", "Warenwert", "Betrag", "Gesamtbetrag", "Nettobetrag", "Rechnungsbetrag", "Gesamtpreis",
    "金額", "合計金額", "売上金額", "金额", "总金额", "总价", "总值", "總金額", "總價",
)}  # fmt: skip
_CURRENCY = {
    key(word) for word in ("currency", "curr", "ccy", "currency code", "Währung", "通貨", "币种", "货币", "幣別")
}
_CODES = r"USD|EUR|JPY|CNY|RMB|HKD|TWD|NTD|KRW|SGD|GBP|CHF|INR|AED|MYR"
_WITH_CODE = re.compile(rf"[\s(\[_/-]*(?:in\s+)?(?P<code>{_CODES}|US\$|[$€£¥￥円])[\s)\]]*$", re.I)
_CODE_FIRST = re.compile(rf"^(?P<code>{_CODES}|US\$|[$€£¥￥])[\s_-]+", re.I)
_REFERENCE = re.compile(
    r"\b(?:invoice|order|shipment|consignment|reference|ref|po|so|document|doc|delivery|awb|rechnung\w*|auftrag\w*|"
    r"beleg\w*|lieferschein\w*)\b|番号|伝票|請求|注文|单号|發票|发票|订单|訂單",
    re.I,
)
_MOST_REFERENCES = 2


class ReportedRow(NamedTuple):
    """A row of the report: its own words, their meanings, and its answer."""

    place: Sequence[Any]
    reference: str
    day: Any
    item: str
    chip: str
    destination: str
    parties: str
    quantity: Any
    value: Any
    currency: str
    segment: Segment
    problem: str
    #: The other cells of a row without an item, so that its reader can recognise a footnote.
    otherwise: str = ""


class ReportedColumns:
    """The columns of a ledger from which a reported row is read."""

    def __init__(self, names: Sequence[str], lookup: Lookup, places: int, several: bool) -> None:
        columns = lookup.columns
        read = {n for _, n in columns.read}
        own = range(len(names) - places)
        self.places = tuple(range(len(names) - places, len(names)))
        self.names = tuple(names)
        self.several_sheets = several
        self.of = {name: [n for f, n in columns.read if f == name] for name in ("chip", "on", "to")}
        self.parties = [n for f, n in columns.read if f in PARTY_FIELDS]
        free = [n for n in own if n not in read]
        # sheets may name them differently: the first that is not empty in a row counts
        self.quantities = [n for n in free if _amount(names[n])[0] in _QUANTITY]
        self.values = {n: code for n in free for spelled, code in [_amount(names[n])] if spelled in _VALUE}
        self.currencies = [n for n in free if key(names[n]) in _CURRENCY]
        taken = {*self.quantities, *self.values, *self.currencies}
        self.references = [n for n in free if n not in taken and _REFERENCE.search(names[n])]

    @property
    def code(self) -> str:
        """The one currency that the columns of values state; '' if they state several, or none."""
        codes = set(self.values.values())
        return codes.pop() if len(codes) == 1 else ""


def _first(cells: Sequence[Any], numbers: Iterable[int]) -> int | None:
    """The first of some columns that is not empty in a row."""
    return next((n for n in numbers if as_text(cells[n]).strip()), None)


def _amount(name: str) -> tuple[str, str]:
    """A header without its currency, and the currency: ('value', 'USD') for "Value (USD)"."""
    for pattern in (_WITH_CODE, _CODE_FIRST):
        if match := pattern.search(name.strip()):
            return key(pattern.sub("", name.strip())), match["code"].upper()
    return key(name), ""


_PLAIN = re.compile(r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")


def number_in(cell: Any) -> Decimal | None:
    """A cell as an exact number; None if it is not certainly one. Numbers are read as in English, so "1.234" is a
    little over one; "1.234,50" is not read."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float | Decimal):
        try:
            number = Decimal(str(cell))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    text = as_text(cell).strip()
    return Decimal(text.replace(",", "")) if _PLAIN.fullmatch(text) else None


def shown_number(amount: Decimal) -> str:
    """An amount with commas between thousands, and no more decimals than it has."""
    return f"{int(amount):,}" if amount == amount.to_integral_value() else f"{amount:,f}"


class RowReader:
    """Reads a ledger's rows for the report; the meaning of each spelling is cached."""

    def __init__(self, ruleset: Ruleset, lookup: Lookup, settings: Settings, columns: ReportedColumns) -> None:
        self._lookup, self._columns = lookup, columns
        self._names: Mapping[str, Mapping[str, str]] = settings.names or {}
        self._read: Mapping[str, Reader] = readers(ruleset, dates=settings.dates, say=settings.say)
        self._known: dict[tuple[str, str], Meaning] = {}
        self._places = ruleset.places
        constant = lookup.constant.get("to")
        self._to = self._place(constant) if constant else ""

    def row(self, cells: Sequence[Any], segment: Segment, problem: str) -> ReportedRow:
        """The reported row for its cells, its answer and the text of its problem."""
        columns = self._columns
        place = [cells[n] for n in columns.places]
        item = " ".join(as_text(cells[n]) for n in columns.of["chip"])
        chip = self._shown("chip", item)
        day = cells[columns.of["on"][0]]
        exported = self._meaning("on", as_text(day)).value
        to = self._to or next((self._place(self._meaning("to", as_text(cells[n]))) for n in columns.of["to"]), "")
        parties = "; ".join(dict.fromkeys(text for n in columns.parties if (text := as_text(cells[n]).strip())))
        quantity = _first(cells, columns.quantities)
        value = _first(cells, columns.values)
        money = _first(cells, columns.currencies)
        currency = (
            as_text(cells[money]).strip()
            if money is not None
            else columns.values.get(value, "")
            if value is not None
            else ""
        )
        references = [text for n in columns.references if (text := as_text(cells[n]).strip())]
        return ReportedRow(
            place, " / ".join(references[:_MOST_REFERENCES]),
            exported if isinstance(exported, date) else as_text(day), item, chip,
            to or " ".join(as_text(cells[n]) for n in columns.of["to"]), parties,
            self._at(cells, quantity), self._at(cells, value), currency, segment, problem,
            "" if item.strip() else self._in_brief(cells),
        )  # fmt: skip

    def _in_brief(self, cells: Sequence[Any]) -> str:
        own = (as_text(cell).strip() for n, cell in enumerate(cells) if n not in self._columns.places)
        return brief("; ".join(filter(None, own)), 160)

    @staticmethod
    def _at(cells: Sequence[Any], number: int | None) -> Any:
        """An amount as an exact number, or as it is written."""
        if number is None:
            return ""
        amount = number_in(cells[number])
        return as_text(cells[number]) if amount is None else amount

    def _place(self, meaning: Meaning) -> str:
        return self._places[meaning.value].name if meaning.value in self._places else ""

    def _shown(self, name: str, text: str) -> str:
        meaning = self._meaning(name, text)
        return meaning.shown if meaning.problem is None else ""

    def _meaning(self, name: str, text: str) -> Meaning:
        known = self._known.get((name, text))
        if known is None:
            means = self._names.get(name, {}).get(text.strip())
            read = self._read[name]
            known = read(text) if means is None else meaning_of(name, text, means, read)
            if len(self._known) > 100_000:
                self._known.clear()
            self._known[name, text] = known
        return known
