"""The HTML of a chart in a browser that has no network: it draws, it tells, and it asks nobody for anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import exportrules
from exportrules.render.charts.output import write
from exportrules.render.charts.share import NARROW as SLIM
from exportrules.render.charts.share import share_chart
from exportrules.render.charts.thresholds import thresholds_chart
from exportrules.render.charts.timeline import NARROW, timeline_chart
from exportrules.study.plane import plane
from exportrules.study.share import share as count

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

HOSTILE = "X</script><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("pages")
    own = exportrules.Chip(id="x", name=HOSTILE, dense_tops={"fp16_bf16": 400}, die_area_mm2=800)
    timelines = [exportrules.timeline(chip) for chip in ("A100", "H20", own)]
    law = exportrules.default_ruleset()
    share = count(law, "NVIDIA", "2025-01", "2026-06", exporter="other")
    write(timeline_chart(timelines), str(directory / "bands.html"), narrow=lambda: timeline_chart(timelines, NARROW))
    write(thresholds_chart(timelines, plane(timelines, date(2023, 11, 17))), str(directory / "plane.html"))
    write(share_chart(share, law), str(directory / "share.html"), narrow=lambda: share_chart(share, law, SLIM))
    return {file.stem: file for file in directory.iterdir()}


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bands", "no license requirement found"),
        ("plane", "over 4800 (88fr73458#3A090.a)"),
        ("share", "no license requirement found"),
    ],
)
def test_a_page_draws_and_tells_without_an_error_or_a_request(
    browser: Browser, pages: dict[str, Path], name: str, told: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark")
    tab = context.new_page()
    said, asked = [], []
    tab.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    tab.on("pageerror", lambda error: said.append(f"error: {error}"))
    tab.on("request", lambda request: asked.append(request.url))
    address = pages[name].as_uri()
    tab.goto(address)
    tip = tab.locator("#tip")
    assert not tip.is_visible()
    # the words that stand on a band hide nothing of it
    mark = tab.locator(".picture:visible [data-row='0']")
    mark.scroll_into_view_if_needed()
    # what scrolls hides the words, two frames later at the most: they are asked for once it is at rest
    tab.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    mark.hover()
    tip.wait_for(state="visible")
    assert told in tip.inner_text()
    box = tip.bounding_box()
    assert box is not None
    assert 0 <= box["x"] < box["x"] + box["width"] <= width
    tab.mouse.move(2, 2)
    assert not tip.is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert "Not legal advice" in tab.locator("footer").inner_text()
    assert "owned" not in tab.title()
    assert tab.locator("img").count() == 0
    assert said == []
    assert asked == [address]
    context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_picture_is_told_by_the_keyboard_alone(browser: Browser, pages: dict[str, Path], width: int) -> None:
    """Tab goes to one mark, an arrow key to the nearest that way: the next answer of a chip, the chip below."""
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(pages["bands"].as_uri())
    tip = tab.locator("#tip")
    tab.keyboard.press("Tab")
    first = tip.inner_text()
    assert "A100" in first
    tab.keyboard.press("ArrowRight")
    second = tip.inner_text()
    assert "A100" in second
    assert "2022-08-26" in second
    tab.keyboard.press("ArrowLeft")
    assert tip.inner_text() == first
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        tab.keyboard.press(key)
    assert "H20" in tip.inner_text()
    tab.keyboard.press("Escape")
    assert not tip.is_visible()
    tab.keyboard.press("ArrowUp")
    assert "A100" in tip.inner_text()
    # the next Tab leaves the marks for the table
    tab.keyboard.press("Tab")
    assert not tip.is_visible()
    assert tab.evaluate("document.activeElement.tagName") == "SUMMARY"
    tab.close()


def test_what_is_folded_is_on_paper(browser: Browser, pages: dict[str, Path]) -> None:
    tab = browser.new_page(viewport={"width": 360, "height": 900})
    tab.goto(pages["bands"].as_uri())
    assert not tab.locator("table").is_visible()
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator("table").is_visible()
    assert tab.locator(".picture.wide").is_visible()
    assert not tab.locator(".picture.narrow").is_visible()
    tab.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_page_is_no_wider_than_its_window(browser: Browser, tmp_path: Path, width: int) -> None:
    """The plane of the whole catalogue is the widest: a narrow window scrolls it inside the page, and says so."""
    law = exportrules.default_ruleset()
    catalogue = [exportrules.timeline(v.id) for v, _ in law.variants.values() if v.item_kind == "ic"]
    found = plane(catalogue, date(2023, 11, 17), named=False)
    write(thresholds_chart(catalogue, found), str(tmp_path / "all.html"))
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto((tmp_path / "all.html").as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    frame, picture = tab.locator(".picture").bounding_box(), tab.locator(".picture svg").bounding_box()
    assert frame is not None
    assert picture is not None
    assert frame["width"] < width
    assert (picture["width"] > frame["width"]) == (width == 360) == tab.locator(".scrolls").is_visible()
    tab.locator("[data-row='1']").focus()
    assert "performance density" in tab.locator("#tip").inner_text().lower()
    tab.close()


def test_the_policy_of_the_page_forbids_the_network(browser: Browser, pages: dict[str, Path]) -> None:
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(pages["bands"].as_uri())
    refused = tab.evaluate("fetch('https://example.org/').then(() => 'let through', error => 'refused')")
    assert refused == "refused"
    violated = tab.evaluate(
        "new Promise(done => { document.addEventListener('securitypolicyviolation', e => done(e.effectiveDirective));"
        " fetch('https://example.org/').catch(() => 0) })"
    )
    assert violated in ("connect-src", "default-src")
    context.close()
