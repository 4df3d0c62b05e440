"""Cutting a timeline into blocks of about the wished size, never inside one instant."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from gradewise.errors import SplitError


def in_utc(when: datetime) -> datetime:
    """The same time in UTC; one without an offset is taken as UTC."""
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def cut_timeline(instants: Sequence[datetime], shares: Sequence[float]) -> tuple[int, ...]:
    """Put each instant in one of several consecutive blocks, every block strictly later than the one before.

    Args:
        instants: when each essay was written, in any order.
        shares: how much of the essays each block shall hold, earliest first; adds up to 1.

    Returns:
        The block of each essay, ``0 … len(shares) - 1``; every block holds at least one.

    Raises:
        SplitError: there are fewer different instants than blocks.
    """
    counts = Counter(instants)
    distinct = sorted(counts)
    if len(distinct) < len(shares):
        raise SplitError(
            f"{len(distinct)} different times cannot be cut into {len(shares)} consecutive parts; "
            "use fewer folds, exact times, or another scheme"
        )
    running = np.cumsum([counts[instant] for instant in distinct])
    block_of: dict[datetime, int] = {}
    start = 0
    for block, wished in enumerate(np.cumsum(shares)):
        last = len(distinct) - (len(shares) - block) + 1
        end = start + 1 + int(np.argmin(np.abs(running[start:last] - wished * running[-1])))
        end = len(distinct) if block == len(shares) - 1 else end
        block_of.update(dict.fromkeys(distinct[start:end], block))
        start = end
    return tuple(block_of[instant] for instant in instants)
