"""A cache of parsed rule files by their text, so that a process parses only changed files again."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Callable, Iterable
from typing import Any

#: The entries of a rule file as (table, key, object). The objects are frozen.
Entries = tuple[tuple[str, str, Any], ...]


class Parsed:
    """The entries of files by name and text. Beyond `most` bytes of text the least recently used are evicted.

    A file that is refused is not cached: reading it again raises again.
    """

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._entries: dict[tuple[str, bytes], Entries] = {}
        self._lock = allocate_lock()

    def read(self, name: str, text: bytes, read: Callable[[str, bytes], Iterable[tuple[str, str, Any]]]) -> Entries:
        """The entries that `read` returns for a file, from the cache if the same file was read before."""
        key = name, text
        with self._lock:
            entries = self._entries.pop(key, None)
            if entries is not None:
                self._entries[key] = entries
                return entries
        entries = tuple(read(name, text))
        with self._lock:
            if key not in self._entries:
                self._entries[key] = entries
                self._size += len(text)
            while self._size > self._most:
                _, oldest = oldest_key = next(iter(self._entries))
                del self._entries[oldest_key]
                self._size -= len(oldest)
        return entries
