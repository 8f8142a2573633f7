"""What a release hands over beside the wheel: the container's recipe, the bill of materials, the notes."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import exportrules

ROOT = Path(__file__).parent.parent
RECIPE = (ROOT / "Dockerfile").read_text("utf-8")


def program(name: str) -> str:
    """A program of this environment or of the path; '' where there is none."""
    own = Path(sys.executable).parent / name
    return str(own) if own.is_file() else shutil.which(name) or ""


def instructions() -> list[tuple[str, str]]:
    """The recipe's instructions with their arguments, lines that go on joined."""
    lines = re.sub(r"^#.*\n", "", RECIPE, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in lines if line.strip()]


@pytest.mark.skipif(not program("hadolint"), reason="hadolint is not installed")
def test_the_linter_of_recipes_finds_nothing() -> None:
    done = subprocess.run([program("hadolint"), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_container_runs_as_nobody_and_brings_no_tools_of_the_build() -> None:
    told = instructions()
    bases = [rest for word, rest in told if word == "FROM"]
    assert all("-slim" in base for base in bases)
    assert bases[0].endswith(" AS build")
    final = told[max(n for n, (word, _) in enumerate(told) if word == "FROM") :]
    assert [rest for word, rest in final if word == "COPY"] == ["--from=build /opt/exportrules /opt/exportrules"]
    (user,) = [rest for word, rest in final if word == "USER"]
    assert user.isdecimal(), "a number: Kubernetes cannot tell that a name is not root"
    assert int(user) > 0
    assert ("ENTRYPOINT", '["exportrules"]') in final
    assert not any(word == "ADD" for word, _ in told)


def test_what_the_recipe_copies_is_let_through_and_there() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    copied = [
        name for word, rest in instructions() if word == "COPY" and "--from" not in rest for name in rest.split()[:-1]
    ]
    assert sorted(copied) == sorted(line[1:] for line in ignored if line.startswith("!"))
    assert all((ROOT / name).exists() for name in copied)
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*hatch["packages"], *hatch["force-include"]} <= set(copied)


def test_a_cache_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    """As in the container: compiled once by root, read by somebody else on a file system that is read-only."""
    cache = tmp_path / "compiled"
    line = [sys.executable, "-m", "exportrules", "check", "A100", "--on", "2022-09-15"]
    environment = {
        **os.environ,
        "EXPORTRULES_CACHE": str(cache),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": "/nonexistent",
    }
    first = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    files = sorted(cache.rglob("*"))
    for path in (cache, *files):
        # what `chmod -R a+rX` and a read-only root leave
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = [(path, path.stat().st_mtime_ns) for path in files]
    again = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    assert again.stdout == first.stdout
    assert [(path, path.stat().st_mtime_ns) for path in sorted(cache.rglob("*"))] == before
    for path in (cache, *files):
        path.chmod(stat.S_IRWXU)


@pytest.mark.skipif(not importlib.util.find_spec("cyclonedx"), reason="cyclonedx-bom is not installed")
def test_the_bill_of_materials_is_valid_and_the_same_each_time() -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    def made() -> str:
        done = subprocess.run(
            [sys.executable, str(ROOT / "scripts" / "sbom.py")], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    text = made()
    assert made() == text
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    assert bill["metadata"]["component"]["version"] == exportrules.__version__
    parts = {part["name"]: part for part in bill["components"]}
    assert {"click", "pydantic", "pypinyin", "rapidfuzz", "tabulate", "pyarrow", "altair"} <= set(parts)
    assert not {"pytest", "mypy", "ruff"} & set(parts)
    needs = {line["ref"]: line.get("dependsOn", []) for line in bill["dependencies"]}
    assert parts["click"]["purl"] in needs[bill["metadata"]["component"]["bom-ref"]]


def test_release_notes_are_those_of_one_version() -> None:
    from scripts.release_notes import notes

    new = "## 2.0.0, data edition 2027.02\n\nIn short.\n\n### Changes to past determinations\n\n"
    chips, old = "### New instruments and chips\n\n- One.\n", "## 1.0.0, data edition 2027.01\n\nOld.\n"
    news = f"# News\n\n{new}{chips}\n### Changes to code\n\n{old}"
    assert notes(news) == notes(news, "2.0.0") == f"{new}None.\n\n{chips}"
    assert notes(news, "1.0.0") == old
    with pytest.raises(ValueError, match=r"no release '3.0.0'. Releases: 2.0.0, 1.0.0."):
        notes(news, "3.0.0")
    with pytest.raises(ValueError, match="has no release"):
        notes("# News\n")
    assert notes((ROOT / "NEWS.md").read_text("utf-8"), exportrules.__version__).startswith(
        f"## {exportrules.__version__}, "
    )


def test_the_files_of_the_release_are_in_the_source_distribution() -> None:
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["sdist"]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    if not any(tracked):
        pytest.skip("this is not a checkout")
    left_out = {name.split("/")[0] for name in tracked if name} - set(hatch["include"])
    assert left_out <= {".ci", ".gitignore", ".pre-commit-config.yaml"}


def test_the_image_has_what_its_comments_run() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    (installed,) = re.findall(r"'\.\[([\w,-]+)\]' -c constraints\.txt", RECIPE)
    asked = {line.split(" exportrules ", 1)[1].split()[0] for line in re.findall(r"#   (docker run .*)", RECIPE)}
    assert asked == {"check", "audit", "serve", "mcp"}
    assert {"serve", "mcp"} <= set(installed.split(",")) <= set(extras)
    assert "exportrules[ledger]" in extras["serve"]
