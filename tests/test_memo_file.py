"""The memorandum as a document of the file: its head, the line to sign, PDF and Word; and what it does not say."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from exportrules import QuestionError, check
from exportrules.cli import cli
from exportrules.errors import OutputError
from exportrules.render.head import Head, head
from exportrules.render.memo import memo
from exportrules.render.memo_file import FORMS, document
from tests.test_memo import DEALS

HEAD = head(
    matter="2024-017 <Lotus> #1 [x]",
    order="PO-4711",
    quantity="1,024 boards",
    value="USD 240,000",
    preparer="J. Moreau, Trade Compliance",
    addressed="General Counsel",
)
ASKED = ("H800", "--on", "2023-06-01")
#: Millimetres of a page in points.
SIZES = {"letter": (612.0, 792.0), "a4": (595.3, 841.9)}


def run(*args: Any) -> Any:
    return CliRunner().invoke(cli, list(map(str, args)))


def text_of(made: str | bytes) -> str:
    """The text of a PDF, line ends as spaces."""
    assert isinstance(made, bytes)
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def words_of(made: str | bytes) -> str:
    """The text of a Word document's body, tables too."""
    assert isinstance(made, bytes)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        body = archive.read("word/document.xml").decode("utf-8")
    return " ".join("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|(?=</w:p>)", body)).split())


# --- the head ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_the_head_stands_above_with_the_day_of_the_question_and_a_line_to_sign_below(form: str) -> None:
    made = document(check("H800", on="2023-06-01"), form, HEAD)
    text = text_of(made) if form == "pdf" else words_of(made) if form == "docx" else made
    assert isinstance(text, str)
    written = {"html": "2024-017 &lt;Lotus&gt; #1 [x]", "docx": "2024-017 &lt;Lotus&gt; #1 [x]",
               "md": r"2024-017 \<Lotus\> #1 \[x\]", "pdf": "2024-017 <Lotus> #1 [x]"}[form]  # fmt: skip
    places = [
        text.index(part)
        for part in ("General Counsel", "J. Moreau, Trade Compliance", written, "PO-4711", "1,024 boards",
                     "USD 240,000", "Day of export", "Question", "Short answer", "Record")
    ]  # fmt: skip
    assert places == sorted(places)
    assert "June 1, 2023" in text[places[6] : places[7]]
    assert text.rindex("J. Moreau, Trade Compliance") > places[-1]
    assert "Date" in text[places[-1] :]


def test_without_a_head_text_is_as_it_was_and_documents_have_a_line_to_sign() -> None:
    d = check("H800", on="2023-06-01")
    assert document(d, "md") == memo(d, "md")
    assert "Signature" not in memo(d, "md")
    assert "Day of export" not in memo(d, "md")
    assert document(d, "html", Head()) == memo(d, "html")
    assert text_of(document(d, "pdf")).rstrip().rindex("Signature") > 0
    assert "Signature" in words_of(document(d, "docx"))


@pytest.mark.parametrize(
    ("option", "written", "why"),
    [
        ("--matter", "", "is empty"),
        ("--matter", "  ", "is empty"),
        ("--matter", "TBD", "is a placeholder and says nothing"),
        ("--order", "n/a", "is a placeholder and says nothing"),
        ("--preparer", "unknown", "is a placeholder and says nothing"),
        ("--preparer", "---", "is a placeholder and says nothing"),
        ("--for", "xxx", "is a placeholder and says nothing"),
        ("--matter", "a\nb", "has a line break or a character that nobody sees"),
        ("--matter", "a\u202eb", "has a line break or a character that nobody sees"),
        ("--matter", "m" * 201, "is longer than 200 characters"),
        ("--quantity", "eight", "does not begin with a number above zero"),
        ("--quantity", "0", "does not begin with a number above zero"),
        ("--quantity", "000", "does not begin with a number above zero"),
        ("--quantity", "-3", "does not begin with a number above zero"),
        ("--quantity", "1,0 boards", "does not begin with a number above zero"),
        ("--quantity", "tbc", "is a placeholder and says nothing"),
        ("--value", "240000", "names no currency"),
        ("--value", "USD", "is not one amount above zero"),
        ("--value", "USD 0", "is not one amount above zero"),
        ("--value", "-5 EUR", "is not one amount above zero"),
        ("--value", "USD 1 to 2", "is not one amount above zero"),
        ("--value", "pending", "is a placeholder and says nothing"),
    ],
)
def test_an_entry_that_says_nothing_or_cannot_be_so_is_refused(
    tmp_path: Path, option: str, written: str, why: str
) -> None:
    ran = run("memo", *ASKED, option, written, "-o", tmp_path / "m.md")
    assert isinstance(ran.exception, QuestionError)
    assert str(ran.exception).startswith(option)
    assert why in str(ran.exception)
    assert f"Omit it, or write e.g. {option} " in str(ran.exception)
    assert not (tmp_path / "m.md").exists()


@pytest.mark.parametrize(
    "given", [{"quantity": "8"}, {"quantity": "1"}, {"quantity": "2.5 kg"}, {"value": "€240,000.50"},
              {"value": "240000 EUR"}, {"order": "4711"}, {"matter": "件名 2024-017"}],
)  # fmt: skip
def test_what_is_written_is_printed_as_it_is(given: dict[str, str]) -> None:
    ((_, said),) = head(**given).rows()
    assert said == next(iter(given.values()))


def test_the_head_changes_no_answer() -> None:
    d = check("H800", on="2023-06-01")
    with_head = document(d, "md", HEAD)
    assert isinstance(with_head, str)
    body = with_head.partition("## Question")[2].rpartition("\nSignature: ")[0]
    assert body.strip() == memo(d, "md").partition("## Question")[2].strip()


# --- pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize(("chip", "asked"), DEALS[::3])
def test_a_pdf_has_the_paper_that_was_asked_for_two_pages_and_their_numbers(
    chip: Any, asked: dict[str, Any], paper: str
) -> None:
    d = check(chip, **asked)
    made = document(d, "pdf", HEAD, paper)
    assert isinstance(made, bytes)
    assert made == document(d, "pdf", HEAD, paper)
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert len(reader.pages) <= 2
    for number, page in enumerate(reader.pages, 1):
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(SIZES[paper], abs=0.5)
        assert f"{number} / {len(reader.pages)}" in page.extract_text()
    # no clock: the file has no day of its own
    assert reader.metadata is not None
    assert "/CreationDate" not in reader.metadata
    assert str(reader.metadata["/Title"]).startswith("Memorandum: ")


@pytest.mark.parametrize("form", ["pdf", "docx"])
@pytest.mark.parametrize(("chip", "asked"), DEALS[1::4])
def test_a_document_says_what_the_markdown_says(chip: Any, asked: dict[str, Any], form: str) -> None:
    d = check(chip, **asked)
    made = document(d, form)
    assert isinstance(made, bytes)
    text = text_of(made) if form == "pdf" else words_of(made)
    plain = re.sub(r"\\(.)", r"\1", memo(d, "md"))
    words = [w for line in plain.splitlines() if line.startswith(("- ", "**", "It is", "This has", "Made with"))
             for w in re.findall(r"[A-Za-z0-9.]{4,}", line.replace("https://", " "))]  # fmt: skip
    squeezed = re.sub(r"\W", "", text)
    missing = [w for w in words if re.sub(r"\W", "", w) not in squeezed]
    assert not missing


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_word_document_is_valid_has_its_paper_and_no_clock(paper: str) -> None:
    d = check("H200", on="2026-02-02")
    made = document(d, "docx", HEAD, paper)
    assert isinstance(made, bytes)
    assert made == document(d, "docx", HEAD, paper)
    read: Any = docx.Document(io.BytesIO(made))
    section = read.sections[0]
    assert (section.page_width.pt, section.page_height.pt) == pytest.approx(SIZES[paper], abs=0.5)
    assert [p.text for p in read.paragraphs if p.style.name == "Heading 1"][:2] == ["Question", "Short answer"]
    assert read.core_properties.title.startswith("Memorandum: H200")
    assert read.core_properties.author == ""
    footer = section.footer._element.xml
    assert "PAGE" in footer
    assert "NUMPAGES" in footer
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        body = archive.read("word/document.xml").decode("utf-8")
    anchors = set(re.findall(r'w:anchor="([^"]+)"', body))
    assert anchors
    assert anchors <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', body))


def test_paper_is_for_what_is_printed(tmp_path: Path) -> None:
    ran = run("memo", *ASKED, "--paper", "a4")
    assert "--paper is for .html, .pdf and .docx" in str(ran.exception)
    assert run("memo", *ASKED, "--paper", "a4", "-o", tmp_path / "m.html").exit_code == 0
    assert "@page { size: a4; }" in (tmp_path / "m.html").read_text("utf-8")
    assert run("memo", *ASKED, "--paper", "a5", "-o", tmp_path / "m.pdf").exit_code == 2


# --- what others write --------------------------------------------------------------------------------


@settings(derandomize=True, database=None, deadline=None, max_examples=5)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=14).map(str.strip))
def test_nobody_writes_markup_into_a_document(buyer: str) -> None:
    name = f"Lotus #x *y* $z$ <w:t> @a {buyer} Ltd"
    d = check("H800", on="2023-06-01", end_user=name)
    squeezed = re.sub(r"\s", "", name)
    assert squeezed in re.sub(r"\s", "", text_of(document(d, "pdf")))
    word = document(d, "docx")
    assert isinstance(word, bytes)
    read: Any = docx.Document(io.BytesIO(word))
    assert any(name in paragraph.text for paragraph in read.paragraphs)


def test_a_character_without_a_font_is_told_and_not_replaced_by_a_box() -> None:
    d = check("H800", on="2023-06-01", end_user="\U00012000\U00012001 Trading")
    with pytest.raises(
        OutputError, match=r"no installed font has .* write .docx or .html, which use the reader's fonts"
    ):
        document(d, "pdf")
    assert "\U00012000\U00012001 Trading" in words_of(document(d, "docx"))


def test_a_library_that_is_not_installed_is_named_before_the_question_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for form, library in (("pdf", "typst"), ("docx", "python-docx")):
        ran = run("memo", *ASKED, "-o", tmp_path / f"m.{form}")
        assert f"needs {library}. Install it with: pip install 'exportrules[memo]'" in str(ran.exception)
        assert not (tmp_path / f"m.{form}").exists()


@pytest.mark.parametrize("name", ["m.doc", "m.odt", "m.htm", "m", "m.pdf.txt"])
def test_another_suffix_is_refused(tmp_path: Path, name: str) -> None:
    ran = run("memo", *ASKED, "-o", tmp_path / name)
    assert "does not end in .md, .html, .pdf or .docx" in str(ran.exception)


def test_the_command_writes_each_form(tmp_path: Path) -> None:
    for form, begins in (("md", b"# Memorandum"), ("html", b"<!doctype html>"), ("pdf", b"%PDF-"), ("docx", b"PK")):
        file = tmp_path / f"m.{form}"
        assert run("memo", *ASKED, "--preparer", "J. Moreau", "-o", file).output == f"Written: {file}\n"
        assert file.read_bytes().startswith(begins)


@pytest.mark.slow
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_word_processor_sets_it_on_two_pages(tmp_path: Path, paper: str) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not here")
    file = tmp_path / "m.docx"
    made = document(check("H200", on="2026-02-02"), "docx", HEAD, paper)
    assert isinstance(made, bytes)
    file.write_bytes(made)
    ran = subprocess.run(
        [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(file)],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    if not (tmp_path / "m.pdf").exists():
        pytest.skip(f"LibreOffice has no writer: {ran.stderr[-200:]}")
    reader = pypdf.PdfReader(tmp_path / "m.pdf")
    assert len(reader.pages) <= 3
    # the line to sign is never alone on its page
    assert "Record" in reader.pages[-1].extract_text()


# --- what it does not say ----------------------------------------------------------------------------


def test_a_savings_clause_whose_cut_off_is_not_known_is_told_and_not_denied() -> None:
    first_days = memo(check("H100", on="2022-10-25"), "md")
    step = first_days.partition("**3. Savings clauses and suspensions.** ")[2].partition("\n")[0]
    clause = (
        "Goods under way on 2022-10-21, if the savings clause of 87 FR 62186 reached them (87 FR 62186, savings clause)"
    )
    assert step.startswith(f"Not claimed: {clause}. None that is encoded and in force reaches this transaction.")
    claimed = memo(check("H100", on="2022-10-25", facts={"en_route_since": "2022-10-20"}), "md")
    assert f"Open, since its reach is not known: {clause}" in claimed
    assert "Not claimed" not in claimed
    later = memo(check("H100", on="2023-06-01"), "md")
    assert "savings clause of 87 FR 62186" not in later.partition("**3.")[2].partition("**4.")[0]
    for text in (first_days, later):
        assert "None in force reaches" not in text
        assert "none in force" not in text.casefold()


def test_exceptions_that_are_not_encoded_are_named_where_a_license_is_required() -> None:
    step = memo(check("H100", on="2024-06-03"), "md").partition("**4. ")[2].partition("\n")[0]
    assert "None that is encoded overcomes what is required." in step
    assert "Not encoded; read these yourself: " in step
    for name in ("RPL", "GOV", "TSU", "TMP", "748.15"):
        assert name in step
    free = memo(check("H800", on="2023-06-01"), "md").partition("**4. ")[2].partition("\n")[0]
    assert free.endswith("None is needed.")


def test_what_was_given_is_not_called_assumed() -> None:
    asked: dict[str, Any] = {
        "on": "2024-06-03",
        "to": "SG",
        "exporter": "other",
        "activity": "export",
        "end_use": "civil",
    }
    d = check("H100", headquarters="SG", **asked)
    (seat,) = [a.says for a in d.assumptions if a.fact == "headquarters"]
    assert seat == "the end user has its ultimate parent in Singapore"
    assert [o.value for a in d.assumptions if a.fact == "headquarters" for o in a.otherwise] == [
        "ultimate parent in China"
    ]
    other = check("H100", ultimate_parent="CN", **asked)
    assert [a.says for a in other.assumptions if a.fact == "headquarters"] == [
        "the end user has its headquarters in Singapore"
    ]
    both = check("H100", headquarters="SG", ultimate_parent="SG", **asked)
    assert not [a for a in both.assumptions if a.fact == "headquarters"]
    declared = check("RTX 4090", on="2023-06-01", end_user="Inspur", not_listed=["Inspur"])
    said = " ".join(a.says for a in declared.assumptions)
    assert "the buyer, as declared, is on no list" in said
    assert "'Inspur' is on no list in this data" not in said


def test_a_conclusion_from_what_was_given_is_not_assumed() -> None:
    line = "| Military end use or end user: yes | no | {} | no |"
    stated: dict[str, Any] = {
        "end_use": "civil",
        "facts": {"military_end_user": False, "military_intelligence_end_user": False},
    }
    given_ = memo(check("A10", on="2022-10-25", parties=["Huawei"], **stated), "md")
    left_out = memo(check("A10", on="2022-10-25", parties=["Huawei"]), "md")
    assert line.format("assumed") not in given_
    assert ("Military end use" in left_out) == ("Military end use" in given_)
