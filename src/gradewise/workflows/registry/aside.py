"""Work on files and stores leaves the event loop here, and nowhere else."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do blocking work in a thread.

    Whoever waits for a lock that is held for longer than a moment does so in the event loop: threads that
    wait would be missing to the one who holds it and needs one to go on.
    """
    return await asyncio.to_thread(work, *args, **kwargs)
