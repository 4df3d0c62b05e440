"""Rows with columns of comparable spread, so that one penalty holds all of them back alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.models.classifiers.linear import LinearClassifier
from gradewise.models.piecewise import Floats

LARGEST_SPREAD = 0.5
"""Standard deviation to which columns that vary more are brought down.

The penalty on coefficients knows no units: beside vectors of length 1, a column in the hundreds would be next
to free of it. Embeddings and components of TF-IDF never vary so much, and stay as they are, for their axes
say by their length how much they mean; nor do booleans and shares.
"""


@dataclass(frozen=True, slots=True, eq=False)
class ScaledRows:
    """Rows moved to mean 0, which solvers need fewer steps for, and brought to comparable spreads."""

    points: NDArray[np.float32]
    """Shape ``(n, n_features)``."""
    means: Floats
    """What was taken away: shape ``(n_features,)``."""
    scales: Floats
    """By what columns were divided, 1 or more: shape ``(n_features,)``."""

    def classifier(self, weights: Floats, starts: Floats, *, settled: bool) -> LinearClassifier:
        """What was learnt from `points`, for rows as they were.

        Args:
            weights: shape ``(n_features, n_classes)``.
            starts: shape ``(n_classes,)``.
            settled: whether the solver came to an end within its steps.
        """
        own = weights.astype(np.float64) / self.scales[:, None]
        return LinearClassifier(own, starts.astype(np.float64) - self.means @ own, settled=settled)


def scale_rows(values: NDArray[np.float32]) -> ScaledRows:
    """Move and scale rows of shape ``(n, n_features)``."""
    centre = values.mean(axis=0, dtype=np.float64).astype(np.float32)
    points = values - centre
    with np.errstate(over="ignore"):  # a column beyond 1e19 has no bounds, and is divided by as much
        spreads = np.sqrt(np.einsum("ij,ij->j", points, points) / len(points)).astype(np.float64)
    scales = np.maximum(spreads / LARGEST_SPREAD, 1.0)
    points /= scales.astype(np.float32)
    return ScaledRows(points, centre.astype(np.float64), scales)
