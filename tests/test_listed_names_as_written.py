"""A listed name is found whatever is written at it: a mark, a number, a country, a word before it or behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exportrules import default_ruleset
from exportrules.law.model import Party
from exportrules.question.names.close import core_of, words_of
from exportrules.question.names.glued import parted
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


@pytest.mark.parametrize(
    "written", ["{}12345", "12345{}", "{}7", "{}China", "{}Europe", "Beijing{}", "{}GmbH", "{}Mexico"]
)
def test_what_is_glued_to_a_listed_word_hides_it_not(written: str) -> None:
    words = [name for _, name in sample(1) if name.isalpha() and len(name) > 4 and name.isascii()]
    assert len(words) > 300
    assert free(written.format(word) for word in words[::20]) == []


@pytest.mark.parametrize("written", ["{}12345", "12345{}"])
def test_a_number_glued_to_a_listed_name_hides_it_not(written: str) -> None:
    assert free(written.format(name) for _, name in sample(150)) == []


def test_a_short_number_is_a_part_of_a_name() -> None:
    assert [parted(text) for text in ("3M", "A100 Ltd", "Web3Foundation")] == ["3M", "A100 Ltd", "Web3Foundation"]


@pytest.mark.parametrize(
    "written", ["客户{}", "发往{}", "深圳市龙岗区坂田{}", "深圳市龙岗区{}有限公司", "给{}", "供{}使用", "联想代{}"]
)
def test_a_chinese_name_stands_behind_an_address_or_a_word(written: str) -> None:
    assert free(written.format(name) for _, name in sample(12, "chinese") if len(name) > 2) == []


@pytest.mark.parametrize(
    "text",
    "发往华为技术有限公司 给华为 坂田华为 供华为使用 上海市浦东新区中芯国际 最终用户上海商汤智能科技".split(),
)
def test_a_chinese_name_of_two_characters_stands_there_too(text: str) -> None:
    assert free(iter([text])) == []


def test_characters_of_two_words_are_no_listed_name() -> None:
    texts = "上海光电子科技有限公司 清华大学 上海康达化工新材料集团 光大华夏证券 山东土木工程 阳光启明 第一机床厂"
    assert free(iter(texts.split())) == texts.split()


@pytest.mark.parametrize(
    "written", ["{}, RU", "{} (CN)", "{} RU", "Lenovo c/o {}", "Attn: {}", "{} / Lenovo", "{}, Moscow"]
)
def test_a_weak_name_is_near_beside_a_place_and_in_a_part_of_a_text(written: str) -> None:
    names = [name for _, name in sample(7, "weak") if any(len(word) > 2 for word in core_of(words_of(name)))]
    assert len(names) > 100
    assert free(written.format(name) for name in names if not name.isdigit()) == []


@pytest.mark.parametrize(
    "name",
    ["Rostec, RU", "FSB RU", "Russian Technologies State Corporation", "ROE", "UPP Vector, Perm", "JSC TsNIIMash"],
)
def test_each_half_of_a_double_name_is_near(name: str) -> None:
    assert free(iter([name])) == []


def test_a_place_in_brackets_behind_a_listed_name_is_no_name() -> None:
    places = ["Acme, Hong Kong", "Acme (HK)", "Acme, UAE", "Acme (Singapore)", "Acme, Technology", "Acme and Sons, EC"]
    assert free(iter(places)) == places


@pytest.mark.parametrize(
    "text",
    [
        "中国航天科技集团有限公司",
        "中国航天科工集团有限公司",
        "发往中国航天科技集团",
        "航天科技",
        "中国航空工业集团有限公司",
    ],
)
def test_a_chinese_group_with_listed_parties_is_near_them(text: str) -> None:
    assert free(iter([text])) == []


def test_what_is_a_trade_besides_is_no_group() -> None:
    texts = ["北京航天信息", "歌尔电子科技集团有限公司"]
    assert free(iter(texts)) == texts


@pytest.mark.parametrize(
    "text", ["Morinformsystem-Agat", "Kahuta Research", "Kahuta Research Laboratories", "Hamdi Mohd El Daadaa"]
)
def test_a_listed_name_without_its_first_or_last_word_is_near(text: str) -> None:
    assert free(iter([text])) == []
