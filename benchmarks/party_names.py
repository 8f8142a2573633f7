"""How well names of parties are matched, and how fast.

    python -m benchmarks.party_names [--sample N] [--names N] [--seed N]

Measures on the lists as shipped: listed names changed as people change them (words swapped, words abbreviated, one
typo, Russian in other letters, the leading part) that are taken for the party or reported as near it; and names of
unlisted_names.txt, who are on no list, that are reported all the same. Then so many distinct buyers are screened, most
of them on no list.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from exportrules import default_ruleset
from exportrules.question.names.close import core_of, says_who, words_of
from exportrules.question.names.keys import is_favoured
from exportrules.question.names.parties import find_parties

UNLISTED = Path(__file__).parent / "unlisted_names.txt"
#: What people write for a word.
SHORT = {
    "technology": "Tech", "technologies": "Tech", "group": "Grp", "information": "Info", "communication": "Comm",
    "communications": "Comms", "international": "Intl", "company": "Co", "institute": "Inst", "university": "Univ",
    "national": "Natl", "electronics": "Elec", "electronic": "Elec", "science": "Sci", "research": "Res",
    "development": "Dev", "engineering": "Eng", "industry": "Ind", "manufacturing": "Mfg", "semiconductor": "Semi",
    "laboratory": "Lab", "center": "Ctr", "system": "Sys", "systems": "Sys", "academy": "Acad", "trading": "Trdg",
    "corporation": "Corp", "limited": "Ltd", "department": "Dept", "equipment": "Equip", "service": "Svc",
}  # fmt: skip


def swapped(name: str, random: random.Random) -> str:
    """Two neighbouring words in the other order."""
    words = name.split()
    if len(words) < 2:
        return ""
    at = random.randrange(len(words) - 1)
    words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def abbreviated(name: str, random: random.Random) -> str:
    """Every word that has a short form in it."""
    words = [SHORT.get(word.strip(",.").lower(), word) for word in name.split()]
    return " ".join(words) if words != name.split() else ""


def mistyped(name: str, random: random.Random) -> str:
    """One letter left out, doubled, changed, or changed about with the next; in a word of six letters or more."""
    places = [i for i, c in enumerate(name) if c.isalpha() and _long_word(name, i)]
    if not places:
        return ""
    i = random.choice(places)
    kind = random.randrange(4)
    if kind == 0:
        return name[:i] + name[i + 1 :]
    if kind == 1:
        return name[: i + 1] + name[i:]
    if kind == 2:
        return name[:i] + random.choice("aeinorst") + name[i + 1 :]
    return name[:i] + name[i + 1 : i + 2] + name[i] + name[i + 2 :]


def _long_word(name: str, at: int) -> bool:
    start = name.rfind(" ", 0, at) + 1
    end = name.find(" ", at)
    return len(name[start : end if end >= 0 else None]) >= 6


#: Russian in Latin letters: as the lists have it, and as German, newer English and French have it.
RESPELLED: tuple[dict[str, str], ...] = (
    {"shch": "schtsch", "sh": "sch", "zh": "sch", "ch": "tsch", "ya": "ja", "yu": "ju", "iy": "ij", "v": "w"},
    {"kh": "h", "ya": "ja", "yu": "ju", "ts": "tz", "iy": "y", "ks": "x", "ye": "e"},
    {"ya": "ia", "yu": "iu", "u": "ou", "iy": "i", "ks": "x", "ch": "tch", "ov-": "off", "ev-": "eff"},
)
RUSSIAN = re.compile(r"(?i)(?:nik|nyy?|skiy?|skaya|skoe|zavod|ov|ev|nii|prom|mash|pribor|tekhn?\w*|elektron\w*)\b")


def respelled(name: str, random: random.Random) -> str:
    """A Russian name in another way to write it with Latin letters; English words stay as they are."""
    if not RUSSIAN.search(name) or not name.isascii():
        return ""
    table = random.choice(RESPELLED)
    ours = re.compile("|".join(letters.replace("-", r"\b") for letters in table))

    def theirs(found: re.Match[str]) -> str:
        return table.get(found[0]) or table[f"{found[0]}-"]

    words = name.lower().split()
    written = [ours.sub(theirs, word) if core_of(words_of(word)) else word for word in words]
    return " ".join(written).title() if written != words else ""


def leading(name: str, random: random.Random) -> str:
    """The words up to the one that tells who it is, where that is one of a kind."""
    words = name.replace(",", " ").split()
    for number, word in enumerate(words, 1):
        core = core_of(words_of(word))
        if core and says_who(core) and len(core[0]) >= 6 and number < len(words):
            return " ".join(words[:number])
    return ""


def unchanged(name: str, random: random.Random) -> str:
    """As a customs form has it: in capitals, without points."""
    return name.upper().replace(".", "")


def unlisted() -> list[str]:
    lines = UNLISTED.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def measure(change: Callable[[str, random.Random], str], sample: int, seed: int) -> tuple[int, int, list[str]]:
    """How many of a sample of changed names are listed or near, of how many, and some that are not."""
    law, draw = default_ruleset(), random.Random(seed)
    names = [(p.id, n) for p in law.parties.values() if not is_favoured(p) for n in (p.name, *p.aliases) if n.isascii()]
    caught, tried, missed = 0, 0, []
    for party, name in draw.sample(names, len(names)):
        written = change(name, draw)
        if not written:
            continue
        tried += 1
        found = find_parties(law, written)
        if (
            party in found.listed
            or any(near.party == party for near in found.near)
            or found.listed
            or (change is leading and found.near)
        ):
            caught += 1
        else:
            missed.append(f"{written!r} ({name!r})")
        if tried == sample:
            break
    return caught, tried, missed


def needless() -> tuple[list[str], int]:
    """Names of parties on no list that are reported, and how many were tried."""
    law = default_ruleset()
    found = [(name, find_parties(law, name)) for name in unlisted()]
    restricted = [
        f"{name!r}: {near[0].name!r} ({near[0].how})"
        for name, (listed, near) in found
        if near and not any(is_favoured(law.parties[p]) for p in listed)
    ]
    taken = [f"{n!r}: {listed}" for n, (listed, _) in found if any(not is_favoured(law.parties[p]) for p in listed)]
    return restricted + taken, len(found)


def buyers(count: int, seed: int) -> Iterator[str]:
    """Distinct names as a ledger has them: unlisted ones with other words, some listed ones, some near ones."""
    draw = random.Random(seed)
    law = default_ruleset()
    listed = [party.name for party in law.parties.values()]
    syllables = "ba co da fe gri ho ja kel lo mi nor pa qui ro sta te u vex wy za".split()
    trades = "Trading Electronics Logistics Technology Computing Systems Industries Solutions Data Cloud".split()
    ends = ["GmbH", "Ltd", "Co., Ltd.", "Inc.", "Pte Ltd", "Sdn Bhd", "LLC", "S.A.", "Corporation", ""]
    for number in range(count):
        if number % 50 == 0:
            yield mistyped(draw.choice(listed), draw) or f"Buyer {number}"
        elif number % 50 == 1:
            yield f"{draw.choice(listed)} {number}"
        else:
            made = "".join(draw.choices(syllables, k=draw.randint(2, 4))).title()
            yield f"{made} {draw.choice(trades)} {draw.choice(ends)} {number if number % 3 else ''}".strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=2000)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--missed", type=int, default=0, help="so many of the names that were not caught")
    asked = parser.parse_args()
    for change in (unchanged, swapped, abbreviated, mistyped, respelled, leading):
        caught, tried, missed = measure(change, asked.sample, asked.seed)
        print(f"{change.__name__:<14}{caught:>6} of {tried:>5} caught or near  {100 * caught / tried:6.2f} %")
        for line in missed[: asked.missed]:
            print(f"    {line}")
    found, tried = needless()
    print(f"{'unlisted':<14}{len(found):>6} of {tried:>5} reported        {100 * len(found) / tried:6.2f} %")
    for line in found:
        print(f"    {line}")
    law, names = default_ruleset(), list(buyers(asked.names, asked.seed))
    started = time.perf_counter()
    hits = sum(bool(listed or near) for listed, near in (find_parties(law, name) for name in names))
    spent = time.perf_counter() - started
    print(f"screened {len(names):,} names in {spent:.1f} s, {hits:,} of them listed or near")


if __name__ == "__main__":
    main()
