"""Every record of the law and of the program, renewed by one command, and the legal effect of what has changed.

`python -m tests.renew` writes the answers of every chip (tests/snapshots/), the rules at their edges, the schemas, the
reference pages, the tables of provisions and of chips, the picture, and the console output in the documents. It first
says which answers have changed against the last commit: chips, places and days, as NEWS.md wants them. With --check
nothing is written, and the exit status is 1 if something is out of date.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from exportrules.answer.schema import determination_schema, vector_schema
from exportrules.answer.words import decision
from exportrules.errors import RulesetError
from exportrules.files.load import default_ruleset, load_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.law.view import view_of
from exportrules.study import datapage, differences, schemas, texts
from exportrules.study.differences import Moved
from tests import boundaries, catalogue, make_snapshots, provisions, readme, reference

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "docs" / "schema"
Page = tuple[Path, str]


def schema_pages() -> Iterator[Page]:
    """The JSON Schemas of answers, of vectors and of each kind of rule file."""
    made = {"determination": determination_schema(), "vector": vector_schema()}
    made |= {kind: schemas.file_schema(kind) for kind in schemas.KINDS}
    for name, schema in made.items():
        yield SCHEMAS / f"{name}.schema.json", json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def chip_pages() -> Iterator[Page]:
    """The catalogue of chips, with the values that others have published."""
    published = catalogue.read_published(ROOT / "docs" / "published-values.toml")
    yield ROOT / "docs" / "chips.md", catalogue.page(default_ruleset(), published)
    yield ROOT / "docs" / "texts.md", texts.page(default_ruleset())
    yield ROOT / "docs" / "data.md", datapage.page(default_ruleset())


def reference_pages() -> Iterator[Page]:
    """The pages of commands and of public names."""
    yield from ((page, written()) for page, written in reference.PAGES.items())


def documents() -> Iterator[Page]:
    """The documents with what their commands print now; last, since they show the other pages' commands."""
    yield from ((document, readme.renewed(document.read_text("utf-8"))) for document in readme.DOCUMENTS)


#: What is renewed, in this order; each yields files with their text as it is now.
RECORDS: tuple[Callable[[], Iterable[Page]], ...] = (
    make_snapshots.pages, schema_pages, provisions.pages, chip_pages, reference_pages, documents,
)  # fmt: skip


def stale(records: Iterable[Callable[[], Iterable[Page]]] = RECORDS) -> Iterator[tuple[Path, str, str]]:
    """(file, text as stored, text as it is now) of every record that differs."""
    for record in records:
        for file, now in record():
            stored = file.read_text("utf-8") if file.exists() else ""
            if stored != now:
                yield file, stored, now


def earlier(revision: str, directory: Path) -> Ruleset:
    """The rules as they stood at a revision. Raises RulesetError where this program cannot read them."""
    archive = subprocess.run(["git", "archive", revision, "rulesets"], cwd=ROOT, capture_output=True)
    if archive.returncode:
        raise RulesetError(revision, f"there are no rules of it to compare with: {archive.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(directory, filter="data")
    return load_ruleset(directory / "rulesets")


def effect(old: Ruleset, new: Ruleset) -> Iterator[str]:
    """Every answer that differs: the days, what was said and is said, the chips and the places.

    Of an export for civil use by each chip's maker, to every destination; those that both laws treat alike on all days
    are asked once.
    """
    alike: dict[tuple[int, int], list[str]] = {}
    for place in new.places:
        if place in old.places:
            alike.setdefault((view_of(old).place_class(place), view_of(new).place_class(place)), []).append(place)
    found: dict[Moved, list[tuple[str, str]]] = {}
    for places in alike.values():
        for span in differences.supposed(old, new, new.variants, {"to": places[0]}):
            key = span._replace(chip="", through=())
            found.setdefault(key, []).extend((span.chip, place) for place in places)
    for span, pairs in sorted(found.items(), key=lambda item: tuple(map(str, item[0]))):
        said = f"{decision(*span.before)} -> {decision(*span.after)}"
        # chips of the same places together
        by_chip: dict[str, list[str]] = {}
        for chip, place in pairs:
            by_chip.setdefault(chip, []).append(place)
        by_places: dict[tuple[str, ...], list[str]] = {}
        for chip, where in by_chip.items():
            by_places.setdefault(tuple(sorted(where)), []).append(chip)
        yield f"{span.first or '...'} to {span.last or '...'}: {said}"
        for together, chips in by_places.items():
            yield f"    {', '.join(differences.named(new, chips))}"
            yield f"    to {', '.join(new.places[place].name for place in together)}"


def edges(stored: str, now: str) -> list[str]:
    """The rules whose edges differ, by their headings."""
    before, after = ({b.splitlines()[0]: b for b in text.split("\n\n")[1:]} for text in (stored, now))
    said = []
    for name in sorted(before.keys() | after.keys()):
        if before.get(name, "").rstrip() != after.get(name, "").rstrip():
            word = "is new" if name not in before else "is gone" if name not in after else "is changed"
            said.append(f"rule at its edges: {name} {word}")
    return said


def told(changed: Iterable[tuple[Path, str, str]]) -> Iterator[str]:
    """The rules whose edges have changed."""
    for file, stored, now in changed:
        if file.parent == boundaries.DIRECTORY:
            yield from edges(stored, now)


def legal_effect(revision: str) -> list[str]:
    """What the rules of the working tree answer otherwise than those of a revision."""
    with tempfile.TemporaryDirectory() as directory:
        try:
            return list(effect(earlier(revision, Path(directory)), default_ruleset()))
        except (RulesetError, OSError) as error:
            return [f"not compared with {revision}: {error}"]


def main(arguments: list[str]) -> int:
    """Renew, or with --check only say what would be. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.renew", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a record is out of date")
    parser.add_argument("--since", default="HEAD", metavar="REV", help="compare with the rules of REV [HEAD]")
    options = parser.parse_args(arguments)
    print(f"LEGAL EFFECT, compared with {options.since}: exports by each chip's maker for civil use", end="\n\n")
    said = legal_effect(options.since)
    print("\n".join(said or ["No answer has changed."]), end="\n\n", flush=True)
    changed = []
    for file, stored, now in stale():
        changed.append((file, stored, now))
        if not options.check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(now, "utf-8")
    print("\n".join([*told(changed), ""]))
    for file, _, _ in changed:
        print(f"{'out of date' if options.check else 'renewed'}: {file.relative_to(ROOT)}")
    if not options.check:
        for picture in readme.PICTURES:
            readme.redraw(picture, picture)
            print(f"drawn: {picture.relative_to(ROOT)}")
        if said:
            print("\nRead the change as a lawyer would, then write it into NEWS.md.")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
