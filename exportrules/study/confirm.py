"""Search dated copies of the Code for the quotes of the rule files, and for changes since the Code was read.

Each provision may have a `quote`, with the section and the day of the text from which it was taken. A copy is relevant
to a provision if its day is that day, or one on which the provision is in force.
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

#: The least similarity at which a passage counts as another wording of a quote.
_ALIKE = 0.6


class Confirmation(NamedTuple):
    """The result for one provision's quote. `at` is the paragraph in which it was found."""

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
    """The results for all provisions and sections."""

    confirmations: tuple[Confirmation, ...]
    changed: tuple[Changed, ...]
    problems: tuple[str, ...]

    @property
    def confirms(self) -> bool:
        """True if some quote was found, no copy has other words, no section changed, and every text was read."""
        if self.changed or self.problems or any(c.differences for c in self.confirmations):
            return False
        return any(c.status == "word for word" for c in self.confirmations)


def section_of(provision: Provision) -> str:
    """The section of a provision's quote, or of the provision itself: "742.6", "774:3A090"; '' if there is none."""
    named = provision.quote_of or provision.paragraph
    match = re.match(r"774:\d[A-E]\d{3}|\d{3}[A-Z]?\.\d+[a-z]?|\d{3} supp\. \d+", named)
    return match.group() if match else ""


def confirm(law: Ruleset, copies: Sequence[Copy], problems: Iterable[str] = ()) -> Report:
    """Search the copies of each section for its provisions' quotes, and compare the copies of each section."""
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
    result = Confirmation(provision.id, section, provision.quote_on, "no quote")
    if not provision.quote:
        return result
    given = [c for c in copies.get(section, ()) if c.on == provision.quote_on or any(c.on in span for span in spans)]
    if not given:
        return result._replace(status="section not given")
    places = [(copy, _paragraph_of(provision.quote, copy)) for copy in given]
    for copy, at in reversed(places):
        if at is not None:
            # a copy of a day in force that lacks the quote may mean that the provision has ended
            without = tuple(f"not in the copy of {c.on} ({c.file})" for c, place in places if place is None)
            return result._replace(status="word for word", copy=copy.on, file=copy.file, at=at, differences=without)
    of_day = [copy for copy in given if copy.on == provision.quote_on] or given
    copy = of_day[-1]
    differing = differences(provision.quote, copy.text)
    return result._replace(status="differs", copy=copy.on, file=copy.file, differences=tuple(differing))


def _paragraph_of(quote: str, copy: Copy) -> str | None:
    """The paragraph in which a quote begins; None if the copy does not have the parts of the quote in order."""
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
    """The differences between a quote and the most similar passage of a text, each as a message."""
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
    messages = []
    for word, i, j, k, m in near.get_opcodes():
        has, wrote = " ".join(window[i:j]), " ".join(wanted[k:m])
        if word == "replace":
            messages.append(f"the text has {has!r}, the quote {wrote!r}")
        elif word == "delete":
            messages.append(f"the text has {has!r}, the quote leaves it out")
        elif word == "insert":
            messages.append(f"the quote has {wrote!r}, the text does not")
    return messages


def _changes(law: Ruleset, copies: Mapping[str, list[Copy]]) -> Iterable[Changed]:
    read = law.edition.text_read
    by_section: dict[str, list[str]] = defaultdict(list)
    for provision, _ in law.provisions.values():
        by_section[section_of(provision)].append(provision.id)
    for section, given in sorted(copies.items()):
        before = [copy for copy in given if copy.on <= read]
        for copy in given:
            if before and copy.on > read and (numbers := _moved(before[-1], copy)):
                yield Changed(section, before[-1].on, copy.on, tuple(numbers), tuple(by_section.get(section, ())))
                break


def _moved(one: Copy, other: Copy) -> list[str]:
    """The numbers of the paragraphs that only one of the copies has."""
    if one.text == other.text:
        return []
    first, second = ({p.text for p in copy.paragraphs} for copy in (one, other))
    both = [*one.paragraphs, *other.paragraphs]
    return list(dict.fromkeys(p.number or "before (a)" for p in both if p.text in first ^ second))
