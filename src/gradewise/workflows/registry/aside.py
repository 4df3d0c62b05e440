"""Work on files and stores leaves the event loop here, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from gradewise.errors import UnavailableError
from gradewise.file_locks import ASK_EVERY_S, locked

MOST_SECONDS = 120.0
"""For how long another's turn is waited for: nobody holds one for longer than fetching a bundle takes."""

P = ParamSpec("P")
T = TypeVar("T")


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do blocking work in a thread."""
    return await asyncio.to_thread(work, *args, **kwargs)


@asynccontextmanager
async def in_turn(path: Path) -> AsyncIterator[None]:
    """Hold a lock file while the block runs; whoever waits keeps neither the event loop nor a thread.

    Threads that waited would be missing to the one who holds the lock and needs one to go on.

    Raises:
        UnavailableError: another held it all the while, or it cannot be made.
    """
    with ExitStack() as held:
        try:
            async with asyncio.timeout(MOST_SECONDS):
                await _acquire(held, path)
        except TimeoutError as error:
            raise UnavailableError(
                f"{path} has been held by another process for {MOST_SECONDS:.0f} s; wait for it, or end it"
            ) from error
        except OSError as error:
            raise UnavailableError(
                f"cannot lock {path}: {error.strerror}; see that it can be written"
            ) from error
        yield


async def _acquire(held: ExitStack, path: Path) -> None:
    await aside(path.parent.mkdir, parents=True, exist_ok=True)
    while True:
        try:
            held.enter_context(locked(path, wait_s=0))
        except TimeoutError:
            await asyncio.sleep(ASK_EVERY_S)
        else:
            return
