"""Whether measured features lie beyond everything that the training essays showed, and which do.

Trees know nothing beyond the largest and the smallest value that they saw: there every essay is graded as
if it stood at the edge.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError

Floats = NDArray[np.float64]

FARTHEST = 10.0
"""Ranges beyond the edge at which distance is cut: farther means nothing more."""


@dataclass(frozen=True, slots=True)
class OddFeature:
    """A feature beyond the range of the training essays."""

    name: str
    """Which feature."""
    value: float
    """Of this essay."""
    low: float
    """Smallest value of a training essay."""
    high: float
    """Largest value."""
    beyond: float
    """How far beyond the nearer edge, in ranges: above 0."""


@dataclass(frozen=True, slots=True, eq=False)
class FeatureRanges:
    """Smallest and largest value of each feature.

    Raises:
        InputError: the arrays do not fit the names, or are not finite, or lows are above highs.
    """

    names: tuple[str, ...]
    """Features, in matrix order."""
    low: NDArray[np.float32]
    """Smallest values: shape ``(n_features,)``."""
    high: NDArray[np.float32]
    """Largest values: shape ``(n_features,)``."""

    def __post_init__(self) -> None:
        shape = (len(self.names),)
        finite = np.isfinite(self.low).all() and np.isfinite(self.high).all()
        if not (self.low.shape == self.high.shape == shape and finite and (self.low <= self.high).all()):
            raise InputError(
                f"ranges of {len(self.names)} features have shapes {self.low.shape} and {self.high.shape}; "
                f"expected finite ones of {shape}, lows first"
            )

    def beyond(self, row: NDArray[np.float32]) -> float:
        """How far the farthest feature lies beyond its range, in ranges, at most `FARTHEST`; 0 within all.

        Raises:
            InputError: there are not as many features.
        """
        return float(self._distances(row).max(initial=0.0))

    def oddest(self, row: NDArray[np.float32], *, most: int) -> tuple[OddFeature, ...]:
        """The features that lie beyond their range, farthest first."""
        distances = self._distances(row)
        order = [at for at in np.argsort(-distances, kind="stable")[:most].tolist() if distances[at] > 0]
        return tuple(
            OddFeature(
                self.names[at],
                float(row[at]),
                low=float(self.low[at]),
                high=float(self.high[at]),
                beyond=float(distances[at]),
            )
            for at in order
        )

    def _distances(self, row: NDArray[np.float32]) -> Floats:
        """A feature that never varied moved no grade, so that it cannot mislead: 0."""
        if row.shape != self.low.shape:
            raise InputError(
                f"features have shape {row.shape}, the training essays had {len(self.names)} features; "
                "measure by the same schema"
            )
        low, high, wide = (array.astype(np.float64) for array in (self.low, self.high, row))
        width = high - low
        apart = np.maximum(np.maximum(low - wide, wide - high), 0.0)
        return np.minimum(np.divide(apart, width, out=np.zeros_like(apart), where=width > 0), FARTHEST)


def learn_ranges(values: NDArray[np.float32], names: tuple[str, ...]) -> tuple[FeatureRanges, Floats]:
    """Learn the range of each feature from at least two essays: shape ``(n_essays, n_features)``.

    Returns:
        The ranges, and how far each essay would have lain beyond those of the others: shape ``(n_essays,)``,
        in ranges of the others, `FARTHEST` where it alone made a feature vary.
    """
    ordered = np.sort(values.astype(np.float64), axis=0)
    high = np.where(values >= ordered[-1], ordered[-2], ordered[-1])
    low = np.where(values <= ordered[0], ordered[1], ordered[0])
    apart = np.maximum(np.maximum(low - values, values - high), 0.0)
    width = high - low
    alone = np.where(apart > 0, FARTHEST, 0.0)
    beyond = np.minimum(np.divide(apart, width, out=alone, where=width > 0), FARTHEST)
    return FeatureRanges(names, values.min(axis=0), values.max(axis=0)), beyond.max(axis=1, initial=0.0)
