"""The head of a memorandum: its matter and order, the goods, the preparer and the addressee."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from exportrules.errors import QuestionError
from exportrules.question.names.placeholders import says_nothing

#: The longest entry, in characters.
LONGEST = 200

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_EXAMPLES = {
    "matter": "--matter '2023-114 Lotus'",
    "order": "--order PO-4711",
    "quantity": "--quantity '8 boards'",
    "value": "--value 'USD 240,000'",
    "preparer": "--preparer 'J. Moreau, Trade Compliance'",
    "addressed": "--for 'General Counsel'",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The entries above a memorandum, as written; '' if not given."""

    matter: str = ""
    order: str = ""
    quantity: str = ""
    value: str = ""
    preparer: str = ""
    addressed: str = ""

    def rows(self) -> list[tuple[str, str]]:
        """The given entries with their labels, in the order of a memorandum."""
        labels = {
            "addressed": "For",
            "preparer": "Prepared by",
            "matter": "Matter",
            "order": "Order",
            "quantity": "Quantity",
            "value": "Value",
        }
        return [(label, getattr(self, name)) for name, label in labels.items() if getattr(self, name)]


def head(
    *,
    matter: str | None = None,
    order: str | None = None,
    quantity: str | None = None,
    value: str | None = None,
    preparer: str | None = None,
    addressed: str | None = None,
) -> Head:
    """A head from the given entries. Raises QuestionError for a placeholder or an impossible entry.

    A quantity begins with a number above zero; a value is an amount with its currency.
    """
    given = {"matter": matter, "order": order, "quantity": quantity, "value": value, "preparer": preparer,
             "addressed": addressed}  # fmt: skip
    read = {name: _entry(name, text) for name, text in given.items() if text is not None}
    if "quantity" in read and _amount(read["quantity"], at_the_start=True) is None:
        raise _refused("quantity", quantity, "does not begin with a number above zero")
    if "value" in read:
        _value(read["value"])
    return Head(**read)


def _entry(name: str, text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise _refused(name, text, "is empty")
    written = text.strip()
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in written):
        raise _refused(name, text, "has a line break or a character that nobody sees")
    if len(written) > LONGEST:
        raise _refused(name, f"{written[:20]}...", f"is longer than {LONGEST} characters, and the head is a few lines")
    if says_nothing(written) and not (name == "quantity" and written.isdigit()):
        raise _refused(name, text, "is a placeholder and says nothing")
    return written


def _amount(text: str, *, at_the_start: bool = False) -> Decimal | None:
    """The only number of a text, with commas between thousands; None if there is none above zero, or several."""
    if at_the_start:
        match = _NUMBER.match(text)
        if match is None or (text[match.end() :] and not text[match.end()].isspace()):
            return None
        numbers = [match.group()]
    else:
        numbers = _NUMBER.findall(text)
        if len(numbers) != 1:
            return None
    amount = Decimal(numbers[0].replace(",", ""))
    return amount if amount > 0 else None


def _value(text: str) -> None:
    if "-" in text or _amount(text) is None:
        raise _refused("value", text, "is not one amount above zero")
    if not any(c.isalpha() or unicodedata.category(c) == "Sc" for c in text):
        raise _refused("value", text, "names no currency")


def _refused(name: str, text: object, why: str) -> QuestionError:
    option = {"addressed": "for"}.get(name, name)
    return QuestionError(f"--{option} {text!r} {why}. Omit it, or write e.g. {_EXAMPLES[name]}.")
