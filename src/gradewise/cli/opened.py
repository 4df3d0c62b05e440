"""Commands that ask something that is opened, used within one event loop, and released."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from gradewise.settings import Settings, read_settings

S = TypeVar("S")
T = TypeVar("T")


def with_opened(
    opener: Callable[[Settings], AbstractAsyncContextManager[S]], work: Callable[[S], Awaitable[T]]
) -> T:
    """What the work comes to, once what it asks is open for it.

    Args:
        opener: Opens it, as the settings say.
        work: Asks it.
    """

    async def _opened() -> T:
        async with opener(read_settings()) as service:
            return await work(service)

    return asyncio.run(_opened())
