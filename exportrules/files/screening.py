"""The US Consolidated Screening List, as trade.gov publishes it, read into an overlay of dated party listings.

Source: data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.json, .csv or .tsv, or the Denied
Persons List as BIS publishes it by itself (dpl.txt, parted by tabs, or as CSV), saved by the user; nothing is fetched
here. JSON is better: in the others several aliases share a field, parted by semicolons, and an alias that has a
semicolon of its own becomes two. What becomes of a row:

- The four lists of BIS and the SDN entries whose programs 15 CFR 744.8 names become listings. Every other list makes
  no license requirement of the EAR and is counted. A list that is not known here is unreadable, never dropped.
- *Denied persons*: the file of BIS has the days on which orders begin and expire, which the other leaves out in part,
  and an order that expired ends the listing. Its columns are told by their names and rewritten as those of the other.
- *Undated rows* (all of the Unverified List and of OFAC's lists): the party is certainly listed on the day of the file,
  `as_of`; earlier it is written as a second listing, presumed from the first day of coverage, with a notice. To begin
  on `as_of` alone would pass earlier shipments in silence; here the worst is a false alarm, and it says so.
- *Names*: entries whose first name is a name of another entry are one party with all listings. An alias alone does
  not merge, since two strangers may share one; the name then finds both.
- *The base*: a name that the ruleset has on the same list is left to the ruleset. Other names of that row are kept.

Removals before `as_of` are not in the file, and no import can bring them back.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any

from exportrules.errors import ORDERS, QuestionError, RulesetError
from exportrules.files.partyfile import keys_of
from exportrules.law.model import Evidence, Listing, Party, Policy
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY
from exportrules.question.names.parties import party_key
from exportrules.question.values import read_date

#: The lists that restrict exports under the EAR, by the code in the name of their source.
_LISTS = {
    "EL": ("entity_list", "Entity List"),
    "MEU": ("meu_list", "Military End User List"),
    "DPL": ("denied_persons", "Denied Persons List"),
    "UVL": ("unverified_list", "Unverified List"),
    "SDN": ("sdn_744_8", "SDN List"),
}
#: The rest of the Consolidated Screening List, under the codes of its editions since 2014.
_OTHER_LISTS = frozenset("SSI CAP CAPTA CMIC NS-CMIC FSE ISN DTC MBS NS-MBS PLC NS-PLC 561 UFLPA".split())  # noqa: SIM905

#: The programs that 744.8 names since 89 FR 20107; the first three were there before, or in 744.12 and 744.14. Read in
#: published summaries of that rule (Baker McKenzie, Thompson Hine, Barnes Richardson), not in the codified text, hence
#: the evidence of these listings is "reported".
_SINCE = date(2024, 3, 21)
_OLDER = frozenset({"NPWMD", "SDGT", "FTO"})
_PROGRAMS = _OLDER | {"BELARUS", "BELARUS-EO14038", "RUSSIA-EO14024", "UKRAINE-EO13660", "UKRAINE-EO13661"}
_PROGRAMS |= {"UKRAINE-EO13662", "UKRAINE-EO13685", "ILLICIT-DRUGS-EO14059", "SDNT", "SDNTK", "TCO"}

#: License policies that say one thing of every item; all other texts are left to a reader.
_PLAIN_POLICIES: tuple[tuple[str, Policy], ...] = (
    (r"presumption of denial( for all items subject to the ear)?", "presumption_of_denial"),
    (r"policy of denial( for all items subject to the ear)?", "policy_of_denial"),
    (r"(reviewed on a )?case[- ]by[- ]case( basis| review)?( for all items subject to the ear)?", "case_by_case"),
)
_EVERY_ITEM = re.compile(r"for all items subject to the ear(?!.*\b(except|other than|exclud|apart from|unless))")
_NEEDED = ("source", "name", "alt_names", "start_date", "license_policy", "programs")
#: The columns of BIS's own Denied Persons List, letters alone, and what they are called in the consolidated list.
_DENIED = {
    "name": "name", "effectivedate": "start_date", "expirationdate": "end_date", "standardorder": "standard_order",
    "frcitation": "federal_register_notice",
}  # fmt: skip
_CODE = re.compile(r"\(([A-Z0-9]+(?:-[A-Z]+)?)(?: List)?\)")


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row that was understood: its names by party key, the first one first, and the listings that it makes."""

    id: str
    country: str
    names: Mapping[str, str]
    listings: tuple[Listing, ...]
    undated: bool


@dataclass(slots=True)
class Screening:
    """What an import made of a file. `read` = mapped + known + other lists + unreadable, always."""

    as_of: date
    read: int = 0
    mapped: Counter[str] = field(default_factory=Counter)
    known: int = 0
    other: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    undated: int = 0
    late: int = 0
    kept_names: int = 0
    parties: tuple[Party, ...] = ()

    def summary(self) -> list[str]:
        """The counts as lines; those of rows add up to the first."""
        table = {
            "rows read": self.read,
            "  mapped": self.mapped.total(),
            **{f"    {name}": n for name, n in self.mapped.most_common()},
            "  not an EAR list": self.other.total(),
            **{f"    {name}": n for name, n in self.other.most_common()},
            "  already in the base": self.known,
            "  unreadable": len(self.unreadable),
            "parties": len(self.parties),
        }
        day, lines = self.as_of, [f"{label:<33}{count}" for label, count in table.items()]
        if self.undated:
            lines.append(f"{self.undated} mapped rows have no listing day: certain from {day}, presumed before.")
        if self.kept_names:
            lines.append(f"{self.kept_names} names of rows that are in the base are new to it: they are written.")
        if self.late:
            lines.append(f"{self.late} mapped rows begin after {day}. Is that the day of this file?")
        lines.append(f"Whoever was removed before {day} is not in the file, and not screened by it on any day.")
        return lines


class _OtherListError(Exception):
    """A row that makes no license requirement of the EAR; the message is what it is counted under."""


def read_list(name: str, data: bytes, as_of: date, base: Ruleset) -> Screening:
    """Read a list, JSON, CSV or TSV, told by its content. `as_of` is the day on which the file was published.

    Raises RulesetError, with the position, where the file as a whole cannot be read: not UTF-8, JSON that
    breaks off, a quote that never closes, columns missing. A bad row is noted in `unreadable` instead.
    """
    made, entries = Screening(as_of), []
    standing = [(p, e.list) for p in base.parties.values() for e in p.listing if not e.stop or e.stop > as_of]
    covered = {(party_key(n), kind) for p, kind in standing for n in (p.name, *p.aliases)}
    for where, row in _rows(name, data):
        made.read += 1
        try:
            entry = _entry(row, as_of, base)
        except _OtherListError as other:
            made.other[str(other)] += 1
            continue
        except (ValueError, QuestionError) as error:
            made.unreadable.append(f"{where}: {error}")
            continue
        kind = entry.listings[0].list
        missing = {key: n for key, n in entry.names.items() if (key, kind) not in covered}
        if next(iter(entry.names)) in missing:
            made.mapped[kind] += 1
            made.undated += entry.undated
            made.late += not entry.undated and entry.listings[0].start > as_of
        else:
            made.known += 1
            made.kept_names += len(missing)
        if missing:
            entries.append(replace(entry, names=missing))
    made.parties = tuple(_parties(entries))
    return made


def _rows(name: str, data: bytes) -> Iterator[tuple[str, object]]:
    """Every row with where it is: a mapping of columns, or, where it is none, a text that says why."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RulesetError(name, f"byte {error.start + 1} is not UTF-8. Save the file as it was published.") from None
    return _json_rows(name, text) if text.lstrip()[:1] in ("{", "[") else _csv_rows(name, text)


def _json_rows(name: str, text: str) -> Iterator[tuple[str, object]]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno} (character {error.pos} of {len(text)})"
        raise RulesetError(name, f"not whole JSON: {error.msg} at {at}. Was the download cut off?") from None
    except (ValueError, RecursionError):
        raise RulesetError(name, "this JSON is nested too deep, or has endless numbers.") from None
    rows = data.get("results") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise RulesetError(name, "there is no list of `results`. Use consolidated.json of data.trade.gov.")
    for number, row in enumerate(rows, 1):
        yield f"{name}: row {number}", row if isinstance(row, dict) else "this is not an object with columns."


def _csv_rows(name: str, text: str) -> Iterator[tuple[str, object]]:
    header = text.partition("\n")[0]
    # strict: a quote that never closes is an error and not one long last field
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in header else ",", strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
    except csv.Error as error:
        raise RulesetError(name, f"the header cannot be read: {error}.") from None
    denied = {re.sub(r"[^a-z]", "", column.casefold()): column for column in columns}
    if _DENIED.keys() <= denied.keys() and "source" not in columns:
        for where, row in _records(name, reader, columns):
            yield where, _denied(row, denied) if isinstance(row, dict) else row
        return
    lacking = [column for column in _NEEDED if column not in columns]
    if lacking:
        raise RulesetError(name, f"the header lacks {', '.join(lacking)}. Use consolidated.csv of data.trade.gov.")
    yield from _records(name, reader, columns)


def _records(name: str, reader: Any, columns: list[str]) -> Iterator[tuple[str, object]]:
    number = 0
    while True:
        line, cells, fault = reader.line_num + 1, None, ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = f"not CSV: {error}."
        if cells == []:
            continue
        if "end of data" in fault:
            raise RulesetError(name, f"line {line}: a quote opens here and never closes. Was the download cut off?")
        if cells and len(cells) != len(columns):
            fault = f"it has {len(cells)} fields, the header has {len(columns)}."
        number += 1
        yield f"{name}: row {number} (line {line})", fault or dict(zip(columns, cells or (), strict=True))


def _denied(row: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    """A row of BIS's own Denied Persons List as one of the consolidated list; its days are written month first."""
    found = {ours: row[columns[theirs]].strip() for theirs, ours in _DENIED.items()}
    for day in ("start_date", "end_date"):
        if parts := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", found[day]):
            found[day] = f"{parts[3]}-{int(parts[1]):02}-{int(parts[2]):02}"
    found["federal_register_notice"] = re.sub(r"\bF\. ?R\.", "FR", found["federal_register_notice"])
    country = row.get(columns.get("country", ""), "").strip()
    return found | {"source": "Denied Persons List (DPL)", "country": country, "addresses": ""}


def _entry(row: object, as_of: date, base: Ruleset) -> ImportedRow:
    """A row understood. Raises _OtherListError for other lists, ValueError for what cannot be understood."""
    if not isinstance(row, dict):
        raise ValueError(row)
    source = _text(row, "source")
    code = _CODE.search(source)
    if code is None or code.group(1) not in _LISTS.keys() | _OTHER_LISTS:
        raise ValueError(f"the list {source!r} is not known here; whether the EAR restricts its parties must be read.")
    if code.group(1) in _OTHER_LISTS:
        raise _OtherListError(code.group(1))
    names = _names(row)
    listings = _listings(row, code.group(1), as_of, base.edition.covers_from)
    number = _text(row, "entity_number") or _text(row, "_id") or _text(row, "id")
    mark = re.sub(r"[^a-z0-9]", "", number.casefold()) or hashlib.sha256(next(iter(names)).encode()).hexdigest()
    own = f"csl-{code.group(1).lower()}-{mark[:16]}"
    return ImportedRow(own, _country(row, base), names, listings, not _text(row, "start_date"))


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    """The names by their keys. Of a person the given name comes last in the file; the other order is a name too."""
    name = _text(row, "name")
    found = [name, *_words(row, "alt_names")]
    if _text(row, "type").casefold() == "individual":
        found += [f"{given} {last}" for n in found if n.count(", ") == 1 for last, given in [n.split(", ")]]
    names = {party_key(n): n for n in reversed(found)}
    names = {party_key(n): names[party_key(n)] for n in found}
    if not name or not party_key(name):
        raise ValueError(f"the name {name!r} has no letter or digit to be found by.")
    names.pop("", None)
    return names


def _listings(row: Mapping[str, Any], code: str, as_of: date, first: date) -> tuple[Listing, ...]:
    """The listing of a row; before it, where the file has no day, the presumed one. `first` is the day that begins."""
    kind, label = _LISTS[code]
    start, end = (read_date(t, c) if (t := _text(row, c)) else None for c in ("start_date", "end_date"))
    floor, cite = first, _text(row, "federal_register_notice")
    if code == "SDN":
        floor, tags = _program(row, first)
        cite = f"SDN List of {as_of}, {tags}"
        start = max(start, floor) if start else None
    day = start or max(as_of, floor)
    stop = end + DAY if end and end < date.max else None
    if stop and stop <= day:
        if start:
            raise ValueError(f"end_date {end} lies before start_date {start}.")
        day = stop - DAY
    policy, notes = _review(row) if code == "EL" else (None, [])
    if code == "UVL":
        notes.append("744.15: no license exception; a UVL statement before any shipment without a license.")
    if code == "DPL" and _text(row, "standard_order").upper() == "N":
        notes.append("This denial order is not a standard one: read its terms.")
    urls = (_text(row, "source_list_url"), _text(row, "source_information_url"))
    evidence: Evidence = "reported" if code == "SDN" else "published"
    listing = Listing(
        list=kind,  # type: ignore[arg-type]
        start=day,
        cite=cite or f"{label} of {as_of}",
        evidence=evidence,
        policy=policy,
        stop=stop,
        url=next((u for u in urls if re.fullmatch(r"https?://[!-~]+", u)), ""),
        requirement=_text(row, "license_requirement"),
        note=" ".join(notes),
    )
    if start or floor >= as_of:
        return (listing,)
    notes.insert(0, f"{label}: the file of {as_of} has no listing day; before, the listing is presumed. Find the day.")
    over = min(stop or as_of, as_of)
    presumed = replace(listing, start=min(floor, over - DAY), stop=over, evidence="reported", note=" ".join(notes))
    return (presumed,) if stop and stop <= as_of else (presumed, listing)


def _program(row: Mapping[str, Any], first: date) -> tuple[date, str]:
    """From when 744.8 reaches the programs of an SDN entry, and the programs."""
    tags = [tag.strip("[] ").upper() for tag in _words(row, "programs")]
    if not any(tags):
        raise ValueError("an SDN entry without programs; whether 744.8 names its program cannot be told.")
    reached = [tag for tag in tags if tag in _PROGRAMS]
    if not reached:
        raise _OtherListError("SDN, not a program of 744.8")
    return first if _OLDER & set(reached) else _SINCE, ", ".join(reached)


def _review(row: Mapping[str, Any]) -> tuple[Policy, list[str]]:
    """The review policy of an Entity List row where its text is plain, and what a reader must decide."""
    said, required = _text(row, "license_policy"), _text(row, "license_requirement")
    plain = said.casefold().rstrip(". ")
    policy = next((p for pattern, p in _PLAIN_POLICIES if re.fullmatch(pattern, plain)), None)
    notes = []
    if policy is None:
        notes.append(f"License policy of the entry: {said!r}." if said else "The file has no license policy for it.")
    if not _EVERY_ITEM.match(required.casefold()):
        notes.append(f"License requirement of the entry, applied here to every item: {required!r}.")
    return policy or "indeterminate", notes


def _parties(entries: list[ImportedRow]) -> Iterator[Party]:
    """Entries as parties: those whose first name is a name of another are one."""
    leader = list(range(len(entries)))

    def head(index: int) -> int:
        while leader[index] != index:
            leader[index] = index = leader[leader[index]]
        return index

    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        leader[index] = head(first.setdefault(next(iter(entry.names)), index))
    for index, entry in enumerate(entries):
        for key in entry.names:
            one, other = sorted((head(index), head(first.get(key, index))))
            leader[other] = one
    groups: dict[int, list[ImportedRow]] = {}
    for index, entry in enumerate(entries):
        groups.setdefault(head(index), []).append(entry)
    used: set[str] = set()
    for group in groups.values():
        names = {key: n for e in reversed(group) for key, n in e.names.items()}
        name = names.pop(next(iter(group[0].names)))
        own = next(i for n in count(1) if (i := group[0].id + (f"-{n}" if n > 1 else "")) not in used)
        used.add(own)
        yield Party(
            id=own,
            name=name,
            country=next((e.country for e in group if e.country), ""),
            aliases=tuple(names.values()),
            listing=tuple({tuple(keys_of(x)): x for e in group for x in e.listings}.values()),  # each once
        )


def _country(row: Mapping[str, Any], base: Ruleset) -> str:
    """The country of the first address that ends with one. It is shown, nothing is decided by it."""
    given = row.get("addresses")
    addresses = given if isinstance(given, list) else _words(row, "addresses")
    codes = [a.get("country") if isinstance(a, dict) else str(a).rpartition(",")[2].strip() for a in addresses]
    return next((c for c in (*codes, row.get("country")) if isinstance(c, str) and c in base.places), "")


def _text(row: Mapping[str, Any], column: str) -> str:
    """A field as one line of text; None and a column that is not there are empty."""
    value = row.get(column)
    if not isinstance(value, str | int | None):
        raise ValueError(f"{column} is not a text.")
    return "" if value is None else _line(str(value), column)


def _words(row: Mapping[str, Any], column: str) -> list[str]:
    """A field of several texts: a list in JSON, parted by semicolons in CSV."""
    value = row.get(column)
    parts = value if isinstance(value, list) else _text(row, column).split(";")
    if not all(isinstance(part, str) for part in parts):
        raise ValueError(f"{column} is not a list of texts.")
    return [line for part in parts if (line := _line(part, column))]


def _line(text: str, column: str) -> str:
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError(f"{column} has half of a surrogate pair; the file was damaged.")
    # a rule file may not hold what a terminal acts upon; a name loses nothing by a space in its place
    return " ".join(ORDERS.sub(" ", text).split())
