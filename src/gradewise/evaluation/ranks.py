"""Places of values in their order, where some may be equal.

Written out because `scipy.stats`, which has them too, takes most of a second to import.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def mean_ranks(values: NDArray[np.floating]) -> Floats:
    """From 1 upwards; equal values share the mean of their places: shape ``(n,)``.

    >>> mean_ranks(np.array([3.0, 1.0, 1.0, 9.0])).tolist()
    [3.0, 1.5, 1.5, 4.0]
    """
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    means: Floats = np.cumsum(sizes) - (sizes - 1) / 2
    return means[group]


def first_ranks(values: NDArray[np.floating]) -> Ints:
    """From 1 upwards; equal values share the first of their places: shape ``(n,)``.

    >>> first_ranks(np.array([3.0, 1.0, 1.0, 9.0])).tolist()
    [3, 1, 1, 4]
    """
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    firsts: Ints = np.cumsum(sizes) - sizes + 1
    return firsts[group]
