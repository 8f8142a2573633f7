"""The licences of everything installed, and its known vulnerabilities: `python scripts/dependencies.py`.

Licences are held against a list: what a user installs is permissive, what only tests and documents use may be weakly
copyleft as well. Vulnerabilities are asked of pip-audit, which needs an online service. Where that cannot be reached,
or knows none of the packages, this is said and is no failure; a vulnerability that is found is one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from importlib import metadata
from typing import Any

PERMISSIVE = {
    "0BSD", "Apache-2.0",
    "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
WEAK = {"MPL-2.0", "LGPL"}
#: The names that packages give to licences in their classifiers.
SPELT = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
#: Packages that do not say it in their metadata, with what their repository says.
READ = {"atheris": "Apache-2.0"}
EXTRAS = ("ledger", "charts", "mcp", "serve")


def shipped() -> set[str]:
    """What `pip install exportrules[ledger,charts,mcp,serve]` brings along, by normalised name."""
    found: set[str] = set()
    waiting = [("exportrules", EXTRAS)]
    while waiting:
        name, extras = waiting.pop()
        if _key(name) in found:
            continue
        found.add(_key(name))
        try:
            wanted = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # of another platform
        for text in wanted:
            extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", text)
            if extra is None or extra.group(1) in extras:
                match = re.match(r"[A-Za-z0-9._-]+", text)
                waiting += [(match.group(), ())] if match else []
    return found


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def allowed(licence: str, known: set[str]) -> bool:
    """Whether a licence is on the list: every part of an AND, some part of an OR."""
    if " OR " in licence:
        return any(allowed(part.strip(" ()"), known) for part in licence.split(" OR "))
    parts = re.split(r" AND |; ", licence)
    return all(SPELT.get(part.strip(), part.strip(" ()")) in known for part in parts)


def licences() -> list[str]:
    """Every package whose licence is not on the list."""
    listed = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--format=json", "--with-system"],
        capture_output=True,
        text=True,
        check=True,
    )
    ours, bad, counted = shipped(), [], Counter[str]()
    for package in json.loads(listed.stdout):
        name = package["Name"]
        licence = READ.get(name, package["License"])
        counted[licence] += 1
        mine = _key(name) in ours
        if not allowed(licence, PERMISSIVE if mine else PERMISSIVE | WEAK):
            bad.append(f"{name}: {licence} is not on the list for {'what users install' if mine else 'tools'}.")
    print(f"licences: {counted.total()} packages, {len(ours)} of them for users, {len(bad)} not on the list")
    return bad


def vulnerabilities() -> list[str]:
    """Every vulnerability that pip-audit finds; says plainly where nothing was checked."""
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--format", "json", "--local"]
    try:
        done = subprocess.run(
            [*command, "--skip-editable", "--timeout", "10"], capture_output=True, text=True, check=False, timeout=180
        )
    except subprocess.TimeoutExpired:
        return _unchecked("the service does not answer")
    return audited(done.stdout, done.stderr)


def audited(out: str, err: str) -> list[str]:
    """What pip-audit found. It ends well where its service knows none of the packages: unchecked."""
    try:
        told: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError):
        if re.search(r"connect|resol|timed out|unreachable|proxy|HTTPError|ServiceError", err, re.IGNORECASE):
            return _unchecked("the service cannot be reached")
        return [f"pip-audit failed: {err.strip().splitlines()[-1] if err.strip() else 'without a word'}"]
    asked = [package for package in told if "skip_reason" not in package]
    if not asked:
        return _unchecked("the service cannot be reached (it knows none of the packages)")
    found = [f"{p['name']} {p['version']}: {v['id']}" for p in asked for v in p.get("vulns", ())]
    left = len(told) - len(asked)
    print(f"vulnerabilities: {len(asked)} packages checked, {left} not checked, {len(found)} found")
    return found


def _unchecked(why: str) -> list[str]:
    print(f"vulnerabilities: not checked: {why}")
    return []


def main() -> None:
    found = licences() + vulnerabilities()
    for line in found:
        print(line, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
