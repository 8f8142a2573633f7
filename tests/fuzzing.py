"""What fuzzing is made of: broken rule files, command lines that nobody would write, and what must hold all the same.

`tests/test_fuzz.py` draws from here; `python -m tests.atheris_run 60` lets atheris look for inputs that reach new code.
What must hold: one clear error or an answer; no traceback, no hang, no more memory than a small machine has.
"""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from exportrules import ExportRulesError, RulesetError, check
from exportrules.files import parse
from exportrules.files.load import _data, _files_in, read_file
from exportrules.law.ruleset import Ruleset

#: Of a list that a script writes, this much: one of forty parties has the same shape as one of thousands.
_MOST = 40
_PARTY = b"\n[[party]]\n"


def _short(text: bytes) -> bytes:
    """A file with the first of its parties, where it has very many."""
    return _PARTY.join(text.split(_PARTY)[: _MOST + 1])


#: The real files, the same beside every broken one.
FILES = {name: _short(read_file(name, path)) for name, path in _files_in(_data())}
TREES: dict[str, dict[str, Any]] = {
    name: tomllib.loads(text.decode(), parse_float=Decimal) for name, text in FILES.items()
}
SECONDS = 20


@contextlib.contextmanager
def in_time(seconds: int = SECONDS) -> Iterator[None]:
    """The block, ended with an error where it computes too long: by the time of this process, not of a full machine."""

    def hangs(signum: int, frame: object) -> None:
        raise AssertionError(f"it takes more than {seconds} seconds")

    before = signal.signal(signal.SIGPROF, hangs)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# --- TOML ----------------------------------------------------------------------------------------


def written(value: Any) -> str:
    """A value as TOML, tables inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Decimal) and not value.is_finite():
        return "nan" if value.is_nan() else "-inf" if value < 0 else "inf"
    return f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) < 40 else str(value).lower()


def quoted(text: str) -> str:
    escaped = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return '"' + "".join(escaped) + '"'


def document(tree: dict[str, Any]) -> bytes:
    return "".join(f"{quoted(k)} = {written(v)}\n" for k, v in tree.items()).encode()


words = st.one_of(
    st.sampled_from(["tpp", "3A090.a", "CN", "china", "D:5", "744.23(b)", "denial", "#a", "88fr73458#3A090.a", ""]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
scalars = st.one_of(
    words,
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.sampled_from([Decimal("1e99999"), Decimal("1e-99999"), 10**4000, 0, -1, Decimal("0.1")]),
    st.booleans(),
    st.dates(),
    st.datetimes().map(lambda d: d.replace(microsecond=0)),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=8,
)
KEYS = sorted({key for tree in TREES.values() for key in tree} | {"id", "when", "tests", "member", "listing", "start"})
free_trees = st.dictionaries(st.one_of(st.sampled_from(KEYS), words), values, max_size=6)


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a tree."""
    pairs: Any = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(tree: Any, path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> Any:
    """A copy of the tree, `change(container, key)` applied where the path leads."""
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    if len(path) == 1:
        change(copy, path[0])
    else:
        copy[path[0]] = changed(copy[path[0]], path[1:], change)
    return copy


@st.composite
def mutated_files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A real file with one to three places spoilt: dropped, replaced, doubled, renamed, or cut off."""
    name = draw(st.sampled_from(sorted(TREES)))
    tree: Any = TREES[name]
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(tree)) or [("id",)]))
        way = draw(st.sampled_from(["drop", "replace", "double", "rename", "swap"]))
        other = draw(values) if way == "replace" else draw(words) if way == "rename" else None
        elsewhere = draw(st.sampled_from(list(places(tree)) or [("id",)])) if way == "swap" else ()

        def change(container: Any, key: Any, way: str = way, other: Any = other, elsewhere: Any = elsewhere) -> None:
            if key not in (container if isinstance(container, dict) else range(len(container))):
                return
            if way == "drop":
                del container[key]
            elif way == "replace":
                container[key] = other
            elif way == "swap":
                found: Any = tree  # noqa: B023 - called at once
                for step in elsewhere:
                    found = found[step]
                container[key] = found
            elif way == "double" and isinstance(container, list):
                container.insert(key, container[key])
            elif way == "rename" and isinstance(container, dict):
                container[other] = container.pop(key)

        tree = changed(tree, path, change)
    text = document(tree)
    return name, text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 9)) == 0 else text


#: A letter's addressee, a place with groups of its own, and a chip of which too little is known.
QUESTIONS: list[tuple[str | None, str, dict[str, object] | None]] = [
    ("A100", "CN", None),
    ("MI308X", "AE", None),
    (None, "MO", {"designed_for_datacenter": True, "tpp": 5000}),
]


def hold_ruleset(files: dict[str, bytes]) -> bool:
    """Files as a ruleset: refused in one line that names the place, or fit to be asked. Whether they were fit."""
    try:
        law = Ruleset(**parse.compile_files(files), files={}, digest="fuzz")
    except RulesetError as error:
        told = str(error)
        assert told.startswith(tuple(name.split("/")[0] for name in files))
        assert told.isprintable()
        assert len(told) < 20_000
        return False
    for chip, to, facts in QUESTIONS:
        with contextlib.suppress(ExportRulesError):
            found = check(chip, on=date(2025, 6, 1), to=to, facts=facts, ruleset=law)
            found.to_json()
            found.explain()
    return True


# --- the command line ------------------------------------------------------------------------------


def run(arguments: list[str]) -> tuple[int, str, str]:
    """The command line in this process: exit status, standard output, standard error."""
    from exportrules.cli import main

    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    before = sys.argv
    sys.argv = ["exportrules", *arguments]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), in_time(60):
            main()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
    finally:
        sys.argv = before
        import gc

        gc.enable()
    return status, _said(out), _said(err)


def _said(stream: io.TextIOWrapper) -> str:
    if not stream.closed:
        stream.flush()
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode("utf-8", "replace")


#: The statuses that the documentation gives a meaning, and that of a reader who left.
STATUSES = {0, 1, 2, 3, 10, 11, 12}


def hold_command(arguments: list[str]) -> int:
    """The command line answers, or says in one line what is wrong. Its status."""
    status, out, err = run(arguments)
    assert status in STATUSES, (arguments, status, err)
    assert "Traceback" not in err
    for text in (out, err):
        assert not set(text) & CONTROL, (arguments, sorted(set(text) & CONTROL))
    if status == 2:
        assert err.startswith("exportrules: ")
        assert err.count("\n") == 1
    return status


#: What a terminal would act upon: everything below the blank but line ends and tabs, DEL, C1, and turned directions.
CONTROL = {chr(c) for c in (*range(32), *range(127, 160))} - {"\n", "\t"} | set(
    "\u202a\u202b\u202d\u202e\u2066\u2067\u2069"
)


# --- atheris ---------------------------------------------------------------------------------------


def one_input(data: bytes) -> None:
    """One input of atheris: its first byte chooses what reads the rest."""
    from exportrules.files import screening
    from exportrules.question.names.chips import find_chip
    from exportrules.question.names.exporters import find_exporter
    from exportrules.question.names.parties import find_parties
    from exportrules.question.names.places import find_place
    from exportrules.question.values import read_date, read_fact

    law = _law()
    way, rest = (data[0] % 6, data[1:]) if data else (0, b"")
    with contextlib.suppress(ExportRulesError):
        if way == 0:
            for _ in parse.read_file("fuzz.toml", rest):
                pass
        elif way == 1:
            check(parse.read_chip("fuzz.toml", rest), on=date(2025, 6, 1), ruleset=law).to_json()
        elif way == 2:
            hold_ruleset({**FILES, "overlay-1/fuzz.toml": rest})
        elif way == 3:
            kind = ("list.json", "list.csv", "list.tsv")[len(rest) % 3]
            screening.read_list(kind, rest, date(2025, 6, 1), law)
        else:
            text = rest.decode("utf-8", "surrogateescape")
            if way == 4:
                name, _, value = text.partition("=")
                read_fact(name or "tpp", value, law.facts)
                read_date(value)
            else:
                for find in (find_chip, find_place, find_parties):
                    with contextlib.suppress(ExportRulesError):
                        find(law, text)
                find_exporter(law, text, "nvidia")


_laws: list[Ruleset] = []


def _law() -> Ruleset:
    if not _laws:
        _laws.append(Ruleset(**parse.compile_files(FILES), files={}, digest="fuzz"))
    return _laws[0]


def seeds(directory: Path) -> None:
    """A corpus to begin with: the real files under each way of reading, and a few words."""
    directory.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(sorted(FILES.values(), key=len)[:80]):
        (directory / f"file-{number}").write_bytes(bytes([number % 3]) + text)
    for number, text in enumerate(
        [b"\x04tpp=4800", b"\x04eccn=3A090", b"\x05RTX 4090 D", b"\x05China", b"\x05Inspur Group"]
    ):
        (directory / f"word-{number}").write_bytes(text)
