"""A bounded cache of results computed under one ruleset."""

from __future__ import annotations

#: The number of results after which the older half is evicted. A result takes some hundreds of bytes.
LIMIT = 50_000


class Memory(dict[object, object]):
    """Results by what they were computed from. A result never changes; it may be evicted when the memory is full."""

    def keep(self, key: object, value: object) -> None:
        """Store a result; if the memory is full, evict the older half first."""
        if len(self) >= LIMIT:
            for old in list(self)[: LIMIT // 2]:
                self.pop(old, None)  # another thread may have removed it
        self[key] = value
