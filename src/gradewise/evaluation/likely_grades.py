"""Which grades an essay may well deserve, besides the one that it is given."""

import numpy as np
from numpy.typing import NDArray

# Decimals that are compared: a sum that should be .8 may come out as .7999999999999999.
_DECIMALS = 9


def likely_grades(
    probabilities: NDArray[np.float64], code: int, *, at_least: float = 0.8
) -> tuple[int, int, float]:
    """The shortest run of neighbouring grades that holds the given grade and enough of the probability.

    Of runs as short as each other the more probable is taken, and of those the lower.

    Args:
        probabilities: P(grade): shape ``(n_grades,)``, sums to 1.
        code: the grade that is given.
        at_least: how much probability is enough, in ``(0, 1]``.

    Returns:
        Lowest code, highest code, and the probability of the run.

    >>> likely_grades(np.array([0.05, 0.15, 0.4, 0.3, 0.1]), 2)
    (1, 3, 0.85)
    """
    reached = np.concatenate([[0.0], np.cumsum(probabilities)])
    enough = round(min(at_least, float(reached[-1])), _DECIMALS)
    runs = [
        (high - low, -round(float(reached[high + 1] - reached[low]), _DECIMALS), low, high)
        for low in range(code + 1)
        for high in range(code, len(probabilities))
    ]
    _, negated, low, high = min(run for run in runs if -run[1] >= enough)
    return low, high, -negated
