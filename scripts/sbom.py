"""What a user installs, as a software bill of materials: `python scripts/sbom.py [FILE.json]`.

CycloneDX 1.6 in JSON, of exportrules and everything that `pip install 'exportrules[ledger,charts]'` brings along, in
the versions of this environment. The same environment gives the same bytes: the date is that of the release.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scripts.dependencies import shipped


def bill() -> Bom:
    """The bill of the environment that this runs in."""
    names = sorted(shipped())
    parts = {name: _component(name) for name in names if _installed(name)}
    bom = Bom(components=[part for name, part in parts.items() if name != "exportrules"])
    bom.metadata.component = parts["exportrules"]
    released = re.search(r"^date-released: *(\S+)", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert released is not None
    bom.metadata.timestamp = datetime.fromisoformat(released.group(1)).replace(tzinfo=UTC)
    bom.serial_number = None  # type: ignore[assignment]
    for name, part in parts.items():
        needs = {_key(match.group()) for text in metadata.requires(name) or [] if (match := re.match(r"[\w.-]+", text))}
        bom.dependencies.add(
            Dependency(part.bom_ref, [Dependency(parts[n].bom_ref) for n in sorted(needs & set(parts) - {name})])
        )
    return bom


def _component(name: str) -> Component:
    about = metadata.metadata(name)
    version, own = metadata.version(name), name == "exportrules"
    purl = PackageURL("pypi", None, name, version)
    found = Component(
        type=ComponentType.APPLICATION if own else ComponentType.LIBRARY,
        name=name, version=version, purl=purl, bom_ref=str(purl), description=about["Summary"],
    )  # fmt: skip
    if about["License-Expression"]:
        found.licenses.add(LicenseExpression(about["License-Expression"]))
    elif about["License"] and len(about["License"]) < 60:
        found.licenses.add(DisjunctiveLicense(name=about["License"]))
    return found


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False  # of another platform
    return True


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    made = JsonV1Dot6(bill()).output_as_string(indent=2) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(made, "utf-8")
    else:
        print(made, end="")


if __name__ == "__main__":
    main()
