"""The explorer: its data are the engine's answers, its page asks nobody for anything, and errors say what to write."""

from __future__ import annotations

import csv
import io
import json
import os
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
from exportrules.explore.catalogue import asked_chips, asked_rows
from exportrules.explore.claims import claim_books
from exportrules.explore.data import build
from exportrules.explore.page import words
from exportrules.files.load import default_ruleset, load_ruleset
from exportrules.law.model import Policy
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.chips import find_chip
from exportrules.render.languages import LANGUAGES
from exportrules.render.spoken import answer_in
from exportrules.render.text import headline
from exportrules.serve.speech import sentences
from exportrules.study.casebook import find_casebook, load_casebook, replies
from exportrules.study.verdicts import verdict, verdict_of_claim

from .serving import served

#: The answers that a person should find within a minute.
H800 = "chip=nvidia-h800&to=CN&by=other&on=2023-11-17"
#: Chips on both sides of every line, of several makers, with families, disputed figures and chips never announced.
CHIPS = "A100,H800,H20,H200,RTX 4090,RTX 4090 D,L40S,MI250X,MI308X,Gaudi 2,Ascend 910B,TPU v5e,B30A,V100,L2"
DRAWN = 5000


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
    if site := os.environ.get("EXPORTRULES_SITE"):  # the command wrote it there
        file = Path(site) / "explorer.html"
    else:
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
    assert "a part of this link was not understood" in seen.page.inner_text("#panel .first")
    assert "license" not in seen.page.inner_text("#panel")
    if not bad.startswith("exporter"):
        seen.page.get_by_role("tab", name="World, this day").click()  # no answer while the part is not chosen
        assert "a part of this link was not understood" in seen.page.inner_text("#panel .first")
    assert seen.quiet(), (seen.said, seen.asked)


@pytest.fixture(scope="module")
def opened(browser: Any, page_file: Path) -> Iterator[Seen]:
    """One page for what a person does by hand, as each test leaves it for the next."""
    seen = Seen(browser, page_file, H800, 1280, accept_downloads=True)
    yield seen
    assert seen.quiet(), (seen.said, seen.asked)


def asks(seen: Seen, fragment: str) -> Any:
    """The page, asked anew without loading it again."""
    seen.page.evaluate(
        """(address) => new Promise((drawn) => {
        addEventListener("hashchange", drawn, { once: true });
        location.hash = address;
    })""",
        fragment,
    )
    return seen.page


@pytest.mark.browser
def test_the_name_that_was_typed_wins_and_one_that_means_several_takes_none(opened: Seen) -> None:
    page = asks(opened, H800)
    for typed, chip in (("RTX 4090", "nvidia-rtx-4090"), ("L40S", "nvidia-l40s"), ("MI250X", "amd-mi250x"),
                        ("Ascend 910B", "huawei-ascend-910b"), ("H20", "nvidia-h20")):  # fmt: skip
        page.click("#chip")
        page.keyboard.type(typed)  # what stood there is replaced, not added to
        page.keyboard.press("Enter")
        assert f"chip={chip}&" in page.url, typed
    page.click("#to")
    page.keyboard.type("Korea")
    page.keyboard.press("Enter")
    assert "to=CN" in page.url  # neither of the two Koreas
    assert "Several match" in page.inner_text(".picker:has(#to) .kept")
    page.keyboard.press("Escape")
    page.keyboard.type("Japan")
    page.keyboard.press("Tab")  # a whole name is taken where the field is left
    assert "to=JP" in page.url
    page.click("#to")
    page.keyboard.type("Japn")
    page.keyboard.press("Tab")
    assert "nothing was changed: Japan" in page.inner_text(".picker:has(#to) .kept")
    page.click("#hq")
    page.keyboard.type("China")
    page.keyboard.press("Enter")
    assert "hq=CN" in page.url
    page.click("#hq")
    page.keyboard.type("same as")
    page.keyboard.press("Enter")
    assert "hq=" not in page.url
    page.click("#chip")
    page.keyboard.press("Enter")  # what is chosen is marked, and stays
    assert "chip=nvidia-h20&" in page.url


@pytest.mark.browser
def test_a_day_out_of_range_is_refused_in_words(opened: Seen) -> None:
    page = asks(opened, H800)
    before = page.inner_text("#panel .first")
    page.evaluate("""() => {
        const field = document.getElementById("on");
        field.value = "2015-06-01";
        field.dispatchEvent(new Event("change"));
    }""")
    assert "on=2023-11-17" in page.url  # nothing is answered while a year may be half typed
    page.press("#on", "Enter")
    refused = page.inner_text("#day-note")
    assert refused == (
        "2015-06-01 is not among the days of this page, 2020-01-01 to 2026-12-31. "
        "The answer is still that of 2023-11-17."
    )
    assert page.input_value("#on") == "2023-11-17"
    assert page.inner_text("#panel .first") == before
    page.fill("#on", "2024-02-01")
    assert "on=2024-02-01" in page.url
    assert page.is_hidden("#day-note")
    for day in ("2015-06-01", "2027-03-01"):
        asks(opened, f"chip=nvidia-h800&to=CN&by=other&on={day}")
        assert page.inner_text("#panel .first") == "Not covered: this page has no law for that day."
        assert f"asks about {day}" in page.inner_text(".alert")


@pytest.mark.browser
def test_back_returns_to_the_question_before_and_to_the_place_in_the_list(opened: Seen) -> None:
    page = asks(opened, H800)
    page.get_by_role("button", name="Next change").click()
    page.fill(".slider", "20200")  # dragging is no step
    page.fill(".slider", "20300")
    page.get_by_role("tab", name="Claims").click()
    link = page.get_by_role("link", name="show").last
    link.scroll_into_view_if_needed()
    at = page.evaluate("scrollY")
    assert at > 300
    link.click()
    assert page.get_by_role("tab", name="Over time").get_attribute("aria-selected") == "true"
    page.go_back()
    assert page.get_by_role("tab", name="Claims").get_attribute("aria-selected") == "true"
    assert abs(page.evaluate("scrollY") - at) < 50
    page.go_back()
    assert page.get_by_role("tab", name="Over time").get_attribute("aria-selected") == "true"
    page.go_back()
    assert "on=2023-11-17" in page.url
    assert page.input_value("#on") == "2023-11-17"
    page.go_forward()
    assert "on=2023-11-17" not in page.url


@pytest.mark.browser
def test_the_table_is_sorted_and_narrowed_and_says_what_is_unknown(opened: Seen) -> None:
    page = asks(opened, f"{H800}&view=table")
    names = page.locator("tbody th .link")
    page.get_by_role("columnheader", name="Since").get_by_role("button").click()
    since = page.locator("tbody td[data-label=Since]").all_inner_texts()
    assert since == sorted(since, key=lambda day: day.replace("…", ""))
    assert page.evaluate("document.activeElement.dataset.key") == "sort-since"
    page.get_by_role("columnheader", name="Since").get_by_role("button").press("Enter")
    assert page.locator("tbody td[data-label=Since]").all_inner_texts() == since[::-1]
    assert page.locator("[aria-sort=descending]").inner_text().startswith("Since")
    page.select_option("#only", label="a license exception, on conditions (presumption of denial)")
    assert set(page.locator("tbody td[data-label=Outcome]").all_inner_texts()) == {
        "a license exception, on conditions (presumption of denial)"
    }
    again = page.url.partition("#")[2]
    asks(opened, f"{H800}&view=table&filter=B30A")
    assert names.all_inner_texts() == ["B30A (reported single-die Blackwell Ultra)"]
    assert "first public day unknown" in page.inner_text("tbody th")
    assert "No first public day" in asks(opened, "chip=nvidia-b30a&on=2021-01-01").inner_text("#panel .warn")
    assert names.count() == 0
    assert "GeForce RTX 4090 24GB" in asks(opened, again).locator("tbody").inner_text()


@pytest.mark.browser
def test_keys_keep_their_place_and_reach_every_part(opened: Seen) -> None:
    page = asks(opened, f"{H800}&view=plane")
    page.evaluate("document.activeElement.blur()")
    page.locator(".skips button").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "panel"
    page.locator(".skips button").last.press("Enter")
    assert page.evaluate("document.activeElement.id") == "tab-plane"
    page.locator(".story button").nth(1).press("Enter")
    assert "on=2023-03-21" in page.url
    assert page.evaluate("document.activeElement.dataset.key") == "on-2023-03-21"
    asks(opened, f"{H800}&view=plane")
    page.locator(".dot[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert "chip=nvidia-h800&" not in page.url
    assert page.evaluate("document.activeElement.getAttribute('class')").startswith("dot")
    page.get_by_role("button", name="Previous change").click()
    day = page.url
    page.get_by_role("button", name="Next change").click()
    page.get_by_role("button", name="Previous change").click()
    assert page.url == day  # a change is one stop, not the eve and the day


@pytest.mark.browser
def test_what_is_shown_says_no_more_than_the_engine(opened: Seen) -> None:
    page = asks(opened, "chip=nvidia-v100&to=CN&by=maker&on=2024-01-01&view=table")
    assert "still so on 2026-09-24, the last day verified" in page.inner_text("#panel .facts")
    printed = run("check", "V100", "--on", "2024-01-01").stdout
    assert "from 2020-01-01, and still so on 2026-09-24, the last day verified" in " ".join(printed.split())
    asks(opened, "chip=nvidia-rtx-4090-d&to=CN&by=maker&on=2024-01-01")
    entry = page.locator(".citations li", has_text="3A090.a: TPP of 4800 or more")
    assert "does not apply" in entry.inner_text()
    assert "Its figures are reached, but the entry leaves this chip out" in entry.inner_text()
    assert "designed or marketed for datacenters: no" in entry.inner_text()
    assert "4800 or more; or …" in entry.inner_text()
    assert "Meets 3A991.p: 8 TOPS or more" in page.inner_text("#panel .reasons")
    asks(opened, "chip=huawei-ascend-910b&to=HK&by=maker&on=2026-09-24")
    assert page.inner_text("#panel .first").startswith("UNDETERMINED")
    assert "License required by" not in page.inner_text("#panel .reasons")  # what may apply is not said to
    assert "may apply: 3A090.a" in page.inner_text("#panel .reasons")
    asks(opened, "chip=nvidia-l2&to=SA&by=maker&on=2024-01-01&view=plane")
    assert "another deal: L2 PCIe 24GB → Saudi Arabia" in page.inner_text("#view .warn")
    asks(opened, f"{H800}&view=claims")
    assert "true of some, not of others" in page.inner_text("#claim-a100-banned-september-2022 .says")


@pytest.mark.browser
def test_unlike_questions_have_unlike_file_names(opened: Seen) -> None:
    names = set()
    for deal in ("to=SG&hq=CN", "to=SG&parent=CN", "to=SG"):
        asks(opened, f"chip=nvidia-a100&{deal}&by=maker&on=2026-11-01")
        names |= {saved(opened, "downloadTimeline", form)[0] for form in ("CSV", "datapackage.json")}
    assert len(names) == 6
    assert "exportrules-2026.11-timeline-nvidia-a100-sg-parent-cn-maker-enforced.csv" in names
    last = next(csv.DictReader(io.StringIO(saved(opened, "downloadDay", "CSV")[1])))
    assert (last["outcome"], last["standing"]) == ("indeterminate", "beyond_horizon")
    assert last["projected_outcome"] in ("license_required", "no_license_requirement")
    source = list(csv.DictReader(io.StringIO(saved(opened, "downloadSources", "CSV")[1])))
    assert {row["provision"] for row in source} >= set(last["requirements"].split())
    assert all(row["url"].startswith("https://") for row in source)
    assert "MB as CSV" in opened.page.inner_text(".downloads")


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


def test_a_short_form_of_a_name_is_a_chips_only_where_a_command_finds_that_chip_by_it() -> None:
    law = default_ruleset()
    rows = {row["id"]: row for row in asked_rows(law, asked_chips(law, ["RTX 4090", "RTX 4090 D", "MI300X", "L40S"]))}
    assert "RTX 4090" in rows["nvidia-rtx-4090"]["calls"]
    assert "RTX 4090 D" in rows["nvidia-rtx-4090-d"]["calls"]
    assert "MI300X" in rows["amd-mi300x"]["calls"]
    for row in rows.values():
        assert {find_chip(law, form).variants for form in row["calls"]} == {(row["id"],)}
    assert (
        "88fr73458#3A090.a" in asked_rows(law, asked_chips(law, ["H800"]))[0]["reached"]
    )  # the NVL's figures are not known
    # the figures of 3A090.a reach both; the second is left out since it is not designed for datacenters
    assert all("88fr73458#3A090.a" in rows[f"nvidia-rtx-4090{d}"]["reached"] for d in ("", "-d"))
    assert "88fr73458#3A090.b" not in rows["nvidia-l40s"]["reached"]


def test_output_and_chips_are_checked_before_long_work(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    target.write_text("mine", "utf-8")
    for arguments, message in (
        (["-o", str(tmp_path / "page.pdf")], "does not end in .html"),
        (["-o", str(target)], "Use --force to replace it"),
        (["-o", str(tmp_path / "x.html"), "--chips", "H2O"], "H20"),
        (["-o", str(tmp_path / "x.html"), "--chips", " , "], "--chips ' , ' contains an empty name"),
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
    for name, said in table.items():
        assert set(said) == set(LANGUAGES), f"translate [{name}] in explore/words.toml"
        assert all(said.values())
    scripts = list((Path(exportrules.__file__).parent / "explore").glob("*.js"))
    assert len(scripts) == 7
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
    (found,) = claim_books(law, asked_chips(law, ["L2"]))
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
