"""Grades as numbers."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
"""Grades as integer positions on one scale: shape ``(n,)``, values ``0 … n_grades - 1``."""


def codes_of(positions: Iterable[int]) -> Codes:
    """Positions on a scale as an array: shape ``(n,)``."""
    return np.fromiter(positions, dtype=np.int64)
