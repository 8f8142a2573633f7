"""Answers as text for a terminal: first the answer, then the rule, the days on which it holds, the assumptions."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Container, Iterable, Iterator
from decimal import Decimal
from typing import Any

from exportrules.answer.assumptions import in_dispute
from exportrules.answer.determination import Determination
from exportrules.answer.parties import parties
from exportrules.answer.result import DEFINITE, Assumption, Change
from exportrules.answer.timeline import Timeline
from exportrules.answer.words import ACTIVITY, POLICY, case_words, decision, fact_name, opening, width_of
from exportrules.law.bounds import signs, words
from exportrules.law.model import Bounds, Policy
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import last_day
from exportrules.question.question import Question
from exportrules.question.values import show
from exportrules.render.languages import filled, language, padded, translated
from exportrules.render.safe import safe, safe_json

WIDTH = 100
DISCLAIMER = "Not legal advice: a computed reading of cited rules."


def headline(d: Determination) -> str:
    """The answer in plain words, on one line: the law's answer, with what makes it less than final."""
    edition, law = d.timeline.ruleset.edition, d.moment.answer.law
    # law that is not encoded prevents an answer, except where a license is required in any case
    unsure = law.blocked and law.outcome != "license_required"
    # a buyer that calls itself an army is not cleared until the user says whether it is one
    unsure = unsure or (
        bool(d.timeline.question.unsaid) and law.outcome in ("no_license_requirement", "license_exception")
    )
    outcome, policy = ("indeterminate", None) if unsure else (law.outcome, law.review_policy)
    verdict = _verdict(d, outcome, policy)
    if d.outcome == "not_released":
        released = d.timeline.released(d.on)
        until = f" until {released}" if released else ""
        would = decision(outcome, policy)
        return f"NOT RELEASED{until}; by the law of that day it would have been: {would}."
    if d.standing == "beyond_horizon":
        return f"NOT VERIFIED FOR {d.on}; by the law verified through {edition.verified_through}: {verdict}."
    if d.standing == "unannounced":
        return f"{verdict}; its maker never announced the chip, and its figures are reported."
    if d.standing == "before_coverage" and d.outcome == "indeterminate":
        return f"UNDETERMINED (before the start of coverage, {edition.covers_from})."
    if d.standing == "destination_not_encoded" and d.outcome == "indeterminate":
        return "UNDETERMINED (the law for this destination is not encoded)."
    return f"{verdict}."


def first_line(d: Determination) -> str:
    """The headline, and the answer by the other list where a country's place in a group is disputed and decides."""
    return " ".join([headline(d), *(f"Disputed: {way}." for way in _otherwise(d.moment.once(in_dispute)))])


def _verdict(d: Determination, outcome: str, policy: Policy | None) -> str:
    """The outcome as an answer to someone who wants to ship, without a full stop."""
    if outcome == "license_required":
        return f"NO, not without a license ({POLICY[policy or 'indeterminate']})"
    if outcome == "no_license_requirement":
        return "YES: no license requirement found in the encoded law"
    if outcome == "license_exception":
        names = list(dict.fromkeys(e["name"] for e in d.exceptions))
        refuse = " (BIS may refuse)" if any(e["may_be_refused"] for e in d.exceptions) else ""
        return f"ONLY IF the conditions of {' and '.join(names)} are met{refuse}"
    if turns_on := d.turns_on or d.timeline.question.unsaid:
        return f"UNDETERMINED (turns on {', '.join(dict.fromkeys(_short(d, fact) for fact in turns_on))})"
    left_out = "law that is known to apply here is not encoded; see the notices"
    return f"UNDETERMINED ({left_out if d.moment.answer.law.blocked else 'the encoded law does not settle it'})"


def _short(d: Determination, fact: str) -> str:
    """A fact that the answer turns on: its name, with the reason if a word may mean several things."""
    doubt = d.timeline.question.doubt(fact)
    return fact_name(d.timeline.ruleset, fact) if "#" in fact else f"{fact}: {doubt.says}" if doubt else fact


def answer(d: Determination) -> str:
    """The whole answer without the trace: what `check` prints without --explain."""
    lines = [first_line(d), deal(d), ""]
    # beyond the horizon and before release, the first line has the projection already
    if d.projection and d.standing != "beyond_horizon" and d.outcome != "not_released":
        lines += item("projection", decision(d.projection.outcome, d.projection.review_policy))
    if d.eccn:
        paragraphs = f" (met at {', '.join(d.eccn_paragraphs)})" if d.eccn_paragraphs else ""
        lines += item("parameters met", ", ".join(d.eccn) + paragraphs)
    # parties that are on no list appear under the assumptions
    for party in parties(d) if d.timeline.question.listed or d.timeline.question.owners else ():
        lines += item("party", safe(f"{party.written}: {party.known}"))
    for citation in d.citations:
        lines += item(citation.role, f"{safe(citation.title)}")
        lines += _more(f"{safe(citation.cite)} [{citation.evidence}]")
        lines += _more(citation.url)
        if citation.code_url:
            lines += _more(citation.code_url)
    for line in dict.fromkeys(margin_lines(d)):
        lines += item("margin", line)
    for exception in d.exceptions:
        for condition in exception["conditions"]:
            lines += item("condition", condition)
    lines += item("holds", holding(d))
    lines += [
        line for c, word in ((d.previous, "before"), (d.next, "then")) if c for line in item(word, _change(c, word))
    ]
    law = d.timeline.ruleset
    vocabulary = law.facts
    for fact in d.turns_on:
        if (doubt := d.timeline.question.doubt(fact)) is not None:
            lines += item("turns on", safe(f"{fact}: {doubt.says}. {doubt.settle}"))
        elif fact in vocabulary:
            lines += item("turns on", f"{fact}: {vocabulary[fact].question or vocabulary[fact].definition}")
        elif (doubtful := d.timeline.ruleset.provisions.get(fact)) is not None:
            lines += item("turns on", f"{fact}: does this reach the deal? {doubtful[0].title}")
        lines += [line for s in d.settle if s.fact == fact for line in _more(f"{s.case}: {s.option}")]
    for branch in d.cases:
        case = " and ".join(f"{fact} {case_words(law, text)}" for fact, text in branch.conditions) or "otherwise"
        lines += item("case", f"{safe(case)}: {decision(branch.outcome, branch.review_policy)}")
    assumed = d.assumptions
    if assumed:
        lines += item("assumed", "; ".join(safe(a.says) for a in assumed))
    for line in _otherwise(assumed):
        lines += item("if instead", line)
    for notice in d.notices:
        lines += item("notice", safe(notice))
    for step in d.next_steps:
        lines += item("next", safe(step.says))
    return "\n".join([*lines, "", footer(d.timeline.ruleset)])


def margin_lines(d: Determination, name: Callable[[str], str] = str) -> Iterator[str]:
    """The distance of each figure from the thresholds of that day's rules, for provisions that report margins.

    `name` gives the name of a figure: its id, as options take it, or words.
    """
    law = d.timeline.ruleset
    silent = {name for name, (provision, _) in law.provisions.items() if not provision.margins}
    margins = d.margin
    several = {m.fact for m in margins for n in margins if m.fact == n.fact and m.value != n.value}
    for m in margins:
        assumed = m.fact not in d.timeline.question.facts and law.facts[m.fact].about != "item"
        if m.provision not in silent and not assumed:
            whose = f"{m.subject}: " if m.fact in several else ""
            yield f"{whose}{name(m.fact)} {show(m.value)}: {m.percent} ({m.provision})"


def timeline_text(timeline: Timeline, bar: Iterable[str]) -> str:
    """Every span of the timeline, with what opened it; the lines of `bar` follow the heading."""
    lines = [asked_words(timeline), "", *bar]
    for span in timeline.spans:
        a = span.answer
        standing = "" if a.standing == "verified" else f" [{a.standing.replace('_', ' ')}]"
        days = f"{span.start or '...'!s:<10}  {span.last or '...'!s:<10}"
        lines.append(f"{days}  {decision(a.outcome, a.review_policy)}{standing}")
        if a.turns_on and a.standing in DEFINITE:
            lines.append(f"{'':24}turns on {', '.join(a.turns_on)}")
        if span.opened_by and span.start:
            opened = (opening(timeline.ruleset, by, span.start) for by in span.opened_by)
            lines += wrapped(f"opened by {', '.join(opened)}", 24)
        for day, by in span.also:
            lines += wrapped(f"{day}: {', '.join(by)}", 24)
    return "\n".join(lines)


#: Exporters that are not the name of a company.
WHO = {"maker": "each chip's maker", "other": "an exporter without a public letter"}


def deal_words(question: Question, law: Ruleset) -> str:
    """The terms of the deal for the head of a chart or table about several chips, without the destination."""
    who = f"{ACTIVITY[question.activity]} by {exporter_words(question, law)}"
    return "; ".join([who, *_terms(question, law, usual=True)])


def exporter_words(question: Question, law: Ruleset) -> str:
    """The exporter, in the head of a page about several chips."""
    return WHO.get(question.asked_exporter.casefold(), _name(question, law))


def _terms(q: Question, law: Ruleset, usual: bool) -> Iterator[str]:
    """The terms given beyond chip, place, activity and exporter; with `usual`, also civil end use and the layer.

    Every head of a page is made from this one list, so that it names whatever can change an answer.
    """
    if q.end_user:
        yield f"for {q.end_user}"
    if q.parties:
        yield f"with {', '.join(q.parties)}"
    if q.not_listed:
        yield f"declared not listed: {', '.join(q.not_listed)}"
    if q.headquarters != q.to:
        yield f"headquarters in {law.places[q.headquarters].name}"
    if q.ultimate_parent != q.headquarters:
        yield f"ultimate parent in {law.places[q.ultimate_parent].name}"
    if (usual or q.end_use != ("civil",)) and q.end_use:
        yield f"{' and '.join(q.end_use).replace('_', ' ')} end use"
    if q.facts:
        yield f"given {', '.join(map(_given_as, q.facts, (fact.value for fact in q.facts.values())))}"
    if q.known_on:
        yield f"as known on {q.known_on}"
    if usual or q.as_printed:
        yield "text as printed" if q.as_printed else "as enforced"


def _given_as(name: str, value: object) -> str:
    return f"{name}{signs(value)}" if isinstance(value, Bounds) else f"{name}={given(value)}"


def given(value: object) -> str:
    """A value with every digit that the caller gave: 5.9199 is not rounded to 5.92 where the threshold is 5.92."""
    if isinstance(value, Bounds):
        return words(value)
    return format(value, "f") if isinstance(value, Decimal) else show(value)


def asked_words(timeline: Timeline) -> str:
    """The question about one chip, without the day, in one clause."""
    q, law = timeline.question, timeline.ruleset
    parts = [f"{q.label} to {law.places[q.to].name}", f"{ACTIVITY[q.activity]} by {_exporter(timeline)}"]
    return safe(", ".join([*parts, *_terms(q, law, usual=False)]))


def footer(law: Ruleset) -> str:
    """The last line of every page: the edition, the day through which it was verified, and the disclaimer."""
    return safe(f"Ruleset {law.edition.edition}, {law.currency}. {DISCLAIMER}")


def deal(d: Determination) -> str:
    """The question in one sentence: chip, place, exporter, further terms, day."""
    return f"{asked_words(d.timeline)}, {d.on}."


def heading(question: Question, law: Ruleset) -> str:
    """The head of a page about several chips: the destination, then the terms of the deal."""
    return safe(f"to {law.places[question.to].name}; {deal_words(question, law)}")


def _exporter(timeline: Timeline) -> str:
    q = timeline.question
    return "its maker" if q.asked_exporter.casefold() == "maker" and not q.exporter else _name(q, timeline.ruleset)


def _name(question: Question, law: Ruleset) -> str:
    known = law.exporters.get(question.exporter or "")
    return known.name if known else question.asked_exporter if question.doubt("exporter") else WHO["other"]


def item(label: str, text: str) -> list[str]:
    """A labelled text, wrapped with a hanging indent."""
    if language() != "en":
        return filled(translated(text), WIDTH, padded(translated(label), 16), " " * 16)
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"{label:<16}",
        subsequent_indent=" " * 16,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [label]


def _more(text: str) -> list[str]:
    return wrapped(text, 16) if text else []


def wrapped(text: str, indent: int) -> list[str]:
    """The text in lines no wider than the page, all with the same indent."""
    pad = " " * indent
    return textwrap.wrap(
        text, WIDTH, initial_indent=pad, subsequent_indent=pad, break_long_words=False, break_on_hyphens=False
    )


def holding(d: Determination) -> str:
    """The days on which an answer holds, and the exceptions by which it does if their names change meanwhile.

    The end of verification is not an end of the answer, and does not read so.
    """
    first, last = d.holds
    days = f"from {first}" if first else "from before any known change"
    if last and d.next is not None and d.next.standing == "beyond_horizon":
        days += f", and still so on {last}, the last day verified"
    else:
        days += f" through {last}" if last else " with no known end"
    return days + "".join(f"; by {name} from {day}" for day, name in d.moment.named if name)


def _change(change: Change, word: str) -> str:
    when = f"from {change.date}" if word == "then" else f"to {last_day(change.date)}"
    by = f"; changed by {', '.join(change.by)}" if change.by else ""
    return f"{when}: {decision(change.outcome, change.review_policy)}{by}"


def _otherwise(assumed: Iterable[Assumption]) -> Iterator[str]:
    for assumption in assumed:
        for other in assumption.otherwise:
            yield f"{other.value}: {decision(other.outcome, other.review_policy)}"


_DELIMITER = {"csv": ",", "tsv": "\t"}


def table(rows: list[dict[str, Any]], form: str, *, numbers: Container[str] = (), width: int = 0) -> str:
    """The rows as a table in one of tabulate's formats, or as csv, tsv or json.

    Columns named in `numbers` are aligned right; with `width`, long cells are wrapped until the lines fit.
    """
    if form == "json":
        import json

        return safe_json(json.dumps(rows, ensure_ascii=False, indent=2))
    if form in _DELIMITER:  # tabulate's own tsv pads cells and drops empty ones at the end of a row
        import csv
        import io

        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]) if rows else [], delimiter=_DELIMITER[form], lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: safe(str(v)) for k, v in row.items()} for row in rows)
        return out.getvalue().removesuffix("\n")
    from tabulate import tabulate

    cells = [{k: safe(str(v)) for k, v in row.items()} for row in rows]
    return tabulate(
        _fitted(cells, width) if width else cells,
        headers="keys",
        tablefmt=form,
        disable_numparse=True,
        colalign=["right" if name in numbers else "left" for name in rows[0]] if rows else None,
    )


def _fitted(rows: list[dict[str, str]], width: int) -> list[dict[str, str]]:
    """The rows with the widest columns narrowed, at word boundaries, until a line is at most `width` columns wide."""
    padding = 2  # added to each heading by tabulate
    wide = {name: max(len(name) + padding, *(width_of(row[name]) for row in rows)) for name in rows[0]}
    words = {name: max((width_of(word) for row in rows for word in row[name].split()), default=0) for name in wide}
    least = {name: max(len(name) + padding, min(words[name], 2 * width // 5)) for name in wide}
    while sum(wide.values()) + 2 * (len(wide) - 1) > width:
        free = [name for name in wide if wide[name] > least[name]]
        if not free:
            break
        wide[max(free, key=wide.__getitem__)] -= 1
    return [{name: _cell(text, wide[name]) for name, text in row.items()} for row in rows]


def _cell(text: str, width: int) -> str:
    """A cell in lines; letters of East Asia take two columns of a terminal, and a line may break at each."""
    if text.isascii():
        return textwrap.fill(text, width, break_on_hyphens=False)
    return "\n".join(filled(text, width, "", ""))
