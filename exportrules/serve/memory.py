"""A bounded cache of answers in memory, so that frequent questions are computed once."""

from __future__ import annotations

from collections import OrderedDict


class RecentAnswers:
    """The most recently used answers, as bytes, by the exact text of the request. Not thread-safe."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()

    def get(self, key: bytes) -> bytes | None:
        """The answer to a request, if it is cached."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: bytes, answer: bytes) -> None:
        """Store an answer, unless it alone would fill a quarter of the cache; the least recently used are evicted."""
        if len(key) + len(answer) > self._most // 4 or key in self._answers:
            return
        self._answers[key] = answer
        self._size += len(key) + len(answer)
        while self._size > self._most:
            old, gone = self._answers.popitem(last=False)
            self._size -= len(old) + len(gone)

    @property
    def size(self) -> int:
        """The size of the cache in bytes."""
        return self._size
