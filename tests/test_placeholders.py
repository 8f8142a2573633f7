"""Values that say nothing are told from names, whatever is around them."""

from __future__ import annotations

import pytest

from exportrules.question.names.placeholders import says_nothing

NOTHING = """
#N/A|#REF!|#VALUE!|#NAME?|#DIV/0!|#NULL!|#NUM!|#NV|#BEZUG!|N/A|n/a|n.a.|N.A|NA|na|TBD|tbd.|T.B.D.|TBA|unknown|
UNKNOWN|(unknown)|<unknown>|-|--|—|?|???|.|…|*|none|None|null|NULL|nil|NaN|C/O|c/o|L/C|not applicable|
Not  Applicable|to be advised|to be determined|see above|See attached|same|Same as above|various|ditto|xxx|XXXX|
不明|未定|無し|なし|不详|待定|해당없음|해당 없음|unbekannt|k.A.|k. A.|keine Angabe|sans objet|inconnu|desconocido|
не указано|true|False|yes|NO|[object Object]|Infinity|„unknown“|"TBD"|[blank]|N / A|_|0000
""".replace("\n", "")
SOMETHING = """
Namibia|CN|China|Norway|NE|SO|CO|SA|Nanya|Unknown Worlds Entertainment|NVIDIA|Nil Technologies ApS|
Same Day Logistics|TBD Medien GmbH|Null Networks LLC|L/C Electronics|None of your business Ltd|N.A. Robotics|华为|
深圳市不明科技|military|A100|L4|A2
""".replace("\n", "")


@pytest.mark.parametrize("text", NOTHING.split("|"))
def test_a_value_that_says_nothing_is_known(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["", " ", "\t", "\u200b", "\u3000"])
def test_what_is_empty_says_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", SOMETHING.split("|"))
def test_a_name_that_has_such_a_word_in_it_says_something(text: str) -> None:
    assert not says_nothing(text)


def test_a_name_that_could_not_be_decoded_is_a_name_and_letters_beside_those_are_signs() -> None:
    assert [says_nothing(chr(letter)) for letter in (0xD7FF, 0xD800, 0xDC80, 0xDFFF, 0xE000)] == [
        True, False, False, False, True,
    ]  # fmt: skip
