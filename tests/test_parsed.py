"""What rule files say is kept by their text: read once, read anew when changed, refused again when refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from exportrules.parsed import Parsed

from exportrules import RulesetError, check, default_ruleset, load_ruleset
from exportrules.files import parse as reading
from tests.test_bad_files import RULE


def test_the_least_recently_used_is_forgotten_beyond_a_size() -> None:
    read: list[bytes] = []

    def of(name: str, text: bytes) -> Iterator[tuple[str, str, Any]]:
        read.append(text)
        yield "facts", name, text

    kept = Parsed(most=10)
    for text in (b"aaaa", b"bbbb", b"aaaa", b"cccc", b"aaaa", b"bbbb"):
        assert kept.read("x", text, of) == (("facts", "x", text),)
    assert read == [b"aaaa", b"bbbb", b"cccc", b"bbbb"]
    kept.read("y", b"bbbb", of)  # messages and ids hold the name of a file
    kept.read("x", b"larger than all", of)
    kept.read("x", b"larger than all", of)
    assert read[4:] == [b"bbbb", b"larger than all", b"larger than all"]


def test_threads_that_read_the_same_file_get_the_same_and_count_it_once() -> None:
    kept, found = Parsed(most=8), []
    gate = threading.Barrier(8)

    def of(name: str, text: bytes) -> Iterator[tuple[str, str, Any]]:
        yield "facts", name, text

    def ask() -> None:
        gate.wait()
        found.append(kept.read("x", b"12345678", of))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {(("facts", "x", b"12345678"),)}
    assert kept.read("x", b"12345678", of) == found[0]


def test_of_a_changed_ruleset_only_the_changed_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPORTRULES_CACHE", str(tmp_path / "cache"))
    rule = tmp_path / "overlay" / "rule.toml"
    rule.parent.mkdir()
    rule.write_text(RULE, "utf-8")
    first = load_ruleset(None, [rule])
    names: list[str] = []
    real = reading.read_file

    def noted(name: str, text: bytes) -> Iterator[tuple[str, str, Any]]:
        names.append(name)
        return real(name, text)

    monkeypatch.setattr(reading, "read_file", noted)
    rule.write_text(RULE.replace("Letter to Acme", "Another letter"), "utf-8")
    second = load_ruleset(None, [rule])
    assert names == ["overlay-1/rule.toml"]
    assert first.digest != second.digest
    titles = [next(i.title for n, i in law.instruments.items() if n not in default_ruleset().instruments)
              for law in (first, second)]  # fmt: skip
    assert titles == ["Letter to Acme", "Another letter"]
    for broken in ("id = ", "id = "):  # the second time too
        rule.write_text(broken, "utf-8")
        with pytest.raises(RulesetError, match=r"overlay-1/rule\.toml: this is not TOML"):
            load_ruleset(None, [rule])
    assert check("A100", on="2022-09-15", ruleset=second).outcome == check("A100", on="2022-09-15").outcome
