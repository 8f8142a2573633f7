"""Reads days as ledgers write them, in digits or with months and years in words, if they can mean only one day."""

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
#: 2023年7月30日, with or without the day of the week; also in years of a Japanese era, 令和5年7月30日.
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
#: The years that two digits may mean. A day of the month in this range could be the year as well.
_YEARS = range(20, 41)


def day_in(text: str, style: str) -> date | None:
    """The day that a text means, None if it could be several or is not a date.

    `style` is what the ledger's owner declares: one of `DATE_STYLES`, or two with a comma between. Raises ValueError
    for a day that the calendar does not have.
    """
    text, styles = visible(text).strip(), style.split(",")
    order = next((one for one in styles if one in ("dmy", "mdy")), "")
    epoch = next((_EPOCHS[one] for one in styles if one in _EPOCHS), None)
    if match := _ISO.fullmatch(text):
        return date(int(match[1]), int(match[3]), int(match[4]))
    if (match := _COMPACT.fullmatch(text)) and "1900" < text[:4] < "2200":
        return date(int(match[1]), int(match[2]), int(match[3]))
    for pattern in _WORDY:
        if (match := pattern.fullmatch(text)) and (month := _MONTHS.get(match["m"].lower())):
            return date(int(match["y"]), month, int(match["d"]))
    if (match := _CHINESE.fullmatch(text)) and (year := _year(match["y"], match["era"])):
        return date(year, int(match["m"]), int(match["d"]))
    if match := _KOREAN.fullmatch(text):
        return date(int(match["y"]), int(match["m"]), int(match["d"]))
    if (match := _short(text)) and (_year_is_last(match) or order):
        return date(2000 + int(match["y"]), _MONTHS[match["m"].lower()], int(match["d"]))
    if order and (match := _SLASHED.fullmatch(text)):
        first, second = int(match[1]), int(match[3])
        return date(int(match[4]), *((second, first) if order == "dmy" else (first, second)))
    if epoch and (match := _SERIAL.fullmatch(text)):
        return epoch + timedelta(days=int(match[1]))
    return None


def _year(digits: str, era: str | None) -> int:
    """A year in four digits, or the year of a named Japanese era; 0 for anything else."""
    if era:
        return _ERAS[era] + (1 if digits == "元" else int(digits))
    return int(digits) if len(digits) == 4 else 0


def _short(text: str) -> re.Match[str] | None:
    match = _SHORT_YEAR.fullmatch(text)
    return match if match and match["m"].lower() in _MONTHS else None


def _year_is_last(match: re.Match[str]) -> bool:
    """True if only the last two digits can be the year: 01-Mar-24, but not 23-Mar-24."""
    return int(match["y"]) in _YEARS and int(match["d"]) not in _YEARS


def cure_of(text: str, style: str, say: Saying) -> str:
    """A sentence for the user on how to write or declare a day that cannot be read for certain."""
    text = visible(text).strip()
    if match := _SLASHED.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        if max(first, second) > 12:  # no month: it says itself which is first, and the owner says it of the column
            order, what = ("dmy", "day") if first > 12 else ("mdy", "month")
            return "Write YYYY-MM-DD." if min(first, second) > 12 else f"The {what} is first: say {say.dates(order)}."
        return f"Is the day or the month first? Say {say.dates('dmy')} or {say.dates('mdy')}."
    if match := _short(text):
        if int(match["y"]) in _YEARS:
            return f"Is the year first or last? If it is last, say {say.dates('dmy')}."
        return "Write the year in four digits, YYYY-MM-DD."
    if match := _SERIAL.fullmatch(text):
        if any(one in _EPOCHS for one in style.split(",")) or len(match[1]) < 5:
            return "Write YYYY-MM-DD."
        day = _EPOCHS["excel"] + timedelta(days=int(match[1]))
        return f"If it is a spreadsheet's day number ({day}), say {say.dates('excel')}."
    return "Write YYYY-MM-DD."
