"""Quotes held against dated copies of the Code: XML, Markdown, plain text; and what has changed since it was read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exportrules.cli import cli
from exportrules.errors import QuestionError
from exportrules.files.load import default_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.study.codified import Copy, paragraphs, plain, read_copies
from exportrules.study.confirm import Confirmation, Report, confirm, differences, section_of

TEXTS = Path(__file__).parent / "texts"
LAW = default_ruleset()
NAC = "88fr73458#742.6(a)(6)(iii)"
HEAD = "Supplement No. 1 to Part 774"
ITEMS = (("a", "88fr73458#4A090.a"), ("b", "89fr23876#4A090.b"))
WORDS = (
    "being exported, reexported, or transferred (in-country) to or within a destination specified in Country Groups "
    "D:1, D:4, and D:5, excluding destinations also specified in Country Groups A:5 or A:6"
)


def with_quote(provision: str, quote: str, **more: Any) -> Ruleset:
    """The law with another quote on one provision."""
    instrument = LAW.instruments[provision.partition("#")[0]]
    changed = tuple(replace(p, quote=quote, **more) if p.id == provision else p for p in instrument.provision)
    instruments = {**LAW.instruments, instrument.id: replace(instrument, provision=changed)}
    return replace(LAW, instruments=instruments)


def asked(law: Ruleset, *paths: Path) -> Report:
    copies, problems = read_copies(paths or (TEXTS,))
    return confirm(law, copies, problems)


def of(report: Report, provision: str) -> Confirmation:
    return next(c for c in report.confirmations if c.provision == provision)


def text(directory: Path, name: str, body: str) -> Path:
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(body, encoding="utf-8")
    return file


# --- copies --------------------------------------------------------------------------------------------


def test_a_copy_has_its_section_its_day_and_the_numbers_of_its_paragraphs() -> None:
    copies, problems = read_copies([TEXTS])
    assert problems == []
    found = {(c.section, str(c.on)) for c in copies}
    for wanted in (
        ("742.6", "2023-11-17"),
        ("742.6", "2026-09-24"),
        ("740.8", "2024-04-04"),
        ("774:4A090", "2026-07-23"),
    ):
        assert wanted in found
    newest = next(c for c in copies if c.section == "742.6" and c.file.endswith("title-15.xml"))
    assert [p.number for p in newest.paragraphs] == [
        "", "(a)", "(a)(6)(i)(A)(1)", "(a)(6)(i)(B)", "(a)(6)(iii)(A)", "(a)(6)(iii)(B)", "(a)(6)(iv)", "(b)(1)(i)",
        "(b)(1)(i)(B)", "(b)(10)(i)", "(b)(10)(ii)", "(b)(10)(iii)(A)(1)", "(b)(10)(iii)(A)(2)", "(b)(10)(iii)(B)",
        "(b)(10)(iii)(B)(1)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        (["(a) One", "(1) Two", "(2) Three", "(b) Four"], ["(a)", "(a)(1)", "(a)(2)", "(b)"]),
        (["(h) One", "(i) Two", "(j) Three"], ["(h)", "(i)", "(j)"]),
        (["(a)(1) One", "(i) Two", "(ii) Three", "(2) Four"], ["(a)(1)", "(a)(1)(i)", "(a)(1)(ii)", "(a)(2)"]),
        (["(a) *H*—(1) *One.* Two", "(2) Three"], ["(a)(1)", "(a)(2)"]),
        (["(a) See paragraph (b) of this section.", "(b) Two"], ["(a)", "(b)"]),
        (["(a)(1)(i)(A) One", "(B) Two", "(ii) Three"], ["(a)(1)(i)(A)", "(a)(1)(i)(B)", "(a)(1)(ii)"]),
        (["(a)(4)(iv) One", "(v) Two", "(vi) Three"], ["(a)(4)(iv)", "(a)(4)(v)", "(a)(4)(vi)"]),
    ],
)
def test_paragraphs_bear_their_whole_numbers(lines: list[str], numbers: list[str]) -> None:
    assert [p.number for p in paragraphs(lines)] == numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“electronic assemblies,”", '"electronic  assemblies,"'),
        ("a 'performance density'", "a ‘performance density’"),
        ("items—(i) *Exports.* A", "items - (i) Exports. A"),
        ("per mm^2", "per mm²"),
        ("paragraph \\(a\\)", "paragraph (a)"),
    ],
)
def test_marks_that_make_no_difference(one: str, other: str) -> None:
    assert plain(one) == plain(other)


def test_words_and_numbers_do_make_one() -> None:
    assert plain("4800 or more") != plain("4900 or more")
    assert plain("destinations in") != plain("destinations specified in")
    assert plain("3A090.a") != plain("3A090.A")


def test_the_day_comes_from_the_text_the_name_the_directory_or_whoever_hands_it_in(tmp_path: Path) -> None:
    body = "§ 742.6 Regional stability.\n\n(a) Words.\n"
    days = {
        text(tmp_path, "2024-04-04/section.md", body): "2024-04-04",
        text(tmp_path, "2024-04-04/742-6-2025-01-13.txt", body): "2025-01-13",
        text(tmp_path, "page.txt", f"Title 15 is up to date as of 9/24/2026.\n\n{body}"): "2026-09-24",
        text(tmp_path, "head.md", f"date: 2023-11-17\n\n{body}"): "2023-11-17",
    }
    for file, day in days.items():
        copies, problems = read_copies([file])
        assert (problems, [str(c.on) for c in copies if c.section == "742.6"]) == ([], [day])
    bare = text(tmp_path, "bare.md", body)
    assert [c.on for c in read_copies([bare], on=date(2024, 1, 1))[0]] == [date(2024, 1, 1)]


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("a.md", "§ 742.6 Regional stability.\n\nWords.", "no day is named in this text or its name. Give it: --on"),
        ("2024-01-01.md", "Words.", "no section is named in this text. Give it: --section 742.6."),
        ("2024-13-01.md", "§ 742.6 R.\n\nWords.", "2024-13-01 is not a calendar day."),
        ("2024-01-01..2024-02-01.md", "§ 742.6 R.\n\nWords.", "it names several days, 2024-01-01, 2024-02-01."),
        ("2024-01-01.xml", "<ECFR><DIV8 N='742.6'>", "this is not XML: "),
        ("2024-01-01.xml", "<ECFR><P>Words</P></ECFR>", "there is no DIV8 or DIV9 in it"),
        ("2024-01-01.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "it declares a document type"),
    ],
)
def test_what_is_wrong_with_a_text_is_told(tmp_path: Path, name: str, body: str, problem: str) -> None:
    file = text(tmp_path, name, body)
    copies, problems = read_copies([file])
    assert copies == []
    assert len(problems) == 1
    assert problems[0].startswith(f"{file}: {problem}")


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    file = tmp_path / "2024-01-01.txt"
    file.write_bytes(b"\xff\xfe")
    assert read_copies([file]) == ([], [f"{file}: byte 1 is not UTF-8. Save the text as UTF-8."])


def test_a_path_that_is_not_there_and_a_directory_without_texts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="there is no such file"):
        read_copies([tmp_path / "none"])
    with pytest.raises(QuestionError, match="no text in this directory"):
        read_copies([tmp_path])


def test_a_stated_day_that_is_not_the_files_is_refused(tmp_path: Path) -> None:
    file = text(tmp_path, "2024-01-01.md", "§ 742.6 R.\n\nWords.")
    assert "Give the right one." in read_copies([file], on=date(2024, 2, 1))[1][0]


# --- quotes --------------------------------------------------------------------------------------------


def test_a_quote_is_found_word_for_word_with_its_paragraph() -> None:
    found = of(asked(with_quote(NAC, WORDS, quote_of="742.6(a)(6)(iii)", quote_on=date(2023, 11, 17))), NAC)
    assert (found.status, found.at, found.copy) == ("word for word", "742.6(a)(6)(iii)", date(2023, 11, 17))


def test_a_quote_with_words_left_out_is_found_in_their_order() -> None:
    first, last = "A license is required for items specified", "in supplement no. 1 to part 740 of the EAR"
    assert of(asked(with_quote(NAC, f"{first} ... {last}")), NAC).status == "word for word"
    assert (
        of(asked(with_quote(NAC, f"do not apply to deemed exports ... {first} in ECCNs 3A001.z")), NAC).status
        == "differs"
    )


def test_a_wrong_word_is_told_with_the_word_of_the_text() -> None:
    found = of(asked(with_quote(NAC, WORDS.replace("D:4, and D:5", "D:4, or D:5"))), NAC)
    assert found.status == "differs"
    assert found.differences == ("the text has 'and', the quote 'or'",)


def test_words_that_stand_nowhere_are_told_as_such() -> None:
    assert differences("nothing of the kind is here at all", "a license is required for items") == [
        "the copy has no passage like it"
    ]


def test_a_copy_of_a_day_on_which_a_provision_is_not_in_force_does_not_speak_for_it() -> None:
    # the words of 2023-11-17 stand in the copy of that day; the provision ended on 2025-05-12 or before
    found = of(asked(with_quote(NAC, WORDS), TEXTS / "2026-09-24"), NAC)
    assert found.status == "section not given"


def test_every_provision_of_the_code_has_a_line() -> None:
    told = {c.provision for c in asked(LAW).confirmations}
    assert told == {p.id for p, _ in LAW.provisions.values() if section_of(p)}
    assert len(told) > 90


def test_every_dated_quote_of_the_rule_files_stands_in_its_paragraph_in_the_texts_kept_here() -> None:
    """The excerpts hold the paragraphs of every quote that says in which text it was found."""
    told = {c.provision: c for c in asked(LAW).confirmations}
    dated = [p for p, _ in LAW.provisions.values() if p.quote_on]
    wrong = [p.id for p in dated if told[p.id].status != "word for word"]
    assert wrong == []
    elsewhere = [
        (p.id, told[p.id].at)
        for p in dated
        if not told[p.id].at.startswith(p.quote_of) and told[p.id].copy == p.quote_on
    ]
    assert elsewhere == []
    assert len(dated) >= 50


# --- changes -------------------------------------------------------------------------------------------


def later(tmp_path: Path, old: str, new: str) -> Path:
    body = (TEXTS / "2026-09-24" / "title-15.xml").read_text("utf-8")
    assert old in body
    return text(tmp_path, "2026-12-20/title-15.xml", body.replace(old, new))


def test_a_section_that_changed_since_it_was_read_is_told_by_its_paragraphs(tmp_path: Path) -> None:
    long = "or a destination specified in Country Group D:5 in supplement no. 1 to part 740 of the EAR. The license"
    file = later(tmp_path, long, "or Country Group D:5. The license")
    report = asked(LAW, TEXTS / "2026-09-24", file)
    (changed,) = report.changed
    assert (changed.section, changed.paragraphs) == ("742.6", ("(a)(6)(i)(B)",))
    assert (changed.before, changed.after) == (date(2026, 9, 24), date(2026, 12, 20))
    assert "89fr96790#742.6(a)(6)(i)(B)" in changed.provisions
    assert not report.confirms
    hbm = of(report, "89fr96790#742.6(a)(6)(i)(B)")
    assert hbm.status == "word for word"
    assert hbm.differences == (f"not in the copy of 2026-12-20 ({file})",)


def test_other_white_space_and_quotes_are_no_change(tmp_path: Path) -> None:
    file = later(tmp_path, "supplement no. 1", "supplement  no.\n1")
    assert asked(LAW, TEXTS / "2026-09-24", file).changed == ()


def test_copies_up_to_the_day_of_reading_show_no_change_since_then() -> None:
    assert asked(LAW).changed == ()


# --- the command ---------------------------------------------------------------------------------------


def test_the_command_ends_well_only_if_something_was_confirmed_and_nothing_differs(tmp_path: Path) -> None:
    run = CliRunner().invoke
    quotes = [f"{item}. {LAW.provision(name)[0].quote}" for item, name in ITEMS]
    good = text(tmp_path, "2026-07-23/4A090.txt", "\n\n".join([HEAD, "4A090 Computers as follows", *quotes]))
    done = run(cli, ["confirm", str(good)])
    assert done.exit_code == 0, done.output
    assert "confirmed  88fr73458#4A090.a, word for word at 774:4A090.a of 2026-07-23" in done.output
    nothing = text(tmp_path, "2026-07-23/9A004.txt", f"{HEAD}\n\n9A004 Space launch vehicles\n\na. Words.")
    assert run(cli, ["confirm", str(nothing)]).exit_code == 1
    bad = text(tmp_path, "bad.txt", "Words.")
    both = run(cli, ["confirm", str(good), str(bad)])
    assert both.exit_code == 1
    assert f"{bad}: no day is named" in both.output
    spoilt = text(tmp_path, "2026-07-23/spoilt.txt", good.read_text("utf-8").replace("3A090.b", "3A090.c"))
    good.unlink()
    assert run(cli, ["confirm", str(spoilt)]).exit_code == 1


def test_the_report_as_json_has_every_provision() -> None:
    done = CliRunner().invoke(cli, ["confirm", str(TEXTS), "--json"])
    found = json.loads(done.output)
    assert found["confirms"] is (done.exit_code == 0)
    told = {p["provision"]: p for p in found["provisions"]}
    assert told["88fr73458#4A090.a"]["status"] == "word for word"
    assert told["88fr73458#4A090.a"]["copy"] == "2026-07-23"
    assert found["ruleset"]["text_read"] == str(LAW.edition.text_read)


def test_a_copy_is_a_plain_value() -> None:
    copy = Copy("742.6", date(2024, 1, 1), "f", paragraphs(["(a) One", "(b) Two"]))
    assert copy.text == "(a) One (b) Two"
