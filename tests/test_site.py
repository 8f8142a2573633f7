"""The built site in a browser: complete, readable on a desk and on a phone, and silent towards the network."""

from __future__ import annotations

import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.readme import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

#: What makes a browser fetch something by itself; a link that is clicked is none.
_FETCHED = re.compile(
    r"<(?:script|link|img|iframe|source|video|audio|object|embed)\b[^>]*?(?:src|href|data)=\"([^\"]+)\""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it was built before the tests (`.ci/run` does, and stops at a warning), or as it is built now."""
    if built_before := os.environ.get("EXPORTRULES_SITE"):
        return Path(built_before)
    directory = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(directory)]
    # not --quiet: with it, mkdocs does not count the warnings that --strict is about
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return directory


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def watched(browser: Browser, address: str, width: int) -> tuple[Page, list[str]]:
    """A page, and what goes wrong on it: requests to anyone else, failures, errors and warnings of the console."""
    page, wrong = browser.new_page(viewport={"width": width, "height": 900}), []
    page.on("request", lambda r: None if r.url.startswith((address, "data:")) else wrong.append(f"asks {r.url}"))
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return page, wrong


def test_a_site_without_what_draws_ends_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    from mkdocs.exceptions import PluginError

    spec = importlib.util.spec_from_file_location("site_hooks", ROOT / "scripts" / "site_hooks.py")
    assert spec
    assert spec.loader
    hooks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hooks)
    assert hooks.on_config({}) == {}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        PluginError, match=r"draws its charts with altair\. Install it with: pip install -e '\.\[docs\]'"
    ):
        hooks.on_config({})


def test_every_picture_has_words_for_those_who_cannot_see_it(site: Path) -> None:
    pictures = [
        found for page in site.rglob("*.html") for found in re.findall(r"<img\b[^>]*>", page.read_text("utf-8"))
    ]
    assert len(pictures) > 4
    assert [picture for picture in pictures if len(re.findall(r'alt="([^"]{20,})"', picture)) != 1] == []


def test_the_html_names_nothing_that_is_fetched_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 12
    found = {(page.name, url) for page in pages for url in _FETCHED.findall(page.read_text("utf-8"))}
    assert len(found) > len(pages)
    assert {(page, url) for page, url in found if re.match(r"(?:[a-z]+:)?//", url)} == set()


@pytest.mark.parametrize("width", [1366, 390])
def test_every_page_loads_whole_and_asks_nobody(site: Path, address: str, browser: Browser, width: int) -> None:
    page, wrong = watched(browser, address, width)
    for file in sorted(site.glob("*.html")):
        if file.name == "404.html":  # its paths are those of a site at the root of a host
            continue
        page.goto(f"{address}/{file.name}", wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{file.name} is wider than the screen"
        broken = "[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
        assert page.evaluate(broken) == [], file.name
    assert wrong == []
    page.close()


def test_from_a_directory_pages_are_whole_but_for_their_search(site: Path, browser: Browser) -> None:
    """Without a server there is no index to search in: that is all that is missing."""
    page = browser.new_page(viewport={"width": 1366, "height": 900})
    missing: list[str] = []
    page.on("requestfailed", lambda request: missing.append(request.url))
    for file in sorted(site.glob("*.html")):
        if file.name in ("404.html", "explorer.html"):
            continue  # not a page of the documents
        page.goto(file.as_uri(), wait_until="networkidle")
        assert page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)") == [], file.name
        links = page.evaluate("[...document.links].map(a => a.href).filter(h => h.startsWith('file:'))")
        assert links
        assert [link for link in links if not Path(link.partition("#")[0].removeprefix("file://")).is_file()] == []
    assert {url.rpartition("/")[2] for url in missing} <= {"search_index.js"}
    page.close()


def test_the_charts_are_drawn_from_the_law_as_it_is(site: Path) -> None:
    drawn = {file.name: file.read_text("utf-8") for file in site.glob("*-*.svg")}
    assert {"index-chips.svg", "study-bands.svg", "study-plane.svg"} <= set(drawn)
    assert "88 FR 73458" in drawn["study-plane.svg"]
    assert 'src="study-plane.svg"' in (site / "study.html").read_text("utf-8")


def test_every_chart_command_has_its_own_picture(site: Path) -> None:
    """But the one whose picture is checked in: nothing is drawn for it, and nothing of another command goes there."""
    shown: dict[str, str] = {}
    drawn: set[str] = set()
    for source in (ROOT / "docs").glob("*.md"):
        commands = re.findall(r"^\$ exportrules chart (.+) -o (\S+\.(?:svg|png))$", source.read_text("utf-8"), re.M)
        shown |= {f"{source.stem}-{name}": words for words, name in commands}
        html = (site / f"{source.stem}.html").read_text("utf-8")
        drawn |= set(re.findall(r'alt="[^"]{20,}" class="chart" src="([^"]+)"', html))
    assert set(shown) - drawn == {"charts-chips.svg"}
    assert drawn < set(shown)
    for name in drawn:
        assert ("was a license required" in (site / name).read_text("utf-8")) == shown[name].startswith("timeline")


def test_search_finds_a_chip_without_a_network(address: str, browser: Browser) -> None:
    page, wrong = watched(browser, address, 1366)
    page.goto(f"{address}/index.html", wait_until="networkidle")
    page.click("input.md-search__input")
    page.keyboard.type("savings clause")
    page.wait_for_selector("a.md-search-result__link")
    assert page.locator("a.md-search-result__link", has_text="instrument").count() > 0
    assert wrong == []
    page.close()
