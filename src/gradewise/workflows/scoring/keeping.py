"""Whether answers can be written down, as the last attempt found it; said when that changes."""

from collections.abc import Callable

from gradewise.errors import UnavailableError
from gradewise.service_events import LogState, ScoreLogChanged
from gradewise.telemetry import silent

MOST_CAUSES = 10
"""Causes that are told until answers are logged again."""


class Keeping:
    """Knows where answers go, and tells a listener once of each cause that they go elsewhere."""

    def __init__(self, listener: Callable[[ScoreLogChanged], None] = silent) -> None:
        """Begin where all is well."""
        self._listener = listener
        self._state: LogState = "kept"
        self._log_failed = ""
        self._told: set[tuple[LogState, str]] = set()

    @property
    def state(self) -> LogState:
        """Where the last answers went."""
        return self._state

    def logged(self) -> None:
        """Answers are in the log."""
        self._log_failed = ""
        self._become("kept", "")
        self._told.clear()

    def log_failed(self, error: UnavailableError) -> None:
        """The log took none; where they go instead is told when that is known."""
        self._log_failed = str(error)

    def spooled(self) -> None:
        """Answers wait on disk."""
        self._become("away", self._log_failed)

    def refused(self, error: UnavailableError) -> None:
        """Answers could be written down nowhere."""
        causes = (self._log_failed, str(error))
        self._become("unwritable", "; ".join(dict.fromkeys(filter(None, causes))))

    def found_room(self, state: LogState) -> None:
        """Something could be written there; what was told already is not told again until answers are."""
        self._become(state, "")

    def _become(self, state: LogState, reason: str) -> None:
        changed = state != self._state
        self._state = state
        if (state, reason) in self._told or len(self._told) >= MOST_CAUSES:
            return
        if changed or reason:
            self._told.add((state, reason))
            self._listener(ScoreLogChanged(state, reason))
