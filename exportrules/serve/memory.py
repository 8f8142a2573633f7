"""Answers that were given, kept in memory up to a size, so that what many ask is computed once."""

from __future__ import annotations

from collections import OrderedDict


class Memory:
    """The answers asked for most lately, as bytes, under the very words that asked. Not for several threads."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._found: OrderedDict[bytes, bytes] = OrderedDict()

    def get(self, key: bytes) -> bytes | None:
        """The answer to a request, if it is kept."""
        found = self._found.get(key)
        if found is not None:
            self._found.move_to_end(key)
        return found

    def put(self, key: bytes, answer: bytes) -> None:
        """Keep an answer, unless it alone would fill a quarter of the memory; those asked for longest ago make room."""
        if len(key) + len(answer) > self._most // 4 or key in self._found:
            return
        self._found[key] = answer
        self._size += len(key) + len(answer)
        while self._size > self._most:
            old, gone = self._found.popitem(last=False)
            self._size -= len(old) + len(gone)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size
