"""Where what was read of texts is kept."""

from gradewise.adapters.layered_cache import LayeredCache
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.adapters.redis_cache import RedisCache
from gradewise.adapters.sqlite_cache import SqliteCache
from gradewise.settings import Settings

NEAR_BYTES = 32 * 1024 * 1024
"""Readings in memory, in front of the file or the server: some ten thousand."""


def shared_cache(settings: Settings) -> SqliteCache | RedisCache:
    """The feature cache that processes share: a server where one is named, a file otherwise.

    Raises:
        MissingDependencyError: a server is named, and redis is not installed.
        PlanError: its address is none.
    """
    if settings.cache_url is not None:
        return RedisCache(settings.cache_url)
    return SqliteCache(settings.cache_directory / "features.sqlite")


def serving_cache(settings: Settings) -> LayeredCache:
    """The feature cache of a process that answers: what was used lately is in memory.

    Raises:
        MissingDependencyError: as `shared_cache`.
        PlanError: as `shared_cache`.
    """
    return LayeredCache(MemoryCache(limit_bytes=NEAR_BYTES), shared_cache(settings))
