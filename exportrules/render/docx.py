"""A page as a Word document, by python-docx. The same page always gives the same bytes."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from exportrules.errors import QuestionError
from exportrules.render.page import Block, Heading, Items, Pairs, Paragraph, Signature, Table, runs
from exportrules.render.safe import safe

if TYPE_CHECKING:
    from docx.document import Document

#: Width and height in millimetres.
_SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
_MARGIN = 18.0
_FONT = "Times New Roman"
#: The widths of the columns in a table of five, as shares of the whole.
_SHARES = (0.26, 0.29, 0.2, 0.07, 0.18)


def ready() -> None:
    """Raises QuestionError if python-docx is not installed. Call this before long work."""
    if importlib.util.find_spec("docx") is None:
        raise QuestionError("a Word document needs python-docx. Install it with: pip install 'exportrules[memo]'")


def docx(title: str, blocks: Sequence[Block], paper: str = "letter") -> bytes:
    """The page as the bytes of a .docx on `paper`, one of PAPERS."""
    ready()
    import docx as word

    document = word.Document()
    _set(document, safe(title), paper)
    document.add_paragraph(safe(title), style="Title")
    writer = _Writer(document, _SIZES[paper][0] - 2 * _MARGIN)
    for block in blocks:
        writer.write(block)
    file = io.BytesIO()
    document.save(file)
    return _undated(file.getvalue())


def _set(document: Document, title: str, paper: str) -> None:
    """Set paper, margins, styles, the footer with page numbers, and the document's title."""
    import datetime

    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = (Mm(side) for side in _SIZES[paper])
    section.left_margin = section.right_margin = Mm(_MARGIN)
    section.top_margin, section.bottom_margin = Mm(16), Mm(17)
    styles: Any = document.styles  # the stubs know only base styles
    for name, size, before, after in (
        ("Normal", 9.5, 0, 3), ("Title", 16, 0, 8), ("Heading 1", 10.5, 9, 3), ("List Bullet", 9.5, 0, 2),
        ("List Number", 8.5, 0, 2),
    ):  # fmt: skip
        style = styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), RGBColor(0x1A, 0x1A, 0x1A)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(_q("w:eastAsia"), _FONT)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            style.element.rPr.rFonts.attrib.pop(_q(f"w:{theme}"), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.0
    styles["Title"].font.bold = styles["Heading 1"].font.bold = True
    for rule in styles["Title"].element.pPr.findall(_q("w:pBdr")):
        styles["Title"].element.pPr.remove(rule)
    styles["Footer"].paragraph_format.tab_stops.clear_all()
    footer = section.footer.paragraphs[0]
    footer.paragraph_format.tab_stops.add_tab_stop(Mm(_SIZES[paper][0] - 2 * _MARGIN), WD_TAB_ALIGNMENT.RIGHT)
    footer.add_run(f"{title}\t").font.size = Pt(8)
    for number, code in enumerate(("PAGE", "NUMPAGES")):
        if number:
            footer.add_run(" / ").font.size = Pt(8)
        _field(footer, code)
    about = document.core_properties
    about.title, about.author, about.comments = title, "", ""
    about.language = "en-US"
    # in place of the day on which the template was made
    about.created = about.modified = datetime.datetime(1980, 1, 1)


class _Writer:
    def __init__(self, document: Document, width: float) -> None:
        self.document, self.width, self.marks = document, width, 0

    def write(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._runs(_ruled(self.document.add_paragraph(style="Heading 1")), block.text)
        elif isinstance(block, Paragraph):
            self._paragraph(block)
        elif isinstance(block, Items):
            for number, item in enumerate(block.items, 1):
                self._item(item, number if block.numbered else 0)
        elif isinstance(block, Pairs):
            self._pairs(block)
        elif isinstance(block, Signature):
            self._signature(block)
        else:
            self._table(block)

    def _paragraph(self, block: Paragraph) -> None:
        from docx.shared import Mm, Pt

        paragraph = self.document.add_paragraph()
        if block.lead:
            paragraph.add_run(f"{safe(block.lead)} ").bold = True
        if block.role == "answer":
            paragraph.paragraph_format.left_indent = Mm(3)
            _bordered(paragraph, "left", 18)
        paragraph.paragraph_format.keep_with_next = block.role == "small"
        self._runs(paragraph, block.text, bold=block.role == "answer", size=Pt(8.5) if block.role == "small" else None)

    def _item(self, text: str, number: int) -> None:
        from docx.shared import Mm, Pt

        if not number:
            self._runs(self.document.add_paragraph(style="List Bullet"), text)
            return
        # written out, since programs that renumber lists would break the references
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Mm(6), Mm(-6)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(6))
        paragraph.paragraph_format.space_after = Pt(1)
        _marked(paragraph, f"authority_{number}", number)
        paragraph.add_run(f"{number}.\t").font.size = Pt(8.5)
        self._runs(paragraph, text, size=Pt(8.5))

    def _pairs(self, block: Pairs) -> None:
        table = self._grid(32 / self.width, 1 - 32 / self.width)
        for label, text in block.rows:
            cells = table.add_row().cells
            self._runs(_tight(cells[0].paragraphs[0]), label, bold=True)
            self._runs(_tight(cells[1].paragraphs[0]), text)

    def _table(self, block: Table) -> None:
        from docx.shared import Pt

        count = len(block.head)
        table = self._grid(*(_SHARES if count == len(_SHARES) else (1 / count,) * count))
        for at, row in enumerate([block.head, *block.rows]):
            added = table.add_row()
            _unsplit(added, head=not at)
            for cell, text in zip(added.cells, row, strict=True):
                _lined(cell, "bottom")
                self._runs(_tight(cell.paragraphs[0]), text, bold=not at, size=Pt(8.5), raised=False)
        self._gap(Pt(2))

    def _gap(self, height: Any) -> Any:
        """Add an empty paragraph: Word needs one after a table, and one before it to keep it with the text above."""
        from docx.shared import Pt

        paragraph = _tight(self.document.add_paragraph())
        paragraph.paragraph_format.line_spacing = height
        paragraph.add_run("").font.size = Pt(2)
        return paragraph

    def _grid(self, *shares: float) -> Any:
        """Add a table without rows whose columns take these shares of the width."""
        from docx.shared import Mm

        table = self.document.add_table(rows=0, cols=len(shares))
        table.autofit = False
        for column, share in zip(table.columns, shares, strict=True):
            column.width = Mm(self.width * share)
        return table

    def _signature(self, block: Signature) -> None:
        from docx.shared import Pt

        above = self._gap(Pt(24))
        above.paragraph_format.keep_with_next = True
        table = self._grid(0.62, 0.06, 0.32)
        row = table.add_row()
        _unsplit(row, head=False)
        for cell, text in zip(row.cells, (safe(block.who) or "Signature", "", "Date"), strict=True):
            if text:
                _lined(cell, "top", "1A1A1A")
                _tight(cell.paragraphs[0]).add_run(text)

    def _runs(self, paragraph: Any, text: str, *, bold: bool = False, size: Any = None, raised: bool = True) -> None:
        for kind, piece in runs(text):
            if kind == "text":
                run = paragraph.add_run(piece)
            else:
                shown = f"[{piece}]" if kind == "cited" else piece
                run = _linked(paragraph, shown, f"authority_{piece}" if kind == "cited" else "", piece)
                run.font.superscript = True if kind == "cited" and raised else None
            run.bold = bold or None
            if size is not None:
                run.font.size = size


def _q(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(name))


def _element(tag: str, /, **attributes: str) -> Any:
    from docx.oxml import OxmlElement

    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(_q(f"w:{key}"), value)
    return element


def _tight(paragraph: Any) -> Any:
    from docx.shared import Pt

    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(1)
    return paragraph


def _ruled(paragraph: Any) -> Any:
    paragraph.paragraph_format.keep_with_next = True
    return _bordered(paragraph, "bottom", 4)


def _bordered(paragraph: Any, side: str, eighths: int) -> Any:
    """Draw a line on one side of a paragraph, its thickness in eighths of a point."""
    borders = _element("w:pBdr")
    borders.append(_element(f"w:{side}", val="single", sz=str(eighths), space="4" if side == "left" else "1",
                            color="1A1A1A" if side != "bottom" else "AAAAAA"))  # fmt: skip
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
        "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing",
        "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection",
        "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr",
        "w:pPrChange",
    )  # fmt: skip
    return paragraph


def _lined(cell: Any, side: str, color: str = "AAAAAA") -> None:
    """Draw a thin line on one side of a cell."""
    borders = _element("w:tcBorders")
    borders.append(_element(f"w:{side}", val="single", sz="4", space="0", color=color))
    cell._tc.get_or_add_tcPr().append(borders)


def _unsplit(row: Any, *, head: bool) -> None:
    """Keep a row on one page; repeat it on the next if it is the head."""
    properties = row._tr.get_or_add_trPr()
    properties.append(_element("w:cantSplit"))
    if head:
        properties.append(_element("w:tblHeader"))


def _marked(paragraph: Any, name: str, number: int) -> None:
    """Add a bookmark to a paragraph, as the target of references."""
    paragraph._p.append(_element("w:bookmarkStart", id=str(number), name=name))
    paragraph._p.append(_element("w:bookmarkEnd", id=str(number)))


def _linked(paragraph: Any, text: str, mark: str, url: str) -> Any:
    """Add a run inside a link to a bookmark of the document, or to `url` if `mark` is ''."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.text.run import Run

    if mark:
        link = _element("w:hyperlink", anchor=mark)
    else:
        link = _element("w:hyperlink")
        link.set(_q("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    element = _element("w:r")
    link.append(element)
    paragraph._p.append(link)
    run = Run(element, paragraph)
    run.text = text
    return run


def _field(paragraph: Any, code: str) -> None:
    """Add a field that the reader's program fills in: PAGE or NUMPAGES."""
    from docx.shared import Pt

    for kind in ("begin", "", "separate", "text", "end"):
        run = paragraph.add_run()
        run.font.size = Pt(8)
        if kind == "text":
            run.text = "1"
        elif kind:
            run._r.append(_element("w:fldChar", fldCharType=kind))
        else:
            instruction = _element("w:instrText")
            instruction.text = code
            run._r.append(instruction)


def _undated(archive: bytes) -> bytes:
    """The archive with the same fixed day on all of its parts, so that its bytes do not depend on a clock."""
    undated = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(undated, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(entry))
    return undated.getvalue()
