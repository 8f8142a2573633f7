"""A second table of groups and rules, for every destination: the answer that the texts give, or those they leave open.

Written from the texts alone (the Code as of 2026-09-24, its earlier states, the notices that changed it) by a reader
who had not seen the encoded law. Where `oracle.py` goes deep into fifteen places and every bound of a chip, this goes
wide: all places of the country-group tables, items of six kinds, every day on which a text changed. It shares nothing
with either.

An answer is a set of outcomes and a set of policies. More than one stands where the texts do not decide, each time with
the reason. What the sweep never asks: letters (the exporter is anyone else), savings clauses, general licenses, and the
transfers inside Cuba, Iran, North Korea and Syria, of which part 746 says nothing.

Where the first run differed from the engine, the texts decided. They were right and this table wrong in four points: a
military-intelligence end use is one of 746.3(a)(4) too; a declaration of EAR99 cannot stand against the figures of
3A991.p; a party on the Unverified List is no bar to the papers of (dd); of 744.23(d)(2) and (d)(3)(i) neither yields to
the other. The engine was wrong in four: a military-intelligence end use was none of 744.21(f); a declaration of EAR99
freed an item that meets 3A991.p from 744.23(a)(4), 746.7 and 746.8, but did not free EAR99 from 742.10; memory for tool
making outside Macau and D:5; EAR99 to Belarus was open six days before 87 FR 13048.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Literal

# --- the days on which a text that the sweep asks about began or ended -----------------------------------------------

DAYS_OF_CHANGE = {
    date(2020, 2, 24): "85 FR 10274: Russia and Yemen change groups",
    date(2020, 6, 29): "85 FR 23459: military end users in China",
    date(2020, 12, 23): "85 FR 83765: Hong Kong; 85 FR 83793: MEU List",
    date(2020, 12, 28): "85 FR 84211: Ukraine, Mexico, Cyprus",
    date(2021, 1, 14): "86 FR 4929: Sudan leaves E:1",
    date(2021, 3, 8): "86 FR 13173: Burma",
    date(2021, 3, 16): "86 FR 4865: military-intelligence end users",
    date(2021, 3, 18): "86 FR 14802: Russia in D:5",
    date(2021, 12, 9): "86 FR 70015: Cambodia",
    date(2022, 2, 24): "87 FR 12226: Russia",
    date(2022, 3, 2): "87 FR 13048: Belarus",
    date(2022, 4, 8): "87 FR 22130: the whole Commerce Control List to Russia and Belarus",
    date(2022, 9, 15): "87 FR 57068: military end users wherever located",
    date(2022, 10, 7): "87 FR 62186: chip making",
    date(2022, 10, 21): "87 FR 62186: chips",
    date(2023, 1, 17): "88 FR 2821: Macau",
    date(2023, 11, 17): "88 FR 73458",
    date(2024, 3, 15): "89 FR 18780: Nicaragua",
    date(2024, 4, 4): "89 FR 23876",
    date(2024, 5, 30): "89 FR 40369: Cyprus leaves D:5",
    date(2024, 12, 2): "89 FR 96790",
    date(2024, 12, 31): "89 FR 96790: compliance for high-bandwidth memory",
    date(2025, 1, 13): "90 FR 4544",
    date(2025, 5, 13): "90 FR 4544 is not enforced",
    date(2025, 9, 2): "90 FR 42107: Syria",
    date(2026, 1, 15): "91 FR 1684",
    date(2026, 2, 3): "Cambodia leaves D:5",
    date(2026, 7, 10): "91 FR 43034: the United Arab Emirates",
}
LAST_DAY = date(2026, 9, 24)

# --- supplement no. 1 to part 740 and the other tables of countries --------------------------------------------------

#: Places without a group of concern here (Country Group B, or none).
NO_GROUP = (
    "AD AG AO AW BA BB BD BF BI BJ BN BO BR BS BT BW BZ CG CI CL CM CO CR CV CW DJ DM DO DZ EC EH ET FJ FM GA GD GH GM "
    "GN GQ GT GW GY HN ID JM KE KI KM KN LC LK LR LS MA MC ME MG MH MK ML MR MU MV MW MY MZ NA NE NG NP NR PA PE PG PH "
    "PW PY RS RW SB SC SL SM SN SR ST SV SX SZ TD TG TH TL TN TO TT TV TZ UG UY VA VC VU WS XK ZM"
)

#: Members from 2020-01-01 to the last day.
ALWAYS = {
    "A5": "AR AT AU BE BG CA CH CZ DE DK EE ES FI FR GB GR HR HU IE IN IS IT JP KR LT LU LV NL NO NZ PL PT RO SE SI SK "
    "TR",
    "A6": "AL IL MT SG TW ZA",
    "D1": "AM AZ BY CN GE IQ KG KH KP KZ LA LY MD MN MO RU TJ TM UZ VE VN",
    "D4": "BH CN EG IL IQ IR JO KP KW LB LY MO OM PK QA SA SY VE YE",
    "D5": "AF BY CD CF CN CU ER HT IQ IR KP LB LY MM SD SO SS SY VE ZW",
}

#: Group, place, first day in it, first day no longer in it.
CHANGES = [
    ("A5", "AE", date(2026, 7, 10), None),
    ("A6", "CY", date(2020, 12, 28), None),
    ("A6", "HK", None, date(2020, 12, 23)),
    ("A6", "MX", date(2020, 12, 28), None),
    ("D1", "HK", date(2020, 12, 23), None),
    ("D1", "MM", date(2021, 3, 8), None),
    ("D1", "NI", date(2024, 3, 15), None),
    ("D1", "UA", None, date(2020, 12, 28)),
    ("D1", "YE", date(2020, 2, 24), None),
    ("D4", "AE", None, date(2026, 7, 10)),
    ("D4", "BY", date(2022, 3, 2), None),
    ("D4", "HK", date(2020, 12, 23), None),
    ("D4", "RU", date(2020, 2, 24), None),
    ("D5", "CY", None, date(2024, 5, 30)),
    ("D5", "HK", date(2020, 12, 23), None),
    ("D5", "KH", date(2021, 12, 9), date(2026, 2, 3)),
    ("D5", "NI", date(2024, 3, 15), None),
    ("D5", "RU", date(2021, 3, 18), None),
]

#: Supplement no. 3 to part 744: not subject to 744.2(a). "Italy (includes San Marino and Holy See)".
SPARED_BY_744_2 = "AU AT BE CA DK FI FR DE GR IS IE IT SM VA JP LU NL NZ NO PT ES SE TR GB"

PLACES = sorted(
    {*NO_GROUP.split(), *(p for row in ALWAYS.values() for p in row.split()), *(p for _, p, _, _ in CHANGES)}
)


def member(group: str, place: str, on: date) -> bool:
    """Whether the place is in the Country Group on that day."""
    if place in ALWAYS[group].split():
        return True
    for name, who, since, until in CHANGES:
        if name == group and who == place and (since is None or on >= since) and (until is None or on < until):
            return True
    return False


def china(place: str, on: date) -> bool:
    """China, with Hong Kong from 2020-12-23 (85 FR 83765)."""
    return place == "CN" or (place == "HK" and on >= date(2020, 12, 23))


def macau_or_d5(place: str, on: date) -> bool:
    """Macau is in D:1 and D:4, never in D:5: the texts name it beside D:5."""
    return place == "MO" or member("D5", place, on)


def controlled_place(place: str, on: date) -> bool:
    """'Country Groups D:1, D:4, or D:5, excluding any destination also specified in Country Groups A:5 or A:6.'"""
    if member("A5", place, on) or member("A6", place, on):
        return False
    return member("D1", place, on) or member("D4", place, on) or member("D5", place, on)


# --- the question ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """An item by what the texts make of it; `figures` are the facts that say so to the engine."""

    name: str
    kind: Literal["ic", "system", "hbm_stack"]
    of_2022: bool  # 3A090 or 4A090 by 87 FR 62186: 600 Gbyte/s and 4800
    of_2023: Literal["", "a", "b"]  # by 88 FR 73458
    datacenter: bool
    in_the_lane: bool  # TPP under 21,000 and DRAM bandwidth under 6,500 GB/s
    at_level: bool  # 3A991.p or 4A994.l where it is neither 3A090 nor 4A090
    figures: tuple[tuple[str, object], ...] = ()

    @property
    def nac_type(self) -> bool:
        """740.8(a): but 'designed or marketed for use in a datacenter and meeting the parameters of 3A090.a'."""
        return self.of_2023 == "b" or (self.of_2023 == "a" and not self.datacenter)


@dataclass(frozen=True)
class Deal:
    """A shipment by someone without a letter; a home is where the buyer, or its parent, has its headquarters."""

    on: date
    to: str
    headquarters: str
    parent: str
    activity: Literal["export", "reexport", "transfer"] = "export"
    end_use: str = "civil"
    military_end_user: bool = False
    intelligence_end_user: bool = False
    listed: str = ""  # a list of end users
    declared: str = ""  # the ECCN of the very item
    certified: bool = False  # supplement no. 2 to part 748, (dd)
    region: str = ""  # of Ukraine

    @property
    def of_concern(self) -> bool:
        """Headquartered in, or with an ultimate parent headquartered in, Macau or D:5."""
        return macau_or_d5(self.headquarters, self.on) or macau_or_d5(self.parent, self.on)

    @property
    def denial_party(self) -> bool:
        """To or within Macau or D:5, or to an entity from there."""
        return macau_or_d5(self.to, self.on) or self.of_concern

    @property
    def friendly(self) -> bool:
        """'headquartered in the United States or a destination specified in Country Group A:5 or A:6'."""
        home = self.headquarters
        return home == "US" or member("A5", home, self.on) or member("A6", home, self.on)

    @property
    def military(self) -> bool:
        """For a military end use or a military end user; a party on the MEU List is one.

        Military intelligence counts: its end use is work on 'items described on the USML' (744.22(f)(1)), its end users
        are parts of 'the armed services' or the national guard (744.22(f)(2)), which 744.21(f) and (g) name as well.
        """
        return self.end_use == "military" or self.military_end_user or self.listed == "meu_list" or self.intelligence

    @property
    def intelligence(self) -> bool:
        """For a military-intelligence end use or end user."""
        return self.end_use == "military_intelligence" or self.intelligence_end_user


DENIAL, PRESUMED, OPEN, CASE, APPROVAL = (
    "policy_of_denial",
    "presumption_of_denial",
    "indeterminate",
    "case_by_case",
    "presumption_of_approval",
)
STRICTEST_FIRST = (DENIAL, PRESUMED, OPEN, CASE, APPROVAL)


@dataclass(frozen=True)
class Requirement:
    """A license requirement with the policies that its text bears.

    `certain` is False where the requirement turns on what nobody knows (the own ECCN of a board) or on a doubtful text.
    `closes` says that 740.8(b) closes NAC and ACA: part 746, and part 744 but for 744.23(a)(3).
    """

    by: str
    policies: tuple[str, ...]
    closes: bool
    certain: bool = True


@dataclass(frozen=True)
class Answer:
    """Outcomes and policies that the texts bear; no policies: not compared."""

    outcomes: frozenset[str]
    policies: frozenset[str | None]
    why: tuple[str, ...] = ()

    def allows(self, outcome: str, policy: str | None) -> bool:
        if outcome not in self.outcomes:
            return False
        return outcome == "indeterminate" or not self.policies or policy in self.policies


# --- what the item is on the day -------------------------------------------------------------------------------------


def is_3a090(item: Item, on: date) -> str:
    """Paragraph of 3A090 or 4A090 that describes it; empty for none."""
    if item.kind == "hbm_stack":
        return "c" if on >= date(2024, 12, 2) else ""
    if on >= date(2023, 11, 17):
        return item.of_2023
    return "a" if on >= date(2022, 10, 21) and item.of_2022 else ""


def on_the_list(item: Item, deal: Deal) -> bool | None:
    """Whether an entry of the Commerce Control List describes it; None: the board's own number is not known."""
    if is_3a090(item, deal.on):
        return True
    if item.at_level and deal.on >= date(2022, 10, 21):  # 3A991.p and 4A994.l came with 87 FR 62186
        return True  # EAR99 is what no entry describes (734.3(c)): it cannot be declared against the figures
    if deal.declared:
        return deal.declared != "EAR99"
    return None


def in_supplement_2(item: Item, deal: Deal) -> bool | None:
    """Supplement no. 2 to part 744 (3A991, 5A992, some 4A994), and the like list of 744.23(a)(1)(i).

    Neither has 3A090 or 4A090. A board of that kind may have been given 5A992 of its own, so it is not known.
    """
    if deal.declared in ("3A991", "5A992"):
        return True
    described = is_3a090(item, deal.on)
    if item.kind == "ic" and item.at_level and not described and deal.on >= date(2022, 10, 21):
        return True
    return False if deal.declared == "EAR99" else None  # 4A994 is limited by an APP that was not worked out


# --- 742.6(a)(6) and 744.23(a)(3) ------------------------------------------------------------------------------------


def advanced_computing(item: Item, deal: Deal) -> list[Requirement]:
    """The chip rules of the day, as enforced."""
    on, to = deal.on, deal.to
    paragraph = is_3a090(item, on)
    if not paragraph:
        return []
    if paragraph == "c":
        return high_bandwidth_memory(deal)
    if on < date(2023, 11, 17):  # 87 FR 62186, 88 FR 2821
        if china(to, on) or (to == "MO" and on >= date(2023, 1, 17)):
            return [Requirement("742.6(a)(6)(i) of 2022", (PRESUMED,), False)]
        return []
    if controlled_place(to, on):  # 742.6(a)(6)(iii); from 2025-01-13 (A) as far as enforced, and (B)
        return [Requirement("742.6(a)(6)(iii)", place_policy(item, deal), False)]
    if to == "AE" and on >= date(2026, 7, 10):  # named in (B); supplement no. 8 speaks of (A)-(B)
        return [Requirement("742.6(a)(6)(iii)(B), UAE", place_policy(item, deal), False)]
    if deal.of_concern:
        return [Requirement("headquarters", home_policy(item, deal), False)]
    return []


def place_policy(item: Item, deal: Deal) -> tuple[str, ...]:
    """742.6(b)(10), for a shipment that its place brings under 742.6(a)(6)(iii)."""
    on = deal.on
    if lane(item, deal):
        return (CASE,)
    if deal.denial_party:
        if date(2024, 12, 2) <= on < date(2025, 1, 13) and item.nac_type:  # 89 FR 96790, (b)(10)(iii)
            return (CASE,)
        return (PRESUMED,)
    if on >= date(2026, 1, 15) and item.of_2023 == "b":
        # (b)(10)(iv) is printed no more; (b)(1)(i)(B) speaks of case by case for '(a)(6)' in general
        return (OPEN, CASE)
    return (APPROVAL,)


def home_policy(item: Item, deal: Deal) -> tuple[str, ...]:
    """For a shipment that the buyer's home alone brings under control."""
    on = deal.on
    if not item.nac_type:  # 744.23(d)(1); 742.6(b)(10)(ii), (iii)(A)(1)
        return (PRESUMED,)
    if on < date(2024, 4, 4):  # 742.6(b)(10)(ii): 'to an entity headquartered'; 744.23(d) residual: case by case
        return (PRESUMED, CASE)
    if on < date(2025, 1, 13):  # 744.23(d)(3)(i), for the very license that 744.23 requires
        return (CASE,)
    if item.of_2023 == "a":  # in 742.6 from 90 FR 4544
        return (PRESUMED,)
    if on < date(2026, 1, 15):  # 744.23(d)(3)(i); 742.6(b)(10)(iv) read alone: denial
        return (CASE,)
    return (PRESUMED, CASE)  # (b)(10)(iii)(A)(1): 'then this licensing policy'; 744.23(d)(3)(i) stands beside it


def lane(item: Item, deal: Deal) -> bool:
    """91 FR 1684: exports, end users located in China or Macau, under both figures, with the papers of (dd)."""
    if deal.on < date(2026, 1, 15) or deal.activity != "export" or not deal.certified or not item.in_the_lane:
        return False
    if deal.military or deal.end_use in ("nuclear", "missile", "chemical_biological", "wmd"):
        return False  # (dd)(1)(iv): such an end use or user cannot be certified away
    if deal.listed == "entity_list":  # (dd)(1)(iv): a party of 744.8 or 744.11; the Unverified List is neither
        return False
    return china(deal.to, deal.on) or deal.to == "MO"


def high_bandwidth_memory(deal: Deal) -> list[Requirement]:
    """3A090.c: in force from 2024-12-02, to be complied with from 2024-12-31; 742.6(a)(6)(i)(B), 744.23(a)(3)(i)(B)."""
    certain = deal.on >= date(2024, 12, 31)
    if macau_or_d5(deal.to, deal.on):
        policy = PRESUMED if deal.of_concern else APPROVAL  # 742.6(b)(10)(ii)
        return [Requirement("742.6(a)(6)(i)(B)", (policy,), False, certain)]
    if deal.of_concern:  # 744.23(d)(3)(i) covers all of 3A090 but datacenter 3A090.a
        return [Requirement("744.23(a)(3)(i)(B)", (CASE,), False, certain)]
    return []


# --- part 744 --------------------------------------------------------------------------------------------------------


def military_place(place: str, on: date) -> bool:
    """A country of 744.21(a)(1) or (2)."""
    if china(place, on) or place in ("RU", "VE"):
        return True
    since = {"MM": date(2021, 3, 8), "KH": date(2021, 12, 9), "BY": date(2022, 3, 2), "NI": date(2024, 3, 15)}
    return place in since and on >= since[place]


def all_items_for_the_military(place: str, on: date) -> bool:
    """744.21(a)(2): every item subject to the EAR."""
    return (place == "RU" and on >= date(2022, 2, 24)) or (place == "BY" and on >= date(2022, 3, 2))


def military(item: Item, deal: Deal) -> list[Requirement]:
    """744.21, and 744.17 where it may speak."""
    found: list[Requirement] = []
    listed_party = deal.listed == "meu_list" and deal.on >= date(2020, 12, 23)
    if not deal.military or deal.on < date(2020, 6, 29):
        return []
    if all_items_for_the_military(deal.to, deal.on):
        found.append(Requirement("744.21(a)(2)", (DENIAL,), True))
    elif military_place(deal.to, deal.on) or listed_party:
        listed = in_supplement_2(item, deal)
        if listed is not False:
            found.append(Requirement("744.21(a)(1)", (PRESUMED,), True, certain=listed is True))
    # 744.17(a), (c): 'microprocessors' for the military of D:1, in the words of 3A991.a.1. Whether a GPU is one: open.
    # What no entry describes is none; a number without its paragraph is taken for another paragraph of it.
    described = on_the_list(item, deal) is not False and deal.declared not in ("3A991", "4A994")
    if member("D1", deal.to, deal.on) and item.kind == "ic" and described:
        found.append(Requirement("744.17", (PRESUMED,), True, certain=False))
    return found


def intelligence_place(place: str, on: date) -> bool:
    """A country of 744.22(a)."""
    if on < date(2021, 3, 16):  # 86 FR 4865
        return False
    if china(place, on) or place in ("RU", "VE", "IR", "KP", "SY", "CU"):
        return True
    since = {"MM": date(2021, 4, 9), "KH": date(2021, 12, 9), "BY": date(2022, 3, 2)}
    return place in since and on >= since[place]


def chip_use_place(deal: Deal) -> bool:
    """Where 744.23 looks at supercomputers and chip making."""
    if deal.on >= date(2023, 11, 17):  # 88 FR 73458, 88 FR 73424
        return macau_or_d5(deal.to, deal.on)
    return china(deal.to, deal.on) or (deal.to == "MO" and deal.on >= date(2023, 1, 17))  # 88 FR 2821


def chip_use_policy(item: Item, deal: Deal) -> tuple[str, ...]:
    """744.23(d)."""
    if deal.on < date(2023, 11, 17):  # case by case for friendly advanced fabs alone
        return (CASE,) if deal.end_use == "advanced_node_fab" and deal.friendly else (PRESUMED,)
    memory = is_3a090(item, deal.on) == "c"
    case_by_case = deal.on >= date(2024, 4, 4) and (item.nac_type or memory)  # (d)(3)(i)
    if deal.friendly and not macau_or_d5(deal.parent, deal.on):  # (d)(2)
        return (APPROVAL, CASE) if case_by_case else (APPROVAL,)  # (d)(1) yields to both; neither yields to the other
    if memory and deal.on < date(2024, 12, 31):  # 3A090.c not yet to be complied with
        return (PRESUMED, CASE)
    return (CASE,) if case_by_case else (PRESUMED,)


def intelligence(deal: Deal) -> list[Requirement]:
    """744.22: every item. Outside the countries only the bodies that (f)(2) names, which a deal need not tell."""
    if not deal.intelligence:
        return []
    if intelligence_place(deal.to, deal.on):
        return [Requirement("744.22", (PRESUMED,), True)]
    from_there = intelligence_place(deal.headquarters, deal.on) or intelligence_place(deal.parent, deal.on)
    if from_there and deal.on >= date(2022, 9, 15):  # 87 FR 57068
        return [Requirement("744.22, elsewhere", (PRESUMED,), True, certain=False)]
    return []


def end_uses(item: Item, deal: Deal) -> list[Requirement]:
    """744.2, 744.3, 744.4 and 744.23(a)(1), (2), (4)."""
    on, use = deal.on, deal.end_use
    if use == "nuclear" and deal.to not in SPARED_BY_744_2.split():  # 744.2(d): factors, no presumption
        return [Requirement("744.2", (CASE, OPEN), True)]
    if use in ("missile", "chemical_biological", "wmd"):  # wmd: one of the three; only 744.2 spares places
        certain = use != "wmd" or deal.to not in SPARED_BY_744_2.split()
        return [Requirement("744.3, 744.4", (CASE,), True, certain)]
    if use == "supercomputer" and on >= date(2022, 10, 21) and chip_use_place(deal):
        listed = in_supplement_2(item, deal)
        if listed is not False:
            return [Requirement("744.23(a)(1)", chip_use_policy(item, deal), True, certain=listed is True)]
    if use == "advanced_node_fab" and on >= date(2022, 10, 7) and chip_use_place(deal):  # any item
        return [Requirement("744.23(a)(2)", chip_use_policy(item, deal), True)]
    if use == "tool_making" and on >= date(2022, 10, 7):
        indirect = on >= date(2024, 4, 4) and deal.of_concern  # (a)(4)(ii)
        if chip_use_place(deal) or indirect:
            on_ccl = (
                True if on < date(2023, 11, 17) else on_the_list(item, deal)
            )  # any item; then 'specified on the CCL'
            if on_ccl is not False:
                return [Requirement("744.23(a)(4)", chip_use_policy(item, deal), True, certain=on_ccl is True)]
    return []


# --- part 746 --------------------------------------------------------------------------------------------------------


def embargoes(item: Item, deal: Deal) -> list[Requirement]:
    """Part 746, section by section, with the anti-terrorism control of Sudan (742.10)."""
    on, to = deal.on, deal.to
    listed = on_the_list(item, deal)
    if to == "CU":  # 746.2: all items, 'general policy of denial'
        return [Requirement("746.2", (DENIAL,), True)]
    if to == "IR":  # 746.7; an EAR99 item is left to the Treasury's embargo
        return [Requirement("746.7", (DENIAL,), True, certain=listed is not False)]
    if to == "KP":  # 746.4: all items
        return [Requirement("746.4", north_korea(item, deal), True)]
    if to == "SY":  # 746.9: all items
        return [Requirement("746.9", syria(deal), True, certain=on < date(2025, 9, 2) or listed is not False)]
    if to in ("RU", "BY"):  # 746.8
        if on < (date(2022, 2, 24) if to == "RU" else date(2022, 3, 2)):
            return []
        # an EAR99 board may be one of the tariff lines of supplement no. 4 to part 746
        return [russia(deal, listed is True)]
    if to == "IQ":
        return iraq(item, deal)
    if to == "SD" and on < date(2021, 1, 14) and listed is not False:  # E:1: anti-terrorism
        return [Requirement("742.10", (DENIAL, PRESUMED, OPEN, CASE), True, certain=listed is True)]
    occupied = deal.region == "crimea" or (deal.region != "" and on >= date(2022, 2, 24))  # 87 FR 12226: two more
    return [Requirement("746.6", (DENIAL, PRESUMED), True)] if to == "UA" and occupied else []


def russia(deal: Deal, listed: bool) -> Requirement:
    """746.8(a) of 2022, (a)(12)(ii) of 2026: 5A992 for 'civil end-users that are wholly-owned U.S. subsidiaries', of
    A:5 and A:6 companies too, or their joint ventures; (b), later (b)(3)(vi): case by case for such."""
    parent, on = deal.parent, deal.on
    company = parent == "US" or member("A5", parent, on) or member("A6", parent, on)
    civil = deal.end_use == "civil" and not deal.military_end_user
    spared = company and civil and deal.declared in ("", "5A992", "5A992.c")
    return Requirement("746.8", (DENIAL, OPEN, CASE) if company else (DENIAL,), True, certain=listed and not spared)


def north_korea(item: Item, deal: Deal) -> tuple[str, ...]:
    """746.4(b)(5), 742.19(b): computers above 0.0004 WT, microprocessors of 0.5 GFLOPS and the military 'denied'."""
    if item.kind == "system" or deal.military:
        return (DENIAL, PRESUMED)
    return (DENIAL, PRESUMED, OPEN, CASE)


def syria(deal: Deal) -> tuple[str, ...]:
    """746.9(c): denial; from 2025-09-02 approval for commercial uses that help, otherwise case by case."""
    if deal.on < date(2025, 9, 2):
        return (DENIAL,)
    return (OPEN, CASE, APPROVAL)


def iraq(item: Item, deal: Deal) -> list[Requirement]:
    """746.3(a)(1), (a)(4)."""
    found: list[Requirement] = []
    if deal.military:  # any item, the buyer taken not to be the Government of Iraq; (b)(4)
        found.append(Requirement("746.3(a)(4)", (DENIAL,), True))
    if is_3a090(item, deal.on):  # controlled for regional stability
        policies = {"nuclear": (DENIAL,), "wmd": (DENIAL, OPEN)}.get(deal.end_use, (OPEN,))  # (b)(1); else no sentence
        certain = item.kind != "hbm_stack" or deal.on >= date(2024, 12, 31)
        found.append(Requirement("746.3(a)(1)", policies, True, certain))
    return found


def lists(item: Item, deal: Deal) -> list[Requirement]:
    """744.11: the Entity List, all items as most entries say, the policy of the entry."""
    if deal.listed == "entity_list":
        return [Requirement("744.11", (DENIAL, PRESUMED, OPEN, CASE), True)]
    return []


# --- 740.8 -----------------------------------------------------------------------------------------------------------


def exception(item: Item, deal: Deal, requirements: list[Requirement]) -> bool:
    """NAC or ACA, their conditions taken as met."""
    on = deal.on
    if on < date(2023, 11, 17) or item.kind == "hbm_stack" or not item.nac_type:
        return False
    if deal.listed == "unverified_list":  # 740.2(a)(17)
        return False
    if any(r.closes for r in requirements):  # 740.8(b)
        return False
    transfer = deal.activity == "transfer"
    if transfer and any(r.by == "headquarters" for r in requirements):  # neither NAC nor ACA reaches such an entity
        return False
    if on < date(2024, 4, 4):
        return not deal.military  # 740.8(b)(2) of 2023: 744.21(f) or (g), wherever
    if transfer:  # ACA: within Macau and D:5; elsewhere without such an entity
        return macau_or_d5(deal.to, on) or not deal.of_concern
    return True  # NAC to Macau, D:5 and entities from there; ACA to the rest


# --- the answer ------------------------------------------------------------------------------------------------------


def strictest(policies: Iterable[str]) -> str:
    """744.1(a)(2): reviewed 'under all applicable licensing policies', so the strictest shows."""
    return min(policies, key=STRICTEST_FIRST.index)


def answer_in(item: Item, deal: Deal, requirements: list[Requirement]) -> Answer:
    """The answer where exactly these requirements apply."""
    if not requirements:
        return Answer(frozenset(["no_license_requirement"]), frozenset([None]))
    sentences = [r.policies for r in requirements]
    if governed_by_744_21_e_3(deal):
        sentences.append((DENIAL,) if all_items_for_the_military(deal.to, deal.on) else (PRESUMED,))
    policies = frozenset(strictest(one) for one in product(*sentences))
    outcome = "license_exception" if exception(item, deal, requirements) else "license_required"
    return Answer(frozenset([outcome]), policies, tuple(r.by for r in requirements))


def governed_by_744_21_e_3(deal: Deal) -> bool:
    """'items requiring a license for any reason' for the military of these countries."""
    if not deal.military or deal.on < date(2020, 6, 29):
        return False
    return military_place(deal.to, deal.on) or (deal.listed == "meu_list" and deal.on >= date(2022, 9, 15))


def expected(item: Item, deal: Deal) -> Answer:
    """What the texts bear. Where a requirement is not certain: a yes, an exception is not among the answers."""
    found = [
        *advanced_computing(item, deal),
        *military(item, deal),
        *intelligence(deal),
        *end_uses(item, deal),
        *embargoes(item, deal),
        *lists(item, deal),
    ]
    certain = [r for r in found if r.certain]
    without = answer_in(item, deal, certain)
    if len(certain) == len(found):
        return without
    with_all = answer_in(item, deal, found)
    outcomes = set(with_all.outcomes)
    if without.outcomes != with_all.outcomes:
        outcomes.add("indeterminate")
    doubtful = {r.by for r in found if not r.certain}
    if doubtful <= {"742.6(a)(6)(i)(B)", "744.23(a)(3)(i)(B)", "746.3(a)(1)"}:
        # a doubt of the text, not of the facts: either reading may be answered, with a notice
        outcomes |= without.outcomes
    policies = (with_all.policies | without.policies | {OPEN}) if outcomes else frozenset()
    return Answer(frozenset(outcomes), frozenset(policies), with_all.why)
