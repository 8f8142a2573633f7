"""The README's console examples, run and printed back: `python -m tests.readme` renews them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from exportrules.cli import cli

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"```console\n\$ exportrules ([^\n]+)\n(.*?)```", re.DOTALL)


def renewed(text: str) -> str:
    """The text with the output of every `$ exportrules ...` block as it is printed now."""

    def block(match: re.Match[str]) -> str:
        result = CliRunner().invoke(cli, shlex.split(match.group(1)))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return f"```console\n$ exportrules {match.group(1)}\n{result.output}```"

    return _BLOCK.sub(block, text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
