"""The HTML of a chart in a browser that has no network: it draws, it tells, and it asks nobody for anything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import exportrules
from exportrules.render.charts import write
from exportrules.render.charts.thresholds import thresholds_chart
from exportrules.render.charts.timeline import timeline_chart
from exportrules.study.plane import plane

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
HOSTILE = "X</script><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    own = exportrules.Chip(id="x", name=HOSTILE, dense_tops={"fp16_bf16": 400}, die_area_mm2=800)
    timelines = [exportrules.timeline(chip) for chip in ("A100", "H20", own)]
    made = {
        "bands": timeline_chart(timelines),
        "plane": thresholds_chart(timelines, plane(timelines, date(2023, 11, 17))),
    }
    for name, spec in made.items():
        write(spec, str(folder / f"{name}.html"))
    return {name: folder / f"{name}.html" for name in made}


@pytest.mark.parametrize(
    ("name", "layer", "told"),
    [("bands", "bands", "no license requirement found"), ("plane", "chips", "over 4800 (88fr73458#3A090.a)")],
)
def test_a_page_draws_and_tells_without_an_error_or_a_request(
    browser: Browser, pages: dict[str, Path], name: str, layer: str, told: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    said, asked = [], []
    tab.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    tab.on("pageerror", lambda error: said.append(f"error: {error}"))
    tab.on("request", lambda request: asked.append(request.url))
    address = pages[name].as_uri()
    tab.goto(address)
    marks = tab.locator(f"g.mark-{'rect' if name == 'bands' else 'symbol'}[class*={layer}] path")
    marks.first.wait_for()
    box = marks.first.bounding_box()
    assert box is not None
    # a band is pointed at beside the words that stand on it
    tab.mouse.move(box["x"] + min(6, box["width"] / 2), box["y"] + box["height"] / 2)
    tip = tab.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert told in tip.inner_text()
    assert "Not legal advice" in tab.locator("svg.marks").inner_html()
    assert "owned" not in tab.title()
    assert tab.locator("img").count() == 0
    assert said == []
    assert asked == [address]
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_picture_is_no_wider_than_its_window(browser: Browser, tmp_path: Path, width: int) -> None:
    """The plane of the whole catalogue is the widest, and has the bounds at its right edge."""
    law = exportrules.default_ruleset()
    catalogue = [exportrules.timeline(v.id) for v, _ in law.variants.values() if v.item_kind == "ic"]
    found = plane(catalogue, date(2023, 11, 17), named=False)
    write(thresholds_chart(catalogue, found), str(tmp_path / "all.html"))
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto((tmp_path / "all.html").as_uri())
    picture = tab.locator("svg.marks")
    picture.wait_for()
    box = picture.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.locator("g.mark-symbol[class*=chips] path").first.hover(force=True)
    tip = tab.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert "performance density" in tip.inner_text()
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
