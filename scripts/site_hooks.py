"""What mkdocs does besides: draw each chart whose command a page shows, bring in the documents beside docs/, embed the
explorer where a page has a place for it."""

from __future__ import annotations

import contextlib
import html
import importlib.util
import re
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
#: Documents of the checkout that are pages of the site.
BESIDE = {"news.md": "NEWS.md", "contributing.md": "CONTRIBUTING.md"}
#: A block that shows one chart command, up to its own fence, with no picture of it on the page already.
_CHART = re.compile(r"```console\n\$ exportrules (chart .* -o (\S+\.(?:svg|png)))\n(?:(?!```).*\n)*```\n(?!\n!\[)")


#: Where a page shows the explorer. The page itself is plain Markdown, and says in words what stands there.
_EXPLORER = "<!-- explorer -->"
#: What a chart says of itself, by the file that it is drawn to.
_TITLES: dict[str, str] = {}


def on_config(config: Any) -> Any:
    """Stop with one line, not a traceback, where what draws is not installed."""
    missing = [name for name in ("altair", "vl_convert") if importlib.util.find_spec(name) is None]
    if missing:
        raise PluginError(f"the site draws its charts with {missing[0]}. Install it with: pip install -e '.[docs]'")
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the documents beside docs/, and the charts, drawn now from the law as it is."""
    for name, source in BESIDE.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text("utf-8")))
    for page in files.documentation_pages():
        for command, name in _CHART.findall(page.content_string):
            content = _drawn(command, name)
            _TITLES[_place(page, name)] = _title(content)
            files.append(File.generated(config, _place(page, name), content=content))
        if _EXPLORER in page.content_string and (explorer := _explorer()):
            files.append(File.generated(config, "explorer.html", content=explorer))
    return files


def _title(content: bytes) -> str:
    """The title that an SVG has, for those who cannot see it; empty for another picture."""
    found = re.search(rb"<title[^>]*>(.*?)</title>", content)
    return html.unescape(found[1].decode("utf-8")) if found else ""


def _explorer() -> bytes:
    """The explorer's page, or nothing where this checkout cannot build it."""
    if importlib.util.find_spec("exportrules.cli.explore") is None:
        return b""
    from exportrules.cli import cli

    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory) / "explorer.html"
        with contextlib.redirect_stdout(None):
            cli(["explore", "-o", str(target)], standalone_mode=False)
        return target.read_bytes()


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put each chart below the command that draws it."""

    def shown(match: re.Match[str]) -> str:
        command, name = match.groups()
        said = command.removeprefix("chart ").partition(" -o ")[0].replace('"', "")
        picture = Path(_place(page.file, name)).name
        words = _TITLES.get(_place(page.file, name)) or f"Chart: {said}"
        return f"{match[0]}\n[![{words.replace(']', ')').replace('[', '(')}]({picture}){{ .chart }}]({picture})\n"

    text = _CHART.sub(shown, markdown)
    return text.replace(_EXPLORER, _FRAME) if importlib.util.find_spec("exportrules.cli.explore") else text


_FRAME = (
    '<iframe class="explorer" src="explorer.html?embed" title="Export rules explorer: any chip, place and day" '
    'loading="lazy"></iframe>\n\n[Open the explorer by itself](explorer.html)'
)


def _place(page: Any, name: str) -> str:
    """Where a page's chart lies: beside it, under a name that has the page's in it."""
    return str(Path(page.src_uri).with_name(f"{Path(page.src_uri).stem}-{name}"))


def _drawn(command: str, name: str) -> bytes:
    """The picture that a command writes, run where its example files are."""
    from exportrules.cli import cli

    examples = ROOT / "docs" / "examples"
    with tempfile.TemporaryDirectory() as directory:
        place = Path(shutil.copytree(examples, Path(directory) / "examples"))
        with contextlib.chdir(place), contextlib.redirect_stdout(None):
            cli(shlex.split(command), standalone_mode=False)
        return (place / name).read_bytes()
