"""Commands that ask the score log: it is opened, used within one event loop, and closed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from gradewise.bootstrap import score_log_from
from gradewise.errors import PlanError
from gradewise.protocols import ScoreLog
from gradewise.settings import read_settings

T = TypeVar("T")


def with_score_log(work: Callable[[ScoreLog], Awaitable[T]]) -> T:
    """What the work comes to, once the score log of the settings is open for it."""

    async def _opened() -> T:
        async with score_log_from(read_settings()) as log:
            return await work(log)

    return asyncio.run(_opened())


def moment_of(text: str | None, *, option: str = "--since") -> datetime | None:
    """A date or a time as it is typed; without an offset it is in UTC.

    Raises:
        PlanError: it is neither.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PlanError(
            f"{option} is {text!r}; give a date such as 2026-03-01, or 2026-03-01T09:30"
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
