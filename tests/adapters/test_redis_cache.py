"""Tests of the cache on a server: the contract, damage, and a server that goes away and comes back."""

import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from redis import Redis

from gradewise.adapters.layered_cache import LayeredCache
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.adapters.redis_cache import PREFIX, RedisCache
from gradewise.bootstrap import shared_cache
from gradewise.errors import MissingDependencyError, PlanError
from gradewise.settings import read_settings
from gradewise.testing.contracts.cache import CacheContract
from valkey_server import ValkeyServer, valkey_server


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    """A server for all tests of this module, on a path that is short enough for a socket."""
    with tempfile.TemporaryDirectory() as directory, valkey_server(Path(directory)) as running:
        yield running


class TestRedisCache(CacheContract):
    """The cache on a server keeps every promise of the port."""

    @pytest.fixture(autouse=True)
    def _on(self, server: ValkeyServer) -> None:
        self.url = server.url

    def new_cache(self, directory: Path) -> RedisCache:
        """A cache under a prefix of its own."""
        assert not list(directory.iterdir())
        return RedisCache(self.url, prefix=uuid.uuid4().hex)


class TestLayeredCache(CacheContract):
    """A near and a far cache together keep every promise of the port."""

    def new_cache(self, directory: Path) -> LayeredCache:
        """Two caches in memory."""
        assert not list(directory.iterdir())
        return LayeredCache(MemoryCache(limit_bytes=100), MemoryCache())


def test_what_was_far_is_near() -> None:
    """An entry is asked of the far cache once; what the near one loses is still found."""
    near, far = MemoryCache(), MemoryCache()
    far.put_many({"a": b"1"})
    cache = LayeredCache(near, far)
    assert {"a": b"1"} == cache.get_many(["a"])
    far.close()
    assert {"a": b"1"} == cache.get_many(["a", "b"])
    cache.put_many({"b": b"2"})
    near.close()
    assert {"b": b"2"} == cache.get_many(["b"])
    assert not cache.is_away


def test_entries_expire_and_damaged_ones_are_absent(server: ValkeyServer) -> None:
    """Every entry has an end; one that another program changed reads as absent and is counted."""
    with closing(RedisCache(server.url)) as cache, Redis.from_url(server.url) as client:
        cache.put_many({"a": b"1", "b": b"2", "c": b"3", "d": b"4"})
        assert 0 < client.ttl(PREFIX + "a") <= 30 * 24 * 3600
        client.set(PREFIX + "a", b"x" * 40)
        client.set(PREFIX + "b", b"")
        client.copy(PREFIX + "d", PREFIX + "c", replace=True)
        assert {"d": b"4"} == cache.get_many(["a", "b", "c", "d"])
        assert 3 == cache.failures


def test_a_server_that_goes_away_is_left_alone_and_found_again() -> None:
    """While it is away entries are absent, after one attempt a pause; then everything is as before."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as directory, valkey_server(Path(directory)) as server:
        cache = RedisCache(server.url, pause_s=5, clock=clock)
        cache.put_many({"a": b"1"})
        server.stop()
        assert {} == cache.get_many(["a"])
        assert (True, 1) == (cache.is_away, cache.failures)
        cache.put_many({"b": b"2"})
        assert 1 == cache.failures, "it is not asked again at once"
        clock.now += 5
        assert {} == cache.get_many(["a"])
        assert 2 == cache.failures
        server.start()
        assert {} == cache.get_many(["a"]), "still left alone"
        clock.now += 5
        cache.put_many({"c": b"3"})
        assert (False, {"c": b"3"}) == (cache.is_away, cache.get_many(["a", "b", "c"]))
        cache.close()


def test_an_address_that_is_none_is_refused_without_being_told() -> None:
    """The message says what an address looks like, and nothing of what may hold a password."""
    with pytest.raises(PlanError, match="redis://localhost") as caught:
        RedisCache("http://:secret@host")
    assert "secret" not in str(caught.value)


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without redis the error says what to install."""
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(MissingDependencyError, match=r"gradewise\[redis\]"):
        RedisCache("redis://localhost")


def test_the_environment_names_the_server(server: ValkeyServer, tmp_path: Path) -> None:
    """GRADEWISE_CACHE_URL puts the feature cache on a server, and is shown nowhere."""
    settings = read_settings({"GRADEWISE_CACHE_URL": server.url, "GRADEWISE_CACHE_DIR": str(tmp_path)})
    assert server.url not in repr(settings)
    with closing(shared_cache(settings)) as cache:
        assert isinstance(cache, RedisCache)
        cache.put_many({"a": b"1"})
        assert {"a": b"1"} == cache.get_many(["a"])
    assert not list(tmp_path.iterdir())
