"""Who may read when: so many texts at once, so many that wait, none that would come too late."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from gradewise.errors import BusyError, DeadlineError, InputError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.workflows.scoring.models import GradingModel, Reading
from gradewise.workflows.scoring.threads import Threads

FIRST_GUESS_S = 0.04
"""Seconds that a text is thought to take before any was read."""
SHORTEST_WAIT_S = 0.1
"""Nobody is told to come back sooner."""
_NEWEST = 0.1  # weight of the newest reading in the mean time that one takes


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """Where texts are read, and how many at once."""

    threads: Threads
    """Where."""
    places: asyncio.Semaphore
    """One for each text that is read."""


class Admission:
    """Lets texts be read, in the order in which they come; of one event loop.

    A batch takes no more places at a time than there are readers, so that whoever comes after it waits for
    a few essays and not for all of them.
    """

    def __init__(self, *, readers: int, most_waiting: int) -> None:
        """Begin with nobody waiting.

        Args:
            readers: texts that are read at once, in each lane.
            most_waiting: essays that may wait beside those that are read, in all lanes.
        """
        self._readers = readers
        self._most = readers + most_waiting
        self._admitted = 0
        self._mean_s = FIRST_GUESS_S

    @property
    def admitted(self) -> int:
        """Essays that are being read or wait for it."""
        return self._admitted

    def lane(self, threads: Threads) -> Lane:
        """A lane of these threads."""
        return Lane(threads, asyncio.Semaphore(self._readers))

    async def read(
        self, lane: Lane, model: GradingModel, essays: Sequence[Essay], *, deadline: float
    ) -> tuple[Reading, ...]:
        """Read essays in parallel; all or an error.

        Args:
            lane: where.
            model: reads them.
            essays: what is to be read.
            deadline: on the clock of the event loop.

        Raises:
            BusyError: too many wait; nothing was begun.
            DeadlineError: not all of them could be read in time.
            HangsError: nobody would ever read them.
            InputError: the model refuses an essay, or there are more than may ever wait at once.
        """
        lane.threads.require_readers()
        self._admit(len(essays))
        try:
            return await self._read_all(lane, model, essays, deadline)
        except TimeoutError as error:
            raise DeadlineError(
                f"{len(essays)} at once could not be read in time; allow more time, or ask for fewer"
            ) from error
        finally:
            self._admitted -= len(essays)

    def _admit(self, n: int) -> None:
        if n > self._most:
            raise InputError(f"{n} essays at once are more than the {self._most} that may wait; send parts")
        if self._admitted + n > self._most:
            too_many = self._admitted + n - self._most
            wait_s = max(too_many * self._mean_s / self._readers, SHORTEST_WAIT_S)
            raise BusyError(
                f"{self._admitted} essays are read or wait, with {n} more there would be over {self._most}; "
                f"ask again in {wait_s:.1f} s",
                retry_after_s=wait_s,
            )
        self._admitted += n

    async def _read_all(
        self, lane: Lane, model: GradingModel, essays: Sequence[Essay], deadline: float
    ) -> tuple[Reading, ...]:
        if len(essays) == 1:
            return (await self._read_one(lane, model, essays[0], deadline),)
        readings: dict[int, Reading] = {}
        places = iter(range(len(essays)))

        async def go_on() -> None:
            for place in places:
                readings[place] = await self._read_one(lane, model, essays[place], deadline)

        try:
            async with asyncio.TaskGroup() as together:
                for _ in range(min(self._readers, len(essays))):
                    together.create_task(go_on())
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        return tuple(readings[place] for place in range(len(essays)))

    async def _read_one(self, lane: Lane, model: GradingModel, essay: Essay, deadline: float) -> Reading:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout_at(deadline):
            await lane.places.acquire()
        if loop.time() >= deadline:
            lane.places.release()
            raise TimeoutError
        began = loop.time()
        try:
            reading = lane.threads.read(partial(model.read, (essay,)))
        except UnavailableError:
            lane.places.release()
            raise
        # The place is free when the thread is, also if nobody waits for the answer any more.
        reading.add_done_callback(partial(_leave, lane))
        async with asyncio.timeout_at(deadline):
            (read,) = await asyncio.shield(reading)
        self._mean_s += _NEWEST * (loop.time() - began - self._mean_s)
        return read


def _leave(lane: Lane, reading: asyncio.Future[tuple[Reading, ...]]) -> None:
    lane.places.release()
    if not reading.cancelled():
        reading.exception()  # looked at, so that nobody is told of an error that nobody waits for


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first single error of a group."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
