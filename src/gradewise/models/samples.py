"""Rows of features with what is to be learnt of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows to learn from.

    Raises:
        InputError: shapes disagree, a number is not finite, or a weight is not above 0.
    """

    values: NDArray[np.float32]
    """Features, finite: shape ``(n, n_features)``."""
    targets: NDArray[np.float64]
    """What to predict, finite: shape ``(n,)``."""
    weights: NDArray[np.float64] | None = None
    """How much each row counts beside the others, above 0: shape ``(n,)``; ``None`` is all alike."""

    def __post_init__(self) -> None:
        n_rows = len(self.targets)
        if n_rows == 0 or self.values.ndim != 2 or self.values.size == 0:  # noqa: PLR2004 (rows, features)
            raise InputError(f"cannot learn from features of shape {self.values.shape} and {n_rows} targets")
        arrays: list[NDArray[Any]] = [self.values, self.targets]
        if self.weights is not None:
            arrays.append(self.weights)
        if any(len(array) != n_rows for array in arrays) or any(array.ndim != 1 for array in arrays[1:]):
            shapes = " ".join(str(array.shape) for array in arrays)
            raise InputError(f"features, targets and weights disagree in length: {shapes}")
        if not all(np.isfinite(array).all() for array in arrays):
            raise InputError("features, targets and weights must all be finite numbers")
        if self.weights is not None and self.weights.min() <= 0:
            raise InputError(f"weight {self.weights.min()} is not above 0; leave such rows out instead")

    @property
    def n_features(self) -> int:
        """Width of the rows."""
        return int(self.values.shape[1])

    @cached_property
    def relative_weights(self) -> NDArray[np.float64] | None:
        """Weights with mean 1, so that their scale does not act as regularisation: shape ``(n,)``."""
        return None if self.weights is None else self.weights / self.weights.mean()

    def rows(self, chosen: NDArray[np.bool_]) -> "Sample":
        """Some of the rows, shape ``(n,)`` of yes and no; weights stay beside each other as they were."""
        weights = None if self.weights is None else self.weights[chosen]
        return Sample(self.values[chosen], self.targets[chosen], weights)
