"""Writes into `places.toml` and `territories.toml` what standards call each place: ISO 3166 (pycountry), CLDR (Babel).

    pip install babel pycountry && python scripts/place_names.py

Only the keys `iso`, `standard` and `region_of` of each place are written; names, aliases and notes stay as they were
written by hand. A name that two places share is left out of both, and so is one that the hand-written names already
cover.
The product reads the files alone and needs neither library.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from exportrules.question.names.places import place_key

FILES = {"place": ROOT / "rulesets/us-ear/places.toml", "territory": ROOT / "rulesets/us-ear/territories.toml"}
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "vi", "id", "ru", "ar", "ko", "ja", "zh", "zh_Hant")
WIDTH = 120
#: Names that standards give to one place and people to another as well: both Congos, both halves of Saint Martin.
AMBIGUOUS = {"Congo", "Kongo", "Saint Martin", "St. Martin"}
#: Countries whose addresses have a state or province of two letters behind the town. Elsewhere few write one.
WITH_REGIONS = ("AU", "CA", "CN", "US")


def standard_names(code: str) -> list[str]:
    """What ISO and CLDR call a place, the English names first."""
    country = pycountry.countries.get(alpha_2=code)
    found = [getattr(country, name, "") for name in ("name", "official_name", "common_name")] if country else []
    found += [Locale.parse(language).territories.get(code, "") for language in LANGUAGES]
    return list(dict.fromkeys(name for name in found if name and name not in AMBIGUOUS))


def region_of(code: str) -> list[str]:
    """The countries of which a state or province has the code of a place; not those of which the place is a part."""
    regions = (pycountry.subdivisions.get(code=f"{country}-{code}") for country in WITH_REGIONS)
    own = pycountry.countries.get(alpha_2=code)
    return [r.country_code for r in regions if r and own and not f"{r.name} ".startswith(f"{own.name.split(',')[0]} ")]


def written(key: str, values: list[str]) -> str:
    """A TOML array within the width of the file."""
    quoted = [f'"{value}"' for value in values]
    line = f"{key} = [{', '.join(quoted)}]"
    if len(line) <= WIDTH:
        return line + "\n"
    lines, row = [f"{key} = ["], "   "
    for value in quoted:
        if len(row) + len(value) + 2 > WIDTH:
            lines.append(row)
            row = "   "
        row += f" {value},"
    return "\n".join([*lines, row, "]"]) + "\n"


def hand_written(place: dict[str, Any]) -> list[str]:
    return [place["name"], *place.get("aliases", ())]


def renewed(table: str, text: str, owners: dict[str, set[str]]) -> str:
    """The file with the generated keys of every place written anew."""
    head, *blocks = text.split(f"[[{table}]]\n")
    for number, place in enumerate(tomllib.loads(text)[table]):
        code = place["code"]
        country = pycountry.countries.get(alpha_2=code)
        known = set(map(place_key, hand_written(place)))
        names = []
        for name in standard_names(code):
            spelled = place_key(name)
            # a name of two letters could be a code: Áo, Bỉ
            if len(spelled) + (not spelled.isascii()) > 2 and spelled not in known and owners[spelled] == {code}:
                known.add(spelled)
                names.append(name)
        own = re.sub(r"^(iso|standard|region_of) = \[.*?\]\n", "", blocks[number], flags=re.MULTILINE | re.DOTALL)
        body = own.rstrip("\n") + "\n" + (written("iso", [country.alpha_3, country.numeric]) if country else "")
        body += written("standard", names) if names else ""
        blocks[number] = body + (written("region_of", regions) if (regions := region_of(code)) else "") + "\n"
    return f"[[{table}]]\n".join([head, *blocks]).rstrip("\n") + "\n"


def main() -> None:
    texts = {table: path.read_text("utf-8") for table, path in FILES.items()}
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for table, text in texts.items():
        for place in tomllib.loads(text)[table]:
            for name in (*hand_written(place), *standard_names(place["code"])):
                owners[place_key(name)].add(place["code"])
    for table, path in FILES.items():
        path.write_text(renewed(table, texts[table], owners), "utf-8")


if __name__ == "__main__":
    main()
