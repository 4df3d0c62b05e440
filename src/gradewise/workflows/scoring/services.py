"""What a scoring service is made of: the same for HTTP, gRPC and events."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gradewise.judgement.batches import BatchResult
from gradewise.protocols.scoring import Batches, ScoreLog
from gradewise.service_events import LogState
from gradewise.telemetry import Listener, silent
from gradewise.workflows.scoring.batch_scoring import BatchScoring
from gradewise.workflows.scoring.requests import Scored, ScoreRequest
from gradewise.workflows.scoring.slot import ModelSlot

Aside = Callable[[Callable[[], None]], Awaitable[None]]
"""Does something that blocks without holding anybody up."""


def _kept() -> LogState:
    """A log that is always there."""
    return "kept"


def _goes_on() -> bool:
    """A model that never hangs."""
    return False


class GivesScores(BatchScoring, Protocol):
    """The scoring use case, as edges ask it: see `gradewise.workflows.scoring.scoring.Scoring`."""

    async def score(self, request: ScoreRequest, *, deadline_s: float | None = None) -> Scored:
        """Grade one essay.

        Raises:
            InputError: it cannot be graded.
            BusyError: more waits than may.
            DeadlineError: the answer would come too late.
            UnavailableError: there is no model.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A scoring service that is up, whoever asks it by whatever way."""

    scoring: GivesScores
    """Grades essays."""
    champion: ModelSlot
    """What is in production."""
    clock: Callable[[], datetime]
    """The time, with its zone."""
    challenger: ModelSlot | None = None
    """What is on trial, if anything is."""
    log: ScoreLog | None = None
    """Where answers are kept; ``None`` where they are not."""
    batches: Batches | None = None
    """Where judged batches are."""
    finalize: Callable[[str], Awaitable[BatchResult]] | None = None
    """Makes a judged batch final; ``None`` where there are none."""
    aside: Aside = asyncio.to_thread
    """Does what blocks in the threads that grade, after what already waits for them."""
    review_capacity: int | None = None
    """Essays that teachers look at in a day, where somebody counts."""
    poll_s: float | None = None
    """How often another model is looked for; ``None`` where it is not."""
    log_state: Callable[[], LogState] = _kept
    """Where answers are written down, as far as is known; waits for nothing."""
    hangs: Callable[[], bool] = _goes_on
    """Whether the model hangs in every thread that could ask it, so that only another process helps."""
    listener: Listener = silent
    """Hears what happens."""

    @property
    def slots(self) -> tuple[ModelSlot, ...]:
        """Every slot, the champion's first."""
        return (self.champion,) if self.challenger is None else (self.champion, self.challenger)
