"""What people write for an exporter: a maker, an addressee of a letter, or anyone else."""

from __future__ import annotations

from exportrules.errors import QuestionError, UnknownNameError
from exportrules.law import Ruleset
from exportrules.names.keys import memo, near
from exportrules.names.parties import party_key


def find_exporter(ruleset: Ruleset, text: str, vendor: str) -> str | None:
    """An exporter's id: a maker or addressee, 'other', or None where the maker is asked for and not known."""
    word = text.strip().casefold()
    if word == "maker":
        return vendor or None
    if word == "other":
        return "other"
    index = memo(ruleset, "exporters", _exporter_index)
    wanted = party_key(text)
    if not wanted:
        raise QuestionError("the exporter is empty. Write 'maker', 'other' or a company's name.")
    found = index.get(wanted)
    if found is None:
        addressees = {a for i in ruleset.instruments.values() for a in i.addressee.split(",")}
        close = near(wanted, {k: ruleset.exporters[e].name for k, e in index.items() if e in addressees}, cutoff=0.8)
        if close:
            raise UnknownNameError(
                f"the exporter {text!r} is close to a company that a letter was addressed to, and a letter binds its "
                "addressee alone. Write the exact name, or 'other' for anyone else.",
                close,
            )
        return "other"
    return found


def _exporter_index(ruleset: Ruleset) -> dict[str, str]:
    return {party_key(n): e.id for e in ruleset.exporters.values() for n in (e.id, e.name, *e.aliases)}
