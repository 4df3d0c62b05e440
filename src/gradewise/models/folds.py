"""Folds as rows of a feature matrix."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
"""Positions of rows in a feature matrix."""


@dataclass(frozen=True, slots=True, eq=False)
class FoldRows:
    """Which rows a fold learns from and which it is judged on."""

    train_rows: Rows
    """Rows to learn from: shape ``(n_train,)``."""
    validate_rows: Rows
    """Rows to score, none of them among the former: shape ``(n_validate,)``."""
