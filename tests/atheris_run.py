"""Coverage-guided fuzzing, for so many seconds: `python -m tests.atheris_run 60`.

atheris keeps whatever reaches code that nothing before it has reached. It ends with an error, and the input, at the
first traceback, at an input that takes too long, and at more than two gigabytes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped, unused-ignore]

with atheris.instrument_imports(include=["exportrules", "tomllib"]):
    from tests import fuzzing


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        corpus = Path(directory) / "corpus"
        fuzzing.seeds(corpus)
        limits = [
            f"-max_total_time={sys.argv[1]}",
            f"-timeout={fuzzing.SECONDS}",
            "-rss_limit_mb=2048",
            "-max_len=20000",
        ]
        atheris.Setup(
            ["fuzz", f"-artifact_prefix={directory}/", "-print_final_stats=1", *limits, str(corpus)], fuzzing.one_input
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
