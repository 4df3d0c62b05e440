"""A matrix that fills from a cache and from work: one row a key, whichever essays share it."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.protocols.measuring import Cache

Row = NDArray[np.float32]
"""Numbers that belong to one essay: shape ``(width,)``."""

KEYS_PER_LOOKUP = 1_000
# Little-endian, whichever machine wrote the cache.
STORED = np.dtype("<f4")


class CachedRows:
    """The matrix while it fills: one row an essay, essays with the same key filled together."""

    def __init__(self, keys: Sequence[str], width: int, cache: Cache) -> None:
        self.values = np.zeros((len(keys), width), dtype=np.float32)
        """Shape ``(n_keys, width)``; rows that are not filled yet are 0."""
        self.done = 0
        """Rows that are filled."""
        self._cache = cache
        self._open: dict[str, list[int]] = {}
        for index, key in enumerate(keys):
            self._open.setdefault(key, []).append(index)

    def look_up(self) -> Iterator[int]:
        """Fill what is in the cache, some keys at a time; yields how many rows are filled so far.

        A stored row of another length, or not finite, is passed over.
        """
        keys, size = list(self._open), self.values.shape[1] * STORED.itemsize
        for start in range(0, len(keys), KEYS_PER_LOOKUP):
            stored = self._cache.get_many(keys[start : start + KEYS_PER_LOOKUP])
            rows = {key: np.frombuffer(value, STORED) for key, value in stored.items() if len(value) == size}
            self._fill({key: row for key, row in rows.items() if np.isfinite(row).all()})
            yield self.done

    def add(self, rows: Mapping[str, Row]) -> None:
        """Fill what was made just now, and keep it."""
        self._cache.put_many({key: row.astype(STORED).tobytes() for key, row in rows.items()})
        self._fill(rows)

    def missing(self) -> list[tuple[str, int]]:
        """Keys without a row, each with the place of its first essay."""
        return [(key, indices[0]) for key, indices in self._open.items()]

    def _fill(self, rows: Mapping[str, Row]) -> None:
        for key, row in rows.items():
            indices = self._open.pop(key)
            self.values[indices] = row
            self.done += len(indices)


def refuse_repeated_ids(essays: Sequence[Essay]) -> None:
    """Pass when ids are unique.

    Raises:
        InputError: two essays have the same.
    """
    seen: set[str] = set()
    for essay in essays:
        if essay.id in seen:
            raise InputError(f"essay id {essay.id!r} occurs twice; ids must be unique")
        seen.add(essay.id)
