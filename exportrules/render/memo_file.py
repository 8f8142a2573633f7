"""The memorandum as a file: Markdown, HTML, PDF or a Word document, with its head and paper size."""

from __future__ import annotations

from exportrules.answer.determination import Determination
from exportrules.errors import QuestionError
from exportrules.files.write import free
from exportrules.render.head import Head
from exportrules.render.memo import contents
from exportrules.render.page import PAPERS, markdown, page

FORMS = ("md", "html", "pdf", "docx")


def form_of(path: str | None, paper: str | None, *, force: bool = False) -> str:
    """The form by a file's suffix; Markdown without a file. Call it before long work.

    Raises QuestionError for another suffix, an existing file, a missing library, or a paper size for Markdown.
    """
    form = free(path, force=force).suffix.lower().removeprefix(".") if path else "md"
    if form not in FORMS:
        hint = (
            " Did you mean .html?" if form == "htm" else " Did you mean .docx?" if form in ("doc", "odt", "rtf") else ""
        )
        raise QuestionError(
            f"{path} does not end in .md, .html, .pdf or .docx, so it is not clear what to write. Name the file for "
            f"the format that is wanted.{hint}"
        )
    if paper is not None and paper not in PAPERS:
        raise QuestionError(f"paper = {paper!r} is not one of: {', '.join(PAPERS)}.")
    if form == "md" and paper is not None:
        raise QuestionError(
            "--paper is for .html, .pdf and .docx: Markdown has no pages. Omit --paper, or give -o FILE."
        )
    if form == "pdf":
        from exportrules.render.pdf import ready

        ready()
    if form == "docx":
        from exportrules.render.docx import ready as ready_docx

        ready_docx()
    return form


def document(d: Determination, form: str, head: Head | None = None, paper: str | None = None) -> str | bytes:
    """The memorandum in one of FORMS: text, or the bytes of a PDF or a Word document.

    Without `paper` these two are set for Letter, and HTML for any size.
    """
    title, blocks = contents(d, head, signed=form in ("pdf", "docx"))
    if form == "pdf":
        from exportrules.render.pdf import pdf

        return pdf(title, blocks, paper or "letter")
    if form == "docx":
        from exportrules.render.docx import docx

        return docx(title, blocks, paper or "letter")
    return page(title, blocks, paper or "") if form == "html" else markdown(title, blocks)
