"""Commands that ask the score log: it is opened, used within one event loop, and released."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from gradewise.bootstrap import score_log_from
from gradewise.cli.opened import with_opened
from gradewise.protocols.scoring import ScoreLog

T = TypeVar("T")


def with_score_log(work: Callable[[ScoreLog], Awaitable[T]]) -> T:
    """What the work comes to, once the score log of the settings is open for it."""
    return with_opened(score_log_from, work)
