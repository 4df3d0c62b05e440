"""A cache for one process and one run: entries live in memory, the least recently used leave first."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

LIMIT_BYTES = 64 * 1024 * 1024


class MemoryCache:
    """A `Cache` that keeps nothing on disk, for tests and for runs that ask for no cache."""

    def __init__(self, *, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._entries: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The entries that are present; absent keys are left out."""
        with self._lock:
            present = {key: self._entries[key] for key in keys if key in self._entries}
            for key in present:
                self._entries.move_to_end(key)
            return present

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Keep these entries; when they outgrow the limit, the least recently used are lost."""
        with self._lock:
            for key, value in entries.items():
                self._size += len(value) - len(self._entries.pop(key, b""))
                self._entries[key] = value
            while self._size > self._limit:
                _, lost = self._entries.popitem(last=False)
                self._size -= len(lost)

    def remove_many(self, keys: Sequence[str]) -> int:
        """Remove these entries; how many of them were there."""
        with self._lock:
            gone = [self._entries.pop(key) for key in set(keys) if key in self._entries]
            self._size -= sum(map(len, gone))
            return len(gone)

    def close(self) -> None:
        """Forget every entry; may be called twice, and the cache may be used again."""
        with self._lock:
            self._entries.clear()
            self._size = 0
