"""The party lists of rulesets/us-ear/parties/, written from the tables of scripts/parties/.

    python scripts/make_party_lists.py [DIRECTORY]

One readable file a list. Where an entry was also encoded by hand (by_hand.toml), its id, names, dates, policies and
comments are those of the hand; the table adds the aliases and countries that the hand left out. docs/audit.md says
where the tables come from and what their days are worth.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exportrules.files.partyfile import toml_value
from exportrules.question.names.close import core_of, words_of
from exportrules.question.names.parties import party_key, party_keys

TABLES = ROOT / "scripts" / "parties"
TARGET = ROOT / "rulesets" / "us-ear" / "parties"
Row = Mapping[str, str]

SUPPLEMENT = "https://www.ecfr.gov/current/title-15/part-744/appendix-Supplement%20No.%20{}%20to%20Part%20744"
#: What each file says of its list: id, title, where it is printed, its official address, through when it was read.
LISTS: dict[str, dict[str, Any]] = {
    "entity-list": {
        "id": "entity_list", "title": "Entity List", "cite": "supp. no. 4 to part 744", "url": SUPPLEMENT.format(4),
        "verified_through": date(2026, 7, 31),
        "note": "Entries in force on that day, with the policies of that day; of entries removed before, those whose "
        "names are known. Entries that name an address and no party match no name.",
    },
    "military-end-user-list": {
        "id": "meu_list", "title": "Military End-User List", "cite": "supp. no. 7 to part 744",
        "url": SUPPLEMENT.format(7), "verified_through": date(2026, 9, 24),
        "note": "The entries under Russia of 2020-12-23, moved to the Entity List in March 2022, are not here. The "
        "list is not exhaustive: 744.21 reaches military end users that are not on it.",
    },
    "unverified-list": {
        "id": "unverified_list", "title": "Unverified List", "cite": "supp. no. 6 to part 744",
        "url": SUPPLEMENT.format(6), "verified_through": date(2026, 9, 24),
        "note": "Persons in the supplement on that day; of the persons removed before, those whose names are known.",
    },
    "military-intelligence": {
        "id": "mieu_744_22", "title": "Military-intelligence end users named in 744.22(f)(2)", "cite": "744.22(f)(2)",
        "url": "https://www.ecfr.gov/current/title-15/section-744.22", "verified_through": date(2026, 9, 24),
        "note": "The paragraph is not exhaustive: other military-intelligence end users are restricted as well.",
    },
    "approved-uae": {
        "id": "approved_740_supp_8", "title": "Approved parties of supplement no. 8 to part 740 (UAE)",
        "cite": "supp. no. 8 to part 740", "verified_through": date(2026, 9, 24),
        "url": "https://www.ecfr.gov/current/title-15/part-740/appendix-Supplement%20No.%208%20to%20Part%20740",
        "note": "By name alone: UAE government agencies are approved as a kind and match no name; subsidiaries of the "
        "companies of paragraph (c) are approved and match no name either; state-owned firms and contractors are not.",
    },
}  # fmt: skip

#: How a day of the tables is known: the level of evidence, and what to say of it.
_DAYS = {
    "read": ("published", ""),
    "bis": ("published", ""),
    "handmade": ("reported", ""),
    "second": ("reported", ""),
    "pub": ("reported", "The day of publication is used; the effective day may be up to 5 days earlier."),
    "recalled": ("reported", "The effective day is recalled, not read; it may be off by some days."),
    "": ("reported", "The listing day was not found; the entry is older than this ruleset's coverage."),
}
#: How many days before its publication a rule may have begun, unless first_days.csv has the day of its announcement.
_BEFORE_PUBLICATION = timedelta(days=5)
#: The first day of coverage: what is said of days before it changes no answer.
_COVERED = date(2020, 1, 1)
_UNDATED = date(2010, 1, 15)

#: How the day on which a party of blocked.csv was blocked is known.
_BLOCKED = {
    "second": "Seen on the SDN List of 2026-07-31; law firms tell the day.",
    "group": "Seen on the SDN List of 2026-07-31; the day is the one that law firms tell of its group.",
    "earliest": "Seen on the SDN List of 2026-07-31; since when was not found: the day is that on which the first of "
    "these companies were blocked.",
    "rule": "Seen on the SDN List of 2026-07-31; it was there under another program before 744.8 named this one.",
}

#: License requirements that are narrower than "all items", as `only_for` or a note.
_ONLY_FOR = {"all_items_for_746_8_a_4_projects": "projects described in 746.8(a)(4)"}
_REQUIRED = {
    "ccl_items": "The entry requires a license for items on the Commerce Control List; AI chips are on it.",
    "ccl_and_supp7_ear99": "The entry requires a license for items on the Commerce Control List and some EAR99 items; "
    "AI chips are on that list.",
}


@dataclass
class Made:
    """A party under way: its keys of the file in order, its listings, and the comment above it."""

    id: str
    name: str
    country: str
    also_in: list[str] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    weak: dict[str, str] = field(default_factory=dict)
    listing: list[dict[str, Any]] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    by_hand: bool = False
    kept: set[str] = field(default_factory=set)

    def call(self, name: str, *, weak: bool = False) -> None:
        """Another name, unless the party has it already."""
        known = {*party_keys(self.name), *(k for alias in self.aliases.values() for k in party_keys(alias))}
        key = party_key(name)
        if key and key not in known:
            self.weak.pop(key, None)
            (self.weak if weak else self.aliases).setdefault(key, name)


@cache
def rows(name: str) -> list[Row]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date:
    return date.fromisoformat(text)


def split(text: str, mark: str = "|") -> list[str]:
    return [part.strip() for part in text.split(mark) if part.strip()]


# --- the lists --------------------------------------------------------------------------------------


def entity_list() -> Iterator[Made]:
    """Every party of the Entity List. Rows of one name are one party; so are those that compare alike, of one day."""
    hand = Hand()
    entries: dict[str, Made] = {}
    alike: dict[tuple[str, str], list[Made]] = defaultdict(list)
    for row in rows("entity_list.csv"):
        if row["kind"] != "party":
            continue
        made = entries.get(row["name"]) or next((m for m in alike[_alike(row)] if _shares_country(m, row)), None)
        if made is None:
            made = entries[row["name"]] = hand.party(row) or _named(row)
            if not made.listing:
                made.listing.append(_entity_listing(row))
            elif len(made.listing) == 1 and row["amended"]:
                made.listing[0]["amended"] = day(row["amended"].split()[-1])
            alike[_alike(row)].append(made)
        entries[row["name"]] = made
        _seat(made, row["country"])
        for alias in split(row["aliases"]):
            made.call(alias)
        for alias in split(row["weak_aliases"]):
            made.call(alias, weak=True)
    for row in rows("blocked.csv"):
        entries[row["name"]].listing.append(_blocked(row))
    left = hand.left()
    if left:
        raise ValueError(f"by_hand.toml has parties that are no entry of the table: {', '.join(left)}")
    yield from _with_short_names(entries)
    yield from _removed("entity_list")


def _alike(row: Row) -> tuple[str, str]:
    return party_key(row["name"]), row["listed_on"]


def _shares_country(made: Made, row: Row) -> bool:
    return not {made.country, *made.also_in}.isdisjoint(row["country"].split())


def _entity_listing(row: Row) -> dict[str, Any]:
    start = day(row["listed_on"]) if row["listed_on"] else _UNDATED
    evidence, doubt = _DAYS[row["date_basis"]]
    first = (split(row["citations"], ";") or split(row["csl_citations"], ";") or ["not found"])[0]
    listing: dict[str, Any] = {
        "list": "entity_list",
        "start": start,
        "cite": first.split(" (")[0],
        "evidence": evidence,
        "policy": row["policy_for_ai_chip"] or "indeterminate",
    }
    listing |= _perhaps(row["date_basis"], start)
    if row["amended"]:
        listing["amended"] = day(row["amended"].split()[-1])
    if row["footnote"]:
        listing["footnote"] = int(row["footnote"].split()[0])
        listing["footnote_from"] = day(row["footnote_from"] or row["listed_on"])
    if row["license_requirement"] in _ONLY_FOR:
        listing["only_for"] = _ONLY_FOR[row["license_requirement"]]
    notes = [
        doubt if start >= _COVERED or not row["listed_on"] else "",
        _REQUIRED.get(row["license_requirement"], ""),
        _sentence("License requirement", row["license_requirement_words"]),
        _sentence("Review policy", row["review_policy_words"]),
        _sentence("", row["footnote_note"]),
    ]
    if said := " ".join(note for note in notes if note):
        listing["note"] = said
    return listing


def _perhaps(basis: str, start: date) -> dict[str, Any]:
    """The earliest possible first day of an entry of which only the day of publication is known."""
    if basis != "pub" or start < _COVERED:
        return {}
    return {"perhaps_from": first_days().get(start, start - _BEFORE_PUBLICATION)}


@cache
def first_days() -> Mapping[date, date]:
    """The earliest possible first day of the rules that were published on a day, where it is known."""
    return {day(row["published"]): day(row["perhaps_from"]) for row in rows("first_days.csv")}


def _sentence(of: str, words: str) -> str:
    return f"{of}{': ' if of else ''}{words if of else words[:1].upper() + words[1:]}." if words else ""


def _blocked(row: Row) -> dict[str, Any]:
    """What a party of the Entity List is beside its entry, where that is for other items alone: a blocked person.

    The SDN List is not shipped: these rows are what keeps such an entry from being read as the whole of the matter.
    """
    tags = "".join(f"[{program}]" for program in row["programs"].split())
    listing = _listing("sdn_744_8", row["blocked_on"], f"SDN List, {tags}; 15 CFR 744.8(a)(1)(i)", "reported")
    url = "https://ofac.treasury.gov/specially-designated-nationals-and-blocked-persons-list-sdn-human-readable-lists"
    return listing | {"url": url, "note": _BLOCKED[row["basis"]]}


def meu_list() -> Iterator[Made]:
    for row in rows("meu_list.csv"):
        made = _named(row)
        made.listing.append(_listing("meu_list", row["listed_on"], row["citations"].split(" (")[0], "published"))
        yield _also_called(made)


def unverified_list() -> Iterator[Made]:
    for row in rows("unverified_list.csv"):
        made = _named(row)
        evidence, doubt = _DAYS[row["date_basis"]]
        listing = _listing("unverified_list", row["listed_on"], row["citations"].split(" (")[0], evidence)
        listing |= _perhaps(row["date_basis"], listing["start"])
        made.listing.append(listing)
        uvl = "744.15: no license exception; a UVL statement before any shipment without a license."
        listing["note"] = f"{uvl} {doubt}" if doubt and listing["start"] >= _COVERED else uvl
        yield _also_called(made)
    yield from _removed("unverified_list")


def mieu_744_22() -> Iterator[Made]:
    for row in rows("mieu_744_22.csv"):
        # letters alone (GRU, J2, RGB) are many others' too
        made = _named({**row, "aliases": "", "weak_aliases": row["aliases"]})
        listing = _listing("mieu_744_22", row["start"], f"{row['citation']}; {row['paragraph']}", "published")
        listing |= {"note": "All items subject to the EAR, wherever the party is (744.22(b), (f)(2))."}
        made.listing.append(listing)
        yield made


def approved_740_supp_8() -> Iterator[Made]:
    for row in rows("uae_supplement_8.csv"):
        if row["kind"] == "agency":
            continue
        # of the companies nothing but the printed name frees: what goes by the short one may be anybody's
        called = "weak_aliases" if row["kind"] == "us_company" else "aliases"
        made = _named({**row, "aliases": "", called: re.sub(r"\s*\(.*?\)", "", row["aliases"])})
        cite = f"91 FR 43038; paragraph {row['paragraph']}"
        listing = _listing("approved_740_supp_8", row["start"], cite, "published")
        scope = f"advanced-computing items{'' if row['sta'] == 'no' else ' and License Exception STA'}"
        listing["note"] = f"Approved for {scope}: {row['condition']}."
        if row["stop"]:
            listing["stop"] = day(row["stop"])
        made.listing.append(listing)
        yield made


def _listing(kind: str, start: str, cite: str, evidence: str) -> dict[str, Any]:
    return {"list": kind, "start": day(start), "cite": cite, "evidence": evidence}


def _removed(kind: str) -> Iterator[Made]:
    for row in rows("removed.csv"):
        if row["list"] == kind:
            made = _named(row)
            policy = {"policy": "indeterminate"} if kind == "entity_list" else {}
            cite = f"{row['listed_by']}; removed by {row['removed_by']}"
            made.listing.append(
                _listing(kind, row["listed_on"], cite, "reported")
                | {"stop": day(row["removed_on"])} | policy | {"note": row["note"]}
            )  # fmt: skip
            yield made


# --- names ------------------------------------------------------------------------------------------


def _named(row: Row) -> Made:
    made = Made(_slug(row["name"]), row["name"], "")
    _seat(made, row["country"])
    for alias in split(row["aliases"]):
        made.call(alias)
    for alias in split(row.get("weak_aliases", "")):
        made.call(alias, weak=True)
    return made


def _also_called(made: Made) -> Made:
    """A party of a shorter list with its other names, which are near names where nobody checked them."""
    for row in rows("short_names.csv"):
        if row["entry"] == made.name:
            for column in ("chinese_legal", "former_names", "english_short", "chinese_short"):
                for name in _several(row[column]):
                    made.call(name, weak="not checked" in row["note"])
    return made


def _seat(made: Made, countries: str) -> None:
    """The countries of all addresses. Crimea is no destination of its own in places.toml."""
    for code in countries.replace("UA-43", "UA").split():
        if not made.country:
            made.country = code
        elif code != made.country and code not in made.also_in:
            made.also_in.append(code)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return re.sub(r"(-(co|ltd|inc|llc|limited|corp|corporation|company))+$", "", words)[:80].strip("-") or "party"


def _with_short_names(entries: Mapping[str, Made]) -> Iterator[Made]:
    """Chinese, short and former names: the party's own where they are its alone, near names where others have them."""
    wanted: list[tuple[Made, str, bool]] = []
    for row in rows("short_names.csv"):
        made, note = entries.get(row["entry"]), row["note"]
        if made is None:
            continue
        weak = row["short_name_counts_as"] != "party"
        unsure = "not checked" in note
        whole = [n for column in ("chinese_legal", "former_names") for n in _several(row[column])]
        short = [n for column in ("english_short", "chinese_short") for n in _several(row[column])]
        wanted += [(made, name, unsure) for name in whole]
        wanted += [(made, name, (weak or f"{name} N" in note) and f"{name} P" not in note) for name in short]
    owners: dict[str, set[str]] = defaultdict(set)
    for made, name, _ in wanted:
        owners[party_key(name)].add(made.id)
    parties = list({id(made): made for made in entries.values()}.values())
    for made in parties:
        for name in (made.name, *made.aliases.values()):
            owners[party_key(name)].add(made.id)
    common = {party_key(row["name"]) for row in rows("common_names.csv")}
    noted = {(made.id, party_key(name)) for made, name, weak in wanted if weak and name.isascii()}
    # "Hanwuji" for 寒武纪: syllables that other names may have as well
    by_id = {made.id: made for made in parties}
    for row in rows("romanised.csv"):
        wanted.append((by_id[row["party"]], row["latin"], True))
    for made, name, weak in wanted:
        made.call(name, weak=weak or len(owners[party_key(name)]) > 1)
    called = {party_key(made.name) for made in parties}
    for made in parties:
        if party_key(made.name) in common:
            made.weak[party_key(made.name)] = made.name
        for key, name in list(made.aliases.items()):
            alone = len(owners[key]) == 1 or (made.by_hand and key in made.kept and key not in called)
            if (
                key in common
                or not alone
                or not (tells(name) or key in made.kept)
                or ((made.id, key) in noted and len(key) <= 4)
            ):
                made.weak[key] = name
                del made.aliases[key]
        yield made


def tells(name: str) -> bool:
    """Whether a name can mean one company: it has a word that is no trade, place or number, or several words."""
    words = words_of(name)
    return not name.isascii() or (bool(core_of(words)) and len(party_key(name)) > 3) or len(words) > 2


def _several(text: str) -> list[str]:
    """Names parted by commas; what a bracket says of one with spaces in it is a remark."""
    return [name for part in re.split(r"[,;]\s+", re.sub(r"\s*\([^()]* [^()]*\)", "", text)) if (name := part.strip())]


class Hand:
    """What was encoded by hand, by the keys of its names."""

    def __init__(self) -> None:
        text = (TABLES / "by_hand.toml").read_text("utf-8")
        parties = tomllib.loads(text)["party"]
        self._parties = {p["id"]: p for p in parties}
        printed = {row["name"] for row in rows("entity_list.csv")}
        entries = {p.get("entry", p["name"]): p["id"] for p in parties}
        self._by_name = {entry: own for entry, own in entries.items() if entry in printed}
        self._by_key = {party_key(entry): own for entry, own in entries.items() if entry not in printed}
        self._comments = dict(zip(self._parties, _comments(text), strict=True))
        self._taken: set[str] = set()

    def party(self, row: Row) -> Made | None:
        """The party that an entry is by hand: under its very name, else under one that compares alike."""
        own = self._by_name.get(row["name"]) or self._by_key.get(party_key(row["name"]))
        if own is None or own in self._taken:
            return None
        self._taken.add(own)
        known = self._parties[own]
        made = Made(own, known["name"], known["country"], comment=self._comments[own], by_hand=True)
        made.aliases = {party_key(alias): alias for alias in known.get("aliases", ())}
        made.kept = set(made.aliases)
        made.listing = [_by_hand(listing) for listing in known["listing"]]
        made.call(row["name"])
        return made

    def left(self) -> list[str]:
        return sorted(self._parties.keys() - self._taken)


def _by_hand(listing: Mapping[str, Any]) -> dict[str, Any]:
    """A listing without what every entry of its kind has: it says nothing that the list does not."""
    plain = re.fullmatch(r"https://www\.federalregister\.gov/citation/\d+-FR-\d+", listing.get("url", ""))
    dropped = {"requirement"} | ({"url"} if plain else set())
    return {key: value for key, value in listing.items() if key not in dropped}


def _comments(text: str) -> Iterator[list[str]]:
    """The comment above each party, without the headings between them."""
    kept: list[str] = []
    for line in text.splitlines():
        if line.startswith("# ---- ") or not line.strip():
            kept = []
        elif line.startswith("#"):
            kept.append(line)
        elif line == "[[party]]":
            yield kept
            kept = []
        else:
            kept = []


# --- the files --------------------------------------------------------------------------------------


def files() -> dict[str, str]:
    """Every file by its name."""
    made: dict[str, list[Made]] = {
        "entity-list": list(entity_list()),
        "military-end-user-list": list(meu_list()),
        "unverified-list": list(unverified_list()),
        "military-intelligence": list(mieu_744_22()),
        "approved-uae": list(approved_740_supp_8()),
    }
    used = {party.id for parties in made.values() for party in parties if party.by_hand}
    for name, parties in made.items():
        for party in parties:
            if not party.by_hand:
                party.id = _unused(party.id, _ENDINGS.get(name) or party.country.lower(), used)
                used.add(party.id)
    return {f"{name}.toml": _file(LISTS[name], parties) for name, parties in made.items()}


#: What tells apart two parties of one name on two lists; on the Entity List it is the country.
_ENDINGS = {"military-end-user-list": "meu", "unverified-list": "uvl"}


def _unused(own: str, ending: str, used: set[str]) -> str:
    tries = (own, f"{own}-{ending}", *(f"{own}-{ending}-{number}" for number in range(2, 100)))
    return next(name for name in tries if name not in used)


def _file(head: Mapping[str, Any], parties: Iterable[Made]) -> str:
    blocks = [
        "# Written by scripts/make_party_lists.py from the tables of scripts/parties/. Change those, and run it.\n",
        "\n".join(["[list]", *_keys(head)]) + "\n",
    ]
    for party in parties:
        keys = {
            "id": party.id, "name": party.name, "country": party.country, "also_in": tuple(party.also_in),
            # who encoded it by hand wrote the country of its headquarters
            "seat": party.country if party.by_hand and party.also_in else "",
            "aliases": tuple(party.aliases.values()), "weak": tuple(party.weak.values()),
        }  # fmt: skip
        lines = [*party.comment, "[[party]]", *_keys(keys)]
        for listing in party.listing:
            lines += ["[[party.listing]]", *_keys(listing)]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _keys(table: Mapping[str, Any]) -> Iterator[str]:
    return (f"{key} = {toml_value(value)}" for key, value in table.items() if value not in ("", ()))


def main(target: Path = TARGET) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (target / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
