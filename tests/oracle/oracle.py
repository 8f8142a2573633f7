"""US export law for AI chips, 2020-01-01 to 2026-09-24, as plain ifs: a naive second reading.

Written from the law notes and the primary texts alone, by someone who has not seen the engine or its data. Slow and
repetitive on purpose: one function a regime, one `if` a paragraph. No rule here is shared with anything.

Reading notes
-------------
* As enforced. The worldwide paragraph of 90 FR 4544 never had an enforced day (compliance 2025-05-15, announced
  non-enforcement 2025-05-13), so from 2025-01-13 a 3A090.a chip needs a license where the 2023 rule wanted one (D:1,
  D:4, D:5 less A:5, A:6; Macau is in D:1 and D:4), in the UAE by name, and for an entity with its headquarters or its
  ultimate parent in Macau or D:5, anywhere (BIS guidance of 2026-05-31). LPP, AIA, ACM, country caps: not used.
* The world is assumed ordinary: chip public, nobody listed, conditions of exceptions met, nothing en route, item
  subject to the EAR. Hence the TGL, RPL, GOV, TSU, TMP and savings clauses never speak.
* What is not known is tried both ways (`World`); an answer that is the same in every world is the answer.
* A requirement under part 744 other than 744.23(a)(3) closes NAC and ACA altogether (740.8(b)); the requirement of
  742.6 then stands as well, with its own review policy. An is-informed letter is such a requirement (744.21(b),
  744.23(b)).
* China in 744.21, 744.23, 742.6 and the letters includes Hong Kong from 2020-12-23 (85 FR 83765), never Macau.
* `indeterminate` as the policy: the worlds differ in policy (nothing to review in one of them counts as a difference),
  or the law itself has no sentence that decides (a 3A090.b item to D:1, D:4 or the UAE from 2026-01-15).

OPEN: points that the notes leave open, and what is answered here
-----------------------------------------------------------------
 1. NAC-type item under a letter: 740.8(b) closes NAC, so 742.6 stands beside the letter and its policy is reported.
 2. privately_informed = True means "BIS told this exporter that this needs a license": any day, item, place.
 3. 2022 letter: "roughly equivalent to the A100" = 4992 (bits x TOPS), uncertain from 4800, AND 600 GB/s chip to
    chip, NVIDIA parts only; it binds reexports and transfers too, and is left to the rule from 2022-10-21.
 4. Letter of 2023-10-23: "the rule's requirements" = its destinations and its headquarters test.
 5. Letter of July 2023: the A100X counts as an A100 product; Cyprus does not count as Middle East.
 6. Letters of April 2025: one destination set for all (Macau, D:5, headquarters there); Intel from 2025-04-09 too;
    AMD's is certain for the MI308, open above the reported lines; "interconnect bandwidth" is the aggregate I/O.
 7. NAC-type items to China 2025-05-13..2026-01-14: presumption of denial (the text).
 8. Entity from Macau/D:5 outside the D groups (destinations.md 2.4): 3A090.a datacenter PoD; NAC-type PoD until
    2024-04-03, case by case until 2025-01-12; then .a PoD (742.6), .b case by case until 2026-01-14 and PoD after
    (742.6(b)(10)(iii)(A)(1), sentences 2 and 3; 744.23(d)(3)(i), case by case, still stands beside it).
 9. 3A090.b to D:1/D:4/UAE without such a link from 2026-01-15: policy indeterminate.
10. An item that meets both .a and .b.2 (TPP >= 4800, 3.2 <= PD < 5.92, as the MI250) is .a only: no NAC, no case by
    case in December 2024, although it "meets 3A090.b and is designed for datacenters" word for word.
11. In-country transfers to an entity from Macau/D:5 outside Macau/D:5: no ACA (740.8(a) of 2024). In 2023 NAC, within a
    D:1/D:4 destination: 740.8(a) of 2023-11-17 has "transfers (in-country) to or within any destination" of these, and
    keeps the notification to exports and reexports. Transfers that need a license under 744.23(a)(3) are not saved by
    740.8(b) ("for reexports or exports").
12. A Cypriot firm in Cyprus 2023-11-17..2024-05-29: license by 744.23(a)(3), as it is headquartered in D:5 and Cyprus
    is a destination "other than" the D groups less A:6. (The BIS table is followed for Cyprus and Cambodia in D:5.)
13. Military end use: 744.21 before 2020-06-29 counts as in force for military end USE in China, the item's own ECCN
    being unknown. Macau is not in 744.21. 744.21(e)(3), denial for items that need a license for any reason, was read
    in the texts of 2020-12-23 and 2026 and is applied throughout. 744.17(a): whether a GPU is one of its
    microprocessors is tried both ways, since no text says it; no item here is declared under an entry.
14. The bar of military end uses and end users in NAC (any destination) is dated 2023-11-17..2024-04-03.
15. The lane of 2026 is closed for a military end use or end user, and for weapons ((dd)(1)(iv)). Its third sentence
    ("this licensing policy ... will be applied") is read of the policies of 742.6(b)(10); a requirement of part 744
    keeps its own.
16. Supercomputer for an end user from the US/A:5/A:6 in China: presumption of approval from 2023-11-17 by 744.23(d)
    ("However, there is a presumption of approval ... and for end users headquartered in"), then by (d)(2).
17. An item outside 3A090 with TPP < 512 and I/O < 150 GB/s: its own ECCN is unknown (8 TOPS may still be met).
18. UAE from 2026-07-10, 3A090.a: license kept, presumption of approval (no approved party; LPP not used).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Literal

Number = Decimal | int
Outcome = Literal["no_license_requirement", "license_exception", "license_required", "indeterminate"]
Policy = Literal[
    "policy_of_denial",
    "presumption_of_denial",
    "indeterminate",
    "case_by_case",
    "presumption_of_approval",
    "unpublished",
]
Part = Literal["742.6", "744.23(a)(3)", "744", "746"]  # "744": anything else in part 744, letters included

STRICTEST_FIRST: tuple[Policy, ...] = (
    "policy_of_denial",
    "presumption_of_denial",
    "indeterminate",
    "case_by_case",
    "presumption_of_approval",
    "unpublished",
)

FIRST_DAY = date(2020, 1, 1)
LAST_DAY = date(2026, 9, 24)
DESTINATIONS = ("CN", "HK", "MO", "SG", "AE", "VN", "JP", "IL", "KH", "NI", "SA", "CY", "TW", "KZ", "IQ")
HOMES = (*DESTINATIONS, "US")


class NotCovered(Exception):  # noqa: N818 - the name is part of the agreed interface
    """The reading has no answer: outside its days or places, or a number that decides is not known."""


@dataclass(frozen=True)
class Item:
    """One chip. Bandwidths in Gbyte/s; a figure that is None is unknown."""

    tpp: Number
    performance_density: Number | None
    bits_x_tops_2022: Number | None
    aggregate_io_gbytes_s: Number | None
    chip_to_chip_io_gbytes_s: Number | None
    dram_bandwidth_gbytes_s: Number | None
    designed_for_datacenter: bool
    family: str = ""
    vendor: str = "other"


@dataclass(frozen=True)
class Deal:
    """One shipment. `dd_certified` and `privately_informed`: None = not known.

    `end_user`: a 'military end user' that is on no list, or one on the MEU List (supp. no. 7 to part 744).
    """

    on: date
    to: str
    headquarters: str
    ultimate_parent: str
    exporter: str
    activity: Literal["export", "reexport", "transfer"]
    end_use: Literal[
        "civil", "military", "supercomputer", "advanced_node_fab", "tool_making", "nuclear", "chemical_biological"
    ]
    dd_certified: bool | None
    privately_informed: bool | None
    end_user: Literal["civil", "military", "meu_list"] = "civil"


@dataclass(frozen=True)
class Reading:
    """The answer; `review_policy` is None where nothing would be reviewed."""

    outcome: Outcome
    review_policy: Policy | None


@dataclass(frozen=True)
class World:
    """One way in which the unknown facts could be."""

    doubtful_letter: bool  # a letter whose reach is uncertain does reach this shipment
    informed: bool  # BIS has privately informed this exporter
    own_eccn_listed: bool  # the board's own ECCN is in supp. 2 to part 744 / in 744.23(a)(1)(i)
    dd_certified: bool  # the papers of supp. 2 to part 748 (dd) are in
    microprocessor: bool  # the chip is a microprocessor in the sense of 744.17(a)


@dataclass(frozen=True)
class Requirement:
    """A license requirement that applies, with the policy that an application would meet."""

    part: Part
    policy: Policy


# --- country groups, supplement no. 1 to part 740 -------------------------------------------------------------------


def in_china(country: str, on: date) -> bool:
    """China; Hong Kong with it once it stops being a separate destination."""
    if country == "CN":
        return True
    if country == "HK":  # 85 FR 83765
        return on >= date(2020, 12, 23)
    return False


def in_d1(country: str, on: date) -> bool:
    """Country Group D:1."""
    if in_china(country, on):
        return True
    if country in ("MO", "VN", "KH", "KZ", "IQ"):
        return True
    if country == "NI":  # 89 FR 18780
        return on >= date(2024, 3, 15)
    return False


def in_d4(country: str, on: date) -> bool:
    """Country Group D:4."""
    if in_china(country, on):
        return True
    if country in ("MO", "IL", "SA", "IQ"):
        return True
    if country == "AE":  # 91 FR 43034
        return on < date(2026, 7, 10)
    return False


def in_d5(country: str, on: date) -> bool:
    """Country Group D:5, by the BIS table. Macau is not in it."""
    if in_china(country, on) or country == "IQ":
        return True
    if country == "KH":  # 86 FR 70015; FR Doc 2026-02262
        return date(2021, 12, 9) <= on < date(2026, 2, 3)
    if country == "NI":  # 89 FR 18780
        return on >= date(2024, 3, 15)
    if country == "CY":  # 89 FR 40369
        return on < date(2024, 5, 30)
    return False


def in_a5(country: str, on: date) -> bool:
    """Country Group A:5."""
    if country == "JP":
        return True
    if country == "AE":  # 91 FR 43034
        return on >= date(2026, 7, 10)
    return False


def in_a6(country: str, on: date) -> bool:
    """Country Group A:6."""
    if country in ("IL", "SG", "TW"):
        return True
    if country == "HK":  # 85 FR 83765
        return on < date(2020, 12, 23)
    if country == "CY":  # 85 FR 84211
        return on >= date(2020, 12, 28)
    return False


def in_d_groups(country: str, on: date) -> bool:
    """D:1, D:4 or D:5, excluding destinations also in A:5 or A:6: 742.6(a)(6)(iii) from 2023-11-17."""
    if in_a5(country, on) or in_a6(country, on):
        return False
    return in_d1(country, on) or in_d4(country, on) or in_d5(country, on)


def macau_or_d5(country: str, on: date) -> bool:
    """Macau (always by name) or D:5."""
    return country == "MO" or in_d5(country, on)


def entity_from_macau_or_d5(deal: Deal) -> bool:
    """Headquartered in, or with an ultimate parent headquartered in, Macau or D:5."""
    return macau_or_d5(deal.headquarters, deal.on) or macau_or_d5(deal.ultimate_parent, deal.on)


def denial_party(deal: Deal) -> bool:
    """To or within Macau or D:5, or to an entity from there: the first half of 742.6(b)(10) since 2023-11-17."""
    return macau_or_d5(deal.to, deal.on) or entity_from_macau_or_d5(deal)


# --- classification -------------------------------------------------------------------------------------------------


def at_least(figure: Number | None, bound: Number) -> bool:
    """`figure` >= `bound`; a figure that is not known decides nothing."""
    if figure is None:
        raise NotCovered(f"a figure that is compared with {bound} is not known")
    return figure >= bound


def is_3a090_of_2022(item: Item) -> bool:
    """3A090.a by 87 FR 62186, 2022-10-21..2023-11-16: both limbs."""
    if item.aggregate_io_gbytes_s is not None and item.aggregate_io_gbytes_s < 600:  # 3A090.a, chapeau
        return False
    if item.bits_x_tops_2022 is not None and item.bits_x_tops_2022 < 4800:  # 3A090.a.1 to a.4
        return False
    return at_least(item.aggregate_io_gbytes_s, 600) and at_least(item.bits_x_tops_2022, 4800)


def class_of_2023(item: Item) -> Literal["", "a", "b"]:
    """Paragraph of 3A090 by 88 FR 73458, from 2023-11-17; .a before .b."""
    if not item.designed_for_datacenter and item.tpp < 4800:  # Note 2 to 3A090
        return ""
    if item.tpp >= 4800:  # 3A090.a.1
        return "a"
    if item.tpp < 1600:  # below every line of .a and .b
        return ""
    if at_least(item.performance_density, Decimal("5.92")):  # 3A090.a.2
        return "a"
    if item.tpp >= 2400 and at_least(item.performance_density, Decimal("1.6")):  # 3A090.b.1
        return "b"
    if at_least(item.performance_density, Decimal("3.2")):  # 3A090.b.2
        return "b"
    return ""


def is_nac_type(item: Item) -> bool:
    """3A090 except "designed or marketed for use in a datacenter and meeting the parameters of 3A090.a", 740.8(a)."""
    paragraph = class_of_2023(item)
    if paragraph == "":
        return False
    return not (item.designed_for_datacenter and paragraph == "a")


def meets_3a090(item: Item, on: date) -> bool:
    """Whether the 3A090 of that day describes the item."""
    if on < date(2022, 10, 21):
        return False
    if on < date(2023, 11, 17):
        return is_3a090_of_2022(item)
    return class_of_2023(item) != ""


def is_3a991_p(item: Item, on: date) -> bool | None:
    """3A991.p, and nothing else; None = the item's own ECCN is not known."""
    if on < date(2022, 10, 21):  # 3A991.p is a child of 87 FR 62186
        return None
    if meets_3a090(item, on):  # 3A090 is in neither list, 5A992.z is in both
        return None
    if item.tpp >= 512:  # 3A991.p.1: 8 TOPS at 64 bits, or more TOPS at fewer
        return True
    if at_least(item.aggregate_io_gbytes_s, 150):  # 3A991.p.2
        return True
    return None


# --- the regimes of 3A090: 742.6(a)(6) and 744.23(a)(3) -------------------------------------------------------------


def regime_2022(item: Item, deal: Deal) -> list[Requirement]:
    """87 FR 62186 and 88 FR 2821: 2022-10-21..2023-11-16."""
    if not (in_china(deal.to, deal.on) or deal.to == "MO"):  # 742.6(a)(6)(i)
        return []
    if deal.to == "MO" and deal.on < date(2023, 1, 17):  # 88 FR 2821 adds Macau
        return []
    if not is_3a090_of_2022(item):
        return []
    return [Requirement("742.6", "presumption_of_denial")]  # 742.6(b)(10): no exception for chips


def regime_2023(item: Item, deal: Deal) -> list[Requirement]:
    """88 FR 73458: 2023-11-17..2024-04-03."""
    if class_of_2023(item) == "":
        return []
    if in_d_groups(deal.to, deal.on):  # 742.6(a)(6)(iii)
        if denial_party(deal):  # 742.6(b)(10)(ii), NAC-type items included
            return [Requirement("742.6", "presumption_of_denial")]
        return [Requirement("742.6", "presumption_of_approval")]  # 742.6(b)(10)(ii)
    if entity_from_macau_or_d5(deal):  # 744.23(a)(3)(i)
        return [Requirement("744.23(a)(3)", "presumption_of_denial")]  # 742.6(b)(10)(ii); 744.23(d) residual differs
    return []


def regime_april_2024(item: Item, deal: Deal) -> list[Requirement]:
    """89 FR 23876: 2024-04-04..2024-12-01."""
    if class_of_2023(item) == "":
        return []
    if in_d_groups(deal.to, deal.on):  # 742.6(a)(6)(iii)
        if denial_party(deal):  # 742.6(b)(10)(ii), untouched
            return [Requirement("742.6", "presumption_of_denial")]
        return [Requirement("742.6", "presumption_of_approval")]  # 742.6(b)(10)(ii)
    if entity_from_macau_or_d5(deal):  # 744.23(a)(3)(i)
        if is_nac_type(item):  # 744.23(d)(3)(i)
            return [Requirement("744.23(a)(3)", "case_by_case")]
        return [Requirement("744.23(a)(3)", "presumption_of_denial")]  # 744.23(d)(1)
    return []


def regime_december_2024(item: Item, deal: Deal) -> list[Requirement]:
    """89 FR 96790: 2024-12-02..2025-01-12."""
    if class_of_2023(item) == "":
        return []
    if in_d_groups(deal.to, deal.on):  # 742.6(a)(6)(iii)
        if not denial_party(deal):  # 742.6(b)(10)(iii), approval
            return [Requirement("742.6", "presumption_of_approval")]
        if not item.designed_for_datacenter and class_of_2023(item) == "a":  # 742.6(b)(10)(iii), carve-out (1)
            return [Requirement("742.6", "case_by_case")]
        if item.designed_for_datacenter and class_of_2023(item) == "b":  # 742.6(b)(10)(iii), carve-out (2)
            return [Requirement("742.6", "case_by_case")]
        return [Requirement("742.6", "presumption_of_denial")]  # 742.6(b)(10)(iii)
    if entity_from_macau_or_d5(deal):  # 744.23(a)(3)(i)
        if is_nac_type(item):  # 744.23(d)(3)(i)
            return [Requirement("744.23(a)(3)", "case_by_case")]
        return [Requirement("744.23(a)(3)", "presumption_of_denial")]  # 744.23(d)(1)
    return []


def regime_2025(item: Item, deal: Deal) -> list[Requirement]:
    """90 FR 4544 as enforced: 2025-01-13..2026-01-14."""
    paragraph = class_of_2023(item)
    if paragraph == "a":
        if denial_party(deal):  # 742.6(a)(6)(iii)(A) with the guidance of 2026-05-31; (b)(10)(iii)(A)(1)
            return [Requirement("742.6", "presumption_of_denial")]
        if in_d_groups(deal.to, deal.on):  # 742.6(a)(6)(iii)(A) as far as enforced; (b)(10)(iii)(B)(1)
            return [Requirement("742.6", "presumption_of_approval")]
        return []
    if paragraph == "b":
        if in_d_groups(deal.to, deal.on):  # 742.6(a)(6)(iii)(B)
            if denial_party(deal):  # 742.6(b)(10)(iv)
                return [Requirement("742.6", "presumption_of_denial")]
            return [Requirement("742.6", "presumption_of_approval")]  # 742.6(b)(10)(iv)
        if entity_from_macau_or_d5(deal):  # 744.23(a)(3)(i)(A)
            return [Requirement("744.23(a)(3)", "case_by_case")]  # 744.23(d)(3)(i)
    return []


def in_the_lane(item: Item, deal: Deal, world: World) -> bool:
    """742.6(b)(10)(iii)(A)(1), sentence 1, by 91 FR 1684: case by case from 2026-01-15."""
    if deal.activity != "export":  # "for exports"; sentence 2 names reexports and transfers
        return False
    if not (in_china(deal.to, deal.on) or deal.to == "MO"):  # "end-users located in China or Macau"
        return False
    if not world.dd_certified:  # "provided the applicant provides", supp. 2 to part 748 (dd)
        return False
    if military_use_or_user(deal) or deal.end_use in ("nuclear", "chemical_biological"):  # (dd)(1)(iv)
        return False
    if item.tpp >= 21000:  # "less than 21,000"
        return False
    return not at_least(item.dram_bandwidth_gbytes_s, 6500)  # "less than 6,500 GB/s"


def regime_2026(item: Item, deal: Deal, world: World) -> list[Requirement]:
    """91 FR 1684 and 91 FR 43034: from 2026-01-15."""
    paragraph = class_of_2023(item)
    if paragraph == "":
        return []
    uae_by_name = deal.to == "AE" and deal.on >= date(2026, 7, 10)  # 742.6(a)(6)(iii)(B) by 91 FR 43034
    located = in_d_groups(deal.to, deal.on) or uae_by_name
    found: list[Requirement] = []
    # 742.6(a)(6)(iii)(A) reaches an entity from Macau/D:5 anywhere, (B) does not
    if located or (paragraph == "a" and denial_party(deal)):
        if in_the_lane(item, deal, world):  # 742.6(b)(10)(iii)(A)(1), sentence 1
            found.append(Requirement("742.6", "case_by_case"))
        elif denial_party(deal):  # sentence 2
            found.append(Requirement("742.6", "presumption_of_denial"))
        elif paragraph == "a":  # 742.6(b)(10)(iii)(B)(1)
            found.append(Requirement("742.6", "presumption_of_approval"))
        else:  # paragraph (b)(10)(iv) is printed no more
            found.append(Requirement("742.6", "indeterminate"))
    # 744.23(a)(3)(i)(A): .b items outside the D groups less A:5, A:6 (the UAE is outside from 2026-07-10)
    if paragraph == "b" and not in_d_groups(deal.to, deal.on) and entity_from_macau_or_d5(deal):
        found.append(Requirement("744.23(a)(3)", "presumption_of_denial"))  # 742.6(b)(10)(iii)(A)(1), sent. 2 and 3
    return found


def regime_of_the_day(item: Item, deal: Deal, world: World) -> list[Requirement]:
    """The 3A090 requirements of the day."""
    if deal.on < date(2022, 10, 21):  # 87 FR 62186: chips only from its third effective date
        return []
    if deal.on < date(2023, 11, 17):
        return regime_2022(item, deal)
    if deal.on < date(2024, 4, 4):
        return regime_2023(item, deal)
    if deal.on < date(2024, 12, 2):
        return regime_april_2024(item, deal)
    if deal.on < date(2025, 1, 13):
        return regime_december_2024(item, deal)
    if deal.on < date(2026, 1, 15):
        return regime_2025(item, deal)
    return regime_2026(item, deal, world)


# --- is-informed letters: True, False, or None = uncertain ----------------------------------------------------------


def letter_nvidia_2022(item: Item, deal: Deal) -> bool | None:
    """NVIDIA, 2022-08-26 (8-K of 2022-08-31)."""
    if deal.exporter != "nvidia" or not date(2022, 8, 26) <= deal.on <= date(2022, 10, 20):  # 3A090 has it afterwards
        return False
    if not in_china(deal.to, deal.on):  # "China (including Hong Kong) and Russia"
        return False
    if item.family in ("nvidia-a100", "nvidia-a100x", "nvidia-h100"):  # named
        return True
    if item.vendor != "nvidia":  # "any future NVIDIA integrated circuit"
        return False
    if item.chip_to_chip_io_gbytes_s is None or item.chip_to_chip_io_gbytes_s < 600:  # "both ... and chip-to-chip I/O"
        return False
    if at_least(item.bits_x_tops_2022, 4992):  # "peak performance ... roughly equivalent to the A100", 4992
        return True
    return None if at_least(item.bits_x_tops_2022, 4800) else False  # how roughly was never said


def letter_amd_2022(item: Item, deal: Deal) -> bool | None:
    """AMD, August 2022 (AMD's statement of 2022-08-31; day of the letter not known)."""
    if deal.exporter != "amd" or not date(2022, 8, 1) <= deal.on <= date(2022, 10, 20):  # 3A090 has it afterwards
        return False
    if not in_china(deal.to, deal.on):
        return False
    if item.family == "amd-mi250":  # confirmed by AMD
        return True if deal.on >= date(2022, 8, 31) else None
    if item.family == "amd-mi250x":  # reported by Nikkei only; 3A090 has it from 2022-10-21
        return None
    return False


def letters_of_july_2023(item: Item, deal: Deal) -> bool | None:
    """NVIDIA, in the quarter from 2023-05-01 to 2023-07-30 (10-Q of 2023-08-28): some of the A100/H100 line, some
    countries, none named. AMD, reported: a like letter, of which the MI250 line is the candidate."""
    if not date(2023, 5, 1) <= deal.on <= date(2023, 11, 16):  # overtaken by 88 FR 73458
        return False
    meant = {
        "nvidia": ("nvidia-a100", "nvidia-a100x", "nvidia-h100"),
        "amd": ("amd-mi250", "amd-mi250x"),
    }
    if item.family not in meant.get(deal.exporter, ()):
        return False
    return None if deal.to in ("AE", "IL", "IQ", "SA") else False  # "some countries in the Middle East"


def letter_nvidia_october_2023(item: Item, deal: Deal) -> bool:
    """NVIDIA, 2023-10-23 (8-K of 2023-10-24): 88 FR 73458 at once, until it binds everyone."""
    if deal.exporter != "nvidia":
        return False
    if not date(2023, 10, 23) <= deal.on <= date(2023, 11, 16):
        return False
    if item.tpp < 4800 or not item.designed_for_datacenter:  # "4800 or more and designed or marketed for datacenters"
        return False
    return in_d_groups(deal.to, deal.on) or entity_from_macau_or_d5(deal)  # destinations as the rule


def above_the_reported_lines(item: Item) -> bool:
    """Intel's message of April 2025: DRAM >= 1,400, or I/O >= 1,100, or together >= 1,700 GB/s."""
    dram, links = item.dram_bandwidth_gbytes_s, item.aggregate_io_gbytes_s
    if dram is not None and dram >= 1400:
        return True
    if links is not None and links >= 1100:
        return True
    if dram is None or links is None:
        raise NotCovered("DRAM or I/O bandwidth is not known")
    return dram + links >= 1700


def april_2025_place(deal: Deal) -> bool:
    """From 2025-04-09: China, Macau, D:5, or companies headquartered or with an ultimate parent therein."""
    return deal.on >= date(2025, 4, 9) and denial_party(deal)


def letter_nvidia_2025(item: Item, deal: Deal) -> bool | None:
    """NVIDIA, 2025-04-09 (8-K of 2025-04-15)."""
    if deal.exporter != "nvidia" or not april_2025_place(deal):
        return False
    if item.family == "nvidia-h20":  # named
        return True
    dram, links = item.dram_bandwidth_gbytes_s, item.aggregate_io_gbytes_s
    if dram is not None and dram >= 4000:  # "the H20's memory bandwidth"
        return True
    if links is not None and links >= 1028:  # "interconnect bandwidth"
        return True
    return None if above_the_reported_lines(item) else False


def letter_amd_2025(item: Item, deal: Deal) -> bool | None:
    """AMD, April 2025 (8-K dated 2025-04-15): MI308."""
    if deal.exporter != "amd" or not april_2025_place(deal):
        return False
    if item.family != "amd-mi308x":  # whether the reported lines bind AMD's other chips is an inference
        return None if above_the_reported_lines(item) else False
    return True if deal.on >= date(2025, 4, 15) else None  # day of the letter not known


def letter_intel_2025(item: Item, deal: Deal) -> bool | None:
    """Intel, April 2025 (press reports of its message to customers): wholly uncertain."""
    if deal.exporter != "intel" or not april_2025_place(deal):
        return False
    return None if above_the_reported_lines(item) else False


def private_letter(item: Item, deal: Deal) -> bool | None:
    """A letter that is not public: 744.21(b), 744.23(b)."""
    if deal.privately_informed is not None:
        return deal.privately_informed
    if deal.exporter in ("nvidia", "amd", "intel"):  # theirs are public, above
        return False
    if not april_2025_place(deal):
        return False
    if item.family in ("nvidia-h20", "amd-mi308x") or above_the_reported_lines(item):
        return None
    return False


def public_letters(item: Item, deal: Deal) -> list[bool | None]:
    """Every letter that is known of, with whether it reaches this shipment."""
    return [
        letter_nvidia_2022(item, deal),
        letter_amd_2022(item, deal),
        letters_of_july_2023(item, deal),
        letter_nvidia_october_2023(item, deal),
        letter_nvidia_2025(item, deal),
        letter_amd_2025(item, deal),
        letter_intel_2025(item, deal),
    ]


def letters(item: Item, deal: Deal, world: World) -> list[Requirement]:
    """The letters that bind this exporter for this shipment in this world."""
    found: list[Requirement] = []
    for reaches in public_letters(item, deal):
        if reaches is True or (reaches is None and world.doubtful_letter):
            found.append(Requirement("744", "unpublished"))
    private = private_letter(item, deal)
    if private is True or (private is None and world.informed):
        found.append(Requirement("744", "unpublished"))
    return found


# --- end uses: 744.21 and 744.23(a)(1) ------------------------------------------------------------------------------


def military_use_or_user(deal: Deal) -> bool:
    """'Military end use' (744.21(f)) or 'military end user' (744.21(g)), wherever: what 740.8(b)(2) of 2023 says."""
    return deal.end_use == "military" or deal.end_user != "civil"


def military_place(deal: Deal) -> bool:
    """A country of 744.21(a)(1)."""
    if in_china(deal.to, deal.on):  # 744.21(a)(1); 85 FR 23459, 85 FR 83765
        return True
    if deal.to == "KH":  # 86 FR 70015
        return deal.on >= date(2021, 12, 9)
    if deal.to == "NI":  # 89 FR 18780
        return deal.on >= date(2024, 3, 15)
    return False


def military_end_use(deal: Deal) -> bool:
    """What 744.21 requires a license for: "a 'military end use' ... or 'military end user' ... in" the countries of
    (a)(1); and a party on the MEU List anywhere, "when an entity that is listed on the MEU List is a party to the
    transaction" (744.21(b)(1)(ii))."""
    return (military_use_or_user(deal) and military_place(deal)) or deal.end_user == "meu_list"


def reviewed_as_military(deal: Deal) -> bool:
    """744.21(e)(3): "destined to China, Russia, or Venezuela for a 'military end use' or 'military end user'" of
    2020-12-23; "or for a ... Chinese ... 'military end user,' wherever located" of 2026, dated by 87 FR 57068."""
    if military_use_or_user(deal) and military_place(deal):
        return True
    return deal.end_user == "meu_list" and deal.on >= date(2022, 9, 15)


def supercomputer_end_use(deal: Deal) -> bool:
    """A supercomputer "located in or destined to" a place of 744.23(a)(1)(ii) (before 2023-11-17: (a)(2)(i))."""
    if deal.end_use != "supercomputer":
        return False
    if deal.on < date(2022, 10, 21):  # 87 FR 62186
        return False
    if in_china(deal.to, deal.on):
        return True
    if deal.to == "MO":  # 88 FR 2821
        return deal.on >= date(2023, 1, 17)
    return deal.on >= date(2023, 11, 17) and in_d5(deal.to, deal.on)  # 88 FR 73458; no A:5/A:6 carve-out


def supercomputer_policy(item: Item, deal: Deal) -> Policy:
    """744.23(d) for a supercomputer."""
    if deal.on < date(2023, 11, 17):  # 744.23(d) of 2022
        return "presumption_of_denial"
    home_is_friendly = (
        deal.headquarters == "US" or in_a5(deal.headquarters, deal.on) or in_a6(deal.headquarters, deal.on)
    )
    if home_is_friendly and not macau_or_d5(deal.ultimate_parent, deal.on):  # 744.23(d) of 2023; (d)(2)
        return "presumption_of_approval"
    if deal.on >= date(2024, 4, 4) and is_nac_type(item):  # 744.23(d)(3)(i)
        return "case_by_case"
    return "presumption_of_denial"  # 744.23(d) of 2023: Macau and D:5; (d)(1)


SPARED = ("JP",)  # of the places modelled, those of supplement no. 3 to part 744


def weapons_end_use(deal: Deal) -> list[Requirement]:
    """744.2 and 744.4: every item; 744.2 not for the places of supplement no. 3."""
    if deal.end_use == "chemical_biological":  # 744.4(a), (d)(1)
        return [Requirement("744", "case_by_case")]
    if deal.end_use == "nuclear" and deal.to not in SPARED:  # 744.2(a), (d)
        return [Requirement("744", "case_by_case")]
    return []


def chip_making_end_use(item: Item, deal: Deal) -> list[Requirement]:
    """744.23(a)(2)(i) and (a)(4): items at an advanced-node fab, or for making tools."""
    if deal.end_use not in ("advanced_node_fab", "tool_making") or deal.on < date(2022, 10, 7):  # 87 FR 62186, 17.
        return []
    if deal.on < date(2023, 11, 17):  # 744.23(a)(2)(iii), (v) of 2022: "located in the PRC or Macau"
        if not (in_china(deal.to, deal.on) or (deal.to == "MO" and deal.on >= date(2023, 1, 17))):
            return []
        friendly = deal.headquarters == "US" or in_a5(deal.headquarters, deal.on) or in_a6(deal.headquarters, deal.on)
        if deal.end_use == "advanced_node_fab" and friendly:  # 744.23(d) of 2022: for (a)(2)(iii) alone
            return [Requirement("744", "case_by_case")]
        return [Requirement("744", "presumption_of_denial")]
    if macau_or_d5(deal.to, deal.on):  # (a)(2)(i); (a)(4), later (a)(4)(i)
        return [Requirement("744", supercomputer_policy(item, deal))]
    if deal.end_use == "tool_making" and deal.on >= date(2024, 4, 4) and entity_from_macau_or_d5(deal):  # (a)(4)(ii)
        return [Requirement("744", supercomputer_policy(item, deal))]
    return []


def iraq(item: Item, deal: Deal) -> list[Requirement]:
    """746.3: items controlled for regional stability, and every item for a military end use or end user."""
    if deal.to != "IQ":
        return []
    found = []
    if military_use_or_user(deal):  # (a)(4), (b)(4); the buyer is taken not to be the Government of Iraq
        found.append(Requirement("746", "policy_of_denial"))
    if meets_3a090(item, deal.on):  # (a)(1)
        policy: Policy = (
            "policy_of_denial" if deal.end_use == "nuclear" else "indeterminate"
        )  # (b)(1); else no sentence
        found.append(Requirement("746", policy))
    return found


def end_uses(item: Item, deal: Deal, world: World) -> list[Requirement]:
    """The end-use requirements of part 744."""
    return [
        *weapons_end_use(deal),
        *chip_making_end_use(item, deal),
        *microprocessor_end_use(deal, world),
        *listed_end_uses(item, deal, world),
    ]


def microprocessor_end_use(deal: Deal, world: World) -> list[Requirement]:
    """744.17(a), (c): microprocessors for a military end use or user "in a destination listed in Country Group D:1"."""
    if world.microprocessor and military_use_or_user(deal) and in_d1(deal.to, deal.on):
        return [Requirement("744", "presumption_of_denial")]
    return []


def listed_end_uses(item: Item, deal: Deal, world: World) -> list[Requirement]:
    """The end uses that reach listed items: 744.21(a)(1) and 744.23(a)(1)."""
    if not (military_end_use(deal) or supercomputer_end_use(deal)):
        return []
    listed = is_3a991_p(item, deal.on)
    if listed is None:
        listed = world.own_eccn_listed
    if not listed:
        return []
    found: list[Requirement] = []
    if military_end_use(deal):  # 744.21(a)(1), supp. 2 to part 744; 744.21(e)(1)
        found.append(Requirement("744", "presumption_of_denial"))
    if supercomputer_end_use(deal):  # 744.23(a)(1)
        found.append(Requirement("744", supercomputer_policy(item, deal)))
    return found


# --- license exceptions: 740.8 --------------------------------------------------------------------------------------


def nac_of_2023(item: Item, deal: Deal) -> bool:
    """NAC in its first form: 2023-11-17..2024-04-03."""
    if not is_nac_type(item):  # 740.8(a)
        return False
    if military_use_or_user(deal):  # 740.8(b)(2): "to or for a 'military end use,' ... or 'military end user,'"
        return False
    if deal.activity == "transfer":  # within Macau/D:5, or any D:1/D:4 destination: no notification
        return macau_or_d5(deal.to, deal.on) or in_d_groups(deal.to, deal.on)
    return True  # Macau, D:5 and their entities with notification; D:1/D:4 without


def nac_or_aca(item: Item, deal: Deal) -> bool:
    """NAC and ACA: from 2024-04-04."""
    if not is_nac_type(item):  # 740.8(a)
        return False
    if deal.activity != "transfer" and denial_party(deal):  # 740.8(a), NAC: "export and reexport"
        return True
    if deal.activity == "transfer" and macau_or_d5(deal.to, deal.on):  # 740.8(a), ACA, last limb
        return True
    return not denial_party(deal)  # 740.8(a), ACA: elsewhere, without such an entity


def exception_available(item: Item, deal: Deal, requirements: list[Requirement]) -> bool:
    """Whether NAC or ACA overcomes everything that is required."""
    if deal.on < date(2023, 11, 17):  # 740.2(a)(9): nothing of practical use for a chip
        return False
    if any(r.part in ("744", "746") for r in requirements):  # 740.8(b)
        return False
    if deal.activity == "transfer" and any(r.part == "744.23(a)(3)" for r in requirements):  # 740.8(b)
        return False
    if deal.on < date(2024, 4, 4):
        return nac_of_2023(item, deal)
    return nac_or_aca(item, deal)


# --- the answer -----------------------------------------------------------------------------------------------------


def policy_of(item: Item, deal: Deal, world: World, requirements: list[Requirement]) -> Policy:
    """The strictest policy, unless a provision says that it governs."""
    policies: list[Policy] = [r.policy for r in requirements]
    if reviewed_as_military(deal):  # 744.21(e)(3): items requiring a license for any reason
        policies.append("presumption_of_denial")
    return min(policies, key=STRICTEST_FIRST.index)


def read_in(world: World, item: Item, deal: Deal) -> Reading:
    """The answer in one world."""
    requirements = [
        *regime_of_the_day(item, deal, world),
        *letters(item, deal, world),
        *end_uses(item, deal, world),
        *iraq(item, deal),
    ]
    if not requirements:
        return Reading("no_license_requirement", None)
    policy = policy_of(item, deal, world, requirements)
    if exception_available(item, deal, requirements):
        return Reading("license_exception", policy)
    return Reading("license_required", policy)


def worlds(item: Item, deal: Deal) -> Iterator[World]:
    """Every way in which what is not known about this shipment could be."""
    both = (False, True)
    doubtful = both if None in public_letters(item, deal) else (False,)
    informed = both if private_letter(item, deal) is None else (False,)
    asked = military_end_use(deal) or supercomputer_end_use(deal)
    listed = both if asked and is_3a991_p(item, deal.on) is None else (False,)
    certified = both if deal.dd_certified is None else (deal.dd_certified,)
    military = military_use_or_user(deal) and in_d1(deal.to, deal.on)
    processors = both if military else (False,)
    for choice in product(doubtful, informed, listed, certified, processors):
        yield World(*choice)


def agree(readings: set[Reading]) -> Reading:
    """One reading out of many: what they share."""
    outcomes = {r.outcome for r in readings}
    policies = {r.review_policy for r in readings}
    return Reading(
        outcomes.pop() if len(outcomes) == 1 else "indeterminate",
        policies.pop() if len(policies) == 1 else "indeterminate",
    )


def read(item: Item, deal: Deal) -> Reading:
    """Whether this shipment needed a license that day, and how an application would be reviewed.

    Raises NotCovered outside 2020-01-01..2026-09-24, for a country that is not modelled, and where a figure that
    decides is None.
    """
    if not FIRST_DAY <= deal.on <= LAST_DAY:
        raise NotCovered(f"{deal.on} is outside {FIRST_DAY}..{LAST_DAY}")
    if deal.to not in DESTINATIONS:
        raise NotCovered(f"destination {deal.to}")
    if military_use_or_user(deal) and deal.on < date(2020, 6, 29):
        raise NotCovered("744.21 before 85 FR 23459 was not read")
    for home in (deal.headquarters, deal.ultimate_parent):
        if home not in HOMES:
            raise NotCovered(f"headquarters {home}")
    if item.performance_density is None:
        # Only its place among the lines 1.6, 3.2 and 5.92 can matter: try each.
        guesses = (Decimal(0), Decimal("1.6"), Decimal("3.2"), Decimal("5.92"))
        readings = {read(replace(item, performance_density=guess), deal) for guess in guesses}
        if len(readings) == 1:
            return readings.pop()
        raise NotCovered("the performance density decides and is not known")
    return agree({read_in(world, item, deal) for world in worlds(item, deal)})
