"""The documents' console examples, run and printed back: `python -m tests.readme` renews them.

The commands of one document run in order in one directory, which begins as a copy of `docs/examples`:
what one command writes, a later one may read. `$ cat FILE` shows a file of that directory; a long print may be
cut with `| head -N` or `| tail -N`.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import tempfile
from pathlib import Path

from click.testing import CliRunner

from exportrules.cli import cli
from exportrules.errors import ExportRulesError
from exportrules.files.load import default_ruleset

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
EXAMPLES = ROOT / "docs" / "examples"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]
#: The pictures of the documents, each with the command that draws it.
PICTURES = {ROOT / "docs" / "timeline.svg": "chart timeline A100 A800 H100 H800 H20 H200 --to CN"}
_BLOCK = re.compile(r"```console\n\$ (exportrules|cat) ([^\n]+)\n(.*?)```", re.DOTALL)


def renewed(text: str) -> str:
    """The text with the output of every `$ exportrules ...` block as it is printed now."""

    def block(match: re.Match[str]) -> str:
        program, written, _ = match.groups()
        arguments, *cuts = written.split(" | ")
        lines = printed(program, shlex.split(arguments)).splitlines(keepends=True)
        for cut in cuts:
            lines = _cut(lines, cut)
        return f"```console\n$ {program} {written}\n{''.join(lines)}```"

    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory) / "examples"
        shutil.copytree(EXAMPLES, place) if EXAMPLES.is_dir() else place.mkdir()
        with contextlib.chdir(place):
            return _BLOCK.sub(block, text)


def _cut(lines: list[str], command: str) -> list[str]:
    """The lines that `head -N` or `tail -N` leaves; nothing else may stand behind a pipe."""
    match = re.fullmatch(r"(head|tail) -([1-9][0-9]*)", command)
    assert match is not None, command
    program, count = match.groups()
    return lines[: int(count)] if program == "head" else lines[-int(count) :]


def printed(program: str, arguments: list[str]) -> str:
    """What a command prints, standard error included."""
    if program == "cat":
        return "".join(Path(name).read_text("utf-8") for name in arguments)
    result = CliRunner().invoke(cli, arguments)
    if isinstance(result.exception, ExportRulesError):  # as the program says it
        return f"{result.output}exportrules: {result.exception}\n"
    assert result.exception is None or isinstance(result.exception, SystemExit), (arguments, result.exception)
    digest = default_ruleset().digest  # it changes with every comment in a rule file
    return result.output.replace(digest, "<sha256>").replace(digest[:12], "<sha256>")


def redraw(picture: Path, to: Path) -> None:
    """Draw a picture of the documents as it is drawn now."""
    result = CliRunner().invoke(cli, [*shlex.split(PICTURES[picture]), "-o", str(to), "--force"])
    assert result.exception is None, result.exception


if __name__ == "__main__":
    for picture in PICTURES:
        redraw(picture, picture)
    for document in DOCUMENTS:
        old = document.read_text("utf-8")
        if (new := renewed(old)) != old:
            document.write_text(new, "utf-8")
