"""Dated copies of the codified text: sections with their day and their paragraphs, from XML, Markdown or plain text.

A copy is a saved text of the Code as of a day: the eCFR's XML as the government publishes it, or the text of a page.
Its day comes from the text, from the name of the file or its directory, or from the caller.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from exportrules.errors import QuestionError, RulesetError
from exportrules.files.load import DEEPEST_DIRECTORY, MOST_FILES, read_file

#: The whole of title 15 as XML is some 40 MB.
LARGEST_TEXT = 256 * 2**20
SUFFIXES = (".xml", ".md", ".txt")


class CodeParagraph(NamedTuple):
    """The normalised text of a paragraph, and its number: "(a)(6)(iii)", or '' before the first number."""

    number: str
    text: str


class Copy(NamedTuple):
    """One section, supplement ("740 supp. 8") or entry of the Commerce Control List ("774:3A090") on a day."""

    section: str
    on: date
    file: str
    paragraphs: tuple[CodeParagraph, ...]

    @property
    def text(self) -> str:
        return " ".join(p.text for p in self.paragraphs)


def read_copies(
    paths: Sequence[str | os.PathLike[str]], on: date | None = None, section: str = ""
) -> tuple[list[Copy], list[str]]:
    """The copies in files and directories, and a message for each file that could not be read.

    `on` and `section` are for texts that do not name their own. Raises QuestionError for a path that does not exist.
    """
    copies: list[Copy] = []
    problems: list[str] = []
    for path in paths:
        for file in _files(os.fspath(path)):
            try:
                copies += _copies(file, on, section)
            except RulesetError as error:
                problems.append(str(error))
    return copies, problems


def _files(path: str) -> Iterator[str]:
    """The file itself, or every text in a directory and its subdirectories."""
    if not os.path.exists(path):
        raise QuestionError(f"{path}: there is no such file. Name a dated copy of the Code, or a directory of them.")
    if not os.path.isdir(path):
        yield path
        return
    files: list[str] = []
    for directory, inner, names in os.walk(path):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        files += [os.path.join(directory, name) for name in names if name.lower().endswith(SUFFIXES)]
        if len(files) > MOST_FILES or directory[len(path) :].count(os.sep) > DEEPEST_DIRECTORY:
            raise QuestionError(f"{path}: too many files or directories. Name the directory of the dated copies.")
    if not files:
        raise QuestionError(f"{path}: no text in this directory. Copies of the Code end in {', '.join(SUFFIXES)}.")
    yield from sorted(files)


def _copies(file: str, on: date | None, section: str) -> list[Copy]:
    data = read_file(file, file, LARGEST_TEXT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RulesetError(file, f"byte {error.start + 1} is not UTF-8. Save the text as UTF-8.") from None
    day = _day(file, text, on)
    is_xml = text.lstrip()[:1] == "<" and not text.lstrip()[:15].lower().startswith(("<!doctype html", "<html"))
    sections = list(_of_xml(file, text) if is_xml else _of_lines(text.splitlines()))
    named = [(name, lines) for name, lines in sections if name]
    if not named and section:
        named = [(section.removeprefix("§").strip(), [line for _, lines in sections for line in lines])]
    if not named:
        raise RulesetError(file, "no section is named in this text. Give it: --section 742.6.")
    copies = [
        Copy(name, day, file, _entry_paragraphs(lines) if name.startswith("774:") else paragraphs(lines))
        for name, lines in named
    ]
    return [copy for copy in copies if copy.paragraphs]


_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
#: The dates by which a page of the eCFR, or a header of "key: value" lines, states its own day.
_STATED = re.compile(
    r"up to date as of (?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})|ecfr\.gov/on/(?P<iso>\d{4}-\d{2}-\d{2})/"
    r"|^(?:on|date|as_of)\s*[:=]\s*[\"']?(?P<key>\d{4}-\d{2}-\d{2})\b",
    re.MULTILINE | re.IGNORECASE,
)


def _day(file: str, text: str, on: date | None) -> date:
    """The day of a copy: from its text, else its file name, else its directories, else `on`."""
    stated = {_date(file, _written(match)) for match in _STATED.finditer(text[:4000])}
    for part in reversed(Path(file).parts):
        if stated:
            break
        stated = {_date(file, "-".join(match.groups())) for match in _ISO.finditer(part)}
    if len(stated) > 1:
        raise RulesetError(file, f"it names several days, {', '.join(map(str, sorted(stated)))}. Keep one.")
    day = next(iter(stated), on)
    if day is None:
        raise RulesetError(file, "no day is named in this text or its name. Give it: --on 2023-11-17.")
    if on is not None and day != on:
        raise RulesetError(file, f"it names the day {day}, while --on says {on}. Give the right one.")
    return day


def _written(match: re.Match[str]) -> str:
    if match["y"]:
        return f"{match['y']}-{int(match['m']):02}-{int(match['d']):02}"
    return match["iso"] or match["key"]


def _date(file: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RulesetError(file, f"{text} is not a calendar day.") from None


# --- XML as the government publishes it ---------------------------------------------------------------

_NUMBER = re.compile(r"\d{3}[A-Z]?\.\d+[a-z]?")
_SUPPLEMENT = re.compile(r"supplement\s+no\.?\s*(\d+)\s+to\s+part\s+(\d{3})", re.IGNORECASE)
_ENTRY = re.compile(r"^(\d[A-E]\d{3})\s+(?=[“\"'A-Z])")
_BLOCKS = ("HEAD", "P", "FP", "FP1", "FP2", "HD1", "HD2", "HD3", "NOTE", "EXTRACT", "TD", "TH", "LI")


def _of_xml(file: str, text: str) -> Iterator[tuple[str, list[str]]]:
    """(section, lines) of every DIV8 and DIV9 of the eCFR."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise RulesetError(file, "it declares a document type; the eCFR's XML has none. Save that XML itself.")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise RulesetError(file, f"this is not XML: {error}.") from None
    except RecursionError:
        raise RulesetError(file, "its elements are nested too deep to be the eCFR's.") from None
    divisions = [e for e in root.iter() if e.tag in ("DIV8", "DIV9")]
    if not divisions:
        raise RulesetError(file, "there is no DIV8 or DIV9 in it: that is how the eCFR's XML marks a section.")
    for element in divisions:
        name = element.get("N", "") or element.get("n", "")
        lines = [line for line in _blocks(element) if line]
        yield from _entries(_section(name) or _section(lines[0] if lines else ""), lines)


def _blocks(element: ElementTree.Element) -> Iterator[str]:
    """The text of each paragraph, including the elements inside it (emphasis, superscripts)."""
    for child in element:
        if child.tag in _BLOCKS and not any(inner.tag in _BLOCKS for inner in child.iter() if inner is not child):
            yield " ".join("".join(child.itertext()).split())
        else:
            yield from _blocks(child)


def _section(name: str) -> str:
    """The number of a section, or of a supplement as "740 supp. 8"; '' if there is none."""
    if match := _SUPPLEMENT.search(name):
        return f"{match[2]} supp. {match[1]}"
    match = _NUMBER.search(name)
    return match.group() if match else ""


def _entries(name: str, lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """A section unchanged, but the Commerce Control List split into its entries."""
    if name != "774 supp. 1":
        yield name, lines
        return
    entry = name
    held: list[str] = []
    for line in lines:
        if match := _ENTRY.match(_bare(line)):
            yield entry, held
            entry, held = f"774:{match[1]}", []
        held.append(line)
    yield entry, held


# --- Markdown and plain text ---------------------------------------------------------------------------

_HEADING = re.compile(
    r"^\s*(?:#{1,6}\s*)?\**\s*(?:§\s*\d{3}[A-Z]?\.\d+|supplement\s+no\.?\s*\d+\s+to\s+part\s+\d{3})", re.I
)


def _of_lines(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """(section, paragraphs): a section begins with a line "§ 742.6 ..."; blank lines separate paragraphs."""
    name = ""
    held: list[str] = []
    for line in lines:
        # a heading, not a sentence that begins with a reference
        if _HEADING.match(line) and (line.lstrip().startswith("#") or not line.rstrip().endswith((",", ";"))):
            yield from _entries(name, _joined(held))
            name, held = _section(line), []
        held.append(line)
    yield from _entries(name, _joined(held))


def _joined(lines: Iterable[str]) -> list[str]:
    """Lines joined to paragraphs, which end at a blank line or before a line that begins with a number."""
    joined: list[str] = []
    new = True
    for line in map(str.strip, lines):
        if not line:
            new = True
        elif new or _LABEL.match(_bare(line)) or _ENTRY.match(_bare(line)) or line.startswith("#"):
            joined.append(line)
            new = line.startswith("#")
        else:
            joined[-1] += f" {line}"
    return joined


# --- paragraphs and their numbers ----------------------------------------------------------------------

_LABEL = re.compile(r"^\(([a-z]{1,5}|[A-Z]{1,2}|\d{1,2})\)")
_INNER = re.compile(r"[.:—-]\s?((?:\((?:[a-z]{1,5}|[A-Z]{1,2}|\d{1,2})\))+)(?=\s)")
_ROMAN = re.compile(r"(?=.)x{0,3}(ix|iv|v?i{0,3})")
#: The numbering of paragraphs in the Code, level by level: (a)(1)(i)(A)(1)(i).
_KINDS = ("a", "1", "i", "A", "1", "i")


def paragraphs(lines: Iterable[str]) -> tuple[CodeParagraph, ...]:
    """Lines as normalised paragraphs with their full numbers."""
    numbered: list[CodeParagraph] = []
    stack: list[str] = []
    for line in lines:
        bare = _bare(line)
        rest = bare
        while match := _LABEL.match(rest):
            stack = _placed(stack, match[1])
            rest = rest[match.end() :].lstrip()
        if bare != rest:
            for match in _INNER.finditer(rest[:400]):
                # "(6) RS requirement-(i) Exports": the heading of a paragraph, then its first subparagraph
                for label in match[1].strip("()").split(")("):
                    deeper = _placed(stack, label)
                    stack = deeper if len(deeper) > len(stack) else stack
        text = plain(line)
        if text:
            numbered.append(CodeParagraph("".join(f"({label})" for label in stack), text))
    return tuple(numbered)


_ITEM = re.compile(r"^([a-z](?:\.\d+)?(?:\.[a-z])?(?:\.\d+)?)\.\s")


def _entry_paragraphs(lines: Iterable[str]) -> tuple[CodeParagraph, ...]:
    """The paragraphs of an entry of the Commerce Control List, which are numbered "a.1."."""
    matched = [(_ITEM.match(_bare(line)), plain(line)) for line in lines]
    return tuple(CodeParagraph(f".{match[1]}" if match else "", text) for match, text in matched if text)


def _placed(stack: list[str], label: str) -> list[str]:
    """The labels of the paragraph that follows `stack`: the next sibling at some level if possible, else one deeper."""
    kinds = [level for level, kind in enumerate(_KINDS) if _is(label, kind)]
    for level in sorted(kinds, reverse=True):
        if level < len(stack) and _follows(stack[level], label, _KINDS[level]):
            return [*stack[:level], label]
    if len(stack) in kinds and _rank(label, _KINDS[len(stack)]) == 1:
        return [*stack, label]
    for level in sorted(kinds, reverse=True):
        # siblings may be missing: an excerpt, or reserved paragraphs
        kind = _KINDS[level]
        if level < len(stack) and _is(stack[level], kind) and _rank(label, kind) > _rank(stack[level], kind):
            return [*stack[:level], label]
    deepest = max((level for level in kinds if level <= len(stack)), default=0)
    return [*stack[:deepest], label]


def _is(label: str, kind: str) -> bool:
    if kind == "1":
        return label.isdigit()
    if kind == "A":
        return label.isupper()
    roman = bool(_ROMAN.fullmatch(label))
    if kind == "i":
        return roman
    # (aa) follows (z), but (ii) and (xx) are Roman
    return label.islower() and len(set(label)) == 1 and not (roman and len(label) > 1)


def _rank(label: str, kind: str) -> int:
    if kind == "1":
        return int(label)
    if kind == "i":
        values = {"i": 1, "v": 5, "x": 10}
        digits = [values[c] for c in label]
        return sum(-n if n < max(digits[i:]) else n for i, n in enumerate(digits))
    return ord(label[0].lower()) - ord("a") + 1 + 26 * (len(label) - 1)


def _follows(elder: str, label: str, kind: str) -> bool:
    return _is(elder, kind) and _rank(label, kind) == _rank(elder, kind) + 1


_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>])")
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|\*{1,3}")
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‘’‚‛′`´", "'"), "^": "", "\u00ad": ""})
_DASHES = re.compile(r"\s*(?:[-\u2010-\u2015\u2212]+)\s*")


def _bare(line: str) -> str:
    """A line without Markdown markup."""
    return _EMPHASIS.sub("", _ESCAPED.sub(r"\1", line.strip().strip("#").strip()))


def plain(text: str) -> str:
    """Text normalised for comparison: white space, typographic quotes and dashes, superscripts, emphasis."""
    bare = unicodedata.normalize("NFKC", _bare(text)).translate(_QUOTES)
    return _DASHES.sub("-", " ".join(bare.split()))
