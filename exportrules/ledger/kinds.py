"""The kind of a file by its first bytes, if the suffix of its name says otherwise, and what to do about it."""

from __future__ import annotations

import codecs
import os

_OLE = b"\xd0\xcf\x11\xe0"
_ZIPPED = (".xlsx", ".xlsm", ".xlsb", ".ods")
_TEXTS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")
_SAVE = "Open it in Excel and save it as .xlsx"


def mistaken(path: str | os.PathLike[str], ending: str) -> str:
    """A message with the kind of a file and what to do, if its suffix is wrong; '' if it may be right."""
    with open(path, "rb") as file:
        head = file.read(512)
    for mark, endings, what in _KINDS:
        if head.startswith(mark) and ending not in endings:
            return what
    if ending in _TEXTS or not head:
        return ""
    if _is_markup(head):
        return f"it is a web page or XML, as some programs write under that name. {_SAVE}."
    if _is_text(head):
        what = "Parquet file" if ending == ".parquet" else "workbook"
        return f"it is a text file, not a {what}. Rename it to end in .csv."
    return ""


_KINDS = (
    (b"PK\x03\x04", _ZIPPED, "it is a workbook, or another archive. If it is a workbook, rename it to end in .xlsx."),
    (_OLE, (".xls", *_ZIPPED), f"it is an old workbook, or one with a password. {_SAVE}, without a password."),
    (b"PAR1", (".parquet",), "it is a Parquet file. Rename it to end in .parquet."),
    (b"%PDF", (), "it is a PDF. Export the table that it was made from."),
    (b"\x1f\x8b", (), "it is compressed. Unpack it first."),
)


def _is_markup(head: bytes) -> bool:
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def _is_text(head: bytes) -> bool:
    return not any(byte < 32 and byte not in b"\t\r\n\f" for byte in head) or head.startswith(
        (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    )
