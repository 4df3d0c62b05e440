"""Commands that ask the score log: it is opened, used within one event loop, and released."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gradewise.bootstrap import score_log_from
from gradewise.protocols import ScoreLog
from gradewise.settings import read_settings

T = TypeVar("T")


def with_score_log(work: Callable[[ScoreLog], Awaitable[T]]) -> T:
    """What the work comes to, once the score log of the settings is open for it."""

    async def _opened() -> T:
        async with score_log_from(read_settings()) as log:
            return await work(log)

    return asyncio.run(_opened())
