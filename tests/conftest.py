"""What every test runs under: no network, and a count of what was tried for `python -m tests.proof`."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import tally
from tests.offline import sitecustomize

_LOOPBACK = ("browser", "loopback", "spark")
#: The hook stands twice in a process that began under it (one of several that share a run): here, and by Python itself.
_hooks = [m for m in (sitecustomize, sys.modules.get("sitecustomize")) if m is not None and hasattr(m, "exempt")]
#: One of several processes that share a run; the one that handed out the tests counts them.
_worker = bool(os.environ.get("PYTEST_XDIST_WORKER"))
_began = time.monotonic()

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


# not of the session: while it runs, no other test of the process may have an event loop of its own
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, for the tests that are marked `browser`."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        started: Any = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        started.new_context, started.new_page = _patient(started.new_context), _patient(started.new_page)
        yield started
        started.close()


def _patient(opens: Callable[..., Any]) -> Callable[..., Any]:
    """What a page is waited for comes when it comes: on a machine with other work half a minute says nothing."""

    def opened(**given: Any) -> Any:
        page = opens(**given)
        page.set_default_timeout(600_000)
        return page

    return opened


def pytest_configure() -> None:
    # modules, tests and the law stay to the end: looking for garbage among them would be a tenth of the work
    gc.disable()
    # a shell's background jobs ignore Ctrl-C, and so would the processes that tests interrupt
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # processes that tests start are offline too: Python imports sitecustomize before anything else
    directory = str(Path(sitecustomize.__file__).parent)
    paths = [directory, *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each process has its share of the tests in their order, so that what a file prepares is prepared once."""
    if config.getvalue("dist") != "load":
        return None  # another way was asked for
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for hook in _hooks:
        hook.exempt[0] = any(item.get_closest_marker(name) for name in _LOOPBACK)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if not _worker and (report.when == "call" or report.outcome == "skipped"):
        tally.count(f"tests {report.outcome}")


def pytest_runtest_teardown(item: pytest.Item) -> None:
    # Hypothesis leaves a description of what it drew with every test that draws
    tally.examples(item.nodeid, getattr(item, "hypothesis_statistics", ""))


def pytest_sessionfinish() -> None:
    gc.unfreeze()
    tally.write(0 if _worker else time.monotonic() - _began)
