"""TOML to Ruleset: the only module that opens rule files.

Every load hashes every data file (milliseconds) and reads the compiled form kept under that digest
in the user's cache; an edited file has another digest and is compiled anew. Where no cache can be
written, the files are compiled in memory. Pydantic is imported only to compile.
"""

from __future__ import annotations

import gc
import hashlib
import os
from _thread import allocate_lock
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from exportrules import compiled
from exportrules.errors import RulesetError
from exportrules.law import Ruleset

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

LARGEST_FILE = 64 * 2**20

_default: list[Ruleset] = []
_loading = allocate_lock()  # threading itself would cost a millisecond of every start


def data_directory() -> Path:
    """Where the rulesets are: inside the installed package, or beside it in a source checkout."""
    from pathlib import Path

    return Path(_data())


def _data() -> str:
    # os.path throughout: pathlib and what it imports cost a twentieth of a cold start
    package = os.path.dirname(os.path.realpath(__file__))
    for place in (os.path.join(package, "rulesets"), os.path.join(os.path.dirname(package), "rulesets")):
        if os.path.isdir(place):
            return place
    missing = os.path.join(package, "rulesets")
    raise RulesetError(missing, "the rulesets are missing. Reinstall exportrules, or give a directory.")


def default_ruleset() -> Ruleset:
    """The ruleset that came with the package, loaded once in a process."""
    if not _default:
        with _loading:
            if not _default:
                _default.append(load_ruleset(None))
    return _default[0]


def load_ruleset(
    path: str | os.PathLike[str] | None = None, overlays: Sequence[str | os.PathLike[str]] = ()
) -> Ruleset:
    """Load a directory of rulesets with overlays (more files of the same schema, e.g. a company's own letters).

    `path` holds `us-ear/` and `chips/`; None is the data that came with the package. The digest of
    the result covers every file read. Raises RulesetError with file and key path.
    """
    texts, hashes, whole = _hashed(os.fspath(path) if path is not None else _data(), overlays)
    tables = _undisturbed(lambda: compiled.recall(whole))
    if tables is None:
        from exportrules.reading import compile_files

        tables = compile_files(texts)
        compiled.remember(whole, tables)
    return Ruleset(**tables, digest=whole, files=hashes)


def compiled_ruleset() -> Ruleset | None:
    """The ruleset that came with the package if its compiled form is at hand: nothing is compiled for it."""
    _, hashes, whole = _hashed(_data(), ())
    tables = _undisturbed(lambda: compiled.recall(whole))
    return Ruleset(**tables, digest=whole, files=hashes) if tables else None


def _hashed(root: str, overlays: Sequence[str | os.PathLike[str]]) -> tuple[dict[str, bytes], dict[str, str], str]:
    """The texts of all rule files by label, their hashes, and the digest of the whole."""
    label = os.path.basename(os.path.abspath(root))
    files = [(f"{label}/{name}", file) for name, file in _files_in(root)]
    for number, overlay in enumerate(overlays, 1):
        files += [(f"overlay-{number}/{name}", file) for name, file in _files_in(os.fspath(overlay))]
    texts = {name: _read(name, file) for name, file in files}
    hashes = {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()}
    whole = hashlib.sha256("\n".join(f"{name} {hashes[name]}" for name in sorted(hashes)).encode()).hexdigest()
    return texts, hashes, whole


def _undisturbed(build: Callable[[], T]) -> T:
    """Thousands of objects that all stay: looking for garbage among them half-way is wasted."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return build()
    finally:
        if collecting:
            gc.enable()


def load_chip(path: str | os.PathLike[str]) -> Any:
    """A chip of one's own from a TOML file with the keys of a variant. Raises RulesetError with file and key path."""
    from exportrules.reading import read_chip

    return read_chip(os.path.basename(path), _read(os.fspath(path), path))


def _files_in(root: str) -> Iterable[tuple[str, str]]:
    """(name inside the directory, path) of every rule file; the casebook and hidden folders hold none."""
    if not os.path.isdir(root):
        raise RulesetError(root, "this is not a directory. Name a directory of TOML rule files.")
    found = []
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if name != "cases" and not name.startswith("."))
        found += [os.path.join(folder, name) for name in names if name.endswith(".toml")]
    if not found:
        raise RulesetError(root, "there is no .toml file in this directory.")
    for path in sorted(found):
        if os.path.islink(path) and not _leads_inside(path, root):
            raise RulesetError(path, "this file is a link that leads out of its directory. Copy the file instead.")
        yield os.path.relpath(path, root).replace(os.sep, "/"), path


def _leads_inside(link: str, root: str) -> bool:
    try:
        target = os.path.realpath(link, strict=True)
    except OSError:
        return True  # to nowhere, or to itself: reading it says so
    inside = os.path.realpath(root)
    return os.path.commonpath([target, inside]) == inside


def _read(name: str, path: str | os.PathLike[str]) -> bytes:
    try:
        if os.path.getsize(path) > LARGEST_FILE:
            raise RulesetError(name, f"the file is larger than {LARGEST_FILE // 2**20} MB; no rule file is. Split it.")
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise RulesetError(name, f"the file cannot be read: {error.strerror or error}.") from None


def cases_directory() -> Path:
    """Where the casebook is."""
    return data_directory() / "cases"
