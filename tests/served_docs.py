"""The `$ curl` examples of docs/serve.md, run against a server and printed back: `python -m tests.served_docs`.

They run as a shell runs them, in a copy of `docs/examples`; the port of the documents stands for that of the server.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from exportrules.files.load import default_ruleset
from tests.readme import EXAMPLES, ROOT
from tests.serving import served

PAGE = ROOT / "docs" / "serve.md"
_PORT = "127.0.0.1:8731"
_BLOCK = re.compile(r"```console\n((?:\$ (?:curl|tag=)[^\n]+\n(?:(?!\$ |```)[^\n]*\n)*)+)```")
_COMMAND = re.compile(r"^\$ ([^\n]+)$", re.MULTILINE)


def renewed(text: str, address: str) -> str:
    """The text with the output of each curl command as it is printed now by the server at an address."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory) / "examples"
        shutil.copytree(EXAMPLES, place)

        def block(match: re.Match[str]) -> str:
            lines = []
            for command in _COMMAND.findall(match[1]):
                done = subprocess.run(
                    ["bash", "-c", command.replace(_PORT, address)],
                    cwd=place, capture_output=True, text=True, check=True, timeout=120,
                )  # fmt: skip
                printed = done.stdout.replace(default_ruleset().digest, "<sha256>")
                lines.append(f"$ {command}\n{printed}" + ("" if printed.endswith("\n") else "\n"))
            return f"```console\n{''.join(lines)}```"

        return _BLOCK.sub(block, text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as running:
        url = running.client.base_url
        PAGE.write_text(renewed(PAGE.read_text("utf-8"), f"{url.host}:{url.port}"), "utf-8")
