"""The Consolidated Screening List as an overlay: what each row becomes, and that no row is lost."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner

from exportrules import check
from exportrules.answer.determination import Determination
from exportrules.cli import cli
from exportrules.errors import RulesetError
from exportrules.files.load import default_ruleset, load_ruleset
from exportrules.files.partyfile import to_toml
from exportrules.files.screening import Screening, _lists, read_list
from exportrules.law.model import Evidence, Listing, ListName, Party

DATA = Path(__file__).parent / "data" / "csl"
AS_OF = date(2026, 7, 31)
JSON = json.loads((DATA / "consolidated.json").read_text("utf-8"))
EL = "Entity List (EL) - Bureau of Industry and Security"
UVL = "Unverified List (UVL) - Bureau of Industry and Security"
SDN = "Specially Designated Nationals (SDN) - Treasury Department"


def read(*rows: Any, as_of: date = AS_OF) -> Screening:
    return read_list("list.json", json.dumps({"results": rows}).encode(), as_of, default_ruleset())


def row(source: Any = EL, name: Any = "Invented Works", **more: Any) -> dict[str, Any]:
    dated = {"start_date": "2021-04-08", "license_requirement": "For all items subject to the EAR"}
    return {"source": source, "name": name, "id": "x1", "license_policy": "Presumption of denial", **dated, **more}


def test_the_lists_and_programs_of_the_data_are_in_the_words_of_the_law() -> None:
    lists = _lists()
    assert {found.kind for found in lists.ours.values()} <= set(get_args(ListName))
    assert {found.evidence for found in lists.ours.values()} <= set(get_args(Evidence))
    assert not lists.others & lists.ours.keys()
    assert {since for since in lists.programs.values() if since} == {date(2024, 3, 21)}
    assert [code for code, since in lists.programs.items() if since is None] == ["NPWMD", "SDGT", "FTO"]


def adds_up(made: Screening) -> bool:
    return made.read == made.mapped.total() + made.known + made.other.total() + len(made.unreadable)


@pytest.fixture(scope="module")
def imported() -> Screening:
    return read_list("consolidated.json", (DATA / "consolidated.json").read_bytes(), AS_OF, default_ruleset())


@pytest.fixture(scope="module")
def party(imported: Screening) -> Callable[[str], Party]:
    return lambda name: next(p for p in imported.parties if name in (p.name, *p.aliases))


@pytest.fixture(scope="module")
def ask(imported: Screening, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Determination]:
    """check() of a chip to China with the imported list as overlay."""
    overlay = tmp_path_factory.mktemp("screening")
    (overlay / "parties.toml").write_text(to_toml(imported.parties, ["a test"]), encoding="utf-8")
    law = load_ruleset(None, [overlay])

    def asked(end_user: str, on: str = "2024-06-01", chip: str = "RTX 4090", **more: Any) -> Determination:
        return check(chip, on=date.fromisoformat(on), to="CN", end_user=end_user, ruleset=law, **more)

    return asked


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from exportrules.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=600)


# ---- the published shapes ----


def test_the_counts_add_up(imported: Screening) -> None:
    assert imported.read == len(JSON["results"]) == 24
    assert imported.mapped == {
        "entity_list": 5,
        "meu_list": 2,
        "denied_persons": 2,
        "unverified_list": 2,
        "sdn_744_8": 2,
    }
    assert imported.other == dict.fromkeys(
        ("SSI", "CAP", "ISN", "DTC", "NS-MBS", "CMIC", "SDN, not a program of 744.8"), 1
    )
    assert (imported.known, len(imported.unreadable), imported.undated) == (0, 4, 5)
    assert adds_up(imported)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_csv_says_the_same_as_json(imported: Screening, mark: bytes, ending: str) -> None:
    text = (DATA / "consolidated.csv").read_text("utf-8").replace("\n", ending)
    made = read_list("consolidated.csv", mark + text.encode(), AS_OF, default_ruleset())
    assert to_toml(made.parties, []) == to_toml(imported.parties, [])
    assert made.summary() == imported.summary()


def test_tsv_is_read_by_its_header(imported: Screening) -> None:
    out = io.StringIO()
    cells = csv.reader(io.StringIO((DATA / "consolidated.csv").read_text("utf-8"), newline=""))
    csv.writer(out, dialect="unix", delimiter="\t").writerows(cells)
    made = read_list("consolidated.tsv", out.getvalue().encode(), AS_OF, default_ruleset())
    assert to_toml(made.parties, []) == to_toml(imported.parties, [])


def test_json_with_a_mark_and_a_bare_list(imported: Screening) -> None:
    data = b"\xef\xbb\xbf" + json.dumps(JSON["results"]).encode()
    made = read_list("el.json", data, AS_OF, default_ruleset())
    assert to_toml(made.parties, []) == to_toml(imported.parties, [])


def test_unreadable_rows_have_their_number_and_reason(imported: Screening) -> None:
    told = [problem.split(": ", 2)[1:] for problem in imported.unreadable]
    assert [where for where, _ in told] == ["row 21", "row 22", "row 23", "row 24"]
    for (_, reason), said in zip(told, ["start_date '08/04/2021'", "Frobnication", "programs", "'---'"], strict=True):
        assert said in reason


# ---- one row ----


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("Presumption of denial", "presumption_of_denial"),
        ("Presumption of denial. ", "presumption_of_denial"),
        ("POLICY OF DENIAL for all items subject to the EAR", "policy_of_denial"),
        ("Case-by-case", "case_by_case"),
        ("Case by case review.", "case_by_case"),
        ("Presumption of denial; case-by-case for EAR99", "indeterminate"),
        ("Policy of denial for items on the CCL", "indeterminate"),
        ("See § 744.2(d) of the EAR", "indeterminate"),
        ("No presumption of denial", "indeterminate"),
        ("", "indeterminate"),
        (None, "indeterminate"),
    ],
)
def test_license_policies(text: str | None, policy: str) -> None:
    listing = read(row(license_policy=text)).parties[0].listing[0]
    assert listing.policy == policy
    assert bool(listing.note) == (policy == "indeterminate")
    assert (text or "no license policy") in listing.note or policy != "indeterminate"


def test_a_narrower_requirement_is_said(party: Callable[[str], Party]) -> None:
    assert "except EAR99" in party("Orient Sable Optics Ltd.").listing[0].note
    assert party("Lumen Quartz Computing Co., Ltd.").listing[0].note == ""


def test_only_entity_list_rows_have_a_policy(imported: Screening) -> None:
    # the policy of a listing governs 744.11 alone; the other lists have theirs in the law
    for p in imported.parties:
        assert all((listing.policy is not None) == (listing.list == "entity_list") for listing in p.listing)


def test_ends_and_terms_of_denial_orders(party: Callable[[str], Party]) -> None:
    standard, other = party("POLAR DUNE EXPORTS, INC.").listing[0], party("COBALT FJORD").listing[0]
    assert (standard.start, standard.stop) == (date(2023, 2, 1), date(2024, 2, 2))  # end_date is the last day
    assert standard.cite == "88 F.R. 99999 02/08/2023"
    assert standard.note == ""
    assert "not a standard one" in other.note


def test_an_end_before_the_start_is_unreadable() -> None:
    made = read(row(start_date="2021-04-08", end_date="2020-01-01"))
    assert not made.parties
    assert "is before start_date" in made.unreadable[0]


def test_undated_rows_are_certain_from_the_file_and_presumed_before(party: Callable[[str], Party]) -> None:
    presumed, certain = party("Tundra Silk Electronics").listing
    first = default_ruleset().edition.covers_from
    assert (presumed.start, presumed.stop, presumed.evidence) == (first, AS_OF, "reported")
    assert (certain.start, certain.stop, certain.evidence) == (AS_OF, None, "published")
    assert "no listing day" in presumed.note
    assert "no listing day" not in certain.note
    assert "744.15" in certain.note


@pytest.mark.parametrize(
    ("programs", "start"),
    [(["RUSSIA-EO14024"], date(2024, 3, 21)), (["[SDGT]"], date(2020, 1, 1)), (["TCO", "NPWMD"], date(2020, 1, 1))],
)
def test_sdn_programs_begin_when_the_ear_names_them(programs: list[str], start: date) -> None:
    listing = read({"source": SDN, "name": "Kappa", "entity_number": "7", "programs": programs}).parties[0].listing[0]
    assert (listing.list, listing.start, listing.evidence) == ("sdn_744_8", start, "reported")


def test_an_sdn_file_older_than_the_rule_lists_from_the_rule_on() -> None:
    made = read({"source": SDN, "name": "Kappa", "programs": ["TCO"]}, as_of=date(2023, 1, 1))
    assert [(x.start, x.stop) for x in made.parties[0].listing] == [(date(2024, 3, 21), None)]


def test_an_undated_order_that_is_over() -> None:
    source = "Denied Persons List (DPL) - Bureau of Industry and Security"
    listings = read(row(source, start_date="", end_date="2022-12-31")).parties[0].listing
    assert [(x.start, x.stop) for x in listings] == [(date(2020, 1, 1), date(2023, 1, 1))]
    listings = read(row(source, start_date="", end_date="2018-12-31"), as_of=date(2019, 6, 1)).parties[0].listing
    assert [(x.start, x.stop) for x in listings] == [(date(2018, 12, 31), date(2019, 1, 1))]
    listings = read(row(source, start_date="", end_date="9999-12-31")).parties[0].listing
    assert listings[-1].stop is None


@pytest.mark.parametrize(
    ("end", "days"),
    [
        ("2026-07-29", [(date(2020, 1, 1), date(2026, 7, 30))]),
        ("2026-07-30", [(date(2020, 1, 1), AS_OF)]),  # over on the day of the file
        ("2026-07-31", [(date(2020, 1, 1), AS_OF), (AS_OF, date(2026, 8, 1))]),
        ("2030-12-31", [(date(2020, 1, 1), AS_OF), (AS_OF, date(2031, 1, 1))]),
        ("", [(date(2020, 1, 1), AS_OF), (AS_OF, None)]),
    ],
)
def test_an_undated_order_is_presumed_before_its_file_and_certain_from_it_to_its_end(
    end: str, days: list[tuple[date, date | None]]
) -> None:
    source = "Denied Persons List (DPL) - Bureau of Industry and Security"
    (found,) = read(row(source, start_date="", end_date=end)).parties
    assert [(x.start, x.stop) for x in found.listing] == days
    assert [x.evidence for x in found.listing] == ["reported", "published"][: len(days)]


def test_a_start_after_the_file_is_remarked() -> None:
    made = read(row(start_date="2026-09-01"))
    assert made.late == 1
    assert any("Is that the day of this file?" in line for line in made.summary())


# ---- names ----


def test_the_same_name_on_two_lists_is_one_party(party: Callable[[str], Party]) -> None:
    found = party("LQC Supercomputing")
    assert found.name == "Lumen Quartz Computing Co., Ltd."
    assert [x.list for x in found.listing] == ["entity_list", "meu_list"]
    assert found.country == "CN"


def test_a_shared_alias_finds_both_and_merges_nothing(imported: Screening, ask: Callable[..., Determination]) -> None:
    assert [p.name for p in imported.parties if "HVI" in p.aliases] == [
        "Harbor Vertex Institute",
        "Ember Garnet Logistics",
    ]
    law = ask("HVI").to_dict()
    assert law["outcome"] == "license_required"
    assert ask("Ember Garnet Logistics").outcome == "license_required"
    assert not any("744.11" in name for name in ask("Ember Garnet Logistics").requirements)
    assert any("744.11" in name for name in ask("HVI").requirements)


def test_a_name_that_is_an_alias_elsewhere_merges() -> None:
    made = read(row(name="A Works", alt_names=["B Works"]), row(UVL, name="B Works Ltd.", id="x2", start_date=None))
    assert [[x.list for x in p.listing] for p in made.parties] == [
        ["entity_list", "unverified_list", "unverified_list"]
    ]


def test_persons_are_found_in_either_order(party: Callable[[str], Party]) -> None:
    assert party("TESTOV, Ivan").aliases == ("Ivan TESTOV",)
    made = read(row(name="TESTOV, Ivan, Jr.", type="Individual"))
    assert [(p.name, p.aliases) for p in made.parties] == [("TESTOV, Ivan, Jr.", ())]


def test_a_party_sits_where_an_address_says_else_where_the_row_does() -> None:
    shown = [
        read(row(addresses=addresses, country="SG")).parties[0].country
        for addresses in ([{"country": None}, {"country": "CN"}, {"country": "RU"}], ["Harbour 1, ZZ"], [], None)
    ]
    assert shown == ["CN", "SG", "SG", "SG"]


def test_ids_are_unique_and_whole_rows_are_not_doubled() -> None:
    made = read(row(name="One"), row(name="Two"), row(name="Two"), row(name="Three", id=None))
    ids = [p.id for p in made.parties]
    assert ids[:2] == ["csl-el-x1", "csl-el-x1-2"]
    assert len(set(ids)) == 3
    assert [len(p.listing) for p in made.parties] == [1, 1, 1]
    assert adds_up(made)


def test_what_the_base_lists_is_left_to_it() -> None:
    base = next(p for p in default_ruleset().parties.values() if p.listing[0].list == "entity_list")
    made = read(
        row(name=base.name.upper() + " Co., Ltd."),
        row(name=base.name, alt_names=["Entirely Invented Alias"], id="x2"),
        row(UVL, name=base.name, id="x3", start_date=None),
    )
    assert (made.known, made.mapped, made.kept_names) == (2, {"unverified_list": 1}, 1)
    assert [p.name for p in made.parties] == ["Entirely Invented Alias", base.name]
    assert adds_up(made)


# ---- files that are bad as a whole, and rows that are ----


def test_json_that_breaks_off_names_the_place() -> None:
    data = (DATA / "consolidated.json").read_bytes()[:1500]
    with pytest.raises(RulesetError, match=r"incomplete JSON: .* line \d+, column \d+ \(character \d+ of \d+\)"):
        read_list("c.json", data, AS_OF, default_ruleset())


def test_csv_that_breaks_off_in_a_quote_names_the_line() -> None:
    data = (DATA / "consolidated.csv").read_bytes()
    cut = data[: data.index(b"Jane Q.") + 4]
    with pytest.raises(RulesetError, match=r"line 20: a quote opens here and never closes"):
        read_list("c.csv", cut, AS_OF, default_ruleset())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"source,name\n\xff", "byte 13 is not UTF-8"),
        (b"source,name\nEL,A", "the header lacks alt_names"),
        (b"", "the header lacks source"),
        (b'"source', "the header cannot be read"),
        (b'{"items": []}', "no list of `results`"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_files_that_are_no_list(data: bytes, said: str) -> None:
    with pytest.raises(RulesetError, match=said):
        read_list("c", data, AS_OF, default_ruleset())


def test_bad_csv_rows_are_reported_and_the_rest_is_read() -> None:
    header, *rows = (DATA / "consolidated.csv").read_text("utf-8").split("\n")
    text = "\n".join([header, "too,few", '"closed"too early,', "", *rows])
    made = read_list("c.csv", text.encode(), AS_OF, default_ruleset())
    assert (made.read, len(made.unreadable), made.mapped.total()) == (26, 6, 13)
    assert made.unreadable[0] == "c.csv: row 1 (line 2): it has 2 fields, the header has 29."
    assert "row 2 (line 3): not CSV" in made.unreadable[1]
    assert adds_up(made)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (None, "not an object"),
        (["a"], "not an object"),
        (row(name=None), "no letter or digit"),
        (row(name={"a": 1}), "name is not a text"),
        (row(alt_names=[1]), "alt_names is not a list of texts"),
        (row(name="half \ud800"), "surrogate"),
        (row(start_date="2021-02-30"), "not a calendar day"),
        (row(source="Entity List"), "is unknown"),
        (row(source=None), "is unknown"),
    ],
)
def test_bad_json_rows(bad: Any, said: str) -> None:
    made = read(row(name="Good Works"), bad)
    assert [p.name for p in made.parties] == ["Good Works"]
    assert len(made.unreadable) == 1
    assert said in made.unreadable[0]
    assert adds_up(made)


# ---- the file written ----


def test_toml_survives_any_text() -> None:
    odd = 'quote " backslash \\ tab \t null \0 delete \x7f line \u2028 right-to-left \u202e'
    odd += " astral \U0001f600 \U000e0001 [[party]]\n# é"
    listing = Listing(list="entity_list", start=date(2021, 4, 8), cite=odd, evidence="published", footnote=4)
    text = to_toml([Party(id="a", name=odd, country="", aliases=(odd, "b"), listing=(listing,))], ["one", "", "two"])
    (found,) = tomllib.loads(text)["party"]
    assert (found["name"], found["aliases"], found["listing"][0]["cite"]) == (odd, [odd, "b"], odd)
    assert (found["listing"][0]["start"], found["listing"][0]["footnote"]) == (date(2021, 4, 8), 4)
    assert "\u202e" not in text


def test_no_party_is_still_a_file_of_parties(tmp_path: Path) -> None:
    (tmp_path / "parties.toml").write_text(to_toml([], ["none"]), encoding="utf-8")
    assert len(load_ruleset(None, [tmp_path]).parties) == len(default_ruleset().parties)


# ---- answers ----


def test_a_listed_buyer_needs_a_license_and_has_no_exception(ask: Callable[..., Determination]) -> None:
    assert ask("Zorglub Trading").outcome == "license_exception"
    found = ask("lumen quartz computing")
    assert found.outcome == "license_required"
    assert "ear#744.11" in found.requirements
    assert found.exceptions == []
    assert ask("示例光石计算").outcome == "license_required"
    assert ask("Harbor Vertex Institute", on="2021-04-08", chip="A100").outcome == "license_required"
    assert ask("Harbor Vertex Institute", on="2021-04-07", chip="A100").outcome == "no_license_requirement"


def test_an_unverified_buyer_has_no_exception_but_needs_no_license_for_that(ask: Callable[..., Determination]) -> None:
    found = ask("Tundra Silk Electronics")
    assert found.outcome == "license_required"
    assert found.requirements == ["88fr73458#742.6(a)(6)(iii)"]
    assert ask("Tundra Silk Electronics", on="2023-06-01").outcome == "no_license_requirement"


def test_an_undated_listing_is_never_a_silent_miss(ask: Callable[..., Determination]) -> None:
    for on, presumed in (("2022-01-03", True), ("2026-07-30", True), ("2026-07-31", False)):
        found = ask("Zephyr Amber FZE", on=on, chip="A100")
        assert found.outcome == "license_required"
        assert any("no listing day" in notice for notice in found.notices) == presumed


def test_denied_persons_and_sdns(ask: Callable[..., Determination]) -> None:
    assert ask("Polar Dune Exports", on="2024-02-01", chip="RTX 4080").outcome == "license_required"
    assert ask("Polar Dune Exports", on="2024-02-02", chip="RTX 4080").outcome == "no_license_requirement"
    assert "ear#744.8" in ask("Ivan Testov", on="2022-01-03", chip="A100").requirements
    assert "89fr20107#744.8" in ask("Kappa Yonder OOO", on="2024-03-21").requirements
    assert not [r for r in ask("Kappa Yonder OOO", on="2024-03-20").requirements if r.endswith("#744.8")]


# ---- the command ----


def test_the_command_writes_an_overlay_that_check_uses(tmp_path: Path) -> None:
    overlay = tmp_path / "new" / "screening"
    first = run("parties", "import", DATA / "consolidated.json", "-o", overlay, "--as-of", "2026-07-31")
    assert first.returncode == 1  # four rows are unreadable, the rest is written
    assert len(first.stderr.splitlines()) == 4
    assert "consolidated.json: row 22: the list 'Frobnication" in first.stderr
    assert "rows read                        24\n" in first.stdout
    assert [p.name for p in overlay.iterdir()] == ["parties.toml"]
    question = ["check", "RTX 4090", "--on", "2024-06-01", "--end-user", "LQC Supercomputing"]
    assert run(*question).stdout.startswith("ONLY IF")
    screened = run(*question, "--overlay", overlay)
    assert screened.stdout.startswith("NO, not without a license"), screened.stderr


def test_the_command_overwrites_only_when_told(tmp_path: Path) -> None:
    clean = tmp_path / "clean.json"
    clean.write_text(json.dumps([row()]), encoding="utf-8")
    target = tmp_path / "parties.toml"
    target.write_text("mine", encoding="utf-8")
    arguments = ("parties", "import", clean, "-o", tmp_path, "--as-of", "2026-07-31")
    refused = run(*arguments)
    assert (refused.returncode, target.read_text("utf-8")) == (2, "mine")
    assert "--force" in refused.stderr
    done = run(*arguments, "--force")
    assert (done.returncode, done.stderr) == (0, "")
    assert "csl-el-x1" in target.read_text("utf-8")


def test_the_command_leaves_nothing_behind_when_it_fails(tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_bytes(b'{"results": [')
    failed = run("parties", "import", cut, "-o", tmp_path / "o", "--as-of", "2026-07-31")
    assert failed.returncode == 1
    assert "line 1, column 14" in failed.stderr
    assert not (tmp_path / "o").exists()
    in_the_way = run("parties", "import", DATA / "consolidated.csv", "-o", cut, "--as-of", "2026-07-31")
    assert in_the_way.returncode == 1
    assert "cannot be written" in in_the_way.stderr
    assert run("parties", "import", tmp_path / "none", "-o", tmp_path, "--as-of", "2026-07-31").returncode == 1
    for bad in ([], ["--as-of", "31.7.2026"]):
        assert run("parties", "import", cut, "-o", tmp_path / "o", *bad).returncode == 2


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    evil = tmp_path / "evil.json"
    evil.write_text(json.dumps([row(source="\x1b[2J List")]), encoding="utf-8")
    shown = run("parties", "import", evil, "-o", tmp_path, "--as-of", "2026-07-31")
    assert "\x1b" not in shown.stderr + shown.stdout
    assert "\x1b" not in (tmp_path / "parties.toml").read_text("utf-8")


def test_the_same_file_makes_the_same_bytes(imported: Screening) -> None:
    again = read_list("consolidated.json", (DATA / "consolidated.json").read_bytes(), AS_OF, default_ruleset())
    assert to_toml(again.parties, again.summary()) == to_toml(imported.parties, imported.summary())


# --- BIS's own Denied Persons List ----------------------------------------------------------------

DENIED = (Path(__file__).parent / "data" / "dpl" / "dpl.txt").read_bytes()


def test_the_list_of_denied_persons_is_read_with_its_expiry_days() -> None:
    made = read_list("dpl.txt", DENIED, AS_OF, default_ruleset())
    found = {p.name: (p.country, [(x.list, x.start, x.stop, x.cite) for x in p.listing]) for p in made.parties}
    assert found == {
        "Invented Denied Trading, Inc.": (
            "US",
            [("denied_persons", date(2021, 3, 15), date(2031, 3, 16), "86 FR 15185 3/22/2021")],
        ),
        "Invented Expired Works": (
            "SG",
            [("denied_persons", date(2019, 1, 2), date(2024, 1, 3), "84 FR 111 1/8/2019")],
        ),
        "Invented Forever Person": ("IR", [("denied_persons", date(2010, 6, 1), None, "75 FR 222 6/7/2010")]),
    }
    assert adds_up(made)
    assert len(made.unreadable) == 1
    assert "'2020-31-31' is not a calendar day" in made.unreadable[0]


def test_the_list_of_denied_persons_may_have_commas_and_other_spellings_of_its_columns() -> None:
    text = DENIED.decode().replace("_", " ").replace("Trading, Inc.", "Trading Inc.").replace("\t", ",")
    made = read_list("dpl.csv", text.encode(), AS_OF, default_ruleset())
    assert [p.name for p in made.parties][:1] == ["Invented Denied Trading Inc."]
    assert (made.read, made.mapped["denied_persons"], adds_up(made)) == (4, 3, True)


def test_the_list_of_denied_persons_may_have_only_the_columns_that_are_read() -> None:
    columns = "Name\tEffective_Date\tExpiration_Date\tStandard_Order\tFR_Citation\n"
    row = "Invented Works\t03/15/2021\t03/15/2031\tY\t86 FR 15185 3/22/2021\n"
    made = read_list("dpl.txt", (columns + row).encode(), AS_OF, default_ruleset())
    assert [(p.name, [x.list for x in p.listing]) for p in made.parties] == [("Invented Works", ["denied_persons"])]


def test_a_row_of_denied_persons_with_a_field_too_many_is_unreadable_and_not_dropped() -> None:
    made = read_list("dpl.txt", DENIED + b"a\tb\n", AS_OF, default_ruleset())
    assert (made.read, len(made.unreadable), adds_up(made)) == (5, 2, True)


@pytest.mark.parametrize(
    ("on", "outcome"),
    [("2024-01-02", "license_required"), ("2024-01-03", "no_license_requirement"), ("2019-01-01", None)],
)
def test_a_denial_order_binds_until_its_last_day(on: str, outcome: str | None, tmp_path: Path) -> None:
    made = read_list("dpl.txt", DENIED, AS_OF, default_ruleset())
    (tmp_path / "parties.toml").write_text(to_toml(made.parties, ["a test"]), encoding="utf-8")
    law = load_ruleset(None, [tmp_path])
    found = check("V100", on=on, to="SG", exporter="other", end_user="Invented Expired Works", ruleset=law)
    if outcome:
        assert found.outcome == outcome
    denied = "ear#764.3" in found.requirements
    assert denied is (outcome == "license_required")
    assert any("nobody may do what the order prohibits (764.2(k))" in n for n in found.notices) is denied


@pytest.mark.parametrize("text", ["[]", '{"results": []}'])
def test_a_list_without_an_entry_is_refused_before_it_screens_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "empty.json").write_text(text, "utf-8")
    asked = ["parties", "import", str(tmp_path / "empty.json"), "--as-of", "2026-07-31", "-o", str(tmp_path / "out")]
    said = CliRunner().invoke(cli, asked)
    assert said.exit_code != 0
    assert "the file has no entry" in str(said.exception)
    assert not (tmp_path / "out").exists()
