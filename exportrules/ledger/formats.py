"""How a workbook shows its days: the number format of a cell, which readers of values omit."""

from __future__ import annotations

import html
import os
import re
import zipfile

#: Excel's own formats of days, by number; 14 is the short date of whatever machine shows it.
_BUILT_IN = {14: "", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: ""}
_MOST = 4 << 20
_DAY = re.compile(r"y", re.I)


def day_format(path: str | os.PathLike[str], sheet: str, cell: str) -> str:
    """The format of a cell, e.g. "B7", if it is one of days with their years; '' if not, or if it is unknown."""
    if not os.fspath(path).lower().endswith((".xlsx", ".xlsm")):
        return ""
    try:
        with zipfile.ZipFile(path) as book:
            part = sheet_part(book, sheet)
            style = re.search(rf'<c r="{cell}"[^>]*?\bs="(\d+)"', _text(book, part))
            code = _format(_text(book, "xl/styles.xml"), int(style[1])) if style else ""
    except (OSError, KeyError, ValueError, IndexError, zipfile.BadZipFile):
        return ""
    # a colour, a condition or a locale before the format does not affect how the day is written
    code = re.sub(r"\[[^\]]*\]", "", code).split(";")[0]
    return code if _DAY.search(code) and "m" in code.lower() and "d" in code.lower() else ""


def _text(book: zipfile.ZipFile, name: str) -> str:
    with book.open(name) as part:
        return part.read(_MOST).decode("utf-8", "replace")


def sheet_part(book: zipfile.ZipFile, sheet: str) -> str:
    """The path of a sheet inside the workbook's archive."""
    for tag in re.finditer(r"<(?:\w+:)?sheet\b[^>]*>", _text(book, "xl/workbook.xml")):
        name, relation = re.search(r'\bname="([^"]*)"', tag[0]), re.search(r'\br:id="([^"]*)"', tag[0])
        if name and relation and html.unescape(name[1]) == sheet:
            for link in re.finditer(r"<Relationship\b[^>]*>", _text(book, "xl/_rels/workbook.xml.rels")):
                if f'Id="{relation[1]}"' in link[0] and (target := re.search(r'Target="([^"]*)"', link[0])):
                    return target[1].lstrip("/") if target[1].startswith("/") else f"xl/{target[1]}"
    raise KeyError(sheet)


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
