"""A yes must be earned: what stands at the door of a question and was not understood never frees anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

import exportrules
from exportrules import QuestionError, default_ruleset
from exportrules.question.names.parties import find_parties

YES = ("no_license_requirement", "license_exception")
#: A shipment of a day on which a listed buyer needs a license, and another needs none.
CARD: dict[str, Any] = {"chip": "T4", "on": "2024-06-03", "to": "SG", "exporter": "other"}


def outcome(**asked: Any) -> str:
    return exportrules.check(**{**CARD, **asked}).outcome


# --- buyers ------------------------------------------------------------------------------------------

DISGUISES: dict[str, Callable[[str], str]] = {
    "address": "{}, No. 6 Keji Road, Nanshan District, Shenzhen 518057, China".format,
    "address without commas": "{} 12 Jalan Besar #03-01 Singapore 208787".format,
    "lines": "{}\nBuilding 5, Zhongguancun\nBeijing".format,
    "care of": "Evergreen Freight Pte Ltd c/o {}".format,
    "attention": "Attn Mr. John Tan, {}".format,
    "person": "Dr. Zhang Xiaoming, School of Computer Science, {}".format,
    "department": "{} - Procurement Department".format,
    "doing business as": "Sunrise Holdings d/b/a {}".format,
    "formerly": "Sunrise Holdings (formerly {})".format,
    "subsidiary": "Sunrise Holdings, a subsidiary of {}".format,
    "two names": "Sunrise Holdings / {}".format,
    "branch": "{} Singapore Branch".format,
    "customer number": "100234 {} [CUST-00123]".format,
    "capitals": str.upper,
    "without spaces": lambda name: name.replace(" ", ""),
    "full width": lambda name: "".join(chr(ord(c) + 0xFEE0) if 33 <= ord(c) < 127 else c for c in name),
    "zero-width spaces": "\u200b".join,
    "soft hyphen": lambda name: f"{name[:5]}\u00ad{name[5:]}",
    "cut at 30 characters": lambda name: name[:30],
    "words reversed": lambda name: " ".join(reversed(name.split())),
    "Cyrillic letters": lambda name: name.translate(str.maketrans("aoe", "аое")),
}
LISTED = [
    "National University of Defense Technology", "Harbin Institute of Technology", "Inspur Group Co., Ltd.",
    "Yangtze Memory Technologies Co., Ltd.", "OOO Orelmetallpolimer", "PJSC Mikron",
    "Moscow Communications Research Institute JSC",
]  # fmt: skip


@pytest.mark.parametrize("how", DISGUISES)
@pytest.mark.parametrize("name", LISTED)
def test_a_listed_name_is_seen_in_every_disguise(name: str, how: str) -> None:
    law = default_ruleset()
    party = find_parties(law, name).listed or tuple(near.party for near in find_parties(law, name).near)
    found = find_parties(law, DISGUISES[how](name))
    assert party
    assert set(party) & {*found.listed, *(near.party for near in found.near)}


def test_disguises_of_all_listed_names_are_seen() -> None:
    law = default_ruleset()
    names = [(party.id, party.name) for party in law.parties.values() if party.listing][::40]
    for how, disguise in DISGUISES.items():
        missed = [name for party, name in names if party not in _seen(disguise(name))]
        assert len(missed) <= len(names) // 30, (how, missed)


def _seen(text: str) -> set[str]:
    found = find_parties(default_ruleset(), text)
    return {*found.listed, *(near.party for near in found.near)}


@pytest.mark.parametrize("written", ["Inspr Group Co., Ltd.", "Yangtze Memry Technologies"])
def test_a_letter_left_out_of_a_short_name_is_near(written: str) -> None:
    assert outcome(end_user=written) == "indeterminate"


def test_what_stands_beside_an_unlisted_name_makes_it_no_listed_one() -> None:
    for name in ("Canon Inc., 30-2 Shimomaruko, Ohta-ku, Tokyo", "Dr. Tan, National University of Singapore"):
        assert outcome(end_user=name) == "no_license_requirement"


@pytest.mark.parametrize("parties", [[""], [None], ["Acme", ""], [" "], [0]])
def test_a_party_that_is_nobody_is_refused_and_not_dropped(parties: list[Any]) -> None:
    with pytest.raises(QuestionError):
        outcome(parties=parties)


@pytest.mark.parametrize("nothing", ["", False, 0, {}, "Acme"])
@pytest.mark.parametrize("word", ["parties", "not_listed"])
def test_what_is_not_a_list_is_not_a_default(word: str, nothing: Any) -> None:
    with pytest.raises(QuestionError, match="Write a list of names"):
        outcome(**{word: nothing})
    assert outcome(**{word: None}) == outcome(**{word: []}) == "no_license_requirement"


@pytest.mark.parametrize("word", ["true", "False", "yes", "No", "[object Object]", "Infinity"])
def test_what_a_program_writes_for_a_name_is_nobody(word: str) -> None:
    for asked in ({"end_user": word}, {"parties": [word]}, {"exporter": word}, {"to": word}):
        with pytest.raises(QuestionError):
            outcome(**asked)
    row = {**CARD, "privately_informed": word}
    (answered,) = exportrules.audit(pa.Table.from_pylist([row])).to_pylist()
    if word in ("true", "False", "yes", "No"):
        expected = "license_required" if word in ("true", "yes") else "no_license_requirement"
        assert (answered["outcome"], answered["problem"]) == (expected, "")
    else:
        assert answered["outcome"] == "indeterminate"


@pytest.mark.parametrize("number", ["100234", "4711-0815", "№ 12", 17])
def test_the_number_of_a_customer_names_nobody(number: Any) -> None:
    for asked in ({"end_user": number}, {"parties": [number]}):
        with pytest.raises(QuestionError):
            outcome(**asked)


# --- buyers that say what they are -------------------------------------------------------------------

ABROAD: dict[str, Any] = {"chip": "A10", "on": "2021-06-01", "to": "SG", "end_user": "People's Liberation Army"}


def test_an_army_abroad_is_no_plain_yes_where_no_text_reaches_it() -> None:
    found = exportrules.check(**ABROAD, exporter="other")
    assert (found.outcome, found.turns_on) == ("indeterminate", ["end_user", "headquarters"])
    assert found.projection is not None
    assert found.projection.outcome == "no_license_requirement"
    assert "--headquarters" in found.explain()
    assert outcome(**ABROAD, headquarters="CN") == "indeterminate"
    assert outcome(**ABROAD, facts={"military_end_user": False}) == "indeterminate"


@pytest.mark.parametrize(
    "said", [{"facts": {"military_end_user": True}}, {"facts": {"military_end_user": False}}, {"end_use": "military"}]
)
def test_once_its_nature_and_its_country_are_said_the_law_answers(said: dict[str, Any]) -> None:
    found = exportrules.check(**ABROAD, **said, exporter="other", headquarters="GB")
    assert found.outcome == "no_license_requirement"


def test_such_a_body_among_the_other_parties_is_no_plain_yes_either() -> None:
    asked = {**ABROAD, "end_user": "Acme Bakery", "parties": ["People's Liberation Army"]}
    assert outcome(**asked) == "indeterminate"
    assert "parties" in exportrules.check(**asked, exporter="other").turns_on


def test_a_ministry_of_defence_is_not_for_certain_the_one_of_burma() -> None:
    found = exportrules.check(**CARD, end_user="Ministry of Defence")
    assert found.outcome == "indeterminate"
    british = {"end_user": "Ministry of Defence", "headquarters": "GB", "end_use": "military"}
    assert outcome(**british) == "indeterminate"
    assert outcome(**british, not_listed=["Ministry of Defence"]) == "no_license_requirement"
    assert outcome(**british, to="MM") == "license_required"


# --- exporters, owners, figures ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "exporter",
    ["the exporter", "my company", "somebody else", "maker/other", "original equipment manufacturer", "4711"],
)
def test_a_role_and_a_number_are_no_exporter(exporter: str) -> None:
    with pytest.raises(QuestionError, match="does not say who exports"):
        outcome(chip="A100", to="CN", on="2022-09-15", exporter=exporter)


OWNED: dict[str, Any] = {"on": "2025-10-15"}


@pytest.mark.parametrize("owner", ["Huawei Technologies", "Inspur", "unknown"])
def test_a_listed_owner_of_an_unsaid_share_is_no_yes_under_the_affiliates_rule(owner: str) -> None:
    found = exportrules.check(**{**CARD, **OWNED, "facts": {"listed_owner": owner}})
    assert found.outcome == "indeterminate"
    assert "listed_ownership_percent" in found.turns_on
    share = {"listed_owner": "Huawei Technologies", "listed_ownership_percent": 60}
    assert outcome(**OWNED, facts=share) == "license_required"
    assert outcome(**OWNED, facts={"listed_owner": "Acme Bakery"}) == "no_license_requirement"
    assert outcome(**OWNED, facts={"listed_owner": "Inspur"}, not_listed=["Inspur"]) == "no_license_requirement"


def test_a_map_of_names_declares_an_owner_not_listed_but_no_exact_name() -> None:
    rows = [{**CARD, **OWNED, "listed_owner": name} for name in ("Inspur", "Huawei Technologies")]
    names = {"listed_owner": {"Inspur": "not listed", "Huawei Technologies": "not listed"}}
    answered = exportrules.audit(pa.Table.from_pylist(rows), names=names).to_pylist()
    assert [row["outcome"] for row in answered] == ["no_license_requirement", "indeterminate"]
    assert "declared not to be" in answered[0]["party"]
    assert "cannot be declared not listed" in answered[1]["problem"]


@pytest.mark.parametrize("name", ["listed_owner", "end_user_lists", "required_under"])
def test_an_empty_text_is_no_answer_to_a_fact(name: str) -> None:
    for empty in ("", [""], ["entity_list", " "]):
        with pytest.raises(QuestionError):
            outcome(facts={name: empty})


@pytest.mark.parametrize("number", ["unknown", "4A090.z", "3A090.z", "5A992.z", "4A003.b"])
def test_a_declared_number_that_says_more_than_anti_terrorism_is_no_yes(number: str) -> None:
    assert outcome() == "no_license_requirement"
    assert outcome(facts={"eccn_declared": number}) == "indeterminate"


def test_figures_that_cannot_all_be_so_are_refused() -> None:
    for figures in (
        {"tpp": 4000, "die_area_mm2": 100, "performance_density": "0.1"},
        {"tpp": 2000, "die_area_mm2": 999_999},
    ):
        with pytest.raises(QuestionError):
            outcome(chip=None, to="CN", facts={**figures, "designed_for_datacenter": True})
    agreeing = {"tpp": 5000, "die_area_mm2": 1000, "performance_density": 5, "designed_for_datacenter": True}
    assert outcome(chip=None, to="CN", facts=agreeing) == "license_required"


# --- columns -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "Shipped to",
        "Firmenname",
        "受取人",
        "使用单位",
        "Destinatario",
        "Acheteur",
        "Покупатель",
        "University",
        "Contact",
    ],
)
def test_a_column_of_buyers_in_other_words_stops_the_audit(header: str) -> None:
    with pytest.raises(QuestionError, match="may decide"):
        exportrules.audit(pa.Table.from_pylist([{**CARD, header: "Huawei Tecnologies"}]))


def test_a_customer_number_in_a_row_is_a_problem_of_the_row() -> None:
    answered = exportrules.audit(pa.Table.from_pylist([{**CARD, "end_user": "100234"}])).to_pylist()
    assert answered[0]["outcome"] == "indeterminate"
    assert "is a number" in answered[0]["problem"]


@pytest.mark.parametrize("slip", ["makr", "makre", "Makerr", "unknwon", "distributer", "resseller"])
def test_a_slip_of_a_word_for_nobody_is_no_other_exporter(slip: str) -> None:
    with pytest.raises(QuestionError, match=r"is nearly the word .* Write 'maker'"):
        exportrules.check("A100", on="2022-09-15", exporter=slip)
