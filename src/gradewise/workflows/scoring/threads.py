"""The one place where CPU work leaves the event loop: threads that read texts, and threads that answer."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from gradewise.errors import UnavailableError

Result = TypeVar("Result")

ANSWERING = 2
"""Threads that look into the cache and grade: milliseconds each, so that nobody waits for those that read."""


class Pool(Protocol):
    """Threads that do what they are given, in order."""

    def submit(self, work: Callable[[], Any], /) -> Future[Any]:
        """Do something soon; `RuntimeError` after the end."""
        ...

    def shutdown(self, *, wait: bool, cancel_futures: bool) -> None:
        """Begin nothing more."""
        ...


class Threads:
    """Two pools of threads: reading a text takes tens of milliseconds, everything else a few."""

    def __init__(self, readers: int) -> None:
        """Make pools; threads start when there is work.

        Args:
            readers: threads that read texts.
        """
        self._reading: Pool = ThreadPoolExecutor(readers, thread_name_prefix="reading")
        self._answering: Pool = ThreadPoolExecutor(ANSWERING, thread_name_prefix="answering")

    def read(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do slow work."""
        return _begin(self._reading, work)

    def answer(self, work: Callable[[], Result]) -> asyncio.Future[Result]:
        """Do quick work."""
        return _begin(self._answering, work)

    def close(self) -> None:
        """Begin nothing more, and do not wait for what goes on; may be called twice."""
        for pool in (self._reading, self._answering):
            pool.shutdown(wait=False, cancel_futures=True)


class TrialThreads(Threads):
    """The same for a model on trial, which may hang: it takes no other thread, and no end waits for it."""

    def __init__(self, readers: int) -> None:
        """Make pools; threads start when there is work.

        Args:
            readers: threads that read texts.
        """
        self._pools = _Abandoned(readers), _Abandoned(ANSWERING)
        self._reading, self._answering = self._pools

    def hang(self, *, after_s: float) -> bool:
        """Whether a piece of work has been going on for longer than so many seconds."""
        began = min((each for pool in self._pools for each in pool.under_way()), default=None)
        return began is not None and time.monotonic() - began > after_s


class _Abandoned:
    """A `Pool` of threads that the process does not wait for at its end, as it does for Python's own."""

    def __init__(self, size: int) -> None:
        self._size, self._threads, self._closed = size, 0, False
        self._waiting: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._began: dict[int, float] = {}

    def under_way(self) -> tuple[float, ...]:
        """When each piece of work began that goes on."""
        return tuple(self._began.copy().values())

    def submit(self, work: Callable[[], Any], /) -> Future[Any]:
        """Do something soon."""
        if self._closed:
            raise RuntimeError("these threads have ended")
        future: Future[Any] = Future()
        self._waiting.put((future, work))
        if self._threads < self._size:
            self._threads += 1
            threading.Thread(target=self._go_on, name="trial", daemon=True).start()
        return future

    def shutdown(self, *, wait: bool, cancel_futures: bool) -> None:
        """Begin nothing more; threads end with what they are at."""
        del wait, cancel_futures
        self._closed = True
        for _ in range(self._threads):
            self._waiting.put(None)

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


def _begin(pool: Pool, work: Callable[[], Result]) -> asyncio.Future[Result]:
    try:
        # A copy of the context, so that whatever is told there belongs to the same request.
        future = pool.submit(partial(copy_context().run, work))
    except RuntimeError as error:
        raise UnavailableError("scoring has ended here; ask another server, or start it again") from error
    return asyncio.wrap_future(future)
