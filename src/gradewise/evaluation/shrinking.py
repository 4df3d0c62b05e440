"""Many rough estimates of the same kind, each drawn towards the others."""

from statistics import NormalDist

import numpy as np

from gradewise.evaluation.results import Interval
from gradewise.evaluation.weights import Floats

_FEWEST = 2  # one estimate has nothing to be drawn to


def shrink(estimates: Floats, errors: Floats) -> Floats:
    """Draw estimates towards their mean, as far as chance alone would scatter them: shape ``(n,)``.

    ``mean + tau² / (tau² + error²) * (estimate - mean)``, the mean weighted by precision and ``tau²``, the
    variance of what is estimated, by the method of moments. An estimate without an error stays as it is.

    Args:
        estimates: shape ``(n,)``; ``nan`` where not defined.
        errors: their standard errors, shape ``(n,)``; ``nan`` or 0 where not known.

    Source: DerSimonian & Laird (1986), doi:10.1016/0197-2456(86)90046-2, for ``tau²``; Efron & Morris (1975),
    doi:10.1080/01621459.1975.10479864, for the shrinking.

    >>> [round(value, 3) for value in shrink(np.array([0.0, 0.2]), np.array([0.2, 0.2])).tolist()]
    [0.1, 0.1]
    """
    drawn = np.array(estimates, dtype=np.float64)
    sure = np.isfinite(estimates) & np.isfinite(errors) & (errors > 0)
    if sure.sum() < _FEWEST:
        return drawn
    values, precision = drawn[sure], errors[sure] ** -2
    mean = float((precision * values).sum() / precision.sum())
    scatter = float((precision * (values - mean) ** 2).sum())
    by_chance = float(sure.sum() - 1)
    tau2 = max(0.0, (scatter - by_chance) / float(precision.sum() - (precision**2).sum() / precision.sum()))
    drawn[sure] = mean + tau2 / (tau2 + errors[sure] ** 2) * (values - mean)
    return drawn


def standard_error(interval: Interval, confidence: float) -> float:
    """About what it is, from an interval: its width over that of a standard normal's."""
    return (interval.high - interval.low) / (2 * NormalDist().inv_cdf((1 + confidence) / 2))
