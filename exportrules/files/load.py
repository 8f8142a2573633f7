"""Load a ruleset. This is the only module that opens rule files.

Every load hashes all data files (milliseconds) and reads the compiled form with that digest from the
user's cache; an edited file has another digest and is compiled again. If the cache cannot be
written, the files are compiled in memory. Pydantic is imported only to compile.
"""

from __future__ import annotations

import gc
import hashlib
import os
from _thread import allocate_lock
from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from typing import TYPE_CHECKING, Any, TypeVar

from exportrules.errors import RulesetError
from exportrules.files import cache
from exportrules.law.ruleset import Origin, Ruleset

if TYPE_CHECKING:
    from pathlib import Path

    from exportrules.law.model import Party
    from exportrules.question.catalogue import ChipRow

T = TypeVar("T")

#: Limits that no real rule file or directory comes near, so that a wrong path cannot exhaust the machine.
LARGEST_FILE = 32 * 2**20
LARGEST_RULESET = 64 * 2**20
MOST_FILES = 20_000
DEEPEST_DIRECTORY = 16
#: Each read of a file, in bytes; nearly all rule files are smaller.
_USUAL = 2**16

_default: list[Ruleset] = []
_reading = allocate_lock()
_loading = allocate_lock()  # importing threading would cost a millisecond of every start


def data_directory() -> Path:
    """The directory of the rulesets: inside the installed package, or beside it in a source checkout."""
    from pathlib import Path

    return Path(_data())


def _data() -> str:
    # os.path throughout: pathlib and what it imports cost a twentieth of a cold start
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    for place in (os.path.join(package, "rulesets"), os.path.join(os.path.dirname(package), "rulesets")):
        if os.path.isdir(place):
            return place
    missing = os.path.join(package, "rulesets")
    raise RulesetError(missing, "the rulesets are missing. Reinstall exportrules, or give a directory.")


def default_ruleset() -> Ruleset:
    """The ruleset of the package, loaded once per process."""
    if not _default:
        with _loading:
            if not _default:
                _default.append(load_ruleset(None))
    return _default[0]


def chosen_ruleset(directory: str | os.PathLike[str] | None, overlays: Sequence[str | os.PathLike[str]]) -> Ruleset:
    """The ruleset that a command's options name; the package's own, shared within the process, if they name none."""
    return load_ruleset(directory, overlays) if directory or overlays else default_ruleset()


def catalogue(ruleset: Ruleset | None = None) -> tuple[ChipRow, ...]:
    """Every chip of a ruleset as a typed row: maker, days, figures with their units, estimates and sources.

    Without an argument, the chips of the package's own ruleset.
    """
    from exportrules.question.catalogue import chip_rows

    return chip_rows(ruleset or default_ruleset())


def load_ruleset(
    path: str | os.PathLike[str] | None = None, overlays: Sequence[str | os.PathLike[str]] = ()
) -> Ruleset:
    """Load a directory of rulesets with overlays (more files of the same schema, e.g. a company's own letters).

    `path` contains `us-ear/` and `chips/`; None is the package's own data. An overlay is a directory
    or a single file. The digest of the result covers every file read, under names that do not depend
    on the location of the directories. Raises RulesetError with file and key path.
    """
    origin = (None if path is None else os.fspath(path), tuple(os.fspath(overlay) for overlay in overlays))
    return ruleset_from(rule_texts(path, overlays), label_of(path), origin=origin)


def label_of(path: str | os.PathLike[str] | None) -> str:
    """The name of a directory of rules in messages: the path as it was given."""
    return "rulesets" if path is None else os.fspath(path).rstrip("/") or "/"


def rule_texts(
    path: str | os.PathLike[str] | None, overlays: Sequence[str | os.PathLike[str]] = ()
) -> dict[str, bytes]:
    """The rule files of a directory and its overlays by name: `us-ear/facts.toml`, `overlay-1/letter.toml`."""
    root = os.fspath(path) if path is not None else _data()
    files = list(_files_in(root))
    for number, overlay in enumerate((os.fspath(overlay) for overlay in overlays), 1):
        if not os.path.exists(overlay):
            raise RulesetError(overlay, "there is no such file. Name a TOML rule file, or a directory of them.")
        alone = [(os.path.basename(overlay), overlay)] if os.path.isfile(overlay) else _files_in(overlay)
        files += [(f"overlay-{number}/{name}", file) for name, file in alone]
    texts: dict[str, bytes] = {}
    left = LARGEST_RULESET
    for name, file in files:
        texts[name] = read_file(name if is_overlay(name) else file, file)
        left -= len(texts[name])
        if left < 0:
            raise RulesetError(
                name, f"with this file the rules are more than {_mb(LARGEST_RULESET)}, the limit for a ruleset."
            )
    return texts


def ruleset_from(
    texts: Mapping[str, bytes], label: str = "rulesets", *, keep: bool = True, origin: Origin = (None, ())
) -> Ruleset:
    """The ruleset of files that were read. Messages name its files under `label`; `keep` caches its compiled form."""
    hashes = _hashes(texts)
    whole = whole_digest(hashes)

    def compiled() -> dict[str, Any]:
        from exportrules.files.parse import compile_files

        tables = compile_files({n if is_overlay(n) else f"{label}/{n}": text for n, text in texts.items()})
        if keep:
            cache.remember(whole, tables)
        return tables

    tables = _undisturbed(lambda: cache.recall(whole))
    if tables is None:
        tables = _undisturbed(compiled)
    else:
        tables["parties"] = Parties(lambda: cache.recall_parties(whole) or compiled()["parties"])
    return Ruleset(**tables, digest=whole, files=hashes, origin=origin)


def compiled_ruleset() -> Ruleset | None:
    """The package's own ruleset if its compiled form is cached, else None. Never compiles."""
    texts = rule_texts(None)
    whole = whole_digest(_hashes(texts))
    return ruleset_from(texts) if _undisturbed(lambda: cache.recall(whole)) else None


class Parties(Mapping[str, "Party"]):
    """The parties of a ruleset by id, read on first access: most questions name no party."""

    def __init__(self, read: Callable[[], Mapping[str, Party]]) -> None:
        self._read: Callable[[], Mapping[str, Party]] | None = read
        self._parties: Mapping[str, Party] = {}

    def _all(self) -> Mapping[str, Party]:
        with _reading:
            if self._read is not None:
                self._parties, self._read = _undisturbed(self._read), None
        return self._parties

    def __getitem__(self, party: str) -> Party:
        return self._all()[party]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def values(self) -> ValuesView[Party]:
        return self._all().values()

    def items(self) -> ItemsView[str, Party]:
        return self._all().items()


def _hashes(texts: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}


def whole_digest(files: Mapping[str, str]) -> str:
    """SHA-256 over the lines "name digest" of every file, in the order of their names."""
    return hashlib.sha256("\n".join(f"{name} {files[name]}" for name in sorted(files)).encode()).hexdigest()


def is_overlay(name: str) -> bool:
    """True if a file of a ruleset is from an overlay."""
    return name.startswith("overlay-")


def _undisturbed(build: Callable[[], T]) -> T:
    """Call `build` with garbage collection off: it creates thousands of objects, and all of them stay alive."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return build()
    finally:
        if collecting:
            gc.enable()


def load_chip(path: str | os.PathLike[str]) -> Any:
    """Load a user-defined chip from a TOML file with the keys of a variant. Raises RulesetError with the key path."""
    from exportrules.files.parse import read_chip

    return read_chip(os.path.basename(path), read_file(os.fspath(path), path))


def _files_in(root: str) -> Iterable[tuple[str, str]]:
    """(name inside the directory, path) of every rule file. The casebook and hidden directories are skipped."""
    if not os.path.isdir(root):
        raise RulesetError(root, "this is not a directory. Name a directory of TOML rule files.")
    files: list[os.DirEntry[str]] = []
    directories, seen = [root], 0
    while directories:
        directory = directories.pop()
        inner, others = _listed(directory)
        seen += len(inner) + len(others)
        if seen > MOST_FILES:
            raise RulesetError(root, f"there are more than {MOST_FILES} files in this directory. Is it the right one?")
        if directory[len(root) :].count(os.sep) > DEEPEST_DIRECTORY:
            raise RulesetError(
                directory, f"directories are nested more than {DEEPEST_DIRECTORY} deep; no rules need that."
            )
        for entry in inner:
            if entry.is_symlink():
                raise RulesetError(
                    entry.path,
                    "this directory is a link, and links to directories are not followed. Copy the directory instead.",
                )
        directories += [entry.path for entry in reversed(inner)]
        files += [entry for entry in others if entry.name.lower().endswith(".toml")]
    if not files:
        raise RulesetError(root, "there is no .toml file in this directory.")
    for entry in sorted(files, key=lambda entry: entry.path):
        path, is_link = entry.path, entry.is_symlink()
        if is_link and not _leads_inside(path, root):
            raise RulesetError(path, "this file is a link that leads out of its directory. Copy the file instead.")
        if not (os.path.isfile(path) if is_link else entry.is_file()) and os.path.exists(path):
            raise RulesetError(path, "this is not a regular file but a pipe, a socket or a device. Move it elsewhere.")
        yield path.removeprefix(root).lstrip(os.sep).replace(os.sep, "/"), path


def _listed(directory: str) -> tuple[list[os.DirEntry[str]], list[os.DirEntry[str]]]:
    """The directories in a directory, without the casebook and hidden ones, and everything else in it, by name.

    Raises RulesetError if it cannot be listed: its law would be missing from every answer.
    """
    try:
        # the kinds of entries come with the list; to ask for each would take longer than reading the files
        with os.scandir(directory) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError as error:
        raise RulesetError(directory, f"the directory cannot be read: {error.strerror or error}.") from None
    inner, others = [], []
    for entry in entries:
        if not (os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()):
            others.append(entry)
        elif entry.name != "cases" and not entry.name.startswith("."):
            inner.append(entry)
    return inner, others


def _leads_inside(link: str, root: str) -> bool:
    try:
        target = os.path.realpath(link, strict=True)
    except OSError:
        return True  # a broken or circular link: reading it reports that
    inside = os.path.realpath(root)
    return os.path.commonpath([target, inside]) == inside


def read_file(name: str, path: str | os.PathLike[str], largest: int | None = None) -> bytes:
    """The bytes of one file, never more than `largest`. Raises RulesetError under the given name."""
    most = LARGEST_FILE if largest is None else largest
    try:
        with open(path, "rb", buffering=0) as file:
            # the size of a pipe or a device is not known in advance; asking for the limit at once would allocate it
            parts, left = [], most + 1
            while left and (part := file.read(min(_USUAL, left))):
                parts.append(part)
                left -= len(part)
            text = b"".join(parts)
    except (OSError, ValueError) as error:
        raise RulesetError(name, f"the file cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    if len(text) > most:
        raise RulesetError(name, f"the file is larger than {_mb(most)}, the limit for a rule file. Split it.")
    return text


def _mb(size: int) -> str:
    return f"{size // 2**20} MB"


def cases_directory() -> Path:
    """The directory of the casebook."""
    return data_directory() / "cases"
