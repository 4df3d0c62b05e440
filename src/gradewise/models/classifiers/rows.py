"""Rows of features with their class: what classifiers learn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.models.folds import Rows
from gradewise.models.piecewise import Floats


@dataclass(frozen=True, slots=True, eq=False)
class ClassRows:
    """Rows to learn classes from.

    Raises:
        InputError: shapes disagree, a number is not finite, or a code is no class.
    """

    values: NDArray[np.float32]
    """Features, finite: shape ``(n, n_features)``."""
    codes: Codes
    """The class of each row, 0 to ``n_classes - 1``: shape ``(n,)``."""
    n_classes: int
    """How many classes there are, whether or not each of them has rows."""
    weights: Floats | None = None
    """How much each row counts, with mean 1: shape ``(n,)``; ``None`` is all alike."""

    def __post_init__(self) -> None:
        n = len(self.codes)
        if self.values.ndim != 2 or self.values.size == 0 or len(self.values) != n:  # noqa: PLR2004 (two axes)
            raise InputError(f"cannot learn {n} classes from features of shape {self.values.shape}")
        if not np.isfinite(self.values).all():
            row, column = np.argwhere(~np.isfinite(self.values))[0]
            raise InputError(
                f"feature {column} of row {row} is {self.values[row, column]}; it must be finite"
            )
        if self.codes.min() < 0 or self.codes.max() >= self.n_classes:
            raise InputError(
                f"codes reach from {self.codes.min()} to {self.codes.max()}, "
                f"expected 0 to {self.n_classes - 1}"
            )

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Rows of each class: shape ``(n_classes,)``."""
        return np.bincount(self.codes, minlength=self.n_classes)

    def part(self, rows: Rows) -> "ClassRows":
        """Some of the rows, with their weights beside each other as they were."""
        weights = None if self.weights is None else self.weights[rows] / self.weights[rows].mean()
        return ClassRows(self.values[rows], self.codes[rows], self.n_classes, weights)
