"""A name that is nearly that of a chip is never read as it: what is suggested, and what is another product."""

from __future__ import annotations

import re

import pytest
from rapidfuzz.distance import OSA

from exportrules import UnknownNameError, check, default_ruleset
from exportrules.question.names.servers import find_server, how_to_ask, server_message
from exportrules.question.names.slips import near_chips, one_letter, one_slip, other_products

LAW = default_ruleset()
LETTERS = "ae1"


def edited(word: str) -> set[str]:
    """Texts one step away from a word, and some that are two: letters put in, left out, changed, swapped."""
    places = range(len(word) + 1)
    found = {word[:i] + c + word[i:] for i in places for c in LETTERS}
    found |= {word[:i] + c + word[i + 1 :] for i in places for c in LETTERS}
    found |= {word[:i] + word[i + 1 :] for i in places} | {word[:i] + word[i + 2 :] for i in places}
    return found | {word[:i] + word[i : i + n][::-1] + word[i + n :] for i in places for n in (2, 3)}


@pytest.mark.parametrize("word", ["", "a", "ab", "aa", "abc", "aab", "abcd", "radeon", "geforce", "90"])
def test_one_letter_is_one_step_in_either_direction(word: str) -> None:
    for other in edited(word) - {word}:
        assert one_letter(word, other) == one_letter(other, word) == (OSA.distance(word, other) == 1), other


@pytest.mark.parametrize("name", ["radeon7900", "tesla100v", "rtx4090", "abcd1efg", "1abcd", "abc", "xyz12abcde3"])
def test_a_slip_is_one_letter_of_a_word_of_four_and_never_a_digit_or_what_follows_it_alone(name: str) -> None:
    for written in edited(name):
        ours, theirs = (re.findall(r"[0-9]+|[^0-9]+", text) for text in (written, name))
        words = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
        expected = (
            len(ours) == len(theirs)
            and len(words) == 1
            and all(word.isalpha() and len(word) >= 4 for word in words[0])
            and OSA.distance(*words[0]) == 1
        )
        assert one_slip(written, name) == one_slip(name, written) == expected, written


@pytest.mark.parametrize(
    ("text", "left", "said"),
    [
        ("H1OO", "", ["H100"]),
        ("v1oo", "", ["v100"]),
        ("L4O", "", ["L40"]),
        ("A1I", "", ["A11"]),
        ("rtx 4o90", "", ["rtx 4090"]),
        ("RTX Ol", "", []),
        ("Nvida H100", "nvida", ["nvidia h100", "nvda h100"]),
        ("Gefroce RTX 4090", "gefroce", ["geforce rtx 4090", "RTX 4090"]),
        ("Tesls V100", "tesls", ["tesla v100", "V100"]),
        ("H101", "", []),
        ("", "", []),
    ],
)
def test_what_a_misspelt_name_may_have_meant(text: str, left: str, said: list[str]) -> None:
    assert near_chips(LAW, text, left, str) == said


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("A101", ["A10", "A100"]),
        ("H101", ["H100"]),
        ("MI301", ["MI308X", "MI309"]),
        ("RTX 4091", ["RTX 4090"]),
        ("RTX 509", ["RTX 5090"]),
        ("A1", ["A10", "A16", "A2"]),
        ("MI25X", ["MI250X", "MI325X"]),
        ("Hopper", []),
        ("H100 NVLINK", []),
    ],
)
def test_a_name_with_another_digit_is_another_product(text: str, others: list[str]) -> None:
    assert other_products(LAW, text) == others


def test_another_product_is_named_in_the_message_and_never_suggested() -> None:
    with pytest.raises(UnknownNameError, match=r"Other products, by a digit: H100\.") as caught:
        check("H101", on="2024-06-03")
    assert caught.value.suggestions == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("XE9680", "Ask by the GPUs in it"),
        ("PowerEdge XE-9680x8H100", "Ask by the GPUs in it"),
        ("SYS-821GE-TNHR-1", "it is sold with 8 x H100 SXM5 80GB, 8 x H200"),
        ("XXE9680", None),
        ("XE96801", None),
    ],
)
def test_a_machine_is_known_by_its_whole_name(text: str, says: str | None) -> None:
    found = find_server(LAW, text)
    assert (found is None) == (says is None)
    if found and says:
        assert says in server_message(LAW, text, *found)


def test_of_machines_the_one_whose_chips_are_known_and_whose_name_is_longest_is_meant() -> None:
    for servers in LAW.servers.values():
        for name, holds in servers.holds.items():
            written = name.replace("*", "1")
            found = find_server(LAW, f"({written})")
            assert found is not None, name
            assert bool(found[1]) or not holds, name
            message = server_message(LAW, written, *found)
            chips = [part for part in found[1].split(",") if part.strip()]
            shape = {0: "as its maker or the order lists them.", 1: f"Ask by the GPUs in it: {chips[:1] and ''}"}
            assert shape.get(len(chips), "it is sold with ") in message
            assert message.count(" x ") == found[1].count(" x ")


@pytest.mark.parametrize(
    ("text", "machine"),
    [("Zorglub server", True), ("DGX Z9", True), ("zorglub整机", True), ("Zorglub 整机 X", True), ("Zorglub", False),
     ("serverless Zorglub", False)],
)  # fmt: skip
def test_the_figures_of_a_machine_are_those_of_its_chip(text: str, machine: bool) -> None:
    assert ("item_kind=system" in how_to_ask(LAW, text)) == machine
