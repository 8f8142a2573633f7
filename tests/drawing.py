"""How many cases a property draws: the same few every time, or many new ones.

By default every run draws the same cases, so that a failure is a failure for everyone. `EXPORTRULES_DRAWS=20` draws
twenty times as many, at random; a failing one is printed with the line that reproduces it. `.ci/run` does both.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("EXPORTRULES_DRAWS", "0"))


def drawn(cases: int) -> settings:
    """The settings of a property that draws so many cases."""
    return settings(
        max_examples=cases * max(TIMES, 1),
        derandomize=not TIMES,
        deadline=None,
        database=None,
        print_blob=bool(TIMES),
        suppress_health_check=list(HealthCheck),
    )
