"""The encoding of a text: certain, or proposed with the line that it would give. Never guessed."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from exportrules.ledger.cells import brief
from exportrules.ledger.saying import Saying

#: The encodings proposed, in this order among equals: those in which Excel saves "CSV" in Japan, China, Taiwan, Korea
#: and the West.
CANDIDATES = ("cp932", "gb18030", "big5", "cp949", "cp1252")
_MOST = 4
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Proposal(NamedTuple):
    """An encoding, and a line of the text read in it."""

    encoding: str
    line: str


def marked(head: bytes) -> str:
    """The encoding that a byte-order mark states; '' without one, and for UTF-8, which is the default."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def utf8_lines(sample: bytes) -> tuple[list[bytes], list[bytes]]:
    """The lines of a sample that are UTF-8 text, and those that are not."""
    good: list[bytes] = []
    bad: list[bytes] = []
    for line in _whole(sample).splitlines():
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            bad.append(line)
        else:
            good.append(line)
    return good, bad


def proposals(sample: bytes) -> list[Proposal]:
    """The encodings in which every line of a sample is text, the most plausible first, each with its first odd line."""
    if b"\0" in sample[:1000]:
        return list(_wide(sample))
    _, bad = utf8_lines(sample)
    ranked = []
    for place, name in enumerate(CANDIDATES):
        try:
            texts = [line.decode(name) for line in bad]
        except UnicodeDecodeError:
            continue
        if texts and all(map(_is_text, texts)):
            ranked.append((-_plausible(texts), place, Proposal(name, texts[0].strip())))
    return [proposal for *_, proposal in sorted(ranked)][:_MOST]


def proposed(sample: bytes, say: Saying) -> str:
    """The proposals in words, with the option to write."""
    readings = proposals(sample)
    if not readings:
        return f"Save it as UTF-8 (in Excel: CSV UTF-8), or say {say.option('encoding', 'NAME')} if you know it."
    ways = "; ".join(f"as {p.encoding} {brief(p.line)}" for p in readings)
    declared = say.option("encoding", readings[0].encoding)
    if len(readings) == 1:
        return f"It would read: {ways}. If that is right, say {declared}."
    return f"It would read: {ways}. Say which is right, e.g. {declared}."


def _wide(sample: bytes) -> Iterator[Proposal]:
    """Proposals of UTF-16 for a text without a mark in which every other byte is zero."""
    for name in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(name, "replace").split("\n")[0].strip()
        if text and all(c.isprintable() and c != "\ufffd" for c in text) and "\0" not in text:
            ascii_ = sum(c.isascii() for c in text)
            if 2 * ascii_ > len(text):
                yield Proposal(name, text)


def _whole(sample: bytes) -> bytes:
    """The sample up to its last line end: its last line may have been cut."""
    end = sample.rfind(b"\n")
    return sample[: end + 1] if end >= 0 else sample


def _is_text(text: str) -> bool:
    return all(unicodedata.category(c) not in ("Cc", "Co", "Cn", "Cs") or c in "\t\r\f\x0b" for c in text)


def _plausible(texts: list[str]) -> float:
    """The plausibility of the characters outside ASCII: CJK in full width, or accents within words."""
    odd = good = 0
    for text in texts[:2000]:
        for at, c in enumerate(text):
            if c.isascii():
                continue
            odd += 1
            if "\u3040" <= c <= "\u30ff" or "\u3000" <= c <= "\u3011" or "\uac00" <= c <= "\ud7a3":
                good += 1
            elif "\u4e00" <= c <= "\u9fff":
                good += 1 if _is_common(c) else 0
            elif c <= "\u017f" and c.isalpha():
                beside = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
                good += bool(beside) and all(b.isascii() or b in " ßäöüéèàçñ" for b in beside)
    return good / odd if odd else 0.0


def _is_common(c: str) -> bool:
    """True if a Chinese character is in the first level of JIS or GB, which has the common ones."""
    for name, low, high in (("cp932", b"\x88\x9f", b"\x98\x73"), ("gb2312", b"\xb0\xa1", b"\xd7\xf9")):
        try:
            if low <= c.encode(name) <= high:
                return True
        except UnicodeEncodeError:
            continue
    return False
