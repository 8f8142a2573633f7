"""The memorandum: all that a compliance file wants, in sentences, on a page that needs nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from exportrules import QuestionError, check, default_ruleset
from exportrules.answer.words import fact_name, open_question, spelled
from exportrules.cli import cli
from exportrules.question.names.keys import deceives
from exportrules.render.memo import memo
from exportrules.render.page import Block, Heading, Items, Paragraph, Table, cited, markdown, page
from exportrules.render.sections import gathered

LAW = default_ruleset()
HEADINGS = [
    "Question",
    "Short answer",
    "Assumptions",
    "Analysis, in the order of 15 CFR part 732",
    "Decisive tests",
    "Points to watch",
    "Next steps",
    "Authorities",
    "Record",
]
STEPS = [
    "0. Coverage, release, jurisdiction.",
    "1. Classification.",
    "2. License requirements.",
    "3. Savings clauses and suspensions.",
    "4. License exceptions and authorizations.",
    "5. Review policy.",
]
DEALS = [
    ("H800", {"on": "2023-06-01"}),
    ("RTX 4090", {"on": "2024-02-01"}),
    ("H200", {"on": "2026-02-02"}),
    ("A100", {"on": "2022-09-15", "activity": "reexport", "to": "SG", "ultimate_parent": "CN"}),
    ("RTX 4090 D", {"on": "2024-02-01", "end_user": "Inspur Group"}),
    ("H800", {"on": "2022-01-03"}),
    ("A100", {"on": "2027-01-01"}),
    ("V100", {"on": "2019-06-01", "activity": "transfer"}),
    ("DGX H100", {"on": "2025-02-01", "as_printed": True, "known_on": "2025-02-01", "end_use": "military"}),
    (None, {"on": "2023-12-01", "facts": {"tpp": "2000.5"}}),
    (None, {"on": "2023-12-01", "exporter": "other", "facts": {"tpp": 2000, "designed_for_datacenter": True}}),
    ("A10", {"on": "2022-10-25", "parties": ["Huawei", "Foo Trading"]}),
    ("H20", {"on": "2025-06-01", "exporter": "other"}),
    ("H100 SXM", {"on": "2022-12-01", "facts": {"tpp": 15832, "privately_informed": False}}),
]


def made(chip: Any, asked: dict[str, Any], form: str = "md") -> str:
    return memo(check(chip, **asked), form)


@pytest.mark.parametrize(
    ("chip", "asked", "question"),
    [
        ("H200", {"on": "2026-02-02"}, "does the application carry the certifications of 15 CFR part 748"),
        (
            "H20",
            {"on": "2025-06-01", "exporter": "other"},
            "has BIS told this exporter, by a letter that is not public",
        ),
        ("H20", {"on": "2025-06-01", "exporter": "amd"}, "does this reach the deal: AMD: products other than MI308"),
        ("A10G", {"on": "2024-06-03"}, "what is the TPP?"),
    ],
)
def test_what_is_open_is_asked_in_words(chip: str, asked: dict[str, Any], question: str) -> None:
    assert question in made(chip, asked)


def test_what_changed_an_answer_is_a_document_or_is_said_to_be_supposed() -> None:
    """No filing on letters to NVIDIA and AMD changed the answer of anyone else."""
    other = made("H20", {"on": "2025-06-01", "exporter": "other"})
    assert "no license requirement found; changed by letters to unnamed companies, if any." in other
    maker = made("H20", {"on": "2025-06-01"})
    assert "no license requirement found; changed by NVIDIA Form 8-K of 2025-04-15." in maker


@pytest.mark.parametrize(("chip", "asked"), DEALS)
def test_a_memo_has_its_sections_in_order_and_all_six_steps(chip: Any, asked: dict[str, Any]) -> None:
    text = made(chip, asked)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [h for h in HEADINGS if h in headings] == headings
    assert {"Question", "Short answer", "Assumptions", "Record"} <= set(headings)
    assert re.findall(r"^\*\*(\d\. .+?)\*\*", text, re.MULTILINE) == STEPS
    assert LAW.digest in text
    assert "Not legal advice" in text


@pytest.mark.parametrize(("chip", "asked"), DEALS)
@pytest.mark.parametrize("form", ["md", "html"])
def test_every_reference_has_its_authority(chip: Any, asked: dict[str, Any], form: str) -> None:
    text = made(chip, asked, form)
    if form == "md":
        body, _, authorities = text.partition("## Authorities")
        wanted, numbers = set(re.findall(r"\[(\d+)\]", body)), set(re.findall(r"^(\d+)\. ", authorities, re.MULTILINE))
    else:
        wanted, numbers = (
            set(re.findall(r'href="#authority-(\d+)"', text)),
            set(re.findall(r'id="authority-(\d+)"', text)),
        )
    assert wanted <= numbers
    assert numbers == {str(n) for n in range(1, len(check(chip, **asked).citations) + 1)}


@pytest.mark.parametrize(("chip", "asked"), DEALS)
def test_prose_has_no_seams(chip: Any, asked: dict[str, Any]) -> None:
    text = made(chip, asked)
    for seam in (
        r"  ",
        r" \.(?![ab] )",
        r" ,",
        r"\.\.",
        r"\bNone[^ ]",
        r"\(\)",
        r"; \.",
        r"\?\.",
        r":\.",
        r"\bthe a\b",
    ):
        assert not re.search(seam, text.replace("...", "")), (seam, text)


def test_the_answer_leads_and_the_policy_is_said_in_words() -> None:
    text = made("A100", {"on": "2024-06-03"})
    assert "**No, not without a license[1]. An application is reviewed under a presumption of denial.**" in text
    assert "on June 3, 2024 for an end user headquartered in China (PRC)" in text
    assert "| TPP at least 4800 | 4992 TOPS x bit | 312 x 16 bit (FP16/BF16) | yes |" in text
    only_if = made("RTX 4090", {"on": "2024-02-01"})
    assert "**Only if the conditions of License Exception NAC are met[2]" in only_if
    assert "BIS may refuse." in only_if
    assert "Without the exception, an application is reviewed under a presumption of denial[3]." in only_if
    assert "| Written purchase order: yes | yes | assumed | yes |" in only_if
    assert "It turns on what is not known: does the application carry" in made("H200", {"on": "2026-02-02"})


def test_the_memo_names_every_party_and_the_entry_that_decides() -> None:
    text = made("A10", {"on": "2022-10-25", "parties": ["Huawei", "Foo Trading"], "end_user": "Acme"})
    assert "for Acme, headquartered in China (PRC), with Huawei and Foo Trading as other parties" in text
    entry = "Huawei is Huawei Technologies Co., Ltd., on the Entity List (84 FR 22963; supp. no. 4 to part 744)[2]."
    assert entry in text
    assert "Foo Trading is on no list in this data." in text
    assert "| List that names a party is Entity List | Entity List | follows | yes |" in text
    official = made("A10", {"on": "2024-02-01", "parties": ["Huawei Technologies Co., Ltd."]})
    assert "Huawei Technologies Co., Ltd. is on the Entity List (" in official
    early = made("A10", {"on": "2019-05-01", "parties": ["Huawei"]})
    assert "Huawei is Huawei Technologies Co., Ltd., on no list in this data on this day." in early
    owner = {"listed_owner": "Huawei", "listed_ownership_percent": 60}
    owned = made("V100", {"on": "2026-11-20", "end_user": "Acme", "facts": owner})
    assert "Acme is on no list in this data. Huawei is Huawei Technologies Co., Ltd., on the Entity List" in owned


def test_check_names_the_listed_party_and_the_unlisted_one() -> None:
    text = run("check", "A10", "--on", "2022-10-25", "--party", "Huawei", "--party", "Foo Trading").output
    assert "with Huawei, Foo Trading" in text.splitlines()[1]
    assert "party           Huawei: Huawei Technologies Co., Ltd., on the Entity List (84 FR 22963; " in text
    assert "party           Foo Trading: on no list in this data\n" in text
    alone = run("check", "A10", "--on", "2022-10-25", "--party", "Foo Trading", "--party", "Acme").output
    assert "'Foo Trading' and 'Acme' are on no list in this data" in " ".join(alone.split())


def test_facts_that_were_given_stand_in_the_memo_with_what_they_replace() -> None:
    text = made("H100 SXM", {"on": "2022-12-01", "facts": {"tpp": 15832, "privately_informed": False}})
    assert text.startswith("# Memorandum: H100 SXM5 80GB (facts as given) to China (PRC), December 1, 2022\n")
    given = "TPP: 15832 TOPS x bit (in place of 15831.2); letter from BIS to this exporter that is not public: no."
    assert f"without a license? Given for this question: {given}" in text
    assert "but for what was given (TPP), as on the maker's" in text
    free = made("A100", {"on": "2021-06-01", "facts": {"privately_informed": False}})
    assert "**Yes, on the facts given: no license requirement was found in the encoded law.**" in free
    assert "Given for this question" not in made("A100", {"on": "2022-12-01"})


def test_an_undetermined_memo_asserts_no_requirement() -> None:
    asked: dict[str, Any] = {
        "on": "2023-12-01",
        "exporter": "other",
        "facts": {"tpp": 2000, "designed_for_datacenter": True},
    }
    text = made(None, asked)
    assert "A license is required" not in text
    assert "Whether a license is required is open: Advanced computing items to D:1" in text
    assert "If a license is required, License Exception NAC may overcome the requirement, depending on" in text
    assert "**5. Review policy.** If a license is required, an application is reviewed under" in text
    assert "| 3A090.a, 3A090.b?" not in text
    assert "possibly 3A090.a, 3A090.b or 3A991.p" in text
    roles = {c.role for c in check(None, **asked).citations}
    assert roles == {"may apply", "may overcome", "may close", "if required"}


def test_what_is_required_either_way_is_said_to_be() -> None:
    d = check("RTX 4090", on="2024-02-01", facts={"nac_confirmed": "unknown"})
    assert {c.outcome for c in d.cases} == {"license_required", "license_exception"}
    roles = [c.role for c in d.citations]
    assert roles[:3] == ["requirement", "may overcome", "review policy"]
    text = memo(d, "md")
    assert "A license is required: Advanced computing items" in text
    assert "If a license" not in text
    assert "License Exception NAC may overcome the requirement, depending on what is not known" in text


def test_unknowns_are_asked_for_as_a_lawyer_would() -> None:
    letter = made("H20", {"on": "2025-06-01", "exporter": "other"})
    assert "has BIS told this exporter, by a letter that is not public, that it needs a license?" in letter
    assert "| Letter from BIS to this exporter that is not public: yes | possibly yes | follows | open |" in letter
    assert "NVLink + PCIe 5.0 x16" in letter
    family = check("H100", on="2026-02-02")
    assert "2, (dd): yes if the application carries all of them and no if it lacks one." in memo(family, "md")
    for fact in family.turns_on:
        assert fact not in memo(family, "md")
    for name in LAW.facts:
        assert open_question(LAW, name).endswith("?")
        assert "_" not in open_question(LAW, name) + fact_name(LAW, name)
    doubtful = next(name for name, (provision, _) in LAW.provisions.items() if not provision.certain)
    assert open_question(LAW, doubtful) == f"does this reach the deal: {LAW.provisions[doubtful][0].title}?"


def test_a_change_that_no_rule_made_is_told_with_its_day() -> None:
    assert "not released; the chip was first made public on March 21, 2023." in made("H800", {"on": "2023-06-01"})
    assert "the encoded law begins on January 1, 2020." in made("H800", {"on": "2022-01-03"})
    assert "undetermined; the law was not verified beyond that day." in made("H100", {"on": "2026-02-02"})


def test_all_sources_of_the_figures_stand_in_the_memo_once() -> None:
    for chip in ("H800", "A100", "L2"):
        d = check(chip, on="2024-02-01")
        small = [line for line in memo(d, "md").splitlines() if line.startswith("Figures of the ")]
        sources = {source for v in d.variants for source in LAW.variants[v][0].sources}
        assert sources
        assert all(sum(source in line.split(": ", 1)[1].split(", ") for line in small) >= 1 for source in sources)
        assert "more" not in " ".join(small).split("; sources")[0]


@pytest.mark.parametrize(("source", "said"), [
    ("1978.9 x 8 bit (fp8)", "1978.9 x 8 bit (FP8)"),
    ("125 x 64 bit (fp64_tensor)", "125 x 64 bit (FP64 tensor)"),
    ("nvlink + pcie_5_0_cxl_x16", "NVLink + PCIe 5.0 CXL x16"),
    ("infinity_fabric + nvlink_c2c_to_grace", "Infinity Fabric + NVLink C2C to grace"),
    ("roce_24x100gbe", "RoCE 24x100GbE"),
    ("largest dense figure of any format", "largest dense figure of any format"),
])  # fmt: skip
def test_formats_and_links_are_spelled_as_their_makers_do(source: str, said: str) -> None:
    assert spelled(source) == said


@settings(derandomize=True, database=None, deadline=None, max_examples=30)
@given(
    st.sampled_from(sorted(LAW.variants)),
    st.dates(),
    st.sampled_from(sorted(LAW.places)),
    st.text(min_size=1, max_size=12).filter(lambda t: t.strip() != "" and not deceives(f"|*{t}*")),
)
def test_any_question_has_a_memo_and_no_caller_writes_markup(chip: str, day: Any, to: str, buyer: str) -> None:
    d = check(chip, on=day, to=to, end_user=f"<script>|*{buyer}*")
    html = memo(d, "html")
    assert "<script" not in html
    assert html.count("<html") == 1
    rendered = MarkdownIt("commonmark", {"html": False}).enable("table").render(memo(d, "md"))
    assert "<script" not in rendered
    assert rendered.count("<h1>") == 1


def test_each_form_escapes_for_itself() -> None:
    blocks: list[Block] = [
        Heading("a_b <i>"),
        Paragraph(f"x{cited(1)} *y* [z] https://example.org/a_b_c?q=1.", lead="1. <b>"),
        Items(["first & last \x1b[31m"], numbered=True),
        Table(("A|B",), [("c|d",)]),
    ]
    text = markdown("T", blocks)
    assert text == (
        "# T\n\n## a_b \\<i\\>\n\n**1. \\<b\\>** x[1] \\*y\\* \\[z\\] https://example.org/a_b_c?q=1.\n\n"
        "1. first & last \\\\x1b\\[31m\n\n| A\\|B |\n| --- |\n| c\\|d |\n"
    )
    html = page("T & U", blocks)
    assert "<title>T &amp; U</title>" in html
    assert '<p><b>1. &lt;b&gt;</b> x<sup><a href="#authority-1">1</a></sup> *y* [z] ' in html
    assert '<a href="https://example.org/a_b_c?q=1">https://example.org/a_b_c?q=1</a>.' in html
    assert "\\x1b[31m" in html
    assert '<li id="authority-1">' in html


def run(*args: Any) -> Any:
    return CliRunner().invoke(cli, list(map(str, args)))


def test_the_command_prints_markdown_or_writes_a_file(tmp_path: Path) -> None:
    printed = run("memo", "H800", "--on", "2023-06-01")
    assert printed.exit_code == 0
    file = tmp_path / "h800.md"
    assert run("memo", "H800", "--on", "2023-06-01", "-o", file).output == f"Written: {file}\n"
    assert file.read_text("utf-8") == printed.output
    again = run("memo", "H800", "--on", "2023-06-01", "-o", file)
    assert isinstance(again.exception, QuestionError)
    assert "already exists" in str(again.exception)
    assert run("memo", "H800", "--on", "2023-06-01", "-o", file, "--force").exit_code == 0
    odd = run("memo", "H800", "--on", "2023-06-01", "-o", tmp_path / "h800.htm")
    assert str(odd.exception).endswith(
        "h800.htm does not end in .md, .html, .pdf or .docx, so it is not clear what to write. Name the file for the "
        "format that is wanted. Did you mean .html?"
    )


@pytest.mark.browser
@pytest.mark.parametrize(("chip", "asked"), DEALS)
def test_the_page_fetches_nothing_and_prints_on_two_pages(chip: Any, asked: dict[str, Any], tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    file = tmp_path / "memo.html"
    file.write_text(made(chip, asked, "html"), encoding="utf-8")
    asked_for: list[str] = []
    arguments = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path="/usr/bin/chromium", args=arguments.split())
        shown = browser.new_page(viewport={"width": 800, "height": 1000})
        shown.on("request", lambda request: asked_for.append(request.url))
        said: list[str] = []
        shown.on("console", lambda message: said.append(message.text))
        shown.goto(file.as_uri())
        assert asked_for == [file.as_uri()]
        assert said == []
        assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shown.set_viewport_size({"width": 360, "height": 700})
        assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        shown.emulate_media(media="print")
        sizes = """[...document.querySelectorAll('p, li, th, td')].map(e => parseFloat(getComputedStyle(e).fontSize))"""
        assert min(shown.evaluate(sizes)) >= 12  # 9 pt
        printed = [shown.pdf(prefer_css_page_size=True), shown.pdf(format="A4"), shown.pdf(format="Letter")]
        # a wide type, in place of the narrow one that may not be there
        file.write_text(made(chip, asked, "html").replace("Times New Roman", "DejaVu Serif"), encoding="utf-8")
        shown.goto(file.as_uri())
        printed += [shown.pdf(format="A4"), shown.pdf(format="Letter")]
        browser.close()
    for paper in printed:
        pages = len(re.findall(rb"/Type\s*/Page[^s]", paper))
        assert 1 <= pages <= 2


def test_sections_that_did_not_reach_the_deal_are_each_named_once() -> None:
    cites = [
        "15 CFR 744.21(a)(2), (e)(1)",
        "15 CFR 744.21(b), 744.22(b)",
        "15 CFR 744.8, 744.16",
        "15 CFR 744.21(a)(1), (e)(1)",
        "15 CFR 742.6(a)(6)(iii)(A)-(B)",
        "AMD Form 8-K of 2025-04-16",
        "15 CFR part 774, supp. 1, ECCN 3A090.a",
    ]
    assert gathered(cites) == [
        "15 CFR 742.6(a)(6)(iii)(A)-(B)",
        "744.8",
        "744.16",
        "744.21(a)(1), (a)(2), (b), (e)(1)",
        "744.22(b)",
        "15 CFR part 774, supp. 1, ECCN 3A090.a",
        "AMD Form 8-K of 2025-04-16",
    ]
    assert gathered(["15 CFR (a), 744.1"]) == ["15 CFR (a), 744.1"]
    assert gathered(["press reports of 2022-09-01"]) == ["press reports of 2022-09-01"]
    assert gathered([]) == []
    text = made("H200", {"on": "2026-02-02"})
    assert "reaching this transaction: 15 CFR 736.2(b)(4); 742.6(a)(6)(i)(B), (a)(6)(iii)(A), (a)(6)(iii)(B); " in text
    # nothing is lost: every paragraph in force that was tested and did not hold
    said = text.split("not reaching this transaction: ")[1].split("\n")[0]
    d = check("H200", on="2026-02-02")
    standing = {*d.moment.answer.law.requirements, *d.moment.answer.law.overcome}
    for found in d.findings:
        if found.kind == "requirement" and found.truth == "false" and found.provision not in standing:
            cite = LAW.provisions[found.provision][0].cite.split(";")[0].removeprefix("15 CFR ")
            assert all(re.sub(r"^\d+\.\d+(?=\()", "", part) in said for part in cite.split(", ")), cite


def test_a_test_that_several_rules_make_is_one_row() -> None:
    text = made("H200", {"on": "2026-02-02"})
    rows = re.findall(r"^\| (.+?) \|$", text, re.MULTILINE)
    assert (
        "ECCN one of 3A090.a, 4A090.a | 3A090.a | follows | yes | [3] (a), datacenter items meeting 3A090.a; [1]"
        in rows
    )
    assert len({row.rsplit(" | ", 1)[0] for row in rows}) == len(rows)


def test_nothing_is_assumed_against_the_name_of_an_army() -> None:
    army = check("RTX 4090", on="2023-06-01", end_user="People's Liberation Army")
    said = memo(army, "md")
    assert "not a military end user" not in said
    assert "for People's Liberation Army, whose headquarters are not known, for" in said
    assert "the end user, unless it is the body that its name says, has its headquarters in China" in said
    assert "headquarters: Belarus or Russia" in said
    assert "| Military end use or end user: yes | no | if it is not such a body | no |" in said
    assert "| Military end use or end user: yes | no | assumed |" not in said
    assert "meu-" not in said
    assert "not a military end user" in memo(check("RTX 4090", on="2023-06-01", end_user="Lotus Rendering"), "md")


def test_a_text_that_ends_is_not_announced_as_one_to_come() -> None:
    army = check("H20", on="2025-05-01", to="CF", end_user="People's Liberation Army")
    assert army.next is not None
    assert "87fr57068#744.21(a)(2)-elsewhere" in army.next.by
    assert not any("87 FR 57068 has been public" in notice for notice in army.notices)


def test_a_name_close_to_a_listed_party_is_told_as_a_lawyer_would() -> None:
    """No id of the data, no option of a command line, and no test that is unknown and yet not met."""
    text = memo(check("RTX 4090", on="2023-06-01", end_user="Inspur"), "md")
    assert "(and to 5 more).**" in text
    assert "--not-listed" not in text
    assert "no license requirement found; changed by the Entity List (Inspur Group Co., Ltd.). From" in text
    assert "entity_list#" not in text
    assert "\nFigures of the GeForce RTX 4090 24GB, as on the maker's data sheet; " in text
    assert "| none (end user is not a listed party and 2 more cases) | follows | no |" in text
    assert "| unknown | unknown | no |" not in text
