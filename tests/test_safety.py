"""No network, no code in data, nothing written where it was not meant, nothing for a terminal to act upon."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest

from exportrules import RulesetError, load_ruleset
from tests import fuzzing
from tests.test_bad_files import RULE
from tests.test_fuzz import ALL

PACKAGE = Path(__file__).parent.parent / "exportrules"
MODULES = sorted(PACKAGE.rglob("*.py"))


# --- no network ---------------------------------------------------------------------------------


def test_a_test_that_reaches_for_the_network_fails() -> None:
    with socket.socket() as one, pytest.raises(RuntimeError, match=r"no network: socket\.connect"):
        one.connect(("127.0.0.1", 9))
    with pytest.raises(RuntimeError, match=r"no network: socket\.getaddrinfo 'example\.org'"):
        socket.getaddrinfo("example.org", 443)


def test_so_does_a_process_that_a_test_starts() -> None:
    script = "import socket; socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "RuntimeError: no network: socket.getaddrinfo '127.0.0.1'" in done.stderr


#: Ends at the first socket, program or thread of control that is not this process's own.
ALONE = """
import sys
def refuse(event, args):
    if event.startswith("socket.") or event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        print("REACHED OUT", event, args, file=sys.stderr); raise SystemExit(99)
sys.addaudithook(refuse)
from exportrules.cli import main
main()
"""

#: What a parameter is given, by its name, so that a command does its work; commands added later find theirs here too.
GIVEN = {
    "chip": "A100", "chips": "A100", "on": "2023-12-01", "to": "CN", "reference": "88fr73458#3A090.a",
    "as_of": "2025-06-01", "file": "list.csv", "output": "out", "directory": None, "name": None, "answers": None,
}  # fmt: skip

#: Of all chips and places, one: where a command would do the whole catalogue.
LITTLE = {"chips": "H20", "to": "CN"}

CSL = (
    "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,"
    "standard_order,license_requirement,license_policy,source_list_url,alt_names,country\n"
    '1,Entity List (EL) - Bureau of Industry and Security,,,,Acme Buyer,,"1 Road, Beijing, CN",88 FR 1,2023-01-02,,,'
    "All items,Presumption of denial,https://www.bis.gov/,,CN\n"
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "list.csv").write_text(CSL, "utf-8")
    return tmp_path


def plausible(words: tuple[str, ...], command: click.Command, **more: str) -> list[str]:
    """A line that makes a command do its work."""
    line = list(words)
    for parameter in command.params:
        value = more.get(parameter.name or "", GIVEN.get(parameter.name or ""))
        wanted = parameter.required or parameter.name in more or parameter.name in ("chip", "on")
        if value is None or not wanted:
            continue
        line += [value] if isinstance(parameter, click.Argument) else [parameter.opts[-1], value]
    return line


@pytest.mark.parametrize(("words", "command"), ALL, ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
def test_no_command_reaches_out(words: tuple[str, ...], command: click.Command, directory: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, *plausible(words, command, **LITTLE)],
        cwd=directory, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert "REACHED OUT" not in done.stderr, done.stderr
    assert done.returncode in fuzzing.STATUSES


# --- no code in data ----------------------------------------------------------------------------

_CALLS = {"eval", "exec", "compile", "__import__", "globals", "locals", "vars", "breakpoint", "input"}
_MODULES = {
    "pickle", "marshal", "shelve", "dill", "yaml", "ctypes", "cffi", "code", "codeop", "runpy", "imp", "pty",
    "subprocess",
    "socket", "ssl", "http", "ftplib", "smtplib", "telnetlib", "requests", "httpx", "aiohttp", "asyncio", "xmlrpc",
}  # fmt: skip


#: A server listens; it never calls.
_SERVING = {"asyncio", "socket"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_data_is_never_code(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in _CALLS, f"line {node.lineno}"
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            served = path.parent.name == "serve" and name.split(".")[0] in _SERVING
            assert served or name.split(".")[0] not in _MODULES, name
            assert not name.startswith("urllib.request"), name
        if isinstance(node, ast.Attribute) and node.attr == "import_module":
            # the names of modules stand in a table of the program's own
            assert path.name == "commands.py", f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            assert node.attr not in ("system", "popen", "execv", "execvp", "spawnv", "posix_spawn"), (
                f"line {node.lineno}"
            )


# --- nothing is written but what was meant ------------------------------------------------------

WRITERS = [(words, command) for words, command in ALL if any(p.name == "output" for p in command.params)]


def test_the_commands_that_write_are_known() -> None:
    assert {("parties", "import"), ("vectors",)} <= {words for words, _ in WRITERS}


@pytest.mark.parametrize(("words", "command"), WRITERS, ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
@pytest.mark.parametrize("force", [False, True], ids=["", "force"])
def test_what_is_written_never_follows_a_link(
    words: tuple[str, ...], command: click.Command, force: bool, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(directory)
    before = {path for path in directory.rglob("*") if path.is_file()}
    line = plausible(words, command, output="out.csv", **LITTLE)
    status, _, err = fuzzing.run(line)
    written = {path for path in directory.rglob("*") if path.is_file()} - before
    if status in (1, 2) and not written:
        pytest.skip(f"{' '.join(line)}: {err}")
    assert written
    victim = directory.parent / f"{directory.name}-victim"
    victim.write_text("untouched", "utf-8")
    for path in written:
        path.unlink()
        path.symlink_to(victim)
    forced = ["--force"] if force and any("--force" in p.opts for p in command.params) else []
    status, _, err = fuzzing.run([*line, *forced])
    assert victim.read_text("utf-8") == "untouched"
    assert status == 2
    assert "is a link, and links are not written through" in err


# --- nothing that a terminal would act on -------------------------------------------------------

#: Colours and moves, an eight-bit one, turned direction, a bell, a return to the start of the line, delete.
ORDERS = ["\\u001b[31m", "\\u009b2J", "\\u202e", "\\u2066", "\\u0007", "\\r", "\\u007f"]
PLACES = {
    "rule": ("Letter to Acme", "BIS", "Acme Form 8-K", "A provision", '"r"', "tpp", "744.23(b)"),
    "party": ("acme-buyer", "Acme Buyer", "88 FR 1", "A note"),
    "chip": ("acme-x-1", "Acme X One", "AX1", "Acme, 2022-01-01", "fp16_bf16", "nvlink"),
}
FILES = {
    "rule": RULE,
    "party": '[[party]]\nid = "acme-buyer"\nname = "Acme Buyer"\ncountry = "CN"\n[[party.listing]]\n'
    'list = "entity_list"\nstart = 2022-01-01\ncite = "88 FR 1"\nevidence = "reported"\nnote = "A note"\n',
    "chip": 'id = "acme-x"\nname = "Acme X"\nvendor = "nvidia"\n[[variant]]\nid = "acme-x-1"\nname = "Acme X One"\n'
    'aliases = ["AX1"]\nannounced = 2022-01-01\nannounced_source = "Acme, 2022-01-01"\ndie_area_mm2 = 826\n'
    'dense_tops = { "fp16_bf16" = 312 }\nio_gbytes_s = { "nvlink" = 900 }\n',
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("kind", "place"), [(kind, place) for kind, found in PLACES.items() for place in found])
def test_no_text_of_a_file_is_an_order_to_the_terminal(kind: str, place: str, order: str, tmp_path: Path) -> None:
    """Refused where it is read, so that no command, picture or table has to think of it."""
    assert place in FILES[kind]
    spoilt = place[:-1] + order + place[-1:]
    (tmp_path / "x.toml").write_text(FILES[kind].replace(place, spoilt, 1), "utf-8")
    with pytest.raises(RulesetError) as caught:
        load_ruleset(None, [tmp_path])
    told, character = str(caught.value), json.loads('"' + order + '"')[0]
    code = f"{ord(character):04X}"
    assert told.startswith("overlay-1/x.toml: the text ")
    assert told.endswith(f" has the control character U+{code}. A terminal would act upon it: remove it.")
    assert told.isprintable()
    (tmp_path / "x.toml").write_text(FILES[kind], "utf-8")
    load_ruleset(None, [tmp_path])


NASTY = "Acme\x1b[31m\x9b2J\u202e\x07\r\nYES, as far as the law goes"


@pytest.mark.parametrize("form", [[], ["--explain"], ["--json"]], ids=lambda form: "".join(form))
@pytest.mark.parametrize(
    "option", ["--end-user", "--party", "--exporter", "--to", "--fact", "--chip", "--overlay", "--on"]
)
def test_no_text_of_a_caller_is_an_order_to_the_terminal(option: str, form: list[str]) -> None:
    value = f"listed_owner={NASTY}" if option == "--fact" else NASTY
    line = ["check", *([] if option == "--chip" else ["A100"]), *([] if option == "--on" else ["--on", "2023-12-01"])]
    status, out, err = fuzzing.run([*line, option, value, *form])
    assert status in fuzzing.STATUSES
    assert not {hex(ord(c)) for c in out + err if c in fuzzing.CONTROL}
    assert not [text for text in (out + err).splitlines() if text.startswith("YES") and option != "--party"]
    if out and form == ["--json"]:
        told = json.loads(out)["transaction"]
        assert NASTY in (
            told["end_user"],
            *told["parties"],
            told["facts"].get("listed_owner"),
            told["exporter"] and NASTY,
        )


def test_a_file_with_such_a_name_and_such_keys_is_refused_in_one_quiet_line(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\nb.toml").write_text('"k\\u001b[31m\\n" = 1\ntitle = 5\nissuer = "x"\n', "utf-8")
    status, _, err = fuzzing.run(["lint", "--overlay", str(tmp_path)])
    assert status == 1
    assert err.count("\n") == 1
    assert err.rstrip("\n").isprintable()


# --- overlays stay in their directory -----------------------------------------------------------


@pytest.mark.parametrize("way", ["link", "link to a link", "link in a directory"])
def test_an_overlay_reads_nothing_outside_of_its_directory(way: str, tmp_path: Path) -> None:
    outside = tmp_path / "secret.toml"
    outside.write_text(FILES["party"], "utf-8")
    inside = tmp_path / "overlay"
    (inside / "deeper").mkdir(parents=True)
    link = inside / ("deeper" if way == "link in a directory" else "") / "party.toml"
    if way == "link to a link":
        (tmp_path / "middle").symlink_to(outside)
    link.symlink_to(tmp_path / "middle" if way == "link to a link" else outside)
    with pytest.raises(Exception, match="a link that leads out of its directory"):
        load_ruleset(None, [inside])


def test_only_the_files_of_an_overlay_are_opened(tmp_path: Path) -> None:
    """Seen from outside: every file that loading opens lies in the rules, the overlay, the cache or Python itself."""
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "rule.toml").write_text(RULE, "utf-8")
    script = (
        "import sys, os, json\nseen = []\n"
        "import exportrules, exportrules.files.parse\n"
        "def note(e, a):\n    if e == 'open' and not isinstance(a[0], int): seen.append(os.fspath(a[0]))\n"
        "sys.addaudithook(note)\n"
        f"exportrules.load_ruleset(None, [{str(overlay)!r}])\n"
        "print(json.dumps(sorted(set(map(os.path.realpath, seen)))))"
    )
    cache = tmp_path / "cache"
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "EXPORTRULES_CACHE": str(cache)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    allowed = tuple(
        str(p) for p in (PACKAGE.parent / "rulesets", overlay, cache, Path(sys.base_prefix), Path(sys.prefix))
    )
    opened = [path for path in json.loads(done.stdout) if not path.startswith((*allowed, str(PACKAGE)))]
    assert opened == []
