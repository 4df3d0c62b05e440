"""What a grader says of essays: a score, probabilities over the scale, one grade."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.scales import Codes
from gradewise.models.piecewise import Floats

Scores = NDArray[np.float32]
"""Continuous scores on the axis of codes, a little beyond it at most: shape ``(n,)``, single precision."""


@dataclass(frozen=True, slots=True, eq=False)
class GradePredictions:
    """What a grader says of some essays, row by row."""

    scores: Scores
    """Continuous scores on the axis of codes: shape ``(n,)``."""
    cumulative: Floats
    """P(code <= k), never falling along a row: shape ``(n, n_grades - 1)``, in ``[0, 1]``, to rounding."""
    probabilities: Floats
    """P(code = k): shape ``(n, n_grades)``, 0 or more, rows sum to 1."""
    codes: Codes
    """The grade that is given: shape ``(n,)``."""

    def __len__(self) -> int:
        return len(self.scores)


def differences(cumulative: Floats) -> Floats:
    """P(code = k) from P(code <= k): shape ``(n, n_grades)`` from ``(n, n_grades - 1)``.

    >>> differences(np.array([[0.25, 0.75]])).tolist()
    [[0.25, 0.5, 0.25]]
    """
    edge = np.ones((len(cumulative), 1))
    parts = np.diff(np.concatenate([0 * edge, cumulative, edge], axis=1), axis=1)
    return np.maximum(parts, 0.0)  # rounding may leave -1e-17
