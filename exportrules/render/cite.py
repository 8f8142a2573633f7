"""Citations of an answer: the program, the edition of the data with its digest, and the question."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from exportrules.law.ruleset import Ruleset
from exportrules.render.safe import safe

TITLE = "exportrules: dated, cited US export rules for AI chips, computed"
AUTHOR = "The exportrules contributors"
FORMS = ("text", "bibtex", "csl")

_EDITION = re.compile(r"(\d{4})\.(\d{1,2})(?!\d)")
_LATEX = re.compile(r"[\\{}$&#^_%~]")
_LATEX_WORDS = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


@dataclass(frozen=True, slots=True)
class Reference:
    """The data that permanently identify an answer. `question` is empty if only the edition is cited."""

    version: str
    edition: str
    currency: str
    digest: str
    question: str = ""


def reference(law: Ruleset, question: str = "") -> Reference:
    """The reference to a ruleset, and to a question asked of it."""
    import exportrules

    return Reference(
        exportrules.__version__, law.edition.edition, safe(law.currency), law.digest, safe(question).rstrip(".")
    )


def cite(ref: Reference, form: str = "text") -> str:
    """The reference in one of FORMS: a sentence, a BibTeX entry, a CSL-JSON list of one item."""
    return {"text": _text, "bibtex": _bibtex, "csl": _csl}[form](ref)


def short(law: Ruleset) -> str:
    """The citation under a picture, whose title is the question; 12 digits of the digest identify the edition."""
    ref = reference(law)
    return f"Cite as: exportrules {ref.version}, {_data(ref, 12)}, with the title above."


def _data(ref: Reference, digits: int = 64) -> str:
    return f"data edition {ref.edition}, {ref.currency}, SHA-256 {ref.digest[:digits]}"


def _text(ref: Reference) -> str:
    question = f" Question: {ref.question}." if ref.question else ""
    return f"{AUTHOR}. exportrules {ref.version}, {_data(ref)}.{question}"


def _bibtex(ref: Reference) -> str:
    issued = _EDITION.match(ref.edition)
    fields = {
        "author": f"{{{AUTHOR}}}",
        "title": f"{{{_latex(TITLE)}}}",
        "year": issued[1] if issued else "",
        "month": str(int(issued[2])) if issued else "",
        "howpublished": f"Software, version {_latex(ref.version)}, data edition {_latex(ref.edition)}",
        "note": _latex(
            f"{ref.currency}; SHA-256 {ref.digest}" + (f"; question: {ref.question}" if ref.question else "")
        ),
    }
    lines = ",\n".join(f"  {name:<12} = {{{value}}}" for name, value in fields.items() if value)
    key = re.sub(r"[^A-Za-z0-9]+", "-", ref.edition)
    return f"@misc{{exportrules-{key},\n{lines}\n}}"


def _latex(text: str) -> str:
    return _LATEX.sub(lambda match: _LATEX_WORDS.get(match.group(), f"\\{match.group()}"), text)


def _csl(ref: Reference) -> str:
    issued = _EDITION.match(ref.edition)
    item: dict[str, Any] = {
        "id": f"exportrules-{ref.edition}",
        "type": "software",
        "title": TITLE,
        "author": [{"literal": AUTHOR}],
        "version": f"{ref.version}, data edition {ref.edition}",
        "note": f"{ref.currency}; SHA-256 {ref.digest}" + (f"; question: {ref.question}" if ref.question else ""),
    }
    if issued:
        item["issued"] = {"date-parts": [[int(issued[1]), int(issued[2])]]}
    return json.dumps([item], ensure_ascii=False, indent=2)
