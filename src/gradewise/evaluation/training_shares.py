"""Whether a model gives grades about as often as teachers gave them in its training."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.results import Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights

_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class SharesOfGrades:
    """How often a model gives each grade, beside how often it was given in training."""

    trained: tuple[float, ...]
    """Share of each grade in training, lowest first."""
    given: tuple[Interval, ...]
    """Share of each grade among the model's."""
    difference: Interval
    """The largest difference between the two, over grades."""


def compare_shares(codes: Codes, trained: Sequence[float], *, resampling: Resampling) -> SharesOfGrades:
    """Compare the grades that a model gives with those of its training.

    Chance alone makes some grade differ: with 50 essays, eight grades and no difference at all, some grade
    is more than 10 points off in a quarter of all cases. The interval says so, and errs to the large side.

    Args:
        codes: The model's grades: shape ``(n,)``, one at least.
        trained: Share of each grade in training, lowest first; they sum to 1.
        resampling: How intervals are made.

    Raises:
        InputError: there is no essay, or the shares do not sum to 1.
    """
    expected = np.asarray(trained, dtype=np.float64)
    if codes.size == 0 or abs(expected.sum() - 1) > _SUM_TOLERANCE:
        raise InputError(
            f"{codes.size} grades cannot be compared with shares that sum to {expected.sum():.6g}; give one "
            "grade at least, and the share of every grade"
        )
    grades = np.eye(len(expected))[codes]
    found = bootstrap_intervals(partial(_figures, grades, expected), codes.size, resampling=resampling)
    return SharesOfGrades(tuple(expected.tolist()), found["given"], found["difference"][0])


def _figures(grades: Floats, expected: Floats, weights: Weights) -> Figures:
    given = weights @ grades / weights.sum(axis=1, keepdims=True)
    return {"given": given, "difference": np.abs(given - expected).max(axis=1)}
