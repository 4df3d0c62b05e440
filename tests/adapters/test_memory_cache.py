"""Tests of the memory cache."""

from pathlib import Path

from gradewise.adapters.memory_cache import MemoryCache
from gradewise.testing.contracts.cache import CacheContract


class TestMemoryCache(CacheContract):
    """The memory cache keeps every promise of the port."""

    def new_cache(self, directory: Path) -> MemoryCache:
        """A cache in memory; the directory stays empty."""
        assert not list(directory.iterdir())
        return MemoryCache()


def test_least_recently_used_leave_first() -> None:
    """Beyond its limit it loses what was longest unused, and reading counts as use."""
    cache = MemoryCache(limit_bytes=3)
    cache.put_many({"a": b"1", "b": b"2", "c": b"3"})
    cache.get_many(["a"])
    cache.put_many({"d": b"4"})
    assert set(cache.get_many(["a", "b", "c", "d"])) == {"a", "c", "d"}


def test_replacing_does_not_grow() -> None:
    """An entry that replaces another is counted once."""
    cache = MemoryCache(limit_bytes=2)
    cache.put_many({"a": b"1"})
    for _ in range(5):
        cache.put_many({"b": b"2"})
    assert set(cache.get_many(["a", "b"])) == {"a", "b"}
