"""A sample of the vectors as questions in plain language: an evaluation set for assistants.

The same ruleset, size and seed give the same lines. Deals are drawn by their digests, and from the days of each deal
the one whose outcome is rarest in the sample, so that no outcome is rare enough for an assistant to ignore.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exportrules.errors import QuestionError
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.chips import find_chip
from exportrules.study.vectors import DESTINATIONS, EXPORTERS, SEAT, Vector, of_one_deal

#: The permitted answers, stated in every question.
ANSWERS = (
    "Answer with one outcome: no_license_requirement, license_exception, license_required, not_released (the chip was "
    "not public that day), or indeterminate; and, where a license is required, with the review policy if there is one."
)
_ASKED = (
    "Could {chip} be exported from the United States to {to} on {on} without a license from BIS?",
    "On {on}, did exporting {chip} from the United States to {to} require a license from BIS?",
    "A shipment of {chip} left the United States for {to} on {on}. Did a license requirement of the EAR apply to it?",
)

#: The weight of one question against drawing its outcome again: a chip that was not out yet says little about the law.
_WEIGHT = {"not_released": 4}


class DrawnVector(NamedTuple):
    """A vector and its question."""

    vector: Vector
    question: str

    def line(self, *, answered: bool) -> str:
        """The question as one line of JSON without a line end, with or without its answer."""
        content = json.loads(self.vector.line())
        if not answered:
            content = {name: content[name] for name in ("edition", *self.vector.key._fields)}
        return json.dumps({"question": self.question, **content}, ensure_ascii=False)


def sample(law: Ruleset, size: int, seed: int, chips: Sequence[str] = ()) -> list[DrawnVector]:
    """`size` questions in canonical order, each about a different deal.

    Raises QuestionError if the chips make fewer deals, UnknownNameError for an unknown name.
    """
    named = {v for name in chips for v in find_chip(law, name).variants} if chips else set(law.variants)
    deals = [
        (chip, to, exporter, headquarters)
        for chip, to, exporter in itertools.product(sorted(named), DESTINATIONS, EXPORTERS)
        for headquarters in dict.fromkeys((to, SEAT))
    ]
    if size > len(deals):
        raise QuestionError(
            f"--sample {size}: these chips make {len(deals):,} deals, one question each. Ask fewer, or of more chips."
        )
    drawn: list[Vector] = []
    counted: Counter[str] = Counter()
    for deal in sorted(deals, key=lambda deal: _drawn(seed, *deal)):
        if len(drawn) == size:
            break
        days = list(of_one_deal(law, *deal))
        if days:
            drawn.append(min(days, key=lambda v: (counted[v.outcome], _drawn(seed, *v.key))))
            counted[drawn[-1].outcome] += _WEIGHT.get(drawn[-1].outcome, 1)
    order = {key: number for number, key in enumerate(deals)}
    drawn.sort(key=lambda v: order[v.key.chip, v.key.to, v.key.exporter, v.key.headquarters])
    return [DrawnVector(vector, question(law, vector, seed)) for vector in drawn]


def question(law: Ruleset, vector: Vector, seed: int = 0) -> str:
    """A vector's question in plain language, with all its terms and the permitted answers."""
    key = vector.key
    variant, family = law.variants[key.chip]
    maker = law.exporters[family.vendor].name if family.vendor in law.exporters else family.vendor
    name = variant.name if variant.name.casefold().startswith(maker.casefold()) else f"{maker} {variant.name}"
    if find_chip(law, name).variants != (key.chip,):
        name += f" ({key.chip})"  # the name alone could mean another variant
    form = _ASKED[int(_drawn(seed, *key)[:8], 16) % len(_ASKED)]
    text = form.format(chip=name, to=law.places[key.to].name, on=key.on)
    return " ".join([text, *_terms(law, vector, maker), ANSWERS])


def _terms(law: Ruleset, vector: Vector, maker: str) -> Iterator[str]:
    key = vector.key
    if key.exporter == "maker":
        yield f"The exporter is {maker}, the maker of the chip."
    else:
        yield "The exporter is not the maker of the chip, and no letter from BIS to it is public."
    yield f"The buyer has its headquarters and its ultimate parent in {law.places[key.headquarters].name}."
    yield "The use is civil; nobody in the deal is on a list or is a military end user; no unpublished letter is known."


def _drawn(seed: int, *parts: str) -> str:
    return hashlib.sha256(json.dumps([seed, *parts]).encode()).hexdigest()
