"""Files written whole: made beside their target and renamed, so that no reader ever meets half of one.

What is there already is replaced only when told so, a link is never written through, and whatever
ends the writing (an error, Ctrl-C) leaves the target as it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from exportrules.errors import OutputError, QuestionError


@contextlib.contextmanager
def written_whole(path: str | os.PathLike[str], *, force: bool = False) -> Iterator[Path]:
    """A path to write to, in a folder of its own beside `path`; renamed to it when the block ends well.

    The path inside has the target's own name, so that an engine that goes by extensions can be
    handed it. `force` replaces a file that is there; a folder, a device or a link never is. Raises
    QuestionError for a target that may not be written to, OutputError where writing fails.
    """
    target = free(path, force=force)
    try:
        # private, so that nobody can put a link in the way; hidden, so that a leftover is never read as rules
        folder = tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise _failed(target, error) from None
    part = Path(folder) / target.name
    try:
        yield part
        _settle(part, target, force)
    except OSError as error:
        raise _failed(target, error) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_whole(path: str | os.PathLike[str], data: str | bytes, *, force: bool = False) -> None:
    """Write text (UTF-8, line ends as they are) or bytes; see :func:`written_whole`."""
    with written_whole(path, force=force) as part:
        part.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)


def free(path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """The target, if it may be written to. Ask before long work; raises QuestionError with the cure."""
    target = Path(path)
    if not target.name:
        raise QuestionError(f"{os.fspath(path)!r} names no file to write. Give a file name.")
    if target.is_symlink():
        raise QuestionError(f"{target} is a link, and links are not written through. Name the file that is meant.")
    if target.is_dir():
        raise QuestionError(f"{target} is a folder. Name a file in it.")
    if target.exists():
        if not target.is_file():
            raise QuestionError(f"{target} is no regular file, so it cannot be replaced. Name another file.")
        if not force:
            raise QuestionError(f"{target} is there already. Use --force to replace it, or another name.")
    return target


def _settle(part: Path, target: Path, force: bool) -> None:
    """Bring what was written to the disk, and then under its name."""
    if not part.is_file():
        raise OutputError(f"{target}: the file cannot be written: nothing came.")
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    free(target, force=force)  # hours may have passed
    if force:
        os.replace(part, target)
        return
    try:
        os.link(part, target)  # unlike a rename, it refuses a name that was taken a moment ago
    except FileExistsError:
        free(target)
        raise
    except OSError:  # a file system without links
        os.replace(part, target)


def _failed(target: Path, error: OSError) -> OutputError:
    return OutputError(f"{target}: the file cannot be written: {error.strerror or error}.")
