"""One answer, whoever asks at the same time: threads, processes, a cache that is being written, or none at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import exportrules
from exportrules.files import load
from exportrules.law.view import View

LAW = exportrules.default_ruleset()
CHIPS = sorted(v for v, (variant, _) in LAW.variants.items() if variant.dense_tops)
LISTED = sorted(party.name for party in LAW.parties.values())

#: Profiles that differ in every way that is remembered: figures, parties, layers, what was known.
ASKED: list[dict[str, Any]] = [
    {
        "chip": chip,
        "on": on,
        "to": to,
        "exporter": exporter,
        "end_user": LISTED[(i * 7) % len(LISTED)] if i % 3 == 0 else None,
        "as_printed": i % 4 == 0,
        "known_on": "2024-01-15" if i % 5 == 0 else None,
    }
    for i, chip in enumerate(CHIPS[::3])
    for on in ("2022-09-15", "2023-12-01", "2025-06-01")
    for to, exporter in (("CN", "nvidia"), ("AE", "other"))
]


def fresh() -> exportrules.Ruleset:
    """The same law, nothing remembered."""
    return replace(LAW)


def decided(question: dict[str, Any], ruleset: exportrules.Ruleset) -> tuple[Any, ...]:
    found = exportrules.check(**question, ruleset=ruleset)
    return found.outcome, found.review_policy, found.requirements, found.turns_on, found.holds, found.eccn


@pytest.fixture
def _eager() -> Any:
    """Threads that change places as often as Python lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work: Callable[[int], Any], threads: int) -> list[Any]:
    """The work in many threads that begin at the same moment."""
    # threads of their own and no pool: a pool may give two pieces of work to one thread, and the gate would never open
    gate = threading.Barrier(threads, timeout=600)
    found: dict[int, Any] = {}

    def begin(number: int) -> None:
        gate.wait()
        found[number] = work(number)

    started = [threading.Thread(target=begin, args=(number,)) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return [found[number] for number in range(threads)]


@pytest.mark.slow
@pytest.mark.usefixtures("_eager")
def test_many_threads_of_one_fresh_ruleset_get_what_one_thread_gets() -> None:
    alone = fresh()
    expected = [decided(question, alone) for question in ASKED]
    for _ in range(3):
        shared = fresh()
        # each thread asks everything, each in another order, so that all of them make all that is remembered
        found = together(lambda n, s=shared: {i: decided(ASKED[i], s) for i in _turned(len(ASKED), n * 11)}, 6)  # type: ignore[misc]
        for answers in found:
            assert [answers[i] for i in range(len(ASKED))] == expected


def _turned(length: int, by: int) -> list[int]:
    return [(i + by) % length for i in range(length)]


@pytest.mark.usefixtures("_eager")
def test_two_rulesets_in_many_threads_do_not_mix() -> None:
    hush = replace(fresh(), parties={}, instruments={k: i for k, i in LAW.instruments.items() if "letter" not in k})
    rulesets = [fresh(), hush]
    expected = [[exportrules.check("A100", on=on, ruleset=r).outcome for on in DAYS] for r in rulesets]
    assert expected[0] != expected[1]
    found = together(lambda n: [exportrules.check("A100", on=on, ruleset=rulesets[n % 2]).outcome for on in DAYS], 8)
    assert found == [expected[n % 2] for n in range(8)]


DAYS = ["2022-09-15", "2022-11-01", "2023-12-01", "2025-06-01"]


@pytest.mark.usefixtures("_eager")
def test_no_two_values_ever_share_a_mark() -> None:
    """A mark stands for the value of a fact where prepared provisions are shared: one for two would mix up chips."""
    view = View(LAW, False, None, "")
    together(lambda n: [view.mark((value, n % 2 == 0, ())) for value in range(4000)], 8)
    assert len(set(view.marks.values())) == len(view.marks) == 8000


@pytest.mark.usefixtures("_eager")
def test_a_partys_entries_are_whole_whoever_asks_first() -> None:
    parties = [party for party in LAW.parties.values() if party.listing]
    # an entry whose first day is not known has two parts
    whole = [sum(1 + bool(entry.perhaps_from) for entry in party.listing) for party in parties]
    for _ in range(5):
        view = View(LAW, False, None, "")
        found = together(lambda _, v=view: [len(v.listings(party)) for party in parties], 6)  # type: ignore[misc]
        assert all(counts == whole for counts in found)


@pytest.mark.usefixtures("_eager")
def test_the_ruleset_of_the_package_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_default", [])
    found = together(lambda _: exportrules.default_ruleset(), 4)
    assert len({id(ruleset) for ruleset in found}) == 1


# --- processes and the cache ------------------------------------------------------------------------

ASK = (
    "import exportrules as e; d = e.check('H20', on='2025-06-01'); "
    "print(d.outcome, d.review_policy, ','.join(d.requirements), d.ruleset['sha256'])"
)


def environment(**changes: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("EXPORTRULES_CACHE", "XDG_CACHE_HOME", "HOME")}
    return {**kept, **changes}


def ask(**changes: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment(**changes), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
def test_many_processes_that_begin_at_once_with_an_empty_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    running = [
        subprocess.Popen([sys.executable, "-c", ASK], env=environment(EXPORTRULES_CACHE=str(cache), HOME="/"),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(6)
    ]  # fmt: skip
    said = [process.communicate() for process in running]
    assert {process.returncode for process in running} == {0}
    assert len({out for out, _ in said}) == 1
    assert {err for _, err in said} == {""}
    # whole, once, and nothing left lying about
    kept, parties = sorted((path for path in cache.rglob("*") if path.is_file()), key=lambda path: len(path.name))
    assert parties.name == f"{kept.stem}-parties.json"
    assert kept.suffix == ".json"
    assert ask(EXPORTRULES_CACHE=str(cache), HOME="/") == said[0][0]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a process with a good place for its cache says."""
    return ask(EXPORTRULES_CACHE=str(tmp_path_factory.mktemp("good")), HOME="/")


@pytest.mark.parametrize("way", ["no home", "home is no directory", "cache is a file", "read-only", "relative"])
def test_no_place_for_a_cache_is_no_matter(way: str, tmp_path: Path, told: str) -> None:
    file = tmp_path / "file"
    file.write_text("in the way", "utf-8")
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o500)
    changes = {
        "no home": {},
        "home is no directory": {"HOME": str(file)},
        "cache is a file": {"HOME": str(tmp_path), "EXPORTRULES_CACHE": str(file)},
        "read-only": {"HOME": str(tmp_path), "EXPORTRULES_CACHE": "/proc"},
        "relative": {"HOME": "somewhere/else"},
    }[way]
    assert ask(**changes) == told
    assert file.read_text("utf-8") == "in the way"


def test_a_full_disk_leaves_no_half_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from exportrules.files import cache

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("EXPORTRULES_CACHE", str(tmp_path))
    monkeypatch.setattr(os, "replace", full)
    cache.remember("digest", {"edition": LAW.edition})
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_processes_of_a_pool_answer_as_one_does() -> None:
    """As a service would: the law loaded, then forked, then asked everywhere at once."""
    script = (
        "import exportrules, json, multiprocessing as m\n"
        "exportrules.default_ruleset()\n"
        "def ask(c): d = exportrules.check(c, on='2025-06-01'); return [d.outcome, d.review_policy, d.requirements]\n"
        f"chips = {CHIPS[::6]!r}\n"
        "if __name__ == '__main__':\n"
        "    with m.get_context('fork').Pool(4) as pool: told = pool.map(ask, chips)\n"
        "    print(json.dumps([told, [ask(c) for c in chips]]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    forked, alone = json.loads(done.stdout)
    assert forked == alone
