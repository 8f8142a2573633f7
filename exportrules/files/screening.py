"""Import the US Consolidated Screening List, as trade.gov publishes it, into an overlay of dated party listings.

The source is data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.json, .csv or .tsv, or BIS's own
Denied Persons List (dpl.txt, separated by tabs, or CSV), saved by the user; nothing is downloaded here. JSON is
better: in the other forms several aliases share a field, separated by semicolons, and an alias that contains a
semicolon is split. Rows are treated as follows:

- The four lists of BIS and the SDN entries whose programs 15 CFR 744.8 names become listings. Every other list makes
  no license requirement of the EAR and is only counted. An unknown list is unreadable, never dropped.
- *Denied persons*: the file of BIS has the days on which orders begin and expire, some of which the consolidated list
  leaves out, and an expired order ends the listing. Its columns are recognised by name and renamed to match.
- *Undated rows* (all of the Unverified List and of OFAC's lists): the party is certainly listed on the day of the file,
  `as_of`. For earlier days there is a second listing, presumed from the first day of coverage, with a notice. A
  listing from `as_of` alone would silently pass earlier shipments; this one risks a false alarm, and says so.
- *Names*: entries whose first name is a name of another entry are one party with all listings. A shared alias alone
  does not merge entries, since it may belong to two strangers; the alias then matches both.
- *The base*: a name that the ruleset already has on the same list is left out. Other names of that row are written.

Removals before `as_of` are not in the file, and no import can restore them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any, NamedTuple

from exportrules.errors import ORDERS, QuestionError, RulesetError
from exportrules.files.partyfile import keys_of
from exportrules.law.model import Evidence, Listing, ListName, Party, Policy
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY
from exportrules.question.names.parties import party_key
from exportrules.question.values import read_date


class _List(NamedTuple):
    """A list that restricts exports under the EAR: ours, and what the file calls it."""

    kind: ListName
    label: str
    evidence: Evidence
    note: str


class _Lists(NamedTuple):
    """The content of screening.toml: the lists and the other lists by code, and from when 744.8 names an SDN program.

    A program without a day was named when coverage began.
    """

    ours: dict[str, _List]
    others: frozenset[str]
    programs: dict[str, date | None]


@cache
def _lists() -> _Lists:
    data = tomllib.loads((files("exportrules.files") / "screening.toml").read_text("utf-8"))
    ours = {
        code: _List(entry["list"], entry["label"], entry.get("evidence", "published"), entry.get("note", ""))
        for code, entry in data["lists"].items()
    }
    programs = {code: group.get("since") for group in data["programs"] for code in group["codes"]}
    return _Lists(ours, frozenset(data["others"]["codes"]), programs)


#: License policies that are the same for every item; all other texts need a reader.
_PLAIN_POLICIES: tuple[tuple[str, Policy], ...] = (
    (r"presumption of denial( for all items subject to the ear)?", "presumption_of_denial"),
    (r"policy of denial( for all items subject to the ear)?", "policy_of_denial"),
    (r"(reviewed on a )?case[- ]by[- ]case( basis| review)?( for all items subject to the ear)?", "case_by_case"),
)
_EVERY_ITEM = re.compile(r"for all items subject to the ear(?!.*\b(except|other than|exclud|apart from|unless))")
_NEEDED = ("source", "name", "alt_names", "start_date", "license_policy", "programs")
#: The columns of BIS's own Denied Persons List (letters only), and their names in the consolidated list.
_DENIED = {
    "name": "name", "effectivedate": "start_date", "expirationdate": "end_date", "standardorder": "standard_order",
    "frcitation": "federal_register_notice",
}  # fmt: skip
_CODE = re.compile(r"\(([A-Z0-9]+(?:-[A-Z]+)?)(?: List)?\)")


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A readable row: its names by party key, the main name first, and its listings."""

    id: str
    country: str
    names: Mapping[str, str]
    listings: tuple[Listing, ...]
    undated: bool


@dataclass(slots=True)
class Screening:
    """The result of an import. `read` is always the sum of mapped, known, other and unreadable rows."""

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
        """The counts as lines; the counts of rows add up to the first."""
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
            lines.append(f"{self.kept_names} new names of rows that are already in the base were written.")
        if self.late:
            lines.append(f"{self.late} mapped rows begin after {day}. Is that the day of this file?")
        lines.append(f"Parties removed before {day} are not in the file, so it screens them on no day.")
        return lines


class _OtherListError(Exception):
    """A row that makes no license requirement of the EAR; the message is the name under which it is counted."""


def read_list(name: str, data: bytes, as_of: date, base: Ruleset) -> Screening:
    """Read a list as JSON, CSV or TSV, detected by its content. `as_of` is the day on which the file was published.

    Raises RulesetError, with the position, if the file as a whole cannot be read: not UTF-8, truncated JSON,
    an unclosed quote, missing columns. A row that cannot be read goes to `unreadable` instead.
    """
    result, entries = Screening(as_of), []
    current = [(p, e.list) for p in base.parties.values() for e in p.listing if not e.stop or e.stop > as_of]
    covered = {(party_key(n), kind) for p, kind in current for n in (p.name, *p.aliases)}
    for where, row in _rows(name, data):
        result.read += 1
        try:
            entry = _entry(row, as_of, base)
        except _OtherListError as other:
            result.other[str(other)] += 1
            continue
        except (ValueError, QuestionError) as error:
            result.unreadable.append(f"{where}: {error}")
            continue
        kind = entry.listings[0].list
        missing = {key: n for key, n in entry.names.items() if (key, kind) not in covered}
        if next(iter(entry.names)) in missing:
            result.mapped[kind] += 1
            result.undated += entry.undated
            result.late += not entry.undated and entry.listings[0].start > as_of
        else:
            result.known += 1
            result.kept_names += len(missing)
        if missing:
            entries.append(replace(entry, names=missing))
    result.parties = tuple(_parties(entries))
    return result


def _rows(name: str, data: bytes) -> Iterator[tuple[str, object]]:
    """Every row with its position: a mapping of columns or, if it cannot be read, a message."""
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
        raise RulesetError(name, f"incomplete JSON: {error.msg} at {at}. Was the download cut off?") from None
    except (ValueError, RecursionError):
        raise RulesetError(name, "this JSON is nested too deep, or has numbers that are too long.") from None
    rows = data.get("results") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise RulesetError(name, "there is no list of `results`. Use consolidated.json of data.trade.gov.")
    for number, row in enumerate(rows, 1):
        yield f"{name}: row {number}", row if isinstance(row, dict) else "this is not an object with columns."


def _csv_rows(name: str, text: str) -> Iterator[tuple[str, object]]:
    header = text.partition("\n")[0]
    # strict: an unclosed quote is an error, not one long last field
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
    """A row of BIS's own Denied Persons List in the columns of the consolidated list. Its days are month first."""
    cells = {ours: row[columns[theirs]].strip() for theirs, ours in _DENIED.items()}
    for day in ("start_date", "end_date"):
        if parts := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", cells[day]):
            cells[day] = f"{parts[3]}-{int(parts[1]):02}-{int(parts[2]):02}"
    cells["federal_register_notice"] = re.sub(r"\bF\. ?R\.", "FR", cells["federal_register_notice"])
    country = row.get(columns.get("country", ""), "").strip()
    return cells | {"source": "Denied Persons List (DPL)", "country": country, "addresses": ""}


def _entry(row: object, as_of: date, base: Ruleset) -> ImportedRow:
    """Interpret a row. Raises _OtherListError for other lists, ValueError for a row that cannot be read."""
    if not isinstance(row, dict):
        raise ValueError(row)
    source = _text(row, "source")
    code = _CODE.search(source)
    if code is None or code.group(1) not in _lists().ours.keys() | _lists().others:
        raise ValueError(f"the list {source!r} is unknown; whether the EAR restricts its parties must be checked.")
    if code.group(1) in _lists().others:
        raise _OtherListError(code.group(1))
    names = _names(row)
    listings = _listings(row, code.group(1), as_of, base.edition.covers_from)
    number = _text(row, "entity_number") or _text(row, "_id") or _text(row, "id")
    mark = re.sub(r"[^a-z0-9]", "", number.casefold()) or hashlib.sha256(next(iter(names)).encode()).hexdigest()
    own = f"csl-{code.group(1).lower()}-{mark[:16]}"
    return ImportedRow(own, _country(row, base), names, listings, not _text(row, "start_date"))


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    """The names by their keys. A person's name is written "LAST, Given"; the natural order is added as a name."""
    name = _text(row, "name")
    written = [name, *_words(row, "alt_names")]
    if _text(row, "type").casefold() == "individual":
        written += [f"{given} {last}" for n in written if n.count(", ") == 1 for last, given in [n.split(", ")]]
    names = {party_key(n): n for n in reversed(written)}
    names = {party_key(n): names[party_key(n)] for n in written}
    if not name or not party_key(name):
        raise ValueError(f"the name {name!r} has no letter or digit, so it cannot be searched for.")
    names.pop("", None)
    return names


def _listings(row: Mapping[str, Any], code: str, as_of: date, first: date) -> tuple[Listing, ...]:
    """The listing of a row, preceded by the presumed one if the file has no day. `first` is the start of coverage."""
    kind, label, evidence, note = _lists().ours[code]
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
            raise ValueError(f"end_date {end} is before start_date {start}.")
        day = stop - DAY
    policy, notes = _review(row) if code == "EL" else (None, [])
    if note:
        notes.append(note)
    if code == "DPL" and _text(row, "standard_order").upper() == "N":
        notes.append("This denial order is not a standard one: read its terms.")
    urls = (_text(row, "source_list_url"), _text(row, "source_information_url"))
    listing = Listing(
        list=kind,
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
    """The first day on which 744.8 reaches the programs of an SDN entry, and these programs."""
    tags = [tag.strip("[] ").upper() for tag in _words(row, "programs")]
    if not any(tags):
        raise ValueError("an SDN entry without programs; whether 744.8 names its program is unknown.")
    programs = _lists().programs
    reached = [tag for tag in tags if tag in programs]
    if not reached:
        raise _OtherListError("SDN, not a program of 744.8")
    return min(programs[tag] or first for tag in reached), ", ".join(reached)


def _review(row: Mapping[str, Any]) -> tuple[Policy, list[str]]:
    """The review policy of an Entity List row if its text is plain, and notes on what a reader must decide."""
    written, required = _text(row, "license_policy"), _text(row, "license_requirement")
    plain = written.casefold().rstrip(". ")
    policy = next((p for pattern, p in _PLAIN_POLICIES if re.fullmatch(pattern, plain)), None)
    notes = []
    if policy is None:
        notes.append(
            f"License policy of the entry: {written!r}." if written else "The file has no license policy for it."
        )
    if not _EVERY_ITEM.match(required.casefold()):
        notes.append(f"License requirement of the entry, applied here to every item: {required!r}.")
    return policy or "indeterminate", notes


def _parties(entries: list[ImportedRow]) -> Iterator[Party]:
    """Entries as parties: entries whose first name is a name of another entry are merged."""
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
    """The country of the first address that ends with one. It is only shown; nothing depends on it."""
    given = row.get("addresses")
    addresses = given if isinstance(given, list) else _words(row, "addresses")
    codes = [a.get("country") if isinstance(a, dict) else str(a).rpartition(",")[2].strip() for a in addresses]
    return next((c for c in (*codes, row.get("country")) if isinstance(c, str) and c in base.places), "")


def _text(row: Mapping[str, Any], column: str) -> str:
    """A field as one line of text; '' for None or a missing column."""
    value = row.get(column)
    if not isinstance(value, str | int | None):
        raise ValueError(f"{column} is not a text.")
    return "" if value is None else _line(str(value), column)


def _words(row: Mapping[str, Any], column: str) -> list[str]:
    """A field of several texts: a list in JSON, separated by semicolons in CSV."""
    value = row.get(column)
    parts = value if isinstance(value, list) else _text(row, column).split(";")
    if not all(isinstance(part, str) for part in parts):
        raise ValueError(f"{column} is not a list of texts.")
    return [line for part in parts if (line := _line(part, column))]


def _line(text: str, column: str) -> str:
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError(f"{column} has half of a surrogate pair; the file was damaged.")
    # rule files must not have characters that control a terminal; a space does not change a name
    return " ".join(re.sub(ORDERS, " ", text).split())
