"""Answers that nobody sees: what the challenger says behind answers that are given already.

Whatever it does, no answer changes and none waits: work goes into a short queue, and what does not fit is
dropped and counted. One piece is done at a time, in a thread of low priority, with a deadline. A thread
shares the interpreter with those that answer, and a crash is everybody's: a challenger that is to work in the
shadow is best built by `isolated`, so that the thread only waits for another process.
"""

import asyncio
import logging
import math
import os
import sys
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from gradewise.errors import GradewiseError
from gradewise.essays.records import Essay
from gradewise.service_events import ShadowEnded
from gradewise.telemetry import Listener, silent
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.models import GradingModel, Reading

MOST_WAITING = 64
"""Pieces of work that wait; more would be done long after they were asked."""
DEADLINE_S = 30.0
"""Seconds for one piece: a class of thirty takes two."""
NICENESS = 19
"""Of the thread, where the system gives threads a priority: whatever else is to be done comes first."""

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


class Shadow:
    """A short queue in front of one thread where the challenger works; of one event loop."""

    def __init__(
        self,
        *,
        most_waiting: int = MOST_WAITING,
        deadline_s: float = DEADLINE_S,
        breaker: Breaker | None = None,
        listener: Listener = silent,
    ) -> None:
        """Begin with nothing to do.

        Args:
            most_waiting: pieces of work that may wait.
            deadline_s: seconds for one piece.
            breaker: holds work back after failures.
            listener: hears what became of each piece.
        """
        self._deadline_s, self._listener = deadline_s, listener
        self._breaker = breaker or Breaker()
        self._waiting: asyncio.Queue[ShadowWork] = asyncio.Queue(most_waiting)
        self._fates: Counter[str] = Counter()
        self._going: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None

    @property
    def fates(self) -> dict[str, int]:
        """How many pieces of work came to what, as in `ShadowEnded`."""
        return dict(self._fates)

    def offer(self, work: ShadowWork) -> bool:
        """Queue a piece of work; whether there was room."""
        try:
            self._waiting.put_nowait(work)
        except asyncio.QueueFull:
            self._count(ShadowEnded("full"))
            return False
        if self._going is None:
            self._going = asyncio.create_task(self._go_on(), name="shadow")
        return True

    async def settled(self) -> None:
        """Wait until all work that was queued has ended."""
        await self._waiting.join()

    async def close(self) -> None:
        """Drop what waits, and give up what is being done; may be called twice."""
        if self._going is not None:
            self._going.cancel()
            await asyncio.gather(self._going, return_exceptions=True)
            self._going = None

    async def _go_on(self) -> None:
        while True:
            work = await self._waiting.get()
            try:
                self._count(await self._do(work))
            finally:
                self._waiting.task_done()

    async def _do(self, work: ShadowWork) -> ShadowEnded:
        if not self._breaker.lets_through():
            return ShadowEnded("held back")
        try:
            async with asyncio.timeout(self._deadline_s):
                answers = await self._answered(work)
            sensible = _are_answers(work, answers)
        except TimeoutError:
            self._breaker.failed()
            return ShadowEnded("late")
        except Exception as error:  # noqa: BLE001 - whatever a challenger raises concerns no answer
            self._breaker.failed()
            # Words of an error that is not gradewise's own may quote the essay.
            said = error if isinstance(error, GradewiseError) else type(error).__name__
            _logger.warning("the challenger failed in the shadow: %s", said)
            return ShadowEnded("failed")
        if not sensible:
            self._breaker.failed()
            return ShadowEnded("nonsense")
        self._breaker.worked()
        return await self._keep(work, answers)

    async def _keep(self, work: ShadowWork, answers: ShadowAnswers) -> ShadowEnded:
        try:
            async with asyncio.timeout(self._deadline_s):
                await work.keep(work.model, answers.readings, answers.predictions)
        except Exception as error:  # noqa: BLE001 - that it is not written down concerns no answer either
            _logger.warning("a shadow answer was not kept: %s", type(error).__name__)
            return ShadowEnded("not kept")
        return ShadowEnded("done")

    async def _answered(self, work: ShadowWork) -> ShadowAnswers:
        """What a thread of its own says; one that hangs is left behind, and no other begins beside it."""
        if self._thread is not None and self._thread.is_alive():
            raise TimeoutError
        loop, said = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

        def go() -> None:
            _step_back()
            try:
                result: ShadowAnswers | BaseException = _answer(work)
            except BaseException as error:  # noqa: BLE001 - told to the loop, which decides
                result = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(_tell, said, result)

        # No pool: a pool waits at the end of the process for a challenger that hangs.
        self._thread = threading.Thread(target=go, name="shadow", daemon=True)
        self._thread.start()
        try:
            answers: ShadowAnswers = await said
        finally:
            if not said.cancelled():
                self._thread.join()  # which has told, and has nothing more to do
        return answers

    def _count(self, ended: ShadowEnded) -> None:
        self._fates[ended.fate] += 1
        self._listener(ended)


def _tell(said: asyncio.Future[ShadowAnswers], result: ShadowAnswers | BaseException) -> None:
    if said.done():
        return
    if isinstance(result, ShadowAnswers):
        said.set_result(result)
    else:
        # Some exceptions end loops and coroutines, and cannot be handed over as they are.
        said.set_exception(RuntimeError(type(result).__name__))


def _step_back() -> None:
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _answer(work: ShadowWork) -> ShadowAnswers:
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
