"""A sample of the vectors as questions in plain language: an evaluation set for assistants.

The same ruleset, size and seed give the same lines. A deal is drawn by its digest, and of its days the one whose
outcome the sample has least of: so no outcome is so rare that an assistant could leave it out.
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

#: The words that an answer may be given in, as every question says them.
ANSWERS = (
    "Answer with one outcome: no_license_requirement, license_exception, license_required, not_released (the chip was "
    "not public that day), or indeterminate; and, where a license is required, with the review policy if there is one."
)
_ASKED = (
    "Could {chip} be exported from the United States to {to} on {on} without a license from BIS?",
    "On {on}, did exporting {chip} from the United States to {to} require a license from BIS?",
    "A shipment of {chip} left the United States for {to} on {on}. Did a license requirement of the EAR apply to it?",
)


#: What one question weighs against its outcome being drawn again: that a chip was not out yet says little of the law.
_WEIGHT = {"not_released": 4}


class Asked(NamedTuple):
    """A vector and its question."""

    vector: Vector
    question: str

    def line(self, *, answered: bool) -> str:
        """The question as one line of JSON, without its end; with the answer or to be answered."""
        told = json.loads(self.vector.line())
        if not answered:
            told = {name: told[name] for name in ("edition", *self.vector.key._fields)}
        return json.dumps({"question": self.question, **told}, ensure_ascii=False)


def sample(law: Ruleset, size: int, seed: int, chips: Sequence[str] = ()) -> list[Asked]:
    """So many questions in canonical order, each of a deal of its own.

    Raises QuestionError where the chips make fewer deals, UnknownNameError for a name.
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
    found: list[Vector] = []
    counted: Counter[str] = Counter()
    for deal in sorted(deals, key=lambda deal: _drawn(seed, *deal)):
        if len(found) == size:
            break
        days = list(of_one_deal(law, *deal))
        if days:
            found.append(min(days, key=lambda v: (counted[v.outcome], _drawn(seed, *v.key))))
            counted[found[-1].outcome] += _WEIGHT.get(found[-1].outcome, 1)
    order = {key: number for number, key in enumerate(deals)}
    found.sort(key=lambda v: order[v.key.chip, v.key.to, v.key.exporter, v.key.headquarters])
    return [Asked(vector, question(law, vector, seed)) for vector in found]


def question(law: Ruleset, vector: Vector, seed: int = 0) -> str:
    """A vector's question in plain language: all that it says, and the words that may answer it."""
    key = vector.key
    variant, family = law.variants[key.chip]
    maker = law.exporters[family.vendor].name if family.vendor in law.exporters else family.vendor
    name = variant.name if variant.name.casefold().startswith(maker.casefold()) else f"{maker} {variant.name}"
    if find_chip(law, name).variants != (key.chip,):
        name += f" ({key.chip})"  # a name that leaves another variant open
    form = _ASKED[int(_drawn(seed, *key)[:8], 16) % len(_ASKED)]
    asked = form.format(chip=name, to=law.places[key.to].name, on=key.on)
    return " ".join([asked, *_terms(law, vector, maker), ANSWERS])


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
