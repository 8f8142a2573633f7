"""One provision as a lawyer reads it, and the list of what is and is not encoded."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import Any

from exportrules.answer.words import capitalised
from exportrules.law.attestation import clause
from exportrules.law.model import RELATIONS, Instrument, Provision, Row, Test
from exportrules.law.paragraphs import code_url
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import union
from exportrules.law.view import view_of
from exportrules.question.values import show
from exportrules.render.safe import safe
from exportrules.render.text import table

_OPERATOR = {"is": "is", "in": "is one of", "in_group": "is in group", "ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


def provision_text(law: Ruleset, provision: Provision, instrument: Instrument) -> str:
    """The whole provision: dates, source, rows, relations, and the days on which it is in force."""
    lines = [f"{provision.id} [{provision.kind}]", *_wrap(provision.title), ""]

    def put(label: str, text: object) -> None:
        if text:
            lines.extend(
                textwrap.wrap(
                    str(text),
                    100,
                    initial_indent=f"{label:<12}",
                    subsequent_indent=" " * 12,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )

    put("cite", f"{instrument.citation}; {provision.cite}" if instrument.type == "rule" else provision.cite)
    put("address", provision.url)
    put("code", code_url(provision.paragraph, provision.effective))
    put("evidence", provision.evidence)
    by = f" at the earliest, {provision.effective_by} at the latest" if provision.effective_by else ""
    put("effective", f"{provision.effective}{by}")
    put("public from", provision.public_from)
    put("compliance", provision.compliance)
    put("through", provision.expires)
    for label, printed in (("in force", False), ("as printed", True)):
        view = view_of(law, as_printed=printed)
        spans = union(span for f in view.provisions if f.provision.id == provision.id for span in f.spans)
        put(
            label,
            "; ".join(f"{s.start} to {s.stop or 'no known end'}{' (exclusive)' if s.stop else ''}" for s in spans)
            or "never",
        )
    put("quote", f'"{provision.quote}"' if provision.quote else "")
    if provision.quote_on:
        put("found in", f"{provision.quote_of or provision.paragraph}, text of {provision.quote_on}")
    put("concludes", f"{provision.concludes.fact} has {show(provision.concludes.value)}" if provision.concludes else "")
    put("policy", provision.policy)
    put("certain", "" if provision.certain else "no: rows that hold give unknown, not true")
    for relation in RELATIONS:
        put(relation, ", ".join(getattr(provision, relation)))
    for condition in provision.conditions:
        put("condition", condition)
    put("notice", provision.notice)
    for word, rows in (("when", provision.when), ("unless", provision.unless)):
        for row in rows:
            lines += ["", f"{word} {row.paragraph or '(any)'}:", *_tests(row)]
    return "\n".join(lines)


def coverage_text(law: Ruleset, form: str) -> str:
    """The extent of the ruleset: its instruments with their provisions, and what is left out with its effect."""
    rows, gaps = _encoded(law), law.edition.not_encoded
    if form != "simple":
        return table([*rows, *(_row(f"not_encoded#{g.id}", g.what, "no", "", g.effect) for g in gaps)], form)
    lists = _party_lists(law)
    lines = [_extent(law), *([table(lists, form), ""] if lists else []), table(rows, form), ""]
    lines += ["LEFT OUT, AND WHAT IT COULD CHANGE", ""]
    for gap in gaps:
        lines += textwrap.wrap(gap.what, 100, initial_indent="- ", subsequent_indent="  ")
        lines += textwrap.wrap(gap.effect, 100, initial_indent="  -> ", subsequent_indent="     ")
    return "\n".join(lines)


def _row(instrument: str, citation: str, encoded: str, uncertain: str, evidence: str) -> dict[str, str]:
    return {
        "instrument": instrument, "citation": citation, "encoded": encoded, "uncertain": uncertain,
        "evidence": evidence,
    }  # fmt: skip


def _encoded(law: Ruleset) -> list[dict[str, str]]:
    """A row for each instrument, by its day."""
    rows = []
    for instrument in sorted(law.instruments.values(), key=lambda i: (str(i.published or i.released or ""), i.id)):
        kinds = Counter(p.kind for p in instrument.provision)
        encoded = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())) or "memberships or listings only"
        uncertain = str(sum(not p.certain for p in instrument.provision) or "")
        evidence = {p.evidence or instrument.evidence for p in instrument.provision} or {instrument.evidence}
        rows.append(_row(instrument.id, instrument.citation, encoded, uncertain, ", ".join(sorted(evidence))))
    return rows


def _extent(law: Ruleset) -> str:
    """The scope of the edition, the days that it covers, and how much is in it."""
    edition = law.edition
    return (
        f"{edition.title}, edition {edition.edition}\n{edition.scope}\n"
        f"Covers {edition.covers_from} through {edition.verified_through}; "
        f"party lists through {edition.parties_verified_through}.\n"
        f"The codified text was read as of {edition.text_read}. The Federal Register was searched through "
        f"{edition.register_swept}.\nAnswers end with the earlier of the two days. {edition.sweep}\n"
        + "".join(f"{safe(capitalised(clause(said)))}.\n" for said in law.attestations.values())
        + f"{len(law.instruments)} instruments, {len(law.provisions)} provisions, {len(law.places)} destinations, "
        f"{len(law.parties)} listed parties, {len(law.variants)} chips and systems.\n"
    )


def _party_lists(law: Ruleset) -> list[dict[str, Any]]:
    """A row for each list of parties, with how many are on it on the last verified day."""
    entries = (entry for party in law.parties.values() for entry in party.listing)
    last = law.edition.verified_through
    parties = Counter(entry.list for entry in entries if not entry.stop or entry.stop > last)
    return [
        {"party list": made.title, "printed in": made.cite, "parties": parties[made.id],
         "verified through": made.verified_through.isoformat()}
        for made in law.lists.values()
    ]  # fmt: skip


def _tests(row: Row) -> list[str]:
    return [f"  {_test(test)}" for test in row.tests]


def _test(test: Test) -> str:
    bound = ", ".join(test.bound) if isinstance(test.bound, tuple) else show(test.bound)
    return f"{test.fact} {_OPERATOR[test.op]} {bound}"


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, 100)
