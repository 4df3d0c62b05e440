"""When a bundle that was refused is tried again though nothing about it has changed."""

import time
from collections.abc import Callable

from gradewise.workflows.scoring.refusals import PASSING, SLOW, RefusalReason

FIRST_PAUSE_S = 30.0
"""Seconds before a bundle is tried again for which there was no time or no memory."""
LONGEST_PAUSE_S = 3600.0
"""The pause doubles with each try, up to this: a trial may take a minute of a processor each time."""


class SecondTries:
    """Remembers what a slot has refused last; of one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing refused.

        Args:
            clock: seconds that never fall.
        """
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Nothing is refused any more."""
        self._token: str | None = None
        self._again_at, self._pause_s = 0.0, FIRST_PAUSE_S

    def refuse(self, token: str, reason: RefusalReason) -> None:
        """Remember that what is wanted by this token was refused.

        What may pass by itself is tried at the next look. A bundle that was not ready in time, or for which
        there was no memory, may do better on a quieter machine: it is tried again after pauses that grow. All
        others are tried again once they change, or somebody asks.
        """
        if reason in PASSING:
            self.forget()
            return
        if token != self._token:
            self.forget()
        self._token = token
        self._again_at = self._clock() + self._pause_s if reason in SLOW else float("inf")
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def is_refused(self, token: str) -> bool:
        """Whether what is wanted by this token need not be tried now."""
        return token == self._token and self._clock() < self._again_at
