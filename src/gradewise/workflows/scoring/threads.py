"""The one place where CPU work leaves the event loop: threads that read texts, and threads that answer.

A thread cannot be stopped from outside. A model that hangs keeps the thread it was called in, which is why it
is watched how long a piece of work goes on, and why nothing waits for such threads at the end.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from gradewise.errors import UnavailableError
from gradewise.workflows.scoring.failures import HangsError

Result = TypeVar("Result")

ANSWERING = 2
"""Threads that look into the cache and grade: milliseconds each, so that nobody waits for those that read."""
HANGS_S = 30.0
"""Seconds of one piece of work after which it counts as hanging: a class with reasons takes one."""
ENDS_WITHIN_S = 5.0
"""Seconds that the end waits for what is being done: a library that is amid a text crashes without Python."""


class Threads:
    """Two pools of threads: reading a text takes tens of milliseconds, everything else a few."""

    def __init__(self, readers: int, *, hangs_s: float = HANGS_S) -> None:
        """Make pools; threads start when there is work.

        Args:
            readers: threads that read texts.
            hangs_s: seconds of one piece of work after which it counts as hanging.
        """
        self._hangs_s = hangs_s
        self._reading, self._answering = Pool(readers, "reading"), Pool(ANSWERING, "answering")
        self._pools = self._reading, self._answering

    @property
    def are_lost(self) -> bool:
        """Whether every thread of a pool hangs, so that no text is read, or none graded, any more."""
        return any(pool.is_lost(after_s=self._hangs_s) for pool in self._pools)

    def read(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do slow work.

        Raises:
            HangsError: nothing would ever begin it.
            UnavailableError: after the end.
        """
        return self._begin(self._reading, work)

    def answer(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do quick work.

        Raises:
            HangsError: nothing would ever begin it.
            UnavailableError: after the end.
        """
        return self._begin(self._answering, work)

    def require_readers(self) -> None:
        """Pass where texts can be read.

        Raises:
            HangsError: every thread that reads hangs.
        """
        self._require(self._reading)

    def hang(self, *, after_s: float) -> bool:
        """Whether any piece of work has been going on for longer than so many seconds."""
        began = min((each for pool in self._pools for each in pool.under_way()), default=None)
        return began is not None and time.monotonic() - began > after_s

    def close(self) -> None:
        """Begin nothing more, and do not wait for what goes on; may be called twice."""
        for pool in self._pools:
            pool.close()

    def join(self, *, within_s: float = ENDS_WITHIN_S) -> bool:
        """Wait for what goes on, for so many seconds at the most; whether all of it has ended. Blocks."""
        until = time.monotonic() + within_s
        return all(pool.join(until=until) for pool in self._pools)

    def _begin(self, pool: "Pool", work: Callable[[], Result]) -> asyncio.Future[Result]:
        self._require(pool)
        # A copy of the context, so that whatever is told there belongs to the same request.
        return pool.begin(partial(copy_context().run, work))

    def _require(self, pool: "Pool") -> None:
        if pool.is_lost(after_s=self._hangs_s):
            raise HangsError(
                f"the model hangs: every thread for {pool.name} has been at one piece of work for more than "
                f"{self._hangs_s:g} s; the service must be started again"
            )


class Pool:
    """Threads that do what they are given, in order; Python waits for none of them at its end."""

    def __init__(self, size: int, name: str) -> None:
        """Make no thread yet; they start when there is work.

        Args:
            size: threads, at the most.
            name: of each.
        """
        self.name, self._size, self._closed = name, size, False
        self._threads: list[threading.Thread] = []
        self._waiting: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._began: dict[int, float] = {}

    def under_way(self) -> tuple[float, ...]:
        """When each piece of work began that goes on."""
        return tuple(self._began.copy().values())

    def is_lost(self, *, after_s: float) -> bool:
        """Whether every thread has been at one piece of work for longer than so many seconds."""
        if len(self._began) < self._size:  # mostly so, and found out without a copy
            return False
        began = self.under_way()
        return len(began) == self._size and time.monotonic() - max(began) > after_s

    def begin(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do something soon.

        Raises:
            UnavailableError: after the end.
        """
        if self._closed:
            raise UnavailableError("scoring has ended here; ask another server, or start it again")
        future: Future[Result] = Future()
        self._waiting.put((future, work))
        if len(self._threads) < self._size:
            thread = threading.Thread(target=self._go_on, name=self.name, daemon=True)
            self._threads.append(thread)
            thread.start()
        return asyncio.wrap_future(future)

    def close(self) -> None:
        """Begin nothing more; threads end with what they are at."""
        self._closed = True
        for _ in self._threads:
            self._waiting.put(None)

    def join(self, *, until: float) -> bool:
        """Wait until threads have ended, or until a moment of the monotonic clock; whether they have."""
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _go_on(self) -> None:
        own = threading.get_ident()
        while (asked := self._waiting.get()) is not None:
            future, work = asked
            if self._closed or not future.set_running_or_notify_cancel():
                future.cancel()
                continue
            self._began[own] = time.monotonic()
            try:
                tell = partial(future.set_result, work())
            except BaseException as error:  # noqa: BLE001 - told to whoever waits
                tell = partial(future.set_exception, error)
            del self._began[own]  # first, so that whoever has been told sees it ended
            tell()
            del asked, future, work, tell
