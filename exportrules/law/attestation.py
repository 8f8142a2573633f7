"""Attestations: who verified the law of days beyond the edition's own, and which days and provisions that reaches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from exportrules.law.model import Attestation, Edition


def horizon(edition: Edition, attestations: Iterable[Attestation]) -> date:
    """The last day for which all of the law was verified: by the edition, or by whoever attests it."""
    return max(edition.verified_through, *(a.through for a in attestations if a.provisions is None), date.min)


def vouching(edition: Edition, attestations: Iterable[Attestation], day: date) -> tuple[Attestation, ...]:
    """The attestations that reach a day beyond the edition's own: those of all the law, else of some provisions."""
    found = tuple(a for a in attestations if edition.verified_through < day <= a.through)
    return tuple(a for a in found if a.provisions is None) or found


def told(said: Attestation) -> str:
    """An attestation in one clause: through which day, of what, by whom."""
    of = f" for {', '.join(said.provisions)} alone" if said.provisions is not None else ""
    return f"attested through {said.through}{of} by {said.by} on {said.on}"


def table(said: Attestation) -> dict[str, Any]:
    """An attestation as plain data; `provisions` is null where all law is attested."""
    return {
        "by": said.by,
        "on": said.on.isoformat(),
        "through": said.through.isoformat(),
        "note": said.note,
        "provisions": list(said.provisions) if said.provisions is not None else None,
    }


def tables(attestations: Iterable[Attestation]) -> list[dict[str, Any]]:
    """Attestations as plain data, in the order of their files."""
    return [table(said) for said in attestations]
