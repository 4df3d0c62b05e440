"""How long something takes, from repeated timings: a quantile with an interval from order statistics.

Times have long tails and no known shape. That a share ``p`` of them is faster than the true quantile holds
whatever the shape, so that the number of timings below it is binomial, and two of the ordered timings bound
it. Source: Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2.
"""

from collections.abc import Sequence
from math import ceil, log, nan

from scipy.special import bdtr

from gradewise.errors import InputError
from gradewise.evaluation.results import Interval


def quantile_of_times(times: Sequence[float], share: float, *, confidence: float = 0.95) -> Interval:
    """The time that a share of all is faster than, with bounds.

    Args:
        times: One timing or more, in any unit.
        share: Such as 0.95, or 0.5 for the median.
        confidence: Of the bounds, at least.

    Returns:
        The interval; a bound is ``nan`` where there are too few timings for it, see `fewest_timings`.

    Raises:
        InputError: there is no timing.

    >>> quantile_of_times(range(1, 101), 0.95)
    Interval(estimate=95.0, low=90.0, high=100.0)
    """
    if not times:
        raise InputError("there is no timing; take at least one")
    ordered, n, tail = sorted(times), len(times), (1 - confidence) / 2
    low = max((rank for rank in range(1, n + 1) if bdtr(rank - 1, n, share) <= tail), default=None)
    high = min((rank for rank in range(1, n + 1) if bdtr(rank - 1, n, share) >= 1 - tail), default=None)
    return Interval(
        float(ordered[ceil(share * n) - 1]),
        nan if low is None else float(ordered[low - 1]),
        nan if high is None else float(ordered[high - 1]),
    )


def fewest_timings(share: float, *, confidence: float = 0.95) -> int:
    """How many timings bound a quantile from above.

    >>> fewest_timings(0.95)
    72
    """
    return ceil(log((1 - confidence) / 2) / log(share))
