"""How a server is run: where it listens, and the limits on what one request may ask for."""

from __future__ import annotations

from dataclasses import dataclass

from exportrules.errors import QuestionError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MB = 2**20


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes are bytes, times are seconds. `hosts` are the names under which clients write to it; '*' is any."""

    host: str = "127.0.0.1"
    port: int = 8731
    workers: int = 1
    hosts: tuple[str, ...] = ()
    largest_body: int = 64 * 1024
    largest_query: int = 16 * 1024
    largest_ledger: int = 32 * MB
    seconds: float = 30
    ledger_seconds: float = 300
    at_once: int = 64
    threads: int = 2
    remember: int = 64 * MB
    #: so many results the engine remembers before it begins anew; of names, after ten times as many questions
    forget_after: int = 10_000
    #: a file that `exportrules explore` wrote, for the page at /
    explorer: str | None = None
    quiet: bool = False
    log_questions: bool = False
    #: another directory of rules, and overlays: each worker loads them for itself
    ruleset: str | None = None
    overlays: tuple[str, ...] = ()

    @property
    def known_hosts(self) -> frozenset[str]:
        """The hosts that a request may name, in small letters and without a port."""
        return frozenset(name.lower() for name in (*LOOPBACK, *self.hosts))


def checked(settings: Settings) -> Settings:
    """The settings. Raises QuestionError where they would open more than was said."""
    if settings.host not in LOOPBACK and not settings.hosts:
        raise QuestionError(
            f"--host {settings.host} lets other machines ask, and nobody is asked for a password. Name the host that "
            "they write in the address with --allow-host NAME, and put a proxy that knows who may ask in front."
        )
    return settings
