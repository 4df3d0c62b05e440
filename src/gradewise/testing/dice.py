"""Random draws that are the same on every platform and in every version of Python."""

from collections.abc import Sequence
from random import Random
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

_STANDARD = NormalDist()
_EDGE = 1e-12


class Dice:
    """Draws made from ``Random.random()`` alone.

    Python promises the same sequence for the same seed of ``random()`` only; ``choice``, ``shuffle`` and
    ``gauss`` may change between versions, and a generated data set must not.
    """

    def __init__(self, rng: Random) -> None:
        self.roll = rng.random

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.roll() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely."""
        return options[int(self.roll() * len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All of the options in random order (Fisher–Yates)."""
        order = list(options)
        for last in range(len(order) - 1, 0, -1):
            other = int(self.roll() * (last + 1))
            order[last], order[other] = order[other], order[last]
        return order

    def normal(self) -> float:
        """A standard normal draw."""
        return _STANDARD.inv_cdf(min(max(self.roll(), _EDGE), 1 - _EDGE))

    def whole(self, mean: float) -> int:
        """A whole number next to ``mean``, which it is on average; never negative."""
        return int(max(mean, 0.0) + self.roll())
