"""The settings of a server: its address, and the limits on one request."""

from __future__ import annotations

from dataclasses import dataclass

from exportrules.errors import QuestionError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MB = 2**20


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Sizes are in bytes, times in seconds. `hosts` are the host names that requests may use; '*' means any."""

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
    #: the number of cached results after which the engine's cache is cleared; that of names after ten times as many
    forget_after: int = 10_000
    #: a file written by `exportrules explore`, for the page at /
    explorer: str | None = None
    quiet: bool = False
    log_questions: bool = False
    #: another directory of rules, and overlays; each worker loads its own
    ruleset: str | None = None
    overlays: tuple[str, ...] = ()

    @property
    def known_hosts(self) -> frozenset[str]:
        """The hosts that a request may name, in lower case and without a port."""
        return frozenset(name.lower() for name in (*LOOPBACK, *self.hosts))


def checked(settings: ServerSettings) -> ServerSettings:
    """The settings. Raises QuestionError if they would open the server to other machines unintentionally."""
    if settings.host not in LOOPBACK and not settings.hosts:
        raise QuestionError(
            f"--host {settings.host} lets other machines ask, and no password is required. Name the host that they "
            "write in the address with --allow-host NAME, and put a proxy with access control in front."
        )
    return settings
