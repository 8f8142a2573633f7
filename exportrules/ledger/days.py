"""Days as ledgers write them: in digits, and with months and years in words, where they can be only one day."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from exportrules.ledger.saying import Saying
from exportrules.question.names.keys import visible

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?")
ZONED = re.compile(r".*\d:\d{2}.*(?:Z|[+-]\d{2}:?\d{2}|\b(?:UTC|GMT|[ECMP][SD]T|CST|CET|JST))\s*", re.I | re.S)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ]+0{1,2}:00(?::00)?)?")
_SERIAL = re.compile(r"(\d{1,6})(?:\.0+)?")
#: 2023年7月30日, with the day of the week behind it or not; and in Japan's own years, 令和5年7月30日.
_CHINESE = re.compile(
    r"(?P<era>令和|平成)?\s*(?P<y>\d{1,4}|元)\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号號]?"
    r"\s*(?:[(（]?[月火水木金土日](?:曜日?)?[)）]?|星期[一二三四五六日天])?"
)
_KOREAN = re.compile(r"(?P<y>\d{4})\s*년\s*(?P<m>\d{1,2})\s*월\s*(?P<d>\d{1,2})\s*일")
_ERAS = {"令和": 2018, "平成": 1988}
_GERMAN = {
    "januar": 1, "jänner": 1, "jän": 1, "februar": 2, "feber": 2, "märz": 3, "maerz": 3, "mär": 3, "mrz": 3, "mai": 5,
    "juni": 6, "juli": 7, "oktober": 10, "okt": 10, "dezember": 12, "dez": 12,
}  # fmt: skip
_MONTHS = {
    name: number
    for number, month in enumerate(calendar.month_name)
    if month
    for name in {month.lower(), month[:3].lower(), *(["sept"] if number == 9 else [])}
} | _GERMAN
_WORD = r"(?P<m>[^\W\d_]{3,9})"
_WORDY = (
    re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]*{_WORD}\.?[\s,.-]*(?P<y>\d{{4}})"),
    re.compile(rf"{_WORD}\.?\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<y>\d{{4}})"),
    re.compile(rf"(?P<y>\d{{4}})[\s-]{_WORD}[\s-](?P<d>\d{{1,2}})"),
)
#: 01-Mar-24: Excel's own short form, a day, a month in letters and two digits of a year.
_SHORT_YEAR = re.compile(rf"(?P<d>\d{{1,2}})[\s.-]+{_WORD}\.?[\s,.'-]+(?P<y>\d{{2}})")
_EPOCHS = {"excel": date(1899, 12, 30), "excel1904": date(1904, 1, 1)}
#: What two digits of a year may be: a day of the month among them could be the year as well.
_YEARS = range(20, 41)


def day_in(text: str, style: str) -> date | None:
    """The day of a text, None where it could be several or none. Raises ValueError for no day of the calendar.

    `style` is one of `DATE_STYLES`: what the ledger's owner declares.
    """
    text = visible(text).strip()
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[3]), int(found[4]))
    if (found := _COMPACT.fullmatch(text)) and "1900" < text[:4] < "2200":
        return date(int(found[1]), int(found[2]), int(found[3]))
    for pattern in _WORDY:
        if (found := pattern.fullmatch(text)) and (month := _MONTHS.get(found["m"].lower())):
            return date(int(found["y"]), month, int(found["d"]))
    if (found := _CHINESE.fullmatch(text)) and (year := _year(found["y"], found["era"])):
        return date(year, int(found["m"]), int(found["d"]))
    if found := _KOREAN.fullmatch(text):
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    if (found := _short(text)) and (_year_is_last(found) or style in ("dmy", "mdy")):
        return date(2000 + int(found["y"]), _MONTHS[found["m"].lower()], int(found["d"]))
    if style in ("dmy", "mdy") and (found := _SLASHED.fullmatch(text)):
        first, second = int(found[1]), int(found[3])
        return date(int(found[4]), *((second, first) if style == "dmy" else (first, second)))
    if style in _EPOCHS and (found := _SERIAL.fullmatch(text)):
        return _EPOCHS[style] + timedelta(days=int(found[1]))
    return None


def _year(digits: str, era: str | None) -> int:
    """A year as East Asia writes it: four digits, or a year of an era that is named; 0 for what is neither."""
    if era:
        return _ERAS[era] + (1 if digits == "元" else int(digits))
    return int(digits) if len(digits) == 4 else 0


def _short(text: str) -> re.Match[str] | None:
    found = _SHORT_YEAR.fullmatch(text)
    return found if found and found["m"].lower() in _MONTHS else None


def _year_is_last(found: re.Match[str]) -> bool:
    """Whether two digits of a year can be the last ones alone: 01-Mar-24, and not 23-Mar-24."""
    return int(found["y"]) in _YEARS and int(found["d"]) not in _YEARS


def cure_of(text: str, style: str, say: Saying) -> str:
    """What to write, or to declare, where a day cannot be read for certain."""
    text = visible(text).strip()
    if _SLASHED.fullmatch(text):
        return f"Is the day or the month first? Say {say.dates('dmy')} or {say.dates('mdy')}."
    if found := _short(text):
        if int(found["y"]) in _YEARS:
            return f"Is the year first or last? If it is last, say {say.dates('dmy')}."
        return "Write the year in four digits, YYYY-MM-DD."
    if found := _SERIAL.fullmatch(text):
        if style in _EPOCHS or len(found[1]) < 5:
            return "Write YYYY-MM-DD."
        day = _EPOCHS["excel"] + timedelta(days=int(found[1]))
        return f"If it is a spreadsheet's day number ({day}), say {say.dates('excel')}."
    return "Write YYYY-MM-DD."
