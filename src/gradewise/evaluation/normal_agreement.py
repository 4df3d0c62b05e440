"""Which agreement goes with which, when teacher and model are two noisy readings of one normal ability.

Both give each grade equally often, and their readings are bivariate normal. Real raters come close enough
to tell which of two rules is the harder one; nothing is judged by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from gradewise.evaluation.agreement import accuracy_of_counts, kappa_of_counts

_PEOPLE = 2000  # quantiles of the ability: agreement to within about .001
_STEPS = 40  # halvings: far below that
_PERFECT = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class AgreementLevel:
    """Figures of agreement that go together."""

    qwk: float
    """Quadratic weighted kappa."""
    accuracy: float
    """Share of essays with the same grade."""
    adjacent_accuracy: float
    """Share of essays at most one step apart."""


def agreement_at(correlation: float, shares: Sequence[float]) -> AgreementLevel:
    """The agreement of two raters whose readings correlate so.

    Args:
        correlation: of the readings before they become grades, from 0 to below 1.
        shares: how often each grade is given by either, lowest first; they sum to 1.
    """
    table = _joint_shares(correlation, np.asarray(shares, dtype=np.float64))[np.newaxis]
    return AgreementLevel(
        float(kappa_of_counts(table)[0]),
        float(accuracy_of_counts(table)[0]),
        float(accuracy_of_counts(table, tolerance=1)[0]),
    )


def agreement_with(metric: str, value: float, shares: Sequence[float]) -> AgreementLevel | None:
    """The agreement that goes with a value of one of its figures; ``None`` when chance alone gives more.

    >>> eight = [1 / 8] * 8
    >>> level = agreement_with("qwk", 0.72, eight)
    >>> round(level.accuracy, 1), round(agreement_with("accuracy", 0.65, eight).qwk, 2)
    (0.3, 0.96)
    """
    low, high = 0.0, _PERFECT
    if not getattr(agreement_at(low, shares), metric) <= value <= getattr(agreement_at(high, shares), metric):
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if getattr(agreement_at(middle, shares), metric) < value:
            low = middle
        else:
            high = middle
    return agreement_at(high, shares)


def _joint_shares(correlation: float, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often the two give each pair of grades: shape ``(n_grades, n_grades)``, sums to 1."""
    edges = np.concatenate([[0.0], np.cumsum(shares)[:-1], [1.0]]).clip(0, 1)
    levels = (np.arange(_PEOPLE) + 0.5) / _PEOPLE
    first = np.searchsorted(edges[1:-1], levels, side="right")
    ability = ndtri(levels)
    beyond = (ndtri(edges) - correlation * ability[:, np.newaxis]) / np.sqrt(1 - correlation**2)
    second = np.diff(ndtr(beyond), axis=1)
    table = np.zeros((len(shares), len(shares)))
    np.add.at(table, first, second / _PEOPLE)
    return table
