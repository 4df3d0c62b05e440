"""The one place where CPU work leaves the event loop: threads that read texts, and threads that answer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from gradewise.errors import UnavailableError

Result = TypeVar("Result")

ANSWERING = 2
"""Threads that look into the cache and grade: milliseconds each, so that nobody waits for those that read."""


class Threads:
    """Two pools of threads: reading a text takes tens of milliseconds, everything else a few."""

    def __init__(self, readers: int) -> None:
        """Make pools; threads start when there is work.

        Args:
            readers: threads that read texts.
        """
        self._reading = ThreadPoolExecutor(readers, thread_name_prefix="reading")
        self._answering = ThreadPoolExecutor(ANSWERING, thread_name_prefix="answering")

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


def _begin(pool: ThreadPoolExecutor, work: Callable[[], Result]) -> asyncio.Future[Result]:
    try:
        # A copy of the context, so that whatever is told there belongs to the same request.
        return asyncio.get_running_loop().run_in_executor(pool, copy_context().run, work)
    except RuntimeError as error:
        raise UnavailableError("scoring has ended here; ask another server, or start it again") from error
