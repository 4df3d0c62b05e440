"""Which of two graders is nearer to the teacher, said while grades still come in, however often one looks.

An ordinary interval holds at one moment chosen beforehand; looked at after every new grade it is wrong far
more often than it says. A confidence sequence holds at all moments at once, so one may stop when it has
decided, or go on.

For each possible mean somebody bets, before every new difference, that the mean is another one, with fair
odds if it is this one. Who bets on a wrong mean grows rich; by Ville's inequality the chance to ever become
1/a times as rich on the true one is a at most. So the means on which nobody has become so rich are a
confidence sequence. How much is bet follows the mean and the spread of what was seen before (aGRAPA), and is
at most three quarters of what could be lost.

Source: Waudby-Smith & Ramdas (2023), doi:10.1093/jrsssb/qkad009, theorem 1 and appendix B.3; Howard, Ramdas,
McAuliffe & Sekhon (2021), doi:10.1214/20-AOS1991.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes

Floats = NDArray[np.float64]
Nearer = Literal["candidate", "reference", "not known"]
"""Which grader is nearer to the teacher on average."""

LEVEL = 0.95
"""Confidence of the whole sequence."""
MOST_BET = 0.75
"""Of what could be lost."""

_STEPS = 500  # of the possible means on either side of 0, finer near 0 where it is decided
_LEARNING = 1.2
_ROWS = 512  # of differences at once, which bounds the memory


@dataclass(frozen=True, slots=True, eq=False)
class ConfidenceSequence:
    """A mean of bounded differences as it becomes known; entry ``i`` is about the first ``i + 1`` of them."""

    means: Floats
    """Of the differences so far: shape ``(n,)``, in ``[-1, 1]``."""
    low: Floats
    """Lower bounds, never falling: shape ``(n,)``; the mean is above them."""
    high: Floats
    """Upper bounds, never rising: shape ``(n,)``; the mean is below them."""
    level: float
    """Probability that the mean stays between them all, for ever."""

    def __len__(self) -> int:
        return len(self.means)

    @property
    def nearer(self) -> Nearer:
        """Which grader is nearer by what is known now."""
        if not len(self):
            return "not known"
        if self.low[-1] >= 0:
            return "candidate"
        return "reference" if self.high[-1] <= 0 else "not known"

    @property
    def decided_after(self) -> int | None:
        """How many differences it took to know which is nearer; ``None`` while it is not known."""
        decided = np.flatnonzero((self.low >= 0) | (self.high <= 0))
        return int(decided[0]) + 1 if decided.size else None


def distance_differences(true: Codes, reference: Codes, candidate: Codes, *, n_grades: int) -> Floats:
    """How much nearer to the teacher the candidate is than the reference, essay by essay.

    Squared distances in grades, as a quadratic weighted kappa counts them, less each other, over the largest
    possible: shape ``(n,)``, in ``[-1, 1]``; above 0 the candidate is nearer.

    Raises:
        InputError: the scale has one grade only.

    >>> distance_differences(np.array([2, 2]), np.array([0, 2]), np.array([1, 4]), n_grades=5).tolist()
    [0.1875, -0.25]
    """
    if n_grades < 2:  # noqa: PLR2004 - grades that differ
        raise InputError(f"a scale of {n_grades} grades leaves nothing to compare; two are needed")
    squared = (reference - true) ** 2 - (candidate - true) ** 2
    return np.asarray(squared / (n_grades - 1) ** 2, dtype=np.float64)


def confidence_sequence(differences: Floats, *, level: float = LEVEL) -> ConfidenceSequence:
    """Bounds on the mean of differences that hold after each of them.

    The order must be that in which they came, or one that has nothing to do with them.

    Args:
        differences: shape ``(n,)``, in ``[-1, 1]``.
        level: between 0 and 1, such as 0.95.

    Raises:
        InputError: a difference lies outside, or the level does.
    """
    if not 0 < level < 1:
        raise InputError(f"level {level} must lie between 0 and 1, such as 0.95")
    outside = ~(np.abs(differences) <= 1)
    if outside.any():
        raise InputError(f"difference {differences[outside][0]} must be from -1 to 1; divide by the largest")
    n = len(differences)
    possible = _possible_means()
    low, high = np.empty(n), np.empty(n)
    wealth, rich = np.zeros(len(possible)), np.zeros(len(possible), dtype=bool)
    for start in range(0, n, _ROWS):
        rows = slice(start, start + _ROWS)
        growth = np.cumsum(_log_growth(differences, rows, possible), axis=0)
        refuted = np.logical_or.accumulate(wealth + growth >= -math.log1p(-level), axis=0) | rich
        low[rows], high[rows] = _bounds(refuted, possible)
        wealth, rich = wealth + growth[-1], refuted[-1]
    low, high = np.maximum.accumulate(low), np.minimum.accumulate(high)
    return ConfidenceSequence(_running_means(differences), low, high, level)


def needed_in_all(differences: Floats, *, level: float = LEVEL) -> int | None:
    """About how many differences it takes to know that the candidate is nearer, if all come as these did.

    As many as the best constant bet against a mean of 0 needs, and a fifth more for learning what to bet:
    half of all sequences that were made up were decided by then. ``None`` where the candidate has not been
    nearer on average, or by so little that more of the same would hardly ever show it.
    """
    if not differences.size or float(differences.mean()) <= 0:
        return None
    bets = np.linspace(0, MOST_BET, 76)[1:, None]
    growth = float(np.log1p(bets * differences).mean(axis=1).max())
    if growth <= 0:
        return None
    return math.ceil(_LEARNING * -math.log1p(-level) / growth)


def _possible_means() -> Floats:
    steps = np.linspace(-1, 1, 2 * _STEPS + 1)
    means: Floats = np.sign(steps) * steps**2
    return means


def _running_means(differences: Floats) -> Floats:
    means: Floats = np.cumsum(differences) / np.arange(1, len(differences) + 1)
    return means


def _log_growth(differences: Floats, rows: slice, possible: Floats) -> Floats:
    """What each bettor's wealth is multiplied by, as logarithms: shape ``(rows, possible means)``.

    On differences shifted to ``[0, 1]``, as the theorem has them; the mean begins as 1/2 and the variance as
    1/4, as if one more difference had been seen.
    """
    shifted, counted = (differences + 1) / 2, np.arange(2, len(differences) + 2)
    means = (0.5 + np.cumsum(shifted)) / counted
    spreads = (0.25 + np.cumsum((shifted - means) ** 2)) / counted
    seen_mean = np.concatenate([[0.5], means[:-1]])[rows, None]
    seen_spread = np.concatenate([[0.25], spreads[:-1]])[rows, None]
    against = (possible + 1) / 2
    apart = seen_mean - against
    with np.errstate(divide="ignore"):
        bets = np.clip(apart / (seen_spread + apart**2), -MOST_BET / (1 - against), MOST_BET / against)
    growth: Floats = np.log1p(bets * (shifted[rows, None] - against))
    return growth


def _bounds(refuted: NDArray[np.bool_], possible: Floats) -> tuple[Floats, Floats]:
    """The outermost means beside those that are not refuted, row by row; the ends of the scale at most.

    Where all are refuted, since what is left lies between two of them, the ends: what was known stays known.
    """
    left = ~refuted
    first, last = left.argmax(axis=1), refuted.shape[1] - 1 - left[:, ::-1].argmax(axis=1)
    return possible[np.maximum(first - 1, 0)], possible[np.minimum(last + 1, len(possible) - 1)]
