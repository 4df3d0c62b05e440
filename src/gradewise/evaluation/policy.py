"""The review policy at work: which grades go out without a teacher's look. Needs NumPy alone.

A single essay is reckoned without arrays, to the same bit: they would take longer than its model.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes

Floats = NDArray[np.float64]
"""Any array of figures."""
Cuts = tuple[int, ...]
"""Boundaries between grades, rising, each as the code of the lowest grade above it: ``1 … n_grades - 1``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """Which essays are released, and which wait for a teacher.

    Raises:
        InputError: the required agreement, or the level, is no share.
    """

    cuts: Cuts
    """The boundaries that matter."""
    required: float
    """Agreement about every cut that released essays must reach, such as 0.95."""
    level: float
    """How sure it was when the threshold was chosen that they reach it, such as 0.95."""
    threshold: float
    """Least confidence of a released essay; ``inf`` releases none."""

    def __post_init__(self) -> None:
        for name in ("required", "level"):
            if not 0 < getattr(self, name) < 1:
                raise InputError(
                    f"{name} is {getattr(self, name)}; give a share between 0 and 1, such as 0.95"
                )

    @property
    def releases_none(self) -> bool:
        """Whether every essay waits for a teacher, however sure its grade."""
        return self.threshold == float("inf")

    def releases(self, confidence: Floats) -> NDArray[np.bool_]:
        """Which essays may go out without a look: shape of `confidence`."""
        return confidence >= self.threshold


def agreement_probabilities(cumulative: Floats, given: Codes, *, cuts: Cuts) -> Floats:
    """The probability that the teacher agrees about every cut: that both grades lie in one part of the scale.

    With one cut it is the probability of the side on which the given grade lies. Near the cut that may be the
    less probable side, where grades aim at agreement in all: it is the given grade that is released.

    Args:
        cumulative: P(grade ≤ k), shape ``(n, n_grades - 1)``.
        given: The grades that are given, shape ``(n,)``.
        cuts: The boundaries that matter, rising, at least one.

    Returns:
        Shape ``(n,)``, in ``[0, 1]``.

    Raises:
        InputError: there is no cut, cuts do not rise, or one is not on the scale.

    >>> cumulative = np.array([[0.2, 0.9], [0.2, 0.9]])
    >>> agreement_probabilities(cumulative, np.array([1, 0]), cuts=(1,)).round(2).tolist()
    [0.8, 0.2]
    >>> agreement_probabilities(cumulative, np.array([1, 0]), cuts=(1, 2)).round(2).tolist()
    [0.7, 0.2]
    """
    n_grades = cumulative.shape[1] + 1
    ends = _ends(cuts, n_grades)
    if len(cumulative) == 1 and cumulative.dtype == np.float64:
        at = bisect_right(cuts, int(given[0]))
        own = (0.0, *cumulative[0].tolist(), 1.0)
        return np.array([min(max(own[ends[at + 1]] - own[ends[at]], 0.0), 1.0)])
    # Not np.pad, which takes longer than all the rest for a single essay.
    reached = np.empty((len(cumulative), n_grades + 1), cumulative.dtype)
    reached[:, 0], reached[:, 1:-1], reached[:, -1] = 0, cumulative, 1
    edges, part, row = np.array(ends), parts_of_scale(given, cuts), np.arange(given.size)
    return _shares(reached[row, edges[part + 1]] - reached[row, edges[part]])


@lru_cache(maxsize=64)
def _ends(cuts: Cuts, n_grades: int) -> tuple[int, ...]:
    """Where the parts of the scale begin and end."""
    if not cuts or list(cuts) != sorted(set(cuts)) or not 0 < cuts[0] <= cuts[-1] < n_grades:
        raise InputError(
            f"cuts {cuts} are not rising boundaries of {n_grades} grades; use 1 to {n_grades - 1}"
        )
    return (0, *cuts, n_grades)


def side_probabilities(cumulative: Floats, given: Codes, *, cuts: Cuts) -> Floats:
    """`agreement_probabilities` of each cut alone: shape ``(n, len(cuts))``.

    >>> cumulative = np.array([[0.2, 0.9], [0.2, 0.9]])
    >>> side_probabilities(cumulative, np.array([1, 0]), cuts=(1, 2)).round(2).tolist()
    [[0.8, 0.9], [0.2, 0.9]]
    """
    if len(cumulative) == 1 and cumulative.dtype == np.float64:
        own, code = cumulative[0].tolist(), int(given[0])
        sides = (1 - own[cut - 1] if code >= cut else own[cut - 1] for cut in cuts)
        return np.array([[min(max(side, 0.0), 1.0) for side in sides]])
    below = cumulative[:, np.array(cuts) - 1]
    return _shares(np.where(given[:, None] >= np.array(cuts), 1 - below, below))


def _shares(figures: Floats) -> Floats:
    """What rounding has put outside ``[0, 1]`` put back; np.clip takes five times as long for a few."""
    within: Floats = np.minimum(np.maximum(figures, 0), 1)
    return within


def parts_of_scale(codes: Codes, cuts: Cuts) -> Codes:
    """In which part of the scale each grade lies: shape ``(n,)``, ``0 … len(cuts)``."""
    return np.searchsorted(cuts, codes, side="right").astype(np.int64)
