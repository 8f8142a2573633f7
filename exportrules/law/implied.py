"""Provisions that no rule file contains: for law that is not encoded, and for listed parties."""

from __future__ import annotations

import re
from datetime import date

from exportrules.law.model import Conclusion, Gap, Instrument, Listing, Party, PartyList, Provision
from exportrules.law.span import last_day

GAPS = Instrument(
    id="not_encoded",
    title="Known law that this ruleset leaves out",
    type="code",
    issuer="",
    citation="ruleset.toml",
    url="",
    evidence="reported",
)


def gap_provision(gap: Gap) -> Provision:
    """A gap as a provision: a notice wherever law that is known but not encoded would apply."""
    return Provision(
        id=f"not_encoded#{gap.id}",
        kind="gap",
        title=gap.what,
        cite="ruleset.toml, not_encoded",
        effective=gap.start or date.min,
        expires=last_day(gap.stop),
        evidence="reported",
        when=gap.when,
        unless=gap.unless,
        blocking=gap.blocking,
        notice=f"Not encoded: {gap.what} {gap.effect}",
    )


_REGISTER = r"(\d+) FR (\d+)"


#: What an owner's entry concludes instead of its list where it is for other items alone (`only_for`).
IN_PART = "_in_part"


def listing_fact(owner: bool) -> str:
    """The fact that the entries of a party conclude, as an owner of the buyer or as a party to the deal."""
    return "owner_lists" if owner else "end_user_lists"


def listing_provision(
    party: Party, listing: Listing, number: int, owner: bool, printed: PartyList | None, governs: tuple[str, ...]
) -> Provision:
    """One entry of a party as a provision: it concludes the list, and governs the requirements reviewed by its policy.

    `printed` is the list's own record, if the party file has one. An entry with `only_for` governs nothing. Of a party
    to the deal it concludes nothing and is a notice instead; of an owner it concludes that the owner is listed in part,
    so that the rule on affiliates can tell it from an owner that no list has.
    """
    list_title = printed.title if printed else listing.list.replace("_", " ")
    whose = "an owner of the buyer, " if owner else ""
    made = Conclusion(fact=listing_fact(owner), value=listing.list + (IN_PART if listing.only_for else ""))
    return Provision(
        id=f"{listing.list}#{party.id}" + (f"-{number + 1}" if number else "") + ("-owner" if owner else ""),
        kind="notice" if listing.only_for and not owner else "listing",
        title=f"{whose}{party.name}: {list_title}",
        cite=_cite(listing, printed),
        effective=listing.perhaps_from or listing.start,
        effective_by=listing.start if listing.perhaps_from else None,
        evidence=listing.evidence,
        url=_register_url(listing),
        concludes=None if listing.only_for and not owner else made,
        policy=None if listing.only_for else listing.policy,
        governs=() if listing.only_for else governs,
        notice=_only(party, listing, list_title) if listing.only_for else listing.note,
    )


def _cite(listing: Listing, printed: PartyList | None) -> str:
    """The citation of the entry, followed by that of the list unless the entry names it already or has its address."""
    if printed is None and listing.url:
        return listing.cite
    where = printed.cite if printed else listing.list
    return listing.cite if where in listing.cite else f"{listing.cite}; {where}"


def _only(party: Party, listing: Listing, list_title: str) -> str:
    return (
        f"{party.name} is on the {list_title} for {listing.only_for} alone: outside them its entry requires no license "
        "for an AI chip. A shipment for such a project needs one. Look it up on the SDN List as well: this data does "
        f"not have every blocked person (744.8), nor what they own. {listing.note}"
    ).rstrip()


def _register_url(listing: Listing) -> str:
    """The official URL of a listing: its own, else that of the Federal Register page that it cites first."""
    page = re.match(_REGISTER, listing.cite)
    if listing.url or page is None:
        return listing.url
    return f"https://www.federalregister.gov/citation/{page.group(1)}-FR-{page.group(2)}"


def list_instrument(listing: Listing) -> Instrument:
    """A stand-in instrument for a listing whose own rule is not encoded."""
    return Instrument(
        id=listing.list,
        title=listing.list.replace("_", " ").capitalize(),
        type="code",
        issuer="BIS",
        citation=listing.cite,
        url=_register_url(listing),
        evidence=listing.evidence,
    )
