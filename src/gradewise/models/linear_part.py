"""The linear part of a score: a weighted sum of standardised features, outliers held back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError
from gradewise.models.piecewise import Floats

MOST_DEVIATIONS = 4.0
"""How many standard deviations a feature may lie from its mean; what lies farther counts as this far."""


@dataclass(frozen=True, eq=False)
class LinearPart:
    """``intercept + coefficients @ (clip((x - means) / spreads) - centres)``.

    Raises:
        BundleError: arrays disagree in length, a number is not finite, or a spread is not above 0.
    """

    means: Floats
    """Of the features in training: shape ``(n_features,)``."""
    spreads: Floats
    """Standard deviations of the features in training, 1 for one that never varies: ``(n_features,)``."""
    centres: Floats
    """Means of the standardised, clipped features in training: shape ``(n_features,)``."""
    coefficients: Floats
    """Grade steps per standard deviation: shape ``(n_features,)``."""
    intercept: float
    """Score of an essay whose features are all average, in grade steps."""

    def __post_init__(self) -> None:
        for name, array in self.to_arrays().items():
            shape = (1,) if name == "intercept" else (self.n_features,)
            if array.dtype != np.float64 or array.shape != shape or not np.isfinite(array).all():
                raise BundleError(
                    f"linear array {name!r} is {array.dtype}{array.shape}, expected finite float64{shape}"
                )
        if not self.n_features or self.spreads.min() <= 0:
            raise BundleError("a linear part needs features, each with a spread above 0; train it again")

    @property
    def n_features(self) -> int:
        """Width of the rows that it reads."""
        return self.means.size

    @property
    def start(self) -> float:
        """Score of an essay whose standardised features are all 0; what a graph adds the products to."""
        return self.intercept - float(self.centres @ self.coefficients)

    def predict(self, values: NDArray[np.float32]) -> Floats:
        """Scores of rows of shape ``(n, n_features)``: ``(n,)``, in grade steps."""
        return standardised(values, self.means, self.spreads) @ self.coefficients + self.start

    def contributions(self, values: NDArray[np.float32]) -> Floats:
        """What each feature adds to `intercept`: shape ``(n, n_features)``, in grade steps."""
        return (standardised(values, self.means, self.spreads) - self.centres) * self.coefficients

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as named arrays, ready for a safetensors file."""
        arrays = {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}
        return arrays | {"intercept": np.array([self.intercept])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "LinearPart":
        """The part that `to_arrays` wrote.

        Raises:
            BundleError: an array is missing, unknown, of another type or shape.
        """
        names = {field.name for field in fields(cls)}
        if odd := names ^ set(arrays):
            raise BundleError(f"linear array {min(odd)!r} is missing or unknown; write the model again")
        if arrays["intercept"].shape != (1,):
            raise BundleError(
                f"linear array 'intercept' has shape {arrays['intercept'].shape}, expected (1,)"
            )
        vectors = {name: arrays[name] for name in names - {"intercept"}}
        return cls(**vectors, intercept=float(arrays["intercept"][0]))


def standardised(values: NDArray[np.float32], means: Floats, spreads: Floats) -> Floats:
    """Features in standard deviations from their means, at most `MOST_DEVIATIONS`: the shape of `values`.

    >>> standardised(np.array([[9.0, 1.0]], dtype=np.float32), np.ones(2), np.ones(2)).tolist()
    [[4.0, 0.0]]
    """
    deviations = (values.astype(np.float64) - means) / spreads
    return np.clip(deviations, -MOST_DEVIATIONS, MOST_DEVIATIONS)
