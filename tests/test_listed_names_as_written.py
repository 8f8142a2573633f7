"""A listed name is found whatever is written at it: a mark, a number, a country, a word before it or behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exportrules import default_ruleset
from exportrules.law.model import Party
from exportrules.question.names.keys import restricting, visible
from exportrules.question.names.parties import find_parties

LAW = default_ruleset()


def sample(step: int, kind: str = "") -> Iterator[tuple[Party, str]]:
    """Every so many of the listed names: those in Latin letters, the weak ones, or the Chinese ones."""
    names = [
        (party, name)
        for party in restricting(LAW)
        for name in (party.weak if kind == "weak" else (party.name, *party.aliases))
        if kind == "weak" or name.isascii() == (kind != "chinese")
        if kind != "chinese" or all("\u4e00" <= c <= "\u9fff" for c in name)
    ]
    return iter(names[::step])


def free(texts: Iterator[str]) -> list[str]:
    """The texts that are no listed name and near none."""
    return [text for text in texts if not any(find_parties(LAW, text))]


@pytest.mark.parametrize("written", ["{}™", "{}℠", "{}¹", "{}①", "{}Ⓡ", "™{}", "{}ᵀᴹ"])
def test_a_mark_at_a_listed_name_hides_it_not(written: str) -> None:
    assert free(written.format(name) for _, name in sample(400)) == []
    assert free(written.format(name) for _, name in sample(60, "chinese")) == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Karst™ Works¹", "Karst  Works "),
        ("ⓚⓐⓡⓢⓣ ᴷᵃʳˢᵗ", "karst Karst"),
        ("Karstᵀᴹ", "Karst  "),
        ("Nº 5", "No 5"),
        ("㈜Karst", "(주)Karst"),
        ("²Karst", " Karst"),
    ],
)
def test_marks_of_notes_are_no_part_of_a_text(text: str, seen: str) -> None:
    assert visible(text) == seen.replace("주", visible("주"))


@pytest.mark.parametrize("written", ["{}12345", "12345{}", "{}7", "{}China", "{}Europe", "Beijing{}", "{}GmbH"])
def test_what_is_glued_to_a_listed_word_hides_it_not(written: str) -> None:
    words = [name for _, name in sample(1) if name.isalpha() and len(name) > 4 and name.isascii()]
    assert len(words) > 300
    assert free(written.format(word) for word in words[::20]) == []
