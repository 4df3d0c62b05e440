"""Scores from comparisons: the model of Bradley and Terry with a stated prior, and exact standard errors.

The chance that `i` is found better than `j` is ``s(v_i - v_j)``, ``s`` being the logistic function and ``v``
the scores in logits. Each score has a normal prior around zero, so that an item that won (or lost) every time
gets a finite score, and what no comparison connects still has a distance, which rests on the prior alone.

Source: Bradley & Terry (1952), doi:10.1093/biomet/39.3-4.324; Ford (1957), doi:10.2307/2308513, on when
scores exist without a prior.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csgraph
from scipy.special import expit

from gradewise.errors import InputError
from gradewise.judgement.comparisons import Comparisons, Ints

Floats = NDArray[np.float64]
"""Any array of figures."""

_SMALLEST_STEP = 1e-10  # logits; far below any standard error


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a score before any comparison: normal around the mean of the batch."""

    standard_deviation: float = 6.0
    """In logits, above 0."""

    def __post_init__(self) -> None:
        """Refuse a spread that is none."""
        if not 0 < self.standard_deviation < np.inf:
            raise InputError(
                f"the prior's standard deviation is {self.standard_deviation}; give logits above 0, such as 6"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """How good each item is found, in logits around the mean of all items."""

    items: tuple[str, ...]
    """What was scored, in the order of the comparisons' items."""
    values: Floats
    """Scores, which sum to 0: shape ``(n,)``, in logits."""
    errors: Floats
    """Standard error of each score's distance from the mean of all: shape ``(n,)``, in logits, none exactly 0
    unless there is one item."""
    covariance: Floats
    """Of the scores under the constraint that they sum to 0: shape ``(n, n)``, rows sum to 0."""
    prior: Prior
    """What was believed before."""
    groups: Ints
    """Which items comparisons connect, by whatever way round: shape ``(n,)``, codes from 0. The distance
    between items of different groups rests on the prior alone."""
    converged: bool
    """Whether the fit came to rest."""

    @property
    def n_groups(self) -> int:
        """Groups that no comparison connects; 1 is as it should be."""
        return int(self.groups.max()) + 1

    def difference_errors(self, first: Ints, second: Ints) -> Floats:
        """Standard errors of differences between scores: shape ``(n_pairs,)``, in logits."""
        spread = np.diag(self.covariance)
        variance = spread[first] + spread[second] - 2 * self.covariance[first, second]
        errors: Floats = np.sqrt(np.maximum(variance, 0))
        return errors


def fit_scores(
    comparisons: Comparisons,
    *,
    prior: Prior | None = None,
    weights: Floats | None = None,
    most_steps: int = 200,
) -> Scores:
    """Score items: the most likely scores given comparisons and prior, and how sure they are.

    Newton's method. A step whose largest change of a compared difference is ``u`` is shortened to
    ``log(1 + u) / u`` of itself, which always gains, since a logistic loss bends at most so fast.

    Errors come from the inverse ``V`` of the whole curvature at the top. The prior alone holds the mean, whose
    variance in ``V`` is ``s**2 / n`` exactly; what is left, ``V - s**2 / n``, is the covariance of scores that
    sum to 0. No item is the reference, so none has an error of 0.

    Args:
        comparisons: Decisions; there may be none.
        prior: `Prior()` when left out.
        weights: How much each comparison counts, 0 or more: shape ``(n,)``; 1 when left out.
        most_steps: After which the fit ends and has not converged.

    Raises:
        InputError: weights are not one each, or below 0, or no number.

    Source: Sun & Tran-Dinh (2018), doi:10.1007/s10107-018-1282-4, on the length of steps.
    """
    prior = prior or Prior()
    counted = _checked_weights(weights, comparisons)
    values = np.zeros(len(comparisons.items))
    converged = False
    for _ in range(most_steps):
        slope, curvature = _bends(comparisons, counted, values, prior)
        step = cho_solve(cho_factor(curvature, check_finite=False), slope, check_finite=False)
        values = values + step * _share(step, comparisons)
        if converged := bool(np.abs(step).max() < _SMALLEST_STEP):
            break
    return _scored(comparisons, counted, values, prior=prior, converged=converged)


def _checked_weights(weights: Floats | None, comparisons: Comparisons) -> Floats:
    if weights is None:
        return np.ones(comparisons.n)
    if weights.shape != (comparisons.n,):
        raise InputError(
            f"weights have shape {weights.shape}; give one for each of {comparisons.n} comparisons"
        )
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise InputError(f"a weight is {weights.min()}; give finite numbers of 0 or more")
    return weights


def _bends(comparisons: Comparisons, weights: Floats, values: Floats, prior: Prior) -> tuple[Floats, Floats]:
    """Slope, shape ``(n,)``, and curvature, shape ``(n, n)``, of what is made small: upwards."""
    n = values.size
    winners, losers = comparisons.winners, comparisons.losers
    surprise = expit(values[losers] - values[winners])
    precision = prior.standard_deviation**-2
    slope = (
        np.bincount(winners, weights * surprise, n) - np.bincount(losers, weights * surprise, n)
    ) - precision * values
    information = weights * surprise * (1 - surprise)
    curvature = np.zeros((n, n))
    pairs = sparse.coo_array((information, (winners, losers)), shape=(n, n)).tocsr()
    both = (pairs + pairs.T).tocoo()
    curvature[both.row, both.col] = -both.data
    np.fill_diagonal(curvature, both.sum(axis=1) + precision)
    return slope, curvature


def _share(step: Floats, comparisons: Comparisons) -> float:
    """How much of a step is taken: above 0, at most 1."""
    largest = np.abs(step[comparisons.first] - step[comparisons.second]).max(initial=0)
    return float(np.log1p(largest) / largest) if largest > 0 else 1.0


def _scored(
    comparisons: Comparisons, weights: Floats, values: Floats, *, prior: Prior, converged: bool
) -> Scores:
    n = values.size
    _, curvature = _bends(comparisons, weights, values, prior)
    inverse = cho_solve(cho_factor(curvature, check_finite=False), np.eye(n), check_finite=False)
    covariance = (inverse + inverse.T) / 2 - prior.standard_deviation**2 / n
    return Scores(
        items=comparisons.items,
        values=values - values.mean(),
        errors=np.sqrt(np.maximum(np.diag(covariance), 0)),
        covariance=covariance,
        prior=prior,
        groups=connected_groups(comparisons),
        converged=converged,
    )


def connected_groups(comparisons: Comparisons) -> Ints:
    """Which items comparisons connect: codes from 0 in the order of first items, shape ``(n_items,)``."""
    return _components(comparisons, "weak")


def _components(comparisons: Comparisons, kind: str) -> Ints:
    n = len(comparisons.items)
    won = sparse.coo_array((np.ones(comparisons.n), (comparisons.winners, comparisons.losers)), shape=(n, n))
    codes = csgraph.connected_components(won.tocsr(), directed=True, connection=kind)[1]
    return np.asarray(codes, dtype=np.int64)
