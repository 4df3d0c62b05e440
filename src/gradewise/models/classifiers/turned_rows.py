"""Rows turned to their main axes, so that a descent needs a third of the steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from gradewise.models.classifiers.losses import Singles
from gradewise.models.piecewise import Floats

LARGEST_SPREAD = 0.5
"""Standard deviation to which columns that vary more are brought down.

The penalty on coefficients knows no units: beside vectors of length 1, a column in the hundreds would be next
to free of it. Embeddings and components of TF-IDF never vary so much, and stay as they are, for their axes
say by their length how much they mean; nor do booleans and shares.
"""
MOST_TURNED = 2500
"""Columns up to which turning pays: it takes the cube of their number."""


@dataclass(frozen=True, slots=True, eq=False)
class TurnedRows:
    """Rows with mean 0, columns brought to comparable spreads, turned to the axes of their covariance.

    A turn changes no sum of squared coefficients, so that l2 penalties mean the same before and after.
    """

    points: Singles
    """Shape ``(n, n_features)``."""
    means: Floats
    """What was taken away: shape ``(n_features,)``."""
    scales: Floats
    """By what columns were divided: shape ``(n_features,)``."""
    axes: Floats | None
    """From columns to axes: shape ``(n_features, n_features)``; ``None`` where nothing was turned."""
    sizes: Floats
    """Variance along each axis: shape ``(n_features,)``."""

    def weights_of(self, coefficients: Floats) -> Floats:
        """What coefficients of `points` are for the columns as they were: of the same shape."""
        turned = coefficients if self.axes is None else self.axes @ coefficients
        return np.asarray(turned / self.scales[:, None])


def turn_rows(values: NDArray[np.float32], *, turning: bool) -> TurnedRows:
    """Move, scale and, if wished, turn rows of shape ``(n, n_features)``."""
    centre = values.mean(axis=0, dtype=np.float64).astype(np.float32)
    means, points = centre.astype(np.float64), values - centre
    with np.errstate(over="ignore"):  # a column beyond 1e19 has no bounds, and is divided by as much
        spreads = np.sqrt(np.einsum("ij,ij->j", points, points) / len(points)).astype(np.float64)
    scales = np.maximum(spreads / LARGEST_SPREAD, 1.0)
    points /= scales.astype(np.float32)
    if not turning or values.shape[1] > MOST_TURNED:
        return TurnedRows(points, means, scales, None, np.minimum(spreads, LARGEST_SPREAD) ** 2)
    # Single precision: any axes will do, as long as they are the same ones on the way back.
    sizes, axes = eigh(points.T @ points / np.float32(len(points)), driver="evd")
    return TurnedRows(points @ axes, means, scales, axes.astype(np.float64), np.maximum(sizes, 0.0))
