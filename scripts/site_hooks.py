"""What mkdocs does besides: draw each chart whose command a page shows, and bring in the documents beside docs/."""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
#: Documents of the checkout that are pages of the site.
BESIDE = {"news.md": "NEWS.md", "contributing.md": "CONTRIBUTING.md"}
#: A block that shows one chart command, up to its own fence, with no picture of it on the page already.
_CHART = re.compile(r"```console\n\$ exportrules (chart .* -o (\S+\.(?:svg|png)))\n(?:(?!```).*\n)*```\n(?!\n!\[)")


def on_files(files: Any, config: Any) -> Any:
    """Add the documents beside docs/, and the charts, drawn now from the law as it is."""
    for name, source in BESIDE.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text("utf-8")))
    for page in files.documentation_pages():
        for command, name in _CHART.findall(page.content_string):
            files.append(File.generated(config, _place(page, name), content=_drawn(command, name)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put each chart below the command that draws it."""

    def shown(match: re.Match[str]) -> str:
        command, name = match.groups()
        said = command.removeprefix("chart ").partition(" -o ")[0].replace('"', "")
        picture = Path(_place(page.file, name)).name
        return f"{match[0]}\n[![Chart: {said}]({picture}){{ .chart }}]({picture})\n"

    return _CHART.sub(shown, markdown)


def _place(page: Any, name: str) -> str:
    """Where a page's chart lies: beside it, under a name that has the page's in it."""
    return str(Path(page.src_uri).with_name(f"{Path(page.src_uri).stem}-{name}"))


def _drawn(command: str, name: str) -> bytes:
    """The picture that a command writes, run where its example files are."""
    from exportrules.cli import cli

    examples = ROOT / "docs" / "examples"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(shutil.copytree(examples, Path(folder) / "examples"))
        with contextlib.chdir(place), contextlib.redirect_stdout(None):
            cli(shlex.split(command), standalone_mode=False)
        return (place / name).read_bytes()
