"""The casebooks on the page: each claim with its source, its verdict, and the states of the page that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from exportrules.errors import RulesetError
from exportrules.explore.catalogue import ChipOrFamily
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.chips import find_chip
from exportrules.study.casebook import Casebook, Reply, casebooks, load_casebook, replies
from exportrules.study.verdicts import deciding_day, verdict, verdict_of_claim


def claim_books(ruleset: Ruleset, asked: Sequence[ChipOrFamily]) -> list[dict[str, Any]]:
    """The casebooks of the package, judged under this ruleset: the claims about chips of the page.

    A casebook whose chips or places this ruleset does not have comes with the reason instead.
    """
    known = {frozenset(entry.variants): entry.id for entry in asked}
    books: list[dict[str, Any]] = []
    for path in casebooks():
        try:
            book = load_casebook(path, ruleset)
        except RulesetError as error:
            books.append({"id": path.stem, "title": "", "refused": str(error), "claims": []})
            continue
        if claims := _claims(book, ruleset, known):
            books.append({"id": book.id, "title": book.title, "summary": book.summary.strip(), "claims": claims})
    return sorted(books, key=lambda book: not any(claim["verdict"] for claim in book["claims"]))  # those judged first


def _claims(book: Casebook, ruleset: Ruleset, known: Mapping[frozenset[str], str]) -> list[dict[str, Any]]:
    variants = frozenset().union(*known)
    wanted = [
        claim for claim in book.claim
        if any(variants.intersection(find_chip(ruleset, chip).variants) for chip in claim.chips)
    ]  # fmt: skip
    rows: dict[str, dict[str, Any]] = {}
    judged: dict[str, list[Any]] = {}
    for reply in replies(Casebook(id=book.id, title=book.title, summary="", claim=tuple(wanted)), ruleset):
        claim, judgement = reply.claim, verdict(reply)
        row = rows.setdefault(claim.id, {
            "id": claim.id,
            "says": claim.says,
            "publisher": claim.source.publisher,
            "published": str(claim.source.published),
            "url": claim.source.url or (claim.by_way_of.url if claim.by_way_of else ""),
            "by": claim.by_way_of.publisher if claim.by_way_of else "",
            "from": str(claim.first),
            "until": str(claim.last),
            "note": claim.note,
            "answers": [],
        })  # fmt: skip
        judged.setdefault(claim.id, []).append(judgement)
        row["answers"].append({
            "chip": reply.chip,
            "label": reply.question.label,
            "verdict": judgement.verdict if judgement else "",
            "because": judgement.because if judgement else "",
            "shown": _shown(ruleset, reply, deciding_day(reply, judgement), known),
        })  # fmt: skip
    return [{**row, "verdict": verdict_of_claim(judged[name])} for name, row in rows.items()]


def _shown(ruleset: Ruleset, reply: Reply, on: date, known: Mapping[frozenset[str], str]) -> dict[str, str] | None:
    """The state of the page that shows an answer; None if the page does not contain it."""
    q = reply.timeline.question
    variants = find_chip(ruleset, reply.chip).variants
    chip = known.get(frozenset(variants))
    maker = ruleset.variants[variants[0]][1].vendor
    exporter = {maker: "maker", "other": "other"}.get(q.exporter or "")
    beyond = q.end_user or q.parties or q.facts or q.known_on or q.activity != "export" or q.end_use != ("civil",)
    if chip is None or exporter is None or beyond:
        return None
    state = {"chip": chip, "to": q.to, "by": exporter, "layer": "printed" if q.as_printed else "enforced"}
    state |= {"hq": q.headquarters} if q.headquarters != q.to else {}
    state |= {"parent": q.ultimate_parent} if q.ultimate_parent != q.headquarters else {}
    return {**state, "on": on.isoformat()}
