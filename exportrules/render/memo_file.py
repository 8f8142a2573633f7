"""The memorandum as a file: Markdown, HTML, PDF or a Word document, with its head, on the paper that is wanted."""

from __future__ import annotations

from exportrules.answer.determination import Determination
from exportrules.errors import QuestionError
from exportrules.files.write import free
from exportrules.render.head import Head
from exportrules.render.memo import contents
from exportrules.render.page import PAPERS, markdown, page

FORMS = ("md", "html", "pdf", "docx")


def form_of(path: str | None, paper: str | None, *, force: bool = False) -> str:
    """The form that a file's name asks for, Markdown where there is no file. Ask before long work.

    Raises QuestionError for another suffix, a file that is there already, a library that is not installed, or a paper
    for what is not printed.
    """
    form = free(path, force=force).suffix.lower().removeprefix(".") if path else "md"
    if form not in FORMS:
        hint = (
            " Did you mean .html?" if form == "htm" else " Did you mean .docx?" if form in ("doc", "odt", "rtf") else ""
        )
        raise QuestionError(
            f"{path} does not end in .md, .html, .pdf or .docx, so it is not clear what to write. Name the file for "
            f"the form that is wanted.{hint}"
        )
    if paper is not None and paper not in PAPERS:
        raise QuestionError(f"paper = {paper!r} is not one of: {', '.join(PAPERS)}.")
    if form == "md" and paper is not None:
        raise QuestionError(
            "--paper is for .html, .pdf and .docx: Markdown has no pages. Leave it out, or give -o FILE."
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

    Without a `paper` these two are set for Letter, and HTML for whatever it is printed on.
    """
    title, blocks = contents(d, head, signed=form in ("pdf", "docx"))
    if form == "pdf":
        from exportrules.render.pdf import pdf

        return pdf(title, blocks, paper or "letter")
    if form == "docx":
        from exportrules.render.docx import docx

        return docx(title, blocks, paper or "letter")
    return page(title, blocks, paper or "") if form == "html" else markdown(title, blocks)
