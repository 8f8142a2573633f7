"""The encoded data as texts with addresses: every provision, instrument and chip, the coverage and the edition.

An address is `exportrules://KIND/ID` with a percent-encoded id: `exportrules://provision/88fr73458%233A090.a`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, unquote

from exportrules.errors import QuestionError, UnknownNameError
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.keys import near
from exportrules.question.values import show
from exportrules.render.provision import coverage_text, provision_text
from exportrules.render.safe import safe
from exportrules.render.text import footer
from exportrules.serve.answers import chip, ruleset_of

SCHEME = "exportrules://"
KINDS = ("provision", "instrument", "chip")
ALONE = {"coverage": "What is encoded, what is not, and what that could change",
         "edition": "The edition of the rules: its digest, and the day through which it was verified"}  # fmt: skip


class LibraryText(NamedTuple):
    """One text: its address, its name and its title."""

    address: str
    name: str
    title: str


def address(kind: str, name: str) -> str:
    """The address of a provision, an instrument or a chip."""
    return f"{SCHEME}{kind}/{quote(name, safe='')}"


def entries(law: Ruleset) -> Iterator[LibraryText]:
    """Every text, in a fixed order."""
    for name, title in ALONE.items():
        yield LibraryText(SCHEME + name, name, title)
    for instrument in law.instruments.values():
        yield LibraryText(address("instrument", instrument.id), instrument.id, instrument.title)
    for name, (provision, _) in law.provisions.items():
        yield LibraryText(address("provision", name), name, provision.title)
    for name, (variant, family) in law.variants.items():
        yield LibraryText(address("chip", name), name, f"{variant.name} ({family.name})")


def text_at(law: Ruleset, written: str) -> str:
    """The text at an address. Raises UnknownNameError with similar ids."""
    kind, _, rest = written.removeprefix(SCHEME).partition("/")
    try:
        name = unquote(rest, errors="strict")
    except UnicodeDecodeError:
        raise QuestionError(f"{written!r} is not percent-encoded UTF-8.") from None
    if not written.startswith(SCHEME) or (kind not in KINDS and (kind not in ALONE or written != SCHEME + kind)):
        known = ", ".join([*(f"{SCHEME}{kind}/ID" for kind in KINDS), *(SCHEME + name for name in ALONE)])
        raise QuestionError(f"{written!r} is not an address here. Addresses: {known}.")
    if kind == "coverage":
        return coverage_text(law, "simple")
    if kind == "edition":
        return _edition(law)
    if kind == "provision":
        body = provision_text(law, *law.provision(name))
    elif kind == "instrument":
        body = _instrument(law, name)
    else:
        body = _chip(law, name)
    return f"{body}\n\n{footer(law)}"


def _edition(law: Ruleset) -> str:
    edition = law.edition
    lines = [f"{edition.title}, edition {edition.edition}", edition.scope, f"covers_from: {edition.covers_from}"]
    lines += [f"{name}: {value}" for name, value in ruleset_of(law).items()]
    lines += [f"parties_verified_through: {edition.parties_verified_through}", footer(law)]
    return "\n".join(map(safe, lines))


def _instrument(law: Ruleset, name: str) -> str:
    instrument = law.instruments.get(name)
    if instrument is None:
        close = near(name, {known: known for known in law.instruments}, cutoff=0.4)
        raise UnknownNameError(f"there is no instrument {name!r} in this ruleset.", close)
    lines = [
        instrument.title,
        f"{instrument.citation} ({instrument.issuer}); {instrument.url}",
        f"released {instrument.released or '-'}, published {instrument.published or '-'}, "
        f"evidence {instrument.evidence}",
        *([instrument.summary] if instrument.summary else []),
        "",
        *(f"{p.id} [{p.kind}] from {p.effective}: {p.title}" for p in instrument.provision),
    ]
    return "\n".join(map(safe, lines))


def _chip(law: Ruleset, name: str) -> str:
    if name not in law.variants:
        close = near(name, {known: known for known in law.variants}, cutoff=0.4)
        raise UnknownNameError(f"there is no chip with the id {name!r} in this ruleset.", close)
    fields = chip(law, name)
    figures = [f"  {fact}: {show(value)}" for fact, value in fields.pop("figures").items() if value is not None]
    lines = [f"{label}: {', '.join(value) if isinstance(value, list) else value}"
             for label, value in fields.items() if value]  # fmt: skip
    return "\n".join(map(safe, [*lines, "figures:", *figures]))
