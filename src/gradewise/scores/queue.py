"""How the review queue stands: how much waits, since when, and for how long teachers will need."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCount:
    """How much waits for a teacher, as the score log counts it."""

    n_review: int = 0
    """Grades that are held back until somebody looks."""
    n_audit: int = 0
    """Released grades that chance drew for a look."""
    oldest: datetime | None = None
    """When the first of both in the log was answered; ``None`` where nothing waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFaults:
    """How the queue differs from what answers and decisions say: somebody has changed it by other means."""

    n_missing: int = 0
    """Answers that wait for a teacher, and stand in no queue: no teacher ever sees them."""
    n_stray: int = 0
    """Places in the queue that wait for nobody, or not so as the answer says."""
    first_missing: int | None = None
    """Serial of the first answer that is missing."""

    def __bool__(self) -> bool:
        """Whether there is a fault."""
        return bool(self.n_missing or self.n_stray)

    def __add__(self, further: "QueueFaults") -> "QueueFaults":
        """Both, the further ones of later answers."""
        first = further.first_missing if self.first_missing is None else self.first_missing
        return QueueFaults(
            n_missing=self.n_missing + further.n_missing,
            n_stray=self.n_stray + further.n_stray,
            first_missing=first,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What waits for a teacher; nothing of it is released however long it waits."""

    n_review: int
    """Grades that are held back until somebody looks."""
    n_audit: int
    """Released grades that chance drew for a look."""
    oldest: datetime | None
    """When the first of both in the log was answered; ``None`` where nothing waits."""
    age: timedelta
    """How long that has waited, at least 0."""
    capacity: int | None
    """Essays that teachers look at in a day, where somebody counts."""

    @property
    def n(self) -> int:
        """Everything that waits."""
        return self.n_review + self.n_audit

    @property
    def days(self) -> int | None:
        """Days until all of it has been looked at, if nothing more comes; ``None`` without a capacity."""
        return None if self.capacity is None else ceil(self.n / self.capacity)

    @property
    def over_capacity(self) -> bool:
        """Whether more waits than teachers look at in a day."""
        return self.capacity is not None and self.n > self.capacity


def queue_state(queued: WaitingCount, *, now: datetime, capacity: int | None = None) -> QueueState:
    """Say how the queue stands.

    Args:
        queued: what waits.
        now: with its zone.
        capacity: essays that teachers look at in a day.
    """
    oldest = queued.oldest
    return QueueState(
        n_review=queued.n_review,
        n_audit=queued.n_audit,
        oldest=oldest,
        age=timedelta(0) if oldest is None else max(now - oldest, timedelta(0)),
        capacity=capacity,
    )
