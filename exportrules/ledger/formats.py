"""The number format in which a workbook shows its days, which readers of values omit."""

from __future__ import annotations

import html
import os
import posixpath
import re
import zipfile
from functools import cached_property
from xml.etree.ElementTree import XML, ParseError

#: Excel's own formats of days, by number; 14 is the short date of whatever machine shows it.
_BUILT_IN = {14: "", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: ""}
_MOST = 4 << 20
_DAY = re.compile(r"y", re.I)


def day_format(path: str | os.PathLike[str], sheet: str, cell: str) -> str:
    """The format of a cell, e.g. "B7", if it is one of days with their years; '' if not, or if it is unknown."""
    if not os.fspath(path).lower().endswith((".xlsx", ".xlsm")):
        return ""
    try:
        with Archive(path) as book:
            part = sheet_parts(book)[sheet]
            style = re.search(rf'<c r="{cell}"[^>]*?\bs="(\d+)"', _text(book, part))
            code = _format(_text(book, "xl/styles.xml"), int(style[1])) if style else ""
    except (OSError, KeyError, ValueError, IndexError, ParseError, zipfile.BadZipFile):
        return ""
    # a colour, a condition or a locale before the format does not affect how the day is written
    code = re.sub(r"\[[^\]]*\]", "", code).split(";")[0]
    return code if _DAY.search(code) and "m" in code.lower() and "d" in code.lower() else ""


def letters_of(column: int) -> str:
    """The letters of a column in Excel, counted from 0: A, B, ..., Z, AA."""
    letters = ""
    while column >= 0:
        column, last = divmod(column, 26)
        letters, column = chr(65 + last) + letters, column - 1
    return letters


class Archive(zipfile.ZipFile):
    """An archive whose parts are found in upper or lower case and with either slash, as Excel finds them."""

    @cached_property
    def _alike(self) -> dict[str, zipfile.ZipInfo]:
        return {_plain(info.filename): info for info in self.infolist()}

    def getinfo(self, name: str) -> zipfile.ZipInfo:
        return self._alike[_plain(name)]


def _plain(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _text(book: zipfile.ZipFile, name: str) -> str:
    with book.open(name) as part:
        return part.read(_MOST).decode("utf-8", "replace")


def sheet_parts(book: zipfile.ZipFile) -> dict[str, str]:
    """The sheets of a workbook by name, in its order, with the path of each inside the archive."""
    name = next(part for kind, part in related(book, "").values() if kind == "officeDocument")
    parts = related(book, name)
    sheets = (element for element in XML(book.read(name)).iter() if element.tag.endswith("}sheet"))
    return {
        sheet.get("name", ""): next(parts[value][1] for key, value in sheet.items() if key.endswith("}id"))
        for sheet in sheets
    }


def related(book: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """The kinds and paths of the parts to which a part refers, by the name that it has for each; '' is the archive."""
    directory, file = posixpath.split(name)
    return {
        link.get("Id", ""): (
            posixpath.basename(link.get("Type", "")),
            posixpath.normpath(posixpath.join("/", directory, link.get("Target", "")))[1:],
        )
        for link in XML(book.read(posixpath.join(directory, "_rels", f"{file}.rels")))
    }


def _format(styles: str, number: int) -> str:
    """The number format of a cell's style."""
    own = {
        int(one[1]): html.unescape(code[1])
        for tag in re.finditer(r"<numFmt\b[^>]*>", styles)
        if (one := re.search(r'numFmtId="(\d+)"', tag[0])) and (code := re.search(r'formatCode="([^"]*)"', tag[0]))
    }
    cells = re.search(r"<cellXfs\b.*?</cellXfs>", styles, re.S)
    style = re.findall(r"<xf\b[^>]*>", cells[0] if cells else "")[number]
    kind = re.search(r'numFmtId="(\d+)"', style)
    return own.get(int(kind[1]), _BUILT_IN.get(int(kind[1]), "")) if kind else ""
