"""The manifest of an audit, written beside its output: what was read, under which law, and what was answered."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from exportrules.errors import LedgerError
from exportrules.law.attestation import tables
from exportrules.law.ruleset import Ruleset
from exportrules.ledger.run import Account, ranked
from exportrules.ledger.sources import sha256_of

FORMAT = 1


def manifest(
    account: Account,
    ruleset: Ruleset,
    ledger: Path,
    output: Path,
    written: Path,
    options: Mapping[str, Any],
    seconds: float,
) -> str:
    """The manifest as JSON. `written` is the output's temporary path, before it has its name."""
    from exportrules import __version__

    names = Path(options["names"]) if options.get("names") else None
    content = {
        "manifest": FORMAT,
        "exportrules": __version__,
        "ruleset": {
            "edition": ruleset.edition.edition,
            "verified_through": ruleset.edition.verified_through.isoformat(),
            "sha256": ruleset.digest,
            "attestations": tables(ruleset.attestations.values()),
        },
        "input": {**_file(ledger, ledger.name), "rows": account.rows_in},
        "output": {**_file(written, output.name), "rows": account.rows_out},
        **({"names": _file(names, names.name)} if names else {}),
        **({"not_listed": declared} if (declared := account.lookup.declared()) else {}),
        **getattr(account.source, "account", {}),
        "columns": account.columns.fields,
        "not_read": account.columns.named(account.columns.unread),
        "ignored": account.columns.named(account.columns.ignored),
        "options": {name: value for name, value in options.items() if value},
        "outcomes": ranked(account.outcomes()),
        "problems": ranked(account.problems()),
        "profiles": len(account.lookup.profiles),
        "seconds": round(seconds, 2),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _file(path: Path, name: str) -> dict[str, Any]:
    return {"name": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def verify(
    path: str | os.PathLike[str], ledger: str | os.PathLike[str] | None, ruleset: Ruleset
) -> Iterator[tuple[bool, str]]:
    """Yield (it still holds, the statement) for each statement of a manifest. Raises LedgerError for any other file.

    The files are looked for beside the manifest; `ledger` is the path of the input if it is elsewhere.
    """
    recorded = _read(path)
    directory = Path(path).parent
    try:
        for what in ("input", "names", "output"):
            if what in recorded or what != "names":
                # only the name: a manifest that came from elsewhere must not reach into other directories
                beside = directory / os.path.basename(recorded[what]["name"])
                place = Path(ledger) if ledger and what == "input" else beside
                yield _same_file(what, place, recorded[what]["sha256"])
        rows = {recorded["input"]["rows"], recorded["output"]["rows"], sum(recorded["outcomes"].values())}
        counts = f"{recorded['input']['rows']:,} rows in, {recorded['output']['rows']:,} out"
        yield len(rows) == 1, counts + ("" if len(rows) == 1 else ": the counts of the manifest do not agree")
        edition, digest = recorded["ruleset"]["edition"], recorded["ruleset"]["sha256"]
        same = digest == ruleset.digest
        now = (
            ""
            if same
            else f", while this is edition {ruleset.edition.edition}, {ruleset.digest[:12]}: the answers may differ"
        )
        yield same, f"law: edition {edition}, {digest[:12]}{now}"
    except (KeyError, TypeError, AttributeError, ValueError):
        raise LedgerError(os.fspath(path), "this manifest is damaged: a part of it is missing.") from None


def _read(path: str | os.PathLike[str]) -> dict[str, Any]:
    try:
        content = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise LedgerError(os.fspath(path), f"the file cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("manifest") != FORMAT:
        raise LedgerError(os.fspath(path), "this is not a manifest of an audit. It is written beside the output.")
    return content


def _same_file(what: str, place: Path, digest: str) -> tuple[bool, str]:
    try:
        same = place.is_file() and sha256_of(place) == digest
    except OSError as error:
        return False, f"{what}: {place} cannot be read: {error.strerror or error}"
    if not same and not place.is_file():
        hint = " Say where it is: --verify MANIFEST LEDGER." if what == "input" else ""
        return False, f"{what}: {place} is not there.{hint}"
    role = {"input": "that was audited", "names": "that was used", "output": "that was written"}[what]
    return same, f"{what}: {place.name}" + ("" if same else f" is not the file {role}: its digest differs")
