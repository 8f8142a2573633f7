"""One command renews every record; what it says of a change, and that nothing kept here is out of date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exportrules.files.load import default_ruleset
from tests import boundaries, provisions, readme, renew
from tests.renew import Page


def page(file: Path, text: str) -> Iterator[Page]:
    yield file, text


@pytest.mark.parametrize("record", [renew.schema_pages, provisions.pages], ids=["schemas", "provisions"])
def test_what_no_other_test_holds_is_as_generated(record: Callable[[], Iterator[Page]]) -> None:
    assert [file.name for file, _, _ in renew.stale([record])] == [], "python -m tests.renew"


def test_the_table_of_provisions_has_each_with_its_quote_and_where_it_was_found() -> None:
    text = provisions.page(default_ruleset())
    for provision, _ in default_ruleset().provisions.values():
        assert f"| `{provision.id}` | {provision.evidence} |" in text
    assert "| [742.6(a)(6)(iii), 2023-11-17](https://www.ecfr.gov/on/2023-11-17/title-15/section-742.6) |" in text
    found = sum(bool(p.quote_on) for p, _ in default_ruleset().provisions.values())
    assert f"{found} of these were found word for word in a dated text of the Code." in " ".join(text.split())


def test_only_what_differs_is_stale(tmp_path: Path) -> None:
    same, other, new = (tmp_path / name for name in ("same", "other", "new"))
    same.write_text("a\n", "utf-8")
    other.write_text("a\n", "utf-8")
    found = list(renew.stale([lambda: page(same, "a\n"), lambda: page(other, "b\n"), lambda: page(new, "c\n")]))
    assert found == [(other, "a\n", "b\n"), (new, "", "c\n")]


def test_rules_whose_edges_differ_are_named() -> None:
    before = "# head\n\na#1\n  one\n\na#2\n  two\n"
    after = "# head\n\na#1\n  one\n\na#2\n  three\n\na#3\n  four\n"
    assert renew.edges(before, after) == ["rule at its edges: a#2 is changed", "rule at its edges: a#3 is new"]
    assert renew.edges(after, before)[-1] == "rule at its edges: a#3 is gone"
    assert renew.edges(before, before) == []
    assert list(renew.told([(boundaries.DIRECTORY / "x.txt", before, after)])) == renew.edges(before, after)


def test_a_revision_without_rules_is_told_and_not_passed_over() -> None:
    told = renew.legal_effect("no-such-revision")
    assert len(told) == 1
    assert told[0].startswith("not compared with no-such-revision: ")


def test_checking_writes_nothing_and_ends_with_1_where_something_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "record.txt"
    file.write_text("a\n", "utf-8")
    monkeypatch.setattr(renew, "ROOT", tmp_path)
    monkeypatch.setattr(renew, "legal_effect", lambda _: [])
    monkeypatch.setattr(renew, "stale", lambda: iter([(file, "a\n", "b\n")]))
    monkeypatch.setattr(readme, "PICTURES", {})
    assert renew.main(["--check"]) == 1
    assert file.read_text("utf-8") == "a\n"
    assert "out of date: record.txt" in capsys.readouterr().out
    assert renew.main([]) == 0
    assert file.read_text("utf-8") == "b\n"
    assert "renewed: record.txt" in capsys.readouterr().out
