"""A provision read in another's place: its days, its relations, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from exportrules import RulesetError, check, default_ruleset, load_ruleset, timeline
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY
from exportrules.law.view import view_of

HEAD = """\
id = "reform"
title = "A supposition"
type = "rule"
issuer = "nobody"
citation = "supposed"
url = "https://example.org/"
evidence = "reported"
"""
#: 3A090 of October 2022, word for word, in its own place
ENTRY = """
[[provision]]
id = "3A090.a"
kind = "classification"
title = "3A090 as supposed"
cite = "supposed"
paragraph = "774:3A090.a"
effective = {effective}
classifies = "ic"
concludes = {{ fact = "eccn", value = "3A090.a" }}
replaces = ["87fr62186#3A090.a"]
when = [{{ tests = [
    {{ fact = "aggregate_io_gbytes_s", op = "ge", bound = 600 }},
    {{ fact = "bits_x_tops_2022", op = "ge", bound = 4800 }},
] }}]
"""
REQUIREMENT = """
[[provision]]
id = "742.6(a)(6)"
kind = "requirement"
title = "Advanced computing items to China, as supposed"
cite = "supposed"
paragraph = "742.6(a)(6)(i)"
effective = {effective}
replaces = ["87fr62186#742.6(a)(6)"]
when = [{{ tests = [
    {{ fact = "eccn", op = "in", bound = ["3A090.a", "4A090.a"] }},
    {{ fact = "destination", op = "in_group", bound = "china" }},
] }}]
"""


def supposing(tmp_path: Path, *provisions: str, effective: str = "2022-10-21") -> Ruleset:
    file = tmp_path / "reform.toml"
    file.write_text(HEAD + "".join(p.format(effective=effective) for p in provisions), encoding="utf-8")
    return load_ruleset(None, [file])


def decisions(law: Ruleset, chip: str, to: str = "CN") -> list[tuple[object, ...]]:
    made = timeline(chip, to=to, ruleset=law)
    return [(s.start, s.last, *s.answer.decision) for s in made.spans]


def days_of(law: Ruleset, name: str) -> list[tuple[date, date | None]]:
    return [(s.start, s.stop) for f in view_of(law).provisions if f.provision.id == name for s in f.spans]


@pytest.mark.parametrize("chip", ["A100", "H100 PCIe", "A800", "H800", "H20", "RTX 4090", "V100"])
@pytest.mark.parametrize("to", ["CN", "MO", "AE", "RU"])
def test_a_provision_replaced_by_its_own_words_changes_no_answer(tmp_path: Path, chip: str, to: str) -> None:
    law = supposing(tmp_path, ENTRY, REQUIREMENT)
    assert decisions(law, chip, to) == decisions(default_ruleset(), chip, to)


def test_what_displaces_the_provision_displaces_what_stands_in_its_place(tmp_path: Path) -> None:
    law = supposing(tmp_path, ENTRY, REQUIREMENT)
    assert days_of(law, "87fr62186#3A090.a") == []
    assert days_of(law, "reform#3A090.a") == [(date(2022, 10, 21), date(2023, 11, 17))]
    assert days_of(law, "reform#742.6(a)(6)") == days_of(default_ruleset(), "87fr62186#742.6(a)(6)")


@pytest.mark.parametrize("effective", ["2022-09-15", "2022-12-01", "2023-10-20"])
def test_a_date_is_shifted_either_way_with_all_that_hangs_on_it(tmp_path: Path, effective: str) -> None:
    """The letter of 2022 ends when the rule comes, and the rule of 2023 ends it as before."""
    law = supposing(tmp_path, ENTRY, REQUIREMENT, effective=effective)
    day = date.fromisoformat(effective)
    assert check("A100", on=day - DAY, ruleset=law).requirements == ["letter-nvidia-2022-08-26#requirement"]
    assert check("A100", on=day, ruleset=law).requirements == ["reform#742.6(a)(6)"]
    assert check("A100", on=day - DAY, exporter="other", ruleset=law).outcome == "no_license_requirement"
    assert check("A100", on="2023-11-17", ruleset=law).requirements == ["88fr73458#742.6(a)(6)(iii)"]


def test_what_suspends_the_provision_suspends_what_stands_in_its_place(tmp_path: Path) -> None:
    affiliates = default_ruleset().provision("90fr47201#744.11(a)(1)")[0]
    law = supposing(tmp_path, f"""
[[provision]]
id = "744.11(a)(1)"
kind = "{affiliates.kind}"
title = "as supposed"
cite = "supposed"
paragraph = "744.11(a)-affiliates"
effective = 2025-10-01
policy = "case_by_case"
replaces = ["90fr47201#744.11(a)(1)"]
when = [{{{{ tests = [{{{{ fact = "listed_ownership_percent", op = "ge", bound = 50 }}}}] }}}}]
""")  # fmt: skip
    assert days_of(law, "reform#744.11(a)(1)") == [
        (date(2025, 10, 1), date(2025, 11, 10)),
        (date(2026, 11, 10), None),
    ]


def test_a_reference_to_the_provision_reaches_what_stands_in_its_place(tmp_path: Path) -> None:
    """The authorizations of 2022 overcome NVIDIA's letter by its id."""
    letter = """
[[provision]]
id = "letter"
kind = "requirement"
title = "the letter, as supposed"
cite = "supposed"
paragraph = "744.21(b)-supposed"
effective = 2022-08-20
policy = "unpublished"
replaces = ["letter-nvidia-2022-08-26#requirement"]
when = [{{ tests = [{{ fact = "chip_family", op = "is", bound = "nvidia-a100" }}] }}]
"""
    law = supposing(tmp_path, letter)
    facts = {"exporter_role": "ordinary"}
    was = check("A100", on="2022-09-15", facts=facts)
    now = check("A100", on="2022-09-15", facts=facts, ruleset=law)
    assert was.requirements == ["letter-nvidia-2022-08-26#requirement"]
    assert now.requirements == ["reform#letter"]
    exception = [p for p, _ in law.provisions.values() if "letter-nvidia-2022-08-26#requirement" in p.overcomes]
    assert exception
    from exportrules.law.paragraphs import refers

    assert refers(exception[0].overcomes[0], law.provision("reform#letter")[0])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"87fr62186#3A090.a"]',
            '"87fr62186#3A090.z"]',
            "which is not a provision of this ruleset. List those of an instrument: exportrules instruments ID.",
        ),
        ('"87fr62186#3A090.a"]', '"#3A090.a"]', "replaces itself."),
        (
            '"87fr62186#3A090.a"]',
            '"87fr62186#742.6(a)(6)"]',
            "replaces '87fr62186#742.6(a)(6)', which is a requirement; so this cannot be a classification.",
        ),
        (
            "effective = 2022-10-21",
            "effective = 2023-11-17",
            "replaces '87fr62186#3A090.a', which '88fr73458#3A090.a' displaces from 2023-11-17: this begins on "
            "2023-11-17, too late for any day.",
        ),
    ],
)
def test_a_replacement_without_a_place_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(RulesetError) as error:
        supposing(
            tmp_path, ENTRY.format(effective="2022-10-21").replace(old, new).replace("{", "{{").replace("}", "}}")
        )
    assert str(error.value).startswith("overlay-1/reform.toml: reform#3A090.a: ")
    assert str(error.value).endswith(message)
