"""How many cases a property draws: the same every time, or new ones.

By default every run draws the same cases, so that a failure is a failure for everyone. `EXPORTRULES_DRAWS=20` draws
twenty times as many, and `EXPORTRULES_RANDOM=1` others in every run; a failing one is then printed with the line that
reproduces it. Random draws are made by hand: what lands may not hang on luck.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("EXPORTRULES_DRAWS", "1"))
RANDOM = bool(os.environ.get("EXPORTRULES_RANDOM"))


def drawn(cases: int) -> settings:
    """The settings of a property that draws so many cases."""
    return settings(
        max_examples=cases * TIMES,
        derandomize=not RANDOM,
        deadline=None,
        database=None,
        print_blob=RANDOM,
        suppress_health_check=list(HealthCheck),
    )
