"""What a grader says of essays: a score, probabilities over the scale, one grade."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.models.piecewise import Floats

RAW_SHARE = 0.01
"""How much of the raw probabilities stays when others are put in order."""

Scores = NDArray[np.float32]
"""Continuous scores on the axis of codes, a little beyond it at most: shape ``(n,)``, single precision."""


@dataclass(frozen=True, slots=True, eq=False)
class GradePredictions:
    """What a grader says of some essays, row by row."""

    scores: Scores
    """Continuous scores on the axis of codes: shape ``(n,)``. Of classes, which have no axis, the probability
    of the one that is given."""
    cumulative: Floats
    """P(code <= k), never falling along a row: shape ``(n, n_grades - 1)``, in ``[0, 1]``, to rounding. Of
    classes it says nothing that `probabilities` does not."""
    probabilities: Floats
    """P(code = k): shape ``(n, n_grades)``, 0 or more, rows sum to 1."""
    codes: Codes
    """The grade that is given: shape ``(n,)``."""

    def __len__(self) -> int:
        return len(self.scores)

    def rows(self, chosen: NDArray[np.bool_]) -> "GradePredictions":
        """What is said of some of the essays: `chosen` has shape ``(n,)``."""
        return GradePredictions(
            self.scores[chosen], self.cumulative[chosen], self.probabilities[chosen], self.codes[chosen]
        )


def differences(cumulative: Floats) -> Floats:
    """P(code = k) from P(code <= k): shape ``(n, n_grades)`` from ``(n, n_grades - 1)``.

    >>> differences(np.array([[0.25, 0.75]])).tolist()
    [[0.25, 0.5, 0.25]]
    """
    edge = np.ones((len(cumulative), 1))
    parts = np.diff(np.concatenate([0 * edge, cumulative, edge], axis=1), axis=1)
    return np.maximum(parts, 0.0)  # rounding may leave -1e-17


def class_predictions(probabilities: Floats) -> GradePredictions:
    """The most probable class of each text: of several alike the first.

    Args:
        probabilities: P(code = k), shape ``(n, n_classes)``, rows sum to 1.

    >>> class_predictions(np.array([[0.25, 0.75]])).codes.tolist()
    [1]
    """
    codes = probabilities.argmax(axis=1).astype(np.int64)
    best = probabilities[np.arange(len(codes)), codes]
    cumulative = np.minimum(np.cumsum(probabilities, axis=1)[:, :-1], 1.0)
    return GradePredictions(best.astype(np.float32), cumulative, probabilities, codes)


def in_order(changed: Floats, *, raw: Floats) -> Floats:
    """Make thresholds follow each other: the running maximum along each row, with a trace of the raw ones.

    The running maximum alone can leave a grade between two equal thresholds with probability 0; the raw
    probabilities, which rise, count for `RAW_SHARE` and prevent that.

    Args:
        changed: P(code <= k) as each threshold says it for itself, shape ``(n, n_thresholds)``.
        raw: probabilities that do rise, of the same shape, or one row for all.
    """
    return (1 - RAW_SHARE) * np.maximum.accumulate(changed, axis=1) + RAW_SHARE * raw
