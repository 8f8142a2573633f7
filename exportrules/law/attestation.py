"""Attestations: statements by users that the law, or some provisions, were verified past the edition's horizon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from exportrules.law.model import Attestation, Edition


def horizon(edition: Edition, attestations: Iterable[Attestation]) -> date:
    """The last day for which all of the law was verified, by the edition or by an attestation."""
    return max(edition.verified_through, *(a.through for a in attestations if a.provisions is None), date.min)


def vouching(edition: Edition, attestations: Iterable[Attestation], day: date) -> tuple[Attestation, ...]:
    """The attestations that cover a day past the edition's horizon: those of all the law if any, else partial ones."""
    covering = tuple(a for a in attestations if edition.verified_through < day <= a.through)
    return tuple(a for a in covering if a.provisions is None) or covering


def clause(attestation: Attestation) -> str:
    """An attestation as one clause: its last day, its provisions, who attested it and when."""
    of = f" for {', '.join(attestation.provisions)} alone" if attestation.provisions is not None else ""
    return f"attested through {attestation.through}{of} by {attestation.by} on {attestation.on}"


def table(attestation: Attestation) -> dict[str, Any]:
    """An attestation as plain data; `provisions` is null if all the law is attested."""
    return {
        "by": attestation.by,
        "on": attestation.on.isoformat(),
        "through": attestation.through.isoformat(),
        "note": attestation.note,
        "provisions": list(attestation.provisions) if attestation.provisions is not None else None,
    }


def tables(attestations: Iterable[Attestation]) -> list[dict[str, Any]]:
    """Attestations as plain data, in the order of their files."""
    return [table(attestation) for attestation in attestations]
