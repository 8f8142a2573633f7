"""Texts given as a company's name that are not one: a place, a chip, a number, a role, a word of another field.

Read as a name, each would be a party that is on no list, and could free the deal: nothing is known of a buyer "CN",
"H100 80GB", "distributor" or "reexport".
"""

from __future__ import annotations

import re
import unicodedata

from exportrules.law.ruleset import Ruleset
from exportrules.question.names.chips import is_chip
from exportrules.question.names.keys import deceives, key, memo, visible
from exportrules.question.names.places import place_called
from exportrules.question.names.roles import is_numbered, is_role
from exportrules.question.names.words import SUFFIXES

#: Numbers as spreadsheets write them: 1e9, 4.5E+10, USD 5,000.00, 12 pcs.
_NUMBER = (
    r"(?:usd|eur|jpy|cny|rmb|gbp|[$€£¥])?\s*[-+]?[0-9][0-9.,]*(?:e[-+]?[0-9]+)?"
    r"\s*(?:usd|eur|jpy|cny|rmb|gbp|[$€£¥%]|pcs?|pieces?|units?|kgs?|lbs?|cartons?|ctns?)?\.?"
)
#: Days and moments: 2024-06-03T00:00:00Z, 03-Jun-2024, June 2024.
_DAY = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}t[0-9:.]+(?:z|[-+][0-9:]+)?|"
    r"(?:[0-9]{1,2}(?:st|nd|rd|th)?[\s./-]*)?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
    r"[\s.,/-]*(?:[0-9]{1,2}(?:st|nd|rd|th)?,?\s*)?[0-9]{2,4}"
)
#: What an exchange or a register calls a company: 000977.SZ, SEHK: 981, 981 HK Equity, VAT 123456, DE123456789.
_TICKER = (
    r"(?:sse|szse|shse|sehk|hkex|hkg|sha|she|bse|nasdaq|nyse|otc|ticker|stock code|股票代码)\s*:\s*[a-z0-9.]{1,9}|"
    r"[a-z]{1,5}\s[a-z]{2}\sequity|"
    r"[0-9]{3,6}[.\s](?:sz|ss|sh|hk|bj|tw|two|ks|kq|t|ch)(?:\s+equity)?|"
    r"(?:reg|registration|company|tax|vat|uscc|lei|duns|ein|cage|uen|cin)[\s.]*(?:no|nr|number|code|id)?[\s.:#]*"
    r"(?=\D*\d{3})[a-z0-9./-]+"
)
#: A code of a ledger, at most three letters and a number: KD4711, CHE-123.456.789.
_CODE = r"[a-z]{1,3}(?:[-._#]?(?=(?:\D*\d){4})|\s(?=(?:\D*\d){7}))\d[\d./-]*"
_REGISTERED = r"(?=(?:\D*\d){5})(?=[\d./-]*[A-Z])[A-Z0-9./-]{6,}"
#: An address on the net that is not also a company's name, as JD.com is: a person's, a page's, a school's.
_NET_ADDRESS = r"(?:\S+@\S+\.\w{2,}|(?:https?://|www\.)\S+|(?:[\w-]+\.)+(?:edu|ac|gov|mil)(?:\.[a-z]{2})?)"
#: Alphabets in which a name is compared with the lists, by the first words of the names of their letters.
_COMPARED = frozenset(("CJK", "CYRILLIC", "HANGUL", "HIRAGANA", "KATAKANA", "LATIN", "MODIFIER"))
#: An entry of the Commerce Control List, with or without its paragraphs.
_ECCN = r"[0-9][a-e][0-9]{3}(?:\.[a-z0-9]{1,4})*|ear\s?99"
#: No chip's name is longer.
_LONGEST_CHIP = 60
#: What separates several of them, and what surrounds one: "SG / CN", "H100 or L20", "(CN)?".
_BETWEEN = r"[^\w\s.'’&+-]+|\n|\b(?:via|or|and|und|oder)\b"
#: Words before a place or a chip that make it a remark rather than a name: "not CN", "like H100", "outside China".
_ABOUT = r"^\W*(?:(?:not|non|no|like|similar|same|as|to|in|from|for|other|than|outside|any|only|via|the)\b\W*)+"
_AROUND = r"^\W+|\W+$"


def no_name(ruleset: Ruleset, text: str) -> str:
    """Why a text is not the name of a company, a body or a person, to complete a message; '' if it may be one."""
    if deceived := deceives(text):
        return deceived
    seen = visible(text)
    parts = [part for part in map(_bare, re.split(_BETWEEN, seen, flags=re.I)) if part]
    if whole := _no_name(ruleset, _bare(seen)):
        return whole
    reasons: list[str] = []
    for part in parts:
        if not (reason := _no_name(ruleset, part)):
            return ""
        reasons.append(reason)
    return next(iter(reasons), "")


def _bare(text: str) -> str:
    """A text without the words of a remark before it and the signs around it."""
    return re.sub(_AROUND, "", re.sub(_ABOUT, "", text, flags=re.I))


def _no_name(ruleset: Ruleset, text: str) -> str:
    if re.fullmatch(_NUMBER, text, re.I):
        return "is a number and does not name anyone"
    if re.fullmatch(_DAY, text, re.I):
        return "is a day and does not name anyone"
    if re.fullmatch(_ECCN, text, re.I):
        return "is a classification and does not name anyone"
    if re.fullmatch(_NET_ADDRESS, text, re.I):
        return "is an address on the net and does not name anyone"
    if re.fullmatch(_TICKER, text, re.I) or _is_registered(text):
        return "is a number of a register or an exchange and does not name anyone"
    if is_numbered(text):
        return "is the number of a register, an exchange or a ledger and does not name anyone"
    if is_role(text):
        return "is a role or a common word and does not name anyone"
    if field := memo(ruleset, "words of a deal", _words_of_a_deal).get(key(text)):
        return f"is a word of {field!r} and does not name anyone"
    if place := place_called(ruleset, text):
        return f"is a place ({place}) and does not name anyone there"
    # without a digit it may also be the name of a company, and with "Ltd" it is one: Volta, 3080 Ltd
    chip = len(text) <= _LONGEST_CHIP and any(map(str.isdigit, text)) and SUFFIXES.isdisjoint(text.casefold().split())
    if chip and is_chip(ruleset, text):
        return "is a chip and does not name anyone"
    if re.fullmatch(_CODE, text, re.I):
        return "is the number of a register, an exchange or a ledger and does not name anyone"
    return ""


def _is_registered(text: str) -> bool:
    """True if a text is one word of capitals and digits, with as many digits as a register's number has."""
    return bool(re.fullmatch(_REGISTERED, text)) and 5 * sum(map(str.isdigit, text)) >= 2 * len(text)


def is_in_other_letters(text: str) -> bool:
    """True if most letters of a text are of an alphabet in which names are not compared, such as Arabic or Thai."""
    letters = [unicodedata.name(c, "").partition(" ")[0] for c in visible(text) if c.isalpha()]
    return not text.isascii() and 2 * sum(alphabet in _COMPARED for alphabet in letters) < len(letters)


def _words_of_a_deal(ruleset: Ruleset) -> dict[str, str]:
    """The words that other terms of a deal take, by their keys, each with the term: military, reexport."""
    return {key(word): name for name, fact in ruleset.facts.items() if fact.about == "deal" for word in fact.values}
