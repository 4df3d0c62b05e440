"""What stops asking for an answer that does not come, and tries again after a while."""

import threading
import time
from collections.abc import Callable

FAILURES = 3
"""In a row, after which nothing more is asked for a while."""
PAUSE_S = 30.0
"""How long."""


class Breaker:
    """Counts failures in a row; after too many it is open, and lets one attempt through now and then.

    Safe for use by several threads at once.
    """

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin closed.

        Args:
            failures: in a row that open it.
            pause_s: seconds between attempts while it is open.
            clock: seconds that never fall.
        """
        self._most, self._pause_s, self._clock = failures, pause_s, clock
        self._failed, self._until = 0, 0.0
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether attempts are held back."""
        with self._lock:
            return self._failed >= self._most

    def lets_through(self) -> bool:
        """Whether to attempt now; while it is open, one asker at a time hears yes, after each pause."""
        with self._lock:
            if self._failed < self._most:
                return True
            now = self._clock()
            if now < self._until:
                return False
            self._until = now + self._pause_s
            return True

    def failed(self) -> None:
        """Count an attempt that failed."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._most:
                self._until = self._clock() + self._pause_s

    def worked(self) -> None:
        """Close it: an attempt went well."""
        with self._lock:
            self._failed = 0
