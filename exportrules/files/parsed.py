"""What rule files say, kept by their text while a process runs: only changed files are read again."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Callable, Iterable
from typing import Any

#: What of a rule file is kept: (table, key, object) for each entry. The objects are frozen.
Entries = tuple[tuple[str, str, Any], ...]


class Parsed:
    """The entries of files by name and text, the least recently used forgotten beyond `most` bytes of text.

    A file that is refused is not kept: reading it again raises again.
    """

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._kept: dict[tuple[str, bytes], Entries] = {}
        self._lock = allocate_lock()

    def read(self, name: str, text: bytes, read: Callable[[str, bytes], Iterable[tuple[str, str, Any]]]) -> Entries:
        """The entries that `read` finds in a file, from memory where the same file was read before."""
        key = name, text
        with self._lock:
            found = self._kept.pop(key, None)
            if found is not None:
                self._kept[key] = found
                return found
        found = tuple(read(name, text))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found
                self._size += len(text)
            while self._size > self._most:
                _, oldest = oldest_key = next(iter(self._kept))
                del self._kept[oldest_key]
                self._size -= len(oldest)
        return found
