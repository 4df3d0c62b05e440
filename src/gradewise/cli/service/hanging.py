"""A service whose model hangs ends by itself, so that whoever looks after it starts it again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gradewise.errors import UnavailableError

LOOK_EVERY_S = 10.0
"""Seconds between two looks."""
LOOKS = 3
"""In a row that find it hanging: whoever asks ``/livez`` has had the time to end it first."""


@asynccontextmanager
async def ended_when_hanging(
    hangs: Callable[[], bool], stop: asyncio.Event, *, every_s: float = LOOK_EVERY_S
) -> AsyncIterator[None]:
    """Set an event once the model hangs for good; the block should end then.

    Args:
        hangs: Whether the model hangs in every thread that could ask it.
        stop: What is set.
        every_s: Seconds between two looks.

    Raises:
        UnavailableError: after the block, where the model hung.
    """
    looking = asyncio.create_task(_until_hanging(hangs, every_s), name="hanging")
    looking.add_done_callback(lambda ended: None if ended.cancelled() else stop.set())
    try:
        yield
    finally:
        hung = looking.done()
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
    if hung:
        raise UnavailableError(
            "the model hangs, and no essay would be graded any more; the service has ended: start it again"
        )


async def _until_hanging(hangs: Callable[[], bool], every_s: float) -> None:
    looks = 0
    while looks < LOOKS:
        await asyncio.sleep(every_s)
        looks = looks + 1 if hangs() else 0
