"""Provisions that stand in no rule file of their own: of law that is left out, and of listed parties."""

from __future__ import annotations

from datetime import date

from exportrules.model import Conclusion, Gap, Instrument, Listing, Party, Provision
from exportrules.span import last_day

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
    """Law that is known and left out, as a provision that says so where it would apply."""
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


def listing_provision(party: Party, listing: Listing, number: int, owner: bool) -> Provision:
    """One entry of a party: it concludes the list, and governs the review of what is required for it."""
    lists, governed = ("owner_lists", "744.11(a)-affiliates") if owner else ("end_user_lists", "744.11(a)")
    whose = "an owner of the buyer, " if owner else ""
    return Provision(
        id=f"{listing.list}#{party.id}" + (f"-{number + 1}" if number else "") + ("-owner" if owner else ""),
        kind="listing",
        title=f"{whose}{party.name}: {listing.list.replace('_', ' ')}",
        cite=f"{listing.cite}; {'supp. no. 4 to part 744' if listing.list == 'entity_list' else listing.list}",
        effective=listing.start,
        evidence=listing.evidence,
        url=listing.url,
        concludes=Conclusion(fact=lists, value=listing.list),
        policy=listing.policy,
        governs=(governed,),
        notice=listing.note,
    )


def list_instrument(listing: Listing) -> Instrument:
    """The instrument of a listing whose rule is not encoded by itself."""
    return Instrument(
        id=listing.list,
        title=listing.list.replace("_", " ").capitalize(),
        type="code",
        issuer="BIS",
        citation=listing.cite,
        url=listing.url,
        evidence=listing.evidence,
    )
