"""A yes must be earned: what stands at the door of a question and was not understood never frees anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import exportrules
from exportrules import QuestionError, default_ruleset
from exportrules.names.parties import find_parties

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
    "Yangtze Memory Technologies Co., Ltd.", "OOO Orelmetallpolimer", "PJSC Mikron", "Moscow Communications Research Institute JSC",
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


@pytest.mark.parametrize("said", [{"facts": {"military_end_user": True}}, {"facts": {"military_end_user": False}}, {"end_use": "military"}])
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
