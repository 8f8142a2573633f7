"""Merge the verdicts on everything a question may mean: the senses of its words, the variants of a family."""

from __future__ import annotations

from collections.abc import Sequence

from exportrules.engine.evaluate import fold
from exportrules.engine.unknowns import Branch, Verdict

#: The pairs of a word and its sense that distinguish one subject of a question from the others.
Words = tuple[tuple[str, str], ...]


def together(verdicts: Sequence[tuple[Words, Verdict]]) -> Verdict:
    """One verdict for the senses of a question and the variants of a family, each given with its distinguishing words.

    All have the same words in the same order: a sense for each doubtful word, then the variant.
    """
    if len(verdicts) == 1:
        return verdicts[0][1]
    groups: dict[tuple[str, str], list[tuple[Words, Verdict]]] = {}
    for words, verdict in verdicts:
        groups.setdefault(words[0], []).append((words[1:], verdict))
    return _either([(word, together(inner)) for word, inner in groups.items()])


def _either(verdicts: Sequence[tuple[tuple[str, str], Verdict]]) -> Verdict:
    """One verdict for the senses of a single word, with a case for each where they differ."""
    word = verdicts[0][0][0]
    laws = [v.law for _, v in verdicts]
    if len({(v.law.decision, v.turns_on, v.cases) for _, v in verdicts}) == 1:
        return verdicts[0][1]._replace(law=fold(laws))
    turns = tuple(dict.fromkeys(fact for _, v in verdicts for fact in v.turns_on))
    outcomes, policies = {law.outcome for law in laws}, {law.review_policy for law in laws}
    alike: dict[object, tuple[tuple[Branch, ...], list[str]]] = {}
    for (_, text), verdict in verdicts:
        inner = verdict.cases or (Branch((), verdict.law.outcome, verdict.law.review_policy),)
        # senses with equal results are one case; a variant always has its own
        alike.setdefault(text if word == "variant" else inner, (inner, []))[1].append(text)
    cases = [
        Branch(((word, " or ".join(texts)), *case.conditions), case.outcome, case.review_policy)
        for inner, texts in alike.values()
        for case in inner
    ]
    differ = len({law.decision for law in laws}) > 1
    law = fold(laws)._replace(
        outcome=outcomes.pop() if len(outcomes) == 1 else "indeterminate",
        review_policy=policies.pop() if len(policies) == 1 else "indeterminate",
    )
    return Verdict(law, tuple(dict.fromkeys(((word,) if differ else ()) + turns)), tuple(cases))
