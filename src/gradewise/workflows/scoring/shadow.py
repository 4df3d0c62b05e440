"""Answers that nobody sees: what the challenger says behind answers that are given already.

Whatever it does, no answer changes and none waits: work goes into a short queue, and what does not fit is
dropped and counted. One piece is done at a time, in `ShadowRoom`, with a deadline.
"""

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from gradewise.essays.records import Essay
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.models import GradingModel, Reading

MOST_WAITING = 64
"""Pieces of work that wait; more would be done long after they were asked."""
DEADLINE_S = 30.0
"""Seconds for one piece: a class of thirty takes two."""

Fate = Literal["done", "full", "late", "failed", "nonsense", "not kept"]
"""What became of a piece of work: answered and kept; no room in the queue; not in time; the model raised, or
its process died; its answers are no answers; they could not be written down."""

KeepShadow = Callable[[GradingModel, Sequence[Reading], Sequence[Prediction]], Awaitable[None]]
"""Writes down what the challenger says, essay by essay in the order of the work."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ShadowWork:
    """Essays that the challenger is to answer unseen."""

    model: GradingModel
    """The challenger."""
    essays: tuple[Essay, ...]
    """The essays."""
    readings: tuple[Reading, ...] | None
    """What was read of them, where the challenger reads the same; ``None`` where it must read itself."""
    keep: KeepShadow
    """What is done with its answers."""


@dataclass(frozen=True, slots=True, eq=False)
class ShadowAnswers:
    """What the challenger says of essays."""

    readings: tuple[Reading, ...]
    """What it read."""
    predictions: tuple[Prediction, ...]
    """What it answers."""


class ShadowRoom(Protocol):
    """Where the challenger works: what it does there, sleep, raise or die, stays there."""

    async def answer(self, work: ShadowWork) -> ShadowAnswers:
        """Do a piece of work; whoever gives up waiting cancels it.

        Raises:
            BaseException: whatever the model raises.
        """
        ...

    async def close(self) -> None:
        """Give up what is being done; may be called twice."""
        ...


class Shadow:
    """A short queue in front of a room where the challenger works; made and used within one event loop."""

    def __init__(
        self,
        room: ShadowRoom,
        *,
        most_waiting: int = MOST_WAITING,
        deadline_s: float = DEADLINE_S,
        told: Callable[[Fate], None] = lambda fate: None,
    ) -> None:
        """Begin with nothing to do.

        Args:
            room: where work is done; closed with this.
            most_waiting: pieces of work that may wait.
            deadline_s: seconds for one piece.
            told: hears what became of each piece.
        """
        self._room, self._deadline_s, self._told = room, deadline_s, told
        self._waiting: asyncio.Queue[ShadowWork] = asyncio.Queue(most_waiting)
        self._fates: Counter[Fate] = Counter()
        self._going: asyncio.Task[None] | None = None

    @property
    def fates(self) -> dict[Fate, int]:
        """How many pieces of work came to what."""
        return dict(self._fates)

    def offer(self, work: ShadowWork) -> bool:
        """Queue a piece of work; whether there was room."""
        try:
            self._waiting.put_nowait(work)
        except asyncio.QueueFull:
            self._count("full")
            return False
        if self._going is None:
            self._going = asyncio.create_task(self._go_on(), name="shadow")
        return True

    async def settled(self) -> None:
        """Wait until all work that was queued is done."""
        await self._waiting.join()

    async def close(self) -> None:
        """Drop what waits, and give up what is being done."""
        if self._going is not None:
            self._going.cancel()
            await asyncio.gather(self._going, return_exceptions=True)
            self._going = None
        await self._room.close()

    async def _go_on(self) -> None:
        while True:
            work = await self._waiting.get()
            try:
                self._count(await self._do(work))
            finally:
                self._waiting.task_done()

    async def _do(self, work: ShadowWork) -> Fate:
        try:
            async with asyncio.timeout(self._deadline_s):
                answers = await self._room.answer(work)
        except TimeoutError:
            return "late"
        except Exception as error:  # noqa: BLE001 - whatever a challenger raises concerns no answer
            _logger.warning("the challenger failed in the shadow: %s", type(error).__name__)
            return "failed"
        if not _are_answers(work, answers):
            return "nonsense"
        return await self._keep(work, answers)

    async def _keep(self, work: ShadowWork, answers: ShadowAnswers) -> Fate:
        try:
            async with asyncio.timeout(self._deadline_s):
                await work.keep(work.model, answers.readings, answers.predictions)
        except Exception as error:  # noqa: BLE001 - that it is not written down concerns no answer either
            _logger.warning("a shadow answer was not kept: %s", type(error).__name__)
            return "not kept"
        return "done"

    def _count(self, fate: Fate) -> None:
        self._fates[fate] += 1
        self._told(fate)


def answered(work: ShadowWork) -> ShadowAnswers:
    """What the challenger of a piece of work says; blocks."""
    readings = work.model.read(work.essays) if work.readings is None else work.readings
    predictions = work.model.grade([essay.id for essay in work.essays], readings)
    return ShadowAnswers(tuple(readings), tuple(predictions))


def _are_answers(work: ShadowWork, answers: ShadowAnswers) -> bool:
    grades = set(work.model.scale.grades)
    asked = [essay.id for essay in work.essays]
    return (
        len(answers.readings) == len(asked)
        and [each.essay_id for each in answers.predictions] == asked
        and all(
            each.grade in grades
            and set(each.probabilities) == grades
            and math.isclose(math.fsum(each.probabilities.values()), 1, abs_tol=1e-6)
            for each in answers.predictions
        )
    )
