"""A cache on a Redis or Valkey server that several hosts share."""

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from gradewise.errors import MissingDependencyError, PlanError

if TYPE_CHECKING:
    from redis import Redis

PREFIX = "gradewise:cache:1:"
"""What keys begin with; the number is raised when entries become other bytes."""
KEEP_S = 30 * 24 * 3600
"""Seconds that an entry is kept after it was written."""
WITHIN_S = 0.25
"""Seconds for one access; a server on the same network takes a thousandth of that."""
CONNECT_WITHIN_S = 0.25
"""Seconds for a connection."""
PAUSE_S = 5.0
"""Seconds for which a server that did not answer is left alone."""

_DIGEST_BYTES = 16
_Said = TypeVar("_Said")
_logger = logging.getLogger(__name__)


class RedisCache:
    """A `Cache` that hosts share: raw bytes with a checksum, each kept for a while.

    Caching is best effort. A server that is away costs one short wait now and then: entries are absent
    meanwhile and writes are lost, both counted in `failures`. May be used by several threads.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = PREFIX,
        keep_s: int = KEEP_S,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the address of a server; it is connected to when it is first asked.

        Args:
            url: ``redis://[:PASSWORD@]HOST:PORT/NUMBER``, ``rediss://`` with TLS, or ``unix://``.
            prefix: what keys begin with.
            keep_s: seconds that an entry is kept.
            pause_s: seconds for which a server that did not answer is left alone.
            clock: seconds that never fall.

        Raises:
            MissingDependencyError: redis is not installed.
            PlanError: the URL is no address of a server.
        """
        self._client = _client(url)
        self._prefix, self._keep_s = prefix, keep_s
        self._pause_s, self._clock = pause_s, clock
        self._lock = Lock()
        self._away_until: float | None = None
        self._closed = False
        self.failures = 0
        """Reads and writes that did not succeed, and entries that were damaged."""

    @property
    def is_away(self) -> bool:
        """Whether the server did not answer when it was last asked."""
        return self._away_until is not None

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The entries that are present and undamaged; absent keys are left out."""
        asked = list(dict.fromkeys(keys))
        if not asked:
            return {}
        stored = self._ask(lambda: self._client.mget([self._prefix + key for key in asked])) or ()
        present = {key: value for key, value in zip(asked, stored, strict=False) if isinstance(value, bytes)}
        sound = {key: value[_DIGEST_BYTES:] for key, value in present.items() if _is_sound(key, value)}
        self.failures += len(present) - len(sound)
        return sound

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Keep these entries for a while, all or none."""
        if entries:
            self._ask(lambda: self._put(entries))

    def remove_many(self, keys: Sequence[str]) -> int:
        """Remove these entries; how many of them were there, as far as the server answers."""
        named = [self._prefix + key for key in dict.fromkeys(keys)]
        gone = self._ask(lambda: self._client.delete(*named)) if named else 0
        return int(gone) if isinstance(gone, int) else 0

    def close(self) -> None:
        """Disconnect; may be called twice. A closed cache finds and keeps nothing."""
        self._closed = True
        self._client.close()

    def _put(self, entries: Mapping[str, bytes]) -> None:
        with self._client.pipeline(transaction=True) as together:
            for key, value in entries.items():
                together.set(self._prefix + key, _checksum(key, value) + value, ex=self._keep_s)
            together.execute()

    def _ask(self, ask: Callable[[], _Said]) -> _Said | None:
        from redis.exceptions import RedisError  # noqa: PLC0415 - an extra

        if self._closed or not self._lets_through():
            return None
        try:
            said = ask()
        except (RedisError, OSError) as error:
            self._failed(error)
            return None
        self._away_until = None
        return said

    def _lets_through(self) -> bool:
        """Whether to ask now; while the server is away, one asker at a time hears yes after each pause."""
        with self._lock:
            if self._away_until is None:
                return True
            now = self._clock()
            if now < self._away_until:
                return False
            self._away_until = now + self._pause_s
            return True

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self.failures += 1
            if self._away_until is None:
                _logger.warning("the feature cache is away (%s); texts are read anew", type(error).__name__)
            self._away_until = self._clock() + self._pause_s


def _client(url: str) -> "Redis":
    try:
        from redis import Redis  # noqa: PLC0415 - an extra
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415
    except ImportError as error:
        raise MissingDependencyError(
            "a cache on a server needs redis: pip install 'gradewise[redis]'"
        ) from error
    try:
        return Redis.from_url(
            url,
            socket_timeout=WITHIN_S,
            socket_connect_timeout=CONNECT_WITHIN_S,
            # Once more, since a server that was restarted has closed the connections that are kept.
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError as error:
        raise PlanError(
            "GRADEWISE_CACHE_URL is no address of a cache; give one such as redis://localhost:6379/0"
        ) from error


def _is_sound(key: str, stored: bytes) -> bool:
    return len(stored) >= _DIGEST_BYTES and hmac.compare_digest(
        stored[:_DIGEST_BYTES], _checksum(key, stored[_DIGEST_BYTES:])
    )


def _checksum(key: str, value: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + b"\0" + value, digest_size=_DIGEST_BYTES).digest()
