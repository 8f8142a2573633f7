"""`changes` as a feed: valid for those who parse feeds, with identifiers and dates that no clock moves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
from click.testing import CliRunner

import exportrules
from exportrules.cli import cli

LAW = exportrules.default_ruleset()
ATOM = "{http://www.w3.org/2005/Atom}"
ASKED = ["--from", "2022-01-01", "--chips", "A800,H200"]


def printed(form: str, *options: str) -> bytes:
    result = CliRunner().invoke(cli, ["changes", *ASKED, "-f", form, *options])
    assert result.exception is None, result.output
    return result.stdout_bytes


def texts(element: Any, name: str) -> list[str]:
    return [found.text or "" for found in element.findall(ATOM + name)]


def test_an_atom_document_has_what_its_standard_asks_for() -> None:
    root = ElementTree.fromstring(printed("atom"))
    entries = root.findall(f"{ATOM}entry")
    assert root.tag == f"{ATOM}feed"
    assert len(entries) > 5
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            (text,) = texts(element, name)
            assert text
        assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", texts(element, "id")[0])
        assert datetime.fromisoformat(texts(element, "updated")[0])
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    # without a link of the kind `alternate` an entry has a content of its own
    assert all(texts(entry, "content")[0] for entry in entries)
    ids = [texts(entry, "id")[0] for entry in entries]
    assert len(set(ids)) == len(ids)
    assert max(texts(entry, "updated")[0] for entry in entries) <= texts(root, "updated")[0]


def test_a_reader_of_feeds_reads_it_without_complaint() -> None:
    found = feedparser.parse(printed("atom"))
    assert (found.bozo, found.version) == (False, "atom10")
    assert (
        found.feed.title
        == "AI-chip export rules: to China (PRC); export by each chip's maker; civil end use; as enforced"
    )
    assert found.feed.updated == f"{LAW.horizon}T00:00:00Z"
    ends = [e for e in found.entries if e.title.startswith("2022-08-26") or e.title.startswith("2023-10-23")]
    assert ends
    assert "Not legal advice" in ends[0].content[0].value
    assert {tag.term for entry in found.entries for tag in entry.tags} == {"verified", "projected"}


def test_both_feeds_and_the_calendar_have_the_same_events() -> None:
    entries = ElementTree.fromstring(printed("atom")).findall(f"{ATOM}entry")
    feed = json.loads(printed("jsonfeed"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed["items"]] == [texts(entry, "id")[0] for entry in entries]
    assert [item["content_text"] for item in feed["items"]] == [texts(entry, "content")[0] for entry in entries]
    days = re.findall(rb"DTSTART;VALUE=DATE:(\d{8})", printed("ics"))
    assert [item["_exportrules"]["on"].replace("-", "").encode() for item in feed["items"]] == days
    for item in feed["items"]:
        told = item["_exportrules"]
        assert item["tags"] == ["projected" if told["projected"] else "verified"]
        assert told["through"]
        assert date.fromisoformat(item["date_published"][:10]) <= LAW.horizon


def test_a_chip_made_public_without_a_rule_is_of_its_own_day() -> None:
    items = json.loads(printed("jsonfeed"))["items"]
    first = [item for item in items if item["_exportrules"]["through"] == ["chip first made public"]]
    assert first
    assert all(item["date_published"][:10] == item["_exportrules"]["on"] for item in first)


def test_identifiers_are_of_the_event_and_not_of_when_one_asks(tmp_path: Path) -> None:
    def ids(*options: str) -> tuple[str, set[str]]:
        root = ElementTree.fromstring(printed("atom", *options))
        return texts(root, "id")[0], {texts(entry, "id")[0] for entry in root.findall(f"{ATOM}entry")}

    feed, entries = ids()
    assert ids() == (feed, entries)
    later = ids("--from", "2024-01-01")
    assert (later[0], later[1] < entries) == (feed, True)
    other = ids("--to", "MO")
    assert other[0] != feed
    # the day of the machine is in none of it
    command = f"sys.argv = ['exportrules', 'changes', *{ASKED!r}, '-f', 'atom']"
    script = f"import sys; from exportrules.cli import main; {command}; main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.stdout == printed("atom")
    assert str(date.today()).encode() not in done.stdout


def test_a_file_is_named_for_its_form(tmp_path: Path) -> None:
    for name, form in (("x.atom", "atom"), ("x.xml", "atom"), ("y.json", "jsonfeed")):
        given = ["-f", form] if name == "y.json" else []
        result = CliRunner().invoke(cli, ["changes", *ASKED, *given, "-o", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
        assert (tmp_path / name).read_bytes() == printed(form)
    for form, name in (("atom", "x.json"), ("jsonfeed", "x.ics"), ("simple", "x.xml")):
        result = CliRunner().invoke(cli, ["changes", *ASKED, "-f", form, "-o", str(tmp_path / "new" / name)])
        assert "say different things" in str(result.exception)


def test_a_feed_of_nothing_is_refused() -> None:
    for form in ("atom", "jsonfeed"):
        result = CliRunner().invoke(cli, ["changes", "--from", "2030-01-01", "--chips", "V100", "-f", form])
        assert str(result.exception).startswith("no change from 2030-01-01")
