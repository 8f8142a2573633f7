"""A yes must be earned: a word that may mean several things is asked about in each of its senses."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import exportrules
from exportrules.answer.determination import Determination, check
from exportrules.answer.parties import parties
from exportrules.answer.schema import DeterminationShape
from exportrules.cli import cli
from exportrules.engine.cases import together
from exportrules.engine.evaluate import Law
from exportrules.engine.unknowns import Branch, Verdict
from exportrules.errors import QuestionError
from exportrules.law.model import Party
from exportrules.ledger.answers import ANSWER_COLUMNS
from exportrules.question import senses
from exportrules.question.names.parties import find_parties, party_key
from exportrules.question.senses import PartyName, QuestionWord, Sense, wholes
from exportrules.render.memo import memo
from exportrules.render.text import headline
from exportrules.study.receipt import ask_again, receipt
from tests.drawing import drawn

LAW = exportrules.default_ruleset()
YES = ("no_license_requirement", "license_exception")
#: A consumer card after Inspur Group was listed: free for anyone else.
CARD: dict[str, Any] = {"chip": "RTX 4090", "on": "2023-06-01"}
LETTER: dict[str, Any] = {"chip": "A100", "on": "2022-09-15"}


def ask(**asked: Any) -> Determination:
    return check(asked.pop("chip"), **asked)


def first_line(d: Determination) -> str:
    """The answer and the deal: what a reader sees first."""
    return " ".join(d.explain().splitlines()[:2])


# --- near names of listed parties -------------------------------------------------------------------


@pytest.mark.parametrize("role", ["end_user", "parties"])
def test_a_name_close_to_a_listed_one_leaves_open_what_the_listing_decides(role: str) -> None:
    found = ask(**CARD, **({"end_user": "Inspur"} if role == "end_user" else {"parties": ["Inspur"]}))
    assert (found.outcome, found.turns_on) == ("indeterminate", [role])
    assert {word for case in found.cases for word, _ in case.conditions} == {role}
    outcomes = {case.conditions[0][1]: case.outcome for case in found.cases}
    free = next(text for text in outcomes if text.startswith("is not a listed party"))
    listed = next(text for text in outcomes if "is Inspur Group Co., Ltd. (Entity List from 2023-03-02)" in text)
    assert (outcomes[free], outcomes[listed]) == ("no_license_requirement", "license_required")
    assert found.transaction["listed_parties"] == []
    assert "inspur-group" in found.transaction["near_parties"]


def test_the_first_line_says_whom_the_name_is_close_to_and_the_answer_how_to_settle_it() -> None:
    found = ask(**CARD, end_user="Inspur")
    assert first_line(found).startswith(
        'UNDETERMINED (turns on end_user: "Inspur" is close to Inspur Group Co., Ltd., on the Entity List from '
        "2023-03-02"
    )
    said = " ".join(found.explain().split())
    assert 'If it is not: --not-listed "Inspur"; if it is, write the listed name.' in said
    assert "--not-listed" not in memo(found, "md")  # a document of the file has no option of the command line


def test_the_name_that_is_similar_is_shown_where_it_is_not_the_listed_one() -> None:
    found = ask(chip="Jetson AGX Orin", on="2026-09-01", to="CN", exporter="other", end_user="Delta Electronics")
    said = '"Delta Electronics" is close to General Electronic (also called "Delta Electronic"), on the Entity List'
    assert said in first_line(found)
    assert "also called" not in first_line(ask(**CARD, end_user="Inspur"))


def test_before_the_listing_and_where_it_changes_nothing_a_near_name_just_answers() -> None:
    before = ask(chip="RTX 4090", on="2023-03-01", end_user="Inspur")
    assert (before.outcome, before.turns_on, before.cases) == ("no_license_requirement", [], [])
    assert before.next is not None
    assert (before.next.date, before.next.outcome) == (date(2023, 3, 2), "indeterminate")
    anyway = ask(chip="H100", on="2024-06-03", end_user="Inspur", exporter="other")
    assert (anyway.outcome, anyway.review_policy, anyway.turns_on) == ("license_required", "presumption_of_denial", [])
    assert any('"Inspur" is close to' in notice and "makes no difference" in notice for notice in anyway.notices)


def test_where_only_the_policy_differs_the_requirement_stands() -> None:
    found = ask(chip="H100", on="2025-06-02", end_user="Inspur", exporter="other")
    assert (found.outcome, found.review_policy, found.turns_on) == ("license_required", "indeterminate", ["end_user"])
    assert {case.review_policy for case in found.cases} == {"presumption_of_denial", "policy_of_denial"}
    assert {case.outcome for case in found.cases} == {"license_required"}
    assert first_line(found).startswith("NO, not without a license")


def test_the_exact_name_settles_it_and_so_does_a_declaration_which_is_printed() -> None:
    exact = ask(**CARD, end_user="Inspur Group Co., Ltd.")
    assert (exact.outcome, exact.turns_on) == ("license_required", [])
    free = ask(**CARD, end_user="Inspur", not_listed=["Inspur"])
    assert (free.outcome, free.turns_on) == ("no_license_requirement", [])
    assert "for Inspur, declared not listed: Inspur, 2023-06-01" in first_line(free)
    assert any("'Inspur' is declared not to be Inspur Group Co., Ltd." in notice for notice in free.notices)
    assert "Declared to be on no list: Inspur." in memo(free, "md")
    assert free.transaction["not_listed"] == ["Inspur"]
    again = ask_again(receipt(free)["question"], LAW)
    assert (again.outcome, again.transaction) == (free.outcome, free.transaction)


def test_a_declaration_is_of_a_name_that_was_given_and_that_is_no_exact_match() -> None:
    for names, given_ in ((["Inspur Ltd"], "'Inspur'"), (["inspur"], "'Inspur'")):
        with pytest.raises(QuestionError) as caught:
            ask(**CARD, end_user="Inspur", not_listed=names)
        assert str(caught.value) == (
            f"not_listed = {names[0]!r} is not a name of this question, which names {given_}. Write the name exactly "
            "as the end user, the party or the owner is written."
        )
    with pytest.raises(QuestionError, match="cannot be declared not listed: it is the exact name of Inspur Group"):
        ask(**CARD, end_user="Inspur Group", not_listed=["Inspur Group"])
    with pytest.raises(QuestionError, match="is one text"):
        ask(**CARD, end_user="Inspur", not_listed="Inspur")
    with pytest.raises(QuestionError, match="which names no party"):
        ask(**CARD, not_listed=["Inspur"])


def test_a_party_that_a_name_may_be_also_says_where_the_buyer_may_sit() -> None:
    found = ask(chip="H100", on="2024-06-03", to="SG", exporter="other", end_user="Inspur")
    assert (found.outcome, found.turns_on[0]) == ("indeterminate", "end_user")
    settled = ask(chip="H100", on="2024-06-03", to="SG", exporter="other", end_user="Inspur", not_listed=["Inspur"])
    assert settled.outcome == "no_license_requirement"


def test_several_near_names_have_a_case_each_one_for_all_and_one_for_none() -> None:
    found = ask(**CARD, parties=["Inspur", "SenseTime Group"])
    assert (found.outcome, found.turns_on) == ("indeterminate", ["parties"])
    said = " or ".join(case.conditions[0][1] for case in found.cases)
    for part in ('"Inspur" is ', '"SenseTime Group" is ', "is not a listed party", "are all of these"):
        assert part in said
    one = ask(**CARD, parties=["Inspur", "SenseTime Group"], not_listed=["Inspur"])
    assert (one.outcome, one.turns_on) == ("indeterminate", ["parties"])
    none = ask(**CARD, parties=["Inspur", "SenseTime Group"], not_listed=["Inspur", "SenseTime Group"])
    assert none.outcome == "no_license_requirement"


def test_an_owner_with_a_near_name_is_open_where_its_listing_decides() -> None:
    asked = {"chip": "RTX 4090 D", "on": "2025-10-15", "exporter": "other", "to": "SG", "headquarters": "SG"}
    facts = {"listed_ownership_percent": 60, "listed_owner": "Inspur"}
    found = ask(**asked, facts=facts)
    assert found.turns_on in ([], ["listed_owner"])
    assert found.outcome not in YES or found.turns_on == []
    assert ask(**asked, facts=facts, not_listed=["Inspur"]).turns_on == []


def test_many_doubtful_words_are_asked_about_in_few_combinations() -> None:
    kinds = tuple(Sense(f"is {n}", ((str(n),),)) for n in range(9))
    words = [QuestionWord(word, kinds) for word in ("end_user", "parties", "exporter")]
    made = wholes({}, words)
    assert len(made) == 8
    assert made[0].named == (("0",), ("0",))
    assert set(made[-1].listed) == {str(n) for n in range(9)}


# --- names that say what they are ------------------------------------------------------------------


def test_a_buyer_that_says_it_is_military_is_never_a_plain_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senses, "described_as", lambda law, text: "military" if "Army" in text else "")
    asked: dict[str, Any] = {**CARD, "end_user": "Zorglub Army"}
    found = ask(**asked)
    assert (found.outcome, found.turns_on[0]) == ("indeterminate", "end_user")
    assert '"Zorglub Army" is a military body by its own name' in first_line(found)
    assert "--fact military_end_user=yes" in found.explain()
    assert ask(**asked, end_use="military").outcome == "license_required"
    assert ask(**{**asked, "end_user": "Zorglub Bakery"}).outcome == "no_license_requirement"
    with pytest.raises(QuestionError, match="by its own name it is a military body"):
        ask(**asked, not_listed=["Zorglub Army"])


def test_an_army_does_not_sit_where_the_goods_go() -> None:
    asked: dict[str, Any] = {"chip": "RTX 4090", "on": "2023-06-01", "end_user": "People's Liberation Army"}
    assert ask(**asked, to="SG").turns_on[:2] == ["end_user", "headquarters"]
    assert ask(**asked, to="SG", end_use="military").turns_on[0] == "headquarters"
    assert ask(**asked, end_use="military").outcome == "license_required"
    british = {**asked, "end_user": "Royal British Army Museum Guards", "to": "GB"}
    assert ask(**british).outcome == "indeterminate"
    assert ask(**british, headquarters="GB").turns_on == ["end_user"]
    assert ask(**british, headquarters="GB", end_use="military").outcome == "no_license_requirement"


@pytest.mark.parametrize(
    "body", ["People's Liberation Army", "Ministry of State Security", "中国人民解放军", "PLA Rocket Force"]
)
@pytest.mark.parametrize("to", ["CN", "SG", "RU"])
@pytest.mark.parametrize("role", ["end_user", "parties"])
def test_such_a_body_is_never_a_plain_yes(body: str, to: str, role: str) -> None:
    named: dict[str, Any] = {"end_user": body} if role == "end_user" else {"parties": [body], "headquarters": "CN"}
    for on in ("2021-06-01", "2023-06-01", "2024-06-03", "2026-03-02"):
        found = ask(chip="A10", on=on, to=to, exporter="other", **named)
        assert found.outcome not in YES


# --- exporters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chip", "on", "exporter", "addressee"),
    [
        ("A100", "2022-09-15", "NVIDIA Singapore Pte Ltd", "NVIDIA"),
        ("A100", "2022-09-15", "Nvidia Corporation (US)", "NVIDIA"),
        ("A100", "2022-09-15", "Nvidea", "NVIDIA"),
        ("MI250", "2022-09-15", "AMD International Sales & Service, Ltd.", "AMD"),
        ("H100", "2022-10-01", "英伟达（上海）有限公司", "NVIDIA"),
        ("H100", "2022-10-01", "Нвидиа Трейдинг", "NVIDIA"),
    ],
)
def test_a_name_with_an_addressees_in_it_is_open_where_a_letter_decides(
    chip: str, on: str, exporter: str, addressee: str
) -> None:
    found = ask(chip=chip, on=on, exporter=exporter)
    assert (found.outcome, found.turns_on[:1]) == ("indeterminate", ["exporter"])
    assert {case.conditions[0] for case in found.cases} == {
        ("exporter", "is another exporter"), ("exporter", f"is {addressee}"),
    }  # fmt: skip
    assert f'"{exporter}" may be {addressee}, which a letter binds' in first_line(found)
    assert f"export by {exporter}" in first_line(found)
    assert ask(chip=chip, on=on, exporter=addressee).outcome == "license_required"
    assert ask(chip=chip, on=on, exporter="other").outcome == "no_license_requirement"


def test_where_no_letter_would_change_the_answer_such_an_exporter_just_answers() -> None:
    found = ask(chip="A100", on="2023-12-01", exporter="NVIDIA Singapore Pte Ltd")
    assert (found.outcome, found.turns_on) == ("license_required", [])
    assert ask(chip="MI250", on="2022-08-01", exporter="Nvidea").outcome == "no_license_requirement"


def test_what_was_known_depends_on_who_the_exporter_is() -> None:
    found = ask(**LETTER, exporter="NVIDIA Singapore Pte Ltd", known_on="2022-08-28")
    other, addressee = (ask(**LETTER, exporter=who, known_on="2022-08-28").outcome for who in ("other", "NVIDIA"))
    assert (
        {case.outcome for case in found.cases} == {other, addressee} == {"no_license_requirement", "license_required"}
    )


def test_any_other_name_is_another_exporter_and_said_to_be() -> None:
    found = ask(**LETTER, exporter="Acme Trading")
    assert found.outcome == "no_license_requirement"
    assert "No public letter is addressed to 'Acme Trading'; it is treated as any other exporter." in found.notices


def test_an_open_exporter_is_explained_written_down_and_asked_again() -> None:
    found = ask(**LETTER, exporter="Nvidea")
    assert "by Nvidea on September 15, 2022" in memo(found, "md")
    assert "If it is NVIDIA: --exporter NVIDIA; if it is another company: --exporter other." in " ".join(
        found.explain().split()
    )
    assert ask_again(receipt(found)["question"], LAW).to_dict() == found.to_dict()
    told = {f.subject for f in found.findings}
    assert len(told) == 2 * len(found.variants)
    for end in (", exporter is NVIDIA", ", exporter is another exporter"):
        assert len({subject for subject in told if subject.endswith(end)}) == len(found.variants)


def test_a_fact_does_not_pass_by_the_door() -> None:
    found = ask(**LETTER, facts={"exporter": "NVIDIA Singapore Pte Ltd"})
    assert (found.outcome, found.turns_on) == ("indeterminate", ["exporter"])
    with pytest.raises(QuestionError, match="does not say who exports"):
        ask(**LETTER, facts={"exporter": "distributor"})
    assert ask(**LETTER, facts={"exporter": "NVIDIA"}).outcome == "license_required"


@pytest.mark.parametrize(
    ("written", "party"),
    [
        ("浙江大华技术股份有限公司", "dahua-technology"),
        ("宁畅信息产业（北京）有限公司", "nettrix-information-industry"),
        ("上海壁仞集成电路有限公司", "shanghai-biren-integrated-circuit"),
    ],
)
def test_the_registered_chinese_name_of_a_listed_party_is_never_a_yes(written: str, party: str) -> None:
    found = ask(chip="RTX 4090", on="2025-06-02", end_user=written)
    assert party in (*found.transaction["listed_parties"], *found.transaction["near_parties"])
    assert found.outcome not in YES


# --- every field: what says nothing ------------------------------------------------------------------

FIELDS = ("to", "exporter", "activity", "headquarters", "ultimate_parent", "end_user", "end_use")
PLACEHOLDERS = [
    "#N/A",
    "N/A",
    "n.a.",
    "TBD",
    "unknown",
    "-",
    "?",
    "none",
    "null",
    "#REF!",
    "C/O",
    "L/C",
    "不明",
    "未定",
]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_field_that_says_nothing_is_refused(field: str, text: str) -> None:
    with pytest.raises(QuestionError, match=r"[Ww]rite |is not one of"):
        ask(**LETTER, **{field: text})


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_chip_and_a_party_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(QuestionError):
        check(text, on="2022-09-15")
    with pytest.raises(QuestionError, match="does not name anyone"):
        ask(**LETTER, parties=[text])
    with pytest.raises(QuestionError):
        ask(**LETTER, facts={"eccn_declared": text} if text != "unknown" else {"eccn": text + "?"})


# --- noise never frees, more never frees -------------------------------------------------------------

#: Questions that need a license, and which of their words makes it so.
NEEDED: list[tuple[dict[str, Any], str]] = [
    ({"chip": "H100", "on": "2024-06-03", "to": "China", "exporter": "other"}, "to"),
    ({"chip": "H100", "on": "2024-06-03", "to": "SG", "exporter": "other", "ultimate_parent": "China"},
     "ultimate_parent"),
    ({"chip": "H100", "on": "2024-06-03", "to": "SG", "exporter": "other", "headquarters": "Russia"}, "headquarters"),
    ({"chip": "RTX 4090", "on": "2023-06-01", "exporter": "other", "end_use": "military"}, "end_use"),
    ({**LETTER, "exporter": "NVIDIA"}, "exporter"),
    ({**LETTER, "exporter": "Advanced Micro Devices, Inc.", "chip": "MI250"}, "exporter"),
    ({"chip": "V100", "on": "2021-06-01", "end_user": "Northwestern Polytechnical University"}, "end_user"),
    ({"chip": "V100", "on": "2021-06-01", "end_user": "Harbin Engineering University"}, "end_user"),
    ({"chip": "RTX 4090", "on": "2023-03-30", "end_user": "Beijing Sensetime Technology Development Co., Ltd."},
     "end_user"),
]  # fmt: skip


def typos(text: str) -> Iterator[str]:
    """The text with one slip in its longest word: a letter left out, doubled, or changed for its neighbour."""
    longest = max(text.split(), key=len)
    start = text.index(longest)
    for at in range(start + 1, start + len(longest) - 1):
        yield text[:at] + text[at + 1 :]
        yield text[:at] + text[at] + text[at:]
        if text[at] != text[at + 1]:
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def noisy(text: str, field: str) -> st.SearchStrategy[str]:
    ways = [st.sampled_from(PLACEHOLDERS), st.sampled_from(sorted(set(typos(text))))]
    if field not in ("exporter", "end_user"):  # there any word is a company's name, and none is listed
        ways.append(st.sampled_from(["zorglub", "Kunde", "see contract", "12", "№ 7", "客户"]))
    elif len(text.split()) == 3:
        first, second, third = text.split()
        ways.append(st.just(f"{second} {first} {third}"))
    return st.one_of(ways)


def outcome_of(asked: dict[str, Any]) -> str:
    try:
        return ask(**asked).outcome
    except QuestionError:
        return "refused"


@pytest.mark.parametrize(("asked", "field"), NEEDED, ids=lambda value: value if isinstance(value, str) else "")
@drawn(12)
@given(data=st.data())
def test_noise_never_frees(asked: dict[str, Any], field: str, data: st.DataObject) -> None:
    assert ask(**asked).outcome == "license_required"
    noise = data.draw(noisy(asked[field], field))
    assert outcome_of({**asked, field: noise}) in ("refused", "indeterminate", "license_required")


MORE: list[dict[str, Any]] = [
    {"end_user": "Huawei"},
    {"parties": ["Inspur"]},
    {"end_user": "Inspur"},
    {"ultimate_parent": "CN"},
    {"end_use": "military"},
]
RANK = {
    "no_license_requirement": 0,
    "license_exception": 1,
    "not_released": 1,
    "indeterminate": 2,
    "license_required": 3,
}


@drawn(60)
@given(
    st.sampled_from(["A100", "H100", "H20", "RTX 4090", "V100", "MI250", "L4", "Ascend 910B"]),
    st.sampled_from(["CN", "SG", "AE", "MO", "DE", "RU", "VN"]),
    st.dates(date(2019, 6, 1), date(2026, 9, 1)),
    st.sampled_from(MORE),
)
def test_a_listing_a_parent_and_a_military_use_never_free(chip: str, to: str, on: date, more: dict[str, Any]) -> None:
    asked = {"chip": chip, "to": to, "on": on, "exporter": "other", "headquarters": to}
    before, after = ask(**asked), ask(**asked, **more)
    if before.outcome == "license_required":
        assert after.outcome not in YES
    assert not (before.outcome == "indeterminate" and after.outcome == "no_license_requirement")


# --- every interface, the same outcome ----------------------------------------------------------------


def of_ledger(asked: dict[str, Any]) -> dict[str, Any]:
    row = {
        "chip": asked["chip"], "date": asked["on"], "destination": asked.get("to", "CN"),
        "exporter": asked.get("exporter", "maker"), "end user": asked.get("end_user", ""),
        "consignee": "; ".join(asked.get("parties", ())), "end use": asked.get("end_use", ""),
    }  # fmt: skip
    ((found),) = exportrules.audit(pa.Table.from_pylist([row])).to_pylist()
    return dict(found)


def of_command(asked: dict[str, Any]) -> dict[str, Any]:
    options = ["check", asked["chip"], "--on", asked["on"], "--json"]
    for name in ("to", "exporter", "end_user", "end_use"):
        if name in asked:
            options += [f"--{name.replace('_', '-')}", asked[name]]
    for name in asked.get("parties", ()):
        options += ["--party", name]
    found = CliRunner().invoke(cli, options)
    return dict(json.loads(found.output)) if found.exit_code in (0, 3) else {"outcome": "refused"}


QUESTIONS = st.fixed_dictionaries(
    {
        "chip": st.sampled_from(["A100", "RTX 4090", "H20", "MI250"]),
        "on": st.sampled_from(["2021-06-01", "2022-09-15", "2023-06-01", "2025-05-01", "2026-03-01"]),
    },
    optional={
        "to": st.sampled_from(["CN", "SG", "n.a."]),
        "exporter": st.sampled_from(
            ["maker", "other", "NVIDIA", "Nvidea", "AMD Taiwan Ltd", "Acme Trading", "unknown"]
        ),
        "end_user": st.sampled_from(["Inspur", "Inspur Group", "Zorglub Breakfast", "Dahua", "TBD"]),
        "parties": st.sampled_from([["Inspur"], ["Huawei", "Zorglub"], ["SenseTime Group", "Inspur"]]),
        "end_use": st.sampled_from(["civil", "military"]),
    },
)


@drawn(25)
@given(QUESTIONS)
def test_every_interface_gives_the_same_outcome(asked: dict[str, Any]) -> None:
    row, command = of_ledger(asked), of_command(asked)
    try:
        found = ask(**asked)
    except QuestionError:
        assert command["outcome"] == "refused"
        # what stands whatever the cell means stands in a row
        assert row["outcome"] in ("indeterminate", "license_required")
        assert row["problem"]
        return
    assert command == found.to_dict()
    assert (row["outcome"], row["review_policy"]) == (found.outcome, found.review_policy or "")
    assert row["turns_on"] == " ".join(found.turns_on)
    assert not row["problem"]
    DeterminationShape.model_validate(found.to_dict())


# --- ledgers -------------------------------------------------------------------------------------------

ROWS = """\
chip,date,destination,exporter,end user,consignee
RTX 4090,2023-06-01,CN,NVIDIA,Inspur,
RTX 4090,2023-06-01,CN,NVIDIA,Zorglub,
RTX 4090,2023-06-01,CN,NVIDIA,Zorglub,Inspur
RTX 4090,2023-06-01,CN,NVIDIA,Inspur Group,
A100,2022-09-15,CN,NVIDIA Singapore Pte Ltd,,
RTX 4090,2023-03-01,CN,NVIDIA,Inspur,
"""


def audited(directory: Path, *options: str) -> tuple[list[dict[str, str]], str]:
    (directory / "ledger.csv").write_text(ROWS, "utf-8")
    out = str(directory / "out.csv")
    made = CliRunner().invoke(cli, ["audit", str(directory / "ledger.csv"), "-o", out, "--force", *options])
    assert made.exit_code == 0, made.output
    said = CliRunner().invoke(cli, ["audit", str(directory / "ledger.csv"), *options]).output
    return list(csv.DictReader(io.StringIO((directory / "out.csv").read_text("utf-8")))), " ".join(said.split())


def test_near_names_decide_in_the_rows_and_the_column_party_says_who(tmp_path: Path) -> None:
    rows, said = audited(tmp_path)
    assert "party" in ANSWER_COLUMNS
    free, needed, open_ = "no_license_requirement", "license_required", "indeterminate"
    assert [row["outcome"] for row in rows] == [open_, free, open_, needed, open_, free]
    assert [row["turns_on"] for row in rows] == ["end_user", "", "parties", "", "exporter", ""]
    assert not any(row["problem"] for row in rows)
    assert rows[0]["party"].startswith("close to Inspur Group Co., Ltd. (Entity List from 2023-03-02)")
    assert rows[2]["party"] == rows[0]["party"] == rows[5]["party"]
    assert rows[3]["party"] == "Inspur Group Co., Ltd. (Entity List from 2023-03-02)"
    assert rows[1]["party"] == rows[4]["party"] == ""
    assert "Names close to that of a listed party" in said
    assert "3 rows open because of such a name: the answer turns on whom it means." in said


def test_a_line_of_the_map_of_names_settles_a_near_name(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text(
        "column,written,means\nend_user,Inspur,not listed\nparties,Inspur,Inspur Group Co. Ltd.\n", "utf-8"
    )
    rows, _ = audited(tmp_path, "--names", str(names))
    assert [row["outcome"] for row in rows[:3]] == [
        "no_license_requirement", "no_license_requirement", "license_required",
    ]  # fmt: skip
    assert rows[0]["party"].startswith("declared not to be Inspur Group Co., Ltd. (Entity List from 2023-03-02)")
    manifest = json.loads((tmp_path / "out.csv.manifest.json").read_text("utf-8"))
    assert manifest["not_listed"] == ["Inspur"]


def test_an_exact_match_cannot_be_declared_away_in_a_map_of_names(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("column,written,means\nend_user,Inspur Group,not listed\n", "utf-8")
    (tmp_path / "ledger.csv").write_text(ROWS, "utf-8")
    made = CliRunner().invoke(cli, ["audit", str(tmp_path / "ledger.csv"), "--names", str(names)])
    assert "'Inspur Group' is a listed party by its exact name" in str(made.exception)
    with pytest.raises(QuestionError, match="is a listed party by its exact name"):
        exportrules.audit(
            pa.Table.from_pylist(list(csv.DictReader(io.StringIO(ROWS)))),
            names={"end_user": {"Inspur Group": "not listed"}},
        )


def test_every_spelling_near_a_listed_one_is_reported_however_many_there_are(tmp_path: Path) -> None:
    table = "chip,date,destination,exporter,end user\n"
    table += "".join(f"A100,2021-06-01,CN,other,Zorglub {n}\n" for n in range(2_100))
    (tmp_path / "ledger.csv").write_text(table + "RTX 4090,2023-06-01,CN,other,Inspur\n", "utf-8")
    names = tmp_path / "names.csv"
    made = CliRunner().invoke(cli, ["audit", str(tmp_path / "ledger.csv"), "--write-names", str(names)])
    assert made.exit_code == 0, made.output
    told = [row for row in csv.DictReader(io.StringIO(names.read_text("utf-8"))) if row["column"] == "end_user"]
    assert [(row["written"], row["rows"]) for row in told] == [("Inspur", "1")]
    assert "close to Inspur Group Co., Ltd., which is listed" in told[0]["problem"]


def test_an_unlisted_party_is_one_of_the_names_too() -> None:
    assert PartyName().says_something is False
    assert PartyName(near=("inspur-group",)).says_something is True


# --- mutants that nothing noticed -----------------------------------------------------------------------


def test_a_listing_is_known_on_its_own_day_and_not_the_day_before() -> None:
    asked: dict[str, Any] = {"chip": "RTX 4090", "on": "2023-06-01", "end_user": "Inspur Group"}
    assert ask(**asked, known_on="2023-03-02").outcome == "license_required"
    assert ask(**asked, known_on="2023-03-01").outcome == "no_license_requirement"


@pytest.mark.parametrize("behind", ["Norway", "Research Institute", "and Partners"])
def test_text_behind_a_bracketed_alias_makes_another_name(behind: str) -> None:
    name = "Huawei Technologies Co., Ltd. (Huawei)"
    assert party_key(name) == party_key("Huawei Technologies")
    assert party_key(f"{name} {behind}") != party_key(name)
    assert "huawei-technologies" not in find_parties(LAW, f"{name} {behind}").listed


@pytest.mark.parametrize("days", [[date(2100, 12, 31), date(2101, 1, 1)], [date(2101, 1, 1)]])
def test_the_first_day_of_2101_is_out_of_range_in_a_column_of_dates(days: list[date]) -> None:
    table = pa.table({"chip": ["A100"] * len(days), "date": pa.array(days, pa.date32()), "to": ["CN"] * len(days)})
    found = exportrules.audit(table, exporter="other").to_pylist()
    assert [bool(row["problem"]) for row in found] == [day.year > 2100 for day in days]


@pytest.mark.parametrize("name", ["Armee", "Armée de terre", "Esercito Italiano", "Exército Brasileiro", "Ejército"])
def test_an_army_says_that_it_is_one_in_other_languages_too(name: str) -> None:
    assert ask(**CARD, end_user=name).outcome not in YES


@pytest.mark.parametrize("name", ["Armée du Salut", "Heilsarmee", "Ejército de Salvación"])
def test_the_salvation_army_is_none(name: str) -> None:
    assert not any(doubt.says for doubt in ask(**CARD, end_user=name).timeline.question.doubts)


@pytest.mark.parametrize("on", ["2020-03-01", "2026-12-01"])
def test_the_first_line_frees_no_army_that_the_answer_leaves_open(on: str) -> None:
    d = ask(chip="V100", on=on, to="JP", exporter="other", end_user="Bundeswehr")
    assert d.outcome == "indeterminate"
    assert "YES" not in headline(d)
    assert '"Bundeswehr" is a military body by its own name' in headline(d)


def test_of_a_body_whose_country_is_not_said_no_country_is_assumed() -> None:
    said: dict[str, Any] = {"chip": "T4", "on": "2024-03-01", "exporter": "other", "end_user": "Bundeswehr"}
    d = ask(**said, facts={"military_end_user": False})
    assert (d.outcome, d.turns_on) == ("indeterminate", ["headquarters"])
    assert headline(d) == "UNDETERMINED (turns on headquarters)."
    assert not any("headquarters" in a.says for a in d.assumptions)
    assert headline(ask(**said, facts={"military_end_user": False}, headquarters="DE")).startswith("YES")


def test_that_a_near_name_is_on_no_list_is_not_assumed() -> None:
    def assumed(name: str) -> str:
        return "; ".join(a.says for a in ask(**CARD, end_user=name).assumptions)

    assert "the buyer is on no list, unless it is the party that its name is close to" in assumed("Inspur")
    assert "'Lotus Rendering' is on no list in this data" in assumed("Lotus Rendering")
    assert '"People\'s Liberation Army" is on no list in this data' in assumed("People's Liberation Army")


# --- what is said of doubtful words, to the letter ---------------------------------------------------


def listed(*starts: str) -> Any:
    """The data with listed parties of one weak name, p0, p1 ..., each from its own day."""
    entry = next(e for e in LAW.parties["inspur-group"].listing if e.list == "entity_list")
    parties = {
        f"p{n}": Party(
            id=f"p{n}", name=f"Number {n} Works", country="CN", weak=("ZQW",),
            listing=(replace(entry, start=date.fromisoformat(start), stop=None),),
        )
        for n, start in enumerate(starts)
    }  # fmt: skip
    return replace(LAW, parties=parties)


def nowhere(parties: Any, body: bool) -> dict[str, Any]:
    return {}


def test_of_names_equally_close_the_one_listed_first_comes_first() -> None:
    law = listed("2023-01-01", "2020-01-01", "2021-01-01")
    assert senses.read_name(law, "end_user", "ZQW").near == ("p1", "p2", "p0")


@pytest.mark.parametrize(
    ("count", "end"),
    [(1, "2019-01-01)"), (2, "2020-01-01)"), (3, "2020-01-01) or 1 more"), (6, "2020-01-01) or 4 more")],
)
def test_of_many_parties_two_are_named_and_the_rest_counted(count: int, end: str) -> None:
    law = listed("2019-01-01", "2020-01-01", *["2021-01-01"] * 4)
    assert senses.called(law, list(law.parties)[:count]).endswith(end)


@pytest.mark.parametrize(("kinds", "cases"), [(1, 1), (3, 3), (4, 4), (5, 1)])
def test_parties_are_told_apart_by_their_listings_unless_that_makes_more_than_four_cases(
    kinds: int, cases: int
) -> None:
    law = listed(*(f"20{20 + n}-01-01" for n in range(kinds)), "2020-01-01")
    near = tuple(law.parties)
    word = senses.word_of_parties(law, "end_user", [PartyName("ZQW", near=near)], nowhere, ())
    assert len(word.senses) == cases + 1  # and that it is none of them
    assert {p for sense in word.senses for p in sense.named[0]} == set(near)
    assert f"(and to {kinds} more)" in word.says


def test_whom_a_name_was_taken_for_is_said_and_what_it_was_not_is_not() -> None:
    law = listed("2020-01-01")
    assert list(senses.words_of(law, PartyName("x"))) == []
    assert [line.partition(" (")[0] for line in senses.words_of(law, PartyName("x", ("p0",), ("p0",), ("p0",)))] == [
        "Number 0 Works",
        "close to Number 0 Works",
        "declared not to be Number 0 Works",
    ]


@pytest.mark.parametrize(
    ("near", "described", "begins"),
    [
        (("p0",), "", ["If it is not: --not-listed"]),
        (("p0",), "military", ["If it is that party, write", "If it is such a body: --fact military_end_user=yes"]),
        ((), "military", ["If it is such a body: --fact military_end_user=yes"]),
    ],
)
def test_how_a_doubt_is_settled_is_said_for_each_of_its_kinds(
    near: tuple[str, ...], described: str, begins: list[str]
) -> None:
    word = senses.word_of_parties(
        listed("2020-01-01"), "end_user", [PartyName("ZQW", near=near, described=described)], nowhere, ()
    )
    assert word.settle.count("If it is") == len(begins)
    assert all(line in word.settle for line in begins)


def test_whoever_a_near_name_is_sits_where_the_listed_party_does() -> None:
    question = exportrules.timeline("H100", to="VN", end_user="Inspur").question
    seats = {(s.sense.words[0][1].partition(" (")[0], s.facts["headquarters"].value) for s in question.subjects}
    assert ("is not a listed party", "VN") in seats
    assert ("is Inspur Group Co., Ltd.", "CN") in seats
    assert question.end_user == "Inspur"
    assert question.defaulted == {"activity", "end_use", "exporter", "headquarters", "ultimate_parent"}


def test_a_letter_is_known_to_its_addressee_before_the_public_and_to_nobody_else() -> None:
    for exporter, name in (("maker", "nvidia"), ("other", "other")):
        subjects = exportrules.timeline("A100", exporter=exporter).question.subjects
        assert {subject.exporter for subject in subjects} == {name}
    # who the maker of a chip of one's own is, nobody said
    own = exportrules.timeline(None, facts={"tpp": 100}).question.subjects
    assert [subject.exporter for subject in own] == [""]


def test_a_variant_is_of_its_family() -> None:
    subjects = exportrules.timeline("A100").question.subjects
    assert {subject.facts["chip_family"].value for subject in subjects} == {"nvidia-a100"}
    assert "nvidia-a100" not in {subject.facts["chip"].value for subject in subjects}


def test_an_answer_turns_on_a_word_only_where_its_senses_are_decided_otherwise() -> None:
    def open_by(fact: str) -> Verdict:
        cases = (
            Branch(((fact, "yes"),), "no_license_requirement", None),
            Branch(((fact, "no"),), "license_required", None),
        )
        return Verdict(Law("indeterminate", "indeterminate"), (fact,), cases)

    senses = [((("end_user", text),), open_by(fact)) for text, fact in (("is listed", "a"), ("is not listed", "b"))]
    assert together(senses).turns_on == ("a", "b")
    assert len(together(senses).cases) == 4
    free = ((("end_user", "is not listed"),), Verdict(Law("no_license_requirement")))
    assert together([senses[0], free]).turns_on == ("end_user", "a")


@pytest.mark.parametrize(
    ("written", "official"),
    [
        ("Huawei Technologies Co., Ltd.", ""),
        ("huawei technologies co., ltd.", "Huawei Technologies Co., Ltd., "),
        ("Huawei Technologies", "Huawei Technologies Co., Ltd., "),
    ],
)
def test_a_listed_party_is_said_with_its_official_name_where_another_was_written(written: str, official: str) -> None:
    (known,) = parties(check("H100", on="2024-06-03", end_user=written))
    assert known == (
        written,
        f"{official}on the Entity List (84 FR 22963; supp. no. 4 to part 744)",
        "entity_list#huawei-technologies",
    )
    (before,) = parties(check("H100", on="2019-01-03", end_user=written))
    assert before == (written, f"{official}on no list in this data on this day", "")
    owner = check("H100", on="2025-10-15", to="SG", facts={"listed_owner": written})
    assert [(known.written, known.entry) for known in parties(owner)] == [
        (written, "entity_list#huawei-technologies-owner")
    ]
    assert [known.known for known in parties(check("H100", on="2024-06-03", end_user="Zorglub Foods"))] == [
        "on no list in this data"
    ]
