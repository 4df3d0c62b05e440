"""Many answers are spelled out, for the log and for whoever asked, without keeping others waiting."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from gradewise.workflows.score import Prediction

T = TypeVar("T")

AT_ONCE = 400
"""Answers and reasons that are spelled out without letting others go on: 10 ms."""


async def spelled(predictions: Iterable[Prediction], make: Callable[[], T]) -> T:
    """What is made of predictions: at once where they are few, else beside the event loop.

    Args:
        predictions: which; each counts as one, and so does each of its reasons.
        make: spells them out.
    """
    n = sum(1 + len(each.reasons) for each in predictions)
    return make() if n <= AT_ONCE else await asyncio.to_thread(make)
