"""An answer for an assistant: sentences to quote, and questions for the user.

An outcome is never given alone: the law, the days, the assumptions and the horizon are sentences beside it, and each
unknown is a question, with the addition to the request for each reply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exportrules.answer.determination import Determination
from exportrules.answer.trace import BESIDE
from exportrules.answer.words import capitalised, case_words, decision, excerpt, fact_name, open_question
from exportrules.law.ruleset import Ruleset
from exportrules.question.deal import TERMS
from exportrules.render.safe import safe
from exportrules.render.text import deal, first_line, footer, holding

#: The field of a request for each fact that is a term of the deal.
_FIELDS = {fact: field for field, fact in TERMS.items()}


def sentences(law: Ruleset, d: Determination) -> list[str]:
    """The whole answer in sentences: the first can be quoted alone, with citation and horizon."""
    rests = list(dict.fromkeys(c.cite for c in d.citations if c.role != BESIDE))[:3]
    cited = f" {'; '.join(rests)}." if rests else ""
    lines = [
        f"{first_line(d)} Asked: {deal(d)} This holds {holding(d)}, on the assumptions stated.{cited} {footer(law)}"
    ]
    for citation in d.citations:
        quoted = f' It reads: "{excerpt(citation.quote)}"' if citation.quote else ""
        lines.append(
            f"{capitalised(citation.role)}: {citation.title} ({citation.cite}; {citation.evidence}). "
            f"{citation.url}{quoted}"
        )
    lines += [f"Condition: {condition}" for exception in d.exceptions for condition in exception["conditions"]]
    if d.next is not None:
        by = f", changed by {', '.join(d.next.by)}" if d.next.by else ""
        lines.append(f"From {d.next.date}: {decision(d.next.outcome, d.next.review_policy)}{by}.")
    for branch in d.cases:
        case = (
            " and ".join(f"{fact_name(law, fact)} {case_words(law, text)}" for fact, text in branch.conditions)
            or "otherwise"
        )
        lines.append(f"If {case}: {decision(branch.outcome, branch.review_policy)}.")
    assumed = d.assumptions
    if assumed:
        lines.append(f"Assumed, since nothing else was given: {'; '.join(a.says for a in assumed)}.")
    for assumption in assumed:
        for other in assumption.otherwise:
            lines.append(f"If instead {other.value}: {decision(other.outcome, other.review_policy)}.")
    lines += [f"Note: {notice}" for notice in d.notices]
    lines += [f"Next: {step.says}" for step in d.next_steps]
    return [safe(text) for text in lines]


def questions(law: Ruleset, d: Determination) -> list[dict[str, Any]]:
    """The questions for the user: first those that decide, then each assumption that would change the answer."""
    asks = []
    for fact in d.turns_on:
        doubt = d.timeline.question.doubt(fact)
        text = open_question(law, fact)
        text = capitalised(text)
        asks.append({
            "fact": fact,
            "question": f"{doubt.says}. {text}" if doubt else text,
            "decides": True,
            "ways": list(_ways(law, d, fact)),
        })  # fmt: skip
    for assumption in d.assumptions:
        if assumption.otherwise:
            others = ", ".join(dict.fromkeys(other.value for other in assumption.otherwise))
            asks.append({
                "fact": assumption.fact,
                "question": f"Is it true that {assumption.says}? The answer would differ for {others}.",
                "decides": False,
                "ways": [],
            })  # fmt: skip
    return asks


def answer_sentences(law: Ruleset, name: str, answer: dict[str, Any]) -> list[str]:
    """The sentences of an answer other than a determination: a timeline, a matrix, a calendar, a search for names."""
    lines = list(_LINES[name](answer))
    head = [f"Asked: {answer['asked']}."] if "asked" in answer else []
    return [safe(line) for line in (*head, *lines, footer(law))]


def _in_words(answer: dict[str, Any]) -> str:
    """An outcome in words, with its standing and the facts that it turns on."""
    words = decision(answer["outcome"], answer["review_policy"])
    standing = answer.get("standing", "verified")
    aside = [standing.replace("_", " ")] if standing != "verified" else []
    aside += [f"turns on {', '.join(answer['turns_on'])}"] if answer.get("turns_on") else []
    return f"{words} [{'; '.join(aside)}]" if aside else words


def _spans(answer: dict[str, Any]) -> Iterator[str]:
    for span in answer["spans"]:
        opened = f", opened by {', '.join(span['opened_by'])}" if span["opened_by"] else ""
        first, last = span["start"] or "the first day", span["last"] or "no known end"
        yield f"From {first} through {last}: {_in_words(span)}{opened}."


def _cells(answer: dict[str, Any]) -> Iterator[str]:
    for row in answer["rows"]:
        for cell in row["answers"]:
            by = f" ({', '.join(cell['requirements'])})" if cell["requirements"] else ""
            yield f"{row['chip']} on {cell['on']}: {_in_words(cell)}{by}."


def _events(answer: dict[str, Any]) -> Iterator[str]:
    for event in answer["events"]:
        day = f"{event['on']} to {event['by']} (the day is not known)" if event["by"] else event["on"]
        projected = " [projected beyond the verified horizon]" if event["projected"] else ""
        through = f", through {', '.join(event['through'])}" if event["through"] else ""
        yield f"{day}: {', '.join(event['chips'])}: {event['what']}{through}{projected}."
    if not answer["events"]:
        yield "No change affects these chips from that day on."


_LISTED = {"listed": "listed, as ", "listed_on_another_day": "not listed on that day, but on another: "}


def _names(answer: dict[str, Any]) -> Iterator[str]:
    for name in answer["names"]:
        cites = dict.fromkeys(entry["cite"] for party in name["parties"] for entry in party["entries"])
        cited = f" ({'; '.join(list(cites)[:3])})" if cites else ""
        yield f'"{name["name"]}" on {answer["on"]}: {_LISTED.get(name["result"], "")}{name["says"]}{cited}.'
    yield answer["caution"]


_LINES: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "timeline": _spans, "matrix": _cells, "changes": _events, "screen": _names,
}  # fmt: skip


def _ways(law: Ruleset, d: Determination, fact: str) -> Iterator[dict[str, Any]]:
    """The addition to the request for each reply to a question."""

    def way(case: str, **write: Any) -> dict[str, Any]:
        return {"case": case, "write": write}

    question = d.timeline.question
    if fact == "variant":
        for variant in dict.fromkeys(subject.name for subject in question.subjects):
            yield way(f"it is the {variant}", chip=variant)
        return
    if fact == "exporter" and (doubt := question.doubt(fact)):
        for sense in doubt.senses:
            who = str(sense.deal["exporter"].value)
            yield way(f"the exporter {sense.text}", exporter=law.exporters[who].name if who in law.exporters else who)
        return
    for name in question.names if question.doubt(fact) and fact in ("end_user", "parties", "listed_owner") else ():
        if name.near:
            yield way(f'"{name.written}" is not a listed party', not_listed=[name.written])
            for party in name.near[:5]:
                listed = law.parties[party].name
                yield way(f'"{name.written}" is {listed}: write that name in its place', **_named(fact, listed))
        if name.described:
            for so, verb in ((True, "is"), (False, "is not")):
                yield way(f'"{name.written}" {verb} such a body', facts={f"{name.described}_end_user": so})
    for settlement in d.settle:
        if settlement.fact == fact:
            field = _FIELDS.get(fact)
            value = settlement.value
            yield way(settlement.case, **({field: value} if field else {"facts": {fact: value}}))


def _named(word: str, name: str) -> dict[str, Any]:
    """The addition to a request that replaces a name by another."""
    if word == "listed_owner":
        return {"facts": {word: name}}
    return {word: [name]} if word == "parties" else {word: name}
