"""A circuit breaker: what fails time after time is left alone for a while, then tried once.

Three states. Closed: everything is tried; so many failures in a row open it. Open: nothing is tried until a
pause is over. Half-open: one attempt is let through, which closes it again or begins another pause.

Source: Nygard (2007), Release It!, chapter 5.
"""

from dataclasses import dataclass, replace
from typing import Literal

from gradewise.errors import InputError

CircuitState = Literal["closed", "open", "half_open"]
"""Everything is tried; nothing is; one attempt is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A circuit breaker at one moment; each method says what it becomes. Time is any clock's, in seconds."""

    after: int = 3
    """Failures in a row that open it."""
    pause_s: float = 30.0
    """How long nothing is tried then, and how long an attempt that never reports back is waited for."""
    failures: int = 0
    """In a row, so far."""
    tried_at: float | None = None
    """When it was opened, or when the one attempt was let through; ``None`` while it is closed."""
    trying: bool = False
    """Whether one attempt is under way."""

    def __post_init__(self) -> None:
        """Refuse figures that make no circuit."""
        if self.after < 1 or not self.pause_s > 0:
            raise InputError(
                f"a circuit breaker opens after {self.after} failures for {self.pause_s} s; give at least 1 "
                "and a time above 0"
            )

    @property
    def state(self) -> CircuitState:
        """Which of the three."""
        if self.tried_at is None:
            return "closed"
        return "half_open" if self.trying else "open"

    def allows(self, now: float) -> bool:
        """Whether something may be tried; `asked` must be taken over where it is."""
        return self.tried_at is None or now - self.tried_at >= self.pause_s

    def asked(self, now: float) -> "Circuit":
        """After something was let through: what is not closed lets nothing else through meanwhile."""
        return self if self.tried_at is None else replace(self, tried_at=now, trying=True)

    def succeeded(self) -> "Circuit":
        """After a success, whoever had it: closed."""
        return replace(self, failures=0, tried_at=None, trying=False)

    def failed(self, now: float) -> "Circuit":
        """After a failure: open when there were enough in a row, or when it was the one attempt."""
        failures = self.failures + 1
        opens = self.tried_at is not None or failures >= self.after
        return replace(self, failures=failures, tried_at=now if opens else None, trying=False)
