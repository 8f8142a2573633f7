"""Facts, days and lists as prose has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from exportrules.law import Ruleset
from exportrules.model import Instrument, Provision
from exportrules.notices import FIGURES


def day_of(day: date) -> str:
    """A day as a letter has it: June 1, 2023."""
    return f"{day:%B} {day.day}, {day.year}"


#: Parts of names as a reader writes them.
_WORDS = {"io": "I/O", **{word: word.upper() for word in ("tops", "tpp", "dram", "eccn", "ear", "nac", "aca", "uae")}}
_UNITS = ("_gbytes_s", "_mm2", "_percent")
#: Facts whose id, its parts parted by spaces, is no phrase.
_PHRASES = {
    "aia_certified": "certification under 15 CFR 740.27",
    "app_wt": "adjusted peak performance (APP)",
    "bits_x_tops_2022": "bit length x TOPS (text of 2022)",
    "contains_eccn": "ECCN of the chips inside",
    "designed_for_datacenter": "designed or marketed for datacenters",
    "eccn_declared": "ECCN of the board itself",
    "government_of_iraq": "Government of Iraq as the buyer",
    "ukraine_region": "region of Ukraine",
    "en_route_since": "day since which the goods were under way",
    "end_user_lists": "list that names a party",
    "hbm_conditions_met": "conditions of License Exception HBM met",
    "listed_owner": "listed party that owns the buyer",
    "listed_ownership_percent": "share of the buyer that listed parties own",
    "lpp_claimed": "License Exception LPP claimed",
    "nac_confirmed": "use of NAC confirmed by BIS",
    "nac_notified": "BIS notified under NAC",
    "military_end_use_or_user": "military end use or end user",
    "non_planar": "made on a non-planar node",
    "owner_lists": "list that names an owner of the buyer",
    "part_748_dd_certified": "certifications of 15 CFR part 748, supp. 2, (dd)",
    "presumed_3a090a": "presumed to be 3A090.a",
    "privately_informed": "letter from BIS to this exporter that is not public",
    "purchase_order": "written purchase order",
    "required_under": "paragraph that requires a license",
    "uae_approved_parties": "approved entities of supp. 8 to part 740",
}
#: What to ask where a name alone makes no question.
_QUESTIONS = {
    "designed_for_datacenter": "is the chip designed or marketed for datacenters?",
    "non_planar": "is its logic made on a non-planar node?",
    "privately_informed": "has BIS told this exporter, by a letter that is not public, that it needs a license?",
    "variant": "which variant is it?",
}
#: Words of law that a list of values has.
_VALUES = {
    "denied_persons": "Denied Persons List",
    "entity_list": "Entity List",
    "false": "no",
    "meu_list": "Military End-User List",
    "sdn_744_8": "SDN List (15 CFR 744.8)",
    "true": "yes",
    "unverified_list": "Unverified List",
}
_LINKS = {name.lower(): name for name in ("BLink", "C2C", "CXL", "HCCS", "NVLink", "PCIe", "RoCE", "UALink")}
_LINKS |= {name.lower(): name for name in ("Ethernet", "Fabric", "GPU", "Infinity", "Link", "Xe")}
_ID = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b|\b(?:blink|hccs|nvlink|(?:[fbt][fp]|int)\d+)\b")


def fact_name(fact: str) -> str:
    """A fact as a reader calls it; a provision of uncertain reach, in words."""
    if "#" in fact:
        return "how far a provision reaches"
    bare = next((fact.removesuffix(unit) for unit in _UNITS if fact.endswith(unit)), fact)
    return _PHRASES.get(fact) or FIGURES.get(fact) or " ".join(_WORDS.get(word, word) for word in bare.split("_"))


def open_question(law: Ruleset, fact: str) -> str:
    """What to ask to learn an unknown fact, or how far a provision of uncertain reach goes."""
    if fact in law.provisions:
        provision = law.provisions[fact][0]
        if provision.effective_by and provision.certain:
            return f"had this begun by then ({window(provision)}): {provision.title}?"
        return f"does this reach the deal: {provision.title}?"
    known = law.facts.get(fact)
    if known and known.question:
        return known.question
    if fact in _QUESTIONS:
        return _QUESTIONS[fact]
    if known and known.type == "boolean":
        return f"is this so: {known.definition.rstrip('.')}?"
    return f"what is the {fact_name(fact)}?" if known and known.type == "number" else f"{fact_name(fact)}: which?"


def window(provision: Provision) -> str:
    """The days between which a provision began, where no source gives the day; else its first day."""
    by = provision.effective_by
    return f"some day from {provision.effective} to {by}" if by else str(provision.effective)


def opening(law: Ruleset, opened_by: str, day: date) -> str:
    """What opened an answer, with the window of days where it is not known when it began."""
    found = law.provisions.get(opened_by)
    if found is None or found[0].effective_by is None or day not in (found[0].effective, found[0].effective_by):
        return opened_by
    return f"{opened_by} (begins on {window(found[0])})"


def value_name(value: str) -> str:
    """A word of the vocabulary as a reader writes it: Entity List for entity_list."""
    return _VALUES.get(value, value)


def spelled(source: str) -> str:
    """Where a figure is from, formats and links as their makers write them: FP16/BF16, NVLink + PCIe 5.0 x16."""
    return _ID.sub(lambda found: _spelled(found.group()), source)


def _spelled(name: str) -> str:
    parts = re.sub(r"^pcie_(\d)_(\d)", r"PCIe_\1.\2", name).split("_")
    if all(re.fullmatch(r"(?:[fbt][fp]|int)\d+", part) for part in parts):
        return "/".join(parts).upper()
    words = (re.sub(r"^(fp\d+)$", lambda m: m.group().upper(), part).replace("gbe", "GbE") for part in parts)
    return " ".join(_LINKS.get(word, word) for word in words)


def listed(words: Iterable[object], between: str = ", ", last: str = "and") -> str:
    """One, two and three; with semicolons where the parts have commas."""
    found = [str(word) for word in words]
    if len(found) < 2:
        return "".join(found)
    joint = f" {last} " if between == ", " else f"; {last} "
    return between.join(found[:-1]) + joint + found[-1]


def called(instrument: Instrument) -> str:
    """What an instrument is called where it changed an answer: by its citation.

    Letters without an addressee are supposed, not known. What is cited for them tells of letters to others, which
    changed nothing here.
    """
    if instrument.type == "letter" and not instrument.addressee:
        return "letters to unnamed companies, if any"
    return instrument.citation
