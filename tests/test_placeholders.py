"""Values that say nothing are told from names, whatever is around them."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest

from exportrules import QuestionError, check, default_ruleset
from exportrules.question.names.nobody import no_name
from exportrules.question.names.placeholders import says_nothing
from exportrules.question.names.roles import ROLES

LAW = default_ruleset()
NOTHING = """
#N/A|#REF!|#VALUE!|#NAME?|#DIV/0!|#NULL!|#NUM!|#NV|#BEZUG!|N/A|n/a|n.a.|N.A|NA|na|TBD|tbd.|T.B.D.|TBA|unknown|
UNKNOWN|(unknown)|<unknown>|-|--|—|?|???|.|…|*|none|None|null|NULL|nil|NaN|C/O|c/o|L/C|not applicable|
Not  Applicable|to be advised|to be determined|see above|See attached|same|Same as above|various|ditto|xxx|XXXX|
no|Yes|TRUE|see remarks|refer to PO|individual|XX|该公司|
不明|未定|無し|なし|不详|待定|해당없음|해당 없음|unbekannt|k.A.|k. A.|keine Angabe|sans objet|inconnu|desconocido|
не указано|true|False|yes|NO|[object Object]|Infinity|„unknown“|"TBD"|[blank]|N / A|_|0000|
#NOME?|#¿NOMBRE?|#RIF!|#名前?|#ЗНАЧ!|#Н/Д|#N/DISP|#SAKNAS|#N/A N/A|#N/A Field Not Applicable|#DEL/0!|
Err:502|#GETTING_DATA
""".replace("\n", "")
SOMETHING = """
Namibia|CN|China|Norway|NE|SO|CO|SA|Nanya|Unknown Worlds Entertainment|NVIDIA|Nil Technologies ApS|
Same Day Logistics|TBD Medien GmbH|Null Networks LLC|L/C Electronics|None of your business Ltd|N.A. Robotics|华为|
Private Bank AG|No. 8 Institute|Individual Systems Inc|深圳市不明科技|military|A100|L4|A2|#H100|
#1 Trading Co|#900-21001-0020-100|Err Systems
""".replace("\n", "")


NUMBERED = """
sh688256|sz.000977|HKEX 0020|SEHK 20|688256 (SSE)|股票000977|证券代码：000977|统一社会信用代码 91440300708461136T|
ИНН 7710044140|ОГРН: 1027700003891|Customer 4711|customer no. 12|KD4711|Kd.-Nr. 4711|Kundennummer: 12345|客户4711|
顧客番号 123|
A股688256|USt-IdNr. DE123456789|P.IVA 01234567890|PO 4711|订单4711|DE 123456789|BABA US Equity|
고객번호 4711|Клиент № 12|CHE-123.456.789|LEI 549300E9PC51EN656011|CNPJ 12.345.678/0001-95|
SIREN 552 100 554|HRB 12345 B1|法人番号 1234567890123|사업자등록번호 123-45-67890|Vergi No 1234567890|Lager 3
""".replace("\n", "").replace(" B1", "")
UNNAMED = """
Kunde|Kunden|end customer|
Chinese customer|Kunde in China|国内客户|海外顧客|for own stock|pour stock|samples|TBD - customer|
unknown customer|未知客户|Diverse Kunden|Privatperson|匿名|Lager|stock|库存|auf Lager|
for stock|Warehouse|Endkunde|unbekannter Endkunde|最终用户|client final|cliente final|utente finale|клиент|
неизвестный покупатель|конечный пользователь|частное лицо|склад|personne physique|persona física|匿名の顧客|在庫|
不特定多数のユーザー|익명 고객|재고|magazzino|voorraad|eindgebruiker|müşteri|nieznany klient|consignee|importer|العميل
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


@pytest.mark.parametrize(
    "text",
    ["CN", "cn", "China", "(CN)?", "Ｃ\u200bＮ", "SG/CN", "Singapore / China", "SG (CN)", "H100", "H100 80GB",
     "H100\nL20",
     "H100 or L20", "CN; SG; JP; DE; FR; IT; 7", "1e9", "4.5E+10", "\u202eiewauH", "\u0421N"],
)  # fmt: skip
def test_a_place_a_chip_or_a_number_is_nobody_whom_a_list_could_have(text: str) -> None:
    ask = partial(check, "H100", on="2022-05-01", to="SG")
    for given in ({"end_user": text}, {"parties": [text]}):
        with pytest.raises(QuestionError, match="no list can be searched for it"):
            ask(exporter="other", **given)
    with pytest.raises(QuestionError, match="a letter binds one company"):
        ask(exporter=text)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (sorted(ROLES), "is a role or a common word"),
        (["the exporter", "somebody else, the maker", "local distributor"], "is a role"),
        (sorted({word for fact in LAW.facts.values() if fact.about == "deal" for word in fact.values}), "is a word of"),
        (["7", "1e9", "USD 5,000.00", "12 pcs", "-3.5 %", "10 KGS."], "is a number"),
        (["2024-06-03T00:00:00Z", "03-Jun-2024", "June 2024", "sept. 3rd, 2024", "1st May 2024"],
         "is a day"),
        (NUMBERED.split("|"), "is "),
        (UNNAMED.split("|"), "is a role or a common word"),
        (["3A090", "3a090.a.1", "EAR99", "ear 99", "5A992.z"], "is a classification"),
        (["CN", "Singapore", "not CN", "outside China", "SG / CN", "not CN / SG"], "is a place"),
        (["H100", "like H100", "H100 or L20", "RTX 4090 24GB"], "is a chip"),
    ],
    ids=["roles", "beside roles", "a deal", "numbers", "days", "numbered", "unnamed", "entries", "places", "chips"],
)  # fmt: skip
def test_what_names_nobody_says_what_it_is_instead(texts: list[str], reason: str) -> None:
    assert len(texts) > 2
    for text in texts:
        assert no_name(LAW, text).startswith(reason), text
        assert no_name(LAW, f"({text})?").startswith(reason), text
        assert no_name(LAW, f"{text} / Acme Robotics") == "", text


@pytest.mark.parametrize(
    "text",
    [
        "Volta",
        "Volta 3080 Ltd",
        "Ministry of Education, Singapore",
        "Jordan Steel",
        "Bank of China",
        "SG Trading",
        "Arm Ltd",
        "Lager GmbH",
        "Factory 42",
        "S1 Corp",
        "Depot Europe",
        "Beijing Institute",
        "Stock Spirits Group",
        "Kunde Estate",
        "Code42",
        "Company 3 Ltd",
        "ON",
        "Lagerhaus Graz",
        "Customer Analytics 360 Inc",
        "Office Depot",
        "客来客往有限公司",
        "Studio 54",
        "N26",
        "7 Days Inn",
    ],
)
def test_a_name_with_a_place_or_a_number_in_it_is_a_name(text: str) -> None:
    check("H100", on="2022-05-01", to="SG", exporter=text, end_user=text)


@pytest.mark.parametrize("chip", [True, 0, 1.5, float("nan"), b"H100", [], {}, object(), date(2024, 6, 1)])
def test_a_chip_that_is_not_text_is_refused_in_words(chip: object) -> None:
    with pytest.raises(QuestionError, match="is not text"):
        check(chip, on="2024-06-01", to="CN")  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["", False, 0, {}])
def test_parties_of_another_type_are_not_no_parties(value: object) -> None:
    with pytest.raises(QuestionError, match="Write a list of names"):
        check("H100", on="2022-05-01", to="SG", exporter="other", parties=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["no", "No"])
@pytest.mark.parametrize("field", ["to", "headquarters", "ultimate_parent"])
def test_no_is_norway_only_as_its_code_is_written(field: str, word: str) -> None:
    asked: dict[str, Any] = {"exporter": "other", "to": "SG"}
    with pytest.raises(QuestionError, match="says nothing"):
        check("H100", on="2024-06-01", **(asked | {field: word}))
    assert check("H100", on="2024-06-01", **(asked | {field: "NO"})).outcome


@pytest.mark.parametrize("field", ["headquarters", "ultimate_parent", "to"])
def test_an_empty_sequence_is_no_place(field: str) -> None:
    asked: dict[str, Any] = {"exporter": "other", "to": "SG", field: ()}
    with pytest.raises(QuestionError, match="is not text"):
        check("H100", on="2024-06-01", **asked)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Zorglu\u0562 Tradi\u0578g Pte", "letters of two alphabets"),
        ("Zo\u0280glub Tradi\u0274g Pte", "letters of two alphabets"),
        ("Zorglub Mat\u212erials", "letters of two alphabets"),
        ("华为技术有限公司".encode().decode("cp1252", "replace"), "another encoding"),
        ("浙江大华技术股份有限公司".encode().decode("latin-1"), "another encoding"),
        ("华为技术有限公司".encode("gbk").decode("latin-1"), "another encoding"),
        ("华为技术有限公司".encode().decode("cp437"), "another encoding"),
        ("华为技术有限公司".encode().decode("gbk", "ignore"), "another encoding"),
        ("浙江大华技术股份有限公司".encode().decode("cp932", "ignore"), "another encoding"),
        ("M\ufffdller Elektronik GmbH", "another encoding"),
        ("%E5%8D%8E%E4%B8%BA", "letters written as codes"),
        ("=E5=8D=8E=E4=B8=BA Ltd", "letters written as codes"),
        (r"\u534e\u4e3a", "letters written as codes"),
        (r"\xe5\x8d\x8e", "letters written as codes"),
        ("Zorglub &#26087; Trading", "letters written as codes"),
        ("+U06NileA-", "letters written as codes"),
        ("SHVhd2Vp", "letters written as codes"),
        ("5Y2O5Li65oqA5pyv5pyJ6ZmQ5YWs5Y+4", "letters written as codes"),
        ("=?UTF-8?B?5Y2O5Li6?=", "letters written as codes"),
        ("xn--zorglub-9d0b.com", "letters written as codes"),
        ("sales@zorglub.com", "address on the net"),
        ("www.zorglub.com/contact", "address on the net"),
        ("zorglub.edu.cn", "address on the net"),
        ("000977.SZ", "number of a register or an exchange"),
        ("SEHK: 981", "number of a register or an exchange"),
        ("981 HK Equity", "number of a register or an exchange"),
        ("91440300708461136T", "number of a register or an exchange"),
        ("Reg. No. 12345", "number of a register or an exchange"),
    ],
)
def test_a_name_that_does_not_say_what_was_written_is_nobodys(text: str, why: str) -> None:
    with pytest.raises(QuestionError, match=why):
        check("T4", on="2024-06-03", to="SG", exporter="other", end_user=text)


@pytest.mark.parametrize("text", ["شرکت صنایع هواپیمایی", "קבוצת זורגלוב", "ไทยเทรดดิ้ง จำกัด", "Ζόργκλουμπ ΑΕ"])
def test_a_name_in_letters_that_no_list_has_is_asked_for_in_latin_ones(text: str) -> None:
    asked: dict[str, Any] = {"on": "2024-06-03", "to": "SG", "exporter": "other", "end_user": text}
    with pytest.raises(QuestionError, match=r"in letters in which no list has names.* in Latin letters"):
        check("T4", **asked)
    assert check("T4", **asked, not_listed=(text,)).outcome == "no_license_requirement"
    with pytest.raises(QuestionError, match="in which no letter names its addressee"):
        check("T4", **asked | {"end_user": "Acme", "exporter": text})


def test_an_army_and_a_listed_company_are_known_in_letters_that_no_list_has() -> None:
    asked: dict[str, Any] = {"on": "2024-06-03", "to": "SG", "exporter": "other"}
    for text in ("وزارة الدفاع", "هواوي"):
        assert check("T4", **asked, end_user=text).outcome != "no_license_requirement"


@pytest.mark.parametrize(
    "text",
    [
        "Größe & Söhne GmbH",
        "ÅÄÖ Elektronik AB",
        "Şəki Şəhər MMC",
        "« École » – Études",
        "Ærø ApS",
        "50%25 Ltd",
        "A=B Systems",
        "A+Plus-Tech",
        "Electric",
        "Nasdaq Inc",
        "JD.com",
        "7-ELEVEN",
        "S7 Airlines",
    ],
)
def test_letters_of_a_language_that_stand_together_are_a_name(text: str) -> None:
    assert check("T4", on="2024-06-03", to="SG", exporter="other", end_user=text).outcome == "no_license_requirement"
