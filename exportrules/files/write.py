"""Write files atomically: to a temporary file beside the target, then renamed, so that no reader sees half of one.

An existing file is replaced only on request, a link is never written through, and an interruption
(an error, Ctrl-C) leaves the target unchanged.
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
    """A temporary path to write to, in its own directory beside `path`; renamed to `path` when the block succeeds.

    It has the file name of the target, for libraries that go by the extension. `force` replaces an
    existing file, but never a directory, a device or a link. Raises QuestionError for a target that
    may not be written to, OutputError if writing fails.
    """
    target = free(path, force=force)
    try:
        # private, so that nobody can plant a link in it; hidden, so that a leftover is never read as rules
        directory = tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise _failed(target, error) from None
    part = Path(directory) / target.name
    try:
        yield part
        _settle(part, target, force)
    except OSError as error:
        raise _failed(target, error) from None
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def write_whole(path: str | os.PathLike[str], data: str | bytes, *, force: bool = False) -> None:
    """Write text (UTF-8, line ends unchanged) or bytes; see :func:`written_whole`."""
    with written_whole(path, force=force) as part:
        part.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)


def free(path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """The target, if it may be written to. Call it before long work. Raises QuestionError with the cure."""
    target = Path(path)
    if not target.name:
        raise QuestionError(f"{os.fspath(path)!r} names no file to write. Give a file name.")
    if target.is_symlink():
        raise QuestionError(f"{target} is a link, and links are not written through. Name the target of the link.")
    if target.is_dir():
        raise QuestionError(f"{target} is a directory. Name a file in it.")
    if target.exists():
        if not target.is_file():
            raise QuestionError(f"{target} is not a regular file, so it cannot be replaced. Name another file.")
        if not force:
            raise QuestionError(f"{target} already exists. Use --force to replace it, or another name.")
    return target


def _settle(part: Path, target: Path, force: bool) -> None:
    """Flush the temporary file to disk and rename it to the target."""
    if not part.is_file():
        raise OutputError(f"{target}: the file cannot be written: nothing was produced.")
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    free(target, force=force)  # again, since hours may have passed
    if force:
        os.replace(part, target)
        return
    try:
        os.link(part, target)  # unlike a rename, it fails if the target has appeared meanwhile
    except FileExistsError:
        free(target)
        raise
    except OSError:  # a file system without hard links
        os.replace(part, target)


def _failed(target: Path, error: OSError) -> OutputError:
    return OutputError(f"{target}: the file cannot be written: {error.strerror or error}.")
