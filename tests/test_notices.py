"""Each notice is said of a question that gives reason for it, and of its neighbours that give none it is not."""

from __future__ import annotations

from typing import Any

import pytest

from exportrules import check, default_ruleset
from exportrules.answer.notices import PARTS, announced
from exportrules.answer.result import Change
from exportrules.law.span import DAY

LAW = default_ruleset()
SG = {"to": "SG", "exporter": "other"}
UNNAMED = (
    "No party named is on a list in this data. That is not a clearance: denied persons and blocked persons (744.8) are "
    "here only if they were imported, and so are most parties that were removed from a list."
)
BY_HAND = (
    "'Zorglub Foods' is on no list in this data; whether the buyer's owner is listed must be checked by hand: the "
    "requirement for affiliates depends on that, and the review policy on the owner's entry."
)
ELSEWHERE = (
    "A company registered there may have its headquarters or its parent elsewhere; if so, give that country as "
    "headquarters or ultimate parent."
)
DOUBLED = "The TPP given is over 64 times the peak TOPS given; no format has more than 64 bits. Was it doubled?"
AMENDED = (
    "The entry of Huawei Technologies Co., Ltd. was last amended on 2022-09-09; its review policy is the one since "
    "then, and may have been different on this day."
)
MI308X = "Instinct MI308X OAM 192GB (China)"
READINGS = "other readings: table in Alibaba's RecIS code: 408 x 8; LLM-Prof table: 230 x 8."


@pytest.mark.parametrize(
    ("part", "chip", "asked", "said"),
    [
        ("standing", "V100", {"on": "2026-11-20"}, ["The law was verified through 2026-09-24; 2026-11-20 is later. "
         "Under the encoded law: no license requirement."]),
        ("standing", "V100", {"on": "2019-12-31"}, ["Coverage starts on 2020-01-01; earlier law is not encoded. Under "
         "the encoded law: no license requirement."]),
        ("standing", "V100", {"on": "2020-01-01"}, []),
        ("standing", "V100", {"on": "2026-09-24"}, []),
        ("standing", "B30A", {"on": "2024-06-03"}, []),
        ("standing", "H100", {"on": "2023-06-01", "to": "US"}, ["A shipment within the United States is not an export; "
         "parties and end uses can still be restricted."]),
        ("standing", "H100", {"on": "2022-10-25", "known_on": "2022-10-08"}, ["Answered with what was known on "
         "2022-10-08: later instruments are ignored."]),
        ("release", "B30A", {"on": "2024-06-03"}, ["B30A (reported single-die Blackwell Ultra) was never announced by "
         "its maker; a press report does not count."]),
        ("release", "H800", {"on": "2023-06-01"}, []),
        ("release", "H20", {"on": "2024-03-01"}, ["H20 SXM 96GB: first public by specification leaked to the press on "
         "2023-11-09; NVIDIA named no day of its own.", "H20 SXM 141GB (H20-3e) was certainly not public before "
         "2024-12-01; the exact day is not known."]),
        ("release", "H20", {"on": "2025-03-01"}, ["The day on which H20 SXM 141GB (H20-3e) became public is not known; "
         "it is treated as public."]),
        ("asked", "H100", {"on": "2021-11-03"}, ["Under the encoded law an unannounced sample would also be free: no "
         "license requirement."]),
        ("asked", "H800", {"on": "2022-01-03"}, ["Under the encoded law an unannounced sample would also be free: no "
         "license requirement.", "Not asked: H800 NVL (no throughput figures are known)."]),
        ("asked", "B200", {"on": "2023-12-01"}, ["Under the encoded law an unannounced sample would still be "
         "controlled: license required."]),
        ("asked", "H100", {"on": "2022-04-01"}, ["Not asked: H100 NVL 94GB (each GPU) (not public yet)."]),
        ("asked", "A100", {"on": "2023-06-01"}, []),
        ("other layer", "H100", {**SG, "on": "2025-06-02", "as_printed": True}, ["As enforced the answer is no license "
         "requirement."]),
        ("other layer", "H100", {**SG, "on": "2025-06-02"}, ["As printed the answer is license required."]),
        ("other layer", "H100", {**SG, "on": "2024-06-03"}, []),
        ("other layer", "H100", {**SG, "on": "2026-11-20"}, []),
        ("doubts", "H100", {**SG, "on": "2023-06-01", "end_user": "Inspur"}, []),
        ("doubts", "H100", {**SG, "on": "2023-06-01", "end_user": "Inspur", "not_listed": ["Inspur"]}, ["'Inspur' is "
         "declared not to be Inspur Group Co., Ltd. (Entity List from 2023-03-02) or Inspur Taiwan (Entity List from "
         "2025-03-25) or 4 more."]),
        ("territories", "H100", {"on": "2023-06-01", "to": "Jersey"}, [f"Jersey is read as United Kingdom (15 CFR "
         f"738.3(b)). {ELSEWHERE}"]),
        ("territories", "H100", {"on": "2023-06-01", "to": "GB"}, []),
        ("parties", "H100", {**SG, "on": "2023-06-01"}, []),
        ("parties", "H100", {**SG, "on": "2023-06-01", "end_user": "Zorglub Foods"}, [UNNAMED]),
        ("parties", "H100", {**SG, "on": "2023-06-01", "parties": ["Zorglub Foods"]}, [UNNAMED]),
        ("parties", "H100", {**SG, "on": "2023-06-01", "end_user": "Inspur"}, []),
        ("parties", "H100", {**SG, "on": "2019-05-15", "end_user": "Huawei Technologies Co., Ltd."}, ["Huawei "
         "Technologies Co., Ltd. is listed (entity list from 2019-05-16 (84 FR 22963)), not on this day. A listed "
         "owner or sister company is a red flag."]),
        ("parties", "H100", {**SG, "on": "2019-05-16", "end_user": "Huawei Technologies Co., Ltd."}, [AMENDED]),
        ("parties", "H100", {**SG, "on": "2022-09-08", "end_user": "Huawei Technologies Co., Ltd."}, [AMENDED]),
        ("parties", "H100", {**SG, "on": "2022-09-09", "end_user": "Huawei Technologies Co., Ltd."}, []),
        ("parties", "H100", {"on": "2023-06-01", "to": "SG", "exporter": "Zorglub Computing"}, ["No public letter is "
         "addressed to 'Zorglub Computing'; it is treated as any other exporter."]),
        ("parties", "H100", {**SG, "on": "2023-06-01", "facts": {"listed_owner": "Zorglub Foods",
         "listed_ownership_percent": 60}}, [BY_HAND]),
        ("memberships", "H100", {"on": "2025-12-01", "to": "KH", "known_on": "2025-11-06"}, []),
        ("figures", "H20", {"on": "2024-06-03"}, []),
        ("figures", "MI308X", {"on": "2024-06-03"}, [
         f"{MI308X}: TPP and performance density rest on an estimate.",
         f"{MI308X}: the TPP is disputed, 3720 or 3264 or 1840; {READINGS}",
         f"{MI308X}: the performance density is disputed, 1.55 or 1.36 or about 0.767; {READINGS}"]),
        ("figures", None, {"on": "2024-06-03", "facts": {"tpp": 6500, "peak_tops": 100}}, [DOUBLED]),
        ("figures", None, {"on": "2024-06-03", "facts": {"tpp": 6400, "peak_tops": 100}}, []),
        ("figures", None, {"on": "2024-06-03", "facts": {"tpp": 6500, "peak_tops": 0}}, []),
        ("figures", None, {"on": "2024-06-03", "facts": {"tpp": 6500}}, []),
    ],
)  # fmt: skip
def test_a_notice_is_said_where_there_is_reason_for_it(
    part: str, chip: str | None, asked: dict[str, Any], said: list[str]
) -> None:
    assert list(PARTS[part](check(chip, **asked).moment)) == said


def test_of_what_ends_only_a_savings_clause_is_announced_since_other_ends_are_known_from_what_follows() -> None:
    ends = {name: p for name, (p, _) in LAW.provisions.items() if p.expires}
    assert {p.kind for p in ends.values()} > {"savings", "requirement", "exception", "suspension"}
    for name, provision in ends.items():
        assert provision.expires is not None
        change = Change(provision.expires + DAY, "license_required", None, "verified", (name,))
        said = list(announced(LAW, change, provision.expires))
        assert bool(said) == (provision.kind == "savings"), name
        assert all(f"{provision.expires}" in text and f"from {change.date} the answer is" in text for text in said)
        assert list(announced(LAW, change, change.date)) == []
        assert list(announced(LAW, change._replace(by=("no provision", name)), provision.expires)) == said
