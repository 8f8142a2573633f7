"""What was computed under one ruleset, kept so that it is computed once."""

from __future__ import annotations

#: So many results are kept before the older half leaves. A result takes some hundreds of bytes.
LIMIT = 50_000


class Memory(dict[object, object]):
    """Results by what they were computed from. A result never changes; it may leave when the memory is full."""

    def keep(self, key: object, value: object) -> None:
        """Keep a result; when the memory is full the older half leaves first."""
        if len(self) >= LIMIT:
            for old in list(self)[: LIMIT // 2]:
                self.pop(old, None)  # another thread may have dropped it
        self[key] = value
