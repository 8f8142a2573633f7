"""Whole answers in another language, for `check --lang` and `timeline --lang`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from exportrules.answer.determination import Determination
from exportrules.answer.timeline import Timeline
from exportrules.render.languages import spoken, translated
from exportrules.render.text import answer, timeline_text


def answer_in(d: Determination, language: str) -> str:
    """The whole short answer. Raises QuestionError for an unknown language."""
    with spoken(language):
        first, second, *rest, last = answer(d).split("\n")
        return "\n".join([translated(first), translated(second), *rest, translated(last)])


def timeline_in(timeline: Timeline, language: str, bar: Iterable[str] = ()) -> str:
    """Every span of one answer, with what opened it. Raises QuestionError for an unknown language."""
    with spoken(language):
        first, *rest = timeline_text(timeline, bar).split("\n")
        return "\n".join([translated(first), *map(_line, rest)])


def _line(line: str) -> str:
    """A line of a timeline: two days and a decision, a continuation of it, or the meanings of the bar's marks."""
    if line.startswith(" " * 24):
        return " " * 24 + translated(line[24:])
    days, text = line[:24], line[24:]
    if days[22:] == "  " and text and _DAYS.fullmatch(days):
        words, bracket, standing = text.partition(" [")
        return days + translated(words) + (f" [{translated(standing[:-1])}]" if bracket else "")
    return "   ".join(_meaning(part) for part in line.split("   ")) if _MARK.match(line) else line


def _meaning(part: str) -> str:
    """A mark of the bar and its words, or a remark."""
    mark, space, words = part.partition(" ")
    return f"{mark} {translated(words)}" if space and len(mark) == 1 else translated(part)


_DAYS = re.compile(r"(?:\d{4}-\d\d-\d\d|\.\.\. {7})  (?:\d{4}-\d\d-\d\d|\.\.\. {7})  ")
_MARK = re.compile(r"(?:\S |\(a mark is)")
