"""Noise: what stands in a question by accident and says nothing that anybody meant.

A *deal* needs a license, and some of its words alone make it so: each is free without that word. A *draw* puts noise in
the place of one of them. Whatever door it comes through, the answer may not be a yes.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from exportrules import default_ruleset
from exportrules.question.names.keys import key

YES = ("no_license_requirement", "license_exception")
#: Terms of a deal that name companies: there an unlisted name is a buyer on no list, and may be a yes.
NAMES = ("end_user", "parties", "exporter", "listed_owner")
PLACES = ("to", "headquarters", "ultimate_parent")

_CARD = {"chip": "T4", "on": "2024-06-03", "to": "SG", "exporter": "other"}
_H100 = {**_CARD, "chip": "H100"}
#: Deals that need a license, and the words without which each would need none. Facts stand among the other terms.
DEALS: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    ({**_H100, "to": "China"}, ("chip", "to")),
    ({**_H100, "to": "CN"}, ("to",)),
    ({**_H100, "chip": "H800", "to": "CN", "on": "2023-12-01"}, ("chip", "on")),
    ({**_H100, "ultimate_parent": "China"}, ("ultimate_parent",)),
    ({**_H100, "headquarters": "Russia"}, ("headquarters",)),
    ({**_CARD, "chip": "RTX 4090", "on": "2023-06-01", "to": "CN", "end_use": "military"}, ("end_use",)),
    ({**_CARD, "end_use": "nuclear"}, ("end_use",)),
    ({**_CARD, "chip": "A100", "on": "2022-09-15", "to": "CN", "exporter": "NVIDIA"}, ("exporter", "on")),
    ({**_CARD, "chip": "MI250", "on": "2022-09-15", "to": "CN", "exporter": "Advanced Micro Devices, Inc."},
     ("exporter",)),
    ({**_CARD, "end_user": "Northwestern Polytechnical University"}, ("end_user",)),
    ({**_CARD, "end_user": "Harbin Engineering University"}, ("end_user",)),
    ({**_CARD, "end_user": "Yangtze Memory Technologies Co., Ltd."}, ("end_user",)),
    ({**_CARD, "parties": "Inspur Group Co., Ltd."}, ("parties",)),
    ({**_CARD, "parties": "Beijing Sensetime Technology Development Co., Ltd."}, ("parties",)),
    ({**_CARD, "privately_informed": "yes"}, ("privately_informed",)),
    ({**_CARD, "to": "CN", "military_end_user": "true"}, ("military_end_user",)),
    ({**_CARD, "on": "2025-10-15", "listed_ownership_percent": "75"}, ("listed_ownership_percent", "on")),
    ({**_CARD, "on": "2025-10-15", "listed_owner": "Inspur Group Co., Ltd.", "listed_ownership_percent": "75"},
     ("listed_owner",)),
    ({"on": "2024-06-03", "to": "CN", "exporter": "other", "tpp": "5000", "performance_density": "7",
      "designed_for_datacenter": "yes"}, ("tpp", "to", "on")),
)  # fmt: skip

PLACEHOLDERS = (
    "#N/A", "N/A", "n.a.", "TBD", "unknown", "-", "?", "none", "null", "#REF!", "C/O", "L/C", "不明", "未定", "—",
    "...", "see contract", "as above", "unbekannt", "k.A.", "nan", "NaT", "undefined", "[object Object]", "xxx", "0",
    "NIL", "not applicable", "dito", "없음", "*", "''", '""', "#WERT!", "inf", "Select…", "<NA>", "tbc", "(blank)",
    "\u200b", "\u00ad", "\ufeff", "\u2060\u2060", "\u3164",
)  # fmt: skip
#: Words that are none of the few that a field takes. In a field of names they would be companies.
WORDS = ("zorglub", "Kunde", "12", "№ 7", "客户", "+", "=1+1", "A1", "0x10", "CN SG", "1e3x", "maybe", "ok")
#: No days, or not for certain: other calendars, orders, parts of a day, numbers of a spreadsheet.
NO_DAYS = (
    "45446", "45446.0", "01/12/2023", "12/01/2023", "1.12.23", "23-12-01", "2023", "12/2023", "Q4 2023",
    "December 2023", "2023-13-01", "2023-02-30", "2023-00-10", "民國112年12月1日", "112.12.1", "1402-09-10",
    "2566-12-01",
    "5784-03-18", "昭和98年12月1日", "R5.12.1", "1er décembre 2023", "2023-12-01T00:00:00Z", "2023-12-01 08:00 PST",
    "1701388800",
    "1701388800000", "20231301", "0000-00-00", "1900-01-00", "yesterday", "today", "=TODAY()", "2023-W48-5", "2023-335",
    "-2023-12-01", "2023-12-01/2024-06-03", "2023-12-01; 2024-06-03", "before 2023-12-01", "2023--12-01", "1/2/03",
    "二〇二三年十二月一日", "२०२३-१२", "Friday", "12-01", "MMXXIII-XII-I", "2.0231201E7", "9999-12-31", "1970-01-01",
)  # fmt: skip
#: Values that are no text: what a frame, a line of JSON or a caller in Python can hold besides.
OBJECTS: tuple[Any, ...] = (
    True, False, 0, 1, -1, 12, 3.5, [], {}, [[]], [None], [""], ["China", "SG"], {"name": "China"}, [["Acme"]],
    {"at_least": 1}, 10**30,
)  # fmt: skip
#: Values that only Python has.
PYTHON: tuple[Any, ...] = (
    float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("1E+400"), Decimal("-0"), b"China",
    bytearray(b"x"), date(2024, 6, 3), datetime(2024, 6, 3, tzinfo=UTC), timedelta(1), object, object(), len,
    {1, 2}, (), ("a", 1),
    range(3), 1j, Ellipsis, "\ud800", "\x00",
)  # fmt: skip

_ALIKE = str.maketrans("aceopxyiABCEHIKMOPTX", "асеорхуіАВСЕНІКМОРТХ")
_GREEK = str.maketrans("ovABEHIKMNOPTXYZ", "ονΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_WIDE = {n: n + 0xFEE0 for n in range(33, 127)}
_INVISIBLE = (
    "\u200b",
    "\u00ad",
    "\ufeff",
    "\u200f",
    "\u200e",
    "\u2060",
    "\u202e",
    "\u180e",
    "\u034f",
    "\u00a0",
    "\ufe0f",
)


@dataclass(frozen=True)
class Draw:
    """A deal that needs a license with noise in one of its terms; `how` says of which kind."""

    deal: int
    field: str
    how: str
    value: Any

    @property
    def asked(self) -> dict[str, Any]:
        return {**DEALS[self.deal][0], self.field: self.value}

    def __str__(self) -> str:
        return f"{self.how} in {self.field}: {self.value!r} of {DEALS[self.deal][0]}"


def typo(rng: random.Random, text: str) -> str:
    """The text with one slip in one of its longer words: a letter left out, doubled, swapped or another."""
    words = [word for word in text.split() if len(word) >= 4] or [text]
    word = rng.choice(words)
    start = text.index(word)
    at = start + rng.randrange(1, max(2, len(word) - 1))
    letter = rng.choice("aeinorstlu") if text[at : at + 1].isalpha() else rng.choice("0123456789")
    return rng.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + text[at : at + 1] + text[at:],
            text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
            text[:at] + letter + text[at + 1 :],
        )
    )


def disguise(rng: random.Random, text: str) -> str:
    """The text as its reader sees it, in other characters: look-alikes, other widths, some that nobody sees."""
    at = rng.randrange(len(text) + 1)
    return rng.choice(
        (
            text.translate(_ALIKE),
            text.translate(_GREEK),
            text.translate(_WIDE),
            text.translate(_ARABIC),
            text[:at] + text[at : at + 1].translate(_ALIKE) + text[at + 1 :],
            text[:at] + rng.choice(_INVISIBLE) + text[at:],
            rng.choice(_INVISIBLE).join(text),
            rng.choice(_INVISIBLE) + text + rng.choice(_INVISIBLE),
            unicodedata.normalize("NFD", text.replace("o", "ö", 1)),
            f"{text}\n{text}",
            f"  {text}\t",
            text.replace(" ", rng.choice(("\u00a0", "\u3000", "  ", "\t", "\n", "_", ""))),
            text.upper(),
            text.lower(),
            text.swapcase(),
            f"'{text}",
            f'"{text}"',
            f"={text}",
        )
    )


def _kinds(rng: random.Random, field: str, text: str, deal: dict[str, str], values: tuple[Any, ...]) -> Iterator[Any]:
    """The kinds of noise for a term, each as its name and what draws one."""
    others = [value for name, value in deal.items() if name != field]
    makers: list[tuple[str, Callable[[], Any]]] = [
        ("a placeholder", lambda: rng.choice(PLACEHOLDERS)),
        ("a disguise", lambda: disguise(rng, text)),
        ("another term", lambda: rng.choice([*others, "military", "export", "reexport", "CN", "H100", "maker", "yes"])),
    ]
    if field != "on":
        # another digit is another chip, day or figure, and no slip that anybody could see
        digits = any(c.isdigit() for c in text)
        makers += [] if digits or len(text) < 3 else [("a typo", lambda: typo(rng, text))]
    else:
        makers.append(("no day", lambda: rng.choice(NO_DAYS)))
    if field not in NAMES:
        makers.append(("a word", lambda: rng.choice(WORDS)))
    if values:
        makers.append(("a value", lambda: rng.choice(values)))
    yield from makers


def draws(count: int, seed: int, values: tuple[Any, ...] = (), fields: tuple[str, ...] = ()) -> list[Draw]:
    """So many draws, the same for the same seed. `values` are those that are no text and that the door can carry;
    `fields` are the terms that it has, '' for all."""
    rng = random.Random(seed)
    places = [
        (n, field) for n, (_, decisive) in enumerate(DEALS) for field in decisive if not fields or field in fields
    ]
    found: list[Draw] = []
    while len(found) < count:
        deal, field = rng.choice(places)
        terms = DEALS[deal][0]
        how, make = rng.choice(list(_kinds(rng, field, terms[field], terms, values)))
        value = make()
        if not says_something_else(field, value, terms):
            found.append(Draw(deal, field, how, value))
    return found


def says_something_else(field: str, value: Any, terms: dict[str, str]) -> bool:
    """Whether a text happens to be another word of its field: another country's code, another chip, a share of 12
    percent. That is another question, and its answer may be a yes."""
    law = default_ruleset()
    if isinstance(value, str):
        written = value.strip().casefold()
        if field == "chip":
            own = key(terms["chip"])
            return key(value) != own and key(value) in {
                key(name) for family in law.families.values() for variant in family.variant
                for name in (family.name, *family.aliases, variant.name, *variant.aliases)
            }  # fmt: skip
        if field in PLACES:
            return value.strip().upper() in law.places or written in {p.name.casefold() for p in law.places.values()}
        if field == "exporter":
            return written in ("maker", "other")
        if field in ("end_use", "privately_informed", "military_end_user"):
            return written in (*law.facts["end_use"].values, "no", "false", "n", "nein", "unknown", "否")
        if field in ("tpp", "listed_ownership_percent"):
            return unicodedata.normalize("NFKC", written).replace(".", "", 1).isdecimal()
    if field in ("tpp", "listed_ownership_percent"):
        return (isinstance(value, int | float | Decimal) and not isinstance(value, bool)) or isinstance(value, dict)
    if field == "on":
        return type(value) is date
    if field == "parties":
        return isinstance(value, list | tuple) and not value  # no parties, as it is said in Python
    if field in ("privately_informed", "military_end_user"):
        return value is False
    return False
