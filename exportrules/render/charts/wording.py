"""The words for answers in a picture: those of the legend, shortened if a band has less room, never others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations, pairwise
from typing import NamedTuple

from exportrules.answer.determination import Determination
from exportrules.answer.result import Answer
from exportrules.answer.words import POLICY
from exportrules.render.charts.look import Class, pixels_of

#: The facts on which a review policy may turn, as an adjective of the application.
_ADJECTIVE = {"part_748_dd_certified": "certified"}
_BRIEF = {
    "policy_of_denial": "denial",
    "presumption_of_denial": "denial",
    "case_by_case": "case by case",
    "presumption_of_approval": "approval",
    "unpublished": "policy not published",
    "indeterminate": "policy undetermined",
}
_SHORTER = {
    "no_license_requirement": ("no requirement found", "no requirement"),
    "license_exception": ("exception, on conditions", "exception"),
    "indeterminate": (),
}
#: Sizes of one line in a band, and of several.
ONE, SEVERAL = 11.0, 9.0


class Words(NamedTuple):
    """The lines of text in a piece of a band, and their size; no lines if it has no room."""

    lines: tuple[str, ...]
    size: float


def conditional(answer: Answer | Determination) -> str:
    """A review policy that turns on one yes or no, in words: "case by case if certified, else denial"."""
    if answer.outcome != "license_required" or answer.review_policy != "indeterminate":
        return ""
    policies: dict[str, str] = {}
    for branch in answer.cases:
        if len(branch.conditions) != 1 or branch.conditions[0][0] not in _ADJECTIVE or not branch.review_policy:
            return ""
        policies[branch.conditions[0][1]] = _BRIEF[branch.review_policy]
        adjective = _ADJECTIVE[branch.conditions[0][0]]
    if set(policies) != {"yes", "no"} or "policy undetermined" in policies.values():
        return ""
    return f"{policies['yes']} if {adjective}, else {policies['no']}"


def legend_words(kind: Class, answers: Iterable[Answer | Determination]) -> str:
    """The meaning of a colour in this picture, given the answers with that colour."""
    conditions = {conditional(answer) for answer in answers}
    condition = next(iter(conditions)) if len(conditions) == 1 else ""
    return f"license required ({condition})" if condition else kind.words


def fitting(kind: Class, answer: Answer, room: float) -> Words:
    """The longest form of an answer that a piece of a band has room for, on one line or on up to three."""
    condition = conditional(answer)
    forms: tuple[str, ...] = (kind.words, *_SHORTER.get(kind.outcome, ()))
    if condition:
        forms = (f"license required ({condition})", condition)
    elif kind.policy:
        # "license" alone would say less than the colour does
        forms = (kind.words, f"license ({POLICY[kind.policy]})", POLICY[kind.policy], _BRIEF[kind.policy])
    for text in forms:
        if pixels_of(text, ONE) + 8 < room:
            return Words((text,), ONE)
    if parts := re.fullmatch(r"(.*) (if .*,) (else .*)", condition):
        head, middle, tail = parts.groups()
        splits = [(head, f"{middle} {tail}"), (head, middle, tail)]
    else:
        whole = POLICY[kind.policy] if kind.policy else kind.words
        splits = [split for count in (2, 3) if (split := _even(whole.split(), count))]
    for lines in splits:
        if max(pixels_of(line, SEVERAL) for line in lines) + 6 < room:
            return Words(tuple(lines), SEVERAL)
    return Words((), SEVERAL)


def _even(words: list[str], count: int) -> tuple[str, ...]:
    """The words on a number of lines, the longest as short as possible; () if there are fewer words than lines."""
    cuts = combinations(range(1, len(words)), count - 1)
    splits = [tuple(" ".join(words[a:b]) for a, b in pairwise((0, *cut, len(words)))) for cut in cuts]
    return min(splits, key=lambda lines: max(pixels_of(line, SEVERAL) for line in lines), default=())
