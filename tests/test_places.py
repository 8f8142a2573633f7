"""Places as tables, customs lines and people write them; territories read as the country that the EAR names."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import exportrules
from exportrules.errors import UnknownNameError
from exportrules.files.load import default_ruleset
from exportrules.question.names.places import find_named_place, find_place, place_called

LAW = default_ruleset()
with (Path(__file__).parent / "names" / "places.tsv").open(encoding="utf-8", newline="") as file:
    SPELLINGS = [(row["spelling"], row["means"]) for row in csv.DictReader(file, delimiter="\t")]


def read(text: str) -> str:
    try:
        return find_place(LAW, text)
    except UnknownNameError:
        return "refused"


@pytest.mark.parametrize(("spelling", "means"), SPELLINGS)
def test_a_place_is_read_as_it_is_meant_or_refused(spelling: str, means: str) -> None:
    assert read(spelling) == means


@pytest.mark.parametrize("code", sorted(LAW.places))
def test_every_place_is_read_by_each_of_its_names_and_codes(code: str) -> None:
    place = LAW.places[code]
    for name in (place.name, *place.aliases, *place.standard, *place.iso, *place.ports):
        assert find_place(LAW, name) == code, name
    assert read(f"{code} - {place.name}") == read(f"{place.name} ({code})") == code


@pytest.mark.parametrize("code", sorted(LAW.territories))
def test_a_territory_is_read_as_its_country_with_a_notice_or_refused_with_the_reason(code: str) -> None:
    territory = LAW.territories[code]
    if territory.refused:
        with pytest.raises(UnknownNameError, match="cannot be answered"):
            find_place(LAW, territory.name)
        return
    assert find_named_place(LAW, territory.name) == code
    d = exportrules.check("H100", on="2024-06-03", to="SG", ultimate_parent=territory.name)
    same = exportrules.check("H100", on="2024-06-03", to="SG", ultimate_parent=territory.treated_as)
    assert (d.outcome, d.review_policy) == (same.outcome, same.review_policy)
    assert any(note.startswith(f"{territory.name} is read as ") and territory.by in note for note in d.notices)


def test_every_code_of_iso_3166_answers_or_is_refused_with_the_reason() -> None:
    numbers = {place.iso[1] for place in LAW.every_place if place.iso}
    assert len(numbers) == 249  # all of ISO 3166-1; Kosovo, the regions of Ukraine have no number


def test_a_town_before_the_code_of_a_country_and_a_state_is_asked_about() -> None:
    """'Birmingham, AL' was Albania."""
    with pytest.raises(UnknownNameError, match=r"in Albania or in United States.* country alone: AL or US"):
        find_place(LAW, "Birmingham, AL")
    with pytest.raises(UnknownNameError, match="in Costa Rica is meant, write CR or the one in United States"):
        find_place(LAW, "San Jose")


@pytest.mark.parametrize(
    "text",
    ["Potsdam, DE", "Kassel, DE", "Leiden, NL", "Lucknow, IN", "Marrakesh, MA", "Yogyakarta, ID", "Eilat, IL",
     "Colón, PA"],
)  # fmt: skip
def test_a_known_town_tells_a_country_from_a_state_of_its_code(text: str) -> None:
    assert read(text) == text[-2:]


def test_a_city_alone_is_refused_with_the_country_to_write() -> None:
    with pytest.raises(UnknownNameError, match=r"'Kowloon' is a city or a state, not a country.* write HK"):
        find_place(LAW, "Kowloon")


@pytest.mark.parametrize("text", ["Damascus, Lebanon", "Pyongyang, South Korea", "Bandar Abbas, Oman"])
def test_a_city_beside_another_country_is_refused(text: str) -> None:
    assert read(text) == "refused"


@pytest.mark.parametrize("text", ["Bermudas Islands X", "XQ", "Kowlon", "APAC", "Mal", "Mainland", "Somaliland"])
def test_what_is_near_no_place_gets_no_suggestion(text: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        find_place(LAW, text)
    assert "Did you mean" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "region"),
    [("Mariupol, Ukraine", "Donetsk region of Ukraine"), ("Simferopol, Russia", "Crimea"), ("Kerch, RU", "Crimea"),
     ("Crimea (Russia)", "Crimea"), ("Alchevsk", "Luhansk region of Ukraine"), ("LPR", "Luhansk region of Ukraine"),
     ("Ramallah, Israel", "Palestinian territories"), ("ДНР", "Donetsk region of Ukraine"), ("Крым", "Crimea")],
)  # fmt: skip
def test_a_town_of_a_region_that_is_not_answered_is_not_its_country(text: str, region: str) -> None:
    with pytest.raises(UnknownNameError, match=f"{region}.* cannot be answered"):
        find_place(LAW, text)


@pytest.mark.parametrize(
    "text", ["Ялта, Украина", "Керчь, Украина", "AR Crimea, Ukraine", "Luhansk Oblast, UA", "Ялта, Россия"]
)
def test_such_a_town_is_known_in_cyrillic_and_in_other_spellings(text: str) -> None:
    with pytest.raises(UnknownNameError, match=r"cannot be answered: 15 CFR 746\.6"):
        find_place(LAW, text)


@pytest.mark.parametrize(
    "text", ["Bakhchisaraj, Ukraine", "Saki (UA)", "UA - Xyz", "Lenin St., Kyiv, UA", "Україна, Ы"]
)
def test_a_word_beside_ukraine_is_a_town_known_elsewhere_in_it_or_refused(text: str) -> None:
    regions = "ukraine_region=crimea or ukraine_region=donetsk or ukraine_region=luhansk"
    with pytest.raises(UnknownNameError, match=f"Write UA alone if it is in none .*{regions}"):
        find_place(LAW, text)


@pytest.mark.parametrize("text", ["Kyiv, Ukraine", "Львов, Украина", "Lviv, Lviv Oblast, UA", "Україна"])
def test_a_town_elsewhere_in_ukraine_is_ukraine(text: str) -> None:
    assert read(text) == "UA"


def test_a_town_elsewhere_of_such_a_name_is_told_what_to_write() -> None:
    with pytest.raises(UnknownNameError, match="elsewhere is meant, write its country alone"):
        find_place(LAW, "Bethlehem, PA, USA")


@pytest.mark.parametrize("text", ["California", "New Mexico", "New Jersey", "Austin, Texas"])
def test_a_state_of_the_united_states_is_told_so(text: str) -> None:
    with pytest.raises(
        UnknownNameError, match=r"is a city or a state, not a country.*United States is meant, write US"
    ):
        find_place(LAW, text)


def test_two_countries_beside_one_another_are_asked_about() -> None:
    with pytest.raises(UnknownNameError, match=r"names China \(PRC\) \(CN\) and Taiwan \(TW\)\. Write the code of"):
        find_place(LAW, "TW, China")


@pytest.mark.parametrize("name", ["Kina", "Kitay", "Kitai"])
def test_china_in_swedish_and_in_russian_is_china(name: str) -> None:
    assert read(name) == "CN"


def test_letters_that_two_places_are_called_by_are_neither() -> None:
    """CHI is Chile at the Olympic Games, and China in many a ledger."""
    with pytest.raises(UnknownNameError, match="no destination is called 'CHI'"):
        find_place(LAW, "CHI")


def test_a_name_that_two_places_share_suggests_both() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'North Korea' or 'South Korea'"):
        find_place(LAW, "Korea")


@pytest.mark.parametrize("name", ["Congo", "Kongo", "KONGO"])
def test_a_name_that_both_congos_have_is_neither(name: str) -> None:
    both = r"Congo \(Democratic Republic of the\)' or 'Congo \(Republic of the\)"
    with pytest.raises(UnknownNameError, match=both):
        find_place(LAW, name)


def test_what_is_the_name_or_the_code_of_a_place_says_which_place_it_is() -> None:
    for place in LAW.every_place:
        assert {place_called(LAW, name) for name in (place.name, *place.aliases)} == {place.name}
    for place in LAW.places.values():
        assert place_called(LAW, place.code) == place_called(LAW, f" {place.code.lower()} ") == place.name
    assert [place_called(LAW, text) for text in ("", "XQ", "Acme", "China Telecom")] == [""] * 4
