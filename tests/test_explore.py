"""The explorer: its data are the engine's answers, its page asks nobody for anything, and errors say what to write."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

import exportrules
from exportrules.answer.result import OUTCOMES
from exportrules.explore.catalogue import entries
from exportrules.explore.claims import claim_books
from exportrules.explore.data import build
from exportrules.explore.page import words
from exportrules.files.load import default_ruleset, load_ruleset
from exportrules.law.model import Policy
from exportrules.law.ruleset import Ruleset
from exportrules.render.spoken import answer_in
from exportrules.render.text import headline
from exportrules.serve.speech import sentences
from exportrules.study.casebook import find_casebook, load_casebook, replies
from exportrules.study.verdicts import verdict, verdict_of_claim

from .serving import served

#: The answers that a person should find within a minute.
H800 = "chip=nvidia-h800&to=CN&by=other&on=2023-11-17"
#: Chips on both sides of every line, of several makers, with families, disputed figures and chips never announced.
CHIPS = "A100,H800,H20,H200,RTX 4090,L40S,MI250X,MI308X,Gaudi 2,Ascend 910B,TPU v5e,B30A,V100,L2"
DRAWN = 5000
CHROMIUM = Path("/usr/bin/chromium")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "exportrules", *arguments], capture_output=True, text=True, check=False, timeout=900
    )


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("explore") / "explorer.html"
    done = run("explore", "--chips", CHIPS, "-o", str(file))
    assert done.returncode == 0, done.stderr
    assert "Written: " in done.stdout
    return file


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(
            executable_path=str(CHROMIUM) if CHROMIUM.exists() else None, args=["--no-sandbox"]
        )
        yield found
        found.close()


class Seen:
    """A page that was opened, with all that it logged and asked for."""

    def __init__(self, browser: Any, file: Path, fragment: str = "", width: int = 1600, **context: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **context)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{file.as_uri()}#{fragment}")
        self.page.evaluate("explorer.ready")

    def quiet(self) -> bool:
        others = [url for url in self.asked if not url.startswith(("file:", "data:"))]
        return not self.said and not others


def cells(law: Ruleset, data: dict[str, Any], many: int, seed: int) -> list[dict[str, str]]:
    """Questions that the page can be asked, drawn at random; days around changes more often than others."""
    chance = random.Random(seed)
    provisions = [p for p, _ in law.provisions.values()]
    begun = {p.effective for p in provisions} | {p.effective_by for p in provisions if p.effective_by}
    days = sorted(begun | {p.expires for p in provisions if p.expires} | {law.edition.verified_through})
    places, chips = sorted(law.places), [chip["id"] for chip in data["chips"]]
    restricted = ["CN", "HK", "MO", "RU", "IR", "AE", "SG", "IL", "CY", "KH", "NI"]
    found = []
    for _ in range(many):
        near = chance.choice(days) + timedelta(days=chance.randint(-2, 2))
        day = near if chance.random() < 0.7 else date(2019, 6, 1) + timedelta(days=chance.randrange(2800))
        to, other = (chance.choice(restricted if chance.random() < 0.4 else places) for _ in range(2))
        whose = chance.choice(["", "", "hq", "parent"])
        found.append({
            "chip": chance.choice(chips), "to": to, "by": chance.choice(["maker", "other"]),
            "layer": chance.choice(["enforced", "enforced", "printed"]), "on": day.isoformat(),
            "hq": other if whose == "hq" else "", "parent": other if whose == "parent" else "",
        })  # fmt: skip
    return found


LOOK = """(cells) => cells.map((cell) => {
    const found = explorer.look(cell);
    return found && {
        outcome: found.outcome, policy: found.policy, since: found.since, until: found.until,
        provisions: found.provisions, standing: found.standing, first: explorer.firstLine(found.answer, cell),
        citations: explorer.part(found.answer.citations),
        turnsOn: explorer.part(found.answer.turnsOn).map((open) => open.fact),
        notices: explorer.noticesOf(cell, found.answer, found.course),
        by: found.since ? explorer.because(found.runs[found.at], cell) : [],
    };
})"""


def checked(law: Ruleset, cell: dict[str, str]) -> dict[str, Any]:
    """What `check` says of the same question, in the same shape."""
    d = exportrules.check(
        cell["chip"], on=cell["on"], to=cell["to"], exporter=cell["by"], headquarters=cell["hq"] or None,
        ultimate_parent=cell["parent"] or None, as_printed=cell["layer"] == "printed", ruleset=law,
    )  # fmt: skip
    since, until = (day.isoformat() if day else "" for day in d.holds)
    return {
        "outcome": d.outcome,
        "policy": d.review_policy or "",
        "since": since,
        "until": until,
        "provisions": [*d.requirements, *(x["provision"] for x in d.exceptions)],
        "standing": d.standing,
        "first": headline(d),
        "citations": [[c.provision, c.role] for c in d.citations],
        "turnsOn": d.turns_on,
        "notices": d.notices,
        "by": list(d.previous.by) if d.previous else [],
    }


def alike(answer: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether the page says the same. Where no provision of an answer begins or ends, all are named that could touch
    the deal, and the page may name those of a deal that is alike: some of them are then the same."""
    by = answer["by"] == expected["by"] or set(answer["by"]) & set(expected["by"])
    return bool(by) and {**answer, "by": 0} == {**expected, "by": 0}


def compared(browser: Any, file: Path, many: int) -> None:
    law = default_ruleset()
    seen = Seen(browser, file)
    drawn = cells(law, seen.page.evaluate("explorer.data()"), many, seed=15)
    looked = seen.page.evaluate(LOOK, drawn)
    wrong = [
        (cell, answer, checked(law, cell))
        for cell, answer in zip(drawn, looked, strict=True)
        if not alike(answer, checked(law, cell))
    ]
    assert not wrong, f"{len(wrong)} of {many} differ, e.g. {json.dumps(wrong[:3], indent=1)}"
    assert seen.quiet(), (seen.said, seen.asked)


@pytest.mark.browser
def test_the_look_up_of_the_page_equals_check(browser: Any, page_file: Path) -> None:
    compared(browser, page_file, DRAWN)


@pytest.mark.browser
@pytest.mark.slow
def test_every_chip_fits_into_one_page_under_a_megabyte(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "all.html"
    done = run("explore", "-o", str(file))
    assert done.returncode == 0, done.stderr
    assert file.stat().st_size < 1_000_000
    compared(browser, file, DRAWN)


@pytest.mark.browser
@pytest.mark.parametrize("view", ["bands", "table", "map", "compare", "plane", "claims"])
@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1600, "dark")])
def test_every_view_fits_its_window_and_says_nothing_to_the_console(
    browser: Any, page_file: Path, view: str, width: int, theme: str
) -> None:
    seen = Seen(browser, page_file, f"{H800}&view={view}", width, color_scheme=theme)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(seen.page.inner_text("#view")) > 100
    unnamed = """[...document.querySelectorAll("button, input, select, [role=img]")].filter((node) => !(
        node.getAttribute("aria-label") || node.textContent.trim() || (node.labels && node.labels.length)
    )).map((node) => node.outerHTML)"""
    assert seen.page.evaluate(unnamed) == []
    assert seen.quiet(), (seen.said, seen.asked)


@pytest.mark.browser
def test_a_stranger_finds_when_a_distributors_h800_began_to_need_a_license(browser: Any, page_file: Path) -> None:
    seen = Seen(browser, page_file)
    page = seen.page
    page.fill("#chip", "엔비디아 H800")  # a maker's name in another language before the chip's
    page.press("#chip", "Enter")
    page.get_by_text("anyone else (a distributor)", exact=True).click()
    story = page.locator(".story li", has_text="presumption of denial").first
    assert "2023-11-17" in story.inner_text()
    assert "88 FR 73458; 15 CFR 742.6(a)(6)(iii)" in story.inner_text()
    story.get_by_role("button").click()
    assert page.inner_text("#panel .first").startswith("NO, not without a license (presumption of denial)")
    assert "ecfr.gov/on/2023-11-17/" in page.content()
    command = page.inner_text(".command code").split()[1:]
    assert command == ["check", "H800", "--on", "2023-11-17", "--to", "CN", "--exporter", "other"]
    assert run(*command).stdout.startswith("NO, not without a license (presumption of denial)")
    assert seen.quiet(), (seen.said, seen.asked)


@pytest.mark.browser
def test_keys_alone_move_day_chip_and_view(browser: Any, page_file: Path) -> None:
    page = Seen(browser, page_file, H800).page
    page.get_by_role("button", name="Next change").press("Enter")
    assert "on=2026-01-15" in page.url
    page.focus(".slider")
    page.keyboard.press("ArrowLeft")
    assert "on=2026-01-14" in page.url
    page.focus(".row.chosen .name")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert "chip=nvidia-h800&" not in page.url
    page.get_by_role("tab", name="Over time").press("ArrowRight")
    assert page.get_by_role("tab", name="All chips, this day").get_attribute("aria-selected") == "true"


@pytest.mark.browser
def test_the_address_is_the_question(browser: Any, page_file: Path) -> None:
    first = Seen(browser, page_file, f"{H800}&lang=zh&view=map&parent=US&open=nvidia-h800&filter=h8").page
    first.wait_for_selector(".world")
    again = Seen(browser, page_file, first.url.partition("#")[2]).page
    assert again.inner_text("#panel") == first.inner_text("#panel")
    assert "edition=" in first.url
    assert "&hq=" not in first.url
    older = Seen(browser, page_file, f"{H800}&edition=2025.01").page
    assert "edition 2025.01" in older.inner_text(".alert")


@pytest.mark.browser
@pytest.mark.parametrize(
    "bad", ["chip=nvidia-h8000", "to=XX", "on=2023-02-30", "by=Nvidea", "exporter=other", "hq=China"]
)
def test_an_address_that_is_not_understood_is_not_answered(browser: Any, page_file: Path, bad: str) -> None:
    seen = Seen(browser, page_file, bad)
    assert bad in seen.page.inner_text(".alert")
    assert "Not understood in the address" in seen.page.inner_text("#panel .first")
    assert "license" not in seen.page.inner_text("#panel .first")
    assert seen.quiet(), (seen.said, seen.asked)


@pytest.mark.browser
def test_what_the_page_does_not_hold_it_sends_to_the_command(browser: Any, page_file: Path) -> None:
    page = Seen(browser, page_file, "chip=nvidia-h800&to=SG&hq=JP&parent=CN&by=other&on=2024-06-01").page
    assert "holds no answer" in page.inner_text("#panel .first")
    command = page.inner_text(".command code")
    assert command.endswith("--to SG --exporter other --headquarters JP --ultimate-parent CN")
    assert run(*command.split()[1:]).returncode == 0


@pytest.mark.browser
def test_a_frame_shows_one_answer_and_a_way_to_the_whole(browser: Any, page_file: Path) -> None:
    context = browser.new_context(viewport={"width": 640, "height": 420})
    page = context.new_page()
    page.goto(f"{page_file.as_uri()}?embed#{H800}")
    page.evaluate("explorer.ready")
    assert page.is_visible("#panel .first")
    assert not page.is_visible("#view")
    assert not page.is_visible("#chip")
    with context.expect_page() as opened:
        page.get_by_text("Open in the explorer").click()
    assert opened.value.url.endswith(page.url.partition("#")[2])
    opened.value.wait_for_selector("#chip")


def found_in(data: dict[str, Any], cell: dict[str, str]) -> tuple[str, str]:
    """Outcome and policy of a question in the data alone."""
    answer = answer_in_data(data, cell)
    return answer["outcome"], answer.get("policy", "")


def answer_in_data(data: dict[str, Any], cell: dict[str, str]) -> dict[str, Any]:
    """The answer to a question in the data alone."""
    classes = {place["code"]: place["class"] for place in data["places"]}
    headquarters = cell["hq"] or cell["to"]
    places = [classes[code] for code in (cell["to"], headquarters, cell["parent"] or headquarters)]
    kind = data["kinds"][places[0]][places[1]][places[2]]
    chip = [row["id"] for row in data["chips"]].index(cell["chip"])
    row = data["rows"][chip][("maker", "other").index(cell["by"])][("enforced", "printed").index(cell["layer"])]
    steps = data["courses"][data["cells"][row][kind]]
    begun = [answer for day, answer in zip(steps[::3], steps[1::3], strict=True) if data["days"][day] <= cell["on"]]
    found: dict[str, Any] = data["answers"][begun[-1]]
    return found


def test_the_data_of_a_page_with_overlays_are_the_engines_answers() -> None:
    examples = Path(__file__).parent.parent / "docs" / "examples"
    law = load_ruleset(None, [str(examples / name) for name in ("attestation.toml", "letter.toml")])
    data = build(law, ["L2"])
    assert data["sha256"] == law.digest
    assert data["sliderEnd"] == "2026-12-31"
    drawn = cells(law, data, 200, seed=4)
    for cell in drawn[::10]:
        cell["on"] = "2026-11-20"  # attested, beyond the edition's own horizon
    for cell in drawn:
        expected = checked(law, cell)
        answer = answer_in_data(data, cell)
        assert (answer["outcome"], answer.get("policy", "")) == (expected["outcome"], expected["policy"]), cell
        numbers = (
            [number for part in data["parts"][answer["notices"]] for number in part] if "notices" in answer else []
        )
        told = {data["texts"][number][0].replace("{day}", cell["on"]) for number in numbers}
        assert told <= set(expected["notices"]), cell
        assert any("rests on an attestation" in text for text in told) is (expected["standing"] == "attested"), cell


def test_output_and_chips_are_checked_before_long_work(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    target.write_text("mine", "utf-8")
    for arguments, message in (
        (["-o", str(tmp_path / "page.pdf")], "does not end in .html"),
        (["-o", str(target)], "Use --force to replace it"),
        (["-o", str(tmp_path / "x.html"), "--chips", "H2O"], "H20"),
        (["-o", str(tmp_path / "x.html"), "--chips", " , "], "--chips names no chip"),
        (["-o", str(tmp_path / "x.html"), "--chips", "H20", "--embed", "H800"], "Use one of the two"),
        ([], "-o is missing"),
    ):
        done = run("explore", *arguments)
        assert done.returncode == 2, (arguments, done)
        assert message in done.stderr
        assert "Traceback" not in done.stderr
    assert target.read_text("utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_every_word_of_the_page_has_three_languages_and_every_key_of_the_script_a_word() -> None:
    table = words()
    assert all(set(said) == {"en", "ja", "zh"} and all(said.values()) for said in table.values())
    scripts = list((Path(exportrules.__file__).parent / "explore").glob("*.js"))
    assert len(scripts) == 4
    used = {word for script in scripts for word in re.findall(r"\bt\(\"(\w+)\"", script.read_text("utf-8"))}
    assert used <= set(table), used - set(table)


@pytest.mark.browser
def test_first_lines_outcomes_and_notices_are_told_in_the_language_of_the_page(browser: Any, page_file: Path) -> None:
    seen = Seen(browser, page_file, f"{H800}&lang=ja")
    first = answer_in(exportrules.check("H800", on="2023-11-17", exporter="other"), "ja").splitlines()[0]
    assert seen.page.inner_text("#panel .first") == first
    assert "許可が必要 (license required)、原則不許可 (presumption of denial)" in seen.page.inner_text(".story")
    data = seen.page.evaluate("explorer.data()")
    assert set(data["decisions"]) == {f"{o} {p}" for o in OUTCOMES for p in ("", *get_args(Policy))}
    used = {data["decisions"][f"{a['outcome']} {a.get('policy', '')}"] for a in data["answers"]}
    assert set(data["said"]) >= {*used, *data["policies"].values(), *data["assumed"]}
    firsts = [data["texts"][n] for n in {answer["first"] for answer in data["answers"]}]
    assert [row for row in firsts if len(row) != 3 or not all(re.search(r"[\u3040-\u9fff]", t) for t in row[1:])] == []


# --- claims ------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_claims_of_the_casebooks_have_their_verdicts_and_lead_to_answers_that_show_them(
    browser: Any, page_file: Path
) -> None:
    law, seen = default_ruleset(), Seen(browser, page_file, f"{H800}&view=claims")
    book, data = load_casebook(find_casebook("press"), law), seen.page.evaluate("explorer.data()")
    claims = {claim["id"]: claim for claim in data["claims"][0]["claims"]}
    judged: dict[str, list[Any]] = {}
    for reply in replies(book, law):
        judged.setdefault(reply.claim.id, []).append(verdict(reply))
    assert len(claims) > 20
    assert {name: claim["verdict"] for name, claim in claims.items()} == {
        name: verdict_of_claim(judged[name]) for name in claims
    }
    shown = 0
    for claim in book.claim:
        for answer in claims.get(claim.id, {"answers": []})["answers"]:
            if answer["shown"] and answer["verdict"] in ("agrees", "contradicted") and not claim.implies_since:
                outcome, policy = found_in(data, {"hq": "", "parent": "", **answer["shown"]})
                fits = outcome == claim.implies and claim.implies_policy in (None, policy, "indeterminate")
                assert fits is (answer["verdict"] == "agrees"), (claim.id, answer)
                shown += 1
    assert shown > 20
    card = seen.page.locator("#claim-a100-banned-september-2022")
    assert "The Straits Times (Reuters), 2024-01" in card.inner_text()
    assert "first required on 2022-10-21" in card.inner_text()
    card.get_by_role("link", name="show (2022-09-01)").last.click()
    assert seen.page.inner_text("#panel .first").startswith("YES: no license requirement found")
    assert seen.quiet(), (seen.said, seen.asked)


def test_a_casebook_that_other_rules_cannot_answer_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    law = default_ruleset()
    text = find_casebook("press").read_text("utf-8").replace('chips = ["A100"]', 'chips = ["A1000000"]', 1)
    (tmp_path / "press.toml").write_text(text, "utf-8")
    monkeypatch.setattr("exportrules.explore.claims.casebooks", lambda: [tmp_path / "press.toml"])
    (found,) = claim_books(law, entries(law, ["L2"]))
    assert found["claims"] == []
    assert "A1000000" in found["refused"]


# --- downloads ---------------------------------------------------------------------------------------


def saved(seen: Seen, which: str, form: str) -> tuple[str, str]:
    """The name and the text of a file that the page offers."""
    with seen.page.expect_download() as waiting:
        seen.page.locator(f"[data-file={which}]", has_text=re.compile(f"^{re.escape(form)}$")).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_text("utf-8")


@pytest.mark.browser
def test_what_is_seen_is_a_file_with_edition_digest_and_license(browser: Any, page_file: Path) -> None:
    law, seen = default_ruleset(), Seen(browser, page_file, H800, accept_downloads=True)
    name, text = saved(seen, "downloadTimeline", "CSV")
    rows = list(csv.DictReader(io.StringIO(text)))
    spans = exportrules.timeline("H800", exporter="other", ruleset=law).spans
    assert name == "exportrules-2026.11-timeline-nvidia-h800-cn-other-enforced.csv"
    assert [(r["from"], r["through"], r["outcome"], r["review_policy"], r["standing"]) for r in rows] == [
        (str(s.start or ""), str(s.last or ""), s.answer.outcome, s.answer.review_policy or "", s.answer.standing)
        for s in spans
    ]
    assert rows[-2]["opened_by"] == "; ".join(spans[-2].opened_by)
    assert {(r["edition"], r["sha256"], r["license"]) for r in rows} == {("2026.11", law.digest, "Apache-2.0")}
    described = json.loads(saved(seen, "downloadTimeline", "datapackage.json")[1])
    assert described["resources"][0]["path"] == name
    assert described["exportrules"]["sha256"] == law.digest
    assert [field["name"] for field in described["resources"][0]["schema"]["fields"]] == list(rows[0])
    package = json.loads(saved(seen, "downloadDay", "JSON")[1])
    day = {row["chip"]: row for row in package["resources"][0]["data"]}
    assert package["licenses"][0]["name"] == "Apache-2.0"
    assert len(day) == len(seen.page.evaluate("explorer.data().chips"))
    assert day["nvidia-h800"]["outcome"] == "license_required"
    assert (
        day["nvidia-h800"]["requirements"].split()
        == exportrules.check("H800", on="2023-11-17", exporter="other", ruleset=law).requirements
    )
    assert seen.quiet(), (seen.said, seen.asked)


# --- served ------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_alone_the_page_asks_nobody_and_offers_no_question(browser: Any, page_file: Path) -> None:
    seen = Seen(browser, page_file, H800)
    assert seen.page.locator(".ask").count() == 0
    assert "connect-src" not in page_file.read_text("utf-8")


@pytest.mark.browser
def test_served_the_page_asks_the_engine_and_shows_its_words(browser: Any, page_file: Path, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    with served(tmp_path, "--explorer", str(page_file)) as running:
        page = browser.new_context().new_page()
        said: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{running.client.base_url}#{H800}")
        page.evaluate("explorer.ready")
        page.locator("#panel details summary").click()

        def asked() -> str:
            with page.expect_response("**/check"):
                page.get_by_role("button", name="Ask the server").click()
            expect(page.locator(".answered")).not_to_be_empty()
            return str(page.inner_text(".answered"))

        page.fill("#ask-end_user", "Inspur Group")
        told = sentences(default_ruleset(), exportrules.check(
            "H800", on="2023-11-17", to="CN", exporter="other", end_user="Inspur Group"
        ))  # fmt: skip
        assert [line for line in asked().split("\n") if line] == told
        page.check("#ask-own")
        page.fill("#ask-tpp", "banana")
        refused = running.client.post("/check", json={
            "on": "2023-11-17", "to": "CN", "exporter": "other", "end_user": "Inspur Group", "facts": {"tpp": "banana"},
        })  # fmt: skip
        assert refused.json()["detail"] in asked()
        page.fill("#ask-tpp", "2368")
        assert "tpp=2368" in asked()
        page.fill("#ask-more", "tpp=2368")
        assert "'tpp' is given twice" in asked()
        page.fill("#ask-more", "")
        page.get_by_role("button", name="Next change").click()
        assert page.inner_text(".answered") == ""  # it answered another question
        assert page.input_value("#ask-tpp") == "2368"
        # a page that a browser kept from before the rules were changed
        page.evaluate("explorer.data().sha256 = '0'.repeat(64)")
        assert "The server answers by other rules" in asked()
        assert said == []
