"""How often each essay counts: one row of weights is one resample, and ones are the sample itself.

Every figure of this room is written once, as a function of weights, so that its estimate and its
bootstrap replicates cannot drift apart.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
"""Any array of figures."""
Weights = Floats
"""How often each essay was drawn: shape ``(n_resamples, n)``, whole numbers ≥ 0."""


def unit_weights(n: int) -> Weights:
    """Every essay once, in one row: shape ``(1, n)``."""
    return np.ones((1, n))


def group_sums(
    weights: Weights, groups: NDArray[np.int64], n_groups: int, *, values: Floats | None = None
) -> Floats:
    """Sum weights, or weighted values, by group: shape ``(n_resamples, n_groups)``.

    Args:
        weights: Shape ``(n_resamples, n)``.
        groups: Each essay's group: shape ``(n,)``, values ``0 … n_groups - 1``.
        n_groups: How many groups there are, empty ones included.
        values: What is summed: shape ``(n,)``; ones when left out.
    """
    n = groups.size
    entries = np.ones(n) if values is None else values
    members = sparse.csr_array((entries, groups, np.arange(n + 1)), shape=(n, n_groups))
    sums: Floats = np.asarray(weights @ members, dtype=np.float64)
    return sums


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Divide element by element; ``nan``, without a warning, where the denominator is zero.

    Args:
        numerator: Of any shape.
        denominator: Of one that broadcasts with it; the result has the shape of both together.

    >>> ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    undefined = np.full(numerator.shape, np.nan)
    divided: Floats = np.divide(numerator, denominator, out=undefined, where=denominator != 0)
    return divided
