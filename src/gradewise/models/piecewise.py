"""The one curve of decoding: monotone, piecewise linear, flat beyond its ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError

Floats = NDArray[np.float64]
"""Numbers in double precision, of any shape."""


@dataclass(frozen=True, slots=True, eq=False)
class PiecewiseLinear:
    """A non-decreasing curve through knots: ``y[0] + sum_j slope_j * clip(v - x[j], 0, width_j)``.

    The sum of clipped ramps needs no search, so that an ONNX graph computes it with four plain operators;
    in double precision it equals interpolation between the knots to about 1e-15.

    Raises:
        TrainingError: the knots make no such curve.

    >>> PiecewiseLinear(np.array([0.0, 1.0]), np.array([0.2, 0.8]))(np.array([-1.0, 0.5, 9.0])).tolist()
    [0.2, 0.5, 0.8]
    """

    x: Floats
    """Knots, strictly increasing: shape ``(n_knots,)``, two or more."""
    y: Floats
    """Values at the knots, never falling: shape ``(n_knots,)``."""

    def __post_init__(self) -> None:
        if self.x.shape != self.y.shape or self.x.ndim != 1 or self.x.size <= 1:
            raise TrainingError(f"a curve needs two or more knots, got x {self.x.shape} and y {self.y.shape}")
        if not (np.isfinite(self.x).all() and np.isfinite(self.y).all()):
            raise TrainingError("a knot of a curve is not finite; look for nan in what it was fitted on")
        if (np.diff(self.x) <= 0).any() or (np.diff(self.y) < 0).any():
            raise TrainingError("the knots of a curve must increase and its values must never fall")

    def __call__(self, values: Floats) -> Floats:
        """The curve at these points: the shape of `values`, within ``[y[0], y[-1]]``."""
        return np.asarray(np.interp(values, self.x, self.y), dtype=np.float64)

    @property
    def widths(self) -> Floats:
        """Length of each segment: shape ``(n_knots - 1,)``, above 0."""
        return np.diff(self.x)

    @property
    def slopes(self) -> Floats:
        """Steepness of each segment: shape ``(n_knots - 1,)``, 0 or more."""
        return np.diff(self.y) / self.widths
