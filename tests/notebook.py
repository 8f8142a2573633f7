"""The example notebook, run and written back: `python -m tests.notebook [FILE]` renews docs/notebook.ipynb (or FILE).

It runs in a copy of `docs/examples`, in a kernel of this Python. What is kept of it says nothing of the machine: no
paths, no times, no identifiers that are drawn anew.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
#: A library without types.
FORMAT: Any = nbformat
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
EXAMPLES = ROOT / "docs" / "examples"


def executed(notebook: Any) -> Any:
    """The notebook with the outputs that it has now. An error in a cell ends the run."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory) / "examples"
        shutil.copytree(EXAMPLES, place)
        manager = AsyncKernelManager(kernel_name="python3")
        command = [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",
        ]
        assert manager.kernel_spec is not None
        manager.kernel_spec.argv[:] = command
        paths = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
        client = NotebookClient(
            notebook, km=manager, timeout=300, startup_timeout=240, resources={"metadata": {"path": str(place)}}
        )
        client.execute(
            env={**os.environ, "PATH": os.pathsep.join(paths), "IPYTHONDIR": str(Path(directory) / "ipython")}
        )
        return stripped(notebook, directory)


def stripped(notebook: Any, directory: str) -> Any:
    """The notebook without what is of one machine or one run."""
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                         "language_info": {"name": "python"}}  # fmt: skip
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number}", {}
        outputs = cell.get("outputs", [])
        for output in outputs:
            if output.output_type == "stream":
                output.text = _neutral(output.text, directory)
            for kind, text in output.get("data", {}).items():
                output["data"][kind] = _neutral(text, directory)
            output.pop("metadata", None) if output.output_type == "stream" else output.update(metadata={})
        _join(outputs)
    return notebook


def _neutral(text: str, directory: str) -> str:
    text = text.replace("\r\n", "\n").replace(directory, "").replace(str(ROOT), "")
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def _join(outputs: list[Any]) -> None:
    """Prints that came in several messages as one, however they were cut."""
    for number in range(len(outputs) - 1, 0, -1):
        one, other = outputs[number - 1], outputs[number]
        if one.output_type == other.output_type == "stream" and one.name == other.name:
            one.text += outputs.pop(number).text


def read() -> Any:
    return FORMAT.read(NOTEBOOK, as_version=4)


def main() -> None:
    """Write the notebook as it is now to docs/, or to the file that is named."""
    made = executed(read())
    FORMAT.validate(made)
    FORMAT.write(made, Path(sys.argv[1]) if len(sys.argv) > 1 else NOTEBOOK)


if __name__ == "__main__":
    main()
