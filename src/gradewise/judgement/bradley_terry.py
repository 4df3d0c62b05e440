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
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, log_expit

from gradewise.errors import InputError
from gradewise.judgement.comparisons import Comparisons, Ints
from gradewise.judgement.connections import connected_groups

Floats = NDArray[np.float64]
"""Any array of figures."""

# Beyond these no comparison changes a score, or rounding drowns what the prior holds.
_NARROWEST, _WIDEST = 1e-3, 1e4
_SMALLEST_STEP = 1e-7  # logits; Newton's next one would be about its square


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a score before any comparison: normal around the mean of the batch."""

    standard_deviation: float = 6.0
    """In logits, from .001 to 10,000. The usual one is weak: published sessions spread by 1.2 to 4.4."""

    def __post_init__(self) -> None:
        """Refuse a spread that is none."""
        if not _NARROWEST <= self.standard_deviation <= _WIDEST:
            raise InputError(
                f"the prior's standard deviation is {self.standard_deviation} logits; give one from"
                f" {_NARROWEST:g} to {_WIDEST:g}, such as 6"
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
    start: Floats | None = None,
    most_steps: int = 200,
) -> Scores:
    """Score items: the most likely scores given comparisons and prior, and how sure they are.

    Newton's method. A step that would lose is shortened to ``log(1 + u) / u`` of itself, ``u`` being its
    largest change of a compared difference; that always gains, since a logistic loss bends at most so fast.

    Errors come from the inverse of the whole curvature at the top, less what it holds for the mean of all:
    what is left is the covariance of scores that sum to 0. No item is the reference, and none has an error
    of 0.

    Args:
        comparisons: Decisions; there may be none.
        prior: `Prior()` when left out.
        weights: How much each comparison counts, 0 or more: shape ``(n,)``; 1 when left out.
        start: Scores to set out from, such as those before a few more comparisons: shape ``(n_items,)``. They
            change how long the fit takes, and nothing else.
        most_steps: After which the fit ends and has not converged.

    Raises:
        InputError: weights are not one each, or below 0, or no number.

    Source: Sun & Tran-Dinh (2018), doi:10.1007/s10107-018-1282-4, on the length of steps.

    >>> from gradewise.judgement.comparisons import Comparison, compare
    >>> scores = fit_scores(compare([Comparison("b", "a", first_won=True)]), prior=Prior(1))
    >>> scores.values.round(2).tolist(), scores.errors.round(2).tolist()
    ([-0.34, 0.34], [0.59, 0.59])
    """
    prior = prior or Prior()
    fit = _Fit(
        winners=comparisons.winners,
        losers=comparisons.losers,
        weights=_checked_weights(weights, comparisons),
        precision=prior.standard_deviation**-2,
    )
    values = np.zeros(len(comparisons.items)) if start is None else start - start.mean()
    converged = False
    for _ in range(most_steps):
        fall, curvature, _ = fit.bends(values)
        factor = cho_factor(curvature, overwrite_a=True, check_finite=False)
        step = cho_solve(factor, fall, check_finite=False)
        values = values + step * fit.share(values, step)
        if converged := bool(np.abs(step).max() < _SMALLEST_STEP):
            break
    covariance = fit.covariance(values)
    return Scores(
        items=comparisons.items,
        values=values - values.mean(),
        errors=np.sqrt(np.maximum(np.diag(covariance), 0)),
        covariance=covariance,
        prior=prior,
        groups=connected_groups(comparisons),
        converged=converged,
    )


def check_same_items(comparisons: Comparisons, scores: Scores) -> None:
    """Refuse scores of other items than those compared.

    Raises:
        InputError: they are.
    """
    if scores.items != comparisons.items:
        raise InputError(
            f"scores are of {len(scores.items)} items, comparisons of {len(comparisons.items)}, not the same:"
            " fit scores to these comparisons"
        )


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fit:
    """What the scores have to explain: minus the log of their posterior density, in nats."""

    winners: Ints
    """Position of the better item: shape ``(n,)``."""
    losers: Ints
    """Position of the other: shape ``(n,)``."""
    weights: Floats
    """How much each comparison counts: shape ``(n,)``."""
    precision: float
    """What the prior adds to the curvature: one by its variance."""

    def loss(self, values: Floats) -> float:
        """What is made small."""
        margins = values[self.winners] - values[self.losers]
        return float(-self.weights @ log_expit(margins) + self.precision * (values @ values) / 2)

    def bends(self, values: Floats) -> tuple[Floats, Floats, float]:
        """How the loss falls, shape ``(n,)``, how it curves, shape ``(n, n)``, and how the mean curves.

        The mean, which comparisons leave free, is held firmly, as if the prior for it alone were narrow:
        scores that sum to 0 are not touched by that, and the arithmetic stays exact under the flattest prior.
        """
        n = values.size
        surprise = expit(values[self.losers] - values[self.winners])
        push = self.weights * surprise
        fall = (
            np.bincount(self.winners, push, n) - np.bincount(self.losers, push, n) - self.precision * values
        )
        information = push * (1 - surprise)
        sums = np.bincount(self.winners, information, n) + np.bincount(self.losers, information, n)
        firmness = float(sums.mean()) / n
        curvature = np.full((n, n), firmness, order="F")  # the order that spares LAPACK a copy
        np.subtract.at(curvature, (self.winners, self.losers), information)
        np.subtract.at(curvature, (self.losers, self.winners), information)
        curvature[np.diag_indices(n)] += sums + self.precision
        return fall, curvature, self.precision + firmness * n

    def share(self, values: Floats, step: Floats) -> float:
        """How much of a step is taken: above 0, at most 1."""
        if self.loss(values + step) <= self.loss(values):
            return 1.0
        changes = np.abs(step[self.winners] - step[self.losers])
        largest = changes.max(initial=_SMALLEST_STEP)
        return float(np.log1p(largest) / largest)

    def covariance(self, values: Floats) -> Floats:
        """Of scores that sum to 0: shape ``(n, n)``."""
        n = values.size
        _, curvature, mean_curvature = self.bends(values)
        factor = cho_factor(curvature, overwrite_a=True, check_finite=False)
        inverse = cho_solve(factor, np.eye(n, order="F"), overwrite_b=True, check_finite=False)
        both: Floats = (inverse + inverse.T) / 2 - 1 / (mean_curvature * n)
        return both
