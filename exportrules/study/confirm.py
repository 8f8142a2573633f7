"""Whether the quotes of the rule files stand in dated copies of the Code, and what has changed since it was read.

Each provision may have a `quote`, with the section and the day of the text in which it was found. A copy speaks for a
provision if its day is that day, or one on which the provision is in force.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from exportrules.law.model import Provision
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import Span
from exportrules.law.view import view_of
from exportrules.study.codified import Copy, plain

Status = Literal["word for word", "differs", "section not given", "no quote"]

#: How alike a passage must be, at least, to be called another wording of a quote.
_ALIKE = 0.6


class Confirmation(NamedTuple):
    """What the copies say of one provision's quote. `at` is the paragraph in which it was found."""

    provision: str
    section: str
    quote_on: date | None
    status: Status
    copy: date | None = None
    file: str = ""
    at: str = ""
    differences: tuple[str, ...] = ()


class Changed(NamedTuple):
    """A section that differs between the last copy up to `text_read` and the first later one that differs."""

    section: str
    before: date
    after: date
    paragraphs: tuple[str, ...]
    provisions: tuple[str, ...]


class Report(NamedTuple):
    """All that the copies say."""

    confirmations: tuple[Confirmation, ...]
    changed: tuple[Changed, ...]
    problems: tuple[str, ...]

    @property
    def confirms(self) -> bool:
        """Some quote was found, no copy has other words, no section changed, and every text was read."""
        found = any(c.status == "word for word" for c in self.confirmations)
        return found and not any(c.differences for c in self.confirmations) and not self.changed and not self.problems


def section_of(provision: Provision) -> str:
    """The section that a provision's quote, or the provision itself, stands in: "742.6", "774:3A090"; '' for none."""
    named = provision.quote_of or provision.paragraph
    match = re.match(r"774:\d[A-E]\d{3}|\d{3}[A-Z]?\.\d+[a-z]?|\d{3} supp\. \d+", named)
    return match.group() if match else ""


def confirm(law: Ruleset, copies: Sequence[Copy], problems: Iterable[str] = ()) -> Report:
    """Look for every provision's quote in the copies of its section, and compare each section's copies."""
    by_section: dict[str, list[Copy]] = defaultdict(list)
    for copy in sorted(copies, key=lambda c: (c.on, c.file)):
        by_section[copy.section].append(copy)
    spans = {f.provision.id: f.spans for f in view_of(law, as_printed=True).provisions}
    confirmations = [
        _confirmed(provision, spans.get(provision.id, ()), by_section)
        for provision, _ in law.provisions.values()
        if section_of(provision)
    ]
    return Report(tuple(confirmations), tuple(_changes(law, by_section)), tuple(problems))


def _confirmed(provision: Provision, spans: Sequence[Span], copies: Mapping[str, list[Copy]]) -> Confirmation:
    section = section_of(provision)
    told = Confirmation(provision.id, section, provision.quote_on, "no quote")
    if not provision.quote:
        return told
    given = [c for c in copies.get(section, ()) if c.on == provision.quote_on or any(c.on in span for span in spans)]
    if not given:
        return told._replace(status="section not given")
    places = [(copy, _found(provision.quote, copy)) for copy in given]
    for copy, at in reversed(places):
        if at is not None:
            # a text of a day on which the provision is in force, and its words are not there: has it ended?
            without = tuple(f"not in the copy of {c.on} ({c.file})" for c, place in places if place is None)
            return told._replace(status="word for word", copy=copy.on, file=copy.file, at=at, differences=without)
    of_day = [copy for copy in given if copy.on == provision.quote_on] or given
    copy = of_day[-1]
    found = differences(provision.quote, copy.text)
    return told._replace(status="differs", copy=copy.on, file=copy.file, differences=tuple(found))


def _found(quote: str, copy: Copy) -> str | None:
    """The paragraph in which a quote begins; None where its words do not stand in the copy, in their order."""
    parts = [part for part in map(plain, re.split(r"\s*(?:\.\.\.|…)\s*", quote)) if part]
    whole, starts = "", []
    for paragraph in copy.paragraphs:
        starts.append((len(whole), paragraph.number))
        whole += f"{paragraph.text} "
    place = first = -1
    for part in parts:
        place = whole.find(part, place + 1)
        if place < 0:
            return None
        first = place if first < 0 else first
        place += len(part) - 1
    return copy.section + max((start, number) for start, number in starts if start <= first)[1] if parts else None


def differences(quote: str, text: str) -> list[str]:
    """How the nearest passage of a text differs from a quote: 'has X where the quote has Y'."""
    wanted, words = plain(quote).split(), text.split()
    matcher = SequenceMatcher(None, words, wanted, autojunk=False)
    alike = matcher.find_longest_match()
    start = max(0, alike.a - alike.b)
    window = words[start : start + len(wanted)]
    if window and window[-1].rstrip(".,;:") == wanted[-1]:
        window[-1] = wanted[-1]  # the quote ends before the mark
    near = SequenceMatcher(None, window, wanted, autojunk=False)
    if near.ratio() < _ALIKE:
        return ["the copy has no passage like it"]
    found = []
    for word, i, j, k, m in near.get_opcodes():
        has, wrote = " ".join(window[i:j]), " ".join(wanted[k:m])
        if word == "replace":
            found.append(f"the text has {has!r}, the quote {wrote!r}")
        elif word == "delete":
            found.append(f"the text has {has!r}, the quote leaves it out")
        elif word == "insert":
            found.append(f"the quote has {wrote!r}, the text does not")
    return found


def _changes(law: Ruleset, copies: Mapping[str, list[Copy]]) -> Iterable[Changed]:
    read = law.edition.text_read
    resting: dict[str, list[str]] = defaultdict(list)
    for provision, _ in law.provisions.values():
        resting[section_of(provision)].append(provision.id)
    for section, given in sorted(copies.items()):
        before = [copy for copy in given if copy.on <= read]
        for copy in given:
            if before and copy.on > read and (numbers := _moved(before[-1], copy)):
                yield Changed(section, before[-1].on, copy.on, tuple(numbers), tuple(resting.get(section, ())))
                break


def _moved(one: Copy, other: Copy) -> list[str]:
    """The numbers of the paragraphs that one copy has and the other has not."""
    if one.text == other.text:
        return []
    first, second = ({p.text for p in copy.paragraphs} for copy in (one, other))
    both = [*one.paragraphs, *other.paragraphs]
    return list(dict.fromkeys(p.number or "before (a)" for p in both if p.text in first ^ second))
