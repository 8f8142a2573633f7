"""The verification of a receipt as text: the result first, then what moved and which file moved it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from exportrules.answer.words import decision
from exportrules.law.attestation import tables
from exportrules.render.safe import safe
from exportrules.render.text import deal, item

if TYPE_CHECKING:
    from exportrules.study.verify import Verification

_WORD = {
    "same": "SAME",
    "moved": "MOVED",
    "altered": "ALTERED",
    "incomplete": "CANNOT BE VERIFIED",
    "unread": "NOT A RECEIPT THAT THIS VERSION READS",
}
_MOST = 12


def verification_text(v: Verification) -> str:
    """The whole report."""
    end = "" if v.why.endswith(("?", ".")) else "."
    return "\n".join([f"{_WORD[v.status]}: {safe(v.why)}{end}", "", *_lines(v)]).rstrip()


def _lines(v: Verification) -> Iterator[str]:
    was = v.was if v.status != "altered" else {}
    if v.now is not None:
        yield from item("asked", deal(v.now))
    if v.status == "same" and v.now is not None:
        yield from item("answer", f"{decision(v.now.outcome, v.now.review_policy)}{_by(v.now.requirements)}")
    if v.status == "moved":
        yield from item("was", _decided(was["answer"]))
        if v.now is not None:
            yield from item("is", f"{decision(v.now.outcome, v.now.review_policy)}{_by(v.now.requirements)}")
        if v.decisive:
            yield from item("differs in", ", ".join(v.decisive))
    for label, names in (
        ("moved by", v.alone),
        ("moved by all of", v.needed),
        ("perhaps by", v.used),
        ("missing", v.missing),
        ("also differs", v.also),
        ("facts", v.facts),
    ):
        if names:
            yield from item(label, ", ".join(map(safe, names[:_MOST])) + _more(names))
    if v.status == "moved" and v.changed and not (v.alone or v.needed or v.used):
        none = "no changed file that the answer rests on; the receipt may have been altered"
        engine = "the engine, or the receipt was altered: no changed file of law does it"
        yield from item("moved by", engine if v.engine else none)
    others = tuple(name for name in v.changed if name not in {*v.alone, *v.needed, *v.used})
    if others:
        yield from item("also changed", ", ".join(map(safe, others[:_MOST])) + _more(others))
    if v.engine:
        yield from item("engine", "changed: " + ", ".join(v.engine))
    if was:
        yield from _law("receipt", was["ruleset"])
    if v.now is not None and (v.changed or not was):
        attestations = tables(v.now.timeline.ruleset.attestations.values())
        yield from _law("verified with", {**v.now.ruleset, "attestations": attestations})


def _law(label: str, law: Mapping[str, Any]) -> Iterator[str]:
    clauses = [f"edition {law.get('edition')}, law verified through {law.get('verified_through')}"]
    for entry in law.get("attestations") or ():
        if isinstance(entry, dict):
            clauses.append(f"attested through {entry.get('through')} by {entry.get('by')} on {entry.get('on')}")
    yield from item(label, safe(", ".join(clauses)))


def _decided(answer: dict[str, Any]) -> str:
    try:
        return decision(answer["outcome"], answer["review_policy"]) + _by(answer["requirements"])
    except (KeyError, TypeError):
        return "what it says is not an answer"


def _by(requirements: list[str]) -> str:
    return f", by {', '.join(map(safe, requirements))}" if requirements else ""


def _more(names: tuple[str, ...]) -> str:
    return f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
